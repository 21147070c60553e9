/* Verbs whose builders have not merged yet; goes with the last of them. */
#include "seocheck/seocheck.h"

#include "shared/banned.h"

#define PENDING(verb_function)                                      \
    int verb_function(const struct options *opt, struct err *err)   \
    {                                                               \
        (void)err_set(err, "'%s' is being built", opt->verb->name); \
        return VERDICT_UNKNOWN;                                     \
    }

PENDING(seocheck_sitemap)
