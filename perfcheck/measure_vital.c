/* What each web vital is called, where it is good or poor, and the bins it is counted
 * in; words of levels and statuses. Pure. */
#include <assert.h>
#include <math.h>

#include "perfcheck/vitals.h"

#include "shared/banned.h"

/* Bins of one width up to an edge; in the vital's smallest unit. */
struct stretch {
    int64_t up_to, width;
};

enum { STRETCHES = 5 };

/* In thousandths of a millisecond, CLS in millionths: what values are rounded to. */
static const struct stretch paint[STRETCHES] = {{1000000, 10000},
                                                {2000000, 20000},
                                                {5000000, 50000},
                                                {10000000, 100000},
                                                {60000000, 500000}};
static const struct stretch reply[STRETCHES] = {{200000, 4000},
                                                {500000, 10000},
                                                {1000000, 20000},
                                                {10000000, 100000},
                                                {60000000, 1000000}};
static const struct stretch layout[STRETCHES] = {{100000, 2000},
                                                 {250000, 5000},
                                                 {500000, 10000},
                                                 {2000000, 50000},
                                                 {10000000, 500000}};
static const struct stretch first_byte[STRETCHES] = {{1000000, 10000},
                                                     {2000000, 20000},
                                                     {5000000, 50000},
                                                     {10000000, 100000},
                                                     {60000000, 500000}};

/* Limits of the levels: web.dev/articles/vitals, and those of FCP and TTFB there. */
static const struct {
    const char *word, *row, *ref, *unit;
    double good, poor, floor;
    double units; /* of 1 */
    const struct stretch *stretch;
} vitals[VITALS] = {
    [VITAL_LCP] = {"lcp", "rum.lcp", "rumref.lcp", "ms", 2500, 4000, 100, 1e3, paint},
    [VITAL_INP] = {"inp", "rum.inp", "rumref.inp", "ms", 200, 500, 25, 1e3, reply},
    [VITAL_CLS] = {"cls", "rum.cls", "rumref.cls", "", .1, .25, .02, 1e6, layout},
    [VITAL_FCP] = {"fcp", "rum.fcp", "rumref.fcp", "ms", 1800, 3000, 100, 1e3, paint},
    [VITAL_TTFB] = {"ttfb", "rum.ttfb", "rumref.ttfb", "ms", 800, 1800, 80, 1e3,
                    first_byte},
};

const char *vital_word(enum vital vital)
{
    return vitals[vital].word;
}

const char *vital_row(enum vital vital)
{
    return vitals[vital].row;
}

const char *vital_ref(enum vital vital)
{
    return vitals[vital].ref;
}

const char *vital_unit(enum vital vital)
{
    return vitals[vital].unit;
}

double vital_good(enum vital vital)
{
    return vitals[vital].good;
}

double vital_poor(enum vital vital)
{
    return vitals[vital].poor;
}

double vital_floor(enum vital vital)
{
    return vitals[vital].floor;
}

size_t vital_bin(enum vital vital, double value)
{
    double most = (double)vitals[vital].stretch[STRETCHES - 1].up_to;
    double rounded = round(value * vitals[vital].units);
    int64_t at, from = 0;
    size_t bin = 0;

    assert(value >= 0);
    at = rounded < most ? (int64_t)rounded : (int64_t)most;
    for (size_t i = 0; i < STRETCHES; i++) {
        const struct stretch *stretch = &vitals[vital].stretch[i];
        int64_t end = at < stretch->up_to ? at : stretch->up_to;

        // the bin of 0 is 0 alone, of the others (edge - width, edge]
        bin += (size_t)((end - from + stretch->width - 1) / stretch->width);
        if (at <= stretch->up_to)
            break;
        from = stretch->up_to;
    }
    return bin;
}

double vital_edge(enum vital vital, size_t bin)
{
    int64_t from = 0;
    size_t left = bin;

    for (size_t i = 0; i < STRETCHES; i++) {
        const struct stretch *stretch = &vitals[vital].stretch[i];
        size_t bins = (size_t)((stretch->up_to - from) / stretch->width);

        if (left <= bins)
            return (double)(from + (int64_t)left * stretch->width) /
                   vitals[vital].units;
        left -= bins;
        from = stretch->up_to;
    }
    return (double)from / vitals[vital].units;
}

const char *vital_level_word(enum vital_level level)
{
    switch (level) {
    case LEVEL_INSUFFICIENT: return "insufficient";
    case LEVEL_GOOD: return "good";
    case LEVEL_UNCERTAIN: return "uncertain";
    case LEVEL_POOR: return "poor";
    }
    return "insufficient";
}

const char *vitals_status_word(enum vitals_status status)
{
    switch (status) {
    case VITALS_QUIET: return "ok";
    case VITALS_LEARNING: return "learning";
    case VITALS_SHORT: return "short";
    case VITALS_FIRST: return "first";
    case VITALS_OPEN: return "open";
    }
    return "ok";
}
