/*
 * A tool whose other half links libraries that most runs do not need: the process
 * becomes the program beside it, with the same command line. Before confinement and
 * before anything is locked.
 */
#ifndef SHARED_BECOME_H
#define SHARED_BECOME_H

#include <stdbool.h>

#include "shared/err.h"

/* Runs "<this program><ending>" in place of this one. Returns only when it cannot:
 * false. */
bool become_sibling(const char *ending, struct err *err);

#endif
