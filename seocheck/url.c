/* Resolves and normalises URLs, and makes them fit for people. Fetches nothing, knows
 * no site. */
#include "seocheck/url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "seocheck/url_host.h"
#include "shared/hash.h"

#include "shared/banned.h"

/* What is read of a reference, and what its normal form may need on the way. */
enum { SCRATCH_BYTES = 4 * URL_BYTES_MAX };

/* What becomes of a byte, as sets of bits. */
enum {
    IN_QUERY = 1,   /* stays in a query */
    IN_PATH = 2,    /* stays in a path or userinfo */
    IN_SHORT = 4,   /* means nothing special in a relative path; `;` may be stripped */
    UNRESERVED = 8, /* RFC 3986, 2.3: its escape is decoded */

    E = 0, /* escaped everywhere */
    Q = IN_QUERY,
    B = IN_QUERY | IN_PATH,
    S = B | IN_SHORT,
    U = S | UNRESERVED,
};

static const uint8_t byte_class[256] = {
    E, E, E, E, E, E, E, E, E, E, E, E, E, E, E, E, // 0x00
    E, E, E, E, E, E, E, E, E, E, E, E, E, E, E, E, E,
    S, E, E, S, E, S, S, S, S, S, S, S, U, U, S, // space ! " # $ % & ' ( ) * + , - . /
    U, U, U, U, U, U, U, U, U, U, B, B, E, S, E, Q, // 0-9 : ; < = > ?
    S, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, // @ A-O
    U, U, U, U, U, U, U, U, U, U, U, B, B, B, B, U, // P-Z [ \ ] ^ _
    Q, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, // ` a-o
    U, U, U, U, U, U, U, U, U, U, U, Q, B, Q, U, E, // p-z { | } ~ DEL
};

/* Where the parts of a URL's text are. */
struct form {
    size_t host, host_end, path, query; /* of the question mark; 0: none */
    uint16_t port;
    bool is_https, has_userinfo;
};

/* A URL being written: one latched error. */
struct draft {
    struct form form;
    size_t n;
    bool overflowed;
    char at[SCRATCH_BYTES];
};

