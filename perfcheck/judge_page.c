/* The days of one page and form, in order: its runs, both engines, accepts, and what is
 * to say when runs are missing. Pure. */
#include <string.h>

#include "perfcheck/judge.h"

#include "shared/banned.h"

enum { RUNS_WANTED = 2, EPOCH_TEXT_MAX = 500 };

static struct series *runs_rows(const struct page *page)
{
    return &history_put(page->history, form_word(page->form), page->key, "runs",
                        page->arena)
                ->numbers;
}

static size_t row_runs(const struct row_of_day *row)
{
    return row->k + (row->nvalues > 0 ? (size_t)row->values[0] : 0);
}

/* ---- where judging begins ---- */

static size_t runs_on(const struct page *page, int32_t day)
{
    size_t n = 0;

    for (size_t i = 0; i < page->nruns; i++)
        n += page->run[i].day == day;
    return n;
}

static void forget_from(struct page *page, int32_t day)
{
    size_t n;
    struct history_series *item =
        history_page(page->history, form_word(page->form), page->key, &n);

    for (size_t i = 0; i < n; i++)
        series_forget_from(&item[i], day);
    for (size_t i = page->open.n; i-- > 0;)
        if (page->open.item[i].since >= day)
            findings_drop(&page->open, &page->open.item[i]);
}

static void tell_late(struct page *page, int32_t day)
{
    if (!page_open(page, "late-report"))
        page_event(page, "late-report",
                   str_format(page->arena,
                              "%s: a report of %s came late, and is ignored: runs that "
                              "were counted that day or since are gone",
                              page->words, day_text(day).text));
}

int32_t page_begin(struct page *page, bool has_through, int32_t through, int32_t as_of)
{
    const struct series *rows = runs_rows(page);
    int32_t oldest = as_of - RESCORE_DAYS + 1;
    int32_t first = through + 1;
    bool is_whole = true; // all runs that were counted from here on are there
    int32_t late = 0;

    if (!has_through || rows->n == 0)
        return page->nruns > 0 ? page->run[0].day : as_of + 1;
    page->day = as_of;
    for (int32_t day = through; day >= oldest; day--) {
        const struct row_of_day *row = series_find(rows, day);
        size_t known = row ? row_runs(row) : 0, found = runs_on(page, day);

        is_whole = is_whole && found >= known;
        if (found > known && is_whole)
            first = day;
        else if (found > known)
            late = day;
    }
    forget_from(page, first);
    if (late != 0)
        tell_late(page, late);
    return first;
}

/* ---- the runs of a day ---- */

static size_t runs_of_epoch(const struct run *run, size_t n, const char *epoch)
{
    size_t of = 0;

    for (size_t i = 0; i < n; i++)
        of += run[i].is_valid && run[i].epoch == epoch;
    return of;
}

/* The epoch with most runs; of several the newest run's. */
static void choose_epoch(struct page *page, const struct run *run, size_t n)
{
    size_t most = 0;

    page->epoch = "";
    for (size_t i = 0; i < n; i++) {
        size_t of = run[i].is_valid ? runs_of_epoch(run, n, run[i].epoch) : 0;

        if (of > 0 && of >= most) {
            most = of;
            page->epoch = run[i].epoch;
        }
    }
    page->is_mixed = most < page->all_valid;
    page->valid = arena_new(page->arena, const struct run *, most);
    for (size_t i = 0; i < n; i++)
        if (run[i].is_valid && run[i].epoch == page->epoch)
            page->valid[page->nvalid++] = &run[i];
}

static const char *epoch_before(const struct page *page)
{
    const struct series *rows = runs_rows(page);

    for (size_t i = rows->n; i-- > 0;)
        if (rows->row[i].day < page->day && rows->row[i].k > 0)
            return rows->row[i].epoch;
    return "";
}

static void take_day(struct page *page, int32_t day)
{
    size_t first, n;

    page->day = day;
    page->nvalid = page->all_valid = page->failed = 0;
    page->failure = "";
    page->news = NULL;
    while (page->at < page->nruns && page->run[page->at].day < day)
        page->at++;
    first = page->at;
    while (page->at < page->nruns && page->run[page->at].day == day)
        page->at++;
    n = page->at - first;
    for (size_t i = first; i < page->at; i++) {
        page->all_valid += page->run[i].is_valid;
        page->failed += !page->run[i].is_valid;
        if (!page->run[i].is_valid)
            page->failure = page->run[i].failure;
    }
    choose_epoch(page, &page->run[first], n);
    page->before = epoch_before(page);
}

static void put_runs(struct page *page)
{
    struct row_of_day *row;

    if (page->all_valid + page->failed == 0)
        return;
    row = series_put(runs_rows(page), page->day, page->arena);
    row->epoch = page->epoch;
    row->k = page->all_valid;
    row->nvalues = 1;
    row->values = arena_new(page->arena, double, 1);
    row->values[0] = (double)page->failed;
}

/* ---- what is to say of them ---- */

