/* Cuts front matter off a page and reads its scalars. YAML goes through yaml_tree.c,
 * with its limits. */
#include "i18ncheck/front_matter.h"

#include <string.h>

#include "i18ncheck/utf8.h"
#include "i18ncheck/yaml_tree.h"

#include "shared/banned.h"

/* The next line with its end: "\n", or what the file ends with. */
static struct str take_line(struct str *rest)
{
    const char *end = rest->n > 0 ? memchr(rest->at, '\n', rest->n) : NULL;
    size_t n = end ? (size_t)(end - rest->at) + 1 : rest->n;
    struct str line = {rest->at, n};

    rest->at += n;
    rest->n -= n;
    return line;
}

static struct str without_end(struct str line)
{
    while (line.n > 0 && (line.at[line.n - 1] == '\n' || line.at[line.n - 1] == '\r' ||
                          line.at[line.n - 1] == ' ' || line.at[line.n - 1] == '\t'))
        line.n--;
    return line;
}

static void add(struct front_matter *self, struct arena *arena, struct front_item item)
{
    self->item = arena_room(arena, self->item, self->n, &self->capacity, sizeof item);
    self->item[self->n++] = item;
}

static void fault(struct front_matter *self, size_t line, const char *why)
{
    self->fault = why;
    self->fault_line = line;
    self->n = 0;
}

/* ---- YAML ---- */

/* Comments alone are no document, and no fault. */
static bool says_nothing(struct str text)
{
    while (text.n > 0) {
        struct str line = utf8_trim(take_line(&text));

        if (line.n > 0 && line.at[0] != '#')
            return false;
    }
    return true;
}

/* `text` begins in the file's second line. */
static void read_yaml(struct front_matter *self, struct str text, struct arena *arena)
{
    const struct yaml_node *root = NULL;
    const char *why = "";
    struct yaml_item *item = NULL;
    size_t line = 0, nodes = 0, n = 0;

    if (says_nothing(text))
        return;
    if (!yaml_parse(text, arena, &root, &why, &line)) {
        fault(self, line + 1, why);
        return;
    }
    if (root->kind != YAML_KIND_MAPPING) {
        fault(self, root->line + 1, "it is no mapping");
        return;
    }
    if (!yaml_items(root, arena, &nodes, &item, &n)) {
        fault(self, root->line + 1, "too many nodes");
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (item[i].value->kind == YAML_KIND_SCALAR)
            add(self, arena,
                (struct front_item){item[i].key->text, item[i].value->text,
                                    item[i].key->line + 1});
}

/* ---- key = "value" ---- */

static struct str key_of(struct str text)
{
    text = utf8_trim(text);
    if (text.n >= 2 && (text.at[0] == '"' || text.at[0] == '\'') &&
        text.at[text.n - 1] == text.at[0])
        return (struct str){text.at + 1, text.n - 2};
    return text;
}

/* The escapes of a basic string that stand for one byte; others stay as they are. */
static char plain(char c)
{
    return (char)(c == 'n' ? '\n' : c == 't' ? '\t' : c);
}

/* A value in quotes. False: they do not close. */
static bool quoted(struct str text, struct arena *arena, struct str *value)
{
    char *to = arena_new(arena, char, text.n + 1);
    size_t n = 0;

    for (size_t i = 1; i < text.n; i++) {
        char c = text.at[i];

        if (c == text.at[0]) {
            *value = (struct str){to, n};
            return true;
        }
        if (c == '\\' && text.at[0] == '"' && i + 1 < text.n &&
            strchr("\"\\nt", text.at[i + 1]))
            c = plain(text.at[++i]);
        to[n++] = c;
    }
    return false;
}

static struct str bare(struct str text)
{
    const char *comment = text.n > 0 ? memchr(text.at, '#', text.n) : NULL;

    if (comment)
        text.n = (size_t)(comment - text.at);
    return utf8_trim(text);
}

/* What a value over several lines ends with; empty: it is in one line. */
static struct str closing(struct str value)
{
    static const struct str marks[] = {{"\"\"\"", 3}, {"'''", 3}};

    for (size_t i = 0; i < 2; i++) {
        bool closes = value.n >= 6 && str_ends(value, marks[i]);

        if (str_starts(value, marks[i]) && !closes)
            return marks[i];
    }
    return (struct str){0};
}

static bool holds(struct str line, struct str mark)
{
    for (size_t i = 0; i + mark.n <= line.n; i++)
        if (memcmp(line.at + i, mark.at, mark.n) == 0)
            return true;
    return false;
}

/* One line; what is no key = value, as the rest of a list, is passed over. False: a
 * value is broken. */
static bool read_pair(struct front_matter *self, struct str line, size_t number,
                      struct arena *arena)
{
    const char *equals = memchr(line.at, '=', line.n);
    struct front_item item = {.line = number};
    struct str value;

    if (!equals)
        return true;
    item.key = key_of((struct str){line.at, (size_t)(equals - line.at)});
    value =
        utf8_trim((struct str){equals + 1, line.n - (size_t)(equals + 1 - line.at)});
    if (item.key.n == 0 || value.n == 0)
        return false;
    if (value.at[0] != '"' && value.at[0] != '\'')
        item.value = bare(value);
    else if (!quoted(value, arena, &item.value))
        return false;
    if (value.at[0] != '[' && value.at[0] != '{') // a list, a table
        add(self, arena, item);
    return true;
}

static void read_lines(struct front_matter *self, struct str text, struct arena *arena)
{
    struct str mark = {0};

    for (size_t number = 2; text.n > 0; number++) {
        struct str line = utf8_trim(take_line(&text));
        const char *equals = line.n > 0 ? memchr(line.at, '=', line.n) : NULL;

        if (mark.n > 0) {
            if (holds(line, mark))
                mark.n = 0;
            continue;
        }
        if (line.n == 0 || line.at[0] == '#')
            continue;
        if (line.at[0] == '[' && line.at[line.n - 1] == ']' && !equals)
            return; // keys of a table are not the page's
        if (equals)
            mark = closing(utf8_trim(
                (struct str){equals + 1, line.n - (size_t)(equals + 1 - line.at)}));
        if (mark.n == 0 && !read_pair(self, line, number, arena)) {
            fault(self, number, "a value is missing or its quotes do not close");
            return;
        }
    }
}

/* ---- the page ---- */

struct front_matter front_matter_parse(struct str file, struct arena *arena)
{
    struct front_matter self = {.body = file};
    struct str rest = file, begin, text;
    bool is_yaml;

    begin = without_end(take_line(&rest));
    is_yaml = str_equal(begin, STR("---"));
    if (!is_yaml && !str_equal(begin, STR("+++")))
        return self;
    text = (struct str){rest.at, 0};
    while (rest.n > 0 && text.n <= FRONT_MATTER_BYTES_MAX) {
        struct str line = take_line(&rest), bare_line = without_end(line);

        if (!str_equal(bare_line, begin) &&
            !(is_yaml && str_equal(bare_line, STR("...")))) {
            text.n += line.n;
            continue;
        }
        self.body = rest;
        (is_yaml ? read_yaml : read_lines)(&self, text, arena);
        return self;
    }
    fault(&self, 1,
          text.n > FRONT_MATTER_BYTES_MAX ? "it is over 64 KiB" : "it does not end");
    return self;
}

const struct front_item *front_matter_find(const struct front_matter *front,
                                           const char *key)
{
    for (size_t i = front->n; i > 0; i--)
        if (str_equal(front->item[i - 1].key, str_of(key)))
            return &front->item[i - 1];
    return NULL;
}
