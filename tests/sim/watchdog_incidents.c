/*
 * What the watchdog makes of situations with a known cause: lost tracking (a limit),
 * nested cells and what they are blamed on, trends, holidays, bots, late data, past
 * incidents, levels that stay. `SIM=full` prints the table of docs/method.md.
 */
#include "tests/sim/watchdog_world.h"

#include "shared/banned.h"

enum stream {
    STREAM_LOST = 1001,
    STREAM_NESTED,
    STREAM_BLAME,
    STREAM_FLAT,
    STREAM_LATE,
    STREAM_PAST,
    STREAM_LEVEL
};

enum { FLAT_CELLS = 135, FLAT_DAYS = 90, ALIKE = 100 };

/* Cells of the world in the order of the judge. */
static struct cell *cell_at(const struct world *world, size_t i)
{
    return world->evidence.cell[i];
}

static size_t episodes_of(const struct cell *cell)
{
    return cell->npast + (cell->open != NULL);
}

static const struct episode *episode_at(const struct cell *cell, size_t i)
{
    return i < cell->npast ? cell->past[i] : cell->open;
}

static size_t count_episodes(const struct world *world)
{
    size_t n = 0;

    for (size_t i = 0; i < world->evidence.n; i++)
        n += episodes_of(cell_at(world, i));
    return n;
}

/* A share in percent of a count, 0 of none. */
static double percent(size_t part, size_t whole)
{
    return whole > 0 ? 100 * (double)part / (double)whole : 0;
}

/* --- Lost tracking ------------------------------------------------------------- */

enum { LOST_DAYS = 3, LOST_INCIDENT = STEP - 3, LOST_END = STEP + 12, PAINS = 4 };

static const char *const pains[PAINS] = {"dead_click", "error_click", "js_exception",
                                         "rage_click"};

static const char *const pain_segments[] = {"site", "page=/a", "page=/b",
                                            "browser=Safari"};

enum { PAIN_SEGMENTS = sizeof pain_segments / sizeof *pain_segments };

/* Of the pageviews of a lost day this share still arrives. */
struct loss {
    double share;
    bool is_missing;  /* the days have no rows of pain at all */
    bool keeps_pains; /* the affected still arrive, without their pageviews */
};

static bool is_lost_day(int day)
{
    return day >= STEP && day < STEP + LOST_DAYS;
}

static void draw_pain(struct world *world, struct cell *cell, int day, double rate,
                      const struct loss *loss)
{
    double n = gsl_ran_poisson(world->rng, 1000 * weekday_weight(DAY0 + day)) + 1.0;
    double x = gsl_ran_poisson(world->rng, rate * n * draw_gamma(world->rng));

    if (is_lost_day(day)) {
        n = floor(n * loss->share);
        x = loss->keeps_pains ? x : floor(x * loss->share);
        if (loss->is_missing || n < 1)
            return; // nobody exposed: no row
    }
    cell_put(cell, &world->arena, DAY0 + day, (int64_t)x, (int64_t)n);
}

static void draw_tracking(struct world *world, int day, double share)
{
    static const char *const kinds[] = {"site", "event=form_start", "event=pageview"};
    static const double of[] = {1, 0.2, 0.9};
    int64_t units = 1 + gsl_ran_poisson(world->rng, 1000 * weekday_weight(DAY0 + day));

    for (size_t i = 0; i < 3; i++) {
        double p = of[i] * (i == 2 && is_lost_day(day) ? share : 1);
        struct cell *cell =
            evidence_make(&world->evidence, TRACKING, kinds[i], &world->arena);

        cell_put(cell, &world->arena, DAY0 + day,
                 (int64_t)gsl_ran_binomial(world->rng, p, (unsigned)units),
                 i == 0 ? 1 : units);
    }
}

/* Half of the pains are in trouble from three days before the loss on. */
static void run_lost(struct world *world, unsigned replicate, const struct loss *loss)
{
    struct judge_hooks hooks = {0};

    world_begin(world, STREAM_LOST, replicate);
    for (int day = 0; day <= LOST_END; day++) {
        draw_tracking(world, day, loss->share);
        for (size_t i = 0; i < (size_t)PAINS * PAIN_SEGMENTS; i++) {
            bool is_sick = i % 2 == 0 && day >= LOST_INCIDENT && day < STEP + 6;
            struct cell *cell =
                evidence_make(&world->evidence, pains[i / PAIN_SEGMENTS],
                              pain_segments[i % PAIN_SEGMENTS], &world->arena);

            draw_pain(world, cell, day, is_sick ? 0.06 : 0.02, loss);
        }
    }
    world_judge(world, JUDGED, LOST_END, &hooks);
}

