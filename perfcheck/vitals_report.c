/* What the report says of web vitals: a table, days that were not complete, and the
 * array of the JSON form. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "perfcheck/vitals.h"
#include "shared/clock.h"
#include "shared/json.h"
#include "shared/stats.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { STRATA_SHOWN = 10, GROUP_SHOWN = 24, LINES_MAX = STRATA_SHOWN + 3 };

/* A group of pages on one device, and where its metrics stand. */
struct stratum {
    const struct vitals_view *of[VITALS]; /* NULL: none */
    const char *device, *group;
    uint32_t n; /* most values of a metric */
};

static size_t group_views(const struct vitals_verdict *verdict, struct stratum *strata)
{
    size_t n = 0;

    for (size_t i = 0; i < verdict->n; i++) {
        const struct vitals_view *view = &verdict->view[i];
        struct stratum *last = n > 0 ? &strata[n - 1] : NULL;

        if (!last || strcmp(last->device, view->device) != 0 ||
            strcmp(last->group, view->group) != 0) {
            last = &strata[n++];
            *last = (struct stratum){.device = view->device, .group = view->group};
        }
        last->of[view->vital] = view;
        last->n = view->n > last->n ? view->n : last->n;
    }
    return n;
}

static int compare_strata(const void *a, const void *b)
{
    const struct stratum *x = a, *y = b;
    int order;

    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    order = strcmp(x->group, y->group);
    return order != 0 ? order : strcmp(x->device, y->device);
}

static const char *trimmed(struct buf *line)
{
    while (line->n > 0 && line->at[line->n - 1] == ' ')
        line->at[--line->n] = '\0';
    return line->at;
}

/* "1960 good"; "0.07 -" where there are too few values for a level. */
static const char *cell(const struct vitals_view *view, struct arena *arena)
{
    char text[STR_NUMBER_BYTES];
    const char *level;

    if (!view)
        return "-";
    level = view->level == LEVEL_INSUFFICIENT ? "few" : vital_level_word(view->level);
    (void)str_from_double(view->vital == VITAL_CLS ? round(view->p75 * 1e3) / 1e3
                                                   : round(view->p75),
                          text);
    return str_format(arena, "%s %s%s", text, view->status == VITALS_OPEN ? "!" : "",
                      level);
}

/* Metrics that any stratum has: no empty column is printed. */
static unsigned columns_of(const struct vitals_verdict *verdict)
{
    unsigned columns = 0;

    for (size_t i = 0; i < verdict->n; i++)
        columns |= 1U << verdict->view[i].vital;
    return columns;
}

static const char *header(unsigned columns, struct arena *arena)
{
    struct buf line;

    buf_init(&line, arena, 1024);
    buf_printf(&line, "%-8s %-*s %7s %4s", "visitors", GROUP_SHOWN,
               "p75, level by its interval", "n", "mix");
    for (int v = 0; v < VITALS; v++)
        if ((columns >> v & 1) != 0)
            buf_printf(&line, "  %-14s",
                       str_format(arena, "%s%s", vital_word((enum vital)v),
                                  *vital_unit((enum vital)v) ? "_ms" : ""));
    return trimmed(&line);
}

static const char *line_of(const struct stratum *stratum, uint64_t all,
                           unsigned columns, struct arena *arena)
{
    struct buf line;

    buf_init(&line, arena, 1024);
    buf_printf(&line, "%-8s %-*.*s %7u %3.0f%%", stratum->device, GROUP_SHOWN,
               (int)text_cut(stratum->group, strlen(stratum->group), GROUP_SHOWN),
               stratum->group, stratum->n, 100.0 * stratum->n / (double)all);
    for (int v = 0; v < VITALS; v++)
        if ((columns >> v & 1) != 0)
            buf_printf(&line, "  %-14s", cell(stratum->of[v], arena));
    return trimmed(&line);
}

void vitals_lines(const struct vitals_verdict *verdict, struct arena *arena,
                  const char ***line, size_t *nlines)
{
    struct stratum *strata = arena_new(arena, struct stratum, verdict->n);
    size_t n = group_views(verdict, strata), said = 0;
    uint64_t all = 0;

    *line = arena_new(arena, const char *, LINES_MAX);
    *nlines = 0;
    if (n == 0)
        return;
    qsort(strata, n, sizeof *strata, compare_strata);
    for (size_t i = 0; i < n; i++)
        all += strata[i].n;
    (*line)[said++] = header(columns_of(verdict), arena);
    for (size_t i = 0; i < n && i < STRATA_SHOWN; i++)
        (*line)[said++] = line_of(&strata[i], all, columns_of(verdict), arena);
    if (n > STRATA_SHOWN)
        (*line)[said++] =
            str_format(arena, "and %zu more groups of pages", n - (size_t)STRATA_SHOWN);
    *nlines = said;
}

