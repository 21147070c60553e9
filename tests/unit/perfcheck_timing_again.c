/* Engine 2 reads all it knows from the rows: forty days at once, day by day with late
 * runs, and with old rows dropped give the same. Over made-up series in which
 * everything happens. */
#include <stdlib.h>

#include "tests/unit/perfcheck_days.h"

#include "shared/banned.h"

enum { SERIES = 20, DAYS = 400, RESCORED = 3 };

/* One day of the truth. */
struct truth {
    int32_t day;
    const char *epoch;
    size_t k;
    double values[VALUES_MAX];
};

static unsigned draw(unsigned *seed, unsigned most)
{
    *seed = *seed * 1664525U + 1013904223U;
    return (*seed >> 12) % most;
}

/* Levels that stay for weeks, jump, creep, come back; days without runs; epochs. */
static void make_truth(struct truth *truth, size_t n, unsigned seed)
{
    static const char *const epochs[] = {
        EPOCH,
        "lh13.4 simulate/150/1638.4/4 chrome157 axe4.11",
        "lh13.5 simulate/150/1638.4/4 chrome157 axe4.11",
        "lh14.0 simulate/150/1638.4/4 chrome157 axe4.11",
    };
    static const double levels[] = {500, 500, 500, 500, 500, 500,
                                    525, 535, 470, 300, 700};
    double level = 500;
    const char *epoch = EPOCH;
    unsigned usual = 2 + draw(&seed, 5);
    int32_t day = 20000;

    for (size_t i = 0; i < n; i++) {
        struct truth *now = &truth[i];

        if (draw(&seed, 25) == 0)
            level = levels[draw(&seed, 11)];
        if (draw(&seed, 60) == 0)
            epoch = epochs[draw(&seed, 4)];
        day += draw(&seed, 20) == 0 ? 1 + (int32_t)draw(&seed, 10) : 1;
        *now = (struct truth){.day = day, .epoch = epoch, .k = usual};
        if (draw(&seed, 12) == 0)
            now->k = draw(&seed, 13);
        for (size_t j = 0; j < now->k; j++)
            now->values[j] = level + draw(&seed, 20);
    }
}

/* The day with the first `k` of its runs. */
static void add(struct days *days, const struct truth *truth, size_t k)
{
    days->day = truth->day;
    days->epoch = truth->epoch;
    (void)days_add(days, truth->values, k < truth->k ? k : truth->k);
}

static void assert_same_row(const struct row_of_day *got, const struct row_of_day *want)
{
    assert_int_equal(got->day, want->day);
    assert_int_equal(got->verdict, want->verdict);
    assert_int_equal(got->cusum_up, want->cusum_up);
    assert_int_equal(got->cusum_down, want->cusum_down);
}

static void assert_same_timing(const struct timing *got, const struct timing *want)
{
    assert_int_equal(got->status, want->status);
    assert_int_equal(got->by_drift, want->by_drift);
    assert_int_equal(got->since, want->since);
    assert_int_equal(got->start, want->start);
    assert_int_equal(got->s_x1000, want->s_x1000);
    assert_int_equal(got->m, want->m);
    assert_int_equal(got->n, want->n);
    assert_true(got->p == want->p);
    assert_true(got->shift == want->shift);
    assert_true(got->floor == want->floor);
    assert_true(got->median_now == want->median_now);
    assert_true(got->median_before == want->median_before);
    assert_true(got->machine.value == want->machine.value);
    assert_int_equal(got->epoch_is_new, want->epoch_is_new);
    assert_true(got->bridge_shift == want->bridge_shift);
    assert_int_equal(got->closed_by_ratchet, want->closed_by_ratchet);
}

static void vary_rules(struct timing_rules *rules, unsigned seed)
{
    rules->ratchet = seed % 3 > 0;
    rules->baseline_runs = 17 + seed * 7 % 44;
    rules->baseline_days = 17 + seed * 11 % 44;
}

static void judge_at_once(struct days *days, const struct truth *truth,
                          struct timing *said, size_t seen[ROW_REF + 1])
{
    for (size_t i = 0; i < DAYS; i++) {
        add(days, &truth[i], VALUES_MAX);
        said[i] = days->timing;
        seen[days_last(days)->verdict]++;
    }
}

/* A run every day. A day's reports come late: half of them on the day, the rest two
 * days after, so that the last three days are judged again each day. */
static void judge_daily(struct days *days, const struct truth *truth, bool trims,
                        const struct timing *said)
{
    struct series *series = &days->series;
    size_t from = 0;

    for (int32_t today = truth[0].day; today < truth[DAYS - 1].day + RESCORED;
         today++) {
        int32_t complete = today - RESCORED + 1;

        while (truth[from].day < complete)
            from++;
        while (series->n > 0 && days_last(days)->day >= complete)
            series->n--;
        for (size_t i = from; i < DAYS && truth[i].day <= today; i++) {
            add(days, &truth[i],
                truth[i].day == complete ? VALUES_MAX : truth[i].k / 2);
            if (truth[i].day == complete)
                assert_same_timing(&days->timing, &said[i]);
        }
        if (trims)
            series_trim(series, &days->rules, &days->arena);
    }
}

