/* The questions of the watchdog: what a dimension's values count on a day. */
#include "shared/sql_internal.h"

#include "shared/banned.h"

static enum sql_column dimension_column(enum dimension dimension)
{
    switch (dimension) {
    case DIMENSION_PAGE: return COLUMN_PAGE;
    case DIMENSION_BROWSER: return COLUMN_BROWSER;
    case DIMENSION_DEVICE: return COLUMN_DEVICE;
    case DIMENSION_RELEASE: return COLUMN_RELEASE;
    case DIMENSION_ERROR: return COLUMN_ERROR;
    case DIMENSION_SITE:
    case DIMENSION_COUNT: break;
    }
    return COLUMN_COUNT;
}

bool sql_has_dimension(const struct sql_table *table, enum dimension dimension)
{
    return dimension == DIMENSION_SITE || table->column[dimension_column(dimension)];
}

/* The number of a test among `list`, which it joins. */
static int test_number(struct sql_test *list, int *n, struct sql_test test)
{
    for (int i = 0; i < *n; i++)
        if (list[i].kinds == test.kinds && list[i].predicates == test.predicates)
            return i;
    list[*n] = test;
    return (*n)++;
}

/* The number in `list` of the test for any of `mask`; SQL_NONE where none can be. */
static int mask_number(const struct sql_cells *cells, struct sql_test *list, int *n,
                       uint64_t mask)
{
    struct sql_test test = {0};

    for (; mask != 0; mask &= mask - 1)
        if (sql_predicate_can(cells->table, cells->plan, (size_t)__builtin_ctzll(mask)))
            test.predicates |= mask & -mask;
    return test.predicates == 0 ? SQL_NONE : test_number(list, n, test);
}

static int column_of(struct sql_cells *cells, uint64_t mask)
{
    return mask_number(cells, cells->column, &cells->ncolumns, mask);
}

static int end_of(struct sql_cells *cells, uint64_t mask)
{
    return mask_number(cells, cells->end, &cells->nends, mask);
}

static int sum_number(struct sql_cells *cells, struct sql_sum sum)
{
    for (int i = 0; i < cells->nsums; i++) {
        const struct sql_sum *known = &cells->sum[i];

        if (known->affected == sum.affected && known->ended == sum.ended &&
            known->failed == sum.failed && known->within == sum.within)
            return i;
    }
    cells->sum[cells->nsums] = sum;
    return cells->nsums++;
}

static int plain_sum(struct sql_cells *cells, int column)
{
    if (column == SQL_NONE)
        return SQL_NONE;
    return sum_number(cells, (struct sql_sum){column, SQL_NONE, SQL_NONE, SQL_NONE});
}

static int affected_sum(struct sql_cells *cells, const struct counted *what,
                        int exposed)
{
    struct sql_sum sum = {.affected = column_of(cells, what->affected),
                          .ended = SQL_NONE,
                          .failed = column_of(cells, what->failed),
                          .within = what->within ? exposed : SQL_NONE};

    if (what->within && exposed == SQL_NONE)
        return SQL_NONE; // nobody is exposed to an error
    if (sum.affected == SQL_NONE) {
        sum.affected = sum.failed;
        sum.failed = SQL_NONE;
    } else {
        sum.ended = end_of(cells, what->ended);
    }
    return sum.affected == SQL_NONE ? SQL_NONE : sum_number(cells, sum);
}

void sql_cells_plan(const struct sql_table *table, const struct cells_wanted *wanted,
                    enum dimension dimension, struct sql_cells *cells)
{
    const struct daycount_plan *plan = wanted->plan;

    *cells = (struct sql_cells){.dimension = dimension,
                                .table = table,
                                .plan = plan,
                                .units = SQL_NONE};
    for (size_t c = 0; c < plan->ncounted; c++) {
        const struct counted *what = &plan->counted[c];
        int exposed = SQL_NONE;

        cells->affected[c] = cells->exposed[c] = SQL_NONE;
        if ((wanted->counted >> c & 1) == 0)
            continue;
        if (dimension != DIMENSION_ERROR)
            exposed = column_of(cells, what->exposed);
        cells->exposed[c] = plain_sum(cells, exposed);
        cells->affected[c] = affected_sum(cells, what, exposed);
    }
    for (int k = 0; k < KIND_COUNT; k++) {
        struct sql_test test = {.kinds = UINT32_C(1) << k};

        cells->kind[k] = SQL_NONE;
        if (dimension == DIMENSION_SITE && sql_kinds_can(table, test.kinds))
            cells->kind[k] =
                plain_sum(cells, test_number(cells->column, &cells->ncolumns, test));
    }
    if (dimension == DIMENSION_SITE)
        cells->units = plain_sum(cells, test_number(cells->column, &cells->ncolumns,
                                                    (struct sql_test){0}));
}

