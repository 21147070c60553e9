/* A set of a round: its source, then one locale at a time. */
#include <stdlib.h>
#include <string.h>

#include "i18ncheck/evidence.h"
#include "i18ncheck/round.h"
#include "shared/json.h"
#include "shared/limits.h"

#include "shared/banned.h"

/* One set on its way. */
struct set_run {
    struct round *round;
    const struct set_settings *settings;
    struct set set;
    bool has_evidence;
    struct evidence evidence;
    struct arena *arena; /* the set's */
};

/* ---- which catalogs, which locales ---- */

static bool is_wanted(const struct set_settings *set, const char *tag)
{
    if (strcmp(tag, set->rules.source) == 0)
        return true;
    return !tag_list_has(&set->excluded, tag) &&
           (set->is_auto || tag_list_has(&set->locale, tag));
}

bool round_find_catalogs(struct round *round, struct err *err)
{
    const struct settings *settings = &round->settings;

    round->plan = arena_new(round->run, struct set_plan, settings->nsets);
    for (size_t i = 0; i < settings->nsets; i++) {
        const struct set_settings *set = &settings->set[i];
        struct catalog_paths *paths = &round->plan[i].paths;
        size_t kept = 0;

        if (!catalog_paths_find(round->config.folder, set->pattern, &set->rules,
                                round->run, paths, err))
            return err_wrap(err, "set '%s'", set->name);
        for (size_t p = 0; p < paths->n; p++)
            if (is_wanted(set, paths->item[p].locale))
                paths->item[kept++] = paths->item[p];
        paths->n = kept;
    }
    return true;
}

static void add_tag(struct tag_list *list, const char *tag, struct arena *arena)
{
    if (list->n > 0 && strcmp(list->item[list->n - 1], tag) == 0)
        return;
    list->item =
        arena_grow(arena, list->item, list->n, list->n + 1, sizeof *list->item);
    list->item[list->n++] = tag;
}

static void tidy(struct tag_list *list)
{
    size_t kept = 0;

    if (list->n > 1)
        qsort(list->item, list->n, sizeof *list->item, str_pointer_compare);
    for (size_t i = 0; i < list->n; i++)
        if (i == 0 || strcmp(list->item[i], list->item[kept - 1]) != 0)
            list->item[kept++] = list->item[i];
    list->n = kept;
}

/* The locale of "web/tr" or of "i18ncheck/catalog-syntax/web/tr". */
static void add_known(const struct round *round, const struct set_settings *set,
                      const char *prefix, const char *text, struct tag_list *list)
{
    const char *place = str_format(round->run, "%s%s/", prefix, set->name);
    const char *tag;

    if (str_starts(str_of(text), str_of(place)) &&
        locale_tag(str_of(text + strlen(place)), round->run, &tag) &&
        is_wanted(set, tag))
        add_tag(list, tag, round->run);
}

/* A locale that was there and could not be read has no counts, but a finding. */
static void add_known_locales(const struct round *round, const struct set_settings *set,
                              struct tag_list *list)
{
    size_t n = 0;
    const char **row =
        round->known.json
            ? json_keys(round->run, json_object_get(round->known.json, "coverage"), &n)
            : NULL;

    for (size_t i = 0; i < n; i++)
        add_known(round, set, "", row[i], list);
    for (size_t i = 0; i < round->known.findings.n; i++) {
        const char *id = round->known.findings.item[i].id;

        add_known(round, set, "i18ncheck/catalog-syntax/", id, list);
        add_known(round, set, "i18ncheck/catalog-missing/", id, list);
    }
}

static void plan_set(struct round *round, size_t index)
{
    const struct set_settings *set = &round->settings.set[index];
    struct set_plan *plan = &round->plan[index];
    struct tag_list *list = &plan->locale;
    size_t kept = 0;

    for (size_t i = 0; i < plan->paths.n; i++)
        add_tag(list, plan->paths.item[i].locale, round->run);
    for (size_t i = 0; i < set->locale.n; i++)
        if (is_wanted(set, set->locale.item[i]))
            add_tag(list, set->locale.item[i], round->run);
    add_known_locales(round, set, list);
    tidy(list);
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->item[i], set->rules.source) != 0)
            list->item[kept++] = list->item[i];
    list->n = kept;
}

