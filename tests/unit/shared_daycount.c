/* Daily counts of distinct units of hand-made rows; what to expect follows from the
 * definitions (spec of sources, section 6). Also the caps, and scratch. Random rows:
 * shared_daycount_random.c. */
#include "tests/unit/shared_daycount.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "shared/banned.h"

static void fifty_errors_of_one_session_are_one_affected_session(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row rows[53];

    for (int i = 0; i < 50; i++)
        rows[i] = row_of(1, i, KIND_EXCEPTION, "/cart");
    rows[50] = row_of(1, 60, KIND_PAGEVIEW, "/cart");
    rows[51] = row_of(2, 61, KIND_PAGEVIEW, "/cart");
    rows[52] = row_of(2, 62, KIND_PAGEVIEW, "/");
    count(f, &plan, rows, 53);
    assert_string_equal(site(f, 0, COUNT_EXCEPTION), "1/2");
    assert_string_equal(cell(f, 0, DIMENSION_PAGE, "/cart", COUNT_EXCEPTION), "1/2");
    assert_string_equal(cell(f, 0, DIMENSION_PAGE, "/", COUNT_EXCEPTION), "0/1");
    assert_int_equal(f->days[0].units, 2);
    assert_int_equal(f->days[0].kind_units[KIND_PAGEVIEW], 2);
    assert_int_equal(f->days[0].kind_units[KIND_EXCEPTION], 1);
    assert_int_equal(f->days[0].kind_units[KIND_SEARCH], 0);
    assert_int_equal(f->days[0].duplicates, 0);
}

static void a_value_counts_only_what_was_seen_with_it(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row rows[] = {row_of(1, 1, KIND_PAGEVIEW, "/a"),
                         row_of(1, 2, KIND_EXCEPTION, "/b")};

    rows[0].browser = STR("Firefox");
    rows[1].device = STR("Mobile");
    rows[1].release = STR("4.2.0");
    count(f, &plan, rows, 2);
    assert_string_equal(site(f, 0, COUNT_EXCEPTION), "1/1");
    assert_string_equal(cell(f, 0, DIMENSION_PAGE, "/a", COUNT_EXCEPTION), "0/1");
    assert_string_equal(cell(f, 0, DIMENSION_PAGE, "/b", COUNT_EXCEPTION), "1/0");
    assert_string_equal(cell(f, 0, DIMENSION_BROWSER, "Firefox", COUNT_EXCEPTION),
                        "0/1");
    assert_string_equal(cell(f, 0, DIMENSION_DEVICE, "Mobile", COUNT_EXCEPTION), "1/0");
    assert_string_equal(cell(f, 0, DIMENSION_RELEASE, "4.2.0", COUNT_EXCEPTION), "1/0");
}

static void empty_text_is_no_value(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row row = row_of(1, 1, KIND_PAGEVIEW, "");

    count(f, &plan, &row, 1);
    for (size_t d = DIMENSION_PAGE; d < DIMENSION_COUNT; d++)
        assert_int_equal(f->days[0].dimension[d].nvalues, 0);
    assert_string_equal(site(f, 0, COUNT_EXCEPTION), "0/1");
}

static void the_end_counts_wherever_in_the_day_it_was(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    const struct row rows[] = {
        row_of(1, 5, KIND_FORM_START, "/form"),
        row_of(1, 4, KIND_FORM_SUBMIT, "/done"),
        row_of(2, 5, KIND_FORM_START, "/form"),
        row_of(3, 5, KIND_FORM_SUBMIT, "/form"),
        row_of(4, 23 * HOUR, KIND_FORM_START, "/form"),
        row_of(4, 25 * HOUR, KIND_FORM_SUBMIT, "/form"), // too late: another day
    };

    count(f, &plan, rows, sizeof rows / sizeof rows[0]);
    assert_string_equal(site(f, 0, COUNT_ABANDON), "2/3");
    assert_string_equal(cell(f, 0, DIMENSION_PAGE, "/form", COUNT_ABANDON), "2/3");
    assert_string_equal(cell(f, 0, DIMENSION_PAGE, "/done", COUNT_ABANDON), "0/0");
    assert_string_equal(site(f, 1, COUNT_ABANDON), "0/0");
}

