/* PostgreSQL through libpq: one connection and one snapshot for all questions of a run,
 * which can only read. */
#include "shared/engines/postgres.h"

#include <poll.h>
#include <string.h>
#include <time.h>

#include <libpq-fe.h>

#include "shared/clock.h"
#include "shared/engines/tables.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/secret.h"
#include "shared/text.h"

#include "shared/banned.h"

enum {
    CONNECT_TRIES = 3,
    HOSTS_MAX = 8,
    GRACE_S = 5, // the server's own limit comes first, with words
    SHOWN = 160,
    PARAMETERS_MAX = 12,
};

#define REPLY_BYTES_MAX (8 * MIB)
#define PORT            5432
#define PORT_DNS        53

struct postgres {
    struct tables tables; /* first: what the functions of tables get */
    const char *conninfo, *sslmode;
    const char *options;
    int64_t timeout_s;
    struct secret *password;
    PGconn *connection;
};

/* ---- errors ---- */

/* What the server says, in one line, fit to print. */
static const char *said(const char *message, struct arena *arena)
{
    struct str text = str_of(message);
    char *line;

    while (text.n > 0 && (text.at[text.n - 1] == '\n' || text.at[text.n - 1] == ' '))
        text.n--;
    if (secret_leaks(text))
        return "(its words hold a secret)";
    line = str_copy(arena, text.at ? text.at : "", text.n);
    for (char *c = line; *c; c++)
        *c = *c == '\n' || *c == '\t' ? ' ' : *c;
    return text_safe(arena, line, strlen(line), SHOWN);
}

/* What to do about an SQLSTATE. */
static const char *remedy_of(const char *state)
{
    static const struct {
        const char *state, *remedy; // a class by its first two
    } remedies[] = {
        {"42P01", "; look at 'table'"},
        {"42703", "; look at 'columns'"},
        {"3F000", "; look at 'table'"},
        {"42501", "; the user may not SELECT from it"},
        {"57014", "; it took longer than timeout_s"},
        {"28", "; the user or the password is refused"},
    };

    for (size_t i = 0; i < sizeof remedies / sizeof *remedies; i++)
        if (strncmp(remedies[i].state, state, strlen(remedies[i].state)) == 0)
            return remedies[i].remedy;
    return "";
}

static bool result_err(const struct postgres *self, const PGresult *result,
                       struct arena *arena, struct err *err)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

    if (!state)
        return err_set(err, "%s: %s", self->tables.who,
                       said(PQerrorMessage(self->connection), arena));
    return err_set(err, "%s: %s: %s%s", self->tables.who, state,
                   said(primary ? primary : "", arena), remedy_of(state));
}

/* ---- connecting ---- */

static void pause_s(int s)
{
    struct timespec left = {.tv_sec = s};

    while (nanosleep(&left, &left) != 0)
        ;
}

static PGconn *try_connect(const struct postgres *self)
{
    const char *keyword[PARAMETERS_MAX] = {
        "dbname",  "connect_timeout", "client_encoding",
        "options", "gssencmode",      "fallback_application_name"};
    const char *value[PARAMETERS_MAX] = {self->conninfo, "10",      "UTF8",
                                         self->options,  "disable", "rounds"};
    size_t n = 6;

    if (self->sslmode) {
        keyword[n] = "sslmode";
        value[n++] = self->sslmode;
    }
    if (self->password) {
        keyword[n] = "password";
        value[n++] = secret_value(self->password);
    }
    return PQconnectdbParams(keyword, value, 1);
}

