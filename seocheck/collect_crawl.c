/*
 * One crawl, in the order that crawl.h says. A wave is planned when the one before it
 * is complete, from sorted lists, so that no answer's time decides what is asked.
 */
#include <malloc.h>

#include "seocheck/collect_internal.h"
#include "seocheck/sets.h"
#include "shared/limits.h"

#include "shared/banned.h"

enum { NO_DEPTH = -1 };

static bool has(const struct collecting *self, uint32_t index, unsigned marks)
{
    return (self->mark[index] & marks) != 0;
}

/* ---- what may be asked ---- */

/* Excluded, or refused by robots.txt: known, and never asked. */
static bool is_barred(struct collecting *self, uint32_t index, bool *barred,
                      struct err *err)
{
    const struct settings *settings = self->settings;
    struct resource *resource = &self->site->resource[index];

    if (!any_matches(settings->exclude, settings->nexclude, &resource->url,
                     &resource->is_excluded, err))
        return false;
    *barred = resource->is_excluded ||
              !robots_let_us(self, &resource->url, resource->is_start);
    if (*barred)
        marks_set(self, index, MARK_DONE);
    collect_tidy(self);
    return true;
}

/* Declared URLs are meant to be that many. */
static bool is_trapped(struct collecting *self, uint32_t index)
{
    const struct resource *resource = &self->site->resource[index];

    if (resource->is_start || (resource->sets & (SET_ROUTE | SET_SITEMAP)) != 0)
        return false;
    if (!has(self, index, MARK_TRAPPED) &&
        !trap_holds(&self->traps, &resource->url, self->arena))
        return false;
    if (!has(self, index, MARK_TRAPPED) && self->site->ntraps++ == 0)
        self->site->trap = resource->url.text;
    marks_set(self, index, MARK_TRAPPED);
    return true;
}

static void cut(struct collecting *self, uint32_t index)
{
    self->site->is_truncated = true;
    marks_set(self, index, MARK_CUT);
}

static void reach(struct collecting *self, uint32_t index, int32_t depth)
{
    struct resource *resource = &self->site->resource[index];

    if (depth == NO_DEPTH || (resource->sets & SET_CRAWL) != 0)
        return;
    resource->sets |= SET_CRAWL;
    resource->depth = depth;
}

/* Leaves those of a sorted wave that are asked as pages. `depth`: where they are then
 * reached. */
static bool plan_pages(struct collecting *self, struct wave *wave, int32_t depth,
                       struct err *err)
{
    size_t kept = 0;

    for (size_t i = 0; i < wave->n; i++) {
        uint32_t index = wave->index[i];
        bool barred = false;

        if (has(self, index, MARK_DONE))
            continue;
        if (!is_barred(self, index, &barred, err))
            return false;
        if (!barred && is_trapped(self, index))
            continue;
        if (!barred && self->asked_pages == self->settings->max_pages) {
            cut(self, index);
            continue;
        }
        reach(self, index, depth);
        if (barred)
            continue;
        self->asked_pages++;
        wave->index[kept++] = index;
    }
    wave->n = kept;
    return true;
}

static bool plan_files(struct collecting *self, struct wave *wave, struct err *err)
{
    size_t kept = 0;

    for (size_t i = 0; i < wave->n; i++) {
        bool barred = false;

        if (has(self, wave->index[i], MARK_DONE))
            continue;
        if (!is_barred(self, wave->index[i], &barred, err))
            return false;
        if (!barred)
            wave->index[kept++] = wave->index[i];
    }
    wave->n = kept;
    return true;
}

/* ---- waves, with what they redirect to ---- */

static struct wave redirects_of(struct collecting *self, const struct wave *wave,
                                struct arena *work)
{
    struct wave targets = {0};

    for (size_t i = 0; i < wave->n; i++) {
        uint32_t target = self->site->resource[wave->index[i]].redirect;

        if (target != NO_RESOURCE && self->site->resource[target].is_own &&
            !has(self, target, MARK_DONE))
            wave_add(&targets, target, work);
    }
    wave_sort(&targets, self->site);
    return targets;
}