struct stretch {
    int32_t opened, closed;
};

enum { STRETCHES = 400 };

/* Opening and closing of each episode of the pains, in the order of the cells. */
static size_t list_stretches(const struct world *world, struct stretch *stretches,
                             bool *is_told)
{
    size_t n = 0;

    *is_told = false;
    for (size_t i = 0; i < world->evidence.n; i++) {
        const struct cell *cell = cell_at(world, i);

        for (size_t e = 0; e < episodes_of(cell); e++) {
            const struct episode *episode = episode_at(cell, e);

            if (strcmp(cell->signal_name, TRACKING) == 0)
                *is_told = *is_told || (episode->opened == DAY0 + STEP &&
                                        strcmp(episode->opened_by, "lost") == 0);
            else if (n < STRETCHES)
                stretches[n++] = (struct stretch){episode->opened, episode->closed};
        }
    }
    return n;
}

static bool is_of_lost_day(int32_t day)
{
    return is_lost_day(day - DAY0);
}

/* Openings and closings on the lost days, and any episode that would be another one if
 * the days had no data at all. */
static void simulate_lost(struct world *world, struct sheet *sheet)
{
    static const double shares[] = {0, 0.02, 0.04, 0.06};
    unsigned n = sheet->is_full ? 200 : 16;
    size_t wrong = 0, episodes = 0, told = 0;
    struct stretch lost[STRETCHES], missing[STRETCHES];
    char what[160];

    for (unsigned i = 0; i < n; i++) {
        struct loss loss = {.share = shares[i % 4], .keeps_pains = i / 4 % 2 == 1};
        size_t nlost, nmissing;
        bool is_told;

        run_lost(world, i, &loss);
        nlost = list_stretches(world, lost, &is_told);
        told += is_told;
        loss.is_missing = true;
        run_lost(world, i, &loss);
        nmissing = list_stretches(world, missing, &is_told);
        wrong += nlost != nmissing;
        for (size_t e = 0; e < nlost; e++)
            wrong += is_of_lost_day(lost[e].opened) || is_of_lost_day(lost[e].closed) ||
                     (e < nmissing && (lost[e].opened != missing[e].opened ||
                                       lost[e].closed != missing[e].closed));
        episodes += nlost;
    }
    sheet_say(
        sheet,
        "| tracking lost for 3 days, half of the pain signals in trouble | told on "
        "the first day in %.0f %%; %zu of %zu pain episodes opened or closed by it "
        "(limit 0) |",
        percent(told, n), wrong, episodes);
    (void)snprintf(what, sizeof what,
                   "lost tracking opens or closes no pain signal: %zu of %zu", wrong,
                   episodes);
    sheet_limit(sheet, wrong == 0 && told == n, what);
}

/* --- Nested cells: each unit on one of ten pages with one of four browsers -------- */

enum {
    PAGES = 10,
    BROWSERS = 4,
    NEST = 1 + PAGES + BROWSERS,
    INCIDENT_DAYS = 10,
    OTHERS = 8 /* calm top-level cells beside the nest of an incident */
};

#define NEST_EXPOSED 4000.0

static const double browser_share[BROWSERS] = {0.5, 0.3, 0.15, 0.05};

/* 1 over its place: the first page has a third of all. */
static double page_share(int page)
{
    double sum = 0;

    for (int i = 0; i < PAGES; i++)
        sum += 1.0 / (i + 1);
    return 1 / sum / (page + 1);
}

/* Which pages and browsers are hit; -1 is every one. */
struct incident {
    const char *name;
    int page, browser, days;
    double ratio;   /* of the affected */
    double traffic; /* of the exposed */
};

static bool is_hit(const struct incident *incident, int page, int browser, int day)
{
    return incident && day >= STEP && day < STEP + incident->days &&
           (incident->page < 0 || incident->page == page) &&
           (incident->browser < 0 || incident->browser == browser);
}

