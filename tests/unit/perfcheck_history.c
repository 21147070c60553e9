/* state/history/perfcheck.tsv: the row of the specification's section 10, its escapes,
 * what is refused; rows and series in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "perfcheck/judge.h"
#include "shared/limits.h"

#include "shared/banned.h"

#define PAGE "https://shop.example/cart"
/* Section 10's example; the epoch is whole. */
#define EXAMPLE                                                                      \
    "mobile\t" PAGE                                                                  \
    "\ttbt\t2026-11-18\tlh13.4 simulate/150/1638.4/4 chrome156 axe4.11\t5\t435,515," \
    "951,1787,602\t2499\t0\t0\tok\n"
#define ROW(form, page, metric, day) \
    form "\t" page "\t" metric "\t" day "\tx\t3\t1,2,3\t-\t0\t0\tok\n"

static struct arena arena;
static struct history history;

static int make_arena(void **state)
{
    (void)state;
    arena_init(&arena, 64 * MIB);
    history = (struct history){0};
    return 0;
}

static int drop_arena(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void read_rows(const char *rows)
{
    struct err err;

    if (!history_parse(str_of(rows), "h", &arena, &history, &err))
        fail_msg("%s", err.text);
}

static const char *written(void)
{
    struct buf out;

    buf_init(&out, &arena, HISTORY_BYTES_MAX);
    history_format(&history, &out);
    return buf_str(&out).at + strlen(PERF_HISTORY_HEADER "\n");
}

static void the_example_is_read_and_written_as_it_is(void **state)
{
    const struct row_of_day *row;

    (void)state;
    read_rows(EXAMPLE);
    assert_int_equal(history.n, 1);
    assert_string_equal(history.item[0].metric, "tbt");
    assert_string_equal(history.item[0].numbers.metric, "total-blocking-time");
    assert_int_equal(history.item[0].numbers.form, FORM_MOBILE);
    row = &history.item[0].numbers.row[0];
    assert_int_equal(row->day, day_from_civil(2026, 11, 18));
    assert_int_equal(row->k, 5);
    assert_int_equal(row->nvalues, 5);
    assert_true(row->values[2] == 951);
    assert_true(row->bi.known && row->bi.value == 2499);
    assert_int_equal(row->verdict, ROW_OK);
    assert_string_equal(written(), EXAMPLE);
}

static void tabs_newlines_and_backslashes_are_escaped(void **state)
{
    (void)state;
    history_put(&history, "mobile", "a\tb\nc\\d-", "tbt", &arena);
    *series_put(&history.item[0].numbers, 20000, &arena) =
        (struct row_of_day){.day = 20000, .epoch = "-"};
    assert_string_equal(written(), "mobile\ta\\tb\\nc\\\\d-\ttbt\t2024-10-04\t\\-\t0\t-"
                                   "\t-\t0\t0\tok\n");
    read_rows(written());
    assert_string_equal(history.item[0].page, "a\tb\nc\\d-");
    assert_string_equal(history.item[0].numbers.row[0].epoch, "-");
}

static void hashes_are_of_nodes_and_audits(void **state)
{
    static const char rows[] =
        "desktop\tp\taudits\t2026-11-18\t-\t2\t00000000000000ff\t-\t0\t0\tok\n"
        "desktop\tp\tnodes.label\t2026-11-18\t-\t0\t-\t-\t0\t0\tref\n"
        "desktop\tp\tnodes.label\t2026-11-19\t-\t1\tfedcba9876543210\t-\t0\t0\tstep\n";

    (void)state;
    read_rows(rows);
    assert_int_equal(history.item[1].nhashes, 2);
    assert_int_equal(history.item[1].numbers.n, 0);
    assert_true(history.item[1].hashes[1].hash[0] == 0xfedcba9876543210);
    assert_int_equal(history.item[1].hashes[1].verdict, ROW_STEP);
    assert_string_equal(written(), rows);
}

static void field_data_may_have_other_devices_and_many_values(void **state)
{
    struct buf row;

    (void)state;
    buf_init(&row, &arena, 10000);
    buf_add_text(&row, "tablet\t/cart\trum.lcp\t2026-11-18\t-\t800\t1");
    for (int i = 2; i <= 800; i++)
        buf_printf(&row, ",%d", i);
    buf_add_text(&row, "\t-\t0\t0\tok\n");
    read_rows(buf_str(&row).at);
    assert_int_equal(history.item[0].numbers.row[0].nvalues, 800);
    assert_string_equal(written(), buf_str(&row).at);
}

static void what_is_wrong_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *rows, *says;
    } cases[] = {
        {"mobile\tp\ttbt\n", "h:2': not 11 tab-separated fields"},
        {ROW("mobile", "p", "tbt", "2026-11-18")
             ROW("mobile", "p", "tbt", "2026-11-18"),
         "h:3': not in the order of day, or a day twice"},
        {ROW("mobile", "p", "tbt", "2026-11-18") ROW("mobile", "p", "si", "2026-11-18"),
         "h:3': not in the order of form, page and metric"},
        {ROW("mobile", "p", "si", "2026-11-18") ROW("mobile", "p", "tbt", "2026-11-18")
             ROW("mobile", "p", "si", "2026-11-19"),
         "h:4': not in the order of form, page and metric"},
        {ROW("tablet", "p", "tbt", "2026-11-18"), "h:2': form is neither mobile nor"},
        {ROW("mobile", "", "tbt", "2026-11-18"), "h:2': form, page or metric is empty"},
        {ROW("mobile", "p\\x", "tbt", "2026-11-18"), "or badly escaped"},
        {ROW("mobile", "p\\", "tbt", "2026-11-18"), "or badly escaped"},
        {ROW("mobile", "p", "tbt", "2026-11-31"), "h:2': day is no date"},
        {"mobile\tp\ttbt\t2026-11-18\t\t1\t1\t-\t0\t0\tok\n", "h:2': epoch is empty"},
        {"mobile\tp\ttbt\t2026-11-18\tx\t-1\t1\t-\t0\t0\tok\n", "h:2': k is no number"},
        {"mobile\tp\ttbt\t2026-11-18\tx\t1\t1,2\t-\t0\t0\tok\n",
         "h:2': more values than runs"},
        {"mobile\tp\ttbt\t2026-11-18\tx\t2\t1,\t-\t0\t0\tok\n",
         "h:2': values are no numbers"},
        {"mobile\tp\ttbt\t2026-11-18\tx\t2\tnan\t-\t0\t0\tok\n",
         "h:2': values are no numbers"},
        {"mobile\tp\tperf\t2026-11-18\tx\t99\t1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,"
         "18,19,20,21\t-\t0\t0\tok\n",
         "h:2': more values than a row can have"},
        {"mobile\tp\truns\t2026-11-18\tx\t1\t-\t-\t0\t0\tok\n",
         "h:2': not as many values as its metric has"},
        {"mobile\tp\tpublished.tbt\t2026-11-18\tx\t1\t1,2\t-\t0\t0\tok\n",
         "h:2': not as many values as its metric has"},
        {"mobile\tp\tperf\t2026-11-18\tx\t1\t-\t-\t0\t0\tok\n",
         "h:2': not as many values as its metric has"},
        {"mobile\tp\truns\t2026-11-18\tx\t1\t-1\t-\t0\t0\tok\n",
         "h:2': values are not 0 to 1e12"},
        {"mobile\tp\ttbt\t2026-11-18\tx\t1\t1e13\t-\t0\t0\tok\n",
         "h:2': values are not 0 to 1e12"},
        {"mobile\tp\ttbt\t2026-11-18\tx\t1\t1\tfast\t0\t0\tok\n",
         "h:2': bi is no number"},
        {"mobile\tp\ttbt\t2026-11-18\tx\t1\t1\t-\t0\t11001\tok\n",
         "h:2': cusum_up or cusum_down"},
        {"mobile\tp\ttbt\t2026-11-18\tx\t1\t1\t-\t0\t0\tfine\n",
         "h:2': verdict is none of ok"},
        {"mobile\tp\tnodes.a\t2026-11-18\tx\t1\tff\t-\t0\t0\tok\n",
         "h:2': values are not ascending"},
        {"mobile\tp\tnodes.a\t2026-11-18\tx\t1\t00000000000000ff,00000000000000ff\t-\t0"
         "\t0\tok\n",
         "h:2': values are not ascending"},
        {"mobile\tp\ttbt\t2026-11-18\tx\t1\t1\t-\t0\t0\tok",
         "h:2': the last line has no end"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};

        if (history_parse(str_of(cases[i].rows), "h", &arena, &history, &err))
            fail_msg("accepted: %s", cases[i].rows);
        if (!strstr(err.text, cases[i].says))
            fail_msg("%s: %s", cases[i].says, err.text);
        assert_non_null(strstr(err.text, "; restore the file from git"));
        assert_int_equal(history.n, 0);
    }
}

