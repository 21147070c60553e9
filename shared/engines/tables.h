/*
 * What databases have in common: the table that a configuration describes, and which
 * questions (shared/sql.h) make a day of cells or arms. A database adds how it is
 * asked.
 */
#ifndef SHARED_ENGINES_TABLES_H
#define SHARED_ENGINES_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/engine.h"
#include "shared/sql.h"

/* An answer: texts row by row, in the arena; one that is NULL in the table has a NULL
 * `at`. */
struct sql_rows {
    struct str *cell;
    size_t nrows, ncolumns;
};

/* Names of the columns of an answer, in order. */
struct sql_columns {
    const char *const *name;
    size_t n;
};

/* Asks. Fails unless the answer is whole and has these columns, in this order; says
 * then whose it is, by tables.who. */
typedef bool sql_ask(void *self, struct str sql, const struct sql_columns *columns,
                     struct arena *arena, struct sql_rows *rows, struct err *err);

struct tables {
    const struct config *config;
    const char *name; /* of the source */
    const json_t *json;
    struct sql_table table;
    sql_ask *ask;
    void *self;
    const char *who;  /* before every message: "source 'events', page of 2026-03-02" */
    bool is_snapshot; /* all answers are of one moment */
    struct day_bounds bounds;
    struct source_day *days;
    struct sql_count *counted; /* of each day when it was last asked for */
    struct buf *question;      /* the last one: a run may ask hundreds */
    struct sql_cells *cells;   /* of it, where it was for cells */
};

/* Room for questions; tables_open does it. */
void tables_prepare(struct tables *tables, struct arena *arena);

/* Reads the keys table, columns, ts_type, kinds and lag_h; table.dialect is set. */
MUST_USE bool tables_open(const struct config *config, const char *name,
                          struct arena *arena, struct tables *tables,
                          struct engine_opened *opened, struct err *err);

/* The password of password_file or password_env; NULL: none is named. */
struct secret;
MUST_USE bool tables_password(const struct tables *tables, struct arena *arena,
                              struct secret **password, struct err *err);

/* Functions of struct engine: `of` begins with its struct tables. */
MUST_USE bool tables_can_count(void *of, const struct daycount_plan *plan, size_t index,
                               bool *can, struct err *err);
MUST_USE bool tables_check_arms(void *of, const struct arms_wanted *wanted,
                                struct err *err);
MUST_USE bool tables_start(void *of, const struct day_bounds *bounds,
                           struct arena *arena, struct source_day *days,
                           struct source_totals *totals, struct err *err);
MUST_USE bool tables_cells(void *of, size_t index, const struct cells_wanted *wanted,
                           struct arena *arena, struct day_cells *cells,
                           struct err *err);
MUST_USE bool tables_arms(void *of, size_t index, const struct arms_wanted *wanted,
                          struct arena *arena, struct day_arms *arms, struct err *err);

#endif
