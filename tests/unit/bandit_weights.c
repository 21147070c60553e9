/*
 * Tests of bandit/weights*.c. The files of experiment cta, version 12, are the
 * specification's own, compared without white space where white space means nothing.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "bandit/weights.h"
#include "shared/limits.h"
#include "shared/own.h"

#include "shared/banned.h"

enum { ROUNDS = 10000 };

static struct arena run;
static struct experiment cta;
static const int64_t cta_bp[] = {7000, 2000, 1000};

static int begin(void **state)
{
    static const char *const names[] = {"control", "b", "c"};

    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    cta = (struct experiment){.id = "cta", .flag = "cta", .narms = 3};
    for (size_t i = 0; i < cta.narms; i++)
        cta.arm[i] = (struct arm){.name = names[i], .target = names[i]};
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&run);
    return 0;
}

/* NUL-terminated. */
static const char *made(const struct experiment *experiment, const int64_t bp[],
                        enum weight_format format)
{
    struct weights weights = {experiment, 12, bp};
    struct str bytes;
    struct err err;

    if (!weights_format(&weights, format, &run, &bytes, &err))
        fail_msg("%s", err.text);
    assert_int_equal(bytes.at[bytes.n - 1], '\n');
    return str_copy(&run, bytes.at, bytes.n);
}

static const char *refused(const struct experiment *experiment, const int64_t bp[],
                           enum weight_format format)
{
    struct weights weights = {experiment, 12, bp};
    struct str bytes = {0};
    struct err err;

    assert_false(weights_format(&weights, format, &run, &bytes, &err));
    assert_null(bytes.at);
    return str_copy(&run, err.text, strlen(err.text));
}

static const char *without_space(const char *text)
{
    char *copy = str_copy(&run, text, strlen(text));
    char *to = copy;

    for (const char *from = text; *from; from++)
        if (!strchr(" \n", *from))
            *to++ = *from;
    *to = '\0';
    return copy;
}

static void assert_page(enum weight_format format, const char *page)
{
    assert_string_equal(without_space(made(&cta, cta_bp, format)), without_space(page));
}

static void the_page_s_json(void **state)
{
    (void)state;
    assert_page(WEIGHTS_JSON, "{\"experiment\":\"cta\",\"version\":12,\"weights_bp\":"
                              "{\"control\":7000,\"b\":2000,\"c\":1000}}");
}

static void the_page_s_flagd(void **state)
{
    (void)state;
    assert_page(
        WEIGHTS_FLAGD,
        "{\"$schema\":\"https://flagd.dev/schema/v0/flags.json\",\"flags\":{\"cta\":"
        "{\"state\":\"ENABLED\",\"variants\":"
        "{\"control\":\"control\",\"b\":\"b\",\"c\":\"c\"},\"defaultVariant\":"
        "\"control\",\"targeting\":{\"fractional\":[{\"cat\":"
        "[{\"var\":\"$flagd.flagKey\"},{\"var\":\"targetingKey\"}]},"
        "[\"control\",7000],[\"b\",2000],[\"c\",1000]]}}}}");
}

static void the_page_s_growthbook(void **state)
{
    (void)state;
    assert_page(
        WEIGHTS_GROWTHBOOK,
        "{\"features\":{\"cta\":{\"defaultValue\":\"control\",\"rules\":[{\"key\":"
        "\"cta\",\"coverage\":1,\"seed\":\"cta\","
        "\"hashVersion\":2,\"hashAttribute\":\"id\",\"phase\":\"12\",\"variations\":"
        "[\"control\",\"b\",\"c\"],"
        "\"weights\":[0.7000,0.2000,0.1000],\"meta\":[{\"key\":\"control\"},{\"key\":"
        "\"b\"},{\"key\":\"c\"}]}]}}}");
}

static void the_page_s_unleash(void **state)
{
    (void)state;
    assert_page(WEIGHTS_UNLEASH,
                "{\"name\":\"flexibleRollout\",\"parameters\":{\"rollout\":\"100\","
                "\"stickiness\":\"default\",\"groupId\":\"cta\"},"
                "\"variants\":[{\"name\":\"control\",\"weight\":700,\"weightType\":"
                "\"variable\",\"stickiness\":\"default\"},"
                "{\"name\":\"b\",\"weight\":200,\"weightType\":\"fix\",\"stickiness\":"
                "\"default\"},"
                "{\"name\":\"c\",\"weight\":100,\"weightType\":\"fix\",\"stickiness\":"
                "\"default\"}]}");
}

