/* Where a source file names keys: calls, attributes, resources, by one pattern a family
 * of languages. What the names mean is measure_usage.c's. */
#include <string.h>

#include "i18ncheck/catalog_internal.h"
#include "i18ncheck/usage_internal.h"

#include "shared/banned.h"

/* i18ncheck.md 3; bounded repeats are all that the patterns have. */
enum { MATCH_STEPS_MAX = 100000, REST_BYTES_MAX = 300, COMMENT_USE_BYTES_MAX = 300 };

/* What the groups of the patterns mean, in their order. */
enum anchor {
    ANCHOR_NONE,
    ANCHOR_USE,       /* i18n-use GLOB */
    ANCHOR_CALL,      /* up to its parenthesis */
    ANCHOR_ATTRIBUTE, /* up to its = */
    ANCHOR_ID,        /* up to the value of a React message's id */
    ANCHOR_HOOK,      /* up to its parenthesis */
    ANCHOR_ELEMENT,   /* likewise, of <FormattedMessage> */
    ANCHOR_DEF,       /* a method of Ruby */
    ANCHOR_RESOURCE,  /* R.string.x, @string/x */
};

/* Each has the groups up to its last one; (?!) is none. What fails at most places
 * stands first: that no word goes on there. WRAPPERS: further names. */
static const char *const patterns[FAMILIES] = {
    [FAMILY_JS] = "(?<![\\w$])(?:(i18n-use[ \\t]+)"
                  "|((?<!\\.)(?:(?:this|props)\\.)?"
                  "(?:\\$?t|t[ce]|i18n\\.t|i18next\\.t|translateWRAPPERS)\\()"
                  "|((?<![.-])(?::|v-bind:)?(?:i18nKey|keypath|v-t)=)"
                  "|(formatMessage\\(\\s*+\\{(?:[^{}]{0,500}?[\\s,])?id:)"
                  "|((?:use|get)Translations?\\())"
                  "|(<FormattedMessage\\b(?:[^<>]|=>){0,500}?\\bid=)",
    [FAMILY_RUBY] = "(?<![\\w$])(?:(i18n-use[ \\t]+)"
                    "|((?<![.@:])(?:I18n\\.t(?:ranslate)?|t|translateWRAPPERS)"
                    "(?:\\(|[ ]+(?=['\":])))"
                    "|((?!))|((?!))|((?!))|((?!))"
                    "|(def[ ]+(?:self\\.)?\\w+))",
    [FAMILY_GETTEXT] = "(?<![\\w$])(?:(i18n-use[ \\t]+)"
                       "|((?:_[_n]?|n?p?gettextWRAPPERS)\\())",
    [FAMILY_ANDROID] = "(?<![\\w$])(?:(i18n-use[ \\t]+)"
                       "|((?!)WRAPPERS)|((?!))|((?!))|((?!))|((?!))|((?!))"
                       "|((?<!android\\.)R\\.(?:string|plurals|array)\\.\\w+"
                       "|@(?:string|plurals|array)/[\\w.]+))",
};

/* One file. */
struct scan {
    struct scanner *of;
    const char *path;
    struct str code;
    enum family family;
    struct scope *scope;
    struct str rails; /* scope of a controller, less the action */
    size_t counted;   /* bytes whose lines are counted */
    uint32_t line;
    size_t html, html_end; /* the last <!-- --> looked at */
};

/* ---- families ---- */

enum family source_family(struct str path)
{
    static const struct {
        const char *ending;
        enum family family;
    } endings[] = {
        {".js", FAMILY_JS},        {".jsx", FAMILY_JS},      {".ts", FAMILY_JS},
        {".tsx", FAMILY_JS},       {".mjs", FAMILY_JS},      {".cjs", FAMILY_JS},
        {".vue", FAMILY_JS},       {".svelte", FAMILY_JS},   {".astro", FAMILY_JS},
        {".rb", FAMILY_RUBY},      {".erb", FAMILY_RUBY},    {".haml", FAMILY_RUBY},
        {".slim", FAMILY_RUBY},    {".py", FAMILY_GETTEXT},  {".c", FAMILY_GETTEXT},
        {".h", FAMILY_GETTEXT},    {".php", FAMILY_GETTEXT}, {".twig", FAMILY_GETTEXT},
        {".java", FAMILY_ANDROID}, {".kt", FAMILY_ANDROID},  {".xml", FAMILY_ANDROID},
    };

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (str_ends(path, str_of(endings[i].ending)))
            return endings[i].family;
    return FAMILIES;
}

