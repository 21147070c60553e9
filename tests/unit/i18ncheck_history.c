/* state/history/i18ncheck.tsv: the example of section 14 of the specification, and what
 * is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "i18ncheck/history.h"
#include "shared/clock.h"
#include "shared/limits.h"

#include "shared/banned.h"

#define HEADER "message\tday\tsource\tstale\tbn\tde\ttr\n"
#define ROW                                                                     \
    "web:cart.title\t2026-11-02\t9281facd21f972bc\ttr:2d694a56d12f660c:2026-11" \
    "-02\t-\tY9V7\t-MAE\n"
#define CALM "\t2026-11-02\t9281facd21f972bc\t-\t-\t-\t-\n"

static struct arena arena;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct history parsed(struct str bytes)
{
    struct history history = {0};
    struct err err = {0};

    if (!history_parse(bytes, "h", &arena, &history, &err))
        fail_msg("%s", err.text);
    return history;
}

static struct str formatted(const struct history *history)
{
    struct buf out;

    buf_init(&out, &arena, HISTORY_BYTES_MAX);
    history_format(history, &out);
    return buf_str(&out);
}

/* What is wrong, and on which line. */
static const char *refusal(struct str bytes)
{
    struct history history = {0};
    struct err err = {0};

    assert_false(history_parse(bytes, "h", &arena, &history, &err));
    assert_int_equal(history.n, 0);
    return str_copy(&arena, err.text, strlen(err.text));
}

static void the_example_is_read_and_written_as_it_is(void **state)
{
    struct history history = parsed(STR(HEADER ROW));
    const struct history_row *row = history_find(&history, "web", STR("cart.title"));
    const struct mark *mark;
    size_t column = 9;

    (void)state;
    assert_non_null(row);
    assert_int_equal(row->day, day_from_civil(2026, 11, 2));
    assert_true(row->source == 0x9281facd21f972bc);
    assert_int_equal(row->print[0], 0);
    assert_int_equal(row->print[1], PRINT_KNOWN | 0x63d57b); // RFC 4648: Y9V7
    assert_true(history_column(&history, "tr", &column));
    assert_int_equal(column, 2);
    assert_false(history_column(&history, "fr", &column));
    mark = history_mark(row, 2);
    assert_non_null(mark);
    assert_true(mark->hash == 0x2d694a56d12f660c);
    assert_null(history_mark(row, 1));
    assert_true(str_equal(formatted(&history), STR(HEADER ROW)));
}

static void a_set_finds_its_own_keys_alone(void **state)
{
    struct history history =
        parsed(STR(HEADER "a-b:k" CALM "a:b:k" CALM "a:k" CALM "ab:k" CALM));

    (void)state;
    assert_ptr_equal(history_find(&history, "a-b", STR("k")), &history.row[0]);
    assert_ptr_equal(history_find(&history, "a", STR("b:k")), &history.row[1]);
    assert_ptr_equal(history_find(&history, "a", STR("k")), &history.row[2]);
    assert_ptr_equal(history_find(&history, "ab", STR("k")), &history.row[3]);
    assert_null(history_find(&history, "a", STR("b")));
    assert_null(history_find(&history, "b", STR("k")));
}

static void tabs_newlines_and_control_characters_of_keys_come_back(void **state)
{
    static const char *const rows = HEADER "web:a\\tb\\n\\\\c\\x00d\\x1B" CALM;
    struct history history = parsed(str_of(rows));
    struct str key = {"a\tb\n\\c\0d\x1b", 9};

    (void)state;
    assert_non_null(history_find(&history, "web", key));
    assert_true(str_equal(formatted(&history), str_of(rows)));
}

static void a_bidirectional_character_is_written_as_its_bytes(void **state)
{
    struct history history = parsed(STR(HEADER "web:a\xE2\x80\xAE" CALM));

    (void)state;
    assert_true(
        str_equal(formatted(&history), STR(HEADER "web:a\\xE2\\x80\\xAE" CALM)));
}

static void a_row_too_long_for_a_line_is_left_out(void **state)
{
    struct history history = parsed(STR(HEADER "web:k" CALM));
    char *key = arena_new(&arena, char, HISTORY_LINE_BYTES_MAX);

    (void)state;
    memset(key, 'x', HISTORY_LINE_BYTES_MAX);
    history.row[0].message = (struct str){key, HISTORY_LINE_BYTES_MAX};
    assert_true(str_equal(formatted(&history), STR(HEADER)));
}

