/* Waves of requests and what their answers say. Answers come in any order: what they
 * change here is the same in each. */
#include <stdlib.h>

#include "seocheck/collect_internal.h"
#include "shared/limits.h"

#include "shared/banned.h"

/* ---- resources and waves ---- */

void collect_tidy(struct collecting *self)
{
    if (self->work.total <= MIB)
        return;
    arena_release(&self->work);
    arena_init(&self->work, ARENA_BYTES_MAX);
}

void marks_set(struct collecting *self, uint32_t index, unsigned marks)
{
    if (index >= self->marks_capacity) {
        size_t capacity = self->site->capacity;

        self->mark = arena_grow(self->arena, self->mark, self->marks_capacity, capacity,
                                sizeof *self->mark);
        self->marks_capacity = capacity;
    }
    self->mark[index] |= (uint8_t)marks;
}

uint32_t collect_put(struct collecting *self, const struct url *url)
{
    size_t n = self->site->n;
    uint32_t index = site_put(self->site, url, self->arena);

    if (self->site->n > n) {
        bool is_own = settings_is_own(self->settings, url);

        self->site->resource[index].is_own = is_own;
        marks_set(self, index, is_own ? MARK_OWN : 0);
    }
    return index;
}

void wave_add(struct wave *wave, uint32_t index, struct arena *arena)
{
    wave->index =
        arena_room(arena, wave->index, wave->n, &wave->capacity, sizeof *wave->index);
    wave->index[wave->n++] = index;
}

struct ranked {
    struct str text;
    uint32_t index;
};

static int compare_ranked(const void *a, const void *b)
{
    return str_compare(((const struct ranked *)a)->text,
                       ((const struct ranked *)b)->text);
}

void wave_sort(struct wave *wave, const struct site *site)
{
    struct arena work;
    struct ranked *ranked;
    size_t n = 0;

    if (wave->n < 2)
        return;
    arena_init(&work, ARENA_BYTES_MAX);
    ranked = arena_new(&work, struct ranked, wave->n);
    for (size_t i = 0; i < wave->n; i++)
        ranked[i] =
            (struct ranked){site->resource[wave->index[i]].url.text, wave->index[i]};
    qsort(ranked, wave->n, sizeof *ranked, compare_ranked);
    for (size_t i = 0; i < wave->n; i++)
        if (i == 0 || ranked[i].index != ranked[i - 1].index)
            wave->index[n++] = ranked[i].index;
    wave->n = n;
    arena_release(&work);
}

/* ---- one answer ---- */

/* Requests under way, and the pages among them that are to be asked again. */
struct asking {
    struct collecting *self;
    const struct wave *wave;
    enum fetch_kind kind;
    const struct url *url;            /* of each request, as it is asked */
    const struct cache_entry **known; /* asked on conditions; NULL: without */
    bool is_whole;                    /* nothing is asked on conditions any more */
    bool is_second;                   /* what is asked was asked on conditions */
    struct wave whole;                /* the answer to conditions was of no use */
    struct wave again;                /* the text moved */
    struct wave given_up;             /* of a host that failed too often in a row */
    bool is_urged;
    struct arena work;
};

static struct str kept(struct str text, struct arena *arena)
{
    if (text.n == 0)
        return (struct str){0};
    return (struct str){str_copy(arena, text.at, text.n), text.n};
}

static void take_redirect(struct collecting *self, uint32_t index, struct str location)
{
    struct url from = self->site->resource[index].url;
    uint32_t target;
    struct url to;

    if (location.n == 0)
        return;
    self->site->resource[index].location = kept(location, self->arena);
    if (url_resolve(&from, location, &self->settings->rules, &self->work, &to) !=
        URL_OK)
        return;
    target = collect_put(self, &to);
    self->site->resource[index].redirect = target;
    if (!self->site->resource[target].is_own)
        marks_set(self, target, MARK_FOREIGN);
}

/* Another text than last time: perhaps another one at each request. */
static bool has_moved(struct collecting *self, uint32_t index, uint64_t hash)
{
    const struct history_row *row;

    if (self->settings->input != INPUT_LIVE)
        return false;
    row = history_of(self, &self->site->resource[index].url);
    return row && row->has_hash && row->hash != hash;
}

static void take_page(struct asking *asking, uint32_t index)
{
    struct collecting *self = asking->self;
    struct resource *resource = &self->site->resource[index];

    resource->is_page = true;
    self->site->npages++;
    if (has_moved(self, index, resource->page->content))
        wave_add(&asking->again, index, &asking->work);
}