static void the_page_s_launchdarkly(void **state)
{
    (void)state;
    assert_page(WEIGHTS_LAUNCHDARKLY,
                "{\"rollout\":{\"variations\":[{\"variation\":0,\"weight\":70000},"
                "{\"variation\":1,\"weight\":20000},{\"variation\":2,\"weight\":10000}"
                "],\"bucketBy\":\"key\"}}");
}

static void the_page_s_nginx(void **state)
{
    (void)state;
    assert_page(WEIGHTS_NGINX, "split_clients \"${cookie_uid}cta\" $cta { 20.00% b; "
                               "10.00% c; * control; }");
    assert_string_equal(made(&cta, cta_bp, WEIGHTS_NGINX),
                        "split_clients \"${cookie_uid}cta\" $cta {\n"
                        "    20.00% b;\n"
                        "    10.00% c;\n"
                        "    * control;\n"
                        "}\n");
}

static void the_page_s_haproxy(void **state)
{
    (void)state;
    assert_string_equal(
        made(&cta, cta_bp, WEIGHTS_HAPROXY),
        "set weight cta/control 179\nset weight cta/b 51\nset weight cta/c 26\n");
}

static void the_page_s_traefik_in_block_style(void **state)
{
    (void)state;
    assert_string_equal(made(&cta, cta_bp, WEIGHTS_TRAEFIK),
                        "http:\n"
                        "  services:\n"
                        "    cta:\n"
                        "      weighted:\n"
                        "        services:\n"
                        "          - name: control\n"
                        "            weight: 7000\n"
                        "          - name: b\n"
                        "            weight: 2000\n"
                        "          - name: c\n"
                        "            weight: 1000\n"
                        "        sticky:\n"
                        "          cookie:\n"
                        "            name: cta\n");
}

static void the_page_s_envoy_in_block_style(void **state)
{
    (void)state;
    assert_string_equal(made(&cta, cta_bp, WEIGHTS_ENVOY),
                        "route:\n"
                        "  weighted_clusters:\n"
                        "    clusters:\n"
                        "      - name: control\n"
                        "        weight: 7000\n"
                        "      - name: b\n"
                        "        weight: 2000\n"
                        "      - name: c\n"
                        "        weight: 1000\n"
                        "    total_weight: 10000\n"
                        "    runtime_key_prefix: routing.cta\n");
}

static void files_are_named_by_experiment_format_and_ending(void **state)
{
    static const char *const names[WEIGHTS_COUNT] = {
        "cta.json",         "cta.flagd.json",        "cta.growthbook.json",
        "cta.unleash.json", "cta.launchdarkly.json", "cta.nginx.conf",
        "cta.haproxy.txt",  "cta.traefik.yaml",      "cta.envoy.yaml",
    };

    (void)state;
    for (unsigned i = 0; i < WEIGHTS_COUNT; i++)
        assert_string_equal(weights_file_name(&cta, (enum weight_format)i, &run),
                            names[i]);
}

static void the_words_of_formats_read_back(void **state)
{
    enum weight_format format = WEIGHTS_COUNT;

    (void)state;
    for (unsigned i = 0; i < WEIGHTS_COUNT; i++) {
        assert_true(
            weight_format_parse(weight_format_word((enum weight_format)i), &format));
        assert_int_equal(format, i);
    }
    assert_false(weight_format_parse("yaml", &format));
    assert_int_equal(format, WEIGHTS_COUNT - 1);
}

/* ---- 10,000 random weight vectors ---- */

static uint32_t random_state = 20261120;

static int64_t random_below(int64_t n) /* Numerical Recipes' quick generator */
{
    random_state = random_state * 1664525U + 1013904223U;
    return (int64_t)((uint64_t)(random_state >> 8) * (uint64_t)n >> 24);
}

/* Every third vector has many arms of almost nothing and two that are nearly equal: the
 * rounding of those is the hardest. */
static void random_weights(struct experiment *experiment, int64_t bp[ARMS_MAX])
{
    int64_t left = 10000, most = random_below(3) == 0 ? 50 : 10001;

    memset(bp, 0, ARMS_MAX * sizeof *bp);
    experiment->narms = (size_t)(2 + random_below(ARMS_MAX - 1));
    for (size_t i = 0; i < experiment->narms; i++) {
        int64_t bound = left + 1 < most ? left + 1 : most;

        experiment->arm[i].name = str_format(&run, "arm-%zu", i);
        experiment->arm[i].target = experiment->arm[i].name;
        bp[i] = random_below(4) == 0 ? 0 : random_below(bound);
        left -= bp[i];
    }
    if (most == 50) {
        bp[0] += left / 2;
        left -= left / 2;
    }
    bp[experiment->narms - 1] += left;
}

