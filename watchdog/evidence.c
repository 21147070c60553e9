/* Cells and their days, in memory and as the history file. */
#include "watchdog/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "shared/clock.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

static const char *const status_words[] = {"learning", "missing", "ok",
                                           "watch",    "open",    "recovering"};

const char *cell_status_word(enum cell_status status)
{
    return status_words[status];
}

bool cell_status_parse(struct str word, enum cell_status *status)
{
    for (size_t i = 0; i < sizeof status_words / sizeof *status_words; i++) {
        if (str_equal(word, str_of(status_words[i]))) {
            *status = (enum cell_status)i;
            return true;
        }
    }
    return false;
}

static int cell_compare(const struct cell *cell, const char *signal,
                        const char *segment)
{
    int order = strcmp(cell->signal_name, signal);

    return order != 0 ? order : strcmp(cell->segment, segment);
}

/* First index whose cell is not before (signal, segment). */
static size_t cell_index(const struct evidence *evidence, const char *signal,
                         const char *segment)
{
    size_t low = 0;
    size_t high = evidence->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (cell_compare(evidence->cell[middle], signal, segment) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum dimension segment_dimension(const char *segment)
{
    for (int d = DIMENSION_PAGE; d < DIMENSION_COUNT; d++) {
        const char *word = dimension_word((enum dimension)d);
        size_t n = strlen(word);

        if (strncmp(segment, word, n) == 0 && segment[n] == '=')
            return (enum dimension)d;
    }
    return DIMENSION_SITE;
}

static bool is_cell_at(const struct evidence *evidence, size_t at, const char *signal,
                       const char *segment)
{
    return at < evidence->n && cell_compare(evidence->cell[at], signal, segment) == 0;
}

struct cell *evidence_find(const struct evidence *evidence, const char *signal,
                           const char *segment)
{
    size_t at = cell_index(evidence, signal, segment);

    return is_cell_at(evidence, at, signal, segment) ? evidence->cell[at] : NULL;
}

struct cell *evidence_make(struct evidence *evidence, const char *signal,
                           const char *segment, struct arena *arena)
{
    size_t at = cell_index(evidence, signal, segment);
    struct cell *cell;

    if (is_cell_at(evidence, at, signal, segment))
        return evidence->cell[at];
    cell = arena_new(arena, struct cell, 1);
    cell->signal_name = str_copy(arena, signal, strlen(signal));
    cell->segment = str_copy(arena, segment, strlen(segment));
    cell->dimension = segment_dimension(segment);
    cell->is_note = strncmp(segment, CHECKOUT_ERROR, strlen(CHECKOUT_ERROR)) == 0;
    evidence->cell = arena_room(arena, evidence->cell, evidence->n, &evidence->capacity,
                                sizeof(struct cell *));
    memmove(&evidence->cell[at + 1], &evidence->cell[at],
            (evidence->n - at) * sizeof(struct cell *));
    evidence->cell[at] = cell;
    evidence->n++;
    return cell;
}

const char *error_note(struct arena *arena, const char *segment)
{
    return str_format(arena, CHECKOUT_ERROR "%s", strchr(segment, '=') + 1);
}

void evidence_link(struct evidence *evidence, const struct settings *settings)
{
    for (size_t i = 0; i < evidence->n; i++) {
        struct cell *cell = evidence->cell[i];

        cell->signal = signal_find(settings, cell->signal_name);
        if (cell->signal && (!cell->signal->is_configured ||
                             !settings->segment[cell->dimension] || cell->is_note))
            cell->signal = NULL;
        cell->parent = NULL;
        if (strchr(cell->segment, '=') && !cell->is_note)
            cell->parent = evidence_find(evidence, cell->signal_name, "site");
        cell->is_child = cell->parent != NULL;
    }
}

/* First index whose day is not before `day`. */
static size_t day_index(const struct cell *cell, int32_t day)
{
    size_t low = 0;
    size_t high = cell->ndays;

    if (high > 0 && cell->days[high - 1].day < day)
        return high; // appending is the usual case
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (cell->days[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void cell_put(struct cell *cell, struct arena *arena, int32_t day, int64_t affected,
              int64_t exposed)
{
    size_t at = day_index(cell, day);

    if (at == cell->ndays || cell->days[at].day != day) {
        cell->days = arena_room(arena, cell->days, cell->ndays, &cell->capacity,
                                sizeof *cell->days);
        memmove(&cell->days[at + 1], &cell->days[at],
                (cell->ndays - at) * sizeof *cell->days);
        cell->ndays++;
    }
    cell->days[at] =
        (struct observation){.day = day, .affected = affected, .exposed = exposed};
}

void cell_drop(struct cell *cell, int32_t day)
{
    size_t at = day_index(cell, day);

    if (at == cell->ndays || cell->days[at].day != day)
        return;
    memmove(&cell->days[at], &cell->days[at + 1],
            (cell->ndays - at - 1) * sizeof *cell->days);
    cell->ndays--;
}

const struct observation *cell_day(const struct cell *cell, int32_t day)
{
    size_t at = day_index(cell, day);

    return at < cell->ndays && cell->days[at].day == day ? &cell->days[at] : NULL;
}

int64_t cell_weight(const struct cell *cell, int32_t from, int32_t to)
{
    int64_t sum = 0;

    for (size_t i = day_index(cell, from); i < cell->ndays && cell->days[i].day <= to;
         i++)
        sum += cell->dimension == DIMENSION_ERROR ? cell->days[i].affected
                                                  : cell->days[i].exposed;
    return sum;
}

struct census evidence_census(const struct evidence *evidence, int32_t day)
{
    struct census census = {0};

    for (size_t i = 0; i < evidence->n; i++) {
        const struct cell *cell = evidence->cell[i];
        size_t today = day_index(cell, day);
        size_t before = today - day_index(cell, day - BASELINE_DAYS);

        if (cell->is_note)
            continue;
        if (today < cell->ndays && cell->days[today].day == day) {
            census.judged += before >= BASELINE_LEAST;
            census.learning += before < BASELINE_LEAST;
        } else if (cell_weight(cell, day - TRACKED_DAYS, day) > 0) {
            census.missing++;
        }
    }
    return census;
}

void evidence_forget_after(struct evidence *evidence, int32_t day)
{
    for (size_t i = 0; i < evidence->n; i++)
        evidence->cell[i]->ndays = day_index(evidence->cell[i], day + 1);
}

bool evidence_span(const struct evidence *evidence, int32_t *first, int32_t *last)
{
    bool any = false;

    for (size_t i = 0; i < evidence->n; i++) {
        const struct cell *cell = evidence->cell[i];

        if (cell->ndays == 0)
            continue;
        if (!any || cell->days[0].day < *first)
            *first = cell->days[0].day;
        if (!any || cell->days[cell->ndays - 1].day > *last)
            *last = cell->days[cell->ndays - 1].day;
        any = true;
    }
    return any;
}

struct evidence_row {
    int32_t day;
    struct str key; /* signal, tab, segment as written: its order is the file's */
    struct str signal, segment;
    int64_t affected, exposed;
};

/* Text that C strings and JSON can hold. */
static bool is_text(struct str text)
{
    return text_is_utf8(text.at, text.n, NULL) && !memchr(text.at, '\0', text.n);
}

static const char *parse_row(struct str line, struct arena *arena,
                             struct evidence_row *row)
{
    struct str field[5];
    size_t n = str_split(line, '\t', field, 5);

    if (n != 5)
        return "not 5 tab-separated fields";
    if (!day_parse(field[0].at, field[0].n, &row->day))
        return "the first field is not a day (YYYY-MM-DD)";
    if (field[1].n == 0 || field[2].n == 0)
        return "signal or segment is empty";
    if (!text_tsv_parse(arena, field[1].at, field[1].n, &row->signal) ||
        !text_tsv_parse(arena, field[2].at, field[2].n, &row->segment) ||
        !is_text(row->signal) || !is_text(row->segment))
        return "a %XX escape is broken";
    if (!str_to_int64(field[3].at, field[3].n, &row->affected) ||
        !str_to_int64(field[4].at, field[4].n, &row->exposed) || row->affected < 0 ||
        row->exposed < 1 || row->affected > 1000000000 || row->exposed > 1000000000)
        return "affected is not in 0..1e9 or exposed not in 1..1e9";
    row->key =
        (struct str){field[1].at, (size_t)(field[2].at + field[2].n - field[1].at)};
    return NULL;
}

static const char *add_row(const struct evidence_row *row, struct arena *arena,
                           struct evidence *evidence)
{
    struct cell *cell = evidence_make(evidence, row->signal.at, row->segment.at, arena);

    if (cell_day(cell, row->day))
        return "a second row of one day, signal and segment";
    cell_put(cell, arena, row->day, row->affected, row->exposed);
    return NULL;
}

/* What is wrong with a row beside the one before it. */
static const char *check_row(const struct evidence_file *file,
                             const struct evidence_row *row,
                             const struct evidence_row *before)
{
    const struct signal *signal =
        file->settings ? signal_find(file->settings, row->signal.at) : NULL;

    if (file->is_ours &&
        (row->day < before->day ||
         (row->day == before->day && str_compare(row->key, before->key) <= 0)))
        return "not in the order of day, signal, segment, each once";
    if (signal && signal->model == MODEL_PROPORTION && row->affected > row->exposed)
        return "more affected than exposed";
    return NULL;
}

bool evidence_parse(struct str bytes, const struct evidence_file *file,
                    struct arena *arena, struct evidence *evidence, struct err *err)
{
    const char *remedy = file->is_ours ? "restore the file from git" : "mend the line";
    struct evidence_row before = {0};
    struct str line;

    for (size_t number = 2; str_next_line(&bytes, &line); number++) {
        struct evidence_row row;
        const char *wrong = parse_row(line, arena, &row);

        if (!wrong)
            wrong = check_row(file, &row, &before);
        if (!wrong)
            wrong = add_row(&row, arena, evidence);
        if (wrong)
            return err_set(err, "cannot read '%s:%zu': %s; %s", file->name, number,
                           wrong, remedy);
        before = row;
    }
    return true;
}

struct dated {
    const struct cell *cell;
    const struct observation *row;
    const struct buf *key; /* signal and segment as written */
    size_t order;          /* of the key among all */
};

static int dated_compare(const void *left, const void *right)
{
    const struct dated *a = left;
    const struct dated *b = right;

    if (a->row->day != b->row->day)
        return a->row->day < b->row->day ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static int key_compare(const void *left, const void *right)
{
    const struct dated *a = left;
    const struct dated *b = right;

    return str_compare(buf_str(a->key), buf_str(b->key));
}

/* Cells in the order of their keys as written, which escapes can make another than that
 * of the names: the reader and the merge of two branches see what is written alone. */
static struct dated *cells_by_key(const struct evidence *evidence, struct arena *arena)
{
    struct dated *cells = arena_new(arena, struct dated, evidence->n);

    for (size_t i = 0; i < evidence->n; i++) { // escaped once a cell, not once a row
        const struct cell *cell = evidence->cell[i];
        struct buf *key = arena_new(arena, struct buf, 1);

        buf_init(key, arena, HISTORY_LINE_BYTES_MAX);
        buf_add_text(key, "\t");
        text_add_tsv(key, cell->signal_name, strlen(cell->signal_name));
        buf_add_text(key, "\t");
        text_add_tsv(key, cell->segment, strlen(cell->segment));
        cells[i] = (struct dated){.cell = cell, .key = key};
    }
    if (evidence->n > 1)
        qsort(cells, evidence->n, sizeof *cells, key_compare);
    return cells;
}

void evidence_format(const struct evidence *evidence, int32_t from, struct buf *out)
{
    const struct dated *cells = cells_by_key(evidence, out->arena);
    struct dated *rows;
    size_t n = 0;

    for (size_t i = 0; i < evidence->n; i++)
        n += cells[i].cell->ndays;
    rows = arena_new(out->arena, struct dated, n);
    n = 0;
    for (size_t i = 0; i < evidence->n; i++) {
        const struct cell *cell = cells[i].cell;

        for (size_t d = day_index(cell, from); d < cell->ndays; d++)
            rows[n++] = (struct dated){cell, &cell->days[d], cells[i].key, i};
    }
    if (n > 1)
        qsort(rows, n, sizeof *rows, dated_compare);
    buf_add_text(out, EVIDENCE_HEADER "\n");
    for (size_t i = 0; i < n; i++) {
        buf_add_text(out, day_text(rows[i].row->day).text);
        buf_add(out, rows[i].key->at, rows[i].key->n);
        buf_printf(out, "\t%lld\t%lld\n", (long long)rows[i].row->affected,
                   (long long)rows[i].row->exposed);
    }
}

static size_t data_index(const struct data_days *data, const char *source, int32_t day)
{
    size_t i = 0;

    while (i < data->n &&
           (data->item[i].day < day ||
            (data->item[i].day == day && strcmp(data->item[i].source, source) < 0)))
        i++;
    return i;
}

void data_days_put(struct data_days *data, struct arena *arena, struct data_day day)
{
    size_t at = data_index(data, day.source, day.day);

    if (at == data->n || data->item[at].day != day.day ||
        strcmp(data->item[at].source, day.source) != 0) {
        data->item =
            arena_room(arena, data->item, data->n, &data->capacity, sizeof *data->item);
        memmove(&data->item[at + 1], &data->item[at],
                (data->n - at) * sizeof *data->item);
        data->n++;
    }
    data->item[at] = day;
}

const struct data_day *data_days_find(const struct data_days *data, const char *source,
                                      int32_t day)
{
    size_t at = data_index(data, source, day);

    return at < data->n && data->item[at].day == day &&
                   strcmp(data->item[at].source, source) == 0
               ? &data->item[at]
               : NULL;
}
