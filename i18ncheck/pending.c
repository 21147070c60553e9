/* Verbs whose builders have not merged yet. */
#include "i18ncheck/i18ncheck.h"

#include "shared/banned.h"

#define PENDING(verb)                                                \
    int i18ncheck_##verb(const struct options *opt, struct err *err) \
    {                                                                \
        (void)opt;                                                   \
        (void)err_set(err, #verb " is not merged yet");              \
        return VERDICT_UNKNOWN;                                      \
    }

PENDING(run)
PENDING(show)
