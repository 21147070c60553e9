/* Field data in a round: visitors' web vitals and CrUX. Their rules are theirs. */
#include "perfcheck/field.h"

#include <string.h>

#include "shared/json.h"

#include "shared/banned.h"

bool field_open(const struct config *config, const struct settings *settings,
                struct arena *arena, struct field *field, struct err *err)
{
    return vitals_open(config, settings, arena, &field->vitals, err);
}

void field_close(struct field *field)
{
    vitals_close(field->vitals);
    field->vitals = NULL;
}

bool field_collect(const struct config *config, const struct judged *judged,
                   struct field *field, struct err *err)
{
    int32_t first = vitals_first_day(judged->history, judged->has_through,
                                     judged->through, judged->as_of);

    if (field->vitals &&
        !vitals_collect(field->vitals, judged->settings, first, judged->as_of,
                        judged->history, judged->arena, &field->seen, err))
        return false;
    return crux_collect(config, judged->settings, judged->arena, &field->points,
                        &field->problem, &field->nproblems, err);
}

static bool is_field(const char *id)
{
    return strncmp(id, "perfcheck/rum-", strlen("perfcheck/rum-")) == 0 ||
           strncmp(id, "perfcheck/crux-", strlen("perfcheck/crux-")) == 0;
}

void field_judge(struct judged *judged, struct field *field)
{
    for (size_t i = judged->open.n; i-- > 0;)
        if (is_field(judged->open.item[i].id))
            findings_drop(&judged->open, &judged->open.item[i]);
    if (field->vitals) {
        vitals_judge(judged->settings, field->seen.first, judged->as_of,
                     judged->history, judged->arena, &field->verdict, &judged->open);
        for (size_t i = 0; i < judged->settings->naccepts; i++)
            judged->accept_is_used[i] |= field->verdict.accept_is_used[i];
    }
    crux_judge(judged->settings, &field->points, judged->as_of, judged->arena,
               &judged->open);
}

void field_view(const struct settings *settings, struct history *history,
                int32_t through, struct arena *arena, struct field *field)
{
    struct findings ignored = {0};

    vitals_judge(settings, through + 1, through, history, arena, &field->verdict,
                 &ignored);
}

static const char **join(const char *const *a, size_t na, const char *const *b,
                         size_t nb, struct arena *arena)
{
    const char **both = arena_new(arena, const char *, na + nb);

    for (size_t i = 0; i < na; i++)
        both[i] = a[i];
    for (size_t i = 0; i < nb; i++)
        both[na + i] = b[i];
    return both;
}

void field_report(const struct field *field, struct arena *arena, struct report *report,
                  json_t *extra)
{
    const char **line;
    size_t n;

    vitals_lines(&field->verdict, arena, &line, &n);
    report->lines = join(report->lines, report->nlines, line, n, arena);
    report->nlines += n;
    n = 0;
    if (field->vitals)
        vitals_problems(&field->seen, arena, &line, &n);
    report->problems = join(field->problem, field->nproblems, line, n, arena);
    report->nproblems = field->nproblems + n;
    json_put(extra, "rum", vitals_extra(&field->verdict, arena));
}
