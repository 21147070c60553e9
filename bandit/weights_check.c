/* Reads a weight file as its reader will, and says what that reader would refuse or,
 * worse, not notice. Knows nothing of how the file was made. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "bandit/judge.h"
#include "bandit/weights.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"

#include "shared/banned.h"

enum {
    FLAGD_SUM_MAX = 2147483647,
    UNLEASH_SUM = 1000,
    LAUNCHDARKLY_SUM = 100000,
    HAPROXY_SUM = 256,
    FIELDS_MAX = 8,
};

/* Weights seen, of what. */
struct sum {
    int64_t total;
    size_t n;
};

static bool add_weight(struct sum *sum, int64_t weight, int64_t most, struct err *err)
{
    if (weight < 0 || weight > most)
        return err_set(err, "weight %" PRId64 " is not in 0 to %" PRId64, weight, most);
    sum->total += weight;
    sum->n++;
    return true;
}

static bool add_json_weight(struct sum *sum, const json_t *weight, int64_t most,
                            struct err *err)
{
    if (!json_is_integer(weight))
        return err_set(err, "a weight is not an integer");
    return add_weight(sum, json_integer_value(weight), most, err);
}

static bool sums_to(const struct sum *sum, int64_t needed, struct err *err)
{
    if (sum->n == 0)
        return err_set(err, "there are no weights");
    return sum->total == needed ||
           err_set(err, "the weights sum to %" PRId64 ", not %" PRId64, sum->total,
                   needed);
}

static bool check_json(json_t *root, struct err *err)
{
    const json_t *version = json_object_get(root, "version");
    const char *name;
    json_t *weight;
    struct sum sum = {0};

    if (!json_is_string(json_object_get(root, "experiment")))
        return err_set(err, "it has no 'experiment'");
    if (!json_is_integer(version) || json_integer_value(version) < 1)
        return err_set(err, "it has no 'version' from 1");
    json_object_foreach(json_object_get(root, "weights_bp"), name, weight)
    {
        if (!add_json_weight(&sum, weight, BP, err))
            return false;
    }
    return sums_to(&sum, BP, err);
}

/* A flag is of one type: boolean, number, string or object (flags.json, anyFlag). */
static bool check_variants(json_t *variants, struct err *err)
{
    json_type first = JSON_NULL;
    const char *name;
    json_t *value;

    if (json_object_size(variants) == 0)
        return err_set(err, "there are no variants");
    json_object_foreach(variants, name, value)
    {
        json_type type = json_is_number(value)    ? JSON_REAL
                         : json_is_boolean(value) ? JSON_TRUE
                                                  : json_typeof(value);

        if (type == JSON_NULL || type == JSON_ARRAY)
            return err_set(err, "the value of '%s' is null or an array", name);
        if (first != JSON_NULL && type != first)
            return err_set(err,
                           "the value of '%s' is of another type than those before it; "
                           "make all strings, all numbers, all booleans or all objects",
                           name);
        first = type;
    }
    return true;
}

/* The first element of `fractional` says what is hashed; the rest are name and weight.
 */
static bool check_fractional(const json_t *fractional, const json_t *variants,
                             struct err *err)
{
    struct sum sum = {0};

    if (!json_is_object(json_array_get(fractional, 0)))
        return err_set(err, "'fractional' does not say what it hashes");
    for (size_t i = 1; i < json_array_size(fractional); i++) {
        const json_t *share = json_array_get(fractional, i);
        const char *name = json_string_value(json_array_get(share, 0));

        if (json_array_size(share) != 2 || !name || !json_object_get(variants, name))
            return err_set(err, "a share of 'fractional' names no variant");
        if (!add_json_weight(&sum, json_array_get(share, 1), FLAGD_SUM_MAX, err))
            return false;
    }
    if (sum.n == 0 || sum.total == 0)
        return err_set(err, "there are no weights");
    return sum.total <= FLAGD_SUM_MAX ||
           err_set(err, "the weights sum to %" PRId64 ", more than %d", sum.total,
                   FLAGD_SUM_MAX);
}

static bool check_flagd_flag(const json_t *flag, struct err *err)
{
    const char *state = json_string_value(json_object_get(flag, "state"));
    const char *otherwise = json_string_value(json_object_get(flag, "defaultVariant"));
    json_t *variants = json_object_get(flag, "variants");
    const json_t *targeting = json_object_get(flag, "targeting");

    if (!state || strcmp(state, "ENABLED") != 0)
        return err_set(err, "'state' is not ENABLED");
    if (!check_variants(variants, err))
        return false;
    if (!otherwise || !json_object_get(variants, otherwise))
        return err_set(err, "'defaultVariant' is no variant");
    return check_fractional(json_object_get(targeting, "fractional"), variants, err);
}

