/* The experiment log, from any bytes: what is good is in range, nothing behind the
 * first 64 KiB changes it, and a log in front of it takes its place. */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "bandit/judge.h"
#include "shared/limits.h"

#include "shared/banned.h"

enum { AS_OF = 20777, LOG_BYTES = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_log(const struct experiment_log *log)
{
    assert(log->status[LOG_HYPOTHESIS] != LOG_STALE);
    assert(log->status[LOG_STARTED] != LOG_STALE);
    assert(log->status[LOG_PROMOTED] != LOG_STALE);
    assert(isfinite(log->lift));
    if (log->status[LOG_STARTED] == LOG_GOOD)
        assert(log->started >= 0 && log->started <= AS_OF + 7);
    if (log->status[LOG_PROMOTED] == LOG_GOOD)
        assert(log->promoted >= 0 && log->promoted <= AS_OF + 7);
    if (log->status[LOG_STARTED] == LOG_GOOD && log->status[LOG_PROMOTED] == LOG_GOOD)
        assert(log->started <= log->promoted);
    if (log->status[LOG_LIFT] == LOG_GOOD)
        assert(log->lift >= -.1 && log->lift <= .2);
}

static bool log_equal(const struct experiment_log *a, const struct experiment_log *b)
{
    return memcmp(a->status, b->status, sizeof a->status) == 0 &&
           a->started == b->started && a->promoted == b->promoted &&
           a->lift >= b->lift && a->lift <= b->lift;
}

/* `text` with a newline and a complete log behind it: labels found stay as they are. */
static void check_appended(struct str text, const struct experiment_log *log)
{
    struct str more =
        STR("\nHypothesis: later lines do not count\nStarted: 1999-01-01\n"
            "Observed lift: 1 %\nPromoted: 1999-01-02\n");
    struct experiment_log again;
    struct arena arena;
    struct buf all;

    arena_init(&arena, ARENA_BYTES_MAX);
    buf_init(&all, &arena, 4 * MIB);
    buf_add(&all, text.at, text.n);
    buf_add(&all, more.at, more.n);
    judge_log(buf_str(&all), AS_OF, true, -.1, .2, &again);
    check_log(&again);
    if (text.n > LOG_BYTES)
        assert(log_equal(log, &again));
    for (int f = 0; f < LOG_FIELDS; f++)
        if (log->status[f] != LOG_MISSING && f != LOG_PROMOTED)
            assert(again.status[f] == log->status[f]);
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct experiment_log log;

    judge_log(text, AS_OF, true, -.1, .2, &log);
    check_log(&log);
    check_appended(text, &log);
    return 0;
}
