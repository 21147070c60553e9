/*
 * Tests of i18ncheck/front_matter.c and content_body.c: what stands in front of a page,
 * and what of its text counts (i18ncheck.md 11).
 */
#include "i18ncheck/content_body.h"
#include "i18ncheck/front_matter.h"
#include "shared/fnv.h"
#include "tests/unit/i18ncheck_catalogs.h"

#include "shared/banned.h"

static struct front_matter front_of(const char *file)
{
    return front_matter_parse(str_of(file), &run);
}

static void has(const struct front_matter *front, const char *key, const char *value)
{
    const struct front_item *item = front_matter_find(front, key);

    if (!item || !str_equal(item->value, str_of(value)))
        fail_msg("%s is '%.*s', not '%s'", key, item ? (int)item->value.n : 0,
                 item ? item->value.at : "", value);
}

static void body_is(const struct front_matter *front, const char *body)
{
    assert_int_equal(front->body.n, strlen(body));
    assert_memory_equal(front->body.at, body, strlen(body));
}

/* ---- YAML ---- */

static void scalars_of_yaml_are_text(void **state)
{
    struct front_matter front =
        front_of("---\ntitle: 'A \"b\"'\ndraft: true\ndate: 2026-11-02\n"
                 "sourceHash: 0123456789012345\nlist: [a, b]\nmap: {c: d}\n"
                 "folded: >-\n  one\n  two\n---\nbody\n");

    (void)state;
    assert_null(front.fault);
    has(&front, "title", "A \"b\"");
    has(&front, "draft", "true");
    has(&front, "date", "2026-11-02");
    has(&front, "sourceHash", "0123456789012345");
    has(&front, "folded", "one two");
    assert_null(front_matter_find(&front, "list"));
    assert_null(front_matter_find(&front, "c"));
    assert_int_equal(front_matter_find(&front, "draft")->line, 3);
    body_is(&front, "body\n");
}

static void windows_line_ends_change_nothing(void **state)
{
    struct front_matter front = front_of("---\r\ntitle: a\r\n---\r\nbody\r\n");

    (void)state;
    has(&front, "title", "a");
    body_is(&front, "body\r\n");
}

static void dots_may_end_yaml(void **state)
{
    struct front_matter front = front_of("---\ntitle: a\n...\nbody");

    (void)state;
    has(&front, "title", "a");
    body_is(&front, "body");
}

static void a_page_without_front_matter_is_all_body(void **state)
{
    static const char *const files[] = {"", "a", "# --- \n", "\n---\na: b\n---\n",
                                        "----\na: b\n----\n"};

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct front_matter front = front_of(files[i]);

        assert_null(front.fault);
        assert_int_equal(front.n, 0);
        body_is(&front, files[i]);
    }
}

static void empty_front_matter_is_fine(void **state)
{
    struct front_matter front = front_of("---\n---\nbody"),
                        comment = front_of("---\n# only this\n---\nbody");

    (void)state;
    assert_null(front.fault);
    body_is(&front, "body");
    assert_null(comment.fault);
    body_is(&comment, "body");
}

static void broken_yaml_is_told_with_its_line_and_the_body_stays(void **state)
{
    struct front_matter front = front_of("---\ntitle: a\nb: [\n---\nbody");

    (void)state;
    assert_non_null(front.fault);
    assert_in_range(front.fault_line, 3, 4);
    assert_int_equal(front.n, 0);
    body_is(&front, "body");
}

static void yaml_that_is_no_mapping_is_broken(void **state)
{
    (void)state;
    assert_non_null(front_of("---\n- a\n---\n").fault);
    assert_non_null(front_of("---\ntext\n---\n").fault);
}

static void front_matter_that_does_not_end_is_broken(void **state)
{
    struct front_matter front = front_of("---\ntitle: a\n\ntext\n");

    (void)state;
    assert_string_equal(front.fault, "it does not end");
    body_is(&front, "---\ntitle: a\n\ntext\n");
}

static void front_matter_is_at_most_64_kib(void **state)
{
    struct buf file;

    (void)state;
    buf_init(&file, &run, MIB);
    buf_add_text(&file, "---\ntitle: a\n");
    while (file.n < 64 * KIB + 100)
        buf_add_text(&file, "# a comment of some length that says nothing\n");
    buf_add_text(&file, "---\nbody");
    assert_string_equal(front_of(file.at).fault, "it is over 64 KiB");
}

static void an_alias_bomb_stops(void **state)
{
    (void)state;
    assert_non_null(front_of("---\na: &a {b: *a}\n---\n").fault);
}

/* ---- +++ ---- */

static void lines_of_toml_are_read(void **state)
{
    struct front_matter front = front_of(
        "+++\n# comment\ntitle = \"A \\\"b\\\" # c\"\nraw = 'C:\\x'\ndraft = true # so\n"
        "date = 2026-11-02\n\"quoted key\" = \"x\"\ntags = [\"a\",\n  \"b\"]\n"
        "text = \"\"\"\nx = \"1\"\n\"\"\"\nafter = \"y\"\n[params]\nhidden = \"z\"\n"
        "+++\nbody\n");

    (void)state;
    assert_null(front.fault);
    has(&front, "title", "A \"b\" # c");
    has(&front, "raw", "C:\\x");
    has(&front, "draft", "true");
    has(&front, "date", "2026-11-02");
    has(&front, "quoted key", "x");
    has(&front, "after", "y");
    assert_null(front_matter_find(&front, "x"));
    assert_null(front_matter_find(&front, "tags"));
    assert_null(front_matter_find(&front, "hidden"));
    body_is(&front, "body\n");
}

