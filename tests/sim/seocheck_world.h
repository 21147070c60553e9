/*
 * A generated site, who answers for it, and one round over it with the real steps.
 * Every page is put together from slots; a change is another text in one of them.
 *
 * In a slot's text: $U URL, $P path, $A the alternate's URL, $E and $D those of the
 * pair in English and German, $L language, $H heading, $N number, $M lastmod, $G the
 * day, $V lastmod moved by the days since the first round, $W words, $R how often
 * anything was asked, $B 6 MB, $K 2,100 letters, $X 50,000 entries of the start page;
 * in lower case u, p, h, n, w of another page.
 */
#ifndef TESTS_SIM_SEOCHECK_WORLD_H
#define TESTS_SIM_SEOCHECK_WORLD_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "seocheck/crawl.h"
#include "seocheck/fetch_internal.h"
#include "seocheck/round.h"
#include "shared/clock.h"
#include "shared/limits.h"

#define HOME "https://shop.example"

enum {
    NEW_PAGES = 4,
    WORDS = 150,
    CHANGES = 4,
    TRIES = 3,
    DAY0 = 20770 /* 2026-11-13 */
};

enum slot {
    SLOT_HTML,
    SLOT_TITLE,
    SLOT_DESCRIPTION,
    SLOT_META,
    SLOT_CANONICAL,
    SLOT_HREFLANG,
    SLOT_OPEN_GRAPH,
    SLOT_JSONLD,
    SLOT_HEAD,
    SLOT_BODY,
    SLOT_H1,
    SLOT_TEXT,
    SLOT_IMAGE,
    SLOT_MORE,
    SLOT_END,
    SLOT_PAGES = SLOT_END, /* the last one of a page's body */
    SLOT_X_ROBOTS,         /* headers of a page */
    SLOT_LINK,
    SLOT_ANSWER,     /* of a page: "404", "301 /path", "" is 200 */
    SLOT_START_LINK, /* to a page, in the start page */
    SLOT_ENTRY,      /* of a page in the sitemap */
    SLOT_SITEMAP_HEAD,
    SLOT_SITEMAP_TAIL,
    SLOT_SITEMAP_ANSWER,
    SLOT_ROBOTS,
    SLOT_ROBOTS_ANSWER,
    SLOT_ROUTE, /* of a page, in the file of routes */
    SLOT_PROBE, /* what is not there: "" is a 404 */
    SLOT_STYLE_ANSWER,
    SLOT_MAX_PAGES, /* no text but a number of the settings */
    SLOT_COUNT,
};