static bool says(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

/* A server that is starting or out of connections may be back in a moment; one that
 * refuses a password will not. */
static bool connect_to(struct postgres *self, struct arena *arena, struct err *err)
{
    for (int tried = 1;; tried++) {
        const char *message;
        bool is_refused;

        self->connection = try_connect(self);
        if (self->connection && PQstatus(self->connection) == CONNECTION_OK)
            return true;
        message = self->connection ? PQerrorMessage(self->connection) : "out of memory";
        is_refused = says(message, "authentication failed") ||
                     says(message, "no password supplied") ||
                     says(message, "pg_hba.conf") || says(message, "does not exist");
        (void)err_set(err, "%s: %s%s", self->tables.who, said(message, arena),
                      says(message, "password")
                          ? "; the user or the password is refused"
                          : "");
        PQfinish(self->connection);
        self->connection = NULL;
        if (is_refused || tried == CONNECT_TRIES)
            return false;
        pause_s(tried);
    }
}

/* ---- asking ---- */

/* Waits for the next part of an answer. */
static bool wait_for(struct postgres *self, int64_t until_us, struct arena *arena,
                     struct err *err)
{
    while (PQisBusy(self->connection)) {
        struct pollfd on = {.fd = PQsocket(self->connection), .events = POLLIN};
        int64_t left_ms = (until_us - clock_ticks_us()) / 1000;

        if (left_ms <= 0 || on.fd < 0)
            return err_set(err, "%s: no answer within timeout_s, %lld s",
                           self->tables.who, (long long)self->timeout_s);
        (void)poll(&on, 1, (int)(left_ms < 60000 ? left_ms : 60000));
        if (!PQconsumeInput(self->connection))
            return err_set(err, "%s: %s", self->tables.who,
                           said(PQerrorMessage(self->connection), arena));
    }
    return true;
}

/* One answer on its way, row by row, so that a large one is noticed before it is here.
 */
struct taking {
    struct postgres *self;
    const struct sql_columns *columns;
    struct sql_rows *rows;
    size_t capacity, bytes;
    struct arena *arena;
    bool has_names;
};

static bool check_names(struct taking *taking, const PGresult *result, struct err *err)
{
    size_t n = (size_t)PQnfields(result);

    for (size_t i = 0; i < n && n == taking->columns->n; i++)
        if (strcmp(PQfname(result, (int)i), taking->columns->name[i]) != 0)
            return err_set(err, "%s: column %zu of the reply is not '%s'",
                           taking->self->tables.who, i + 1, taking->columns->name[i]);
    taking->has_names = true;
    return n == taking->columns->n ||
           err_set(err, "%s: %zu columns in the reply, not %zu",
                   taking->self->tables.who, n, taking->columns->n);
}

static bool take_row(struct taking *taking, const PGresult *result, int row,
                     struct err *err)
{
    struct sql_rows *rows = taking->rows;

    if (rows->nrows == taking->capacity) {
        taking->capacity = taking->capacity == 0 ? 16 : 2 * taking->capacity;
        rows->cell = arena_grow(taking->arena, rows->cell, rows->nrows * rows->ncolumns,
                                taking->capacity * rows->ncolumns, sizeof *rows->cell);
    }
    for (size_t c = 0; c < rows->ncolumns; c++) {
        struct str *cell = &rows->cell[rows->nrows * rows->ncolumns + c];
        size_t n = (size_t)PQgetlength(result, row, (int)c);

        taking->bytes += n + sizeof *cell;
        if (taking->bytes > REPLY_BYTES_MAX)
            return err_set(err, "%s: the reply is over %zu MiB",
                           taking->self->tables.who, REPLY_BYTES_MAX / MIB);
        if (!PQgetisnull(result, row, (int)c))
            *cell = (struct str){str_copy(taking->arena,
                                          PQgetvalue(result, row, (int)c), n),
                                 n};
    }
    rows->nrows++;
    return true;
}

static bool take_result(struct taking *taking, const PGresult *result, struct err *err)
{
    ExecStatusType status = PQresultStatus(result);

    if (status == PGRES_COMMAND_OK && taking->columns->n == 0)
        return true;
    if (status != PGRES_TUPLES_OK && status != PGRES_SINGLE_TUPLE)
        return result_err(taking->self, result, taking->arena, err);
    if (!taking->has_names && !check_names(taking, result, err))
        return false;
    for (int row = 0; row < PQntuples(result); row++)
        if (!take_row(taking, result, row, err))
            return false;
    return true;
}

static bool ask(void *of, struct str sql, const struct sql_columns *columns,
                struct arena *arena, struct sql_rows *rows, struct err *err)
{
    struct postgres *self = of;
    struct taking taking = {.self = self,
                            .columns = columns,
                            .rows = rows,
                            .arena = arena};
    int64_t until_us = clock_ticks_us() + (self->timeout_s + GRACE_S) * 1000000;

    *rows = (struct sql_rows){.ncolumns = columns->n};
    if (!PQsendQuery(self->connection, sql.at) || !PQsetSingleRowMode(self->connection))
        return err_set(err, "%s: %s", self->tables.who,
                       said(PQerrorMessage(self->connection), arena));
    for (;;) {
        PGresult *result;
        bool ok;

        if (!wait_for(self, until_us, arena, err))
            return false; // the connection is closed with its answer
        result = PQgetResult(self->connection);
        if (!result)
            return true;
        ok = take_result(&taking, result, err);
        PQclear(result);
        if (!ok)
            return false;
    }
}

/* ---- the engine ---- */

static bool is_here(const char *host)
{
    size_t n = strcspn(host, ",");

    return host[0] == '/' || str_equal((struct str){host, n}, STR("localhost")) ||
           (strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == n) ||
           str_equal((struct str){host, n}, STR("::1"));
}

/* What of the connection's words decides about confinement and encryption. */
struct words {
    const char *host, *hostaddr, *port, *sslmode, *sslrootcert;
    bool has_password, has_service;
};

static void read_words(const PQconninfoOption *options, struct arena *arena,
                       struct words *words)
{
    *words = (struct words){0};
    for (; options->keyword; options++) {
        const char *value =
            options->val ? str_copy(arena, options->val, strlen(options->val)) : NULL;

        if (strcmp(options->keyword, "host") == 0)
            words->host = value;
        else if (strcmp(options->keyword, "hostaddr") == 0)
            words->hostaddr = value;
        else if (strcmp(options->keyword, "port") == 0)
            words->port = value;
        else if (strcmp(options->keyword, "sslmode") == 0)
            words->sslmode = value;
        else if (strcmp(options->keyword, "sslrootcert") == 0)
            words->sslrootcert = value;
        else if (strcmp(options->keyword, "password") == 0)
            words->has_password = value != NULL;
        else if (strcmp(options->keyword, "service") == 0)
            words->has_service = value != NULL;
    }
}

static bool ports_of(const struct words *words, struct arena *arena,
                     struct engine_opened *opened)
{
    struct str field[HOSTS_MAX];
    size_t n = words->port ? str_split(str_of(words->port), ',', field, HOSTS_MAX) : 0;
    uint16_t *ports = arena_new(arena, uint16_t, HOSTS_MAX + 2);

    if (n > HOSTS_MAX)
        return false;
    opened->ports = ports;
    ports[opened->nports++] = PORT_DNS;
    if (n == 0)
        ports[opened->nports++] = PORT;
    for (size_t i = 0; i < n; i++) {
        int64_t port = PORT;

        if (field[i].n > 0 && (!str_to_int64(field[i].at, field[i].n, &port) ||
                               port < 1 || port > UINT16_MAX))
            return false;
        ports[opened->nports++] = (uint16_t)port;
    }
    return true;
}

/* Whether all hosts are this machine. */
static bool all_here(const char *hosts)
{
    for (;; hosts++) {
        if (!is_here(hosts))
            return false;
        hosts = strchr(hosts, ',');
        if (!hosts)
            return true;
    }
}

static bool check_words(struct postgres *self, const struct words *words,
                        const char *where, struct err *err)
{
    const struct config *config = self->tables.config;
    const char *hosts = words->hostaddr ? words->hostaddr : words->host;
    bool is_weak = words->sslmode && (strcmp(words->sslmode, "disable") == 0 ||
                                      strcmp(words->sslmode, "allow") == 0 ||
                                      strcmp(words->sslmode, "prefer") == 0);

    if (words->has_password)
        return config_err(config, where, err,
                          "it holds a password; use password_env or password_file");
    if (words->has_service)
        return config_err(config, where, err,
                          "'service' is not followed; write out "
                          "host, port, dbname and user");
    if (!hosts || !*hosts)
        return config_err(config, where, err,
                          "name the host; a folder of sockets "
                          "begins with a slash");
    if (is_weak && !all_here(hosts))
        return config_err(config, where, err,
                          "sslmode '%s' to another machine; at "
                          "least 'require'",
                          words->sslmode);
    if (!words->sslmode && !all_here(hosts))
        self->sslmode = "require";
    return true;
}

static bool read_conninfo(struct postgres *self, struct arena *arena,
                          struct engine_opened *opened, struct err *err)
{
    const char *where = str_format(arena, "/sources/%s/conninfo", self->tables.name);
    char *why = NULL;
    PQconninfoOption *options = PQconninfoParse(self->conninfo, &why);
    struct words words;
    const char **file = arena_new(arena, const char *, 1);

    if (!options) {
        const char *text = why ? said(why, arena) : "out of memory";

        PQfreemem(why);
        return config_err(self->tables.config, where, err, "%s", text);
    }
    read_words(options, arena, &words);
    PQconninfoFree(options);
    if (!check_words(self, &words, where, err))
        return false;
    if (!ports_of(&words, arena, opened))
        return config_err(self->tables.config, where, err,
                          "'%s' are no ports; at most %d", words.port, HOSTS_MAX);
    if (words.sslrootcert && strcmp(words.sslrootcert, "system") != 0) {
        file[0] = words.sslrootcert;
        opened->file = file;
        opened->nfiles = 1;
    }
    return true;
}

static bool postgres_open(const struct config *config, const char *name,
                          struct arena *arena, struct engine_opened *opened,
                          struct err *err)
{
    struct postgres *self = arena_new(arena, struct postgres, 1);
    const json_t *json;

    self->tables.table.dialect = SQL_POSTGRES;
    if (!tables_open(config, name, arena, &self->tables, opened, err))
        return false;
    json = self->tables.json;
    self->tables.ask = ask;
    self->tables.self = self;
    self->tables.is_snapshot = true;
    self->conninfo = json_text(json, "conninfo", "");
    self->timeout_s = json_int(json, "timeout_s", 60);
    self->options = str_format(arena,
                               "-c default_transaction_read_only=on -c "
                               "statement_timeout=%lld -c TimeZone=UTC -c search_path=",
                               1000 * (long long)self->timeout_s);
    if (!read_conninfo(self, arena, opened, err) ||
        !tables_password(&self->tables, arena, &self->password, err))
        return false;
    opened->self = self;
    return true;
}

static void postgres_close(void *of)
{
    struct postgres *self = of;

    PQfinish(self->connection);
    self->connection = NULL;
}

static bool postgres_start(void *of, const struct day_bounds *bounds,
                           struct arena *arena, struct source_day *days,
                           struct source_totals *totals, struct err *err)
{
    struct postgres *self = of;
    const struct sql_columns nothing = {NULL, 0};
    struct sql_rows none;

    if (!self->connection) {
        self->tables.who = str_format(arena, "source '%s'", self->tables.name);
        if (!connect_to(self, arena, err) ||
            !ask(self, STR("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"), &nothing,
                 arena, &none, err))
            return false;
    }
    return tables_start(self, bounds, arena, days, totals, err);
}

const struct engine engine_postgres = {
    .type = "postgres",
    .open = postgres_open,
    .close = postgres_close,
    .can_count = tables_can_count,
    .check_arms = tables_check_arms,
    .start = postgres_start,
    .cells = tables_cells,
    .arms = tables_arms,
};
