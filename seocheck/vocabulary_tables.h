/*
 * What the build makes of vocabulary/schema.tsv and extra.tsv (vocabulary/arrays.awk).
 * For vocabulary.c alone. Sorted by name, bytewise; names are offsets into
 * vocabulary_names, 0 the empty one; lists are runs of class indices in
 * vocabulary_lists.
 */
#ifndef SEOCHECK_VOCABULARY_TABLES_H
#define SEOCHECK_VOCABULARY_TABLES_H

#include <stddef.h>
#include <stdint.h>

struct vocabulary_class {
    uint32_t name, successor;
    uint16_t first; /* of the list: the parents, then the other ancestors */
    uint8_t nparents;
    uint8_t nancestors; /* parents included */
    uint8_t is_data;    /* Text, Date .. */
    uint8_t has_members;
};

struct vocabulary_property {
    uint32_t name, successor;
    uint16_t first; /* of the list: the domains, then the ranges */
    uint8_t ndomains, nranges;
};

struct vocabulary_member { /* of enumerations */
    uint32_t name;
    uint16_t first;
    uint8_t nclasses;
};

extern const struct vocabulary_class vocabulary_classes[];
extern const size_t vocabulary_nclasses;
extern const struct vocabulary_property vocabulary_properties[];
extern const size_t vocabulary_nproperties;
extern const struct vocabulary_member vocabulary_members[];
extern const size_t vocabulary_nmembers;
extern const uint16_t vocabulary_lists[];
extern const char vocabulary_names[];

#endif
