/* Daily counts from a TSV that someone else wrote, or from our own history. Its lines
 * may come in any order; what is wrong with one is said with its place. */
#include <stdlib.h>
#include <string.h>

#include "bandit/columns.h"
#include "shared/clock.h"

#include "shared/banned.h"

enum {
    FIELDS_MAX = 256,
    ROWS_MAX = EVIDENCE_DAYS_MAX * ARMS_MAX,
};

#define UNITS_MAX INT64_C(1000000000) /* of an arm, all days together */

/* One line, the arm as index. */
struct numbered {
    struct count_row row;
    size_t arm;
    size_t line;
};

struct counts {
    struct counts_file *file;
    struct arena *arena;
    size_t column[COLUMN_COUNT]; /* field of a column, FIELDS_MAX where there is none */
    size_t nfields;
    bool is_chosen; /* the experiment, before the file was read */
    struct numbered *row;
    size_t n, capacity;
    size_t line;
};

static bool has_column(const struct counts *counts, enum column column)
{
    return counts->column[column] < FIELDS_MAX;
}

static const char *read_header(struct counts *counts, struct str line)
{
    struct str field[FIELDS_MAX];

    counts->nfields = str_split(line, '\t', field, FIELDS_MAX);
    if (counts->nfields > FIELDS_MAX)
        return "more than 256 columns";
    for (size_t i = 0; i < counts->nfields; i++) {
        enum column column = column_find(field[i]);

        if (column == COLUMN_COUNT)
            continue;
        if (has_column(counts, column))
            return "a column is named twice";
        counts->column[column] = i;
    }
    if (!has_column(counts, COLUMN_DAY) || !has_column(counts, COLUMN_ARM) ||
        !has_column(counts, COLUMN_SESSIONS))
        return "no columns day, arm and sessions with tabs between";
    if (!has_column(counts, COLUMN_CONVERSIONS) &&
        !(has_column(counts, COLUMN_SUM) && has_column(counts, COLUMN_SUMSQ)))
        return "no column conversions, nor sum_x10000 and sumsq_x1e8";
    return NULL;
}

static bool is_date_first(struct str line)
{
    struct str first;
    int32_t day;

    (void)str_split(line, '\t', &first, 1);
    return day_parse(first.at, first.n, &day);
}

/* Index of the arm's name, which is added where names are found in the file. */
static const char *find_arm(struct counts *counts, struct str name, size_t *arm)
{
    struct counts_file *file = counts->file;

    for (*arm = 0; *arm < file->narms; ++*arm)
        if (str_equal(str_of(file->arm[*arm]), name))
            return NULL;
    if (file->configured)
        return "an arm that is not configured";
    if (file->narms == ARMS_MAX)
        return "more than 20 arms";
    file->arm[file->narms++] = str_copy(counts->arena, name.at, name.n);
    return NULL;
}

/* Whether the line is of the experiment that is wanted. */
static const char *choose(struct counts *counts, struct str id, bool *is_wanted)
{
    struct counts_file *file = counts->file;

    *is_wanted = true;
    if (!id.at)
        return NULL;
    if (!is_experiment_id(id))
        return "experiment is no id";
    if (!file->experiment)
        file->experiment = str_copy(counts->arena, id.at, id.n);
    *is_wanted = str_equal(str_of(file->experiment), id);
    return *is_wanted || counts->is_chosen ? NULL
                                           : "a second experiment; name one of them";
}

static const char *check_reward(const struct counts *counts,
                                const struct count_row *row)
{
    const struct counts_file *file = counts->file;

    if (!row->is_mature)
        return NULL;
    if (file->configured && !file->any_reward &&
        row->is_numeric != reward_is_numeric(&file->configured->reward))
        return row->is_numeric ? "sums where the reward is counted in conversions"
                               : "conversions where the reward is a number";
    return NULL;
}

static const char *add_line(struct counts *counts, struct str line)
{
    struct counts_file *file = counts->file;
    struct str field[FIELDS_MAX];
    struct str cell[COLUMN_COUNT] = {0};
    struct numbered *row;
    bool is_wanted;
    const char *wrong;

    if (str_split(line, '\t', field, FIELDS_MAX) != counts->nfields)
        return "not as many tab-separated fields as columns";
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        if (counts->column[i] < FIELDS_MAX)
            cell[i] = field[counts->column[i]];
    wrong = choose(counts, cell[COLUMN_EXPERIMENT], &is_wanted);
    if (wrong || !is_wanted)
        return wrong;
    if (counts->n == ROWS_MAX)
        return "more lines than 20 arms have on 400 days; remove the oldest";
    counts->row = arena_room(counts->arena, counts->row, counts->n, &counts->capacity,
                             sizeof *counts->row);
    row = &counts->row[counts->n];
    row->line = counts->line;
    wrong = count_row_read(cell, file->configured, &row->row);
    if (!wrong && file->configured && row->row.day < file->configured->start)
        return NULL; // an earlier phase's, of other arms perhaps
    if (!wrong)
        wrong = find_arm(counts, row->row.arm, &row->arm);
    if (!wrong)
        wrong = check_reward(counts, &row->row);
    if (wrong)
        return wrong;
    file->has_weights |= row->row.at_once.weight_x10000 >= 0;
    file->has_versions |= row->row.version > 0;
    file->is_numeric |= row->row.is_numeric;
    counts->n++;
    return NULL;
}

