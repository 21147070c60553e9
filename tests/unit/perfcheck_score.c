/*
 * Scores recomputed and changes explained. Expected numbers: the table of
 * perfcheck.md 13 (computed there with mpmath), the formulas of lighthouse's
 * shared/statistics.js and core/scoring.js where written beside them, and sums by hand.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "perfcheck/measure.h"
#include "shared/limits.h"
#include "tests/lib/near.h"

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

/* ---- curves ---- */

static void scores_are_those_of_the_table(void **state)
{
    static const struct {
        double p10, median, value, raw, since_10, before_10;
    } rows[] = {
        {200, 600, 435, .6462192562, .64, .65},
        {200, 600, 601, .4992250182, .49, .5},
        {200, 600, 3230, .0247876194, .02, .02},
        {2500, 4000, 2173.456, .9518649752, .95, .95},
        {1200, 2400, 464.2928, .9988059343, 1, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double p10 = rows[i].p10, median = rows[i].median, value = rows[i].value;

        assert_near(score_raw(p10, median, value), rows[i].raw, 0, 5e-11);
        for (int major = 10; major <= 13; major++)
            assert_near(score_metric(major, 0, p10, median, value), rows[i].since_10, 0,
                        0);
        for (int major = 6; major <= 9; major++)
            assert_near(score_metric(major, 0, p10, median, value), rows[i].before_10,
                        0, 0);
    }
}

// lighthouse 9.2.0 and 9.3.0, lighthouse-core/audits/audit.js: Math.round became a
// floor, and what is above .9 is lifted by a twentieth of the excess before it.
static void rounding_changed_with_9_3(void **state)
{
    (void)state;
    assert_near(score_metric(9, 2, 200, 600, 601), .5, 0, 0);
    assert_near(score_metric(9, 3, 200, 600, 601), .49, 0, 0);
    assert_near(score_metric(9, 6, 200, 600, 435), .64, 0, 0);
    // raw .99880 is lifted to 1.00374; raw .95186 to .95446
    assert_near(score_metric(9, 3, 1200, 2400, 464.2928), 1, 0, 0);
    assert_near(score_metric(9, 3, 2500, 4000, 2173.456), .95, 0, 0);
}

// At its borders a curve is .9 and .5 by definition, and the clamps keep each side.
static void control_points_are_on_their_side(void **state)
{
    (void)state;
    assert_near(score_raw(200, 600, 200), .9, 0, 0);
    assert_true(score_raw(200, 600, nextafter(200, 300)) <= .8999999999999999);
    assert_near(score_raw(200, 600, 600), .5, 0, 0);
    assert_true(score_raw(200, 600, nextafter(600, 700)) <= .49999999999999994);
}

static void nothing_at_all_scores_1_and_far_out_0(void **state)
{
    (void)state;
    assert_near(score_raw(200, 600, 0), 1, 0, 0);
    assert_near(score_raw(200, 600, -1), 1, 0, 0);
    assert_near(score_raw(200, 600, 1e300), 0, 0, 0);
    assert_near(score_raw(.1, .25, 5e-324), 1, 0, 1e-9);
}

// Abramowitz and Stegun 7.1.26 is within 1.5e-7 of erf; erf(0) is exactly 0 there by
// its sign, though the polynomial gives 1e-9.
static void erf_is_the_approximation(void **state)
{
    (void)state;
    assert_near(score_erf(0), 0, 0, 0);
    for (int i = -64; i <= 64; i++)
        assert_near(score_erf(i / 16.), erf(i / 16.), 0, 1.5e-7);
    // sum by hand at 1: t = 1/1.3275911
    assert_near(score_erf(1), .8427006897, 0, 1e-9);
    assert_true(fabs(score_erf(1) - erf(1)) > 1e-8);
}

/* ---- curves of reports ---- */

static struct audit metric(const char *id, double value)
{
    return (struct audit){.id = str_of(id),
                          .mode = MODE_NUMERIC,
                          .score = {true, .5},
                          .value = {true, value}};
}

// perfcheck.md 7, its table of curves.
static void curves_follow_version_and_form(void **state)
{
    static const struct {
        const char *id;
        int major;
        enum form form;
        double p10, median;
    } rows[] = {
        {"first-contentful-paint", 6, FORM_MOBILE, 2336, 4000},
        {"first-contentful-paint", 7, FORM_MOBILE, 2336, 4000},
        {"first-contentful-paint", 8, FORM_MOBILE, 1800, 3000},
        {"first-contentful-paint", 6, FORM_DESKTOP, 934, 1600},
        {"first-contentful-paint", 13, FORM_DESKTOP, 934, 1600},
        {"speed-index", 9, FORM_MOBILE, 3387, 5800},
        {"speed-index", 9, FORM_DESKTOP, 1311, 2300},
        {"largest-contentful-paint", 11, FORM_MOBILE, 2500, 4000},
        {"largest-contentful-paint", 11, FORM_DESKTOP, 1200, 2400},
        {"total-blocking-time", 7, FORM_MOBILE, 287, 600},
        {"total-blocking-time", 8, FORM_MOBILE, 200, 600},
        {"total-blocking-time", 7, FORM_DESKTOP, 150, 350},
        {"cumulative-layout-shift", 6, FORM_MOBILE, .1, .25},
        {"cumulative-layout-shift", 12, FORM_DESKTOP, .1, .25},
        {"interactive", 6, FORM_MOBILE, 3785, 7300},
        {"interactive", 12, FORM_DESKTOP, 2468, 4500},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lhr lhr = {.major = rows[i].major, .form = rows[i].form};
        struct audit audit = metric(rows[i].id, 1);
        double p10 = 0, median = 0;

        assert_true(score_is_metric(audit.id));
        assert_true(score_curve(&lhr, &audit, &p10, &median));
        assert_near(p10, rows[i].p10, 0, 0);
        assert_near(median, rows[i].median, 0, 0);
    }
}

static void a_curve_of_the_report_comes_first(void **state)
{
    struct lhr lhr = {.major = 12};
    struct audit audit = metric("total-blocking-time", 400);
    double p10 = 0, median = 0;

    (void)state;
    audit.p10 = (struct estimate){true, 150};
    audit.median = (struct estimate){true, 350};
    assert_true(score_curve(&lhr, &audit, &p10, &median));
    assert_near(p10, 150, 0, 0);
    assert_near(median, 350, 0, 0);
}

// Lighthouse throws at such control points: 0 < p10 < median.
static void a_curve_that_is_none_is_not_taken(void **state)
{
    static const double bad[][2] = {{350, 350}, {0, 350}, {-1, 350}, {400, 350}};
    struct lhr lhr = {.major = 12};
    double p10 = 0, median = 0;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct audit audit = metric("own-metric", 400);

        audit.p10 = (struct estimate){true, bad[i][0]};
        audit.median = (struct estimate){true, bad[i][1]};
        assert_false(score_curve(&lhr, &audit, &p10, &median));
        audit.id = STR("total-blocking-time");
        assert_true(score_curve(&lhr, &audit, &p10, &median));
        assert_near(p10, 200, 0, 0);
    }
}

