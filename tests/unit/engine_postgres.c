/*
 * Tests of shared/engines/postgres.c: which connections it refuses before it makes one,
 * and a server on loopback that speaks the protocol (PostgreSQL's manual, "Message
 * Formats") and answers badly. Real ones are in tests/engines*.t.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/engines/postgres.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "tests/lib/skip.h"

#include "shared/banned.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { DAY_MS = 86400000 };

static struct arena run;
static struct config config;
static json_t *root;
static struct engine_opened opened;

static int setup(void **state)
{
    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    json_decref(root);
    root = NULL;
    arena_release(&run);
    return 0;
}

static bool open_with(const char *conninfo, const char *more, struct err *err)
{
    const char *text =
        str_format(&run,
                   "{\"sources\":{\"s\":{\"conninfo\":\"%s\",\"table\":\"t\","
                   "\"timeout_s\":2%s}}}",
                   conninfo, more);

    json_decref(root);
    root = NULL;
    config = (struct config){.path = "rounds.json", .bytes = str_of(text)};
    assert_true(json_load_strict(config.bytes, "t", 9, 99, &root, err));
    config.root = root;
    opened = (struct engine_opened){0};
    return engine_postgres.open(&config, "s", &run, &opened, err);
}

static void a_connection_that_may_not_be_made_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *conninfo, *says;
    } cases[] = {
        {"host=localhost password=x", "it holds a password; use password_env"},
        {"host=localhost service=x", "'service' is not followed"},
        {"dbname=x", "name the host"},
        {"host='' dbname=x", "name the host"},
        {"host=db.example sslmode=disable", "sslmode 'disable' to another machine"},
        {"host=db.example sslmode=allow", "sslmode 'allow' to another machine"},
        {"host=db.example sslmode=prefer", "sslmode 'prefer' to another machine"},
        {"host=localhost,db.example sslmode=prefer", "to another machine"},
        {"host=127.0.0.1.example.org sslmode=prefer", "to another machine"},
        {"host=127.org sslmode=prefer", "to another machine"},
        {"host=localhost hostaddr=192.0.2.1 sslmode=prefer", "to another machine"},
        {"host=localhost port=x", "'x' are no ports"},
        {"host=localhost port=0", "'0' are no ports"},
        {"host=localhost port=65536", "'65536' are no ports"},
        {"host=localhost port=1,2,3,4,5,6,7,8,9", "are no ports; at most 8"},
        {"host", "missing \"=\" after \"host\""},
        {"no_such_word=1", "invalid connection option"},
    };

    (void)state;
    SKIP_UNLESS(engine_postgres.start);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct err err = {.text = ""};

        assert_false(open_with(cases[i].conninfo, "", &err));
        if (!strstr(err.text, cases[i].says))
            print_error("'%s' does not say '%s'\n", err.text, cases[i].says);
        assert_non_null(strstr(err.text, cases[i].says));
        assert_non_null(strstr(err.text, "rounds.json:1: /sources/s/conninfo: "));
    }
}

static void a_connection_to_this_machine_needs_no_encryption(void **state)
{
    static const char *const words[] = {
        "host=/run/postgresql",
        "host=localhost sslmode=disable",
        "host=127.0.0.1 sslmode=allow",
        "host=::1 sslmode=prefer",
        "host=localhost,/tmp,127.0.0.2 sslmode=disable",
        "host=db.example",
        "host=db.example sslmode=verify-full",
    };

    (void)state;
    SKIP_UNLESS(engine_postgres.start);
    for (size_t i = 0; i < COUNT(words); i++) {
        struct err err = {.text = ""};

        assert_true(open_with(words[i], "", &err));
        engine_postgres.close(opened.self);
    }
}

static void confinement_leaves_its_ports_and_certificates(void **state)
{
    struct err err;

    (void)state;
    SKIP_UNLESS(engine_postgres.start);
    assert_true(open_with("host=localhost", "", &err));
    assert_int_equal(opened.nports, 2);
    assert_int_equal(opened.ports[0], 53);
    assert_int_equal(opened.ports[1], 5432); // libpq's own
    assert_int_equal(opened.nfiles, 0);
    assert_true(
        open_with("host=a,b port=,7 sslrootcert=/c.pem sslmode=verify-ca", "", &err));
    assert_int_equal(opened.nports, 3);
    assert_int_equal(opened.ports[1], 5432);
    assert_int_equal(opened.ports[2], 7);
    assert_int_equal(opened.nfiles, 1);
    assert_string_equal(opened.file[0], "/c.pem");
    assert_true(open_with("host=a sslrootcert=system", "", &err));
    assert_int_equal(opened.nfiles, 0);
}

static void what_is_no_table_or_password_is_refused(void **state)
{
    struct err err;

    (void)state;
    SKIP_UNLESS(engine_postgres.start);
    assert_false(open_with("host=localhost", ",\"columns\":{\"page\":\"a-b\"}", &err));
    assert_non_null(strstr(err.text, "'a-b' is no name that a column may have"));
    assert_false(
        open_with("host=localhost", ",\"password_env\":\"NO_SUCH_VARIABLE\"", &err));
    assert_non_null(strstr(err.text, "'NO_SUCH_VARIABLE' is not set"));
}

/* ---- a server ---- */

