/*
 * Tests of i18ncheck/format_json.c and json_events.c. What JSON is, is RFC 8259; which
 * catalogs it makes, i18ncheck.md 3. jansson is the peer: tests/fuzz/i18ncheck_json.c
 * holds the events to it on every input.
 */
#include <stdlib.h>

#include <jansson.h>

#include "shared/own.h"
#include "tests/unit/i18ncheck_catalogs.h"

#include "shared/banned.h"

static struct catalog json(const char *text)
{
    struct set_rules rules = rules_of(CATALOG_JSON);

    return parsed(text, &rules, "de");
}

static void paths_are_keys_joined_by_the_separator(void **state)
{
    struct catalog catalog =
        json("{\"b\": {\"y\": \"1\", \"x\": {\"deep\": \"2\"}}, \"a\": \"3\"}");

    (void)state;
    assert_string_equal(shown(&catalog), "a | 3\nb.x.deep | 2\nb.y | 1\n");
    assert_string_equal(noted(&catalog), "");
}

static void arrays_give_numbered_keys(void **state)
{
    struct catalog catalog = json("{\"a\": [\"x\", {\"b\": \"y\"}, [\"z\"]]}");

    (void)state;
    assert_string_equal(shown(&catalog), "a.0 | x\na.1.b | y\na.2.0 | z\n");
}

static void null_is_a_blank_text_and_other_values_are_only_types(void **state)
{
    struct catalog catalog =
        json("{\"a\": null, \"b\": -1.5e3, \"c\": true, \"d\": {}, "
             "\"e\": [], \"f\": \"t\"}");

    (void)state;
    assert_string_equal(shown(&catalog), "a | \nb (n)\nc (b)\nd (o)\ne (o)\nf | t\n");
    assert_false(message_is_nonempty(&catalog.message[0]));
    assert_true(catalog.message[0].is_counted);
    assert_false(catalog.message[1].is_counted);
}

static void escapes_are_decoded(void **state)
{
    // RFC 8259, 7: the G clef is \uD834\uDD1E
    struct catalog catalog = json(
        "{\"\\u0061\": \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\u20AC\\uD834\\uDD1E\"}");

    (void)state;
    assert_string_equal(shown(&catalog),
                        "a | \"\\/\b\f\n\r\t\xC3\xA4\xE2\x82\xAC\xF0\x9D\x84\x9E\n");
}

static void messages_know_the_line_of_their_key(void **state)
{
    struct catalog catalog = json("{\n\n  \"a\":\n \"1\",\r\n  \"b\": {\n\"c\": \"2\","
                                  " \"d\"\n:\"3\"}}");

    (void)state;
    assert_int_equal(line_of(&catalog, "a"), 3);
    assert_int_equal(line_of(&catalog, "b.c"), 6);
    assert_int_equal(line_of(&catalog, "b.d"), 6);
}

static void the_last_of_two_equal_keys_stays(void **state)
{
    struct catalog catalog = json("{\"a\": \"1\",\n\"b\": \"2\",\n\"a\": \"3\"}");

    (void)state;
    assert_string_equal(shown(&catalog), "a | 3\nb | 2\n");
    assert_string_equal(noted(&catalog), "duplicate 'a' 3\n");
}

static void the_last_of_two_equal_objects_stays_whole(void **state)
{
    // JSON.parse: {"a": {"y": "2"}}
    struct catalog catalog =
        json("{\"a\": {\"x\": \"1\"},\n\"b\": {\"x\": \"1\"},\n\"a\": {\"y\": \"2\"}}");

    (void)state;
    assert_string_equal(shown(&catalog), "a.y | 2\nb.x | 1\n");
    assert_string_equal(noted(&catalog), "duplicate 'a' 3\n");
}

static void flat_and_nested_spellings_of_one_key_are_the_same_key(void **state)
{
    struct catalog catalog = json("{\"a.b\": \"1\", \"a\": {\"b\": \"2\"}}");

    (void)state;
    assert_string_equal(noted(&catalog), "duplicate 'a.b' 1\n");
    assert_string_equal(shown(&catalog), "a.b | 2\n");
}

static void a_text_with_keys_below_it_is_a_clash(void **state)
{
    struct catalog catalog =
        json("{\"a\": \"1\", \"a-b\": \"2\", \"a.b\": \"3\", \"ab\": \"4\"}");

    (void)state;
    assert_string_equal(noted(&catalog), "clash 'a' 1\n");
    assert_string_equal(catalog.note[0].text, "the key is a text, and 'a.b' exists");
    assert_int_equal(catalog.n, 4);
}

static void natural_language_keys_are_not_cut(void **state)
{
    struct set_rules rules = rules_of(CATALOG_JSON);
    struct catalog catalog;

    (void)state;
    rules.key_sep = rules.ns_sep = (struct str){0};
    catalog = parsed("{\"Yes\": \"Ja\", \"Yes.No\": \"Jein\"}", &rules, "de");
    assert_string_equal(shown(&catalog), "Yes | Ja\nYes.No | Jein\n");
    assert_string_equal(noted(&catalog), "");
}

