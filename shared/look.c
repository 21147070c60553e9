/* What all tools' verbs have in common that only look. */
#include "shared/look.h"

#include <string.h>
#include <unistd.h>

#include "shared/file.h"

#include "shared/banned.h"

bool look_lacks_config(const struct options *opt)
{
    return strcmp(opt->config_path, CONFIG_PATH) == 0 && access(CONFIG_PATH, F_OK) != 0;
}

bool look_configure(const struct options *opt, bool is_needed, const char *nothing_said,
                    struct arena *run, struct config *config, struct err *err)
{
    if (!is_needed && look_lacks_config(opt))
        return config_parse(str_of(nothing_said), "the defaults", run, config, err);
    return config_load(opt->config_path, run, config, err);
}

const char *look_at(const struct options *opt, const struct config *config,
                    struct arena *run, struct state_folder *folder,
                    struct confinement *confined, struct err *err)
{
    const char *state =
        opt->state_path ? opt->state_path : file_join(run, config->folder, "state");
    struct sandbox_plan plan = {.mode = opt->sandbox, .read = &state, .nread = 1};

    if (!state_folder_open(folder, state, false, err) ||
        !sandbox_enter(&plan, confined, err))
        return NULL;
    return state;
}

bool look_found(const json_t *json, const char *state, const char *name,
                struct err *err)
{
    return json ||
           err_set(err, "nothing to show: there is no '%s/%s'; run first", state, name);
}