static void series_and_rows_stand_in_order_whatever_comes_first(void **state)
{
    struct series *series;

    (void)state;
    history_put(&history, "mobile", "b", "tbt", &arena);
    history_put(&history, "mobile", "a", "tbt", &arena);
    history_put(&history, "desktop", "b", "perf", &arena);
    history_put(&history, "mobile", "a", "lcp", &arena);
    history_put(&history, "mobile", "a", "tbt", &arena);
    assert_int_equal(history.n, 4);
    assert_string_equal(history.item[0].form, "desktop");
    assert_string_equal(history.item[1].metric, "lcp");
    assert_string_equal(history.item[3].page, "b");
    assert_null(history_find(&history, "mobile", "b", "lcp"));
    series = &history_find(&history, "mobile", "a", "lcp")->numbers;
    series_put(series, 20, &arena)->k = 2;
    series_put(series, 10, &arena)->k = 1;
    series_put(series, 15, &arena);
    series_put(series, 10, &arena)->k++;
    assert_int_equal(series->n, 3);
    assert_int_equal(series->row[0].k, 2);
    assert_int_equal(series->row[1].day, 15);
    assert_null(series_find(series, 11));
    assert_int_equal(series_find(series, 20)->k, 2);
}

static void pages_are_found_and_dropped_whole(void **state)
{
    size_t n;

    (void)state;
    read_rows(ROW("mobile", "a", "si", "2026-11-18")
                  ROW("mobile", "a", "tbt", "2026-11-18")
                      ROW("mobile", "ab", "si", "2026-11-18"));
    assert_ptr_equal(history_page(&history, "mobile", "a", &n), &history.item[0]);
    assert_int_equal(n, 2);
    assert_null(history_page(&history, "mobile", "b", &n));
    assert_int_equal(n, 0);
    history_drop_page(&history, "mobile", "a");
    assert_int_equal(history.n, 1);
    assert_string_equal(history.item[0].page, "ab");
}

