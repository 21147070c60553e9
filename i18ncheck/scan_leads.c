/* How the patterns of scan_source.c may begin. PCRE2 is asked only where the code does:
 * a table by two bytes is quicker than any pattern. */
#include <stdlib.h>
#include <string.h>

#include "i18ncheck/scan_block.h"
#include "i18ncheck/usage_internal.h"

#include "shared/banned.h"

enum { LEADS_EACH = 16, PAIRS = 1 << 16, QUOTE = UINT16_MAX };

/* Each pattern's alternatives, whose first byte is of a word or a mark of scan_block.h;
 * wrappers are letters, digits, _ $ and dots. Functions, up to their parenthesis: */
static const char *const functions[FAMILIES][LEADS_EACH] = {
    [FAMILY_JS] = {"t", "$t", "tc", "te", "i18n.t", "i18next.t", "translate"},
    [FAMILY_RUBY] = {"t", "I18n.t", "I18n.translate", "translate"},
    [FAMILY_GETTEXT] = {"_", "__", "_n", "gettext", "ngettext", "pgettext",
                        "npgettext"},
};

static const char *const others[FAMILIES][LEADS_EACH] = {
    [FAMILY_JS] = {"i18n-use", "i18nKey=", "keypath=", "v-t=", ":i18nKey=", ":keypath=",
                   ":v-t=", "v-bind:", "formatMessage(", "useTranslation",
                   "getTranslation", "<FormattedMessage"},
    [FAMILY_RUBY] = {"i18n-use", "def "},
    [FAMILY_GETTEXT] = {"i18n-use"},
    [FAMILY_ANDROID] = {"i18n-use", "R.string.", "R.plurals.", "R.array.", "@string/",
                        "@plurals/", "@array/"},
};

static uint16_t pair_at(const char *at)
{
    uint16_t pair;

    memcpy(&pair, at, sizeof pair);
    return pair;
}

/* ---- making ---- */

static void add(struct leads *self, const char *name, const char *behind,
                struct arena *arena)
{
    const char *text = str_format(arena, "%s%s", name, behind);
    size_t n = strlen(text);
    struct lead *lead;

    self->item =
        arena_room(arena, self->item, self->n, &self->capacity, sizeof *self->item);
    lead = &self->item[self->n++];
    *lead = (struct lead){.pair = pair_at(text)};
    memcpy(&lead->bytes, text, n < LEAD_BYTES ? n : LEAD_BYTES);
    memset(&lead->mask, 0xFF, n < LEAD_BYTES ? n : LEAD_BYTES);
}

static void add_function(struct leads *self, enum family family, const char *name,
                         struct arena *arena)
{
    add(self, name, "(", arena);
    if (family == FAMILY_RUBY)
        add(self, name, " ", arena);
}

static int by_pair(const void *left, const void *right)
{
    const struct lead *a = left, *b = right;

    return (a->pair > b->pair) - (a->pair < b->pair);
}

void leads_init(struct leads *self, enum family family, const struct usage_rules *rules,
                struct arena *arena)
{
    *self = (struct leads){.first = arena_new(arena, uint16_t, PAIRS)};
    for (size_t i = 0; i < LEADS_EACH && others[family][i]; i++)
        add(self, others[family][i], "", arena);
    for (size_t i = 0; i < LEADS_EACH && functions[family][i]; i++)
        add_function(self, family, functions[family][i], arena);
    for (size_t i = 0; family != FAMILY_ANDROID && i < rules->nwrappers; i++)
        add_function(self, family, rules->wrapper[i], arena);
    qsort(self->item, self->n, sizeof *self->item, by_pair);
    for (size_t i = self->n; i-- > 0;)
        self->first[self->item[i].pair] = (uint16_t)(i + 1);
    for (unsigned c = 0; c < 256; c++)
        for (const char *quote = "\"'`"; *quote != '\0'; quote++)
            self->first[pair_at((const char[]){*quote, (char)c})] = QUOTE;
}

/* ---- searching ---- */

/* One of the leads from `first` on that have its two bytes. */
static bool begins(const struct leads *self, size_t first, struct str code, size_t at)
{
    size_t left = code.n - at;
    uint64_t bytes = 0;

    if (left >= LEAD_BYTES)
        memcpy(&bytes, code.at + at, LEAD_BYTES);
    else
        memcpy(&bytes, code.at + at, left);
    for (size_t i = first; i < self->n && self->item[i].pair == self->item[first].pair;
         i++)
        if ((bytes & self->item[i].mask) == self->item[i].bytes)
            return true;
    return false;
}

/* The places of the next 64 bytes where a word begins or a mark stands. The last byte
 * of all is none: a match has two, and nothing ends a literal that begins there. */
static uint64_t next_places(struct lead_search *self)
{
    size_t left = self->code.n - self->end;
    const char *at = self->code.at + self->end;
    char rest[CODE_BLOCK_BYTES] = {0};
    uint64_t most = UINT64_MAX;
    struct code_block block;

    if (left <= CODE_BLOCK_BYTES) {
        memcpy(rest, at, left);
        at = rest;
        most = (UINT64_C(1) << (left - 1)) - 1;
    }
    code_classify_vector(at, &block);
    self->end += CODE_BLOCK_BYTES;
    // a word that goes on from the block before only seems to begin: the pattern knows
    return ((block.words & ~(block.words << 1)) | block.marks) & most;
}

size_t leads_next(struct lead_search *self)
{
    const struct leads *leads = self->leads;
    const uint16_t *first = leads->first;
    struct str code = self->code;
    uint64_t places = self->places; // of the block before `end`

    for (;;) {
        for (; places != 0; places &= places - 1) {
            size_t at = self->end - CODE_BLOCK_BYTES + (size_t)__builtin_ctzll(places);
            uint16_t i = first[pair_at(code.at + at)];

            if (i != 0 && (i == QUOTE || begins(leads, i - 1U, code, at))) {
                self->places = places & (places - 1);
                return at;
            }
        }
        if (self->end >= code.n)
            return code.n;
        places = next_places(self);
    }
}
