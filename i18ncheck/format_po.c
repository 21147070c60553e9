/* PO and POT files: entries by a small scanner of tokens, as gettext's own is one. The
 * header is read in po_header.c, plural expressions in po_plural.c. */
#include <string.h>

#include "i18ncheck/catalog_internal.h"
#include "i18ncheck/po.h"
#include "i18ncheck/utf8.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { PO_FORMS_MAX = 32 }; // Arabic has six

/* An entry as far as it is read. */
struct entry {
    size_t line;     /* of msgid, or of its msgctxt */
    struct str ctxt; /* at NULL: none */
    struct str id, plural;
    struct form form[PO_FORMS_MAX];
    size_t nforms;
    bool has_id, has_plural, is_fuzzy;
    bool has_syntax;
    enum syntax syntax;
    const char *fault; /* of this entry alone */
};

struct po {
    struct reading *reading;
    const char *at, *end;
    size_t line;
    struct entry entry;
    struct buf text; /* a text of several pieces, while it is read */
};

static bool fault(struct po *self, const char *text)
{
    return reading_fault(self->reading, self->line, text);
}

static void skip_space(struct po *self)
{
    for (; self->at < self->end; self->at++) {
        if (*self->at == '\n')
            self->line++;
        else if (*self->at != ' ' && (*self->at < '\t' || *self->at > '\r'))
            return;
    }
}

/* ---- texts ---- */

static int digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : 16;
}

/* \ooo and \xhh, `self->at` at the first digit: a byte, which may be one of several of
 * a character. */
static void read_number(struct po *self, int base, int most)
{
    int value = 0, n = 0;
    char byte;

    while (n < most && self->at < self->end && digit(*self->at) < base) {
        value = value * base + digit(*self->at++);
        n++;
    }
    if (n == 0)
        self->entry.fault = "\\x without a hexadecimal digit";
    byte = (char)value;
    buf_add(&self->text, &byte, 1);
}

/* `self->at` is behind the backslash. */
static void read_escape(struct po *self)
{
    static const char from[] = "\"\\nrtbfva", meant[] = "\"\\\n\r\t\b\f\v\a";
    const char *known =
        self->at < self->end ? memchr(from, *self->at, sizeof from - 1) : NULL;

    if (known) {
        buf_add(&self->text, &meant[known - from], 1);
        self->at++;
    } else if (self->at < self->end && digit(*self->at) < 8) {
        read_number(self, 8, 3);
    } else if (self->at < self->end && *self->at == 'x') {
        self->at++;
        read_number(self, 16, 2);
    } else {
        self->entry.fault = "unknown escape";
        buf_add_text(&self->text, "\\");
    }
}

/* Up to a quote, a backslash or the line's end. */
static struct str read_plain(struct po *self)
{
    const char *start = self->at, *end = self->end;
    static const char ends[] = "\"\n\\";

    for (const char *c = ends; *c && start < end; c++) {
        const char *found = memchr(start, *c, (size_t)(end - start));

        end = found ? found : end;
    }
    self->at = end;
    return (struct str){start, (size_t)(end - start)};
}

static bool is_at(const struct po *self, char c)
{
    return self->at < self->end && *self->at == c;
}

/* The rest of a piece whose first bytes are added, with its closing quote. */
static bool read_piece(struct po *self)
{
    while (!is_at(self, '"')) {
        struct str plain;

        if (self->at == self->end || *self->at == '\n')
            return fault(self, "a text that its line does not close");
        if (*self->at == '\\') {
            self->at++;
            read_escape(self);
            continue;
        }
        plain = read_plain(self);
        buf_add(&self->text, plain.at, plain.n);
    }
    self->at++;
    return true;
}

/* A text whose first bytes are `plain`: the rest of its piece, unless that is closed,
 * and further pieces. */
