/*
 * The numbers behind one finding: its opening day judged again, as JSON and as a table
 * of the same numbers.
 */
#ifndef WATCHDOG_EXPLAIN_H
#define WATCHDOG_EXPLAIN_H

#include "watchdog/watchdog.h"

/* What the JSON is made from. */
struct explained {
    const char *id;
    const struct round *round; /* has just judged the opening day */
    const struct judged *judged;
    int32_t change;
    int64_t cusum_x1000; /* reached on that day */
};

/* The caller owns the result. */
json_t *explain_to_json(const struct explained *explained);

/* Aligned columns for people, from that JSON: the same digits. Beside them what the
 * finding said: days of its baseline may have left the history since. */
void explain_add_text(const json_t *json, const char *published, struct buf *out);

#endif