static int numbered_compare(const void *left, const void *right)
{
    const struct numbered *a = left;
    const struct numbered *b = right;

    if (a->row.day != b->row.day)
        return a->row.day < b->row.day ? -1 : 1;
    if (a->arm != b->arm)
        return a->arm < b->arm ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

/* Without a configured order, the arm named `control` is the first. */
static void put_control_first(struct counts *counts)
{
    struct counts_file *file = counts->file;
    size_t control = 0;
    const char *name;

    while (control < file->narms && strcmp(file->arm[control], "control") != 0)
        control++;
    if (file->configured || control == file->narms)
        return;
    name = file->arm[control];
    memmove(&file->arm[1], &file->arm[0], control * sizeof *file->arm);
    file->arm[0] = name;
    for (size_t i = 0; i < counts->n; i++) {
        size_t arm = counts->row[i].arm;

        counts->row[i].arm = arm == control ? 0 : arm + (arm < control);
    }
}

/* What is wrong between this line and the others of its day and arm. `first` is the
 * first line of the day, `units` those of the arm until now. */
static const char *check_line(const struct counts_file *file,
                              const struct numbered *first,
                              const struct numbered *numbered, int64_t units)
{
    const struct count_row *row = &numbered->row;

    if (numbered > first && numbered[-1].arm == numbered->arm)
        return "a second line of one day and arm";
    if (row->is_mature && row->is_numeric != file->is_numeric)
        return "conversions on this line, sums on others";
    if (units + row->mature.units > UNITS_MAX)
        return "more than 1000000000 sessions of the arm, all days together";
    return count_row_differ(&first->row, row);
}

/* The lines, sorted, into their days. */
static const char *add_days(struct counts *counts, struct evidence *evidence)
{
    int64_t units[ARMS_MAX] = {0};
    const struct numbered *first = NULL;

    for (size_t i = 0; i < counts->n; i++) {
        const struct numbered *numbered = &counts->row[i];
        struct evidence_day *day;
        const char *wrong;

        if (!first || first->row.day != numbered->row.day)
            first = numbered;
        counts->line = numbered->line;
        wrong = check_line(counts->file, first, numbered, units[numbered->arm]);
        if (wrong)
            return wrong;
        units[numbered->arm] += numbered->row.mature.units;
        day = evidence_put(evidence, numbered->row.day, counts->arena);
        if (evidence->n > EVIDENCE_DAYS_MAX)
            return "more than 400 days; remove the oldest";
        count_row_put(&numbered->row, numbered->arm, day);
    }
    return NULL;
}

/* Weights that are known of some arms are of no use to anybody. */
static void forget_partial_weights(struct evidence *evidence)
{
    for (size_t i = 0; i < evidence->n; i++) {
        struct evidence_day *day = &evidence->day[i];
        bool all_known = true;

        for (size_t arm = 0; arm < evidence->narms; arm++)
            all_known = all_known && day->at_once[arm].weight_x10000 >= 0;
        for (size_t arm = 0; arm < evidence->narms && !all_known; arm++)
            day->at_once[arm].weight_x10000 = -1;
    }
}

static const char *read_counts(struct counts *counts, struct str bytes)
{
    struct str line;
    const char *wrong = NULL;

    for (size_t i = 0; i < COLUMN_COUNT; i++)
        counts->column[i] = FIELDS_MAX;
    while (!wrong && str_next_line(&bytes, &line)) {
        counts->line++;
        if (line.n > 0 && line.at[line.n - 1] == '\r')
            line.n--;
        if (counts->line == 1 && is_date_first(line))
            wrong = read_header(counts, STR("day\tarm\tsessions\tconversions"));
        else if (counts->line == 1) {
            wrong = read_header(counts, line);
            continue;
        }
        if (!wrong)
            wrong = add_line(counts, line);
    }
    return wrong;
}

bool counts_parse(struct str bytes, struct counts_file *file, struct arena *arena,
                  struct evidence *evidence, struct err *err)
{
    struct counts counts = {.file = file,
                            .arena = arena,
                            .is_chosen = file->experiment != NULL};
    const struct experiment *configured = file->configured;
    const char *wrong;

    for (size_t i = 0; configured && i < configured->narms; i++)
        file->arm[file->narms++] = configured->arm[i].name;
    wrong = read_counts(&counts, bytes);
    if (!wrong) {
        put_control_first(&counts);
        if (counts.n > 1)
            qsort(counts.row, counts.n, sizeof *counts.row, numbered_compare);
        evidence->narms = file->narms;
        evidence->nguardrails = configured ? configured->nguardrails : 0;
        wrong = add_days(&counts, evidence);
    }
    if (!wrong && counts.n > 0 && file->narms < 2)
        wrong = "the one arm alone; two are compared";
    if (wrong)
        return err_set(err, "cannot read '%s:%zu': %s", file->name, counts.line, wrong);
    forget_partial_weights(evidence);
    file->has_tagged = has_column(&counts, COLUMN_TAGGED);
    file->has_multi = has_column(&counts, COLUMN_MULTI);
    file->has_guardrails = has_column(&counts, COLUMN_GUARDRAILS);
    return true;
}
