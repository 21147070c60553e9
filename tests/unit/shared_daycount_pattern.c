/* Patterns in the time order of a unit-day's rows, and predicates that are given: what
 * to expect follows from the definitions of quick_back and retry_loop (spec of the
 * watchdog, section 2). Windows of the plan: back 2 minutes, retry 3. */
#include "tests/unit/shared_daycount.h"

// Sorted by name it would not come last.
#include "shared/banned.h"

/* Pageviews of session 1, one a letter (page "/a", "/b", ..), `step_ms` apart. */
static void view(struct fixture *f, const char *letters, int64_t step_ms)
{
    struct daycount_plan plan = plan_new();
    static char page[16][3];
    struct row rows[16];
    size_t n = strlen(letters);

    for (size_t i = 0; i < n; i++) {
        (void)snprintf(page[i], sizeof page[i], "/%c", letters[i]);
        rows[i] = row_of(1, (int64_t)i * step_ms, KIND_PAGEVIEW,
                         letters[i] == '-' ? "" : page[i]);
    }
    count(f, &plan, rows, n);
}

static const char *page(const struct fixture *f, const char *name, size_t which)
{
    return cell(f, 0, DIMENSION_PAGE, name, which);
}

static void there_and_back_counts_for_the_page_left(void **state)
{
    struct fixture *f = *state;

    view(f, "aba", 1000);
    assert_string_equal(site(f, 0, COUNT_BACK), "1/1");
    assert_string_equal(page(f, "/b", COUNT_BACK), "1/1");
    assert_string_equal(page(f, "/a", COUNT_BACK), "0/1");
}

static void back_and_forth_counts_once_for_each_page(void **state)
{
    struct fixture *f = *state;

    view(f, "ababa", 1000);
    assert_string_equal(site(f, 0, COUNT_BACK), "1/1");
    assert_string_equal(page(f, "/b", COUNT_BACK), "1/1");
    assert_string_equal(page(f, "/a", COUNT_BACK), "1/1");
}

static void a_way_round_or_a_reload_is_no_quick_back(void **state)
{
    static const char *const calm[] = {"abca", "aaa", "aab", "abba", "ab", "a"};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof calm / sizeof *calm; i++) {
        view(f, calm[i], 1000);
        assert_string_equal(site(f, 0, COUNT_BACK), "0/1");
    }
}

static void the_window_of_a_pattern_includes_its_edge(void **state)
{
    struct fixture *f = *state;

    view(f, "aba", MINUTE); // 2 minutes from the first to the last
    assert_string_equal(site(f, 0, COUNT_BACK), "1/1");
    view(f, "aba", MINUTE + 1);
    assert_string_equal(site(f, 0, COUNT_BACK), "0/1");
    view(f, "aaa", 3 * MINUTE / 2);
    assert_string_equal(site(f, 0, COUNT_RETRY), "1/1");
    view(f, "aaa", 3 * MINUTE / 2 + 1);
    assert_string_equal(site(f, 0, COUNT_RETRY), "0/1");
}

static void three_in_a_row_of_one_page_are_a_retry(void **state)
{
    struct fixture *f = *state;

    view(f, "aaa", 1000);
    assert_string_equal(page(f, "/a", COUNT_RETRY), "1/1");
    view(f, "baaab", 1000);
    assert_string_equal(page(f, "/a", COUNT_RETRY), "1/1");
    assert_string_equal(page(f, "/b", COUNT_RETRY), "0/1");
    view(f, "aa", 1000);
    assert_string_equal(site(f, 0, COUNT_RETRY), "0/1");
    view(f, "aaba", 1000); // another page between
    assert_string_equal(site(f, 0, COUNT_RETRY), "0/1");
}

static void slow_tries_before_quick_ones_do_not_hide_them(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    const struct row rows[] = {
        row_of(1, 0, KIND_PAGEVIEW, "/a"),
        row_of(1, 60 * MINUTE, KIND_PAGEVIEW, "/a"),
        row_of(1, 61 * MINUTE, KIND_PAGEVIEW, "/a"),
        row_of(1, 62 * MINUTE, KIND_PAGEVIEW, "/a"),
    };

    count(f, &plan, rows, 3);
    assert_string_equal(site(f, 0, COUNT_RETRY), "0/1");
    count(f, &plan, rows, 4);
    assert_string_equal(site(f, 0, COUNT_RETRY), "1/1");
}