static void failing_counts_beside_not_ending(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    const struct row rows[] = {
        row_of(1, 1, KIND_FORM_START, "/pay"), // ended well
        row_of(1, 2, KIND_FORM_SUBMIT, "/pay"),
        row_of(2, 1, KIND_FORM_START, "/pay"), // ended well after a failure
        row_of(2, 2, KIND_PAYMENT_FAILED, "/pay"),
        row_of(2, 3, KIND_FORM_SUBMIT, "/pay"),
        row_of(3, 1, KIND_PAYMENT_FAILED, "/pay"), // without a start
        row_of(4, 1, KIND_FORM_START, "/pay"),     // never ended
    };

    count(f, &plan, rows, sizeof rows / sizeof rows[0]);
    assert_string_equal(site(f, 0, COUNT_CHECKOUT), "3/4");
    assert_string_equal(cell(f, 0, DIMENSION_PAGE, "/pay", COUNT_CHECKOUT), "3/4");
}

static void a_number_is_above_and_at_most(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    const struct row rows[] = {
        row_with(row_of(1, 1, KIND_VITALS, "/"), NUMBER_LCP, 2500),
        row_with(row_of(2, 1, KIND_VITALS, "/"), NUMBER_LCP, 2500.5),
        row_of(3, 1, KIND_VITALS, "/"),                               // no sample
        row_with(row_of(4, 1, KIND_PAGEVIEW, "/"), NUMBER_LCP, 9999), // another kind
        row_with(row_of(5, 1, KIND_VITALS, "/"), NUMBER_INP, 9999),   // another number
        row_with(row_of(6, 1, KIND_REQUEST, "/"), NUMBER_STATUS, 499),
        row_with(row_of(7, 1, KIND_REQUEST, "/"), NUMBER_STATUS, 500),
        row_with(row_of(8, 1, KIND_NOT_FOUND, "/"), NUMBER_STATUS, 599), // second kind
        row_with(row_of(9, 1, KIND_REQUEST, "/"), NUMBER_STATUS, 600),
        row_with(row_of(10, 1, KIND_REQUEST, "/"), NUMBER_STATUS, (double)NAN),
    };

    count(f, &plan, rows, sizeof rows / sizeof rows[0]);
    assert_string_equal(site(f, 0, COUNT_LCP), "1/2");
    assert_string_equal(site(f, 0, COUNT_5XX), "2/10");
}

static void only_an_own_host_refers_from_within(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row rows[5];

    for (size_t i = 0; i < 5; i++)
        rows[i] = row_with(row_of(i, 1, KIND_REQUEST, "/x"), NUMBER_STATUS, 404);
    rows[0].referrer_host = STR("shop.example");
    rows[1].referrer_host = STR("WWW.Shop.example");
    rows[2].referrer_host = STR("notshop.example");
    rows[3].referrer_host = STR("shop.example.evil");
    count(f, &plan, rows, 5);
    assert_string_equal(site(f, 0, COUNT_404), "2/5");
}

static void an_error_is_exposed_to_the_whole_site(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row rows[] = {
        row_of(1, 1, KIND_PAGEVIEW, "/"),  row_of(2, 1, KIND_PAGEVIEW, "/"),
        row_of(3, 1, KIND_PAGEVIEW, "/"),  row_of(1, 2, KIND_EXCEPTION, "/"),
        row_of(2, 2, KIND_EXCEPTION, "/"), row_of(2, 3, KIND_EXCEPTION, "/"),
        row_of(9, 3, KIND_PAGEVIEW, "/"),
    };

    rows[3].error = STR("TypeError: x is #");
    rows[4].error = STR("TypeError: x is #");
    rows[5].error = STR("RangeError");
    rows[6].error = STR("on a pageview"); // its row shows an error, and is no exception
    count(f, &plan, rows, sizeof rows / sizeof rows[0]);
    assert_string_equal(site(f, 0, COUNT_EXCEPTION), "2/4");
    assert_string_equal(cell(f, 0, DIMENSION_ERROR, "TypeError: x is #",
                             COUNT_EXCEPTION),
                        "2/4");
    assert_string_equal(cell(f, 0, DIMENSION_ERROR, "RangeError", COUNT_EXCEPTION),
                        "1/4");
    assert_int_equal(f->days[0].dimension[DIMENSION_ERROR].nvalues, 2);
    assert_string_equal(cell(f, 0, DIMENSION_ERROR, "RangeError", COUNT_5XX), "0/4");
}

