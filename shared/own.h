/*
 * Library handles that give themselves back when they leave scope:
 *
 *     OWN(json) doc = json_loadb(...);
 *     ...
 *     return take(&doc);      hands the handle over: doc is NULL afterwards
 *
 * Not for malloc and FILE *: those stay inside shared/file.c and shared/state.c.
 */
#ifndef SHARED_OWN_H
#define SHARED_OWN_H

#include <stddef.h>

#include <jansson.h>

static inline void own_json_free(json_t **json)
{
    json_decref(*json);
}

/* json_t * under the name that OWN() expects */
typedef json_t *own_json;

#define OWN(kind) __attribute__((cleanup(own_##kind##_free))) own_##kind

static inline json_t *take(json_t **json)
{
    json_t *handed = *json;

    *json = NULL;
    return handed;
}

#endif
