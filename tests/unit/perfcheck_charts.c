/* Charts of perfcheck: what rows of the history are drawn as. Levels and floors are
 * those of perfcheck.md 6 and 10 (535 ms and a floor of 50 make the limit 585). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "perfcheck/round.h"
#include "shared/limits.h"

#include "shared/banned.h"

#define CART  "https://shop.example/cart"
#define EPOCH "lh13.4 simulate/150/1638.4/4 chrome156 axe4.11"
#define OTHER "lh14.0 simulate/150/1638.4/4 chrome156 axe4.11"

static struct arena arena;
static struct config config;
static struct settings settings;
static struct known known;
static struct report report;
static struct buf rows;

static int begin(void **state)
{
    struct err err;

    (void)state;
    arena_init(&arena, 64 * MIB);
    known = (struct known){.through = day_from_civil(2026, 3, 31)};
    report = (struct report){.tool = "perfcheck"};
    buf_init(&rows, &arena, MIB);
    if (!config_parse(STR("{\"perfcheck\": {}}"), "c", &arena, &config, &err) ||
        !settings_read(&config, &arena, &settings, &err))
        fail_msg("%s", err.text);
    return 0;
}

static int end(void **state)
{
    (void)state;
    settings_release(&settings);
    config_release(&config);
    arena_release(&arena);
    return 0;
}

struct of {
    const char *form, *page, *metric, *epoch;
};

/* Rows of March 2026, a day each, of five runs with one value. */
static void put(struct of of, int from, int to, double value, const char *verdict)
{
    for (int day = from; day <= to; day++)
        buf_printf(&rows,
                   "%s\t%s\t%s\t2026-03-%02d\t%s\t5\t%.15g,%.15g,%.15g,%.15g,%.15g\t-"
                   "\t0\t0\t%s\n",
                   of.form, of.page, of.metric, day, of.epoch, value, value, value,
                   value, value, verdict);
}

static void put_published(const char *name, const char *epoch, int day, double value)
{
    buf_printf(&rows,
               "mobile\t" CART
               "\tpublished.%s\t2026-03-%02d\t%s\t1\t%.15g\t-\t0\t0\tref\n",
               name, day, epoch, value);
}

/* So that there is a page at all: no run failed on the last day. Comes behind `perf`
 * and before `score.`, `si`, `tbt`. */
static void put_runs(const char *form, const char *page)
{
    buf_printf(&rows, "%s\t%s\truns\t2026-03-31\t" EPOCH "\t5\t0\t-\t0\t0\tok\n", form,
               page);
}

static void open_finding(const char *id, enum severity severity)
{
    findings_add(&known.findings, &arena,
                 (struct finding){.id = id, .severity = severity, .message = "x"});
}

static void draw(void)
{
    struct err err;
    struct str text = buf_str(&rows);

    if (!history_parse(text, "h", &arena, &known.history, &err))
        fail_msg("%s", err.text);
    perfcheck_charts(&known, &settings, &arena, &report);
}

static const struct chart *chart(const char *id)
{
    for (size_t i = 0; i < report.ncharts; i++)
        if (strcmp(report.charts[i].id, id) == 0)
            return &report.charts[i];
    fail_msg("there is no chart '%s'", id);
    return NULL;
}

/* Value of a series on a day of March; "null" where there is none. */
static const char *at(const struct chart *of, size_t series, int day)
{
    const char *x = str_format(&arena, "2026-03-%02d", day);

    for (size_t i = 0; i < of->npoints; i++)
        if (strcmp(of->x[i], x) == 0)
            return of->series[series].value[i] ? of->series[series].value[i] : "null";
    return "not on the axis";
}

static const char *episodes(const struct chart *of)
{
    struct buf out;

    buf_init(&out, &arena, KIB);
    buf_add_text(&out, "");
    for (size_t i = 0; i < of->nepisodes; i++)
        buf_printf(&out, "%s %.5s-%.5s;", severity_word(of->episode[i].severity),
                   of->episode[i].from + 5, of->episode[i].to + 5);
    return buf_str(&out).at;
}