static void values_come_in_byte_order(void **state)
{
    static const char *const sorted[] = {"/", "/A", "/a", "/a/b", "/ab", "/\xc3\xa4"};
    static const int order[] = {4, 1, 5, 0, 3, 2};
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row rows[6];

    for (size_t i = 0; i < 6; i++)
        rows[i] = row_of(i, 1, KIND_PAGEVIEW, sorted[order[i]]);
    count(f, &plan, rows, 6);
    assert_int_equal(f->days[0].dimension[DIMENSION_PAGE].nvalues, 6);
    for (size_t v = 0; v < 6; v++)
        assert_true(str_equal(f->days[0].dimension[DIMENSION_PAGE].value[v],
                              str_of(sorted[v])));
}

static void a_unit_across_midnight_counts_on_both_days(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row rows[] = {
        row_of(1, 24 * HOUR - 1, KIND_PAGEVIEW, "/"), // last ms of the day
        row_of(1, 24 * HOUR, KIND_PAGEVIEW, "/"),     // first of the next
        row_of(2, 24 * HOUR - 1, KIND_PAGEVIEW, "/"),
        row_of(3, 47 * HOUR - 1, KIND_PAGEVIEW, "/"), // the day of 23 hours
        row_of(3, 47 * HOUR, KIND_PAGEVIEW, "/"),
    };

    rows[0].unit_is_user = rows[1].unit_is_user = true;
    count(f, &plan, rows, sizeof rows / sizeof rows[0]);
    assert_int_equal(f->days[0].day, FIRST_DAY);
    assert_int_equal(f->days[2].day, FIRST_DAY + 2);
    assert_int_equal(f->days[0].units, 2);
    assert_int_equal(f->days[1].units, 2);
    assert_int_equal(f->days[2].units, 1);
    assert_string_equal(site(f, 1, COUNT_EXCEPTION), "0/2");
}

static void a_user_is_a_new_unit_after_more_than_30_minutes(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row rows[] = {
        row_of(1, 61 * MINUTE, KIND_PAGEVIEW, "/"), // 31 minutes after the one below
        row_of(1, 0, KIND_EXCEPTION, "/"),
        row_of(1, 30 * MINUTE, KIND_PAGEVIEW, "/"), // 30 are not over 30
    };

    for (size_t i = 0; i < 3; i++)
        rows[i].unit_is_user = true;
    count(f, &plan, rows, 3);
    assert_int_equal(f->days[0].units, 2);
    assert_string_equal(site(f, 0, COUNT_EXCEPTION), "1/2");
    rows[0].time_ms = 60 * MINUTE + 1;
    count(f, &plan, rows, 3);
    assert_int_equal(f->days[0].units, 2);
    rows[0].time_ms = 60 * MINUTE;
    count(f, &plan, rows, 3);
    assert_int_equal(f->days[0].units, 1);
}

static void a_session_may_pause_as_long_as_it_likes(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    const struct row rows[] = {row_of(1, 0, KIND_PAGEVIEW, "/"),
                               row_of(1, 23 * HOUR, KIND_PAGEVIEW, "/")};

    count(f, &plan, rows, 2);
    assert_int_equal(f->days[0].units, 1);
}

