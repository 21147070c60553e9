/* The pass before the parser: out of a page, one that libxml2 can read in one way only,
 * and the title. */
#include <assert.h>
#include <string.h>

#include "seocheck/extract_internal.h"
#include "shared/text.h"

#include "shared/banned.h"

/* libxml2 splits names of elements over 100 bytes. */
enum { NAME_BYTES_MAX = 64 };

struct cleaner {
    struct str page;
    struct str rest; /* of page: not read yet */
    char *out;
    size_t n, capacity;
    size_t lines;   /* read and not written: the next start tag begins with them */
    size_t foreign; /* svg and math that are open */
    size_t templates;
    bool has_body;
    struct markup *markup;
};

/* ---- writing ---- */

static void put(struct cleaner *cleaner, char c)
{
    assert(cleaner->n < cleaner->capacity);
    cleaner->out[cleaner->n++] = c;
}

static void put_bytes(struct cleaner *cleaner, const char *at, size_t n)
{
    assert(n <= cleaner->capacity - cleaner->n);
    if (n > 0)
        memcpy(cleaner->out + cleaner->n, at, n);
    cleaner->n += n;
}

static void put_lines(struct cleaner *cleaner)
{
    for (; cleaner->lines > 0; cleaner->lines--)
        put(cleaner, '\n');
}

/* ASCII stays a reference: a decoded `<` or quote would be markup. */
static size_t put_reference(struct cleaner *cleaner, struct str text, bool in_attribute)
{
    uint32_t code;
    size_t n = reference_parse(text, in_attribute, &code);
    char utf8[4];

    if (n == 0) { // alone, libxml2 would swallow `&#`
        put_bytes(cleaner, "&amp;", text.n > 1 && text.at[1] == '#' ? 5 : 1);
        return 1;
    }
    if (code < 0x20 && code != '\t' && code != '\n' && code != '\r') {
        put(cleaner, ' '); // libxml2 would end the text there
    } else if (code < 0x80) {
        put_bytes(cleaner, text.at, n);
        if (text.at[n - 1] != ';')
            put(cleaner, ';');
    } else {
        put_bytes(cleaner, utf8, utf8_put(code, utf8));
    }
    return n;
}

static void put_text(struct cleaner *cleaner, struct str text)
{
    size_t at = 0;

    while (at < text.n) {
        char c = text.at[at];

        if (c == '&') {
            at +=
                put_reference(cleaner, (struct str){text.at + at, text.n - at}, false);
            continue;
        }
        at++;
        if (c == '\r') { // CRLF is one end of a line, CR too
            if (at == text.n || text.at[at] != '\n')
                put(cleaner, '\n');
        } else {
            put(cleaner, c == '\0' || c == '\f' ? ' ' : c);
        }
    }
}

/* A line's end in a value becomes a TAB, which URLs lose and texts fold. */
static void put_value(struct cleaner *cleaner, struct str value, char quote)
{
    size_t at = 0;

    while (at < value.n) {
        char c = value.at[at];

        if (c == '&') {
            at +=
                put_reference(cleaner, (struct str){value.at + at, value.n - at}, true);
            continue;
        }
        at++;
        if (c == '\r' && at < value.n && value.at[at] == '\n')
            continue;
        if (c == quote)
            put_bytes(cleaner, "&#39;", 5);
        else
            put(cleaner, c == '\r' || c == '\n'   ? '\t'
                         : c == '\0' || c == '\f' ? ' '
                                                  : c);
    }
}

/* ---- reading over what is left out ---- */

/* Moves on to `to`, which is in the page, and counts the lines between. */
static void skip_to(struct cleaner *cleaner, const char *to)
{
    const char *end = cleaner->rest.at + cleaner->rest.n;

    for (const char *at = cleaner->rest.at; at < to; at++)
        if (*at == '\n' || (*at == '\r' && (at + 1 == end || at[1] != '\n')))
            cleaner->lines++;
    cleaner->rest = (struct str){to, (size_t)(end - to)};
}

static const char *page_end(const struct cleaner *cleaner)
{
    return cleaner->rest.at + cleaner->rest.n;
}

