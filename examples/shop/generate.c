/*
 * Writes the shop's event history, one gzip file a civil day of Europe/Berlin, with one
 * incident and two experiments planted in it. Everything comes from SEED: the same
 * program writes the same bytes. Prints what it planted. It decides nothing and reads
 * nothing; README.md beside it says what is where.
 *
 *     cc -std=c17 -O2 -D_POSIX_C_SOURCE=200809L -ffp-contract=off -I. -o generate \
 *         examples/shop/generate.c -lz -lm && ./generate examples/shop/events
 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "shared/banned.h"

#define SEED         20261115u
#define SEED_ARMS    20261020u        /* arms of experiments */
#define DAY_2026     20454            /* 2026-01-01, days since 1970-01-01 */
#define DAY_LAST     (DAY_2026 + 318) /* 2026-11-15 */
#define DAY_FIRST    (DAY_LAST - 129)
#define DAY_INCIDENT (DAY_2026 + 309) /* 2026-11-06 */
#define DAY_413      (DAY_FIRST + 60)
#define DAY_MIDNIGHT (DAY_2026 + 292) /* 2026-10-20: a session crosses its end */
/* 2026-10-14: six events of its evening arrive the next day. */
#define DAY_LATE    (DAY_2026 + 286)
#define LATE_EVENTS 6
/* 2026-10-25 01:00 UTC */
#define SUMMER_ENDS (INT64_C(86400) * (DAY_2026 + 297) + 3600)
#define HOUR        3600
#define LAST_HOURS  5 /* what exists of the day after DAY_LAST */

#define DAY_BUTTON (DAY_2026 + 292) /* 2026-10-20: checkout-button begins */
#define DAY_BANNER (DAY_2026 + 299) /* 2026-10-27: free-shipping-banner begins */
/* Weights of the banner are in force from this hour on; before it those of the day
 * before. */
#define BANNER_HOUR 4
#define DAY_WEIGHTS (DAY_2026 + 308) /* 2026-11-05: first day with weights decided */
/* The green button's true lift in orders, and the share of sessions with a cart that
 * order anyway (all 130 days). */
#define BUTTON_LIFT   .40
#define ORDER_SHARE   .1747
#define BANNER_ARMS   3
#define EXPOSURE_BASE 900 /* numbers of exposures in a session follow this */

#define SESSIONS_A_DAY 350.0
#define EVENTS_MAX     400000     /* in all; about 143,000 come out */
#define TEXT_MAX       (4u << 20) /* of one day */
#define LINE_MAX_BYTES 1024

enum page {
    HOME,
    ESPRESSO,
    FILTER,
    GRINDER,
    SEARCH,
    CART,
    ABOUT,
    CONTACT,
    CHECKOUT,
    DONE,
    PAGES
};

enum browser { CHROME, SAFARI, FIREFOX, EDGE, BROWSERS };

enum release { R410, R413, R420 };

enum type {
    PAGEVIEW,
    VITALS,
    RAGE,
    DEAD,
    EXCEPTION,
    SEARCHED,
    FORM_STARTED,
    FORM_SUBMITTED,
    CHECKOUT_STARTED,
    ORDERED,
    PAYMENT_FAILED,
    FLAG_CALLED,
};

/* Experiments; their exposures have value[0] flag, value[1] arm. */
enum flag { BUTTON, BANNER, FLAGS };

static const char *const page_path[] = {"/",         "/p/espresso",
                                        "/p/filter", "/p/grinder",
                                        "/search",   "/cart",
                                        "/about",    "/contact",
                                        "/checkout", "/checkout/done"};
static const char *const browser_name[] = {"Chrome", "Safari", "Firefox", "Edge"};
static const char *const release_name[] = {"4.1.0", "4.1.3", "4.2.0"};
static const char *const type_name[] = {"$pageview",        "$web_vitals",
                                        "$rageclick",       "$dead_click",
                                        "$exception",       "search",
                                        "form started",     "form submitted",
                                        "checkout started", "order completed",
                                        "payment failed",   "$feature_flag_called"};
