/*
 * How often the watchdog cries wolf, and how soon it finds a step: the shipped rules
 * beside what teams use and beside the optimum, and rules that were tried against them.
 * Limits are those that docs/method.md promises. `SIM=full` prints its tables.
 */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>

#include "tests/sim/watchdog_world.h"

#include "shared/banned.h"

enum { CLEAN_CELLS = 135, CLEAN_DAYS = 90, RATIOS = 2, CELLS_AT_ONCE = 100 };

enum stream { PART_CLEAN = 1, PART_STEPS, PART_OUTBREAK, PART_PROPORTION };

/* A step of a cell: `mean` affected a day become `ratio` times as many. */
struct step {
    double mean, ratio;
    bool any_weekday;               /* else it begins on day STEP, a Wednesday */
    double found_least, delay_most; /* limits; 0: none */
};

static const struct step steps[] = {
    {10, 2, false, 1, 3.2}, {10, 3, false, 1, 1.5}, {1, 2, false, 0.78, 0},
    {1, 3, false, 0.98, 0}, {10, 1.5, false, 0, 0}, {10, 2, true, 0, 0},
    {1, 2, true, 0, 0},
};

enum { STEPS = sizeof steps / sizeof *steps, STEP_DAYS = STEP - JUDGED + WITHIN + 6 };

static int step_first(size_t step, size_t replicate)
{
    return STEP + (steps[step].any_weekday ? (int)(replicate % 7) : 0);
}

/* One judged day of one cell, for rules other than the shipped ones. */
struct seen {
    float affected;
    float known;                /* its expectation by the true law without a step */
    float expected, size, p_up; /* by the shipped fit */
    float llr[RATIOS];          /* of the rule being tried */
};

/* Cells of all replicates, each `days` judged days in a row. */
struct record {
    struct seen *seen;
    size_t cells, days, replicates;
};

static void record_init(struct record *record, size_t cells, size_t days,
                        size_t replicates)
{
    *record = (struct record){.cells = cells, .days = days, .replicates = replicates};
    record->seen = calloc(cells * days * replicates, sizeof *record->seen);
    if (!record->seen) {
        puts("Bail out! out of memory");
        exit(1);
    }
}

static struct seen *record_cell(const struct record *record, size_t replicate,
                                size_t cell)
{
    return &record->seen[(replicate * record->cells + cell) * record->days];
}

/* How many of so many steps were found, and after how many days; a step found on its
 * first day took one. */
struct tally {
    size_t n, found;
    double sum, squares;
};

static void tally_add(struct tally *tally, int delay)
{
    tally->n++;
    tally->found += delay > 0;
    tally->sum += delay;
    tally->squares += (double)delay * delay;
}

static double tally_share(const struct tally *tally)
{
    return (double)tally->found / (double)tally->n;
}

static double tally_mean(const struct tally *tally)
{
    return tally->sum / (double)tally->found;
}

static double tally_error(const struct tally *tally)
{
    double mean = tally_mean(tally);

    return sqrt((tally->squares / (double)tally->found - mean * mean) /
                (double)tally->found);
}

/* What the shipped rules and the rules of thumb did. */
struct shipped {
    size_t by_day, by_cusum;              /* openings on clean days */
    size_t over_yesterday, over_three_sd; /* firing days */
    struct tally steps[STEPS];
};

/* The watch over one replicate. */
struct watch {
    struct record *record;
    size_t replicate;
    struct shipped *shipped; /* NULL: nothing can open, fits are recorded */
    int delay[STEPS];        /* 0: not found */
    bool was_open[STEPS];    /* on the day before the step: not counted */
};

static bool has_opened_today(const struct judged *judged, int32_t day)
{
    return judged->cell->open && judged->cell->open->opened == day;
}

static void see(const struct watch *watch, const struct round *round)
{
    size_t day = (size_t)(round->day.day - DAY0 - JUDGED);

    for (size_t i = 0; i < round->day.n; i++) {
        const struct judged *judged = &round->day.item[i];
        struct seen *seen = &record_cell(watch->record, watch->replicate, i)[day];

        seen->expected = (float)judged->tail.expected;
        seen->size = (float)judged->tail.size;
        seen->p_up = (float)judged->tail.p_up;
    }
}

