/* Engine 1 and the days of a page, on runs made up in memory. Rules are those of
 * sections 3, 5, 6, 10 and 12 of the specification. */
#include "tests/unit/perfcheck_world.h"

#include "shared/banned.h"

/* ---- audits ---- */

static void what_fails_on_the_first_day_is_known(void **state)
{
    (void)state;
    label(1, "a");
    judge();
    assert_true(is_known("label"));
    assert_null(found("audit-label"));
    assert_non_null(found("debt"));
    label(1, "a");
    judge();
    assert_null(found("audit-label"));
}

static void an_audit_fails_in_more_than_half_of_its_runs(void **state)
{
    (void)state;
    run(), run();
    judge();
    label(2, "a");
    run(), run();
    judge();
    assert_null(found("audit-label"));
    label(2, "a");
    run();
    judge();
    assert_non_null(strstr(found("audit-label")->message, "2 of 3 runs"));
}

static void an_item_is_new_when_most_failing_runs_have_it(void **state)
{
    (void)state;
    label(1, "a");
    judge();
    label(1, "ab");
    label(1, "a");
    judge();
    assert_null(found("audit-label"));
    label(2, "ab");
    label(1, "a");
    judge();
    assert_non_null(found("audit-label"));
    assert_string_equal(found("audit-label")->value, "1");
    assert_true(is_known("label")); // what was known stays so
}

static void an_item_of_any_run_of_the_first_day_is_known(void **state)
{
    (void)state;
    label(4, "a");
    label(1, "ab");
    judge();
    label(3, "ab");
    judge();
    assert_null(found("audit-label"));
}

static void only_known_items_left_resolve(void **state)
{
    (void)state;
    label(1, "a");
    judge();
    label(1, "ab");
    judge();
    assert_non_null(found("audit-label"));
    label(1, "a");
    judge();
    assert_null(found("audit-label"));
    label(1, "ab");
    judge();
    assert_non_null(found("audit-label")); // and it is found again
}

static void passing_on_a_day_resolves_and_forgets(void **state)
{
    (void)state;
    label(1, "a");
    judge();
    run();
    judge();
    assert_false(is_known("label"));
    assert_null(found("debt"));
    label(1, "a");
    judge();
    assert_non_null(found("audit-label"));
    run();
    judge();
    assert_null(found("audit-label"));
}

static void not_applicable_is_neither_failing_nor_fixed(void **state)
{
    (void)state;
    label(1, "a");
    judge();
    run()->audit[LABEL].status = AUDIT_UNSCORED;
    judge();
    assert_true(is_known("label"));
    label(1, "a");
    judge();
    assert_null(found("audit-label"));
}

static void weight_ten_of_accessibility_is_critical(void **state)
{
    (void)state;
    run();
    judge();
    fail_with(run(), IMAGE_ALT, "");
    fail_with(run(), LABEL, "");
    fail_with(&runs.run[runs.n - 1], IMAGE_ALT, "");
    fail_with(&runs.run[runs.n - 2], LABEL, "");
    judge();
    assert_int_equal(found("audit-image-alt")->severity, SEVERITY_CRIT);
    assert_int_equal(found("audit-label")->severity, SEVERITY_WARN);
}

static void another_axe_makes_what_fails_known_another_chrome_does_not(void **state)
{
    (void)state;
    run();
    judge();
    epoch = "lh13.4 simulate/150/1638.4/4 chrome156 axe4.12";
    label(1, "a");
    judge();
    assert_null(found("audit-label"));
    assert_true(is_known("label"));
    assert_non_null(strstr(found("epoch")->message, "label"));
    epoch = "lh13.4 simulate/150/1638.4/4 chrome157 axe4.12";
    fail_with(run(), IMAGE_ALT, "");
    judge();
    assert_non_null(found("audit-image-alt"));
}

static void an_id_that_was_not_there_becomes_known(void **state)
{
    (void)state;
    run()->naudits = 1;
    judge();
    label(1, "a");
    judge();
    assert_null(found("audit-label"));
    assert_true(is_known("label"));
    assert_non_null(strstr(found("audit-new")->message, "label"));
}

