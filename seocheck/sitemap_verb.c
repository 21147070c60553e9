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

#define OUT_BYTES_MAX ((size_t)HITS_SHOWN_MAX * 8 * KIB)

/* ---- reading ---- */

static bool read_pieces(int fd, const char *name, struct sitemap_reader *reader,
                        struct err *err)
{
    char piece[PIECE_BYTES];
    ssize_t n;

    do {
        n = read(fd, piece, sizeof piece);
        if (n < 0 && errno != EINTR)
            return err_system(err, "cannot read '%s'", name);
    } while (n < 0 || (n > 0 && sitemap_add(reader, piece, (size_t)n)));
    return true;
}

static bool read_file(const char *name, struct arena *run, struct sitemap *sitemap,
                      struct err *err)
{
    struct sitemap_reader *reader;
    size_t size = 0;
    int fd = -1;
    bool ok;

    if (!file_open(AT_FDCWD, name, false, &fd, &size, err))
        return false;
    if (fd < 0)
        return err_set(err, "cannot read '%s': there is no such file", name);
    reader = sitemap_begin(run, sitemap);
    ok = read_pieces(fd, name, reader, err);
    sitemap_end(reader);
    (void)close(fd);
    return ok;
}

/* What the answer is read into. */
struct fetched {
    const char *name;
    struct sitemap_reader *reader;
};

static bool take_reply(void *context, size_t index, const struct fetch_reply *reply,
                       struct err *err)
{
    const struct fetched *fetched = context;

    (void)index;
    if (reply->url_class == CLASS_REDIRECT)
        return err_set(err, "cannot read '%s': answers %s; ask for '%.*s'",
                       fetched->name, reply->detail, (int)reply->location.n,
                       reply->location.n > 0 ? reply->location.at : "");
    if (reply->status == 0)
        return err_set(err, "cannot read '%s': no answer: %s", fetched->name,
                       reply->detail);
    if (reply->status != 200)
        return err_set(err, "cannot read '%s': answers %s", fetched->name,
                       reply->detail);
    if (reply->is_cut && reply->body.n <= SITEMAP_BYTES_MAX)
        return err_set(err,
                       "cannot read '%s': it unpacks to more than 200 times its "
                       "size",
                       fetched->name);
    if (reply->body.n > 0)
        (void)sitemap_add(fetched->reader, reply->body.at, reply->body.n);
    return true;
}

/* One byte more than it may have, so that it shows. */
static bool read_url(const struct url *url, const char *name, struct arena *run,
                     struct sitemap *sitemap, struct err *err)
{
    const struct fetch_live_plan plan = {.agent_version = ROUNDS_VERSION, .home = url};
    const struct fetch_request request = {.url = url,
                                          .kind = FETCH_GET,
                                          .most_bytes = (size_t)SITEMAP_BYTES_MAX + 1};
    struct fetched fetched = {name, NULL};
    struct fetcher *fetcher = NULL;
    bool ok;

