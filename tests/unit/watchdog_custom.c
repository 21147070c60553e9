/* Signals of one's own: which rows a MATCH holds of, what `custom` and `funnel` count,
 * and what is refused. The rules are those of section 2 of the watchdog's
 * specification. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "shared/limits.h"
#include "watchdog/settings.h"

// Sorted by name it would not come last.
#include "shared/banned.h"

static struct arena arena;
static struct config config;
static struct settings settings;
static struct err err;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    config = (struct config){0};
    settings = (struct settings){0};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    settings_release(&settings);
    config_release(&config);
    arena_release(&arena);
    return 0;
}

/* A watchdog section of these members, written with ' for ". */
static bool try_read(const char *members)
{
    char *text = str_format(&arena,
                            "{'sources':{'events':{'type':'jsonl','path':'x'}},"
                            "'watchdog':{%s}}",
                            members);

    settings_release(&settings);
    config_release(&config);
    err.text[0] = '\0';
    for (char *c = text; *c; c++)
        if (*c == '\'')
            *c = '"';
    return config_parse(str_of(text), "rounds.json", &arena, &config, &err) &&
           settings_read(&config, &arena, &settings, &err);
}

static void read_section(const char *members)
{
    if (!try_read(members))
        fail_msg("%s", err.text);
}

static const char *refusal(const char *members)
{
    if (try_read(members))
        fail_msg("accepted: %s", members);
    return err.text;
}

/* One signal `s` of these rows, all events exposed. */
static void read_match(const char *match)
{
    read_section(str_format(&arena,
                            "'custom':[{'name':'s','affected':%s,'exposed':{}}]",
                            match));
}

static bool holds(const char *event, const char *page, const struct span *value)
{
    const struct matches *matches = &settings.matches;
    int64_t too_costly = 0;
    uint64_t bits = matches_of_event(matches, str_of(event), &too_costly) &
                    matches_of_page(matches, str_of(page), &too_costly);

    assert_int_equal(too_costly, 0);
    bits = matches_of_properties(matches, bits, value);
    return (bits & signal_find(&settings, "s")->counted.affected) != 0;
}

static bool holds_of(const char *event, const char *page)
{
    return holds(event, page, NULL);
}

static struct span text_span(const char *text)
{
    return (struct span){text, strlen(text), SPAN_STRING};
}

static struct span number_span(const char *text)
{
    return (struct span){text, strlen(text), SPAN_NUMBER};
}

static struct span bare_span(enum span_type type)
{
    return (struct span){.type = type};
}

/* Whether TEST holds of a value. */
static bool passes(const char *test, struct span value)
{
    read_match(str_format(&arena, "{'property':{'/plan':%s}}", test));
    assert_int_equal(settings.matches.npointers, 1);
    assert_string_equal(settings.matches.pointer[0], "/plan");
    return holds("e", "/", &value);
}

static void a_pattern_is_for_the_whole_name(void **state)
{
    (void)state;
    read_match("{'event':'order.*'}");
    assert_true(holds_of("order paid", "/"));
    assert_false(holds_of("reorder", "/"));
    read_match("{'event':'a|ab'}");
    assert_true(holds_of("ab", "/")); // the whole, whichever branch comes first
    assert_false(holds_of("abc", "/"));
    assert_false(holds_of("A", "/"));
}

static void names_are_exact(void **state)
{
    (void)state;
    read_match("{'event':['order.*','paid']}");
    assert_true(holds_of("order.*", "/"));
    assert_true(holds_of("paid", "/"));
    assert_false(holds_of("order x", "/"));
    assert_false(holds_of("pai", "/"));
}

static void all_given_parts_must_hold(void **state)
{
    const struct span pro = text_span("pro"), free_plan = text_span("free");

    (void)state;
    read_match("{'event':['paid'],'page':'/cart(/.*)?','property':{'/plan':'pro'}}");
    assert_true(holds("paid", "/cart/2", &pro));
    assert_false(holds("seen", "/cart/2", &pro));
    assert_false(holds("paid", "/carts", &pro));
    assert_false(holds("paid", "/cart/2", &free_plan));
}

