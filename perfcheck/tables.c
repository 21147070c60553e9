/* The table of the report, from the conclusions alone: what is published of each page,
 * and what an open finding says of it. */
#include <math.h>
#include <string.h>

#include "perfcheck/round.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

/* Columns behind the page's name: a category's score or a metric. */
static const struct {
    const char *title;
    const char *category; /* NULL: a metric */
    const char *metric;   /* audit id */
} columns[] = {
    {"performance", "performance", NULL},
    {"accessibility", "accessibility", NULL},
    {"SEO", "seo", NULL},
    {"LCP ms", NULL, "largest-contentful-paint"},
    {"TBT ms", NULL, "total-blocking-time"},
    {"CLS", NULL, "cumulative-layout-shift"},
};

/* The page, these, and what is open. */
enum { NUMBERS = sizeof columns / sizeof *columns, COLUMNS = NUMBERS + 2, NAMED = 4 };

static size_t page_origin(const char *page)
{
    const char *host = strstr(page, "://");

    return host ? (size_t)(host - page) + 3 + strcspn(host + 3, "/?#") : 0;
}

const char *page_shown(const char *page, size_t origin, struct arena *arena)
{
    const char *name = page[origin] == '/' ? page + origin : page;

    return text_safe(arena, name, strlen(name), OUTSIDE_TEXT_MAX);
}

size_t pages_origin(const char *const *page, size_t n)
{
    size_t origin = n > 0 ? page_origin(page[0]) : 0;

    for (size_t i = 1; i < n; i++)
        if (page_origin(page[i]) != origin || strncmp(page[i], page[0], origin) != 0)
            return 0;
    return origin;
}

/* What the open finding of a check says; NULL: none is open. */
static const char *finding_value(const json_t *document, const char *check,
                                 const char *name, const char *key, struct arena *arena)
{
    const char *id = str_format(arena, "perfcheck/%s-%s/%s", check, name, key);
    const char *value = json_string_value(
        json_object_get(json_object_get(json_object_get(document, "findings"), id),
                        "value"));

    return value ? text_safe(arena, value, strlen(value), OUTSIDE_TEXT_MAX) : NULL;
}

/* "965 -> 2992": published, then what is found. */
static const char *join(const char *published, const char *found, struct arena *arena)
{
    if (!found || strcmp(published, found) == 0)
        return published;
    if (published[0] == '\0')
        return found;
    return str_format(arena, "%s -> %s", published, found);
}

static const char *score_cell(const json_t *document, const char *key,
                              const json_t *page, const char *category,
                              struct arena *arena)
{
    const json_t *score =
        json_object_get(json_object_get(page, "score_x100"), category);
    const char *published = "";

    if (json_is_integer(score))
        published = str_format(arena, "%lld", (long long)json_integer_value(score));
    return join(published, finding_value(document, "minimum", category, key, arena),
                arena);
}

static const char *metric_cell(const json_t *document, const char *key,
                               const json_t *page, const char *metric,
                               struct arena *arena)
{
    const json_t *value =
        json_object_get(json_object_get(page, "published"), scaled_name(metric, arena));
    const char *name = metric_short(metric);
    const char *found = finding_value(document, "regression", name, key, arena);
    const char *published = "";

    if (!found)
        found = finding_value(document, "improvement", name, key, arena);
    if (json_is_integer(value))
        published =
            metric_text(metric, scaled_back(metric, json_integer_value(value)), arena);
    return join(published, found, arena);
}

/* "mobile/https://shop.example/": the page behind the form. */
static const char *page_of(const char *key)
{
    const char *slash = strchr(key, '/');

    return slash ? slash + 1 : key;
}

static size_t form_bytes(const char *key)
{
    return strcspn(key, "/");
}

static bool same_form(const char *a, const char *b)
{
    return form_bytes(a) == form_bytes(b) && strncmp(a, b, form_bytes(a)) == 0;
}

/* The check of "perfcheck/CHECK/KEY"; n 0: of another page. */
static struct str check_of(const char *id, const char *key)
{
    struct str check = str_of(strchr(id, '/') ? strchr(id, '/') + 1 : "");

    check.n = strcspn(check.at, "/");
    if (check.at[check.n] != '/' || strcmp(check.at + check.n + 1, key) != 0)
        check.n = 0;
    return check;
}

/* "regression-lcp, regression-tbt": a few, and how many more. */
static const char *open_cell(const json_t *document, const char *key,
                             const char *const *id, size_t n, struct arena *arena)
{
    const json_t *findings = json_object_get(document, "findings");
    const char *cell = "";
    size_t named = 0;

    for (size_t i = 0; i < n; i++) {
        struct str check = check_of(id[i], key);
        const char *severity = json_string_value(
            json_object_get(json_object_get(findings, id[i]), "severity"));

        if (check.n == 0 || !severity || strcmp(severity, "info") == 0)
            continue;
        if (named++ < NAMED)
            cell = str_format(arena, "%s%s%s", cell, cell[0] != '\0' ? ", " : "",
                              text_safe(arena, check.at, check.n, OUTSIDE_TEXT_MAX));
    }
    return named <= NAMED ? cell
                          : str_format(arena, "%s and %zu more", cell, named - NAMED);
}

/* The pages `key` of one form. */
static struct table form_table(const json_t *document, const char *const *key, size_t n,
                               size_t origin, struct arena *arena)
{
    struct table_column *column = arena_new(arena, struct table_column, COLUMNS);
    const char **cell = arena_new(arena, const char *, n *COLUMNS);
    size_t at = 0, nfindings;
    const char **id =
        json_keys(arena, json_object_get(document, "findings"), &nfindings);

    column[0] = (struct table_column){"page", false};
    for (size_t c = 0; c < NUMBERS; c++)
        column[1 + c] = (struct table_column){columns[c].title, true};
    column[1 + NUMBERS] = (struct table_column){"open", false};
    for (size_t i = 0; i < n; i++) {
        const json_t *page =
            json_object_get(json_object_get(document, "pages"), key[i]);

        cell[at++] = page_shown(page_of(key[i]), origin, arena);
        for (size_t c = 0; c < NUMBERS; c++)
            cell[at++] =
                columns[c].category
                    ? score_cell(document, key[i], page, columns[c].category, arena)
                    : metric_cell(document, key[i], page, columns[c].metric, arena);
        cell[at++] = open_cell(document, key[i], id, nfindings, arena);
    }
    return (struct table){.title = text_safe(arena, key[0], form_bytes(key[0]),
                                             OUTSIDE_TEXT_MAX),
                          .column = column,
                          .ncolumns = COLUMNS,
                          .cell = cell,
                          .nrows = n};
}

void perfcheck_tables(const json_t *document, struct arena *arena,
                      struct report *report)
{
    size_t n = 0;
    const char **key = json_keys(arena, json_object_get(document, "pages"), &n);
    const char **page = arena_new(arena, const char *, n);
    struct table *table = arena_new(arena, struct table, n);
    size_t origin;

    for (size_t i = 0; i < n; i++)
        page[i] = page_of(key[i]);
    origin = pages_origin(page, n);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && same_form(key[end], key[i]);)
            end++;
        table[report->ntables++] =
            form_table(document, &key[i], end - i, origin, arena);
    }
    // one form, and the usual one: nothing to tell apart
    if (report->ntables == 1 && strcmp(table[0].title, "mobile") == 0)
        table[0].title = "";
    report->tables = table;
}