static void add_test(struct buf *out, const struct sql_cells *cells,
                     const struct sql_test *test, const struct sql_pages *pages)
{
    bool is_first = true;

    buf_add_text(out, "CASE WHEN ");
    if (test->kinds != 0)
        sql_add_kinds(out, cells->table, test->kinds);
    else if (test->predicates == 0)
        buf_add_text(out, "1 = 1");
    for (uint64_t mask = test->predicates; mask != 0; mask &= mask - 1) {
        size_t index = (size_t)__builtin_ctzll(mask);

        buf_add_text(out, is_first ? "" : " OR ");
        sql_add_predicate(out, cells->table, cells->plan,
                          &cells->plan->predicates[index], &pages[index]);
        is_first = false;
    }
    buf_add_text(out, " THEN 1 ELSE 0 END");
}

/* 1 where the unit is counted. */
static void add_sum(struct buf *out, const struct sql_sum *sum)
{
    buf_add_text(out, "sum(");
    if (sum->failed != SQL_NONE)
        buf_add_text(out, "(1 - (1 - ");
    buf_printf(out, "p%d", sum->affected);
    if (sum->ended != SQL_NONE)
        buf_printf(out, " * (1 - e%d)", sum->ended);
    if (sum->failed != SQL_NONE)
        buf_printf(out, ") * (1 - p%d))", sum->failed);
    if (sum->within != SQL_NONE)
        buf_printf(out, " * p%d", sum->within);
    buf_add_text(out, ")");
}

static void add_sums(struct buf *out, const struct sql_cells *cells)
{
    buf_add_text(out, "SELECT v");
    for (int s = 0; s < cells->nsums; s++) {
        buf_add_text(out, ", ");
        add_sum(out, &cells->sum[s]);
        buf_printf(out, " AS s%d", s);
    }
}

static void add_value(struct buf *out, const struct sql_cells *cells,
                      const char *collation)
{
    if (cells->dimension == DIMENSION_SITE) {
        buf_add_text(out, "'site'");
        return;
    }
    sql_add_column(out, cells->table, dimension_column(cells->dimension));
    buf_add_text(out, collation);
}

/* Tests by number, as columns of a letter. */
struct lettered {
    const struct sql_test *test;
    int n;
    char letter;
};

static struct lettered columns_of(const struct sql_cells *cells)
{
    return (struct lettered){cells->column, cells->ncolumns, 'p'};
}

static struct lettered ends_of(const struct sql_cells *cells)
{
    return (struct lettered){cells->end, cells->nends, 'e'};
}

static void add_tests(struct buf *out, const struct sql_cells *cells,
                      struct lettered tests, bool is_max, const struct sql_pages *pages)
{
    for (int i = 0; i < tests.n; i++) {
        buf_add_text(out, is_max ? ", max(" : ", ");
        add_test(out, cells, &tests.test[i], pages);
        buf_printf(out, "%s AS %c%d", is_max ? ")" : "", tests.letter, i);
    }
}

static void clickhouse_cells(const struct sql_cells *cells,
                             const struct sql_pages *pages, struct sql_span span,
                             struct buf *out)
{
    const struct sql_table *table = cells->table;
    bool is_hogql = table->dialect == SQL_HOGQL;

    add_sums(out, cells);
    buf_add_text(out, "\nFROM (SELECT ");
    add_value(out, cells, "");
    buf_add_text(out, " AS v, ");
    sql_add_column(out, table, COLUMN_SESSION);
    buf_add_text(out, " AS u");
    add_tests(out, cells, columns_of(cells), true, pages);
    sql_add_from(out, table);
    buf_add_text(out, "\n  WHERE ");
    sql_add_span(out, table, span);
    buf_add_text(out, " AND ");
    sql_add_is_said(out, table, COLUMN_SESSION);
    if (cells->dimension != DIMENSION_SITE) {
        buf_add_text(out, " AND ");
        sql_add_is_said(out, table, dimension_column(cells->dimension));
    }
    buf_add_text(out, is_hogql ? "\n  GROUP BY v, u) AS c\n" : "\n  GROUP BY v, u)\n");
    if (cells->nends > 0) {
        buf_add_text(out, is_hogql ? "LEFT JOIN (SELECT " : "ANY LEFT JOIN (SELECT ");
        sql_add_column(out, table, COLUMN_SESSION);
        buf_add_text(out, " AS u");
        add_tests(out, cells, ends_of(cells), true, pages);
        sql_add_from(out, table);
        buf_add_text(out, "\n  WHERE ");
        sql_add_span(out, table, span);
        buf_add_text(out, " AND ");
        sql_add_is_said(out, table, COLUMN_SESSION);
        buf_add_text(out, is_hogql ? "\n  GROUP BY u) AS d ON c.u = d.u\n"
                                   : "\n  GROUP BY u) USING u\n");
    }
}

