/*
 * Reports from bytes. Expected: what perfcheck.md 3 says of the text, written out;
 * perfcheck_lhr_cases.c reads whole real ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "perfcheck/lhr.h"
#include "shared/limits.h"
#include "tests/lib/near.h"

#include "shared/banned.h"

/* A report with what must be there; `more` are further members, each with its comma. */
#define REPORT(more)                                                \
    "{\"lighthouseVersion\":\"12.8.2\",\"finalUrl\":\"http://a/\"," \
    "\"fetchTime\":\"2026-11-21T08:50:05.414Z\"" more "}"

static struct arena run;
static struct lhr_file file;

static int begin(void **state)
{
    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    return 0;
}

static int end(void **state)
{
    (void)state;
    lhr_file_release(&file);
    arena_release(&run);
    return 0;
}

static bool parse(const char *text, struct err *err)
{
    lhr_file_release(&file);
    return lhr_parse(str_of(text), "r.json", &run, &file, err);
}

static const struct lhr *report(const char *text)
{
    struct err err = {0};

    if (!parse(text, &err))
        fail_msg("%s", err.text);
    assert_int_equal(file.n, 1);
    return file.report;
}

static void assert_refused(const char *text, const char *why)
{
    char expected[256];
    struct err err = {0};

    (void)snprintf(expected, sizeof expected, "cannot read 'r.json': %s", why);
    if (parse(text, &err))
        fail_msg("accepted: %s", text);
    assert_string_equal(err.text, expected);
}

static void assert_no_report(const char *text)
{
    struct err err = {0};

    if (!parse(text, &err))
        fail_msg("%s", err.text);
    assert_int_equal(file.n, 0);
}

static void assert_text(struct str text, const char *expected)
{
    assert_int_equal(text.n, strlen(expected));
    assert_memory_equal(text.at, expected, text.n);
}

/* ---- a bare result ---- */

static void a_report_says_who_it_is(void **state)
{
    const struct lhr *lhr = report(REPORT());

    (void)state;
    assert_string_equal(lhr->file, "r.json");
    assert_string_equal(lhr->version, "12.8.2");
    assert_int_equal(lhr->major, 12);
    assert_int_equal(lhr->minor, 8);
    assert_text(lhr->page, "http://a/");
    assert_string_equal(lhr->time, "2026-11-21T08:50:05.414Z");
    assert_int_equal(lhr->time_ms, 1795251005414); // date -u -d ... +%s%3N
    assert_int_equal(lhr->form, FORM_MOBILE);
    assert_true(lhr->is_navigation);
    assert_string_equal(lhr->failure_code, "");
    assert_string_equal(lhr->step_name, "");
    assert_null(lhr->throttling);
    assert_false(lhr->benchmark_index.known);
    assert_int_equal(lhr->chrome_major, 0);
    assert_string_equal(lhr->axe, "");
    assert_false(lhr->has_psi);
}

static void the_page_is_the_url_that_was_displayed(void **state)
{
    (void)state;
    assert_text(report(REPORT(",\"finalDisplayedUrl\":\"http://a/#x\","
                              "\"requestedUrl\":\"http://b/\""))
                    ->page,
                "http://a/#x");
    assert_text(report(
                    "{\"lighthouseVersion\":\"9.0.0\",\"requestedUrl\":\"http://b/\","
                    "\"fetchTime\":\"2026-11-21T08:50:05Z\"}")
                    ->page,
                "http://b/");
    assert_text(
        report(REPORT(",\"finalDisplayedUrl\":\"\",\"requestedUrl\":\"c\""))->page,
        "http://a/");
    // assert groups by this one alone
    assert_text(report(REPORT(",\"finalDisplayedUrl\":\"http://c/\""))->final_url,
                "http://a/");
}

static void a_url_is_decoded(void **state)
{
    (void)state;
    assert_text(
        report(REPORT(",\"finalDisplayedUrl\":\"http:\\/\\/a\\/\\u00e4\""))->page,
        "http://a/\xC3\xA4");
}