/* Behind the next `c`, or the page's end. */
static const char *behind(const char *from, const char *end, char c)
{
    const char *at = from < end ? memchr(from, c, (size_t)(end - from)) : NULL;

    return at ? at + 1 : end;
}

static bool has_word(const char *at, const char *end, struct str word)
{
    return (size_t)(end - at) >= word.n &&
           str_equal_ignoring_case((struct str){at, word.n}, word);
}

/* `<script` or `</script` and then what ends a name. */
static bool is_tag(const char *at, const char *end, struct str tag)
{
    return has_word(at, end, tag) && at + tag.n < end &&
           (html_is_space(at[tag.n]) || at[tag.n] == '/' || at[tag.n] == '>');
}

/* Behind the comment that begins at `at` with `<!--`. */
static const char *comment_end(const char *at, const char *end)
{
    const char *text = at + 4;

    if (has_word(text, end, STR(">")))
        return text + 1;
    if (has_word(text, end, STR("->")))
        return text + 2;
    for (const char *to = behind(text, end, '>');; to = behind(to, end, '>')) {
        if ((to - text >= 3 && memcmp(to - 3, "-->", 3) == 0) ||
            (to - text >= 4 && memcmp(to - 4, "--!>", 4) == 0) || to == end)
            return to;
    }
}

/* Where the text of a script that begins at `at` ends: at `</script`, but not at one
 * that closes a `<script` inside `<!-- -->`. */
static const char *script_end(const char *at, const char *end)
{
    bool in_comment = false, in_script = false;

    for (; at < end; at++) {
        if (!in_comment) {
            at = memchr(at, '<', (size_t)(end - at));
            if (!at)
                return end;
        }
        if (!in_script && is_tag(at, end, STR("</script")))
            return at;
        if (!in_comment && has_word(at, end, STR("<!--"))) {
            in_comment = true;
            at++; // its dashes may belong to `-->`
        } else if (in_comment && has_word(at, end, STR("-->"))) {
            in_comment = in_script = false;
        } else if (in_comment && is_tag(at, end, STR("<script"))) {
            in_script = true;
        } else if (in_script && is_tag(at, end, STR("</script"))) {
            in_script = false;
        }
    }
    return end;
}

/* Where raw text that begins at `at` ends: at `</name`. */
static const char *raw_end(const char *at, const char *end, struct str name)
{
    char tag[2 + NAME_BYTES_MAX] = "</";

    if (str_equal_ignoring_case(name, STR("script")))
        return script_end(at, end);
    memcpy(tag + 2, name.at, name.n);
    while (at < end) {
        at = memchr(at, '<', (size_t)(end - at));
        if (!at || is_tag(at, end, (struct str){tag, 2 + name.n}))
            return at ? at : end;
        at++;
    }
    return end;
}

/* ---- tags ---- */

/* What extraction asks for. */
static const struct str wanted[] = {
    {"type", 4},     {"href", 4}, {"src", 3},         {"id", 2},     {"rel", 3},
    {"content", 7},  {"name", 4}, {"property", 8},    {"alt", 3},    {"srcset", 6},
    {"hreflang", 8}, {"lang", 4}, {"http-equiv", 10}, {"action", 6},
};

enum { WANTED = sizeof wanted / sizeof *wanted, WANTED_TYPE = 0 };

static size_t wanted_index(struct str name)
{
    size_t i = 0;

    while (i < WANTED && !str_equal_ignoring_case(name, wanted[i]))
        i++;
    return i;
}

static bool has_json(struct str text)
{
    for (size_t at = 0; at + 4 <= text.n; at++)
        if (has_word(text.at + at, text.at + text.n, STR("json")))
            return true;
    return false;
}

static void put_attribute(struct cleaner *cleaner, size_t index, struct str value)
{
    char quote = value.n > 0 && memchr(value.at, '"', value.n) ? '\'' : '"';

    put(cleaner, ' ');
    put_bytes(cleaner, wanted[index].at, wanted[index].n);
    put(cleaner, '=');
    put(cleaner, quote);
    put_value(cleaner, value, quote);
    put(cleaner, quote);
}

