/* Redirects of own URLs: permanent ones that links still use, chains, loops, from https
 * to http. */
#include "seocheck/judge_internal.h"
#include "seocheck/look.h"

#include "shared/banned.h"

enum { HOPS_MAX = 5 };

/* Follows the redirects from `index`. True: they end, at `*last`. False: `*last` comes
 * twice, or is where the sixth hop leads. */
static bool follow(const struct site *site, uint32_t index, uint32_t *last,
                   int64_t *hops)
{
    uint32_t visited[HOPS_MAX + 1];

    *hops = 0;
    *last = index;
    while (site->resource[*last].redirect != NO_RESOURCE) {
        if (*hops > HOPS_MAX)
            return false;
        visited[(*hops)++] = *last;
        *last = site->resource[*last].redirect;
        for (int64_t i = 0; i < *hops; i++)
            if (visited[i] == *last)
                return false;
    }
    return *hops <= HOPS_MAX;
}

void judge_redirect(const struct look *look, uint32_t index, const struct use *links,
                    struct hits *hits)
{
    const struct site *site = look->site;
    const struct resource *resource = &site->resource[index];
    struct hit hit = {.value = resource->detail};
    uint32_t last;
    int64_t hops;
    bool ends;

    if (resource->redirect == NO_RESOURCE)
        return;
    // a hop that nobody names is said with the URL that leads to it
    if (links->n == 0 && resource->nsources == 0 && !resource->is_start &&
        (resource->sets & (SET_ROUTE | SET_SITEMAP)) == 0)
        return;
    hit.subject = look_subject(look, resource);
    hit_use(look, links, &hit);
    ends = follow(site, index, &last, &hops);
    hit.target = look_shown(look, last);
    if (ends && links->n > 0 && (resource->status == 301 || resource->status == 308)) {
        hit.check = CHECK_LINK_REDIRECT;
        hits_add(hits, look->arena, hit);
    }
    hit.n = hops;
    if (!ends || hops > 1) {
        hit.check = ends ? CHECK_REDIRECT_CHAIN : CHECK_REDIRECT_LOOP;
        hits_add(hits, look->arena, hit);
    }
    if (resource->url.is_https && !site->resource[resource->redirect].url.is_https) {
        hit.check = CHECK_REDIRECT_DOWNGRADE;
        hit.n = 1;
        hit.target = look_shown(look, resource->redirect);
        hits_add(hits, look->arena, hit);
    }
}
