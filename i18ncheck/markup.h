/*
 * Markup in messages (i18ncheck.md 5): tags as tokens. Pure.
 */
#ifndef I18NCHECK_MARKUP_H
#define I18NCHECK_MARKUP_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/arena.h"
#include "shared/str.h"

struct tag {
    struct str name; /* as written */
    size_t bytes;    /* of the whole tag, with its brackets */
    bool is_end;     /* </b> */
    bool is_empty;   /* <b/> */
    bool is_void;    /* <br>: never closed */
};

/* The tag that `text` begins with; `a < b`, `<3 x` are none. */
bool tag_at(struct str text, struct tag *tag);

/* The tags of two texts as multisets of `<name`, `</name`, `<name/`, void elements left
 * out. False: `which`, as in one of them, is not in the other as often. */
bool markup_equal(struct str a, struct str b, struct str *which);

/* The same as sets, for texts with branches of which one is shown. */
bool markup_same_names(struct str a, struct str b, struct str *which);

/* Whether every tag that is opened is closed, in order; numeric ones too. */
bool markup_is_closed(struct str text, struct str *which);

/* `<script`, an `on..=` in a tag, `javascript:` that `source` has not. */
bool markup_injects(struct str target, struct str source, const char **what);

#endif
