/*
 * Tests of seocheck/fetch_live.c under load: connections, rates, hosts that are dead or
 * take few, and a confined process. What is expected is section 4 of the tool's page:
 * no error that the server did not mean.
 */
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "shared/sandbox.h"
#include "tests/unit/seocheck_fetch_live.h"

#include "shared/banned.h"

enum { MANY = 300 };

/* /slow/..: after 2 ms. /closing/..: and the connection is closed without a word.
 * /broken/..: 500. /mixed/..: every other time. */
static bool answer(const struct server_request *request)
{
    const struct timespec pause = {.tv_nsec = 2000000};

    if (strncmp(request->path, "/broken", 7) == 0)
        return server_reply(request, "500 Oops", "", "");
    if (strncmp(request->path, "/mixed", 6) == 0)
        return server_reply(request, request->nth % 2 == 0 ? "200 OK" : "500 Oops", "",
                            "");
    if (strncmp(request->path, "/slow", 5) == 0)
        (void)nanosleep(&pause, NULL);
    (void)server_reply(request, "200 OK", "", "<p>hello");
    return strncmp(request->path, "/closing", 8) != 0;
}

/* `path` with %d for each of `n` numbers. */
static struct answers get_many(struct round *round, const char *path, size_t n,
                               struct err *err)
{
    struct answers answers = {.arena = &round->arena,
                              .kept = arena_new(&round->arena, struct kept, n)};
    struct fetch_request *requests = arena_new(&round->arena, struct fetch_request, n);

    for (size_t i = 0; i < n; i++)
        requests[i] =
            (struct fetch_request){.url = absolute(&round->arena,
                                                   str_format(&round->arena, "%s%s%zu",
                                                              round->base, path, i)),
                                   .kind = FETCH_GET,
                                   .most_bytes = 5 * MIB};
    if (!fetch_all(round->fetcher, requests, n, keep_answer, &answers, err))
        fail_msg("%s", err->text);
    assert_int_equal(answers.n, n);
    return answers;
}

static void connections_are_kept(void **state)
{
    struct round round;
    struct err err = {0};

    (void)state;
    set_up(&round, NULL, 0);
    (void)get_many(&round, "/slow/", MANY, &err);
    assert_true(server_connections(round.server) <= 16); // of a loopback home
    assert_true(server_connections(round.server) > 1);
    tear_down(&round);
}

static void connections_closed_under_us_are_no_errors(void **state)
{
    struct round round;
    struct err err = {0};
    struct answers answers;

    (void)state;
    set_up(&round, NULL, 0);
    answers = get_many(&round, "/closing/", MANY, &err);
    for (size_t i = 0; i < MANY; i++)
        expect_answer(answers.kept[i].reply, CLASS_OK, "200");
    tear_down(&round);
}

static void a_server_that_takes_few_connections_gives_no_errors(void **state)
{
    // all at once, and more than that
    static const struct {
        size_t n;
        int most;
    } cases[] = {{64, 1}, {MANY, 1}, {MANY, 20}};
    struct fetch_live_plan plan = usual_plan();

    (void)state;
    plan.connections = 64;
    plan.home = &(struct url){0}; // set_up makes it the server
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct round round;
        struct err err = {0};
        struct answers answers;

        set_up(&round, &plan, cases[c].most);
        answers = get_many(&round, "/slow/", cases[c].n, &err);
        for (size_t i = 0; i < cases[c].n; i++)
            expect_answer(answers.kept[i].reply, CLASS_OK, "200");
        tear_down(&round);
    }
}

static void a_rate_is_kept(void **state)
{
    struct fetch_live_plan plan = usual_plan();
    struct round round;
    struct err err = {0};
    int64_t start;

    (void)state;
    plan.rate = 50;
    plan.home = &(struct url){0};
    set_up(&round, &plan, 0);
    start = clock_ticks_us();
    (void)get_many(&round, "/page/", 11, &err);
    assert_true(ms_since(start) >= 10 * 20);
    tear_down(&round);
}

static void a_host_can_be_slowed(void **state)
{
    struct round round;
    struct err err = {0};
    int64_t start;

    (void)state;
    set_up(&round, NULL, 0);
    fetch_slow(round.fetcher, absolute(&round.arena, at(&round, "/x")), 0.5);
    start = clock_ticks_us();
    (void)get_many(&round, "/page/", 11, &err);
    assert_true(ms_since(start) >= 10 * SECOND_MS / 2);
    assert_true(fetch_gap_s(round.fetcher, absolute(&round.arena, round.base)) == 0.5);
    fetch_slow(round.fetcher, absolute(&round.arena, round.base), 0.1); // less
    assert_true(fetch_gap_s(round.fetcher, absolute(&round.arena, round.base)) == 0.5);
    tear_down(&round);
}

static size_t count_given_up(const struct answers *answers, size_t n)
{
    size_t given_up = 0;

    for (size_t i = 0; i < n; i++) {
        assert_int_equal(answers->kept[i].reply.status, 500);
        given_up += answers->kept[i].reply.is_given_up;
    }
    return given_up;
}

