/*
 * Confinement of the programs beside the tools: none has a network, each reads what its
 * command line names. Paths are gathered, then the kernel holds the process to them.
 *
 *     struct reach reach = {.write_as = "%A"};
 *     reach_read(&reach, opt->args[0]);
 *     reach_write(&reach, folder);
 *     if (!reach_confine(&reach, opt, run, err))
 *         return false;
 *
 * Before anything from outside is parsed; folders that are to be written are made
 * before.
 */
#ifndef SHARED_CONFINE_H
#define SHARED_CONFINE_H

#include <stddef.h>

#include "shared/arena.h"
#include "shared/cli.h"
#include "shared/err.h"

enum { REACH_PATHS_MAX = 32 };

struct reach {
    const char *read[REACH_PATHS_MAX], *write[REACH_PATHS_MAX];
    size_t nread, nwrite;
    const char *write_as; /* what -v calls the folders written; NULL: "state" */
};

/* Borrowed. NULL adds nothing; more than REACH_PATHS_MAX of a kind is our own mistake.
 */
void reach_read(struct reach *reach, const char *path);
void reach_write(struct reach *reach, const char *folder);

/* By --sandbox; -v says on stderr what is enforced. */
MUST_USE bool reach_confine(const struct reach *reach, const struct options *opt,
                            struct arena *arena, struct err *err);

#endif
