/* The verb `sitemap`: what is wrong with one sitemap, looked at by itself. Its days are
 * those of UTC. Reads that file, or asks for that URL, and nothing else. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "seocheck/fetch.h"
#include "seocheck/judge_sitemap.h"
#include "seocheck/seocheck.h"
#include "seocheck/sitemap.h"
#include "shared/clock.h"
#include "shared/file.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { PIECE_BYTES = 1 << 16, HITS_SHOWN_MAX = 10000 };

#define OUT_BYTES_MAX MIB /* before it is printed */

/* One sitemap, read and judged as it comes: 50 MiB of it need not be held. */
struct reading {
    const char *name;
    struct arena *run;
    struct sitemap sitemap;
    struct sitemap_reader *reader;
    size_t bytes;
    struct sitemap_look look;
    struct settings settings;
    struct sitemap_judging *judging;
    struct hits hits;    // the first ones
    struct arena unseen; // texts of more, which are only counted
    size_t more;
    bool has[SEVERITY_INFO + 1];
};

/* ---- reading ---- */

/* Of what was added since there were `n`. */
static void count_hits(struct reading *reading, size_t n)
{
    for (size_t i = n; i < reading->hits.n; i++)
        reading->has[reading->hits.item[i].severity] = true;
    if (reading->hits.n <= HITS_SHOWN_MAX)
        return;
    reading->more += reading->hits.n - HITS_SHOWN_MAX;
    reading->hits.n = HITS_SHOWN_MAX;
    reading->look.arena = &reading->unseen;
    if (reading->unseen.total > MIB) {
        arena_release(&reading->unseen);
        arena_init(&reading->unseen, ARENA_BYTES_MAX);
    }
}

static void take_entry(void *context, const struct sitemap_entry *entry)
{
    struct reading *reading = context;
    size_t n = reading->hits.n;

    sitemap_judge_entry(reading->judging, entry);
    count_hits(reading, n);
}

/* Forgets what a try that broke off has left. */
static void begin(void *context)
{
    struct reading *reading = context;

    if (reading->reader) {
        sitemap_end(reading->reader);
        sitemap_judge_end(reading->judging, NULL);
    }
    reading->bytes = reading->more = reading->hits.n = 0;
    memset(reading->has, 0, sizeof reading->has);
    reading->look.arena = reading->run;
    reading->sitemap = (struct sitemap){.without_alternates = true,
                                        .take = take_entry,
                                        .context = reading};
    reading->judging = sitemap_judge_begin(&reading->look, &reading->hits);
    reading->reader = sitemap_begin(reading->run, &reading->sitemap);
}

static void take_piece(void *context, const char *at, size_t n)
{
    struct reading *reading = context;

    reading->bytes += n;
    (void)sitemap_add(reading->reader, at, n);
}

static void finish(struct reading *reading)
{
    size_t n;

    sitemap_end(reading->reader);
    n = reading->hits.n;
    sitemap_judge_end(reading->judging, &reading->sitemap);
    count_hits(reading, n);
}

static bool read_pieces(int fd, struct reading *reading, struct err *err)
{
    char piece[PIECE_BYTES];
    ssize_t n;

    do {
        n = read(fd, piece, sizeof piece);
        if (n < 0 && errno != EINTR)
            return err_system(err, "cannot read '%s'", reading->name);
    } while (n < 0 || (n > 0 && sitemap_add(reading->reader, piece, (size_t)n)));
    return true;
}

static bool read_file(struct reading *reading, struct err *err)
{
    size_t size = 0;
    int fd = -1;
    bool ok;

    if (!file_open(AT_FDCWD, reading->name, false, &fd, &size, err))
        return false;
    if (fd < 0)
        return err_set(err, "cannot read '%s': there is no such file", reading->name);
    begin(reading);
    ok = read_pieces(fd, reading, err);
    finish(reading);
    (void)close(fd);
    return ok;
}

static bool take_reply(void *context, size_t index, const struct fetch_reply *reply,
                       struct err *err)
{
    const struct reading *reading = context;

