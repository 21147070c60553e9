/* The built-in signals as one table: what is counted, of whom, and how it is judged. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "watchdog/settings.h"

#include "shared/banned.h"

#define BIT(kind) (UINT32_C(1) << (kind))

enum { MINOR_AFFECTED = 3 }; // effect gate, docs/method.md

/* A row that is... */
enum what {
    NOTHING,
    VIEWED,
    RAGED,
    DIED,
    ERRED_CLICK,
    THREW,
    LCP_SAMPLE,
    LCP_OVER,
    INP_SAMPLE,
    INP_OVER,
    CLS_SAMPLE,
    CLS_OVER,
    FCP_SAMPLE,
    FCP_OVER,
    TTFB_SAMPLE,
    TTFB_OVER,
    REQUESTED,
    SERVER_FAILED,
    LINK_DEAD,
    NOT_FOUND,
    FORM_STARTED,
    FORM_SENT,
    SEARCHED,
    FOUND_NOTHING,
    CHECKOUT_STARTED,
    CHECKOUT_DONE,
    PAYMENT_FAILED,
    WENT_BACK, // given: where a pattern ends
    RETRIED,
    THREW_AT_CHECKOUT, // given: the collector knows the pages
    WHAT_COUNT,
};

#define OF_KIND(k)      \
    {                   \
        .kinds = BIT(k) \
    }
#define SAMPLE(number)                                                          \
    {                                                                           \
        .has_number = true, .which = (number), .above = -1, .at_most = HUGE_VAL \
    }
#define OVER(number, limit)                                                          \
    {                                                                                \
        .has_number = true, .which = (number), .above = (limit), .at_most = HUGE_VAL \
    }
#define STATUS(low, high) \
    .has_number = true, .which = NUMBER_STATUS, .above = (low)-0.5, .at_most = (high)

/* Limits of the vitals: web.dev/articles/vitals, "good"; a p75 at the limit is 25 %
 * above it. */
static const struct predicate predicates[WHAT_COUNT] = {
    [VIEWED] = OF_KIND(KIND_PAGEVIEW),
    [RAGED] = OF_KIND(KIND_RAGE_CLICK),
    [DIED] = OF_KIND(KIND_DEAD_CLICK),
    [ERRED_CLICK] = OF_KIND(KIND_ERROR_CLICK),
    [THREW] = OF_KIND(KIND_EXCEPTION),
    [LCP_SAMPLE] = SAMPLE(NUMBER_LCP),
    [LCP_OVER] = OVER(NUMBER_LCP, 2500),
    [INP_SAMPLE] = SAMPLE(NUMBER_INP),
    [INP_OVER] = OVER(NUMBER_INP, 200),
    [CLS_SAMPLE] = SAMPLE(NUMBER_CLS),
    [CLS_OVER] = OVER(NUMBER_CLS, 0.1),
    [FCP_SAMPLE] = SAMPLE(NUMBER_FCP),
    [FCP_OVER] = OVER(NUMBER_FCP, 1800),
    [TTFB_SAMPLE] = SAMPLE(NUMBER_TTFB),
    [TTFB_OVER] = OVER(NUMBER_TTFB, 800),
    [REQUESTED] = OF_KIND(KIND_REQUEST),
    [SERVER_FAILED] = {.kinds = BIT(KIND_REQUEST), STATUS(500, 599)},
    [LINK_DEAD] = {.kinds = BIT(KIND_REQUEST), STATUS(404, 404), .own_referrer = true},
    [NOT_FOUND] = OF_KIND(KIND_NOT_FOUND),
    [FORM_STARTED] = OF_KIND(KIND_FORM_START),
    [FORM_SENT] = OF_KIND(KIND_FORM_SUBMIT),
    [SEARCHED] = {.kinds = BIT(KIND_SEARCH),
                  .has_number = true,
                  .which = NUMBER_RESULTS,
                  .above = -1,
                  .at_most = HUGE_VAL},
    [FOUND_NOTHING] = {.kinds = BIT(KIND_SEARCH),
                       .has_number = true,
                       .which = NUMBER_RESULTS,
                       .above = -1,
                       .at_most = 0},
    [CHECKOUT_STARTED] = OF_KIND(KIND_CHECKOUT_START),
    [CHECKOUT_DONE] = OF_KIND(KIND_CHECKOUT_DONE),
    [PAYMENT_FAILED] = OF_KIND(KIND_PAYMENT_FAILED),
    [WENT_BACK] = {.given = true},
    [RETRIED] = {.given = true},
    [THREW_AT_CHECKOUT] = {.given = true, .kinds = BIT(KIND_EXCEPTION)},
};

