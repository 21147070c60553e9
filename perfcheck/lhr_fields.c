/*
 * Wanted members of objects, by tables, from one walk over the bytes. Knows types and
 * places, not what they mean.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "perfcheck/lhr_internal.h"
#include "shared/own.h"
#include "shared/text.h"

#include "shared/banned.h"

bool reader_wrong(struct reader *reader, const char *at, const char *format, ...)
{
    va_list args;
    char text[128];

    if (reader->wrong.text[0] != '\0')
        return false;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return at ? err_set(&reader->wrong, "byte %zu: %s",
                        (size_t)(at - reader->walk.cursor.line), text)
              : err_set(&reader->wrong, "%s", text);
}

bool reader_part(struct reader *reader, const char *at)
{
    return reader->parts++ < LHR_PARTS_MAX ||
           reader_wrong(reader, at, "more than %d audits and references",
                        LHR_PARTS_MAX);
}

/* Escapes are jansson's. */
static bool decode(struct reader *reader, struct span value, struct str *text)
{
    struct err ignored;
    OWN(json) string = NULL;
    size_t n;

    if (!lhr_load(value, &string, &ignored))
        return false;
    n = json_string_length(string);
    *text = (struct str){str_copy(reader->arena, json_string_value(string), n), n};
    return true;
}

bool reader_text(struct reader *reader, struct span value, const char *name,
                 struct str *text)
{
    struct str plain = {value.at, value.n};

    if (value.type != SPAN_STRING)
        return reader_wrong(reader, value.at, "'%s' is no text", name);
    if (memchr(plain.at, '\\', plain.n)) {
        if (!decode(reader, value, &plain))
            return reader_wrong(reader, value.at, "'%s' is no text", name);
    } else if (!text_is_utf8(plain.at, plain.n, NULL)) {
        return reader_wrong(reader, value.at, "'%s' is not UTF-8", name);
    }
    *text = plain;
    return true;
}

static void read_number(struct reader *reader, struct span value, const char *name,
                        struct estimate *number)
{
    if (value.type != SPAN_NUMBER)
        (void)reader_wrong(reader, value.at, "'%s' is no number", name);
    else
        number->known = str_to_double(value.at, value.n, &number->value);
}

static void read_each(struct reader *reader, const struct field *field,
                      struct span value, void *into)
{
    struct scan_member member;

    if (value.type != field->type) {
        (void)reader_wrong(reader, value.at, "'%s' is no %s", field->key,
                           field->type == SPAN_ARRAY ? "array" : "object");
        return;
    }
    (void)scan_members_enter(&reader->walk);
    while (scan_members_next(&reader->walk, &member))
        field->each(reader, &member, into);
}

static const struct field *find(const struct fields *fields, struct str key)
{
    for (; fields; fields = fields->also)
        for (size_t i = 0; i < fields->n; i++)
            if (fields->field[i].key_bytes == key.n &&
                memcmp(fields->field[i].key, key.at, key.n) == 0)
                return &fields->field[i];
    return NULL;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tables, five
static void read_object(struct reader *reader, const struct field *field,
                        struct span value, void *place)
{
    if (value.type != SPAN_OBJECT) {
        (void)reader_wrong(reader, value.at, "'%s' is no object", field->key);
    } else if (field->kind == FIELD_OBJECT) {
        *(struct span *)place = scan_members_whole(&reader->walk, value);
    } else {
        (void)scan_members_enter(&reader->walk);
        fields_read(reader, field->inside, place);
    }
}

// NOLINTNEXTLINE(misc-no-recursion)
static void take_value(struct reader *reader, const struct field *field,
                       struct span value, void *place)
{
    if (value.type == SPAN_NULL)
        return;
    switch (field->kind) {
    case FIELD_TEXT: (void)reader_text(reader, value, field->key, place); return;
    case FIELD_NUMBER: read_number(reader, value, field->key, place); return;
    case FIELD_EACH: read_each(reader, field, value, place); return;
    case FIELD_SPAN:
        if (value.type == SPAN_STRING)
            *(struct span *)place = value;
        else
            (void)reader_wrong(reader, value.at, "'%s' is no text", field->key);
        return;
    case FIELD_OBJECT:
    case FIELD_INSIDE: read_object(reader, field, value, place); return;
    }
}

// NOLINTNEXTLINE(misc-no-recursion)
void fields_read(struct reader *reader, const struct fields *fields, void *into)
{
    struct scan_member member;

    while (scan_members_next(&reader->walk, &member)) {
        const struct field *field = find(fields, member.key);

        if (field)
            take_value(reader, field, member.value, (char *)into + field->offset);
    }
}
