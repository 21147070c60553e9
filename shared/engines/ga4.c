/* Google Analytics 4: sessions of the site, by the Data API's runReport. A day is asked
 * for once without the names of events and once by name. Both are GA4's own sessions.
 * An access token is given; nothing is signed here. */
#include "shared/engines/ga4.h"

#include <stdlib.h>
#include <string.h>

#include "shared/engines/hosted.h"
#include "shared/engines/named.h"
#include "shared/json.h"
#include "shared/text.h"

#include "shared/banned.h"

enum {
    PAGE_ROWS = 100000,
    ROWS_MAX = 1000000, // names of events; GA4 takes a few thousand
    QUESTION_BYTES_MAX = 64 * 1024,
    SHOWN = 60,
};

struct ga4 {
    struct hosted hosted;
    struct named named;
    const char *url;
    struct day_bounds bounds;
    struct source_day *days;
};

/* ---- asking ---- */

static void add_filter(struct buf *text, const struct named_set *set)
{
    buf_add_text(text, ",\"dimensionFilter\":{\"filter\":{\"fieldName\":\"eventName\","
                       "\"inListFilter\":{\"values\":[");
    for (size_t i = 0; i < set->n; i++) {
        buf_add_text(text, i > 0 ? "," : "");
        text_add_json(text, set->name[i].at, set->name[i].n);
    }
    buf_add_text(text, "]}}}");
}

/* A report: by name, or of sessions with any of the names, or of all. */
struct question {
    int32_t day;
    bool is_by_name;
    const struct named_set *set; /* NULL: no filter */
};

static const char *question_text(const struct question *question, int64_t offset,
                                 struct arena *arena)
{
    struct day_text date = day_text(question->day);
    struct buf text;

    buf_init(&text, arena, QUESTION_BYTES_MAX);
    buf_printf(&text,
               "{\"dateRanges\":[{\"startDate\":\"%s\",\"endDate\":\"%s\"}],"
               "\"metrics\":[{\"name\":\"sessions\"}],"
               "\"dimensions\":[{\"name\":\"date\"}%s]",
               date.text, date.text,
               question->is_by_name ? ",{\"name\":\"eventName\"}" : "");
    if (question->set)
        add_filter(&text, question->set);
    buf_printf(&text, ",\"limit\":\"%d\",\"offset\":\"%lld\"}", PAGE_ROWS,
               (long long)offset);
    return text.overflowed ? NULL : text.at;
}

static bool check_zone(const struct ga4 *self, const struct ga4_page *page,
                       struct err *err)
{
    const char *zone = self->hosted.config->timezone;

    return str_equal(page->zone, str_of(zone)) ||
           err_set(err,
                   "/metadata/timeZone is %s, but the days of the configuration are "
                   "those of %s; make 'timezone' the property's",
                   text_safe(self->hosted.arena, page->zone.at, page->zone.n, SHOWN),
                   zone);
}

static bool ask_page(struct ga4 *self, const struct question *question, int64_t offset,
                     struct arena *arena, struct ga4_page *page, struct err *err)
{
    struct hosted *hosted = &self->hosted;
    struct api_request request = {.url = self->url,
                                  .post = question_text(question, offset, arena)};
    struct api_reply reply;

    if (!request.post)
        return err_set(err, "%s: too many names of events for a question", hosted->who);
    if (!hosted_ask(hosted, request, &reply, err))
        return false;
    return (ga4_page_parse(reply.body, arena, &hosted->notes, page, err) &&
            check_zone(self, page, err)) ||
           hosted_refuse(hosted, question->day, err);
}

/* Sessions by name, in byte order; without names one row or none. */
struct report {
    struct by_name {
        struct str name;
        int64_t sessions;
    } * row;

    size_t n;
    const char *why; /* it is not whole */
};

/* Whether a page fits to those before it: `seen` rows of `total`. */
static bool check_page(const struct ga4_page *page, int64_t seen, int64_t total,
                       struct err *err)
{
    int64_t n = (int64_t)page->n;
    int most = page->is_by_name ? ROWS_MAX : 1;

    if (page->total != total)
        return err_set(err, "/rowCount was %lld and is %lld on the next page",
                       (long long)total, (long long)page->total);
    if (total > most)
        return err_set(err, "/rowCount is %lld, expected at most %d", (long long)total,
                       most);
    if (n > PAGE_ROWS || seen + n > total || (n == 0 && seen < total))
        return err_set(err, "/rowCount is %lld, but %lld rows came", (long long)total,
                       (long long)seen + (long long)n);
    return true;
}

static int row_compare(const void *left, const void *right)
{
    return str_compare(((const struct by_name *)left)->name,
                       ((const struct by_name *)right)->name);
}

static void keep_rows(const struct ga4_page *page, struct report *report)
{
    for (size_t i = 0; i < page->n; i++)
        report->row[report->n++] =
            (struct by_name){page->name ? page->name[i] : STR(""), page->sessions[i]};
    if (!report->why)
        report->why = page->why;
}

/* All pages. The same name twice is a page that came twice. */
static bool ask_report(struct ga4 *self, const struct question *question,
                       struct arena *arena, struct report *report, struct err *err)
{
    int64_t total = 0;

    *report = (struct report){0};
    do {
        struct ga4_page page = {.day = question->day,
                                .is_by_name = question->is_by_name};
        int64_t seen = (int64_t)report->n;

        if (!ask_page(self, question, seen, arena, &page, err))
            return false;
        if (seen == 0)
            total = page.total;
        if (!check_page(&page, seen, total, err))
            return hosted_refuse(&self->hosted, question->day, err);
        if (seen == 0)
            report->row = arena_new(arena, struct by_name, (size_t)total);
        keep_rows(&page, report);
    } while ((int64_t)report->n < total);
    if (report->n > 1)
        qsort(report->row, report->n, sizeof *report->row, row_compare);
    for (size_t i = 1; i < report->n; i++) {
        struct str name = report->row[i].name;

        if (str_equal(report->row[i - 1].name, name)) {
            (void)err_set(err, "'%s' comes twice in the pages of the reply",
                          text_safe(arena, name.at, name.n, SHOWN));
            return hosted_refuse(&self->hosted, question->day, err);
        }
    }
    return true;
}

