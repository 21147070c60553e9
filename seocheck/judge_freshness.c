/* lastmod against what the pages did: changed behind its back, or moved for nothing.
 * What one sitemap says by itself is judge_sitemap.c's. */
#include "seocheck/look.h"
#include "seocheck/sets.h"
#include "shared/clock.h"

#include "shared/banned.h"

/* Section 9: at least a fifth of S and at least ten are one finding of the site. */
enum { CHURN_FIRES = 2, CHURN_SHARE = 5, CHURN_LEAST = 10 };

/* One URL of S and C. */
struct dated {
    const struct resource *resource;
    const struct history_row *row;
    const struct listed *listed;
    struct str subject;
};

static bool is_dated(const struct look *look, const struct listed *listed,
                     struct dated *dated)
{
    const struct resource *resource = dated->resource;
    const uint32_t both = SET_SITEMAP | SET_CRAWL;

    if (!listed->entry || !resource->is_page || (resource->sets & both) != both ||
        look_is_volatile(look, resource))
        return false;
    dated->listed = listed;
    dated->subject = look_subject(look, resource);
    dated->row = look_row(look, resource);
    return dated->row != NULL;
}

static struct hit hit_of(const struct look *look, enum check_id check,
                         const struct dated *dated)
{
    return (struct hit){
        .check = check,
        .subject = dated->subject,
        .where_url = url_shown(dated->listed->sitemap->url.text, look->arena),
        .line = dated->listed->entry->line,
    };
}

/* A day more than section 6 seems to ask for the day's end in another zone. Confirmed
 * here: the day of the change is the first check that saw it. */
static void judge_stale(const struct look *look, const struct dated *dated,
                        struct hits *hits)
{
    const struct history_row *row = dated->row;
    const struct lastmod *lastmod = &dated->listed->entry->lastmod;
    struct hit hit;

    if (lastmod->status != LASTMOD_GOOD || row->changed == 0 ||
        lastmod->day + 1 >= row->before ||
        look->as_of - row->changed < look->settings->confirm_days - 1)
        return;
    hit = hit_of(look, CHECK_LASTMOD_STALE, dated);
    hit.value =
        str_copy(look->arena, day_text(row->before).text, sizeof(struct day_text) - 1);
    hit.limit =
        str_copy(look->arena, day_text(lastmod->day).text, sizeof(struct day_text) - 1);
    hit.n = 1;
    hits_add(hits, look->arena, hit);
}

static void judge_churn(const struct look *look, const struct hits *churned,
                        int64_t nlisted, struct hits *hits)
{
    struct hit hit = {.check = CHECK_LASTMOD_CHURN, .subject = STR("@site")};

    if (churned->n < CHURN_LEAST || (int64_t)churned->n * CHURN_SHARE < nlisted) {
        for (size_t i = 0; i < churned->n; i++)
            hits_add_as(hits, look->arena, SEVERITY_INFO, churned->item[i]);
        return;
    }
    hit.n = (int64_t)churned->n;
    hit.where_url = churned->item[0].where_url;
    hits_add(hits, look->arena, hit);
}

void judge_freshness(const struct look *look, struct hits *hits)
{
    const struct site *site = look->site;
    const struct listed *listed = site_listed(site, look->arena);
    struct hits churned = {0};
    int64_t nlisted = 0;

    for (size_t i = 0; i < site->n; i++) {
        struct dated dated = {.resource = &site->resource[i]};

        nlisted += (dated.resource->sets & SET_SITEMAP) != 0;
        if (!is_dated(look, &listed[i], &dated))
            continue;
        judge_stale(look, &dated, hits);
        if (dated.row->churn >= CHURN_FIRES)
            hits_add(&churned, look->arena, hit_of(look, CHECK_LASTMOD_CHURN, &dated));
    }
    judge_churn(look, &churned, nlisted, hits);
}
