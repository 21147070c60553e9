/* state/history/i18ncheck.tsv: read strictly, written in one form. */
#include "i18ncheck/history.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "i18ncheck/locale.h"
#include "shared/clock.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

enum column {
    COLUMN_MESSAGE,
    COLUMN_DAY,
    COLUMN_SOURCE,
    COLUMN_STALE,
    COLUMN_COUNT,
};

enum {
    HASH_DIGITS = 16,
    PRINT_DIGITS = 4,
    CELLS_MAX = COLUMN_COUNT + HISTORY_LOCALES_MAX
};

static const char *const fixed_columns[COLUMN_COUNT] = {"message", "day", "source",
                                                        "stale"};

/* RFC 4648, section 5. */
static const char base64url[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* ---- cells ---- */

static bool is_none(struct str cell)
{
    return cell.n == 1 && cell.at[0] == '-';
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

static bool read_print(struct str cell, uint32_t *print)
{
    uint32_t value = 0;

    *print = 0;
    if (is_none(cell))
        return true;
    if (cell.n != PRINT_DIGITS)
        return false;
    for (size_t i = 0; i < cell.n; i++) {
        const char *digit = memchr(base64url, cell.at[i], sizeof base64url - 1);

        if (!digit)
            return false;
        value = value << 6 | (uint32_t)(digit - base64url);
    }
    *print = PRINT_KNOWN | value;
    return true;
}

static bool read_hex_digit(char c, unsigned *value)
{
    static const char digits[] = "0123456789ABCDEF";
    const char *digit = memchr(digits, c, sizeof digits - 1);

    if (digit)
        *value = *value << 4 | (unsigned)(digit - digits);
    return digit != NULL;
}

/* The byte of the escape behind a backslash; its bytes, 0: it is none. */
static size_t read_escape(struct str rest, char *byte)
{
    static const char from[] = "tn\\", to[] = "\t\n\\";
    const char *letter = rest.n > 0 ? memchr(from, rest.at[0], sizeof from - 1) : NULL;
    unsigned value = 0;

    if (letter) {
        *byte = to[letter - from];
        return 1;
    }
    if (rest.n < 3 || rest.at[0] != 'x' || !read_hex_digit(rest.at[1], &value) ||
        !read_hex_digit(rest.at[2], &value))
        return 0;
    *byte = (char)value;
    return 3;
}

/* Escapes are the only meaning a backslash has. */
static bool read_message(struct str cell, struct arena *arena, struct str *message)
{
    char *to = arena_new(arena, char, cell.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < cell.n; i++) {
        char byte = cell.at[i];

        if (byte == '\\') {
            size_t used =
                read_escape((struct str){cell.at + i + 1, cell.n - i - 1}, &byte);

            if (used == 0)
                return false;
            i += used;
        }
        to[n++] = byte;
    }
    *message = (struct str){to, n};
    return n > 0 && text_is_utf8(to, n, NULL);
}

static size_t character(struct str text)
{
    size_t n = 1;

    while (n < text.n && ((unsigned char)text.at[n] & 0xC0) == 0x80)
        n++;
    return n;
}

/* Control and bidirectional characters are no more in evidence than in conclusions; no
 * state file holds a NUL. */
static bool is_unfit(struct str c, struct arena *arena)
{
    static const char first[] = "\xC2\xD8\xE2\xEF\xF3"; // what all of them begin with
    struct buf escaped;

    if (c.n == 1)
        return (unsigned char)c.at[0] < ' ' || c.at[0] == 0x7F;
    if (!memchr(first, c.at[0], sizeof first - 1))
        return false;
    buf_init(&escaped, arena, 64);
    text_add_tsv(&escaped, c.at, c.n);
    return escaped.at[0] == '%';
}

static void add_message(struct buf *out, struct str message)
{
    while (message.n > 0) {
        struct str c = {message.at, character(message)};

        if (c.at[0] == '\t' || c.at[0] == '\n' || c.at[0] == '\\')
            buf_add_text(out, c.at[0] == '\t'   ? "\\t"
                              : c.at[0] == '\n' ? "\\n"
                                                : "\\\\");
        else if (!is_unfit(c, out->arena))
            buf_add(out, c.at, c.n);
        else
            for (size_t i = 0; i < c.n; i++)
                buf_printf(out, "\\x%02X", (unsigned)(unsigned char)c.at[i]);
        message = (struct str){message.at + c.n, message.n - c.n};
    }
}

/* ---- marks ---- */

/* "tr:2d694a56d12f660c:2026-11-02" */
static const char *read_mark(const struct history *history, struct str text,
                             struct mark *mark)
{
    struct str part[3];
    char tag[64];

    if (str_split(text, ':', part, 3) != 3 || part[0].n >= sizeof tag)
        return "a mark is not locale:hash:day";
    memcpy(tag, part[0].at, part[0].n);
    tag[part[0].n] = '\0';
    if (!history_column(history, tag, &mark->column))
        return "a mark is of a locale without a column";
    if (!read_hash(part[1], &mark->hash) ||
        !day_parse(part[2].at, part[2].n, &mark->day))
        return "a mark is not locale:hash:day";
    return NULL;
}

static const char *read_marks(const struct history *history, struct str cell,
                              struct arena *arena, struct history_row *row)
{
    while (!is_none(cell)) {
        const char *space = cell.n > 0 ? memchr(cell.at, ' ', cell.n) : NULL;
        size_t n = space ? (size_t)(space - cell.at) : cell.n;
        struct mark mark;
        const char *wrong = read_mark(history, (struct str){cell.at, n}, &mark);

        if (wrong)
            return wrong;
        if (row->nmarks > 0 && row->mark[row->nmarks - 1].column >= mark.column)
            return "marks are not in the order of locales";
        row->mark = arena_room(arena, row->mark, row->nmarks, &row->capacity,
                               sizeof *row->mark);
        row->mark[row->nmarks++] = mark;
        if (!space)
            break;
        cell = (struct str){space + 1, cell.n - n - 1};
    }
    return NULL;
}

/* What no run of ours writes. */
static const char *judge_marks(const struct history_row *row)
{
    for (size_t i = 0; i < row->nmarks; i++) {
        if (row->mark[i].hash == row->source)
            return "a mark is of the source as it is";
        if (row->print[row->mark[i].column] == 0)
            return "a mark is of a locale without a translation";
        if (row->mark[i].day > row->day)
            return "a mark is younger than the row";
    }
    return NULL;
}

/* ---- rows ---- */

static const char *read_header(struct str line, struct arena *arena,
                               struct history *history)
{
    struct str cell[CELLS_MAX];
    size_t n = str_split(line, '\t', cell, CELLS_MAX);

    if (n > CELLS_MAX)
        return "more than 1000 locales";
    if (n < COLUMN_COUNT)
        return "the first line is not the expected header";
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        if (!str_equal(cell[i], str_of(fixed_columns[i])))
            return "the first line is not the expected header";
    history->locale = arena_new(arena, const char *, n - COLUMN_COUNT);
    for (size_t i = COLUMN_COUNT; i < n; i++) {
        const char *tag;
        size_t l = history->nlocales;

        if (!locale_tag(cell[i], arena, &tag) || !str_equal(cell[i], str_of(tag)))
            return "a column is no locale tag";
        if (l > 0 && strcmp(history->locale[l - 1], tag) >= 0)
            return "columns are not in the order of locales";
        history->locale[history->nlocales++] = tag;
    }
    return NULL;
}

static const char *read_row(struct str line, struct arena *arena,
                            const struct history *history, struct history_row *row)
{
    struct str cell[CELLS_MAX];
    const char *wrong;

    *row = (struct history_row){0};
    if (str_split(line, '\t', cell, CELLS_MAX) != COLUMN_COUNT + history->nlocales)
        return "not as many cells as the header has";
    if (!read_message(cell[COLUMN_MESSAGE], arena, &row->message))
        return "message is empty, or has a backslash that is no escape of text";
    if (!day_parse(cell[COLUMN_DAY].at, cell[COLUMN_DAY].n, &row->day))
        return "day is not a day";
    if (!read_hash(cell[COLUMN_SOURCE], &row->source))
        return "source is not 16 hexadecimal digits";
    row->print = arena_new(arena, uint32_t, history->nlocales);
    for (size_t i = 0; i < history->nlocales; i++)
        if (!read_print(cell[COLUMN_COUNT + i], &row->print[i]))
            return "a translation is not four characters of base64url";
    wrong = read_marks(history, cell[COLUMN_STALE], arena, row);
    return wrong ? wrong : judge_marks(row);
}

static const char *add_row(struct history *history, struct arena *arena,
                           const struct history_row *row)
{
    int order = history->n == 0
                    ? -1
                    : str_compare(history->row[history->n - 1].message, row->message);

    if (order == 0)
        return "a second line of one message";
    if (order > 0)
        return "not in the order of message";
    history->row = arena_room(arena, history->row, history->n, &history->capacity,
                              sizeof *history->row);
    history->row[history->n++] = *row;
    return NULL;
}

bool history_parse(struct str bytes, const char *name, struct arena *arena,
                   struct history *history, struct err *err)
{
    struct history read = {0};
    const char *wrong = NULL;
    size_t number = 1;
    struct str line;

    if (bytes.n == 0 || bytes.at[bytes.n - 1] != '\n') {
        wrong = "the last line has no end";
        number = text_line(bytes.at, bytes.n);
    } else {
        (void)str_next_line(&bytes, &line);
        wrong = read_header(line, arena, &read);
    }
    while (!wrong && str_next_line(&bytes, &line)) {
        struct history_row row;

        number++;
        wrong = read_row(line, arena, &read, &row);
        if (!wrong)
            wrong = add_row(&read, arena, &row);
    }
    if (wrong)
        return err_set(err, "cannot read '%s:%zu': %s; restore the file from git", name,
                       number, wrong);
    *history = read;
    return true;
}

static void add_marks(const struct history *history, const struct history_row *row,
                      struct buf *out)
{
    for (size_t i = 0; i < row->nmarks; i++)
        buf_printf(out, "%s%s:%016" PRIx64 ":%s", i == 0 ? "" : " ",
                   history->locale[row->mark[i].column], row->mark[i].hash,
                   day_text(row->mark[i].day).text);
    if (row->nmarks == 0)
        buf_add_text(out, "-");
}

static void add_print(struct buf *out, uint32_t print)
{
    char cell[PRINT_DIGITS + 2] = "\t";

    for (int i = 0; i < PRINT_DIGITS; i++)
        cell[1 + i] = base64url[print >> (18 - 6 * i) & 63];
    buf_add_text(out, print == 0 ? "\t-" : cell);
}

void history_format(const struct history *history, struct buf *out)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        buf_printf(out, "%s%s", i == 0 ? "" : "\t", fixed_columns[i]);
    for (size_t i = 0; i < history->nlocales; i++)
        buf_printf(out, "\t%s", history->locale[i]);
    buf_add_text(out, "\n");
    for (size_t i = 0; i < history->n; i++) {
        const struct history_row *row = &history->row[i];
        size_t start = out->n;

        add_message(out, row->message);
        buf_printf(out, "\t%s\t%016" PRIx64 "\t", day_text(row->day).text, row->source);
        add_marks(history, row, out);
        for (size_t c = 0; c < history->nlocales; c++)
            add_print(out, row->print[c]);
        buf_add_text(out, "\n");
        if (out->n - start > HISTORY_LINE_BYTES_MAX)
            out->n = start;
    }
}

/* ---- looking things up ---- */

/* Compares a row with `set` ":" `key` without putting them together. */
static int compare(const struct history_row *row, struct str set, struct str key)
{
    struct str message = row->message, rest;
    int order;

    if (message.n <= set.n) { // no colon behind the set
        order = str_compare(message, set);
        return order != 0 ? order : -1;
    }
    order = memcmp(message.at, set.at, set.n);
    if (order != 0)
        return order;
    if (message.at[set.n] != ':')
        return (unsigned char)message.at[set.n] < ':' ? -1 : 1;
    rest = (struct str){message.at + set.n + 1, message.n - set.n - 1};
    return str_compare(rest, key);
}

const struct history_row *history_find(const struct history *history, const char *set,
                                       struct str key)
{
    struct str name = str_of(set);
    size_t low = 0, high = history->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(&history->row[middle], name, key);

        if (order == 0)
            return &history->row[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static int locale_compare(const void *key, const void *element)
{
    return strcmp(key, *(const char *const *)element);
}

bool history_column(const struct history *history, const char *locale, size_t *column)
{
    const char **found = history->nlocales == 0
                             ? NULL
                             : bsearch(locale, history->locale, history->nlocales,
                                       sizeof *history->locale, locale_compare);

    if (found)
        *column = (size_t)(found - history->locale);
    return found != NULL;
}

const struct mark *history_mark(const struct history_row *row, size_t column)
{
    for (size_t i = 0; i < row->nmarks && row->mark[i].column <= column; i++)
        if (row->mark[i].column == column)
            return &row->mark[i];
    return NULL;
}