static void the_form_has_two_spellings(void **state)
{
    (void)state;
    assert_int_equal(
        report(REPORT(",\"configSettings\":{\"formFactor\":\"desktop\"}"))->form,
        FORM_DESKTOP);
    assert_int_equal(
        report(REPORT(",\"configSettings\":{\"emulatedFormFactor\":\"desktop\"}"))
            ->form,
        FORM_DESKTOP);
    assert_int_equal(report(REPORT(",\"configSettings\":{\"emulatedFormFactor\":"
                                   "\"desktop\",\"formFactor\":\"mobile\"}"))
                         ->form,
                     FORM_MOBILE);
}

static void the_setting_is_read(void **state)
{
    const struct lhr *lhr = report(
        REPORT(",\"configSettings\":{\"throttlingMethod\":\"simulate\",\"throttling\":{"
               "\"rttMs\":150,\"throughputKbps\":1638.4}},\"environment\":{"
               "\"hostUserAgent\":\"Mozilla/5.0 HeadlessChrome/156.0.0.0 Safari/537\","
               "\"benchmarkIndex\":3034.5,\"credits\":{\"axe-core\":\"4.11.2\"}}"));

    (void)state;
    assert_string_equal(lhr->throttling_method, "simulate");
    assert_near(json_number_value(json_object_get(lhr->throttling, "throughputKbps")),
                1638.4, 0, 0);
    assert_near(lhr->benchmark_index.value, 3034.5, 0, 0);
    assert_int_equal(lhr->chrome_major, 156);
    assert_string_equal(lhr->axe, "4.11");
}

static void versions_have_two_numbers(void **state)
{
    (void)state;
    assert_int_equal(report("{\"lighthouseVersion\":\"9.6.8-dev\",\"finalUrl\":\"a\","
                            "\"fetchTime\":\"2026-11-21T08:50:05Z\"}")
                         ->minor,
                     6);
    assert_refused("{\"lighthouseVersion\":\"12\",\"finalUrl\":\"a\","
                   "\"fetchTime\":\"2026-11-21T08:50:05Z\"}",
                   "'lighthouseVersion' is no version");
    assert_refused("{\"lighthouseVersion\":\"v12.1\",\"finalUrl\":\"a\","
                   "\"fetchTime\":\"2026-11-21T08:50:05Z\"}",
                   "'lighthouseVersion' is no version");
}

static void warnings_are_counted(void **state)
{
    (void)state;
    assert_int_equal(
        report(REPORT(",\"runWarnings\":[\"a\",{\"b\":[]},\"c\"]"))->nwarnings, 3);
}

/* ---- audits and categories ---- */

static const char with_audits[] = REPORT(
    ",\"categories\":{\"performance\":{\"score\":0.86,\"auditRefs\":[{\"id\":\"b\","
    "\"weight\":30,\"group\":\"metrics\"},{\"id\":\"gone\",\"weight\":1},"
    "{\"id\":\"a\"}]},\"seo\":{\"score\":null,\"auditRefs\":[]}},"
    "\"audits\":{\"b\":{\"id\":\"b\",\"title\":\"B \\\"b\\\"\",\"score\":0.5,"
    "\"scoreDisplayMode\":\"numeric\",\"numericValue\":435,\"scoringOptions\":{"
    "\"p10\":200,\"median\":600}},"
    "\"a\":{\"score\":null,\"scoreDisplayMode\":\"notApplicable\",\"details\":{"
    "\"type\":\"table\",\"items\":[{\"url\":\"x\"},[]],\"headings\":[]}},"
    "\"c\":{\"score\":1,\"scoreDisplayMode\":\"new\",\"numericValue\":-1,"
    "\"details\":{\"type\":\"checklist\",\"items\":{\"x\":{}}}}}");

