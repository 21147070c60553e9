/* The presets of Lighthouse CI 0.15 (@lhci/utils), in its order: what each asserts of
 * each audit. */
#include <assert.h>
#include <string.h>

#include "perfcheck/assert.h"

#include "shared/banned.h"

/* Most audits are alike: a level in `all`, in `recommended` and in `no-pwa`, which also
 * ask of some for no item at all. */
enum preset_class {
    CLASS_OFF,
    CLASS_ERROR,
    CLASS_FLAKY,
    CLASS_ERROR_LENGTH,
    CLASS_WARN_LENGTH,
    CLASS_NOT_LOCAL, /* a server of developers does not do it */
    CLASS_ON_HTTPS,
    CLASS_PWA,
};

static const struct {
    const char *level[PRESET_NONE];
    bool has_max_length; /* but in `all` */
} classes[] = {
    [CLASS_OFF] = {{"off", "off", "off"}, false},
    [CLASS_ERROR] = {{"error", "error", "error"}, false},
    [CLASS_FLAKY] = {{"error", "warn", "warn"}, false},
    [CLASS_ERROR_LENGTH] = {{"error", "error", "error"}, true},
    [CLASS_WARN_LENGTH] = {{"error", "warn", "warn"}, true},
    [CLASS_NOT_LOCAL] = {{"error", "off", "off"}, false},
    [CLASS_ON_HTTPS] = {{"error", "warn", "off"}, false},
    [CLASS_PWA] = {{"error", "error", "off"}, false},
};

static const char *const names[] = {
    [PRESET_ALL] = "lighthouse:all",
    [PRESET_RECOMMENDED] = "lighthouse:recommended",
    [PRESET_NO_PWA] = "lighthouse:no-pwa",
};

