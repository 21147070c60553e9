/* Umami: events as rows, a day at a time, page by page. A day is fed when all its pages
 * came and fit to each other; then its rows are lines of an unnamed file, which the
 * jsonl reader reads by its preset umami. */
#include "shared/engines/umami.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/engines/hosted.h"
#include "shared/hash.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/scratch.h"
#include "shared/text.h"

#include "shared/banned.h"

enum {
    PAGE_ROWS = 1000,
    USER_BYTES_MAX = 4096,
    PAGE_MIB_MAX = 256, // of memory, for a page of 8 MiB
    DAY_MIB_MAX = 256,  // of ids: 8 bytes a row
    LINES_MIB_MAX = 64, // escapes make a text at most 6 times as long
    TRIES = 2,          // of a day that changes while it is read
    SHOWN = 60,
};

struct umami {
    struct hosted hosted;
    const char *user; /* NULL: of Umami Cloud, by its key */
    struct secret *password;
    const char *events; /* address of the events, without a query */
    struct umami_pace pace;
    int scratch; /* -1: none */
    struct arena *arena;
    struct day_bounds bounds;
    struct source_day *days;
    size_t next;
};

/* ---- the service's pace ---- */

int64_t umami_pace_wait_us(struct umami_pace *pace, int64_t now_us)
{
    int64_t *at_us = &pace->at_us[pace->n % UMAMI_CALLS];
    int64_t wait_us = pace->n < UMAMI_CALLS ? 0 : *at_us + UMAMI_SPAN_US - now_us;

    if (wait_us < 0)
        wait_us = 0;
    *at_us = now_us + wait_us;
    pace->n++;
    return wait_us;
}

/* ---- asking ---- */

static bool refuses_login(const struct api *api, int status)
{
    (void)api;
    return status == 401 || status == 403;
}

/* {"username":U,"password":P} gives the token that everything else is asked with. */
static bool log_in(struct umami *self, struct err *err)
{
    static const char *const headers[] = {"Accept: application/json",
                                          "Content-Type: application/json", NULL};
    OWN(json) root = NULL;
    struct hosted *hosted = &self->hosted;
    struct buf before;
    struct api_request request = {.url = hosted_url(hosted, "/api/auth/login"),
                                  .headers = headers,
                                  .accepts = refuses_login};
    struct api_reply reply;
    struct str token;
    struct err why;

    buf_init(&before, hosted->arena, USER_BYTES_MAX);
    buf_add_text(&before, "{\"username\":");
    text_add_json(&before, self->user, strlen(self->user));
    buf_add_text(&before, ",\"password\":\"");
    request.post = secret_text(self->password, before.at, SECRET_JSON, "\"}");
    if (!request.post)
        return err_set(err, "%s: the password is too long", hosted->who);
    if (!hosted_ask(hosted, request, &reply, err))
        return false;
    if (refuses_login(&hosted->api, reply.status))
        return err_set(err, "%s: %d from %s: the user or the password is refused",
                       hosted->who, reply.status, hosted->base);
    if (!umami_token_parse(reply.body, &root, &token, &why))
        return err_set(err, "%s: login: %s", hosted->who, why.text);
    return secret_keep(&hosted->token, token, hosted->who, err);
}

static bool keep_pace(struct umami *self, struct err *err)
{
    int64_t wait_us =
        self->user ? 0 : umami_pace_wait_us(&self->pace, clock_ticks_us());

    return wait_us == 0 || api_pause(&self->hosted.api, wait_us, err);
}

