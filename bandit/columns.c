/* Cells of daily counts. A cell is "-" where nothing is known; what is known together
 * (sessions and what they did) is there together. */
#include "bandit/columns.h"

#include <stdio.h>
#include <string.h>

#include "shared/clock.h"
#include "shared/text.h"

#include "shared/banned.h"

#define COUNT_MAX INT64_C(1000000000)

enum { NAME_MAX_BYTES = 64, BP_MAX = 10000, WEIGHT_SCALE = 10000, WEIGHT_DECIMALS = 4 };

enum column column_find(struct str name)
{
    struct str field[COLUMN_COUNT];
    size_t n = str_split(STR(HISTORY_HEADER), '\t', field, COLUMN_COUNT);
    size_t i = 0;

    while (i < n && !str_equal(field[i], name))
        i++;
    return (enum column)i;
}

static bool is_lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_name(struct str text, const char *inner, bool has_upper)
{
    if (text.n == 0 || text.n > NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];
        bool is_plain = is_lower_or_digit(c) || (has_upper && c >= 'A' && c <= 'Z');

        if (!is_plain && (i == 0 || c == '\0' || !strchr(inner, c)))
            return false;
    }
    return true;
}

bool is_arm_name(struct str text)
{
    return is_name(text, "_.-", true);
}

bool is_experiment_id(struct str text)
{
    return is_name(text, "_-", false);
}

/* There, and not "-". */
static bool is_known(struct str cell)
{
    return cell.at && !str_equal(cell, STR("-"));
}

static bool read_number(struct str cell, int64_t most, int64_t *value)
{
    int64_t number;

    if (!cell.at)
        return true;
    if (!str_to_int64(cell.at, cell.n, &number) || number < 0 || number > most)
        return false;
    *value = number;
    return true;
}

