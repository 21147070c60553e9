/* The questions of the bandit: what the units of an experiment did, by arm, first
 * exposed on one day. */
#include <stdio.h>

#include "shared/sql_internal.h"

#include "shared/banned.h"

#define UNKNOWN_ARM "?" /* no literal, so no arm that is wanted */

const char *sql_refused_arms(enum sql_dialect dialect, const struct arms_wanted *wanted)
{
    if (!sql_is_property(dialect, str_of(wanted->flag_property)))
        return wanted->flag_property;
    if (!sql_is_property(dialect, str_of(wanted->arm_property)))
        return wanted->arm_property;
    if (!sql_is_literal(str_of(wanted->event)))
        return wanted->event;
    if (!sql_is_literal(str_of(wanted->flag)))
        return wanted->flag;
    if (wanted->reward && !sql_is_literal(str_of(wanted->reward)))
        return wanted->reward;
    for (size_t k = 0; k < wanted->narms; k++)
        if (!sql_is_literal(str_of(wanted->arm[k])))
            return wanted->arm[k];
    for (size_t g = 0; g < wanted->nguardrails; g++)
        if (!sql_is_literal(str_of(wanted->guardrail[g])))
            return wanted->guardrail[g];
    return NULL;
}

static enum sql_column unit_of(const struct arms_wanted *wanted)
{
    return wanted->is_per_user ? COLUMN_USER : COLUMN_SESSION;
}

static struct sql_span span_of(int64_t from_ms, int64_t to_ms)
{
    return (struct sql_span){from_ms / 1000, to_ms / 1000};
}

static void add_event(struct buf *out, const struct sql_table *table, const char *event)
{
    struct str name = str_of(event);

    sql_add_among(out, table, COLUMN_EVENT, &name, 1);
}

/* An exposure to the experiment, whatever its arm. */
static void add_exposure(struct buf *out, const struct sql_table *table,
                         const struct arms_wanted *wanted)
{
    add_event(out, table, wanted->event);
    buf_add_text(out, " AND ");
    sql_add_property(out, table, wanted->flag_property);
    buf_add_text(out, " = ");
    sql_add_literal(out, str_of(wanted->flag));
}

static void add_arm_is_said(struct buf *out, const struct sql_table *table,
                            const struct arms_wanted *wanted)
{
    sql_add_property(out, table, wanted->arm_property);
    buf_printf(out, " %s ''", sql_unlike(table));
}

static void add_arms(struct buf *out, const struct sql_table *table,
                     const struct arms_wanted *wanted)
{
    sql_add_property(out, table, wanted->arm_property);
    buf_add_text(out, " IN (");
    for (size_t k = 0; k < wanted->narms; k++) {
        buf_add_text(out, k > 0 ? ", " : "");
        sql_add_literal(out, str_of(wanted->arm[k]));
    }
    buf_add_text(out, ")");
}

/* 1 of the rows of an event that counts in the window. */
static void add_marks(struct buf *out, const struct sql_table *table,
                      const struct arms_wanted *wanted)
{
    if (wanted->reward) {
        buf_add_text(out, ",\n  CASE WHEN ");
        add_event(out, table, wanted->reward);
        buf_add_text(out, " THEN 1 ELSE 0 END AS m");
    }
    for (size_t g = 0; g < wanted->nguardrails; g++) {
        buf_add_text(out, ",\n  CASE WHEN ");
        add_event(out, table, wanted->guardrail[g]);
        buf_printf(out, " THEN 1 ELSE 0 END AS g%zu", g);
    }
}

/* The rows that matter: unit, time, arm, whether they expose, what they mark. */
static void add_rows(struct buf *out, const struct sql_table *table,
                     const struct arms_wanted *wanted)
{
    bool is_clickhouse = table->dialect != SQL_POSTGRES;
    struct str event[DAY_GUARDRAILS_MAX + 2];
    size_t n = 0;

    event[n++] = str_of(wanted->event);
    if (wanted->reward)
        event[n++] = str_of(wanted->reward);
    for (size_t g = 0; g < wanted->nguardrails; g++)
        event[n++] = str_of(wanted->guardrail[g]);
    buf_add_text(out, "SELECT ");
    sql_add_column(out, table, unit_of(wanted));
    buf_add_text(out, is_clickhouse ? " AS u, " : " COLLATE \"C\" AS u, ");
    sql_add_ms(out, table);
    buf_add_text(out, " AS t,\n  CASE WHEN ");
    add_arms(out, table, wanted);
    buf_add_text(out, " THEN ");
    sql_add_property(out, table, wanted->arm_property);
    buf_printf(out, " ELSE '%s' END%s AS r,\n  CASE WHEN ", UNKNOWN_ARM,
               is_clickhouse ? "" : " COLLATE \"C\"");
    add_exposure(out, table, wanted);
    buf_add_text(out, " AND ");
    add_arm_is_said(out, table, wanted);
    buf_add_text(out, " THEN 1 ELSE 0 END AS x");
    add_marks(out, table, wanted);
    sql_add_from(out, table);
    buf_add_text(out, "\n  WHERE ");
    sql_add_span(out, table, span_of(wanted->look_ms, wanted->until_ms));
    buf_add_text(out, " AND ");
    sql_add_is_said(out, table, unit_of(wanted));
    buf_add_text(out, "\n  AND ");
    sql_add_among(out, table, COLUMN_EVENT, event, n);
}

static void clickhouse_count(struct buf *out, const struct arms_wanted *wanted,
                             const char *mark)
{
    buf_printf(out,
               ",\n  arrayCount(y -> y >= t0 AND y < t0 + %lld, groupArrayIf(t, %s = "
               "1)) AS c%s",
               (long long)wanted->window_ms, mark, mark);
}

