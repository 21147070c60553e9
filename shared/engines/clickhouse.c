/* ClickHouse over HTTP: one POST a question, JSONCompact back. An answer is taken only
 * when it proves itself whole: a 200 may hold an exception, or half of a table. */
#include "shared/engines/clickhouse.h"

#include <stdlib.h>
#include <string.h>

#include "shared/api.h"
#include "shared/cli.h"
#include "shared/engines/tables.h"
#include "shared/file.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/secret.h"
#include "shared/text.h"

#include "shared/banned.h"

enum {
    REPLY_DEPTH = 8,
    REPLY_ROWS = 20001, // one more than any dimension may have
    REPLY_KEYS = 10000,
    SHOWN = 120,
    CODE_NONE = 0,
    CODE_CANNOT_OVERRIDE = 164, // a profile that takes no settings
};

#define REPLY_BYTES_MAX (8 * MIB)

struct clickhouse {
    struct tables tables; /* first: what the functions of tables get */
    struct api_conf conf;
    struct api api;
    bool is_open;
    const char *url, *user;
    const char *url_full, *url_plain; /* with all settings, with those any user may */
    bool is_plain;                    /* the profile took no settings */
    struct secret *password;
};

/* ---- errors ---- */

static bool find(struct str text, const char *wanted, size_t *at)
{
    size_t n = strlen(wanted);

    for (*at = 0; *at + n <= text.n; ++*at)
        if (memcmp(text.at + *at, wanted, n) == 0)
            return true;
    return false;
}

/* The number of the exception that a body tells of, and its words. */
static int exception_in(struct str body, struct str *words)
{
    const struct str lead = STR("Code: ");
    size_t at, end;
    int64_t code = 0;

    if (!find(body, "Code: ", &at))
        return CODE_NONE;
    body = (struct str){body.at + at + lead.n, body.n - at - lead.n};
    for (end = 0; end < body.n && body.at[end] >= '0' && body.at[end] <= '9'; end++)
        ;
    if (!find(body, "DB::Exception", &at) || !str_to_int64(body.at, end, &code) ||
        code <= 0 || code > INT32_MAX)
        return CODE_NONE;
    *words = (struct str){body.at + at, body.n - at};
    if (find(*words, "Exception: ", &at)) {
        words->at += at + strlen("Exception: ");
        words->n -= at + strlen("Exception: ");
    }
    if (find(*words, ", e.what()", &at))
        words->n = at;
    return (int)code;
}

/* What to do about an exception; "" when its own words have to do. */
static const char *remedy_of(int code)
{
    static const struct {
        int code;
        const char *remedy;
    } remedies[] = {
        {16, "; look at 'columns'"},
        {47, "; look at 'columns'"},
        {60, "; look at 'table' and 'database'"},
        {81, "; look at 'database'"},
        {158, "; raise max_rows_to_read of the user's profile"},
        {159, "; raise timeout_s, or order the table by day"},
        {160, "; raise timeout_s, or order the table by day"},
        {192, "; the user or the password is refused"},
        {193, "; the user or the password is refused"},
        {194, "; the user or the password is refused"},
        {241, "; raise max_memory_usage of the user's profile"},
        {291, "; the user may not read this database"},
        {396, "; leave out the dimension, or merge its values"},
        {497, "; the user lacks the right to SELECT"},
        {516, "; the user or the password is refused"},
    };

    for (size_t i = 0; i < sizeof remedies / sizeof *remedies; i++)
        if (remedies[i].code == code)
            return remedies[i].remedy;
    return "";
}

static bool exception_err(const struct clickhouse *self, int status, int code,
                          struct str words, struct err *err)
{
    const char *said = secret_leaks(words)
                           ? "(its words hold a secret)"
                           : text_safe(self->api.arena, words.at, words.n, SHOWN);

    return err_set(err, "%d from %s: exception %d%s%s%s", status, self->url, code,
                   *said ? ": " : "", said, remedy_of(code));
}

/* ---- an answer ---- */

static bool drift(struct err *err, const char *pointer, const char *what)
{
    return err_set(err, "reply: %s %s; nothing of it is used", pointer, what);
}

static bool check_meta(const json_t *meta, const struct sql_columns *columns,
                       struct arena *arena, struct err *err)
{
    if (!json_is_array(meta) || json_array_size(meta) != columns->n)
        return drift(err, "/meta", "is not the list of the columns asked for");
    for (size_t i = 0; i < columns->n; i++) {
        const json_t *name = json_object_get(json_array_get(meta, i), "name");

        if (!json_is_string(name) ||
            strcmp(json_string_value(name), columns->name[i]) != 0)
            return drift(err, str_format(arena, "/meta/%zu/name", i),
                         str_format(arena, "is not '%s'", columns->name[i]));
    }
    return true;
}

