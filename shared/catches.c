/* The catch log: read strictly, added to, written in its order. */
#include "shared/catches.h"

#include <stdlib.h>
#include <string.h>

#include "shared/clock.h"
#include "shared/text.h"

#include "shared/banned.h"

static const char *const words[] = {
    [CATCH_UNMARKED] = "?",
    [CATCH_CAUGHT] = "caught",
    [CATCH_FALSE_ALARM] = "false_alarm",
    [CATCH_STARTED] = "started",
};

enum { WORDS = sizeof words / sizeof *words };

static int row_compare(const void *left, const void *right)
{
    const struct catch_row *a = left;
    const struct catch_row *b = right;
    int order;

    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    order = str_compare(a->finding, b->finding);
    if (order == 0 && a->tool != b->tool)
        order = strcmp(tool_names[a->tool], tool_names[b->tool]);
    return order;
}

static const char *parse_row(struct str line, struct catch_row *row)
{
    struct str field[6];
    size_t verdict = 0;

    if (str_split(line, '\t', field, 6) != 6)
        return "not the 6 fields day, tool, finding, verdict, who, note; put the tabs "
               "back";
    if (!day_parse(field[0].at, field[0].n, &row->day))
        return "the first field is not a day; write it YYYY-MM-DD";
    row->tool = 0;
    while (row->tool < TOOL_COUNT &&
           !str_equal(field[1], str_of(tool_names[row->tool])))
        row->tool++;
    if (row->tool == TOOL_COUNT)
        return "no such tool; restore the line from git";
    while (verdict < WORDS && !str_equal(field[3], str_of(words[verdict])))
        verdict++;
    if (verdict == WORDS)
        return "no such verdict; write caught, false_alarm or ?";
    row->verdict = (enum catch_verdict)verdict;
    row->finding = field[2];
    row->who = field[4];
    row->note = field[5];
    if (row->finding.n == 0 ||
        (row->verdict == CATCH_STARTED) != str_equal(row->finding, STR("-")))
        return "the finding does not go with the verdict; restore the line from git";
    return NULL;
}

static void add_row(struct catches *catches, struct catch_row row, struct arena *arena)
{
    catches->row = arena_room(arena, catches->row, catches->n, &catches->capacity,
                              sizeof *catches->row);
    catches->row[catches->n++] = row;
}

bool catches_parse(struct str lines, const char *name, struct arena *arena,
                   struct catches *catches, struct err *err)
{
    struct str line;

    *catches = (struct catches){0};
    for (size_t number = 2; str_next_line(&lines, &line); number++) {
        struct catch_row row;
        const char *wrong = parse_row(line, &row);

        if (!wrong && catches->n > 0 &&
            row_compare(&catches->row[catches->n - 1], &row) >= 0)
            wrong = "not in the order of day and finding, each once; sort the lines";
        if (wrong)
            return err_set(err, "cannot read '%s:%zu': %s", name, number, wrong);
        add_row(catches, row, arena);
    }
    return true;
}

void catches_format(const struct catches *catches, struct buf *out)
{
    buf_add_text(out, CATCHES_HEADER "\n");
    for (size_t i = 0; i < catches->n; i++) {
        const struct catch_row *row = &catches->row[i];

        buf_printf(out, "%s\t%s\t%.*s\t%s\t%.*s\t%.*s\n", day_text(row->day).text,
                   tool_names[row->tool], (int)row->finding.n, row->finding.at,
                   words[row->verdict], (int)row->who.n, row->who.at, (int)row->note.n,
                   row->note.at);
    }
}

static void add_new(struct catches *catches, int32_t day, size_t tool,
                    enum catch_verdict verdict, struct str finding, struct arena *arena)
{
    struct catch_row row = {day, tool, verdict, finding, STR("-"), STR("-")};

    for (size_t i = 0; i < catches->n; i++) // a hundred lines a year
        if (row_compare(&catches->row[i], &row) == 0)
            return;
    add_row(catches, row, arena);
}

static size_t tool_of(const char *id)
{
    size_t n = strcspn(id, "/");
    size_t tool = 0;

    while (tool < TOOL_COUNT &&
           !(strncmp(id, tool_names[tool], n) == 0 && tool_names[tool][n] == '\0'))
        tool++;
    return tool;
}

static bool is_raised(const struct finding_change *change)
{
    bool was = change->had && change->before != SEVERITY_INFO;

    return (change->change == CHANGE_NEW || change->change == CHANGE_ESCALATED) &&
           change->now != SEVERITY_INFO && !was;
}

void catches_add(struct catches *catches, const struct changes *changes,
                 struct arena *arena)
{
    for (size_t t = 0; t < TOOL_COUNT; t++)
        if (changes->tool[t].has_now && !changes->tool[t].has_before)
            add_new(catches, changes->tool[t].through_now, t, CATCH_STARTED, STR("-"),
                    arena);
    for (size_t i = 0; i < changes->nfindings; i++) {
        const struct finding_change *change = &changes->finding[i];
        size_t tool = tool_of(change->id);
        struct buf id;

        if (tool == TOOL_COUNT || !is_raised(change))
            continue;
        buf_init(&id, arena, SIZE_MAX / 4);
        text_add_tsv(&id, change->id, strlen(change->id));
        add_new(catches, changes->tool[tool].through_now, tool, CATCH_UNMARKED,
                buf_str(&id), arena);
    }
    if (catches->n > 1)
        qsort(catches->row, catches->n, sizeof *catches->row, row_compare);
}