/* ---- comments and lines ---- */

static uint32_t line_of(struct scan *self, size_t at)
{
    while (self->counted < at) {
        const char *from = self->code.at + self->counted;
        const char *newline = memchr(from, '\n', at - self->counted);

        if (!newline)
            break;
        self->line++;
        self->counted = (size_t)(newline - self->code.at) + 1;
    }
    return self->line;
}

static size_t find(struct str code, size_t from, struct str what)
{
    while (from + what.n <= code.n) {
        const char *at = memchr(code.at + from, what.at[0], code.n - from - what.n + 1);

        if (!at)
            break;
        from = (size_t)(at - code.at);
        if (memcmp(at, what.at, what.n) == 0)
            return from;
        from++;
    }
    return code.n;
}

/* Between <!-- and -->. Positions come in ascending order. */
static bool in_html_comment(struct scan *self, size_t at)
{
    while (self->html_end <= at) {
        self->html = find(self->code, self->html_end, STR("<!--"));
        self->html_end = find(self->code, self->html, STR("-->"));
        if (self->html_end == self->code.n)
            self->html_end++; // nothing is behind the end
    }
    return self->html <= at && self->html < self->code.n;
}

/* A line's beginning says that its end is a comment: // not after :, # where languages
 * have it, a leading *, an open slash and asterisk. */
static bool is_comment(struct str head, bool has_hash)
{
    size_t begin = skip_space(head, 0);
    bool is_open = false;

    if (begin < head.n && head.at[begin] == '*')
        return true;
    for (size_t i = begin; i < head.n; i++) {
        char c = head.at[i], next = i + 1 < head.n ? head.at[i + 1] : '\0';

        if (c == '/' && next == '/' && (i == 0 || head.at[i - 1] != ':'))
            return true;
        if (has_hash && c == '#' && next != '{')
            return true;
        if (c == '/' && next == '*')
            is_open = true;
        if (c == '*' && next == '/')
            is_open = false;
    }
    return is_open;
}

static bool in_comment(struct scan *self, size_t at)
{
    size_t from = at, least = at > LITERAL_BYTES_MAX ? at - LITERAL_BYTES_MAX : 0;
    bool has_hash =
        self->family == FAMILY_RUBY ||
        (self->family == FAMILY_GETTEXT && !str_ends(str_of(self->path), STR(".c")) &&
         !str_ends(str_of(self->path), STR(".h")));

    while (from > least && self->code.at[from - 1] != '\n')
        from--;
    return is_comment((struct str){self->code.at + from, at - from}, has_hash) ||
           in_html_comment(self, at);
}

/* ---- mentions ---- */

static struct str kept(struct scan *self, struct str text)
{
    return text.n == 0
               ? STR("")
               : (struct str){str_copy(self->of->arena, text.at, text.n), text.n};
}

static struct scope *scope_of(struct scan *self)
{
    if (!self->scope)
        self->scope = arena_new(self->of->arena, struct scope, 1);
    return self->scope;
}

static struct mention *add_mention(struct scan *self, const struct literal *text,
                                   size_t at)
{
    struct mentions *all = self->of->mentions;
    struct mention *mention;

    all->item = arena_room_alone(self->of->arena, all->item, all->n, &all->capacity,
                                 sizeof *all->item);
    mention = &all->item[all->n++];
    *mention = (struct mention){
        .kind = text->is_dynamic ? MENTION_DYNAMIC : MENTION_STATIC,
        .text = kept(self, text->text),
        .suffix = kept(self, text->suffix),
        .scope = scope_of(self),
        .is_use_only = in_comment(self, at),
        .file = self->path,
        .line = line_of(self, at),
    };
    return mention;
}

static bool has(struct str text, struct str part)
{
    return find(text, 0, part) < text.n;
}

