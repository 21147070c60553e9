/* The verb usage: which keys source code uses, and which it lacks. */
#include "i18ncheck/usage.h"

#include <string.h>

#include "i18ncheck/adhoc.h"
#include "i18ncheck/i18ncheck.h"
#include "shared/finding.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/sandbox.h"
#include "shared/state.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { KEY_CHARACTERS = 200 };

/* ---- options ---- */

/* Values of a flag, in the order of the line. */
static const char *const *values_of(const struct options *opt, size_t flag, size_t *n,
                                    struct arena *arena)
{
    const char **value = arena_new(arena, const char *, opt->nvalues);

    *n = 0;
    for (size_t i = 0; i < opt->nvalues; i++)
        if (opt->values[i].flag == flag)
            value[(*n)++] = opt->values[i].text;
    return value;
}

static bool is_function(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_$.";

    return name[0] != '\0' && name[strspn(name, letters)] == '\0';
}

static bool read_options(const struct options *opt, struct usage_rules *usage,
                         struct set *set, struct arena *arena, struct err *err)
{
    const char *catalog = cli_value(opt, FLAG_CATALOG);
    struct catalog_path *path = arena_new(arena, struct catalog_path, 1);

    *usage = (struct usage_rules){0};
    usage->src = values_of(opt, FLAG_SRC, &usage->nsrc, arena);
    usage->wrapper = values_of(opt, FLAG_WRAPPER, &usage->nwrappers, arena);
    if (usage->nsrc == 0)
        return err_set(err, "name a folder of source code with --src");
    if (!catalog)
        return err_set(err, "name the source locale's catalog with --catalog");
    for (size_t i = 0; i < usage->nwrappers; i++)
        if (!is_function(usage->wrapper[i]))
            return err_set(err, "--wrapper '%s' is no name of a function",
                           usage->wrapper[i]);
    // one catalog, whatever its language: no message is compared with another
    *set = (struct set){.base = ".",
                        .checks = check_rules_default(),
                        .rules = {.key_sep = STR("."),
                                  .ns_sep = STR(":"),
                                  .source = "und"}};
    *path = (struct catalog_path){.path = catalog, .locale = set->rules.source};
    set->paths = (struct catalog_paths){.item = path, .n = 1};
    if (!catalog_rules_guess(catalog, cli_value(opt, FLAG_FORMAT_HINT), &set->rules,
                             err))
        return false;
    set->guesses_syntax =
        set->rules.format == CATALOG_JSON && set->rules.syntax == SYNTAX_NONE;
    return true;
}

static bool confine(const struct options *opt, const struct usage_rules *usage,
                    const struct set *set, struct arena *arena, struct err *err)
{
    const char **folder = usage_folders(usage, set->base, arena);
    const char **read = arena_new(arena, const char *, usage->nsrc + 1);
    struct confinement confined;

    for (size_t i = 0; i < usage->nsrc; i++)
        read[i] = folder[i];
    read[usage->nsrc] = cli_value(opt, FLAG_CATALOG);
    return sandbox_enter(&(struct sandbox_plan){.mode = opt->sandbox,
                                                .read = read,
                                                .nread = usage->nsrc + 1},
                         &confined, err);
}

/* ---- JSON ---- */

static json_t *text_to_json(struct str text, struct arena *arena)
{
    return json_string(text_safe(arena, text.at, text.n, KEY_CHARACTERS));
}

static json_t *faults_to_json(const struct usage_fault *fault, size_t n, bool is_prefix,
                              struct arena *arena)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++) {
        json_t *object = json_object();

        json_put(object, is_prefix ? "prefix" : "key",
                 text_to_json(fault[i].key, arena));
        if (is_prefix)
            json_put(object, "suffix", text_to_json(fault[i].suffix, arena));
        json_put(object, "file", text_to_json(str_of(fault[i].file), arena));
        json_put(object, "line", json_integer(fault[i].line));
        json_push(array, object);
    }
    return array;
}

static void put_keys(json_t *root, const struct usage *usage, const struct set *set,
                     struct arena *arena)
{
    json_t *used = json_array(), *perhaps = json_array(), *unused = json_array();

    for (size_t i = 0; i < set->view.n; i++) {
        enum usage_bucket bucket = usage->bucket[i];
        json_t *key = text_to_json(set->view.counted[i]->key, arena);

        if (bucket == USAGE_USED || bucket == USAGE_UNUSED) {
            json_push(bucket == USAGE_USED ? used : unused, key);
        } else {
            json_t *object = json_object();

            json_put(object, "key", key);
            json_put(object, "why", json_string(usage_why(bucket)));
            json_push(perhaps, object);
        }
    }
    json_put(root, "used", used);
    json_put(root, "undeterminable", perhaps);
    json_put(root, "unused", unused);
}

static bool format_json(const struct usage *usage, const struct set *set,
                        struct arena *arena, struct buf *out, struct err *err)
{
    OWN(json) root = json_object();
    struct str bytes;

