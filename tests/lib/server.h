/*
 * A small HTTP server on 127.0.0.1 (and every other address of this machine) for tests
 * of what asks. A thread a connection; the answer is bytes that a test writes, good or
 * bad. TESTS only: it trusts its caller and dies loudly.
 */
#ifndef TESTS_LIB_SERVER_H
#define TESTS_LIB_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One request as it came. */
struct server_request {
    int fd;
    const char *text; /* line and headers, NUL-terminated */
    const char *path; /* NUL-terminated */
    bool is_head;
    int nth; /* how often this path was asked, this time included */
};

/* Writes an answer with server_send. False: the connection is closed. Runs on the
 * connection's thread. */
typedef bool (*server_answer)(const struct server_request *request);

struct server;

/* More than `most` connections at a time are reset; 0: no limit. */
struct server *server_start(server_answer answer, int most);
void server_stop(struct server *server);
uint16_t server_port(const struct server *server);
int server_connections(struct server *server); /* accepted and kept, so far */
int server_asked(struct server *server, const char *path); /* requests of a path */

/* False when the other side is gone. */
bool server_send(int fd, const void *at, size_t n);
bool server_print(int fd, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A whole answer with Content-Length; `headers` are lines with their \r\n. Always true:
 * the connection stays. */
bool server_reply(const struct server_request *request, const char *status,
                  const char *headers, const char *body);

#endif
