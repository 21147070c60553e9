/* What assertions are read from (a lighthouserc, budgets, patterns of JavaScript) and
 * what is refused of it; how results are printed. Stated in perfcheck.md 9; patterns in
 * ECMAScript 2023 22.2, numbers in 6.1.6.1.20. */
#include "shared/own.h"
#include "tests/unit/perfcheck_assert.h"

#include "shared/banned.h"

static struct arena run;

static int begin(void **state)
{
    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&run);
    return 0;
}

/* ---- lighthouserc ---- */

/* The options as JSON without spaces, or why there are none; with the name of a budgets
 * file before them. */
static const char *rc(const char *text)
{
    struct err err = {0};
    json_t *options = NULL;
    const char *budgets, *shown;
    char *dumped;

    if (!assert_rc_parse(str_of(text), "rc", &run, &options, &budgets, &err))
        return str_format(&run, "%s", err.text);
    dumped = json_dumps(options, JSON_COMPACT);
    shown = str_format(&run, "%s%s", budgets ? budgets : "", dumped);
    free(dumped);
    json_decref(options);
    return shown;
}

static void options_are_those_of_ci_assert(void **state)
{
    (void)state;
    assert_string_equal(
        rc("{\"ci\": {\"collect\": {}, \"assert\": {\"preset\": \"x\"}}}"),
        "{\"preset\":\"x\"}");
    assert_string_equal(rc("{\"ci\": {}}"), "{}");
    assert_string_equal(rc("{}"), "{}");
    assert_string_equal(rc("{\"ci\": {\"assert\": {\"budgetsFile\": \"b.json\"}}}"),
                        "b.json{\"budgetsFile\":\"b.json\"}");
}

static void a_dot_in_a_key_is_a_colon_and_such_keys_come_last(void **state)
{
    (void)state;
    assert_string_equal(
        rc("{\"ci\": {\"assert\": {\"assertions\": {\"a.b.c\": 1, \"d:e\": 2, \"d.e\": 3, "
           "\"f\": 4}}}}"),
        "{\"assertions\":{\"d:e\":3,\"f\":4,\"a:b:c\":1}}");
    assert_string_equal(
        rc("{\"ci\": {\"assert\": {\"assertMatrix\": [{\"assertions\": {\"a.b\": 1}}]}}}"),
        "{\"assertMatrix\":[{\"assertions\":{\"a:b\":1}}]}");
}

