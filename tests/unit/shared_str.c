/* Tests of shared/str.c. Bounds of int64 and double are C17's; distances are counted by
 * hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/limits.h"
#include "shared/str.h"

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

static bool int_of(const char *text, int64_t *value)
{
    return str_to_int64(text, strlen(text), value);
}

static void integers_reach_both_ends_of_int64_and_no_further(void **state)
{
    int64_t value = 7;

    (void)state;
    assert_true(int_of("9223372036854775807", &value) && value == INT64_MAX);
    assert_true(int_of("-9223372036854775808", &value) && value == INT64_MIN);
    assert_true(int_of("-0", &value) && value == 0);
    assert_true(int_of("007", &value) && value == 7);
    assert_false(int_of("9223372036854775808", &value));
    assert_false(int_of("-9223372036854775809", &value));
    assert_false(int_of("99999999999999999999", &value));
    assert_int_equal(value, 7); // untouched
}

static void an_integer_is_digits_and_nothing_else(void **state)
{
    static const char *const bad[] = {"",    "-",   "+1",  " 1", "1 ",
                                      "1.0", "1e3", "0x1", "--1"};
    int64_t value;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(int_of(bad[i], &value));
    assert_true(str_to_int64("12345", 2, &value) && value == 12); // length, not NUL
}

static bool double_of(const char *text, double *value)
{
    return str_to_double(text, strlen(text), value);
}

static void a_double_is_a_json_number_in_range(void **state)
{
    static const char *const bad[] = {"",   "nan", "inf", "1e999", ".5",  "5.",
                                      "1e", "0x1", "1 ",  "+1",    "1e+", "-"};
    double value;

    (void)state;
    assert_true(double_of("-12.5e-1", &value));
    assert_true(fabs(value + 1.25) < 1e-15);
    assert_true(double_of("1.7976931348623157e308", &value) && isfinite(value));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(double_of(bad[i], &value));
}

// Of any number of digits, with the point anywhere: as the C library reads it, sign of
// zero included.
static void a_short_number_is_read_as_strtod_reads_it(void **state)
{
    uint64_t seed = 20260302;
    double zero;

    (void)state;
    for (unsigned i = 0; i < 40000; i++) {
        char text[32], *end;
        unsigned n = i % 18 + 1, point = i / 18 % n;
        double value = 0, expected;
        size_t at = i % 2;

        text[0] = '-';
        for (unsigned d = 0; d < n; d++) {
            seed = seed * 6364136223846793005U + 1442695040888963407U; // Knuth's MMIX
            if (d == point && d > 0)
                text[at++] = '.';
            text[at++] = (char)('0' + (seed >> 33) % 10);
        }
        text[at] = '\0';
        expected = strtod(text, &end);
        assert_true(*end == '\0' && double_of(text, &value));
        if (value != expected || signbit(value) != signbit(expected))
            fail_msg("%s is %a, not %a", text, expected, value);
    }
    assert_true(double_of("-0", &zero) && signbit(zero));
}

/* 17 digits always suffice (IEEE 754-2019, 5.12.2), 15 usually. */
static void a_double_is_written_as_short_as_it_reads_back(void **state)
{
    static const struct {
        double value;
        const char *text;
    } numbers[] = {
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1e300, "1e+300"},
        {-2500, "-2500"},
        {9007199254740993.0, "9007199254740992"},
        {1e15 / 3, "333333333333333.3"},
    };

    char text[STR_NUMBER_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        assert_int_equal(str_from_double(numbers[i].value, text),
                         strlen(numbers[i].text));
        assert_string_equal(text, numbers[i].text);
    }
}

static void a_prefix_sorts_before_what_it_begins(void **state)
{
    (void)state;
    assert_int_equal(str_compare(STR("ab"), STR("abc")), -1);
    assert_int_equal(str_compare(STR("b"), STR("abc")), 1);
    assert_int_equal(str_compare(STR("\xFF"), STR("a")), 1); // unsigned bytes
    assert_int_equal(str_compare(STR(""), (struct str){NULL, 0}), 0);
}

static void equality_takes_length_and_zero_bytes_into_account(void **state)
{
    (void)state;
    assert_true(str_equal((struct str){"a\0b", 3}, (struct str){"a\0b", 3}));
    assert_false(str_equal((struct str){"a\0b", 3}, (struct str){"a\0c", 3}));
    assert_false(str_equal(STR("a"), STR("ab")));
    assert_true(str_equal(str_of(NULL), STR("")));
}