/* What is behind the key up to the end of the call, or some of it. */
static struct str rest_of_call(struct str code, size_t at)
{
    size_t from = at, depth = 0;
    size_t end = at + REST_BYTES_MAX < code.n ? at + REST_BYTES_MAX : code.n;

    for (; at < end; at++) {
        char c = code.at[at];

        if (depth == 0 && (c == ')' || c == '}' || c == ']'))
            break;
        depth += c == '(' || c == '{' || c == '[';
        depth -= c == ')' || c == '}' || c == ']';
    }
    return (struct str){code.at + from, at - from};
}

/* Options that are not written here may hold anything. */
static bool may_have_context(struct str rest)
{
    size_t i = skip_space(rest, 0);

    if (i >= rest.n || rest.at[i] != ',')
        return false;
    i = skip_space(rest, i + 1);
    return (i < rest.n && is_word_byte(rest.at[i])) || has(rest, STR("context")) ||
           has(rest, STR("..."));
}

static void read_options(struct scan *self, struct mention *mention, size_t at)
{
    struct str rest = rest_of_call(self->code, at);

    if (self->family == FAMILY_JS) {
        mention->takes_context = may_have_context(rest);
        mention->has_own_scope = has(rest, STR("keyPrefix")) || has(rest, STR("ns:"));
    } else if (self->family == FAMILY_RUBY) {
        mention->has_own_scope = has(rest, STR("scope"));
    }
}

/* pgettext("context", "id"): the key is both. */
static bool with_context(struct scan *self, size_t *at, struct literal *literal)
{
    struct literal id;

    *at = skip_space(self->code, *at);
    if (literal->is_dynamic || *at >= self->code.n || self->code.at[*at] != ',')
        return false;
    ++*at;
    if (!expression_parse(self->code, at, self->family, self->of->arena, &id))
        return false;
    literal->text =
        joined(self->of->arena, joined(self->of->arena, literal->text, STR("\004")),
               id.text);
    literal->suffix = id.suffix;
    literal->is_dynamic = id.is_dynamic;
    return true;
}

static void read_call(struct scan *self, const struct re_place *place)
{
    struct str name = {self->code.at + place->at, place->end - place->at - 1};
    size_t at = place->end;
    struct literal literal;
    struct mention *mention;

    if (!expression_parse(self->code, &at, self->family, self->of->arena, &literal) ||
        (str_ends(name, STR("pgettext")) && !with_context(self, &at, &literal))) {
        self->of->mentions->opaque++;
        return;
    }
    mention = add_mention(self, &literal, place->at);
    mention->is_bare =
        str_equal(name, STR("_")) ||
        (name.at[0] == 't' && (name.n == 1 || name.at[1] == ' ')); // t 'x' of Ruby
    if (self->family == FAMILY_RUBY && mention->text.n > 0 &&
        mention->text.at[0] == '.') {
        mention->is_relative = true;
        mention->text.at++;
        mention->text.n--;
    }
    read_options(self, mention, at);
}

/* An attribute is a text, or an expression: {...}, or in quotes after Vue's colon. */
static void read_attribute(struct scan *self, const struct re_place *place)
{
    struct str name = {self->code.at + place->at, place->end - place->at - 1};
    bool is_bound = name.at[0] == ':' || str_starts(name, STR("v-"));
    size_t at = skip_space(self->code, place->end);
    struct literal literal;

    if (at < self->code.n && (self->code.at[at] == '{' || is_bound))
        at = skip_space(self->code, at + 1);
    if (is_bound && at < self->code.n &&
        self->code.at[at] == '{') { // v-t="{path: 'x'}"
        struct str rest = rest_of_call(self->code, at + 1);
        size_t path = find(rest, 0, STR("path:"));

        at = path < rest.n ? at + 1 + path + 5 : self->code.n;
    }
    if (expression_parse(self->code, &at, FAMILY_JS, self->of->arena, &literal))
        (void)add_mention(self, &literal, place->at);
    else
        self->of->mentions->opaque++;
}

static void read_id(struct scan *self, const struct re_place *place)
{
    size_t at = skip_space(self->code, place->end);
    struct literal literal;

    if (at < self->code.n && self->code.at[at] == '{')
        at++;
    if (expression_parse(self->code, &at, FAMILY_JS, self->of->arena, &literal))
        (void)add_mention(self, &literal, place->at);
    else
        self->of->mentions->opaque++;
}

