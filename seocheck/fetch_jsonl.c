/* A crawl that someone saved: one JSON object a line, bodies in files beside it. All of
 * it is checked when it is opened; bodies are read when they are asked for. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "seocheck/fetch_internal.h"
#include "shared/file.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { JSONL_DEPTH_MAX = 3, JSONL_KEYS_MAX = 300 };

struct record {
    struct url url;
    size_t line;
    int status;
    const char *error; /* NULL: none; one of the words of struct fetch_reply */
    struct str body_file;
    bool is_mitigated;
    struct str location, content_type, etag, last_modified, link, x_robots;
};

struct jsonl_fetcher {
    struct fetcher common;
    const char *name; /* of the file, for messages */
    int folder;
    struct record *record;
    size_t n, capacity;
    uint32_t *slot; /* by key: index of a record + 1; 0: free */
    size_t nslots;  /* a power of two */
};

static const char *const keys[] = {"url", "status", "headers", "body_file", "error"};
static const char *const errors[] = {"dns", "connect", "tls", "read", "timeout"};

static const char *safe(struct arena *arena, const char *text)
{
    return text_safe(arena, text, strlen(text), OUTSIDE_TEXT_MAX);
}

/* All values of a header; where nothing is to be between them, only its first. */
static struct str header_text(const json_t *value, const char *between,
                              struct arena *arena)
{
    struct buf all;
    const json_t *one;
    size_t i;

    if (json_is_string(value))
        return str_of(
            str_copy(arena, json_string_value(value), json_string_length(value)));
    buf_init(&all, arena, SIZE_MAX);
    json_array_foreach(value, i, one)
    {
        if (i > 0 && !between)
            break;
        if (i > 0)
            buf_add_text(&all, between);
        buf_add_text(&all, json_string_value(one));
    }
    return buf_str(&all);
}

static bool is_header_value(const json_t *value)
{
    const json_t *one;
    size_t i;

    if (!json_is_array(value))
        return json_is_string(value);
    json_array_foreach(value, i, one)
    {
        if (!json_is_string(one))
            return false;
    }
    return true;
}

static void take_header(struct record *record, struct str name, const json_t *value,
                        struct arena *arena)
{
    const struct {
        struct str name;
        struct str *to;
        const char *between;
    } wanted[] = {
        {STR("location"), &record->location, NULL},
        {STR("content-type"), &record->content_type, NULL},
        {STR("etag"), &record->etag, NULL},
        {STR("last-modified"), &record->last_modified, NULL},
        {STR("link"), &record->link, ", "},
        {STR("x-robots-tag"), &record->x_robots, "\n"},
    };

    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (str_equal_ignoring_case(name, wanted[i].name))
            *wanted[i].to = header_text(value, wanted[i].between, arena);
    if (str_equal_ignoring_case(name, STR("cf-mitigated")))
        record->is_mitigated = true;
}

static bool parse_headers(struct record *record, json_t *headers, struct arena *arena,
                          struct err *err)
{
    const char *name;
    json_t *value;

    if (!headers)
        return true;
    if (!json_is_object(headers))
        return err_set(err, "'headers' is not an object");
    json_object_foreach(headers, name, value)
    {
        if (!is_header_value(value))
            return err_set(err, "header '%s' is neither text nor an array of texts",
                           safe(arena, name));
        take_header(record, str_of(name), value, arena);
    }
    return true;
}

static bool parse_url(struct record *record, const json_t *object, struct arena *arena,
                      struct err *err)
{
    const json_t *url = json_object_get(object, "url");

    if (!json_is_string(url))
        return err_set(err, "'url' is missing or no text");
    if (url_resolve(NULL, (struct str){json_string_value(url), json_string_length(url)},
                    NULL, arena, &record->url) == URL_OK)
        return true;
    return err_set(err, "'%s' is no absolute http or https URL",
                   url_shown(str_of(json_string_value(url)), arena));
}

static bool parse_status(struct record *record, const json_t *object, struct err *err)
{
    const json_t *status = json_object_get(object, "status");
    const json_t *error = json_object_get(object, "error");
    json_int_t value;

    if (!json_is_integer(status))
        return err_set(err, "'status' is missing or no integer");
    value = json_integer_value(status);
    if (value != 0 && (value < 200 || value > FETCH_STATUS_MAX))
        return err_set(err, "'status' is neither 0 nor from 200 to %d",
                       FETCH_STATUS_MAX);
    if (error && !json_is_string(error))
        return err_set(err, "'error' is no text");
    if ((value == 0) != (error != NULL))
        return err_set(err, "'error' goes with status 0, and status 0 with 'error'");
    record->status = (int)value;
    if (!error)
        return true;
    record->error = "read"; // what others call their errors is not for us to judge
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(json_string_value(error), errors[i]) == 0)
            record->error = errors[i];
    return true;
}

