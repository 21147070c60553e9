/*
 * Catalogs from text, for tests of readers and groups.
 */
#ifndef TESTS_UNIT_I18NCHECK_CATALOGS_H
#define TESTS_UNIT_I18NCHECK_CATALOGS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "i18ncheck/catalog.h"
#include "shared/limits.h"

static struct arena run;

static inline int begin(void **state)
{
    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    return 0;
}

static inline int end(void **state)
{
    (void)state;
    arena_release(&run);
    return 0;
}

static inline struct set_rules rules_of(enum catalog_format format)
{
    return (struct set_rules){.format = format,
                              .plural = PLURAL_NONE,
                              .key_sep = STR("."),
                              .ns_sep = STR(":"),
                              .source = "en"};
}

static inline struct catalog parsed_bytes(struct str bytes,
                                          const struct set_rules *rules,
                                          const char *locale)
{
    struct catalog catalog = {.locale = locale};

    catalog_parse(bytes, "file", (struct str){0}, rules, &run, &catalog);
    return catalog;
}

static inline struct catalog parsed(const char *text, const struct set_rules *rules,
                                    const char *locale)
{
    return parsed_bytes(str_of(text), rules, locale);
}

/* One line a message: key, its mark ('?' review, '-' not counted, its type if no text),
 * then its forms, "name=text" of a group. */
static inline const char *shown(const struct catalog *catalog)
{
    struct buf out;

    buf_init(&out, &run, MIB);
    buf_add_text(&out, "");
    for (size_t i = 0; i < catalog->n; i++) {
        const struct message *message = &catalog->message[i];

        buf_add(&out, message->key.at, message->key.n);
        buf_add_text(&out, message->is_review ? "?" : "");
        buf_add_text(&out, message->is_text && !message->is_counted ? "-" : "");
        if (!message->is_text)
            buf_printf(&out, " (%c)", message->type);
        for (size_t f = 0; f < message->nforms; f++) {
            const struct form *form = &message->form[f];

            buf_add_text(&out, " | ");
            buf_add(&out, form->name.at, form->name.n);
            buf_add_text(&out, message->is_group || form->name.n > 0 ? "=" : "");
            buf_add(&out, form->text.at, form->text.n);
        }
        buf_add_text(&out, "\n");
    }
    return out.at;
}

/* One line a note: problem's number from the enum's order, as a word, key, line. */
static inline const char *noted(const struct catalog *catalog)
{
    static const char *const words[] = {
        [PROBLEM_SYNTAX] = "syntax",   [PROBLEM_DUPLICATE_KEY] = "duplicate",
        [PROBLEM_KEY_CLASH] = "clash", [PROBLEM_LOCALE_MISMATCH] = "locale",
        [PROBLEM_BOOL_KEY] = "bool",   [PROBLEM_BOM] = "bom",
        [PROBLEM_MESSAGE] = "message",
    };
    struct buf out;

    buf_init(&out, &run, MIB);
    buf_add_text(&out, "");
    for (size_t i = 0; i < catalog->nnotes; i++) {
        const struct catalog_note *note = &catalog->note[i];

        buf_printf(&out, "%s '%.*s' %u\n", words[note->problem], (int)note->key.n,
                   note->key.at ? note->key.at : "", (unsigned)note->line);
    }
    return out.at;
}

static inline uint32_t line_of(const struct catalog *catalog, const char *key)
{
    const struct message *message = catalog_find(catalog, str_of(key));

    assert_non_null(message);
    return (uint32_t)message_line(catalog, message);
}

/* Broken as a whole, in that line, with that reason. */
static inline void is_refused(struct str bytes, const struct set_rules *rules,
                              const char *why, uint32_t line)
{
    struct catalog catalog = parsed_bytes(bytes, rules, rules->source);

    if (catalog.nnotes != 1 || catalog.note[0].problem != PROBLEM_SYNTAX ||
        strcmp(catalog.note[0].text, why) != 0 || catalog.note[0].line != line)
        fail_msg("'%.*s': %s in line %u, not %s in line %u", (int)bytes.n, bytes.at,
                 catalog.nnotes > 0 ? catalog.note[0].text : "accepted",
                 catalog.nnotes > 0 ? (unsigned)catalog.note[0].line : 0, why,
                 (unsigned)line);
    assert_true(catalog.file[0].is_broken);
    assert_int_equal(catalog.n, 0);
}

#endif
