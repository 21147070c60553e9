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
    SLOTS_FIRST = 1 << 10,
    SHOWN_BYTES_MAX =
        4 * OUTSIDE_TEXT_MAX, // of a value, before it is cut to characters
};

/* A URL of the sitemap, to find others of the same key. */
struct listed {
    uint64_t key; // 0: free
    int64_t line; // of the first
};

/* A date of it, for the longest span of them. */
struct dated {
    int64_t time_s;
    uint32_t index;
    bool has_time;
    const char *text;
};

struct sitemap_judging {
    const struct sitemap_look *look;
    struct hits *hits;
    struct arena kept;    // what follows
    struct arena scratch; // of some entries
    struct listed *slot;  // open addressing
    size_t nslots, nlisted;
    struct dated *dated; // good ones
    size_t ndated, dated_capacity;
    size_t n; // entries
    int64_t missing;
};

static void add(const struct sitemap_look *look, struct hits *hits, struct hit hit)
{
    hit.subject = look->subject;
    hits_add(hits, look->arena, hit);
}

/* As much of it as anybody will see. */
static const char *shown(struct str text, struct arena *arena)
{
    return str_copy(arena, text.at,
                    text.n < SHOWN_BYTES_MAX ? text.n : SHOWN_BYTES_MAX);
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

/* Its slot, or the free one where it belongs. */
static struct listed *slot_of(struct listed *slot, size_t nslots, uint64_t key)
{
    size_t at = (size_t)key & (nslots - 1);

    while (slot[at].key != 0 && slot[at].key != key)
        at = (at + 1) & (nslots - 1);
    return &slot[at];
}

static void make_room(struct sitemap_judging *judging)
{
    size_t n = judging->nslots > 0 ? 2 * judging->nslots : SLOTS_FIRST;
    struct listed *slot;

    if (2 * judging->nlisted < judging->nslots)
        return;
    slot = arena_new(&judging->kept, struct listed, n);
    for (size_t i = 0; i < judging->nslots; i++)
        if (judging->slot[i].key != 0)
            *slot_of(slot, n, judging->slot[i].key) = judging->slot[i];
    judging->slot = slot;
    judging->nslots = n;
}

/* The line that listed it first; 0: none did, and now this one has. */
static int64_t first_mention(struct sitemap_judging *judging, uint64_t key,
                             int64_t line)
{
    struct listed *listed;

    make_room(judging);
    key += key == 0;
    listed = slot_of(judging->slot, judging->nslots, key);
    if (listed->key != 0)
        return listed->line;
    *listed = (struct listed){key, line};
    judging->nlisted++;
    return 0;
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
    add_at(look, hits, check, entry, shown(lastmod->text, look->arena));
}

/* Its text is shown when the span begins with it. */
static void keep_date(struct sitemap_judging *judging, const struct lastmod *lastmod)
{
    struct arena *kept = &judging->kept;

    judging->missing += lastmod->status == LASTMOD_NONE;
    if (lastmod->status != LASTMOD_GOOD)
        return;
    judging->dated = arena_room(kept, judging->dated, judging->ndated,
                                &judging->dated_capacity, sizeof *judging->dated);
    judging->dated[judging->ndated++] = (struct dated){
        .time_s = lastmod->time_s,
        .index = (uint32_t)judging->n,
        .has_time = lastmod->has_time,
        .text = shown(lastmod->text, kept),
    };
}

static void judge_missing(const struct sitemap_judging *judging)
{
    const struct sitemap_look *look = judging->look;

    if (judging->missing > 0)
        add(look, judging->hits,
            (struct hit){.check = CHECK_LASTMOD_MISSING,
                         .n = judging->missing,
                         .limit = str_format(look->arena, "%zu", judging->n),
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
        if (!dated[i].has_time) {
            dates++;
            kept += look->is_kept && look->is_kept[dated[i].index];
        }
    return 2 * kept >= dates ? n : n - dates;
}

/* The build's time, not a page's: nearly all values inside a minute. */
static void judge_uniform(const struct sitemap_judging *judging)
{
    const struct sitemap_look *look = judging->look;
    struct dated *dated = judging->dated;
    size_t n = judging->ndated, first = 0, best = 0;
    const struct dated *from = dated; // of the longest span

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
    add(look, judging->hits,
        (struct hit){.check = CHECK_LASTMOD_UNIFORM,
                     .n = (int64_t)best,
                     .limit = str_format(look->arena, "%zu", judging->n),
                     .value = str_copy(look->arena, from->text, strlen(from->text))});
}

/* ---- all of it ---- */

static void judge_fault(const struct sitemap_look *look, const struct sitemap *sitemap,
                        struct hits *hits)
{
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
    struct str loc = entry->loc;

    loc.n = loc.n < SHOWN_BYTES_MAX ? loc.n : SHOWN_BYTES_MAX;
    if (!fault) {
        judge_host(look, entry, url, hits);
        judge_path(look, entry, url, hits);
    } else if (loc.n == 0) {
        add_at(look, hits, CHECK_SITEMAP_LOC, entry, fault);
    } else {
        add_at(look, hits, CHECK_SITEMAP_LOC, entry,
               str_format(look->arena, "%s: %s", fault, url_shown(loc, look->arena)));
    }
}

void sitemap_judge_entry(struct sitemap_judging *judging,
                         const struct sitemap_entry *entry)
{
    const struct sitemap_look *look = judging->look;
    struct url url = {0};
    enum url_result result = url_resolve_absolute(look->url, entry->loc, rules_of(look),
                                                  &judging->scratch, &url);
    int64_t first = result == URL_OK ? first_mention(judging, url.key, entry->line) : 0;

    judge_loc(look, entry, &url, loc_fault(entry->loc, result, &url), judging->hits);
    if (first > 0)
        add_listed(look, judging->hits, CHECK_SITEMAP_DUPLICATE, entry,
                   str_format(look->arena, "first in line %" PRId64, first));
    judge_lastmod(look, entry, judging->hits);
    keep_date(judging, &entry->lastmod);
    judging->n++;
    if (judging->scratch.total > MIB) {
        arena_release(&judging->scratch);
        arena_init(&judging->scratch, ARENA_BYTES_MAX);
    }
}

struct sitemap_judging *sitemap_judge_begin(const struct sitemap_look *look,
                                            struct hits *hits)
{
    struct sitemap_judging *judging = arena_new(look->arena, struct sitemap_judging, 1);

    judging->look = look;
    judging->hits = hits;
    arena_init(&judging->kept, ARENA_BYTES_MAX);
    arena_init(&judging->scratch, ARENA_BYTES_MAX);
    return judging;
}

void sitemap_judge_end(struct sitemap_judging *judging, const struct sitemap *sitemap)
{
    if (sitemap)
        judge_fault(judging->look, sitemap, judging->hits);
    // an index has dates of files, a text has none
    if (sitemap && sitemap->kind != SITEMAP_INDEX && sitemap->kind != SITEMAP_TEXT) {
        judge_missing(judging);
        judge_uniform(judging);
    }
    arena_release(&judging->scratch);
    arena_release(&judging->kept);
}

void judge_sitemap(const struct sitemap_look *look, const struct sitemap *sitemap,
                   struct hits *hits)
{
    struct sitemap_judging *judging = sitemap_judge_begin(look, hits);

    for (size_t i = 0; i < sitemap->n; i++)
        sitemap_judge_entry(judging, &sitemap->entry[i]);
    sitemap_judge_end(judging, sitemap);
}
