/* What the three fetchers share: their entry points, the class of an answer, files
 * below a folder. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seocheck/fetch_internal.h"
#include "shared/file.h"
#include "shared/limits.h"

#include "shared/banned.h"

bool fetch_all(struct fetcher *fetcher, const struct fetch_request *requests, size_t n,
               fetch_done done, void *context, struct err *err)
{
    return n == 0 || fetcher->all(fetcher, requests, n, done, context, err);
}

void fetch_slow(struct fetcher *fetcher, const struct url *url, double seconds)
{
    if (fetcher->gap_us)
        (void)fetcher->gap_us(fetcher, url, llround(seconds * 1e6));
}

double fetch_gap_s(struct fetcher *fetcher, const struct url *url)
{
    return fetcher->gap_us ? (double)fetcher->gap_us(fetcher, url, 0) / 1e6 : 0;
}

bool fetcher_has_headers(const struct fetcher *fetcher)
{
    return fetcher->has_headers;
}

void fetcher_close(struct fetcher *fetcher)
{
    if (fetcher && fetcher->close)
        fetcher->close(fetcher);
}

/* Walls that other sites build against programs; on the own site they are errors. */
static bool is_wall(int status)
{
    return status == 401 || status == 403 || status == 407 || status == 451 ||
           status == 503 || status == 999;
}

static enum url_class class_of(int status)
{
    if (status < 300 || status == 304)
        return CLASS_OK;
    if (status < 400)
        return CLASS_REDIRECT;
    if (status == 404 || status == 410)
        return CLASS_GONE;
    if (status == 429)
        return CLASS_BLOCKED;
    if (status >= 500 || status == 408 || status == 425)
        return CLASS_SERVER;
    return CLASS_CLIENT;
}

void fetch_judge(struct fetcher *fetcher, const struct fetch_request *request,
                 int status, bool is_mitigated, struct fetch_reply *reply)
{
    bool is_conditional = request->etag || request->last_modified;
    const char **text;

    if (status < 200 || status > FETCH_STATUS_MAX ||
        (status == 304 && !is_conditional)) {
        reply->url_class = CLASS_NETWORK;
        reply->status = 0;
        reply->detail = "read";
        return;
    }
    text = &fetcher->status_text[status];
    if (!*text)
        *text = str_format(fetcher->arena, "%d", status);
    reply->detail = *text;
    reply->status = status;
    reply->url_class = class_of(status);
    // a challenge stands before the page, on the own site too: it is no word of the
    // page
    if (is_mitigated || (request->kind == FETCH_EXTERNAL && is_wall(status)))
        reply->url_class = CLASS_BLOCKED;
}

bool fetch_is_redirect(const struct fetch_reply *reply)
{
    return reply->location.n > 0 && reply->url_class == CLASS_REDIRECT &&
           reply->status != 300;
}

void fetch_tidy(struct arena *work)
{
    if (work->total <= MIB)
        return;
    arena_release(work);
    arena_init(work, ARENA_BYTES_MAX);
}

/* One step down. -1 and errno when there is no such folder. */
static int enter(int folder, struct str name, struct arena *arena, bool is_last)
{
    int flags =
        O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | (is_last ? 0 : O_DIRECTORY);

    if (name.n == 0 || name.n > PATH_BYTES_MAX || memchr(name.at, '\0', name.n) ||
        str_equal(name, STR(".")) || str_equal(name, STR(".."))) {
        errno = ENOENT;
        return -1;
    }
    return file_openat(folder, str_copy(arena, name.at, name.n), flags, 0);
}

static int open_below(int folder, struct str path, struct arena *arena)
{
    int at = folder;

    for (;;) {
        const char *slash = path.n > 0 ? memchr(path.at, '/', path.n) : NULL;
        struct str name = {path.at, slash ? (size_t)(slash - path.at) : path.n};
        int next = enter(at, name, arena, !slash);
        int cause = errno;

        if (at != folder)
            (void)close(at);
        errno = cause;
        if (next < 0 || !slash)
            return next;
        path = (struct str){slash + 1, path.n - name.n - 1};
        at = next;
    }
}

/* No error: nothing of that name, or what is no plain file's way. */
static bool is_absence(int cause)
{
    return cause == ENOENT || cause == ENOTDIR || cause == ELOOP ||
           cause == ENAMETOOLONG || cause == ENXIO;
}

static bool read_up_to(int fd, size_t most, struct arena *arena,
                       struct fetch_file *file)
{
    struct stat st;
    char *to;
    size_t n = 0;

    if (fstat(fd, &st) != 0)
        return false;
    file->is_there = S_ISREG(st.st_mode);
    if (!file->is_there || most == 0)
        return true;
    most = (uint64_t)st.st_size < most ? (size_t)st.st_size : most;
    to = arena_new(arena, char, most + 1);
    while (n < most) {
        ssize_t part = read(fd, to + n, most - n);

        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            return false;
        if (part == 0)
            break;
        n += (size_t)part;
    }
    file->bytes = (struct str){to, n};
    file->is_cut = (uint64_t)st.st_size > most;
    return true;
}

bool fetch_file(int folder, struct str path, size_t most, struct arena *arena,
                struct fetch_file *file, struct err *err)
{
    int fd = open_below(folder, path, arena);
    bool ok;

    *file = (struct fetch_file){0};
    if (fd < 0)
        return is_absence(errno) ||
               err_system(err, "cannot read '%.*s'", (int)path.n, path.at);
    ok = read_up_to(fd, most, arena, file);
    if (!ok)
        (void)err_system(err, "cannot read '%.*s'", (int)path.n, path.at);
    (void)close(fd);
    return ok;
}
