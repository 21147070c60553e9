/*
 * ClickHouse: its engine, and the reader of its replies, which are bytes from outside.
 */
#ifndef SHARED_ENGINES_CLICKHOUSE_H
#define SHARED_ENGINES_CLICKHOUSE_H

#include "shared/engines/tables.h"

extern const struct engine engine_clickhouse;

/* A reply in JSONCompact. Refused, with what is wrong and where: one that is not whole,
 * has other columns, a value that is neither text nor whole number, or another number
 * of rows than it says. */
MUST_USE bool clickhouse_rows(struct str body, const struct sql_columns *columns,
                              struct arena *arena, struct sql_rows *rows,
                              struct err *err);

#endif