static const char *const clean[SLOT_COUNT] = {
    [SLOT_HTML] = "<!doctype html>\n<html lang=\"$L\">\n<head>\n<meta charset=utf-8>\n",
    [SLOT_TITLE] = "<title>$H, forged by hand in small lots</title>\n",
    [SLOT_DESCRIPTION] =
        "<meta name=description content=\"Spades, rakes and shears forged by hand in "
        "small numbers; this page tells about number $N of them\">\n",
    [SLOT_META] = "",
    [SLOT_CANONICAL] = "<link rel=canonical href=\"$U\">\n",
    [SLOT_HREFLANG] = "<link rel=alternate hreflang=en href=\"$E\">\n"
                      "<link rel=alternate hreflang=de href=\"$D\">\n",
    [SLOT_OPEN_GRAPH] = "<meta property=\"og:title\" content=\"$H\">\n"
                        "<meta property=\"og:type\" content=\"article\">\n"
                        "<meta property=\"og:image\" content=\"" HOME "/logo.png\">\n"
                        "<meta property=\"og:url\" content=\"$U\">\n",
    [SLOT_JSONLD] =
        "<script type=\"application/ld+json\">{\"@context\": \"https://schema.org\",\n"
        "\"@type\": \"Article\", \"headline\": \"$H\", \"url\": \"$U\",\n"
        "\"datePublished\": \"2026-01-05\", \"dateModified\": \"$M\",\n"
        "\"image\": \"" HOME "/logo.png\", \"author\": {\"@type\": \"Person\",\n"
        "\"name\": \"Ann Archer\", \"url\": \"" HOME "/\"}}</script>\n",
    [SLOT_HEAD] = "<link rel=stylesheet href=\"/style.css\">\n"
                  "<script src=\"/app.js\"></script>\n",
    [SLOT_BODY] = "</head>\n<body>\n<nav><a href=\"/\">Home</a></nav>\n<main>\n",
    [SLOT_H1] = "<h1>$H</h1>\n",
    [SLOT_TEXT] = "<p id=text>$W</p>\n",
    [SLOT_IMAGE] = "<img src=\"/logo.png\" alt=\"A spade\">\n"
                   "<a href=\"https://other.example/fine\">Friends</a>\n",
    [SLOT_MORE] = "",
    [SLOT_END] = "</main>\n</body>\n</html>\n",
    [SLOT_X_ROBOTS] = "",
    [SLOT_LINK] = "",
    [SLOT_ANSWER] = "",
    [SLOT_START_LINK] = "<a href=\"$P\">$H</a>\n",
    [SLOT_ENTRY] = "<url><loc>$U</loc><lastmod>$M</lastmod></url>\n",
    [SLOT_SITEMAP_HEAD] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    [SLOT_SITEMAP_TAIL] = "</urlset>\n",
    [SLOT_SITEMAP_ANSWER] = "",
    [SLOT_ROBOTS] = "User-agent: *\nDisallow: /private/\n"
                    "Sitemap: " HOME "/sitemap.xml\n",
    [SLOT_ROBOTS_ANSWER] = "",
    [SLOT_ROUTE] = "$P\n",
    [SLOT_PROBE] = "",
    [SLOT_STYLE_ANSWER] = "",
    [SLOT_MAX_PAGES] = "2000",
};

/* Pages beside those of the site, whatever asks for them. */
static const struct aside {
    const char *url, *answer, *type, *body;
} asides[] = {
    {HOME "/logo.png", "", "image/png", ""},
    {HOME "/app.js", "", "text/javascript", ""},
    {HOME "/x/moved", "301 " HOME "/", NULL, NULL},
    {HOME "/x/chain", "302 " HOME "/x/chain2", NULL, NULL},
    {HOME "/x/chain2", "302 " HOME "/", NULL, NULL},
    {HOME "/x/loop", "302 " HOME "/x/loop", NULL, NULL},
    {HOME "/x/down", "302 http://shop.example/x/fine", NULL, NULL},
    {HOME "/x/variant", "", "text/html",
     "<!doctype html><html lang=en><title>Garden tools in another colour</title>"
     "<link rel=canonical href=\"" HOME "/\"><h1>Garden tools</h1><p>All of them"},
    {"http://shop.example/x/fine", "", "text/plain", "fine"},
    {"http://shop.example/logo.png", "", "image/png", ""},
    {"https://other.example/fine", "", "text/html", ""},
    {"https://other.example/wall", "403", NULL, NULL},
    {HOME "/x/index.xml", "", "text/xml",
     "<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
     "<sitemap><loc>" HOME "/x/index2.xml</loc></sitemap>\n</sitemapindex>\n"},
    {HOME "/x/index2.xml", "", "text/xml",
     "<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
     "<sitemap><loc>" HOME "/sitemap.xml</loc></sitemap>\n</sitemapindex>\n"},
    {HOME "/x/deep/sitemap.xml", "", "text/xml",
     "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
     "<url><loc>" HOME "/</loc><lastmod>2026-03-01</lastmod></url>\n</urlset>\n"},
};

enum { ASIDES = sizeof asides / sizeof *asides };

struct change {
    enum slot slot;
    bool is_all; /* of all pages, else of the victim */
    const char *text;
};

/* How requests fail: each try by itself, up to three; or the answer after all tries,
 * never of one URL on two days in a row and never of what a whole site hangs on. */
enum failing { FAIL_NONE, FAIL_TRIES, FAIL_ANSWERS };

