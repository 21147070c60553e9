/*
 * What a page says: links, titles, metas, robots directives, structured data, text.
 * One pass of libxml2's SAX parser over the whole body; never its DOM, which stops at
 * depth 256. Pure but for memory.
 */
#ifndef SEOCHECK_EXTRACT_H
#define SEOCHECK_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seocheck/url.h"
#include "shared/arena.h"
#include "shared/re.h"
#include "shared/str.h"

enum {
    HTML_BYTES_MAX = 5 << 20,
    PAGE_LINKS_MAX = 20000,
    PAGE_BLOCKS_MAX = 100,
    PAGE_BLOCK_BYTES_MAX = 1 << 20,
};

enum link_kind {
    LINK_A, /* a, area */
    LINK_CANONICAL,
    LINK_ALTERNATE,
    LINK_STYLESHEET,
    LINK_ICON,
    LINK_NEXT,
    LINK_PREV,
    LINK_IMAGE, /* img src; srcset of img and source */
    LINK_SCRIPT,
    LINK_IFRAME,
    LINK_MEDIA, /* src of video, audio and source */
    LINK_FORM,
    LINK_META_REFRESH,
};

struct link {
    enum link_kind kind;
    enum url_result result;
    struct url url;  /* absolute, when result is URL_OK */
    struct str raw;  /* as written */
    struct str rel;  /* of a, area, link */
    struct str code; /* hreflang */
    struct str text; /* of a: folded, at most 120 characters */
    int64_t line;
    bool is_nofollow;
    bool is_main;        /* in the main part */
    bool is_own;         /* false; the crawl says, and content_hash asks */
    bool is_in_body;     /* a canonical in the body is no canonical */
    bool is_from_header; /* of the Link header */
};

struct meta {
    struct str name;    /* lower case: name, property or http-equiv */
    struct str content; /* folded */
    int64_t line;
    bool is_http_equiv;
};

struct image {
    struct str src; /* as written */
    struct str alt;
    bool has_alt;
    int64_t line;
};

struct block {       /* ld+json */
    struct str text; /* NUL-terminated, undecoded */
    int64_t line;    /* of its script tag */
    bool is_cut;
};

struct extraction {
    struct str title; /* decoded, folded; has_title */
    bool has_title;
    int64_t title_line, ntitles;
    struct str *h1;
    size_t nh1;
    int64_t h1_line;
    struct str lang;
    bool has_lang;
    struct str base; /* first base[href], as written; n 0: none */
    struct link *link;
    size_t nlinks, links_capacity;
    bool links_cut; /* over PAGE_LINKS_MAX */
    struct meta *meta;
    size_t nmetas, metas_capacity;
    struct image *image;
    size_t nimages, images_capacity;
    struct str *id; /* ids and a[name], sorted, unique */
    size_t nids, ids_capacity;
    struct block *block;
    size_t nblocks, blocks_capacity;
    bool has_script;
    struct str main_text; /* folded */
    int64_t main_words;
    bool main_is_main;  /* there is a main element */
    bool is_too_costly; /* a pattern of ignore_text was, and removed nothing */
};

/* `content_type` is the header's value (n 0: none); `link_header`, `base` as given.
 * `ignore_text` patterns are removed from the main text. */
struct extract_plan {
    struct str content_type;
    struct str link_header;
    const struct url *base;
    const struct url_rules *rules;
    struct re *const *ignore_text;
    size_t nignore_text;
};

/* Never fails: HTML is read as far as it goes. `body` is not changed. */
void extract_html(struct str body, const struct extract_plan *plan, struct arena *arena,
                  struct extraction *extraction);

/* UTF-8 of a body by BOM, header, meta, validity, windows-1252, in that order; bad
 * input becomes U+FFFD. */
struct str charset_decode(struct str body, struct str content_type,
                          struct arena *arena);

/* ---- hashes (hashes.c) ---- */

/* FNV-1a 64, then MurmurHash3's 64-bit finaliser. */
uint64_t seo_hash(const void *at, size_t n);
/* Robots directives are those that hold for the page, sorted and joined by commas. */
uint64_t content_hash(const struct extraction *extraction, struct str canonical,
                      struct str robots, struct str jsonld, struct arena *arena);
uint64_t links_hash(const struct extraction *extraction, struct arena *arena);
/* Of distinct 3-word shingles of the first 262,144 words; false under 50 words. */
bool simhash(struct str text, struct arena *arena, uint64_t *hash);

#endif
