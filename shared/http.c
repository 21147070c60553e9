/* libcurl's easy handles and nothing above them. Every body and header byte passes the
 * two callbacks here, every socket the guard. */
#include "shared/http.h"

#include <assert.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/guard.h"
#include "shared/limits.h"
#include "shared/memory.h"

#include "shared/banned.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum {
    CURL_BUFFER_BYTES = 16384,  // CURL_MAX_WRITE_SIZE: what came and is not counted
    ARENA_KEPT_BYTES = 1 << 18, // above it, a handle's memory is given back
};

/* Why a callback of ours ended the transfer. */
enum stop { STOP_NOT, STOP_CUT, STOP_HEADERS_END, STOP_HEADERS_SIZE, STOP_BODY_SIZE };

struct http {
    const struct http_policy *policy;
    CURL *easy;
    struct curl_slist *sent;
    struct arena arena; // of one request, kept while small
    struct buf body;
    size_t body_bytes; // decoded, wherever they went
    const struct http_sink *sink;
    const bool *enough;
    struct buf lines; // header lines of the last answer, as they came
    size_t most_bytes;
    bool may_cut, stops_after_headers;
    bool in_headers;
    size_t header_bytes, nlines;
    enum stop stop;
    int sockets, refused; // asked of the guard, and refused
};

static const struct long_option {
    CURLoption option;
    long value;
} fixed[] = {
    {CURLOPT_FOLLOWLOCATION, 0},    {CURLOPT_AUTOREFERER, 0},
    {CURLOPT_UNRESTRICTED_AUTH, 0}, {CURLOPT_NETRC, CURL_NETRC_IGNORED},
    {CURLOPT_NOSIGNAL, 1},          {CURLOPT_VERBOSE, 0},
    {CURLOPT_HTTP09_ALLOWED, 0},    {CURLOPT_SSL_VERIFYPEER, 1},
    {CURLOPT_SSL_VERIFYHOST, 2},    {CURLOPT_LOW_SPEED_LIMIT, 100},
    {CURLOPT_LOW_SPEED_TIME, 15},   {CURLOPT_MAXCONNECTS, 8},
    {CURLOPT_PATH_AS_IS, 1},
};

const char *http_outcome_word(enum http_outcome outcome)
{
    switch (outcome) {
    case HTTP_ANSWERED: return "answered";
    case HTTP_DNS: return "dns";
    case HTTP_CONNECT: return "connect";
    case HTTP_TLS: return "tls";
    case HTTP_READ: return "read";
    case HTTP_TIMEOUT: return "timeout";
    case HTTP_REFUSED: return "refused";
    }
    return "read";
}

bool http_begin(struct err *err)
{
    return curl_global_init_mem(CURL_GLOBAL_DEFAULT, memory_new, free, memory_resize,
                                memory_copy, memory_new_zeroed) == 0 ||
           err_set(err, "cannot start libcurl");
}

void http_end(void)
{
    curl_global_cleanup();
}

/* The host as curl will connect to it: one parser for the guard and the transfer. */
static bool host_of(const char *url, struct arena *arena, struct str *host)
{
    CURLU *parsed = curl_url(); // NULL is refused as any other handle that is none
    char *name = NULL;
    bool ok = curl_url_set(parsed, CURLUPART_URL, url, CURLU_PATH_AS_IS) == CURLUE_OK &&
              curl_url_get(parsed, CURLUPART_HOST, &name, 0) == CURLUE_OK;

    if (ok)
        *host = str_of(str_copy(arena, name, strlen(name)));
    curl_free(name);
    curl_url_cleanup(parsed);
    return ok;
}

static bool is_loopback(const struct sockaddr *address)
{
    struct sockaddr_in ip4;
    struct sockaddr_in6 ip6;

    if (address->sa_family == AF_INET) {
        memcpy(&ip4, address, sizeof ip4);
        return ntohl(ip4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    }
    memcpy(&ip6, address, sizeof ip6);
    return address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&ip6.sin6_addr);
}

