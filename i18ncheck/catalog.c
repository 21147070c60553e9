/* Files of one locale into one catalog, whatever the format: limits, sorting, repeated
 * and clashing keys. What the bytes mean is the readers' (format_*.c). */
#include "i18ncheck/catalog.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "i18ncheck/catalog_internal.h"
#include "shared/file.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { MESSAGE_BYTES_USUAL = 64 }; // of a file, key and text

/* ---- what the readers call ---- */

bool reading_fault(struct reading *self, size_t line, const char *text)
{
    if (!self->fault) {
        self->fault = text;
        self->fault_line = line;
    }
    return false;
}

struct message *reading_add(struct reading *self, struct str key, size_t line)
{
    struct catalog *catalog = self->catalog;
    struct message *message;

    catalog->message = arena_room(self->arena, catalog->message, catalog->n,
                                  &catalog->capacity, sizeof *catalog->message);
    message = &catalog->message[catalog->n];
    if (catalog->n == CATALOG_MESSAGES_MAX)
        (void)reading_fault(self, line, "more than 1,000,000 messages");
    else
        catalog->n++;
    *message = (struct message){.key = key,
                                .is_text = true,
                                .is_counted = true,
                                .type = 's',
                                .syntax = self->rules->syntax,
                                .file = self->file,
                                .line = (uint32_t)line};
    return message;
}

void reading_note(struct reading *self, enum catalog_problem problem, struct str key,
                  size_t line, const char *text)
{
    struct catalog *catalog = self->catalog;

    catalog->note = arena_room(self->arena, catalog->note, catalog->nnotes,
                               &catalog->notes_capacity, sizeof *catalog->note);
    catalog->note[catalog->nnotes++] =
        (struct catalog_note){problem, key, self->file, (uint32_t)line, text};
}

void reading_forms(struct reading *self, struct message *message,
                   const struct form *form, size_t n)
{
    message->form = arena_grow(self->arena, form, n, n, sizeof *form);
    message->nforms = n;
    for (size_t i = 0; i < n; i++) {
        if (form[i].text.n <= MESSAGE_BYTES_MAX)
            continue;
        reading_note(self, PROBLEM_MESSAGE, message->key, message->line,
                     "more than 64 KiB of text");
        return;
    }
}

void reading_text(struct reading *self, struct message *message, struct str text)
{
    struct form form = {.text = text};

    reading_forms(self, message, &form, 1);
}

void reading_drop(struct message *message)
{
    message->type = '\0';
}

struct str reading_key(const struct reading *self, struct str prefix, struct str key)
{
    return joined(self->arena, prefix, key);
}

struct str reading_below(const struct reading *self, struct str prefix, struct str name)
{
    return joined(self->arena, joined(self->arena, prefix, name),
                  path_separator(self->rules));
}

static void note_locale(struct reading *self, struct str said, size_t line)
{
    reading_note(self, PROBLEM_LOCALE_MISMATCH, (struct str){0}, line,
                 str_format(self->arena, "the file says '%s', its path '%s'",
                            text_safe(self->arena, said.at, said.n, OUTSIDE_TEXT_MAX),
                            self->catalog->locale));
}

void reading_check_locale(struct reading *self, struct str said, size_t line)
{
    const char *tag;

    if (!locale_tag(said, self->arena, &tag) || strcmp(tag, self->catalog->locale) != 0)
        note_locale(self, said, line);
}

/* The tag is the other one, or that and more subtags. */
static bool is_within(struct str tag, struct str longer)
{
    return str_starts(longer, tag) && (longer.n == tag.n || longer.at[tag.n] == '-');
}

void reading_check_header(struct reading *self, struct str said, size_t line)
{
    struct str path = str_of(self->catalog->locale);
    const char *tag;

    if (!locale_tag(said, self->arena, &tag) ||
        !(is_within(str_of(tag), path) || is_within(path, str_of(tag))))
        note_locale(self, said, line);
}

/* ---- one file ---- */

