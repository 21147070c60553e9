/* What is remembered of each URL after a crawl. Follows section 11 of the page: the
 * same crawl twice on a day gives the same rows. */
#include <stdlib.h>
#include <string.h>

#include "seocheck/history.h"
#include "seocheck/judge.h"
#include "seocheck/sets.h"

#include "shared/banned.h"

/* A longer lastmod is no date worth keeping. */
enum { LASTMOD_BYTES_MAX = 64 };

/* One URL that the crawl knows. */
struct seen {
    struct str url;
    enum url_class url_class;
    const struct resource *resource; /* NULL: of a sitemap */
    const struct listed *listed;
};

/* One run of this file. */
struct measuring {
    const struct site *site;
    const struct site_agents *agents;
    struct arena *arena;
    int32_t through, as_of;
    struct seen *seen; /* by url, each once */
    size_t nseen;
    bool is_blind; /* what was not met may still be there */
    struct history *after;
};

/* ---- what the crawl knows ---- */

static int seen_compare(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;
    int order = str_compare(x->url, y->url);

    // secrets are masked: two URLs may have one name
    if (order == 0 && x->resource && y->resource)
        order = str_compare(x->resource->url.text, y->resource->url.text);
    return order != 0 ? order : (y->resource != NULL) - (x->resource != NULL);
}

static struct seen of_sitemap(const struct measuring *measuring,
                              const struct site_sitemap *sitemap)
{
    int status = sitemap->status;
    enum url_class url_class = CLASS_OK; // or an answer that is judged at once

    if (status == 0)
        url_class = CLASS_NETWORK;
    else if (status == 429 || sitemap->is_challenged)
        url_class = CLASS_BLOCKED;
    else if (status >= 500 || status == 408 || status == 425)
        url_class = CLASS_SERVER;
    return (struct seen){
        .url = str_of(
            url_subject(&sitemap->url, &measuring->site->home, measuring->arena)),
        .url_class = url_class,
    };
}

static bool fails(enum url_class url_class)
{
    return url_class == CLASS_SERVER || url_class == CLASS_NETWORK;
}

static bool is_down(const struct site *site)
{
    for (size_t i = 0; i < site->n; i++)
        if (site->resource[i].is_start && fails(site->resource[i].url_class))
            return true;
    return false;
}

/* What fails while the site is down says nothing of itself. */
static void forget_failures(struct seen *seen, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fails(seen[i].url_class) &&
            !(seen[i].resource && seen[i].resource->is_start))
            seen[i].url_class = CLASS_UNASKED;
}

static void gather_seen(struct measuring *measuring)
{
    const struct site *site = measuring->site;
    const struct listed *listed = site_listed(site, measuring->arena);
    struct seen *seen =
        arena_new(measuring->arena, struct seen, site->n + site->nsitemaps);
    size_t n = 0, kept = 0;

    for (size_t i = 0; i < site->n; i++)
        seen[n++] = (struct seen){
            .url = str_of(
                url_subject(&site->resource[i].url, &site->home, measuring->arena)),
            .url_class = site->resource[i].url_class,
            .resource = &site->resource[i],
            .listed = &listed[i],
        };
    for (size_t i = 0; i < site->nsitemaps; i++)
        seen[n++] = of_sitemap(measuring, &site->sitemap[i]);
    if (is_down(site))
        forget_failures(seen, n);
    qsort(seen, n, sizeof *seen, seen_compare);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || !str_equal(seen[kept - 1].url, seen[i].url))
            seen[kept++] = seen[i];
    measuring->seen = seen;
    measuring->nseen = kept;
}

/* Own pages always; other hosts' and sitemaps only while something is wrong. */
static bool is_kept(const struct seen *seen)
{
    return (seen->resource && seen->resource->is_own) ||
           (seen->url_class != CLASS_OK && seen->url_class != CLASS_REDIRECT);
}

static bool cannot_see_all(const struct site *site)
{
    if (site_is_partial(site))
        return true;
    for (size_t i = 0; i < site->nrobots; i++)
        if (site->robots[i].is_unreachable)
            return true;
    return is_down(site);
}

/* ---- one row ---- */

/* Only days of one trouble confirm each other: blocked yesterday and gone today is gone
 * for one day. */
enum trouble { TROUBLE_NONE, TROUBLE_BLOCKED, TROUBLE_MISSING, TROUBLE_FAILING };

