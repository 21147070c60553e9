/* The verb crawl: one crawl of a URL or folder and all that is wrong there, without
 * configuration, state or a second look. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "seocheck/crawl.h"
#include "seocheck/pace.h"
#include "seocheck/pages.h"
#include "seocheck/round.h"
#include "seocheck/seocheck.h"
#include "shared/clock.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { HITS_SHOWN_MAX = 10000 };

struct seen {
    struct config config;
    struct settings settings;
    struct fetcher *fetcher;
    struct site site;
    struct history before, after;
    struct hits hits;
    int64_t begun_us;
    int pages; /* --pages; -1: none */
};

static bool number_of(const char *text, const char *option, int64_t least, int64_t most,
                      int64_t *number, struct err *err)
{
    return (str_to_int64(text, strlen(text), number) && *number >= least &&
            *number <= most) ||
           err_set(err, "%s is '%.40s', allowed %lld to %lld", option, text,
                   (long long)least, (long long)most);
}

/* What a configuration of these options would say. */
static bool configure(const struct options *opt, struct arena *run, struct seen *seen,
                      struct err *err)
{
    const char *what = opt->args[0];
    const char *base = cli_value(opt, FLAG_BASE);
    const char *most = cli_value(opt, FLAG_MAX_PAGES),
               *rate = cli_value(opt, FLAG_RATE);
    OWN(json) root = json_object();
    json_t *section = json_object(), *crawl = json_object();
    bool is_url = strstr(what, "://") != NULL;
    struct str bytes;
    int64_t number;

    json_put(root, "site",
             json_string(is_url ? what
                         : base ? base
                                : "http://localhost/"));
    json_put(root, "seocheck", section);
    json_put(section, "crawl", crawl);
    json_put(section, "confirm_days", json_integer(1));
    if (!is_url)
        json_put(crawl, "folder", json_string(what));
    else
        json_put(crawl, "start", json_pack("[s]", what));
    if (most) {
        if (!number_of(most, "--max-pages", 1, 50000, &number, err))
            return false;
        json_put(crawl, "max_pages", json_integer(number));
    }
    if (rate) {
        if (!number_of(rate, "--rate", 0, 1000, &number, err))
            return false;
        json_put(crawl, "rate", json_integer(number));
    }
    return state_json_format(root, run, &bytes, err) &&
           config_parse(bytes, "the command line", run, &seen->config, err) &&
           settings_read(&seen->config, run, &seen->settings, err);
}

/* Pages of a folder that call another host theirs: without it half of what is said is
 * about localhost. */
static void say_base(const struct options *opt, const struct seen *seen)
{
    if (seen->settings.input != INPUT_FOLDER || cli_value(opt, FLAG_BASE))
        return;
    for (size_t i = 0; i < seen->hits.n; i++)
        if (seen->hits.item[i].check == CHECK_CANONICAL_HOST) {
            cli_say(opt, "the folder was taken for http://localhost/, its pages name "
                         "another host; give --base URL");
            return;
        }
}

static bool look(const struct options *opt, struct arena *run, struct seen *seen,
                 struct err *err)
{
    struct sandbox_plan plan = {.mode = opt->sandbox};
    struct confinement confined;
    const char **read = arena_new(run, const char *, 16);
    struct pace pace = {.opt = opt};
    struct crawl crawl = {.settings = &seen->settings,
                          .progress = pace_watch,
                          .context = &pace};
    struct look looked = {.site = &seen->site,
                          .settings = &seen->settings,
                          .before = &seen->before,
                          .arena = run};
    size_t n = 0;
    bool ok;