/* The answer in full. */
static void take_body(struct asking *asking, size_t i, const struct fetch_reply *reply)
{
    struct collecting *self = asking->self;
    uint32_t index = asking->wave->index[i];
    struct resource *resource = &self->site->resource[index];

    resource->x_robots = kept(reply->x_robots, self->arena);
    resource->content_type = kept(reply->content_type, self->arena);
    self->site->bytes += (int64_t)reply->body.n;
    if (reply->url_class == CLASS_REDIRECT) {
        take_redirect(self, index, reply->location);
    } else if (asking->kind == FETCH_GET && reply->status == 200) {
        known_keep(self, index, asking->url[i].spelling, reply, asking->is_second);
        if (is_html(reply->content_type)) {
            resource->is_too_big = reply->is_cut;
            (void)page_collect(self, index, reply);
            take_page(asking, index);
        }
    }
}

/* Whether the answer to conditions was of use. */
static bool take_known(struct asking *asking, size_t i, const struct fetch_reply *reply)
{
    const struct cache_entry *known = asking->known[i];
    uint32_t index = asking->wave->index[i];

    if (!known_serves(known, reply) ||
        (reply->status == 304 && !known_take(asking->self, index, known)))
        return false;
    if (reply->status == 304 && known->is_page)
        take_page(asking, index);
    return true;
}

static bool take_answer(void *context, size_t i, const struct fetch_reply *reply,
                        struct err *err)
{
    struct asking *asking = context;
    struct collecting *self = asking->self;
    uint32_t index = asking->wave->index[i];
    struct resource *resource = &self->site->resource[index];

    (void)err;
    if (reply->is_given_up) {
        wave_add(&asking->given_up, index, &asking->work);
        return true;
    }
    resource->url_class = reply->url_class;
    resource->status = reply->status;
    resource->detail = reply->detail;
    if (asking->known[i] && !take_known(asking, i, reply)) {
        wave_add(&asking->whole, index, &asking->work);
        return true;
    }
    if (self->site->resource[index].is_own && reply->url_class != CLASS_UNASKED) {
        self->site->asked_own++;
        self->site->failed_own += reply->url_class == CLASS_SERVER ||
                                  reply->url_class == CLASS_NETWORK ||
                                  reply->url_class == CLASS_BLOCKED;
    }
    // of other hosts: its hops are not ours
    if (asking->kind != FETCH_EXTERNAL && reply->status != 304)
        take_body(asking, i, reply);
    collect_tidy(self);
    return true;
}

static bool take_second(void *context, size_t i, const struct fetch_reply *reply,
                        struct err *err)
{
    struct asking *asking = context;
    uint32_t index = asking->again.index[i];
    struct page *page = asking->self->site->resource[index].page;

    (void)err;
    if (reply->status == 200 && is_html(reply->content_type))
        page->is_volatile = page_hash(asking->self, index, reply) != page->content;
    collect_tidy(asking->self);
    return true;
}

/* ---- waves ---- */

/* A text that nothing was taken out of would look like a changed one. */
static bool is_cheap(const struct collecting *self, struct err *err)
{
    return self->costly.n == 0 ||
           err_set(err,
                   "a pattern of ignore_text is too costly for '%.200s'; write it "
                   "without nested repeats",
                   url_shown(self->costly, self->arena));
}

static bool ask_for(struct asking *asking, const struct wave *wave, fetch_done done,
                    struct err *err)
{
    struct fetch_request *requests =
        arena_new(&asking->work, struct fetch_request, wave->n);
    struct url *urls = arena_new(&asking->work, struct url, wave->n);
    bool may_know = asking->kind == FETCH_GET && !asking->is_whole;

    asking->url = urls;
    asking->known = arena_new(&asking->work, const struct cache_entry *, wave->n);
    // copies: answers add resources, which moves them, and may find another spelling
    for (size_t i = 0; i < wave->n; i++) {
        urls[i] = asking->self->site->resource[wave->index[i]].url;
        requests[i] = (struct fetch_request){
            .url = &urls[i],
            .spelling = urls[i].spelling.at,
            .kind = asking->kind,
            .most_bytes = asking->kind == FETCH_GET ? HTML_BYTES_MAX : 0,
            .is_urged = asking->is_urged,
        };
        if (may_know)
            asking->known[i] = known_find(asking->self, &urls[i]);
        if (asking->known[i])
            known_ask(asking->known[i], &requests[i]);
    }
    return fetch_all(asking->self->crawl->fetcher, requests, wave->n, done, asking,
                     err);
}

static bool is_failing(enum url_class url_class)
{
    return url_class == CLASS_SERVER || url_class == CLASS_NETWORK;
}

