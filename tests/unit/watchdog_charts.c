/* Charts of the history: whose they are, what they show of a day, and that it is what
 * the judge made of the day when it came. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shared/limits.h"
#include "watchdog/watchdog.h"

#include "shared/banned.h"

enum { FIRST = 20000, CALM = 70, N = 1000 };

struct world {
    struct arena arena;
    struct settings settings;
    struct evidence evidence;
    struct data_days data;
    struct round round;
    struct report report;
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
    world.round = (struct round){.evidence = &world.evidence,
                                 .data = &world.data,
                                 .settings = &world.settings,
                                 .arena = &world.arena};
    *state = &world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    arena_release(&world->arena);
    return 0;
}

static void put(struct world *world, const char *name, int32_t day, int64_t affected,
                int64_t exposed)
{
    const char *slash = strchr(name, '/');

    cell_put(evidence_make(&world->evidence,
                           str_copy(&world->arena, name, (size_t)(slash - name)),
                           slash + 1, &world->arena),
             &world->arena, day, affected, exposed);
}

/* 8 .. 12 of a thousand, mean 10: calm. */
static void put_calm(struct world *world, const char *name, int32_t from, int32_t to)
{
    for (int32_t day = from; day < to; day++)
        put(world, name, day, 8 + day % 5, N);
}

static void find(struct world *world, const char *id, enum finding_status status)
{
    findings_add(&world->report.findings, &world->arena,
                 (struct finding){.id = id,
                                  .severity = SEVERITY_WARN,
                                  .status = status});
}

static const struct chart *draw(struct world *world, int32_t through)
{
    world->report.through = through;
    evidence_link(&world->evidence, &world->settings);
    watchdog_charts(&world->round, 0, &world->report);
    return world->report.charts;
}

/* The page's oracle: mu 9.6714769, V 9.8389567. The counts are by summing that negative
 * binomial term by term: P(X >= 24) = 8.7e-5 and P(X >= 23) = 2.2e-4 about 1e-4;
 * P(X <= 6) = .155 and P(X <= 5) = .082, P(X >= 14) = .115 and P(X >= 15) = .069 about
 * 0.1. */
static void a_day_has_its_value_the_limit_and_the_quiet_band(void **state)
{
    struct world *world = *state;
    const struct chart *chart;

    for (int32_t i = 0; i < 56; i++)
        put(world, "js_exception/site", FIRST + i, 8 + 3 * i % 5, N);
    put(world, "js_exception/site", FIRST + 63, 20, N);
    chart = draw(world, FIRST + 63);
    assert_int_equal(world->report.ncharts, 1);
    assert_string_equal(chart->id, "watchdog/js_exception/site");
    assert_string_equal(chart->title, "JavaScript errors");
    assert_string_equal(chart->unit, "%");
    assert_int_equal(chart->npoints, 64);
    assert_string_equal(chart->x[0], day_text(FIRST).text);
    assert_string_equal(chart->x[63], day_text(FIRST + 63).text);
    assert_int_equal(chart->nseries, 2);
    assert_string_equal(chart->series[0].name, "sessions affected");
    assert_string_equal(chart->series[0].value[63], "2.00");
    assert_string_equal(chart->series[1].name, "limit");
    assert_string_equal(chart->series[1].value[63], "2.40");
    assert_string_equal(chart->low[63], "0.60");
    assert_string_equal(chart->high[63], "1.40");
}

static void a_day_without_a_count_is_a_gap_and_no_zero(void **state)
{
    struct world *world = *state;
    const struct chart *chart;

    put_calm(world, "js_exception/site", FIRST, FIRST + 20);
    put(world, "js_exception/site", FIRST + 21, 0, N);
    chart = draw(world, FIRST + 21);
    assert_null(chart->series[0].value[20]);
    assert_null(chart->series[1].value[20]);
    assert_null(chart->low[20]);
    assert_null(chart->high[20]);
    assert_string_equal(chart->series[0].value[21], "0.00");
}

