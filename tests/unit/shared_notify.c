/*
 * Tests of shared/notify.c: which transitions are told (run-all.md 12), and the caps of
 * the services: 3,000 characters to Slack, 2,000 to Discord, ten lines. Payloads byte
 * for byte are in tests/notify.t.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shared/json.h"
#include "shared/limits.h"
#include "shared/notify.h"
#include "shared/own.h"

#include "shared/banned.h"

static struct arena run;
static struct err err;

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

static struct finding_change change_of(enum change change, enum severity severity,
                                       const char *message)
{
    return (struct finding_change){.change = change,
                                   .id = "watchdog/a/b",
                                   .before = severity,
                                   .now = severity,
                                   .message = message};
}

/* With watchdog alone, through 2026-03-08. */
static struct changes changes_of(const struct finding_change *finding, size_t n)
{
    return (struct changes){
        .tool[0] = {.has_before = true, .has_now = true, .through_now = 20520},
        .finding = finding,
        .nfindings = n,
    };
}

static struct run_end ended(const char *json)
{
    OWN(json) root = NULL;

    if (!json_load_strict(str_of(json), "run", 8, 100, &root, &err))
        fail_msg("%s", err.text);
    return run_end_of(root);
}

static struct run_end ended_as(const char *status)
{
    return ended(
        str_format(&run, "{\"tools\": {\"watchdog\": {\"status\": \"%s\"}}}", status));
}

static bool is_told(enum change change, enum severity severity, enum severity min)
{
    const struct finding_change finding = change_of(change, severity, "m");
    const struct changes changes = changes_of(&finding, 1);
    const struct run_end known = {0};
    struct notice notice;

    return notice_find(&changes, &known, &known, min, &run, &notice);
}

static void only_what_comes_worsens_or_goes_is_told(void **state)
{
    (void)state;
    for (int c = 0; c < CHANGE_COUNT; c++) {
        bool is = c == CHANGE_NEW || c == CHANGE_ESCALATED || c == CHANGE_RESOLVED;

        for (int severity = SEVERITY_CRIT; severity <= SEVERITY_INFO; severity++)
            for (int min = SEVERITY_CRIT; min <= SEVERITY_INFO; min++)
                assert_int_equal(is_told((enum change)c, (enum severity)severity,
                                         (enum severity)min),
                                 is && severity <= min);
    }
}

static void a_tool_is_told_when_its_verdict_goes_or_comes(void **state)
{
    static const struct {
        const char *before, *now;
        bool is_told;
    } cases[] = {
        {"ok", "unknown", true},
        {"crit", "unknown", true},
        {"unknown", "unknown", false},
        {"unknown", "warn", true},
        {"ok", "crit", false},
        {"?", "unknown", true},
        {"?", "ok", false},
        {"unknown", "?", false},
        {"?", "?", false},
    };
    const struct changes none = changes_of(NULL, 0);
    struct notice notice;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct run_end before = ended_as(cases[i].before);
        struct run_end now = ended_as(cases[i].now);

        assert_int_equal(notice_find(&none, &before, &now, SEVERITY_CRIT, &run,
                                     &notice),
                         cases[i].is_told);
    }
}

static void what_a_memory_does_not_say_is_not_known(void **state)
{
    static const char *const said[] = {
        "{}", "{\"tools\": []}", "{\"tools\": {\"watchdog\": \"ok\"}}",
        "{\"tools\": {\"watchdog\": {\"status\": 3}}}",
        "{\"tools\": {\"watchdg\": {\"status\": \"ok\"}}}"};

    (void)state;
    assert_false(run_end_of(NULL).tool[0].is_known);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        assert_false(ended(said[i]).tool[0].is_known);
}

static json_t *text_of(const struct notice *notice, enum webhook_type type)
{
    struct str body = {0};
    json_t *root = NULL;

    if (!notice_format(notice, type, &run, &body, &err) ||
        !json_load_strict(body, "body", 8, 100, &root, &err))
        fail_msg("%s", err.text);
    return root;
}

/* UTF-16 units, as both services count; jansson has checked the UTF-8. */
static size_t units(const char *text)
{
    size_t n = 0;

    for (; *text; text++) {
        if (((unsigned char)*text & 0xC0) != 0x80)
            n++;
        if (((unsigned char)*text & 0xF8) == 0xF0)
            n++;
    }
    return n;
}

static size_t lines(const char *text)
{
    size_t n = 1;

    for (; *text; text++)
        n += *text == '\n';
    return n;
}

