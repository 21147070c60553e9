/* Engine 1: audits that either pass or fail, compared as sets. One run is enough. Pure.
 *
 * What is known of an audit is in its rows `nodes.<audit>`, written when it changes:
 *     ref    it fails and is known; its hashes are the items that are known
 *     step   it fails and is a finding; what was known before is the last ref
 *     ok     it passes, or is ignored
 */
#include <string.h>

#include "perfcheck/judge.h"

#include "shared/banned.h"

#define NODES    "nodes."
#define REQUESTS "nodes.network-requests"

enum { NAMED_MAX = 10 };

static const double crit_weight = 10;

/* The day's audits of one kind, over its runs. */
struct tally {
    size_t seen, scored, fails;
    size_t nitems; /* of all of its runs */
};

/* Items of a failing audit, ascending. */
struct items {
    uint64_t *all; /* of any run */
    size_t nall;
    uint64_t *usual; /* of more than half of the failing runs */
    size_t nusual;
};

struct known {
    const struct hash_row *last; /* NULL: nothing yet, as good as passing */
    const struct hash_row *base; /* the items that are known; NULL: none */
};

/* What is asked of one kind. */
struct asking {
    struct page *page;
    size_t kind;
    const struct tally *tally;
    bool is_first; /* judged day of the page */
    bool is_other; /* another Lighthouse or axe than before */
    bool is_new;   /* the id was not there in the epoch before */
    struct buf *newly, *appeared;
};

/* ---- rows ---- */

static struct known known_of(const struct history_series *series)
{
    struct known known = {0};

    if (!series || series->nhashes == 0)
        return known;
    known.last = &series->hashes[series->nhashes - 1];
    for (size_t i = series->nhashes; i-- > 0;) {
        if (series->hashes[i].verdict == ROW_OK)
            break;
        if (series->hashes[i].verdict == ROW_REF) {
            known.base = &series->hashes[i];
            break;
        }
    }
    return known;
}

const char **known_failing(const struct history *history, const char *form,
                           const char *page, struct arena *arena, size_t *n)
{
    size_t nseries;
    const struct history_series *item = history_page(history, form, page, &nseries);
    const char **id = arena_new(arena, const char *, nseries);

    *n = 0;
    for (size_t i = 0; i < nseries; i++)
        if (strncmp(item[i].metric, NODES, strlen(NODES)) == 0 &&
            strcmp(item[i].metric, REQUESTS) != 0 && known_of(&item[i]).base)
            id[(*n)++] = item[i].metric + strlen(NODES);
    return id;
}

static const char *kind_id(const struct asking *asking)
{
    return asking->page->runs->kind[asking->kind].id;
}

static struct history_series *nodes_find(const struct page *page, const char *audit)
{
    return history_find(page->history, form_word(page->form), page->key,
                        str_format(page->scratch, NODES "%s", audit));
}

static void put_row(const struct page *page, const char *audit,
                    enum row_verdict verdict, size_t k, const uint64_t *hash, size_t n)
{
    struct history_series *series =
        history_put(page->history, form_word(page->form), page->key,
                    str_format(page->arena, NODES "%s", audit), page->arena);
    struct hash_row row = {.day = page->day,
                           .epoch = page->epoch,
                           .k = k,
                           .n = n < HISTORY_HASHES_MAX ? n : HISTORY_HASHES_MAX,
                           .verdict = verdict};

    row.hash = arena_grow(page->arena, hash, row.n, row.n, sizeof *hash);
    hashes_put(series, &row, page->arena);
}

/* ---- sets of hashes ---- */

/* Hashes of both, ascending, each once. */
static uint64_t *unite(const struct hash_row *a, const struct items *b,
                       struct arena *arena, size_t *n)
{
    size_t most = (a ? a->n : 0) + b->nall;
    uint64_t *both = arena_new(arena, uint64_t, most);
    size_t i = 0, j = 0;

    *n = 0;
    while (i + j < most) {
        bool from_a = j == b->nall || (a && i < a->n && a->hash[i] <= b->all[j]);
        uint64_t next = from_a ? a->hash[i++] : b->all[j++];

        if (*n == 0 || both[*n - 1] != next)
            both[(*n)++] = next;
    }
    return both;
}

