/*
 * What the files of extraction share: the pass before the parser, references, folded
 * text, the outline of open elements. Nobody else's.
 */
#ifndef SEOCHECK_EXTRACT_INTERNAL_H
#define SEOCHECK_EXTRACT_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seocheck/extract.h"
#include "shared/arena.h"
#include "shared/str.h"

enum { REPLACEMENT = 0xfffd };

/* Space, TAB, LF, FF, CR: white space of HTML. Asked of every byte, so inline. */
static inline bool html_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

struct str html_trim(struct str text);

/* ---- one tag (markup_tag.c) ---- */

struct attribute {
    struct str name;  /* as written */
    struct str value; /* as written, without its quotes */
    bool has_value;
};

enum tag_result { TAG_ATTRIBUTE, TAG_END, TAG_SELF_CLOSED, TAG_CUT };

/* The name behind `<` or `</`, taken off `rest`. */
struct str tag_name(struct str *rest);
/* The next attribute as the HTML standard's tokeniser finds it, or how the tag ends;
 * TAG_CUT where the page ends inside it. Takes what it read off `rest`. */
enum tag_result tag_next(struct str *rest, struct attribute *attribute);

/* ---- the pass before the parser (markup.c) ---- */

/*
 * libxml2 reads markup its own way: comments, the ends of raw text, quotes, end tags
 * that it thinks misplaced. So it is given a page that can be read in one way only:
 * - comments, declarations, what is inside template, title, textarea, style, xmp,
 *   iframe, noembed, noframes, and scripts that are not JSON: gone;
 * - of attributes only those that extraction asks for, each once, quoted;
 * - references decoded as the HTML standard says, 128..159 as windows-1252;
 * - end tags as `<?name>`: libxml2 reports each of these and closes nothing by them;
 * - tags of plain elements, which say nothing and structure nothing: gone;
 * - html and body closed at once, so that nothing is inside them.
 * The line of each start tag is still its line in the page.
 */
struct markup {
    struct str clean;
    struct str title; /* of the first one outside svg; still with references */
    bool has_title;
    int64_t title_line, ntitles;
};

void markup_clean(struct str page, struct arena *arena, struct markup *markup);

/* ---- text (extract_text.c) ---- */

/* Bytes of the character reference that `text` begins with; 0 when it is none (the `&`
 * stands for itself). */
size_t reference_parse(struct str text, bool in_attribute, uint32_t *code);
size_t utf8_put(uint32_t code, char out[4]);
uint32_t windows_1252(unsigned char byte);
/* Each bad byte as U+FFFD; itself when there is none (charset.c). */
struct str utf8_repaired(struct str text, struct arena *arena);

/* Text whose white space is folded while it grows: none in front, one space between. */
struct fold {
    struct buf buf;
    bool has_space; /* since the last word */
};

void fold_init(struct fold *fold, struct arena *arena, size_t most);
void fold_add(struct fold *fold, struct str text);
void fold_space(struct fold *fold);
struct str fold_copy(const struct fold *fold, struct arena *arena);
void fold_reset(struct fold *fold);

/* Folded copies; with references decoded, or cut to `most` characters. */
struct str text_folded(struct str text, struct arena *arena);
struct str text_decoded(struct str text, struct arena *arena);
struct str text_cut_characters(struct str text, size_t most);

/* Runs of ASCII letters, digits and bytes from 0x80 (hashes.c). */
size_t words_count(struct str text);

/* ---- links (extract_link.c) ---- */

struct link *link_add(struct extraction *extraction, enum link_kind kind,
                      struct str raw, int64_t line, struct arena *arena);
/* The kind of a link element or header by its relation; false for none we take. */
bool link_kind_of(struct str rel, enum link_kind *kind);
bool rel_has(struct str rel, struct str word);
void links_of_srcset(struct extraction *extraction, struct str srcset, int64_t line,
                     struct arena *arena);
void link_of_refresh(struct extraction *extraction, struct str content, int64_t line,
                     struct arena *arena);
void links_of_header(struct extraction *extraction, struct str header,
                     struct arena *arena);
/* All of them against the page's base, those of the header against its own URL. */
void links_resolve(struct extraction *extraction, const struct extract_plan *plan,
                   struct arena *arena);

/* ---- elements (elements.c), those that are open (outline.c) ---- */

enum tag {
    TAG_OTHER,
    TAG_A,
    TAG_AREA,
    TAG_AUDIO,
    TAG_BASE,
    TAG_FORM,
    TAG_HTML,
    TAG_IFRAME,
    TAG_IMG,
    TAG_LINK,
    TAG_META,
    TAG_PLAINTEXT,
    TAG_SCRIPT,
    TAG_SOURCE,
    TAG_TEMPLATE,
    TAG_TITLE,
    TAG_VIDEO,
};

enum region {
    REGION_NONE,
    REGION_MAIN,
    REGION_BESIDE, /* nav, header, footer, aside */
    REGION_NOSCRIPT,
    REGION_TIME,
    REGION_H1,
    REGIONS,
};

struct element {
    const char *name; /* "" for those that are not known */
    enum tag tag;
    enum region region;
    unsigned flags;
};

enum {
    ELEMENT_SPECIAL = 1, /* the standard's category: inline end tags stop there */
    ELEMENT_VOID = 2,   /* nothing is ever inside, be it that markup_clean sees to it */
    ELEMENT_HEAD = 8,   /* does not begin the body */
    ELEMENT_BLOCK = 16, /* separates words */
    ELEMENT_BARRIER = 32, /* end tags do not reach past it */
    ELEMENT_TABLE = 64,   /* but those of a table's parts reach its table */
    ELEMENT_HEADING = 128,
    /* for markup_clean: */
    ELEMENT_RAW = 256,         /* text up to its end tag */
    ELEMENT_RAW_FOREIGN = 512, /* in svg and math too: no markup there in practice */
    ELEMENT_GONE = 1024,       /* its tags are left out */
    ELEMENT_CLOSED = 2048,     /* closed at once */
    ELEMENT_ONCE = 4096,
    ELEMENT_FOREIGN = 8192, /* svg, math */
};

/* By its name in lower case. Never NULL: what is not known is plain. */
const struct element *element_find(const char *name);

struct outline {
    struct arena *arena;
    const struct element **open;
    size_t n, capacity;
    size_t inside[REGIONS]; /* how many of the region are open */
    size_t ended[REGIONS];  /* how many were, and are no more */
    size_t steps;           /* of all searches; see STEPS_MAX */
};

void outline_start(struct outline *outline, const struct element *element);
void outline_end(struct outline *outline, const struct element *element);

#endif