static void case_is_ignored_for_ascii_letters_only(void **state)
{
    (void)state;
    assert_true(str_equal_ignoring_case(STR("Content-TYPE"), STR("content-type")));
    assert_false(str_equal_ignoring_case(STR("\xC3\x84"), STR("\xC3\xA4")));
    assert_false(str_equal_ignoring_case(STR("["), STR("{"))); // 0x5B and 0x7B
}

static void starts_and_ends_do_not_read_past_short_texts(void **state)
{
    (void)state;
    assert_true(str_starts(STR("abc"), STR("ab")));
    assert_false(str_starts(STR("a"), STR("ab")));
    assert_true(str_ends(STR("a.jsonl"), STR(".jsonl")));
    assert_false(str_ends(STR("l"), STR(".jsonl")));
    assert_true(str_ends(STR(""), STR("")));
}

static void the_nearest_word_is_one_typing_slip_away(void **state)
{
    static const char *const words[] = {"timezone", "sources", "watchdog", "mute"};

    (void)state;
    assert_string_equal(str_nearest("timzone", words, 4), "timezone");
    assert_string_equal(str_nearest("wachtdog", words, 4), "watchdog"); // two changes
    assert_string_equal(str_nearest("mutes", words, 4), "mute");
    assert_null(str_nearest("bandit", words, 4));
    assert_null(str_nearest("", words, 0));
}

static void a_word_over_64_bytes_is_never_near(void **state)
{
    char longer[66], same[66];
    const char *words[] = {same};

    (void)state;
    memset(longer, 'a', 65);
    longer[65] = '\0';
    memcpy(same, longer, sizeof same);
    assert_null(str_nearest(longer, words, 1));
    longer[64] = '\0';
    same[64] = '\0';
    assert_ptr_equal(str_nearest(longer, words, 1), same);
}

static void formatting_takes_what_it_needs(void **state)
{
    char *text = str_format(&run, "%0300d|%s", 7, "end");

    (void)state;
    assert_int_equal(strlen(text), 304);
    assert_string_equal(text + 299, "7|end");
    assert_string_equal(str_format(&run, "%s", ""), "");
    assert_string_equal(str_copy(&run, "abcdef", 3), "abc");
}

static void a_buffer_grows_and_stays_terminated(void **state)
{
    struct buf buf;

    (void)state;
    buf_init(&buf, &run, 10000);
    for (int i = 0; i < 500; i++)
        buf_printf(&buf, "%d,", i % 10);
    assert_int_equal(buf.n, 1000);
    assert_int_equal(strlen(buf.at), 1000);
    assert_memory_equal(buf.at + 980, "0,1,2,3,4,5,6,7,8,9,", 20);
    buf_printf(&buf, "%0300d", 1); // longer than its small buffer
    assert_int_equal(buf_str(&buf).n, 1300);
    assert_false(buf.overflowed);
}

static void nothing_is_added_after_an_overflow(void **state)
{
    struct buf buf;
    size_t n;

    (void)state;
    buf_init(&buf, &run, 8);
    buf_add_text(&buf, "1234");
    n = buf.n;
    buf_add_text(&buf, "123456789");
    assert_true(buf.overflowed);
    buf_add_text(&buf, "x");
    assert_int_equal(buf.n, n);
    assert_string_equal(buf.at, "1234");
}

static void pointers_sort_by_bytes(void **state)
{
    const char *words[] = {"b", "a", "B", "ab"};

    (void)state;
    qsort(words, 4, sizeof words[0], str_pointer_compare);
    assert_string_equal(words[0], "B");
    assert_string_equal(words[1], "a");
    assert_string_equal(words[2], "ab");
    assert_string_equal(words[3], "b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_reach_both_ends_of_int64_and_no_further),
        cmocka_unit_test(an_integer_is_digits_and_nothing_else),
        cmocka_unit_test(a_double_is_a_json_number_in_range),
        cmocka_unit_test(a_short_number_is_read_as_strtod_reads_it),
        cmocka_unit_test(a_double_is_written_as_short_as_it_reads_back),
        cmocka_unit_test(a_prefix_sorts_before_what_it_begins),
        cmocka_unit_test(equality_takes_length_and_zero_bytes_into_account),
        cmocka_unit_test(case_is_ignored_for_ascii_letters_only),
        cmocka_unit_test(starts_and_ends_do_not_read_past_short_texts),
        cmocka_unit_test(the_nearest_word_is_one_typing_slip_away),
        cmocka_unit_test(a_word_over_64_bytes_is_never_near),
        cmocka_unit_test(formatting_takes_what_it_needs),
        cmocka_unit_test(a_buffer_grows_and_stays_terminated),
        cmocka_unit_test(nothing_is_added_after_an_overflow),
        cmocka_unit_test(pointers_sort_by_bytes),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
