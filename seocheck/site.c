/* The URLs of one crawl by key, and what follows from their pages and redirects. Asks
 * nobody, judges nothing. */
#include "seocheck/site.h"

#include <string.h>

#include "seocheck/directives.h"

#include "shared/banned.h"

enum { SLOTS_FIRST = 64, HOPS_MAX = 5, SCRATCH_BYTES_MAX = 4 << 20 };

const char *url_class_word(enum url_class url_class)
{
    static const char *const words[] = {
        [CLASS_UNASKED] = "unasked",   [CLASS_OK] = "ok",
        [CLASS_REDIRECT] = "redirect", [CLASS_GONE] = "gone",
        [CLASS_CLIENT] = "client",     [CLASS_SERVER] = "server",
        [CLASS_NETWORK] = "network",   [CLASS_BLOCKED] = "blocked",
        [CLASS_REFUSED] = "refused",
    };

    return words[url_class];
}

/* ---- resources by key ---- */

/* The slot that holds `url`, or the free one where it would be. Slots hold index + 1;
 * at least half of them are free. */
static size_t slot_of(const struct site *site, const struct url *url)
{
    size_t at = (size_t)url->key & (site->nslots - 1);

    while (site->slot[at] != 0) {
        const struct url *there = &site->resource[site->slot[at] - 1].url;

        if (there->key == url->key && str_equal(there->text, url->text))
            break;
        at = (at + 1) & (site->nslots - 1);
    }
    return at;
}

static void grow_slots(struct site *site, struct arena *arena)
{
    site->nslots = site->nslots == 0 ? SLOTS_FIRST : 2 * site->nslots;
    site->slot = arena_new(arena, uint32_t, site->nslots);
    for (size_t i = 0; i < site->n; i++)
        site->slot[slot_of(site, &site->resource[i].url)] = (uint32_t)i + 1;
}

/* The same part of a copy. */
static struct str moved(struct str part, const char *old, const char *copy)
{
    return part.n == 0 ? part : (struct str){copy + (part.at - old), part.n};
}

static struct url url_copy(const struct url *url, struct arena *arena)
{
    const char *text = str_copy(arena, url->text.at, url->text.n);
    struct url copy = *url;

    copy.text.at = text;
    copy.host = moved(url->host, url->text.at, text);
    copy.path = moved(url->path, url->text.at, text);
    copy.query = moved(url->query, url->text.at, text);
    copy.spelling.at = url->spelling.at == url->text.at
                           ? text
                           : str_copy(arena, url->spelling.at, url->spelling.n);
    copy.fragment = (struct str){0};
    copy.has_fragment = false;
    return copy;
}

uint32_t site_put(struct site *site, const struct url *url, struct arena *arena)
{
    struct resource *resource;
    size_t at;

    if (2 * (site->n + 1) > site->nslots)
        grow_slots(site, arena);
    at = slot_of(site, url);
    if (site->slot[at] != 0) {
        resource = &site->resource[site->slot[at] - 1];
        if (str_compare(url->spelling, resource->url.spelling) < 0)
            resource->url.spelling.at =
                str_copy(arena, url->spelling.at, url->spelling.n);
        return site->slot[at] - 1;
    }
    site->resource = arena_room_alone(arena, site->resource, site->n, &site->capacity,
                                      sizeof *site->resource);
    site->resource[site->n] = (struct resource){
        .url = url_copy(url, arena),
        .detail = "",
        .depth = -1,
        .redirect = NO_RESOURCE,
        .first_source = NO_RESOURCE,
    };
    site->slot[at] = (uint32_t)++site->n;
    return site->slot[at] - 1;
}

uint32_t site_find(const struct site *site, const struct url *url)
{
    uint32_t found = site->nslots == 0 ? 0 : site->slot[slot_of(site, url)];

    return found == 0 ? NO_RESOURCE : found - 1;
}

/* ---- what holds for one resource ---- */

bool page_is_noindex(const struct resource *resource, const struct site_agents *agents)
{
    struct directives all = {.resource = resource, .agents = agents};

    for (struct directive one; directives_next(&all, &one);)
        if (one.kind == DIRECTIVE_NOINDEX)
            return true;
    return false;
}

bool resource_is_refused(const struct site *site, const struct resource *resource,
                         const struct site_agents *agents)
{
    const struct site_robots *robots = NULL;
    struct arena scratch;
    bool is_refused = false;

    for (size_t i = 0; i < site->nrobots && !robots; i++)
        if (url_same_origin(&site->robots[i].url, &resource->url))
            robots = &site->robots[i];
    if (!robots || robots->is_unreachable)
        return robots != NULL;
    arena_init(&scratch, SCRATCH_BYTES_MAX);
    for (size_t i = 0; i < agents->n && !is_refused; i++)
        is_refused = !robots_ask(&robots->robots, str_of(agents->agent[i]),
                                 resource->url.text, &scratch)
                          .is_allowed;
    arena_release(&scratch);
    return is_refused;
}

bool resource_is_indexable(const struct site *site, const struct resource *resource,
                           const struct site_agents *agents)
{
    uint32_t index = (uint32_t)(resource - site->resource);
    uint32_t canonical;

    if (!resource->is_page || page_is_noindex(resource, agents))
        return false;
    canonical = resource_canonical(site, index);
    // several, or one that cannot be read, are ignored by those who index
    return (canonical == index || canonical == NO_RESOURCE) &&
           !resource_is_refused(site, resource, agents);
}

bool sitemap_is_unread(const struct site_sitemap *sitemap)
{
    if (sitemap->status < 200 || sitemap->status > 299 || sitemap->is_challenged)
        return true;
    switch (sitemap->sitemap.fault) {
    case SITEMAP_BAD_XML:
    case SITEMAP_BAD_ROOT:
    case SITEMAP_DOCTYPE:
    case SITEMAP_NOT_UTF8:
    case SITEMAP_BAD_GZIP: return true;
    case SITEMAP_GOOD:
    case SITEMAP_BAD_NAMESPACE:
    case SITEMAP_TOO_MANY: // crawlers leave out the same
    case SITEMAP_TOO_BIG: break;
    }
    return false;
}

bool canonical_is_usable(const struct canonical *canonical)
{
    return canonical->result == URL_OK && canonical->raw.n > 0 &&
           canonical->raw.at[0] != '#';
}

uint32_t resource_canonical(const struct site *site, uint32_t index)
{
    const struct page *page = site->resource[index].page;
    uint32_t found = NO_RESOURCE;
    bool has_any = false;

    for (size_t i = 0; page && i < page->ncanonicals; i++) {
        const struct canonical *canonical = &page->canonical[i];

        if (canonical->is_in_body)
            continue; // nobody reads it there
        has_any = true;
        if (!canonical_is_usable(canonical) || canonical->target == found)
            continue;
        if (found != NO_RESOURCE)
            return NO_RESOURCE;
        found = canonical->target;
    }
    return has_any ? found : index;
}

uint32_t resource_final(const struct site *site, uint32_t index, int *hops)
{
    int n = 0;

    while (site->resource[index].redirect != NO_RESOURCE && n <= HOPS_MAX) {
        index = site->resource[index].redirect;
        n++;
    }
    if (hops)
        *hops = n;
    return n <= HOPS_MAX ? index : NO_RESOURCE;
}