static void watch_clean(void *context, const struct round *round)
{
    const struct watch *watch = context;

    for (size_t i = 0; watch->shipped && i < round->day.n; i++) {
        const struct judged *judged = &round->day.item[i];

        if (!has_opened_today(judged, round->day.day))
            continue;
        watch->shipped->by_day += judged->opens_by_day;
        watch->shipped->by_cusum += !judged->opens_by_day;
    }
    if (!watch->shipped)
        see(watch, round);
}

static void watch_steps(void *context, const struct round *round)
{
    struct watch *watch = context;

    for (size_t i = 0; watch->shipped && i < round->day.n; i++) {
        const struct judged *judged = &round->day.item[i];
        int day = round->day.day - DAY0 - step_first(i, watch->replicate);

        if (day == -1)
            watch->was_open[i] = judged->cell->open != NULL;
        if (day >= 0 && day < WITHIN && watch->delay[i] == 0 &&
            has_opened_today(judged, round->day.day))
            watch->delay[i] = day + 1;
    }
    if (!watch->shipped)
        see(watch, round);
}

static void record_law(const struct watch *watch, size_t i, const struct cell *cell,
                       double mean)
{
    struct seen *seen = record_cell(watch->record, watch->replicate, i);

    for (size_t day = 0; day < watch->record->days; day++) {
        const struct observation *row = &cell->days[JUDGED + day];

        seen[day].affected = (float)row->affected;
        seen[day].known = (float)(mean / 1000 * (double)row->exposed);
    }
}

/* "+50 % vs yesterday" and "mean + 3 sd of 56 days", of counts, as teams set them up.
 */
static void apply_rules_of_thumb(const struct cell *cell, struct shipped *shipped)
{
    enum { WINDOW = 56 };

    for (size_t t = JUDGED; t < cell->ndays; t++) {
        double x = (double)cell->days[t].affected;
        double sum = 0, squares = 0, mean;

        for (size_t i = t - WINDOW; i < t; i++) {
            double past = (double)cell->days[i].affected;

            sum += past;
            squares += past * past;
        }
        mean = sum / WINDOW;
        shipped->over_yesterday += x > 1.5 * (double)cell->days[t - 1].affected;
        shipped->over_three_sd +=
            x > mean + 3 * sqrt((squares - sum * mean) / (WINDOW - 1));
    }
}

static void run_clean(struct world *world, struct watch *watch)
{
    struct judge_hooks hooks = {.on_day = watch_clean, .context = watch};

    world_begin(world, PART_CLEAN, (unsigned)watch->replicate);
    for (unsigned i = 0; i < CLEAN_CELLS; i++) {
        struct cell *cell = world_cell(world, "rage_click", i);
        double mean = exp(gsl_ran_flat(world->rng, log(0.2), log(50)));

        for (int day = 0; day < JUDGED + CLEAN_DAYS; day++)
            world_draw(world, cell, day, 1000, mean / 1000);
        record_law(watch, i, cell, mean);
        if (watch->shipped)
            apply_rules_of_thumb(cell, watch->shipped);
    }
    world_judge(world, JUDGED, JUDGED + CLEAN_DAYS - 1, &hooks);
}

/* The steps share a world: which cells Benjamini-Hochberg sees beside one cannot
 * matter, its first threshold q / m is over OPEN_P up to m = 500. */
static void run_steps(struct world *world, struct watch *watch)
{
    struct judge_hooks hooks = {.on_day = watch_steps, .context = watch};

    world_begin(world, PART_STEPS, (unsigned)watch->replicate);
    for (unsigned i = 0; i < STEPS; i++) {
        struct cell *cell = world_cell(world, "rage_click", i);
        int first = step_first(i, watch->replicate);

        watch->delay[i] = 0;
        for (int day = 0; day < JUDGED + STEP_DAYS; day++)
            world_draw(world, cell, day, 1000,
                       steps[i].mean / 1000 * (day >= first ? steps[i].ratio : 1));
        record_law(watch, i, cell, steps[i].mean);
    }
    world_judge(world, JUDGED, JUDGED + STEP_DAYS - 1, &hooks);
    for (size_t i = 0; watch->shipped && i < STEPS; i++)
        if (!watch->was_open[i])
            tally_add(&watch->shipped->steps[i], watch->delay[i]);
}

/* Without `shipped` nothing opens, so that no rule profits from another's memory. */
static void run(struct world *world, struct record *clean, struct record *stepped,
                struct shipped *shipped)
{
    struct watch watch = {.record = clean, .shipped = shipped};
    struct settings kept = world->settings;

