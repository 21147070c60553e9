/* The verb lint: broken messages of catalogs. */
#include <stdlib.h>
#include <string.h>

#include "i18ncheck/adhoc.h"
#include "i18ncheck/hits_text.h"
#include "i18ncheck/i18ncheck.h"
#include "shared/finding.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/state.h"
#include "shared/text.h"

#include "shared/banned.h"

/* Arrays of JSON go by the bytes of what they hold, and its members by name. */
static int by_bytes(const void *left, const void *right)
{
    const struct hit *a = left, *b = right;
    int order = strcmp(check_word(a->check), check_word(b->check));

    if (order == 0)
        order = strcmp(a->file, b->file);
    if (order == 0)
        order = str_compare(a->key, b->key);
    if (order == 0)
        order = (a->line > b->line) - (a->line < b->line);
    if (order == 0)
        order = strcmp(a->locale, b->locale);
    return order != 0 ? order : strcmp(a->message, b->message);
}

static struct str kept(struct str text, struct arena *arena)
{
    return text.n > 0 ? (struct str){str_copy(arena, text.at, text.n), text.n}
                      : (struct str){0};
}

/* Hits outlive their locale's catalog. Its tag and paths live longer by themselves. */
static void keep(const struct hits *found, struct hits *hits, struct arena *arena)
{
    for (size_t i = 0; i < found->n; i++) {
        struct hit hit = found->item[i];

        hit.key = kept(hit.key, arena);
        hit.message = str_copy(arena, hit.message, strlen(hit.message));
        hit.source = kept(hit.source, arena);
        hit.target = kept(hit.target, arena);
        hits_add(hits, arena, hit);
    }
}

static bool lint_locale(const struct set *set, size_t index, struct hits *hits,
                        struct arena *arena, struct err *err)
{
    const struct set_locale *locale = &set->locale[index];
    struct catalog catalog;
    struct hits found = {0};
    struct arena own;
    bool good;

    arena_init(&own, ARENA_BYTES_MAX);
    good = set_locale_read(set, index, &own, &catalog, err);
    if (good) {
        (void)check_locale(&set->view,
                           &(struct locale_view){.catalog = &catalog,
                                                 .vote = &set->vote,
                                                 .source_filled =
                                                     locale->source_filled},
                           NULL, &found, &own);
        keep(&found, hits, arena);
    }
    arena_release(&own);
    return good;
}

static json_t *hit_to_json(const struct hit *hit, struct arena *arena)
{
    json_t *object = json_object();
    struct str key = key_shown(hit->key, arena);

    json_put(object, "check", json_string(check_word(hit->check)));
    json_put(object, "severity",
             json_string(severity_word(check_severity(hit->check))));
    json_put(object, "locale", json_string(hit->locale));
    json_put(object, "key", json_stringn(key.at ? key.at : "", key.n));
    json_put(object, "file", json_string(hit->file));
    json_put(object, "line", json_integer((json_int_t)hit->line));
    json_put(object, "message", json_string(hit->message));
    json_put(object, "source",
             json_string(str_copy(arena, hit->source.at, hit->source.n)));
    json_put(object, "target",
             json_string(str_copy(arena, hit->target.at, hit->target.n)));
    return object;
}

static bool format_json(const struct hits *hits, struct arena *arena, struct buf *out,
                        struct err *err)
{
    OWN(json) root = json_object();
    json_t *findings = json_array();
    struct str bytes;

    json_put(root, "findings", findings);
    for (size_t i = 0; i < hits->n; i++)
        json_push(findings, hit_to_json(&hits->item[i], arena));
    if (!state_json_format(root, arena, &bytes, err))
        return false;
    buf_add(out, bytes.at, bytes.n);
    return true;
}

static int exit_status(const struct hits *hits, enum fail_on fail_on,
                       struct arena *arena)
{
    struct findings findings = {0};

    for (size_t i = 0; i < hits->n; i++)
        findings_add(&findings, arena,
                     (struct finding){.id = check_word(hits->item[i].check),
                                      .message = hits->item[i].message,
                                      .severity = check_severity(hits->item[i].check)});
    return findings_exit_status(&findings, fail_on);
}

static bool lint(const struct options *opt, struct arena *arena, int *status,
                 struct err *err)
{
    struct hits hits = {0};
    struct set set;
    struct buf out;

    if (!adhoc_open(opt, &hits, arena, &set, err))
        return false;
    for (size_t i = 0; i < set.nlocales; i++)
        if (!lint_locale(&set, i, &hits, arena, err))
            return false;
    if (!adhoc_is_json(opt))
        hits_sort(&hits);
    else if (hits.n > 0)
        qsort(hits.item, hits.n, sizeof *hits.item, by_bytes);
    buf_init(&out, arena, REPORT_BYTES_MAX);
    if (!adhoc_is_json(opt))
        hits_add_text(&hits, arena, &out);
    else if (!format_json(&hits, arena, &out, err))
        return false;
    *status = exit_status(&hits, opt->fail_on, arena);
    return report_print(&out, err);
}

int i18ncheck_lint(const struct options *opt, struct err *err)
{
    int status = VERDICT_UNKNOWN;
    struct arena arena;

    arena_init(&arena, ARENA_BYTES_MAX);
    if (!lint(opt, &arena, &status, err))
        status = VERDICT_UNKNOWN;
    arena_release(&arena);
    return status;
}
