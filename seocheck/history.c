/* state/history/seocheck.tsv: what is remembered of each URL, read strictly, written in
 * one form. */
#include "seocheck/history.h"

#include <string.h>

#include "shared/clock.h"
#include "shared/text.h"

#include "shared/banned.h"

enum column {
    COLUMN_URL,
    COLUMN_CLASS,
    COLUMN_HASH,
    COLUMN_LINKS,
    COLUMN_LASTMOD,
    COLUMN_CHANGED,
    COLUMN_BEFORE,
    COLUMN_CHURN,
    COLUMN_BAD,
    COLUMN_MOVES,
    COLUMN_FIRST,
    COLUMN_LOST,
    COLUMN_FLAGS,
    COLUMN_COUNT,
};

enum { HASH_DIGITS = 16 };

static const char hash_digits[] = "0123456789abcdef";

/* In the order of their bits, which is that of the alphabet. */
static const char flag_letters[] = "cirsv";

static bool is_none(struct str cell)
{
    return cell.n == 1 && cell.at[0] == '-';
}

static bool read_class(struct str cell, enum url_class *url_class)
{
    for (int i = CLASS_UNASKED; i <= CLASS_REFUSED; i++)
        if (str_equal(cell, str_of(url_class_word((enum url_class)i)))) {
            *url_class = (enum url_class)i;
            return true;
        }
    return false;
}

static bool read_hash(struct str cell, uint64_t *hash)
{
    uint64_t value = 0;

    if (cell.n != HASH_DIGITS)
        return false;
    for (size_t i = 0; i < cell.n; i++) {
        const char *digit = memchr(hash_digits, cell.at[i], HASH_DIGITS);

        if (!digit)
            return false;
        value = value << 4 | (uint64_t)(digit - hash_digits);
    }
    *hash = value;
    return true;
}

/* The first day of all is how "none" is kept: nobody watched sites then. */
static bool read_day(struct str cell, int32_t *day)
{
    return is_none(cell) || (day_parse(cell.at, cell.n, day) && *day > 0);
}

static bool read_count(struct str cell, int most, int *count)
{
    if (cell.n != 1 || cell.at[0] < '0' || cell.at[0] > '0' + most)
        return false;
    *count = cell.at[0] - '0';
    return true;
}

/* While it counts, the day that was counted last stands behind it: 2@2026-11-15. */
static bool read_bad(struct str cell, struct history_row *row)
{
    static const struct str none = {NULL, 0};
    struct str day =
        cell.n > 2 && cell.at[1] == '@' ? (struct str){cell.at + 2, cell.n - 2} : none;

    if (day.n == 0)
        return read_count(cell, COUNT_STOPS, &row->bad);
    return read_count((struct str){cell.at, 1}, COUNT_STOPS - 1, &row->bad) &&
           row->bad > 0 && day_parse(day.at, day.n, &row->bad_day) && row->bad_day > 0;
}

/* Each letter once, in their order. */
static bool read_flags(struct str cell, unsigned *flags)
{
    size_t letter = 0;

    if (is_none(cell))
        return true;
    for (size_t i = 0; i < cell.n; i++, letter++) {
        while (letter < sizeof flag_letters - 1 && flag_letters[letter] != cell.at[i])
            letter++;
        if (letter == sizeof flag_letters - 1)
            return false;
        *flags |= 1U << letter;
    }
    return cell.n > 0;
}

static const char *read_hashes(const struct str *cell, struct history_row *row)
{
    if (is_none(cell[COLUMN_HASH]) != is_none(cell[COLUMN_LINKS]))
        return "hash and links do not come together";
    row->has_hash = !is_none(cell[COLUMN_HASH]);
    if (row->has_hash && (!read_hash(cell[COLUMN_HASH], &row->hash) ||
                          !read_hash(cell[COLUMN_LINKS], &row->links)))
        return "hash or links is not 16 hexadecimal digits";
    return NULL;
}

static const char *read_days(const struct str *cell, struct history_row *row)
{
    if (!read_day(cell[COLUMN_CHANGED], &row->changed) ||
        !read_day(cell[COLUMN_BEFORE], &row->before) ||
        !read_day(cell[COLUMN_FIRST], &row->first) ||
        !read_day(cell[COLUMN_LOST], &row->lost))
        return "a day is no date (YYYY-MM-DD)";
    if (is_none(cell[COLUMN_FIRST]))
        return "first is missing";
    if (is_none(cell[COLUMN_CHANGED]) != is_none(cell[COLUMN_BEFORE]))
        return "changed and before do not come together";
    if (row->before > row->changed)
        return "before is later than changed";
    return NULL;
}

static const char *read_row(struct str line, struct arena *arena,
                            struct history_row *row)
{
    struct str cell[COLUMN_COUNT];
    const char *wrong;

