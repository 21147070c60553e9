/* The checkpoint: everything judging needs to go on after the newest final day, as a
 * TSV file. */
#include <stdlib.h>
#include <string.h>

#include "shared/clock.h"
#include "shared/text.h"
#include "watchdog/judge.h"

#include "shared/banned.h"

enum { COLUMNS = 29, COLUMN_STATUS = 3, LINES_MAX = 20000, LIST_MAX = 64 };

static void add_text(struct buf *out, const char *text)
{
    buf_add_text(out, "\t");
    text_add_tsv(out, text, strlen(text));
}

static void add_int(struct buf *out, int64_t value)
{
    buf_printf(out, "\t%lld", (long long)value);
}

static void add_day(struct buf *out, int32_t day)
{
    buf_printf(out, "\t%s", day == 0 ? "-" : day_text(day).text);
}

/* A list is one field, its members apart by U+001F, which no safe text holds;
 * text_add_tsv writes it %1F. */
static void add_list(struct buf *out, const char **items, size_t n)
{
    struct buf joined;

    buf_init(&joined, out->arena, 1 << 16);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_add_text(&joined, "\x1f");
        buf_add_text(&joined, items[i]);
    }
    add_text(out, joined.n > 0 ? joined.at : "");
}

static void add_head(struct buf *out, int32_t day, const char *signal,
                     const char *segment, const char *status)
{
    buf_add_text(out, day_text(day).text);
    add_text(out, signal);
    add_text(out, segment);
    add_text(out, status);
}

static void add_episode(struct buf *out, const struct episode *episode)
{
    static const struct episode none = {.reason = "",
                                        .opened_by = "",
                                        .p = "",
                                        .because = ""};
    const char *severity = !episode ? "" : episode->is_crit ? "crit" : "warn";

    if (!episode)
        episode = &none;
    add_day(out, episode->opened);
    add_day(out, episode->change);
    add_day(out, episode->closed);
    add_text(out, episode->reason);
    add_text(out, episode->opened_by);
    add_text(out, severity);
    add_int(out, episode->affected);
    add_int(out, episode->exposed);
    add_int(out, episode->expected_x10);
    add_int(out, episode->limit_ppm);
    add_int(out, episode->ratio_x100);
    add_text(out, episode->p);
    add_int(out, episode->cusum_x1000);
    add_int(out, episode->affected_total);
    add_int(out, episode->judged_days);
    add_int(out, episode->worse_days);
    add_int(out, episode->differing_days);
    add_text(out, episode->because);
    add_list(out, episode->explained_by, episode->nexplained_by);
    add_list(out, episode->releases, episode->nreleases);
    buf_add_text(out, "\n");
}

static void add_cell(struct buf *out, const struct cell *cell, int32_t day)
{
    int32_t last_seen = 0;

    for (size_t i = 0; i < cell->ndays && cell->days[i].day <= day; i++)
        last_seen = cell->days[i].day;
    add_head(out, day, cell->signal_name, cell->segment,
             cell_status_word(cell->status));
    add_int(out, cell->cusum.sum_x1000);
    add_int(out, cell->cusum.excess_x1000);
    add_int(out, cell->quiet);
    add_day(out, cell->baseline_from);
    add_day(out, last_seen);
    add_episode(out, cell->open);
}

static bool is_at_rest(const struct cell *cell)
{
    return !cell->open && cell->cusum.sum_x1000 == 0 && cell->baseline_from == 0 &&
           cell->status != CELL_WATCH;
}

static size_t count_lines(const struct evidence *evidence, int32_t closed_from)
{
    size_t n = 0;

    for (size_t i = 0; i < evidence->n; i++) {
        const struct cell *cell = evidence->cell[i];

        n += !is_at_rest(cell);
        for (size_t e = 0; e < cell->npast; e++)
            n += cell->past[e]->closed >= closed_from;
    }
    return n;
}

/* Closed episodes are kept from this day on: while they matter, and as many as fit. */
static int32_t oldest_kept(const struct evidence *evidence, size_t others, int32_t day)
{
    int32_t from = day - EPISODE_DAYS;

    while (from <= day && others + count_lines(evidence, from) > LINES_MAX)
        from++;
    return from;
}