static const char *marks(const struct chart *of)
{
    struct buf out;

    buf_init(&out, &arena, KIB);
    buf_add_text(&out, "");
    for (size_t i = 0; i < of->nmarks; i++)
        buf_printf(&out, "%.5s %s;", of->mark[i].x + 5, of->mark[i].text);
    return buf_str(&out).at;
}

static const struct of cart_tbt = {"mobile", CART, "tbt", EPOCH};

static void a_day_without_runs_is_a_gap(void **state)
{
    const struct chart *tbt;

    (void)state;
    put_runs("mobile", CART);
    put(cart_tbt, 20, 21, 535, "ok");
    buf_add_text(&rows, "mobile\t" CART "\ttbt\t2026-03-23\t" EPOCH
                        "\t5\t435,515,951,1787,602\t-\t0\t0\tok\n"
                        "mobile\t" CART "\ttbt\t2026-03-24\t" EPOCH
                        "\t0\t-\t-\t0\t0\tshort\n");
    draw();
    tbt = chart("tbt/mobile/" CART);
    assert_string_equal(tbt->title, "tbt of /cart on mobile");
    assert_string_equal(tbt->unit, "ms");
    assert_int_equal(tbt->kind, CHART_LINE);
    assert_int_equal(tbt->npoints, 12); // 20 to 31
    assert_string_equal(tbt->x[0], "2026-03-20");
    assert_string_equal(tbt->x[11], "2026-03-31");
    assert_string_equal(tbt->series[0].name, "median");
    assert_string_equal(at(tbt, 0, 20), "535");
    assert_string_equal(at(tbt, 0, 22), "null");
    assert_string_equal(at(tbt, 0, 23), "602"); // 435 515 602 951 1787
    assert_string_equal(at(tbt, 0, 24), "null");
    assert_string_equal(at(tbt, 0, 31), "null");
    assert_string_equal(at(tbt, 1, 22), "null");
}

static void the_limit_is_the_reference_and_the_floor(void **state)
{
    (void)state;
    put((struct of){"mobile", CART, "cls", EPOCH}, 1, 10, 0.1, "ok");
    put((struct of){"mobile", CART, "lcp", EPOCH}, 1, 10, 4000, "ok");
    put_runs("mobile", CART);
    put(cart_tbt, 1, 10, 535, "ok");
    draw();
    assert_string_equal(chart("tbt/mobile/" CART)->limit, "585");
    assert_string_equal(chart("lcp/mobile/" CART)->limit, "4200"); // a twentieth
    assert_string_equal(chart("cls/mobile/" CART)->limit, "0.12");
    assert_string_equal(chart("cls/mobile/" CART)->unit, "");
}

static void what_is_open_is_shaded_to_the_last_day(void **state)
{
    const struct chart *tbt;

    (void)state;
    put_runs("mobile", CART);
    put(cart_tbt, 1, 10, 535, "ok");
    put(cart_tbt, 11, 12, 4058, "step");
    put(cart_tbt, 13, 13, 4058, "short"); // of too few runs, says nothing
    put(cart_tbt, 14, 15, 4058, "step");
    open_finding("perfcheck/regression-tbt/mobile/" CART, SEVERITY_CRIT);
    draw();
    tbt = chart("tbt/mobile/" CART);
    assert_string_equal(episodes(tbt), "crit 03-11-03-31;");
    assert_string_equal(at(tbt, 1, 15), "535"); // frozen
    assert_string_equal(tbt->limit, "585");
}

static void what_is_over_is_shaded_for_its_days(void **state)
{
    (void)state;
    put_runs("mobile", CART);
    put(cart_tbt, 1, 8, 535, "ok");
    put(cart_tbt, 9, 12, 4058, "step");
    put(cart_tbt, 13, 20, 535, "ok");
    put(cart_tbt, 21, 23, 300, "better");
    put(cart_tbt, 24, 25, 535, "ok");
    put(cart_tbt, 26, 26, 900, "drift");
    put(cart_tbt, 27, 27, 535, "ok");
    draw();
    assert_string_equal(episodes(chart("tbt/mobile/" CART)),
                        "warn 03-09-03-12;info 03-21-03-23;warn 03-26-03-26;");
}

