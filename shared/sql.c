/* Builds the questions. Every text that comes from a configuration passes
 * add_identifier or sql_add_literal, every text that comes from a table add_bytes. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "shared/clock.h"
#include "shared/sql_internal.h"

#include "shared/banned.h"

enum { IDENTIFIER_MAX = 64, LITERAL_MAX = 128, DAY_S = 86400 };

const char *sql_column_word(enum sql_column column)
{
    static const char *const words[COLUMN_COUNT] = {
        [COLUMN_TIME] = "time",       [COLUMN_SESSION] = "session",
        [COLUMN_USER] = "user",       [COLUMN_EVENT] = "event",
        [COLUMN_PAGE] = "page",       [COLUMN_REFERRER_HOST] = "referrer_host",
        [COLUMN_BROWSER] = "browser", [COLUMN_DEVICE] = "device",
        [COLUMN_RELEASE] = "release", [COLUMN_ERROR] = "error",
        [COLUMN_STATUS] = "status",   [COLUMN_VALUE] = "value",
        [COLUMN_RESULTS] = "results", [COLUMN_LCP] = "lcp",
        [COLUMN_INP] = "inp",         [COLUMN_CLS] = "cls",
        [COLUMN_FCP] = "fcp",         [COLUMN_TTFB] = "ttfb",
    };

    return words[column];
}

/* ---- what may stand in a text ---- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool sql_is_identifier(struct str text)
{
    if (text.n == 0 || text.n > IDENTIFIER_MAX || !is_letter(text.at[0]))
        return false;
    for (size_t i = 1; i < text.n; i++)
        if (!is_letter(text.at[i]) && !is_digit(text.at[i]))
            return false;
    return true;
}

/* ClickHouse takes a name for the expression that was given it, wherever it stands. */
bool sql_is_column(struct str text)
{
    size_t digits = 1;

    while (digits < text.n && is_digit(text.at[digits]))
        digits++;
    return sql_is_identifier(text) &&
           !(digits == text.n && strchr("acdegkmnprstuvx", text.at[0]));
}

/* Of HogQL a property, which may begin with a dollar. */
bool sql_is_property(enum sql_dialect dialect, struct str name)
{
    if (dialect != SQL_HOGQL)
        return sql_is_column(name);
    while (name.n > 0 && name.at[0] == '$') {
        name.at++;
        name.n--;
    }
    return sql_is_identifier(name);
}

bool sql_is_literal(struct str text)
{
    if (text.n == 0 || text.n > LITERAL_MAX)
        return false;
    for (size_t i = 0; i < text.n; i++)
        if (!is_letter(text.at[i]) && !is_digit(text.at[i]) &&
            (text.at[i] == '\0' || !strchr("$ .:/-", text.at[i])))
            return false;
    return true;
}

static void add_identifier(struct buf *out, const char *name)
{
    assert(sql_is_identifier(str_of(name)));
    buf_printf(out, "\"%s\"", name);
}

void sql_add_literal(struct buf *out, struct str text)
{
    assert(sql_is_literal(text));
    buf_printf(out, "'%.*s'", (int)text.n, text.at);
}

static void add_bytes(struct buf *out, enum sql_dialect dialect, struct str text)
{
    buf_add_text(out, dialect == SQL_CLICKHOUSE ? "unhex('" : "convert_from(decode('");
    for (size_t i = 0; i < text.n; i++)
        buf_printf(out, "%02X", (unsigned)(unsigned char)text.at[i]);
    buf_add_text(out, dialect == SQL_CLICKHOUSE ? "')" : "', 'hex'), 'UTF8')");
}

/* ---- parts ---- */

void sql_add_column(struct buf *out, const struct sql_table *table,
                    enum sql_column column)
{
    if (table->dialect == SQL_HOGQL)
        buf_add_text(out, table->column[column]);
    else
        add_identifier(out, table->column[column]);
}

const char *sql_unlike(const struct sql_table *table)
{
    return table->dialect == SQL_POSTGRES ? "<>" : "!=";
}

/* A property that is not there is NULL in HogQL, which is unlike any text. */
void sql_add_property(struct buf *out, const struct sql_table *table, const char *name)
{
    assert(sql_is_property(table->dialect, str_of(name)));
    if (table->dialect == SQL_HOGQL)
        buf_printf(out, "ifNull(properties.%s, '')", name);
    else
        add_identifier(out, name);
}