void checkpoint_format(const struct evidence *evidence, const struct data_days *data,
                       int32_t day, struct buf *out)
{
    int32_t from = oldest_kept(evidence, data->n + 1, day);
    buf_add_text(out, CHECKPOINT_HEADER "\n");
    // a line of its own, so that a checkpoint in which all is at rest has its day too
    add_head(out, day, "", "", "checkpoint");
    buf_add_text(out, "\t0\t0\t0\t-\t-");
    add_episode(out, NULL);
    for (size_t i = 0; i < data->n; i++) {
        const struct data_day *item = &data->item[i];

        if (item->status == DAY_OK || item->day > day || day - item->day > MISSING_DAYS)
            continue;
        add_head(out, day, "", item->source,
                 item->is_collapse ? "collapsed" : day_status_word(item->status));
        buf_add_text(out, "\t0\t0\t0\t-");
        add_day(out, item->day);
        add_episode(out, NULL);
    }
    for (size_t i = 0; i < evidence->n; i++) {
        const struct cell *cell = evidence->cell[i];

        for (size_t e = 0; e < cell->npast; e++) {
            if (cell->past[e]->closed < from)
                continue;
            add_head(out, day, cell->signal_name, cell->segment, "closed");
            buf_add_text(out, "\t0\t0\t0\t-\t-");
            add_episode(out, cell->past[e]);
        }
        if (!is_at_rest(cell))
            add_cell(out, cell, day);
    }
}

struct reader {
    struct arena *arena;
    struct checkpoint *into;
    const struct cell *cell; /* of the line before */
    int32_t opened; /* and its episode, INT32_MAX: not closed, the last of a cell */
};

static bool parse_text(const struct reader *reader, struct str field, const char **text)
{
    struct str parsed;

    if (!text_tsv_parse(reader->arena, field.at, field.n, &parsed))
        return false;
    *text = str_copy(reader->arena, parsed.at, parsed.n);
    return true;
}

static bool parse_day(struct str field, int32_t *day)
{
    *day = 0;
    return str_equal(field, STR("-")) || day_parse(field.at, field.n, day);
}

static bool parse_int(struct str field, int64_t *value)
{
    return str_to_int64(field.at, field.n, value);
}

static bool parse_list(const struct reader *reader, struct str field,
                       const char ***items, size_t *n)
{
    struct str part[LIST_MAX];
    const char *text;
    size_t found;

    if (!parse_text(reader, field, &text))
        return false;
    found = text[0] == '\0' ? 0 : str_split(str_of(text), '\x1f', part, LIST_MAX);
    if (found > LIST_MAX)
        return false;
    *items = arena_new(reader->arena, const char *, found);
    for (size_t i = 0; i < found; i++)
        (*items)[i] = str_copy(reader->arena, part[i].at, part[i].n);
    *n = found;
    return true;
}

static bool parse_episode(const struct reader *reader, const struct str *field,
                          struct episode *episode)
{
    const char *severity = "";
    bool good = parse_day(field[9], &episode->opened) &&
                parse_day(field[10], &episode->change) &&
                parse_day(field[11], &episode->closed) &&
                parse_text(reader, field[12], &episode->reason) &&
                parse_text(reader, field[13], &episode->opened_by) &&
                parse_text(reader, field[14], &severity) &&
                parse_int(field[15], &episode->affected) &&
                parse_int(field[16], &episode->exposed) &&
                parse_int(field[17], &episode->expected_x10) &&
                parse_int(field[18], &episode->limit_ppm) &&
                parse_int(field[19], &episode->ratio_x100) &&
                parse_text(reader, field[20], &episode->p) &&
                parse_int(field[21], &episode->cusum_x1000) &&
                parse_int(field[22], &episode->affected_total) &&
                parse_int(field[23], &episode->judged_days) &&
                parse_int(field[24], &episode->worse_days) &&
                parse_int(field[25], &episode->differing_days) &&
                parse_text(reader, field[26], &episode->because) &&
                parse_list(reader, field[27], &episode->explained_by,
                           &episode->nexplained_by) &&
                parse_list(reader, field[28], &episode->releases, &episode->nreleases);

    episode->is_crit = strcmp(severity, "crit") == 0;
    return good && episode->change <= episode->opened;
}

/* Lines of a cell lie together, closed episodes by day and then what it carries on;
 * cells are sorted. So nothing is there twice. */