/* The number that stands behind `before`; fails when it is not there, or twice. */
static double number_behind(const char *text, const char *before)
{
    const char *at = strstr(text, before);

    assert_non_null(at);
    at += strlen(before);
    assert_null(strstr(at, before));
    return strtod(at, NULL);
}

/* The weights sum to `sum`, are in the order of those in bp, each less than `far` from
 * its share. */
static void assert_shares(const struct experiment *experiment, const int64_t bp[],
                          const double weight[], double sum, double far)
{
    double total = 0;

    for (size_t i = 0; i < experiment->narms; i++) {
        double apart = weight[i] - (double)bp[i] * sum / 10000;

        total += weight[i];
        assert_true(weight[i] >= 0 && apart < far && apart > -far);
        for (size_t j = 0; j < experiment->narms; j++)
            assert_true(bp[i] <= bp[j] || weight[i] >= weight[j]);
    }
    assert_true(total - sum < 1e-9 && sum - total < 1e-9);
}

static void with_random_weights(void (*test)(const struct experiment *experiment,
                                             const int64_t bp[]))
{
    struct experiment experiment = {.id = "x", .flag = "x"};
    int64_t bp[ARMS_MAX];

    for (int round = 0; round < ROUNDS; round++) {
        random_weights(&experiment, bp);
        test(&experiment, bp);
        arena_release(&run);
        arena_init(&run, ARENA_BYTES_MAX);
    }
}

static void assert_formats_with_a_weight_an_arm(const struct experiment *experiment,
                                                const int64_t bp[])
{
    static const struct {
        enum weight_format format;
        const char *before, *after; // of the arm's index
        double sum, far;
    } formats[] = {
        {WEIGHTS_JSON, "\"arm-", "\": ", 10000, 1e-9},
        {WEIGHTS_FLAGD, "[\"arm-", "\", ", 10000, 1e-9},
        {WEIGHTS_UNLEASH, "\"arm-", "\", \"weight\": ", 1000, 1},
        {WEIGHTS_LAUNCHDARKLY, "\"variation\": ", ", \"weight\": ", 100000, 1e-9},
        {WEIGHTS_HAPROXY, "set weight x/arm-", " ", 256, 20},
        {WEIGHTS_TRAEFIK, "name: arm-", "\n            weight: ", 10000, 1e-9},
        {WEIGHTS_ENVOY, "name: arm-", "\n        weight: ", 10000, 1e-9},
    };

    double weight[ARMS_MAX];

    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
        const char *text = made(experiment, bp, formats[f].format);

        for (size_t i = 0; i < experiment->narms; i++)
            weight[i] =
                number_behind(text, str_format(&run, "%s%zu%s", formats[f].before, i,
                                               formats[f].after));
        assert_shares(experiment, bp, weight, formats[f].sum, formats[f].far);
        for (size_t i = 0;
             formats[f].format == WEIGHTS_HAPROXY && i < experiment->narms; i++)
            assert_int_equal(weight[i] > 0, bp[i] > 0);
    }
}

static void any_weights_keep_their_sum_and_order(void **state)
{
    (void)state;
    with_random_weights(assert_formats_with_a_weight_an_arm);
}

static void assert_growthbook(const struct experiment *experiment, const int64_t bp[])
{
    const char *text = made(experiment, bp, WEIGHTS_GROWTHBOOK);
    const char *at = strstr(text, "\"weights\": [");
    double weight[ARMS_MAX], sum = 0;

    assert_non_null(at);
    at += strlen("\"weights\": ");
    for (size_t i = 0; i < experiment->narms; i++) {
        char *after;

        weight[i] = strtod(at + 1 + (i > 0), &after);
        assert_int_equal(after - at, 1 + (i > 0) + 6); // 0.7000
        at = after;
        sum += weight[i];
    }
    assert_int_equal(*at, ']');
    assert_true(sum >= 0.99 && sum <= 1.01); // as the SDK sums
    assert_shares(experiment, bp, weight, 1, 1e-9);
}

