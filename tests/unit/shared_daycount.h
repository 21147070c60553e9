/*
 * Rows, a plan and a reader of cells for the tests of daily counts. Three days, the
 * second of 23 hours.
 */
#ifndef TESTS_UNIT_SHARED_DAYCOUNT_H
#define TESTS_UNIT_SHARED_DAYCOUNT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/daycount.h"
#include "shared/hash.h"

#define MINUTE INT64_C(60000)
#define HOUR   INT64_C(3600000)

enum { FIRST_DAY = 20514, DAYS = 3 };

static const int64_t at_ms[] = {0, 24 * HOUR, 47 * HOUR,
                                71 * HOUR}; // the second has 23 h

enum {
    ANY,
    PAGEVIEW,
    EXCEPTION,
    FORM_START,
    FORM_SUBMIT,
    PAYMENT_FAILED,
    LCP_SAMPLE,
    LCP_SLOW,
    STATUS_5XX,
    INTERNAL_404,
    REQUESTED,
    WENT_BACK,
    RETRIED,
    DECIDED,
    PREDICATES,
};

static const struct predicate predicates[PREDICATES] = {
    [ANY] = {.kinds = 0},
    [PAGEVIEW] = {.kinds = 1 << KIND_PAGEVIEW},
    [EXCEPTION] = {.kinds = 1 << KIND_EXCEPTION},
    [FORM_START] = {.kinds = 1 << KIND_FORM_START},
    [FORM_SUBMIT] = {.kinds = 1 << KIND_FORM_SUBMIT},
    [PAYMENT_FAILED] = {.kinds = 1 << KIND_PAYMENT_FAILED},
    [LCP_SAMPLE] = {.kinds = 1 << KIND_VITALS,
                    .has_number = true,
                    .which = NUMBER_LCP,
                    .above = -HUGE_VAL,
                    .at_most = HUGE_VAL},
    [LCP_SLOW] = {.kinds = 1 << KIND_VITALS,
                  .has_number = true,
                  .which = NUMBER_LCP,
                  .above = 2500,
                  .at_most = HUGE_VAL},
    [STATUS_5XX] = {.kinds = 1 << KIND_REQUEST | 1 << KIND_NOT_FOUND,
                    .has_number = true,
                    .which = NUMBER_STATUS,
                    .above = 499,
                    .at_most = 599},
    [INTERNAL_404] = {.kinds = 1 << KIND_REQUEST,
                      .has_number = true,
                      .which = NUMBER_STATUS,
                      .above = 403,
                      .at_most = 404,
                      .own_referrer = true},
    [REQUESTED] = {.kinds = 1 << KIND_REQUEST},
    [WENT_BACK] = {.given = true},
    [RETRIED] = {.given = true},
    [DECIDED] = {.given = true},
};

enum {
    COUNT_EXCEPTION,
    COUNT_ABANDON,
    COUNT_CHECKOUT,
    COUNT_LCP,
    COUNT_5XX,
    COUNT_404,
    COUNT_BACK,
    COUNT_RETRY,
    COUNT_DECIDED, /* of the pageviews */
    COUNT_PART,    /* the same, in part of the exposed alone */
    COUNTED
};

static const struct counted counted[COUNTED] = {
    [COUNT_EXCEPTION] = {.exposed = 1 << PAGEVIEW, .affected = 1 << EXCEPTION},
    [COUNT_ABANDON] = {.exposed = 1 << FORM_START,
                       .affected = 1 << FORM_START,
                       .ended = 1 << FORM_SUBMIT},
    [COUNT_CHECKOUT] = {.exposed = 1 << FORM_START | 1 << PAYMENT_FAILED,
                        .affected = 1 << FORM_START,
                        .ended = 1 << FORM_SUBMIT,
                        .failed = 1 << PAYMENT_FAILED},
    [COUNT_LCP] = {.exposed = 1 << LCP_SAMPLE, .affected = 1 << LCP_SLOW},
    [COUNT_5XX] = {.exposed = 1 << ANY, .affected = 1 << STATUS_5XX},
    [COUNT_404] = {.exposed = 1 << ANY, .affected = 1 << INTERNAL_404},
    [COUNT_BACK] = {.exposed = 1 << PAGEVIEW,
                    .affected = 1 << WENT_BACK,
                    .form = FORM_BACK,
                    .window_ms = 2 * MINUTE},
    [COUNT_RETRY] = {.exposed = 1 << PAGEVIEW | 1 << REQUESTED,
                     .affected = 1 << RETRIED,
                     .form = FORM_RETRY,
                     .window_ms = 3 * MINUTE},
    [COUNT_DECIDED] = {.exposed = 1 << PAGEVIEW, .affected = 1 << DECIDED},
    [COUNT_PART] = {.exposed = 1 << PAGEVIEW, .affected = 1 << DECIDED, .within = true},
};

