/* The verb `assert`: Lighthouse CI's assertions over reports, exit 1 when one of level
 * error fails. Reads the files it is given and nothing else; keeps no state. */
#include "perfcheck/assert.h"

#include <string.h>

#include "perfcheck/perfcheck.h"
#include "shared/file.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/report.h"
#include "shared/sandbox.h"

#include "shared/banned.h"

#define DEFAULT_FOLDER    ".lighthouseci"
#define RESULTS_BYTES_MAX (64 * MIB)

enum { NOTES_SHOWN = 20 };

/* ---- groups ---- */

struct groups {
    struct assert_group *group;
    size_t n, capacity;
};

static struct assert_group *group_of(struct groups *groups, struct str url,
                                     struct arena *arena)
{
    for (size_t i = 0; i < groups->n; i++)
        if (str_equal(groups->group[i].url, url))
            return &groups->group[i];
    groups->group = arena_room(arena, groups->group, groups->n, &groups->capacity,
                               sizeof *groups->group);
    groups->group[groups->n] = (struct assert_group){.url = url};
    return &groups->group[groups->n++];
}

/* JavaScript tests an absent URL as the text "undefined". */
static bool is_matched(const struct assert_set *set, const struct assert_group *group,
                       bool *matched, struct err *err)
{
    struct str subject = group->run[0].has_url ? group->url : STR("undefined");

    *matched = true;
    if (!set->matching)
        return true;
    switch (re_match(set->matching, subject)) {
    case RE_MATCH: break;
    case RE_NO_MATCH:
    case RE_BAD_TEXT: *matched = false; break;
    case RE_TOO_COSTLY:
        return err_set(err,
                       "matchingUrlPattern '%.80s' is too costly; write it "
                       "simpler",
                       set->pattern);
    }
    return true;
}

bool assert_all(const struct assert_plan *plan, const struct assert_run *runs, size_t n,
                struct assert_outcome *outcome, struct err *err)
{
    struct arena *arena = outcome->arena;
    bool *is_used = arena_new(arena, bool, plan->nsets);
    struct groups groups = {0};

    for (size_t i = 0; i < n; i++) {
        struct assert_group *group = group_of(&groups, runs[i].url, arena);

        group->run = arena_room(arena, group->run, group->n, &group->capacity,
                                sizeof *group->run);
        group->run[group->n++] = runs[i];
    }
    outcome->nruns = n;
    outcome->nurls = groups.n;
    for (size_t g = 0; g < groups.n; g++)
        for (size_t s = 0; s < plan->nsets; s++) {
            bool matched;

            if (!is_matched(&plan->set[s], &groups.group[g], &matched, err))
                return false;
            if (!matched)
                continue;
            is_used[s] = true;
            judge_assert(plan, &plan->set[s], &groups.group[g], outcome);
        }
    for (size_t s = 0; s < plan->nsets && !plan->compat; s++)
        if (plan->set[s].matching && !is_used[s])
            notes_add(outcome->notes, str_format(arena,
                                                 "matchingUrlPattern '%s' matches no "
                                                 "URL: nothing of it is asserted",
                                                 plan->set[s].pattern));
    return true;
}

/* ---- reports ---- */

/* As Lighthouse CI collects them: lhr-1700000000000.json. */
static bool is_collected(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t digits;

    if (strncmp(name, "lhr-", 4) != 0)
        return false;
    digits = strspn(name + 4, "0123456789");
    return digits > 0 && strcmp(name + 4 + digits, ".json") == 0;
}

/* Without a path: what Lighthouse CI has collected here, as it lists it. */
static bool list_collected(struct arena *arena, struct lhr_paths *paths,
                           struct err *err)
{
    static const char *const endings[] = {".json", NULL};
    struct file_list list = {0};

    if (!file_list_add(&list, ".", DEFAULT_FOLDER, endings, false, arena, err))
        return false;
    file_list_finish(&list);
    paths->path = arena_new(arena, const char *, list.n);
    for (size_t i = 0; i < list.n; i++)
        if (is_collected(list.path[i]))
            paths->path[paths->n++] = list.path[i];
    paths->folder = arena_new(arena, const char *, 1);
    paths->folder[paths->nfolders++] = DEFAULT_FOLDER;
    return true;
}

static bool list_reports(const struct options *opt, const struct assert_plan *plan,
                         struct arena *arena, struct lhr_paths *paths, struct err *err)
{
    if (opt->nargs > 0)
        return lhr_paths_list(".", opt->args, opt->nargs, false, arena, paths, err);
    if (plan->lhr)
        return lhr_paths_list(".", &plan->lhr, 1, false, arena, paths, err);
    return list_collected(arena, paths, err);
}

static bool confine(const struct options *opt, const struct lhr_paths *paths,
                    struct arena *arena, struct err *err)
{
    struct sandbox_plan plan = {.mode = opt->sandbox,
                                .read = paths->folder,
                                .nread = paths->nfolders};
    struct confinement confined;

    if (!sandbox_enter(&plan, &confined, err))
        return false;
    if (opt->verbose)
        cli_say(opt, "confined: %s", confinement_text(arena, &confined));
    return true;
}

/* Runs in the order of their files. */
struct reports {
    const struct assert_plan *plan;
    struct arena *arena;
    struct notes *notes;
    struct lhr_buffer buffer;
    struct assert_run *run;
    size_t n, capacity;
};