    input_confine(&seen->settings, run, read, &n, &plan);
    looked.as_of = crawl.as_of =
        opt->has_as_of ? opt->as_of : clock_last_complete_day(clock_now_ms(), 0);
    if (!zone_enter("UTC", err) ||
        !pages_open(cli_value(opt, FLAG_PAGES), &seen->pages, err) ||
        !sandbox_enter(&plan, &confined, err) ||
        !input_open(&seen->settings, run, &seen->fetcher, err))
        return false;
    crawl.fetcher = seen->fetcher;
    ok = site_collect(&crawl, run, &seen->site, err);
    fetcher_close(seen->fetcher); // its memory is free for what comes now
    seen->fetcher = NULL;
    if (!ok || !input_has_pages(&seen->settings, &seen->site, err))
        return false;
    if (seen->site.routes_unread)
        cli_say(opt, "checks over sets say nothing without the routes: %s",
                seen->site.routes_why);
    site_judge(&looked, &seen->after, &seen->hits);
    say_base(opt, seen);
    return true;
}

/* By severity, check, subject, line. */
static int hit_compare(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;
    int order;

    if (x->severity != y->severity)
        return x->severity < y->severity ? -1 : 1;
    if (x->check != y->check)
        return x->check < y->check ? -1 : 1;
    order = str_compare(x->subject, y->subject);
    if (order == 0 && x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (order == 0)
        order = str_compare(x->target, y->target);
    return order != 0 ? order
                      : strcmp(x->value ? x->value : "", y->value ? y->value : "");
}

static json_t *url_json(struct str url, struct arena *run)
{
    return url.n > 0 ? json_string(text_safe(run, url.at, url.n, URL_BYTES_MAX))
                     : json_null();
}

/* A subject as a URL: a path of the site, another URL, the site; none of a group. */
static struct str subject_url(const struct hit *hit, const struct site *site,
                              struct arena *run)
{
    struct str home = site->home.text;
    int origin = (int)(site->home.path.at - home.at);

    if (str_equal(hit->subject, STR("@site")))
        return home;
    if (str_starts(hit->subject, STR("@")))
        return (struct str){0};
    if (!str_starts(hit->subject, STR("/")))
        return hit->subject;
    return str_of(str_format(run, "%.*s%.*s", origin, home.at, (int)hit->subject.n,
                             hit->subject.at));
}

/* `url` is the page to look at, `target` what it is that page's link leads to. */
static json_t *hit_json(const struct hit *hit, const struct site *site,
                        struct arena *run)
{
    json_t *object = json_object(), *source = json_object();
    struct str url = subject_url(hit, site, run), target = hit->target;

    if (hit->where_url && !str_equal(url, str_of(hit->where_url))) {
        target = target.n > 0 ? target : url;
        url = str_of(hit->where_url);
    }
    json_put(object, "check", json_string(check_row(hit->check)->id));
    json_put(object, "message", json_string(hit_message(hit, run)));
    json_put(object, "severity", json_string(severity_word(hit->severity)));
    json_put(source, "line", json_integer(hit->line));
    json_put(source, "url", url_json(url, run));
    json_put(object, "source", source);
    json_put(object, "target", url_json(target, run));
    json_put(object, "url", url_json(url, run));
    return object;
}

static json_t *to_json(const struct seen *seen, struct arena *run)
{
    OWN(json) extra = seocheck_report_extra(&seen->site);
    json_t *root = json_object(), *findings = json_array(), *stats = json_object();
    int64_t links = 0;

    for (size_t i = 0; i < seen->site.n; i++)
        links += seen->site.resource[i].page
                     ? (int64_t)seen->site.resource[i].page->nlinks
                     : 0;
    for (size_t i = 0; i < seen->hits.n && i < HITS_SHOWN_MAX; i++)
        json_push(findings, hit_json(&seen->hits.item[i], &seen->site, run));
    if (seen->hits.n > HITS_SHOWN_MAX)
        json_put(root, "more",
                 json_integer((json_int_t)(seen->hits.n - HITS_SHOWN_MAX)));
    json_put(stats, "pages", json_integer(seen->site.npages));
    json_put(stats, "bytes", json_integer(seen->site.bytes));
    json_put(stats, "seconds",
             json_integer((clock_ticks_us() - seen->begun_us) / 1000000));
    json_put(root, "pages", json_integer(seen->site.npages));
    json_put(root, "urls", json_integer((json_int_t)seen->site.n));
    json_put(root, "links", json_integer(links));
    json_put(root, "findings", findings);
    json_put(root, "unverifiable", json_incref(json_object_get(extra, "unverifiable")));
    json_put(root, "stats", stats);
    return root;
}

static void add_text(const struct seen *seen, struct arena *run, struct buf *out)
{
    buf_printf(out, "%lld pages, %zu URLs, %zu findings\n",
               (long long)seen->site.npages, seen->site.n, seen->hits.n);
    for (size_t i = 0; i < seen->hits.n && i < HITS_SHOWN_MAX; i++) {
        const struct hit *hit = &seen->hits.item[i];

        buf_printf(out, "%s %s: %s", severity_word(hit->severity),
                   check_row(hit->check)->id, hit_message(hit, run));
        if (hit->where_url)
            buf_printf(out, ", %s", hit->where_url);
        if (hit->where_url && hit->line > 0)
            buf_printf(out, ":%lld", (long long)hit->line);
        buf_add_text(out, "\n");
    }
    if (seen->hits.n > HITS_SHOWN_MAX)
        buf_printf(out, "and %zu more\n", seen->hits.n - HITS_SHOWN_MAX);
}

/* Findings that are all new. */
static struct findings findings_of(const struct hits *hits, struct arena *run)
{
    struct findings all = {0};

    for (size_t i = 0; i < hits->n; i++)
        findings_add(&all, run,
                     (struct finding){.id = "", .severity = hits->item[i].severity});
    return all;
}

static bool save_pages(const struct options *opt, const struct seen *seen,
                       struct arena *run, struct err *err)
{
    struct buf table;

    if (seen->pages < 0)
        return true;
    buf_init(&table, run, HISTORY_BYTES_MAX);
    pages_format(&seen->site, &seen->settings.agents, run, &table);
    if (table.overflowed)
        return err_set(err, "the table of pages is over 64 MiB; lower --max-pages");
    return pages_write(seen->pages, cli_value(opt, FLAG_PAGES), buf_str(&table), err);
}

static bool crawl(const struct options *opt, struct seen *seen, struct arena *run,
                  int *status, struct err *err)
{
    OWN(json) root = NULL;
    struct findings all;
    struct str bytes;
    struct buf out;

    seen->begun_us = clock_ticks_us();
    if (!configure(opt, run, seen, err) || !look(opt, run, seen, err))
        return false;
    if (seen->hits.n > 0)
        qsort(seen->hits.item, seen->hits.n, sizeof *seen->hits.item, hit_compare);
    all = findings_of(&seen->hits, run);
    if (!site_is_judged(&seen->site, findings_worst(&all), run, err) ||
        !save_pages(opt, seen, run, err))
        return false;
    *status = findings_exit_status(&all, opt->fail_on);
    buf_init(&out, run, REPORT_BYTES_MAX);
    if (opt->format == FORMAT_TEXT && (opt->flags & 1U << FLAG_JSON) == 0) {
        add_text(seen, run, &out);
        return report_print(&out, err);
    }
    root = to_json(seen, run);
    if (!state_json_format(root, run, &bytes, err))
        return false;
    buf_add(&out, bytes.at, bytes.n);
    return report_print(&out, err);
}

int seocheck_crawl(const struct options *opt, struct err *err)
{
    struct seen seen = {.pages = -1};
    struct arena run;
    int status = VERDICT_UNKNOWN;

    arena_init(&run, ARENA_BYTES_MAX);
    if (!crawl(opt, &seen, &run, &status, err))
        status = VERDICT_UNKNOWN;
    fetcher_close(seen.fetcher);
    settings_release(&seen.settings);
    config_release(&seen.config);
    arena_release(&run);
    return status;
}
