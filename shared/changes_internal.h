/*
 * What the files changes*.c share; nobody else's.
 */
#ifndef SHARED_CHANGES_INTERNAL_H
#define SHARED_CHANGES_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/arena.h"
#include "shared/changes.h"
#include "shared/clock.h"

struct fact_list {
    struct fact_change *item;
    size_t n, capacity;
};

/* Adds the facts of a tool that differ, by pointer; either document may be NULL. */
void compare_facts(const char *tool, const json_t *before, const json_t *now,
                   struct fact_list *list, struct arena *arena);

/* A change as a row of a table; texts are outside text. */
struct change_row {
    const char *kind;         /* "new crit", "weight" */
    const char *name;         /* of a finding its id, of a fact its tool */
    const char *about;        /* message; what the fact is about */
    const char *before, *now; /* with units, "" none */
};

enum { CHANGES_SHOWN_MAX = 200 }; /* rows of a table; then how many more */

struct change_rows {
    const struct change_row *row;
    size_t n;
};

/* Findings, then facts; the numbers that move along with a decision of the bandit are
 * one row, of how many. */
struct change_rows changes_rows(const struct changes *changes, struct arena *arena);

/* The newest day of one side, "none" without any state. */
struct day_text changes_through(const struct changes *changes, bool is_now);
/* "warning", "critical", ...; "none" without state. */
const char *changes_verdict(const struct tool_change *tool, bool is_now);
/* Whether the verdict moved, or its state came or went. */
bool changes_has_moved(const struct tool_change *tool);

#endif
