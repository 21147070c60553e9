/* From what source code says to what is used, undeterminable, unused and undefined. */
#include <stdlib.h>
#include <string.h>

#include "i18ncheck/catalog_internal.h"
#include "i18ncheck/usage_internal.h"

#include "shared/banned.h"

enum { PREFIX_BYTES_MIN = 3 };

static const char *const whys[USAGE_BUCKETS] = {
    [USAGE_USED] = "",     [USAGE_DYNAMIC] = "dynamic", [USAGE_LITERAL] = "literal",
    [USAGE_TEXT] = "text", [USAGE_WORD] = "word",       [USAGE_UNUSED] = "",
};

const char *usage_why(enum usage_bucket bucket)
{
    return whys[bucket];
}

struct faults {
    struct usage_fault *item;
    size_t n, capacity;
};

struct measuring {
    const struct mentions *mentions;
    const struct key_index *index;
    enum usage_bucket *bucket; /* by index in the catalog */
    struct faults undefined, prefixes;
    int64_t opaque;
    struct arena *arena;
};

/* The better one stays. */
static void put(struct measuring *self, size_t message, enum usage_bucket bucket)
{
    if (bucket < self->bucket[message])
        self->bucket[message] = bucket;
}

/* ---- marking ---- */

/* What one text may stand for. */
struct look {
    struct str text, suffix;
    enum name_kind most; /* names of this kind or better */
    enum usage_bucket bucket;
};

static bool mark_equal(struct measuring *self, const struct look *look)
{
    bool found = false;
    size_t n;
    const struct key_name *name = key_index_find(self->index, look->text, &n);

    for (size_t i = 0; i < n; i++) {
        if (name[i].kind > look->most)
            continue;
        put(self, name[i].message,
            name[i].kind == NAME_WHOLE   ? look->bucket
            : name[i].kind == NAME_LOCAL ? USAGE_LITERAL
                                         : USAGE_DYNAMIC);
        found = true;
    }
    return found;
}

static bool mark_between(struct measuring *self, const struct look *look)
{
    bool found = false;
    size_t n;
    const struct key_name *name = key_index_below(self->index, look->text, &n);

    for (size_t i = 0; i < n; i++) {
        if (name[i].kind > look->most ||
            name[i].text.n < look->text.n + look->suffix.n ||
            !str_ends(name[i].text, look->suffix))
            continue;
        put(self, name[i].message, look->bucket);
        found = true;
    }
    return found;
}

typedef bool mark_function(struct measuring *, const struct look *);

/* As written (unless it is relative), then below each of the file's prefixes. */
static bool mark_in_scopes(struct measuring *self, const struct mention *mention,
                           const struct look *look, mark_function *mark)
{
    bool found = !mention->is_relative && mark(self, look);

    for (size_t i = 0; i < mention->scope->n; i++) {
        struct look below = *look;

        below.text = joined(self->arena, mention->scope->prefix[i], look->text);
        found |= mark(self, &below);
    }
    return found;
}

static bool is_open(const struct mention *mention)
{
    const struct scope *scope = mention->scope;

    return scope->is_open || mention->has_own_scope ||
           (mention->is_relative && (scope->n == 0 || scope->is_guess));
}

static bool mark_glob(struct measuring *self, struct str glob)
{
    const struct catalog *catalog = self->index->catalog;
    bool found = false;

    for (size_t i = 0; i < catalog->n; i++)
        if (usage_glob(glob, catalog->message[i].key)) {
            put(self, i, USAGE_USED);
            found = true;
        }
    return found;
}

/* ---- faults ---- */

static void add_fault(struct measuring *self, struct faults *faults,
                      const struct mention *mention, struct str key)
{
    faults->item = arena_room(self->arena, faults->item, faults->n, &faults->capacity,
                              sizeof *faults->item);
    faults->item[faults->n++] = (struct usage_fault){
        .key = key,
        .suffix = mention->suffix,
        .file = mention->file,
        .line = mention->line,
    };
}