static void of_one_id_in_a_unit_the_first_in_time_stays(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row rows[] = {
        row_of(1, 9, KIND_EXCEPTION, "/late"),
        row_of(1, 2, KIND_SEARCH, "/between"),
        row_of(1, 1, KIND_PAGEVIEW, "/early"),
        row_of(2, 1, KIND_PAGEVIEW, "/early"),
        row_of(1, 30 * HOUR, KIND_PAGEVIEW, "/next-day"),
    };

    rows[0].id = rows[3].id = rows[4].id = rows[2].id;
    count(f, &plan, rows, 5);
    assert_int_equal(f->days[0].duplicates, 1); // another unit's or day's is none
    assert_int_equal(f->days[1].duplicates, 0);
    assert_string_equal(site(f, 0, COUNT_EXCEPTION), "0/2");
    assert_string_equal(cell(f, 0, DIMENSION_PAGE, "/late", COUNT_EXCEPTION), "none");
    assert_string_equal(site(f, 1, COUNT_EXCEPTION), "0/1");
}

// Events that are sent again one after another, with a later clock and from elsewhere.
static void however_many_rows_a_unit_has_repeats_are_dropped(void **state)
{
    static const size_t sizes[] = {2, 20, 32, 33,
                                   200}; // events: more than 64 rows, or not
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row rows[400];

    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t n = sizes[s];

        for (size_t i = 0; i < n; i++) {
            rows[i] = row_of(1, (int64_t)i, KIND_PAGEVIEW, "/first");
            rows[n + i] = row_of(1, (int64_t)(n + i), KIND_EXCEPTION, "/again");
            rows[n + i].id = rows[i].id = hash_mix(n - i, i); // in no order of time
        }
        count(f, &plan, rows, 2 * n);
        assert_int_equal(f->days[0].duplicates, n);
        assert_string_equal(site(f, 0, COUNT_EXCEPTION), "0/1");
        assert_string_equal(cell(f, 0, DIMENSION_PAGE, "/first", COUNT_EXCEPTION),
                            "0/1");
        assert_string_equal(cell(f, 0, DIMENSION_PAGE, "/again", COUNT_EXCEPTION),
                            "none");
    }
}

static void a_dropped_duplicate_does_not_bridge_a_gap(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row rows[] = {row_of(1, 0, KIND_PAGEVIEW, "/"),
                         row_of(1, 20 * MINUTE, KIND_PAGEVIEW, "/"),
                         row_of(1, 40 * MINUTE, KIND_PAGEVIEW, "/")};

    for (size_t i = 0; i < 3; i++)
        rows[i].unit_is_user = true;
    rows[1].id = rows[0].id;
    count(f, &plan, rows, 3);
    assert_int_equal(f->days[0].units, 2);
}

static void one_value_too_many_turns_its_dimension_off(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row rows[] = {row_of(1, 1, KIND_PAGEVIEW, "/a"),
                         row_of(1, 2, KIND_PAGEVIEW, "/b"),
                         row_of(1, 3, KIND_PAGEVIEW, "/a"),
                         row_of(1, 30 * HOUR, KIND_PAGEVIEW, "/c")};

    for (size_t i = 0; i < 4; i++)
        rows[i].browser = STR("Firefox");
    plan.most_values[DIMENSION_PAGE] = 2;
    plan.most_values[DIMENSION_BROWSER] = 1;
    count(f, &plan, rows, 3);
    assert_int_equal(f->over, 0);
    assert_int_equal(f->days[0].dimension[DIMENSION_PAGE].nvalues, 2);
    count(f, &plan, rows, 4);
    assert_int_equal(f->over, 1 << DIMENSION_PAGE);
    for (size_t day = 0; day < DAYS; day++)
        assert_int_equal(f->days[day].dimension[DIMENSION_PAGE].nvalues, 0);
    assert_string_equal(site(f, 0, COUNT_EXCEPTION), "0/1");
    assert_string_equal(cell(f, 1, DIMENSION_BROWSER, "Firefox", COUNT_EXCEPTION),
                        "0/1");
}

static void a_dimension_with_room_for_none_is_not_over(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row row = row_of(1, 1, KIND_PAGEVIEW, "/a");

    plan.most_values[DIMENSION_PAGE] = 0;
    count(f, &plan, &row, 1);
    assert_int_equal(f->over, 0);
    assert_int_equal(f->days[0].dimension[DIMENSION_PAGE].nvalues, 0);
}