static const char *const flag_name[] = {"checkout-button", "free-shipping-banner"};
static const char *const arm_name[FLAGS][BANNER_ARMS] = {
    [BUTTON] = {"control", "green"},
    [BANNER] = {"control", "banner", "banner-large"},
};
/* What rounds-bandit decided for the banner, a row a day from DAY_WEIGHTS on; the equal
 * split before. */
static const uint16_t banner_bp[DAY_LAST - DAY_WEIGHTS + 2][BANNER_ARMS] = {
    {1644, 5333, 3023}, // 2026-11-05
    {838, 6213, 2949},  // 2026-11-06
    {760, 6875, 2365},  // 2026-11-07
    {646, 7160, 2194},  // 2026-11-08
    {2646, 5731, 1623}, // 2026-11-09
    {3000, 5630, 1370}, // 2026-11-10
    {3000, 5630, 1370}, // 2026-11-11
    {1000, 6395, 2605}, // 2026-11-12
    {3000, 5707, 1293}, // 2026-11-13
    {3000, 5534, 1466}, // 2026-11-14
    {1000, 6031, 2969}, // 2026-11-15
    {781, 4769, 4450},  // 2026-11-16
};
static const uint16_t equal_bp[BANNER_ARMS] = {3334, 3333, 3333};
static const char *const price[] = {"9.8", "11.2", "64"};

enum error { GRIND, INDEX, PRICES, APPLE_PAY };

static const struct {
    const char *type, *value;
} error_text[] = {
    {"RangeError", "grind setting 0 is out of range"},
    {"Error", "search index did not load"},
    {"Error", "price list is out of date"},
    {"TypeError", "undefined is not an object (evaluating 'payment.applePay.version')"},
};

/* Percent; what is missing to 100 leaves. Columns: home espresso filter grinder search
 * cart about contact checkout. The last row is where sessions begin. */
static const uint8_t next_page[PAGES + 1][CHECKOUT + 1] = {
    [HOME] = {0, 18, 13, 10, 9, 7, 4, 5, 0},
    [ESPRESSO] = {9, 0, 9, 6, 4, 36, 0, 0, 0},
    [FILTER] = {9, 9, 0, 6, 4, 36, 0, 0, 0},
    [GRINDER] = {9, 8, 6, 0, 4, 36, 0, 0, 0},
    [SEARCH] = {8, 20, 15, 12, 0, 5, 5, 5, 0},
    [CART] = {7, 4, 3, 2, 0, 0, 0, 0, 21},
    [ABOUT] = {25, 8, 0, 0, 0, 0, 0, 12, 0},
    [CONTACT] = {20, 0, 0, 0, 0, 0, 0, 0, 0},
    [PAGES] = {42, 14, 11, 9, 7, 8, 4, 5, 0},
};
static const double weekday_factor[] = {1.1, 1.15, 1.15, 1.1,
                                        1.0, .75,  .75}; /* Monday first */
static const uint8_t hour_weight[24] = {6,  3,  2,  1,  1,  2,  8,  20, 35, 45, 52, 55,
                                        60, 55, 50, 50, 52, 58, 62, 66, 68, 60, 40, 18};
static const double browser_share[] = {.58, .22, .12, .08};
static const double mobile_share[] = {.45, .65, .15, .10};

struct event {
    int64_t time, arrival; /* s since the epoch; files and order go by arrival */
    uint32_t session;
    uint16_t number; /* in the session */
    uint8_t type, page, browser, release;
    bool is_mobile;
    int16_t value[4]; /* vitals: LCP INP CLS*100 FCP, -1 unknown; else [0] by type */
};

/* The day's wobbling probabilities. */
struct mood {
    double rage, dead, error, empty, slow, submit, fail;
};

struct session {
    struct event now; /* what its next event starts from */
    bool
        has_apple_pay; /* and so meets the planted error on the cart and the checkout */
    bool rages, has_dead_click, has_error, is_sampled;
};

struct history {
    struct event *event;
    size_t n;
    uint32_t sessions;

    struct {
        long crossings, late, repeats, malformed, hit_sessions, exposures[FLAGS];
    } planted;
};

static uint64_t rng_state;

/* splitmix64: Steele, Lea, Flood (2014), Fast splittable pseudorandom number
 * generators, section 5. */
static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint64_t rng_bits(void)
{
    return mix(rng_state += UINT64_C(0x9e3779b97f4a7c15));
}