    if (!fetch_live_open(&plan, run, &fetcher, err))
        return false;
    fetched.reader = sitemap_begin(run, sitemap);
    ok = fetch_all(fetcher, &request, 1, take_reply, &fetched, err);
    sitemap_end(fetched.reader);
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

static void add_text(struct buf *out, const struct hit *hit, struct arena *run)
{
    const struct check_row *row = check_row(hit->check);

    buf_printf(out, "%s %s %s: %s", severity_word(hit->severity), row->id,
               text_safe(run, hit->subject.at, hit->subject.n, URL_BYTES_MAX),
               message_of(hit, run));
    if (hit->line > 0 && !str_starts(str_of(row->message), STR("line {n}")))
        buf_printf(out, ", line %" PRId64, hit->line);
    buf_add_text(out, "\n");
}

static void format_text(const struct sitemap *sitemap, const struct hits *hits,
                        struct arena *run, struct buf *out)
{
    buf_printf(out, "%s, %zu URLs, %zu findings\n", sitemap_kind_word(sitemap->kind),
               sitemap->n, hits->n);
    for (size_t i = 0; i < hits->n && i < HITS_SHOWN_MAX; i++)
        add_text(out, &hits->item[i], run);
    if (hits->n > HITS_SHOWN_MAX)
        buf_printf(out, "and %zu more\n", hits->n - HITS_SHOWN_MAX);
}

static void add_json(struct buf *out, const struct hit *hit, struct arena *run)
{
    const char *message = hit_message(hit, run);

    buf_printf(out, "{\"check\":\"%s\",\"severity\":\"%s\",\"line\":",
               check_row(hit->check)->id, severity_word(hit->severity));
    if (hit->line > 0)
        buf_printf(out, "%" PRId64, hit->line);
    else
        buf_add_text(out, "null");
    buf_add_text(out, ",\"message\":");
    text_add_json(out, message, strlen(message));
    buf_add_text(out, "}");
}

static void format_json(const struct sitemap *sitemap, const struct hits *hits,
                        struct arena *run, struct buf *out)
{
    buf_printf(out, "{\"kind\":\"%s\",\"urls\":%zu,\"findings\":[",
               sitemap_kind_word(sitemap->kind), sitemap->n);
    for (size_t i = 0; i < hits->n && i < HITS_SHOWN_MAX; i++) {
        buf_add_text(out, i > 0 ? ",\n " : "\n ");
        add_json(out, &hits->item[i], run);
    }
    if (hits->n > HITS_SHOWN_MAX)
        buf_printf(out, "],\n \"more\":%zu}\n", hits->n - HITS_SHOWN_MAX);
    else
        buf_add_text(out, "]}\n");
}

/* ---- the verb ---- */

static int exit_status(const struct hits *hits, enum fail_on fail_on, struct arena *run)
{
    struct findings worst = {0};
    bool seen[SEVERITY_INFO + 1] = {false};

    for (size_t i = 0; i < hits->n; i++) {
        if (!seen[hits->item[i].severity])
            findings_add(&worst, run,
                         (struct finding){.id = check_row(hits->item[i].check)->id,
                                          .severity = hits->item[i].severity,
                                          .status = STATUS_NEW});
        seen[hits->item[i].severity] = true;
    }
    return findings_exit_status(&worst, fail_on);
}

static bool is_url(const char *text)
{
    return strstr(text, "://") != NULL;
}

static bool read_file_confined(const struct options *opt, struct arena *run,
                               struct sitemap *sitemap, struct err *err)
{
    const struct sandbox_plan plan = {.mode = opt->sandbox,
                                      .read = opt->args,
                                      .nread = 1};
    struct confinement confined;

    return sandbox_enter(&plan, &confined, err) &&
           read_file(opt->args[0], run, sitemap, err);
}

static bool read_url_confined(const struct options *opt, const struct url *url,
                              struct arena *run, struct sitemap *sitemap,
                              struct err *err)
{
    const uint16_t ports[] = {url->port, 53}; // names are asked for by TCP too
    const struct sandbox_plan plan = {.mode = opt->sandbox,
                                      .network = true,
                                      .ports = ports,
                                      .nports = 2};
    struct confinement confined;

    return sandbox_enter(&plan, &confined, err) &&
           read_url(url, url_shown(url->text, run), run, sitemap, err);
}

/* Whether robots.txt names it is not asked, so nothing is said of its folder. */
static bool look_at(const struct options *opt, struct arena *run,
                    struct settings *settings, struct sitemap_look *look,
                    struct sitemap *sitemap, struct err *err)
{
    const char *name = opt->args[0];

    look->subject = str_of(name);
    if (!is_url(name))
        return read_file_confined(opt, run, sitemap, err);
    if (url_resolve(NULL, str_of(name), NULL, run, &settings->home) != URL_OK)
        return err_set(err, "'%s' is no URL of http or https", name);
    look->subject = str_of(url_shown(settings->home.text, run));
    look->settings = settings;
    return read_url_confined(opt, &settings->home, run, sitemap, err);
}

static bool judge(const struct options *opt, struct arena *run, int *status,
                  struct err *err)
{
    struct sitemap sitemap = {.without_alternates = true};
    struct sitemap_look look = {.sitemap = &sitemap, .arena = run};
    struct settings settings = {0};
    struct hits hits = {0};
    struct buf out;

    if (!zone_enter("UTC", err) || !look_at(opt, run, &settings, &look, &sitemap, err))
        return false;
    look.as_of =
        opt->has_as_of ? opt->as_of : clock_last_complete_day(clock_now_ms(), 0);
    judge_sitemap(&look, &hits);
    buf_init(&out, run, OUT_BYTES_MAX);
    if (opt->format == FORMAT_JSON || (opt->flags & 1U << FLAG_JSON) != 0)
        format_json(&sitemap, &hits, run, &out);
    else
        format_text(&sitemap, &hits, run, &out);
    *status = exit_status(&hits, opt->fail_on, run);
    return report_print(&out, err);
}

int seocheck_sitemap(const struct options *opt, struct err *err)
{
    struct arena run;
    int status = VERDICT_UNKNOWN;

    arena_init(&run, ARENA_BYTES_MAX);
    if (!judge(opt, &run, &status, err))
        status = VERDICT_UNKNOWN;
    arena_release(&run);
    return status;
}