    (void)index;
    if (reply->url_class == CLASS_REDIRECT)
        return err_set(err, "cannot read '%s': answers %s; ask for '%.*s'",
                       reading->name, reply->detail, (int)reply->location.n,
                       reply->location.n > 0 ? reply->location.at : "");
    if (reply->status == 0)
        return err_set(err, "cannot read '%s': no answer: %s", reading->name,
                       reply->detail);
    if (reply->status != 200)
        return err_set(err, "cannot read '%s': answers %s", reading->name,
                       reply->detail);
    if (reply->is_cut && reading->bytes <= SITEMAP_BYTES_MAX)
        return err_set(err,
                       "cannot read '%s': it unpacks to more than 200 times its "
                       "size",
                       reading->name);
    return true;
}

/* One byte more than it may have, so that it shows. */
static bool read_url(struct reading *reading, struct err *err)
{
    const struct url *url = &reading->settings.home;
    const struct fetch_live_plan plan = {.agent_version = ROUNDS_VERSION, .home = url};
    const struct http_sink sink = {begin, take_piece, reading};
    const struct fetch_request request = {.url = url,
                                          .kind = FETCH_GET,
                                          .most_bytes = (size_t)SITEMAP_BYTES_MAX + 1,
                                          .sink = &sink};
    struct fetcher *fetcher = NULL;
    bool ok;

    if (!fetch_live_open(&plan, reading->run, &fetcher, err))
        return false;
    begin(reading);
    ok = fetch_all(fetcher, &request, 1, take_reply, reading, err);
    finish(reading);
    fetcher_close(fetcher);
    return ok;
}

/* ---- printing ---- */

/* What follows the subject. */
static const char *message_of(const struct hit *hit, struct arena *run)
{
    struct hit without = *hit;

    without.subject = (struct str){0};
    return hit_message(&without, run) + 1;
}

static void add_text(struct buf *out, const struct hit *hit)
{
    const struct check_row *row = check_row(hit->check);
    struct arena scratch;

    arena_init(&scratch, ARENA_BYTES_MAX);
    buf_printf(out, "%s %s %s: %s", severity_word(hit->severity), row->id,
               text_safe(&scratch, hit->subject.at, hit->subject.n, URL_BYTES_MAX),
               message_of(hit, &scratch));
    if (hit->line > 0 && !str_starts(str_of(row->message), STR("line {n}")))
        buf_printf(out, ", line %" PRId64, hit->line);
    buf_add_text(out, "\n");
    arena_release(&scratch);
}

/* What would be long is printed in parts. */
static bool print_some(struct buf *out, size_t least, struct err *err)
{
    if (out->n < least)
        return true;
    if (!report_print(out, err))
        return false;
    out->n = 0;
    return true;
}

static bool print_text(const struct reading *reading, struct buf *out, struct err *err)
{
    const struct hits *hits = &reading->hits;

    buf_printf(out, "%s, %zu URLs, %zu findings\n",
               sitemap_kind_word(reading->sitemap.kind), reading->sitemap.n,
               hits->n + reading->more);
    for (size_t i = 0; i < hits->n; i++) {
        add_text(out, &hits->item[i]);
        if (!print_some(out, PIECE_BYTES, err))
            return false;
    }
    if (reading->more > 0)
        buf_printf(out, "and %zu more\n", reading->more);
    return print_some(out, 0, err);
}

static void add_json(struct buf *out, const struct hit *hit)
{
    struct arena scratch;
    const char *message;

    arena_init(&scratch, ARENA_BYTES_MAX);
    message = hit_message(hit, &scratch);

    buf_printf(out, "{\"check\":\"%s\",\"severity\":\"%s\",\"line\":",
               check_row(hit->check)->id, severity_word(hit->severity));
    if (hit->line > 0)
        buf_printf(out, "%" PRId64, hit->line);
    else
        buf_add_text(out, "null");
    buf_add_text(out, ",\"message\":");
    text_add_json(out, message, strlen(message));
    buf_add_text(out, "}");
    arena_release(&scratch);
}

