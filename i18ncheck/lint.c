/* The verb lint: broken messages of catalogs. */
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

static bool lint_locale(const struct set *set, size_t index, struct hits *hits,
                        struct arena *arena, struct err *err)
{
    const struct set_locale *locale = &set->locale[index];
    struct catalog catalog;

    if (!set_locale_read(set, index, arena, &catalog, err))
        return false;
    (void)check_locale(&set->view,
                       &(struct locale_view){.catalog = &catalog,
                                             .vote = &set->vote,
                                             .source_filled = locale->source_filled},
                       NULL, hits, arena);
    return true;
}

static json_t *hit_to_json(const struct hit *hit, struct arena *arena)
{
    json_t *object = json_object();
    const char *key = text_safe(arena, hit->key.at, hit->key.n, KEY_CHARACTERS);

    json_put(object, "check", json_string(check_word(hit->check)));
    json_put(object, "severity",
             json_string(severity_word(check_severity(hit->check))));
    json_put(object, "locale", json_string(hit->locale));
    json_put(object, "key", json_string(key));
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
    hits_sort(&hits);
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
