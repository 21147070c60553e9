/* One round: what is known, what a crawl saw, what follows from it, said and kept. */
#include <string.h>
#include <unistd.h>

#include "seocheck/cache.h"
#include "seocheck/crawl.h"
#include "seocheck/pace.h"
#include "seocheck/pages.h"
#include "seocheck/round.h"
#include "seocheck/seocheck.h"
#include "shared/file.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/state_diff.h"

#include "shared/banned.h"

struct round {
    struct config config;
    struct settings settings;
    struct state_folder folder;
    struct confinement confined;
    struct fetcher *fetcher;
    struct known known;
    struct cache cache;
    bool has_no_cache_file; /* something else is in its place */
    int pages;              /* --pages; -1: none */
    int32_t as_of;
    struct site site;
    struct history after;
    struct findings findings;
    enum verdict found; /* the worst of them that this crawl found itself */
};

static bool confine(const struct options *opt, struct round *round, struct arena *run,
                    struct err *err)
{
    struct sandbox_plan plan = {.mode = opt->sandbox,
                                .write = &round->folder.path,
                                .nwrite = 1};
    const char **read = arena_new(run, const char *, 16 + round->settings.nsitemaps);
    size_t n = 0;

    read[n++] = opt->config_path;
    for (size_t i = 0; i < round->settings.nsitemaps; i++)
        if (!strstr(round->settings.sitemap[i], "://"))
            read[n++] =
                file_join(run, round->config.folder, round->settings.sitemap[i]);
    input_confine(&round->settings, run, read, &n, &plan);
    if (!sandbox_enter(&plan, &round->confined, err))
        return false;
    if (opt->verbose)
        cli_say(opt, "confined: %s", confinement_text(run, &round->confined));
    return true;
}

static bool open_all(const struct options *opt, struct arena *run, struct round *round,
                     struct err *err)
{
    const char *path;

    if (!config_load(opt->config_path, run, &round->config, err) ||
        !settings_read(&round->config, run, &round->settings, err) ||
        !config_enter_zone(&round->config, err))
        return false;
    path = opt->state_path ? opt->state_path
                           : file_join(run, round->config.folder, "state");
    if (!state_folder_open(&round->folder, path, !opt->dry_run, err) ||
        !state_folder_add(&round->folder, CACHE_FOLDER, !opt->dry_run, err) ||
        !pages_open(cli_value(opt, FLAG_PAGES), &round->pages, err) ||
        !confine(opt, round, run, err))
        return false;
    round->as_of = cli_last_day(opt, &round->config, 0);
    return opt->dry_run || state_folder_lock(&round->folder, LOCK_SECONDS, err);
}

static void close_all(struct round *round)
{
    fetcher_close(round->fetcher);
    known_release(&round->known);
    state_folder_release(&round->folder);
    settings_release(&round->settings);
    config_release(&round->config);
}

/* --replay of a day before `through` starts from nothing, as a first run would. */
static bool load(const struct options *opt, struct round *round, struct arena *run,
                 struct err *err)
{
    struct known *known = &round->known;

    if (!known_load(&round->folder, run, known, err))
        return false;
    if (!known->json || round->as_of >= known->through)
        return true;
    if (!cli_allows_day(opt, round->as_of, known->through, err))
        return false;
    known_release(known);
    *known = (struct known){0};
    return true;
}

/* Whatever is wrong with the file: then there is no cache. */
static void load_cache(struct round *round, struct arena *run)
{
    struct err ignored = {0};
    bool is_absent = true;
    struct str bytes;

    if (round->folder.other_fd < 0)
        return;
    if (!file_read_if_there(round->folder.other_fd, CACHE_NAME, CACHE_BYTES_MAX, true,
                            run, &bytes, &is_absent, &ignored))
        round->has_no_cache_file = true;
    else if (!is_absent)
        cache_parse(bytes, cache_key(&round->settings), run, &round->cache);
}

static bool has_cache(const struct round *round)
{
    return round->settings.input == INPUT_LIVE && round->settings.refetch_days > 0;
}

static bool crawl(const struct options *opt, struct round *round, struct arena *run,
                  struct err *err)
{
    struct pace pace = {.opt = opt};
    const struct crawl crawl = {.settings = &round->settings,
                                .history = &round->known.history,
                                .as_of = round->as_of,
                                .progress = pace_watch,
                                .context = &pace};
    struct crawl ready = crawl;
    bool ok;

    if (!input_open(&round->settings, run, &round->fetcher, err))
        return false;
    ready.fetcher = round->fetcher;
    if (has_cache(round)) {
        load_cache(round, run);
        ready.cache = &round->cache;
    }
    ok = site_collect(&ready, run, &round->site, err);
    fetcher_close(round->fetcher); // its memory is free for what comes now
    round->fetcher = NULL;
    return ok && input_has_pages(&round->settings, &round->site, err);
}