static void an_audit_that_another_lighthouse_no_longer_has_is_no_debt(void **state)
{
    (void)state;
    label(1, "a");
    judge();
    run()->naudits = 1;
    judge();
    assert_true(is_known("label"));
    epoch = "lh13.5 simulate/150/1638.4/4 chrome156 axe4.11";
    run()->naudits = 1;
    judge();
    assert_false(is_known("label"));
    assert_null(found("debt"));
}

static void severity_off_hides_and_the_state_goes_on(void **state)
{
    (void)state;
    configure("\"severity\":{\"audit-*\":\"off\",\"debt\":\"warn\"}");
    run();
    judge();
    label(1, "a");
    judge();
    assert_null(found("audit-label"));
    configure("");
    label(1, "a");
    judge();
    assert_int_equal(found("audit-label")->since, FIRST + 1);
}

/* ---- bytes ---- */

static void bytes(double kib)
{
    run()->bytes[0].value = kib * 1024;
}

static void growth_counts_by_the_days_smallest_value(void **state)
{
    (void)state;
    bytes(100);
    judge();
    bytes(109.9), bytes(500);
    judge();
    assert_null(found("bytes-total"));
    bytes(110), bytes(500);
    judge();
    assert_non_null(found("bytes-total"));
    assert_string_equal(found("bytes-total")->value, "112640");
    bytes(109.9);
    judge();
    assert_null(found("bytes-total"));
}

static void of_large_pages_the_share_counts(void **state)
{
    (void)state;
    bytes(1000);
    judge();
    bytes(1049);
    judge();
    assert_null(found("bytes-total"));
    bytes(1050);
    judge();
    assert_non_null(found("bytes-total"));
}

static void what_is_published_is_frozen(void **state)
{
    (void)state;
    for (int kib = 100; kib < 110; kib += 3) {
        bytes(kib);
        judge();
        assert_null(found("bytes-total"));
    }
    assert_true(published(&history, "mobile", PAGE, "total").value == 100.0 * 1024);
    bytes(112);
    judge();
    assert_non_null(found("bytes-total"));
}

static void five_smaller_days_are_the_new_normal(void **state)
{
    (void)state;
    bytes(200);
    judge();
    for (int i = 0; i < 4; i++) {
        bytes(150);
        judge();
    }
    assert_true(published(&history, "mobile", PAGE, "total").value == 200.0 * 1024);
    bytes(151);
    judge();
    assert_true(published(&history, "mobile", PAGE, "total").value == 151.0 * 1024);
    bytes(200);
    judge();
    assert_non_null(found("bytes-total"));
}

static void smaller_by_just_what_matters_is_enough(void **state)
{
    (void)state;
    bytes(200);
    judge();
    for (int i = 0; i < 5; i++) {
        bytes(190), bytes(190.5);
        judge();
    }
    assert_true(published(&history, "mobile", PAGE, "total").value == 200.0 * 1024);
    for (int i = 0; i < 5; i++) {
        bytes(190);
        judge();
    }
    assert_true(published(&history, "mobile", PAGE, "total").value == 190.0 * 1024);
}

static void without_ratchet_they_are_not(void **state)
{
    (void)state;
    configure("\"ratchet\":false");
    bytes(200);
    judge();
    for (int i = 0; i < 9; i++) {
        bytes(150);
        judge();
    }
    assert_true(published(&history, "mobile", PAGE, "total").value == 200.0 * 1024);
}

/* ---- minimum scores ---- */

static void scores(double performance, double accessibility)
{
    struct run *one = run();

    one->score[0].value = performance;
    one->score[1] = (struct estimate){true, accessibility};
}

static void an_exact_category_needs_one_day(void **state)
{
    (void)state;
    scores(90, 90);
    judge();
    assert_null(found("minimum-accessibility"));
    scores(90, 89);
    judge();
    assert_non_null(found("minimum-accessibility"));
    scores(90, 90);
    judge();
    assert_null(found("minimum-accessibility"));
}