static void a_namespace_stands_before_every_key(void **state)
{
    struct set_rules rules = rules_of(CATALOG_JSON);
    struct catalog catalog = {.locale = "de"};

    (void)state;
    catalog_parse(STR("{\"a\": {\"b\": \"1\"}, \"c\": \"2\"}"), "de/web.json",
                  STR("web"), &rules, &run, &catalog);
    assert_string_equal(shown(&catalog), "web:a.b | 1\nweb:c | 2\n");
    rules.ns_sep = (struct str){0};
    catalog_parse(STR("{\"c\": \"2\"}"), "de/web.json", STR("web"), &rules, &run,
                  &catalog);
    assert_string_equal(shown(&catalog), "web:c | 2\n");
    rules.ns_sep = STR("/");
    catalog_parse(STR("{\"c\": \"2\"}"), "de/web.json", STR("web"), &rules, &run,
                  &catalog);
    assert_string_equal(shown(&catalog), "web/c | 2\n");
}

static void a_byte_order_mark_is_noted_and_left_out(void **state)
{
    struct catalog catalog = json("\xEF\xBB\xBF{\"a\": \"1\"}");

    (void)state;
    assert_string_equal(shown(&catalog), "a | 1\n");
    assert_string_equal(noted(&catalog), "bom '' 1\n");
}

static void malformed_files_are_refused_with_their_line(void **state)
{
    static const struct {
        const char *text, *why;
        uint32_t line;
    } cases[] = {
        {"", "empty", 1},
        {"\n \n", "empty", 3},
        {"[]", "not an object", 1},
        {"\"a\"", "not an object", 1},
        {"{", "cut off", 1},
        {"{\"a\": \"b\"", "cut off", 1},
        {"{\"a\":\n", "cut off", 2},
        {"{\n\"a\": \"b", "cut off inside a text", 2},
        {"{\"a\": \"b\\", "cut off inside a text", 1},
        {"{\"a\": \"b\",}", "a key in quotes is wanted", 1},
        {"{\"a\": [\"b\",]}", "not a value", 1},
        {"{,}", "a key in quotes is wanted", 1},
        {"{\"a\" \"b\"}", "':' is wanted after a key", 1},
        {"{\"a\": \"b\" \"c\": \"d\"}", "',' is wanted between members", 1},
        {"{\"a\": \"b\"}\n}", "something after the object", 2},
        {"{\"a\": \"b\"]", "',' is wanted between members", 1},
        {"{\"a\": \"b\nc\"}", "control character in a text", 1},
        {"{\"a\": \"\\nb\tc\"}", "control character in a text", 1},
        {"{\"a\": \"\\x\"}", "unknown escape in a text", 1},
        {"{\"a\": \"\\u12\"}", "\\u without four hexadecimal digits", 1},
        {"{\"a\": \"\\ud834x\"}", "half of a surrogate pair", 1},
        {"{\"a\": \"\\udd1e\"}", "half of a surrogate pair", 1},
        {"{\"a\": \"\\ud834\\u0061\"}", "half of a surrogate pair", 1},
        {"{\"a\": 01}", "',' is wanted between members", 1},
        {"{\"a\": 1.}", "not a value", 1},
        {"{\"a\": +1}", "not a value", 1},
        {"{\"a\": .5}", "not a value", 1},
        {"{\"a\": 1e}", "not a value", 1},
        {"{\"a\": -}", "not a value", 1},
        {"{\"a\": True}", "not a value", 1},
        {"{\"a\": 'b'}", "not a value", 1},
        {"{\"a\": \"\xC3\"}", "not UTF-8", 1},
        {"\xFF\xFE{\0", "not UTF-8", 1},
        {"{// no\n}", "a key in quotes is wanted", 1},
    };
    struct set_rules rules = rules_of(CATALOG_JSON);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str text = str_of(cases[i].text);
        OWN(json) peer = json_loadb(text.at, text.n, 0, NULL);

        assert_true(!peer || !json_is_object(peer));
        is_refused(text, &rules, cases[i].why, cases[i].line);
    }
}

/* {"a":{"a":...{"a":"x"}...}}, so many objects. */
static struct str nested(size_t depth)
{
    struct buf out;

    buf_init(&out, &run, MIB);
    for (size_t i = 0; i < depth; i++)
        buf_add_text(&out, "{\"a\":");
    buf_add_text(&out, "\"x\"");
    for (size_t i = 0; i < depth; i++)
        buf_add_text(&out, "}");
    return buf_str(&out);
}

static void nesting_is_read_64_deep_and_no_deeper(void **state)
{
    struct set_rules rules = rules_of(CATALOG_JSON);

    (void)state;
    assert_int_equal(parsed_bytes(nested(64), &rules, "de").n, 1);
    is_refused(nested(65), &rules, "nested more than 64 deep", 1);
}

/* One text of `n` letters. */
static struct str text_of_size(size_t n)
{
    struct buf out;
    char *letters = arena_new(&run, char, n);

