/* Web vitals from files of events: which values count, where, and that input order,
 * repeated lines and days read again change nothing. */
#include "perfcheck/vitals.h"
#include "tests/unit/shared_source.h"

#include "shared/banned.h"

static struct settings settings;
static struct vitals *vitals;
static struct history history;
static struct vitals_seen seen;

static int begin(void **state)
{
    history = (struct history){0};
    vitals = NULL;
    return test_begin(state);
}

static int end(void **state)
{
    vitals_close(vitals);
    vitals = NULL;
    settings_release(&settings);
    return test_end(state);
}

/* Members of `sources.events` and of perfcheck. NULL, or what is wrong. */
static const char *try_open(const char *source, const char *perfcheck)
{
    char *text =
        quoted_text(str_format(&test_run,
                               "{'timezone': 'UTC',\n'sources': { 'events': {%s}"
                               "},\n'perfcheck': {%s}}\n",
                               source, perfcheck));

    vitals_close(vitals);
    settings_release(&settings);
    json_decref(test_config.root);
    test_config.root = NULL;
    test_err.text[0] = '\0';
    if (config_parse(str_of(text), "rounds.json", &test_run, &test_config, &test_err) &&
        settings_read(&test_config, &test_run, &settings, &test_err) &&
        vitals_open(&test_config, &settings, &test_run, &vitals, &test_err))
        return NULL;
    return test_err.text;
}

static const char jsonl[] = "'type': 'jsonl', 'path': 'events'";

static void open_with(const char *perfcheck)
{
    const char *wrong;

    (void)mkdir("events", 0755);
    wrong = try_open(jsonl, perfcheck);
    if (wrong)
        fail_msg("%s", wrong);
    assert_non_null(vitals);
}

static void collect(int32_t first, int32_t as_of)
{
    if (!vitals_collect(vitals, &settings, DAY + first, DAY + as_of, &history,
                        &test_run, &seen, &test_err))
        fail_msg("%s", test_err.text);
}

static const char *text_of(void)
{
    struct buf out;

    buf_init(&out, &test_run, MIB);
    history_format(&history, &out);
    return out.at;
}

/* The row's pairs as "edge*count ..."; "" when there is no row. */
static const char *row_text(const char *device, const char *group, const char *metric,
                            int32_t day)
{
    const struct history_series *item = history_find(&history, device, group, metric);
    const struct row_of_day *row = item ? series_find(&item->numbers, DAY + day) : NULL;
    struct buf out;

    buf_init(&out, &test_run, MIB);
    buf_add_text(&out, "");
    for (size_t i = 0; row && i < row->nvalues; i += 2)
        buf_printf(&out, "%s%g*%g", i > 0 ? " " : "", row->values[i],
                   row->values[i + 1]);
    return out.n > 0 ? out.at : "";
}

/* The day after has an event too, so that the day before is complete. */
static void put_day(const char *lines)
{
    put("events/1.jsonl", lines);
    put("events/2.jsonl",
        "{'time':'2026-03-03T08:00:00Z','session':'z','event':'pageview','page':'/'}\n");
}

static void each_metric_is_counted_by_group_and_device(void **state)
{
    (void)state;
    open_with("");
    put_day("{'time':'2026-03-02T08:00:00Z','id':'1','session':'a','event':'vitals',"
            "'page':'/cart?x=1','device':'Mobile','lcp':2496.2,'inp':97,'cls':0.0501,"
            "'fcp':1810,'ttfb':85}\n"
            "{'time':'2026-03-02T09:00:00Z','id':'2','session':'b','event':'vitals',"
            "'page':'/order/17','device':'Desktop','lcp':900}\n"
            "{'time':'2026-03-02T09:30:00Z','id':'3','session':'b','event':'vitals',"
            "'page':'/order/18','device':'Desktop','lcp':890.5}\n"
            "{'time':'2026-03-02T10:00:00Z','id':'4','session':'c','event':'vitals',"
            "'page':'/cart','device':'TV','inp':8}\n");
    collect(0, 0);
    assert_string_equal(row_text("mobile", "/cart", "rum.lcp", 0), "2500*1");
    assert_string_equal(row_text("mobile", "/cart", "rum.inp", 0), "100*1");
    assert_string_equal(row_text("mobile", "/cart", "rum.cls", 0), "0.052*1");
    assert_string_equal(row_text("mobile", "/cart", "rum.fcp", 0), "1820*1");
    assert_string_equal(row_text("mobile", "/cart", "rum.ttfb", 0), "90*1");
    assert_string_equal(row_text("desktop", "/order/:id", "rum.lcp", 0), "900*2");
    assert_string_equal(row_text("desktop", "/order/:id", "rum.inp", 0), "");
    assert_string_equal(row_text("other", "/cart", "rum.inp", 0), "8*1");
    assert_int_equal(seen.status[0], DAY_OK);
}