/* Of the others the key is the text: who changes one changes both. */
static bool has_evidence(const struct set_settings *set)
{
    return set->rules.format != CATALOG_PO && set->rules.format != CATALOG_XCSTRINGS;
}

void round_plan_locales(struct round *round)
{
    struct tag_list columns = {0};

    for (size_t i = 0; i < round->settings.nsets; i++) {
        plan_set(round, i);
        for (size_t l = 0; l < round->plan[i].locale.n; l++)
            if (has_evidence(&round->settings.set[i]))
                add_tag(&columns, round->plan[i].locale.item[l], round->run);
    }
    tidy(&columns);
    round->after.locale = columns.item;
    round->after.nlocales = columns.n;
}

/* ---- what is kept of a locale ---- */

static const char *place_of(const struct set_run *self, const char *locale)
{
    return str_format(self->round->run, "%s/%s", self->settings->name, locale);
}

static void put_coverage(const struct set_run *self, const char *place,
                         const struct coverage *coverage, int64_t stale)
{
    json_t *row = json_object();
    int64_t ignored = (int64_t)self->set.view.n - coverage->keys;

    json_put(row, "broken", json_integer(coverage->broken));
    json_put(row, "empty", json_integer(coverage->empty));
    if (ignored > 0)
        json_put(row, "ignored", json_integer(ignored));
    json_put(row, "missing", json_integer(coverage->missing));
    json_put(row, "obsolete", json_integer(coverage->obsolete));
    json_put(row, "review", json_integer(coverage->review));
    json_put(row, "stale", json_integer(stale));
    json_put(row, "translated", json_integer(coverage->translated));
    json_put(self->round->coverage, place, row);
}

/* What could not be measured is as it was. */
static void keep_locale(struct set_run *self, const char *locale)
{
    struct round *round = self->round;
    const char *place = place_of(self, locale);
    json_t *row =
        json_object_get(json_object_get(round->known.json, "coverage"), place);
    struct staleness unused = {arena_new(self->arena, uint8_t,
                                         self->set.view.n / 8 + 1),
                               arena_new(self->arena, int32_t, self->set.view.n)};

    kept_add(&round->kept, round->run, (struct kept){.place = place});
    if (row)
        json_put(round->coverage, place, json_incref(row));
    if (self->has_evidence)
        evidence_locale(&self->evidence, locale, NULL, &unused);
}

static void miss_locale(struct set_run *self, const char *locale)
{
    struct round *round = self->round;
    const char *pattern = self->settings->pattern;
    const char *word = strstr(pattern, "{locale}");
    bool is_configured = tag_list_has(&self->settings->locale, locale);
    struct hit hit = {.check = CHECK_CATALOG_MISSING, .locale = locale};

    hit.file = word ? str_format(round->run, "%.*s%s%s", (int)(word - pattern), pattern,
                                 locale, word + strlen("{locale}"))
                    : pattern;
    hit.message = is_configured
                      ? "has no file, and the configuration names the locale"
                      : "has no file any more; if that is meant, add the locale to "
                        "'exclude_locales'";
    (void)round_add_hit(round, &hit, place_of(self, locale), NULL);
    keep_locale(self, locale);
}

/* ---- floors ---- */

/* "85" or "97.5" */
static const char *percent_text(const struct round *round, int64_t thousandths)
{
    char text[32];
    size_t n;

    (void)snprintf(text, sizeof text, "%lld.%03lld", (long long)(thousandths / 1000),
                   (long long)(thousandths % 1000));
    for (n = strlen(text); text[n - 1] == '0';)
        n--;
    return str_copy(round->run, text, text[n - 1] == '.' ? n - 1 : n);
}

