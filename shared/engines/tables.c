/* From a configured table and the answers of its database to cells and arms. Talks to
 * no database itself. */
#include "shared/engines/tables.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/file.h"
#include "shared/json.h"
#include "shared/secret.h"

#include "shared/banned.h"

enum {
    SHOWN = 60,
    // a first run asks for the rows of 126 days: more at once may take longer than
    // timeout_s, fewer are more requests
    DAYS_AT_ONCE = 10,
};

#define END_OF_TIME_S INT64_C(4102444800) /* 2100, where the times of rows end */

/* What a day was counted to: rows, those with a unit, the newest's ms. */
struct sql_count {
    int64_t rows, units, newest_ms;
};

/* ---- the configuration ---- */

/* What a table is called where no `columns` say: docs/sources.md. */
static const char *const suggested[COLUMN_COUNT] = {
    [COLUMN_TIME] = "ts",       [COLUMN_SESSION] = "session_id",
    [COLUMN_USER] = "user_id",  [COLUMN_EVENT] = "event",
    [COLUMN_PAGE] = "page",     [COLUMN_BROWSER] = "browser",
    [COLUMN_DEVICE] = "device", [COLUMN_RELEASE] = "release",
    [COLUMN_ERROR] = "error",   [COLUMN_STATUS] = "status",
};

static bool read_columns(struct tables *tables, struct arena *arena, struct err *err)
{
    const json_t *columns = json_object_get(tables->json, "columns");
    struct sql_table *table = &tables->table;

    for (int c = 0; c < COLUMN_COUNT; c++) {
        const char *word = sql_column_word((enum sql_column)c);

        table->column[c] = columns ? json_text(columns, word, NULL) : suggested[c];
        if (table->column[c] && !sql_is_column(str_of(table->column[c])))
            return config_err(tables->config,
                              str_format(arena, "/sources/%s/columns/%s", tables->name,
                                         word),
                              err,
                              "'%s' is no name that a column may have here; give it "
                              "another one in a view",
                              table->column[c]);
    }
    return true;
}

static void read_table(struct tables *tables, struct arena *arena)
{
    static const char *const times[] = {[SQL_EPOCH_MS] = "epoch_ms",
                                        [SQL_EPOCH_S] = "epoch_s",
                                        [SQL_DATETIME64] = "datetime64"};
    const char *name = json_text(tables->json, "table", "");
    const char *dot = strchr(name, '.');
    const char *type = json_text(tables->json, "ts_type", "");

    tables->table.name = dot ? dot + 1 : name;
    if (dot)
        tables->table.schema = str_copy(arena, name, (size_t)(dot - name));
    else if (tables->table.dialect == SQL_POSTGRES)
        tables->table.schema = "public";
    for (int t = SQL_DATETIME64; t <= SQL_EPOCH_S; t++)
        if (strcmp(type, times[t]) == 0)
            tables->table.time = (enum sql_time)t;
}

/* The kind's own word, and what `kinds` adds. */
static void read_kinds(struct tables *tables, struct arena *arena)
{
    const json_t *kinds = json_object_get(tables->json, "kinds");

    for (int k = 0; k < KIND_COUNT; k++) {
        const char *word = kind_word((enum kind)k);
        const json_t *names = json_object_get(kinds, word);
        struct sql_names *to = &tables->table.kind[k];

        to->at = arena_new(arena, struct str, json_array_size(names) + 1);
        to->at[to->n++] = str_of(word);
        for (size_t i = 0; i < json_array_size(names); i++)
            to->at[to->n++] = str_of(json_string_value(json_array_get(names, i)));
    }
}

void tables_prepare(struct tables *tables, struct arena *arena)
{
    tables->question = arena_new(arena, struct buf, 1);
    buf_init(tables->question, arena, SQL_BYTES_MAX);
    tables->cells = arena_new(arena, struct sql_cells, 1);
}

