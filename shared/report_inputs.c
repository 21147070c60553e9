/* What several verbs of rounds-report read: reports in files, and two states. */
#include <string.h>
#include <sys/stat.h>

#include "shared/outcome.h"
#include "shared/report_verbs.h"

#include "shared/banned.h"

bool report_files_read(const char *const *args, size_t n, struct arena *run,
                       struct report *reports, struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        struct str field[3];
        int64_t status;

        if (str_split(str_of(args[i]), '=', field, 3) < 3 ||
            !str_to_int64(field[1].at, field[1].n, &status))
            return err_set(err, "'%s' is not TOOL=EXIT=FILE", args[i]);
        reports[i] = outcome_report(str_copy(run, field[0].at, field[0].n), status,
                                    field[2].at, run);
    }
    return true;
}

static bool has_state(const struct states *states)
{
    for (size_t t = 0; t < TOOL_COUNT; t++)
        if (states->tool[t].document)
            return true;
    return false;
}

bool compared_find(struct compared *compared, const char *before, const char *now,
                   struct arena *run, struct err *err)
{
    struct config *config = &compared->config;
    struct stat about;

    if (config->root)
        compared->facts.site = config->site;
    if (!before || stat(before, &about) != 0)
        return true;
    if (!states_load(before, "before", NULL, run, &compared->side[0], err) ||
        !states_load(now, "now", &compared->side[0], run, &compared->side[1], err))
        return false;
    changes_find(&compared->side[0], &compared->side[1], config->root ? config : NULL,
                 run, &compared->changes);
    compared->is_compared = true;
    if (has_state(&compared->side[0]))
        compared->facts.changes = &compared->changes;
    return true;
}

void compared_release(struct compared *compared)
{
    states_release(&compared->side[0]);
    states_release(&compared->side[1]);
    config_release(&compared->config);
}
