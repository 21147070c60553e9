/* rounds.json: what each fault of a value is called, and where it is. Keys, ranges and
 * words are those of the tools' specifications. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shared/config.h"
#include "shared/limits.h"

#include "shared/banned.h"

static struct arena arena;

static int make_arena(void **state)
{
    (void)state;
    arena_init(&arena, 64 * MIB);
    return 0;
}

static int drop_arena(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static const char *refusal(const char *text)
{
    static struct err err;
    struct config config = {0};

    err.text[0] = '\0';
    if (config_parse(str_of(text), "rounds.json", &arena, &config, &err)) {
        config_release(&config);
        fail_msg("accepted: %s", text);
    }
    assert_null(config.root);
    return err.text;
}

/* A watchdog section with one member. */
static const char *watchdog_refusal(const char *member)
{
    return refusal(str_format(&arena, "{\"watchdog\":{%s}}", member));
}

/* A set of i18ncheck with its required keys and these. */
static const char *i18n_set_refusal(const char *members)
{
    return refusal(str_format(&arena,
                              "{\"i18ncheck\":{\"sets\":[{\"name\":\"web\","
                              "\"format\":\"json\",\"pattern\":\"{locale}.json\","
                              "\"source\":\"en\"%s}]}}",
                              members));
}

static const char *source_refusal(const char *members)
{
    return refusal(str_format(&arena, "{\"sources\":{\"a\":{%s}}}", members));
}

static void accept(const char *text)
{
    struct config config = {0};
    struct err err = {0};

    if (!config_parse(str_of(text), "rounds.json", &arena, &config, &err))
        fail_msg("%s", err.text);
    config_release(&config);
}

static void an_unknown_key_is_named_with_the_nearest_known_one(void **state)
{
    (void)state;
    assert_string_equal(refusal("{\n\"watchdog\": {\n\"min_exposd\": 20\n}}"),
                        "rounds.json:3: /watchdog/min_exposd: unknown key; "
                        "did you mean 'min_exposed'");
    assert_string_equal(
        refusal("{\"wachdog\":{}}"),
        "rounds.json:1: /wachdog: unknown key; did you mean 'watchdog'");
    assert_string_equal(
        refusal("{\"zzz\":{}}"),
        "rounds.json:1: /zzz: unknown key; known: as_of bandit i18ncheck mute "
        "perfcheck run_all seocheck site sources timezone watchdog");
    assert_string_equal(
        watchdog_refusal("\"top\":{\"pages\":1}"),
        "rounds.json:1: /watchdog/top/pages: unknown key; did you mean 'page'");
}

static void what_nothing_implements_yet_is_refused(void **state)
{
    (void)state;
    assert_string_equal(source_refusal("\"type\":\"kafka\",\"url\":\"x\""),
                        "rounds.json:1: /sources/a/type: 'kafka' is not known; "
                        "one of: jsonl, access_log, clickhouse, postgres, posthog, "
                        "plausible, matomo, umami, ga4");
    assert_non_null(
        strstr(source_refusal("\"type\":\"jsonl\",\"path\":\"x\",\"budget_s\":60"),
               "/sources/a/budget_s: unknown key"));
}

