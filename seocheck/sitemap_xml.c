/*
 * Sitemaps in XML through libxml2's SAX2 push parser: urlset, sitemapindex, RSS, Atom,
 * by local names. Nothing is kept but entries; a DOCTYPE ends it before any entity can
 * be declared.
 */
#include <stdarg.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#include "seocheck/sitemap_internal.h"
#include "shared/memory.h"

#include "shared/banned.h"

#define SITEMAP_URI "http://www.sitemaps.org/schemas/sitemap/0.9"

/* Where each kind has its entries and what their children are called. */
struct shape {
    enum sitemap_kind kind;
    const char *root, *uri;
    const char *item;
    int depth; // of `item`; the root's is 1
    const char *loc, *lastmod;
};

static const struct shape shapes[] = {
    {SITEMAP_URLSET, "urlset", SITEMAP_URI, "url", 2, "loc", "lastmod"},
    {SITEMAP_INDEX, "sitemapindex", SITEMAP_URI, "sitemap", 2, "loc", "lastmod"},
    {SITEMAP_RSS, "rss", NULL, "item", 3, "link", "pubDate"},
    {SITEMAP_ATOM, "feed", "http://www.w3.org/2005/Atom", "entry", 2, "link",
     "updated"},
};

enum field { FIELD_NONE, FIELD_LOC, FIELD_LASTMOD };

struct sitemap_xml {
    struct sitemap_out *out;
    xmlParserCtxtPtr parser;
    const struct shape *shape;
    int depth;
    bool is_item;
    const xmlChar *item_uri;
    enum field field; // whose text is gathered
    struct sitemap_text text;
    struct sitemap_entry entry;
    struct sitemap_alternate *alternate; // of the entry; the room is used again
    size_t nalternates, alternates_capacity;
};

/* The attributes of a start tag as libxml2 hands them on: five pointers each. */
struct attributes {
    const xmlChar **at;
    int n;
};

/* ---- faults ---- */

int64_t sitemap_xml_line(const struct sitemap_xml *xml)
{
    return xml->parser->input ? xml->parser->input->line : 0;
}

static void stop(struct sitemap_xml *xml, enum sitemap_fault fault, const char *text)
{
    sitemap_fail(xml->out, fault, sitemap_xml_line(xml), text);
    xml->out->is_over = true;
    xmlStopParser(xml->parser);
}

static enum sitemap_fault fault_of(const xmlError *error)
{
    // of the same code as a character that XML does not have
    static const char not_utf8[] = "Input is not proper UTF-8";

    switch (error->code) {
    case XML_ERR_INVALID_CHAR:
        return error->message &&
                       strncmp(error->message, not_utf8, strlen(not_utf8)) == 0
                   ? SITEMAP_NOT_UTF8
                   : SITEMAP_BAD_XML;
    case XML_ERR_INVALID_ENCODING:
    case XML_ERR_UNSUPPORTED_ENCODING:
    case XML_ERR_UNKNOWN_ENCODING:
    case XML_I18N_CONV_FAILED:
    case XML_I18N_NO_HANDLER: return SITEMAP_NOT_UTF8;
    default: return SITEMAP_BAD_XML;
    }
}

static void on_error(void *context, xmlErrorPtr error)
{
    struct sitemap_xml *xml = context;

    if (error->level < XML_ERR_ERROR || xml->out->is_over)
        return;
    if (error->domain == XML_FROM_NAMESPACE) {
        sitemap_fail(xml->out, SITEMAP_BAD_NAMESPACE, error->line, error->message);
        return;
    }
    sitemap_fail(xml->out, fault_of(error), error->line, error->message);
    xml->out->is_over = true;
    xmlStopParser(xml->parser);
}

static void on_doctype(void *context, const xmlChar *name, const xmlChar *external,
                       const xmlChar *file)
{
    (void)name;
    (void)external;
    (void)file;
    stop(context, SITEMAP_DOCTYPE, NULL);
}

/* ---- elements ---- */

static bool is_word(const xmlChar *text, const char *word)
{
    return xmlStrEqual(text, (const xmlChar *)word) != 0;
}

static struct str attribute(struct attributes all, const char *name)
{
    for (int i = 0; i < all.n; i++) {
        const xmlChar **at = all.at + (ptrdiff_t)5 * i;

        if (is_word(at[0], name) && !at[1])
            return sitemap_trim(
                (struct str){(const char *)at[3], (size_t)(at[4] - at[3])});
    }
    return (struct str){0};
}

/* Without entity substitution libxml2 leaves `&` of an attribute as `&#38;`. */
static struct str attribute_copy(struct arena *arena, struct str value)
{
    static const char reference[] = "&#38;";
    char *to = str_copy(arena, value.at, value.n);
    size_t n = 0;

