/*
 * Tests of shared/text.c. Well-formed UTF-8 is the Unicode Standard's table 3-7; what
 * is escaped is the list in shared/text.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/limits.h"
#include "shared/text.h"

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

static void the_first_and_last_characters_of_each_length_are_utf8(void **state)
{
    static const char *const good[] = {
        "\x7F",         "\xC2\x80",         "\xDF\xBF",
        "\xE0\xA0\x80", "\xED\x9F\xBF",     "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF",
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(text_is_utf8(good[i], strlen(good[i]), NULL));
    assert_true(text_is_utf8("a\0b", 3, NULL));
    assert_true(text_is_utf8("", 0, NULL));
}

static void overlong_surrogate_and_cut_forms_are_not_utf8(void **state)
{
    static const char *const bad[] = {
        "\x80",
        "\xBF",
        "\xC0\x80",
        "\xC1\xBF",
        "\xE0\x9F\xBF",
        "\xED\xA0\x80",
        "\xED\xBF\xBF",
        "\xC2",
        "\xE2\x82",
        "\xF0\x8F\xBF\xBF",
        "\xF0\x9F\x98",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xFF",
        "\xC2\x41",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(text_is_utf8(bad[i], strlen(bad[i]), NULL));
}

static void the_first_bad_byte_is_named(void **state)
{
    size_t bad = 99;

    (void)state;
    assert_false(text_is_utf8("ab\xC3\xA4\xFF\xFE", 6, &bad));
    assert_int_equal(bad, 4);
}

static void a_cut_never_splits_a_character(void **state)
{
    (void)state;
    assert_int_equal(text_cut("a\xE2\x82\xAC", 4, 4), 4);
    assert_int_equal(text_cut("a\xE2\x82\xAC", 4, 3), 1);
    assert_int_equal(text_cut("a\xE2\x82\xAC", 4, 2), 1);
    assert_int_equal(text_cut("\xE2\x82\xAC", 3, 2), 0);
    assert_int_equal(text_cut("abc", 3, 2), 2);
}

static void lines_count_from_one(void **state)
{
    (void)state;
    assert_int_equal(text_line("a\nb\n", 0), 1);
    assert_int_equal(text_line("a\nb\n", 1), 1);
    assert_int_equal(text_line("a\nb\n", 2), 2);
    assert_int_equal(text_line("a\nb\n", 4), 3);
}

static size_t conflict(const char *text)
{
    return text_conflict_line(text, strlen(text));
}

static void each_line_that_git_leaves_in_a_conflict_is_found(void **state)
{
    (void)state;
    assert_int_equal(conflict("{\n<<<<<<< HEAD\n"), 2);
    assert_int_equal(conflict("{\n}\n=======\n"), 3); // bare: the other two edited away
    assert_int_equal(conflict("======="), 1);
    assert_int_equal(conflict("=======\r\n"), 1);
    assert_int_equal(conflict(">>>>>>> main\n"), 1);
    assert_int_equal(conflict("||||||| base\n"), 1);
}

static void other_rows_of_signs_are_no_conflict(void **state)
{
    (void)state;
    assert_int_equal(conflict("=======\tcell\n======== \n ======= \n<<<<<<\n======"),
                     0);
    assert_int_equal(conflict(""), 0);
}

static const char *safe(const char *text)
{
    return text_safe(&run, text, strlen(text), 120);
}

static void plain_text_stays_as_it_is(void **state)
{
    (void)state;
    assert_string_equal(safe("Gr\xC3\xBC\xC3\x9F Gott \"\\ \xF0\x9F\x98\x80"),
                        "Gr\xC3\xBC\xC3\x9F Gott \"\\ \xF0\x9F\x98\x80");
    assert_string_equal(safe(""), "");
}

static void misleading_characters_are_spelled_out(void **state)
{
    (void)state;
    assert_string_equal(safe("a\nb\t\x1B[2J\x7F"), "a\\u{0A}b\\u{09}\\u{1B}[2J\\u{7F}");
    assert_string_equal(safe("\xC2\x85"), "\\u{85}");
    assert_string_equal(safe("\xE2\x80\xA8\xE2\x80\xA9"), "\\u{2028}\\u{2029}");
    assert_string_equal(safe("x\xE2\x80\xAEy\xE2\x81\xA6z"), "x\\u{202E}y\\u{2066}z");
    assert_string_equal(safe("\xE2\x80\x8E\xE2\x80\x8F\xD8\x9C"),
                        "\\u{200E}\\u{200F}\\u{61C}");
    assert_string_equal(safe("\xE2\x80\x8B\xE2\x81\xA0\xEF\xBB\xBF"),
                        "\\u{200B}\\u{2060}\\u{FEFF}");
    assert_string_equal(safe("\xF3\xA0\x81\xA1"), "\\u{E0061}");
    assert_string_equal(text_safe(&run, "a\0b", 3, 9), "a\\u{00}b");
}

static void joiners_stay_inside_a_word_only(void **state)
{
    // Persian "mi-khaham" is written with ZWNJ (U+200C) between two letters.
    static const char persian[] = "\xD9\x85\xDB\x8C\xE2\x80\x8C\xD8\xAE";

    (void)state;
    assert_string_equal(safe(persian), persian);
    assert_string_equal(safe("a\xE2\x80\x8D"), "a\\u{200D}");
    assert_string_equal(safe("\xE2\x80\x8C"
                             "a"),
                        "\\u{200C}a");
    assert_string_equal(safe("a\xE2\x80\x8C\xE2\x80\x8C"
                             "b"),
                        "a\\u{200C}\\u{200C}b");
    assert_string_equal(safe("1\xE2\x80\x8D"
                             "2"),
                        "1\\u{200D}2");
}

static struct str utf8_of(uint32_t c)
{
    char *at = arena_new(&run, char, 5);
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (size_t i = n; i-- > 1; c >>= 6)
        at[i] = (char)(0x80 | (c & 0x3F));
    at[0] = (char)(n == 1 ? c : (0xF00U >> n & 0xFF) | c);
    return (struct str){at, n};
}

/* Which are letters: Unicode's general categories. */
static void a_joiner_stays_between_letters_of_any_script(void **state)
{
    static const uint32_t letters[] = {'a',    'z',     'A',    'Z',    0xC0,
                                       0xD8,   0x628,   0x94D,  0x1E00, 0x2C00,
                                       0x3042, 0xAC00,  0xF900, 0xFB50, 0xFE70,
                                       0xFF21, 0x10400, 0x20000};
    static const uint32_t others[] = {'@',    '[',    '`',    '{',     0xA9,    0xD7,
                                      0xF7,   0x2010, 0x2BFF, 0x3000,  0x303F,  0xE000,
                                      0xF8FF, 0xFE00, 0xFE6F, 0xFFFC,  0x1F600, 0x1FFFF,
                                      0x85,   0x202E, 0xFEFF, 0xE0041, 0xF0000};

    (void)state;
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        const struct str c = utf8_of(letters[i]);
        const char *word =
            str_format(&run, "%.*s\xE2\x80\x8D%.*s", (int)c.n, c.at, (int)c.n, c.at);

        assert_true(text_is_utf8(word, strlen(word), NULL));
        assert_string_equal(safe(word), word);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const struct str c = utf8_of(others[i]);
        const char *before = str_format(&run,
                                        "%.*s\xE2\x80\x8D"
                                        "a",
                                        (int)c.n, c.at);
        const char *after = str_format(&run, "a\xE2\x80\x8D%.*s", (int)c.n, c.at);

        assert_true(text_is_utf8(before, strlen(before), NULL));
        assert_non_null(strstr(safe(before), "\\u{200D}a"));
        assert_non_null(strstr(safe(after), "a\\u{200D}"));
    }
}

