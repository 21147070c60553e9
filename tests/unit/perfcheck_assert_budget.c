/* Assertions of performance-budget, which is asserted by its rows over budget. Expected
 * is what @lhci/utils 0.15.1 makes of the same report, as it printed it. */
#include "shared/own.h"
#include "tests/unit/perfcheck_assert.h"

#include "shared/banned.h"

static struct arena run;

static int begin(void **state)
{
    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&run);
    return 0;
}

static json_t *parsed(const char *text)
{
    json_error_t why;
    json_t *json = json_loads(text, JSON_DECODE_ANY, &why);

    if (!json)
        fail_msg("%s: %s", why.text, text);
    return json;
}

/* Every member that Lighthouse CI writes of a result is in ours. */
static void check(const char *reports, const char *const *results, size_t n)
{
    OWN(json) options = parsed("{\"assertions\": {\"performance-budget\": \"error\"}}");
    OWN(json) over = parsed(reports);
    struct asserted asserted = assert_over(options, over, true, &run);
    OWN(json) got = asserted.results;

    assert_int_equal(json_array_size(got), n);
    for (size_t i = 0; i < n; i++) {
        OWN(json) expected = parsed(results[i]);
        const char *key;
        const json_t *value;

        json_object_foreach(expected, key, value)
        {
            if (!json_equal(value, json_object_get(json_array_get(got, i), key)))
                fail_msg("%s of %s, got %s", key, results[i],
                         json_dumps(json_array_get(got, i), 0));
        }
    }
}

#define RESULT "\"auditId\": \"performance-budget\", \"level\": \"error\", "
#define BUDGET(rows)                                                       \
    "[{\"finalUrl\": \"http://a/\", \"audits\": {\"performance-budget\": " \
    "{\"score\": null, \"details\": {\"items\": [" rows "]}}}}]"

static void a_row_over_its_budget_is_a_result_for_size_and_one_for_count(void **state)
{
    static const char *const results[] = {
        "{" RESULT "\"name\": \"maxNumericValue\", \"expected\": 500, \"actual\": 900, "
        "\"values\": [900], \"operator\": \"<=\", \"passed\": false, "
        "\"auditProperty\": \"total.size\", \"url\": \"http://a/\"}",
        "{" RESULT "\"expected\": 2, \"actual\": 12, \"values\": [12], "
        "\"passed\": false, \"auditProperty\": \"total.count\"}",
    };

    (void)state;
    check(BUDGET("{\"resourceType\": \"total\", \"size\": 0, \"transferSize\": 900, "
                 "\"sizeOverBudget\": 400, \"requestCount\": 12, "
                 "\"countOverBudget\": \"10 requests\"}"),
          results, 2);
}

static void zeros_before_a_count_are_no_part_of_it(void **state)
{
    static const char *const results[] = {
        "{" RESULT "\"expected\": 2, \"actual\": 9, \"passed\": false, "
        "\"auditProperty\": \"font.count\"}",
    };

    (void)state;
    check(BUDGET("{\"resourceType\": \"font\", \"requestCount\": 9, "
                 "\"countOverBudget\": \"007 requests\"}"),
          results, 1);
}

static void a_count_may_stand_anywhere_in_its_words(void **state)
{
    static const char *const results[] = {
        "{" RESULT "\"expected\": 2, \"actual\": 9, "
        "\"auditProperty\": \"font.count\"}",
        "{" RESULT "\"expected\": 1, \"actual\": 4, "
        "\"auditProperty\": \"image.count\"}",
    };

    (void)state;
    check(BUDGET("{\"resourceType\": \"font\", \"requestCount\": 9, "
                 "\"countOverBudget\": \"requests: 7\"}, "
                 "{\"resourceType\": \"image\", \"requestCount\": 4, "
                 "\"countOverBudget\": \" 3/day\"}"),
          results, 2);
}

static void a_row_over_budget_without_a_size_has_no_value(void **state)
{
    static const char *const results[] = {
        "{" RESULT "\"actual\": null, \"values\": [null], \"passed\": false, "
        "\"message\": \"Audit did not produce a value at all. \\\"maxNumericValue\\\" "
        "might not be a valid assertion for this audit.\", "
        "\"auditProperty\": \"font.size\"}",
    };

    (void)state;
    check(BUDGET("{\"resourceType\": \"font\", \"sizeOverBudget\": 5}"), results, 1);
}

static void the_first_row_of_a_type_is_judged(void **state)
{
    static const char *const results[] = {
        "{" RESULT "\"expected\": 6, \"actual\": 10, "
        "\"auditProperty\": \"total.size\"}",
    };

    (void)state;
    check(BUDGET("{\"resourceType\": \"total\", \"size\": 10, \"sizeOverBudget\": 4}, "
                 "{\"resourceType\": \"total\", \"size\": 5, \"sizeOverBudget\": 1}"),
          results, 1);
}

static void a_row_without_a_type_is_undefined(void **state)
{
    static const char *const results[] = {
        "{" RESULT "\"expected\": 6, \"actual\": 10, "
        "\"auditProperty\": \"undefined.size\"}",
    };

    (void)state;
    check(BUDGET("{\"label\": \"x\", \"size\": 10, \"sizeOverBudget\": 4}"), results,
          1);
}

static void a_row_within_its_budget_is_no_result(void **state)
{
    (void)state;
    check(BUDGET("{\"resourceType\": \"image\", \"size\": 8, \"sizeOverBudget\": 0, "
                 "\"countOverBudget\": \"\"}, {\"resourceType\": \"other\", "
                 "\"requestCount\": 1, \"countOverBudget\": \"requests\"}"),
          NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_over_its_budget_is_a_result_for_size_and_one_for_count),
        cmocka_unit_test(zeros_before_a_count_are_no_part_of_it),
        cmocka_unit_test(a_count_may_stand_anywhere_in_its_words),
        cmocka_unit_test(a_row_over_budget_without_a_size_has_no_value),
        cmocka_unit_test(the_first_row_of_a_type_is_judged),
        cmocka_unit_test(a_row_without_a_type_is_undefined),
        cmocka_unit_test(a_row_within_its_budget_is_no_result),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
