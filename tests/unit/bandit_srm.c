/*
 * Sample ratio mismatch: chi-squares by hand, p of the specification's rows and of
 * mpmath 1.3 at 40 digits (gammainc, regularized); and the verb's arguments and JSON.
 */
#include <stdio.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "bandit/srm.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "tests/lib/near.h"

#include "shared/banned.h"

/* ---- days ---- */

static void the_published_rows_have_their_p(void **state)
{
    static const double observed[] = {5123, 2512, 2365};
    static const double expected[] = {5000, 2500, 2500};
    static const double two[] = {540, 460};
    static const double half[] = {500, 500};
    struct srm srm = {0};

    (void)state;
    measure_srm_add(&srm, two, half, 2);
    assert_near(measure_srm_p(&srm), .011412036386, 1e-11, 0);
    srm = (struct srm){0};
    measure_srm_add(&srm, observed, expected, 3);
    assert_near(srm.chi2, 10.3734, 1e-14, 0);
    assert_int_equal(srm.df, 2);
    assert_near(measure_srm_p(&srm), .00559042481039, 1e-11, 0);
}

static void p_has_its_value_in_the_deep_tail_and_at_many_degrees(void **state)
{
    static const struct {
        int df;
        double chi2, p;
    } rows[] = {
        {1, 100, 1.523970604832105e-23},      {19, 43.82, .001000062314560119},
        {7600, 7600, .497842764058808},       {7600, 8200, 1.019408135120063e-6},
        {152000, 153000, .03507531035968867},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct srm srm = {.chi2 = rows[i].chi2, .df = rows[i].df};

        assert_near(measure_srm_p(&srm), rows[i].p, 1e-9, 0);
    }
    assert_near(measure_srm_p(&(struct srm){.chi2 = 1e18, .df = 1}), 0, 0, 0);
}

static void chi_squares_and_degrees_add_up_over_days(void **state)
{
    static const double observed[] = {540, 460};
    static const double expected[] = {500, 500};
    struct srm srm = {0};

    (void)state;
    for (int i = 0; i < 5; i++)
        measure_srm_add(&srm, observed, expected, 2);
    assert_near(srm.chi2, 32, 1e-14, 0);
    assert_int_equal(srm.df, 5);
    assert_int_equal(srm.days, 5);
}

/* As totals, 5500 and 1500 of 7000 would be far from the weights of either day. */
static void days_served_by_their_own_weights_do_not_mismatch(void **state)
{
    static const double first[] = {500, 500};
    static const double second[] = {5000, 1000};
    struct srm srm = {0};

    (void)state;
    measure_srm_add(&srm, first, first, 2);
    measure_srm_add(&srm, second, second, 2);
    assert_near(measure_srm_p(&srm), 1, 0, 0);
}

static void a_small_cell_is_pooled_with_the_smallest_other(void **state)
{
    static const double observed[] = {43, 5, 50, 4};
    static const double expected[] = {41, 3, 54, 4};
    struct srm srm = {0};

    (void)state; // 3 and 4 become 7, with 9 observed
    measure_srm_add(&srm, observed, expected, 4);
    assert_int_equal(srm.df, 2);
    assert_near(srm.chi2, 4. / 41 + 4. / 7 + 16. / 54, 1e-14, 0);
}

static void small_cells_are_pooled_until_none_is_left(void **state)
{
    static const double observed[] = {2, 0, 7, 91};
    static const double expected[] = {1, 2, 1.5, 95.5};
    struct srm srm = {0};

    (void)state; // 1 + 1.5, then + 2, then + 95.5: one cell
    measure_srm_add(&srm, observed, expected, 4);
    assert_int_equal(srm.df, 0);
    assert_int_equal(srm.days, 0);
    assert_near(measure_srm_p(&srm), 1, 0, 0);
    measure_srm_add(&srm, observed, (const double[]){1, 2, 2, 95}, 4);
    assert_int_equal(srm.df, 1); // 1 + 2, then + 2: 5 is enough
    assert_near(srm.chi2, 16. / 5 + 16. / 95, 1e-14, 0);
}

