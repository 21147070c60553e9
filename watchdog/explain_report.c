/* The numbers of an opening day as JSON, and that JSON as a table. Rounds once: the
 * table prints the JSON's digits. */
#include <math.h>
#include <string.h>

#include "shared/json.h"
#include "shared/limits.h"
#include "shared/stats.h"
#include "shared/text.h"
#include "watchdog/explain.h"

#include "shared/banned.h"

enum { WEEK = 7, LABEL_WIDTH = 14 };

static json_t *scaled(double value, double by)
{
    return json_integer(llround(value * by));
}

static json_t *day_json(int32_t day)
{
    return json_string(day_text(day).text);
}

static json_t *p_json(double p, struct arena *arena)
{
    return json_string(stats_p_text(p, arena));
}

/* What the day would have needed to open, and how unusual it was. All null on a day
 * that was not tested: an unknown error has no baseline. */
static void put_test(const struct explained *explained, json_t *object)
{
    static const char *const keys[] = {"mu_x1000",       "phi_x1000", "V_x1000",
                                       "p_up",           "p_low",     "llr_x1000",
                                       "cusum_x1000",    "limit",     "ratio_x100",
                                       "ratio_ci90_x100"};
    const struct judged *judged = explained->judged;
    const struct tail *tail = &judged->tail;
    const struct observation *today = &judged->today;
    struct arena *arena = explained->round->arena;
    json_t *interval = json_array();
    double low, high;

    for (size_t i = 0; i < sizeof keys / sizeof *keys && !tail->tested; i++)
        json_put(object, keys[i], json_null());
    if (!tail->tested) {
        json_decref(interval);
        return;
    }
    measure_ratio_ci90(today->affected, tail->expected, &low, &high);
    if (judged->fit.direction == DIRECTION_DOWN) {
        double other = low;

        low = 1 / high;
        high = 1 / other;
    }
    json_push(interval, scaled(low, 100));
    json_push(interval, scaled(high, 100));
    json_put(object, "mu_x1000", scaled(tail->expected, 1000));
    json_put(object, "phi_x1000", scaled(judged->fit.phi, 1000));
    json_put(object, "V_x1000", scaled(tail->variance, 1000));
    json_put(object, "p_up", p_json(tail->p_up, arena));
    json_put(object, "p_low", p_json(tail->p_low, arena));
    json_put(object, "llr_x1000", json_integer(tail->llr_x1000));
    json_put(object, "cusum_x1000", json_integer(explained->cusum_x1000));
    json_put(object, "limit",
             json_integer(
                 measure_limit(&judged->fit, today->day, today->exposed, OPEN_P)));
    json_put(object, "ratio_x100", scaled(judged->ratio, 100));
    json_put(object, "ratio_ci90_x100", interval);
}

/* The days that the fit could use, those of weight 0 among them: earlier episodes. */
static json_t *baseline_to_json(const struct explained *explained)
{
    const struct cell *cell = explained->judged->cell;
    const struct fit *fit = &explained->judged->fit;
    int32_t day = explained->judged->today.day;
    int32_t first = day - BASELINE_DAYS;
    double *weight = arena_new(explained->round->arena, double, cell->ndays);
    json_t *list = json_array();
    size_t before = 0, end = 0;

    if (!fit->known)
        return list;
    while (before < cell->ndays && cell->days[before].day < day)
        before++;
    (void)measure_baseline(fit->model, fit->direction, cell->days, before, day,
                           cell->baseline_from, weight);
    for (size_t i = 0; i < before; i++)
        if (weight[i] > 0 || cell->days[i].day < day - BASELINE_GUARD)
            end = i + 1;
    if (first < cell->baseline_from)
        first = cell->baseline_from;
    for (size_t i = 0; i < end; i++) {
        const struct observation *row = &cell->days[i];
        json_t *object;

        if (row->day < first)
            continue;
        object = json_object();
        json_put(object, "day", day_json(row->day));
        json_put(object, "x", json_integer(row->affected));
        json_put(object, "n", json_integer(row->exposed));
        json_put(object, "expected_x1000",
                 scaled(fit_rate(fit, day_weekday(row->day)) * (double)row->exposed,
                        1000));
        json_put(object, "weight_x1000", scaled(weight[i], 1000));
        json_push(list, object);
    }
    return list;
}