static const struct {
    const char *audit;
    enum preset_class class;
} rows[] = {
    {"interaction-to-next-paint", CLASS_OFF},
    {"uses-responsive-images-snapshot", CLASS_OFF},
    {"work-during-interaction", CLASS_OFF},
    {"critical-request-chains", CLASS_OFF},
    {"final-screenshot", CLASS_OFF},
    {"js-libraries", CLASS_OFF},
    {"largest-contentful-paint-element", CLASS_OFF},
    {"layout-shifts", CLASS_OFF},
    {"main-thread-tasks", CLASS_OFF},
    {"network-requests", CLASS_OFF},
    {"network-rtt", CLASS_OFF},
    {"network-server-latency", CLASS_OFF},
    {"resource-summary", CLASS_OFF},
    {"screenshot-thumbnails", CLASS_OFF},
    {"script-treemap-data", CLASS_OFF},
    {"third-party-summary", CLASS_OFF},
    {"total-blocking-time", CLASS_OFF},
    {"user-timings", CLASS_OFF},
    {"diagnostics", CLASS_OFF},
    {"metrics", CLASS_OFF},
    {"aria-allowed-attr", CLASS_ERROR},
    {"aria-allowed-role", CLASS_ERROR},
    {"aria-command-name", CLASS_ERROR},
    {"aria-conditional-attr", CLASS_ERROR},
    {"aria-deprecated-role", CLASS_ERROR},
    {"aria-dialog-name", CLASS_ERROR},
    {"aria-hidden-body", CLASS_ERROR},
    {"aria-hidden-focus", CLASS_ERROR},
    {"aria-input-field-name", CLASS_ERROR},
    {"aria-meter-name", CLASS_ERROR},
    {"aria-progressbar-name", CLASS_ERROR},
    {"aria-prohibited-attr", CLASS_ERROR},
    {"aria-required-attr", CLASS_ERROR},
    {"aria-required-children", CLASS_ERROR},
    {"aria-required-parent", CLASS_ERROR},
    {"aria-roles", CLASS_ERROR},
    {"aria-text", CLASS_ERROR},
    {"aria-toggle-field-name", CLASS_ERROR},
    {"aria-tooltip-name", CLASS_ERROR},
    {"aria-treeitem-name", CLASS_ERROR},
    {"aria-valid-attr-value", CLASS_ERROR},
    {"aria-valid-attr", CLASS_ERROR},
    {"bf-cache", CLASS_ERROR},
    {"bootup-time", CLASS_FLAKY},
    {"button-name", CLASS_ERROR},
    {"cache-insight", CLASS_WARN_LENGTH},
    {"clickjacking-mitigation", CLASS_ERROR},
    {"cls-culprits-insight", CLASS_ERROR},
    {"color-contrast", CLASS_ERROR},
    {"crawlable-anchors", CLASS_ERROR},
    {"csp-xss", CLASS_ERROR},
    {"cumulative-layout-shift", CLASS_FLAKY},
    {"definition-list", CLASS_ERROR},
    {"document-latency-insight", CLASS_ERROR},
    {"document-title", CLASS_ERROR},
    {"dom-size-insight", CLASS_FLAKY},
    {"dom-size", CLASS_FLAKY},
    {"duplicate-id-aria", CLASS_ERROR},
    {"duplicated-javascript-insight", CLASS_ERROR},
    {"duplicated-javascript", CLASS_WARN_LENGTH},
    {"efficient-animated-content", CLASS_ERROR_LENGTH},
    {"empty-heading", CLASS_ERROR},
    {"errors-in-console", CLASS_ERROR},
    {"first-contentful-paint", CLASS_FLAKY},
    {"first-meaningful-paint", CLASS_FLAKY},
    {"font-display-insight", CLASS_ERROR},
    {"font-display", CLASS_ERROR},
    {"font-size", CLASS_ERROR},
    {"forced-reflow-insight", CLASS_ERROR},
    {"form-field-multiple-labels", CLASS_ERROR},
    {"frame-title", CLASS_ERROR},
    {"geolocation-on-start", CLASS_ERROR},
    {"has-hsts", CLASS_ERROR},
    {"heading-order", CLASS_ERROR},
    {"html-has-lang", CLASS_ERROR},
    {"html-lang-valid", CLASS_ERROR},
    {"html-xml-lang-mismatch", CLASS_ERROR},
    {"http-status-code", CLASS_ERROR},
    {"identical-links-same-purpose", CLASS_ERROR},
    {"image-alt", CLASS_ERROR},
    {"image-aspect-ratio", CLASS_ERROR},
    {"image-delivery-insight", CLASS_ERROR},
    {"image-redundant-alt", CLASS_ERROR},
    {"image-size-responsive", CLASS_ERROR},
    {"input-button-name", CLASS_ERROR},
    {"input-image-alt", CLASS_ERROR},
    {"inspector-issues", CLASS_ERROR},
    {"interaction-to-next-paint-insight", CLASS_ERROR},
    {"is-crawlable", CLASS_ERROR},
    {"is-on-https", CLASS_ON_HTTPS},
    {"label-content-name-mismatch", CLASS_ERROR},
    {"landmark-one-main", CLASS_ERROR},
    {"largest-contentful-paint", CLASS_FLAKY},
    {"lcp-discovery-insight", CLASS_ERROR},
    {"lcp-lazy-loaded", CLASS_ERROR},
    {"lcp-phases-insight", CLASS_ERROR},
    {"legacy-javascript-insight", CLASS_ERROR},
    {"legacy-javascript", CLASS_WARN_LENGTH},
    {"link-in-text-block", CLASS_ERROR},
    {"link-name", CLASS_ERROR},
    {"link-text", CLASS_ERROR},
    {"long-tasks", CLASS_NOT_LOCAL},
    {"mainthread-work-breakdown", CLASS_FLAKY},
    {"max-potential-fid", CLASS_FLAKY},
    {"meta-description", CLASS_ERROR},
    {"meta-refresh", CLASS_ERROR},
    {"meta-viewport", CLASS_ERROR},
    {"modern-http-insight", CLASS_ERROR},
    {"modern-image-formats", CLASS_WARN_LENGTH},
    {"network-dependency-tree-insight", CLASS_ERROR},
    {"no-document-write", CLASS_ERROR},
    {"non-composited-animations", CLASS_ERROR},
    {"notification-on-start", CLASS_ERROR},
    {"object-alt", CLASS_ERROR},
    {"offscreen-images", CLASS_ERROR_LENGTH},
    {"origin-isolation", CLASS_ERROR},
    {"paste-preventing-inputs", CLASS_ERROR},
    {"prioritize-lcp-image", CLASS_ERROR},
    {"redirects-http", CLASS_ERROR},
    {"render-blocking-insight", CLASS_WARN_LENGTH},
    {"render-blocking-resources", CLASS_WARN_LENGTH},
    {"robots-txt", CLASS_ERROR},
    {"select-name", CLASS_ERROR},
    {"server-response-time", CLASS_FLAKY},
    {"skip-link", CLASS_ERROR},
    {"speed-index", CLASS_FLAKY},
    {"table-duplicate-name", CLASS_ERROR},
    {"table-fake-caption", CLASS_ERROR},
    {"target-size", CLASS_ERROR},
    {"td-has-header", CLASS_ERROR},
    {"td-headers-attr", CLASS_ERROR},
    {"th-has-data-cells", CLASS_ERROR},
    {"third-parties-insight", CLASS_ERROR},
    {"third-party-cookies", CLASS_ERROR},
    {"third-party-facades", CLASS_ERROR},
    {"total-byte-weight", CLASS_ERROR},
    {"unminified-css", CLASS_ERROR_LENGTH},
    {"unminified-javascript", CLASS_ERROR_LENGTH},
    {"unsized-images", CLASS_ERROR},
    {"unused-css-rules", CLASS_ERROR_LENGTH},
    {"unused-javascript", CLASS_ERROR_LENGTH},
    {"uses-http2", CLASS_NOT_LOCAL},
    {"uses-long-cache-ttl", CLASS_WARN_LENGTH},
    {"uses-optimized-images", CLASS_ERROR_LENGTH},
    {"uses-passive-event-listeners", CLASS_ERROR},
    {"uses-rel-preconnect", CLASS_ERROR_LENGTH},
    {"uses-responsive-images", CLASS_ERROR_LENGTH},
    {"uses-text-compression", CLASS_ERROR_LENGTH},
    {"valid-lang", CLASS_ERROR},
    {"valid-source-maps", CLASS_ERROR},
    {"video-caption", CLASS_ERROR},
    {"viewport-insight", CLASS_ERROR},
    {"accesskeys", CLASS_ERROR},
    {"bypass", CLASS_ERROR},
    {"canonical", CLASS_ERROR},
    {"charset", CLASS_ERROR},
    {"deprecations", CLASS_ERROR},
    {"dlitem", CLASS_ERROR},
    {"doctype", CLASS_ERROR},
    {"hreflang", CLASS_ERROR},
    {"interactive", CLASS_FLAKY},
    {"label", CLASS_ERROR},
    {"list", CLASS_ERROR},
    {"listitem", CLASS_ERROR},
    {"redirects", CLASS_ERROR},
    {"tabindex", CLASS_ERROR},
    {"viewport", CLASS_PWA},
};

enum { ROWS = sizeof rows / sizeof *rows };

enum preset preset_find(const char *name)
{
    for (int i = 0; i < PRESET_NONE; i++)
        if (strcmp(names[i], name) == 0)
            return (enum preset)i;
    return PRESET_NONE;
}

size_t preset_size(void)
{
    return ROWS;
}

struct preset_rule preset_rule(enum preset preset, size_t i)
{
    enum preset_class class;

    assert(preset != PRESET_NONE && i < ROWS);
    class = rows[i].class;
    return (struct preset_rule){
        .audit = rows[i].audit,
        .level = classes[class].level[preset],
        .has_max_length = classes[class].has_max_length && preset != PRESET_ALL,
    };
}

bool preset_knows(const char *audit)
{
    for (size_t i = 0; i < ROWS; i++)
        if (strcmp(rows[i].audit, audit) == 0)
            return true;
    return false;
}