/* ---- scopes ---- */

static void add_prefix(struct scan *self, struct str prefix)
{
    struct scope *scope = scope_of(self);

    for (size_t i = 0; i < scope->n; i++)
        if (str_equal(scope->prefix[i], prefix))
            return;
    scope->prefix = arena_room(self->of->arena, scope->prefix, scope->n,
                               &scope->capacity, sizeof *scope->prefix);
    scope->prefix[scope->n++] = kept(self, prefix);
}

/* A namespace of i18next, and the prefix of keys in it; either may be empty. */
static void add_namespace(struct scan *self, struct str ns, struct str prefix)
{
    const struct set_rules *rules = self->of->index->rules;
    struct arena *arena = self->of->arena;
    struct str sep = rules->ns_sep.at ? rules->ns_sep : STR(":");

    if (prefix.n > 0)
        prefix = joined(arena, prefix, path_separator(rules));
    if (prefix.n > 0)
        add_prefix(self, prefix); // a catalog of one namespace does not say it
    if (ns.n > 0)
        add_prefix(self, joined(arena, joined(arena, ns, sep), prefix));
}

/* useTranslation(['a', 'b'], {keyPrefix: 'c'}). */
static void read_namespaces(struct scan *self, size_t at)
{
    struct str rest = rest_of_call(self->code, at);
    size_t option = find(rest, 0, STR("keyPrefix")), colon = at + option + 9;
    struct literal ns, prefix = {0};
    bool is_list = at < self->code.n && self->code.at[at] == '[';
    bool is_named = false;

    if (option < rest.n) {
        colon = skip_space(self->code, colon);
        if (colon < self->code.n && self->code.at[colon] == ':')
            colon++;
        if (!expression_parse(self->code, &colon, FAMILY_JS, self->of->arena,
                              &prefix) ||
            prefix.is_dynamic)
            scope_of(self)->is_open = true;
    }
    at += is_list;
    while (expression_parse(self->code, &at, FAMILY_JS, self->of->arena, &ns)) {
        is_named = true;
        scope_of(self)->is_open |= ns.is_dynamic;
        if (!ns.is_dynamic)
            add_namespace(self, ns.text, prefix.text);
        at = skip_space(self->code, at);
        if (!is_list || at >= self->code.n || self->code.at[at] != ',')
            break;
        at++;
    }
    if (is_named)
        return;
    if (prefix.text.n > 0 && !prefix.is_dynamic)
        add_namespace(self, (struct str){0}, prefix.text);
    at = skip_space(self->code, at);
    // the default one, or one that only running the code would tell
    scope_of(self)->is_open |= at < self->code.n && self->code.at[at] != ')' &&
                               !str_starts(rest, STR("undefined")) &&
                               !str_starts(rest, STR("null"));
}

static void read_hook(struct scan *self, const struct re_place *place)
{
    struct str name = {self->code.at + place->at, place->end - place->at - 1};
    size_t at = skip_space(self->code, place->end);
    struct literal prefix;

    if (!str_ends(name, STR("s"))) {
        read_namespaces(self, at);
    } else if (expression_parse(self->code, &at, FAMILY_JS, self->of->arena, &prefix) &&
               !prefix.is_dynamic) {
        add_namespace(self, (struct str){0}, prefix.text);
    } else {
        at = skip_space(self->code, at);
        scope_of(self)->is_open |= at < self->code.n && self->code.at[at] != ')';
    }
}

/* Behind a folder of that name; at NULL: there is none. */
static struct str path_below(const char *path, const char *folder)
{
    struct str rest = str_of(path), name = str_of(folder);

    for (size_t i = 0; i + name.n < rest.n; i++)
        if ((i == 0 || path[i - 1] == '/') && memcmp(path + i, folder, name.n) == 0)
            return (struct str){path + i + name.n, rest.n - i - name.n};
    return (struct str){0};
}

/* "admin/carts" as "admin.carts."; a partial's underscore goes. */
static struct str rails_prefix(struct scan *self, struct str path)
{
    struct str sep = path_separator(self->of->index->rules);
    struct buf prefix;