static bool read_uint128(struct str cell, uint128 *value)
{
    const uint128 most = ~(uint128)0;
    uint128 sum = 0;

    if (cell.n == 0)
        return false;
    for (size_t i = 0; i < cell.n; i++) {
        unsigned digit = (unsigned)(cell.at[i] - '0');

        if (digit > 9 || sum > (most - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *value = sum;
    return true;
}

/* Basis points with up to four decimals, without a detour over binary fractions. */
static bool read_weight(struct str cell, int64_t *weight_x10000)
{
    struct str part[2];
    size_t n = str_split(cell, '.', part, 2);
    int64_t whole = 0;
    int64_t decimals = 0;

    if (n > 2 || part[0].n == 0 || !read_number(part[0], BP_MAX, &whole))
        return false;
    if (n == 2) {
        if (part[1].n == 0 || part[1].n > WEIGHT_DECIMALS ||
            !read_number(part[1], WEIGHT_SCALE - 1, &decimals))
            return false;
        for (size_t i = part[1].n; i < WEIGHT_DECIMALS; i++)
            decimals *= 10;
    }
    if (whole == BP_MAX && decimals > 0)
        return false;
    *weight_x10000 = whole * WEIGHT_SCALE + decimals;
    return true;
}

static bool put_guardrail(struct str name, int64_t count,
                          const struct experiment *guardrails,
                          struct arm_mature *mature)
{
    for (size_t g = 0; guardrails && g < guardrails->nguardrails; g++) {
        if (!str_equal(str_of(guardrails->guardrail[g].name), name))
            continue;
        if (mature->guardrail[g] >= 0)
            return false;
        mature->guardrail[g] = count;
    }
    return true;
}

/* NAME=COUNT,... in any order, so that a change of the configuration makes no history
 * unreadable; names that are not configured (any more) are passed over. */
static const char *read_guardrails(struct str cell, const struct experiment *guardrails,
                                   struct arm_mature *mature)
{
    for (size_t g = 0; guardrails && g < guardrails->nguardrails; g++)
        mature->guardrail[g] = -1;
    if (!is_known(cell))
        return NULL;
    for (bool more = true; more;) {
        const char *comma = memchr(cell.at, ',', cell.n);
        struct str pair = {cell.at, comma ? (size_t)(comma - cell.at) : cell.n};
        const char *sign = memchr(pair.at, '=', pair.n);
        size_t n_name = sign ? (size_t)(sign - pair.at) : 0;
        int64_t count = 0;

        if (n_name == 0 || !read_number((struct str){sign + 1, pair.n - n_name - 1},
                                        mature->units, &count))
            return "guardrails are not NAME=COUNT,... with counts up to sessions";
        if (!put_guardrail((struct str){pair.at, n_name}, count, guardrails, mature))
            return "a guardrail is named twice";
        more = comma != NULL;
        cell.at += pair.n + more;
        cell.n -= pair.n + more;
    }
    return NULL;
}

/* What the sessions did: conversions, or sum and squares, never both. */
static const char *read_reward(const struct str cell[COLUMN_COUNT],
                               struct count_row *row)
{
    struct arm_mature *mature = &row->mature;
    bool has_sum = is_known(cell[COLUMN_SUM]);
    double sum;

    if (has_sum != is_known(cell[COLUMN_SUMSQ]) ||
        has_sum == is_known(cell[COLUMN_CONVERSIONS]))
        return "neither conversions alone nor sum_x10000 and sumsq_x1e8 alone";
    row->is_numeric = has_sum;
    if (!has_sum) {
        if (!read_number(cell[COLUMN_CONVERSIONS], COUNT_MAX, &mature->conversions))
            return "conversions is no whole number from 0 to 1000000000";
        return mature->conversions > mature->units ? "more conversions than sessions"
                                                   : NULL;
    }
    if (!str_to_int64(cell[COLUMN_SUM].at, cell[COLUMN_SUM].n, &mature->sum_x10000))
        return "sum_x10000 is no whole number of 64 bits";
    if (!read_uint128(cell[COLUMN_SUMSQ], &mature->sumsq_x1e8))
        return "sumsq_x1e8 is no whole number of 128 bits";
    sum = (double)mature->sum_x10000;
    // Cauchy and Schwarz, with room for the rounding of four conversions
    if (sum * sum > (double)mature->units * (double)mature->sumsq_x1e8 * (1 + 1e-12))
        return "sum_x10000 is larger than sumsq_x1e8 allows";
    return NULL;
}

static const char *read_mature(const struct str cell[COLUMN_COUNT],
                               const struct experiment *guardrails,
                               struct count_row *row)
{
    const char *wrong;

    row->is_mature = is_known(cell[COLUMN_SESSIONS]);
    if (!row->is_mature)
        return is_known(cell[COLUMN_CONVERSIONS]) || is_known(cell[COLUMN_SUM]) ||
                       is_known(cell[COLUMN_SUMSQ]) || is_known(cell[COLUMN_GUARDRAILS])
                   ? "sessions is not known, but what they did is"
                   : NULL;
    if (!read_number(cell[COLUMN_SESSIONS], COUNT_MAX, &row->mature.units))
        return "sessions is no whole number from 0 to 1000000000";
    wrong = read_reward(cell, row);
    return wrong ? wrong
                 : read_guardrails(cell[COLUMN_GUARDRAILS], guardrails, &row->mature);
}

static const char *read_at_once(const struct str cell[COLUMN_COUNT],
                                struct count_row *row)
{
    struct arm_at_once *now = &row->at_once;

    *now = (struct arm_at_once){.exposed = row->mature.units, .weight_x10000 = -1};
    if (!read_number(cell[COLUMN_EXPOSED], COUNT_MAX, &now->exposed))
        return "exposed is no whole number from 0 to 1000000000";
    if (is_known(cell[COLUMN_WEIGHT]) &&
        !read_weight(cell[COLUMN_WEIGHT], &now->weight_x10000))
        return "weight_bp is not from 0 to 10000 with up to 4 decimals";
    if (is_known(cell[COLUMN_VERSION]) &&
        (!read_number(cell[COLUMN_VERSION], INT64_MAX, &row->version) ||
         row->version == 0))
        return "version is no whole number from 1";
    if (!read_number(cell[COLUMN_TAGGED], now->exposed, &now->tagged))
        return "tagged is no whole number from 0 to exposed";
    if (!read_number(cell[COLUMN_MULTI], COUNT_MAX, &row->multi) ||
        !read_number(cell[COLUMN_UNKNOWN], COUNT_MAX, &row->unknown))
        return "multi or unknown is no whole number from 0 to 1000000000";
    return NULL;
}

const char *count_row_read(const struct str cell[COLUMN_COUNT],
                           const struct experiment *guardrails, struct count_row *row)
{
    const char *wrong;

    *row = (struct count_row){.arm = cell[COLUMN_ARM]};
    if (!day_parse(cell[COLUMN_DAY].at, cell[COLUMN_DAY].n, &row->day))
        return "day is no date (YYYY-MM-DD)";
    if (!is_arm_name(row->arm))
        return "arm is no name of an arm";
    wrong = read_mature(cell, guardrails, row);
    return wrong ? wrong : read_at_once(cell, row);
}

const char *count_row_differ(const struct count_row *a, const struct count_row *b)
{
    if (a->is_mature != b->is_mature)
        return "sessions are known of one arm only";
    if (a->is_numeric != b->is_numeric)
        return "conversions of one arm, sums of another";
    if (a->version != b->version || a->multi != b->multi || a->unknown != b->unknown)
        return "version, multi or unknown differs between the arms of one day";
    if ((a->at_once.weight_x10000 < 0) != (b->at_once.weight_x10000 < 0))
        return "weight_bp is known of one arm only";
    for (size_t g = 0; g < GUARDRAILS_MAX; g++)
        if ((a->mature.guardrail[g] < 0) != (b->mature.guardrail[g] < 0))
            return "a guardrail is counted of one arm only";
    return NULL;
}

void count_row_put(const struct count_row *row, size_t arm, struct evidence_day *day)
{
    day->is_mature = row->is_mature;
    day->version = row->version;
    day->multi = row->multi;
    day->unknown = row->unknown;
    day->at_once[arm] = row->at_once;
    day->mature[arm] = row->mature;
}

static void add_weight(struct buf *out, int64_t weight_x10000)
{
    int64_t decimals = weight_x10000 % WEIGHT_SCALE;
    int width = WEIGHT_DECIMALS;

    if (weight_x10000 < 0) {
        buf_add_text(out, "-");
        return;
    }
    buf_printf(out, "%lld", (long long)(weight_x10000 / WEIGHT_SCALE));
    if (decimals == 0)
        return;
    for (; decimals % 10 == 0; decimals /= 10)
        width--;
    buf_printf(out, ".%0*lld", width, (long long)decimals);
}

static void add_uint128(struct buf *out, uint128 value)
{
    char text[40];
    size_t at = sizeof text;

    do {
        text[--at] = (char)('0' + (int)(value % 10));
        value /= 10;
    } while (value > 0);
    buf_add(out, text + at, sizeof text - at);
}

static void add_guardrails(struct buf *out, const struct experiment *experiment,
                           const struct arm_mature *mature)
{
    const char *before = "";

    for (size_t g = 0; g < experiment->nguardrails; g++) {
        if (mature->guardrail[g] < 0)
            continue;
        buf_add_text(out, before);
        buf_add_text(out, experiment->guardrail[g].name);
        buf_printf(out, "=%lld", (long long)mature->guardrail[g]);
        before = ",";
    }
    if (!*before)
        buf_add_text(out, "-");
}

static void add_mature(struct buf *out, const struct experiment *experiment,
                       const struct arm_mature *mature)
{
    buf_printf(out, "\t%lld", (long long)mature->units);
    if (!reward_is_numeric(&experiment->reward)) {
        buf_printf(out, "\t%lld\t-\t-", (long long)mature->conversions);
        return;
    }
    buf_printf(out, "\t-\t%lld\t", (long long)mature->sum_x10000);
    add_uint128(out, mature->sumsq_x1e8);
}

void count_row_format(const struct experiment *experiment,
                      const struct evidence_day *day, size_t arm, struct buf *out)
{
    const struct arm_at_once *now = &day->at_once[arm];
    const char *name = experiment->arm[arm].name;

    buf_printf(out, "%s\t%s\t", experiment->id, day_text(day->day).text);
    text_add_tsv(out, name, strlen(name));
    buf_printf(out, "\t%lld", (long long)now->exposed);
    if (day->is_mature)
        add_mature(out, experiment, &day->mature[arm]);
    else
        buf_add_text(out, "\t-\t-\t-\t-");
    buf_add_text(out, "\t");
    add_weight(out, now->weight_x10000);
    if (day->version > 0)
        buf_printf(out, "\t%lld", (long long)day->version);
    else
        buf_add_text(out, "\t-");
    buf_printf(out, "\t%lld\t%lld\t%lld\t", (long long)now->tagged,
               (long long)day->multi, (long long)day->unknown);
    if (day->is_mature)
        add_guardrails(out, experiment, &day->mature[arm]);
    else
        buf_add_text(out, "-");
    buf_add_text(out, "\n");
}
