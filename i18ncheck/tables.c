/* The tables of the report: how far each locale is, which pages it lacks, what the
 * keywords lack. From the conclusions alone. */
#include <string.h>

#include "i18ncheck/round.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

/* Columns of counts behind a name. */
struct counts {
    const char *name, *member;
};

static const struct counts page_counts[] = {
    {"pages", "pages"},   {"missing", "missing"}, {"stale", "stale"},
    {"orphan", "orphan"}, {"partial", "partial"},
};

static const struct counts keyword_counts[] = {
    {"covered by no page", "none"},
    {"covered weakly", "weak"},
    {"not in every locale", "gap"},
    {"on a thin page", "thin"},
    {"searched, without a page", "orphan"},
    {"with pages that compete", "cannibalised"},
    {"found in the wrong locale", "wrong_locale"},
};

enum {
    PAGE_COUNTS = sizeof page_counts / sizeof *page_counts,
    KEYWORD_COUNTS = sizeof keyword_counts / sizeof *keyword_counts,
    COVERAGE_COLUMNS = 5,
};

static const char *shown(const char *text, struct arena *arena)
{
    return text_safe(arena, text, strlen(text), OUTSIDE_TEXT_MAX);
}

/* "" where it was not measured. */
static const char *count_cell(const json_t *row, const char *member,
                              struct arena *arena)
{
    const json_t *value = json_object_get(row, member);

    return json_is_integer(value)
               ? str_format(arena, "%lld", (long long)json_integer_value(value))
               : "";
}

size_t place_set_bytes(const char *place)
{
    const char *slash = strchr(place, '/');

    return slash ? (size_t)(slash - place) : 0;
}

const char *place_locale(const char *place)
{
    const char *slash = strchr(place, '/');

    return slash ? slash + 1 : place;
}

const char *share_text(int64_t part, int64_t whole, struct arena *arena)
{
    int64_t tenths;

    if (whole <= 0 || whole > INT64_MAX / 1000)
        return "";
    part = part < 0 ? 0 : part > whole ? whole : part;
    tenths = 1000 * part / whole; // 100 is all of them, not nearly all
    return str_format(arena, "%lld.%lld", (long long)(tenths / 10),
                      (long long)(tenths % 10));
}

int64_t count_of(const json_t *row, const char *member)
{
    const json_t *value = json_object_get(row, member);

    return json_is_integer(value) ? json_integer_value(value) : 0;
}

int64_t place_keys(const json_t *document, const char *place, struct arena *arena)
{
    const char *set = str_copy(arena, place, place_set_bytes(place));
    const json_t *row = json_object_get(json_object_get(document, "coverage"), place);

    return count_of(json_object_get(json_object_get(document, "sets"), set), "keys") -
           count_of(row, "ignored");
}

static const char *share_cell(int64_t part, int64_t whole, struct arena *arena)
{
    const char *share = share_text(part, whole, arena);

    return share[0] != '\0' ? str_format(arena, "%s %%", share) : "";
}

/* The locales `place` of one set. */
static struct table coverage_table(const json_t *document, const char *const *place,
                                   size_t n, struct arena *arena)
{
    static const struct table_column columns[COVERAGE_COLUMNS] = {
        {"locale", false}, {"present", true}, {"translated", true},
        {"missing", true}, {"broken", true},
    };
    const char **cell = arena_new(arena, const char *, n *COVERAGE_COLUMNS);

    for (size_t i = 0; i < n; i++) {
        const json_t *row =
            json_object_get(json_object_get(document, "coverage"), place[i]);
        int64_t keys = place_keys(document, place[i], arena);
        const char **of = &cell[i * COVERAGE_COLUMNS];

        of[0] = shown(place_locale(place[i]), arena);
        of[1] = share_cell(keys - count_of(row, "missing"), keys, arena);
        of[2] = share_cell(count_of(row, "translated"), keys, arena);
        of[3] = count_cell(row, "missing", arena);
        of[4] = count_cell(row, "broken", arena);
    }
    return (struct table){
        .title = shown(str_copy(arena, place[0], place_set_bytes(place[0])), arena),
        .column = columns,
        .ncolumns = COVERAGE_COLUMNS,
        .cell = cell,
        .nrows = n};
}

bool place_same_set(const char *a, const char *b)
{
    size_t n = place_set_bytes(a);

    return place_set_bytes(b) == n && strncmp(a, b, n) == 0;
}

static void add_coverage(const json_t *document, struct arena *arena,
                         struct report *report, struct table *table)
{
    size_t n;
    const char **place = json_keys(arena, json_object_get(document, "coverage"), &n);

    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && place_same_set(place[end], place[i]);)
            end++;
        table[report->ntables++] = coverage_table(document, &place[i], end - i, arena);
    }
    if (report->ntables == 1) // no other set to tell it from
        table[0].title = "";
}

/* A row a content and locale. */
static void add_pages(const json_t *document, struct arena *arena,
                      struct report *report, struct table *table)
{
    const json_t *content = json_object_get(document, "content");
    size_t n, at = 0;
    const char **place = json_keys(arena, content, &n);
    struct table_column *column =
        arena_new(arena, struct table_column, PAGE_COUNTS + 2);
    const char **cell = arena_new(arena, const char *, n *(PAGE_COUNTS + 2));

    column[0].name = "content";
    column[1].name = "locale";
    for (size_t c = 0; c < PAGE_COUNTS; c++)
        column[2 + c] = (struct table_column){page_counts[c].name, true};
    for (size_t i = 0; i < n; i++) {
        const json_t *row = json_object_get(content, place[i]);

        cell[at++] = shown(str_copy(arena, place[i], place_set_bytes(place[i])), arena);
        cell[at++] = shown(place_locale(place[i]), arena);
        for (size_t c = 0; c < PAGE_COUNTS; c++)
            cell[at++] = count_cell(row, page_counts[c].member, arena);
    }
    if (n > 0)
        table[report->ntables++] = (struct table){.title = "pages",
                                                  .column = column,
                                                  .ncolumns = PAGE_COUNTS + 2,
                                                  .cell = cell,
                                                  .nrows = n};
}

/* A row each that was measured. */
static void add_keywords(const json_t *document, struct arena *arena,
                         struct report *report, struct table *table)
{
    static const struct table_column columns[] = {{"keywords", false}, {"n", true}};
    const json_t *keywords = json_object_get(document, "keywords");
    const char **cell = arena_new(arena, const char *, (size_t)KEYWORD_COUNTS * 2);
    size_t n = 0;

    for (size_t i = 0; i < KEYWORD_COUNTS; i++) {
        const char *count = count_cell(keywords, keyword_counts[i].member, arena);

        if (count[0] == '\0')
            continue;
        cell[2 * n] = keyword_counts[i].name;
        cell[2 * n++ + 1] = count;
    }
    if (n > 0)
        table[report->ntables++] = (struct table){.title = "keywords",
                                                  .column = columns,
                                                  .ncolumns = 2,
                                                  .cell = cell,
                                                  .nrows = n};
}

void i18ncheck_tables(const json_t *document, struct arena *arena,
                      struct report *report)
{
    size_t most = json_object_size(json_object_get(document, "coverage")) + 2;
    struct table *table = arena_new(arena, struct table, most);

    report->tables = table;
    add_coverage(document, arena, report, table);
    add_pages(document, arena, report, table);
    add_keywords(document, arena, report, table);
}