static void judge(struct round *round, struct arena *run)
{
    struct look look = {.site = &round->site,
                        .settings = &round->settings,
                        .before = &round->known.history,
                        .through = round->known.through,
                        .as_of = round->as_of,
                        .arena = run};
    struct hits hits = {0};

    site_judge(&look, &round->after, &hits);
    round->found =
        judge_findings(&look, &hits, &round->known.findings, &round->findings);
}

static bool report(const struct options *opt, const struct round *round,
                   const json_t *after, struct arena *run, int *status, struct err *err)
{
    OWN(json) extra = seocheck_report_extra(&round->site);
    struct report said = {.tool = "seocheck",
                          .has_through = true,
                          .confined = round->confined,
                          .extra = extra};
    struct buf out;

    if (!state_findings(after, run, &said.through, &said.findings, err))
        return false;
    findings_add_resolved(&said.findings, &round->known.findings, after, run);
    findings_mute(&said.findings, &round->config, said.through, run, &said.muted);
    seocheck_report(after, &round->after, run, &said);
    seocheck_tables(after, run, &said);
    seocheck_problems(&round->site, &round->findings, run, &said);
    said.exit = *status = findings_exit_status(&said.findings, opt->fail_on);
    buf_init(&out, run, REPORT_BYTES_MAX);
    if (!report_render(&said, opt->format, &out, err))
        return false;
    if (opt->dry_run && opt->format == FORMAT_TEXT) {
        buf_add_text(&out, "state/" SEOCHECK_JSON ":\n");
        state_diff(round->known.json, after, run, &out);
    }
    return report_print(&out, err);
}

/* What other programs read of a run. */
static bool save_pages(const struct options *opt, const struct round *round,
                       struct arena *run, struct err *err)
{
    struct buf table;

    buf_init(&table, run, HISTORY_BYTES_MAX);
    pages_format(&round->site, &round->settings.agents, run, &table);
    if (table.overflowed)
        return err_set(err, "the table of pages is over 64 MiB; lower 'max_pages'");
    return pages_write(round->pages, cli_value(opt, FLAG_PAGES), buf_str(&table),
                       err) &&
           (opt->dry_run ||
            (state_save(&round->folder, CACHE_IGNORE, STR("*\n"), NULL, err) &&
             state_save(&round->folder, PAGES_FILE, buf_str(&table), NULL, err)));
}

/* Without it the next run asks for more, and finds the same: no reason to fail. */
static void save_cache(const struct options *opt, const struct round *round,
                       struct arena *run)
{
    struct err err = {0};
    struct buf bytes;

    if (opt->dry_run || !has_cache(round) || cache_is_same(&round->cache, &round->site))
        return;
    buf_init(&bytes, run, CACHE_BYTES_MAX);
    cache_format(&round->site, cache_key(&round->settings), &bytes);
    if (round->has_no_cache_file) // a link, a pipe: state_save would leave it there
        (void)unlinkat(round->folder.other_fd, CACHE_NAME, 0);
    if (!bytes.overflowed &&
        !state_save(&round->folder, CACHE_FILE, buf_str(&bytes), NULL, &err))
        cli_say(opt, "%s", err.text);
}

static bool round_in(const struct options *opt, struct round *round, struct arena *run,
                     int *status, struct err *err)
{
    OWN(json) after = NULL;
    struct buf rows;
    struct str json;

    if (!open_all(opt, run, round, err) || !load(opt, round, run, err) ||
        !crawl(opt, round, run, err))
        return false;
    judge(round, run);
    if (!site_is_judged(&round->site, round->found, run, err))
        return false;
    after = state_document(&round->site, &round->findings, round->known.json,
                           round->as_of, run);
    buf_init(&rows, run, HISTORY_BYTES_MAX);
    history_format(&round->after, &rows);
    if (rows.overflowed)
        return err_set(err, "the history is over 64 MiB; lower 'max_pages'");
    if (!state_json_format(after, run, &json, err) ||
        !report(opt, round, after, run, status, err))
        return false;
    err->after_report = true;
    if (!save_pages(opt, round, run, err) ||
        (!opt->dry_run &&
         !(state_save(&round->folder, SEO_HISTORY, buf_str(&rows), NULL, err) &&
           state_save(&round->folder, SEOCHECK_JSON, json, NULL, err))))
        return false;
    save_cache(opt, round, run);
    return true;
}

int seocheck_run(const struct options *opt, struct err *err)
{
    struct round round = {.folder = STATE_FOLDER_CLOSED, .pages = -1};
    struct arena run;
    int status = VERDICT_UNKNOWN;

    arena_init(&run, ARENA_BYTES_MAX);
    if (!round_in(opt, &round, &run, &status, err))
        status = VERDICT_UNKNOWN;
    close_all(&round);
    arena_release(&run);
    return status;
}
