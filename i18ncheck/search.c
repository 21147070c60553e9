/* What Search Console counted: replies of its API as JSON, exports as CSV. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "i18ncheck/csv.h"
#include "i18ncheck/keyword_internal.h"
#include "i18ncheck/utf8.h"
#include "shared/json.h"
#include "shared/own.h"

#include "shared/banned.h"

enum {
    SEARCH_DEPTH_MAX = 8,
    SEARCH_MEMBERS_MAX = 2000000, // 400,000 rows
    SEARCH_ROWS_MAX = 2000000,
    KEYS_MAX = 8,
    CSV_COLUMNS = 5,
};

#define COUNT_MAX 1e12

/* One file on its way in. */
struct file {
    struct str bytes;
    const char *name;
    struct arena *arena;
    struct search *search;
    struct err *err;
};

static bool refuse(const struct file *self, size_t line, const char *what)
{
    return err_set(self->err, "%s:%zu: %s", self->name, line, what);
}

static bool add(struct file *self, struct search_row row)
{
    struct search *search = self->search;

    if (search->n == SEARCH_ROWS_MAX)
        return err_set(self->err, "%s: more than %d rows in all", self->name,
                       SEARCH_ROWS_MAX);
    search->row =
        arena_room(self->arena, search->row, search->n, &search->capacity, sizeof row);
    search->row[search->n++] = row;
    return true;
}

/* ---- JSON ---- */

enum dimension { DIMENSION_QUERY, DIMENSION_PAGE, DIMENSION_COUNTRY, DIMENSION_OTHER };

static enum dimension dimension_of(const char *word)
{
    return strcmp(word, "query") == 0     ? DIMENSION_QUERY
           : strcmp(word, "page") == 0    ? DIMENSION_PAGE
           : strcmp(word, "country") == 0 ? DIMENSION_COUNTRY
                                          : DIMENSION_OTHER;
}

/* What the keys of each row are. */
struct keys {
    enum dimension at[KEYS_MAX];
    size_t n; /* 0: not known yet */
};

static bool read_dimensions(struct file *self, const json_t *list, struct keys *keys)
{
    size_t line = json_line(self->bytes, "/dimensions");

    *keys = (struct keys){
        .at = {DIMENSION_QUERY, DIMENSION_PAGE, DIMENSION_COUNTRY, DIMENSION_OTHER}};
    if (!list)
        return true;
    keys->n = json_array_size(list);
    if (keys->n == 0 || keys->n > KEYS_MAX)
        return refuse(self, line, "'dimensions' is no list of 1 to 8 words");
    for (size_t i = 0; i < keys->n; i++) {
        const char *word = json_string_value(json_array_get(list, i));

        if (!word)
            return refuse(self, line, "'dimensions' is no list of words");
        keys->at[i] = dimension_of(word);
        for (size_t j = 0; j < i; j++)
            if (keys->at[j] == keys->at[i] && keys->at[i] != DIMENSION_OTHER)
                return refuse(self, line, "'dimensions' has a word twice");
    }
    return true;
}

static bool has_dimension(const struct keys *keys, enum dimension dimension)
{
    for (size_t i = 0; i < keys->n; i++)
        if (keys->at[i] == dimension)
            return true;
    return false;
}

static bool count_of(const json_t *row, const char *key, int64_t *count)
{
    const json_t *value = json_object_get(row, key);
    double number = json_is_number(value) ? json_number_value(value) : -1;

    if (!(number >= 0 && number <= COUNT_MAX))
        return false;
    *count = (int64_t)llround(number);
    return true;
}

/* Google tells of jumps within a page as of pages. */
static struct str without_fragment(struct str url)
{
    const char *hash = url.n > 0 ? memchr(url.at, '#', url.n) : NULL;

    if (hash)
        url.n = (size_t)(hash - url.at);
    return url;
}

static struct str copied(const char *text, struct arena *arena)
{
    size_t n = strlen(text);

    return (struct str){str_copy(arena, text, n), n};
}

