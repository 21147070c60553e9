/*
 * Sitemaps from bytes: gzip or not, XML or one URL a line. Pieces are first put
 * together to blocks of one size, so that zlib and libxml2 see the same calls however
 * the bytes came in: where they hold something back, it is always the same.
 */
#include "seocheck/sitemap.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "seocheck/sitemap_internal.h"
#include "shared/limits.h"
#include "shared/memory.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { BLOCK_BYTES = 1 << 15, HEAD_BYTES = 4, GZIP_ONLY = 15 + 16 };

enum body { BODY_UNKNOWN, BODY_XML, BODY_TEXT };

struct sitemap_reader {
    struct sitemap_out out;
    struct arena passing; // texts of entries that somebody takes
    char block[BLOCK_BYTES];
    size_t filled;
    bool is_begun; // the first block was looked at

    bool is_gzip, is_between, is_padding; // between two members; after a zero byte
    z_stream gzip;
    char inflated[BLOCK_BYTES];
    int64_t compressed, decoded; // bytes so far

    char head[HEAD_BYTES]; // what tells encodings apart
    size_t nhead;
    bool is_headed;
    enum body body;
    bool is_white; // white space came first
    struct sitemap_xml *xml;

    struct sitemap_text text; // of the line so far
    int64_t line;             // from 0, of white space and text
    bool was_cr;
};

void sitemap_fail(struct sitemap_out *out, enum sitemap_fault fault, int64_t line,
                  const char *text)
{
    struct sitemap *sitemap = out->sitemap;

    if (sitemap->fault != SITEMAP_GOOD)
        return;
    sitemap->fault = fault;
    sitemap->fault_line = line;
    if (text)
        sitemap->fault_text = str_copy(out->arena, text, strcspn(text, "\n"));
}

void sitemap_forget(struct sitemap_out *out)
{
    if (out->texts == out->arena || out->texts->total <= MIB)
        return;
    arena_release(out->texts);
    arena_init(out->texts, ARENA_BYTES_MAX);
}

void sitemap_put(struct sitemap_out *out, const struct sitemap_entry *entry)
{
    struct sitemap *sitemap = out->sitemap;

    if (sitemap->n == SITEMAP_ENTRIES_MAX) {
        sitemap_fail(out, SITEMAP_TOO_MANY, entry->line, NULL);
        out->is_over = true;
        return;
    }
    if (sitemap->take) {
        sitemap->n++;
        sitemap->take(sitemap->context, entry);
        sitemap_forget(out);
        return;
    }
    sitemap->entry = arena_room_alone(out->arena, sitemap->entry, sitemap->n,
                                      &sitemap->capacity, sizeof *sitemap->entry);
    sitemap->entry[sitemap->n++] = *entry;
}

