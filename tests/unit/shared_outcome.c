/* What a tool's process left: the sentences of run-all.md 3, step 5, and the memory of
 * the last run. Records are as run-all.md 5 has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/clock.h"
#include "shared/limits.h"
#include "shared/outcome.h"

#include "shared/banned.h"

static struct arena arena;
static const char *folder;

static int make_folder(void **state)
{
    const char *in = getenv("TMPDIR");
    char *path;

    (void)state;
    arena_init(&arena, 64 * MIB);
    path = str_format(&arena, "%s/rounds-outcome-XXXXXX", in ? in : "build");
    folder = mkdtemp(path);
    return folder ? 0 : -1;
}

static const char *path_of(const char *name)
{
    return str_format(&arena, "%s/%s", folder, name);
}

static int drop_folder(void **state)
{
    static const char *const names[] = {"watchdog.json", "watchdog.record",
                                        "bandit.record", ".run.json"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)unlink(path_of(names[i]));
    (void)rmdir(folder);
    arena_release(&arena);
    return 0;
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "we");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static const char ok_report[] =
    "{\"schema\":1,\"tool\":\"watchdog\",\"through\":\"2026-03-08\",\"status\":\"warn\","
    "\"exit\":1,\"summary\":\"1 open\",\"metrics\":[],\"checks\":[],\"findings\":[],"
    "\"muted\":[],\"lines\":[],\"problems\":[],\"files\":[],\"tables\":[],"
    "\"confined\":{\"landlock\":0,\"write\":\"any\",\"truncate\":false,\"net\":[],"
    "\"seccomp\":false}}";

/* Why there is no verdict, "" when there is one. */
static const char *reason(const char *record, const char *text)
{
    struct report report;
    const char *why;
    int64_t maxrss_kib;

    (void)unlink(path_of("watchdog.record"));
    (void)unlink(path_of("watchdog.json"));
    if (record)
        put("watchdog.record", record);
    if (text)
        put("watchdog.json", text);
    report = outcome_read(folder, "watchdog", &arena, &maxrss_kib);
    assert_string_equal(report.tool, "watchdog");
    why = report.status == VERDICT_UNKNOWN ? report.summary : "";
    assert_int_equal(report.exit, report.status == VERDICT_UNKNOWN ? 3 : 1);
    report_release(&report);
    return why;
}

static void a_record_is_read_field_by_field(void **state)
{
    struct record record;

    (void)state;
    assert_true(record_parse(STR("bandit\t-1\t9\t1\tunkillable\t310123\t42\t8192"),
                             "bandit", &record));
    assert_int_equal(record.exit, -1);
    assert_int_equal(record.signal, 9);
    assert_true(record.is_timed_out);
    assert_int_equal(record.wall_ms, 310123);
    assert_int_equal(record.cpu_ms, 42);
    assert_int_equal(record.maxrss_kib, 8192);
}

static void a_line_that_is_no_record_is_refused(void **state)
{
    static const char *const lines[] = {"",
                                        "bandit",
                                        "bandit\t0\t0\t0\t0\t1\t1",
                                        "bandit\t0\t0\t0\t0\t1\t1\t1\t1",
                                        "watchdog\t0\t0\t0\t0\t1\t1\t1",
                                        "bandit\tx\t0\t0\t0\t1\t1\t1",
                                        "bandit\t0\t0\t0\t0\t1\t1\t"};
    struct record record;

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_false(record_parse(str_of(lines[i]), "bandit", &record));
}

#define ENDED(status) "watchdog\t" status "\t0\t0\t0\t10\t5\t2048\n"

static void a_report_that_agrees_with_its_process_is_the_verdict(void **state)
{
    (void)state;
    assert_string_equal(reason(ENDED("1"), ok_report), "");
}

static void each_way_not_to_have_a_verdict_has_its_sentence(void **state)
{
    (void)state;
    assert_string_equal(reason(NULL, ok_report),
                        "it was ended from outside, its supervisor with it");
    assert_string_equal(reason("watchdog\t-1\t9\t1\t0\t310456\t5\t2048\n", ok_report),
                        "had not ended after 310 s; raise run_all.timeout_s");
    assert_string_equal(reason("watchdog\t-1\t11\t0\t0\t10\t5\t2048\n", ok_report),
                        "was ended by signal 11");
    assert_string_equal(reason(ENDED("127"), ""),
                        "is not built, or cannot be run; run make");
    assert_string_equal(reason(ENDED("0"), ok_report),
                        "ended with status 0, its report says 1");
    assert_string_equal(reason(ENDED("2"), ""), "ended with status 2 and no report");
    assert_string_equal(reason(ENDED("2"), NULL), "ended with status 2 and no report");
    assert_non_null(strstr(reason(ENDED("1"), "Traceback (most recent call last)"),
                           "watchdog:1: "));
}

