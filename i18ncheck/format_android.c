/* Android's strings.xml: <string>, <plurals> and <string-array>, with the white space
 * and escapes of aapt. */
#include <string.h>

#include "i18ncheck/utf8.h"
#include "i18ncheck/xml.h"

#include "shared/banned.h"

enum { ITEMS_MAX = 65536 };

/* A text while it is read, piece by piece. */
struct writer {
    struct buf out;
    bool in_quotes;   /* white space is kept between "..." */
    bool space_waits; /* before the next character, if one comes */
    bool has_begun;
    bool begins_escaped; /* "\@string/x" is no reference */
    bool is_malformed;   /* an escape */
};

struct android {
    struct reading *reading;
    struct xml xml;
    struct writer writer;
    struct form *form; /* of <plurals> */
    size_t n, capacity;
    bool is_malformed; /* some text of the message */
};

/* ---- texts ---- */

static void put(struct writer *self, const char *at, size_t n)
{
    if (self->space_waits && self->has_begun)
        buf_add_text(&self->out, " ");
    self->space_waits = false;
    self->has_begun = true;
    buf_add(&self->out, at, n);
}

/* `text` begins behind \u; the bytes it takes. */
static size_t put_unicode(struct writer *self, struct str text)
{
    char bytes[4];
    uint32_t c;
    size_t n = utf8_escape(text, &c);

    self->is_malformed |= n == 0;
    if (n > 0)
        put(self, bytes, utf8_put(c, bytes));
    return n;
}

/* `text` begins behind a backslash; the bytes it takes. A backslash before any other
 * character stands for that character. */
static size_t put_escape(struct writer *self, struct str text)
{
    static const char from[] = "nt", meant[] = "\n\t";
    const char *known;

    if (text.n == 0)
        return 0;
    self->begins_escaped |= !self->has_begun;
    if (text.at[0] == 'u')
        return 1 + put_unicode(self, (struct str){text.at + 1, text.n - 1});
    known = memchr(from, text.at[0], sizeof from - 1);
    put(self, known ? &meant[known - from] : text.at, 1);
    return 1;
}

static void put_text(struct writer *self, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];

        if (c == '\\')
            i += put_escape(self, (struct str){text.at + i + 1, text.n - i - 1});
        else if (c == '"')
            self->in_quotes = !self->in_quotes;
        else if (!self->in_quotes && (c == ' ' || (c >= '\t' && c <= '\r')))
            self->space_waits = true;
        else
            put(self, &c, 1);
    }
}

/* <xliff:g> marks what is not translated. Around a token it adds nothing; around words
 * it is the token itself. */
static bool is_mark(const struct xml *xml)
{
    return str_equal(xml->prefix, STR("xliff")) && str_equal(xml->name, STR("g"));
}

static void put_tag(struct android *self, enum xml_event event)
{
    struct buf tag;

    buf_init(&tag, self->reading->arena, CATALOG_BYTES_MAX);
    xml_add_tag(&self->xml, event, NULL, &tag);
    put(&self->writer, tag.at, tag.n);
}

/* The marked words, up to the end of the element. */
static void read_mark(struct android *self)
{
    struct xml *xml = &self->xml;
    struct buf inside;
    size_t depth = xml->depth;
    bool is_token;
    enum xml_event event = XML_BEGIN;

    buf_init(&inside, self->reading->arena, CATALOG_BYTES_MAX);
    buf_add_text(&inside, "");
    while (!xml->is_empty && (event = xml_next(xml)) != XML_DONE &&
           !(event == XML_END && xml->depth == depth))
        if (event == XML_TEXT)
            buf_add(&inside, xml->text.at, xml->text.n);
    is_token = inside.n > 0 && memchr(inside.at, '%', inside.n);
    if (!is_token)
        put(&self->writer, "<xliff:g>", 9);
    put_text(&self->writer, buf_str(&inside));
    if (!is_token)
        put(&self->writer, "</xliff:g>", 10);
}

/* Content of the element that has begun, up to its end. */
static struct str read_text(struct android *self)
{
    struct xml *xml = &self->xml;
    struct arena *arena = self->reading->arena;
    size_t depth = xml->depth;
    enum xml_event event;

    self->writer.out.n = 0;
    self->writer = (struct writer){.out = self->writer.out};
    if (xml->is_empty)
        return (struct str){0};
    while ((event = xml_next(xml)) != XML_DONE &&
           !(event == XML_END && xml->depth == depth)) {
        if (event == XML_TEXT)
            put_text(&self->writer, xml->text);
        else if (event == XML_BEGIN && is_mark(xml))
            read_mark(self);
        else
            put_tag(self, event);
    }
    self->is_malformed |= self->writer.is_malformed;
    return (struct str){str_copy(arena, self->writer.out.at, self->writer.out.n),
                        self->writer.out.n};
}

