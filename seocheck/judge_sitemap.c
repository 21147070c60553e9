/* One sitemap by itself: its format, its URLs, its dates. */
#include "seocheck/judge_sitemap.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "shared/limits.h"

#include "shared/banned.h"

enum {
    FUTURE_DAYS = 2, // zones, and clocks that go wrong
    UNIFORM_LEAST = 10,
    UNIFORM_PERCENT = 90,
    UNIFORM_S = 60,
    SCRATCH_ENTRIES = 1000, // resolved before the scratch memory is given back
};

/* A URL of the sitemap, to find others of the same key. */
struct listed {
    uint64_t key;
    uint32_t index;
};

/* A date of it, for the longest span of them. */
struct dated {
    int64_t time_s;
    uint32_t index;
};

static void add(const struct sitemap_look *look, struct hits *hits, struct hit hit)
{
    hit.subject = look->subject;
    hits_add(hits, look->arena, hit);
}

/* `value` at the entry's line. */
static void add_at(const struct sitemap_look *look, struct hits *hits,
                   enum check_id check, const struct sitemap_entry *entry,
                   const char *value)
{
    add(look, hits,
        (struct hit){
            .check = check, .value = value, .n = entry->line, .line = entry->line});
}

static void add_listed(const struct sitemap_look *look, struct hits *hits,
                       enum check_id check, const struct sitemap_entry *entry,
                       const char *value)
{
    add(look, hits,
        (struct hit){.check = check,
                     .target = str_of(url_shown(entry->loc, look->arena)),
                     .value = value,
                     .line = entry->line});
}

/* ---- URLs ---- */

static const struct url_rules *rules_of(const struct sitemap_look *look)
{
    return look->settings ? &look->settings->rules : NULL;
}

static bool has_controls(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7f)
            return true;
    return false;
}

/* RFC 3986: a letter, then letters, digits, `+-.`, up to the colon. */
static bool has_scheme(struct str text)
{
    size_t n = 0;

    for (; n < text.n; n++) {
        bool is_letter = (text.at[n] | 0x20) >= 'a' && (text.at[n] | 0x20) <= 'z';

        if (!is_letter &&
            (n == 0 || text.at[n] == '\0' || !strchr("+-.0123456789", text.at[n])))
            break;
    }
    return n > 0 && n < text.n && text.at[n] == ':';
}

/* Why a loc is none that the protocol allows; NULL where it is one. */
static const char *loc_fault(struct str loc, enum url_result result,
                             const struct url *url)
{
    if (loc.n == 0)
        return "no loc";
    if (loc.n >= SITEMAP_LOC_BYTES_MAX || result == URL_TOO_LONG)
        return "2048 bytes or more";
    if (has_controls(loc))
        return "control characters";
    if (!has_scheme(loc))
        return "relative";
    if (result == URL_OTHER_SCHEME)
        return "neither http nor https";
    if (result != URL_OK)
        return "no URL";
    if (url->has_userinfo)
        return "userinfo";
    return url->has_fragment ? "fragment" : NULL;
}

static void judge_host(const struct sitemap_look *look,
                       const struct sitemap_entry *entry, const struct url *url,
                       struct hits *hits)
{
    const struct settings *settings = look->settings;

    if (settings && !settings_is_own(settings, url))
        add_listed(look, hits, CHECK_SITEMAP_HOST, entry, "another host");
    else if (settings && settings->home.is_https && !url->is_https)
        add_listed(look, hits, CHECK_SITEMAP_HOST, entry, "http");
}

/* A sitemap speaks for its own folder, unless robots.txt names it. */
static void judge_path(const struct sitemap_look *look,
                       const struct sitemap_entry *entry, const struct url *url,
                       struct hits *hits)
{
    struct str folder;

    if (!look->url || look->is_in_robots || !str_equal(look->url->host, url->host))
        return;
    folder = look->url->path;
    while (folder.at[folder.n - 1] != '/')
        folder.n--;
    if (!str_starts(url->path, folder))
        add_listed(look, hits, CHECK_SITEMAP_PATH, entry,
                   str_format(look->arena, "outside %.*s", (int)folder.n, folder.at));
}

