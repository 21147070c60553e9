/* Ids, what many keys of one check and place have in common, and since when. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "i18ncheck/judge.h"
#include "shared/fnv.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

enum {
    KEY_BYTES_MAX = 80, /* of a key as it is in an id */
    KEY_BYTES_KEPT = 60,
    KEYS_SHOWN = 5, /* of a group */
    ID_BYTES_MAX = 4096,
};

void items_add(struct items *items, struct arena *arena, struct item item)
{
    item.key.at = str_copy(arena, item.key.at, item.key.n);
    item.message = str_copy(arena, item.message, strlen(item.message));
    item.file = str_copy(arena, item.file, strlen(item.file));
    items->item =
        arena_room(arena, items->item, items->n, &items->capacity, sizeof *items->item);
    items->item[items->n++] = item;
}

void kept_add(struct kept_list *list, struct arena *arena, struct kept kept)
{
    list->item =
        arena_room(arena, list->item, list->n, &list->capacity, sizeof *list->item);
    list->item[list->n++] = kept;
}

/* ---- ids ---- */

/* text_add_tsv takes %, control and bidirectional characters; ids have no blanks,
 * slashes or characters of globs either. */
static void add_encoded(struct buf *id, struct str key)
{
    static const char marks[] = " /*?[";
    struct buf part;

    buf_init(&part, id->arena, ID_BYTES_MAX);
    if (key.n == 1 && key.at[0] == '-') // which means none in a table
        buf_add_text(&part, "-");
    else
        text_add_tsv(&part, key.at, key.n);
    for (size_t i = 0; i < part.n; i++) {
        if (memchr(marks, part.at[i], sizeof marks - 1))
            buf_printf(id, "%%%02X", (unsigned)part.at[i]);
        else
            buf_add(id, &part.at[i], 1);
    }
}

static void add_key(struct buf *id, struct str key)
{
    buf_add_text(id, "/");
    if (key.n <= KEY_BYTES_MAX) {
        add_encoded(id, key);
        return;
    }
    add_encoded(id, (struct str){key.at, text_cut(key.at, key.n, KEY_BYTES_KEPT)});
    buf_printf(id, "~%016" PRIx64, fnv(key));
}

const char *judge_id(enum check_id check, const char *place, struct str key,
                     struct arena *arena)
{
    struct arena scratch; // buffers take ten times the room of what is in them
    const char *kept;
    struct buf id;

    arena_init(&scratch, ARENA_BYTES_MAX);
    buf_init(&id, &scratch, ID_BYTES_MAX);
    buf_printf(&id, "i18ncheck/%s/%s", check_word(check), place);
    if (key.n > 0)
        add_key(&id, key);
    kept = str_copy(arena, id.at, id.n);
    arena_release(&scratch);
    return kept;
}

/* ---- order ---- */

static int same_group(const struct item *a, const struct item *b)
{
    int order = strcmp(a->place, b->place);

    return order != 0 ? order : (a->check > b->check) - (a->check < b->check);
}

static int item_compare(const void *left, const void *right)
{
    const struct item *a = left, *b = right;
    int order = same_group(a, b);

    if (order == 0)
        order = str_compare(a->key, b->key);
    if (order == 0)
        order = strcmp(a->file, b->file);
    if (order == 0 && a->line != b->line)
        order = a->line < b->line ? -1 : 1;
    return order != 0 ? order : strcmp(a->message, b->message);
}

/* ---- one run ---- */

struct judging {
    const struct judging_rules *rules;
    struct finding *before; /* open ones, by id */
    size_t nbefore;
    struct arena *arena;
    struct findings *now;
};

static int id_compare(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;

    return strcmp(x->id, y->id);
}

static const struct finding *open_before(const struct judging *self, const char *id)
{
    const struct finding wanted = {.id = id};

    return self->nbefore == 0 ? NULL
                              : bsearch(&wanted, self->before, self->nbefore,
                                        sizeof *self->before, id_compare);
}

static void add(struct judging *self, struct finding finding, int32_t otherwise)
{
    const struct finding *before = open_before(self, finding.id);

    finding.since = before ? before->since : otherwise;
    finding.status = finding.since == self->rules->as_of ? STATUS_NEW : STATUS_OPEN;
    findings_add(self->now, self->arena, finding);
}

