/* One function a format. Names come from safe alphabets, which weights_format checks;
 * everything else from the configuration is escaped for its syntax, or refused. */
#include "bandit/weights.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "bandit/judge.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

enum {
    UNLEASH_SUM = 1000,
    HAPROXY_SUM = 256, /* its largest weight of one server */
    LAUNCHDARKLY_PER_BP = 10,
};

#define LETTERS      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define ALPHANUMERIC LETTERS "0123456789"

static const char arm_characters[] = ALPHANUMERIC "_.-";

static bool is_made_of(const char *text, const char *characters)
{
    return text[0] != '\0' && text[strspn(text, characters)] == '\0';
}

static bool is_printable_ascii(const char *text)
{
    for (size_t i = 0; text[i] != '\0'; i++)
        if (text[i] < ' ' || text[i] > '~')
            return false;
    return text[0] != '\0';
}

/* Parts of `sum` in proportion to the weights, largest remainder, ties to the earlier
 * arm. */
static void apportion(const struct weights *weights, int64_t sum,
                      int64_t part[ARMS_MAX])
{
    size_t n = weights->experiment->narms;
    int64_t rest[ARMS_MAX], left = sum;

    assert(n > 0 && n <= ARMS_MAX);
    for (size_t i = 0; i < n; i++) {
        part[i] = weights->weight_bp[i] * sum / BP;
        rest[i] = weights->weight_bp[i] * sum % BP;
        left -= part[i];
    }
    for (; left > 0; left--) {
        size_t best = 0;

        for (size_t i = 1; i < n; i++)
            if (rest[i] > rest[best])
                best = i;
        part[best]++;
        rest[best] = -1;
    }
}

/* The arm that can best give a part away: of those with most parts the one that
 * deserves them least, so that the order of the arms is kept. */
static size_t giver(const struct weights *weights, const int64_t part[ARMS_MAX])
{
    size_t found = 0;

    for (size_t i = 1; i < weights->experiment->narms; i++)
        if (part[i] > part[found] ||
            (part[i] == part[found] &&
             weights->weight_bp[i] <= weights->weight_bp[found]))
            found = i;
    return found;
}

/* An arm that is to have traffic never rounds to none. */
static void apportion_at_least_one(const struct weights *weights, int64_t sum,
                                   int64_t part[ARMS_MAX])
{
    apportion(weights, sum, part);
    for (size_t i = 0; i < weights->experiment->narms; i++)
        if (part[i] == 0 && weights->weight_bp[i] > 0) {
            part[giver(weights, part)]--;
            part[i] = 1;
        }
}

static void add_string(struct buf *out, const char *text)
{
    text_add_json(out, text, strlen(text));
}

/* Any JSON on one line, keys in byte order. The configuration's depth bounds the
 * recursion. */
static void add_json(struct buf *out, const json_t *json, size_t depth)
{
    char number[STR_NUMBER_BYTES];
    const char **keys;
    size_t n;

    assert(depth <= CONFIG_DEPTH_MAX);
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        keys = json_keys(out->arena, json, &n);
        for (size_t i = 0; i < n; i++) {
            buf_add_text(out, i > 0 ? ", " : "{");
            add_string(out, keys[i]);
            buf_add_text(out, ": ");
            add_json(out, json_object_get(json, keys[i]), depth + 1);
        }
        buf_add_text(out, n > 0 ? "}" : "{}");
        break;
    case JSON_ARRAY:
        n = json_array_size(json);
        buf_add_text(out, "[");
        for (size_t i = 0; i < n; i++) {
            buf_add_text(out, i > 0 ? ", " : "");
            add_json(out, json_array_get(json, i), depth + 1);
        }
        buf_add_text(out, "]");
        break;
    case JSON_STRING:
        text_add_json(out, json_string_value(json), json_string_length(json));
        break;
    case JSON_INTEGER:
        buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
        break;
    case JSON_REAL:
        buf_add(out, number, str_from_double(json_real_value(json), number));
        break;
    case JSON_TRUE: buf_add_text(out, "true"); break;
    case JSON_FALSE: buf_add_text(out, "false"); break;
    case JSON_NULL: buf_add_text(out, "null"); break;
    }
}

/* What a flag serves for the arm. */
static void add_value(struct buf *out, const struct arm *arm)
{
    if (arm->value)
        add_json(out, arm->value, 0);
    else
        add_string(out, arm->name);
}

