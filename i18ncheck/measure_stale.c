/* Which translations are older than the source text they stand for. */
#include <string.h>

#include "i18ncheck/evidence.h"
#include "i18ncheck/utf8.h"
#include "shared/fnv.h"

#include "shared/banned.h"

/* ---- hashes ---- */

/* Bytes of the final mark or blank that `text` ends in; 0: none. */
static size_t final_mark(struct str text)
{
    static const char marks[] = ".!?:; ";

    if (text.n > 0 && memchr(marks, text.at[text.n - 1], sizeof marks - 1))
        return 1;
    return str_ends(text, STR("\xE2\x80\xA6")) ? 3 : 0; // U+2026
}

/* The text without white space and final marks at its end; white space of more than one
 * byte is found from the front alone. */
static struct str without_end(struct str text)
{
    for (;;) {
        size_t n;

        text = utf8_trim(text);
        n = final_mark(text);
        if (n == 0)
            return text;
        text.n -= n;
    }
}

static uint64_t add_text(uint64_t hash, struct str text)
{
    text = without_end(text);
    while (text.n > 0) {
        size_t n = utf8_space(text);
        char c = text.at[0];

        if (n > 0) { // one blank for all of them
            struct str rest = {text.at + n, text.n - n};

            for (size_t more; (more = utf8_space(rest)) > 0;)
                rest = (struct str){rest.at + more, rest.n - more};
            hash = fnv_add(hash, STR(" "));
            text = rest;
            continue;
        }
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        hash = fnv_add(hash, (struct str){&c, 1});
        text = (struct str){text.at + 1, text.n - 1};
    }
    return hash;
}

static uint64_t add_nul(uint64_t hash, size_t form)
{
    return form == 0 ? hash : fnv_add(hash, (struct str){"", 1});
}

uint64_t stale_hash(const struct message *message)
{
    uint64_t hash = FNV_START;

    for (size_t i = 0; i < message->nforms; i++)
        hash = add_text(add_nul(hash, i), message->form[i].text);
    return hash;
}

uint32_t stale_print(const struct message *message)
{
    uint64_t x = FNV_START;

    if (!message_is_nonempty(message))
        return 0;
    for (size_t i = 0; i < message->nforms; i++)
        x = fnv_add(add_nul(x, i), message->form[i].text);
    return PRINT_KNOWN | (uint32_t)((x ^ x >> 24 ^ x >> 48) & PRINT_BITS);
}

/* ---- rows ---- */

static struct str message_of(const struct evidence *evidence, struct str key)
{
    size_t n = strlen(evidence->set);
    char *text = arena_new(evidence->arena, char, n + key.n + 1);

    memcpy(text, evidence->set, n);
    text[n] = ':';
    if (key.n > 0)
        memcpy(text + n + 1, key.at, key.n);
    return (struct str){text, n + 1 + key.n};
}

static void match_columns(struct evidence *evidence)
{
    const struct history *after = evidence->after;
    size_t *column = arena_new(evidence->arena, size_t, after->nlocales);

    evidence->column = arena_new(evidence->arena, const size_t *, after->nlocales);
    for (size_t c = 0; c < after->nlocales; c++)
        if (history_column(evidence->before, after->locale[c], &column[c]))
            evidence->column[c] = &column[c];
}

/* Once for all rows of a set: doubling would leave as many bytes behind. */
static void reserve(struct history *history, size_t n, struct arena *arena)
{
    size_t wanted = n > 2 * history->capacity ? n : 2 * history->capacity;

    if (n <= history->capacity)
        return;
    history->row =
        arena_grow(arena, history->row, history->n, wanted, sizeof *history->row);
    history->capacity = wanted;
}

void evidence_begin(struct evidence *evidence)
{
    const struct source_view *view = evidence->view;
    struct history *after = evidence->after;
    size_t first = after->n;

    match_columns(evidence);
    evidence->old = arena_new(evidence->arena, const struct history_row *, view->n);
    reserve(after, first + view->n, evidence->arena);
    for (size_t k = 0; k < view->n; k++) {
        const struct message *message = view->counted[k];

        after->row[after->n++] =
            (struct history_row){.message = message_of(evidence, message->key),
                                 .source = stale_hash(message),
                                 .print = arena_new(evidence->arena, uint32_t,
                                                    after->nlocales)};
        evidence->old[k] = history_find(evidence->before, evidence->set, message->key);
    }
    evidence->row = after->row + first;
}

/* What was and is known of one translation. */
struct trace {
    uint64_t hash_before, hash;
    uint32_t print_before, print;
    const struct mark *mark; /* of before; NULL: none */
};

/* The three rules of section 9. False: not stale. */
static bool is_stale(const struct trace *trace, int32_t as_of, struct mark *mark)
{
    if (trace->print == 0 || trace->print != trace->print_before)
        return false; // nothing there, or translated since
    if (trace->mark) {
        *mark = *trace->mark;
        return mark->hash != trace->hash; // else the source went back
    }
    *mark = (struct mark){.hash = trace->hash_before, .day = as_of};
    return trace->hash != trace->hash_before;
}

static void note(struct evidence *evidence, size_t k, struct mark mark,
                 struct staleness *staleness)
{
    struct history_row *row = &evidence->row[k];

    row->mark = arena_room(evidence->arena, row->mark, row->nmarks, &row->capacity,
                           sizeof *row->mark);
    row->mark[row->nmarks++] = mark;
    staleness->stale[k / 8] = (uint8_t)(staleness->stale[k / 8] | 1U << k % 8);
    staleness->since[k] = mark.day;
}

void evidence_locale(struct evidence *evidence, const char *locale,
                     const struct catalog *catalog, struct staleness *staleness)
{
    const size_t *before = NULL;
    size_t column = 0;

    if (history_column(evidence->after, locale, &column))
        before = evidence->column[column];
    for (size_t k = 0; k < evidence->view->n; k++) {
        const struct history_row *old = evidence->old[k];
        struct trace trace = {.hash = evidence->row[k].source};
        const struct message *message =
            catalog ? catalog_find(catalog, evidence->view->counted[k]->key) : NULL;
        struct mark mark;

        if (old && before) {
            trace.print_before = old->print[*before];
            trace.mark = history_mark(old, *before);
        }
        trace.hash_before = old ? old->source : trace.hash;
        trace.print = !catalog  ? trace.print_before
                      : message ? stale_print(message)
                                : 0;
        evidence->row[k].print[column] = trace.print;
        if (!is_stale(&trace, evidence->as_of, &mark))
            continue;
        mark.column = column;
        note(evidence, k, mark, staleness);
    }
}

/* ---- days ---- */

static bool same_mark(const struct mark *a, const struct mark *b)
{
    return (!a && !b) || (a && b && a->hash == b->hash && a->day == b->day);
}

/* A column that came is no change where it is empty, one that went never is. */
static bool is_same(const struct evidence *evidence, const struct history_row *old,
                    const struct history_row *now)
{
    if (old->source != now->source)
        return false;
    for (size_t c = 0; c < evidence->after->nlocales; c++) {
        const size_t *before = evidence->column[c];

        if ((before ? old->print[*before] : 0) != now->print[c] ||
            !same_mark(before ? history_mark(old, *before) : NULL,
                       history_mark(now, c)))
            return false;
    }
    return true;
}

void evidence_end(struct evidence *evidence)
{
    for (size_t k = 0; k < evidence->view->n; k++) {
        const struct history_row *old = evidence->old[k];
        struct history_row *row = &evidence->row[k];

        row->day = old && is_same(evidence, old, row) ? old->day : evidence->as_of;
    }
}
