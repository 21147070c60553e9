/*
 * The files of a state folder that are committed (run-all.md 11): conclusions, evidence
 * and what the reports name; nothing else that lies there.
 */
#ifndef SHARED_PATHS_H
#define SHARED_PATHS_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/report.h"
#include "shared/str.h"

/* Parts of [A-Za-z0-9_-][A-Za-z0-9._-]*, joined by '/': nothing hidden, nothing above.
 */
bool path_is_plain(const char *path);
/* "watchdog.tsv", "watchdog.cells.tsv": the name of a tool's history file. */
bool path_is_history(const char *name);

struct paths {
    const char **item;
    size_t n, capacity;
};

/* Those that are there, as regular files, relative to `folder`; sorted, each once. A
 * report that names a path that is not plain is an error. */
MUST_USE bool paths_list(const char *folder, const struct report *reports, size_t n,
                         struct arena *arena, struct paths *paths, struct err *err);

#endif
