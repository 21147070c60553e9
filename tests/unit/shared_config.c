/* rounds.json: what is accepted, which defaults come in, and faults of the file itself;
 * those of its values are in shared_config_refused.c. Defaults are those of the tools'
 * specifications. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "shared/clock.h"
#include "shared/config.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/schema.h"

#include "shared/banned.h"

static struct arena arena;

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
    struct err err = {0};

    if (!config_parse(str_of(text), "shop/rounds.json", &arena, &config, &err))
        fail_msg("%s", err.text);
    return config;
}

static const char *refusal(const char *text)
{
    static struct err err;
    struct config config = {0};

    err.text[0] = '\0';
    if (config_parse(str_of(text), "rounds.json", &arena, &config, &err)) {
        config_release(&config);
        fail_msg("accepted: %s", text);
    }
    assert_null(config.root);
    return err.text;
}

static void accept(const char *text)
{
    struct config config = parsed(text);

    config_release(&config);
}

static void the_whole_configuration_is_read(void **state)
{
    struct config config = parsed(
        "{\"$schema\": \"x\", \"site\": \"https://shop.example\", \"timezone\": \"Europe/Berlin\",\n"
        " \"as_of\": \"2026-03-05\", \"sources\": {\"events\": {\"type\": \"jsonl\",\n"
        " \"path\": \"events/*.jsonl.gz\", \"preset\": \"posthog\"}}, \"watchdog\": {},\n"
        " \"mute\": [{\"id\": \"seocheck/title-missing/*\", \"until\": \"2026-12-31\",\n"
        "   \"why\": \"redesign\", \"who\": \"kim\"},\n"
        "   {\"id\": \"a/b/c\", \"until\": \"2026-01-01\", \"why\": \"w\"}]}");

    (void)state;
    assert_string_equal(config.path, "shop/rounds.json");
    assert_string_equal(config.folder, "shop");
    assert_string_equal(config.site, "https://shop.example");
    assert_string_equal(config.timezone, "Europe/Berlin");
    assert_true(config.has_as_of);
    assert_string_equal(day_text(config.as_of).text, "2026-03-05");
    assert_int_equal(config.nmutes, 2);
    assert_string_equal(config.mutes[0].id, "seocheck/title-missing/*");
    assert_string_equal(day_text(config.mutes[0].until).text, "2026-12-31");
    assert_string_equal(config.mutes[0].why, "redesign");
    assert_string_equal(config.mutes[0].who, "kim");
    assert_string_equal(config.mutes[1].who, "");
    assert_non_null(config_section(&config, "watchdog"));
    assert_null(config_section(&config, "bandit"));
    config_release(&config);
    assert_null(config.root);
}

static void an_empty_configuration_is_one(void **state)
{
    struct config config = parsed("{}");

    (void)state;
    assert_string_equal(config.site, "");
    assert_string_equal(config.timezone, "UTC");
    assert_false(config.has_as_of);
    assert_int_equal(config.nmutes, 0);
    assert_null(config_section(&config, "watchdog"));
    config_release(&config);
}

static void missing_keys_of_watchdog_get_their_defaults(void **state)
{
    struct config config =
        parsed("{\"watchdog\": {\"top\": {\"page\": 7}, \"q\": 0.1}}");
    const json_t *watchdog = config_section(&config, "watchdog");
    const json_t *top = json_object_get(watchdog, "top");

    (void)state;
    assert_string_equal(json_text(watchdog, "source", ""), "events");
    assert_string_equal(json_text(watchdog, "signals", ""), "auto");
    assert_int_equal(json_array_size(json_object_get(watchdog, "segments")), 5);
    assert_int_equal(json_int(top, "page", -1), 7);
    assert_int_equal(json_int(top, "browser", -1), 5);
    assert_int_equal(json_int(top, "device", -1), 3);
    assert_int_equal(json_int(top, "release", -1), 5);
    assert_int_equal(json_int(top, "error", -1), 20);
    assert_string_equal(json_text(watchdog, "bots", ""), "exclude");
    assert_true(json_number(watchdog, "q", -1) == 0.1);
    assert_true(json_number(watchdog, "cusum_h", -1) == 6.5);
    assert_true(json_number(watchdog, "cusum_h_child", -1) == 8.5);
    assert_true(json_number(watchdog, "min_exposed", -1) == 20);
    assert_true(json_number(watchdog, "min_excess", -1) == 5);
    assert_true(json_number(watchdog, "min_ratio", -1) == 1.5);
    assert_int_equal(json_array_size(json_object_get(watchdog, "crit")), 3);
    assert_true(json_number(watchdog, "max_rejected_pct", -1) == 1);
    assert_string_equal(json_text(watchdog, "scratch", ""), "/var/tmp");
    assert_int_equal(json_int(watchdog, "quick_back_s", -1), 10);
    assert_int_equal(json_int(watchdog, "retry_s", -1), 30);
    assert_string_equal(json_text(watchdog, "checkout_pages", ""),
                        "(?i)/(checkout|cart|payment)");
    config_release(&config);
}

static void defaults_that_depend_on_more_are_left_to_the_tool(void **state)
{
    struct config config = parsed("{\"watchdog\":{},\"sources\":{"
                                  "\"a\":{\"type\":\"jsonl\",\"path\":\"x\"}}}");
    const json_t *watchdog = config_section(&config, "watchdog");

    (void)state;
    assert_null(json_object_get(watchdog, "min_affected"));
    assert_null(json_object_get(watchdog, "new_error_min"));
    assert_null(json_object_get(watchdog, "own_hosts"));
    assert_null(json_at(config.root, "/sources/a/lag_h")); // the preset's
    config_release(&config);
}

static void sources_get_the_defaults_of_their_type(void **state)
{
    struct config config =
        parsed("{\"sources\":{\"a\":{\"type\":\"jsonl\",\"path\":\"-\"},"
               "\"b\":{\"type\":\"access_log\",\"path\":[\"x\",\"y\"]}}}");
    const json_t *a = json_at(config.root, "/sources/a");
    const json_t *b = json_at(config.root, "/sources/b");

    (void)state;
    assert_string_equal(json_text(a, "preset", ""), "generic");
    assert_null(json_object_get(a, "format"));
    assert_string_equal(json_text(b, "format", ""), "auto");
    assert_int_equal(json_int(b, "lag_h", -1), 1);
    assert_int_equal(json_array_size(json_object_get(b, "assets")), 20);
    assert_null(json_object_get(b, "preset"));
    config_release(&config);
}

static void comments_are_allowed_anywhere_and_gone_afterwards(void **state)
{
    struct config config = parsed(
        "{\"//\": 1, \"sources\": {\"// old\": \"x\", \"a\": {\"//\": [], \"type\": \"jsonl\","
        "\"path\": \"x\", \"events\": {\"//n\": 0, \"search\": [\"s\"]},"
        "\"fields\": {\"//\": 0}}}, \"watchdog\": {\"//\": {\"a\": 1}, \"top\": {\"//\": null}},"
        "\"mute\": [{\"//\": 0, \"id\": \"a\", \"until\": \"2026-01-01\", \"why\": \"b\"}]}");
    json_t *sources = json_at(config.root, "/sources");

    (void)state;
    assert_int_equal(json_object_size(sources), 1);
    assert_int_equal(json_object_size(json_at(sources, "/a/events")), 1);
    assert_null(json_at(config.root, "/watchdog/~1~1"));
    config_release(&config);
}

static void faults_of_json_itself_are_named_with_their_line(void **state)
{
    (void)state;
    assert_non_null(strstr(refusal("{\n\"site\":,}"), "rounds.json:2:"));
    assert_non_null(
        strstr(refusal("{\"as_of\":null,\n\"as_of\":null}"), "duplicate key"));
    assert_non_null(strstr(refusal("{}\n{}"), "rounds.json:2:"));
    assert_non_null(strstr(refusal("[]"), "not a JSON object"));
    assert_non_null(strstr(refusal(""), "empty"));
}

static void a_long_pointer_leaves_room_for_what_is_wrong(void **state)
{
    char *key = arena_new(&arena, char, 5001);

    (void)state;
    memset(key, 'k', 5000);
    assert_non_null(
        strstr(refusal(str_format(&arena, "{\"%s\":1}", key)), ": unknown key"));
}

static void config_err_names_file_line_and_pointer(void **state)
{
    struct config config = parsed("{\n\"watchdog\": {\n\"source\": \"a\"}}");
    struct err err = {0};

    (void)state;
    assert_false(
        config_err(&config, "/watchdog/source", &err, "'%s' is not in 'sources'", "a"));
    assert_string_equal(
        err.text, "shop/rounds.json:3: /watchdog/source: 'a' is not in 'sources'");
    assert_false(config_err(&config, "", &err, "no watchdog"));
    assert_string_equal(err.text, "shop/rounds.json:1: no watchdog");
    config_release(&config);
}

static void a_file_is_loaded_and_a_missing_one_named_with_the_remedy(void **state)
{
    const char *folder = getenv("TMPDIR");
    char *path =
        str_format(&arena, "%s/rounds-config-XXXXXX", folder ? folder : "build");
    static const char text[] = "{\"timezone\": \"Europe/Berlin\"}";
    struct config config;
    struct err err = {0};
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    assert_int_equal(close(fd), 0);
    assert_true(config_load(path, &arena, &config, &err));
    assert_string_equal(config.timezone, "Europe/Berlin");
    assert_string_equal(config.folder, folder ? folder : "build");
    config_release(&config);
    assert_int_equal(unlink(path), 0);
    assert_false(config_load(path, &arena, &config, &err));
    assert_non_null(strstr(err.text, "there is no such file; name yours with -c"));
}

/* Walks the schema: every property has a description (of its own or of what it refers
 * to), objects are closed, and each default is valid. */
