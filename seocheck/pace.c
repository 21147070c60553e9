/* How long a crawl will take by what it took so far, and by the rate it has to keep. */
#include "seocheck/pace.h"

#include "shared/clock.h"

#include "shared/banned.h"

/* What is known of a site is seldom all of it, so three quarters are near enough. */
enum { NEAR_PERCENT = 75, SAMPLE_LEAST = 50 };

double pace_expect_s(int64_t asked, int64_t left, double elapsed_s, double gap_s)
{
    double each_s = gap_s;

    if (asked >= SAMPLE_LEAST && elapsed_s / (double)asked > gap_s)
        each_s = elapsed_s / (double)asked;
    return (double)left * each_s;
}

void pace_watch(void *context, int64_t asked, int64_t left, double gap_s)
{
    struct pace *pace = context;
    int64_t now = clock_ticks_us();
    double elapsed_s, expected_s;

    if (pace->begun_us == 0)
        pace->begun_us = now;
    elapsed_s = (double)(now - pace->begun_us) / 1e6;
    expected_s = elapsed_s + pace_expect_s(asked, left, elapsed_s, gap_s);
    if (pace->is_said || expected_s * 100 < (double)pace->opt->timeout_s * NEAR_PERCENT)
        return;
    pace->is_said = true;
    cli_say(pace->opt,
            "the crawl takes %.0f s or more, and --timeout is %d s: raise it, or lower "
            "crawl.max_pages",
            expected_s, pace->opt->timeout_s);
}