static void rows_without_a_page_fit_in_no_pattern(void **state)
{
    struct fixture *f = *state;

    view(f, "a-a", 1000);
    assert_string_equal(site(f, 0, COUNT_BACK), "0/1");
    view(f, "-a-", 1000);
    assert_string_equal(site(f, 0, COUNT_BACK), "0/1");
    view(f, "aa-a", 1000);
    assert_string_equal(site(f, 0, COUNT_RETRY), "0/1");
    view(f, "---", 1000);
    assert_string_equal(site(f, 0, COUNT_RETRY), "0/1");
}

static void only_rows_of_the_exposure_take_part(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    const struct row rows[] = {
        row_of(1, 0, KIND_PAGEVIEW, "/a"),   row_of(1, 1, KIND_VITALS, "/a"),
        row_of(1, 2, KIND_PAGEVIEW, "/b"),   row_of(1, 3, KIND_REQUEST, "/c"),
        row_of(1, 4, KIND_PAGEVIEW, "/a"), // a b a are consecutive pageviews
        row_of(2, 0, KIND_PAGEVIEW, "/a"),   row_of(2, 1, KIND_VITALS, "/a"),
        row_of(2, 2, KIND_VITALS, "/a"), // one view of a page measures itself twice
        row_of(3, 0, KIND_PAGEVIEW, "/a"),   row_of(3, 1, KIND_REQUEST, "/a"),
        row_of(3, 2, KIND_RAGE_CLICK, "/b"), row_of(3, 3, KIND_REQUEST, "/a"),
    };

    count(f, &plan, rows, sizeof rows / sizeof *rows);
    assert_string_equal(site(f, 0, COUNT_BACK), "1/3");
    assert_string_equal(page(f, "/b", COUNT_BACK), "1/1");
    assert_string_equal(site(f, 0, COUNT_RETRY), "1/3");
    assert_string_equal(page(f, "/a", COUNT_RETRY), "1/3");
}

static void a_repeated_event_is_no_retry(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row rows[] = {
        row_of(1, 0, KIND_PAGEVIEW, "/a"), row_of(1, 1000, KIND_PAGEVIEW, "/a"),
        row_of(1, 0, KIND_PAGEVIEW, "/a"), row_of(1, 2000, KIND_PAGEVIEW, "/a"),
        row_of(2, 0, KIND_PAGEVIEW, "/a"), row_of(2, 1, KIND_PAGEVIEW, "/b"),
        row_of(2, 2, KIND_PAGEVIEW, "/a"),
    };

    rows[2].id = rows[0].id; // sent twice
    rows[3].id = rows[1].id; // sent again with a later clock
    rows[6].id = rows[4].id; // and so she did not go back
    count(f, &plan, rows, sizeof rows / sizeof *rows);
    assert_int_equal(f->days[0].duplicates, 3);
    assert_string_equal(site(f, 0, COUNT_RETRY), "0/2");
    assert_string_equal(site(f, 0, COUNT_BACK), "0/2");
}

static void rows_of_one_instant_are_in_the_order_of_their_ids(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row rows[] = {row_of(1, 7, KIND_PAGEVIEW, "/a"),
                         row_of(1, 7, KIND_PAGEVIEW, "/b"),
                         row_of(1, 7, KIND_PAGEVIEW, "/a")};

    rows[0].id = 1;
    rows[1].id = 2;
    rows[2].id = 3;
    count(f, &plan, rows, 3);
    assert_string_equal(site(f, 0, COUNT_BACK), "1/1");
    rows[1].id = 4; // a a b
    count(f, &plan, rows, 3);
    assert_string_equal(site(f, 0, COUNT_BACK), "0/1");
}

