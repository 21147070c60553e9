/* Engine 1: transfer sizes against what was published, which is frozen, so that slow
 * growth adds up. Pure. */
#include <math.h>
#include <string.h>

#include "perfcheck/judge.h"
#include "perfcheck/measure.h"

#include "shared/banned.h"

enum { RATCHET_DAYS = 5 };

#define REQUESTS "nodes.network-requests"

/* One type on one day. */
struct weighing {
    struct page *page;
    const struct byte_rule *rule;
    size_t type;
    double *values; /* of the runs that have it, by fetchTime */
    size_t n;
    double published, limit; /* limit: growth that matters */
};

static const char *check_of(const struct weighing *weighing)
{
    return str_format(weighing->page->arena, "bytes-%s", weighing->rule->type);
}

static struct series *rows_of(const struct page *page, const char *type)
{
    const char *metric = str_format(page->arena, "bytes.%s", type);

    return &history_put(page->history, form_word(page->form), page->key, metric,
                        page->arena)
                ->numbers;
}

static double least(const struct weighing *weighing)
{
    double x = weighing->values[0];

    for (size_t i = 1; i < weighing->n; i++)
        x = fmin(x, weighing->values[i]);
    return x;
}

static double most(const struct row_of_day *row)
{
    double x = row->values[0];

    for (size_t i = 1; i < row->nvalues; i++)
        x = fmax(x, row->values[i]);
    return x;
}

static double median(const struct weighing *weighing)
{
    double *copy = arena_grow(weighing->page->arena, weighing->values, weighing->n,
                              weighing->n, sizeof *copy);

    return median_of(copy, weighing->n);
}

/* ---- the largest new request ---- */

/* What is requested on the days whose sizes are published. */
static void keep_requests(struct page *page)
{
    struct history_series *series;
    struct hash_row row = {.day = page->day,
                           .epoch = page->epoch,
                           .k = page->nvalid,
                           .verdict = ROW_REF};
    size_t n = 0, kept;
    uint64_t *hash;

    for (size_t r = 0; r < page->nvalid; r++)
        n += page->valid[r]->nrequests;
    if (n == 0)
        return;
    hash = arena_new(page->arena, uint64_t, n);
    n = 0;
    for (size_t r = 0; r < page->nvalid; r++)
        for (size_t i = 0; i < page->valid[r]->nrequests; i++)
            hash[n++] = page->valid[r]->request[i].url;
    kept = hash_set(hash, n);
    row.hash = hash;
    row.n = kept < HISTORY_HASHES_MAX ? kept : HISTORY_HASHES_MAX;
    series = history_put(page->history, form_word(page->form), page->key, REQUESTS,
                         page->arena);
    hashes_put(series, &row, page->arena);
}

static const char *largest_new(const struct weighing *weighing)
{
    const struct page *page = weighing->page;
    const struct history_series *series =
        history_find(page->history, form_word(page->form), page->key, REQUESTS);
    const struct hash_row *known =
        series && series->nhashes > 0 ? &series->hashes[series->nhashes - 1] : NULL;
    const struct run_request *largest = NULL;
    const char *text = "";

    for (size_t r = 0; known && r < page->nvalid; r++)
        for (size_t i = 0; i < page->valid[r]->nrequests; i++) {
            const struct run_request *request = &page->valid[r]->request[i];
            const char *url = texts_find(&page->runs->urls, request->url);

            if ((weighing->type > 0 && request->type != (int)weighing->type) ||
                hash_set_has(known->hash, known->n, request->url) ||
                request->bytes <= 0)
                continue;
            if (!largest || request->bytes > largest->bytes ||
                (request->bytes == largest->bytes && strcmp(url, text) < 0)) {
                largest = request;
                text = url;
            }
        }
    return largest ? str_format(page->arena, "largest new request %s, %.0f KiB", text,
                                largest->bytes / 1024)
                   : "";
}

/* ---- a day ---- */

