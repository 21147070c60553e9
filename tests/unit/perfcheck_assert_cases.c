/*
 * perfcheck/assert: the cases of Lighthouse CI's own tests, recorded in
 * lhci_assert.json: what was asked, and what its engine answered. The file is not part
 * of this tree: ROUNDS_CASES names its folder, else ../shared/cases is tried; without
 * it all of this is skipped, and perfcheck_assert*.c stand alone.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "shared/file.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "tests/unit/perfcheck_assert.h"

#include "shared/banned.h"

static struct arena run;
static json_t *cases;
static const char *presets_path;

/* False: it is not there. What cannot be read ends the program. */
static bool load(const char *path)
{
    struct err err = {0};
    struct str bytes;
    bool absent = false;
    json_error_t why;

    if (!file_read_if_there(AT_FDCWD, path, 8 * MIB, false, &run, &bytes, &absent,
                            &err)) {
        printf("Bail out! %s\n", err.text);
        exit(1);
    }
    if (absent)
        return false;
    cases = json_loadb(bytes.at, bytes.n, 0, &why);
    if (!cases) {
        printf("Bail out! %s: %s\n", path, why.text);
        exit(1);
    }
    return true;
}

/* The calls of one function in all cases; fails when there are none. */
typedef void each_call(const char *name, const json_t *input, const json_t *output);

static void for_each(const char *function, each_call *check)
{
    const json_t *one, *call;
    size_t i, k, found = 0;

    json_array_foreach(json_object_get(cases, "cases"), i, one)
    {
        const char *name = json_string_value(json_object_get(one, "name"));

        json_array_foreach(json_object_get(one, "calls"), k, call)
        {
            const char *fn = json_string_value(json_object_get(call, "fn"));

            if (strcmp(fn, function) != 0)
                continue;
            found++;
            check(name, json_object_get(call, "input"),
                  json_object_get(call, "output"));
        }
    }
    assert_true(found > 0);
}

/* In the file NaN is a text; in ours, as in all JSON, null. */
static bool is_same(const json_t *expected, const json_t *got)
{
    const json_t *value;
    size_t i;

    if (json_is_string(expected) && strcmp(json_string_value(expected), "NaN") == 0)
        return json_is_null(got);
    if (json_is_number(expected))
        return json_is_number(got) &&
               json_number_value(expected) == json_number_value(got);
    if (!json_is_array(expected))
        return json_equal(expected, got) == 1;
    if (json_array_size(expected) != json_array_size(got))
        return false;
    json_array_foreach(expected, i, value)
    {
        if (!is_same(value, json_array_get(got, i)))
            return false;
    }
    return true;
}

/* Every member of one is in the other. */
static bool is_same_result(const json_t *expected, const json_t *got)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)expected, key, value)
    {
        if (!is_same(value, json_object_get(got, key)))
            return false;
    }
    return json_object_size(expected) == json_object_size(got);
}

static void check_results(const char *name, const json_t *expected, const json_t *got)
{
    const json_t *value;
    size_t i;

    if (json_array_size(expected) != json_array_size(got))
        fail_msg("%s: %zu results, expected %zu", name, json_array_size(got),
                 json_array_size(expected));
    json_array_foreach(expected, i, value)
    {
        if (!is_same_result(value, json_array_get(got, i)))
            fail_msg("%s: result %zu is\n%s\nexpected\n%s", name, i,
                     json_dumps(json_array_get(got, i), JSON_INDENT(1)),
                     json_dumps(value, JSON_INDENT(1)));
    }
}

/* The case with a preset was recorded before 20 audits joined it: of the results those
 * count whose audit the reports have, in any order. */
static json_t *of_preset(const json_t *got, const json_t *reports, const json_t *order)
{
    const json_t *audits = json_object_get(json_array_get(reports, 0), "audits");
    json_t *kept = json_array();
    const json_t *wanted, *value;
    size_t i, k, known = 0;

    json_array_foreach(order, i, wanted)
    {
        json_array_foreach(got, k, value)
        {
            if (json_equal(json_object_get(wanted, "auditId"),
                           json_object_get(value, "auditId")))
                json_array_append(kept, (json_t *)value);
        }
    }
    json_array_foreach(got, k, value)
    {
        const char *id = json_string_value(json_object_get(value, "auditId"));

        known += json_object_get(audits, id) != NULL;
    }
    assert_int_equal(known, json_array_size(kept));
    return kept;
}

