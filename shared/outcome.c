/* From what a process left to a report. Files of the run's own folder and .run.json. */
#include "shared/outcome.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "shared/clock.h"
#include "shared/file.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"

#include "shared/banned.h"

enum {
    RECORD_FIELDS = 8,
    RECORD_BYTES_MAX = 4096,
    STATUS_NOT_STARTED = 126, // by rounds-supervise: this, or 127
    LAST_RUN_SCHEMA = 1,
};

static const char last_run[] = ".run.json";

bool record_parse(struct str line, const char *tool, struct record *record)
{
    static const size_t numbers[] = {1, 2, 3, 5, 6, 7}; // the fifth field may be a word
    struct str field[RECORD_FIELDS];
    int64_t value[RECORD_FIELDS] = {0};

    if (str_split(line, '\t', field, RECORD_FIELDS) != RECORD_FIELDS ||
        !str_equal(field[0], str_of(tool)))
        return false;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const struct str *at = &field[numbers[i]];

        if (!str_to_int64(at->at, at->n, &value[numbers[i]]))
            return false;
    }
    *record = (struct record){.exit = value[1],
                              .signal = value[2],
                              .is_timed_out = value[3] != 0,
                              .wall_ms = value[5],
                              .cpu_ms = value[6],
                              .maxrss_kib = value[7]};
    return true;
}

/* ---- reports ---- */

/* The text of a report. Messages name no path: the folder has another name each run. */
static bool read_text(const char *path, int64_t status, struct arena *run,
                      struct str *bytes, struct err *err)
{
    size_t size = 0;
    int fd = -1;

    if (!file_open(AT_FDCWD, path, false, &fd, &size, err))
        return false;
    if (fd >= 0)
        (void)close(fd);
    if (fd < 0 || size == 0)
        return err_set(err, "ended with status %lld and no report", (long long)status);
    if (size > REPORT_BYTES_MAX)
        return err_set(err, "its report is over %zu MiB", REPORT_BYTES_MAX / MIB);
    return file_read(AT_FDCWD, path, REPORT_BYTES_MAX, false, run, bytes, err);
}

struct report outcome_report(const char *tool, int64_t status, const char *path,
                             struct arena *run)
{
    struct err *why = arena_new(run, struct err, 1);
    struct report report;
    struct str bytes = {NULL, 0};

    if (read_text(path, status, run, &bytes, why) &&
        report_parse(bytes, tool, run, &report, why)) {
        if (strcmp(report.tool, tool) == 0 && report.exit == status)
            return report;
        (void)err_set(why, "ended with status %lld, its report says %d",
                      (long long)status, report.exit);
        report_release(&report);
    }
    return report_unknown(tool, why);
}

static bool read_record(const char *folder, const char *tool, struct arena *run,
                        struct record *record)
{
    const char *path = str_format(run, "%s/%s.record", folder, tool);
    struct str bytes, line;
    struct err ignored;

    return file_read(AT_FDCWD, path, RECORD_BYTES_MAX, false, run, &bytes, &ignored) &&
           str_next_line(&bytes, &line) && record_parse(line, tool, record);
}

struct report outcome_read(const char *folder, const char *tool, struct arena *run,
                           int64_t *maxrss_kib)
{
    struct err *why = arena_new(run, struct err, 1);
    struct record record = {0};

    *maxrss_kib = 0;
    if (!read_record(folder, tool, run, &record)) {
        (void)err_set(why, "it was ended from outside, its supervisor with it");
        return report_unknown(tool, why);
    }
    *maxrss_kib = record.maxrss_kib;
    if (record.is_timed_out)
        (void)err_set(why, "had not ended after %lld s; raise run_all.timeout_s",
                      (long long)(record.wall_ms / 1000));
    else if (record.signal != 0)
        (void)err_set(why, "was ended by signal %lld", (long long)record.signal);
    else if (record.exit >= STATUS_NOT_STARTED)
        (void)err_set(why, "is not built, or cannot be run; run make");
    else
        return outcome_report(tool, record.exit,
                              str_format(run, "%s/%s.json", folder, tool), run);
    return report_unknown(tool, why);
}

/* ---- the last run ---- */

/* What was known, or nothing: of a file that is no memory nothing is to be rescued. */
static json_t *last_run_load(const struct state_folder *folder, struct arena *run)
{
    json_t *root = NULL;
    struct err ignored;

    if (!state_json_load(folder, last_run, "run-all", LAST_RUN_SCHEMA, run, &root,
                         &ignored) ||
        !json_is_object(json_object_get(root, "tools"))) {
        json_decref(root);
        root = json_object();
        json_put(root, "tools", json_object());
    }
    return root;
}

bool last_run_save(const struct state_folder *folder, const struct report *reports,
                   size_t n, struct arena *run, struct err *err)
{
    OWN(json) root = last_run_load(folder, run);
    json_t *tools = json_object_get(root, "tools");
    struct str bytes;

    for (size_t i = 0; i < n; i++) {
        const json_t *known = json_object_get(tools, reports[i].tool);
        json_t *through = json_object_get(known, "through");
        json_t *now = json_object();

        if (reports[i].has_through)
            through = json_string(day_text(reports[i].through).text);
        else
            through = json_is_string(through) ? json_incref(through) : json_null();
        json_put(now, "status", json_string(verdict_word(reports[i].status)));
        json_put(now, "through", through);
        json_put(tools, reports[i].tool, now);
    }
    json_put(root, "schema", json_integer(LAST_RUN_SCHEMA));
    json_put(root, "tool", json_string("run-all"));
    return state_json_format(root, run, &bytes, err) &&
           state_save(folder, last_run, bytes, NULL, err);
}