static void what_is_not_there_fits_no_part_that_is_given(void **state)
{
    const struct span absent = bare_span(SPAN_ABSENT);

    (void)state;
    read_match("{'page':'.*'}");
    assert_false(holds_of("e", ""));
    assert_true(holds_of("", "/"));
    read_match("{'event':'.*'}");
    assert_false(holds_of("", "/"));
    read_match("{'property':{'/plan':{'min':0}}}");
    assert_false(holds("e", "/", &absent));
    read_match("{}");
    assert_true(holds_of("", ""));
}

static void a_text_equals_a_text(void **state)
{
    (void)state;
    assert_true(passes("'pro'", text_span("pro")));
    assert_false(passes("'pro'", text_span("prod")));
    assert_false(passes("'7'", number_span("7")));
    assert_false(passes("'true'", bare_span(SPAN_TRUE)));
}

static void a_number_equals_numbers_and_digits(void **state)
{
    (void)state;
    assert_true(passes("7", number_span("7")));
    assert_true(passes("7", number_span("7.0")));
    assert_true(passes("7", text_span("7")));
    assert_true(passes("-0.5", text_span("-5e-1")));
    assert_false(passes("7", number_span("7.5")));
    assert_false(passes("7", text_span("7 ")));
    assert_false(passes("0", text_span("")));
    assert_false(passes("0", bare_span(SPAN_NULL)));
    assert_false(passes("0", bare_span(SPAN_FALSE)));
}

static void a_range_includes_both_ends(void **state)
{
    (void)state;
    assert_true(passes("{'min':1,'max':2}", number_span("1")));
    assert_true(passes("{'min':1,'max':2}", text_span("2")));
    assert_false(passes("{'min':1,'max':2}", number_span("0.99")));
    assert_false(passes("{'min':1,'max':2}", number_span("2.01")));
    assert_true(passes("{'min':1}", number_span("1e9")));
    assert_false(passes("{'min':1}", number_span("0")));
    assert_true(passes("{'max':-1}", number_span("-1e9")));
    assert_false(passes("{'max':-1}", number_span("0")));
    assert_false(passes("{'min':1}", text_span("many")));
}

static void true_and_false_are_themselves(void **state)
{
    (void)state;
    assert_true(passes("true", bare_span(SPAN_TRUE)));
    assert_false(passes("true", bare_span(SPAN_FALSE)));
    assert_true(passes("false", bare_span(SPAN_FALSE)));
    assert_false(passes("false", bare_span(SPAN_ABSENT)));
    assert_false(passes("true", text_span("true")));
    assert_false(passes("true", number_span("1")));
}

static void equal_matches_are_one_predicate(void **state)
{
    size_t builtin;

    (void)state;
    read_section("'q':0.05");
    builtin = settings.npredicates;
    read_section("'custom':[{'name':'a','affected':{'event':'x'},'exposed':{}},"
                 "{'name':'b','affected':{'event':'y'},'exposed':{}}],"
                 "'funnel':[{'name':'c','match':{'event':'x'}},"
                 "{'name':'d','match':{'event':'y'}},{'name':'e','match':{}}]");
    assert_int_equal(settings.matches.n, 3);
    assert_int_equal(settings.npredicates, builtin + 3);
    for (size_t i = builtin; i < settings.npredicates; i++)
        assert_true(settings.predicates[i].given);
    assert_true(signal_find(&settings, "a")->counted.affected ==
                signal_find(&settings, "funnel/c")->counted.affected);
    assert_true(signal_find(&settings, "a")->counted.exposed ==
                signal_find(&settings, "funnel/d")->counted.ended);
}

