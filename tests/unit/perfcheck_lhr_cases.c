/*
 * Whole reports of Lighthouse against what was recorded of them in metrics.tsv, and cut
 * short. The files are not part of this tree: ROUNDS_CASES names the folder above
 * lhr/, else ../shared/cases is tried; without it all of this is skipped, and
 * perfcheck_lhr.c and perfcheck_score.c stand alone.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "perfcheck/lhr.h"
#include "perfcheck/measure.h"
#include "shared/file.h"
#include "shared/limits.h"
#include "tests/lib/near.h"

#include "shared/banned.h"

enum { COLUMNS = 15, CUT_EVERY = 1000 };

static struct arena run;
static struct lhr_buffer buffer;
static const char *folder;

static void read_bytes(const char *name)
{
    bool is_regular = false;
    struct err err;

    if (!lhr_buffer_read(&buffer, file_join(&run, folder, name), &is_regular, &err))
        fail_msg("%s", err.text);
    assert_true(is_regular);
}

static void parse(const char *name, struct arena *arena, struct lhr_file *file)
{
    struct err err;

    read_bytes(name);
    if (!lhr_parse((struct str){buffer.at, buffer.n}, name, arena, file, &err))
        fail_msg("%s", err.text);
    assert_int_equal(file->n, 1);
}

static double number(struct str field)
{
    double value = -1;

    if (!str_to_double(field.at, field.n, &value))
        fail_msg("no number: %.*s", (int)field.n, field.at);
    return value;
}

/* A row: file, lighthouseVersion, formFactor, fetchTime, benchmarkIndex, four category
 * scores, six metrics; the last ten are named by the header. */
static void check_row(const struct str header[COLUMNS], const struct str row[COLUMNS])
{
    const char *name = str_copy(&run, row[0].at, row[0].n);
    struct lhr_file file = {0};
    struct arena arena;
    const struct lhr *lhr;

    arena_init(&arena, ARENA_BYTES_MAX);
    parse(name, &arena, &file);
    lhr = file.report;
    assert_true(str_equal(str_of(lhr->version), row[1]));
    assert_true(str_equal(str_of(form_word(lhr->form)), row[2]));
    assert_true(str_equal(str_of(lhr->time), row[3]));
    assert_near(lhr->benchmark_index.value, number(row[4]), 0, 0);
    assert_true(lhr_is_valid(lhr));
    for (size_t i = 5; i < 9; i++) {
        const struct category *category =
            lhr_category(lhr, str_copy(&run, header[i].at, header[i].n));

        assert_non_null(category);
        assert_near(category->score.value, number(row[i]), 0, 0);
        assert_near(score_category(lhr, category).value, number(row[i]), 0, 0);
    }
    for (size_t i = 9; i < COLUMNS; i++) {
        const struct audit *audit =
            lhr_audit(lhr, str_copy(&run, header[i].at, header[i].n));

        assert_non_null(audit);
        assert_near(audit->value.value, number(row[i]), 0, 0);
        assert_near(score_audit(lhr, audit).value, audit->score.value, 0, 0);
    }
    lhr_file_release(&file);
    arena_release(&arena);
}

static void each_report_is_read_and_scored_as_recorded(void **state)
{
    struct str bytes, line, header[COLUMNS], row[COLUMNS];
    struct err err;
    size_t rows = 0;

    (void)state;
    assert_true(file_read(AT_FDCWD, file_join(&run, folder, "metrics.tsv"), MIB, false,
                          &run, &bytes, &err));
    assert_true(str_next_line(&bytes, &line));
    assert_int_equal(str_split(line, '\t', header, COLUMNS), COLUMNS);
    for (; str_next_line(&bytes, &line); rows++) {
        assert_int_equal(str_split(line, '\t', row, COLUMNS), COLUMNS);
        check_row(header, row);
    }
    assert_true(rows > 0);
}

static void every_1000th_prefix_of_a_report_is_refused(void **state)
{
    static const char *const names[] = {"a-before-01.json.gz", "b-01.json.gz",
                                        "c-01.json.gz"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        read_bytes(names[i]);
        for (size_t n = 0; n < buffer.n - 1; n += CUT_EVERY) {
            struct lhr_file file = {0};
            struct arena arena;
            struct err err = {0};

            arena_init(&arena, ARENA_BYTES_MAX);
            if (lhr_parse((struct str){buffer.at, n}, "cut", &arena, &file, &err))
                fail_msg("%s: accepted with %zu of %zu bytes", names[i], n, buffer.n);
            assert_non_null(strstr(err.text, "cannot read 'cut': byte "));
            arena_release(&arena);
        }
    }
}

// The same members, whoever finds them: jansson's tree of the whole file.
static void audits_are_those_of_jansson(void **state)
{
    struct lhr_file file = {0};
    const char *id;
    json_t *tree, *audits, *audit;
    size_t n = 0;

    (void)state;
    parse("a-before-01.json.gz", &run, &file);
    tree = json_loadb(buffer.at, buffer.n, JSON_REJECT_DUPLICATES, NULL);
    audits = json_object_get(tree, "audits");
    json_object_foreach(audits, id, audit)
    {
        const struct audit *ours = lhr_audit(file.report, id);
        const json_t *score = json_object_get(audit, "score");
        const json_t *value = json_object_get(audit, "numericValue");
        const json_t *items =
            json_object_get(json_object_get(audit, "details"), "items");

        assert_non_null(ours);
        assert_ptr_equal(ours, &file.report->audit[n]);
        n++;
        assert_int_equal(ours->score.known, json_is_number(score));
        assert_near(ours->score.value, json_number_value(score), 0, 0);
        assert_int_equal(ours->value.known, json_is_number(value));
        assert_near(ours->value.value, json_number_value(value), 0, 0);
        assert_int_equal(ours->items.type == SPAN_ARRAY, json_is_array(items));
        if (json_is_array(items)) {
            json_t *loaded = NULL;
            struct err err;

            assert_true(lhr_load(ours->items, &loaded, &err));
            assert_int_equal(json_array_size(loaded), json_array_size(items));
            json_decref(loaded);
        }
    }
    assert_int_equal(file.report->naudits, n);
    assert_int_equal(n, json_object_size(audits));
    json_decref(tree);
    lhr_file_release(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_report_is_read_and_scored_as_recorded),
        cmocka_unit_test(every_1000th_prefix_of_a_report_is_refused),
        cmocka_unit_test(audits_are_those_of_jansson),
    };
    const char *cases = getenv("ROUNDS_CASES");
    struct stat st;
    int failed = 0;

    arena_init(&run, ARENA_BYTES_MAX);
    folder = file_join(&run, cases ? cases : "../shared/cases", "lhr");
    if (stat(folder, &st) == 0)
        failed = cmocka_run_group_tests(tests, NULL, NULL);
    else // cmocka's own skip() is a failure in TAP
        printf("1..0 # SKIP '%s' is not there, so no whole report is tried\n", folder);
    lhr_buffer_release(&buffer);
    arena_release(&run);
    return failed;
}