static void inspect(const json_t *part, const json_t *root, size_t *seen)
{
    const json_t *properties = json_object_get(part, "properties");
    const char *key;
    json_t *property;

    if (json_object_get(part, "properties") &&
        json_object_get(part, "patternProperties"))
        assert_true(json_is_false(json_object_get(part, "additionalProperties")) ||
                    json_is_object(json_object_get(part, "additionalProperties")));
    json_object_foreach((json_t *)properties, key, property)
    {
        const char *ref = json_string_value(json_object_get(property, "$ref"));
        const json_t *target = ref ? json_at(root, ref + 1) : property;

        assert_non_null(target);
        if (json_is_object(property) && !json_object_get(property, "description") &&
            !json_object_get(target, "description") &&
            !json_object_get(property, "enum") &&
            !strstr(ref ? ref : "", "event_names"))
            fail_msg("%s has no description", key);
        (*seen)++;
        if (!ref)
            inspect(property, root, seen);
    }
}

static void the_schema_describes_each_key_and_refers_to_what_is_there(void **state)
{
    // the one built in has no descriptions
    json_t *schema =
        json_load_file("shared/rounds.schema.json", JSON_REJECT_DUPLICATES, NULL);
    const char *name;
    json_t *definitions, *definition;
    size_t seen = 0;

    (void)state;
    assert_non_null(schema);
    inspect(schema, schema, &seen);
    definitions = json_object_get(schema, "$defs");
    json_object_foreach(definitions, name, definition)
    {
        inspect(definition, schema, &seen);
    }
    assert_true(seen > 80);
    json_decref(schema);
}

