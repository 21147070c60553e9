/* The life of episodes over made-up days: what opens, explains, recovers, is adopted,
 * goes, comes new. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shared/limits.h"
#include "watchdog/judge.h"

enum { FIRST = 20000, CALM = 70, N = 1000 };

struct world {
    struct arena arena;
    struct settings settings;
    struct evidence evidence;
    struct data_days data;
};

static int set_up(void **state)
{
    static struct world world;

    world = (struct world){0};
    arena_init(&world.arena, ARENA_BYTES_MAX);
    signals_builtin(&world.settings, -1);
    for (int d = 0; d < DIMENSION_COUNT; d++)
        world.settings.segment[d] = true;
    world.settings.q = 0.05;
    world.settings.cusum_h_x1000 = 6500;
    world.settings.cusum_child_x1000 = 8500;
    world.settings.min_exposed = 20;
    world.settings.min_excess = 5;
    world.settings.min_ratio = 1.5;
    world.settings.new_error_min = 5;
    world.settings.checkout_error_min = 3;
    world.settings.source[0] = "events";
    world.settings.nsources = 1;
    *state = &world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    arena_release(&world->arena);
    return 0;
}

/* 8 .. 12 of a thousand, mean 10: calm. */
static int64_t calm(int32_t day)
{
    return 8 + (int64_t)(day % 5);
}

static void put(struct world *world, const char *signal, const char *segment,
                int32_t day, int64_t affected, int64_t exposed)
{
    cell_put(evidence_make(&world->evidence, signal, segment, &world->arena),
             &world->arena, day, affected, exposed);
}

static void put_calm(struct world *world, const char *signal, const char *segment,
                     int32_t from, int32_t to)
{
    for (int32_t day = from; day < to; day++)
        put(world, signal, segment, day, calm(day), N);
}

/* From the first day on, whatever was judged before. */
static struct judgement judge(struct world *world, int32_t through)
{
    struct round round = {.evidence = &world->evidence,
                          .data = &world->data,
                          .settings = &world->settings,
                          .arena = &world->arena};
    struct judge_hooks hooks = {0};

    for (size_t i = 0; i < world->evidence.n; i++) {
        struct cell *one = world->evidence.cell[i];

        one->status = CELL_LEARNING;
        one->cusum = (struct cusum){0};
        one->quiet = one->baseline_from = 0;
        one->open = NULL;
        one->npast = 0;
    }
    evidence_link(&world->evidence, &world->settings);
    return watchdog_judge(&round, 0, 0, through, &hooks);
}

static struct cell *cell(struct world *world, const char *signal, const char *segment)
{
    return evidence_find(&world->evidence, signal, segment);
}

static void calm_days_open_nothing(void **state)
{
    struct world *world = *state;
    const struct cell *site;

    put_calm(world, "js_exception", "site", FIRST, FIRST + CALM);
    judge(world, FIRST + CALM - 1);
    site = cell(world, "js_exception", "site");
    assert_null(site->open);
    assert_int_equal(site->npast, 0);
    assert_int_equal(site->status, CELL_OK);
}

static void thirteen_days_are_learning_and_the_fifteenth_can_open(void **state)
{
    struct world *world = *state;

    put_calm(world, "js_exception", "site", FIRST, FIRST + 13);
    put(world, "js_exception", "site", FIRST + 13, 60,
        N); // 13 days before it: not judged
    judge(world, FIRST + 13);
    assert_null(cell(world, "js_exception", "site")->open);
    assert_int_equal(cell(world, "js_exception", "site")->status, CELL_LEARNING);
    put(world, "js_exception", "site", FIRST + 13, 10, N);
    put(world, "js_exception", "site", FIRST + 14, 60, N);
    judge(world, FIRST + 14);
    assert_non_null(cell(world, "js_exception", "site")->open);
}

