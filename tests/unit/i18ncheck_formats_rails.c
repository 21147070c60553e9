/*
 * Tests of i18ncheck/format_rails.c and yaml_tree.c. What a catalog is, is the Rails
 * guide "Internationalization"; anchors and << are YAML 1.1 and its merge key.
 */
#include <stdlib.h>

#include "i18ncheck/yaml_tree.h"
#include "tests/unit/i18ncheck_catalogs.h"

#include "shared/banned.h"

static struct catalog rails(const char *text)
{
    struct set_rules rules = rules_of(CATALOG_RAILS);

    return parsed(text, &rules, "de");
}

static const char *shown_of(const char *text)
{
    struct catalog catalog = rails(text);

    return shown(&catalog);
}

static void paths_below_the_locale_are_keys(void **state)
{
    struct catalog catalog =
        rails("de:\n  b:\n    y: Text\n    x: 'quoted'\n  a: |\n    "
              "two\n    lines\n  c: >-\n    folded\n    text\n");

    (void)state;
    assert_string_equal(
        shown(&catalog),
        "a | two\nlines\n\nb.x | quoted\nb.y | Text\nc | folded text\n");
    assert_string_equal(noted(&catalog), "");
    assert_int_equal(line_of(&catalog, "b.x"), 4);
    assert_int_equal(line_of(&catalog, "c"), 8);
}

static void plain_scalars_stay_text(void **state)
{
    (void)state;
    assert_string_equal(shown_of(
                            "de:\n  a: Nein\n  b: no\n  c: 3\n  d: 1.50\n  e: true\n"
                            "  f: 2020-01-01\n  g: 0x1F\n  h: :day\n"),
                        "a | Nein\nb | no\nc | 3\nd | 1.50\ne | true\nf | 2020-01-01\n"
                        "g | 0x1F\nh | :day\n");
}

static void null_is_blank(void **state)
{
    (void)state;
    assert_string_equal(
        shown_of("de:\n  a:\n  b: ~\n  c: null\n  d: 'null'\n  e: \"\"\n  f: {}\n  g: "
                 "[]\n"),
        "a | \nb | \nc | \nd | null\ne | \nf (o)\ng (o)\n");
}

static void sequences_give_numbered_keys(void **state)
{
    (void)state;
    assert_string_equal(shown_of("de:\n  days: [~, Mo, Di]\n  x:\n  - a: b\n  - - c\n"),
                        "days.0 | \ndays.1 | Mo\ndays.2 | Di\nx.0.a | b\nx.1.0 | c\n");
}

static void a_bare_no_keeps_its_name_and_is_noted(void **state)
{
    struct catalog catalog = rails(
        "de:\n  no: Nein\n  'yes': Ja\n  On: An\n  none: Keine\n  \"off\": Aus\n");

    (void)state;
    assert_string_equal(shown(&catalog),
                        "On | An\nno | Nein\nnone | Keine\noff | Aus\nyes | Ja\n");
    assert_string_equal(noted(&catalog), "bool 'On' 4\nbool 'no' 2\n");
}

static void norwegian_has_to_be_quoted(void **state)
{
    struct set_rules rules = rules_of(CATALOG_RAILS);
    struct catalog catalog = parsed("no:\n  a: b\n", &rules, "no");

    (void)state;
    assert_string_equal(shown(&catalog), "a | b\n");
    assert_string_equal(noted(&catalog), "bool 'no' 1\n");
    catalog = parsed("'no':\n  a: b\n", &rules, "no");
    assert_string_equal(noted(&catalog), "");
}

static void a_root_of_another_locale_is_a_mismatch(void **state)
{
    struct catalog catalog = rails("fr:\n  a: b\n");

    (void)state;
    assert_string_equal(shown(&catalog), "a | b\n");
    assert_string_equal(noted(&catalog), "locale '' 1\n");
    assert_string_equal(catalog.note[0].text, "the file says 'fr', its path 'de'");
    catalog = rails("de-AT:\n  a: b\n");
    assert_string_equal(noted(&catalog), "locale '' 1\n");
    catalog = rails("DE:\n  a: b\n");
    assert_string_equal(noted(&catalog), "");
}

static void of_several_roots_the_locales_own_counts(void **state)
{
    struct catalog catalog = rails("fr:\n  a: b\nde:\n  c: d\n");

    (void)state;
    assert_string_equal(shown(&catalog), "c | d\n");
    assert_string_equal(noted(&catalog), "locale '' 1\n");
}

static void anchors_are_replayed(void **state)
{
    struct catalog catalog =
        rails("de:\n  a: &x\n    k: v\n    l: &y w\n  b: *x\n  c: *y\n"
              "  d: [*y, *x]\n");

    (void)state;
    assert_string_equal(shown(&catalog), "a.k | v\na.l | w\nb.k | v\nb.l | w\nc | w\n"
                                         "d.0 | w\nd.1.k | v\nd.1.l | w\n");
    assert_int_equal(line_of(&catalog, "b.k"), 3);
}