/* Defaults are checked like values, so this run checks all of them. */
static void every_default_of_the_schema_is_valid(void **state)
{
    accept("{\"watchdog\":{},\"sources\":{\"a\":{\"type\":\"jsonl\",\"path\":\"x\"},"
           "\"b\":{\"type\":\"access_log\",\"path\":\"x\"}}}");
    (void)state;
}

/* run-all.md, section 2. */
static void the_daily_run_has_its_defaults_without_a_section(void **state)
{
    struct config config = parsed("{}");
    const json_t *run_all = config_section(&config, "run_all");

    (void)state;
    assert_int_equal(json_int(json_at(run_all, "/timeout_s"), "watchdog", 0), 300);
    assert_int_equal(json_int(json_at(run_all, "/timeout_s"), "i18ncheck", 0), 300);
    assert_int_equal(json_int(json_at(run_all, "/timeout_s"), "seocheck", 0), 3600);
    assert_int_equal(json_int(json_at(run_all, "/memory_mib"), "bandit", 0), 1024);
    assert_int_equal(json_int(json_at(run_all, "/memory_mib"), "perfcheck", 0), 1024);
    assert_int_equal(json_int(json_at(run_all, "/memory_mib"), "seocheck", 0), 2048);
    assert_int_equal(json_int(run_all, "fresh_hours", 0), 48);
    assert_string_equal(json_text(json_at(run_all, "/commit"), "remote", ""), "origin");
    assert_null(json_at(run_all, "/commit/branch"));
    assert_int_equal(json_array_size(json_at(run_all, "/notify")), 0);
    assert_null(json_at(run_all, "/ping"));
    config_release(&config);
}