static void put_nest(struct world *world, const char *signal, int day,
                     const int64_t x[NEST], const int64_t n[NEST])
{
    for (int i = 0; i < NEST; i++) {
        char segment[32] = "site";
        struct cell *cell;

        if (i > PAGES)
            (void)snprintf(segment, sizeof segment, "browser=%d", i - PAGES - 1);
        else if (i > 0)
            (void)snprintf(segment, sizeof segment, "page=/%d", i - 1);
        cell = evidence_make(&world->evidence, signal, segment, &world->arena);
        if (n[i] > 0)
            cell_put(cell, &world->arena, DAY0 + day, x[i], n[i]);
    }
}

/* The rate of a day is that of the site, so that each level varies by DAY_CV. */
static void draw_nest(struct world *world, const char *signal, double rate, int day,
                      const struct incident *incident)
{
    int64_t x[NEST] = {0}, n[NEST] = {0};
    double today = rate * draw_gamma(world->rng);

    for (int page = 0; page < PAGES; page++)
        for (int browser = 0; browser < BROWSERS; browser++) {
            bool hit = is_hit(incident, page, browser, day);
            double exposed = NEST_EXPOSED * weekday_weight(DAY0 + day) *
                             page_share(page) * browser_share[browser] *
                             (hit ? incident->traffic : 1);
            int64_t units = (int64_t)gsl_ran_poisson(world->rng, exposed);
            double p = fmin(1, today * (hit ? incident->ratio : 1));
            int64_t affected =
                (int64_t)gsl_ran_binomial(world->rng, p, (unsigned)units);
            int at[] = {0, 1 + page, 1 + PAGES + browser};

            for (size_t i = 0; i < 3; i++) {
                x[at[i]] += affected;
                n[at[i]] += units;
            }
        }
    put_nest(world, signal, day, x, n);
}

static void simulate_nested(struct world *world, const struct sheet *sheet)
{
    static const char *const signals[] = {"cls_slow",     "dead_click",   "error_click",
                                          "form_abandon", "http_404",     "http_5xx",
                                          "lcp_slow",     "js_exception", "rage_click"};
    struct judge_hooks hooks = {0};
    unsigned replicates = sheet->is_full ? 60 : 2;
    size_t top = 0, children = 0;

    for (unsigned i = 0; i < replicates; i++) {
        world_begin(world, STREAM_NESTED, i);
        for (size_t s = 0; s < sizeof signals / sizeof *signals; s++) {
            double mean = exp(gsl_ran_flat(world->rng, log(2), log(100)));

            for (int day = 0; day < JUDGED + FLAT_DAYS; day++)
                draw_nest(world, signals[s], mean / NEST_EXPOSED, day, NULL);
        }
        world_judge(world, JUDGED, JUDGED + FLAT_DAYS - 1, &hooks);
        for (size_t c = 0; c < world->evidence.n; c++) {
            const struct cell *cell = cell_at(world, c);

            *(cell->is_child ? &children : &top) += episodes_of(cell);
        }
    }
    sheet_say(
        sheet,
        "| 135 clean nested cells: 9 sites of 10 pages and 4 browsers | %.2f false "
        "episodes in 30 days: %.2f of sites, %.2f of children |",
        (double)(top + children) * 30 / FLAT_DAYS / replicates,
        (double)top * 30 / FLAT_DAYS / replicates,
        (double)children * 30 / FLAT_DAYS / replicates);
}

/* An answer names the values at fault, an innocent one, or none. */
enum answer { ANSWER_NONE, ANSWER_RIGHT, ANSWER_WRONG };

static bool is_at_fault(const struct incident *incident, const char *segment)
{
    char page[32], browser[32];

    (void)snprintf(page, sizeof page, "page=/%d", incident->page);
    (void)snprintf(browser, sizeof browser, "browser=%d", incident->browser);
    return strcmp(segment, page) == 0 || strcmp(segment, browser) == 0;
}