/* In (0, 1), never an end. */
static double uniform(uint64_t bits)
{
    return ((double)(bits >> 12) + .5) / 4503599627370496.0;
}

static double rng_uniform(void)
{
    return uniform(rng_bits());
}

static bool rng_chance(double p)
{
    return rng_uniform() < p;
}

static int rng_below(int n)
{
    return (int)(rng_uniform() * n);
}

static double rng_normal(void)
{
    double r = sqrt(
        -2.0 * log(rng_uniform())); // Box and Muller; the second one is thrown away
    return r * cos(6.283185307179586 * rng_uniform());
}

/* Mean 1. Marsaglia and Tsang (2000), A simple method for generating gamma variables;
 * shape = 1/cv^2 > 1. */
static double rng_gamma(double cv)
{
    double shape = 1.0 / (cv * cv);
    double d = shape - 1.0 / 3.0, c = 1.0 / sqrt(9.0 * d);
    for (;;) {
        double x = rng_normal(), v = 1.0 + c * x;
        v = v * v * v;
        if (v > 0.0 && log(rng_uniform()) < .5 * x * x + d - d * v + d * log(v))
            return d * v / shape;
    }
}

/* Multiplying uniforms (Knuth); exp(-mean) must not be 0, so mean < 700. */
static int rng_poisson(double mean)
{
    double end = exp(-mean), p = rng_uniform();
    int n = 0;
    while (p > end) {
        p *= rng_uniform();
        n++;
    }
    return n;
}

static int rng_share(const double *share, int n)
{
    double u = rng_uniform();
    int i = 0;
    while (i < n - 1 && u >= share[i])
        u -= share[i++];
    return i;
}

static void fail(const char *what, const char *subject)
{
    fprintf(stderr, "generate: %s '%s'\n", what, subject);
    exit(3);
}

/* Seconds that Berlin is ahead of UTC; good from April 2026 to March 2027. */
static int berlin_offset(int64_t time)
{
    return time < SUMMER_ENDS ? 2 * HOUR : HOUR;
}

static int64_t berlin_instant(int day, int wall_s)
{
    int64_t time = INT64_C(86400) * day + wall_s - INT64_C(2) * HOUR;
    return time < SUMMER_ENDS ? time : time + HOUR;
}

static int berlin_day(int64_t time)
{
    return (int)((time + berlin_offset(time)) / 86400);
}

/* Where the history stops; what happens later is generated and left out. */
static int64_t history_end(void)
{
    return berlin_instant(DAY_LAST + 1, LAST_HOURS * HOUR);
}

/* "2026-07-09" of a day of 2026. */
static void day_format(int day, char text[11])
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int month = 0;
    for (day -= DAY_2026; month < 11 && day >= length[month]; month++)
        day -= length[month];
    snprintf(text, 11, "2026-%02u-%02u", (unsigned)(month + 1) % 100,
             (unsigned)(day + 1) % 100);
}

static void emit(struct history *h, struct session *s, enum type type, int value)
{
    if (h->n == EVENTS_MAX)
        fail("too many events, raise", "EVENTS_MAX");
    s->now.type = (uint8_t)type;
    s->now.value[0] = (int16_t)value;
    s->now.number++;
    s->now.arrival = s->now.time;
    h->event[h->n++] = s->now;
}

/* Log-normal with median `median` and `sigma` so that about 15 % are above the "good"
 * limit of web-vitals. Firefox has no CLS, Safari neither CLS nor INP. */
static void emit_vitals(struct history *h, struct session *s, const struct mood *mood)
{
    double lcp = fmin(1400.0 * mood->slow * exp(.58 * rng_normal()), 20000.0);
    double inp = fmin(88.0 * mood->slow * exp(.8 * rng_normal()), 4000.0);
    double cls = -.058 * mood->slow * log(rng_uniform());

    emit(h, s, VITALS, (int)lcp / 20 * 20);
    int16_t *value = h->event[h->n - 1].value;
    value[1] = (int16_t)(s->now.browser == SAFARI ? -1 : (int)inp / 8 * 8 + 8);
    value[2] = (int16_t)(s->now.browser == SAFARI || s->now.browser == FIREFOX
                             ? -1
                             : (int)(cls * 100.0));
    value[3] = (int16_t)((int)(lcp * (.5 + .4 * rng_uniform())) / 20 * 20);
}