static void a_pattern_ends_with_its_day_and_its_unit(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row rows[] = {
        row_of(1, 24 * HOUR - 2, KIND_PAGEVIEW, "/a"),
        row_of(1, 24 * HOUR - 1, KIND_PAGEVIEW, "/a"),
        row_of(1, 24 * HOUR, KIND_PAGEVIEW, "/a"), // the next day
        row_of(2, 0, KIND_PAGEVIEW, "/a"),
        row_of(3, 1, KIND_PAGEVIEW, "/a"),
        row_of(2, 2, KIND_PAGEVIEW, "/a"),
    };

    count(f, &plan, rows, sizeof rows / sizeof *rows);
    assert_string_equal(site(f, 0, COUNT_RETRY), "0/3");
    assert_string_equal(site(f, 1, COUNT_RETRY), "0/1");
}

static void other_values_are_those_of_the_row_that_ends_it(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row rows[] = {row_of(1, 0, KIND_PAGEVIEW, "/a"),
                         row_of(1, 1, KIND_PAGEVIEW, "/b"),
                         row_of(1, 2, KIND_PAGEVIEW, "/a")};

    rows[0].release = rows[1].release = STR("1");
    rows[2].release = STR("2");
    rows[2].device = STR("Mobile");
    rows[2].browser = STR("Firefox");
    count(f, &plan, rows, 3);
    assert_string_equal(cell(f, 0, DIMENSION_RELEASE, "1", COUNT_BACK), "0/1");
    assert_string_equal(cell(f, 0, DIMENSION_RELEASE, "2", COUNT_BACK), "1/1");
    assert_string_equal(cell(f, 0, DIMENSION_DEVICE, "Mobile", COUNT_BACK), "1/1");
    assert_string_equal(cell(f, 0, DIMENSION_BROWSER, "Firefox", COUNT_BACK), "1/1");
}

static void a_given_predicate_is_the_rows_own(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row rows[] = {
        row_of(1, 0, KIND_PAGEVIEW, "/a"),
        row_of(2, 0, KIND_PAGEVIEW, "/a"),
        row_of(3, 0, KIND_SEARCH, "/a"),
    };

    rows[0].custom = 1 << DECIDED;
    rows[1].custom = 1 << EXCEPTION; // not given: its kind decides
    rows[2].custom = 1 << DECIDED;
    count(f, &plan, rows, 3);
    assert_string_equal(site(f, 0, COUNT_DECIDED), "2/2");
    assert_string_equal(site(f, 0, COUNT_EXCEPTION), "0/2");
}

static void within_the_affected_are_part_of_the_exposed(void **state)
{
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row rows[] = {
        row_of(1, 0, KIND_PAGEVIEW, "/a"),
        row_of(1, 1, KIND_SEARCH, "/b"), // exposed, but not there
        row_of(2, 0, KIND_SEARCH, "/a"), // not exposed at all
    };

    rows[1].custom = rows[2].custom = 1 << DECIDED;
    count(f, &plan, rows, 3);
    assert_string_equal(site(f, 0, COUNT_PART), "1/1");
    assert_string_equal(page(f, "/a", COUNT_PART), "0/1");
    assert_string_equal(page(f, "/b", COUNT_PART), "0/0");
    assert_string_equal(page(f, "/b", COUNT_DECIDED), "1/0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(there_and_back_counts_for_the_page_left),
        CASE(back_and_forth_counts_once_for_each_page),
        CASE(a_way_round_or_a_reload_is_no_quick_back),
        CASE(the_window_of_a_pattern_includes_its_edge),
        CASE(three_in_a_row_of_one_page_are_a_retry),
        CASE(slow_tries_before_quick_ones_do_not_hide_them),
        CASE(rows_without_a_page_fit_in_no_pattern),
        CASE(only_rows_of_the_exposure_take_part),
        CASE(a_repeated_event_is_no_retry),
        CASE(rows_of_one_instant_are_in_the_order_of_their_ids),
        CASE(a_pattern_ends_with_its_day_and_its_unit),
        CASE(other_values_are_those_of_the_row_that_ends_it),
        CASE(a_given_predicate_is_the_rows_own),
        CASE(within_the_affected_are_part_of_the_exposed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
