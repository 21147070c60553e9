/* The tables of the report, two an experiment: its arms, and what stands between the
 * leader and its promotion. Numbers are those of the state, as of the day on which
 * something last moved, so that a quiet day changes no cell. */
#include <string.h>

#include "bandit/bandit.h"
#include "bandit/rule_rates.h"
#include "shared/json.h"

#include "shared/banned.h"

enum { TABLES_A_TRIAL = 2, ARM_COLUMNS = 6, ITEM_COLUMNS = 3 };

#define WINNER_IS_CONTROL "winner_is_control"

static const char *text(const json_t *facts, const char *key)
{
    const char *value = json_string_value(json_object_get(facts, key));

    return value ? value : "";
}

static bool is_missing(const json_t *facts, const char *word)
{
    const json_t *list =
        json_object_get(json_object_get(facts, "promotion"), "missing");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *item = json_string_value(json_array_get(list, i));

        if (item && strcmp(item, word) == 0)
            return true;
    }
    return false;
}

static bool is_eligible(const json_t *facts)
{
    return json_is_true(
        json_object_get(json_object_get(facts, "promotion"), "eligible"));
}

/* ---- arms ---- */

/* A number of one arm, divided by a power of ten with as many decimals; "" when the
 * facts have none. */
static const char *arm_text(const json_t *facts, const char *key, size_t arm,
                            int decimals, struct arena *arena)
{
    const json_t *number = json_array_get(json_object_get(facts, key), arm);
    double value = (double)json_integer_value(number);

    for (int i = 0; i < decimals; i++)
        value /= 10;
    return json_is_integer(number) ? str_format(arena, "%.*f", decimals, value) : "";
}

/* The lift over control in per cent: low end, median, high end of its interval. False:
 * an arm that is out has none, which the facts write as zeros. */
static bool lift_percent(const json_t *facts, size_t arm, double percent[3])
{
    const json_t *lift = json_array_get(json_object_get(facts, "lift_bp"), arm);
    bool is_there = false;

    for (size_t q = 0; q < 3; q++) {
        int64_t bp = json_integer_value(json_array_get(lift, q));

        percent[q] = (double)bp / 100;
        is_there = is_there || bp != 0;
    }
    return is_there;
}

static void put_arm(const json_t *facts, size_t arm, bool is_numeric,
                    struct arena *arena, const char *cell[ARM_COLUMNS])
{
    const char *name =
        json_string_value(json_array_get(json_object_get(facts, "arms"), arm));
    double lift[3];
    bool has_lift = lift_percent(facts, arm, lift);

    cell[0] = name ? name : "";
    cell[1] = str_format(arena, "%s %%", arm_text(facts, "weights_bp", arm, 2, arena));
    cell[2] = arm == 0 || has_lift ? arm_text(facts, "p_best_bp", arm, 4, arena) : "";
    cell[3] = arm_text(facts, "units", arm, 0, arena);
    cell[4] = is_numeric ? arm_text(facts, "mean_x10000", arm, 4, arena)
                         : arm_text(facts, "conversions", arm, 0, arena);
    cell[5] = has_lift ? str_format(arena, "%+.1f %% (%+.1f to %+.1f)", lift[1],
                                    lift[0], lift[2])
                       : "";
}

static const char *decided(const struct trial *trial, struct arena *arena)
{
    const json_t *facts = trial->facts;
    const char *data = text(facts, "data");

    if (trial->new_phase != 0)
        return str_format(arena, "new phase from %s", day_text(trial->new_phase).text);
    if (strcmp(data, "ok") != 0)
        return data;
    if (trial->judged.as_of < trial->standing.start)
        return str_format(arena, "starts %s", text(facts, "start"));
    if (is_missing(facts, WINNER_IS_CONTROL))
        return "keep running, control leads";
    if (is_eligible(facts))
        return str_format(arena, "promote %s", text(facts, "recommendation"));
    return "keep running";
}

static void tabulate_arms(const struct trial *trial, struct arena *arena,
                          struct table *table)
{
    const struct experiment *experiment = trial->experiment;
    const struct reward *reward = &experiment->reward;
    bool is_numeric = reward_is_numeric(reward);
    size_t n = json_array_size(json_object_get(trial->facts, "arms"));
    struct table_column *column = arena_new(arena, struct table_column, ARM_COLUMNS);
    const char **cell = arena_new(arena, const char *, n *ARM_COLUMNS);

    column[0] = (struct table_column){"arm", false};
    column[1] = (struct table_column){"weight", true};
    column[2] = (struct table_column){"P(best)", true};
    column[3] =
        (struct table_column){experiment->is_per_user ? "users" : "sessions", true};
    column[4] = (struct table_column){!is_numeric        ? "conversions"
                                      : reward->is_log1p ? "mean log(1 + x)"
                                                         : "mean",
                                      true};
    column[5] = (struct table_column){"lift over control", true};
    for (size_t a = 0; a < n; a++)
        put_arm(trial->facts, a, is_numeric, arena, &cell[a * ARM_COLUMNS]);
    *table = (struct table){
        .title = str_format(arena, "%s, %s", experiment->id, decided(trial, arena)),
        .column = column,
        .ncolumns = ARM_COLUMNS,
        .cell = cell,
        .nrows = n,
    };
}

/* ---- the checklist ---- */