static bool no_private_pages(void *context, struct str path, char out[201], size_t *n)
{
    ++*(int *)context;
    *n = path.n < 3 ? path.n : 3;
    memcpy(out, path.at, *n);
    return !str_starts(path, STR("/private"));
}

static void pages_are_named_once_and_may_be_left_out(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    int calls = 0;
    const struct row rows[] = {row_of(1, 1, KIND_PAGEVIEW, "/pay/1"),
                               row_of(2, 2, KIND_PAGEVIEW, "/pay/2"),
                               row_of(2, 3, KIND_PAGEVIEW, "/pay/1"),
                               row_of(3, 4, KIND_PAGEVIEW, "/private"),
                               row_of(4, 5, KIND_PAGEVIEW, "/private")};

    plan.page_name = no_private_pages;
    plan.page_context = &calls;
    count(f, &plan, rows, 5);
    assert_int_equal(calls, 3);
    assert_string_equal(cell(f, 0, DIMENSION_PAGE, "/pa", COUNT_EXCEPTION), "0/2");
    assert_int_equal(f->days[0].dimension[DIMENSION_PAGE].nvalues, 1);
    assert_string_equal(site(f, 0, COUNT_EXCEPTION), "0/4");
}

static void without_a_rule_pages_are_normalised(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row row = row_of(1, 1, KIND_PAGEVIEW, "/cart?step=2");

    plan.page_name = NULL;
    count(f, &plan, &row, 1);
    assert_string_equal(cell(f, 0, DIMENSION_PAGE, "/cart", COUNT_EXCEPTION), "0/1");
}

static void a_quiet_span_has_its_days_and_its_site(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();

    count(f, &plan, NULL, 0);
    for (size_t day = 0; day < DAYS; day++) {
        assert_int_equal(f->days[day].day, FIRST_DAY + (int32_t)day);
        assert_int_equal(f->days[day].units, 0);
        assert_string_equal(site(f, day, COUNT_EXCEPTION), "0/0");
    }
}

/* Row `i` of n rows in no order: unit i mod units, so that a unit's rows are far apart.
 */
static struct row row_of_many(uint64_t i, uint64_t units)
{
    static const char *const pages[] = {"/0", "/1", "/2", "/3", "/4"};
    uint64_t unit = i % units;
    int64_t turn = (int64_t)(i / units);
    struct row row =
        row_of(unit, 23 * HOUR - turn * MINUTE,
               turn == 2 && unit % 10 == 0 ? KIND_EXCEPTION : KIND_PAGEVIEW,
               pages[unit % 5]);

    return row;
}

/* 32 MiB hold less than 700,000 records of 48 bytes: two rounds through scratch and a
 * rest in memory. */
static void spilled_rows_count_like_those_in_memory(void **state)
{
    enum { UNITS = 400000, TURNS = 4 };
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();

    daycount_start(f->counts, &plan);
    for (uint64_t i = 0; i < (uint64_t)UNITS * TURNS; i++) {
        struct row row = row_of_many(i, UNITS);

        add(f, &row);
    }
    finish(f);
    assert_int_equal(f->days[0].units, UNITS);
    assert_int_equal(f->days[0].duplicates, 0);
    assert_string_equal(site(f, 0, COUNT_EXCEPTION), "40000/400000");
    // every tenth unit is affected: those of pages 0 (0, 10, ..) alone
    assert_string_equal(cell(f, 0, DIMENSION_PAGE, "/0", COUNT_EXCEPTION),
                        "40000/80000");
    assert_string_equal(cell(f, 0, DIMENSION_PAGE, "/4", COUNT_EXCEPTION), "0/80000");
    assert_int_equal(f->days[1].units, 0);

    struct row row = row_of(1, 30 * HOUR, KIND_PAGEVIEW, "/next");

    count(f, &plan, &row, 1); // nothing is left of what was on file
    assert_int_equal(f->days[0].units, 0);
    assert_int_equal(f->days[1].units, 1);
    assert_string_equal(cell(f, 1, DIMENSION_PAGE, "/next", COUNT_EXCEPTION), "0/1");
    assert_int_equal(f->days[1].dimension[DIMENSION_PAGE].nvalues, 1);
}

