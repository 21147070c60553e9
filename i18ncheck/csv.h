/*
 * Records of CSV (RFC 4180) from bytes in memory. Pure.
 */
#ifndef I18NCHECK_CSV_H
#define I18NCHECK_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/arena.h"
#include "shared/str.h"

enum { CSV_FIELDS_MAX = 64 };

struct csv {
    struct str rest; /* UTF-8, without a byte-order mark */
    char separator;
    bool has_comments; /* lines that begin with # are none */
    struct arena *arena;
    size_t line;     /* where the last record began, from 1 */
    const char *why; /* CSV_BAD */

    size_t next; /* line of `rest` */
};

enum csv_result { CSV_RECORD, CSV_END, CSV_BAD };

/* The next record that is not blank. Fields are views, or in the arena; at most
 * CSV_FIELDS_MAX, more are bad. */
enum csv_result csv_next(struct csv *csv, struct str field[CSV_FIELDS_MAX], size_t *n);

#endif
