/* Verbs whose builders have not merged yet; goes with the last of them. */
#include <string.h>

#include "bandit/bandit.h"

#include "shared/banned.h"

#define PENDING(verb_function)                                      \
    int verb_function(const struct options *opt, struct err *err)   \
    {                                                               \
        (void)err_set(err, "'%s' is being built", opt->verb->name); \
        return VERDICT_UNKNOWN;                                     \
    }

PENDING(bandit_run)
PENDING(bandit_show)
PENDING(bandit_checklist)
PENDING(bandit_eval)
PENDING(bandit_weights)
PENDING(bandit_replay)

static const char *const formats[WEIGHTS_COUNT] = {
    "json",  "flagd",   "growthbook", "unleash", "launchdarkly",
    "nginx", "haproxy", "traefik",    "envoy",
};

const char *weight_format_word(enum weight_format format)
{
    return formats[format];
}

bool weight_format_parse(const char *word, enum weight_format *format)
{
    for (int i = 0; i < WEIGHTS_COUNT; i++) {
        if (strcmp(formats[i], word) == 0) {
            *format = (enum weight_format)i;
            return true;
        }
    }
    return false;
}
