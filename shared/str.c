/* Text as bytes: compare, copy, format, parse numbers, grow. No locale, no I/O. */
#include "shared/str.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/banned.h"

struct str str_of(const char *text)
{
    return (struct str){text, text ? strlen(text) : 0};
}

bool str_equal(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool str_equal_ignoring_case(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower(a.at[i]) != lower(b.at[i]))
            return false;
    return true;
}

int str_compare(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n == 0 ? 0 : memcmp(a.at, b.at, n);

    if (order != 0)
        return order < 0 ? -1 : 1;
    return (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str text, struct str prefix)
{
    return text.n >= prefix.n && str_equal((struct str){text.at, prefix.n}, prefix);
}

bool str_ends(struct str text, struct str suffix)
{
    return text.n >= suffix.n &&
           str_equal((struct str){text.at + (text.n - suffix.n), suffix.n}, suffix);
}

size_t str_split(struct str text, char at, struct str *fields, size_t most)
{
    size_t n = 0;
    size_t from = 0;

    for (size_t i = 0; i <= text.n; i++) {
        if (i < text.n && text.at[i] != at)
            continue;
        if (n < most)
            fields[n] = (struct str){text.at + from, i - from};
        n++;
        from = i + 1;
    }
    return n;
}

bool str_next_line(struct str *rest, struct str *line)
{
    const char *end;

    if (rest->n == 0)
        return false;
    end = memchr(rest->at, '\n', rest->n);
    *line = (struct str){rest->at, end ? (size_t)(end - rest->at) : rest->n};
    if (end)
        end++;
    else
        end = rest->at + rest->n;
    rest->n -= (size_t)(end - rest->at);
    rest->at = end;
    return true;
}

char *str_copy(struct arena *arena, const char *at, size_t n)
{
    char *copy = arena_new(arena, char, n + 1);

    if (n > 0)
        memcpy(copy, at, n);
    return copy;
}

char *str_format(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    char *text;
    int n;

    va_start(args, format);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    text = arena_new(arena, char, n < 0 ? 1 : (size_t)n + 1);
    if (n > 0)
        (void)vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return text;
}

bool str_to_int64(const char *at, size_t n, int64_t *value)
{
    bool minus = n > 0 && at[0] == '-';
    uint64_t most = (uint64_t)INT64_MAX + minus;
    uint64_t sum = 0;

    if (n == (size_t)minus || n > 20)
        return false;
    for (size_t i = minus; i < n; i++) {
        unsigned digit = (unsigned)(at[i] - '0');

        if (digit > 9 || sum > (most - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *value = minus ? (int64_t)(~sum + 1) : (int64_t)sum;
    return true;
}

static size_t digits(const char *at, size_t n, size_t from)
{
    size_t i = from;

    while (i < n && at[i] >= '0' && at[i] <= '9')
        i++;
    return i;
}

static bool is_number(const char *at, size_t n)
{
    size_t i = n > 0 && at[0] == '-';
    size_t end = digits(at, n, i);

    if (end == i)
        return false;
    i = end;
    if (i < n && at[i] == '.') {
        end = digits(at, n, i + 1);
        if (end == i + 1)
            return false;
        i = end;
    }
    if (i < n && (at[i] == 'e' || at[i] == 'E')) {
        size_t sign = i + 1 < n && (at[i + 1] == '+' || at[i + 1] == '-');

        end = digits(at, n, i + 1 + sign);
        if (end == i + 1 + sign)
            return false;
        i = end;
    }
    return i == n;
}

/* A number of at most 15 digits and no exponent, as nearly all are: as a whole number
 * and as a power of ten it is an exact double, and the quotient is rounded once
 * (Clinger 1990, How to read floating point numbers accurately, PLDI, 92-101). */
static bool short_number(const char *at, size_t n, double *value)
{
    static const double power[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    bool minus = at[0] == '-';
    size_t whole_end = digits(at, n, minus);
    size_t end = whole_end < n ? digits(at, n, whole_end + 1) : n;
    int64_t sum = 0;

    if (end < n || (whole_end < n && at[whole_end] != '.') || n - minus > 15)
        return false;
    for (size_t i = minus; i < n; i++)
        if (i != whole_end)
            sum = sum * 10 + (at[i] - '0');
    *value = (double)sum / power[whole_end < n ? n - whole_end - 1 : 0];
    if (minus)
        *value = -*value;
    return true;
}

bool str_to_double(const char *at, size_t n, double *value)
{
    char text[64];
    double parsed;

    if (n >= sizeof text || !is_number(at, n))
        return false;
    if (FLT_EVAL_METHOD == 0 && short_number(at, n, value))
        return true;
    memcpy(text, at, n);
    text[n] = '\0';
    errno = 0;
    parsed = strtod(text, NULL); // the C locale is set in process_begin
    if (!isfinite(parsed))
        return false;
    *value = parsed;
    return true;
}

size_t str_from_double(double value, char out[STR_NUMBER_BYTES])
{
    int n = 0;

    for (int precision = 15; precision <= 17; precision++) {
        double again;

        n = snprintf(out, STR_NUMBER_BYTES, "%.*g", precision, value);
        if (str_to_double(out, (size_t)n, &again) && again == value)
            break;
    }
    return (size_t)n;
}

enum { NEAR_BYTES = 64 };

static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
    size_t row[NEAR_BYTES + 1];

    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t change = diagonal + (a[i - 1] != b[j - 1]);
            size_t best = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

            diagonal = row[j];
            row[j] = change < best ? change : best;
        }
    }
    return row[nb];
}

const char *str_nearest(const char *word, const char *const *words, size_t n)
{
    const char *nearest = NULL;
    size_t length = strlen(word);
    size_t best = length / 3 < 1 ? 1 : length / 3;

    best = (best > 4 ? 4 : best) + 1;
    if (length > NEAR_BYTES)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        size_t other = strlen(words[i]);
        size_t apart =
            other > NEAR_BYTES ? best : distance(word, length, words[i], other);

        if (apart < best) {
            best = apart;
            nearest = words[i];
        }
    }
    return nearest;
}

int str_pointer_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void buf_init(struct buf *buf, struct arena *arena, size_t most)
{
    *buf = (struct buf){.arena = arena, .most = most};
}

void buf_add(struct buf *buf, const char *at, size_t n)
{
    if (buf->overflowed || n > buf->most - buf->n) {
        buf->overflowed = true;
        return;
    }
    if (buf->n + n + 1 > buf->capacity) {
        size_t wanted = buf->n + n + 1;

        wanted = wanted < 256 ? 256 : wanted * 2;
        wanted = wanted > buf->most ? buf->most + 1 : wanted; // as large as it gets
        buf->at = buf->gives_back ? arena_extend(buf->arena, buf->at, buf->n, wanted, 1)
                                  : arena_grow(buf->arena, buf->at, buf->n, wanted, 1);
        buf->capacity = wanted;
    }
    if (n > 0)
        memcpy(buf->at + buf->n, at, n);
    buf->n += n;
    buf->at[buf->n] = '\0';
}

void buf_add_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    char small[256];
    va_list args, again;
    int n;

    va_start(args, format);
    va_copy(again, args);
    n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof small) {
        buf_add(buf, small, (size_t)n);
    } else if (n > 0) {
        char *text = arena_new(buf->arena, char, (size_t)n + 1);

        (void)vsnprintf(text, (size_t)n + 1, format, again);
        buf_add(buf, text, (size_t)n);
    }
    va_end(again);
}

void buf_cut(struct buf *buf, size_t n)
{
    if (n >= buf->n)
        return;
    buf->n = n;
    buf->at[n] = '\0';
}

struct str buf_str(const struct buf *buf)
{
    return (struct str){buf->at, buf->n};
}
