/* The conclusions as state/seocheck.json has them, and what is loaded of before. */
#include <stdlib.h>
#include <string.h>

#include "seocheck/round.h"
#include "shared/clock.h"
#include "shared/json.h"
#include "shared/limits.h"

#include "shared/banned.h"

static void put_day(json_t *object, const char *key, int32_t day)
{
    json_put(object, key, json_string(day_text(day).text));
}

static int key_compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* Of the set of URLs that sitemaps list, whatever their order. */
static uint64_t sitemap_hash(const struct site *site, uint64_t *key)
{
    size_t n = 0;

    for (size_t i = 0; i < site->n; i++)
        if ((site->resource[i].sets & SET_SITEMAP) != 0)
            key[n++] = site->resource[i].url.key;
    qsort(key, n, sizeof *key, key_compare);
    return seo_hash(key, n * sizeof *key);
}

static int64_t count_set(const struct site *site, unsigned set)
{
    int64_t n = 0;

    for (size_t i = 0; i < site->n; i++)
        n += (site->resource[i].sets & set) != 0;
    return n;
}

/* A crawl that could not see them keeps what was known. */
static json_t *crawl_json(const struct site *site, const json_t *before, int32_t as_of,
                          struct arena *arena)
{
    const json_t *old = json_object_get(before, "crawl");
    json_t *routes = json_object_get(old, "routes");
    const char *changed = json_string_value(json_object_get(old, "sitemap_changed"));
    const char *known = json_string_value(json_object_get(old, "sitemap_hash"));
    uint64_t *key = arena_new(arena, uint64_t, site->n);
    json_t *object = json_object();
    char hash[17];

    (void)snprintf(hash, sizeof hash, "%016llx",
                   (unsigned long long)sitemap_hash(site, key));
    if (site->sitemaps_unread && known)
        (void)snprintf(hash, sizeof hash, "%s", known);
    json_put(object, "pages", json_integer(site->npages));
    json_put(object, "routes",
             site->routes_unread && json_is_integer(routes)
                 ? json_incref(routes)
                 : json_integer(count_set(site, SET_ROUTE)));
    if (site->has_sitemaps || known) {
        if (known && strcmp(known, hash) == 0 && changed)
            json_put(object, "sitemap_changed", json_string(changed));
        else
            put_day(object, "sitemap_changed", as_of);
        json_put(object, "sitemap_hash", json_string(hash));
    }
    return object;
}

json_t *state_document(const struct site *site, const struct findings *findings,
                       const json_t *before, int32_t as_of, struct arena *arena)
{
    json_t *document = json_object();
    json_t *found = json_object();

    for (size_t i = 0; i < findings->n && i < KEPT_FINDINGS_MAX; i++)
        if (findings->item[i].status != STATUS_RESOLVED)
            json_put(found, findings->item[i].id, finding_to_state(&findings->item[i]));
    json_put(document, "crawl", crawl_json(site, before, as_of, arena));
    json_put(document, "findings", found);
    json_put(document, "schema", json_integer(SEOCHECK_SCHEMA));
    put_day(document, "through", as_of);
    json_put(document, "tool", json_string("seocheck"));
    return document;
}

/* What the report reads of it. */
static bool check_crawl(const json_t *document, struct err *err)
{
    const json_t *crawl = json_object_get(document, "crawl");
    const json_t *changed = json_object_get(crawl, "sitemap_changed");
    int64_t count;

    if (!json_is_object(crawl))
        return err_set(err, "/crawl: is not an object");
    if (!json_need_int(crawl, "pages", &count, err) ||
        !json_need_int(crawl, "routes", &count, err))
        return err_wrap(err, "/crawl");
    return !changed || json_is_string(changed) ||
           err_set(err, "/crawl/sitemap_changed: is not a text");
}

bool state_findings(const json_t *document, struct arena *arena, int32_t *through,
                    struct findings *findings, struct err *err)
{
    if (!findings_from_state(document, arena, through, findings, err))
        return false;
    return check_crawl(document, err);
}

bool known_load(const struct state_folder *folder, struct arena *arena,
                struct known *known, struct err *err)
{
    struct str rows;

    if (!state_json_load(folder, SEOCHECK_JSON, "seocheck", SEOCHECK_SCHEMA, arena,
                         &known->json, err))
        return false;
    if (!known->json) // whatever lies beside it is what an interrupted first run left
        return true;
    if (!state_findings(known->json, arena, &known->through, &known->findings, err))
        return state_json_refuse(folder, SEOCHECK_JSON, arena, err);
    if (!state_text_load(folder, SEO_HISTORY, SEO_HISTORY_HEADER, arena, &rows, err))
        return false;
    if (!rows.at) // it is written before the JSON, so it was there
        return err_set(err, "cannot go on without 'state/" SEO_HISTORY
                            "': restore it from git, or remove 'state/" SEOCHECK_JSON
                            "' to begin anew");
    return history_parse(rows, "state/" SEO_HISTORY, arena, &known->history, err);
}

void known_release(struct known *known)
{
    json_decref(known->json);
    known->json = NULL;
}