static void audits_have_their_members(void **state)
{
    const struct lhr *lhr = report(with_audits);
    const struct audit *audit = lhr->audit;

    (void)state;
    assert_int_equal(lhr->naudits, 3);
    assert_text(audit[0].id, "b");
    assert_int_equal(audit[0].mode, MODE_NUMERIC);
    assert_near(audit[0].score.value, .5, 0, 0);
    assert_near(audit[0].value.value, 435, 0, 0);
    assert_near(audit[0].p10.value, 200, 0, 0);
    assert_near(audit[0].median.value, 600, 0, 0);
    assert_text((struct str){audit[0].title.at, audit[0].title.n}, "B \\\"b\\\"");
    assert_memory_equal(audit[0].whole.at, "{\"id\":\"b\"", 9);
    assert_memory_equal(audit[0].whole.at + audit[0].whole.n - 5, "600}}", 5);
    assert_int_equal(audit[0].items.type, SPAN_ABSENT);
    assert_int_equal(audit[1].mode, MODE_NOT_APPLICABLE);
    assert_false(audit[1].score.known);
    assert_text((struct str){audit[1].items.at, audit[1].items.n},
                "[{\"url\":\"x\"},[]]");
    assert_int_equal(audit[2].mode, MODE_OTHER);
    assert_int_equal(audit[2].items.type, SPAN_ABSENT); // a checklist's are no array
}

static void a_negative_value_is_missing(void **state)
{
    const struct lhr *lhr = report(with_audits);

    (void)state;
    assert_false(lhr->audit[2].value.known);
    lhr = report(REPORT(",\"audits\":{\"a\":{\"numericValue\":1e999}}"));
    assert_false(lhr->audit[0].value.known);
}

static void references_find_their_audits(void **state)
{
    const struct lhr *lhr = report(with_audits);
    const struct category *category = lhr_category(lhr, "performance");

    (void)state;
    assert_int_equal(lhr->ncategories, 2);
    assert_non_null(category);
    assert_near(category->score.value, .86, 0, 0);
    assert_int_equal(category->nrefs, 3);
    assert_text(category->ref[0].id, "b");
    assert_near(category->ref[0].weight, 30, 0, 0);
    assert_ptr_equal(category->ref[0].audit, &lhr->audit[0]);
    assert_null(category->ref[1].audit);
    assert_near(category->ref[2].weight, 0, 0, 0);
    assert_ptr_equal(category->ref[2].audit, lhr_audit(lhr, "a"));
    assert_false(lhr_category(lhr, "seo")->score.known);
    assert_null(lhr_category(lhr, "pwa"));
    assert_null(lhr_audit(lhr, "gone"));
    assert_text(lhr->by_id[2]->id, "c");
}