static bool in_order(struct reader *reader, const struct cell *cell, int32_t opened)
{
    const struct cell *before = reader->cell;
    int order = before ? strcmp(before->signal_name, cell->signal_name) : -1;
    int32_t opened_before = reader->opened;

    if (order == 0)
        order = strcmp(before->segment, cell->segment);
    reader->cell = cell;
    reader->opened = opened;
    return order < 0 || (order == 0 && opened_before < opened);
}

static const char *read_cell(struct reader *reader, const struct str *field,
                             struct cell *cell)
{
    struct episode *episode = arena_new(reader->arena, struct episode, 1);
    bool is_closed = str_equal(field[COLUMN_STATUS], STR("closed"));
    int32_t last_seen;

    if (!parse_episode(reader, field, episode))
        return "the numbers of the episode are broken";
    if (!in_order(reader, cell, is_closed ? episode->opened : INT32_MAX))
        return "not in the order of signal, segment, opening, each once";
    episode->signal = cell->signal_name;
    episode->segment = cell->segment;
    if (is_closed) {
        if (episode->opened == 0 || episode->closed < episode->opened)
            return "a closed episode without its days";
        cell->past = arena_room(reader->arena, cell->past, cell->npast,
                                &cell->past_capacity, sizeof(struct episode *));
        cell->past[cell->npast++] = episode;
        return NULL;
    }
    if (!cell_status_parse(field[COLUMN_STATUS], &cell->status))
        return "an unknown status";
    if (!parse_int(field[4], &cell->cusum.sum_x1000) ||
        !parse_int(field[5], &cell->cusum.excess_x1000) ||
        !parse_int(field[6], &cell->quiet) ||
        !parse_day(field[7], &cell->baseline_from) ||
        !parse_day(field[8], &last_seen) || cell->cusum.sum_x1000 < 0)
        return "the numbers of the cell are broken";
    if (episode->opened != 0)
        cell->open = episode;
    return NULL;
}

static const char *read_line(struct reader *reader, const struct str *field)
{
    const char *signal, *segment;
    enum day_status status = DAY_PARTIAL;
    bool is_collapse = str_equal(field[COLUMN_STATUS], STR("collapsed"));
    int32_t day;

    if (!day_parse(field[0].at, field[0].n, &day))
        return "the first field is not a day (YYYY-MM-DD)";
    if (reader->into->day != 0 && day != reader->into->day)
        return "lines of two days";
    reader->into->day = day;
    if (!parse_text(reader, field[1], &signal) ||
        !parse_text(reader, field[2], &segment))
        return "a %XX escape is broken";
    if (signal[0] != '\0')
        return read_cell(reader, field,
                         evidence_make(reader->into->evidence, signal, segment,
                                       reader->arena));
    if (str_equal(field[COLUMN_STATUS], STR("checkpoint")))
        return NULL;
    if (str_equal(field[COLUMN_STATUS], STR("absent")))
        status = DAY_ABSENT;
    else if (!is_collapse && !str_equal(field[COLUMN_STATUS], STR("partial")))
        return "an unknown status";
    if (!parse_day(field[8], &day) || day == 0 || segment[0] == '\0')
        return "a day without data lacks its day or source";
    if (data_days_find(reader->into->data, segment, day))
        return "a second line of one day and source";
    data_days_put(reader->into->data, reader->arena,
                  (struct data_day){.source = segment,
                                    .day = day,
                                    .status = status,
                                    .is_collapse = is_collapse});
    return NULL;
}

bool checkpoint_parse(struct str bytes, const char *name, struct arena *arena,
                      struct checkpoint *into, struct err *err)
{
    struct reader reader = {.arena = arena, .into = into};
    struct str line;

    for (size_t number = 2; str_next_line(&bytes, &line); number++) {
        struct str field[COLUMNS];
        const char *wrong = number > LINES_MAX + 1 ? "too many lines" : NULL;

        if (!wrong && str_split(line, '\t', field, COLUMNS) != COLUMNS)
            wrong = "not 29 tab-separated fields";
        if (!wrong)
            wrong = read_line(&reader, field);
        if (wrong)
            return err_set(err, "cannot read '%s:%zu': %s; restore the file from git",
                           name, number, wrong);
    }
    return true;
}
