/* Membership of R, S and C. Takes no difference: judge_sets.c does. */
#include "seocheck/sets.h"

#include "shared/banned.h"

/* ---- what routes declare ---- */

/* Where the URLs of one run are matched. */
struct declaring {
    struct site *site;
    const struct routes *routes;
    const struct settings *settings;
    struct arena *arena;
    bool *is_used; /* by dynamic route */
    struct err *err;
};

static bool matches(const struct declaring *declaring, const struct re *re,
                    struct str text, bool *is_match)
{
    enum re_result result = re_match(re, text);

    *is_match = result == RE_MATCH;
    return result != RE_TOO_COSTLY ||
           err_set(declaring->err,
                   "a pattern is too costly for '%.120s'; write it without nested "
                   "repeats",
                   str_copy(declaring->arena, text.at, text.n));
}

static bool match_ignored(const struct declaring *declaring, struct resource *resource)
{
    const struct settings *settings = declaring->settings;
    struct str path = resource->url.path;

    if (resource->url.has_query)
        path.n += 1 + resource->url.query.n; // they are one text
    for (size_t i = 0; i < settings->nroute_ignore && !resource->is_ignored; i++)
        if (!matches(declaring, settings->route_ignore[i], path, &resource->is_ignored))
            return false;
    return true;
}

/* A query on the path of a static route is served by it, and no route of its own. */
static bool is_query_of_route(const struct declaring *declaring,
                              const struct resource *resource)
{
    struct url bare;
    uint32_t found;

    if (url_resolve(&resource->url, resource->url.path, NULL, declaring->arena,
                    &bare) != URL_OK)
        return false;
    found = site_find(declaring->site, &bare);
    return found != NO_RESOURCE &&
           (declaring->site->resource[found].sets & SET_ROUTE) != 0;
}

static bool match_routes(const struct declaring *declaring, struct resource *resource)
{
    const struct routes *routes = declaring->routes;
    bool is_dynamic = false;

    for (size_t i = 0; i < routes->npatterns; i++) {
        bool is_match;

        if (!matches(declaring, routes->pattern[i].re, resource->url.path, &is_match))
            return false;
        declaring->is_used[i] |= is_match;
        is_dynamic |= is_match;
    }
    if (is_dynamic && !resource->url.has_query)
        resource->sets |= SET_ROUTE;
    resource->is_declared =
        is_dynamic || (resource->sets & SET_ROUTE) != 0 ||
        (resource->url.has_query && is_query_of_route(declaring, resource));
    return true;
}

static void gather_empty(const struct declaring *declaring)
{
    const struct routes *routes = declaring->routes;
    struct site *site = declaring->site;

    site->empty_route =
        arena_new(declaring->arena, const struct route *, routes->npatterns);
    for (size_t i = 0; i < routes->npatterns; i++)
        if (!declaring->is_used[i])
            site->empty_route[site->nempty_routes++] = &routes->pattern[i];
}

bool site_declare(struct site *site, const struct routes *routes,
                  const struct settings *settings, struct arena *arena, struct err *err)
{
    struct declaring declaring = {
        .site = site,
        .routes = routes,
        .settings = settings,
        .arena = arena,
        .is_used = arena_new(arena, bool, routes->npatterns),
        .err = err,
    };

    for (size_t i = 0; i < site->n; i++) {
        struct resource *resource = &site->resource[i];

        if (!resource->is_own || resource->sets == 0)
            continue;
        if (!match_ignored(&declaring, resource) || !match_routes(&declaring, resource))
            return false;
    }
    gather_empty(&declaring);
    return true;
}

/* ---- who takes part ---- */

bool resource_is_compared(const struct resource *resource,
                          const struct site_agents *agents)
{
    return resource->is_own && resource->url_class == CLASS_OK &&
           !resource->is_ignored && !resource->is_excluded &&
           !page_is_noindex(resource, agents);
}

/* ---- where it is listed ---- */

static bool is_later(const struct lastmod *a, const struct lastmod *b)
{
    if (a->status != LASTMOD_GOOD || b->status != LASTMOD_GOOD)
        return a->status == LASTMOD_GOOD && b->status != LASTMOD_GOOD;
    return a->day > b->day;
}

const struct listed *site_listed(const struct site *site, struct arena *arena)
{
    struct listed *listed = arena_new(arena, struct listed, site->n);

    for (size_t i = 0; i < site->nsitemaps; i++) {
        const struct site_sitemap *sitemap = &site->sitemap[i];

        if (sitemap->sitemap.kind == SITEMAP_INDEX || !sitemap->target)
            continue; // it names sitemaps, no pages
        for (size_t j = 0; j < sitemap->sitemap.n; j++) {
            const struct sitemap_entry *entry = &sitemap->sitemap.entry[j];
            struct listed *at;

            if (sitemap->target[j] == NO_RESOURCE)
                continue;
            at = &listed[sitemap->target[j]];
            if (!at->entry || is_later(&entry->lastmod, &at->entry->lastmod))
                *at = (struct listed){sitemap, entry};
        }
    }
    return listed;
}
