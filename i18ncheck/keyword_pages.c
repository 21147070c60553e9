/* The pages that keywords are looked for in: of content, or of a crawl. */
#include <stdlib.h>
#include <string.h>

#include "i18ncheck/keyword_internal.h"
#include "i18ncheck/utf8.h"
#include "shared/text.h"

#include "shared/banned.h"

/* ---- in order ---- */

static int page_order(const struct keyword_page *page, size_t set, const char *id,
                      const char *locale)
{
    int order = (page->set > set) - (page->set < set);

    if (order == 0)
        order = strcmp(page->id, id);
    return order != 0 ? order : strcmp(page->locale, locale);
}

static int page_compare(const void *a, const void *b)
{
    const struct keyword_page *x = a, *y = b;
    int order = page_order(x, y->set, y->id, y->locale);

    return order != 0 ? order : strcmp(x->name, y->name);
}

static int locale_compare(const void *a, const void *b)
{
    const struct keyword_locale *x = a, *y = b;

    return x->set != y->set ? (x->set > y->set) - (x->set < y->set)
                            : strcmp(x->locale, y->locale);
}

static void add_locale(struct keyword_pages *pages, size_t set, const char *locale,
                       struct arena *arena)
{
    for (size_t i = 0; i < pages->nlocales; i++)
        if (pages->locale[i].set == set && strcmp(pages->locale[i].locale, locale) == 0)
            return;
    pages->locale = arena_room(arena, pages->locale, pages->nlocales,
                               &pages->locales_capacity, sizeof *pages->locale);
    pages->locale[pages->nlocales++] = (struct keyword_locale){set, locale};
}

static void sort(struct keyword_pages *pages)
{
    if (pages->n > 1)
        qsort(pages->item, pages->n, sizeof *pages->item, page_compare);
    if (pages->nlocales > 1)
        qsort(pages->locale, pages->nlocales, sizeof *pages->locale, locale_compare);
}