static struct stub {
    int listener;
    uint16_t port;
    pthread_t thread;
    const char *answer; /* to the startup, or to the second question: messages */
    size_t n;
    bool is_rude; /* the startup is answered by that, and no question is taken */
} stub;

static char messages[65536];
static size_t nmessages;

static void put(const void *bytes, size_t n)
{
    assert_true(nmessages + n <= sizeof messages);
    memcpy(messages + nmessages, bytes, n);
    nmessages += n;
}

static void put_number(uint32_t value, size_t bytes)
{
    for (size_t i = bytes; i-- > 0;) {
        const unsigned char byte = (unsigned char)(value >> (8 * i));

        put(&byte, 1);
    }
}

/* A message of that type. */
static void put_message(char type, const void *payload, size_t n)
{
    put(&type, 1);
    put_number((uint32_t)n + 4, 4);
    put(payload, n);
}

/* The names of the columns of an answer. */
static void put_columns(const char *const *names, size_t n)
{
    size_t length = 2;

    for (size_t i = 0; i < n; i++)
        length += strlen(names[i]) + 1 + 18;
    put("T", 1);
    put_number((uint32_t)length + 4, 4);
    put_number((uint32_t)n, 2);
    for (size_t i = 0; i < n; i++) {
        put(names[i], strlen(names[i]) + 1);
        put("\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0", 18); // text
    }
}

/* A row; NULL is NULL. */
static void put_row(const char *const *values, size_t n)
{
    size_t length = 2;

    for (size_t i = 0; i < n; i++)
        length += 4 + (values[i] ? strlen(values[i]) : 0);
    put("D", 1);
    put_number((uint32_t)length + 4, 4);
    put_number((uint32_t)n, 2);
    for (size_t i = 0; i < n; i++) {
        put_number(values[i] ? (uint32_t)strlen(values[i]) : UINT32_MAX, 4);
        if (values[i])
            put(values[i], strlen(values[i]));
    }
}

static bool take(int fd, void *to, size_t n)
{
    return recv(fd, to, n, MSG_WAITALL) == (ssize_t)n;
}

/* The length that begins a message, less itself; what follows is passed over. */
static bool take_rest(int fd)
{
    unsigned char head[4];
    char rest[16384];
    size_t n;

    if (!take(fd, head, sizeof head))
        return false;
    n = ((size_t)head[2] << 8 | head[3]) - 4;
    return n <= sizeof rest && take(fd, rest, n);
}

static void *serve(void *unused)
{
    static const char ready[] = "R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I";
    static const char begun[] = "C\0\0\0\x0a"
                                "BEGIN\0Z\0\0\0\x05T";
    int fd = accept(stub.listener, NULL, NULL);
    char type;

    (void)unused;
    if (take_rest(fd) && stub.is_rude) {
        (void)send(fd, stub.answer, stub.n, MSG_NOSIGNAL);
    } else {
        (void)send(fd, ready, sizeof ready - 1, MSG_NOSIGNAL);
        if (take(fd, &type, 1) && take_rest(fd) &&
            send(fd, begun, sizeof begun - 1, MSG_NOSIGNAL) > 0 && take(fd, &type, 1) &&
            take_rest(fd))
            (void)send(fd, stub.answer, stub.n, MSG_NOSIGNAL);
    }
    (void)shutdown(fd, SHUT_WR);
    while (recv(fd, &type, 1, 0) > 0)
        ;
    (void)close(fd);
    return NULL;
}

static void start_stub(bool is_rude)
{
    struct sockaddr_in here = {.sin_family = AF_INET};
    socklen_t size = sizeof here;

    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    stub = (struct stub){.answer = messages, .n = nmessages, .is_rude = is_rude};
    stub.listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(stub.listener, (struct sockaddr *)&here, size), 0);
    assert_int_equal(listen(stub.listener, 1), 0);
    assert_int_equal(getsockname(stub.listener, (struct sockaddr *)&here, &size), 0);
    stub.port = ntohs(here.sin_port);
    assert_int_equal(pthread_create(&stub.thread, NULL, serve, NULL), 0);
}

/* What a run of two days says of the messages put; "" when it takes them. */
static const char *told(bool is_rude)
{
    static const int64_t at_ms[] = {0, DAY_MS, 2 * (int64_t)DAY_MS};
    const struct day_bounds bounds = {.n = 2, .at_ms = at_ms};
    struct source_day days[2] = {0};
    struct source_totals totals = {0};
    struct err err = {.text = ""};
    bool done;

    start_stub(is_rude);
    assert_true(open_with(str_format(&run,
                                     "host=127.0.0.1 port=%d user=u dbname=d "
                                     "sslmode=disable",
                                     (int)stub.port),
                          "", &err));
    done = engine_postgres.start(opened.self, &bounds, &run, days, &totals, &err);
    engine_postgres.close(opened.self);
    assert_int_equal(pthread_join(stub.thread, NULL), 0);
    (void)close(stub.listener);
    assert_int_equal(done, err.text[0] == '\0');
    if (done)
        assert_int_equal(days[1].rows, 2);
    nmessages = 0;
    return str_copy(&run, err.text, strlen(err.text));
}