/* What goes wrong on any page, once a session. */
static void emit_trouble(struct history *h, struct session *s)
{
    if (s->has_error && rng_chance(.5)) {
        s->has_error = false;
        emit(h, s, EXCEPTION,
             s->now.page == GRINDER  ? GRIND
             : s->now.page == SEARCH ? INDEX
                                     : PRICES);
    }
    if (s->has_dead_click && rng_chance(.5)) {
        s->has_dead_click = false;
        s->now.time += 3;
        emit(h, s, DEAD, 0);
    }
    if (s->rages && rng_chance(.5)) {
        s->rages = false;
        s->now.time += 2;
        emit(h, s, RAGE, 0);
    }
}

static void pause_s(struct session *s, double mean)
{
    s->now.time += 3 + (int)fmin(-mean * log(rng_uniform()), 600.0);
}

/* One page and what is done on it. Returns the next page, or PAGES to leave. */
static int visit_page(struct history *h, struct session *s, const struct mood *mood)
{
    int page = s->now.page;

    emit(h, s, PAGEVIEW, 0);
    if ((page == CART || page == CHECKOUT) && s->has_apple_pay)
        emit(h, s, EXCEPTION, APPLE_PAY);
    emit_trouble(h, s);
    if (s->is_sampled) {
        s->is_sampled = false;
        emit_vitals(h, s, mood);
    }
    pause_s(s, 40.0);
    if (page == SEARCH && rng_chance(.8))
        emit(h, s, SEARCHED, rng_chance(mood->empty) ? 0 : 1 + rng_below(3));
    if (page == CONTACT && rng_chance(.7)) {
        emit(h, s, FORM_STARTED, 0);
        pause_s(s, 50.0);
        if (rng_chance(mood->submit))
            emit(h, s, FORM_SUBMITTED, 0);
    }
    if (page == CHECKOUT) {
        int item = rng_below(3);
        emit(h, s, CHECKOUT_STARTED, item);
        pause_s(s, 60.0);
        if (!rng_chance(s->has_apple_pay ? 1.7 * mood->fail : mood->fail)) {
            s->now.page = DONE;
            emit(h, s, PAGEVIEW, 0);
            emit(h, s, ORDERED, item);
        } else if (rng_chance(.3)) {
            emit(h, s, PAYMENT_FAILED, item);
        }
        return PAGES;
    }
    int u = rng_below(100), next = 0;
    while (next <= CHECKOUT && u >= next_page[page][next])
        u -= next_page[page][next++];
    return next <= CHECKOUT ? next : PAGES;
}

static enum release release_at(int64_t time)
{
    if (time >= berlin_instant(DAY_INCIDENT, 6 * HOUR))
        return R420;
    return time >= berlin_instant(DAY_413, 10 * HOUR) ? R413 : R410;
}

static int64_t session_start(int day)
{
    int total = 0, hour = 0;
    for (int i = 0; i < 24; i++)
        total += hour_weight[i];
    int u = rng_below(total);
    while (u >= hour_weight[hour])
        u -= hour_weight[hour++];
    return berlin_instant(day, hour * HOUR + rng_below(HOUR));
}

static int button_arm(double bucket, bool has_ordered)
{
    // Drawn when the outcome is known, so that no order has to be added or taken away:
    // of arms drawn like this as many are green, and of those as many order, as of arms
    // that half of the sessions get at random and that raise the rate by BUTTON_LIFT.
    double green_of_orders = (1.0 + BUTTON_LIFT) / (2.0 + BUTTON_LIFT);
    double green_of_others = (.5 - ORDER_SHARE * green_of_orders) / (1.0 - ORDER_SHARE);
    return bucket < (has_ordered ? green_of_orders : green_of_others) ? 1 : 0;
}

/* The banner changes nothing: its arms ask for no outcome. */
static int banner_arm(double bucket, int64_t time)
{
    int day = berlin_day(time - INT64_C(3600) * BANNER_HOUR);
    const uint16_t *bp = day < DAY_WEIGHTS ? equal_bp : banner_bp[day - DAY_WEIGHTS];
    int arm = 0;
    for (bucket *= 10000.0; arm < BANNER_ARMS - 1 && bucket >= bp[arm]; arm++)
        bucket -= bp[arm];
    return arm;
}