static json_t *weekdays_to_json(const struct fit *fit)
{
    json_t *list = json_array();

    for (int d = 0; d < WEEK && fit->known; d++)
        json_push(list, scaled(fit->weekday[d], 1000));
    return list;
}

static json_t *attribution_to_json(const struct explained *explained)
{
    json_t *object = json_object();

    if (explained->judged->cell->is_child)
        return object;
    for (int d = DIMENSION_PAGE; d < DIMENSION_COUNT; d++) {
        const char *word = dimension_word((enum dimension)d);
        struct share share[SHARES_MAX];
        size_t n = judge_shares(explained->round, explained->judged, explained->change,
                                (enum dimension)d, share);
        json_t *list;

        if (n == 0)
            continue;
        list = json_array();
        for (size_t i = 0; i < n; i++) {
            json_t *value = json_object();

            json_put(value, "value", json_string(share[i].value + strlen(word) + 1));
            json_put(value, "share_bp", scaled(share[i].share, 10000));
            json_put(value, "ratio_in_x100", scaled(share[i].ratio_in, 100));
            json_put(value, "ratio_out_x100", scaled(share[i].ratio_out, 100));
            json_push(list, value);
        }
        json_put(object, word, list);
    }
    return object;
}

static json_t *bh_to_json(const struct explained *explained)
{
    const struct judged *judged = explained->judged;
    json_t *object = json_object();
    bool is_in = judged->family > 0;
    double limit = is_in ? explained->round->settings->q * (double)judged->rank /
                               (double)judged->family
                         : 0;

    json_put(object, "m", json_integer((json_int_t)judged->family));
    json_put(object, "rank",
             is_in ? json_integer((json_int_t)judged->rank) : json_null());
    json_put(object, "limit",
             is_in ? json_string(str_format(explained->round->arena, "%.3g", limit))
                   : json_null());
    return object;
}

json_t *explain_to_json(const struct explained *explained)
{
    const struct judged *judged = explained->judged;
    struct explanation why = judge_explain(explained->round, judged, explained->change);
    json_t *object = json_object();
    json_t *releases = json_array();

    for (size_t i = 0; i < why.nreleases; i++)
        json_push(releases, json_string(why.releases[i]));
    json_put(object, "id", json_string(explained->id));
    json_put(object, "day", day_json(judged->today.day));
    json_put(object, "n", json_integer(judged->today.exposed));
    json_put(object, "x", json_integer(judged->today.affected));
    put_test(explained, object);
    json_put(object, "weekday_x1000", weekdays_to_json(&judged->fit));
    json_put(object, "baseline", baseline_to_json(explained));
    json_put(object, "change", day_json(explained->change));
    json_put(object, "releases", releases);
    json_put(object, "attribution", attribution_to_json(explained));
    json_put(object, "bh", bh_to_json(explained));
    return object;
}

/* ---- the table ---- */

/* An integer of a power of ten as a decimal number, a text as it is, nothing as "-". */
static const char *shown(const json_t *value, int64_t by, struct arena *arena)
{
    int64_t number = json_integer_value(value);
    int64_t size = number < 0 ? -number : number;
    int digits = 0;

    if (json_is_string(value))
        return text_safe(arena, json_string_value(value), json_string_length(value),
                         json_string_length(value));
    if (!json_is_integer(value))
        return "-";
    for (int64_t power = 1; power < by; power *= 10)
        digits++;
    if (digits == 0)
        return str_format(arena, "%lld", (long long)number);
    return str_format(arena, "%s%lld.%0*lld", number < 0 ? "-" : "",
                      (long long)(size / by), digits, (long long)(size % by));
}

static void add_row(const json_t *json, const char *label, const char *key, int64_t by,
                    struct buf *out)
{
    buf_printf(out, "%-*s %s\n", LABEL_WIDTH, label,
               shown(json_object_get(json, key), by, out->arena));
}