static void days_judged_again_or_without_old_rows_are_judged_alike(void **state)
{
    size_t seen[ROW_REF + 1] = {0};

    (void)state;
    for (unsigned number = 1; number <= SERIES; number++) {
        // the last: two bridges, the first of which is in b
        unsigned seed = number < SERIES ? number : 1942;
        struct truth *truth = calloc(DAYS, sizeof *truth);
        struct timing *said = calloc(DAYS, sizeof *said);
        struct days once, daily, trimmed;

        assert_non_null(truth);
        assert_non_null(said);
        days_init(&once);
        days_init(&daily);
        days_init(&trimmed);
        vary_rules(&once.rules, seed);
        vary_rules(&daily.rules, seed);
        vary_rules(&trimmed.rules, seed);
        make_truth(truth, DAYS, seed);
        judge_at_once(&once, truth, said, seen);
        judge_daily(&daily, truth, false, said);
        judge_daily(&trimmed, truth, true, said);
        assert_int_equal(daily.series.n, once.series.n);
        for (size_t i = 0; i < daily.series.n; i++)
            assert_same_row(&daily.series.row[i], &once.series.row[i]);
        assert_in_range(trimmed.series.n, 100, 160);
        for (size_t i = 0, j = 0; i < trimmed.series.n; i++, j++) {
            while (once.series.row[j].day < trimmed.series.row[i].day)
                j++;
            assert_same_row(&trimmed.series.row[i], &once.series.row[j]);
        }
        days_release(&once);
        days_release(&daily);
        days_release(&trimmed);
        free(truth);
        free(said);
    }
    for (size_t verdict = 0; verdict <= ROW_REF; verdict++)
        assert_true(seen[verdict] > 10); // or this proves nothing of it
}

static void what_is_said_of_a_judged_row_is_what_was_said(void **state)
{
    (void)state;
    for (unsigned seed = 100; seed < 110; seed++) {
        struct truth *truth = calloc(DAYS, sizeof *truth);
        struct days days;

        assert_non_null(truth);
        days_init(&days);
        make_truth(truth, DAYS, seed);
        for (size_t i = 0; i < DAYS; i++) {
            struct timing again;

            add(&days, &truth[i], VALUES_MAX);
            again = timing_of(&days.series, i, &days.rules, &days.arena);
            assert_same_timing(&again, &days.timing);
        }
        days_release(&days);
        free(truth);
    }
}

/* The rows of 20 days of the drift test's reference, and what an open finding is tested
 * against, stay for a year. */
static void rows_of_the_reference_are_kept(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 25, 500, 5);
    for (int day = 0; day < 365; day++) {
        assert_int_equal(days_level(&days, 700, 5), ROW_STEP);
        series_trim(&days.series, &days.rules, &days.arena);
    }
    assert_int_equal(days.series.n, SERIES_ROWS_MAX);
    for (int i = 0; i < 20; i++)
        assert_int_equal(days.series.row[i].day, 20000 + i);
    assert_int_equal(days.timing.since, 20025);
    assert_int_equal(days_levels(&days, 3, 500, 5), ROW_OK);
    days_release(&days);
}

/* Where the reference begins follows from the day that was accepted, which is neither
 * in b, the first 20 days of the accepted, nor in x. */
static void the_day_of_an_accept_is_kept(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 25, 500, 5);
    assert_int_equal(days_levels(&days, 60, 700, 5), ROW_STEP);
    timing_accept(&days.series, days.timing.since, days.day - 1);
    for (int day = 0; day < 200; day++) {
        assert_int_equal(days_level(&days, 700, 5), ROW_OK);
        series_trim(&days.series, &days.rules, &days.arena);
    }
    assert_int_equal(days.series.n, SERIES_ROWS_MAX);
    assert_int_equal(days.series.row[0].day, 20025);
    assert_int_equal(days_levels(&days, 4, 730, 5), ROW_DRIFT);
    days_release(&days);
}

/* One like the day that was slow in the reference opens nothing, after half a year of
 * another finding. */
static void days_whose_medians_are_compared_are_kept(void **state)
{
    static const double slow_day[] = {500, 501, 640, 641, 642};
    static const double same_luck[] = {640, 640, 640, 640, 640};
    struct days days;

    (void)state;
    days_init(&days);
    days.rules.baseline_days = 17;
    (void)days_levels(&days, 25, 500, 5);
    assert_int_equal(days_add(&days, slow_day, 5), ROW_OK);
    (void)days_levels(&days, 6, 500, 5);
    for (int day = 0; day < 180; day++) {
        assert_int_equal(days_level(&days, 900, 5), ROW_STEP);
        series_trim(&days.series, &days.rules, &days.arena);
    }
    assert_int_equal(days_levels(&days, 3, 500, 5), ROW_OK);
    assert_int_equal(days_add(&days, same_luck, 5), ROW_OK);
    days_release(&days);
}

