/*
 * What sources at hosted products have in common: the keys of their configuration, the
 * token, and questions to one API. What an answer says is the product's own file.
 *
 *     self->hosted = (struct hosted){config, name, arena};
 *     if (!hosted_open(&self->hosted, &product, opened, err))
 *         return false;                          before confinement
 *     ...
 *     if (!hosted_ask(&self->hosted, &(struct api_request){.url = ..}, &body, err))
 *     ...
 *     hosted_close(&self->hosted);
 */
#ifndef SHARED_ENGINES_HOSTED_H
#define SHARED_ENGINES_HOSTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/api.h"
#include "shared/engine.h"
#include "shared/engines/reply.h"
#include "shared/secret.h"

/* A product, as it is told apart from the others. */
struct hosted_product {
    const char *lacks; /* what a refused token may lack: "query:read" */
    int lag_h;         /* where the configuration has none */
    bool may_log_in;   /* with a user and a password in place of a token */
};

struct hosted {
    const struct config *config;
    const char *name; /* of the source */
    struct arena *arena;
    const json_t *json;
    const char *who; /* "source 'events'" */
    struct api_conf conf;
    struct api api;
    bool is_open;
    const char *base;     /* "https://plausible.io", no slash at its end */
    struct secret *token; /* NULL: none yet, where the product may log in */
    struct reply_notes notes;
};

/* `config`, `name` and `arena` are set, the rest is filled in. Reads the keys url,
 * token_file, token_env, ca_file, allow_private, timeout_s, budget_s and lag_h; fills
 * ports, files and lag_h of `opened`. A source without a token is refused. */
MUST_USE bool hosted_open(struct hosted *hosted, const struct hosted_product *product,
                          struct engine_opened *opened, struct err *err);
void hosted_close(struct hosted *hosted);

/* Refuses a product's days that are not the configuration's, by the source's own key
 * `timezone`. */
MUST_USE bool hosted_check_zone(const struct hosted *hosted, struct err *err);

/* "/sources/NAME/KEY", for config_err. */
const char *hosted_key(const struct hosted *hosted, const char *key);

/* An address of the API: `path` begins with a slash. */
const char *hosted_url(const struct hosted *hosted, const char *path);

/* Asks with "Authorization: Bearer TOKEN", JSON there and back, where `request` says
 * nothing else: headers, most_bytes. */
MUST_USE bool hosted_ask(struct hosted *hosted, struct api_request request,
                         struct api_reply *reply, struct err *err);

/* "source 'events': WHY; nothing of 2026-03-02 is used". Always false. */
bool hosted_refuse(const struct hosted *hosted, int32_t day, struct err *err);

/* For struct engine's `notes`. */
const char *const *hosted_notes(const struct hosted *hosted, size_t *n);

#endif