/* Relative, and no way up or around; links are refused when it is opened. */
static bool is_below(struct str path)
{
    struct str part[64];
    size_t n = str_split(path, '/', part, 64);

    if (path.n > PATH_BYTES_MAX || n > 64)
        return false;
    for (size_t i = 0; i < n; i++)
        if (part[i].n == 0 || str_equal(part[i], STR(".")) ||
            str_equal(part[i], STR("..")))
            return false;
    return true;
}

static bool parse_body(struct record *record, const json_t *object, struct arena *arena,
                       struct err *err)
{
    const json_t *body = json_object_get(object, "body_file");

    if (!body)
        return true;
    if (!json_is_string(body))
        return err_set(err, "'body_file' is no text");
    record->body_file = header_text(body, false, arena);
    if (!is_below(record->body_file))
        return err_set(err, "body_file '%s' is not below the folder of this file",
                       safe(arena, record->body_file.at));
    if (record->status == 0)
        return err_set(err, "'body_file' goes with an answer, not with 'error'");
    return true;
}

static bool parse_keys(json_t *object, struct arena *arena, struct err *err)
{
    const char *key;
    const json_t *value;

    json_object_foreach(object, key, value)
    {
        bool known = false;

        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            known = known || strcmp(key, keys[i]) == 0;
        if (!known)
            return err_set(err, "unknown key '%s'", safe(arena, key));
    }
    return true;
}

static bool parse_record(struct str line, const char *place, struct record *record,
                         struct arena *arena, struct err *err)
{
    json_t *parsed = NULL;
    bool ok;

    if (!json_load_strict(line, place, JSONL_DEPTH_MAX, JSONL_KEYS_MAX, &parsed, err))
        return false;
    OWN(json) object = parsed;
    ok = parse_keys(object, arena, err) && parse_url(record, object, arena, err) &&
         parse_status(record, object, err) &&
         parse_headers(record, json_object_get(object, "headers"), arena, err) &&
         parse_body(record, object, arena, err);
    return ok || err_wrap(err, "%s", place);
}

/* The slot of a URL: its own, or a free one. */
static size_t slot_of(const struct jsonl_fetcher *self, const struct url *url)
{
    size_t at = (size_t)url->key & (self->nslots - 1);

    while (self->slot[at] != 0 &&
           !str_equal(self->record[self->slot[at] - 1].url.text, url->text))
        at = (at + 1) & (self->nslots - 1);
    return at;
}

static bool index_records(struct jsonl_fetcher *self, struct err *err)
{
    struct arena *arena = self->common.arena;

    for (self->nslots = 16; self->nslots < 2 * self->n; self->nslots *= 2)
        ;
    self->slot = arena_new(arena, uint32_t, self->nslots);
    for (size_t i = 0; i < self->n; i++) {
        struct record *record = &self->record[i];
        size_t at = slot_of(self, &record->url);

        if (self->slot[at] != 0)
            return err_set(err, "%s:%zu: a second record of '%s', after line %zu",
                           self->name, record->line, url_shown(record->url.text, arena),
                           self->record[self->slot[at] - 1].line);
        self->slot[at] = (uint32_t)i + 1;
    }
    return true;
}

static bool is_empty(struct str line)
{
    for (size_t i = 0; i < line.n; i++)
        if (!strchr(" \t\r", line.at[i]) || line.at[i] == '\0')
            return false;
    return true;
}

static bool parse_lines(struct jsonl_fetcher *self, struct str bytes, struct err *err)
{
    struct arena *arena = self->common.arena;
    struct str line;

    for (size_t number = 1; str_next_line(&bytes, &line); number++) {
        struct record record = {.line = number};
        const char *place = str_format(arena, "%s:%zu", self->name, number);

        if (is_empty(line))
            continue;
        if (line.n > EVENT_LINE_BYTES_MAX)
            return err_set(err, "%s: a line of more than %zu bytes", place,
                           EVENT_LINE_BYTES_MAX);
        if (!parse_record(line, place, &record, arena, err))
            return false;
        self->record = arena_room(arena, self->record, self->n, &self->capacity,
                                  sizeof *self->record);
        self->record[self->n++] = record;
    }
    return index_records(self, err);
}

