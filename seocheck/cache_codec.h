/*
 * One walk over a struct that writes it to bytes or reads it from them, so that the two
 * cannot differ. For cache*.c alone. Reading latches one error and goes on with zeros.
 */
#ifndef SEOCHECK_CACHE_CODEC_H
#define SEOCHECK_CACHE_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seocheck/site.h"
#include "shared/arena.h"
#include "shared/str.h"

struct codec {
    struct buf *out;     /* writing; NULL: reading */
    const char *at;      /* reading: what is left */
    size_t left;         /* bytes */
    bool is_bad;         /* they are not what was written */
    struct arena *arena; /* reading: of what is made */
    const uint32_t *row; /* writing: of each resource; reading leaves rows */
    size_t nrows;
};

void code_long_number(struct codec *codec, uint64_t *value);

static inline void code_number(struct codec *codec, uint64_t *value)
{
    if (!codec->out && codec->left > 0 && (uint8_t)*codec->at < 0x80) {
        *value = (uint8_t)*codec->at++; // nearly all that is read
        codec->left--;
    } else {
        code_long_number(codec, value);
    }
}

void code_size(struct codec *codec, size_t *value);
void code_bool(struct codec *codec, bool *value);
void code_int64(struct codec *codec, int64_t *value);
void code_int32(struct codec *codec, int32_t *value);
/* 8 bytes. */
void code_hash(struct codec *codec, uint64_t *value);
/* With a NUL behind it; reading borrows. */
void code_text(struct codec *codec, struct str *text);
/* The same of a text that may be NULL. */
void code_string(struct codec *codec, const char **text);
/* The number of items; reading makes room for them, `size` bytes each. `least`: bytes
 * that one takes here at least, so that no number asks for more than there can be. */
void *code_items(struct codec *codec, void *items, size_t *n, size_t size,
                 size_t least);
/* A resource, or NO_RESOURCE. */
void code_target(struct codec *codec, uint32_t *target);

void code_page(struct codec *codec, struct page *page);

#endif
