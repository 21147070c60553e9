/* What is kept in state and said in the report: sections 10, 11 and 12 of the page. */
#include <jansson.h>

#include "seocheck/round.h"
#include "tests/unit/seocheck_site.h"

#include "shared/banned.h"

static void ten_thousand_findings_are_kept_and_the_rest_is_counted(void **state)
{
    enum { MORE = 3 };

    struct world world;
    struct findings findings = {0};
    struct report report = {0};
    json_t *document;

    (void)state;
    world_init(&world);
    for (int i = 0; i < KEPT_FINDINGS_MAX + MORE; i++)
        findings_add(&findings, &world.arena,
                     (struct finding){.id = str_format(&world.arena,
                                                       "seocheck/h1-missing/%05d", i),
                                      .severity = SEVERITY_INFO,
                                      .since = world.look.as_of,
                                      .message = "x"});
    document =
        state_document(&world.site, &findings, NULL, world.look.as_of, &world.arena);
    assert_int_equal(json_object_size(json_object_get(document, "findings")),
                     KEPT_FINDINGS_MAX);
    json_decref(document);
    seocheck_problems(&world.site, &findings, &world.arena, &report);
    assert_int_equal(report.nproblems, 1);
    assert_string_equal(report.problems[0], "and 3 more findings; mend or mute some");
    findings.n = KEPT_FINDINGS_MAX;
    report.nproblems = 0;
    seocheck_problems(&world.site, &findings, &world.arena, &report);
    assert_int_equal(report.nproblems, 0);
    world_release(&world);
}

static void routes_that_were_not_read_are_a_problem_with_its_reason(void **state)
{
    struct world world;
    struct findings none = {0};
    struct report report = {0};

    (void)state;
    world_init(&world);
    world.site.routes_unread = true;
    world.site.routes_why = "cannot read 'x': there is no such file";
    seocheck_problems(&world.site, &none, &world.arena, &report);
    assert_int_equal(report.nproblems, 1);
    assert_string_equal(report.problems[0],
                        "checks over sets say nothing without the routes: cannot read "
                        "'x': there is no such file; see seocheck.routes");
    world_release(&world);
}

/* Class and URL of each, one a line. */
static const char *unverifiable(struct world *world)
{
    json_t *extra = seocheck_report_extra(&world->site);
    const json_t *one;
    struct buf out;
    size_t i;

    buf_init(&out, &world->arena, 1 << 16);
    buf_add_text(&out, "");
    json_array_foreach(json_object_get(extra, "unverifiable"), i, one)
    {
        buf_printf(&out, "%s %s\n", json_string_value(json_object_get(one, "class")),
                   json_string_value(json_object_get(one, "url")));
    }
    json_decref(extra);
    return out.at;
}

static void what_could_not_be_verified_is_listed(void **state)
{
    struct world world;
    uint32_t index;

    (void)state;
    world_init(&world);
    assert_string_equal(unverifiable(&world), "");
    (void)put(&world, "/fine", 200);
    (void)put(&world, "/gone", 404);
    (void)put(&world, "/broken", 503);
    index = put(&world, "https://other.example/", 403);
    world.site.resource[index].url_class = CLASS_BLOCKED;
    for (size_t i = 0; i < world.site.n; i++)
        world.site.resource[i].detail = "x";
    assert_string_equal(unverifiable(&world), "server https://shop.example/broken\n"
                                              "blocked https://other.example/\n");
    world_release(&world);
}

static size_t count_skipped(struct world *world)
{
    json_t *extra = seocheck_report_extra(&world->site);
    size_t n = json_array_size(json_object_get(extra, "skipped_checks"));

    json_decref(extra);
    return n;
}

static size_t count_checks(unsigned flags)
{
    size_t n = 0;

    for (int i = 0; i < CHECK_COUNT; i++)
        n += (check_row((enum check_id)i)->flags & flags) != 0;
    return n;
}

static void skipped_checks_are_those_over_sets_and_headers(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    assert_int_equal(count_skipped(&world), 0);
    world.site.is_truncated = true;
    assert_true(count_checks(CHECK_OF_SETS) >= 10);
    assert_int_equal(count_skipped(&world), count_checks(CHECK_OF_SETS));
    world.site.is_truncated = false;
    world.site.has_headers = false;
    assert_int_equal(count_skipped(&world), count_checks(CHECK_OF_HEADERS));
    world_release(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_thousand_findings_are_kept_and_the_rest_is_counted),
        cmocka_unit_test(routes_that_were_not_read_are_a_problem_with_its_reason),
        cmocka_unit_test(what_could_not_be_verified_is_listed),
        cmocka_unit_test(skipped_checks_are_those_over_sets_and_headers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
