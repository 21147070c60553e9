/* Findings of i18ncheck: ids and groups by section 14 of the specification, and what
 * stays open because nobody could look. */
#include "i18ncheck/judge.h"
#include "i18ncheck/settings.h"
#include "shared/fnv.h"
#include "tests/unit/i18ncheck_catalogs.h"

#include "shared/banned.h"

enum { DAY = 20000, MOST = 10 };

static const struct judging_rules rules = {.max_findings = MOST, .as_of = DAY};

/* ---- ids ---- */

static const char *id_of(const char *key)
{
    return judge_id(CHECK_PLACEHOLDER_EXTRA, "web/bn", str_of(key), &run);
}

static void ids_are_those_of_the_specification(void **state)
{
    (void)state;
    assert_string_equal(id_of("share.url"),
                        "i18ncheck/placeholder-extra/web/bn/share.url");
    assert_string_equal(id_of(""), "i18ncheck/placeholder-extra/web/bn");
    assert_string_equal(id_of("a/b%c*d?e[f g\x7f\x01]-"),
                        "i18ncheck/placeholder-extra/web/bn/"
                        "a%2Fb%25c%2Ad%3Fe%5Bf%20g%7F%01]-");
    assert_string_equal(id_of("-"), "i18ncheck/placeholder-extra/web/bn/-");
    assert_string_equal(id_of("stra\xC3\x9F"
                              "e"),
                        "i18ncheck/placeholder-extra/web/bn/stra\xC3\x9F"
                        "e");
}

static void a_long_key_is_its_beginning_and_its_hash(void **state)
{
    char key[90] = {0};
    const char *id;

    (void)state;
    memset(key, 'k', 80);
    assert_non_null(strstr(id_of(key), key)); // 80 bytes are not over 80
    memset(key, 'k', 81);
    key[59] = (char)0xC3; // the 60th byte is within a character
    key[60] = (char)0x9F;
    id = id_of(key) + strlen("i18ncheck/placeholder-extra/web/bn/");
    assert_int_equal(strlen(id), 59 + 1 + 16);
    assert_string_equal(id + 59, str_format(&run, "~%016llx",
                                            (unsigned long long)fnv(str_of(key))));
}

/* ---- groups ---- */

static void add_keys(struct items *items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        items_add(items, &run,
                  (struct item){.check = CHECK_MARKUP,
                                .severity = SEVERITY_WARN,
                                .place = "web/de",
                                .key = str_of(str_format(&run, "k%02zu", i)),
                                .message = "m",
                                .file = "de.json"});
}

static struct findings judged(size_t keys, const struct findings *before)
{
    struct findings now = {0};
    struct kept_list kept = {0};
    struct items items = {0};

    add_keys(&items, keys);
    assert_true(judge_findings(&items, &kept, before, &rules, &run, &now));
    return now;
}

static struct findings open_one(const char *id, int32_t since)
{
    struct findings findings = {0};

    findings_add(&findings, &run,
                 (struct finding){.id = id,
                                  .message = "m",
                                  .severity = SEVERITY_WARN,
                                  .status = STATUS_OPEN,
                                  .since = since});
    return findings;
}

static void up_to_the_maximum_each_key_is_a_finding(void **state)
{
    const struct findings before = {0};
    struct findings now = judged(MOST, &before);

    (void)state;
    assert_int_equal(now.n, MOST);
    assert_string_equal(now.item[0].id, "i18ncheck/markup/web/de/k00");
    assert_int_equal(now.item[0].since, DAY);
    assert_int_equal(now.item[0].status, STATUS_NEW);
}

static void above_the_maximum_they_are_one_with_the_first_five(void **state)
{
    const struct findings before = {0};
    struct findings now = judged(MOST + 1, &before);

    (void)state;
    assert_int_equal(now.n, 1);
    assert_string_equal(now.item[0].id, "i18ncheck/markup/web/de");
    assert_int_equal(now.item[0].n, MOST + 1);
    assert_string_equal(now.item[0].message, "11 in all: k00, k01, k02, k03, k04 ...");
}