static enum answer answer_of(const struct incident *incident,
                             const struct episode *episode)
{
    int wanted = (incident->page >= 0) + (incident->browser >= 0);
    int found = 0;

    if (strcmp(episode->segment, "site") != 0)
        return is_at_fault(incident, episode->segment) ? ANSWER_RIGHT : ANSWER_WRONG;
    for (size_t i = 0; i < episode->nexplained_by; i++) {
        if (!is_at_fault(incident, episode->explained_by[i]))
            return ANSWER_WRONG;
        found++;
    }
    return found == wanted ? ANSWER_RIGHT : ANSWER_NONE;
}

struct blame {
    const struct incident *incident;
    bool is_first;           /* nothing has opened yet */
    size_t n, found, opened; /* incidents, of them found; episodes */
    size_t at_opening[3], at_closing[3];
};

/* The first episode's first answer. */
static void blame_day(void *context, const struct round *round)
{
    struct blame *blame = context;

    for (size_t i = 0; i < round->evidence->n && blame->is_first; i++) {
        const struct episode *open = round->evidence->cell[i]->open;

        if (round->day.day < DAY0 + STEP || !open || open->opened != round->day.day ||
            strcmp(open->signal, "rage_click") != 0 ||
            (round->evidence->cell[i]->is_child &&
             round->evidence->cell[i]->parent->open))
            continue;
        blame->is_first = false;
        blame->found++;
        blame->at_opening[answer_of(blame->incident, open)]++;
    }
}

/* The last answer of the site, or of the child when the site never opened. */
static void blame_end(const struct world *world, struct blame *blame)
{
    const struct episode *last = NULL;

    for (size_t i = 0; i < world->evidence.n; i++) {
        const struct cell *cell = cell_at(world, i);

        for (size_t e = 0; e < episodes_of(cell); e++) {
            const struct episode *episode = episode_at(cell, e);

            if (episode->opened < DAY0 + STEP ||
                strcmp(episode->signal, "rage_click") != 0)
                continue;
            blame->opened++;
            if (!last || !cell->is_child)
                last = episode;
        }
    }
    if (last)
        blame->at_closing[answer_of(blame->incident, last)]++;
}

static void simulate_incident(struct world *world, const struct sheet *sheet,
                              const struct incident *incident)
{
    struct blame blame = {.incident = incident};
    struct judge_hooks hooks = {.on_day = blame_day, .context = &blame};
    unsigned replicates = sheet->is_full ? 500 : 10;
    int last = STEP + incident->days + 9;

    for (unsigned i = 0; i < replicates; i++) {
        world_begin(world, STREAM_BLAME, i);
        for (int day = 0; day <= last; day++) {
            draw_nest(world, "rage_click", 0.01, day, incident);
            for (unsigned c = 0; c < OTHERS; c++)
                world_draw(world, world_cell(world, "dead_click", c), day, 1000, 0.01);
        }
        blame.is_first = true;
        world_judge(world, STEP - 7, last, &hooks);
        blame_end(world, &blame);
        blame.n++;
    }
    sheet_say(
        sheet,
        "| %s | found in %.1f %%, %.2f episodes an incident; names the cause alone "
        "in %.1f %%, something innocent in %.1f %% (at the end %.1f and %.1f %%) |",
        incident->name, percent(blame.found, blame.n),
        (double)blame.opened / (double)blame.n,
        percent(blame.at_opening[ANSWER_RIGHT], blame.found),
        percent(blame.at_opening[ANSWER_WRONG], blame.found),
        percent(blame.at_closing[ANSWER_RIGHT], blame.found),
        percent(blame.at_closing[ANSWER_WRONG], blame.found));
}

static void simulate_incidents(struct world *world, const struct sheet *sheet)
{
    static const struct incident incidents[] = {
        {"nested, 3x on the page with 34 % of the traffic", 0, -1, INCIDENT_DAYS, 3, 1},
        {"nested, 3x on a page with 8.5 %", 3, -1, INCIDENT_DAYS, 3, 1},
        {"nested, 3x in a browser with 15 %", -1, 2, INCIDENT_DAYS, 3, 1},
        {"nested, 5x on that first page in that browser alone", 0, 2, INCIDENT_DAYS, 5,
         1},
        {"nested, 2x everywhere: nothing to name", -1, -1, INCIDENT_DAYS, 2, 1},
        {"bots for a day, browser with 15 %, 5x the affected", -1, 2, 1, 5, 1},
        {"bots for a day, 5x affected and exposed alike", -1, 2, 1, 1, 5},
    };

    for (size_t i = 0; i < sizeof incidents / sizeof *incidents; i++)
        simulate_incident(world, sheet, &incidents[i]);
}