static void a_jump_opens_by_day_and_two_quiet_days_close_it(void **state)
{
    struct world *world = *state;
    int32_t t = FIRST + CALM;
    const struct cell *site;

    put_calm(world, "js_exception", "site", FIRST, t);
    put(world, "js_exception", "site", t, 47, N);
    put(world, "js_exception", "site", t + 1, 50, N);
    put_calm(world, "js_exception", "site", t + 2, t + 12);
    judge(world, t);
    site = cell(world, "js_exception", "site");
    assert_non_null(site->open);
    assert_string_equal(site->open->opened_by, "day");
    assert_int_equal(site->open->opened, t);
    assert_int_equal(site->open->change, t);
    assert_int_equal(site->open->affected, 47);
    assert_int_equal(site->open->exposed, N);
    assert_false(
        site->open->is_crit); // 4.7 times, excess 37: neither 5 times nor in `crit`
    judge(world, t + 12);
    assert_null(site->open);
    assert_int_equal(site->npast, 1);
}

static void the_second_quiet_day_closes_with_the_total_since_the_change(void **state)
{
    struct world *world = *state;
    int32_t t = FIRST + CALM;
    const struct cell *site;

    put_calm(world, "js_exception", "site", FIRST, t);
    put(world, "js_exception", "site", t, 47, N);
    put(world, "js_exception", "site", t + 1, 50, N);
    put(world, "js_exception", "site", t + 2, 10, N);
    put(world, "js_exception", "site", t + 3, 10, N);
    judge(world, t + 3);
    site = cell(world, "js_exception", "site");
    assert_null(site->open);
    assert_int_equal(site->npast, 1);
    assert_string_equal(site->past[0]->reason, "recovered");
    assert_int_equal(site->past[0]->closed, t + 3);
    assert_int_equal(site->past[0]->affected_total, 47 + 50 + 10 + 10);
}

static void a_missing_day_neither_closes_nor_counts_as_quiet(void **state)
{
    struct world *world = *state;
    int32_t t = FIRST + CALM;
    const struct cell *site;

    put_calm(world, "js_exception", "site", FIRST, t);
    put(world, "js_exception", "site", t, 47, N);
    put(world, "js_exception", "site", t + 1, 10, N);
    judge(world, t + 5); // t + 2 .. t + 5 are missing
    site = cell(world, "js_exception", "site");
    assert_non_null(site->open);
    assert_int_equal(site->status, CELL_RECOVERING);
    assert_int_equal(site->quiet, 1);
}

static void a_slow_rise_opens_by_cusum(void **state)
{
    struct world *world = *state;
    int32_t t = FIRST + CALM;
    const struct cell *site;

    put_calm(world, "js_exception", "site", FIRST, t);
    for (int32_t day = t; day < t + 6; day++)
        put(world, "js_exception", "site", day, 18,
            N); // p about 0.01 a day: no day opens alone
    judge(world, t + 5);
    site = cell(world, "js_exception", "site");
    assert_non_null(site->open);
    assert_string_equal(site->open->opened_by, "cusum");
    assert_int_equal(site->open->change, t);
    assert_int_equal(site->open->affected % 18, 0); // summed since the change day
    assert_int_equal(site->open->exposed % N, 0);
    assert_true(site->open->exposed > N);
}

static void children_of_an_open_parent_only_explain(void **state)
{
    struct world *world = *state;
    int32_t t = FIRST + CALM;
    const struct cell *site;

    put_calm(world, "js_exception", "site", FIRST, t);
    for (int32_t day = FIRST; day < t; day++) {
        put(world, "js_exception", "browser=Safari", day, calm(day) / 4, N / 4);
        put(world, "js_exception", "browser=Chrome", day, calm(day) * 3 / 4, N * 3 / 4);
    }
    put(world, "js_exception", "site", t, 47, N);
    put(world, "js_exception", "browser=Safari", t, 39, N / 4);
    put(world, "js_exception", "browser=Chrome", t, 8, N * 3 / 4);
    judge(world, t);
    site = cell(world, "js_exception", "site");
    assert_non_null(site->open);
    assert_null(cell(world, "js_exception", "browser=Safari")->open);
    assert_int_equal(cell(world, "js_exception", "browser=Safari")->cusum.sum_x1000, 0);
    assert_int_equal(site->open->nexplained_by, 1);
    assert_string_equal(site->open->explained_by[0], "browser=Safari");
    assert_non_null(strstr(site->open->because, "browser=Safari"));
}

