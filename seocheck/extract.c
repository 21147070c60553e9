/*
 * One pass of libxml2's SAX parser over a cleaned page. Its events are start tags, end
 * tags (as processing instructions, see markup_clean), text and the text of ld+json;
 * the parser's own notion of what is open is not asked.
 */
#include <stdlib.h>
#include <string.h>

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#include "seocheck/extract_internal.h"
#include "shared/limits.h"
#include "shared/memory.h"

#include "shared/banned.h"

enum {
    TEXT_BYTES_MAX = 64 * 1024, /* of a heading */
    LINK_CHARACTERS_MAX = 120,
    LINK_BYTES_MAX = 4 * (LINK_CHARACTERS_MAX + 1),
};

/* Names come from the parser's dictionary, so that a pointer tells one from another. */
struct known {
    const xmlChar *name;
    const struct element *element;
};

enum { KNOWN = 64 }; /* few pages have more names */

struct reader {
    struct extraction *extraction;
    struct arena *arena;
    htmlParserCtxt *parser;
    struct outline outline;
    struct known known[KNOWN];
    bool is_in_body;
    bool has_main;             /* the first main has begun */
    bool is_main_over;         /* and ended */
    size_t main_from, main_to; /* links of the first main */
    struct fold main_text, h1, link_text;
    size_t link; /* index + 1 of the link whose text is being read */
    size_t h1_capacity;
    struct buf block; /* ld+json being read */
    bool is_in_block;
};

/* ---- attributes ---- */

static struct str value_of(const xmlChar **attributes, const char *name, bool *has)
{
    *has = false;
    for (size_t i = 0; attributes && attributes[i]; i += 2)
        if (strcmp((const char *)attributes[i], name) == 0) {
            *has = true;
            return str_of((const char *)attributes[i + 1]);
        }
    return (struct str){0};
}

static struct str value(const xmlChar **attributes, const char *name)
{
    bool has;

    return value_of(attributes, name, &has);
}

static int64_t line_of(const struct reader *reader)
{
    return reader->parser->input ? reader->parser->input->line : 0;
}

static struct str copied(struct reader *reader, struct str text)
{
    return (struct str){str_copy(reader->arena, text.at, text.n), text.n};
}

/* ---- what elements say ---- */

static struct link *add_link(struct reader *reader, enum link_kind kind,
                             const xmlChar **attributes, const char *name)
{
    struct link *link;
    struct str raw;
    bool has;

    raw = value_of(attributes, name, &has);
    if (!has)
        return NULL;
    link = link_add(reader->extraction, kind, raw, line_of(reader), reader->arena);
    if (link)
        link->is_in_body = reader->is_in_body;
    return link;
}

static bool is_beside(const struct reader *reader)
{
    return reader->outline.inside[REGION_BESIDE] > 0;
}

static void end_link(struct reader *reader)
{
    struct extraction *extraction = reader->extraction;

    if (reader->link == 0)
        return;
    extraction->link[reader->link - 1].text =
        copied(reader, text_cut_characters(buf_str(&reader->link_text.buf),
                                           LINK_CHARACTERS_MAX));
    fold_reset(&reader->link_text);
    reader->link = 0;
}

static void read_anchor(struct reader *reader, const xmlChar **attributes, bool is_area)
{
    struct extraction *extraction = reader->extraction;
    struct link *link;

    if (!is_area)
        end_link(reader);
    link = add_link(reader, LINK_A, attributes, "href");
    if (!link)
        return;
    link->rel = text_folded(value(attributes, "rel"), reader->arena);
    link->is_nofollow = rel_has(link->rel, STR("nofollow"));
    link->is_main = !is_beside(reader);
    if (!is_area)
        reader->link = extraction->nlinks;
}

static void read_link(struct reader *reader, const xmlChar **attributes)
{
    struct str rel = text_folded(value(attributes, "rel"), reader->arena);
    enum link_kind kind;
    struct link *link =
        link_kind_of(rel, &kind) ? add_link(reader, kind, attributes, "href") : NULL;

    if (!link)
        return;
    link->rel = rel;
    link->code = text_folded(value(attributes, "hreflang"), reader->arena);
}

static void read_image(struct reader *reader, const xmlChar **attributes)
{
    struct extraction *extraction = reader->extraction;
    struct image image = {.line = line_of(reader)};

    image.src = copied(reader, value(attributes, "src"));
    image.alt = text_folded(value_of(attributes, "alt", &image.has_alt), reader->arena);
    extraction->image =
        arena_room(reader->arena, extraction->image, extraction->nimages,
                   &extraction->images_capacity, sizeof *extraction->image);
    extraction->image[extraction->nimages++] = image;
    (void)add_link(reader, LINK_IMAGE, attributes, "src");
    links_of_srcset(extraction, value(attributes, "srcset"), image.line, reader->arena);
}

