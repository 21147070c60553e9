/* Links: their kinds by relation, those inside srcset, meta refresh and the Link
 * header; all resolved at the end, when the page's base is known. */
#include <string.h>

#include "seocheck/extract_internal.h"

#include "shared/banned.h"

struct link *link_add(struct extraction *extraction, enum link_kind kind,
                      struct str raw, int64_t line, struct arena *arena)
{
    struct link *link;

    if (extraction->nlinks == PAGE_LINKS_MAX) {
        extraction->links_cut = true;
        return NULL;
    }
    extraction->link =
        arena_room(arena, extraction->link, extraction->nlinks,
                   &extraction->links_capacity, sizeof *extraction->link);
    link = &extraction->link[extraction->nlinks++];
    *link = (struct link){.kind = kind,
                          .raw = {str_copy(arena, raw.at, raw.n), raw.n},
                          .line = line};
    return link;
}

/* Takes the next word off `rest`. */
static bool next_word(struct str *rest, struct str *word)
{
    size_t n = 0;

    *rest = html_trim(*rest);
    while (n < rest->n && !html_is_space(rest->at[n]))
        n++;
    if (n == 0)
        return false;
    *word = (struct str){rest->at, n};
    *rest = (struct str){rest->at + n, rest->n - n};
    return true;
}

bool rel_has(struct str rel, struct str word)
{
    struct str one;

    while (next_word(&rel, &one))
        if (str_equal_ignoring_case(one, word))
            return true;
    return false;
}

