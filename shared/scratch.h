/*
 * Unnamed temporary files: opened before confinement, gone with the process.
 */
#ifndef SHARED_SCRATCH_H
#define SHARED_SCRATCH_H

#include <stddef.h>

/* A descriptor to read and write; -1 with errno set. Where the file system has no
 * unnamed files, a named one that loses its name at once: `number` tells those of one
 * process apart. */
int scratch_open(const char *folder, size_t number);

#endif