bool tables_open(const struct config *config, const char *name, struct arena *arena,
                 struct tables *tables, struct engine_opened *opened, struct err *err)
{
    tables->config = config;
    tables->name = str_copy(arena, name, strlen(name));
    tables_prepare(tables, arena);
    tables->json = json_object_get(json_object_get(config->root, "sources"), name);
    read_table(tables, arena);
    read_kinds(tables, arena);
    if (!read_columns(tables, arena, err))
        return false;
    opened->lag_h = (int)json_int(tables->json, "lag_h", 1);
    opened->exposures = "generic";
    opened->kinds = (UINT32_C(1) << KIND_COUNT) - 1;
    for (int i = 0; i < NUMBER_COUNT; i++)
        if (tables->table.column[COLUMN_STATUS + i])
            opened->numbers |= UINT32_C(1) << i;
    return true;
}

bool tables_password(const struct tables *tables, struct arena *arena,
                     struct secret **password, struct err *err)
{
    const char *file = json_text(tables->json, "password_file", NULL);

    if (file)
        file = file_join(arena, tables->config->folder, file);
    return secret_load(password, file, json_text(tables->json, "password_env", NULL),
                       str_format(arena, "source '%s'", tables->name), err);
}

/* ---- what can be asked ---- */

bool tables_can_count(void *of, const struct daycount_plan *plan, size_t index,
                      bool *can, struct err *err)
{
    const struct tables *tables = of;
    struct str text;
    const struct predicate_words *words = sql_refused(plan, index, &text);

    if (words && words->is_pattern)
        return config_err(tables->config, words->pointer, err,
                          "source '%s' is a table, which takes no pattern; list the "
                          "names, as in [\"name\"]",
                          tables->name);
    if (words)
        return config_err(tables->config, words->pointer, err,
                          "'%.*s' cannot be asked of source '%s'; names there are up "
                          "to 128 letters, digits, spaces and _ $ . : / -",
                          (int)(text.n < SHOWN ? text.n : SHOWN), text.at,
                          tables->name);
    *can = sql_can_count(&tables->table, plan, index);
    return true;
}

bool tables_check_arms(void *of, const struct arms_wanted *wanted, struct err *err)
{
    const struct tables *tables = of;
    const char *refused = sql_refused_arms(tables->table.dialect, wanted);

    if (refused)
        return err_set(err,
                       "'%.60s' cannot be asked of source '%s'; names there are up to "
                       "128 letters, digits, spaces and _ $ . : / -, columns 64 "
                       "letters, digits and _",
                       refused, tables->name);
    if (wanted->is_per_user && !tables->table.column[COLUMN_USER])
        return err_set(err,
                       "source '%s' has no column of users; name it in its "
                       "'columns'",
                       tables->name);
    return true;
}

/* ---- asking ---- */

/* A count. What is no number, or less than none, is no answer. */
static bool read_count(const struct tables *tables, const struct sql_rows *rows,
                       size_t row, size_t column, int64_t *count, struct err *err)
{
    struct str text;

    assert(rows->cell && row < rows->nrows && column < rows->ncolumns);
    text = rows->cell[row * rows->ncolumns + column];
    if (str_to_int64(text.at, text.n, count) && *count >= 0)
        return true;
    return err_set(err, "%s: row %zu of the reply, column %zu: '%.*s' is no count",
                   tables->who, row + 1, column + 1,
                   (int)(text.n < SHOWN ? text.n : SHOWN), text.n > 0 ? text.at : "");
}

/* Room for the next question, in place of the last. */
static struct buf *next_question(const struct tables *tables)
{
    buf_cut(tables->question, 0);
    return tables->question;
}

static bool ask(const struct tables *tables, const struct sql_columns *columns,
                struct arena *arena, struct sql_rows *rows, struct err *err)
{
    const struct buf *sql = tables->question;

    if (sql->overflowed)
        return err_set(err,
                       "%s: the question would be over %d KiB; name fewer pages or "
                       "events",
                       tables->who, SQL_BYTES_MAX >> 10);
    return tables->ask(tables->self, buf_str(sql), columns, arena, rows, err);
}

/* What the messages of the next questions begin with. */
static void say_of(struct tables *tables, const char *what, int32_t day,
                   struct arena *arena)
{
    tables->who = str_format(arena, "source '%s', %s of %s", tables->name, what,
                             day_text(day).text);
}

/* What the days from at_ms on are counted to; those without rows stay all zero. */
static bool ask_days(const struct tables *tables, const int64_t *at_ms, size_t ndays,
                     struct arena *arena, struct sql_count *count, struct err *err)
{
    static const char *const names[] = {"d", "n", "k", "t"};
    const struct sql_columns columns = {names, sizeof names / sizeof *names};
    struct sql_rows rows = {0};