static void merged_keys_give_way_to_own_ones(void **state)
{
    // https://yaml.org/type/merge.html, the examples BIG, LEFT, RIGHT of a map
    (void)state;
    assert_string_equal(
        shown_of(
            "de:\n  center: &c {x: '1', y: '2'}\n  left: &l {x: '0', y: '2'}\n"
            "  big: &b {r: '10'}\n  small: &s {r: '1'}\n"
            "  all: {<<: [*b, *l, *s], x: '1', label: center}\n"
            "  one:\n    <<: *c\n    r: '10'\n  before:\n    x: '9'\n    <<: *c\n"),
        "all.label | center\nall.r | 10\nall.x | 1\nall.y | 2\n"
        "before.x | 9\nbefore.y | 2\nbig.r | 10\ncenter.x | 1\ncenter.y | 2\n"
        "left.x | 0\nleft.y | 2\none.r | 10\none.x | 1\none.y | 2\nsmall.r | 1\n");
}

static void what_is_merged_may_merge_too(void **state)
{
    struct catalog catalog = rails(
        "de:\n  a: &a {k: '1', z: '0'}\n  b: &b {<<: *a, k: '2'}\n  c:\n    <<: *b\n"
        "    m: '3'\n  d: {'<<': no merge}\n");

    (void)state;
    assert_string_equal(shown(&catalog), "a.k | 1\na.z | 0\nb.k | 2\nb.z | 0\nc.k | 2\n"
                                         "c.m | 3\nc.z | 0\nd.<< | no merge\n");
    assert_string_equal(noted(&catalog), "");
}

static void a_key_twice_is_noted_and_the_last_stays(void **state)
{
    struct catalog catalog = rails(
        "de:\n  a: '1'\n  b:\n    x: '1'\n    z: '2'\n  a: '2'\n  b:\n    x: '3'\n");

    (void)state;
    assert_string_equal(shown(&catalog), "a | 2\nb.x | 3\n");
    assert_string_equal(noted(&catalog), "duplicate 'a' 6\nduplicate 'b' 7\n");
}

static void keys_twice_are_noted_where_they_stand_not_where_they_are_merged(
    void **state)
{
    struct catalog catalog =
        rails("de:\n  a: &a\n    x: '1'\n    x: '2'\n  b:\n    <<: "
              "*a\n    y: '3'\n    y: '4'\n");

    (void)state;
    assert_string_equal(shown(&catalog), "a.x | 2\nb.x | 2\nb.y | 4\n");
    assert_string_equal(noted(&catalog), "duplicate 'a.x' 4\nduplicate 'b.y' 8\n");
}

static void a_text_and_a_hash_clash(void **state)
{
    struct catalog catalog = rails("de:\n  a: '1'\n  a.b: '2'\n");

    (void)state;
    assert_string_equal(noted(&catalog), "clash 'a' 2\n");
}

static void malformed_files_are_refused_with_their_line(void **state)
{
    static const struct {
        const char *text, *why;
        uint32_t line;
    } cases[] = {
        {"", "empty", 1},
        {"# nothing\n", "empty", 1},
        {"text\n", "its root is not a mapping", 1},
        {"- de\n", "its root is not a mapping", 1},
        {"de:\n  a: b\n  c\n", "could not find expected ':'", 4},
        {"de:\n\ta: b\n", "found character that cannot start any token", 2},
        {"de:\n  a: 'b\n", "found unexpected end of stream", 3},
        {"de:\n  a: *x\n", "an alias without an anchor", 2},
        {"de: &x\n  a: *x\n", "an alias inside its own anchor", 2},
        {"de:\n  [a]: b\n", "a key that is no scalar", 2},
        {"de:\n  a: !ruby/object:X {}\n", "a tag that is not YAML's own", 2},
        {"de:\n  a: b\n---\nfr:\n  a: b\n", "a second document", 3},
        {"a: b\nc: d\n", "no root key is the locale", 1},
        {"de:\n  a: \"\\xZZ\"\n", "did not find expected hexdecimal number", 2},
        {"<<<<<<< HEAD\n", "its root is not a mapping", 1},
    };
    struct set_rules rules = rules_of(CATALOG_RAILS);

    (void)state;
    rules.source = "de";
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        is_refused(str_of(cases[i].text), &rules, cases[i].why, cases[i].line);
    assert_string_equal(shown_of("de:\n"), "");
    assert_string_equal(shown_of("de:\n  a: !!str 1\n  b: ! 2\n"), "a | 1\nb | 2\n");
}

/* ---- limits ---- */

/* "de: {a: {a: ... x}}", so many mappings. */
static struct str nested(size_t depth)
{
    struct buf out;