static void clickhouse_arms(const struct sql_table *table,
                            const struct arms_wanted *wanted, struct buf *out)
{
    char mark[32] = "m";

    buf_add_text(out, "SELECT if(k0 > 1, '', a) AS arm, k > 1 AS multi, count() AS n");
    if (wanted->deploy_ms > 0)
        buf_printf(out, ", sum(t0 >= %lld) AS late", (long long)wanted->deploy_ms);
    if (wanted->reward)
        buf_add_text(out, ", sum(cm > 0) AS s");
    for (size_t g = 0; g < wanted->nguardrails; g++)
        buf_printf(out, ", sum(cg%zu > 0) AS s%zu", g, g);
    buf_printf(out,
               "\nFROM (SELECT u, minIf(t, x = 1) AS t0, anyIf(r, x = 1 AND t < %lld) "
               "AS a,\n  uniqExactIf(r, x = 1 AND t < %lld) AS k0, uniqExactIf(r, x = "
               "1) AS k",
               (long long)wanted->to_ms, (long long)wanted->to_ms);
    if (wanted->reward)
        clickhouse_count(out, wanted, mark);
    for (size_t g = 0; g < wanted->nguardrails; g++) {
        (void)snprintf(mark, sizeof mark, "g%zu", g);
        clickhouse_count(out, wanted, mark);
    }
    buf_add_text(out, "\n  FROM (");
    add_rows(out, table, wanted);
    buf_add_text(out, ")\n  GROUP BY u HAVING countIf(x = 1) > 0)\n");
}

static void postgres_arms(const struct sql_table *table,
                          const struct arms_wanted *wanted, struct buf *out)
{
    long long to = wanted->to_ms;

    buf_add_text(out, "WITH r AS (");
    add_rows(out, table, wanted);
    buf_printf(
        out,
        "),\nf AS (SELECT u, min(t) AS t0, min(r) FILTER (WHERE t < %lld) AS a,"
        "\n  min(r) FILTER (WHERE t < %lld) <> max(r) FILTER (WHERE t < %lld) AS "
        "k0, min(r) <> max(r) AS k\n  FROM r WHERE x = 1 GROUP BY u),\ns AS "
        "(SELECT f.u",
        to, to, to);
    if (wanted->reward)
        buf_add_text(out, ", max(r.m) AS cm");
    for (size_t g = 0; g < wanted->nguardrails; g++)
        buf_printf(out, ", max(r.g%zu) AS cg%zu", g, g);
    buf_printf(
        out,
        "\n  FROM f JOIN r ON r.u = f.u AND r.t >= f.t0 AND r.t < f.t0 + %lld "
        "GROUP BY f.u)\nSELECT CASE WHEN k0 THEN '' ELSE a END AS arm, CASE WHEN "
        "k THEN 1 ELSE 0 END AS multi, count(*) AS n",
        (long long)wanted->window_ms);
    if (wanted->deploy_ms > 0)
        buf_printf(out, ", sum(CASE WHEN t0 >= %lld THEN 1 ELSE 0 END) AS late",
                   (long long)wanted->deploy_ms);
    if (wanted->reward)
        buf_add_text(out, ", sum(coalesce(cm, 0)) AS s");
    for (size_t g = 0; g < wanted->nguardrails; g++)
        buf_printf(out, ", sum(coalesce(cg%zu, 0)) AS s%zu", g, g);
    buf_add_text(out, "\nFROM f LEFT JOIN s USING (u)\n");
}

void sql_arms(const struct sql_table *table, const struct arms_wanted *wanted,
              struct buf *out)
{
    bool is_clickhouse = table->dialect != SQL_POSTGRES;

    if (is_clickhouse)
        clickhouse_arms(table, wanted, out);
    else
        postgres_arms(table, wanted, out);
    buf_printf(out, "WHERE t0 >= %lld AND t0 < %lld GROUP BY %s ORDER BY %s",
               (long long)wanted->from_ms, (long long)wanted->to_ms,
               is_clickhouse ? "arm, multi" : "1, 2",
               is_clickhouse ? "arm, multi" : "1, 2");
    sql_add_end(out, table);
}

void sql_exposures(const struct sql_table *table, const struct arms_wanted *wanted,
                   struct buf *out)
{
    enum sql_column unit = unit_of(wanted);
    bool is_clickhouse = table->dialect != SQL_POSTGRES;

    buf_printf(out, "SELECT %s AS n, sum(CASE WHEN ", sql_count_of(table));
    sql_add_is_said(out, table, unit);
    buf_add_text(out, " AND ");
    add_arm_is_said(out, table, wanted);
    buf_add_text(out, " THEN 0 ELSE 1 END) AS k,\n  ");
    buf_add_text(out, is_clickhouse ? "uniqExactIf(" : "count(DISTINCT ");
    sql_add_column(out, table, unit);
    buf_add_text(out, is_clickhouse ? ", " : ") FILTER (WHERE ");
    sql_add_is_said(out, table, unit);
    buf_add_text(out, " AND ");
    add_arm_is_said(out, table, wanted);
    buf_add_text(out, " AND NOT ");
    add_arms(out, table, wanted);
    buf_add_text(out, ") AS x");
    sql_add_from(out, table);
    buf_add_text(out, "\n  WHERE ");
    sql_add_span(out, table, span_of(wanted->from_ms, wanted->to_ms));
    buf_add_text(out, " AND ");
    add_exposure(out, table, wanted);
    buf_add_text(out, " AND (");
    sql_add_has_unit(out, table);
    buf_add_text(out, ")");
    sql_add_end(out, table);
}