/* A reference in its parts: RFC 3986, 5.2.2. */
struct reference {
    bool has_authority, has_query;
    bool is_https; /* with an authority */
    struct str authority, path, query;
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static struct str from(struct str text, size_t offset)
{
    return (struct str){text.at + offset, text.n - offset};
}

static void put(struct draft *draft, const char *at, size_t n)
{
    if (n > SCRATCH_BYTES - draft->n) {
        draft->overflowed = true;
        return;
    }
    if (n > 0)
        memcpy(draft->at + draft->n, at, n);
    draft->n += n;
}

static void put_byte(struct draft *draft, char c)
{
    put(draft, &c, 1);
}

static void put_escape(struct draft *draft, uint8_t byte)
{
    static const char digits[] = "0123456789ABCDEF";
    const char escape[3] = {'%', digits[byte >> 4], digits[byte & 15]};

    put(draft, escape, sizeof escape);
}

/* A bad `%` stays, so a decoded digit behind one would make it a good one: the normal
 * form would have a normal form of its own. */
static bool completes_escape(const struct draft *draft, char c)
{
    const char *end = draft->at + draft->n;

    return hex_value(c) >= 0 &&
           ((draft->n >= 1 && end[-1] == '%') ||
            (draft->n >= 2 && end[-2] == '%' && hex_value(end[-1]) >= 0));
}

/* `stays`: IN_PATH or IN_QUERY. */
static void put_normal(struct draft *draft, struct str text, unsigned stays)
{
    size_t i = 0;

    while (i < text.n) {
        size_t run = i;
        uint8_t byte;

        while (run < text.n && (byte_class[(uint8_t)text.at[run]] & stays) != 0)
            run++;
        put(draft, text.at + i, run - i);
        i = run;
        if (i == text.n)
            break;
        byte = (uint8_t)text.at[i++];
        if (byte == '%' && i + 1 < text.n && hex_value(text.at[i]) >= 0 &&
            hex_value(text.at[i + 1]) >= 0) {
            byte = (uint8_t)(hex_value(text.at[i]) * 16 + hex_value(text.at[i + 1]));
            i += 2;
            if ((byte_class[byte] & UNRESERVED) != 0 &&
                !completes_escape(draft, (char)byte))
                put_byte(draft, (char)byte);
            else
                put_escape(draft, byte);
        } else if (byte == '%') {
            put_byte(draft, '%');
        } else {
            put_escape(draft, byte);
        }
    }
}

static bool is_stripped(struct str pair, const struct url_rules *rules)
{
    const char *equals = pair.n > 0 ? memchr(pair.at, '=', pair.n) : NULL;
    struct str name = {pair.at, equals ? (size_t)(equals - pair.at) : pair.n};

    for (size_t i = 0; rules && i < rules->nstrip; i++) {
        struct str strip = str_of(rules->strip[i]);

        if (strip.n > 0 && strip.at[strip.n - 1] == '*'
                ? str_starts(name, (struct str){strip.at, strip.n - 1})
                : str_equal(name, strip))
            return true;
    }
    return false;
}

/* "cart;jsessionid=1A2B", as servlets write links for who takes no cookie: another one
 * at each request. */
static void strip_segment(struct draft *draft, size_t segment,
                          const struct url_rules *rules)
{
    size_t end = draft->n, begin = segment;

    draft->n = segment;
    for (size_t i = segment + 1; i <= end; i++) {
        if (i < end && draft->at[i] != ';')
            continue;
        if (draft->at[begin] != ';' ||
            !is_stripped((struct str){draft->at + begin + 1, i - begin - 1}, rules)) {
            memmove(draft->at + draft->n, draft->at + begin, i - begin);
            draft->n += i - begin;
        }
        begin = i;
    }
}

/* The segments of `path`, behind a slash that is written already. Dot segments are seen
 * once their escapes are gone. */
static void put_path(struct draft *draft, struct str path,
                     const struct url_rules *rules)
{
    size_t begin = 0;

    for (size_t i = 0; i <= path.n; i++) {
        size_t segment = draft->n;
        size_t n;

        if (i < path.n && path.at[i] != '/')
            continue;
        put_normal(draft, (struct str){path.at + begin, i - begin}, IN_PATH);
        begin = i + 1;
        strip_segment(draft, segment, rules);
        n = draft->n - segment;
        if (n == 1 && draft->at[segment] == '.') {
            draft->n = segment;
        } else if (n == 2 && memcmp(draft->at + segment, "..", 2) == 0) {
            draft->n = segment;
            if (segment > draft->form.path + 1)
                for (draft->n--; draft->at[draft->n - 1] != '/';)
                    draft->n--;
        } else if (i < path.n) {
            put_byte(draft, '/');
        }
    }
}

/* ---- the query ---- */

/* With its question mark, unless nothing is left of it. */
static void put_query(struct draft *draft, struct str query,
                      const struct url_rules *rules)
{
    size_t begin = 0;
    bool is_first = true;

    draft->form.query = draft->n;
    put_byte(draft, '?');
    for (size_t i = 0; i <= query.n; i++) {
        size_t pair = draft->n;

        if (i < query.n && query.at[i] != '&')
            continue;
        if (!is_first)
            put_byte(draft, '&');
        put_normal(draft, (struct str){query.at + begin, i - begin}, IN_QUERY);
        begin = i + 1;
        if (is_stripped((struct str){draft->at + pair + !is_first,
                                     draft->n - pair - !is_first},
                        rules))
            draft->n = pair;
        else
            is_first = false;
    }
    if (draft->n == draft->form.query + 1) {
        draft->n = draft->form.query;
        draft->form.query = 0;
    }
}

static int compare_pairs(const void *a, const void *b)
{
    const struct str *left = a;
    const struct str *right = b;

    return str_compare(*left, *right);
}

/* Writes the pairs of `query` in byte order to `out`, which holds as many bytes and is
 * not where they are. */
static void sort_pairs(struct str query, char *out)
{
    struct str pair[URL_BYTES_MAX + 1];
    size_t n = str_split(query, '&', pair, URL_BYTES_MAX + 1);

    qsort(pair, n, sizeof *pair, compare_pairs);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            *out++ = '&';
        memcpy(out, pair[i].at, pair[i].n);
        out += pair[i].n;
    }
}

