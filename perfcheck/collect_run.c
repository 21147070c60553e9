/* What judging needs of one report, copied out of it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "perfcheck/history.h"
#include "perfcheck/measure.h"
#include "perfcheck/runs.h"
#include "shared/hash.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/scan_members.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { KINDS_MAX = 2000, FOLD_DIGITS = 6, CODE_MAX = 60 };

/* One report on its way into a run. */
struct copying {
    const struct lhr *lhr;
    const struct settings *settings;
    struct runs *runs;
    struct arena *arena, *scratch; /* scratch: of the report alone */
    struct run *run;
};

/* ---- epoch ---- */

static void add_number(struct buf *out, const json_t *object, const char *key)
{
    const json_t *number = json_object_get(object, key);
    char text[STR_NUMBER_BYTES];

    if (json_is_number(number))
        buf_add(out, text, str_from_double(json_number_value(number), text));
    else
        buf_add_text(out, "-");
}

static void add_throttling(struct buf *out, const struct lhr *lhr)
{
    static const char *const simulated[] = {"rttMs", "throughputKbps",
                                            "cpuSlowdownMultiplier", NULL};
    static const char *const applied[] = {"requestLatencyMs", "downloadThroughputKbps",
                                          "uploadThroughputKbps",
                                          "cpuSlowdownMultiplier", NULL};
    static const char *const none[] = {NULL};
    const char *const *key = none;

    if (strcmp(lhr->throttling_method, "simulate") == 0)
        key = simulated;
    else if (strcmp(lhr->throttling_method, "devtools") == 0)
        key = applied;
    buf_add_text(out, key == none && strcmp(lhr->throttling_method, "provided") != 0
                          ? "-"
                          : lhr->throttling_method);
    for (; *key; key++) {
        buf_add_text(out, "/");
        add_number(out, lhr->throttling, *key);
    }
}

const char *run_epoch(const struct lhr *lhr, struct arena *arena)
{
    struct buf out;

    buf_init(&out, arena, HISTORY_CELL_MAX);
    buf_printf(&out, "lh%d.%d ", lhr->major, lhr->minor);
    add_throttling(&out, lhr);
    if (lhr->chrome_major > 0)
        buf_printf(&out, " chrome%d", lhr->chrome_major);
    else
        buf_add_text(&out, " chrome-");
    buf_printf(&out, " axe%s", lhr->axe[0] != '\0' ? lhr->axe : "-");
    return buf_str(&out).at;
}

/* An id as Lighthouse's are, fit for a name of a finding. */
static bool is_plain(struct str id)
{
    for (size_t i = 0; i < id.n; i++)
        if (!(id.at[i] >= 'a' && id.at[i] <= 'z') &&
            !(id.at[i] >= '0' && id.at[i] <= '9') && id.at[i] != '-')
            return false;
    return id.n > 0 && id.n <= 64;
}

/* ---- metrics and scores ---- */

static void copy_metrics(struct copying *copying)
{
    const struct lhr *lhr = copying->lhr;
    const struct category *performance = lhr_category(lhr, "performance");
    struct run *run = copying->run;

    run->metric =
        arena_new(copying->arena, struct run_metric, copying->settings->nmetrics);
    for (size_t i = 0; i < copying->settings->nmetrics; i++) {
        const struct audit *audit = lhr_audit(lhr, copying->settings->metric[i]);
        struct run_metric *metric = &run->metric[i];

        if (!audit)
            continue;
        metric->value = audit->value;
        metric->value.known =
            audit->value.known && audit->value.value <= HISTORY_VALUE_MOST;
        metric->value.value =
            metric_round(copying->settings->metric[i], audit->value.value);
        if (!score_curve(lhr, audit, &metric->p10, &metric->median))
            metric->p10 = metric->median = 0;
    }
    for (size_t r = 0; performance && r < performance->nrefs; r++) {
        const struct audit_ref *ref = &performance->ref[r];

        run->weights += ref->weight > 0 ? ref->weight : 0;
        for (size_t i = 0; i < copying->settings->nmetrics; i++)
            if (str_equal(ref->id, str_of(copying->settings->metric[i])))
                run->metric[i].weight = ref->weight > 0 ? ref->weight : 0;
    }
}

