/* A budgets file of Lighthouse as assertions. What it does not know of its format is
 * refused, as Lighthouse's own check of budgets does. */
#include <math.h>
#include <string.h>

#include "perfcheck/assert.h"
#include "shared/json.h"
#include "shared/own.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { SHOWN_MAX = 80 };

static const char *const budget_keys[] = {"path", "options", "resourceSizes",
                                          "resourceCounts", "timings"};
static const char *const option_keys[] = {"firstPartyHostnames"};
static const char *const resource_keys[] = {"resourceType", "budget"};
static const char *const timing_keys[] = {"metric", "budget"};

static const char *const resource_types[] = {"total",      "document", "script",
                                             "stylesheet", "image",    "media",
                                             "font",       "other",    "third-party"};
static const char *const timings[] = {
    "first-contentful-paint",   "interactive",
    "first-meaningful-paint",   "max-potential-fid",
    "total-blocking-time",      "speed-index",
    "largest-contentful-paint", "cumulative-layout-shift"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct words {
    const char *const *word;
    size_t n;
};

#define WORDS(array) ((struct words){(array), COUNT(array)})

static bool is_one_of(const char *word, struct words words)
{
    for (size_t i = 0; i < words.n; i++)
        if (strcmp(words.word[i], word) == 0)
            return true;
    return false;
}

static bool unknown(const char *what, const char *word, struct words words,
                    struct err *err)
{
    const char *near = str_nearest(word, words.word, words.n);

    if (near)
        return err_set(err, "%s '%.*s' is not known; did you mean '%s'", what,
                       SHOWN_MAX, word, near);
    return err_set(err, "%s '%.*s' is not known", what, SHOWN_MAX, word);
}

static bool check_keys(const json_t *object, struct words words, struct err *err)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)object, key,
                        value) if (!is_one_of(key, words)) return unknown("property",
                                                                          key, words,
                                                                          err);
    return true;
}

/* ---- path ---- */

static bool check_path(const json_t *path, struct err *err)
{
    const char *text = json_string_value(path), *star, *dollar;

    if (!path)
        return true;
    if (!text || text[0] != '/')
        return err_set(err, "'path' is no text that begins with '/'");
    star = strchr(text, '*');
    dollar = strchr(text, '$');
    if (star && strchr(star + 1, '*'))
        return err_set(err, "'path' has more than one '*'");
    if (dollar && dollar[1] != '\0')
        return err_set(err, "'path' has a '$' before its end");
    return true;
}

const char *assert_budget_pattern(const char *path, struct arena *arena)
{
    struct buf out;

    if (!path || path[0] == '\0' || strcmp(path, "/") == 0)
        return ".*";
    buf_init(&out, arena, 2 * strlen(path) + 32);
    buf_add_text(&out, "https?://[^/]+");
    for (; *path != '\0'; path++) {
        if (*path == '*') {
            buf_add_text(&out, ".*");
            continue;
        }
        if (strchr("-[]{}()+?.,\\^|# \t\n\v\f\r", *path))
            buf_add_text(&out, "\\");
        buf_add(&out, path, 1);
    }
    return str_copy(arena, out.at, out.n);
}

/* ---- options: nothing of them is asserted ---- */

static bool check_host(const char *host, struct err *err)
{
    const char *star = strchr(host, '*');

    if (host[0] == '\0' || strpbrk(host, "/:") ||
        (star && (star != host || host[1] != '.' || strchr(star + 1, '*'))))
        return err_set(err, "'%.*s' is no host name", SHOWN_MAX, host);
    return true;
}

static bool check_options(const json_t *options, struct err *err)
{
    const json_t *hosts = json_object_get(options, "firstPartyHostnames"), *host;
    size_t i;

    if (!options)
        return true;
    if (!json_is_object(options))
        return err_set(err, "'options' is not an object");
    if (!check_keys(options, WORDS(option_keys), err))
        return err_wrap(err, "options");
    if (hosts && !json_is_array(hosts))
        return err_set(err, "'firstPartyHostnames' is not an array");
    json_array_foreach(hosts, i, host)
    {
        if (!json_is_string(host))
            return err_set(err, "'firstPartyHostnames' has what is no text");
        if (!check_host(json_string_value(host), err))
            return false;
    }
    return true;
}

