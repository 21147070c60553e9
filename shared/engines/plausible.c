/* Plausible Analytics: visitors of a day, by the Stats API v2. Whom a goal's filter
 * leaves is affected, whom no filter leaves is exposed: both are Plausible's own
 * uniques. What its filters cannot say is not counted here. */
#include "shared/engines/plausible.h"

#include <stdlib.h>
#include <string.h>

#include "shared/engines/hosted.h"
#include "shared/json.h"
#include "shared/source_time.h"
#include "shared/text.h"

#include "shared/banned.h"

enum {
    PAGE_ROWS = 10000,
    FILTERS_MAX = 2 * COUNTED_MAX + KIND_COUNT + 1,
    QUESTIONS_MAX = 500, // of 600 an hour; the rest is for tries
    QUESTIONS_DAY = 4,   // the site and three dimensions
    DAYS_MIN = 9,        // what a run after the first reads
    SHOWN = 60,
};

#define FILTER_BYTES_MAX   (64 * KIB)
#define QUESTION_BYTES_MAX (2 * FILTER_BYTES_MAX)

#define SITE STR("site") /* the one value without a dimension */

struct plausible {
    struct hosted hosted;
    const char *site_id;
    const json_t *goals[KIND_COUNT]; /* names; NULL: none of the kind */
    const char *filter[FILTERS_MAX]; /* that may be asked for; "": none */
    size_t nfilters;
    struct day_bounds bounds;
    struct source_day *days;
};

/* Visitors by value, in byte order. */
struct visitors {
    struct str *value;
    int64_t *count;
    size_t n;
};

/* ---- filters ---- */

/* Goals whose visitors are wanted; all visitors when is_all. */
struct goals {
    struct arena *arena;
    struct str name[PREDICATES_MAX * 4];
    size_t n;
    bool is_all;
};

static void add_goal(struct goals *goals, struct str name)
{
    if (str_equal(name, STR("pageview")))
        goals->is_all = true; // what every visitor has; no goal
    else if (goals->n < sizeof goals->name / sizeof *goals->name)
        goals->name[goals->n++] = name;
}

static void add_kinds(const struct plausible *self, uint32_t kinds, struct goals *goals)
{
    goals->is_all = goals->is_all || (kinds >> KIND_PAGEVIEW & 1) != 0;
    for (int k = 0; k < KIND_COUNT; k++)
        for (size_t i = 0; (kinds >> k & 1) != 0 && i < json_array_size(self->goals[k]);
             i++)
            add_goal(goals,
                     str_of(json_string_value(json_array_get(self->goals[k], i))));
}

/* Adds the goals of a predicate, where goals can say it. */
static void add_predicate(const struct plausible *self, const struct predicate *what,
                          struct goals *goals)
{
    const struct predicate_words *words = what->words;

    if (!what->given) {
        if (!what->has_number && !what->own_referrer)
            add_kinds(self, what->kinds, goals);
        return;
    }
    if (!words || words->is_pattern || words->asks_properties || words->npages > 0 ||
        words->is_page || what->kinds != 0)
        return;
    goals->is_all = goals->is_all || words->nevents == 0;
    for (size_t i = 0; i < words->nevents; i++)
        add_goal(goals, words->event[i]);
}

static int name_compare(const void *left, const void *right)
{
    return str_compare(*(const struct str *)left, *(const struct str *)right);
}

/* The filter as JSON, the same for the same goals; NULL: it cannot be said. */
static const char *filter_text(struct goals *goals)
{
    struct buf text;

    if (goals->is_all)
        return "";
    if (goals->n == 0)
        return NULL;
    qsort(goals->name, goals->n, sizeof *goals->name, name_compare);
    buf_init(&text, goals->arena, FILTER_BYTES_MAX);
    buf_add_text(&text, "[\"is\",\"event:goal\",[");
    for (size_t i = 0; i < goals->n; i++) {
        if (i > 0 && str_equal(goals->name[i - 1], goals->name[i]))
            continue;
        buf_add_text(&text, i > 0 ? "," : "");
        text_add_json(&text, goals->name[i].at, goals->name[i].n);
    }
    buf_add_text(&text, "]]");
    return text.overflowed ? NULL : text.at;
}

/* The filter for units with a row that any of `mask` matches. */
static const char *filter_of(const struct plausible *self,
                             const struct daycount_plan *plan, uint64_t mask,
                             struct arena *arena)
{
    struct goals goals = {.arena = arena};

    for (; mask != 0; mask &= mask - 1)
        add_predicate(self, &plan->predicates[__builtin_ctzll(mask)], &goals);
    return filter_text(&goals);
}

