/* What pages share: title, description, h1, text, or the look of the not-found page. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "seocheck/look.h"

#include "shared/banned.h"

enum { SHOWN_MAX = 3, DISTANCE_MAX = 3, BANDS = 4, BAND_BITS = 16 };

/* How many of a bucket one simhash is compared with: a site whose pages all agree in 16
 * bits stays linear, and loses pairs only past that many different texts. */
enum { BUCKET_MAX = 1000 };

/* A page that can be compared: indexable, not volatile. */
struct entry {
    const struct page *page;
    struct str text; /* the field being compared */
    struct str subject;
    const char *url; /* shown */
};

struct entries {
    struct entry *item;
    size_t n;
};

/* In a folder /docs and /docs/ are one file, and on a server the one leads to the
 * other: that is not for the folder to tell. */
static bool is_same_file(const struct site *site, const struct resource *resource,
                         struct arena *arena)
{
    struct url folder;
    uint32_t index;

    if (site->has_headers || str_ends(resource->url.path, STR("/")) ||
        resource->url.has_query ||
        url_resolve(NULL,
                    str_of(str_format(arena, "%.*s/", (int)resource->url.text.n,
                                      resource->url.text.at)),
                    NULL, arena, &folder) != URL_OK)
        return false;
    index = site_find(site, &folder);
    return index != NO_RESOURCE && site->resource[index].is_page &&
           site->resource[index].page->text == resource->page->text;
}

static struct entries entries_of(const struct look *look)
{
    const struct site *site = look->site;
    struct entries all = {.item = arena_new(look->arena, struct entry, site->n)};

    for (size_t i = 0; i < site->n; i++) {
        const struct resource *resource = &site->resource[i];

        if (!resource->is_page || !look_is_indexable(look, resource) ||
            look_is_volatile(look, resource) ||
            is_same_file(site, resource, look->arena))
            continue;
        all.item[all.n++] = (struct entry){
            .page = resource->page,
            .subject = look_subject(look, resource),
            .url = look_shown(look, (uint32_t)i).at,
        };
    }
    return all;
}

/* "/a, /b, /c and 4 more" */
static const char *names_of(const struct entry *item, size_t n, struct arena *arena)
{
    struct buf names;
    size_t shown = n < SHOWN_MAX ? n : SHOWN_MAX;

    buf_init(&names, arena, SIZE_MAX / 2);
    for (size_t i = 0; i < shown; i++)
        buf_printf(&names, "%s%.*s", i > 0 ? ", " : "", (int)item[i].subject.n,
                   item[i].subject.at);
    if (shown < n)
        buf_printf(&names, " and %zu more", n - shown);
    return names.at;
}

/* ---- title, description, h1 ---- */

static int compare_texts(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = str_compare(x->text, y->text);

    return order != 0 ? order : str_compare(x->subject, y->subject);
}

static void add_field(const struct look *look, struct hits *hits, enum check_id check,
                      const char *property, const struct entry *group, size_t n)
{
    // 12 of 16 hex digits: enough to tell the titles of one site apart
    uint64_t name = seo_hash(group->text.at, group->text.n) >> 16;

    hits_add(hits, look->arena,
             (struct hit){
                 .check = check,
                 .subject = str_of(str_format(look->arena, "@%012" PRIx64, name)),
                 .property = property,
                 .value = str_copy(look->arena, group->text.at, group->text.n),
                 .n = (int64_t)n,
                 .where_url = group->url,
                 .because = names_of(group, n, look->arena),
             });
}

/* Each run of equal texts that are not empty. */
static void judge_field(const struct look *look, struct hits *hits, enum check_id check,
                        const char *property, struct entries *all)
{
    if (all->n > 1)
        qsort(all->item, all->n, sizeof *all->item, compare_texts);
    for (size_t first = 0, end; first < all->n; first = end) {
        for (end = first + 1; end < all->n; end++)
            if (!str_equal(all->item[first].text, all->item[end].text))
                break;
        if (end - first > 1 && all->item[first].text.n > 0)
            add_field(look, hits, check, property, &all->item[first], end - first);
    }
}

