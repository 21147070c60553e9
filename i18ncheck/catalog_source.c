/* The source's catalog, also where no file is the source's: then every file says what
 * it translates. */
#include <stdlib.h>
#include <string.h>

#include "i18ncheck/catalog_internal.h"
#include "shared/file.h"

#include "shared/banned.h"

static bool is_template(const struct catalog_path *path)
{
    return str_ends(str_of(path->path), STR(".pot"));
}

/* Files of the source; of PO files the templates alone, in the arena. */
static struct catalog_path *of_source(const struct catalog_paths *paths,
                                      const struct set_rules *rules,
                                      struct arena *arena, size_t *n)
{
    struct catalog_path *list = arena_new(arena, struct catalog_path, paths->n);

    *n = 0;
    for (size_t i = 0; i < paths->n; i++)
        if (strcmp(paths->item[i].locale, rules->source) == 0 &&
            (rules->format != CATALOG_PO || is_template(&paths->item[i])))
            list[(*n)++] = paths->item[i];
    return list;
}

static struct str kept_str(struct str text, struct arena *arena)
{
    return (struct str){str_copy(arena, text.at, text.n), text.n};
}

/* A copy that outlives the file. */
static struct message kept(const struct message *message, uint32_t file,
                           struct arena *arena)
{
    struct message copy = *message;

    copy.key = kept_str(message->key, arena);
    copy.source = kept_str(message->source, arena);
    copy.form = arena_grow(arena, message->form, message->nforms, message->nforms,
                           sizeof *message->form);
    for (size_t i = 0; i < copy.nforms; i++) {
        copy.form[i].name = kept_str(copy.form[i].name, arena);
        copy.form[i].text = kept_str(copy.form[i].text, arena);
    }
    copy.file = file;
    return copy;
}

/* Messages of one more file that are not known yet; a plural one replaces one that is
 * none, as some files may be older. */
static void add_new(struct catalog *all, const struct catalog *one, uint32_t file,
                    struct arena *arena)
{
    size_t known = all->n;

    for (size_t i = 0; i < one->n; i++) {
        const struct catalog sorted = {.message = all->message, .n = known};
        const struct message *message = &one->message[i];
        const struct message *there = catalog_find(&sorted, message->key);

        if (there && (there->is_group || !message->is_group))
            continue;
        if (there) {
            all->message[there - all->message] = kept(message, file, arena);
            continue;
        }
        all->message = arena_room(arena, all->message, all->n, &all->capacity,
                                  sizeof *all->message);
        all->message[all->n++] = kept(message, file, arena);
    }
    messages_sort(all->message, all->n, arena);
}

struct uniting {
    const char *base;
    const struct set_rules *rules;
    struct arena *arena;
    struct catalog *all;
};

/* One file of the union; it is no catalog afterwards, so broken ones just add nothing:
 * they are told of as their locale's. */
static bool add_file(const struct uniting *self, const struct catalog_path *path,
                     uint32_t file, struct err *err)
{
    struct catalog one = {.locale = self->rules->source};
    struct arena scratch;
    const char *fault;
    bool ok;

    arena_init(&scratch, ARENA_BYTES_MAX);
    catalog_begin(&one, 1, self->rules, &scratch);
    one.file[0] = (struct catalog_file){.path = path->path, .ns = path->ns};
    ok = catalog_load(file_join(&scratch, self->base, path->path), &scratch,
                      &one.file[0].bytes, &fault, err);
    if (ok) {
        catalog_read_file(&one, 0, self->rules, &scratch,
                          strcmp(path->locale, self->rules->source) != 0, fault);
        catalog_finish(&one, self->rules, &scratch);
        add_new(self->all, &one, file, self->arena);
    }
    arena_release(&scratch);
    return ok;
}

static bool read_union(const struct uniting *self, const struct catalog_paths *paths,
                       struct err *err)
{
    struct catalog *all = self->all;

    catalog_begin(all, paths->n, self->rules, self->arena);
    for (size_t round = 0; round < 2; round++) // the source's own words first
        for (size_t i = 0; i < paths->n; i++) {
            const struct catalog_path *path = &paths->item[i];

            if ((strcmp(path->locale, self->rules->source) == 0) != (round == 0))
                continue;
            all->file[i] = (struct catalog_file){.path = path->path, .ns = path->ns};
            if (!add_file(self, path, (uint32_t)i, err))
                return false;
        }
    all->is_absent = paths->n == 0;
    return true;
}

// NOLINTNEXTLINE(readability-function-size): what to read, by which rules, into what
bool catalog_read_source(const struct catalog_paths *paths, const char *base,
                         const struct set_rules *rules, struct arena *arena,
                         struct catalog *catalog, struct err *err)
{
    size_t n;
    const struct catalog_path *list = of_source(paths, rules, arena, &n);
    bool has_both = rules->format == CATALOG_PO || rules->format == CATALOG_XLIFF;

    catalog->locale = rules->source;
    if (n > 0 || !has_both)
        return catalog_read(list, n, base, rules, arena, catalog, err);
    return read_union(&(struct uniting){base, rules, arena, catalog}, paths, err);
}