static void an_arm_that_nobody_was_due_to_see_is_left_out(void **state)
{
    static const double observed[] = {540, 0, 460};
    static const double expected[] = {500, 0, 500};
    struct srm srm = {0};

    (void)state;
    measure_srm_add(&srm, observed, expected, 3);
    assert_int_equal(srm.df, 1);
    assert_near(srm.chi2, 6.4, 1e-14, 0);
    assert_false(srm.is_impossible);
}

static void units_where_none_were_due_have_p_nought(void **state)
{
    static const double observed[] = {500, 1, 500};
    static const double expected[] = {500.5, 0, 500.5};
    struct srm srm = {0};

    (void)state;
    measure_srm_add(&srm, observed, expected, 3);
    assert_near(measure_srm_p(&srm), 0, 0, 0);
    measure_srm_add(&srm, expected, expected, 3);
    assert_near(measure_srm_p(&srm), 0, 0, 0);
}

static void a_day_without_units_is_no_day(void **state)
{
    static const double none[] = {0, 0};
    struct srm srm = {0};

    (void)state;
    measure_srm_add(&srm, none, none, 2);
    assert_int_equal(srm.days, 0);
    assert_near(measure_srm_p(&srm), 1, 0, 0);
}

/* ---- the verb ---- */

static bool parse(const char *a, const char *b, struct srm_counts *counts,
                  struct err *err)
{
    const char *args[] = {a, b};

    return srm_parse(args, 2, counts, err);
}

static void arguments_are_arms_counts_and_weights(void **state)
{
    struct srm_counts counts = {0};
    struct err err = {0};

    (void)state;
    assert_true(parse("control=0:10000", "B_2.x-y=1000000000:0", &counts, &err));
    assert_int_equal(counts.n, 2);
    assert_true(str_equal(counts.name[0], STR("control")));
    assert_true(str_equal(counts.name[1], STR("B_2.x-y")));
    assert_int_equal(counts.observed[0], 0);
    assert_int_equal(counts.observed[1], 1000000000);
    assert_int_equal(counts.weight_bp[0], 10000);
    assert_int_equal(counts.weight_bp[1], 0);
}

