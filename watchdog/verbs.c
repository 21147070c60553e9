/* The verbs that write nothing: show, signals. */
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "watchdog/shown.h"

#include "shared/banned.h"

/* Judging goes on where the checkpoint stands, as in a run. */
static void draw(struct shown *shown, struct arena *run, struct report *report)
{
    struct round round = {.evidence = &shown->known.evidence,
                          .data = &shown->known.data,
                          .settings = &shown->settings,
                          .arena = run};

    evidence_link(round.evidence, round.settings);
    watchdog_charts(&round, shown->known.checkpoint, report);
}

static bool show(const struct options *opt, struct shown *shown, struct arena *run,
                 int *status, struct err *err)
{
    struct report said = {.tool = "watchdog", .has_through = true};
    struct buf out;

    if (!shown_load(opt, run, shown, &said.confined, err) ||
        !watchdog_findings(shown->known.json, run, &said.through, &said.findings, err))
        return false;
    findings_mute(&said.findings, &shown->config, said.through, run, &said.muted);
    watchdog_report(&shown->known.evidence, &shown->settings, run, &said);
    watchdog_tables(shown->known.json, run, &said);
    if ((opt->flags & UINT32_C(1) << FLAG_CHARTS) != 0)
        draw(shown, run, &said);
    said.exit = *status = findings_exit_status(&said.findings, opt->fail_on);
    buf_init(&out, run, REPORT_BYTES_MAX);
    return report_render(&said, opt->format, &out, err) && report_print(&out, err);
}

int watchdog_show(const struct options *opt, struct err *err)
{
    struct shown shown;
    struct arena run;
    int status = VERDICT_UNKNOWN;

    arena_init(&run, ARENA_BYTES_MAX);
    shown_init(&shown);
    if (!show(opt, &shown, &run, &status, err))
        status = VERDICT_UNKNOWN;
    shown_release(&shown);
    arena_release(&run);
    return status;
}

static json_t *signal_to_json(const struct signal *signal,
                              const struct settings *settings)
{
    json_t *object = json_object();
    json_t *sources = json_array();
    const char *form = signal->counted.form != FORM_ROWS ? "seq"
                       : signal->counted.ended != 0      ? "without"
                                                         : "has";

    for (size_t i = 0; i < settings->nsources; i++)
        if ((signal->sources >> i & 1) != 0)
            json_push(sources, json_string(settings->source[i]));
    json_put(object, "name", json_string(signal->name));
    json_put(object, "affected", json_string(signal->affected));
    json_put(object, "exposed", json_string(signal->exposed));
    json_put(object, "form", json_string(form));
    json_put(object, "model",
             json_string(signal->model == MODEL_COUNT ? "count" : "proportion"));
    json_put(object, "direction",
             json_string(signal->direction == DIRECTION_UP ? "up" : "down"));
    json_put(object, "source", sources);
    json_put(object, "active",
             json_boolean(signal->is_configured && signal->sources != 0));
    return object;
}

static bool list_signals(const struct options *opt, struct config *config,
                         struct settings *settings, struct arena *run, struct err *err)
{
    OWN(json) root = json_object();
    json_t *list = json_array();
    struct inputs inputs = {0};
    struct str bytes;
    struct buf out;
    struct sandbox_plan plan = {.mode = opt->sandbox};
    struct confinement confined;
    bool good = config_load(opt->config_path, run, config, err) &&
                settings_read(config, run, settings, err) &&
                watchdog_open(config, settings, run, &inputs, err) && // reads no event
                sandbox_enter(&plan, &confined, err);

    watchdog_close(&inputs);
    for (size_t i = 0; i < settings->nsignals && good; i++)
        json_push(list, signal_to_json(&settings->signals[i], settings));
    json_put(root, "signals", list);
    if (!good || !state_json_format(root, run, &bytes, err))
        return false;
    buf_init(&out, run, REPORT_BYTES_MAX);
    buf_add(&out, bytes.at, bytes.n);
    return report_print(&out, err);
}

int watchdog_signals(const struct options *opt, struct err *err)
{
    struct config config = {0};
    struct settings settings = {0};
    struct arena run;
    int status;

    arena_init(&run, ARENA_BYTES_MAX);
    status =
        list_signals(opt, &config, &settings, &run, err) ? VERDICT_OK : VERDICT_UNKNOWN;
    settings_release(&settings);
    config_release(&config);
    arena_release(&run);
    return status;
}