static bool same_address(const struct sockaddr *a, const struct sockaddr *b)
{
    struct sockaddr_in a4, b4;
    struct sockaddr_in6 a6, b6;

    if (a->sa_family != b->sa_family)
        return false;
    if (a->sa_family == AF_INET) {
        memcpy(&a4, a, sizeof a4);
        memcpy(&b4, b, sizeof b4);
        return a4.sin_addr.s_addr == b4.sin_addr.s_addr;
    }
    memcpy(&a6, a, sizeof a6);
    memcpy(&b6, b, sizeof b6);
    return memcmp(&a6.sin6_addr, &b6.sin6_addr, sizeof a6.sin6_addr) == 0;
}

enum { RESOLVER_MEMORY_BYTES = 1 << 20 }; /* with the modules that it loads */

bool http_home_find(const char *url, struct arena *arena, struct http_home *home,
                    struct err *err)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct http_home found = {.is_loopback = true};
    struct addrinfo *all = NULL;
    const char *name;
    size_t n = 0;
    int rc;

    if (!host_of(url, arena, &found.host))
        return err_set(err, "cannot ask a URL without a host");
    name = found.host.at[0] == '[' // the resolver knows no brackets
               ? str_copy(arena, found.host.at + 1, found.host.n - 2)
               : found.host.at;
    // Without memory glibc 2.36 looks names up through a null pointer: so it has some.
    free(memory_new(RESOLVER_MEMORY_BYTES));
    rc = getaddrinfo(name, NULL, &hints, &all);
    if (rc != 0)
        return err_set(err, "cannot find the host '%s': %s", name, gai_strerror(rc));
    for (const struct addrinfo *a = all; a; a = a->ai_next)
        n++;
    found.address = arena_new(arena, struct sockaddr_storage, n);
    for (const struct addrinfo *a = all; a; a = a->ai_next) {
        found.is_loopback = found.is_loopback && is_loopback(a->ai_addr);
        if (!guard_is_public(a->ai_addr))
            memcpy(&found.address[found.n++], a->ai_addr, a->ai_addrlen);
    }
    freeaddrinfo(all);
    *home = found;
    return true;
}

static bool port_allowed(const struct http_policy *policy,
                         const struct sockaddr *address)
{
    struct sockaddr_in ip4;
    uint16_t port;

    memcpy(&ip4, address, sizeof ip4); // sin6_port is at the same place
    port = ntohs(ip4.sin_port);
    for (size_t i = 0; i < policy->nports; i++)
        if (policy->ports[i] == port)
            return true;
    return port == 80 || port == 443;
}

/* Asks for the host where a connection is made, not where a request is: most requests
 * find a connection. */
static bool is_at_home(struct http *http)
{
    const struct http_home *home = http->policy->home;
    const char *url = NULL;
    struct str host;

    return home &&
           curl_easy_getinfo(http->easy, CURLINFO_EFFECTIVE_URL, &url) == CURLE_OK &&
           url && host_of(url, &http->arena, &host) &&
           str_equal_ignoring_case(host, home->host);
}

static bool address_allowed(struct http *http, const struct sockaddr *address)
{
    const struct http_home *home = http->policy->home;

    if (http->policy->allow_private || guard_is_public(address))
        return true;
    if (!is_at_home(http))
        return false;
    for (size_t i = 0; i < home->n; i++)
        if (same_address(address, (const struct sockaddr *)&home->address[i]))
            return true;
    return false;
}

static curl_socket_t open_socket(void *context, curlsocktype purpose,
                                 struct curl_sockaddr *address)
{
    struct http *http = context;

