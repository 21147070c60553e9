/*
 * Opening over interruptions, reading whole small files, listing input files, bytes to
 * a descriptor. What is written where is shared/state.c's and report.c's business.
 */
#ifndef SHARED_FILE_H
#define SHARED_FILE_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

/* openat with O_CLOEXEC, tried again when a signal interrupts it, as on a file system
 * that has to ask: every open of a program goes through here. -1 and errno. `mode` is
 * that of a file it makes. */
MUST_USE int file_openat(int folder, const char *name, int flags, mode_t mode);
/* opendir below `folder`, by the same way and with `flags` beside O_DIRECTORY; NULL and
 * errno. */
MUST_USE DIR *file_opendir(int folder, const char *name, int flags);

/* Opens a regular file for reading, as file_read does. `*fd` is -1, and true returned,
 * where no such file is; else the caller closes it. `*size` in bytes. */
MUST_USE bool file_open(int folder, const char *name, bool nofollow, int *fd,
                        size_t *size, struct err *err);

/* The whole of a regular file of at most `most` bytes, NUL-terminated, in the arena;
 * `folder` as in openat (AT_FDCWD for a path). O_NONBLOCK, O_CLOEXEC; a FIFO, folder or
 * device is an error. `nofollow` refuses a symbolic link as the last component. */
MUST_USE bool file_read(int folder, const char *name, size_t most, bool nofollow,
                        struct arena *arena, struct str *bytes, struct err *err);
/* The same, and `*absent` true (with true returned) where no such file is. */
MUST_USE bool file_read_if_there(int folder, const char *name, size_t most,
                                 bool nofollow, struct arena *arena, struct str *bytes,
                                 bool *absent, struct err *err);

/* All the bytes, over interruptions and short writes; else false, and errno. */
MUST_USE bool file_write_all(int fd, struct str bytes);
/* fsync, over interruptions; else false, and errno. */
MUST_USE bool file_sync(int fd);

struct file_list {
    char **path; /* NUL-terminated, in byte order, each (device, inode) once */
    size_t n, capacity;
    char **folder; /* what confinement must let the tool read: folders of the patterns,
                      as given */
    size_t nfolders, folders_capacity;
    size_t most;      /* files; 0: EVENT_FILES_MAX */
    bool keeps_links; /* a symbolic link is a file of its own, for the reader to refuse;
                         else it is what it leads to */
};

/* Adds what `pattern` names, resolved against `base` (a folder; ignored for absolute
 * patterns): a file; a glob with * ? [ in its last component only; a folder (its files
 * whose name ends in one of `endings`, NULL-ended, not recursive, hidden ones left
 * out). `must_exist`: a named file that is missing, or a glob without a match, is an
 * error; an empty folder never is. */
MUST_USE bool file_list_add(struct file_list *list, const char *base,
                            const char *pattern, const char *const *endings,
                            bool must_exist, struct arena *arena, struct err *err);
/* Adds a file that something else names, there or not, and its folder. */
MUST_USE bool file_list_add_path(struct file_list *list, char *path,
                                 struct arena *arena, struct err *err);
/* Sorts by name and drops second mentions of one file. */
void file_list_finish(struct file_list *list);

/* Folder part of a path ("." when it has none), and base joined with a relative path.
 */
char *file_folder(struct arena *arena, const char *path);
char *file_join(struct arena *arena, const char *base, const char *path);

#endif
