/* Tables and charts of seocheck: from a document as in seocheck.md 11, and from rows of
 * its history. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "seocheck/round.h"
#include "shared/clock.h"
#include "shared/limits.h"

#include "shared/banned.h"

static struct arena arena;
static struct known known;
static struct report report;
static struct buf rows;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, 64 * MIB);
    known = (struct known){.through = day_from_civil(2026, 3, 31)};
    report = (struct report){.tool = "seocheck"};
    buf_init(&rows, &arena, MIB);
    return 0;
}

static int end(void **state)
{
    (void)state;
    known_release(&known);
    arena_release(&arena);
    return 0;
}

static void read(const char *document)
{
    known.json = json_loads(document, 0, NULL);
    assert_non_null(known.json);
}

/* Rows come in the order of url. */
static void put(const char *url, const char *class, const char *first, const char *lost,
                const char *flags)
{
    buf_printf(&rows, "%s\t%s\t-\t-\t-\t-\t-\t0\t0\t0\t%s\t%s\t%s\n", url, class, first,
               lost, flags);
}

static void draw(void)
{
    struct str text = buf_str(&rows);
    struct err err;

    if (!history_parse(text, "h", &arena, &known.history, &err))
        fail_msg("%s", err.text);
    seocheck_charts(&known, &arena, &report);
}

static const char *row(size_t t, size_t r)
{
    const struct table *table = &report.tables[t];
    struct buf out;

    assert_true(t < report.ntables && r < table->nrows);
    buf_init(&out, &arena, 8 * KIB);
    for (size_t c = 0; c < table->ncolumns; c++)
        buf_printf(&out, "%s%s", c > 0 ? "|" : "",
                   table->cell[r * table->ncolumns + c]);
    return buf_str(&out).at;
}

static const struct chart *chart(const char *id)
{
    for (size_t i = 0; i < report.ncharts; i++)
        if (strcmp(report.charts[i].id, id) == 0)
            return &report.charts[i];
    fail_msg("there is no chart '%s'", id);
    return NULL;
}

/* The values of a series, parted by a comma. */
static const char *values(const char *id, size_t series)
{
    const struct chart *of = chart(id);
    struct buf out;

    assert_true(series < of->nseries);
    buf_init(&out, &arena, 8 * KIB);
    for (size_t i = 0; i < of->npoints; i++)
        buf_printf(&out, "%s%s", i > 0 ? "," : "", of->series[series].value[i]);
    return buf_str(&out).at;
}

static const char *points(const char *id)
{
    const struct chart *of = chart(id);
    struct buf out;

    buf_init(&out, &arena, 8 * KIB);
    for (size_t i = 0; i < of->npoints; i++)
        buf_printf(&out, "%s%s", i > 0 ? "," : "", of->x[i]);
    return buf_str(&out).at;
}

/* ---- tables ---- */

#define CRAWL                                                            \
    "{\"crawl\": {\"pages\": 412, \"routes\": 38, \"sitemap_changed\": " \
    "\"2026-02-27\"}}"

static void what_was_crawled_is_a_row(void **state)
{
    (void)state;
    read(CRAWL);
    seocheck_tables(known.json, &arena, &report);
    assert_int_equal(report.ntables, 1); // nothing is open
    assert_string_equal(report.tables[0].title, "");
    assert_string_equal(report.tables[0].column[2].name, "sitemap last changed");
    assert_string_equal(row(0, 0), "412|38|2026-02-27");
}

static void a_site_without_a_sitemap_says_so(void **state)
{
    (void)state;
    read("{\"crawl\": {\"pages\": 1, \"routes\": 0}}");
    seocheck_tables(known.json, &arena, &report);
    assert_string_equal(row(0, 0), "1|0|no sitemap");
}

static void find(const char *id, enum severity severity, enum finding_status status,
                 int day)
{
    findings_add(&report.findings, &arena,
                 (struct finding){.id = id,
                                  .severity = severity,
                                  .status = status,
                                  .since = day_from_civil(2026, 3, day),
                                  .message = "x"});
}

static void what_is_open_is_counted_by_check(void **state)
{
    (void)state;
    read(CRAWL);
    find("seocheck/link-broken/a", SEVERITY_WARN, STATUS_OPEN, 8);
    find("seocheck/link-broken/b", SEVERITY_CRIT, STATUS_NEW, 9);
    find("seocheck/link-broken/c", SEVERITY_WARN, STATUS_OPEN, 7);
    find("seocheck/link-broken/d", SEVERITY_CRIT, STATUS_RESOLVED, 1);
    find("seocheck/image-alt/a", SEVERITY_INFO, STATUS_OPEN, 8);
    find("seocheck/title-missing/a", SEVERITY_WARN, STATUS_RESOLVED, 8);
    seocheck_tables(known.json, &arena, &report);
    assert_int_equal(report.ntables, 2);
    assert_int_equal(report.tables[1].nrows, 2);
    assert_string_equal(
        row(1, 0),
        "link-broken|crit|links lead to a page that is not there|3|2026-03-07");
    assert_string_equal(row(1, 1),
                        "image-alt|info|images without alternative text|1|2026-03-08");
}

