/*
 * Parts of questions, between shared/sql.c, which makes them, and shared/sql_cells.c
 * and shared/sql_arms.c, which put them together. Nobody else's.
 */
#ifndef SHARED_SQL_INTERNAL_H
#define SHARED_SQL_INTERNAL_H

#include "shared/sql.h"

/* 'text', "column", "column" != '' */
void sql_add_literal(struct buf *out, struct str text);
void sql_add_column(struct buf *out, const struct sql_table *table,
                    enum sql_column column);
void sql_add_is_said(struct buf *out, const struct sql_table *table,
                     enum sql_column column);
void sql_add_property(struct buf *out, const struct sql_table *table, const char *name);
bool sql_is_property(enum sql_dialect dialect, struct str name);

/* FROM "schema"."table"; the rows of a span; the row's time in ms, cut */
void sql_add_from(struct buf *out, const struct sql_table *table);
void sql_add_span(struct buf *out, const struct sql_table *table, struct sql_span span);
void sql_add_ms(struct buf *out, const struct sql_table *table);

/* "column" IN ('a', 'b'); "event" IN the names of any of the kinds */
void sql_add_among(struct buf *out, const struct sql_table *table,
                   enum sql_column column, const struct str *name, size_t n);
void sql_add_kinds(struct buf *out, const struct sql_table *table, uint32_t kinds);

/* Whether a row of the table can be of one of the kinds, can match a predicate. */
bool sql_kinds_can(const struct sql_table *table, uint32_t kinds);
bool sql_predicate_can(const struct sql_table *table, const struct daycount_plan *plan,
                       size_t index);
/* Of one that can. `pages`: those its is_page took; NULL: on any page. */
void sql_add_predicate(struct buf *out, const struct sql_table *table,
                       const struct daycount_plan *plan, const struct predicate *what,
                       const struct sql_pages *pages);

/* "session" != '' OR "user" != '', where there is a user */
void sql_add_has_unit(struct buf *out, const struct sql_table *table);
const char *sql_count_of(const struct sql_table *table);
const char *sql_unlike(const struct sql_table *table); /* != or <> */
/* " LIMIT 50000" where less would come without */
void sql_add_end(struct buf *out, const struct sql_table *table);

#endif
