/* Tests of the rules of rich results. What each result requires: the pages on
 * structured data that rich-results.json names, as of its date. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "seocheck/jsonld.h"
#include "shared/clock.h"
#include "shared/limits.h"

#include "shared/banned.h"

#define CONTEXT "\"@context\":\"https://schema.org\","

static struct arena arena;
static const struct rich *rich;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    rich = rich_load(&arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* `members` of one object under the context. */
static struct jsonld check(const char *members)
{
    struct block block = {.text =
                              str_of(str_format(&arena, "{" CONTEXT "%s}", members)),
                          .line = 1};
    struct jsonld jsonld;

    jsonld_check(&block, 1, rich, day_from_civil(2026, 11, 20), &arena, &jsonld);
    return jsonld;
}

static bool says(const struct jsonld *jsonld, enum jsonld_check wanted,
                 enum severity severity, const char *part)
{
    for (size_t i = 0; i < jsonld->nfindings; i++)
        if (jsonld->finding[i].check == wanted &&
            jsonld->finding[i].severity == severity &&
            strstr(jsonld->finding[i].message, part))
            return true;
    return false;
}

static bool has(const struct jsonld *jsonld, enum jsonld_check wanted)
{
    return says(jsonld, wanted, SEVERITY_WARN, "") ||
           says(jsonld, wanted, SEVERITY_INFO, "");
}

static bool is_eligible(const struct jsonld *jsonld, const char *id)
{
    for (size_t i = 0; i < jsonld->block[0].neligible; i++)
        if (strcmp(jsonld->block[0].eligible[i], id) == 0)
            return true;
    return false;
}

static void a_message_ends_with_the_date_and_the_page(void **state)
{
    struct jsonld jsonld = check("\"@type\":\"Movie\",\"name\":\"x\"");

    (void)state;
    assert_true(says(&jsonld, RICH_REQUIRED, SEVERITY_WARN,
                     "movie: lacks image; 2026-11-21, https://developers.google.com/"
                     "search/docs/appearance/structured-data/movie"));
    assert_false(is_eligible(&jsonld, "movie"));
}

static void a_rule_without_a_gap_is_eligible(void **state)
{
    struct jsonld jsonld = check("\"@type\":\"Movie\",\"name\":\"x\",\"image\":\"/a\"");

    (void)state;
    assert_false(has(&jsonld, RICH_REQUIRED));
    assert_true(is_eligible(&jsonld, "movie"));
    assert_int_equal(jsonld.block[0].neligible, 1);
}

static void what_is_recommended_comes_joined(void **state)
{
    struct jsonld jsonld = check("\"@type\":\"Movie\",\"name\":\"x\",\"image\":\"/a\","
                                 "\"director\":\"y\"");

    (void)state;
    assert_true(says(&jsonld, RICH_RECOMMENDED, SEVERITY_INFO,
                     "movie: lacks aggregateRating, dateCreated, review;"));
}

static void empty_values_are_none(void **state)
{
    static const char *const images[] = {"\"\"", "null", "[]", "{}", "[null,\"\"]"};

    (void)state;
    for (size_t i = 0; i < sizeof images / sizeof *images; i++) {
        struct jsonld jsonld =
            check(str_format(&arena, "\"@type\":\"Movie\",\"name\":\"x\",\"image\":%s",
                             images[i]));

        assert_true(says(&jsonld, RICH_REQUIRED, SEVERITY_WARN, "lacks image"));
    }
}

static void one_of_several_is_enough(void **state)
{
    struct jsonld with =
        check("\"@type\":\"Product\",\"name\":\"x\",\"review\":{\"@type\":"
              "\"Review\",\"author\":\"y\",\"reviewRating\":"
              "{\"@type\":\"Rating\",\"ratingValue\":3}}");
    struct jsonld without = check("\"@type\":\"Product\",\"name\":\"x\"");

    (void)state;
    assert_false(says(&with, RICH_REQUIRED, SEVERITY_WARN, ""));
    assert_true(is_eligible(&with, "product-snippet"));
    assert_true(says(&without, RICH_REQUIRED, SEVERITY_WARN,
                     "product-snippet: lacks review or aggregateRating or offers;"));
}

static void gaps_of_merchant_listings_are_information(void **state)
{
    struct jsonld jsonld = check("\"@type\":\"Product\",\"name\":\"x\",\"offers\":"
                                 "{\"@type\":\"Offer\",\"price\":1}");

    (void)state;
    assert_true(
        says(&jsonld, RICH_REQUIRED, SEVERITY_INFO, "merchant-listing: lacks image;"));
    assert_true(says(&jsonld, RICH_REQUIRED, SEVERITY_INFO,
                     "merchant-listing: offers: lacks priceCurrency or "
                     "priceSpecification.priceCurrency;"));
    assert_false(says(&jsonld, RICH_REQUIRED, SEVERITY_WARN, ""));
}

