/*
 * What several judges ask about one URL of the crawl they look at. Pure.
 */
#ifndef SEOCHECK_LOOK_H
#define SEOCHECK_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "seocheck/judge.h"

/* The subject of findings about it. */
struct str look_subject(const struct look *look, const struct resource *resource);
/* The whole URL, for people. */
struct str look_shown(const struct look *look, uint32_t index);
/* In `after`; NULL: none. */
const struct history_row *look_row(const struct look *look,
                                   const struct resource *resource);
bool look_is_indexable(const struct look *look, const struct resource *resource);
/* Another one at each request, or changed on five days in a row: not compared. */
bool look_is_volatile(const struct look *look, const struct resource *resource);
/* Why nobody can use it: "answers 404", "is refused by robots.txt". NULL: nothing is
 * wrong, or it could not be verified. */
const char *look_fault(const struct look *look, uint32_t index);

#endif
