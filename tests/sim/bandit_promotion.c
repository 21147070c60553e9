/*
 * What promotes a challenger that is no better, what finds one that is, and what both
 * cost: the shipped rules beside the essay's bare checklist and the textbook's Thompson
 * sampling, over experiments whose truth is known. Limits are those that docs/method.md
 * promises; bandit/rule_rates.h has to say what is measured here. `SIM=full` prints the
 * tables, by two processes.
 */
#include <assert.h>
#include <math.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "bandit/judge.h"
#include "bandit/rule_rates.h"
#include "shared/limits.h"
#include "tests/sim/sheet.h"

#include "shared/banned.h"

enum {
    DAY0 = 20003, /* 2024-10-07 */
    DAYS = 60,
    YEAR = 365,
    DRIFT_DAYS = 60,
    MOST_ARMS = 4,
    STREAK = 5,    /* of the bare checklist */
    SESSIONS = 20, /* of it */
};

/* Experiments of a case, in the full run and in the short one. */
enum { MANY = 5000, MANY_YEARS = 300, FEW = 100, FEW_YEARS = 20 };

/* Each case has a number of its own, from these on. */
enum { STREAM_DAYS, STREAM_YEAR = 50, STREAM_PRICES = 70, STREAM_CONFIRMATION = 80 };

/* The truth of an experiment: a challenger that is better, the others like control. */
struct truth {
    unsigned stream; /* of random numbers */
    size_t narms;
    unsigned units; /* a day, of all arms */
    bool drifts;    /* 2.5 -> 7.5 % in DRIFT_DAYS, where it stays; else 5 % */
    double lift;    /* of arm 1 */
    int ndays;
    bool goes_on; /* after a promotion; for regret */
};

/* Who allots the traffic and who promotes. */
enum player {
    PLAYER_BARE,     /* Thompson sampling on totals; ends when any arm has passed */
    PLAYER_BARE_ANY, /* the same; ends when a challenger has */
    PLAYER_TEXTBOOK, /* the same; P(best) of .95 or more on five days */
    PLAYER_SHIPPED,
    PLAYER_OPEN, /* shipped, without the share kept for control on trials */
    PLAYER_EVEN, /* shipped, with a fixed split */
    PLAYER_COUNT,
};

/* How one experiment went. */
struct outcome {
    int day; /* of the promotion, from 1; 0 none */
    size_t arm;
    double lost; /* rewards that the best arm would have got on top */
};

/* All that a process needs to play. */
struct lab {
    gsl_rng *rng;
    struct experiment experiment[MOST_ARMS + 1][PLAYER_COUNT]; /* by number of arms */
    struct evidence_day day[YEAR];
};

static void lab_init(struct lab *lab)
{
    static const char *const names[] = {"control", "b", "c", "d"};

    lab->rng = gsl_rng_alloc(gsl_rng_mt19937);
    assert(lab->rng);
    for (size_t n = 2; n <= MOST_ARMS; n++) {
        for (size_t player = PLAYER_SHIPPED; player < PLAYER_COUNT; player++) {
            struct experiment *experiment = &lab->experiment[n][player];

            experiment_defaults("sim", names, n, experiment);
            experiment->window_hours = 0; // a day is judged on its evening
        }
        lab->experiment[n][PLAYER_OPEN].allocation.confirm_bp = 0;
        lab->experiment[n][PLAYER_EVEN].allocation.is_fixed = true;
    }
}

static double truth_rate(const struct truth *truth, size_t arm, int day)
{
    double done = fmin((double)day / (DRIFT_DAYS - 1), 1);
    double base = truth->drifts ? 0.025 + 0.05 * done : 0.05;

    return arm == 1 ? base * (1 + truth->lift) : base;
}

/* One day's units by arm, and how many of them did what is hoped for. */
struct drawn {
    unsigned units[MOST_ARMS], rewards[MOST_ARMS];
};