/* Adds up to `most` rows of one unit or of many, and returns how many were taken. */
static size_t add_until_full(struct fixture *f, size_t most, bool one_unit)
{
    struct daycount_plan plan = plan_new();
    bool full = false;
    size_t n = 0;

    daycount_start(f->counts, &plan);
    while (n < most) {
        struct row row = row_of(one_unit ? 1 : n, 1, KIND_PAGEVIEW, "/");

        if (!daycount_add(f->counts, &row, &full, &f->err))
            break;
        n++;
    }
    assert_true(full);
    assert_non_null(strstr(f->err.text, "'scratch'"));
    return n;
}

static void a_file_that_may_not_grow_is_full(void **state)
{
    struct fixture *f = *state;
    struct rlimit before;
    struct rlimit tight;
    size_t n;

    (void)signal(SIGXFSZ, SIG_IGN); // as process_begin does
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight = (struct rlimit){100000, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    n = add_until_full(f, 1000000, false);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_in_range(n, 600000, 700000); // what memory holds
}

static void a_partition_has_at_most_48_mib(void **state)
{
    assert_int_equal(add_until_full(*state, 2000000, true), 48 * 1024 * 1024 / 48);
}

static void scratch_has_no_name(void **state)
{
    struct fixture *f = *state;
    char folder[] = "scratch-XXXXXX";
    struct daycount *counts;
    size_t entries = 0;
    DIR *listing;

    assert_non_null(mkdtemp(folder));
    assert_true(daycount_open(folder, &f->arena, &counts, &f->err));
    listing = opendir(folder);
    assert_non_null(listing);
    while (readdir(listing))
        entries++;
    assert_int_equal(closedir(listing), 0);
    daycount_close(counts);
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(entries, 2); // . and ..
}

static void a_missing_folder_is_said_with_the_remedy(void **state)
{
    struct fixture *f = *state;
    struct daycount *counts = NULL;

    assert_false(daycount_open("no/such/folder", &f->arena, &counts, &f->err));
    assert_null(counts);
    assert_string_equal(f->err.text,
                        "cannot open scratch in 'no/such/folder' (name another folder "
                        "with 'scratch'): No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(fifty_errors_of_one_session_are_one_affected_session),
        CASE(a_value_counts_only_what_was_seen_with_it),
        CASE(empty_text_is_no_value),
        CASE(the_end_counts_wherever_in_the_day_it_was),
        CASE(failing_counts_beside_not_ending),
        CASE(a_number_is_above_and_at_most),
        CASE(only_an_own_host_refers_from_within),
        CASE(an_error_is_exposed_to_the_whole_site),
        CASE(values_come_in_byte_order),
        CASE(a_unit_across_midnight_counts_on_both_days),
        CASE(a_user_is_a_new_unit_after_more_than_30_minutes),
        CASE(a_session_may_pause_as_long_as_it_likes),
        CASE(of_one_id_in_a_unit_the_first_in_time_stays),
        CASE(however_many_rows_a_unit_has_repeats_are_dropped),
        CASE(a_dropped_duplicate_does_not_bridge_a_gap),
        CASE(one_value_too_many_turns_its_dimension_off),
        CASE(a_dimension_with_room_for_none_is_not_over),
        CASE(pages_are_named_once_and_may_be_left_out),
        CASE(without_a_rule_pages_are_normalised),
        CASE(a_quiet_span_has_its_days_and_its_site),
        CASE(spilled_rows_count_like_those_in_memory),
        CASE(a_file_that_may_not_grow_is_full),
        CASE(a_partition_has_at_most_48_mib),
        CASE(scratch_has_no_name),
        CASE(a_missing_folder_is_said_with_the_remedy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