static const char *filter_of_kind(const struct plausible *self, int kind,
                                  struct arena *arena)
{
    struct goals goals = {.arena = arena};

    add_kinds(self, UINT32_C(1) << kind, &goals);
    return filter_text(&goals);
}

/* For the number of questions that a day may take. */
static void expect_filter(struct plausible *self, const char *filter)
{
    for (size_t i = 0; i < self->nfilters; i++)
        if (strcmp(self->filter[i], filter) == 0)
            return;
    if (self->nfilters < FILTERS_MAX)
        self->filter[self->nfilters++] = filter;
}

/* ---- what can be asked ---- */

static bool refuse_pattern(const struct plausible *self,
                           const struct daycount_plan *plan, size_t index,
                           struct err *err)
{
    const struct counted *what = &plan->counted[index];
    uint64_t mask = what->affected | what->exposed | what->ended | what->failed;

    for (; mask != 0; mask &= mask - 1) {
        const struct predicate *of = &plan->predicates[__builtin_ctzll(mask)];

        if (of->given && of->words && of->words->is_pattern)
            return config_err(self->hosted.config, of->words->pointer, err,
                              "source '%s' knows goals, which take no pattern; list "
                              "their names, as in [\"name\"]",
                              self->hosted.name);
    }
    return true;
}

static bool can_count(void *of, const struct daycount_plan *plan, size_t index,
                      bool *can, struct err *err)
{
    struct plausible *self = of;
    const struct counted *what = &plan->counted[index];
    struct arena *arena = self->hosted.arena;
    const char *affected, *exposed;

    if (!refuse_pattern(self, plan, index, err))
        return false;
    affected = filter_of(self, plan, what->affected | what->failed, arena);
    exposed = what->exposed == 0 ? "" : filter_of(self, plan, what->exposed, arena);
    *can = what->form == FORM_ROWS && what->ended == 0 && affected && exposed;
    if (*can) {
        expect_filter(self, affected);
        expect_filter(self, exposed);
    }
    return true;
}

static bool check_arms(void *of, const struct arms_wanted *wanted, struct err *err)
{
    const struct plausible *self = of;

    (void)wanted;
    return err_set(err,
                   "source '%s' is Plausible, which tells of no unit what it did; take "
                   "the experiment from rows, or from a file of counts",
                   self->hosted.name);
}

/* ---- asking ---- */

/* A question, of all its pages. */
struct question {
    struct plausible *self;
    int32_t day;
    const char *filter, *dimension; /* "": none */
    uint32_t most;                  /* values: of more only one more is asked for */
    struct arena *arena;            /* of the answer */
};

static const char *question_text(const struct question *question, int64_t offset)
{
    const char *site_id = question->self->site_id;
    struct day_text date = day_text(question->day);
    struct buf text;

    buf_init(&text, question->arena, QUESTION_BYTES_MAX);
    buf_add_text(&text, "{\"site_id\":");
    text_add_json(&text, site_id, strlen(site_id));
    buf_printf(&text,
               ",\"metrics\":[\"visitors\"],\"date_range\":[\"%s\",\"%s\"],"
               "\"filters\":[%s],\"dimensions\":[",
               date.text, date.text, question->filter);
    if (*question->dimension)
        buf_printf(&text, "\"%s\"", question->dimension);
    buf_printf(&text,
               "],\"include\":{\"total_rows\":true},\"pagination\":{\"limit\":%d,"
               "\"offset\":%lld}}",
               PAGE_ROWS, (long long)offset);
    return text.at;
}

/* Its dates are those of the site's zone. */
static bool check_zone(const struct plausible *self, int32_t day,
                       const struct plausible_page *page, struct err *err)
{
    int64_t wanted_ms = self->bounds.at_ms[day - self->bounds.first], from_ms;

    if (page->from.n == 0 || !source_time_parse(page->from, &from_ms) ||
        from_ms == wanted_ms)
        return true; // a date without a time tells nothing
    return err_set(err,
                   "/query/date_range/0 is %s, which is not when the day begins in %s; "
                   "the site has another time zone, which 'timezone' has to be",
                   text_safe(self->hosted.arena, page->from.at, page->from.n, SHOWN),
                   self->hosted.config->timezone);
}

static bool ask_page(const struct question *question, int64_t offset,
                     struct plausible_page *page, struct err *err)
{
    struct plausible *self = question->self;
    struct hosted *hosted = &self->hosted;
    struct api_request request = {
        .url = hosted_url(hosted, "/api/v2/query"),
        .post = question_text(question, offset),
    };
    struct api_reply reply;