static bool read_pieces(struct po *self, struct str plain, bool is_closed,
                        struct str *text)
{
    self->text.n = 0;
    buf_add(&self->text, plain.at, plain.n);
    if (!is_closed && !read_piece(self))
        return false;
    for (skip_space(self); is_at(self, '"'); skip_space(self)) {
        self->at++;
        if (!read_piece(self))
            return false;
    }
    *text = (struct str){str_copy(self->reading->arena, self->text.at, self->text.n),
                         self->text.n};
    if (!text_is_utf8(text->at, text->n, NULL))
        self->entry.fault = "escapes that are not UTF-8";
    return true;
}

/* One or more pieces in quotes; a single one without escapes is a view. */
static bool read_text(struct po *self, struct str *text)
{
    bool is_closed;

    skip_space(self);
    if (!is_at(self, '"'))
        return fault(self, "a text in quotes is wanted");
    self->at++;
    *text = read_plain(self);
    is_closed = is_at(self, '"');
    if (is_closed) {
        self->at++;
        skip_space(self);
        if (!is_at(self, '"'))
            return true;
    }
    return read_pieces(self, *text, is_closed, text);
}

/* ---- entries ---- */

static bool is_complete(const struct entry *entry)
{
    return entry->nforms > 0;
}

static struct str key_of(const struct po *self, const struct entry *entry)
{
    const struct reading *reading = self->reading;
    struct str before = reading->prefix;

    if (entry->ctxt.at)
        before = reading_key(reading, reading_key(reading, before, entry->ctxt),
                             STR("\x04"));
    return reading_key(reading, before, entry->id);
}

/* What stands in the source is the id, but for a catalog of the source's own language
 * whose ids are names. */
static void add_source_forms(struct po *self, struct message *message)
{
    struct entry *entry = &self->entry;
    struct form form[2] = {{.name = STR("0"), .text = entry->id},
                           {.name = STR("1"), .text = entry->plural}};
    bool is_own = !self->reading->is_union && !text_is_blank(entry->form[0].text);

    if (entry->has_plural)
        reading_forms(self->reading, message, is_own ? entry->form : form,
                      is_own ? entry->nforms : 2);
    else
        reading_text(self->reading, message, is_own ? entry->form[0].text : entry->id);
}

static void add_entry(struct po *self)
{
    struct reading *reading = self->reading;
    const struct entry *entry = &self->entry;
    struct message *message = reading_add(reading, key_of(self, entry), entry->line);

    message->is_group = entry->has_plural;
    message->source = entry->id;
    if (entry->has_syntax)
        message->syntax = entry->syntax;
    if (reading->is_source) {
        add_source_forms(self, message);
    } else {
        message->is_review = entry->is_fuzzy;
        if (entry->has_plural)
            reading_forms(reading, message, entry->form, entry->nforms);
        else
            reading_text(reading, message, entry->form[0].text);
    }
    if (entry->fault)
        reading_note(reading, PROBLEM_MESSAGE, message->key, message->line,
                     entry->fault);
}

/* At the end of an entry, which may be none. */
static bool finish_entry(struct po *self)
{
    const struct entry *entry = &self->entry;
    bool ok = true;

    if (is_complete(entry)) {
        if (entry->id.n == 0 && !entry->ctxt.at)
            ok = po_header_read(self->reading, entry->form[0].text, entry->line);
        else
            add_entry(self);
    } else if (entry->has_id) {
        ok = reading_fault(self->reading, entry->line, "msgid without msgstr");
    }
    self->entry = (struct entry){0};
    return ok;
}

/* ---- comments ---- */

/* "#, fuzzy, c-format" */
static void read_flags(struct entry *entry, struct str flags)
{
    struct str flag[16];
    size_t n = str_split(flags, ',', flag, sizeof flag / sizeof *flag);

    for (size_t i = 0; i < n && i < sizeof flag / sizeof *flag; i++) {
        struct str word = utf8_trim(flag[i]);

        if (str_equal(word, STR("fuzzy")))
            entry->is_fuzzy = true;
        else if (!entry->has_syntax)
            entry->has_syntax = po_flag_syntax(word, &entry->syntax);
    }
}

