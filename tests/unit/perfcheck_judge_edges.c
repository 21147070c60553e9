/* Edges of perfcheck's judges: metrics without a unit, levels of field data, types of
 * resources, checks that are off, accepts that fit nothing. Rules are those of sections
 * 3, 5, 6, 11 and 12 of the specification. */
#include "tests/unit/perfcheck_world.h"

#include "shared/banned.h"

/* ---- metrics ---- */

/* `n` runs of the one metric that is configured, `step` apart. */
static void metric(size_t n, double value, double step, double weight)
{
    for (size_t i = 0; i < n; i++) {
        run()->metric[0] = (struct run_metric){{true, value + step * (double)i},
                                               value / 2,
                                               value * 2,
                                               weight};
        runs.run[runs.n - 1].weights = 100;
    }
}

static void calm_then(double calm, double step, double now, double weight)
{
    for (int i = 0; i < 4; i++) {
        metric(5, calm, step, weight);
        judge();
    }
    metric(5, now, step, weight);
    judge();
}

static void a_shift_of_layout_has_three_decimals_and_no_unit(void **state)
{
    (void)state;
    configure("\"metrics\":[\"cumulative-layout-shift\"]");
    calm_then(.1, 0, .5, 25);
    assert_non_null(strstr(found("regression-cls")->message, "cls 0.5, was 0.1"));
    assert_string_equal(found("regression-cls")->value, "0.5");
    assert_non_null(strstr(found("regression-cls")->statistic, "shift=0.4"));
}

static void a_layout_that_is_still_again_is_zero(void **state)
{
    (void)state;
    configure("\"metrics\":[\"cumulative-layout-shift\"]");
    calm_then(1, 0, 0, 25);
    assert_string_equal(found("improvement-cls")->value, "0");
}

static void from_good_to_poor_is_critical_whatever_it_costs(void **state)
{
    (void)state;
    configure("\"metrics\":[\"largest-contentful-paint\"]");
    calm_then(2400, 4, 4100, 0);
    assert_int_equal(found("regression-lcp")->severity, SEVERITY_CRIT);
}

static void from_good_to_middling_is_a_warning(void **state)
{
    (void)state;
    configure("\"metrics\":[\"largest-contentful-paint\"]");
    calm_then(2400, 4, 3900, 0);
    assert_int_equal(found("regression-lcp")->severity, SEVERITY_WARN);
}

static void from_middling_to_poor_is_a_warning(void **state)
{
    (void)state;
    configure("\"metrics\":[\"largest-contentful-paint\"]");
    calm_then(2600, 4, 4400, 0);
    assert_int_equal(found("regression-lcp")->severity, SEVERITY_WARN);
}

static void a_metric_without_levels_is_critical_by_points_alone(void **state)
{
    (void)state;
    configure("\"metrics\":[\"speed-index\"]");
    calm_then(1000, 4, 9000, 0);
    assert_int_equal(found("regression-si")->severity, SEVERITY_WARN);
}

static void without_weights_nothing_costs_points(void **state)
{
    (void)state;
    configure("\"metrics\":[\"speed-index\"]");
    for (int i = 0; i < 5; i++) {
        metric(5, i < 4 ? 1000 : 9000, 4, 0);
        for (size_t r = 1; r <= 5; r++)
            runs.run[runs.n - r].weights = 0;
        judge();
    }
    assert_null(strstr(found("regression-si")->message, "points"));
}

static void a_metric_that_is_still_learning_costs_nothing(void **state)
{
    (void)state;
    configure("\"metrics\":[\"speed-index\",\"total-blocking-time\"]");
    for (int i = 0; i < 5; i++) {
        metric(5, i < 4 ? 1000 : 9000, 4, 10);
        for (size_t r = 1; i == 4 && r <= 5; r++)
            runs.run[runs.n - r].metric[1] =
                (struct run_metric){{true, 300 + (double)r}, 200, 600, 30};
        judge();
    }
    assert_non_null(strstr(found("regression-si")->message, "costs"));
    assert_null(found("regression-tbt"));
}

/* ---- sizes ---- */

static void without_a_limit_growth_is_any_growth_and_nothing_shrinks(void **state)
{
    (void)state;
    configure("\"bytes\":{\"total\":{\"abs_kib\":0,\"rel\":0}}");
    for (int i = 0; i < 7; i++) {
        run()->bytes[0].value = 100 * 1024 - (i == 0 ? 0 : 1);
        judge();
        assert_null(found("bytes-total"));
    }
    assert_true(published(&history, "mobile", PAGE, "total").value == 100.0 * 1024);
    run();
    judge();
    assert_null(found("bytes-total"));
    run()->bytes[0].value = 100 * 1024 + 1;
    judge();
    assert_non_null(found("bytes-total"));
}

