/* Three-way merges of state: what run-all.md 8 says of each case, and the laws that
 * hold for any three. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "shared/json.h"
#include "shared/merge.h"
#include "shared/state.h"

#include "shared/banned.h"

static struct arena run;
static struct err why;

static json_t *document(const char *text)
{
    json_t *root = json_loads(text, 0, NULL);

    assert_non_null(root);
    return root;
}

/* The canonical text of the merge; NULL when refused. */
static const char *merged(const char *base, const char *a, const char *b)
{
    json_t *three[3] = {base ? document(base) : NULL, document(a), document(b)};
    json_t *result = NULL;
    struct str bytes = {0};

    if (merge_documents(three[0], three[1], three[2], &result, &why))
        assert_true(state_json_format(result, &run, &bytes, &why));
    json_decref(result);
    for (size_t i = 0; i < 3; i++)
        json_decref(three[i]);
    return bytes.at;
}

static const char *canonical(const char *text)
{
    json_t *root = document(text);
    struct str bytes;

    assert_true(state_json_format(root, &run, &bytes, &why));
    json_decref(root);
    return bytes.at;
}

#define HEAD(day) "\"schema\":1,\"tool\":\"bandit\",\"through\":\"" day "\""

static void the_later_sides_record_keeps_the_older_since(void **state)
{
    (void)state;
    assert_string_equal(
        merged(
            "{" HEAD("2026-11-01") ",\"findings\":{}}",
            "{" HEAD(
                "2026-11-03") ",\"findings\":{\"x\":{\"since\":\"2026-11-03\",\"n\":3}}}",
            "{" HEAD(
                "2026-11-02") ",\"findings\":{\"x\":{\"since\":\"2026-11-02\",\"n\":2}}}"),
        canonical("{" HEAD(
            "2026-11-03") ",\"findings\":{\"x\":{\"since\":\"2026-11-02\",\"n\":3}}}"));
}

static void a_known_finding_goes_when_the_later_side_has_it_no_more(void **state)
{
    static const char base[] =
        "{" HEAD("2026-11-01") ",\"findings\":{\"x\":{\"since\":\"2026-10-01\"}}}";
    static const char with[] =
        "{" HEAD("2026-11-02") ",\"findings\":{\"x\":{\"since\":\"2026-10-01\"}}}";
    static const char later_with[] =
        "{" HEAD("2026-11-04") ",\"findings\":{\"x\":{\"since\":\"2026-10-01\"}}}";
    static const char without[] = "{" HEAD("2026-11-03") ",\"findings\":{}}";

    (void)state;
    assert_string_equal(merged(base, with, without), canonical(without));
    assert_string_equal(merged(base, later_with, without), canonical(later_with));
}

static void a_new_finding_of_either_side_stays(void **state)
{
    (void)state;
    assert_string_equal(
        merged(
            "{" HEAD("2026-11-01") ",\"findings\":{}}",
            "{" HEAD("2026-11-02") ",\"findings\":{\"a\":{\"since\":\"2026-11-02\"}}}",
            "{" HEAD("2026-11-03") ",\"findings\":{\"b\":{\"since\":\"2026-11-03\"}}}"),
        canonical("{" HEAD(
            "2026-11-03") ",\"findings\":{\"a\":{\"since\":\"2026-11-02\"},\"b\":{\"since\":\"2026-11-03\"}}}"));
}

static void a_member_that_both_changed_comes_whole_from_the_later_side(void **state)
{
    (void)state;
    assert_string_equal(
        merged(
            "{" HEAD(
                "2026-11-01") ",\"experiments\":{\"x\":{\"w\":[5000,5000]},\"y\":{\"w\":1}}}",
            "{" HEAD(
                "2026-11-02") ",\"experiments\":{\"x\":{\"w\":[6000,4000]},\"y\":{\"w\":2}}}",
            "{" HEAD(
                "2026-11-03") ",\"experiments\":{\"x\":{\"w\":[7000,3000]},\"y\":{\"w\":1}}}"),
        canonical("{" HEAD(
            "2026-11-03") ",\"experiments\":{\"x\":{\"w\":[7000,3000]},\"y\":{\"w\":2}}}"));
}

