/*
 * Names from user-agent strings: browser, device, and whether it is a bot of
 * shared/bots.txt. Agents repeat, so verdicts are remembered by hash.
 */
#ifndef SHARED_AGENT_H
#define SHARED_AGENT_H

#include <stdbool.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/str.h"

struct agent {
    struct str browser; /* Edge Opera "Samsung Internet" Firefox Chrome Safari Other */
    struct str device;  /* Desktop Mobile Tablet */
    bool is_bot;
};

struct agents; /* the list of bots and what is remembered; lives in the arena */

struct agents *agents_new(struct arena *arena);

/* `hash` is hash_bytes of `text`. */
struct agent agents_find(struct agents *agents, struct str text, uint64_t hash);

#endif
