/*
 * Tests of what lies around a line: files, gzip, days, status. Numbers are counted off
 * the fixtures by hand; bounds of Berlin's days are those of tzdata (the clocks change
 * at 01:00 UTC on 2026-03-29 and 2026-10-25).
 */
#include "tests/unit/shared_source.h"

#include "shared/banned.h"

static const char jsonl[] = "'type':'jsonl','path':";

static char *line_at(int64_t ms)
{
    return str_format(&test_run, "{\"time\":%lld,\"user\":\"u\"}\n", (long long)ms);
}

static struct source *source_of(const char *path)
{
    return opened(str_format(&test_run, "%s%s", jsonl, path));
}

static void crlf_byte_order_mark_and_blank_lines_do_not_matter(void **state)
{
    struct source *source;

    (void)state;
    put("a.jsonl", "\xEF\xBB\xBF{'time':1772409600,'user':'u'}\r\n\r\n  \n"
                   "{'time':1772409600,'user':'u'}\r\n{'time':1772409600,'user':'u'}");
    source = source_of("'a.jsonl'");
    assert_int_equal(rows_of(source, DAY, 1)->n, 3);
    assert_int_equal(rejected_on(source, 0), 0);
    assert_int_equal(source_totals(source)->files, 1);
    assert_int_equal(source_totals(source)->bytes, 102);
    source_close(source);
}

static void lines_cross_blocks_whole(void **state)
{
    struct buf text;
    struct source *source;
    struct rows *rows;
    const size_t lines = 900, length = 4000; // 3.6 MB: no line ends where a block does

    (void)state;
    buf_init(&text, &test_run, 8 * MIB);
    for (size_t i = 0; i < lines; i++)
        buf_printf(
            &text,
            "{\"time\":1772409600,\"user\":\"u\",\"page\":\"/%04zu\",\"x\":\"%0*d\"}\n",
            i, (int)(length + i % 7), 0);
    put_bytes("a.jsonl", text.at, text.n);
    source = source_of("'a.jsonl'");
    rows = rows_of(source, DAY, 1);
    assert_int_equal(rows->n, lines);
    for (size_t i = 0; i < lines; i++)
        ASSERT_TEXT(rows->row[i].page, str_format(&test_run, "/%04zu", i));
    assert_int_equal(source_totals(source)->bytes, text.n);
    source_close(source);
}

static char *filled(size_t n)
{
    const struct str head = STR("{\"time\":1772409600,\"user\":\"u\",\"a\":\"");
    const struct str tail = STR("\"}");
    char *text = arena_new(&test_run, char, n + 1);

    memset(text, 'x', n);
    memcpy(text, head.at, head.n);
    memcpy(text + n - tail.n, tail.at, tail.n);
    return text;
}

static void line_of_1_mib_is_read_and_a_longer_one_skipped(void **state)
{
    struct source *source;
    const char *text;

    (void)state;
    text = str_format(&test_run, "%s\r\n%s\n%s\n%s", filled(MIB), filled(MIB + 1),
                      filled(3 * MIB), line_at(MIDNIGHT));
    put_bytes("a.jsonl", text, strlen(text));
    source = source_of("'a.jsonl'");
    assert_int_equal(rows_of(source, DAY, 1)->n, 2);
    assert_int_equal(day_at(source, 0)->rejected[REJECT_TOO_LONG], 2);
    assert_string_equal(source_totals(source)->place[1], "a.jsonl:3: too long");
    source_close(source);
}

static void array_file_and_zip_are_refused_with_the_remedy(void **state)
{
    struct source *source;

    (void)state;
    put("a.jsonl", "\n [{'time':1772409600,'user':'u'}]\n");
    source = source_of("'a.jsonl'");
    assert_true(rows_of(source, DAY, 1)->failed);
    ASSERT_SAYS(
        "source 'events': 'a.jsonl' is not JSON Lines; convert with jq -c '.[]'");
    source_close(source);
    put_bytes("a.jsonl", str_format(&test_run, "[%s", filled(2 * MIB)), 2 * MIB + 1);
    source = source_of("'a.jsonl'");
    assert_true(rows_of(source, DAY, 1)->failed);
    ASSERT_SAYS("is not JSON Lines");
    source_close(source);
    put_bytes("a.jsonl", "PK\3\4....", 8);
    source = source_of("'a.jsonl'");
    assert_true(rows_of(source, DAY, 1)->failed);
    ASSERT_SAYS("bsdtar -xOf export.zip | zcat | rounds-watchdog");
    source_close(source);
}

