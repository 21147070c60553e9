/* File download exports: started, waited for, and fetched from where they lie, which is
 * another host that must not see the token. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "shared/engines/posthog.h"
#include "shared/scratch.h"
#include "shared/spill.h"
#include "shared/text.h"

#include "shared/banned.h"

enum {
    WEEK_S = 7 * 86400, // the most an export may span
    DAY_S = 86400,
    SKEW_S = 60, // our clock may be that much ahead
    POLL_US = 5000000,
    LOCATION_MAX = 8192,
    INCLUDE_BYTES_MAX = 64 * 1024,
    GZIP_FIRST = 0x1F, // its first two bytes
    GZIP_SECOND = 0x8B,
};

#define FILE_BYTES_MAX (512 * MIB) /* five times what is asked for */

/* ---- starting and waiting ---- */

static const char *instant(int64_t s, struct arena *arena)
{
    int32_t of_day = (int32_t)(s % DAY_S);

    return str_format(arena, "%sT%02d:%02d:%02dZ", day_text((int32_t)(s / DAY_S)).text,
                      of_day / 3600, of_day / 60 % 60, of_day % 60);
}

static bool start_export(struct exporter *exporter, const char *until,
                         struct arena *arena, struct err *err)
{
    struct hosted *hosted = exporter->hosted;
    struct api_request request = {
        .url = hosted_url(hosted, exporter->path),
        .post =
            str_format(arena,
                       "{\"model\":\"events\",\"file\":{\"format\":\"JSONLines\","
                       "\"compression\":\"gzip\",\"max_size_mb\":100},"
                       "\"data_interval_start\":\"%s\",\"data_interval_end\":\"%s\""
                       "%s%s}",
                       exporter->since, until, exporter->include ? ",\"include\":" : "",
                       exporter->include ? exporter->include : ""),
        .is_write = true,
    };
    struct api_reply reply;

    if (!hosted_ask(hosted, request, &reply, err))
        return false;
    return posthog_started_parse(reply.body, arena, &hosted->notes, &exporter->id,
                                 err) ||
           err_wrap(err, "%s", hosted->who);
}

/* Until it is done, one way or the other. */
static bool await_export(struct exporter *exporter, struct arena *arena,
                         struct err *err)
{
    struct hosted *hosted = exporter->hosted;
    struct api_request request = {.url = str_format(arena, "%s%s/%s", hosted->base,
                                                    exporter->path, exporter->id)};
    struct api_reply reply;

    for (;;) {
        if (!hosted_ask(hosted, request, &reply, err))
            return false;
        if (!posthog_export_parse(reply.body, arena, &hosted->notes, &exporter->export,
                                  err))
            return err_wrap(err, "%s", hosted->who);
        if (exporter->export.state != EXPORT_GOES_ON)
            return true;
        if (!api_pause(&hosted->api, POLL_US, err))
            return false;
    }
}

/* One that failed and may be tried again is, once. */
static bool next_export(struct exporter *exporter, struct arena *arena, struct err *err)
{
    int64_t left_s = exporter->end_s - exporter->next_s;
    int64_t until_s = exporter->next_s + (left_s < WEEK_S ? left_s : WEEK_S);
    const char *until = instant(until_s, arena);

    exporter->since = instant(exporter->next_s, arena);
    for (int i = 0; i < 2; i++) {
        if (!start_export(exporter, until, arena, err) ||
            !await_export(exporter, arena, err))
            return false;
        if (exporter->export.state != EXPORT_RETRYABLE)
            break;
    }
    if (exporter->export.state != EXPORT_COMPLETED)
        return err_set(err, "%s: the export from %s to %s is %s", exporter->hosted->who,
                       exporter->since, until, exporter->export.why);
    exporter->next_s = until_s;
    exporter->next_file = 0;
    return true;
}

/* ---- where the file lies ---- */

static bool is_elsewhere(const struct api *api, int status)
{
    (void)api;
    return status == 301 || status == 302 || status == 303 || status == 307 ||
           status == 308;
}

