/* What answers of PageSpeed Insights and CrUX mean, and when they are asked again
 * (perfcheck.md 11). */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "perfcheck/fetch/fetch.h"
#include "shared/limits.h"

#include "shared/banned.h"

static struct arena arena;
static struct err err;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, 64 * MIB);
    err.text[0] = '\0';
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* With ' for ". */
static struct http_reply answered(int status, const char *body)
{
    char *copy = str_copy(&arena, body, strlen(body));

    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return (struct http_reply){.outcome = HTTP_ANSWERED,
                               .status = status,
                               .body = str_of(copy),
                               .reason = ""};
}

static const char report[] =
    "{'lighthouseResult': {'requestedUrl': 'https://shop.example/', 'finalUrl': "
    "'https://shop.example/', 'lighthouseVersion': '12.8.2', 'fetchTime': "
    "'2026-11-20T10:00:00.000Z', 'configSettings': {'formFactor': 'mobile'}, 'audits': "
    "{}, 'categories': {'performance': {'score': 0.5, 'auditRefs': []}}}}";

static void a_report_is_good(void **state)
{
    struct http_reply reply = answered(200, report);

    (void)state;
    assert_int_equal(answer_of_psi(&reply, &arena).kind, ANSWER_GOOD);
}

/* A body that ends with its connection may end anywhere and still be rc 0. */
static void a_report_cut_anywhere_is_asked_for_again(void **state)
{
    struct http_reply reply = answered(200, report);

    (void)state;
    for (size_t n = sizeof report - 2; n > 0; n--) {
        struct answer answer;

        reply.body.n = n;
        answer = answer_of_psi(&reply, &arena);
        assert_int_equal(answer.kind, ANSWER_BROKEN);
        assert_true(answer.may_pass);
    }
}

static void a_bare_report_is_no_answer_of_psi(void **state)
{
    struct http_reply reply = answered(
        200,
        "{'finalUrl': 'https://shop.example/', 'lighthouseVersion': '12.8.2', "
        "'fetchTime': '2026-11-20T10:00:00.000Z', 'configSettings': {'formFactor': "
        "'mobile'}, 'audits': {}, 'categories': {}}");

    (void)state;
    assert_int_equal(answer_of_psi(&reply, &arena).kind, ANSWER_BROKEN);
}

static void an_error_is_a_failure_in_its_own_words(void **state)
{
    struct http_reply reply =
        answered(400, "{'error': {'code': 400, 'message': 'no \\u0001 such page'}}");
    struct answer answer;

    (void)state;
    answer = answer_of_psi(&reply, &arena);
    assert_int_equal(answer.kind, ANSWER_FAILURE);
    assert_int_equal(answer.code, 400);
    assert_false(answer.may_pass);
    assert_string_equal(answer.text, "no \\u{01} such page");
    reply = answered(500, "{'error': {'message': 7}}");
    answer = answer_of_psi(&reply, &arena);
    assert_int_equal(answer.kind, ANSWER_FAILURE);
    assert_int_equal(answer.code, 500);
    assert_true(answer.may_pass);
}

