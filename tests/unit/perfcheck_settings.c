/* The perfcheck section: defaults and ranges are those of the specification's table,
 * section 4; faults are named with their place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "perfcheck/settings.h"
#include "shared/clock.h"
#include "shared/limits.h"

#include "shared/banned.h"

static struct arena arena;
static struct config config;
static struct settings settings;

static int make_arena(void **state)
{
    (void)state;
    arena_init(&arena, 64 * MIB);
    return 0;
}

static int drop_arena(void **state)
{
    (void)state;
    settings_release(&settings);
    config_release(&config);
    arena_release(&arena);
    return 0;
}

/* NULL, or what is wrong. */
static const char *read_text(const char *text)
{
    static struct err err;

    settings_release(&settings);
    config_release(&config);
    err.text[0] = '\0';
    if (config_parse(str_of(text), "rounds.json", &arena, &config, &err) &&
        settings_read(&config, &arena, &settings, &err))
        return NULL;
    return err.text;
}

static void read_section(const char *members)
{
    const char *wrong = read_text(str_format(&arena, "{\"perfcheck\": {%s}}", members));

    if (wrong)
        fail_msg("%s", wrong);
}

static const char *refusal(const char *members)
{
    const char *wrong = read_text(str_format(&arena, "{\"perfcheck\": {%s}}", members));

    if (!wrong)
        fail_msg("accepted: %s", members);
    return wrong;
}

static void without_a_key_all_defaults_hold(void **state)
{
    static const struct {
        const char *metric, *name;
        double floor;
    } metrics[] = {{"first-contentful-paint", "fcp", 100},
                   {"largest-contentful-paint", "lcp", 100},
                   {"speed-index", "si", 200},
                   {"total-blocking-time", "tbt", 50},
                   {"cumulative-layout-shift", "cls", .02}};

    static const struct {
        const char *category;
        double warn;
    } minima[] = {{"performance", 50},
                  {"accessibility", 90},
                  {"best-practices", 80},
                  {"seo", 90}};

    (void)state;
    read_section("");
    assert_int_equal(settings.ninputs, 2);
    assert_string_equal(settings.input[0], "inputs/lighthouse");
    assert_string_equal(settings.input[1], ".lighthouseci");
    assert_int_equal(settings.nmetrics, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(settings.metric[i], metrics[i].metric);
        assert_string_equal(metric_short(settings.metric[i]), metrics[i].name);
        assert_string_equal(metric_of_short(metrics[i].name), metrics[i].metric);
        assert_true(settings.rules[i].floor_abs == metrics[i].floor);
        assert_true(settings.rules[i].floor_rel == .05);
        assert_true(settings.rules[i].drift_k == .75);
        assert_true(settings.rules[i].drift_h == 4);
        assert_int_equal(settings.rules[i].baseline_runs, 20);
        assert_int_equal(settings.rules[i].baseline_days, 20);
        assert_true(settings.rules[i].ratchet);
    }
    for (int i = 0; i < MINIMA; i++) {
        assert_string_equal(settings.minimum[i].category, minima[i].category);
        assert_true(settings.minimum[i].warn.known);
        assert_true(settings.minimum[i].warn.value == minima[i].warn);
        assert_false(settings.minimum[i].crit.known);
    }
    for (int i = 0; i < BYTE_TYPES; i++) {
        assert_true(settings.bytes[i].is_on);
        assert_true(settings.bytes[i].abs_bytes == 10240);
        assert_true(settings.bytes[i].rel == .05);
    }
    assert_int_equal(settings.stale_days, 2);
    assert_int_equal(settings.nignore_params, 3);
    assert_string_equal(settings.ignore_param[0], "utm_*");
    assert_int_equal(settings.nignore_audits, 0);
    assert_false(settings.rum.is_on);
    assert_true(settings.fetch.form[FORM_MOBILE] && settings.fetch.form[FORM_DESKTOP]);
    assert_int_equal(settings.fetch.runs, 1);
    assert_false(settings.fetch.crux);
    assert_string_equal(settings.fetch.into, "inputs/lighthouse");
    assert_int_equal(settings.fetch.psi_wait_s, 60);
}

static void rum_is_on_where_there_is_a_source_events(void **state)
{
    (void)state;
    assert_null(
        read_text("{\"sources\":{\"events\":{\"type\":\"jsonl\",\"path\":\"x\"}},"
                  "\"perfcheck\":{}}"));
    assert_true(settings.rum.is_on);
    assert_int_equal(settings.rum.min_n, 200);
    assert_null(
        read_text("{\"sources\":{\"events\":{\"type\":\"jsonl\",\"path\":\"x\"}},"
                  "\"perfcheck\":{\"rum\":null}}"));
    assert_false(settings.rum.is_on);
    assert_string_equal(
        refusal("\"rum\":{\"source\":\"web\"}"),
        "rounds.json:1: /perfcheck/rum/source: 'web' is not among 'sources'; add it "
        "there");
}