static void a_signal_is_what_its_parts_say(void **state)
{
    const struct signal *s;

    (void)state;
    read_section("'custom':[{'name':'s','affected':{'event':'x'},'exposed':{}}]");
    s = signal_find(&settings, "s");
    assert_int_equal(s->model, MODEL_COUNT);
    assert_int_equal(s->direction, DIRECTION_UP);
    assert_int_equal(s->counted.ended, 0);
    assert_false(s->counted.within);
    assert_false(s->is_crit);
    assert_true(s->is_configured);
    assert_int_equal(s->min_affected, 5);
    assert_string_equal(s->affected, "event x");
    assert_string_equal(s->exposed, "any event");
    read_section("'min_affected':9,'custom':[{'name':'s','form':'without',"
                 "'affected':{'event':['x','y'],'page':'/a'},"
                 "'exposed':{'property':{'/p':{'min':2}}},'end':{'event':'z'},"
                 "'direction':'down','severity':'crit'}]");
    s = signal_find(&settings, "s");
    assert_int_equal(s->model, MODEL_PROPORTION);
    assert_int_equal(s->direction, DIRECTION_DOWN);
    assert_true(s->counted.ended != 0);
    assert_true(s->counted.within);
    assert_true(s->is_crit);
    assert_int_equal(s->min_affected, 9);
    assert_string_equal(s->affected, "event 'x' or 'y', page /a; no event z");
    assert_string_equal(s->exposed, "/p >= 2");
    // in the order of the signals, so that a day's counts are found again
    for (size_t i = 0; i + 1 < settings.nsignals; i++)
        assert_true(settings.counted[i].affected ==
                    settings.signals[i].counted.affected);
    assert_string_equal(settings.signals[settings.nsignals - 1].name, TRACKING);
}

static void a_funnel_has_a_signal_for_each_step_but_the_last(void **state)
{
    const struct signal *cart, *pay;

    (void)state;
    read_section("'funnel':[{'name':'cart','match':{'page':['/cart']}},"
                 "{'name':'pay','match':{'page':['/pay']}},"
                 "{'name':'done','match':{'event':['paid']}}]");
    cart = signal_find(&settings, "funnel/cart");
    pay = signal_find(&settings, "funnel/pay");
    assert_non_null(cart);
    assert_non_null(pay);
    assert_null(signal_find(&settings, "funnel/done"));
    assert_true(cart->counted.affected == cart->counted.exposed);
    assert_true(cart->counted.ended == pay->counted.exposed);
    assert_int_equal(cart->model, MODEL_PROPORTION);
    assert_true(cart->counted.within);
    assert_string_equal(cart->title, "no 'pay' after 'cart'");
}

static void names_may_be_chosen_and_critical(void **state)
{
    (void)state;
    read_section("'custom':[{'name':'s','affected':{},'exposed':{}},"
                 "{'name':'t','affected':{},'exposed':{}}],"
                 "'signals':['t','quick_back'],'crit':['t','retry_loop']");
    assert_false(signal_find(&settings, "s")->is_configured);
    assert_true(signal_find(&settings, "t")->is_configured);
    assert_true(signal_find(&settings, "quick_back")->is_configured);
    assert_false(signal_find(&settings, "retry_loop")->is_configured);
    assert_true(signal_find(&settings, TRACKING)->is_configured);
    assert_true(signal_find(&settings, "t")->is_crit);
    assert_true(signal_find(&settings, "retry_loop")->is_crit);
    assert_string_equal(refusal("'signals':['rage_clik']"),
                        "rounds.json:1: /watchdog/signals/0: 'rage_clik' is not a "
                        "signal; did you mean 'rage_click'");
    assert_string_equal(refusal("'crit':['mine']"),
                        "rounds.json:1: /watchdog/crit/0: 'mine' is not a signal");
}

static void windows_are_those_of_the_configuration(void **state)
{
    (void)state;
    read_section("'quick_back_s':3");
    assert_int_equal(signal_find(&settings, "quick_back")->counted.window_ms, 3000);
    assert_int_equal(signal_find(&settings, "retry_loop")->counted.window_ms, 30000);
    assert_int_equal(signal_find(&settings, "quick_back")->counted.form, FORM_BACK);
    assert_int_equal(signal_find(&settings, "retry_loop")->counted.form, FORM_RETRY);
}

static void one_limit_for_new_errors_holds_everywhere(void **state)
{
    (void)state;
    read_section("'q':0.05");
    assert_int_equal(settings.new_error_min, 5);
    assert_int_equal(settings.checkout_error_min, 3);
    read_section("'new_error_min':8");
    assert_int_equal(settings.new_error_min, 8);
    assert_int_equal(settings.checkout_error_min, 8);
}