struct builtin {
    const char *name, *title, *affected, *exposed;
    enum model model;
    enum what rows[2], of[2], ended, failed;
    enum form form;
    uint32_t kinds;    /* of the exposure */
    bool needs_number; /* of what the exposure is a sample of, instead of a kind */
    enum row_number number;
};

#define VITAL(short_name, title_text, limit_text, what, which, of_kinds)         \
    {                                                                            \
        .name = short_name "_slow", .title = (title_text),                       \
        .affected = "a sample over " limit_text, .exposed = "a sample",          \
        .model = MODEL_PROPORTION, .rows = {what##_OVER}, .of = {what##_SAMPLE}, \
        .kinds = (of_kinds), .needs_number = true, .number = (which)             \
    }

static const struct builtin builtins[] = {
    {.name = "checkout_fail",
     .title = "failed checkouts",
     .affected = "checkout_start, no checkout_done; or payment_failed",
     .exposed = "checkout_start or payment_failed",
     .model = MODEL_PROPORTION,
     .rows = {CHECKOUT_STARTED},
     .of = {CHECKOUT_STARTED, PAYMENT_FAILED},
     .ended = CHECKOUT_DONE,
     .failed = PAYMENT_FAILED,
     .kinds = BIT(KIND_CHECKOUT_START)},
    VITAL("cls", "layout shift over 0.1", "0.1", CLS, NUMBER_CLS, BIT(KIND_VITALS)),
    {.name = "dead_click",
     .title = "dead clicks",
     .affected = "dead_click",
     .exposed = "pageview",
     .rows = {DIED},
     .of = {VIEWED},
     .kinds = BIT(KIND_PAGEVIEW)},
    {.name = "error_click",
     .title = "clicks that raised an error",
     .affected = "error_click",
     .exposed = "pageview",
     .rows = {ERRED_CLICK},
     .of = {VIEWED},
     .kinds = BIT(KIND_PAGEVIEW)},
    VITAL("fcp", "first paint over 1.8 s", "1800 ms", FCP, NUMBER_FCP,
          BIT(KIND_VITALS)),
    {.name = "form_abandon",
     .title = "abandoned forms",
     .affected = "form_start, no form_submit",
     .exposed = "form_start",
     .model = MODEL_PROPORTION,
     .rows = {FORM_STARTED},
     .of = {FORM_STARTED},
     .ended = FORM_SENT,
     .kinds = BIT(KIND_FORM_START)},
    {.name = "http_404",
     .title = "dead internal links",
     .affected = "status 404 with a referrer of own_hosts, or not_found",
     .exposed = "request or pageview",
     .rows = {LINK_DEAD, NOT_FOUND},
     .of = {REQUESTED, VIEWED},
     .kinds = BIT(KIND_REQUEST) | BIT(KIND_PAGEVIEW)},
    {.name = "http_5xx",
     .title = "server errors",
     .affected = "status 500..599",
     .exposed = "request",
     .rows = {SERVER_FAILED},
     .of = {REQUESTED},
     .kinds = BIT(KIND_REQUEST)},
    VITAL("inp", "slow interactions (over 200 ms)", "200 ms", INP, NUMBER_INP,
          BIT(KIND_VITALS)),
    {.name = "js_exception",
     .title = "JavaScript errors",
     .affected = "exception",
     .exposed = "pageview",
     .rows = {THREW},
     .of = {VIEWED},
     .kinds = BIT(KIND_PAGEVIEW)},
    VITAL("lcp", "slow loading (LCP over 2.5 s)", "2500 ms", LCP, NUMBER_LCP,
          BIT(KIND_VITALS)),
    {.name = "quick_back",
     .title = "quick returns",
     .affected = "pages A B A in quick_back_s",
     .exposed = "pageview",
     .rows = {WENT_BACK},
     .of = {VIEWED},
     .form = FORM_BACK,
     .kinds = BIT(KIND_PAGEVIEW)},
    {.name = "rage_click",
     .title = "rage clicks",
     .affected = "rage_click",
     .exposed = "pageview",
     .rows = {RAGED},
     .of = {VIEWED},
     .kinds = BIT(KIND_PAGEVIEW)},
    {.name = "retry_loop",
     .title = "pages tried again and again",
     .affected = "3 rows of one page in retry_s",
     .exposed = "request or pageview",
     .rows = {RETRIED},
     .of = {REQUESTED, VIEWED},
     .form = FORM_RETRY,
     .kinds = BIT(KIND_REQUEST) | BIT(KIND_PAGEVIEW)},
    {.name = "search_empty",
     .title = "searches without a result",
     .affected = "search with 0 results",
     .exposed = "search with a count",
     .model = MODEL_PROPORTION,
     .rows = {FOUND_NOTHING},
     .of = {SEARCHED},
     .kinds = BIT(KIND_SEARCH),
     .needs_number = true,
     .number = NUMBER_RESULTS},
    VITAL("ttfb", "slow server answers (over 0.8 s)", "800 ms", TTFB, NUMBER_TTFB,
          BIT(KIND_VITALS) | BIT(KIND_REQUEST)), // an access log times its requests
};

enum { BUILTINS = sizeof builtins / sizeof *builtins };

static uint64_t mask(enum what what)
{
    return what == NOTHING ? 0 : UINT64_C(1) << what;
}

static int64_t usual_gate(const char *name)
{
    bool is_minor =
        strcmp(name, "checkout_fail") == 0 || strcmp(name, "js_exception") == 0;

    return is_minor ? MINOR_AFFECTED : USUAL_AFFECTED;
}

static bool is_checkout_page(void *context, struct str page)
{
    const struct settings *settings = context;

    return re_match(settings->checkout_pages, page) == RE_MATCH;
}

void signals_builtin(struct settings *settings, int64_t min_affected)
{
    memcpy(settings->predicates, predicates, sizeof predicates);
    settings->npredicates = WHAT_COUNT;
    for (size_t i = 0; i < BUILTINS; i++) {
        const struct builtin *from = &builtins[i];

        settings->signals[i] = (struct signal){
            .name = from->name,
            .title = from->title,
            .affected = from->affected,
            .exposed = from->exposed,
            .model = from->model,
            .counted = {.exposed = mask(from->of[0]) | mask(from->of[1]),
                        .affected = mask(from->rows[0]) | mask(from->rows[1]),
                        .ended = mask(from->ended),
                        .failed = mask(from->failed),
                        .form = from->form},
            .exposure_kinds = from->kinds,
            .is_configured = true,
            .min_affected = min_affected >= 0 ? min_affected : usual_gate(from->name),
        };
    }
    settings->threw_at_checkout = mask(THREW_AT_CHECKOUT);
    settings->at_checkout =
        (struct predicate_words){.is_page = is_checkout_page, .context = settings};
    settings->predicates[THREW_AT_CHECKOUT].words = &settings->at_checkout;
    settings->signals[BUILTINS] = (struct signal){
        .name = TRACKING,
        .title = "tracked sessions",
        .affected = "any event; per kind: that kind",
        .exposed = "1; sessions of the day",
        .direction = DIRECTION_DOWN,
        .is_configured = true,
        .min_affected = min_affected >= 0 ? min_affected : USUAL_AFFECTED,
        .sources = UINT32_MAX,
    };
    settings->nsignals = BUILTINS + 1;
}

void signals_add(struct settings *settings, struct signal signal)
{
    assert(settings->nsignals < SIGNALS_MAX);
    settings->signals[settings->nsignals] = settings->signals[settings->nsignals - 1];
    settings->signals[settings->nsignals - 1] = signal;
    settings->nsignals++;
}

void signals_count(struct settings *settings)
{
    size_t n = settings->nsignals - 1; // tracking counts units

    for (size_t i = 0; i < n; i++)
        settings->counted[i] = settings->signals[i].counted;
    settings->counted[n] = (struct counted){.affected = settings->threw_at_checkout};
    settings->ncounted = n + 1;
}

void signals_carried(struct settings *settings, size_t index, uint32_t kinds,
                     uint32_t numbers)
{
    for (size_t i = 0; i < BUILTINS; i++) {
        const struct builtin *from = &builtins[i];
        bool has_kind = (kinds & from->kinds) != 0;
        bool has_number = (numbers & BIT(from->number)) != 0;
        bool has_rows = false;

        if (from->needs_number)
            has_kind = has_kind && has_number;
        for (size_t r = 0; r < 2; r++) {
            uint32_t wanted = predicates[from->rows[r]].kinds;

            has_rows = has_rows || (from->rows[r] != NOTHING &&
                                    (wanted == 0 || (kinds & wanted) != 0));
        }
        if (has_kind && has_rows)
            settings->signals[i].sources |= UINT32_C(1) << index;
    }
}

void signals_fed(struct settings *settings)
{
    for (size_t i = 0; i + 1 < settings->nsignals; i++)
        for (size_t s = 0; s < settings->nsources; s++)
            if ((settings->signals[i].sources >> s & 1) != 0)
                settings->counted[i].from |= settings->source_bit[s];
}

const struct signal *signal_find(const struct settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->nsignals; i++)
        if (strcmp(settings->signals[i].name, name) == 0)
            return &settings->signals[i];
    return NULL;
}
