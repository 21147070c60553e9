/* What each locale lacks, has without a source, outdated or in part. Pure. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "i18ncheck/content.h"
#include "shared/clock.h"

#include "shared/banned.h"

enum { LENGTH_PAGES_MIN = 20, CHANGED_HEADINGS_MIN = 2 };

/* Section 11: a length is far off beyond 4 max(1.4826 MAD, 0.05), 1.4826 MAD being the
 * standard deviation of a normal distribution (Hampel 1974, J. Am. Stat. Assoc. 69). */
#define MAD_TO_SIGMA 1.4826
#define SIGMA_MIN    0.05
#define SIGMAS_MAX   4

/* One locale while it is measured; texts are in the arena. */
struct look {
    const struct content *content;
    const char *locale;
    bool some_ready; /* a source page has ready_key: true */
    struct content_locale *out;
    double median, sigma; /* of the logarithms of lengths */
    bool has_lengths;
    struct hits *hits;
    struct arena *arena;
};

static void hit(struct look *self, enum check_id check, const struct content_page *page,
                const char *message)
{
    hits_add(self->hits, self->arena,
             (struct hit){.check = check,
                          .locale = self->locale,
                          .key = str_of(page->id),
                          .file = page->path,
                          .message = message});
}

/* ---- stale ---- */

enum staleness { STALE_NO, STALE_YES, STALE_UNKNOWN };

static enum staleness by_commit(const struct content_page *source,
                                const struct content_page *page)
{
    if (!source->git.is_known)
        return STALE_UNKNOWN;
    return strncmp(source->git.commit, page->source_commit,
                   strlen(page->source_commit)) == 0
               ? STALE_NO
               : STALE_YES;
}

/* What the page says it was made from decides, else the dates. */
static enum staleness staleness(const struct content_page *source,
                                const struct content_page *page)
{
    if (page->has_source_hash)
        return page->source_hash == source->hash ? STALE_NO : STALE_YES;
    if (page->source_commit)
        return by_commit(source, page);
    if (!source->git.is_known || !page->git.is_known)
        return STALE_UNKNOWN;
    return source->git.time_s > page->git.time_s ? STALE_YES : STALE_NO;
}

static void look_at_age(struct look *self, const struct content_page *source,
                        const struct content_page *page)
{
    enum staleness found = staleness(source, page);
    bool has_since = source->git.is_known;

    self->out->has_stale |= found != STALE_UNKNOWN;
    if (found != STALE_YES)
        return;
    self->out->stale[self->out->nstale++] =
        (struct content_stale){.id = page->id,
                               .has_since = has_since,
                               .since = source->day};
    hit(self, CHECK_CONTENT_STALE, page,
        has_since ? str_format(self->arena, "the source is newer, of %s",
                               day_text(source->day).text)
                  : "the source is newer");
}

/* ---- in part ---- */

static int double_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *value, size_t n)
{
    qsort(value, n, sizeof *value, double_compare);
    return n % 2 == 1 ? value[n / 2] : (value[n / 2 - 1] + value[n / 2]) / 2;
}

static double log_length(const struct content_page *source,
                         const struct content_page *page)
{
    return log((double)page->points / (double)source->points);
}

/* The locale's usual length, of pages that are not empty in either language. */
static void learn_lengths(struct look *self)
{
    const struct content *content = self->content;
    double *value = arena_new(self->arena, double, content->n);
    size_t n = 0;

    for (size_t i = 0; i < content->n; i++) {
        const struct content_page *page = &content->page[i], *source;

        if (strcmp(page->locale, self->locale) != 0)
            continue;
        source = content_find(content, page->id, content->rules->source);
        if (source && source->exists && page->exists && source->points > 0 &&
            page->points > 0)
            value[n++] = log_length(source, page);
    }
    self->has_lengths = n >= LENGTH_PAGES_MIN;
    if (!self->has_lengths)
        return;
    self->median = median(value, n);
    for (size_t i = 0; i < n; i++)
        value[i] = fabs(value[i] - self->median);
    self->sigma = fmax(MAD_TO_SIGMA * median(value, n), SIGMA_MIN);
}

static bool is_length_odd(const struct look *self, const struct content_page *source,
                          const struct content_page *page)
{
    if (!self->has_lengths || source->points == 0)
        return false;
    return page->points == 0 ||
           fabs(log_length(source, page) - self->median) > SIGMAS_MAX * self->sigma;
}

/* By over 20 % and at least 2. */
static bool are_headings_odd(const struct content_page *source,
                             const struct content_page *page)
{
    size_t more =
        source->nheadings > page->nheadings ? source->nheadings : page->nheadings;
    size_t less = source->nheadings + page->nheadings - more;

    return more - less >= CHANGED_HEADINGS_MIN && 5 * (more - less) > source->nheadings;
}

/* Those that the source has too, byte for byte; both are sorted. */
static size_t count_equal(const struct content_page *source,
                          const struct content_page *page)
{
    size_t n = 0, s = 0;

    for (size_t i = 0; i < page->nparagraphs; i++) {
        while (s < source->nparagraphs && source->paragraph[s] < page->paragraph[i])
            s++;
        n += s < source->nparagraphs && source->paragraph[s] == page->paragraph[i];
    }
    return n;
}