static void one_day_with_two_contents_is_refused(void **state)
{
    (void)state;
    assert_null(merged("{" HEAD("2026-11-01") ",\"e\":{\"x\":{\"w\":1}}}",
                       "{" HEAD("2026-11-02") ",\"e\":{\"x\":{\"w\":2}}}",
                       "{" HEAD("2026-11-02") ",\"e\":{\"x\":{\"w\":3}}}"));
    assert_non_null(strstr(why.text, "'x' differs on both sides"));
    assert_null(
        merged(NULL, "{" HEAD("2026-11-01") "}",
               "{\"schema\":1,\"tool\":\"watchdog\",\"through\":\"2026-11-01\"}"));
    assert_non_null(strstr(why.text, "another tool"));
}

/* ---- the laws, on generated triples ---- */

static uint64_t seed;

static unsigned dice(unsigned faces)
{
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)(seed >> 33) % faces;
}

static const char *any_document(unsigned day)
{
    struct buf out;
    const char *comma = "";

    buf_init(&out, &run, 1 << 16);
    buf_printf(&out, "{\"schema\":1,\"tool\":\"bandit\",\"through\":\"2026-11-%02u\",",
               day);
    buf_add_text(&out, "\"findings\":{");
    for (unsigned f = 0; f < 5; f++) {
        if (dice(2) == 0)
            continue;
        buf_printf(&out, "%s\"f%u\":{\"since\":\"2026-11-%02u\",\"n\":%u}", comma, f,
                   1 + dice(day), dice(3));
        comma = ",";
    }
    buf_add_text(&out, "},\"experiments\":{");
    comma = "";
    for (unsigned e = 0; e < 4; e++) {
        if (dice(3) == 0)
            continue;
        buf_printf(&out, "%s\"e%u\":{\"w\":[%u,%u]}", comma, e, dice(2), dice(2));
        comma = ",";
    }
    buf_printf(&out, "},\"scalar\":%u}", dice(3));
    return out.at;
}

static void the_laws_of_merging_hold_for_a_thousand_triples(void **state)
{
    (void)state;
    for (seed = 1; seed < 7007; seed += 7) {
        uint64_t kept = seed;
        const char *base = any_document(1 + dice(3));
        const char *a = any_document(4 + dice(4)), *b = any_document(4 + dice(4));
        const char *ab = merged(base, a, b), *ba = merged(base, b, a);

        assert_string_equal(merged(base, a, a), canonical(a));
        assert_string_equal(merged(base, base, b), canonical(b));
        assert_true(!ab == !ba);
        if (ab)
            assert_string_equal(ab, ba);
        seed = kept;
        arena_release(&run);
        arena_init(&run, 1 << 24);
    }
}

/* ---- history ---- */

static const char *history(const char *base, const char *a, const char *b)
{
    struct buf out;

    buf_init(&out, &run, 1 << 16);
    return merge_history(str_of(base), str_of(a), str_of(b), &out, &why) ? out.at
                                                                         : NULL;
}

static void days_of_both_sides_are_kept_in_order(void **state)
{
    (void)state;
    assert_string_equal(history("day\tx\n1\ta\n", "day\tx\n1\ta\n2\tb\n2\tc\n",
                                "day\tx\n1\ta\n3\td\n"),
                        "day\tx\n1\ta\n2\tb\n2\tc\n3\td\n");
    assert_string_equal(history("id\tday\tx\na\t1\t-\nb\t1\t-\n",
                                "id\tday\tx\na\t1\t-\na\t2\t-\nb\t1\t-\n",
                                "id\tday\tx\na\t1\t-\nb\t1\t-\nb\t3\t-\n"),
                        "id\tday\tx\na\t1\t-\na\t2\t-\nb\t1\t-\nb\t3\t-\n");
}

static void a_day_that_both_changed_comes_from_the_side_with_the_later_one(void **state)
{
    (void)state;
    assert_string_equal(history("day\tx\n1\ta\n", "day\tx\n1\tb\n",
                                "day\tx\n1\tc\n2\td\n"),
                        "day\tx\n1\tc\n2\td\n");
    assert_null(history("day\tx\n1\ta\n", "day\tx\n1\tb\n", "day\tx\n1\tc\n"));
}

static void rows_that_a_side_trimmed_are_gone(void **state)
{
    (void)state;
    assert_string_equal(history("day\n1\n2\n", "day\n2\n3\n", "day\n1\n2\n"),
                        "day\n2\n3\n");
}

static void without_a_day_the_first_column_is_the_key(void **state)
{
    (void)state;
    assert_string_equal(history("url\tn\n/a\t1\n/b\t1\n", "url\tn\n/a\t2\n/b\t1\n",
                                "url\tn\n/a\t1\n/b\t3\n"),
                        "url\tn\n/a\t2\n/b\t3\n");
    assert_null(history("url\tn\n/a\t1\n", "url\tn\n/a\t2\n", "url\tn\n/a\t3\n"));
    assert_null(history("url\n", "url\tn\n", "url\tm\n"));
}