struct seo_world {
    struct fetcher fetcher; /* first: the table's row points here */
    uint64_t random;        /* SplitMix64 */
    uint64_t seed;
    int npages; /* then NEW_PAGES that only changes lead to */
    int victim, other;
    const struct change *change;
    size_t nchanges;
    int32_t as_of;
    enum failing failing;
    double p;
    int volatile_percent;
    int64_t nasked, nfailed;
    struct settings settings;
    char routes[128]; /* file of routes */
};

struct known_day {
    struct arena arena;
    int32_t through; /* 0: nothing is known */
    struct findings findings;
    struct history history;
    int64_t nurls;
};

/* ---- chance ---- */

static inline uint64_t mixed(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

static inline uint64_t draw(struct seo_world *world)
{
    return mixed(world->random += 0x9e3779b97f4a7c15U);
}

static inline bool happens(struct seo_world *world, double p)
{
    return (double)(draw(world) >> 11) * 0x1p-53 < p;
}

/* The same for one URL and day, however often it is asked. */
static inline bool is_bad_day(const struct seo_world *world, struct str url,
                              int32_t day)
{
    uint64_t key = world->seed;

    for (size_t i = 0; i < url.n; i++)
        key = mixed(key ^ (unsigned char)url.at[i]);
    return (double)(mixed(key ^ (uint64_t)day) >> 11) * 0x1p-53 < world->p;
}

static inline void die(const char *what)
{
    (void)fprintf(stderr, "%s\n", what);
    exit(1);
}

/* ---- texts ---- */

static inline const char *page_path(const struct seo_world *world, int page,
                                    struct arena *arena)
{
    if (page == 0)
        return "/";
    if (page >= world->npages)
        return str_format(arena, "/x/new-%d", page - world->npages + 1);
    return str_format(arena, "/%s/tool-%04d", page % 2 == 1 ? "en" : "de",
                      (page + 1) / 2);
}

static inline const char *page_url(const struct seo_world *world, int page,
                                   struct arena *arena)
{
    return str_format(arena, HOME "%s", page_path(world, page, arena));
}

/* npages is odd: each page but the first has its pair. */
static inline int pair_of(const struct seo_world *world, int page)
{
    if (page == 0 || page >= world->npages)
        return page;
    return page % 2 == 1 ? page + 1 : page - 1;
}

static inline void add_words(const struct seo_world *world, int page, struct buf *out)
{
    uint64_t at = mixed(world->seed * 1000003U + (uint64_t)page);

    for (int i = 0; i < WORDS; i++) {
        at = mixed(at + 0x9e3779b97f4a7c15U);
        for (unsigned j = 0; j < 3; j++) {
            buf_add(out, &"bdfgklmnprstvz"[(at >> (16 * j)) % 14], 1);
            buf_add(out, &"aeiou"[(at >> (16 * j + 8)) % 5], 1);
        }
        buf_add_text(out, " ");
    }
}

static inline int32_t lastmod_day(int page)
{
    return DAY0 - 20 - page % 97;
}

static inline void add_place(const struct seo_world *world, int page, char what,
                             struct buf *out)
{
    struct arena *arena = out->arena;
    int pair = pair_of(world, page);

    switch (what) {
    case 'U': buf_add_text(out, page_url(world, page, arena)); break;
    case 'P': buf_add_text(out, page_path(world, page, arena)); break;
    case 'A': buf_add_text(out, page_url(world, pair, arena)); break;
    case 'E':
        buf_add_text(out, page_url(world, page % 2 == 1 ? page : pair, arena));
        break;
    case 'D':
        buf_add_text(out, page_url(world, page % 2 == 1 ? pair : page, arena));
        break;
    case 'L': buf_add_text(out, page % 2 == 1 || page == 0 ? "en" : "de"); break;
    case 'H': buf_printf(out, "Garden tools number %04d", page); break;
    case 'N': buf_printf(out, "%04d", page); break;
    case 'M': buf_add_text(out, day_text(lastmod_day(page)).text); break;
    case 'G': buf_add_text(out, day_text(world->as_of).text); break;
    case 'V':
        buf_add_text(out, day_text(lastmod_day(page) + world->as_of - DAY0).text);
        break;
    case 'W': add_words(world, page, out); break;
    case 'R': buf_printf(out, "%lld", (long long)world->nasked); break;
    case 'B':
        for (int i = 0; i < 600000; i++)
            buf_add_text(out, "# letters\n");
        break;
    case 'K':
        for (int i = 0; i < 2100; i++)
            buf_add_text(out, "k");
        break;
    case 'X':
        for (int i = 0; i < SITEMAP_ENTRIES_MAX; i++)
            buf_add_text(out, "<url><loc>" HOME "/</loc></url>\n");
        break;
    case '$': buf_add_text(out, "$"); break;
    default: die("no such text");
    }
}

static inline void expand(const struct seo_world *world, int page, const char *text,
                          struct buf *out)
{
    while (*text != '\0') {
        size_t plain = strcspn(text, "$");

        buf_add(out, text, plain);
        text += plain;
        if (*text == '$') {
            bool is_other = text[1] >= 'a';

            add_place(world, is_other ? world->other : page,
                      is_other ? (char)(text[1] - 'a' + 'A') : text[1], out);
            text += 2;
        }
    }
}

static inline const char *slot_text(const struct seo_world *world, enum slot slot,
                                    int page)
{
    for (size_t i = world->nchanges; i > 0; i--) { // the last one holds
        const struct change *change = &world->change[i - 1];

        if (change->text && change->slot == slot &&
            (change->is_all || page == world->victim))
            return change->text;
    }
    if (slot == SLOT_HREFLANG && pair_of(world, page) == page)
        return "";
    return clean[slot];
}

static inline void add_slot(const struct seo_world *world, enum slot slot, int page,
                            struct buf *out)
{
    expand(world, page, slot_text(world, slot, page), out);
}

static inline bool is_volatile(const struct seo_world *world, int page)
{
    return page > 0 && page * 100 / (world->npages - 1) < world->volatile_percent;
}

static inline void add_page(const struct seo_world *world, int page, struct buf *out)
{
    for (int slot = 0; slot <= SLOT_PAGES; slot++) {
        if (slot == SLOT_END && page == 0)
            for (int i = 1; i < world->npages; i++)
                add_slot(world, SLOT_START_LINK, i, out);
        if (slot == SLOT_END && page >= world->npages &&
            page < world->npages + NEW_PAGES - 1)
            expand(world, page + 1, "<a href=\"$P\">More</a>\n", out);
        if (slot == SLOT_END && is_volatile(world, page))
            expand(world, page, "<p>$R visitors</p>\n", out);
        add_slot(world, (enum slot)slot, page, out);
    }
}

static inline void add_each(const struct seo_world *world, enum slot slot,
                            struct buf *out)
{
    for (int i = 0; i < world->npages; i++)
        add_slot(world, slot, i, out);
}

/* ---- who answers ---- */

/* "404", "301 URL", "" is 200. */
static inline void set_answer(struct seo_world *world,
                              const struct fetch_request *request, const char *answer,
                              struct fetch_reply *reply)
{
    char *rest = NULL;
    long status = *answer != '\0' ? strtol(answer, &rest, 10) : 200;

    fetch_judge(&world->fetcher, request, (int)status, false, reply);
    if (rest && *rest == ' ')
        reply->location = str_of(rest + 1);
}

static inline bool fails(struct seo_world *world, const struct fetch_request *request)
{
    struct str url = request->url->text;
    int tries = 0;

    switch (world->failing) {
    case FAIL_NONE: break;
    case FAIL_TRIES:
        while (tries < TRIES && happens(world, world->p))
            tries++;
        return tries == TRIES;
    case FAIL_ANSWERS:
        return !str_equal(url, STR(HOME "/")) &&
               !str_equal(url, STR(HOME "/robots.txt")) &&
               is_bad_day(world, url, world->as_of) &&
               !is_bad_day(world, url, world->as_of - 1);
    }
    return false;
}

static inline int find_page(const struct seo_world *world, struct str path,
                            struct arena *arena)
{
    for (int i = 0; i < world->npages + NEW_PAGES; i++)
        if (str_equal(path, str_of(page_path(world, i, arena))))
            return i;
    return -1;
}

static inline void answer_page(struct seo_world *world,
                               const struct fetch_request *request, int page,
                               struct buf *out, struct fetch_reply *reply)
{
    struct buf text;

    buf_init(&text, out->arena, MIB);
    add_slot(world, SLOT_ANSWER, page, &text);
    set_answer(world, request, text.n > 0 ? text.at : "", reply);
    buf_init(&text, out->arena, MIB);
    add_slot(world, SLOT_X_ROBOTS, page, &text);
    reply->x_robots = buf_str(&text);
    buf_init(&text, out->arena, MIB);
    add_slot(world, SLOT_LINK, page, &text);
    reply->link = buf_str(&text);
    add_page(world, page, out);
}

static inline bool answer_aside(struct seo_world *world,
                                const struct fetch_request *request, struct buf *out,
                                struct fetch_reply *reply)
{
    for (size_t i = 0; i < ASIDES; i++)
        if (str_equal(request->url->text, str_of(asides[i].url))) {
            set_answer(world, request, asides[i].answer, reply);
            reply->content_type = str_of(asides[i].type);
            buf_add_text(out, asides[i].body ? asides[i].body : "");
            return true;
        }
    return false;
}

static inline void answer_file(struct seo_world *world,
                               const struct fetch_request *request, struct buf *out,
                               struct fetch_reply *reply)
{
    struct str path = request->url->path;

    if (str_equal(path, STR("/robots.txt"))) {
        set_answer(world, request, slot_text(world, SLOT_ROBOTS_ANSWER, world->victim),
                   reply);
        reply->content_type = STR("text/plain");
        expand(world, world->victim, slot_text(world, SLOT_ROBOTS, world->victim), out);
    } else if (str_equal(path, STR("/sitemap.xml"))) {
        set_answer(world, request, slot_text(world, SLOT_SITEMAP_ANSWER, world->victim),
                   reply);
        reply->content_type = STR("text/xml");
        add_slot(world, SLOT_SITEMAP_HEAD, world->victim, out);
        add_each(world, SLOT_ENTRY, out);
        add_slot(world, SLOT_SITEMAP_TAIL, world->victim, out);
    } else if (str_equal(path, STR("/style.css"))) {
        set_answer(world, request, slot_text(world, SLOT_STYLE_ANSWER, world->victim),
                   reply);
        reply->content_type = STR("text/css");
    } else if (*slot_text(world, SLOT_PROBE, world->victim) != '\0' &&
               str_ends(path, STR("no-such-page-7f3a"))) {
        set_answer(world, request, "", reply);
        add_page(world, world->victim, out);
    } else {
        set_answer(world, request, "404", reply);
    }
}

static inline bool answer_all(struct fetcher *fetcher,
                              const struct fetch_request *requests, size_t n,
                              fetch_done done, void *context, struct err *err)
{
    struct seo_world *world = (struct seo_world *)fetcher;
    struct arena arena;
    bool ok = true;

    arena_init(&arena, ARENA_BYTES_MAX);
    for (size_t i = 0; ok && i < n; i++) {
        struct fetch_reply reply = {.detail = "", .content_type = STR("text/html")};
        bool is_home = str_starts(requests[i].url->text, STR(HOME "/"));
        int page = is_home && !requests[i].url->has_query
                       ? find_page(world, requests[i].url->path, &arena)
                       : -1;
        struct buf body;

        buf_init(&body, &arena, 16 * MIB);
        world->nasked++;
        if (fails(world, &requests[i])) {
            world->nfailed++;
            if (world->nfailed % 2 == 0)
                fetch_judge(fetcher, &requests[i], 502, false, &reply);
            else
                reply = (struct fetch_reply){.url_class = CLASS_NETWORK,
                                             .detail = "timeout"};
        } else if (page >= 0) {
            answer_page(world, &requests[i], page, &body, &reply);
        } else if (!answer_aside(world, &requests[i], &body, &reply)) {
            answer_file(world, &requests[i], &body, &reply);
        }
        if (requests[i].kind == FETCH_GET && reply.status != 0) {
            reply.body = buf_str(&body);
            reply.is_cut = body.n > requests[i].most_bytes;
            if (reply.is_cut)
                reply.body.n = requests[i].most_bytes;
        }
        ok = done(context, i, &reply, err);
        if (arena.total > 8 * MIB) {
            arena_release(&arena);
            arena_init(&arena, ARENA_BYTES_MAX);
        }
    }
    arena_release(&arena);
    return ok;
}

/* ---- a round ---- */

static inline void write_routes(const struct seo_world *world, struct arena *arena)
{
    FILE *file = fopen(world->routes, "w");
    struct buf text;

    buf_init(&text, arena, MIB);
    add_each(world, SLOT_ROUTE, &text);
    if (!file || fwrite(text.at, 1, text.n, file) != text.n || fclose(file) != 0)
        die("cannot write the routes");
}

/* `home` has to live as long as the world. */
static inline void seo_world_init(struct seo_world *world, int npages, uint64_t seed,
                                  struct arena *home)
{
    static const char *const agents[] = {"Googlebot"};
    static const char *const strip[] = {"utm_*"};
    struct settings *settings = &world->settings;
    char routes[sizeof world->routes];

    memcpy(routes, world->routes, sizeof routes);
    *world = (struct seo_world){.random = seed, .seed = seed, .npages = npages};
    memcpy(world->routes, routes, sizeof routes);
    world->fetcher =
        (struct fetcher){.all = answer_all, .has_headers = true, .arena = home};
    if (url_resolve(NULL, STR(HOME "/"), NULL, home, &settings->home) != URL_OK)
        die("no home");
    settings->start = &settings->home;
    settings->nstarts = 1;
    settings->max_depth = 25;
    settings->rules = (struct url_rules){strip, 1};
    settings->obey_robots = true;
    settings->external_check = true;
    settings->external_days = 1;
    settings->route_source = "file";
    settings->route_path = world->routes;
    settings->agents = (struct site_agents){agents, 1};
    settings->title = (struct limits_of_text){30, 60};
    settings->description = (struct limits_of_text){70, 155};
    settings->h1_most = 70;
    settings->depth_most = 3;
    settings->confirm_days = 2;
    settings->group_over = 25;
}

/* One day: everything is asked, judged and written as it is kept; `after` is read back
 * from what was written. Its arena is initialised here. */
static inline void seo_world_day(struct seo_world *world, int32_t as_of,
                                 const struct known_day *before,
                                 struct known_day *after)
{
    struct arena *arena = &after->arena;
    struct crawl crawl = {.settings = &world->settings,
                          .fetcher = &world->fetcher,
                          .history = &before->history,
                          .as_of = as_of};
    struct site site = {0};
    struct history rows;
    struct hits hits = {0};
    struct findings now = {0};
    struct look look = {.site = &site,
                        .settings = &world->settings,
                        .before = &before->history,
                        .through = before->through,
                        .as_of = as_of,
                        .arena = arena};
    struct err err = {0};
    struct buf text;
    json_t *document;

    *after = (struct known_day){0};
    arena_init(arena, ARENA_BYTES_MAX);
    world->as_of = as_of;
    world->settings.max_pages =
        (int)strtol(slot_text(world, SLOT_MAX_PAGES, world->victim), NULL, 10);
    write_routes(world, arena);
    if (!site_collect(&crawl, arena, &site, &err))
        die(err.text);
    site_judge(&look, &rows, &hits);
    judge_findings(&look, &hits, &before->findings, &now);
    document = state_document(&site, &now, NULL, as_of, arena);
    buf_init(&text, arena, HISTORY_BYTES_MAX);
    history_format(&rows, &text);
    if (!state_findings(document, arena, &after->through, &after->findings, &err) ||
        !history_parse((struct str){text.at + sizeof SEO_HISTORY_HEADER,
                                    text.n - sizeof SEO_HISTORY_HEADER},
                       "history", arena, &after->history, &err))
        die(err.text);
    json_decref(document);
    after->nurls = site.asked_own;
}

#endif