    memset(count, 0, ndays * sizeof *count);
    sql_days(&tables->table, at_ms, ndays, next_question(tables));
    if (!ask(tables, &columns, arena, &rows, err))
        return false;
    for (size_t row = 0; row < rows.nrows; row++) {
        struct sql_count one;
        int64_t day;

        if (!read_count(tables, &rows, row, 0, &day, err) ||
            !read_count(tables, &rows, row, 1, &one.rows, err) ||
            !read_count(tables, &rows, row, 2, &one.units, err) ||
            !read_count(tables, &rows, row, 3, &one.newest_ms, err))
            return false;
        if ((uint64_t)day >= ndays || count[day].rows > 0 || one.rows == 0 ||
            one.units > one.rows || one.newest_ms < at_ms[day] ||
            one.newest_ms >= at_ms[day + 1])
            return err_set(err, "%s: row %zu of the reply is no count of a day",
                           tables->who, row + 1);
        count[day] = one;
    }
    return true;
}

static struct sql_span day_span(const struct tables *tables, size_t index)
{
    const int64_t *at_ms = tables->bounds.at_ms;

    return (struct sql_span){at_ms[index] / 1000, at_ms[index + 1] / 1000};
}

static void keep_day(struct tables *tables, size_t index, const struct sql_count *count)
{
    struct source_day *day = &tables->days[index];

    tables->counted[index] = *count;
    day->rows = count->units;
    day->rejected[REJECT_NO_UNIT] = count->rows - count->units;
    day->newest_ms = count->newest_ms;
}

bool tables_start(void *of, const struct day_bounds *bounds, struct arena *arena,
                  struct source_day *days, struct source_totals *totals,
                  struct err *err)
{
    struct tables *tables = of;
    size_t all = bounds->n + 1; // what is past the last day counts as one more
    int64_t *at_ms = arena_new(arena, int64_t, all + 1);
    struct sql_count *counted = arena_new(arena, struct sql_count, all);

    tables->bounds = *bounds;
    tables->days = days;
    tables->counted = counted;
    memcpy(at_ms, bounds->at_ms, all * sizeof *at_ms);
    at_ms[all] = 1000 * END_OF_TIME_S;
    for (size_t i = 0; i < all; i += DAYS_AT_ONCE) {
        size_t n = all - i < DAYS_AT_ONCE ? all - i : DAYS_AT_ONCE;

        say_of(tables, "rows", bounds->first + (int32_t)i, arena);
        if (!ask_days(tables, at_ms + i, n, arena, counted + i, err))
            return false;
    }
    for (size_t i = 0; i < bounds->n; i++)
        keep_day(tables, i, &counted[i]);
    totals->future = counted[bounds->n].units;
    return true;
}

/* Whether the day is still what it was counted to; else it is counted anew. */
static bool day_stood(struct tables *tables, size_t index, struct arena *arena,
                      bool *stood, struct err *err)
{
    const struct sql_count *before = &tables->counted[index];
    struct sql_count now = {0};

    *stood = true;
    if (tables->is_snapshot)
        return true;
    if (!ask_days(tables, tables->bounds.at_ms + index, 1, arena, &now, err))
        return false;
    *stood = now.rows == before->rows && now.units == before->units &&
             now.newest_ms == before->newest_ms;
    keep_day(tables, index, &now);
    return true;
}

/* ---- cells ---- */

/* The pages of each predicate that some function has to look at. */
static bool find_pages(const struct tables *tables, const struct cells_wanted *wanted,
                       struct sql_span span, struct arena *arena,
                       struct sql_pages *pages, struct err *err)
{
    static const char *const names[] = {"v"};
    const struct sql_columns columns = {names, sizeof names / sizeof *names};
    const struct daycount_plan *plan = wanted->plan;
    uint64_t asked = 0;