static void the_last_value_of_an_id_counts(void **state)
{
    (void)state;
    open_with("");
    put_day("{'time':'2026-03-02T08:00:09Z','id':'v4-1','session':'a','event':'vitals',"
            "'page':'/','device':'Mobile','lcp':3000}\n"
            "{'time':'2026-03-02T08:00:05Z','id':'v4-1','session':'a','event':'vitals',"
            "'page':'/','device':'Mobile','lcp':9000,'cls':0.3}\n"
            "{'time':'2026-03-02T08:00:07Z','id':'v4-1','session':'a','event':'vitals',"
            "'page':'/','device':'Mobile','cls':0.2}\n"
            "{'time':'2026-03-02T08:00:07Z','id':'v4-2','session':'a','event':'vitals',"
            "'page':'/','device':'Mobile','cls':0.2}\n");
    collect(0, 0);
    assert_string_equal(row_text("mobile", "/", "rum.lcp", 0), "3000*1");
    assert_string_equal(row_text("mobile", "/", "rum.cls", 0), "0.2*2");
}

static void other_events_and_bad_values_do_not_count(void **state)
{
    (void)state;
    open_with("");
    put_day("{'time':'2026-03-02T08:00:00Z','id':'1','session':'a','event':'pageview',"
            "'page':'/','device':'Mobile','lcp':1000}\n"
            "{'time':'2026-03-02T08:00:00Z','id':'2','session':'a','event':'vitals',"
            "'page':'/','device':'Mobile','lcp':-1}\n"
            "{'time':'2026-03-02T08:00:00Z','id':'3','session':'a','event':'vitals',"
            "'device':'Mobile','lcp':1000}\n"
            "{'time':'2026-03-01T08:00:00Z','id':'4','session':'a','event':'vitals',"
            "'page':'/','device':'Mobile','lcp':1000}\n"
            "{'time':'2026-03-03T08:00:00Z','id':'5','session':'a','event':'vitals',"
            "'page':'/','device':'Mobile','lcp':1000}\n");
    collect(0, 0);
    assert_int_equal(history.n, 0);
}

static void patterns_name_groups_and_others_are_as_they_are(void **state)
{
    (void)state;
    open_with("'rum': {'pages': [{'match': '/p/.*', 'as': 'product'},"
              " {'match': '/(de|en)/.*', 'as': 'language $1'}]}");
    put_day("{'time':'2026-03-02T08:00:00Z','id':'1','session':'a','event':'vitals',"
            "'page':'/p/filter','device':'Mobile','lcp':1000}\n"
            "{'time':'2026-03-02T08:00:00Z','id':'2','session':'a','event':'vitals',"
            "'page':'/p/grinder','device':'Mobile','lcp':2000}\n"
            "{'time':'2026-03-02T08:00:00Z','id':'3','session':'a','event':'vitals',"
            "'page':'/de/p','device':'Mobile','lcp':2000}\n"
            "{'time':'2026-03-02T08:00:00Z','id':'4','session':'a','event':'vitals',"
            "'page':'/about','device':'Mobile','lcp':2000}\n");
    collect(0, 0);
    assert_string_equal(row_text("mobile", "product", "rum.lcp", 0), "1000*1 2000*1");
    assert_string_equal(row_text("mobile", "language de", "rum.lcp", 0), "2000*1");
    assert_string_equal(row_text("mobile", "/about", "rum.lcp", 0), "2000*1");
}

