/* The server of tests/lib/server.h. */
#include "tests/lib/server.h"

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shared/banned.h"

enum { CONNECTIONS = 256, PATHS = 1024, PATH_BYTES = 256, REQUEST_BYTES = 16384 };

struct connection {
    struct server *server;
    pthread_t thread;
    int fd;
    bool is_used, is_over;
};

struct server {
    server_answer answer;
    int most;
    int listener;
    uint16_t port;
    pthread_t thread;
    pthread_mutex_t lock; // of all below
    bool is_stopping;
    int accepted, open;
    struct connection connection[CONNECTIONS];
    char path[PATHS][PATH_BYTES];
    int asked[PATHS];
};

static void check(bool ok, const char *what)
{
    if (ok)
        return;
    perror(what);
    abort();
}

bool server_send(int fd, const void *at, size_t n)
{
    const char *from = at;

    while (n > 0) {
        ssize_t sent = send(fd, from, n, MSG_NOSIGNAL);

        if (sent <= 0)
            return false;
        from += sent;
        n -= (size_t)sent;
    }
    return true;
}

bool server_print(int fd, const char *format, ...)
{
    char text[REQUEST_BYTES];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    check(n >= 0 && (size_t)n < sizeof text, "server_print");
    return server_send(fd, text, (size_t)n);
}

bool server_reply(const struct server_request *request, const char *status,
                  const char *headers, const char *body)
{
    (void)server_print(request->fd, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n%s",
                       status, strlen(body), headers, request->is_head ? "" : body);
    return true;
}

/* The counter of a path; a new one when there is none. */
static int *counter(struct server *server, const char *path)
{
    for (size_t i = 0; i < PATHS; i++) {
        if (!server->path[i][0])
            (void)snprintf(server->path[i], PATH_BYTES, "%s", path);
        if (strcmp(server->path[i], path) == 0)
            return &server->asked[i];
    }
    check(false, "too many paths");
    return NULL;
}

int server_asked(struct server *server, const char *path)
{
    int asked;

    (void)pthread_mutex_lock(&server->lock);
    asked = *counter(server, path);
    (void)pthread_mutex_unlock(&server->lock);
    return asked;
}

int server_connections(struct server *server)
{
    int accepted;

    (void)pthread_mutex_lock(&server->lock);
    accepted = server->accepted;
    (void)pthread_mutex_unlock(&server->lock);
    return accepted;
}

uint16_t server_port(const struct server *server)
{
    return server->port;
}

static bool answer_one(struct server *server, int fd, const char *text)
{
    struct server_request request = {.fd = fd, .text = text};
    char path[PATH_BYTES] = "";

    request.is_head = strncmp(text, "HEAD ", 5) == 0;
    (void)sscanf(text, "%*s %255s", path);
    request.path = path;
    (void)pthread_mutex_lock(&server->lock);
    request.nth = ++*counter(server, path);
    (void)pthread_mutex_unlock(&server->lock);
    return server->answer(&request);
}

static void *serve(void *context)
{
    struct connection *connection = context;
    struct server *server = connection->server;
    char text[REQUEST_BYTES];
    size_t n = 0;
    bool goes_on = true;

    while (goes_on) {
        ssize_t got = recv(connection->fd, text + n, sizeof text - n - 1, 0);
        const char *end;

        if (got <= 0)
            break;
        n += (size_t)got;
        text[n] = '\0';
        if (text[0] == 0x16) { // TLS, which this is not
            (void)server_print(connection->fd, "HTTP/1.1 400 Bad Request\r\n\r\n");
            break;
        }
        end = strstr(text, "\r\n\r\n");
        if (!end)
            continue;
        goes_on = answer_one(server, connection->fd, text);
        n = 0; // no request here has a body, and none is sent before its answer
    }
    (void)pthread_mutex_lock(&server->lock);
    (void)close(connection->fd);
    connection->is_over = true;
    server->open--;
    (void)pthread_mutex_unlock(&server->lock);
    return NULL;
}

static void reset(int fd)
{
    const struct linger now = {.l_onoff = 1, .l_linger = 0};

    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    (void)close(fd);
}

/* With the lock. */
static void take(struct server *server, int fd)
{
    struct connection *free_one = NULL;

    for (size_t i = 0; i < CONNECTIONS; i++) {
        struct connection *connection = &server->connection[i];

        if (connection->is_used && connection->is_over) {
            (void)pthread_join(connection->thread, NULL);
            connection->is_used = false;
        }
        if (!connection->is_used)
            free_one = connection;
    }
    if (!free_one || (server->most > 0 && server->open >= server->most)) {
        reset(fd);
        return;
    }
    *free_one = (struct connection){.server = server, .fd = fd, .is_used = true};
    check(pthread_create(&free_one->thread, NULL, serve, free_one) == 0, "thread");
    server->open++;
    server->accepted++;
}

static void *listen_on(void *context)
{
    struct server *server = context;
    struct pollfd ready = {.fd = server->listener, .events = POLLIN};
    bool is_stopping = false;

    while (!is_stopping) {
        int fd = poll(&ready, 1, 20) == 1 ? accept(server->listener, NULL, NULL) : -1;

        (void)pthread_mutex_lock(&server->lock);
        is_stopping = server->is_stopping;
        if (fd >= 0)
            take(server, fd);
        (void)pthread_mutex_unlock(&server->lock);
    }
    return NULL;
}

struct server *server_start(server_answer answer, int most)
{
    struct sockaddr_in here = {.sin_family = AF_INET};
    socklen_t size = sizeof here;
    struct server *server = calloc(1, sizeof *server);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    here.sin_addr.s_addr = htonl(INADDR_ANY);
    check(server && listener >= 0, "socket");
    check(bind(listener, (const struct sockaddr *)&here, sizeof here) == 0, "bind");
    check(listen(listener, 512) == 0, "listen");
    check(getsockname(listener, (struct sockaddr *)&here, &size) == 0, "getsockname");
    server->answer = answer;
    server->most = most;
    server->listener = listener;
    server->port = ntohs(here.sin_port);
    check(pthread_mutex_init(&server->lock, NULL) == 0, "mutex");
    check(pthread_create(&server->thread, NULL, listen_on, server) == 0, "thread");
    return server;
}

void server_stop(struct server *server)
{
    (void)pthread_mutex_lock(&server->lock);
    server->is_stopping = true;
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (server->connection[i].is_used && !server->connection[i].is_over)
            (void)shutdown(server->connection[i].fd, SHUT_RDWR);
    (void)pthread_mutex_unlock(&server->lock);
    (void)pthread_join(server->thread, NULL);
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (server->connection[i].is_used)
            (void)pthread_join(server->connection[i].thread, NULL);
    (void)close(server->listener);
    (void)pthread_mutex_destroy(&server->lock);
    free(server);
}