static void tell(const struct weighing *weighing)
{
    struct arena *arena = weighing->page->arena;
    double now = least(weighing);

    page_find(
        weighing->page, check_of(weighing),
        (struct finding){
            .severity = SEVERITY_WARN,
            .message = str_format(
                arena, "%s: %s %.0f KiB, was %.0f (limit +%.0f)", weighing->page->words,
                weighing->type == 0 ? "all resources" : weighing->rule->type,
                now / 1024, weighing->published / 1024, weighing->limit / 1024),
            .because = largest_new(weighing),
            .value = str_format(arena, "%.0f", now),
            .limit = str_format(arena, "%.0f", weighing->published + weighing->limit),
            .unit = "bytes",
            .n = (int64_t)weighing->n});
}

/* Smaller by as much as matters, on so many judged days in a row that it is the new
 * normal. */
static bool is_ratchet_day(const struct weighing *weighing, const struct series *rows)
{
    if (!weighing->page->settings->rules[0].ratchet || rows->n < RATCHET_DAYS)
        return false;
    for (size_t i = rows->n - RATCHET_DAYS; i < rows->n; i++)
        if (rows->row[i].verdict == ROW_REF ||
            weighing->published - most(&rows->row[i]) < weighing->limit ||
            weighing->limit <= 0)
            return false;
    return true;
}

static void judge_type(const struct weighing *weighing, bool is_restart)
{
    struct page *page = weighing->page;
    struct series *rows = rows_of(page, weighing->rule->type);
    struct row_of_day *row = series_put(rows, page->day, page->arena);
    bool is_open = least(weighing) - weighing->published >= weighing->limit &&
                   least(weighing) > weighing->published;

    row->epoch = page->epoch;
    row->k = page->nvalid;
    row->nvalues = weighing->n < VALUES_MAX ? weighing->n : VALUES_MAX;
    row->values = weighing->values;
    row->verdict = is_open ? ROW_STEP : ROW_OK;
    if (is_open) {
        tell(weighing);
        return;
    }
    page_close(page, check_of(weighing));
    if (is_restart || is_ratchet_day(weighing, rows)) {
        row->verdict = ROW_REF;
        publish(page, weighing->rule->type, median(weighing));
    }
}

static struct weighing weigh(struct page *page, size_t type)
{
    struct weighing weighing = {.page = page,
                                .rule = &page->settings->bytes[type],
                                .type = type};

    weighing.values = arena_new(page->arena, double, page->nvalid);
    for (size_t r = 0; r < page->nvalid; r++)
        if (page->valid[r]->bytes[type].known)
            weighing.values[weighing.n++] = page->valid[r]->bytes[type].value;
    return weighing;
}

void judge_bytes(struct page *page)
{
    bool is_restart =
        page->before[0] == '\0' || !epoch_same_hard(page->before, page->epoch);
    bool is_kept = false;

    for (size_t type = 0; page->nvalid > 0 && type < BYTE_TYPES; type++) {
        struct weighing weighing = weigh(page, type);
        struct estimate before = published(page->history, form_word(page->form),
                                           page->key, weighing.rule->type);

        if (!weighing.rule->is_on) {
            page_close(page, check_of(&weighing));
            continue;
        }
        if (weighing.n == 0)
            continue;
        weighing.published = before.known ? before.value : median(&weighing);
        weighing.limit =
            fmax(weighing.rule->abs_bytes, weighing.rule->rel * weighing.published);
        judge_type(&weighing, is_restart || !before.known);
        is_kept = is_kept || !before.known || is_restart;
    }
    if (is_kept)
        keep_requests(page);
}

bool accept_bytes(struct page *page, const char *type)
{
    struct series *rows = rows_of(page, type);
    struct row_of_day *row = rows->n > 0 ? &rows->row[rows->n - 1] : NULL;
    double *copy;

    if (!row || row->verdict != ROW_STEP)
        return false;
    copy =
        arena_grow(page->arena, row->values, row->nvalues, row->nvalues, sizeof *copy);
    row->verdict = ROW_REF;
    publish(page, type, median_of(copy, row->nvalues));
    keep_requests(page);
    return true;
}
