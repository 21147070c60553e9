/* Reads the experiment log that people keep beside the configuration. */
#include <fcntl.h>

#include "bandit/bandit.h"
#include "shared/file.h"

#include "shared/banned.h"

bool collect_log(const struct config *config, const struct experiment *experiment,
                 struct arena *arena, struct str *text, struct err *err)
{
    const char *path = file_join(arena, config->folder, experiment->log);
    bool is_absent;

    *text = (struct str){NULL, 0};
    if (!file_read_if_there(AT_FDCWD, path, LOG_BYTES_MAX, false, arena, text,
                            &is_absent, err))
        return err_wrap(err, "experiment '%s': log '%s'", experiment->id,
                        experiment->log);
    if (is_absent)
        *text = (struct str){NULL, 0};
    return true;
}
