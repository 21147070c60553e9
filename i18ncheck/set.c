/* The source and its locales, read one at a time, twice: to vote and to be judged. */
#include "i18ncheck/set.h"

#include <malloc.h>
#include <string.h>

#include "shared/limits.h"

#include "shared/banned.h"

/* The most that glibc takes for MMAP_THRESHOLD; a locale of 64 MiB files stays. */
enum { MAPPED_BYTES = 32 << 20, KEPT_BYTES = 256 << 20 };

/* A locale's memory is the next one's: given back to the system and asked for again
 * page by page, it was more than half of all time. */
static void keep_memory(void)
{
#ifdef __GLIBC__ // musl has no mallopt
    (void)mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
#endif
}

static const uint8_t *bits_of(const struct set_ignored *ignored, const struct set *set,
                              const char *locale)
{
    return ignored && ignored->bits ? ignored->bits(ignored->context, set, locale)
                                    : NULL;
}

/* Locales in the order of the paths, which is by tag. */
static void list_locales(struct set *set, struct arena *arena)
{
    const struct catalog_paths *paths = &set->paths;

    set->locale = arena_new(arena, struct set_locale, paths->n);
    for (size_t i = 0; i < paths->n; i++) {
        const struct catalog_path *path = &paths->item[i];
        struct set_locale *last =
            set->nlocales > 0 ? &set->locale[set->nlocales - 1] : NULL;

        if (strcmp(path->locale, set->rules.source) == 0)
            continue;
        if (last && strcmp(last->tag, path->locale) == 0)
            last->n++;
        else
            set->locale[set->nlocales++] =
                (struct set_locale){.tag = path->locale, .path = path, .n = 1};
    }
}

static bool source_is_whole(const struct set *set, struct err *err)
{
    const struct catalog *source = &set->source;

    for (size_t i = 0; i < source->nnotes; i++)
        if (source->note[i].problem == PROBLEM_SYNTAX)
            return err_set(err, "cannot read the source catalog '%s', line %u: %s",
                           source->file[source->note[i].file].path,
                           (unsigned)source->note[i].line, source->note[i].text);
    if (source->n == 0)
        return err_set(err,
                       "no message of the source locale '%s'; check the pattern and "
                       "the source",
                       set->rules.source);
    return true;
}

static void decide(struct set *set, struct arena *arena)
{
    if (set->guesses_syntax) {
        set->rules.syntax = catalog_guess_syntax(&set->source);
        for (size_t i = 0; i < set->source.n; i++)
            set->source.message[i].syntax = set->rules.syntax;
    }
    if (set->rules.plural == PLURAL_AUTO)
        set->rules.plural = catalog_plural_style(&set->source, &set->rules);
    catalog_group(&set->source, NULL, &set->rules, arena);
}

static bool is_broken(const struct catalog *catalog)
{
    for (size_t i = 0; i < catalog->nnotes; i++)
        if (catalog->note[i].problem == PROBLEM_SYNTAX)
            return true;
    return false;
}

static bool poll(struct set *set, const struct set_ignored *ignored, size_t index,
                 struct err *err)
{
    struct set_locale *of = &set->locale[index];
    struct catalog catalog;
    struct arena arena;
    bool good;

    arena_init(&arena, ARENA_BYTES_MAX);
    good = set_locale_read(set, index, &arena, &catalog, err);
    if (good) {
        const struct locale_view view = {.catalog = &catalog,
                                         .ignored = bits_of(ignored, set, of->tag)};

        of->is_broken = is_broken(&catalog);
        of->source_filled =
            !of->is_broken && check_vote(&set->view, &view, &set->vote, &arena);
    }
    arena_release(&arena);
    return good;
}

bool set_open(struct set *set, const struct set_ignored *ignored, struct hits *hits,
              struct arena *arena, struct err *err)
{
    keep_memory();
    if (!catalog_read_source(&set->paths, set->base, &set->rules, arena, &set->source,
                             err) ||
        !source_is_whole(set, err))
        return false;
    decide(set, arena);
    set->view = (struct source_view){.catalog = &set->source,
                                     .rules = set->rules,
                                     .checks = set->checks,
                                     .strict = set->strict};
    source_view_count(&set->view, arena);
    if (set->view.n == 0)
        return err_set(err, "the source locale '%s' has no text to translate",
                       set->rules.source);
    check_source(&set->view, hits, arena);
    set->vote = (struct vote){arena_new(arena, uint16_t, set->view.n),
                              arena_new(arena, uint16_t, set->view.n)};
    list_locales(set, arena);
    for (size_t i = 0; i < set->nlocales; i++)
        if (!poll(set, ignored, i, err))
            return false;
    return true;
}

bool set_locale_read(const struct set *set, size_t index, struct arena *arena,
                     struct catalog *catalog, struct err *err)
{
    const struct set_locale *of = &set->locale[index];

    if (!catalog_read(of->path, of->n, set->base, &set->rules, arena, catalog, err))
        return false;
    catalog_group(catalog, &set->source, &set->rules, arena);
    return true;
}