static bool has_pairs_in_order(struct str query)
{
    struct str before = {0};

    for (size_t i = 0, begin = 0; i <= query.n; i++) {
        struct str pair = {query.at + begin, i - begin};

        if (i < query.n && query.at[i] != '&')
            continue;
        if (str_compare(before, pair) > 0)
            return false;
        before = pair;
        begin = i + 1;
    }
    return true;
}

/* ---- the authority ---- */

static bool parse_port(struct str digits, uint16_t *port)
{
    unsigned sum = 0;

    for (size_t i = 0; i < digits.n; i++) {
        if (!is_digit(digits.at[i]))
            return false;
        sum = sum * 10 + (unsigned)(digits.at[i] - '0');
        if (sum > UINT16_MAX)
            return false;
    }
    if (digits.n > 0 && sum == 0)
        return false;
    if (digits.n > 0)
        *port = (uint16_t)sum;
    return true;
}

/* Offset of the colon before the port, or the end. */
static size_t host_end(struct str text)
{
    const char *bracket =
        text.n > 0 && text.at[0] == '[' ? memchr(text.at, ']', text.n) : NULL;
    size_t i = bracket ? (size_t)(bracket - text.at) : 0;
    const char *colon = i < text.n ? memchr(text.at + i, ':', text.n - i) : NULL;

    return colon ? (size_t)(colon - text.at) : text.n;
}

/* The last `@` ends the userinfo, as browsers have it. */
static size_t userinfo_end(struct str authority)
{
    size_t i = authority.n;

    while (i > 0 && authority.at[i - 1] != '@')
        i--;
    return i;
}

static bool put_authority(struct draft *draft, const struct reference *reference)
{
    struct str rest = reference->authority;
    size_t at = userinfo_end(rest);
    uint16_t default_port = reference->is_https ? 443 : 80;
    char host[URL_HOST_BYTES_MAX];
    struct str scheme = reference->is_https ? STR("https://") : STR("http://");
    size_t end, n;

    draft->form.is_https = reference->is_https;
    draft->form.port = default_port;
    put(draft, scheme.at, scheme.n);
    if (at > 1) {
        draft->form.has_userinfo = true;
        put_normal(draft, (struct str){rest.at, at - 1}, IN_PATH);
        put_byte(draft, '@');
    }
    rest = from(rest, at);
    end = host_end(rest);
    if (end < rest.n && !parse_port(from(rest, end + 1), &draft->form.port))
        return false;
    n = url_host((struct str){rest.at, end}, host);
    draft->form.host = draft->n;
    put(draft, host, n);
    draft->form.host_end = draft->n;
    if (draft->form.port != default_port) {
        char port[8];
        int digits = snprintf(port, sizeof port, ":%u", (unsigned)draft->form.port);

        put(draft, port, (size_t)digits);
    }
    return n > 0;
}

/* ---- references ---- */

static struct str trimmed(struct str text)
{
    while (text.n > 0 && (uint8_t)text.at[0] <= ' ')
        text = from(text, 1);
    while (text.n > 0 && (uint8_t)text.at[text.n - 1] <= ' ')
        text.n--;
    return text;
}

static bool is_dropped(char c)
{
    return c == '\t' || c == '\n' || c == '\r';
}

/* Copies `text` up to its fragment into `clean`, at most SCRATCH_BYTES of it. Returns
 * the offset of the `#`, or the end. */