static void days_to_judge_again_are_forgotten(void **state)
{
    (void)state;
    read_rows(ROW("mobile", "a", "tbt", "2026-11-17")
                  ROW("mobile", "a", "tbt", "2026-11-18")
                      ROW("mobile", "a", "tbt", "2026-11-19"));
    series_forget_from(&history.item[0], day_from_civil(2026, 11, 18));
    assert_int_equal(history.item[0].numbers.n, 1);
    assert_int_equal(history_newest_run(&history, 5), 5);
    read_rows("mobile\ta\truns\t2026-11-17\tx\t3\t0\t-\t0\t0\tok\n"
              "mobile\tb\truns\t2026-11-16\tx\t3\t0\t-\t0\t0\tok\n");
    assert_int_equal(history_newest_run(&history, 5), day_from_civil(2026, 11, 17));
}

/* ---- trimming ---- */

static struct settings settings = {
    .metric = {"total-blocking-time"},
    .rules = {{50, .05, .75, 4, 20, 20, true}},
    .nmetrics = 1,
};

static struct history_series *numbers(const char *metric, int32_t first, int32_t last)
{
    struct history_series *item = history_put(&history, "mobile", "p", metric, &arena);

    for (int32_t day = first; day <= last; day++) {
        struct row_of_day *row = series_put(&item->numbers, day, &arena);

        row->epoch = "lh13.4 simulate chrome156 axe4.11";
        row->k = row->nvalues = 1;
        row->values = arena_new(&arena, double, 1);
    }
    return item;
}

