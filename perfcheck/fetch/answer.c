/* What is asked of PageSpeed Insights and CrUX, and what their answers mean. Pure. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "perfcheck/crux.h"
#include "perfcheck/fetch/fetch.h"
#include "shared/clock.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/text.h"

#include "shared/banned.h"

enum {
    MESSAGE_MAX = 300,       // characters of a service's own words
    ERROR_BYTES_MAX = 65536, // of an answer that may be no more than an error
    ERROR_DEPTH = 32,
    ERROR_KEYS = 1000,
    QUERY_BYTES_MAX = 12288,
};

/* ---- asking ---- */

const char *psi_query(const char *base, const char *url, enum form form, bool has_key,
                      struct arena *arena)
{
    struct str text = str_of(url);
    char *encoded = arena_new(arena, char, 3 * text.n + 1);
    struct buf query;

    (void)text_percent(text, encoded);
    buf_init(&query, arena, QUERY_BYTES_MAX);
    // without them it is desktop, and performance alone
    buf_printf(&query,
               "%s?url=%s&strategy=%s&category=performance&category=accessibility"
               "&category=best-practices&category=seo&locale=en_US%s",
               base, encoded, form_word(form), has_key ? "&key=" : "");
    return query.at;
}

const char *crux_body(const char *where, bool is_origin, enum form form,
                      struct arena *arena)
{
    struct buf body;

    buf_init(&body, arena, QUERY_BYTES_MAX);
    buf_printf(&body, "{\"%s\":", is_origin ? "origin" : "url");
    text_add_json(&body, where, strlen(where));
    buf_printf(&body, ",\"formFactor\":\"%s\",\"collectionPeriodCount\":25}",
               form == FORM_MOBILE ? "PHONE" : "DESKTOP");
    return body.at;
}

const char *origin_of(const char *url, struct arena *arena)
{
    const char *host = strstr(url, "://");
    size_t n = host ? (size_t)(host - url) + 3 : 0;

    return str_copy(arena, url, n + strcspn(url + n, "/?#"));
}

/* ---- answers ---- */

static bool is_passing(int status)
{
    return status == 408 || status == 425 || status == 429 || status >= 500;
}

static struct answer broken(bool may_pass, const char *text)
{
    return (struct answer){.kind = ANSWER_BROKEN, .may_pass = may_pass, .text = text};
}

/* The service's own {"error": ...}; false: there is none. */
static bool read_error(const struct http_reply *reply, struct arena *arena,
                       struct answer *answer)
{
    OWN(json) json = NULL;
    struct err ignored;
    const json_t *error, *code, *message;

    if (reply->body.n > ERROR_BYTES_MAX ||
        !json_load_strict(reply->body, "answer", ERROR_DEPTH, ERROR_KEYS, &json,
                          &ignored))
        return false;
    error = json_object_get(json, "error");
    code = json_object_get(error, "code");
    message = json_object_get(error, "message");
    if (!json_is_object(error))
        return false;
    *answer = (struct answer){
        .kind = ANSWER_FAILURE,
        .may_pass = is_passing(reply->status),
        .code = json_is_integer(code) && json_integer_value(code) > 0 &&
                        json_integer_value(code) < 1000
                    ? (int)json_integer_value(code)
                    : reply->status,
        .text = json_is_string(message)
                    ? text_safe(arena, json_string_value(message),
                                json_string_length(message), MESSAGE_MAX)
                    : "it gives no reason",
    };
    return true;
}

static bool is_markup(struct str body)
{
    size_t at = 0;

    while (at < body.n && (body.at[at] == ' ' || body.at[at] == '\t' ||
                           body.at[at] == '\r' || body.at[at] == '\n'))
        at++;
    return at < body.n && body.at[at] == '<';
}

