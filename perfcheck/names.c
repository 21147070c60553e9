/* What forms and metrics are called, and which severity a check has. Apart from
 * settings.c, so that what judges can ask it and stay pure. */
#include <string.h>

#include "perfcheck/settings.h"

#include "shared/banned.h"

static const struct {
    const char *metric, *name, *unit;
} metrics[] = {
    {"first-contentful-paint", "fcp", "ms"},
    {"largest-contentful-paint", "lcp", "ms"},
    {"speed-index", "si", "ms"},
    {"total-blocking-time", "tbt", "ms"},
    {"cumulative-layout-shift", "cls", ""},
    {"interactive", "interactive", "ms"},
};

enum { METRICS_KNOWN = sizeof metrics / sizeof *metrics };

const char *form_word(enum form form)
{
    return form == FORM_DESKTOP ? "desktop" : "mobile";
}

const char *metric_short(const char *metric)
{
    for (size_t i = 0; i < METRICS_KNOWN; i++)
        if (strcmp(metrics[i].metric, metric) == 0)
            return metrics[i].name;
    return metric;
}

const char *metric_unit(const char *metric)
{
    for (size_t i = 0; i < METRICS_KNOWN; i++)
        if (strcmp(metrics[i].metric, metric) == 0)
            return metrics[i].unit;
    return "";
}

const char *metric_of_short(const char *name)
{
    for (size_t i = 0; i < METRICS_KNOWN; i++)
        if (strcmp(metrics[i].name, name) == 0)
            return metrics[i].metric;
    return name;
}

bool name_covers(const char *name, struct str text)
{
    size_t n = strlen(name);

    if (n > 0 && name[n - 1] == '*')
        return str_starts(text, (struct str){name, n - 1});
    return str_equal(str_of(name), text);
}

bool settings_severity(const struct settings *settings, const char *check,
                       enum severity *severity)
{
    const struct severity_rule *best = NULL;
    size_t length = 0;

    for (size_t i = 0; i < settings->nseverities; i++) {
        const struct severity_rule *rule = &settings->severity[i];
        size_t n = strlen(rule->check);
        bool is_open = n > 0 && rule->check[n - 1] == '*';

        if (!name_covers(rule->check, str_of(check)))
            continue;
        if (!is_open) { // nothing is nearer
            best = rule;
            break;
        }
        if (!best || n > length) {
            best = rule;
            length = n;
        }
    }
    if (best && !best->is_off)
        *severity = best->severity;
    return !best || !best->is_off;
}
