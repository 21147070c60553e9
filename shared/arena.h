/*
 * The run's memory: allocate, never free one by one, release all at the end. Zeroed.
 * When memory or the cap is exhausted the arena says so on stderr and exits 3: the one
 * place below main that may, because nothing above could do better. Make no arena
 * allocation while a temporary file exists.
 *
 *     struct arena run;
 *     arena_init(&run, ARENA_BYTES_MAX);
 *     struct event *events = arena_new(&run, struct event, n);
 *     arena_release(&run);
 */
#ifndef SHARED_ARENA_H
#define SHARED_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *newest;
    size_t used;  /* bytes of the newest block */
    size_t total; /* bytes of all blocks */
    size_t most;  /* the cap on total */
};

void arena_init(struct arena *arena, size_t most_bytes);
void arena_release(struct arena *arena);
/* Empty again, its newest block kept: for what is read file by file. */
void arena_reset(struct arena *arena);

/* `count` objects of `size` bytes, zeroed, aligned for any type; count * size is
 * checked. Never NULL; zero bytes give a valid pointer. */
void *arena_alloc(struct arena *arena, size_t count, size_t size);

/* A copy of `old` objects in room for `count`; the old place is left behind. */
void *arena_grow(struct arena *arena, const void *from, size_t old, size_t count,
                 size_t size);

/* The same for objects that nothing points into: the old place may be gone. What is
 * large is never there twice. `from` NULL: none yet. */
void *arena_extend(struct arena *arena, void *from, size_t old, size_t count,
                   size_t size);

#define arena_new(arena, type, count) \
    ((type *)arena_alloc((arena), (count), sizeof(type)))

/* Room for one more in a growing array: doubles `*capacity` from 16 when `n` has
 * reached it. list->item = arena_room(run, list->item, list->n, &list->capacity, sizeof
 * *list->item); */
void *arena_room(struct arena *arena, void *items, size_t n, size_t *capacity,
                 size_t size);
/* The same for an array that nothing points into, as arena_extend. */
void *arena_room_alone(struct arena *arena, void *items, size_t n, size_t *capacity,
                       size_t size);

#endif