static bool is_exposure(const struct event *e, enum flag flag)
{
    if (e->type != PAGEVIEW || e->time >= history_end())
        return false;
    if (flag == BUTTON)
        return e->time >= berlin_instant(DAY_BUTTON, 0) &&
               (e->page == CART || e->page == CHECKOUT);
    return e->time >= berlin_instant(DAY_BANNER, 0) &&
           (e->page == ESPRESSO || e->page == FILTER || e->page == GRINDER);
}

/* A session, which is the events from `first` on, meets each experiment once. Its arm
 * hangs on a hash, as with a flag service, and not on the stream of the history, so
 * that no older event changes. */
static void expose_session(struct history *h, size_t first)
{
    size_t end = h->n;
    bool has_ordered = false;

    if (end - first >= EXPOSURE_BASE)
        fail("too long a session, raise", "EXPOSURE_BASE");
    for (size_t i = first; i < end; i++)
        has_ordered |= h->event[i].type == ORDERED;
    for (enum flag flag = BUTTON; flag < FLAGS; flag++) {
        size_t i = first;
        while (i < end && !is_exposure(&h->event[i], flag))
            i++;
        if (i == end)
            continue;
        if (h->n == EVENTS_MAX)
            fail("too many events, raise", "EVENTS_MAX");
        struct event e = h->event[i];
        double bucket = uniform(mix(mix(SEED_ARMS + (uint64_t)flag) + e.session));
        e.type = FLAG_CALLED;
        e.number = (uint16_t)(EXPOSURE_BASE + flag);
        e.value[0] = (int16_t)flag;
        e.value[1] = (int16_t)(flag == BUTTON ? button_arm(bucket, has_ordered)
                                              : banner_arm(bucket, e.time));
        h->event[h->n++] = e;
        h->planted.exposures[flag]++;
    }
}

static void generate_session(struct history *h, int day, const struct mood *mood)
{
    struct session s = {.now = {.time = session_start(day), .session = ++h->sessions}};
    s.now.browser = (uint8_t)rng_share(browser_share, BROWSERS);
    s.now.is_mobile = rng_chance(mobile_share[s.now.browser]);
    s.now.release = (uint8_t)release_at(s.now.time);
    s.rages = rng_chance(mood->rage);
    s.has_dead_click = rng_chance(mood->dead);
    s.has_error = rng_chance(mood->error);
    s.is_sampled = rng_chance(.25);
    // Drawn in every session, so that the incident moves no other number.
    s.has_apple_pay =
        rng_chance(.38) && s.now.browser == SAFARI && s.now.release == R420;

    int u = rng_below(100), page = 0;
    while (page < CHECKOUT && u >= next_page[PAGES][page])
        u -= next_page[PAGES][page++];
    size_t first = h->n;
    while (page != PAGES) {
        s.now.page = (uint8_t)page;
        page = visit_page(h, &s, mood);
    }
    for (size_t i = first; i < h->n && h->event[i].time < history_end(); i++) {
        if (berlin_day(h->event[i].time) != day) {
            h->planted.crossings++;
            break;
        }
    }
    for (size_t i = first; i < h->n && h->event[i].time < history_end(); i++) {
        if (h->event[i].type == EXCEPTION && h->event[i].value[0] == APPLE_PAY) {
            h->planted.hit_sessions++;
            break;
        }
    }
    expose_session(h, first);
}

static void plant_midnight_session(struct history *h)
{
    struct session s = {.now = {.time = berlin_instant(DAY_MIDNIGHT, 24 * HOUR - 150),
                                .session = ++h->sessions,
                                .release = R413}};
    static const uint8_t pages[] = {HOME, FILTER, CART, HOME};
    size_t first = h->n;
    for (size_t i = 0; i < sizeof pages; i++, s.now.time += 100) {
        s.now.page = pages[i];
        emit(h, &s, PAGEVIEW, 0);
    }
    h->planted.crossings++;
    expose_session(h, first);
}

