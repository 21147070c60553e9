/*
 * The tool's verbs and the options that not every verb takes.
 */
#ifndef SEOCHECK_SEOCHECK_H
#define SEOCHECK_SEOCHECK_H

#include "shared/arena.h"
#include "shared/cli.h"
#include "shared/str.h"

int seocheck_run(const struct options *opt, struct err *err);
int seocheck_show(const struct options *opt, struct err *err);
int seocheck_crawl(const struct options *opt, struct err *err);
int seocheck_robots(const struct options *opt, struct err *err);
int seocheck_sitemap(const struct options *opt, struct err *err);
int seocheck_jsonld(const struct options *opt, struct err *err);
int seocheck_extract(const struct options *opt, struct err *err);

/* The page of `extract` and `jsonld`: a file, or `-` for stdin; at most HTML_BYTES_MAX.
 */
MUST_USE bool page_read(const char *path, struct arena *run, struct str *bytes,
                        struct err *err);

/* Bits of struct options.flags. */
enum {
    FLAG_JSON,
    FLAG_BASE,
    FLAG_MAX_PAGES,
    FLAG_RATE,
    FLAG_PAGES,
    FLAG_AGENT,
    FLAG_URL,
    FLAG_CHARTS,
};

#endif
