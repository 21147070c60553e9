/*
 * Lines of one file after another, plain or gzip, streamed: 1 MiB blocks, lines across
 * blocks, never mmap.
 *
 *     lines_init(&lines, arena)              once; 2 MiB, reused
 *     lines_open(&lines, path, err)          NULL path: stdin
 *     while (lines_next(&lines, &line, err) == LINES_LINE)
 *     lines_close(&lines)                    then lines.is_cut says whether a gzip file
 * ended early lines_release(&lines)
 */
#ifndef SHARED_SOURCE_LINES_H
#define SHARED_SOURCE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zlib.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

enum lines_result { LINES_LINE, LINES_TOO_LONG, LINES_END, LINES_FAILED };

struct lines {
    int fd; /* -1: none */
    char *at;
    size_t from, end; /* unread bytes of `at` */
    size_t searched;  /* of these, without a newline */
    bool at_end;      /* nothing more comes */
    bool skips;       /* inside a line that is too long */
    char first;       /* byte of the file that is no blank; 0 before it was seen */
    int64_t number;   /* of the last line, from 1 */
    uint64_t bytes;   /* that came out, over all files since lines_reset */

    bool is_gzip, between; /* between two members */
    bool padded;           /* zero bytes were seen behind a member */
    bool is_cut;
    bool has_z;
    uint64_t in_bytes, out_bytes; /* of this file */
    unsigned char *packed;
    z_stream z;
};

void lines_init(struct lines *lines, struct arena *arena);
void lines_reset(struct lines *lines); /* a new run: the cap on bytes counts again */
void lines_release(struct lines *lines);

/* A ZIP archive is refused here, with the remedy; so are a missing file and what is no
 * regular file. */
MUST_USE bool lines_open(struct lines *lines, const char *path, struct err *err);
/* The same of an open file, which lines_close closes. */
MUST_USE bool lines_take(struct lines *lines, int fd, struct err *err);
void lines_close(struct lines *lines);

/* The next line that is not blank, without LF or CRLF and without a byte-order mark at
 * the file's start; good until the next call. A cut gzip file ends at its last whole
 * line. Failed: unreadable, or it expands beyond the caps. */
enum lines_result lines_next(struct lines *lines, struct str *line, struct err *err);

#endif