static void an_accept_is_marked_and_moves_the_reference(void **state)
{
    const struct chart *tbt;

    (void)state;
    put_runs("mobile", CART);
    put(cart_tbt, 1, 8, 535, "ok");
    put(cart_tbt, 9, 14, 900, "step");
    put(cart_tbt, 15, 15, 900, "ref");
    put(cart_tbt, 16, 16, 900, "ok");
    draw();
    tbt = chart("tbt/mobile/" CART);
    assert_string_equal(marks(tbt), "03-15 accepted as the reference;");
    assert_string_equal(episodes(tbt), "warn 03-09-03-14;");
    assert_string_equal(at(tbt, 1, 14), "535");
    assert_string_equal(at(tbt, 1, 15), "900");
    assert_string_equal(tbt->limit, "950");
}

static void an_improvement_that_stays_is_marked(void **state)
{
    (void)state;
    put_runs("mobile", CART);
    put(cart_tbt, 1, 8, 535, "ok");
    put(cart_tbt, 9, 13, 200, "better");
    put(cart_tbt, 14, 14, 200, "ref");
    draw();
    assert_string_equal(marks(chart("tbt/mobile/" CART)),
                        "03-14 improvement becomes the reference;");
}

static void another_epoch_and_what_was_published_are_marked(void **state)
{
    (void)state;
    put_published("tbt", OTHER, 9, 535);
    put_published("tbt", OTHER, 12, 500);
    put_runs("mobile", CART);
    put(cart_tbt, 1, 8, 535, "ok");
    put((struct of){"mobile", CART, "tbt", OTHER}, 9, 12, 500, "learning");
    draw();
    assert_string_equal(marks(chart("tbt/mobile/" CART)),
                        "03-09 new epoch " OTHER ";03-12 published 500;");
}

static void performance_has_its_minimum_and_the_others_have_none(void **state)
{
    const struct chart *performance, *scores;

    (void)state;
    put((struct of){"mobile", CART, "perf", EPOCH}, 27, 28, 84, "ok");
    put((struct of){"mobile", CART, "perf", EPOCH}, 29, 30, 45, "step");
    put_published("performance", EPOCH, 28, 84);
    put_runs("mobile", CART);
    put((struct of){"mobile", CART, "score.accessibility", EPOCH}, 30, 31, 92, "ok");
    put((struct of){"mobile", CART, "score.seo", EPOCH}, 31, 31, 70, "step");
    open_finding("perfcheck/minimum-performance/mobile/" CART, SEVERITY_WARN);
    open_finding("perfcheck/minimum-seo/mobile/" CART, SEVERITY_WARN);
    draw();
    assert_int_equal(report.ncharts, 2);
    performance = chart("performance/mobile/" CART);
    assert_string_equal(performance->limit, "50"); // the default
    assert_string_equal(performance->unit, "score");
    assert_int_equal(performance->nseries, 1);
    assert_string_equal(at(performance, 0, 28), "84");
    assert_string_equal(at(performance, 0, 31), "null");
    assert_string_equal(episodes(performance), "warn 03-29-03-31;");
    assert_string_equal(marks(performance), "03-28 published 84;");
    scores = chart("scores/mobile/" CART);
    assert_string_equal(scores->limit, "");
    assert_int_equal(scores->nseries, 2); // best-practices was never scored
    assert_string_equal(scores->series[0].name, "accessibility");
    assert_string_equal(at(scores, 0, 30), "92");
    assert_string_equal(at(scores, 1, 30), "null");
    assert_string_equal(at(scores, 1, 31), "70");
    assert_string_equal(episodes(scores), "warn 03-31-03-31;");
}

/* Ids in their order, parted by a blank. */
static const char *order(void)
{
    struct buf out;

    buf_init(&out, &arena, 8 * KIB);
    for (size_t i = 0; i < report.ncharts; i++)
        buf_printf(&out, "%s%s", i > 0 ? " " : "", report.charts[i].id);
    return buf_str(&out).at;
}