static void names_of_a_database_are_of_the_bytes_that_it_is_asked_in(void **state)
{
    static const char *const bad[][2] = {
        {"\"table\":\"events; drop\"", "/sources/a/table: "},
        {"\"table\":\"a.b.c\"", "/sources/a/table: "},
        {"\"table\":\"e\",\"database\":\"a'b\"", "/sources/a/database: "},
        {"\"table\":\"e\",\"user\":\"a b\"", "/sources/a/user: "},
        {"\"table\":\"e\",\"columns\":{\"time\":\"t s\",\"session\":\"s\","
         "\"event\":\"e\"}",
         "/sources/a/columns/time: "},
        {"\"table\":\"e\",\"columns\":{\"time\":\"ts\"}", "/sources/a/columns: "},
        {"\"table\":\"e\",\"kinds\":{\"search\":[\"it's\"]}",
         "/sources/a/kinds/search/0: "},
        {"\"table\":\"e\",\"ts_type\":\"text\"", "/sources/a/ts_type: "},
        {"\"table\":\"e\",\"password\":\"x\"", "/sources/a/password: "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *said = source_refusal(
            str_format(&arena, "\"type\":\"clickhouse\",\"url\":\"https://a\",%s",
                       bad[i][0]));

        if (!strstr(said, bad[i][1]))
            print_error("%s\n", said);
        assert_non_null(strstr(said, bad[i][1]));
    }
    assert_string_equal(source_refusal("\"type\":\"postgres\",\"table\":\"e\""),
                        "rounds.json:1: /sources/a: the key 'conninfo' is missing");
}

static void keys_of_matomo_umami_and_ga4_are_checked(void **state)
{
    static const char *const bad[][2] = {
        {"\"type\":\"matomo\",\"url\":\"https://a\"", "the key 'site' is missing"},
        {"\"type\":\"matomo\",\"site\":1", "the key 'url' is missing"},
        {"\"type\":\"matomo\",\"url\":\"https://a\",\"site\":0",
         "/sources/a/site: is 0, allowed 1 to 2147483647"},
        {"\"type\":\"matomo\",\"url\":\"https://a\",\"site\":1,\"user\":\"a\"",
         "/sources/a/user: unknown key"},
        {"\"type\":\"umami\"", "the key 'website' is missing"},
        {"\"type\":\"umami\",\"website\":\"a/b\"", "/sources/a/website: "},
        {"\"type\":\"umami\",\"website\":\"a\",\"timeout_s\":601",
         "/sources/a/timeout_s: is 601, allowed 1 to 600"},
        {"\"type\":\"umami\",\"website\":\"a\",\"fields\":{}",
         "/sources/a/fields: unknown key"},
        {"\"type\":\"ga4\"", "the key 'property' is missing"},
        {"\"type\":\"ga4\",\"property\":\"1/2\"", "/sources/a/property: "},
        {"\"type\":\"ga4\",\"property\":\"1\",\"budget_s\":9",
         "/sources/a/budget_s: is 9, allowed 10 to 3600"},
        {"\"type\":\"ga4\",\"property\":\"1\",\"lag_h\":241",
         "/sources/a/lag_h: is 241, allowed 0 to 240"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *said = source_refusal(bad[i][0]);

        if (!strstr(said, bad[i][1]))
            print_error("%s\n", said);
        assert_non_null(strstr(said, bad[i][1]));
    }
}

static void the_keys_of_a_source_are_those_of_its_type(void **state)
{
    (void)state;
    assert_string_equal(source_refusal(
                            "\"type\":\"access_log\",\"path\":\"x\",\"preset\":\"a\""),
                        "rounds.json:1: /sources/a/preset: unknown key; "
                        "known: assets format lag_h path type");
    assert_string_equal(source_refusal(
                            "\"type\":\"jsonl\",\"path\":\"x\",\"assets\":[]"),
                        "rounds.json:1: /sources/a/assets: unknown key; "
                        "known: events fields lag_h path preset type");
    assert_string_equal(source_refusal("\"path\":\"x\""),
                        "rounds.json:1: /sources/a: the key 'type' is missing");
    assert_string_equal(source_refusal("\"type\":\"jsonl\""),
                        "rounds.json:1: /sources/a: the key 'path' is missing");
}

static void a_value_out_of_range_is_named_with_its_range(void **state)
{
    (void)state;
    assert_string_equal(
        watchdog_refusal("\"min_exposed\":0"),
        "rounds.json:1: /watchdog/min_exposed: is 0, allowed 1 to 1000000");
    assert_string_equal(watchdog_refusal("\"q\":0.25"),
                        "rounds.json:1: /watchdog/q: is 0.25, allowed 0.001 to 0.2");
    assert_string_equal(watchdog_refusal("\"top\":{\"page\":51}"),
                        "rounds.json:1: /watchdog/top/page: is 51, allowed 1 to 50");
    assert_string_equal(source_refusal(
                            "\"type\":\"jsonl\",\"path\":\"x\",\"lag_h\":-1"),
                        "rounds.json:1: /sources/a/lag_h: is -1, allowed 0 to 240");
}

/* Both ends of each range are in, what is just outside is not. */
static void ranges_are_those_of_the_specification(void **state)
{
    static const struct {
        const char *key, *low, *below, *high, *above;
    } ranges[] = {
        {"q", "0.001", "0.0009", "0.2", "0.2001"},
        {"cusum_h", "3", "2.99", "20", "20.01"},
        {"cusum_h_child", "3", "2.99", "20", "20.01"},
        {"min_exposed", "1", "0.5", "1000000", "1000001"},
        {"min_affected", "1", "0", "1000000", "1000001"},
        {"min_excess", "1", "0.5", "1000000", "1000001"},
        {"min_ratio", "1", "0.9", "10", "10.1"},
        {"new_error_min", "1", "0", "1000", "1001"},
        {"max_rejected_pct", "0", "-0.1", "50", "50.1"},
        {"quick_back_s", "1", "0", "600", "601"},
        {"retry_s", "1", "0", "600", "601"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        const char *const in[] = {ranges[i].low, ranges[i].high};
        const char *const out[] = {ranges[i].below, ranges[i].above};

        for (int end = 0; end < 2; end++) {
            accept(str_format(&arena, "{\"watchdog\":{\"%s\":%s}}", ranges[i].key,
                              in[end]));
            assert_non_null(
                strstr(watchdog_refusal(
                           str_format(&arena, "\"%s\":%s", ranges[i].key, out[end])),
                       "allowed"));
        }
    }
}

static void a_wrong_type_is_named_with_the_right_one(void **state)
{
    (void)state;
    assert_string_equal(
        watchdog_refusal("\"new_error_min\":\"30\""),
        "rounds.json:1: /watchdog/new_error_min: is a string, expected an integer");
    assert_string_equal(
        watchdog_refusal("\"new_error_min\":30.0"),
        "rounds.json:1: /watchdog/new_error_min: is a number with a decimal point, "
        "expected an integer");
    assert_string_equal(watchdog_refusal("\"q\":true"),
                        "rounds.json:1: /watchdog/q: is a boolean, expected a number");
    assert_string_equal(
        watchdog_refusal("\"source\":null"),
        "rounds.json:1: /watchdog/source: is null, expected a string or an array");
    assert_string_equal(
        watchdog_refusal("\"source\":[\"a\",1]"),
        "rounds.json:1: /watchdog/source/1: is an integer, expected a string");
    assert_string_equal(refusal("{\"watchdog\":[]}"),
                        "rounds.json:1: /watchdog: is an array, expected an object");
    assert_string_equal(refusal("{\"mute\":{}}"),
                        "rounds.json:1: /mute: is an object, expected an array");
}

static void a_wrong_word_is_named_with_the_nearest_right_one(void **state)
{
    (void)state;
    assert_string_equal(watchdog_refusal("\"segments\":[\"page\",\"brwser\"]"),
                        "rounds.json:1: /watchdog/segments/1: 'brwser' is not known; "
                        "did you mean 'browser'");
    assert_string_equal(watchdog_refusal("\"bots\":\"maybe\""),
                        "rounds.json:1: /watchdog/bots: 'maybe' is not known; "
                        "one of: exclude, include");
    assert_string_equal(watchdog_refusal("\"crit\":[\"5xx\"]"),
                        "rounds.json:1: /watchdog/crit/0: is not a name of a signal");
    assert_string_equal(
        watchdog_refusal("\"signals\":\"all\""),
        "rounds.json:1: /watchdog/signals: is not \"auto\" or an array of names "
        "of signals");
}

/* One custom signal of every event, with one member more. */
static const char *custom_refusal(const char *member)
{
    return watchdog_refusal(
        str_format(&arena,
                   "\"custom\":[{\"name\":\"a\",\"affected\":{},\"exposed\":{},%s}]",
                   member));
}

static void a_signal_of_ones_own_is_checked_part_by_part(void **state)
{
    (void)state;
    accept(
        "{\"watchdog\":{\"custom\":[{\"name\":\"a_1\",\"affected\":{\"event\":[\"x\"],"
        "\"page\":\"/a.*\",\"property\":{\"/p/$a b\":\"x\",\"/n\":1.5,\"/t\":true,"
        "\"/r\":{\"min\":1,\"max\":2.5,\"//\":\"why\"}}},\"exposed\":{},"
        "\"end\":{\"event\":\"y\"},\"form\":\"without\",\"model\":\"count\","
        "\"direction\":\"down\",\"severity\":\"crit\"}],"
        "\"signals\":[\"a_1\",\"funnel/s\"]}}");
    assert_string_equal(
        watchdog_refusal("\"custom\":[{\"name\":\"a\",\"affected\":{}}]"),
        "rounds.json:1: /watchdog/custom/0: the key 'exposed' is missing");
    assert_non_null(strstr(watchdog_refusal("\"custom\":[{\"name\":\"A\"}]"),
                           "/watchdog/custom/0/name: is not a name: a letter"));
    assert_string_equal(
        custom_refusal("\"end\":{\"evnt\":\"x\"}"),
        "rounds.json:1: /watchdog/custom/0/end/evnt: unknown key; did you mean 'event'");
    assert_non_null(strstr(custom_refusal("\"end\":{\"property\":{\"plan\":1}}"),
                           "/end/property/plan: is not a JSON pointer"));
    assert_non_null(strstr(custom_refusal("\"end\":{\"property\":{\"/plan\":null}}"),
                           "/end/property/~1plan: is null, expected a number"));
    assert_non_null(
        strstr(custom_refusal("\"end\":{\"property\":{\"/plan\":{\"min\":\"1\"}}}"),
               "/end/property/~1plan/min: is a string, expected a number"));
    assert_non_null(
        strstr(custom_refusal("\"end\":{\"property\":{\"/p\":{\"least\":1}}}"),
               "/end/property/~1p/least: unknown key"));
    assert_non_null(strstr(custom_refusal("\"form\":\"seq\""),
                           "'seq' is not known; one of: has, without"));
    assert_non_null(
        strstr(watchdog_refusal("\"funnel\":[{\"name\":\"a\",\"match\":{}}]"),
               "/watchdog/funnel: has 1 items, allowed at least 2"));
}

static void a_date_that_is_none_is_refused(void **state)
{
    (void)state;
    assert_string_equal(
        refusal("{\"as_of\":\"2026-02-30\"}"),
        "rounds.json:1: /as_of: '2026-02-30' is no date; write YYYY-MM-DD");
    assert_non_null(
        strstr(watchdog_refusal("\"expected_days\":[{\"from\":\"2026-01-01\","
                                "\"to\":\"tomorrow\",\"why\":\"x\"}]"),
               "/watchdog/expected_days/0/to: 'tomorrow' is no date"));
    assert_non_null(
        strstr(refusal("{\"mute\":[{\"id\":\"a\",\"until\":\"\",\"why\":\"b\"}]}"),
               "/mute/0/until: '' is no date"));
    accept("{\"as_of\":null}");
}

static void the_site_is_an_address_without_a_password(void **state)
{
    static const char *const sites[] = {
        "ftp://shop.example",
        "shop.example",
        "https://",
        "https://kim@shop.example",
        "https://kim:secret@shop.example/",
        "https:///x",
        "https://shop.example/a b",
        "https://shop.example\\u000a",
        "https://a?b\\u0007",
    };

    (void)state;
    for (size_t i = 0; i < sizeof sites / sizeof *sites; i++)
        assert_string_equal(
            refusal(str_format(&arena, "{\"site\":\"%s\"}", sites[i])),
            "rounds.json:1: /site: is not an http or https address without user "
            "name and password, such as https://shop.example");
    accept("{\"site\":\"http://127.0.0.1:8080/\"}");
    accept("{\"site\":\"https://[::1]:8443/shop?x=1#@\"}");
}

static void too_many_too_few_and_repeated_items_are_refused(void **state)
{
    (void)state;
    assert_string_equal(
        watchdog_refusal("\"source\":[]"),
        "rounds.json:1: /watchdog/source: has 0 items, allowed at least 1");
    assert_string_equal(
        watchdog_refusal("\"source\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\","
                         "\"h\",\"i\"]"),
        "rounds.json:1: /watchdog/source: has 9 items, allowed at most 8");
    assert_string_equal(
        watchdog_refusal("\"source\":[\"a\",\"b\",\"a\"]"),
        "rounds.json:1: /watchdog/source/2: is there twice; leave it out once");
}

static void texts_have_a_length_counted_in_characters(void **state)
{
    char *as = arena_new(&arena, char, 403);

    (void)state;
    assert_string_equal(watchdog_refusal("\"scratch\":\"\""),
                        "rounds.json:1: /watchdog/scratch: is empty");
    for (size_t i = 0; i < 200; i++)
        as[2 * i] = '\xC3', as[2 * i + 1] = '\xA9';
    accept(
        str_format(&arena,
                   "{\"watchdog\":{\"page_rules\":[{\"match\":\"x\",\"as\":\"%s\"}]}}",
                   as));
    as[400] = 'x';
    assert_string_equal(
        watchdog_refusal(
            str_format(&arena, "\"page_rules\":[{\"match\":\"x\",\"as\":\"%s\"}]", as)),
        "rounds.json:1: /watchdog/page_rules/0/as: is longer than 200 characters");
}

static void a_field_is_a_pointer_or_some(void **state)
{
    (void)state;
    accept("{\"sources\":{\"a\":{\"type\":\"jsonl\",\"path\":\"x\",\"fields\":{"
           "\"time\":\"/a b/$c/[0]/~0~1\",\"user\":[\"/u\",\"/v\"]},"
           "\"events\":{\"checkout_done\":[\"order paid\"]}}}}");
    assert_string_equal(
        source_refusal(
            "\"type\":\"jsonl\",\"path\":\"x\",\"fields\":{\"time\":\"ts\"}"),
        "rounds.json:1: /sources/a/fields/time: is not a JSON pointer, which begins with a slash");
    assert_string_equal(
        source_refusal(
            "\"type\":\"jsonl\",\"path\":\"x\",\"fields\":{\"user\":[\"/u\",\"/~2\"]}"),
        "rounds.json:1: /sources/a/fields/user/1: is not a JSON pointer, which begins with a "
        "slash");
    assert_non_null(strstr(
        source_refusal(
            "\"type\":\"jsonl\",\"path\":\"x\",\"events\":{\"page_view\":[\"p\"]}"),
        "/events/page_view: unknown key; did you mean 'pageview'"));
}

static void the_name_of_a_source_is_plain(void **state)
{
    (void)state;
    assert_non_null(strstr(refusal("{\"sources\":{\"a/b\":{}}}"),
                           "rounds.json:1: /sources/a~1b: is not a name of a source"));
    assert_non_null(
        strstr(refusal("{\"sources\":{\"\":{}}}"), "is not a name of a source"));
}

static void the_first_fault_of_the_file_is_named(void **state)
{
    (void)state;
    assert_string_equal(
        refusal("{\"watchdog\":{\"new_error_min\":0,\n\"q\":9},\n\"site\":1}"),
        "rounds.json:1: /watchdog/new_error_min: is 0, allowed 1 to 1000");
    assert_string_equal(refusal("{\n\"site\":1,\n\"watchdog\":{\"new_error_min\":0}}"),
                        "rounds.json:2: /site: is an integer, expected a string");
}

static void sections_of_i18ncheck_are_refused_with_their_place(void **state)
{
    static const struct {
        const char *members, *what;
    } set[] = {
        {",\"floor\":{}",
         "/i18ncheck/sets/0/floor: unknown key; did you mean 'floors'"},
        {",\"plural\":\"i18next5\"",
         "/i18ncheck/sets/0/plural: 'i18next5' is not known"},
        {",\"floors\":{\"de\":{\"warn\":101}}",
         "/i18ncheck/sets/0/floors/de/warn: is 101, allowed 0 to 100"},
        {",\"floors\":{\"de\":90}", "/i18ncheck/sets/0/floors/de: is an integer"},
        {",\"locales\":[]", "/i18ncheck/sets/0/locales"},
        {",\"key_sep\":\"\"", "/i18ncheck/sets/0/key_sep"},
        {",\"strict\":1",
         "/i18ncheck/sets/0/strict: is an integer, expected a boolean"},
    };

    static const struct {
        const char *section, *what;
    } section[] = {
        {"\"sets\":[{\"name\":\"web\"}]",
         "/i18ncheck/sets/0: the key 'format' is missing"},
        {"\"stale_after_days\":366", "is 366, allowed 0 to 365"},
        {"\"max_findings\":0", "is 0, allowed 1 to 1000"},
        {"\"severity\":{\"stale\":\"error\"}", "/i18ncheck/severity/stale: 'error'"},
        {"\"ignore\":[{\"set\":\"*\",\"locale\":\"*\",\"key\":\"*\"}]",
         "/i18ncheck/ignore/0: the key 'why' is missing"},
        {"\"content\":[{\"name\":\"d\",\"pattern\":\"x\",\"source\":\"en\"}]",
         "/i18ncheck/content/0: the key 'locales' is missing"},
        {"\"keywords\":{}", "/i18ncheck/keywords: the key 'file' is missing"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof set / sizeof *set; i++)
        if (!strstr(i18n_set_refusal(set[i].members), set[i].what))
            fail_msg("%s: %s", set[i].members, i18n_set_refusal(set[i].members));
    for (size_t i = 0; i < sizeof section / sizeof *section; i++) {
        const char *said =
            refusal(str_format(&arena, "{\"i18ncheck\":{%s}}", section[i].section));

        if (!strstr(said, section[i].what))
            fail_msg("%s: %s", section[i].section, said);
    }
}

static void faults_of_the_daily_run_are_refused_with_their_place(void **state)
{
    static const struct {
        const char *members, *what;
    } fault[] = {
        {"\"timeout_s\":{\"watchdog\":0}",
         "/timeout_s/watchdog: is 0, allowed 1 to 86400"},
        {"\"timeout_s\":{\"watchdog\":86401}", "allowed 1 to 86400"},
        {"\"timeout_s\":{\"watchdg\":9}",
         "/timeout_s/watchdg: unknown key; did you mean 'watchdog'"},
        {"\"memory_mib\":{\"bandit\":63}", "is 63, allowed 64 to 65536"},
        {"\"memory_mib\":{\"bandit\":65537}", "is 65537, allowed 64 to 65536"},
        {"\"fresh_hours\":0", "is 0, allowed 1 to 8760"},
        {"\"fresh_hours\":8761", "is 8761, allowed 1 to 8760"},
        {"\"commit\":{\"remote\":\"--exec=x\"}", "/run_all/commit/remote"},
        {"\"commit\":{\"email\":\"a<b\"}", "/run_all/commit/email"},
        {"\"notify\":[{}]", "/run_all/notify/0: the key 'type' is missing"},
        {"\"notify\":[{\"type\":\"slak\"}]", "did you mean 'slack'"},
        {"\"notify\":[{\"type\":\"json\",\"url\":\"x\"}]",
         "/notify/0/url: unknown key"},
        {"\"ping\":{\"url_env\":\"A B\"}", "/run_all/ping/url_env"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof fault / sizeof *fault; i++) {
        const char *said =
            refusal(str_format(&arena, "{\"run_all\":{%s}}", fault[i].members));

        if (!strstr(said, fault[i].what))
            fail_msg("%s: %s", fault[i].members, said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_key_is_named_with_the_nearest_known_one),
        cmocka_unit_test(what_nothing_implements_yet_is_refused),
        cmocka_unit_test(names_of_a_database_are_of_the_bytes_that_it_is_asked_in),
        cmocka_unit_test(keys_of_matomo_umami_and_ga4_are_checked),
        cmocka_unit_test(the_keys_of_a_source_are_those_of_its_type),
        cmocka_unit_test(a_value_out_of_range_is_named_with_its_range),
        cmocka_unit_test(ranges_are_those_of_the_specification),
        cmocka_unit_test(a_wrong_type_is_named_with_the_right_one),
        cmocka_unit_test(a_wrong_word_is_named_with_the_nearest_right_one),
        cmocka_unit_test(a_signal_of_ones_own_is_checked_part_by_part),
        cmocka_unit_test(a_date_that_is_none_is_refused),
        cmocka_unit_test(the_site_is_an_address_without_a_password),
        cmocka_unit_test(too_many_too_few_and_repeated_items_are_refused),
        cmocka_unit_test(texts_have_a_length_counted_in_characters),
        cmocka_unit_test(a_field_is_a_pointer_or_some),
        cmocka_unit_test(the_name_of_a_source_is_plain),
        cmocka_unit_test(the_first_fault_of_the_file_is_named),
        cmocka_unit_test(sections_of_i18ncheck_are_refused_with_their_place),
        cmocka_unit_test(faults_of_the_daily_run_are_refused_with_their_place),
    };

    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
