/*
 * seocheck/robots.c against the cases of google/robotstxt's own test program, recorded
 * in robots.json: what it asked, and what it expected. The file is not part of this
 * tree: ROUNDS_CASES names its folder, else ../shared/cases is tried; without it
 * all of this is skipped, and seocheck_robots.c stands alone.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "seocheck/robots.h"
#include "shared/file.h"
#include "shared/json.h"
#include "shared/limits.h"

#include "shared/banned.h"

static struct arena run;
static json_t *cases;

/* False: it is not there. What cannot be read ends the program. */
static bool load(const char *path)
{
    struct err err = {0};
    struct str bytes;
    bool absent = false;

    if (!file_read_if_there(AT_FDCWD, path, 8 * MIB, false, &run, &bytes, &absent,
                            &err) ||
        (!absent && !json_load_strict(bytes, path, 8, 100000, &cases, &err))) {
        printf("Bail out! %s\n", err.text);
        exit(1);
    }
    return !absent;
}

/* A list of the file, not empty. */
static const json_t *list(const char *name)
{
    const json_t *found = json_object_get(cases, name);

    assert_true(json_array_size(found) > 0);
    return found;
}

static const char *text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void each_recorded_question_has_the_recorded_answer(void **state)
{
    const json_t *all = list("cases");
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *one = json_array_get(all, i);
        bool expected = json_is_true(json_object_get(one, "allowed"));
        struct robots robots;

        robots_parse(str_of(text(one, "robots")), &run, &robots);
        if (robots_ask(&robots, str_of(text(one, "agent")), str_of(text(one, "url")),
                       &run)
                .is_allowed == expected)
            continue;
        print_message("# wrong: case %d of %s\n",
                      (int)json_integer_value(json_object_get(one, "id")),
                      text(one, "test"));
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void each_recorded_url_has_the_recorded_path(void **state)
{
    const json_t *all = list("path_cases");

    (void)state;
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *one = json_array_get(all, i);

        assert_true(str_equal(robots_path(str_of(text(one, "url")), &run),
                              str_of(text(one, "path"))));
    }
}

static void each_recorded_pattern_is_escaped_as_recorded(void **state)
{
    const json_t *all = list("escape_cases");

    (void)state;
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *one = json_array_get(all, i);
        struct robots robots;

        robots_parse(str_of(str_format(&run, "user-agent: a\nallow: %s",
                                       text(one, "pattern"))),
                     &run, &robots);
        assert_int_equal(robots.nrules, 1);
        assert_true(str_equal(robots.rule[0].pattern, str_of(text(one, "escaped"))));
    }
}

static void each_recorded_agent_is_as_valid_as_recorded(void **state)
{
    const json_t *all = list("agent_validity");

    (void)state;
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *one = json_array_get(all, i);

        assert_true(robots_agent_is_valid(text(one, "agent")) ==
                    json_is_true(json_object_get(one, "valid")));
    }
}

/* Each character of `body_latin1` is a byte. */
static struct str body(const json_t *one)
{
    const char *utf8 = text(one, "body_latin1");
    char *bytes;
    size_t n = 0;

    if (!utf8)
        return str_of(text(one, "body"));
    bytes = arena_new(&run, char, strlen(utf8) + 1);
    for (const char *c = utf8; *c != '\0'; c++) {
        uint8_t lead = (uint8_t)*c;

        if (lead >= 0x80)
            lead = (uint8_t)(lead << 6 | ((uint8_t) * ++c & 0x3f));
        bytes[n++] = (char)lead;
    }
    return (struct str){bytes, n};
}

static int64_t remarks(const struct robots *robots, enum robots_line what)
{
    int64_t n = 0;

    for (size_t i = 0; i < robots->nremarks; i++)
        n += robots->remark[i].what == what;
    return n;
}

static void check_number(const json_t *one, const char *key, int64_t got)
{
    const json_t *expected = json_object_get(one, key);

    if (expected && json_integer_value(expected) != got)
        fail_msg("%s: %s is %d", text(one, "name"), key, (int)got);
}

/* Google counts as valid what has a key it knows, in a group or not. */
static void each_recorded_file_has_the_recorded_lines(void **state)
{
    const json_t *all = list("parse_cases");

    (void)state;
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *one = json_array_get(all, i);
        const char *sitemap = text(one, "sitemap");
        struct robots robots;

        robots_parse(body(one), &run, &robots);
        check_number(one, "valid",
                     (int64_t)(robots.ngroups + robots.nrules + robots.nsitemaps) +
                         remarks(&robots, ROBOTS_LINE_NO_GROUP));
        check_number(one, "unknown", remarks(&robots, ROBOTS_LINE_UNKNOWN));
        check_number(one, "last_line",
                     robots.nrules == 0 ? 0 : robots.rule[robots.nrules - 1].line);
        if (sitemap) {
            assert_int_equal(robots.nsitemaps, 1);
            assert_true(str_equal(robots.sitemap[0].url, str_of(sitemap)));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_recorded_question_has_the_recorded_answer),
        cmocka_unit_test(each_recorded_url_has_the_recorded_path),
        cmocka_unit_test(each_recorded_pattern_is_escaped_as_recorded),
        cmocka_unit_test(each_recorded_agent_is_as_valid_as_recorded),
        cmocka_unit_test(each_recorded_file_has_the_recorded_lines),
    };

    const char *folder = getenv("ROUNDS_CASES");
    const char *path;
    int failed = 0;

    arena_init(&run, ARENA_BYTES_MAX);
    path = file_join(&run, folder ? folder : "../shared/cases", "robots.json");
    if (load(path))
        failed = cmocka_run_group_tests(tests, NULL, NULL);
    else // cmocka's own skip() is a failure in TAP
        printf("1..0 # SKIP '%s' is not there, so Google's cases are not tried\n",
               path);
    json_decref(cases);
    arena_release(&run);
    return failed;
}