/* "@string/app_name", "@android:string/ok": the text is elsewhere. */
static bool is_reference(const struct writer *self)
{
    struct str text = buf_str(&self->out);

    if (text.n == 0 || text.at[0] != '@' || self->begins_escaped ||
        !memchr(text.at, '/', text.n))
        return false;
    for (size_t i = 1; i < text.n; i++)
        if (utf8_space((struct str){text.at + i, text.n - i}) > 0)
            return false;
    return true;
}

/* ---- messages ---- */

/* Name of the element; one of several products has its own text. */
static struct str name_of(struct android *self)
{
    struct str name = xml_attribute(&self->xml, "name");
    struct str product = xml_attribute(&self->xml, "product");

    if (product.n == 0 || str_equal(product, STR("default")))
        return reading_key(self->reading, self->reading->prefix, name);
    return reading_key(self->reading,
                       reading_below(self->reading, self->reading->prefix, name),
                       product);
}

static void add_text(struct android *self, struct str key, struct str text, size_t line,
                     bool is_translated)
{
    struct message *message = reading_add(self->reading, key, line);

    reading_text(self->reading, message, text);
    message->is_counted = is_translated && !is_reference(&self->writer);
}

static void note_malformed(struct android *self, struct str key, size_t line)
{
    if (self->is_malformed)
        reading_note(self->reading, PROBLEM_MESSAGE, key, line,
                     "\\u without four hexadecimal digits");
    self->is_malformed = false;
}

/* The next <item> below the element at `depth`; false: there are no more. */
static bool next_item(struct android *self, size_t depth)
{
    struct xml *xml = &self->xml;
    enum xml_event event;

    while ((event = xml_next(xml)) != XML_DONE) {
        if (event == XML_END && xml->depth == depth)
            return false;
        if (event == XML_BEGIN && str_equal(xml->name, STR("item")))
            return true;
    }
    return false;
}

static void read_plurals(struct android *self, struct str key, size_t line,
                         bool is_translated)
{
    size_t depth = self->xml.depth;
    struct message *message;

    self->n = 0;
    while (!self->xml.is_empty && next_item(self, depth) && self->n < ITEMS_MAX) {
        struct str quantity = xml_attribute(&self->xml, "quantity");

        self->form = arena_room(self->reading->arena, self->form, self->n,
                                &self->capacity, sizeof *self->form);
        self->form[self->n] = (struct form){quantity, read_text(self)};
        self->n++;
    }
    message = reading_add(self->reading, key, line);
    message->is_group = true;
    message->is_counted = is_translated;
    forms_sort(self->form, self->n);
    reading_forms(self->reading, message, self->form, self->n);
}

static void read_array(struct android *self, struct str name, bool is_translated)
{
    size_t depth = self->xml.depth;
    struct str below = reading_below(self->reading, (struct str){0}, name);

    for (size_t i = 0; !self->xml.is_empty && next_item(self, depth); i++) {
        size_t line = self->xml.line;
        const char *index = str_format(self->reading->arena, "%zu", i);
        struct str key = reading_key(self->reading, below, str_of(index));

        add_text(self, key, read_text(self), line, is_translated);
        note_malformed(self, key, line);
    }
}

/* One child of <resources>. Others than texts are passed over. */
static void read_resource(struct android *self)
{
    struct xml *xml = &self->xml;
    struct str name = name_of(self);
    bool is_translated = !str_equal(xml_attribute(xml, "translatable"), STR("false"));
    size_t line = xml->line;

    if (str_equal(xml->name, STR("string")))
        add_text(self, name, read_text(self), line, is_translated);
    else if (str_equal(xml->name, STR("plurals")))
        read_plurals(self, name, line, is_translated);
    else if (str_equal(xml->name, STR("string-array")))
        read_array(self, name, is_translated);
    note_malformed(self, name, line);
}

bool format_android_read(struct reading *self)
{
    struct android file = {.reading = self};
    struct xml *xml = &file.xml;
    enum xml_event event;

    buf_init(&file.writer.out, self->arena, CATALOG_BYTES_MAX);
    xml_begin(xml, self);
    while ((event = xml_next(xml)) != XML_DONE) {
        if (event != XML_BEGIN)
            continue;
        if (xml->depth == 0 && !str_equal(xml->name, STR("resources"))) {
            (void)reading_fault(self, xml->line, "its root is not <resources>");
            break;
        }
        if (xml->depth == 1)
            read_resource(&file);
    }
    return xml_end(xml) && !self->fault;
}