static void missing_file_and_empty_glob_are_errors_and_an_empty_folder_is_none(
    void **state)
{
    (void)state;
    assert_null(opened_with("'type':'jsonl','path':'events/x.jsonl'", true));
    ASSERT_SAYS("source 'events': cannot read 'events/x.jsonl'");
    assert_null(opened_with("'type':'jsonl','path':'events/*.jsonl'", true));
    ASSERT_SAYS("'events/*.jsonl'");
    assert_int_equal(mkdir("events", 0755), 0);
    source_close(source_of("'events'"));
}

static void folder_array_and_double_mention_are_read_once_and_manifests_not(
    void **state)
{
    struct source *source;
    size_t n;

    (void)state;
    assert_int_equal(mkdir("events", 0755), 0);
    put("events/b.jsonl", line_at(MIDNIGHT));
    put("events/a.json", line_at(MIDNIGHT));
    put("events/.c.json", line_at(MIDNIGHT));
    put("events/x-manifest.json", line_at(MIDNIGHT));
    put("events/d.txt", line_at(MIDNIGHT));
    put("e.jsonl", line_at(MIDNIGHT));
    assert_int_equal(link("events/b.jsonl", "events/z.jsonl"), 0);
    source = source_of("['events','e.jsonl','events/b*','./e.jsonl']");
    assert_int_equal(rows_of(source, DAY, 1)->n, 3);
    assert_int_equal(source_totals(source)->files, 3);
    assert_string_equal(source_folders(source, &n)[0], "events");
    assert_int_equal(rows_of(source, DAY, 1)->n, 3); // and again for another span
    source_close(source);
}

static void day_patterns_expand_to_the_span_and_a_day_on_either_side(void **state)
{
    struct source *source;
    size_t n;

    (void)state;
    assert_int_equal(mkdir("events", 0755), 0);
    for (int i = -2; i <= 3; i++) { // span: 2 and 3 March
        struct day_text day = day_text(DAY + i);

        put(str_format(&test_run, "events/%s.jsonl", day.text), line_at(MIDNIGHT));
        put(str_format(&test_run, "events/x%.4s%.2s%.2s.jsonl", day.text, day.text + 5,
                       day.text + 8),
            line_at(MIDNIGHT));
    }
    put("events/m202603.jsonl", line_at(MIDNIGHT));
    source = source_of("'events/{day}.jsonl'");
    assert_int_equal(rows_of(source, DAY, 2)->n, 4);
    assert_string_equal(source_folders(source, &n)[0], "events");
    assert_int_equal(n, 1);
    source_close(source);
    source = source_of("'events/x{yyyymmdd}.jsonl'");
    assert_int_equal(rows_of(source, DAY, 2)->n, 4);
    source_close(source);
    source = source_of("'events/m{yyyymm}.jsonl'"); // February's is not there: no error
    assert_int_equal(rows_of(source, DAY, 2)->n, 1);
    source_close(source);
    assert_null(opened_with("'type':'jsonl','path':'nowhere/{day}.jsonl'", true));
    ASSERT_SAYS("source 'events': cannot list 'nowhere'");
}

static void rows_outside_the_span_are_late_or_future_and_not_delivered(void **state)
{
    struct source *source;

    (void)state;
    put("a.jsonl",
        str_format(&test_run, "%s%s%s%s%s", line_at(MIDNIGHT - 1), line_at(MIDNIGHT),
                   line_at(MIDNIGHT + 86399999), line_at(MIDNIGHT + 86400000),
                   line_at(MIDNIGHT + 9 * INT64_C(86400000))));
    source = source_of("'a.jsonl'");
    assert_int_equal(rows_of(source, DAY, 1)->n, 2);
    assert_int_equal(source_totals(source)->late, 1);
    assert_int_equal(source_totals(source)->future, 2);
    assert_int_equal(day_at(source, 0)->rows, 2);
    assert_int_equal(day_at(source, 0)->newest_ms, MIDNIGHT + 86399999);
    assert_int_equal(day_at(source, 0)->day, DAY);
    source_close(source);
}

