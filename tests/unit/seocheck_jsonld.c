/* Tests of blocks: what is stripped, refused, joined and counted, and where a finding
 * says it is. What the vocabulary says is seocheck_jsonld_examples.c. */
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

static struct jsonld check_blocks(const struct block *blocks, size_t n)
{
    struct jsonld jsonld;

    jsonld_check(blocks, n, rich, day_from_civil(2026, 11, 20), &arena, &jsonld);
    return jsonld;
}

static struct jsonld check(const char *text)
{
    struct block block = {.text = str_of(text), .line = 10};

    return check_blocks(&block, 1);
}

static size_t count(const struct jsonld *jsonld, enum jsonld_check wanted)
{
    size_t n = 0;

    for (size_t i = 0; i < jsonld->nfindings; i++)
        n += jsonld->finding[i].check == wanted;
    return n;
}

static const struct jsonld_finding *first(const struct jsonld *jsonld,
                                          enum jsonld_check wanted)
{
    for (size_t i = 0; i < jsonld->nfindings; i++)
        if (jsonld->finding[i].check == wanted)
            return &jsonld->finding[i];
    fail_msg("no %s", jsonld_check_word(wanted));
    return NULL;
}

static void a_page_without_blocks_has_nothing(void **state)
{
    struct jsonld jsonld = check_blocks(NULL, 0);

    (void)state;
    assert_int_equal(jsonld.nfindings, 0);
    assert_int_equal(jsonld.nblocks, 0);
    assert_int_equal(jsonld.canonical_text.n, 0);
}

static void a_syntax_error_names_the_line_of_the_page(void **state)
{
    struct jsonld jsonld = check("\n{\n\"@type\": \"Person\",\n\"name\" \"x\"}");
    const struct jsonld_finding *found = first(&jsonld, JSONLD_SYNTAX);

    (void)state;
    // the script begins in line 10, the fault is in the fourth line of its text
    assert_int_equal(found->line, 13);
    assert_int_equal(found->severity, SEVERITY_WARN);
    assert_int_equal(strncmp(found->message, "line 13: ", 9), 0);
    assert_int_equal(jsonld.nfindings, 1);
    assert_int_equal(jsonld.block[0].line, 10);
}

static void what_is_no_object_is_a_syntax_finding(void **state)
{
    static const char *const texts[] = {"",     "   ", "\"text\"", "12",
                                        "null", "{",   "[1,]"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct jsonld jsonld = check(texts[i]);

        assert_int_equal(count(&jsonld, JSONLD_SYNTAX), 1);
        assert_int_equal(jsonld.nfindings, 1);
    }
}

static void blocks_of_tiny_values_are_refused_and_others_read(void **state)
{
    enum { MEMBERS = 70000 };
    struct block blocks[3];
    struct jsonld jsonld;
    struct buf text;

    (void)state;
    buf_init(&text, &arena, MIB);
    buf_add_text(&text, "{" CONTEXT "\"@type\":\"Person\",\"name\":[\"x\"");
    for (int i = 0; i < MEMBERS; i++)
        buf_add_text(&text, ",\"x\"");
    buf_add_text(&text, "]}");
    blocks[0] = (struct block){.text = buf_str(&text), .line = 1};
    blocks[1] = (struct block){.text = buf_str(&text), .line = 2}; // of one page
    blocks[2] =
        (struct block){.text = STR("{" CONTEXT "\"@type\":\"Person\",\"name\":\"x\"}"),
                       .line = 3};
    jsonld = check_blocks(blocks, 3);
    assert_int_equal(jsonld.nfindings, 1);
    assert_int_equal(first(&jsonld, JSONLD_SYNTAX)->line, 2);
    assert_non_null(strstr(first(&jsonld, JSONLD_SYNTAX)->message,
                           "more than 100000 values in the blocks of the page"));
    assert_int_equal(jsonld.block[0].ntypes, 1);
    assert_int_equal(jsonld.block[2].ntypes, 1);
}

static void a_duplicate_key_warns_and_the_rest_is_judged(void **state)
{
    struct jsonld jsonld =
        check("{" CONTEXT "\n\"@type\":\"Person\",\n\"name\":\"a\",\n\"name\":\"b\","
              "\n\"nmae\":1}");

    (void)state;
    assert_int_equal(first(&jsonld, JSONLD_DUPLICATE_KEY)->line, 13);
    assert_int_equal(count(&jsonld, JSONLD_PROPERTY), 1);
}