    (void)purpose;
    http->sockets++;
    if ((address->family != AF_INET && address->family != AF_INET6) ||
        !port_allowed(http->policy, &address->addr) ||
        !address_allowed(http, &address->addr)) {
        http->refused++;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* More than GZIP_RATIO_MAX times what came over the wire, and not small. */
static bool is_swollen(const struct http *http)
{
    curl_off_t came = 0;

    if (http->body_bytes <= MIB ||
        curl_easy_getinfo(http->easy, CURLINFO_SIZE_DOWNLOAD_T, &came) != CURLE_OK)
        return false;
    return http->body_bytes / GZIP_RATIO_MAX > (size_t)came + CURL_BUFFER_BYTES;
}

static void keep_body(struct http *http, const char *at, size_t n)
{
    long status = 0;

    http->body_bytes += n;
    if (http->sink)
        (void)curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status == 200)
        http->sink->take(http->sink->context, at, n);
    else
        buf_add(&http->body, at, n);
}

/* MAXFILESIZE sees neither decoded nor chunked bytes: the real cap is here. */
static size_t take_body(char *at, size_t size, size_t n, void *context)
{
    struct http *http = context;
    size_t bytes = size * n;
    size_t room = http->most_bytes - http->body_bytes;

    if (bytes > room) {
        if (http->may_cut)
            keep_body(http, at, room);
        http->stop = http->may_cut ? STOP_CUT : STOP_BODY_SIZE;
        return 0;
    }
    keep_body(http, at, bytes);
    if (is_swollen(http)) {
        http->stop = http->may_cut ? STOP_CUT : STOP_BODY_SIZE;
        return 0;
    }
    if (http->enough && *http->enough) {
        http->stop = STOP_CUT;
        return 0;
    }
    return bytes;
}

static bool is_blank(struct str line)
{
    return line.n == 0 || line.at[0] == '\r' || line.at[0] == '\n';
}

/* Interim answers (1xx) and trailers come this way too: all count, but only the lines
 * of the last status stay, and trailers do not. */
// NOLINTNEXTLINE(readability-non-const-parameter): libcurl's type of it
static size_t take_header(char *at, size_t size, size_t n, void *context)
{
    struct http *http = context;
    struct str line = {at, size * n};
    long status = 0;

    http->header_bytes += line.n;
    http->nlines++;
    if (line.n > HTTP_HEADER_LINE_MAX || http->header_bytes > HTTP_HEADER_BYTES_MAX ||
        http->nlines > HTTP_HEADER_LINES_MAX) {
        http->stop = STOP_HEADERS_SIZE;
        return 0;
    }
    if (http->body_bytes == 0 && str_starts(line, STR("HTTP/"))) {
        http->lines.n = 0;
        http->in_headers = true;
    } else if (is_blank(line)) {
        (void)curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &status);
        http->in_headers = false;
        if (http->stops_after_headers && status >= 200) {
            http->stop = STOP_HEADERS_END;
            return 0;
        }
    } else if (http->in_headers) {
        buf_add(&http->lines, line.at, line.n);
    }
    return line.n;
}

struct http *http_new(const struct http_policy *policy, struct arena *arena,
                      struct err *err)
{
    struct http *http = arena_new(arena, struct http, 1);

    http->policy = policy;
    http->easy = curl_easy_init();
    if (http->easy)
        return http;
    (void)err_set(err, "cannot start libcurl");
    return NULL;
}

void http_free(struct http *http)
{
    if (!http)
        return;
    curl_easy_cleanup(http->easy);
    curl_slist_free_all(http->sent);
    arena_release(&http->arena);
    http->easy = NULL;
}

CURL *http_easy(struct http *http)
{
    return http->easy;
}

static void forget(struct http *http)
{
    curl_easy_reset(http->easy); // keeps connections, names and TLS sessions
    curl_slist_free_all(http->sent);
    http->sent = NULL;
    if (!http->arena.newest || http->arena.total > ARENA_KEPT_BYTES) {
        arena_release(&http->arena);
        arena_init(&http->arena, ARENA_BYTES_MAX);
        buf_init(&http->body, &http->arena, SIZE_MAX);
        http->body.gives_back = true;
        buf_init(&http->lines, &http->arena, HTTP_HEADER_BYTES_MAX);
    }
    http->body.n = http->body_bytes = 0;
    http->lines.n = 0;
    http->header_bytes = http->nlines = 0;
    http->in_headers = false;
    http->stop = STOP_NOT;
    http->sockets = http->refused = 0;
}