/* ---- main text ---- */

/* By simhash, then text, then subject: pages of one text are neighbours. */
static int compare_pages(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    if (x->page->simhash != y->page->simhash)
        return x->page->simhash < y->page->simhash ? -1 : 1;
    if (x->page->text != y->page->text)
        return x->page->text < y->page->text ? -1 : 1;
    return str_compare(x->subject, y->subject);
}

static void add_text(const struct look *look, struct hits *hits, enum check_id check,
                     const struct entry *entry, size_t n, const char *because)
{
    hits_add(hits, look->arena,
             (struct hit){.check = check,
                          .subject = entry->subject,
                          .n = (int64_t)n,
                          .because = because});
}

static void judge_exact(const struct look *look, struct hits *hits,
                        const struct entries *all)
{
    for (size_t first = 0, end; first < all->n; first = end) {
        const struct entry *group = &all->item[first];

        for (end = first + 1; end < all->n; end++)
            if (all->item[end].page->text != group->page->text)
                break;
        for (size_t i = first; i < end && end - first > 1; i++)
            add_text(look, hits, CHECK_DUPLICATE_EXACT, &all->item[i], end - first,
                     names_of(group, end - first, look->arena));
    }
}

/* Pages of one simhash. */
struct cluster {
    uint64_t simhash;
    size_t first, n;           /* of the sorted entries */
    size_t near;               /* pages of other simhashes at most DISTANCE_MAX away */
    const struct cluster *one; /* the first of those; NULL */
};

static bool is_near(uint64_t a, uint64_t b)
{
    uint64_t differ = a ^ b;

    for (int i = 0; i < DISTANCE_MAX; i++)
        differ &= differ - 1; // clears the lowest bit that is set; 0 stays 0
    return differ == 0;
}

static uint64_t band_of(uint64_t simhash, int band)
{
    return simhash >> (BAND_BITS * band) & 0xffff;
}

/* They agree in a band before `band`, where the pair was met already. */
static bool is_met(uint64_t a, uint64_t b, int band)
{
    for (int i = 0; i < band; i++)
        if (band_of(a, i) == band_of(b, i))
            return true;
    return false;
}

struct keyed {
    uint64_t band;
    struct cluster *cluster;
};

static int compare_keyed(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;

    if (x->band != y->band)
        return x->band < y->band ? -1 : 1;
    return (x->cluster > y->cluster) - (x->cluster < y->cluster);
}

static void note(struct cluster *cluster, const struct cluster *other)
{
    cluster->near += other->n;
    if (!cluster->one || other < cluster->one)
        cluster->one = other;
}

/* Two hashes that differ in at most 3 of 64 bits agree in one of 4 bands of 16 (Manku,
 * Jain and Das Sarma 2007, section 3): each band is a table, its buckets are runs. */
static void find_near(struct cluster *cluster, size_t n, struct arena *arena)
{
    struct keyed *table = arena_new(arena, struct keyed, n);

    for (int band = 0; band < BANDS; band++) {
        for (size_t i = 0; i < n; i++)
            table[i] = (struct keyed){band_of(cluster[i].simhash, band), &cluster[i]};
        qsort(table, n, sizeof *table, compare_keyed);
        for (size_t i = 0; i < n; i++)
            for (size_t j = i + 1; j < n && j - i <= BUCKET_MAX; j++) {
                struct cluster *x = table[i].cluster, *y = table[j].cluster;

                if (table[i].band != table[j].band)
                    break;
                if (!is_near(x->simhash, y->simhash) ||
                    is_met(x->simhash, y->simhash, band))
                    continue;
                note(x, y);
                note(y, x);
            }
    }
}

