/* Xcode's string catalogs: one JSON file of all locales, read once for each. The key is
 * the source's text where the file holds no other. */
#include <string.h>

#include "i18ncheck/catalog_internal.h"
#include "i18ncheck/collect_internal.h"
#include "i18ncheck/json_events.h"

#include "shared/banned.h"

/* A text and where in its localization it stands. */
struct unit {
    struct str text;
    struct str substitution; /* at NULL: it is of the message itself */
    struct str form;         /* category, else device, else "" */
    bool is_plural;
};

/* A spelling of a tag in the file, and whether it is the locale that is read. */
struct spelling {
    struct str text;
    bool is_ours;
};

struct xcstrings {
    struct reading *reading;
    struct json_events events;
    struct unit *unit; /* of the message that is being read */
    size_t n, capacity;
    bool is_review, is_untranslatable, is_there;
    struct spelling *spelling;
    size_t nspellings, spellings_capacity, last;
};

/* Spellings come in the same order under each key, so the next one is the best guess.
 */
static bool is_ours(struct xcstrings *self, struct str text)
{
    struct arena *arena = self->reading->arena;
    const char *tag;

    for (size_t i = 1; i <= self->nspellings; i++) {
        size_t at = (self->last + i) % self->nspellings;

        if (!str_equal(self->spelling[at].text, text))
            continue;
        self->last = at;
        return self->spelling[at].is_ours;
    }
    self->spelling = arena_room(arena, self->spelling, self->nspellings,
                                &self->spellings_capacity, sizeof *self->spelling);
    self->last = self->nspellings++;
    self->spelling[self->last] =
        (struct spelling){text, locale_tag(text, arena, &tag) &&
                                    strcmp(tag, self->reading->catalog->locale) == 0};
    return self->spelling[self->last].is_ours;
}

/* ---- one localization ---- */

/* What the names between a localization and its "stringUnit" say. */
static struct unit place_of(const struct xcstrings *self)
{
    const struct json_level *level = self->events.level;
    struct unit unit = {0};

    for (size_t i = 4; i + 3 < self->events.depth; i++) {
        struct str name = level[i].name;

        if (str_equal(name, STR("plural"))) {
            unit.form = level[++i].name;
            unit.is_plural = true;
        } else if (str_equal(name, STR("device"))) {
            unit.form = level[++i].name;
        } else if (str_equal(name, STR("substitutions"))) {
            unit.substitution = level[++i].name;
        }
    }
    return unit;
}

static bool is_same_place(const struct unit *a, const struct unit *b)
{
    return str_equal(a->substitution, b->substitution) && str_equal(a->form, b->form);
}

/* Of the plurals of several devices the first is kept. */
static void take_text(struct xcstrings *self, struct str text)
{
    struct unit unit = place_of(self);

    unit.text = text;
    for (size_t i = 0; i < self->n; i++)
        if (is_same_place(&self->unit[i], &unit))
            return;
    self->unit = arena_room(self->reading->arena, self->unit, self->n, &self->capacity,
                            sizeof *self->unit);
    self->unit[self->n++] = unit;
}

/* strings / KEY / localizations / LOCALE / ... / stringUnit / value */
static void leaf(struct xcstrings *self, const struct json_event *event)
{
    const struct json_level *level = self->events.level;
    size_t depth = self->events.depth;
    struct str name = level[depth - 1].name;

    if (depth < 3 || !str_equal(level[0].name, STR("strings")))
        return;
    if (depth == 3 && str_equal(name, STR("shouldTranslate")))
        self->is_untranslatable = str_equal(event->text, STR("false"));
    if (depth < 6 || event->type != 's' ||
        !str_equal(level[depth - 2].name, STR("stringUnit")) ||
        !str_equal(level[2].name, STR("localizations")) ||
        !is_ours(self, level[3].name))
        return;
    self->is_there = true;
    if (str_equal(name, STR("value")))
        take_text(self, event->text);
    if (str_equal(name, STR("state")))
        self->is_review |= str_equal(event->text, STR("new")) ||
                           str_equal(event->text, STR("needs_review"));
}

/* ---- one message ---- */

/* The units of one substitution, or of the message itself, as one message. */
static void add(struct xcstrings *self, struct str key, struct str substitution,
                size_t line)
{
    struct reading *reading = self->reading;
    struct form *form = arena_new(reading->arena, struct form, self->n);
    struct message *message = reading_add(reading, key, line);
    size_t n = 0;

    for (size_t i = 0; i < self->n; i++) {
        const struct unit *unit = &self->unit[i];

        if (!str_equal(unit->substitution, substitution))
            continue;
        form[n++] = (struct form){unit->form, unit->text};
        message->is_group |= unit->is_plural;
    }
    forms_sort(form, n);
    reading_forms(reading, message, form, n);
    message->is_review = self->is_review && !reading->is_source;
    message->is_counted = !self->is_untranslatable;
}

static bool is_first_of_substitution(const struct xcstrings *self, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (str_equal(self->unit[j].substitution, self->unit[i].substitution))
            return false;
    return true;
}

static void finish_message(struct xcstrings *self, struct str key, size_t line)
{
    struct reading *reading = self->reading;
    struct str below, whole = reading_key(reading, reading->prefix, key);

    if (reading->is_source && self->n == 0) {
        struct message *message = reading_add(reading, whole, line);

        reading_text(reading, message, key);
        message->is_counted = !self->is_untranslatable;
    } else if (self->is_there && self->n > 0) {
        below = reading_below(reading, reading->prefix, key);
        for (size_t i = 0; i < self->n; i++)
            if (is_first_of_substitution(self, i))
                add(self,
                    self->unit[i].substitution.n == 0
                        ? whole
                        : reading_key(reading, below, self->unit[i].substitution),
                    self->unit[i].substitution, line);
    }
    self->n = 0;
    self->is_review = self->is_untranslatable = self->is_there = false;
}

bool format_xcstrings_read(struct reading *self)
{
    struct xcstrings file = {.reading = self};
    struct json_event event;

    json_events_init(&file.events, self->bytes, self->arena);
    while (!self->fault && json_events_next(&file.events, &event)) {
        const struct json_level *level = file.events.level;

        if (event.type == '}' && file.events.depth == 2 &&
            str_equal(level[0].name, STR("strings")))
            finish_message(&file, level[1].name, level[1].line);
        else if (event.type != '{' && event.type != '}')
            leaf(&file, &event);
    }
    if (file.events.fault)
        return reading_fault(self, file.events.line, file.events.fault);
    return !self->fault;
}

const char **xcstrings_locales(struct str bytes, struct arena *arena, size_t *n)
{
    const char **list = NULL;
    struct json_events events;
    struct json_event event;
    size_t found = 0, capacity = 0;

    if (str_starts(bytes, STR("\xEF\xBB\xBF")))
        bytes = (struct str){bytes.at + 3, bytes.n - 3};
    json_events_init(&events, bytes, arena);
    while (json_events_next(&events, &event)) {
        const char *tag;
        size_t i = 0;

        // strings / KEY / localizations / LOCALE, where its object begins
        if (event.type != '{' || events.depth != 5 ||
            !str_equal(events.level[2].name, STR("localizations")) ||
            !locale_tag(events.level[3].name, arena, &tag))
            continue;
        while (i < found && strcmp(list[i], tag) != 0)
            i++;
        if (i < found)
            continue;
        list = arena_room(arena, list, found, &capacity, sizeof *list);
        list[found++] = tag;
    }
    *n = found;
    return list;
}