/* Numbers of 64 bits are texts or numbers, by a setting. */
static bool take_cell(const json_t *value, struct arena *arena, struct str *cell)
{
    if (json_is_string(value))
        *cell = (struct str){str_copy(arena, json_string_value(value),
                                      json_string_length(value)),
                             json_string_length(value)};
    else if (json_is_integer(value))
        *cell = str_of(str_format(arena, "%lld", (long long)json_integer_value(value)));
    else
        return false;
    return true;
}

static bool take_rows(const json_t *data, size_t ncolumns, struct arena *arena,
                      struct sql_rows *rows, struct err *err)
{
    size_t nrows = json_array_size(data);

    *rows = (struct sql_rows){arena_new(arena, struct str, nrows * ncolumns), nrows,
                              ncolumns};
    for (size_t r = 0; r < nrows; r++) {
        const json_t *row = json_array_get(data, r);

        if (!json_is_array(row) || json_array_size(row) != ncolumns)
            return drift(err, str_format(arena, "/data/%zu", r),
                         str_format(arena, "is not a row of %zu", ncolumns));
        for (size_t c = 0; c < ncolumns; c++)
            if (!take_cell(json_array_get(row, c), arena,
                           &rows->cell[r * ncolumns + c]))
                return drift(err, str_format(arena, "/data/%zu/%zu", r, c),
                             "is neither text nor a whole number");
    }
    return true;
}

bool clickhouse_rows(struct str body, const struct sql_columns *columns,
                     struct arena *arena, struct sql_rows *rows, struct err *err)
{
    OWN(json) reply = NULL;
    const json_t *data, *count;
    size_t most = REPLY_KEYS + REPLY_ROWS * (1 + columns->n);
    struct err why;

    if (body.n == 0)
        return err_set(err, "the reply is empty");
    if (!json_load_strict(body, "reply", REPLY_DEPTH, most, &reply, &why))
        return json_ends_early(body)
                   ? err_set(err,
                             "the reply ends early, after %zu bytes; nothing of "
                             "it is used",
                             body.n)
                   : err_set(err, "%s", why.text);
    data = json_object_get(reply, "data");
    count = json_object_get(reply, "rows");
    if (json_object_get(reply, "exception"))
        return drift(err, "/exception", "is there");
    if (!check_meta(json_object_get(reply, "meta"), columns, arena, err))
        return false;
    if (!json_is_array(data))
        return drift(err, "/data", "is no list");
    if (!json_is_integer(count) ||
        json_integer_value(count) != (json_int_t)json_array_size(data))
        return drift(err, "/rows", "is not the number of rows in /data");
    return take_rows(data, columns->n, arena, rows, err);
}

/* ---- asking ---- */

/* An answer of ClickHouse itself, not of something before it. */
static bool is_its_own(const struct api *api, int status)
{
    return status >= 400 &&
           (api_header(api, "X-ClickHouse-Server-Display-Name").n > 0 ||
            api_header(api, "X-ClickHouse-Exception-Code").n > 0);
}

static bool post(struct clickhouse *self, struct str sql, struct api_reply *reply,
                 struct err *err)
{
    const char *headers[4] = {"Content-Type: text/plain; charset=utf-8",
                              str_format(self->api.arena, "X-ClickHouse-User: %s",
                                         self->user),
                              NULL};
    struct api_request request = {
        .url = self->is_plain ? self->url_plain : self->url_full,
        .headers = headers,
        .post = sql.at,
        .wants_json = true,
        .most_bytes = REPLY_BYTES_MAX,
        .accepts = is_its_own,
    };

    if (self->password) {
        headers[2] =
            secret_text(self->password, "X-ClickHouse-Key: ", SECRET_AS_IS, "");
        if (!headers[2])
            return err_set(err, "the password is too long");
    }
    return api_ask(&self->api, &request, reply, err);
}

/* Asks once more where the user's profile takes no settings. */
static bool post_again(struct clickhouse *self, struct str sql, struct api_reply *reply,
                       int *code, struct str *words, struct err *err)
{
    for (;;) {
        if (!post(self, sql, reply, err))
            return false;
        *code = exception_in(reply->body, words);
        if (*code != CODE_CANNOT_OVERRIDE || reply->status < 400 || self->is_plain)
            return true;
        self->is_plain = true;
    }
}

