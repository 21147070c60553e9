/*
 * The state folder: lock, load, canonical bytes, atomic replacement.
 *
 * Calling sequence:
 *     state_folder_open      makes state/ and state/history/, opens both; before
 * confinement state_folder_lock      flock state/.lock, or the inherited
 * ROUNDS_LOCK_FD; busy after 30 s is an error state_json_load        the old
 * conclusions, validated; absent is not an error, corrupt is state_text_load        the
 * old evidence
 *     ... compute, print and flush the report ...
 *     state_save             each file: equal bytes are left alone, else .NAME.tmp,
 * fsync, re-parse, rename state_folder_release Old or new, never a mix, under SIGKILL,
 * ENOSPC, EIO. The table of faults is in docs/state.md.
 */
#ifndef SHARED_STATE_H
#define SHARED_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

enum { LOCK_SECONDS = 30 }; /* how long a busy lock is waited for */

struct state_folder {
    const char *path; /* as the user gave it, for messages */
    int fd;           /* -1 when not there (and not made) */
    int history_fd;
    const char *other; /* name of a further folder in it; NULL: none */
    int other_fd;
    int lock_fd; /* -1 when not locked by us */
};

/* Before it is opened, so that releasing it closes nothing. */
#define STATE_FOLDER_CLOSED                                       \
    {                                                             \
        .fd = -1, .history_fd = -1, .other_fd = -1, .lock_fd = -1 \
    }

/* `create`: make the folders when missing (a dry run and `show` do not: then fd may be
 * -1, and loads find nothing). */
MUST_USE bool state_folder_open(struct state_folder *folder, const char *path,
                                bool create, struct err *err);
/* A further folder in it, for files of another kind: "weights", ".cache/seocheck".
 * Once, before confinement. */
MUST_USE bool state_folder_add(struct state_folder *folder, const char *name,
                               bool create, struct err *err);
MUST_USE bool state_folder_lock(struct state_folder *folder, int seconds,
                                struct err *err);
void state_folder_release(struct state_folder *folder);

/* `name` below state/, "history/NAME" or "OTHER/NAME". Refuses what docs/state.md lists
 * as corrupt: file untouched, the message names the line and the remedy. `*json` NULL
 * when there is no file. Checks `tool` and `schema` (an integer, at most `schema`). The
 * caller owns
 * `*json`. */
MUST_USE bool state_json_load(const struct state_folder *folder, const char *name,
                              const char *tool, int schema, struct arena *arena,
                              json_t **json, struct err *err);

/* The same in two steps, for who wants to know first whether the bytes are others. */
struct state_file {
    const struct state_folder *folder; /* borrowed, as the name is */
    const char *name;
    bool is_there;
    struct str bytes;
};

MUST_USE bool state_file_read(const struct state_folder *folder, const char *name,
                              struct arena *arena, struct state_file *file,
                              struct err *err);
MUST_USE bool state_file_parse(const struct state_file *file, const char *tool,
                               int schema, struct arena *arena, json_t **json,
                               struct err *err);

/* What is wrong inside a document that was loaded, as corrupt as text that cannot be
 * parsed: puts the file and its line before what `err` says, and the remedy behind it.
 * `err` begins with the JSON pointer, "/through: ...". Always false. */
bool state_json_refuse(const struct state_folder *folder, const char *name,
                       struct arena *arena, struct err *err);

/* The bytes of a TSV file whose first line must be `header` (without newline); `*bytes`
 * is what follows the header, its `at` NULL when the file is not there. `header` NULL:
 * the first line is the caller's to judge, and part of `*bytes`. Conflict
 * markers, NUL, bad UTF-8, a missing final newline and lines over
 * HISTORY_LINE_BYTES_MAX are refused with the line. */
MUST_USE bool state_text_load(const struct state_folder *folder, const char *name,
                              const char *header, struct arena *arena,
                              struct str *bytes, struct err *err);

/* Canonical JSON: sorted keys, one fact a line, two spaces of indent, arrays of scalars
 * on one line, final newline. Only objects, arrays, strings, integers, booleans and
 * null: a real number is our own mistake. The bytes are parsed again and compared with
 * `json` before they are returned. */
MUST_USE bool state_json_format(const json_t *json, struct arena *arena,
                                struct str *bytes, struct err *err);

/* The same text of any value that stands `depth` levels deep, without a newline behind
 * it and unchecked, for output too large to be built whole. */
void state_json_add(const json_t *json, size_t depth, struct buf *out);

/* Atomic replacement. No write when the file has these bytes already; `*changed` (may
 * be NULL) says. The temporary file is read back and compared before the rename. Bytes
 * that hold a secret (shared/secret.h) are refused. */
MUST_USE bool state_save(const struct state_folder *folder, const char *name,
                         struct str bytes, bool *changed, struct err *err);

#endif