static bool is_header(const char *line)
{
    for (const char *c = line; *c; c++)
        if ((unsigned char)*c < 0x20 && *c != '\t')
            return false;
    return true;
}

static bool set_headers(struct http *http, const char *const *headers)
{
    for (; headers && *headers; headers++) {
        struct curl_slist *more;

        assert(is_header(*headers)); // the caller keeps line ends out
        more = curl_slist_append(http->sent, *headers);
        if (!more)
            return false;
        http->sent = more;
    }
    return curl_easy_setopt(http->easy, CURLOPT_HTTPHEADER, http->sent) == CURLE_OK;
}

/* 0 as long as every option was taken. */
static int set_policy(CURL *easy, const struct http_policy *policy)
{
    const char *schemes = policy->https_only ? "https" : "http,https";
    int bad = 0;

    for (size_t i = 0; i < COUNT(fixed); i++)
        bad |= curl_easy_setopt(easy, fixed[i].option, fixed[i].value) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, schemes) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, schemes) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_PROXY, "") != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate") != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_USERAGENT, policy->agent) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, policy->connect_ms) !=
           CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, policy->total_ms) != CURLE_OK;
    if (policy->is_patient) // 0: no limit
        bad |= curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, 0L) != CURLE_OK;
    if (policy->ca_file)
        bad |= curl_easy_setopt(easy, CURLOPT_CAINFO, policy->ca_file) != CURLE_OK;
    return bad;
}

static int set_callbacks(struct http *http)
{
    CURL *easy = http->easy;
    int bad = 0;

    bad |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, http) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, http) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_HEADERDATA, http) != CURLE_OK;
    return bad;
}

static int set_request(struct http *http, const struct http_request *request)
{
    CURL *easy = http->easy;
    bool is_tls = str_starts(str_of(request->url), STR("https:"));
    curl_off_t most = (curl_off_t)request->most_bytes;
    int bad = 0;

    bad |= curl_easy_setopt(easy, CURLOPT_URL, request->url) != CURLE_OK;
    if (request->is_head)
        bad |= curl_easy_setopt(easy, CURLOPT_NOBODY, 1L) != CURLE_OK;
    if (request->post)
        bad |= curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->post) != CURLE_OK;
    if (request->is_first_byte)
        bad |= curl_easy_setopt(easy, CURLOPT_RANGE, "0-0") != CURLE_OK;
    if (!request->may_cut)
        bad |= curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, most) != CURLE_OK;
    // waiting for a connection to share makes sense where one can be shared
    bad |= curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                            is_tls ? (long)CURL_HTTP_VERSION_2TLS
                                   : (long)CURL_HTTP_VERSION_1_1) != CURLE_OK;
    bad |= curl_easy_setopt(easy, CURLOPT_PIPEWAIT, is_tls ? 1L : 0L) != CURLE_OK;
    return bad;
}

bool http_prepare(struct http *http, const struct http_request *request,
                  struct err *err)
{
    forget(http);
    http->most_bytes = request->most_bytes;
    http->may_cut = request->may_cut;
    http->body.most = request->most_bytes; // no more room than it may take
    http->stops_after_headers = request->is_headers_only && !request->is_head;
    http->sink = request->sink;
    http->enough = request->enough;
    if (http->sink)
        http->sink->begin(http->sink->context);
    if (set_policy(http->easy, http->policy) != 0 || set_callbacks(http) != 0 ||
        set_request(http, request) != 0 || !set_headers(http, request->headers))
        return err_set(err, "cannot set up libcurl: out of memory");
    return true;
}

static enum http_outcome outcome_of(const struct http *http, CURLcode code)
{
    switch ((int)code) { // not every code: the rest are broken answers
    case CURLE_OK: return HTTP_ANSWERED;
    case CURLE_WRITE_ERROR:
        return http->stop == STOP_CUT || http->stop == STOP_HEADERS_END ? HTTP_ANSWERED
                                                                        : HTTP_READ;
    case CURLE_URL_MALFORMAT: return HTTP_REFUSED;
    case CURLE_COULDNT_RESOLVE_HOST: return HTTP_DNS;
    case CURLE_COULDNT_CONNECT:
        return http->sockets > 0 && http->refused == http->sockets ? HTTP_REFUSED
                                                                   : HTTP_CONNECT;
    case CURLE_OPERATION_TIMEDOUT: return HTTP_TIMEOUT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_SHUTDOWN_FAILED:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS: return HTTP_TLS;
    default: return HTTP_READ;
    }
}

