/* CrUX by levels alone: its numbers are of 28 days, so a step shows as a ramp of four
 * weeks, and points less than four weeks apart share their visits. Pure. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "perfcheck/crux.h"
#include "shared/clock.h"

#include "shared/banned.h"

enum {
    WINDOW_DAYS = 28,
    STAYS = 4,      // weekly points of one level
    SAID_DAYS = 28, // how long a change for the better is said
    OLD_DAYS = 60,  // a newest point before that says nothing of today
};

enum standing { STANDING_GOOD, STANDING_MIDDLE, STANDING_POOR };

static enum standing standing_of(enum vital vital, double p75)
{
    if (p75 <= vital_good(vital))
        return STANDING_GOOD;
    return p75 <= vital_poor(vital) ? STANDING_MIDDLE : STANDING_POOR;
}

static int compare_series(const struct crux_point *x, const struct crux_point *y)
{
    int order = strcmp(x->device, y->device);

    if (order == 0)
        order = strcmp(x->where, y->where);
    if (order == 0)
        order = (int)x->is_origin - (int)y->is_origin;
    return order != 0 ? order : (int)x->vital - (int)y->vital;
}

static int compare_points(const void *a, const void *b)
{
    const struct crux_point *x = a, *y = b;
    int order = compare_series(x, y);

    if (order != 0)
        return order;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    return (x->p75 > y->p75) - (x->p75 < y->p75);
}

/* The last point of each week; in place. */
static size_t weekly(struct crux_point *point, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        int32_t monday = point[i].day - day_weekday(point[i].day);

        if (i + 1 < n && point[i + 1].day - day_weekday(point[i + 1].day) == monday)
            continue;
        point[kept++] = point[i];
    }
    return kept;
}

static bool has_stayed(const struct crux_point *point, size_t at)
{
    for (size_t i = 1; i < STAYS; i++)
        if (standing_of(point[at].vital, point[at - i].p75) !=
            standing_of(point[at].vital, point[at].p75))
            return false;
    return true;
}

/* The newest point of `level` before `at` that shares no visit with it. */
static const struct crux_point *apart(const struct crux_point *point, size_t at,
                                      enum standing level)
{
    for (size_t i = at; i-- > 0;)
        if (point[at].day - point[i].day >= WINDOW_DAYS &&
            standing_of(point[i].vital, point[i].p75) == level)
            return &point[i];
    return NULL;
}

struct crossing {
    const struct crux_point *now, *before; /* NULL: none */
};

/* The last time that a level gave way to another for good. */
static struct crossing last_crossing(const struct crux_point *point, size_t n)
{
    struct crossing crossing = {0};
    bool is_known = false;
    enum standing level = STANDING_GOOD;

    for (size_t at = STAYS - 1; at < n; at++) {
        enum standing now = standing_of(point[at].vital, point[at].p75);
        const struct crux_point *before;

        if (!has_stayed(point, at) || (is_known && now == level))
            continue;
        before = is_known ? apart(point, at, level) : NULL;
        if (before)
            crossing = (struct crossing){&point[at], before};
        is_known = true;
        level = now;
    }
    return crossing;
}

static const char *number(enum vital vital, double value, struct arena *arena)
{
    char text[STR_NUMBER_BYTES];

    (void)str_from_double(vital == VITAL_CLS ? round(value * 100) / 100 : round(value),
                          text);
    return str_format(arena, "%s", text);
}

static const char *standing_text(enum standing before, enum standing now)
{
    if (now > before)
        return now == STANDING_POOR ? "is poor now" : "is no longer good";
    return now == STANDING_GOOD ? "is good now" : "is no longer poor";
}

static void say(const struct settings *settings, const struct crossing *crossing,
                struct arena *arena, struct findings *findings)
{
    const struct crux_point *now = crossing->now, *before = crossing->before;
    enum standing from = standing_of(before->vital, before->p75);
    enum standing to = standing_of(now->vital, now->p75);
    const char *unit = vital_unit(now->vital);
    const char *check = str_format(arena, "crux-%s", vital_word(now->vital));
    bool is_good_limit = from == STANDING_GOOD || to == STANDING_GOOD;
    enum severity severity = SEVERITY_INFO;

    if (!settings_severity(settings, check, &severity))
        return;
    findings_add(
        findings, arena,
        (struct finding){
            .id =
                str_format(arena, "perfcheck/%s/%s/%s", check, now->device, now->where),
            .severity = severity,
            .status = STATUS_OPEN,
            .since = now->day,
            .message = str_format(
                arena,
                "%s of %s%s on %s %s in CrUX: %s%s%s at the 75th percentile, was %s; "
                "each number is of 28 days, so it is up to 4 weeks behind",
                vital_word(now->vital), now->is_origin ? "the origin " : "", now->where,
                now->device, standing_text(from, to),
                number(now->vital, now->p75, arena), *unit ? " " : "", unit,
                number(before->vital, before->p75, arena)),
            .value = number(now->vital, now->p75, arena),
            .limit =
                number(now->vital,
                       is_good_limit ? vital_good(now->vital) : vital_poor(now->vital),
                       arena),
            .unit = unit,
            .because = str_format(arena, "the 28 days to %s against those to %s",
                                  day_text(now->day).text, day_text(before->day).text),
            .url = now->where,
        });
}

void crux_judge(const struct settings *settings, const struct crux_points *points,
                int32_t as_of, struct arena *arena, struct findings *findings)
{
    struct crux_point *point = arena_new(arena, struct crux_point, points->n);
    size_t n = 0;

    for (size_t i = 0; i < points->n; i++)
        if (points->item[i].day <= as_of)
            point[n++] = points->item[i];
    qsort(point, n, sizeof *point, compare_points);
    for (size_t from = 0, to; from < n; from = to) {
        struct crossing crossing;
        size_t kept;

        for (to = from + 1; to < n && compare_series(&point[from], &point[to]) == 0;)
            to++;
        kept = weekly(&point[from], to - from);
        crossing = last_crossing(&point[from], kept);
        if (!crossing.now || as_of - point[from + kept - 1].day > OLD_DAYS)
            continue;
        if (standing_of(crossing.now->vital, crossing.now->p75) <
                standing_of(crossing.now->vital, crossing.before->p75) &&
            as_of - crossing.now->day > SAID_DAYS)
            continue;
        say(settings, &crossing, arena, findings);
    }
}