/* Only what says that the site is down; all else was seen. */
static bool take_start(void *context, size_t i, const struct fetch_reply *reply,
                       struct err *err)
{
    struct asking *asking = context;
    struct resource *start = &asking->self->site->resource[asking->wave->index[i]];

    (void)err;
    if (!is_failing(reply->url_class))
        return true;
    start->url_class = reply->url_class;
    start->status = reply->status;
    start->detail = reply->detail;
    asking->self->is_down = true;
    return true;
}

/* A part of the site may fail while the site does not: then its URLs are asked all the
 * same, however that goes. */
static bool ask_given_up(struct asking *asking, struct err *err)
{
    struct collecting *self = asking->self;
    const struct site *site = self->site;
    struct asking starting = {.self = self, .kind = FETCH_GET, .is_urged = true};
    struct wave starts = {0}, left = asking->given_up;
    bool ok;

    for (size_t i = 0; i < site->nstarts; i++) {
        enum url_class url_class = site->resource[site->start[i]].url_class;

        self->is_down |= is_failing(url_class);
        if (url_class != CLASS_UNASKED) // which may well be for robots.txt
            wave_add(&starts, site->start[i], &asking->work);
    }
    if (self->is_down)
        return true;
    wave_sort(&starts, site);
    starting.wave = &starts;
    arena_init(&starting.work, ARENA_BYTES_MAX);
    ok = ask_for(&starting, &starts, take_start, err);
    arena_release(&starting.work);
    if (!ok || self->is_down)
        return ok;
    wave_sort(&left, site);
    asking->wave = &left;
    asking->is_urged = true;
    ok = ask_for(asking, &left, take_answer, err);
    asking->wave = NULL;
    return ok;
}

bool wave_ask(struct collecting *self, const struct wave *wave, enum fetch_kind kind,
              struct err *err)
{
    struct asking asking = {.self = self, .wave = wave, .kind = kind};
    bool ok;

    arena_init(&asking.work, ARENA_BYTES_MAX);
    for (size_t i = 0; i < wave->n; i++)
        marks_set(self, wave->index[i], MARK_DONE);
    ok = self->is_down || ask_for(&asking, wave, take_answer, err);
    asking.is_whole = true;
    if (ok && asking.whole.n > 0) {
        wave_sort(&asking.whole, self->site);
        asking.wave = &asking.whole;
        asking.is_second = true;
        ok = ask_for(&asking, &asking.whole, take_answer, err);
        asking.is_second = false;
    }
    if (ok && asking.given_up.n > 0)
        ok = ask_given_up(&asking, err);
    if (ok && asking.again.n > 0) {
        wave_sort(&asking.again, self->site);
        ok = ask_for(&asking, &asking.again, take_second, err);
    }
    arena_release(&asking.work);
    return ok && is_cheap(self, err);
}

/* ---- documents ---- */

struct hop {
    struct collecting *self;
    const struct documents *documents;
    size_t *which; /* document of each request */
};

static bool take_hop(void *context, size_t i, const struct fetch_reply *reply,
                     struct err *err)
{
    const struct hop *hop = context;
    const struct documents *documents = hop->documents;
    struct document *document = &documents->item[hop->which[i]];
    struct url from = document->url;

    (void)err;
    if (reply->url_class == CLASS_REDIRECT && reply->location.n > 0 &&
        document->hops < REDIRECTS_MAX &&
        url_resolve(&from, reply->location, NULL, hop->self->arena, &document->url) ==
            URL_OK) {
        document->hops++;
        return true;
    }
    document->is_done = true;
    documents->take(documents->context, hop->which[i], reply);
    return true;
}

bool documents_ask(struct collecting *self, const struct documents *documents,
                   struct err *err)
{
    size_t n = documents->n;
    struct fetch_request *requests = arena_new(self->arena, struct fetch_request, n);
    struct url *urls = arena_new(self->arena, struct url, n);
    struct hop hop = {self, documents, arena_new(self->arena, size_t, n)};

    for (int round = 0; round <= REDIRECTS_MAX; round++) {
        size_t left = 0;

        for (size_t i = 0; i < n; i++) {
            if (documents->item[i].is_done)
                continue;
            urls[left] = documents->item[i].url;
            requests[left] = (struct fetch_request){.url = &urls[left],
                                                    .spelling = urls[left].spelling.at,
                                                    .kind = FETCH_GET,
                                                    .most_bytes = documents->most_bytes,
                                                    .sink = documents->item[i].sink};
            hop.which[left++] = i;
        }
        if (!fetch_all(self->crawl->fetcher, requests, left, take_hop, &hop, err))
            return false;
    }
    return true;
}