static const char *checkpoint(const char *a, const char *b)
{
    struct str kept = {0};

    return merge_checkpoint(str_of(a), str_of(b), &run, &kept, &why)
               ? str_copy(&run, kept.at, kept.n)
               : NULL;
}

/* As of two days it would be refused by whoever reads it, on each day from then on. */
static void a_checkpoint_comes_whole_from_the_later_day(void **state)
{
    const char *early = "day\tcell\n1\ta\n1\tb\n", *late = "day\tcell\n3\tb\n";

    (void)state;
    assert_string_equal(checkpoint(early, late), late);
    assert_string_equal(checkpoint(late, early), late);
    assert_null(checkpoint(early, "day\tcell\n1\ta\n"));
    assert_null(checkpoint(early, "day\tsell\n3\ta\n"));
}

static void history_is_the_same_whichever_side_comes_first(void **state)
{
    (void)state;
    for (seed = 3; seed < 5000; seed += 5) {
        uint64_t kept = seed;
        struct buf side[3];

        for (size_t s = 0; s < 3; s++) {
            buf_init(&side[s], &run, 1 << 16);
            buf_add_text(&side[s], "id\tday\tx\n");
            for (unsigned id = 0; id < 3; id++)
                for (unsigned day = 1; day < 6; day++)
                    if (dice(3) > 0)
                        buf_printf(&side[s], "%u\t%u\t%u\n", id, day, dice(2));
        }
        for (size_t s = 1; s < 3; s++)
            assert_string_equal(history(side[0].at, side[s].at, side[s].at),
                                side[s].at);
        assert_string_equal(history(side[0].at, side[0].at, side[2].at), side[2].at);
        {
            const char *ab = history(side[0].at, side[1].at, side[2].at);
            const char *ba = history(side[0].at, side[2].at, side[1].at);

            assert_true(!ab == !ba);
            if (ab)
                assert_string_equal(ab, ba);
        }
        seed = kept;
        arena_release(&run);
        arena_init(&run, 1 << 24);
    }
}

/* ---- the catch log ---- */

#define CATCHES "day\ttool\tfinding\tverdict\twho\tnote\n"

static const char *catches(const char *a, const char *b)
{
    struct buf out;

    buf_init(&out, &run, 1 << 16);
    return merge_catches(str_of(a), str_of(b), &out, &why) ? out.at : NULL;
}

static void a_verdict_beats_a_question(void **state)
{
    static const char marked[] = CATCHES "1\tt\tf\tcaught\tkim\t\n3\tt\th\t?\t\t\n";
    static const char open[] = CATCHES "1\tt\tf\t?\t\t\n2\tt\tg\t?\t\t\n";
    static const char both[] =
        CATCHES "1\tt\tf\tcaught\tkim\t\n2\tt\tg\t?\t\t\n3\tt\th\t?\t\t\n";

    (void)state;
    assert_string_equal(catches(marked, open), both);
    assert_string_equal(catches(open, marked), both);
    assert_null(
        catches(CATCHES "1\tt\tf\tcaught\t\t\n", CATCHES "1\tt\tf\tfalse_alarm\t\t\n"));
    assert_non_null(strstr(why.text, "two verdicts"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_later_sides_record_keeps_the_older_since),
        cmocka_unit_test(a_known_finding_goes_when_the_later_side_has_it_no_more),
        cmocka_unit_test(a_new_finding_of_either_side_stays),
        cmocka_unit_test(a_member_that_both_changed_comes_whole_from_the_later_side),
        cmocka_unit_test(one_day_with_two_contents_is_refused),
        cmocka_unit_test(the_laws_of_merging_hold_for_a_thousand_triples),
        cmocka_unit_test(days_of_both_sides_are_kept_in_order),
        cmocka_unit_test(
            a_day_that_both_changed_comes_from_the_side_with_the_later_one),
        cmocka_unit_test(rows_that_a_side_trimmed_are_gone),
        cmocka_unit_test(without_a_day_the_first_column_is_the_key),
        cmocka_unit_test(a_checkpoint_comes_whole_from_the_later_day),
        cmocka_unit_test(history_is_the_same_whichever_side_comes_first),
        cmocka_unit_test(a_verdict_beats_a_question),
    };
    int failed;

    arena_init(&run, 1 << 24);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_release(&run);
    return failed;
}
