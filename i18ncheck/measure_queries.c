/* What Search Console's queries say: those that no page covers, those that two pages of
 * a locale share, those that lead to a page in another language. Pure. */
#include <stdlib.h>
#include <string.h>

#include "i18ncheck/keyword_internal.h"
#include "shared/limits.h"

#include "shared/banned.h"

enum { PAGE_IMPRESSIONS_MIN = 10, SECOND_PERCENT_MIN = 20 };

/* A keyword by its ASCII part in small letters, which queries are found by. */
struct folded {
    const char *text;
    const struct keyword *keyword;
};

/* Rows of one query. */
struct group {
    const struct search_row *row;
    size_t n;
    struct str text;
    const char *locale;
    int64_t impressions, wanted;
};

struct look {
    struct keyword_look *all;
    struct folded *folded; /* sorted */
    struct locale_set known;
    struct arena *arena;
};

/* ---- keywords of queries ---- */

static const char *fold(struct str text, struct arena *arena)
{
    char *to = arena_new(arena, char, text.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];

        if ((unsigned char)c < 0x80)
            to[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    return to;
}

static int folded_compare(const void *a, const void *b)
{
    const struct folded *x = a, *y = b;
    int order = strcmp(x->text, y->text);

    // the list is sorted by text and locale
    return order != 0 ? order : (x->keyword > y->keyword) - (x->keyword < y->keyword);
}

static void fold_keywords(struct look *self)
{
    const struct keywords *keywords = self->all->keywords;

    self->folded = arena_new(self->arena, struct folded, keywords->n);
    for (size_t i = 0; i < keywords->n; i++)
        self->folded[i] = (struct folded){fold(keywords->item[i].text, self->arena),
                                          &keywords->item[i]};
    if (keywords->n > 1)
        qsort(self->folded, keywords->n, sizeof *self->folded, folded_compare);
}

static bool is_ascii(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.at[i] >= 0x80)
            return false;
    return true;
}

/* Their ASCII parts are the same; of other letters PCRE2 knows the cases. */
static bool is_query(struct look *self, const struct keyword *keyword, struct str query)
{
    struct needle needle;
    bool is_same = str_equal_ignoring_case(keyword->text, query);

    if (is_same || is_ascii(query))
        return is_same;
    needle_init(&needle, keyword->text, true, self->arena);
    is_same = needle_is(&needle, query);
    needle_release(&needle);
    return is_same;
}