static void draw_day(const gsl_rng *rng, const struct truth *truth, int day,
                     const double share[], struct drawn *drawn)
{
    gsl_ran_multinomial(rng, truth->narms, truth->units, share, drawn->units);
    for (size_t i = 0; i < truth->narms; i++)
        drawn->rewards[i] =
            gsl_ran_binomial(rng, truth_rate(truth, i, day), drawn->units[i]);
}

static double lost_by(const struct truth *truth, size_t arm, int day)
{
    return arm == 1 ? 0 : truth_rate(truth, 1, day) - truth_rate(truth, arm, day);
}

static double lost_on(const struct truth *truth, int day, const struct drawn *drawn)
{
    double lost = 0;

    for (size_t i = 0; i < truth->narms; i++)
        lost += drawn->units[i] * lost_by(truth, i, day);
    return lost;
}

static double lost_by_fixed_split(const struct truth *truth)
{
    double lost = 0;

    for (int day = 0; day < truth->ndays; day++)
        for (size_t i = 0; i < truth->narms; i++)
            lost +=
                (double)truth->units / (double)truth->narms * lost_by(truth, i, day);
    return lost;
}

/* --- The textbook ---------------------------------------------------------------- */

/* What Thompson sampling on totals knows. */
struct totals {
    struct posterior posterior[MOST_ARMS];
    double units[MOST_ARMS], p_best[MOST_ARMS];
    size_t best;
    int streak, sure; /* days with the same best arm; of them with P(best) >= .95 */
};

static void totals_begin(struct totals *totals, size_t narms)
{
    *totals = (struct totals){.best = narms}; // no arm is the best yet
    for (size_t i = 0; i < narms; i++) {
        totals->posterior[i] =
            (struct posterior){.family = POSTERIOR_BETA, .a = 1, .b = 1};
        totals->p_best[i] = 1 / (double)narms;
    }
}

static void totals_add(struct totals *totals, size_t narms, const struct drawn *drawn)
{
    struct comparison comparison;
    size_t best = 0;

    for (size_t i = 0; i < narms; i++) {
        totals->posterior[i].a += drawn->rewards[i];
        totals->posterior[i].b += drawn->units[i] - drawn->rewards[i];
        totals->units[i] += drawn->units[i];
    }
    measure_best(totals->posterior, narms, 0, &comparison);
    for (size_t i = 0; i < narms; i++) {
        totals->p_best[i] = comparison.p_best[i];
        best = totals->p_best[i] > totals->p_best[best] ? i : best;
    }
    if (best != totals->best)
        totals->streak = totals->sure = 0;
    totals->best = best;
    totals->streak++;
    totals->sure = totals->p_best[best] >= 0.95 ? totals->sure + 1 : 0;
}

static bool totals_pass(const struct totals *totals, enum player player)
{
    bool passes = totals->streak >= STREAK && totals->units[totals->best] >= SESSIONS;

    if (player == PLAYER_BARE)
        return passes;
    if (player == PLAYER_TEXTBOOK)
        passes = totals->sure >= STREAK;
    return passes && totals->best != 0;
}

static void play_totals(struct lab *lab, const struct truth *truth, enum player player,
                        struct outcome *outcome)
{
    struct totals totals;

    totals_begin(&totals, truth->narms);
    for (int day = 0; day < truth->ndays; day++) {
        struct drawn drawn;

        if (outcome->day > 0 && player == PLAYER_BARE) {
            outcome->lost += truth->units * lost_by(truth, outcome->arm, day);
            continue;
        }
        draw_day(lab->rng, truth, day, totals.p_best, &drawn);
        outcome->lost += lost_on(truth, day, &drawn);
        totals_add(&totals, truth->narms, &drawn);
        if (outcome->day == 0 && totals_pass(&totals, player)) {
            outcome->day = day + 1;
            outcome->arm = totals.best;
            if (!truth->goes_on)
                return;
        }
    }
}

/* --- The shipped rules ----------------------------------------------------------- */

