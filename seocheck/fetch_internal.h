/*
 * What the three fetchers share. Nobody else's.
 */
#ifndef SEOCHECK_FETCH_INTERNAL_H
#define SEOCHECK_FETCH_INTERNAL_H

#include "seocheck/fetch.h"

enum { FETCH_HOPS_MAX = 5, FETCH_STATUS_MAX = 999 };

/* The first member of each fetcher. */
struct fetcher {
    bool (*all)(struct fetcher *fetcher, const struct fetch_request *requests, size_t n,
                fetch_done done, void *context, struct err *err);
    void (*close)(struct fetcher *fetcher); /* NULL: nothing to give back */
    /* Least microseconds between requests; sets them where they are fewer than
     * `least_us`. NULL: nobody is asked. */
    int64_t (*gap_us)(struct fetcher *fetcher, const struct url *url, int64_t least_us);
    bool has_headers;
    struct arena *arena;
    const char *status_text[FETCH_STATUS_MAX + 1]; /* made when first wanted */
};

/* Sets class, status and detail of an answer: section 1 of the page. `is_mitigated`: it
 * has a cf-mitigated header. A status outside 200..999, and a 304 that was not asked
 * for, is no answer. */
void fetch_judge(struct fetcher *fetcher, const struct fetch_request *request,
                 int status, bool is_mitigated, struct fetch_reply *reply);

/* A status with a place to go on to. */
bool fetch_is_redirect(const struct fetch_reply *reply);

/* Between two requests: empties `work` once it has grown. */
void fetch_tidy(struct arena *work);

/* A file's first bytes. */
struct fetch_file {
    bool is_there; /* a regular file, reached without a symbolic link or a way up */
    struct str bytes;
    bool is_cut; /* it has more than were asked for */
};

/* Up to `most` bytes (0: only whether it is there) of `path` below the open `folder`.
 */
MUST_USE bool fetch_file(int folder, struct str path, size_t most, struct arena *arena,
                         struct fetch_file *file, struct err *err);

/* A saved crawl from memory: bodies cannot be read. `name` for messages. */
MUST_USE bool fetch_jsonl_parse(struct str bytes, const char *name, struct arena *arena,
                                struct fetcher **fetcher, struct err *err);

#endif