static bool read_keys(struct file *self, const json_t *list, const struct keys *keys,
                      struct search_row *row)
{
    if (json_array_size(list) != keys->n)
        return false;
    for (size_t i = 0; i < keys->n; i++) {
        const char *text = json_string_value(json_array_get(list, i));

        if (!text)
            return false;
        switch (keys->at[i]) {
        case DIMENSION_QUERY: row->query = copied(text, self->arena); break;
        case DIMENSION_PAGE:
            row->page = without_fragment(copied(text, self->arena));
            break;
        case DIMENSION_COUNTRY: row->country = copied(text, self->arena); break;
        case DIMENSION_OTHER: break;
        }
    }
    return row->query.n > 0;
}

static bool read_row(struct file *self, size_t i, const json_t *json, struct keys *keys)
{
    const json_t *list = json_object_get(json, "keys");
    struct search_row row = {0};

    if (keys->n == 0 && json_array_size(list) <= DIMENSION_OTHER)
        keys->n = json_array_size(list);
    if (keys->n > 0 && read_keys(self, list, keys, &row) &&
        count_of(json, "clicks", &row.clicks) &&
        count_of(json, "impressions", &row.impressions))
        return add(self, row);
    return refuse(self, json_line(self->bytes, str_format(self->arena, "/rows/%zu", i)),
                  "a row is not {keys[], clicks, impressions} with a query in it");
}

static bool parse_json(struct file *self)
{
    OWN(json) root = NULL;
    const json_t *rows;
    struct keys keys;

    if (!json_load_strict(self->bytes, self->name, SEARCH_DEPTH_MAX, SEARCH_MEMBERS_MAX,
                          &root, self->err))
        return false;
    rows = json_object_get(root, "rows");
    if (rows && !json_is_array(rows))
        return refuse(self, json_line(self->bytes, "/rows"), "'rows' is no list");
    if (!rows && !json_object_get(root, "responseAggregationType"))
        return refuse(self, 1, "no 'rows', so it is no reply of Search Console's API");
    if (!read_dimensions(self, json_object_get(root, "dimensions"), &keys))
        return false;
    for (size_t i = 0; i < json_array_size(rows); i++)
        if (!read_row(self, i, json_array_get(rows, i), &keys))
            return false;
    self->search->has_queries = true;
    self->search->has_pairs |= has_dimension(&keys, DIMENSION_PAGE);
    return true;
}

/* ---- CSV ---- */

/* "3.4%", "3,4 %", also with the blanks that do not break. */
static bool is_decimal(struct str text, bool is_percent)
{
    size_t i = 0, marks = 0;

    text = utf8_trim(text);
    if (is_percent) {
        if (text.n == 0 || text.at[text.n - 1] != '%')
            return false;
        text.n--;
        text = utf8_trim(text);
    }
    for (; i < text.n; i++) {
        bool is_mark = text.at[i] == '.' || text.at[i] == ',';

        marks += is_mark;
        if (!is_mark && (text.at[i] < '0' || text.at[i] > '9'))
            return false;
    }
    return text.n > marks && marks <= 1;
}

static bool csv_count(struct str text, int64_t *count)
{
    text = utf8_trim(text);
    return text.n > 0 && text.at[0] != '-' && str_to_int64(text.at, text.n, count) &&
           (double)*count <= COUNT_MAX;
}

static bool is_url(struct str text)
{
    return str_starts(text, STR("https://")) || str_starts(text, STR("http://"));
}

static bool read_record(struct file *self, const struct csv *csv,
                        const struct str *field, size_t n)
{
    struct search_row row = {.query = utf8_trim(field[0])};

    if (n != CSV_COLUMNS || row.query.n == 0 || !csv_count(field[1], &row.clicks) ||
        !csv_count(field[2], &row.impressions) || !is_decimal(field[3], true) ||
        !is_decimal(field[4], false))
        return refuse(self, csv->line,
                      "a row is not query, clicks, impressions, CTR, position");
    if (is_url(row.query))
        return refuse(self, csv->line,
                      "its labels are pages; of an export the table of queries is "
                      "wanted");
    return add(self, row);
}