static void what_is_no_lighthouserc_is_refused(void **state)
{
    static const char *const cases[][2] = {
        {"", "rc:1: the file is empty"},
        {"[]", "rc:1: not a JSON object"},
        {"{\"ci\": 1}", "rc: 'ci' is not an object"},
        {"{\"ci\": {\"assert\": []}}", "rc: 'ci/assert' is not an object"},
        {"{\"ci\": {\"extends\": \"x\"}}",
         "rc: 'extends' is not read; put everything into one file"},
        {"{\"extends\": \"x\"}",
         "rc: 'extends' is not read; put everything into one file"},
        {"{\"lhci\": {}}", "rc: only 'ci' is read; rename the key"},
        {"{\"ci\": {\"assert\": {\"budgetsFile\": 1}}}",
         "rc: 'ci/assert/budgetsFile' is no text"},
        {"{\"ci\": {},\n\"ci\": {}}", "rc:2: duplicate key"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(rc(cases[i][0]), cases[i][1]);
}

/* ---- options ---- */

static const char *refusal(const char *text, bool compat)
{
    static struct err err;
    OWN(json) options = json_loads(text, 0, NULL);
    OWN(json) reports = json_array();
    struct asserted asserted = assert_over(options, reports, compat, &run);

    if (asserted.results)
        fail_msg("taken: %s", text);
    err = asserted.err;
    return err.text;
}

static void what_makes_no_plan_is_refused_in_both_modes(void **state)
{
    static const char *const cases[][2] = {
        {"{}",
         "nothing is asserted; give it assertions, a preset, an assertMatrix or a "
         "budgetsFile"},
        {"{\"preset\": \"\"}", "nothing is asserted; give it assertions, a preset, an "
                               "assertMatrix or a budgetsFile"},
        {"{\"preset\": \"all\"}", "preset is none of lighthouse:all, "
                                  "lighthouse:recommended, lighthouse:no-pwa"},
        {"{\"assertions\": [1]}", "assertions is not an object"},
        {"{\"assertions\": {\"x\": 1}}", "assertions/x: the level is no text"},
        {"{\"assertions\": {\"x\": [1]}}", "assertions/x: the level is no text"},
        {"{\"assertions\": {\"x\": {}}}", "assertions/x: the level is no text"},
        {"{\"assertions\": {\"x\": [\"error\", 1]}}",
         "assertions/x: the options are no object"},
        {"{\"assertions\": {\"x\": [\"error\", {\"minScore\": \"1\"}]}}",
         "assertions/x: minScore is no number"},
        {"{\"assertions\": {\"x\": [\"error\", {\"aggregationMethod\": 1}]}}",
         "assertions/x: aggregationMethod is no text"},
        {"{\"assertions\": {\"::\": \"error\"}}",
         "assertions/::: the key names no audit"},
        {"{\"assertions\": {\"categories:a:b\": \"error\"}}",
         "assertions/categories:a:b: no categories:<id>"},
        {"{\"assertions\": {\"resource-summary:script\": \"error\"}}",
         "assertions/resource-summary:script: no resource-summary:<type>:size or "
         ":count"},
        {"{\"assertions\": {\"resource-summary:script:bytes\": \"error\"}}",
         "assertions/resource-summary:script:bytes: no resource-summary:<type>:size or "
         ":count"},
        {"{\"assertMatrix\": [], \"preset\": \"lighthouse:all\"}",
         "'preset' beside assertMatrix; put it into its entries"},
        {"{\"assertMatrix\": [], \"assertions\": {}}",
         "'assertions' beside assertMatrix; put it into its entries"},
        {"{\"assertMatrix\": [], \"budgetsFile\": \"x\"}",
         "'budgetsFile' beside assertMatrix; put it into its entries"},
        {"{\"assertMatrix\": [], \"aggregationMethod\": \"median\"}",
         "'aggregationMethod' beside assertMatrix; put it into its entries"},
        {"{\"assertMatrix\": {\"a\": 1}}", "assertMatrix is not an array"},
        {"{\"assertMatrix\": [{\"assertions\": {}}, 1]}",
         "assertMatrix/1 is not an object"},
        {"{\"assertMatrix\": [{\"matchingUrlPattern\": \"(\", \"assertions\": {}}]}",
         "assertMatrix/0: matchingUrlPattern '(': pattern fails at byte 1: missing "
         "closing parenthesis"},
        {"{\"assertions\": {}, \"matchingUrlPattern\": 1}",
         "matchingUrlPattern is no text"},
        {"{\"assertions\": {}, \"includePassedAssertions\": 1}",
         "includePassedAssertions is neither true nor false"},
        {"{\"assertions\": {}, \"lhr\": 1}", "lhr is no text"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(refusal(cases[i][0], false), cases[i][1]);
        assert_string_equal(refusal(cases[i][0], true), cases[i][1]);
    }
}

static void a_plan_without_an_assertion_is_refused_unless_the_peer_is_asked_for(
    void **state)
{
    static const char *const plans[] = {"{\"assertions\": {}}",
                                        "{\"assertMatrix\": []}",
                                        "{\"assertMatrix\": [{\"assertions\": {}}]}"};

    (void)state;
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        OWN(json) options = json_loads(plans[i], 0, NULL);
        OWN(json) reports = json_pack("[{s: s}]", "finalUrl", "https://shop.example/");
        OWN(json) results = assert_over(options, reports, true, &run).results;

        assert_string_equal(refusal(plans[i], false),
                            "nothing is asserted; give it assertions, a preset, an "
                            "assertMatrix or a budgetsFile");
        assert_non_null(results);
    }
}

/* Half a second of backtracking in JavaScript; here a limit. */
static void a_pattern_too_costly_is_unknown_and_no_miss(void **state)
{
    OWN(json)
    options = json_pack("{s: {s: s}, s: s}", "assertions", "x", "error",
                        "matchingUrlPattern", "^(a+)+$");
    OWN(json)
    reports =
        json_pack("[{s: s}]", "finalUrl", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!");
    struct asserted asserted = assert_over(options, reports, true, &run);

    (void)state;
    assert_null(asserted.results);
    assert_string_equal(asserted.err.text,
                        "matchingUrlPattern '^(a+)+$' is too costly; write it simpler");
}

/* ---- patterns ---- */

static void a_letter_with_a_backslash_is_itself_where_javascript_says_so(void **state)
{
    (void)state;
    assert_true(is_match("^\\A\\z\\Q\\E\\h\\R\\K\\G$", "AzQEhRKG", &run));
    assert_true(is_match("^\\e\\a\\p{L}$", "eap{L}", &run));
    assert_true(is_match("^\\v$", "\v", &run));
    assert_false(is_match("^\\v$", "\n", &run)); // of PCRE2 \v is a class
    assert_true(is_match("^[\\h\\B\\k]+$", "hBk", &run));
    assert_true(is_match("^\\d\\w\\s\\/$", "1a /", &run));
}

static void a_class_has_no_class_of_posix_and_may_be_empty(void **state)
{
    (void)state;
    assert_true(is_match("^[[:alpha:]]$", "a]", &run));
    assert_false(is_match("^[[:alpha:]]$", "b", &run));
    assert_false(is_match("a[]b", "a]b", &run));
    assert_true(is_match("a[^]b", "a\nb", &run));
    assert_true(is_match("[\\]]", "]", &run));
}

static void braces_that_are_no_quantifier_are_braces(void **state)
{
    (void)state;
    assert_true(is_match("^a{,3}$", "a{,3}", &run));
    assert_true(is_match("^a{x}{2}$", "a{x}}", &run));
    assert_true(is_match("^a{2,}?b{1}$", "aaab", &run));
}

static void groups_of_javascript_are_taken(void **state)
{
    (void)state;
    assert_true(is_match("^(?:a)(?=b)(?!c)(?<n>b)(?<=b)(?<!a)\\k<n>$", "abb", &run));
    assert_true(is_match("(a)|\\1b", "b", &run));
}

static const char *pattern_refusal(const char *pattern)
{
    static struct err err;
    const char *rewritten;

    if (assert_pattern_js(pattern, &run, &rewritten, &err))
        fail_msg("taken: %s", pattern);
    return err.text;
}

static void what_javascript_refuses_is_refused(void **state)
{
    static const char *const cases[][2] = {
        {"(*UTF)a", "nothing to repeat at '(*'"},
        {"a++", "nothing to repeat at '+'"},
        {"a{2}+", "nothing to repeat at '+'"},
        {"a+?{2}", "nothing to repeat at '{2}'"},
        {"(?i)a", "no group of JavaScript at '(?'"},
        {"(?>a)", "no group of JavaScript at '(?'"},
        {"(?<1>a)", "no group of JavaScript at '(?'"},
        {"(?", "no group of JavaScript at '(?'"},
        {"a\\", "a backslash at its end"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(pattern_refusal(cases[i][0]),
                            str_format(&run, "no regular expression of JavaScript: %s",
                                       cases[i][1]));
}

/* ---- budgets ---- */

static const char *budgets(const char *text)
{
    struct err err = {0};
    json_t *options = NULL;
    OWN(json) list = json_loads(text, 0, NULL);
    const char *shown;
    char *dumped;

    if (!assert_budgets_parse(list, &run, &options, &err))
        return str_format(&run, "%s", err.text);
    dumped = json_dumps(json_object_get(options, "assertMatrix"), JSON_COMPACT);
    shown = str_copy(&run, dumped, strlen(dumped));
    free(dumped);
    json_decref(options);
    return shown;
}

static void a_budget_is_an_entry_with_errors(void **state)
{
    (void)state;
    assert_string_equal(
        budgets("[{\"path\": \"/a.b*c$\", \"options\": {\"firstPartyHostnames\": "
                "[\"*.a.example\"]}, \"resourceSizes\": [{\"resourceType\": "
                "\"script\", \"budget\": 1.5}], \"resourceCounts\": "
                "[{\"resourceType\": \"third-party\", \"budget\": 3}], \"timings\": "
                "[{\"metric\": \"interactive\", \"budget\": 4000}]}, {}]"),
        "[{\"matchingUrlPattern\":\"https?://[^/]+/a\\\\.b.*c$\",\"assertions\":{"
        "\"interactive\":[\"error\",{\"maxNumericValue\":4000.0}],"
        "\"resource-summary:third-party:count\":[\"error\",{\"maxNumericValue\":3.0}],"
        "\"resource-summary:script:size\":[\"error\",{\"maxNumericValue\":1536.0}]}},"
        "{\"matchingUrlPattern\":\".*\",\"assertions\":{}}]");
}

static void a_path_is_escaped_but_for_its_star_and_dollar(void **state)
{
    (void)state;
    assert_string_equal(assert_budget_pattern(NULL, &run), ".*");
    assert_string_equal(assert_budget_pattern("/", &run), ".*");
    assert_string_equal(
        assert_budget_pattern("/-[]{}()+?.,\\^|# x*$", &run),
        "https?://[^/]+/\\-\\[\\]\\{\\}\\(\\)\\+\\?\\.\\,\\\\\\^\\|\\#\\ "
        "x.*$");
    assert_true(is_match(assert_budget_pattern("/a b?c=[1]", &run),
                         "https://x.example/a b?c=[1]", &run));
    assert_false(
        is_match(assert_budget_pattern("/a$", &run), "https://x.example/ab", &run));
}

static void what_lighthouse_knows_no_budget_of_is_refused(void **state)
{
    static const char *const cases[][2] = {
        {"[1]", "/0: not an object"},
        {"[{}, {\"paths\": \"/\"}]",
         "/1: property 'paths' is not known; did you mean 'path'"},
        {"[{\"path\": \"a\"}]", "/0: 'path' is no text that begins with '/'"},
        {"[{\"path\": 1}]", "/0: 'path' is no text that begins with '/'"},
        {"[{\"path\": \"/*/*\"}]", "/0: 'path' has more than one '*'"},
        {"[{\"path\": \"/$a\"}]", "/0: 'path' has a '$' before its end"},
        {"[{\"options\": []}]", "/0: 'options' is not an object"},
        {"[{\"options\": {\"x\": 1}}]", "/0: options: property 'x' is not known"},
        {"[{\"options\": {\"firstPartyHostnames\": \"a\"}}]",
         "/0: 'firstPartyHostnames' is not an array"},
        {"[{\"options\": {\"firstPartyHostnames\": [1]}}]",
         "/0: 'firstPartyHostnames' has what is no text"},
        {"[{\"options\": {\"firstPartyHostnames\": [\"a*.b\"]}}]",
         "/0: 'a*.b' is no host name"},
        {"[{\"options\": {\"firstPartyHostnames\": [\"http://a\"]}}]",
         "/0: 'http://a' is no host name"},
        {"[{\"timings\": {}}]", "/0: 'timings' is not an array"},
        {"[{\"timings\": [1]}]", "/0: timings/0: an entry is not an object"},
        {"[{\"timings\": [{\"metric\": \"interactiv\", \"budget\": 1}]}]",
         "/0: timings/0: metric 'interactiv' is not known; did you mean 'interactive'"},
        {"[{\"timings\": [{\"metric\": \"interactive\", \"budget\": \"1\"}]}]",
         "/0: timings/0: 'budget' of 'interactive' is no number"},
        {"[{\"timings\": [{\"metric\": \"interactive\", \"budget\": 1, "
         "\"tolerance\": 1}]}]",
         "/0: timings/0: property 'tolerance' is not known"},
        {"[{\"resourceSizes\": [{\"budget\": 1}]}]",
         "/0: resourceSizes/0: 'resourceType' is missing or no text"},
        {"[{\"resourceCounts\": [{\"resourceType\": \"font\", \"budget\": 1}, "
         "{\"resourceType\": \"font\", \"budget\": 2}]}]",
         "/0: resourceCounts/1: 'font' is there twice"},
        {"[{\"resourceSizes\": [{\"resourceType\": \"font\", \"budget\": 1e308}]}]",
         "/0: resourceSizes/0: 'budget' of 'font' is out of range"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(budgets(cases[i][0]), cases[i][1]);
}

/* ---- what is printed ---- */

static const char *printed(struct assert_result result, bool as_json)
{
    const struct assert_plan plan = {.includes_passed = true};
    struct assert_outcome outcome = {
        .arena = &run, .result = &result, .n = 1, .nruns = 1, .nurls = 1};
    struct buf out;

    buf_init(&out, &run, MIB);
    if (as_json)
        assert_print_json(&plan, &outcome, &out);
    else
        assert_print_text(&plan, &outcome, &out);
    return out.at;
}

static void numbers_are_written_as_javascript_writes_them(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "0"},
        {1, "1"},
        {-1.5, "-1.5"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1e20, "100000000000000000000"},
        {123456789012345680000.0, "123456789012345680000"},
        {1e21, "1e+21"},
        {1.5e300, "1.5e+300"},
        {0.000001, "0.000001"},
        {0.00003662109375, "0.00003662109375"},
        {0.0000001, "1e-7"},
        {-1.25e-9, "-1.25e-9"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {1000, "1000"},
        {1024.5, "1024.5"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assert_result result = {.audit = "x",
                                       .level = "error",
                                       .expected = {true, cases[i].value}};
        const char *wanted = str_format(&run, "\"expected\": %s,\n", cases[i].text);

        if (!strstr(printed(result, true), wanted))
            fail_msg("%s is printed otherwise", cases[i].text);
    }
}

static void a_result_has_its_members_in_the_stated_order(void **state)
{
    struct estimate value[] = {{true, 0.5}, {false, 0}};
    const struct assert_result result = {
        .name = ASSERT_MIN_SCORE,
        .expected = {true, 0.9},
        .value = value,
        .nvalues = 2,
        .message = "m",
        .property = "p",
        .audit = "a",
        .level = "warn",
        .url = STR("http://a/"),
        .title = "t \"quoted\"",
        .link = "https://web.dev/x",
    };
    const struct assert_result bare = {.name = ASSERT_RAN,
                                       .audit = "a",
                                       .level = "error",
                                       .passed = true};

    (void)state;
    assert_string_equal(
        printed(result, true),
        "[\n  {\n    \"name\": \"minScore\",\n    \"expected\": 0.9,\n"
        "    \"actual\": null,\n    \"values\": [\n      0.5,\n      null\n    ],\n"
        "    \"operator\": \">=\",\n    \"passed\": false,\n    \"message\": \"m\",\n"
        "    \"auditProperty\": \"p\",\n    \"auditId\": \"a\",\n"
        "    \"level\": \"warn\",\n    \"url\": \"http://a/\",\n"
        "    \"auditTitle\": \"t \\\"quoted\\\"\",\n"
        "    \"auditDocumentationLink\": \"https://web.dev/x\"\n  }\n]\n");
    assert_string_equal(
        printed(bare, true),
        "[\n  {\n    \"name\": \"auditRan\",\n    \"expected\": null,\n"
        "    \"actual\": null,\n    \"values\": [],\n    \"operator\": \">=\",\n"
        "    \"passed\": true,\n    \"auditId\": \"a\",\n    \"level\": \"error\",\n"
        "    \"url\": \"\"\n  }\n]\n");
}

static void text_from_outside_is_fit_to_print(void **state)
{
    const struct assert_result result = {.name = ASSERT_MAX_VALUE,
                                         .expected = {true, 1},
                                         .actual = {true, 2},
                                         .audit = "a\x1b[31m",
                                         .level = "error",
                                         .url = STR("http://a/\n"),
                                         .title = "t\xE2\x80\xAE"};

    (void)state;
    assert_string_equal(
        printed(result, false),
        "ASSERT FAILED - 1 error, 0 warnings of 1 result; 1 run of 1 "
        "URL\n\nhttp://a/\\u{0A}\nerror a\\u{1B}[31m maxNumericValue: 2, "
        "wanted <= 1; runs:\n      t\\u{202E}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_those_of_ci_assert),
        cmocka_unit_test(a_dot_in_a_key_is_a_colon_and_such_keys_come_last),
        cmocka_unit_test(what_is_no_lighthouserc_is_refused),
        cmocka_unit_test(what_makes_no_plan_is_refused_in_both_modes),
        cmocka_unit_test(
            a_plan_without_an_assertion_is_refused_unless_the_peer_is_asked_for),
        cmocka_unit_test(a_pattern_too_costly_is_unknown_and_no_miss),
        cmocka_unit_test(a_letter_with_a_backslash_is_itself_where_javascript_says_so),
        cmocka_unit_test(a_class_has_no_class_of_posix_and_may_be_empty),
        cmocka_unit_test(braces_that_are_no_quantifier_are_braces),
        cmocka_unit_test(groups_of_javascript_are_taken),
        cmocka_unit_test(what_javascript_refuses_is_refused),
        cmocka_unit_test(a_budget_is_an_entry_with_errors),
        cmocka_unit_test(a_path_is_escaped_but_for_its_star_and_dollar),
        cmocka_unit_test(what_lighthouse_knows_no_budget_of_is_refused),
        cmocka_unit_test(numbers_are_written_as_javascript_writes_them),
        cmocka_unit_test(a_result_has_its_members_in_the_stated_order),
        cmocka_unit_test(text_from_outside_is_fit_to_print),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