const struct keyword_page *keyword_page_find(const struct keyword_pages *pages,
                                             size_t set, const char *id,
                                             const char *locale)
{
    size_t low = 0, high = pages->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = page_order(&pages->item[middle], set, id, locale);

        if (order == 0)
            return &pages->item[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* ---- one page ---- */

/* Texts one after another, with what no pattern crosses between them. */
static struct str joined(const struct str *text, size_t n, struct arena *arena)
{
    size_t bytes = n;
    struct buf out;

    for (size_t i = 0; i < n; i++)
        bytes += text[i].n;
    buf_init(&out, arena, bytes);
    for (size_t i = 0; i < n; i++) {
        buf_add(&out, text[i].at, text[i].n);
        buf_add(&out, "", 1);
    }
    return buf_str(&out);
}

/* Its last part, - and _ as spaces. */
static struct str spaced(const char *slug, struct arena *arena)
{
    char *text = str_copy(arena, slug, strlen(slug));

    for (size_t i = 0; text[i] != '\0'; i++)
        if (text[i] == '-' || text[i] == '_')
            text[i] = ' ';
    return str_of(text);
}

static void add_page(struct keyword_pages *pages, struct keyword_page page,
                     const struct str strong[4], struct arena *arena)
{
    uint64_t *strong_bits = arena_new(arena, uint64_t, GRAM_WORDS), *body_bits;

    page.strong = joined(strong, 4, arena);
    grams_add(strong_bits, page.strong);
    page.strong_bits = strong_bits;
    if (!pages->lacks_bodies) {
        body_bits = arena_new(arena, uint64_t, GRAM_WORDS);
        grams_add(body_bits, page.body);
        page.body_bits = body_bits;
    }
    pages->item =
        arena_room(arena, pages->item, pages->n, &pages->capacity, sizeof page);
    pages->item[pages->n++] = page;
    add_locale(pages, page.set, page.locale, arena);
}

void keyword_pages_add(struct keyword_pages *pages, const struct content *content,
                       struct arena *arena)
{
    size_t set = pages->nsets++;

    for (size_t i = 0; i < content->n; i++) {
        const struct content_page *page = &content->page[i];
        const char *slug = page->slug;
        struct str strong[4];

        if (!page->exists)
            continue;
        if (!text_is_utf8(slug, strlen(slug), NULL))
            slug = "";
        strong[0] = page->title;
        strong[1] = page->h1;
        strong[2] = spaced(slug, arena);
        strong[3] = page->description;
        add_page(pages,
                 (struct keyword_page){.set = set,
                                       .name = page->path,
                                       .locale = page->locale,
                                       .id = page->id,
                                       .headings = page->headings,
                                       .body = page->body,
                                       .words = (int64_t)page->words},
                 strong, arena);
    }
    for (size_t i = 0; i < content->nlocales; i++)
        add_locale(pages, set, content->locale[i], arena);
    sort(pages);
}

/* ---- a crawl ---- */

enum column {
    COLUMN_URL,
    COLUMN_TITLE,
    COLUMN_LANG,
    COLUMN_H1,
    COLUMN_DESCRIPTION,
    COLUMN_WORDS,
    COLUMNS,
};

enum { TSV_FIELDS_MAX = 64 };

struct table {
    const char *name, *source;
    struct locale_set known;
    size_t at[COLUMNS]; /* 1 + place; 0: not there */
    size_t fields, line;
    struct arena *arena;
    struct keyword_pages *pages;
    struct err *err;
};

static bool refuse(const struct table *self, const char *what)
{
    return err_set(self->err, "%s:%zu: %s", self->name, self->line, what);
}

static bool read_header(struct table *self, struct str line)
{
    static const char *const words[COLUMNS] = {"url", "title",       "lang",
                                               "h1",  "description", "words"};
    struct str field[TSV_FIELDS_MAX];

    self->fields = str_split(line, '\t', field, TSV_FIELDS_MAX);
    if (self->fields > TSV_FIELDS_MAX)
        return refuse(self, "more than 64 columns");
    for (size_t i = 0; i < self->fields; i++)
        for (size_t c = 0; c < COLUMNS; c++)
            if (self->at[c] == 0 && str_equal(field[i], str_of(words[c])))
                self->at[c] = i + 1;
    return (self->at[COLUMN_URL] > 0 && self->at[COLUMN_TITLE] > 0) ||
           refuse(self, "the header names no url and title");
}

/* As text_add_tsv writes it; other programs' percent signs stay as they are. */
static struct str value(const struct table *self, const struct str *field,
                        enum column column)
{
    size_t at = self->at[column];
    struct str text = at > 0 ? field[at - 1] : (struct str){0}, decoded;

    if (str_equal(text, STR("-")))
        return (struct str){0};
    if (text.n == 0 || !text_tsv_parse(self->arena, text.at, text.n, &decoded) ||
        !text_is_utf8(decoded.at, decoded.n, NULL) ||
        memchr(decoded.at, '\0', decoded.n))
        return text;
    return decoded;
}

/* The path says the locale; where it has none the page does, if it is in another
 * language than the source. */
static const char *locale_of(const struct table *self, const struct url_parts *parts,
                             struct str lang)
{
    const char *said;

    if (lang.n == 0 || !locale_tag(lang, self->arena, &said))
        said = NULL;
    if (parts->locale)
        return parts->locale;
    return said && !locale_same_language(said, self->source) ? said : self->source;
}

static bool read_page(struct table *self, struct str line)
{
    struct str field[TSV_FIELDS_MAX], strong[4], url, words;
    struct keyword_page page = {0};
    struct url_parts parts;

    if (str_split(line, '\t', field, TSV_FIELDS_MAX) != self->fields)
        return refuse(self, "not as many fields as the header has");
    url = value(self, field, COLUMN_URL);
    if (!url_split(url, &self->known, self->arena, &parts))
        return refuse(self, "the url is neither http, https nor a path");
    words = value(self, field, COLUMN_WORDS);
    if (words.n > 0 &&
        (!str_to_int64(words.at, words.n, &page.words) || page.words < 0))
        return refuse(self, "words is no number");
    page.name = str_copy(self->arena, url.at, url.n);
    page.locale = locale_of(self, &parts, value(self, field, COLUMN_LANG));
    page.id = parts.id;
    strong[0] = value(self, field, COLUMN_TITLE);
    strong[1] = value(self, field, COLUMN_H1);
    strong[2] = spaced(parts.slug, self->arena);
    strong[3] = value(self, field, COLUMN_DESCRIPTION);
    add_page(self->pages, page, strong, self->arena);
    return true;
}

static void know_locales(struct table *self, const struct keywords *keywords)
{
    struct locale_set *known = &self->known;

    known->item = arena_new(self->arena, const char *, keywords->n + 1);
    known->item[known->n++] = self->source;
    for (size_t i = 0; i < keywords->n; i++) {
        const char *locale = keywords->item[i].locale;

        if (strcmp(known->item[known->n - 1], locale) != 0)
            known->item[known->n++] = locale;
    }
    qsort(known->item, known->n, sizeof *known->item, str_pointer_compare);
}

// NOLINTNEXTLINE(readability-function-size): bytes, their name, and what locales are
bool keyword_pages_parse(struct str bytes, const char *name,
                         const struct keywords *keywords, const char *source,
                         struct arena *arena, struct keyword_pages *pages,
                         struct err *err)
{
    struct table self = {.name = name,
                         .source = source,
                         .line = 1,
                         .arena = arena,
                         .pages = pages,
                         .err = err};
    struct str line;

    *pages = (struct keyword_pages){.nsets = 1, .lacks_bodies = true};
    know_locales(&self, keywords);
    if (!keyword_bytes(&bytes, name, err))
        return false;
    if (!str_next_line(&bytes, &line))
        return refuse(&self, "the header names no url and title");
    for (;; self.line++) {
        if (line.n > 0 && line.at[line.n - 1] == '\r')
            line.n--;
        if (line.n > 0 &&
            !(self.fields == 0 ? read_header(&self, line) : read_page(&self, line)))
            return false;
        if (self.fields == 0 && line.n == 0)
            return refuse(&self, "the header names no url and title");
        if (!str_next_line(&bytes, &line))
            break;
    }
    pages->lacks_words = self.at[COLUMN_WORDS] == 0;
    sort(pages);
    return true;
}