static bool ask_page(struct umami *self, size_t day, int64_t number,
                     struct arena *arena, struct umami_page *page, struct err *err)
{
    struct hosted *hosted = &self->hosted;
    const int64_t *at_ms = self->bounds.at_ms;
    const char *key[] = {self->user
                             ? NULL
                             : secret_text(hosted->token,
                                           "x-umami-api-key: ", SECRET_AS_IS, ""),
                         "Accept: application/json", NULL};
    struct api_request request = {
        .url = str_format(arena, "%s?startAt=%lld&endAt=%lld&page=%lld&pageSize=%d",
                          self->events, (long long)at_ms[day],
                          (long long)at_ms[day + 1] - 1, (long long)number, PAGE_ROWS),
        .headers = self->user ? NULL : key,
    };
    struct api_reply reply;

    if (!self->user && !key[0])
        return err_set(err, "%s: the token is too long", hosted->who);
    if (!keep_pace(self, err) || !hosted_ask(hosted, request, &reply, err))
        return false;
    return umami_page_parse(reply.body, arena, &hosted->notes, page, err) ||
           hosted_refuse(hosted, self->bounds.first + (int32_t)day, err);
}

/* ---- a day ---- */

/* One that is being read. */
struct reading {
    struct umami *self;
    size_t day;
    int64_t count; /* rows that are there, by the first page */
    uint64_t *id;  /* hashes of those that came */
    size_t n, capacity;
    struct arena *arena; /* for the day */
};

/* Whether a page fits to those before it. */
static bool check_page(const struct reading *reading, const struct umami_page *page,
                       int64_t number, struct err *err)
{
    int64_t seen = (int64_t)reading->n + (int64_t)page->n;

    if (page->page != number)
        return err_set(err, "/page is %lld, expected %lld", (long long)page->page,
                       (long long)number);
    if (page->count != reading->count)
        return err_set(err, "/count was %lld and is %lld on the next page",
                       (long long)reading->count, (long long)page->count);
    if (seen > reading->count || (page->n == 0 && seen < reading->count))
        return err_set(err, "/count is %lld, but %lld rows came",
                       (long long)reading->count, (long long)seen);
    return true;
}

/* A row of another day was not asked for: the service does not know the question. */
static bool check_times(const struct reading *reading, const struct umami_page *page,
                        struct arena *arena, struct err *err)
{
    int64_t from_ms = reading->self->bounds.at_ms[reading->day];
    int64_t to_ms = reading->self->bounds.at_ms[reading->day + 1];

    for (size_t i = 0; i < page->n; i++) {
        const struct umami_event *event = &page->event[i];

        if (event->time_ms < from_ms || event->time_ms >= to_ms)
            return err_set(
                err, "/data/%zu/createdAt is %s, outside of what was asked for", i,
                text_safe(arena, event->created.at, event->created.n, SHOWN));
    }
    return true;
}

static void add_member(struct buf *line, const char *before, struct str text)
{
    buf_add_text(line, before);
    text_add_json(line, text.at, text.n);
}

static bool write_all(int fd, struct str bytes, struct err *err)
{
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.at, bytes.n);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return err_system(err, "cannot write scratch");
        bytes.at += n;
        bytes.n -= (size_t)n;
    }
    return true;
}

static bool keep_rows(struct reading *reading, const struct umami_page *page,
                      struct arena *arena, struct err *err)
{
    struct buf lines;

    buf_init(&lines, arena, (size_t)LINES_MIB_MAX * MIB);
    for (size_t i = 0; i < page->n; i++) {
        const struct umami_event *event = &page->event[i];

        add_member(&lines, "{\"id\":", event->id);
        add_member(&lines, ",\"sessionId\":", event->session);
        add_member(&lines, ",\"createdAt\":", event->created);
        add_member(&lines, ",\"eventName\":", event->name);
        add_member(&lines, ",\"urlPath\":", event->path);
        add_member(&lines, ",\"browser\":", event->browser);
        add_member(&lines, ",\"device\":", event->device);
        buf_add_text(&lines, "}\n");
        reading->id = arena_room(reading->arena, reading->id, reading->n,
                                 &reading->capacity, sizeof *reading->id);
        reading->id[reading->n++] = hash_bytes(event->id.at, event->id.n);
    }
    if (lines.overflowed)
        return err_set(err, "%s: a page is too large", reading->self->hosted.who);
    return write_all(reading->self->scratch, buf_str(&lines), err) ||
           err_wrap(err, "%s", reading->self->hosted.who);
}