static void judge_runs(struct page *page)
{
    struct finding finding = {.severity = SEVERITY_WARN,
                              .value = str_format(page->arena, "%zu", page->all_valid),
                              .limit = str_format(page->arena, "%d", RUNS_WANTED),
                              .n = (int64_t)(page->all_valid + page->failed)};

    if (page->all_valid >= RUNS_WANTED) {
        page_close(page, "no-data");
        page_close(page, "run-errors");
        return;
    }
    if (page->all_valid == 0 && page->failed > 0) {
        page_close(page, "no-data");
        finding.severity = SEVERITY_CRIT;
        finding.message =
            str_format(page->arena, "%s: %zu run%s failed, none succeeded: %s",
                       page->words, page->failed, page->failed == 1 ? "" : "s",
                       page->failure);
        page_find(page, "run-errors", finding);
        return;
    }
    page_close(page, "run-errors");
    finding.message =
        str_format(page->arena, "%s: %zu valid run%s, at least %d wanted", page->words,
                   page->all_valid, page->all_valid == 1 ? "" : "s", RUNS_WANTED);
    page_find(page, "no-data", finding);
}

static void judge_doubtful(struct page *page)
{
    if (page->is_mixed)
        page_event(page, "mixed-epoch",
                   str_format(page->arena,
                              "%s: runs of several epochs on %s; %zu of %zu "
                              "are judged, of %s",
                              page->words, day_text(page->day).text, page->nvalid,
                              page->all_valid, page->epoch));
    for (size_t i = 0; i < page->runs->nduplicates; i++) {
        const struct run *run = page->runs->duplicate[i];

        if (run->form == page->form && run->day == page->day &&
            strcmp(run->page, page->key) == 0)
            page_event(page, "duplicate-run",
                       str_format(page->arena,
                                  "%s: two reports of one moment of %s differ; the "
                                  "first by name counts",
                                  page->words, day_text(page->day).text));
    }
}

/* ---- accepts ---- */

static bool take(struct str *text, const char *prefix)
{
    if (!str_starts(*text, str_of(prefix)))
        return false;
    text->at += strlen(prefix);
    text->n -= strlen(prefix);
    return true;
}

static bool accept_check(struct page *page, struct str check, int32_t since)
{
    struct str rest = check;
    bool is_metric = take(&rest, "regression-") || take(&rest, "improvement-");
    bool is_audit = !is_metric && take(&rest, "audit-");
    bool is_type = !is_metric && !is_audit && take(&rest, "bytes-");
    const char *name = str_copy(page->arena, rest.at, rest.n);

    return is_metric  ? accept_metric(page, name, since)
           : is_audit ? accept_audit(page, name)
                      : is_type && accept_bytes(page, name);
}

static void judge_accepts(struct page *page)
{
    for (size_t i = 0; i < page->settings->naccepts; i++) {
        const struct accept *accept = &page->settings->accept[i];
        const struct finding *open = NULL;
        struct str check = str_of(accept->id);

        for (size_t f = 0; f < page->open.n && !open; f++)
            if (strcmp(page->open.item[f].id, accept->id) == 0)
                open = &page->open.item[f];
        if (!open || open->since > accept->on || accept->on > page->day ||
            !take(&check, "perfcheck/"))
            continue;
        check.n = strcspn(check.at, "/");
        if (!accept_check(page, check, open->since))
            continue;
        page_close(page, str_copy(page->arena, check.at, check.n));
        page->accept_is_used[i] = true;
        publish_exact_scores(page);
    }
}

/* ---- days ---- */

/* A page that nobody measures any more leaves, with all that was known of it. */
static bool is_gone(struct page *page)
{
    const struct series *rows = runs_rows(page);

    if (rows->n == 0)
        return true;
    if (page->day - rows->row[rows->n - 1].day < GONE_DAYS)
        return false;
    history_drop_page(page->history, form_word(page->form), page->key);
    page->open.n = 0;
    page_event(page, "page-gone",
               str_format(page->arena, "%s: no run for %d days, no longer watched",
                          page->words, GONE_DAYS));
    return true;
}

/* What a change did on several days stands in one finding, as long as it is short. */
static void tell_epoch(struct page *page)
{
    const struct finding *before = page_open(page, "epoch");
    bool goes_on = before && strlen(before->message) < EPOCH_TEXT_MAX;

    page_event(page, "epoch",
               goes_on ? str_format(page->arena, "%s; %s", before->message, page->news)
                       : str_format(page->arena, "%s: %s", page->words, page->news));
}

static size_t count_known(const struct page *page)
{
    size_t n;

    (void)known_failing(page->history, form_word(page->form), page->key, page->arena,
                        &n);
    return n;
}

static void judge_day(struct page *page)
{
    size_t known = page->nvalid > 0 ? count_known(page) : 0;

    put_runs(page);
    judge_runs(page);
    judge_doubtful(page);
    judge_minimum(page);
    judge_audits(page);
    judge_bytes(page);
    judge_metrics(page);
    if (page->nvalid > 0 && page->before[0] == '\0')
        publish_scores(page, page->day);
    else if (page->nvalid > 0 && page->settings->rules[0].ratchet &&
             count_known(page) < known)
        publish_exact_scores(page);
    if (page->news)
        tell_epoch(page);
}

void judge_page(struct page *page, int32_t first, int32_t as_of)
{
    take_day(page, first - 1); // accepts of what the state has
    judge_accepts(page);
    page->at = 0;
    for (int32_t day = first; day <= as_of; day++) {
        take_day(page, day);
        findings_expire(&page->open, day);
        if (page->all_valid + page->failed == 0 && is_gone(page))
            continue;
        judge_day(page);
        judge_accepts(page);
    }
}