/* --- Flat cells over days that are not alike ---------------------------------------
 */

struct weather {
    const char *name;
    double rate_growth, traffic_growth; /* a day */
    bool holidays;                      /* three days in thirty at .4 traffic */
};

static double growth(double a_day, int days)
{
    return exp(log1p(a_day) * days);
}

static void draw_weather(struct world *world, const struct weather *weather,
                         struct cell *cell, const bool *is_holiday)
{
    double mean = exp(gsl_ran_flat(world->rng, log(0.2), log(50)));

    for (int day = 0; day < JUDGED + FLAT_DAYS; day++) {
        double traffic = growth(weather->traffic_growth, day - JUDGED);
        double rate = growth(weather->rate_growth, day > JUDGED ? day - JUDGED : 0);

        if (weather->holidays && is_holiday[day])
            traffic *= 0.4;
        world_draw(world, cell, day, 1000 * traffic, mean / 1000 * rate);
    }
}

static void simulate_weather(struct world *world, const struct sheet *sheet,
                             const struct weather *weather)
{
    struct judge_hooks hooks = {0};
    unsigned replicates = sheet->is_full ? 60 : 2;
    size_t episodes = 0, cells = 0;

    for (unsigned i = 0; i < replicates; i++) {
        bool is_holiday[JUDGED + FLAT_DAYS];

        world_begin(world, STREAM_FLAT, i);
        for (int day = 0; day < JUDGED + FLAT_DAYS; day++)
            is_holiday[day] = gsl_rng_uniform(world->rng) < 0.1;
        for (unsigned c = 0; c < FLAT_CELLS; c++)
            draw_weather(world, weather, world_cell(world, "rage_click", c),
                         is_holiday);
        world_judge(world, JUDGED, JUDGED + FLAT_DAYS - 1, &hooks);
        episodes += count_episodes(world);
        for (size_t c = 0; c < world->evidence.n; c++)
            cells += episodes_of(cell_at(world, c)) > 0;
    }
    sheet_say(sheet, "| %s | %.2f episodes in 30 days; %.1f %% of cells in 90 days |",
              weather->name, (double)episodes * 30 / FLAT_DAYS / replicates,
              percent(cells, (size_t)replicates * FLAT_CELLS));
}

/* --- Late data: daily runs that score the last days again --------------------------
 */

/* What judging carries, as the checkpoint does. */
struct kept {
    struct cell cell;
    struct episode open;
};

struct daily {
    struct world *world;
    struct kept kept[FLAT_CELLS];
};

static void keep(void *context)
{
    struct daily *daily = context;

    for (size_t i = 0; i < FLAT_CELLS; i++) {
        daily->kept[i].cell = *cell_at(daily->world, i);
        if (daily->kept[i].cell.open)
            daily->kept[i].open = *daily->kept[i].cell.open;
    }
}

static void restore(struct daily *daily)
{
    for (size_t i = 0; i < FLAT_CELLS; i++) {
        struct cell *cell = cell_at(daily->world, i);
        const struct kept *kept = &daily->kept[i];

        cell->status = kept->cell.status;
        cell->cusum = kept->cell.cusum;
        cell->quiet = kept->cell.quiet;
        cell->baseline_from = kept->cell.baseline_from;
        cell->npast = kept->cell.npast;
        cell->open = NULL;
        if (kept->cell.open) {
            cell->open = arena_new(&daily->world->arena, struct episode, 1);
            *cell->open = kept->open;
        }
    }
}

static bool has_opened(const struct cell *cell, int32_t day)
{
    for (size_t e = 0; e < episodes_of(cell); e++)
        if (episode_at(cell, e)->opened == day)
            return true;
    return false;
}

struct looks {
    size_t first, undone, late; /* opened at first look; of them not for good; later */
};

enum { LATE_DAYS = JUDGED + FLAT_DAYS };