/* "session" != '' */
void sql_add_is_said(struct buf *out, const struct sql_table *table,
                     enum sql_column column)
{
    sql_add_column(out, table, column);
    buf_printf(out, " %s ''", sql_unlike(table));
}

void sql_add_from(struct buf *out, const struct sql_table *table)
{
    buf_add_text(out, " FROM ");
    if (table->dialect == SQL_HOGQL) {
        buf_add_text(out, table->name);
        return;
    }
    if (table->schema) {
        add_identifier(out, table->schema);
        buf_add_text(out, ".");
    }
    add_identifier(out, table->name);
}

static void add_instant(struct buf *out, const struct sql_table *table, int64_t s)
{
    bool is_clickhouse = table->dialect == SQL_CLICKHOUSE;
    int32_t of_day = (int32_t)(s % DAY_S);

    if (table->dialect == SQL_HOGQL) {
        buf_printf(out, "toDateTime('%s %02d:%02d:%02d','UTC')",
                   day_text((int32_t)(s / DAY_S)).text, of_day / 3600, of_day / 60 % 60,
                   of_day % 60);
        return;
    }
    switch (table->time) {
    case SQL_TIMESTAMP:
    case SQL_DATETIME64:
        buf_printf(out, "%s(%lld)", is_clickhouse ? "toDateTime" : "to_timestamp",
                   (long long)s);
        break;
    case SQL_EPOCH_MS: buf_printf(out, "%lld", 1000 * (long long)s); break;
    case SQL_EPOCH_S: buf_printf(out, "%lld", (long long)s); break;
    }
}

void sql_add_span(struct buf *out, const struct sql_table *table, struct sql_span span)
{
    sql_add_column(out, table, COLUMN_TIME);
    buf_add_text(out, " >= ");
    add_instant(out, table, span.from_s);
    buf_add_text(out, " AND ");
    sql_add_column(out, table, COLUMN_TIME);
    buf_add_text(out, " < ");
    add_instant(out, table, span.to_s);
}

/* The row's time in ms, cut. */
void sql_add_ms(struct buf *out, const struct sql_table *table)
{
    static const char *const before[3][4] = {
        {"toUInt64(toUnixTimestamp(", "toUInt64(toUnixTimestamp64Milli(", "toUInt64(",
         "toUInt64("},
        {"floor(extract(epoch from ", NULL, "(", "floor("},
        {NULL, "toUnixTimestamp64Milli(", NULL, NULL},
    };
    static const char *const after[3][4] = {
        {")) * 1000", "))", ")", ") * 1000"},
        {") * 1000)::bigint", NULL, ")::bigint", " * 1000)::bigint"},
        {NULL, ")", NULL, NULL},
    };

    buf_add_text(out, before[table->dialect][table->time]);
    sql_add_column(out, table, COLUMN_TIME);
    buf_add_text(out, after[table->dialect][table->time]);
}

/* event IN ('a', 'b') */
void sql_add_among(struct buf *out, const struct sql_table *table,
                   enum sql_column column, const struct str *name, size_t n)
{
    sql_add_column(out, table, column);
    buf_add_text(out, " IN (");
    for (size_t i = 0; i < n; i++) {
        buf_add_text(out, i > 0 ? ", " : "");
        sql_add_literal(out, name[i]);
    }
    buf_add_text(out, ")");
}

/* ---- predicates ---- */

bool sql_kinds_can(const struct sql_table *table, uint32_t kinds)
{
    for (int k = 0; k < KIND_COUNT; k++)
        if ((kinds >> k & 1) != 0 && table->kind[k].n > 0)
            return true;
    return false;
}

static enum sql_column number_column(enum row_number which)
{
    return (enum sql_column)(COLUMN_STATUS + (int)which);
}

/* Whether a row of the table can match it. */
bool sql_predicate_can(const struct sql_table *table, const struct daycount_plan *plan,
                       size_t index)
{
    const struct predicate *what = &plan->predicates[index];
    const struct predicate_words *words = what->words;

    if (what->kinds != 0 && !sql_kinds_can(table, what->kinds))
        return false;
    if (what->given)
        return words && !words->is_pattern && !words->asks_properties &&
               ((words->npages == 0 && !words->is_page) || table->column[COLUMN_PAGE]);
    return (!what->has_number || table->column[number_column(what->which)]) &&
           (!what->own_referrer ||
            (table->column[COLUMN_REFERRER_HOST] && plan->nown_hosts > 0));
}

