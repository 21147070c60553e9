/* Benjamini-Hochberg against a table worked by hand from the paper's section 3.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "watchdog/judge.h"

enum { FAMILY_MAX = 16 };

struct family {
    struct signal up, down;
    struct cell cell[FAMILY_MAX];
    struct judged item[FAMILY_MAX];
    struct judged *pointer[FAMILY_MAX];
};

static void family_of(struct family *family, const double *p, size_t n)
{
    *family = (struct family){.up = {.direction = DIRECTION_UP},
                              .down = {.direction = DIRECTION_DOWN}};
    for (size_t i = 0; i < n; i++) {
        family->cell[i].signal = &family->up;
        family->item[i].cell = &family->cell[i];
        family->item[i].tail =
            (struct tail){.tested = true, .p_up = p[i], .p_low = 1 - p[i]};
        family->pointer[i] = &family->item[i];
    }
}

/* Benjamini and Hochberg (1995), section 4.2: 15 p-values at level .05, the four
 * smallest are rejected. */
static void the_example_of_the_paper_rejects_four(void **state)
{
    static const double p[] = {.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344,
                               .0459, .3240, .4262, .5719, .6528, .7590, 1.000};
    struct family family;

    (void)state;
    family_of(&family, p, 15);
    judge_bh(family.pointer, 15, 0.05);
    for (size_t i = 0; i < 15; i++) {
        assert_int_equal(family.item[i].is_hit, i < 4);
        assert_int_equal(family.item[i].rank, i + 1);
        assert_int_equal(family.item[i].family, 15);
    }
}

/* p_(3) = .04 <= .05 * 3 / 3 carries the two above their own limits with it. */
static void a_later_p_value_carries_the_earlier_ones(void **state)
{
    static const double p[] = {.04, .039, .038};
    struct family family;

    (void)state;
    family_of(&family, p, 3);
    judge_bh(family.pointer, 3, 0.05);
    for (size_t i = 0; i < 3; i++)
        assert_true(family.item[i].is_hit);
}

static void ties_are_hit_together_and_ranked_in_the_evidence_s_order(void **state)
{
    static const double p[] = {.5, .01, .01, .01};
    struct family family;

    (void)state;
    family_of(&family, p, 4);
    judge_bh(family.pointer, 4,
             0.02); // .01 <= .02 * 3 / 4 holds for the last of the ties alone
    assert_false(family.item[0].is_hit);
    for (size_t i = 1; i < 4; i++) {
        assert_true(family.item[i].is_hit);
        assert_int_equal(family.item[i].rank, i);
    }
}

static void a_signal_that_looks_down_counts_by_its_lower_tail(void **state)
{
    static const double p[] = {.9999};
    struct family family;

    (void)state;
    family_of(&family, p, 1);
    family.cell[0].signal = &family.down;
    judge_bh(family.pointer, 1, 0.05);
    assert_true(family.item[0].is_hit);
}

static void an_empty_family_has_no_hit(void **state)
{
    (void)state;
    judge_bh(NULL, 0, 0.05);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_paper_rejects_four),
        cmocka_unit_test(a_later_p_value_carries_the_earlier_ones),
        cmocka_unit_test(ties_are_hit_together_and_ranked_in_the_evidence_s_order),
        cmocka_unit_test(a_signal_that_looks_down_counts_by_its_lower_tail),
        cmocka_unit_test(an_empty_family_has_no_hit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