static void any_weights_are_within_growthbook_s_tolerance(void **state)
{
    (void)state;
    with_random_weights(assert_growthbook);
}

/* Not of the arms at 0, and control has what is left. */
static void assert_nginx(const struct experiment *experiment, const int64_t bp[])
{
    const char *text = made(experiment, bp, WEIGHTS_NGINX);
    double weight[ARMS_MAX] = {100};

    for (size_t i = 1; i < experiment->narms; i++) {
        const char *at = strstr(text, str_format(&run, "%% arm-%zu;\n", i));

        assert_int_equal(at != NULL, bp[i] > 0);
        for (; at && at[-1] != ' '; at--) {
        }
        weight[i] = at ? strtod(at, NULL) : 0;
        weight[0] -= weight[i];
    }
    assert_non_null(strstr(text, "    * arm-0;\n}\n"));
    weight[0] = weight[0] < 0 ? 0 : weight[0];
    for (size_t i = 0; i < experiment->narms; i++)
        assert_true(weight[i] - (double)bp[i] / 100 < 1e-9 &&
                    (double)bp[i] / 100 - weight[i] < 1e-9);
}

static void any_weights_are_nginx_s_percentages(void **state)
{
    (void)state;
    with_random_weights(assert_nginx);
}

/* 128 parts of 256 are 5000 bp. What the small arm gets is taken from the largest, of
 * equally large ones from that with less to claim, then from the later. */
