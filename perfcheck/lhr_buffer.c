/*
 * Whole report files, plain or gzip, into one buffer that is used again for the next.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "perfcheck/lhr.h"
#include "shared/file.h"
#include "shared/limits.h"
#include "shared/memory.h"

#include "shared/banned.h"

enum { PACKED_BYTES = 64 * 1024, CAPACITY_LEAST = 1 << 20, GZIP_ONLY = 15 + 16 };

/* Room for `n` bytes; the first `keep` stay. */
static void reserve(struct lhr_buffer *buffer, size_t n, size_t keep)
{
    struct arena bigger;
    size_t capacity = buffer->capacity > 0 ? buffer->capacity : CAPACITY_LEAST;
    char *at;

    if (n <= buffer->capacity)
        return;
    while (capacity < n)
        capacity *= 2;
    if (keep == 0) // the old one need not stand beside the new
        arena_release(&buffer->memory);
    arena_init(&bigger, 2 * (size_t)LHR_BYTES_MAX + PACKED_BYTES);
    at = arena_new(&bigger, char, capacity);
    if (keep > 0)
        memcpy(at, buffer->at, keep);
    arena_release(&buffer->memory);
    *buffer = (struct lhr_buffer){.at = at,
                                  .n = keep,
                                  .capacity = capacity,
                                  .memory = bigger};
}

void lhr_buffer_release(struct lhr_buffer *buffer)
{
    arena_release(&buffer->memory);
    *buffer = (struct lhr_buffer){0};
}

/* Up to `n` bytes; fewer only at the file's end. */
static bool read_some(int fd, char *to, size_t n, size_t *got, struct err *err)
{
    *got = 0;
    while (*got < n) {
        ssize_t part = read(fd, to + *got, n - *got);

        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            return err_system(err, "it cannot be read");
        if (part == 0)
            break;
        *got += (size_t)part;
    }
    return true;
}

static bool too_long(struct err *err)
{
    return err_set(err, "over %d MiB", LHR_BYTES_MAX >> 20);
}

/* ---- gzip ---- */

struct unzip {
    int fd;
    z_stream z;
    unsigned char packed[PACKED_BYTES];
    uint64_t in_bytes;
    bool between; /* a member ended */
    bool padded;  /* zeros after it */
};

/* More compressed bytes when all are used; `*at_end` when there are none. */
static bool refill(struct unzip *unzip, bool *at_end, struct err *err)
{
    size_t got = unzip->z.avail_in;

    if (got == 0) {
        if (!read_some(unzip->fd, (char *)unzip->packed, PACKED_BYTES, &got, err))
            return false;
        unzip->z.next_in = unzip->packed;
        unzip->z.avail_in = (uInt)got;
        unzip->in_bytes += got;
    }
    *at_end = got == 0;
    return true;
}

/* Behind a member: zero padding, or another member. */
static bool next_member(struct unzip *unzip, struct err *err)
{
    z_stream *z = &unzip->z;

    for (; z->avail_in > 0 && *z->next_in == 0; z->avail_in--, z->next_in++)
        unzip->padded = true;
    if (z->avail_in == 0)
        return true;
    unzip->between = false;
    return (!unzip->padded && *z->next_in == 0x1F && inflateReset(z) == Z_OK) ||
           err_set(err, "something follows its gzip data");
}

static bool inflate_step(struct unzip *unzip, struct lhr_buffer *buffer,
                         struct err *err)
{
    z_stream *z = &unzip->z;
    int result;

    reserve(buffer, buffer->n + 1, buffer->n);
    z->next_out = (unsigned char *)buffer->at + buffer->n; // zlib's bytes are unsigned
    z->avail_out = (uInt)(buffer->capacity - buffer->n);
    result = inflate(z, Z_NO_FLUSH);
    buffer->n = (size_t)((char *)z->next_out - buffer->at);
    unzip->between = result == Z_STREAM_END;
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        return err_set(err, "its gzip data is broken");
    if (buffer->n > MIB && buffer->n / GZIP_RATIO_MAX > unzip->in_bytes)
        return err_set(err, "it expands more than %d times", GZIP_RATIO_MAX);
    return buffer->n <= LHR_BYTES_MAX || too_long(err);
}

static bool unzip_all(struct unzip *unzip, struct lhr_buffer *buffer, struct err *err)
{
    for (;;) {
        bool at_end;

        if (!refill(unzip, &at_end, err))
            return false;
        if (at_end)
            return unzip->between || err_set(err, "its gzip data is cut");
        if (unzip->between && !next_member(unzip, err))
            return false;
        if (!unzip->between && !inflate_step(unzip, buffer, err))
            return false;
    }
}

static bool read_packed(int fd, struct lhr_buffer *buffer, struct err *err)
{
    struct unzip unzip = {.fd = fd,
                          .z = {.zalloc = memory_for_zlib,
                                .zfree = memory_given_back_by_zlib}};
    bool ok;

    buffer->n = 0;
    if (inflateInit2(&unzip.z, GZIP_ONLY) != Z_OK)
        return err_set(err, "cannot start zlib");
    ok = unzip_all(&unzip, buffer, err);
    (void)inflateEnd(&unzip.z);
    return ok;
}

/* ---- a file ---- */

static bool read_plain(int fd, size_t size, struct lhr_buffer *buffer, struct err *err)
{
    buffer->n = 0;
    if (size > LHR_BYTES_MAX)
        return too_long(err);
    reserve(buffer, size + 1, 0);
    if (!read_some(fd, buffer->at, size + 1, &buffer->n, err))
        return false;
    return buffer->n <= size || err_set(err, "it is being written; run again");
}

static bool read_open(int fd, size_t size, struct lhr_buffer *buffer, struct err *err)
{
    unsigned char magic[2] = {0};
    ssize_t got;

    do
        got = pread(fd, magic, sizeof magic, 0);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_system(err, "it cannot be read");
    return magic[0] == 0x1F && magic[1] == 0x8B ? read_packed(fd, buffer, err)
                                                : read_plain(fd, size, buffer, err);
}

bool lhr_buffer_read(struct lhr_buffer *buffer, const char *path, bool *is_regular,
                     struct err *err)
{
    struct stat st;
    size_t size;
    bool ok;
    int fd;

    if (lstat(path, &st) < 0)
        return err_system(err, "cannot read '%s'", path);
    *is_regular = S_ISREG(st.st_mode);
    if (!*is_regular)
        return true;
    if (!file_open(AT_FDCWD, path, true, &fd, &size, err))
        return false;
    if (fd < 0)
        return err_set(err, "cannot read '%s': it went away meanwhile; run again",
                       path);
    ok = read_open(fd, size, buffer, err) || err_wrap(err, "cannot read '%s'", path);
    (void)close(fd);
    return ok;
}

bool lhr_read(struct lhr_buffer *buffer, const char *path, struct arena *arena,
              struct lhr_file *file, struct err *err)
{
    bool is_regular = false;

    if (!lhr_buffer_read(buffer, path, &is_regular, err))
        return false;
    if (!is_regular)
        return err_set(err, "cannot read '%s': it is no regular file", path);
    return lhr_parse((struct str){buffer->at, buffer->n}, path, arena, file, err);
}
