/* rounds-report fresh: whether each tool that is asked for has judged a day that is
 * recent enough, so that a cron job that died is noticed. */
#include <string.h>

#include "shared/changes.h"
#include "shared/clock.h"
#include "shared/config.h"
#include "shared/limits.h"
#include "shared/report.h"
#include "shared/report_verbs.h"

#include "shared/banned.h"

enum {
    FRESH_HOURS = 48,
    FRESH_HOURS_MAX = 8760,
    HOUR_S = 3600,
    AHEAD_HOURS = 48, // tomorrow's end; what was judged later than that never grows old
};

struct asking {
    const struct config *config;
    struct changes changes;
    int64_t hours, now_s;
    struct buf stale; /* "watchdog stale: ...; bandit stale: ..." */
    size_t ntools;
    int32_t oldest; /* day that all have judged */
};

static bool limit_of(const struct options *opt, const struct config *config,
                     int64_t *hours, struct err *err)
{
    const char *given = cli_value(opt, FLAG_HOURS);
    const json_t *section = config_section(config, "run_all");
    const json_t *kept = json_object_get(section, "fresh_hours");

    *hours = kept ? json_integer_value(kept) : FRESH_HOURS;
    if (!given)
        return true;
    return (str_to_int64(given, strlen(given), hours) && *hours >= 1 &&
            *hours <= FRESH_HOURS_MAX) ||
           err_set(err, "--hours is '%.80s', allowed 1 to %d", given, FRESH_HOURS_MAX);
}

static void ask_tool(struct asking *asking, size_t t, struct arena *run)
{
    const struct tool_change *tool = &asking->changes.tool[t];
    int64_t age_s = 0;
    bool is_ahead;

    if (tool->has_now) {
        struct day_bounds day = day_bounds_new(run, tool->through_now, 1);

        age_s = asking->now_s - day.at_ms[1] / 1000;
        if (asking->ntools == 0 || tool->through_now < asking->oldest)
            asking->oldest = tool->through_now;
    }
    asking->ntools++;
    is_ahead = age_s < -(int64_t)AHEAD_HOURS * HOUR_S;
    if (tool->has_now && !is_ahead && age_s <= asking->hours * HOUR_S)
        return;
    if (asking->stale.n > 0)
        buf_add_text(&asking->stale, "; ");
    buf_printf(&asking->stale, "%s %s: ", tool_names[t],
               is_ahead ? "ahead of the clock" : "stale");
    if (is_ahead)
        buf_printf(&asking->stale, "through %s", day_text(tool->through_now).text);
    else if (tool->has_now)
        buf_printf(&asking->stale, "through %s, %lld h ago",
                   day_text(tool->through_now).text, (long long)(age_s / HOUR_S));
    else
        buf_add_text(&asking->stale, "no state");
}

static bool ask(const struct options *opt, struct arena *run, struct config *config,
                struct states *states, int *status, struct err *err)
{
    struct asking asking = {.config = config, .now_s = clock_now_ms() / 1000};
    const struct reach reach = report_reach(opt, run);
    struct buf out;

    if (!config_load(opt->config_path, run, config, err) ||
        !config_enter_zone(config, err) || !reach_confine(&reach, opt, run, err) ||
        !limit_of(opt, config, &asking.hours, err) ||
        !states_load(report_state_path(opt, config, run), "state", NULL, run, states,
                     err))
        return false;
    changes_find(states, states, NULL, run, &asking.changes);
    buf_init(&asking.stale, run, REPORT_BYTES_MAX);
    for (size_t t = 0; t < TOOL_COUNT; t++)
        if (config_section(config, tool_names[t]))
            ask_tool(&asking, t, run);
    if (asking.ntools == 0)
        return config_err(config, "", err,
                          "no tool has a section; add one, such as \"watchdog\"");
    *status = asking.stale.n > 0 ? VERDICT_UNKNOWN : VERDICT_OK;
    buf_init(&out, run, REPORT_BYTES_MAX);
    if (asking.stale.n > 0)
        buf_printf(&out, "ROUNDS UNKNOWN - %.*s", (int)asking.stale.n, asking.stale.at);
    else
        buf_printf(&out, "ROUNDS OK - %zu tool%s through %s or later", asking.ntools,
                   asking.ntools == 1 ? "" : "s", day_text(asking.oldest).text);
    buf_printf(&out, ", limit %lld h\n", (long long)asking.hours);
    return report_print(&out, err);
}

int report_fresh(const struct options *opt, struct err *err)
{
    struct config config = {0};
    struct states states = {0};
    struct arena run;
    int status = VERDICT_UNKNOWN;

    arena_init(&run, ARENA_BYTES_MAX);
    if (!ask(opt, &run, &config, &states, &status, err))
        status = VERDICT_UNKNOWN;
    states_release(&states);
    config_release(&config);
    arena_release(&run);
    return status;
}
