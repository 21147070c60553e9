/*
 * The vocabulary of schema.org: types and what they descend from, properties with their
 * domains and ranges, members of enumerations. Static data made by the build from
 * vocabulary/schema.tsv and extra.tsv; names come without any prefix. Pure.
 */
#ifndef SEOCHECK_VOCABULARY_H
#define SEOCHECK_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/str.h"

/* A type or data type, a property, by index. */
enum { VOCABULARY_NONE = -1 };

int class_find(struct str name);
const char *class_name(int class_index);
/* A data type (Text, Date, Duration ..), not something with properties. */
bool class_is_data(int class_index);
/* It is `ancestor` or descends from it. */
bool class_is(int class_index, int ancestor);
/* Enumerations that name their members. */
bool class_has_members(int class_index);
/* `name` is a member of the class or of one that descends from it. */
bool class_has_member(int class_index, struct str name);

int property_find(struct str name);
const char *property_name(int property);

struct class_list {
    const uint16_t *item;
    size_t n;
};

struct class_list class_parents(int class_index);
struct class_list property_domains(int property); /* none: fits any type */
struct class_list property_ranges(int property);

/* What stands in for one that is superseded; "" for the others. */
const char *class_successor(int class_index);
const char *property_successor(int property);

/* The known name at edit distance 1 or 2, at most half of the word; NULL for none.
 * The nearest, first by bytes. */
const char *class_near(struct str word);
const char *property_near(struct str word);

#endif
