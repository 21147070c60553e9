/* Reads JSON strictly (RFC 8259), one event at a time. Knows nothing of catalogs. */
#include "i18ncheck/json_events.h"

#include <stdint.h>
#include <string.h>

#include "i18ncheck/utf8.h"

#include "shared/banned.h"

void json_events_init(struct json_events *events, struct str bytes, struct arena *arena)
{
    *events = (struct json_events){.at = bytes.at,
                                   .end = bytes.at + bytes.n,
                                   .line = 1,
                                   .arena = arena};
}

static bool fault(struct json_events *self, const char *text)
{
    self->fault = text;
    return false;
}

static void skip_space(struct json_events *self)
{
    for (; self->at < self->end; self->at++) {
        if (*self->at == '\n')
            self->line++;
        else if (*self->at != ' ' && *self->at != '\t' && *self->at != '\r')
            return;
    }
}

/* ---- texts ---- */

/* `self->at` is behind \u. */
static bool read_unicode(struct json_events *self, uint32_t *c)
{
    size_t n = utf8_escape((struct str){self->at, (size_t)(self->end - self->at)}, c);

    if (n == 0)
        return fault(self, "\\u without four hexadecimal digits");
    if (*c >= 0xD800 && *c <= 0xDFFF)
        return fault(self, "half of a surrogate pair");
    self->at += n;
    return true;
}

/* `self->at` is behind the backslash. */
static bool read_escape(struct json_events *self, char *to, size_t *n)
{
    static const char from[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const char *known;
    uint32_t c;

    if (self->at == self->end)
        return fault(self, "cut off inside a text");
    if (*self->at == 'u') {
        self->at++;
        if (!read_unicode(self, &c))
            return false;
        *n += utf8_put(c, to + *n);
        return true;
    }
    known = memchr(from, *self->at, sizeof from - 1);
    if (!known)
        return fault(self, "unknown escape in a text");
    to[(*n)++] = meant[known - from];
    self->at++;
    return true;
}

#define EACH_BYTE(b) (0x0101010101010101U * (uint64_t)(b))

/* The high bit of each byte that is 0, and of no lower one. */
static uint64_t zero_bytes(uint64_t word)
{
    return (word - EACH_BYTE(1)) & ~word & EACH_BYTE(0x80);
}

/* Up to the first quote, backslash or control character, eight bytes at a time. */
static void skip_plain(struct json_events *self)
{
    const char *at = self->at;
    uint64_t word;

    for (; self->end - at >= (ptrdiff_t)sizeof word; at += sizeof word) {
        memcpy(&word, at, sizeof word);
        if ((zero_bytes(word ^ EACH_BYTE('"')) | zero_bytes(word ^ EACH_BYTE('\\')) |
             ((word - EACH_BYTE(0x20)) & ~word & EACH_BYTE(0x80))) != 0)
            break;
    }
    while (at < self->end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
        at++;
    self->at = at;
}

/* Length of the text up to its closing quote, escapes counted as written. */
static size_t rest_of_text(const struct json_events *self)
{
    const char *at = self->at;

    while (at < self->end && *at != '"')
        at += *at == '\\' ? 2 : 1;
    return (size_t)((at < self->end ? at : self->end) - self->at);
}

/* The part behind `start`, where the first escape is; no escape gets longer when it is
 * decoded. */
static bool read_escaped(struct json_events *self, const char *start, struct str *text)
{
    size_t n = (size_t)(self->at - start);
    char *to = arena_new(self->arena, char, n + rest_of_text(self) + 1);

    if (n > 0)
        memcpy(to, start, n);
    while (self->at < self->end && *self->at != '"') {
        if ((unsigned char)*self->at < 0x20)
            return fault(self, "control character in a text");
        if (*self->at != '\\') {
            to[n++] = *self->at++;
            continue;
        }
        self->at++;
        if (!read_escape(self, to, &n))
            return false;
    }
    if (self->at == self->end)
        return fault(self, "cut off inside a text");
    self->at++;
    *text = (struct str){to, n};
    return true;
}

/* `self->at` is at the opening quote. */
static bool read_text(struct json_events *self, struct str *text)
{
    const char *start = ++self->at;

    skip_plain(self);
    if (self->at < self->end && *self->at == '"') {
        *text = (struct str){start, (size_t)(self->at - start)};
        self->at++;
        return true;
    }
    return read_escaped(self, start, text);
}

/* ---- numbers and words ---- */

static size_t skip_digits(struct json_events *self)
{
    const char *start = self->at;

    while (self->at < self->end && *self->at >= '0' && *self->at <= '9')
        self->at++;
    return (size_t)(self->at - start);
}

static bool skip_one_of(struct json_events *self, const char *set)
{
    if (self->at == self->end || *self->at == '\0' || !strchr(set, *self->at))
        return false;
    self->at++;
    return true;
}

static bool read_number(struct json_events *self, struct json_event *event)
{
    const char *start = self->at;
    bool is_good;

    (void)skip_one_of(self, "-");
    is_good = skip_one_of(self, "0") || skip_digits(self) > 0;
    if (is_good && skip_one_of(self, "."))
        is_good = skip_digits(self) > 0;
    if (is_good && skip_one_of(self, "eE")) {
        (void)skip_one_of(self, "+-");
        is_good = skip_digits(self) > 0;
    }
    if (!is_good)
        return fault(self, "not a value");
    event->type = 'n';
    event->text = (struct str){start, (size_t)(self->at - start)};
    return true;
}

static bool read_word(struct json_events *self, struct json_event *event)
{
    static const struct {
        struct str word;
        char type;
    } words[] = {{{"true", 4}, 'b'}, {{"false", 5}, 'b'}, {{"null", 4}, 'z'}};
    struct str rest = {self->at, (size_t)(self->end - self->at)};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!str_starts(rest, words[i].word))
            continue;
        self->at += words[i].word.n;
        event->type = words[i].type;
        event->text = words[i].word;
        return true;
    }
    return read_number(self, event);
}