/* A run of today with two requests, a script and an image. */
static void requests(double script_kib, uint64_t script, double image_kib,
                     uint64_t image)
{
    struct run *one = run();

    one->request = arena_new(&arena, struct run_request, 2);
    one->nrequests = 2;
    one->request[0] = (struct run_request){script, script_kib * 1024, 1};
    one->request[1] = (struct run_request){image, image_kib * 1024, 2};
    one->bytes[0].value = (script_kib + image_kib) * 1024;
    one->bytes[1] = (struct estimate){true, script_kib * 1024};
    one->bytes[2] = (struct estimate){true, image_kib * 1024};
}

static void the_largest_new_request_of_the_type_is_named(void **state)
{
    const char *names[] = {"https://a/1.js", "https://a/1.png", "https://a/2.js",
                           "https://a/2.png"};
    uint64_t hash[4];

    (void)state;
    for (size_t i = 0; i < 4; i++)
        hash[i] = texts_keep(&runs.urls, str_of(names[i]), str_of(names[i]), &arena);
    requests(100, hash[0], 100, hash[1]);
    judge();
    requests(200, hash[2], 300, hash[3]);
    judge();
    assert_non_null(strstr(found("bytes-total")->because, names[3]));
    assert_non_null(strstr(found("bytes-script")->because, names[2]));
    assert_non_null(strstr(found("bytes-image")->because, names[3]));
    requests(250, hash[0], 300, hash[3]); // what is known has grown
    judge();
    assert_string_equal(found("bytes-script")->id,
                        "perfcheck/bytes-script/mobile/" PAGE);
}

static void of_new_requests_as_large_the_first_by_name_is_told(void **state)
{
    const char *names[] = {"https://a/1", "https://a/c", "https://a/b", "https://a/e"};
    uint64_t hash[4];
    struct run *one;

    (void)state;
    for (size_t i = 0; i < 4; i++)
        hash[i] = texts_keep(&runs.urls, str_of(names[i]), str_of(names[i]), &arena);
    requests(100, hash[0], 0, hash[0]);
    judge();
    requests(200, hash[1], 0, hash[3]); // an empty one is none
    one = run();
    one->request = arena_new(&arena, struct run_request, 1);
    one->request[0] = (struct run_request){hash[2], 200 * 1024.0, 1};
    one->nrequests = 1;
    one->bytes[0].value = 200 * 1024.0;
    judge();
    assert_non_null(strstr(found("bytes-total")->because, names[2]));
}

static void a_type_that_nobody_asks_of_closes(void **state)
{
    (void)state;
    requests(100, 1, 100, 2);
    judge();
    requests(200, 1, 100, 2);
    judge();
    assert_non_null(found("bytes-script"));
    configure("\"bytes\":{\"script\":null}");
    requests(200, 1, 100, 2);
    judge();
    assert_null(found("bytes-script"));
    assert_non_null(found("bytes-total"));
}

/* ---- checks that are off ---- */

static void events_that_are_off_are_not_told(void **state)
{
    (void)state;
    configure("\"severity\":{\"epoch\":\"off\",\"audit-new\":\"off\",\"page-gone\":"
              "\"off\",\"mixed-epoch\":\"off\"}");
    run()->naudits = 1;
    judge();
    label(1, "a"); // would be audit-new
    judge();
    assert_null(found("audit-new"));
    run();
    epoch = "lh13.5 simulate/150/1638.4/4 chrome156 axe4.12";
    run(), run(); // would be mixed-epoch, and epoch
    judge();
    assert_null(found("mixed-epoch"));
    assert_null(found("epoch"));
    for (int i = 0; i < 31; i++)
        judge();
    assert_null(found("page-gone"));
    assert_int_equal(judged.open.n, 0);
}

static void a_check_that_is_switched_off_closes_what_is_open(void **state)
{
    (void)state;
    run(), run();
    judge();
    label(2, "a");
    judge();
    assert_non_null(found("audit-label"));
    configure(
        "\"severity\":{\"audit-*\":\"off\",\"debt\":\"off\",\"no-data\":\"off\"}");
    label(2, "a");
    judge();
    assert_null(found("audit-label"));
    label(1, "a"); // one run alone
    judge();
    assert_null(found("no-data"));
    assert_int_equal(judged.open.n, 0);
}