/* 60 days of b, 30 of x: what a drift that opens tomorrow would take out of x stays, be
 * the rows a few more than usual. */
static void the_last_thirty_days_are_kept(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    days.rules.baseline_days = 60;
    days.rules.baseline_runs = 60;
    for (int day = 0; day < 300; day++) {
        (void)days_level(&days, 500, 2);
        series_trim(&days.series, &days.rules, &days.arena);
    }
    assert_in_range(days.series.n, SERIES_ROWS_MAX, SERIES_ROWS_MAX + 5);
    for (size_t i = 1; i <= 60; i++)
        assert_int_equal(days.series.row[days.series.n - i].day, days.day - (int32_t)i);
    days_release(&days);
}

static void a_series_of_few_rows_keeps_them_all(void **state)
{
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, SERIES_ROWS_MAX, 500, 3);
    series_trim(&days.series, &days.rules, &days.arena);
    assert_int_equal(days.series.n, SERIES_ROWS_MAX);
    (void)days_level(&days, 500, 3);
    series_trim(&days.series, &days.rules, &days.arena);
    assert_int_equal(days.series.n, SERIES_ROWS_MAX);
    days_release(&days);
}

/* A history that somebody edited: verdicts, sums and numbers of runs that no judging
 * gives. What is said of it is nonsense, but it is said. */
static void rows_that_no_judging_gives_do_no_harm(void **state)
{
    static const char *const epochs[] = {"", EPOCH, "lh13.4", "lh14.0 x y",
                                         "lh13.4 simulate/150/1638.4/4 chrome157"};
    unsigned seed = 7;

    (void)state;
    for (int round = 0; round < 400; round++) {
        struct days days;
        size_t n = 1 + draw(&seed, 140);

        days_init(&days);
        vary_rules(&days.rules, draw(&seed, 1000));
        for (size_t i = 0; i < n; i++) {
            double values[VALUES_MAX];
            struct row_of_day *row;

            for (size_t j = 0; j < VALUES_MAX; j++)
                values[j] = draw(&seed, 1000);
            days.day += (int32_t)draw(&seed, 3);
            days.epoch = epochs[draw(&seed, 4) == 0 ? draw(&seed, 5) : 0];
            days_put(&days, values, draw(&seed, VALUES_MAX + 1));
            row = days_last(&days);
            row->verdict = (enum row_verdict)draw(&seed, ROW_REF + 1);
            row->cusum_up = (int32_t)draw(&seed, 6000) * (draw(&seed, 2) == 0);
            row->cusum_down = (int32_t)draw(&seed, 6000) * (draw(&seed, 2) == 0);
        }
        series_trim(&days.series, &days.rules, &days.arena);
        n = days.series.n;
        (void)timing_reference(&days.series, n - 1, &days.rules, &days.arena);
        days.timing = timing_of(&days.series, n - 1, &days.rules, &days.arena);
        timing_accept(&days.series, days.day - 20, days.day);
        (void)days_level(&days, 500, 5);
        assert_int_equal(days_last(&days)->day, days.day - 1);
        days_release(&days);
    }
}

/* Fewer runs on the day of the alarm than the reference now has of each day. */
static void an_alarm_of_other_keys_is_still_told(void **state)
{
    static const double two[] = {530, 531};
    struct days days;

    (void)state;
    days_init(&days);
    (void)days_levels(&days, 20, 500, 5);
    days_put(&days, two, 2);
    days_last(&days)->verdict = ROW_DRIFT;
    days_last(&days)->cusum_up = 4500;
    assert_int_equal(days_level(&days, 530, 5), ROW_DRIFT);
    assert_int_equal(days.timing.since, days.day - 2);
    assert_near(days.timing.shift, 0, 0, 0);
    days_release(&days);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_judged_again_or_without_old_rows_are_judged_alike),
        cmocka_unit_test(what_is_said_of_a_judged_row_is_what_was_said),
        cmocka_unit_test(rows_of_the_reference_are_kept),
        cmocka_unit_test(the_day_of_an_accept_is_kept),
        cmocka_unit_test(days_whose_medians_are_compared_are_kept),
        cmocka_unit_test(the_last_thirty_days_are_kept),
        cmocka_unit_test(a_series_of_few_rows_keeps_them_all),
        cmocka_unit_test(rows_that_no_judging_gives_do_no_harm),
        cmocka_unit_test(an_alarm_of_other_keys_is_still_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
