/* state/history/perfcheck.tsv: read strictly, written in one form. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "perfcheck/history.h"
#include "shared/clock.h"
#include "shared/text.h"

#include "shared/banned.h"

enum column {
    COLUMN_FORM,
    COLUMN_PAGE,
    COLUMN_METRIC,
    COLUMN_DAY,
    COLUMN_EPOCH,
    COLUMN_K,
    COLUMN_VALUES,
    COLUMN_BI,
    COLUMN_UP,
    COLUMN_DOWN,
    COLUMN_VERDICT,
    COLUMN_COUNT,
};

enum {
    HASH_DIGITS = 16,
    CUSUM_MOST = 11000, /* 1000 (H + 1) of the largest H */
};

struct reading {
    struct history *history;
    struct arena *arena;
    struct str names[3]; /* form, page, metric of the line before */
    struct str raw;      /* its epoch, */
    const char *epoch;   /* and what that means */
};

static bool is_none(struct str cell)
{
    return cell.n == 1 && cell.at[0] == '-';
}

/* ---- cells ---- */

/* The inverse of add_cell; NULL: badly escaped, empty or too long. */
static const char *read_cell(struct str cell, struct arena *arena)
{
    char *to;
    size_t n = 0;

    if (cell.n == 0 || cell.n > HISTORY_CELL_MAX)
        return NULL;
    if (is_none(cell))
        return "";
    to = arena_new(arena, char, cell.n + 1);
    for (size_t i = 0; i < cell.n; i++) {
        char c = cell.at[i];

        if (c == '\\') {
            i++;
            switch (i < cell.n ? cell.at[i] : '\0') {
            case 't': c = '\t'; break;
            case 'n': c = '\n'; break;
            case '\\': break;
            case '-': c = '-'; break;
            default: return NULL;
            }
        }
        to[n++] = c;
    }
    return to;
}

static void add_cell(struct buf *out, const char *text)
{
    if (*text == '\0')
        buf_add_text(out, "-");
    if (strcmp(text, "-") == 0) {
        buf_add_text(out, "\\-");
        return;
    }
    for (; *text; text++) {
        switch (*text) {
        case '\t': buf_add_text(out, "\\t"); break;
        case '\n': buf_add_text(out, "\\n"); break;
        case '\\': buf_add_text(out, "\\\\"); break;
        default: buf_add(out, text, 1);
        }
    }
}

static bool read_int(struct str cell, int64_t most, int64_t *value)
{
    return str_to_int64(cell.at, cell.n, value) && *value >= 0 && *value <= most;
}

static bool read_hash(struct str cell, uint64_t *hash)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t value = 0;

    if (cell.n != HASH_DIGITS)
        return false;
    for (size_t i = 0; i < cell.n; i++) {
        const char *digit = memchr(digits, cell.at[i], sizeof digits - 1);

        if (!digit)
            return false;
        value = value << 4 | (uint64_t)(digit - digits);
    }
    *hash = value;
    return true;
}

static bool read_verdict(struct str cell, enum row_verdict *verdict)
{
    for (int i = ROW_OK; i <= ROW_REF; i++)
        if (str_equal(cell, str_of(row_verdict_word((enum row_verdict)i)))) {
            *verdict = (enum row_verdict)i;
            return true;
        }
    return false;
}

/* Fields between commas; 0 of "-". */
static size_t count_values(struct str cell)
{
    size_t n = 1;

    if (is_none(cell))
        return 0;
    for (size_t i = 0; i < cell.n; i++)
        n += cell.at[i] == ',';
    return n;
}

static struct str next_value(struct str *rest)
{
    const char *comma = memchr(rest->at, ',', rest->n);
    struct str value = {rest->at, comma ? (size_t)(comma - rest->at) : rest->n};
    size_t taken = value.n + (comma != NULL);

    rest->at += taken;
    rest->n -= taken;
    return value;
}

/* ---- rows ---- */

static const char *read_numbers(struct str cell, const char *metric,
                                struct arena *arena, struct row_of_day *row)
{
    size_t most = history_is_rum(metric) ? HISTORY_VALUES_MAX : VALUES_MAX;

    row->nvalues = count_values(cell);
    if (row->nvalues > most)
        return "more values than a row can have";
    if (history_is_timing(metric) && row->nvalues > row->k)
        return "more values than runs";
    row->values = arena_new(arena, double, row->nvalues);
    for (size_t i = 0; i < row->nvalues; i++) {
        struct str value = next_value(&cell);

        if (!str_to_double(value.at, value.n, &row->values[i]))
            return "values are no numbers";
    }
    return NULL;
}

