/* Paths by name, then shared/sandbox.c. */
#include "shared/confine.h"

#include <assert.h>

#include "shared/sandbox.h"

#include "shared/banned.h"

static void add(const char **paths, size_t *n, const char *path)
{
    if (!path)
        return;
    assert(*n < REACH_PATHS_MAX);
    paths[(*n)++] = path;
}

void reach_read(struct reach *reach, const char *path)
{
    add(reach->read, &reach->nread, path);
}

void reach_write(struct reach *reach, const char *folder)
{
    add(reach->write, &reach->nwrite, folder);
}

bool reach_confine(const struct reach *reach, const struct options *opt,
                   struct arena *arena, struct err *err)
{
    const struct sandbox_plan plan = {.mode = opt->sandbox,
                                      .write = reach->write,
                                      .nwrite = reach->nwrite,
                                      .read = reach->read,
                                      .nread = reach->nread};
    struct confinement confined;

    if (!sandbox_enter(&plan, &confined, err))
        return false;
    if (reach->nwrite > 0)
        confined.write_as = reach->write_as;
    if (opt->verbose)
        cli_say(opt, "confined: %s", confinement_text(arena, &confined));
    return true;
}