static void format_json(const struct weights *weights, struct buf *out)
{
    const struct experiment *experiment = weights->experiment;

    buf_printf(out,
               "{\n"
               "  \"experiment\": \"%s\",\n"
               "  \"version\": %" PRId64 ",\n"
               "  \"weights_bp\": {",
               experiment->id, weights->version);
    for (size_t i = 0; i < experiment->narms; i++)
        buf_printf(out, "%s\n    \"%s\": %" PRId64, i > 0 ? "," : "",
                   experiment->arm[i].name, weights->weight_bp[i]);
    buf_add_text(out, "\n  }\n}\n");
}

/* The flag is what the application asks for and its exposures name. */
static void format_flagd(const struct weights *weights, struct buf *out)
{
    const struct experiment *experiment = weights->experiment;

    buf_add_text(out, "{\n"
                      "  \"$schema\": \"https://flagd.dev/schema/v0/flags.json\",\n"
                      "  \"flags\": {\n"
                      "    ");
    add_string(out, experiment->flag);
    buf_add_text(out, ": {\n"
                      "      \"state\": \"ENABLED\",\n"
                      "      \"variants\": {");
    for (size_t i = 0; i < experiment->narms; i++) {
        buf_printf(out, "%s\n        \"%s\": ", i > 0 ? "," : "",
                   experiment->arm[i].name);
        add_value(out, &experiment->arm[i]);
    }
    buf_printf(out,
               "\n      },\n"
               "      \"defaultVariant\": \"%s\",\n"
               "      \"targeting\": {\n"
               "        \"fractional\": [\n"
               "          {\"cat\": [{\"var\": \"$flagd.flagKey\"}, "
               "{\"var\": \"targetingKey\"}]}",
               experiment->arm[0].name);
    for (size_t i = 0; i < experiment->narms; i++)
        buf_printf(out, ",\n          [\"%s\", %" PRId64 "]", experiment->arm[i].name,
                   weights->weight_bp[i]);
    buf_add_text(out, "\n        ]\n"
                      "      }\n"
                      "    }\n"
                      "  }\n"
                      "}\n");
}

/* `key` is what its exposures name; `seed` is the experiment, so that the next one on
 * the same flag splits its users anew. */
static void format_growthbook(const struct weights *weights, struct buf *out)
{
    const struct experiment *experiment = weights->experiment;

    buf_add_text(out, "{\n  \"features\": {\n    ");
    add_string(out, experiment->flag);
    buf_add_text(out, ": {\n      \"defaultValue\": ");
    add_value(out, &experiment->arm[0]);
    buf_add_text(out, ",\n      \"rules\": [\n        {\n          \"key\": ");
    add_string(out, experiment->flag);
    buf_printf(out,
               ",\n"
               "          \"coverage\": 1,\n"
               "          \"seed\": \"%s\",\n"
               "          \"hashVersion\": 2,\n"
               "          \"hashAttribute\": \"id\",\n"
               "          \"phase\": \"%" PRId64 "\",\n"
               "          \"variations\": [",
               experiment->id, weights->version);
    for (size_t i = 0; i < experiment->narms; i++) {
        buf_add_text(out, i > 0 ? ", " : "");
        add_value(out, &experiment->arm[i]);
    }
    buf_add_text(out, "],\n          \"weights\": [");
    for (size_t i = 0; i < experiment->narms; i++)
        buf_printf(out, "%s%" PRId64 ".%04" PRId64, i > 0 ? ", " : "",
                   weights->weight_bp[i] / BP, weights->weight_bp[i] % BP);
    buf_add_text(out, "],\n          \"meta\": [");
    for (size_t i = 0; i < experiment->narms; i++)
        buf_printf(out, "%s{\"key\": \"%s\"}", i > 0 ? ", " : "",
                   experiment->arm[i].name);
    buf_add_text(out, "]\n"
                      "        }\n"
                      "      ]\n"
                      "    }\n"
                      "  }\n"
                      "}\n");
}

/* One variant at least must be variable: control takes what the others leave. */
static void format_unleash(const struct weights *weights, struct buf *out)
{
    const struct experiment *experiment = weights->experiment;
    int64_t part[ARMS_MAX];

    apportion(weights, UNLEASH_SUM, part);
    buf_printf(out,
               "{\n"
               "  \"name\": \"flexibleRollout\",\n"
               "  \"parameters\": {\n"
               "    \"rollout\": \"100\",\n"
               "    \"stickiness\": \"default\",\n"
               "    \"groupId\": \"%s\"\n"
               "  },\n"
               "  \"variants\": [",
               experiment->id);
    for (size_t i = 0; i < experiment->narms; i++)
        buf_printf(out,
                   "%s\n    {\"name\": \"%s\", \"weight\": %" PRId64
                   ", \"weightType\": \"%s\", \"stickiness\": \"default\"}",
                   i > 0 ? "," : "", experiment->arm[i].name, part[i],
                   i == 0 ? "variable" : "fix");
    buf_add_text(out, "\n  ]\n}\n");
}