static const char *const own_hosts[] = {"shop.example", "www.shop.example"};

static inline bool as_it_is(void *context, struct str path, char out[201], size_t *n)
{
    (void)context;
    memcpy(out, path.at, path.n);
    *n = path.n;
    return true;
}

static inline struct daycount_plan plan_new(void)
{
    return (struct daycount_plan){
        .predicates = predicates,
        .npredicates = PREDICATES,
        .counted = counted,
        .ncounted = COUNTED,
        .own_hosts = own_hosts,
        .nown_hosts = 2,
        .bounds = {FIRST_DAY, DAYS, at_ms},
        .most_values = {[DIMENSION_PAGE] = 1000,
                        [DIMENSION_BROWSER] = 1000,
                        [DIMENSION_DEVICE] = 1000,
                        [DIMENSION_RELEASE] = 1000,
                        [DIMENSION_ERROR] = 1000},
        .page_name = as_it_is,
    };
}

/* One counting at a time: the tests are single runs. */
struct fixture {
    struct arena arena;
    struct daycount *counts;
    struct day_cells *days;
    uint32_t over;
    struct err err;
};

static inline int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    arena_init(&f->arena, (size_t)1 << 30);
    assert_true(daycount_open(".", &f->arena, &f->counts, &f->err));
    *state = f;
    return 0;
}

static inline int teardown(void **state)
{
    struct fixture *f = *state;

    daycount_close(f->counts);
    arena_release(&f->arena);
    free(f);
    return 0;
}

static inline void add(struct fixture *f, const struct row *row)
{
    bool full;

    if (!daycount_add(f->counts, row, &full, &f->err))
        fail_msg("%s", f->err.text);
}

static inline void finish(struct fixture *f)
{
    if (!daycount_finish(f->counts, &f->arena, &f->days, &f->over, &f->err))
        fail_msg("%s", f->err.text);
}

static inline void count(struct fixture *f, const struct daycount_plan *plan,
                         const struct row *rows, size_t n)
{
    daycount_start(f->counts, plan);
    for (size_t i = 0; i < n; i++)
        add(f, &rows[i]);
    finish(f);
}

static inline uint64_t id_of(uint64_t number)
{
    return hash_bytes(&number, sizeof number);
}

/* A row of session `unit` with an id of its own. */
static inline struct row row_of(uint64_t unit, int64_t time_ms, enum kind kind,
                                const char *page)
{
    static uint64_t ids;

    return (struct row){.unit = id_of(unit),
                        .time_ms = time_ms,
                        .id = id_of(++ids),
                        .kinds = 1U << kind,
                        .page = str_of(page)};
}

static inline struct row row_with(struct row row, enum row_number which, double number)
{
    row.numbers |= 1U << which;
    row.number[which] = number;
    return row;
}

/* "affected/exposed" of a cell, "none" where it is not there. */
static inline const char *cell(const struct fixture *f, size_t day,
                               enum dimension dimension, const char *value,
                               size_t which)
{
    static char text[64];
    const struct day_dimension *d = &f->days[day].dimension[dimension];

    for (size_t v = 0; v < d->nvalues; v++) {
        if (str_equal(d->value[v], str_of(value))) {
            (void)snprintf(text, sizeof text, "%lld/%lld",
                           (long long)d->affected[v * COUNTED + which],
                           (long long)d->exposed[v * COUNTED + which]);
            return text;
        }
    }
    return "none";
}

static inline const char *site(const struct fixture *f, size_t day, size_t which)
{
    return cell(f, day, DIMENSION_SITE, "site", which);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

#endif