/* `alternate stylesheet` is a stylesheet; preconnect and dns-prefetch are no links. */
bool link_kind_of(struct str rel, enum link_kind *kind)
{
    static const struct {
        const char *word;
        enum link_kind kind;
    } kinds[] = {
        {"canonical", LINK_CANONICAL}, {"stylesheet", LINK_STYLESHEET},
        {"alternate", LINK_ALTERNATE}, {"icon", LINK_ICON},
        {"next", LINK_NEXT},           {"prev", LINK_PREV},
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (rel_has(rel, str_of(kinds[i].word))) {
            *kind = kinds[i].kind;
            return true;
        }
    return false;
}

/* The descriptors behind a URL: up to a comma outside parentheses. */
static size_t descriptors(struct str text)
{
    bool inside = false;
    size_t n = 0;

    for (; n < text.n && (inside || text.at[n] != ','); n++)
        inside = text.at[n] == '(' || (inside && text.at[n] != ')');
    return n;
}

void links_of_srcset(struct extraction *extraction, struct str srcset, int64_t line,
                     struct arena *arena)
{
    struct str url;
    size_t n;

    for (;;) {
        while (srcset.n > 0 && (html_is_space(srcset.at[0]) || srcset.at[0] == ','))
            srcset = (struct str){srcset.at + 1, srcset.n - 1};
        if (!next_word(&srcset, &url))
            return;
        n = url.at[url.n - 1] == ',' ? 0 : descriptors(srcset);
        while (url.n > 0 && url.at[url.n - 1] == ',')
            url.n--;
        if (!link_add(extraction, LINK_IMAGE, url, line, arena))
            return;
        srcset = (struct str){srcset.at + n, srcset.n - n};
    }
}

static void skip_while(struct str *text, const char *bytes)
{
    while (text->n > 0 && text->at[0] != '\0' && strchr(bytes, text->at[0])) {
        text->at++;
        text->n--;
    }
}

/* `5; url='/there'`: HTML standard, shared declarative refresh steps. */
void link_of_refresh(struct extraction *extraction, struct str content, int64_t line,
                     struct arena *arena)
{
    struct str url = html_trim(content);
    const char *end;

    if (url.n == 0 || !strchr("0123456789.", url.at[0]))
        return;
    skip_while(&url, "0123456789.");
    skip_while(&url, " \t\n\f\r;,");
    if (url.n >= 3 && str_equal_ignoring_case((struct str){url.at, 3}, STR("url"))) {
        struct str rest = {url.at + 3, url.n - 3};

        skip_while(&rest, " \t\n\f\r");
        if (rest.n > 0 && rest.at[0] == '=') {
            url = (struct str){rest.at + 1, rest.n - 1};
            skip_while(&url, " \t\n\f\r");
        }
    }
    if (url.n > 0 && (url.at[0] == '"' || url.at[0] == '\'')) {
        end = memchr(url.at + 1, url.at[0], url.n - 1);
        url = (struct str){url.at + 1, end ? (size_t)(end - url.at) - 1 : url.n - 1};
    }
    url = html_trim(url);
    if (url.n > 0)
        (void)link_add(extraction, LINK_META_REFRESH, url, line, arena);
}

/* ---- the Link header: RFC 8288, 3 ---- */

/* `name=value` or `name="value"`; `rest` stands behind the semicolon. */
static void take_parameter(struct str *rest, struct str *name, struct str *value)
{
    size_t n = 0;

    *name = *value = (struct str){0};
    skip_while(rest, " \t");
    while (n < rest->n && !strchr("=;,", rest->at[n]))
        n++;
    *name = html_trim((struct str){rest->at, n});
    *rest = (struct str){rest->at + n, rest->n - n};
    if (rest->n == 0 || rest->at[0] != '=')
        return;
    *rest = (struct str){rest->at + 1, rest->n - 1};
    skip_while(rest, " \t");
    if (rest->n > 0 && rest->at[0] == '"') {
        const char *end = memchr(rest->at + 1, '"', rest->n - 1);

        n = end ? (size_t)(end - rest->at) - 1 : rest->n - 1;
        *value = (struct str){rest->at + 1, n};
        n += end ? 2 : 1;
    } else {
        for (n = 0; n < rest->n && !strchr(";,", rest->at[n]); n++)
            ;
        *value = html_trim((struct str){rest->at, n});
    }
    *rest = (struct str){rest->at + n, rest->n - n};
}

static void add_header_link(struct extraction *extraction, struct str raw,
                            struct str rel, struct str code, struct arena *arena)
{
    enum link_kind kind;
    struct link *link;

    if (!link_kind_of(rel, &kind))
        return;
    link = link_add(extraction, kind, html_trim(raw), 0, arena);
    if (!link)
        return;
    link->rel = text_folded(rel, arena);
    link->code = text_folded(code, arena);
    link->is_from_header = true;
}

void links_of_header(struct extraction *extraction, struct str header,
                     struct arena *arena)
{
    struct str rest = utf8_repaired(header, arena), raw, name, value;
    const char *nul = rest.n > 0 ? memchr(rest.at, '\0', rest.n) : NULL;

    if (nul) // no header has one
        rest.n = (size_t)(nul - rest.at);
    for (;;) {
        struct str rel = {0}, code = {0};
        const char *end;

        skip_while(&rest, " \t,");
        if (rest.n == 0 || rest.at[0] != '<')
            return;
        end = memchr(rest.at, '>', rest.n);
        if (!end)
            return;
        raw = (struct str){rest.at + 1, (size_t)(end - rest.at) - 1};
        rest = (struct str){end + 1, rest.n - raw.n - 2};
        skip_while(&rest, " \t");
        while (rest.n > 0 && rest.at[0] == ';') {
            rest = (struct str){rest.at + 1, rest.n - 1};
            take_parameter(&rest, &name, &value);
            if (rel.n == 0 && str_equal_ignoring_case(name, STR("rel")))
                rel = value;
            if (code.n == 0 && str_equal_ignoring_case(name, STR("hreflang")))
                code = value;
            skip_while(&rest, " \t");
        }
        add_header_link(extraction, raw, rel, code, arena);
    }
}

/* ---- URLs ---- */

void links_resolve(struct extraction *extraction, const struct extract_plan *plan,
                   struct arena *arena)
{
    const struct url *base = plan->base;
    struct url own;

    // the base itself keeps its parameters: they are dropped from what it resolves
    if (extraction->base.n > 0 &&
        url_resolve(plan->base, extraction->base, NULL, arena, &own) == URL_OK)
        base = &own;
    for (size_t i = 0; i < extraction->nlinks; i++) {
        struct link *link = &extraction->link[i];

        link->result = url_resolve(link->is_from_header ? plan->base : base, link->raw,
                                   plan->rules, arena, &link->url);
    }
}