static bool ask_location(struct exporter *exporter, const char *file,
                         struct arena *arena, const char **location, struct err *err)
{
    struct hosted *hosted = exporter->hosted;
    struct api_request request = {
        .url = str_format(arena, "%s%s/%s/download/%s", hosted->base, exporter->path,
                          exporter->id, file),
        .accepts = is_elsewhere,
    };
    struct api_reply reply;
    struct str where;

    if (!hosted_ask(hosted, request, &reply, err))
        return false;
    where = api_header(&hosted->api, "Location");
    if (!is_elsewhere(&hosted->api, reply.status) || where.n == 0 ||
        where.n > LOCATION_MAX)
        return err_set(err, "%s: %d from %s, expected where the file lies", hosted->who,
                       reply.status, request.url);
    for (size_t i = 0; i < where.n; i++)
        if (where.at[i] <= ' ' || where.at[i] > '~')
            return err_set(err, "%s: where the file lies is no address", hosted->who);
    *location = str_copy(arena, where.at, where.n);
    return true;
}

/* A place that the API names may be no other than one the world could reach, but where
 * the API itself is on this machine. */
static bool check_place(const struct api *api, const struct api *place,
                        const struct hosted *hosted, struct err *err)
{
    bool is_https = str_starts(place->origin, STR("https://"));

    if (place->home.is_loopback && !api->home.is_loopback)
        return err_set(err,
                       "%s: the file lies on this machine, says the API; it is not "
                       "fetched",
                       hosted->who);
    if (!is_https && !place->home.is_loopback)
        return err_set(err,
                       "%s: the file lies at '%s' without https; it is not fetched",
                       hosted->who, place->host);
    if (place->port != 443 && place->port != api->port)
        return err_set(err,
                       "%s: the file lies at port %u of '%s'; 443 and the API's "
                       "own are fetched from",
                       hosted->who, (unsigned)place->port, place->host);
    return true;
}

/* ---- fetching it ---- */

struct download {
    int fd;
    size_t bytes;
    int trouble;  /* errno of a write */
    bool is_over; /* whatever else comes, it is of no use */
};

static void begin(void *context)
{
    struct download *download = context;

    download->bytes = 0;
    download->trouble = ftruncate(download->fd, 0) == 0 ? 0 : errno;
    download->is_over = download->trouble != 0;
}

static void keep(void *context, const char *at, size_t n)
{
    struct download *download = context;

    if (download->bytes == 0 && n > 0 && at[0] != '{' && at[0] != GZIP_FIRST)
        download->is_over = true; // by its first byte; check_file says so
    while (n > 0 && download->trouble == 0) {
        ssize_t part = pwrite(download->fd, at, n, (off_t)download->bytes);

        if (part < 0 && errno == EINTR)
            continue;
        if (part <= 0) {
            download->trouble = part < 0 ? errno : EIO;
            download->is_over = true;
            return;
        }
        download->bytes += (size_t)part;
        at += part;
        n -= (size_t)part;
    }
}

/* Whether it is what was asked for, and does not end inside of a line where nothing
 * else would tell. */
static bool check_file(const struct download *download, const char *who,
                       struct err *err)
{
    unsigned char first[2] = {0};
    char last = '\0';

    if (download->trouble != 0) {
        errno = download->trouble;
        return err_system(err, "%s: cannot keep the export in 'scratch'", who);
    }
    if (download->bytes == 0)
        return true;
    if (pread(download->fd, first, 2, 0) < 1 ||
        pread(download->fd, &last, 1, (off_t)download->bytes - 1) != 1)
        return err_system(err, "%s: cannot read the export in 'scratch'", who);
    if (first[0] == GZIP_FIRST && first[1] == GZIP_SECOND)
        return true; // its end is told by its own sum
    if (first[0] != '{')
        return err_set(err, "%s: the file of the export is no JSON Lines", who);
    return last == '\n' ||
           err_set(err, "%s: the file of the export ends inside a row", who);
}

