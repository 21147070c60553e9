/*
 * The jobs of a plan, which shared/plan.c writes and rounds-supervise runs: a job a
 * line, tab-separated, no quoting:
 *     name timeout_s grace_s as_mib fsize_mib nofile out err record env argv...
 * `env` is a comma list of names that the job gets from the environment, `-` for none.
 * libc alone, as what watches the others is.
 */
#ifndef SHARED_JOB_H
#define SHARED_JOB_H

#include <stdbool.h>
#include <stddef.h>

enum { JOBS_MAX = 64, JOB_ARGS_MAX = 64, PLAN_BYTES_MAX = 1 << 20 };

struct job {
    const char *name, *out, *err, *record;
    long timeout_s; /* at least 1 */
    long grace_s, as_mib, fsize_mib, nofile;
    char *env;
    char *argv[JOB_ARGS_MAX + 1]; /* at least one; NULL-ended */
};

/* Digits alone, at most `most`. */
bool job_number(const char *text, long most, long *value);

/* The jobs of a plan of `n` bytes, at most JOBS_MAX; `text` is cut into their texts.
 * False: `*bad` is the line that is no job, up to where it was cut, or NULL where there
 * is a NUL or no final newline. */
bool jobs_parse(char *text, size_t n, struct job jobs[JOBS_MAX], size_t *njobs,
                const char **bad);

#endif
