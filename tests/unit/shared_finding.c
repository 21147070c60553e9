/* Findings: order, mutes, exit status, and the way to state and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shared/clock.h"
#include "shared/finding.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void add(struct findings *findings, const char *id, enum severity severity,
                enum finding_status status)
{
    findings_add(findings, &arena,
                 (struct finding){.id = id, .severity = severity, .status = status});
}

static void the_order_is_open_first_then_severity_then_id(void **state)
{
    struct findings findings = {0};
    static const char *const order[] = {"t/b", "t/z", "t/a", "t/i", "t/gone"};

    (void)state;
    add(&findings, "t/gone", SEVERITY_CRIT, STATUS_RESOLVED);
    add(&findings, "t/i", SEVERITY_INFO, STATUS_OPEN);
    add(&findings, "t/z", SEVERITY_CRIT, STATUS_OPEN);
    add(&findings, "t/a", SEVERITY_WARN, STATUS_NEW);
    add(&findings, "t/b", SEVERITY_CRIT, STATUS_NEW);
    findings_sort(&findings);
    for (size_t i = 0; i < findings.n; i++)
        assert_string_equal(findings.item[i].id, order[i]);
}

static void resolved_and_informal_findings_are_ok(void **state)
{
    struct findings findings = {0};

    (void)state;
    add(&findings, "t/a", SEVERITY_CRIT, STATUS_RESOLVED);
    add(&findings, "t/b", SEVERITY_INFO, STATUS_NEW);
    assert_int_equal(findings_worst(&findings), VERDICT_OK);
    add(&findings, "t/c", SEVERITY_WARN, STATUS_OPEN);
    assert_int_equal(findings_worst(&findings), VERDICT_WARN);
}

static void fail_on_decides_what_counts(void **state)
{
    struct findings findings = {0};

    (void)state;
    add(&findings, "t/a", SEVERITY_CRIT, STATUS_OPEN);
    add(&findings, "t/b", SEVERITY_WARN, STATUS_NEW);
    assert_int_equal(findings_exit_status(&findings, FAIL_ON_WARN), 2);
    assert_int_equal(findings_exit_status(&findings, FAIL_ON_CRIT), 2);
    assert_int_equal(findings_exit_status(&findings, FAIL_ON_NEW), 1);
    assert_int_equal(findings_exit_status(&findings, FAIL_ON_NEVER), 0);
}

static size_t muted_by(const char *pattern, int32_t until, const char *id, int32_t day)
{
    struct mute mute = {pattern, until, "why", ""};
    struct config config = {.mutes = &mute, .nmutes = 1};
    struct findings findings = {0};
    struct muted muted = {0};

    add(&findings, id, SEVERITY_WARN, STATUS_OPEN);
    findings_mute(&findings, &config, day, &arena, &muted);
    assert_int_equal(findings.n + muted.n, 1);
    return muted.n;
}

static void a_star_of_a_mute_matches_any_bytes(void **state)
{
    (void)state;
    assert_int_equal(muted_by("t/a/x", 9, "t/a/x", 1), 1);
    assert_int_equal(muted_by("t/a/*", 9, "t/a/x/y", 1), 1);
    assert_int_equal(muted_by("*x*y*", 9, "t/x/x/z/y", 1), 1);
    assert_int_equal(muted_by("t/*/y", 9, "t/a/y/z", 1), 0);
    assert_int_equal(muted_by("t/a", 9, "t/ab", 1), 0);
    assert_int_equal(muted_by("*", 9, "t/ab", 1), 1);
}

static void a_mute_holds_through_its_last_day(void **state)
{
    (void)state;
    assert_int_equal(muted_by("t/a", 9, "t/a", 9), 1);
    assert_int_equal(muted_by("t/a", 9, "t/a", 10), 0);
}

static void state_keeps_a_finding_whole(void **state)
{
    int32_t day = day_from_civil(2026, 3, 2);
    struct findings findings = {0};
    struct finding back;
    struct err err = {0};

    (void)state;
    findings_add(&findings, &arena,
                 (struct finding){.id = "t/a",
                                  .severity = SEVERITY_CRIT,
                                  .status = STATUS_OPEN,
                                  .since = day,
                                  .message = "m",
                                  .value = "2.23",
                                  .limit = "1.38",
                                  .unit = "%",
                                  .n = 2105,
                                  .statistic = "p 1e-13",
                                  .because = "page=/cart",
                                  .file = "a.json",
                                  .line = 7});
    {
        OWN(json) json = finding_to_state(&findings.item[0]);

        assert_null(json_object_get(json_object_get(json, "where"), "url")); // empty
        assert_true(finding_from_state("t/a", json, day + 1, &arena, &back, &err));
        assert_int_equal(back.status, STATUS_OPEN);
        assert_true(finding_from_state("t/a", json, day, &arena, &back, &err));
        assert_int_equal(back.status, STATUS_NEW); // opened on the last day
        assert_false(finding_from_state("t/a", json, day - 1, &arena, &back, &err));
        assert_non_null(
            strstr(err.text, "since 2026-03-02 is after through 2026-03-01"));
    }
    assert_int_equal(back.severity, SEVERITY_CRIT);
    assert_int_equal(back.n, 2105);
    assert_string_equal(back.statistic, "p 1e-13");
    assert_string_equal(back.file, "a.json");
    assert_int_equal(back.line, 7);
}

#define ARENA_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(the_order_is_open_first_then_severity_then_id),
        ARENA_TEST(resolved_and_informal_findings_are_ok),
        ARENA_TEST(fail_on_decides_what_counts),
        ARENA_TEST(a_star_of_a_mute_matches_any_bytes),
        ARENA_TEST(a_mute_holds_through_its_last_day),
        ARENA_TEST(state_keeps_a_finding_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