/* Fewer than 14 usable days before it. */
static void a_day_of_learning_has_a_value_alone(void **state)
{
    struct world *world = *state;
    const struct chart *chart;

    put_calm(world, "js_exception/site", FIRST, FIRST + 15);
    chart = draw(world, FIRST + 14);
    assert_non_null(chart->series[0].value[13]);
    assert_null(chart->series[1].value[13]);
    assert_null(chart->low[13]);
    assert_non_null(chart->series[1].value[14]);
    assert_non_null(chart->low[14]);
}

static void an_expected_day_has_a_value_alone(void **state)
{
    static const struct expected_days sale = {FIRST + 30, FIRST + 30, "sale"};
    struct world *world = *state;
    const struct chart *chart;

    world->settings.expected = &sale;
    world->settings.nexpected = 1;
    put_calm(world, "js_exception/site", FIRST, FIRST + 40);
    chart = draw(world, FIRST + 39);
    assert_non_null(chart->series[0].value[30]);
    assert_null(chart->low[30]);
    assert_non_null(chart->low[31]);
}

/* Counted in sessions; the limit lies below what is usual. */
static void tracked_sessions_are_a_number_with_a_limit_below(void **state)
{
    struct world *world = *state;
    const struct chart *chart;

    for (int32_t day = FIRST; day < FIRST + 60; day++)
        put(world, "tracking/site", day, 395 + day % 11, 1);
    chart = draw(world, FIRST + 59);
    assert_int_equal(world->report.ncharts, 1);
    assert_string_equal(chart->unit, "");
    assert_string_equal(chart->series[0].name, "sessions");
    assert_string_equal(chart->series[0].value[0],
                        str_format(&world->arena, "%d", 395 + FIRST % 11));
    assert_true(strcmp(chart->series[1].value[59], chart->low[59]) < 0); // 3 digits
    assert_true(strcmp(chart->low[59], "400") < 0);
    assert_true(strcmp(chart->high[59], "400") > 0);
}

static void an_episode_is_shaded_from_its_change_to_its_end(void **state)
{
    struct world *world = *state;
    int32_t t = FIRST + CALM;
    const struct chart *chart;

    put_calm(world, "js_exception/site", FIRST, t + 10);
    put_calm(world, "js_exception/release=1.0", FIRST, t + 10);
    for (int32_t day = t; day < t + 3; day++)
        put(world, "js_exception/site", day, 60, N);
    put(world, "js_exception/release=2.0", t, 50, N);
    put(world, "js_exception/release=2.0", t + 1, 50, N);
    put(world, "js_exception/site", t + 9, 60, N);
    chart = draw(world, t + 9);
    assert_int_equal(chart->nepisodes, 2);
    assert_string_equal(chart->episode[0].from, day_text(t).text);
    assert_string_equal(chart->episode[0].to, day_text(t + 4).text);
    assert_int_equal(chart->episode[0].severity, SEVERITY_CRIT); // six times as many
    assert_string_equal(chart->episode[1].from, day_text(t + 9).text);
    assert_string_equal(chart->episode[1].to, day_text(t + 9).text);
    assert_int_equal(chart->nmarks, 1);
    assert_string_equal(chart->mark[0].x, day_text(t).text);
    assert_string_equal(chart->mark[0].text, "release 2.0 first seen");
}

static void an_adopted_level_is_marked_on_the_day_it_became_normal(void **state)
{
    struct world *world = *state;
    int32_t t = FIRST + CALM;
    const struct chart *chart;

    put_calm(world, "js_exception/site", FIRST, t);
    for (int32_t day = t; day < t + 20; day++)
        put(world, "js_exception/site", day, 40 + day % 3, N);
    chart = draw(world, t + 19);
    assert_int_equal(chart->nepisodes, 1);
    assert_int_equal(chart->nmarks, 1);
    assert_string_equal(chart->mark[0].text, "level adopted");
    assert_string_equal(chart->mark[0].x, day_text(t + ADOPT_DAYS - 1).text);
}

/* ---- the judge's own numbers ---- */

enum { CELLS = 8, DAYS = 200 };

struct seen {
    bool is_there;
    double expected, variance, rate;
};

static struct seen seen[DAYS][CELLS];

