/* Probes for soft 404s, and what follows from all answers together: an order of
 * resources that no completion could change, and the first link to each. */
#include <stdlib.h>
#include <string.h>

#include "seocheck/collect_internal.h"
#include "shared/limits.h"

#include "shared/banned.h"

enum {
    PROBES_MAX = 100
}; // the first ones: a site with a folder for each user has more

#define PROBE_NAME "rounds-seocheck-no-such-page-7f3a"

/* ---- probes ---- */

static int compare_probes(const void *a, const void *b)
{
    const struct probe *left = a;
    const struct probe *right = b;
    int order = str_compare(left->origin, right->origin);

    return order != 0 ? order : str_compare(left->segment, right->segment);
}

static struct probe probe_of(const struct url *url)
{
    struct str rest = {url->path.at + 1, url->path.n - 1};
    const char *slash = rest.n > 0 ? memchr(rest.at, '/', rest.n) : NULL;

    rest.n = slash ? (size_t)(slash - rest.at) : 0;
    return (struct probe){
        .origin = {url->text.at, (size_t)(url->path.at - url->text.at)},
        .segment = rest,
    };
}

static void list_probes(struct collecting *self)
{
    struct site *site = self->site;
    size_t capacity = 0, kept = 0;

    for (size_t i = 0; i < site->n; i++) {
        struct probe probe;

        if (!site->resource[i].is_page)
            continue;
        probe = probe_of(&site->resource[i].url);
        if (site->nprobes > 0 &&
            compare_probes(&site->probe[site->nprobes - 1], &probe) == 0)
            continue;
        site->probe = arena_room(self->arena, site->probe, site->nprobes, &capacity,
                                 sizeof *site->probe);
        site->probe[site->nprobes++] = probe;
    }
    if (site->nprobes > 1)
        qsort(site->probe, site->nprobes, sizeof *site->probe, compare_probes);
    for (size_t i = 0; i < site->nprobes && kept < PROBES_MAX; i++)
        if (kept == 0 || compare_probes(&site->probe[kept - 1], &site->probe[i]) != 0)
            site->probe[kept++] = site->probe[i];
    site->nprobes = kept;
}

struct probing {
    struct collecting *self;
    struct url url[PROBES_MAX];
    size_t which[PROBES_MAX]; // probe of each request
};

static bool take_probe(void *context, size_t i, const struct fetch_reply *reply,
                       struct err *err)
{
    struct probing *probing = context;
    struct probe *probe = &probing->self->site->probe[probing->which[i]];

    (void)err;
    probe->answered_200 = reply->status == 200;
    if (probe->answered_200 && is_html(reply->content_type))
        probe->has_simhash =
            page_simhash(probing->self, &probing->url[i], reply, &probe->simhash);
    collect_tidy(probing->self);
    return true;
}

bool collect_probes(struct collecting *self, struct err *err)
{
    const struct settings *settings = self->settings;
    struct probing *probing = arena_new(self->arena, struct probing, 1);
    struct fetch_request requests[PROBES_MAX];
    size_t n = 0;

    if (self->is_down)
        return true;
    list_probes(self);
    probing->self = self;
    for (size_t i = 0; i < self->site->nprobes; i++) {
        const struct probe *probe = &self->site->probe[i];
        const char *text =
            str_format(self->arena, "%.*s/%.*s%s" PROBE_NAME, (int)probe->origin.n,
                       probe->origin.at, (int)probe->segment.n,
                       probe->segment.n > 0 ? probe->segment.at : "",
                       probe->segment.n > 0 ? "/" : "");
        bool is_excluded;

        if (url_resolve(NULL, str_of(text), NULL, self->arena, &probing->url[n]) !=
            URL_OK)
            continue;
        if (!any_matches(settings->exclude, settings->nexclude, &probing->url[n],
                         &is_excluded, err))
            return false;
        if (is_excluded || !robots_let_us(self, &probing->url[n], false))
            continue;
        requests[n] = (struct fetch_request){.url = &probing->url[n],
                                             .spelling = probing->url[n].text.at,
                                             .kind = FETCH_GET,
                                             .most_bytes = HTML_BYTES_MAX};
        probing->which[n++] = i;
    }
    return fetch_all(self->crawl->fetcher, requests, n, take_probe, probing, err);
}