static struct str lower_case(struct reader *reader, struct str text)
{
    char *copy = str_copy(reader->arena, text.at, text.n);

    for (size_t i = 0; i < text.n; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] - 'A' + 'a');
    return (struct str){copy, text.n};
}

static void read_meta(struct reader *reader, const xmlChar **attributes)
{
    static const char *const names[] = {"name", "property", "http-equiv"};
    struct extraction *extraction = reader->extraction;
    struct meta meta = {.line = line_of(reader)};
    struct str content;
    bool has, is_named = false;

    content = value_of(attributes, "content", &has);
    for (size_t i = 0; i < 3 && has && !is_named; i++) {
        meta.name = html_trim(value_of(attributes, names[i], &is_named));
        meta.is_http_equiv = i == 2;
    }
    if (!is_named)
        return;
    meta.name = lower_case(reader, meta.name);
    meta.content = text_folded(content, reader->arena);
    extraction->meta =
        arena_room(reader->arena, extraction->meta, extraction->nmetas,
                   &extraction->metas_capacity, sizeof *extraction->meta);
    extraction->meta[extraction->nmetas++] = meta;
    if (meta.is_http_equiv && str_equal(meta.name, STR("refresh")))
        link_of_refresh(extraction, content, meta.line, reader->arena);
}

static void read_base(struct reader *reader, const xmlChar **attributes)
{
    struct str href = value(attributes, "href");

    if (reader->extraction->base.n == 0 && href.n > 0)
        reader->extraction->base = copied(reader, href);
}

static void read_html(struct reader *reader, const xmlChar **attributes)
{
    struct extraction *extraction = reader->extraction;
    struct str lang;
    bool has;

    lang = value_of(attributes, "lang", &has);
    if (!has || extraction->has_lang)
        return;
    extraction->has_lang = true;
    extraction->lang = text_folded(lang, reader->arena);
}

/* The type, trimmed, without case and parameters. */
static bool is_jsonld(struct str type)
{
    const char *end = type.n > 0 ? memchr(type.at, ';', type.n) : NULL;

    if (end)
        type.n = (size_t)(end - type.at);
    return str_equal_ignoring_case(html_trim(type), STR("application/ld+json"));
}

static void read_script(struct reader *reader, const xmlChar **attributes)
{
    struct extraction *extraction = reader->extraction;

    (void)add_link(reader, LINK_SCRIPT, attributes, "src");
    if (!is_jsonld(value(attributes, "type"))) {
        extraction->has_script = true; // data draw nothing
        return;
    }
    if (extraction->nblocks == PAGE_BLOCKS_MAX)
        return;
    extraction->block =
        arena_room(reader->arena, extraction->block, extraction->nblocks,
                   &extraction->blocks_capacity, sizeof *extraction->block);
    extraction->block[extraction->nblocks++] = (struct block){.line = line_of(reader)};
    buf_init(&reader->block, reader->arena, PAGE_BLOCK_BYTES_MAX);
    reader->is_in_block = true;
}

static void end_block(struct reader *reader)
{
    struct extraction *extraction = reader->extraction;
    struct block *block = &extraction->block[extraction->nblocks - 1];

    buf_add(&reader->block, "", 0); // NUL-terminated, empty too
    block->text = buf_str(&reader->block);
    block->is_cut = reader->block.overflowed;
    reader->is_in_block = false;
}

static void add_id(struct reader *reader, struct str id)
{
    struct extraction *extraction = reader->extraction;

    if (id.n == 0)
        return;
    extraction->id = arena_room(reader->arena, extraction->id, extraction->nids,
                                &extraction->ids_capacity, sizeof *extraction->id);
    extraction->id[extraction->nids++] = copied(reader, id);
}