static void note(void *context, const struct round *round)
{
    (void)context;
    for (size_t i = 0; i < round->evidence->n; i++) {
        const struct judged *judged = round->evidence->cell[i]->today;

        if (judged && judged->tail.tested)
            seen[round->day.day - FIRST][i] =
                (struct seen){true, judged->tail.expected, judged->tail.variance,
                              judged->fit.rate};
    }
}

/* Episodes that recovered, rose slowly, were adopted, were explained by their parent,
 * and days after each of them. */
static void put_troubles(struct world *world)
{
    static const char *const pages[] = {"js_exception/page=/a", "js_exception/page=/b"};
    int32_t t = FIRST + CALM;

    put_calm(world, "js_exception/site", FIRST, FIRST + 180);
    put_calm(world, "rage_click/site", FIRST, FIRST + 180);
    for (size_t p = 0; p < 2; p++)
        put_calm(world, pages[p], FIRST, FIRST + 180);
    for (int32_t day = t; day < t + 3; day++) // a child, then its parent
        put(world, pages[0], day, 60, N);
    for (int32_t day = t + 1; day < t + 4; day++)
        put(world, "js_exception/site", day, 60, N);
    for (int32_t day = t + 20; day < t + 40; day++) // a slow rise
        put(world, "rage_click/site", day, 15 + day % 2, N);
    for (int32_t day = t + 50; day < t + 110; day++) { // a level that stays
        put(world, "js_exception/site", day, 40 + day % 3, N);
        put(world, pages[1], day, 40 + day % 3, N);
    }
    put(world, "js_exception/site", t + 100, 200, N);
}

static void a_day_gone_back_to_is_expected_as_it_was_on_its_morning(void **state)
{
    struct world *world = *state;
    struct judge_hooks hooks = {.on_day = note};
    int32_t last = FIRST + 179;
    size_t compared = 0, episodes = 0, slow = 0;

    memset(seen, 0, sizeof seen);
    put_troubles(world);
    evidence_link(&world->evidence, &world->settings);
    assert_true(world->evidence.n <= CELLS);
    (void)watchdog_judge(&world->round, 0, 0, last, &hooks);
    for (size_t i = 0; i < world->evidence.n; i++)
        for (size_t e = 0; e < world->evidence.cell[i]->npast; e++) {
            const struct episode *past = world->evidence.cell[i]->past[e];

            episodes++;
            slow += past->opened - past->change > BASELINE_GUARD;
        }
    assert_true(episodes >= 4);
    assert_true(slow > 0); // its first days taught the fits until it was opened
    for (int32_t day = last; day >= FIRST; day--) {
        judge_rewind(&world->evidence, day);
        world->round.day.day = day;
        for (size_t i = 0; i < world->evidence.n; i++) {
            struct cell *cell = world->evidence.cell[i];
            const struct seen *then = &seen[day - FIRST][i];
            struct judged now = {.cell = cell, .today = *cell_day(cell, day)};

            judge_fit(&world->round, &now);
            assert_true(now.tail.tested == then->is_there);
            if (!then->is_there)
                continue;
            assert_true(now.tail.expected == then->expected); // to the last bit
            assert_true(now.tail.variance == then->variance);
            assert_true(now.fit.rate == then->rate);
            compared++;
        }
    }
    assert_int_equal(compared, 4 * (180 - BASELINE_LEAST));
}

/* ---- which ---- */

static void findings_come_first_then_what_is_critical_then_the_rest(void **state)
{
    struct world *world = *state;
    const struct chart *chart;

    for (size_t s = 0; s < world->settings.nsignals; s++)
        world->settings.signals[s].is_crit =
            strcmp(world->settings.signals[s].name, "http_5xx") == 0;
    put_calm(world, "dead_click/site", FIRST, FIRST + 20);
    put_calm(world, "http_5xx/site", FIRST, FIRST + 20);
    put_calm(world, "js_exception/site", FIRST, FIRST + 20);
    put_calm(world, "js_exception/page=/cart", FIRST, FIRST + 20);
    put_calm(world, "js_exception/page=/old", FIRST, FIRST + 20);
    find(world, "watchdog/js_exception/page=/cart", STATUS_OPEN);
    find(world, "watchdog/partial/2026-01-01", STATUS_OPEN); // no cell's
    find(world, "watchdog/js_exception/page=/old", STATUS_RESOLVED);
    chart = draw(world, FIRST + 19);
    assert_int_equal(world->report.ncharts, 4);
    assert_string_equal(chart[0].id, "watchdog/js_exception/page=/cart");
    assert_string_equal(chart[0].title, "JavaScript errors, page=/cart");
    assert_string_equal(chart[1].id, "watchdog/http_5xx/site");
    assert_string_equal(chart[2].id, "watchdog/dead_click/site");
    assert_string_equal(chart[3].id, "watchdog/js_exception/site");
}