static void a_child_opens_alone_and_is_explained_when_its_parent_opens(void **state)
{
    struct world *world = *state;
    int32_t t = FIRST + CALM;
    const struct cell *child;

    put_calm(world, "js_exception", "site", FIRST, t);
    for (int32_t day = FIRST; day < t; day++)
        put(world, "js_exception", "page=/cart", day, 1, 100);
    put(world, "js_exception", "site", t, 12, N); // the site is calm
    put(world, "js_exception", "page=/cart", t, 12, 100);
    put(world, "js_exception", "site", t + 1, 60, N);
    put(world, "js_exception", "page=/cart", t + 1, 48, 100);
    judge(world, t);
    child = cell(world, "js_exception", "page=/cart");
    assert_non_null(child->open);
    judge(world, t + 1);
    assert_null(child->open);
    assert_string_equal(child->past[child->npast - 1]->reason, "explained");
}

static void a_level_that_stays_is_adopted_after_a_fortnight(void **state)
{
    struct world *world = *state;
    int32_t t = FIRST + CALM;
    const struct cell *site;

    put_calm(world, "js_exception", "site", FIRST, t);
    for (int32_t day = t; day < t + 20; day++)
        put(world, "js_exception", "site", day, 40 + day % 3, N);
    judge(world, t + 19);
    site = cell(world, "js_exception", "site");
    assert_null(site->open);
    assert_int_equal(site->npast, 1);
    assert_string_equal(site->past[0]->reason, "adopted");
    assert_int_equal(site->past[0]->closed, t + ADOPT_DAYS - 1);
    assert_int_equal(site->baseline_from, t);
}

static void without_exposure_for_28_days_an_episode_is_gone(void **state)
{
    struct world *world = *state;
    int32_t t = FIRST + CALM;
    const struct cell *site;

    put_calm(world, "js_exception", "site", FIRST, t);
    put(world, "js_exception", "site", t, 47, N);
    put_calm(world, "rage_click", "site", FIRST, t + 30);
    judge(world, t + 27);
    site = cell(world, "js_exception", "site");
    assert_non_null(site->open);
    judge(world, t + 28);
    assert_string_equal(site->past[site->npast - 1]->reason, "gone");
    assert_int_equal(site->past[site->npast - 1]->closed, t + 28);
}

static void an_error_not_seen_before_is_new_for_a_week(void **state)
{
    struct world *world = *state;
    int32_t t = FIRST + CALM;
    const struct cell *error;

    put_calm(world, "js_exception", "site", FIRST, t + 9);
    put(world, "js_exception", "error=TypeError: x", t, 5, N);
    for (int32_t day = t + 1; day < t + 9; day++)
        put(world, "js_exception", "error=TypeError: x", day, 1, N);
    judge(world, t);
    error = cell(world, "js_exception", "error=TypeError: x");
    assert_non_null(error->open);
    assert_string_equal(error->open->opened_by, "new");
    judge(world, t + 8);
    assert_null(error->open);
    assert_string_equal(error->past[error->npast - 1]->reason, "known");
    assert_int_equal(error->past[error->npast - 1]->closed, t + NEW_DAYS);
}

static void errors_of_the_first_fortnight_are_not_new(void **state)
{
    struct world *world = *state;

    put_calm(world, "js_exception", "site", FIRST, FIRST + 14);
    put(world, "js_exception", "error=TypeError: x", FIRST + 13, 9, N);
    judge(world, FIRST + 13);
    assert_null(cell(world, "js_exception", "error=TypeError: x")->open);
}

