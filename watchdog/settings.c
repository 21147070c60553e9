/* Reads the watchdog section. Its shape, ranges and defaults were the schema's
 * business. */
#include "watchdog/settings.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "shared/clock.h"
#include "shared/json.h"

#include "shared/banned.h"

/* Host of an http(s) URL: what own_hosts is when not said. */
static const char *host_of(const char *url, struct arena *arena)
{
    const char *host = strstr(url, "://");
    size_t n;

    if (!host)
        return NULL;
    host += 3;
    n = strcspn(host, ":/?#");
    return n > 0 ? str_copy(arena, host, n) : NULL;
}

static void read_hosts(const json_t *section, struct arena *arena,
                       struct settings *settings)
{
    const json_t *array = json_object_get(section, "own_hosts");
    const char *own = host_of(settings->site, arena);
    size_t n = json_array_size(array);
    const char **hosts = arena_new(arena, const char *, n + 1);

    for (size_t i = 0; i < n; i++)
        hosts[i] = json_string_value(json_array_get(array, i));
    if (n == 0 && own)
        hosts[n++] = own;
    settings->own_hosts = hosts;
    settings->nown_hosts = n;
}

static bool read_patterns(const struct config *config, const json_t *section,
                          const char *key, struct re **patterns, size_t *n,
                          struct err *err)
{
    const json_t *array = json_object_get(section, key);

    for (size_t i = 0; i < json_array_size(array); i++) {
        struct err why = {0};
        char pointer[64];

        if (!re_compile(json_string_value(json_array_get(array, i)), true,
                        &patterns[*n], &why)) {
            (void)snprintf(pointer, sizeof pointer, "/watchdog/%s/%zu", key, i);
            return config_err(config, pointer, err, "%s", why.text);
        }
        (*n)++;
    }
    return true;
}

static bool read_page_rules(const struct config *config, const json_t *section,
                            struct settings *settings, struct err *err)
{
    const json_t *array = json_object_get(section, "page_rules");

    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *rule = json_array_get(array, i);
        struct page_rule *to = &settings->page_rules[settings->npage_rules];
        struct err why = {0};
        char pointer[64];

        to->as = json_text(rule, "as", "");
        if (!re_compile(json_text(rule, "match", ""), true, &to->match, &why)) {
            (void)snprintf(pointer, sizeof pointer, "/watchdog/page_rules/%zu/match",
                           i);
            return config_err(config, pointer, err, "%s", why.text);
        }
        settings->npage_rules++;
    }
    return true;
}

static bool read_expected(const struct config *config, const json_t *section,
                          struct arena *arena, struct settings *settings,
                          struct err *err)
{
    const json_t *array = json_object_get(section, "expected_days");
    struct expected_days *days;

    settings->nexpected = json_array_size(array);
    days = arena_new(arena, struct expected_days, settings->nexpected);
    for (size_t i = 0; i < settings->nexpected; i++) {
        const json_t *range = json_array_get(array, i);
        const char *from = json_text(range, "from", "");
        const char *to = json_text(range, "to", "");
        char pointer[64];

        (void)snprintf(pointer, sizeof pointer, "/watchdog/expected_days/%zu", i);
        if (!day_parse(from, strlen(from), &days[i].from) ||
            !day_parse(to, strlen(to), &days[i].to) || days[i].to < days[i].from)
            return config_err(config, pointer, err, "'from' is after 'to'; swap them");
        days[i].why = json_text(range, "why", "");
    }
    settings->expected = days;
    return true;
}

/* With several sources each row says which it came from. */
static bool mark_sources(const struct config *config, struct settings *settings,
                         struct err *err)
{
    if (settings->nsources < 2)
        return true;
    if (settings->npredicates + settings->nsources > PREDICATES_MAX)
        return config_err(config, "/watchdog/custom", err,
                          "too many different matches beside %zu sources; at most %d "
                          "predicates in all",
                          settings->nsources, PREDICATES_MAX);
    for (size_t i = 0; i < settings->nsources; i++) {
        settings->source_bit[i] = UINT64_C(1) << settings->npredicates;
        settings->predicates[settings->npredicates++] =
            (struct predicate){.given = true};
    }
    return true;
}

static bool read_sources(const struct config *config, const json_t *section,
                         struct settings *settings, struct err *err)
{
    const json_t *source = json_object_get(section, "source");
    const json_t *sources = json_object_get(config->root, "sources");

    if (json_is_string(source))
        settings->source[settings->nsources++] = json_string_value(source);
    for (size_t i = 0; i < json_array_size(source) && i < SOURCES_MAX; i++)
        settings->source[settings->nsources++] =
            json_string_value(json_array_get(source, i));
    for (size_t i = 0; i < settings->nsources; i++)
        if (!json_object_get(sources, settings->source[i]))
            return config_err(config, "/watchdog/source", err,
                              "'%s' is not among 'sources'; add it there",
                              settings->source[i]);
    return true;
}

/* The signal that `pointer` of the configuration names; NULL with the error set. */
static struct signal *need_signal(const struct config *config, const char *pointer,
                                  struct settings *settings, struct err *err)
{
    const char *name = json_string_value(json_at(config->root, pointer));
    const char *names[SIGNALS_MAX];
    const char *near;

    for (size_t i = 0; i < settings->nsignals; i++) {
        names[i] = settings->signals[i].name;
        if (strcmp(names[i], name) == 0)
            return &settings->signals[i];
    }
    near = str_nearest(name, names, settings->nsignals);
    (void)config_err(config, pointer, err, "'%s' is not a signal%s%s%s", name,
                     near ? "; did you mean '" : "", near ? near : "", near ? "'" : "");
    return NULL;
}

