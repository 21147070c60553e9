/* What one page says about itself: texts, robots directives, resources, Open Graph.
 * Looks at each page alone; what pages share is judge_duplicates.c's. */
#include <inttypes.h>
#include <string.h>

#include "seocheck/directives.h"
#include "seocheck/look.h"
#include "shared/limits.h"

#include "shared/banned.h"

/* Section 9: when a page is empty. */
enum { EMPTY_LINKS = 3, EMPTY_CHARACTERS = 50 };

/* One page, and where its hits go. */
struct view {
    const struct look *look;
    struct hits *hits;
    const struct resource *resource;
    const struct page *page;
    struct str subject;
    bool is_indexable;
};

static void add(const struct view *view, struct hit hit)
{
    hit.subject = view->subject;
    hits_add(view->hits, view->look->arena, hit);
}

static const char *number(const struct view *view, int64_t n)
{
    return str_format(view->look->arena, "%" PRId64, n);
}

/* ---- title, description, h1, lang ---- */

static int64_t characters(struct str text)
{
    int64_t n = 0;

    for (size_t i = 0; i < text.n; i++)
        n += ((unsigned char)text.at[i] & 0xc0) != 0x80; // not inside one
    return n;
}

static void judge_missing(const struct view *view, enum check_id check,
                          const char *property, struct str text)
{
    if (view->is_indexable && text.n == 0)
        add(view, (struct hit){.check = check, .property = property});
}

/* Only what an index shows has a length that matters. */
static void judge_length(const struct view *view, enum check_id check,
                         const char *property, struct str text,
                         struct limits_of_text limits)
{
    int64_t n = characters(text);

    if (!view->is_indexable || n == 0 || (n >= limits.least && n <= limits.most))
        return;
    add(view,
        (struct hit){.check = check,
                     .property = property,
                     .n = n,
                     .value = number(view, n),
                     .limit = str_format(view->look->arena, "%" PRId64 "..%" PRId64,
                                         limits.least, limits.most)});
}

static void judge_texts(const struct view *view)
{
    const struct page *page = view->page;
    const struct settings *settings = view->look->settings;

    judge_missing(view, CHECK_TITLE_MISSING, "title", page->title);
    judge_missing(view, CHECK_DESCRIPTION_MISSING, "description", page->description);
    judge_missing(view, CHECK_H1_MISSING, "h1", page->h1);
    judge_missing(view, CHECK_LANG_MISSING, "lang", page->lang);
    judge_length(view, CHECK_TITLE_LENGTH, "title", page->title, settings->title);
    judge_length(view, CHECK_DESCRIPTION_LENGTH, "description", page->description,
                 settings->description);
    judge_length(view, CHECK_H1_LENGTH, "h1", page->h1,
                 (struct limits_of_text){.most = settings->h1_most});
    if (page->ntitles > 1)
        add(view, (struct hit){.check = CHECK_TITLE_MULTIPLE,
                               .property = "titles",
                               .n = page->ntitles,
                               .line = page->title_line});
    if (page->nh1 > 1)
        add(view,
            (struct hit){.check = CHECK_H1_MULTIPLE, .property = "h1", .n = page->nh1});
}

/* ---- robots directives ---- */

static bool was_indexable(const struct view *view)
{
    const struct history_row *row = history_find(view->look->before, view->subject);

    return row && (row->flags & FLAG_INDEXABLE) != 0;
}

static void judge_directives(const struct view *view)
{
    const struct look *look = view->look;
    struct directives all = {.resource = view->resource,
                             .agents = &look->settings->agents};

    if (view->resource->sets != 0 &&
        page_is_noindex(view->resource, &look->settings->agents) && was_indexable(view))
        add(view, (struct hit){.check = CHECK_NOINDEX_NEW});
    for (struct directive one; directives_next(&all, &one);) {
        struct hit hit = {
            .value = str_copy(look->arena, one.text.at, one.text.n),
            .line = one.line,
        };

        if (one.kind == DIRECTIVE_UNKNOWN)
            hit.check = CHECK_ROBOTS_META;
        else if (one.kind == DIRECTIVE_UNAVAILABLE_AFTER && one.day < look->as_of)
            hit.check = CHECK_UNAVAILABLE_AFTER;
        else
            continue;
        add(view, hit);
    }
}

/* ---- Open Graph ---- */

static bool is_image(struct str name)
{
    return str_equal(name, STR("og:image")) || str_equal(name, STR("og:image:url"));
}

static void judge_og_image(const struct view *view, const struct meta *meta)
{
    const struct look *look = view->look;
    const struct site *site = look->site;
    struct url url;
    uint32_t found, last;
    const char *fault = NULL;

    switch (url_resolve(&view->resource->url, meta->content, &look->settings->rules,
                        look->arena, &url)) {
    case URL_OK:
        found = site_find(site, &url);
        last = found == NO_RESOURCE ? found : resource_final(site, found, NULL);
        // a redirect is followed; what robots.txt says of images is not asked
        if (last != NO_RESOURCE && (site->resource[last].url_class == CLASS_GONE ||
                                    site->resource[last].url_class == CLASS_CLIENT))
            fault = str_format(look->arena, "%s answers %d",
                               url_shown(url.text, look->arena),
                               site->resource[last].status);
        break;
    case URL_OTHER_SCHEME:
    case URL_INVALID:
    case URL_TOO_LONG:
        fault = str_format(look->arena, "'%s' is no URL",
                           url_shown(meta->content, look->arena));
        break;
    }
    if (fault)
        add(view, (struct hit){.check = CHECK_OG_IMAGE,
                               .property = "image",
                               .value = fault,
                               .line = meta->line});
}

