/*
 * Relations between lines of one content: cut anywhere they are rejected alone; blanks
 * between their tokens, and escapes that send them to jansson, change nothing.
 */
#include "tests/unit/shared_source.h"

#include "shared/banned.h"

/* What each preset reads, with what it passes over around it. */
static const struct {
    const char *preset, *line;
} lines[] = {
    {"generic", "{'time':1772409600.25,'id':'i','session':'s','user':'u','event':"
                "'pageview','page':'/a/b','referrer':'https://r.example:80/x?y#z',"
                "'browser':'Firefox','n':-1.5e3,'more':{'a':[1,{'b':'x'},[]],'c':{}},"
                "'t':true,'f':false,'z':null}"},
    {"ga4_bigquery",
     "{'event_timestamp':'1772409601000000','event_name':'page_view','user_pseudo_id':"
     "'p1','event_params':[{'key':'ga_session_id','value':{'string_value':null,"
     "'int_value':'77'}},5,{'key':'page_location','value':{'string_value':"
     "'https://shop.example/x'}},{'value':{}},{'key':'other','value':{'float_value':"
     "0.5}}],'device':{'category':'desktop','web_info':{'browser':'Firefox'}}}"},
    {"posthog", "{'uuid':'i','timestamp':'2026-03-02T00:00:01Z','event':'$exception',"
                "'distinct_id':'u','properties':{'$session_id':'s','$current_url':"
                "'https://shop.example/x','$exception_types':['TypeError'],"
                "'$exception_values':['x is 7'],'$exception_list':[{'type':'T',"
                "'value':'v','stacktrace':{'frames':[{'a':1},{'b':[2]}]}}],"
                "'$browser':'Chrome'}}"},
};

static struct rows *rows_read(const char *preset, const char *text)
{
    struct source *source;
    struct rows *rows;

    put_bytes("a.jsonl", text, strlen(text));
    source = opened(
        str_format(&test_run, "'type':'jsonl','path':'a.jsonl','preset':'%s'", preset));
    rows = rows_of(source, DAY, 1);
    source_close(source);
    return rows;
}

static void a_line_cut_anywhere_is_rejected_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const char *whole = quoted_text(lines[i].line);

        for (size_t n = 1; n < strlen(whole); n++) {
            const struct rows *rows =
                rows_read(lines[i].preset, str_format(&test_run, "%s\n%.*s\n%s\n",
                                                      whole, (int)n, whole, whole));

            if (rows->n != 2)
                fail_msg("%s cut behind byte %zu: %zu rows", lines[i].preset, n,
                         rows->n);
        }
    }
}

/* With `blank` behind each token that a blank may stand behind. */
static const char *spaced(const char *line, const char *blank)
{
    struct buf out;
    bool in_text = false;

    buf_init(&out, &test_run, MIB);
    for (const char *at = line; *at; at++) {
        in_text = in_text != (*at == '"');
        if (!in_text && strchr("}],:", *at))
            buf_add_text(&out, blank);
        buf_add(&out, at, 1);
        if (!in_text && strchr("{[,:", *at))
            buf_add_text(&out, blank);
    }
    return buf_str(&out).at;
}

static void assert_same(const struct rows *got, const struct rows *want)
{
    assert_int_equal(got->n, want->n);
    for (size_t i = 0; i < got->n; i++) {
        const struct row *a = &got->row[i], *b = &want->row[i];

        assert_int_equal(a->time_ms, b->time_ms);
        assert_int_equal(a->unit, b->unit);
        assert_int_equal(a->kinds, b->kinds);
        assert_true(str_equal(a->page, b->page));
        assert_true(str_equal(a->browser, b->browser));
        assert_true(str_equal(a->error, b->error));
        assert_true(str_equal(a->referrer_host, b->referrer_host));
    }
}

static void blanks_between_tokens_change_nothing(void **state)
{
    static const char *const blanks[] = {" ", "\t", "\r", " \t \r  "};

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const char *line = quoted_text(lines[i].line);
        const struct rows *want =
            rows_read(lines[i].preset, str_format(&test_run, "%s\n", line));

        assert_int_equal(want->n, 1);
        for (size_t b = 0; b < sizeof blanks / sizeof *blanks; b++)
            assert_same(rows_read(lines[i].preset,
                                  str_format(&test_run, "%s%s%s\n", blanks[b],
                                             spaced(line, blanks[b]), blanks[b])),
                        want);
    }
}

/* An escape in a name sends the line to jansson, which must see the same row. */
static void jansson_reads_the_same_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const char *line = quoted_text(lines[i].line);

        assert_same(rows_read(lines[i].preset,
                              str_format(&test_run, "{\"\\u0061\\u0062\":1,%s\n",
                                         line + 1)),
                    rows_read(lines[i].preset, str_format(&test_run, "%s\n", line)));
    }
}

static void what_is_no_object_is_rejected(void **state)
{
    static const char *const texts[] = {"5",     "'a'",   "[1]",    "null",
                                        "true",  "{} {}", "{}x",    "{'a':1,}",
                                        "{'a'}", "{a:1}", "{'a':}", "{'a':1]",
                                        "[}",    "]",     "}",      "{'a':'\\"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t preset = 0; preset < sizeof lines / sizeof *lines; preset++)
            assert_int_equal(rows_read(lines[preset].preset,
                                       str_format(&test_run, "%s\n",
                                                  quoted_text(texts[i])))
                                 ->n,
                             0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, test_begin, test_end)
        IN_A_FOLDER(a_line_cut_anywhere_is_rejected_alone),
        IN_A_FOLDER(blanks_between_tokens_change_nothing),
        IN_A_FOLDER(jansson_reads_the_same_row),
        IN_A_FOLDER(what_is_no_object_is_rejected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