static void performance_needs_two_days_each_way(void **state)
{
    (void)state;
    scores(49, 100), scores(49, 100), scores(49, 100);
    judge();
    assert_null(found("minimum-performance"));
    scores(49, 100), scores(49, 100), scores(99, 100);
    judge();
    assert_int_equal(found("minimum-performance")->since, FIRST + 1);
    scores(50, 100), scores(50, 100), scores(50, 100);
    judge();
    assert_non_null(found("minimum-performance"));
    scores(50, 100), scores(50, 100), scores(50, 100);
    judge();
    assert_null(found("minimum-performance"));
}

static void with_few_runs_the_last_three_count(void **state)
{
    (void)state;
    scores(90, 100), scores(90, 100);
    judge();
    scores(40, 100); // with 90 and 90
    judge();
    scores(40, 100); // with 40 and 90: the first day below
    judge();
    assert_null(found("minimum-performance"));
    scores(40, 100);
    judge();
    assert_non_null(found("minimum-performance"));
}

static void below_a_second_limit_is_critical(void **state)
{
    (void)state;
    configure("\"minimum\":{\"accessibility\":{\"warn\":90,\"crit\":50}}");
    scores(90, 60);
    judge();
    assert_int_equal(found("minimum-accessibility")->severity, SEVERITY_WARN);
    scores(90, 49);
    judge();
    assert_int_equal(found("minimum-accessibility")->severity, SEVERITY_CRIT);
    assert_int_equal(found("minimum-accessibility")->since, FIRST);
    scores(90, 60); // not less so from day to day
    judge();
    assert_int_equal(found("minimum-accessibility")->severity, SEVERITY_CRIT);
}

/* ---- timing, as far as it is not engine 2's own ---- */

static void tbt(size_t n, double value)
{
    for (size_t i = 0; i < n; i++) {
        struct run_metric *metric = &run()->metric[0];

        *metric = (struct run_metric){{true, value + (double)i}, 200, 600, 30};
        runs.run[runs.n - 1].weights = 100;
    }
}

static void a_finding_of_a_metric_no_longer_configured_goes(void **state)
{
    (void)state;
    configure("\"metrics\":[\"total-blocking-time\"]");
    for (int i = 0; i < 4; i++) {
        tbt(5, 100);
        judge();
    }
    tbt(5, 900);
    judge();
    assert_int_equal(found("regression-tbt")->severity, SEVERITY_CRIT);
    assert_non_null(strstr(found("regression-tbt")->message, "tbt 902 ms, was 102"));
    assert_string_equal(found("regression-tbt")->limit, "152");
    // section 7's curve: 102 scores .98, 902 .31; 30 of 100 points
    assert_non_null(strstr(found("regression-tbt")->message, "costs 20.1 points"));
    configure("\"metrics\":[\"speed-index\"]");
    run();
    judge();
    assert_null(found("regression-tbt"));
}

static void a_critical_regression_stays_critical(void **state)
{
    (void)state;
    configure("\"metrics\":[\"total-blocking-time\"]");
    for (int i = 0; i < 4; i++) {
        tbt(5, 100);
        judge();
    }
    tbt(5, 900);
    judge();
    tbt(5, 210);
    judge();
    assert_int_equal(found("regression-tbt")->severity, SEVERITY_CRIT);
    assert_int_equal(found("regression-tbt")->since, FIRST + 4);
}

static void a_warning_grows_critical(void **state)
{
    (void)state;
    configure("\"metrics\":[\"total-blocking-time\"]");
    for (int i = 0; i < 4; i++) {
        tbt(5, 100);
        judge();
    }
    tbt(5, 210);
    judge();
    assert_int_equal(found("regression-tbt")->severity, SEVERITY_WARN);
    tbt(5, 900);
    judge();
    assert_int_equal(found("regression-tbt")->severity, SEVERITY_CRIT);
    assert_int_equal(found("regression-tbt")->since, FIRST + 4);
    assert_string_equal(found("regression-tbt")->value, "902");
}

