/*
 * One Lighthouse report as read (perfcheck.md 3): views into the bytes of its file,
 * which must stay as they are while the report is used. Read from it once, in one walk;
 * what only some verbs need (items of an audit, descriptions) stays a span until asked
 * for.
 */
#ifndef PERFCHECK_LHR_H
#define PERFCHECK_LHR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "shared/arena.h"
#include "shared/err.h"
#include "shared/scan.h"
#include "shared/str.h"

struct estimate {
    bool known;
    double value;
};

enum form { FORM_MOBILE, FORM_DESKTOP, FORM_COUNT };

const char *form_word(enum form form); /* "mobile" "desktop" */

enum audit_mode {
    MODE_OTHER, /* absent or unknown */
    MODE_NUMERIC,
    MODE_BINARY,
    MODE_METRIC_SAVINGS,
    MODE_INFORMATIVE,
    MODE_NOT_APPLICABLE,
    MODE_MANUAL,
    MODE_ERROR,
};

struct audit {
    struct str id;
    enum audit_mode mode;
    struct estimate score;       /* 0..1 */
    struct estimate value;       /* numericValue; negative or not finite: not known */
    struct estimate p10, median; /* scoringOptions */
    struct span title;           /* a string as it stands in the file */
    struct span whole;           /* the audit's object, for what is not read here */
    struct span items;           /* details.items: an array, or absent */
};

struct audit_ref {
    struct str id;
    double weight;
    const struct audit *audit; /* NULL: the file has none of that id */
};

struct category {
    struct str id;
    struct estimate score; /* the file's own */
    struct audit_ref *ref; /* all, also of weight 0, in file order */
    size_t nrefs;
};

/* One result, or one recorded failure of a run (then audits and categories are empty).
 */
struct lhr {
    const char *file;      /* as read, "file#1" for the second step of a user flow */
    const char *step_name; /* of a user flow, else "" */
    const char *version;   /* lighthouseVersion, "" of a failure */
    int major, minor;
    struct str page; /* finalDisplayedUrl, finalUrl or requestedUrl, decoded */
    struct str
        final_url; /* finalUrl alone, decoded; empty when absent: assert groups by it */
    enum form form;
    const char *time;   /* fetchTime as in the file */
    int64_t time_ms;    /* since the epoch, UTC */
    bool is_navigation; /* gatherMode navigation or absent */
    const char *failure_code,
        *failure_message;          /* runtimeError or a recorded failure; "" none */
    size_t nwarnings;              /* runWarnings */
    const char *throttling_method; /* "simulate" */
    json_t *throttling;            /* configSettings.throttling, owned; NULL: absent */
    struct estimate benchmark_index;
    int chrome_major;    /* of hostUserAgent, 0: not said */
    const char *axe;     /* "4.14", "" not said */
    struct audit *audit; /* in file order */
    size_t naudits;
    const struct audit *const *by_id; /* the same in byte order */
    struct category *category;
    size_t ncategories;
    bool has_psi;        /* wrapped by PageSpeed Insights */
    struct span loading; /* loadingExperience, or absent */
};

/* Earlier ones score otherwise. */
enum { LHR_MAJOR_LEAST = 6 };

/* What a file holds. */
struct lhr_file {
    struct lhr *report;
    size_t n; /* 0: JSON, but no report */
};

/* `bytes` of a file named `name` (for messages): a bare result, one wrapped as PSI or
 * {"lhr"}, a user flow, a recorded failure. Refused, with reason and offset: not JSON
 * to the end, deeper than 512, a wrong type at a wanted path, no fetchTime. The arena
 * holds what is no view. */
MUST_USE bool lhr_parse(struct str bytes, const char *name, struct arena *arena,
                        struct lhr_file *file, struct err *err);
void lhr_file_release(struct lhr_file *file);

/* The fetchTime of a bare result, which stands in front of its audits, without reading
 * further. False: it has to be parsed to know. */
bool lhr_peek_time(struct str bytes, int64_t *time_ms);

/* Valid run: navigation, no failure, a performance score (perfcheck.md 1). */
bool lhr_is_valid(const struct lhr *lhr);

/* Below 1 (binary) or .9 (numeric, metricSavings); no score, or not scored: false. */
bool audit_is_failing(const struct audit *audit);

const struct audit *lhr_audit(const struct lhr *lhr, const char *id);
const struct category *lhr_category(const struct lhr *lhr, const char *id);

/* A span of the report through jansson (lone surrogates become U+FFFD); the caller owns
 * the result. NULL, with err set, when it is none. */
MUST_USE bool lhr_load(struct span span, json_t **json, struct err *err);

/* Key of one of an audit's items (perfcheck.md 5), digits runs of 6 or more folded; in
 * the arena. And what names it to people: selector or URL and snippet, at most 120
 * characters, fit to print. */
const char *item_key(const json_t *item, struct arena *arena);
const char *item_text(const json_t *item, struct arena *arena);

/* Files read into one buffer again and again, plain or .gz, never mapped, at most
 * LHR_BYTES_MAX inflated. */
enum { LHR_BYTES_MAX = 64 << 20 };

struct lhr_buffer {
    char *at;
    size_t n, capacity;
    struct arena memory;
};

/* False: why, with the file named. `*is_regular` false (and true returned) of a
 * symbolic link, FIFO, device or folder. Begin with {0}. */
MUST_USE bool lhr_buffer_read(struct lhr_buffer *buffer, const char *path,
                              bool *is_regular, struct err *err);
void lhr_buffer_release(struct lhr_buffer *buffer);

/* Both: the reports of the file at `path`, whose views are into the buffer. What is no
 * regular file is an error here. */
MUST_USE bool lhr_read(struct lhr_buffer *buffer, const char *path, struct arena *arena,
                       struct lhr_file *file, struct err *err);

/* Report files of paths, globs and folders (perfcheck.md 3), manifests followed; in
 * byte order, each file once. `folders`: what confinement has to let the tool read. A
 * path that is not there is an error unless `may_miss`, which then needs one of all to
 * be there. */
struct lhr_paths {
    const char **path;
    size_t n;
    const char **folder;
    size_t nfolders;
};

MUST_USE bool lhr_paths_list(const char *base, const char *const *patterns, size_t n,
                             bool may_miss, struct arena *arena,
                             struct lhr_paths *paths, struct err *err);

#endif
