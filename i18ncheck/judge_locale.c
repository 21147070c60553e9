/* One locale against the source: its numbers, and a hit a message at most. */
#include "i18ncheck/judge_message.h"
#include "i18ncheck/locale.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { SHOWN_TEXT = 200, FILLED_MIN = 50, FILLED_PERCENT = 20 };

void source_view_count(struct source_view *source, struct arena *arena)
{
    const struct catalog *catalog = source->catalog;

    source->counted = arena_new(arena, const struct message *, catalog->n);
    source->n = 0;
    for (size_t i = 0; i < catalog->n; i++)
        if (catalog->message[i].is_text && catalog->message[i].is_counted &&
            message_is_nonempty(&catalog->message[i]))
            source->counted[source->n++] = &catalog->message[i];
    source->is_broken = arena_new(arena, bool, source->n);
}

/* ---- hits ---- */

static void add_hit(const struct catalog *catalog, const struct message *message,
                    const struct message *source, const struct fault *fault,
                    struct hits *hits, struct arena *arena)
{
    struct str text = fault->form ? fault->form->text : message_text(message);
    struct str from = source ? message_text(source) : (struct str){0};
    const char *shown = text_safe(arena, text.at, text.n, SHOWN_TEXT);
    const char *original = text_safe(arena, from.at, from.n, SHOWN_TEXT);

    hits_add(hits, arena,
             (struct hit){.check = fault->check,
                          .locale = catalog->locale,
                          .key = message->key,
                          .file = catalog->file[message->file].path,
                          .line = message_line(catalog, message),
                          .message = fault->message,
                          .source = str_of(original),
                          .target = str_of(shown)});
}

static enum check_id check_of(enum catalog_problem problem)
{
    switch (problem) {
    case PROBLEM_SYNTAX: return CHECK_CATALOG_SYNTAX;
    case PROBLEM_DUPLICATE_KEY: return CHECK_DUPLICATE_KEY;
    case PROBLEM_KEY_CLASH: return CHECK_KEY_CLASH;
    case PROBLEM_LOCALE_MISMATCH: return CHECK_LOCALE_MISMATCH;
    case PROBLEM_BOOL_KEY: return CHECK_BOOL_KEY;
    case PROBLEM_BOM: return CHECK_BOM;
    case PROBLEM_MESSAGE: return CHECK_MESSAGE_SYNTAX;
    }
    return CHECK_CATALOG_SYNTAX;
}

/* Hits of what the reader noted; `noted` gets a mark for each message that has one. */
static void add_notes(const struct source_view *source, const struct catalog *catalog,
                      bool *noted, struct hits *hits, struct arena *arena)
{
    for (size_t i = 0; i < catalog->nnotes; i++) {
        const struct catalog_note *note = &catalog->note[i];
        enum check_id check = check_of(note->problem);
        const struct message *message =
            note->key.n > 0 ? catalog_find(catalog, note->key) : NULL;

        if (source->checks.is_off[check])
            continue;
        if (message && noted[message - catalog->message])
            continue;
        if (message)
            noted[message - catalog->message] = true;
        hits_add(hits, arena,
                 (struct hit){.check = check,
                              .locale = catalog->locale,
                              .key = note->key,
                              .file = catalog->file[note->file].path,
                              .line = note->line,
                              .message = note->text});
    }
}

/* ---- the source ---- */

static bool is_over_limit(const struct catalog *catalog, struct str key)
{
    for (size_t i = 0; i < catalog->nnotes; i++)
        if (catalog->note[i].problem == PROBLEM_MESSAGE &&
            str_equal(catalog->note[i].key, key))
            return true;
    return false;
}

void check_source(struct source_view *source, struct hits *hits, struct arena *arena)
{
    const struct catalog *catalog = source->catalog;
    bool *noted = arena_new(arena, bool, catalog->n);
    struct plurals plurals;

    plurals_of(catalog, &source->rules, &plurals);
    add_notes(source, catalog, noted, hits, arena);
    for (size_t k = 0; k < source->n; k++) {
        const struct message *message = source->counted[k];
        const struct pair pair = {.view = source,
                                  .plurals = &plurals,
                                  .target = message};
        struct fault fault;
        const char *why;

        bool is_noted = noted[message - catalog->message];

        source->is_broken[k] = (is_noted && is_over_limit(catalog, message->key)) ||
                               judge_is_unparsable(source, message, arena, &why);
        if (!is_noted && judge_message(&pair, arena, &fault))
            add_hit(catalog, message, NULL, &fault, hits, arena);
    }
}

