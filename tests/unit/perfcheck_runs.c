/* Runs from reports: pages, epochs, what is copied, which files are what. Page keys and
 * epochs are those of the specification's sections 3 and 6; FNV-1a's values are of its
 * authors' test suite (draft-eastlake-fnv, 64 bits). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "perfcheck/runs.h"
#include "shared/limits.h"

#include "shared/banned.h"

enum { FILES_MAX = 16 };

static struct arena arena;
static struct config config;
static struct settings settings;
static struct runs runs;
static char folder[64];
static const char *path[FILES_MAX];
static size_t nfiles;

static int make_world(void **state)
{
    struct err err;

    (void)state;
    arena_init(&arena, 256 * MIB);
    runs = (struct runs){0};
    nfiles = 0;
    (void)snprintf(folder, sizeof folder, "%s/rounds-runs-XXXXXX",
                   getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    return mkdtemp(folder) &&
                   config_parse(STR("{\"perfcheck\":{}}"), "c", &arena, &config,
                                &err) &&
                   settings_read(&config, &arena, &settings, &err) &&
                   zone_enter("UTC", &err)
               ? 0
               : -1;
}

static int drop_world(void **state)
{
    (void)state;
    for (size_t i = 0; i < nfiles; i++)
        (void)unlink(path[i]);
    settings_release(&settings);
    config_release(&config);
    arena_release(&arena);
    return rmdir(folder);
}

static void put_file(const char *name, const char *bytes)
{
    FILE *file;

    path[nfiles] = str_format(&arena, "%s/%s", folder, name);
    file = fopen(path[nfiles++], "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, strlen(bytes), file), strlen(bytes));
    assert_int_equal(fclose(file), 0);
}

/* A report of one failing and one passing audit. */
static const char *report_of(const char *time, double tbt)
{
    return str_format(
        &arena,
        "{\"lighthouseVersion\":\"13.4.0\",\"finalDisplayedUrl\":\"https://a/cart\","
        "\"fetchTime\":\"%s\",\"configSettings\":{\"formFactor\":\"desktop\"},"
        "\"environment\":{\"benchmarkIndex\":2000},\"audits\":{"
        "\"total-blocking-time\":{\"score\":0.5,\"scoreDisplayMode\":\"numeric\","
        "\"numericValue\":%.4f,\"scoringOptions\":{\"p10\":200,\"median\":600}},"
        "\"label\":{\"score\":0,\"scoreDisplayMode\":\"binary\",\"details\":{\"items\":["
        "{\"node\":{\"path\":\"2\",\"selector\":\"b\"}},"
        "{\"node\":{\"path\":\"1\",\"selector\":\"a\"}},"
        "{\"node\":{\"path\":\"1\",\"selector\":\"a\"}}]}},"
        "\"image-alt\":{\"score\":1,\"scoreDisplayMode\":\"binary\"},"
        "\"tabindex\":{\"score\":null,\"scoreDisplayMode\":\"notApplicable\"},"
        "\"slow\":{\"score\":0.89,\"scoreDisplayMode\":\"metricSavings\"},"
        "\"fast\":{\"score\":0.9,\"scoreDisplayMode\":\"numeric\"},"
        "\"network-requests\":{\"score\":null,\"details\":{\"items\":["
        "{\"url\":\"https://a/app.1234567.js?t=12345\",\"transferSize\":900,"
        "\"resourceType\":\"Script\"}]}},"
        "\"resource-summary\":{\"score\":null,\"details\":{\"items\":["
        "{\"resourceType\":\"total\",\"transferSize\":1000},"
        "{\"resourceType\":\"script\",\"size\":900}]}}},"
        "\"categories\":{\"performance\":{\"score\":0.5,\"auditRefs\":["
        "{\"id\":\"total-blocking-time\",\"weight\":30}]},"
        "\"accessibility\":{\"score\":0.3,\"auditRefs\":[{\"id\":\"label\",\"weight\":7},"
        "{\"id\":\"image-alt\",\"weight\":10},{\"id\":\"tabindex\",\"weight\":3},"
        "{\"id\":\"slow\",\"weight\":1},{\"id\":\"fast\",\"weight\":1},"
        "{\"id\":\"unweighed\",\"weight\":0}]}}}",
        time, tbt);
}

