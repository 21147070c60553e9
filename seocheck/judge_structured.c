/* Structured data: what jsonld_check found, and where it and its page disagree. Knows
 * no vocabulary. */
#include <stdlib.h>
#include <string.h>

#include "seocheck/look.h"
#include "shared/clock.h"

#include "shared/banned.h"

/* The checks of jsonld.h stand in the catalogue in the same order. */
_Static_assert(CHECK_OFFER_EXPIRED - CHECK_JSONLD_SYNTAX == (int)OFFER_EXPIRED &&
                   CHECK_RICH_REQUIRED - CHECK_JSONLD_SYNTAX == (int)RICH_REQUIRED,
               "the checks of jsonld.h and checks.h are not in one order");

/* One page, and where its hits go. */
struct view {
    const struct look *look;
    struct hits *hits;
    const struct page *page;
    uint32_t index;
    struct str subject;
    const struct lastmod *lastmod; /* of a sitemap; NULL: none that has a day */
};

static void add(const struct view *view, struct hit hit)
{
    hit.subject = view->subject;
    hits_add(view->hits, view->look->arena, hit);
}

static void judge_findings_of(const struct view *view)
{
    const struct jsonld *jsonld = &view->page->jsonld;

    for (size_t i = 0; i < jsonld->nfindings; i++) {
        const struct jsonld_finding *finding = &jsonld->finding[i];
        bool names_block =
            finding->check == JSONLD_WRAPPER || finding->check == JSONLD_CONTEXT;

        hits_add_as(view->hits, view->look->arena, finding->severity,
                    (struct hit){
                        .check = CHECK_JSONLD_SYNTAX + (enum check_id)finding->check,
                        .subject = view->subject,
                        .property = finding->property,
                        .value = finding->value,
                        .limit = finding->limit,
                        .because = finding->because,
                        .n = names_block ? (int64_t)finding->block : finding->line,
                        .line = finding->line,
                    });
    }
}

/* Own URLs that nobody can use, and the page's own one, if it is not its canonical. */
static void judge_urls(const struct view *view)
{
    const struct look *look = view->look;
    const struct site *site = look->site;
    const struct jsonld *jsonld = &view->page->jsonld;
    uint32_t canonical = resource_canonical(site, view->index);

    for (size_t i = 0; i < jsonld->nurls; i++) {
        const struct jsonld_url *member = &jsonld->url[i];
        struct hit hit = {.property = member->property, .line = member->line};
        struct url url;
        uint32_t found;

        if (url_resolve(&site->resource[view->index].url, member->value,
                        &look->settings->rules, look->arena, &url) != URL_OK)
            continue; // jsonld-value says so
        found = site_find(site, &url);
        if (found != NO_RESOURCE && site->resource[found].is_own) {
            hit.check = CHECK_JSONLD_URL;
            hit.target = look_shown(look, found);
            hit.value = look_fault(look, found);
            if (hit.value)
                add(view, hit);
        }
        if (!member->is_page || canonical == NO_RESOURCE || found == canonical)
            continue;
        hit.check = CHECK_JSONLD_CANONICAL;
        hit.target = (struct str){0};
        hit.value = url_shown(url.text, look->arena);
        hit.limit = look_shown(look, canonical).at;
        add(view, hit);
    }
}

/* The day is taken as written: with any zone it is at most one off, which the rule
 * forgives. */
static void judge_date(const struct view *view)
{
    const char *modified = view->page->jsonld.date_modified;
    int32_t day;

    if (!modified || !view->lastmod || strlen(modified) < sizeof "2026-03-02" - 1 ||
        !day_parse(modified, sizeof "2026-03-02" - 1, &day) ||
        abs(day - view->lastmod->day) <= 1)
        return;
    add(view, (struct hit){
                  .check = CHECK_JSONLD_DATE,
                  .property = "dateModified",
                  .value = str_format(view->look->arena, "%s", day_text(day).text),
                  .limit = str_format(view->look->arena, "%s",
                                      day_text(view->lastmod->day).text),
              });
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Takes the next word off; n 0: none. */
static struct str take_word(struct str *text)
{
    size_t from = 0, to;

    while (from < text->n && is_space(text->at[from]))
        from++;
    for (to = from; to < text->n && !is_space(text->at[to]); to++)
        ;
    if (to == 0)
        return (struct str){0};

    struct str word = {text->at + from, to - from};

    *text = (struct str){text->at + to, text->n - to};
    return word;
}

/* White space folded, ASCII case ignored. */
static bool says_the_same(struct str a, struct str b)
{
    struct str x, y;

    do {
        x = take_word(&a);
        y = take_word(&b);
        if (!str_equal_ignoring_case(x, y))
            return false;
    } while (x.n > 0);
    return true;
}

static void judge_headline(const struct view *view)
{
    const struct page *page = view->page;
    struct str headline = str_of(page->jsonld.headline);

    if (headline.n == 0 || page->h1.n == 0 || says_the_same(headline, page->h1))
        return;
    add(view, (struct hit){
                  .check = CHECK_JSONLD_HEADLINE,
                  .property = "headline",
                  .value = page->jsonld.headline,
                  .limit = str_copy(view->look->arena, page->h1.at, page->h1.n),
              });
}

/* Of each resource the first day that a sitemap gives. */
static const struct lastmod **lastmods_of(const struct look *look)
{
    const struct site *site = look->site;
    const struct lastmod **of = arena_new(look->arena, const struct lastmod *, site->n);

    for (size_t i = 0; i < site->nsitemaps; i++) {
        const struct site_sitemap *sitemap = &site->sitemap[i];

        for (size_t j = 0; sitemap->target && j < sitemap->sitemap.n; j++) {
            const struct lastmod *lastmod = &sitemap->sitemap.entry[j].lastmod;
            uint32_t target = sitemap->target[j];

            if (target != NO_RESOURCE && !of[target] && lastmod->status == LASTMOD_GOOD)
                of[target] = lastmod;
        }
    }
    return of;
}

void judge_structured(const struct look *look, struct hits *hits)
{
    const struct lastmod **lastmod = lastmods_of(look);

    for (size_t i = 0; i < look->site->n; i++) {
        const struct resource *resource = &look->site->resource[i];
        struct view view = {.look = look, .hits = hits, .page = resource->page};

        if (!resource->is_page)
            continue;
        view.index = (uint32_t)i;
        view.subject = look_subject(look, resource);
        view.lastmod = lastmod[i];
        judge_findings_of(&view);
        judge_urls(&view);
        judge_date(&view);
        judge_headline(&view);
    }
}