static void nested_rules_look_at_their_own_type(void **state)
{
    struct jsonld jsonld = check("\"@type\":\"Product\",\"name\":\"x\",\"offers\":["
                                 "{\"@type\":\"Offer\"},"
                                 "{\"@type\":\"AggregateOffer\",\"lowPrice\":1}]");

    (void)state;
    assert_true(
        says(&jsonld, RICH_REQUIRED, SEVERITY_WARN,
             "product-snippet: offers: lacks price or priceSpecification.price;"));
    assert_true(says(&jsonld, RICH_REQUIRED, SEVERITY_WARN,
                     "product-snippet: offers: lacks priceCurrency;"));
    assert_false(says(&jsonld, RICH_REQUIRED, SEVERITY_WARN, "lacks lowPrice"));
}

static void the_last_crumb_needs_no_item(void **state)
{
    struct jsonld one = check("\"@type\":\"BreadcrumbList\",\"itemListElement\":"
                              "{\"@type\":\"ListItem\",\"position\":1,\"name\":\"x\"}");
    struct jsonld two =
        check("\"@type\":\"BreadcrumbList\",\"itemListElement\":["
              "{\"@type\":\"ListItem\",\"position\":1,\"name\":\"x\"},"
              "{\"@type\":\"ListItem\",\"position\":2,\"name\":\"y\"}]");

    (void)state;
    assert_false(has(&one, RICH_REQUIRED));
    assert_true(says(&two, RICH_REQUIRED, SEVERITY_WARN,
                     "breadcrumb: itemListElement: lacks item;"));
}

static void a_review_alone_must_say_of_what(void **state)
{
    static const char review[] =
        "\"@type\":\"Review\",\"author\":\"x\",\"reviewRating\":"
        "{\"@type\":\"Rating\",\"ratingValue\":3}";
    struct jsonld alone = check(review);
    struct jsonld nested =
        check(str_format(&arena, "\"@type\":\"Product\",\"name\":\"x\",\"review\":{%s}",
                         review));
    struct jsonld named = check(str_format(
        &arena,
        "\"@graph\":[{\"@id\":\"#r\",%s},"
        "{\"@type\":\"Product\",\"name\":\"x\",\"review\":{\"@id\":\"#r\"}}]",
        review));

    (void)state;
    assert_true(says(&alone, RICH_REQUIRED, SEVERITY_WARN,
                     "review-snippet: lacks itemReviewed;"));
    assert_false(says(&nested, RICH_REQUIRED, SEVERITY_WARN, ""));
    assert_false(says(&named, RICH_REQUIRED, SEVERITY_WARN, ""));
}

static void a_path_leads_through_what_is_joined(void **state)
{
    struct jsonld there = check(
        "\"@graph\":[{\"@type\":\"Event\",\"name\":\"x\",\"startDate\":\"2027-01-01\","
        "\"location\":{\"@id\":\"#p\"}},"
        "{\"@id\":\"#p\",\"@type\":\"Place\",\"address\":\"y\"}]");
    struct jsonld lacking = check(
        "\"@graph\":[{\"@type\":\"Event\",\"name\":\"x\",\"startDate\":\"2027-01-01\","
        "\"location\":{\"@id\":\"#p\"}},"
        "{\"@id\":\"#p\",\"@type\":\"Place\",\"name\":\"y\"}]");
    struct jsonld elsewhere =
        check("\"@type\":\"Event\",\"name\":\"x\",\"startDate\":\"2027-01-01\","
              "\"location\":{\"@id\":\"https://other.example/#p\"}");

    (void)state;
    assert_false(has(&there, RICH_REQUIRED));
    assert_true(
        says(&lacking, RICH_REQUIRED, SEVERITY_WARN, "lacks location.address;"));
    assert_false(has(&elsewhere, RICH_REQUIRED)); // nobody can know
}

static void a_role_stands_for_who_plays_it(void **state)
{
    struct jsonld jsonld =
        check("\"@type\":\"DiscussionForumPosting\",\"text\":\"x\","
              "\"datePublished\":\"2026-01-01\",\"author\":{\"@type\":"
              "\"Role\",\"roleName\":\"guest\",\"author\":{\"@type\":"
              "\"Person\",\"name\":\"y\"}}");

    (void)state;
    assert_false(has(&jsonld, RICH_REQUIRED));
}

static void what_is_missing_is_said_once(void **state)
{
    struct jsonld jsonld = check("\"@type\":\"Event\",\"name\":\"x\","
                                 "\"startDate\":\"2027-01-01\"");

    (void)state;
    assert_true(says(&jsonld, RICH_REQUIRED, SEVERITY_WARN, "lacks location;"));
    assert_false(says(&jsonld, RICH_REQUIRED, SEVERITY_WARN, "location.address"));
}

static void a_condition_changes_what_is_required(void **state)
{
    static const char job[] =
        "\"@type\":\"JobPosting\",\"title\":\"x\",\"description\":"
        "\"x\",\"datePosted\":\"2026-11-01\",\"hiringOrganization\":"
        "\"x\"";
    struct jsonld office = check(job);
    struct jsonld remote =
        check(str_format(&arena, "%s,\"jobLocationType\":\"TELECOMMUTE\"", job));

    (void)state;
    assert_true(says(&office, RICH_REQUIRED, SEVERITY_WARN, "lacks jobLocation;"));
    assert_true(says(&remote, RICH_REQUIRED, SEVERITY_WARN,
                     "lacks applicantLocationRequirements;"));
    assert_false(says(&remote, RICH_REQUIRED, SEVERITY_WARN, "lacks jobLocation;"));
}

