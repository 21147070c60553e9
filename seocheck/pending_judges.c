/* Stand-ins until their builders have merged: weak, so that the real ones win. */
#include "seocheck/crawl.h"
#include "seocheck/judge.h"

#include "shared/banned.h"

#define WEAK __attribute__((weak))
#define JUDGE(name)                                             \
    WEAK void name(const struct look *look, struct hits *hits); \
    WEAK void name(const struct look *look, struct hits *hits)  \
    {                                                           \
        (void)look;                                             \
        (void)hits;                                             \
    }

JUDGE(judge_canonical)
JUDGE(judge_duplicates)
JUDGE(judge_structured)
