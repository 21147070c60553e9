/*
 * Tests of bandit/weights_check.c: texts that a reader would refuse, or read otherwise
 * than meant. The rules are each reader's own: flagd's flags.json and the limit of its
 * fractional, GrowthBook's getBucketRanges, nginx's split_clients, HAProxy's management
 * guide ("set weight"), Unleash's strategy variants, LaunchDarkly's rollouts, Envoy's
 * WeightedCluster.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bandit/weights.h"

#include "shared/banned.h"

#define FLAGD(state, variants, otherwise, fractional)                        \
    "{\"flags\":{\"f\":{\"state\":\"" state "\",\"variants\":{" variants     \
    "},\"defaultVariant\":\"" otherwise "\",\"targeting\":{\"fractional\":[" \
    "{\"var\":\"targetingKey\"}" fractional "]}}}}"
#define GROWTHBOOK(weights, keys)                                                  \
    "{\"features\":{\"f\":{\"rules\":[{\"variations\":[1,2],\"weights\":[" weights \
    "],\"meta\":[" keys "]}]}}}"
#define UNLEASH(type, weight)                                                     \
    "{\"variants\":[{\"name\":\"a\",\"weight\":600,\"weightType\":\"" type "\"}," \
    "{\"name\":\"b\",\"weight\":" weight ",\"weightType\":\"fix\"}]}"
#define LAUNCHDARKLY(index, weight)                                     \
    "{\"rollout\":{\"variations\":[{\"variation\":0,\"weight\":60000}," \
    "{\"variation\":" index ",\"weight\":" weight "}]}}"
#define NGINX(lines) "split_clients \"${cookie_uid}x\" $x {\n" lines
#define YAML(weight) "a:\n  - name: x\n    weight: 6000\n  - name: y\n" weight

static const struct broken {
    enum weight_format format;
    const char *text, *why; // NULL: nothing is wrong
} broken[] = {
    {WEIGHTS_JSON, "{\"experiment\":\"x\",\"version\":1,\"weights_bp\":{\"a\":10000}}",
     NULL},
    {WEIGHTS_JSON, "{\"experiment\":\"x\",\"version\":1,\"weights_bp\":{\"a\":9999}}",
     "sum to 9999"},
    {WEIGHTS_JSON, "{\"experiment\":\"x\",\"version\":1,\"weights_bp\":{\"a\":1e4}}",
     "not an integer"},
    {WEIGHTS_JSON,
     "{\"experiment\":\"x\",\"version\":1,\"weights_bp\":{\"a\":10001,\"b\":-1}}",
     "not in 0 to 10000"},
    {WEIGHTS_JSON, "{\"experiment\":\"x\",\"version\":1,\"weights_bp\":{}}",
     "no weights"},
    {WEIGHTS_JSON, "{\"experiment\":\"x\",\"version\":0,\"weights_bp\":{\"a\":10000}}",
     "'version'"},
    {WEIGHTS_JSON, "{\"version\":1,\"weights_bp\":{\"a\":10000}}", "'experiment'"},
    {WEIGHTS_JSON,
     "{\"experiment\":\"x\",\"version\":1,\"weights_bp\":{\"a\":0,\"a\":10000}}",
     "duplicate"},

    {WEIGHTS_FLAGD, FLAGD("ENABLED", "\"a\":1,\"b\":2.5", "b", ",[\"a\",0],[\"b\",1]"),
     NULL},
    {WEIGHTS_FLAGD, "{\"flags\":{}}", "no flags"},
    {WEIGHTS_FLAGD, FLAGD("DISABLED", "\"a\":1", "a", ",[\"a\",1]"), "not ENABLED"},
    {WEIGHTS_FLAGD, FLAGD("ENABLED", "", "a", ",[\"a\",1]"), "no variants"},
    {WEIGHTS_FLAGD, FLAGD("ENABLED", "\"a\":1", "b", ",[\"a\",1]"), "'defaultVariant'"},
    {WEIGHTS_FLAGD, FLAGD("ENABLED", "\"a\":1", "a", ",[\"b\",1]"), "names no variant"},
    {WEIGHTS_FLAGD, FLAGD("ENABLED", "\"a\":1", "a", ",[\"a\"]"), "names no variant"},
    {WEIGHTS_FLAGD, FLAGD("ENABLED", "\"a\":1", "a", ",[\"a\",1.5]"), "not an integer"},
    {WEIGHTS_FLAGD, FLAGD("ENABLED", "\"a\":1", "a", ",[\"a\",-1]"), "weight -1"},
    {WEIGHTS_FLAGD, FLAGD("ENABLED", "\"a\":1", "a", ""), "no weights"},
    {WEIGHTS_FLAGD, FLAGD("ENABLED", "\"a\":1", "a", ",[\"a\",0]"), "no weights"},
    {WEIGHTS_FLAGD, FLAGD("ENABLED", "\"a\":1", "a", ",[\"a\",2147483647]"), NULL},
    {WEIGHTS_FLAGD,
     FLAGD("ENABLED", "\"a\":1,\"b\":1", "a", ",[\"a\",2147483647],[\"b\",1]"),
     "sum to 2147483648"},
    {WEIGHTS_FLAGD, FLAGD("ENABLED", "\"a\":true,\"b\":\"x\"", "a", ",[\"a\",1]"),
     "another type"},
    {WEIGHTS_FLAGD,
     "{\"flags\":{\"f\":{\"state\":\"ENABLED\",\"variants\":{\"a\":1},"
     "\"defaultVariant\":\"a\",\"targeting\":{\"fractional\":[[\"a\",1]]}}}}",
     "what it hashes"},

    {WEIGHTS_GROWTHBOOK, GROWTHBOOK("0.5000,0.4901", "{},{}"), NULL},
    {WEIGHTS_GROWTHBOOK, GROWTHBOOK("0.5000,0.5099", "{},{}"), NULL},
    {WEIGHTS_GROWTHBOOK, GROWTHBOOK("0.5000,0.4899", "{},{}"), "sum to 0.9899"},
    {WEIGHTS_GROWTHBOOK, GROWTHBOOK("0.5000,0.5101", "{},{}"), "sum to 1.0101"},
    {WEIGHTS_GROWTHBOOK, GROWTHBOOK("1.5000,-0.5000", "{},{}"), "number from 0"},
    {WEIGHTS_GROWTHBOOK, GROWTHBOOK("1.0000", "{},{}"), "as many"},
    {WEIGHTS_GROWTHBOOK, GROWTHBOOK("0.5000,0.5000", "{}"), "as many"},
    {WEIGHTS_GROWTHBOOK, "{\"features\":{}}", "no features"},
    {WEIGHTS_GROWTHBOOK, "{\"features\":{\"f\":{\"rules\":[]}}}", "no rules"},
    {WEIGHTS_GROWTHBOOK, "{\"features\":{\"f\":{\"rules\":[{}]}}}", "fewer than two"},

    {WEIGHTS_UNLEASH, UNLEASH("variable", "400"), NULL},
    {WEIGHTS_UNLEASH, UNLEASH("variable", "401"), "sum to 1001"},
    {WEIGHTS_UNLEASH, UNLEASH("fix", "400"), "no variant is variable"},
    {WEIGHTS_UNLEASH, UNLEASH("fixed", "400"), "neither"},
    {WEIGHTS_UNLEASH, UNLEASH("variable", "\"400\""), "not an integer"},
    {WEIGHTS_UNLEASH, "{\"variants\":[{\"weight\":1000}]}", "no name"},
    {WEIGHTS_UNLEASH, "{}", "no weights"},

    {WEIGHTS_LAUNCHDARKLY, LAUNCHDARKLY("1", "40000"), NULL},
    {WEIGHTS_LAUNCHDARKLY, LAUNCHDARKLY("2", "40000"), "not 0, 1, 2"},
    {WEIGHTS_LAUNCHDARKLY, LAUNCHDARKLY("1", "39999"), "sum to 99999"},
    {WEIGHTS_LAUNCHDARKLY, "{}", "no weights"},

    {WEIGHTS_NGINX, NGINX("    99.99% a;\n    0.01% b;\n    * c;\n}\n"), NULL},
    {WEIGHTS_NGINX, NGINX("    99.99% a;\n    0.02% b;\n    * c;\n}\n"),
     "more than 100"},
    {WEIGHTS_NGINX, NGINX("    0.00% a;\n    * c;\n}\n"), "above 0"},
    {WEIGHTS_NGINX, NGINX("    5% a;\n    * c;\n}\n"), "no percentage"},
    {WEIGHTS_NGINX, NGINX("    5.00 a;\n    * c;\n}\n"), "no percentage"},
    {WEIGHTS_NGINX, NGINX("    -5.00% a;\n    * c;\n}\n"), "no percentage"},
    {WEIGHTS_NGINX, NGINX("    5.-1% a;\n    * c;\n}\n"), "no percentage"},
    {WEIGHTS_NGINX, NGINX("    * c;\n    5.00% a;\n}\n"), "stands behind"},
    {WEIGHTS_NGINX, NGINX("    5.00% a b;\n    * c;\n}\n"), "no share"},
    {WEIGHTS_NGINX, NGINX("    5.00% a\n    * c;\n}\n"), "no share"},
    {WEIGHTS_NGINX, NGINX("    5.00% a;\n}\n"), "does not end"},
    {WEIGHTS_NGINX, NGINX("    * c;\n"), "does not end"},
    {WEIGHTS_NGINX, NGINX("    * c;\n}\nx\n"), "does not end"},
    {WEIGHTS_NGINX, "map $a $b {\n    * c;\n}\n", "does not begin"},
    {WEIGHTS_NGINX, "", "does not begin"},

    {WEIGHTS_HAPROXY, "set weight x/a 255\nset weight x/b 1\n", NULL},
    {WEIGHTS_HAPROXY, "set weight x/a 255\nset weight x/b 2\n", "sum to 257"},
    {WEIGHTS_HAPROXY, "set weight x/a 255\nset weight x/a 1\n", "two weights"},
    {WEIGHTS_HAPROXY, "set weight x/a 257\nset weight x/b -1\n", "not in 0 to 256"},
    {WEIGHTS_HAPROXY, "set weight x 256\n", "a line is not"},
    {WEIGHTS_HAPROXY, "set weight x/a/b 256\n", "a line is not"},
    {WEIGHTS_HAPROXY, "set weight x/a b 256\n", "a line is not"},
    {WEIGHTS_HAPROXY, "set weight x/a 100%\n", "a line is not"},
    {WEIGHTS_HAPROXY, "", "no weights"},

    {WEIGHTS_TRAEFIK, YAML("    weight: 4000\n"), NULL},
    {WEIGHTS_TRAEFIK, YAML("    weight: 3999\n"), "sum to 9999"},
    {WEIGHTS_TRAEFIK, YAML("  weight: 4000\n"), "no weight"},
    {WEIGHTS_TRAEFIK, YAML("    weight: 40x\n"), "no weight"},
    {WEIGHTS_TRAEFIK, YAML(""), "no weight"},
    {WEIGHTS_TRAEFIK, YAML("\tweight: 4000\n"), "tab"},
    {WEIGHTS_TRAEFIK, "a:\n", "no weights"},
    {WEIGHTS_ENVOY, YAML("    weight: 4000\ntotal_weight: 10000\n"), NULL},
    {WEIGHTS_ENVOY, YAML("    weight: 4000\ntotal_weight: 100\n"), "not the sum"},
    {WEIGHTS_ENVOY, YAML("    weight: 4000\ntotal_weight: all\n"), "no integer"},
    {WEIGHTS_ENVOY, YAML("    weight: 4000\n"), "not the sum"},
};

static void what_a_reader_would_refuse_is_refused_here(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct err err = {.text = ""};
        bool good = weights_check(str_of(broken[i].text), broken[i].format, &err);

        if (good != !broken[i].why ||
            (broken[i].why && !strstr(err.text, broken[i].why)))
            fail_msg("case %zu, %s: '%s'", i, weight_format_word(broken[i].format),
                     err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_reader_would_refuse_is_refused_here),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