static void days_of_23_and_25_hours_are_whole(void **state)
{
    struct source *source;
    int32_t spring = day_from_civil(2026, 3, 29), autumn = day_from_civil(2026, 10, 25);

    (void)state;
    assert_true(zone_enter("Europe/Berlin", &test_err));
    put("a.jsonl", "{'time':'2026-03-28T22:59:59.999Z','user':'u'}\n"
                   "{'time':'2026-03-28T23:00:00Z','user':'u'}\n"
                   "{'time':'2026-03-29T21:59:59.999Z','user':'u'}\n"
                   "{'time':'2026-03-29T22:00:00Z','user':'u'}\n"
                   "{'time':'2026-10-24T22:00:00Z','user':'u'}\n"
                   "{'time':'2026-10-25T00:30:00Z','user':'u'}\n"
                   "{'time':'2026-10-25T22:59:59Z','user':'u'}\n"
                   "{'time':'2026-10-25T23:00:00Z','user':'u'}\n");
    source = source_of("'a.jsonl'");
    assert_int_equal(rows_of(source, spring - 1, 3)->n, 4);
    assert_int_equal(day_at(source, 0)->rows, 1);
    assert_int_equal(day_at(source, 1)->rows, 2);
    assert_int_equal(day_at(source, 2)->rows, 1);
    assert_int_equal(rows_of(source, autumn, 2)->n, 4);
    assert_int_equal(day_at(source, 0)->rows, 3);
    assert_int_equal(day_at(source, 1)->rows, 1);
    source_close(source);
    assert_true(zone_enter("UTC", &test_err));
}

static void rejected_line_counts_on_the_day_of_the_line_before_it(void **state)
{
    struct source *source;

    (void)state;
    put("a.jsonl",
        str_format(&test_run, "bad\nbad\n%sbad\n%sbad\n{'time':%lld}\n%sbad\n",
                   line_at(MIDNIGHT + 86400000), line_at(MIDNIGHT),
                   (long long)MIDNIGHT + 86400000, line_at(MIDNIGHT - 1)));
    put("b.jsonl", "bad\n"); // no time at all: the last day of the span
    source = source_of("['a.jsonl','b.jsonl']");
    assert_int_equal(rows_of(source, DAY, 3)->n, 2);
    assert_int_equal(rejected_on(source, 0), 1);
    assert_int_equal(rejected_on(source, 1), 2 + 1 + 1);
    assert_int_equal(rejected_on(source, 2), 1);
    assert_int_equal(day_at(source, 1)->rejected[REJECT_NO_UNIT], 1);
    assert_int_equal(source_totals(source)->late,
                     2); // the last bad line went with a late one
    source_close(source);
}

/* ---- gzip ---- */

static void gzip_is_known_by_its_bytes_and_members_are_joined(void **state)
{
    struct str one = gzip(line_at(MIDNIGHT), strlen(line_at(MIDNIGHT)));
    struct source *source;
    struct buf both;

    (void)state;
    buf_init(&both, &test_run, 4096);
    buf_add(&both, one.at, one.n);
    buf_add(&both, one.at, one.n);
    buf_add(&both, "\0\0\0", 3); // padding
    put_bytes("packed.jsonl", both.at, both.n);
    put("plain.gz", line_at(MIDNIGHT));
    source = source_of("['packed.jsonl','plain.gz']");
    assert_int_equal(rows_of(source, DAY, 1)->n, 3);
    assert_false(day_at(source, 0)->is_cut);
    assert_int_equal(source_totals(source)->bytes,
                     3 * (int64_t)strlen(line_at(MIDNIGHT)));
    source_close(source);
}

