/* rounds.json into memory, valid and complete. What a section means is its tool's. */
#include "shared/config.h"

#include <assert.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "shared/clock.h"
#include "shared/file.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/schema.h"

#include "shared/banned.h"

enum { POINTER_SHOWN_MAX = 200 }; // so that what is wrong still fits

/* shared/rounds.schema.json itself: ld -r -b binary */
// NOLINTBEGIN(readability-identifier-naming): ld makes these names
extern const char _binary_shared_rounds_schema_json_start[];
extern const char _binary_shared_rounds_schema_json_end[];

// NOLINTEND(readability-identifier-naming)

bool config_err(const struct config *config, const char *pointer, struct err *err,
                const char *format, ...)
{
    struct err what;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(what.text, sizeof what.text, format, args);
    va_end(args);
    return err_set(err, "%s:%zu: %.*s%s%s", config->path,
                   json_line(config->bytes, pointer), POINTER_SHOWN_MAX, pointer,
                   *pointer ? ": " : "", what.text);
}

static bool is_comment(const char *key)
{
    return key[0] == '/' && key[1] == '/';
}

/* Takes keys beginning with two slashes out everywhere, so that nobody below meets
 * them. Recursion ends at CONFIG_DEPTH_MAX, which loading has made sure of. */
static void drop_comments(json_t *json)
{
    const char *key;
    json_t *value;
    void *next;

    for (size_t i = 0; i < json_array_size(json); i++)
        drop_comments(json_array_get(json, i));
    json_object_foreach_safe(json, next, key, value)
    {
        if (is_comment(key))
            (void)json_object_del(json, key);
        else
            drop_comments(value);
    }
}

static bool validate(struct config *config, json_t *root, struct arena *arena,
                     struct err *err)
{
    const char *at = _binary_shared_rounds_schema_json_start;
    // cppcheck-suppress comparePointers; they are the two ends of one text
    size_t n = (size_t)(_binary_shared_rounds_schema_json_end - at);
    OWN(json) schema = json_loadb(at, n, JSON_REJECT_DUPLICATES, NULL);
    struct schema_fault fault;

    if (!schema) // it is ours and valid
        return err_set(err, "cannot read the schema of '%s': out of memory",
                       config->path);
    drop_comments(root);
    if (!schema_apply(schema, root, arena, &fault))
        return config_err(config, fault.pointer, err, "%s", fault.what.text);
    return true;
}

static int32_t day_of(const char *text)
{
    int32_t day = 0;
    bool is_day = day_parse(text, strlen(text), &day);

    assert(is_day); // the schema's format
    return day;
}

static void read_mutes(const json_t *array, struct arena *arena, struct config *config)
{
    struct mute *mutes = arena_new(arena, struct mute, json_array_size(array));

    config->nmutes = json_array_size(array);
    for (size_t i = 0; i < config->nmutes; i++) {
        const json_t *mute = json_array_get(array, i);

        mutes[i] = (struct mute){
            .id = json_text(mute, "id", ""),
            .until = day_of(json_text(mute, "until", "")),
            .why = json_text(mute, "why", ""),
            .who = json_text(mute, "who", ""),
        };
    }
    config->mutes = mutes;
}

bool config_parse(struct str bytes, const char *name, struct arena *arena,
                  struct config *config, struct err *err)
{
    struct config read = {.path = name,
                          .folder = file_folder(arena, name),
                          .bytes = bytes};
    OWN(json) root = NULL;
    const char *as_of;

    if (!json_load_strict(bytes, name, CONFIG_DEPTH_MAX, CONFIG_KEYS_MAX, &root, err) ||
        !validate(&read, root, arena, err))
        return false;
    read.site = json_text(root, "site", "");
    read.timezone = json_text(root, "timezone", "");
    as_of = json_text(root, "as_of", NULL);
    read.has_as_of = as_of != NULL;
    if (as_of)
        read.as_of = day_of(as_of);
    read_mutes(json_object_get(root, "mute"), arena, &read);
    read.root = take(&root);
    *config = read;
    return true;
}

bool config_load(const char *path, struct arena *arena, struct config *config,
                 struct err *err)
{
    struct str bytes;
    bool absent = false;

    if (!file_read_if_there(AT_FDCWD, path, CONFIG_BYTES_MAX, false, arena, &bytes,
                            &absent, err))
        return false;
    if (absent)
        return err_set(err,
                       "cannot read '%s': there is no such file; name yours with -c",
                       path);
    return config_parse(bytes, path, arena, config, err);
}

void config_release(struct config *config)
{
    json_decref(config->root);
    config->root = NULL;
}

bool config_enter_zone(const struct config *config, struct err *err)
{
    struct err cause;

    return zone_enter(config->timezone, &cause) ||
           config_err(config, "/timezone", err, "%s", cause.text);
}

const json_t *config_section(const struct config *config, const char *tool)
{
    return json_object_get(config->root, tool);
}
