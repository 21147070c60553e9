/* Verbs whose builders have not merged yet. */
#include "perfcheck/perfcheck.h"

#include "shared/banned.h"

#define PENDING(verb)                                                \
    int perfcheck_##verb(const struct options *opt, struct err *err) \
    {                                                                \
        (void)opt;                                                   \
        (void)err_set(err, #verb " is not merged yet");              \
        return VERDICT_UNKNOWN;                                      \
    }

PENDING(fetch)