static int lost_compare(const void *left, const void *right)
{
    const struct run_lost *a = left, *b = right;

    if (a->points != b->points)
        return a->points > b->points ? -1 : 1;
    return strcmp(a->id, b->id);
}

/* The audits that cost most points. */
static void copy_lost(struct copying *copying, const struct category *category,
                      struct run_lost lost[RUN_LOST_MAX])
{
    struct run_lost *all =
        arena_new(copying->scratch, struct run_lost, category->nrefs);
    double weights = 0;
    size_t n = 0;

    for (size_t i = 0; i < category->nrefs; i++)
        weights += category->ref[i].weight > 0 ? category->ref[i].weight : 0;
    for (size_t i = 0; i < category->nrefs; i++) {
        const struct audit_ref *ref = &category->ref[i];
        struct estimate score = {0};

        if (ref->weight > 0 && ref->audit)
            score = score_audit(copying->lhr, ref->audit);
        if (!score.known || score.value >= 1 || !is_plain(ref->id))
            continue;
        all[n++] = (struct run_lost){texts_intern(&copying->runs->names, ref->id,
                                                  copying->arena),
                                     100 * ref->weight * (1 - score.value) / weights};
    }
    if (n > 1)
        qsort(all, n, sizeof *all, lost_compare);
    for (size_t i = 0; i < n && i < RUN_LOST_MAX; i++)
        lost[i] = all[i];
}

static void copy_scores(struct copying *copying)
{
    for (int i = 0; i < MINIMA; i++) {
        const struct category *category =
            lhr_category(copying->lhr, copying->settings->minimum[i].category);
        struct estimate score = {0};

        if (category)
            score = score_category(copying->lhr, category);
        score.value = round(100 * score.value);
        copying->run->score[i] = score;
        if (category && score.known)
            copy_lost(copying, category, copying->run->lost[i]);
    }
}

/* ---- audits ---- */

static enum audit_status status_of(const struct audit *audit)
{
    double least = audit->mode == MODE_BINARY ? 1 : 0.9;

    if (!audit->score.known ||
        (audit->mode != MODE_BINARY && audit->mode != MODE_NUMERIC &&
         audit->mode != MODE_METRIC_SAVINGS))
        return AUDIT_UNSCORED;
    return audit->score.value < least ? AUDIT_FAILS : AUDIT_PASSES;
}

/* Reports have their audits in one order: the next is mostly behind the last. */
static size_t kind_index(struct copying *copying, struct str id, size_t guess)
{
    struct runs *runs = copying->runs;

    for (size_t i = 0; i < runs->nkinds; i++) {
        size_t at = (guess + i) % runs->nkinds;

        if (str_equal(str_of(runs->kind[at].id), id))
            return at;
    }
    runs->kind = arena_room(copying->arena, runs->kind, runs->nkinds,
                            &runs->kinds_capacity, sizeof *runs->kind);
    runs->kind[runs->nkinds] =
        (struct audit_kind){.id = texts_intern(&runs->names, id, copying->arena)};
    return runs->nkinds++;
}

/* Items that cannot be read are none: the audit fails all the same. */
static void copy_items(struct copying *copying, const struct audit *audit,
                       struct run_audit *to)
{
    OWN(json) items = NULL;
    struct err ignored;
    uint64_t *item;
    size_t n;

    if (audit->items.type != SPAN_ARRAY || !lhr_load(audit->items, &items, &ignored))
        return;
    n = json_array_size(items);
    n = n < RUN_ITEMS_MAX ? n : RUN_ITEMS_MAX;
    item = arena_new(copying->arena, uint64_t, n);
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_array_get(items, i);

        item[i] =
            texts_keep(&copying->runs->items, str_of(item_key(one, copying->scratch)),
                       str_of(item_text(one, copying->scratch)), copying->arena);
    }
    to->nitems = (uint16_t)hash_set(item, n);
    to->item = item;
}