static void put_row(struct evidence *evidence, int32_t day,
                    const struct standing *standing, const struct drawn *drawn)
{
    struct evidence_day *row = &evidence->day[evidence->n++];

    *row = (struct evidence_day){.day = day,
                                 .is_mature = true,
                                 .version = standing->version};
    for (size_t i = 0; i < evidence->narms; i++) {
        row->at_once[i] =
            (struct arm_at_once){.exposed = drawn->units[i],
                                 .tagged = drawn->units[i],
                                 .weight_x10000 = standing->weight_bp[i] * BP};
        row->mature[i] = (struct arm_mature){.units = drawn->units[i],
                                             .conversions = drawn->rewards[i]};
    }
}

static void play_shipped(struct lab *lab, const struct truth *truth, enum player player,
                         struct outcome *outcome)
{
    const struct experiment *experiment = &lab->experiment[truth->narms][player];
    struct evidence evidence = {.narms = truth->narms,
                                .day = lab->day,
                                .capacity = YEAR};
    struct arena arena;
    struct judging judging = {.experiment = experiment,
                              .evidence = &evidence,
                              .arena = &arena};
    struct standing standing = {0};

    arena_init(&arena, ARENA_BYTES_MAX);
    standing_begin(experiment, DAY0, &standing);
    for (int32_t day = 0; day < truth->ndays; day++) {
        struct occasion occasion = {
            .as_of = DAY0 + day,
            .evidence_through = DAY0 + day,
            .decides = true,
            .skipped = 1U << ITEM_RUNTIME_WIRING | 1U << ITEM_DOCS_PARITY,
        };
        double share[MOST_ARMS];
        struct drawn drawn;
        struct judged judged;

        for (size_t i = 0; i < truth->narms; i++)
            share[i] = (double)standing.weight_bp[i];
        draw_day(lab->rng, truth, day, share, &drawn);
        outcome->lost += lost_on(truth, day, &drawn);
        put_row(&evidence, DAY0 + day, &standing, &drawn);
        judge_day(&judging, &occasion, &standing, &judged);
        if (outcome->day == 0 && judged.promotion.is_eligible) {
            outcome->day = day + 1;
            outcome->arm = standing.recommendation;
            if (!truth->goes_on)
                break;
        }
    }
    arena_release(&arena);
}

/* --- Many experiments ------------------------------------------------------------ */

/* Experiments [from, to), each with a random stream of its own, so that the short run
 * is the beginning of the full one; all players meet the same ones. */
static void play(struct lab *lab, const struct truth *truth, enum player player,
                 size_t from, size_t to, struct outcome *outcome)
{
    for (size_t i = from; i < to; i++) {
        outcome[i] = (struct outcome){0};
        gsl_rng_set(lab->rng, truth->stream * 100000UL + i + 1);
        if (player < PLAYER_SHIPPED)
            play_totals(lab, truth, player, &outcome[i]);
        else
            play_shipped(lab, truth, player, &outcome[i]);
    }
}

static bool write_all(int fd, const void *bytes, size_t n)
{
    for (const char *at = bytes; n > 0;) {
        ssize_t done = write(fd, at, n);

        if (done <= 0)
            return false;
        at += done;
        n -= (size_t)done;
    }
    return true;
}

static bool read_all(int fd, void *bytes, size_t n)
{
    for (char *at = bytes; n > 0;) {
        ssize_t done = read(fd, at, n);

        if (done <= 0)
            return false;
        at += done;
        n -= (size_t)done;
    }
    return true;
}

/* The second half in a process of its own. */
static void play_by_two(struct lab *lab, const struct truth *truth, enum player player,
                        size_t n, struct outcome *outcome)
{
    size_t half = n / 2;
    int fd[2], status = 0;
    pid_t child;

    (void)fflush(stdout);
    if (pipe(fd) != 0 || (child = fork()) < 0) {
        puts("Bail out! no second process");
        exit(1);
    }
    if (child == 0) {
        (void)close(fd[0]);
        play(lab, truth, player, half, n, outcome);
        _exit(!write_all(fd[1], outcome + half, (n - half) * sizeof *outcome));
    }
    (void)close(fd[1]);
    play(lab, truth, player, 0, half, outcome);
    if (!read_all(fd[0], outcome + half, (n - half) * sizeof *outcome) ||
        waitpid(child, &status, 0) != child || status != 0) {
        puts("Bail out! the second process failed");
        exit(1);
    }
    (void)close(fd[0]);
}

