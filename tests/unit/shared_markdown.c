/* Outside text in Markdown: what may stand bare, and that nothing else leaves a code
 * span or the cell of a table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shared/limits.h"
#include "shared/markdown.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static const char *shown(const char *text)
{
    struct buf out;

    buf_init(&out, &arena, REPORT_BYTES_MAX);
    markdown_text(&out, text);
    return out.n > 0 ? out.at : "";
}

/* What the page of REPORT.md shows bare (run-all.md 7). */
static void plain_prose_stands_bare(void **state)
{
    static const char *const plain[] = {
        "",
        "5.83 %",
        "910 ms",
        "2026-03-03",
        "cta, arm b",
        "P(best)",
        "lift over control",
        "+3.3 % (-13.8 to +23.6)",
        "runtime_wiring",
        "61.3 % served for 61.0 % set, SRM p 0.41",
        "stable on 3 of 5 complete days; 5127 sessions of at least 20; P(best) 0.64",
        "412 pages crawled, 38 routes declared, sitemap last changed on 2026-02-27",
        "redesign",
        "p 3e-9",
        "0/9",
        "free-shipping-banner",
        "note: two words",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(plain); i++)
        assert_string_equal(shown(plain[i]), plain[i]);
}

/* Each begins something in GitHub's Markdown, or is not ASCII. */
static void what_could_mean_something_is_a_code_span(void **state)
{
    static const char *const live[] = {
        "www.shop.example",
        "https://shop.example",
        "kim@shop.example",
        "@everyone",
        "#12",
        "GH-26",
        "owner/repo",
        ":smile:",
        "a: :x:",
        "*x*",
        "_x_",
        "__x__",
        "~~x~~",
        "[x](y)",
        "![x](y)",
        "<b>",
        "<!channel>",
        "&amp;",
        "$x$",
        "!5",
        "%5",
        "a\\b",
        "1. x",
        "1) x",
        "- x",
        "+ x",
        "---",
        "===",
        "> x",
        "x  y",
        " x",
        "x ",
        "    x",
        "(",
        ")(",
        "caf\xc3\xa9",
        "\xf0\x9f\x98\x80",
        "::error::x",
        "--",
        "x--y",
        "5%%",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(live); i++)
        assert_string_equal(shown(live[i]), str_format(&arena, "`%s`", live[i]));
}

static void ticks_pipes_line_ends_and_controls_are_replaced(void **state)
{
    static const char *const pairs[][2] = {
        {"a`b", "`a'b`"},
        {"``", "`''`"},
        {"a|b", "`a\\|b`"},
        {"a\\|b", "`a\\\xc2\xa6"
                  "b`"},
        {"a\nb", "`a\\u{0A}b`"},
        {"a\r\nb", "`a\\u{0D}\\u{0A}b`"},
        {"\x1b[31m", "`\\u{1B}[31m`"},
        {"\xe2\x80\xaex", "`\\u{202E}x`"},
        {"\xff", "`\xef\xbf\xbd`"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++)
        assert_string_equal(shown(pairs[i][0]), pairs[i][1]);
}

static void a_value_and_its_unit_are_one_text(void **state)
{
    static const char *const cases[][3] = {{"5.83", "%", "5.83 %"},
                                           {"", "%", ""},
                                           {"a|b", "ms", "`a\\|b ms`"}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf out;

        buf_init(&out, &arena, REPORT_BYTES_MAX);
        markdown_value(&out, cases[i][0], cases[i][1]);
        assert_string_equal(out.n > 0 ? out.at : "", cases[i][2]);
    }
}

static void a_name_is_letters_digits_and_question_marks(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, &arena, REPORT_BYTES_MAX);
    markdown_name(&out, "i18n<b>@K\xc3");
    assert_string_equal(out.at, "i18n?b????");
}

static void a_long_text_is_cut_and_says_so(void **state)
{
    char text[2 * MARKDOWN_CHARS_MAX];
    size_t n;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    n = strlen(shown(text));
    assert_int_equal(n, MARKDOWN_CHARS_MAX + 2 + 3);
    assert_string_equal(shown(text) + n - 5, "x...`");
}

/* Deterministic bytes: xorshift32 (Marsaglia 2003, J. Stat. Softw. 8(14), p. 4). */
static uint32_t next(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Cells of "| TEXT |" as a reader of tables finds them that takes a backslash for an
 * escape of the pipe alone, or of any character behind it. */
static size_t cells(const char *row, bool escapes_all)
{
    size_t n = 0;

    for (const char *at = row + 1; *at; at++) {
        if (*at == '\\' && at[1] && (at[1] == '|' || escapes_all))
            at++;
        else
            n += *at == '|';
    }
    return n;
}

static void no_outside_byte_leaves_a_code_span(void **state)
{
    static const char nasty[] = "`|\\<>@#[]()!*_~-+.:/&%$ \n\r\x1b\xe2\x80\xae"
                                "aG1";
    uint32_t seed = 20261121;

    (void)state;
    for (int round = 0; round < 200000; round++) {
        char text[13];
        size_t n = next(&seed) % (sizeof text - 1);
        const char *out, *row;

        for (size_t i = 0; i < n; i++)
            text[i] = nasty[next(&seed) % (sizeof nasty - 1)];
        text[n] = '\0';
        out = shown(text);
        row = str_format(&arena, "| %s |", out);
        assert_int_equal(cells(row, false), 1);
        assert_int_equal(cells(row, true), 1);
        for (const char *at = out; *at; at++)
            assert_true((unsigned char)*at >= 0x20);
        if (strcmp(out, text) == 0) {
            assert_int_equal(strcspn(out, "`|\\<>@#[]!*~&$\n\r"), n);
        } else {
            assert_int_equal(out[0], '`');
            assert_ptr_equal(strchr(out + 1, '`'), out + strlen(out) - 1);
        }
        if (round % 1000 == 0) {
            arena_release(&arena);
            arena_init(&arena, ARENA_BYTES_MAX);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_prose_stands_bare),
        cmocka_unit_test(what_could_mean_something_is_a_code_span),
        cmocka_unit_test(ticks_pipes_line_ends_and_controls_are_replaced),
        cmocka_unit_test(a_value_and_its_unit_are_one_text),
        cmocka_unit_test(a_name_is_letters_digits_and_question_marks),
        cmocka_unit_test(a_long_text_is_cut_and_says_so),
        cmocka_unit_test(no_outside_byte_leaves_a_code_span),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
