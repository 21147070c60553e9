/* The run's memory. Blocks double up to 1 MiB, objects that are large beside them get
 * their own. */
#include "shared/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shared/memory.h"

#include "shared/banned.h"

enum { ALIGN = 16, FIRST_BYTES = 1 << 14, BLOCK_BYTES = 1 << 20 };

struct arena_block {
    struct arena_block *older;
    size_t size;    /* bytes behind this head */
    bool holds_one; /* object, which may grow */
};

enum { HEAD = (sizeof(struct arena_block) + ALIGN - 1) / ALIGN * ALIGN };

void arena_init(struct arena *arena, size_t most_bytes)
{
    *arena = (struct arena){.most = most_bytes};
}

void arena_release(struct arena *arena)
{
    struct arena_block *block = arena->newest;

    while (block) {
        struct arena_block *older = block->older;

        free(block);
        block = older;
    }
    *arena = (struct arena){0};
}

void arena_reset(struct arena *arena)
{
    struct arena_block *newest = arena->newest;
    struct arena older = {0};

    if (!newest)
        return;
    older.newest = newest->older;
    arena_release(&older);
    newest->older = NULL;
    memset((char *)newest + HEAD, 0, arena->used); // the rest was never given
    arena->used = 0;
    arena->total = newest->size;
}

static struct arena_block *block_new(struct arena *arena, size_t size)
{
    struct arena_block *block;

    if (size > SIZE_MAX - HEAD || size > arena->most - arena->total)
        memory_is_out();
    block = calloc(1, HEAD + size);
    if (block) {
        block->size = size;
        arena->total += size;
        return block;
    }
    memory_is_out();
}

/* Many arenas are small: 64 requests under way have one each. */
static size_t next_block_bytes(const struct arena *arena)
{
    if (arena->total < FIRST_BYTES)
        return FIRST_BYTES;
    return arena->total < BLOCK_BYTES ? arena->total : BLOCK_BYTES;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
    struct arena_block *block = arena->newest;
    size_t bytes, next;
    void *at;

    if (size != 0 && count > (SIZE_MAX / 2) / size)
        memory_is_out();
    bytes = (count * size + ALIGN - 1) / ALIGN * ALIGN;
    if (block && bytes <= block->size - arena->used) {
        at = (char *)block + HEAD + arena->used;
        arena->used += bytes;
        return at;
    }
    next = next_block_bytes(arena);
    if (block && bytes > next / 4) { // its own block, behind the one still in use
        struct arena_block *own = block_new(arena, bytes);

        own->holds_one = true;
        own->older = block->older;
        block->older = own;
        return (char *)own + HEAD;
    }
    size = bytes > next ? bytes : next;
    if (size > arena->most - arena->total && bytes <= arena->most - arena->total)
        size = arena->most - arena->total; // the last block of a small arena
    block = block_new(arena, size);
    block->older = arena->newest;
    arena->newest = block;
    arena->used = bytes;
    return (char *)block + HEAD;
}

void *arena_grow(struct arena *arena, const void *from, size_t old, size_t count,
                 size_t size)
{
    void *to = arena_alloc(arena, count, size);

    if (from)
        memcpy(to, from, old * size);
    return to;
}

/* Where the block is kept that holds only this object; NULL: it shares one. */
static struct arena_block **own_block(struct arena *arena, const void *object)
{
    struct arena_block **at = &arena->newest;

    while (*at && (const char *)*at + HEAD != (const char *)object)
        at = &(*at)->older;
    return *at && (*at)->holds_one ? at : NULL;
}

void *arena_extend(struct arena *arena, void *from, size_t old, size_t count,
                   size_t size)
{
    struct arena_block **at = own_block(arena, from), *moved;
    size_t bytes, added;

    if (!at || (size != 0 && count > (SIZE_MAX / 2) / size))
        return arena_grow(arena, from, old, count, size);
    bytes = (count * size + ALIGN - 1) / ALIGN * ALIGN;
    if (bytes <= (*at)->size)
        return from;
    added = bytes - (*at)->size;
    if (added > arena->most - arena->total || !(moved = realloc(*at, HEAD + bytes)))
        memory_is_out();
    memset((char *)moved + HEAD + moved->size, 0, added);
    moved->size = bytes;
    *at = moved;
    arena->total += added;
    return (char *)moved + HEAD;
}

void *arena_room(struct arena *arena, void *items, size_t n, size_t *capacity,
                 size_t size)
{
    if (n < *capacity)
        return items;
    *capacity = *capacity == 0 ? 16 : *capacity * 2;
    return arena_grow(arena, items, n, *capacity, size);
}

void *arena_room_alone(struct arena *arena, void *items, size_t n, size_t *capacity,
                       size_t size)
{
    if (n < *capacity)
        return items;
    *capacity = *capacity == 0 ? 16 : *capacity * 2;
    return arena_extend(arena, items, n, *capacity, size);
}
