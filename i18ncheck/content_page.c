/* One page from its bytes: what its front matter and its text say. Pure. */
#include <string.h>

#include "i18ncheck/content_body.h"
#include "i18ncheck/content_internal.h"
#include "i18ncheck/front_matter.h"
#include "i18ncheck/utf8.h"
#include "shared/clock.h"
#include "shared/fnv.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { DAY_BYTES = 10, SOURCE_HASH_BYTES = 16, COMMIT_BYTES_MIN = 7 };

/* A page on its way in. */
struct reading {
    struct content *content;
    struct content_page *page;
    struct arena *arena;
    struct front_matter front;
};

static void hit(struct reading *self, size_t line, const char *message)
{
    hits_add(&self->content->hits, self->arena,
             (struct hit){.check = CHECK_FRONT_MATTER,
                          .locale = self->page->locale,
                          .file = self->page->path,
                          .line = line,
                          .message = message});
}

static struct str text_of(struct reading *self, const char *key)
{
    const struct front_item *item = front_matter_find(&self->front, key);
    struct str value = item ? utf8_trim(item->value) : (struct str){0};

    return (struct str){str_copy(self->arena, value.n > 0 ? value.at : "", value.n),
                        value.n};
}

static bool is_said(struct reading *self, const char *key, const char *word)
{
    return str_equal_ignoring_case(text_of(self, key), str_of(word));
}

/* "2026-11-02", also with a time behind it. */
static bool has_come(struct reading *self, const char *key)
{
    const struct front_item *item = front_matter_find(&self->front, key);
    struct str text = text_of(self, key);
    int32_t day;

    if (text.n == 0)
        return true;
    if (text.n < DAY_BYTES || !day_parse(text.at, DAY_BYTES, &day) ||
        (text.n > DAY_BYTES && !strchr("Tt \t", text.at[DAY_BYTES]))) {
        hit(self, item->line,
            str_format(self->arena, "'%s' is no day, as 2026-11-02 is", key));
        return true;
    }
    return day <= self->content->rules->as_of;
}

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool hex_parse(struct str text, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (hex(text.at[i]) < 0)
            return false;
        *value = *value << 4 | (uint64_t)hex(text.at[i]);
    }
    return text.n > 0;
}

/* What the page says it was made from. */
static void read_origin(struct reading *self)
{
    struct content_page *page = self->page;
    struct str hash = text_of(self, "sourceHash");
    struct str commit = text_of(self, "sourceCommit");
    uint64_t ignored;

    if (hash.n == SOURCE_HASH_BYTES && hex_parse(hash, &page->source_hash))
        page->has_source_hash = true;
    else if (hash.n > 0)
        hit(self, front_matter_find(&self->front, "sourceHash")->line,
            "'sourceHash' is not 16 hexadecimal digits");
    if (commit.n >= COMMIT_BYTES_MIN && commit.n <= GIT_HASH_MAX &&
        hex_parse(commit, &ignored))
        page->source_commit = commit.at;
    else if (commit.n > 0)
        hit(self, front_matter_find(&self->front, "sourceCommit")->line,
            "'sourceCommit' is not 7 to 64 hexadecimal digits");
}

static void read_front(struct reading *self)
{
    const struct content_rules *rules = self->content->rules;
    struct content_page *page = self->page;
    struct str id = text_of(self, "translationKey");

    if (self->front.fault)
        hit(self, self->front.fault_line,
            str_format(self->arena, "the front matter cannot be read: %s",
                       self->front.fault));
    if (id.n > 0)
        page->id = id.at;
    page->title = text_of(self, "title");
    page->description = text_of(self, "description");
    page->is_ready = is_said(self, rules->ready_key, "true");
    page->is_unready = is_said(self, rules->ready_key, "false");
    page->exists =
        !is_said(self, "draft", "true") &&
        has_come(self, text_of(self, "publishDate").n > 0 ? "publishDate" : "date");
    read_origin(self);
}

static void read_body(struct reading *self)
{
    struct content_page *page = self->page;
    struct content_body body =
        content_body_parse(self->front.body, self->content->rules->keeps_text,
                           self->arena);

    page->h1 = body.h1;
    page->headings = body.headings;
    page->body = body.text;
    page->points = body.points;
    page->nheadings = body.nheadings;
    page->words = body.words;
    page->paragraph = body.paragraph;
    page->nparagraphs = body.nparagraphs;
}

void content_page_parse(struct str bytes, struct content *content,
                        struct content_page *page, struct arena *arena)
{
    struct reading self = {.content = content, .page = page, .arena = arena};
    size_t bad;

    page->hash = fnv(bytes);
    page->exists = true;
    if (str_starts(bytes, STR("\xEF\xBB\xBF"))) {
        bytes.at += 3;
        bytes.n -= 3;
    }
    if (!text_is_utf8(bytes.at, bytes.n, &bad)) {
        hit(&self, text_line(bytes.at, bad), "the file is not UTF-8");
        return;
    }
    self.front = front_matter_parse(bytes, arena);
    read_front(&self);
    read_body(&self);
}