/* `signals`: "auto", or the names wanted; tracking is always on. */
static bool read_signals(const struct config *config, const json_t *section,
                         struct settings *settings, struct err *err)
{
    const json_t *wanted = json_object_get(section, "signals");
    char pointer[64];

    for (size_t i = 0; json_is_array(wanted) && i < settings->nsignals; i++)
        settings->signals[i].is_configured =
            strcmp(settings->signals[i].name, TRACKING) == 0;
    for (size_t i = 0; i < json_array_size(wanted); i++) {
        struct signal *signal;

        (void)snprintf(pointer, sizeof pointer, "/watchdog/signals/%zu", i);
        signal = need_signal(config, pointer, settings, err);
        if (!signal)
            return false;
        signal->is_configured = true;
    }
    for (size_t i = 0; i < json_array_size(json_object_get(section, "crit")); i++) {
        struct signal *signal;

        (void)snprintf(pointer, sizeof pointer, "/watchdog/crit/%zu", i);
        signal = need_signal(config, pointer, settings, err);
        if (!signal)
            return false;
        signal->is_crit = true;
    }
    return true;
}

/* How long the patterns of quick_back and retry_loop may take. */
static void read_windows(const json_t *section, struct settings *settings)
{
    for (size_t i = 0; i < settings->nsignals; i++) {
        struct counted *counted = &settings->signals[i].counted;

        if (counted->form == FORM_BACK)
            counted->window_ms = 1000 * json_int(section, "quick_back_s", 0);
        if (counted->form == FORM_RETRY)
            counted->window_ms = 1000 * json_int(section, "retry_s", 0);
    }
}

static bool read_checkout_pages(const struct config *config, const json_t *section,
                                struct settings *settings, struct err *err)
{
    struct err why;

    return re_compile(json_text(section, "checkout_pages", ""), false,
                      &settings->checkout_pages, &why) ||
           config_err(config, "/watchdog/checkout_pages", err, "%s", why.text);
}

static void read_segments(const json_t *section, struct settings *settings)
{
    const json_t *array = json_object_get(section, "segments");
    const json_t *top = json_object_get(section, "top");

    settings->segment[DIMENSION_SITE] = true;
    for (int d = DIMENSION_PAGE; d < DIMENSION_COUNT; d++) {
        const char *word = dimension_word((enum dimension)d);

        settings->top[d] = (size_t)json_int(top, word, 0);
        for (size_t i = 0; i < json_array_size(array); i++)
            if (strcmp(json_string_value(json_array_get(array, i)), word) == 0)
                settings->segment[d] = true;
    }
}

static void read_numbers(const json_t *section, struct settings *settings)
{
    settings->q = json_number(section, "q", 0);
    settings->cusum_h_x1000 = llround(1000 * json_number(section, "cusum_h", 0));
    settings->cusum_child_x1000 =
        llround(1000 * json_number(section, "cusum_h_child", 0));
    settings->min_exposed = json_number(section, "min_exposed", 0);
    settings->min_excess = json_number(section, "min_excess", 0);
    settings->min_ratio = json_number(section, "min_ratio", 0);
    settings->new_error_min = json_int(section, "new_error_min", NEW_ERROR_MIN);
    settings->checkout_error_min =
        json_int(section, "new_error_min", CHECKOUT_ERROR_MIN);
    settings->max_rejected_pct = json_number(section, "max_rejected_pct", 0);
    settings->scratch = json_text(section, "scratch", "");
    settings->exclude_bots = strcmp(json_text(section, "bots", ""), "exclude") == 0;
}

bool settings_read(const struct config *config, struct arena *arena,
                   struct settings *settings, struct err *err)
{
    const json_t *section = config_section(config, "watchdog");

    if (!section)
        return config_err(
            config, "", err,
            "there is no 'watchdog' section; add \"watchdog\": {\"source\": ...}");
    *settings = (struct settings){.site = config->site};
    signals_builtin(settings, json_int(section, "min_affected", -1));
    read_windows(section, settings);
    read_numbers(section, settings);
    read_segments(section, settings);
    read_hosts(section, arena, settings);
    if (!custom_read(config, arena, settings, err))
        return false;
    signals_count(settings);
    return read_sources(config, section, settings, err) &&
           mark_sources(config, settings, err) &&
           read_signals(config, section, settings, err) &&
           read_checkout_pages(config, section, settings, err) &&
           read_expected(config, section, arena, settings, err) &&
           read_page_rules(config, section, settings, err) &&
           read_patterns(config, section, "page_ignore", settings->page_ignore,
                         &settings->npage_ignore, err) &&
           read_patterns(config, section, "event_ignore", settings->event_ignore,
                         &settings->nevent_ignore, err);
}

void settings_release(struct settings *settings)
{
    for (size_t i = 0; i < settings->npage_rules; i++)
        re_free(settings->page_rules[i].match);
    for (size_t i = 0; i < settings->npage_ignore; i++)
        re_free(settings->page_ignore[i]);
    for (size_t i = 0; i < settings->nevent_ignore; i++)
        re_free(settings->event_ignore[i]);
    re_free(settings->checkout_pages);
    matches_release(&settings->matches);
    *settings = (struct settings){0};
}

bool settings_is_expected(const struct settings *settings, int32_t day)
{
    for (size_t i = 0; i < settings->nexpected; i++)
        if (day >= settings->expected[i].from && day <= settings->expected[i].to)
            return true;
    return false;
}