static bool check_flagd(json_t *root, struct err *err)
{
    json_t *flags = json_object_get(root, "flags");
    const char *name;
    json_t *flag;

    if (json_object_size(flags) == 0)
        return err_set(err, "there are no flags");
    json_object_foreach(flags, name, flag)
    {
        if (name[0] == '\0')
            return err_set(err, "a flag has no name");
        if (!check_flagd_flag(flag, err))
            return false;
    }
    return true;
}

/* A list of another length than the variations, or a sum farther from 1, and the SDK
 * splits equally without a word. */
static bool check_growthbook_rule(const json_t *rule, struct err *err)
{
    const json_t *weights = json_object_get(rule, "weights");
    size_t n = json_array_size(json_object_get(rule, "variations"));
    double sum = 0;

    if (n < 2)
        return err_set(err, "there are fewer than two variations");
    if (json_array_size(weights) != n ||
        json_array_size(json_object_get(rule, "meta")) != n)
        return err_set(err, "there are not as many weights or keys as variations");
    for (size_t i = 0; i < n; i++) {
        const json_t *weight = json_array_get(weights, i);

        if (!json_is_number(weight) || json_number_value(weight) < 0)
            return err_set(err, "a weight is not a number from 0");
        sum += json_number_value(weight);
    }
    return (sum >= 0.99 && sum <= 1.01) ||
           err_set(err, "the weights sum to %.4f, not to 0.99 to 1.01", sum);
}

static bool check_growthbook(json_t *root, struct err *err)
{
    json_t *features = json_object_get(root, "features");
    const char *name;
    json_t *feature;

    if (json_object_size(features) == 0)
        return err_set(err, "there are no features");
    json_object_foreach(features, name, feature)
    {
        const json_t *rules = json_object_get(feature, "rules");

        if (json_array_size(rules) == 0)
            return err_set(err, "feature '%s' has no rules", name);
        for (size_t i = 0; i < json_array_size(rules); i++)
            if (!check_growthbook_rule(json_array_get(rules, i), err))
                return false;
    }
    return true;
}

static bool check_unleash(json_t *root, struct err *err)
{
    const json_t *variants = json_object_get(root, "variants");
    bool has_variable = false;
    struct sum sum = {0};

    for (size_t i = 0; i < json_array_size(variants); i++) {
        const json_t *variant = json_array_get(variants, i);
        const char *type = json_string_value(json_object_get(variant, "weightType"));

        if (!json_is_string(json_object_get(variant, "name")))
            return err_set(err, "a variant has no name");
        if (!type || (strcmp(type, "variable") != 0 && strcmp(type, "fix") != 0))
            return err_set(err, "a 'weightType' is neither variable nor fix");
        has_variable = has_variable || type[0] == 'v';
        if (!add_json_weight(&sum, json_object_get(variant, "weight"), UNLEASH_SUM,
                             err))
            return false;
    }
    if (sum.n > 0 && !has_variable)
        return err_set(err, "no variant is variable");
    return sums_to(&sum, UNLEASH_SUM, err);
}

static bool check_launchdarkly(json_t *root, struct err *err)
{
    const json_t *variations =
        json_object_get(json_object_get(root, "rollout"), "variations");
    struct sum sum = {0};

    for (size_t i = 0; i < json_array_size(variations); i++) {
        const json_t *share = json_array_get(variations, i);
        const json_t *index = json_object_get(share, "variation");

        if (!json_is_integer(index) || json_integer_value(index) != (json_int_t)i)
            return err_set(err, "the variations are not 0, 1, 2, ..");
        if (!add_json_weight(&sum, json_object_get(share, "weight"), LAUNCHDARKLY_SUM,
                             err))
            return false;
    }
    return sums_to(&sum, LAUNCHDARKLY_SUM, err);
}

/* "20.00%" as 2000. */
static bool parse_percent(struct str text, int64_t *bp)
{
    struct str part[2];
    int64_t whole, hundredths;

    if (!str_ends(text, STR("%")))
        return false;
    text.n--;
    if (str_split(text, '.', part, 2) != 2 || part[1].n != 2 ||
        !str_to_int64(part[0].at, part[0].n, &whole) ||
        !str_to_int64(part[1].at, part[1].n, &hundredths) || whole < 0 || whole > 100 ||
        hundredths < 0)
        return false;
    *bp = whole * 100 + hundredths;
    return true;
}

/* nginx refuses 0 %, more than 100 % and what it cannot read; it does not refuse a
 * block without `*`. */