/* What is neither good nor an error of the service's own. */
static struct answer no_answer(const struct http_reply *reply, struct arena *arena)
{
    if (reply->outcome != HTTP_ANSWERED)
        return broken(reply->may_pass,
                      str_format(arena, "no answer (%s): %s",
                                 http_outcome_word(reply->outcome), reply->reason));
    if (reply->status >= 300 && reply->status < 400)
        return broken(false,
                      str_format(arena,
                                 "it leads elsewhere (status %d), which is not "
                                 "followed; is something between that wants a log-in?",
                                 reply->status));
    if (is_markup(reply->body))
        return broken(is_passing(reply->status),
                      str_format(arena,
                                 "it answered HTML where JSON is wanted (status %d); "
                                 "is something between that wants a log-in?",
                                 reply->status));
    return broken(is_passing(reply->status),
                  str_format(arena, "it answered status %d", reply->status));
}

static bool is_psi(struct str body, struct arena *arena, struct err *why)
{
    struct lhr_file file = {0};
    bool good;

    if (!lhr_parse(body, "answer", arena, &file, why))
        return false;
    good = file.n == 1 && file.report[0].has_psi;
    lhr_file_release(&file);
    return good || err_set(why, "there is no lighthouseResult in it");
}

struct answer answer_of_psi(const struct http_reply *reply, struct arena *arena)
{
    struct answer answer;
    struct err why;

    if (reply->outcome != HTTP_ANSWERED)
        return no_answer(reply, arena);
    if (read_error(reply, arena, &answer))
        return answer;
    if (reply->status != 200 || is_markup(reply->body))
        return no_answer(reply, arena);
    if (is_psi(reply->body, arena, &why))
        return (struct answer){.kind = ANSWER_GOOD};
    return broken(json_ends_early(reply->body),
                  str_format(arena, "it is no report: %s",
                             text_safe(arena, why.text, strlen(why.text),
                                       MESSAGE_MAX)));
}

struct answer answer_of_crux(const struct http_reply *reply, struct arena *arena)
{
    struct crux_points points = {0};
    struct answer answer;
    struct err why;

    if (reply->outcome != HTTP_ANSWERED)
        return no_answer(reply, arena);
    if (read_error(reply, arena, &answer)) {
        if (reply->status == 404)
            answer.kind = ANSWER_NONE;
        return answer;
    }
    if (reply->status != 200 || is_markup(reply->body))
        return no_answer(reply, arena);
    if (crux_parse(reply->body, "answer", arena, &points, &why))
        return (struct answer){.kind = ANSWER_GOOD};
    return broken(json_ends_early(reply->body),
                  text_safe(arena, why.text, strlen(why.text), MESSAGE_MAX));
}

int answer_pause_s(const struct answer *answer, int64_t retry_after_s, int tried)
{
    if (!answer->may_pass || tried >= FETCH_TRIES || retry_after_s > FETCH_PAUSE_MAX_S)
        return -1;
    if (retry_after_s > 0)
        return (int)retry_after_s;
    return tried == 1 ? 5 : 20;
}

/* ---- what is kept ---- */

struct str failure_text(const char *url, enum form form, int64_t now_ms,
                        const struct answer *answer, struct arena *arena)
{
    int64_t ms = now_ms % 86400000;
    struct buf text;

    buf_init(&text, arena, QUERY_BYTES_MAX);
    buf_add_text(&text, "{\"perfcheckError\":1,\"url\":");
    text_add_json(&text, url, strlen(url));
    buf_printf(&text,
               ",\"formFactor\":\"%s\",\"time\":\"%sT%02" PRId64 ":%02" PRId64
               ":%02" PRId64 ".%03" PRId64 "Z\",\"code\":\"PSI_%d\",\"message\":",
               form_word(form), day_text((int32_t)(now_ms / 86400000)).text,
               ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000, answer->code);
    text_add_json(&text, answer->text, strlen(answer->text));
    buf_add_text(&text, "}\n");
    return buf_str(&text);
}

struct str crux_text(const char *body, struct str reply, struct arena *arena)
{
    struct buf text;

    buf_init(&text, arena, CRUX_BYTES_MAX);
    buf_printf(&text, "{\"query\":%s,\n\"reply\":", body);
    buf_add(&text, reply.at, reply.n);
    buf_add_text(&text, "}\n");
    return buf_str(&text);
}
