/*
 * What changes.c, changes_facts.c and changes_print.c share; nobody else's.
 */
#ifndef SHARED_CHANGES_INTERNAL_H
#define SHARED_CHANGES_INTERNAL_H

#include "shared/changes.h"

struct fact_list {
    struct fact_change *item;
    size_t n, capacity;
};

/* Adds the facts of a tool that differ, by pointer; either document may be NULL. */
void compare_facts(const char *tool, const json_t *before, const json_t *now,
                   struct fact_list *list, struct arena *arena);

#endif
