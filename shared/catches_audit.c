/* Which loop to keep: what each raised, by what reviewers said of it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shared/catches.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

enum {
    EARLY_DAYS = 30,  /* nothing is advised of a younger loop */
    BARREN_DAYS = 90, /* one that caught nothing in as many goes */
    WORST_CHECKS = 3, /* named beside "raise limits" */
};

#define RETIRE_BELOW 0.5 // the upper bound of precision

struct tally {
    int64_t caught, false_alarms, unmarked;
};

/* What one check of a loop raised. */
struct check_tally {
    struct str check;
    struct tally tally;
};

struct loop {
    size_t tool;
    bool has_begun;
    int32_t started;
    int64_t days;
    struct tally tally;
    struct check_tally *check;
    size_t nchecks, capacity;
};

void wilson_interval(int64_t x, int64_t n, double *low, double *high)
{
    const double z = 1.959963984540054; // 97.5 % of the normal distribution
    double share = (double)x / (double)n, weight = z * z / (double)n;
    double middle = (share + weight / 2) / (1 + weight);
    double half = z / (1 + weight) *
                  sqrt(share * (1 - share) / (double)n + weight / 4 / (double)n);

    *low = x == 0 ? 0 : middle - half;
    *high = x == n ? 1 : middle + half;
}

/* "title" of "seocheck/title/cart". */
static struct str check_of(struct str finding)
{
    struct str field[3] = {{0}};

    return str_split(finding, '/', field, 3) >= 2 ? field[1] : finding;
}

static struct tally *check_tally(struct loop *loop, struct str check,
                                 struct arena *arena)
{
    size_t i = 0;

    while (i < loop->nchecks && !str_equal(loop->check[i].check, check))
        i++;
    if (i == loop->nchecks) {
        loop->check = arena_room(arena, loop->check, loop->nchecks, &loop->capacity,
                                 sizeof *loop->check);
        loop->check[loop->nchecks++] = (struct check_tally){.check = check};
    }
    return &loop->check[i].tally;
}

static void count(struct tally *tally, enum catch_verdict verdict)
{
    tally->caught += verdict == CATCH_CAUGHT;
    tally->false_alarms += verdict == CATCH_FALSE_ALARM;
    tally->unmarked += verdict == CATCH_UNMARKED;
}

static void add_row(struct loop *loop, const struct catch_row *row, struct arena *arena)
{
    if (!loop->has_begun || row->day < loop->started)
        loop->started = row->day;
    loop->has_begun = true;
    if (row->verdict == CATCH_STARTED)
        return;
    count(&loop->tally, row->verdict);
    count(check_tally(loop, check_of(row->finding), arena), row->verdict);
}

/* The oldest first; of one age in the order of everything. */
static int loop_compare(const void *left, const void *right)
{
    const struct loop *a = left;
    const struct loop *b = right;

    if (a->days != b->days)
        return a->days > b->days ? -1 : 1;
    return a->tool < b->tool ? -1 : a->tool > b->tool;
}

/* Most false alarms first; the first is named, and those that are as clear. */
static int check_compare(const void *left, const void *right)
{
    const struct check_tally *a = left;
    const struct check_tally *b = right;

    if (a->tally.false_alarms != b->tally.false_alarms)
        return a->tally.false_alarms > b->tally.false_alarms ? -1 : 1;
    if (a->tally.caught != b->tally.caught)
        return a->tally.caught < b->tally.caught ? -1 : 1;
    return str_compare(a->check, b->check);
}

static void add_worst_checks(struct loop *loop, struct buf *out)
{
    if (loop->nchecks > 1)
        qsort(loop->check, loop->nchecks, sizeof *loop->check, check_compare);
    for (size_t i = 0; i < loop->nchecks && i < WORST_CHECKS; i++) {
        const struct check_tally *check = &loop->check[i];
        int64_t marked = check->tally.caught + check->tally.false_alarms;
        double low, high = 1;

        if (marked > 0)
            wilson_interval(check->tally.caught, marked, &low, &high);
        if (i > 0 && high >= RETIRE_BELOW)
            break;
        buf_printf(out, "%s %s %lld/%lld", i == 0 ? ":" : ",",
                   text_safe(out->arena, check->check.at, check->check.n,
                             OUTSIDE_TEXT_MAX),
                   (long long)check->tally.caught, (long long)marked);
    }
}

static void add_advice(struct loop *loop, double high, struct buf *out)
{
    const struct tally *tally = &loop->tally;
    int64_t marked = tally->caught + tally->false_alarms;

    if (loop->days < EARLY_DAYS) {
        int64_t left = EARLY_DAYS - loop->days;

        buf_printf(out, "too early, %lld more day%s", (long long)left,
                   left == 1 ? "" : "s");
    } else if (tally->caught == 0 &&
               (loop->days >= BARREN_DAYS || tally->false_alarms > 0)) {
        buf_add_text(out, "retire: it never caught anything");
    } else if (marked > 0 && high < RETIRE_BELOW) {
        buf_add_text(out, "retire, or raise limits");
        add_worst_checks(loop, out);
    } else if (2 * tally->unmarked > marked + tally->unmarked) {
        buf_add_text(out, "mark first");
    } else {
        buf_add_text(out, "keep");
    }
}

static void add_loop(struct loop *loop, struct arena *arena, struct buf *out)
{
    const struct tally *tally = &loop->tally;
    int64_t marked = tally->caught + tally->false_alarms;
    const char *precision = "-";
    double low = 0, high = 1;

    if (marked > 0) {
        wilson_interval(tally->caught, marked, &low, &high);
        precision = str_format(arena, "%.0f %% (%.0f to %.0f)",
                               100.0 * (double)tally->caught / (double)marked,
                               100 * low, 100 * high);
    }
    buf_printf(out, "%-10s%5lld%8lld%8lld%7lld%10lld  %-20s", tool_names[loop->tool],
               (long long)loop->days, (long long)marked + (long long)tally->unmarked,
               (long long)tally->caught, (long long)tally->false_alarms,
               (long long)tally->unmarked, precision);
    add_advice(loop, high, out);
    buf_add_text(out, "\n");
}

void catches_audit(const struct catches *catches, const bool has_state[TOOL_COUNT],
                   const int32_t through[TOOL_COUNT], struct arena *arena,
                   struct buf *out)
{
    struct loop loops[TOOL_COUNT];
    bool has_caught = false;

    for (size_t t = 0; t < TOOL_COUNT; t++)
        loops[t] = (struct loop){.tool = t};
    for (size_t i = 0; i < catches->n; i++)
        add_row(&loops[catches->row[i].tool], &catches->row[i], arena);
    for (size_t t = 0; t < TOOL_COUNT; t++) {
        struct loop *loop = &loops[t];

        if (loop->has_begun && has_state[t] && through[t] > loop->started)
            loop->days = through[t] - loop->started;
        has_caught = has_caught || loop->tally.caught > 0;
    }
    qsort(loops, TOOL_COUNT, sizeof *loops, loop_compare);
    buf_printf(out, "%-10s%5s%8s%8s%7s%10s  %-20s%s\n", "loop", "days", "raised",
               "caught", "false", "unmarked", "precision (95 %)", "advice");
    for (size_t t = 0; t < TOOL_COUNT; t++)
        if (loops[t].has_begun)
            add_loop(&loops[t], arena, out);
    buf_add_text(out, has_caught ? "add the next loop\n"
                                 : "not yet: no loop has caught anything\n");
}
