/* The rule of web vitals over days. p-values of single days are those of perfcheck.md
 * 13 (N=1200, K=300, n=200); levels and the rest follow from its section 11. */
#include <string.h>

#include "perfcheck/vitals.h"
#include "shared/limits.h"
#include "shared/str.h"
#include "tests/lib/near.h"

#include "shared/banned.h"

enum { MONDAY = 20514 }; // 2026-03-02, by `date -d`; days since 1970

static struct arena arena;
static struct settings settings;
static struct history history;
static struct vitals_verdict verdict;
static struct findings findings;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, 256 * MIB);
    settings = (struct settings){0};
    settings.rum.min_n = 200;
    history = (struct history){0};
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* A day with `low` values at `at` and `high` ones at twice that. */
static void put(const char *device, const char *group, int32_t day, double at,
                size_t low, size_t high)
{
    struct history_series *item =
        history_put(&history, device, group, "rum.lcp", &arena);
    struct row_of_day *row = series_put(&item->numbers, day, &arena);

    row->values = arena_new(&arena, double, 4);
    row->nvalues = 0;
    row->k = low + high;
    if (low > 0) {
        row->values[row->nvalues++] = at;
        row->values[row->nvalues++] = (double)low;
    }
    if (high > 0) {
        row->values[row->nvalues++] = 2 * at;
        row->values[row->nvalues++] = (double)high;
    }
}

/* Four weeks of 250 values a day, 23 % of them high: each weekday has 770 low ones and
 * 230 high ones in its four. */
static void put_base(const char *device, const char *group)
{
    for (int32_t day = 0; day < 28; day++)
        put(device, group, MONDAY + day, 1000, day < 14 ? 192 : 193,
            day < 14 ? 58 : 57);
}

static void judge(int32_t first, int32_t last)
{
    findings = (struct findings){0};
    vitals_judge(&settings, MONDAY + first, MONDAY + last, &history, &arena, &verdict,
                 &findings);
}

static const struct vitals_view *view(const char *device, const char *group)
{
    for (size_t i = 0; i < verdict.n; i++)
        if (strcmp(verdict.view[i].device, device) == 0 &&
            strcmp(verdict.view[i].group, group) == 0)
            return &verdict.view[i];
    fail_msg("no view of %s %s", device, group);
    return NULL;
}

static void p_is_that_of_the_hypergeometric_law(void **state)
{
    (void)state;
    put_base("mobile", "/");
    put("mobile", "/", MONDAY + 28, 1000, 130, 70);
    judge(0, 28);
    assert_int_equal(view("mobile", "/")->n, 200);
    assert_int_equal(view("mobile", "/")->n_base, 1000);
    assert_near(view("mobile", "/")->p, 3.390923798e-4, 1e-9, 0);
    assert_int_equal(view("mobile", "/")->status, VITALS_FIRST);
    for (int32_t day = 0; day < 28; day++) // 240 high ones a weekday
        put("mobile", "/", MONDAY + day, 1000, 190, 60);
    put("mobile", "/", MONDAY + 28, 1000, 140, 60);
    judge(28, 28);
    assert_near(view("mobile", "/")->p, .0462139167, 1e-8, 0);
    assert_int_equal(view("mobile", "/")->status, VITALS_QUIET);
}

static void one_day_opens_nothing_and_a_second_one_does(void **state)
{
    (void)state;
    put_base("mobile", "/");
    put("mobile", "/", MONDAY + 28, 1000, 130, 70);
    judge(0, 28);
    assert_int_equal(findings.n, 0);
    put("mobile", "/", MONDAY + 29, 1000, 130, 70);
    judge(29, 29);
    assert_int_equal(findings.n, 1);
    assert_string_equal(findings.item[0].id, "perfcheck/rum-lcp/mobile//");
    assert_int_equal(findings.item[0].severity, SEVERITY_WARN);
    assert_int_equal(findings.item[0].since, MONDAY + 29);
    assert_string_equal(findings.item[0].value, "2000");
    assert_string_equal(findings.item[0].limit, "1100"); // 1000 and a floor of 100
    assert_string_equal(findings.item[0].unit, "ms");
    assert_string_equal(findings.item[0].statistic, "p=3e-4 shift=1000");
    assert_int_equal(findings.item[0].n, 200);
    assert_true(strstr(findings.item[0].message, "was 1000"));
}

