/* Tests of shared/engines/plausible_reply.c. The good reply is that of sources.md 10;
 * the shape of rows is Plausible's Stats API reference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/engines/plausible.h"
#include "shared/json.h"
#include "shared/secret.h"

#include "shared/banned.h"

static struct arena run;
static struct err err;
static struct reply_notes notes;
static struct plausible_page page;

static int setup(void **state)
{
    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    notes = (struct reply_notes){.arena = &run, .who = "w"};
    page = (struct plausible_page){.n = 77};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&run);
    return 0;
}

static bool parse(const char *body, bool has_dimension)
{
    return plausible_page_parse(str_of(body), has_dimension, &run, &notes, &page, &err);
}

static void the_documented_reply_is_read(void **state)
{
    (void)state;
    assert_true(parse("{\"results\":[{\"metrics\":[12],\"dimensions\":[\"/x\"]}],"
                      "\"meta\":{\"total_rows\":1},\"query\":{}}",
                      true));
    assert_int_equal(page.n, 1);
    assert_int_equal(page.total, 1);
    assert_int_equal(page.visitors[0], 12);
    assert_true(str_equal(page.value[0], STR("/x")));
    assert_int_equal(page.from.n, 0);
    assert_int_equal(notes.n, 0);
}

static void without_a_dimension_there_is_one_row(void **state)
{
    (void)state;
    assert_true(parse("{\"results\":[{\"metrics\":[0],\"dimensions\":[]}],\"meta\":"
                      "{\"total_rows\":1},\"query\":{\"date_range\":[\"2026-03-02T00:"
                      "00:00+01:00\",\"2026-03-02T23:59:59+01:00\"]}}",
                      false));
    assert_int_equal(page.visitors[0], 0);
    assert_true(str_equal(page.from, STR("2026-03-02T00:00:00+01:00")));
    assert_false(parse("{\"results\":[{\"metrics\":[1],\"dimensions\":[]},"
                       "{\"metrics\":[1],\"dimensions\":[]}],\"meta\":{\"total_rows\":"
                       "2}}",
                       false));
    assert_string_equal(err.text, "/results has 2 rows, expected 1");
}

static void nobody_is_an_answer(void **state)
{
    (void)state;
    assert_true(parse("{\"results\":[],\"meta\":{\"total_rows\":0}}", true));
    assert_int_equal(page.n, 0);
    assert_true(parse("{\"results\":[],\"meta\":{\"total_rows\":0}}", false));
    assert_int_equal(page.n, 0);
}

static void what_drifted_is_named_by_its_pointer(void **state)
{
    static const struct {
        const char *body, *said;
    } cases[] = {
        {"{\"meta\":{\"total_rows\":1}}", "/results is missing, expected a list"},
        {"{\"results\":{},\"meta\":{}}", "/results is an object, expected a list"},
        {"{\"results\":[]}", "/meta is missing, expected an object"},
        {"{\"results\":[],\"meta\":{}}",
         "/meta/total_rows is missing, expected a number"},
        {"{\"results\":[],\"meta\":{\"total_rows\":\"1\"}}",
         "/meta/total_rows is a string, expected a number"},
        {"{\"results\":[7],\"meta\":{\"total_rows\":1}}",
         "/results/0 is a number, expected an object"},
        {"{\"results\":[{\"metrics\":[1],\"dimensions\":[\"/a\"]},{\"dimensions\":[\"/"
         "b\"]}],\"meta\":{\"total_rows\":2}}",
         "/results/1/metrics is missing, expected a list"},
        {"{\"results\":[{\"metrics\":[\"12\"],\"dimensions\":[\"/a\"]}]}",
         "/results/0/metrics/0 is a string, expected a number"},
        {"{\"results\":[{\"metrics\":[],\"dimensions\":[\"/a\"]}]}",
         "/results/0/metrics/0 is missing, expected a number"},
        {"{\"results\":[{\"metrics\":[-1],\"dimensions\":[\"/a\"]}]}",
         "/results/0/metrics/0 is a negative number, expected a number"},
        {"{\"results\":[{\"metrics\":[1.5],\"dimensions\":[\"/a\"]}]}",
         "/results/0/metrics/0 is a fraction, expected a number"},
        {"{\"results\":[{\"metrics\":[1],\"dimensions\":null}]}",
         "/results/0/dimensions is null, expected a list"},
        {"{\"results\":[{\"metrics\":[1],\"dimensions\":[]}]}",
         "/results/0/dimensions has 0 values, expected 1"},
        {"{\"results\":[{\"metrics\":[1],\"dimensions\":[4]}]}",
         "/results/0/dimensions/0 is a number, expected a string"},
        {"{\"results\":[],\"meta\":{\"total_rows\":0},\"query\":{\"date_range\":[1]}}",
         "/query/date_range/0 is a number, expected a string"},
        {"{\"results\":[],\"meta\":{\"total_rows\":0},\"query\":[]}",
         "/query is a list, expected an object"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(parse(cases[i].body, true));
        assert_string_equal(err.text, cases[i].said);
        assert_int_equal(page.n, 77); // untouched
    }
}

static void new_fields_are_noted_wherever_they_are(void **state)
{
    (void)state;
    assert_true(parse("{\"results\":[{\"metrics\":[1],\"dimensions\":[\"/a\"],\"x\":1}]"
                      ",\"meta\":{\"total_rows\":1,\"y\":2},\"z\":3}",
                      true));
    assert_int_equal(notes.n, 3);
    assert_non_null(strstr(notes.text[0], ": /z"));
    assert_non_null(strstr(notes.text[1], ": /meta/y"));
    assert_non_null(strstr(notes.text[2], ": /results/0/x"));
}

/* ---- what can be asked ---- */

