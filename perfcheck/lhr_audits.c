/*
 * Audits and categories of a report, and the references from these to those.
 */
#include <stdlib.h>
#include <string.h>

#include "perfcheck/lhr_internal.h"
#include "shared/text.h"

#include "shared/banned.h"

/* ---- audits ---- */

static enum audit_mode mode_of(struct str word)
{
    static const struct {
        const char *word;
        enum audit_mode mode;
    } modes[] = {
        {"numeric", MODE_NUMERIC},
        {"binary", MODE_BINARY},
        {"metricSavings", MODE_METRIC_SAVINGS},
        {"informative", MODE_INFORMATIVE},
        {"notApplicable", MODE_NOT_APPLICABLE},
        {"manual", MODE_MANUAL},
        {"error", MODE_ERROR},
    };

    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (str_equal(word, str_of(modes[i].word)))
            return modes[i].mode;
    return MODE_OTHER;
}

/* An audit as its object says it. */
struct audit_read {
    struct audit audit;
    struct str mode;
};

/* Of a checklist the items are an object, which nobody wants. */
static void read_items(struct reader *reader, const struct scan_member *member,
                       void *into)
{
    struct span *items = into;

    if (!str_equal(member->key, STR("items")))
        return;
    if (member->value.type == SPAN_ARRAY)
        *items = scan_members_whole(&reader->walk, member->value);
    else if (member->value.type != SPAN_OBJECT && member->value.type != SPAN_NULL)
        (void)reader_wrong(reader, member->value.at, "'items' is no array");
}

static const struct field scoring_table[] = {
    {KEY("p10"), FIELD_NUMBER, .offset = offsetof(struct audit_read, audit.p10)},
    {KEY("median"), FIELD_NUMBER, .offset = offsetof(struct audit_read, audit.median)},
};
static const struct fields scoring = FIELDS(scoring_table);

static const struct field audit_table[] = {
    {KEY("score"), FIELD_NUMBER, .offset = offsetof(struct audit_read, audit.score)},
    {KEY("scoreDisplayMode"), FIELD_TEXT, .offset = offsetof(struct audit_read, mode)},
    {KEY("numericValue"), FIELD_NUMBER,
     .offset = offsetof(struct audit_read, audit.value)},
    {KEY("scoringOptions"), FIELD_INSIDE, .inside = &scoring},
    {KEY("title"), FIELD_SPAN, .offset = offsetof(struct audit_read, audit.title)},
    {KEY("details"), FIELD_EACH, .offset = offsetof(struct audit_read, audit.items),
     .type = SPAN_OBJECT, .each = read_items},
};
static const struct fields audit_fields = FIELDS(audit_table);

/* A key that names an audit or a category: it goes into messages and ids as it is. */
static bool is_id(struct reader *reader, struct str key)
{
    return (key.n > 0 && !memchr(key.at, '\\', key.n) &&
            text_is_utf8(key.at, key.n, NULL)) ||
           reader_wrong(reader, key.at, "an id that is empty, escaped or not UTF-8");
}

static bool is_score(struct reader *reader, struct span at, struct estimate score)
{
    return !score.known || (score.value >= 0 && score.value <= 1) ||
           reader_wrong(reader, at.at, "a score that is not from 0 to 1");
}

void read_audit(struct reader *reader, const struct scan_member *member, void *into)
{
    struct parts *parts = into;
    struct audit_read read = {.audit.id = member->key};
    struct audit *audit = &read.audit;

    if (!is_id(reader, member->key) || !reader_part(reader, member->value.at))
        return;
    if (member->value.type != SPAN_OBJECT) {
        (void)reader_wrong(reader, member->value.at, "an audit that is no object");
        return;
    }
    (void)scan_members_enter(&reader->walk);
    fields_read(reader, &audit_fields, &read);
    audit->whole = scan_members_whole(&reader->walk, member->value);
    if (!is_score(reader, audit->whole, audit->score))
        return;
    audit->mode = mode_of(read.mode);
    if (audit->value.value < 0)
        audit->value = (struct estimate){0};
    parts->audit = arena_room(reader->arena, parts->audit, parts->naudits,
                              &parts->audits_capacity, sizeof *parts->audit);
    parts->audit[parts->naudits++] = *audit;
}

bool audit_is_failing(const struct audit *audit)
{
    switch (audit->mode) {
    case MODE_BINARY: return audit->score.known && audit->score.value < 1;
    case MODE_NUMERIC:
    case MODE_METRIC_SAVINGS: return audit->score.known && audit->score.value < 0.9;
    case MODE_OTHER:
    case MODE_INFORMATIVE:
    case MODE_NOT_APPLICABLE:
    case MODE_MANUAL:
    case MODE_ERROR: break;
    }
    return false;
}