    if (!hosted_ask(hosted, request, &reply, err))
        return false;
    return (plausible_page_parse(reply.body, *question->dimension != '\0',
                                 question->arena, &hosted->notes, page, err) &&
            check_zone(self, question->day, page, err)) ||
           hosted_refuse(hosted, question->day, err);
}

static void keep_rows(const struct plausible_page *page, struct visitors *all)
{
    for (size_t i = 0; i < page->n; i++) {
        struct str value = page->value ? page->value[i] : SITE;

        if (value.n == 0 || str_equal(value, STR("(not set)")))
            continue;
        all->value[all->n] = value;
        all->count[all->n++] = page->visitors[i];
    }
}

/* Indirect, for qsort: a value and its count move together. */
struct pair {
    struct str value;
    int64_t count;
};

static int pair_compare(const void *left, const void *right)
{
    return str_compare(((const struct pair *)left)->value,
                       ((const struct pair *)right)->value);
}

/* In byte order. The same value twice is a page that came twice. */
static bool sort_visitors(struct visitors *all, struct arena *arena, struct err *err)
{
    struct pair *pair = arena_new(arena, struct pair, all->n);

    for (size_t i = 0; i < all->n; i++)
        pair[i] = (struct pair){all->value[i], all->count[i]};
    if (all->n > 1)
        qsort(pair, all->n, sizeof *pair, pair_compare);
    for (size_t i = 0; i < all->n; i++) {
        all->value[i] = pair[i].value;
        all->count[i] = pair[i].count;
        if (i > 0 && str_equal(pair[i - 1].value, pair[i].value))
            return err_set(err, "'%s' comes twice in the pages of the reply",
                           text_safe(arena, pair[i].value.at, pair[i].value.n, SHOWN));
    }
    return true;
}

/* Whether a page fits to those before it: `seen` rows of `total`. */
static bool check_page(const struct plausible_page *page, int64_t seen, int64_t total,
                       struct err *err)
{
    int64_t came = seen + (int64_t)page->n;

    if (page->total != total)
        return err_set(err, "/meta/total_rows was %lld and is %lld on the next page",
                       (long long)total, (long long)page->total);
    if (page->n > PAGE_ROWS || came > total || (page->n == 0 && seen < total))
        return err_set(err, "/meta/total_rows is %lld, but %lld rows came",
                       (long long)total, (long long)came);
    return true;
}

static void make_room(struct visitors *all, int64_t rows, struct arena *arena)
{
    all->value = arena_new(arena, struct str, (size_t)rows);
    all->count = arena_new(arena, int64_t, (size_t)rows);
}

/* All pages, or as many as the most values and one more take: there are too many then.
 */
static bool ask_values(const struct question *question, struct visitors *all,
                       struct err *err)
{
    const struct hosted *hosted = &question->self->hosted;
    int64_t total = 0, seen = 0, wanted = 0;

    do {
        struct plausible_page page;

        if (!ask_page(question, seen, &page, err))
            return false;
        if (seen == 0) {
            total = page.total;
            wanted = total <= question->most ? total : (int64_t)question->most + 1;
            make_room(all, wanted + PAGE_ROWS, question->arena);
        }
        if (!check_page(&page, seen, total, err))
            return hosted_refuse(hosted, question->day, err);
        keep_rows(&page, all);
        seen += (int64_t)page.n;
    } while (seen < wanted);
    return sort_visitors(all, question->arena, err) ||
           hosted_refuse(hosted, question->day, err);
}

static bool ask_visitors(const struct question *question, struct visitors *all,
                         struct err *err)
{
    struct plausible_page page;

    *all = (struct visitors){0};
    if (*question->dimension)
        return ask_values(question, all, err);
    if (!ask_page(question, 0, &page, err))
        return false;
    make_room(all, 1, question->arena);
    keep_rows(&page, all);
    return true;
}

/* ---- days ---- */

/* The newest days that as many questions as an hour has can tell of. */
static size_t days_asked(struct plausible *self)
{
    size_t most = QUESTIONS_MAX / (QUESTIONS_DAY * self->nfilters);
    size_t n = self->bounds.n;

    if (most < DAYS_MIN)
        most = DAYS_MIN;
    if (n <= most)
        return n;
    reply_say(&self->hosted.notes,
              str_format(self->hosted.arena,
                         "days before %s are not asked for: Plausible answers 600 "
                         "questions an hour",
                         day_text(self->bounds.first + (int32_t)(n - most)).text));
    return most;
}

