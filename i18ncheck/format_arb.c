/* ARB: flat JSON of ICU messages; "@key" says which placeholders "key" has. */
#include <stdlib.h>

#include "i18ncheck/catalog_internal.h"
#include "i18ncheck/json_events.h"

#include "shared/banned.h"

/* A placeholder's name and whose it is. */
struct declared {
    struct str key, name;
    size_t order;
};

struct arb {
    struct reading *reading;
    struct json_events events;
    size_t first; /* message of this file */
    struct declared *declared;
    size_t n, capacity;
};

static int declared_compare(const void *a, const void *b)
{
    const struct declared *x = a, *y = b;
    int order = str_compare(x->key, y->key);

    return order != 0 ? order : (x->order > y->order) - (x->order < y->order);
}

/* "@total": {"placeholders": {"count": {...}}}: the name where its object begins. */
static void note_placeholder(struct arb *self)
{
    const struct json_level *level = self->events.level;
    struct str key = level[0].name;

    if (self->events.depth != 4 || !str_starts(key, STR("@")) ||
        !str_equal(level[1].name, STR("placeholders")))
        return;
    key.at++;
    key.n--;
    self->declared = arena_room(self->reading->arena, self->declared, self->n,
                                &self->capacity, sizeof *self->declared);
    self->declared[self->n] =
        (struct declared){reading_key(self->reading, self->reading->prefix, key),
                          level[2].name, self->n};
    self->n++;
}

static void leaf(struct arb *self, const struct json_event *event)
{
    struct reading *reading = self->reading;
    struct str key = self->events.level[0].name;
    struct message *message;

    if (self->events.depth != 1)
        return;
    if (str_equal(key, STR("@@locale"))) {
        reading_check_header(reading, event->text, event->line);
        return;
    }
    if (str_starts(key, STR("@")))
        return;
    message =
        reading_add(reading, reading_key(reading, reading->prefix, key), event->line);
    message->type = event->type;
    message->is_text = message->is_counted = event->type == 's' || event->type == 'z';
    if (message->is_text)
        reading_text(reading, message,
                     event->type == 's' ? event->text : (struct str){0});
}

/* The first one of that key, or behind where it would be. */
static size_t lower_bound(const struct arb *self, struct str key)
{
    size_t low = 0, high = self->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (str_compare(self->declared[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void declare(struct arb *self)
{
    const struct catalog *catalog = self->reading->catalog;
    struct str *name = arena_new(self->reading->arena, struct str, self->n);

    if (self->n == 0)
        return;
    qsort(self->declared, self->n, sizeof *self->declared, declared_compare);
    for (size_t i = 0; i < self->n; i++)
        name[i] = self->declared[i].name;
    for (size_t i = self->first; i < catalog->n; i++) {
        struct message *message = &catalog->message[i];
        size_t at = lower_bound(self, message->key), end = at;

        while (end < self->n && str_equal(self->declared[end].key, message->key))
            end++;
        message->declared = name + at;
        message->ndeclared = end - at;
    }
}

bool format_arb_read(struct reading *self)
{
    struct arb arb = {.reading = self, .first = self->catalog->n};
    struct json_event event;

    json_events_init(&arb.events, self->bytes, self->arena);
    while (!self->fault && json_events_next(&arb.events, &event)) {
        if (event.type == '{')
            note_placeholder(&arb);
        else if (event.type != '}')
            leaf(&arb, &event);
    }
    if (arb.events.fault)
        return reading_fault(self, arb.events.line, arb.events.fault);
    declare(&arb);
    return !self->fault;
}