static void the_worst_that_is_open_comes_first(void **state)
{
    static const char *const forms[] = {"desktop", "mobile"};

    (void)state;
    for (int f = 0; f < 2; f++)
        for (int p = 0; p < 2; p++) {
            const char *page = p == 0 ? "u:a" : "u:b";

            put((struct of){forms[f], page, "fcp", EPOCH}, 1, 1, 1, "ok");
            put((struct of){forms[f], page, "perf", EPOCH}, 1, 1, 1, "ok");
            put_runs(forms[f], page);
            put((struct of){forms[f], page, "tbt", EPOCH}, 1, 1, 1, "ok");
        }
    open_finding("perfcheck/regression-fcp/desktop/u:b", SEVERITY_WARN);
    open_finding("perfcheck/regression-tbt/mobile/u:b", SEVERITY_CRIT);
    open_finding("perfcheck/improvement-tbt/mobile/u:a", SEVERITY_INFO);
    draw();
    assert_string_equal(
        order(), "tbt/mobile/u:b fcp/desktop/u:b tbt/mobile/u:a performance/mobile/u:a "
                 "performance/mobile/u:b performance/desktop/u:a "
                 "performance/desktop/u:b tbt/desktop/u:a tbt/desktop/u:b "
                 "fcp/mobile/u:a fcp/mobile/u:b fcp/desktop/u:a");
}

static void more_charts_than_a_person_reads_are_left_out(void **state)
{
    (void)state;
    for (int p = 10; p < 50; p++) {
        const char *page = str_format(&arena, "u:%d", p);

        put((struct of){"mobile", page, "perf", EPOCH}, 1, 1, 1, "ok");
        put_runs("mobile", page);
        put((struct of){"mobile", page, "tbt", EPOCH}, 1, 1, 1, "ok");
    }
    open_finding("perfcheck/regression-tbt/mobile/u:49", SEVERITY_WARN);
    draw();
    assert_int_equal(report.ncharts, CHARTS_MAX);
    assert_string_equal(report.charts[0].id, "tbt/mobile/u:49");
    assert_string_equal(report.charts[CHARTS_MAX - 1].id, "performance/mobile/u:32");
}

static void an_old_row_does_not_stretch_the_axis(void **state)
{
    const struct chart *tbt;

    (void)state;
    put_runs("mobile", CART);
    buf_add_text(&rows, "mobile\t" CART "\ttbt\t2020-01-01\t" EPOCH
                        "\t2\t1,1\t-\t0\t0\tstep\n");
    put(cart_tbt, 30, 30, 535, "step");
    draw();
    tbt = chart("tbt/mobile/" CART);
    assert_int_equal(tbt->npoints, 400);
    assert_string_equal(tbt->x[399], "2026-03-31");
    assert_string_equal(tbt->episode[0].from, tbt->x[0]);
}

static void a_page_that_looks_like_markup_is_text_fit_to_print(void **state)
{
    (void)state;
    put_runs("mobile", "u:</title><script>\xe2\x80\xae|`");
    put((struct of){"mobile", "u:</title><script>\xe2\x80\xae|`", "tbt", EPOCH}, 1, 1,
        1, "ok");
    draw();
    assert_string_equal(report.charts[0].title,
                        "tbt of u:</title><script>\\u{202E}|` on mobile");
    assert_string_equal(report.charts[0].id,
                        "tbt/mobile/u:</title><script>\\u{202E}|`");
}

static void an_empty_history_draws_nothing(void **state)
{
    (void)state;
    perfcheck_charts(&known, &settings, &arena, &report);
    assert_int_equal(report.ncharts, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_day_without_runs_is_a_gap),
        TEST(the_limit_is_the_reference_and_the_floor),
        TEST(what_is_open_is_shaded_to_the_last_day),
        TEST(what_is_over_is_shaded_for_its_days),
        TEST(an_accept_is_marked_and_moves_the_reference),
        TEST(an_improvement_that_stays_is_marked),
        TEST(another_epoch_and_what_was_published_are_marked),
        TEST(performance_has_its_minimum_and_the_others_have_none),
        TEST(the_worst_that_is_open_comes_first),
        TEST(more_charts_than_a_person_reads_are_left_out),
        TEST(an_old_row_does_not_stretch_the_axis),
        TEST(a_page_that_looks_like_markup_is_text_fit_to_print),
        TEST(an_empty_history_draws_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