static bool print_json(const struct reading *reading, struct buf *out, struct err *err)
{
    const struct hits *hits = &reading->hits;

    buf_printf(out, "{\"kind\":\"%s\",\"urls\":%zu,\"findings\":[",
               sitemap_kind_word(reading->sitemap.kind), reading->sitemap.n);
    for (size_t i = 0; i < hits->n; i++) {
        buf_add_text(out, i > 0 ? ",\n " : "\n ");
        add_json(out, &hits->item[i]);
        if (!print_some(out, PIECE_BYTES, err))
            return false;
    }
    if (reading->more > 0)
        buf_printf(out, "],\n \"more\":%zu}\n", reading->more);
    else
        buf_add_text(out, "]}\n");
    return print_some(out, 0, err);
}

/* ---- the verb ---- */

static int exit_status(const struct reading *reading, enum fail_on fail_on)
{
    struct findings worst = {0};

    for (int severity = 0; severity <= SEVERITY_INFO; severity++)
        if (reading->has[severity])
            findings_add(&worst, reading->run,
                         (struct finding){.id = "",
                                          .severity = (enum severity)severity,
                                          .status = STATUS_NEW});
    return findings_exit_status(&worst, fail_on);
}

static bool read_file_confined(const struct options *opt, struct reading *reading,
                               struct err *err)
{
    const struct sandbox_plan plan = {.mode = opt->sandbox,
                                      .read = opt->args,
                                      .nread = 1};
    struct confinement confined;

    return sandbox_enter(&plan, &confined, err) && read_file(reading, err);
}

static bool read_url_confined(const struct options *opt, struct reading *reading,
                              struct err *err)
{
    const uint16_t ports[] = {reading->settings.home.port, 53}; // names, over TCP
    const struct sandbox_plan plan = {.mode = opt->sandbox,
                                      .network = true,
                                      .ports = ports,
                                      .nports = 2};
    struct confinement confined;

    return sandbox_enter(&plan, &confined, err) && read_url(reading, err);
}

/* Whether robots.txt names it is not asked, so nothing is said of its folder. */
static bool look_at(const struct options *opt, struct reading *reading, struct err *err)
{
    const char *name = opt->args[0];
    struct url *home = &reading->settings.home;

    reading->name = name;
    reading->look.subject = str_of(name);
    reading->look.as_of =
        opt->has_as_of ? opt->as_of : clock_last_complete_day(clock_now_ms(), 0);
    if (!strstr(name, "://"))
        return read_file_confined(opt, reading, err);
    if (url_resolve(NULL, str_of(name), NULL, reading->run, home) != URL_OK)
        return err_set(err, "'%s' is no URL of http or https", name);
    reading->name = url_shown(home->text, reading->run);
    reading->look.subject = str_of(reading->name);
    reading->look.settings = &reading->settings;
    return read_url_confined(opt, reading, err);
}

static bool judge(const struct options *opt, struct reading *reading, int *status,
                  struct err *err)
{
    bool is_json = opt->format == FORMAT_JSON || (opt->flags & 1U << FLAG_JSON) != 0;
    struct buf out;

    if (!zone_enter("UTC", err) || !look_at(opt, reading, err))
        return false;
    buf_init(&out, reading->run, OUT_BYTES_MAX);
    *status = exit_status(reading, opt->fail_on);
    return is_json ? print_json(reading, &out, err) : print_text(reading, &out, err);
}

int seocheck_sitemap(const struct options *opt, struct err *err)
{
    struct arena run;
    struct reading reading = {.run = &run};
    int status = VERDICT_UNKNOWN;

    arena_init(&run, ARENA_BYTES_MAX);
    arena_init(&reading.unseen, ARENA_BYTES_MAX);
    if (!judge(opt, &reading, &status, err))
        status = VERDICT_UNKNOWN;
    arena_release(&reading.unseen);
    arena_release(&run);
    return status;
}
