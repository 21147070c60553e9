/* Jobs for rounds-supervise from the configuration. */
#include "shared/plan.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "shared/clock.h"
#include "shared/json.h"
#include "shared/limits.h"

#include "shared/banned.h"

enum {
    GRACE_S = 2,        // between TERM and KILL
    PATIENCE_S = 10,    // beyond the tool's own --timeout
    FSIZE_MIB = 64,     // as history may have
    NOFILE = 256,       // spilling takes 64, a crawl up to 64
    ENV_NAMES_MAX = 48, // so that a job's environment holds them and what all get
};

/* ---- secrets ---- */

struct env_names {
    const char *item[ENV_NAMES_MAX];
    size_t n;
};

static bool is_env_name(const char *name)
{
    for (const char *at = name; *at; at++)
        if (!isalpha((unsigned char)*at) && *at != '_' &&
            !(at > name && isdigit((unsigned char)*at)))
            return false;
    return name[0] != '\0';
}

static bool add_name(struct env_names *names, const char *name, struct err *err)
{
    if (!is_env_name(name))
        return err_set(err, "'%s' is no name of an environment variable", name);
    for (size_t i = 0; i < names->n; i++)
        if (strcmp(names->item[i], name) == 0)
            return true;
    if (names->n == ENV_NAMES_MAX)
        return err_set(err, "more than %d environment variables", ENV_NAMES_MAX);
    names->item[names->n++] = name;
    return true;
}

/* The values of keys that end in `_env`, here and below. Recursion ends at
 * CONFIG_DEPTH_MAX, which loading has made sure of. */
static bool add_names(const json_t *part, struct env_names *names, struct err *err)
{
    const char *key;
    json_t *value;

    for (size_t i = 0; i < json_array_size(part); i++)
        if (!add_names(json_array_get(part, i), names, err))
            return false;
    json_object_foreach((json_t *)part, key, value) // the macro only reads
    {
        bool is_name = str_ends(str_of(key), STR("_env")) && json_is_string(value);

        if (is_name ? !add_name(names, json_string_value(value), err)
                    : !add_names(value, names, err))
            return false;
    }
    return true;
}

/* Those of the sources that `name` names: a text, an array of texts, or the tool's
 * default where it names none. */
static bool add_source(const struct config *config, const json_t *name,
                       struct env_names *names, struct err *err)
{
    const json_t *sources = json_object_get(config->root, "sources");

    if (!json_is_array(name))
        return add_names(json_object_get(sources,
                                         name ? json_string_value(name) : "events"),
                         names, err);
    for (size_t i = 0; i < json_array_size(name); i++)
        if (!add_source(config, json_array_get(name, i), names, err))
            return false;
    return true;
}

/* The source of an experiment: its own, else the default one, unless it has counts. */
static bool add_experiment(const struct config *config, const json_t *experiment,
                           struct env_names *names, struct err *err)
{
    const json_t *const level[] = {experiment,
                                   json_at(config->root, "/bandit/defaults")};

    for (size_t i = 0; i < 2; i++) {
        const json_t *source = json_object_get(level[i], "source");

        if (source)
            return add_source(config, source, names, err);
        if (json_object_get(level[i], "counts"))
            return true;
    }
    return add_source(config, NULL, names, err);
}

/* Those of the sources that a tool reads; seocheck and i18ncheck read none. */
static bool add_sources(const struct config *config, const char *tool,
                        struct env_names *names, struct err *err)
{
    const json_t *section = config_section(config, tool);
    const char *id;
    json_t *experiment;

    if (strcmp(tool, "watchdog") == 0)
        return add_source(config, json_object_get(section, "source"), names, err);
    if (strcmp(tool, "perfcheck") == 0)
        return json_is_null(json_object_get(section, "rum")) ||
               add_source(config, json_at(section, "/rum/source"), names, err);
    if (strcmp(tool, "bandit") != 0)
        return true;
    json_object_foreach(json_object_get(section, "experiments"), id, experiment)
    {
        if (!add_experiment(config, experiment, names, err))
            return false;
    }
    return true;
}

bool plan_env(const struct config *config, const char *tool, struct arena *arena,
              const char **names, struct err *err)
{
    struct env_names found = {.n = 0};
    struct buf out;

    if (!add_names(config_section(config, tool), &found, err) ||
        !add_sources(config, tool, &found, err))
        return err_wrap(err, "cannot plan %s", tool);
    buf_init(&out, arena, CONFIG_BYTES_MAX);
    for (size_t i = 0; i < found.n; i++)
        buf_printf(&out, "%s%s", i > 0 ? "," : "", found.item[i]);
    *names = found.n > 0 ? out.at : "-";
    return true;
}

/* ---- which tools ---- */

static bool no_such_tool(const struct config *config, struct str name, struct err *err)
{
    char configured[128] = "";
    size_t used = 0;

    for (size_t t = 0; t < TOOL_COUNT; t++)
        if (config_section(config, tool_names[t]))
            used += (size_t)snprintf(configured + used, sizeof configured - used, " %s",
                                     tool_names[t]);
    return err_set(err, "--only '%.*s': no such tool in '%s'; it has:%s",
                   (int)(name.n < 80 ? name.n : 80), name.at, config->path, configured);
}

