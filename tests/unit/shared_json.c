/* Tests of shared/json.c. Pointers are RFC 6901's own examples; the refusals are the
 * list in shared/json.h. */
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"

#include "shared/banned.h"

static struct arena run;

static int begin(void **state)
{
    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&run);
    return 0;
}

static json_t *load(const char *text)
{
    json_t *json = NULL;
    struct err err;

    assert_true(json_load_strict(str_of(text), "x.json", 8, 100, &json, &err));
    return json;
}

static void refused(struct str bytes, const char *message)
{
    json_t *json = NULL;
    struct err err = {.text = ""};

    assert_false(json_load_strict(bytes, "x.json", 8, 3, &json, &err));
    assert_null(json);
    assert_string_equal(err.text, message);
}

static void each_fault_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *bytes, *message;
    } cases[] = {
        {"", "x.json:1: the file is empty"},
        {" \n\n", "x.json:1: the file is empty"},
        {"{\n<<<<<<< HEAD\n",
         "x.json:2: conflict markers; take one side and run again"},
        {"{}\n=======\n", "x.json:2: conflict markers; take one side and run again"},
        {"\xEF\xBB\xBF{}", "x.json:1: a byte-order mark; save the file without it"},
        {"{\n\"a\": \"\xFF\"}", "x.json:2: not UTF-8"},
        {"{\"a\":\n[[[[[[[[1]]]]]]]]}", "x.json:2: nested deeper than 8"},
        {"{\"a\": 1,\n\"a\": 1}", "x.json:2: duplicate key"},
        {"{\n\"a\\u0000b\": 1}", "x.json:2: NUL in a key"},
        {"{\n\"a\": \"\\u0000\"}", "x.json:2: NUL in a text"},
        {"{\n\n\"a\": 9223372036854775808}", "x.json:3: a number out of range"},
        {"{\"a\": -9223372036854775809}", "x.json:1: a number out of range"},
        {"{\n\"a\": 1e999}", "x.json:2: a number out of range"},
        {"{\n\"a\": NaN}", "x.json:2: not JSON at column 8: invalid token"},
        {"{\"key\": 12, 'secret'}",
         "x.json:1: not JSON at column 13: string or '}' expected"},
        {"{}\n{}", "x.json:2: more text after the object"},
        {"{} x", "x.json:1: more text after the object"},
        {"{\"a\": [1,\n2", "x.json:2: the file ends too early"},
        {"\n[1]", "x.json:2: not a JSON object"},
        {"{\"a\":1,\"b\":{\"c\":1,\n\"d\":1}}", "x.json:2: more than 3 keys"},
        {"{\"a\":[1,2],\"b\":[3,\n4]}", "x.json:2: more than 3 values in lists"},
        {"[{},{},", "x.json:1: more than 3 values in lists"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refused(str_of(cases[i].bytes), cases[i].message);
}

static void the_limits_themselves_are_allowed(void **state)
{
    json_t *json = NULL;
    struct err err;

    (void)state;
    // Depth 8, three keys, brackets, commas and colons inside texts not counted.
    assert_true(
        json_load_strict(STR("{\"a\":[[[[[[[1]]]]]]],\"b\":\"[[{::\\\"[,,,\",\"c\":"
                             "9223372036854775807}"),
                         "x.json", 8, 7, &json, &err));
    assert_true(json_int(json, "c", 0) == INT64_MAX);
    json_decref(json);
}

static void a_list_is_loaded_where_a_list_is_wanted(void **state)
{
    json_t *json = NULL;
    struct err err;

    (void)state;
    assert_true(json_load_list(STR(" [1, {\"a\": 2}]\n"), "x.json", 8, 3, &json, &err));
    assert_int_equal(json_array_size(json), 2);
    json_decref(json);
    json = NULL;
    assert_false(json_load_list(STR("\n{\"a\": 1}"), "x.json", 8, 3, &json, &err));
    assert_string_equal(err.text, "x.json:2: not a JSON array");
    assert_false(json_load_list(STR("[1,\n2"), "x.json", 8, 3, &json, &err));
    assert_string_equal(err.text, "x.json:2: the file ends too early");
    assert_null(json);
}

static void a_merge_conflict_is_named_before_the_json_it_breaks(void **state)
{
    (void)state;
    refused(STR("\xEF\xBB\xBF{\n<<<<<<< HEAD\n\xFF"),
            "x.json:2: conflict markers; take one side and run again");
}

static void brackets_by_the_thousand_are_refused_before_parsing(void **state)
{
    char *deep = arena_new(&run, char, 3001);

    (void)state;
    memset(deep, '[', 3000);
    refused((struct str){deep, 3000}, "x.json:1: nested deeper than 8");
}

static size_t allocations_left;

static void *failing_malloc(size_t n)
{
    if (allocations_left == 0)
        return NULL;
    allocations_left--;
    return malloc(n);
}

static void tiny_values_by_the_million_are_refused_before_jansson_has_any(void **state)
{
    static const char *const tiny[] = {"0,",        "[],",
                                       "{},",       "\"\",",
                                       "{\"\":0},", "[[0],{\"\\\\\":\"\\\"\"}],"};
    static const size_t n = 8 * MIB;
    char *text = arena_new(&run, char, n);

    (void)state;
    for (size_t i = 0; i < sizeof tiny / sizeof *tiny; i++) {
        json_t *json = NULL;
        struct err err = {.text = ""};

        text[0] = '[';
        for (size_t at = 1; at < n; at++)
            text[at] = tiny[i][(at - 1) % strlen(tiny[i])];
        allocations_left = 0;
        json_set_alloc_funcs(failing_malloc, free);
        assert_false(
            json_load_strict((struct str){text, n}, "x.json", 8, 500000, &json, &err));
        json_set_alloc_funcs(malloc, free);
        assert_string_equal(err.text, "x.json:1: more than 500000 values in lists");
    }
}

/* ---- json_fits, held against what jansson has read ---- */

static uint64_t chance;

static size_t any_of(size_t most) // Knuth's MMIX generator
{
    chance = chance * 6364136223846793005U + 1442695040888963407U;
    return (size_t)(chance >> 33) % most;
}

/* Some text that is a JSON value; recursion ends at `depth` 0. */
static void add_any(struct buf *out, int depth)
{
    static const char *const leaves[] = {"0",        "-1.5e3",      "null",
                                         "\"\"",     "\",[{\"",     "\"\\\",\"",
                                         "\"\\\\\"", "\":\\u005c\""};
    size_t n = any_of(4);
    bool is_list = any_of(2) == 0;

    if (depth == 0 || any_of(3) == 0) {
        buf_add_text(out, leaves[any_of(sizeof leaves / sizeof *leaves)]);
        return;
    }
    buf_add_text(out, is_list ? "[" : "{");
    for (size_t i = 0; i < n; i++) {
        buf_add_text(out, i > 0 ? ", " : "");
        if (!is_list)
            buf_printf(out, "\"%zu\\\"{\" : ", i);
        add_any(out, depth - 1);
    }
    buf_add_text(out, is_list ? "]" : "}");
}

struct tally {
    size_t members, values, empty;
};

static void tally_of(const json_t *json, struct tally *tally)
{
    const char *key;
    json_t *value;
    size_t i;

    tally->members += json_object_size(json);
    tally->values += json_array_size(json);
    tally->empty += (json_is_object(json) && json_object_size(json) == 0) ||
                    (json_is_array(json) && json_array_size(json) == 0);
    json_object_foreach((json_t *)json, key, value)
    {
        tally_of(value, tally);
    }
    json_array_foreach(json, i, value)
    {
        tally_of(value, tally);
    }
}

static void what_fits_is_what_jansson_reads(void **state)
{
    struct buf out;

    (void)state;
    chance = 1;
    buf_init(&out, &run, MIB);
    for (int i = 0; i < 5000; i++) {
        struct tally tally = {0};
        size_t most;

        out.n = 0;
        add_any(&out, 4);
        OWN(json) json = json_loadb(out.at, out.n, JSON_DECODE_ANY, NULL);
        assert_non_null(json);
        tally_of(json, &tally);
        most = tally.members > tally.values ? tally.members : tally.values;
        assert_true(json_fits(buf_str(&out), most + tally.empty));
        assert_true(most == 0 || !json_fits(buf_str(&out), most - 1));
        if (tally.empty == 0)
            assert_true(json_fits(buf_str(&out), most));
    }
}

static void a_document_ends_early_until_its_last_bracket(void **state)
{
    static const char whole[] = " {\"a\": [\"]}\\\"\", {}], \"b\": 1}";

    (void)state;
    for (size_t n = 0; n < sizeof whole - 1; n++)
        assert_true(json_ends_early((struct str){whole, n}));
    assert_false(json_ends_early(str_of(whole)));
    assert_true(json_ends_early(STR(" \n")));
    assert_false(json_ends_early(STR("[0,}x")));
    assert_false(json_ends_early(STR("not now")));
}

/* The example document of RFC 6901, section 5. */
static const char rfc6901[] = "{\n"
                              "\"foo\": [\"bar\",\n \"baz\"],\n"
                              "\"\": 0,\n"
                              "\"a/b\": 1,\n"
                              "\"c%d\": 2,\n"
                              "\"i\\\\j\": 5,\n"
                              "\"k\\\"l\": 6,\n"
                              "\" \": 7,\n"
                              "\"m~n\": 8,\n"
                              "\"deep\": {\"x\": {\"y]\": \"}\"},\n"
                              "\"z\"  :\n  9 } }\n";

static void pointers_reach_the_values_of_rfc_6901(void **state)
{
    OWN(json) root = load(rfc6901);

    (void)state;
    assert_ptr_equal(json_at(root, ""), root);
    assert_string_equal(json_string_value(json_at(root, "/foo/0")), "bar");
    assert_int_equal(json_integer_value(json_at(root, "/")), 0);
    assert_int_equal(json_integer_value(json_at(root, "/a~1b")), 1);
    assert_int_equal(json_integer_value(json_at(root, "/c%d")), 2);
    assert_int_equal(json_integer_value(json_at(root, "/i\\j")), 5);
    assert_int_equal(json_integer_value(json_at(root, "/k\"l")), 6);
    assert_int_equal(json_integer_value(json_at(root, "/ ")), 7);
    assert_int_equal(json_integer_value(json_at(root, "/m~0n")), 8);
    assert_int_equal(json_integer_value(json_at(root, "/deep/z")), 9);
}

static void pointers_to_nothing_are_null(void **state)
{
    static const char *const none[] = {"foo",      "/nope",  "/foo/2",  "/foo/01",
                                       "/foo/-",   "/foo/x", "/foo/-0", "/foo/",
                                       "/foo/0/0", "/m~n",   "/m~2n",   "/c%d/"};
    OWN(json) root = load(rfc6901);

    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_null(json_at(root, none[i]));
}

static void the_line_is_where_the_value_starts(void **state)
{
    static const struct {
        const char *pointer;
        size_t line;
    } cases[] = {
        {"", 1},       {"/foo", 2},   {"/foo/0", 2},   {"/foo/1", 3},
        {"/", 4},      {"/a~1b", 5},  {"/i\\j", 7},    {"/k\"l", 8},
        {"/m~0n", 10}, {"/deep", 11}, {"/deep/x", 11}, {"/deep/z", 13},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(json_line(str_of(rfc6901), cases[i].pointer), cases[i].line);
}

static void a_pointer_that_leaves_the_document_gives_the_last_value_on_its_way(
    void **state)
{
    (void)state;
    assert_int_equal(json_line(STR("\n{}"), "/a"), 2);
    assert_int_equal(json_line(STR("{\n\"a\":\n[\n]}"), "/a/0"), 3);
    assert_int_equal(json_line(str_of(rfc6901), "/foo/9"), 2);
    assert_int_equal(json_line(str_of(rfc6901), "/deep/x/q/r"), 11);
    assert_int_equal(json_line(str_of(rfc6901), "/deep/z/q"), 13);
    assert_int_equal(json_line(STR("{\"\\u0061\":\n1}"), "/a"), 2); // an escaped key
}

static void missing_and_null_members_give_the_default(void **state)
{
    OWN(json)
    root = load("{\"t\": \"x\", \"i\": 3, \"r\": 0.5, \"b\": true, \"n\": null}");

    (void)state;
    assert_string_equal(json_text(root, "t", "d"), "x");
    assert_string_equal(json_text(root, "n", "d"), "d");
    assert_string_equal(json_text(root, "none", "d"), "d");
    assert_int_equal(json_int(root, "i", 9), 3);
    assert_int_equal(json_int(root, "none", 9), 9);
    assert_true(fabs(json_number(root, "r", 9) - 0.5) < 1e-15);
    assert_true(fabs(json_number(root, "i", 9) - 3) < 1e-15);
    assert_true(json_bool(root, "b", false));
    assert_true(json_bool(root, "none", true));
}

static void unvalidated_members_are_named_when_they_are_wrong(void **state)
{
    OWN(json) root = load("{\"t\": \"x\", \"i\": 3, \"r\": 0.5}");
    const char *text = "";
    int64_t number = 0;
    struct err err;

    (void)state;
    assert_true(json_need_text(root, "t", &text, &err));
    assert_string_equal(text, "x");
    assert_true(json_need_int(root, "i", &number, &err) && number == 3);
    assert_false(json_need_text(root, "i", &text, &err));
    assert_string_equal(err.text, "'/i' is not a text");
    assert_false(json_need_int(root, "r", &number, &err));
    assert_string_equal(err.text, "'/r' is not an integer");
    assert_false(json_need_int(root, "none", &number, &err));
    assert_string_equal(err.text, "'/none' is missing, an integer is wanted");
    assert_int_equal(number, 3);
}

static void keys_come_in_byte_order(void **state)
{
    OWN(json) root = load("{\"b\": 1, \"a\": 1, \"B\": 1, \"\xC3\xA4\": 1, \"\": 1}");
    size_t n;
    const char **keys = json_keys(&run, root, &n);

    (void)state;
    assert_int_equal(n, 5);
    assert_string_equal(keys[0], "");
    assert_string_equal(keys[1], "B");
    assert_string_equal(keys[2], "a");
    assert_string_equal(keys[3], "b");
    assert_string_equal(keys[4], "\xC3\xA4");
}

static void setters_take_the_value_over(void **state)
{
    OWN(json) root = json_object();
    json_t *list = json_array();

    (void)state;
    json_push(list, json_integer(1));
    json_put(root, "list", list);
    assert_int_equal(json_integer_value(json_at(root, "/list/0")), 1);
}

/* The exit status of a child that does `put` or else `push` of no value. */
static int status_of_setting_null(bool put)
{
    pid_t child = fork();
    int status = 0;

    assert_true(child >= 0);
    if (child == 0) {
        json_t *target = put ? json_object() : json_array();

        (void)close(STDERR_FILENO);
        if (put)
            json_put(target, "a", NULL);
        else
            json_push(target, NULL);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_value_that_could_not_be_made_ends_the_run_with_3(void **state)
{
    (void)state;
    assert_int_equal(status_of_setting_null(true), 3);
    assert_int_equal(status_of_setting_null(false), 3);
}

static void each_failing_allocation_is_an_error_and_never_half_a_document(void **state)
{
    static const char text[] =
        "{\"a\": [1, \"two\", {\"three\": 3.5}], \"b\": {\"c\": null}}";
    OWN(json) whole = load(text);
    bool loaded = false;
    size_t failures = 0;

    (void)state;
    while (!loaded) {
        json_t *json = NULL;
        struct err err = {.text = ""};

        assert_true(failures < 1000);
        allocations_left = failures++;
        json_set_alloc_funcs(failing_malloc, free);
        loaded = json_load_strict(str_of(text), "x.json", 8, 100, &json, &err);
        json_set_alloc_funcs(malloc, free);
        assert_true(loaded ? json_equal(json, whole) : !json && err.text[0] != '\0');
        json_decref(json);
    }
    assert_true(failures > 10); // it did fail on the way
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_is_refused_with_its_line),
        cmocka_unit_test(the_limits_themselves_are_allowed),
        cmocka_unit_test(a_list_is_loaded_where_a_list_is_wanted),
        cmocka_unit_test(a_merge_conflict_is_named_before_the_json_it_breaks),
        cmocka_unit_test(brackets_by_the_thousand_are_refused_before_parsing),
        cmocka_unit_test(tiny_values_by_the_million_are_refused_before_jansson_has_any),
        cmocka_unit_test(what_fits_is_what_jansson_reads),
        cmocka_unit_test(a_document_ends_early_until_its_last_bracket),
        cmocka_unit_test(pointers_reach_the_values_of_rfc_6901),
        cmocka_unit_test(pointers_to_nothing_are_null),
        cmocka_unit_test(the_line_is_where_the_value_starts),
        cmocka_unit_test(
            a_pointer_that_leaves_the_document_gives_the_last_value_on_its_way),
        cmocka_unit_test(missing_and_null_members_give_the_default),
        cmocka_unit_test(unvalidated_members_are_named_when_they_are_wrong),
        cmocka_unit_test(keys_come_in_byte_order),
        cmocka_unit_test(setters_take_the_value_over),
        cmocka_unit_test(a_value_that_could_not_be_made_ends_the_run_with_3),
        cmocka_unit_test(each_failing_allocation_is_an_error_and_never_half_a_document),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