static bool has_audit(const struct run *run, size_t kind)
{
    for (size_t i = 0; i < run->naudits; i++)
        if (run->audit[i].kind == kind)
            return true;
    return false;
}

static void copy_category(struct copying *copying, const struct category *category)
{
    bool is_accessibility = str_equal(category->id, STR("accessibility"));
    struct run *run = copying->run;
    size_t kind = 0;

    for (size_t i = 0; i < category->nrefs; i++) {
        const struct audit_ref *ref = &category->ref[i];
        struct run_audit *to;

        if (ref->weight <= 0 || !ref->audit || !is_plain(ref->id) ||
            copying->runs->nkinds >= KINDS_MAX)
            continue;
        kind = kind_index(copying, ref->id, kind + 1);
        if (is_accessibility && copying->runs->kind[kind].accessibility < ref->weight)
            copying->runs->kind[kind].accessibility = ref->weight;
        if (has_audit(run, kind))
            continue;
        to = &run->audit[run->naudits++];
        *to = (struct run_audit){.kind = (uint16_t)kind,
                                 .status = (uint8_t)status_of(ref->audit)};
        if (to->status == AUDIT_FAILS)
            copy_items(copying, ref->audit, to);
    }
}

static void copy_audits(struct copying *copying)
{
    static const char *const ids[] = {"accessibility", "best-practices", "seo"};
    size_t most = 0;

    for (size_t i = 0; i < copying->lhr->ncategories; i++)
        most += copying->lhr->category[i].nrefs;
    copying->run->audit = arena_new(copying->arena, struct run_audit, most);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        const struct category *category = lhr_category(copying->lhr, ids[i]);

        if (category)
            copy_category(copying, category);
    }
}

/* ---- bytes ---- */

static int type_index(const struct settings *settings, struct str word)
{
    for (int i = 1; i < BYTE_TYPES; i++)
        if (str_equal_ignoring_case(word, str_of(settings->bytes[i].type)))
            return i;
    return str_equal(word, STR("total")) ? 0 : -1;
}

static void copy_summary(struct copying *copying)
{
    const struct audit *audit = lhr_audit(copying->lhr, "resource-summary");
    OWN(json) items = NULL;
    struct err ignored;

    if (!audit || audit->items.type != SPAN_ARRAY ||
        !lhr_load(audit->items, &items, &ignored))
        return;
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        const json_t *size = json_object_get(item, "transferSize");
        const char *word = json_string_value(json_object_get(item, "resourceType"));
        int type = word ? type_index(copying->settings, str_of(word)) : -1;

        if (!size)
            size = json_object_get(item, "size");
        if (type >= 0 && json_is_number(size) && json_number_value(size) >= 0 &&
            json_number_value(size) <= HISTORY_VALUE_MOST)
            copying->run->bytes[type] =
                (struct estimate){true, round(json_number_value(size))};
    }
}

/* Runs of 6 or more digits become #, as in item keys. */
static struct str fold(struct str url, struct arena *arena)
{
    char *to = arena_new(arena, char, url.n + 1);
    size_t n = 0;

    for (size_t i = 0, end; i < url.n; i = end) {
        for (end = i; end < url.n && url.at[end] >= '0' && url.at[end] <= '9';)
            end++;
        if (end - i >= FOLD_DIGITS) {
            to[n++] = '#';
            continue;
        }
        end += end == i;
        memcpy(to + n, url.at + i, end - i);
        n += end - i;
    }
    return (struct str){to, n};
}

static void copy_request(struct copying *copying, struct scan_members *walk,
                         struct run_request *request)
{
    struct scan_member member;
    struct str url = {0};
    const char *text;

