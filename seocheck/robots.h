/*
 * robots.txt by RFC 9309 with the extensions of google/robotstxt: parsed once, asked
 * often. Pure.
 */
#ifndef SEOCHECK_ROBOTS_H
#define SEOCHECK_ROBOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/str.h"

enum { ROBOTS_BYTES_MAX = 512000, ROBOTS_LINE_BYTES_MAX = 16663 };

enum robots_line {
    ROBOTS_LINE_UNKNOWN,  /* a key nobody knows */
    ROBOTS_LINE_MISSPELT, /* taken for the right one */
    ROBOTS_LINE_NO_COLON,
    ROBOTS_LINE_NO_GROUP, /* a rule before any user-agent */
    ROBOTS_LINE_CUT,      /* longer than ROBOTS_LINE_BYTES_MAX */
};

/* A line that a person should look at. */
struct robots_remark {
    enum robots_line what;
    int64_t line;
    struct str text; /* the key, or the line's beginning */
};

struct robots_sitemap {
    struct str url; /* as written */
    int64_t line;
};

struct robots_rule {
    struct str written;
    struct str pattern; /* hex of escapes in upper case, bytes >= 0x80 escaped */
    int64_t line;
    bool is_allow;
};

/* One user-agent line. Lines that no rule parts share their rules. */
struct robots_group {
    struct str name;      /* as written */
    struct str agent;     /* its leading [A-Za-z_-]* */
    bool is_global;       /* `*` */
    size_t first, end;    /* its rules: rule[first] .. rule[end - 1] */
    double crawl_delay_s; /* 0: none */
};

struct robots {
    struct robots_rule *rule; /* in file order */
    size_t nrules, rules_capacity;
    struct robots_group *group;
    size_t ngroups, groups_capacity;
    struct robots_sitemap *sitemap;
    size_t nsitemaps, sitemaps_capacity;
    struct robots_remark *remark;
    size_t nremarks, remarks_capacity;
    bool is_html;    /* begins with `<` */
    bool is_too_big; /* judged on its first ROBOTS_BYTES_MAX */
};

/* Reads the first ROBOTS_BYTES_MAX bytes; never fails. Texts are borrowed from `bytes`.
 */
void robots_parse(struct str bytes, struct arena *arena, struct robots *robots);

/* What one agent may do with one URL (as written: the path is taken out of it as Google
 * does). */
struct robots_answer {
    bool is_allowed;
    int64_t line;     /* of the rule that decided; 0: none did */
    struct str rule;  /* its pattern, as written */
    bool is_allow;    /* it is an allow */
    struct str group; /* user-agent line that named its group; n 0: none */
};

struct robots_answer robots_ask(const struct robots *robots, struct str agent,
                                struct str url, struct arena *arena);

/* Crawl-delay in seconds for `agent`, the longest of its groups; 0 without one. */
double robots_delay(const struct robots *robots, struct str agent);

/* Only [A-Za-z_-], at least one. */
bool robots_agent_is_valid(const char *agent);

/* What of a URL is held against the patterns: its path and query, as written; `/` when
 * it has none. Borrowed from it or in the arena. */
struct str robots_path(struct str url, struct arena *arena);

/* `*` is any run of bytes, `$` the path's end when it comes last; the pattern need not
 * reach the path's end otherwise. */
bool robots_pattern_matches(struct str pattern, struct str path);

#endif