    for (size_t i = 0; i < value.n; i++) {
        to[n++] = value.at[i];
        if (str_starts((struct str){value.at + i, value.n - i}, STR("&#38;")))
            i += sizeof reference - 2;
    }
    to[n] = '\0';
    if (n > SITEMAP_LOC_BYTES_MAX)
        n = SITEMAP_LOC_BYTES_MAX;
    return (struct str){to, n};
}

static void begin_root(struct sitemap_xml *xml, const xmlChar *name, const xmlChar *uri)
{
    const xmlChar *encoding = xml->parser->input->encoding;

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (is_word(name, shapes[i].root))
            xml->shape = &shapes[i];
    if (!xml->shape) {
        stop(xml, SITEMAP_BAD_ROOT, (const char *)name);
        return;
    }
    xml->out->sitemap->kind = xml->shape->kind;
    // libxml2 converts what has another encoding, so that it can be read on
    if (encoding && xmlStrcasecmp(encoding, (const xmlChar *)"utf-8") != 0 &&
        xmlStrcasecmp(encoding, (const xmlChar *)"us-ascii") != 0)
        sitemap_fail(xml->out, SITEMAP_NOT_UTF8, 1, (const char *)encoding);
    if (!xmlStrEqual(uri, (const xmlChar *)xml->shape->uri))
        sitemap_fail(xml->out, SITEMAP_BAD_NAMESPACE, sitemap_xml_line(xml),
                     uri ? (const char *)uri : "none");
}

static void add_alternate(struct sitemap_xml *xml, struct attributes attributes)
{
    struct arena *arena = xml->out->texts;
    struct str rel = attribute(attributes, "rel");
    struct str code = attribute(attributes, "hreflang");
    struct str href = attribute(attributes, "href");

    if (xml->out->sitemap->without_alternates || code.n == 0 || href.n == 0 ||
        !str_equal(rel, STR("alternate")))
        return;
    xml->alternate = arena_room(xml->out->arena, xml->alternate, xml->nalternates,
                                &xml->alternates_capacity, sizeof *xml->alternate);
    xml->alternate[xml->nalternates++] =
        (struct sitemap_alternate){attribute_copy(arena, code),
                                   attribute_copy(arena, href)};
}

/* The first link to the entry itself counts: without rel, or alternate. */
static void take_atom_link(struct sitemap_xml *xml, struct attributes attributes)
{
    struct str rel = attribute(attributes, "rel");
    struct str href = attribute(attributes, "href");

    if (xml->entry.loc.n > 0 || (rel.n > 0 && !str_equal(rel, STR("alternate"))))
        return;
    xml->entry.loc = attribute_copy(xml->out->texts, href);
    xml->entry.line = sitemap_xml_line(xml);
}

/* A child of an entry. Those of other namespaces (images, videos, news) only share
 * names, but for xhtml:link. */
static void begin_field(struct sitemap_xml *xml, const xmlChar *name, bool is_own,
                        struct attributes attributes)
{
    const struct shape *shape = xml->shape;

    xml->text.n = 0;
    if (!is_own && shape->kind == SITEMAP_URLSET && is_word(name, "link"))
        add_alternate(xml, attributes);
    if (!is_own)
        return;
    if (shape->kind == SITEMAP_ATOM && is_word(name, "link"))
        take_atom_link(xml, attributes);
    else if (is_word(name, shape->loc) && xml->entry.loc.n == 0) {
        xml->field = FIELD_LOC;
        xml->entry.line = sitemap_xml_line(xml);
    } else if (is_word(name, shape->lastmod) && xml->entry.lastmod.text.n == 0)
        xml->field = FIELD_LASTMOD;
}

// NOLINTNEXTLINE(readability-function-size): libxml2's list of parameters
static void on_start(void *context, const xmlChar *name, const xmlChar *prefix,
                     const xmlChar *uri, int nnamespaces, const xmlChar **namespaces,
                     int nattributes, int ndefaulted, const xmlChar **attributes)
{
    struct sitemap_xml *xml = context;

    (void)nnamespaces;
    (void)namespaces;
    (void)ndefaulted;
    xml->depth++;
    if (xml->depth == 1)
        begin_root(xml, name, uri);
    if (!xml->shape)
        return;
    if (xml->depth == xml->shape->depth && is_word(name, xml->shape->item)) {
        xml->is_item = true;
        xml->item_uri = uri;
        xml->nalternates = 0;
        xml->entry = (struct sitemap_entry){.line = sitemap_xml_line(xml)};
    } else if (xml->is_item && xml->depth == xml->shape->depth + 1) {
        // a prefix that nothing declares leaves no URI
        bool is_own = xmlStrEqual(uri, xml->item_uri) && (uri || !prefix);

        begin_field(xml, name, is_own, (struct attributes){attributes, nattributes});
    }
}