static void each_refusal_names_its_line(void **state)
{
    static const struct {
        const char *bytes, *what;
    } wrong[] = {
        {"", "'h:1': the last line has no end"},
        {HEADER "web:a" CALM "web:b", "'h:3': the last line has no end"},
        {"message\tday\tstale\tsource\n", "'h:1': the first line is not the expected"},
        {"message\tday\n", "'h:1': the first line is not the expected"},
        {"message\tday\tsource\tstale\tDE\n", "'h:1': a column is no locale tag"},
        {"message\tday\tsource\tstale\tx y\n", "'h:1': a column is no locale tag"},
        {"message\tday\tsource\tstale\ttr\tde\n",
         "'h:1': columns are not in the order"},
        {"message\tday\tsource\tstale\tde\tde\n",
         "'h:1': columns are not in the order"},
        {HEADER "web:a\t2026-11-02\n", "'h:2': not as many cells"},
        {HEADER "web:a\\q" CALM, "'h:2': message is empty, or has a backslash"},
        {HEADER "web:a\\x1" CALM, "'h:2': message is empty, or has a backslash"},
        {HEADER "web:a\\xFF" CALM, "'h:2': message is empty, or has a backslash"},
        {HEADER CALM, "'h:2': message is empty"},
        {HEADER "web:b" CALM "web:a" CALM, "'h:3': not in the order of message"},
        {HEADER "web:a" CALM "web:a" CALM, "'h:3': a second line of one message"},
        {HEADER "web:a\t2026-02-30\t9281facd21f972bc\t-\t-\t-\t-\n", "day is not"},
        {HEADER "web:a\t2026-11-02\t9281FACD21F972BC\t-\t-\t-\t-\n", "source is not"},
        {HEADER "web:a\t2026-11-02\t9281facd21f972b\t-\t-\t-\t-\n", "source is not"},
        {HEADER "web:a\t2026-11-02\t9281facd21f972bc\t-\t-\tY9V\t-\n", "base64url"},
        {HEADER "web:a\t2026-11-02\t9281facd21f972bc\t-\t-\tY9+7\t-\n", "base64url"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *text = refusal(str_of(wrong[i].bytes));

        if (!strstr(text, wrong[i].what))
            fail_msg("%zu: %s", i, text);
    }
}

static void marks_that_no_run_writes_are_refused(void **state)
{
    static const struct {
        const char *marks, *what;
    } wrong[] = {
        {"de:2d694a56d12f660c", "a mark is not locale:hash:day"},
        {"de:2d694a56d12f660c:2026-11-31", "a mark is not locale:hash:day"},
        {"", "a mark is not locale:hash:day"},
        {"de:2d694a56d12f660c:2026-11-02 ", "a mark is not locale:hash:day"},
        {"fr:2d694a56d12f660c:2026-11-02", "a mark is of a locale without a column"},
        {"bn:2d694a56d12f660c:2026-11-02", "a mark is of a locale without a transl"},
        {"de:9281facd21f972bc:2026-11-02", "a mark is of the source as it is"},
        {"de:2d694a56d12f660c:2026-11-03", "a mark is younger than the row"},
        {"tr:2d694a56d12f660c:2026-11-02 de:2d694a56d12f660c:2026-11-02",
         "marks are not in the order of locales"},
        {"de:2d694a56d12f660c:2026-11-02 de:2d694a56d12f660c:2026-11-02",
         "marks are not in the order of locales"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *text = refusal(str_of(str_format(
            &arena, HEADER "web:a\t2026-11-02\t9281facd21f972bc\t%s\t-\tY9V7\t-MAE\n",
            wrong[i].marks)));

        if (!strstr(text, wrong[i].what))
            fail_msg("%zu: %s", i, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_is_read_and_written_as_it_is),
        cmocka_unit_test(a_set_finds_its_own_keys_alone),
        cmocka_unit_test(tabs_newlines_and_control_characters_of_keys_come_back),
        cmocka_unit_test(a_bidirectional_character_is_written_as_its_bytes),
        cmocka_unit_test(a_row_too_long_for_a_line_is_left_out),
        cmocka_unit_test(each_refusal_names_its_line),
        cmocka_unit_test(marks_that_no_run_writes_are_refused),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