/* ---- charts ---- */

static void urls_are_counted_by_their_last_status(void **state)
{
    (void)state;
    read(CRAWL);
    put("/a", "ok", "2026-03-29", "-", "cirs");
    put("/b", "ok", "2026-03-29", "-", "ci");
    put("/c", "gone", "2026-03-29", "-", "r");
    put("/d", "server", "2026-03-29", "2026-03-30", "-"); // lost: counts no more
    put("https://other.example/", "gone", "2026-03-30", "-", "-");
    put("https://other.example/x", "blocked", "2026-03-30", "-", "-");
    draw();
    assert_int_equal(chart("status")->kind, CHART_BAR);
    assert_string_equal(points("status"), "ok,gone,blocked");
    assert_string_equal(values("status", 0), "2,1,0");
    assert_string_equal(values("status", 1), "0,1,1");
    assert_string_equal(points("sets"), "linked,in routes,in sitemaps,indexable");
    assert_string_equal(values("sets", 0), "2,2,1,2");
}

static void without_urls_elsewhere_there_is_one_series(void **state)
{
    (void)state;
    read(CRAWL);
    put("/a", "ok", "2026-03-29", "-", "c");
    draw();
    assert_int_equal(chart("status")->nseries, 1);
}

static void known_urls_are_counted_by_day(void **state)
{
    (void)state;
    read("{\"crawl\": {\"pages\": 1, \"routes\": 0, \"sitemap_changed\": "
         "\"2026-03-30\"}}");
    put("/a", "ok", "2026-03-28", "-", "c");
    put("/b", "ok", "2026-03-30", "-", "c");
    put("/c", "gone", "2026-03-28", "2026-03-30", "-");
    put("https://other.example/", "gone", "2026-03-01", "-", "-");
    draw();
    assert_string_equal(points("known"), "2026-03-28,2026-03-29,2026-03-30,2026-03-31");
    assert_string_equal(values("known", 0), "2,2,2,2");
    assert_string_equal(values("known", 1), "2,0,1,0");
    assert_string_equal(values("known", 2), "0,0,1,0");
    assert_int_equal(chart("known")->nmarks, 1);
    assert_string_equal(chart("known")->mark[0].x, "2026-03-30");
    assert_string_equal(chart("known")->mark[0].text, "sitemap changed");
}

/* Those lost before have left the file: an earlier count would be too small. */
static void days_that_history_no_longer_knows_whole_are_left_out(void **state)
{
    (void)state;
    read(CRAWL);
    put("/a", "ok", "2025-01-01", "-", "c");
    put("/b", "gone", "2025-01-01", "2026-03-02", "-");
    draw();
    assert_int_equal(chart("known")->npoints, LOST_DAYS);
    assert_string_equal(chart("known")->x[0], "2026-03-02");
    assert_string_equal(chart("known")->series[0].value[0], "1");
    assert_string_equal(chart("known")->series[2].value[0], "1");
    assert_int_equal(chart("known")->nmarks, 0); // of February
}

static void an_empty_history_draws_nothing(void **state)
{
    (void)state;
    read(CRAWL);
    seocheck_charts(&known, &arena, &report);
    assert_int_equal(report.ncharts, 0);
}

static void a_history_of_other_hosts_alone_has_no_days(void **state)
{
    (void)state;
    read(CRAWL);
    put("https://other.example/", "gone", "2026-03-01", "-", "-");
    draw();
    assert_int_equal(report.ncharts, 2);
    assert_string_equal(values("status", 0), "0");
    assert_string_equal(values("status", 1), "1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_crawled_is_a_row),
        TEST(a_site_without_a_sitemap_says_so),
        TEST(what_is_open_is_counted_by_check),
        TEST(urls_are_counted_by_their_last_status),
        TEST(without_urls_elsewhere_there_is_one_series),
        TEST(known_urls_are_counted_by_day),
        TEST(days_that_history_no_longer_knows_whole_are_left_out),
        TEST(an_empty_history_draws_nothing),
        TEST(a_history_of_other_hosts_alone_has_no_days),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
