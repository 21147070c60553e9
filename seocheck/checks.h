/*
 * The catalogue of checks: one table drives severities, configuration, the manual and
 * what a finding says.
 */
#ifndef SEOCHECK_CHECKS_H
#define SEOCHECK_CHECKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/finding.h"
#include "shared/str.h"

/* In the order of section 9 of the page. CHECK_LINK_BROKEN is "link-broken". */
enum check_id {
    CHECK_SITE_DOWN,
    CHECK_PAGE_ERROR,
    CHECK_CRAWL_TRUNCATED,
    CHECK_CRAWL_TRAP,
    CHECK_PAGE_TOO_BIG,
    CHECK_URL_TOO_BIG,
    CHECK_NEEDS_JS,
    CHECK_LINK_BROKEN,
    CHECK_RESOURCE_BROKEN,
    CHECK_LINK_EXTERNAL,
    CHECK_LINK_BLOCKED,
    CHECK_LINK_FRAGMENT,
    CHECK_LINK_REDIRECT,
    CHECK_LINK_INSECURE,
    CHECK_LINK_PRIVATE,
    CHECK_LINK_INVALID,
    CHECK_REDIRECT_CHAIN,
    CHECK_REDIRECT_LOOP,
    CHECK_REDIRECT_DOWNGRADE,
    CHECK_META_REFRESH,
    CHECK_ROBOTS_UNREACHABLE,
    CHECK_ROBOTS_BLOCKS_SITE,
    CHECK_ROBOTS_BLOCKS_LISTED,
    CHECK_ROBOTS_BLOCKS_NOINDEX,
    CHECK_ROBOTS_BLOCKS_RESOURCE,
    CHECK_ROBOTS_SYNTAX,
    CHECK_ROBOTS_TOO_BIG,
    CHECK_ROBOTS_HTML,
    CHECK_ROBOTS_SITEMAP,
    CHECK_SITEMAP_ERROR,
    CHECK_SITEMAP_NONE,
    CHECK_SITEMAP_INVALID,
    CHECK_SITEMAP_TOO_BIG,
    CHECK_SITEMAP_NESTED,
    CHECK_SITEMAP_LOC,
    CHECK_SITEMAP_HOST,
    CHECK_SITEMAP_PATH,
    CHECK_SITEMAP_DUPLICATE,
    CHECK_SITEMAP_STATUS,
    CHECK_SITEMAP_REDIRECT,
    CHECK_SITEMAP_NOINDEX,
    CHECK_SITEMAP_CANONICAL,
    CHECK_SITEMAP_HREFLANG,
    CHECK_LASTMOD_INVALID,
    CHECK_LASTMOD_FUTURE,
    CHECK_LASTMOD_MISSING,
    CHECK_LASTMOD_UNIFORM,
    CHECK_LASTMOD_STALE,
    CHECK_LASTMOD_CHURN,
    CHECK_SITEMAP_FROZEN,
    CHECK_ROUTE_BROKEN,
    CHECK_ROUTE_NOT_LISTED,
    CHECK_ROUTE_UNLINKED,
    CHECK_ROUTE_PHANTOM,
    CHECK_ROUTE_UNDECLARED,
    CHECK_ROUTE_EMPTY,
    CHECK_SITEMAP_ORPHAN,
    CHECK_PAGE_NOT_LISTED,
    CHECK_NOINDEX_NEW,
    CHECK_UNAVAILABLE_AFTER,
    CHECK_ROBOTS_META,
    CHECK_TITLE_MISSING,
    CHECK_DESCRIPTION_MISSING,
    CHECK_H1_MISSING,
    CHECK_LANG_MISSING,
    CHECK_TITLE_MULTIPLE,
    CHECK_H1_MULTIPLE,
    CHECK_TITLE_DUPLICATE,
    CHECK_DESCRIPTION_DUPLICATE,
    CHECK_H1_DUPLICATE,
    CHECK_TITLE_LENGTH,
    CHECK_DESCRIPTION_LENGTH,
    CHECK_H1_LENGTH,
    CHECK_IMAGE_ALT,
    CHECK_DEPTH,
    CHECK_CANONICAL_MULTIPLE,
    CHECK_CANONICAL_CONFLICT,
    CHECK_CANONICAL_INVALID,
    CHECK_CANONICAL_RELATIVE,
    CHECK_CANONICAL_PLACE,
    CHECK_CANONICAL_TARGET,
    CHECK_CANONICAL_CHAIN,
    CHECK_CANONICAL_HOST,
    CHECK_HREFLANG_CODE,
    CHECK_HREFLANG_CONFLICT,
    CHECK_HREFLANG_RELATIVE,
    CHECK_HREFLANG_SELF,
    CHECK_HREFLANG_RETURN,
    CHECK_HREFLANG_TARGET,
    CHECK_SOFT_404,
    CHECK_DUPLICATE_EXACT,
    CHECK_DUPLICATE_NEAR,
    CHECK_CONTENT_VOLATILE,
    CHECK_MIXED_CONTENT,
    CHECK_OG_MISSING,
    CHECK_OG_IMAGE,
    CHECK_JSONLD_SYNTAX,
    CHECK_JSONLD_DUPLICATE_KEY,
    CHECK_JSONLD_WRAPPER,
    CHECK_JSONLD_CONTEXT,
    CHECK_JSONLD_TYPE,
    CHECK_JSONLD_PROPERTY,
    CHECK_JSONLD_DOMAIN,
    CHECK_JSONLD_RANGE,
    CHECK_JSONLD_SUPERSEDED,
    CHECK_JSONLD_VALUE,
    CHECK_JSONLD_RATING,
    CHECK_RICH_REQUIRED,
    CHECK_RICH_RECOMMENDED,
    CHECK_RICH_RETIRED,
    CHECK_JOB_EXPIRED,
    CHECK_EVENT_EXPIRED,
    CHECK_OFFER_EXPIRED,
    CHECK_JSONLD_URL,
    CHECK_JSONLD_CANONICAL,
    CHECK_JSONLD_DATE,
    CHECK_JSONLD_HEADLINE,
    CHECK_COUNT,
};

