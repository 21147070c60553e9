/*
 * A plan, both ways. The bytes as a plan: what is read of it, printed, reads as the
 * same. The bytes as what a plan is made of, parted by NULs (paths, then the name of a
 * secret): it is refused for a tab, a newline or a name that is none, else
 * rounds-supervise reads just these.
 */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "shared/job.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/plan.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CONFIG, STATE, WORK, GIT_LOG, SECRET, PROGRAMS, TEXTS = PROGRAMS + TOOL_COUNT };

static void must(bool claim)
{
    if (!claim)
        abort();
}

static bool parse(struct str plan, struct arena *arena, struct job *jobs, size_t *n)
{
    char *text = arena_new(arena, char, plan.n + 1);
    const char *bad;

    if (plan.n > 0)
        memcpy(text, plan.at, plan.n);
    return jobs_parse(text, plan.n, jobs, n, &bad);
}

/* ---- as a plan ---- */

static struct str print(const struct job *jobs, size_t n, struct arena *arena)
{
    struct buf out;

    buf_init(&out, arena, 2 * MIB);
    for (size_t j = 0; j < n; j++) {
        const struct job *job = &jobs[j];

        buf_printf(&out, "%s\t%ld\t%ld\t%ld\t%ld\t%ld\t%s\t%s\t%s\t%s", job->name,
                   job->timeout_s, job->grace_s, job->as_mib, job->fsize_mib,
                   job->nofile, job->out, job->err, job->record, job->env);
        for (size_t a = 0; job->argv[a]; a++)
            buf_printf(&out, "\t%s", job->argv[a]);
        buf_add_text(&out, "\n");
    }
    return buf_str(&out);
}

static void check_plan(struct str plan, struct arena *arena)
{
    static struct job jobs[JOBS_MAX], again[JOBS_MAX];
    size_t n, nagain;
    struct str once;

    if (!parse(plan, arena, jobs, &n))
        return;
    for (size_t j = 0; j < n; j++) {
        must(jobs[j].name[0] && jobs[j].argv[0][0] && jobs[j].timeout_s > 0);
        must(jobs[j].grace_s >= 0 && jobs[j].as_mib >= 0 && jobs[j].nofile >= 0);
    }
    once = print(jobs, n, arena);
    must(once.n <= plan.n); // zeros before a number alone are gone
    must(parse(once, arena, again, &nagain) && nagain == n);
    must(str_equal(once, print(again, n, arena)));
}

/* ---- as what it is made of ---- */

static void split(struct str bytes, struct arena *arena, const char *text[TEXTS])
{
    struct str field[TEXTS];
    size_t n = str_split(bytes, '\0', field, TEXTS);

    for (size_t i = 0; i < TEXTS; i++)
        text[i] = i < n ? str_copy(arena, field[i].at, field[i].n) : "";
}

static bool is_env_name(const char *name)
{
    for (size_t i = 0; name[i]; i++)
        if (!isalnum((unsigned char)name[i]) && name[i] != '_')
            return false;
    return name[0] && !isdigit((unsigned char)name[0]);
}

/* Each tool that is to run has a section, with one secret. */
static json_t *sections(const char *const *program, const char *secret)
{
    json_t *root = json_object();

    for (size_t t = 0; t < TOOL_COUNT; t++) {
        json_t *section = json_object();

        if (secret[0])
            json_put(section, "key_env", json_stringn_nocheck(secret, strlen(secret)));
        json_put(section, "rum", json_null());
        if (program[t][0])
            json_put(root, tool_names[t], section);
        else
            json_decref(section);
    }
    json_put(root, "run_all",
             json_pack("{s:{s:i,s:i,s:i,s:i,s:i},s:{s:i}}", "timeout_s", "watchdog", 1,
                       "bandit", 86400, "perfcheck", 7, "seocheck", 3600, "i18ncheck",
                       300, "memory_mib", "bandit", 64));
    return root;
}

static void check_job(const struct job *job, size_t t, const char *const text[TEXTS],
                      struct arena *arena)
{
    const char *path = str_format(arena, "%s/%s.", text[WORK], tool_names[t]);
    size_t n = strlen(path);

    must(strcmp(job->name, tool_names[t]) == 0);
    must(strcmp(job->env, text[SECRET][0] ? text[SECRET] : "-") == 0);
    must(strncmp(job->out, path, n) == 0 && strcmp(job->out + n, "json") == 0);
    must(strncmp(job->err, path, n) == 0 && strcmp(job->err + n, "err") == 0);
    must(strncmp(job->record, path, n) == 0 && strcmp(job->record + n, "record") == 0);
    must(strcmp(job->argv[0], text[PROGRAMS + t]) == 0);
    must(strcmp(job->argv[1], "run") == 0);
    must(strcmp(job->argv[3], text[CONFIG]) == 0);
    must(strcmp(job->argv[5], text[STATE]) == 0);
    must(job->timeout_s > 10 && job->timeout_s <= 86410);
    if (strcmp(job->name, "i18ncheck") == 0)
        must(strcmp(job->argv[11], text[GIT_LOG]) == 0 && !job->argv[12]);
    else
        must(!job->argv[10]);
}

static void check_request(struct str bytes, struct arena *arena)
{
    static struct job jobs[JOBS_MAX];
    const char *text[TEXTS];
    struct options opt = {.fail_on = FAIL_ON_WARN, .sandbox = SANDBOX_BEST_EFFORT};
    struct plan_request request = {.opt = &opt};
    struct config config = {.path = "rounds.json"};
    bool is_plain = true, is_planned;
    size_t n, j = 0;
    struct buf out;
    struct err err;

    split(bytes, arena, text);
    opt.config_path = text[CONFIG];
    request.state = text[STATE];
    request.work = text[WORK];
    request.git_log = text[GIT_LOG];
    for (size_t t = 0; t < TOOL_COUNT; t++)
        request.program[t] = text[PROGRAMS + t][0] ? text[PROGRAMS + t] : NULL;
    for (size_t i = 0; i < TEXTS; i++)
        is_plain = is_plain && !strpbrk(text[i], "\t\n");
    buf_init(&out, arena, 8 * MIB);
    config.root = sections(&text[PROGRAMS], text[SECRET]);
    is_planned = plan_format(&config, &request, &out, &err);
    json_decref(config.root);
    if (!is_planned) {
        must(!is_plain || (text[SECRET][0] && !is_env_name(text[SECRET])));
        return;
    }
    must(parse(buf_str(&out), arena, jobs, &n));
    for (size_t t = 0; t < TOOL_COUNT; t++)
        if (request.program[t])
            check_job(&jobs[j++], t, text, arena);
    must(j == n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    struct arena arena;

    arena_init(&arena, ARENA_BYTES_MAX);
    check_plan(bytes, &arena);
    check_request(bytes, &arena);
    arena_release(&arena);
    return 0;
}