    *row = (struct history_row){0};
    if (str_split(line, '\t', cell, COLUMN_COUNT) != COLUMN_COUNT)
        return "not 13 tab-separated fields";
    if (!text_tsv_parse(arena, cell[COLUMN_URL].at, cell[COLUMN_URL].n, &row->url) ||
        row->url.n == 0)
        return "url is empty or badly escaped";
    if (!read_class(cell[COLUMN_CLASS], &row->url_class))
        return "class is none of ok, redirect, gone, client, server, network, "
               "blocked, refused, unasked";
    if (!text_tsv_parse(arena, cell[COLUMN_LASTMOD].at, cell[COLUMN_LASTMOD].n,
                        &row->lastmod))
        return "lastmod is empty or badly escaped";
    wrong = read_hashes(cell, row);
    if (!wrong)
        wrong = read_days(cell, row);
    if (wrong)
        return wrong;
    if (!read_count(cell[COLUMN_CHURN], CHURN_STOPS, &row->churn) ||
        !read_bad(cell[COLUMN_BAD], row) ||
        !read_count(cell[COLUMN_MOVES], COUNT_STOPS, &row->moves))
        return "churn is not 0 to 3, or bad or moves not 0 to 5";
    if (!read_flags(cell[COLUMN_FLAGS], &row->flags))
        return "flags are not letters of cirsv in this order";
    return NULL;
}

static const char *add_row(struct history *history, struct arena *arena,
                           const struct history_row *row)
{
    int order =
        history->n == 0 ? -1 : str_compare(history->row[history->n - 1].url, row->url);

    if (order == 0)
        return "a second line of one url";
    if (order > 0)
        return "not in the order of url";
    if (history->n == HISTORY_ROWS_MAX)
        return "more than 50000 lines";
    history->row = arena_room(arena, history->row, history->n, &history->capacity,
                              sizeof *history->row);
    history->row[history->n++] = *row;
    return NULL;
}

bool history_parse(struct str rows, const char *name, struct arena *arena,
                   struct history *history, struct err *err)
{
    struct history read = {0};
    const char *wrong = NULL;
    size_t number = 1; // the header's
    struct str line;

    if (rows.n > 0 && rows.at[rows.n - 1] != '\n') {
        wrong = "the last line has no end";
        number += text_line(rows.at, rows.n);
    }
    while (!wrong && str_next_line(&rows, &line)) {
        struct history_row row;

        number++;
        wrong = read_row(line, arena, &row);
        if (!wrong)
            wrong = add_row(&read, arena, &row);
    }
    if (wrong)
        return err_set(err, "cannot read '%s:%zu': %s; restore the file from git", name,
                       number, wrong);
    *history = read;
    return true;
}

static void add_hash(struct buf *out, uint64_t hash)
{
    char digits[HASH_DIGITS];

    for (size_t i = HASH_DIGITS; i-- > 0; hash >>= 4)
        digits[i] = hash_digits[hash & 15];
    buf_add_text(out, "\t");
    buf_add(out, digits, sizeof digits);
}

/* At most COUNT_STOPS. */
static void add_count(struct buf *out, int count)
{
    const char cell[] = {'\t', (char)('0' + count)};

    buf_add(out, cell, sizeof cell);
}

static void add_day(struct buf *out, int32_t day)
{
    buf_add_text(out, "\t");
    buf_add_text(out, day == 0 ? "-" : day_text(day).text);
}

static void format_row(const struct history_row *row, struct buf *out)
{
    text_add_tsv(out, row->url.at, row->url.n);
    buf_add_text(out, "\t");
    buf_add_text(out, url_class_word(row->url_class));
    if (row->has_hash) {
        add_hash(out, row->hash);
        add_hash(out, row->links);
    } else {
        buf_add_text(out, "\t-\t-");
    }
    buf_add_text(out, "\t");
    text_add_tsv(out, row->lastmod.at, row->lastmod.n);
    add_day(out, row->changed);
    add_day(out, row->before);
    add_count(out, row->churn);
    add_count(out, row->bad);
    if (row->bad_day > 0) {
        buf_add_text(out, "@");
        buf_add_text(out, day_text(row->bad_day).text);
    }
    add_count(out, row->moves);
    add_day(out, row->first);
    add_day(out, row->lost);
    buf_add_text(out, row->flags == 0 ? "\t-" : "\t");
    for (size_t i = 0; i < sizeof flag_letters - 1; i++)
        if ((row->flags & 1U << i) != 0)
            buf_add(out, &flag_letters[i], 1);
    buf_add_text(out, "\n");
}

void history_format(const struct history *history, struct buf *out)
{
    buf_add_text(out, SEO_HISTORY_HEADER "\n");
    for (size_t i = 0; i < history->n; i++)
        format_row(&history->row[i], out);
}

const struct history_row *history_find(const struct history *history, struct str url)
{
    size_t low = 0, high = history->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (str_compare(history->row[middle].url, url) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == history->n || !str_equal(history->row[low].url, url))
        return NULL;
    return &history->row[low];
}
