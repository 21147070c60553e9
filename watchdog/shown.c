/* Settings and state for the verbs that only look. Judges and writes nothing. */
#include "watchdog/shown.h"

#include "shared/look.h"

#include "shared/banned.h"

/* All that the schema asks for; the rest are its defaults. No source is opened. */
static const char nothing_said[] =
    "{\"sources\": {\"events\": {\"type\": \"jsonl\", \"path\": \"-\"}},"
    " \"watchdog\": {}}";

void shown_init(struct shown *shown)
{
    *shown = (struct shown){.folder = STATE_FOLDER_CLOSED};
}

void shown_release(struct shown *shown)
{
    known_release(&shown->known);
    state_folder_release(&shown->folder);
    settings_release(&shown->settings);
    config_release(&shown->config);
}

bool shown_settings(const struct options *opt, bool is_needed, struct arena *run,
                    struct shown *shown, struct err *err)
{
    return look_configure(opt, is_needed, nothing_said, run, &shown->config, err) &&
           settings_read(&shown->config, run, &shown->settings, err);
}

bool shown_load(const struct options *opt, struct arena *run, struct shown *shown,
                struct confinement *confined, struct err *err)
{
    const char *state;

    return shown_settings(opt, !opt->state_path, run, shown, err) &&
           (state = look_at(opt, &shown->config, run, &shown->folder, confined, err)) &&
           known_load(&shown->folder, run, &shown->known, err) &&
           look_found(shown->known.json, state, WATCHDOG_JSON, err);
}