/* ---- categories ---- */

struct refs {
    struct audit_ref *ref;
    size_t n, capacity;
};

struct category_read {
    struct estimate score;
    struct refs refs;
};

struct ref_read {
    struct str id;
    struct estimate weight;
};

static const struct field ref_table[] = {
    {KEY("id"), FIELD_TEXT, .offset = offsetof(struct ref_read, id)},
    {KEY("weight"), FIELD_NUMBER, .offset = offsetof(struct ref_read, weight)},
};
static const struct fields ref_fields = FIELDS(ref_table);

static void read_ref(struct reader *reader, const struct scan_member *member,
                     void *into)
{
    struct refs *refs = into;
    struct ref_read read = {0};

    if (!reader_part(reader, member->value.at))
        return;
    if (member->value.type != SPAN_OBJECT) {
        (void)reader_wrong(reader, member->value.at, "a reference that is no object");
        return;
    }
    (void)scan_members_enter(&reader->walk);
    fields_read(reader, &ref_fields, &read);
    if (read.weight.value < 0) {
        (void)reader_wrong(reader, member->value.at, "a weight below 0");
        return;
    }
    refs->ref = arena_room(reader->arena, refs->ref, refs->n, &refs->capacity,
                           sizeof *refs->ref);
    refs->ref[refs->n++] =
        (struct audit_ref){.id = read.id, .weight = read.weight.value};
}

static const struct field category_table[] = {
    {KEY("score"), FIELD_NUMBER, .offset = offsetof(struct category_read, score)},
    {KEY("auditRefs"), FIELD_EACH, .offset = offsetof(struct category_read, refs),
     .type = SPAN_ARRAY, .each = read_ref},
};
static const struct fields category_fields = FIELDS(category_table);

void read_category(struct reader *reader, const struct scan_member *member, void *into)
{
    struct parts *parts = into;
    struct category_read read = {0};

    if (!is_id(reader, member->key) || !reader_part(reader, member->value.at))
        return;
    if (member->value.type != SPAN_OBJECT) {
        (void)reader_wrong(reader, member->value.at, "a category that is no object");
        return;
    }
    (void)scan_members_enter(&reader->walk);
    fields_read(reader, &category_fields, &read);
    if (!is_score(reader, member->value, read.score))
        return;
    parts->category = arena_room(reader->arena, parts->category, parts->ncategories,
                                 &parts->categories_capacity, sizeof *parts->category);
    parts->category[parts->ncategories++] = (struct category){.id = member->key,
                                                              .score = read.score,
                                                              .ref = read.refs.ref,
                                                              .nrefs = read.refs.n};
}

/* ---- both ---- */

static int by_id(const void *a, const void *b)
{
    return str_compare((*(const struct audit *const *)a)->id,
                       (*(const struct audit *const *)b)->id);
}

static const struct audit *find(const struct lhr *lhr, struct str id)
{
    struct audit wanted = {.id = id};
    const struct audit *key = &wanted;
    const struct audit *const *found =
        lhr->naudits == 0 ? NULL
                          : bsearch(&key, lhr->by_id, lhr->naudits,
                                    sizeof(const struct audit *), by_id);

    return found ? *found : NULL;
}

bool parts_bind(struct reader *reader, const struct parts *parts, struct lhr *lhr)
{
    const struct audit **sorted =
        arena_new(reader->arena, const struct audit *, parts->naudits);

    for (size_t i = 0; i < parts->naudits; i++)
        sorted[i] = &parts->audit[i];
    if (parts->naudits > 0)
        qsort(sorted, parts->naudits, sizeof(const struct audit *), by_id);
    for (size_t i = 1; i < parts->naudits; i++)
        if (str_equal(sorted[i - 1]->id, sorted[i]->id))
            return reader_wrong(reader, sorted[i]->id.at,
                                "an audit that is there twice");
    lhr->audit = parts->audit;
    lhr->naudits = parts->naudits;
    lhr->by_id = sorted;
    lhr->category = parts->category;
    lhr->ncategories = parts->ncategories;
    for (size_t i = 0; i < lhr->ncategories; i++)
        for (size_t j = 0; j < lhr->category[i].nrefs; j++)
            lhr->category[i].ref[j].audit = find(lhr, lhr->category[i].ref[j].id);
    return true;
}

const struct audit *lhr_audit(const struct lhr *lhr, const char *id)
{
    return find(lhr, str_of(id));
}

const struct category *lhr_category(const struct lhr *lhr, const char *id)
{
    for (size_t i = 0; i < lhr->ncategories; i++)
        if (str_equal(lhr->category[i].id, str_of(id)))
            return &lhr->category[i];
    return NULL;
}