static void judge_open_graph(const struct view *view)
{
    static const char *const names[] = {"title", "type", "image", "url"};

    enum { NAMES = sizeof names / sizeof *names };
    const struct page *page = view->page;
    bool has[NAMES] = {false}, has_any = false;
    struct buf missing;

    for (size_t i = 0; i < page->nmetas; i++) {
        const struct meta *meta = &page->meta[i];

        if (meta->is_http_equiv || !str_starts(meta->name, STR("og:")))
            continue;
        has_any = true;
        if (meta->content.n == 0)
            continue;
        if (is_image(meta->name))
            judge_og_image(view, meta);
        for (size_t j = 0; j < NAMES; j++)
            if (str_equal((struct str){meta->name.at + 3, meta->name.n - 3},
                          str_of(names[j])) ||
                (j == 2 && is_image(meta->name)))
                has[j] = true;
    }
    if (!has_any)
        return;
    buf_init(&missing, view->look->arena, OUTSIDE_TEXT_MAX);
    for (size_t j = 0; j < NAMES; j++)
        if (!has[j])
            buf_printf(&missing, "%s%s", missing.n > 0 ? ", " : "", names[j]);
    if (missing.n > 0)
        add(view, (struct hit){.check = CHECK_OG_MISSING,
                               .property = missing.at,
                               .value = "missing"});
}

/* ---- links and resources ---- */

static bool is_loaded(enum link_kind kind)
{
    switch (kind) {
    case LINK_STYLESHEET:
    case LINK_IMAGE:
    case LINK_SCRIPT:
    case LINK_IFRAME:
    case LINK_MEDIA:
    case LINK_FORM: return true;
    case LINK_A:
    case LINK_CANONICAL:
    case LINK_ALTERNATE:
    case LINK_ICON:
    case LINK_NEXT:
    case LINK_PREV:
    case LINK_META_REFRESH: return false;
    }
    return false;
}

static void judge_edges(const struct view *view)
{
    const struct page *page = view->page;
    const struct resource *resource = view->look->site->resource;
    struct hit mixed = {.check = CHECK_MIXED_CONTENT};
    int64_t nlinks = 0;

    for (size_t i = 0; i < page->nedges; i++) {
        const struct edge *edge = &page->edge[i];

        nlinks += edge->kind == LINK_A;
        if (edge->kind == LINK_META_REFRESH)
            add(view, (struct hit){.check = CHECK_META_REFRESH,
                                   .target = look_shown(view->look, edge->target),
                                   .line = edge->line});
        if (view->resource->url.is_https && is_loaded((enum link_kind)edge->kind) &&
            (edge->is_insecure || !resource[edge->target].url.is_https) &&
            mixed.n++ == 0)
            mixed.line = edge->line;
    }
    if (mixed.n > 0)
        add(view, mixed);
    if (page->has_script && nlinks < EMPTY_LINKS &&
        page->main_length < EMPTY_CHARACTERS)
        add(view, (struct hit){.check = CHECK_NEEDS_JS});
}

/* Its subject is the long URL's beginning: all of it is no name for a finding. */
static void judge_long_urls(const struct view *view)
{
    const struct look *look = view->look;
    const struct page *page = view->page;

    for (size_t i = 0; i < page->nbad; i++) {
        struct str raw = page->bad_link[i];
        struct url url;

        if (url_resolve(&view->resource->url, raw, NULL, look->arena, &url) !=
            URL_TOO_LONG)
            continue;
        if (raw.n > OUTSIDE_TEXT_MAX)
            raw.n = OUTSIDE_TEXT_MAX;
        if (url_resolve(&view->resource->url, raw, NULL, look->arena, &url) != URL_OK)
            url = view->resource->url;
        hits_add(view->hits, look->arena,
                 (struct hit){
                     .check = CHECK_URL_TOO_BIG,
                     .subject =
                         str_of(url_subject(&url, &look->site->home, look->arena)),
                     .limit = number(view, URL_BYTES_MAX),
                     .where_url = url_shown(view->resource->url.text, look->arena),
                     .line = page->bad_line[i],
                 });
    }
}

static void judge_page(const struct view *view)
{
    const struct resource *resource = view->resource;
    const struct page *page = view->page;
    int64_t depth_most = view->look->settings->depth_most;

    if (resource->is_too_big)
        add(view, (struct hit){.check = CHECK_PAGE_TOO_BIG,
                               .limit = number(view, HTML_BYTES_MAX)});
    if (page->images_without_alt > 0)
        add(view, (struct hit){.check = CHECK_IMAGE_ALT,
                               .n = page->images_without_alt,
                               .line = page->image_line});
    if (view->is_indexable && resource->depth > depth_most)
        add(view, (struct hit){.check = CHECK_DEPTH,
                               .n = resource->depth,
                               .limit = number(view, depth_most)});
    if (page->is_volatile)
        add(view, (struct hit){.check = CHECK_CONTENT_VOLATILE});
    judge_texts(view);
    judge_directives(view);
    judge_open_graph(view);
    judge_edges(view);
    judge_long_urls(view);
}

void judge_pages(const struct look *look, struct hits *hits)
{
    for (size_t i = 0; i < look->site->n; i++) {
        const struct resource *resource = &look->site->resource[i];
        struct view view = {.look = look, .hits = hits, .resource = resource};

        if (!resource->is_page)
            continue;
        view.page = resource->page;
        view.subject = look_subject(look, resource);
        view.is_indexable = look_is_indexable(look, resource);
        judge_page(&view);
    }
}