/* It holds the separator, and what is before the first one is a branch there is. */
static bool has_known_branch(const struct measuring *self, struct str key)
{
    struct str sep = self->index->rules->key_sep;
    size_t n, end = 0;

    if (sep.n == 0)
        return false;
    while (end + sep.n <= key.n && memcmp(key.at + end, sep.at, sep.n) != 0)
        end++;
    if (end == 0 || end + sep.n >= key.n)
        return false;
    for (const struct key_name *name =
             key_index_below(self->index, (struct str){key.at, end + sep.n}, &n);
         name && n > 0; name++, n--)
        if (name->kind != NAME_TAIL)
            return true;
    return false;
}

/* A file of one known scope says where the key would have to be. */
static struct str as_meant(const struct measuring *self, const struct mention *mention)
{
    const struct scope *scope = mention->scope;
    struct str meant;

    if (scope->n != 1)
        return mention->text;
    meant = joined(self->arena, scope->prefix[0], mention->text);
    return mention->is_relative || has_known_branch(self, meant) ? meant
                                                                 : mention->text;
}

static void judge_undefined(struct measuring *self, const struct mention *mention)
{
    struct str key = as_meant(self, mention);

    if (mention->is_use_only || is_open(mention) || mention->text.n == 0)
        return;
    if (has_known_branch(self, key) || !mention->is_bare || self->index->is_natural)
        add_fault(self, &self->undefined, mention, key);
}

/* ---- mentions ---- */

/* A catalog of no namespace is one of them: what names it does not matter. */
static bool mark_without_namespace(struct measuring *self,
                                   const struct mention *mention,
                                   const struct look *look)
{
    const struct catalog *catalog = self->index->catalog;
    struct str sep = self->index->rules->ns_sep;
    struct look local = *look;

    for (size_t i = 0; i < catalog->nfiles; i++)
        if (catalog->file[i].ns.n > 0)
            return false;
    for (size_t i = 0; sep.n > 0 && i + sep.n < look->text.n; i++)
        if (memcmp(look->text.at + i, sep.at, sep.n) == 0) {
            local.text =
                (struct str){look->text.at + i + sep.n, look->text.n - i - sep.n};
            return mark_in_scopes(self, mention, &local, mark_equal);
        }
    return false;
}

/* As written, by its scopes, its contexts, or as a branch. */
static void take_static(struct measuring *self, const struct mention *mention)
{
    struct look look = {mention->text, {0}, NAME_LOCAL, USAGE_USED};
    struct look below = {.most = NAME_LOCAL};
    bool found = mark_in_scopes(self, mention, &look, mark_equal) ||
                 mark_without_namespace(self, mention, &look);

    if (mention->text.n == 0)
        return;
    if (!found || mention->takes_context) {
        below.text = joined(self->arena, mention->text, STR("_"));
        below.bucket = USAGE_USED;
        found |= mark_in_scopes(self, mention, &below, mark_between);
    }
    if (!found) {
        below.text =
            joined(self->arena, mention->text, path_separator(self->index->rules));
        below.bucket = USAGE_DYNAMIC;
        found = mark_in_scopes(self, mention, &below, mark_between);
    }
    if (!found && is_open(mention)) {
        look.most = NAME_TAIL;
        found = mark_equal(self, &look);
    }
    if (!found)
        judge_undefined(self, mention);
}

static void take_dynamic(struct measuring *self, const struct mention *mention)
{
    struct look look = {mention->text, mention->suffix,
                        is_open(mention) ? NAME_TAIL : NAME_LOCAL, USAGE_DYNAMIC};
    struct str sep = self->index->rules->key_sep;

    if (mention->text.n < PREFIX_BYTES_MIN &&
        (sep.n == 0 || !str_ends(mention->text, sep))) {
        self->opaque++;
        return;
    }
    if (!mark_in_scopes(self, mention, &look, mark_between) && !is_open(mention) &&
        !mention->is_use_only)
        add_fault(self, &self->prefixes, mention, mention->text);
}

static void take_mention(struct measuring *self, const struct mention *mention)
{
    switch (mention->kind) {
    case MENTION_STATIC: take_static(self, mention); break;
    case MENTION_DYNAMIC: take_dynamic(self, mention); break;
    case MENTION_GLOB: (void)mark_glob(self, mention->text); break;
    }
}

/* ---- all of it ---- */

static void take_bits(struct measuring *self)
{
    const struct mentions *mentions = self->mentions;

    for (size_t i = 0; i < self->index->catalog->n; i++) {
        if (bit_at(mentions->literal, i))
            put(self, i, USAGE_LITERAL);
        if (bit_at(mentions->text, i))
            put(self, i, USAGE_TEXT);
        if (bit_at(mentions->word, i))
            put(self, i, USAGE_WORD);
    }
}