static void a_score_that_is_not_there_is_not_made_up(void **state)
{
    struct lhr lhr = {.major = 12};
    struct audit audit = metric("total-blocking-time", 435);

    (void)state;
    assert_near(score_audit(&lhr, &audit).value, .64, 0, 0);
    audit.value.known = false;
    assert_near(score_audit(&lhr, &audit).value, .5, 0, 0); // the report's own
    audit.value.known = true;
    audit.score.known = false;
    assert_false(score_audit(&lhr, &audit).known);
}

/* ---- categories ---- */

enum { REFS = 3 };

static struct estimate category_of(const double weights[REFS],
                                   const struct estimate scores[REFS])
{
    struct lhr lhr = {.major = 12};
    struct audit audit[REFS];
    struct audit_ref ref[REFS];
    struct category category = {.ref = ref, .nrefs = REFS};

    for (size_t i = 0; i < REFS; i++) {
        audit[i] = (struct audit){.id = STR("own"), .score = scores[i]};
        ref[i] = (struct audit_ref){.id = audit[i].id,
                                    .weight = weights[i],
                                    .audit = &audit[i]};
    }
    return score_category(&lhr, &category);
}

// (3 * .5 + 1 * 1) / 4 = .625, to .63; the third has no weight.
static void a_category_is_the_weighted_mean(void **state)
{
    struct estimate score =
        category_of((double[REFS]){3, 1, 0},
                    (struct estimate[REFS]){{true, .5}, {true, 1}, {false, 0}});

    (void)state;
    assert_true(score.known);
    assert_near(score.value, .63, 0, 0);
}

static void a_null_score_makes_a_null_category(void **state)
{
    (void)state;
    assert_false(category_of((double[REFS]){3, 1, 1},
                             (struct estimate[REFS]){{true, 1}, {true, 1}, {false, 0}})
                     .known);
}

static void a_reference_to_no_audit_makes_a_null_category(void **state)
{
    struct lhr lhr = {.major = 12};
    struct audit_ref ref = {.id = STR("gone"), .weight = 1};
    struct category category = {.ref = &ref, .nrefs = 1};

    (void)state;
    assert_false(score_category(&lhr, &category).known);
    ref.weight = 0;
    assert_true(score_category(&lhr, &category).known);
}

// arithmeticMean: `results.sum / results.weight || 0`
static void a_category_without_weight_is_0(void **state)
{
    struct estimate score =
        category_of((double[REFS]){0, 0, 0},
                    (struct estimate[REFS]){{true, 1}, {true, 1}, {true, 1}});

    (void)state;
    assert_true(score.known);
    assert_near(score.value, 0, 0, 0);
}

/* ---- explained ---- */

static struct weighed weighed(const char *id, double weight, double score, double raw)
{
    return (struct weighed){.id = id, .weight = weight, .score = score, .raw = raw};
}

