/* Which pages cover which keywords, and where such a page is missing. Pure. */
#include <stdlib.h>
#include <string.h>

#include "i18ncheck/keyword_internal.h"

#include "shared/banned.h"

const char *keyword_coverage_word(enum keyword_coverage coverage)
{
    static const char *const words[] = {"none", "weak", "strong"};

    return words[coverage];
}

void keyword_not_measured(struct keyword_look *look, const char *what)
{
    struct keyword_result *result = look->result;

    result->not_measured =
        arena_room(look->arena, result->not_measured, result->nnot_measured,
                   &result->not_measured_capacity, sizeof *result->not_measured);
    result->not_measured[result->nnot_measured++] = what;
}

static void hit(struct keyword_look *look, enum check_id check, const char *locale,
                struct str key, const struct keyword_page *page, const char *message)
{
    hits_add(look->hits, look->arena,
             (struct hit){.check = check,
                          .locale = locale,
                          .key = key,
                          .file = page ? page->name : "",
                          .message = message});
}

/* ---- coverage ---- */

static int page_by_id(const void *a, const void *b)
{
    const struct keyword_page *x = *(const struct keyword_page *const *)a;
    const struct keyword_page *y = *(const struct keyword_page *const *)b;
    int order = strcmp(x->id, y->id);

    return order != 0 ? order : strcmp(x->name, y->name);
}

/* Pages that cover the keyword to that degree, into `found`. */
static size_t look_for(struct keyword_look *look, const struct keyword *keyword,
                       struct needle *needle, enum keyword_coverage degree,
                       const struct keyword_page **found)
{
    const struct keyword_pages *pages = look->pages;
    size_t n = 0;

    for (size_t i = 0; i < pages->n; i++) {
        const struct keyword_page *page = &pages->item[i];

        if (strcmp(page->locale, keyword->locale) == 0 &&
            (degree == KEYWORD_STRONG ? needle_is_strong : needle_is_weak)(needle,
                                                                           page))
            found[n++] = page;
    }
    return n;
}

/* `found` has room for all pages. */
static void cover(struct keyword_look *look, struct keyword_cover *cover,
                  const struct keyword_page **found)
{
    struct needle needle;

    needle_init(&needle, cover->keyword->text, false, look->arena);
    for (int degree = KEYWORD_STRONG; degree > KEYWORD_NONE && cover->n == 0;
         degree--) {
        cover->n = look_for(look, cover->keyword, &needle,
                            (enum keyword_coverage)degree, found);
        if (cover->n > 0)
            cover->coverage = (enum keyword_coverage)degree;
    }
    cover->is_costly = needle.is_costly && cover->coverage != KEYWORD_STRONG;
    needle_release(&needle);
    cover->page = arena_new(look->arena, const struct keyword_page *, cover->n);
    for (size_t i = 0; i < cover->n; i++)
        cover->page[i] = found[i];
    if (cover->n > 1)
        qsort(cover->page, cover->n, sizeof(struct keyword_page *), page_by_id);
}

static void report(struct keyword_look *look, const struct keyword_cover *cover)
{
    struct str text = cover->keyword->text;
    const char *locale = cover->keyword->locale;

    if (cover->is_costly)
        keyword_not_measured(look, str_format(look->arena, "keyword '%.*s'",
                                              (int)text.n, text.at));
    else if (cover->coverage == KEYWORD_NONE)
        hit(look, CHECK_KEYWORD_NONE, locale, text, NULL, "no page covers the keyword");
    else if (cover->coverage == KEYWORD_WEAK)
        hit(look, CHECK_KEYWORD_WEAK, locale, text, cover->page[0],
            "no title, first heading, address or description has the keyword");
}

/* ---- gaps ---- */

static void add_gap(struct keyword_look *look, const struct keyword *keyword,
                    const struct keyword_page *page, const char *to)
{
    struct keyword_result *result = look->result;

    result->gap = arena_room(look->arena, result->gap, result->ngaps,
                             &result->gaps_capacity, sizeof *result->gap);
    result->gap[result->ngaps++] = (struct keyword_gap){.keyword = keyword,
                                                        .from = keyword->locale,
                                                        .to = to,
                                                        .id = page->id,
                                                        .page = page};
    hit(look, CHECK_KEYWORD_GAP, to, keyword->text, page,
        str_format(look->arena, "%s covers the keyword, this locale lacks the page",
                   keyword->locale));
}

