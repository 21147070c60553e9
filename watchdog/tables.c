/* The tables of the report, from the conclusions alone: episodes, and days without
 * data. What is open is among the findings with its numbers; here it stands in line
 * with what came before. */
#include <stdlib.h>
#include <string.h>

#include "shared/json.h"
#include "watchdog/watchdog.h"

#include "shared/banned.h"

enum { ROWS_MAX = 20, TABLES_MAX = 2 };

struct line {
    const char *name; /* "js_exception/site" */
    const char *change, *opened, *closed, *outcome;
    bool is_open;
};

struct lines {
    struct line *item;
    size_t n;
};

static const char *text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));

    return value ? value : "";
}

/* Open ones first, then the latest; days as texts are in the order of days. */
static int line_compare(const void *left, const void *right)
{
    const struct line *a = left;
    const struct line *b = right;
    int order = b->is_open - a->is_open;

    if (order == 0)
        order = strcmp(b->closed, a->closed);
    if (order == 0)
        order = strcmp(b->opened, a->opened);
    return order != 0 ? order : strcmp(a->name, b->name);
}

/* Findings about the data have no change day: they are no episodes. */
static void add_open(const json_t *findings, struct lines *lines)
{
    const char *id;
    json_t *finding;

    json_object_foreach((json_t *)findings, id, finding)
    {
        const char *name = id + strlen("watchdog/");

        if (strncmp(id, "watchdog/", strlen("watchdog/")) != 0 ||
            !json_object_get(finding, "opened_by") ||
            strcmp(text(finding, "status"), "open") != 0)
            continue;
        lines->item[lines->n++] = (struct line){
            name, text(finding, "change"), text(finding, "since"), "", "open", true};
    }
}

/* Keys are `signal/segment@opened`. */
static void add_closed(const json_t *episodes, struct arena *run, struct lines *lines)
{
    const char *key;
    json_t *episode;

    json_object_foreach((json_t *)episodes, key, episode)
    {
        const char *at = strrchr(key, '@');

        if (at)
            lines->item[lines->n++] =
                (struct line){str_copy(run, key, (size_t)(at - key)),
                              text(episode, "change"),
                              at + 1,
                              text(episode, "closed"),
                              text(episode, "reason"),
                              false};
    }
}

static void tabulate_episodes(const json_t *state, struct arena *run,
                              struct table *table)
{
    static const struct table_column columns[] = {{"episode", false},
                                                  {"change", false},
                                                  {"opened", false},
                                                  {"closed", false},
                                                  {"outcome", false}};

    enum { COLUMNS = sizeof columns / sizeof *columns };

    const json_t *findings = json_object_get(state, "findings");
    const json_t *episodes = json_object_get(state, "episodes");
    struct lines lines = {arena_new(run, struct line,
                                    json_object_size(findings) +
                                        json_object_size(episodes)),
                          0};
    size_t open, rows;
    const char **cell;

    add_open(findings, &lines);
    open = lines.n;
    add_closed(episodes, run, &lines);
    if (lines.n > 1)
        qsort(lines.item, lines.n, sizeof *lines.item, line_compare);
    rows = lines.n < ROWS_MAX ? lines.n : ROWS_MAX;
    cell = arena_new(run, const char *, rows *COLUMNS);
    for (size_t i = 0; i < rows; i++) {
        const struct line *line = &lines.item[i];
        const char *const row[COLUMNS] = {line->name, line->change, line->opened,
                                          line->closed, line->outcome};

        memcpy(&cell[i * COLUMNS], row, sizeof row);
    }
    *table = (struct table){.title = str_format(run,
                                                "%zu episode%s open, %zu closed in "
                                                "%d days",
                                                open, open == 1 ? "" : "s",
                                                lines.n - open, EPISODE_DAYS),
                            .column = columns,
                            .ncolumns = COLUMNS,
                            .cell = cell,
                            .nrows = rows};
}

static void tabulate_missing(const json_t *missing, struct arena *run,
                             struct table *table)
{
    static const struct table_column columns[] = {{"source", false},
                                                  {"days missing", true},
                                                  {"newest", false}};

    enum { COLUMNS = sizeof columns / sizeof *columns };

    size_t n;
    const char **sources = json_keys(run, missing, &n);
    const char **cell = arena_new(run, const char *, n *COLUMNS);

    for (size_t i = 0; i < n; i++) {
        const json_t *days = json_object_get(missing, sources[i]);
        size_t ndays = json_array_size(days);
        const char *newest =
            ndays > 0 ? json_string_value(json_array_get(days, ndays - 1)) : NULL;

        cell[i * COLUMNS] = sources[i];
        cell[i * COLUMNS + 1] = str_format(run, "%zu", ndays);
        cell[i * COLUMNS + 2] = newest ? newest : "";
    }
    *table = (struct table){.column = columns,
                            .ncolumns = COLUMNS,
                            .cell = cell,
                            .nrows = n};
}

void watchdog_tables(const json_t *state, struct arena *run, struct report *report)
{
    struct table *tables = arena_new(run, struct table, TABLES_MAX);
    const json_t *missing = json_object_get(state, "missing");
    const char *title;

    tabulate_episodes(state, run, &tables[0]);
    title = tables[0].title;
    report->tables = tables;
    report->ntables = tables[0].nrows > 0;
    if (json_object_size(missing) == 0)
        return;
    tabulate_missing(missing, run, &tables[report->ntables]);
    tables[report->ntables].title = report->ntables == 0 ? title : "";
    report->ntables++;
}
