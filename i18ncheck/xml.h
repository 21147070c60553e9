/*
 * XML catalogs through libxml2's reader, the traps solved once: entities are never
 * expanded, nothing is loaded, nothing is printed, and text with its inline elements
 * comes back as written.
 */
#ifndef I18NCHECK_XML_H
#define I18NCHECK_XML_H

#include <stdbool.h>
#include <stddef.h>

#include <libxml/xmlreader.h>

#include "i18ncheck/catalog_internal.h"
#include "shared/str.h"

enum xml_event { XML_BEGIN, XML_END, XML_TEXT, XML_DONE };

struct xml {
    struct reading *reading;
    xmlTextReaderPtr reader;
    bool is_empty;     /* XML_BEGIN: "<x/>", for which no XML_END comes */
    struct str name;   /* XML_BEGIN, XML_END: without its prefix */
    struct str prefix; /* "xliff" of "xliff:g"; "" */
    struct str text;   /* XML_TEXT, CDATA sections too */
    size_t depth;      /* of the node, 0 at the root */
    size_t line;       /* 0: not known */
    const char *fault;
    size_t fault_line;
};

/* Always followed by xml_end. */
void xml_begin(struct xml *xml, struct reading *reading);
/* Sets the reading's fault where the file is malformed; false then. */
bool xml_end(struct xml *xml);

/* The next event; XML_DONE at the end and at a fault. What `xml` shows is in the arena.
 */
enum xml_event xml_next(struct xml *xml);

/* The attribute without regard to its prefix, in the arena; at NULL: none. */
struct str xml_attribute(struct xml *xml, const char *name);

/* Adds the element's tag as text: "<a href="x">", "</a>". Of its attributes all, or the
 * one of that name. */
void xml_add_tag(struct xml *xml, enum xml_event event, const char *attribute,
                 struct buf *out);

#endif