static void a_day_between_that_was_not_beyond_begins_anew(void **state)
{
    (void)state;
    put_base("mobile", "/");
    put("mobile", "/", MONDAY + 28, 1000, 130, 70);
    put("mobile", "/", MONDAY + 29, 1000, 150, 50);
    put("mobile", "/", MONDAY + 30, 1000, 130, 70);
    judge(0, 30);
    assert_int_equal(findings.n, 0);
    assert_int_equal(view("mobile", "/")->status, VITALS_FIRST);
}

/* 5 % of 4000 are 200: a shift of 100 is not enough, whatever p. */
static void a_shift_below_the_floor_is_none(void **state)
{
    (void)state;
    for (int32_t day = 0; day < 30; day++) {
        struct history_series *item =
            history_put(&history, "mobile", "/", "rum.lcp", &arena);
        struct row_of_day *row = series_put(&item->numbers, MONDAY + day, &arena);

        row->k = 1000;
        row->nvalues = 2;
        row->values = arena_new(&arena, double, 2);
        row->values[0] = day < 28 ? 4000 : 4100;
        row->values[1] = 1000;
    }
    judge(0, 29);
    assert_int_equal(findings.n, 0);
    assert_true(view("mobile", "/")->p < 1e-100);
    assert_near(view("mobile", "/")->floor, 200, 0, 0);
}

static void a_slow_weekend_is_compared_with_weekends(void **state)
{
    (void)state;
    for (int32_t last = 0; last < 42; last++) {
        put("mobile", "/", MONDAY + last, last % 7 >= 5 ? 3000 : 1000, 193, 57);
        judge(last, last);
        assert_int_equal(findings.n, 0);
        if (last < 14)
            continue;
        assert_near(view("mobile", "/")->p75_base, last % 7 >= 5 ? 3000 : 1000, 0, 0);
    }
}

/* Desktop is fast, mobile slow, and neither moves: only their shares do. */
static void a_change_of_the_mix_is_none(void **state)
{
    (void)state;
    for (int32_t day = 0; day < 30; day++) {
        size_t mobile = day < 28 ? 100 : 900;

        put("mobile", "/", MONDAY + day, 4000, mobile * 8 / 10, mobile * 2 / 10);
        put("desktop", "/", MONDAY + day, 1000, 800, 200);
    }
    judge(0, 29);
    assert_int_equal(findings.n, 0);
    assert_int_equal(view("mobile", "/")->status, VITALS_QUIET);
}

static void few_values_are_joined_by_those_of_days_before(void **state)
{
    (void)state;
    for (int32_t day = 0; day < 42; day++)
        put("mobile", "/", MONDAY + day, 1000, 60, 20);
    judge(0, 41);
    assert_int_equal(view("mobile", "/")->n, 240);
    assert_int_equal(view("mobile", "/")->days, 3);
    assert_int_equal(view("mobile", "/")->n_base, 4 * 240);
    settings.rum.min_n = 1000000;
    judge(41, 41);
    assert_int_equal(view("mobile", "/")->days, 7);
    assert_int_equal(view("mobile", "/")->n_base, 28 * 80);
}

static void fewer_than_13_values_are_insufficient(void **state)
{
    (void)state;
    for (int32_t day = 0; day < 35; day++)
        put("mobile", "/", MONDAY + day, 1000, 50, 0);
    settings.rum.min_n = 13;
    put("mobile", "/", MONDAY + 42, 1000, 12, 0);
    judge(0, 42);
    assert_int_equal(view("mobile", "/")->level, LEVEL_INSUFFICIENT);
    assert_int_equal(view("mobile", "/")->status, VITALS_SHORT);
    put("mobile", "/", MONDAY + 42, 1000, 13, 0);
    judge(42, 42);
    assert_int_equal(view("mobile", "/")->level, LEVEL_GOOD);
    assert_int_equal(view("mobile", "/")->status, VITALS_QUIET);
}

