/* From predicates to sets of names, and back to cells. */
#include "shared/engines/named.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "shared/json.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { SHOWN = 60 };

/* ---- sets ---- */

/* A set while names are added to it. */
struct growing {
    struct named_set set;
    size_t capacity;
    bool is_all;
};

static void add_name(const struct named *named, struct str name, struct growing *to)
{
    if (str_equal(name, str_of(named->rules->all))) {
        to->is_all = true;
        return;
    }
    to->set.name = arena_room(named->arena, to->set.name, to->set.n, &to->capacity,
                              sizeof *to->set.name);
    to->set.name[to->set.n++] = name;
}

static void add_kinds(const struct named *named, uint32_t kinds, struct growing *to)
{
    for (int k = 0; k < KIND_COUNT; k++) {
        if ((kinds >> k & 1) == 0 || !named->has_kind[k])
            continue;
        to->is_all = to->is_all || named->kind[k].n == 0;
        for (size_t i = 0; i < named->kind[k].n; i++)
            add_name(named, named->kind[k].name[i], to);
    }
}

/* Adds the names of a predicate, where names can say it. */
static void add_predicate(const struct named *named, const struct predicate *what,
                          struct growing *to)
{
    const struct predicate_words *words = what->words;

    if (!what->given) {
        if (!what->has_number && !what->own_referrer)
            add_kinds(named, what->kinds, to);
        return;
    }
    if (!words || words->is_pattern || words->asks_properties || words->npages > 0 ||
        words->is_page || what->kinds != 0)
        return;
    to->is_all = to->is_all || words->nevents == 0;
    for (size_t i = 0; i < words->nevents; i++)
        add_name(named, words->event[i], to);
}

static int name_compare(const void *left, const void *right)
{
    return str_compare(*(const struct str *)left, *(const struct str *)right);
}

/* False: no name says it. */
static bool finish(struct growing *growing, struct named_set *set)
{
    size_t kept = 0;

    *set = growing->set;
    if (growing->is_all) {
        set->n = 0;
        return true;
    }
    if (set->n > 1)
        qsort(set->name, set->n, sizeof *set->name, name_compare);
    for (size_t i = 0; i < set->n; i++)
        if (kept == 0 || !str_equal(set->name[kept - 1], set->name[i]))
            set->name[kept++] = set->name[i];
    set->n = kept;
    return kept > 0;
}

/* Units with a row that any predicate of `mask` matches; 0: all units. */
static bool set_of(const struct named *named, const struct daycount_plan *plan,
                   uint64_t mask, struct named_set *set)
{
    struct growing growing = {.is_all = mask == 0};

    for (; mask != 0; mask &= mask - 1)
        add_predicate(named, &plan->predicates[__builtin_ctzll(mask)], &growing);
    return finish(&growing, set);
}

static bool is_same(const struct named_set *a, const struct named_set *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (!str_equal(a->name[i], b->name[i]))
            return false;
    return true;
}

/* Its place among those that are asked for; nsets when it is none of them. */
static size_t find(const struct named *named, const struct named_set *set)
{
    size_t at = 0;

    while (at < named->nsets && !is_same(&named->set[at], set))
        at++;
    return at;
}

static void expect(struct named *named, const struct named_set *set)
{
    if (set->n == 0 || find(named, set) < named->nsets)
        return;
    assert(named->nsets < NAMED_SETS_MAX);
    named->set[named->nsets++] = *set;
}

/* ---- the configuration ---- */

static bool check_name(const struct named *named, struct str name, const char *pointer,
                       struct err *err)
{
    const char *others = named->rules->others;

    for (size_t i = 0; others && i < name.n; i++) {
        char c = name.at[i];

        if (c == '\0' ||
            !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              (c >= '0' && c <= '9') || (unsigned char)c >= 0x80 || strchr(others, c)))
            return config_err(named->config, pointer, err,
                              "'%s': source '%s' takes names of letters, digits and "
                              "'%s' alone",
                              text_safe(named->arena, name.at, name.n, SHOWN),
                              named->source, others);
    }
    return true;
}

static void add_preset(const struct named *named, enum kind kind, struct growing *to)
{
    const char *preset = named->rules->preset, *name;
    enum kind of;

    for (size_t i = 0; preset && (name = source_preset_event(preset, i, &of)); i++)
        if (of == kind)
            add_name(named, str_of(name), to);
}

static bool open_kind(struct named *named, enum kind kind, const json_t *names,
                      struct err *err)
{
    const char *pointer = str_format(named->arena, "/sources/%s/events/%s",
                                     named->source, kind_word(kind));
    struct growing growing = {.is_all = kind == KIND_PAGEVIEW};