/* An unknown error of `affected` units, of which `there` met it on a checkout page. */
static const struct cell *meet(struct world *world, int64_t affected, int64_t there)
{
    int32_t t = FIRST + CALM;

    put_calm(world, "js_exception", "site", FIRST, t + 1);
    put(world, "js_exception", "error=TypeError: x", t, affected, N);
    if (there > 0)
        put(world, "js_exception", "checkout_error=TypeError: x", t, there, N);
    judge(world, t);
    return cell(world, "js_exception", "error=TypeError: x");
}

static void three_who_met_a_new_error_on_the_checkout_are_enough(void **state)
{
    const struct cell *error = meet(*state, 4, 3);

    assert_non_null(error->open);
    assert_string_equal(error->open->opened_by, "new");
    assert_int_equal(error->open->affected, 4);
    assert_int_equal(error->open->limit_ppm, 3000); // 3 of 1000
}

static void four_elsewhere_are_not(void **state)
{
    assert_null(meet(*state, 4, 2)->open);
}

static void five_anywhere_open_by_their_own_rule(void **state)
{
    const struct cell *error = meet(*state, 5, 3);

    assert_non_null(error->open);
    assert_int_equal(error->open->limit_ppm, 5000);
}

static void yesterdays_checkout_is_not_todays(void **state)
{
    struct world *world = *state;
    int32_t t = FIRST + CALM;

    put_calm(world, "js_exception", "site", FIRST, t + 1);
    put(world, "js_exception", "error=TypeError: x", t, 4, N);
    put(world, "js_exception", "checkout_error=TypeError: x", t - 1, 4, N);
    put(world, "js_exception", "checkout_error=TypeError: y", t, 4, N);
    judge(world, t);
    assert_null(cell(world, "js_exception", "error=TypeError: x")->open);
}

static void what_happened_on_the_checkout_is_never_judged_itself(void **state)
{
    struct world *world = *state;
    int32_t t = FIRST + CALM;
    const struct cell *note;

    put_calm(world, "js_exception", "site", FIRST, t + 1);
    put_calm(world, "js_exception", "error=TypeError: x", FIRST, t + 1);
    put_calm(world, "js_exception", "checkout_error=TypeError: x", FIRST, t);
    put(world, "js_exception", "checkout_error=TypeError: x", t, 900, N);
    judge(world, t);
    note = cell(world, "js_exception", "checkout_error=TypeError: x");
    assert_null(note->open);
    assert_null(note->today);
    assert_null(note->parent);
    assert_int_equal(note->status, CELL_LEARNING);
    // two cells are tracked, not three
    assert_int_equal(evidence_census(&world->evidence, t).judged, 2);
}

static void lost_pageviews_are_a_crit_finding_and_no_good_news(void **state)
{
    struct world *world = *state;
    int32_t t = FIRST + CALM;
    const struct cell *lost;

    for (int32_t day = FIRST; day <= t; day++)
        put(world, TRACKING, "site", day, N, 1);
    for (int32_t day = FIRST; day < t; day++)
        put(world, TRACKING, "event=pageview", day, N - 20 + day % 5, N);
    put(world, TRACKING, "event=pageview", t, 3, N);
    put_calm(world, "js_exception", "site", FIRST, t);
    put(world, "js_exception", "site", t, 3, 3); // all of what is left throws
    judge(world, t);
    lost = cell(world, TRACKING, "event=pageview");
    assert_non_null(lost->open);
    assert_string_equal(lost->open->opened_by, "lost");
    assert_true(lost->open->is_crit);
    assert_null(
        cell_day(cell(world, "js_exception", "site"), t)); // missing, not judged
    assert_null(cell(world, "js_exception", "site")->open);
}