/* An obsolete entry takes the flags before it along. */
static bool read_comment(struct po *self)
{
    const char *newline = memchr(self->at, '\n', (size_t)(self->end - self->at));
    struct str line = {self->at, (size_t)((newline ? newline : self->end) - self->at)};

    if (is_complete(&self->entry) && !finish_entry(self))
        return false;
    if (line.n > 1 && line.at[1] == ',')
        read_flags(&self->entry, (struct str){line.at + 2, line.n - 2});
    if (line.n > 1 && line.at[1] == '~' && !self->entry.has_id && !self->entry.ctxt.at)
        self->entry = (struct entry){0};
    self->at += line.n;
    return true;
}

/* ---- keywords ---- */

static struct str read_word(struct po *self)
{
    const char *start = self->at;

    while (self->at < self->end &&
           ((*self->at >= 'a' && *self->at <= 'z') || *self->at == '_'))
        self->at++;
    return (struct str){start, (size_t)(self->at - start)};
}

/* msgctxt and msgid begin an entry. */
static bool begin_entry(struct po *self, bool is_id)
{
    if (is_complete(&self->entry) && !finish_entry(self))
        return false;
    if (self->entry.has_id)
        return fault(self, "msgid without msgstr");
    if (!self->entry.ctxt.at)
        self->entry.line = self->line;
    self->entry.has_id = is_id;
    return read_text(self, is_id ? &self->entry.id : &self->entry.ctxt);
}

/* "[1]" */
static bool read_index(struct po *self, size_t wanted)
{
    int64_t index;
    const char *close;

    self->at++;
    close = memchr(self->at, ']', (size_t)(self->end - self->at));
    if (!close || !str_to_int64(self->at, (size_t)(close - self->at), &index) ||
        index != (int64_t)wanted)
        return fault(self, "msgstr[] out of order");
    self->at = close + 1;
    return true;
}

static bool read_msgstr(struct po *self)
{
    static const char digits[] = "0123456789";
    struct entry *entry = &self->entry;
    size_t n = entry->nforms;

    if (!entry->has_id)
        return fault(self, "msgstr without msgid");
    if (n > 0 && (!entry->has_plural || n == PO_FORMS_MAX))
        return fault(self, "one msgstr too many");
    if (is_at(self, '[') && !read_index(self, n))
        return false;
    entry->form[n].name = n < 10 ? (struct str){digits + n, 1}
                                 : str_of(str_format(self->reading->arena, "%zu", n));
    entry->nforms++;
    return read_text(self, &entry->form[n].text);
}

static bool read_keyword(struct po *self)
{
    struct str word = read_word(self);
    struct str ignored;

    if (str_equal(word, STR("msgid")))
        return begin_entry(self, true);
    if (str_equal(word, STR("msgstr")))
        return read_msgstr(self);
    if (str_equal(word, STR("msgctxt")))
        return begin_entry(self, false);
    if (str_equal(word, STR("msgid_plural")) && self->entry.has_id &&
        !is_complete(&self->entry)) {
        self->entry.has_plural = true;
        return read_text(self, &self->entry.plural);
    }
    if (str_equal(word, STR("domain")))
        return finish_entry(self) && read_text(self, &ignored);
    return fault(self, "not a keyword of PO files");
}

bool format_po_read(struct reading *self)
{
    struct po po = {.reading = self,
                    .at = self->bytes.at,
                    .end = self->bytes.at + self->bytes.n,
                    .line = 1};

    buf_init(&po.text, self->arena, CATALOG_BYTES_MAX);
    for (skip_space(&po); po.at < po.end && !self->fault; skip_space(&po))
        if (!(*po.at == '#' ? read_comment(&po) : read_keyword(&po)))
            return false;
    return finish_entry(&po) && !self->fault;
}
