/* R, S and C against each other: what is declared, what is listed, what links reach.
 * What one sitemap says by itself is judge_sitemap.c's, dates are judge_freshness.c's.
 */
#include <string.h>

#include "seocheck/look.h"
#include "seocheck/sets.h"

#include "shared/banned.h"

/* Section 9, sitemap-frozen. */
enum { FROZEN_LEAST = 3, FROZEN_DAYS = 7 };

/* One URL, and where its hits go. */
struct view {
    const struct look *look;
    struct hits *hits;
    uint32_t index;
    const struct resource *resource;
    const struct listed *listed;
    struct str subject;
};

/* Where a sitemap lists it, else where the crawl met it first. */
static void add(const struct view *view, enum check_id check, const char *value)
{
    const struct site *site = view->look->site;
    const struct resource *resource = view->resource;
    struct hit hit = {.check = check, .subject = view->subject, .value = value};

    if (view->listed->entry) {
        hit.where_url = url_shown(view->listed->sitemap->url.text, view->look->arena);
        hit.line = view->listed->entry->line;
    } else if (resource->first_source != NO_RESOURCE) {
        hit.where_url = url_shown(site->resource[resource->first_source].url.text,
                                  view->look->arena);
        hit.line = resource->first_line;
    }
    hits_add(view->hits, view->look->arena, hit);
}

static bool is_in(const struct view *view, enum url_set set)
{
    return (view->resource->sets & (uint32_t)set) != 0;
}

static bool is_missing(const struct view *view)
{
    return view->resource->url_class == CLASS_GONE ||
           view->resource->url_class == CLASS_CLIENT;
}

static const char *answers(const struct view *view)
{
    return str_format(view->look->arena, "answers %d", view->resource->status);
}

/* ---- listed URLs that should not be ---- */

static bool is_alternate(const struct view *view, const struct sitemap_alternate *entry)
{
    const struct site *site = view->look->site;
    const struct page *page = view->resource->page;
    struct url url;

    if (url_resolve(&view->listed->sitemap->url, entry->href,
                    &view->look->settings->rules, view->look->arena, &url) != URL_OK)
        return false;
    for (size_t i = 0; i < page->nalternates; i++) {
        const struct alternate *alternate = &page->alternate[i];

        if (alternate->result == URL_OK &&
            str_equal_ignoring_case(alternate->code, entry->code) &&
            str_equal(site->resource[alternate->target].url.text, url.text))
            return true;
    }
    return false;
}

static bool is_listed_code(const struct sitemap_entry *entry, struct str code)
{
    for (size_t i = 0; i < entry->nalternates; i++)
        if (str_equal_ignoring_case(entry->alternate[i].code, code))
            return true;
    return false;
}

static void add_alternate(const struct view *view, const char *what, struct str code)
{
    add(view, CHECK_SITEMAP_HREFLANG,
        str_format(view->look->arena, "%s '%.*s'", what, (int)code.n, code.at));
}

/* Only where both name alternates: one of the two is enough. */
static void judge_alternates(const struct view *view)
{
    const struct sitemap_entry *entry = view->listed->entry;
    const struct page *page = view->resource->page;

    if (!entry || !page || entry->nalternates == 0 || page->nalternates == 0)
        return;
    for (size_t i = 0; i < entry->nalternates; i++)
        if (!is_alternate(view, &entry->alternate[i])) {
            add_alternate(view, "the page does not name its alternate",
                          entry->alternate[i].code);
            return;
        }
    for (size_t i = 0; i < page->nalternates; i++)
        if (!is_listed_code(entry, page->alternate[i].code)) {
            add_alternate(view, "the page has one more alternate",
                          page->alternate[i].code);
            return;
        }
}