// perfcheck.md 13: a-before-01 to a-after-01.
static void points_are_those_of_the_page(void **state)
{
    const struct weighed before[] = {
        weighed("first-contentful-paint", 10, .96, .96),
        weighed("largest-contentful-paint", 25, .95, .95),
        weighed("total-blocking-time", 30, .64, .6462192562),
        weighed("cumulative-layout-shift", 25, 1, 1),
        weighed("speed-index", 10, .85, .85),
    };
    const struct weighed after[] = {
        weighed("speed-index", 10, 1, 1),
        weighed("total-blocking-time", 30, .02, .0247876194),
        weighed("first-contentful-paint", 10, .99, .99),
        weighed("cumulative-layout-shift", 25, 1, 1),
        weighed("largest-contentful-paint", 25, .98, .98),
    };
    static const char *const order[] = {"total-blocking-time", "speed-index",
                                        "largest-contentful-paint",
                                        "first-contentful-paint"};
    static const double points[] = {-18.6, 1.5, .75, .3};
    struct explanation got = explain_scores(before, 5, .86, after, 5, .7, &run);

    (void)state;
    assert_int_equal(got.n, 4); // the shift did not change
    for (size_t i = 0; i < got.n; i++) {
        assert_string_equal(got.term[i].id, order[i]);
        assert_near(got.term[i].points, points[i], 0, 1e-12);
        assert_false(got.term[i].is_set);
    }
    assert_near(got.term[0].raw_points, -18.642949104, 0, 1e-9);
    assert_near(got.residue, .05, 0, 1e-12); // -16 - -16.05
}

// One of two audits becomes applicable: 100 * (1 * 1 / 1) before, 100 * (1 * 1 / 4 +
// 3 * 0 / 4) after.
static void terms_sum_to_the_change_also_when_weights_change(void **state)
{
    const struct weighed before[] = {weighed("a", 1, 1, 1)};
    const struct weighed after[] = {weighed("a", 1, 1, 1), weighed("b", 3, 0, 0)};
    struct explanation got = explain_scores(before, 1, 1, after, 2, .25, &run);

    (void)state;
    assert_int_equal(got.n, 1); // b brings 0 points: it took a's share
    assert_string_equal(got.term[0].id, "a");
    assert_false(got.term[0].is_set);
    assert_near(got.term[0].points, -75, 0, 0);
    assert_near(got.residue, 0, 0, 0);
}

static void an_audit_with_another_weight_is_set(void **state)
{
    const struct weighed before[] = {weighed("a", 1, .5, .5), weighed("b", 1, .5, .5)};
    const struct weighed after[] = {weighed("a", 3, .5, .5), weighed("c", 1, 1, 1)};
    struct explanation got = explain_scores(before, 2, .5, after, 2, .63, &run);

    // a 25 to 37.5; b 25 to 0; c 0 to 25: .5 to .625
    (void)state;
    assert_int_equal(got.n, 3);
    for (size_t i = 0; i < got.n; i++)
        assert_true(got.term[i].is_set);
    assert_string_equal(got.term[0].id, "b"); // ties by id
    assert_near(got.term[0].points, -25, 0, 0);
    assert_near(got.term[0].weight, 1, 0, 0);
    assert_true(got.term[0].before_score.known);
    assert_false(got.term[0].after_score.known);
    assert_string_equal(got.term[1].id, "c");
    assert_near(got.term[1].points, 25, 0, 0);
    assert_string_equal(got.term[2].id, "a");
    assert_near(got.term[2].points, 12.5, 0, 0);
    assert_near(got.residue, .5, 0, 1e-12);
}

static void two_empty_sides_explain_nothing(void **state)
{
    struct explanation got = explain_scores(NULL, 0, 0, NULL, 0, 0, &run);

    (void)state;
    assert_int_equal(got.n, 0);
    assert_near(got.residue, 0, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_are_those_of_the_table),
        cmocka_unit_test(rounding_changed_with_9_3),
        cmocka_unit_test(control_points_are_on_their_side),
        cmocka_unit_test(nothing_at_all_scores_1_and_far_out_0),
        cmocka_unit_test(erf_is_the_approximation),
        cmocka_unit_test(curves_follow_version_and_form),
        cmocka_unit_test(a_curve_of_the_report_comes_first),
        cmocka_unit_test(a_curve_that_is_none_is_not_taken),
        cmocka_unit_test(a_score_that_is_not_there_is_not_made_up),
        cmocka_unit_test(a_category_is_the_weighted_mean),
        cmocka_unit_test(a_null_score_makes_a_null_category),
        cmocka_unit_test(a_reference_to_no_audit_makes_a_null_category),
        cmocka_unit_test(a_category_without_weight_is_0),
        cmocka_unit_test(points_are_those_of_the_page),
        cmocka_unit_test(terms_sum_to_the_change_also_when_weights_change),
        cmocka_unit_test(an_audit_with_another_weight_is_set),
        cmocka_unit_test(two_empty_sides_explain_nothing),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