static void gzip_cut_anywhere_makes_its_days_partial(void **state)
{
    struct buf text;
    struct str packed;
    struct source *source;
    size_t most = 0;

    (void)state;
    buf_init(&text, &test_run, 64 * KIB);
    for (int i = 0; i < 500; i++)
        buf_printf(&text, "{\"time\":%lld,\"user\":\"u%d\"}\n",
                   (long long)(MIDNIGHT + 86400000 + i * INT64_C(7919)), i * 104729);
    packed = gzip(text.at, text.n);
    for (size_t n = 2; n < packed.n; n += n < 40 || n + 60 > packed.n ? 1 : 13) {
        struct rows *rows;

        put_bytes("a.gz", packed.at, n);
        source = source_of("'a.gz'");
        rows = rows_of(source, DAY, 3);
        assert_false(rows->failed);
        assert_true(rows->n >= most);
        most = rows->n;
        assert_int_equal(rejected_on(source, 1),
                         0); // the line that is cut is not a bad one
        assert_true(day_at(source, 1)->is_cut);
        assert_int_equal(day_at(source, 0)->is_cut,
                         rows->n == 0); // it may have held any day
        assert_int_equal(day_at(source, 2)->is_cut, rows->n == 0);
        source_close(source);
    }
    assert_int_equal(most, 500);
}

static void gzip_member_behind_padding_is_not_read(void **state)
{
    struct str one = gzip(line_at(MIDNIGHT), strlen(line_at(MIDNIGHT)));
    struct source *source;
    struct buf both;

    (void)state;
    buf_init(&both, &test_run, 4096);
    buf_add(&both, one.at, one.n);
    buf_add(&both, "\0", 1);
    buf_add(&both, one.at, one.n);
    put_bytes("a.gz", both.at, both.n);
    source = source_of("'a.gz'");
    assert_int_equal(rows_of(source, DAY, 1)->n, 1);
    assert_true(day_at(source, 0)->is_cut);
    source_close(source);
}

static void gzip_with_a_wrong_sum_or_bytes_behind_it_is_cut(void **state)
{
    struct str good = gzip(line_at(MIDNIGHT), strlen(line_at(MIDNIGHT)));
    char *packed = str_copy(&test_run, good.at, good.n + 1);
    struct source *source;

    (void)state;
    put_bytes("a.gz", packed, good.n + 1); // zero padding
    source = source_of("'a.gz'");
    assert_int_equal(rows_of(source, DAY, 1)->n, 1);
    assert_false(day_at(source, 0)->is_cut);
    source_close(source);
    packed[good.n] = 'x';
    put_bytes("a.gz", packed, good.n + 1);
    source = source_of("'a.gz'");
    assert_int_equal(rows_of(source, DAY, 1)->n, 1);
    assert_true(day_at(source, 0)->is_cut);
    source_close(source);
    packed[good.n - 8] ^= 1; // RFC 1952: CRC32 and size are the last eight bytes
    put_bytes("a.gz", packed, good.n);
    source = source_of("'a.gz'");
    assert_int_equal(rows_of(source, DAY, 1)->n, 1);
    assert_true(day_at(source, 0)->is_cut);
    source_close(source);
}

static void cut_file_named_for_a_day_spoils_only_its_neighbours(void **state)
{
    struct str good = gzip(line_at(MIDNIGHT), strlen(line_at(MIDNIGHT)));
    struct source *source;

    (void)state;
    put_bytes("2026-03-04.gz", good.at, 12);
    source = source_of("'{day}.gz'");
    assert_int_equal(rows_of(source, DAY, 6)->n, 0);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(day_at(source, i)->is_cut, i >= 1 && i <= 3);
        if (i >= 1 && i <= 3) // the day before is whole in its own file
            assert_string_equal(day_at(source, i)->cut, "2026-03-04.gz");
        else
            assert_null(day_at(source, i)->cut);
    }
    source_close(source);
}

static void gzip_that_expands_200_times_fails(void **state)
{
    size_t n = 3 * MIB;
    char *blank = arena_new(&test_run, char, n);
    struct source *source;
    struct str packed;

    (void)state;
    memset(blank, '\n', n);
    packed = gzip(blank, n);
    put_bytes("a.gz", packed.at, packed.n);
    source = source_of("'a.gz'");
    assert_true(rows_of(source, DAY, 1)->failed);
    ASSERT_SAYS("source 'events': 'a.gz': cannot read: it expands more than 200 times");
    source_close(source);
}

/* ---- the rest ---- */

