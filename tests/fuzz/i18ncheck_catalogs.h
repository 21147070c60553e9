/*
 * What holds of a catalog whatever bytes it was read from.
 */
#ifndef TESTS_FUZZ_I18NCHECK_CATALOGS_H
#define TESTS_FUZZ_I18NCHECK_CATALOGS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "i18ncheck/catalog.h"
#include "shared/limits.h"
#include "shared/text.h"

static inline void must(bool holds, const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "broken: %s\n", what);
    abort();
}

static inline void must_be_text(struct str text, const char *what)
{
    must(text_is_utf8(text.at, text.n, NULL), what);
}

/* PO's octal escapes may make any bytes; their entry has a note then. */
static inline void must_be_message(const struct message *message, bool is_po)
{
    must(message->line > 0 || message->nforms == 0 || message->is_text, "line");
    must(!message->is_group || message->nforms > 0 || message->is_text, "group");
    if (is_po)
        return;
    must_be_text(message->key, "key");
    for (size_t i = 0; i < message->nforms; i++) {
        must_be_text(message->form[i].name, "name of a form");
        must_be_text(message->form[i].text, "text");
    }
}

/* Sorted, each key once, findable; broken files leave no message. */
static inline void must_be_catalog(const struct catalog *catalog,
                                   const struct set_rules *rules)
{
    must(!catalog->file[0].is_broken || catalog->n == 0, "messages of a broken file");
    for (size_t i = 0; i < catalog->n; i++) {
        const struct message *message = &catalog->message[i];

        must_be_message(message, rules->format == CATALOG_PO);
        must(i == 0 || str_compare(message[-1].key, message->key) < 0, "order");
        must(catalog_find(catalog, message->key) == message, "search");
    }
    for (size_t i = 0; i < catalog->nnotes; i++)
        must(catalog->note[i].text != NULL, "a note without words");
}

static inline struct catalog read_bytes(struct str bytes, const struct set_rules *rules,
                                        const char *locale, struct arena *arena)
{
    struct catalog catalog = {.locale = locale};

    catalog_parse(bytes, "file", (struct str){0}, rules, arena, &catalog);
    must_be_catalog(&catalog, rules);
    return catalog;
}

/* A byte-order mark before it changes nothing but its note. */
static inline void must_not_mind_a_bom(struct str bytes, const struct set_rules *rules,
                                       const struct catalog *plain, struct arena *arena)
{
    static const char mark[3] = {'\xEF', '\xBB', '\xBF'};
    char *marked = arena_new(arena, char, bytes.n + sizeof mark);
    struct catalog other;

    memcpy(marked, mark, sizeof mark);
    if (bytes.n > 0)
        memcpy(marked + 3, bytes.at, bytes.n);
    other = read_bytes((struct str){marked, bytes.n + 3}, rules, plain->locale, arena);
    must(other.n == plain->n, "messages behind a byte-order mark");
    for (size_t i = 0; i < plain->n; i++)
        must(str_equal(other.message[i].key, plain->message[i].key),
             "keys behind a byte-order mark");
}

/* As a source and as a target, grouped in one of the styles. */
static inline void read_both(const uint8_t *data, size_t size,
                             enum catalog_format format)
{
    static const enum plural_style styles[] = {PLURAL_I18NEXT4, PLURAL_RAILS,
                                               PLURAL_I18NEXT3};
    struct str bytes = {(const char *)data, size};
    struct set_rules rules = {.format = format,
                              .key_sep = STR("."),
                              .ns_sep = STR(":"),
                              .source = "en"};
    struct catalog source, target;
    struct arena arena;

    arena_init(&arena, ARENA_BYTES_MAX);
    source = read_bytes(bytes, &rules, "en", &arena);
    target = read_bytes(bytes, &rules, "de", &arena);
    if (!str_starts(bytes, STR("\xEF\xBB\xBF")))
        must_not_mind_a_bom(bytes, &rules, &target, &arena);
    (void)catalog_plural_style(&source, &rules);
    rules.plural = styles[size % (sizeof styles / sizeof *styles)];
    catalog_group(&source, NULL, &rules, &arena);
    must_be_catalog(&source, &rules);
    catalog_group(&target, &source, &rules, &arena);
    must_be_catalog(&target, &rules);
    (void)catalog_guess_syntax(&source);
    arena_release(&arena);
}

#endif