static bool check_nginx(struct str bytes, struct err *err)
{
    struct str line, field[FIELDS_MAX];
    bool has_rest = false;
    struct sum sum = {0};

    if (!str_next_line(&bytes, &line) || str_split(line, ' ', field, FIELDS_MAX) != 4 ||
        !str_equal(field[0], STR("split_clients")) ||
        !str_starts(field[1], STR("\"${")) || !str_starts(field[2], STR("$")) ||
        field[2].n < 2 || !str_equal(field[3], STR("{")))
        return err_set(err, "it does not begin with split_clients");
    while (str_next_line(&bytes, &line) && !str_equal(line, STR("}"))) {
        int64_t bp = 0;
        bool is_share = str_starts(line, STR("    ")) && str_ends(line, STR(";")) &&
                        str_split((struct str){line.at + 4, line.n - 4}, ' ', field,
                                  FIELDS_MAX) == 2 &&
                        field[1].n > 1;

        if (!is_share || has_rest)
            return err_set(err, "a line is no share, or stands behind `*`");
        has_rest = str_equal(field[0], STR("*"));
        if (!has_rest && (!parse_percent(field[0], &bp) || bp == 0))
            return err_set(err, "a share is no percentage above 0");
        if (!add_weight(&sum, bp, BP, err))
            return false;
    }
    if (!has_rest || !str_equal(line, STR("}")) || bytes.n > 0)
        return err_set(err, "it does not end with `*` and a brace");
    return sum.total <= BP || err_set(err, "the percentages sum to more than 100");
}

static bool check_haproxy(struct str bytes, struct err *err)
{
    struct str line, server[ARMS_MAX], field[FIELDS_MAX], part[2];
    struct sum sum = {0};

    while (str_next_line(&bytes, &line)) {
        int64_t weight;

        if (sum.n == ARMS_MAX || str_split(line, ' ', field, FIELDS_MAX) != 4 ||
            !str_equal(field[0], STR("set")) || !str_equal(field[1], STR("weight")) ||
            str_split(field[2], '/', part, 2) != 2 || part[0].n == 0 ||
            part[1].n == 0 || !str_to_int64(field[3].at, field[3].n, &weight))
            return err_set(err, "a line is not 'set weight BACKEND/SERVER N'");
        for (size_t i = 0; i < sum.n; i++)
            if (str_equal(server[i], field[2]))
                return err_set(err, "a server has two weights");
        server[sum.n] = field[2];
        if (!add_weight(&sum, weight, HAPROXY_SUM, err))
            return false;
    }
    return sums_to(&sum, HAPROXY_SUM, err);
}

/* What stands after "KEY: " once the indent is gone; false when the line has another
 * key. */
static bool yaml_value(struct str line, struct str key, size_t *indent,
                       struct str *value)
{
    size_t at = 0;

    while (at < line.n && line.at[at] == ' ')
        at++;
    *indent = at;
    *value = (struct str){line.at + at, line.n - at};
    if (!str_starts(*value, key))
        return false;
    *value = (struct str){value->at + key.n, value->n - key.n};
    return true;
}

/* Block style as ours: each "- name: X" is followed by its "weight: N", two deeper. */
static bool check_yaml(struct str bytes, bool is_envoy, struct err *err)
{
    struct str line, value;
    struct sum sum = {0};
    bool is_named = false;
    int64_t total = BP + (is_envoy ? 1 : 0), weight; // Envoy's must be said
    size_t indent, name_indent = 0;

    while (str_next_line(&bytes, &line)) {
        if (line.n > 0 && memchr(line.at, '\t', line.n))
            return err_set(err, "a tab is no indent in YAML");
        if (is_named) {
            if (!yaml_value(line, STR("weight: "), &indent, &value) ||
                indent != name_indent + 2 || !str_to_int64(value.at, value.n, &weight))
                return err_set(err, "a name has no weight");
            if (!add_weight(&sum, weight, BP, err))
                return false;
            is_named = false;
        } else if (yaml_value(line, STR("- name: "), &name_indent, &value)) {
            is_named = true;
        } else if (yaml_value(line, STR("total_weight: "), &indent, &value) &&
                   !str_to_int64(value.at, value.n, &total)) {
            return err_set(err, "'total_weight' is no integer");
        }
    }
    if (is_named)
        return err_set(err, "a name has no weight");
    return sums_to(&sum, BP, err) &&
           (total == BP || err_set(err, "'total_weight' is not the sum"));
}

bool weights_check(struct str bytes, enum weight_format format, struct err *err)
{
    bool (*check)(json_t * root, struct err * err) = NULL;
    OWN(json) root = NULL;

    switch (format) {
    case WEIGHTS_JSON: check = check_json; break;
    case WEIGHTS_FLAGD: check = check_flagd; break;
    case WEIGHTS_GROWTHBOOK: check = check_growthbook; break;
    case WEIGHTS_UNLEASH: check = check_unleash; break;
    case WEIGHTS_LAUNCHDARKLY: check = check_launchdarkly; break;
    case WEIGHTS_NGINX: return check_nginx(bytes, err);
    case WEIGHTS_HAPROXY: return check_haproxy(bytes, err);
    case WEIGHTS_TRAEFIK: return check_yaml(bytes, false, err);
    case WEIGHTS_ENVOY: return check_yaml(bytes, true, err);
    case WEIGHTS_COUNT: break;
    }
    assert(check);
    return json_load_strict(bytes, weight_format_word(format), STATE_DEPTH_MAX,
                            STATE_KEYS_MAX, &root, err) &&
           check(root, err);
}