static void add_line(struct buf *out, int day, int id, int lcp)
{
    buf_printf(
        out,
        "{'time':'2026-03-%02dT08:%02d:00Z','id':'%d-%d','session':'s%d','event':"
        "'vitals','page':'/x%c','device':'Mobile','lcp':%d}\n",
        2 + day, id % 60, day, id, id, 'a' + id % 3, lcp);
}

/* The relation holds for any order and any files: nothing is stated twice. */
static void order_files_and_repeated_lines_change_nothing(void **state)
{
    const char *first;
    struct buf up, odd, even;

    (void)state;
    buf_init(&up, &test_run, MIB);
    buf_init(&odd, &test_run, MIB);
    buf_init(&even, &test_run, MIB);
    for (int i = 0; i < 600; i++)
        add_line(&up, i % 3, i, 1000 + i * 7 % 400);
    for (int i = 600; i-- > 0;) {
        add_line(i % 2 == 0 ? &even : &odd, i % 3, i, 1000 + i * 7 % 400);
        if (i % 5 == 0)
            add_line(&even, i % 3, i, 1000 + i * 7 % 400);
    }
    open_with("");
    put("events/1.jsonl", up.at);
    collect(0, 1);
    first = text_of();
    assert_non_null(strstr(first, "rum.lcp"));
    history = (struct history){0};
    put("events/1.jsonl", odd.at);
    put("events/2.jsonl", even.at);
    collect(0, 1);
    assert_string_equal(text_of(), first);
    collect(0, 0); // days read again, one after the other
    collect(1, 1);
    assert_string_equal(text_of(), first);
}

static void a_partial_or_absent_day_has_no_row(void **state)
{
    struct buf lines;

    (void)state;
    buf_init(&lines, &test_run, MIB);
    for (int i = 0; i < 200; i++)
        add_line(&lines, i % 2 == 0 ? 0 : 2, i, 1000);
    for (int i = 0; i < 20; i++) // more than a percent, on the last of these days
        buf_add_text(&lines, "no JSON\n");
    open_with("");
    put("events/1.jsonl", lines.at);
    collect(0, 3);
    assert_string_not_equal(row_text("mobile", "/xa", "rum.lcp", 0), "");
    assert_int_equal(seen.status[0], DAY_OK);
    assert_int_equal(seen.status[1], DAY_ABSENT);
    assert_string_equal(row_text("mobile", "/xa", "rum.lcp", 2), "");
    assert_int_equal(seen.status[2], DAY_PARTIAL);
    assert_int_equal(seen.status[3], DAY_STALE);
}

static void problems_are_said(void **state)
{
    struct buf lines;
    const char **problem;
    size_t n;

    (void)state;
    buf_init(&lines, &test_run, MIB);
    for (int i = 0; i < 100; i++)
        add_line(&lines, i % 2 * 2, i, 1000);
    open_with("");
    put("events/1.jsonl", lines.at);
    collect(0, 4);
    vitals_problems(&seen, &test_run, &problem, &n);
    assert_int_equal(n, 2);
    assert_string_equal(problem[0], "web vitals: 1 day of events absent, 2026-03-03");
    assert_string_equal(problem[1],
                        "web vitals: 2 days of events stale, 2026-03-05 to 2026-03-06");
}

static void the_least_visited_of_too_many_groups_are_left_out(void **state)
{
    struct buf lines;
    const char **problem;
    size_t n;

    (void)state;
    buf_init(&lines, &test_run, 8 * MIB);
    for (int i = 0; i < 150; i++)
        for (int v = 0; v < (i == 149 ? 3 : i < 50 ? 1 : 2); v++)
            buf_printf(
                &lines,
                "{'time':'2026-03-02T08:00:00Z','id':'%d-%d','session':'s','event'"
                ":'vitals','page':'/p-%c%c','device':'Mobile','lcp':1000}\n",
                i, v, 'a' + i / 26, 'a' + i % 26);
    open_with("");
    put_day(lines.at);
    collect(0, 0);
    assert_int_equal(seen.strata, 150);
    assert_int_equal(seen.dropped, 50);
    assert_int_equal(history.n, VITALS_STRATA);
    assert_string_equal(row_text("mobile", "/p-aa", "rum.lcp", 0), "");
    assert_string_equal(row_text("mobile", "/p-ft", "rum.lcp", 0), "1000*3");
    vitals_problems(&seen, &test_run, &problem, &n);
    assert_int_equal(n, 1);
    assert_non_null(strstr(problem[0], "50 of 150"));
}