static void look_at_parts(struct look *self, const struct content_page *source,
                          const struct content_page *page)
{
    const char *why = NULL, *message = "";
    bool is_other_language =
        !locale_same_language(self->locale, self->content->rules->source);
    size_t equal = is_other_language ? count_equal(source, page) : 0;

    if (is_length_odd(self, source, page)) {
        why = "length";
        message = str_format(self->arena,
                             "%zu characters for %zu of the source, far from the usual "
                             "ratio of %.2f",
                             page->points, source->points, exp(self->median));
    } else if (are_headings_odd(source, page)) {
        why = "headings";
        message = str_format(self->arena, "headings: %zu, in the source %zu",
                             page->nheadings, source->nheadings);
    } else if (10 * equal > 3 * page->nparagraphs) {
        why = "paragraphs";
        message = str_format(self->arena, "%zu of %zu paragraphs are the source's",
                             equal, page->nparagraphs);
    }
    if (!why)
        return;
    self->out->partial[self->out->npartial++] =
        (struct content_partial){.id = page->id, .why = why};
    hit(self, CHECK_CONTENT_PARTIAL, page, message);
}

/* ---- locales ---- */

static bool is_ready(const struct look *self, const struct content_page *source)
{
    return source->exists &&
           (self->some_ready ? source->is_ready : !source->is_unready);
}

static int by_clicks(const void *a, const void *b)
{
    const struct content_page *x = *(const struct content_page *const *)a;
    const struct content_page *y = *(const struct content_page *const *)b;

    if (x->clicks != y->clicks)
        return x->clicks > y->clicks ? -1 : 1;
    return strcmp(x->id, y->id);
}

static void look_for_missing(struct look *self)
{
    const struct content *content = self->content;
    const struct content_page **missing =
        arena_new(self->arena, const struct content_page *, content->n);
    size_t n = 0;

    for (size_t i = 0; i < content->n; i++) {
        const struct content_page *source = &content->page[i], *page;

        if (strcmp(source->locale, content->rules->source) != 0)
            continue;
        page = content_find(content, source->id, self->locale);
        if ((page && page->exists) || !is_ready(self, source))
            continue;
        self->out->missing[self->out->nmissing++] = source->id;
        missing[n++] = source;
    }
    if (n > 1)
        qsort(missing, n, sizeof(struct content_page *), by_clicks);
    for (size_t i = 0; i < n; i++)
        hit(self, CHECK_CONTENT_MISSING, missing[i], "the page is missing");
}

static void look_at_page(struct look *self, const struct content_page *page)
{
    const struct content_page *source =
        content_find(self->content, page->id, self->content->rules->source);

    if (!page->exists)
        return;
    self->out->pages++;
    if (!source) {
        self->out->orphan[self->out->norphan++] = page->id;
        hit(self, CHECK_CONTENT_ORPHAN, page, "the source has no such page");
        return;
    }
    if (!source->exists)
        return;
    look_at_age(self, source, page);
    look_at_parts(self, source, page);
}

static void look_at_locale(struct look *self)
{
    const struct content *content = self->content;
    struct content_locale *out = self->out;

    out->locale = self->locale;
    out->missing = arena_new(self->arena, const char *, content->n);
    out->orphan = arena_new(self->arena, const char *, content->n);
    out->stale = arena_new(self->arena, struct content_stale, content->n);
    out->partial = arena_new(self->arena, struct content_partial, content->n);
    out->has_stale = content->has_dates;
    learn_lengths(self);
    look_for_missing(self);
    for (size_t i = 0; i < content->n; i++)
        if (strcmp(content->page[i].locale, self->locale) == 0)
            look_at_page(self, &content->page[i]);
}

void content_measure(const struct content *content, struct content_result *result,
                     struct hits *hits, struct arena *arena)
{
    struct look look = {.content = content, .hits = hits, .arena = arena};

    *result = (struct content_result){.n = content->nlocales};
    result->locale = arena_new(arena, struct content_locale, content->nlocales);
    for (size_t i = 0; i < content->n; i++) {
        const struct content_page *page = &content->page[i];

        if (strcmp(page->locale, content->rules->source) != 0 || !page->exists)
            continue;
        result->pages++;
        look.some_ready |= page->is_ready;
    }
    for (size_t i = 0; i < content->nlocales; i++) {
        look.locale = content->locale[i];
        look.out = &result->locale[i];
        look_at_locale(&look);
    }
    for (size_t i = 0; i < content->hits.n; i++)
        hits_add(hits, arena, content->hits.item[i]);
}

bool content_stale_since(const struct content_result *result, const char *locale,
                         struct str id, int32_t *since)
{
    for (size_t i = 0; i < result->n; i++) {
        const struct content_locale *at = &result->locale[i];

        if (strcmp(at->locale, locale) != 0)
            continue;
        for (size_t s = 0; s < at->nstale; s++)
            if (str_equal(str_of(at->stale[s].id), id)) {
                *since = at->stale[s].since;
                return at->stale[s].has_since;
            }
    }
    return false;
}
