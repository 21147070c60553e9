/* Who answers: a live server, a built folder, a saved crawl; what each needs of the
 * kernel; and one look at all that came. */
#include "seocheck/fetch.h"
#include "seocheck/judge_sitemap.h"
#include "seocheck/look.h"
#include "seocheck/round.h"
#include "shared/cli.h"
#include "shared/file.h"
#include "shared/sandbox.h"

#include "shared/banned.h"

enum { DNS_PORT = 53 };

/* `read` has room for 8 more. */
void input_confine(const struct settings *settings, struct arena *arena,
                   const char **read, size_t *nread, struct sandbox_plan *plan)
{
    uint16_t *port = arena_new(arena, uint16_t, settings->nports + 4);
    size_t n = 0;

    if (settings->input == INPUT_FOLDER)
        read[(*nread)++] = settings->path;
    if (settings->input == INPUT_JSONL)
        read[(*nread)++] = file_folder(arena, settings->path);
    if (settings->route_path)
        read[(*nread)++] = settings->route_path;
    if (settings->ca_file)
        read[(*nread)++] = settings->ca_file;
    plan->read = read;
    plan->nread = *nread;
    if (settings->input != INPUT_LIVE)
        return;
    port[n++] = DNS_PORT;
    port[n++] = 80;
    port[n++] = 443;
    port[n++] = settings->home.port;
    for (size_t i = 0; i < settings->nports; i++)
        port[n++] = settings->port[i];
    plan->network = true;
    plan->ports = port;
    plan->nports = n;
}

bool input_open(const struct settings *settings, struct arena *arena,
                struct fetcher **fetcher, struct err *err)
{
    struct fetch_live_plan plan = {
        .agent_version = ROUNDS_VERSION,
        .rate = settings->has_rate ? settings->rate : -1,
        .connections = settings->has_connections ? settings->connections : 0,
        .external_rate = -1,
        .allow_private = settings->allow_private,
        .home = &settings->home,
        .ca_file = settings->ca_file,
        .ports = settings->port,
        .nports = settings->nports,
    };

    switch (settings->input) {
    case INPUT_FOLDER:
        return fetch_folder_open(settings->path, &settings->home, arena, fetcher, err);
    case INPUT_JSONL: return fetch_jsonl_open(settings->path, arena, fetcher, err);
    case INPUT_LIVE: break;
    }
    return fetch_live_open(&plan, arena, fetcher, err);
}

bool input_has_pages(const struct settings *settings, const struct site *site,
                     struct err *err)
{
    if (settings->input != INPUT_FOLDER || site->npages > 0 || site->nstarts == 0 ||
        site->resource[site->start[0]].url_class != CLASS_GONE)
        return true;
    return err_set(err,
                   "there is no page in the folder '%s': no index.html, and none in a "
                   "sitemap; build the site first, or name another folder",
                   settings->path);
}

/* Of each entry, whether its page surely stood there as it is before the day of its
 * lastmod. A crawl sees the day after `as_of` too: hence one day more. */
static const bool *kept_of(const struct look *look, const struct site_sitemap *of)
{
    bool *is_kept = arena_new(look->arena, bool, of->sitemap.n);

    for (size_t i = 0; of->target && i < of->sitemap.n; i++) {
        const struct resource *resource;
        const struct history_row *row;

        if (of->target[i] == NO_RESOURCE)
            continue;
        resource = &look->site->resource[of->target[i]];
        row = look_row(look, resource);
        is_kept[i] = row && row->has_hash && resource->url_class == CLASS_OK &&
                     !look_is_volatile(look, resource) &&
                     (row->changed > 0 ? row->changed : row->first) + 1 <
                         of->sitemap.entry[i].lastmod.day;
    }
    return is_kept;
}

static void judge_each_sitemap(const struct look *look, struct hits *hits)
{
    const struct site *site = look->site;

    for (size_t i = 0; i < site->nsitemaps; i++) {
        const struct site_sitemap *of = &site->sitemap[i];
        const struct sitemap_look one = {
            .subject = str_of(url_subject(&of->url, &site->home, look->arena)),
            .url = &of->url,
            .settings = look->settings,
            .is_in_robots = of->is_in_robots,
            .as_of = look->as_of,
            .is_kept = kept_of(look, of),
            .arena = look->arena,
        };

        if (of->status == 200)
            judge_sitemap(&one, &of->sitemap, hits);
    }
}

/* Once for all judges. */
static void find_rows(struct look *look)
{
    const struct site *site = look->site;

    look->row = arena_new(look->arena, const struct history_row *, site->n);
    for (size_t i = 0; i < site->n; i++)
        look->row[i] =
            history_find(look->after, look_subject(look, &site->resource[i]));
}

void site_judge(struct look *look, struct history *after, struct hits *hits)
{
    measure_history(look, after);
    look->after = after;
    find_rows(look);
    judge_each_sitemap(look, hits);
    judge_all(look, hits);
}

bool site_is_judged(const struct site *site, enum verdict found, struct arena *arena,
                    struct err *err)
{
    const struct resource *start;
    const char *to;

    if (site->npages > 0 || site->nstarts == 0 || found != VERDICT_OK)
        return true;
    start = &site->resource[site->start[0]];
    to = start->url_class == CLASS_REDIRECT && start->location.n > 0
             ? str_format(arena, " to %s", url_shown(start->location, arena))
             : "";
    return err_set(
        err,
        "no page to judge: '%s' is %s%s%s%s; check 'site', and what its server "
        "lets this program have",
        url_shown(start->url.text, arena), url_class_word(start->url_class),
        start->detail[0] ? ", " : "", start->detail, to);
}