static bool (*const readers[CATALOG_FORMATS])(struct reading *) = {
    [CATALOG_JSON] = format_json_read,
    [CATALOG_RAILS] = format_rails_read,
    [CATALOG_PO] = format_po_read,
    [CATALOG_ANDROID] = format_android_read,
    [CATALOG_ARB] = format_arb_read,
    [CATALOG_XCSTRINGS] = format_xcstrings_read,
    [CATALOG_PROPERTIES] = format_properties_read,
    [CATALOG_XLIFF] = format_xliff_read,
};

/* Room for as many messages as a file of its size has, so that growing copies little.
 * Memory that stays untouched costs nothing. */
static void reserve(const struct reading *self)
{
    struct catalog *catalog = self->catalog;
    size_t wanted = catalog->n + self->bytes.n / MESSAGE_BYTES_USUAL;

    if (wanted <= catalog->capacity)
        return;
    catalog->message = arena_grow(self->arena, catalog->message, catalog->n, wanted,
                                  sizeof *catalog->message);
    catalog->capacity = wanted;
}

static void strip_bom(struct reading *self)
{
    if (!str_starts(self->bytes, STR("\xEF\xBB\xBF")))
        return;
    self->bytes.at += 3;
    self->bytes.n -= 3;
    reading_note(self, PROBLEM_BOM, (struct str){0}, 1,
                 "the file begins with a byte-order mark");
}

/* properties may be ISO-8859-1: their reader decides. */
static bool is_encoded_well(struct reading *self)
{
    size_t bad;

    if (self->rules->format == CATALOG_PROPERTIES ||
        text_is_utf8(self->bytes.at, self->bytes.n, &bad))
        return true;
    return reading_fault(self, text_line(self->bytes.at, bad), "not UTF-8");
}

static void break_file(struct reading *self, size_t messages, size_t notes)
{
    self->catalog->n = messages;
    self->catalog->nnotes = notes;
    self->catalog->file[self->file].is_broken = true;
    reading_note(self, PROBLEM_SYNTAX, (struct str){0}, self->fault_line, self->fault);
}

void catalog_read_file(struct catalog *catalog, size_t file,
                       const struct set_rules *rules, struct arena *arena,
                       bool is_union, const char *fault)
{
    const struct catalog_file *of = &catalog->file[file];
    struct reading self = {.catalog = catalog,
                           .rules = rules,
                           .arena = arena,
                           .bytes = of->bytes,
                           .file = (uint32_t)file,
                           .is_source = strcmp(catalog->locale, rules->source) == 0,
                           .is_union = is_union,
                           .fault = fault};
    size_t messages = catalog->n, notes = catalog->nnotes;

    if (of->ns.n > 0)
        self.prefix =
            reading_key(&self, of->ns, rules->ns_sep.at ? rules->ns_sep : STR(":"));
    if (fault) {
        break_file(&self, messages, notes);
        return;
    }
    reserve(&self);
    strip_bom(&self);
    if (!is_encoded_well(&self) || !readers[rules->format](&self) || self.fault)
        break_file(&self, messages, notes);
}

/* ---- all files ---- */

static void drop_dropped(struct catalog *catalog)
{
    size_t kept = 0;

    for (size_t i = 0; i < catalog->n; i++)
        if (catalog->message[i].type != '\0') {
            if (kept < i)
                catalog->message[kept] = catalog->message[i];
            kept++;
        }
    catalog->n = kept;
}

/* Of one key the last message stays, as in every program that loads such files. */
static void drop_repeated(struct reading *self)
{
    struct catalog *catalog = self->catalog;
    size_t kept = 0;

    for (size_t i = 0; i < catalog->n; i++) {
        const struct message *message = &catalog->message[i];
        bool is_last = i + 1 == catalog->n || !str_equal(message[1].key, message->key);

        if (!is_last)
            continue;
        if (i > 0 && str_equal(message[-1].key, message->key)) {
            self->file = message->file;
            reading_note(self, PROBLEM_DUPLICATE_KEY, message->key, message->line,
                         message[-1].file == message->file ? "the key is there twice"
                                                           : "the key is in two files");
        }
        catalog->message[kept++] = *message;
    }
    catalog->n = kept;
}