static void a_wrapper_is_stripped_with_a_finding(void **state)
{
    static const char *const texts[] = {
        "\xEF\xBB\xBF{" CONTEXT "\"@type\":\"Person\",\"name\":\"x\"}",
        "\n<!--\n{" CONTEXT "\"@type\":\"Person\",\"name\":\"x\"}\n-->\n",
        "<![CDATA[{" CONTEXT "\"@type\":\"Person\",\"name\":\"x\"}]]>",
        "//<![CDATA[\n{" CONTEXT "\"@type\":\"Person\",\"name\":\"x\"}\n//]]>",
        "/* <![CDATA[ */{" CONTEXT "\"@type\":\"Person\",\"name\":\"x\"}/* ]]> */",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct jsonld jsonld = check(texts[i]);

        assert_int_equal(count(&jsonld, JSONLD_WRAPPER), 1);
        assert_int_equal(first(&jsonld, JSONLD_WRAPPER)->severity, SEVERITY_INFO);
        assert_int_equal(jsonld.nfindings, 1);
        assert_int_equal(jsonld.block[0].ntypes, 1);
    }
}

static void lines_behind_a_wrapper_are_those_of_the_page(void **state)
{
    struct jsonld jsonld = check("\n<!--\n\n{" CONTEXT "\n\"@type\":\"Person\",\n"
                                 "\"nickName\":\"x\"}\n-->");

    (void)state;
    assert_int_equal(first(&jsonld, JSONLD_PROPERTY)->line, 15);
}

static void a_finding_is_at_the_line_of_its_property(void **state)
{
    struct jsonld jsonld = check("{" CONTEXT "\n\"@graph\":[\n{\"@type\":\"Person\"},\n"
                                 "{\"@type\":\"Place\",\n\"name\":\"x\",\n"
                                 "\"http://schema.org/naem\":1,\n\"geo\":{\n"
                                 "\"@type\":\"Persn\"}}]}");

    (void)state;
    assert_int_equal(first(&jsonld, JSONLD_PROPERTY)->line, 15);
    assert_int_equal(first(&jsonld, JSONLD_TYPE)->line, 17);
}

static void without_a_known_context_only_the_syntax_is_judged(void **state)
{
    static const char *const texts[] = {
        "{\"@type\":\"Persn\",\"nmae\":1}",
        "{\"@context\":\"https://www.schema.org\",\"@type\":\"Persn\"}",
        "{\"@context\":\"https://example.org/\",\"@type\":\"Persn\"}",
        "{\"@context\":{\"schema\":\"https://schema.org/\"},\"@type\":\"Persn\"}",
        "{\"@context\":[],\"@type\":\"Persn\"}",
        "[{\"@type\":\"Persn\"},{\"@type\":\"Persn\"}]",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct jsonld jsonld = check(texts[i]);

        assert_int_equal(count(&jsonld, JSONLD_CONTEXT), 1);
        assert_int_equal(jsonld.nfindings, 1);
        assert_int_equal(jsonld.block[0].ntypes, 0);
    }
}

static void each_spelling_of_the_context_is_known(void **state)
{
    static const char *const contexts[] = {
        "\"http://schema.org\"",
        "\"http://schema.org/\"",
        "\"https://schema.org\"",
        "\"https://schema.org/\"",
        "{\"@vocab\":\"http://schema.org/\"}",
        "[\"https://schema.org\",{\"@language\":\"en\"}]",
        "[{\"@language\":\"en\"},{\"@vocab\":\"https://schema.org/\"}]",
    };

    (void)state;
    for (size_t i = 0; i < sizeof contexts / sizeof *contexts; i++) {
        struct jsonld jsonld = check(
            str_format(&arena, "{\"@context\":%s,\"@type\":\"Persn\"}", contexts[i]));

        assert_int_equal(count(&jsonld, JSONLD_CONTEXT), 0);
        assert_int_equal(count(&jsonld, JSONLD_TYPE), 1);
    }
}

