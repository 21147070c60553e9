/*
 * One walk over a JSON text of any length, member by member, without a tree: for long
 * documents of which little is wanted. What nobody enters is skipped whole, 64 bytes at
 * a time, so a walk costs one pass however deep it goes.
 *
 *     struct scan_members walk;
 *     struct scan_member member, inner;
 *
 *     scan_members(&walk, bytes.at, bytes.n);
 *     while (scan_members_next(&walk, &member))
 *         if (str_equal(member.key, STR("audits")) && scan_members_enter(&walk))
 *             while (scan_members_next(&walk, &inner))
 *                 ...
 *     if (!scan_members_end(&walk, err))
 *         return false;
 *
 * An inner loop runs to its end; then the outer one goes on behind it. After a fault
 * every scan_members_next is false.
 *
 * Promise: an object or array that jansson accepts, at most 512 deep, is walked with
 * jansson's members; one that is cut anywhere is refused. Not looked at: separators,
 * words and numbers inside what is skipped; escapes, UTF-8, repeated keys anywhere.
 */
#ifndef SHARED_SCAN_MEMBERS_H
#define SHARED_SCAN_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/err.h"
#include "shared/scan.h"
#include "shared/scan_cursor.h"
#include "shared/str.h"

enum { SCAN_MEMBERS_DEPTH_MAX = 512 };

struct scan_members {
    struct scan_cursor cursor;
    struct scan_masks masks;
    enum span_type type; /* of the whole: SPAN_OBJECT, SPAN_ARRAY */
    const char *fault;   /* NULL: none so far */
    size_t fault_at;     /* offset */
    size_t depth;        /* of what the walk is in */
    bool is_first;       /* no member of that yet */
    bool is_open;        /* the last member is an object or array, not entered */
    char close[SCAN_MEMBERS_DEPTH_MAX]; /* the closing bracket of each level */
};

struct scan_member {
    struct str key; /* as it stands between its quotes; of an array's element empty */
    struct span value; /* SPAN_STRING: escapes may be in it. Object, array: n is 0 until
                          scan_members_whole */
};

/* Begins a walk over `at`, which stays the caller's. */
void scan_members(struct scan_members *walk, const char *at, size_t n);

/* The next member or element of what the walk is in; false at its end, or at a fault.
 */
bool scan_members_next(struct scan_members *walk, struct scan_member *member);

/* Goes into the object or array that was the last member; false when it is neither. */
bool scan_members_enter(struct scan_members *walk);

/* The whole span of a member, with its brackets: skipped if nobody entered it, else
 * once its inner loop has ended. */
struct span scan_members_whole(struct scan_members *walk, struct span value);

/* True when the walk came to the end of the text without a fault. Else "byte N: fault",
 * counted from 0. */
MUST_USE bool scan_members_end(const struct scan_members *walk, struct err *err);

/* The same walk without vector instructions; always built, tested equal. */
void scan_members_scalar(struct scan_members *walk, const char *at, size_t n);

#endif
