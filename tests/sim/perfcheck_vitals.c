/*
 * False alarms and power of the rule for web vitals, day by day on rows of history: a
 * page of 10 to 2000 visits a day whose LCP is log-normal, with a weekend that has
 * other visitors, and days that share their luck or not. SIM=full prints the table of
 * docs/method.md.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "perfcheck/vitals.h"
#include "shared/clock.h"
#include "shared/limits.h"
#include "tests/sim/sheet.h"

#include "shared/banned.h"

enum {
    MONDAY = 20514, // 2026-03-02
    BASE = 35,      // days before the ones that are counted
    DAYS = 30,
};

/* log LCP has the shape of web-vitals fields: p75 about 1.5 times the median. */
static const double median_ms = 1700, sigma = .58;

struct world {
    double visits; /* a day */
    double luck;   /* standard deviation of a day's log LCP, all its visits alike */
    double factor; /* from day BASE on */
};

static void put_day(struct history *history, const struct world *world, int day,
                    const gsl_rng *rng, struct arena *arena)
{
    uint32_t count[VITAL_BINS] = {0};
    bool is_weekend = day % 7 >= 5;
    unsigned n = gsl_ran_poisson(rng, world->visits * (is_weekend ? .7 : 1.1));
    double at = median_ms * (is_weekend ? 1.3 : 1) * (day >= BASE ? world->factor : 1) *
                exp(world->luck * gsl_ran_ugaussian(rng));
    struct row_of_day *row;

    if (n == 0)
        return;
    for (unsigned i = 0; i < n; i++)
        count[vital_bin(VITAL_LCP, at * exp(sigma * gsl_ran_ugaussian(rng)))]++;
    row = series_put(
        &history_put(history, "mobile", "/", vital_row(VITAL_LCP), arena)->numbers,
        MONDAY + day, arena);
    row->k = n;
    row->values = arena_new(arena, double, VITALS_ROW_VALUES);
    for (size_t b = 0; b < VITAL_BINS; b++) {
        if (count[b] == 0)
            continue;
        row->values[row->nvalues++] = vital_edge(VITAL_LCP, b);
        row->values[row->nvalues++] = count[b];
    }
}

/* Day of the first finding, from 1; 0: none in DAYS. */
static int one_run(const struct world *world, const gsl_rng *rng)
{
    struct settings settings = {.rum.min_n = 200};
    struct history history = {0};
    struct arena arena;
    int found = 0;

    arena_init(&arena, ARENA_BYTES_MAX);
    for (int day = 0; day < BASE + DAYS && found == 0; day++) {
        struct vitals_verdict verdict;
        struct findings findings = {0};

        put_day(&history, world, day, rng, &arena);
        if (day < BASE)
            continue;
        vitals_judge(&settings, MONDAY + day, MONDAY + day, &history, &arena, &verdict,
                     &findings);
        if (findings.n > 0)
            found = day - BASE + 1;
    }
    arena_release(&arena);
    return found;
}

struct found {
    double share;
    int median; /* day, of those found; 0: none was */
};

static struct found many_runs(const struct world *world, int runs, const gsl_rng *rng)
{
    int by_day[DAYS + 1] = {0};
    struct found found = {0};
    int all, seen = 0;

    for (int run = 0; run < runs; run++)
        by_day[one_run(world, rng)]++;
    all = runs - by_day[0];
    found.share = (double)all / runs;
    while (all > 0 && seen < (all + 1) / 2)
        seen += by_day[++found.median];
    return found;
}

static const double visits[] = {10, 50, 200, 2000};

enum { VISITS = sizeof visits / sizeof *visits };

/* With `limit` > 0 the short run may exceed it by CHANCE alone. */
static void false_alarms(struct sheet *sheet, double luck, double limit,
                         const gsl_rng *rng)
{
    int runs = sheet->is_full ? 4000 : 200;

    for (size_t v = 0; v < VISITS; v++) {
        const struct world world = {visits[v], luck, 1};
        struct found found = many_runs(&world, runs, rng);
        int alarms = (int)round(found.share * runs);

        sheet_say(sheet, "| %.0f | %.0f %% | %.4f |", visits[v], 100 * luck,
                  found.share);
        if (limit > 0)
            sheet_limit(sheet,
                        sheet->is_full
                            ? found.share <= limit
                            : alarms == 0 ||
                                  gsl_cdf_binomial_Q((unsigned)alarms - 1, limit,
                                                     (unsigned)runs) > CHANCE,
                        "a clean series raises nothing in 30 days but for its limit");
    }
}

static void power(struct sheet *sheet, double factor, const gsl_rng *rng)
{
    for (size_t v = 0; v < VISITS; v++) {
        const struct world world = {visits[v], .03, factor};
        struct found found = many_runs(&world, sheet->is_full ? 1000 : 20, rng);

        sheet_say(sheet, "| %.0f | +%.0f %% | %.3f | %d |", visits[v],
                  100 * (factor - 1), found.share, found.median);
        if (factor >= 1.5 && visits[v] >= 50)
            sheet_limit(sheet, found.share >= .99 && found.median <= 5,
                        "half as slow again is found within five days");
    }
}

int main(void)
{
    struct sheet sheet;
    gsl_rng *rng;

    gsl_set_error_handler_off();
    rng = gsl_rng_alloc(gsl_rng_mt19937);
    if (!rng) {
        puts("Bail out! out of memory");
        return 1;
    }
    gsl_rng_set(rng, 20261121);
    sheet_begin(&sheet);
    sheet_say(&sheet, "| visits a day | luck of a day | with a finding in 30 days |");
    sheet_say(&sheet, "|---|---|---|");
    false_alarms(&sheet, 0, .02, rng);
    if (sheet.is_full)
        false_alarms(&sheet, .03, 0, rng);
    sheet_gap(&sheet);
    sheet_say(&sheet, "| visits a day | slower by | found in 30 days | median day |");
    sheet_say(&sheet, "|---|---|---|---|");
    if (sheet.is_full)
        power(&sheet, 1.1, rng);
    if (sheet.is_full)
        power(&sheet, 1.25, rng);
    power(&sheet, 1.5, rng);
    gsl_rng_free(rng);
    return sheet_end(&sheet);
}