/* The recommended arm's place in the facts; the number of arms when it has none. */
static size_t winner_of(const json_t *facts)
{
    const json_t *arms = json_object_get(facts, "arms");
    size_t a = 0, n = json_array_size(arms);

    while (a < n && json_is_string(json_array_get(arms, a)) &&
           strcmp(json_string_value(json_array_get(arms, a)),
                  text(facts, "recommendation")) != 0)
        a++;
    return a;
}

/* The item also passes where another challenger is as good: then P(best) is below the
 * limit. */
static const char *tie_text(const struct trial *trial, size_t winner)
{
    int64_t bp = json_integer_value(
        json_array_get(json_object_get(trial->facts, "p_best_bp"), winner));

    return (double)bp < BP * trial->experiment->promotion.p_best - .5
               ? "; another challenger is as good"
               : "";
}

/* What the state knows of an item. The rest is in the findings, or in the verb
 * `checklist`. */
static const char *evidence_text(const struct trial *trial, enum promotion_item item,
                                 bool passes, struct arena *arena)
{
    const json_t *facts = trial->facts;
    const char *limit = trial->judged.promotion.item[item].limit;
    size_t winner = winner_of(facts);
    bool has_evidence = text(facts, "evidence_through")[0] != '\0';

    switch (item) {
    case ITEM_RUNTIME_WIRING:
        return passes ? "each arm gets its share of traffic" : "a check failed";
    case ITEM_SIGNAL:
        return str_format(arena, "%lld days, %s units; at least %s",
                          (long long)json_integer_value(
                              json_object_get(facts, "streak")),
                          arm_text(facts, "units", winner, 0, arena), limit);
    case ITEM_DOCS_PARITY:
        return str_format(arena, "%s %s", trial->experiment->log,
                          passes ? "is complete" : "lacks a line, or one does not fit");
    case ITEM_MIN_DAYS:
        return str_format(arena, "%s to %s; at least %s days of evidence",
                          text(facts, "start"),
                          has_evidence ? text(facts, "evidence_through") : "none",
                          limit);
    case ITEM_SRM:
        return str_format(arena, "p %s; at least %s", text(facts, "srm_p"), limit);
    case ITEM_P_BEST:
        return str_format(arena, "%s; at least %s%s",
                          has_evidence ? arm_text(facts, "p_best_bp", winner, 4, arena)
                                       : "none",
                          limit, passes ? tie_text(trial, winner) : "");
    case ITEM_E_VALUE:
        return str_format(arena, "%s; at least %s",
                          has_evidence
                              ? arm_text(facts, "e_value_x100", winner, 2, arena)
                              : "none",
                          limit);
    case ITEM_FLOOR:
        return str_format(arena, "%lld bp; at least %s",
                          (long long)json_integer_value(
                              json_object_get(facts, "floor_bp")),
                          limit);
    case ITEM_MULTI_ARM:
        return str_format(arena, "units in two arms; at most %s", limit);
    case ITEM_GUARDRAILS:
        return trial->experiment->nguardrails == 0
                   ? "none is configured"
                   : str_format(arena, "not worse by the margin; at least %s", limit);
    case ITEM_COUNT: break;
    }
    return "";
}

/* False: nothing is to be promoted, or the checklist is of a phase that has ended. */
static bool tabulate_items(const struct trial *trial, struct arena *arena,
                           struct table *table)
{
    static const struct table_column columns[ITEM_COLUMNS] = {{"promotion", false},
                                                              {"status", false},
                                                              {"evidence", false}};
    const struct promotion *promotion = &trial->judged.promotion;
    const char **cell =
        arena_new(arena, const char *, (ITEM_COUNT + 1) * (size_t)ITEM_COLUMNS);
    size_t n = 0;

    *table = (struct table){.title = "",
                            .column = columns,
                            .ncolumns = ITEM_COLUMNS,
                            .cell = cell};
    if (trial->new_phase != 0 || is_missing(trial->facts, WINNER_IS_CONTROL))
        return false;
    for (int i = 0; i < ITEM_COUNT; i++) {
        enum promotion_item item = (enum promotion_item)i;
        bool passes = !is_missing(trial->facts, promotion_item_word(item));

        if (!promotion->item[i].is_asked)
            continue;
        cell[n++] = promotion_item_word(item);
        cell[n++] = passes ? "pass" : "missing";
        cell[n++] = evidence_text(trial, item, passes, arena);
    }
    if (trial->experiment->promotion.rule == RULE_ESSAY) {
        cell[n++] = "rule";
        cell[n++] = "essay";
        cell[n++] = str_format(
            arena,
            "promotes a challenger equal to control in %d %% of experiments (3 arms "
            "%d %%, 4 arms %d %%)",
            ESSAY_RATE_2_ARMS, ESSAY_RATE_3_ARMS, ESSAY_RATE_4_ARMS);
    }
    table->nrows = n / ITEM_COLUMNS;
    return true;
}

void bandit_tables(const struct trial *trials, size_t n, struct arena *arena,
                   struct report *report)
{
    struct table *tables = arena_new(arena, struct table, n * TABLES_A_TRIAL);

    report->tables = tables;
    for (size_t i = 0; i < n; i++) {
        if (!trials[i].facts)
            continue;
        tabulate_arms(&trials[i], arena, &tables[report->ntables++]);
        if (tabulate_items(&trials[i], arena, &tables[report->ntables]))
            report->ntables++;
    }
}