/* Parts are joined by " AND ". */
static void add_and(struct buf *out, bool *is_first)
{
    buf_add_text(out, *is_first ? "" : " AND ");
    *is_first = false;
}

void sql_add_kinds(struct buf *out, const struct sql_table *table, uint32_t kinds)
{
    bool is_first = true;

    sql_add_column(out, table, COLUMN_EVENT);
    buf_add_text(out, " IN (");
    for (int k = 0; k < KIND_COUNT; k++)
        for (size_t i = 0; (kinds >> k & 1) != 0 && i < table->kind[k].n; i++) {
            buf_add_text(out, is_first ? "" : ", ");
            sql_add_literal(out, table->kind[k].at[i]);
            is_first = false;
        }
    buf_add_text(out, ")");
}

static void add_number(struct buf *out, const struct sql_table *table,
                       const struct predicate *what)
{
    enum sql_column column = number_column(what->which);
    char number[STR_NUMBER_BYTES];

    (void)str_from_double(what->above, number);
    sql_add_column(out, table, column);
    buf_printf(out, " > %s", number);
    if (isinf(what->at_most))
        return;
    (void)str_from_double(what->at_most, number);
    buf_add_text(out, " AND ");
    sql_add_column(out, table, column);
    buf_printf(out, " <= %s", number);
}

static void add_own_referrer(struct buf *out, const struct sql_table *table,
                             const struct daycount_plan *plan)
{
    buf_add_text(out, "lower(");
    sql_add_column(out, table, COLUMN_REFERRER_HOST);
    buf_add_text(out, ") IN (");
    for (size_t i = 0; i < plan->nown_hosts; i++) {
        buf_add_text(out, i > 0 ? ", lower(" : "lower(");
        sql_add_literal(out, str_of(plan->own_hosts[i]));
        buf_add_text(out, ")");
    }
    buf_add_text(out, ")");
}

static void add_pages(struct buf *out, const struct sql_table *table,
                      const struct sql_pages *pages)
{
    if (pages->n == 0) {
        buf_add_text(out, "1 = 0");
        return;
    }
    sql_add_column(out, table, COLUMN_PAGE);
    buf_add_text(out, " IN (");
    for (size_t i = 0; i < pages->n; i++) {
        buf_add_text(out, i > 0 ? ", " : "");
        add_bytes(out, table->dialect, pages->at[i]);
    }
    buf_add_text(out, ")");
}

/* Of a predicate that can be; `pages` of its is_page, NULL: on any page. */
void sql_add_predicate(struct buf *out, const struct sql_table *table,
                       const struct daycount_plan *plan, const struct predicate *what,
                       const struct sql_pages *pages)
{
    const struct predicate_words *words = what->given ? what->words : NULL;
    bool is_first = true;

    if (what->kinds != 0) {
        add_and(out, &is_first);
        sql_add_kinds(out, table, what->kinds);
    }
    if (words && words->nevents > 0) {
        add_and(out, &is_first);
        sql_add_among(out, table, COLUMN_EVENT, words->event, words->nevents);
    }
    if (words && words->npages > 0) {
        add_and(out, &is_first);
        sql_add_among(out, table, COLUMN_PAGE, words->page, words->npages);
    }
    if (words && words->is_page && pages) {
        add_and(out, &is_first);
        add_pages(out, table, pages);
    }
    if (!words && what->has_number) {
        add_and(out, &is_first);
        add_number(out, table, what);
    }
    if (!words && what->own_referrer) {
        add_and(out, &is_first);
        add_own_referrer(out, table, plan);
    }
    if (is_first)
        buf_add_text(out, "1 = 1");
}

static bool mask_can(const struct sql_table *table, const struct daycount_plan *plan,
                     uint64_t mask)
{
    for (; mask != 0; mask &= mask - 1)
        if (sql_predicate_can(table, plan, (size_t)__builtin_ctzll(mask)))
            return true;
    return false;
}

bool sql_can_count(const struct sql_table *table, const struct daycount_plan *plan,
                   size_t index)
{
    const struct counted *what = &plan->counted[index];

    return what->form == FORM_ROWS &&
           mask_can(table, plan, what->affected | what->failed) &&
           (what->exposed == 0 || mask_can(table, plan, what->exposed)) &&
           (what->ended == 0 || mask_can(table, plan, what->ended));
}