static int id_compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return (a > b) - (a < b);
}

static bool check_ids(const struct reading *reading, struct err *err)
{
    if (reading->n > 1)
        qsort(reading->id, reading->n, sizeof *reading->id, id_compare);
    for (size_t i = 1; i < reading->n; i++)
        if (reading->id[i - 1] == reading->id[i])
            return err_set(err, "a row comes twice in the pages of the reply");
    return true;
}

enum page_result { PAGE_MORE, PAGE_LAST, PAGE_UNFIT, PAGE_FAILED };

/* PAGE_UNFIT: the day changed while it was read, or the pages do not add up. */
static enum page_result read_page(struct reading *reading, int64_t number,
                                  struct arena *arena, struct err *err)
{
    struct umami *self = reading->self;
    struct umami_page page = {0};

    if (!ask_page(self, reading->day, number, arena, &page, err))
        return PAGE_FAILED;
    if (number == 1)
        reading->count = page.count;
    if (reading->count > (int64_t)REPLY_PAGES_MAX * PAGE_ROWS) {
        (void)err_set(err, "/count is %lld, expected at most %d pages of %d",
                      (long long)reading->count, REPLY_PAGES_MAX, PAGE_ROWS);
        (void)hosted_refuse(&self->hosted, self->bounds.first + (int32_t)reading->day,
                            err);
        return PAGE_FAILED;
    }
    if (!check_times(reading, &page, arena, err)) {
        (void)hosted_refuse(&self->hosted, self->bounds.first + (int32_t)reading->day,
                            err);
        return PAGE_FAILED;
    }
    if (!check_page(reading, &page, number, err))
        return PAGE_UNFIT;
    if (!keep_rows(reading, &page, arena, err))
        return PAGE_FAILED;
    if ((int64_t)reading->n < reading->count)
        return PAGE_MORE;
    return check_ids(reading, err) ? PAGE_LAST : PAGE_UNFIT;
}

static bool empty_scratch(const struct umami *self, struct err *err)
{
    return (ftruncate(self->scratch, 0) == 0 &&
            lseek(self->scratch, 0, SEEK_SET) == 0) ||
           err_system(err, "%s: cannot empty scratch", self->hosted.who);
}

static enum page_result read_day_once(struct umami *self, size_t day, size_t *rows,
                                      struct err *err)
{
    struct arena ids;
    struct reading reading = {.self = self, .day = day, .arena = &ids};
    enum page_result result = PAGE_MORE;

    if (!empty_scratch(self, err))
        return PAGE_FAILED;
    arena_init(&ids, (size_t)DAY_MIB_MAX * MIB);
    for (int64_t number = 1; result == PAGE_MORE; number++) {
        struct arena arena;

        arena_init(&arena, (size_t)PAGE_MIB_MAX * MIB);
        result = read_page(&reading, number, &arena, err);
        arena_release(&arena);
    }
    *rows = reading.n;
    arena_release(&ids);
    return result;
}

/* One that does not add up is read once more, then it is partial and none of it is
 * used: `*rows` is 0. */
static bool read_day(struct umami *self, size_t day, size_t *rows, struct err *err)
{
    for (int try = 0; try < TRIES; try++) {
        switch (read_day_once(self, day, rows, err)) {
        case PAGE_LAST: return true;
        case PAGE_FAILED: return false;
        case PAGE_MORE:
        case PAGE_UNFIT: break;
        }
    }
    *rows = 0;
    self->days[day].is_cut = true;
    self->days[day].why = str_copy(self->arena, err->text, strlen(err->text));
    return true;
}

/* ---- the engine ---- */

