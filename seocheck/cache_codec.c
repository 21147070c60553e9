/* Numbers, texts and lists as bytes, and back. Knows nothing of pages. */
#include "seocheck/cache_codec.h"

#include <string.h>

#include "shared/banned.h"

enum { NUMBER_BYTES_MAX = 10, HASH_BYTES = 8 };

static void fail(struct codec *codec)
{
    codec->is_bad = true;
    codec->left = 0;
}

static void write_number(struct codec *codec, uint64_t value)
{
    char bytes[NUMBER_BYTES_MAX];
    size_t n = 0;

    for (; value >= 0x80; value >>= 7)
        bytes[n++] = (char)(uint8_t)(value | 0x80);
    bytes[n++] = (char)(uint8_t)value;
    buf_add(codec->out, bytes, n);
}

static uint64_t read_number(struct codec *codec)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64 && codec->left > 0; shift += 7) {
        uint64_t byte = (uint8_t)*codec->at++;

        codec->left--;
        if (shift == 63 && byte > 1)
            break; // beyond 64 bits
        value |= (byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
    fail(codec);
    return 0;
}

void code_long_number(struct codec *codec, uint64_t *value)
{
    if (codec->out)
        write_number(codec, *value);
    else
        *value = read_number(codec);
}

void code_size(struct codec *codec, size_t *value)
{
    uint64_t number = *value;

    code_number(codec, &number);
    *value = (size_t)number;
}

void code_bool(struct codec *codec, bool *value)
{
    uint64_t number = *value;

    code_number(codec, &number);
    if (number > 1)
        fail(codec);
    *value = number == 1;
}

/* Small numbers of either sign are small: 0, -1, 1, -2 are 0, 1, 2, 3. */
void code_int64(struct codec *codec, int64_t *value)
{
    uint64_t number = (uint64_t)*value << 1 ^ (*value < 0 ? UINT64_MAX : 0);

    code_number(codec, &number);
    if (!codec->out) // halves below 2^63 have a sign of their own
        *value =
            (number & 1) != 0 ? -1 - (int64_t)(number >> 1) : (int64_t)(number >> 1);
}

void code_int32(struct codec *codec, int32_t *value)
{
    int64_t number = *value;

    code_int64(codec, &number);
    if (number < INT32_MIN || number > INT32_MAX) {
        fail(codec);
        number = 0;
    }
    *value = (int32_t)number;
}

void code_hash(struct codec *codec, uint64_t *value)
{
    uint8_t bytes[HASH_BYTES];

    if (codec->out) {
        for (int i = 0; i < HASH_BYTES; i++)
            bytes[i] = (uint8_t)(*value >> (8 * i));
        buf_add(codec->out, (const char *)bytes, HASH_BYTES);
        return;
    }
    *value = 0;
    if (codec->left < HASH_BYTES) {
        fail(codec);
        return;
    }
    memcpy(bytes, codec->at, HASH_BYTES);
    for (int i = 0; i < HASH_BYTES; i++)
        *value |= (uint64_t)bytes[i] << (8 * i);
    codec->at += HASH_BYTES;
    codec->left -= HASH_BYTES;
}

/* `n` bytes and their NUL. */
static void code_bytes(struct codec *codec, struct str *text)
{
    if (codec->out) {
        buf_add(codec->out, text->at, text->n);
        buf_add(codec->out, "", 1);
        return;
    }
    if (text->n >= codec->left || codec->at[text->n] != '\0') {
        fail(codec);
        *text = STR("");
        return;
    }
    text->at = codec->at;
    codec->at += text->n + 1;
    codec->left -= text->n + 1;
}

void code_text(struct codec *codec, struct str *text)
{
    code_size(codec, &text->n);
    if (text->n > 0)
        code_bytes(codec, text);
    else if (!codec->out)
        text->at = NULL;
}

void code_string(struct codec *codec, const char **text)
{
    struct str bytes = str_of(*text);
    size_t n = *text ? bytes.n + 1 : 0;

    code_size(codec, &n);
    bytes.n = n - 1;
    if (n > 0)
        code_bytes(codec, &bytes);
    *text = n > 0 ? bytes.at : NULL;
}

void *code_items(struct codec *codec, void *items, size_t *n, size_t size, size_t least)
{
    code_size(codec, n);
    if (codec->out)
        return items;
    if (*n > codec->left / least) {
        fail(codec);
        *n = 0;
    }
    return arena_alloc(codec->arena, *n, size);
}

void code_target(struct codec *codec, uint32_t *target)
{
    uint64_t row = 0; // one more than it is; 0: none

    if (codec->out && *target != NO_RESOURCE)
        row = (uint64_t)codec->row[*target] + 1;
    code_number(codec, &row);
    if (codec->out)
        return;
    if (row > codec->nrows) {
        fail(codec);
        row = 0;
    }
    *target = row == 0 ? NO_RESOURCE : (uint32_t)(row - 1);
}
