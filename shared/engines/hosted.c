/* The configuration of a hosted product, and its questions. */
#include "shared/engines/hosted.h"

#include <string.h>

#include "shared/cli.h"
#include "shared/json.h"

#include "shared/banned.h"

const char *hosted_key(const struct hosted *hosted, const char *key)
{
    return str_format(hosted->arena, "/sources/%s/%s", hosted->name, key);
}

const char *hosted_url(const struct hosted *hosted, const char *path)
{
    return str_format(hosted->arena, "%s%s", hosted->base, path);
}

static bool read_url(struct hosted *hosted, struct err *err)
{
    const char *url = json_text(hosted->json, "url", "");
    size_t n = strlen(url);

    if (strpbrk(url, "?#"))
        return config_err(hosted->config, hosted_key(hosted, "url"), err,
                          "the address has a query; name host and path alone");
    while (n > 0 && url[n - 1] == '/')
        n--;
    hosted->base = str_copy(hosted->arena, url, n);
    return true;
}

static bool read_token(struct hosted *hosted, const struct hosted_product *product,
                       struct err *err)
{
    if (!secret_load(&hosted->token, json_text(hosted->json, "token_file", NULL),
                     json_text(hosted->json, "token_env", NULL), hosted->who, err))
        return false;
    return hosted->token || product->may_log_in ||
           config_err(hosted->config, hosted_key(hosted, "token_env"), err,
                      "the token is missing; name where it is by 'token_env' or "
                      "'token_file'");
}

bool hosted_check_zone(const struct hosted *hosted, struct err *err)
{
    const char *ours = hosted->config->timezone;
    const char *theirs = json_text(hosted->json, "timezone", ours);

    return strcmp(theirs, ours) == 0 ||
           config_err(hosted->config, hosted_key(hosted, "timezone"), err,
                      "the days of a site in '%s' are not those of the configuration, "
                      "whose 'timezone' is '%s'; make them one",
                      theirs, ours);
}

static void tell_opened(struct hosted *hosted, const struct hosted_product *product,
                        struct engine_opened *opened)
{
    uint16_t *ports = arena_new(hosted->arena, uint16_t, 2);

    ports[0] = hosted->api.port;
    ports[1] = 53;
    opened->ports = ports;
    opened->nports = 2;
    opened->lag_h = (int)json_int(hosted->json, "lag_h", product->lag_h);
    if (hosted->conf.ca_file) {
        opened->file = &hosted->conf.ca_file;
        opened->nfiles = 1;
    }
}

bool hosted_open(struct hosted *hosted, const struct hosted_product *product,
                 struct engine_opened *opened, struct err *err)
{
    struct arena *arena = hosted->arena;
    const json_t *sources = json_object_get(hosted->config->root, "sources");

    hosted->name = str_copy(arena, hosted->name, strlen(hosted->name));
    hosted->json = json_object_get(sources, hosted->name);
    hosted->who = str_format(arena, "source '%s'", hosted->name);
    hosted->notes = (struct reply_notes){.arena = arena, .who = hosted->who};
    if (!read_url(hosted, err) || !read_token(hosted, product, err))
        return false;
    hosted->conf = (struct api_conf){
        .who = hosted->who,
        .agent = "rounds/" ROUNDS_VERSION,
        .url = hosted->base,
        .ca_file = json_text(hosted->json, "ca_file", NULL),
        .allow_private = json_bool(hosted->json, "allow_private", false),
        .has_secret = true,
        .lacks = product->lacks,
        .timeout_ms = 1000 * json_int(hosted->json, "timeout_s", 60),
        .budget_s = json_int(hosted->json, "budget_s", 600),
    };
    if (!api_open(&hosted->api, &hosted->conf, arena, err))
        return false;
    hosted->is_open = true;
    tell_opened(hosted, product, opened);
    return true;
}

void hosted_close(struct hosted *hosted)
{
    if (hosted->is_open)
        api_close(&hosted->api);
    hosted->is_open = false;
}

bool hosted_ask(struct hosted *hosted, struct api_request request,
                struct api_reply *reply, struct err *err)
{
    const char *headers[4] = {NULL};

    if (!request.headers) { // the token's memory holds one text: perhaps the caller's
        headers[0] =
            secret_text(hosted->token, "Authorization: Bearer ", SECRET_AS_IS, "");
        headers[1] = "Accept: application/json";
        headers[2] = request.post ? "Content-Type: application/json" : NULL;
        request.headers = headers;
        if (!headers[0])
            return err_set(err, "%s: the token is too long", hosted->who);
    }
    if (request.most_bytes == 0)
        request.most_bytes = REPLY_BYTES_MAX;
    request.wants_json = true;
    return api_ask(&hosted->api, &request, reply, err);
}

bool hosted_refuse(const struct hosted *hosted, int32_t day, struct err *err)
{
    struct err why = *err;

    return err_set(err, "%s: %s; nothing of %s is used", hosted->who, why.text,
                   day_text(day).text);
}

const char *const *hosted_notes(const struct hosted *hosted, size_t *n)
{
    *n = hosted->notes.n;
    return hosted->notes.text;
}