bool plan_tools(const struct config *config, const char *only,
                bool is_wanted[TOOL_COUNT], struct err *err)
{
    struct str name[2 * TOOL_COUNT];
    const size_t most = sizeof name / sizeof *name;
    bool wanted[TOOL_COUNT] = {false};
    size_t n = only ? str_split(str_of(only), ',', name, most) : 0;
    bool has_any = false;

    if (n > most)
        return err_set(err, "--only names %zu tools; there are %d", n, TOOL_COUNT);
    for (size_t t = 0; t < TOOL_COUNT; t++) {
        wanted[t] = !only && config_section(config, tool_names[t]);
        has_any = has_any || wanted[t];
    }
    for (size_t i = 0; i < n; i++) {
        size_t t = 0;

        while (t < TOOL_COUNT && (!str_equal(name[i], str_of(tool_names[t])) ||
                                  !config_section(config, tool_names[t])))
            t++;
        if (t == TOOL_COUNT)
            return no_such_tool(config, name[i], err);
        wanted[t] = has_any = true;
    }
    if (!has_any)
        return config_err(config, "", err,
                          "no tool has a section; add one, such as \"watchdog\"");
    memcpy(is_wanted, wanted, sizeof wanted);
    return true;
}

/* ---- jobs ---- */

static bool add_field(struct buf *out, const char *text, struct err *err)
{
    if (strpbrk(text, "\t\n"))
        return err_set(err, "cannot plan '%s': a tab or newline in it", text);
    if (out->n > 0 && out->at[out->n - 1] != '\n')
        buf_add_text(out, "\t");
    buf_add_text(out, text);
    return true;
}

static bool add_fields(struct buf *out, const char *const *text, size_t n,
                       struct err *err)
{
    for (size_t i = 0; i < n; i++)
        if (!add_field(out, text[i], err))
            return false;
    return true;
}

/* The options of the run that mean the same to each tool. */
static bool add_options(const struct plan_request *request, const char *tool,
                        struct buf *out, struct err *err)
{
    const struct options *opt = request->opt;
    const char *day = str_format(out->arena, "%s", day_text(opt->as_of).text);

    const struct {
        bool is_given;
        const char *name, *value;
    } option[] = {
        {opt->has_as_of, "--as-of", day},
        {opt->fail_on != FAIL_ON_WARN, "--fail-on", cli_fail_on_word(opt->fail_on)},
        {opt->sandbox != SANDBOX_BEST_EFFORT, "--sandbox",
         cli_sandbox_word(opt->sandbox)},
        {opt->verbose, "--verbose", NULL},
        {request->git_log && strcmp(tool, "i18ncheck") == 0, "--git-log",
         request->git_log},
    };

    for (size_t i = 0; i < sizeof option / sizeof *option; i++)
        if (option[i].is_given &&
            (!add_field(out, option[i].name, err) ||
             (option[i].value && !add_field(out, option[i].value, err))))
            return false;
    return true;
}

static bool add_job(const struct config *config, const struct plan_request *request,
                    size_t t, struct buf *out, struct err *err)
{
    struct arena *arena = out->arena;
    const char *tool = tool_names[t], *env;
    const json_t *run_all = config_section(config, "run_all");
    int64_t timeout_s = json_int(json_object_get(run_all, "timeout_s"), tool, 0);
    int64_t memory_mib = json_int(json_object_get(run_all, "memory_mib"), tool, 0);
    const char *timeout = str_format(arena, "%lld", (long long)timeout_s);

    if (!config_section(config, tool))
        return config_err(config, "", err, "%s has no section", tool);
    if (!plan_env(config, tool, arena, &env, err))
        return false;
    const char *const field[] = {
        tool,
        str_format(arena, "%lld", (long long)timeout_s + PATIENCE_S),
        str_format(arena, "%d", GRACE_S),
        str_format(arena, "%lld", (long long)memory_mib),
        str_format(arena, "%d", FSIZE_MIB),
        str_format(arena, "%d", NOFILE),
        str_format(arena, "%s/%s.json", request->work, tool),
        str_format(arena, "%s/%s.err", request->work, tool),
        str_format(arena, "%s/%s.record", request->work, tool),
        env,
        request->program[t],
        "run",
        "--config",
        request->opt->config_path,
        "--state",
        request->state,
        "--format",
        "json",
        "--timeout",
        timeout,
    };
    if (!add_fields(out, field, sizeof field / sizeof *field, err) ||
        !add_options(request, tool, out, err))
        return false;
    buf_add_text(out, "\n");
    return true;
}

bool plan_format(const struct config *config, const struct plan_request *request,
                 struct buf *out, struct err *err)
{
    for (size_t t = 0; t < TOOL_COUNT; t++)
        if (request->program[t] && !add_job(config, request, t, out, err))
            return false;
    return true;
}
