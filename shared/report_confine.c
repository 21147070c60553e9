/* What rounds-report may read (hostile-input.md 4). */
#include "shared/report_verbs.h"
#include "shared/str.h"

#include "shared/banned.h"

struct reach report_reach(const struct options *opt, struct arena *run)
{
    const char *state = opt->state_path;
    struct reach reach = {0};

    if (!state)
        state = file_join(run, file_folder(run, opt->config_path), "state");
    reach_read(&reach, opt->config_path);
    reach_read(&reach, state);
    reach_read(&reach, cli_value(opt, FLAG_BEFORE));
    reach_read(&reach, cli_value(opt, FLAG_WORK));
    for (size_t i = 0; i < opt->nargs; i++) {
        struct str field[3];

        if (str_split(str_of(opt->args[i]), '=', field, 3) >= 3)
            reach_read(&reach, field[2].at); // the rest of the word
    }
    return reach;
}
