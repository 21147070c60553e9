/* XLIFF 1.2 (<trans-unit>) and 2.0 (<unit> of <segment>s): a file holds both the
 * source's texts and the target's. */
#include <string.h>

#include "i18ncheck/catalog_internal.h"
#include "i18ncheck/collect_internal.h"
#include "i18ncheck/xml.h"

#include "shared/banned.h"

/* A unit while it is read. */
struct unit {
    struct str id;
    size_t line, depth;
    bool is_untranslatable, has_target, is_review;
    struct buf source, target;
};

struct xliff {
    struct reading *reading;
    struct xml xml;
    struct unit unit;
    bool in_unit;
    struct str file; /* original, else id, of the <file> */
    size_t nfiles;
    size_t first, second; /* messages before the first <file>, before the second */
    struct str *of;       /* the <file> of each message from `first` on */
    size_t nof, capacity;
};

static bool is_named(const struct xml *xml, const char *name)
{
    return str_equal(xml->name, str_of(name));
}

/* ---- units ---- */

/* Content of the element that has begun, up to its end. An inline element is its id:
 * the rest of it (`equiv-text`, `ctype`, `disp`) is a note for people, that translation
 * tools leave out and extractors rewrite. */
static void read_content(struct xliff *self, struct buf *out)
{
    struct xml *xml = &self->xml;
    size_t depth = xml->depth;
    enum xml_event event;

    if (xml->is_empty)
        return;
    while ((event = xml_next(xml)) != XML_DONE &&
           !(event == XML_END && xml->depth == depth)) {
        if (event == XML_TEXT)
            buf_add(out, xml->text.at, xml->text.n);
        else
            xml_add_tag(xml, event, "id", out);
    }
}

/* new, initial, needs-translation, needs-review-translation and the like */
static bool is_review_state(struct str state)
{
    return str_equal(state, STR("new")) || str_equal(state, STR("initial")) ||
           str_starts(state, STR("needs-"));
}

static void begin_unit(struct xliff *self)
{
    struct xml *xml = &self->xml;
    struct unit *unit = &self->unit;

    self->in_unit = !xml->is_empty;
    unit->id = xml_attribute(xml, "id");
    unit->line = xml->line;
    unit->depth = xml->depth;
    unit->is_untranslatable = str_equal(xml_attribute(xml, "translate"), STR("no"));
    unit->has_target = unit->is_review = false;
    unit->source.n = unit->target.n = 0;
}

static void end_unit(struct xliff *self)
{
    struct reading *reading = self->reading;
    const struct unit *unit = &self->unit;
    bool wants_source = reading->is_source || reading->is_union;
    const struct buf *text = wants_source ? &unit->source : &unit->target;
    struct message *message;

    self->in_unit = false;
    if (!wants_source && !unit->has_target)
        return;
    message = reading_add(reading, unit->id, unit->line);
    reading_text(reading, message,
                 (struct str){str_copy(reading->arena, text->at, text->n), text->n});
    message->source =
        (struct str){str_copy(reading->arena, unit->source.at, unit->source.n),
                     unit->source.n};
    message->is_counted = !unit->is_untranslatable;
    message->is_review = !wants_source && unit->is_review;
    self->of = arena_room(reading->arena, self->of, self->nof, &self->capacity,
                          sizeof *self->of);
    self->of[self->nof++] = self->file;
}

/* What a tool offers as a translation is none. */
static void skip_element(struct xml *xml)
{
    size_t depth = xml->depth;
    enum xml_event event;

    if (xml->is_empty)
        return;
    do
        event = xml_next(xml);
    while (event != XML_DONE && !(event == XML_END && xml->depth == depth));
}

