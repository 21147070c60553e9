/*
 * Where `rounds-report html` writes: a file beside which a temporary one is made,
 * synced and renamed. Old or new, never a mix.
 *
 *     html_file_enter     opens the folder and confines the process: it reads what the
 *                         command line names, writes in that folder alone
 *     html_file_save      mode 0644; equal bytes are not written again
 *     html_file_release
 */
#ifndef SHARED_HTML_FILE_H
#define SHARED_HTML_FILE_H

#include <stdbool.h>

#include "shared/arena.h"
#include "shared/cli.h"
#include "shared/err.h"
#include "shared/state.h"
#include "shared/str.h"

enum { HTML_BYTES_MAX = 1024 * 1024 };

struct html_file {
    struct state_folder folder;
    const char *name; /* in it */
};

MUST_USE bool html_file_enter(struct html_file *file, const struct options *opt,
                              const char *path, struct arena *arena, struct err *err);
MUST_USE bool html_file_save(const struct html_file *file, struct str bytes,
                             struct err *err);
void html_file_release(struct html_file *file);

#endif
