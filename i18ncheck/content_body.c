/* Goes over a page's lines once. Knows the Markdown that counts here and no more. */
#include "i18ncheck/content_body.h"

#include <stdlib.h>
#include <string.h>

#include "i18ncheck/utf8.h"
#include "shared/fnv.h"

#include "shared/banned.h"

struct walk {
    struct content_body *body;
    struct arena *arena;
    bool keeps_text;
    struct buf text, headings;
    size_t capacity; /* of paragraphs */
    char fence;      /* '`' or '~' inside code; 0: outside */
    size_t fence_n;
    bool in_module; /* import and export, to the next blank line */
    uint64_t hash;  /* of the paragraph so far */
    size_t words;   /* likewise */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static size_t run_of(struct str text, char c)
{
    size_t n = 0;

    while (n < text.n && text.at[n] == c)
        n++;
    return n;
}

static struct str without_indent(struct str line)
{
    while (line.n > 0 && is_blank(line.at[0])) {
        line.at++;
        line.n--;
    }
    return line;
}

static size_t count_points(struct str text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++)
        n += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    return n;
}

static size_t count_words(struct str text)
{
    size_t words = 0;
    bool within = false;

    while (text.n > 0) {
        unsigned char c = (unsigned char)text.at[0];
        // most bytes are letters, which are no white space at first sight
        size_t space = c > ' ' && c < 0x80 ? 0 : utf8_space(text);

        words += space == 0 && !within;
        within = space == 0;
        space += space == 0;
        text.at += space;
        text.n -= space;
    }
    return words;
}

/* ---- code and modules ---- */

/* Whether the line is a fence, or inside one. */
static bool is_code(struct walk *self, struct str line)
{
    struct str text = without_indent(line);
    char c = text.n > 0 ? text.at[0] : '\0';
    size_t n = run_of(text, c);

    if (self->fence != '\0') {
        struct str rest = {text.at + n, text.n - n};

        if (c == self->fence && n >= self->fence_n && without_indent(rest).n == 0)
            self->fence = '\0';
        return true;
    }
    if ((c != '`' && c != '~') || n < 3)
        return false;
    if (c == '`' && memchr(text.at + n, '`', text.n - n))
        return false; // code within a line
    self->fence = c;
    self->fence_n = n;
    return true;
}

/* "import duties are due" is prose. */
static bool is_module(struct walk *self, struct str line)
{
    bool begins = str_starts(line, STR("import ")) || str_starts(line, STR("export "));

    if (line.n == 0)
        self->in_module = false;
    for (size_t i = 0; begins && !self->in_module && i < line.n; i++)
        self->in_module = strchr("\"'{=(", line.at[i]) && line.at[i] != '\0';
    return self->in_module;
}

/* ---- headings and paragraphs ---- */

static size_t heading_level(struct str line)
{
    struct str text = without_indent(line);
    size_t n = run_of(text, '#');

    if (line.n - text.n > 3 || n > 6 || (n < text.n && !is_blank(text.at[n])))
        return 0;
    return n;
}

/* Without the marks at both ends. */
static struct str heading_text(struct str line, size_t level)
{
    struct str text = without_indent(line), cut;

    text = utf8_trim((struct str){text.at + level, text.n - level});
    cut = text;
    while (cut.n > 0 && cut.at[cut.n - 1] == '#')
        cut.n--;
    return cut.n == 0 || is_blank(cut.at[cut.n - 1]) ? utf8_trim(cut) : text;
}

static void take_heading(struct walk *self, struct str line, size_t level)
{
    struct str text = heading_text(line, level);

    self->body->nheadings++;
    if (level == 1 && !self->body->h1.at && text.n > 0) {
        self->body->h1 = (struct str){str_copy(self->arena, text.at, text.n), text.n};
    } else if (self->keeps_text) {
        buf_add(&self->headings, text.at, text.n);
        buf_add(&self->headings, "", 1);
    }
}

static void end_paragraph(struct walk *self)
{
    struct content_body *body = self->body;

    if (self->words >= PARAGRAPH_WORDS_MIN) {
        body->paragraph = arena_room(self->arena, body->paragraph, body->nparagraphs,
                                     &self->capacity, sizeof *body->paragraph);
        body->paragraph[body->nparagraphs++] = self->hash;
    }
    self->hash = FNV_START;
    self->words = 0;
}

static void take_line(struct walk *self, struct str line)
{
    size_t words = count_words(line), level = heading_level(line);

    self->body->points += count_points(line) + 1;
    self->body->words += words;
    if (self->keeps_text) {
        buf_add(&self->text, line.at, line.n);
        buf_add_text(&self->text, "\n");
    }
    if (level > 0)
        take_heading(self, line, level);
    if (level > 0 || words == 0) {
        end_paragraph(self);
        return;
    }
    self->hash = fnv_add(fnv_add(self->hash, line), STR("\n"));
    self->words += words;
}

static int hash_compare(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

struct content_body content_body_parse(struct str body, bool keeps_text,
                                       struct arena *arena)
{
    struct content_body made = {0};
    struct walk self = {.body = &made,
                        .arena = arena,
                        .keeps_text = keeps_text,
                        .hash = FNV_START};
    struct str rest = body, line;

    buf_init(&self.text, arena, body.n + 1);
    buf_init(&self.headings, arena, 2 * body.n + 1);
    while (str_next_line(&rest, &line)) {
        if (line.n > 0 && line.at[line.n - 1] == '\r')
            line.n--;
        if (is_code(&self, line) || is_module(&self, line))
            end_paragraph(&self);
        else
            take_line(&self, line);
    }
    end_paragraph(&self);
    made.text = buf_str(&self.text);
    made.headings = buf_str(&self.headings);
    if (made.nparagraphs > 1)
        qsort(made.paragraph, made.nparagraphs, sizeof *made.paragraph, hash_compare);
    return made;
}