static void read_in_unit(struct xliff *self)
{
    struct xml *xml = &self->xml;
    struct unit *unit = &self->unit;

    if (is_named(xml, "alt-trans") || is_named(xml, "seg-source") ||
        is_named(xml, "notes") || is_named(xml, "note") || is_named(xml, "matches") ||
        is_named(xml, "originalData")) {
        skip_element(xml);
        return;
    }
    if (is_named(xml, "segment") || is_named(xml, "target")) // 2.0 and 1.2
        unit->is_review |= is_review_state(xml_attribute(xml, "state"));
    if (is_named(xml, "source"))
        read_content(self, &unit->source);
    if (is_named(xml, "target")) {
        unit->has_target = true;
        read_content(self, &unit->target);
    }
}

/* ---- files ---- */

/* The attribute of 1.2's <file> or 2.0's <xliff>, whichever this is. */
static void check_language(struct xliff *self, const char *target, const char *source)
{
    struct reading *reading = self->reading;
    struct str said = xml_attribute(&self->xml, reading->is_source ? source : target);

    if (said.n > 0 && !reading->is_union)
        reading_check_header(reading, said, self->xml.line);
}

static void begin_file(struct xliff *self)
{
    struct str original = xml_attribute(&self->xml, "original");

    check_language(self, "target-language", "source-language");
    self->file = original.n > 0 ? original : xml_attribute(&self->xml, "id");
    self->nfiles++;
}

/* Ids are unique in a <file>: with several of those its name comes before. */
static void name_messages(struct xliff *self)
{
    struct reading *reading = self->reading;
    struct str colon = reading->rules->ns_sep.at ? reading->rules->ns_sep : STR(":");

    for (size_t i = 0; i < self->nof && !reading->fault; i++) {
        struct message *message = &reading->catalog->message[self->first + i];
        struct str before = reading->prefix;

        if (self->nfiles > 1)
            before =
                reading_key(reading, reading_key(reading, before, self->of[i]), colon);
        message->key = reading_key(reading, before, message->key);
    }
}

static void read_element(struct xliff *self)
{
    struct xml *xml = &self->xml;

    if (xml->depth == 0) {
        if (!is_named(xml, "xliff"))
            (void)reading_fault(self->reading, xml->line, "its root is not <xliff>");
        check_language(self, "trgLang", "srcLang");
    } else if (self->in_unit) {
        read_in_unit(self);
    } else if (is_named(xml, "file")) {
        begin_file(self);
    } else if (is_named(xml, "trans-unit") || is_named(xml, "unit")) {
        begin_unit(self);
    }
}

bool format_xliff_read(struct reading *self)
{
    struct xliff file = {.reading = self, .first = self->catalog->n};
    struct xml *xml = &file.xml;
    enum xml_event event;

    buf_init(&file.unit.source, self->arena, CATALOG_BYTES_MAX);
    buf_init(&file.unit.target, self->arena, CATALOG_BYTES_MAX);
    xml_begin(xml, self);
    while ((event = xml_next(xml)) != XML_DONE) {
        if (event == XML_BEGIN)
            read_element(&file);
        else if (event == XML_END && file.in_unit && xml->depth == file.unit.depth)
            end_unit(&file);
    }
    name_messages(&file);
    return xml_end(xml) && !self->fault;
}

bool xliff_file_locale(struct str bytes, struct arena *arena, const char **locale)
{
    struct catalog none = {0};
    const struct set_rules rules = {.format = CATALOG_XLIFF};
    struct reading reading = {.catalog = &none,
                              .rules = &rules,
                              .arena = arena,
                              .bytes = bytes};
    static const char *const names[] = {"target-language", "trgLang", "source-language",
                                        "srcLang"};
    enum xml_event event;
    struct xml xml;
    bool found = false;

    xml_begin(&xml, &reading);
    while (!found && (event = xml_next(&xml)) != XML_DONE && xml.depth < 2)
        for (size_t i = 0; i < sizeof names / sizeof *names && !found; i++)
            found = event == XML_BEGIN &&
                    (is_named(&xml, "xliff") || is_named(&xml, "file")) &&
                    locale_tag(xml_attribute(&xml, names[i]), arena, locale);
    (void)xml_end(&xml);
    return found;
}