    if (!shipped) {
        world->settings.cusum_h_x1000 = INT64_MAX;
        world->settings.min_excess = 1e12;
    }
    for (watch.replicate = 0; watch.replicate < clean->replicates; watch.replicate++)
        run_clean(world, &watch);
    watch.record = stepped;
    for (watch.replicate = 0; watch.replicate < stepped->replicates; watch.replicate++)
        run_steps(world, &watch);
    world->settings = kept;
}

/* What a rule adds up: S = max(0, S + ln L), or the mean over the ratios of R = (1 + R)
 * L, or either: the CUSUM of its first ratio or the other of all. */
enum sum { SUM_CUSUM, SUM_ROBERTS, SUM_EITHER };

/*
 * A rule beside the shipped ones. Of the optimum, law and baseline are known, and an
 * alarm is an episode. The others take the place of the CUSUM in the shipped rules:
 * the shipped fit, the day rule, the gates and two quiet days as they are.
 */
struct rule {
    const char *name;
    double ratio[RATIOS]; /* 0: one ratio only */
    double higher;        /* h of the second CUSUM, or of R, above that of the first */
    const struct settings *settings;
    bool is_known;
    bool knows_mean; /* but not the dispersion, and all else is as shipped */
    enum sum sum;
    double h;    /* calibrated */
    double rate; /* false episodes it then gives */
    struct tally steps[STEPS];
};

struct track {
    double sum[RATIOS], excess[RATIOS];
    double roberts[RATIOS], roberts_excess;
    bool is_open;
    int quiet;
};

static double llr_of(double x, double mu, double k, double ratio)
{
    return x * log(ratio) - (x + k) * log1p((ratio - 1) * mu / (k + mu));
}

static double mean_of(const struct rule *rule, const struct seen *seen)
{
    return (double)(rule->is_known || rule->knows_mean ? seen->known : seen->expected);
}

static void record_llr(const struct record *record, const struct rule *rule)
{
    for (size_t i = 0; i < record->cells * record->days * record->replicates; i++) {
        struct seen *seen = &record->seen[i];
        double x = (double)seen->affected;
        double mu = mean_of(rule, seen);
        double k = rule->is_known ? 1 / (DAY_CV * DAY_CV) : (double)seen->size;

        for (size_t r = 0; r < RATIOS && rule->ratio[r] > 0; r++) {
            double llr = llr_of(x, mu, k, rule->ratio[r]);

            seen->llr[r] = (float)(rule->is_known ? llr : fmin(fmax(llr, -6), 6));
        }
    }
}

/* Shiryaev (1963), Theory Probab. Appl. 8, 22-46; Roberts (1966), Technometrics 8,
 * 411-430. */
static bool roberts_alarms(const struct rule *rule, const struct seen *seen,
                           double excess, struct track *track)
{
    size_t n = rule->ratio[1] > 0 ? 2 : 1;
    double h = rule->h + (rule->sum == SUM_EITHER ? rule->higher : 0);
    double mean = 0;

    for (size_t r = 0; r < n; r++) {
        track->roberts[r] = (1 + track->roberts[r]) * exp((double)seen->llr[r]);
        mean += track->roberts[r] / (double)n;
    }
    track->roberts_excess = fmax(0, track->roberts_excess + excess);
    return mean > exp(h) && track->roberts_excess >= rule->settings->min_excess;
}

static bool cusum_alarms(const struct rule *rule, const struct seen *seen,
                         double excess, struct track *track)
{
    double least = rule->is_known ? 0 : rule->settings->min_excess;
    size_t n = rule->sum == SUM_CUSUM && rule->ratio[1] > 0 ? 2 : 1;
    bool alarms = false;

    for (size_t r = 0; r < n; r++) {
        track->sum[r] += (double)seen->llr[r];
        track->excess[r] += excess;
        if (track->sum[r] <= 0)
            track->sum[r] = track->excess[r] = 0;
        alarms = alarms || (track->sum[r] > rule->h + (r > 0 ? rule->higher : 0) &&
                            track->excess[r] >= least);
    }
    return alarms;
}

static bool day_alarms(const struct rule *rule, const struct seen *seen, double excess)
{
    const struct settings *settings = rule->settings;
    double ratio = ((double)seen->affected + 0.5) / ((double)seen->expected + 0.5);

    return (double)seen->p_up < OPEN_P && excess >= settings->min_excess &&
           (double)seen->affected >= (double)settings->signals[0].min_affected &&
           ratio >= settings->min_ratio;
}