static bool is_white(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct str sitemap_trim(struct str text)
{
    while (text.n > 0 && is_white(text.at[text.n - 1]))
        text.n--;
    while (text.n > 0 && is_white(*text.at)) {
        text.at++;
        text.n--;
    }
    return text;
}

/* Where it is full, what follows takes the last place: it is too long, whatever white
 * space stood there. */
void sitemap_gather(struct sitemap_text *text, char c)
{
    if (text->n < sizeof text->at && (text->n > 0 || !is_white(c)))
        text->at[text->n++] = c;
    else if (text->n > 0 && !is_white(c))
        text->at[text->n - 1] = c;
}

struct str sitemap_gathered(const struct sitemap_text *text)
{
    return sitemap_trim((struct str){text->at, text->n});
}

/* ---- one URL a line ---- */

static void end_line(struct sitemap_reader *reader)
{
    struct str text = sitemap_gathered(&reader->text);
    bool is_cut = text.n == sizeof reader->text.at;
    size_t bad = 0;

    // of a cut one the last character may be half
    if (!text_is_utf8(text.at, text.n, &bad) && !(is_cut && text.n - bad < 4)) {
        sitemap_fail(&reader->out, SITEMAP_NOT_UTF8, reader->line + 1, NULL);
        reader->out.is_over = true;
    } else if (text.n > 0) {
        struct sitemap_entry entry = {.line = reader->line + 1};

        entry.loc.at = str_copy(reader->out.texts, text.at, text.n);
        entry.loc.n = text.n;
        sitemap_put(&reader->out, &entry);
    }
    reader->text.n = 0;
    reader->line++;
}

/* Lines end at LF, CRLF, CR. */
static void add_text(struct sitemap_reader *reader, const char *at, size_t n)
{
    for (size_t i = 0; i < n && !reader->out.is_over; i++) {
        bool is_second = at[i] == '\n' && reader->was_cr;

        reader->was_cr = at[i] == '\r';
        if (is_second)
            continue;
        if (at[i] == '\n' || at[i] == '\r')
            end_line(reader);
        else
            sitemap_gather(&reader->text, at[i]);
    }
}

/* ---- the document ---- */

static int64_t line_now(const struct sitemap_reader *reader)
{
    return reader->xml ? sitemap_xml_line(reader->xml) : reader->line + 1;
}

static void stop(struct sitemap_reader *reader, enum sitemap_fault fault,
                 const char *text)
{
    sitemap_fail(&reader->out, fault, line_now(reader), text);
    reader->out.is_over = true;
}

/* White space before the first byte that tells XML from text. Returns what it took. */
static size_t skip_white(struct sitemap_reader *reader, const char *at, size_t n)
{
    size_t i = 0;

    for (; i < n && is_white(at[i]); i++) {
        if (at[i] == '\r' || (at[i] == '\n' && !reader->was_cr))
            reader->line++;
        reader->was_cr = at[i] == '\r';
        reader->is_white = true;
    }
    return i;
}

static void add_body(struct sitemap_reader *reader, const char *at, size_t n)
{
    if (reader->body == BODY_UNKNOWN) {
        size_t skipped = skip_white(reader, at, n);

        if (skipped == n)
            return;
        at += skipped;
        n -= skipped;
        reader->was_cr = false;
        reader->body = *at == '<' ? BODY_XML : BODY_TEXT;
        if (reader->body == BODY_XML)
            reader->xml =
                sitemap_xml_begin(&reader->out, reader->is_white ? reader->line : -1);
        else
            reader->out.sitemap->kind = SITEMAP_TEXT;
    }
    if (reader->body == BODY_XML)
        sitemap_xml_add(reader->xml, at, n);
    else
        add_text(reader, at, n);
}

/* UTF-16 and UTF-32 show by their marks, or by a zero beside the first `<`. */
static void take_head(struct sitemap_reader *reader)
{
    const char *head = reader->head;
    size_t n = reader->nhead, mark = 0;

    reader->is_headed = true;
    if (n >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0)
        mark = 3;
    if (n >= 2 && (memcmp(head, "\xff\xfe", 2) == 0 ||
                   memcmp(head, "\xfe\xff", 2) == 0 || head[0] == '\0' || !head[1]))
        stop(reader, SITEMAP_NOT_UTF8, NULL);
    else if (n > mark)
        add_body(reader, head + mark, n - mark);
}

static void add_decoded(struct sitemap_reader *reader, const char *at, size_t n)
{
    bool is_too_big = (int64_t)n > SITEMAP_BYTES_MAX - reader->decoded;

    if (is_too_big)
        n = (size_t)(SITEMAP_BYTES_MAX - reader->decoded);
    reader->decoded += (int64_t)n;
    while (!reader->is_headed && n > 0) {
        reader->head[reader->nhead++] = *at++;
        n--;
        if (reader->nhead == HEAD_BYTES)
            take_head(reader);
    }
    if (n > 0 && !reader->out.is_over)
        add_body(reader, at, n);
    if (is_too_big && !reader->out.is_over)
        stop(reader, SITEMAP_TOO_BIG, NULL);
}

/* ---- gzip ---- */

static void gzip_begin(struct sitemap_reader *reader)
{
    reader->gzip.zalloc = memory_for_zlib;
    reader->gzip.zfree = memory_given_back_by_zlib;
    if (inflateInit2(&reader->gzip, GZIP_ONLY) != Z_OK)
        memory_is_out();
    reader->is_gzip = true;
}

/* Behind a member: another one, or zeros to the end. True where a member begins. */
static bool next_member(struct sitemap_reader *reader)
{
    z_stream *gzip = &reader->gzip;

    while (gzip->avail_in > 0 && *gzip->next_in == 0) {
        reader->is_padding = true;
        gzip->next_in++;
        gzip->avail_in--;
    }
    if (gzip->avail_in == 0)
        return false;
    if (reader->is_padding || inflateReset(gzip) != Z_OK) {
        stop(reader, SITEMAP_BAD_GZIP, "bytes after its end");
        return false;
    }
    reader->is_between = false;
    return true;
}

static void inflate_some(struct sitemap_reader *reader)
{
    z_stream *gzip = &reader->gzip;
    uInt before = gzip->avail_in;
    int result;

    gzip->next_out = (Bytef *)reader->inflated;
    gzip->avail_out = sizeof reader->inflated;
    result = inflate(gzip, Z_NO_FLUSH);
    reader->compressed += before - gzip->avail_in;
    add_decoded(reader, reader->inflated, sizeof reader->inflated - gzip->avail_out);
    reader->is_between = result == Z_STREAM_END;
    if (reader->out.is_over)
        return;
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        stop(reader, SITEMAP_BAD_GZIP, gzip->msg);
    else if (reader->decoded > (int64_t)MIB &&
             reader->decoded / GZIP_RATIO_MAX > reader->compressed)
        stop(reader, SITEMAP_BAD_GZIP, "it unpacks to more than 200 times its size");
}

static void add_gzip(struct sitemap_reader *reader, char *at, size_t n)
{
    z_stream *gzip = &reader->gzip;

    gzip->next_in = (Bytef *)at;
    gzip->avail_in = (uInt)n;
    while (!reader->out.is_over) {
        if (reader->is_between && !next_member(reader))
            return;
        inflate_some(reader);
        if (gzip->avail_in == 0 && gzip->avail_out > 0)
            return;
    }
}

/* ---- pieces ---- */

static void take_block(struct sitemap_reader *reader)
{
    char *at = reader->block;
    size_t n = reader->filled;

    reader->filled = 0;
    if (!reader->is_begun && n >= 2 && memcmp(at, "\x1f\x8b", 2) == 0)
        gzip_begin(reader);
    reader->is_begun = true;
    if (reader->is_gzip)
        add_gzip(reader, at, n);
    else
        add_decoded(reader, at, n);
}

struct sitemap_reader *sitemap_begin(struct arena *arena, struct sitemap *sitemap)
{
    struct sitemap_reader *reader = arena_new(arena, struct sitemap_reader, 1);

    *sitemap = (struct sitemap){.fault_text = "",
                                .without_alternates = sitemap->without_alternates,
                                .take = sitemap->take,
                                .context = sitemap->context};
    arena_init(&reader->passing, ARENA_BYTES_MAX);
    reader->out =
        (struct sitemap_out){.arena = arena,
                             .texts = sitemap->take ? &reader->passing : arena,
                             .sitemap = sitemap};
    return reader;
}

bool sitemap_add(struct sitemap_reader *reader, const char *at, size_t n)
{
    while (n > 0 && !reader->out.is_over) {
        size_t room = sizeof reader->block - reader->filled;
        size_t part = n < room ? n : room;

        memcpy(reader->block + reader->filled, at, part);
        reader->filled += part;
        at += part;
        n -= part;
        if (reader->filled == sizeof reader->block)
            take_block(reader);
    }
    return !reader->out.is_over;
}

void sitemap_end(struct sitemap_reader *reader)
{
    if (!reader->out.is_over && reader->filled > 0)
        take_block(reader);
    if (!reader->out.is_over && reader->is_gzip && !reader->is_between)
        stop(reader, SITEMAP_BAD_GZIP, "it ends early");
    if (!reader->out.is_over && !reader->is_headed)
        take_head(reader);
    if (!reader->out.is_over && reader->body == BODY_UNKNOWN)
        stop(reader, SITEMAP_BAD_XML, "it is empty");
    if (!reader->out.is_over && reader->body == BODY_TEXT)
        end_line(reader);
    sitemap_xml_end(reader->xml);
    arena_release(&reader->passing);
    reader->xml = NULL;
    if (reader->is_gzip)
        (void)inflateEnd(&reader->gzip);
    reader->is_gzip = false;
    reader->out.is_over = true;
}