static void checkout_pages_are_found_anywhere(void **state)
{
    (void)state;
    read_section("'q':0.05");
    assert_int_equal(re_match(settings.checkout_pages, STR("/de/Checkout/2")),
                     RE_MATCH);
    assert_int_equal(re_match(settings.checkout_pages, STR("/cart")), RE_MATCH);
    assert_int_equal(re_match(settings.checkout_pages, STR("/recheckout")),
                     RE_NO_MATCH);
    read_section("'checkout_pages':'^/kasse'");
    assert_int_equal(re_match(settings.checkout_pages, STR("/kasse/2")), RE_MATCH);
    assert_int_equal(re_match(settings.checkout_pages, STR("/cart")), RE_NO_MATCH);
    assert_non_null(strstr(refusal("'checkout_pages':'('"),
                           "/watchdog/checkout_pages: pattern fails at byte 1"));
}

static void a_name_that_is_taken_is_refused(void **state)
{
    static const char *const names[] = {"js_exception", "quick_back", "tracking", "cap",
                                        "funnel",       "partial",    "rewritten"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_string_equal(
            refusal(str_format(&arena,
                               "'custom':[{'name':'%s','affected':{},'exposed':{}}]",
                               names[i])),
            str_format(&arena,
                       "rounds.json:1: /watchdog/custom/0: the name '%s' is taken; "
                       "choose another",
                       names[i]));
    assert_non_null(strstr(refusal("'custom':[{'name':'a','affected':{},'exposed':{}},"
                                   "{'name':'a','affected':{},'exposed':{}}]"),
                           "/watchdog/custom/1: the name 'a' is taken"));
    assert_non_null(strstr(refusal("'funnel':[{'name':'a','match':{'event':'x'}},"
                                   "{'name':'b','match':{'event':'y'}},"
                                   "{'name':'a','match':{'event':'z'}},"
                                   "{'name':'c','match':{}}]"),
                           "/watchdog/funnel/2: a second step 'a'"));
    assert_non_null(strstr(refusal("'funnel':[{'name':'a','match':{'event':'x'}},"
                                   "{'name':'a','match':{'event':'y'}}]"),
                           "/watchdog/funnel/0: a second step 'a'"));
}

static const char *one(const char *affected, const char *more)
{
    return str_format(&arena, "'custom':[{'name':'a','affected':%s,'exposed':{}%s}]",
                      affected, more);
}

static void parts_that_contradict_each_other_are_refused(void **state)
{
    (void)state;
    assert_non_null(
        strstr(refusal(one("{}", ",'end':{}")), "'end' is for the form 'without'"));
    assert_non_null(strstr(refusal(one("{}", ",'form':'without'")),
                           "the form 'without' needs an 'end'"));
    assert_non_null(strstr(
        refusal(one("{'property':{'/p':{'min':2,'max':1}}}", "")),
        "/watchdog/custom/0/affected/property: '/p': 'min' is over 'max'; swap them"));
    assert_non_null(strstr(refusal(one("{'property':{'/p':{}}}", "")),
                           "'/p': neither 'min' nor 'max'"));
    assert_non_null(
        strstr(refusal(one("{'page':'(','event':'x'}", "")),
               "/watchdog/custom/0/affected/page: pattern fails at byte 1"));
    assert_non_null(strstr(refusal("'funnel':[{'name':'a','match':{'event':'x'}},"
                                   "{'name':'b','match':{'event':'x'}}]"),
                           "'b' matches what 'a' before it does"));
}

/* `n` signals, each of two matches of its own when `different`. */
static const char *signals_text(int n, bool different)
{
    struct buf text;

    buf_init(&text, &arena, 1 << 16);
    buf_add_text(&text, "'custom':[");
    for (int i = 0; i < n; i++)
        buf_printf(&text,
                   "%s{'name':'s%d','affected':{'event':'a%d'},'exposed':"
                   "{'event':'e%d'}}",
                   i > 0 ? "," : "", i, different ? i : 0, different ? i : 0);
    buf_add_text(&text, "]");
    return text.at;
}

static void there_are_64_predicates_and_32_signals_and_no_more(void **state)
{
    int room;

    (void)state;
    read_section("'q':0.05");
    room = PREDICATES_MAX - (int)settings.npredicates;
    assert_true(room >= 32);
    read_section(signals_text(room / 2, true));
    assert_int_equal(settings.npredicates, PREDICATES_MAX - room % 2);
    assert_string_equal(refusal(signals_text(room / 2 + 1, true)),
                        str_format(&arena,
                                   "rounds.json:1: /watchdog/custom/%d/%s: more than "
                                   "%d different matches; at most 64 with those of "
                                   "the built-in signals",
                                   room / 2, room % 2 == 0 ? "affected" : "exposed",
                                   room));
    read_section(signals_text(32, false));
    assert_string_equal(refusal(signals_text(33, false)),
                        "rounds.json:1: /watchdog/custom: has 33 items, allowed at "
                        "most 32");
}

static void more_than_32_pointers_are_refused(void **state)
{
    struct buf text;

    (void)state;
    buf_init(&text, &arena, 1 << 16);
    buf_add_text(&text, "'custom':[{'name':'s','exposed':{},'affected':{'property':{");
    for (int i = 0; i < 33; i++)
        buf_printf(&text, "%s'/p%d':1", i > 0 ? "," : "", i);
    buf_add_text(&text, "}}}]");
    assert_string_equal(refusal(text.at),
                        "rounds.json:1: /watchdog/custom/0/affected/property: more "
                        "than 32 different JSON pointers");
}

static void a_pattern_that_gives_up_is_counted_and_no_match(void **state)
{
    const char *subject = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab!";
    int64_t too_costly = 0;

    (void)state;
    read_match("{'event':'(a+)+b'}");
    assert_int_equal(matches_of_event(&settings.matches, str_of(subject), &too_costly) &
                         signal_find(&settings, "s")->counted.affected,
                     0);
    assert_int_equal(too_costly, 1);
}

static void a_log_carries_what_asks_for_no_event_and_no_property(void **state)
{
    static const char *const carried[] = {"pages", "requests"};
    static const char *const not_carried[] = {"named", "plans", "half"};

    (void)state;
    read_section("'custom':[{'name':'pages','affected':{'page':'/a'},'exposed':{}},"
                 "{'name':'requests','affected':{'event':'req.*'},'exposed':{}},"
                 "{'name':'named','affected':{'event':['paid']},'exposed':{}},"
                 "{'name':'plans','affected':{},'exposed':{'property':{'/p':1}}},"
                 "{'name':'half','affected':{'page':'/b'},'exposed':{'event':'x'}}]");
    custom_carried(&settings, 0, true, true);
    custom_carried(&settings, 1, false, false);
    for (size_t i = 0; i < sizeof carried / sizeof *carried; i++)
        assert_int_equal(signal_find(&settings, carried[i])->sources, 3);
    for (size_t i = 0; i < sizeof not_carried / sizeof *not_carried; i++)
        assert_int_equal(signal_find(&settings, not_carried[i])->sources, 1);
    assert_int_equal(signal_find(&settings, "js_exception")->sources, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_pattern_is_for_the_whole_name),
        CASE(names_are_exact),
        CASE(all_given_parts_must_hold),
        CASE(what_is_not_there_fits_no_part_that_is_given),
        CASE(a_text_equals_a_text),
        CASE(a_number_equals_numbers_and_digits),
        CASE(a_range_includes_both_ends),
        CASE(true_and_false_are_themselves),
        CASE(equal_matches_are_one_predicate),
        CASE(a_signal_is_what_its_parts_say),
        CASE(a_funnel_has_a_signal_for_each_step_but_the_last),
        CASE(names_may_be_chosen_and_critical),
        CASE(windows_are_those_of_the_configuration),
        CASE(one_limit_for_new_errors_holds_everywhere),
        CASE(checkout_pages_are_found_anywhere),
        CASE(a_name_that_is_taken_is_refused),
        CASE(parts_that_contradict_each_other_are_refused),
        CASE(there_are_64_predicates_and_32_signals_and_no_more),
        CASE(more_than_32_pointers_are_refused),
        CASE(a_pattern_that_gives_up_is_counted_and_no_match),
        CASE(a_log_carries_what_asks_for_no_event_and_no_property),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
