/*
 * The text of a page behind its front matter: headings, paragraphs, counts. Code fences
 * and the import and export lines of MDX are not part of it (i18ncheck.md 11). Pure.
 */
#ifndef I18NCHECK_CONTENT_BODY_H
#define I18NCHECK_CONTENT_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/arena.h"
#include "shared/str.h"

enum { PARAGRAPH_WORDS_MIN = 8 };

struct content_body {
    struct str h1;             /* the first, without its marks */
    struct str headings, text; /* if kept; headings but that one, NUL between */
    size_t points;             /* code points; a line's end is one */
    size_t nheadings;          /* ATX, of all levels */
    size_t words;              /* between white space */
    uint64_t *paragraph; /* hashes of those of PARAGRAPH_WORDS_MIN and more, sorted */
    size_t nparagraphs;
};

struct content_body content_body_parse(struct str body, bool keeps_text,
                                       struct arena *arena);

#endif