static void generate_day(struct history *h, int day)
{
    rng_state = SEED ^ ((uint64_t)day << 32); // a day of its own stream each
    // emit_trouble passes over some sessions: of rage, dead clicks and errors about 72
    // % come out.
    struct mood mood = {.rage = .0085 * rng_gamma(.15),
                        .dead = .021 * rng_gamma(.15),
                        .error = .0095 * rng_gamma(.15),
                        .empty = .08 * rng_gamma(.1),
                        .slow = rng_gamma(.05),
                        .submit = .55 * rng_gamma(.05),
                        .fail = .22 * rng_gamma(.1)};
    double mean = SESSIONS_A_DAY * weekday_factor[(day + 3) % 7] * rng_gamma(.07);
    for (int i = rng_poisson(mean); i > 0; i--)
        generate_session(h, day, &mood);
    if (day == DAY_MIDNIGHT)
        plant_midnight_session(h);
}

/* An outbox that was offline: the first events of an evening arrive the next morning.
 */
static void plant_late_events(struct history *h)
{
    int64_t evening = berlin_instant(DAY_LATE, 21 * HOUR);
    for (size_t i = 0; i < h->n && h->planted.late < LATE_EVENTS; i++) {
        if (h->event[i].time >= evening && berlin_day(h->event[i].time) == DAY_LATE) {
            h->event[i].arrival = berlin_instant(DAY_LATE + 1, 9 * HOUR + 30 * 60);
            h->planted.late++;
        }
    }
}

static int event_compare(const void *left, const void *right)
{
    const struct event *a = left, *b = right;
    if (a->arrival != b->arrival)
        return a->arrival < b->arrival ? -1 : 1;
    if (a->session != b->session)
        return a->session < b->session ? -1 : 1;
    return a->number - b->number;
}

/* Appends to text[0..LINE_MAX_BYTES) at `at`; gives the new end. */
static int append(char *text, int at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int append(char *text, int at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    at += vsnprintf(text + at, (size_t)(LINE_MAX_BYTES - at), format, args);
    va_end(args);
    if (at >= LINE_MAX_BYTES)
        fail("too long a line, raise", "LINE_MAX_BYTES");
    return at;
}

/* What its type adds to an event's properties. */
static int append_extras(char *text, int at, const struct event *e)
{
    switch ((enum type)e->type) {
    case VITALS:
        at = append(text, at,
                    ",\"$web_vitals_LCP_value\":%d,\"$web_vitals_FCP_value\":%d",
                    e->value[0], e->value[3]);
        if (e->value[1] >= 0)
            at = append(text, at, ",\"$web_vitals_INP_value\":%d", e->value[1]);
        if (e->value[2] >= 0)
            at = append(text, at, ",\"$web_vitals_CLS_value\":%d.%02d",
                        e->value[2] / 100, e->value[2] % 100);
        return at;
    case EXCEPTION:
        return append(text, at,
                      ",\"$exception_list\":[{\"type\":\"%s\",\"value\":\"%s\"}]",
                      error_text[e->value[0]].type, error_text[e->value[0]].value);
    case SEARCHED: return append(text, at, ",\"results\":%d", e->value[0]);
    case CHECKOUT_STARTED:
    case ORDERED:
    case PAYMENT_FAILED: return append(text, at, ",\"value\":%s", price[e->value[0]]);
    case FLAG_CALLED:
        return append(text, at,
                      ",\"$feature_flag\":\"%s\",\"$feature_flag_response\":\"%s\"",
                      flag_name[e->value[0]], arm_name[e->value[0]][e->value[1]]);
    case PAGEVIEW:
    case RAGE:
    case DEAD:
    case FORM_STARTED:
    case FORM_SUBMITTED: break;
    }
    return at;
}

static int event_format(const struct event *e, char text[LINE_MAX_BYTES])
{
    char date[11];
    int second = (int)(e->time % 86400);
    day_format((int)(e->time / 86400), date);
    int at = append(text, 0,
                    "{\"event\":\"%s\",\"uuid\":\"%" PRIu32
                    "-%u\",\"timestamp\":\"%sT%02d:%02d:%02dZ\""
                    ",\"distinct_id\":\"u%" PRIu32
                    "\",\"properties\":{\"$session_id\":\"s%" PRIu32
                    "\",\"$pathname\":\"%s\"",
                    type_name[e->type], e->session, e->number, date, second / HOUR,
                    second / 60 % 60, second % 60, e->session, e->session,
                    page_path[e->page]);
    at = append(text, at,
                ",\"$browser\":\"%s\",\"$device_type\":\"%s\",\"release\":\"%s\"",
                browser_name[e->browser], e->is_mobile ? "Mobile" : "Desktop",
                release_name[e->release]);
    at = append_extras(text, at, e);
    return append(text, at, "}}\n");
}

/* Lines as a real export has them: now and then one is there twice, or broken off and
 * sent again, or is a gateway's error page. Not exposures: they draw nothing. */
static size_t lines_format(struct history *h, const struct event *e, char *text)
{
    char line[LINE_MAX_BYTES];
    size_t n = (size_t)event_format(e, line), at = 0;

    if (e->type == FLAG_CALLED) {
        memcpy(text, line, n);
        return n;
    }
    if (rng_chance(1.0 / 4000)) {
        static const char page[] = "<html><body>502 Bad Gateway</body></html>\n";
        bool is_cut = rng_chance(.7);
        size_t length = is_cut ? n / 2 : sizeof page - 1;
        memcpy(text, is_cut ? line : page, length);
        text[length - 1] = '\n';
        at = length;
        h->planted.malformed++;
    }
    memcpy(text + at, line, n);
    at += n;
    if (rng_chance(1.0 / 2000)) {
        memcpy(text + at, line, n);
        at += n;
        h->planted.repeats++;
    }
    return at;
}

/* Level 9, no name and no time in the header: the bytes depend on the text and on zlib
 * alone. */
static void write_gzip(const char *folder, int day, const char *text, size_t n)
{
    static Bytef packed[TEXT_MAX];
    char date[11], path[4096];
    z_stream z = {.next_in = (Bytef *)text,
                  .avail_in = (uInt)n,
                  .next_out = packed,
                  .avail_out = TEXT_MAX};

    day_format(day, date);
    if (snprintf(path, sizeof path, "%s/%s.jsonl.gz", folder, date) >= (int)sizeof path)
        fail("too long a path", folder);
    if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK ||
        deflate(&z, Z_FINISH) != Z_STREAM_END || deflateEnd(&z) != Z_OK)
        fail("cannot compress", path);
    FILE *file = fopen(path, "wb");
    if (!file)
        fail("cannot create", path);
    bool is_written = fwrite(packed, 1, z.total_out, file) == z.total_out;
    if (fclose(file) != 0 || !is_written)
        fail("cannot write", path);
}

