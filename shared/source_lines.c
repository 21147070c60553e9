/* Bytes of a file into lines. Knows gzip, line ends and the caps; not what a line
 * means. */
#include "shared/source_lines.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "shared/file.h"
#include "shared/limits.h"
#include "shared/memory.h"

#include "shared/banned.h"

enum {
    BLOCK_BYTES = 1 << 20,
    READ_BYTES = 256 * 1024, // what is read stays in the processor's cache
    PACKED_BYTES = 64 * 1024,
    HEAD_BYTES = 4
};

/* byte-order mark */
#define BOM STR("\xEF\xBB\xBF")

static_assert(EVENT_LINE_BYTES_MAX == BLOCK_BYTES, "half the buffer keeps a line");

void lines_init(struct lines *lines, struct arena *arena)
{
    *lines = (struct lines){.fd = -1};
    // a line of the largest size with CRLF, and a block behind it
    lines->at = arena_new(arena, char, 2 * BLOCK_BYTES + 2);
    lines->packed = arena_new(arena, unsigned char, PACKED_BYTES);
}

void lines_reset(struct lines *lines)
{
    lines->bytes = 0;
}

void lines_close(struct lines *lines)
{
    if (lines->fd > STDIN_FILENO)
        (void)close(lines->fd);
    lines->fd = -1;
}

void lines_release(struct lines *lines)
{
    lines_close(lines);
    if (lines->has_z)
        (void)inflateEnd(&lines->z);
    lines->has_z = false;
}

/* Some bytes; 0 at the end. */
static bool read_some(int fd, void *to, size_t n, size_t *got, struct err *err)
{
    ssize_t part;

    do
        part = read(fd, to, n);
    while (part < 0 && errno == EINTR);
    if (part < 0)
        return err_system(err, "cannot read");
    *got = (size_t)part;
    return true;
}

static bool start_gzip(struct lines *lines, size_t head, struct err *err)
{
    int result;

    if (lines->has_z) {
        result = inflateReset(&lines->z);
    } else {
        lines->z.zalloc = memory_for_zlib;
        lines->z.zfree = memory_given_back_by_zlib;
        result = inflateInit2(&lines->z, 15 + 16); // largest window, gzip only
        lines->has_z = result == Z_OK;
    }
    if (result != Z_OK)
        return err_set(err, "cannot read: zlib does not start");
    lines->is_gzip = true;
    lines->in_bytes = head;
    lines->z.next_in = lines->packed;
    lines->z.avail_in = (uInt)head;
    return true;
}

/* Plain, gzip or ZIP, by the first four bytes. */
static bool start_file(struct lines *lines, struct err *err)
{
    unsigned char *head = lines->packed;
    size_t n = 0, got = 1;

    while (n < HEAD_BYTES && got > 0) {
        if (!read_some(lines->fd, head + n, HEAD_BYTES - n, &got, err))
            return false;
        n += got;
    }
    if (n == HEAD_BYTES && memcmp(head, "PK\3\4", HEAD_BYTES) == 0)
        return err_set(err, "cannot read a ZIP archive; set path '-' and run: "
                            "bsdtar -xOf export.zip | zcat | rounds-watchdog");
    if (n >= 2 && head[0] == 0x1F && head[1] == 0x8B)
        return start_gzip(lines, n, err);
    memcpy(lines->at, head, n);
    lines->end = n;
    lines->bytes += n;
    return true;
}

static void forget_file(struct lines *lines)
{
    lines_close(lines);
    lines->from = lines->end = lines->searched = 0;
    lines->at_end = lines->skips = false;
    lines->first = '\0';
    lines->is_gzip = lines->between = lines->padded = lines->is_cut = false;
    lines->in_bytes = lines->out_bytes = 0;
    lines->number = 0;
}

bool lines_take(struct lines *lines, int fd, struct err *err)
{
    forget_file(lines);
    lines->fd = fd;
    if (start_file(lines, err))
        return true;
    lines_close(lines);
    return false;
}

bool lines_open(struct lines *lines, const char *path, struct err *err)
{
    size_t size;
    int fd = STDIN_FILENO;

    lines_close(lines);
    if (path && !file_open(AT_FDCWD, path, false, &fd, &size, err))
        return false;
    if (fd < 0)
        return err_set(err, "cannot read '%s': it went away meanwhile; run again",
                       path);
    return lines_take(lines, fd, err);
}

static void cut(struct lines *lines)
{
    lines->is_cut = true;
    lines->at_end = true;
}

/* Behind a member: another one, zero padding, the end, or bytes that should not be
 * there. */
static bool next_member(struct lines *lines, struct err *err)
{
    z_stream *z = &lines->z;

    while (z->avail_in > 0 && *z->next_in == 0) {
        z->next_in++;
        z->avail_in--;
        lines->padded = true;
    }
    if (z->avail_in == 0)
        return true;
    if (lines->padded || *z->next_in != 0x1F) {
        cut(lines);
        return true;
    }
    if (inflateReset(z) != Z_OK)
        return err_set(err, "cannot read: zlib does not start again");
    lines->between = false;
    return true;
}