/* By the normal form that was asked for, else by what would have been sent: a record
 * keeps the parameters that the normal form dropped. */
static const struct record *find(const struct jsonl_fetcher *self,
                                 const struct url *url, const char *spelling,
                                 struct arena *work)
{
    uint32_t index = self->slot[slot_of(self, url)];
    struct url sent;

    if (index == 0 && spelling &&
        url_resolve(NULL, str_of(spelling), NULL, work, &sent) == URL_OK)
        index = self->slot[slot_of(self, &sent)];
    return index == 0 ? NULL : &self->record[index - 1];
}

/* Where FETCH_EXTERNAL ends up. */
static const struct record *follow(const struct jsonl_fetcher *self,
                                   const struct record *record, struct arena *work)
{
    for (int hop = 0; record && record->status >= 301 && record->status < 400 &&
                      record->location.n > 0 && hop < FETCH_HOPS_MAX;
         hop++) {
        struct url next;

        if (url_resolve(&record->url, record->location, NULL, work, &next) != URL_OK)
            break;
        record = find(self, &next, NULL, work);
    }
    return record;
}

static bool read_body(const struct jsonl_fetcher *self, const struct record *record,
                      size_t most, struct arena *work, struct fetch_reply *reply,
                      struct err *err)
{
    struct fetch_file file;

    if (!fetch_file(self->folder, record->body_file, most, work, &file, err))
        return err_wrap(err, "%s:%zu", self->name, record->line);
    if (!file.is_there)
        return err_set(err, "%s:%zu: there is no file '%s', or a link is on its way",
                       self->name, record->line, safe(work, record->body_file.at));
    reply->body = file.bytes;
    reply->is_cut = file.is_cut;
    return true;
}

static bool answer(struct jsonl_fetcher *self, const struct fetch_request *request,
                   struct arena *work, struct fetch_reply *reply, struct err *err)
{
    const struct record *record = find(self, request->url, request->spelling, work);

    if (request->kind == FETCH_EXTERNAL)
        record = follow(self, record, work);
    if (!record) {
        reply->url_class = CLASS_REFUSED;
        reply->detail = "no record";
        return true;
    }
    if (record->error) {
        reply->url_class = CLASS_NETWORK;
        reply->detail = record->error;
        return true;
    }
    fetch_judge(&self->common, request, record->status, record->is_mitigated, reply);
    reply->location = record->location;
    reply->content_type = record->content_type;
    reply->etag = record->etag;
    reply->last_modified = record->last_modified;
    reply->link = record->link;
    reply->x_robots = record->x_robots;
    return request->kind != FETCH_GET || record->body_file.n == 0 ||
           read_body(self, record, request->most_bytes, work, reply, err);
}

static bool jsonl_all(struct fetcher *fetcher, const struct fetch_request *requests,
                      size_t n, fetch_done done, void *context, struct err *err)
{
    struct jsonl_fetcher *self = (struct jsonl_fetcher *)fetcher;
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

static void jsonl_close(struct fetcher *fetcher)
{
    struct jsonl_fetcher *self = (struct jsonl_fetcher *)fetcher;

    if (self->folder >= 0)
        (void)close(self->folder);
    self->folder = -1;
}

bool fetch_jsonl_parse(struct str bytes, const char *name, struct arena *arena,
                       struct fetcher **fetcher, struct err *err)
{
    struct jsonl_fetcher *self = arena_new(arena, struct jsonl_fetcher, 1);

    self->common = (struct fetcher){.all = jsonl_all,
                                    .close = jsonl_close,
                                    .has_headers = true,
                                    .arena = arena};
    self->name = name;
    self->folder = -1;
    if (!parse_lines(self, bytes, err))
        return false;
    *fetcher = &self->common;
    return true;
}

bool fetch_jsonl_open(const char *path, struct arena *arena, struct fetcher **fetcher,
                      struct err *err)
{
    const char *folder = file_folder(arena, path);
    struct fetcher *parsed = NULL;
    struct str bytes;
    int fd;

    if (!file_read(AT_FDCWD, path, SAVED_CRAWL_BYTES_MAX, false, arena, &bytes, err) ||
        !fetch_jsonl_parse(bytes, path, arena, &parsed, err))
        return false;
    fd = file_openat(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        return err_system(err, "cannot read the folder '%s'", folder);
    ((struct jsonl_fetcher *)parsed)->folder = fd;
    *fetcher = parsed;
    return true;
}