static void rum_is_off_where_the_source_is_asked_and_not_read(void **state)
{
    static const char source[] = "{\"sources\":{\"events\":{\"type\":\"ga4\","
                                 "\"property\":\"1\",\"token_env\":\"T\"}},";

    (void)state;
    assert_null(read_text(str_format(&arena, "%s\"perfcheck\":{}}", source)));
    assert_false(settings.rum.is_on);
    assert_string_equal(
        read_text(str_format(&arena,
                             "%s\"perfcheck\":{\"rum\":{\"source\":\"events\"}}}",
                             source)),
        "rounds.json:1: /perfcheck/rum/source: source 'events' is of type 'ga4', which "
        "is not read here; name files, or set \"rum\": null");
}

static void rum_pages_are_patterns(void **state)
{
    (void)state;
    read_section("\"rum\":{\"pages\":[{\"match\":\"/p/.*\",\"as\":\"product\"}]}");
    assert_int_equal(settings.rum.npages, 1);
    assert_int_equal(re_match(settings.rum.page[0].match, STR("/p/1")), RE_MATCH);
    assert_non_null(
        strstr(refusal("\"rum\":{\"pages\":[{\"match\":\"(\",\"as\":\"product\"}]}"),
               "/perfcheck/rum/pages/0/match: "));
}

static void null_takes_a_limit_away(void **state)
{
    (void)state;
    read_section("\"minimum\":{\"performance\":null,\"seo\":{\"warn\":95,\"crit\":60}},"
                 "\"bytes\":{\"font\":null,\"image\":{\"abs_kib\":1}}");
    assert_false(settings.minimum[0].warn.known);
    assert_true(settings.minimum[1].warn.value == 90);
    assert_true(settings.minimum[3].warn.value == 95);
    assert_true(settings.minimum[3].crit.known && settings.minimum[3].crit.value == 60);
    assert_false(settings.bytes[4].is_on);
    assert_true(settings.bytes[2].abs_bytes == 1024);
    assert_true(settings.bytes[2].rel == .05);
}

static void another_metric_needs_a_floor(void **state)
{
    (void)state;
    assert_string_equal(refusal("\"metrics\":[\"interactive\"]"),
                        "rounds.json:1: /perfcheck/metrics/0: 'interactive' needs a "
                        "floor; add \"floor\": {\"interactive\": {\"abs\": ...}}");
    read_section("\"metrics\":[\"interactive\"],"
                 "\"floor\":{\"interactive\":{\"abs\":100}}");
    assert_int_equal(settings.nmetrics, 1);
    assert_true(settings.rules[0].floor_abs == 100);
    assert_true(settings.rules[0].floor_rel == .05);
}

static void accepts_have_a_day_and_an_id_of_ours(void **state)
{
    (void)state;
    read_section("\"accept\":[{\"id\":\"perfcheck/bytes-image/mobile/https://a/\","
                 "\"on\":\"2026-11-20\",\"why\":\"w\",\"who\":\"kim\"}]");
    assert_int_equal(settings.naccepts, 1);
    assert_string_equal(day_text(settings.accept[0].on).text, "2026-11-20");
    assert_string_equal(settings.accept[0].why, "w");
    assert_string_equal(settings.accept[0].who, "kim");
    assert_non_null(strstr(refusal("\"accept\":[{\"id\":\"watchdog/x\","
                                   "\"on\":\"2026-11-20\"}]"),
                           "/perfcheck/accept/0/id: is no id of a finding"));
    assert_non_null(
        strstr(refusal("\"accept\":[{\"id\":\"perfcheck/x\",\"on\":\"20.11.\"}]"),
               "is no date"));
}

static void the_exact_name_beats_the_longest_pattern(void **state)
{
    enum severity severity = SEVERITY_WARN;

    (void)state;
    read_section("\"severity\":{\"audit-*\":\"info\",\"audit-color-*\":\"off\","
                 "\"audit-color-contrast\":\"crit\"}");
    assert_true(settings_severity(&settings, "audit-label", &severity));
    assert_int_equal(severity, SEVERITY_INFO);
    assert_false(settings_severity(&settings, "audit-color-other", &severity));
    assert_true(settings_severity(&settings, "audit-color-contrast", &severity));
    assert_int_equal(severity, SEVERITY_CRIT);
    severity = SEVERITY_WARN;
    assert_true(settings_severity(&settings, "no-data", &severity));
    assert_int_equal(severity, SEVERITY_WARN);
}