static void a_quote_that_does_not_close_is_broken(void **state)
{
    struct front_matter front = front_of("+++\na = 1\ntitle = \"A\n+++\nbody\n");

    (void)state;
    assert_non_null(front.fault);
    assert_int_equal(front.fault_line, 3);
    body_is(&front, "body\n");
}

/* ---- the text ---- */

static struct content_body text_of(const char *text)
{
    return content_body_parse(str_of(text), true, &run);
}

static void text_is(const struct content_body *body, const char *text)
{
    if (!str_equal(body->text, str_of(text)))
        fail_msg("'%.*s', not '%s'", (int)body->text.n, body->text.at, text);
}

static void code_is_not_text(void **state)
{
    struct content_body body = text_of(
        "a\n```sh\n# no heading\n~~~\n````\nb\n~~~\n```\n~~~\nc `x`\n```d```\n");

    (void)state;
    text_is(&body, "a\nb\nc `x`\n```d```\n");
    assert_int_equal(body.nheadings, 0);
    body = text_of("a\n````\n```\nb\n````\nc\n");
    text_is(&body, "a\nc\n");
}

static void code_that_does_not_close_goes_to_the_end(void **state)
{
    struct content_body body = text_of("a\n```\nb\n\n# c\n");

    (void)state;
    text_is(&body, "a\n");
}

static void imports_are_not_text(void **state)
{
    struct content_body body =
        text_of("import A from './a'\nimport {\n  B\n} from 'b'\n\n"
                "export const x = 1\n\nimport duties are due\n");

    (void)state;
    text_is(&body, "\n\nimport duties are due\n");
}

static void headings_are_those_with_signs(void **state)
{
    struct content_body body =
        text_of("## Two ##\n# One\n#\n   ### Three\n    # code\n#no\n####### no\n"
                "# Second\n");

    (void)state;
    assert_int_equal(body.nheadings, 5);
    assert_true(str_equal(body.h1, STR("One")));
    assert_int_equal(body.headings.n, sizeof "Two\0\0Three\0Second\0" - 1);
    assert_memory_equal(body.headings.at, "Two\0\0Three\0Second\0", body.headings.n);
}

static void counts_are_of_code_points_and_words(void **state)
{
    struct content_body body = text_of("\xc3\xa4 b\xe3\x80\x80"
                                       "c\r\nd\n");

    (void)state;
    assert_int_equal(body.points, 5 + 1 + 1 + 1); // "ä b c" and "d" with their ends
    assert_int_equal(body.words, 4);
}

static void paragraphs_have_eight_words(void **state)
{
    struct content_body body = text_of("1 2 3 4 5 6 7\n\n1 2 3 4\n5 6 7 8\n\n# h\n"
                                       "1 2 3 4 5 6 7 8\n");
    uint64_t two = fnv(STR("1 2 3 4\n5 6 7 8\n")), one = fnv(STR("1 2 3 4 5 6 7 8\n"));

    (void)state;
    assert_int_equal(body.nparagraphs, 2);
    assert_true(body.paragraph[0] == (one < two ? one : two));
    assert_true(body.paragraph[1] == (one < two ? two : one));
}

/* Oracles of section 9. */
static void fnv_is_fnv_1a_of_64_bits(void **state)
{
    (void)state;
    assert_true(fnv(STR("")) == UINT64_C(0xcbf29ce484222325));
    assert_true(fnv(STR("your cart")) == UINT64_C(0x9281facd21f972bc));
    assert_true(fnv(STR("your shopping cart")) == UINT64_C(0x2d694a56d12f660c));
}

#define IN_A_RUN(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_RUN(scalars_of_yaml_are_text),
        IN_A_RUN(windows_line_ends_change_nothing),
        IN_A_RUN(dots_may_end_yaml),
        IN_A_RUN(a_page_without_front_matter_is_all_body),
        IN_A_RUN(empty_front_matter_is_fine),
        IN_A_RUN(broken_yaml_is_told_with_its_line_and_the_body_stays),
        IN_A_RUN(yaml_that_is_no_mapping_is_broken),
        IN_A_RUN(front_matter_that_does_not_end_is_broken),
        IN_A_RUN(front_matter_is_at_most_64_kib),
        IN_A_RUN(an_alias_bomb_stops),
        IN_A_RUN(lines_of_toml_are_read),
        IN_A_RUN(a_quote_that_does_not_close_is_broken),
        IN_A_RUN(code_is_not_text),
        IN_A_RUN(code_that_does_not_close_goes_to_the_end),
        IN_A_RUN(imports_are_not_text),
        IN_A_RUN(headings_are_those_with_signs),
        IN_A_RUN(counts_are_of_code_points_and_words),
        IN_A_RUN(paragraphs_have_eight_words),
        IN_A_RUN(fnv_is_fnv_1a_of_64_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