static bool add_runs(const struct lhr_file *file, struct reports *reports,
                     struct err *err)
{
    for (size_t i = 0; i < file->n; i++) {
        const struct lhr *lhr = &file->report[i];
        const struct assert_run *before =
            reports->n > 0 ? &reports->run[reports->n - 1] : NULL;
        struct assert_run run;

        if (lhr->version[0] == '\0') { // of ours: Lighthouse CI keeps no such file
            notes_add(reports->notes,
                      str_format(reports->arena, "'%s' is a run that failed: %s %s",
                                 lhr->file, lhr->failure_code, lhr->failure_message));
            continue;
        }
        if (!assert_run_read(lhr, reports->plan, before, reports->arena, &run, err))
            return false;
        reports->run = arena_room(reports->arena, reports->run, reports->n,
                                  &reports->capacity, sizeof *reports->run);
        reports->run[reports->n++] = run;
    }
    return true;
}

static bool read_report(const char *path, struct reports *reports, struct err *err)
{
    struct arena scratch; // what is not needed behind this file
    struct lhr_file file = {0};
    bool is_regular = false, ok;

    if (!lhr_buffer_read(&reports->buffer, path, &is_regular, err))
        return false;
    if (!is_regular) {
        notes_add(reports->notes,
                  str_format(reports->arena, "'%s' is no regular file", path));
        return true;
    }
    arena_init(&scratch, ARENA_BYTES_MAX);
    ok = lhr_parse((struct str){reports->buffer.at, reports->buffer.n}, path, &scratch,
                   &file, err);
    if (ok && file.n == 0)
        notes_add(reports->notes,
                  str_format(reports->arena, "'%s' is no report", path));
    ok = ok && add_runs(&file, reports, err);
    lhr_file_release(&file);
    arena_release(&scratch);
    return ok;
}

static bool read_reports(const struct lhr_paths *paths, struct reports *reports,
                         struct err *err)
{
    bool ok = true;

    for (size_t i = 0; ok && i < paths->n; i++)
        ok = read_report(paths->path[i], reports, err);
    lhr_buffer_release(&reports->buffer);
    return ok;
}

/* ---- the verb ---- */

static void say_notes(const struct options *opt, const struct notes *notes)
{
    for (size_t i = 0; i < notes->n && i < NOTES_SHOWN; i++)
        cli_say(opt, "%s", notes->text[i]);
    if (notes->n > NOTES_SHOWN)
        cli_say(opt, "and %zu more remarks", notes->n - NOTES_SHOWN);
}

static bool has_failed(const struct assert_outcome *outcome)
{
    for (size_t i = 0; i < outcome->n; i++)
        if (!outcome->result[i].passed &&
            strcmp(outcome->result[i].level, "error") == 0)
            return true;
    return false;
}

static bool print_outcome(const struct options *opt, const struct assert_plan *plan,
                          const struct assert_outcome *outcome, struct err *err)
{
    struct buf out;

    buf_init(&out, outcome->arena, RESULTS_BYTES_MAX);
    if (opt->format == FORMAT_JSON)
        assert_print_json(plan, outcome, &out);
    else
        assert_print_text(plan, outcome, &out);
    if (out.overflowed)
        return err_set(err, "cannot print the results: over %zu bytes",
                       RESULTS_BYTES_MAX);
    return report_print(&out, err);
}

static bool assert_reports(const struct options *opt, const struct assert_plan *plan,
                           struct notes *notes, int *status, struct err *err)
{
    struct arena *arena = notes->arena;
    struct reports reports = {.plan = plan, .arena = arena, .notes = notes};
    struct assert_outcome outcome = {.arena = arena, .notes = notes};
    struct lhr_paths paths = {0};

    if (!list_reports(opt, plan, arena, &paths, err) ||
        !confine(opt, &paths, arena, err) || !read_reports(&paths, &reports, err) ||
        !assert_all(plan, reports.run, reports.n, &outcome, err))
        return false;
    say_notes(opt, notes);
    if (reports.n == 0 && !plan->compat)
        return err_set(err, "no report: nothing is asserted; name reports or a folder");
    *status = has_failed(&outcome) ? VERDICT_WARN : VERDICT_OK;
    return print_outcome(opt, plan, &outcome, err);
}

static bool read_plan(const struct options *opt, struct arena *run,
                      struct assert_plan *plan, struct notes *notes, struct err *err)
{
    bool compat = (opt->flags & 1U << FLAG_LHCI_COMPAT) != 0;
    OWN(json) options = NULL;
    const char *name;

    if (!assert_rc_load(opt->has_config ? opt->config_path : NULL,
                        cli_value(opt, FLAG_BUDGETS), run, &options, &name, err))
        return false;
    return assert_plan_parse(options, compat, run, plan, notes, err) ||
           err_wrap(err, "%s", name);
}

int perfcheck_assert(const struct options *opt, struct err *err)
{
    struct arena run;
    struct assert_plan plan = {0};
    struct notes notes = {.arena = &run};
    int status = VERDICT_UNKNOWN;

    arena_init(&run, ARENA_BYTES_MAX);
    if (!read_plan(opt, &run, &plan, &notes, err) ||
        !assert_reports(opt, &plan, &notes, &status, err))
        status = VERDICT_UNKNOWN;
    assert_plan_release(&plan);
    arena_release(&run);
    return status;
}
