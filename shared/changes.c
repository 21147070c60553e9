/* Two state folders compared: findings by what became of them, facts by pointer. */
#include "shared/changes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "shared/changes_internal.h"
#include "shared/json.h"
#include "shared/state.h"
#include "shared/text.h"

#include "shared/banned.h"

enum {
    SCHEMA_MAX = 1,  // the newest that any tool writes
    REASON_MAX = 32, // characters: a word
};

const char *const tool_names[TOOL_COUNT] = {"watchdog", "bandit", "perfcheck",
                                            "seocheck", "i18ncheck"};

const char *change_word(enum change change)
{
    static const char *const words[] = {"new",      "escalated", "changed", "eased",
                                        "resolved", "muted",     "unmuted"};

    return words[change];
}

static int by_id(const void *left, const void *right)
{
    return strcmp(((const struct finding *)left)->id,
                  ((const struct finding *)right)->id);
}

/* State may keep a resolved finding for some days: it is there no more. */
static void drop_resolved(struct findings *findings)
{
    size_t kept = 0;

    for (size_t i = 0; i < findings->n; i++)
        if (findings->item[i].status != STATUS_RESOLVED)
            findings->item[kept++] = findings->item[i];
    findings->n = kept;
}

static bool conclude(const struct state_file *file, const char *tool,
                     struct arena *arena, struct concluded *concluded, struct err *err)
{
    struct findings *findings = &concluded->findings;

    if (!state_file_parse(file, tool, SCHEMA_MAX, arena, &concluded->document, err))
        return false;
    if (!findings_from_state(concluded->document, arena, &concluded->through, findings,
                             err))
        return state_json_refuse(file->folder, file->name, arena, err);
    drop_resolved(findings);
    if (findings->n > 0)
        qsort(findings->item, findings->n, sizeof *findings->item, by_id);
    return true;
}

static bool load(const struct state_folder *folder, const char *tool,
                 const struct concluded *before, struct arena *arena,
                 struct concluded *concluded, struct err *err)
{
    struct state_file file;

    if (!state_file_read(folder, str_format(arena, "%s.json", tool), arena, &file, err))
        return false;
    if (!file.is_there)
        return true;
    if (before && before->document && str_equal(file.bytes, before->bytes)) {
        *concluded = *before;
        json_incref(concluded->document);
        return true;
    }
    concluded->bytes = file.bytes;
    return conclude(&file, tool, arena, concluded, err);
}

bool states_load(const char *folder, const char *name, const struct states *before,
                 struct arena *arena, struct states *states, struct err *err)
{
    struct state_folder opened = STATE_FOLDER_CLOSED;
    bool good = state_folder_open(&opened, folder, false, err);

    *states = (struct states){.name = name};
    if (good && opened.fd < 0)
        good = err_set(err, "there is no folder '%s'", folder);
    for (size_t t = 0; t < TOOL_COUNT && good; t++)
        good = load(&opened, tool_names[t], before ? &before->tool[t] : NULL, arena,
                    &states->tool[t], err);
    state_folder_release(&opened);
    if (!good)
        states_release(states);
    return good;
}

void states_release(struct states *states)
{
    for (size_t t = 0; t < TOOL_COUNT; t++) {
        json_decref(states->tool[t].document);
        states->tool[t].document = NULL;
    }
}

bool states_moved(const struct states *before, const struct states *now)
{
    for (size_t t = 0; t < TOOL_COUNT; t++)
        if (now->tool[t].document && now->tool[t].document != before->tool[t].document)
            return true;
    return false;
}

/* ---- findings ---- */

static bool is_muted(const struct config *config, const char *id, int32_t day)
{
    return config && finding_mute(config, id, day) != NULL;
}

static enum verdict verdict_of(const struct concluded *concluded,
                               const struct config *config)
{
    enum verdict worst = VERDICT_OK;

    for (size_t i = 0; i < concluded->findings.n; i++) {
        const struct finding *finding = &concluded->findings.item[i];
        enum verdict verdict = finding->severity == SEVERITY_CRIT   ? VERDICT_CRIT
                               : finding->severity == SEVERITY_WARN ? VERDICT_WARN
                                                                    : VERDICT_OK;

        if (verdict > worst && !is_muted(config, finding->id, concluded->through))
            worst = verdict;
    }
    return worst;
}

struct finding_list {
    struct finding_change *item;
    size_t n, capacity;
};