static void a_positive_weight_is_at_least_one_of_haproxy(void **state)
{
    static const struct {
        int64_t bp[4];
        int part[4];
    } cases[] = {
        {{4990, 4995, 15, 0}, {127, 128, 1, 0}},
        {{4997, 4997, 3, 3}, {127, 127, 1, 1}},
        {{4998, 4998, 4, 0}, {128, 127, 1, 0}},
        {{4, 9996, 0, 0}, {1, 255, 0, 0}},
    };

    (void)state;
    cta.narms = 4;
    cta.arm[3] = (struct arm){.name = "d"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(
            made(&cta, cases[i].bp, WEIGHTS_HAPROXY),
            str_format(&run,
                       "set weight cta/control %d\nset weight cta/b %d\n"
                       "set weight cta/c %d\nset weight cta/d %d\n",
                       cases[i].part[0], cases[i].part[1], cases[i].part[2],
                       cases[i].part[3]));
}

/* 9995 and 5 bp are 999.5 and 0.5 of 1000. */
static void a_tie_of_remainders_goes_to_the_earlier_arm(void **state)
{
    const char *text;

    (void)state;
    cta.narms = 2;
    text = made(&cta, (const int64_t[]){9995, 5}, WEIGHTS_UNLEASH);
    assert_non_null(strstr(text, "\"control\", \"weight\": 1000,"));
    assert_non_null(strstr(text, "\"b\", \"weight\": 0,"));
}

/* ---- what the configuration may bring ---- */

static void an_arm_s_value_is_served_in_its_place(void **state)
{
    OWN(json)
    values = json_loads("[{\"z\": [1, null, \"</script>\\n\\u2028\"], \"a\": 0.1},"
                        " {\"a\": {}}, {\"a\": 1e300, \"b\": []}]",
                        0, NULL);
    const char *flagd, *growthbook;

    (void)state;
    for (size_t i = 0; i < cta.narms; i++)
        cta.arm[i].value = json_array_get(values, i);
    flagd = made(&cta, cta_bp, WEIGHTS_FLAGD);
    assert_non_null(strstr(
        flagd,
        "        \"control\": {\"a\": 0.1, \"z\": [1, null, \"</script>\\u000A\\u2028\"]},\n"
        "        \"b\": {\"a\": {}},\n"
        "        \"c\": {\"a\": 1e+300, \"b\": []}\n"));
    assert_non_null(strstr(flagd, "\"defaultVariant\": \"control\""));
    assert_non_null(strstr(flagd, "[\"control\", 7000]"));
    growthbook = made(&cta, cta_bp, WEIGHTS_GROWTHBOOK);
    assert_non_null(strstr(growthbook, "\"defaultValue\": {\"a\": 0.1, "));
    assert_non_null(
        strstr(growthbook, ", {\"a\": {}}, {\"a\": 1e+300, \"b\": []}],\n"));
    assert_non_null(strstr(growthbook, "\"meta\": [{\"key\": \"control\"}, "));
}

static void a_flag_is_known_by_its_own_name(void **state)
{
    (void)state;
    cta.flag = "a \"flag\"";
    assert_non_null(
        strstr(made(&cta, cta_bp, WEIGHTS_FLAGD), "    \"a \\\"flag\\\"\": {\n"));
    assert_non_null(strstr(made(&cta, cta_bp, WEIGHTS_GROWTHBOOK),
                           "\"key\": \"a \\\"flag\\\"\",\n"));
    assert_non_null(
        strstr(made(&cta, cta_bp, WEIGHTS_GROWTHBOOK), "\"seed\": \"cta\",\n"));
    cta.flag = "";
    assert_non_null(strstr(refused(&cta, cta_bp, WEIGHTS_FLAGD), "a flag has no name"));
}

/* flags.json, definitions/anyFlag; its negative example mixed-variant-types. */
static void a_flagd_flag_is_of_one_type(void **state)
{
    OWN(json) yes = json_true();
    OWN(json) nothing = json_null();

    (void)state;
    cta.arm[1].value = yes;
    assert_non_null(strstr(refused(&cta, cta_bp, WEIGHTS_FLAGD),
                           "cannot make 'cta.flagd.json': the value of 'b' is of "
                           "another type"));
    (void)made(&cta, cta_bp, WEIGHTS_GROWTHBOOK);
    for (size_t i = 0; i < cta.narms; i++)
        cta.arm[i].value = nothing;
    assert_non_null(
        strstr(refused(&cta, cta_bp, WEIGHTS_FLAGD), "is null or an array"));
}

static void a_target_is_the_name_of_server_and_cluster(void **state)
{
    (void)state;
    cta.arm[1].target = "b.internal:8080";
    assert_non_null(strstr(made(&cta, cta_bp, WEIGHTS_HAPROXY),
                           "\nset weight cta/b.internal:8080 51\n"));
    assert_non_null(
        strstr(made(&cta, cta_bp, WEIGHTS_ENVOY),
               "      - name: \"b.internal:8080\"\n        weight: 2000\n"));
    assert_non_null(strstr(made(&cta, cta_bp, WEIGHTS_NGINX), "20.00% b;"));
}

/* YAML 1.1 reads these as something else than text: booleans, null, a float, a
 * timestamp, a mapping, a comment, an alias, an indicator. */
static void what_yaml_would_misread_is_quoted(void **state)
{
    static const char *const texts[][2] = {
        {"no", "\"no\""},
        {"Null", "\"Null\""},
        {"1e3", "\"1e3\""},
        {"2026-11-20", "\"2026-11-20\""},
        {"b: c", "\"b: c\""},
        {"b #c", "\"b #c\""},
        {"*b", "\"*b\""},
        {"@b", "\"@b\""},
        {"b@file", "\"b@file\""},
        {"\"b\\", "\"\\\"b\\\\\""},
        {"none-b.c_d", "none-b.c_d"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *line = str_format(&run, "- name: %s\n", texts[i][1]);

        cta.arm[1].target = texts[i][0];
        assert_non_null(strstr(made(&cta, cta_bp, WEIGHTS_TRAEFIK), line));
        assert_non_null(strstr(made(&cta, cta_bp, WEIGHTS_ENVOY), line));
    }
    cta.id = "1e3";
    assert_non_null(strstr(made(&cta, cta_bp, WEIGHTS_TRAEFIK), "    \"1e3\":\n"));
    assert_non_null(strstr(made(&cta, cta_bp, WEIGHTS_TRAEFIK), " name: \"1e3\"\n"));
}

static void hostile_targets_are_refused(void **state)
{
    static const char *const of_haproxy[] = {"",       "b 100",
                                             "b;quit", "b\nset weight cta/c 9",
                                             "a/b",    "caf\xC3\xA9"};
    static const char *const of_yaml[] = {"", "b\n        weight: 9", "b\xEF\xBF\xBE",
                                          "\x7F"};

    (void)state;
    for (size_t i = 0; i < sizeof of_haproxy / sizeof *of_haproxy; i++) {
        cta.arm[1].target = of_haproxy[i];
        assert_non_null(strstr(refused(&cta, cta_bp, WEIGHTS_HAPROXY),
                               "cannot make 'cta.haproxy.txt': the target of arm 'b'"));
    }
    for (size_t i = 0; i < sizeof of_yaml / sizeof *of_yaml; i++) {
        cta.arm[1].target = of_yaml[i];
        assert_non_null(
            strstr(refused(&cta, cta_bp, WEIGHTS_TRAEFIK), "the target of arm 'b'"));
        assert_non_null(
            strstr(refused(&cta, cta_bp, WEIGHTS_ENVOY), "the target of arm 'b'"));
    }
    cta.arm[1].target = "control";
    assert_non_null(strstr(refused(&cta, cta_bp, WEIGHTS_HAPROXY), "have one target"));
}

static void names_that_no_configuration_has_are_refused(void **state)
{
    static const char *const bad[] = {"", "a\"b", "a b", "a;b", "a$b", "a{b", "a\nb"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        for (unsigned format = 0; format < WEIGHTS_COUNT; format++) {
            cta.arm[2].name = bad[i];
            assert_non_null(strstr(refused(&cta, cta_bp, (enum weight_format)format),
                                   "is no name of an arm"));
            cta.arm[2].name = "c";
            cta.id = bad[i];
            assert_non_null(strstr(refused(&cta, cta_bp, (enum weight_format)format),
                                   "is no name of an experiment"));
            cta.id = "cta";
        }
}

static void weights_that_are_no_split_are_refused(void **state)
{
    (void)state;
    for (unsigned format = 0; format < WEIGHTS_COUNT; format++) {
        enum weight_format as = (enum weight_format)format;

        assert_non_null(strstr(refused(&cta, (const int64_t[]){7000, 2000, 999}, as),
                               "the weights sum to 9999, not 10000"));
        assert_non_null(strstr(refused(&cta, (const int64_t[]){7000, 4000, -1000}, as),
                               "arm 'c' has weight -1000"));
    }
}

static void a_variable_of_nginx_has_no_dash_and_its_arms_keep_theirs(void **state)
{
    (void)state;
    cta.id = "dark-mode-2";
    cta.arm[1].name = "dark-blue";
    assert_string_equal(made(&cta, cta_bp, WEIGHTS_NGINX),
                        "split_clients \"${cookie_uid}dark-mode-2\" $dark_mode_2 {\n"
                        "    20.00% dark-blue;\n"
                        "    10.00% c;\n"
                        "    * control;\n"
                        "}\n");
}

static void an_arm_at_zero_stays_listed_but_in_nginx(void **state)
{
    static const int64_t bp[] = {10000, 0, 0};

    (void)state;
    assert_string_equal(
        made(&cta, bp, WEIGHTS_NGINX),
        "split_clients \"${cookie_uid}cta\" $cta {\n    * control;\n}\n");
    assert_non_null(strstr(made(&cta, bp, WEIGHTS_FLAGD), "[\"b\", 0],\n"));
    assert_non_null(strstr(made(&cta, bp, WEIGHTS_GROWTHBOOK),
                           "\"weights\": [1.0000, 0.0000, 0.0000]"));
    assert_non_null(strstr(made(&cta, bp, WEIGHTS_HAPROXY), "set weight cta/b 0\n"));
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(the_page_s_json),
        EACH(the_page_s_flagd),
        EACH(the_page_s_growthbook),
        EACH(the_page_s_unleash),
        EACH(the_page_s_launchdarkly),
        EACH(the_page_s_nginx),
        EACH(the_page_s_haproxy),
        EACH(the_page_s_traefik_in_block_style),
        EACH(the_page_s_envoy_in_block_style),
        EACH(files_are_named_by_experiment_format_and_ending),
        EACH(the_words_of_formats_read_back),
        EACH(any_weights_keep_their_sum_and_order),
        EACH(any_weights_are_within_growthbook_s_tolerance),
        EACH(any_weights_are_nginx_s_percentages),
        EACH(a_positive_weight_is_at_least_one_of_haproxy),
        EACH(a_tie_of_remainders_goes_to_the_earlier_arm),
        EACH(an_arm_s_value_is_served_in_its_place),
        EACH(a_flag_is_known_by_its_own_name),
        EACH(a_flagd_flag_is_of_one_type),
        EACH(a_target_is_the_name_of_server_and_cluster),
        EACH(what_yaml_would_misread_is_quoted),
        EACH(hostile_targets_are_refused),
        EACH(names_that_no_configuration_has_are_refused),
        EACH(weights_that_are_no_split_are_refused),
        EACH(a_variable_of_nginx_has_no_dash_and_its_arms_keep_theirs),
        EACH(an_arm_at_zero_stays_listed_but_in_nginx),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