static struct items items_of(const struct asking *asking)
{
    const struct page *page = asking->page;
    size_t n = 0;
    uint64_t *hash = arena_new(asking->page->scratch, uint64_t, asking->tally->nitems);
    struct items items = {.all = arena_new(asking->page->scratch, uint64_t,
                                           asking->tally->nitems),
                          .usual = arena_new(asking->page->scratch, uint64_t,
                                             asking->tally->nitems)};

    for (size_t r = 0; r < page->nvalid; r++)
        for (size_t i = 0; i < page->valid[r]->naudits; i++) {
            const struct run_audit *audit = &page->valid[r]->audit[i];

            if (audit->kind != asking->kind || audit->status != AUDIT_FAILS)
                continue;
            for (size_t h = 0; h < audit->nitems; h++)
                hash[n++] = audit->item[h];
        }
    hash_sort(hash, n);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && hash[end] == hash[i];)
            end++;
        items.all[items.nall++] = hash[i];
        if (2 * (end - i) > asking->tally->fails)
            items.usual[items.nusual++] = hash[i];
    }
    return items;
}

/* ---- findings ---- */

/* The first of the new items by its text, and how many others there are. */
static const char *reason(const struct asking *asking, const struct items *items,
                          const struct hash_row *base, size_t *nnew)
{
    const struct texts *texts = &asking->page->runs->items;
    const char *first = NULL;

    *nnew = 0;
    for (size_t i = 0; i < items->nusual; i++) {
        const char *text = texts_find(texts, items->usual[i]);

        if (base && hash_set_has(base->hash, base->n, items->usual[i]))
            continue;
        (*nnew)++;
        if (!first || strcmp(text, first) < 0)
            first = text;
    }
    if (*nnew < 2)
        return first ? first : "";
    return str_format(asking->page->arena, "%s and %zu more", first, *nnew - 1);
}

static enum severity severity_of(const struct asking *asking)
{
    const struct audit_kind *kind = &asking->page->runs->kind[asking->kind];

    return kind->accessibility >= crit_weight ||
                   strcmp(kind->id, "is-crawlable") == 0 ||
                   strcmp(kind->id, "http-status-code") == 0
               ? SEVERITY_CRIT
               : SEVERITY_WARN;
}

static const char *check_of(const struct asking *asking)
{
    return str_format(asking->page->arena, "audit-%s", kind_id(asking));
}

static void tell(const struct asking *asking, const struct items *items,
                 const struct known *known)
{
    struct page *page = asking->page;
    const struct tally *tally = asking->tally;
    const char *split =
        tally->fails < tally->scored
            ? str_format(page->arena, " (%zu of %zu runs)", tally->fails, tally->scored)
            : "";
    size_t nnew;
    struct finding finding = {.severity = severity_of(asking),
                              .since = known->last && known->last->verdict == ROW_STEP
                                           ? known->last->day
                                           : 0,
                              .n = (int64_t)tally->scored};

    finding.because = reason(asking, items, known->base, &nnew);
    finding.value = str_format(page->arena, "%zu", nnew);
    finding.message =
        known->base
            ? str_format(page->arena, "%s: %s fails in %zu new place%s%s", page->words,
                         kind_id(asking), nnew, nnew == 1 ? "" : "s", split)
            : str_format(page->arena, "%s: %s fails%s", page->words, kind_id(asking),
                         split);
    page_find(page, check_of(asking), finding);
}

/* ---- one audit ---- */

static bool is_ignored(const struct asking *asking)
{
    const struct settings *settings = asking->page->settings;

    for (size_t i = 0; i < settings->nignore_audits; i++)
        if (strcmp(settings->ignore_audit[i], kind_id(asking)) == 0)
            return true;
    return false;
}

static void add_name(struct buf *list, const char *id)
{
    buf_printf(list, "%s%s", list->n > 0 ? ", " : "", id);
}

static void put_known(const struct asking *asking, const struct items *items,
                      const struct known *known)
{
    size_t n;
    uint64_t *hash = unite(known->base, items, asking->page->scratch, &n);

    put_row(asking->page, kind_id(asking), ROW_REF, asking->tally->fails, hash, n);
}

/* It fails: known from the first day on, with another Lighthouse or axe, or new in the
 * set of audits; else a finding. */