static const char *const names[] = {"d", "n", "k", "t"};

static void a_whole_answer_is_taken(void **state)
{
    static const char *const row[] = {"1", "3", "2", "86400001"};

    (void)state;
    SKIP_UNLESS(engine_postgres.start);
    put_columns(names, 4);
    put_row(row, 4);
    put_message('C', "SELECT 1", 9);
    put_message('Z', "T", 1);
    assert_string_equal(told(false), "");
}

static void an_answer_that_is_not_whole_is_refused(void **state)
{
    static const char *const others[] = {"d", "n", "k", "x"};
    static const char *const nulls[] = {"1", NULL, "2", "3"};
    const char *text;

    (void)state;
    SKIP_UNLESS(engine_postgres.start);
    put_columns(others, 4);
    put_message('C', "SELECT 0", 9);
    put_message('Z', "T", 1);
    assert_string_equal(told(false),
                        "source 's', rows of 1970-01-01: column 4 of the reply is not "
                        "'t'");
    put_columns(names, 3);
    put_message('C', "SELECT 0", 9);
    put_message('Z', "T", 1);
    assert_string_equal(
        told(false), "source 's', rows of 1970-01-01: 3 columns in the reply, not 4");
    put_columns(names, 4);
    put_row(nulls, 4);
    put_message('C', "SELECT 1", 9);
    put_message('Z', "T", 1);
    assert_non_null(
        strstr(told(false), "row 1 of the reply, column 2: '' is no count"));
    put_columns(names, 4); // and then nothing
    text = told(false);
    assert_non_null(strstr(text, "source 's', rows of 1970-01-01: server closed the "
                                 "connection unexpectedly"));
    assert_null(strchr(text, '\n'));
    put_message('C', "INSERT 0 1", 11);
    put_message('Z', "T", 1);
    assert_non_null(strstr(told(false), "source 's', rows of 1970-01-01: "));
}

static void an_error_is_told_with_its_state_and_remedy(void **state)
{
    static const char missing[] = "SERROR\0C42P01\0Mrelation \"t\"\tis not\nthere\0";
    static const char wordless[] = "SERROR\0C57014\0";
    static const char other[] = "SERROR\0C22012\0Mdivision by zero\0";

    (void)state;
    SKIP_UNLESS(engine_postgres.start);
    put_message('E', missing, sizeof missing);
    put_message('Z', "E", 1);
    assert_string_equal(told(false),
                        "source 's', rows of 1970-01-01: 42P01: relation \"t\" is not "
                        "there; look at 'table'");
    put_message('E', wordless, sizeof wordless);
    put_message('Z', "E", 1);
    assert_string_equal(
        told(false),
        "source 's', rows of 1970-01-01: 57014: ; it took longer than timeout_s");
    put_message('E', other, sizeof other);
    put_message('Z', "E", 1);
    assert_string_equal(told(false),
                        "source 's', rows of 1970-01-01: 22012: division by zero");
}

/* Neither is tried again: that would take three seconds. */
static void a_server_that_refuses_is_not_asked_again(void **state)
{
    static const char unknown[] = "SFATAL\0C3D000\0Mdatabase \"d\" does not exist\0";
    static const char no_entry[] =
        "SFATAL\0C28000\0Mno pg_hba.conf entry for host \"h\"\0";
    static const char clear[] = {0, 0, 0, 3}; // a password in clear, which it has not

    (void)state;
    SKIP_UNLESS(engine_postgres.start);
    put_message('E', unknown, sizeof unknown);
    assert_non_null(strstr(told(true), "database \"d\" does not exist"));
    put_message('E', no_entry, sizeof no_entry);
    assert_non_null(strstr(told(true), "no pg_hba.conf entry"));
    put_message('R', clear, sizeof clear);
    assert_non_null(
        strstr(told(true),
               "no password supplied; the user or the password is refused"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_connection_that_may_not_be_made_is_refused_with_its_place, setup,
            teardown),
        cmocka_unit_test_setup_teardown(
            a_connection_to_this_machine_needs_no_encryption, setup, teardown),
        cmocka_unit_test_setup_teardown(confinement_leaves_its_ports_and_certificates,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_table_or_password_is_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_whole_answer_is_taken, setup, teardown),
        cmocka_unit_test_setup_teardown(an_answer_that_is_not_whole_is_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_error_is_told_with_its_state_and_remedy,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_server_that_refuses_is_not_asked_again, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
