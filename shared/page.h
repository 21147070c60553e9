/*
 * Page normalisation: paths become names of pages, so that /order/17 and /order/18 are
 * one. Idempotent.
 */
#ifndef SHARED_PAGE_H
#define SHARED_PAGE_H

#include <stddef.h>

#include "shared/str.h"

enum { PAGE_BYTES_MAX = 200, PAGE_SEGMENTS_MAX = 8 };

/* Query and fragment cut; // squeezed; final / cut except for the root; a segment
 * becomes `:id` when it is all digits, a UUID, hexadecimal of at least 8 with a digit,
 * at least 20 characters with at least 2 digits, or contains '@'; after 8 segments
 * "/..."; at most 200 bytes, cut at a character. Bytes written to `out`. */
size_t page_normalise(struct str path, char out[PAGE_BYTES_MAX + 1]);

#endif
