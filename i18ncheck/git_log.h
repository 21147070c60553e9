/*
 * The dates of files from git's log as run-all.sh writes it (i18ncheck.md 9): streamed,
 * at most 2 GiB. Nothing is spawned, and no file but the log is opened.
 */
#ifndef I18NCHECK_GIT_LOG_H
#define I18NCHECK_GIT_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

enum { GIT_HASH_MAX = 64 };

/* Commits with one of these in their subject, ignoring ASCII case, are minor. */
struct git_minor {
    const char *const *subject;
    size_t n;
};

/* Section 2's default of ignore_subjects. */
extern const struct git_minor git_minor_default;

/* A file whose date is wanted, and its date: of the newest, which is the first, major
 * commit that has it; of its newest commit where all are minor. */
struct git_file {
    const char *path;              /* in: relative to rounds.json, "./" and ".." too */
    const struct git_minor *minor; /* in */
    bool is_known;                 /* a commit has it */
    bool is_minor;                 /* no major one */
    int64_t time_s;                /* author time since the epoch */
    char commit[GIT_HASH_MAX + 1];
};

/* Sets the dates of `n` files. An error, for exit 3: no such file, a shallow clone's
 * log, another version, a record that is malformed or cut, over 2 GiB. */
MUST_USE bool git_log_read(const char *path, struct git_file *file, size_t n,
                           struct arena *arena, struct err *err);

/* The same from a descriptor, which stays open; `name` is for messages. */
MUST_USE bool git_log_read_fd(int fd, const char *name, struct git_file *file, size_t n,
                              struct arena *arena, struct err *err);

#endif