/* ---- the order of resources ---- */

static void renumber_page(struct page *page, const uint32_t *number)
{
    for (size_t i = 0; i < page->nedges; i++)
        page->edge[i].target = number[page->edge[i].target];
    for (size_t i = 0; i < page->nalternates; i++)
        if (page->alternate[i].target != NO_RESOURCE)
            page->alternate[i].target = number[page->alternate[i].target];
    for (size_t i = 0; i < page->ncanonicals; i++)
        if (page->canonical[i].target != NO_RESOURCE)
            page->canonical[i].target = number[page->canonical[i].target];
}

static void renumber(struct site *site, const uint32_t *number)
{
    for (size_t i = 0; i < site->n; i++) {
        struct resource *resource = &site->resource[i];

        if (resource->redirect != NO_RESOURCE)
            resource->redirect = number[resource->redirect];
        if (resource->page)
            renumber_page(resource->page, number);
    }
    for (size_t i = 0; i < site->nslots; i++)
        if (site->slot[i] != 0)
            site->slot[i] = number[site->slot[i] - 1] + 1;
    for (size_t i = 0; i < site->nstarts; i++)
        site->start[i] = number[site->start[i]];
    for (size_t i = 0; i < site->nsitemaps; i++)
        for (size_t j = 0; j < site->sitemap[i].sitemap.n; j++)
            if (site->sitemap[i].target[j] != NO_RESOURCE)
                site->sitemap[i].target[j] = number[site->sitemap[i].target[j]];
}

/* Each place gets the resource of the index that stands in `from`, which is used up: a
 * second array would be the largest thing of a run. */
static void put_in_order(struct resource *resource, uint32_t *from, size_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        struct resource first = resource[i];
        uint32_t at = i;

        while (from[at] != i) {
            uint32_t next = from[at];

            resource[at] = resource[next];
            from[at] = at;
            at = next;
        }
        resource[at] = first;
        from[at] = at;
    }
}

static void sort_resources(struct collecting *self)
{
    struct site *site = self->site;
    struct wave all = {0};
    struct arena work;
    uint32_t *number;

    arena_init(&work, ARENA_BYTES_MAX);
    number = arena_new(&work, uint32_t, site->n);
    all.index = arena_new(&work, uint32_t, site->n);
    for (; all.n < site->n; all.n++)
        all.index[all.n] = (uint32_t)all.n;
    wave_sort(&all, site);
    for (size_t i = 0; i < site->n; i++)
        number[all.index[i]] = (uint32_t)i;
    put_in_order(site->resource, all.index, site->n);
    renumber(site, number);
    arena_release(&work);
}

/* ---- links ---- */

/* `last` is the page that linked to each resource last, + 1. */
static void count_links(struct site *site, uint32_t index, uint32_t *last)
{
    const struct page *page = site->resource[index].page;

    for (size_t i = 0; i < page->nedges; i++) {
        struct resource *target = &site->resource[page->edge[i].target];

        if (last[page->edge[i].target] == index + 1)
            continue;
        last[page->edge[i].target] = index + 1;
        if (target->nsources++ > 0)
            continue;
        target->first_source = index;
        target->first_line = page->edge[i].line;
    }
}

static void count_all_links(struct site *site, int most_depth)
{
    struct arena work;
    uint32_t *last;

    arena_init(&work, ARENA_BYTES_MAX);
    last = arena_new(&work, uint32_t, site->n);
    for (int depth = 0; depth <= most_depth + 1; depth++) // those without one come last
        for (size_t i = 0; i < site->n; i++)
            if (site->resource[i].page &&
                site->resource[i].depth == (depth > most_depth ? -1 : depth))
                count_links(site, (uint32_t)i, last);
    arena_release(&work);
}

void collect_finish(struct collecting *self)
{
    sort_resources(self);
    count_all_links(self->site, self->settings->max_depth);
}
