/* Reads the value MATCH of the configuration and decides it for a row. Its shape was
 * the schema's business. */
#include "watchdog/match.h"

#include <math.h>
#include <string.h>

#include "shared/json.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { WORDS_BYTES = 4096 };

/* Where a fault is: below the MATCH's own pointer. */
struct place {
    const struct config *config;
    const char *pointer;
    struct arena *arena;
};

static bool read_text(const struct place *place, const json_t *json, const char *key,
                      struct text_test *test, struct err *err)
{
    const json_t *value = json_object_get(json, key);
    struct err why;

    if (json_is_string(value))
        return re_compile(json_string_value(value), true, &test->pattern, &why) ||
               config_err(place->config,
                          str_format(place->arena, "%s/%s", place->pointer, key), err,
                          "%s", why.text);
    test->nnames = json_array_size(value);
    test->name = arena_new(place->arena, struct str, test->nnames);
    for (size_t i = 0; i < test->nnames; i++)
        test->name[i] = str_of(json_string_value(json_array_get(value, i)));
    return true;
}

static bool add_pointer(struct matches *matches, const char *pointer, size_t *index)
{
    for (*index = 0; *index < matches->npointers; ++*index)
        if (strcmp(matches->pointer[*index], pointer) == 0)
            return true;
    if (matches->npointers == SCAN_POINTERS_MAX)
        return false;
    matches->pointer[matches->npointers++] = pointer;
    return true;
}

/* NULL, or what is wrong with it. */
static const char *read_test(const json_t *json, struct property_test *test)
{
    if (json_is_string(json)) {
        test->type = SPAN_STRING;
        test->text = str_of(json_string_value(json));
    } else if (json_is_boolean(json)) {
        test->type = json_is_true(json) ? SPAN_TRUE : SPAN_FALSE;
    } else if (json_is_number(json)) {
        test->type = SPAN_NUMBER;
        test->least = test->most = json_number_value(json);
    } else {
        const json_t *least = json_object_get(json, "min");
        const json_t *most = json_object_get(json, "max");

        test->type = SPAN_NUMBER;
        test->least = least ? json_number_value(least) : -HUGE_VAL;
        test->most = most ? json_number_value(most) : HUGE_VAL;
        if (!least && !most)
            return "neither 'min' nor 'max'; give one of them";
        if (test->least > test->most)
            return "'min' is over 'max'; swap them";
    }
    return NULL;
}

static bool read_properties(const struct place *place, const json_t *json,
                            struct matches *matches, struct match *match,
                            struct err *err)
{
    json_t *properties = json_object_get(json, "property");
    const char *where = str_format(place->arena, "%s/property", place->pointer);
    const char *pointer;
    json_t *value;

    match->property =
        arena_new(place->arena, struct property_test, json_object_size(properties));
    json_object_foreach(properties, pointer, value)
    {
        struct property_test *test = &match->property[match->nproperties++];
        const char *wrong = read_test(value, test);

        if (wrong)
            return config_err(place->config, where, err, "'%s': %s", pointer, wrong);
        if (!add_pointer(matches, pointer, &test->pointer))
            return config_err(place->config, where, err,
                              "more than %d different JSON pointers",
                              SCAN_POINTERS_MAX);
    }
    return true;
}

static uint64_t bit_of(const struct matches *matches, size_t index)
{
    return UINT64_C(1) << (matches->first + index);
}

bool matches_add(struct matches *matches, const struct config *config,
                 const char *pointer, struct arena *arena, uint64_t *bit,
                 struct err *err)
{
    const struct place place = {config, pointer, arena};
    const json_t *json = json_at(config->root, pointer);
    struct match *match;

    for (size_t i = 0; i < matches->n; i++) {
        if (json_equal(matches->item[i].json, json)) {
            *bit = bit_of(matches, i);
            return true;
        }
    }
    if (matches->first + matches->n == PREDICATES_MAX)
        return config_err(config, pointer, err,
                          "more than %zu different matches; at most %d with those of "
                          "the built-in signals",
                          matches->n, PREDICATES_MAX);
    match = &matches->item[matches->n++]; // counted first: its patterns are released
    match->json = json;
    match->pointer = pointer;
    *bit = bit_of(matches, matches->n - 1);
    matches->asks_page = matches->asks_page || json_object_get(json, "page");
    return read_text(&place, json, "event", &match->event, err) &&
           read_text(&place, json, "page", &match->page, err) &&
           read_properties(&place, json, matches, match, err);
}

struct predicate_words *match_asked(const struct match *match, struct arena *arena)
{
    struct predicate_words *words = arena_new(arena, struct predicate_words, 1);

