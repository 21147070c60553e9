/* The tables of the report: what was crawled, and what is open by check. From the
 * conclusions alone. */
#include <string.h>

#include "seocheck/round.h"
#include "shared/json.h"

#include "shared/banned.h"

enum { CRAWL_COLUMNS = 3, CHECK_COLUMNS = 5 };

static const char *number(struct arena *arena, int64_t value)
{
    return str_format(arena, "%lld", (long long)value);
}

/* One row: pages, routes, and when the set of URLs in the sitemaps last moved. */
static struct table crawl_table(const json_t *document, struct arena *arena)
{
    static const struct table_column columns[CRAWL_COLUMNS] = {
        {"pages crawled", true},
        {"routes declared", true},
        {"sitemap last changed", false},
    };
    const json_t *crawl = json_object_get(document, "crawl");
    const char *changed = json_text(crawl, "sitemap_changed", "no sitemap");
    const char **cell = arena_new(arena, const char *, CRAWL_COLUMNS);

    cell[0] = number(arena, json_int(crawl, "pages", 0));
    cell[1] = number(arena, json_int(crawl, "routes", 0));
    cell[2] = str_copy(arena, changed, strlen(changed));
    return (struct table){.title = "",
                          .column = columns,
                          .ncolumns = CRAWL_COLUMNS,
                          .cell = cell,
                          .nrows = 1};
}

/* What is open of one check. */
struct tally {
    int64_t n;
    enum severity worst;
    int32_t oldest;
};

static struct tally tally_of(const struct findings *findings, const char *check,
                             struct arena *arena)
{
    const char *prefix = str_format(arena, "seocheck/%s/", check);
    struct tally tally = {.worst = SEVERITY_INFO};

    for (size_t i = 0; i < findings->n; i++) {
        const struct finding *finding = &findings->item[i];

        if (finding->status == STATUS_RESOLVED ||
            strncmp(finding->id, prefix, strlen(prefix)) != 0)
            continue;
        if (tally.n == 0 || finding->since < tally.oldest)
            tally.oldest = finding->since;
        if (finding->severity < tally.worst)
            tally.worst = finding->severity;
        tally.n++;
    }
    return tally;
}

/* A row a check that has something open, in the order of the manual. */
static struct table check_table(const struct findings *findings, struct arena *arena)
{
    static const struct table_column columns[CHECK_COLUMNS] = {
        {"check", false}, {"severity", false}, {"what", false},
        {"open", true},   {"oldest", false},
    };
    const char **cell =
        arena_new(arena, const char *, (size_t)CHECK_COUNT *CHECK_COLUMNS);
    struct table table = {.title = "open by check",
                          .column = columns,
                          .ncolumns = CHECK_COLUMNS,
                          .cell = cell};

    for (int i = 0; i < CHECK_COUNT; i++) {
        const struct check_row *row = check_row((enum check_id)i);
        struct tally tally = tally_of(findings, row->id, arena);
        const char **of = &cell[table.nrows * CHECK_COLUMNS];

        if (tally.n == 0)
            continue;
        of[0] = row->id;
        of[1] = severity_word(tally.worst);
        of[2] = row->title;
        of[3] = number(arena, tally.n);
        of[4] = str_format(arena, "%s", day_text(tally.oldest).text);
        table.nrows++;
    }
    return table;
}

void seocheck_tables(const json_t *document, struct arena *arena, struct report *report)
{
    struct table *table = arena_new(arena, struct table, 2);

    table[report->ntables++] = crawl_table(document, arena);
    table[report->ntables] = check_table(&report->findings, arena);
    report->ntables += table[report->ntables].nrows > 0;
    report->tables = table;
}
