/* Assertions over reports: what perfcheck.md 9 states, and each row of its table of
 * silent holes, with --lhci-compat and without. */
#include "tests/unit/perfcheck_assert.h"

#include "shared/own.h"

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

static json_t *parsed(const char *text)
{
    json_error_t why;
    json_t *json = json_loads(text, 0, &why);

    if (!json)
        fail_msg("%s: %s", why.text, text);
    return json;
}

static struct asserted ask(const char *options, const char *reports, bool compat)
{
    OWN(json) wanted = parsed(options);
    OWN(json) over = parsed(reports);

    return assert_over(wanted, over, compat, &run);
}

/* One word a result: "-" or "+" (passed), what was asserted of which audit, the value
 * found: "-minScore first-contentful-paint=0.8". */
static const char *told(const struct asserted *asserted)
{
    const json_t *result;
    struct buf out;
    size_t i;

    if (!asserted->results)
        return asserted->err.text;
    buf_init(&out, &run, MIB);
    buf_add_text(&out, "");
    json_array_foreach(asserted->results, i, result)
    {
        const json_t *actual = json_object_get(result, "actual");

        buf_printf(&out, "%s%s%s %s=", i > 0 ? "; " : "",
                   json_is_true(json_object_get(result, "passed")) ? "+" : "-",
                   json_string_value(json_object_get(result, "name")),
                   json_string_value(json_object_get(result, "auditId")));
        if (json_is_null(actual))
            buf_add_text(&out, "null");
        else
            buf_printf(&out, "%g", json_number_value(actual));
    }
    json_decref(asserted->results);
    return out.at;
}

static const char *notes_of(const struct asserted *asserted)
{
    struct buf out;

    buf_init(&out, &run, MIB);
    buf_add_text(&out, "");
    for (size_t i = 0; i < asserted->notes.n; i++)
        buf_printf(&out, "%s%s", i > 0 ? "\n" : "", asserted->notes.text[i]);
    return out.at;
}

struct expected {
    const char *results, *notes;
};

static void check(const char *options, const char *reports, bool compat,
                  struct expected expected)
{
    struct asserted asserted = ask(options, reports, compat);

    assert_string_equal(told(&asserted), expected.results);
    assert_string_equal(notes_of(&asserted), expected.notes);
}

/* The same in both. */
static void check_both(const char *options, const char *reports, const char *results)
{
    check(options, reports, true, (struct expected){results, ""});
    check(options, reports, false, (struct expected){results, ""});
}

/* Three runs of one page: scores .5, .7, .9, values 300, 100, 200. */
#define THREE                                                      \
    "[{\"finalUrl\": \"http://a/\", \"audits\": {\"speed-index\":" \
    "  {\"score\": 0.5, \"numericValue\": 300}}},"                 \
    " {\"finalUrl\": \"http://a/\", \"audits\": {\"speed-index\":" \
    "  {\"score\": 0.7, \"numericValue\": 100}}},"                 \
    " {\"finalUrl\": \"http://a/\", \"audits\": {\"speed-index\":" \
    "  {\"score\": 0.9, \"numericValue\": 200}}}]"

/* A page's runs with these audits. */
static const char *runs(const char *const *audits, size_t n)
{
    struct buf out;

    buf_init(&out, &run, MIB);
    for (size_t i = 0; i < n; i++)
        buf_printf(&out, "%s{\"finalUrl\": \"http://a/\", \"audits\": {%s}}",
                   i > 0 ? "," : "[", audits[i]);
    buf_add_text(&out, "]");
    return out.at;
}

