/* Tests of shared/engines/matomo_reply.c. The good reply is that of sources.md 10; the
 * other columns of a day are those of Matomo's VisitsSummary.get reference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "shared/engines/matomo.h"
#include "shared/secret.h"

#include "shared/banned.h"

static struct arena run;
static struct err err;
static struct reply_notes notes;
static int64_t visits[2];

static int setup(void **state)
{
    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    notes = (struct reply_notes){.arena = &run, .who = "w"};
    visits[0] = visits[1] = 77;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&run);
    return 0;
}

static bool parse(const char *body)
{
    struct matomo_visits read = {day_from_civil(2026, 3, 1), 2, visits};

    return matomo_visits_parse(str_of(body), &run, &notes, &read, &err);
}

static void refused(const char *body, const char *why)
{
    assert_false(parse(body));
    assert_string_equal(err.text, why);
    assert_int_equal(visits[0], 77);
    assert_int_equal(visits[1], 77);
}

static void the_documented_reply_is_read(void **state)
{
    (void)state;
    assert_true(parse("{\"2026-03-01\":{\"nb_visits\":10},\"2026-03-02\":[]}"));
    assert_int_equal(visits[0], 10);
    assert_int_equal(visits[1], 0);
    assert_int_equal(notes.n, 0);
}

static void the_other_columns_of_a_day_are_known(void **state)
{
    (void)state;
    assert_true(parse("{\"2026-03-01\":[],\"2026-03-02\":{\"nb_uniq_visitors\":9,"
                      "\"nb_users\":0,\"nb_visits\":10,\"nb_actions\":41,"
                      "\"nb_visits_converted\":1,\"bounce_count\":3,"
                      "\"sum_visit_length\":900,\"max_actions\":12,"
                      "\"bounce_rate\":\"30%\",\"nb_actions_per_visit\":4.1,"
                      "\"avg_time_on_site\":90}}"));
    assert_int_equal(visits[1], 10);
    assert_int_equal(notes.n, 0);
}

static void a_column_that_is_new_is_named(void **state)
{
    (void)state;
    assert_true(parse("{\"2026-03-01\":{\"nb_visits\":1,\"mood\":1},"
                      "\"2026-03-02\":[]}"));
    assert_int_equal(notes.n, 1);
    assert_non_null(strstr(notes.text[0], "/2026-03-01/mood"));
}

static void a_day_that_is_missing_is_no_empty_day(void **state)
{
    (void)state;
    refused("{\"2026-03-01\":{\"nb_visits\":10}}",
            "/2026-03-02 is missing, expected an object");
    refused("{}", "/2026-03-01 is missing, expected an object");
}

static void a_value_of_another_type_is_named_by_its_pointer(void **state)
{
    (void)state;
    refused("{\"2026-03-01\":{\"nb_visits\":\"10\"},\"2026-03-02\":[]}",
            "/2026-03-01/nb_visits is a string, expected a number");
    refused("{\"2026-03-01\":[],\"2026-03-02\":{\"nb_visits\":1.5}}",
            "/2026-03-02/nb_visits is a fraction, expected a number");
    refused("{\"2026-03-01\":[],\"2026-03-02\":{\"nb_visits\":-1}}",
            "/2026-03-02/nb_visits is a negative number, expected a number");
    refused("{\"2026-03-01\":[],\"2026-03-02\":{\"nb_actions\":1}}",
            "/2026-03-02/nb_visits is missing, expected a number");
    refused("{\"2026-03-01\":[{\"nb_visits\":1}],\"2026-03-02\":[]}",
            "/2026-03-01 is a list, expected an object");
    refused("{\"2026-03-01\":null,\"2026-03-02\":[]}",
            "/2026-03-01 is null, expected an object");
}

static void an_error_inside_of_a_200_is_one(void **state)
{
    (void)state;
    refused("{\"result\":\"error\",\"message\":\"no \\u202e access\"}",
            "an error inside of a 200: no \\u{202E} access");
    refused("{\"result\":\"error\"}", "/message is missing, expected a string");
}

static void words_that_hold_a_secret_are_not_repeated(void **state)
{
    struct secret *token;

    (void)state;
    assert_true(secret_keep(&token, STR("0123456789abcdef"), NULL, &err));
    refused("{\"result\":\"error\",\"message\":\"token 0123456789abcdef?\"}",
            "an error inside of a 200 (its words hold a secret)");
    secrets_wipe();
}

static void a_reply_that_stops_is_refused(void **state)
{
    (void)state;
    refused("{\"2026-03-01\":{\"nb_visits\":10},\"2026-0",
            "reply ends early, after 38 bytes");
    refused("", "reply is empty");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_documented_reply_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(the_other_columns_of_a_day_are_known, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_column_that_is_new_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(a_day_that_is_missing_is_no_empty_day, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_value_of_another_type_is_named_by_its_pointer,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(an_error_inside_of_a_200_is_one, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(words_that_hold_a_secret_are_not_repeated,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_reply_that_stops_is_refused, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
