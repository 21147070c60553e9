/*
 * The message of the commit that a run makes (run-all.md 11): the verdict, at most 20
 * changes, trailers. What findings and facts say is outside text: it stays on its line
 * and mentions, closes and skips nothing where the commit is pushed to.
 */
#ifndef SHARED_MESSAGE_H
#define SHARED_MESSAGE_H

#include <stddef.h>

#include "shared/changes.h"
#include "shared/report.h"
#include "shared/str.h"

/* `changes`: from the state of the commit before. Subject of at most 72 characters. */
void message_format(const struct report *reports, size_t n,
                    const struct changes *changes, struct buf *out);

#endif
