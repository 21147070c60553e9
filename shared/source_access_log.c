/* A line of a web server's log into a row: combined format and Caddy's JSON. Address
 * and agent are hashed, not kept. */
#include <string.h>

#include "shared/hash.h"
#include "shared/json.h"
#include "shared/source_internal.h"
#include "shared/source_time.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { LAG_H = 1 };

/* What Caddy's JSON is asked for. */
enum caddy {
    CADDY_LOGGER,
    CADDY_TIME,
    CADDY_CLIENT,
    CADDY_REMOTE,
    CADDY_METHOD,
    CADDY_HOST,
    CADDY_URI,
    CADDY_AGENT,
    CADDY_REFERRER,
    CADDY_DURATION,
    CADDY_STATUS,
    CADDY_COUNT,
};

static const char *const caddy_pointers[CADDY_COUNT] = {
    [CADDY_LOGGER] = "/logger",
    [CADDY_TIME] = "/ts",
    [CADDY_CLIENT] = "/request/client_ip", // since 2.7: behind trusted proxies
    [CADDY_REMOTE] = "/request/remote_ip",
    [CADDY_METHOD] = "/request/method",
    [CADDY_HOST] = "/request/host",
    [CADDY_URI] = "/request/uri",
    [CADDY_AGENT] = "/request/headers/User-Agent/0",
    [CADDY_REFERRER] = "/request/headers/Referer/0",
    [CADDY_DURATION] = "/duration",
    [CADDY_STATUS] = "/status",
};

/* A request, whatever the format; texts are borrowed. */
struct request {
    struct str address, agent, method, target, host, referrer;
    double status;
    bool has_status;
    double seconds;
    bool has_seconds;
};

bool access_log_open(struct source *source, const json_t *json, struct arena *arena,
                     struct err *err)
{
    static const char *const usual[] = {"css",  "js",   "mjs",  "map",   "png",
                                        "jpg",  "jpeg", "gif",  "svg",   "webp",
                                        "avif", "ico",  "woff", "woff2", "ttf",
                                        "mp4",  "webm", "txt",  "xml",   "json"};
    struct log *log = &source->log;
    const json_t *assets = json_object_get(json, "assets");
    const char *format = json_text(json, "format", "auto");
    unsigned slot;

    log->format = strcmp(format, "combined") == 0 ? LOG_COMBINED
                  : strcmp(format, "caddy") == 0  ? LOG_CADDY
                                                  : LOG_AUTO;
    log->nassets = assets ? json_array_size(assets) : sizeof usual / sizeof *usual;
    log->asset = arena_new(arena, struct str, log->nassets);
    for (size_t i = 0; i < log->nassets; i++) {
        log->asset[i] =
            str_of(assets ? json_string_value(json_array_get(assets, i)) : usual[i]);
        if (str_starts(log->asset[i], STR("."))) { // ".css" means the same
            log->asset[i].at++;
            log->asset[i].n--;
        }
    }
    log->unescaped = arena_new(arena, char, EVENT_LINE_BYTES_MAX);
    log->caddy = values_new(arena, NULL);
    for (int i = 0; i < CADDY_COUNT; i++)
        if (!values_add(log->caddy, caddy_pointers[i], &slot, err))
            return false;
    source->lag_h = (int)json_int(json, "lag_h", LAG_H);
    source->kinds = 1U << KIND_REQUEST | 1U << KIND_PAGEVIEW;
    source->numbers = 1U << NUMBER_STATUS | 1U << NUMBER_TTFB;
    return values_compile(log->caddy, err);
}

/* ---- combined ---- */

/* What is left of the line. */
struct rest {
    const char *at, *end;
    char *room; /* for unescaped text */
};