static const char *read_hashes(struct str cell, struct arena *arena,
                               struct hash_row *row)
{
    uint64_t *hash;

    row->n = count_values(cell);
    if (row->n > HISTORY_HASHES_MAX)
        return "more values than a row can have";
    hash = arena_new(arena, uint64_t, row->n);
    for (size_t i = 0; i < row->n; i++)
        if (!read_hash(next_value(&cell), &hash[i]) ||
            (i > 0 && hash[i] <= hash[i - 1]))
            return "values are not ascending, of 16 hexadecimal digits";
    row->hash = hash;
    return NULL;
}

static bool begins(const char *metric, const char *prefix)
{
    return strncmp(metric, prefix, strlen(prefix)) == 0;
}

/* What is written of our own kinds, and can be counted with. */
static const char *check_kind(const char *metric, const struct row_of_day *row)
{
    bool is_one = strcmp(metric, "runs") == 0 || begins(metric, "published.");
    bool is_some = strcmp(metric, "perf") == 0 || begins(metric, "score.") ||
                   begins(metric, "bytes.");

    if (is_one ? row->nvalues != 1 : is_some && row->nvalues == 0)
        return "not as many values as its metric has";
    for (size_t i = 0; i < row->nvalues && !history_is_rum(metric); i++)
        if (row->values[i] < 0 || row->values[i] > HISTORY_VALUE_MOST)
            return "values are not 0 to 1e12";
    return NULL;
}

static const char *read_line(const struct str *cell, const char *metric,
                             struct arena *arena, struct row_of_day *row)
{
    int64_t k, up, down;
    const char *wrong;

    if (!read_int(cell[COLUMN_K], UINT32_MAX, &k))
        return "k is no number of runs";
    row->k = (size_t)k;
    row->bi.known = !is_none(cell[COLUMN_BI]);
    if (row->bi.known &&
        !str_to_double(cell[COLUMN_BI].at, cell[COLUMN_BI].n, &row->bi.value))
        return "bi is no number";
    if (!read_int(cell[COLUMN_UP], CUSUM_MOST, &up) ||
        !read_int(cell[COLUMN_DOWN], CUSUM_MOST, &down))
        return "cusum_up or cusum_down is not 0 to 11000";
    row->cusum_up = (int32_t)up;
    row->cusum_down = (int32_t)down;
    if (!read_verdict(cell[COLUMN_VERDICT], &row->verdict))
        return "verdict is none of ok, learning, bridge, short, step, drift, better, "
               "ref";
    if (history_is_hashes(metric))
        return NULL;
    wrong = read_numbers(cell[COLUMN_VALUES], metric, arena, row);
    return wrong ? wrong : check_kind(metric, row);
}

static bool is_form(const char *form, const char *metric)
{
    return *form != '\0' &&
           (history_is_rum(metric) || strcmp(form, form_word(FORM_MOBILE)) == 0 ||
            strcmp(form, form_word(FORM_DESKTOP)) == 0);
}

static bool is_series_before(struct reading *reading, const struct str *cell)
{
    bool is_same = reading->history->n > 0;

    for (int i = 0; i < 3; i++) {
        is_same = is_same && str_equal(reading->names[i], cell[i]);
        reading->names[i] = cell[i];
    }
    return is_same;
}

/* The series of a line: that of the line before, or one behind all others. */
static const char *find_series(struct reading *reading, const struct str *cell,
                               struct history_series **series)
{
    struct history *history = reading->history;
    size_t n = history->n;
    const char *form, *page, *metric;

    if (is_series_before(reading, cell)) {
        *series = &history->item[n - 1];
        return NULL;
    }
    form = read_cell(cell[COLUMN_FORM], reading->arena);
    page = read_cell(cell[COLUMN_PAGE], reading->arena);
    metric = read_cell(cell[COLUMN_METRIC], reading->arena);
    if (!form || !page || !metric || *page == '\0' || *metric == '\0')
        return "form, page or metric is empty, too long or badly escaped";
    if (!is_form(form, metric))
        return "form is neither mobile nor desktop";
    *series = history_put(history, form, page, metric, reading->arena);
    if (history->n == n || *series != &history->item[n])
        return "not in the order of form, page and metric";
    return NULL;
}

static const char *read_epoch(struct reading *reading, struct str cell)
{
    if (!reading->epoch || !str_equal(reading->raw, cell))
        reading->epoch = read_cell(cell, reading->arena);
    reading->raw = cell;
    return reading->epoch;
}

static const char *add_row(struct reading *reading, const struct str *cell,
                           struct history_series *series)
{
    struct row_of_day row = {0};
    struct hash_row hashes;
    const char *wrong;

