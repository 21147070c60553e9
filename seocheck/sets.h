/*
 * R, S and C: which URLs take part in their differences, and where a sitemap lists
 * them. Pure, but for site_declare, which asks the user's patterns and may fail.
 */
#ifndef SEOCHECK_SETS_H
#define SEOCHECK_SETS_H

#include <stdbool.h>
#include <stddef.h>

#include "seocheck/routes.h"
#include "seocheck/settings.h"
#include "seocheck/site.h"
#include "shared/arena.h"
#include "shared/err.h"

/* What routes say of the URLs that a crawl found, once all of them are known: those of
 * S and C that match a dynamic route join R, all that a route serves are `is_declared`,
 * those that routes.ignore matches `is_ignored`; dynamic routes that match none become
 * site.empty_route. Static routes are in R already. Patterns see path and query, those
 * of routes the path. False: a pattern is too costly. */
MUST_USE bool site_declare(struct site *site, const struct routes *routes,
                           const struct settings *settings, struct arena *arena,
                           struct err *err);

/* Takes part in differences: it answers 200, is not noindex and neither ignored nor
 * excluded. What is not there has findings of its own. */
bool resource_is_compared(const struct resource *resource,
                          const struct site_agents *agents);

/* The entry of a sitemap for one URL: of several the one with the latest lastmod, then
 * the first. `entry` is NULL where none lists it. */
struct listed {
    const struct site_sitemap *sitemap;
    const struct sitemap_entry *entry;
};

/* One for each resource, in the arena. */
const struct listed *site_listed(const struct site *site, struct arena *arena);

#endif