/* Messages of each character that grows most, and of some between. */
static void whatever_is_told_keeps_to_the_services_limits(void **state)
{
    static const char *const parts[] = {"a",         "<",   "*", "\xF0\x9F\x94\xA5",
                                        "\xC3\xA4&", "\x01"};
    static const size_t lengths[] = {0, 1, 30, 100, 299, 300, 5000};
    struct finding_change finding[40];

    (void)state;
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            struct run_end none = {0};
            struct notice notice;
            struct changes changes;
            struct buf message;

            buf_init(&message, &run, MIB);
            buf_add_text(&message, "m");
            for (size_t i = 0; i < lengths[l]; i++)
                buf_add_text(&message, parts[p]);
            for (size_t i = 0; i < 40; i++)
                finding[i] = change_of(CHANGE_NEW, SEVERITY_CRIT, message.at);
            changes = changes_of(finding, 1 + (l + p) * 39 / 11);
            assert_true(
                notice_find(&changes, &none, &none, SEVERITY_WARN, &run, &notice));
            notice.link = l % 2 ? "https://git.example/" : NULL;
            for (int type = WEBHOOK_SLACK; type <= WEBHOOK_DISCORD; type++) {
                OWN(json) root = text_of(&notice, (enum webhook_type)type);
                const char *text =
                    json_text(root, type == WEBHOOK_SLACK ? "text" : "content", "");

                assert_true(units(text) <= (type == WEBHOOK_SLACK ? 3000 : 2000));
                assert_true(lines(text) <= 10);
                assert_non_null(strstr(text, "ROUNDS "));
                assert_true(!notice.link || strstr(text, notice.link));
            }
        }
    }
}

static void a_link_that_leaves_no_room_goes(void **state)
{
    const struct finding_change finding = change_of(CHANGE_NEW, SEVERITY_CRIT, "m");
    const struct changes changes = changes_of(&finding, 1);
    const struct run_end none = {0};
    char link[2049];
    struct notice notice;

    (void)state;
    memset(link, 'x', sizeof link - 1);
    link[sizeof link - 1] = '\0';
    assert_true(notice_find(&changes, &none, &none, SEVERITY_WARN, &run, &notice));
    notice.link = link;
    {
        OWN(json) slack = text_of(&notice, WEBHOOK_SLACK);
        OWN(json) discord = text_of(&notice, WEBHOOK_DISCORD);

        assert_non_null(strstr(json_text(slack, "text", ""), "xxx"));
        assert_null(strstr(json_text(discord, "content", ""), "xxx"));
        assert_non_null(strstr(json_text(discord, "content", ""), "and 1 more"));
    }
}

/* What a tool's last state says is not what the run found. */
static void the_diff_says_that_a_tool_is_unknown(void **state)
{
    const struct changes none = changes_of(NULL, 0);
    const struct run_end before = ended("{\"tools\": {}}");
    const struct run_end now =
        ended("{\"tools\": {\"watchdog\": {\"status\": \"unknown\"}, "
              "\"bandit\": {\"status\": \"unknown\"}}}");
    struct notice notice;

    (void)state;
    assert_true(notice_find(&none, &before, &now, SEVERITY_WARN, &run, &notice));
    notice.site = "https://shop.example";
    {
        OWN(json) root = text_of(&notice, WEBHOOK_JSON);

        assert_string_equal(json_text(root, "status", ""), "unknown");
        assert_string_equal(json_text(root, "through", ""), "2026-03-08");
        assert_string_equal(json_text(json_at(root, "/diff/tools/watchdog"), "to", ""),
                            "unknown");
        assert_string_equal(json_text(json_at(root, "/diff/tools/watchdog"), "from",
                                      ""),
                            "ok");
        assert_true(json_is_null(json_at(root, "/diff/tools/bandit/from")));
        assert_string_equal(json_text(json_at(root, "/diff/tools/bandit"), "to", ""),
                            "unknown");
    }
}

static void what_was_adopted_is_not_told_as_mended(void **state)
{
    struct finding_change finding = change_of(CHANGE_RESOLVED, SEVERITY_CRIT, "m");
    const struct changes changes = changes_of(&finding, 1);
    const struct run_end known = {0};
    struct notice notice;

    (void)state;
    finding.reason = "adopted";
    assert_true(notice_find(&changes, &known, &known, SEVERITY_WARN, &run, &notice));
    {
        OWN(json) slack = text_of(&notice, WEBHOOK_SLACK);

        assert_non_null(strstr(json_text(slack, "text", ""),
                               "\n- crit watchdog/a/b: resolved (adopted)"));
    }
}

static void types_are_known_by_their_words(void **state)
{
    enum webhook_type type;

    (void)state;
    for (int i = WEBHOOK_SLACK; i <= WEBHOOK_JSON; i++) {
        assert_true(webhook_parse(webhook_word((enum webhook_type)i), &type));
        assert_int_equal(type, i);
    }
    assert_false(webhook_parse("teams", &type));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(only_what_comes_worsens_or_goes_is_told),
        TEST(a_tool_is_told_when_its_verdict_goes_or_comes),
        TEST(what_a_memory_does_not_say_is_not_known),
        TEST(whatever_is_told_keeps_to_the_services_limits),
        TEST(a_link_that_leaves_no_room_goes),
        TEST(the_diff_says_that_a_tool_is_unknown),
        TEST(what_was_adopted_is_not_told_as_mended),
        TEST(types_are_known_by_their_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