/* When a bad result counts, and what keeps it from being judged. */
enum check_flag {
    CHECK_CONFIRMED = 1,  /* bad at the checks of confirm_days distinct days in a row;
                             lastmod-stale, which has no bad answer, is confirmed by
                             its judge */
    CHECK_OF_SETS = 2,    /* neither opens nor closes on a partial or truncated crawl */
    CHECK_OF_HEADERS = 4, /* skipped where there are no headers: a built folder */
};

struct check_row {
    const char *id;      /* "link-broken" */
    const char *title;   /* a short sentence for the manual and the report */
    const char *message; /* template of section 9 with {t} {v} {n} {l} {p} */
    enum severity severity;
    unsigned flags;
};

const struct check_row *check_row(enum check_id id);
MUST_USE bool check_parse(const char *word, enum check_id *id);

/* One thing seen, before anything is known of yesterday. Texts are borrowed. */
struct hit {
    enum check_id check;
    enum severity severity; /* set by hits_add or hits_add_as */
    struct str subject;     /* url_subject, or "@site" */
    struct str target;      /* {t}: a URL, shown; n 0: none */
    const char *value;      /* {v}; NULL: none */
    const char *limit;      /* {l} */
    const char *property;   /* {p} */
    int64_t n;              /* {n} */
    const char *where_url;  /* where to look; NULL: the subject itself */
    int64_t line;           /* 0: none */
    const char *because;    /* NULL: none */
};

struct hits {
    struct hit *item;
    size_t n, capacity;
};

/* With the severity of the table, whatever `hit.severity` says. */
void hits_add(struct hits *hits, struct arena *arena, struct hit hit);
/* For the checks whose hits differ in severity (lastmod-churn, jsonld-property). */
void hits_add_as(struct hits *hits, struct arena *arena, enum severity severity,
                 struct hit hit);

/* The subject and the template, filled in; in the arena. Makes what it prints safe
 * (text_safe) and cuts values to OUTSIDE_TEXT_MAX: give texts as they are. */
const char *hit_message(const struct hit *hit, struct arena *arena);

#endif