static void on_text(void *context, const xmlChar *at, int n)
{
    struct sitemap_xml *xml = context;

    if (xml->field == FIELD_NONE || xml->depth != xml->shape->depth + 1)
        return;
    for (int i = 0; i < n; i++)
        sitemap_gather(&xml->text, (char)at[i]);
}

static void end_field(struct sitemap_xml *xml)
{
    struct str text = sitemap_gathered(&xml->text);

    if (xml->field != FIELD_NONE)
        text.at = str_copy(xml->out->texts, text.at, text.n);
    if (xml->field == FIELD_LOC)
        xml->entry.loc = text;
    else if (xml->field == FIELD_LASTMOD && xml->shape->kind == SITEMAP_RSS)
        lastmod_parse_rfc822(text, &xml->entry.lastmod);
    else if (xml->field == FIELD_LASTMOD)
        lastmod_parse(text, &xml->entry.lastmod);
    xml->field = FIELD_NONE;
}

static void end_item(struct sitemap_xml *xml)
{
    bool is_feed = xml->shape->kind == SITEMAP_RSS || xml->shape->kind == SITEMAP_ATOM;

    xml->is_item = false;
    if (xml->entry.loc.n == 0 && is_feed) { // which may well have entries without one
        sitemap_forget(xml->out);
        return;
    }
    xml->entry.nalternates = xml->nalternates;
    if (xml->nalternates > 0)
        xml->entry.alternate =
            arena_grow(xml->out->texts, xml->alternate, xml->nalternates,
                       xml->nalternates, sizeof *xml->alternate);
    sitemap_put(xml->out, &xml->entry);
    if (xml->out->is_over)
        xmlStopParser(xml->parser);
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix,
                   const xmlChar *uri)
{
    struct sitemap_xml *xml = context;

    (void)name;
    (void)prefix;
    (void)uri;
    if (xml->shape && xml->is_item && xml->depth == xml->shape->depth + 1)
        end_field(xml);
    else if (xml->shape && xml->is_item && xml->depth == xml->shape->depth)
        end_item(xml);
    xml->depth--;
}

/* ---- the parser ---- */

/* libxml2 writes to stderr what nobody collects, with or without a parser at hand. */
static void be_quiet(void *context, const char *format, ...)
{
    (void)context;
    (void)format;
}

static void be_quiet_too(void *context, xmlErrorPtr error)
{
    (void)context;
    (void)error;
}

static xmlParserInputPtr load_nothing(const char *url, const char *id,
                                      xmlParserCtxtPtr parser)
{
    (void)url;
    (void)id;
    (void)parser;
    return NULL;
}

static void push(struct sitemap_xml *xml, const char *at, size_t n, int is_last)
{
    (void)xmlParseChunk(xml->parser, at, (int)n, is_last); // on_error has what it says
}

struct sitemap_xml *sitemap_xml_begin(struct sitemap_out *out, int64_t lines)
{
    struct sitemap_xml *xml = arena_new(out->arena, struct sitemap_xml, 1);
    xmlSAXHandler sax = {
        .initialized = XML_SAX2_MAGIC,
        .internalSubset = on_doctype,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .ignorableWhitespace = on_text, // the same as characters: nothing is guessed
        .cdataBlock = on_text,
        .serror = on_error,
    };

    xmlInitParser();
    xmlSetGenericErrorFunc(NULL, be_quiet);
    xmlSetStructuredErrorFunc(NULL, be_quiet_too);
    xmlSetExternalEntityLoader(load_nothing);
    xml->out = out;
    xml->parser = xmlCreatePushParserCtxt(&sax, xml, NULL, 0, NULL);
    if (!xml->parser)
        memory_is_out();
    (void)xmlCtxtUseOptions(xml->parser,
                            XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (lines >= 0) { // a declaration behind white space is an error
        push(xml, " ", 1, 0);
        xml->parser->input->line += (int)lines;
    }
    return xml;
}

void sitemap_xml_add(struct sitemap_xml *xml, const char *at, size_t n)
{
    if (n > 0)
        push(xml, at, n, 0);
}

void sitemap_xml_end(struct sitemap_xml *xml)
{
    if (!xml)
        return;
    push(xml, NULL, 0, 1);
    xmlFreeParserCtxt(xml->parser);
}