static void a_failing_audit_is_below_its_bar(void **state)
{
    static const struct {
        enum audit_mode mode;
        struct estimate score;
        bool fails;
    } rows[] = {
        {MODE_BINARY, {true, .99}, true},
        {MODE_BINARY, {true, 1}, false},
        {MODE_NUMERIC, {true, .89}, true},
        {MODE_NUMERIC, {true, .9}, false},
        {MODE_METRIC_SAVINGS, {true, 0}, true},
        {MODE_METRIC_SAVINGS, {true, .9}, false},
        {MODE_INFORMATIVE, {true, 0}, false},
        {MODE_BINARY, {false, 0}, false},
        {MODE_NOT_APPLICABLE, {true, 0}, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct audit audit = {.mode = rows[i].mode, .score = rows[i].score};

        assert_int_equal(audit_is_failing(&audit), rows[i].fails);
    }
}

/* ---- valid runs ---- */

static void a_valid_run_has_a_performance_score(void **state)
{
    (void)state;
    assert_true(lhr_is_valid(report(with_audits)));
    assert_false(lhr_is_valid(report(REPORT())));
    assert_false(lhr_is_valid(
        report(REPORT(",\"categories\":{\"performance\":{\"score\":null}}"))));
    assert_false(lhr_is_valid(
        report(REPORT(",\"gatherMode\":\"timespan\",\"categories\":{\"performance\":{"
                      "\"score\":1}}"))));
    assert_true(lhr_is_valid(
        report(REPORT(",\"gatherMode\":\"navigation\",\"categories\":{\"performance\":{"
                      "\"score\":1}}"))));
}

static void a_runtime_error_is_a_failure(void **state)
{
    const struct lhr *lhr =
        report(REPORT(",\"runtimeError\":{\"code\":\"NO_FCP\",\"message\":\"x\"},"
                      "\"categories\":{\"performance\":{\"score\":1}}"));

    (void)state;
    assert_string_equal(lhr->failure_code, "NO_FCP");
    assert_string_equal(lhr->failure_message, "x");
    assert_false(lhr_is_valid(lhr));
    lhr = report(REPORT(",\"runtimeError\":{\"code\":\"NO_ERROR\",\"message\":\"\"},"
                        "\"categories\":{\"performance\":{\"score\":1}}"));
    assert_true(lhr_is_valid(lhr));
}

/* ---- forms of files ---- */

static void a_pagespeed_reply_holds_a_report(void **state)
{
    const struct lhr *lhr =
        report("{\"kind\":\"x\",\"loadingExperience\":{\"id\":\"u\"},"
               "\"lighthouseResult\":" REPORT() ",\"version\":{\"major\":5}}");

    (void)state;
    assert_true(lhr->has_psi);
    assert_text((struct str){lhr->loading.at, lhr->loading.n}, "{\"id\":\"u\"}");
    assert_int_equal(lhr->major, 12);
}

static void a_wrapped_report_is_read(void **state)
{
    const struct lhr *lhr = report("{\"lhr\":" REPORT() ",\"report\":\"<html>\"}");

    (void)state;
    assert_int_equal(lhr->major, 12);
    assert_false(lhr->has_psi);
}

static void each_step_of_a_flow_is_a_report(void **state)
{
    struct err err;

    (void)state;
    assert_true(parse(
        "{\"steps\":[{\"lhr\":" REPORT(
            ",\"gatherMode\":\"snapshot\"") ",\"name\":\"one\"},{\"name\":\"two\",\"lhr\":" REPORT() "}],"
                                                                                                     "\"name\":\"flow\"}",
        &err));
    assert_int_equal(file.n, 2);
    assert_string_equal(file.report[0].file, "r.json#0");
    assert_string_equal(file.report[0].step_name, "one");
    assert_false(file.report[0].is_navigation);
    assert_string_equal(file.report[1].file, "r.json#1");
    assert_string_equal(file.report[1].step_name, "two");
}

static void a_recorded_failure_is_a_run(void **state)
{
    const struct lhr *lhr =
        report("{\"perfcheckError\":1,\"url\":\"http://a/\",\"formFactor\":\"desktop\","
               "\"time\":\"2026-11-21T08:50:05.000Z\",\"code\":\"TIMEOUT\","
               "\"message\":\"after 120 s\"}");

    (void)state;
    assert_text(lhr->page, "http://a/");
    assert_int_equal(lhr->form, FORM_DESKTOP);
    assert_int_equal(lhr->time_ms, 1795251005000);
    assert_string_equal(lhr->failure_code, "TIMEOUT");
    assert_string_equal(lhr->failure_message, "after 120 s");
    assert_string_equal(lhr->version, "");
    assert_false(lhr_is_valid(lhr));
    assert_refused("{\"perfcheckError\":1,\"url\":\"http://a/\"}", "no 'time'");
    assert_refused("{\"perfcheckError\":1,\"time\":\"2026-11-21T08:50:05Z\"}",
                   "no 'url'");
}

static void other_json_is_no_report(void **state)
{
    (void)state;
    assert_no_report("{}");
    assert_no_report("[{\"url\":\"x\"}]");
    assert_no_report("{\"steps\":[]}");
    assert_no_report("{\"steps\":[{\"name\":\"x\"},5]}");
    assert_no_report("{\"lhr\":null}");
    assert_no_report("{\"lhr\":5,\"audits\":[],\"fetchTime\":7,\"url\":{}}");
    assert_no_report("{\"perfcheckError\":0,\"url\":\"x\"}");
}

/* ---- what is refused ---- */

static void what_must_be_there_is_asked_for(void **state)
{
    (void)state;
    assert_refused("{\"lighthouseVersion\":\"12.8.2\",\"finalUrl\":\"http://a/\"}",
                   "no 'fetchTime'");
    assert_refused("{\"lighthouseVersion\":\"12.8.2\",\"fetchTime\":"
                   "\"2026-11-21T08:50:05.414Z\"}",
                   "no 'finalUrl'");
    assert_refused("{\"lighthouseVersion\":\"12.8.2\",\"finalUrl\":\"http://a/\","
                   "\"fetchTime\":\"1795251005414\"}",
                   "'fetchTime' is no time");
    assert_refused("{\"steps\":[{\"lhr\":" REPORT() "},{\"name\":\"x\"}]}",
                   "no 'finalUrl'");
}

/* Refused at the byte where `at` begins, the last time that it is there. */
static void assert_wrong(const char *text, const char *at, const char *why)
{
    const char *found = NULL;
    char expected[256];

    for (const char *next = text; (next = strstr(next, at)); next++)
        found = next;
    assert_non_null(found);
    (void)snprintf(expected, sizeof expected, "byte %zu: %s", (size_t)(found - text),
                   why);
    assert_refused(text, expected);
}

static void a_wrong_type_is_refused_with_its_place(void **state)
{
    (void)state;
    assert_wrong(REPORT(",\"audits\":[]"), "[]", "'audits' is no object");
    assert_wrong(REPORT(",\"audits\":{\"a\":5}"), "5}", "an audit that is no object");
    assert_wrong(REPORT(",\"audits\":{\"a\":{\"score\":\"x\"}}"), "x\"",
                 "'score' is no number");
    assert_wrong(REPORT(",\"audits\":{\"a\":{\"score\":1.5}}"), "{\"score\"",
                 "a score that is not from 0 to 1");
    assert_wrong(REPORT(",\"audits\":{\"a\":{\"score\":-1}}"), "{\"score\"",
                 "a score that is not from 0 to 1");
    assert_wrong(REPORT(",\"audits\":{\"a\":{},\"b\":{},\"a\":{}}"),
                 "a\":", "an audit that is there twice");
    assert_wrong(REPORT(",\"audits\":{\"\\u0061\":{}}"), "\\u0061",
                 "an id that is empty, escaped or not UTF-8");
    assert_wrong(REPORT(",\"audits\":{\"a\":{\"details\":{\"items\":5}}}"), "5}",
                 "'items' is no array");
    assert_wrong(REPORT(",\"audits\":{\"a\":{\"details\":[]}}"), "[]",
                 "'details' is no object");
    assert_wrong(REPORT(",\"categories\":{\"a\":{\"auditRefs\":{}}}"), "{}}",
                 "'auditRefs' is no array");
    assert_wrong(REPORT(",\"categories\":{\"a\":{\"auditRefs\":[5]}}"), "5]",
                 "a reference that is no object");
    assert_wrong(REPORT(",\"categories\":{\"a\":{\"auditRefs\":[{\"weight\":-1}]}}"),
                 "{\"weight\"", "a weight below 0");
    assert_wrong(REPORT(",\"configSettings\":{\"formFactor\":5}"), "5}",
                 "'formFactor' is no text");
    assert_wrong(REPORT(",\"runtimeError\":{\"code\":\"\xFF\"}"), "\xFF",
                 "'code' is not UTF-8");
    assert_wrong(REPORT(",\"runtimeError\":{\"code\":\"\\x\"}"), "\\x",
                 "'code' is no text");
    assert_wrong(REPORT(",\"configSettings\":{\"throttling\":{\"a\":1,\"a\":2}}"),
                 "{\"a\"", "'throttling': byte 10: duplicate object key near '\"a\"'");
}

static void null_is_as_good_as_absent(void **state)
{
    const struct lhr *lhr =
        report(REPORT(",\"audits\":{\"a\":{\"score\":null,\"details\":null,"
                      "\"numericValue\":null,\"scoringOptions\":null}},"
                      "\"categories\":null,\"runtimeError\":null,\"environment\":null,"
                      "\"runWarnings\":null,\"gatherMode\":null"));

    (void)state;
    assert_int_equal(lhr->naudits, 1);
    assert_false(lhr->audit[0].score.known);
    assert_true(lhr->is_navigation);
}

// Every prefix is refused by the walk, not by what is missing.
static void a_report_cut_at_any_byte_is_refused(void **state)
{
    struct err err;

    (void)state;
    for (size_t n = 0; n < sizeof with_audits - 1; n++) {
        lhr_file_release(&file);
        if (lhr_parse((struct str){with_audits, n}, "r.json", &run, &file, &err))
            fail_msg("accepted: %zu bytes", n);
        if (!strstr(err.text, "byte "))
            fail_msg("%zu bytes: %s", n, err.text);
    }
    assert_refused("{\"lighthouseVersion\":\"12.8.2\"}x",
                   "byte 30: something follows the JSON");
    assert_refused("", "byte 0: it is empty");
}

static void a_report_of_too_many_parts_is_refused(void **state)
{
    enum { PARTS = 65537, EACH = sizeof "\"00000\":{}," - 1 };

    static char text[PARTS * EACH + 256];
    size_t n = sizeof REPORT(",\"audits\":{") - 2;
    struct err err;

    (void)state;
    memcpy(text, REPORT(",\"audits\":{"), n);
    for (int i = 0; i < PARTS; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "\"%05d\":{}%s", i,
                              i + 1 < PARTS ? "," : "}}");
    assert_false(lhr_parse((struct str){text, n}, "r.json", &run, &file, &err));
    assert_non_null(strstr(err.text, "more than 65536 audits and references"));
}

// Whatever stands behind it: that is not looked at.
static void the_time_is_seen_without_reading_on(void **state)
{
    int64_t ms = 0;

    (void)state;
    assert_true(lhr_peek_time(str_of("{\"environment\":{\"fetchTime\":\"x\"},"
                                     "\"fetchTime\":\"2026-11-21T08:50:05.414Z\",cut"),
                              &ms));
    assert_int_equal(ms, 1795251005414);
    assert_false(lhr_peek_time(str_of("{\"audits\":{},\"fetchTime\":"
                                      "\"2026-11-21T08:50:05.414Z\"}"),
                               &ms));
    assert_false(lhr_peek_time(str_of("{\"lhr\":" REPORT() "}"), &ms));
    assert_false(lhr_peek_time(str_of("{\"fetchTime\":1795251005414}"), &ms));
    assert_false(lhr_peek_time(str_of("{\"fetchTime\":\"1795251005414\"}"), &ms));
    assert_false(lhr_peek_time(str_of(""), &ms));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_says_who_it_is),
        cmocka_unit_test(the_page_is_the_url_that_was_displayed),
        cmocka_unit_test(a_url_is_decoded),
        cmocka_unit_test(the_form_has_two_spellings),
        cmocka_unit_test(the_setting_is_read),
        cmocka_unit_test(versions_have_two_numbers),
        cmocka_unit_test(warnings_are_counted),
        cmocka_unit_test(audits_have_their_members),
        cmocka_unit_test(a_negative_value_is_missing),
        cmocka_unit_test(references_find_their_audits),
        cmocka_unit_test(a_failing_audit_is_below_its_bar),
        cmocka_unit_test(a_valid_run_has_a_performance_score),
        cmocka_unit_test(a_runtime_error_is_a_failure),
        cmocka_unit_test(a_pagespeed_reply_holds_a_report),
        cmocka_unit_test(a_wrapped_report_is_read),
        cmocka_unit_test(each_step_of_a_flow_is_a_report),
        cmocka_unit_test(a_recorded_failure_is_a_run),
        cmocka_unit_test(other_json_is_no_report),
        cmocka_unit_test(what_must_be_there_is_asked_for),
        cmocka_unit_test(a_wrong_type_is_refused_with_its_place),
        cmocka_unit_test(null_is_as_good_as_absent),
        cmocka_unit_test(a_report_cut_at_any_byte_is_refused),
        cmocka_unit_test(a_report_of_too_many_parts_is_refused),
        cmocka_unit_test(the_time_is_seen_without_reading_on),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