/* Pages near each one of a cluster, less those with its very text. */
static void judge_cluster(const struct look *look, struct hits *hits,
                          const struct entries *all, const struct cluster *cluster)
{
    const struct entry *item = &all->item[cluster->first];

    for (size_t first = 0, end; first < cluster->n; first = end) {
        size_t near;
        const struct entry *one;

        for (end = first + 1; end < cluster->n; end++)
            if (item[end].page->text != item[first].page->text)
                break;
        near = cluster->near + cluster->n - (end - first);
        if (near == 0)
            continue;
        one = first > 0          ? &item[0]
              : end < cluster->n ? &item[end]
                                 : &all->item[cluster->one->first];
        for (size_t i = first; i < end; i++)
            add_text(look, hits, CHECK_DUPLICATE_NEAR, &item[i], near + 1,
                     str_format(look->arena, "near %.*s", (int)one->subject.n,
                                one->subject.at));
    }
}

static void judge_texts(const struct look *look, struct hits *hits, struct entries *all)
{
    struct cluster *cluster = arena_new(look->arena, struct cluster, all->n);
    size_t kept = 0, n = 0;

    for (size_t i = 0; i < all->n; i++)
        if (all->item[i].page->has_simhash) // at least 50 words
            all->item[kept++] = all->item[i];
    all->n = kept;
    if (kept < 2)
        return;
    qsort(all->item, kept, sizeof *all->item, compare_pages);
    judge_exact(look, hits, all);
    for (size_t i = 0; i < kept; i++) {
        if (i == 0 || all->item[i].page->simhash != all->item[i - 1].page->simhash)
            cluster[n++] = (struct cluster){
                .simhash = all->item[i].page->simhash,
                .first = i,
            };
        cluster[n - 1].n++;
    }
    find_near(cluster, n, look->arena);
    for (size_t i = 0; i < n; i++)
        judge_cluster(look, hits, all, &cluster[i]);
}

/* ---- soft 404 ---- */

/* The probe of a folder stands for what is in it; that of "" for what is in the root.
 */
static bool is_in(const struct url *url, struct str segment)
{
    struct str rest = {url->path.at + 1, url->path.n - 1};
    const char *slash = rest.n > 0 ? memchr(rest.at, '/', rest.n) : NULL;

    if (!slash && segment.n == 0)
        return true;
    rest.n = slash ? (size_t)(slash - rest.at) : rest.n;
    return str_equal(rest, segment);
}

static bool is_of_origin(const struct url *url, struct str origin)
{
    return str_starts(url->text, origin) &&
           (size_t)(url->path.at - url->text.at) == origin.n;
}

static void judge_soft_404(const struct look *look, struct hits *hits,
                           const struct resource *resource)
{
    const struct site *site = look->site;

    for (size_t i = 0; i < site->nprobes; i++) {
        const struct probe *probe = &site->probe[i];

        if (!probe->answered_200 || !probe->has_simhash ||
            !is_near(probe->simhash, resource->page->simhash) ||
            !is_in(&resource->url, probe->segment) ||
            !is_of_origin(&resource->url, probe->origin) ||
            !look_is_indexable(look, resource))
            continue;
        hits_add(hits, look->arena,
                 (struct hit){.check = CHECK_SOFT_404,
                              .subject = look_subject(look, resource)});
        return;
    }
}

void judge_duplicates(const struct look *look, struct hits *hits)
{
    struct entries all = entries_of(look);

    for (size_t i = 0; i < look->site->n; i++) {
        const struct resource *resource = &look->site->resource[i];

        if (resource->is_page && resource->page->has_simhash)
            judge_soft_404(look, hits, resource);
    }
    for (size_t i = 0; i < all.n; i++)
        all.item[i].text = all.item[i].page->title;
    judge_field(look, hits, CHECK_TITLE_DUPLICATE, "title", &all);
    for (size_t i = 0; i < all.n; i++)
        all.item[i].text = all.item[i].page->description;
    judge_field(look, hits, CHECK_DESCRIPTION_DUPLICATE, "description", &all);
    for (size_t i = 0; i < all.n; i++)
        all.item[i].text = all.item[i].page->h1;
    judge_field(look, hits, CHECK_H1_DUPLICATE, "h1", &all);
    judge_texts(look, hits, &all); // last: it drops short pages
}