/* The attributes of a start tag that are wanted, the first of each name. */
static enum tag_result put_attributes(struct cleaner *cleaner, struct str *rest,
                                      bool *is_json)
{
    struct attribute attribute;
    enum tag_result result;
    unsigned seen = 0;

    while ((result = tag_next(rest, &attribute)) == TAG_ATTRIBUTE) {
        size_t index = wanted_index(attribute.name);

        if (index == WANTED || (seen >> index & 1) != 0)
            continue;
        seen |= 1U << index;
        if (index == WANTED_TYPE)
            *is_json = has_json(attribute.value);
        put_attribute(cleaner, index, attribute.value);
    }
    return result;
}

/* In lower case, with nothing that libxml2 would end it at. */
static void name_in_lower_case(struct str name, char lower[NAME_BYTES_MAX + 1])
{
    size_t n = 0;

    for (; n < name.n && n < NAME_BYTES_MAX; n++) {
        char c = name.at[n];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        lower[n] =
            (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ? c : '_';
    }
    lower[n] = '\0';
}

static void put_end_tag(struct cleaner *cleaner, const struct element *element)
{
    if ((element->flags & ELEMENT_VOID) != 0 ||
        ((element->flags & ELEMENT_SPECIAL) == 0 && element->region == REGION_NONE &&
         element->tag != TAG_A))
        return;
    put_bytes(cleaner, "<?", 2);
    put_bytes(cleaner, element->name, strlen(element->name));
    put(cleaner, '>');
}

/* Reads an end tag, whose name stands behind `</`. */
static void read_end_tag(struct cleaner *cleaner)
{
    struct str rest = {cleaner->rest.at + 2, cleaner->rest.n - 2};
    char name[NAME_BYTES_MAX + 1];
    const struct element *element;
    struct attribute attribute;
    enum tag_result result;

    name_in_lower_case(tag_name(&rest), name);
    element = element_find(name);
    while ((result = tag_next(&rest, &attribute)) == TAG_ATTRIBUTE)
        ;
    skip_to(cleaner, rest.at);
    if (result == TAG_CUT)
        return;
    if (cleaner->foreign > 0 && (element->flags & ELEMENT_FOREIGN) != 0)
        cleaner->foreign--;
    if (cleaner->templates == 0)
        put_end_tag(cleaner, element);
    else if (element->tag == TAG_TEMPLATE)
        cleaner->templates--;
}

static void note_title(struct cleaner *cleaner, struct str text)
{
    struct markup *markup = cleaner->markup;

    if (cleaner->templates > 0 || markup->ntitles++ > 0)
        return;
    markup->has_title = true;
    markup->title = text;
    markup->title_line =
        (int64_t)text_line(cleaner->page.at, (size_t)(text.at - cleaner->page.at));
}

/* The text of a script, undecoded, and its end tag. */
static void put_script(struct cleaner *cleaner, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];

        if (c != '\r' || i + 1 == text.n || text.at[i + 1] != '\n')
            put(cleaner, c == '\0' || c == '\f' ? ' ' : c == '\r' ? '\n' : c);
    }
    put_bytes(cleaner, "</script>", 9);
}

/* The text between a raw element's tags and its end tag. */
static void read_raw(struct cleaner *cleaner, const struct element *element,
                     bool is_kept)
{
    const char *page = page_end(cleaner);
    const char *end = element->tag == TAG_PLAINTEXT
                          ? page
                          : raw_end(cleaner->rest.at, page, str_of(element->name));
    struct str text = {cleaner->rest.at, (size_t)(end - cleaner->rest.at)};

    if (element->tag == TAG_TITLE)
        note_title(cleaner, text);
    if (is_kept) {
        put_script(cleaner, text);
        cleaner->rest = (struct str){end, cleaner->rest.n - text.n};
    } else {
        skip_to(cleaner, end);
    }
    if (cleaner->rest.n > 0)
        read_end_tag(cleaner); // writes nothing: raw elements are void to it
}

/* What holds here of an element that begins: svg has a title of its own. */
static unsigned flags_here(const struct cleaner *cleaner, const struct element *element)
{
    unsigned flags = element->flags;

    if (cleaner->foreign > 0 && (flags & ELEMENT_RAW_FOREIGN) == 0)
        flags &= ~(unsigned)(ELEMENT_RAW | ELEMENT_GONE);
    if (cleaner->templates > 0 || (cleaner->has_body && (flags & ELEMENT_ONCE) != 0))
        flags |= ELEMENT_GONE;
    return flags;
}

