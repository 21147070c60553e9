/*
 * Writes the benchmarks' inputs to stdout. Same arguments, same bytes, and line i does
 * not depend on how many are asked for, so that a file can be written in parts. It
 * measures nothing.
 *
 *     generate events SESSIONS ROWS FROM TO    PostHog-like, 1.1 KB a line, one day
 *     generate short SESSIONS ROWS FROM TO     the same without what nobody reads
 *     generate log VISITORS ROWS FROM TO       combined access log, one day
 *     generate arms SESSIONS ROWS FROM TO      exposures and orders, five events a
 *                                              session whatever is asked, two days
 *     generate wide SESSIONS DAYS FROM TO      a day of SESSIONS each, many values: the
 *                                              history of some 2,000 cells
 *
 * FROM and TO, exclusive, are lines of ROWS; of `wide` they are days.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/clock.h"
#include "shared/str.h"

#include "shared/banned.h"

#define SEED     UINT64_C(20260302)
#define DAY_LAST 20514 /* 2026-03-02, days since 1970-01-01 */
#define DAY_MS   INT64_C(86400000)

enum { WINDOW = 200, WIDE_VALUES = 62, WIDE_EVENTS = 6, ARM_EVENTS = 5 };

struct size {
    int64_t units, rows, from, to;
};

static const char *const pages[] = {"/",       "/p/espresso", "/p/filter", "/p/grinder",
                                    "/search", "/cart",       "/about",    "/contact",
                                    "/guide",  "/checkout"};
static const char *const browsers[] = {"Chrome", "Safari", "Firefox", "Edge",
                                       "Mobile Safari"};
static const char *const systems[] = {"Windows", "Mac OS X", "Linux", "Android", "iOS"};
static const char *const devices[] = {"Desktop", "Mobile", "Tablet"};
static const char *const releases[] = {"4.1.0", "4.1.3", "4.2.0"};
static const char *const agents[] = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/18.1 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"};

/* Event names by how many of a thousand; what is left are autocaptures. */
static const struct {
    const char *name;
    unsigned share;
} events[] = {{"$pageview", 520},       {"$web_vitals", 110},
              {"$pageleave", 100},      {"search", 30},
              {"form started", 20},     {"form submitted", 15},
              {"checkout started", 20}, {"order completed", 15},
              {"$rageclick", 5},        {"$dead_click", 5},
              {"$exception", 10},       {"$autocapture", 1000}};

#define PICK(from, number) ((from)[(number) % (sizeof(from) / sizeof *(from))])