static void two_weeks_are_needed_to_compare_with(void **state)
{
    (void)state;
    for (int32_t day = 0; day < 14; day++)
        put("mobile", "/", MONDAY + day, 1000, 200, 50);
    judge(0, 13);
    assert_int_equal(view("mobile", "/")->status, VITALS_LEARNING);
    put("mobile", "/", MONDAY + 14, 1000, 200, 50);
    judge(14, 14);
    assert_int_equal(view("mobile", "/")->status, VITALS_QUIET);
}

/* n = 20: ranks 11 and 19 (perfcheck.md 13). */
static void a_level_is_that_of_the_whole_interval(void **state)
{
    static const struct {
        size_t low, high;
        double at;
        enum vital_level level;
    } cases[] = {
        {19, 1, 2500, LEVEL_GOOD},      // x(19) is 2500
        {18, 2, 2500, LEVEL_UNCERTAIN}, // x(19) is 5000
        {10, 10, 2500, LEVEL_POOR},     // x(11) is 5000
        {11, 9, 2500, LEVEL_UNCERTAIN},
        {0, 20, 2000, LEVEL_UNCERTAIN}, // x(11) is 4000, which is not more than poor
    };

    (void)state;
    settings.rum.min_n = 13;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put("mobile", "/", MONDAY, cases[i].at, cases[i].low, cases[i].high);
        judge(0, 0);
        assert_int_equal(view("mobile", "/")->level, cases[i].level);
    }
}

static void p75_is_the_value_of_rank_ceil_of_three_quarters(void **state)
{
    (void)state;
    settings.rum.min_n = 13;
    put("mobile", "/", MONDAY, 1000, 9, 4); // ceil(9.75) = 10
    judge(0, 0);
    assert_near(view("mobile", "/")->p75, 2000, 0, 0);
    put("mobile", "/", MONDAY, 1000, 12, 4); // 12
    judge(0, 0);
    assert_near(view("mobile", "/")->p75, 1000, 0, 0);
}

static void open_two_days(void)
{
    put_base("mobile", "/");
    put("mobile", "/", MONDAY + 28, 1000, 130, 70);
    put("mobile", "/", MONDAY + 29, 1000, 130, 70);
    judge(0, 29);
    assert_int_equal(findings.n, 1);
}

/* However long it stays, the days of the finding never become what it is compared
 * with, and what is said of it does not change. */
static void an_open_finding_stays_as_it_was_found(void **state)
{
    struct finding found;

    (void)state;
    open_two_days();
    found = findings.item[0];
    for (int32_t day = 30; day < 150; day++) {
        put("mobile", "/", MONDAY + day, 1000, 80, 120);
        judge(day, day);
        assert_int_equal(findings.n, 1);
        assert_int_equal(findings.item[0].since, MONDAY + 29);
        assert_string_equal(findings.item[0].message, found.message);
        assert_string_equal(findings.item[0].because, found.because);
        assert_string_equal(findings.item[0].statistic, found.statistic);
        assert_int_equal(view("mobile", "/")->n_base, 1000);
    }
    assert_true(history_find(&history, "mobile", "/", "rum.lcp")->numbers.n <=
                VITALS_DAYS);
    assert_int_equal(history_find(&history, "mobile", "/", "rumref.lcp")->numbers.n, 1);
}

static void three_quiet_days_in_a_row_resolve_it(void **state)
{
    (void)state;
    open_two_days();
    put("mobile", "/", MONDAY + 30, 1000, 160, 40);
    put("mobile", "/", MONDAY + 31, 1000, 149, 51); // p75 is 2000, p over .05
    put("mobile", "/", MONDAY + 32, 1000, 130, 70); // not yet
    put("mobile", "/", MONDAY + 33, 1000, 160, 40);
    put("mobile", "/", MONDAY + 34, 1000, 149, 51);
    judge(30, 34);
    assert_int_equal(findings.n, 1);
    put("mobile", "/", MONDAY + 35, 1000, 160, 40);
    judge(35, 35);
    assert_int_equal(findings.n, 0);
    assert_int_equal(view("mobile", "/")->status, VITALS_QUIET);
}

