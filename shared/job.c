/* A plan as jobs. */
#include "shared/job.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "shared/banned.h"

enum {
    FIELDS_BEFORE = 10,    // the command
    TIMEOUT_MAX_S = 90000, // a tool's own, at most a day, and patience
    GRACE_MAX_S = 3600,
    LIMIT_MAX = 1 << 20,
};

bool job_number(const char *text, long most, long *value)
{
    char *end;

    errno = 0;
    *value = strtol(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && errno == 0 && *end == '\0' &&
           *value <= most;
}

static bool parse_job(char *line, struct job *job)
{
    char *field[FIELDS_BEFORE + JOB_ARGS_MAX];
    size_t n = 0;

    for (char *at = line; n < sizeof field / sizeof *field; at++) {
        field[n++] = at;
        at = strchr(at, '\t');
        if (!at)
            break;
        *at = '\0';
    }
    if (n <= FIELDS_BEFORE || n == sizeof field / sizeof *field)
        return false;
    *job = (struct job){.name = field[0],
                        .out = field[6],
                        .err = field[7],
                        .record = field[8],
                        .env = field[9]};
    for (size_t a = FIELDS_BEFORE; a < n; a++)
        job->argv[a - FIELDS_BEFORE] = field[a];
    return job_number(field[1], TIMEOUT_MAX_S, &job->timeout_s) && job->timeout_s > 0 &&
           job_number(field[2], GRACE_MAX_S, &job->grace_s) &&
           job_number(field[3], LIMIT_MAX, &job->as_mib) &&
           job_number(field[4], LIMIT_MAX, &job->fsize_mib) &&
           job_number(field[5], LIMIT_MAX, &job->nofile) && *job->name && *job->out &&
           *job->err && *job->record && *job->argv[0];
}

bool jobs_parse(char *text, size_t n, struct job jobs[JOBS_MAX], size_t *njobs,
                const char **bad)
{
    *njobs = 0;
    *bad = NULL;
    if (memchr(text, '\0', n) || (n > 0 && text[n - 1] != '\n'))
        return false;
    for (char *line = text; line < text + n;) {
        char *end = strchr(line, '\n');

        assert(end); // the last byte is one
        *end = '\0';
        if (*njobs == JOBS_MAX || !parse_job(line, &jobs[*njobs])) {
            *bad = line;
            return false;
        }
        (*njobs)++;
        line = end + 1;
    }
    return true;
}