/* Own URLs that are known and not asked yet; a wave of pages is counted as asked. */
static int64_t count_left(const struct collecting *self, int64_t wave)
{
    int64_t most = self->settings->max_pages - self->asked_pages + wave;
    int64_t pages = 0, files = 0;

    for (uint32_t i = 0; i < self->site->n; i++) {
        if (!self->site->resource[i].is_own || has(self, i, MARK_DONE))
            continue;
        if (has(self, i, MARK_GET) ||
            (self->site->resource[i].sets & (SET_ROUTE | SET_SITEMAP)) != 0)
            pages++;
        else
            files += has(self, i, MARK_HEAD);
    }
    pages = pages > wave ? pages : wave;
    return files + (pages < most ? pages : most);
}

static void tell_progress(const struct collecting *self, const struct wave *wave)
{
    const struct crawl *crawl = self->crawl;

    if (crawl->progress)
        crawl->progress(crawl->context, self->asked_pages - (int64_t)wave->n,
                        count_left(self, (int64_t)wave->n),
                        fetch_gap_s(crawl->fetcher, &self->settings->home));
}

/* Asks for a sorted wave; `asked` (NULL: not wanted) gets those that were. */
static bool ask_wave(struct collecting *self, struct wave wave, enum fetch_kind kind,
                     int32_t depth, struct wave *asked, struct err *err)
{
    struct arena work;
    bool ok = true;

    arena_init(&work, ARENA_BYTES_MAX);
    for (int hop = 0; hop <= REDIRECTS_MAX && wave.n > 0 && ok; hop++) {
        ok = kind == FETCH_GET ? plan_pages(self, &wave, depth, err)
                               : plan_files(self, &wave, err);
        if (ok && kind == FETCH_GET)
            tell_progress(self, &wave);
        ok = ok && wave_ask(self, &wave, kind, err);
        for (size_t i = 0; asked && i < wave.n; i++)
            wave_add(asked, wave.index[i], self->arena);
        wave = redirects_of(self, &wave, &work);
    }
    arena_release(&work);
    return ok;
}

/* ---- levels ---- */

static bool is_followed(const struct edge *edge)
{
    return (edge->kind == LINK_A || edge->kind == LINK_META_REFRESH) &&
           !edge->is_nofollow;
}

/* What the pages of a level link to, and no level before. */
static struct wave next_level(struct collecting *self, const struct wave *level,
                              struct arena *work)
{
    const struct site *site = self->site;
    bool *is_there = arena_new(work, bool, site->n);
    struct wave next = {0};

    for (size_t i = 0; i < level->n; i++) {
        const struct page *page = site->resource[level->index[i]].page;

        for (size_t j = 0; page && j < page->nedges; j++) {
            uint32_t target = page->edge[j].target;

            if (is_there[target] || !is_followed(&page->edge[j]) ||
                !has(self, target, MARK_OWN) ||
                has(self, target, MARK_DONE | MARK_TRAPPED | MARK_CUT))
                continue;
            is_there[target] = true;
            wave_add(&next, target, work);
        }
    }
    wave_sort(&next, site);
    return next;
}

static bool collect_levels(struct collecting *self, struct err *err)
{
    struct wave next = {0};
    struct arena work;
    bool ok = true;

    arena_init(&work, ARENA_BYTES_MAX);
    for (size_t i = 0; i < self->site->nstarts; i++)
        wave_add(&next, self->site->start[i], &work);
    wave_sort(&next, self->site);
    for (int32_t depth = 0; next.n > 0 && ok; depth++) {
        struct wave level = {0};

        if (depth > self->settings->max_depth) {
            for (size_t i = 0; i < next.n; i++)
                cut(self, next.index[i]);
            break;
        }
        ok = ask_wave(self, next, FETCH_GET, depth, &level, err);
        arena_release(&work);
        arena_init(&work, ARENA_BYTES_MAX);
        next = next_level(self, &level, &work);
    }
    arena_release(&work);
    return ok;
}

/* ---- all others ---- */

typedef bool (*is_wanted)(const struct collecting *self, uint32_t index);

static struct wave list(const struct collecting *self, is_wanted wanted,
                        struct arena *work)
{
    struct wave wave = {0};

    for (uint32_t i = 0; i < self->site->n; i++)
        if (!has(self, i, MARK_DONE | MARK_TRAPPED) && wanted(self, i))
            wave_add(&wave, i, work);
    wave_sort(&wave, self->site);
    return wave;
}

/* In S or R, or named by a page other than by a link that a level follows. */
static bool is_rest(const struct collecting *self, uint32_t index)
{
    const struct resource *resource = &self->site->resource[index];

    return resource->is_own &&
           ((resource->sets & (SET_ROUTE | SET_SITEMAP)) != 0 ||
            (has(self, index, MARK_GET) && !has(self, index, MARK_CUT)));
}