    memset(letters, 'x', n);
    buf_init(&out, &run, MIB);
    buf_add_text(&out, "{\"a\": \"");
    buf_add(&out, letters, n);
    buf_add_text(&out, "\", \"b\": \"1\"}");
    return buf_str(&out);
}

static void a_text_over_64_kib_is_noted_and_the_others_count(void **state)
{
    struct set_rules rules = rules_of(CATALOG_JSON);
    struct catalog fits = parsed_bytes(text_of_size(65536), &rules, "de");
    struct catalog large = parsed_bytes(text_of_size(65537), &rules, "de");

    (void)state;
    assert_string_equal(noted(&fits), "");
    assert_string_equal(noted(&large), "message 'a' 1\n");
    assert_int_equal(large.n, 2);
}

/* A file of so many messages. */
static struct str messages(size_t n)
{
    struct buf out;

    buf_init(&out, &run, 64 * MIB);
    buf_add_text(&out, "{");
    for (size_t i = 0; i < n; i++)
        buf_printf(&out, "%s\n\"%07zu\":\"x\"", i > 0 ? "," : "", i);
    buf_add_text(&out, "}");
    return buf_str(&out);
}

static void a_million_messages_are_read_and_not_one_more(void **state)
{
    struct set_rules rules = rules_of(CATALOG_JSON);

    (void)state;
    assert_int_equal(parsed_bytes(messages(1000000), &rules, "de").n, 1000000);
    is_refused(messages(1000001), &rules, "more than 1,000,000 messages", 1000002);
}

/* ---- the same messages in other clothes ---- */

static json_t *sample(void)
{
    json_t *root = json_object();

    for (int i = 0; i < 200; i++) {
        char name[32];
        json_t *section;

        (void)snprintf(name, sizeof name, "s%d", i * 7 % 10);
        section = json_object_get(root, name);
        if (!section) {
            section = json_object();
            json_object_set_new(root, name, section);
        }
        (void)snprintf(name, sizeof name, "k%d", i * 37 % 211);
        json_object_set_new(section, name, json_sprintf("Text \"%d\"\n\xC3\xA4", i));
    }
    return root;
}

static const char *shown_dump(const json_t *root, size_t flags, const char *before)
{
    struct set_rules rules = rules_of(CATALOG_JSON);
    char *text = json_dumps(root, flags);
    struct catalog catalog;
    const char *messages;

    assert_non_null(text);
    catalog = parsed(str_format(&run, "%s%s", before, text), &rules, "de");
    messages = shown(&catalog);
    free(text);
    return messages;
}

static void order_indentation_escapes_and_a_bom_change_no_message(void **state)
{
    OWN(json) root = sample();
    const char *plain = shown_dump(root, JSON_COMPACT, "");

    (void)state;
    assert_int_equal(strlen(plain) > 2000, 1);
    assert_string_equal(shown_dump(root, JSON_INDENT(4), ""), plain);
    assert_string_equal(shown_dump(root, JSON_SORT_KEYS | JSON_INDENT(1), ""), plain);
    assert_string_equal(shown_dump(root, JSON_ENSURE_ASCII, ""), plain);
    assert_string_equal(shown_dump(root, JSON_COMPACT | JSON_ESCAPE_SLASH,
                                   "\xEF\xBB\xBF"),
                        plain);
}

static void line_ends_of_windows_change_no_message(void **state)
{
    struct catalog unix_ends = json("{\n\"a\": \"1\",\n\"b\": {\n\"c\": \"2\"}}\n");
    struct catalog windows =
        json("{\r\n\"a\": \"1\",\r\n\"b\": {\r\n\"c\": \"2\"}}\r\n");

    (void)state;
    assert_string_equal(shown(&windows), shown(&unix_ends));
    assert_int_equal(line_of(&windows, "b.c"), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_keys_joined_by_the_separator),
        cmocka_unit_test(arrays_give_numbered_keys),
        cmocka_unit_test(null_is_a_blank_text_and_other_values_are_only_types),
        cmocka_unit_test(escapes_are_decoded),
        cmocka_unit_test(messages_know_the_line_of_their_key),
        cmocka_unit_test(the_last_of_two_equal_keys_stays),
        cmocka_unit_test(the_last_of_two_equal_objects_stays_whole),
        cmocka_unit_test(flat_and_nested_spellings_of_one_key_are_the_same_key),
        cmocka_unit_test(a_text_with_keys_below_it_is_a_clash),
        cmocka_unit_test(natural_language_keys_are_not_cut),
        cmocka_unit_test(a_namespace_stands_before_every_key),
        cmocka_unit_test(a_byte_order_mark_is_noted_and_left_out),
        cmocka_unit_test(malformed_files_are_refused_with_their_line),
        cmocka_unit_test(nesting_is_read_64_deep_and_no_deeper),
        cmocka_unit_test(a_text_over_64_kib_is_noted_and_the_others_count),
        cmocka_unit_test(a_million_messages_are_read_and_not_one_more),
        cmocka_unit_test(order_indentation_escapes_and_a_bom_change_no_message),
        cmocka_unit_test(line_ends_of_windows_change_no_message),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