static void a_report_of_another_tool_is_none(void **state)
{
    const char *name = strstr(ok_report, "watchdog");
    const char *text = str_format(&arena, "%.*sseocheck%s", (int)(name - ok_report),
                                  ok_report, name + strlen("watchdog"));

    (void)state;
    assert_non_null(strstr(reason(ENDED("1"), text), "its report says"));
}

static void a_report_of_more_than_8_mib_is_none(void **state)
{
    FILE *file;

    (void)state;
    put("watchdog.record", ENDED("1"));
    file = fopen(path_of("watchdog.json"), "we");
    assert_non_null(file);
    assert_int_equal(fseek(file, 8 << 20, SEEK_SET), 0);
    assert_int_equal(fputc('x', file), 'x');
    assert_int_equal(fclose(file), 0);
    assert_string_equal(
        outcome_report("watchdog", 1, path_of("watchdog.json"), &arena).summary,
        "its report is over 8 MiB");
}

static const char *kept(void)
{
    static char text[2048];
    FILE *file = fopen(path_of(".run.json"), "re");
    size_t n;

    assert_non_null(file);
    n = fread(text, 1, sizeof text - 1, file);
    text[n] = '\0';
    assert_int_equal(fclose(file), 0);
    return text;
}

static void keep(const struct report *reports, size_t n)
{
    struct state_folder opened = STATE_FOLDER_CLOSED;
    struct err err;

    assert_true(state_folder_open(&opened, folder, false, &err));
    if (!last_run_save(&opened, reports, n, &arena, &err))
        fail_msg("%s", err.text);
    state_folder_release(&opened);
}

static void the_last_run_is_kept_and_what_did_not_run_keeps_its_own(void **state)
{
    struct report reports[2] = {{.tool = "watchdog", .status = VERDICT_CRIT},
                                {.tool = "bandit", .status = VERDICT_OK}};

    (void)state;
    for (size_t i = 0; i < 2; i++)
        reports[i].has_through = day_parse("2026-03-08", 10, &reports[i].through);
    (void)unlink(path_of(".run.json"));
    keep(reports, 2);
    assert_string_equal(kept(), "{\n"
                                "  \"schema\": 1,\n"
                                "  \"tool\": \"run-all\",\n"
                                "  \"tools\": {\n"
                                "    \"bandit\": {\n"
                                "      \"status\": \"ok\",\n"
                                "      \"through\": \"2026-03-08\"\n"
                                "    },\n"
                                "    \"watchdog\": {\n"
                                "      \"status\": \"crit\",\n"
                                "      \"through\": \"2026-03-08\"\n"
                                "    }\n"
                                "  }\n"
                                "}\n");
    reports[0] = (struct report){.tool = "watchdog", .status = VERDICT_UNKNOWN};
    keep(reports, 1);
    assert_non_null(strstr(kept(), "\"status\": \"unknown\",\n"
                                   "      \"through\": \"2026-03-08\""));
    assert_non_null(strstr(kept(), "\"bandit\""));
}

static void a_last_run_that_is_broken_is_begun_anew(void **state)
{
    const struct report report = {.tool = "bandit", .status = VERDICT_OK};

    (void)state;
    put(".run.json", "{\"tools\": 3");
    keep(&report, 1);
    assert_non_null(strstr(kept(), "\"status\": \"ok\",\n      \"through\": null"));
    assert_null(strstr(kept(), "watchdog"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_read_field_by_field),
        cmocka_unit_test(a_line_that_is_no_record_is_refused),
        cmocka_unit_test(a_report_that_agrees_with_its_process_is_the_verdict),
        cmocka_unit_test(each_way_not_to_have_a_verdict_has_its_sentence),
        cmocka_unit_test(a_report_of_another_tool_is_none),
        cmocka_unit_test(a_report_of_more_than_8_mib_is_none),
        cmocka_unit_test(the_last_run_is_kept_and_what_did_not_run_keeps_its_own),
        cmocka_unit_test(a_last_run_that_is_broken_is_begun_anew),
    };

    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