static size_t clean_reference(struct str text, char *clean, struct str *cleaned,
                              bool *is_cut)
{
    bool in_query = false;
    size_t n = 0;
    size_t i = 0;

    *is_cut = false;
    for (; i < text.n && text.at[i] != '#'; i++) {
        char c = text.at[i];

        if (is_dropped(c))
            continue;
        if (n == SCRATCH_BYTES) {
            *is_cut = true;
            continue;
        }
        in_query = in_query || c == '?';
        clean[n++] = c == '\\' && !in_query ? '/' : c;
    }
    *cleaned = (struct str){clean, n};
    return i;
}

static void set_fragment(struct str text, size_t hash, struct arena *arena,
                         struct url *url)
{
    char *copy;
    size_t n = 0;

    url->has_fragment = hash < text.n;
    url->fragment = (struct str){0};
    if (hash + 1 >= text.n)
        return;
    copy = arena_new(arena, char, text.n - hash);
    for (size_t i = hash + 1; i < text.n; i++)
        if (!is_dropped(text.at[i]))
            copy[n++] = text.at[i];
    url->fragment = (struct str){copy, n};
}

/* Bytes of the scheme before its colon; 0: there is none. */
static size_t scheme_length(struct str text)
{
    size_t n = 0;

    if (text.n == 0 || !is_letter(text.at[0]))
        return 0;
    while (n < text.n && (is_letter(text.at[n]) || is_digit(text.at[n]) ||
                          text.at[n] == '+' || text.at[n] == '-' || text.at[n] == '.'))
        n++;
    return n < text.n && text.at[n] == ':' ? n : 0;
}

static enum url_result split_reference(const struct url *base, struct str text,
                                       struct reference *parts)
{
    size_t n = scheme_length(text);
    struct str scheme = {text.at, n};
    const char *question;

    *parts = (struct reference){.is_https = base && base->is_https};
    if (n > 0) {
        if (!str_equal_ignoring_case(scheme, STR("http")) &&
            !str_equal_ignoring_case(scheme, STR("https")))
            return URL_OTHER_SCHEME;
        parts->is_https = n == STR("https").n;
        text = from(text, n + 1);
        parts->has_authority = !base || base->is_https != parts->is_https;
    }
    parts->has_authority = parts->has_authority || str_starts(text, STR("//"));
    if (!base && n == 0)
        return URL_INVALID;
    if (parts->has_authority) {
        size_t end = 0;

        while (text.n > 0 && text.at[0] == '/')
            text = from(text, 1);
        while (end < text.n && text.at[end] != '/' && text.at[end] != '?')
            end++;
        parts->authority = (struct str){text.at, end};
        text = from(text, end);
    }
    question = text.n > 0 ? memchr(text.at, '?', text.n) : NULL;
    parts->has_query = question != NULL;
    parts->path =
        (struct str){text.at, question ? (size_t)(question - text.at) : text.n};
    if (question)
        parts->query = from(text, parts->path.n + 1);
    return URL_OK;
}

/* ---- the URL ---- */

static struct form form_of(const struct url *url)
{
    size_t host = (size_t)(url->host.at - url->text.at);
    size_t path = (size_t)(url->path.at - url->text.at);

    return (struct form){
        .host = host,
        .host_end = host + url->host.n,
        .path = path,
        .query = url->has_query ? path + url->path.n : 0,
        .port = url->port,
        .is_https = url->is_https,
        .has_userinfo = url->has_userinfo,
    };
}

uint64_t url_key(struct str text)
{
    return hash_bytes(text.at, text.n);
}

/* `fragment` is set apart. */
static void fill(const char *text, size_t n, const struct form *form, struct url *url)
{
    size_t path_end = form->query > 0 ? form->query : n;

    *url = (struct url){
        .text = {text, n},
        .spelling = {text, n},
        .host = {text + form->host, form->host_end - form->host},
        .path = {text + form->path, path_end - form->path},
        .has_query = form->query > 0,
        .is_https = form->is_https,
        .has_userinfo = form->has_userinfo,
        .port = form->port,
        .key = url_key((struct str){text, n}),
    };
    if (url->has_query)
        url->query = (struct str){text + form->query + 1, n - form->query - 1};
}

