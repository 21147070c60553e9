/* The verb `fetch` is a program of its own, beside this one: the process becomes it. */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "perfcheck/perfcheck.h"

#include "shared/banned.h"

enum { PATH_BYTES = 4096 };

static char **line; /* of main, before options were read */

void become_fetch_keep(char **argv)
{
    line = argv;
}

int perfcheck_fetch(const struct options *opt, struct err *err)
{
    static const char name[] = "rounds-perfcheck-fetch";
    char path[PATH_BYTES + sizeof name];
    ssize_t n = readlink("/proc/self/exe", path, PATH_BYTES - 1);
    char *slash;

    (void)opt;
    path[n > 0 ? n : 0] = '\0';
    slash = strrchr(path, '/');
    if (!slash) {
        (void)err_set(err, "cannot tell where this program is; is /proc there?");
        return VERDICT_UNKNOWN;
    }
    memcpy(slash + 1, name, sizeof name);
    (void)execv(path, line);
    (void)err_system(err, "cannot run '%s'; install rounds whole", path);
    return VERDICT_UNKNOWN;
}
