/* libxml2's reader as events of ours. What the elements mean is the formats'. */
#include "i18ncheck/xml.h"

#include <string.h>

#include <libxml/parser.h>

#include "shared/text.h"

#include "shared/banned.h"

/* Lines past this are not kept in libxml2's nodes. */
enum { XML_LINE_MAX = 65535 };

static struct str copied(struct xml *self, const xmlChar *text)
{
    const char *at = (const char *)text;
    size_t n = at ? strlen(at) : 0;

    return (struct str){str_copy(self->reading->arena, at ? at : "", n), n};
}

/* The first error is the cause of those behind it. */
static void keep_error(void *context, xmlErrorPtr error)
{
    struct xml *self = context;
    const char *text = error && error->message ? error->message : "not XML";

    if (self->fault)
        return;
    if (error && error->code == XML_ERR_DOCUMENT_END) // says "extra content" of both
        text = "cut off, or something behind the root";
    self->fault =
        text_safe(self->reading->arena, text, strcspn(text, "\n"), OUTSIDE_TEXT_MAX);
    self->fault_line = error && error->line > 0 ? (size_t)error->line : 0;
}

/* ---- what stands before the root ---- */

/* Bytes up to and with `end`; all when it is not there. */
static size_t until(struct str text, struct str end)
{
    for (size_t i = 0; i + end.n <= text.n; i++)
        if (memcmp(text.at + i, end.at, end.n) == 0)
            return i + end.n;
    return text.n;
}

static struct str behind(struct str text, size_t n)
{
    return (struct str){text.at + n, text.n - n};
}

static struct str without_space(struct str text)
{
    size_t n = 0;

    while (n < text.n &&
           (text.at[n] == ' ' || (text.at[n] >= '\t' && text.at[n] <= '\r')))
        n++;
    return behind(text, n);
}

/* Behind "<!DOCTYPE": " resources>", nothing but a name. */
static bool is_name_alone(struct str text)
{
    text = without_space(text);
    while (text.n > 0 && text.at[0] > ' ' && !strchr("[]<>'\"%&", text.at[0]))
        text = behind(text, 1);
    return str_starts(without_space(text), STR(">"));
}

/* A DOCTYPE that declares entities or points outside is refused before libxml2 sees it,
 * which would count, and load, before anybody could stop it. Its line; 0: none. */
static size_t harmful_doctype(struct str bytes)
{
    struct str text = bytes;

    for (;;) {
        text = without_space(text);
        if (str_starts(text, STR("<?")))
            text = behind(text, until(text, STR("?>")));
        else if (str_starts(text, STR("<!--")))
            text = behind(text, until(text, STR("-->")));
        else
            break;
    }
    if (!str_starts(text, STR("<!DOCTYPE")) ||
        is_name_alone(behind(text, sizeof "<!DOCTYPE" - 1)))
        return 0;
    return text_line(bytes.at, bytes.n - text.n);
}

void xml_begin(struct xml *xml, struct reading *reading)
{
    struct str bytes = reading->bytes;

    *xml = (struct xml){.reading = reading, .fault_line = harmful_doctype(bytes)};
    if (xml->fault_line > 0)
        xml->fault = "a DOCTYPE that declares or loads something";
    if (without_space(bytes).n == 0)
        xml->fault = "empty";
    if (xml->fault)
        return;
    // UTF-8 is checked, so what the file calls its encoding does not matter
    xml->reader = xmlReaderForMemory(bytes.at, (int)bytes.n, NULL, "UTF-8",
                                     XML_PARSE_NONET | XML_PARSE_NOERROR |
                                         XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC);
    if (xml->reader)
        xmlTextReaderSetStructuredErrorHandler(xml->reader, keep_error, xml);
    else
        xml->fault = "no memory for its reader";
}

bool xml_end(struct xml *xml)
{
    xmlFreeTextReader(xml->reader);
    xml->reader = NULL;
    return !xml->fault || reading_fault(xml->reading, xml->fault_line, xml->fault);
}

