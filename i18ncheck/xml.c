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
    self->fault =
        text_safe(self->reading->arena, text, strcspn(text, "\n"), OUTSIDE_TEXT_MAX);
    self->fault_line = error && error->line > 0 ? (size_t)error->line : 0;
}

void xml_begin(struct xml *xml, struct reading *reading)
{
    // UTF-8 is checked, so what the file calls its encoding does not matter
    *xml = (struct xml){.reading = reading,
                        .reader = xmlReaderForMemory(
                            reading->bytes.at, (int)reading->bytes.n, NULL, "UTF-8",
                            XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING)};
    if (xml->reader)
        xmlTextReaderSetStructuredErrorHandler(xml->reader, keep_error, xml);
    else
        xml->fault = "empty";
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

/* "<!DOCTYPE resources>" is harmless; what declares entities or points outside is not.
 */
static bool is_plain_doctype(struct xml *self)
{
    const xmlNode *node = xmlTextReaderCurrentNode(self->reader);
    const xmlDtd *dtd = (const xmlDtd *)node; // both begin alike; its type is checked

    return node && node->type == XML_DTD_NODE && !dtd->ExternalID && !dtd->SystemID &&
           !dtd->children;
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
    case XML_READER_TYPE_DOCUMENT_TYPE:
        if (is_plain_doctype(self))
            return false;
        *event = stop(self, "a DOCTYPE that declares or loads something");
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

void xml_add_tag(struct xml *xml, enum xml_event event, struct buf *out)
{
    buf_add_text(out, event == XML_END ? "</" : "<");
    add_name(xml, out);
    while (event == XML_BEGIN && xmlTextReaderMoveToNextAttribute(xml->reader) == 1) {
        const char *value = (const char *)xmlTextReaderConstValue(xml->reader);

        buf_add_text(out, " ");
        add_name(xml, out);
        buf_add_text(out, "=\"");
        buf_add_text(out, value ? value : "");
        buf_add_text(out, "\"");
    }
    (void)xmlTextReaderMoveToElement(xml->reader);
    buf_add_text(out, event == XML_BEGIN && xml->is_empty ? "/>" : ">");
}
