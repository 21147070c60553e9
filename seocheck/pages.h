/*
 * The table of indexable pages, for other programs: state/.cache/seocheck/pages.tsv of
 * each run, and what --pages names.
 */
#ifndef SEOCHECK_PAGES_H
#define SEOCHECK_PAGES_H

#include "seocheck/cache.h"
#include "seocheck/site.h"
#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

#define PAGES_FILE CACHE_FOLDER "/pages.tsv"

/* A header, then a line each, sorted by URL: url, title, lang, h1, description, words
 * of the main text. Texts are cut at PAGES_TEXT_BYTES. */
enum { PAGES_TEXT_BYTES = 1024 };

void pages_format(const struct site *site, const struct site_agents *agents,
                  struct arena *arena, struct buf *out);

/* The file that --pages names, made where it is not there: before confinement. `path`
 * NULL gives -1. */
MUST_USE bool pages_open(const char *path, int *fd, struct err *err);
/* Replaces its content and closes it; of -1 nothing. */
MUST_USE bool pages_write(int fd, const char *path, struct str table, struct err *err);

#endif