/* 70 % of the units have arrived by the run of their day, 97 % a day later. */
static void show_days(struct daily *daily, struct observation (*truth)[LATE_DAYS],
                      int today)
{
    static const double arrived[] = {0.7, 0.97, 1, 1};
    struct world *world = daily->world;

    for (size_t i = 0; i < FLAT_CELLS; i++)
        for (int age = 0; age < 4; age++) {
            const struct observation *row = &truth[i][today - age];
            unsigned affected =
                gsl_ran_binomial(world->rng, arrived[age], (unsigned)row->affected);
            unsigned others =
                gsl_ran_binomial(world->rng, arrived[age],
                                 (unsigned)(row->exposed - row->affected));

            cell_put(cell_at(world, i), &world->arena, row->day, affected,
                     affected + others > 0 ? affected + others : 1);
        }
}

static void run_late(struct daily *daily, struct observation (*truth)[LATE_DAYS],
                     struct looks *looks)
{
    struct world *world = daily->world;
    struct round round = {.evidence = &world->evidence,
                          .data = &world->data,
                          .settings = &world->settings,
                          .arena = &world->arena};
    struct judge_hooks hooks = {.on_final = keep, .context = daily};
    static bool opened[FLAT_CELLS][LATE_DAYS];

    keep(daily);
    for (int today = JUDGED + 3; today < LATE_DAYS; today++) {
        show_days(daily, truth, today);
        restore(daily);
        (void)watchdog_judge(&round, DAY0 + today - 4, DAY0 + today - 3, DAY0 + today,
                             &hooks);
        for (size_t i = 0; i < FLAT_CELLS; i++) {
            bool is_final = has_opened(cell_at(world, i), DAY0 + today - 3);

            opened[i][today] = has_opened(cell_at(world, i), DAY0 + today);
            looks->first += opened[i][today];
            if (today < JUDGED + 6)
                continue; // its day had no first look
            looks->undone += opened[i][today - 3] && !is_final;
            looks->late += !opened[i][today - 3] && is_final;
        }
    }
}

static void simulate_late(struct world *world, const struct sheet *sheet)
{
    static struct observation truth[FLAT_CELLS][LATE_DAYS];
    static struct daily daily;
    unsigned replicates = sheet->is_full ? 60 : 2;
    struct looks looks = {0};
    double blocks = replicates * (double)(FLAT_DAYS - 3) / 30;

    daily.world = world;
    for (unsigned i = 0; i < replicates; i++) {
        world_begin(world, STREAM_LATE, i);
        for (unsigned c = 0; c < FLAT_CELLS; c++) {
            struct cell *cell = world_cell(world, "rage_click", c);
            double mean = exp(gsl_ran_flat(world->rng, log(0.2), log(50)));

            for (int day = 0; day < LATE_DAYS; day++)
                world_draw(world, cell, day, 1000, mean / 1000);
            memcpy(truth[c], cell->days, sizeof truth[c]);
            cell->ndays = JUDGED;
        }
        evidence_link(&world->evidence, &world->settings);
        run_late(&daily, truth, &looks);
    }
    sheet_say(sheet,
              "| late data: 30 %% a day late, 3 %% two days; 135 clean cells | %.2f "
              "openings in 30 days at first sight; %.2f undone by later data, %.2f "
              "added |",
              (double)looks.first / blocks, (double)looks.undone / blocks,
              (double)looks.late / blocks);
}

/* --- Cells of 10 a day: a past incident, a level that stays -------------------------
 */

struct past {
    const char *name;
    double ratio; /* of the incident on days 100 .. 109 */
    int from;     /* judged from this day: before the incident, it is remembered */
};

static bool is_open_on(const struct cell *cell, int32_t day)
{
    for (size_t e = 0; e < episodes_of(cell); e++)
        if (episode_at(cell, e)->opened <= day &&
            (episode_at(cell, e)->closed == 0 || episode_at(cell, e)->closed > day))
            return true;
    return false;
}

/* On which day of the step, from 1; 0: on none. */
static int first_opening(const struct cell *cell)
{
    for (int day = 0; day < WITHIN; day++)
        if (has_opened(cell, DAY0 + STEP + day))
            return day + 1;
    return 0;
}