/* Where the first key from `key` + separator on is, or would be. */
static const struct message *first_below(const struct catalog *catalog, struct str key,
                                         const struct reading *self)
{
    struct str wanted = reading_key(self, key, self->rules->key_sep);
    size_t low = 0, high = catalog->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (str_compare(catalog->message[middle].key, wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < catalog->n && str_starts(catalog->message[low].key, wanted)
               ? &catalog->message[low]
               : NULL;
}

/* A key that is a text and has keys below it. Keys that begin alike are neighbours, so
 * that few have to be looked for. */
static void note_clashes(struct reading *self)
{
    const struct catalog *catalog = self->catalog;

    if (!self->rules->key_sep.at ||
        (self->rules->format != CATALOG_JSON && self->rules->format != CATALOG_RAILS))
        return;
    for (size_t i = 0; i + 1 < catalog->n; i++) {
        const struct message *message = &catalog->message[i], *below;

        if (!str_starts(message[1].key, message->key))
            continue;
        below = first_below(catalog, message->key, self);
        if (!below)
            continue;
        self->file = message->file;
        reading_note(self, PROBLEM_KEY_CLASH, message->key, message->line,
                     str_format(self->arena, "the key is a text, and '%s' exists",
                                text_safe(self->arena, below->key.at, below->key.n,
                                          OUTSIDE_TEXT_MAX)));
    }
}

static int note_compare(const void *a, const void *b)
{
    const struct catalog_note *x = a, *y = b;
    int order = str_compare(x->key, y->key);

    if (order != 0)
        return order;
    if (x->problem != y->problem)
        return x->problem < y->problem ? -1 : 1;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

void catalog_finish(struct catalog *catalog, const struct set_rules *rules,
                    struct arena *arena)
{
    struct reading self = {.catalog = catalog, .rules = rules, .arena = arena};

    drop_dropped(catalog);
    messages_sort(catalog->message, catalog->n, arena);
    drop_repeated(&self);
    note_clashes(&self);
    if (catalog->nnotes > 1)
        qsort(catalog->note, catalog->nnotes, sizeof *catalog->note, note_compare);
}

void catalog_begin(struct catalog *catalog, size_t files, const struct set_rules *rules,
                   struct arena *arena)
{
    const char *locale = catalog->locale ? catalog->locale : rules->source;

    *catalog = (struct catalog){.locale = locale,
                                .file = arena_new(arena, struct catalog_file, files),
                                .nfiles = files};
}

void catalog_parse(struct str bytes, const char *name, struct str ns,
                   const struct set_rules *rules, struct arena *arena,
                   struct catalog *catalog)
{
    catalog_begin(catalog, 1, rules, arena);
    catalog->file[0] = (struct catalog_file){.path = name, .ns = ns, .bytes = bytes};
    catalog_read_file(catalog, 0, rules, arena, false, NULL);
    catalog_finish(catalog, rules, arena);
}

bool catalog_load(const char *path, struct arena *arena, struct str *bytes,
                  const char **fault, struct err *err)
{
    size_t size;
    int fd;

    *fault = NULL;
    if (!file_open(AT_FDCWD, path, true, &fd, &size, err))
        return false;
    if (fd >= 0)
        (void)close(fd);
    if (fd >= 0 && size > CATALOG_BYTES_MAX) {
        *fault = "larger than 64 MiB";
        *bytes = (struct str){0};
        return true;
    }
    return file_read(AT_FDCWD, path, CATALOG_BYTES_MAX, true, arena, bytes, err);
}

// NOLINTNEXTLINE(readability-function-size): what to read, by which rules, into what
bool catalog_read(const struct catalog_path *paths, size_t n, const char *base,
                  const struct set_rules *rules, struct arena *arena,
                  struct catalog *catalog, struct err *err)
{
    catalog->locale = n > 0 ? paths[0].locale : catalog->locale;
    catalog_begin(catalog, n, rules, arena);
    for (size_t i = 0; i < n; i++) {
        struct catalog_file *file = &catalog->file[i];
        const char *fault;

        *file = (struct catalog_file){.path = paths[i].path, .ns = paths[i].ns};
        if (!catalog_load(file_join(arena, base, paths[i].path), arena, &file->bytes,
                          &fault, err))
            return false;
        catalog_read_file(catalog, i, rules, arena, false, fault);
    }
    catalog->is_absent = n == 0;
    catalog_finish(catalog, rules, arena);
    return true;
}