static enum trouble trouble_of(enum url_class url_class, bool is_own)
{
    switch (url_class) {
    case CLASS_GONE:
    case CLASS_CLIENT: return is_own ? TROUBLE_MISSING : TROUBLE_FAILING;
    case CLASS_SERVER:
    case CLASS_NETWORK: return TROUBLE_FAILING;
    case CLASS_BLOCKED: return TROUBLE_BLOCKED;
    case CLASS_UNASKED:
    case CLASS_OK:
    case CLASS_REDIRECT:
    case CLASS_REFUSED: break;
    }
    return TROUBLE_NONE;
}

static int one_more(int count, int most)
{
    return count < most ? count + 1 : most;
}

static void count_bad(const struct measuring *measuring, const struct seen *seen,
                      struct history_row *row)
{
    bool is_own = !seen->resource || seen->resource->is_own;
    enum trouble now = trouble_of(seen->url_class, is_own);
    bool is_same =
        row->url_class == CLASS_UNASKED || trouble_of(row->url_class, is_own) == now;

    bool is_again = measuring->through == measuring->as_of ||
                    row->bad_day == measuring->as_of; // by a run that was killed

    if (now == TROUBLE_NONE)
        row->bad = 0;
    else if (row->bad == 0 || !is_same)
        row->bad = 1;
    else if (is_again)
        return;
    else
        row->bad = one_more(row->bad, COUNT_STOPS);
    row->bad_day = row->bad > 0 && row->bad < COUNT_STOPS ? measuring->as_of : 0;
}

static struct lastmod parse_lastmod(struct str text)
{
    struct lastmod lastmod;

    lastmod_parse(text, &lastmod);
    if (lastmod.status == LASTMOD_BAD)
        lastmod_parse_rfc822(text, &lastmod);
    return lastmod;
}

static bool moved_forward(struct str before, struct str now)
{
    struct lastmod a = parse_lastmod(before), b = parse_lastmod(now);

    return a.status == LASTMOD_GOOD && b.status == LASTMOD_GOOD && b.day > a.day;
}

static struct str lastmod_of(const struct seen *seen)
{
    const struct lastmod *lastmod;

    if (!seen->listed || !seen->listed->entry)
        return (struct str){0};
    lastmod = &seen->listed->entry->lastmod;
    if (lastmod->text.n > LASTMOD_BYTES_MAX ||
        (lastmod->status != LASTMOD_GOOD && lastmod->status != LASTMOD_COARSE))
        return (struct str){0};
    return lastmod->text;
}

/* The last day on which the old hash surely stood there. A later one would make a good
 * lastmod look old, so where the last run did not see the page it is an early one. */
static int32_t last_seen(const struct measuring *measuring,
                         const struct history_row *row)
{
    bool was_seen = row->url_class == CLASS_OK && row->lost == 0 &&
                    (row->flags & FLAG_VOLATILE) == 0 && measuring->through > 0 &&
                    measuring->through <= measuring->as_of;

    if (was_seen)
        return measuring->through;
    return row->changed > 0 ? row->changed : row->first;
}

static void compare_content(const struct measuring *measuring, const struct seen *seen,
                            struct history_row *row)
{
    const struct page *page = seen->resource->page;
    bool is_again = measuring->through == measuring->as_of ||
                    row->changed == measuring->as_of; // by a run that was killed

    if (!row->has_hash) {
        row->has_hash = true;
    } else if (row->hash != page->content) {
        if (row->changed != measuring->as_of) {
            row->before = last_seen(measuring, row);
            row->moves = one_more(row->moves, COUNT_STOPS);
        }
        row->changed = measuring->as_of;
        row->churn = 0;
    } else if (!is_again) {
        row->moves = 0;
        if (moved_forward(row->lastmod, lastmod_of(seen)))
            row->churn = one_more(row->churn, CHURN_STOPS);
    }
    row->hash = page->content;
    row->links = page->links;
}

/* A page that is another one at each request keeps the hash it had. */
static void measure_content(const struct measuring *measuring, const struct seen *seen,
                            struct history_row *row)
{
    const struct page *page = seen->resource ? seen->resource->page : NULL;

    if (!page || seen->url_class != CLASS_OK)
        return;
    if (!page->is_volatile || !row->has_hash)
        compare_content(measuring, seen, row);
    if (page->is_volatile || row->moves == COUNT_STOPS)
        row->flags |= FLAG_VOLATILE;
    else
        row->flags &= ~(unsigned)FLAG_VOLATILE;
}