static void judge_failing(const struct asking *asking, const struct known *known)
{
    struct page *page = asking->page;
    struct items items = items_of(asking);
    bool was_open = known->last && known->last->verdict == ROW_STEP;
    bool is_worse = !known->base;
    size_t n;
    uint64_t *hash;

    for (size_t i = 0; i < items.nusual && !is_worse; i++)
        is_worse = !hash_set_has(known->base->hash, known->base->n, items.usual[i]);
    if (!is_worse && was_open) { // only what was known is left
        put_row(page, kind_id(asking), ROW_REF, asking->tally->fails, known->base->hash,
                known->base->n);
        page_close(page, check_of(asking));
    }
    if (!is_worse)
        return;
    if (was_open) {
        tell(asking, &items, known);
        return;
    }
    if (asking->is_first || asking->is_other || asking->is_new) {
        put_known(asking, &items, known);
        if (asking->is_new)
            add_name(asking->appeared, kind_id(asking));
        else if (asking->is_other)
            add_name(asking->newly, kind_id(asking));
        return;
    }
    tell(asking, &items, known);
    hash = unite(known->base, &items, asking->page->scratch, &n);
    put_row(page, kind_id(asking), ROW_STEP, asking->tally->fails, hash, n);
}

static void judge_audit(const struct asking *asking)
{
    const struct history_series *series = nodes_find(asking->page, kind_id(asking));
    struct known known = known_of(series);
    bool fails = 2 * asking->tally->fails > asking->tally->scored;
    bool was_failing = known.last && known.last->verdict != ROW_OK;

    if (fails && !is_ignored(asking)) {
        judge_failing(asking, &known);
    } else if (was_failing) {
        put_row(asking->page, kind_id(asking), ROW_OK, 0, NULL, 0);
        page_close(asking->page, check_of(asking));
    }
}

/* ---- all of a day ---- */

static struct tally *count(const struct page *page)
{
    struct tally *tally = arena_new(page->scratch, struct tally, page->runs->nkinds);

    for (size_t r = 0; r < page->nvalid; r++)
        for (size_t i = 0; i < page->valid[r]->naudits; i++) {
            const struct run_audit *audit = &page->valid[r]->audit[i];
            struct tally *of = &tally[audit->kind];

            of->seen++;
            of->scored += audit->status != AUDIT_UNSCORED;
            of->fails += audit->status == AUDIT_FAILS;
            of->nitems += audit->nitems;
        }
    return tally;
}

/* The row of audit ids that were met, with those of today. */
static void keep_ids(const struct page *page, const struct tally *tally)
{
    struct history_series *series =
        history_find(page->history, form_word(page->form), page->key, "audits");
    const struct hash_row *last =
        series->nhashes > 0 ? &series->hashes[series->nhashes - 1] : NULL;
    struct items today = {.all =
                              arena_new(page->scratch, uint64_t, page->runs->nkinds)};
    struct hash_row row = {.day = page->day, .epoch = page->epoch, .k = page->nvalid};
    uint64_t *hash;

    for (size_t i = 0; i < page->runs->nkinds; i++)
        if (tally[i].seen > 0)
            today.all[today.nall++] = fnv(str_of(page->runs->kind[i].id));
    today.nall = hash_set(today.all, today.nall);
    hash = unite(last, &today, page->scratch, &row.n);
    if (last && last->n == row.n)
        return;
    row.n = row.n < HISTORY_HASHES_MAX ? row.n : HISTORY_HASHES_MAX;
    row.hash = arena_grow(page->arena, hash, row.n, row.n, sizeof *hash);
    hashes_put(series, &row, page->arena);
}

/* Word 1, and the one that begins with axe. */
static bool is_same_tool(const char *a, const char *b)
{
    size_t n = strcspn(a, " ");
    const char *axe_a = strstr(a, " axe"), *axe_b = strstr(b, " axe");

    return strcspn(b, " ") == n && strncmp(a, b, n) == 0 &&
           strcmp(axe_a ? axe_a : "", axe_b ? axe_b : "") == 0;
}

static bool is_met(const struct page *page, const struct tally *tally, const char *id)
{
    for (size_t i = 0; i < page->runs->nkinds; i++)
        if (strcmp(page->runs->kind[i].id, id) == 0)
            return tally[i].seen > 0;
    return false;
}

/* Another Lighthouse or axe may have fewer audits: what it no longer asks is no debt.
 */