    while (scan_members_next(walk, &member)) {
        struct str value = {member.value.at, member.value.n};

        if (str_equal(member.key, STR("url")) && member.value.type == SPAN_STRING)
            url = value;
        else if (str_equal(member.key, STR("resourceType")) &&
                 member.value.type == SPAN_STRING)
            request->type = type_index(copying->settings, value);
        else if (str_equal(member.key, STR("transferSize")) &&
                 member.value.type == SPAN_NUMBER &&
                 !str_to_double(value.at, value.n, &request->bytes))
            request->bytes = 0;
    }
    if (request->type < 0)
        request->type = 0;
    text = text_url(copying->scratch, url.at, url.n);
    text = text_safe(copying->scratch, text, strlen(text), OUTSIDE_TEXT_MAX);
    request->url = texts_keep(&copying->runs->urls, fold(url, copying->scratch),
                              str_of(text), copying->arena);
}

static void copy_requests(struct copying *copying)
{
    const struct audit *audit = lhr_audit(copying->lhr, "network-requests");
    struct scan_members walk;
    struct scan_member member;
    struct run *run = copying->run;
    size_t capacity = 0;

    if (!audit || audit->items.type != SPAN_ARRAY)
        return;
    scan_members(&walk, audit->items.at, audit->items.n);
    while (run->nrequests < RUN_ITEMS_MAX && scan_members_next(&walk, &member)) {
        if (!scan_members_enter(&walk))
            continue;
        run->request = arena_room(copying->arena, run->request, run->nrequests,
                                  &capacity, sizeof *run->request);
        run->request[run->nrequests] = (struct run_request){0};
        copy_request(copying, &walk, &run->request[run->nrequests++]);
    }
}

/* ---- the run ---- */

static uint64_t mix_estimate(uint64_t digest, struct estimate x)
{
    double value = x.known ? x.value : -1;

    return hash_mix(digest, hash_bytes(&value, sizeof value));
}

static uint64_t mix_text(uint64_t digest, const char *text)
{
    return hash_mix(digest, hash_bytes(text, strlen(text)));
}

static uint64_t digest_of(const struct run *run, const struct runs *runs,
                          size_t nmetrics)
{
    uint64_t digest = mix_text(mix_text(run->is_valid, run->failure), run->epoch);

    digest = mix_estimate(digest, run->bi);
    for (size_t i = 0; i < nmetrics; i++)
        digest = mix_estimate(digest, run->metric[i].value);
    for (int i = 0; i < MINIMA; i++)
        digest = mix_estimate(digest, run->score[i]);
    for (int i = 0; i < BYTE_TYPES; i++)
        digest = mix_estimate(digest, run->bytes[i]);
    for (size_t i = 0; i < run->naudits; i++) {
        const struct run_audit *audit = &run->audit[i];

        digest = mix_text(digest, runs->kind[audit->kind].id);
        digest = hash_mix(digest, audit->status);
        digest = hash_mix(digest,
                          hash_bytes(audit->item, audit->nitems * sizeof *audit->item));
    }
    return digest;
}

static const char *failure_of(const struct lhr *lhr)
{
    return lhr->failure_code[0] != '\0' ? lhr->failure_code : "NO_SCORE";
}

struct run run_of(const struct lhr *lhr, int32_t day, const struct settings *settings,
                  struct runs *runs, struct arena *arena, struct arena *scratch)
{
    struct run run = {.form = lhr->form,
                      .time_ms = lhr->time_ms,
                      .day = day,
                      .is_valid = lhr_is_valid(lhr),
                      .failure = "",
                      .epoch = "",
                      .major = lhr->major,
                      .minor = lhr->minor};
    struct copying copying = {lhr, settings, runs, arena, scratch, &run};

    if (run.is_valid) {
        run.epoch = texts_intern(&runs->names, str_of(run_epoch(lhr, scratch)), arena);
        run.bi = lhr->benchmark_index;
        copy_scores(&copying);
        copy_audits(&copying);
        copy_summary(&copying);
        copy_requests(&copying);
    } else {
        const char *code = failure_of(lhr);

        code = text_safe(scratch, code, strlen(code), CODE_MAX);
        run.failure = texts_intern(&runs->names, str_of(code), arena);
    }
    copy_metrics(&copying);
    run.digest = digest_of(&run, runs, settings->nmetrics);
    return run;
}
