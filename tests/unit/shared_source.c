/*
 * Tests of the jsonl source: presets, overrides, rejections. Expected fields are those
 * of the tables of docs/sources.md, read off the fixture lines by hand.
 */
#include "tests/unit/shared_source.h"

#include "shared/scan.h"

#include "shared/banned.h"

enum { NONE = -1, CELLS = KIND_COUNT };

/* One row as it should come out. */
struct want {
    int64_t ms; /* after MIDNIGHT */
    const char *event;
    int kind; /* NONE */
    const char *page, *browser, *device, *release, *error;
};

static void assert_rows(const struct rows *rows, const struct want *want, size_t n)
{
    if (rows->failed)
        print_error("%s\n", test_err.text);
    assert_false(rows->failed);
    assert_int_equal(rows->n, n);
    for (size_t i = 0; i < n; i++) {
        const struct row *row = &rows->row[i];

        ASSERT_TEXT(row->event, want[i].event);
        assert_int_equal(row->time_ms - MIDNIGHT, want[i].ms);
        assert_int_equal(row->kinds, want[i].kind == NONE ? 0 : 1U << want[i].kind);
        ASSERT_TEXT(row->page, want[i].page);
        ASSERT_TEXT(row->browser, want[i].browser);
        ASSERT_TEXT(row->device, want[i].device);
        ASSERT_TEXT(row->release, want[i].release);
        ASSERT_TEXT(row->error, want[i].error);
    }
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void posthog_events_become_rows(void **state)
{
    static const char common[] =
        "'properties':{'$session_id':'s1','$pathname':'/cart','$browser':'Chrome',"
        "'$device_type':'Mobile','release':'4.2.0','$lib_version':'1.1'";
    static const struct want want[] = {
        {1000, "$pageview", KIND_PAGEVIEW, "/cart", "Chrome", "Mobile", "4.2.0", ""},
        {2000, "$rageclick", KIND_RAGE_CLICK, "/cart", "Chrome", "Mobile", "4.2.0", ""},
        {3000, "$dead_click", KIND_DEAD_CLICK, "/cart", "Chrome", "Mobile", "4.2.0",
         ""},
        {4000, "$exception", KIND_EXCEPTION, "/cart", "Chrome", "Mobile", "4.2.0",
         "f1 22"},
        {5000, "$exception", KIND_EXCEPTION, "/cart", "Chrome", "Mobile", "4.2.0",
         "TypeError: # of # is not #, can't see #"},
        {6000, "$web_vitals", KIND_VITALS, "/cart", "Chrome", "Mobile", "4.2.0", ""},
        {7000, "order paid", KIND_CHECKOUT_DONE, "/cart", "Chrome", "Mobile", "4.2.0",
         ""},
    };
    static const char *const more[] = {
        "",
        "",
        "",
        ",'$exception_fingerprint':'f1 22','$exception_list':[{'type':'A'}]",
        (",'$exception_list':[{'type':'TypeError','value':'`a b` of 117 is not 3, "
         "can\\u0027t see \\u0027x\\u0027'}]"),
        (",'$web_vitals_LCP_value':2600.5,'$web_vitals_INP_value':'180',"
         "'$web_vitals_CLS_value':null,'$web_vitals_FCP_value':'fast'"),
        ""};
    struct source *source;
    struct rows *rows;
    char *text = str_copy(&test_run, "", 0);

    (void)state;
    for (size_t i = 0; i < COUNT(want); i++)
        text = str_format(&test_run,
                          "%s{'uuid':'u%zu','event':'%s','distinct_id':'d1',%s%s},"
                          "'timestamp':'2026-03-02T00:00:0%zu.000Z'}\n",
                          text, i, want[i].event, common, more[i], i + 1);
    put("a.jsonl", text);
    source = opened("'type':'jsonl','path':'a.jsonl','preset':'posthog',"
                    "'events':{'checkout_done':['order paid']}");
    rows = rows_of(source, DAY, 1);
    assert_rows(rows, want, COUNT(want));
    assert_int_equal(rows->row[0].unit, hash_of("s1"));
    assert_false(rows->row[0].unit_is_user);
    assert_int_equal(rows->row[3].id, hash_of("u3"));
    assert_int_equal(rows->row[5].numbers, 1U << NUMBER_LCP | 1U << NUMBER_INP);
    assert_true(rows->row[5].number[NUMBER_LCP] == 2600.5);
    assert_true(rows->row[5].number[NUMBER_INP] == 180);
    assert_int_equal(source_lag_h(source), 3);
    assert_int_equal(source_kinds(source),
                     1U << KIND_PAGEVIEW | 1U << KIND_RAGE_CLICK |
                         1U << KIND_DEAD_CLICK | 1U << KIND_EXCEPTION |
                         1U << KIND_VITALS | 1U << KIND_CHECKOUT_DONE);
    assert_int_equal(source_numbers(source), 1U << NUMBER_LCP | 1U << NUMBER_INP |
                                                 1U << NUMBER_CLS | 1U << NUMBER_FCP);
    source_close(source);
}

static void segment_events_become_rows(void **state)
{
    static const char text[] =
        "{'type':'page','messageId':'m0','anonymousId':'a1','userId':null,"
        "'context':{'page':{'path':'/p','referrer':'https://kim@ref.example:8443/x'},"
        "'userAgent':'Mozilla/5.0 (iPad; CPU OS 15_0) AppleWebKit/605 CriOS/100 "
        "Mobile/15 "
        "Safari/604','app':{'version':'7'},'sessionId':1700000000123},"
        "'timestamp':'2026-03-02T01:00:01+01:00',"
        "'originalTimestamp':'2020-01-01T00:00:00Z'}\n"
        "{'type':'track','event':'Products Searched','userId':'k1','messageId':'m1',"
        "'timestamp':'2026-03-02T00:00:02Z'}\n"
        "{'type':'track','event':'Checkout Started','userId':'','anonymousId':'a2',"
        "'messageId':'m2','timestamp':'2026-03-02T00:00:03Z'}\n"
        "{'type':'track','event':'Order Completed','userId':'k1','messageId':'m3',"
        "'properties':{'error':'code 17 failed'},'timestamp':'2026-03-02T00:00:04Z'}\n"
        "{'type':'identify','userId':'k1','messageId':'m4',"
        "'timestamp':'2026-03-02T00:00:05Z',"
        "'context':{'userAgent':'Googlebot/2.1 (+http://www.google.com/bot.html)'}}\n";
    static const struct want want[] = {
        {1000, "page", KIND_PAGEVIEW, "/p", "Chrome", "Tablet", "7", ""},
        {2000, "Products Searched", KIND_SEARCH, "", "", "", "", ""},
        {3000, "Checkout Started", KIND_CHECKOUT_START, "", "", "", "", ""},
        {4000, "Order Completed", KIND_CHECKOUT_DONE, "", "", "", "", "code # failed"},
    };
    struct source *source;
    struct rows *rows;

    (void)state;
    put("a.jsonl", text);
    source = opened("'type':'jsonl','path':'a.jsonl','preset':'segment'");
    rows = rows_of(source, DAY, 1);
    assert_rows(rows, want, COUNT(want));
    assert_int_equal(rows->row[0].unit, hash_of("1700000000123"));
    ASSERT_TEXT(rows->row[0].referrer_host, "ref.example");
    assert_int_equal(rows->row[1].unit, hash_of("k1"));
    assert_true(rows->row[1].unit_is_user);
    assert_int_equal(rows->row[2].unit, hash_of("a2"));
    assert_int_equal(day_at(source, 0)->bots, 1);
    assert_int_equal(day_at(source, 0)->rows, 4);
    source_close(source);
    source = opened_with("'type':'jsonl','path':'a.jsonl','preset':'segment'", false);
    assert_int_equal(rows_of(source, DAY, 1)->n, 5);
    source_close(source);
}

static void mixpanel_events_become_rows(void **state)
{
    static const char text[] =
        "{'event':'$mp_web_page_view','properties':{'time':1772409601,"
        "'distinct_id':'d',"
        "'$insert_id':'i','$current_url':'https://shop.example/cart?x=1',"
        "'$browser':'Safari',"
        "'$device':'iPhone','$app_version_string':'2.0'}}\n"
        "{'event':'$mp_rage_click','properties':{'time':1772409602000,"
        "'distinct_id':'d',"
        "'$insert_id':'i','$current_url':'https://shop.example'}}\n"
        "{'event':'$mp_dead_click','properties':{'time':1772409603,'distinct_id':'d',"
        "'error':'E17'}}\n";
    static const struct want want[] = {
        {1000, "$mp_web_page_view", KIND_PAGEVIEW, "/cart?x=1", "Safari", "iPhone",
         "2.0", ""},
        {2000, "$mp_rage_click", KIND_RAGE_CLICK, "/", "", "", "", ""},
        {3000, "$mp_dead_click", KIND_DEAD_CLICK, "", "", "", "", "E17"},
    };
    struct source *source;
    struct rows *rows;

    (void)state;
    put("a.jsonl", text);
    source = opened("'type':'jsonl','path':'a.jsonl','preset':'mixpanel'");
    rows = rows_of(source, DAY, 1);
    assert_rows(rows, want, COUNT(want));
    assert_true(rows->row[0].unit_is_user);
    assert_int_equal(rows->row[0].unit, hash_of("d"));
    assert_int_not_equal(rows->row[0].id, rows->row[1].id); // $insert_id is not enough
    assert_int_equal(source_lag_h(source), 24);
    source_close(source);
}

static void amplitude_events_become_rows(void **state)
{
    static const char text[] =
        "{'event_type':'[Amplitude] Page Viewed','event_time':'2026-03-02 "
        "00:00:01.250000',"
        "'$insert_id':'i1','uuid':'u1','session_id':1772409600000,'device_id':'d1',"
        "'user_id':null,'os_name':'Chrome','device_type':'Windows','version_name':'3',"
        "'event_properties':{'[Amplitude] Page Path':'/a'}}\n"
        "{'event_type':'[Amplitude] Rage Click','event_time':'2026-03-02 00:00:02',"
        "'uuid':'u2','session_id':-1,'device_id':'d1','user_id':'k'}\n"
        "{'event_type':'[Amplitude] Dead Click','event_time':'2026-03-02 00:00:03',"
        "'session_id':1772409600000,'device_id':'d2'}\n"
        "{'event_type':'[Amplitude] Form Started','event_time':'2026-03-02 00:00:04',"
        "'session_id':-1,'device_id':'d2'}\n"
        "{'event_type':'[Amplitude] Form Submitted','event_time':'2026-03-02 00:00:05',"
        "'session_id':5,'user_id':'k'}\n";
    static const struct want want[] = {
        {1250, "[Amplitude] Page Viewed", KIND_PAGEVIEW, "/a", "Chrome", "Windows", "3",
         ""},
        {2000, "[Amplitude] Rage Click", KIND_RAGE_CLICK, "", "", "", "", ""},
        {3000, "[Amplitude] Dead Click", KIND_DEAD_CLICK, "", "", "", "", ""},
        {4000, "[Amplitude] Form Started", KIND_FORM_START, "", "", "", "", ""},
        {5000, "[Amplitude] Form Submitted", KIND_FORM_SUBMIT, "", "", "", "", ""},
    };
    struct source *source;
    struct rows *rows;

    (void)state;
    put("a.jsonl", text);
    source = opened("'type':'jsonl','path':'a.jsonl','preset':'amplitude'");
    rows = rows_of(source, DAY, 1);
    assert_rows(rows, want, COUNT(want));
    assert_false(rows->row[0].unit_is_user);
    assert_int_not_equal(rows->row[0].unit,
                         rows->row[2].unit); // one number, two devices
    assert_int_equal(rows->row[0].id, hash_of("i1"));
    assert_int_equal(rows->row[1].id, hash_of("u2"));
    assert_true(rows->row[1].unit_is_user);
    assert_int_equal(rows->row[1].unit, hash_of("k"));
    assert_int_equal(rows->row[3].unit, hash_of("d2"));
    assert_true(rows->row[4].unit_is_user); // a session without its device is none
    source_close(source);
}

static char *ga4_line(int second, const char *event, const char *more)
{
    return str_format(
        &test_run,
        "{'event_timestamp':'177240960%d000000','event_name':'%s',"
        "'user_pseudo_id':'p1',"
        "'event_params':[{'key':'ga_session_id','value':{'string_value':null,"
        "'int_value':"
        "'77','float_value':null}}, {'key':'page_location','value':{'string_value':"
        "'https://shop.example/x'}}%s],'device':{'category':'desktop','web_info':"
        "{'browser':'Firefox'}}}\n",
        second, event, more);
}

static void ga4_events_become_rows(void **state)
{
    static const struct want want[] = {
        {1000, "page_view", KIND_PAGEVIEW, "/x", "Firefox", "desktop", "1,]}", ""},
        {2000, "exception", KIND_EXCEPTION, "/x", "Firefox", "desktop", "",
         "say # now"},
        {3000, "view_search_results", KIND_SEARCH, "/x", "Firefox", "desktop", "", ""},
        {4000, "form_start", KIND_FORM_START, "/x", "Firefox", "desktop", "", ""},
        {5000, "form_submit", KIND_FORM_SUBMIT, "/x", "Firefox", "desktop", "", ""},
        {6000, "begin_checkout", KIND_CHECKOUT_START, "/x", "Firefox", "desktop", "",
         ""},
        {7000, "purchase", KIND_CHECKOUT_DONE, "/x", "Firefox", "desktop", "", ""},
    };
    static const char *const more[] = {
        ",{'key':'app_version','value':{'string_value':'1,]}'}}, 5, {'value':{}}",
        ",{'key':'description','value':{'string_value':'say \\'hi there\\' now'}}",
        "",
        "",
        "",
        "",
        ",{'key':'value','value':{'double_value':12.5}}"};
    char *text = str_copy(&test_run, "", 0);
    struct source *source;
    struct rows *rows;

    (void)state;
    for (int i = 0; i < (int)COUNT(want); i++)
        text = str_format(&test_run, "%s%s", text,
                          ga4_line(i + 1, want[i].event, more[i]));
    put("a.jsonl", text);
    source = opened("'type':'jsonl','path':'a.jsonl','preset':'ga4_bigquery',"
                    "'fields':{'value':'/event_params/value'}");
    rows = rows_of(source, DAY, 1);
    assert_rows(rows, want, COUNT(want));
    assert_false(rows->row[0].unit_is_user);
    assert_int_equal(rows->row[0].unit,
                     rows->row[1].unit); // read by scanner and by jansson
    assert_int_equal(rows->row[6].numbers, 1U << NUMBER_VALUE);
    assert_true(rows->row[6].number[NUMBER_VALUE] == 12.5);
    assert_int_equal(source_lag_h(source), 72);
    source_close(source);
}

static void generic_events_have_the_rows_own_names(void **state)
{
    struct source *source;
    struct rows *rows;
    char *text = str_copy(&test_run, "", 0);

    (void)state;
    for (int k = 0; k < KIND_COUNT; k++)
        text = str_format(&test_run,
                          "%s{'time':1772409600.%03d,'user':'u','event':'%s'}\n", text,
                          k, kind_word((enum kind)k));
    text = str_format(
        &test_run,
        "%s{'time':'1772409601','id':'i','session':'s','user':'u','event':'x',"
        "'kind':'search','page':'/p','host':'h:80','referrer_host':'r','browser':"
        "'b','device':'d','release':1.50,'error':'e1','status':'404','value':-2,"
        "'results':0,'lcp':1,'inp':2,'cls':0.1,'fcp':4,'ttfb':5}\n",
        text);
    put("a.jsonl", text);
    source = opened("'type':'jsonl','path':'a.jsonl'");
    rows = rows_of(source, DAY, 1);
    assert_int_equal(rows->n, KIND_COUNT + 1);
    for (int k = 0; k < KIND_COUNT; k++) {
        assert_int_equal(rows->row[k].kinds, 1U << k);
        assert_int_equal(rows->row[k].time_ms, MIDNIGHT + k);
    }
    assert_int_equal(rows->row[KIND_COUNT].kinds, 1U << KIND_SEARCH);
    ASSERT_TEXT(rows->row[KIND_COUNT].host, "h");
    ASSERT_TEXT(rows->row[KIND_COUNT].referrer_host, "r");
    ASSERT_TEXT(rows->row[KIND_COUNT].release, "1.5");
    ASSERT_TEXT(rows->row[KIND_COUNT].error, "e1");
    assert_int_equal(rows->row[KIND_COUNT].numbers, (1U << NUMBER_COUNT) - 1);
    assert_true(rows->row[KIND_COUNT].number[NUMBER_STATUS] == 404);
    assert_true(rows->row[KIND_COUNT].number[NUMBER_VALUE] == -2);
    assert_true(rows->row[KIND_COUNT].number[NUMBER_TTFB] == 5);
    assert_int_equal(source_kinds(source), (1U << KIND_COUNT) - 1);
    source_close(source);
}

static void first_pointer_that_is_present_and_not_null_wins(void **state)
{
    struct source *source;
    struct rows *rows;

    (void)state;
    put("a.jsonl", "{'t':1772409600,'user':'u','a b':{'$x':null},'c':['','two']}\n"
                   "{'t':1772409600,'user':'u','a b':{'$x':'one'},'c':['','two']}\n");
    source = opened("'type':'jsonl','path':'a.jsonl','fields':{'time':'/t',"
                    "'page':['/a b/$x','/c/1']}");
    rows = rows_of(source, DAY, 1);
    assert_int_equal(rows->n, 2);
    ASSERT_TEXT(rows->row[0].page, "two");
    ASSERT_TEXT(rows->row[1].page, "one");
    source_close(source);
}

static void event_name_may_be_of_several_kinds(void **state)
{
    struct source *source;
    struct rows *rows;

    (void)state;
    put("a.jsonl", "{'time':1772409600,'user':'u','event':'paid'}\n"
                   "{'time':1772409600,'user':'u','event':'search'}\n");
    source = opened("'type':'jsonl','path':'a.jsonl','events':{'//':['why'],"
                    "'checkout_done':['paid','search'],'form_submit':['paid']}");
    rows = rows_of(source, DAY, 1);
    assert_int_equal(rows->row[0].kinds,
                     1U << KIND_CHECKOUT_DONE | 1U << KIND_FORM_SUBMIT);
    assert_int_equal(rows->row[1].kinds, 1U << KIND_CHECKOUT_DONE | 1U << KIND_SEARCH);
    source_close(source);
}

static void missing_id_is_unit_event_and_time(void **state)
{
    struct source *source;
    struct rows *rows;

    (void)state;
    put("a.jsonl", "{'time':1772409600,'user':'u','event':'x','page':'/a'}\n"
                   "{'time':1772409600,'user':'u','event':'x','page':'/b'}\n"
                   "{'time':1772409600,'user':'u','event':'y'}\n"
                   "{'time':1772409601,'user':'u','event':'x'}\n");
    source = opened("'type':'jsonl','path':'a.jsonl'");
    rows = rows_of(source, DAY, 1);
    assert_int_equal(rows->row[0].id, rows->row[1].id);
    assert_int_not_equal(rows->row[0].id, rows->row[2].id);
    assert_int_not_equal(rows->row[0].id, rows->row[3].id);
    source_close(source);
}

static void each_rejection_has_its_reason_and_place(void **state)
{
    static const char good[] = "{'time':1772409600,'user':'u'}\n";
    struct buf text;
    struct source *source;
    const struct source_day *day;

    (void)state;
    buf_init(&text, &test_run, 4 * MIB);
    buf_add_text(&text, quoted_text(good));
    buf_add_text(
        &text,
        "not json\n[1]\n5\n{\"time\":1772409600,\"user\":\"u\",\"user\":\"v\"}\n");
    buf_add_text(&text, "{\"a\":\"");
    for (size_t i = 0; i < 1024; i++)
        buf_printf(&text, "%01024d", 0);
    buf_add_text(&text, "\"}\n{\"a\":");
    for (int i = 0; i < 64; i++)
        buf_add_text(&text, "[");
    for (int i = 0; i < 64; i++)
        buf_add_text(&text, "]");
    buf_add_text(&text, "}\n{\"\\u0061\":[0"); // an escaped key: jansson has to read it
    for (size_t i = 0; i < EVENT_KEYS_MAX; i++)
        buf_add_text(&text, ",0");
    buf_add_text(&text, "]}\n{\"user\":\"u\"}\n{\"user\":\"u\",\"time\":\"soon\"}\n");
    buf_add_text(&text, "{\"time\":1772409600}\n");
    buf_add_text(&text, "{\"time\":1772409600,\"user\":\"u\",\"page\":\"/\xFF\"}\n");
    buf_add_text(&text, "{\"time\":1772409600,\"user\":\"u\",\"unused\":\"\xFF\"}\n");
    put_bytes("a.jsonl", text.at, text.n);
    source = opened("'type':'jsonl','path':'a.jsonl'");
    assert_int_equal(rows_of(source, DAY, 1)->n, 2);
    day = day_at(source, 0);
    assert_int_equal(day->rejected[REJECT_MALFORMED], 4);
    assert_int_equal(day->rejected[REJECT_TOO_LONG], 2);
    assert_int_equal(day->rejected[REJECT_TOO_DEEP], 1);
    assert_int_equal(day->rejected[REJECT_NO_TIME], 2);
    assert_int_equal(day->rejected[REJECT_NO_UNIT], 1);
    assert_int_equal(day->rejected[REJECT_UTF8], 1);
    assert_int_equal(source_totals(source)->nplaces, 3);
    assert_string_equal(source_totals(source)->place[0], "a.jsonl:2: malformed");
    assert_string_equal(source_totals(source)->place[2], "a.jsonl:4: malformed");
    source_close(source);
}

static void nesting_of_64_is_accepted(void **state)
{
    struct buf text;
    struct source *source;

    (void)state;
    buf_init(&text, &test_run, 4096);
    buf_add_text(&text, "{\"time\":1772409600,\"user\":\"u\",\"a\":");
    for (int i = 0; i < 63; i++)
        buf_add_text(&text, "[");
    for (int i = 0; i < 63; i++)
        buf_add_text(&text, "]");
    buf_add_text(&text, "}");
    put_bytes("a.jsonl", text.at, text.n);
    source = opened("'type':'jsonl','path':'a.jsonl'");
    assert_int_equal(rows_of(source, DAY, 1)->n, 1);
    source_close(source);
}

static void escapes_are_read_by_jansson(void **state)
{
    struct source *source;
    struct rows *rows;

    (void)state;
    put("a.jsonl",
        "{'time':1772409600.5,'user':12.50,'page':'\\/k\\u00e4se','value':1e2}\n"
        "{'time':1772409600.5,'user':12.50,'page':'/k\xC3\xA4se','value':1e2}\n");
    source = opened("'type':'jsonl','path':'a.jsonl'");
    rows = rows_of(source, DAY, 1);
    assert_int_equal(rows->n, 2);
    for (int i = 0; i < 2; i++) { // both ways give one row
        ASSERT_TEXT(rows->row[i].page, "/k\xC3\xA4se");
        assert_int_equal(rows->row[i].time_ms, MIDNIGHT + 500);
        assert_int_equal(rows->row[i].unit, hash_of("12.5"));
        assert_true(rows->row[i].number[NUMBER_VALUE] == 100);
    }
    source_close(source);
}

static void long_names_and_values_are_cut_at_a_character(void **state)
{
    struct buf text;
    struct source *source;
    struct rows *rows;

    (void)state;
    buf_init(&text, &test_run, 8192);
    buf_add_text(&text, "{\"time\":1772409600,\"user\":\"u\",\"event\":\"x");
    for (int i = 0; i < 200; i++)
        buf_add_text(&text, "\xC3\xA4");
    buf_add_text(&text, "\",\"page\":\"");
    for (int i = 0; i < 1025; i++)
        buf_add_text(&text, "p");
    buf_add_text(&text, "\",\"error\":\"");
    for (int i = 0; i < 50; i++)
        buf_add_text(&text, "\xE2\x82\xAC"); // 3 bytes: 40 of them are 120
    buf_add_text(&text, "\"}\n");
    put_bytes("a.jsonl", text.at, text.n);
    source = opened("'type':'jsonl','path':'a.jsonl'");
    rows = rows_of(source, DAY, 1);
    assert_int_equal(rows->n, 1);
    assert_int_equal(rows->row[0].event.n, 255 + 3);
    assert_true(str_ends(rows->row[0].event, STR("\xC3\xA4...")));
    assert_int_equal(rows->row[0].page.n, 1024 + 3);
    assert_int_equal(rows->row[0].error.n, 120);
    source_close(source);
}

static void bad_configuration_names_file_line_and_pointer(void **state)
{
    (void)state;
    put("a.jsonl", "");
    assert_null(
        opened_with("'type':'jsonl','path':'a.jsonl','fields':\n{'page':'page'}",
                    true));
    ASSERT_SAYS(
        "rounds.json:4: /sources/events/fields/page: 'page' is not a JSON pointer");
    assert_null(
        opened_with("'type':'jsonl','path':'a.jsonl','fields':{'page':'/a~2'}", true));
    ASSERT_SAYS("/sources/events/fields/page");
    assert_null(opened_with(
        "'type':'jsonl','path':'a.jsonl','fields':{'page':'/a','host':'/a/b'}", true));
    ASSERT_SAYS("/sources/events/fields: ");
    assert_null(
        opened_with("'type':'jsonl','path':'a.jsonl','preset':'plausible'", true));
    ASSERT_SAYS("/sources/events/preset: there is no preset 'plausible'");
    assert_null(
        opened_with("'type':'jsonl','path':'a.jsonl','events':{'clik':['x']}", true));
    ASSERT_SAYS("/sources/events/events/clik");
    assert_null(opened_with("'type':'jsonl','path':'{week}.jsonl'", true));
    ASSERT_SAYS("only {day}, {yyyymmdd} and {yyyymm}");
    assert_null(opened_with("'type':'kafka','path':'a.jsonl'", true));
    ASSERT_SAYS("/sources/events/type");
}

static void unknown_source_suggests_the_nearest_name(void **state)
{
    struct source *source = NULL;

    (void)state;
    put("a.jsonl", "");
    source_close(opened("'type':'jsonl','path':'a.jsonl'"));
    source = NULL;
    assert_false(
        source_open(&test_config, "event", true, &test_run, &source, &test_err));
    assert_null(source);
    ASSERT_SAYS("there is no source 'event'; did you mean 'events'?");
}

/* The next row's first wanted value: its type, and its bytes. */
static enum span_type next_wanted(struct source *source, struct str *text)
{
    struct row row;
    bool end = true;
    const struct span *value;

    assert_true(source_next(source, &row, &end, &test_err));
    assert_false(end);
    value = source_wanted(source, 0);
    *text = (struct str){value->at, value->n};
    return value->type;
}

static void start(struct source *source)
{
    struct day_bounds bounds = day_bounds_new(&test_run, DAY, 1);

    assert_true(source_start(source, &bounds, &test_run, &test_err));
}

static void wanted_values_come_with_their_row(void **state)
{
    static const char *const pointers[] = {"/plan", "/event"};
    struct source *source;
    struct str text;

    (void)state;
    put("a.jsonl", "{'time':'2026-03-02T00:00:01Z','session':'s','plan':'pro'}\n"
                   "{'time':'2026-03-02T00:00:02Z','session':'s','event':'e'}\n"
                   "{'time':'2026-03-02T00:00:03Z','session':'s','plan':12.50}\n"
                   "{'time':'2026-03-02T00:00:04Z','session':'s','plan':'\\u0061'}\n"
                   "{'time':'2026-03-02T00:00:05Z','session':'s','plan':false}\n");
    source = opened("'type':'jsonl','path':'a.jsonl'");
    assert_true(source_has_properties(source));
    assert_true(source_want(source, pointers, 2, &test_err));
    start(source);
    assert_int_equal(next_wanted(source, &text), SPAN_STRING);
    ASSERT_TEXT(text, "pro");
    assert_int_equal(source_wanted(source, 1)->type, SPAN_ABSENT);
    assert_int_equal(next_wanted(source, &text), SPAN_ABSENT);
    assert_int_equal(source_wanted(source, 1)->type, SPAN_STRING); // a field's own
    assert_int_equal(next_wanted(source, &text), SPAN_NUMBER);
    ASSERT_TEXT(text, "12.50");
    assert_int_equal(next_wanted(source, &text), SPAN_STRING); // by jansson
    ASSERT_TEXT(text, "a");
    assert_int_equal(next_wanted(source, &text), SPAN_FALSE);
    source_close(source);
}

static void wanted_values_of_ga4_are_looked_up_by_key(void **state)
{
    static const char *const pointers[] = {"/event_params/plan"};
    struct source *source;
    struct str text;

    (void)state;
    put("a.jsonl",
        "{'event_timestamp':'1772409601000000','event_name':'e','user_pseudo_id':'u',"
        "'event_params':[{'key':'plan','value':{'string_value':'pro'}}]}\n");
    source = opened("'type':'jsonl','path':'a.jsonl','preset':'ga4_bigquery'");
    assert_true(source_want(source, pointers, 1, &test_err));
    start(source);
    assert_int_equal(next_wanted(source, &text), SPAN_STRING);
    ASSERT_TEXT(text, "pro");
    source_close(source);
}

static void a_log_has_nothing_that_is_wanted(void **state)
{
    static const char *const pointers[] = {"/plan"};
    struct source *source;
    struct str text;

    (void)state;
    put("a.log", "192.0.2.1 - - [02/Mar/2026:00:00:01 +0000] 'GET / HTTP/1.1' 200 5 "
                 "'-' 'x'\n");
    source = opened("'type':'access_log','path':'a.log'");
    assert_false(source_has_properties(source));
    assert_true(source_want(source, pointers, 1, &test_err));
    start(source);
    assert_int_equal(next_wanted(source, &text), SPAN_ABSENT);
    source_close(source);
}

static void pointers_that_cannot_be_wanted_are_refused(void **state)
{
    static const char *const inner[] = {"/event/name"};
    const char *many[SCAN_POINTERS_MAX];
    struct source *source;

    (void)state;
    for (int i = 0; i < SCAN_POINTERS_MAX; i++)
        many[i] = str_format(&test_run, "/p%d", i);
    put("a.jsonl", "");
    source = opened("'type':'jsonl','path':'a.jsonl'");
    assert_false(source_want(source, inner, 1, &test_err));
    ASSERT_SAYS("leads into another one");
    source_close(source);
    source = opened("'type':'jsonl','path':'a.jsonl'");
    assert_false(source_want(source, many, SCAN_POINTERS_MAX, &test_err));
    ASSERT_SAYS("more than 32 different JSON pointers");
    source_close(source);
}

static void rows_carry_session_and_user_where_asked_for(void **state)
{
    char *long_id = str_format(&test_run, "%0513d", 0);
    struct source *source;
    struct rows *rows;

    (void)state;
    put("a.jsonl", str_format(&test_run,
                              "{'time':1772409600,'session':'s1','user':'u1'}\n"
                              "{'time':1772409601,'session':'s1'}\n"
                              "{'time':1772409602,'user':'u1'}\n"
                              "{'time':1772409603,'session':'%s','user':'%s'}\n",
                              long_id, long_id));
    source = opened("'type':'jsonl','path':'a.jsonl'");
    rows = rows_of(source, DAY, 1); // not asked for
    assert_int_equal(rows->row[0].session, 0);
    assert_int_equal(rows->row[0].user, 0);
    source_want_units(source);
    rows = rows_of(source, DAY, 1);
    assert_int_equal(rows->n, 4);
    assert_int_equal(rows->row[0].session, hash_of("s1"));
    assert_int_equal(rows->row[0].user, hash_of("u1"));
    assert_int_equal(rows->row[1].user, 0);
    assert_int_equal(rows->row[2].session, 0);
    assert_int_equal(rows->row[2].user, hash_of("u1"));
    assert_int_equal(rows->row[3].session, 0); // over 512 bytes
    assert_int_equal(rows->row[3].user, 0);
    source_close(source);
    put("a.jsonl", "{'event_time':'2026-03-02 00:00:00','session_id':9,'device_id':'d',"
                   "'user_id':'k'}\n"
                   "{'event_time':'2026-03-02 00:00:00','session_id':-1,"
                   "'device_id':'d'}\n");
    source = opened("'type':'jsonl','path':'a.jsonl','preset':'amplitude'");
    source_want_units(source);
    rows = rows_of(source, DAY, 1);
    assert_int_equal(rows->row[0].session, hash_mix(hash_of("d"), hash_of("9")));
    assert_int_equal(rows->row[0].user, hash_of("k"));
    assert_int_equal(rows->row[1].session, 0);
    assert_int_equal(rows->row[1].user, hash_of("d"));
    source_close(source);
}

static void properties_are_where_the_preset_keeps_them(void **state)
{
    static const char *const want[][2] = {
        {"generic", "/a b"},
        {"posthog", "/properties/a b"},
        {"segment", "/properties/a b"},
        {"mixpanel", "/properties/a b"},
        {"amplitude", "/event_properties/a b"},
        {"ga4_bigquery", "/event_params/a b"},
    };
    const char *pointer = NULL;
    struct source *source;

    (void)state;
    put("a.jsonl", "{'event_timestamp':1772409600000000,'user_pseudo_id':'d',"
                   "'event_params':[{'key':'a/b~1','value':{'string_value':'x'}}]}\n");
    for (size_t i = 0; i < COUNT(want); i++) {
        source = opened(str_format(&test_run,
                                   "'type':'jsonl','path':'a.jsonl','preset':'%s'",
                                   want[i][0]));
        assert_string_equal(source_preset(source), want[i][0]);
        assert_string_equal(source_property_pointer(source, "a b", &test_run),
                            want[i][1]);
        assert_string_equal(source_property_pointer(source, "/x/~1", &test_run),
                            "/x/~1");
        pointer = source_property_pointer(source, "a/b~1", &test_run);
        assert_non_null(strstr(pointer, "/a~1b~01"));
        source_close(source);
    }
    source = opened("'type':'jsonl','path':'a.jsonl','preset':'ga4_bigquery'");
    assert_true(source_want(source, &pointer, 1, &test_err)); // by its key
    assert_int_equal(rows_of(source, DAY, 1)->n, 1);
    assert_int_equal(source_wanted(source, 0)->type, SPAN_STRING);
    source_close(source);
    source = opened("'type':'access_log','path':'a.jsonl'");
    assert_string_equal(source_preset(source), "");
    source_close(source);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, test_begin, test_end)
    static const struct CMUnitTest tests[] = {
        TEST(posthog_events_become_rows),
        TEST(segment_events_become_rows),
        TEST(mixpanel_events_become_rows),
        TEST(amplitude_events_become_rows),
        TEST(ga4_events_become_rows),
        TEST(generic_events_have_the_rows_own_names),
        TEST(first_pointer_that_is_present_and_not_null_wins),
        TEST(event_name_may_be_of_several_kinds),
        TEST(missing_id_is_unit_event_and_time),
        TEST(each_rejection_has_its_reason_and_place),
        TEST(nesting_of_64_is_accepted),
        TEST(escapes_are_read_by_jansson),
        TEST(long_names_and_values_are_cut_at_a_character),
        TEST(bad_configuration_names_file_line_and_pointer),
        TEST(unknown_source_suggests_the_nearest_name),
        TEST(wanted_values_come_with_their_row),
        TEST(wanted_values_of_ga4_are_looked_up_by_key),
        TEST(a_log_has_nothing_that_is_wanted),
        TEST(pointers_that_cannot_be_wanted_are_refused),
        TEST(rows_carry_session_and_user_where_asked_for),
        TEST(properties_are_where_the_preset_keeps_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