/* The header's words are in any language: only their number is looked at. */
static char separator_of(struct str bytes)
{
    static const char tried[] = {',', ';', '\t'};
    struct str line = {0};

    while (line.n == 0 && str_next_line(&bytes, &line)) {
    }
    for (size_t i = 0; i < sizeof tried; i++)
        if (str_split(line, tried[i], NULL, 0) == CSV_COLUMNS)
            return tried[i];
    return ',';
}

static bool parse_csv(struct file *self)
{
    struct csv csv = {.rest = self->bytes,
                      .separator = separator_of(self->bytes),
                      .arena = self->arena};
    struct str field[CSV_FIELDS_MAX];
    size_t n = 0;
    int64_t count;

    for (bool is_first = true;; is_first = false) {
        enum csv_result result = csv_next(&csv, field, &n);

        if (result == CSV_BAD)
            return refuse(self, csv.line, csv.why);
        if (result == CSV_END && is_first)
            return refuse(self, 1, "the file is empty");
        if (result == CSV_END)
            break;
        if (is_first && (n != CSV_COLUMNS || csv_count(field[1], &count)))
            return refuse(self, csv.line,
                          "no header of five columns: query, clicks, impressions, CTR, "
                          "position");
        if (!is_first && !read_record(self, &csv, field, n))
            return false;
    }
    self->search->has_queries = true;
    return true;
}

/* ---- files ---- */

bool search_parse(struct str bytes, const char *name, struct arena *arena,
                  struct search *search, struct err *err)
{
    struct file self = {.name = name, .arena = arena, .search = search, .err = err};
    struct str text;

    if (!keyword_bytes(&bytes, name, err))
        return false;
    self.bytes = bytes;
    text = utf8_trim(bytes);
    if (text.n > 0 && (text.at[0] == '{' || text.at[0] == '['))
        return parse_json(&self);
    return parse_csv(&self);
}

static int key_compare(const void *a, const void *b)
{
    const struct search_row *x = a, *y = b;
    int order = str_compare(x->query, y->query);

    if (order == 0)
        order = str_compare(x->page, y->page);
    return order != 0 ? order : str_compare(x->country, y->country);
}

void search_finish(struct search *search)
{
    size_t kept = 0;

    if (search->n > 1)
        qsort(search->row, search->n, sizeof *search->row, key_compare);
    for (size_t i = 0; i < search->n; i++) {
        const struct search_row *row = &search->row[i];

        if (kept > 0 && key_compare(&search->row[kept - 1], row) == 0) {
            search->row[kept - 1].clicks += row->clicks;
            search->row[kept - 1].impressions += row->impressions;
        } else {
            search->row[kept++] = *row;
        }
    }
    search->n = kept;
}

/* ---- clicks of pages ---- */

/* Of the pages of `source`, by the ids of URLs. With countries and without, clicks are
 * there twice: the larger sum is taken. */
void search_count_clicks(const struct search *search, struct content *content)
{
    const char *source = content->rules->source;
    int64_t *clicks[2];
    struct arena scratch;
    struct locale_set known = {content->locale, content->nlocales};

    arena_init(&scratch, ARENA_BYTES_MAX);
    for (size_t i = 0; i < 2; i++)
        clicks[i] = arena_new(&scratch, int64_t, content->n);
    for (size_t i = 0; i < search->n; i++) {
        const struct search_row *row = &search->row[i];
        struct content_page *page;
        struct url_parts parts;

        if (row->page.n == 0 || !url_split(row->page, &known, &scratch, &parts) ||
            (parts.locale && strcmp(parts.locale, source) != 0))
            continue;
        page = content_find(content, parts.id, source);
        if (page)
            clicks[row->country.n > 0][page - content->page] += row->clicks;
    }
    for (size_t i = 0; i < content->n; i++)
        content->page[i].clicks =
            clicks[0][i] > clicks[1][i] ? clicks[0][i] : clicks[1][i];
    arena_release(&scratch);
}