static void add_list(const json_t *list, int64_t by, const char *between,
                     struct buf *out)
{
    if (json_array_size(list) == 0)
        buf_add_text(out, "-");
    for (size_t i = 0; i < json_array_size(list); i++)
        buf_printf(out, "%s%s", i > 0 ? between : "",
                   shown(json_array_get(list, i), by, out->arena));
    buf_add_text(out, "\n");
}

static void add_numbers(const json_t *json, struct buf *out)
{
    const json_t *bh = json_object_get(json, "bh");

    add_row(json, "exposed n", "n", 1, out);
    add_row(json, "affected x", "x", 1, out);
    add_row(json, "expected mu", "mu_x1000", 1000, out);
    add_row(json, "variance V", "V_x1000", 1000, out);
    add_row(json, "dispersion phi", "phi_x1000", 1000, out);
    add_row(json, "P(X >= x)", "p_up", 1, out);
    add_row(json, "P(X <= x)", "p_low", 1, out);
    add_row(json, "limit of x", "limit", 1, out);
    add_row(json, "ratio", "ratio_x100", 100, out);
    buf_printf(out, "%-*s ", LABEL_WIDTH, "90 % of ratio");
    add_list(json_object_get(json, "ratio_ci90_x100"), 100, " .. ", out);
    add_row(json, "llr", "llr_x1000", 1000, out);
    add_row(json, "CUSUM", "cusum_x1000", 1000, out);
    add_row(bh, "BH family m", "m", 1, out);
    add_row(bh, "BH rank", "rank", 1, out);
    add_row(bh, "BH limit", "limit", 1, out);
    add_row(json, "change day", "change", 1, out);
    buf_printf(out, "%-*s ", LABEL_WIDTH, "releases");
    add_list(json_object_get(json, "releases"), 1, ", ", out);
    buf_printf(out, "%-*s ", LABEL_WIDTH, "Monday..Sunday");
    add_list(json_object_get(json, "weekday_x1000"), 1000, " ", out);
}

static void add_attribution(const json_t *attribution, struct buf *out)
{
    size_t n;
    const char **words = json_keys(out->arena, attribution, &n);

    if (n > 0)
        buf_printf(out, "\n%9s %9s %9s  %s\n", "share %", "ratio in", "ratio out",
                   "of");
    for (size_t w = 0; w < n; w++) {
        const json_t *list = json_object_get(attribution, words[w]);

        for (size_t i = 0; i < json_array_size(list); i++) {
            const json_t *value = json_array_get(list, i);

            buf_printf(out, "%9s %9s %9s  %s=%s\n",
                       shown(json_object_get(value, "share_bp"), 100, out->arena),
                       shown(json_object_get(value, "ratio_in_x100"), 100, out->arena),
                       shown(json_object_get(value, "ratio_out_x100"), 100, out->arena),
                       words[w], shown(json_object_get(value, "value"), 1, out->arena));
        }
    }
}

static void add_baseline(const json_t *list, struct buf *out)
{
    if (json_array_size(list) > 0)
        buf_printf(out, "\n%-10s %9s %9s %12s %8s\n", "baseline", "x", "n", "expected",
                   "weight");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);

        buf_printf(out, "%-10s %9s %9s %12s %8s\n",
                   shown(json_object_get(row, "day"), 1, out->arena),
                   shown(json_object_get(row, "x"), 1, out->arena),
                   shown(json_object_get(row, "n"), 1, out->arena),
                   shown(json_object_get(row, "expected_x1000"), 1000, out->arena),
                   shown(json_object_get(row, "weight_x1000"), 1000, out->arena));
    }
}

void explain_add_text(const json_t *json, const char *published, struct buf *out)
{
    buf_printf(out, "%s on %s\n", shown(json_object_get(json, "id"), 1, out->arena),
               shown(json_object_get(json, "day"), 1, out->arena));
    buf_printf(out, "published: %s\n\n",
               text_safe(out->arena, published, strlen(published), OUTSIDE_TEXT_MAX));
    add_numbers(json, out);
    add_attribution(json_object_get(json, "attribution"), out);
    add_baseline(json_object_get(json, "baseline"), out);
}