static void other_answers_are_named_and_may_pass_or_not(void **state)
{
    static const struct {
        int status;
        const char *body, *says;
        bool may_pass;
    } cases[] = {
        {200, " \n<!DOCTYPE html>", "HTML", false},
        {503, "<html>", "HTML", true},
        {302, "", "leads elsewhere", false},
        {429, "slow down", "status 429", true},
        {408, "", "status 408", true},
        {404, "not here", "status 404", false},
        {200, "", "no report", true}, // a body that ends with its connection
        {200, "{'a': 1", "no report", true},
        {200, "{}", "no report", false},
        {200, "not now", "no report", false},
        {425, "", "status 425", true},
        {400, "{'a': 1", "status 400", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_reply reply = answered(cases[i].status, cases[i].body);
        struct answer answer = answer_of_psi(&reply, &arena);

        assert_int_equal(answer.kind, ANSWER_BROKEN);
        assert_non_null(strstr(answer.text, cases[i].says));
        assert_int_equal(answer.may_pass, cases[i].may_pass);
    }
}

static void no_answer_may_pass_but_for_what_will_not_mend(void **state)
{
    (void)state;
    for (int outcome = HTTP_DNS; outcome <= HTTP_REFUSED; outcome++) {
        struct http_reply reply = {.outcome = (enum http_outcome)outcome,
                                   .may_pass = outcome % 2 == 0,
                                   .reason = "why"};
        struct answer psi = answer_of_psi(&reply, &arena);
        struct answer crux = answer_of_crux(&reply, &arena);

        assert_int_equal(psi.kind, ANSWER_BROKEN);
        assert_int_equal(psi.may_pass, reply.may_pass);
        assert_int_equal(crux.may_pass, reply.may_pass);
        assert_non_null(strstr(psi.text, "why"));
    }
}

static void crux_without_data_is_none_and_other_404s_are_not(void **state)
{
    struct http_reply reply =
        answered(404, "{'error': {'code': 404, 'message': 'data not found'}}");

    (void)state;
    assert_int_equal(answer_of_crux(&reply, &arena).kind, ANSWER_NONE);
    reply = answered(404, "<html>");
    assert_int_equal(answer_of_crux(&reply, &arena).kind, ANSWER_BROKEN);
    reply = answered(403, "{'error': {'code': 403, 'message': 'no'}}");
    assert_int_equal(answer_of_crux(&reply, &arena).kind, ANSWER_FAILURE);
    reply = answered(200, "{'record': {'key'");
    assert_true(answer_of_crux(&reply, &arena).may_pass);
    reply = answered(200, "{'record': {}}");
    assert_int_equal(answer_of_crux(&reply, &arena).kind, ANSWER_BROKEN);
    assert_false(answer_of_crux(&reply, &arena).may_pass);
}

static void tries_are_three_with_5_and_20_seconds_or_what_is_wanted(void **state)
{
    const struct answer passing = {.kind = ANSWER_BROKEN, .may_pass = true};
    const struct answer lasting = {.kind = ANSWER_BROKEN};

    (void)state;
    assert_int_equal(answer_pause_s(&passing, 0, 1), 5);
    assert_int_equal(answer_pause_s(&passing, 0, 2), 20);
    assert_int_equal(answer_pause_s(&passing, 0, 3), -1);
    assert_int_equal(answer_pause_s(&passing, 7, 1), 7);
    assert_int_equal(answer_pause_s(&passing, 7, 3), -1);
    assert_int_equal(answer_pause_s(&passing, FETCH_PAUSE_MAX_S, 2), FETCH_PAUSE_MAX_S);
    assert_int_equal(answer_pause_s(&passing, FETCH_PAUSE_MAX_S + 1, 1), -1);
    assert_int_equal(answer_pause_s(&passing, INT64_MAX, 1), -1);
    assert_int_equal(answer_pause_s(&lasting, 0, 1), -1);
}

static void an_origin_is_scheme_host_and_port(void **state)
{
    (void)state;
    assert_string_equal(origin_of("https://a.example:81/b/c?d", &arena),
                        "https://a.example:81");
    assert_string_equal(origin_of("https://a.example", &arena), "https://a.example");
    assert_string_equal(origin_of("http://a.example?b#c", &arena), "http://a.example");
}

static void a_failure_is_recorded_with_its_time(void **state)
{
    const struct answer answer = {.kind = ANSWER_FAILURE,
                                  .code = 500,
                                  .text = "a \"b\""};
    struct str text;

    (void)state;
    // date -u -d 2026-11-20T10:11:12Z +%s
    text = failure_text("https://a.example/", FORM_DESKTOP, INT64_C(1795169472034),
                        &answer, &arena);
    assert_string_equal(
        text.at,
        "{\"perfcheckError\":1,\"url\":\"https://a.example/\",\"formFactor\":"
        "\"desktop\",\"time\":\"2026-11-20T10:11:12.034Z\",\"code\":\"PSI_500\","
        "\"message\":\"a \\\"b\\\"\"}\n");
}

static void names_that_are_taken_are_left_alone(void **state)
{
    char path[] = "rounds-keep-XXXXXX";
    char name[64];
    struct stat st;
    int folder;

    (void)state;
    assert_non_null(mkdtemp(path));
    folder = keep_open(path, &err);
    assert_true(folder >= 0);
    assert_true(keep_file(folder, "psi", 1000, STR("one"), name, &err));
    assert_string_equal(name, "psi-1000.json");
    assert_true(keep_file(folder, "psi", 1000, STR("two!"), name, &err));
    assert_string_equal(name, "psi-1001.json");
    assert_int_equal(symlinkat("/nowhere", folder, "psi-1002.json"), 0);
    assert_true(keep_file(folder, "psi", 1000, STR("three"), name, &err));
    assert_string_equal(name, "psi-1003.json");
    assert_int_equal(fstatat(folder, "psi-1000.json", &st, 0), 0);
    assert_int_equal(st.st_size, 3);
    assert_int_equal(st.st_mode & 0777, 0644 & ~umask(022));
    for (int i = 1000; i <= 1003; i++)
        assert_int_equal(unlinkat(folder, str_format(&arena, "psi-%d.json", i), 0), 0);
    (void)close(folder);
    assert_int_equal(rmdir(path), 0); // and nothing else was left in it
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(a_report_is_good),
        TEST(a_report_cut_anywhere_is_asked_for_again),
        TEST(a_bare_report_is_no_answer_of_psi),
        TEST(an_error_is_a_failure_in_its_own_words),
        TEST(other_answers_are_named_and_may_pass_or_not),
        TEST(no_answer_may_pass_but_for_what_will_not_mend),
        TEST(crux_without_data_is_none_and_other_404s_are_not),
        TEST(tries_are_three_with_5_and_20_seconds_or_what_is_wanted),
        TEST(an_origin_is_scheme_host_and_port),
        TEST(a_failure_is_recorded_with_its_time),
        TEST(names_that_are_taken_are_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