static void nesting_beyond_64_is_not_parsed(void **state)
{
    char text[300];
    struct jsonld jsonld;

    (void)state;
    for (size_t deep = 64; deep <= 65; deep++) {
        memset(text, '[', deep);
        memset(text + deep, ']', deep);
        text[2 * deep] = '\0';
        jsonld = check(text);
        assert_int_equal(count(&jsonld, JSONLD_SYNTAX), deep > 64);
    }
    jsonld =
        check("{" CONTEXT "\"@type\":\"Person\",\"name\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[["
              "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[[[[[\"}");
    assert_int_equal(jsonld.nfindings, 0);
}

static void a_block_that_was_cut_is_not_parsed(void **state)
{
    struct block block = {.text = STR("{" CONTEXT "\"@type\":\"Person\"}"),
                          .line = 1,
                          .is_cut = true};
    struct jsonld jsonld = check_blocks(&block, 1);

    (void)state;
    assert_int_equal(count(&jsonld, JSONLD_SYNTAX), 1);
    assert_int_equal(jsonld.block[0].ntypes, 0);
}

static void types_are_listed_sorted_and_once(void **state)
{
    struct jsonld jsonld = check("{" CONTEXT "\"@graph\":[{\"@type\":\"Person\"},"
                                 "{\"@type\":[\"schema:Person\",\"Organization\"]},"
                                 "{\"@type\":\"Foo\\u001b[2J\"}]}");

    (void)state;
    assert_int_equal(jsonld.block[0].ntypes, 3);
    assert_string_equal(jsonld.block[0].type[0], "Foo\\u{1B}[2J");
    assert_string_equal(jsonld.block[0].type[1], "Organization");
    assert_string_equal(jsonld.block[0].type[2], "Person");
}

static void text_from_outside_is_escaped_and_cut(void **state)
{
    char name[201];
    struct jsonld jsonld;
    const char *message;

    (void)state;
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    jsonld = check(str_format(&arena,
                              "{" CONTEXT "\"@type\":\"Person\",\"\xE2\x80\xAE%s\":1}",
                              name));
    message = first(&jsonld, JSONLD_PROPERTY)->message;
    assert_non_null(strstr(message, "unknown property: \\u{202E}xxx"));
    assert_non_null(strstr(message, "xxx..."));
    assert_true(strlen(message) < 160);
}

static void blocks_of_one_page_join_by_id(void **state)
{
    struct block blocks[] = {
        {.text = STR("{" CONTEXT "\"@id\":\"#a\",\"@type\":\"Restaurant\"}"),
         .line = 1},
        {.text =
             STR("{" CONTEXT "\"@id\":\"#a\",\"servesCuisine\":\"x\",\"name\":\"n\","
                 "\"address\":\"y\"}"),
         .line = 5},
    };
    struct jsonld jsonld = check_blocks(blocks, 2);

    (void)state;
    assert_int_equal(count(&jsonld, JSONLD_DOMAIN), 0);
    assert_int_equal(count(&jsonld, RICH_REQUIRED), 0);
    blocks[0].text = STR("{" CONTEXT "\"@id\":\"#a\",\"@type\":\"Person\"}");
    jsonld = check_blocks(blocks, 2);
    assert_int_equal(count(&jsonld, JSONLD_DOMAIN), 1);
    assert_int_equal(first(&jsonld, JSONLD_DOMAIN)->block, 1);
    assert_int_equal(first(&jsonld, JSONLD_DOMAIN)->line, 5);
}

static void the_canonical_text_ignores_order_spaces_and_date_modified(void **state)
{
    struct jsonld a = check("{" CONTEXT "\"@type\":\"Article\",\"headline\":\"x\","
                            "\"dateModified\":\"2026-01-01\"}");
    struct jsonld b = check("{ \"headline\" : \"\\u0078\",\n" CONTEXT
                            "\"@type\":\"Article\",\"dateModified\":\"2026-02-02\"}");
    struct jsonld c = check("{" CONTEXT "\"@type\":\"Article\",\"headline\":\"y\"}");

    (void)state;
    assert_true(str_equal(a.canonical_text, b.canonical_text));
    assert_false(str_equal(a.canonical_text, c.canonical_text));
    assert_string_equal(a.date_modified, "2026-01-01");
    assert_string_equal(b.date_modified, "2026-02-02");
    assert_string_equal(a.headline, "x");
    assert_null(c.date_modified);
}

