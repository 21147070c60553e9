/*
 * Outside text in GitHub's Markdown. What a page, a log line or a catalog says must
 * stay text: no mention, link, image, reference or HTML of it comes alive, and none
 * ends the table cell it stands in. So it is a code span, unless it is plain prose in
 * which no character can mean anything. GitHub Flavored Markdown 0.29, sections 4.10
 * (tables), 6.3 (code spans), 6.9 (extended autolinks); https://docs.github.com, "Basic
 * writing and formatting syntax" (mentions, references, emoji).
 */
#ifndef SHARED_MARKDOWN_H
#define SHARED_MARKDOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/str.h"

enum {
    MARKDOWN_CHARS_MAX = 300,     /* of one outside text; then "..." */
    MARKDOWN_COMMENT_MAX = 65000, /* bytes; GitHub takes 65,536 characters */
};

/* Always a code span; nothing for no text. A backtick becomes ', a pipe \|, what
 * text_safe escapes \u{..}, line ends too. */
void markdown_code(struct buf *out, const char *text);

/* The same without the ticks, for a line of a block of code. */
void markdown_code_line(struct buf *out, const char *text);

/* Plain prose as it is, all else as a code span. Plain are words of ASCII letters and
 * digits with single spaces between them, and , ; % ( ) + - . : / _ where they mean
 * nothing: "61.3 % served for 61.0 % set, SRM p 3e-9", "+3.3 % (-13.8 to +23.6)". */
void markdown_text(struct buf *out, const char *text);

/* "5.83 %": both of them one text; nothing without a value. */
void markdown_value(struct buf *out, const char *value, const char *unit);

/* A name that is no Markdown anywhere, in HTML too: what is not a-z, 0-9 is
 * `?`; at most 64 bytes. */
void markdown_name(struct buf *out, const char *name);

bool markdown_is_plain(const char *text);

#endif
