/*
 * Between the two files of the sitemap reader: sitemap.c knows bytes, gzip and text,
 * sitemap_xml.c elements.
 */
#ifndef SEOCHECK_SITEMAP_INTERNAL_H
#define SEOCHECK_SITEMAP_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seocheck/sitemap.h"

struct sitemap_xml; /* the parser of one document */

/* Where entries and faults go. */
struct sitemap_out {
    struct arena *arena;
    struct arena *texts; /* of entries: the arena, or one that is emptied behind them */
    struct sitemap *sitemap;
    bool is_over; /* nothing more is read */
};

/* Keeps the first fault. `text` is copied, NULL is none. */
void sitemap_fail(struct sitemap_out *out, enum sitemap_fault fault, int64_t line,
                  const char *text);
/* Hands on or keeps. Copies nothing. The 50,001st is a fault, which ends it. */
void sitemap_put(struct sitemap_out *out, const struct sitemap_entry *entry);
/* Behind an entry that nobody keeps: its texts may go. */
void sitemap_forget(struct sitemap_out *out);

/* White space of XML off both ends. */
struct str sitemap_trim(struct str text);

/* The text of an element or a line, up to the bytes of a URL too long. */
struct sitemap_text {
    char at[SITEMAP_LOC_BYTES_MAX];
    size_t n;
};

void sitemap_gather(struct sitemap_text *text, char c);
struct str sitemap_gathered(const struct sitemap_text *text); /* trimmed */

/* `lines`: how many lines of white space came before, or -1 where nothing did. */
struct sitemap_xml *sitemap_xml_begin(struct sitemap_out *out, int64_t lines);
void sitemap_xml_add(struct sitemap_xml *xml, const char *at, size_t n);
int64_t sitemap_xml_line(const struct sitemap_xml *xml);
void sitemap_xml_end(struct sitemap_xml *xml); /* NULL allowed */

#endif