/* True when an episode opens. */
static bool rule_day(const struct rule *rule, const struct seen *seen,
                     struct track *track)
{
    double excess = (double)seen->affected - mean_of(rule, seen);
    bool alarms = rule->sum != SUM_ROBERTS && cusum_alarms(rule, seen, excess, track);
    bool was_open = track->is_open;

    if (rule->sum != SUM_CUSUM && roberts_alarms(rule, seen, excess, track))
        alarms = true;
    if (alarms)
        *track = (struct track){.is_open = was_open, .quiet = track->quiet};
    if (rule->is_known)
        return alarms;
    alarms = alarms || day_alarms(rule, seen, excess);
    track->quiet = !alarms && (double)seen->p_up > 0.1 ? track->quiet + 1 : 0;
    track->is_open = alarms || (was_open && track->quiet < QUIET_DAYS);
    return alarms && !was_open;
}

/* Episodes on clean days, per thirty days of all cells. */
static double rule_rate(const struct rule *rule, const struct record *clean)
{
    size_t episodes = 0;

    for (size_t i = 0; i < clean->replicates * clean->cells; i++) {
        struct track track = {0};

        for (size_t day = 0; day < clean->days; day++)
            episodes += rule_day(rule, &clean->seen[i * clean->days + day], &track);
    }
    return (double)episodes * 30 / (double)(clean->days * clean->replicates);
}

static int rule_delay(const struct rule *rule, const struct seen *seen, int first,
                      bool *was_open)
{
    struct track track = {0};

    for (int day = JUDGED; day < first + WITHIN; day++) {
        bool opens = rule_day(rule, &seen[day - JUDGED], &track);

        if (day == first - 1)
            *was_open = track.is_open;
        if (opens && day >= first)
            return day - first + 1;
    }
    return 0;
}

/* The least h that gives no more false episodes than `rate`, and what it then finds. */
static void rule_try(struct rule *rule, struct record *clean, struct record *stepped,
                     double rate)
{
    double low = 2, high = 14;

    record_llr(clean, rule);
    record_llr(stepped, rule);
    for (int i = 0; i < 14; i++) {
        rule->h = (low + high) / 2;
        if (rule_rate(rule, clean) > rate)
            low = rule->h;
        else
            high = rule->h;
    }
    rule->h = high;
    rule->rate = rule_rate(rule, clean);
    for (size_t i = 0; i < STEPS; i++) {
        rule->steps[i] = (struct tally){0};
        for (size_t r = 0; r < stepped->replicates; r++) {
            bool was_open = false;
            int delay = rule_delay(rule, record_cell(stepped, r, i), step_first(i, r),
                                   &was_open);

            if (!was_open)
                tally_add(&rule->steps[i], delay);
        }
    }
}

/* In the short run a limit may be missed by chance; the full run has to hold it. */
static bool is_at_most(const struct sheet *sheet, size_t count, size_t n, double limit)
{
    return (double)count <= limit * (double)n ||
           (!sheet->is_full &&
            gsl_cdf_binomial_Q((unsigned)count - 1, limit, (unsigned)n) > CHANCE);
}

static bool is_at_least(const struct sheet *sheet, size_t count, size_t n, double limit)
{
    return (double)count >= limit * (double)n ||
           (!sheet->is_full && limit < 1 &&
            gsl_cdf_binomial_P((unsigned)count, limit, (unsigned)n) > CHANCE);
}

static bool is_soon_enough(const struct sheet *sheet, const struct tally *tally,
                           double limit)
{
    double room =
        sheet->is_full ? 0 : gsl_cdf_ugaussian_Qinv(CHANCE) * tally_error(tally);

    return tally->found > 0 && tally_mean(tally) <= limit + room;
}