static void an_ignored_audit_is_found_by_its_own_name_alone(void **state)
{
    (void)state;
    configure("\"ignore_audits\":[\"image-alt\"]");
    run(), run();
    judge();
    label(2, "a");
    fail_with(&runs.run[runs.n - 1], IMAGE_ALT, "");
    fail_with(&runs.run[runs.n - 2], IMAGE_ALT, "");
    judge();
    assert_null(found("audit-image-alt"));
    assert_non_null(found("audit-label"));
}

static void a_page_that_cannot_be_crawled_is_critical(void **state)
{
    static const char *const ids[] = {"is-crawlable", "http-status-code", "meta-title"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct audit_kind kind[KINDS] = {{"image-alt", 10}, {ids[i], 0}};

        drop_world(NULL);
        make_world(NULL);
        memcpy(kinds, kind, sizeof kinds);
        run(), run();
        judge();
        label(2, "");
        judge();
        assert_int_equal(found(str_format(&arena, "audit-%s", ids[i]))->severity,
                         i < 2 ? SEVERITY_CRIT : SEVERITY_WARN);
    }
    memcpy(kinds, (const struct audit_kind[]){{"image-alt", 10}, {"label", 7}},
           sizeof kinds);
}

/* ---- accepts ---- */

/* The ids of accepts that closed nothing, of `n` of them for a page with an open audit
 * and an open size. */
static void accepts_of_what_is_not_open_close_nothing(void **state)
{
    static const char *const ids[] = {
        "perfcheck/regression-lcp/mobile/" PAGE,
        "perfcheck/improvement-no/mobile/" PAGE,
        "perfcheck/bytes-script/mobile/" PAGE,
        "perfcheck/bytes-/mobile/" PAGE,
        "perfcheck/audit-image-alt/mobile/" PAGE,
        "perfcheck/minimum-seo/mobile/" PAGE,
        "perfcheck/audit-label/desktop/" PAGE,
        "perfcheck/label",
    };
    struct buf list;

    (void)state;
    buf_init(&list, &arena, MIB);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        buf_printf(&list, "%s{\"id\":\"%s\",\"on\":\"2024-10-05\"}", i > 0 ? "," : "",
                   ids[i]);
    run(), run();
    judge();
    label(2, "a");
    judge();
    configure(str_format(&arena, "\"accept\":[%s]", buf_str(&list).at));
    label(2, "a");
    judge();
    assert_non_null(found("audit-label"));
    assert_int_equal(judged.naccepted, 0);
}

static void what_is_open_and_cannot_be_the_reference_stays_open(void **state)
{
    (void)state;
    run(), run();
    judge();
    label(1, "a"); // one run alone
    judge();
    assert_non_null(found("no-data"));
    configure("\"accept\":[{\"id\":\"perfcheck/no-data/mobile/" PAGE
              "\",\"on\":\"2024-10-06\"}]");
    label(1, "a");
    judge();
    assert_non_null(found("no-data"));
    assert_int_equal(judged.naccepted, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_world, drop_world)
        CASE(a_shift_of_layout_has_three_decimals_and_no_unit),
        CASE(a_layout_that_is_still_again_is_zero),
        CASE(from_good_to_poor_is_critical_whatever_it_costs),
        CASE(from_good_to_middling_is_a_warning),
        CASE(from_middling_to_poor_is_a_warning),
        CASE(a_metric_without_levels_is_critical_by_points_alone),
        CASE(without_weights_nothing_costs_points),
        CASE(a_metric_that_is_still_learning_costs_nothing),
        CASE(without_a_limit_growth_is_any_growth_and_nothing_shrinks),
        CASE(the_largest_new_request_of_the_type_is_named),
        CASE(of_new_requests_as_large_the_first_by_name_is_told),
        CASE(a_type_that_nobody_asks_of_closes),
        CASE(events_that_are_off_are_not_told),
        CASE(a_check_that_is_switched_off_closes_what_is_open),
        CASE(an_ignored_audit_is_found_by_its_own_name_alone),
        CASE(a_page_that_cannot_be_crawled_is_critical),
        CASE(accepts_of_what_is_not_open_close_nothing),
        CASE(what_is_open_and_cannot_be_the_reference_stays_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