/* Several items of one key are one finding: the first of them. */
static void add_each(struct judging *self, const struct item *item, size_t n,
                     const struct finding *group)
{
    for (size_t i = 0; i < n; i++) {
        int32_t since = item[i].has_since ? item[i].since
                        : group           ? group->since
                                          : self->rules->as_of;

        if (i > 0 && str_equal(item[i].key, item[i - 1].key))
            continue;
        add(self,
            (struct finding){.id = judge_id(item[i].check, item[i].place, item[i].key,
                                            self->arena),
                             .severity = item[i].severity,
                             .message = item[i].message,
                             .value = item[i].value,
                             .limit = item[i].limit,
                             .unit = item[i].unit,
                             .n = item[i].n,
                             .file = item[i].file,
                             .line = (int64_t)item[i].line},
            since);
    }
}

static void add_group(struct judging *self, const struct item *item, size_t n,
                      const char *id, int64_t keys)
{
    struct finding finding = {.id = id,
                              .severity = item[0].severity,
                              .file = item[0].file,
                              .n = keys};
    struct buf message;
    size_t shown = 0;

    buf_init(&message, self->arena, ID_BYTES_MAX);
    buf_printf(&message, "%lld in all: ", (long long)keys);
    for (size_t i = 0; i < n; i++) {
        struct str key = key_shown(item[i].key, self->arena);

        if (item[i].severity < finding.severity)
            finding.severity = item[i].severity;
        if ((i > 0 && str_equal(item[i].key, item[i - 1].key)) || shown == KEYS_SHOWN)
            continue;
        buf_printf(&message, "%s%s", shown == 0 ? "" : ", ",
                   text_safe(self->arena, key.at, key.n, OUTSIDE_TEXT_MAX));
        shown++;
    }
    buf_add_text(&message, " ...");
    finding.message = message.at;
    add(self, finding, self->rules->as_of);
}

/* The items of one check and place. What was one finding stays one until there are
 * clearly fewer; then its keys have been open since it was. */
static void judge_group(struct judging *self, const struct item *item, size_t n,
                        int64_t most)
{
    const char *id = judge_id(item[0].check, item[0].place, STR(""), self->arena);
    const struct finding *group = open_before(self, id);
    int64_t keys = 0;

    for (size_t i = 0; i < n; i++)
        keys += i == 0 || !str_equal(item[i].key, item[i - 1].key);
    if (keys > most || (group && item[n - 1].key.n > 0 && 5 * keys > 4 * most))
        add_group(self, item, n, id, keys);
    else
        add_each(self, item, n, item[n - 1].key.n > 0 ? group : NULL);
}

static void judge_items(struct judging *self, const struct items *items, int64_t most)
{
    for (size_t i = 0, end; i < items->n; i = end) {
        for (end = i + 1; end < items->n; end++)
            if (same_group(&items->item[i], &items->item[end]) != 0)
                break;
        judge_group(self, &items->item[i], end - i, most);
    }
}

/* ---- what stays as it is ---- */

static bool is_below(const char *id, const char *prefix)
{
    size_t n = strlen(prefix);

    return strncmp(id, prefix, n) == 0 && (id[n] == '\0' || id[n] == '/');
}

static bool is_kept_check(const struct kept *kept, enum check_id check)
{
    if (kept->is_one_check)
        return kept->check == check;
    return check != CHECK_CATALOG_SYNTAX && check != CHECK_CATALOG_MISSING;
}

static void keep(struct judging *self, const struct kept *kept)
{
    for (int c = 0; c < CHECK_COUNT; c++) {
        const char *prefix;

        if (!is_kept_check(kept, (enum check_id)c))
            continue;
        prefix = judge_id((enum check_id)c, kept->place, STR(""), self->arena);
        for (size_t i = 0; i < self->nbefore; i++)
            if (is_below(self->before[i].id, prefix))
                add(self, self->before[i], self->before[i].since);
    }
}

bool judge_findings(const struct items *items, const struct kept_list *kept,
                    const struct findings *before, const struct judging_rules *rules,
                    struct arena *arena, struct findings *now)
{
    struct judging self = {.rules = rules, .arena = arena, .now = now};
    int64_t most = rules->max_findings;

    self.before = arena_new(arena, struct finding, before->n);
    for (size_t i = 0; i < before->n; i++)
        if (before->item[i].status != STATUS_RESOLVED)
            self.before[self.nbefore++] = before->item[i];
    if (self.nbefore > 1)
        qsort(self.before, self.nbefore, sizeof *self.before, id_compare);
    if (items->n > 1)
        qsort(items->item, items->n, sizeof *items->item, item_compare);
    for (;; most /= 2) {
        now->n = 0;
        for (size_t i = 0; i < kept->n; i++)
            keep(&self, &kept->item[i]);
        judge_items(&self, items, most);
        if (now->n <= FINDINGS_MAX || most <= 1)
            break;
    }
    findings_sort(now);
    return now->n <= FINDINGS_MAX;
}