/* ---- a locale ---- */

/* Walks K and the target's messages, both sorted by key. */
struct walk {
    const struct source_view *source;
    const struct locale_view *locale;
    size_t k, t;
};

/* The next message of K that is not ignored; `*target` NULL: the locale has none. */
static bool next(struct walk *walk, size_t *k, const struct message **target)
{
    const struct catalog *catalog = walk->locale->catalog;

    while (walk->k < walk->source->n && bit_at(walk->locale->ignored, walk->k))
        walk->k++;
    if (walk->k == walk->source->n)
        return false;
    *k = walk->k++;
    *target = NULL;
    for (; walk->t < catalog->n; walk->t++) {
        int order =
            str_compare(catalog->message[walk->t].key, walk->source->counted[*k]->key);

        if (order > 0)
            break;
        if (order < 0)
            continue;
        *target = &catalog->message[walk->t++];
        break;
    }
    return true;
}

static bool is_foreign(const struct source_view *source, const struct catalog *catalog)
{
    return !locale_same_language(catalog->locale, source->rules.source);
}

/* Values that may be equal are left out of the share. */
bool check_vote(const struct source_view *source, const struct locale_view *locale,
                struct vote *vote, struct arena *arena)
{
    struct walk walk = {source, locale, 0, 0};
    enum sameness *sameness = arena_new(arena, enum sameness, source->n);
    bool *is_nonempty = arena_new(arena, bool, source->n);
    int64_t nonempty = 0, texts = 0, copies = 0;
    const struct message *target;
    size_t k;

    if (!is_foreign(source, locale->catalog))
        return false;
    while (next(&walk, &k, &target)) {
        if (!target || !message_is_nonempty(target))
            continue;
        is_nonempty[k] = true;
        sameness[k] =
            measure_sameness(source->counted[k], target, target->syntax, arena);
        nonempty++;
        texts += sameness[k] == SAME_NOT || sameness[k] == SAME_TEXT;
        copies += sameness[k] == SAME_TEXT;
    }
    if (nonempty >= FILLED_MIN && 100 * copies > FILLED_PERCENT * texts)
        return true;
    for (k = 0; k < source->n; k++) {
        vote->eligible[k] = (uint16_t)(vote->eligible[k] + is_nonempty[k]);
        vote->same[k] = (uint16_t)(vote->same[k] + (sameness[k] != SAME_NOT));
    }
    return false;
}

/* ---- what is counted ---- */

struct judging {
    const struct source_view *source;
    const struct locale_view *locale;
    struct plurals plurals;
    bool is_foreign;
    bool *noted;
    struct key_lists *lists;
    struct hits *hits;
    struct arena *arena;
    struct coverage coverage;
};

static void list_add(struct key_list *list, struct str key, struct arena *arena)
{
    list->item =
        arena_room(arena, list->item, list->n, &list->capacity, sizeof *list->item);
    list->item[list->n++] = key;
}

static bool is_untranslated(const struct judging *judging, size_t k,
                            enum sameness sameness)
{
    switch (sameness) {
    case SAME_NOT:
    case SAME_FREE: return false;
    case SAME_WORD: return judging->locale->source_filled;
    case SAME_TEXT:
        return judging->locale->source_filled ||
               !measure_vote_passes(judging->locale->vote, k);
    }
    return false;
}

static void count_broken(struct judging *judging, enum check_id check)
{
    judging->coverage.broken +=
        judging->source->checks.severity[check] != SEVERITY_INFO;
}

static void judge_nonempty(struct judging *judging, size_t k,
                           const struct message *target)
{
    const struct source_view *source = judging->source;
    struct coverage *coverage = &judging->coverage;
    struct pair pair = {.view = source,
                        .plurals = &judging->plurals,
                        .source = source->counted[k],
                        .target = target,
                        .is_stale = bit_at(judging->locale->stale, k),
                        .source_is_broken = source->is_broken[k]};
    struct fault fault;

    if (judging->is_foreign)
        pair.sameness =
            measure_sameness(pair.source, target, target->syntax, judging->arena);
    pair.is_copy = is_untranslated(judging, k, pair.sameness);
    coverage->nonempty++;
    coverage->review += target->is_review;
    coverage->translated += !target->is_review && !pair.is_copy;
    if (judging->locale->source_filled)
        pair.is_copy = false; // one hit for all of them
    if (judging->noted[target - judging->locale->catalog->message])
        return;
    if (judge_message(&pair, judging->arena, &fault)) {
        add_hit(judging->locale->catalog, target, pair.source, &fault, judging->hits,
                judging->arena);
        count_broken(judging, fault.check);
    }
}