static void judge_listed(const struct view *view)
{
    const struct look *look = view->look;
    uint32_t canonical;

    if (!is_in(view, SET_SITEMAP) || view->resource->is_excluded)
        return;
    if (is_missing(view))
        add(view, CHECK_SITEMAP_STATUS,
            str_format(look->arena, "%d", view->resource->status));
    if (view->resource->url_class == CLASS_REDIRECT)
        add(view, CHECK_SITEMAP_REDIRECT,
            str_format(look->arena, "%d", view->resource->status));
    if (view->resource->url_class != CLASS_OK)
        return;
    if (page_is_noindex(view->resource, &look->settings->agents))
        add(view, CHECK_SITEMAP_NOINDEX, "and noindex");
    canonical = resource_canonical(look->site, view->index);
    if (canonical != NO_RESOURCE && canonical != view->index)
        add(view, CHECK_SITEMAP_CANONICAL,
            str_format(look->arena, "canonical is %s", look_shown(look, canonical).at));
    judge_alternates(view);
}

/* ---- differences ---- */

/* A page that names another as canonical belongs into no sitemap. */
static bool may_be_listed(const struct view *view)
{
    return !view->resource->is_page || look_is_indexable(view->look, view->resource);
}

static void judge_routes(const struct view *view)
{
    if (is_in(view, SET_ROUTE)) {
        if (view->look->site->has_sitemaps && !is_in(view, SET_SITEMAP) &&
            may_be_listed(view))
            add(view, CHECK_ROUTE_NOT_LISTED, "in no sitemap");
        if (!is_in(view, SET_CRAWL))
            add(view, CHECK_ROUTE_UNLINKED, "no link leads to it");
        return;
    }
    if (view->resource->is_declared)
        return;
    if (is_in(view, SET_SITEMAP))
        add(view, CHECK_ROUTE_PHANTOM, "in a sitemap");
    if (is_in(view, SET_CRAWL) && view->resource->is_page)
        add(view, CHECK_ROUTE_UNDECLARED, "linked");
}

static void judge_differences(const struct view *view)
{
    const struct look *look = view->look;

    if (look->site->has_routes && is_in(view, SET_ROUTE) && is_missing(view) &&
        !view->resource->is_ignored && !view->resource->is_excluded)
        add(view, CHECK_ROUTE_BROKEN, answers(view));
    if (!resource_is_compared(view->resource, &look->settings->agents))
        return;
    if (look->site->has_routes)
        judge_routes(view);
    if (!look->site->has_sitemaps)
        return;
    if (is_in(view, SET_SITEMAP) && !is_in(view, SET_CRAWL))
        add(view, CHECK_SITEMAP_ORPHAN, "in a sitemap, but no link leads to it");
    if (is_in(view, SET_CRAWL) && !is_in(view, SET_SITEMAP) &&
        look_is_indexable(look, view->resource))
        add(view, CHECK_PAGE_NOT_LISTED, "linked, but in no sitemap");
}

/* ---- a sitemap that nobody writes any more ---- */

static int32_t first_seen(const struct look *look, const struct resource *resource)
{
    const struct history_row *row = look_row(look, resource);

    return row ? row->first : 0;
}

static bool is_unlisted(const struct look *look, const struct resource *resource)
{
    return (resource->sets & SET_CRAWL) != 0 && (resource->sets & SET_SITEMAP) == 0 &&
           resource_is_compared(resource, &look->settings->agents) &&
           look_is_indexable(look, resource);
}

static void judge_frozen(const struct look *look, struct hits *hits)
{
    const struct site *site = look->site;
    int32_t newest = 0;
    int64_t n = 0;

    for (size_t i = 0; i < site->n; i++)
        if ((site->resource[i].sets & SET_SITEMAP) != 0) {
            int32_t first = first_seen(look, &site->resource[i]);

            newest = first > newest ? first : newest;
        }
    for (size_t i = 0; newest > 0 && i < site->n; i++)
        if (is_unlisted(look, &site->resource[i])) {
            int32_t first = first_seen(look, &site->resource[i]);

            n += first > newest && look->as_of - first >= FROZEN_DAYS;
        }
    if (n >= FROZEN_LEAST)
        hits_add(hits, look->arena,
                 (struct hit){
                     .check = CHECK_SITEMAP_FROZEN,
                     .subject = str_of(
                         url_subject(&site->sitemap[0].url, &site->home, look->arena)),
                     .n = n,
                     .where_url = url_shown(site->sitemap[0].url.text, look->arena),
                 });
}

