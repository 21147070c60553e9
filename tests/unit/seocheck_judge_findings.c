/* How hits become findings: sections 9 (several hits of one check on one subject are
 * one finding, the first by line) and 11 (a line number stays as first published). */
#include "tests/unit/seocheck_site.h"

#include "shared/banned.h"

static const struct findings none;

static void add_loc(struct world *world, int64_t line)
{
    hits_add(&world->hits, &world->arena,
             (struct hit){
                 .check = CHECK_SITEMAP_LOC,
                 .subject = STR("/sitemap.xml"),
                 .value = "relative: /a",
                 .n = line,
                 .line = line,
             });
}

static const struct finding *judged(struct world *world, const struct findings *open)
{
    struct findings *now = arena_new(&world->arena, struct findings, 1);

    world->settings.group_over = 25;
    judge_findings(&world->look, &world->hits, open, now);
    assert_int_equal(now->n, 1);
    return &now->item[0];
}

static void several_hits_are_counted_and_the_first_line_is_told(void **state)
{
    struct world world;
    const struct finding *finding;

    (void)state;
    world_init(&world);
    add_loc(&world, 9);
    add_loc(&world, 2);
    finding = judged(&world, &none);
    assert_string_equal(finding->message, "/sitemap.xml line 2: relative: /a");
    assert_int_equal(finding->n, 2);
    world_release(&world);
}

static void one_hit_is_one_whatever_its_line(void **state)
{
    struct world world;

    (void)state;
    world_init(&world);
    add_loc(&world, 88);
    assert_int_equal(judged(&world, &none)->n, 1);
    world_release(&world);
}

static void a_line_stays_as_published_while_its_finding_is_open(void **state)
{
    struct world world;
    struct findings open = {0};

    (void)state;
    world_init(&world);
    add_loc(&world, 5);
    findings_add(&open, &world.arena, *judged(&world, &none));
    world.hits.n = 0;
    add_loc(&world, 50);
    assert_string_equal(judged(&world, &open)->message,
                        "/sitemap.xml line 5: relative: /a");
    world_release(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_hits_are_counted_and_the_first_line_is_told),
        cmocka_unit_test(one_hit_is_one_whatever_its_line),
        cmocka_unit_test(a_line_stays_as_published_while_its_finding_is_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