static void simulate_past(struct world *world, const struct sheet *sheet,
                          const struct past *past)
{
    struct judge_hooks hooks = {0};
    unsigned replicates = sheet->is_full ? 20 : 1;
    size_t n = 0, found = 0;
    double sum = 0;

    for (unsigned i = 0; i < replicates; i++) {
        world_begin(world, STREAM_PAST, i);
        for (unsigned c = 0; c < ALIKE; c++) {
            struct cell *cell = world_cell(world, "rage_click", c);

            for (int day = 0; day < STEP + WITHIN; day++)
                world_draw(world, cell, day, 1000,
                           0.01 * (day >= 100 && day < 110 ? past->ratio
                                   : day >= STEP           ? 2
                                                           : 1));
        }
        world_judge(world, past->from, STEP + WITHIN - 1, &hooks);
        for (size_t c = 0; c < ALIKE; c++) {
            int delay = first_opening(cell_at(world, c));

            if (is_open_on(cell_at(world, c), DAY0 + STEP - 1))
                continue;
            n++;
            found += delay > 0;
            sum += delay;
        }
    }
    sheet_say(sheet, "| 2x at 10/day, %s | found in %.1f %%, %.2f d |", past->name,
              percent(found, n), found > 0 ? sum / (double)found : 0);
}

static void simulate_level(struct world *world, const struct sheet *sheet, double ratio)
{
    enum { FOLLOWED = 90 };
    struct judge_hooks hooks = {0};
    unsigned replicates = sheet->is_full ? 10 : 1;
    size_t adopted = 0, opened = 0, again = 0;
    double days = 0;

    for (unsigned i = 0; i < replicates; i++) {
        world_begin(world, STREAM_LEVEL, i);
        for (unsigned c = 0; c < ALIKE; c++) {
            struct cell *cell = world_cell(world, "rage_click", c);

            for (int day = 0; day < STEP + FOLLOWED; day++)
                world_draw(world, cell, day, 1000, 0.01 * (day >= STEP ? ratio : 1));
        }
        world_judge(world, STEP - 7, STEP + FOLLOWED - 1, &hooks);
        for (size_t c = 0; c < ALIKE; c++) {
            const struct cell *cell = cell_at(world, c);
            bool is_adopted = false;

            opened += episodes_of(cell);
            for (size_t e = 0; e < cell->npast && !is_adopted; e++)
                if (strcmp(cell->past[e]->reason, "adopted") == 0) {
                    is_adopted = true;
                    adopted++;
                    days += cell->past[e]->closed - DAY0 - STEP + 1;
                    again += e + 1 < episodes_of(cell);
                }
        }
    }
    sheet_say(
        sheet,
        "| a step of %gx at 10/day that stays, 90 days | adopted in %.1f %%, on day "
        "%.1f of the step; %.2f episodes a step; %.1f %% open again after adoption "
        "|",
        ratio, percent(adopted, (size_t)replicates * ALIKE), days / (double)adopted,
        (double)opened / (replicates * ALIKE), percent(again, adopted));
}

int main(void)
{
    static const struct weather weathers[] = {
        {"135 clean cells, traffic +1 % a day", 0, 0.01, false},
        {"135 clean cells, one day in ten a holiday at .4 traffic", 0, 0, true},
        {"135 cells whose rate grows 1 % a day from the first judged day on", 0.01, 0,
         false},
    };
    static const struct past pasts[] = {
        {"no past incident", 1, JUDGED},
        {"3x for 10 days six weeks before, remembered as an episode", 3, 90},
        {"the same, kept in the baseline", 3, JUDGED},
    };
    struct sheet sheet;
    struct world world;

    sheet_begin(&sheet);
    world_init(&world);
    sheet_say(&sheet, "| situation | what the shipped rules do |");
    sheet_say(&sheet, "|---|---|");
    simulate_lost(&world, &sheet);
    simulate_nested(&world, &sheet);
    simulate_incidents(&world, &sheet);
    for (size_t i = 0; i < sizeof weathers / sizeof *weathers; i++)
        simulate_weather(&world, &sheet, &weathers[i]);
    simulate_late(&world, &sheet);
    for (size_t i = 0; i < sizeof pasts / sizeof *pasts; i++)
        simulate_past(&world, &sheet, &pasts[i]);
    simulate_level(&world, &sheet, 2);
    simulate_level(&world, &sheet, 3);
    world_release(&world);
    return sheet_end(&sheet);
}
