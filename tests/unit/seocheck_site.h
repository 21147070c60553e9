/*
 * A small site made by hand, and what a judge says of it. Each page is one that nothing
 * is wrong with: a test spoils one thing.
 */
#ifndef TESTS_UNIT_SEOCHECK_SITE_H
#define TESTS_UNIT_SEOCHECK_SITE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "seocheck/judge.h"
#include "shared/clock.h"

struct world {
    struct arena arena;
    struct site site;
    struct settings settings;
    struct history before, after;
    struct look look;
    struct hits hits;
};

static inline struct url url_of(struct world *world, const char *text)
{
    struct url url;

    assert_int_equal(url_resolve(world->site.home.text.n > 0 ? &world->site.home : NULL,
                                 str_of(text), NULL, &world->arena, &url),
                     URL_OK);
    return url;
}

/* Limits are the defaults of section 2; the day is 2026-11-20. */
static inline void world_init(struct world *world)
{
    static const char *const agents[] = {"Googlebot"};

    *world = (struct world){.site = {.has_headers = true}};
    arena_init(&world->arena, (size_t)64 << 20);
    world->site.home = url_of(world, "https://shop.example/");
    world->settings.home = world->site.home;
    world->settings.agents = (struct site_agents){agents, 1};
    world->settings.title = (struct limits_of_text){30, 60};
    world->settings.description = (struct limits_of_text){70, 155};
    world->settings.h1_most = 70;
    world->settings.depth_most = 3;
    world->look = (struct look){
        .site = &world->site,
        .settings = &world->settings,
        .before = &world->before,
        .after = &world->after,
        .as_of = day_from_civil(2026, 11, 20),
        .arena = &world->arena,
    };
}

static inline void world_release(struct world *world)
{
    arena_release(&world->arena);
}

/* A URL that was asked; own when it is a path. */
static inline uint32_t put(struct world *world, const char *text, int status)
{
    struct url url = url_of(world, text);
    uint32_t index = site_put(&world->site, &url, &world->arena);
    struct resource *resource = &world->site.resource[index];

    resource->status = status;
    resource->url_class = status == 0                      ? CLASS_UNASKED
                          : status < 300                   ? CLASS_OK
                          : status < 400                   ? CLASS_REDIRECT
                          : status == 404 || status == 410 ? CLASS_GONE
                          : status >= 500 || status == 408 ? CLASS_SERVER
                                                           : CLASS_CLIENT;
    resource->is_own = str_equal(resource->url.host, world->site.home.host);
    resource->sets = resource->is_own ? SET_CRAWL : 0;
    resource->depth = resource->is_own ? 1 : -1;
    return index;
}

static inline struct str sentence(struct world *world, const char *begin,
                                  const char *path)
{
    struct buf text;

    buf_init(&text, &world->arena, 4096);
    buf_printf(&text, "%s %s", begin, path);
    return buf_str(&text);
}

/* A page that nothing is wrong with. The pointer moves with the site's next URL; the
 * page's does not. */
static inline struct page *put_page(struct world *world, const char *path)
{
    uint32_t index = put(world, path, 200);
    struct page *page = arena_new(&world->arena, struct page, 1);

    world->site.resource[index].is_page = true;
    world->site.resource[index].page = page;
    page->title = sentence(world, "Garden tools made to last, about", path);
    page->description = sentence(
        world,
        "Spades, rakes and shears forged by hand in small numbers; this is about",
        path);
    page->h1 = sentence(world, "Garden tools", path);
    page->lang = STR("en");
    page->has_title = page->has_description = page->has_lang = true;
    page->ntitles = page->nh1 = 1;
    page->main_length = 400;
    page->words = 70;
    page->text = page->content = (uint64_t)index + 1;
    return page;
}

static inline uint32_t index_of(const struct world *world, const struct page *page)
{
    for (size_t i = 0; i < world->site.n; i++)
        if (world->site.resource[i].page == page)
            return (uint32_t)i;
    return NO_RESOURCE;
}

static inline struct resource *resource_of(struct world *world, const struct page *page)
{
    return &world->site.resource[index_of(world, page)];
}