    for (size_t c = 0; c < plan->ncounted; c++)
        if ((wanted->counted >> c & 1) != 0)
            asked |= plan->counted[c].affected | plan->counted[c].exposed |
                     plan->counted[c].ended | plan->counted[c].failed;
    for (; asked != 0; asked &= asked - 1) {
        size_t index = (size_t)__builtin_ctzll(asked);
        const struct predicate_words *words =
            plan->predicates[index].given ? plan->predicates[index].words : NULL;
        struct sql_rows rows = {0};
        struct str *taken;

        if (!words || !words->is_page || !tables->table.column[COLUMN_PAGE])
            continue;
        sql_pages(&tables->table, plan, &plan->predicates[index], span,
                  next_question(tables));
        if (!ask(tables, &columns, arena, &rows, err))
            return false;
        taken = arena_new(arena, struct str, rows.nrows);
        pages[index] = (struct sql_pages){taken, 0};
        for (size_t i = 0; i < rows.nrows; i++)
            if (words->is_page(words->context, rows.cell[i]))
                taken[pages[index].n++] = rows.cell[i];
    }
    return true;
}

/* Names of the columns of an answer: `first`, then s0, s1 .. */
static const char **sum_names(struct arena *arena, const char *first, int nsums)
{
    const char **names = arena_new(arena, const char *, (size_t)nsums + 1);

    names[0] = first;
    for (int s = 0; s < nsums; s++)
        names[s + 1] = str_format(arena, "s%d", s);
    return names;
}

static int value_compare(const void *left, const void *right)
{
    return str_compare(*(const struct str *)left, *(const struct str *)right);
}

/* By value; each once. `cell` are rows of `ncolumns`, the value first. */
static bool sort_rows(const struct tables *tables, struct sql_rows *rows,
                      struct err *err)
{
    if (rows->nrows > 1)
        qsort(rows->cell, rows->nrows, rows->ncolumns * sizeof *rows->cell,
              value_compare);
    for (size_t i = 1; i < rows->nrows; i++)
        if (str_equal(rows->cell[(i - 1) * rows->ncolumns],
                      rows->cell[i * rows->ncolumns]))
            return err_set(err, "%s: a value comes twice in the reply", tables->who);
    return true;
}

/* Column of a sum; false: it is 0 everywhere. */
static bool sum_column(int sum, size_t *column)
{
    *column = (size_t)sum + 1;
    return sum != SQL_NONE;
}

static bool read_row(const struct tables *tables, const struct sql_cells *asked,
                     const struct sql_rows *rows, size_t row, struct day_dimension *out,
                     struct err *err)
{
    size_t ncounted = asked->plan->ncounted;
    size_t column;

    out->value[row] = rows->cell[row * rows->ncolumns];
    for (size_t c = 0; c < ncounted; c++) {
        size_t at = row * ncounted + c;

        if (sum_column(asked->affected[c], &column) &&
            !read_count(tables, rows, row, column, &out->affected[at], err))
            return false;
        if (sum_column(asked->exposed[c], &column) &&
            !read_count(tables, rows, row, column, &out->exposed[at], err))
            return false;
    }
    return true;
}

/* Units of the site, and of each kind. */
static bool read_units(const struct tables *tables, const struct sql_cells *asked,
                       const struct sql_rows *rows, struct day_cells *cells,
                       struct err *err)
{
    size_t column;

    if (rows->nrows == 0)
        return true; // no unit on the day
    if (rows->nrows != 1)
        return err_set(err, "%s: %zu rows in the reply, expected 1", tables->who,
                       rows->nrows);
    for (int k = 0; k < KIND_COUNT; k++)
        if (sum_column(asked->kind[k], &column) &&
            !read_count(tables, rows, 0, column, &cells->kind_units[k], err))
            return false;
    return !sum_column(asked->units, &column) ||
           read_count(tables, rows, 0, column, &cells->units, err);
}

static bool read_dimension(const struct tables *tables, const struct sql_cells *asked,
                           struct sql_rows *rows, struct arena *arena,
                           struct day_cells *cells, struct err *err)
{
    struct day_dimension *out = &cells->dimension[asked->dimension];
    const struct day_dimension *site = &cells->dimension[DIMENSION_SITE];
    size_t ncounted = asked->plan->ncounted;