static enum xml_event stop(struct xml *self, const char *why)
{
    if (!self->fault) {
        self->fault = why;
        self->fault_line = self->line;
    }
    return XML_DONE;
}

/* One node; false: of no interest. */
static bool take(struct xml *self, int type, enum xml_event *event)
{
    xmlNodePtr node = xmlTextReaderCurrentNode(self->reader);
    long line = node ? xmlGetLineNo(node) : 0;

    self->line = line > 0 && line < XML_LINE_MAX ? (size_t)line : 0;
    self->depth = (size_t)xmlTextReaderDepth(self->reader);
    switch (type) {
    case XML_READER_TYPE_ELEMENT:
    case XML_READER_TYPE_END_ELEMENT:
        self->name = copied(self, xmlTextReaderConstLocalName(self->reader));
        self->prefix = copied(self, xmlTextReaderConstPrefix(self->reader));
        self->is_empty = xmlTextReaderIsEmptyElement(self->reader) == 1;
        *event = type == XML_READER_TYPE_ELEMENT ? XML_BEGIN : XML_END;
        return true;
    case XML_READER_TYPE_TEXT:
    case XML_READER_TYPE_CDATA:
    case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
    case XML_READER_TYPE_WHITESPACE:
        self->text = copied(self, xmlTextReaderConstValue(self->reader));
        *event = XML_TEXT;
        return true;
    case XML_READER_TYPE_ENTITY_REFERENCE:
        *event = stop(self, "an entity that is not XML's own");
        return true;
    default: return false; // comments, processing instructions
    }
}

enum xml_event xml_next(struct xml *xml)
{
    enum xml_event event;

    while (!xml->fault && !xml->reading->fault) {
        int got = xmlTextReaderRead(xml->reader);

        if (got < 0 || xml->fault)
            return stop(xml, "not XML");
        if (got == 0)
            return XML_DONE;
        if (!take(xml, xmlTextReaderNodeType(xml->reader), &event))
            continue;
        return xml->depth < CATALOG_DEPTH_MAX ? event
                                              : stop(xml, "nested more than 64 deep");
    }
    return XML_DONE;
}

struct str xml_attribute(struct xml *xml, const char *name)
{
    struct str value = {0};

    while (xmlTextReaderMoveToNextAttribute(xml->reader) == 1) {
        const char *local = (const char *)xmlTextReaderConstLocalName(xml->reader);

        if (local && strcmp(local, name) == 0) {
            value = copied(xml, xmlTextReaderConstValue(xml->reader));
            break;
        }
    }
    (void)xmlTextReaderMoveToElement(xml->reader);
    return value;
}

static void add_name(struct xml *self, struct buf *out)
{
    const char *name = (const char *)xmlTextReaderConstName(self->reader);

    buf_add_text(out, name ? name : "");
}

/* What would end a tag, or begin one, does so nowhere in an attribute. */
static void add_value(const char *value, struct buf *out)
{
    for (; value && *value != '\0'; value++)
        if (*value == '<' || *value == '>')
            buf_add_text(out, *value == '<' ? "&lt;" : "&gt;");
        else
            buf_add(out, value, 1);
}

void xml_add_tag(struct xml *xml, enum xml_event event, const char *attribute,
                 struct buf *out)
{
    buf_add_text(out, event == XML_END ? "</" : "<");
    add_name(xml, out);
    while (event == XML_BEGIN && xmlTextReaderMoveToNextAttribute(xml->reader) == 1) {
        const char *name = (const char *)xmlTextReaderConstLocalName(xml->reader);

        if (attribute && (!name || strcmp(name, attribute) != 0))
            continue;
        buf_add_text(out, " ");
        add_name(xml, out);
        buf_add_text(out, "=\"");
        add_value((const char *)xmlTextReaderConstValue(xml->reader), out);
        buf_add_text(out, "\"");
    }
    (void)xmlTextReaderMoveToElement(xml->reader);
    buf_add_text(out, event == XML_BEGIN && xml->is_empty ? "/>" : ">");
}
