/* Well-formed documents of tests/jsonld/, written to the term pages of schema.org and
 * the pages on rich results: nothing to warn of, and no type, property or domain
 * unknown. Then mutations.tsv: one change, one finding. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "seocheck/jsonld.h"
#include "shared/clock.h"
#include "shared/file.h"
#include "shared/limits.h"

#include "shared/banned.h"

static const char folder[] = "tests/jsonld";
static const char *const endings[] = {".json", NULL};

static struct arena arena;
static const struct rich *rich;
static int32_t as_of;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    rich = rich_load(&arena);
    as_of = day_from_civil(2026, 11, 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct jsonld check(struct str text)
{
    struct block block = {.text = text, .line = 1};
    struct jsonld jsonld;

    jsonld_check(&block, 1, rich, as_of, &arena, &jsonld);
    return jsonld;
}

static struct str contents(const char *path)
{
    struct str bytes;
    struct err err;

    assert_true(file_read(AT_FDCWD, path, MIB, false, &arena, &bytes, &err));
    return bytes;
}

static void show(const char *what, const struct jsonld_finding *finding)
{
    print_message("# %s:%d: %s %s: %s\n", what, (int)finding->line,
                  severity_word(finding->severity), jsonld_check_word(finding->check),
                  finding->message);
}

/* What no good document may be told, not even as information. */
static bool is_of_vocabulary(enum jsonld_check check_id)
{
    return check_id <= JSONLD_RATING && check_id != JSONLD_SUPERSEDED;
}

static void good_documents_have_nothing_to_warn_of(void **state)
{
    struct file_list list = {0};
    struct err err;
    size_t wrong = 0;

    (void)state;
    assert_true(file_list_add(&list, ".", folder, endings, true, &arena, &err));
    file_list_finish(&list);
    assert_true(list.n >= 30);
    for (size_t i = 0; i < list.n; i++) {
        struct jsonld jsonld = check(contents(list.path[i]));

        for (size_t j = 0; j < jsonld.nfindings; j++) {
            const struct jsonld_finding *finding = &jsonld.finding[j];

            if (finding->severity == SEVERITY_INFO && !is_of_vocabulary(finding->check))
                continue;
            show(list.path[i], finding);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

/* `\n` in a cell is a newline. */
static struct str unescape(struct str cell)
{
    struct buf out;

    buf_init(&out, &arena, cell.n + 1);
    for (size_t i = 0; i < cell.n; i++) {
        bool is_newline = cell.at[i] == '\\' && i + 1 < cell.n && cell.at[i + 1] == 'n';

        buf_add(&out, is_newline ? "\n" : &cell.at[i], 1);
        i += is_newline;
    }
    return buf_str(&out);
}

static struct str replace_first(struct str text, struct str from, struct str to)
{
    const char *needle = str_copy(&arena, from.at, from.n);
    const char *found = strstr(str_copy(&arena, text.at, text.n), needle);
    const char *whole = str_copy(&arena, text.at, text.n);
    struct buf out;

    if (!found)
        print_message("# not in the file: %s\n", needle);
    assert_non_null(found);
    found = strstr(whole, needle);
    buf_init(&out, &arena, text.n + to.n + 1);
    buf_add(&out, whole, (size_t)(found - whole));
    buf_add(&out, to.at, to.n);
    buf_add_text(&out, found + from.n);
    return buf_str(&out);
}

static bool has_finding(const struct jsonld *jsonld,
                        const struct jsonld_finding *wanted)
{
    for (size_t i = 0; i < jsonld->nfindings; i++)
        if (strcmp(jsonld->finding[i].message, wanted->message) == 0)
            return true;
    return false;
}

/* Findings of `after` that `before` has not; of what is recommended nobody asks. */
static size_t count_new(const struct jsonld *before, const struct jsonld *after,
                        const struct jsonld_finding **last)
{
    size_t n = 0;

    for (size_t i = 0; i < after->nfindings; i++)
        if (after->finding[i].check != RICH_RECOMMENDED &&
            !has_finding(before, &after->finding[i])) {
            *last = &after->finding[i];
            n++;
        }
    return n;
}

static void one_change_gives_one_finding(void **state)
{
    struct str rows = contents("tests/jsonld/mutations.tsv"), line;
    size_t wrong = 0, n = 0;

    (void)state;
    while (str_next_line(&rows, &line)) {
        const struct jsonld_finding *found = NULL;
        struct jsonld before, after;
        struct str cell[5], good;
        size_t count;

        if (line.at[0] == '#')
            continue;
        assert_int_equal(str_split(line, '\t', cell, 5), 5);
        good = contents(
            str_format(&arena, "%s/%.*s.json", folder, (int)cell[0].n, cell[0].at));
        before = check(good);
        after = check(replace_first(good, unescape(cell[1]), unescape(cell[2])));
        count = count_new(&before, &after, &found);
        n++;
        if (count == 1 && str_equal(str_of(jsonld_check_word(found->check)), cell[3]) &&
            str_equal(str_of(severity_word(found->severity)), cell[4]))
            continue;
        print_message("# %.*s gives %zu\n", (int)line.n, line.at, count);
        for (size_t i = 0; i < after.nfindings; i++)
            if (!has_finding(&before, &after.finding[i]))
                show("", &after.finding[i]);
        wrong++;
    }
    assert_true(n >= 40);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_documents_have_nothing_to_warn_of),
        cmocka_unit_test(one_change_gives_one_finding),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