static void look_for_gaps(struct keyword_look *look, const struct keyword_cover *cover)
{
    const struct keyword_pages *pages = look->pages;

    if (cover->coverage != KEYWORD_STRONG)
        return;
    for (size_t l = 0; l < pages->nlocales; l++)
        for (size_t i = 0; i < cover->n; i++) {
            const struct keyword_page *page = cover->page[i];
            const struct keyword_locale *to = &pages->locale[l];

            if (to->set == page->set && strcmp(to->locale, page->locale) != 0 &&
                !keyword_page_find(pages, to->set, page->id, to->locale))
                add_gap(look, cover->keyword, page, to->locale);
        }
}

static int gap_compare(const void *a, const void *b)
{
    const struct keyword_gap *x = a, *y = b;
    int order = str_compare(x->keyword->text, y->keyword->text);

    if (order == 0)
        order = strcmp(x->from, y->from);
    if (order == 0)
        order = strcmp(x->to, y->to);
    if (order == 0)
        order = strcmp(x->id, y->id);
    return order != 0 ? order : strcmp(x->page->name, y->page->name);
}

/* ---- thin pages ---- */

/* A page once, however many keywords it has. */
static void look_for_thin(struct keyword_look *look)
{
    const struct keyword_pages *pages = look->pages;
    bool *is_strong = arena_new(look->arena, bool, pages->n);

    if (look->rules->min_words == 0)
        return;
    if (pages->lacks_words) {
        keyword_not_measured(look, check_word(CHECK_THIN));
        return;
    }
    for (size_t k = 0; k < look->result->n; k++) {
        const struct keyword_cover *cover = &look->result->cover[k];

        for (size_t i = 0; cover->coverage == KEYWORD_STRONG && i < cover->n; i++)
            is_strong[cover->page[i] - pages->item] = true;
    }
    for (size_t i = 0; i < pages->n; i++) {
        const struct keyword_page *page = &pages->item[i];

        if (!is_strong[i] || page->words >= look->rules->min_words)
            continue;
        look->result->thin++;
        hit(look, CHECK_THIN, page->locale, str_of(page->id), page,
            str_format(look->arena, "%lld words, at least %lld are wanted",
                       (long long)page->words, (long long)look->rules->min_words));
    }
}

// NOLINTNEXTLINE(readability-function-size): what there is, and what comes of it
void keywords_measure(const struct keyword_rules *rules,
                      const struct keywords *keywords,
                      const struct keyword_pages *pages, const struct search *search,
                      struct keyword_result *result, struct hits *hits,
                      struct arena *arena)
{
    struct keyword_look look = {.rules = rules,
                                .keywords = keywords,
                                .pages = pages,
                                .search = search,
                                .result = result,
                                .hits = hits,
                                .arena = arena};
    const struct keyword_page **found =
        arena_new(arena, const struct keyword_page *, pages->n);

    *result = (struct keyword_result){.n = keywords->n};
    result->cover = arena_new(arena, struct keyword_cover, keywords->n);
    for (size_t i = 0; i < keywords->n; i++) {
        result->cover[i].keyword = &keywords->item[i];
        cover(&look, &result->cover[i], found);
        report(&look, &result->cover[i]);
        look_for_gaps(&look, &result->cover[i]);
    }
    if (result->ngaps > 1) // locales are by set so far
        qsort(result->gap, result->ngaps, sizeof *result->gap, gap_compare);
    if (pages->lacks_bodies)
        keyword_not_measured(&look, check_word(CHECK_KEYWORD_WEAK));
    look_for_thin(&look);
    measure_queries(&look);
    if (result->nnot_measured > 1)
        qsort(result->not_measured, result->nnot_measured, sizeof *result->not_measured,
              str_pointer_compare);
}