static void write_history(struct history *h, const char *folder)
{
    static char text[TEXT_MAX];
    int64_t end = history_end();
    size_t i = 0;

    for (int day = DAY_FIRST; day <= DAY_LAST + 1; day++) {
        size_t n = 0;
        rng_state = ~(SEED ^ ((uint64_t)day << 32));
        for (; i < h->n && h->event[i].arrival < end &&
               berlin_day(h->event[i].arrival) == day;
             i++) {
            if (TEXT_MAX - n < (size_t)3 * LINE_MAX_BYTES)
                fail("too much text, raise", "TEXT_MAX");
            n += lines_format(h, &h->event[i], text + n);
        }
        write_gzip(folder, day, text, n);
    }
    h->n = i;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: generate FOLDER\n", stderr);
        return 3;
    }
    struct history h = {.event = calloc(EVENTS_MAX, sizeof *h.event)};
    if (!h.event)
        fail("no memory for", "events");
    for (int day = DAY_FIRST; day <= DAY_LAST + 1; day++)
        generate_day(&h, day);
    plant_late_events(&h);
    qsort(h.event, h.n, sizeof *h.event, event_compare);
    write_history(&h, argv[1]);
    printf(
        "%zu events; planted: %ld sessions cross midnight, %ld late events, %ld repeated lines, "
        "%ld malformed lines, %ld sessions with the Apple Pay error, %ld and %ld exposures\n",
        h.n, h.planted.crossings, h.planted.late, h.planted.repeats,
        h.planted.malformed, h.planted.hit_sessions, h.planted.exposures[BUTTON],
        h.planted.exposures[BANNER]);
    free(h.event);
    return fflush(stdout) == 0 ? 0 : 3;
}