#define RUNS(...)                            \
    runs((const char *const[]){__VA_ARGS__}, \
         sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* ---- what both do ---- */

static void each_method_takes_its_value(void **state)
{
    static const struct {
        const char *method, *score, *value;
    } cases[] = {
        {"optimistic", "0.9", "100"},
        {"pessimistic", "0.5", "300"},
        {"median", "0.7", "200"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_both(str_format(&run,
                              "{\"assertions\": {\"speed-index\": [\"error\", "
                              "{\"minScore\": 1, \"maxNumericValue\": 1, "
                              "\"aggregationMethod\": \"%s\"}]}}",
                              cases[i].method),
                   THREE,
                   str_format(&run,
                              "-maxNumericValue speed-index=%s; -minScore "
                              "speed-index=%s",
                              cases[i].value, cases[i].score));
}

static void a_median_of_two_is_their_mean(void **state)
{
    (void)state;
    check_both("{\"assertions\": {\"x\": [\"warn\", {\"aggregationMethod\": "
               "\"median\"}]}}",
               RUNS("\"x\": {\"score\": 0.5}", "\"x\": {\"score\": 0.75}"),
               "-minScore x=0.625");
}

/* mF = 200 of (100, 200, 900), mI = 300 of (300, 300, 100): the run (200, 300). */
static void a_median_run_is_the_nearest_to_both_medians(void **state)
{
    (void)state;
    check_both(
        "{\"assertions\": {\"x\": [\"error\", {\"aggregationMethod\": "
        "\"median-run\"}]}}",
        RUNS("\"x\": {\"score\": 0.1}, \"first-contentful-paint\": {\"numericValue\": "
             "100}, \"interactive\": {\"numericValue\": 300}",
             "\"x\": {\"score\": 0.2}, \"first-contentful-paint\": {\"numericValue\": "
             "200}, \"interactive\": {\"numericValue\": 300}",
             "\"x\": {\"score\": 0.3}, \"first-contentful-paint\": {\"numericValue\": "
             "900}, \"interactive\": {\"numericValue\": 100}"),
        "-minScore x=0.2");
}

static void of_runs_equally_near_the_first_is_taken(void **state)
{
    (void)state;
    check_both("{\"assertions\": {\"x\": [\"error\", {\"aggregationMethod\": "
               "\"median-run\"}]}}",
               RUNS("\"x\": {\"score\": 0.1}", "\"x\": {\"score\": 0.2}"),
               "-minScore x=0.1");
}

static void a_falsy_level_is_off(void **state)
{
    (void)state;
    check_both("{\"preset\": \"lighthouse:all\", \"assertions\": {\"a\": null, \"b\": "
               "false, \"c\": \"\"}}",
               "[]", "");
    check_both("{\"assertions\": {\"a\": null, \"b\": false, \"c\": \"\", \"d\": "
               "\"off\"}}",
               RUNS("\"a\": {}"), "");
}

static void a_score_of_9_tenths_is_wanted_where_no_maximum_is_given(void **state)
{
    (void)state;
    check_both(
        "{\"assertions\": {\"a\": \"error\", \"b\": [\"warn\"], \"c\": [\"error\", "
        "{\"maxLength\": 1}]}}",
        RUNS("\"a\": {\"score\": 0.89}, \"b\": {\"score\": 0.9}, \"c\": {\"score\": "
             "0, \"details\": {\"items\": [1, 2]}}"),
        "-minScore a=0.89; -maxLength c=2");
}

static void without_items_the_length_is_0(void **state)
{
    (void)state;
    check_both("{\"assertions\": {\"x\": [\"error\", {\"maxLength\": -1}]}}",
               RUNS("\"x\": {\"score\": 1}", "\"x\": {\"details\": {}}"),
               "-maxLength x=0");
}

static void a_negative_value_is_a_value(void **state)
{
    (void)state;
    check_both(
        "{\"includePassedAssertions\": true, \"assertions\": {\"x\": [\"error\", "
        "{\"maxNumericValue\": 0}]}}",
        RUNS("\"x\": {\"numericValue\": -5}", "\"x\": {\"numericValue\": 5}"),
        "+maxNumericValue x=-5");
}

static void a_mode_stands_for_a_score_that_is_not_there(void **state)
{
    (void)state;
    check_both("{\"includePassedAssertions\": true, \"assertions\": {\"a\": \"error\", "
               "\"b\": \"error\", \"c\": \"error\"}}",
               RUNS("\"a\": {\"score\": null, \"scoreDisplayMode\": \"notApplicable\"},"
                    "\"b\": {\"score\": null, \"scoreDisplayMode\": \"informative\"},"
                    "\"c\": {\"score\": null, \"scoreDisplayMode\": \"error\"}"),
               "+minScore a=1; -minScore b=0; -minScore c=null");
}

/* The message of the only result for these numbers of an audit, by that method. The
 * messages are Lighthouse CI's. */
static const char *message_of(const char *method, const char *reports)
{
    const char *options = str_format(
        &run,
        "{\"aggregationMethod\": \"%s\", \"assertions\": {\"x\": [\"error\", "
        "{\"maxNumericValue\": 1}]}}",
        method);
    struct asserted asserted = ask(options, reports, true);
    OWN(json) results = asserted.results;
    const char *message =
        json_string_value(json_object_get(json_array_get(results, 0), "message"));

    assert_int_equal(json_array_size(results), 1);
    return message ? str_copy(&run, message, strlen(message)) : "";
}

static void a_value_that_is_no_number_is_told_from_none_at_all(void **state)
{
    const char *null =
        RUNS("\"x\": {\"numericValue\": null}", "\"x\": {\"numericValue\": null}");
    const char *none = RUNS("\"x\": {\"score\": 1}", "\"x\": {\"score\": 1}");

    (void)state;
    assert_string_equal(message_of("pessimistic", null),
                        "Audit failed to produce a valid value. Try using an "
                        "aggregationMethod other than \"pessimistic\".");
    assert_string_equal(message_of("optimistic", null),
                        "Audit failed to produce a valid value. If this is "
                        "reproducible, please file an issue on GitHub.");
    assert_string_equal(message_of("optimistic", none),
                        "Audit did not produce a value at all. \"maxNumericValue\" "
                        "might not be a valid assertion for this audit.");
}

static void one_missing_value_fails_what_is_pessimistic(void **state)
{
    (void)state;
    check_both("{\"aggregationMethod\": \"pessimistic\", \"assertions\": {\"x\": "
               "\"error\"}}",
               RUNS("\"x\": {\"score\": 1}", "\"x\": {\"score\": null}",
                    "\"x\": {\"score\": 1}"),
               "-minScore x=null");
}

static void a_run_without_the_audit_fails_whatever_is_asserted(void **state)
{
    (void)state;
    check_both("{\"assertions\": {\"x\": [\"warn\", {\"maxLength\": 5, \"minScore\": "
               "0}]}}",
               RUNS("\"x\": {\"score\": 1}", "\"y\": {\"score\": 1}"), "-auditRan x=0");
}

/* recommended has ["error", {"maxLength": 0}] of both. */
static void an_array_over_a_preset_changes_only_what_it_says(void **state)
{
    struct asserted asserted = ask(
        "{\"preset\": \"lighthouse:recommended\", \"assertions\": {\"unminified-css\": "
        "[\"error\", {\"minScore\": 1}], \"unminified-javascript\": \"error\"}}",
        RUNS(
            "\"unminified-css\": {\"score\": 0, \"details\": {\"items\": [1]}}, "
            "\"unminified-javascript\": {\"score\": 0, \"details\": {\"items\": [1]}}"),
        true);
    const char *results = told(&asserted);

    (void)state;
    assert_non_null(strstr(results,
                           "-maxLength unminified-css=1; -minScore unminified-css=0; "
                           "-minScore unminified-javascript=0"));
}

static void rows_stand_for_their_audit(void **state)
{
    (void)state;
    check_both(
        "{\"assertions\": {\"resource-summary:script:size\": [\"error\", "
        "{\"maxNumericValue\": 1}], \"resource-summary:script:count\": [\"error\", "
        "{\"maxNumericValue\": 1}], \"resource-summary:font:size\": [\"error\", "
        "{\"maxNumericValue\": 1}], \"user-timings:a-b\": [\"error\", "
        "{\"maxNumericValue\": 1}]}}",
        RUNS("\"resource-summary\": {\"details\": {\"items\": [{\"resourceType\": "
             "\"script\", \"transferSize\": 20, \"requestCount\": 3}]}}, "
             "\"user-timings\": {\"details\": {\"items\": [{\"name\": \" aB \", "
             "\"startTime\": 9}]}}",
             "\"resource-summary\": {\"details\": {\"items\": [{\"resourceType\": "
             "\"script\", \"size\": 10, \"transferSize\": 20, \"requestCount\": 2}]}}, "
             "\"user-timings\": {\"details\": {\"items\": [{\"name\": \"a__B\", "
             "\"startTime\": 1, \"duration\": 7}]}}"),
        "-maxNumericValue resource-summary=10; -maxNumericValue resource-summary=2; "
        "-auditRan resource-summary=0; -maxNumericValue user-timings=7");
}

static void a_row_without_the_value_did_not_run(void **state)
{
    (void)state;
    check_both("{\"assertions\": {\"resource-summary:font:count\": [\"error\", "
               "{\"maxNumericValue\": 1}]}}",
               RUNS("\"resource-summary\": {\"details\": {\"items\": "
                    "[{\"resourceType\": \"font\", \"size\": 2}]}}"),
               "-auditRan resource-summary=0");
}

static void a_page_without_a_url_is_undefined(void **state)
{
    (void)state;
    check_both("{\"assertions\": {\"x\": \"error\"}, \"matchingUrlPattern\": "
               "\"^undefined$\"}",
               "[{\"audits\": {\"x\": {\"score\": 0}}}]", "-minScore x=0");
}

static void urls_are_judged_apart_in_the_order_they_are_seen(void **state)
{
    static const char reports[] =
        "[{\"finalUrl\": \"http://b/\", \"audits\": {\"x\": {\"score\": 0.1}}},"
        " {\"finalUrl\": \"http://a/\", \"audits\": {\"x\": {\"score\": 0.2}}},"
        " {\"finalUrl\": \"http://b/\", \"audits\": {\"x\": {\"score\": 0.3}}}]";
    struct asserted asserted =
        ask("{\"assertions\": {\"x\": \"error\"}}", reports, false);

    (void)state;
    assert_int_equal(asserted.nurls, 2);
    assert_string_equal(told(&asserted), "-minScore x=0.3; -minScore x=0.2");
    check_both("{\"assertions\": {\"x\": \"error\"}, \"matchingUrlPattern\": \"a/$\"}",
               reports, "-minScore x=0.2");
}

/* ---- the silent holes ---- */

static void a_camel_case_key_is_looked_up(void **state)
{
    static const char options[] =
        "{\"assertions\": {\"speedIndex\": [\"error\", {\"minScore\": 1}]}}";
    static const char both[] =
        "{\"assertions\": {\"speedIndex\": \"off\", \"speed-index\": \"error\"}}";
    static const char preset[] =
        "{\"assertMatrix\": [{\"preset\": \"lighthouse:all\", \"assertions\": "
        "{\"speedIndex\": [\"error\", {\"maxNumericValue\": 1}]}, "
        "\"matchingUrlPattern\": \"^none$\"}]}";

    (void)state;
    check(options, THREE, true, (struct expected){"", ""});
    check(options, THREE, false,
          (struct expected){"-minScore speed-index=0.9",
                            "'speedIndex' is read as 'speed-index'; Lighthouse CI does "
                            "not read it"});
    check(both, THREE, true, (struct expected){"", ""});
    check(both, THREE, false,
          (struct expected){"",
                            "'speedIndex' is not read: 'speed-index' is there too"});
    check(preset, "[]", false,
          (struct expected){"", "'speedIndex' is read as 'speed-index'; Lighthouse CI "
                                "does not read it\nmatchingUrlPattern '^none$' matches "
                                "no URL: nothing of it is asserted"});
}

static void a_camel_case_key_overrides_a_preset(void **state)
{
    static const char options[] =
        "{\"preset\": \"lighthouse:all\", \"assertions\": {\"bootupTime\": \"off\"}}";
    const char *reports = RUNS("\"bootup-time\": {\"score\": 0}");
    struct asserted asserted = ask(options, reports, true);

    (void)state;
    assert_non_null(strstr(told(&asserted), "-minScore bootup-time=0"));
    asserted = ask(options, reports, false);
    assert_null(strstr(told(&asserted), "bootup-time"));
}

static void runs_without_a_value_are_told_and_more_than_half_fail(void **state)
{
    static const char options[] = "{\"assertions\": {\"x\": [\"error\", "
                                  "{\"minScore\": 0.5}]}}";
    const char *one_of_three = RUNS("\"x\": {\"score\": 1}", "\"x\": {}", "\"x\": {}");
    const char *two_of_three =
        RUNS("\"x\": {\"score\": 1}", "\"x\": {}", "\"x\": {\"score\": 1}");
    const char *one_of_two = RUNS("\"x\": {\"score\": 1}", "\"x\": {}");

    (void)state;
    check(options, one_of_three, true, (struct expected){"", ""});
    check(options, one_of_three, false,
          (struct expected){"-minScore x=null", "http://a/: minScore of 'x': 2 of 3 "
                                                "runs without a value"});
    check(options, two_of_three, false,
          (struct expected){"", "http://a/: minScore of 'x': 1 of 3 runs without "
                                "a value"});
    check(options, one_of_two, false,
          (struct expected){"", "http://a/: minScore of 'x': 1 of 2 runs without "
                                "a value"});
    check(options, RUNS("\"x\": {}", "\"x\": {}"), false,
          (struct expected){"-minScore x=null", ""});
}

static void unknown_words_are_refused(void **state)
{
    static const char level[] = "{\"assertions\": {\"speed-index\": \"fatal\"}}";
    static const char method[] =
        "{\"assertions\": {\"speed-index\": [\"error\", {\"maxNumericValue\": 1, "
        "\"aggregationMethod\": \"mean\"}]}}";
    struct asserted asserted;

    (void)state;
    check(level, THREE, false,
          (struct expected){"assertions/speed-index: level 'fatal' is not known; one "
                            "of: off, warn, error",
                            ""});
    check(method, THREE, false,
          (struct expected){"assertions/speed-index: aggregationMethod 'mean' is not "
                            "known; one of: optimistic, pessimistic, median, "
                            "median-run",
                            ""});
    check(method, THREE, true,
          (struct expected){"-maxNumericValue speed-index=300", ""});
    asserted = ask("{\"assertions\": {\"speed-index\": [\"fatal\", {\"minScore\": "
                   "1}]}}",
                   THREE, true);
    assert_string_equal(json_string_value(
                            json_object_get(json_array_get(asserted.results, 0),
                                            "level")),
                        "fatal");
    json_decref(asserted.results);
}

static void a_category_of_the_median_run_is_that_run_s(void **state)
{
    static const char options[] =
        "{\"assertions\": {\"categories:seo\": [\"error\", {\"minScore\": 1, "
        "\"aggregationMethod\": \"median-run\"}]}}";
    static const char reports[] =
        "[{\"finalUrl\": \"http://a/\", \"categories\": {\"seo\": {\"score\": 0.3}},"
        "  \"audits\": {\"interactive\": {\"numericValue\": 5}}},"
        " {\"finalUrl\": \"http://a/\", \"categories\": {\"seo\": {\"score\": 0.9}},"
        "  \"audits\": {\"interactive\": {\"numericValue\": 9}}},"
        " {\"finalUrl\": \"http://a/\", \"categories\": {\"seo\": {\"score\": 0.5}},"
        "  \"audits\": {\"interactive\": {\"numericValue\": 1}}}]";

    (void)state;
    check(options, reports, true, (struct expected){"-minScore categories=0.9", ""});
    check(options, reports, false,
          (struct expected){"-minScore categories=0.3",
                            "http://a/: categories:seo by the representative run; "
                            "Lighthouse CI takes the best one"});
}

static void audit_ran_asserts_that_it_ran(void **state)
{
    static const char options[] = "{\"includePassedAssertions\": true, \"assertions\": "
                                  "{\"x\": [\"error\", {\"auditRan\": true}]}}";
    static const char more[] =
        "{\"assertions\": {\"x\": [\"error\", {\"auditRan\": 1, \"minScore\": 0.5}]}}";
    const char *ran = RUNS("\"x\": {\"score\": 0}"), *other = RUNS("\"y\": {}");

    (void)state;
    check(options, ran, true, (struct expected){"-minScore x=0", ""});
    check(options, ran, false, (struct expected){"+auditRan x=1", ""});
    check(options, other, false, (struct expected){"-auditRan x=0", ""});
    check(more, ran, false, (struct expected){"-minScore x=0", ""});
    check("{\"assertions\": {\"x\": [\"error\", {\"auditRan\": false}]}}", ran, false,
          (struct expected){
              "assertions/x: auditRan is neither true nor 1; leave it out", ""});
}

static void a_performance_budget_that_no_run_has_is_no_budget_that_is_kept(void **state)
{
    static const char options[] = "{\"assertions\": {\"performance-budget\": "
                                  "\"error\"}}";

    (void)state;
    check(options, RUNS("\"x\": {}", "\"x\": {}"), true, (struct expected){"", ""});
    check(options, RUNS("\"x\": {}", "\"x\": {}"), false,
          (struct expected){"-auditRan performance-budget=0", ""});
    check_both(options,
               RUNS("\"performance-budget\": {\"scoreDisplayMode\": "
                    "\"notApplicable\"}"),
               "");
}

static void a_pattern_that_matches_no_url_is_told(void **state)
{
    static const char options[] = "{\"assertMatrix\": [{\"matchingUrlPattern\": "
                                  "\"/cart\", \"assertions\": {\"x\": \"error\"}}]}";

    (void)state;
    check(options, THREE, true, (struct expected){"", ""});
    check(options, THREE, false,
          (struct expected){"", "matchingUrlPattern '/cart' matches no URL: nothing of "
                                "it is asserted"});
}

static void an_option_that_nobody_reads_is_told(void **state)
{
    static const char options[] =
        "{\"assertions\": {\"speed-index\": [\"error\", {\"minscore\": 0.1}]}, "
        "\"uploadUrlMap\": true}";

    (void)state;
    check(options, THREE, true, (struct expected){"", ""});
    check(options, THREE, false,
          (struct expected){"",
                            "'uploadUrlMap' of ci/assert is not read\n'minscore' of "
                            "'speed-index' is not read; did you mean 'minScore'"});
}

/* ---- texts ---- */

/* "title link" of the only result. */
static const char *title_of(const char *const *audits, size_t n)
{
    struct asserted asserted = ask("{\"includePassedAssertions\": true, "
                                   "\"assertions\": {\"x\": \"error\"}}",
                                   runs(audits, n), false);
    const json_t *result = json_array_get(asserted.results, 0);
    const char *title = json_string_value(json_object_get(result, "auditTitle"));
    const char *link =
        json_string_value(json_object_get(result, "auditDocumentationLink"));
    const char *both =
        str_format(&run, "%s %s", title ? title : "-", link ? link : "-");

    json_decref(asserted.results);
    return both;
}

#define TITLE(...)                               \
    title_of((const char *const[]){__VA_ARGS__}, \
             sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static void a_title_is_that_of_the_first_run_that_is_not_perfect(void **state)
{
    (void)state;
    assert_string_equal(TITLE("\"x\": {\"score\": 1, \"title\": \"a\"}",
                              "\"x\": {\"score\": 0.5, \"title\": \"b\"}",
                              "\"x\": {\"score\": 0, \"title\": \"c\"}"),
                        "b -");
    assert_string_equal(TITLE("\"x\": {\"score\": 1, \"title\": \"a\"}",
                              "\"x\": {\"score\": 1, \"title\": \"b\"}"),
                        "a -");
    assert_string_equal(TITLE("\"x\": {\"score\": null, \"title\": \"\"}"), "- -");
}

static const char *link_of(const char *description)
{
    const char *audit =
        str_format(&run, "\"x\": {\"score\": 0, \"description\": \"%s\"}", description);

    return title_of(&audit, 1);
}

static void a_link_is_web_dev_s_else_google_s_else_the_last(void **state)
{
    (void)state;
    assert_string_equal(link_of("[a](https://a.example/) "
                                "[b](https://developers.google.com/web/b) "
                                "[c](http://web.dev/c) [d](https://web.dev/d)"),
                        "- http://web.dev/c");
    assert_string_equal(link_of("[b](https://developers.google.com/web/b) "
                                "[a](https://a.example/)"),
                        "- https://developers.google.com/web/b");
    assert_string_equal(link_of(
                            "[a](https://a.example/1) [b](https://a.example/2) end"),
                        "- https://a.example/2");
    assert_string_equal(link_of("[] [](https://a/) [a](ftp://a/) [a] (https://a/) "
                                "[a](https://a\\n/) [a](https://a"),
                        "- -");
    assert_string_equal(link_of("[a](httpx://a.example/) [a](https:/a/) [a"), "- -");
    assert_string_equal(link_of("[[a](https://a.example/1)"), "- https://a.example/1");
}

static void texts_of_the_run_before_are_shared(void **state)
{
    OWN(json) audit = parsed("{\"title\": \"a \\\"b\\\"\", \"description\": \"c\"}");
    OWN(json) other = parsed("{\"title\": \"a \\\"b\\\"\", \"description\": \"d\"}");
    struct assert_audit before, after;

    (void)state;
    audit_of(audit, false, NULL, &run, &before);
    audit_of(other, false, &before, &run, &after);
    assert_string_equal(before.title, "a \"b\"");
    assert_ptr_equal(before.title, after.title);
    assert_string_equal(after.description, "d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_method_takes_its_value),
        cmocka_unit_test(a_median_of_two_is_their_mean),
        cmocka_unit_test(a_median_run_is_the_nearest_to_both_medians),
        cmocka_unit_test(of_runs_equally_near_the_first_is_taken),
        cmocka_unit_test(a_falsy_level_is_off),
        cmocka_unit_test(a_score_of_9_tenths_is_wanted_where_no_maximum_is_given),
        cmocka_unit_test(without_items_the_length_is_0),
        cmocka_unit_test(a_negative_value_is_a_value),
        cmocka_unit_test(a_mode_stands_for_a_score_that_is_not_there),
        cmocka_unit_test(a_value_that_is_no_number_is_told_from_none_at_all),
        cmocka_unit_test(one_missing_value_fails_what_is_pessimistic),
        cmocka_unit_test(a_run_without_the_audit_fails_whatever_is_asserted),
        cmocka_unit_test(an_array_over_a_preset_changes_only_what_it_says),
        cmocka_unit_test(rows_stand_for_their_audit),
        cmocka_unit_test(a_row_without_the_value_did_not_run),
        cmocka_unit_test(a_page_without_a_url_is_undefined),
        cmocka_unit_test(urls_are_judged_apart_in_the_order_they_are_seen),
        cmocka_unit_test(a_camel_case_key_is_looked_up),
        cmocka_unit_test(a_camel_case_key_overrides_a_preset),
        cmocka_unit_test(runs_without_a_value_are_told_and_more_than_half_fail),
        cmocka_unit_test(unknown_words_are_refused),
        cmocka_unit_test(a_category_of_the_median_run_is_that_run_s),
        cmocka_unit_test(audit_ran_asserts_that_it_ran),
        cmocka_unit_test(
            a_performance_budget_that_no_run_has_is_no_budget_that_is_kept),
        cmocka_unit_test(a_pattern_that_matches_no_url_is_told),
        cmocka_unit_test(an_option_that_nobody_reads_is_told),
        cmocka_unit_test(a_title_is_that_of_the_first_run_that_is_not_perfect),
        cmocka_unit_test(a_link_is_web_dev_s_else_google_s_else_the_last),
        cmocka_unit_test(texts_of_the_run_before_are_shared),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
