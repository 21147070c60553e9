/* Whether keys occur in code outside of calls: as literals, as words, as sentences.
 * Bytes only; what a call names is scan_source.c's. */
#include <string.h>

#include "i18ncheck/usage_internal.h"
#include "shared/limits.h"

#include "shared/banned.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void set_bit(uint8_t *bits, size_t i)
{
    bits[i / 8] |= (uint8_t)(1U << i % 8);
}

/* ---- segments ---- */

/* `text` at `at` of the code, any white space for any other; its end in the code, or
 * SIZE_MAX. */
static size_t match_forward(struct str code, size_t at, struct str text)
{
    for (size_t i = 0; i < text.n;) {
        if (is_space(text.at[i])) {
            if (at >= code.n || !is_space(code.at[at]))
                return SIZE_MAX;
            while (i < text.n && is_space(text.at[i]))
                i++;
            while (at < code.n && is_space(code.at[at]))
                at++;
        } else if (at >= code.n || code.at[at++] != text.at[i++]) {
            return SIZE_MAX;
        }
    }
    return at;
}

/* The same with `text` ending at `at`; its beginning. */
static size_t match_backward(struct str code, size_t at, struct str text)
{
    for (size_t i = text.n; i > 0;) {
        if (is_space(text.at[i - 1])) {
            if (at == 0 || !is_space(code.at[at - 1]))
                return SIZE_MAX;
            while (i > 0 && is_space(text.at[i - 1]))
                i--;
            while (at > 0 && is_space(code.at[at - 1]))
                at--;
        } else if (at == 0 || code.at[--at] != text.at[--i]) {
            return SIZE_MAX;
        }
    }
    return at;
}

static bool stands_alone(struct str code, size_t begin, size_t end)
{
    return (begin == 0 || !is_word_byte(code.at[begin - 1]) ||
            !is_word_byte(code.at[begin])) &&
           (end >= code.n || !is_word_byte(code.at[end]) ||
            !is_word_byte(code.at[end - 1]));
}

static bool occurs(const struct segment *segment, struct str code, size_t at)
{
    size_t before = (size_t)(segment->word.at - segment->text.at);
    struct str behind = {segment->word.at, segment->text.n - before};
    size_t begin = match_backward(code, at, (struct str){segment->text.at, before});
    size_t end = match_forward(code, at, behind);

    return begin != SIZE_MAX && end != SIZE_MAX &&
           (!segment->is_word || stands_alone(code, begin, end));
}

static void look_up_word(struct scanner *self, struct str code, size_t at, size_t n)
{
    const struct key_index *index = self->index;
    struct str word = {code.at + at, n};
    size_t low = 0, high = index->nsegments;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (str_compare(index->segment[middle].word, word) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < index->nsegments && str_equal(index->segment[low].word, word); low++)
        if (!self->segment_found[low])
            self->segment_found[low] = occurs(&index->segment[low], code, at);
}

/* ---- literals ---- */

static void mark_literal(struct scanner *self, struct str text)
{
    size_t n;
    const struct key_name *name = key_index_find(self->index, text, &n);

    for (size_t i = 0; i < n; i++)
        if (name[i].kind != NAME_TAIL)
            set_bit(self->mentions->literal, name[i].message);
}

/* With escapes, which may be longer than what they stand for. */
static void look_up_escaped(struct scanner *self, struct str code, size_t from)
{
    size_t end = from + LITERAL_BYTES_MAX < code.n ? from + LITERAL_BYTES_MAX : code.n;
    size_t i = from;
    struct arena scratch;

    while (i < end && code.at[i] != code.at[from - 1])
        i += code.at[i] == '\\' ? 2 : 1;
    if (i >= end)
        return;
    arena_init(&scratch, ARENA_BYTES_MAX);
    mark_literal(self,
                 literal_decode((struct str){code.at + from, i - from}, &scratch));
    arena_release(&scratch);
}

/* The quote may be an apostrophe or a closing one: what is behind it is then no key. */
void scan_literal(struct scanner *self, struct str code, size_t from)
{
    char quote = code.at[from - 1];
    size_t longest = self->index->longest;
    size_t end = longest < code.n - from ? from + longest + 1 : code.n;
    size_t i = from;

    while (i < end && code.at[i] != quote && code.at[i] != '\\')
        i++;
    if (i == end)
        return;
    if (code.at[i] == quote)
        mark_literal(self, (struct str){code.at + from, i - from});
    else
        look_up_escaped(self, code, from);
}

/* ---- all of a file ---- */

void scan_words(struct scanner *self, struct str code)
{
    const struct key_index *index = self->index;

    for (size_t i = 0; i < code.n && index->nsegments > 0; i++) {
        size_t begin = i;

        while (i < code.n && is_word_byte(code.at[i]))
            i++;
        if (i > begin &&
            filter_has(&index->words, (struct str){code.at + begin, i - begin}))
            look_up_word(self, code, begin, i - begin);
    }
}

void scanner_finish(struct scanner *self)
{
    const struct key_index *index = self->index;
    uint32_t *missing = arena_new(self->arena, uint32_t, index->catalog->n);

    for (size_t i = 0; i < index->nsegments; i++)
        missing[index->segment[i].message] += !self->segment_found[i];
    for (size_t i = 0; i < index->nsegments; i++) {
        const struct segment *segment = &index->segment[i];

        if (missing[segment->message] == 0)
            set_bit(segment->is_word ? self->mentions->word : self->mentions->text,
                    segment->message);
    }
}