/* ---- sitemaps that cannot be read ---- */

/* An answer that says so, or silence on days in a row. */
static const char *why_unread(const struct look *look,
                              const struct site_sitemap *sitemap, struct str subject)
{
    const struct history_row *row = history_find(look->after, subject);
    int status = sitemap->status;
    bool is_passing = status == 0 || status >= 500 || status == 408 || status == 425 ||
                      status == 429 || sitemap->is_challenged;

    // its bytes are judge_sitemap.c's; who challenges us everywhere may well have it
    if (status == 200 || (sitemap->is_challenged && look->site->npages == 0))
        return NULL;
    if (is_passing && look->settings->confirm_days > 1 &&
        (!row || row->bad < look->settings->confirm_days))
        return NULL;
    return str_format(look->arena, "cannot be read: %s", sitemap->detail);
}

/* An index that an index names: told of there, its members are not read. */
static void judge_nested(const struct look *look, const struct site_sitemap *index,
                         struct hits *hits)
{
    const struct site *site = look->site;

    for (size_t i = 0; i < site->nsitemaps; i++) {
        const struct site_sitemap *member = &site->sitemap[i];
        struct hit hit = {.check = CHECK_SITEMAP_NESTED};

        if (member->sitemap.kind != SITEMAP_INDEX || !member->source ||
            strcmp(member->source, index->url.text.at) != 0)
            continue;
        for (size_t j = 0; j < index->sitemap.n && hit.line == 0; j++) {
            struct url url;

            if (url_resolve(NULL, index->sitemap.entry[j].loc, NULL, look->arena,
                            &url) == URL_OK &&
                str_equal(url.text, member->url.text))
                hit.line = index->sitemap.entry[j].line;
        }
        hit.n = hit.line;
        hit.subject = str_of(url_subject(&index->url, &site->home, look->arena));
        hit.value = str_format(look->arena, "names the index %s",
                               url_shown(member->url.text, look->arena));
        hit.where_url = url_shown(index->url.text, look->arena);
        hits_add(hits, look->arena, hit);
    }
}

static void judge_unread(const struct look *look, struct hits *hits)
{
    const struct site *site = look->site;

    for (size_t i = 0; i < site->nsitemaps; i++) {
        const struct site_sitemap *sitemap = &site->sitemap[i];
        struct hit hit = {
            .check = CHECK_SITEMAP_ERROR,
            .subject = str_of(url_subject(&sitemap->url, &site->home, look->arena)),
            .where_url = sitemap->source,
        };

        hit.value = why_unread(look, sitemap, hit.subject);
        if (hit.value)
            hits_add(hits, look->arena, hit);
        if (sitemap->sitemap.kind == SITEMAP_INDEX)
            judge_nested(look, sitemap, hits);
    }
    if (!site->has_sitemaps && !site->sitemaps_unread)
        hits_add(hits, look->arena,
                 (struct hit){
                     .check = CHECK_SITEMAP_NONE,
                     .subject = STR("@site"),
                     .value = "has no sitemap: none is named and none was found",
                 });
}

void judge_sitemaps(const struct look *look, struct hits *hits)
{
    const struct site *site = look->site;
    const struct listed *listed = site_listed(site, look->arena);

    judge_unread(look, hits);
    for (uint32_t i = 0; i < site->n; i++) {
        struct view view = {
            .look = look,
            .hits = hits,
            .index = i,
            .resource = &site->resource[i],
            .listed = &listed[i],
        };

        if (!view.resource->is_own)
            continue;
        view.subject = look_subject(look, view.resource);
        judge_listed(&view);
        judge_differences(&view);
    }
    if (site->has_sitemaps && site->nsitemaps > 0)
        judge_frozen(look, hits);
    for (size_t i = 0; i < site->nempty_routes; i++)
        hits_add(hits, look->arena,
                 (struct hit){
                     .check = CHECK_ROUTE_EMPTY,
                     .subject = site->empty_route[i]->text,
                     .where_url = site->empty_route[i]->file,
                     .line = site->empty_route[i]->line,
                 });
}
