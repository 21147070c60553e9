/* The plan of a run of all tools: what run-all.md 2 and 5 say of limits, order and of
 * which secrets a tool may see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shared/clock.h"
#include "shared/limits.h"
#include "shared/plan.h"

#include "shared/banned.h"

static struct arena arena;
static struct err err;

static int make_arena(void **state)
{
    (void)state;
    arena_init(&arena, 64 * MIB);
    return 0;
}

static int drop_arena(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct config parsed(const char *text)
{
    struct config config = {0};

    if (!config_parse(str_of(text), "rounds.json", &arena, &config, &err))
        fail_msg("%s", err.text);
    return config;
}

/* The variables that a tool may see with this configuration. */
static const char *env_of(const char *tool, const char *text)
{
    struct config config = parsed(text);
    const char *names = NULL;

    if (!plan_env(&config, tool, &arena, &names, &err))
        names = str_format(&arena, "refused: %s", err.text);
    config_release(&config);
    return names;
}

/* The tools that `only` leaves, or why not. */
static const char *tools_of(const char *text, const char *only)
{
    struct config config = parsed(text);
    bool is_wanted[TOOL_COUNT];
    struct buf out;

    buf_init(&out, &arena, KIB);
    if (!plan_tools(&config, only, is_wanted, &err))
        buf_add_text(&out, err.text);
    else
        for (size_t t = 0; t < TOOL_COUNT; t++)
            if (is_wanted[t])
                buf_printf(&out, "%s ", tool_names[t]);
    config_release(&config);
    return out.at;
}

static const char *plan_of(const char *text, const struct plan_request *request)
{
    struct config config = parsed(text);
    struct buf out;

    buf_init(&out, &arena, MIB);
    if (!plan_format(&config, request, &out, &err)) {
        buf_init(&out, &arena, MIB);
        buf_printf(&out, "refused: %s", err.text);
    }
    config_release(&config);
    return out.at;
}

static struct options usual(void)
{
    return (struct options){.config_path = "my shop/rounds.json",
                            .fail_on = FAIL_ON_WARN,
                            .sandbox = SANDBOX_BEST_EFFORT};
}

static void a_job_has_the_limits_of_the_specification(void **state)
{
    const struct options opt = usual();
    const struct plan_request request = {.opt = &opt,
                                         .state = "my shop/state",
                                         .work = "/t/w",
                                         .program[0] = "/b/rounds-watchdog"};

    (void)state;
    assert_string_equal(
        plan_of("{\"watchdog\":{}}", &request),
        "watchdog\t310\t2\t1024\t64\t256\t/t/w/watchdog.json\t/t/w/watchdog.err\t"
        "/t/w/watchdog.record\t-\t/b/rounds-watchdog\trun\t--config\tmy shop/rounds.json\t"
        "--state\tmy shop/state\t--format\tjson\t--timeout\t300\n");
}

static void jobs_stand_in_the_fixed_order_with_their_own_limits(void **state)
{
    const struct options opt = usual();
    const struct plan_request request = {.opt = &opt,
                                         .state = "s",
                                         .work = "w",
                                         .program = {"a", NULL, NULL, "d", "e"}};
    const char *plan =
        plan_of("{\"i18ncheck\":{\"sets\":[]},\"seocheck\":{},\"watchdog\":{},"
                "\"run_all\":{\"timeout_s\":{\"watchdog\":86400},"
                "\"memory_mib\":{\"i18ncheck\":0}}}",
                &request);
    const char *seocheck = strstr(plan, "\nseocheck\t3610\t2\t2048\t");

    (void)state;
    assert_true(strncmp(plan, "watchdog\t86410\t", 15) == 0);
    assert_non_null(seocheck);
    assert_non_null(strstr(seocheck, "\ni18ncheck\t310\t2\t0\t"));
    assert_null(strstr(plan, "bandit"));
}

static void options_are_handed_on_and_the_git_log_to_one(void **state)
{
    struct options opt = usual();
    const struct plan_request request = {.opt = &opt,
                                         .state = "s",
                                         .work = "w",
                                         .git_log = "w/gitlog",
                                         .program = {"a", NULL, NULL, NULL, "e"}};
    const char *plan;

    (void)state;
    opt.has_as_of = day_parse("2026-03-08", 10, &opt.as_of);
    opt.fail_on = FAIL_ON_NEW;
    opt.sandbox = SANDBOX_REQUIRE;
    opt.verbose = true;
    plan = plan_of("{\"watchdog\":{},\"i18ncheck\":{\"sets\":[]}}", &request);
    assert_non_null(strstr(plan,
                           "\t--timeout\t300\t--as-of\t2026-03-08\t--fail-on\tnew\t"
                           "--sandbox\trequire\t--verbose\ni18ncheck\t"));
    assert_non_null(strstr(plan, "\t--verbose\t--git-log\tw/gitlog\n"));
}

static void what_a_plan_cannot_say_is_refused(void **state)
{
    struct options opt = usual();
    struct plan_request request = {.opt = &opt,
                                   .state = "s",
                                   .work = "w",
                                   .program[0] = "/b/a"};

    (void)state;
    request.state = "a\tb";
    assert_non_null(strstr(plan_of("{\"watchdog\":{}}", &request), "a tab or newline"));
    request.state = "a\nb";
    assert_non_null(strstr(plan_of("{\"watchdog\":{}}", &request), "a tab or newline"));
    request.state = "s";
    assert_non_null(
        strstr(plan_of("{\"seocheck\":{}}", &request), "watchdog has no section"));
}