static bool inflate_step(struct lines *lines, struct err *err)
{
    z_stream *z = &lines->z;
    int result = inflate(z, Z_NO_FLUSH);

    if (result == Z_MEM_ERROR)
        return err_set(err, "cannot read: no memory for zlib");
    if (result == Z_STREAM_END)
        lines->between = true;
    else if (result != Z_OK && result != Z_BUF_ERROR)
        cut(lines);
    return true;
}

static bool inflate_some(struct lines *lines, char *to, size_t n, size_t *got,
                         struct err *err)
{
    z_stream *z = &lines->z;

    z->next_out = (unsigned char *)to; // zlib's bytes are unsigned
    z->avail_out = (uInt)n;
    while (z->avail_out == (uInt)n && !lines->at_end) {
        if (z->avail_in == 0) {
            size_t part = 0;

            if (!read_some(lines->fd, lines->packed, PACKED_BYTES, &part, err))
                return false;
            z->next_in = lines->packed;
            z->avail_in = (uInt)part;
            lines->in_bytes += part;
            if (part == 0 && lines->between)
                lines->at_end = true;
            else if (part == 0)
                cut(lines);
        }
        if (!lines->at_end && lines->between && !next_member(lines, err))
            return false;
        if (!lines->at_end && !lines->between && !inflate_step(lines, err))
            return false;
    }
    *got = n - z->avail_out;
    lines->out_bytes += *got;
    if (lines->out_bytes > MIB && lines->out_bytes / GZIP_RATIO_MAX > lines->in_bytes)
        return err_set(err,
                       "cannot read: it expands more than %d times; unpack it yourself "
                       "if that is right",
                       GZIP_RATIO_MAX);
    return true;
}

/* Makes room behind the unread bytes and reads more of them. */
static bool fill(struct lines *lines, struct err *err)
{
    size_t got = 0;

    if (lines->from > 0) {
        memmove(lines->at, lines->at + lines->from, lines->end - lines->from);
        lines->end -= lines->from;
        lines->from = 0;
    }
    if (lines->is_gzip) {
        if (!inflate_some(lines, lines->at + lines->end, READ_BYTES, &got, err))
            return false;
    } else {
        if (!read_some(lines->fd, lines->at + lines->end, READ_BYTES, &got, err))
            return false;
        lines->at_end = got == 0;
    }
    lines->end += got;
    lines->bytes += got;
    if (lines->bytes > EVENT_BYTES_MAX)
        return err_set(err,
                       "cannot read: more than %d GiB of events in one run; name fewer "
                       "files",
                       (int)(EVENT_BYTES_MAX >> 30));
    return true;
}

/* Tells what kind of file it is, even when its only line is too long to be kept. */
static void note_first(struct lines *lines, struct str text)
{
    if (lines->number == 0 && str_starts(text, BOM)) {
        text.at += BOM.n;
        text.n -= BOM.n;
    }
    for (size_t i = 0; i < text.n && lines->first == '\0'; i++)
        if (text.at[i] != ' ' && text.at[i] != '\t' && text.at[i] != '\r' &&
            text.at[i] != '\n')
            lines->first = text.at[i];
}

/* Takes `n` unread bytes as a line, its newline behind them if it has one. */
static enum lines_result take_line(struct lines *lines, size_t n, bool has_newline,
                                   struct str *line)
{
    bool too_long = lines->skips;

    *line = (struct str){lines->at + lines->from, n};
    note_first(lines, *line);
    lines->from += n + has_newline;
    lines->searched = 0;
    lines->skips = false;
    lines->number++;
    if (n > 0 && line->at[n - 1] == '\r')
        line->n--;
    return too_long || line->n > EVENT_LINE_BYTES_MAX ? LINES_TOO_LONG : LINES_LINE;
}

/* The file's end, and of the line it may stand in. */
static enum lines_result take_end(struct lines *lines, size_t n, struct str *line)
{
    if ((n > 0 || lines->skips) && !lines->is_cut)
        return take_line(lines, n, false, line);
    lines->from = lines->end;
    lines->skips = false;
    return LINES_END;
}

/* The next line as it stands, newline excluded. */
static enum lines_result next_raw(struct lines *lines, struct str *line,
                                  struct err *err)
{
    for (;;) {
        const char *unread = lines->at + lines->from;
        size_t n = lines->end - lines->from;
        const char *newline =
            memchr(unread + lines->searched, '\n', n - lines->searched);

        if (newline)
            return take_line(lines, (size_t)(newline - unread), true, line);
        if (lines->at_end)
            return take_end(lines, n, line);
        lines->searched = n;
        if (n > EVENT_LINE_BYTES_MAX + 1) { // its end does not matter any more
            note_first(lines, (struct str){unread, n});
            lines->skips = true;
            lines->from = lines->end;
            lines->searched = 0;
        }
        if (!fill(lines, err))
            return LINES_FAILED;
    }
}

static bool is_blank(struct str line)
{
    for (size_t i = 0; i < line.n; i++)
        if (line.at[i] != ' ' && line.at[i] != '\t')
            return false;
    return true;
}

enum lines_result lines_next(struct lines *lines, struct str *line, struct err *err)
{
    for (;;) {
        enum lines_result result = next_raw(lines, line, err);

        if (result != LINES_LINE)
            return result;
        if (lines->number == 1 && str_starts(*line, BOM)) {
            line->at += BOM.n;
            line->n -= BOM.n;
        }
        if (!is_blank(*line))
            return LINES_LINE;
    }
}