/* What became of them. */
struct result {
    size_t n;
    size_t right; /* promoted the better challenger; where none is, any challenger */
    size_t wrong; /* another one */
    int median;   /* day of the former */
    double regret, error; /* beside a fixed split; its standard error */
};

static int compare_days(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static struct result sum_up(const struct truth *truth, const struct outcome *outcome,
                            size_t n)
{
    double fixed = lost_by_fixed_split(truth), sum = 0, squares = 0;
    struct result result = {.n = n};
    int *day = calloc(n, sizeof *day);

    assert(day);
    for (size_t i = 0; i < n; i++) {
        double regret = fixed > 0 ? outcome[i].lost / fixed : 0;

        sum += regret;
        squares += regret * regret;
        if (outcome[i].day == 0 || outcome[i].arm == 0)
            continue;
        if (truth->lift > 0 && outcome[i].arm != 1)
            result.wrong++;
        else
            day[result.right++] = outcome[i].day;
    }
    qsort(day, result.right, sizeof *day, compare_days);
    result.median = result.right > 0 ? day[result.right / 2] : 0;
    result.regret = sum / (double)n;
    result.error =
        sqrt(fmax(squares / (double)n - result.regret * result.regret, 0) / (double)n);
    free(day);
    return result;
}

static struct result try_out(const struct sheet *sheet, struct lab *lab,
                             const struct truth *truth, enum player player, size_t n)
{
    struct outcome *outcome = calloc(n, sizeof *outcome);
    struct result result;

    assert(outcome);
    if (sheet->is_full)
        play_by_two(lab, truth, player, n, outcome);
    else
        play(lab, truth, player, 0, n, outcome);
    result = sum_up(truth, outcome, n);
    free(outcome);
    return result;
}

/* --- Limits and lines ------------------------------------------------------------ */

static double percent(size_t part, size_t whole)
{
    return 100 * (double)part / (double)whole;
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
           (!sheet->is_full &&
            gsl_cdf_binomial_P((unsigned)count, limit, (unsigned)n) > CHANCE);
}

static void cell_text(char *text, size_t size, const struct result *result)
{
    int used = snprintf(text, size, "%.1f %%", percent(result->right, result->n));

    if (result->right > 0)
        used += snprintf(text + used, size - (size_t)used, ", day %d", result->median);
    if (result->wrong > 0)
        (void)snprintf(text + used, size - (size_t)used, " (wrong %.1f %%)",
                       percent(result->wrong, result->n));
}

enum { CELL = 64 };

static void case_text(char *text, size_t size, const struct truth *truth)
{
    (void)snprintf(text, size, "%zu | %u | %s", truth->narms, truth->units,
                   truth->drifts ? "2.5 -> 7.5 %" : "5 %");
}

/* --- Promotion within sixty days and within a year ------------------------------- */

/* The limit on a challenger that is no better, and what a power must be; 0 none. */
struct limit {
    double most, least;
};

static struct limit limit_of(const struct truth *truth)
{
    if (truth->lift == 0)
        return (struct limit){.most = truth->ndays == YEAR ? 0.04 : 0.025};
    if (truth->narms == 2 && !truth->drifts && truth->lift == 0.5 &&
        truth->units == 100)
        return (struct limit){.least = 0.82};
    if (truth->narms == 2 && !truth->drifts && truth->lift == 0.2 &&
        truth->units == 1000)
        return (struct limit){.least = 0.97};
    return (struct limit){0};
}

static void hold_limit(struct sheet *sheet, const struct truth *truth,
                       const struct result *result)
{
    struct limit limit = limit_of(truth);
    char which[CELL], what[192];

    (void)snprintf(which, sizeof which, "%zu arms, %u a day, %s, %d days", truth->narms,
                   truth->units, truth->drifts ? "drifting" : "constant", truth->ndays);
    if (limit.most > 0) {
        (void)snprintf(what, sizeof what,
                       "%s: a challenger equal to control is promoted in at most %g "
                       "%%: %zu of %zu",
                       which, 100 * limit.most, result->right, result->n);
        sheet_limit(sheet, is_at_most(sheet, result->right, result->n, limit.most),
                    what);
    }
    if (limit.least > 0) {
        (void)snprintf(what, sizeof what,
                       "%s: +%.0f %% is promoted in at least %g %%: %zu of %zu", which,
                       100 * truth->lift, 100 * limit.least, result->right, result->n);
        sheet_limit(sheet, is_at_least(sheet, result->right, result->n, limit.least),
                    what);
    }
}

/* By number of arms: how often the bare checklist promoted an equal. */
struct rates {
    size_t n[MOST_ARMS + 1], promoted[MOST_ARMS + 1];
};

static void say_promoted_case(struct sheet *sheet, struct lab *lab,
                              const struct truth *truth, size_t n, struct rates *rates)
{
    struct result of[PLAYER_OPEN];
    char text[PLAYER_OPEN][CELL], which[CELL], limit[CELL] = "";
    struct limit must = limit_of(truth);

    for (size_t player = 0; player < PLAYER_OPEN; player++) {
        of[player] = try_out(sheet, lab, truth, (enum player)player, n);
        cell_text(text[player], CELL, &of[player]);
    }
    if (truth->lift == 0) {
        rates->n[truth->narms] += n;
        rates->promoted[truth->narms] += of[PLAYER_BARE].right;
    }
    if (must.most > 0)
        (void)snprintf(limit, sizeof limit, "<= %g %%", 100 * must.most);
    if (must.least > 0)
        (void)snprintf(limit, sizeof limit, ">= %g %%", 100 * must.least);
    case_text(which, sizeof which, truth);
    sheet_say(sheet, "| %s | +%.0f %% | %s | %s | %s | %s | %s |", which,
              100 * truth->lift, text[PLAYER_BARE], text[PLAYER_BARE_ANY],
              text[PLAYER_TEXTBOOK], text[PLAYER_SHIPPED], limit);
    hold_limit(sheet, truth, &of[PLAYER_SHIPPED]);
}

static size_t how_many(const struct sheet *sheet, int ndays)
{
    if (sheet->is_full)
        return ndays == YEAR ? MANY_YEARS : MANY;
    return ndays == YEAR ? FEW_YEARS : FEW;
}

/* The short run plays only cases with a limit, and one of the years. */
static size_t how_often(const struct sheet *sheet, const struct truth *truth)
{
    struct limit limit = limit_of(truth);
    size_t n = how_many(sheet, truth->ndays);

    if (sheet->is_full || limit.least > 0)
        return n;
    if (limit.most == 0 || truth->units != 100 || truth->narms == 3)
        return 0;
    return truth->ndays == YEAR && (truth->narms != 2 || !truth->drifts) ? 0 : n;
}

static void say_promoted(struct sheet *sheet, struct lab *lab, int ndays,
                         struct rates *rates)
{
    static const double lifts[] = {0, 0.2, 0.5};
    size_t nlifts = ndays == YEAR ? 1 : sizeof lifts / sizeof *lifts;
    unsigned stream = ndays == YEAR ? STREAM_YEAR : STREAM_DAYS;

    sheet_say(sheet,
              "Promoted within %d days, and the median day of it; a challenger that is "
              "no better, or the better one (and in brackets another one):",
              ndays);
    sheet_gap(sheet);
    sheet_say(sheet, "| arms | units a day | base rate | challenger | bare checklist | "
                     "bare, any day | P(best) .95 on totals | shipped | limit |");
    sheet_say(sheet, "|---|---|---|---|---|---|---|---|---|");
    for (size_t lift = 0; lift < nlifts; lift++)
        for (size_t narms = 2; narms <= MOST_ARMS; narms++)
            for (unsigned units = 100; units <= 1000; units *= 10)
                for (int drifts = 0; drifts < 2; drifts++) {
                    struct truth truth = {.stream = stream,
                                          .narms = narms,
                                          .units = units,
                                          .drifts = drifts,
                                          .lift = lifts[lift],
                                          .ndays = ndays};
                    size_t n = how_often(sheet, &truth);

                    stream++;
                    if (n > 0)
                        say_promoted_case(sheet, lab, &truth, n, rates);
                }
    sheet_gap(sheet);
}

/* --- The numbers of the bare checklist ------------------------------------------- */

static void hold_rule_rates(struct sheet *sheet, const struct rates *rates)
{
    static const int said[] = {
        [2] = ESSAY_RATE_2_ARMS, [3] = ESSAY_RATE_3_ARMS, [4] = ESSAY_RATE_4_ARMS};

    sheet_say(sheet, "bandit/rule_rates.h, in percent:");
    sheet_gap(sheet);
    for (size_t narms = 2; narms <= MOST_ARMS; narms++) {
        double n = (double)rates->n[narms], p, error;
        char what[128];

        if (n == 0)
            continue;
        p = 100 * (double)rates->promoted[narms] / n;
        error = sqrt(p * (100 - p) / n);
        sheet_say(sheet, "    ESSAY_RATE_%zu_ARMS = %.0f,", narms, p);
        (void)snprintf(what, sizeof what,
                       "bandit/rule_rates.h says %d %% for %zu arms: %.1f, standard "
                       "error %.1f",
                       said[narms], narms, p, error);
        // whole percents are what is said
        sheet_limit(sheet, fabs(p - said[narms]) <= 3 * error + 0.5, what);
    }
    sheet_gap(sheet);
}

/* --- Regret ---------------------------------------------------------------------- */

struct price {
    size_t narms;
    int ndays;
    double textbook_most, shipped_most; /* limits; 0: none */
};

static void hold_price(struct sheet *sheet, const struct price *price, const char *who,
                       double limit, const struct result *result)
{
    // section 9: two standard errors; three where a short run may be unlucky
    double room = (sheet->is_full ? 2 : 3) * result->error;
    char what[128];

    if (limit == 0)
        return;
    (void)snprintf(what, sizeof what,
                   "%s regret of %zu arms in %d days is at most %g of a fixed split's: "
                   "%.3f, standard error %.3f",
                   who, price->narms, price->ndays, limit, result->regret,
                   result->error);
    sheet_limit(sheet, result->regret - room <= limit, what);
}

static void price_text(char *text, size_t size, const struct result *result,
                       double limit)
{
    int used = snprintf(text, size, "%.3f +- %.3f", result->regret, result->error);

    if (limit > 0)
        (void)snprintf(text + used, size - (size_t)used, " (<= %.2f)", limit);
}

static void say_prices(struct sheet *sheet, struct lab *lab)
{
    static const struct price prices[] = {
        {2, DAYS, 0.50, 0.78},
        {2, YEAR, 0.20, 0.42},
        {4, DAYS, 0, 0},
        {4, YEAR, 0.35, 0},
    };

    static const enum player players[] = {PLAYER_BARE, PLAYER_TEXTBOOK, PLAYER_OPEN,
                                          PLAYER_SHIPPED};

    sheet_say(sheet, "Regret beside a fixed split's: one challenger at 6 %%, the other "
                     "arms at 5 %%, 100 units a day, promotion changes nothing but for "
                     "the bare checklist, whose winner then has all. Mean and standard "
                     "error; a limit holds when the mean less two of them does:");
    sheet_gap(sheet);
    sheet_say(sheet, "| arms | days | bare checklist | textbook | shipped, "
                     "nothing kept for control | shipped |");
    sheet_say(sheet, "|---|---|---|---|---|---|");
    for (size_t i = 0; i < sizeof prices / sizeof *prices; i++) {
        const struct price *price = &prices[i];
        struct truth truth = {.stream = STREAM_PRICES + (unsigned)i,
                              .narms = price->narms,
                              .units = 100,
                              .lift = 0.2,
                              .ndays = price->ndays,
                              .goes_on = true};
        size_t n = how_many(sheet, price->ndays);
        struct result of[PLAYER_COUNT];
        char text[PLAYER_COUNT][CELL];

        if (!sheet->is_full && price->narms > 2)
            continue;
        for (size_t p = 0; p < sizeof players / sizeof *players; p++) {
            double limit = players[p] == PLAYER_TEXTBOOK  ? price->textbook_most
                           : players[p] == PLAYER_SHIPPED ? price->shipped_most
                                                          : 0;

            of[players[p]] = try_out(sheet, lab, &truth, players[p], n);
            price_text(text[players[p]], CELL, &of[players[p]], limit);
        }
        sheet_say(sheet, "| %zu | %d | %s | %s | %s | %s |", price->narms, price->ndays,
                  text[PLAYER_BARE], text[PLAYER_TEXTBOOK], text[PLAYER_OPEN],
                  text[PLAYER_SHIPPED]);
        hold_price(sheet, price, "textbook", price->textbook_most,
                   &of[PLAYER_TEXTBOOK]);
        hold_price(sheet, price, "shipped", price->shipped_most, &of[PLAYER_SHIPPED]);
    }
    sheet_gap(sheet);
}

/* --- What the share kept for control buys ---------------------------------------- */

static void say_confirmation(const struct sheet *sheet, struct lab *lab)
{
    static const struct truth truths[] = {
        {.stream = STREAM_CONFIRMATION,
         .narms = 2,
         .units = 100,
         .lift = 0.5,
         .ndays = DAYS},
        {.stream = STREAM_CONFIRMATION + 1,
         .narms = 2,
         .units = 1000,
         .lift = 0.2,
         .ndays = DAYS},
        {.stream = STREAM_CONFIRMATION + 2,
         .narms = 4,
         .units = 100,
         .lift = 0.5,
         .ndays = DAYS},
        {.stream = STREAM_CONFIRMATION + 3, .narms = 2, .units = 100, .ndays = DAYS},
        {.stream = STREAM_CONFIRMATION + 4,
         .narms = 2,
         .units = 100,
         .drifts = true,
         .ndays = DAYS},
    };

    sheet_say(sheet, "The shipped rules with and without the share kept for control, "
                     "and with a fixed split:");
    sheet_gap(sheet);
    sheet_say(sheet, "| arms | units a day | base rate | challenger | nothing kept | "
                     "shipped | fixed split |");
    sheet_say(sheet, "|---|---|---|---|---|---|---|");
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++) {
        static const enum player players[] = {PLAYER_OPEN, PLAYER_SHIPPED, PLAYER_EVEN};

        char text[3][CELL], which[CELL];

        for (size_t p = 0; p < 3; p++) {
            struct result result = try_out(sheet, lab, &truths[i], players[p], MANY);

            cell_text(text[p], CELL, &result);
        }
        case_text(which, sizeof which, &truths[i]);
        sheet_say(sheet, "| %s | +%.0f %% | %s | %s | %s |", which,
                  100 * truths[i].lift, text[0], text[1], text[2]);
    }
    sheet_gap(sheet);
}

int main(void)
{
    static struct lab lab;
    struct sheet sheet;
    struct rates rates = {0};

    sheet_begin(&sheet);
    lab_init(&lab);
    if (sheet.is_full)
        sheet_say(&sheet, "%d experiments a case; of a year %d.", MANY, MANY_YEARS);
    say_promoted(&sheet, &lab, DAYS, &rates);
    say_promoted(&sheet, &lab, YEAR, &rates);
    say_prices(&sheet, &lab);
    if (sheet.is_full)
        say_confirmation(&sheet, &lab);
    hold_rule_rates(&sheet, &rates);
    gsl_rng_free(lab.rng);
    return sheet_end(&sheet);
}