static void judge_false_alarms(struct sheet *sheet, const struct shipped *shipped,
                               size_t replicates)
{
    double blocks = (double)replicates * CLEAN_DAYS / 30;
    size_t episodes = shipped->by_day + shipped->by_cusum;
    char what[128];

    sheet_say(sheet, "%zu replicates of %d clean days, %d top-level cells:", replicates,
              CLEAN_DAYS, CLEAN_CELLS);
    sheet_gap(sheet);
    sheet_say(sheet, "| rule | in 30 days | limit |");
    sheet_say(sheet, "|---|---|---|");
    sheet_say(sheet,
              "| shipped rules | %.2f false episodes (%.2f by day, %.2f by cusum) | "
              "2.3 |",
              (double)episodes / blocks, (double)shipped->by_day / blocks,
              (double)shipped->by_cusum / blocks);
    sheet_say(sheet, "| +50 %% vs yesterday | %.0f firing days | |",
              (double)shipped->over_yesterday / blocks);
    sheet_say(sheet, "| mean + 3 sd of 56 days | %.0f firing days | |",
              (double)shipped->over_three_sd / blocks);
    sheet_gap(sheet);
    (void)snprintf(what, sizeof what,
                   "at most 2.3 false episodes in 30 days of %d clean cells: %.2f",
                   CLEAN_CELLS, (double)episodes / blocks);
    sheet_limit(sheet,
                (double)episodes <= 2.3 * blocks ||
                    (!sheet->is_full &&
                     gsl_cdf_poisson_Q((unsigned)episodes - 1, 2.3 * blocks) > CHANCE),
                what);
}

static void judge_steps(struct sheet *sheet, const struct shipped *shipped)
{
    for (size_t i = 0; i < STEPS; i++) {
        const struct step *step = &steps[i];
        const struct tally *tally = &shipped->steps[i];
        char what[128];

        if (step->found_least > 0) {
            (void)snprintf(what, sizeof what,
                           "%g times %g a day is found within %d days in at least %.0f "
                           "%%: %zu of %zu",
                           step->ratio, step->mean, WITHIN, 100 * step->found_least,
                           tally->found, tally->n);
            sheet_limit(sheet,
                        is_at_least(sheet, tally->found, tally->n, step->found_least),
                        what);
        }
        if (step->delay_most > 0) {
            (void)snprintf(what, sizeof what,
                           "%g times %g a day is found in %.1f days on average: %.2f",
                           step->ratio, step->mean, step->delay_most,
                           tally_mean(tally));
            sheet_limit(sheet, is_soon_enough(sheet, tally, step->delay_most), what);
        }
    }
}

static void cell_text(char *text, size_t size, const struct tally *tally)
{
    (void)snprintf(text, size, "%.1f %%, %.2f d", 100 * tally_share(tally),
                   tally_mean(tally));
}

static void limit_text(char *text, size_t size, const struct step *step)
{
    char delay[32] = "";

    if (step->delay_most > 0)
        (void)snprintf(delay, sizeof delay, ", <= %.1f d", step->delay_most);
    *text = '\0';
    if (step->found_least > 0)
        (void)snprintf(text, size, "%s%.0f %%%s", step->found_least < 1 ? ">= " : "",
                       100 * step->found_least, delay);
}

/* `optimum` of the step's own ratio, at our false rate and at the limit's. */
static void say_steps(const struct sheet *sheet, const struct shipped *shipped,
                      const struct tally optimum[STEPS], const struct tally at[STEPS])
{
    sheet_say(sheet,
              "%zu replicates; found within %d days, and the mean delay of the "
              "found; 1 d is the first day of the step:",
              shipped->steps[0].n, WITHIN);
    sheet_gap(sheet);
    sheet_say(sheet, "| step | limit | shipped rules | optimum at our false rate | "
                     "optimum at 2.3 |");
    sheet_say(sheet, "|---|---|---|---|---|");
    for (size_t i = 0; i < STEPS; i++) {
        char most[64], ours[64], best[64], other[64];

        limit_text(most, sizeof most, &steps[i]);
        cell_text(ours, sizeof ours, &shipped->steps[i]);
        cell_text(best, sizeof best, &optimum[i]);
        cell_text(other, sizeof other, &at[i]);
        sheet_say(sheet, "| %gx at %g/day%s | %s | %s | %s | %s |", steps[i].ratio,
                  steps[i].mean, steps[i].any_weekday ? ", from any weekday" : "", most,
                  ours, best, other);
    }
    sheet_gap(sheet);
}

/* The CUSUM of each step's own true likelihood ratio. */
static void find_optimum(struct record *clean, struct record *stepped, double rate,
                         struct tally optimum[STEPS])
{
    struct rule rule = {.is_known = true};

