/* Settings and state for the verbs that only look. Judges and writes nothing. */
#include "watchdog/shown.h"

#include <string.h>
#include <unistd.h>

#include "shared/file.h"

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
    bool is_absent = !is_needed && strcmp(opt->config_path, CONFIG_PATH) == 0 &&
                     access(opt->config_path, F_OK) != 0;
    bool is_read = is_absent ? config_parse(str_of(nothing_said), "the defaults", run,
                                            &shown->config, err)
                             : config_load(opt->config_path, run, &shown->config, err);

    return is_read && settings_read(&shown->config, run, &shown->settings, err);
}

bool shown_load(const struct options *opt, struct arena *run, struct shown *shown,
                struct confinement *confined, struct err *err)
{
    const char *path = opt->state_path;
    struct sandbox_plan plan = {.mode = opt->sandbox, .read = &path, .nread = 1};

    if (!shown_settings(opt, !opt->state_path, run, shown, err))
        return false;
    if (!path)
        path = file_join(run, shown->config.folder, "state");
    if (!state_folder_open(&shown->folder, path, false, err) ||
        !sandbox_enter(&plan, confined, err) ||
        !known_load(&shown->folder, run, &shown->known, err))
        return false;
    if (!shown->known.json)
        return err_set(err,
                       "nothing to show: there is no '%s/" WATCHDOG_JSON "'; run first",
                       path);
    return true;
}