    *words = (struct predicate_words){
        .event = match->event.name,
        .nevents = match->event.nnames,
        .page = match->page.name,
        .npages = match->page.nnames,
        .pointer = match->pointer,
        .is_pattern = match->event.pattern || match->page.pattern,
        .asks_properties = match->nproperties > 0,
    };
    return words;
}

void matches_release(struct matches *matches)
{
    for (size_t i = 0; i < matches->n; i++) {
        re_free(matches->item[i].event.pattern);
        re_free(matches->item[i].page.pattern);
    }
    *matches = (struct matches){.first = matches->first};
}

static bool text_passes(const struct text_test *test, struct str text,
                        int64_t *too_costly)
{
    enum re_result result;

    if (!test->pattern && test->nnames == 0)
        return true;
    if (text.n == 0)
        return false;
    for (size_t i = 0; i < test->nnames; i++)
        if (str_equal(test->name[i], text))
            return true;
    if (!test->pattern)
        return false;
    result = re_match(test->pattern, text);
    *too_costly += result == RE_TOO_COSTLY;
    return result == RE_MATCH;
}

uint64_t matches_of_event(const struct matches *matches, struct str event,
                          int64_t *too_costly)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < matches->n; i++)
        if (text_passes(&matches->item[i].event, event, too_costly))
            bits |= bit_of(matches, i);
    return bits;
}

uint64_t matches_of_page(const struct matches *matches, struct str page,
                         int64_t *too_costly)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < matches->n; i++)
        if (text_passes(&matches->item[i].page, page, too_costly))
            bits |= bit_of(matches, i);
    return bits;
}

static bool value_passes(const struct property_test *test, const struct span *value)
{
    double number;

    switch (test->type) {
    case SPAN_STRING:
        return value->type == SPAN_STRING &&
               str_equal(test->text, (struct str){value->at, value->n});
    case SPAN_NUMBER:
        return (value->type == SPAN_NUMBER || value->type == SPAN_STRING) &&
               str_to_double(value->at, value->n, &number) && number >= test->least &&
               number <= test->most;
    case SPAN_TRUE:
    case SPAN_FALSE: return value->type == test->type;
    case SPAN_ABSENT:
    case SPAN_NULL:
    case SPAN_OBJECT:
    case SPAN_ARRAY: break;
    }
    return false;
}

uint64_t matches_of_properties(const struct matches *matches, uint64_t among,
                               const struct span *value)
{
    for (size_t i = 0; i < matches->n; i++) {
        const struct match *match = &matches->item[i];

        if ((among & bit_of(matches, i)) == 0)
            continue;
        for (size_t p = 0; p < match->nproperties; p++)
            if (!value_passes(&match->property[p], &value[match->property[p].pointer]))
                among &= ~bit_of(matches, i);
    }
    return among;
}

/* ---- in words ---- */

static void say_text(struct buf *out, const json_t *json, const char *key)
{
    const json_t *value = json_object_get(json, key);

    if (!value)
        return;
    buf_printf(out, "%s%s ", out->n > 0 ? ", " : "", key);
    if (json_is_string(value))
        buf_add_text(out, json_string_value(value));
    for (size_t i = 0; i < json_array_size(value); i++)
        buf_printf(out, "%s'%s'", i > 0 ? " or " : "",
                   json_string_value(json_array_get(value, i)));
}

static void say_property(struct buf *out, const char *pointer,
                         const struct property_test *test)
{
    buf_printf(out, "%s%s ", out->n > 0 ? ", " : "", pointer);
    if (test->type == SPAN_STRING)
        buf_printf(out, "'%.*s'", (int)test->text.n, test->text.at);
    else if (test->type != SPAN_NUMBER)
        buf_add_text(out, test->type == SPAN_TRUE ? "true" : "false");
    else if (test->least == test->most)
        buf_printf(out, "%.15g", test->least);
    else if (test->most == HUGE_VAL)
        buf_printf(out, ">= %.15g", test->least);
    else if (test->least == -HUGE_VAL)
        buf_printf(out, "<= %.15g", test->most);
    else
        buf_printf(out, "%.15g to %.15g", test->least, test->most);
}

const char *match_words(const struct matches *matches, uint64_t bit,
                        struct arena *arena)
{
    struct buf out;

    buf_init(&out, arena, WORDS_BYTES);
    for (size_t i = 0; i < matches->n; i++) {
        const struct match *match = &matches->item[i];

        if (bit != bit_of(matches, i))
            continue;
        say_text(&out, match->json, "event");
        say_text(&out, match->json, "page");
        for (size_t p = 0; p < match->nproperties; p++)
            say_property(&out, matches->pointer[match->property[p].pointer],
                         &match->property[p]);
    }
    return out.n > 0 ? text_safe(arena, out.at, out.n, OUTSIDE_TEXT_MAX) : "any event";
}