/* SplitMix64 (Steele, Lea and Flood 2014, OOPSLA, 453-472): of `n` alone. */
static uint64_t mixed(uint64_t n)
{
    uint64_t z = SEED + n * 0x9e3779b97f4a7c15U;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

static void print_stamp(int64_t ms)
{
    int64_t of_day = ms % DAY_MS;

    printf("%sT%02d:%02d:%02d.%03dZ", day_text((int32_t)(ms / DAY_MS)).text,
           (int)(of_day / 3600000), (int)(of_day / 60000 % 60),
           (int)(of_day / 1000 % 60), (int)(of_day % 1000));
}

/* Units come and go: WINDOW of them are there at a time. */
static uint64_t unit_of(const struct size *size, int64_t row)
{
    int64_t first = row * size->units / size->rows;

    return (uint64_t)((first + (int64_t)(mixed((uint64_t)row * 4) % WINDOW)) %
                      size->units);
}

static int64_t time_of(const struct size *size, int64_t row)
{
    return DAY_LAST * DAY_MS + row * DAY_MS / size->rows;
}

static const char *event_of(uint64_t random)
{
    unsigned thousandth = (unsigned)(random % 1000);
    size_t i = 0;

    while (thousandth >= events[i].share)
        thousandth -= events[i++].share;
    return events[i].name;
}

/* One path in four names a product or a customer. */
static void print_page(uint64_t random)
{
    printf("%s", PICK(pages, random >> 8));
    if (random % 4 == 0)
        printf("%s%" PRIu64, random >> 8 & 1 ? "/item/" : "/u/", random >> 20 & 0x3fff);
}

/* What the event's own kind adds. */
static void print_own(const char *event, uint64_t random)
{
    if (strcmp(event, "$web_vitals") == 0)
        printf(",\"$web_vitals_LCP_value\":%" PRIu64 ".%" PRIu64
               ",\"$web_vitals_INP_value\":%" PRIu64
               ",\"$web_vitals_CLS_value\":0.0%" PRIu64
               ",\"$web_vitals_FCP_value\":%" PRIu64 ".5",
               600 + random % 2400, random >> 4 & 0xfff, 40 + (random >> 16) % 200,
               random >> 24 & 0x3ff, 300 + random % 1700);
    else if (strcmp(event, "$exception") == 0)
        printf(",\"$exception_list\":[{\"type\":\"TypeError\",\"value\":\"cannot read "
               "'total' of undefined (%" PRIu64 ")\",\"stacktrace\":{\"frames\":[{"
               "\"filename\":\"/assets/cart.js\",\"lineno\":%" PRIu64 "}]}}]",
               random % 50, random >> 8 & 0xff);
    else if (strcmp(event, "search") == 0)
        printf(",\"results\":%" PRIu64, random % 12);
}

/* What an analytics SDK sends along and nobody here reads. */
static void print_rest(uint64_t unit, uint64_t random)
{
    printf(",\"$os\":\"%s\",\"$os_version\":\"10.15.7\",\"$browser_version\":131,"
           "\"$host\":\"shop.example\",\"$current_url\":\"https://shop.example/?utm_"
           "source=mail&utm_campaign=%" PRIu64 "\",\"$screen_height\":1080,"
           "\"$screen_width\":1920,\"$viewport_height\":%" PRIu64
           ",\"$viewport_width\":1512,\"$lib\":\"web\",\"$lib_version\":\"1.194.2\","
           "\"$insert_id\":\"%016" PRIx64 "\",\"$time\":1772445600.%03d,",
           PICK(systems, unit >> 3), random % 97, 600 + random % 400, mixed(random),
           (int)(random % 1000));
    printf("\"$device_id\":\"%016" PRIx64 "\",\"$referrer\":\"$direct\","
           "\"$referring_domain\":\"$direct\",\"$window_id\":\"%016" PRIx64
           "\",\"title\":\"Kaffeebohnen f\xC3\xBCr zu Hause \\\"frisch\\\"\",",
           mixed(unit), mixed(unit + 7));
    printf("\"$active_feature_flags\":[\"new-cart\",\"fast-search\"],\"$feature/"
           "new-cart\":\"test\",\"$feature/fast-search\":true,\"$set\":{\"$os\":\"%s\","
           "\"$browser\":\"%s\",\"$geoip_city_name\":\"Berlin\"},\"$set_once\":{"
           "\"$initial_referrer\":\"$direct\",\"$initial_utm\":{\"source\":null,"
           "\"medium\":null}},\"token\":\"phc_0123456789abcdef0123456789abcdef\","
           "\"$is_identified\":false,\"$lib_rate_limit_remaining_tokens\":%" PRIu64
           ".5",
           PICK(systems, unit >> 3), PICK(browsers, unit), random % 99);
}

static void print_event(const struct size *size, int64_t row, int is_whole)
{
    uint64_t unit = unit_of(size, row);
    uint64_t random = mixed((uint64_t)row * 4 + 1);
    const char *event = event_of(random);

    printf("{\"uuid\":\"%016" PRIx64 "%016" PRIx64
           "\",\"event\":\"%s\",\"properties\":{\"$session_id\":\"s%016" PRIx64
           "\",\"$pathname\":\"",
           mixed((uint64_t)row * 4 + 2), mixed((uint64_t)row * 4 + 3), event,
           mixed(unit << 8));
    print_page(random >> 16);
    printf("\",\"$browser\":\"%s\",\"$device_type\":\"%s\",\"release\":\"%s\"",
           PICK(browsers, unit), PICK(devices, unit >> 2), PICK(releases, unit >> 5));
    print_own(event, random >> 12);
    if (is_whole)
        print_rest(unit, random >> 24);
    printf("},\"timestamp\":\"");
    print_stamp(time_of(size, row));
    printf("\",\"distinct_id\":\"u%" PRIu64 "\"}\n", unit);
}

/* A session of five: an exposure, pages, and an order of one in sixteen. The day and
 * the one before. */
static void print_arm_event(const struct size *size, int64_t row)
{
    int64_t step = row / WINDOW % ARM_EVENTS;
    uint64_t unit = (uint64_t)(row / WINDOW / ARM_EVENTS * WINDOW + row % WINDOW);
    uint64_t random = mixed(unit << 8);
    const char *event = step == 0 ? "$feature_flag_called"
                        : step == ARM_EVENTS - 1 && random % 16 == 0 ? "order completed"
                                                                     : "$pageview";

    printf("{\"uuid\":\"%016" PRIx64 "%016" PRIx64
           "\",\"event\":\"%s\",\"properties\":{\"$session_id\":\"s%016" PRIx64
           "\",\"$pathname\":\"",
           mixed((uint64_t)row * 4 + 2), mixed((uint64_t)row * 4 + 3), event, random);
    print_page(random >> 16);
    printf("\",\"$browser\":\"%s\",\"$device_type\":\"%s\",\"release\":\"%s\"",
           PICK(browsers, unit), PICK(devices, unit >> 2), PICK(releases, unit >> 5));
    if (step == 0)
        printf(",\"$feature_flag\":\"cta\",\"$feature_flag_response\":\"%s\"",
               random >> 32 & 1 ? "b" : "control");
    printf("},\"timestamp\":\"");
    print_stamp((DAY_LAST - 1) * DAY_MS + row * (2 * DAY_MS) / size->rows);
    printf("\",\"distinct_id\":\"u%" PRIu64 "\"}\n", unit);
}

static void print_log(const struct size *size, int64_t row)
{
    static const int status[] = {200, 200, 200, 200, 200, 200, 301, 304, 404, 500};
    uint64_t unit = unit_of(size, row);
    uint64_t random = mixed((uint64_t)row * 4 + 1);
    int64_t second = time_of(size, row) % DAY_MS / 1000;

    printf("10.%u.%u.%u - - [02/Mar/2026:%02d:%02d:%02d +0000] \"GET ",
           (unsigned)(unit >> 16 & 255), (unsigned)(unit >> 8 & 255),
           (unsigned)(unit & 255), (int)(second / 3600), (int)(second / 60 % 60),
           (int)(second % 60));
    if (random % 3 == 0)
        printf("/assets/%" PRIu64 ".css", random >> 8 & 63);
    else
        print_page(random >> 16);
    printf(" HTTP/1.1\" %d %" PRIu64 " \"https://shop.example/\" \"%s\"\n",
           PICK(status, random >> 32), random >> 40, PICK(agents, unit));
}

/* One session of `wide`: an event of every exposure, on one of many values each. */
static void print_wide(int64_t day, int64_t session)
{
    static const char *const kinds[WIDE_EVENTS] = {"$pageview",        "$web_vitals",
                                                   "search",           "form started",
                                                   "checkout started", "$exception"};
    uint64_t random = mixed((uint64_t)(day * 1000003 + session));

    for (int i = 0; i < WIDE_EVENTS; i++) {
        printf("{\"uuid\":\"%" PRId64 "-%" PRId64 "-%d\",\"event\":\"%s\",", day,
               session, i, kinds[i]);
        printf("\"properties\":{\"$session_id\":\"%" PRId64 "-%" PRId64
               "\",\"$pathname\":\"/page-%" PRIu64 "\",\"$browser\":\"browser %" PRIu64
               "\",\"$device_type\":\"%s\",\"release\":\"%" PRIu64 "\"",
               day, session, random % WIDE_VALUES, (random >> 8) % WIDE_VALUES,
               PICK(devices, random >> 16), (random >> 24) % WIDE_VALUES);
        print_own(kinds[i], random >> 32);
        printf("},\"timestamp\":\"");
        print_stamp(day * DAY_MS + (session * 60 + i) * 1000 % DAY_MS);
        printf("\",\"distinct_id\":\"u%" PRId64 "\"}\n", session);
    }
}

static void print_days(const struct size *size)
{
    for (int64_t day = size->from; day < size->to; day++)
        for (int64_t session = 0; session < size->units; session++)
            print_wide(DAY_LAST - (size->rows - 1) + day, session);
}

static int usage(void)
{
    fputs("usage: generate events|short|log|arms|wide UNITS ROWS FROM TO\n", stderr);
    return 3;
}

int main(int argc, char **argv)
{
    int64_t number[4];
    struct size size;

    if (argc != 6)
        return usage();
    for (int i = 0; i < 4; i++)
        if (!str_to_int64(argv[i + 2], strlen(argv[i + 2]), &number[i]) ||
            number[i] < 0 || number[i] > 1000000000)
            return usage();
    size = (struct size){number[0], number[1], number[2], number[3]};
    if (size.units == 0 || size.rows == 0)
        return usage();
    if (strcmp(argv[1], "wide") == 0) {
        print_days(&size);
        return fflush(stdout) == 0 ? 0 : 3;
    }
    for (int64_t row = size.from; row < size.to; row++) {
        if (strcmp(argv[1], "log") == 0)
            print_log(&size, row);
        else if (strcmp(argv[1], "arms") == 0)
            print_arm_event(&size, row);
        else
            print_event(&size, row, strcmp(argv[1], "events") == 0);
    }
    return fflush(stdout) == 0 ? 0 : 3;
}