/* The last three days are judged again on each run: that must not close it, nor open
 * what was resolved. */
static void judging_days_again_gives_the_same(void **state)
{
    struct buf once, again;

    (void)state;
    buf_init(&once, &arena, MIB);
    buf_init(&again, &arena, MIB);
    open_two_days();
    for (int32_t day = 30; day < 36; day++)
        put("mobile", "/", MONDAY + day, 1000, 160, 40);
    judge(30, 35);
    history_format(&history, &once);
    judge(33, 35);
    history_format(&history, &again);
    assert_string_equal(once.at, again.at);
    assert_int_equal(findings.n, 0);
}

static void day_by_day_and_at_once_are_one(void **state)
{
    struct buf once, daily;
    uint32_t x = 1;

    (void)state;
    buf_init(&once, &arena, MIB);
    buf_init(&daily, &arena, MIB);
    for (int pass = 0; pass < 2; pass++) {
        history = (struct history){0};
        x = 1;
        for (int32_t day = 0; day < VITALS_DAYS; day++) {
            size_t high = 20 + (x = x * 1103515245U + 12345U) % 64 / 4;

            put("mobile", "/", MONDAY + day, 1000, 150 - high,
                day > 32 ? 3 * high : high);
            put("desktop", "/cart", MONDAY + day, 1000, 120, 30);
            if (pass == 1)
                judge(day, day);
        }
        if (pass == 0)
            judge(0, VITALS_DAYS - 1);
        assert_int_equal(findings.n, 1);
        history_format(&history, pass == 0 ? &once : &daily);
    }
    assert_string_equal(once.at, daily.at);
}

static void days_of_a_resolved_finding_are_no_reference(void **state)
{
    (void)state;
    open_two_days();
    for (int32_t day = 30; day < 64; day++) {
        put("mobile", "/", MONDAY + day, day < 35 ? 3000 : 1000, 200, 50);
        judge(day, day);
    }
    assert_int_equal(findings.n, 0);
    assert_near(view("mobile", "/")->p75_base, 1000, 0, 0);
    // Mondays before the 63rd day: 35, 42, 49, 56; on the first it was still open
    assert_int_equal(view("mobile", "/")->n_base, 250 * 3);
}

static void an_accepted_shift_is_the_new_reference(void **state)
{
    static struct accept accept = {"perfcheck/rum-lcp/mobile//", MONDAY + 30, "", ""};

    (void)state;
    open_two_days();
    settings.accept = &accept;
    settings.naccepts = 1;
    put("mobile", "/", MONDAY + 30, 2000, 200, 50);
    judge(30, 30);
    assert_int_equal(findings.n, 0);
    assert_true(verdict.accept_is_used[0]);
    for (int32_t day = 31; day < 50; day++) {
        put("mobile", "/", MONDAY + day, 2000, 200, 50);
        judge(day, day);
        assert_int_equal(findings.n, 0);
        assert_true(verdict.accept_is_used[0]);
    }
    assert_near(view("mobile", "/")->p75_base, 2000, 0, 0);
    assert_int_equal(view("mobile", "/")->status, VITALS_QUIET);
    put("mobile", "/", MONDAY + 50, 3000, 100, 150); // a later one is new
    put("mobile", "/", MONDAY + 51, 3000, 100, 150);
    judge(50, 51);
    assert_int_equal(findings.n, 1);
}

static void an_accept_of_another_finding_is_unused(void **state)
{
    static struct accept accepts[] = {
        {"perfcheck/rum-lcp/desktop//", MONDAY + 30, "", ""},
        {"perfcheck/rum-lcp/mobile//", MONDAY + 28, "", ""}, // before it opened
    };

    (void)state;
    settings.accept = accepts;
    settings.naccepts = 2;
    open_two_days();
    assert_false(verdict.accept_is_used[0]);
    assert_false(verdict.accept_is_used[1]);
}