static void a_block_that_is_no_json_is_hashed_as_it_stands(void **state)
{
    struct jsonld a = check("{\"a\":"), b = check("{\"b\":");

    (void)state;
    assert_false(str_equal(a.canonical_text, b.canonical_text));
}

static void addresses_are_handed_on_with_their_lines(void **state)
{
    struct jsonld jsonld = check(
        "{" CONTEXT "\"@type\":\"Article\",\n\"url\":\"https://a.example/x\",\n"
        "\"image\":[\"/a.png\",\"b.png\"],\n\"name\":\"https://a.example/no\",\n"
        "\"publisher\":{\"@type\":\"Organization\",\n\"url\":\"http://a.example\"}}");

    (void)state;
    assert_int_equal(jsonld.nurls, 3);
    assert_string_equal(jsonld.url[0].property, "url");
    assert_true(str_equal(jsonld.url[0].value, STR("https://a.example/x")));
    assert_int_equal(jsonld.url[0].line, 11);
    assert_true(jsonld.url[0].is_page);
    assert_string_equal(jsonld.url[1].property, "image");
    assert_true(str_equal(jsonld.url[1].value, STR("/a.png")));
    assert_int_equal(jsonld.url[2].line, 15);
    assert_false(jsonld.url[2].is_page);
}

static void more_objects_than_10000_are_named(void **state)
{
    struct buf text;
    struct jsonld jsonld;

    (void)state;
    buf_init(&text, &arena, MIB);
    buf_add_text(&text, "{" CONTEXT "\"@graph\":[{}");
    for (int i = 1; i < 10010; i++)
        buf_add_text(&text, ",{}");
    buf_add_text(&text, "]}");
    jsonld = check(text.at);
    assert_int_equal(jsonld.nfindings, 1);
    assert_string_equal(jsonld.finding[0].message,
                        "line 10: 10000 objects on the page, more are not read");
}

static void more_findings_than_999_are_named(void **state)
{
    struct buf text;
    struct jsonld jsonld;

    (void)state;
    buf_init(&text, &arena, MIB);
    buf_add_text(&text, "{" CONTEXT "\"@graph\":[{}");
    for (int i = 1; i < 2000; i++)
        buf_add_text(&text, ",{\"zzzzzzzzzzzzzz\":1}");
    buf_add_text(&text, "]}");
    jsonld = check(text.at);
    assert_int_equal(jsonld.nfindings, 1000);
    assert_int_equal(count(&jsonld, JSONLD_PROPERTY), 999);
    assert_int_equal(count(&jsonld, JSONLD_SYNTAX), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_without_blocks_has_nothing),
        cmocka_unit_test(a_syntax_error_names_the_line_of_the_page),
        cmocka_unit_test(what_is_no_object_is_a_syntax_finding),
        cmocka_unit_test(blocks_of_tiny_values_are_refused_and_others_read),
        cmocka_unit_test(a_duplicate_key_warns_and_the_rest_is_judged),
        cmocka_unit_test(a_wrapper_is_stripped_with_a_finding),
        cmocka_unit_test(lines_behind_a_wrapper_are_those_of_the_page),
        cmocka_unit_test(a_finding_is_at_the_line_of_its_property),
        cmocka_unit_test(without_a_known_context_only_the_syntax_is_judged),
        cmocka_unit_test(each_spelling_of_the_context_is_known),
        cmocka_unit_test(nesting_beyond_64_is_not_parsed),
        cmocka_unit_test(a_block_that_was_cut_is_not_parsed),
        cmocka_unit_test(types_are_listed_sorted_and_once),
        cmocka_unit_test(text_from_outside_is_escaped_and_cut),
        cmocka_unit_test(blocks_of_one_page_join_by_id),
        cmocka_unit_test(the_canonical_text_ignores_order_spaces_and_date_modified),
        cmocka_unit_test(a_block_that_is_no_json_is_hashed_as_it_stands),
        cmocka_unit_test(addresses_are_handed_on_with_their_lines),
        cmocka_unit_test(more_objects_than_10000_are_named),
        cmocka_unit_test(more_findings_than_999_are_named),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
