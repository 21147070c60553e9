/* Reads the daily counts of an experiment that somebody else counted. */
#include <fcntl.h>
#include <string.h>

#include "bandit/bandit.h"
#include "shared/file.h"
#include "shared/limits.h"

#include "shared/banned.h"

static void take_day(const struct experiment *experiment,
                     const struct evidence_day *row, int32_t through,
                     struct arms_day *day)
{
    day->multi = row->multi;
    day->unknown = row->unknown;
    day->is_mature = row->is_mature && row->day <= through;
    for (size_t a = 0; a < experiment->narms; a++) {
        day->exposed[a] = row->at_once[a].exposed;
        if (day->is_mature)
            day->mature[a] = row->mature[a];
    }
}

/* The first day with an exposure; 0: none. */
static int32_t first_exposure(const struct evidence *evidence, int32_t to)
{
    for (size_t i = 0; i < evidence->n && evidence->day[i].day <= to; i++)
        if (evidence_exposed(evidence, &evidence->day[i]) > 0)
            return evidence->day[i].day;
    return 0;
}

bool collect_daily(const struct config *config, struct collected *collected,
                   struct arena *arena, struct err *err)
{
    const struct experiment *experiment = collected->experiment;
    const char *path = file_join(arena, config->folder, experiment->counts);
    struct counts_file file = {.name = experiment->counts,
                               .experiment = experiment->id,
                               .configured = experiment};
    struct evidence evidence = {0};
    struct str bytes;
    int32_t through = evidence_through(experiment, collected->to, arena);

    if (!file_read(AT_FDCWD, path, COUNTS_BYTES_MAX, false, arena, &bytes, err))
        return err_wrap(err, "experiment '%s': counts", experiment->id);
    if (!counts_parse(bytes, &file, arena, &evidence, err))
        return err_wrap(err, "experiment '%s'", experiment->id);
    if (collected->from == 0)
        collected->from = first_exposure(&evidence, collected->to);
    if (collected->from == 0) {
        if (!evidence_find(&evidence, collected->to))
            collected->trouble =
                str_format(arena, "'%s' has no row of %s", experiment->counts,
                           day_text(collected->to).text);
        return true;
    }
    collected->ndays = (size_t)(collected->to - collected->from) + 1;
    collected->day = arena_new(arena, struct arms_day, collected->ndays);
    for (size_t d = 0; d < collected->ndays; d++) {
        struct arms_day *day = &collected->day[d];
        const struct evidence_day *row;

        day->day = collected->from + (int32_t)d;
        row = evidence_find(&evidence, day->day);
        if (row)
            take_day(experiment, row, through, day);
        else
            day->trouble = str_format(arena, "'%s' has no row of %s",
                                      experiment->counts, day_text(day->day).text);
    }
    return true;
}
