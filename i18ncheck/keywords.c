/* The keyword list: CSV, keyword[,locale][,min_impressions]. */
#include "i18ncheck/keywords.h"

#include <stdlib.h>
#include <string.h>

#include "i18ncheck/csv.h"
#include "i18ncheck/keyword_internal.h"
#include "i18ncheck/utf8.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { IMPRESSIONS_DIGITS_MAX = 12 };

/* Which field is which; a header may put them in another order. */
enum column { COLUMN_KEYWORD, COLUMN_LOCALE, COLUMN_MIN, COLUMNS };

struct list {
    struct csv csv;
    const char *name, *source;
    size_t at[COLUMNS]; /* 1 + place; 0: not there */
    size_t columns;
    struct keywords *keywords;
    struct err *err;
};

bool keyword_bytes(struct str *bytes, const char *name, struct err *err)
{
    size_t bad;

    if (str_starts(*bytes, STR("\xEF\xBB\xBF"))) {
        bytes->at += 3;
        bytes->n -= 3;
    }
    if (!text_is_utf8(bytes->at, bytes->n, &bad))
        return err_set(err, "%s:%zu: not UTF-8", name, text_line(bytes->at, bad));
    if (bytes->n > 0 && memchr(bytes->at, '\0', bytes->n))
        return err_set(err, "%s: a NUL byte in text", name);
    return true;
}

static bool refuse(const struct list *self, const char *what)
{
    return err_set(self->err, "%s:%zu: %s", self->name, self->csv.line, what);
}

static bool is_number(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return text.n > 0 && text.n <= IMPRESSIONS_DIGITS_MAX;
}

/* ---- the header ---- */

static bool is_header(const struct str *field)
{
    return str_equal_ignoring_case(utf8_trim(field[0]), STR("keyword"));
}

static bool read_header(struct list *self, const struct str *field, size_t n)
{
    static const char *const words[COLUMNS] = {"keyword", "locale", "min_impressions"};

    memset(self->at, 0, sizeof self->at);
    for (size_t i = 0; i < n; i++) {
        size_t c = 0;

        while (c < COLUMNS &&
               !str_equal_ignoring_case(utf8_trim(field[i]), str_of(words[c])))
            c++;
        if (c == COLUMNS || self->at[c] != 0)
            return refuse(self, "the header's columns are keyword, locale and "
                                "min_impressions, each once");
        self->at[c] = i + 1;
    }
    self->columns = n;
    return true;
}

/* ---- rows ---- */

static struct str value(const struct list *self, const struct str *field, size_t n,
                        enum column column)
{
    size_t at = self->at[column];

    return at > 0 && at <= n ? utf8_trim(field[at - 1]) : (struct str){0};
}

static bool read_row(struct list *self, const struct str *field, size_t n)
{
    struct str locale = value(self, field, n, COLUMN_LOCALE);
    struct str least = value(self, field, n, COLUMN_MIN);
    struct keyword keyword = {.text = value(self, field, n, COLUMN_KEYWORD),
                              .locale = self->source,
                              .line = self->csv.line};

    if (n > self->columns)
        return refuse(self, "more fields than keyword, locale and min_impressions");
    if (keyword.text.n == 0)
        return refuse(self, "the keyword is empty");
    if (keyword.text.n > KEYWORD_BYTES_MAX)
        return refuse(self, "the keyword is over 512 bytes");
    if (least.n == 0 && is_number(locale)) { // the locale may be left out
        least = locale;
        locale = (struct str){0};
    }
    if (locale.n > 0 && !locale_tag(locale, self->csv.arena, &keyword.locale))
        return refuse(self, "the locale is no tag, such as en or pt-BR");
    keyword.has_min = least.n > 0;
    if (least.n > 0 && (!is_number(least) ||
                        !str_to_int64(least.at, least.n, &keyword.min_impressions)))
        return refuse(self, "min_impressions is no number");
    if (self->keywords->n == KEYWORDS_MAX)
        return refuse(self, "more than 10,000 keywords");
    self->keywords->item =
        arena_room(self->csv.arena, self->keywords->item, self->keywords->n,
                   &self->keywords->capacity, sizeof keyword);
    self->keywords->item[self->keywords->n++] = keyword;
    return true;
}

static int keyword_compare(const void *a, const void *b)
{
    const struct keyword *x = a, *y = b;
    int order = str_compare(x->text, y->text);

    if (order == 0)
        order = strcmp(x->locale, y->locale);
    return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

/* A keyword that is there twice counts as it stands first. */
static void sort(struct keywords *keywords)
{
    size_t kept = 0;

    if (keywords->n > 1)
        qsort(keywords->item, keywords->n, sizeof *keywords->item, keyword_compare);
    for (size_t i = 0; i < keywords->n; i++) {
        const struct keyword *keyword = &keywords->item[i];

        if (kept == 0 || !str_equal(keywords->item[kept - 1].text, keyword->text) ||
            strcmp(keywords->item[kept - 1].locale, keyword->locale) != 0)
            keywords->item[kept++] = *keyword;
    }
    keywords->n = kept;
}

bool keywords_parse(struct str bytes, const char *name, const char *source,
                    struct arena *arena, struct keywords *keywords, struct err *err)
{
    struct list self = {
        .csv = {.separator = ',', .has_comments = true, .arena = arena},
        .name = name,
        .source = source,
        .at = {1, 2, 3},
        .columns = COLUMNS,
        .keywords = keywords,
        .err = err,
    };
    struct str field[CSV_FIELDS_MAX];
    enum csv_result result;
    size_t n;

    *keywords = (struct keywords){0};
    if (!keyword_bytes(&bytes, name, err))
        return false;
    self.csv.rest = bytes;
    for (bool is_first = true;; is_first = false) {
        bool good;

        result = csv_next(&self.csv, field, &n);
        if (result == CSV_END)
            break;
        if (result == CSV_BAD)
            return refuse(&self, self.csv.why);
        good = is_first && is_header(field) ? read_header(&self, field, n)
                                            : read_row(&self, field, n);
        if (!good)
            return false;
    }
    sort(keywords);
    return true;
}