/* A path without anything to normalise, below the root or the folder of the base: most
 * links are that. False: take the long way. */
static bool resolve_short(const struct url *base, struct str path, struct arena *arena,
                          struct url *url)
{
    struct form form;
    size_t keep;
    char *text;

    if (path.n == 0 || str_starts(path, STR("//")))
        return false;
    for (size_t i = 0; i < path.n; i++)
        if ((byte_class[(uint8_t)path.at[i]] & IN_SHORT) == 0 ||
            (path.at[i] == '.' && (i == 0 || path.at[i - 1] == '/')))
            return false;
    form = form_of(base);
    form.query = 0;
    keep = form.path;
    if (path.at[0] != '/')
        for (keep += base->path.n; base->text.at[keep - 1] != '/';)
            keep--;
    if (path.n > URL_BYTES_MAX - keep)
        return false;
    text = arena_new(arena, char, keep + path.n + 1);
    memcpy(text, base->text.at, keep);
    memcpy(text + keep, path.at, path.n);
    fill(text, keep + path.n, &form, url);
    return true;
}

/* What follows the origin of `near`, if a path does; else all of the text. */
static struct str behind_origin(const struct url *near, struct str text)
{
    struct str origin = {near->text.at, (size_t)(near->path.at - near->text.at)};

    return text.n > origin.n && text.at[origin.n] == '/' && str_starts(text, origin)
               ? from(text, origin.n)
               : text;
}

/* RFC 3986, 5.2.2, for references without an authority. */
static void put_relative(struct draft *draft, const struct url *base,
                         const struct reference *reference,
                         const struct url_rules *rules)
{
    size_t keep;

    draft->form = form_of(base);
    if (reference->path.n == 0 && !reference->has_query) {
        put(draft, base->spelling.at, base->spelling.n); // its query may get sorted
        return;
    }
    draft->form.query = 0;
    keep = draft->form.path + base->path.n;
    if (reference->path.n == 0) {
        put(draft, base->text.at, keep);
    } else if (reference->path.at[0] == '/') {
        put(draft, base->text.at, draft->form.path + 1);
        put_path(draft, from(reference->path, 1), rules);
    } else {
        while (base->text.at[keep - 1] != '/')
            keep--;
        put(draft, base->text.at, keep);
        put_path(draft, reference->path, rules);
    }
}

static enum url_result finish(const struct draft *draft, struct arena *arena,
                              struct url *url)
{
    size_t query = draft->form.query;
    char *text;
    struct str written;

    if (draft->overflowed || draft->n > URL_BYTES_MAX)
        return URL_TOO_LONG;
    text = str_copy(arena, draft->at, draft->n);
    written = (struct str){draft->at + query + 1, draft->n - query - 1};
    if (query > 0 && !has_pairs_in_order(written)) {
        sort_pairs(written, text + query + 1);
        fill(text, draft->n, &draft->form, url);
        url->spelling.at = str_copy(arena, draft->at, draft->n);
    } else {
        fill(text, draft->n, &draft->form, url);
    }
    return URL_OK;
}

enum url_result url_resolve(const struct url *base, struct str reference,
                            const struct url_rules *rules, struct arena *arena,
                            struct url *url)
{
    char clean[SCRATCH_BYTES];
    struct draft draft;
    struct reference parts;
    struct str text;
    enum url_result result;
    bool is_cut;
    size_t hash;

    reference = trimmed(reference);
    if (base && resolve_short(base, behind_origin(base, reference), arena, url))
        return URL_OK;
    hash = clean_reference(reference, clean, &text, &is_cut);
    result = split_reference(base, text, &parts);
    if (result != URL_OK)
        return result;
    if (is_cut)
        return URL_TOO_LONG;
    draft.form = (struct form){0};
    draft.n = 0;
    draft.overflowed = false;
    if (parts.has_authority || !base) {
        if (!put_authority(&draft, &parts))
            return URL_INVALID;
        draft.form.path = draft.n;
        put_byte(&draft, '/');
        put_path(&draft, parts.path.n > 0 ? from(parts.path, 1) : parts.path, rules);
    } else {
        put_relative(&draft, base, &parts, rules);
    }
    if (parts.has_query)
        put_query(&draft, parts.query, rules);
    result = finish(&draft, arena, url);
    if (result == URL_OK)
        set_fragment(reference, hash, arena, url);
    return result;
}