static bool all_literals(const struct str *name, size_t n, struct str *text)
{
    for (size_t i = 0; i < n; i++) {
        *text = name[i];
        if (!sql_is_literal(name[i]))
            return false;
    }
    return true;
}

const struct predicate_words *sql_refused(const struct daycount_plan *plan,
                                          size_t index, struct str *text)
{
    const struct counted *what = &plan->counted[index];
    uint64_t mask = what->affected | what->exposed | what->ended | what->failed;

    for (; mask != 0; mask &= mask - 1) {
        const struct predicate *of = &plan->predicates[__builtin_ctzll(mask)];
        const struct predicate_words *words = of->given ? of->words : NULL;

        if (!words)
            continue;
        *text = STR("");
        if (words->is_pattern || !all_literals(words->event, words->nevents, text) ||
            !all_literals(words->page, words->npages, text))
            return words;
    }
    return NULL;
}

/* ---- days ---- */

/* Rows without a unit are rejected, as they are from files. */
void sql_add_has_unit(struct buf *out, const struct sql_table *table)
{
    sql_add_is_said(out, table, COLUMN_SESSION);
    if (table->column[COLUMN_USER]) {
        buf_add_text(out, " OR ");
        sql_add_is_said(out, table, COLUMN_USER);
    }
}

const char *sql_count_of(const struct sql_table *table)
{
    return table->dialect == SQL_POSTGRES ? "count(*)" : "count()";
}

void sql_add_end(struct buf *out, const struct sql_table *table)
{
    if (table->dialect == SQL_HOGQL)
        buf_printf(out, " LIMIT %d", SQL_HOGQL_ROWS_MAX);
}

/* Of days that are equally long the number of a row's; `day` is the first's. */
static void add_equal_days(struct buf *out, const struct sql_table *table,
                           const int64_t *at_ms, size_t day)
{
    bool has_div = table->dialect != SQL_POSTGRES;
    int64_t length_ms = at_ms[day + 1] - at_ms[day];

    if (length_ms == 0)
        length_ms = 1; // a day that its zone leaves out, which no row is of
    buf_printf(out, "%zu + %s(", day, has_div ? "intDiv" : "");
    sql_add_ms(out, table);
    buf_printf(out, " - %lld%s %lld%s", (long long)at_ms[day], has_div ? "," : ") /",
               (long long)length_ms, has_div ? ")" : "");
}

/* The number of a row's day, by division as long as days are equally long: that is
 * one or two comparisons a row, not one for each bound. */
static void add_day(struct buf *out, const struct sql_table *table,
                    const int64_t *at_ms, size_t ndays)
{
    size_t first = 0;

    for (size_t day = 1; day < ndays; day++) {
        if (at_ms[day + 1] - at_ms[day] == at_ms[first + 1] - at_ms[first])
            continue;
        buf_add_text(out, first == 0 ? "CASE WHEN " : " WHEN ");
        sql_add_column(out, table, COLUMN_TIME);
        buf_add_text(out, " < ");
        add_instant(out, table, at_ms[day] / 1000);
        buf_add_text(out, " THEN ");
        add_equal_days(out, table, at_ms, first);
        first = day;
    }
    buf_add_text(out, first == 0 ? "" : " ELSE ");
    add_equal_days(out, table, at_ms, first);
    buf_add_text(out, first == 0 ? "" : " END");
}

void sql_days(const struct sql_table *table, const int64_t *at_ms, size_t ndays,
              struct buf *out)
{
    struct sql_span all = {at_ms[0] / 1000, at_ms[ndays] / 1000};

    buf_add_text(out, "SELECT ");
    add_day(out, table, at_ms, ndays);
    buf_printf(out, " AS d, %s AS n, sum(CASE WHEN ", sql_count_of(table));
    sql_add_has_unit(out, table);
    buf_add_text(out, " THEN 1 ELSE 0 END) AS k, max(");
    sql_add_ms(out, table);
    buf_add_text(out, ") AS t");
    sql_add_from(out, table);
    buf_add_text(out, "\n  WHERE ");
    sql_add_span(out, table, all);
    buf_printf(out, "\nGROUP BY %s ORDER BY d",
               table->dialect == SQL_POSTGRES ? "1" : "d");
    if (table->dialect == SQL_HOGQL)
        sql_add_end(out, table);
    else
        buf_printf(out, " LIMIT %zu", ndays + 1);
}