static void each_bad_byte_becomes_a_replacement_character(void **state)
{
    (void)state;
    assert_string_equal(safe("a\xFF\xE2\x82z"),
                        "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz");
}

static void the_cap_counts_characters_and_shows(void **state)
{
    (void)state;
    assert_string_equal(text_safe(&run, "\xC3\xA4\xC3\xB6\xC3\xBC", 6, 3),
                        "\xC3\xA4\xC3\xB6\xC3\xBC");
    assert_string_equal(text_safe(&run, "\xC3\xA4\xC3\xB6\xC3\xBCx", 7, 3),
                        "\xC3\xA4\xC3\xB6\xC3\xBC...");
    assert_string_equal(text_safe(&run, "abc", 3, 0), "...");
}

static const char *json(const char *at, size_t n)
{
    struct buf out;

    buf_init(&out, &run, 4096);
    text_add_json(&out, at, n);
    return out.at;
}

static void json_texts_escape_what_a_diff_would_hide(void **state)
{
    (void)state;
    assert_string_equal(json("a\"b\\c/", 6), "\"a\\\"b\\\\c/\"");
    assert_string_equal(json("\0\n\x1F\x7F", 4), "\"\\u0000\\u000A\\u001F\\u007F\"");
    assert_string_equal(json("\xC2\x9F\xE2\x80\xA8\xE2\x80\xAE\xE2\x81\xA9", 11),
                        "\"\\u009F\\u2028\\u202E\\u2069\"");
    assert_string_equal(json("\xC3\xA4\xE2\x80\x8B", 5), "\"\xC3\xA4\xE2\x80\x8B\"");
    assert_string_equal(json("a\xFF", 2), "\"a\xEF\xBF\xBD\"");
    assert_string_equal(json("", 0), "\"\"");
}