static void judge_floor(struct set_run *self, const char *locale, const char *file,
                        const struct coverage *coverage)
{
    struct round *round = self->round;
    const struct coverage_floor *floor = settings_floor(self->settings, locale);
    int64_t share = INT64_C(100000) * coverage->translated, limit, tenths;
    struct item item = {.check = CHECK_COVERAGE, .place = place_of(self, locale)};

    if (!floor || coverage->keys == 0)
        return;
    if (share < floor->crit_m * coverage->keys)
        limit = floor->crit_m;
    else if (share < floor->warn_m * coverage->keys)
        limit = floor->warn_m;
    else
        return;
    round->count[CHECK_COVERAGE]++;
    if (round->settings.is_set[CHECK_COVERAGE])
        item.severity = round->settings.checks.severity[CHECK_COVERAGE];
    else
        item.severity = limit == floor->crit_m ? SEVERITY_CRIT : SEVERITY_WARN;
    if (round->settings.checks.is_off[CHECK_COVERAGE] || item.severity == SEVERITY_INFO)
        return;
    tenths = 1000 * coverage->translated / coverage->keys;
    item.value = str_format(round->run, "%lld.%lld", (long long)(tenths / 10),
                            (long long)(tenths % 10));
    item.limit = percent_text(round, limit);
    item.unit = "%";
    item.n = coverage->keys;
    item.file = file;
    item.message =
        str_format(round->run, "%lld of %lld message%s translated, %s %%, floor %s %%",
                   (long long)coverage->translated, (long long)coverage->keys,
                   coverage->keys == 1 ? "" : "s", item.value, item.limit);
    items_add(&round->items, round->run, item);
}

/* ---- one locale ---- */