    buf_init(&prefix, self->of->arena, PATH_BYTES_MAX);
    for (size_t i = 0; i < path.n; i++) {
        bool begins = i == 0 || path.at[i - 1] == '/';

        if (path.at[i] == '/')
            buf_add(&prefix, sep.at, sep.n);
        else if (!begins || path.at[i] != '_')
            buf_add(&prefix, path.at + i, 1);
    }
    buf_add(&prefix, sep.at, sep.n);
    return buf_str(&prefix);
}

static void begin_rails(struct scan *self)
{
    struct str view = path_below(self->path, "views/");
    struct str code = path_below(self->path, "controllers/");
    bool is_mailer = !code.at;

    if (view.at) {
        size_t cut = view.n;

        for (size_t i = 0; i < view.n; i++)
            if (view.at[i] == '.' && (cut == view.n || view.at[cut] == '/'))
                cut = i;
            else if (view.at[i] == '/')
                cut = view.n;
        add_prefix(self, rails_prefix(self, (struct str){view.at, cut}));
        return;
    }
    if (is_mailer)
        code = path_below(self->path, "mailers/");
    if (!code.at || !str_ends(code, STR(".rb")))
        return;
    code.n -= 3;
    if (!is_mailer && str_ends(code, STR("_controller")))
        code.n -= sizeof "_controller" - 1;
    self->rails = rails_prefix(self, code);
}

/* Keys below it are of the method. */
static void read_def(struct scan *self, const struct re_place *place)
{
    size_t begin = place->end;

    if (!self->rails.at)
        return;
    while (begin > place->at && is_word_byte(self->code.at[begin - 1]))
        begin--;
    self->scope = NULL;
    scope_of(self)->is_guess = true;
    add_prefix(self, joined(self->of->arena, self->rails,
                            joined(self->of->arena,
                                   kept(self, (struct str){self->code.at + begin,
                                                           place->end - begin}),
                                   path_separator(self->of->index->rules))));
}

/* ---- the rest ---- */

static void read_resource(struct scan *self, const struct re_place *place)
{
    struct str whole = {self->code.at + place->at, place->end - place->at};
    size_t begin = whole.n;
    struct literal literal = {0};
    bool is_array = has(whole, STR("array"));

    if (whole.at[0] == '@')
        begin = find(whole, 0, STR("/")) + 1;
    else
        while (begin > 0 && whole.at[begin - 1] != '.')
            begin--;
    literal.text = (struct str){whole.at + begin, whole.n - begin};
    if (is_array) // all its items are used
        literal.text = joined(self->of->arena, kept(self, literal.text),
                              joined(self->of->arena,
                                     path_separator(self->of->index->rules), STR("*")));
    if (is_array)
        add_mention(self, &literal, place->at)->kind = MENTION_GLOB;
    else
        (void)add_mention(self, &literal, place->at);
}

static void read_use(struct scan *self, const struct re_place *place)
{
    size_t end = place->end;

    while (end < self->code.n && end - place->end < COMMENT_USE_BYTES_MAX &&
           !strchr(" \t\r\n\"'`<>", self->code.at[end]) &&
           !(self->code.at[end] == '*' && end + 1 < self->code.n &&
             self->code.at[end + 1] == '/'))
        end++;
    if (end > place->end)
        add_mention(self,
                    &(struct literal){
                        .text = {self->code.at + place->end, end - place->end}},
                    place->at)
            ->kind = MENTION_GLOB;
}

static void read_anchor(struct scan *self, const struct re_place *place)
{
    switch ((enum anchor)place->group) {
    case ANCHOR_NONE: break;
    case ANCHOR_USE: read_use(self, place); break;
    case ANCHOR_CALL: read_call(self, place); break;
    case ANCHOR_ATTRIBUTE: read_attribute(self, place); break;
    case ANCHOR_ID:
    case ANCHOR_ELEMENT: read_id(self, place); break;
    case ANCHOR_HOOK: read_hook(self, place); break;
    case ANCHOR_DEF: read_def(self, place); break;
    case ANCHOR_RESOURCE: read_resource(self, place); break;
    }
}

/* ---- files ---- */