static int listed_compare(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* Where each entry's URL was listed first: itself, mostly. */
static uint32_t *first_mentions(struct listed *listed, size_t n, size_t nentries,
                                struct arena *arena)
{
    uint32_t *first = arena_new(arena, uint32_t, nentries);

    for (size_t i = 0; i < nentries; i++)
        first[i] = (uint32_t)i;
    if (n > 0)
        qsort(listed, n, sizeof *listed, listed_compare);
    for (size_t i = 1; i < n; i++)
        if (listed[i].key == listed[i - 1].key)
            first[listed[i].index] = first[listed[i - 1].index];
    return first;
}

/* Resolves every loc twice rather than to keep 50,000 of them. */
static uint32_t *find_mentions(const struct sitemap_look *look, struct arena *arena)
{
    const struct sitemap *sitemap = look->sitemap;
    struct listed *listed = arena_new(arena, struct listed, sitemap->n);
    struct arena scratch;
    size_t n = 0;

    arena_init(&scratch, ARENA_BYTES_MAX);
    for (size_t i = 0; i < sitemap->n; i++) {
        struct url url;

        if (url_resolve(NULL, sitemap->entry[i].loc, rules_of(look), &scratch, &url) ==
            URL_OK)
            listed[n++] = (struct listed){url.key, (uint32_t)i};
        if (i % SCRATCH_ENTRIES == 0) {
            arena_release(&scratch);
            arena_init(&scratch, ARENA_BYTES_MAX);
        }
    }
    arena_release(&scratch);
    return first_mentions(listed, n, sitemap->n, arena);
}

/* ---- dates ---- */

static void judge_lastmod(const struct sitemap_look *look,
                          const struct sitemap_entry *entry, struct hits *hits)
{
    const struct lastmod *lastmod = &entry->lastmod;
    enum check_id check = CHECK_LASTMOD_INVALID;

    if (lastmod->status == LASTMOD_GOOD && lastmod->day > look->as_of + FUTURE_DAYS)
        check = CHECK_LASTMOD_FUTURE;
    else if (lastmod->status != LASTMOD_BAD)
        return;
    add_at(look, hits, check, entry,
           str_copy(look->arena, lastmod->text.at, lastmod->text.n));
}

static void judge_missing(const struct sitemap_look *look, struct hits *hits)
{
    const struct sitemap *sitemap = look->sitemap;
    int64_t missing = 0;

    for (size_t i = 0; i < sitemap->n; i++)
        missing += sitemap->entry[i].lastmod.status == LASTMOD_NONE;
    if (missing > 0)
        add(look, hits,
            (struct hit){.check = CHECK_LASTMOD_MISSING,
                         .n = missing,
                         .limit = str_format(look->arena, "%zu", sitemap->n),
                         .value = "missing"});
}

static int dated_compare(const void *a, const void *b)
{
    const struct dated *x = a, *y = b;

    if (x->time_s != y->time_s)
        return x->time_s < y->time_s ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* How many of a span's values count: of dates without a time all share those of a day,
 * so they do only if half of their pages are known not to have changed on it. */
static size_t counted(const struct sitemap_look *look, const struct dated *dated,
                      size_t n)
{
    size_t dates = 0, kept = 0;

    for (size_t i = 0; i < n; i++)
        if (!look->sitemap->entry[dated[i].index].lastmod.has_time) {
            dates++;
            kept += look->is_kept && look->is_kept[dated[i].index];
        }
    return 2 * kept >= dates ? n : n - dates;
}

/* The build's time, not a page's: nearly all values inside a minute. */
static void judge_uniform(const struct sitemap_look *look, struct arena *scratch,
                          struct hits *hits)
{
    const struct sitemap *sitemap = look->sitemap;
    struct dated *dated = arena_new(scratch, struct dated, sitemap->n);
    size_t n = 0, first = 0, best = 0;
    const struct dated *from = dated; // of the longest span
    struct str shown;

    for (size_t i = 0; i < sitemap->n; i++)
        if (sitemap->entry[i].lastmod.status == LASTMOD_GOOD)
            dated[n++] = (struct dated){sitemap->entry[i].lastmod.time_s, (uint32_t)i};
    if (n < UNIFORM_LEAST)
        return;
    qsort(dated, n, sizeof *dated, dated_compare);
    for (size_t last = 0; last < n; last++) {
        while (dated[last].time_s - dated[first].time_s > UNIFORM_S)
            first++;
        if (last - first + 1 > best) {
            best = last - first + 1;
            from = &dated[first];
        }
    }
    best = counted(look, from, best);
    if (best * 100 < n * UNIFORM_PERCENT)
        return;
    shown = sitemap->entry[from->index].lastmod.text;
    add(look, hits,
        (struct hit){.check = CHECK_LASTMOD_UNIFORM,
                     .n = (int64_t)best,
                     .limit = str_format(look->arena, "%zu", sitemap->n),
                     .value = str_copy(look->arena, shown.at, shown.n)});
}

/* ---- all of it ---- */

static void judge_fault(const struct sitemap_look *look, struct hits *hits)
{
    const struct sitemap *sitemap = look->sitemap;
    enum sitemap_fault fault = sitemap->fault;
    struct hit hit = {.check = fault == SITEMAP_BAD_GZIP ? CHECK_SITEMAP_ERROR
                               : fault == SITEMAP_TOO_MANY || fault == SITEMAP_TOO_BIG
                                   ? CHECK_SITEMAP_TOO_BIG
                                   : CHECK_SITEMAP_INVALID,
                      .value = sitemap_fault_words(fault),
                      .n = sitemap->fault_line,
                      .line = sitemap->fault_line};

    if (fault == SITEMAP_GOOD)
        return;
    if (sitemap->fault_text[0] != '\0')
        hit.value = str_format(look->arena, "%s: %s", hit.value, sitemap->fault_text);
    add(look, hits, hit);
}

static void judge_loc(const struct sitemap_look *look,
                      const struct sitemap_entry *entry, const struct url *url,
                      const char *fault, struct hits *hits)
{
    if (!fault) {
        judge_host(look, entry, url, hits);
        judge_path(look, entry, url, hits);
    } else if (entry->loc.n == 0) {
        add_at(look, hits, CHECK_SITEMAP_LOC, entry, fault);
    } else {
        add_at(look, hits, CHECK_SITEMAP_LOC, entry,
               str_format(look->arena, "%s: %s", fault,
                          url_shown(entry->loc, look->arena)));
    }
}

static void judge_entry(const struct sitemap_look *look,
                        const struct sitemap_entry *entry, uint32_t first,
                        struct arena *scratch, struct hits *hits)
{
    const struct sitemap *sitemap = look->sitemap;
    struct url url = {0};
    enum url_result result =
        url_resolve(NULL, entry->loc, rules_of(look), scratch, &url);

    judge_loc(look, entry, &url, loc_fault(entry->loc, result, &url), hits);
    if (&sitemap->entry[first] != entry)
        add_listed(look, hits, CHECK_SITEMAP_DUPLICATE, entry,
                   str_format(look->arena, "first in line %" PRId64,
                              sitemap->entry[first].line));
    judge_lastmod(look, entry, hits);
}

void judge_sitemap(const struct sitemap_look *look, struct hits *hits)
{
    const struct sitemap *sitemap = look->sitemap;
    struct arena kept, scratch;
    const uint32_t *first;

    arena_init(&kept, ARENA_BYTES_MAX);
    arena_init(&scratch, ARENA_BYTES_MAX);
    first = find_mentions(look, &kept);
    for (size_t i = 0; i < sitemap->n; i++) {
        judge_entry(look, &sitemap->entry[i], first[i], &scratch, hits);
        if (i % SCRATCH_ENTRIES == 0) {
            arena_release(&scratch);
            arena_init(&scratch, ARENA_BYTES_MAX);
        }
    }
    judge_fault(look, hits);
    // an index has dates of files, a text has none
    if (sitemap->kind != SITEMAP_INDEX && sitemap->kind != SITEMAP_TEXT) {
        judge_missing(look, hits);
        judge_uniform(look, &kept, hits);
    }
    arena_release(&scratch);
    arena_release(&kept);
}
