/*
 * URLs as a crawler needs them: parsed leniently as browsers do, resolved by RFC 3986,
 * normalised so that two spellings of one resource have one key. Pure. Not curl's: that
 * loses the base's last segment for "" and "#f", and folds no case, port or escape.
 */
#ifndef SEOCHECK_URL_H
#define SEOCHECK_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/str.h"

enum { URL_BYTES_MAX = 2048 };

/* An absolute http(s) URL in normal form. Text is in the arena it was resolved into. */
struct url {
    struct str text;     /* all of it, without fragment; NUL-terminated */
    struct str spelling; /* the same with its query's pairs in the order they were
                            written: of all spellings of one text, the bytewise first
                            one is requested */
    struct str fragment; /* as it was written, escapes kept; n 0: none */
    bool has_fragment;
    struct str host;  /* lower case, Punycode; with the brackets of an IPv6 address */
    struct str path;  /* begins with a slash */
    struct str query; /* without `?`; has_query tells an absent one */
    bool has_query;
    bool is_https;
    bool has_userinfo;
    uint16_t port; /* the scheme's own when not said */
    uint64_t key;  /* url_key of `text` */
};

enum url_result {
    URL_OK,
    URL_OTHER_SCHEME, /* mailto:, javascript:, data: ...: no link */
    URL_INVALID,      /* no host, bad port, bad host */
    URL_TOO_LONG,     /* over URL_BYTES_MAX in normal form, or four times as much before
                         its dot segments and stripped parameters are gone */
};

/* Names of parameters that are dropped, of the query and behind a `;` of the path; a
 * last `*` stands for any end. */
struct url_rules {
    const char *const *strip;
    size_t nstrip;
};

/* Resolves `reference` against `base` (NULL: it must be absolute) and normalises it:
 * section 3 of the page: white space, backslashes, escapes, dot segments, default port,
 * stripped and sorted query pairs. `rules` may be NULL. */
enum url_result url_resolve(const struct url *base, struct str reference,
                            const struct url_rules *rules, struct arena *arena,
                            struct url *url);

/* url_resolve without a base, quicker for what has the origin of `near` (NULL: none),
 * which changes no result. */
enum url_result url_resolve_absolute(const struct url *near, struct str reference,
                                     const struct url_rules *rules, struct arena *arena,
                                     struct url *url);

/* What `key` is, for a text in normal form. */
uint64_t url_key(struct str text);

/* Same scheme, host and port. */
bool url_same_origin(const struct url *a, const struct url *b);

/* For people: userinfo and the values of token, key, sig, auth, password become `***`.
 */
const char *url_shown(struct str text, struct arena *arena);

/* The subject of findings about it: path and query where its origin is `site`'s, else
 * the whole text; through url_shown. Where that hides nothing, the URL's own bytes. */
const char *url_subject(const struct url *url, const struct url *site,
                        struct arena *arena);

#endif
