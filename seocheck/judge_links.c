/* Where links lead: what is broken, blocked, private or moved, and how far the crawl
 * came. Redirects are judge_redirects.c's. */
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "seocheck/judge_internal.h"
#include "seocheck/look.h"
#include "shared/guard.h"

#include "shared/banned.h"

/* Section 9: `blocked` at so many checks in a row. */
enum { BLOCKED_CHECKS = 5 };

/* ---- who uses a URL ---- */

/* Canonicals and alternates have checks of their own; forms are never asked. */
static bool is_link(uint8_t kind)
{
    return kind == LINK_A || kind == LINK_NEXT || kind == LINK_PREV ||
           kind == LINK_IFRAME || kind == LINK_META_REFRESH;
}

static bool is_loaded(uint8_t kind)
{
    return kind == LINK_IMAGE || kind == LINK_SCRIPT || kind == LINK_STYLESHEET ||
           kind == LINK_ICON || kind == LINK_MEDIA;
}

/* Pages come in the order of the crawl, which the order of links may change: the first
 * is the one whose URL is. */
static void count(const struct site *site, struct use *use, uint32_t page,
                  uint32_t line)
{
    struct str url = site->resource[page].url.text;

    if (use->last == page + 1) {
        if (use->first == page && line < use->line)
            use->line = line;
        return;
    }
    use->last = page + 1;
    if (use->n++ == 0 || str_compare(url, site->resource[use->first].url.text) < 0) {
        use->first = page;
        use->line = line;
    }
}

static struct use *uses_of(const struct look *look)
{
    const struct site *site = look->site;
    struct use *uses = arena_new(look->arena, struct use, (size_t)USE_KINDS * site->n);

    for (uint32_t i = 0; i < site->n; i++) {
        const struct page *page = site->resource[i].page;

        for (size_t j = 0; page && j < page->nedges; j++) {
            const struct edge *edge = &page->edge[j];
            struct use *use = &uses[is_link(edge->kind) ? USE_LINK : USE_RESOURCE];
            uint32_t final;

            if (!is_link(edge->kind) && !is_loaded(edge->kind))
                continue;
            count(site, &use[(size_t)USE_KINDS * edge->target], i, edge->line);
            final = resource_final(site, edge->target, NULL);
            if (final != NO_RESOURCE && final != edge->target)
                count(site, &use[(size_t)USE_KINDS * final], i, edge->line);
        }
    }
    return uses;
}

void hit_use(const struct look *look, const struct use *use, struct hit *hit)
{
    hit->n = use->n;
    if (use->n == 0)
        return;
    hit->where_url = url_shown(look->site->resource[use->first].url.text, look->arena);
    hit->line = use->line;
}

/* ---- URLs that do not answer ---- */

static void judge_own(const struct look *look, const struct resource *resource,
                      const struct use *use, struct hits *hits)
{
    bool is_silent =
        resource->url_class == CLASS_SERVER || resource->url_class == CLASS_NETWORK;
    bool is_missing =
        resource->url_class == CLASS_GONE || resource->url_class == CLASS_CLIENT;
    struct hit hit = {.value = resource->detail}, loaded;

    if (!is_silent && !is_missing)
        return;
    hit.subject = look_subject(look, resource);
    loaded = hit;
    hit_use(look, &use[USE_LINK], &hit);
    hit_use(look, &use[USE_RESOURCE], &loaded);
    if (is_silent && !(resource->is_start && strcmp(resource->detail, "dns") == 0)) {
        hit.check = resource->is_start ? CHECK_SITE_DOWN : CHECK_PAGE_ERROR;
        hits_add(hits, look->arena, hit);
    }
    if (is_missing && (resource->sets & SET_SITEMAP) == 0 &&
        (hit.n > 0 || resource->is_start)) {
        hit.check = CHECK_LINK_BROKEN;
        hits_add(hits, look->arena, hit);
    }
    if (is_missing && loaded.n > 0) {
        loaded.check = CHECK_RESOURCE_BROKEN;
        hits_add(hits, look->arena, loaded);
    }
}

static bool is_failing(enum url_class url_class)
{
    return url_class == CLASS_GONE || url_class == CLASS_CLIENT ||
           url_class == CLASS_SERVER || url_class == CLASS_NETWORK;
}

static void judge_external(const struct look *look, const struct resource *resource,
                           const struct use *use, struct hits *hits)
{
    struct hit hit = {.check = CHECK_LINK_EXTERNAL, .value = resource->detail};
    const struct history_row *row;
    int64_t n = use[USE_LINK].n + use[USE_RESOURCE].n;

    if (n == 0 ||
        (!is_failing(resource->url_class) && resource->url_class != CLASS_BLOCKED))
        return;
    hit.subject = look_subject(look, resource);
    hit_use(look, &use[use[USE_LINK].n > 0 ? USE_LINK : USE_RESOURCE], &hit);
    hit.n = n;
    if (resource->url_class == CLASS_BLOCKED) {
        row = look_row(look, resource);
        if (!row || row->bad < BLOCKED_CHECKS)
            return;
        hit.check = CHECK_LINK_BLOCKED;
        hit.n = row->bad;
    }
    hits_add(hits, look->arena, hit);
}

/* ---- links that are wrong by themselves ---- */

/* A page, and where its hits go. */
struct view {
    const struct look *look;
    struct hits *hits;
    const struct resource *resource;
    struct str subject;
};

static void add(const struct view *view, enum check_id check, struct str target,
                const char *value, int64_t line)
{
    hits_add(view->hits, view->look->arena,
             (struct hit){
                 .check = check,
                 .subject = view->subject,
                 .target = target,
                 .value = value,
                 .line = line,
             });
}