static void a_group_ends_at_four_fifths_of_the_maximum(void **state)
{
    const struct findings before = open_one("i18ncheck/markup/web/de", DAY - 5);
    struct findings now = judged(9, &before);

    (void)state;
    assert_int_equal(now.n, 1);
    assert_int_equal(now.item[0].since, DAY - 5);
    now = judged(8, &before);
    assert_int_equal(now.n, 8);
    assert_int_equal(now.item[0].since, DAY - 5); // its keys were open all the time
}

static void the_day_of_an_open_finding_never_moves(void **state)
{
    const struct findings before = open_one("i18ncheck/markup/web/de/k00", DAY - 5);
    struct findings now = judged(2, &before);

    (void)state;
    assert_int_equal(now.item[0].since, DAY - 5);
    assert_int_equal(now.item[0].status, STATUS_OPEN);
    assert_int_equal(now.item[1].since, DAY);
}

static void far_too_many_findings_become_groups_of_fewer_keys(void **state)
{
    const struct judging_rules most = {.max_findings = 1000, .as_of = DAY};
    const struct findings before = {0};
    const struct kept_list kept = {0};
    struct findings now = {0};
    struct items items = {0};

    (void)state;
    for (size_t place = 0; place < 60; place++) {
        size_t first = items.n;

        add_keys(&items, 100);
        for (size_t i = first; i < items.n; i++)
            items.item[i].place = str_format(&run, "web/l%02zu", place);
    }
    assert_true(judge_findings(&items, &kept, &before, &most, &run, &now));
    assert_int_equal(now.n, 60);
}

/* ---- what could not be measured ---- */

static void what_could_not_be_measured_stays_open(void **state)
{
    static const char *const ids[] = {
        "i18ncheck/coverage/web/de",        "i18ncheck/markup/web/de/k",
        "i18ncheck/markup/web/de-AT/k",     "i18ncheck/catalog-syntax/web/de",
        "i18ncheck/catalog-missing/web/de", "i18ncheck/markup/web2/de/k",
    };
    struct findings before = {0}, now = {0};
    struct kept_list kept = {0};
    struct items items = {0};

    (void)state;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        findings_add(&before, &run,
                     (struct finding){.id = ids[i],
                                      .message = "m",
                                      .severity = SEVERITY_WARN,
                                      .status = STATUS_OPEN,
                                      .since = DAY - 2});
    kept_add(&kept, &run, (struct kept){.place = "web/de"});
    assert_true(judge_findings(&items, &kept, &before, &rules, &run, &now));
    assert_int_equal(now.n, 2);
    assert_string_equal(now.item[0].id, ids[0]);
    assert_string_equal(now.item[1].id, ids[1]);
    assert_int_equal(now.item[1].since, DAY - 2);
}

/* ---- globs of `ignore` ---- */

static void a_glob_has_stars_and_question_marks(void **state)
{
    (void)state;
    assert_true(glob_matches("*", STR("")));
    assert_true(glob_matches("a.*", STR("a.b.c")));
    assert_true(glob_matches("*.title", STR("a.title.title")));
    assert_true(glob_matches("?", STR("\xC3\x9F")));
    assert_true(glob_matches("a*b*c", STR("a-b-b-c")));
    assert_false(glob_matches("?", STR("")));
    assert_false(glob_matches("a", STR("ab")));
    assert_false(glob_matches("ab", STR("a")));
    assert_false(glob_matches("a*b*c", STR("a-b-b")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_those_of_the_specification),
        cmocka_unit_test(a_long_key_is_its_beginning_and_its_hash),
        cmocka_unit_test(up_to_the_maximum_each_key_is_a_finding),
        cmocka_unit_test(above_the_maximum_they_are_one_with_the_first_five),
        cmocka_unit_test(a_group_ends_at_four_fifths_of_the_maximum),
        cmocka_unit_test(the_day_of_an_open_finding_never_moves),
        cmocka_unit_test(far_too_many_findings_become_groups_of_fewer_keys),
        cmocka_unit_test(what_could_not_be_measured_stays_open),
        cmocka_unit_test(a_glob_has_stars_and_question_marks),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