static void a_check_that_is_none_is_refused(void **state)
{
    (void)state;
    assert_string_equal(refusal("\"severity\":{\"no-dta\":\"off\"}"),
                        "rounds.json:1: /perfcheck/severity/no-dta: no check 'no-dta'; "
                        "did you mean 'no-data'");
    assert_non_null(strstr(refusal("\"severity\":{\"x*\":\"off\"}"), "no check 'x*'"));
    assert_non_null(strstr(refusal("\"severity\":{\"audit-\":\"off\"}"), "no check"));
    read_section("\"severity\":{\"*\":\"info\",\"reg*\":\"warn\",\"debt\":\"off\"}");
}

/* Both ends of each range are in, what is just outside is not. */
static void ranges_are_those_of_the_specification(void **state)
{
    static const struct {
        const char *members, *low, *below, *high, *above;
    } ranges[] = {
        {"\"stale_days\":%s", "1", "0", "60", "61"},
        {"\"drift\":{\"k\":%s}", ".25", ".24", "2", "2.01"},
        {"\"drift\":{\"h\":%s}", "2", "1.99", "10", "10.01"},
        {"\"baseline_runs\":%s", "17", "16", "60", "61"},
        {"\"baseline_days\":%s", "17", "16", "60", "61"},
        {"\"minimum\":{\"seo\":%s}", "0", "-1", "100", "100.5"},
        {"\"minimum\":{\"seo\":{\"crit\":%s}}", "0", "-1", "100", "100.5"},
        {"\"floor\":{\"speed-index\":{\"rel\":%s}}", "0", "-1", "1", "1.1"},
        {"\"floor\":{\"speed-index\":{\"abs\":%s}}", ".001", "0", "1e9", "1e10"},
        {"\"fetch\":{\"runs\":%s}", "1", "0", "20", "21"},
        {"\"fetch\":{\"psi_wait_s\":%s}", "0", "-1", "600", "601"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        const char *const in[] = {ranges[i].low, ranges[i].high};
        const char *const out[] = {ranges[i].below, ranges[i].above};

        for (int end = 0; end < 2; end++) {
            const char *members = ranges[i].members, *slot = strstr(members, "%s");
            const char *zero = in[end][0] == '.' ? "0" : "";

            read_section(str_format(&arena, "%.*s%s%s%s", (int)(slot - members),
                                    members, zero, in[end], slot + 2));
            zero = out[end][0] == '.' ? "0" : "";
            assert_non_null(
                strstr(refusal(str_format(&arena, "%.*s%s%s%s", (int)(slot - members),
                                          members, zero, out[end], slot + 2)),
                       "allowed"));
        }
    }
}

static void wrong_keys_and_types_are_named(void **state)
{
    (void)state;
    assert_string_equal(refusal("\"input\":[\"x\"]"),
                        "rounds.json:1: /perfcheck/input: unknown key; did you mean "
                        "'inputs'");
    assert_string_equal(
        refusal("\"minimum\":{\"seo\":\"90\"}"),
        "rounds.json:1: /perfcheck/minimum/seo: is a string, expected a "
        "number or null");
    assert_string_equal(
        refusal("\"bytes\":{\"total\":10}"),
        "rounds.json:1: /perfcheck/bytes/total: is an integer, expected "
        "an object or null");
    assert_non_null(strstr(refusal("\"inputs\":[]"), "has 0 items"));
    assert_non_null(
        strstr(refusal("\"metrics\":[\"LCP\"]"), "is not an id of an audit"));
    assert_non_null(strstr(read_text("{}"), "there is no 'perfcheck' section"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_key_all_defaults_hold),
        cmocka_unit_test(rum_is_on_where_there_is_a_source_events),
        cmocka_unit_test(rum_is_off_where_the_source_is_asked_and_not_read),
        cmocka_unit_test(rum_pages_are_patterns),
        cmocka_unit_test(null_takes_a_limit_away),
        cmocka_unit_test(another_metric_needs_a_floor),
        cmocka_unit_test(accepts_have_a_day_and_an_id_of_ours),
        cmocka_unit_test(the_exact_name_beats_the_longest_pattern),
        cmocka_unit_test(a_check_that_is_none_is_refused),
        cmocka_unit_test(ranges_are_those_of_the_specification),
        cmocka_unit_test(wrong_keys_and_types_are_named),
    };

    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