static void format_launchdarkly(const struct weights *weights, struct buf *out)
{
    buf_add_text(out, "{\n  \"rollout\": {\n    \"variations\": [");
    for (size_t i = 0; i < weights->experiment->narms; i++)
        buf_printf(out, "%s\n      {\"variation\": %zu, \"weight\": %" PRId64 "}",
                   i > 0 ? "," : "", i, weights->weight_bp[i] * LAUNCHDARKLY_PER_BP);
    buf_add_text(out, "\n    ],\n    \"bucketBy\": \"key\"\n  }\n}\n");
}

/* A dash ends the name of a variable where it is used. Arms keep theirs: what is served
 * is what comes back as the arm of an exposure. Without `*` the hashes above the last
 * share would be served nothing, so control is there even at no weight. */
static void format_nginx(const struct weights *weights, struct buf *out)
{
    const struct experiment *experiment = weights->experiment;

    buf_printf(out, "split_clients \"${cookie_uid}%s\" $", experiment->id);
    for (const char *c = experiment->id; *c != '\0'; c++)
        buf_add(out, *c == '-' ? "_" : c, 1);
    buf_add_text(out, " {\n");
    for (size_t i = 1; i < experiment->narms; i++)
        if (weights->weight_bp[i] > 0)
            buf_printf(out, "    %" PRId64 ".%02" PRId64 "%% %s;\n",
                       weights->weight_bp[i] / 100, weights->weight_bp[i] % 100,
                       experiment->arm[i].name);
    buf_printf(out, "    * %s;\n}\n", experiment->arm[0].name);
}

static const char *target(const struct arm *arm)
{
    return arm->target ? arm->target : arm->name;
}

static void format_haproxy(const struct weights *weights, struct buf *out)
{
    const struct experiment *experiment = weights->experiment;
    int64_t part[ARMS_MAX];

    apportion_at_least_one(weights, HAPROXY_SUM, part);
    for (size_t i = 0; i < experiment->narms; i++)
        buf_printf(out, "set weight %s/%s %" PRId64 "\n", experiment->id,
                   target(&experiment->arm[i]), part[i]);
}

/* Quoted unless it begins with a letter, has nothing but names' characters and is no
 * word for a truth or for nothing. A JSON string is a YAML one. */
static void add_yaml(struct buf *out, const char *text)
{
    static const char *const words[] = {"y",   "n",    "yes",   "no",  "on",
                                        "off", "true", "false", "null"};
    bool is_plain = strspn(text, LETTERS) > 0 && is_made_of(text, arm_characters);

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal_ignoring_case(str_of(text), str_of(words[i])))
            is_plain = false;
    if (is_plain)
        buf_add_text(out, text);
    else
        add_string(out, text);
}

static void add_yaml_shares(const struct weights *weights, const char *indent,
                            struct buf *out)
{
    const struct experiment *experiment = weights->experiment;

    for (size_t i = 0; i < experiment->narms; i++) {
        buf_printf(out, "%s- name: ", indent);
        add_yaml(out, target(&experiment->arm[i]));
        buf_printf(out, "\n%s  weight: %" PRId64 "\n", indent, weights->weight_bp[i]);
    }
}

static void format_traefik(const struct weights *weights, struct buf *out)
{
    buf_add_text(out, "http:\n  services:\n    ");
    add_yaml(out, weights->experiment->id);
    buf_add_text(out, ":\n      weighted:\n        services:\n");
    add_yaml_shares(weights, "          ", out);
    buf_add_text(out, "        sticky:\n          cookie:\n            name: ");
    add_yaml(out, weights->experiment->id);
    buf_add_text(out, "\n");
}

static void format_envoy(const struct weights *weights, struct buf *out)
{
    buf_add_text(out, "route:\n  weighted_clusters:\n    clusters:\n");
    add_yaml_shares(weights, "      ", out);
    buf_printf(out,
               "    total_weight: %d\n"
               "    runtime_key_prefix: routing.%s\n",
               BP, weights->experiment->id);
}