static bool start(void *of, const struct day_bounds *bounds, struct arena *arena,
                  struct source_day *days, struct source_totals *totals,
                  struct err *err)
{
    struct plausible *self = of;
    size_t n;

    (void)totals;
    self->bounds = *bounds;
    self->days = days;
    n = days_asked(self);
    for (size_t i = bounds->n - n; i < bounds->n; i++) {
        const struct question question = {self, bounds->first + (int32_t)i, "", "", 1,
                                          arena};
        struct visitors site;

        if (!ask_visitors(&question, &site, err))
            return false;
        days[i].rows = site.n > 0 ? site.count[0] : 0;
    }
    return true;
}

static const char *dimension_name(enum dimension dimension)
{
    switch (dimension) {
    case DIMENSION_SITE: return "";
    case DIMENSION_PAGE: return "event:page";
    case DIMENSION_BROWSER: return "visit:browser";
    case DIMENSION_DEVICE: return "visit:device";
    case DIMENSION_RELEASE:
    case DIMENSION_ERROR:
    case DIMENSION_COUNT: break;
    }
    return NULL;
}

/* What was asked of a day and dimension, by filter: nothing is asked for twice. */
struct asked {
    struct question question; /* but for its filter */
    bool is_site;
    const char *filter[FILTERS_MAX];
    struct visitors visitors[FILTERS_MAX];
    size_t n;
};

/* What the start asked for already. */
static void take_site(const struct question *question, struct visitors *site)
{
    const struct plausible *self = question->self;

    make_room(site, 1, question->arena);
    site->value[0] = SITE;
    site->count[0] = self->days[question->day - self->bounds.first].rows;
    site->n = 1;
}

/* `*at`: its place in `asked`. */
static bool ask_once(struct asked *asked, const char *filter, size_t *at,
                     struct err *err)
{
    for (*at = 0; *at < asked->n; ++*at)
        if (strcmp(asked->filter[*at], filter) == 0)
            return true;
    asked->question.filter = asked->filter[*at] = filter;
    if (asked->is_site && *filter == '\0')
        take_site(&asked->question, &asked->visitors[*at]);
    else if (!ask_visitors(&asked->question, &asked->visitors[*at], err))
        return false;
    asked->n++;
    return true;
}