static bool is_file(const struct collecting *self, uint32_t index)
{
    return self->site->resource[index].is_own && has(self, index, MARK_HEAD);
}

static bool is_due(const struct collecting *self, uint32_t index)
{
    const struct url *url = &self->site->resource[index].url;
    uint64_t days = (uint64_t)self->settings->external_days;
    uint64_t today = (uint64_t)(uint32_t)self->crawl->as_of;

    return url->key % days == today % days;
}

static bool is_external(const struct collecting *self, uint32_t index)
{
    const struct resource *resource = &self->site->resource[index];

    return !resource->is_own && has(self, index, MARK_FOREIGN) &&
           (self->is_first_run || has(self, index, MARK_CHANGED) ||
            is_due(self, index) ||
            history_find(self->crawl->history, resource->url.text) != NULL);
}

static bool ask_wanted(struct collecting *self, is_wanted wanted, enum fetch_kind kind,
                       struct err *err)
{
    struct arena work;
    struct wave wave;
    bool ok;

    arena_init(&work, ARENA_BYTES_MAX);
    wave = list(self, wanted, &work);
    ok = kind == FETCH_EXTERNAL ? wave_ask(self, &wave, kind, err)
                                : ask_wave(self, wave, kind, NO_DEPTH, NULL, err);
    arena_release(&work);
    return ok;
}

/* Pages that no level reached may name others; as deep as levels go. */
static bool collect_rest(struct collecting *self, struct err *err)
{
    struct arena work;
    struct wave left;

    for (int round = 0; round <= self->settings->max_depth; round++) {
        int64_t before = self->asked_pages;

        if (!ask_wanted(self, is_rest, FETCH_GET, err))
            return false;
        if (self->asked_pages == before)
            return true;
    }
    arena_init(&work, ARENA_BYTES_MAX);
    left = list(self, is_rest, &work);
    for (size_t i = 0; i < left.n; i++)
        cut(self, left.index[i]);
    arena_release(&work);
    return true;
}

/* ---- the crawl ---- */

static void put_starts(struct collecting *self)
{
    const struct settings *settings = self->settings;
    struct site *site = self->site;

    site->start = arena_new(self->arena, uint32_t, settings->nstarts);
    for (size_t i = 0; i < settings->nstarts; i++) {
        uint32_t index = collect_put(self, &settings->start[i]);

        if (site->resource[index].is_start)
            continue; // named twice
        site->resource[index].is_start = true;
        site->start[site->nstarts++] = index;
    }
}

static bool collect(struct collecting *self, struct err *err)
{
    put_starts(self);
    return collect_robots(self, err) && collect_sitemaps(self, err) &&
           collect_levels(self, err) && collect_routes(self, err) &&
           collect_rest(self, err) && ask_wanted(self, is_file, FETCH_HEAD, err) &&
           (!self->settings->external_check ||
            ask_wanted(self, is_external, FETCH_EXTERNAL, err)) &&
           collect_probes(self, err) &&
           site_declare(self->site, &self->routes, self->settings, self->arena, err);
}

/* What a large page took goes back to the system with it. glibc by itself would keep
 * such blocks from the second on, and then zero all of them: a page needs little of
 * what it may need. */
static void give_memory_back(void)
{
#ifdef __GLIBC__ // musl has no mallopt
    (void)mallopt(M_MMAP_THRESHOLD, MIB);
#endif
}

bool site_collect(const struct crawl *crawl, struct arena *arena, struct site *site,
                  struct err *err)
{
    struct collecting self = {
        .crawl = crawl,
        .settings = crawl->settings,
        .arena = arena,
        .site = site,
        .is_first_run = !crawl->history || crawl->history->n == 0,
    };
    bool ok;

    *site = (struct site){.home = crawl->settings->home,
                          .has_headers = fetcher_has_headers(crawl->fetcher)};
    give_memory_back();
    arena_init(&self.work, ARENA_BYTES_MAX);
    ok = collect(&self, err);
    if (ok) {
        for (uint32_t i = 0; i < site->n; i++)
            site->cut += has(&self, i, MARK_CUT) && !has(&self, i, MARK_DONE);
        collect_finish(&self);
        // who lets us see no page may keep the sitemaps from us too
        site->sitemaps_unread |= site->npages == 0 && !site->has_sitemaps;
    }
    routes_release(&self.routes);
    arena_release(&self.work);
    return ok;
}
