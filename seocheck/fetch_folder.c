/* A built site from its folder: no network, no headers but the type that an extension
 * stands for. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "seocheck/fetch_internal.h"
#include "shared/file.h"
#include "shared/limits.h"

#include "shared/banned.h"

struct folder_fetcher {
    struct fetcher common;
    int folder;
    struct url base;
};

static const struct type {
    const char *ending;
    const char *type;
} types[] = {
    {".html", "text/html"},
    {".htm", "text/html"},
    {".xhtml", "application/xhtml+xml"},
    {".css", "text/css"},
    {".js", "text/javascript"},
    {".mjs", "text/javascript"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".xml", "application/xml"},
    {".rss", "application/rss+xml"},
    {".atom", "application/atom+xml"},
    {".txt", "text/plain"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".gif", "image/gif"},
    {".webp", "image/webp"},
    {".avif", "image/avif"},
    {".ico", "image/x-icon"},
    {".pdf", "application/pdf"},
    {".gz", "application/gzip"},
    {".mp4", "video/mp4"},
    {".webm", "video/webm"},
    {".mp3", "audio/mpeg"},
    {".woff", "font/woff"},
    {".woff2", "font/woff2"},
};

/* What servers show instead of a page. */
static const char *const no_pages[] = {"404.html", "500.html", "offline.html"};

static struct str base_name(struct str path)
{
    while (path.n > 0 && memchr(path.at, '/', path.n)) {
        path.at++;
        path.n--;
    }
    return path;
}

static struct str type_of(struct str path)
{
    struct str name = base_name(path);

    for (size_t i = 0; i < sizeof no_pages / sizeof *no_pages; i++)
        if (str_equal(name, str_of(no_pages[i])))
            return (struct str){0};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct str ending = str_of(types[i].ending);

        if (name.n > ending.n &&
            str_equal_ignoring_case((struct str){name.at + name.n - ending.n, ending.n},
                                    ending))
            return str_of(types[i].type);
    }
    return STR("application/octet-stream");
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Escapes as the bytes they stand for; a bad one stays. False: an escaped slash or NUL,
 * which no name of a file has. */
static bool unescape(struct str path, struct arena *arena, struct str *name)
{
    char *to = str_copy(arena, path.at, path.n);
    size_t n = 0;

    for (size_t i = 0; i < path.n; i++) {
        char c = path.at[i];

        if (c == '%' && i + 2 < path.n && hex(path.at[i + 1]) >= 0 &&
            hex(path.at[i + 2]) >= 0) {
            c = (char)(hex(path.at[i + 1]) * 16 + hex(path.at[i + 2]));
            if (c == '/' || c == '\0')
                return false;
            i += 2;
        }
        to[n++] = c;
    }
    *name = (struct str){to, n};
    return true;
}

static bool is_default_port(const struct url *url)
{
    return url->port == (url->is_https ? 443 : 80);
}

/* http and https on their own ports are one site. */
static bool is_own(const struct url *url, const struct url *base)
{
    return str_equal(url->host, base->host) &&
           (url->port == base->port || (is_default_port(url) && is_default_port(base)));
}

/* The base's path up to its last slash, which the folder stands for. */
static struct str root_of(const struct url *base)
{
    return (struct str){base->path.at, base->path.n - base_name(base->path).n};
}

/* P, else P.html, else P/index.html. `*found` is the name that was there. */
// NOLINTNEXTLINE(readability-function-size): a name and where it is looked for
static bool find(struct folder_fetcher *self, struct str path, size_t most,
                 struct arena *work, struct str *found, struct fetch_file *file,
                 struct err *err)
{
    bool is_folder = path.n == 0 || path.at[path.n - 1] == '/';
    int n = (int)path.n;
    const char *tried[] = {is_folder ? NULL : str_format(work, "%.*s", n, path.at),
                           is_folder ? NULL : str_format(work, "%.*s.html", n, path.at),
                           str_format(work,
                                      is_folder ? "%.*sindex.html" : "%.*s/index.html",
                                      n, path.at)};

    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        if (!tried[i])
            continue;
        *found = str_of(tried[i]);
        if (!fetch_file(self->folder, *found, most, work, file, err))
            return false;
        if (file->is_there)
            return true;
    }
    return true;
}

static bool answer(struct folder_fetcher *self, const struct fetch_request *request,
                   struct arena *work, struct fetch_reply *reply, struct err *err)
{
    const struct url *url = request->url;
    struct str root = root_of(&self->base);
    size_t most = request->kind == FETCH_GET ? request->most_bytes : 0;
    struct fetch_file file = {0};
    struct str name, found;

    if (!is_own(url, &self->base) || !str_starts(url->path, root)) {
        reply->url_class = CLASS_UNASKED;
        reply->detail = "elsewhere";
        return true;
    }
    name = (struct str){url->path.at + root.n, url->path.n - root.n};
    if (unescape(name, work, &name) &&
        !find(self, name, most, work, &found, &file, err))
        return false;
    fetch_judge(&self->common, request, file.is_there ? 200 : 404, false, reply);
    if (!file.is_there)
        return true;
    reply->content_type = type_of(found);
    reply->body = file.bytes;
    reply->is_cut = file.is_cut;
    return true;
}

static bool folder_all(struct fetcher *fetcher, const struct fetch_request *requests,
                       size_t n, fetch_done done, void *context, struct err *err)
{
    struct folder_fetcher *self = (struct folder_fetcher *)fetcher;
    struct arena work;
    bool ok = true;

    arena_init(&work, ARENA_BYTES_MAX);
    for (size_t i = 0; i < n && ok; i++) {
        struct fetch_reply reply = {.detail = ""};

        ok = answer(self, &requests[i], &work, &reply, err) &&
             done(context, i, &reply, err);
        fetch_tidy(&work);
    }
    arena_release(&work);
    return ok;
}

static void folder_close(struct fetcher *fetcher)
{
    struct folder_fetcher *self = (struct folder_fetcher *)fetcher;

    (void)close(self->folder);
    self->folder = -1;
}

bool fetch_folder_open(const char *folder, const struct url *base, struct arena *arena,
                       struct fetcher **fetcher, struct err *err)
{
    struct folder_fetcher *self = arena_new(arena, struct folder_fetcher, 1);

    self->common =
        (struct fetcher){.all = folder_all, .close = folder_close, .arena = arena};
    self->base = *base;
    self->folder = file_openat(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY, 0);
    if (self->folder < 0)
        return err_system(err, "cannot read the folder '%s'", folder);
    *fetcher = &self->common;
    return true;
}
