/*
 * An API key: read before confinement, kept in memory of its own that is locked, left
 * out of cores and wiped at the end; texts that hold it are made there too. Nothing
 * that may hold it is printed or kept without secret_is_in.
 */
#ifndef PERFCHECK_FETCH_SECRET_H
#define PERFCHECK_FETCH_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/err.h"
#include "shared/str.h"

enum { SECRET_KEY_MAX = 512, SECRET_TEXT_MAX = 16384 };

struct secret {
    char *memory; /* NULL: none */
    size_t n;     /* bytes of the key, at its start */
};

/* From the file (regular, ours, no bit for group or others, no symbolic link, one
 * newline at the end ignored), else from the environment, whose copy is wiped. Both
 * NULL: no key, and n is 0. A key is 8 to SECRET_KEY_MAX visible ASCII characters. */
MUST_USE bool secret_load(struct secret *secret, const char *file, const char *env,
                          struct err *err);
void secret_release(struct secret *secret);

/* `before` and the key, percent-encoded, in the secret's memory: good until the next
 * one. Without a key, or when it would not fit into SECRET_TEXT_MAX, `before` alone. */
const char *secret_append(struct secret *secret, const char *before);

/* Whether the key is in `text`: as it is, percent-encoded, or in base64 of its own. */
bool secret_is_in(const struct secret *secret, struct str text);

#endif