    add_preset(named, kind, &growing);
    for (size_t i = 0; i < json_array_size(names); i++) {
        struct str name = str_of(json_string_value(json_array_get(names, i)));

        if (!check_name(named, name, pointer, err))
            return false;
        add_name(named, name, &growing);
    }
    named->has_kind[kind] = finish(&growing, &named->kind[kind]);
    if (named->has_kind[kind])
        expect(named, &named->kind[kind]);
    return true;
}

bool named_open(struct named *named, const struct named_rules *rules,
                const struct config *config, const char *source, struct arena *arena,
                struct err *err)
{
    const json_t *json =
        json_object_get(json_object_get(config->root, "sources"), source);
    const json_t *events = json_object_get(json, "events");

    *named = (struct named){.rules = rules,
                            .config = config,
                            .source = source,
                            .arena = arena};
    for (int k = 0; k < KIND_COUNT; k++)
        if (!open_kind(named, (enum kind)k,
                       json_object_get(events, kind_word((enum kind)k)), err))
            return false;
    return true;
}

uint32_t named_kinds(const struct named *named)
{
    uint32_t kinds = 0;

    for (int k = 0; k < KIND_COUNT; k++)
        kinds |= named->has_kind[k] ? UINT32_C(1) << k : 0;
    return kinds;
}

/* Patterns name nothing, and what cannot be written is not asked for. */
static bool check_words(const struct named *named, const struct predicate_words *words,
                        struct err *err)
{
    if (words->is_pattern)
        return config_err(named->config, words->pointer, err,
                          "source '%s' knows names of events, which take no pattern; "
                          "list them, as in [\"name\"]",
                          named->source);
    for (size_t i = 0; i < words->nevents; i++)
        if (!check_name(named, words->event[i], words->pointer, err))
            return false;
    return true;
}

bool named_can_count(struct named *named, const struct daycount_plan *plan,
                     size_t index, bool *can, struct err *err)
{
    const struct counted *what = &plan->counted[index];
    uint64_t mask = what->affected | what->exposed | what->ended | what->failed;
    struct named_set affected, exposed;

    for (; mask != 0; mask &= mask - 1) {
        const struct predicate *of = &plan->predicates[__builtin_ctzll(mask)];

        if (of->given && of->words && !check_words(named, of->words, err))
            return false;
    }
    *can = what->form == FORM_ROWS && what->ended == 0 &&
           set_of(named, plan, what->affected | what->failed, &affected) &&
           set_of(named, plan, what->exposed, &exposed);
    if (*can) {
        expect(named, &affected);
        expect(named, &exposed);
    }
    return true;
}

/* ---- cells ---- */

static int64_t count_of(const struct named *named, const struct named_set *set,
                        int64_t units, const int64_t *count)
{
    size_t at = find(named, set);

    assert(set->n == 0 || at < named->nsets); // named_can_count was asked before
    return set->n == 0 ? units : count[at];
}

void named_cells(const struct named *named, const struct cells_wanted *wanted,
                 int64_t units, const int64_t *count, struct arena *arena,
                 struct day_cells *cells)
{
    const struct daycount_plan *plan = wanted->plan;
    struct day_dimension *site = &cells->dimension[DIMENSION_SITE];

    cells->units = units;
    for (int k = 0; k < KIND_COUNT; k++)
        if (named->has_kind[k])
            cells->kind_units[k] = count_of(named, &named->kind[k], units, count);
    if ((wanted->dimensions >> DIMENSION_SITE & 1) == 0)
        return;
    *site =
        (struct day_dimension){.nvalues = 1,
                               .value = arena_new(arena, struct str, 1),
                               .affected = arena_new(arena, int64_t, plan->ncounted),
                               .exposed = arena_new(arena, int64_t, plan->ncounted)};
    site->value[0] = STR("site");
    for (size_t c = 0; c < plan->ncounted; c++) {
        const struct counted *what = &plan->counted[c];
        struct named_set affected, exposed;

        if ((wanted->counted >> c & 1) == 0 ||
            !set_of(named, plan, what->affected | what->failed, &affected) ||
            !set_of(named, plan, what->exposed, &exposed))
            continue;
        site->affected[c] = count_of(named, &affected, units, count);
        if (what->exposed != 0)
            site->exposed[c] = count_of(named, &exposed, units, count);
        if (what->within && site->affected[c] > site->exposed[c])
            site->affected[c] = site->exposed[c];
    }
}