static bool ask(void *of, struct str sql, const struct sql_columns *columns,
                struct arena *arena, struct sql_rows *rows, struct err *err)
{
    struct clickhouse *self = of;
    struct api_reply reply = {0};
    struct str words = {0};
    int code = CODE_NONE;

    self->conf.who = self->tables.who;
    if (!post_again(self, sql, &reply, &code, &words, err))
        return false;
    if (reply.status < 400 &&
        api_header(&self->api, "X-ClickHouse-Exception-Code").n > 0)
        (void)err_set(err, "%d from %s: an exception is in its headers", reply.status,
                      self->url);
    else if (reply.status < 400 &&
             clickhouse_rows(reply.body, columns, arena, rows, err))
        return true;
    else if (reply.status >= 400)
        (void)err_set(err, "%d from %s", reply.status, self->url);
    if (code !=
        CODE_NONE) // of a reply that is refused: a text of the table may look so
        (void)exception_err(self, reply.status, code, words, err);
    return err_wrap(err, "%s", self->tables.who);
}

/* ---- the engine ---- */

static const char *where(const struct clickhouse *self, const char *key,
                         struct arena *arena)
{
    return str_format(arena, "/sources/%s/%s", self->tables.name, key);
}

static bool open_api(struct clickhouse *self, const json_t *json, struct arena *arena,
                     struct engine_opened *opened, struct err *err)
{
    const char *database = json_text(json, "database", "default");
    int64_t timeout_s = json_int(json, "timeout_s", 60);
    const char *ca_file = json_text(json, "ca_file", NULL);
    uint16_t *ports = arena_new(arena, uint16_t, 2);

    if (strpbrk(self->url, "?#"))
        return config_err(self->tables.config, where(self, "url", arena), err,
                          "the address has a query; name host and path alone");
    self->url_plain =
        str_format(arena,
                   "%s%s?database=%s&default_format=JSONCompact&wait_end_of_"
                   "query=1",
                   self->url, strchr(strstr(self->url, "//") + 2, '/') ? "" : "/",
                   database);
    self->url_full =
        str_format(arena,
                   "%s&readonly=2&max_execution_time=%lld&max_result_rows=%d&enable_"
                   "http_compression=1",
                   self->url_plain, (long long)timeout_s, REPLY_ROWS);
    self->conf = (struct api_conf){
        .who = str_format(arena, "source '%s'", self->tables.name),
        .agent = "rounds/" ROUNDS_VERSION,
        .url = self->url,
        .ca_file =
            ca_file ? file_join(arena, self->tables.config->folder, ca_file) : NULL,
        .allow_private = json_bool(json, "allow_private", false),
        .has_secret = self->password != NULL,
        .timeout_ms = 1000 * (timeout_s + 5), // its own limit comes first, with words
        .budget_s = json_int(json, "budget_s", 600),
    };
    if (!api_open(&self->api, &self->conf, arena, err))
        return false;
    self->is_open = true;
    ports[0] = self->api.port;
    ports[1] = 53;
    opened->ports = ports;
    opened->nports = 2;
    if (self->conf.ca_file) {
        opened->file = &self->conf.ca_file;
        opened->nfiles = 1;
    }
    return true;
}

static bool clickhouse_open(const struct config *config, const char *name,
                            struct arena *arena, struct engine_opened *opened,
                            struct err *err)
{
    struct clickhouse *self = arena_new(arena, struct clickhouse, 1);
    const json_t *json;

    self->tables.table.dialect = SQL_CLICKHOUSE;
    if (!tables_open(config, name, arena, &self->tables, opened, err))
        return false;
    json = self->tables.json;
    self->tables.ask = ask;
    self->tables.self = self;
    self->url = json_text(json, "url", "");
    self->user = json_text(json, "user", "default");
    if (!tables_password(&self->tables, arena, &self->password, err) ||
        !open_api(self, json, arena, opened, err))
        return false;
    opened->self = self;
    return true;
}

static void clickhouse_close(void *of)
{
    struct clickhouse *self = of;

    if (self->is_open)
        api_close(&self->api);
    self->is_open = false;
}

const struct engine engine_clickhouse = {
    .type = "clickhouse",
    .open = clickhouse_open,
    .close = clickhouse_close,
    .can_count = tables_can_count,
    .check_arms = tables_check_arms,
    .start = tables_start,
    .cells = tables_cells,
    .arms = tables_arms,
};
