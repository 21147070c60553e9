/*
 * Secrets that are sent to other services: tokens, keys, passwords, addresses that are
 * secrets themselves. Read before confinement, so that no path of theirs needs a rule;
 * kept in memory of their own that is locked and left out of cores; texts that hold
 * them (headers, bodies, addresses) are made there too. All are known until
 * secrets_wipe, which cli_main calls last: whoever writes state, a report or a message
 * asks secret_leaks first.
 *
 *     if (!secret_load(&token, file, env, "source 'events'", err))
 *         return false;
 *     headers[0] = secret_text(token, "Authorization: Bearer ", SECRET_AS_IS, "");
 */
#ifndef SHARED_SECRET_H
#define SHARED_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/err.h"
#include "shared/str.h"

enum {
    SECRET_SOUGHT_MIN = 8,   /* bytes: a shorter one cannot be told from other text */
    SECRET_TEXT_MAX = 32768, /* bytes of a text that holds one */
};

/* NULL, where a function below takes one: there is none. */
struct secret;

/* From `file` (regular, ours, no bit for group or others, no symbolic link, at most
 * SECRET_BYTES_MAX, one newline at the end ignored), else from the environment variable
 * `env`, whose copy there is wiped; the same name again gives the same bytes. Both
 * NULL: `*secret` is NULL. 1 to SECRET_BYTES_MAX bytes of UTF-8 without control
 * characters. `of` says whose it is, before the message ("source 'events'"); NULL:
 * nothing. */
MUST_USE bool secret_load(struct secret **secret, const char *file, const char *env,
                          const char *of, struct err *err);

/* The same of bytes at hand: a token that a service gave for a password, the part of an
 * address that is to be kept. */
MUST_USE bool secret_keep(struct secret **secret, struct str bytes, const char *of,
                          struct err *err);

/* All of them, wherever they are held; nothing of them is good afterwards. */
void secrets_wipe(void);

/* NUL-terminated, good until secrets_wipe; "" of none. Never to be printed. */
const char *secret_value(const struct secret *secret);

enum secret_form {
    SECRET_AS_IS,
    SECRET_PERCENT, /* RFC 3986, for queries and forms */
    SECRET_JSON,    /* inside the quotes of a JSON text */
};

/* `before`, the secret, `after`, in the secret's memory: good until its next text.
 * Of none: "". NULL when that would be over SECRET_TEXT_MAX. */
const char *secret_text(struct secret *secret, const char *before,
                        enum secret_form form, const char *after);

/* Whether a secret of SECRET_SOUGHT_MIN bytes or more is in `text`: as it is,
 * percent-encoded, as JSON, or inside of base64. */
bool secret_is_in(struct secret *secret, struct str text);
/* The same of any that is loaded. */
bool secret_leaks(struct str text);

#endif