/* Pageviews of a day that otherwise sees N units, `now` on the last one. */
static int32_t put_pageviews(struct world *world, int64_t now)
{
    int32_t t = FIRST + CALM;

    for (int32_t day = FIRST; day <= t; day++)
        put(world, TRACKING, "site", day, N, 1);
    for (int32_t day = FIRST; day < t; day++)
        put(world, TRACKING, "event=pageview", day, N - 20 + day % 5, N);
    put(world, TRACKING, "event=pageview", t, now, N);
    return t;
}

static void half_of_the_pageviews_are_not_lost(void **state)
{
    struct world *world = *state;
    int32_t t = put_pageviews(world, N / 2);

    judge(world, t);
    assert_true(
        !cell(world, TRACKING, "event=pageview")->open ||
        strcmp(cell(world, TRACKING, "event=pageview")->open->opened_by, "lost") != 0);
}

static void what_is_no_kind_of_event_or_no_signal_is_left_alone(void **state)
{
    struct world *world = *state;
    int32_t t = put_pageviews(world, 3);

    put_calm(world, "js_exception", "site", FIRST, t + 1);
    put_calm(world, "gone_signal", "site", FIRST, t + 1); // of an older configuration
    put_calm(world, TRACKING, "event=no_such_kind", FIRST, t + 1);
    judge(world, t);
    assert_non_null(cell(world, TRACKING, "event=pageview")->open);
    assert_null(cell_day(cell(world, "js_exception", "site"), t));
    assert_non_null(cell_day(cell(world, "gone_signal", "site"), t));
}

static void without_a_note_of_the_checkout_nobody_was_there(void **state)
{
    struct world *world = *state;
    int32_t t = FIRST + CALM;

    put_calm(world, "js_exception", "site", FIRST, t + 1);
    put(world, "js_exception", "error=TypeError: x", t, 4, N);
    judge(world, t);
    assert_null(cell(world, "js_exception", "error=TypeError: x")->open);
}

static void an_open_error_is_not_new_again(void **state)
{
    struct world *world = *state;
    int32_t t = FIRST + CALM;
    const struct cell *error;

    put_calm(world, "js_exception", "site", FIRST, t + 3);
    for (int32_t day = t; day < t + 3; day++)
        put(world, "js_exception", "error=TypeError: x", day, 6, N);
    judge(world, t + 2);
    error = cell(world, "js_exception", "error=TypeError: x");
    assert_non_null(error->open);
    assert_int_equal(error->open->opened, t);
    assert_int_equal(error->npast, 0);
}

static void errors_of_an_open_site_explain_and_are_not_new(void **state)
{
    struct world *world = *state;
    int32_t t = FIRST + CALM;

    put_calm(world, "js_exception", "site", FIRST, t);
    put(world, "js_exception", "site", t, 60, N);
    put(world, "js_exception", "error=TypeError: x", t, 50, N);
    judge(world, t);
    assert_non_null(cell(world, "js_exception", "site")->open);
    assert_null(cell(world, "js_exception", "error=TypeError: x")->open);
}

/* Four releases begin on the day of the change, one is as old as the evidence. */
static void of_new_releases_the_two_most_used_are_named(void **state)
{
    static const struct {
        const char *release;
        int64_t exposed;
    } releases[] = {{"release=3.0", 100},
                    {"release=3.1", 600},
                    {"release=3.2", 300},
                    {"release=3.3", 300}};
    struct world *world = *state;
    int32_t t = FIRST + CALM;
    const struct cell *site;

    put_calm(world, "js_exception", "site", FIRST, t);
    put_calm(world, "js_exception", "release=2.9", FIRST, t + 1);
    put(world, "js_exception", "site", t, 80, N);
    for (size_t i = 0; i < 4; i++)
        put(world, "js_exception", releases[i].release, t, releases[i].exposed / 10,
            releases[i].exposed);
    judge(world, t);
    site = cell(world, "js_exception", "site");
    assert_non_null(strstr(site->open->because, "release 3.1 first seen"));
    assert_non_null(strstr(site->open->because, "release 3.2 first seen"));
    assert_null(strstr(site->open->because, "release 3.3 first"));
    assert_null(strstr(site->open->because, "release 3.0 first"));
    assert_null(strstr(site->open->because, "release 2.9 first"));
}