static void of_two_epochs_with_as_many_runs_the_newer_is_judged(void **state)
{
    const char *newer = "lh13.5 simulate/150/1638.4/4 chrome156 axe4.11";

    (void)state;
    run(), run();
    epoch = newer;
    run(), run();
    judge();
    assert_string_equal(
        history_find(&history, "mobile", PAGE, "runs")->numbers.row[0].epoch, newer);
    assert_non_null(found("mixed-epoch"));
}

/* ---- runs that are missing ---- */

static void fail_run(void)
{
    struct run *one = run();

    one->is_valid = false;
    one->failure = "TIMEOUT";
    one->epoch = "";
}

static void fewer_than_two_valid_runs_are_no_data(void **state)
{
    (void)state;
    run(), run();
    judge();
    assert_null(found("no-data"));
    run(), fail_run();
    judge();
    assert_int_equal(found("no-data")->since, FIRST + 1);
    judge();
    assert_int_equal(found("no-data")->since, FIRST + 1);
    fail_run();
    judge();
    assert_null(found("no-data"));
    assert_int_equal(found("run-errors")->severity, SEVERITY_CRIT);
    assert_non_null(strstr(found("run-errors")->message, "TIMEOUT"));
    run(), run();
    judge();
    assert_null(found("run-errors"));
}

static void days_without_runs_leave_findings_open(void **state)
{
    (void)state;
    run();
    judge();
    label(1, "a");
    judge();
    judge();
    judge();
    assert_int_equal(found("audit-label")->since, FIRST + 1);
}

static void a_page_unseen_for_thirty_days_is_gone(void **state)
{
    (void)state;
    label(2, "a");
    judge();
    for (int i = 0; i < 29; i++)
        judge();
    assert_non_null(found("debt"));
    judge();
    assert_null(found("debt"));
    assert_null(found("no-data"));
    assert_non_null(found("page-gone"));
    for (int i = 0; i < EVENT_DAYS - 1; i++) {
        assert_non_null(found("page-gone"));
        judge();
    }
    assert_non_null(found("page-gone"));
    judge();
    assert_null(found("page-gone"));
}

/* ---- days judged again ---- */

static void a_late_run_of_the_last_days_is_judged(void **state)
{
    (void)state;
    run(), run();
    judge();
    run();
    judge();
    assert_non_null(found("no-data"));
    today--; // the same day, its second run
    run();
    judge();
    assert_null(found("no-data"));
    assert_int_equal(history_find(&history, "mobile", PAGE, "runs")->numbers.row[1].k,
                     2);
}

static void a_late_run_is_ignored_where_others_are_gone(void **state)
{
    (void)state;
    run(), run();
    judge();
    run(), run(), run();
    judge();
    runs.n = 2; // of the second day only one file is left,
    today--;
    run();
    today--; // and of the first there is a new one
    run();
    runs.run[2].time_ms = 1000;
    runs.run[3].time_ms = 900;
    {
        const struct run late = runs.run[3];

        runs.run[3] = runs.run[2];
        runs.run[2] = late;
    }
    today += 2;
    judge();
    assert_non_null(found("late-report"));
    assert_int_equal(history_find(&history, "mobile", PAGE, "runs")->numbers.row[0].k,
                     2);
    assert_int_equal(history_find(&history, "mobile", PAGE, "runs")->numbers.row[1].k,
                     3);
}

/* ---- accepts ---- */

