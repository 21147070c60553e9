/* Tests of shared/engines/reply.c: what is said of replies that are not as expected
 * (sources.md 12), and of fields that are new. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "shared/engines/reply.h"
#include "shared/own.h"

#include "shared/banned.h"

static struct arena run;
static struct err err;

static int setup(void **state)
{
    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    err = (struct err){0};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&run);
    return 0;
}

static void refused(const char *body, const char *why)
{
    OWN(json) json = NULL;

    assert_false(reply_load(str_of(body), 4, &json, &err));
    assert_string_equal(err.text, why);
}

static void a_reply_that_stops_names_the_row_it_stops_in(void **state)
{
    (void)state;
    refused("{\"results\":[{\"metrics\":[12],\"dimensions\":[\"/a\"]},{\"met",
            "reply ends inside row 2");
    refused("{\"results\":[[\"/a\",1],[\"/b\",2],[\"/c, ] \\\"",
            "reply ends inside row 3");
    refused("{\"n\":1,\"results\":[[\"/a\",1],[\"/b\",2]", "reply ends inside row 2");
}

static void a_reply_that_stops_outside_of_rows_names_the_byte(void **state)
{
    (void)state;
    refused("{\"results\":[[1]],\"columns\":", "reply ends early, after 27 bytes");
    refused("{\"results\":[", "reply ends early, after 12 bytes");
    refused("", "reply is empty");
}

static void a_reply_that_is_no_json_is_said_so(void **state)
{
    OWN(json) json = NULL;

    (void)state;
    assert_false(reply_load(STR("{\"a\":1}}"), 4, &json, &err));
    assert_non_null(strstr(err.text, "reply:1"));
    assert_false(reply_load(STR("{\"a\":1,\"a\":2}"), 4, &json, &err));
    assert_non_null(strstr(err.text, "reply:1"));
}

static void a_value_of_another_type_is_named_by_its_pointer(void **state)
{
    OWN(json)
    json = json_pack("{s:s, s:i, s:f, s:b, s:n, s:[]}", "text", "12", "less", -1,
                     "half", 0.5, "flag", 1, "null", "list");

    static const struct {
        const char *key, *said;
    } cases[] = {
        {"text", "/text is a string, expected a number"},
        {"less", "/less is a negative number, expected a number"},
        {"half", "/half is a fraction, expected a number"},
        {"flag", "/flag is true, expected a number"},
        {"null", "/null is null, expected a number"},
        {"list", "/list is a list, expected a number"},
        {"gone", "/gone is missing, expected a number"},
    };

    int64_t count;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *pointer = str_format(&run, "/%s", cases[i].key);

        assert_false(reply_count(json, cases[i].key, pointer, &count, &err));
        assert_string_equal(err.text, cases[i].said);
    }
}

static void each_kind_of_member_is_checked(void **state)
{
    OWN(json)
    json = json_pack("{s:s, s:i, s:b, s:[], s:{}}", "text", "a", "count", 7, "flag", 1,
                     "list", "object");
    const json_t *value;
    struct str text;
    int64_t count;
    bool flag = false;

    (void)state;
    assert_true(reply_text(json, "text", "/text", &text, &err));
    assert_true(str_equal(text, STR("a")));
    assert_true(reply_count(json, "count", "/count", &count, &err));
    assert_int_equal(count, 7);
    assert_true(reply_flag(json, "flag", "/flag", &flag, &err) && flag);
    assert_true(reply_flag(json, "gone", "/gone", &flag, &err) && flag);
    assert_true(reply_list(json, "list", "/list", &value, &err));
    assert_true(reply_object(json, "object", "/object", &value, &err));
    assert_false(reply_list(json, "object", "/object", &value, &err));
    assert_string_equal(err.text, "/object is an object, expected a list");
    assert_false(reply_object(json, "list", "/list", &value, &err));
    assert_false(reply_text(json, "count", "/count", &text, &err));
    assert_string_equal(err.text, "/count is a number, expected a string");
    assert_false(reply_flag(json, "count", "/count", &flag, &err));
}

static void a_field_that_is_new_is_named_once(void **state)
{
    static const char *const known[] = {"results", NULL};
    OWN(json) json = json_pack("{s:i, s:i}", "results", 1, "n\x1b[2J", 2);
    struct reply_notes notes = {.arena = &run, .who = "source 'events'"};

    (void)state;
    reply_note(&notes, json, "/meta", known);
    reply_note(&notes, json, "/meta", known);
    assert_int_equal(notes.n, 1);
    assert_string_equal(notes.text[0],
                        "source 'events': the reply has a field that is not known "
                        "here, which is ignored: /meta/n\\u{1B}[2J");
}

static void only_so_many_notes_are_kept(void **state)
{
    struct reply_notes notes = {.arena = &run, .who = "w"};

    (void)state;
    for (int i = 0; i < 2 * REPLY_NOTES_MAX; i++)
        reply_say(&notes, str_format(&run, "%d", i));
    assert_int_equal(notes.n, REPLY_NOTES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_reply_that_stops_names_the_row_it_stops_in,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_reply_that_stops_outside_of_rows_names_the_byte, setup, teardown),
        cmocka_unit_test_setup_teardown(a_reply_that_is_no_json_is_said_so, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_value_of_another_type_is_named_by_its_pointer,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(each_kind_of_member_is_checked, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_field_that_is_new_is_named_once, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(only_so_many_notes_are_kept, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
