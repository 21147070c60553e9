/* A source and a target, split at the first NUL, through all checks: counts add up, a
 * message of K has one hit at most, and a target that is the source has no fault of
 * parity. The first byte picks syntax and plural style. */
#include "i18ncheck/checks.h"
#include "tests/fuzz/i18ncheck_catalogs.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_parity(enum check_id check)
{
    return check == CHECK_INJECTION || check == CHECK_PLACEHOLDER_EXTRA ||
           check == CHECK_PLACEHOLDER_TYPE || check == CHECK_OBSOLETE ||
           check == CHECK_PLACEHOLDER_COUNT;
}

static void must_add_up(const struct coverage *coverage, const struct hits *hits)
{
    must(coverage->present + coverage->missing == coverage->keys, "present");
    must(coverage->nonempty + coverage->empty == coverage->present, "nonempty");
    must(coverage->translated + coverage->review <= coverage->nonempty, "translated");
    must((size_t)coverage->broken <= hits->n, "broken");
    for (size_t i = 0; i < hits->n; i++)
        must(hits->item[i].message && hits->item[i].message[0], "a hit without words");
}

static void judge(struct source_view *view, const struct catalog *target,
                  bool is_itself, struct arena *arena)
{
    struct vote vote = {arena_new(arena, uint16_t, view->n),
                        arena_new(arena, uint16_t, view->n)};
    struct locale_view locale = {.catalog = target, .vote = &vote};
    struct key_lists lists = {0};
    struct coverage coverage;
    struct hits hits = {0};

    locale.source_filled = check_vote(view, &locale, &vote, arena);
    coverage = check_locale(view, &locale, &lists, &hits, arena);
    must_add_up(&coverage, &hits);
    must(lists.missing.n == (size_t)coverage.missing, "list of missing keys");
    must(lists.empty.n == (size_t)coverage.empty, "list of empty keys");
    for (size_t i = 0; is_itself && i < hits.n; i++)
        must(!is_parity(hits.item[i].check), "a source differs from itself");
    must(!is_itself || coverage.missing + coverage.empty == 0, "a source lacks a key");
}

static void lint(const struct set_rules *rules, struct str from, struct str to,
                 struct arena *arena)
{
    struct catalog source = read_bytes(from, rules, "en", arena), target;
    struct source_view view;
    struct hits hits = {0};

    catalog_group(&source, NULL, rules, arena);
    view = (struct source_view){.catalog = &source,
                                .rules = *rules,
                                .checks = check_rules_default()};
    source_view_count(&view, arena);
    check_source(&view, &hits, arena);
    target = read_bytes(to, rules, "pl", arena);
    catalog_group(&target, &source, rules, arena);
    judge(&view, &target, false, arena);
    if (rules->plural != PLURAL_NONE) // a form may differ from `other`
        return;
    target = read_bytes(from, rules, "de", arena);
    catalog_group(&target, &source, rules, arena);
    judge(&view, &target, true, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum plural_style styles[] = {PLURAL_NONE, PLURAL_I18NEXT4, PLURAL_ICU,
                                               PLURAL_VUE, PLURAL_I18NEXT3};
    struct set_rules rules = {.format = CATALOG_JSON,
                              .key_sep = STR("."),
                              .ns_sep = STR(":"),
                              .source = "en"};
    const uint8_t *cut = size > 1 ? memchr(data + 1, '\0', size - 1) : NULL;
    struct arena arena;

    if (!cut)
        return 0;
    rules.syntax = (enum syntax)(data[0] % SYNTAX_COUNT);
    rules.plural = styles[data[0] / SYNTAX_COUNT % (sizeof styles / sizeof *styles)];
    rules.tags = rules.syntax == SYNTAX_ICU;
    arena_init(&arena, ARENA_BYTES_MAX);
    lint(&rules, (struct str){(const char *)data + 1, (size_t)(cut - data) - 1},
         (struct str){(const char *)cut + 1, size - (size_t)(cut - data) - 1}, &arena);
    arena_release(&arena);
    return 0;
}
