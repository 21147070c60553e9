/* Daily counts from elsewhere: which files are read, in which order their arms are, and
 * what is refused (sections 6 and 8 of the bandit's specification). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bandit/evidence.h"
#include "shared/clock.h"
#include "shared/limits.h"

// Sorted by name it would not come last.
#include "shared/banned.h"

static struct arena arena;
static struct err err;
static struct counts_file file;
static struct evidence evidence;

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

static const struct experiment binary = {
    .id = "cta",
    .arm = {{.name = "control"}, {.name = "b"}, {.name = "c"}},
    .narms = 3,
    .reward = {.type = REWARD_CONVERSION},
    .guardrail = {{.name = "refund"}},
    .nguardrails = 1,
};

static bool try_parse(const char *text, struct counts_file asked)
{
    file = asked;
    file.name = "c.tsv";
    evidence = (struct evidence){0};
    err.text[0] = '\0';
    return counts_parse(str_of(text), &file, &arena, &evidence, &err);
}

static void parse(const char *text, struct counts_file asked)
{
    if (!try_parse(text, asked))
        fail_msg("%s", err.text);
}

static const struct counts_file anybody = {0};
static const struct counts_file ours = {.experiment = "cta", .configured = &binary};

#define PLAIN "day\tarm\tsessions\tconversions\n"

static const struct evidence_day *on(int day_of_november)
{
    return evidence_find(&evidence, day_from_civil(2026, 11, day_of_november));
}

static void a_file_without_header_has_four_columns(void **state)
{
    (void)state;
    parse("2026-11-01\tcontrol\t100\t5\n"
          "2026-11-01\tb\t90\t7\n",
          anybody);
    assert_int_equal(file.narms, 2);
    assert_string_equal(file.arm[1], "b");
    assert_int_equal(evidence.narms, 2);
    assert_int_equal(evidence.n, 1);
    assert_true(on(1)->is_mature);
    assert_int_equal(on(1)->mature[1].units, 90);
    assert_int_equal(on(1)->mature[1].conversions, 7);
    assert_int_equal(on(1)->at_once[1].exposed, 90);
    assert_int_equal(on(1)->at_once[1].weight_x10000, -1);
    assert_false(file.has_weights || file.has_versions || file.has_multi ||
                 file.has_guardrails || file.is_numeric);
}

static void columns_may_be_in_any_order_beside_others(void **state)
{
    (void)state;
    parse("note\tconversions\tarm\tsessions\tday\tmulti\r\n"
          "x\t5\tcontrol\t100\t2026-11-01\t3\r\n"
          "\t7\tb\t90\t2026-11-01\t3\r\n",
          anybody);
    assert_int_equal(on(1)->mature[0].conversions, 5);
    assert_int_equal(on(1)->mature[1].units, 90);
    assert_int_equal(on(1)->multi, 3);
    assert_true(file.has_multi);
}

static void days_and_arms_may_be_in_any_order(void **state)
{
    (void)state;
    parse(PLAIN "2026-11-03\tb\t4\t1\n"
                "2026-11-01\tc\t3\t1\n"
                "2026-11-03\tcontrol\t2\t1\n"
                "2026-11-01\tcontrol\t1\t1\n",
          anybody);
    assert_int_equal(file.narms, 3);
    assert_string_equal(file.arm[0], "control"); // found last, and the control
    assert_string_equal(file.arm[1], "b");
    assert_string_equal(file.arm[2], "c");
    assert_int_equal(evidence.n, 2);
    assert_true(evidence.day[0].day < evidence.day[1].day);
    assert_int_equal(on(1)->mature[0].units, 1);
    assert_int_equal(on(1)->mature[1].units, 0); // a missing arm: no units
    assert_int_equal(on(1)->mature[2].units, 3);
    assert_int_equal(on(3)->mature[0].units, 2);
    assert_int_equal(on(3)->mature[1].units, 4);
    assert_int_equal(on(3)->mature[2].units, 0);
}

static void without_a_control_the_first_arm_is_it(void **state)
{
    (void)state;
    parse(PLAIN "2026-11-01\told\t4\t1\n2026-11-01\tnew\t3\t1\n", anybody);
    assert_string_equal(file.arm[0], "old");
    assert_string_equal(file.arm[1], "new");
}

static void configured_arms_keep_their_order(void **state)
{
    (void)state;
    parse(PLAIN "2026-11-01\tc\t3\t2\n2026-11-01\tb\t2\t1\n", ours);
    assert_int_equal(file.narms, 3);
    assert_int_equal(on(1)->mature[0].units, 0);
    assert_int_equal(on(1)->mature[1].units, 2);
    assert_int_equal(on(1)->mature[2].units, 3);
}

#define CTA(day, cells) \
    "cta\t" day "\tcontrol\t" cells "cta\t" day "\tb\t" cells "cta\t" day "\tc\t" cells

static void our_own_history_is_read(void **state)
{
    static const char text[] =
        HISTORY_HEADER "\n"
                       "abc\t2026-11-01\tx\t9\t9\t1\t-\t-\t-\t-\t0\t0\t0\t-\n" //
        CTA("2026-11-01", "9\t8\t1\t-\t-\t-\t-\t0\t2\t0\trefund=1\n")
            CTA("2026-11-02", "9\t-\t-\t-\t-\t3333.3333\t1\t0\t2\t0\t-\n");

    (void)state;
    parse(text, ours);
    assert_int_equal(evidence.n, 2);
    assert_int_equal(evidence.nguardrails, 1);
    assert_true(on(1)->is_mature);
    assert_int_equal(on(1)->at_once[2].exposed, 9);
    assert_int_equal(on(1)->mature[2].units, 8);
    assert_int_equal(on(1)->mature[2].guardrail[0], 1);
    assert_int_equal(on(1)->at_once[0].weight_x10000, -1);
    assert_false(on(2)->is_mature);
    assert_int_equal(on(2)->at_once[0].weight_x10000, 33333333);
    assert_int_equal(on(2)->version, 1);
    assert_true(file.has_weights && file.has_versions && file.has_multi &&
                file.has_guardrails);
}

static void the_one_experiment_of_a_file_is_found(void **state)
{
    (void)state;
    parse("experiment\t" PLAIN "x1\t2026-11-01\ta\t1\t0\nx1\t2026-11-01\tb\t1\t0\n",
          anybody);
    assert_string_equal(file.experiment, "x1");
    assert_false(try_parse("experiment\t" PLAIN "x1\t2026-11-01\ta\t1\t0\n"
                           "x2\t2026-11-01\tb\t1\t0\n",
                           anybody));
    assert_string_equal(err.text,
                        "cannot read 'c.tsv:3': a second experiment; name one "
                        "of them");
}

#define SUMS "day\tarm\tsessions\tsum_x10000\tsumsq_x1e8\n"

static void sums_are_read_where_they_are_due(void **state)
{
    static const char text[] =
        SUMS "2026-11-01\tcontrol\t2\t-30\t900\n2026-11-01\tb\t1\t7\t49\n";
    struct counts_file asked = ours;

    (void)state;
    parse(text, anybody);
    assert_true(file.is_numeric);
    assert_int_equal(on(1)->mature[0].sum_x10000, -30);
    assert_true(on(1)->mature[1].sumsq_x1e8 == 49);
    assert_false(try_parse(text, ours));
    assert_string_equal(err.text, "cannot read 'c.tsv:2': sums where the reward is "
                                  "counted in conversions");
    asked.any_reward = true;
    parse(text, asked);
    assert_true(file.is_numeric);
}

static void weights_of_a_day_that_lacks_an_arm_are_not_known(void **state)
{
    (void)state;
    parse("day\tarm\tsessions\tconversions\tweight_bp\n"
          "2026-11-01\tcontrol\t1\t0\t5000\n2026-11-01\tb\t1\t0\t5000\n"
          "2026-11-02\tcontrol\t1\t0\t10000\n",
          anybody);
    assert_int_equal(on(1)->at_once[0].weight_x10000, 50000000);
    assert_int_equal(on(2)->at_once[0].weight_x10000, -1);
}

static void assert_refused(const char *text, struct counts_file asked, size_t line,
                           const char *what)
{
    assert_false(try_parse(text, asked));
    assert_string_equal(err.text,
                        str_format(&arena, "cannot read 'c.tsv:%zu': %s", line, what));
}

static void bad_counts_are_refused_with_their_line(void **state)
{
    static const char *const sessions =
        "sessions is no whole number from 0 to 1000000000";
    static const char *const conversions =
        "conversions is no whole number from 0 to 1000000000";

    (void)state;
    assert_refused(PLAIN "2026-11-01\ta\t5\t6\n", anybody, 2,
                   "more conversions than sessions");
    assert_refused("2026-11-01\ta\t5\t5\n2026-11-01\tb\t-5\t0\n", anybody, 2, sessions);
    assert_refused(PLAIN "2026-11-01\ta\t5.5\t5\n", anybody, 2, sessions);
    assert_refused(PLAIN "2026-11-01\ta\t1000000001\t5\n", anybody, 2, sessions);
    assert_refused(PLAIN "2026-11-01\ta\t5\t-1\n", anybody, 2, conversions);
    assert_refused(PLAIN "2026-11-01\ta\t5\t\n", anybody, 2, conversions);
    assert_refused(PLAIN "2026-11-01\tb\t5\t5\n2026-11-01\ta\t1\t1\n"
                         "2026-11-01\tb\t5\t5\n",
                   anybody, 4, "a second line of one day and arm");
    assert_refused(PLAIN "2026-13-01\ta\t5\t5\n", anybody, 2,
                   "day is no date (YYYY-MM-DD)");
    assert_refused(PLAIN "2026-11-01\td\t5\t5\n", ours, 2,
                   "an arm that is not configured");
    assert_refused(PLAIN "2026-11-01\ta b\t5\t5\n", anybody, 2,
                   "arm is no name of an arm");
    assert_refused(PLAIN "2026-11-01\ta\t5\t5\n", anybody, 2,
                   "the one arm alone; two are compared");
    // the line of the later day
    assert_refused(PLAIN "2026-11-02\ta\t1000000000\t5\n2026-11-01\ta\t1\t1\n", anybody,
                   2, "more than 1000000000 sessions of the arm, all days together");
}

static void bad_columns_are_refused(void **state)
{
    static const char *const needs =
        "no columns day, arm and sessions with tabs between";

    (void)state;
    assert_refused("day,arm,sessions,conversions\n", anybody, 1, needs);
    assert_refused("day\tarm\tconversions\n", anybody, 1, needs);
    assert_refused("\n", anybody, 1, needs);
    assert_refused("day\tarm\tsessions\tsum_x10000\n", anybody, 1,
                   "no column conversions, nor sum_x10000 and sumsq_x1e8");
    assert_refused("day\tarm\tsessions\tconversions\tday\n", anybody, 1,
                   "a column is named twice");
    assert_refused("2026-11-01\tb\t5\t5\t5\n", anybody, 1,
                   "not as many tab-separated fields as columns");
    assert_refused(PLAIN "2026-11-01\tb\t5\n", anybody, 2,
                   "not as many tab-separated fields as columns");
    assert_refused(PLAIN "\n", anybody, 2,
                   "not as many tab-separated fields as columns");
}

static void rewards_of_two_kinds_are_refused(void **state)
{
    (void)state;
    assert_refused("day\tarm\tsessions\tconversions\tsum_x10000\tsumsq_x1e8\n"
                   "2026-11-01\ta\t1\t1\t-\t-\n2026-11-02\ta\t1\t-\t1\t1\n",
                   anybody, 2, "conversions on this line, sums on others");
}

static void days_before_a_configured_start_may_have_other_arms(void **state)
{
    struct experiment started = binary;
    struct counts_file asked = ours;

    (void)state;
    started.start = day_from_civil(2026, 11, 2);
    asked.configured = &started;
    parse(PLAIN "2026-11-01\tother\t1\t1\n2026-11-02\tb\t1\t1\n", asked);
    assert_int_equal(evidence.n, 1);
    assert_non_null(on(2));
    assert_refused(PLAIN "2026-11-02\tother\t1\t1\n", asked, 2,
                   "an arm that is not configured");
}

static void more_than_400_days_are_refused(void **state)
{
    struct buf text;

    (void)state;
    buf_init(&text, &arena, MIB);
    for (int32_t day = 20000; day < 20400; day++)
        buf_printf(&text, "%s\ta\t1\t1\n%s\tb\t1\t1\n", day_text(day).text,
                   day_text(day).text);
    parse(text.at, anybody);
    assert_int_equal(evidence.n, 400);
    buf_printf(&text, "%s\ta\t1\t1\n", day_text(19999).text);
    assert_false(try_parse(text.at, anybody));
    assert_non_null(strstr(err.text, "more than 400 days; remove the oldest"));
}

static void an_empty_file_has_no_days(void **state)
{
    (void)state;
    parse(PLAIN, anybody);
    assert_int_equal(evidence.n, 0);
    parse("", ours);
    assert_int_equal(evidence.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_without_header_has_four_columns),
        cmocka_unit_test(columns_may_be_in_any_order_beside_others),
        cmocka_unit_test(days_and_arms_may_be_in_any_order),
        cmocka_unit_test(without_a_control_the_first_arm_is_it),
        cmocka_unit_test(configured_arms_keep_their_order),
        cmocka_unit_test(our_own_history_is_read),
        cmocka_unit_test(the_one_experiment_of_a_file_is_found),
        cmocka_unit_test(sums_are_read_where_they_are_due),
        cmocka_unit_test(weights_of_a_day_that_lacks_an_arm_are_not_known),
        cmocka_unit_test(bad_counts_are_refused_with_their_line),
        cmocka_unit_test(bad_columns_are_refused),
        cmocka_unit_test(rewards_of_two_kinds_are_refused),
        cmocka_unit_test(days_before_a_configured_start_may_have_other_arms),
        cmocka_unit_test(more_than_400_days_are_refused),
        cmocka_unit_test(an_empty_file_has_no_days),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