static void read_element(struct reader *reader, enum tag tag,
                         const xmlChar **attributes)
{
    switch (tag) {
    case TAG_A:
        read_anchor(reader, attributes, false);
        add_id(reader, value(attributes, "name"));
        break;
    case TAG_AREA: read_anchor(reader, attributes, true); break;
    case TAG_BASE: read_base(reader, attributes); break;
    case TAG_FORM: (void)add_link(reader, LINK_FORM, attributes, "action"); break;
    case TAG_HTML: read_html(reader, attributes); break;
    case TAG_IFRAME: (void)add_link(reader, LINK_IFRAME, attributes, "src"); break;
    case TAG_IMG: read_image(reader, attributes); break;
    case TAG_LINK: read_link(reader, attributes); break;
    case TAG_META: read_meta(reader, attributes); break;
    case TAG_SCRIPT: read_script(reader, attributes); break;
    case TAG_SOURCE: // src inside video and audio, srcset inside picture
        (void)add_link(reader, LINK_MEDIA, attributes, "src");
        links_of_srcset(reader->extraction, value(attributes, "srcset"),
                        line_of(reader), reader->arena);
        break;
    case TAG_AUDIO:
    case TAG_VIDEO: (void)add_link(reader, LINK_MEDIA, attributes, "src"); break;
    case TAG_PLAINTEXT:
    case TAG_TEMPLATE:
    case TAG_TITLE: // inside svg
    case TAG_OTHER: break;
    }
}

/* ---- regions ---- */

static void end_h1(struct reader *reader)
{
    struct extraction *extraction = reader->extraction;

    extraction->h1 = arena_room(reader->arena, extraction->h1, extraction->nh1,
                                &reader->h1_capacity, sizeof *extraction->h1);
    extraction->h1[extraction->nh1++] = fold_copy(&reader->h1, reader->arena);
    fold_reset(&reader->h1);
}

/* What was read of the body counts no more once there is a main element. */
static void begin_main(struct reader *reader)
{
    reader->has_main = true;
    reader->main_from = reader->extraction->nlinks;
    fold_reset(&reader->main_text);
}

static void end_main(struct reader *reader)
{
    reader->is_main_over = true;
    reader->main_to = reader->extraction->nlinks;
}

/* After the outline moved; `headings` had ended before. */
static void follow_regions(struct reader *reader, size_t headings)
{
    const size_t *inside = reader->outline.inside;

    for (; headings < reader->outline.ended[REGION_H1]; headings++)
        end_h1(reader);
    if (!reader->has_main && inside[REGION_MAIN] > 0)
        begin_main(reader);
    if (reader->has_main && !reader->is_main_over && inside[REGION_MAIN] == 0)
        end_main(reader);
}

static void separate_words(struct reader *reader)
{
    fold_space(&reader->main_text);
    fold_space(&reader->h1);
    fold_space(&reader->link_text);
}

/* ---- events ---- */

static const struct element *find(struct reader *reader, const xmlChar *name)
{
    struct known *known = &reader->known[(uintptr_t)name / 8 % KNOWN];

    if (known->name != name)
        *known = (struct known){name, element_find((const char *)name)};
    return known->element;
}

static void on_start(void *context, const xmlChar *name, const xmlChar **attributes)
{
    struct reader *reader = context;
    const struct element *element = find(reader, name);
    size_t headings = reader->outline.ended[REGION_H1];

    if ((element->flags & ELEMENT_HEAD) == 0)
        reader->is_in_body = true;
    if ((element->flags & ELEMENT_BLOCK) != 0)
        separate_words(reader);
    outline_start(&reader->outline, element);
    follow_regions(reader, headings);
    if (element->region == REGION_H1 && reader->extraction->h1_line == 0)
        reader->extraction->h1_line = line_of(reader);
    read_element(reader, element->tag, attributes);
    add_id(reader, value(attributes, "id"));
}

static void on_end(struct reader *reader, const xmlChar *name)
{
    const struct element *element = find(reader, name);
    size_t headings = reader->outline.ended[REGION_H1];

    if (element->tag == TAG_A)
        end_link(reader);
    if ((element->flags & ELEMENT_BLOCK) != 0)
        separate_words(reader);
    outline_end(&reader->outline, element);
    follow_regions(reader, headings);
}

static void on_instruction(void *context, const xmlChar *name, const xmlChar *data)
{
    (void)data;
    on_end(context, name);
}

/* The parser's own end of a script; that of others says nothing. */
static void on_closed(void *context, const xmlChar *name)
{
    struct reader *reader = context;

    if (reader->is_in_block && strcmp((const char *)name, "script") == 0)
        end_block(reader);
}

static void add_main_text(struct reader *reader, struct str text)
{
    const size_t *inside = reader->outline.inside;

    if (reader->is_main_over || inside[REGION_NOSCRIPT] > 0 ||
        (!reader->has_main && inside[REGION_BESIDE] > 0))
        return;
    if (inside[REGION_TIME] == 0) {
        fold_add(&reader->main_text, text);
        return;
    }
    for (size_t i = 0; i < text.n; i++) // "3 minutes ago" changes by itself
        if (text.at[i] < '0' || text.at[i] > '9')
            fold_add(&reader->main_text, (struct str){text.at + i, 1});
}