static void series_are_trimmed_to_their_length(void **state)
{
    (void)state;
    numbers("perf", 1, 130);
    numbers("tbt", 1, 130);
    numbers("score.seo", 1, 130);
    numbers("bytes.image", 1, 130);
    history_trim(&history, &settings, 130, &arena);
    assert_int_equal(history_find(&history, "mobile", "p", "perf")->numbers.n, 120);
    assert_int_equal(history_find(&history, "mobile", "p", "tbt")->numbers.n, 120);
    assert_int_equal(history_find(&history, "mobile", "p", "score.seo")->numbers.n, 8);
    assert_int_equal(history_find(&history, "mobile", "p", "bytes.image")->numbers.n,
                     8);
    assert_int_equal(
        history_find(&history, "mobile", "p", "bytes.image")->numbers.row[0].day, 123);
}

/* Late reports judge the last 3 days again, from the row before them. */
static void what_is_published_before_the_last_days_stays(void **state)
{
    struct series *rows;

    (void)state;
    rows = &numbers("published.tbt", 1, 1)->numbers;
    series_put(rows, 50, &arena);
    series_put(rows, 97, &arena);
    series_put(rows, 98, &arena);
    history_trim(&history, &settings, 100, &arena);
    assert_int_equal(rows->n, 2);
    assert_int_equal(rows->row[0].day, 97);
    history_trim(&history, &settings, 101, &arena);
    assert_int_equal(rows->n, 1);
}

static size_t nodes_left(const char *verdicts)
{
    struct history_series *item =
        history_put(&history, "mobile", "p", "nodes.label", &arena);

    item->nhashes = 0;
    for (int32_t day = 1; *verdicts; day++, verdicts++)
        hashes_put(item,
                   &(struct hash_row){.day = day,
                                      .epoch = "",
                                      .verdict = *verdicts == 'r'   ? ROW_REF
                                                 : *verdicts == 's' ? ROW_STEP
                                                                    : ROW_OK},
                   &arena);
    history_trim(&history, &settings, 100, &arena);
    return item->nhashes;
}

static void of_an_audit_stays_what_its_last_row_goes_back_to(void **state)
{
    (void)state;
    assert_int_equal(nodes_left("r"), 1);
    assert_int_equal(nodes_left("rsr"), 1);
    assert_int_equal(nodes_left("rs"), 2);
    assert_int_equal(nodes_left("rrs"), 2);
    assert_int_equal(nodes_left("ro"), 0); // it passes: nothing to know
    assert_int_equal(nodes_left("os"), 1); // open, and nothing was known before
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_arena, drop_arena)
        CASE(the_example_is_read_and_written_as_it_is),
        CASE(tabs_newlines_and_backslashes_are_escaped),
        CASE(hashes_are_of_nodes_and_audits),
        CASE(field_data_may_have_other_devices_and_many_values),
        CASE(what_is_wrong_is_refused_with_its_line),
        CASE(series_and_rows_stand_in_order_whatever_comes_first),
        CASE(pages_are_found_and_dropped_whole),
        CASE(days_to_judge_again_are_forgotten),
        CASE(series_are_trimmed_to_their_length),
        CASE(what_is_published_before_the_last_days_stays),
        CASE(of_an_audit_stays_what_its_last_row_goes_back_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
