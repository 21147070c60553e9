/* Placeholders where several texts or types are compared, and messages of which several
 * things are wrong: which one is said. The classes are ordered extra, type, missing,
 * count (i18ncheck.md 5 and 6). */
#include "i18ncheck/judge.h"
#include "tests/unit/i18ncheck_judged.h"

#include "shared/banned.h"

struct pair_of_texts {
    const char *source, *target, *check;
};

static void pairs_say(const struct sample *sample, const struct pair_of_texts *pairs,
                      size_t n)
{
    for (size_t i = 0; i < n; i++)
        pair_hits(sample, pairs[i].source, "de", pairs[i].target, pairs[i].check);
}

static void types_of_icu_arguments_are_compared_in_branches_too(void **state)
{
    static const struct pair_of_texts pairs[] = {
        {"{x, time} a", "{x, date} b", "placeholder-type"},
        {"{x, select, a {1} other {2}}", "{x, date} b", "placeholder-type"},
        {"{x} {n, plural, one {# a} other {# b}}",
         "{x, date} {n, plural, one {# a} other {# b}}", "placeholder-type"},
        {"{n, plural, one {# of {x}} other {# of {x}}}",
         "{n, plural, one {# von {x}} other {# von {x, date}}}", "placeholder-type"},
        {"{n, plural, one {# of {x}} other {# of {x}}}",
         "{n, plural, one {# von {x}} other {# von {y}}}", "placeholder-extra"},
    };
    const struct sample sample = sample_of(CATALOG_JSON, SYNTAX_ICU, PLURAL_ICU);

    (void)state;
    pairs_say(&sample, pairs, sizeof pairs / sizeof *pairs);
}

static void a_branch_of_one_number_may_drop_its_count(void **state)
{
    static const struct pair_of_texts pairs[] = {
        {"{n, plural, one {# text} other {# texts}}",
         "{n, plural, one {ein Text} other {# Texte}}", NULL},
        {"{n, plural, one {# text} other {# texts}}",
         "{n, plural, =0 {kein Text} =7 {alle sieben} one {# Text} other {# Texte}}",
         NULL},
        {"{n, plural, zero {none} one {# text} other {# texts}}",
         "{n, plural, zero {kein Text} one {# Text} other {# Texte}}", "plural-dead"},
        {"{n, plural, one {# text} other {# texts}}",
         "{n, plural, one {# Text} other {Texte}}", "placeholder-missing"},
        {"{n, plural, one {a text} other {texts}}",
         "{n, plural, one {Text} other {Texte}}", NULL},
    };
    const struct sample sample = sample_of(CATALOG_JSON, SYNTAX_ICU, PLURAL_ICU);

    (void)state;
    pairs_say(&sample, pairs, sizeof pairs / sizeof *pairs);
}

/* vue: `car | cars`. */
static void of_choices_the_worst_difference_is_said(void **state)
{
    static const struct pair_of_texts pairs[] = {
        {"{n} car | {n} cars", "{n} Auto | {n} Autos", NULL},
        {"{n} car | {n} cars", "ein Auto | {n} Autos", NULL},
        {"{n} car | {n} cars", "{n} Auto | Autos", "placeholder-missing"},
        {"{n} {x} | {n} {x}s", "{n} {x} {y} | {n}", "placeholder-extra"},
        {"{n} {x} | {n} {x}s", "{n} | {n} {y}", "placeholder-extra"},
        {"{x} one | {x} two", "{x} {x} | {x}", "placeholder-count"},
        {"{x} one | {x} two", "{x} {x} | eins", "placeholder-missing"},
    };
    const struct sample sample = sample_of(CATALOG_JSON, SYNTAX_VUE, PLURAL_VUE);

    (void)state;
    pairs_say(&sample, pairs, sizeof pairs / sizeof *pairs);
}

static void of_forms_the_worst_difference_is_said(void **state)
{
    const struct sample sample =
        sample_of(CATALOG_JSON, SYNTAX_I18NEXT, PLURAL_I18NEXT4);
    const char *source =
        "{\"k_one\": \"{{count}} {{x}}\", \"k_other\": \"{{count}} {{x}}\"}";

    (void)state;
    locale_hits(&sample, source, "de",
                "{\"k_one\": \"{{count}} {{x}} {{x}}\", \"k_other\": \"{{count}} "
                "{{y}}\"}",
                "placeholder-extra k\n");
    locale_hits(&sample, source, "de",
                "{\"k_one\": \"{{count}} {{y}}\", \"k_other\": \"{{count}} {{x}} "
                "{{x}}\"}",
                "placeholder-extra k\n");
    locale_hits(&sample, source, "de",
                "{\"k_one\": \"{{count}}\", \"k_other\": \"{{count}}\"}",
                "placeholder-missing k\n");
}