static void status_follows_from_the_numbers(void **state)
{
    struct source_day day = {.rows = 990, .rejected = {[REJECT_NO_TIME] = 10}};

    (void)state;
    assert_int_equal(source_day_status(&day, 1, false),
                     DAY_OK); // 1 % of 1000 is not more
    day.rows = 989;
    assert_int_equal(source_day_status(&day, 1, false), DAY_PARTIAL);
    day.bots = 1; // bots are lines that could be read
    assert_int_equal(source_day_status(&day, 1, false), DAY_OK);
    day = (struct source_day){.rows = 1, .rejected = {9}};
    assert_int_equal(source_day_status(&day, 1, false), DAY_OK); // fewer than 10
    day.is_cut = true;
    assert_int_equal(source_day_status(&day, 1, false), DAY_PARTIAL);
    day = (struct source_day){.bots = 5};
    assert_int_equal(source_day_status(&day, 1, true), DAY_ABSENT);
    assert_int_equal(source_day_status(&day, 1, false), DAY_STALE);
    assert_string_equal(day_status_word(DAY_STALE), "stale");
    assert_string_equal(reject_word(REJECT_TOO_DEEP), "too deep");
}

static void stdin_is_read_once(void **state)
{
    struct source *source;
    int before = dup(STDIN_FILENO), ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], line_at(MIDNIGHT), strlen(line_at(MIDNIGHT))),
                     strlen(line_at(MIDNIGHT)));
    (void)close(ends[1]);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    (void)close(ends[0]);
    put("a.jsonl", line_at(MIDNIGHT));
    source = source_of("['-','a.jsonl']");
    assert_int_equal(rows_of(source, DAY, 1)->n, 2);
    assert_true(rows_of(source, DAY, 1)->failed);
    ASSERT_SAYS("stdin can be read only once");
    source_close(source);
    assert_int_equal(dup2(before, STDIN_FILENO), STDIN_FILENO);
    (void)close(before);
}

static void order_of_files_and_lines_does_not_change_the_books(void **state)
{
    struct source *source;
    struct source_day day;

    (void)state;
    put("a.jsonl",
        str_format(&test_run, "%s%s", line_at(MIDNIGHT), line_at(MIDNIGHT + 5)));
    put("b.jsonl", line_at(MIDNIGHT + 9));
    source = source_of("['a.jsonl','b.jsonl']");
    assert_int_equal(rows_of(source, DAY, 1)->n, 3);
    day = *day_at(source, 0);
    source_close(source);
    put("c.jsonl", str_format(&test_run, "%s%s%s", line_at(MIDNIGHT + 9),
                              line_at(MIDNIGHT + 5), line_at(MIDNIGHT)));
    source = source_of("'c.jsonl'");
    assert_int_equal(rows_of(source, DAY, 1)->n, 3);
    assert_memory_equal(day_at(source, 0), &day, sizeof day);
    source_close(source);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, test_begin, test_end)
    static const struct CMUnitTest tests[] = {
        TEST(crlf_byte_order_mark_and_blank_lines_do_not_matter),
        TEST(lines_cross_blocks_whole),
        TEST(line_of_1_mib_is_read_and_a_longer_one_skipped),
        TEST(array_file_and_zip_are_refused_with_the_remedy),
        TEST(missing_file_and_empty_glob_are_errors_and_an_empty_folder_is_none),
        TEST(folder_array_and_double_mention_are_read_once_and_manifests_not),
        TEST(day_patterns_expand_to_the_span_and_a_day_on_either_side),
        TEST(rows_outside_the_span_are_late_or_future_and_not_delivered),
        TEST(days_of_23_and_25_hours_are_whole),
        TEST(rejected_line_counts_on_the_day_of_the_line_before_it),
        TEST(gzip_is_known_by_its_bytes_and_members_are_joined),
        TEST(gzip_cut_anywhere_makes_its_days_partial),
        TEST(gzip_member_behind_padding_is_not_read),
        TEST(gzip_with_a_wrong_sum_or_bytes_behind_it_is_cut),
        TEST(cut_file_named_for_a_day_spoils_only_its_neighbours),
        TEST(gzip_that_expands_200_times_fails),
        TEST(status_follows_from_the_numbers),
        TEST(stdin_is_read_once),
        TEST(order_of_files_and_lines_does_not_change_the_books),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