    if (!day_parse(cell[COLUMN_DAY].at, cell[COLUMN_DAY].n, &row.day))
        return "day is no date (YYYY-MM-DD)";
    if ((series->numbers.n > 0 &&
         series->numbers.row[series->numbers.n - 1].day >= row.day) ||
        (series->nhashes > 0 && series->hashes[series->nhashes - 1].day >= row.day))
        return "not in the order of day, or a day twice";
    row.epoch = read_epoch(reading, cell[COLUMN_EPOCH]);
    if (!row.epoch)
        return "epoch is empty, too long or badly escaped";
    wrong = read_line(cell, series->metric, reading->arena, &row);
    if (wrong)
        return wrong;
    if (!history_is_hashes(series->metric)) {
        *series_put(&series->numbers, row.day, reading->arena) = row;
        return NULL;
    }
    hashes = (struct hash_row){.day = row.day,
                               .epoch = row.epoch,
                               .k = row.k,
                               .verdict = row.verdict};
    wrong = read_hashes(cell[COLUMN_VALUES], reading->arena, &hashes);
    if (wrong)
        return wrong;
    hashes_put(series, &hashes, reading->arena);
    return NULL;
}

static const char *read_row(struct reading *reading, struct str line)
{
    struct str cell[COLUMN_COUNT];
    struct history_series *series;
    const char *wrong;

    if (str_split(line, '\t', cell, COLUMN_COUNT) != COLUMN_COUNT)
        return "not 11 tab-separated fields";
    wrong = find_series(reading, cell, &series);
    return wrong ? wrong : add_row(reading, cell, series);
}

bool history_parse(struct str rows, const char *name, struct arena *arena,
                   struct history *history, struct err *err)
{
    struct history read = {0};
    struct reading reading = {.history = &read, .arena = arena};
    const char *wrong = NULL;
    size_t number = 1; // the header's
    struct str line;

    if (rows.n > 0 && rows.at[rows.n - 1] != '\n') {
        wrong = "the last line has no end";
        number += text_line(rows.at, rows.n);
    }
    while (!wrong && str_next_line(&rows, &line)) {
        number++;
        wrong = read_row(&reading, line);
    }
    if (wrong)
        return err_set(err, "cannot read '%s:%zu': %s; restore the file from git", name,
                       number, wrong);
    *history = read;
    return true;
}

/* ---- writing ---- */

static void add_names(struct buf *out, const struct history_series *item, int32_t day,
                      const char *epoch, size_t k)
{
    add_cell(out, item->form);
    buf_add_text(out, "\t");
    add_cell(out, item->page);
    buf_add_text(out, "\t");
    add_cell(out, item->metric);
    buf_printf(out, "\t%s\t", day_text(day).text);
    add_cell(out, epoch);
    buf_printf(out, "\t%zu\t", k);
}

static void add_number(struct buf *out, double value)
{
    char text[STR_NUMBER_BYTES];

    buf_add(out, text, str_from_double(value, text));
}

static void format_numbers(const struct history_series *item,
                           const struct row_of_day *row, struct buf *out)
{
    add_names(out, item, row->day, row->epoch, row->k);
    if (row->nvalues == 0)
        buf_add_text(out, "-");
    for (size_t i = 0; i < row->nvalues; i++) {
        if (i > 0)
            buf_add_text(out, ",");
        add_number(out, row->values[i]);
    }
    buf_add_text(out, "\t");
    if (row->bi.known)
        add_number(out, row->bi.value);
    else
        buf_add_text(out, "-");
    buf_printf(out, "\t%" PRId32 "\t%" PRId32 "\t%s\n", row->cusum_up, row->cusum_down,
               row_verdict_word(row->verdict));
}

static void format_hashes(const struct history_series *item, const struct hash_row *row,
                          struct buf *out)
{
    add_names(out, item, row->day, row->epoch, row->k);
    if (row->n == 0)
        buf_add_text(out, "-");
    for (size_t i = 0; i < row->n; i++)
        buf_printf(out, "%s%016" PRIx64, i > 0 ? "," : "", row->hash[i]);
    buf_printf(out, "\t-\t0\t0\t%s\n", row_verdict_word(row->verdict));
}

void history_format(const struct history *history, struct buf *out)
{
    buf_add_text(out, PERF_HISTORY_HEADER "\n");
    for (size_t i = 0; i < history->n; i++) {
        const struct history_series *item = &history->item[i];

        for (size_t r = 0; r < item->numbers.n; r++)
            format_numbers(item, &item->numbers.row[r], out);
        for (size_t r = 0; r < item->nhashes; r++)
            format_hashes(item, &item->hashes[r], out);
    }
}