static bool fetch(struct exporter *exporter, const char *location, struct arena *arena,
                  struct err *err)
{
    struct hosted *hosted = exporter->hosted;
    struct api_conf conf = {
        .who = hosted->who,
        .agent = hosted->conf.agent,
        .url = location,
        .ca_file = hosted->conf.ca_file,
        .allow_private = hosted->conf.allow_private,
        .hides_url = true, // whoever has it has the file
        .tries = hosted->conf.tries,
        .timeout_ms = hosted->conf.timeout_ms,
        .budget_s = api_left_us(&hosted->api) / 1000000,
        .clock = hosted->conf.clock,
    };
    struct download download = {.fd = exporter->scratch};
    struct http_sink sink = {.begin = begin, .take = keep, .context = &download};
    struct api_request request = {.url = location,
                                  .most_bytes = FILE_BYTES_MAX,
                                  .sink = &sink,
                                  .enough = &download.is_over};
    struct api_reply reply;
    struct api api = {0};
    bool ok = api_open(&api, &conf, arena, err) &&
              check_place(&hosted->api, &api, hosted, err) &&
              api_ask(&api, &request, &reply, err) &&
              check_file(&download, hosted->who, err);

    api_close(&api);
    return ok;
}

/* ---- the exporter ---- */

static const char *names_json(const json_t *names, struct arena *arena)
{
    struct buf text;

    if (json_array_size(names) == 0)
        return NULL;
    buf_init(&text, arena, INCLUDE_BYTES_MAX);
    for (size_t i = 0; i < json_array_size(names); i++) {
        const json_t *name = json_array_get(names, i);

        buf_add_text(&text, i == 0 ? "[" : ",");
        text_add_json(&text, json_string_value(name), json_string_length(name));
    }
    buf_add_text(&text, "]");
    return text.at;
}

bool exporter_open(struct exporter *exporter, struct hosted *hosted, int64_t project,
                   const json_t *include, const char *scratch, struct err *err)
{
    *exporter = (struct exporter){
        .hosted = hosted,
        .path = str_format(hosted->arena,
                           "/api/environments/%lld/file_download_batch_exports",
                           (long long)project),
        .include = names_json(include, hosted->arena),
        .scratch = scratch_open(scratch, SPILL_FILES),
    };
    return exporter->scratch >= 0 ||
           err_system(err,
                      "%s: cannot open an unnamed file in '%s'; name another "
                      "folder with 'scratch'",
                      hosted->who, scratch);
}

void exporter_close(struct exporter *exporter)
{
    if (exporter->scratch >= 0)
        (void)close(exporter->scratch);
    exporter->scratch = -1;
}

void exporter_start(struct exporter *exporter, const struct day_bounds *bounds,
                    int64_t now_ms)
{
    int64_t now_s = now_ms / 1000 - SKEW_S;

    exporter->next_s = bounds->at_ms[0] / 1000;
    exporter->end_s = bounds->at_ms[bounds->n] / 1000 + DAY_S;
    if (exporter->end_s > now_s)
        exporter->end_s = now_s;
    exporter->export = (struct posthog_export){0};
    exporter->next_file = 0;
}

bool exporter_feed(struct exporter *exporter, struct arena *arena,
                   struct engine_file *file, struct err *err)
{
    const struct posthog_export *export = &exporter->export;
    const char *location = NULL;

    while (exporter->next_file >= export->nfiles) {
        if (exporter->next_s >= exporter->end_s) {
            *file = (struct engine_file){.fd = -1};
            return true;
        }
        if (!next_export(exporter, arena, err))
            return false;
    }
    if (!ask_location(exporter, export->file[exporter->next_file], arena, &location,
                      err) ||
        !fetch(exporter, location, arena, err))
        return false;
    exporter->next_file++;
    *file = (struct engine_file){
        .fd = fcntl(exporter->scratch, F_DUPFD_CLOEXEC, 3),
        .shown = str_format(arena, "export of %s, file %zu", exporter->since,
                            exporter->next_file),
    };
    if (file->fd < 0 || lseek(file->fd, 0, SEEK_SET) != 0)
        return err_system(err, "%s: cannot read the export", exporter->hosted->who);
    return true;
}