static bool compile(struct scanner *self, enum family family, struct err *err)
{
    struct str pattern = str_of(patterns[family]), mark = STR("WRAPPERS");
    size_t cut = find(pattern, 0, mark);
    struct buf whole;

    buf_init(&whole, self->arena, PATTERN_BYTES_MAX);
    buf_add_text(&whole, "\\G(?:"); // only at the place that is asked for
    buf_add(&whole, pattern.at, cut);
    for (size_t i = 0; family != FAMILY_ANDROID && i < self->rules->nwrappers; i++)
        buf_printf(&whole, "|\\Q%s\\E", self->rules->wrapper[i]);
    buf_add(&whole, pattern.at + cut + mark.n, pattern.n - cut - mark.n);
    buf_add_text(&whole, ")");
    if (whole.overflowed)
        return err_set(err, "more wrappers than a pattern of %d bytes can hold",
                       PATTERN_BYTES_MAX);
    leads_init(&self->leads[family], family, self->rules, self->arena);
    return re_compile_bytes(whole.at, MATCH_STEPS_MAX, &self->pattern[family], err) ||
           err_wrap(err, "looking for keys");
}

void scanner_init(struct scanner *self, const struct usage_rules *rules,
                  const struct key_index *index, struct mentions *mentions,
                  struct arena *arena)
{
    size_t bytes = index->catalog->n / 8 + 1;

    *mentions = (struct mentions){.literal = arena_new(arena, uint8_t, bytes),
                                  .text = arena_new(arena, uint8_t, bytes),
                                  .word = arena_new(arena, uint8_t, bytes),
                                  .index = index};
    *self = (struct scanner){.rules = rules,
                             .index = index,
                             .segment_found = arena_new(arena, bool, index->nsegments),
                             .mentions = mentions,
                             .arena = arena};
}

void scanner_release(struct scanner *self)
{
    for (int family = 0; family < FAMILIES; family++)
        re_free(self->pattern[family]);
}

/* Where a place was too costly the search goes on behind its line. */
static size_t next_line(struct str code, size_t at)
{
    const char *newline = memchr(code.at + at, '\n', code.n - at);

    return newline ? (size_t)(newline - code.at) + 1 : code.n;
}

/* Where the object begins that a function is called of. */
static size_t with_object(struct str code, size_t at)
{
    static const char *const objects[] = {"this.", "props."};
    struct str head = {code.at, at};

    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
        if (str_ends(head, str_of(objects[i])))
            return at - strlen(objects[i]);
    return at;
}

/* Behind the match that begins here, or with the object before it; where there is none,
 * here. */
static size_t read_place(struct scan *self, size_t at)
{
    const struct re *pattern = self->of->pattern[self->family];
    size_t from = with_object(self->code, at);
    struct re_place place;
    enum re_result result = re_find(pattern, self->code, from, &place);

    if (result == RE_NO_MATCH && from < at)
        result = re_find(pattern, self->code, at, &place);
    switch (result) {
    case RE_MATCH: read_anchor(self, &place); return place.end;
    case RE_NO_MATCH: return at;
    case RE_TOO_COSTLY:
    case RE_BAD_TEXT: break;
    }
    return next_line(self->code, at);
}

bool scanner_file(struct scanner *self, const char *path, struct str bytes,
                  struct err *err)
{
    enum family family = source_family(str_of(path));
    struct scan scan = {
        .of = self, .path = path, .code = bytes, .family = family, .line = 1};
    struct lead_search search = {.leads = &self->leads[family], .code = bytes};
    size_t at, behind = 0; // the last match

    if (family == FAMILIES || (!self->pattern[family] && !compile(self, family, err)))
        return family == FAMILIES;
    self->mentions->files++;
    self->mentions->bytes += (int64_t)bytes.n;
    if (family == FAMILY_RUBY)
        begin_rails(&scan);
    while ((at = leads_next(&search)) < bytes.n) {
        if (usage_bytes[(unsigned char)bytes.at[at]] == BYTE_QUOTE)
            scan_literal(self, bytes, at + 1);
        else if (at >= behind)
            behind = read_place(&scan, at);
    }
    scan_words(self, bytes);
    return true;
}