    if (!sort_rows(tables, rows, err))
        return false;
    out->nvalues = rows->nrows;
    out->value = arena_new(arena, struct str, rows->nrows);
    out->affected = arena_new(arena, int64_t, rows->nrows * ncounted);
    out->exposed = arena_new(arena, int64_t, rows->nrows * ncounted);
    for (size_t row = 0; row < rows->nrows; row++) {
        if (!read_row(tables, asked, rows, row, out, err))
            return false;
        for (size_t c = 0; asked->dimension == DIMENSION_ERROR && c < ncounted; c++)
            out->exposed[row * ncounted + c] = site->nvalues > 0 ? site->exposed[c] : 0;
    }
    return asked->dimension != DIMENSION_SITE ||
           read_units(tables, asked, rows, cells, err);
}

/* Everything of a day, the site first. */
static bool read_cells(struct tables *tables, size_t index,
                       const struct cells_wanted *wanted, struct arena *arena,
                       struct day_cells *cells, struct err *err)
{
    struct sql_pages *pages = arena_new(arena, struct sql_pages, PREDICATES_MAX);
    struct sql_cells *asked = tables->cells;
    struct sql_span span = day_span(tables, index);

    *cells = (struct day_cells){.day = tables->bounds.first + (int32_t)index};
    say_of(tables, "pages", cells->day, arena);
    if (!find_pages(tables, wanted, span, arena, pages, err))
        return false;
    for (int d = DIMENSION_SITE; d < DIMENSION_COUNT; d++) {
        enum dimension dimension = (enum dimension)d;
        struct sql_columns columns;
        struct sql_rows rows = {0};

        if ((wanted->dimensions >> d & 1) == 0 ||
            !sql_has_dimension(&tables->table, dimension))
            continue;
        sql_cells_plan(&tables->table, wanted, dimension, asked);
        if (asked->nsums == 0)
            continue;
        say_of(tables, dimension_word(dimension), cells->day, arena);
        sql_cells(asked, pages, span, next_question(tables));
        columns = (struct sql_columns){sum_names(arena, "v", asked->nsums),
                                       (size_t)asked->nsums + 1};
        if (!ask(tables, &columns, arena, &rows, err) ||
            !read_dimension(tables, asked, &rows, arena, cells, err))
            return false;
    }
    return true;
}

bool tables_cells(void *of, size_t index, const struct cells_wanted *wanted,
                  struct arena *arena, struct day_cells *cells, struct err *err)
{
    struct tables *tables = of;
    bool stood = false;

    for (int i = 0; i < 2 && !stood; i++)
        if (!read_cells(tables, index, wanted, arena, cells, err) ||
            !day_stood(tables, index, arena, &stood, err))
            return false;
    if (!stood)
        tables->days[index].is_cut = true;
    return true;
}

/* ---- arms ---- */

/* Where the answer to sql_arms has what. */
struct arms_columns {
    const char *name[5 + DAY_GUARDRAILS_MAX];
    size_t n, late, reward, guardrails; /* 0: not asked */
};

static struct arms_columns arms_columns_of(const struct arms_wanted *wanted,
                                           struct arena *arena)
{
    struct arms_columns columns = {.name = {"arm", "multi", "n"}, .n = 3};

    if (wanted->deploy_ms > 0) {
        columns.late = columns.n;
        columns.name[columns.n++] = "late";
    }
    if (wanted->reward) {
        columns.reward = columns.n;
        columns.name[columns.n++] = "s";
    }
    columns.guardrails = columns.n;
    for (size_t g = 0; g < wanted->nguardrails; g++)
        columns.name[columns.n++] = str_format(arena, "s%zu", g);
    return columns;
}

static bool find_arm(const struct arms_wanted *wanted, struct str name, size_t *arm)
{
    for (*arm = 0; *arm < wanted->narms; ++*arm)
        if (str_equal(str_of(wanted->arm[*arm]), name))
            return true;
    return false;
}

/* The numbers of a row of the answer to sql_arms. */
struct arm_row {
    int64_t multi, n, late, successes, guardrail[DAY_GUARDRAILS_MAX];
};