static void an_accepted_audit_is_known_and_an_accepted_size_is_published(void **state)
{
    (void)state;
    configure("\"accept\":[{\"id\":\"perfcheck/audit-label/mobile/" PAGE
              "\",\"on\":\"2024-10-06\"},{\"id\":\"perfcheck/bytes-total/mobile/" PAGE
              "\",\"on\":\"2024-10-06\"}]"); // FIRST + 2
    bytes(100);
    judge();
    bytes(200);
    fail_with(&runs.run[runs.n - 1], LABEL, "a");
    judge();
    assert_non_null(found("audit-label")); // the day is not yet
    bytes(200);
    fail_with(&runs.run[runs.n - 1], LABEL, "ab");
    runs.run[runs.n - 1].score[1] = (struct estimate){true, 92};
    judge();
    assert_null(found("audit-label"));
    assert_true(published(&history, "mobile", PAGE, "accessibility").value == 92);
    assert_null(found("bytes-total"));
    assert_true(published(&history, "mobile", PAGE, "total").value == 200.0 * 1024);
    assert_int_equal(judged.naccepted, 2);
    bytes(200);
    fail_with(&runs.run[runs.n - 1], LABEL, "abc");
    judge();
    assert_non_null(found("audit-label")); // a later one is new
    assert_int_equal(judged.naccepted, 2); // and the entry is not unused
    assert_int_equal(judged.open.n, 3);    // with debt and no-data
}

static void an_accept_that_closes_nothing_is_told(void **state)
{
    (void)state;
    configure("\"accept\":[{\"id\":\"perfcheck/audit-label/mobile/" PAGE
              "\",\"on\":\"2024-10-05\"}]"); // FIRST + 1
    run(), run();
    judge();
    assert_int_equal(judged.open.n, 0); // the day is not yet
    run(), run();
    judge();
    assert_int_equal(judged.open.n, 1);
    assert_string_equal(judged.open.item[0].id,
                        "perfcheck/accept-unused/audit-label/mobile/" PAGE);
}

static void a_finding_after_the_day_is_not_accepted(void **state)
{
    (void)state;
    configure("\"accept\":[{\"id\":\"perfcheck/audit-label/mobile/" PAGE
              "\",\"on\":\"2024-10-04\"}]"); // FIRST
    run();
    judge();
    label(1, "a");
    judge();
    assert_non_null(found("audit-label"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_world, drop_world)
        CASE(what_fails_on_the_first_day_is_known),
        CASE(an_audit_fails_in_more_than_half_of_its_runs),
        CASE(an_item_is_new_when_most_failing_runs_have_it),
        CASE(an_item_of_any_run_of_the_first_day_is_known),
        CASE(only_known_items_left_resolve),
        CASE(passing_on_a_day_resolves_and_forgets),
        CASE(not_applicable_is_neither_failing_nor_fixed),
        CASE(weight_ten_of_accessibility_is_critical),
        CASE(another_axe_makes_what_fails_known_another_chrome_does_not),
        CASE(an_id_that_was_not_there_becomes_known),
        CASE(an_audit_that_another_lighthouse_no_longer_has_is_no_debt),
        CASE(severity_off_hides_and_the_state_goes_on),
        CASE(growth_counts_by_the_days_smallest_value),
        CASE(of_large_pages_the_share_counts),
        CASE(what_is_published_is_frozen),
        CASE(five_smaller_days_are_the_new_normal),
        CASE(smaller_by_just_what_matters_is_enough),
        CASE(without_ratchet_they_are_not),
        CASE(an_exact_category_needs_one_day),
        CASE(performance_needs_two_days_each_way),
        CASE(with_few_runs_the_last_three_count),
        CASE(below_a_second_limit_is_critical),
        CASE(a_finding_of_a_metric_no_longer_configured_goes),
        CASE(a_critical_regression_stays_critical),
        CASE(a_warning_grows_critical),
        CASE(of_two_epochs_with_as_many_runs_the_newer_is_judged),
        CASE(fewer_than_two_valid_runs_are_no_data),
        CASE(days_without_runs_leave_findings_open),
        CASE(a_page_unseen_for_thirty_days_is_gone),
        CASE(a_late_run_of_the_last_days_is_judged),
        CASE(a_late_run_is_ignored_where_others_are_gone),
        CASE(an_accepted_audit_is_known_and_an_accepted_size_is_published),
        CASE(an_accept_that_closes_nothing_is_told),
        CASE(a_finding_after_the_day_is_not_accepted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