/* First of `folded` that is not before the text. */
static size_t first_folded(const struct look *self, const char *text)
{
    size_t low = 0, high = self->all->keywords->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(self->folded[middle].text, text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- locales of queries ---- */

/* That of the countries with the most impressions; NULL: of none. */
static const char *country_locale(struct look *self, const struct group *group)
{
    const struct keyword_rules *rules = self->all->rules;
    int64_t *sum = arena_new(self->arena, int64_t, rules->ncountries);
    const char *best = NULL;
    int64_t most = 0;

    for (size_t i = 0; i < group->n; i++)
        for (size_t c = 0; c < rules->ncountries; c++)
            if (str_equal_ignoring_case(group->row[i].country,
                                        str_of(rules->country[c].country)))
                sum[c] += group->row[i].impressions;
    for (size_t c = 0; c < rules->ncountries; c++) {
        int64_t whole = 0;

        for (size_t d = 0; d < rules->ncountries; d++)
            if (strcmp(rules->country[d].locale, rules->country[c].locale) == 0)
                whole += sum[d];
        if (whole < most || whole == 0 ||
            (whole == most && best && strcmp(rules->country[c].locale, best) >= 0))
            continue;
        most = whole;
        best = rules->country[c].locale;
    }
    return best;
}

/* The keyword list decides, then countries, then the source's locale; of a keyword in
 * several locales that of the countries, the source's, or the first. */
static void place(struct look *self, struct group *group)
{
    const struct keyword_rules *rules = self->all->rules;
    const char *text = fold(group->text, self->arena);
    const char *by_country = country_locale(self, group);
    const struct keyword *found = NULL;

    for (size_t i = first_folded(self, text);
         i < self->all->keywords->n && strcmp(self->folded[i].text, text) == 0; i++) {
        const struct keyword *keyword = self->folded[i].keyword;
        const char *wanted = by_country ? by_country : rules->source;

        if (is_query(self, keyword, group->text) &&
            (!found || strcmp(keyword->locale, wanted) == 0 ||
             (strcmp(found->locale, wanted) != 0 &&
              strcmp(keyword->locale, rules->source) == 0)))
            found = keyword;
    }
    group->locale = found ? found->locale : by_country ? by_country : rules->source;
    group->wanted =
        found && found->has_min ? found->min_impressions : rules->min_impressions;
}

/* ---- sums ---- */

static int shape_of(const struct search_row *row)
{
    return (row->page.n > 0) + 2 * (row->country.n > 0);
}

/* Reports by page, by country and by neither count the same impressions: the largest
 * sum is taken. */
static int64_t impressions_of(const struct group *group)
{
    int64_t sum[4] = {0}, most = 0;

    for (size_t i = 0; i < group->n; i++)
        sum[shape_of(&group->row[i])] += group->row[i].impressions;
    for (size_t i = 0; i < 4; i++)
        most = sum[i] > most ? sum[i] : most;
    return most;
}

/* Pages of the query by URL, from rows of one kind; each has its locale. */
static struct query_page *pages_of(struct look *self, const struct group *group,
                                   size_t *n)
{
    struct query_page *page = arena_new(self->arena, struct query_page, group->n);
    int shape = 3;

    for (size_t i = 0; i < group->n; i++)
        if (shape_of(&group->row[i]) == 1)
            shape = 1;
    *n = 0;
    for (size_t i = 0; i < group->n; i++) {
        const struct search_row *row = &group->row[i];
        struct url_parts parts;

        if (shape_of(row) != shape)
            continue;
        if (*n == 0 || !str_equal(page[*n - 1].url, row->page)) {
            if (!url_split(row->page, &self->known, self->arena, &parts))
                continue;
            page[(*n)++] =
                (struct query_page){.url = row->page,
                                    .locale = parts.locale ? parts.locale
                                                           : self->all->rules->source};
        }
        page[*n - 1].impressions += row->impressions;
        page[*n - 1].clicks += row->clicks;
    }
    return page;
}

/* ---- what is wrong ---- */

static void add(struct look *self, struct queries *queries, struct query query)
{
    queries->item = arena_room(self->all->arena, queries->item, queries->n,
                               &queries->capacity, sizeof query);
    queries->item[queries->n++] = query;
}

static void hit(struct look *self, enum check_id check, const struct group *group,
                const char *locale, struct str url, const char *message)
{
    struct arena *arena = self->all->arena;

    hits_add(self->all->hits, arena,
             (struct hit){.check = check,
                          .locale = locale,
                          .key = group->text,
                          .file = url.n > 0 ? str_copy(arena, url.at, url.n) : "",
                          .message = message});
}

static bool has_strong_page(struct look *self, const struct group *group)
{
    const struct keyword_pages *pages = self->all->pages;
    struct needle needle;
    bool found = false;

    needle_init(&needle, group->text, false, self->arena);
    for (size_t i = 0; i < pages->n && !found; i++)
        found = strcmp(pages->item[i].locale, group->locale) == 0 &&
                needle_is_strong(&needle, &pages->item[i]);
    if (!found && needle.is_costly) {
        keyword_not_measured(self->all, str_format(self->all->arena, "query '%.*s'",
                                                   (int)group->text.n, group->text.at));
        found = true;
    }
    needle_release(&needle);
    return found;
}

static void look_for_orphan(struct look *self, const struct group *group)
{
    if (group->impressions < group->wanted || has_strong_page(self, group))
        return;
    add(self, &self->all->result->orphans,
        (struct query){.text = group->text,
                       .locale = group->locale,
                       .impressions = group->impressions});
    hit(self, CHECK_QUERY_ORPHAN, group, group->locale, (struct str){0},
        str_format(self->all->arena, "%lld impressions, and no page covers the query",
                   (long long)group->impressions));
}

/* Pages of one locale that count, at the front of `to`. */
static size_t of_locale(const struct query_page *page, size_t n, const char *locale,
                        struct query_page *to)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (strcmp(page[i].locale, locale) == 0 &&
            page[i].impressions >= PAGE_IMPRESSIONS_MIN)
            to[kept++] = page[i];
    return kept;
}

static bool is_shared(const struct query_page *page, size_t n)
{
    int64_t sum = 0, first = 0, second = 0;

    for (size_t i = 0; i < n; i++) {
        int64_t count = page[i].impressions;

        sum += count;
        if (count > first) {
            second = first;
            first = count;
        } else if (count > second) {
            second = count;
        }
    }
    return n >= 2 && 100 * second >= SECOND_PERCENT_MIN * sum;
}

static void look_for_cannibals(struct look *self, const struct group *group,
                               const struct query_page *page, size_t n)
{
    struct arena *arena = self->all->arena;

    for (size_t i = 0; i < n; i++) {
        struct query_page *counted;
        bool is_new = true;
        size_t kept;

        for (size_t j = 0; j < i && is_new; j++)
            is_new = strcmp(page[j].locale, page[i].locale) != 0;
        if (!is_new)
            continue;
        counted = arena_new(self->arena, struct query_page, n);
        kept = of_locale(page, n, page[i].locale, counted);
        if (!is_shared(counted, kept))
            continue;
        counted = arena_grow(arena, counted, kept, kept, sizeof *counted);
        for (size_t j = 0; j < kept; j++)
            counted[j].locale =
                str_copy(arena, counted[j].locale, strlen(counted[j].locale));
        add(self, &self->all->result->cannibalised,
            (struct query){.text = group->text,
                           .locale = counted[0].locale,
                           .impressions = group->impressions,
                           .page = counted,
                           .n = kept});
        hit(self, CHECK_CANNIBALISED, group, counted[0].locale, counted[0].url,
            str_format(arena, "%zu pages share the query", kept));
    }
}

/* Impressions, then clicks, then URL. */
static bool is_above(const struct query_page *a, const struct query_page *b)
{
    if (a->impressions != b->impressions)
        return a->impressions > b->impressions;
    if (a->clicks != b->clicks)
        return a->clicks > b->clicks;
    return str_compare(a->url, b->url) < 0;
}

static bool has_sibling(struct look *self, const struct query_page *page,
                        const char *locale)
{
    const struct keyword_pages *pages = self->all->pages;
    struct url_parts parts;

    if (!url_split(page->url, &self->known, self->arena, &parts))
        return false;
    for (size_t set = 0; set < pages->nsets; set++)
        if (keyword_page_find(pages, set, parts.id, locale))
            return true;
    return false;
}

static void look_for_wrong_locale(struct look *self, const struct group *group,
                                  const struct query_page *page, size_t n)
{
    struct arena *arena = self->all->arena;
    const struct query_page *best = page;
    struct query_page *top;

    if (n == 0)
        return;
    for (size_t i = 1; i < n; i++)
        if (is_above(&page[i], best))
            best = &page[i];
    if (strcmp(best->locale, group->locale) == 0 ||
        !has_sibling(self, best, group->locale))
        return;
    top = arena_new(arena, struct query_page, 1);
    *top = *best;
    top->locale = str_copy(arena, top->locale, strlen(top->locale));
    add(self, &self->all->result->wrong_locale,
        (struct query){.text = group->text,
                       .locale = group->locale,
                       .impressions = group->impressions,
                       .page = top,
                       .n = 1});
    hit(self, CHECK_WRONG_LOCALE, group, group->locale, top->url,
        str_format(arena, "its page on top is in %s, though this locale has it too",
                   top->locale));
}

/* ---- all queries ---- */

static int query_compare(const void *a, const void *b)
{
    const struct query *x = a, *y = b;
    int order = str_compare(x->text, y->text);

    return order != 0 ? order : strcmp(x->locale, y->locale);
}

static void sort(struct queries *queries)
{
    if (queries->n > 1)
        qsort(queries->item, queries->n, sizeof *queries->item, query_compare);
}

static void know_locales(struct look *self)
{
    const struct keyword_look *all = self->all;
    struct locale_set *known = &self->known;

    known->item =
        arena_new(self->arena, const char *,
                  all->pages->nlocales + all->keywords->n + all->rules->ncountries + 1);
    known->item[known->n++] = all->rules->source;
    for (size_t i = 0; i < all->pages->nlocales; i++)
        known->item[known->n++] = all->pages->locale[i].locale;
    for (size_t i = 0; i < all->keywords->n; i++)
        known->item[known->n++] = all->keywords->item[i].locale;
    for (size_t i = 0; i < all->rules->ncountries; i++)
        known->item[known->n++] = all->rules->country[i].locale;
    qsort(known->item, known->n, sizeof *known->item, str_pointer_compare);
}

/* What one query needs goes with it. */
static void look_at(const struct look *all, struct group *group)
{
    struct look self = *all;
    struct query_page *page;
    struct arena once;
    size_t n;

    arena_init(&once, ARENA_BYTES_MAX);
    self.arena = &once;
    place(&self, group);
    group->impressions = impressions_of(group);
    look_for_orphan(&self, group);
    page = pages_of(&self, group, &n);
    look_for_cannibals(&self, group, page, n);
    look_for_wrong_locale(&self, group, page, n);
    arena_release(&once);
}

void measure_queries(struct keyword_look *look)
{
    const struct search *search = look->search;
    struct look all = {.all = look, .arena = look->arena};

    if (!search->has_queries)
        keyword_not_measured(look, check_word(CHECK_QUERY_ORPHAN));
    if (!search->has_pairs) {
        keyword_not_measured(look, check_word(CHECK_CANNIBALISED));
        keyword_not_measured(look, check_word(CHECK_WRONG_LOCALE));
    }
    fold_keywords(&all);
    know_locales(&all);
    for (size_t i = 0, end; i < search->n; i = end) {
        struct group group = {.row = &search->row[i], .text = search->row[i].query};

        for (end = i + 1;
             end < search->n && str_equal(search->row[end].query, group.text);)
            end++;
        group.n = end - i;
        look_at(&all, &group);
    }
    sort(&look->result->cannibalised); // a query may have several locales
}
