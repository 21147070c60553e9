/* Cuts CSV into fields, quoted or bare. */
#include "i18ncheck/csv.h"

#include <string.h>

#include "shared/banned.h"

static void skip(struct csv *self, size_t n)
{
    self->rest.at += n;
    self->rest.n -= n;
}

static enum csv_result bad(struct csv *self, const char *why)
{
    self->why = why;
    return CSV_BAD;
}

/* Bytes of the line's end that `rest` begins with; 0: none. */
static size_t line_end(struct str rest)
{
    if (rest.n > 1 && rest.at[0] == '\r' && rest.at[1] == '\n')
        return 2;
    return rest.n > 0 && rest.at[0] == '\n' ? 1 : 0;
}

static bool is_over(const struct csv *self)
{
    return self->rest.n == 0 || line_end(self->rest) > 0 ||
           self->rest.at[0] == self->separator;
}

static enum csv_result take_quoted(struct csv *self, struct str *field)
{
    char *to = arena_new(self->arena, char, self->rest.n);
    size_t n = 0;

    skip(self, 1);
    for (;;) {
        if (self->rest.n == 0)
            return bad(self, "a quote does not close");
        if (self->rest.at[0] == '"') {
            skip(self, 1);
            if (self->rest.n == 0 || self->rest.at[0] != '"')
                break;
        }
        self->next += self->rest.at[0] == '\n';
        to[n++] = self->rest.at[0];
        skip(self, 1);
    }
    *field = (struct str){to, n};
    return is_over(self) ? CSV_RECORD : bad(self, "text behind a closing quote");
}

static enum csv_result take_field(struct csv *self, struct str *field)
{
    if (self->rest.n > 0 && self->rest.at[0] == '"')
        return take_quoted(self, field);
    *field = (struct str){self->rest.at, 0};
    while (!is_over(self)) {
        if (self->rest.at[0] == '"')
            return bad(self, "a quote within a field that has none around it");
        field->n++;
        skip(self, 1);
    }
    return CSV_RECORD;
}

static void skip_line(struct csv *self)
{
    const char *end = memchr(self->rest.at, '\n', self->rest.n);

    skip(self, end ? (size_t)(end - self->rest.at) + 1 : self->rest.n);
    self->next++;
}

enum csv_result csv_next(struct csv *csv, struct str field[CSV_FIELDS_MAX], size_t *n)
{
    if (csv->next == 0)
        csv->next = 1;
    while (csv->rest.n > 0 &&
           (line_end(csv->rest) > 0 || (csv->has_comments && csv->rest.at[0] == '#')))
        skip_line(csv);
    csv->line = csv->next;
    if (csv->rest.n == 0)
        return CSV_END;
    for (*n = 0;;) {
        size_t end;

        if (*n == CSV_FIELDS_MAX)
            return bad(csv, "too many fields");
        if (take_field(csv, &field[*n]) == CSV_BAD)
            return CSV_BAD;
        ++*n;
        end = line_end(csv->rest);
        if (csv->rest.n == 0)
            return CSV_RECORD;
        skip(csv, end > 0 ? end : 1);
        if (end > 0) {
            csv->next++;
            return CSV_RECORD;
        }
    }
}