static void a_finding_of_the_whole_site_is_drawn_once(void **state)
{
    struct world *world = *state;

    put_calm(world, "js_exception/site", FIRST, FIRST + 20);
    find(world, "watchdog/js_exception/site", STATUS_OPEN);
    (void)draw(world, FIRST + 19);
    assert_int_equal(world->report.ncharts, 1);
}

static void a_signal_that_affected_nobody_is_not_drawn(void **state)
{
    struct world *world = *state;

    for (int32_t day = FIRST; day < FIRST + 20; day++)
        put(world, "http_5xx/site", day, 0, N);
    (void)draw(world, FIRST + 19);
    assert_int_equal(world->report.ncharts, 0);
}

/* Without -c a finding of a signal of one's own has counts, but no model. */
static void a_finding_of_an_unknown_signal_has_values_alone(void **state)
{
    struct world *world = *state;
    const struct chart *chart;

    put_calm(world, "own/site", FIRST, FIRST + 40);
    find(world, "watchdog/own/site", STATUS_OPEN);
    chart = draw(world, FIRST + 39);
    assert_int_equal(world->report.ncharts, 1);
    assert_string_equal(chart->title, "own");
    assert_non_null(chart->series[0].value[39]);
    assert_null(chart->low[39]);
}

static void there_are_24_charts_at_most_and_126_days(void **state)
{
    struct world *world = *state;

    for (int i = 0; i < 30; i++) {
        const char *name =
            str_format(&world->arena, "js_exception/page=/%c%d", 'a' + i / 10, i % 10);

        put_calm(world, name, FIRST, FIRST + 140);
        find(world, str_format(&world->arena, "watchdog/%s", name), STATUS_OPEN);
    }
    put_calm(world, "js_exception/site", FIRST, FIRST + 140);
    (void)draw(world, FIRST + 139);
    assert_int_equal(world->report.ncharts, 24);
    assert_string_equal(world->report.charts[23].id, "watchdog/js_exception/page=/c3");
    assert_int_equal(world->report.charts[0].npoints, 126);
    assert_string_equal(world->report.charts[0].x[0], day_text(FIRST + 14).text);
}

static void without_a_history_there_is_no_chart(void **state)
{
    struct world *world = *state;

    (void)draw(world, FIRST);
    assert_int_equal(world->report.ncharts, 0);
}

#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_day_has_its_value_the_limit_and_the_quiet_band),
        WORLD_TEST(a_day_without_a_count_is_a_gap_and_no_zero),
        WORLD_TEST(a_day_of_learning_has_a_value_alone),
        WORLD_TEST(an_expected_day_has_a_value_alone),
        WORLD_TEST(tracked_sessions_are_a_number_with_a_limit_below),
        WORLD_TEST(an_episode_is_shaded_from_its_change_to_its_end),
        WORLD_TEST(an_adopted_level_is_marked_on_the_day_it_became_normal),
        WORLD_TEST(a_day_gone_back_to_is_expected_as_it_was_on_its_morning),
        WORLD_TEST(findings_come_first_then_what_is_critical_then_the_rest),
        WORLD_TEST(a_finding_of_the_whole_site_is_drawn_once),
        WORLD_TEST(a_signal_that_affected_nobody_is_not_drawn),
        WORLD_TEST(a_finding_of_an_unknown_signal_has_values_alone),
        WORLD_TEST(there_are_24_charts_at_most_and_126_days),
        WORLD_TEST(without_a_history_there_is_no_chart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