static void a_collapse_of_volume_makes_the_day_missing(void **state)
{
    struct world *world = *state;
    int32_t t = FIRST + CALM;
    struct judgement judgement;

    for (int32_t day = FIRST; day < t; day++)
        put(world, TRACKING, "site", day, N - day % 5, 1);
    put(world, TRACKING, "site", t, N / 3, 1);
    put_calm(world, "js_exception", "site", FIRST, t + 1);
    judgement = judge(world, t);
    assert_true(judgement.collapse.is_there);
    assert_int_equal(judgement.collapse.found, N / 3);
    assert_null(cell_day(cell(world, "js_exception", "site"), t));
    assert_non_null(data_days_find(&world->data, "events", t));
}

static void expected_days_are_not_judged_and_teach_nothing(void **state)
{
    struct world *world = *state;
    int32_t t = FIRST + CALM;
    struct expected_days sale = {t, t, "sale"};
    const struct cell *site;

    world->settings.expected = &sale;
    world->settings.nexpected = 1;
    put_calm(world, "js_exception", "site", FIRST, t);
    put(world, "js_exception", "site", t, 300, N);
    put_calm(world, "js_exception", "site", t + 1, t + 20);
    put(world, "js_exception", "site", t + 20, 47, N);
    judge(world, t + 19);
    site = cell(world, "js_exception", "site");
    assert_null(site->open);
    assert_int_equal(site->npast, 0);
    judge(world, t + 20);
    assert_non_null(site->open);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(calm_days_open_nothing),
        WORLD_TEST(thirteen_days_are_learning_and_the_fifteenth_can_open),
        WORLD_TEST(a_jump_opens_by_day_and_two_quiet_days_close_it),
        WORLD_TEST(the_second_quiet_day_closes_with_the_total_since_the_change),
        WORLD_TEST(a_missing_day_neither_closes_nor_counts_as_quiet),
        WORLD_TEST(a_slow_rise_opens_by_cusum),
        WORLD_TEST(children_of_an_open_parent_only_explain),
        WORLD_TEST(a_child_opens_alone_and_is_explained_when_its_parent_opens),
        WORLD_TEST(a_level_that_stays_is_adopted_after_a_fortnight),
        WORLD_TEST(without_exposure_for_28_days_an_episode_is_gone),
        WORLD_TEST(an_error_not_seen_before_is_new_for_a_week),
        WORLD_TEST(errors_of_the_first_fortnight_are_not_new),
        WORLD_TEST(three_who_met_a_new_error_on_the_checkout_are_enough),
        WORLD_TEST(four_elsewhere_are_not),
        WORLD_TEST(five_anywhere_open_by_their_own_rule),
        WORLD_TEST(yesterdays_checkout_is_not_todays),
        WORLD_TEST(what_happened_on_the_checkout_is_never_judged_itself),
        WORLD_TEST(lost_pageviews_are_a_crit_finding_and_no_good_news),
        WORLD_TEST(half_of_the_pageviews_are_not_lost),
        WORLD_TEST(what_is_no_kind_of_event_or_no_signal_is_left_alone),
        WORLD_TEST(without_a_note_of_the_checkout_nobody_was_there),
        WORLD_TEST(an_open_error_is_not_new_again),
        WORLD_TEST(errors_of_an_open_site_explain_and_are_not_new),
        WORLD_TEST(of_new_releases_the_two_most_used_are_named),
        WORLD_TEST(a_collapse_of_volume_makes_the_day_missing),
        WORLD_TEST(expected_days_are_not_judged_and_teach_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