static bool take_until(struct rest *rest, char stop, struct str *text)
{
    const char *found = memchr(rest->at, stop, (size_t)(rest->end - rest->at));

    if (!found)
        return false;
    *text = (struct str){rest->at, (size_t)(found - rest->at)};
    rest->at = found + 1;
    return true;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* \" \\ \xHH; any other backslash stands for itself. */
static struct str unescape(struct str text, char **room)
{
    char *from = *room;

    for (size_t i = 0; i < text.n; i++) {
        size_t left = text.n - i;
        const char *at = text.at + i;

        if (left >= 2 && at[0] == '\\' && (at[1] == '"' || at[1] == '\\')) {
            *(*room)++ = at[1];
            i += 1;
        } else if (left >= 4 && at[0] == '\\' && at[1] == 'x' &&
                   hex_value(at[2]) >= 0 && hex_value(at[3]) >= 0) {
            *(*room)++ = (char)(hex_value(at[2]) * 16 + hex_value(at[3]));
            i += 3;
        } else {
            *(*room)++ = at[0];
        }
    }
    return (struct str){from, (size_t)(*room - from)};
}

/* A text in quotes. */
static bool take_quoted(struct rest *rest, struct str *text)
{
    const char *from = rest->at + 1, *at;
    bool escaped;

    if (rest->at == rest->end || *rest->at != '"')
        return false;
    at = memchr(from, '"', (size_t)(rest->end - from));
    escaped = at && memchr(from, '\\', (size_t)(at - from));
    if (escaped) { // that quote may be part of the text
        at = from;
        while (at < rest->end && *at != '"')
            at += *at == '\\' ? 2 : 1;
    }
    if (!at || at >= rest->end)
        return false;
    *text = (struct str){from, (size_t)(at - from)};
    rest->at = at + 1;
    if (escaped)
        *text = unescape(*text, &rest->room);
    return true;
}

static bool take_space(struct rest *rest)
{
    if (rest->at == rest->end || *rest->at != ' ')
        return false;
    rest->at++;
    return true;
}

/* METHOD target PROTOCOL; anything else is somebody knocking, and its status counts all
 * the same. */
static void split_request(struct str line, struct request *request)
{
    struct rest rest = {line.at, line.at + line.n, NULL};
    struct str method, target;

    if (take_until(&rest, ' ', &method) && take_until(&rest, ' ', &target) &&
        method.n > 0 && target.n > 0 && rest.at < rest.end &&
        !memchr(rest.at, ' ', (size_t)(rest.end - rest.at))) {
        request->method = method;
        request->target = target;
    } else {
        request->target = STR("(bad request)");
    }
}

/* Seconds are a number with a point: without one they could be Apache's microseconds.
 */
static void take_seconds(struct rest *rest, struct request *request)
{
    struct str word = {rest->at + 1, 0};

    if (!take_space(rest))
        return;
    while (rest->at < rest->end && *rest->at != ' ')
        rest->at++;
    word.n = (size_t)(rest->at - word.at);
    request->has_seconds = memchr(word.at, '.', word.n) != NULL &&
                           str_to_double(word.at, word.n, &request->seconds);
}

/* False: no combined line. `*has_time` is set as far as it was read. */
static bool parse_combined(struct rest rest, struct request *request, int64_t *time_ms,
                           bool *has_time)
{
    struct str ident, time, line, status, bytes;
    int64_t number;

    if (!take_until(&rest, ' ', &request->address) || !take_until(&rest, '[', &ident) ||
        !take_until(&rest, ']', &time))
        return false;
    *has_time = source_time_parse_log(time, time_ms);
    if (!take_space(&rest) || !take_quoted(&rest, &line) || !take_space(&rest) ||
        !take_until(&rest, ' ', &status) || !take_until(&rest, ' ', &bytes) ||
        !take_quoted(&rest, &request->referrer) || !take_space(&rest) ||
        !take_quoted(&rest, &request->agent))
        return false;
    if (status.n != 3 || !str_to_int64(status.at, status.n, &number))
        return false;
    request->status = (double)number;
    request->has_status = true;
    if (!str_equal(bytes, STR("-")) &&
        (!str_to_int64(bytes.at, bytes.n, &number) || number < 0))
        return false;
    split_request(line, request);
    take_seconds(&rest, request);
    return true;
}

/* ---- Caddy ---- */

static struct str caddy_text(const struct values *values, enum caddy which)
{
    const struct span *value = values_at(values, which);

    return value->type == SPAN_STRING ? (struct str){value->at, value->n} : STR("");
}

static bool caddy_number(const struct values *values, enum caddy which, double *number)
{
    const struct span *value = values_at(values, which);

    return value->type == SPAN_NUMBER && str_to_double(value->at, value->n, number);
}

static void take_caddy(const struct values *values, struct request *request)
{
    request->address = caddy_text(values, CADDY_CLIENT);
    if (request->address.n == 0)
        request->address = caddy_text(values, CADDY_REMOTE);
    request->method = caddy_text(values, CADDY_METHOD);
    request->target = caddy_text(values, CADDY_URI);
    request->host = caddy_text(values, CADDY_HOST);
    request->agent = caddy_text(values, CADDY_AGENT);
    request->referrer = caddy_text(values, CADDY_REFERRER);
    request->has_status = caddy_number(values, CADDY_STATUS, &request->status);
    request->has_seconds = caddy_number(values, CADDY_DURATION, &request->seconds);
}

static struct line_result parse_caddy(struct source *source, struct str line,
                                      struct request *request, int64_t *time_ms)
{
    struct values *values = source->log.caddy;
    struct line_result result = {.verdict = LINE_ROW};
    char number[VALUES_NUMBER_BYTES];
    struct str logger;

    if (!values_read(values, line, &result.reason))
        return line_rejected(result.reason, false);
    logger = caddy_text(values, CADDY_LOGGER);
    if (logger.n > 0 && !str_starts(logger, STR("http.log.access"))) {
        result.verdict = LINE_SKIPPED;
        return result;
    }
    result.has_time =
        source_time_parse(values_text(values_at(values, CADDY_TIME), number), time_ms);
    take_caddy(values, request);
    return result;
}

/* ---- both ---- */

static bool is_asset(const struct log *log, struct str page)
{
    size_t dot;
    struct str ending;

    for (dot = page.n; dot > 0 && page.at[dot - 1] != '.'; dot--)
        if (page.at[dot - 1] == '/')
            return false;
    ending = (struct str){page.at + dot, page.n - dot};
    for (size_t i = 0; dot > 0 && i < log->nassets; i++)
        if (str_equal_ignoring_case(ending, log->asset[i]))
            return true;
    return false;
}

static struct str without_query(struct str path)
{
    for (size_t i = 0; i < path.n; i++)
        if (path.at[i] == '?' || path.at[i] == '#')
            return (struct str){path.at, i};
    return path;
}

static struct str given(struct str text)
{
    return str_equal(text, STR("-")) ? STR("") : text;
}

static bool is_utf8(struct str text)
{
    return text_is_utf8(text.at, text.n, NULL);
}

static void take_request(struct source *source, const struct request *request,
                         struct row *row)
{
    struct str page = without_query(source_path_of(request->target));
    struct str host = request->host.n > 0 ? request->host : request->target;
    bool is_url = request->host.n > 0 || host.n != source_path_of(host).n;

    row->event = STR("request");
    row->kinds = 1U << KIND_REQUEST;
    if (str_equal(request->method, STR("GET")) && request->has_status &&
        request->status < 400 && !is_asset(&source->log, page))
        row->kinds |= 1U << KIND_PAGEVIEW;
    row->page = source_text_cut(source, TEXT_PAGE, page, EVENT_VALUE_BYTES_MAX);
    if (is_url)
        row->host = source_text_cut(source, TEXT_HOST, source_host_of(host),
                                    EVENT_VALUE_BYTES_MAX);
    row->referrer_host =
        source_text_cut(source, TEXT_REFERRER, source_host_of(given(request->referrer)),
                        EVENT_VALUE_BYTES_MAX);
    if (request->has_status) {
        row->numbers |= 1U << NUMBER_STATUS;
        row->number[NUMBER_STATUS] = request->status;
    }
    if (request->has_seconds) {
        row->numbers |= 1U << NUMBER_TTFB;
        row->number[NUMBER_TTFB] = request->seconds * 1000;
    }
}

struct line_result access_log_row(struct source *source, struct str line,
                                  struct row *row)
{
    struct line_result result = {.verdict = LINE_ROW};
    struct request request = {.has_status = false};
    struct rest rest = {line.at, line.at + line.n, source->log.unescaped};
    bool is_caddy = source->log.format == LOG_CADDY ||
                    (source->log.format == LOG_AUTO && line.at[0] == '{');
    uint64_t agent_hash;
    struct str agent;
    int32_t day;

    *row = (struct row){0};
    if (is_caddy)
        result = parse_caddy(source, line, &request, &row->time_ms);
    else if (!parse_combined(rest, &request, &row->time_ms, &result.has_time))
        return line_rejected(REJECT_MALFORMED, result.has_time);
    if (result.verdict != LINE_ROW)
        return result;
    if (!result.has_time)
        return line_rejected(REJECT_NO_TIME, false);
    if (!is_utf8(request.target) || !is_utf8(request.referrer))
        return line_rejected(REJECT_UTF8, true);
    agent = given(request.agent);
    agent_hash = hash_bytes(agent.at, agent.n);
    if (agent.n > 0) {
        struct agent names = agents_find(source->agents, agent, agent_hash);

        row->browser = names.browser;
        row->device = names.device;
        if (names.is_bot && source->exclude_bots) {
            result.verdict = LINE_BOT;
            return result;
        }
    }
    if (request.address.n == 0 || str_equal(request.address, STR("-")))
        return line_rejected(REJECT_NO_UNIT, true);
    if (!day_bounds_find(&source->bounds, row->time_ms, &day))
        return result; // late or future: not delivered
    row->unit = hash_mix(hash_mix(hash_bytes(request.address.at, request.address.n),
                                  agent_hash),
                         (uint64_t)day);
    row->id = hash_bytes(line.at, line.n); // two requests may share a second
    take_request(source, &request, row);
    return result;
}
