/*
 * What is wrong with one sitemap, looked at by itself. What needs the crawl (status,
 * noindex, sets, churn) is judge_sitemaps'. Pure.
 */
#ifndef SEOCHECK_JUDGE_SITEMAP_H
#define SEOCHECK_JUDGE_SITEMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seocheck/checks.h"
#include "seocheck/settings.h"
#include "seocheck/sitemap.h"
#include "seocheck/url.h"
#include "shared/arena.h"
#include "shared/str.h"

struct sitemap_look {
    struct str subject;    /* of its hits */
    const struct url *url; /* where it was read; NULL: a file, so no folder is known */
    const struct settings *settings; /* for own hosts and dropped parameters; NULL: no
                                        host is known */
    bool is_in_robots; /* named there: it may list what is above its folder */
    int32_t as_of;
    const bool *is_kept; /* of each entry: its page kept its hash since before the day
                            of its lastmod; NULL: nobody knows */
    struct arena *arena; /* of the hits' texts */
};

/* Of the checks sitemap-{invalid,too-big,loc,host,path,duplicate}, sitemap-error for
 * bad gzip, lastmod-{invalid,future,missing,uniform}; in the order of its entries, then
 * what is about all of them. `look` and `hits` are borrowed until the end. Of an entry
 * nothing is kept but a hash and its date, so that 50,000 cost 5 MiB. */
struct sitemap_judging;
struct sitemap_judging *sitemap_judge_begin(const struct sitemap_look *look,
                                            struct hits *hits);
void sitemap_judge_entry(struct sitemap_judging *judging,
                         const struct sitemap_entry *entry);
/* `sitemap` NULL: it was given up, no hit is added. */
void sitemap_judge_end(struct sitemap_judging *judging, const struct sitemap *sitemap);

/* All of that, of one whose entries were kept. */
void judge_sitemap(const struct sitemap_look *look, const struct sitemap *sitemap,
                   struct hits *hits);

#endif