static bool may_pass(enum http_outcome outcome, CURLcode code)
{
    static const CURLcode codes[] = {
        CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_PARTIAL_FILE,
        CURLE_OPERATION_TIMEDOUT,   CURLE_GOT_NOTHING,     CURLE_SEND_ERROR,
        CURLE_RECV_ERROR,           CURLE_HTTP2,           CURLE_HTTP2_STREAM};

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i] == code)
            return outcome != HTTP_REFUSED;
    return false;
}

static const char *reason_of(const struct http *http, CURLcode code)
{
    switch (http->stop) {
    case STOP_HEADERS_SIZE: return "the headers are too large";
    case STOP_BODY_SIZE: return "the body is too large";
    case STOP_NOT:
    case STOP_CUT:
    case STOP_HEADERS_END: break;
    }
    return curl_easy_strerror(code);
}

bool http_finish(struct http *http, CURLcode code, struct http_reply *reply,
                 struct err *err)
{
    curl_off_t retry_after = 0;
    long status = 0;

    if (code == CURLE_SSL_CACERT_BADFILE)
        return err_set(err, "cannot read the certificates in '%s'; see the ca_file key",
                       http->policy->ca_file ? http->policy->ca_file
                                             : "the system's store");
    if (code == CURLE_OUT_OF_MEMORY || code == CURLE_FAILED_INIT)
        return err_set(err, "cannot go on asking: %s", curl_easy_strerror(code));
    *reply = (struct http_reply){.outcome = outcome_of(http, code),
                                 .is_begun = http->nlines > 0,
                                 .reason = reason_of(http, code)};
    reply->may_pass = may_pass(reply->outcome, code);
    if (reply->outcome != HTTP_ANSWERED)
        return true;
    (void)curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(http->easy, CURLINFO_RETRY_AFTER, &retry_after);
    reply->status = (int)status;
    reply->retry_after_s = retry_after > 0 ? retry_after : 0;
    reply->body = buf_str(&http->body);
    reply->is_cut = http->stop == STOP_CUT;
    return true;
}

static struct str trimmed(struct str text)
{
    while (text.n > 0 && (text.at[0] == ' ' || text.at[0] == '\t')) {
        text.at++;
        text.n--;
    }
    while (text.n > 0 && strchr(" \t\r\n", text.at[text.n - 1]))
        text.n--;
    return text;
}

/* Takes lines off `rest` up to the next header of that name. */
static bool next_header(struct str *rest, struct str name, struct str *value)
{
    struct str line;

    while (str_next_line(rest, &line)) {
        if (line.n > name.n && line.at[name.n] == ':' &&
            str_equal_ignoring_case((struct str){line.at, name.n}, name)) {
            *value = trimmed((struct str){line.at + name.n + 1, line.n - name.n - 1});
            return true;
        }
    }
    return false;
}

struct str http_header(const struct http *http, const char *name)
{
    struct str rest = buf_str(&http->lines);
    struct str value = {0};

    (void)next_header(&rest, str_of(name), &value);
    return value;
}

struct str http_header_all(struct http *http, const char *name, const char *between)
{
    struct str rest = buf_str(&http->lines);
    struct str value = {0};
    struct str more;
    struct buf all;

    if (!next_header(&rest, str_of(name), &value))
        return value;
    while (next_header(&rest, str_of(name), &more)) {
        buf_init(&all, &http->arena, HTTP_HEADER_BYTES_MAX);
        buf_add(&all, value.at, value.n);
        buf_add_text(&all, between);
        buf_add(&all, more.at, more.n);
        value = buf_str(&all);
    }
    return value;
}