static bool is_private(struct str host)
{
    struct sockaddr_storage address;

    if (guard_literal(host, &address))
        return !guard_is_public((const struct sockaddr *)&address);
    return str_equal(host, STR("localhost")) || str_ends(host, STR(".localhost"));
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct str unescaped(struct str text, struct arena *arena)
{
    char *to = arena_new(arena, char, text.n);
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        bool is_escape = text.at[i] == '%' && i + 2 < text.n &&
                         hex(text.at[i + 1]) >= 0 && hex(text.at[i + 2]) >= 0;

        if (is_escape) {
            to[n++] = (char)(hex(text.at[i + 1]) * 16 + hex(text.at[i + 2]));
            i += 2;
        } else {
            to[n++] = text.at[i];
        }
    }
    return (struct str){to, n};
}

static bool has_id(const struct page *page, struct str id)
{
    size_t low = 0, high = page->nids;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(page->id[middle], id);

        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* Up to a text directive, which browsers take off. */
static struct str anchor_of(struct str fragment)
{
    for (size_t i = 0; i + 3 <= fragment.n; i++)
        if (memcmp(fragment.at + i, ":~:", 3) == 0)
            return (struct str){fragment.at, i};
    return fragment;
}

static void judge_fragment(const struct view *view, const struct edge *edge)
{
    const struct site *site = view->look->site;
    struct arena *arena = view->look->arena;
    const struct resource *target;
    struct str fragment, anchor;
    uint32_t final;

    if (edge->fragment == 0)
        return;
    fragment = view->resource->page->fragment[edge->fragment - 1];
    anchor = anchor_of(fragment);
    if (anchor.n == 0 || str_equal_ignoring_case(anchor, STR("top")))
        return;
    final = resource_final(site, edge->target, NULL);
    if (final == NO_RESOURCE)
        return;
    target = &site->resource[final];
    if (!target->is_own || !target->page || target->is_too_big ||
        has_id(target->page, anchor) || has_id(target->page, unescaped(anchor, arena)))
        return;
    add(view, CHECK_LINK_FRAGMENT,
        str_of(str_format(arena, "%s#%.*s", look_shown(view->look, edge->target).at,
                          (int)fragment.n, fragment.at)),
        NULL, edge->line);
}

static void judge_edge(const struct view *view, const struct edge *edge)
{
    const struct look *look = view->look;
    const struct resource *target = &look->site->resource[edge->target];

    if (edge->kind == LINK_FORM)
        return;
    if (edge->kind == LINK_A) {
        judge_fragment(view, edge);
        if (look->site->home.is_https && target->is_own &&
            (edge->is_insecure || !target->url.is_https))
            add(view, CHECK_LINK_INSECURE, look_shown(look, edge->target),
                "http, not https", edge->line);
    }
    if (!target->is_own && is_private(target->url.host))
        add(view, CHECK_LINK_PRIVATE, look_shown(look, edge->target),
            "a private address", edge->line);
}

/* URLs that are too long are judge_pages.c's, other schemes nobody's but file:. */
static void judge_bad(const struct view *view, size_t i)
{
    const struct page *page = view->resource->page;
    struct str raw = page->bad_link[i];
    struct url url;
    struct str scheme;

    while (raw.n > 0 && (unsigned char)raw.at[0] <= ' ') {
        raw.at++;
        raw.n--;
    }
    scheme = (struct str){raw.at, raw.n < 5 ? raw.n : 5};
    if (str_equal_ignoring_case(scheme, STR("file:"))) {
        add(view, CHECK_LINK_PRIVATE, raw, "a file of one computer", page->bad_line[i]);
        return;
    }
    if (url_resolve(&view->resource->url, raw, NULL, view->look->arena, &url) !=
        URL_INVALID)
        return;
    if (raw.n > URL_BYTES_MAX)
        raw.n = URL_BYTES_MAX;
    add(view, CHECK_LINK_INVALID, str_of(url_shown(raw, view->look->arena)), "no URL",
        page->bad_line[i]);
}

/* ---- all ---- */

static void judge_crawl(const struct look *look, struct hits *hits)
{
    const struct site *site = look->site;
    struct hit hit = {.subject = STR("@site"), .n = site->asked_own};

    if (site->is_truncated) {
        hit.check = CHECK_CRAWL_TRUNCATED;
        hit.value =
            str_format(look->arena, "was cut, %" PRId64 " URLs left,", site->cut);
        hits_add(hits, look->arena, hit);
    }
    if (site->ntraps > 0) {
        hit.check = CHECK_CRAWL_TRAP;
        hit.value = str_format(look->arena, "makes URLs without end, like %s,",
                               url_shown(site->trap, look->arena));
        hits_add(hits, look->arena, hit);
    }
}

void judge_links(const struct look *look, struct hits *hits)
{
    const struct site *site = look->site;
    const struct use *uses = uses_of(look);

    judge_crawl(look, hits);
    for (uint32_t i = 0; i < site->n; i++) {
        const struct resource *resource = &site->resource[i];
        struct view view = {look, hits, resource, {0}};

        if (resource->is_own) {
            judge_own(look, resource, &uses[(size_t)USE_KINDS * i], hits);
            judge_redirect(look, i, &uses[(size_t)USE_KINDS * i + USE_LINK], hits);
        } else {
            judge_external(look, resource, &uses[(size_t)USE_KINDS * i], hits);
        }
        if (!resource->page)
            continue;
        view.subject = look_subject(look, resource);
        for (size_t j = 0; j < resource->page->nedges; j++)
            judge_edge(&view, &resource->page->edge[j]);
        for (size_t j = 0; j < resource->page->nbad; j++)
            judge_bad(&view, j);
    }
}
