/*
 * What an experiment's log says of itself: four labelled lines of a text that people
 * write, most often in markdown. Any bytes may come.
 */
#include <string.h>

#include "bandit/judge.h"
#include "shared/clock.h"
#include "shared/str.h"

#include "shared/banned.h"

enum {
    LOG_BYTES_MAX = 64 * 1024,
    HYPOTHESIS_CHARACTERS_MIN = 10,
    AHEAD_DAYS = 7, /* a promotion may be planned, not dreamt of */
};

const char *log_label(enum log_field field)
{
    static const char *const labels[LOG_FIELDS] = {"Hypothesis:", "Started:",
                                                   "Observed lift:", "Promoted:"};

    return labels[field];
}

static struct str skip_any(struct str text, struct str these)
{
    while (text.n > 0 && memchr(these.at, text.at[0], these.n)) {
        text.at++;
        text.n--;
    }
    return text;
}

static struct str cut_any(struct str text, struct str these)
{
    while (text.n > 0 && memchr(these.at, text.at[text.n - 1], these.n))
        text.n--;
    return text;
}

/* "- **Started:** 2026-11-01" and "**Started**: 2026-11-01" say the same. */
static bool value_of(struct str line, enum log_field field, struct str *value)
{
    struct str label = str_of(log_label(field));
    struct str rest = skip_any(line, STR(" \t-*#>_"));

    label.n--; // emphasis may end before the colon
    if (rest.n < label.n ||
        !str_equal_ignoring_case((struct str){rest.at, label.n}, label))
        return false;
    rest.at += label.n;
    rest.n -= label.n;
    rest = skip_any(rest, STR("*_"));
    if (rest.n == 0 || rest.at[0] != ':')
        return false;
    rest.at++;
    rest.n--;
    *value = cut_any(skip_any(rest, STR(" \t\r*_")), STR(" \t\r*_"));
    return true;
}

static bool is_placeholder(struct str value)
{
    static const struct str words[] = {
        {"", 0}, {"-", 1}, {"?", 1}, {"TODO", 4}, {"TBD", 3}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal_ignoring_case(value, words[i]))
            return true;
    return false;
}

/* Bytes that begin a UTF-8 character; of other bytes, a number near enough. */
static size_t count_characters(struct str text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++)
        n += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    return n;
}

/* "+12.3 %", "12%", "-4.0 %". */
static bool parse_percentage(struct str text, double *fraction)
{
    double percent;

    if (text.n == 0 || text.at[text.n - 1] != '%')
        return false;
    text.n--;
    text = cut_any(text, STR(" \t"));
    if (text.n > 1 && text.at[0] == '+' && text.at[1] != '-') {
        text.at++;
        text.n--;
    }
    if (!str_to_double(text.at, text.n, &percent))
        return false;
    *fraction = percent / 100;
    return true;
}

/* The first line of each label, whatever it says: a filled-in line further down is
 * another section's. */
static void find_values(struct str text, struct str value[LOG_FIELDS])
{
    bool is_found[LOG_FIELDS] = {false};
    struct str line;

    while (str_next_line(&text, &line))
        for (int f = 0; f < LOG_FIELDS; f++)
            if (!is_found[f])
                is_found[f] = value_of(line, (enum log_field)f, &value[f]);
}

/* A line that the limit cuts is no line: half a day or half a number would be another
 * one. */
static struct str first_bytes(struct str text)
{
    if (text.n <= LOG_BYTES_MAX)
        return text;
    text.n = LOG_BYTES_MAX;
    while (text.n > 0 && text.at[text.n - 1] != '\n')
        text.n--;
    return text;
}

void judge_log(struct str text, int32_t as_of, bool has_interval, double low,
               double high, struct experiment_log *log)
{
    struct str value[LOG_FIELDS] = {{0}};
    bool is_good[LOG_FIELDS] = {false};

    *log = (struct experiment_log){0};
    find_values(first_bytes(text), value);
    for (int f = 0; f < LOG_FIELDS; f++)
        if (is_placeholder(value[f]))
            value[f].n = 0;
    is_good[LOG_HYPOTHESIS] =
        count_characters(value[LOG_HYPOTHESIS]) >= HYPOTHESIS_CHARACTERS_MIN;
    is_good[LOG_STARTED] =
        day_parse(value[LOG_STARTED].at, value[LOG_STARTED].n, &log->started) &&
        log->started <= as_of + AHEAD_DAYS;
    is_good[LOG_LIFT] = parse_percentage(value[LOG_LIFT], &log->lift);
    is_good[LOG_PROMOTED] =
        day_parse(value[LOG_PROMOTED].at, value[LOG_PROMOTED].n, &log->promoted) &&
        log->promoted <= as_of + AHEAD_DAYS &&
        (!is_good[LOG_STARTED] || log->started <= log->promoted);
    for (int f = 0; f < LOG_FIELDS; f++)
        log->status[f] = is_good[f] ? LOG_GOOD : LOG_MISSING;
    if (is_good[LOG_LIFT] && has_interval && !(low <= log->lift && log->lift <= high))
        log->status[LOG_LIFT] = LOG_STALE;
}
