/* From hits to findings: what is off, what waits for another day, what stays open
 * because nobody could look, what many subjects have in common. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "seocheck/judge.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { LONG_SEGMENT = 20 };

#define EXAMPLE "first " /* what stands before a group's example */

/* The hits of one check and subject, as one. */
struct merged {
    struct hit hit;      /* the first by line and value */
    int64_t n;           /* how many they were */
    const char *pattern; /* of the subject: numbers and long segments as `*` */
};

struct subject {
    struct str text;
    uint32_t resource;
    const char
        *unseen; /* its pattern, where it was asked and did not answer; or NULL */
};

/* One run of this file. */
struct gathering {
    const struct look *look;
    const struct findings *open;
    struct findings *now;
    struct merged *merged; /* by check, pattern, subject */
    size_t n;
    struct subject *subject; /* of all resources, by text */
    size_t nsubjects;
    struct str *robots, *sitemap; /* subjects of each of the site's */
    bool is_down;                 /* nothing else could be seen */
    bool is_partial;              /* checks over sets say nothing */
};

/* ---- order ---- */

static int hit_compare(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;
    int order;

    if (x->check != y->check)
        return x->check < y->check ? -1 : 1;
    order = str_compare(x->subject, y->subject);
    if (order == 0 && x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (order == 0)
        order = strcmp(x->value ? x->value : "", y->value ? y->value : "");
    return order != 0 ? order : str_compare(x->target, y->target);
}

static int merged_compare(const void *a, const void *b)
{
    const struct merged *x = a, *y = b;
    int order;

    if (x->hit.check != y->hit.check)
        return x->hit.check < y->hit.check ? -1 : 1;
    order = strcmp(x->pattern, y->pattern);
    return order != 0 ? order : str_compare(x->hit.subject, y->hit.subject);
}

static int subject_compare(const void *a, const void *b)
{
    const struct subject *x = a, *y = b;
    int order = str_compare(x->text, y->text);

    return order != 0 ? order : x->resource < y->resource ? -1 : 1;
}

/* ---- what is known of a subject ---- */

static bool was_seen(const struct resource *resource)
{
    switch (resource->url_class) {
    case CLASS_UNASKED:
    case CLASS_SERVER:
    case CLASS_NETWORK:
    case CLASS_BLOCKED:
    case CLASS_REFUSED: return false;
    case CLASS_OK:
    case CLASS_REDIRECT:
    case CLASS_GONE:
    case CLASS_CLIENT: break;
    }
    return true;
}

/* "/blog/2026/a-very-long-title-of-a-post" is "/blog/""*""/""*"; the last segment
 * always is. Queries are left out. */
static const char *pattern_of(struct str subject, struct arena *arena)
{
    struct buf out;
    size_t at = 0;

    buf_init(&out, arena, (size_t)4 * URL_BYTES_MAX);
    if (subject.n == 0 || subject.at[0] != '/') // of another host, or @site
        return str_copy(arena, subject.at, subject.n);
    while (at < subject.n && subject.at[at] != '?') {
        size_t end = at + 1, digits = 0;
        bool is_last;

        while (end < subject.n && subject.at[end] != '/' && subject.at[end] != '?') {
            digits += subject.at[end] >= '0' && subject.at[end] <= '9';
            end++;
        }
        is_last = end >= subject.n || subject.at[end] == '?';
        if (is_last || digits == end - at - 1 || end - at - 1 > LONG_SEGMENT)
            buf_add_text(&out, "/*");
        else
            buf_add(&out, subject.at + at, end - at);
        at = end;
    }
    return out.at;
}

static void gather_subjects(struct gathering *gathering)
{
    const struct site *site = gathering->look->site;
    struct arena *arena = gathering->look->arena;

    gathering->robots = arena_new(arena, struct str, site->nrobots);
    for (size_t i = 0; i < site->nrobots; i++)
        gathering->robots[i] =
            str_of(url_subject(&site->robots[i].url, &site->home, arena));
    gathering->sitemap = arena_new(arena, struct str, site->nsitemaps);
    for (size_t i = 0; i < site->nsitemaps; i++)
        gathering->sitemap[i] =
            str_of(url_subject(&site->sitemap[i].url, &site->home, arena));
    gathering->subject = arena_new(arena, struct subject, site->n);
    gathering->nsubjects = site->n;
    for (size_t i = 0; i < site->n; i++) {
        const struct resource *resource = &site->resource[i];
        struct str text = str_of(url_subject(&resource->url, &site->home, arena));
        bool is_unseen = resource->url_class != CLASS_UNASKED && !was_seen(resource);

        gathering->subject[i] =
            (struct subject){text, (uint32_t)i,
                             is_unseen ? pattern_of(text, arena) : NULL};
    }
    qsort(gathering->subject, site->n, sizeof *gathering->subject, subject_compare);
}

static const struct resource *find_resource(const struct gathering *gathering,
                                            struct str subject)
{
    size_t low = 0, high = gathering->nsubjects;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (str_compare(gathering->subject[middle].text, subject) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == gathering->nsubjects ||
        !str_equal(gathering->subject[low].text, subject))
        return NULL;
    return &gathering->look->site->resource[gathering->subject[low].resource];
}

/* robots.txt or a sitemap that was read, whatever became of the rest of the crawl. That
 * it cannot be read is over with any answer that is one. */
static bool is_read(const struct gathering *gathering, enum check_id check,
                    struct str subject)
{
    const struct site *site = gathering->look->site;

    for (size_t i = 0; i < site->nrobots; i++)
        if (str_equal(gathering->robots[i], subject) &&
            !site->robots[i].is_unreachable && site->robots[i].status > 0)
            return true;
    for (size_t i = 0; i < site->nsitemaps; i++)
        if (str_equal(gathering->sitemap[i], subject))
            return check == CHECK_SITEMAP_ERROR ? site->sitemap[i].status == 200
                                                : !sitemap_is_unread(&site->sitemap[i]);
    return false;
}

/* Whether today's crawl could see it; one that nobody declares, lists or links to any
 * more is gone, and its findings with it: when all that could do so was read. */
static bool is_measured(const struct gathering *gathering, enum check_id check,
                        struct str subject)
{
    const struct resource *resource = find_resource(gathering, subject);

    if (resource) // what is excluded is out by its owner's word
        return was_seen(resource) || resource->is_excluded;
    return !gathering->is_partial || is_read(gathering, check, subject);
}

/* Somebody names one, or one was found. */
static bool has_sitemap(const struct look *look)
{
    const struct site *site = look->site;

    for (size_t i = 0; i < site->nsitemaps; i++)
        if (site->sitemap[i].is_in_robots || site->sitemap[i].status == 200)
            return true;
    return look->settings->nsitemaps > 0;
}

/* Bad on enough days in a row. Own 4xx count at once. */
static bool is_confirmed(const struct gathering *gathering, const struct hit *hit)
{
    const struct look *look = gathering->look;
    const struct resource *resource = find_resource(gathering, hit->subject);
    const struct history_row *row = history_find(look->after, hit->subject);

    if (look->settings->confirm_days <= 1 || !resource)
        return true;
    if (resource->is_own &&
        (resource->url_class == CLASS_GONE || resource->url_class == CLASS_CLIENT))
        return true;
    return row && row->bad >= look->settings->confirm_days;
}

/* ---- merging and grouping ---- */

/* URLs of the pattern that were asked and did not answer: any of them may be bad. */
static size_t count_unseen(const struct gathering *gathering, struct str pattern)
{
    size_t n = 0;

    for (size_t i = 0; i < gathering->nsubjects; i++) {
        const char *unseen = gathering->subject[i].unseen;

        n += unseen && str_equal(str_of(unseen), pattern);
    }
    return n;
}

static bool is_off(const struct gathering *gathering, const struct hit *hit)
{
    const struct settings *settings = gathering->look->settings;
    unsigned flags = check_row(hit->check)->flags;

    if (settings->check[hit->check].is_off)
        return true;
    if (gathering->is_down && hit->check != CHECK_SITE_DOWN &&
        hit->check != CHECK_ROBOTS_UNREACHABLE)
        return true;
    return (flags & CHECK_OF_SETS) != 0 && gathering->is_partial;
}

static const char *id_of(const struct gathering *gathering, enum check_id check,
                         struct str subject)
{
    size_t skip = subject.n > 0 && subject.at[0] == '/';

    return str_format(gathering->look->arena, "seocheck/%s/%.*s", check_row(check)->id,
                      (int)(subject.n - skip), subject.at + skip);
}

static const struct finding *find_open(const struct gathering *gathering,
                                       const char *id)
{
    for (size_t i = 0; i < gathering->open->n; i++)
        if (strcmp(gathering->open->item[i].id, id) == 0)
            return &gathering->open->item[i];
    return NULL;
}

/* It waits for another day, by itself as in a group, unless it is published. */
static bool is_waiting(const struct gathering *gathering, const struct merged *merged)
{
    const struct hit *hit = &merged->hit;

    return (check_row(hit->check)->flags & CHECK_CONFIRMED) != 0 &&
           !is_confirmed(gathering, hit) &&
           !find_open(gathering, id_of(gathering, hit->check, hit->subject)) &&
           !find_open(gathering, id_of(gathering, hit->check, str_of(merged->pattern)));
}

static void drop_waiting(struct gathering *gathering)
{
    size_t kept = 0;

    for (size_t i = 0; i < gathering->n; i++)
        if (!is_waiting(gathering, &gathering->merged[i]))
            gathering->merged[kept++] = gathering->merged[i];
    gathering->n = kept;
}

static void merge(struct gathering *gathering, const struct hits *hits)
{
    struct arena *arena = gathering->look->arena;
    const struct settings *settings = gathering->look->settings;
    struct hit *sorted = arena_new(arena, struct hit, hits->n);

    if (hits->n > 0)
        memcpy(sorted, hits->item, hits->n * sizeof *sorted);
    qsort(sorted, hits->n, sizeof *sorted, hit_compare);
    gathering->merged = arena_new(arena, struct merged, hits->n);
    for (size_t i = 0; i < hits->n; i++) {
        struct hit hit = sorted[i];
        struct merged *last =
            gathering->n > 0 ? &gathering->merged[gathering->n - 1] : NULL;

        if (is_off(gathering, &hit))
            continue;
        if (settings->check[hit.check].is_set)
            hit.severity = settings->check[hit.check].severity;
        if (last && last->hit.check == hit.check &&
            str_equal(last->hit.subject, hit.subject)) {
            last->n++;
            continue;
        }
        gathering->merged[gathering->n++] =
            (struct merged){hit, 1, pattern_of(hit.subject, arena)};
    }
    drop_waiting(gathering);
    qsort(gathering->merged, gathering->n, sizeof *gathering->merged, merged_compare);
}

/* ---- findings ---- */

static const char *safe(struct arena *arena, const char *text)
{
    return text ? text_safe(arena, text, strlen(text), OUTSIDE_TEXT_MAX) : NULL;
}

static size_t query_bytes(const struct url *url)
{
    return url->has_query ? url->query.n + 1 : 0;
}

static bool has_moved(int64_t before, int64_t now)
{
    int64_t difference = before > now ? before - now : now - before;

    return difference * 10 > before;
}

/* Where to look, with the line; of one that is open the line it was opened with, as
 * lines drift. */
static const char *place_of(const struct look *look, const struct hit *hit,
                            const struct finding *before)
{
    const struct url *home = &look->site->home;
    const char *url = hit->where_url;
    size_t n;

    if (!url && hit->subject.n > 0 && hit->subject.at[0] == '/')
        url = str_format(look->arena, "%.*s%.*s",
                         (int)(home->text.n - home->path.n - query_bytes(home)),
                         home->text.at, (int)hit->subject.n, hit->subject.at);
    if (!url && hit->subject.n > 0 && hit->subject.at[0] != '@')
        url = str_copy(look->arena, hit->subject.at, hit->subject.n);
    n = url ? strlen(url) : 0;
    if (!url || hit->line == 0)
        return url;
    if (before && strncmp(before->url, url, n) == 0 && before->url[n] == ':')
        return before->url;
    return str_format(look->arena, "%s:%lld", url, (long long)hit->line);
}

/* {n} is a line in these; what is counted are hits. */
static bool names_line(const struct hit *hit)
{
    return hit->check == CHECK_ROBOTS_BLOCKS_SITE ||
           strstr(check_row(hit->check)->message, "line {n}") != NULL;
}

/* {n} is a number of the subject; else what is counted are hits. */
static bool has_number(const struct hit *hit)
{
    const char *message = check_row(hit->check)->message;

    return strstr(message, "{n}") && !strstr(message, "block {n}") && !names_line(hit);
}

/* The line that was published, while its place stays. */
static int64_t line_of(const struct finding *before, const char *place, int64_t line)
{
    const char *colon =
        before && place == before->url ? strrchr(before->url, ':') : NULL;
    int64_t published;

    if (colon && str_to_int64(colon + 1, strlen(colon + 1), &published))
        return published;
    return line;
}

/* "{n} of {l}": the whole stays with its part, and moves as it does. */
static bool is_share(const struct hit *hit)
{
    return strstr(check_row(hit->check)->message, "{n} of {l}") != NULL;
}

static bool has_whole_moved(const struct finding *before, const struct hit *hit)
{
    int64_t was, is;

    return before->limit[0] == '\0' || !hit->limit ||
           !str_to_int64(before->limit, strlen(before->limit), &was) ||
           !str_to_int64(hit->limit, strlen(hit->limit), &is) || has_moved(was, is);
}

/* What was published stays while it says the same: a count moves by more than a tenth,
 * a line not at all. */
static void add(struct gathering *gathering, struct hit hit, const char *id, int64_t n,
                bool is_own_number)
{
    const struct look *look = gathering->look;
    const struct finding *before = find_open(gathering, id);
    struct finding finding;

    if (before && !has_moved(before->n, n) &&
        !(is_share(&hit) && has_whole_moved(before, &hit))) {
        n = before->n;
        if (is_share(&hit))
            hit.limit = before->limit;
    }
    if (is_own_number)
        hit.n = n;
    else if (names_line(&hit) && hit.line > 0)
        hit.n = line_of(before, place_of(look, &hit, before), hit.line);
    finding = (struct finding){
        .id = id,
        .severity = hit.severity,
        .status = before ? STATUS_OPEN : STATUS_NEW,
        .since = before ? before->since : look->as_of,
        .message = hit_message(&hit, look->arena),
        .value = safe(look->arena, hit.value),
        .limit = safe(look->arena, hit.limit),
        .n = n,
        .because = hit.because,
        .url = place_of(look, &hit, before),
    };
    findings_add(gathering->now, look->arena, finding);
}

static void add_one(struct gathering *gathering, const struct merged *merged)
{
    const struct hit *hit = &merged->hit;
    const char *id = id_of(gathering, hit->check, hit->subject);

    if (merged->n == 1 && has_number(hit))
        add(gathering, *hit, id, hit->n, true);
    else
        add(gathering, *hit, id, merged->n, false);
}

/* The member that a published group names, while it is one; NULL: it is none. */
static const struct merged *example_of(const struct merged *first, size_t n,
                                       const struct finding *before)
{
    const char *name = before ? strstr(before->because, EXAMPLE) : NULL;

    for (size_t i = 0; name && i < n; i++)
        if (str_equal(first[i].hit.subject, str_of(name + strlen(EXAMPLE))))
            return &first[i];
    return NULL;
}

/* Its words are its example's, and stay while example and count do. */
static void add_members(struct gathering *gathering, const struct merged *first,
                        size_t n, int64_t count)
{
    struct str pattern = str_of(first->pattern);
    const char *id = id_of(gathering, first->hit.check, pattern);
    const struct finding *before = find_open(gathering, id);
    const struct merged *example = example_of(first, n, before);
    struct hit hit = example ? example->hit : first->hit;
    struct str name = hit.subject;

    if (before && !has_moved(before->n, count))
        count = before->n;
    if (example && count == before->n) {
        struct finding finding = *before;

        finding.severity = hit.severity;
        finding.status = STATUS_OPEN;
        findings_add(gathering->now, gathering->look->arena, finding);
        return;
    }
    hit.line = 0;
    hit.where_url = place_of(gathering->look, &hit, NULL); // of one that there is
    hit.subject = pattern;
    hit.because = str_format(gathering->look->arena, "%" PRId64 " of them, %s%.*s",
                             count, EXAMPLE, (int)name.n, name.at);
    add(gathering, hit, id, count, false);
}

/* Many subjects of one pattern are one finding; one that is open stays it until half as
 * many are left. What did not answer today may be as bad as before. */
static void add_group(struct gathering *gathering, const struct merged *first, size_t n)
{
    struct str pattern = str_of(first->pattern);
    const struct finding *before =
        find_open(gathering, id_of(gathering, first->hit.check, pattern));
    size_t most = (size_t)gathering->look->settings->group_over;
    size_t unseen = before ? count_unseen(gathering, pattern) : 0;
    int64_t count = (int64_t)n;

    if (n + unseen <= 1 || (n <= most && !(before && n + unseen > most / 2))) {
        for (size_t i = 0; i < n; i++)
            add_one(gathering, &first[i]);
        return;
    }
    if (before && count < before->n && count + (int64_t)unseen >= before->n)
        count = before->n;
    add_members(gathering, first, n, count);
}

static void add_all(struct gathering *gathering)
{
    size_t first = 0;

    for (size_t i = 1; i <= gathering->n; i++) {
        const struct merged *a = &gathering->merged[first];

        if (i < gathering->n && gathering->merged[i].hit.check == a->hit.check &&
            strcmp(gathering->merged[i].pattern, a->pattern) == 0)
            continue;
        add_group(gathering, a, i - first);
        first = i;
    }
}

/* ---- what stays open ---- */

static bool is_now(const struct gathering *gathering, const char *id)
{
    for (size_t i = 0; i < gathering->now->n; i++)
        if (strcmp(gathering->now->item[i].id, id) == 0)
            return true;
    return false;
}

/* Check and subject of "seocheck/CHECK/SUBJECT". False: of a check nobody knows now. */
static bool split_id(const struct gathering *gathering, const char *id,
                     enum check_id *check, struct str *subject)
{
    const char *from = id + strlen("seocheck/");
    const char *slash = strchr(from, '/');
    struct arena *arena = gathering->look->arena;

    if (!slash || !check_parse(str_copy(arena, from, (size_t)(slash - from)), check))
        return false;
    *subject = str_of(slash + 1);
    if (subject->n == 0 || (slash[1] != '@' && !strstr(slash + 1, "://")))
        *subject = str_of(slash); // own URLs are paths
    return true;
}

static bool stays_open(const struct gathering *gathering, const char *id)
{
    const struct settings *settings = gathering->look->settings;
    struct str subject;
    enum check_id check;

    if (!split_id(gathering, id, &check, &subject) || settings->check[check].is_off)
        return false;
    if (gathering->is_down)
        return check != CHECK_SITE_DOWN && check != CHECK_ROBOTS_UNREACHABLE;
    if ((check_row(check)->flags & CHECK_OF_SETS) != 0 && gathering->is_partial)
        return true;
    if (check == CHECK_SITEMAP_NONE && has_sitemap(gathering->look))
        return false;
    if (memchr(subject.at, '*', subject.n) &&
        count_unseen(gathering, subject) > (size_t)settings->group_over / 2)
        return true;
    if (subject.at[0] == '@' || memchr(subject.at, '*', subject.n))
        return gathering->is_partial;
    return !is_measured(gathering, check, subject);
}

static void keep_open(struct gathering *gathering)
{
    for (size_t i = 0; i < gathering->open->n; i++) {
        struct finding finding = gathering->open->item[i];

        if (finding.status == STATUS_RESOLVED || is_now(gathering, finding.id) ||
            !stays_open(gathering, finding.id))
            continue;
        finding.status = STATUS_OPEN;
        findings_add(gathering->now, gathering->look->arena, finding);
    }
}

static bool has_hit(const struct hits *hits, enum check_id check)
{
    for (size_t i = 0; i < hits->n; i++)
        if (hits->item[i].check == check)
            return true;
    return false;
}

bool site_is_partial(const struct site *site)
{
    int64_t most = site->asked_own / 20;

    return site->failed_own > (most > 5 ? most : 5) || site->is_truncated ||
           site->sitemaps_unread || site->routes_unread ||
           (site->nstarts > 0 && site->npages == 0);
}

enum verdict judge_findings(const struct look *look, const struct hits *hits,
                            const struct findings *open, struct findings *now)
{
    enum verdict found;
    struct gathering gathering = {
        .look = look,
        .open = open,
        .now = now,
        .is_down =
            has_hit(hits, CHECK_SITE_DOWN) || has_hit(hits, CHECK_ROBOTS_UNREACHABLE),
        .is_partial = site_is_partial(look->site),
    };

    gather_subjects(&gathering);
    merge(&gathering, hits);
    add_all(&gathering);
    found = findings_worst(now);
    keep_open(&gathering);
    findings_sort(now);
    return found;
}

void judge_all(const struct look *look, struct hits *hits)
{
    judge_pages(look, hits);
    judge_canonical(look, hits);
    judge_links(look, hits);
    judge_robots(look, hits);
    judge_sitemaps(look, hits);
    judge_freshness(look, hits);
    judge_duplicates(look, hits);
    judge_structured(look, hits);
}
