/* Lookups in the vocabulary: binary search over static arrays. */
#include "seocheck/vocabulary.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "seocheck/vocabulary_tables.h"

#include "shared/banned.h"

static const char *name_at(uint32_t offset)
{
    return vocabulary_names + offset;
}

/* The first member of each row is its name. */
static int compare_row(const void *key, const void *row)
{
    uint32_t name;

    memcpy(&name, row, sizeof name);
    return str_compare(*(const struct str *)key, str_of(name_at(name)));
}

static int find(struct str name, const void *rows, size_t n, size_t size)
{
    const char *found = bsearch(&name, rows, n, size, compare_row);

    return found ? (int)((size_t)(found - (const char *)rows) / size) : VOCABULARY_NONE;
}

int class_find(struct str name)
{
    return find(name, vocabulary_classes, vocabulary_nclasses,
                sizeof *vocabulary_classes);
}

int property_find(struct str name)
{
    return find(name, vocabulary_properties, vocabulary_nproperties,
                sizeof *vocabulary_properties);
}

static const struct vocabulary_class *class_at(int class_index)
{
    assert(class_index >= 0 && (size_t)class_index < vocabulary_nclasses);
    return &vocabulary_classes[class_index];
}

static const struct vocabulary_property *property_at(int property)
{
    assert(property >= 0 && (size_t)property < vocabulary_nproperties);
    return &vocabulary_properties[property];
}

const char *class_name(int class_index)
{
    return name_at(class_at(class_index)->name);
}

const char *property_name(int property)
{
    return name_at(property_at(property)->name);
}

const char *class_successor(int class_index)
{
    return name_at(class_at(class_index)->successor);
}

const char *property_successor(int property)
{
    return name_at(property_at(property)->successor);
}

bool class_is_data(int class_index)
{
    return class_at(class_index)->is_data;
}

static bool list_has(struct class_list list, int class_index)
{
    for (size_t i = 0; i < list.n; i++)
        if (list.item[i] == class_index)
            return true;
    return false;
}

bool class_is(int class_index, int ancestor)
{
    const struct vocabulary_class *row = class_at(class_index);
    struct class_list list = {vocabulary_lists + row->first, row->nancestors};

    return class_index == ancestor || list_has(list, ancestor);
}

struct class_list class_parents(int class_index)
{
    const struct vocabulary_class *row = class_at(class_index);

    return (struct class_list){vocabulary_lists + row->first, row->nparents};
}

struct class_list property_domains(int property)
{
    const struct vocabulary_property *row = property_at(property);

    return (struct class_list){vocabulary_lists + row->first, row->ndomains};
}

struct class_list property_ranges(int property)
{
    const struct vocabulary_property *row = property_at(property);

    return (struct class_list){vocabulary_lists + row->first + row->ndomains,
                               row->nranges};
}

static struct class_list member_classes(size_t member)
{
    const struct vocabulary_member *row = &vocabulary_members[member];

    return (struct class_list){vocabulary_lists + row->first, row->nclasses};
}

bool class_has_members(int class_index)
{
    return class_at(class_index)->has_members;
}

bool class_has_member(int class_index, struct str name)
{
    int member =
        find(name, vocabulary_members, vocabulary_nmembers, sizeof *vocabulary_members);
    struct class_list classes = {NULL, 0};

    if (member != VOCABULARY_NONE)
        classes = member_classes((size_t)member);
    for (size_t i = 0; i < classes.n; i++)
        if (class_is(classes.item[i], class_index))
            return true;
    return false;
}

enum { NEAR_MOST = 2, NEAR_BYTES_MAX = 64 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein distance of two words of at most NEAR_BYTES_MAX bytes. */
static size_t distance(struct str a, struct str b)
{
    size_t row[NEAR_BYTES_MAX + 1];

    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t above = row[j];

            row[j] = least(diagonal + (a.at[i - 1] != b.at[j - 1]),
                           least(above, row[j - 1]) + 1);
            diagonal = above;
        }
    }
    return row[b.n];
}

/* Of `n` rows of `size` bytes the nearest name. */
static const char *near(struct str word, const void *rows, size_t n, size_t size)
{
    const char *nearest = NULL;
    size_t most = least(NEAR_MOST, word.n / 2);

    for (size_t i = 0; i < n && most > 0 && word.n <= NEAR_BYTES_MAX - NEAR_MOST; i++) {
        struct str known;
        uint32_t name;
        size_t apart;

        memcpy(&name, (const char *)rows + i * size, sizeof name);
        known = str_of(name_at(name));
        if (known.n > word.n + most || word.n > known.n + most)
            continue;
        apart = distance(word, known);
        if (apart <= most) {
            nearest = known.at;
            most = apart - 1; // a known word itself is at 0, and nobody asks for that
        }
    }
    return nearest;
}

const char *class_near(struct str word)
{
    return near(word, vocabulary_classes, vocabulary_nclasses,
                sizeof *vocabulary_classes);
}

const char *property_near(struct str word)
{
    return near(word, vocabulary_properties, vocabulary_nproperties,
                sizeof *vocabulary_properties);
}