static void what_is_said_of_the_daily_run_is_kept(void **state)
{
    struct config config =
        parsed("{\"run_all\":{\"timeout_s\":{\"bandit\":86400},"
               "\"memory_mib\":{\"bandit\":0,\"watchdog\":64},\"fresh_hours\":8760,"
               "\"commit\":{\"branch\":\"rounds/state\",\"name\":\"Kim\"},"
               "\"notify\":[{\"type\":\"slack\",\"url_env\":\"HOOK\"}],"
               "\"ping\":{\"url_file\":\"ping\"}}}");
    const json_t *run_all = config_section(&config, "run_all");

    (void)state;
    assert_int_equal(json_int(json_at(run_all, "/timeout_s"), "bandit", 0), 86400);
    assert_int_equal(json_int(json_at(run_all, "/timeout_s"), "watchdog", 0), 300);
    assert_int_equal(json_int(json_at(run_all, "/memory_mib"), "bandit", -1), 0);
    assert_string_equal(json_text(json_at(run_all, "/commit"), "branch", ""),
                        "rounds/state");
    assert_string_equal(json_text(json_at(run_all, "/notify/0"), "min", ""), "warn");
    config_release(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_configuration_is_read),
        cmocka_unit_test(an_empty_configuration_is_one),
        cmocka_unit_test(missing_keys_of_watchdog_get_their_defaults),
        cmocka_unit_test(defaults_that_depend_on_more_are_left_to_the_tool),
        cmocka_unit_test(sources_get_the_defaults_of_their_type),
        cmocka_unit_test(comments_are_allowed_anywhere_and_gone_afterwards),
        cmocka_unit_test(faults_of_json_itself_are_named_with_their_line),
        cmocka_unit_test(a_long_pointer_leaves_room_for_what_is_wrong),
        cmocka_unit_test(config_err_names_file_line_and_pointer),
        cmocka_unit_test(a_file_is_loaded_and_a_missing_one_named_with_the_remedy),
        cmocka_unit_test(the_schema_describes_each_key_and_refers_to_what_is_there),
        cmocka_unit_test(every_default_of_the_schema_is_valid),
        cmocka_unit_test(the_daily_run_has_its_defaults_without_a_section),
        cmocka_unit_test(what_is_said_of_the_daily_run_is_kept),
    };

    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