static const char *tsv(const char *at, size_t n)
{
    struct buf out;

    buf_init(&out, &run, 4096);
    text_add_tsv(&out, at, n);
    return out.at;
}

static void tsv_fields_escape_separators_and_controls(void **state)
{
    (void)state;
    assert_string_equal(tsv("page=/a\tb\n50%", 13), "page=/a%09b%0A50%25");
    assert_string_equal(tsv("\xC2\x85\xFF\xC3\xA4", 5), "%C2%85%FF\xC3\xA4");
    assert_string_equal(tsv("", 0), "-");
    assert_string_equal(tsv("-", 1), "%2D");
    assert_string_equal(tsv("--", 2), "--");
}

static void tsv_fields_read_back(void **state)
{
    struct str field;

    (void)state;
    assert_true(text_tsv_parse(&run, "a%09%25%c3%A4", 13, &field));
    assert_true(str_equal(field, STR("a\t%\xC3\xA4")));
    assert_true(text_tsv_parse(&run, "-", 1, &field) && field.n == 0);
    assert_true(text_tsv_parse(&run, "%2D", 3, &field) && str_equal(field, STR("-")));
}

static void malformed_tsv_fields_are_refused(void **state)
{
    static const char *const bad[] = {"%", "%2", "a%2", "%G0", "%0g", "%%20", ""};
    struct str field;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(text_tsv_parse(&run, bad[i], strlen(bad[i]), &field));
}

static void urls_lose_user_values_and_fragment(void **state)
{
    static const struct {
        const char *url, *shown;
    } cases[] = {
        {"https://shop.example/cart", "https://shop.example/cart"},
        {"https://u:p@shop.example:8443/a?token=x&q=1#top",
         "https://shop.example:8443/a?token=&q="},
        {"https://u@v:p@h/@a", "https://h/@a"},
        {"https://h?a=b=c;d&e", "https://h?a=&e"},
        {"https://h/a#?x=1", "https://h/a"},
        {"//u:p@h/", "//h/"},
        {"https:///u:p@h/", "https:///h/"},
        {"https:\\\\u:p@h\\", "https:\\\\h\\"},
        {"https://h?next=https://u:p@g/", "https://h?next="},
        {"/a/b?c=d", "/a/b?c="},
        {"mailto:kim@shop.example", "mailto:kim@shop.example"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(text_url(&run, cases[i].url, strlen(cases[i].url)),
                            cases[i].shown);
}

static void all_but_unreserved_characters_are_percent_encoded(void **state)
{
    char out[3 * 256];
    char all[255];
    size_t n;

    (void)state;
    n = text_percent(STR("https://a.example/ä?b=c&d"), out);
    out[n] = '\0';
    assert_string_equal(out, "https%3A%2F%2Fa.example%2F%C3%A4%3Fb%3Dc%26d");
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (char)(i + 1);
    n = text_percent((struct str){all, sizeof all}, out);
    assert_int_equal(n, 66 + 3 * (255 - 66)); // RFC 3986 2.3: 66 unreserved ones
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_and_last_characters_of_each_length_are_utf8),
        cmocka_unit_test(overlong_surrogate_and_cut_forms_are_not_utf8),
        cmocka_unit_test(the_first_bad_byte_is_named),
        cmocka_unit_test(a_cut_never_splits_a_character),
        cmocka_unit_test(lines_count_from_one),
        cmocka_unit_test(each_line_that_git_leaves_in_a_conflict_is_found),
        cmocka_unit_test(other_rows_of_signs_are_no_conflict),
        cmocka_unit_test(plain_text_stays_as_it_is),
        cmocka_unit_test(misleading_characters_are_spelled_out),
        cmocka_unit_test(joiners_stay_inside_a_word_only),
        cmocka_unit_test(a_joiner_stays_between_letters_of_any_script),
        cmocka_unit_test(each_bad_byte_becomes_a_replacement_character),
        cmocka_unit_test(the_cap_counts_characters_and_shows),
        cmocka_unit_test(json_texts_escape_what_a_diff_would_hide),
        cmocka_unit_test(tsv_fields_escape_separators_and_controls),
        cmocka_unit_test(tsv_fields_read_back),
        cmocka_unit_test(malformed_tsv_fields_are_refused),
        cmocka_unit_test(urls_lose_user_values_and_fragment),
        cmocka_unit_test(all_but_unreserved_characters_are_percent_encoded),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