static void a_missing_day_closes_nothing(void **state)
{
    (void)state;
    open_two_days();
    judge(30, 40);
    assert_int_equal(findings.n, 1);
    assert_false(view("mobile", "/")->is_fresh);
}

static void a_series_without_values_for_30_days_is_gone(void **state)
{
    (void)state;
    open_two_days();
    judge(58, 58);
    assert_int_equal(findings.n, 1);
    judge(59, 59);
    assert_int_equal(findings.n, 0);
    assert_int_equal(verdict.n, 0);
    assert_int_equal(history_find(&history, "mobile", "/", "rumref.lcp")->numbers.n, 0);
}

static void the_severity_is_the_configured_one(void **state)
{
    static struct severity_rule rule = {"rum-*", false, SEVERITY_INFO};

    (void)state;
    settings.severity = &rule;
    settings.nseverities = 1;
    rule.is_off = false;
    open_two_days();
    assert_int_equal(findings.item[0].severity, SEVERITY_INFO);
    rule.is_off = true;
    judge(29, 29);
    assert_int_equal(findings.n, 0);
}

static void both_limits_of_a_level_are_edges(void **state)
{
    (void)state;
    for (int v = 0; v < VITALS; v++) {
        enum vital vital = (enum vital)v;
        double limits[] = {vital_good(vital), vital_poor(vital)};

        for (size_t i = 0; i < 2; i++) {
            double above = limits[i] + (vital == VITAL_CLS ? 1e-6 : 1e-3);

            assert_near(vital_edge(vital, vital_bin(vital, limits[i])), limits[i], 0,
                        0);
            assert_true(vital_edge(vital, vital_bin(vital, above)) > limits[i]);
        }
    }
}

static void an_edge_is_in_its_own_bin_and_bounds_it(void **state)
{
    (void)state;
    for (int v = 0; v < VITALS; v++) {
        enum vital vital = (enum vital)v;
        size_t last = vital_bin(vital, 1e12);

        assert_true(last < VITAL_BINS);
        assert_int_equal(vital_bin(vital, 0), 0);
        for (size_t bin = 1; bin <= last; bin++) {
            double edge = vital_edge(vital, bin), below = vital_edge(vital, bin - 1);

            assert_int_equal(vital_bin(vital, edge), bin);
            assert_true(below < edge);
            assert_int_equal(vital_bin(vital, below + (edge - below) / 64), bin);
            // narrow where it matters: up to twice the limit of poor
            if (edge <= 2 * vital_poor(vital))
                assert_true(edge - below <= vital_floor(vital));
        }
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(p_is_that_of_the_hypergeometric_law),
        TEST(one_day_opens_nothing_and_a_second_one_does),
        TEST(a_day_between_that_was_not_beyond_begins_anew),
        TEST(a_shift_below_the_floor_is_none),
        TEST(a_slow_weekend_is_compared_with_weekends),
        TEST(a_change_of_the_mix_is_none),
        TEST(few_values_are_joined_by_those_of_days_before),
        TEST(fewer_than_13_values_are_insufficient),
        TEST(two_weeks_are_needed_to_compare_with),
        TEST(a_level_is_that_of_the_whole_interval),
        TEST(p75_is_the_value_of_rank_ceil_of_three_quarters),
        TEST(an_open_finding_stays_as_it_was_found),
        TEST(three_quiet_days_in_a_row_resolve_it),
        TEST(judging_days_again_gives_the_same),
        TEST(day_by_day_and_at_once_are_one),
        TEST(days_of_a_resolved_finding_are_no_reference),
        TEST(an_accepted_shift_is_the_new_reference),
        TEST(an_accept_of_another_finding_is_unused),
        TEST(a_missing_day_closes_nothing),
        TEST(a_series_without_values_for_30_days_is_gone),
        TEST(the_severity_is_the_configured_one),
        TEST(both_limits_of_a_level_are_edges),
        TEST(an_edge_is_in_its_own_bin_and_bounds_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
