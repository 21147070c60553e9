/* Which files say what is asserted, and what they say: a lighthouserc in JSON, a
 * budgets file. Decides nothing about it. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "perfcheck/assert.h"
#include "shared/file.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"

#include "shared/banned.h"

static const char *const found_alone[] = {"lighthouserc.json", ".lighthouserc.json"};

/* Lighthouse CI runs or reads these; here they are only named. */
static const char *const not_read[] = {"lighthouserc.js",   ".lighthouserc.js",
                                       "lighthouserc.cjs",  ".lighthouserc.cjs",
                                       "lighthouserc.yml",  ".lighthouserc.yml",
                                       "lighthouserc.yaml", ".lighthouserc.yaml"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Lighthouse CI makes each dot in a key a colon: such keys go behind all others, and
 * win over a key that is written with the colon. */
static void dots_to_colons(json_t *options, struct arena *arena)
{
    json_t *assertions = json_object_get(options, "assertions"), *made, *value;
    const char *key;

    if (!json_is_object(assertions))
        return;
    made = json_object();
    for (int dotted = 0; dotted <= 1; dotted++)
        json_object_foreach(assertions, key, value)
        {
            char *name = str_copy(arena, key, strlen(key));

            if ((strchr(key, '.') != NULL) != (dotted == 1))
                continue;
            for (char *at = name; *at != '\0'; at++)
                if (*at == '.')
                    *at = ':';
            json_put(made, name, json_incref(value));
        }
    json_put(options, "assertions", made);
}

static bool take_options(const json_t *rc, json_t **options, struct err *err)
{
    const json_t *ci = json_object_get(rc, "ci");
    json_t *assert = json_object_get(ci, "assert");

    if (json_object_get(rc, "lhci") || json_object_get(rc, "ci:client"))
        return err_set(err, "only 'ci' is read; rename the key");
    if (json_object_get(rc, "extends") || json_object_get(ci, "extends") ||
        json_object_get(assert, "extends"))
        return err_set(err, "'extends' is not read; put everything into one file");
    if (ci && !json_is_object(ci))
        return err_set(err, "'ci' is not an object");
    if (assert && !json_is_object(assert))
        return err_set(err, "'ci/assert' is not an object");
    *options = assert ? json_incref(assert) : json_object();
    return true;
}

bool assert_rc_parse(struct str bytes, const char *name, struct arena *arena,
                     json_t **options, const char **budgets_file, struct err *err)
{
    OWN(json) rc = NULL;
    OWN(json) read = NULL;
    const json_t *budgets;
    json_t *entry;
    size_t i;

    if (!json_load_strict(bytes, name, CONFIG_DEPTH_MAX, CONFIG_KEYS_MAX, &rc, err))
        return false;
    if (!take_options(rc, &read, err))
        return err_wrap(err, "%s", name);
    budgets = json_object_get(read, "budgetsFile");
    if (budgets && !json_is_null(budgets) && !json_is_string(budgets))
        return err_set(err, "%s: 'ci/assert/budgetsFile' is no text", name);
    dots_to_colons(read, arena);
    json_array_foreach(json_object_get(read, "assertMatrix"), i, entry)
    {
        dots_to_colons(entry, arena);
    }
    *budgets_file = NULL;
    if (json_string_length(budgets) > 0)
        *budgets_file =
            str_copy(arena, json_string_value(budgets), json_string_length(budgets));
    *options = take(&read);
    return true;
}

static bool ends_in(const char *path, const char *ending)
{
    return str_ends(str_of(path), str_of(ending));
}

static bool find_rc(const char **rc, struct err *err)
{
    for (size_t i = 0; i < COUNT(found_alone); i++)
        if (access(found_alone[i], F_OK) == 0) {
            *rc = found_alone[i];
            return true;
        }
    for (size_t i = 0; i < COUNT(not_read); i++)
        if (access(not_read[i], F_OK) == 0)
            return err_set(err,
                           "'%s' is not read; write it as lighthouserc.json, or name a "
                           "JSON file with -c",
                           not_read[i]);
    return err_set(err, "no lighthouserc.json here; name one with -c, or budgets with "
                        "--budgets");
}

static bool read_rc(const char *path, struct arena *arena, json_t **options,
                    const char **budgets_file, struct err *err)
{
    struct str bytes;

    if (ends_in(path, ".js") || ends_in(path, ".cjs") || ends_in(path, ".yml") ||
        ends_in(path, ".yaml"))
        return err_set(err, "'%s' is not JSON; write it as lighthouserc.json", path);
    return file_read(AT_FDCWD, path, CONFIG_BYTES_MAX, false, arena, &bytes, err) &&
           assert_rc_parse(bytes, path, arena, options, budgets_file, err);
}

static bool read_budgets(const char *path, struct arena *arena, json_t **options,
                         struct err *err)
{
    OWN(json) budgets = NULL;
    struct str bytes;

    if (!file_read(AT_FDCWD, path, CONFIG_BYTES_MAX, false, arena, &bytes, err) ||
        !json_load_list(bytes, path, CONFIG_DEPTH_MAX, CONFIG_KEYS_MAX, &budgets, err))
        return false;
    return assert_budgets_parse(budgets, arena, options, err) ||
           err_wrap(err, "%s", path);
}

bool assert_rc_load(const char *rc, const char *budgets, struct arena *arena,
                    json_t **options, const char **read, struct err *err)
{
    static const char *const excluded[] = {"assertions", "assertMatrix", "preset"};
    OWN(json) said = NULL;
    const char *named = NULL;
    json_t *lhr;

    if (!rc && !budgets && !find_rc(&rc, err))
        return false;
    if (rc && !read_rc(rc, arena, &said, &named, err))
        return false;
    if (!budgets)
        budgets = named;
    *read = budgets ? budgets : rc;
    if (!budgets) {
        *options = take(&said);
        return true;
    }
    for (size_t i = 0; i < COUNT(excluded); i++)
        if (json_object_get(said, excluded[i]))
            return err_set(err, "'%s' has '%s' beside budgets; choose one", rc,
                           excluded[i]);
    if (!read_budgets(budgets, arena, options, err))
        return false;
    lhr = json_object_get(said, "lhr");
    if (lhr)
        json_put(*options, "lhr", json_incref(lhr));
    return true;
}
