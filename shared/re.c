/* Patterns through PCRE2. Users' go without the JIT, which ignores the limits on depth
 * and heap; ours may have it. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "shared/re.h"

#include <stdlib.h>
#include <string.h>

#include <pcre2.h>

#include "shared/limits.h"
#include "shared/memory.h"

#include "shared/banned.h"

/* The library's defaults, 10 million steps and 20 GB of heap, are for patterns one
 * trusts. */
enum {
    PARENS_MAX = 50,
    MATCH_STEPS_MAX = 1000000,
    MATCH_DEPTH_MAX = 10000,
    MATCH_HEAP_KIB_MAX = 8192,
};

struct re {
    pcre2_code *code;
    pcre2_match_context *limits;
    pcre2_match_data *data; // scratch of each match
};

/* JavaScript's way of what both can: pcre2api(3) names these options for it. */
#define OPTIONS_JS                                                     \
    (PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_BSUX | PCRE2_ALLOW_EMPTY_CLASS | \
     PCRE2_MATCH_UNSET_BACKREF)

static pcre2_code *compile(const char *pattern, uint32_t options, int *error,
                           size_t *at)
{
    pcre2_general_context *memory =
        pcre2_general_context_create(memory_for_pcre2, memory_given_back, NULL);
    pcre2_compile_context *context = pcre2_compile_context_create(memory);
    pcre2_code *code;

    // these setters cannot fail
    (void)pcre2_set_max_pattern_length(context, PATTERN_BYTES_MAX);
    (void)pcre2_set_parens_nest_limit(context, PARENS_MAX);
    code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, options, error, at,
                         context);
    pcre2_compile_context_free(context);
    pcre2_general_context_free(memory);
    return code;
}

static bool make(const char *pattern, uint32_t options, struct re **re, struct err *err)
{
    struct re *made;
    int error;
    size_t at;
    pcre2_code *code;

    if (strlen(pattern) > PATTERN_BYTES_MAX)
        return err_set(err, "pattern is longer than %d bytes; split it",
                       PATTERN_BYTES_MAX);
    code = compile(pattern, options, &error, &at);
    if (!code) {
        PCRE2_UCHAR why[128] = "";

        (void)pcre2_get_error_message(error, why, sizeof why); // cut when longer
        return err_set(err, "pattern fails at byte %zu: %s", at, (const char *)why);
    }
    made = memory_new_zeroed(1, sizeof *made);
    made->code = code;
    made->data = pcre2_match_data_create_from_pattern(code, NULL); // code's memory
    made->limits = pcre2_match_context_create(NULL);
    if (!made->limits || !made->data)
        memory_is_out();
    (void)pcre2_set_match_limit(made->limits, MATCH_STEPS_MAX);
    (void)pcre2_set_depth_limit(made->limits, MATCH_DEPTH_MAX);
    (void)pcre2_set_heap_limit(made->limits, MATCH_HEAP_KIB_MAX);
    *re = made;
    return true;
}

bool re_compile(const char *pattern, bool anchored, struct re **re, struct err *err)
{
    uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C;

    if (anchored)
        options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED;
    return make(pattern, options, re, err);
}

bool re_compile_js(const char *pattern, struct re **re, struct err *err)
{
    return make(pattern, PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | OPTIONS_JS, re, err);
}

bool re_compile_bytes(const char *pattern, uint32_t steps, struct re **re,
                      struct err *err)
{
    if (!make(pattern, 0, re, err))
        return false;
    (void)pcre2_set_match_limit((*re)->limits, steps);
    // without it the interpreter does the same, slower
    (void)pcre2_jit_compile((*re)->code, PCRE2_JIT_COMPLETE);
    return true;
}

void re_free(struct re *re)
{
    if (!re)
        return;
    pcre2_match_data_free(re->data);
    pcre2_match_context_free(re->limits);
    pcre2_code_free(re->code);
    free(re);
}

