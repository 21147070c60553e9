/*
 * What is remembered of each URL from run to run: state/history/seocheck.tsv.
 */
#ifndef SEOCHECK_HISTORY_H
#define SEOCHECK_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seocheck/site.h"
#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

#define SEO_HISTORY "history/seocheck.tsv"
#define SEO_HISTORY_HEADER                                                          \
    "url\tclass\thash\tlinks\tlastmod\tchanged\tbefore\tchurn\tbad\tmoves\tfirst\t" \
    "lost\tflags"

enum { HISTORY_ROWS_MAX = 50000, LOST_DAYS = 30, COUNT_STOPS = 5, CHURN_STOPS = 3 };

enum history_flag {
    FLAG_IN_CRAWL = 1,   /* c */
    FLAG_INDEXABLE = 2,  /* i; a later noindex leaves it: noindex-new stays open */
    FLAG_IN_ROUTES = 4,  /* r */
    FLAG_IN_SITEMAP = 8, /* s */
    FLAG_VOLATILE = 16,  /* v */
};

/* Days are 0 where there is none. */
struct history_row {
    struct str url;           /* as in findings: own ones as paths */
    enum url_class url_class; /* unasked: the last run did not look */
    uint64_t hash, links;
    bool has_hash;
    struct str lastmod; /* as the sitemap has it; n 0: none */
    int32_t changed;    /* the hash last moved */
    int32_t before;     /* last run that saw the old hash */
    int churn, bad, moves;
    int32_t
        bad_day; /* on which `bad` was counted last; 0: unknown, or it has stopped */
    int32_t first, lost;
    unsigned flags;
};

struct history {
    struct history_row *row; /* by url, bytes */
    size_t n, capacity;
};

MUST_USE bool history_parse(struct str rows, const char *name, struct arena *arena,
                            struct history *history, struct err *err);
void history_format(const struct history *history, struct buf *out);
const struct history_row *history_find(const struct history *history, struct str url);

struct look;

/* The rows after the crawl that `look` looks at, on its `as_of`: pure. Its `after` is
 * not read. A second run on a day counts nothing twice. Rows of URLs that were lost
 * leave after LOST_DAYS. (measure_history.c) */
void measure_history(const struct look *look, struct history *after);

#endif