static enum change change_of(const struct finding *before, const struct finding *now,
                             bool was_muted, bool is_muted_now, bool *is_none)
{
    *is_none = false;
    if (was_muted != is_muted_now)
        return is_muted_now ? CHANGE_MUTED : CHANGE_UNMUTED;
    if (before->severity != now->severity)
        return now->severity < before->severity ? CHANGE_ESCALATED : CHANGE_EASED;
    *is_none = is_muted_now || (strcmp(before->value, now->value) == 0 &&
                                strcmp(before->limit, now->limit) == 0);
    return CHANGE_CHANGED;
}

/* One of them is there. */
static const struct finding *either(const struct finding *before,
                                    const struct finding *now)
{
    assert(before || now);
    return now ? now : before;
}

static void compare_finding(const struct finding *before, const struct finding *now,
                            const struct config *config, const int32_t through[2],
                            struct finding_list *list, struct arena *arena)
{
    const struct finding *any = either(before, now);
    bool was_muted = before && is_muted(config, before->id, through[0]);
    bool is_muted_now = now && is_muted(config, now->id, through[1]);
    struct finding_change change = {.id = any->id,
                                    .had = before,
                                    .has = now,
                                    .before = any->severity,
                                    .now = any->severity,
                                    .value_before = before ? before->value : "",
                                    .value_now = now ? now->value : "",
                                    .limit_now = any->limit,
                                    .unit = any->unit,
                                    .message = any->message,
                                    .since = any->since};
    bool is_none = now ? is_muted_now : was_muted;

    if (before && now) {
        change.before = before->severity;
        change.change = change_of(before, now, was_muted, is_muted_now, &is_none);
    } else {
        change.change = now ? CHANGE_NEW : CHANGE_RESOLVED;
    }
    if (is_none)
        return;
    list->item =
        arena_room(arena, list->item, list->n, &list->capacity, sizeof *list->item);
    list->item[list->n++] = change;
}

/* Why a tool closed a finding that it keeps as resolved, where that is not that the
 * trouble is over: whoever is told "resolved" would take it for mended. */
static const char *closing_reason(const json_t *document, const char *id,
                                  struct arena *arena)
{
    const json_t *kept = json_object_get(json_object_get(document, "findings"), id);
    const char *reason = json_string_value(json_object_get(kept, "reason"));

    if (!reason || reason[0] == '\0' || strcmp(reason, "recovered") == 0)
        return NULL;
    return text_safe(arena, reason, strlen(reason), REASON_MAX);
}

static void compare_findings(const struct concluded *before,
                             const struct concluded *now, const struct config *config,
                             struct finding_list *list, struct arena *arena)
{
    const int32_t through[2] = {before->through, now->through};
    size_t b = 0, n = 0, first = list->n;

    while (b < before->findings.n || n < now->findings.n) {
        const struct finding *left =
            b < before->findings.n ? &before->findings.item[b] : NULL;
        const struct finding *right =
            n < now->findings.n ? &now->findings.item[n] : NULL;
        int order = !left ? 1 : !right ? -1 : strcmp(left->id, right->id);

        compare_finding(order <= 0 ? left : NULL, order >= 0 ? right : NULL, config,
                        through, list, arena);
        b += order <= 0;
        n += order >= 0;
    }
    for (size_t i = first; i < list->n; i++)
        if (list->item[i].change == CHANGE_RESOLVED)
            list->item[i].reason =
                closing_reason(now->document, list->item[i].id, arena);
}

static int by_change(const void *left, const void *right)
{
    const struct finding_change *a = left, *b = right;

    if (a->change != b->change)
        return a->change < b->change ? -1 : 1;
    if (a->now != b->now)
        return a->now < b->now ? -1 : 1;
    return strcmp(a->id, b->id);
}

/* ---- all ---- */

void changes_find(const struct states *before, const struct states *now,
                  const struct config *config, struct arena *arena,
                  struct changes *changes)
{
    struct finding_list list = {0};
    struct fact_list facts = {0};

    *changes = (struct changes){0};
    for (size_t t = 0; t < TOOL_COUNT; t++) {
        const struct concluded *was = &before->tool[t], *is = &now->tool[t];

        compare_findings(was, is, config, &list, arena);
        compare_facts(tool_names[t], was->document, is->document, &facts, arena);
        changes->tool[t] = (struct tool_change){.has_before = was->document,
                                                .has_now = is->document,
                                                .before = verdict_of(was, config),
                                                .now = verdict_of(is, config),
                                                .through_before = was->through,
                                                .through_now = is->through};
    }
    if (list.n > 0)
        qsort(list.item, list.n, sizeof *list.item, by_change);
    for (size_t i = 0; i < list.n; i++)
        changes->count[list.item[i].change]++;
    changes->finding = list.item;
    changes->nfindings = list.n;
    changes->fact = facts.item;
    changes->nfacts = facts.n;
    changes->is_quiet = list.n == 0 && facts.n == 0;
}