    buf_init(&out, &run, MIB);
    buf_add_text(&out, "de: ");
    for (size_t i = 1; i < depth; i++)
        buf_add_text(&out, "{a: ");
    buf_add_text(&out, "x");
    for (size_t i = 1; i < depth; i++)
        buf_add_text(&out, "}");
    return buf_str(&out);
}

static void nesting_is_read_64_deep_and_no_deeper(void **state)
{
    struct set_rules rules = rules_of(CATALOG_RAILS);

    (void)state;
    rules.source = "de";
    assert_int_equal(parsed_bytes(nested(64), &rules, "de").n, 1);
    is_refused(nested(65), &rules, "nested more than 64 deep", 1);
}

/* Each level refers ten times to the one before: 10^levels leaves. */
static struct str bomb(size_t levels, bool by_merge)
{
    struct buf out;

    buf_init(&out, &run, MIB);
    buf_add_text(&out, "de:\n  l0: &l0 {k: v}\n");
    for (size_t i = 1; i <= levels; i++) {
        buf_printf(&out, "  l%zu: &l%zu ", i, i);
        buf_add_text(&out, by_merge ? "{<<: [" : "[");
        for (size_t j = 0; j < 10; j++)
            buf_printf(&out, "%s*l%zu", j > 0 ? ", " : "", i - 1);
        buf_add_text(&out, by_merge ? "]}\n" : "]\n");
    }
    return buf_str(&out);
}

static void alias_bombs_stop_at_their_cap(void **state)
{
    static const char why[] = "aliases make more than 1,000,000 nodes of it";
    struct set_rules rules = rules_of(CATALOG_RAILS);

    (void)state;
    rules.source = "de";
    assert_int_equal(parsed_bytes(bomb(3, false), &rules, "de").n, 1111);
    is_refused(bomb(9, false), &rules, why, 2); // in a copy of what is there
    assert_int_equal(parsed_bytes(bomb(3, true), &rules, "de").n, 4);
    is_refused(bomb(9, true), &rules, why, 8); // l6 gathers 10^6 mappings
}

static void anchors_are_capped(void **state)
{
    struct set_rules rules = rules_of(CATALOG_RAILS);
    struct buf out;

    (void)state;
    rules.source = "de";
    buf_init(&out, &run, MIB);
    buf_add_text(&out, "de:\n");
    for (int i = 0; i < 1000; i++)
        buf_printf(&out, "  k%d: &a%d v\n", i, i);
    assert_int_equal(parsed_bytes(buf_str(&out), &rules, "de").n, 1000);
    buf_add_text(&out, "  x: &x v\n");
    is_refused(buf_str(&out), &rules, "more than 1,000 anchors", 1002);
}

/* ---- the same messages in other clothes ---- */

static void order_indentation_line_ends_and_a_bom_change_no_message(void **state)
{
    const char *plain = shown_of("de:\n  a: x\n  b:\n    c: |\n      one\n      two\n"
                                 "    d: \"\xC3\xA4\"\n");

    (void)state;
    assert_string_equal(
        shown_of(
            "\xEF\xBB\xBF---\r\nde:\r\n    b:\r\n        d: '\xC3\xA4'\r\n        c: "
            "|\r\n          one\r\n          two\r\n    a: x\r\n"),
        plain);
    assert_string_equal(shown_of(
                            "{de: {b: {d: \"\\u00e4\", c: \"one\\ntwo\\n\"}, a: x}}"),
                        plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_below_the_locale_are_keys),
        cmocka_unit_test(plain_scalars_stay_text),
        cmocka_unit_test(null_is_blank),
        cmocka_unit_test(sequences_give_numbered_keys),
        cmocka_unit_test(a_bare_no_keeps_its_name_and_is_noted),
        cmocka_unit_test(norwegian_has_to_be_quoted),
        cmocka_unit_test(a_root_of_another_locale_is_a_mismatch),
        cmocka_unit_test(of_several_roots_the_locales_own_counts),
        cmocka_unit_test(anchors_are_replayed),
        cmocka_unit_test(merged_keys_give_way_to_own_ones),
        cmocka_unit_test(what_is_merged_may_merge_too),
        cmocka_unit_test(a_key_twice_is_noted_and_the_last_stays),
        cmocka_unit_test(
            keys_twice_are_noted_where_they_stand_not_where_they_are_merged),
        cmocka_unit_test(a_text_and_a_hash_clash),
        cmocka_unit_test(malformed_files_are_refused_with_their_line),
        cmocka_unit_test(nesting_is_read_64_deep_and_no_deeper),
        cmocka_unit_test(alias_bombs_stop_at_their_cap),
        cmocka_unit_test(anchors_are_capped),
        cmocka_unit_test(order_indentation_line_ends_and_a_bom_change_no_message),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