static void check_assertions(const char *name, const json_t *input,
                             const json_t *output)
{
    const json_t *options = json_array_get(input, 0);
    const json_t *reports = json_array_get(input, 1);
    struct asserted asserted = assert_over(options, reports, true, &run);

    if (json_object_get(options, "preset")) {
        OWN(json) kept = of_preset(asserted.results, reports, output);

        check_results(name, output, kept);
    } else if (json_array_size(json_object_get(options, "assertMatrix")) > 0 ||
               json_object_get(options, "assertions")) {
        check_results(name, output, asserted.results);
    } else {
        assert_int_equal(json_array_size(asserted.results), 0);
    }
    json_decref(asserted.results);
}

static void recorded_assertions_have_the_recorded_results(void **state)
{
    (void)state;
    for_each("getAllAssertionResults", check_assertions);
}

/* Input: for each URL its runs as [what is given back, report]. */
static void check_representative(const char *name, const json_t *input,
                                 const json_t *output)
{
    const json_t *url;
    size_t i, made = 0;

    json_array_foreach(json_array_get(input, 0), i, url)
    {
        size_t n = json_array_size(url);
        OWN(json) reports = json_array();
        const json_t *pair;
        size_t k, nearest;

        if (n == 0)
            continue;
        json_array_foreach(url, k, pair)
        {
            json_array_append(reports, json_array_get(pair, 1));
        }
        nearest = representative_of(reports, &run);
        if (!json_equal(json_array_get(json_array_get(url, nearest), 0),
                        json_array_get(output, made)))
            fail_msg("%s: run %zu", name, nearest);
        made++;
    }
    assert_int_equal(made, json_array_size(output));
}

static void recorded_runs_have_the_recorded_representative(void **state)
{
    (void)state;
    for_each("computeRepresentativeRuns", check_representative);
}

static void check_path(const char *name, const json_t *input, const json_t *output)
{
    const char *path = json_string_value(json_array_get(input, 0));
    const char *url = json_string_value(json_array_get(input, 1));

    if (is_match(assert_budget_pattern(path, &run), url, &run) != json_is_true(output))
        fail_msg("%s: '%s' and '%s'", name, path ? path : "", url);
}

static void recorded_budget_paths_match_what_was_recorded(void **state)
{
    (void)state;
    for_each("convertPathExpressionToRegExp.test", check_path);
}

static struct preset_rule rule_of(enum preset preset, struct str audit)
{
    for (size_t i = 0; i < preset_size(); i++)
        if (str_equal(str_of(preset_rule(preset, i).audit), audit))
            return preset_rule(preset, i);
    fail_msg("no audit %.*s", (int)audit.n, audit.at);
    return (struct preset_rule){0};
}

/* lhci_presets.tsv: a line an audit; its level in each preset, and " maxLength=0". */
static void each_preset_is_the_one_of_lighthouse_ci(void **state)
{
    static const char *const names[] = {"lighthouse:all", "lighthouse:recommended",
                                        "lighthouse:no-pwa"};
    struct err err = {0};
    struct str bytes, line, field[4];
    size_t n = 0;

    (void)state;
    if (!file_read(AT_FDCWD, presets_path, MIB, false, &run, &bytes, &err))
        fail_msg("%s", err.text);
    assert_true(str_next_line(&bytes, &line)); // the head
    for (; str_next_line(&bytes, &line); n++) {
        assert_int_equal(str_split(line, '\t', field, 4), 4);
        for (size_t k = 0; k < 3; k++) {
            struct preset_rule rule = rule_of(preset_find(names[k]), field[0]);

            assert_true(str_equal(field[k + 1],
                                  str_of(str_format(&run, "%s%s", rule.level,
                                                    rule.has_max_length ? " maxLength=0"
                                                                        : ""))));
        }
    }
    assert_int_equal(n, preset_size());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_assertions_have_the_recorded_results),
        cmocka_unit_test(recorded_runs_have_the_recorded_representative),
        cmocka_unit_test(recorded_budget_paths_match_what_was_recorded),
        cmocka_unit_test(each_preset_is_the_one_of_lighthouse_ci),
    };
    const char *folder = getenv("ROUNDS_CASES");
    const char *path;
    int failed = 0;

    arena_init(&run, ARENA_BYTES_MAX);
    folder = folder ? folder : "../shared/cases";
    path = file_join(&run, folder, "lhci_assert.json");
    presets_path = file_join(&run, folder, "lhci_presets.tsv");
    if (load(path))
        failed = cmocka_run_group_tests(tests, NULL, NULL);
    else // cmocka's own skip() is a failure in TAP
        printf(
            "1..0 # SKIP '%s' is not there, so Lighthouse CI's cases are not tried\n",
            path);
    json_decref(cases);
    arena_release(&run);
    return failed;
}
