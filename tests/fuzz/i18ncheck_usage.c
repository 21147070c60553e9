/* Source code of every family: whatever its bytes, keys are sorted into buckets, each
 * once, and what is undefined has a place in the file. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "i18ncheck/usage_internal.h"
#include "shared/limits.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char catalog_bytes[] =
    "{\"a\":{\"x\":\"X\",\"y\":\"Y\"},\"cart\":{\"n_one\":\"1\",\"n_other\":\"2\"},"
    "\"home\":\"H\",\"Your cart is empty\":\"3\",\"f_male\":\"4\"}";

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void must_be_usage(const struct usage *usage, const struct set *set,
                          struct str code)
{
    size_t sum = 0, lines = 1;

    for (size_t i = 0; i < USAGE_BUCKETS; i++)
        sum += usage->count[i];
    must(sum == set->view.n, "every key is in one bucket");
    for (size_t i = 0; i < code.n; i++)
        lines += code.at[i] == '\n';
    for (size_t i = 0; i < usage->nundefined; i++)
        must(usage->undefined[i].line >= 1 && usage->undefined[i].line <= lines,
             "line of an undefined key");
    for (size_t i = 0; i < usage->nundefined_prefixes; i++)
        must(usage->undefined_prefix[i].line >= 1 &&
                 usage->undefined_prefix[i].line <= lines,
             "line of an undefined prefix");
}

static void scan_as(const char *path, struct str code, struct set *set,
                    struct arena *arena)
{
    static const char *const wrapper[] = {"tr"};
    static const char *const keep[] = {"*.y"};
    const struct usage_rules rules = {.wrapper = wrapper,
                                      .nwrappers = 1,
                                      .keep = keep,
                                      .nkeep = 1};
    struct mentions mentions;
    struct scanner scanner;
    struct usage usage;
    struct err err;

    scanner_init(&scanner, &rules, key_index_new(&set->source, &set->rules, arena),
                 &mentions, arena);
    must(scanner_file(&scanner, path, code, &err), "the pattern compiles");
    scanner_finish(&scanner);
    usage = usage_measure(&mentions, &rules, set, arena);
    scanner_release(&scanner);
    must_be_usage(&usage, set, code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {
        "a.vue", "app/views/a/_b.erb", "app/controllers/a_controller.rb", "a.py",
        "a.php", "values/a.xml"};
    struct str code = {(const char *)data, size};
    struct set set = {.base = ".",
                      .rules = {.plural = PLURAL_I18NEXT4,
                                .key_sep = STR("."),
                                .ns_sep = STR(":"),
                                .source = "en"}};
    struct arena arena;

    arena_init(&arena, ARENA_BYTES_MAX);
    set.source.locale = "en";
    catalog_parse(str_of(catalog_bytes), "en", (struct str){0}, &set.rules, &arena,
                  &set.source);
    catalog_group(&set.source, NULL, &set.rules, &arena);
    set.view = (struct source_view){.catalog = &set.source, .rules = set.rules};
    source_view_count(&set.view, &arena);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        scan_as(paths[i], code, &set, &arena);
    arena_release(&arena);
    return 0;
}