/* noindex leaves the flag as it was: while it stands, noindex-new stays open. */
static void measure_indexable(const struct measuring *measuring,
                              const struct resource *resource, struct history_row *row)
{
    switch (resource->url_class) {
    case CLASS_OK:
        if (resource_is_indexable(measuring->site, resource, measuring->agents)) {
            row->flags |= FLAG_INDEXABLE;
            return;
        }
        if (page_is_noindex(resource, measuring->agents))
            return;
        break;
    case CLASS_REDIRECT:
    case CLASS_GONE:
    case CLASS_CLIENT: break;
    case CLASS_UNASKED:
    case CLASS_SERVER:
    case CLASS_NETWORK:
    case CLASS_BLOCKED:
    case CLASS_REFUSED: return;
    }
    row->flags &= ~(unsigned)FLAG_INDEXABLE;
}

/* `site` NULL: it is in none. Of a set that could not be read it does not leave. */
static void measure_sets(const struct site *site, const struct resource *resource,
                         struct history_row *row)
{
    row->flags &= ~(unsigned)FLAG_IN_CRAWL;
    if (!site || !site->routes_unread)
        row->flags &= ~(unsigned)FLAG_IN_ROUTES;
    if (!site || !site->sitemaps_unread)
        row->flags &= ~(unsigned)FLAG_IN_SITEMAP;
    if (!resource)
        return;
    if ((resource->sets & SET_CRAWL) != 0)
        row->flags |= FLAG_IN_CRAWL;
    if ((resource->sets & SET_ROUTE) != 0)
        row->flags |= FLAG_IN_ROUTES;
    if ((resource->sets & SET_SITEMAP) != 0)
        row->flags |= FLAG_IN_SITEMAP;
}

static void measure_row(const struct measuring *measuring, const struct seen *seen,
                        struct history_row *row)
{
    if (seen->url_class != CLASS_UNASKED) {
        count_bad(measuring, seen, row);
        measure_content(measuring, seen, row);
        if (seen->resource)
            measure_indexable(measuring, seen->resource, row);
        row->lastmod = lastmod_of(seen);
    }
    measure_sets(measuring->site, seen->resource, row);
    row->url_class = seen->url_class;
    row->lost = 0;
}

/* ---- all rows ---- */

static void add(struct measuring *measuring, struct history_row row)
{
    struct history *after = measuring->after;

    after->row = arena_room(measuring->arena, after->row, after->n, &after->capacity,
                            sizeof *after->row);
    after->row[after->n++] = row;
}

static void add_seen(struct measuring *measuring, const struct seen *seen,
                     const struct history_row *before)
{
    struct history_row row = {.url = seen->url, .first = measuring->as_of};

    if (!is_kept(seen) || (!before && seen->url_class == CLASS_UNASKED))
        return;
    if (before)
        row = *before;
    measure_row(measuring, seen, &row);
    add(measuring, row);
}

static void add_lost(struct measuring *measuring, struct history_row row)
{
    if (measuring->is_blind && row.lost == 0)
        row.url_class = CLASS_UNASKED;
    else if (row.lost == 0)
        row.lost = measuring->as_of;
    if (row.lost > 0) {
        if (measuring->as_of - row.lost >= LOST_DAYS)
            return;
        measure_sets(NULL, NULL, &row);
    }
    add(measuring, row);
}

/* Lost ones go first, then the last by url. */
static void cut(struct history *after)
{
    size_t kept = 0;

    if (after->n <= HISTORY_ROWS_MAX)
        return;
    for (size_t i = 0; i < after->n; i++)
        if (after->row[i].lost == 0)
            after->row[kept++] = after->row[i];
    after->n = kept < HISTORY_ROWS_MAX ? kept : HISTORY_ROWS_MAX;
}

void measure_history(const struct look *look, struct history *after)
{
    const struct history *before = look->before;
    struct measuring measuring = {
        .site = look->site,
        .agents = &look->settings->agents,
        .arena = look->arena,
        .through = look->through,
        .as_of = look->as_of,
        .is_blind = cannot_see_all(look->site),
        .after = after,
    };
    size_t i = 0, j = 0;

    *after = (struct history){0};
    gather_seen(&measuring);
    while (i < before->n || j < measuring.nseen) {
        int order;

        if (i == before->n)
            order = 1;
        else if (j == measuring.nseen)
            order = -1;
        else
            order = str_compare(before->row[i].url, measuring.seen[j].url);
        if (order < 0)
            add_lost(&measuring, before->row[i++]);
        else if (order > 0)
            add_seen(&measuring, &measuring.seen[j++], NULL);
        else
            add_seen(&measuring, &measuring.seen[j++], &before->row[i++]);
    }
    cut(after);
}