static bool start(void *of, const struct day_bounds *bounds, struct arena *arena,
                  struct source_day *days, struct source_totals *totals,
                  struct err *err)
{
    struct umami *self = of;

    (void)totals;
    self->arena = arena;
    self->bounds = *bounds;
    self->days = days;
    self->next = 0;
    return self->hosted.token || log_in(self, err);
}

static bool feed(void *of, struct arena *arena, struct engine_file *file,
                 struct err *err)
{
    struct umami *self = of;
    size_t rows = 0, day;

    *file = (struct engine_file){.fd = -1};
    do {
        if (self->next == self->bounds.n)
            return true;
        day = self->next++;
        if (!read_day(self, day, &rows, err))
            return false;
    } while (rows == 0);
    if (lseek(self->scratch, 0, SEEK_SET) != 0)
        return err_system(err, "%s: cannot read scratch", self->hosted.who);
    file->fd = fcntl(self->scratch, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (file->fd < 0)
        return err_system(err, "%s: cannot read scratch", self->hosted.who);
    file->shown = str_format(arena, "events of %s",
                             day_text(self->bounds.first + (int32_t)day).text);
    return true;
}

/* A user with a password at a server of one's own, or the key of Umami Cloud. */
static bool read_login(struct umami *self, struct err *err)
{
    struct hosted *hosted = &self->hosted;
    const json_t *json = hosted->json;

    self->user = json_text(json, "user", NULL);
    if (!secret_load(&self->password, json_text(json, "password_file", NULL),
                     json_text(json, "password_env", NULL), hosted->who, err))
        return false;
    if (self->user && hosted->token)
        return config_err(hosted->config, hosted_key(hosted, "user"), err,
                          "a token is Umami Cloud's, which knows no user; leave one of "
                          "them out");
    if (self->user && !self->password)
        return config_err(hosted->config, hosted_key(hosted, "user"), err,
                          "the password is missing; name where it is by 'password_env' "
                          "or 'password_file'");
    return self->user || hosted->token ||
           config_err(hosted->config, hosted_key(hosted, "token_env"), err,
                      "name where the key of Umami Cloud is by 'token_env' or "
                      "'token_file', or give 'user' and the password of your own "
                      "server");
}

static bool open_rest(struct umami *self, struct err *err)
{
    struct hosted *hosted = &self->hosted;
    const char *folder = json_text(hosted->json, "scratch", "/var/tmp");

    if (!read_login(self, err))
        return false;
    self->events =
        hosted_url(hosted, str_format(hosted->arena, "/%s/websites/%s/events",
                                      self->user ? "api" : "v1",
                                      json_text(hosted->json, "website", "")));
    self->scratch = scratch_open(folder, 0);
    return self->scratch >= 0 ||
           err_system(err, "%s: cannot open scratch in '%s'", hosted->who, folder);
}

static bool umami_open(const struct config *config, const char *name,
                       struct arena *arena, struct engine_opened *opened,
                       struct err *err)
{
    static const struct hosted_product product = {.lag_h = 1, .may_log_in = true};
    struct umami *self = arena_new(arena, struct umami, 1);

    self->scratch = -1;
    self->hosted = (struct hosted){.config = config, .name = name, .arena = arena};
    if (!hosted_open(&self->hosted, &product, opened, err))
        return false;
    if (!open_rest(self, err)) {
        hosted_close(&self->hosted);
        return false;
    }
    opened->self = self;
    opened->preset = "umami";
    return true;
}

static void umami_close(void *of)
{
    struct umami *self = of;

    hosted_close(&self->hosted);
    if (self->scratch >= 0)
        (void)close(self->scratch);
    self->scratch = -1;
}

static const char *const *notes(const void *of, size_t *n)
{
    const struct umami *self = of;

    return hosted_notes(&self->hosted, n);
}

const struct engine engine_umami = {
    .type = "umami",
    .open = umami_open,
    .close = umami_close,
    .start = start,
    .feed = feed,
    .notes = notes,
};