/* ---- days ---- */

static void mark_partial(const struct ga4 *self, size_t index, const char *why)
{
    if (!why)
        return;
    self->days[index].is_cut = true;
    self->days[index].why = why;
}

static bool start(void *of, const struct day_bounds *bounds, struct arena *arena,
                  struct source_day *days, struct source_totals *totals,
                  struct err *err)
{
    struct ga4 *self = of;

    (void)totals;
    self->bounds = *bounds;
    self->days = days;
    for (size_t i = 0; i < bounds->n; i++) {
        struct question question = {.day = bounds->first + (int32_t)i};
        struct report all;

        if (!ask_report(self, &question, arena, &all, err))
            return false;
        days[i].rows = all.n > 0 ? all.row[0].sessions : 0;
        mark_partial(self, i, all.why);
    }
    return true;
}

static int64_t sessions_of(const struct report *report, struct str name)
{
    const struct by_name wanted = {.name = name};
    const struct by_name *found = report->n == 0
                                      ? NULL
                                      : bsearch(&wanted, report->row, report->n,
                                                sizeof *report->row, row_compare);

    return found ? found->sessions : 0; // GA4 leaves out what nobody did
}

/* Sessions with any of the names. Those of two names cannot be added up: a session may
 * have both. */
static bool ask_set(struct ga4 *self, size_t index, const struct named_set *set,
                    struct arena *arena, int64_t *count, struct err *err)
{
    struct question question = {.day = self->bounds.first + (int32_t)index, .set = set};
    struct report report;

    if (!ask_report(self, &question, arena, &report, err))
        return false;
    *count = report.n > 0 ? report.row[0].sessions : 0;
    mark_partial(self, index, report.why);
    return true;
}

static bool cells(void *of, size_t index, const struct cells_wanted *wanted,
                  struct arena *arena, struct day_cells *cells, struct err *err)
{
    struct ga4 *self = of;
    const struct named *named = &self->named;
    int64_t *count = arena_new(arena, int64_t, NAMED_SETS_MAX);
    struct question question = {.day = self->bounds.first + (int32_t)index,
                                .is_by_name = true};
    struct report by_name;

    *cells = (struct day_cells){.day = question.day};
    if (!ask_report(self, &question, arena, &by_name, err))
        return false;
    mark_partial(self, index, by_name.why);
    if (by_name.n == 0) { // empty is not zero: a session begins with an event
        (void)err_set(err, "/rows is missing, though there were %lld sessions",
                      (long long)self->days[index].rows);
        return hosted_refuse(&self->hosted, question.day, err);
    }
    for (size_t s = 0; s < named->nsets; s++) {
        const struct named_set *set = &named->set[s];

        if (set->n == 1)
            count[s] = sessions_of(&by_name, set->name[0]);
        else if (!ask_set(self, index, set, arena, &count[s], err))
            return false;
    }
    named_cells(named, wanted, self->days[index].rows, count, arena, cells);
    return true;
}

static bool can_count(void *of, const struct daycount_plan *plan, size_t index,
                      bool *can, struct err *err)
{
    struct ga4 *self = of;

    return named_can_count(&self->named, plan, index, can, err);
}

static bool check_arms(void *of, const struct arms_wanted *wanted, struct err *err)
{
    const struct ga4 *self = of;

    (void)wanted;
    return err_set(err,
                   "source '%s' is GA4, which tells of no unit what it did; take the "
                   "experiment from rows, such as its export to BigQuery, or from a "
                   "file of counts",
                   self->hosted.name);
}

/* ---- the engine ---- */

static bool read_settings(struct ga4 *self, struct err *err)
{
    static const struct named_rules rules = {.all = "page_view",
                                             .preset = "ga4_bigquery"};
    struct hosted *hosted = &self->hosted;

    self->url =
        hosted_url(hosted, str_format(hosted->arena, "/v1beta/properties/%s:runReport",
                                      json_text(hosted->json, "property", "")));
    return named_open(&self->named, &rules, hosted->config, hosted->name, hosted->arena,
                      err);
}

static bool ga4_open(const struct config *config, const char *name, struct arena *arena,
                     struct engine_opened *opened, struct err *err)
{
    static const struct hosted_product product = {.lacks = "analytics.readonly",
                                                  .lag_h = 72};
    struct ga4 *self = arena_new(arena, struct ga4, 1);

    self->hosted = (struct hosted){.config = config, .name = name, .arena = arena};
    if (!hosted_open(&self->hosted, &product, opened, err))
        return false;
    if (!read_settings(self, err)) {
        hosted_close(&self->hosted);
        return false;
    }
    opened->self = self;
    opened->exposures = "generic"; // what check_arms refuses has its name
    opened->kinds = named_kinds(&self->named);
    return true;
}

static void ga4_close(void *of)
{
    struct ga4 *self = of;

    hosted_close(&self->hosted);
}

static const char *const *notes(const void *of, size_t *n)
{
    const struct ga4 *self = of;

    return hosted_notes(&self->hosted, n);
}

const struct engine engine_ga4 = {
    .type = "ga4",
    .open = ga4_open,
    .close = ga4_close,
    .can_count = can_count,
    .check_arms = check_arms,
    .start = start,
    .cells = cells,
    .notes = notes,
};