/* The first match that begins at `from` or behind it. */
static enum re_result match_from(const struct re *re, struct str subject, size_t from,
                                 uint32_t options)
{
    const char *at = subject.n > 0 ? subject.at : "";
    int result = pcre2_match(re->code, (PCRE2_SPTR)at, subject.n, from, options,
                             re->data, re->limits);

    if (result >= 0)
        return RE_MATCH;
    if (result == PCRE2_ERROR_NOMATCH)
        return RE_NO_MATCH;
    if (result <= PCRE2_ERROR_UTF8_ERR1 && result >= PCRE2_ERROR_UTF8_ERR21)
        return RE_BAD_TEXT;
    return RE_TOO_COSTLY; // match, depth, heap limit; memory; endless recursion of the
                          // pattern
}

enum re_result re_match(const struct re *re, struct str subject)
{
    return match_from(re, subject, 0, 0);
}

/* The group's text; empty where it took no part or does not exist. */
static struct str group_text(const struct re *re, struct str subject, uint32_t group)
{
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(re->data);

    if (group >= pcre2_get_ovector_count(re->data) ||
        at[2 * (size_t)group] == PCRE2_UNSET)
        return (struct str){0};
    return (struct str){subject.at + at[2 * (size_t)group],
                        at[2 * (size_t)group + 1] - at[2 * (size_t)group]};
}

/* Next piece of `as`: a group, or the bytes before the next one. False at the end. */
static bool next_piece(const struct re *re, struct str subject, const char **as,
                       struct str *piece)
{
    const char *at = *as;

    if (*at == '\0')
        return false;
    if (at[0] == '$' && at[1] >= '1' && at[1] <= '9') {
        *piece = group_text(re, subject, (uint32_t)(at[1] - '0'));
        *as = at + 2;
        return true;
    }
    *piece = (struct str){at, 1 + strcspn(at + 1, "$")};
    *as = at + piece->n;
    return true;
}

enum re_result re_replace(const struct re *re, struct str subject, const char *as,
                          struct arena *arena, struct str *out)
{
    enum re_result result = re_match(re, subject);
    const char *rest = as;
    struct str piece;
    size_t n = 0;
    char *to;

    if (result != RE_MATCH)
        return result;
    while (next_piece(re, subject, &rest, &piece))
        n += piece.n;
    to = arena_new(arena, char, n + 1);
    *out = (struct str){to, n};
    for (rest = as; next_piece(re, subject, &rest, &piece); to += piece.n)
        if (piece.n > 0)
            memcpy(to, piece.at, piece.n);
    return RE_MATCH;
}

enum re_result re_remove(const struct re *re, struct str subject, struct arena *arena,
                         struct str *out)
{
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(re->data);
    uint32_t options = PCRE2_NOTEMPTY;
    enum re_result result;
    struct buf kept;
    size_t from = 0;

    buf_init(&kept, arena, subject.n);
    while ((result = match_from(re, subject, from, options)) == RE_MATCH) {
        buf_add(&kept, subject.at + from, at[0] - from);
        from = at[1];                  // behind at[0], which is not before `from`
        options |= PCRE2_NO_UTF_CHECK; // once is enough
    }
    if (result != RE_NO_MATCH || from == 0)
        return result;
    buf_add(&kept, subject.at + from, subject.n - from);
    *out = buf_str(&kept);
    return RE_MATCH;
}

enum re_result re_find(const struct re *re, struct str subject, size_t from,
                       struct re_place *place)
{
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(re->data);
    // checking the whole text anew for each match would be quadratic
    enum re_result result =
        match_from(re, subject, from, from > 0 ? PCRE2_NO_UTF_CHECK : 0);
    size_t group = pcre2_get_ovector_count(re->data) - 1;

    if (result != RE_MATCH)
        return result;
    while (group > 0 && at[2 * group] == PCRE2_UNSET)
        group--;
    *place = (struct re_place){at[0], at[1], group};
    return RE_MATCH;
}