static void on_text(void *context, const xmlChar *at, int n)
{
    struct reader *reader = context;
    struct str text = {(const char *)at, (size_t)n};

    if (!reader->is_in_body && html_trim(text).n > 0)
        reader->is_in_body = true;
    if (reader->outline.inside[REGION_H1] > 0)
        fold_add(&reader->h1, text);
    if (reader->link > 0)
        fold_add(&reader->link_text, text);
    add_main_text(reader, text);
}

static void on_script_text(void *context, const xmlChar *at, int n)
{
    struct reader *reader = context;

    if (reader->is_in_block)
        buf_add(&reader->block, (const char *)at, (size_t)n);
}

/* ---- a page ---- */

static void parse(struct reader *reader, struct str clean)
{
    htmlSAXHandler handler = {
        .startElement = on_start,
        .endElement = on_closed,
        .processingInstruction = on_instruction,
        .characters = on_text,
        .ignorableWhitespace = on_text,
        .cdataBlock = on_script_text,
    };
    htmlParserCtxt *parser;
    htmlSAXHandler *theirs;

    if (clean.n == 0)
        return;
    if (clean.n > INT32_MAX ||
        !(parser = htmlCreateMemoryParserCtxt(clean.at, (int)clean.n)))
        memory_is_out();
    reader->parser = parser;
    theirs = parser->sax;
    parser->sax = &handler;
    parser->userData = reader;
    (void)htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
                                         HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                                         HTML_PARSE_IGNORE_ENC | HTML_PARSE_NOIMPLIED);
    (void)xmlSwitchEncoding(parser, XML_CHAR_ENCODING_UTF8);
    (void)htmlParseDocument(parser);        // its verdict is about well-formedness
    if (parser->errNo == XML_ERR_NO_MEMORY) // what it does not ask our allocator for
        memory_is_out();
    parser->sax = theirs;
    htmlFreeParserCtxt(parser);
}

static int compare_ids(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static void sort_ids(struct extraction *extraction)
{
    size_t kept = 0;

    if (extraction->nids > 1)
        qsort(extraction->id, extraction->nids, sizeof *extraction->id, compare_ids);
    for (size_t i = 0; i < extraction->nids; i++)
        if (kept == 0 || !str_equal(extraction->id[kept - 1], extraction->id[i]))
            extraction->id[kept++] = extraction->id[i];
    extraction->nids = kept;
}

static struct str less_ignored(struct reader *reader, const struct extract_plan *plan)
{
    struct str text = buf_str(&reader->main_text.buf);

    for (size_t i = 0; i < plan->nignore_text; i++)
        reader->extraction->is_too_costly |=
            re_remove(plan->ignore_text[i], text, reader->arena, &text) ==
            RE_TOO_COSTLY;
    return plan->nignore_text > 0 ? text_folded(text, reader->arena) : text;
}

static void finish(struct reader *reader, const struct extract_plan *plan)
{
    struct extraction *extraction = reader->extraction;

    end_link(reader);
    if (reader->outline.inside[REGION_H1] > 0)
        end_h1(reader);
    if (reader->has_main && !reader->is_main_over)
        end_main(reader);
    extraction->main_is_main = reader->has_main;
    for (size_t i = 0; i < extraction->nlinks && reader->has_main; i++)
        extraction->link[i].is_main = extraction->link[i].kind == LINK_A &&
                                      i >= reader->main_from && i < reader->main_to;
    extraction->main_text = less_ignored(reader, plan);
    extraction->main_words = (int64_t)words_count(extraction->main_text);
    sort_ids(extraction);
    links_of_header(extraction, plan->link_header, reader->arena);
    links_resolve(extraction, plan, reader->arena);
}

void extract_html(struct str body, const struct extract_plan *plan, struct arena *arena,
                  struct extraction *extraction)
{
    struct reader reader = {.extraction = extraction, .arena = arena};
    struct str page = charset_decode(body, plan->content_type, arena);
    struct markup markup;

    *extraction = (struct extraction){0};
    markup_clean(page, arena, &markup);
    extraction->has_title = markup.has_title;
    extraction->ntitles = markup.ntitles;
    extraction->title_line = markup.title_line;
    extraction->title = text_folded(text_decoded(markup.title, arena), arena);
    reader.outline.arena = arena;
    fold_init(&reader.main_text, arena, markup.clean.n + 1);
    reader.main_text.buf.gives_back = true;
    fold_init(&reader.h1, arena, TEXT_BYTES_MAX);
    fold_init(&reader.link_text, arena, LINK_BYTES_MAX);
    parse(&reader, markup.clean);
    finish(&reader, plan);
}