static void a_question_without_answers_needs_none(void **state)
{
    struct jsonld none =
        check("\"@type\":\"QAPage\",\"mainEntity\":{\"@type\":\"Question\","
              "\"name\":\"x\",\"answerCount\":0}");
    struct jsonld some =
        check("\"@type\":\"QAPage\",\"mainEntity\":{\"@type\":\"Question\","
              "\"name\":\"x\",\"answerCount\":1}");

    (void)state;
    assert_false(has(&none, RICH_REQUIRED));
    assert_true(says(&some, RICH_REQUIRED, SEVERITY_WARN,
                     "mainEntity: lacks acceptedAnswer or suggestedAnswer;"));
}

static void a_retired_result_is_named_and_requires_nothing(void **state)
{
    struct jsonld jsonld = check("\"@type\":\"FAQPage\"");

    (void)state;
    assert_true(says(&jsonld, RICH_RETIRED, SEVERITY_INFO, "faq-page: retired;"));
    assert_false(has(&jsonld, RICH_REQUIRED));
    assert_int_equal(jsonld.block[0].neligible, 0);
}

static void a_result_for_partners_requires_nothing(void **state)
{
    struct jsonld jsonld = check("\"@type\":\"VacationRental\",\"name\":\"x\","
                                 "\"address\":\"y\"");

    (void)state;
    assert_true(says(&jsonld, RICH_RETIRED, SEVERITY_INFO,
                     "vacation-rental: for partners only;"));
    assert_false(has(&jsonld, RICH_REQUIRED));
}

static void a_rule_from_memory_only_informs(void **state)
{
    struct jsonld jsonld = check("\"@type\":\"WebSite\",\"name\":\"x\"");

    (void)state;
    assert_true(says(&jsonld, RICH_REQUIRED, SEVERITY_INFO, "site-name: lacks url;"));
}

static void subtypes_count_where_the_rule_says_so(void **state)
{
    struct jsonld event = check("\"@type\":\"MusicEvent\",\"name\":\"x\"");
    struct jsonld product = check("\"@type\":\"ProductModel\",\"name\":\"x\"");

    (void)state;
    assert_true(says(&event, RICH_REQUIRED, SEVERITY_WARN, "event: lacks startDate;"));
    assert_false(has(&product, RICH_REQUIRED));
}

static void the_main_entity_of_a_page_stands_for_itself(void **state)
{
    struct jsonld main_one = check("\"@type\":\"WebPage\",\"mainEntity\":"
                                   "{\"@type\":\"Product\",\"name\":\"x\"}");
    struct jsonld other = check("\"@type\":\"WebPage\",\"about\":"
                                "{\"@type\":\"Product\",\"name\":\"x\"}");

    (void)state;
    assert_true(says(&main_one, RICH_REQUIRED, SEVERITY_WARN, "product-snippet"));
    assert_false(has(&other, RICH_REQUIRED));
}

static void paywalled_content_is_asked_for_only_where_it_is_said(void **state)
{
    struct jsonld open = check("\"@type\":\"CreativeWork\",\"name\":\"x\"");
    struct jsonld closed = check("\"@type\":\"CreativeWork\",\"name\":\"x\","
                                 "\"isAccessibleForFree\":\"http://schema.org/False\"");

    (void)state;
    assert_false(has(&open, RICH_RECOMMENDED));
    assert_true(says(&closed, RICH_RECOMMENDED, SEVERITY_INFO,
                     "paywalled-content: lacks hasPart.cssSelector"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_ends_with_the_date_and_the_page),
        cmocka_unit_test(a_rule_without_a_gap_is_eligible),
        cmocka_unit_test(what_is_recommended_comes_joined),
        cmocka_unit_test(empty_values_are_none),
        cmocka_unit_test(one_of_several_is_enough),
        cmocka_unit_test(gaps_of_merchant_listings_are_information),
        cmocka_unit_test(nested_rules_look_at_their_own_type),
        cmocka_unit_test(the_last_crumb_needs_no_item),
        cmocka_unit_test(a_review_alone_must_say_of_what),
        cmocka_unit_test(a_path_leads_through_what_is_joined),
        cmocka_unit_test(a_role_stands_for_who_plays_it),
        cmocka_unit_test(what_is_missing_is_said_once),
        cmocka_unit_test(a_condition_changes_what_is_required),
        cmocka_unit_test(a_question_without_answers_needs_none),
        cmocka_unit_test(a_retired_result_is_named_and_requires_nothing),
        cmocka_unit_test(a_result_for_partners_requires_nothing),
        cmocka_unit_test(a_rule_from_memory_only_informs),
        cmocka_unit_test(subtypes_count_where_the_rule_says_so),
        cmocka_unit_test(the_main_entity_of_a_page_stands_for_itself),
        cmocka_unit_test(paywalled_content_is_asked_for_only_where_it_is_said),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