/* ---- objects and arrays ---- */

static bool begin(struct json_events *self, struct json_event *event)
{
    bool is_array = *self->at == '[';

    if (self->depth == JSON_EVENTS_DEPTH_MAX)
        return fault(self, "nested more than 64 deep");
    self->at++;
    self->level[self->depth++] = (struct json_level){.is_array = is_array};
    *event =
        (struct json_event){.type = '{',
                            .line = self->depth > 1 ? self->level[self->depth - 2].line
                                                    : self->line};
    return true;
}

static bool begin_root(struct json_events *self, struct json_event *event)
{
    self->has_begun = true;
    skip_space(self);
    if (self->at == self->end)
        return fault(self, "empty");
    if (*self->at != '{')
        return fault(self, "not an object");
    return begin(self, event);
}

static bool finish(struct json_events *self)
{
    skip_space(self);
    return self->at == self->end ? false : fault(self, "something after the object");
}

/* Name of the next member or element, up to its value. */
static bool read_name(struct json_events *self, struct json_level *level)
{
    level->line = self->line;
    if (level->is_array) {
        level->name = str_of(str_format(self->arena, "%zu", level->n));
        return true;
    }
    if (self->at == self->end)
        return fault(self, "cut off");
    if (*self->at != '"')
        return fault(self, "a key in quotes is wanted");
    if (!read_text(self, &level->name))
        return false;
    skip_space(self);
    if (self->at == self->end || *self->at != ':')
        return fault(self, "':' is wanted after a key");
    self->at++;
    skip_space(self);
    return true;
}

static bool read_value(struct json_events *self, size_t line, struct json_event *event)
{
    if (self->at == self->end)
        return fault(self, "cut off");
    if (*self->at == '{' || *self->at == '[')
        return begin(self, event);
    *event = (struct json_event){.line = line};
    if (*self->at != '"')
        return read_word(self, event);
    event->type = 's';
    return read_text(self, &event->text);
}

bool json_events_next(struct json_events *events, struct json_event *event)
{
    struct json_level *level;

    if (events->fault)
        return false;
    if (!events->has_begun)
        return begin_root(events, event);
    if (events->depth == 0)
        return finish(events);
    level = &events->level[events->depth - 1];
    skip_space(events);
    if (events->at == events->end)
        return fault(events, "cut off");
    if (*events->at == (level->is_array ? ']' : '}')) {
        events->at++;
        events->depth--;
        *event =
            (struct json_event){.type = '}', .line = events->line, .members = level->n};
        return true;
    }
    if (level->n > 0) {
        if (*events->at != ',')
            return fault(events, "',' is wanted between members");
        events->at++;
        skip_space(events);
    }
    if (!read_name(events, level))
        return false;
    level->n++;
    return read_value(events, level->line, event);
}
