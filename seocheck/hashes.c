/* Hashes of pages: of their content, their links, and one that near pages share. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "seocheck/extract_internal.h"
#include "shared/fnv.h"

#include "shared/banned.h"

enum { SHINGLE_WORDS = 3, SIMHASH_WORDS_MIN = 50, HASH_BITS = 64 };

enum { WORDS_MAX = 1 << 18 }; // of a text; a book has half as many

#define LANES UINT64_C(0x0101010101010101) // the lowest bit of each byte

/* The low bits of FNV-1a mix poorly, so fmix64 of Appleby's MurmurHash3 follows. */
uint64_t seo_hash(const void *at, size_t n)
{
    uint64_t hash = fnv((struct str){at, n});

    hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
    hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ hash >> 33;
}

/* ---- content and links ---- */

static void add_part(struct buf *joined, struct str text)
{
    if (text.n > 0)
        buf_add(joined, text.at, text.n);
    buf_add(joined, "\x1f", 1);
}

static int compare_texts(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

/* The resolved URLs in byte order; `own_main`: own hrefs of the main part alone. */
static struct str *sorted_urls(const struct extraction *extraction, bool own_main,
                               struct arena *arena, size_t *n)
{
    struct str *urls = arena_new(arena, struct str, extraction->nlinks);

    *n = 0;
    for (size_t i = 0; i < extraction->nlinks; i++) {
        const struct link *link = &extraction->link[i];

        if (link->result != URL_OK ||
            (own_main && !(link->kind == LINK_A && link->is_main && link->is_own)))
            continue;
        urls[(*n)++] = link->url.text;
    }
    if (*n > 1)
        qsort(urls, *n, sizeof *urls, compare_texts);
    return urls;
}

static struct str description(const struct extraction *extraction)
{
    for (size_t i = 0; i < extraction->nmetas; i++)
        if (!extraction->meta[i].is_http_equiv &&
            str_equal(extraction->meta[i].name, STR("description")))
            return extraction->meta[i].content;
    return (struct str){0};
}

uint64_t content_hash(const struct extraction *extraction, struct str canonical,
                      struct str robots, struct str jsonld, struct arena *arena)
{
    struct buf joined;
    size_t n;
    struct str *urls = sorted_urls(extraction, true, arena, &n);

    buf_init(&joined, arena, SIZE_MAX / 2);
    joined.gives_back = true;
    add_part(&joined, extraction->title);
    add_part(&joined, canonical);
    add_part(&joined, description(extraction));
    add_part(&joined, robots);
    add_part(&joined, extraction->main_text);
    for (size_t i = 0; i < n; i++)
        add_part(&joined, urls[i]);
    add_part(&joined, jsonld);
    return seo_hash(joined.at, joined.n - 1); // joined by it, so not behind the last
}

uint64_t links_hash(const struct extraction *extraction, struct arena *arena)
{
    struct buf joined;
    size_t n;
    struct str *urls = sorted_urls(extraction, false, arena, &n);

    buf_init(&joined, arena, SIZE_MAX / 2);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || !str_equal(urls[i - 1], urls[i]))
            add_part(&joined, urls[i]);
    return seo_hash(joined.n > 0 ? joined.at : "", joined.n > 0 ? joined.n - 1 : 0);
}

/* ---- simhash: Charikar 2002; over shingles as Manku, Jain, Das Sarma 2007 ---- */

static bool is_word_byte(char c)
{
    unsigned byte = (unsigned char)c;

    return (byte | 0x20) - 'a' < 26 || byte - '0' < 10 || byte >= 0x80;
}

/* Takes the next word off `rest`. */
static bool next_word(struct str *rest, struct str *word)
{
    size_t from = 0, to;

    while (from < rest->n && !is_word_byte(rest->at[from]))
        from++;
    for (to = from; to < rest->n && is_word_byte(rest->at[to]); to++)
        ;
    if (to == from)
        return false;
    *word = (struct str){rest->at + from, to - from};
    *rest = (struct str){rest->at + to, rest->n - to};
    return true;
}

size_t words_count(struct str text)
{
    struct str word;
    size_t n = 0;

    while (next_word(&text, &word))
        n++;
    return n;
}

/* Hashes of all shingles of the first WORDS_MAX words; `*nwords` is how many words
 * those are. Reads the text once: a long one is looked at for the second time here. */
static uint64_t *shingles(struct str text, struct arena *arena, size_t *nwords)
{
    size_t most = text.n / 2 + 1 < WORDS_MAX ? text.n / 2 + 1 : WORDS_MAX; // words
    char *words = arena_new(arena, char, text.n + 1); // lower case, one space between
    uint64_t *hashes = arena_new(arena, uint64_t, most);
    size_t from[SHINGLE_WORDS]; // where the last words begin
    struct str word;
    size_t at = 0, n = 0;

    while (n < most && next_word(&text, &word)) {
        from[n++ % SHINGLE_WORDS] = at;
        for (size_t j = 0; j < word.n; j++) {
            char c = word.at[j];

            words[at++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        }
        words[at++] = ' ';
        if (n >= SHINGLE_WORDS) {
            size_t begin = from[n % SHINGLE_WORDS]; // of the oldest of them

            hashes[n - SHINGLE_WORDS] = seo_hash(words + begin, at - 1 - begin);
        }
    }
    *nwords = n;
    return hashes;
}

/* Leaves the first of equal ones; how many are left. A zero marks a free slot and is
 * kept apart. */
static size_t distinct(uint64_t *hashes, size_t n, struct arena *arena)
{
    size_t nslots = 64, kept = 0;
    bool has_zero = false;
    uint64_t *slot;

    while (nslots < 2 * n)
        nslots *= 2;
    slot = arena_new(arena, uint64_t, nslots);
    for (size_t i = 0; i < n; i++) {
        size_t at = (size_t)hashes[i] & (nslots - 1);
        bool is_zero = hashes[i] == 0;

        while (slot[at] != 0 && slot[at] != hashes[i])
            at = (at + 1) & (nslots - 1);
        if (is_zero ? has_zero : slot[at] != 0)
            continue;
        has_zero = has_zero || is_zero;
        slot[at] = hashes[i];
        hashes[kept++] = hashes[i];
    }
    return kept;
}

/* How many of the hashes have each bit. Byte j of `lane[k]` counts bit 8 j + k, eight
 * bits an addition, and is emptied before it could overflow. */
static void count_bits(const uint64_t *hashes, size_t n, size_t *ones)
{
    uint64_t lane[CHAR_BIT] = {0};

    for (size_t i = 0; i < n; i++) {
        for (unsigned k = 0; k < CHAR_BIT; k++)
            lane[k] += hashes[i] >> k & LANES;
        if (i % UINT8_MAX != UINT8_MAX - 1 && i + 1 < n)
            continue;
        for (unsigned bit = 0; bit < HASH_BITS; bit++)
            ones[bit] += lane[bit % CHAR_BIT] >> (bit - bit % CHAR_BIT) & UINT8_MAX;
        memset(lane, 0, sizeof lane);
    }
}

bool simhash(struct str text, struct arena *arena, uint64_t *hash)
{
    size_t n;
    size_t ones[HASH_BITS] = {0};
    uint64_t *hashes = shingles(text, arena, &n);

    if (n < SIMHASH_WORDS_MIN)
        return false;
    n = distinct(hashes, n - SHINGLE_WORDS + 1, arena);
    count_bits(hashes, n, ones);
    *hash = 0;
    for (unsigned bit = 0; bit < HASH_BITS; bit++)
        if (2 * ones[bit] > n)
            *hash |= UINT64_C(1) << bit;
    return true;
}