enum url_result url_resolve_absolute(const struct url *near, struct str reference,
                                     const struct url_rules *rules, struct arena *arena,
                                     struct url *url)
{
    struct str text = trimmed(reference);
    struct str path = near ? behind_origin(near, text) : text;

    if (path.n < text.n && resolve_short(near, path, arena, url))
        return URL_OK;
    return url_resolve(NULL, reference, rules, arena, url);
}

bool url_same_origin(const struct url *a, const struct url *b)
{
    return a->is_https == b->is_https && a->port == b->port &&
           str_equal(a->host, b->host);
}

/* ---- for people ---- */

static size_t span(struct str text, size_t begin, const char *ends)
{
    size_t i = begin;

    while (i < text.n && (text.at[i] == '\0' || !strchr(ends, text.at[i])))
        i++;
    return i;
}

/* Of a text that is, or was meant as, an absolute URL; else an empty part of it. */
static struct str authority_of(struct str text)
{
    size_t n = scheme_length(text);
    struct str scheme = {text.at, n};
    bool is_http = str_equal_ignoring_case(scheme, STR("http")) ||
                   str_equal_ignoring_case(scheme, STR("https"));
    size_t begin = n > 0 ? n + 1 : 0;
    size_t i = begin;

    while (i < text.n && (text.at[i] == '/' || text.at[i] == '\\'))
        i++;
    if (!is_http && i < begin + 2)
        return (struct str){text.at, 0};
    return (struct str){text.at + i, span(text, i, "/\\?#") - i};
}

static bool is_secret_name(struct str name)
{
    static const char *const names[] = {"token", "key", "sig", "auth", "password"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal_ignoring_case(name, str_of(names[i])))
            return true;
    return false;
}

static void hide_userinfo(struct str authority, struct buf *out)
{
    size_t at = userinfo_end(authority);

    if (at > 0) {
        buf_add_text(out, "***@");
        authority = from(authority, at);
    }
    buf_add(out, authority.at, authority.n);
}

/* Without one of these there is neither userinfo nor a parameter. */
static bool hides_nothing(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        switch (text.at[i]) {
        case '@':
        case '?':
        case '&':
        case '#':
        case ';': return false;
        default: break;
        }
    return true;
}

const char *url_shown(struct str text, struct arena *arena)
{
    struct str authority;
    struct buf out;
    size_t i;

    if (hides_nothing(text))
        return str_copy(arena, text.at, text.n);
    authority = authority_of(text);
    i = (size_t)(authority.at - text.at);
    buf_init(&out, arena, SIZE_MAX);
    buf_add(&out, text.at, i);
    hide_userinfo(authority, &out);
    i += authority.n;
    while (i < text.n) {
        bool begins_pair = strchr("?&#;", text.at[i]) && text.at[i] != '\0';
        size_t equals = span(text, i + 1, "=&?#;");

        buf_add(&out, text.at + i, equals - i);
        if (begins_pair && equals < text.n && text.at[equals] == '=' &&
            is_secret_name((struct str){text.at + i + 1, equals - i - 1})) {
            buf_add_text(&out, "=***");
            equals = span(text, equals, "&#;");
        }
        i = equals;
    }
    return out.at;
}

const char *url_subject(const struct url *url, const struct url *site,
                        struct arena *arena)
{
    size_t path = (size_t)(url->path.at - url->text.at);
    struct str text = url_same_origin(url, site) ? from(url->text, path) : url->text;

    return hides_nothing(text) ? text.at : url_shown(text, arena);
}