/* Index in K, where the key has to be. */
static size_t counted_index(const struct source_view *view, struct str key)
{
    size_t low = 0, high = view->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (str_compare(view->counted[middle]->key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int64_t count_stale(const struct set_run *self, const struct locale_view *view)
{
    int64_t n = 0;

    for (size_t k = 0; k < self->set.view.n; k++)
        n += bit_at(view->stale, k) && !bit_at(view->ignored, k);
    return n;
}

static void report_hits(struct set_run *self, const struct hits *hits,
                        const char *place, const int32_t *since,
                        struct coverage *coverage)
{
    for (size_t i = 0; i < hits->n; i++) {
        const struct hit *hit = &hits->item[i];
        bool is_stale = hit->check == CHECK_STALE;
        const int32_t *day =
            is_stale ? &since[counted_index(&self->set.view, hit->key)] : NULL;

        // what waited long enough is broken; check_locale counts by the table alone
        if (round_add_hit(self->round, hit, place, day) && is_stale &&
            !self->round->settings.is_set[CHECK_STALE])
            coverage->broken++;
    }
}

static void judge_locale(struct set_run *self, const struct set_locale *of,
                         const struct catalog *catalog, struct arena *arena)
{
    size_t n = self->set.view.n;
    struct staleness staleness = {arena_new(arena, uint8_t, n / 8 + 1),
                                  arena_new(arena, int32_t, n)};
    const char *place = place_of(self, of->tag);
    struct hits hits = {0};
    struct coverage coverage;
    struct locale_view view = {.catalog = catalog,
                               .stale = staleness.stale,
                               .vote = &self->set.vote,
                               .source_filled = of->source_filled};

    view.ignored = settings_ignored(&self->round->settings, self->settings, of->tag,
                                    &self->set.view, arena);
    if (self->has_evidence)
        evidence_locale(&self->evidence, of->tag, catalog, &staleness);
    coverage = check_locale(&self->set.view, &view, NULL, &hits, arena);
    report_hits(self, &hits, place, staleness.since, &coverage);
    put_coverage(self, place, &coverage, count_stale(self, &view));
    judge_floor(self, of->tag, of->path[0].path, &coverage);
}

/* Its broken files are told of; the rest of it says nothing about the locale. */
static void report_broken(struct set_run *self, const struct set_locale *of,
                          const struct catalog *catalog)
{
    for (size_t i = 0; i < catalog->nnotes; i++) {
        const struct catalog_note *note = &catalog->note[i];
        struct hit hit = {.check = CHECK_CATALOG_SYNTAX,
                          .locale = of->tag,
                          .file = catalog->file[note->file].path,
                          .line = note->line,
                          .message = note->text};

        if (note->problem == PROBLEM_SYNTAX)
            (void)round_add_hit(self->round, &hit, place_of(self, of->tag), NULL);
    }
    keep_locale(self, of->tag);
}

static bool read_locale(struct set_run *self, size_t index, struct err *err)
{
    const struct set_locale *of = &self->set.locale[index];
    struct catalog catalog;
    struct arena arena;
    bool good;

    arena_init(&arena, ARENA_BYTES_MAX);
    good = set_locale_read(&self->set, index, &arena, &catalog, err);
    if (good && of->is_broken)
        report_broken(self, of, &catalog);
    else if (good)
        judge_locale(self, of, &catalog, &arena);
    arena_release(&arena);
    return good;
}

/* ---- the set ---- */

static const uint8_t *ignored_bits(void *context, const struct set *set,
                                   const char *locale)
{
    const struct set_run *self = context;

    return settings_ignored(&self->round->settings, self->settings, locale, &set->view,
                            self->arena);
}

/* Both lists are by tag; every locale that was read is in the plan. */
static bool read_locales(struct set_run *self, const struct tag_list *plan,
                         struct err *err)
{
    size_t next = 0;

    for (size_t i = 0; i < plan->n; i++) {
        bool is_there = next < self->set.nlocales &&
                        strcmp(self->set.locale[next].tag, plan->item[i]) == 0;

        if (!is_there)
            miss_locale(self, plan->item[i]);
        else if (!read_locale(self, next++, err))
            return false;
    }
    return true;
}

static void begin_evidence(struct set_run *self)
{
    struct round *round = self->round;

    self->has_evidence = has_evidence(self->settings);
    self->evidence = (struct evidence){.before = &round->known.history,
                                       .after = &round->after,
                                       .set = self->settings->name,
                                       .view = &self->set.view,
                                       .as_of = round->as_of,
                                       .arena = round->run};
    if (self->has_evidence)
        evidence_begin(&self->evidence);
}

/* The keys of the set as source code uses them. Its hits are of the set, not of the
 * source locale: keys are the same in all. */
static bool judge_usage(struct set_run *self, json_t *row, struct err *err)
{
    const struct usage_rules *rules = &self->settings->usage;
    struct mentions mentions = {0};
    struct hits hits = {0};
    struct usage usage;

    if (!self->settings->has_usage)
        return true;
    if (!usage_collect(rules, &self->set, self->arena, &mentions, err))
        return false;
    if (mentions.files == 0)
        return err_set(err, "no source file in '%s'", rules->src[0]);
    usage = usage_measure(&mentions, rules, &self->set, self->arena);
    usage_hits(&usage, &self->set, &hits, self->arena);
    for (size_t i = 0; i < hits.n; i++)
        (void)round_add_hit(self->round, &hits.item[i], self->settings->name, NULL);
    json_put(row, "undefined", json_integer((json_int_t)usage.nundefined));
    json_put(row, "undeterminable",
             json_integer((json_int_t)usage_undeterminable(&usage)));
    json_put(row, "unused", json_integer((json_int_t)usage.count[USAGE_UNUSED]));
    json_put(row, "used", json_integer((json_int_t)usage.count[USAGE_USED]));
    return true;
}

static bool judge_set(struct set_run *self, const struct set_plan *plan,
                      struct err *err)
{
    struct round *round = self->round;
    const struct set_ignored ignored = {ignored_bits, self};
    struct hits hits = {0};
    json_t *row = json_object();
    const char *source = self->settings->rules.source;

    json_put(round->sets, self->settings->name, row);
    if (!set_open(&self->set, &ignored, &hits, self->arena, err))
        return err_wrap(err, "set '%s'", self->settings->name);
    for (size_t i = 0; i < hits.n; i++)
        (void)round_add_hit(round, &hits.item[i], place_of(self, source), NULL);
    json_put(row, "keys", json_integer((json_int_t)self->set.view.n));
    json_put(row, "source", json_string(source));
    begin_evidence(self);
    if (!judge_usage(self, row, err))
        return err_wrap(err, "set '%s'", self->settings->name);
    if (!read_locales(self, &plan->locale, err))
        return false;
    if (self->has_evidence)
        evidence_end(&self->evidence);
    return true;
}

bool round_judge_set(struct round *round, size_t index, struct err *err)
{
    const struct set_settings *settings = &round->settings.set[index];
    struct arena arena;
    struct set_run self = {.round = round,
                           .settings = settings,
                           .set = {.base = round->config.folder,
                                   .rules = settings->rules,
                                   .checks = round->settings.checks,
                                   .strict = settings->strict,
                                   .paths = round->plan[index].paths},
                           .arena = &arena};
    bool good;

    arena_init(&arena, ARENA_BYTES_MAX);
    good = judge_set(&self, &round->plan[index], err);
    arena_release(&arena);
    return good;
}