static bool is_plain(const struct element *element)
{
    return element->tag == TAG_OTHER && element->region == REGION_NONE &&
           (element->flags & ~(unsigned)ELEMENT_FOREIGN) == 0;
}

static void read_start_tag(struct cleaner *cleaner)
{
    struct str rest = {cleaner->rest.at + 1, cleaner->rest.n - 1};
    size_t written = cleaner->n, lines = cleaner->lines, bare;
    char name[NAME_BYTES_MAX + 1];
    const struct element *element;
    bool is_json = false, is_kept;
    enum tag_result result;
    unsigned flags;

    name_in_lower_case(tag_name(&rest), name);
    element = element_find(name);
    flags = flags_here(cleaner, element);
    put(cleaner, '<');
    put_bytes(cleaner, name, strlen(name));
    put_lines(cleaner);
    bare = cleaner->n;
    result = put_attributes(cleaner, &rest, &is_json);
    is_kept = is_json && element->tag == TAG_SCRIPT && cleaner->templates == 0;
    if (result == TAG_CUT || (flags & ELEMENT_GONE) != 0 ||
        (cleaner->n == bare && is_plain(element))) {
        cleaner->n = written;
        cleaner->lines = lines;
    } else if ((flags & (ELEMENT_RAW | ELEMENT_CLOSED)) != 0 && !is_kept) {
        put_bytes(cleaner, " />", 3);
    } else {
        put(cleaner, '>');
        if (cleaner->foreign > 0 && result == TAG_SELF_CLOSED)
            put_end_tag(cleaner, element);
    }
    skip_to(cleaner, rest.at);
    if (result == TAG_CUT)
        return;
    cleaner->has_body = cleaner->has_body || (flags & ELEMENT_ONCE) != 0;
    cleaner->foreign += (flags & ELEMENT_FOREIGN) != 0 && result == TAG_END;
    cleaner->templates += element->tag == TAG_TEMPLATE && cleaner->foreign == 0;
    if ((flags & ELEMENT_RAW) != 0)
        read_raw(cleaner, element, is_kept);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What begins with `<`. */
static void read_markup(struct cleaner *cleaner)
{
    const char *at = cleaner->rest.at, *end = page_end(cleaner);
    char next = at + 1 < end ? at[1] : ' ';

    if (is_letter(next))
        read_start_tag(cleaner);
    else if (next == '/' && at + 2 < end && is_letter(at[2]))
        read_end_tag(cleaner);
    else if (has_word(at, end, STR("<!--")))
        skip_to(cleaner, comment_end(at, end));
    else if (next == '!' || next == '?' || (next == '/' && at + 2 < end))
        skip_to(cleaner, behind(at + 2, end, '>'));
    else {
        // before `<`, `_` and `:` libxml2 could make a tag of it
        if (cleaner->templates == 0)
            put(cleaner, next == '<' || next == '_' || next == ':' ? ' ' : '<');
        skip_to(cleaner, at + 1);
    }
}

void markup_clean(struct str page, struct arena *arena, struct markup *markup)
{
    // a quote between both kinds of quotes becomes five bytes, the most that one can
    struct cleaner cleaner = {.page = page,
                              .rest = page,
                              .capacity = 6 * page.n + 16,
                              .markup = markup};

    *markup = (struct markup){0};
    cleaner.out = arena_new(arena, char, cleaner.capacity);
    while (cleaner.rest.n > 0) {
        const char *at = memchr(cleaner.rest.at, '<', cleaner.rest.n);
        const char *to = at ? at : page_end(&cleaner);
        struct str text = {cleaner.rest.at, (size_t)(to - cleaner.rest.at)};

        if (cleaner.templates == 0) {
            put_text(&cleaner, text);
            cleaner.rest = (struct str){to, cleaner.rest.n - text.n};
        } else {
            skip_to(&cleaner, to);
        }
        if (at)
            read_markup(&cleaner);
    }
    markup->clean = (struct str){cleaner.out, cleaner.n};
}