    for (size_t i = 0; i < STEPS; i++) {
        if (steps[i].ratio != rule.ratio[0]) {
            rule.ratio[0] = steps[i].ratio;
            rule_try(&rule, clean, stepped, rate);
        }
        optimum[i] = rule.steps[i];
    }
}

static void try_other_rules(struct world *world, const struct sheet *sheet,
                            struct record *clean, struct record *stepped, double rate)
{
    struct rule rules[] = {
        {.name = "CUSUM of 2x, as shipped", .ratio = {2}},
        {.name = "CUSUM of 2x, the mean known", .ratio = {2}, .knows_mean = true},
        {.name = "CUSUMs of 2x and 1.5x, one h", .ratio = {2, 1.5}},
        {.name = "CUSUMs of 2x and 1.5x, h + 1.5", .ratio = {2, 1.5}, .higher = 1.5},
        {.name = "CUSUM of 1.5x", .ratio = {1.5}},
        {.name = "Shiryaev-Roberts of 2x", .ratio = {2}, .sum = SUM_ROBERTS},
        {.name = "Shiryaev-Roberts of 2x and 1.5x",
         .ratio = {2, 1.5},
         .sum = SUM_ROBERTS},
        {.name = "CUSUM of 2x, or that at h + 1.2",
         .ratio = {2, 1.5},
         .higher = 1.2,
         .sum = SUM_EITHER},
        {.name = "CUSUM of 2x, or that at h + 1.6",
         .ratio = {2, 1.5},
         .higher = 1.6,
         .sum = SUM_EITHER},
    };

    run(world, clean, stepped, NULL);
    sheet_say(sheet,
              "Rules tried in place of the CUSUM, with the least h that gives no "
              "more false episodes than the shipped rules:");
    sheet_gap(sheet);
    sheet_say(sheet, "| rule | h | 2x at 10 | 3x at 10 | 2x at 1 | 3x at 1 | 1.5x at "
                     "10 |");
    sheet_say(sheet, "|---|---|---|---|---|---|---|");
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        char cell[5][64];

        rules[i].settings = &world->settings;
        rule_try(&rules[i], clean, stepped, rate);
        for (size_t s = 0; s < 5; s++)
            cell_text(cell[s], sizeof cell[s], &rules[i].steps[s]);
        sheet_say(sheet, "| %s | %.2f | %s | %s | %s | %s | %s |", rules[i].name,
                  rules[i].h, cell[0], cell[1], cell[2], cell[3], cell[4]);
    }
    sheet_gap(sheet);
}

static void simulate_rates(struct world *world, struct sheet *sheet)
{
    struct shipped shipped = {0};
    struct tally optimum[STEPS], at_limit[STEPS];
    struct record clean, stepped;
    double rate;

    record_init(&clean, CLEAN_CELLS, CLEAN_DAYS, sheet->is_full ? 250 : 20);
    record_init(&stepped, STEPS, STEP_DAYS, sheet->is_full ? 2000 : 250);
    run(world, &clean, &stepped, &shipped);
    judge_false_alarms(sheet, &shipped, clean.replicates);
    rate = (double)(shipped.by_day + shipped.by_cusum) * 30 /
           (double)(clean.days * clean.replicates);
    find_optimum(&clean, &stepped, rate, optimum);
    find_optimum(&clean, &stepped, 2.3, at_limit);
    say_steps(sheet, &shipped, optimum, at_limit);
    judge_steps(sheet, &shipped);
    if (sheet->is_full)
        try_other_rules(world, sheet, &clean, &stepped, rate);
    free(clean.seen);
    free(stepped.seen);
}

/* Cells whose p was below .001 on their one judged day. */
static void count_small(void *context, const struct round *round)
{
    size_t *small = context;

    for (size_t i = 0; i < round->day.n; i++)
        *small += round->day.item[i].tail.p_up < 1e-3;
}