static void a_group_that_history_knows_is_not_pushed_out(void **state)
{
    struct buf lines;

    (void)state;
    buf_init(&lines, &test_run, 8 * MIB);
    add_line(&lines, 0, 0, 1000); // page /xa
    for (int i = 0; i < 150; i++)
        for (int v = 0; v < 2; v++)
            buf_printf(
                &lines,
                "{'time':'2026-03-03T08:00:00Z','id':'%d-%d','session':'s','event'"
                ":'vitals','page':'/p-%c%c','device':'Mobile','lcp':1000}\n",
                i, v, 'a' + i / 26, 'a' + i % 26);
    add_line(&lines, 1, 0, 1000);
    add_line(&lines, 2, 0, 1000);
    open_with("");
    put("events/1.jsonl", lines.at);
    collect(0, 0);
    collect(1, 1);
    assert_string_equal(row_text("mobile", "/xa", "rum.lcp", 1), "1000*1");
}

static void a_source_without_vitals_is_off_unless_it_was_named(void **state)
{
    (void)state;
    (void)mkdir("events", 0755);
    assert_null(try_open("'type': 'access_log', 'path': 'events'", ""));
    assert_null(vitals);
    assert_non_null(strstr(try_open("'type': 'access_log', 'path': 'events'",
                                    "'rum': {'source': 'events'}"),
                           "carries no web vitals"));
    assert_null(try_open(jsonl, "'rum': null"));
    assert_null(vitals);
    assert_null(try_open(jsonl, ""));
    assert_non_null(vitals);
}

static void a_first_run_reads_all_days_that_are_kept(void **state)
{
    (void)state;
    assert_int_equal(vitals_first_day(&history, false, 0, DAY), DAY - VITALS_DAYS + 1);
    assert_int_equal(vitals_first_day(&history, true, DAY - 1, DAY),
                     DAY - VITALS_DAYS + 1); // no row yet
    (void)
        series_put(&history_put(&history, "mobile", "/", "rum.lcp", &test_run)->numbers,
                   DAY - 1, &test_run);
    assert_int_equal(vitals_first_day(&history, true, DAY - 1, DAY), DAY - 3);
    assert_int_equal(vitals_first_day(&history, true, DAY - 300, DAY),
                     DAY - VITALS_DAYS + 1);
}

static void rows_that_are_no_histogram_are_refused(void **state)
{
    static double bad[][4] = {{1000, 2, 900, 1},
                              {1000, .5, 2000, 2.5},
                              {1000, 0, 2000, 3},
                              {-1, 1, 2000, 2}};
    struct row_of_day *row;

    (void)state;
    open_with("");
    row =
        series_put(&history_put(&history, "mobile", "/", "rum.lcp", &test_run)->numbers,
                   DAY - 9, &test_run);
    row->k = 3;
    row->nvalues = 4;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        row->values = bad[i];
        assert_false(vitals_collect(vitals, &settings, DAY, DAY, &history, &test_run,
                                    &seen, &test_err));
        ASSERT_SAYS("restore the file from git");
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(each_metric_is_counted_by_group_and_device),
        TEST(the_last_value_of_an_id_counts),
        TEST(other_events_and_bad_values_do_not_count),
        TEST(patterns_name_groups_and_others_are_as_they_are),
        TEST(order_files_and_repeated_lines_change_nothing),
        TEST(a_partial_or_absent_day_has_no_row),
        TEST(problems_are_said),
        TEST(the_least_visited_of_too_many_groups_are_left_out),
        TEST(a_group_that_history_knows_is_not_pushed_out),
        TEST(a_source_without_vitals_is_off_unless_it_was_named),
        TEST(a_first_run_reads_all_days_that_are_kept),
        TEST(rows_that_are_no_histogram_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