static void collect(int32_t oldest, int32_t as_of)
{
    struct lhr_paths paths = {.path = path, .n = nfiles};
    struct collect all = {.settings = &settings,
                          .paths = &paths,
                          .bounds = day_bounds_new(&arena, as_of - 99, 100),
                          .oldest = oldest};
    struct err err;

    if (!collect_runs(&all, &arena, &runs, &err))
        fail_msg("%s", err.text);
}

static int32_t november(int day)
{
    return day_from_civil(2026, 11, day);
}

/* ---- pages ---- */

static void a_page_is_its_url_without_what_makes_no_other_page(void **state)
{
    static const struct {
        const char *url, *key;
    } cases[] = {
        {"https://shop.example/cart", "https://shop.example/cart"},
        {"https://shop.example/cart/", "https://shop.example/cart/"},
        {"https://shop.example", "https://shop.example"},
        {"HTTPS://Shop.EXAMPLE:443/Cart#top", "https://shop.example/Cart"},
        {"http://shop.example:80/?", "http://shop.example/"},
        {"http://shop.example:443/", "http://shop.example:443/"},
        {"https://kim:secret@shop.example/a", "https://shop.example/a"},
        {"https://a/?utm_source=x&b=1&gclid=2", "https://a/?b=1"},
        {"https://a/?b=1&utm_x&c", "https://a/?b=1&c"},
        {"https://a/?utm_source=x", "https://a/"},
        {"https://a/?utmost=x", "https://a/?utmost=x"},
        {"https://a/?gclid2=x", "https://a/?gclid2=x"},
        {"https://a/\xc3\xa9 \t\\", "https://a/%C3%A9%20%09%5C"},
        {"https://a/?x=#y?z", "https://a/?x="},
        {"about:blank", "about:blank"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *key;

        assert_true(page_key(str_of(cases[i].url), &settings, &arena, &key));
        assert_string_equal(key, cases[i].key);
    }
}

static void a_url_too_long_for_a_cell_is_no_page(void **state)
{
    char url[2002];
    const char *key;

    (void)state;
    memset(url, 'a', sizeof url - 1);
    url[sizeof url - 1] = '\0';
    assert_false(page_key(str_of(url), &settings, &arena, &key));
    url[2000] = '\0';
    assert_true(page_key(str_of(url), &settings, &arena, &key));
}

/* ---- texts ---- */

static void hashes_are_fnv_1a(void **state)
{
    (void)state;
    assert_true(fnv(STR("")) == 0xcbf29ce484222325);
    assert_true(fnv(STR("a")) == 0xaf63dc4c8601ec8c);
    assert_true(fnv(STR("foobar")) == 0x85944171f73967e8);
}

static void of_two_texts_for_a_key_the_first_in_order_is_kept(void **state)
{
    struct texts texts = {0};
    uint64_t hash = texts_keep(&texts, STR("key"), STR("b"), &arena);

    (void)state;
    assert_string_equal(texts_find(&texts, hash), "b");
    assert_true(texts_keep(&texts, STR("key"), STR("c"), &arena) == hash);
    assert_string_equal(texts_find(&texts, hash), "b");
    assert_true(texts_keep(&texts, STR("key"), STR("a"), &arena) == hash);
    assert_string_equal(texts_find(&texts, hash), "a");
    assert_string_equal(texts_find(&texts, hash + 1), "");
    for (int i = 0; i < 10000; i++) {
        const char *text = str_format(&arena, "%d", i);

        (void)texts_keep(&texts, str_of(text), str_of(text), &arena);
    }
    assert_int_equal(texts.n, 10001);
    assert_string_equal(texts_find(&texts, fnv(STR("9999"))), "9999");
    assert_string_equal(texts_find(&texts, hash), "a");
}

static void equal_texts_are_one(void **state)
{
    struct texts texts = {0};
    const char *a = texts_intern(&texts, STR("a"), &arena);

    (void)state;
    assert_ptr_not_equal(texts_intern(&texts, STR("b"), &arena), a);
    assert_ptr_equal(texts_intern(&texts, STR("a"), &arena), a);
}

/* ---- one report ---- */

static const struct run_audit *audit_of(const struct run *run, const char *id)
{
    for (size_t i = 0; i < run->naudits; i++)
        if (strcmp(runs.kind[run->audit[i].kind].id, id) == 0)
            return &run->audit[i];
    return NULL;
}

static void what_judging_needs_is_copied(void **state)
{
    const struct run *run = NULL;

    (void)state;
    put_file("a.json", report_of("2026-11-20T03:00:00.000Z", 435.12345));
    collect(november(1), november(20));
    assert_int_equal(runs.n, 1);
    run = runs.run;
    assert_int_equal(run->form, FORM_DESKTOP);
    assert_string_equal(run->page, "https://a/cart");
    assert_int_equal(run->day, november(20));
    assert_true(run->is_valid);
    assert_string_equal(run->epoch, "lh13.4 - chrome- axe-");
    assert_true(run->bi.known && run->bi.value == 2000);
    assert_true(run->metric[3].value.known && run->metric[3].value.value == 435.123);
    assert_true(run->metric[3].p10 == 200 && run->metric[3].weight == 30);
    assert_false(run->metric[0].value.known);
    assert_true(run->weights == 30);
    // section 7's table: 435 is .64 with this curve from version 10 on
    assert_true(run->score[0].known && run->score[0].value == 64);
    assert_false(run->score[3].known);
    assert_string_equal(run->lost[0][0].id, "total-blocking-time");
    assert_true(run->lost[0][0].points == 36);
    assert_null(run->lost[0][1].id);
    assert_true(run->bytes[0].value == 1000 && run->bytes[1].value == 900);
    assert_false(run->bytes[2].known);
}

static void audits_fail_below_one_or_below_nine_tenths(void **state)
{
    const struct run *run;

    (void)state;
    put_file("a.json", report_of("2026-11-20T03:00:00.000Z", 435));
    collect(november(1), november(20));
    run = runs.run;
    assert_int_equal(run->naudits, 5);
    assert_int_equal(audit_of(run, "label")->status, AUDIT_FAILS);
    assert_int_equal(audit_of(run, "image-alt")->status, AUDIT_PASSES);
    assert_int_equal(audit_of(run, "tabindex")->status, AUDIT_UNSCORED);
    assert_int_equal(audit_of(run, "slow")->status, AUDIT_FAILS);
    assert_int_equal(audit_of(run, "fast")->status, AUDIT_PASSES);
    assert_null(audit_of(run, "unweighed"));
    assert_true(runs.kind[audit_of(run, "image-alt")->kind].accessibility == 10);
}

static void items_are_hashes_of_their_keys_each_once(void **state)
{
    const struct run_audit *label;
    uint64_t one = fnv(STR("1")), two = fnv(STR("2"));

    (void)state;
    put_file("a.json", report_of("2026-11-20T03:00:00.000Z", 435));
    collect(november(1), november(20));
    label = audit_of(runs.run, "label");
    assert_int_equal(label->nitems, 2);
    assert_true(label->item[0] == (one < two ? one : two));
    assert_true(label->item[1] == (one < two ? two : one));
    assert_string_equal(texts_find(&runs.items, one), "a");
    assert_int_equal(audit_of(runs.run, "slow")->nitems, 0);
}

static void requests_are_known_by_their_url_without_long_numbers(void **state)
{
    const struct run_request *request;

    (void)state;
    put_file("a.json", report_of("2026-11-20T03:00:00.000Z", 435));
    collect(november(1), november(20));
    assert_int_equal(runs.run->nrequests, 1);
    request = runs.run->request;
    assert_true(request->url == fnv(STR("https://a/app.#.js?t=12345")));
    assert_true(request->bytes == 900);
    assert_int_equal(request->type, 1);
}

static void the_throttling_is_part_of_the_epoch(void **state)
{
    static const struct {
        const char *settings, *epoch;
    } cases[] = {
        {"\"throttlingMethod\":\"simulate\",\"throttling\":{\"rttMs\":150,"
         "\"throughputKbps\":1638.4,\"cpuSlowdownMultiplier\":4,\"uploadThroughputKbps\":1}",
         "lh13.4 simulate/150/1638.4/4 chrome156 axe4.11"},
        {"\"throttlingMethod\":\"devtools\",\"throttling\":{\"requestLatencyMs\":562.5,"
         "\"downloadThroughputKbps\":1474.56,\"uploadThroughputKbps\":675,"
         "\"cpuSlowdownMultiplier\":4,\"rttMs\":1}",
         "lh13.4 devtools/562.5/1474.56/675/4 chrome156 axe4.11"},
        {"\"throttlingMethod\":\"provided\",\"throttling\":{\"rttMs\":150}",
         "lh13.4 provided chrome156 axe4.11"},
        {"\"throttlingMethod\":\"a b\"", "lh13.4 - chrome156 axe4.11"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text = str_format(
            &arena,
            "{\"lighthouseVersion\":\"13.4.1\",\"finalUrl\":\"https://a/\","
            "\"fetchTime\":\"2026-11-20T03:00:00.000Z\",\"configSettings\":{%s},"
            "\"environment\":{\"hostUserAgent\":\"HeadlessChrome/156.0.0.0 Safari\","
            "\"credits\":{\"axe-core\":\"4.11.4\"}}}",
            cases[i].settings);
        struct lhr_file file;
        struct err err;

        assert_true(lhr_parse(str_of(text), "f", &arena, &file, &err));
        assert_string_equal(run_epoch(file.report, &arena), cases[i].epoch);
        lhr_file_release(&file);
    }
}

/* ---- files ---- */

static void runs_stand_in_order_and_each_once(void **state)
{
    (void)state;
    put_file("a.json", report_of("2026-11-20T04:00:00.000Z", 1));
    put_file("b.json", report_of("2026-11-20T03:00:00.000Z", 2));
    put_file("c.json", report_of("2026-11-20T04:00:00.000Z", 1));
    put_file("d.json", report_of("2026-11-20T03:00:00.000Z", 3));
    put_file("e.json", report_of("2026-11-20T03:00:00.000Z", 4));
    collect(november(1), november(20));
    assert_int_equal(runs.n, 2);
    assert_true(runs.run[0].metric[3].value.value == 2); // the first path counts
    assert_true(runs.run[1].metric[3].value.value == 1);
    assert_int_equal(runs.nduplicates, 1); // once, and not of equal ones
    assert_int_equal(runs.duplicate[0]->time_ms, runs.run[0].time_ms);
    assert_int_equal(runs.nread, 5);
}

static void old_reports_are_counted_and_those_to_come_are_not(void **state)
{
    (void)state;
    put_file("a.json", report_of("2026-11-17T03:00:00.000Z", 1));
    put_file("b.json", report_of("2026-11-17T03:00:00.000Z", 2));
    put_file("c.json", report_of("2026-11-16T03:00:00.000Z", 2));
    put_file("d.json", report_of("2026-11-18T00:00:00.000Z", 2));
    put_file("e.json", report_of("2026-11-20T23:59:59.999Z", 2));
    put_file("f.json", report_of("2026-11-21T00:00:00.000Z", 2));
    collect(november(18), november(20));
    assert_int_equal(runs.n, 2);
    assert_int_equal(runs.nskipped, 4);
    assert_int_equal(runs.nold, 2); // moments
    assert_true(runs.old[0] < runs.old[1]);
}

static void files_that_are_no_reports_are_told_apart(void **state)
{
    (void)state;
    put_file("cut.json", "{\"lighthouseVersion\":\"13.4.0\",\"audits\":{\"a\":");
    put_file("no-time.json",
             "{\"lighthouseVersion\":\"13.4.0\",\"finalUrl\":\"https://a/\"}");
    put_file("other.json", "{\"a\":1}");
    put_file("old.json", "{\"lighthouseVersion\":\"5.1.0\",\"finalUrl\":\"https://a/\","
                         "\"fetchTime\":\"2026-11-20T03:00:00.000Z\"}");
    put_file("failed.json",
             "{\"perfcheckError\":1,\"url\":\"https://a/\",\"formFactor\":"
             "\"mobile\",\"time\":\"2026-11-20T03:00:00.000Z\",\"code\":"
             "\"TIMEOUT\",\"message\":\"\"}");
    collect(november(18), november(20));
    assert_int_equal(runs.corrupt.n, 2);
    assert_string_equal(runs.corrupt.item[0].name, "cut.json");
    assert_non_null(strstr(runs.corrupt.item[0].why, "byte "));
    assert_string_equal(runs.corrupt.item[1].name, "no-time.json");
    assert_non_null(strstr(runs.corrupt.item[1].why, "fetchTime"));
    assert_int_equal(runs.foreign.n, 1);
    assert_string_equal(runs.foreign.item[0].name, "other.json");
    assert_int_equal(runs.unsupported.n, 1);
    assert_string_equal(runs.unsupported.item[0].why, "5.1.0");
    assert_int_equal(runs.n, 1);
    assert_false(runs.run[0].is_valid);
    assert_string_equal(runs.run[0].failure, "TIMEOUT");
}

/* As Lighthouse 12.8.2 writes it of a refused connection. */
static void a_page_that_did_not_load_is_the_one_asked_for(void **state)
{
    (void)state;
    put_file("a.json",
             "{\"lighthouseVersion\":\"12.8.2\",\"requestedUrl\":\"https://a/cart\","
             "\"finalDisplayedUrl\":\"chrome-error://chromewebdata/\","
             "\"finalUrl\":\"chrome-error://chromewebdata/\","
             "\"fetchTime\":\"2026-11-20T03:00:00.000Z\",\"gatherMode\":"
             "\"navigation\",\"runtimeError\":{\"code\":"
             "\"CHROME_INTERSTITIAL_ERROR\",\"message\":\"m\"}}");
    collect(november(18), november(20));
    assert_int_equal(runs.n, 1);
    assert_string_equal(runs.run[0].page, "https://a/cart");
    assert_string_equal(runs.run[0].failure, "CHROME_INTERSTITIAL_ERROR");
}

/* A cut report whose time says that it is old is not looked at, unless it was found cut
 * before. */
static void what_was_corrupt_is_looked_at_again(void **state)
{
    static const char *const names[] = {"cut.json"};
    struct lhr_paths paths = {.path = path};
    struct collect all = {.settings = &settings,
                          .paths = &paths,
                          .bounds = day_bounds_new(&arena, november(1), 20),
                          .oldest = november(18)};
    struct err err;

    (void)state;
    put_file("cut.json", "{\"lighthouseVersion\":\"13.4.0\","
                         "\"fetchTime\":\"2026-11-10T03:00:00.000Z\",\"audits\":{");
    paths.n = 1;
    assert_true(collect_runs(&all, &arena, &runs, &err));
    assert_int_equal(runs.corrupt.n, 0);
    assert_int_equal(runs.nskipped, 1);
    all.always = names;
    all.nalways = 1;
    assert_true(collect_runs(&all, &arena, &runs, &err));
    assert_int_equal(runs.corrupt.n, 1);
    assert_int_equal(runs.corrupt.item[0].day, november(10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, make_world, drop_world)
        CASE(a_page_is_its_url_without_what_makes_no_other_page),
        CASE(a_url_too_long_for_a_cell_is_no_page),
        CASE(hashes_are_fnv_1a),
        CASE(of_two_texts_for_a_key_the_first_in_order_is_kept),
        CASE(equal_texts_are_one),
        CASE(what_judging_needs_is_copied),
        CASE(audits_fail_below_one_or_below_nine_tenths),
        CASE(items_are_hashes_of_their_keys_each_once),
        CASE(requests_are_known_by_their_url_without_long_numbers),
        CASE(the_throttling_is_part_of_the_epoch),
        CASE(runs_stand_in_order_and_each_once),
        CASE(old_reports_are_counted_and_those_to_come_are_not),
        CASE(files_that_are_no_reports_are_told_apart),
        CASE(a_page_that_did_not_load_is_the_one_asked_for),
        CASE(what_was_corrupt_is_looked_at_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
