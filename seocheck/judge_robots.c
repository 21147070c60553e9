/* What robots.txt says and keeps crawlers from. Judges what it refuses, not who obeys.
 */
#include "seocheck/look.h"
#include "shared/limits.h"

#include "shared/banned.h"

/* robots.txt of one host, and where its hits go. */
struct view {
    const struct look *look;
    struct hits *hits;
    const struct site_robots *robots;
    struct str subject; /* robots.txt itself */
    const char *url;    /* of it, shown */
};

static void add(const struct view *view, enum check_id check, const char *value,
                int64_t line)
{
    hits_add(view->hits, view->look->arena,
             (struct hit){
                 .check = check,
                 .subject = view->subject,
                 .value = value,
                 .n = line,
                 .where_url = view->url,
                 .line = line,
             });
}

/* ---- the file ---- */

static const char *remark_words(enum robots_line what)
{
    switch (what) {
    case ROBOTS_LINE_UNKNOWN: return "unknown key";
    case ROBOTS_LINE_MISSPELT: return "misspelt key";
    case ROBOTS_LINE_NO_COLON: return "no colon in";
    case ROBOTS_LINE_NO_GROUP: return "outside a group,";
    case ROBOTS_LINE_CUT: break;
    }
    return "too long, cut:";
}

static struct str shortened(struct str text)
{
    if (text.n > OUTSIDE_TEXT_MAX)
        text.n = OUTSIDE_TEXT_MAX;
    return text;
}

static void judge_file(const struct view *view)
{
    const struct robots *robots = &view->robots->robots;
    struct arena *arena = view->look->arena;

    for (size_t i = 0; i < robots->nremarks; i++) {
        struct str text = shortened(robots->remark[i].text);

        add(view, CHECK_ROBOTS_SYNTAX,
            str_format(arena, "%s '%.*s'", remark_words(robots->remark[i].what),
                       (int)text.n, text.at),
            robots->remark[i].line);
    }
    if (robots->is_too_big || view->robots->size > ROBOTS_BYTES_MAX)
        add(view, CHECK_ROBOTS_TOO_BIG, "is over 512000 bytes, the rest is not read",
            0);
    if (robots->is_html)
        add(view, CHECK_ROBOTS_HTML, "begins with '<': a page, no robots.txt", 0);
    for (size_t i = 0; i < robots->nsitemaps; i++) {
        struct str raw = shortened(robots->sitemap[i].url);
        struct url url;

        if (url_resolve(NULL, robots->sitemap[i].url, NULL, arena, &url) != URL_OK)
            add(view, CHECK_ROBOTS_SITEMAP,
                str_format(arena, "names the sitemap '%.*s', no absolute URL",
                           (int)raw.n, raw.at),
                robots->sitemap[i].line);
    }
}

/* ---- what it refuses ---- */

/* Pages that load the URL as script or style. */
static bool *loaded(const struct look *look)
{
    const struct site *site = look->site;
    bool *is_loaded = arena_new(look->arena, bool, site->n);

    for (size_t i = 0; i < site->n; i++) {
        const struct page *page = site->resource[i].page;

        for (size_t j = 0; page && j < page->nedges; j++)
            if (page->edge[j].kind == LINK_SCRIPT ||
                page->edge[j].kind == LINK_STYLESHEET)
                is_loaded[page->edge[j].target] = true;
    }
    return is_loaded;
}

static void judge_refused(const struct view *view, uint32_t index, bool is_loaded,
                          const char *agent)
{
    const struct look *look = view->look;
    const struct resource *resource = &look->site->resource[index];
    struct robots_answer answer = robots_ask(&view->robots->robots, str_of(agent),
                                             resource->url.text, look->arena);
    struct hit hit = {
        .value = agent,
        .n = answer.line,
        .where_url = view->url,
        .line = answer.line,
    };

    if (answer.is_allowed)
        return;
    if (resource->is_start)
        add(view, CHECK_ROBOTS_BLOCKS_SITE, agent, answer.line);
    hit.subject = look_subject(look, resource);
    if ((resource->sets & SET_SITEMAP) != 0) {
        hit.check = CHECK_ROBOTS_BLOCKS_LISTED;
        hits_add(view->hits, look->arena, hit);
    }
    if (page_is_noindex(resource, &look->settings->agents)) {
        hit.check = CHECK_ROBOTS_BLOCKS_NOINDEX;
        hits_add(view->hits, look->arena, hit);
    }
    if (is_loaded) {
        hit.check = CHECK_ROBOTS_BLOCKS_RESOURCE;
        hits_add(view->hits, look->arena, hit);
    }
}

static void judge_urls(const struct view *view, const bool *is_loaded)
{
    const struct look *look = view->look;
    const struct site_agents *agents = &look->settings->agents;

    for (uint32_t i = 0; i < look->site->n; i++) {
        const struct resource *resource = &look->site->resource[i];

        if (!resource->is_own || !url_same_origin(&view->robots->url, &resource->url))
            continue;
        for (size_t j = 0; j < agents->n; j++)
            judge_refused(view, i, is_loaded[i], agents->agent[j]);
    }
}

/* A site that does not answer at all is down: that is said once, of the start page. */
static bool is_down(const struct site *site)
{
    for (size_t i = 0; i < site->nstarts; i++) {
        enum url_class url_class = site->resource[site->start[i]].url_class;

        if (url_class != CLASS_SERVER && url_class != CLASS_NETWORK)
            return false;
    }
    return site->nstarts > 0;
}

void judge_robots(const struct look *look, struct hits *hits)
{
    const struct site *site = look->site;
    const bool *is_loaded = loaded(look);

    for (size_t i = 0; i < site->nrobots; i++) {
        const struct site_robots *robots = &site->robots[i];
        struct view view = {
            .look = look,
            .hits = hits,
            .robots = robots,
            .subject = str_of(url_subject(&robots->url, &site->home, look->arena)),
            .url = url_shown(robots->url.text, look->arena),
        };

        if (robots->is_unreachable) {
            if (!is_down(site))
                add(&view, CHECK_ROBOTS_UNREACHABLE, robots->detail, 0);
            continue;
        }
        judge_file(&view);
        judge_urls(&view, is_loaded);
    }
}
