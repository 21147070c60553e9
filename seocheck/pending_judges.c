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

JUDGE(judge_pages)
JUDGE(judge_canonical)
JUDGE(judge_links)
JUDGE(judge_robots)
JUDGE(judge_sitemaps)
JUDGE(judge_freshness)
JUDGE(judge_duplicates)
JUDGE(judge_structured)

WEAK const struct history_row *history_find(const struct history *history,
                                            struct str url)
{
    (void)history;
    (void)url;
    return NULL;
}

WEAK bool site_collect(const struct crawl *crawl, struct arena *arena,
                       struct site *site, struct err *err)
{
    (void)crawl;
    (void)arena;
    (void)site;
    return err_set(err, "the crawl is being built");
}

WEAK void measure_history(const struct history *before, const struct site *site,
                          const struct site_agents *agents, int32_t through,
                          int32_t as_of, struct arena *arena, struct history *after)
{
    (void)before;
    (void)site;
    (void)agents;
    (void)through;
    (void)as_of;
    (void)arena;
    (void)after;
}

WEAK bool history_parse(struct str rows, const char *name, struct arena *arena,
                        struct history *history, struct err *err)
{
    (void)rows;
    (void)name;
    (void)arena;
    (void)history;
    (void)err;
    return true;
}

WEAK void history_format(const struct history *history, struct buf *out)
{
    (void)history;
    (void)out;
}