static void add_days(const struct vitals_seen *seen, enum day_status status,
                     struct arena *arena, const char ***line, size_t *nlines)
{
    int32_t first = 0, last = 0;
    size_t n = 0, days = (size_t)(seen->as_of - seen->first) + 1;
    const char *place = NULL;

    for (size_t i = 0; i < days; i++) {
        if (seen->status[i] != status)
            continue;
        first = n == 0 ? seen->day[i].day : first;
        last = seen->day[i].day;
        place = place ? place : seen->day[i].place;
        n++;
    }
    if (n == 0)
        return;
    (*line)[(*nlines)++] =
        str_format(arena, "web vitals: %zu day%s of events %s, %s%s%s%s%s%s", n,
                   n == 1 ? "" : "s", day_status_word(status), day_text(first).text,
                   n > 1 ? " to " : "", n > 1 ? day_text(last).text : "",
                   place ? " (" : "", place ? place : "", place ? ")" : "");
}

void vitals_problems(const struct vitals_seen *seen, struct arena *arena,
                     const char ***line, size_t *nlines)
{
    *line = arena_new(arena, const char *, 7);
    *nlines = 0;
    add_days(seen, DAY_PARTIAL, arena, line, nlines);
    add_days(seen, DAY_ABSENT, arena, line, nlines);
    add_days(seen, DAY_STALE, arena, line, nlines);
    if (seen->is_over)
        (*line)[(*nlines)++] =
            "web vitals: too many different pages, none is judged; group them in "
            "rum.pages";
    if (seen->dropped > 0)
        (*line)[(*nlines)++] = str_format(
            arena,
            "web vitals: %zu of %zu pages by device have fewest values and are not "
            "judged (at most %d are); group them in rum.pages",
            seen->dropped, seen->strata, VITALS_STRATA);
    if (seen->too_costly > 0)
        (*line)[(*nlines)++] =
            str_format(arena,
                       "web vitals: a pattern of rum.pages was too costly for %lld "
                       "pages",
                       (long long)seen->too_costly);
    if (seen->first != seen->asked)
        (*line)[(*nlines)++] =
            str_format(arena, "web vitals: only days from %s on fit into scratch",
                       day_text(seen->first).text);
}

/* Whole numbers with their unit in the key: "p75_ms", "p75_x1000" of CLS. */
static void put_number(json_t *object, const char *name, enum vital vital, double value)
{
    char key[32];
    bool is_cls = vital == VITAL_CLS;

    (void)snprintf(key, sizeof key, "%s_%s", name, is_cls ? "x1000" : "ms");
    json_put(object, key, json_integer(llround(is_cls ? 1000 * value : value)));
}

json_t *vitals_extra(const struct vitals_verdict *verdict, struct arena *arena)
{
    json_t *array = json_array();

    for (size_t i = 0; i < verdict->n; i++) {
        const struct vitals_view *view = &verdict->view[i];
        json_t *object = json_object();

        json_put(object, "device", json_string(view->device));
        json_put(object, "group", json_string(view->group));
        json_put(object, "metric", json_string(vital_word(view->vital)));
        json_put(object, "day", json_string(day_text(view->day).text));
        json_put(object, "days", json_integer(view->days));
        json_put(object, "n", json_integer(view->n));
        json_put(object, "n_base", json_integer(view->n_base));
        if (view->n > 0)
            put_number(object, "p75", view->vital, view->p75);
        if (view->n_base > 0)
            put_number(object, "p75_base", view->vital, view->p75_base);
        if (view->level != LEVEL_INSUFFICIENT) {
            put_number(object, "low", view->vital, view->low);
            put_number(object, "high", view->vital, view->high);
        }
        put_number(object, "floor", view->vital, view->floor);
        json_put(object, "p", json_string(stats_p_text(view->p, arena)));
        json_put(object, "level", json_string(vital_level_word(view->level)));
        json_put(object, "status", json_string(vitals_status_word(view->status)));
        json_push(array, object);
    }
    return array;
}
