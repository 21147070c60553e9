/* JSON catalogs, nested or flat: the path is the key. */
#include <stdlib.h>

#include "i18ncheck/catalog_internal.h"
#include "i18ncheck/json_events.h"

#include "shared/banned.h"

/* An object or array, to find one that a later one of the same key replaces. */
struct branch {
    struct str key;
    size_t line;
    size_t first, end; /* its messages */
    size_t order;
};

struct json_reading {
    struct reading *reading;
    struct json_events events;
    struct str below[JSON_EVENTS_DEPTH_MAX + 1]; /* prefix of keys, by depth */
    struct branch *branch;
    size_t nbranches, capacity;
    size_t open[JSON_EVENTS_DEPTH_MAX + 1]; /* branch, by depth */
};

/* Key of what begins, ends or stands at the innermost name of `depth` levels. */
static struct str key_at(const struct json_reading *self, size_t depth)
{
    return reading_key(self->reading, self->below[depth],
                       self->events.level[depth - 1].name);
}

static void begin(struct json_reading *self, const struct json_event *event)
{
    size_t depth = self->events.depth;
    struct reading *reading = self->reading;

    if (depth == 1) { // the root has no name
        self->below[1] = reading->prefix;
        return;
    }
    self->below[depth] = reading_below(reading, self->below[depth - 1],
                                       self->events.level[depth - 2].name);
    self->branch = arena_room(reading->arena, self->branch, self->nbranches,
                              &self->capacity, sizeof *self->branch);
    self->branch[self->nbranches] = (struct branch){.key = self->below[depth],
                                                    .line = event->line,
                                                    .first = reading->catalog->n,
                                                    .order = self->nbranches};
    self->open[depth] = self->nbranches++;
}

static void end(struct json_reading *self, const struct json_event *event)
{
    size_t depth = self->events.depth;
    struct message *message;

    if (depth == 0)
        return;
    self->branch[self->open[depth + 1]].end = self->reading->catalog->n;
    if (event->members > 0)
        return;
    message = reading_add(self->reading, key_at(self, depth),
                          self->events.level[depth - 1].line);
    message->type = 'o';
    message->is_text = message->is_counted = false;
}

static void leaf(struct json_reading *self, const struct json_event *event)
{
    struct message *message =
        reading_add(self->reading, key_at(self, self->events.depth), event->line);

    message->type = event->type;
    message->is_text = message->is_counted = event->type == 's' || event->type == 'z';
    if (message->is_text)
        reading_text(self->reading, message,
                     event->type == 's' ? event->text : (struct str){0});
}

static int branch_compare(const void *a, const void *b)
{
    const struct branch *x = a, *y = b;
    int order = str_compare(x->key, y->key);

    return order != 0 ? order : (x->order > y->order) - (x->order < y->order);
}

/* The last of two objects under one key stays, as JSON.parse has it: what only the
 * first one held is not there. */
static void drop_replaced(struct json_reading *self)
{
    struct reading *reading = self->reading;

    if (self->nbranches > 1)
        qsort(self->branch, self->nbranches, sizeof *self->branch, branch_compare);
    for (size_t i = 1; i < self->nbranches; i++) {
        const struct branch *before = &self->branch[i - 1], *now = &self->branch[i];
        struct str key = now->key;

        if (!str_equal(before->key, key))
            continue;
        for (size_t m = before->first; m < before->end; m++)
            reading_drop(&reading->catalog->message[m]);
        key.n -= path_separator(reading->rules).n;
        reading_note(reading, PROBLEM_DUPLICATE_KEY, key, now->line,
                     "the key is there twice");
    }
}

bool format_json_read(struct reading *self)
{
    struct json_reading json = {.reading = self};
    struct json_event event;

    json_events_init(&json.events, self->bytes, self->arena);
    while (!self->fault && json_events_next(&json.events, &event)) {
        if (event.type == '{')
            begin(&json, &event);
        else if (event.type == '}')
            end(&json, &event);
        else
            leaf(&json, &event);
    }
    if (json.events.fault)
        return reading_fault(self, json.events.line, json.events.fault);
    drop_replaced(&json);
    return !self->fault;
}