enum { VIEWED, GONE, NAMED, BOTH, ANY_EVENT, VIEW_EVENT, PATTERN, NUMBER, LINK, WHAT };

static struct str named[] = {{"order", 5}};
static struct str both[] = {{"order", 5}, {"coupon", 6}, {"order", 5}};
static struct str view[] = {{"pageview", 8}};
static const struct predicate_words words[] = {
    {.event = named, .nevents = 1},
    {.event = both, .nevents = 3},
    {.nevents = 0},
    {.event = view, .nevents = 1},
    {.is_pattern = true, .pointer = "/watchdog/custom/0"},
};
static const struct predicate_words cannot[] = {
    {.event = named, .nevents = 1, .asks_properties = true},
    {.event = named, .nevents = 1, .page = view, .npages = 1},
};
static const struct predicate predicates[WHAT] = {
    [VIEWED] = {.kinds = 1U << KIND_PAGEVIEW},
    [GONE] = {.kinds = 1U << KIND_NOT_FOUND},
    [NAMED] = {.given = true, .words = &words[0]},
    [BOTH] = {.given = true, .words = &words[1]},
    [ANY_EVENT] = {.given = true, .words = &words[2]},
    [VIEW_EVENT] = {.given = true, .words = &words[3]},
    [PATTERN] = {.given = true, .words = &words[4]},
    [NUMBER] = {.kinds = 1U << KIND_NOT_FOUND, .has_number = true},
    [LINK] = {.kinds = 1U << KIND_NOT_FOUND, .own_referrer = true},
};

#define BIT(what) (UINT64_C(1) << (what))

static bool can(void *plausible, const struct predicate *of, struct counted what)
{
    const struct daycount_plan plan = {.predicates = of,
                                       .npredicates = WHAT,
                                       .counted = &what,
                                       .ncounted = 1};
    bool answer = false;

    assert_true(engine_plausible.can_count(plausible, &plan, 0, &answer, &err));
    return answer;
}

static void what_goals_can_say_can_be_counted(void **state)
{
    static const char text[] =
        "{\"sources\":{\"s\":{\"url\":\"http://127.0.0.1:1\",\"site_id\":\"x\","
        "\"token_env\":\"PLAUSIBLE_TEST\",\"events\":{\"not_found\":[\"404\"]}}}}";
    struct config config = {.path = "rounds.json",
                            .bytes = str_of(text),
                            .timezone = "UTC"};
    struct predicate other[WHAT];
    struct engine_opened opened = {0};
    bool answer;
    struct counted what = {.affected = BIT(PATTERN)};
    const struct daycount_plan plan = {.predicates = predicates,
                                       .npredicates = WHAT,
                                       .counted = &what,
                                       .ncounted = 1};

    (void)state;
    assert_int_equal(setenv("PLAUSIBLE_TEST", "12345678", 1), 0);
    assert_true(json_load_strict(config.bytes, "t", 9, 99, &config.root, &err));
    assert_true(engine_plausible.open(&config, "s", &run, &opened, &err));
    assert_int_equal(opened.kinds, 1U << KIND_PAGEVIEW | 1U << KIND_NOT_FOUND);

    assert_true(can(opened.self, predicates, (struct counted){.affected = BIT(GONE)}));
    assert_true(can(opened.self, predicates,
                    (struct counted){.affected = BIT(NAMED), .exposed = BIT(VIEWED)}));
    assert_true(can(opened.self, predicates, (struct counted){.failed = BIT(BOTH)}));
    assert_true(
        can(opened.self, predicates, (struct counted){.affected = BIT(ANY_EVENT)}));
    assert_true(
        can(opened.self, predicates, (struct counted){.affected = BIT(VIEW_EVENT)}));
    assert_false(
        can(opened.self, predicates, (struct counted){.affected = BIT(NUMBER)}));
    assert_false(can(opened.self, predicates, (struct counted){.affected = BIT(LINK)}));
    assert_false(can(opened.self, predicates,
                     (struct counted){.affected = BIT(GONE), .exposed = BIT(LINK)}));
    assert_false(can(opened.self, predicates,
                     (struct counted){.affected = BIT(GONE), .ended = BIT(NAMED)}));
    assert_false(can(opened.self, predicates,
                     (struct counted){.affected = BIT(NAMED), .form = FORM_BACK}));
    for (size_t i = 0; i < 2; i++) { // values of a row, and pages
        memcpy(other, predicates, sizeof other);
        other[NAMED].words = &cannot[i];
        assert_false(can(opened.self, other, (struct counted){.affected = BIT(NAMED)}));
    }
    other[NAMED].words = NULL; // rows alone can tell
    assert_false(can(opened.self, other, (struct counted){.affected = BIT(NAMED)}));

    assert_false(engine_plausible.can_count(opened.self, &plan, 0, &answer, &err));
    assert_non_null(strstr(err.text, "/watchdog/custom/0: source 's' knows goals"));
    engine_plausible.close(opened.self);
    json_decref(config.root);
    secrets_wipe();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_documented_reply_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(without_a_dimension_there_is_one_row, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(nobody_is_an_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(what_drifted_is_named_by_its_pointer, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(new_fields_are_noted_wherever_they_are, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_goals_can_say_can_be_counted, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