static bool read_arm_row(const struct tables *tables,
                         const struct arms_columns *columns,
                         const struct sql_rows *rows, size_t row, struct arm_row *out,
                         struct err *err)
{
    *out = (struct arm_row){0};
    if (!read_count(tables, rows, row, 1, &out->multi, err) ||
        !read_count(tables, rows, row, 2, &out->n, err) ||
        (columns->late > 0 &&
         !read_count(tables, rows, row, columns->late, &out->late, err)) ||
        (columns->reward > 0 &&
         !read_count(tables, rows, row, columns->reward, &out->successes, err)))
        return false;
    for (size_t c = columns->guardrails; c < columns->n; c++)
        if (!read_count(tables, rows, row, c, &out->guardrail[c - columns->guardrails],
                        err))
            return false;
    return true;
}

/* False: an arm that was not asked for. */
static bool add_arm(const struct arms_wanted *wanted, struct str name,
                    const struct arm_row *row, struct day_arms *arms)
{
    struct arm_counts *arm;
    size_t k;

    arms->multi += name.n == 0 ? row->n : 0;
    arms->dropped += row->multi > 0 ? row->n : 0;
    if (name.n == 0 || str_equal(name, STR("?")))
        return true;
    if (!find_arm(wanted, name, &k))
        return false;
    arm = &arms->arm[k];
    arm->exposed += row->n;
    arm->deployed += row->late;
    if (row->multi > 0)
        return true;
    arm->units += row->n;
    arm->successes += row->successes;
    for (size_t g = 0; g < wanted->nguardrails; g++)
        arm->guardrail[g] += row->guardrail[g];
    return true;
}

/* Asks where one row is the answer. */
static bool ask_row(const struct tables *tables, const struct sql_columns *columns,
                    struct arena *arena, struct sql_rows *rows, struct err *err)
{
    *rows = (struct sql_rows){0};
    if (!ask(tables, columns, arena, rows, err))
        return false;
    return rows->nrows == 1 || err_set(err, "%s: %zu rows in the reply, expected 1",
                                       tables->who, rows->nrows);
}

static bool read_exposures(const struct tables *tables,
                           const struct arms_wanted *wanted, struct arena *arena,
                           struct day_arms *arms, struct err *err)
{
    static const char *const names[] = {"n", "k", "x"};
    const struct sql_columns columns = {names, sizeof names / sizeof *names};
    struct sql_rows rows = {0};

    sql_exposures(&tables->table, wanted, next_question(tables));
    if (!ask_row(tables, &columns, arena, &rows, err))
        return false;
    if (!read_count(tables, &rows, 0, 0, &arms->exposures, err))
        return false;
    return arms->exposures == 0 ||
           (read_count(tables, &rows, 0, 1, &arms->bad, err) &&
            read_count(tables, &rows, 0, 2, &arms->unknown, err));
}

static bool read_arms(const struct tables *tables, const struct arms_wanted *wanted,
                      struct arena *arena, struct day_arms *arms, struct err *err)
{
    struct arms_columns columns = arms_columns_of(wanted, arena);
    const struct sql_columns asked = {columns.name, columns.n};
    struct sql_rows rows = {0};

    assert(wanted->nguardrails <= DAY_GUARDRAILS_MAX);
    *arms =
        (struct day_arms){.arm = arena_new(arena, struct arm_counts, wanted->narms)};
    if (!read_exposures(tables, wanted, arena, arms, err))
        return false;
    sql_arms(&tables->table, wanted, next_question(tables));
    if (!ask(tables, &asked, arena, &rows, err))
        return false;
    for (size_t row = 0; row < rows.nrows; row++) {
        struct arm_row numbers;

        if (!read_arm_row(tables, &columns, &rows, row, &numbers, err))
            return false;
        if (!add_arm(wanted, rows.cell[row * rows.ncolumns], &numbers, arms))
            return err_set(err, "%s: an arm in the reply was not asked for",
                           tables->who);
    }
    return true;
}

bool tables_arms(void *of, size_t index, const struct arms_wanted *wanted,
                 struct arena *arena, struct day_arms *arms, struct err *err)
{
    struct tables *tables = of;
    bool stood = false;

    say_of(tables, "arms", tables->bounds.first + (int32_t)index, arena);
    for (int i = 0; i < 2 && !stood; i++)
        if (!read_arms(tables, wanted, arena, arms, err) ||
            !day_stood(tables, index, arena, &stood, err))
            return false;
    if (!stood)
        tables->days[index].is_cut = true;
    return true;
}