static void forget_vanished(struct page *page, const struct tally *tally)
{
    size_t n;
    const struct history_series *item =
        history_page(page->history, form_word(page->form), page->key, &n);
    const char **id = arena_new(page->scratch, const char *, n);
    size_t vanished = 0;

    for (size_t i = 0; i < n; i++) {
        const struct hash_row *last = known_of(&item[i]).last;

        if (last && strncmp(item[i].metric, NODES, strlen(NODES)) == 0 &&
            strcmp(item[i].metric, REQUESTS) != 0 && last->verdict != ROW_OK &&
            !is_met(page, tally, item[i].metric + strlen(NODES)))
            id[vanished++] = item[i].metric + strlen(NODES);
    }
    for (size_t i = 0; i < vanished; i++) {
        put_row(page, id[i], ROW_OK, 0, NULL, 0);
        page_close(page, str_format(page->arena, "audit-%s", id[i]));
    }
}

static void tell_debt(struct page *page)
{
    size_t n;
    const char **id =
        known_failing(page->history, form_word(page->form), page->key, page->arena, &n);
    const struct finding *open = page_open(page, "debt");
    struct finding finding = {.severity = SEVERITY_INFO};
    struct buf list;

    if (n == 0) {
        page_close(page, "debt");
        return;
    }
    buf_init(&list, page->arena, 4096);
    for (size_t i = 0; i < n && i < NAMED_MAX; i++)
        add_name(&list, id[i]);
    if (n > NAMED_MAX)
        buf_printf(&list, " and %zu more", n - NAMED_MAX);
    finding.value = str_format(page->arena, "%zu", n);
    finding.message = str_format(page->arena, "%s: %zu audit%s fail%s and %s known: %s",
                                 page->words, n, n == 1 ? "" : "s", n == 1 ? "s" : "",
                                 n == 1 ? "is" : "are", buf_str(&list).at);
    if (!open || strcmp(open->message, finding.message) != 0)
        page_tell(page, "debt", finding);
}

static void tell_news(struct asking *asking)
{
    struct page *page = asking->page;

    if (asking->newly->n > 0)
        page_news(page, str_format(page->arena, "newly failing, known from now on: %s",
                                   buf_str(asking->newly).at));
    if (asking->appeared->n > 0)
        page_event(page, "audit-new",
                   str_format(page->arena,
                              "%s: audits that were not there before fail, and are "
                              "known from now on: %s",
                              page->words, buf_str(asking->appeared).at));
}

void judge_audits(struct page *page)
{
    struct buf newly, appeared;
    struct history_series *ids;
    struct tally *tally;
    struct asking asking = {.page = page, .newly = &newly, .appeared = &appeared};

    if (page->nvalid == 0)
        return;
    buf_init(&newly, page->arena, 1024);
    buf_init(&appeared, page->arena, 1024);
    tally = count(page);
    ids = history_put(page->history, form_word(page->form), page->key, "audits",
                      page->arena);
    asking.is_first = ids->nhashes == 0;
    asking.is_other =
        page->before[0] != '\0' && !is_same_tool(page->before, page->epoch);
    for (asking.kind = 0; asking.kind < page->runs->nkinds; asking.kind++) {
        const struct hash_row *met;

        asking.tally = &tally[asking.kind];
        if (asking.tally->scored == 0)
            continue;
        ids = history_find(page->history, form_word(page->form), page->key, "audits");
        met = ids->nhashes > 0 ? &ids->hashes[ids->nhashes - 1] : NULL;
        asking.is_new =
            met && !hash_set_has(met->hash, met->n, fnv(str_of(kind_id(&asking))));
        judge_audit(&asking);
    }
    keep_ids(page, tally);
    if (asking.is_other)
        forget_vanished(page, tally);
    tell_news(&asking);
    tell_debt(page);
}

static struct items items_now(struct page *page, const char *audit)
{
    struct tally *tally = count(page);

    for (size_t i = 0; i < page->runs->nkinds; i++)
        if (strcmp(page->runs->kind[i].id, audit) == 0)
            return items_of(
                &(struct asking){.page = page, .kind = i, .tally = &tally[i]});
    return (struct items){0};
}

bool accept_audit(struct page *page, const char *audit)
{
    const struct known known = known_of(nodes_find(page, audit));
    struct items items;
    size_t n;
    uint64_t *hash;

    if (!known.last || known.last->verdict != ROW_STEP)
        return false;
    items = items_now(page, audit);
    hash = unite(known.last, &items, page->scratch, &n);
    put_row(page, audit, ROW_REF, known.last->k, hash, n);
    return true;
}