static void only_takes_configured_tools_in_the_fixed_order(void **state)
{
    static const char config[] = "{\"watchdog\":{},\"seocheck\":{}}";

    (void)state;
    assert_string_equal(tools_of(config, NULL), "watchdog seocheck ");
    assert_string_equal(tools_of(config, "seocheck"), "seocheck ");
    assert_string_equal(tools_of(config, "seocheck,watchdog,seocheck"),
                        "watchdog seocheck ");
    assert_string_equal(tools_of(config, "bandit"),
                        "--only 'bandit': no such tool in 'rounds.json'; it has: "
                        "watchdog seocheck");
    assert_non_null(strstr(tools_of(config, "watch"), "no such tool"));
    assert_non_null(strstr(tools_of(config, ""), "no such tool"));
    assert_non_null(strstr(tools_of(config, "watchdog,"), "no such tool"));
    assert_non_null(strstr(tools_of("{}", NULL), "no tool has a section"));
}

#define FETCH(name)                                                \
    "\"perfcheck\":{\"fetch\":{\"urls\":[\"https://a.example/\"]," \
    "\"key_env\":\"" name "\"}}"

static void a_tool_sees_the_secrets_of_its_own_section(void **state)
{
    static const char config[] = "{\"watchdog\":{}," FETCH("PSI_KEY") "}";

    (void)state;
    assert_string_equal(env_of("perfcheck", config), "PSI_KEY");
    assert_string_equal(env_of("watchdog", config), "-");
}

static void it_sees_those_of_the_webhooks_never(void **state)
{
    (void)state;
    assert_string_equal(env_of("watchdog", "{\"watchdog\":{},\"run_all\":{\"ping\":{"
                                           "\"url_env\":\"PING\"}}}"),
                        "-");
}

/* Sources with tokens are of kinds that the schema does not have yet, so this goes
 * around it. */
static const char *source_env(const char *tool, const char *sections)
{
    struct config config = {0};
    const char *names = NULL;

    config.root = json_loads(
        str_format(&arena,
                   "{\"sources\":{\"events\":{\"token_env\":\"E\"},"
                   "\"a\":{\"token_env\":\"A\",\"deep\":[{\"more_env\":\"A2\"}]},"
                   "\"b\":{\"token_env\":\"B\",\"file_env\":7}},%s}",
                   sections),
        0, NULL);
    assert_non_null(config.root);
    if (!plan_env(&config, tool, &arena, &names, &err))
        names = str_format(&arena, "refused: %s", err.text);
    config_release(&config);
    return names;
}

static void it_sees_those_of_the_sources_that_it_reads(void **state)
{
    (void)state;
    assert_string_equal(source_env("watchdog", "\"watchdog\":{\"source\":\"a\"}"),
                        "A,A2");
    assert_string_equal(source_env("watchdog",
                                   "\"watchdog\":{\"source\":[\"b\",\"a\",\"b\"]}"),
                        "B,A,A2");
    assert_string_equal(source_env("perfcheck", "\"perfcheck\":{}"), "E");
    assert_string_equal(source_env("perfcheck", "\"perfcheck\":{\"rum\":null}"), "-");
    assert_string_equal(source_env("perfcheck",
                                   "\"perfcheck\":{\"rum\":{\"source\":\"b\"}}"),
                        "B");
    assert_string_equal(source_env("bandit",
                                   "\"bandit\":{\"defaults\":{\"source\":\"a\"},"
                                   "\"experiments\":{\"x\":{},\"y\":{\"source\":\"b\"},"
                                   "\"z\":{\"counts\":\"f\"}}}"),
                        "A,A2,B");
    assert_string_equal(source_env("bandit", "\"bandit\":{\"experiments\":{\"x\":{}}}"),
                        "E");
    assert_string_equal(
        source_env("bandit", "\"bandit\":{\"experiments\":{\"x\":{\"counts\":\"f\"}}}"),
        "-");
}

/* A locale of i18ncheck and a route source of seocheck are called `source` too. */
static void another_key_of_that_name_opens_nothing(void **state)
{
    (void)state;
    assert_string_equal(source_env("i18ncheck",
                                   "\"i18ncheck\":{\"sets\":[{\"source\":\"a\"}]}"),
                        "-");
    assert_string_equal(source_env("seocheck",
                                   "\"seocheck\":{\"routes\":{\"source\":\"a\"}}"),
                        "-");
}

static void a_name_that_would_break_the_plan_is_refused(void **state)
{
    static const char *const bad[] = {"A,B", "A B", "A\\tB", "1A", "", "A=B"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_non_null(strstr(
            source_env("watchdog",
                       str_format(&arena, "\"watchdog\":{\"key_env\":\"%s\"}", bad[i])),
            "is no name of an environment variable"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_has_the_limits_of_the_specification),
        cmocka_unit_test(jobs_stand_in_the_fixed_order_with_their_own_limits),
        cmocka_unit_test(options_are_handed_on_and_the_git_log_to_one),
        cmocka_unit_test(what_a_plan_cannot_say_is_refused),
        cmocka_unit_test(only_takes_configured_tools_in_the_fixed_order),
        cmocka_unit_test(a_tool_sees_the_secrets_of_its_own_section),
        cmocka_unit_test(it_sees_those_of_the_webhooks_never),
        cmocka_unit_test(it_sees_those_of_the_sources_that_it_reads),
        cmocka_unit_test(another_key_of_that_name_opens_nothing),
        cmocka_unit_test(a_name_that_would_break_the_plan_is_refused),
    };

    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
