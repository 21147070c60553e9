/*
 * A row: one normalised event, whatever the source was. Text is borrowed from the
 * source's buffer and good until the next row.
 */
#ifndef SHARED_ROW_H
#define SHARED_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "shared/str.h"

enum kind {
    KIND_PAGEVIEW,
    KIND_RAGE_CLICK,
    KIND_DEAD_CLICK,
    KIND_ERROR_CLICK,
    KIND_EXCEPTION,
    KIND_VITALS,
    KIND_REQUEST,
    KIND_NOT_FOUND,
    KIND_SEARCH,
    KIND_FORM_START,
    KIND_FORM_SUBMIT,
    KIND_CHECKOUT_START,
    KIND_CHECKOUT_DONE,
    KIND_PAYMENT_FAILED,
    KIND_COUNT,
};

const char *kind_word(
    enum kind kind); /* "rage_click"; the words of the configuration */
MUST_USE bool kind_parse(struct str word, enum kind *kind);

enum row_number {
    NUMBER_STATUS,
    NUMBER_VALUE,
    NUMBER_RESULTS,
    NUMBER_LCP,  /* ms */
    NUMBER_INP,  /* ms */
    NUMBER_CLS,  /* unitless */
    NUMBER_FCP,  /* ms */
    NUMBER_TTFB, /* ms */
    NUMBER_COUNT,
};

struct row {
    int64_t time_ms; /* since the epoch, UTC */
    uint64_t unit;   /* hash of the session, or of the user when there is no session */
    bool unit_is_user;      /* a gap of 30 minutes starts another unit */
    uint64_t session, user; /* hashes, 0 for none; 0 unless source_want_units */
    uint64_t id;            /* hash of the event id, or of unit, event and time */
    uint32_t kinds;         /* bit 1 << enum kind */
    struct str event;
    struct str page; /* path, not yet normalised */
    struct str host, referrer_host;
    struct str browser, device, release, error;
    uint32_t numbers; /* bit 1 << enum row_number: present */
    double number[NUMBER_COUNT];
    uint64_t custom; /* what the caller decided of it: predicates of the plan, by bit */
};

static inline bool row_has_number(const struct row *row, enum row_number which)
{
    return (row->numbers >> which & 1) != 0;
}

#endif