static void a_bad_argument_is_named_and_changes_nothing(void **state)
{
    static const struct {
        const char *arg, *why;
    } rows[] = {
        {"a", "is not ARM=OBS:BP"},
        {"", "is not ARM=OBS:BP"},
        {"a=5", "is not ARM=OBS:BP"},
        {"a:5=5000", "is not ARM=OBS:BP"},
        {"=5:5000", "has no arm's name"},
        {"-a=5:5000", "has no arm's name"},
        {"a b=5:5000", "has no arm's name"},
        {"\xc3\xa4=5:5000", "has no arm's name"},
        {"a234567890123456789012345678901234567890123456789012345678901234x=5:5000",
         "has no arm's name"},
        {"control=5:5000", "given twice"},
        {"a=:5000", "has no count"},
        {"a=-1:5000", "has no count"},
        {"a=1.5:5000", "has no count"},
        {"a=1000000001:5000", "has no count"},
        {"a=99999999999999999999:5000", "has no count"},
        {"a=5:", "has no weight"},
        {"a=5:-1", "has no weight"},
        {"a=5:10001", "has no weight"},
        {"a=5:5000:1", "has no weight"},
        {"a=5:50%", "has no weight"},
        {"a=5:4999", "add up to 9999"},
        {"a=5:5001", "add up to 10001"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct srm_counts counts = {0};
        struct err err = {0};

        assert_false(parse("control=5:5000", rows[i].arg, &counts, &err));
        if (!strstr(err.text, rows[i].why))
            fail_msg("'%s': %s", rows[i].arg, err.text);
        assert_int_equal(counts.n, 0);
    }
}

static void one_arm_and_twenty_one_are_refused(void **state)
{
    static char text[ARMS_MAX + 1][24];
    const char *args[ARMS_MAX + 1];
    struct srm_counts counts = {0};
    struct err err = {0};

    (void)state;
    for (int i = 0; i <= ARMS_MAX; i++) {
        (void)snprintf(text[i], sizeof text[i], "a%d=9:500", i);
        args[i] = text[i];
    }
    assert_true(srm_parse(args, ARMS_MAX, &counts, &err));
    assert_false(srm_parse(args, ARMS_MAX + 1, &counts, &err));
    assert_false(srm_parse((const char *const[]){"a=9:10000"}, 1, &counts, &err));
}

static struct srm_answer answer_of(const char *a, const char *b)
{
    struct srm_counts counts = {0};
    struct err err = {0};

    assert_true(parse(a, b, &counts, &err));
    return srm_judge(&counts);
}

/* The 0.999 quantile of chi-square with 1 degree of freedom is 10.8276: of 1000 units
 * at one half, 552 (10.816) are inside and 553 (11.236) are not. */
static void a_mismatch_is_flagged_below_a_thousandth(void **state)
{
    (void)state;
    assert_false(answer_of("a=552:5000", "b=448:5000").is_flagged);
    assert_true(answer_of("a=553:5000", "b=447:5000").is_flagged);
    assert_true(answer_of("a=1000:10000", "b=1:0").is_flagged);
    assert_false(answer_of("a=0:5000", "b=0:5000").is_flagged);
    assert_near(answer_of("a=1000000000:1", "b=0:9999").expected[1], 999900000, 0, 0);
}

static void the_json_says_what_was_given_and_found(void **state)
{
    struct srm_counts counts = {0};
    struct srm_answer answer;
    struct err err = {0};
    struct arena arena;
    struct buf out;

    (void)state;
    assert_true(parse("control=540:5000", "b=460:5000", &counts, &err));
    answer = srm_judge(&counts);
    arena_init(&arena, ARENA_BYTES_MAX);
    buf_init(&out, &arena, REPORT_BYTES_MAX);
    srm_format_json(&counts, &answer, &out);
    {
        OWN(json) json = json_loadb(out.at, out.n, JSON_REJECT_DUPLICATES, NULL);
        const json_t *arm = json_array_get(json_object_get(json, "arms"), 1);

        assert_non_null(json);
        assert_int_equal(json_object_size(json), 5);
        assert_string_equal(json_text(arm, "arm", ""), "b");
        assert_int_equal(json_int(arm, "observed", 0), 460);
        assert_int_equal(json_int(arm, "weight_bp", 0), 5000);
        assert_near(json_number(arm, "expected", 0), 500, 0, 0);
        assert_near(json_number(json, "chi2", 0), 6.4, 1e-11, 0);
        assert_int_equal(json_int(json, "df", 0), 1);
        assert_near(json_number(json, "p", 0), .011412036386, 1e-11, 0);
        assert_false(json_bool(json, "flag", true));
    }
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_rows_have_their_p),
        cmocka_unit_test(p_has_its_value_in_the_deep_tail_and_at_many_degrees),
        cmocka_unit_test(chi_squares_and_degrees_add_up_over_days),
        cmocka_unit_test(days_served_by_their_own_weights_do_not_mismatch),
        cmocka_unit_test(a_small_cell_is_pooled_with_the_smallest_other),
        cmocka_unit_test(small_cells_are_pooled_until_none_is_left),
        cmocka_unit_test(an_arm_that_nobody_was_due_to_see_is_left_out),
        cmocka_unit_test(units_where_none_were_due_have_p_nought),
        cmocka_unit_test(a_day_without_units_is_no_day),
        cmocka_unit_test(arguments_are_arms_counts_and_weights),
        cmocka_unit_test(a_bad_argument_is_named_and_changes_nothing),
        cmocka_unit_test(one_arm_and_twenty_one_are_refused),
        cmocka_unit_test(a_mismatch_is_flagged_below_a_thousandth),
        cmocka_unit_test(the_json_says_what_was_given_and_found),
    };

    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