static bool check_names(const struct experiment *experiment, struct err *err)
{
    if (!is_made_of(experiment->id, ALPHANUMERIC "_-"))
        return err_set(err, "'%s' is no name of an experiment", experiment->id);
    for (size_t i = 0; i < experiment->narms; i++)
        if (!is_made_of(experiment->arm[i].name, arm_characters))
            return err_set(err, "'%s' is no name of an arm", experiment->arm[i].name);
    return true;
}

static bool check_weights(const struct weights *weights, struct err *err)
{
    int64_t sum = 0;

    for (size_t i = 0; i < weights->experiment->narms; i++) {
        if (weights->weight_bp[i] < 0 || weights->weight_bp[i] > BP)
            return err_set(err, "arm '%s' has weight %" PRId64,
                           weights->experiment->arm[i].name, weights->weight_bp[i]);
        sum += weights->weight_bp[i];
    }
    return sum == BP || err_set(err, "the weights sum to %" PRId64 ", not 10000", sum);
}

/* HAProxy knows no other characters in the names of servers, and the second weight of
 * one server would replace the first. */
static bool check_servers(const struct experiment *experiment, struct err *err)
{
    const struct arm *arm = experiment->arm;

    for (size_t i = 0; i < experiment->narms; i++) {
        if (!is_made_of(target(&arm[i]), ALPHANUMERIC "_.:-"))
            return err_set(
                err,
                "the target of arm '%s' is no name of a server; use letters, "
                "digits, '_', '.', ':' and '-'",
                arm[i].name);
        for (size_t j = 0; j < i; j++)
            if (strcmp(target(&arm[j]), target(&arm[i])) == 0)
                return err_set(err, "arms '%s' and '%s' have one target", arm[j].name,
                               arm[i].name);
    }
    return true;
}

static bool check_clusters(const struct experiment *experiment, struct err *err)
{
    for (size_t i = 0; i < experiment->narms; i++)
        if (!is_printable_ascii(target(&experiment->arm[i])))
            return err_set(err, "the target of arm '%s' is not printable ASCII",
                           experiment->arm[i].name);
    return true;
}

static const struct {
    const char *word, *ending;
    void (*format)(const struct weights *weights, struct buf *out);
    bool (*check)(const struct experiment *experiment, struct err *err); /* or NULL */
} formats[WEIGHTS_COUNT] = {
    [WEIGHTS_JSON] = {"json", "json", format_json, NULL},
    [WEIGHTS_FLAGD] = {"flagd", "json", format_flagd, NULL}, // it refuses other endings
    [WEIGHTS_GROWTHBOOK] = {"growthbook", "json", format_growthbook, NULL},
    [WEIGHTS_UNLEASH] = {"unleash", "json", format_unleash, NULL},
    [WEIGHTS_LAUNCHDARKLY] = {"launchdarkly", "json", format_launchdarkly, NULL},
    [WEIGHTS_NGINX] = {"nginx", "conf", format_nginx, NULL},
    [WEIGHTS_HAPROXY] = {"haproxy", "txt", format_haproxy, check_servers},
    [WEIGHTS_TRAEFIK] = {"traefik", "yaml", format_traefik, check_clusters},
    [WEIGHTS_ENVOY] = {"envoy", "yaml", format_envoy, check_clusters},
};

const char *weight_format_word(enum weight_format format)
{
    return formats[format].word;
}

bool weight_format_parse(const char *word, enum weight_format *format)
{
    for (size_t i = 0; i < WEIGHTS_COUNT; i++)
        if (strcmp(formats[i].word, word) == 0) {
            *format = (enum weight_format)i;
            return true;
        }
    return false;
}

const char *weights_file_name(const struct experiment *experiment,
                              enum weight_format format, struct arena *arena)
{
    if (format == WEIGHTS_JSON)
        return str_format(arena, "%s.json", experiment->id);
    return str_format(arena, "%s.%s.%s", experiment->id, formats[format].word,
                      formats[format].ending);
}

bool weights_format(const struct weights *weights, enum weight_format format,
                    struct arena *arena, struct str *bytes, struct err *err)
{
    const struct experiment *experiment = weights->experiment;
    struct buf out;

    buf_init(&out, arena, STATE_BYTES_MAX);
    if (check_names(experiment, err) && check_weights(weights, err) &&
        (!formats[format].check || formats[format].check(experiment, err))) {
        formats[format].format(weights, &out);
        if (out.overflowed)
            (void)err_set(err, "it would be over %zu bytes", STATE_BYTES_MAX);
        else if (weights_check(buf_str(&out), format, err)) {
            *bytes = buf_str(&out);
            return true;
        }
    }
    return err_wrap(err, "cannot make '%s'",
                    weights_file_name(experiment, format, arena));
}