static int64_t count_of(const struct visitors *visitors, struct str value)
{
    size_t low = 0, high = visitors->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (str_compare(visitors->value[middle], value) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < visitors->n && str_equal(visitors->value[low], value)
               ? visitors->count[low]
               : 0; // Plausible leaves out what nobody did
}

/* Every value of every answer, once, in order. */
static void list_values(const struct asked *asked, struct day_dimension *out)
{
    size_t all = 0, kept = 0;

    for (size_t i = 0; i < asked->n; i++)
        all += asked->visitors[i].n;
    out->value = arena_new(asked->question.arena, struct str, all);
    for (size_t i = 0; i < asked->n; i++)
        for (size_t v = 0; v < asked->visitors[i].n; v++)
            out->value[out->nvalues++] = asked->visitors[i].value[v];
    if (out->nvalues > 1)
        qsort(out->value, out->nvalues, sizeof *out->value, name_compare);
    for (size_t v = 0; v < out->nvalues; v++)
        if (kept == 0 || !str_equal(out->value[kept - 1], out->value[v]))
            out->value[kept++] = out->value[v];
    out->nvalues = kept;
}

/* One column of the counts: `what` is the `c`th of `ncounted`. */
struct counted_column {
    const struct counted *what;
    size_t c, ncounted;
    const struct visitors *affected, *exposed;
};

static void fill_column(const struct counted_column *column, struct day_dimension *out)
{
    for (size_t v = 0; v < out->nvalues; v++) {
        size_t at = v * column->ncounted + column->c;
        int64_t x = count_of(column->affected, out->value[v]);
        int64_t n = count_of(column->exposed, out->value[v]);

        // of two questions nobody can say who was in both; no more than were exposed
        out->affected[at] = column->what->within && x > n ? n : x;
        out->exposed[at] = column->what->exposed == 0 ? 0 : n;
    }
}

static bool read_dimension(struct asked *asked, const struct cells_wanted *wanted,
                           struct day_dimension *out, struct err *err)
{
    const struct daycount_plan *plan = wanted->plan;
    const struct plausible *self = asked->question.self;
    struct arena *arena = asked->question.arena;
    size_t affected[COUNTED_MAX] = {0}, exposed[COUNTED_MAX] = {0};

    for (size_t c = 0; c < plan->ncounted; c++) {
        const struct counted *what = &plan->counted[c];
        uint64_t rows = what->affected | what->failed;

        if ((wanted->counted >> c & 1) == 0)
            continue;
        if (!ask_once(asked, filter_of(self, plan, rows, arena), &affected[c], err) ||
            !ask_once(asked,
                      what->exposed == 0 ? ""
                                         : filter_of(self, plan, what->exposed, arena),
                      &exposed[c], err))
            return false;
    }
    list_values(asked, out);
    out->affected = arena_new(arena, int64_t, out->nvalues * plan->ncounted);
    out->exposed = arena_new(arena, int64_t, out->nvalues * plan->ncounted);
    for (size_t c = 0; c < plan->ncounted; c++) {
        const struct counted_column column = {
            .what = &plan->counted[c],
            .c = c,
            .ncounted = plan->ncounted,
            .affected = &asked->visitors[affected[c]],
            .exposed = &asked->visitors[exposed[c]],
        };

        if ((wanted->counted >> c & 1) != 0)
            fill_column(&column, out);
    }
    return true;
}

/* Units of the site, and of each kind that has a goal. */
static bool read_units(struct asked *asked, struct day_cells *cells, struct err *err)
{
    size_t at;

    if (!ask_once(asked, "", &at, err))
        return false;
    cells->units = asked->visitors[at].count[0];
    for (int k = 0; k < KIND_COUNT; k++) {
        const char *filter =
            filter_of_kind(asked->question.self, k, asked->question.arena);

        if (!filter)
            continue;
        if (!ask_once(asked, filter, &at, err))
            return false;
        cells->kind_units[k] = count_of(&asked->visitors[at], SITE);
    }
    return true;
}

static bool cells(void *of, size_t index, const struct cells_wanted *wanted,
                  struct arena *arena, struct day_cells *cells, struct err *err)
{
    struct plausible *self = of;
    struct asked *asked = arena_new(arena, struct asked, 1);

    *cells = (struct day_cells){.day = self->bounds.first + (int32_t)index};
    for (int d = 0; d < DIMENSION_COUNT; d++) {
        if ((wanted->dimensions >> d & 1) == 0 || !dimension_name((enum dimension)d))
            continue;
        *asked = (struct asked){
            .question = {.self = self,
                         .day = cells->day,
                         .dimension = dimension_name((enum dimension)d),
                         .most = wanted->plan->most_values[d],
                         .arena = arena},
            .is_site = d == DIMENSION_SITE,
        };
        if ((d == DIMENSION_SITE && !read_units(asked, cells, err)) ||
            !read_dimension(asked, wanted, &cells->dimension[d], err))
            return false;
    }
    return true;
}

/* ---- the engine ---- */

static void read_goals(struct plausible *self, struct engine_opened *opened)
{
    const json_t *events = json_object_get(self->hosted.json, "events");

    expect_filter(self, "");
    opened->kinds = UINT32_C(1) << KIND_PAGEVIEW;
    for (int k = 0; k < KIND_COUNT; k++) {
        self->goals[k] = json_object_get(events, kind_word((enum kind)k));
        if (json_array_size(self->goals[k]) == 0)
            continue;
        opened->kinds |= UINT32_C(1) << k;
        expect_filter(self, filter_of_kind(self, k, self->hosted.arena));
    }
}

static bool plausible_open(const struct config *config, const char *name,
                           struct arena *arena, struct engine_opened *opened,
                           struct err *err)
{
    static const struct hosted_product product = {.lacks = "Stats API", .lag_h = 1};
    struct plausible *self = arena_new(arena, struct plausible, 1);

    self->hosted = (struct hosted){.config = config, .name = name, .arena = arena};
    if (!hosted_open(&self->hosted, &product, opened, err))
        return false;
    opened->self = self;
    opened->exposures = "generic"; // what check_arms refuses has its name
    self->site_id = json_text(self->hosted.json, "site_id", "");
    if (!hosted_check_zone(&self->hosted, err)) {
        hosted_close(&self->hosted);
        return false;
    }
    read_goals(self, opened);
    return true;
}

static void plausible_close(void *of)
{
    struct plausible *self = of;

    hosted_close(&self->hosted);
}

static const char *const *notes(const void *of, size_t *n)
{
    const struct plausible *self = of;

    return hosted_notes(&self->hosted, n);
}

const struct engine engine_plausible = {
    .type = "plausible",
    .open = plausible_open,
    .close = plausible_close,
    .can_count = can_count,
    .check_arms = check_arms,
    .start = start,
    .cells = cells,
    .notes = notes,
};