static void add_maxima(struct buf *out, char letter, int n)
{
    for (int i = 0; i < n; i++)
        buf_printf(out, ", max(%c%d) AS %c%d", letter, i, letter, i);
}

static void postgres_cells(const struct sql_cells *cells, const struct sql_pages *pages,
                           struct sql_span span, struct buf *out)
{
    const struct sql_table *table = cells->table;

    buf_add_text(out, "WITH e AS (SELECT ");
    sql_add_column(out, table, COLUMN_SESSION);
    buf_add_text(out, " COLLATE \"C\" AS u, ");
    add_value(out, cells, " COLLATE \"C\"");
    buf_add_text(out, " AS v");
    add_tests(out, cells, columns_of(cells), false, pages);
    add_tests(out, cells, ends_of(cells), false, pages);
    sql_add_from(out, table);
    buf_add_text(out, "\n  WHERE ");
    sql_add_span(out, table, span);
    buf_add_text(out, " AND ");
    sql_add_is_said(out, table, COLUMN_SESSION);
    buf_add_text(out, "),\n");
    if (cells->nends > 0) {
        buf_add_text(out, "d AS (SELECT u");
        add_maxima(out, 'e', cells->nends);
        buf_add_text(out, " FROM e GROUP BY u),\n");
    }
    buf_add_text(out, "c AS (SELECT v, u");
    add_maxima(out, 'p', cells->ncolumns);
    buf_add_text(out, " FROM e WHERE v <> '' GROUP BY v, u)\n");
    add_sums(out, cells);
    buf_printf(out, "\nFROM c%s\n", cells->nends > 0 ? " JOIN d USING (u)" : "");
}

/* One more than may be: the answer then tells that there were more. */
static void add_limit(struct buf *out, const struct sql_table *table, uint32_t most)
{
    buf_add_text(out, "GROUP BY v ORDER BY v");
    if (table->dialect == SQL_HOGQL)
        sql_add_end(out, table);
    else
        buf_printf(out, " LIMIT %lu", (unsigned long)most + 1);
}

void sql_cells(const struct sql_cells *cells,
               const struct sql_pages pages[PREDICATES_MAX], struct sql_span span,
               struct buf *out)
{
    if (cells->table->dialect != SQL_POSTGRES)
        clickhouse_cells(cells, pages, span, out);
    else
        postgres_cells(cells, pages, span, out);
    add_limit(out, cells->table, cells->plan->most_values[cells->dimension]);
}

void sql_pages(const struct sql_table *table, const struct daycount_plan *plan,
               const struct predicate *predicate, struct sql_span span, struct buf *out)
{
    buf_add_text(out, "SELECT ");
    sql_add_column(out, table, COLUMN_PAGE);
    buf_add_text(out,
                 table->dialect == SQL_CLICKHOUSE ? " AS v" : " COLLATE \"C\" AS v");
    sql_add_from(out, table);
    buf_add_text(out, "\n  WHERE ");
    sql_add_span(out, table, span);
    buf_add_text(out, " AND ");
    sql_add_is_said(out, table, COLUMN_SESSION);
    buf_add_text(out, " AND ");
    sql_add_is_said(out, table, COLUMN_PAGE);
    buf_add_text(out, " AND ");
    sql_add_predicate(out, table, plan, predicate, NULL);
    // no page_name makes one of two
    buf_add_text(out,
                 table->dialect == SQL_CLICKHOUSE ? "\nGROUP BY v" : "\nGROUP BY 1");
    buf_printf(out, " ORDER BY v LIMIT %lu",
               (unsigned long)plan->most_values[DIMENSION_PAGE] + 1);
}