static void judge_key(struct judging *judging, size_t k, const struct message *target)
{
    struct coverage *coverage = &judging->coverage;
    struct str key = judging->source->counted[k]->key;

    coverage->keys++;
    if (!target) {
        coverage->missing++;
        if (judging->lists)
            list_add(&judging->lists->missing, key, judging->arena);
        return;
    }
    coverage->present++;
    if (message_is_nonempty(target)) {
        judge_nonempty(judging, k, target);
        return;
    }
    coverage->empty++;
    if (judging->lists)
        list_add(&judging->lists->empty, key, judging->arena);
}

/* Text on one side, something else on the other. */
static void judge_type(struct judging *judging, const struct message *source,
                       const struct message *target)
{
    const struct fault fault = {CHECK_KEY_CLASH,
                                "is of another type than in the source", NULL};

    if ((source->is_text && target->is_text) || source->type == target->type ||
        source->type == 'z' || target->type == 'z' ||
        judging->source->checks.is_off[CHECK_KEY_CLASH] ||
        judging->noted[target - judging->locale->catalog->message])
        return;
    judging->noted[target - judging->locale->catalog->message] = true;
    add_hit(judging->locale->catalog, target, source, &fault, judging->hits,
            judging->arena);
    count_broken(judging, CHECK_KEY_CLASH);
}

/* Keys that the source does not have, and types that differ. */
static void judge_strangers(struct judging *judging)
{
    const struct catalog *catalog = judging->locale->catalog;
    const struct fault fault = {CHECK_OBSOLETE, "is not in the source", NULL};

    for (size_t t = 0; t < catalog->n; t++) {
        const struct message *target = &catalog->message[t];
        const struct message *source =
            catalog_find(judging->source->catalog, target->key);

        if (source) {
            judge_type(judging, source, target);
            continue;
        }
        if (!target->is_text)
            continue;
        judging->coverage.obsolete++;
        if (judging->lists)
            list_add(&judging->lists->obsolete, target->key, judging->arena);
        if (!judging->noted[t] && !judging->source->checks.is_off[CHECK_OBSOLETE])
            add_hit(catalog, target, NULL, &fault, judging->hits, judging->arena);
    }
}

static void judge_whole(struct judging *judging)
{
    const struct catalog *catalog = judging->locale->catalog;
    const struct check_rules *checks = &judging->source->checks;
    const char *file = catalog->nfiles > 0 ? catalog->file[0].path : "";
    struct hit hit = {.locale = catalog->locale, .file = file};

    if (judging->locale->source_filled && !checks->is_off[CHECK_SOURCE_FILLED]) {
        hit.check = CHECK_SOURCE_FILLED;
        hit.message = "over a fifth of its texts are the source's";
        hits_add(judging->hits, judging->arena, hit);
    }
    if (!plural_rule_of(catalog->locale) && !checks->is_off[CHECK_LOCALE_UNKNOWN]) {
        hit.check = CHECK_LOCALE_UNKNOWN;
        hit.message = "has no plural rule in CLDR: its plurals are not checked";
        hits_add(judging->hits, judging->arena, hit);
    }
}

struct coverage check_locale(const struct source_view *source,
                             const struct locale_view *locale, struct key_lists *lists,
                             struct hits *hits, struct arena *arena)
{
    struct judging judging = {.source = source,
                              .locale = locale,
                              .is_foreign = is_foreign(source, locale->catalog),
                              .noted = arena_new(arena, bool, locale->catalog->n),
                              .lists = lists,
                              .hits = hits,
                              .arena = arena};
    struct walk walk = {source, locale, 0, 0};
    const struct message *target;
    size_t k, before = hits->n;

    plurals_of(locale->catalog, &source->rules, &judging.plurals);
    add_notes(source, locale->catalog, judging.noted, hits, arena);
    for (size_t i = before; i < hits->n; i++)
        if (hits->item[i].key.n > 0)
            count_broken(&judging, hits->item[i].check);
    judge_whole(&judging);
    judge_strangers(&judging);
    while (next(&walk, &k, &target))
        judge_key(&judging, k, target);
    return judging.coverage;
}