static int fault_compare(const void *left, const void *right)
{
    const struct usage_fault *a = left, *b = right;
    int order = str_compare(a->key, b->key);

    if (order == 0)
        order = str_compare(a->suffix, b->suffix);
    if (order == 0)
        order = strcmp(a->file, b->file);
    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static void sort_faults(struct faults *faults)
{
    size_t kept = 0;

    if (faults->n == 0)
        return;
    qsort(faults->item, faults->n, sizeof *faults->item, fault_compare);
    for (size_t i = 0; i < faults->n; i++)
        if (i == 0 || fault_compare(&faults->item[kept - 1], &faults->item[i]) != 0)
            faults->item[kept++] = faults->item[i];
    faults->n = kept;
}

struct usage usage_measure(const struct mentions *mentions,
                           const struct usage_rules *rules, const struct set *set,
                           struct arena *arena)
{
    size_t nkeys = set->view.n, n = set->source.n;
    struct measuring self = {.mentions = mentions,
                             .index = mentions->index,
                             .bucket = arena_new(arena, enum usage_bucket, n),
                             .opaque = mentions->opaque,
                             .arena = arena};
    struct usage usage = {.bucket = arena_new(arena, enum usage_bucket, nkeys)};

    for (size_t i = 0; i < n; i++)
        self.bucket[i] = USAGE_UNUSED;
    for (size_t i = 0; i < mentions->n; i++)
        take_mention(&self, &mentions->item[i]);
    for (size_t i = 0; i < rules->nkeep; i++)
        (void)mark_glob(&self, str_of(rules->keep[i]));
    take_bits(&self);
    for (size_t i = 0; i < nkeys; i++) {
        usage.bucket[i] = self.bucket[set->view.counted[i] - set->source.message];
        usage.count[usage.bucket[i]]++;
    }
    sort_faults(&self.undefined);
    sort_faults(&self.prefixes);
    usage.undefined = self.undefined.item;
    usage.nundefined = self.undefined.n;
    usage.undefined_prefix = self.prefixes.item;
    usage.nundefined_prefixes = self.prefixes.n;
    usage.opaque = self.opaque;
    usage.files = mentions->files;
    usage.bytes = mentions->bytes;
    return usage;
}

/* ---- hits ---- */

static void add_key_hits(const struct usage *usage, const struct set *set,
                         struct hits *hits, struct arena *arena)
{
    for (size_t i = 0; i < set->view.n; i++) {
        const struct message *message = set->view.counted[i];
        enum usage_bucket bucket = usage->bucket[i];

        if (bucket == USAGE_USED)
            continue;
        hits_add(hits, arena,
                 (struct hit){
                     .check =
                         bucket == USAGE_UNUSED ? CHECK_UNUSED : CHECK_UNDETERMINABLE,
                     .locale = set->rules.source,
                     .key = message->key,
                     .file = set->source.file[message->file].path,
                     .line = message_line(&set->source, message),
                     .message =
                         bucket == USAGE_UNUSED
                             ? "no source file uses it"
                             : str_format(arena, "used perhaps: %s", usage_why(bucket)),
                 });
    }
}

void usage_hits(const struct usage *usage, const struct set *set, struct hits *hits,
                struct arena *arena)
{
    for (size_t i = 0; i < usage->nundefined; i++)
        hits_add(hits, arena,
                 (struct hit){.check = CHECK_UNDEFINED_KEY,
                              .locale = set->rules.source,
                              .key = usage->undefined[i].key,
                              .file = usage->undefined[i].file,
                              .line = usage->undefined[i].line,
                              .message = "no message has this key"});
    for (size_t i = 0; i < usage->nundefined_prefixes; i++)
        hits_add(hits, arena,
                 (struct hit){.check = CHECK_UNDEFINED_PREFIX,
                              .locale = set->rules.source,
                              .key = usage->undefined_prefix[i].key,
                              .file = usage->undefined_prefix[i].file,
                              .line = usage->undefined_prefix[i].line,
                              .message = "no key begins and ends like this"});
    add_key_hits(usage, set, hits, arena);
}
