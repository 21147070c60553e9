/*
 * A source and a locale from text, through the checks: hits as lines.
 */
#ifndef TESTS_UNIT_I18NCHECK_JUDGED_H
#define TESTS_UNIT_I18NCHECK_JUDGED_H

#include "i18ncheck/checks.h"
#include "tests/unit/i18ncheck_catalogs.h"

/* A set of one locale, as the tests change it. */
struct sample {
    struct set_rules rules;
    struct check_rules checks;
    bool strict;
    struct vote *vote;
    const uint8_t *ignored, *stale;
};

static inline struct sample sample_of(enum catalog_format format, enum syntax syntax,
                                      enum plural_style plural)
{
    struct sample sample = {.rules = rules_of(format), .checks = check_rules_default()};

    sample.rules.syntax = syntax;
    sample.rules.plural = plural;
    sample.rules.tags = syntax == SYNTAX_ICU;
    return sample;
}

/* What came of it. */
struct result {
    struct source_view view;
    struct catalog source, target;
    struct coverage coverage;
    struct key_lists lists;
    bool source_filled;
    struct hits of_source, hits;
};

static inline struct result judged(const struct sample *sample, const char *source,
                                   const char *locale, const char *target)
{
    struct result *all = arena_new(&run, struct result, 1);
    struct locale_view view = {.catalog = &all->target,
                               .ignored = sample->ignored,
                               .stale = sample->stale,
                               .vote = sample->vote};
    struct vote vote;

    all->source = parsed(source, &sample->rules, "en");
    catalog_group(&all->source, NULL, &sample->rules, &run);
    all->view = (struct source_view){.catalog = &all->source,
                                     .rules = sample->rules,
                                     .checks = sample->checks,
                                     .strict = sample->strict};
    source_view_count(&all->view, &run);
    check_source(&all->view, &all->of_source, &run);
    vote = (struct vote){arena_new(&run, uint16_t, all->view.n),
                         arena_new(&run, uint16_t, all->view.n)};
    all->target = parsed(target, &sample->rules, locale);
    catalog_group(&all->target, &all->source, &sample->rules, &run);
    view.source_filled = all->source_filled =
        check_vote(&all->view, &view, &vote, &run);
    all->coverage = check_locale(&all->view, &view, &all->lists, &all->hits, &run);
    return *all;
}

/* "check key\n" of each hit, in the order they came. */
static inline const char *hit_lines(const struct hits *hits)
{
    struct buf out;

    buf_init(&out, &run, MIB);
    buf_add_text(&out, "");
    for (size_t i = 0; i < hits->n; i++)
        buf_printf(&out, "%s %.*s\n", check_word(hits->item[i].check),
                   (int)hits->item[i].key.n,
                   hits->item[i].key.n > 0 ? hits->item[i].key.at : "");
    return out.at;
}

/* The locale's hits are these lines. */
static inline void locale_hits(const struct sample *sample, const char *source,
                               const char *locale, const char *target, const char *want)
{
    const struct result found = judged(sample, source, locale, target);
    const char *got = hit_lines(&found.hits);

    if (strcmp(got, want) != 0)
        fail_msg("%s of %s:\n%s(first: %s)\nnot\n%s", locale, target, got,
                 found.hits.n > 0 ? found.hits.item[0].message : "-", want);
}

/* One message of JSON: `check`, or NULL for none. */
static inline void pair_hits(const struct sample *sample, const char *source,
                             const char *locale, const char *target, const char *check)
{
    const char *want = check ? str_format(&run, "%s k\n", check) : "";

    locale_hits(sample, str_format(&run, "{\"k\": \"%s\"}", source), locale,
                str_format(&run, "{\"k\": \"%s\"}", target), want);
}

#endif