static void tags_may_repeat_in_each_branch(void **state)
{
    static const struct pair_of_texts icu[] = {
        {"{n, plural, one {<b>#</b>} other {<b>#</b>}}",
         "{n, plural, one {<b>#</b>} other {# <b>x</b> <b>y</b>}}", NULL},
        {"<b>{x}</b> text", "{x} <b>Text</b> <b>hier</b>", "markup"},
    };
    static const struct pair_of_texts vue[] = {
        {"<b>one</b> | <b>two</b>", "<b>eins</b>, zwei | drei", NULL},
        {"<b>one</b> word", "eins, zwei", "markup"},
    };
    const struct sample of_icu = sample_of(CATALOG_JSON, SYNTAX_ICU, PLURAL_ICU);
    const struct sample of_vue = sample_of(CATALOG_JSON, SYNTAX_VUE, PLURAL_VUE);

    (void)state;
    pairs_say(&of_icu, icu, 2);
    pairs_say(&of_vue, vue, 2);
}

static void nothing_is_compared_where_the_source_cannot_be_parsed(void **state)
{
    const struct sample sample = sample_of(CATALOG_JSON, SYNTAX_ICU, PLURAL_ICU);

    (void)state;
    pair_hits(&sample, "{n, plural, one {#} other {#}", "de",
              "{m, plural, few {#} other {#}} {x}", NULL);
}

/* ---- findings ---- */

enum { DAY = 20000 };

static struct findings judged_items(struct item *item, size_t n, int64_t most,
                                    struct findings *before)
{
    const struct judging_rules rules = {.max_findings = most, .as_of = DAY};
    const struct kept_list kept = {0};
    struct items items = {0};
    struct findings now = {0};

    for (size_t i = 0; i < n; i++)
        items_add(&items, &run, item[i]);
    assert_true(judge_findings(&items, &kept, before, &rules, &run, &now));
    return now;
}

static struct item item_of(const char *key, const char *file, size_t line,
                           const char *message, enum severity severity)
{
    return (struct item){.check = CHECK_MARKUP,
                         .severity = severity,
                         .place = "web/de",
                         .key = str_of(key),
                         .message = message,
                         .file = file,
                         .line = line};
}

static void of_one_key_the_first_place_is_told(void **state)
{
    struct item items[] = {
        item_of("k", "b.json", 1, "in b", SEVERITY_WARN),
        item_of("k", "a.json", 9, "late in a", SEVERITY_WARN),
        item_of("k", "a.json", 2, "text b", SEVERITY_WARN),
        item_of("k", "a.json", 2, "text a", SEVERITY_WARN),
        item_of("j", "z.json", 3, "of j", SEVERITY_WARN),
    };
    struct findings none = {0}, now = judged_items(items, 5, 10, &none);

    (void)state;
    assert_int_equal(now.n, 2);
    assert_string_equal(now.item[0].message, "of j");
    assert_string_equal(now.item[1].message, "text a");
    assert_int_equal(now.item[1].line, 2);
}

static void a_group_has_its_worst_severity_and_names_a_key_once(void **state)
{
    struct item items[] = {
        item_of("a", "a.json", 1, "m", SEVERITY_INFO),
        item_of("a", "a.json", 2, "m", SEVERITY_INFO),
        item_of("b", "a.json", 3, "m", SEVERITY_CRIT),
        item_of("c", "a.json", 4, "m", SEVERITY_WARN),
    };
    struct findings none = {0}, now = judged_items(items, 4, 2, &none);

    (void)state;
    assert_int_equal(now.n, 1);
    assert_int_equal(now.item[0].severity, SEVERITY_CRIT);
    assert_int_equal(now.item[0].n, 3);
    assert_string_equal(now.item[0].message, "3 in all: a, b, c ...");
}

static void what_was_resolved_is_not_open(void **state)
{
    struct item items[] = {item_of("a", "a.json", 1, "m", SEVERITY_WARN)};
    struct findings before = {0}, now;

    (void)state;
    findings_add(&before, &run,
                 (struct finding){.id = "i18ncheck/markup/web/de/a",
                                  .message = "m",
                                  .status = STATUS_RESOLVED,
                                  .since = DAY - 9});
    now = judged_items(items, 1, 10, &before);
    assert_int_equal(now.item[0].since, DAY);
    assert_int_equal(now.item[0].status, STATUS_NEW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_of_icu_arguments_are_compared_in_branches_too),
        cmocka_unit_test(a_branch_of_one_number_may_drop_its_count),
        cmocka_unit_test(of_choices_the_worst_difference_is_said),
        cmocka_unit_test(of_forms_the_worst_difference_is_said),
        cmocka_unit_test(tags_may_repeat_in_each_branch),
        cmocka_unit_test(nothing_is_compared_where_the_source_cannot_be_parsed),
        cmocka_unit_test(of_one_key_the_first_place_is_told),
        cmocka_unit_test(a_group_has_its_worst_severity_and_names_a_key_once),
        cmocka_unit_test(what_was_resolved_is_not_open),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