static void simulate_outbreak(struct world *world, struct sheet *sheet)
{
    enum { BASELINE = 56, OUTBREAK = 3, TODAY = BASELINE + BASELINE_GUARD };

    size_t small = 0, n = sheet->is_full ? 3000 : 500;
    struct judge_hooks hooks = {.on_day = count_small, .context = &small};
    char what[128];

    for (unsigned at = 0; at < n / CELLS_AT_ONCE; at++) {
        world_begin(world, PART_OUTBREAK, at);
        for (unsigned i = 0; i < CELLS_AT_ONCE; i++) {
            struct cell *cell = world_cell(world, "rage_click", i);
            int days[BASELINE], bad[OUTBREAK];

            for (int day = 0; day < BASELINE; day++)
                days[day] = day;
            (void)gsl_ran_choose(world->rng, bad, OUTBREAK, days, BASELINE,
                                 sizeof *days);
            for (int day = 0; day <= TODAY; day++) {
                bool is_bad = day == bad[0] || day == bad[1] || day == bad[2];

                world_draw(world, cell, day, 1000,
                           0.05 * (is_bad         ? 4
                                   : day == TODAY ? 3
                                                  : 1));
            }
        }
        world_judge(world, TODAY, TODAY, &hooks);
    }
    (void)
        snprintf(what, sizeof what,
                 "3 of 56 days at 4x, mean 50: 3x has p < .001 on its first day in at "
                 "least 95 %%: %zu of %zu",
                 small, n);
    sheet_say(sheet,
              "3 of 56 days at 4x, mean 50: 3x has p < .001 on its first day in "
              "%.1f %% of %zu (limit 95 %%).",
              100 * (double)small / (double)n, n);
    sheet_gap(sheet);
    sheet_limit(sheet, is_at_least(sheet, small, n, 0.95), what);
}

/* One case of the grid; each has a stream of its own. */
struct mixed {
    unsigned stream, n;
    double pi, sd;
};

static void draw_proportion(struct world *world, struct cell *cell,
                            const struct mixed *mixed)
{
    double logit = log(mixed->pi / (1 - mixed->pi));

    for (int day = 0; day <= JUDGED; day++) {
        double odds = exp(logit + gsl_ran_gaussian(world->rng, mixed->sd));

        cell_put(cell, &world->arena, DAY0 + day,
                 (int64_t)gsl_ran_binomial(world->rng, odds / (1 + odds), mixed->n),
                 mixed->n);
    }
}

static size_t count_proportion(struct world *world, const struct mixed *mixed,
                               size_t draws)
{
    size_t small = 0;
    struct judge_hooks hooks = {.on_day = count_small, .context = &small};

    for (size_t at = 0; at < draws; at += CELLS_AT_ONCE) {
        world_begin(world, mixed->stream, (unsigned)at);
        for (unsigned i = 0; i < CELLS_AT_ONCE; i++)
            draw_proportion(world, world_cell(world, "lcp_slow", i), mixed);
        world_judge(world, JUDGED, JUDGED, &hooks);
    }
    return small;
}

static void simulate_proportions(struct world *world, struct sheet *sheet)
{
    static const double pi[] = {0.03, 0.25, 0.7};
    static const unsigned n[] = {50, 500, 3000};
    static const double sd[] = {0, 0.1, 0.2};
    size_t draws = sheet->is_full ? 3000 : 300;
    size_t most = 0;
    char what[128];

    sheet_say(sheet,
              "Proportions, P(p < .001) in %%, %zu draws a case, limit 0.6:", draws);
    sheet_gap(sheet);
    sheet_say(sheet, "| pi | n | daily logit sd 0 | 0.1 | 0.2 |");
    sheet_say(sheet, "|---|---|---|---|---|");
    for (size_t at = 0; at < 9; at++) {
        size_t small[3];

        for (size_t s = 0; s < 3; s++) {
            struct mixed mixed = {PART_PROPORTION + (unsigned)(3 * at + s), n[at % 3],
                                  pi[at / 3], sd[s]};

            small[s] = count_proportion(world, &mixed, draws);
            most = small[s] > most ? small[s] : most;
        }
        sheet_say(sheet, "| %g | %u | %.2f | %.2f | %.2f |", pi[at / 3], n[at % 3],
                  100 * (double)small[0] / (double)draws,
                  100 * (double)small[1] / (double)draws,
                  100 * (double)small[2] / (double)draws);
    }
    sheet_gap(sheet);
    (void)snprintf(what, sizeof what,
                   "proportions have p < .001 in at most 0.6 %% of each case: at most "
                   "%zu of %zu",
                   most, draws);
    sheet_limit(sheet, is_at_most(sheet, most, draws, 0.006), what);
}

int main(void)
{
    struct sheet sheet;
    struct world world;

    sheet_begin(&sheet);
    world_init(&world);
    simulate_rates(&world, &sheet);
    simulate_outbreak(&world, &sheet);
    simulate_proportions(&world, &sheet);
    world_release(&world);
    return sheet_end(&sheet);
}
