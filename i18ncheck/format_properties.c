/* Java's .properties: lines "key = value", with its escapes and continuations
 * (java.util.Properties.load). UTF-8, else ISO-8859-1. */
#include <string.h>

#include "i18ncheck/catalog_internal.h"
#include "i18ncheck/utf8.h"
#include "shared/text.h"

#include "shared/banned.h"

struct properties {
    struct reading *reading;
    const char *at, *end;
    size_t line;
    struct buf key, value;
    bool is_malformed; /* an escape of this entry */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\f';
}

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

static void skip_blanks(struct properties *self)
{
    while (self->at < self->end && is_blank(*self->at))
        self->at++;
}

/* "\r\n" is one end. */
static void skip_line_end(struct properties *self)
{
    if (self->at == self->end)
        return;
    if (self->at[0] == '\r' && self->end - self->at > 1 && self->at[1] == '\n')
        self->at++;
    self->at++;
    self->line++;
}

static void skip_line(struct properties *self)
{
    while (self->at < self->end && !is_line_end(*self->at))
        self->at++;
    skip_line_end(self);
}

/* ---- escapes ---- */

/* `self->at` is behind \u. */
static void read_unicode(struct properties *self, struct buf *to)
{
    char text[4];
    uint32_t c;
    size_t n = utf8_escape((struct str){self->at, (size_t)(self->end - self->at)}, &c);

    if (n == 0) {
        self->is_malformed = true;
        buf_add_text(to, "\\u");
        return;
    }
    self->at += n;
    buf_add(to, text, utf8_put(c, text));
}

/* `self->at` is behind the backslash. */
static void read_escape(struct properties *self, struct buf *to)
{
    static const char from[] = "tnrf", meant[] = "\t\n\r\f";
    const char *known;

    if (self->at == self->end)
        return;
    if (is_line_end(*self->at)) { // the entry goes on behind the next line's blanks
        skip_line_end(self);
        skip_blanks(self);
        return;
    }
    if (*self->at == 'u') {
        self->at++;
        read_unicode(self, to);
        return;
    }
    known = memchr(from, *self->at, sizeof from - 1);
    buf_add(to, known ? &meant[known - from] : self->at, 1);
    self->at++;
}

/* ---- entries ---- */

/* Up to the line's end, for a key also up to what ends it. */
static void read_part(struct properties *self, bool is_key, struct buf *to)
{
    to->n = 0;
    buf_add(to, "", 0);
    while (self->at < self->end && !is_line_end(*self->at)) {
        const char *start = self->at;

        if (is_key && (*self->at == '=' || *self->at == ':' || is_blank(*self->at)))
            return;
        self->at++;
        if (*start == '\\')
            read_escape(self, to);
        else
            buf_add(to, start, 1);
    }
}

static void read_entry(struct properties *self)
{
    struct reading *reading = self->reading;
    struct str key, text;
    struct message *message;
    size_t line = self->line;

    self->is_malformed = false;
    read_part(self, true, &self->key);
    skip_blanks(self);
    if (self->at < self->end && (*self->at == '=' || *self->at == ':')) {
        self->at++;
        skip_blanks(self);
    }
    read_part(self, false, &self->value);
    skip_line_end(self);
    key =
        (struct str){str_copy(reading->arena, self->key.at, self->key.n), self->key.n};
    text = (struct str){str_copy(reading->arena, self->value.at, self->value.n),
                        self->value.n};
    message = reading_add(reading, reading_key(reading, reading->prefix, key), line);
    reading_text(reading, message, text);
    if (self->is_malformed)
        reading_note(reading, PROBLEM_MESSAGE, message->key, message->line,
                     "\\u without four hexadecimal digits");
}

/* Every byte is a character. */
static struct str from_latin1(struct str bytes, struct arena *arena)
{
    char *text = arena_new(arena, char, 2 * bytes.n);
    size_t n = 0;

    for (size_t i = 0; i < bytes.n; i++)
        n += utf8_put((unsigned char)bytes.at[i], text + n);
    return (struct str){text, n};
}

bool format_properties_read(struct reading *self)
{
    struct str text = text_is_utf8(self->bytes.at, self->bytes.n, NULL)
                          ? self->bytes
                          : from_latin1(self->bytes, self->arena);
    struct properties file = {.reading = self,
                              .at = text.at,
                              .end = text.at + text.n,
                              .line = 1};

    buf_init(&file.key, self->arena, SIZE_MAX / 4);
    buf_init(&file.value, self->arena, SIZE_MAX / 4);
    while (file.at < file.end && !self->fault) {
        skip_blanks(&file);
        if (file.at == file.end)
            break;
        if (*file.at == '#' || *file.at == '!')
            skip_line(&file);
        else if (is_line_end(*file.at))
            skip_line_end(&file);
        else
            read_entry(&file);
    }
    return !self->fault;
}