/* ---- resourceSizes, resourceCounts, timings ---- */

enum limit { LIMIT_TIMING, LIMIT_COUNT, LIMIT_SIZE, LIMITS };

static const struct {
    const char *key, *what;
    struct words keys, words;
} limits[LIMITS] = {
    [LIMIT_TIMING] = {"timings",
                      "metric",
                      {timing_keys, COUNT(timing_keys)},
                      {timings, COUNT(timings)}},
    [LIMIT_COUNT] = {"resourceCounts",
                     "resourceType",
                     {resource_keys, COUNT(resource_keys)},
                     {resource_types, COUNT(resource_types)}},
    [LIMIT_SIZE] = {"resourceSizes",
                    "resourceType",
                    {resource_keys, COUNT(resource_keys)},
                    {resource_types, COUNT(resource_types)}},
};

static bool add_limit(enum limit limit, const json_t *entry, struct arena *arena,
                      json_t *assertions, struct err *err)
{
    const char *of = json_string_value(json_object_get(entry, limits[limit].what));
    const json_t *budget = json_object_get(entry, "budget");
    const char *key = of;
    double most;

    if (!json_is_object(entry))
        return err_set(err, "an entry is not an object");
    if (!check_keys(entry, limits[limit].keys, err))
        return false;
    if (!of)
        return err_set(err, "'%s' is missing or no text", limits[limit].what);
    if (!is_one_of(of, limits[limit].words))
        return unknown(limits[limit].what, of, limits[limit].words, err);
    if (!json_is_number(budget))
        return err_set(err, "'budget' of '%s' is no number", of);
    most = json_number_value(budget) * (limit == LIMIT_SIZE ? 1024 : 1);
    if (!isfinite(most))
        return err_set(err, "'budget' of '%s' is out of range", of);
    if (limit != LIMIT_TIMING)
        key = str_format(arena, "resource-summary:%s:%s", of,
                         limit == LIMIT_SIZE ? "size" : "count");
    if (json_object_get(assertions, key))
        return err_set(err, "'%s' is there twice", of);
    json_put(assertions, key,
             json_pack("[s, {s: f}]", "error", "maxNumericValue", most));
    return true;
}

static bool add_limits(enum limit limit, const json_t *budget, struct arena *arena,
                       json_t *assertions, struct err *err)
{
    const json_t *list = json_object_get(budget, limits[limit].key), *entry;
    size_t i;

    if (list && !json_is_array(list))
        return err_set(err, "'%s' is not an array", limits[limit].key);
    json_array_foreach(list, i, entry)
    {
        if (!add_limit(limit, entry, arena, assertions, err))
            return err_wrap(err, "%s/%zu", limits[limit].key, i);
    }
    return true;
}

static bool add_budget(const json_t *budget, struct arena *arena, json_t *matrix,
                       struct err *err)
{
    const json_t *path = json_object_get(budget, "path");
    OWN(json) assertions = json_object();

    if (!json_is_object(budget))
        return err_set(err, "not an object");
    if (!check_keys(budget, WORDS(budget_keys), err) || !check_path(path, err) ||
        !check_options(json_object_get(budget, "options"), err))
        return false;
    for (int limit = 0; limit < LIMITS; limit++)
        if (!add_limits((enum limit)limit, budget, arena, assertions, err))
            return false;
    json_push(matrix, json_pack("{s: s, s: o}", "matchingUrlPattern",
                                assert_budget_pattern(json_string_value(path), arena),
                                "assertions", take(&assertions)));
    return true;
}

bool assert_budgets_parse(const json_t *budgets, struct arena *arena, json_t **options,
                          struct err *err)
{
    OWN(json) matrix = json_array();
    const json_t *budget;
    size_t i;

    json_array_foreach(budgets, i, budget)
    {
        if (!add_budget(budget, arena, matrix, err))
            return err_wrap(err, "/%zu", i);
    }
    *options = json_object();
    json_put(*options, "assertMatrix", take(&matrix));
    return true;
}
