/* state/history/bandit.tsv: the days of all experiments, read strictly, written in one
 * form. Days that the present configuration cannot read as its own stay as they are. */
#include <string.h>

#include "bandit/columns.h"
#include "shared/clock.h"

#include "shared/banned.h"

/* The lines of one experiment and day, until all of them are read. */
struct group {
    struct history_experiment *item;
    struct str id;
    int32_t day;
    struct count_row row[ARMS_MAX];
    size_t n;
    const char *unkept; /* where the item's lines begin that are not kept as text */
};

struct reading {
    struct history *history;
    struct arena *arena;
    struct group group;
    const char *at; /* where the line in hand begins */
    size_t line;    /* its number */
};

/* First index whose id is not before `id`. */
static size_t item_index(const struct history *history, struct str id)
{
    size_t low = 0;
    size_t high = history->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (str_compare(str_of(history->item[middle].id), id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct history_experiment *item_put(struct history *history, struct str id,
                                           struct arena *arena)
{
    size_t at = item_index(history, id);
    struct history_experiment *item;

    if (at < history->n && str_equal(str_of(history->item[at].id), id))
        return &history->item[at];
    history->item = arena_room(arena, history->item, history->n, &history->capacity,
                               sizeof *history->item);
    item = &history->item[at];
    memmove(item + 1, item, (history->n - at) * sizeof *item);
    history->n++;
    *item = (struct history_experiment){.id = str_copy(arena, id.at, id.n)};
    return item;
}

struct history_experiment *history_put(struct history *history,
                                       const struct experiment *experiment,
                                       struct arena *arena)
{
    struct history_experiment *item = item_put(history, str_of(experiment->id), arena);

    item->experiment = experiment;
    item->evidence.narms = experiment->narms;
    item->evidence.nguardrails = experiment->nguardrails;
    return item;
}

/* Index of the arm, narms when it is none. */
static size_t arm_index(const struct experiment *experiment, struct str name)
{
    size_t i = 0;

    while (i < experiment->narms && !str_equal(str_of(experiment->arm[i].name), name))
        i++;
    return i;
}

/* Whether the day is one of the present phase's kind. Fewer arms of the same names are
 * the days before a new arm; after a day with all of them, lines were lost. */
static const char *check_fit(const struct group *group, bool *fits)
{
    const struct experiment *experiment = group->item->experiment;
    size_t known = 0;
    bool in_order = true;

    *fits = false;
    if (!experiment)
        return NULL;
    for (size_t i = 0; i < group->n; i++) {
        size_t arm = arm_index(experiment, group->row[i].arm);

        known += arm < experiment->narms;
        in_order = in_order && arm == i;
    }
    if (known == group->n && group->n < experiment->narms &&
        group->item->evidence.n > 0)
        return "an arm is missing on the day";
    *fits = in_order && group->n == experiment->narms &&
            (!group->row[0].is_mature ||
             group->row[0].is_numeric == reward_is_numeric(&experiment->reward));
    return NULL;
}

/* Lines up to `end` become text, and what was evidence among them is none. */
static void keep_lines(struct group *group, const char *end, struct arena *arena)
{
    struct history_experiment *item = group->item;
    struct str rest = {group->unkept, (size_t)(end - group->unkept)};
    struct str line;

    while (str_next_line(&rest, &line)) {
        item->kept = arena_room(arena, item->kept, item->nkept, &item->kept_capacity,
                                sizeof *item->kept);
        item->kept[item->nkept++] = (struct str){line.at, line.n + 1};
    }
    item->evidence.n = 0;
    group->unkept = end;
}

/* The group's lines end where the line in hand begins. */
static const char *end_group(struct reading *reading)
{
    struct group *group = &reading->group;
    bool fits = false;
    const char *wrong = group->n > 0 ? check_fit(group, &fits) : NULL;

    if (wrong || group->n == 0)
        return wrong;
    if (fits) {
        struct evidence_day *day =
            evidence_put(&group->item->evidence, group->day, reading->arena);

        for (size_t i = 0; i < group->n; i++)
            count_row_put(&group->row[i], i, day);
    } else {
        keep_lines(group, reading->at, reading->arena);
    }
    group->n = 0;
    return NULL;
}

static const char *begin_group(struct reading *reading, struct str id, int32_t day)
{
    struct group *group = &reading->group;
    int order = group->item ? str_compare(group->id, id) : -1;

    if (order > 0 || (order == 0 && group->day > day))
        return "not in the order of experiment and day";
    if (order != 0) {
        group->item = item_put(reading->history, id, reading->arena);
        group->id = id;
        group->unkept = reading->at;
    }
    group->day = day;
    return NULL;
}

static const char *add_row(struct group *group, const struct count_row *row)
{
    if (group->n == ARMS_MAX)
        return "more than 20 arms on a day";
    for (size_t i = 0; i < group->n; i++)
        if (str_equal(group->row[i].arm, row->arm))
            return "a second line of one experiment, day and arm";
    if (group->n > 0) {
        const char *wrong = count_row_differ(&group->row[0], row);

        if (wrong)
            return wrong;
    }
    group->row[group->n++] = *row;
    return NULL;
}

static const char *read_line(struct reading *reading, struct str line)
{
    struct group *group = &reading->group;
    struct str cell[COLUMN_COUNT];
    struct str id;
    struct count_row row;
    const char *wrong;
    int32_t day;

    if (str_split(line, '\t', cell, COLUMN_COUNT) != COLUMN_COUNT)
        return "not 14 tab-separated fields";
    id = cell[COLUMN_EXPERIMENT];
    if (!is_experiment_id(id))
        return "experiment is no id";
    if (!day_parse(cell[COLUMN_DAY].at, cell[COLUMN_DAY].n, &day))
        return "day is no date (YYYY-MM-DD)";
    if (group->n == 0 || !str_equal(group->id, id) || group->day != day) {
        wrong = end_group(reading);
        if (wrong) {
            reading->line--; // where that day ended
            return wrong;
        }
        wrong = begin_group(reading, id, day);
        if (wrong)
            return wrong;
    }
    wrong = count_row_read(cell, group->item->experiment, &row);
    return wrong ? wrong : add_row(group, &row);
}

static const char *read_lines(struct reading *reading, struct str rows)
{
    struct str line;

    if (rows.n > 0 && rows.at[rows.n - 1] != '\n')
        return "the last line has no end";
    for (reading->at = rows.at; str_next_line(&rows, &line); reading->at = rows.at) {
        const char *wrong;

        reading->line++;
        wrong = read_line(reading, line);
        if (wrong)
            return wrong;
    }
    return end_group(reading);
}

bool history_parse(struct str rows, const char *name, const struct settings *settings,
                   struct arena *arena, struct history *history, struct err *err)
{
    struct reading reading = {.history = history, .arena = arena, .line = 1};
    const char *wrong;

    for (size_t i = 0; i < settings->n; i++)
        (void)history_put(history, &settings->experiment[i], arena);
    wrong = read_lines(&reading, rows);
    if (wrong)
        return err_set(err, "cannot read '%s:%zu': %s; restore the file from git", name,
                       reading.line, wrong);
    return true;
}

/* The day as the line has it: what stands between its first two tabs. */
static struct str line_day(struct str line)
{
    struct str field[2];

    (void)str_split(line, '\t', field, 2);
    return field[1];
}

/* First kept line of the `days` newest kept days. */
static size_t kept_from(const struct history_experiment *item, size_t days)
{
    size_t at = item->nkept;

    while (at > 0) {
        bool is_new = at == item->nkept || !str_equal(line_day(item->kept[at - 1]),
                                                      line_day(item->kept[at]));

        if (is_new && days-- == 0)
            break;
        at--;
    }
    return at;
}

int32_t history_kept_through(const struct history_experiment *item)
{
    int32_t day = 0;
    struct str text;

    if (item->nkept == 0)
        return 0;
    text = line_day(item->kept[item->nkept - 1]);
    return day_parse(text.at, text.n, &day) ? day : 0;
}

static void format_item(const struct history_experiment *item, struct buf *out)
{
    const struct evidence *evidence = &item->evidence;
    size_t days = evidence->n < EVIDENCE_DAYS_MAX ? evidence->n : EVIDENCE_DAYS_MAX;

    for (size_t i = kept_from(item, EVIDENCE_DAYS_MAX - days); i < item->nkept; i++)
        buf_add(out, item->kept[i].at, item->kept[i].n);
    for (size_t i = evidence->n - days; i < evidence->n; i++)
        for (size_t arm = 0; arm < evidence->narms; arm++)
            count_row_format(item->experiment, &evidence->day[i], arm, out);
}

void history_format(const struct history *history, struct buf *out)
{
    buf_add_text(out, HISTORY_HEADER "\n");
    for (size_t i = 0; i < history->n; i++)
        format_item(&history->item[i], out);
}