static void a_host_that_fails_20_times_in_a_row_is_asked_no_more(void **state)
{
    struct round round;
    struct err err = {0};
    struct answers answers;
    struct fetch_request urged = {.is_urged = true, .most_bytes = MIB};

    (void)state;
    set_up(&round, NULL, 0);
    answers = get_many(&round, "/broken/", MANY, &err);
    // 20, and what was under way
    assert_in_range(count_given_up(&answers, MANY), MANY - 20 - 16, MANY);
    assert_int_equal(server_asked(round.server, "/broken/299"), 0);
    answers = get_many(&round, "/mixed/", 19, &err);
    for (size_t i = 0; i < 19; i++)
        expect_answer(answers.kept[i].reply, CLASS_OK, "200");
    urged.url = absolute(&round.arena, at(&round, "/broken/299"));
    assert_false(ask_request(round.fetcher, urged, &round.arena).is_given_up);
    assert_int_equal(server_asked(round.server, "/broken/299"), 3);
    tear_down(&round);
}

static void a_dead_host_answers_for_all_its_pages(void **state)
{
    struct round round;
    struct err err = {0};
    struct answers answers;
    int64_t start = clock_ticks_us();

    (void)state;
    set_up(&round, NULL, 0);
    server_stop(round.server);
    answers = get_many(&round, "/page/", 200, &err);
    for (size_t i = 0; i < 200; i++)
        expect_answer(answers.kept[i].reply, CLASS_NETWORK, "connect");
    assert_true(ms_since(start) < 40 * SECOND_MS);
    round.server = server_start(answer, 0);
    tear_down(&round);
}

static void a_caller_may_stop_and_ask_again(void **state)
{
    struct round round;
    struct kept kept[MANY] = {0};
    struct answers answers = {.kept = kept, .most = 5};
    struct fetch_request requests[MANY];
    struct err err = {0};

    (void)state;
    set_up(&round, NULL, 0);
    answers.arena = &round.arena;
    for (size_t i = 0; i < MANY; i++)
        requests[i] =
            (struct fetch_request){.url = absolute(&round.arena, at(&round, "/slow")),
                                   .most_bytes = MIB};
    assert_false(fetch_all(round.fetcher, requests, MANY, keep_answer, &answers, &err));
    assert_string_equal(err.text, "that is enough");
    assert_int_equal(answers.n, 5);
    expect_answer(get(&round, "/page"), CLASS_OK, "200");
    tear_down(&round);
}

static void a_home_without_an_address_is_an_error(void **state)
{
    struct fetch_live_plan plan = usual_plan();
    struct arena arena;
    struct fetcher *fetcher = NULL;
    struct err err = {0};

    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    plan.home = absolute(&arena, "http://rounds.invalid/");
    assert_false(fetch_live_open(&plan, &arena, &fetcher, &err));
    assert_non_null(strstr(err.text, "cannot find the host 'rounds.invalid'"));
    assert_null(fetcher);
    arena_release(&arena);
}

/* In a child: the server is beyond its confinement. */
static int ask_confined(uint16_t port)
{
    const uint16_t ports[] = {53, 80, 443, port};
    const struct sandbox_plan sandbox = {.mode = SANDBOX_BEST_EFFORT,
                                         .network = true,
                                         .ports = ports,
                                         .nports = sizeof ports / sizeof *ports};
    struct fetch_live_plan plan = usual_plan();
    struct confinement confined;
    struct arena arena;
    struct fetcher *fetcher;
    struct err err = {0};
    struct fetch_reply reply;
    const char *url;

    arena_init(&arena, ARENA_BYTES_MAX);
    url = str_format(&arena, "http://localhost:%d/page", (int)port);
    plan.home = absolute(&arena, url);
    if (!sandbox_enter(&sandbox, &confined, &err) ||
        !fetch_live_open(&plan, &arena, &fetcher, &err)) {
        print_error("%s\n", err.text);
        return 1;
    }
    reply = ask_kind(fetcher, url, FETCH_GET, &arena);
    fetcher_close(fetcher);
    arena_release(&arena);
    return reply.status == 200 ? 0 : 2;
}

static void a_confined_process_can_ask(void **state)
{
    struct round round;
    int status = -1;
    pid_t child;

    (void)state;
    set_up(&round, NULL, 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(ask_confined(server_port(round.server)));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    tear_down(&round);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_are_kept),
        cmocka_unit_test(connections_closed_under_us_are_no_errors),
        cmocka_unit_test(a_server_that_takes_few_connections_gives_no_errors),
        cmocka_unit_test(a_rate_is_kept),
        cmocka_unit_test(a_host_can_be_slowed),
        cmocka_unit_test(a_host_that_fails_20_times_in_a_row_is_asked_no_more),
        cmocka_unit_test(a_dead_host_answers_for_all_its_pages),
        cmocka_unit_test(a_caller_may_stop_and_ask_again),
        cmocka_unit_test(a_home_without_an_address_is_an_error),
        cmocka_unit_test(a_confined_process_can_ask),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