    put_keys(root, usage, set, arena);
    json_put(root, "undefined",
             faults_to_json(usage->undefined, usage->nundefined, false, arena));
    json_put(root, "undefined_prefixes",
             faults_to_json(usage->undefined_prefix, usage->nundefined_prefixes, true,
                            arena));
    json_put(root, "opaque_calls", json_integer(usage->opaque));
    json_put(root, "files", json_integer(usage->files));
    json_put(root, "bytes", json_integer(usage->bytes));
    if (!state_json_format(root, arena, &bytes, err))
        return false;
    buf_add(out, bytes.at, bytes.n);
    return true;
}

/* ---- text ---- */

static void add_faults(const struct usage_fault *fault, size_t n, enum check_id check,
                       struct arena *arena, struct buf *out)
{
    for (size_t i = 0; i < n; i++) {
        buf_printf(out, "%s %s %s", severity_word(check_severity(check)),
                   check_word(check),
                   text_safe(arena, fault[i].key.at, fault[i].key.n, KEY_CHARACTERS));
        if (check == CHECK_UNDEFINED_PREFIX)
            buf_printf(out, "...%s",
                       text_safe(arena, fault[i].suffix.at, fault[i].suffix.n,
                                 KEY_CHARACTERS));
        buf_printf(out, ": %s:%u\n",
                   text_safe(arena, fault[i].file, strlen(fault[i].file),
                             PATH_BYTES_MAX),
                   (unsigned)fault[i].line);
    }
}

static void add_keys(const struct usage *usage, const struct set *set,
                     enum check_id check, struct arena *arena, struct buf *out)
{
    for (size_t i = 0; i < set->view.n; i++) {
        enum usage_bucket bucket = usage->bucket[i];
        struct str key = set->view.counted[i]->key;

        if (bucket == USAGE_USED || (bucket == USAGE_UNUSED) != (check == CHECK_UNUSED))
            continue;
        buf_printf(out, "%s %s %s%s%s\n", severity_word(check_severity(check)),
                   check_word(check), text_safe(arena, key.at, key.n, KEY_CHARACTERS),
                   bucket == USAGE_UNUSED ? "" : ": ", usage_why(bucket));
    }
}

static void format_text(const struct usage *usage, const struct set *set,
                        struct arena *arena, struct buf *out)
{
    buf_printf(out,
               "%zu key%s: %zu used, %zu undeterminable, %zu unused; %zu undefined, "
               "%lld opaque call%s in %lld file%s\n",
               set->view.n, set->view.n == 1 ? "" : "s", usage->count[USAGE_USED],
               usage_undeterminable(usage), usage->count[USAGE_UNUSED],
               usage->nundefined, (long long)usage->opaque,
               usage->opaque == 1 ? "" : "s", (long long)usage->files,
               usage->files == 1 ? "" : "s");
    add_faults(usage->undefined, usage->nundefined, CHECK_UNDEFINED_KEY, arena, out);
    add_faults(usage->undefined_prefix, usage->nundefined_prefixes,
               CHECK_UNDEFINED_PREFIX, arena, out);
    add_keys(usage, set, CHECK_UNUSED, arena, out);
    add_keys(usage, set, CHECK_UNDETERMINABLE, arena, out);
}

/* ---- the verb ---- */

static int exit_status(const struct usage *usage, enum fail_on fail_on,
                       struct arena *arena)
{
    struct findings findings = {0};

    if (usage->nundefined > 0)
        findings_add(&findings, arena,
                     (struct finding){.id = check_word(CHECK_UNDEFINED_KEY),
                                      .message = "",
                                      .severity = check_severity(CHECK_UNDEFINED_KEY)});
    return findings_exit_status(&findings, fail_on); // all others are info
}

static bool print_usage(const struct options *opt, struct arena *arena, int *status,
                        struct err *err)
{
    struct usage_rules rules = {0};
    struct mentions mentions;
    struct hits hits = {0};
    struct usage usage;
    struct set set = {0};
    struct buf out;

    if (!read_options(opt, &rules, &set, arena, err) ||
        !confine(opt, &rules, &set, arena, err) ||
        !set_open(&set, NULL, &hits, arena, err) ||
        !usage_collect(&rules, &set, arena, &mentions, err))
        return false;
    if (mentions.files == 0)
        return err_set(err,
                       "no source file in '%s'; it knows js jsx ts tsx mjs cjs vue "
                       "svelte astro rb erb haml slim py c h php twig java kt xml",
                       rules.src[0]);
    usage = usage_measure(&mentions, &rules, &set, arena);
    buf_init(&out, arena, REPORT_BYTES_MAX);
    if (!adhoc_is_json(opt))
        format_text(&usage, &set, arena, &out);
    else if (!format_json(&usage, &set, arena, &out, err))
        return false;
    *status = exit_status(&usage, opt->fail_on, arena);
    return report_print(&out, err);
}

int i18ncheck_usage(const struct options *opt, struct err *err)
{
    int status = VERDICT_UNKNOWN;
    struct arena arena;

    arena_init(&arena, ARENA_BYTES_MAX);
    if (!print_usage(opt, &arena, &status, err))
        status = VERDICT_UNKNOWN;
    arena_release(&arena);
    return status;
}