static inline void add_meta(struct world *world, struct page *page, const char *name,
                            const char *content)
{
    page->meta = arena_grow(&world->arena, page->meta, page->nmetas, page->nmetas + 1,
                            sizeof *page->meta);
    page->meta[page->nmetas++] =
        (struct meta){.name = str_of(name), .content = str_of(content), .line = 5};
}

static inline void add_edge(struct world *world, struct page *page, enum link_kind kind,
                            const char *url)
{
    struct url to = url_of(world, url);
    struct edge edge = {.kind = (uint8_t)kind, .line = 7};

    edge.target = site_put(&world->site, &to, &world->arena);
    page->edge = arena_grow(&world->arena, page->edge, page->nedges, page->nedges + 1,
                            sizeof *page->edge);
    page->edge[page->nedges++] = edge;
}

/* What the page's first link has behind its #. */
static inline void set_fragment(struct world *world, struct page *page,
                                const char *text)
{
    page->fragment = arena_new(&world->arena, struct str, 1);
    page->fragment[0] = str_of(text);
    page->nfragments = page->edge[0].fragment = 1;
}

/* Resolved against the home page. */
static inline struct canonical *add_canonical(struct world *world, struct page *page,
                                              const char *raw)
{
    struct canonical canonical = {.raw = str_of(raw), .line = 3};
    struct url url;

    canonical.result =
        url_resolve(&world->site.home, canonical.raw, NULL, &world->arena, &url);
    if (canonical.result == URL_OK)
        canonical.target = site_put(&world->site, &url, &world->arena);
    canonical.is_relative = !strstr(raw, "://");
    page->canonical = arena_grow(&world->arena, page->canonical, page->ncanonicals,
                                 page->ncanonicals + 1, sizeof *page->canonical);
    page->canonical[page->ncanonicals] = canonical;
    return &page->canonical[page->ncanonicals++];
}

static inline struct alternate *add_alternate(struct world *world, struct page *page,
                                              const char *code, const char *raw)
{
    struct alternate alternate = {.code = str_of(code), .line = 4};
    struct url url = url_of(world, raw);

    alternate.target = site_put(&world->site, &url, &world->arena);
    page->alternate = arena_grow(&world->arena, page->alternate, page->nalternates,
                                 page->nalternates + 1, sizeof *page->alternate);
    page->alternate[page->nalternates] = alternate;
    return &page->alternate[page->nalternates++];
}

static inline void set_robots(struct world *world, const char *text)
{
    world->site.robots = arena_new(&world->arena, struct site_robots, 1);
    world->site.nrobots = 1;
    world->site.robots->url = url_of(world, "/robots.txt");
    world->site.robots->status = 200;
    robots_parse(str_of(text), &world->arena, &world->site.robots->robots);
}

/* ---- what was said ---- */

static inline size_t hits_of(const struct world *world, enum check_id check)
{
    size_t n = 0;

    for (size_t i = 0; i < world->hits.n; i++)
        n += world->hits.item[i].check == check;
    return n;
}

/* The check's hit number `which`, from 0. */
static inline const struct hit *nth_hit(const struct world *world, enum check_id check,
                                        size_t which)
{
    for (size_t i = 0; i < world->hits.n; i++)
        if (world->hits.item[i].check == check && which-- == 0)
            return &world->hits.item[i];
    fail_msg("no such hit of %s", check_row(check)->id);
    return NULL;
}

static inline const struct hit *hit_of(const struct world *world, enum check_id check)
{
    return nth_hit(world, check, 0);
}

/* The check hit once, with this sentence; its subject is the sentence's first word. */
static inline void assert_hit(struct world *world, enum check_id check,
                              const char *message)
{
    assert_string_equal(hit_message(hit_of(world, check), &world->arena), message);
    assert_int_equal(hits_of(world, check), 1);
}

/* A page that must not raise a check raises none at all. */
static inline void assert_clean(struct world *world)
{
    if (world->hits.n > 0)
        fail_msg("%s: %s", check_row(world->hits.item[0].check)->id,
                 hit_message(&world->hits.item[0], &world->arena));
}

#endif
