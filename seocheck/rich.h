/*
 * The rules of rich results as rich_load compiles them. For rich.c and rich_rules.c.
 *
 * A path is names joined by dots; several, joined by `|`, are alternatives. In
 * rich-results.json a rule has
 *     id types subtypes root status confidence doc   what it is about; `root`: only
 *                 objects that are no value of another; status active, partner, retired
 *     if severity             optional: a condition on the object; info for all it says
 *     required one_of recommended   paths; one_of: lists, of each of which one is
 * enough nested      "path:Type" to needs of the same form, for the path's values of
 * exactly that type (`A|B`: or that) when        {if, required, optional}: further
 * paths; paths that are not asked for and a condition is last, not-last (in its list),
 * root, has:p, lacks:p or eq:p=v.
 */
#ifndef SEOCHECK_RICH_H
#define SEOCHECK_RICH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rich_paths {
    const char **item;
    size_t n;
};

enum rich_if_kind {
    RICH_ALWAYS,
    RICH_LAST,
    RICH_NOT_LAST,
    RICH_ROOT,
    RICH_HAS,
    RICH_LACKS,
    RICH_EQ,
};

struct rich_if {
    enum rich_if_kind kind;
    const char *path, *value;
};

struct rich_needs {
    struct rich_paths required; /* one_of among them, as alternatives */
    struct rich_paths recommended;

    struct rich_when {
        struct rich_if condition;
        struct rich_paths required, optional;
    } * when;

    size_t nwhens;
    struct rich_nested *nested;
    size_t nnested;
};

struct rich_classes {
    const int *item;
    size_t n;
};

struct rich_nested {
    const char *path;
    struct rich_classes classes;
    struct rich_needs needs;
};

enum rich_status { RULE_ACTIVE, RULE_PARTNER, RULE_RETIRED };

struct rich_rule {
    const char *id;
    const char *because; /* "2026-11-21, https://..." */
    struct rich_classes classes;
    bool subtypes, root;
    bool is_info; /* says nothing above info */
    enum rich_status status;
    struct rich_if condition;
    struct rich_needs needs;
};

struct rich {
    struct rich_rule *rule;
    size_t n;
};

#endif
