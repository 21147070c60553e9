/*
 * What the cache is for in a crawl: which own URLs are asked on conditions, what a 304
 * stands for, what is kept of an answer. Nothing here may make a result another one
 * than full answers would; what is not sure is asked for in full.
 */
#include <string.h>

#include "seocheck/collect_internal.h"

#include "shared/banned.h"

enum { HEADER_BYTES_MAX = 4096 }; // longer validators and Link headers are not kept

/* ---- asking ---- */

/* Once in refetch_days each page is asked for in full, on a day of its own and for the
 * last time on the last of them: a server that wrongly says 304 is found out. */
static bool is_due(const struct collecting *self, const struct url *url,
                   int32_t fetched)
{
    int32_t as_of = self->crawl->as_of;
    uint32_t days = (uint32_t)self->settings->refetch_days;

    return days == 0 || fetched > as_of || (int64_t)as_of - fetched >= days ||
           (fetched < as_of && url->key % days == (uint32_t)as_of % days);
}

const struct cache_entry *known_find(const struct collecting *self,
                                     const struct url *url)
{
    const struct cache *cache = self->crawl->cache;
    const struct cache_entry *entry = cache ? cache_find(cache, url->text) : NULL;

    if (!entry || entry->validators.is_refused || self->crawl->as_of > entry->until ||
        !str_equal(entry->validators.spelling, url->spelling) ||
        is_due(self, url, entry->validators.fetched))
        return NULL;
    return entry;
}

/* By one condition: where there is an ETag a date can only make it weaker. What is in
 * the cache has a NUL behind it. */
void known_ask(const struct cache_entry *entry, struct fetch_request *request)
{
    if (entry->validators.etag.n > 0)
        request->etag = entry->validators.etag.at;
    else
        request->last_modified = entry->validators.last_modified.at;
}

/* ---- taking ---- */

/* Headers that a 304 repeats are those of the page now. One that it does not repeat may
 * be gone, or the server may leave them out of every 304. */
static bool has_headers(const struct cache_entry *entry,
                        const struct fetch_reply *reply)
{
    return str_equal(entry->x_robots, reply->x_robots) &&
           str_equal(entry->validators.link, reply->link) &&
           (reply->content_type.n == 0 || // as a rule it is left out
            str_equal(entry->content_type, reply->content_type));
}

bool known_serves(const struct cache_entry *entry, const struct fetch_reply *reply)
{
    if (reply->status == 304)
        return has_headers(entry, reply);
    // an error may be about the conditions
    return reply->status == 0 || reply->url_class == CLASS_OK ||
           reply->url_class == CLASS_REDIRECT || reply->url_class == CLASS_GONE ||
           reply->url_class == CLASS_BLOCKED;
}

/* The resource of a row, put when it is first met; NO_RESOURCE: the row is no URL. A
 * row is a normal form, by which most are found, and no spelling: it does not say what
 * is requested. */
static uint32_t row_target(struct collecting *self, uint32_t row)
{
    struct url url = {.text = self->crawl->cache->url[row]};
    uint32_t index;

    url.key = url_key(url.text);
    index = site_find(self->site, &url);
    if (index == NO_RESOURCE && url_resolve(NULL, url.text, &self->settings->rules,
                                            &self->work, &url) == URL_OK)
        index = collect_put(self, &url);
    return index;
}

static bool aim(struct collecting *self, uint32_t *target)
{
    uint32_t *known;

    if (*target == NO_RESOURCE)
        return true;
    if (!self->row_target)
        self->row_target = arena_new(self->arena, uint32_t, self->crawl->cache->nurls);
    known = &self->row_target[*target];
    if (*known == 0)
        *known = row_target(self, *target) + 1; // of NO_RESOURCE: 0
    *target = *known - 1;
    return *target != NO_RESOURCE;
}

/* From rows to resources, spellings first. */
static bool aim_all(struct collecting *self, struct page *page)
{
    bool ok = true;

    for (size_t i = 0; i < page->nspellings && ok; i++) {
        struct url url;

        ok = url_resolve(NULL, page->spelling[i], &self->settings->rules, &self->work,
                         &url) == URL_OK;
        if (ok)
            (void)collect_put(self, &url);
    }
    for (size_t i = 0; i < page->nedges && ok; i++)
        ok = aim(self, &page->edge[i].target);
    for (size_t i = 0; i < page->nalternates && ok; i++)
        ok = aim(self, &page->alternate[i].target);
    for (size_t i = 0; i < page->ncanonicals && ok; i++)
        ok = aim(self, &page->canonical[i].target);
    return ok;
}

bool known_take(struct collecting *self, uint32_t index,
                const struct cache_entry *entry)
{
    struct resource *resource;
    struct page *page = NULL;

    if (entry->is_page) {
        page = arena_new(self->arena, struct page, 1);
        if (!cache_page(self->crawl->cache, entry, self->arena, page) ||
            !aim_all(self, page))
            return false;
        page_mark(self, index, page);
    }
    resource = &self->site->resource[index]; // putting moves them
    resource->status = 200;
    resource->detail = "200";
    resource->x_robots = entry->x_robots;
    resource->content_type = entry->content_type;
    resource->page = page;
    resource->is_too_big = entry->is_too_big;
    resource->validators = &entry->validators;
    return true;
}

/* ---- keeping ---- */

static bool is_kept(const struct fetch_reply *reply)
{
    return (reply->etag.n > 0 || reply->last_modified.n > 0) &&
           reply->etag.n <= HEADER_BYTES_MAX &&
           reply->last_modified.n <= HEADER_BYTES_MAX &&
           reply->link.n <= HEADER_BYTES_MAX;
}

static struct str kept(struct str text, struct arena *arena)
{
    if (text.n == 0)
        return (struct str){0};
    return (struct str){str_copy(arena, text.at, text.n), text.n};
}

void known_keep(struct collecting *self, uint32_t index, struct str spelling,
                const struct fetch_reply *reply, bool is_second)
{
    const struct cache *cache = self->crawl->cache;
    struct resource *resource = &self->site->resource[index];
    const struct cache_entry *old;
    struct validators *validators;
    bool is_refused;

    if (!cache || reply->status != 200 || !is_kept(reply))
        return;
    old = cache_find(cache, resource->url.text);
    // in full it has the headers that it had: then it was the 304 that lacked some
    is_refused = is_second && old && has_headers(old, reply);
    if (old && old->validators.is_refused && !is_second &&
        !is_due(self, &resource->url, old->validators.fetched)) {
        resource->validators = &old->validators;
        return;
    }
    validators = arena_new(self->arena, struct validators, 1);
    *validators = (struct validators){
        .etag = kept(reply->etag, self->arena),
        .spelling = spelling,
        .link = kept(reply->link, self->arena),
        .fetched = self->crawl->as_of,
        .is_refused = is_refused,
    };
    if (reply->etag.n == 0)
        validators->last_modified = kept(reply->last_modified, self->arena);
    resource->validators = validators;
}
