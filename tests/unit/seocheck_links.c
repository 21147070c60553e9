/*
 * Links, metas, images and anchors that extraction reads, and what they are resolved
 * against. srcset and meta refresh follow the HTML standard, the Link header RFC 8288.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <libxml/parser.h>

#include "seocheck/extract.h"
#include "shared/limits.h"

#include "shared/banned.h"

static struct arena run;
static struct url base;

static int begin(void **state)
{
    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    return url_resolve(NULL, STR("https://shop.example/d/p"), NULL, &run, &base) !=
           URL_OK;
}

static int end(void **state)
{
    (void)state;
    arena_release(&run);
    return 0;
}

static struct extraction of_both(const char *body, const char *header)
{
    struct extract_plan plan = {.base = &base, .link_header = str_of(header)};
    struct extraction extraction;

    extract_html(str_of(body), &plan, &run, &extraction);
    return extraction;
}

static struct extraction of(const char *body)
{
    return of_both(body, "");
}

// NOLINTNEXTLINE(readability-identifier-naming): named like those of cmocka
#define assert_text(text, want) text_check((text), (want), __FILE__, __LINE__)

static void text_check(struct str text, const char *want, const char *file, int line)
{
    if (str_equal(text, str_of(want)))
        return;
    print_error("'%.*s' is not '%s'\n", (int)text.n, text.n > 0 ? text.at : "", want);
    _fail(file, line);
}

/* Kind and URL of each link, in the page's order. */
static void assert_links(const struct extraction *page, const char *want)
{
    struct buf got;

    buf_init(&got, &run, MIB);
    for (size_t i = 0; i < page->nlinks; i++)
        buf_printf(&got, "%s%d %.*s", i > 0 ? ", " : "", (int)page->link[i].kind,
                   (int)page->link[i].url.text.n, page->link[i].url.text.at);
    assert_string_equal(got.n > 0 ? got.at : "", want);
}

static void each_element_gives_its_kind_of_link(void **state)
{
    struct extraction page = of(
        "<link rel='Canonical' href=/0><link rel='alternate' hreflang=de href=/1>"
        "<link rel='alternate stylesheet' href=/2><link rel='shortcut icon' href=/3>"
        "<link rel=next href=/4><link rel=prev href=/5><link rel=preconnect href=/no>"
        "<link rel=dns-prefetch href=/no><link href=/no><link rel=next>"
        "<a href=/6><area href=/7><img src=/8><script src=/9></script>"
        "<iframe src=/10></iframe><video src=/11><source src=/12></video>"
        "<audio src=/13></audio><form action=/14></form>"
        "<meta http-equiv=refresh content='0;/15'><object data=/no><embed src=/no>");

    static const enum link_kind kinds[] = {
        LINK_CANONICAL, LINK_ALTERNATE, LINK_STYLESHEET, LINK_ICON,
        LINK_NEXT,      LINK_PREV,      LINK_A,          LINK_A,
        LINK_IMAGE,     LINK_SCRIPT,    LINK_IFRAME,     LINK_MEDIA,
        LINK_MEDIA,     LINK_MEDIA,     LINK_FORM,       LINK_META_REFRESH,
    };

    (void)state;
    assert_int_equal(page.nlinks, 16);
    for (size_t i = 0; i < page.nlinks; i++) {
        assert_int_equal(page.link[i].kind, kinds[i]);
        assert_int_equal(page.link[i].result, URL_OK);
        assert_text(page.link[i].url.path, str_format(&run, "/%zu", i));
    }
    assert_text(page.link[1].code, "de");
}

static void the_first_base_rules_links_before_it_too(void **state)
{
    struct extraction page = of("<a href=x><base target=_top><base href='../b/?q'>"
                                "<base href=/c/><a href=y><a href='#f'>");

    (void)state;
    assert_text(page.base, "../b/?q");
    assert_text(page.link[0].url.text, "https://shop.example/b/x");
    assert_text(page.link[1].url.text, "https://shop.example/b/y");
    assert_text(page.link[2].url.text, "https://shop.example/b/?q");
    assert_text(page.link[2].url.fragment, "f");
    page = of("<base href='javascript:0'><a href=x>");
    assert_text(page.link[0].url.text, "https://shop.example/d/x");
}

static void links_keep_what_was_written_and_how_it_resolved(void **state)
{
    struct extraction page = of("<a href=' mailto:a@b'><a href='http://[x'>"
                                "<a href='' rel='Nofollow  noopener'><a name=n>");

    (void)state;
    assert_int_equal(page.nlinks, 3);
    assert_text(page.link[0].raw, " mailto:a@b");
    assert_int_equal(page.link[0].result, URL_OTHER_SCHEME);
    assert_int_equal(page.link[1].result, URL_INVALID);
    assert_text(page.link[2].url.text, "https://shop.example/d/p");
    assert_true(page.link[2].is_nofollow);
    assert_text(page.link[2].rel, "Nofollow noopener");
    assert_false(page.link[0].is_nofollow);
}

static void candidates_of_srcset_are_split_as_the_standard_says(void **state)
{
    struct extraction page =
        of("<img srcset='/a 1x, /b,c (2,3) 2x,,/d,/e, /f'><picture><source "
           "srcset='/g 100w'></picture>");

    (void)state;
    assert_links(&page, "7 https://shop.example/a, 7 https://shop.example/b,c, "
                        "7 https://shop.example/d,/e, 7 https://shop.example/f, "
                        "7 https://shop.example/g");
}

static void a_refresh_is_a_link_only_with_a_url(void **state)
{
    struct extraction page = of(
        "<meta http-equiv=Refresh content=5><meta http-equiv=refresh content=' 5 ; "
        "URL = \"/a b\"x'><meta http-equiv=refresh content='0.5,/c'>"
        "<meta http-equiv=refresh content='url=/no'><meta name=refresh content='0;/no'>");

    (void)state;
    assert_links(&page, "12 https://shop.example/a%20b, 12 https://shop.example/c");
}

static void the_link_header_gives_links_against_the_pages_own_url(void **state)
{
    struct extraction page =
        of_both("<base href=/b/>",
                "</c>; rel=\"canonical\", <x;y,z>;title=\"a;b,<c>\";rel=alternate; "
                "hreflang=\"de\" , <n>; rel=preload, <s>;rel=stylesheet;rel=next");

    (void)state;
    assert_links(&page, "1 https://shop.example/c, 2 https://shop.example/d/x;y,z, "
                        "3 https://shop.example/d/s");
    assert_text(page.link[1].code, "de");
    assert_true(page.link[0].is_from_header);
    assert_int_equal(page.link[0].line, 0);
    assert_int_equal(of_both("", "<x; rel=canonical").nlinks, 0);
    assert_int_equal(of_both("", "x; rel=canonical").nlinks, 0);
    assert_int_equal(of_both("", "<x>; rel=\"canonical").nlinks, 1);
}

static void a_canonical_behind_what_begins_the_body_is_in_the_body(void **state)
{
    static const struct {
        const char *page;
        bool is_in_body;
    } rows[] = {
        {"<head><title>t</title><meta name=a content=b><script></script> <!-- x -->",
         false},
        {"<noscript><link></noscript>", false},
        {"<html></head> ", false},
        {"<body>", true},
        {"<div></div>", true},
        {"text", true},
        {"<noscript>text</noscript>", true},
        {"<img>", true},
        {"<noscript><img></noscript>", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct extraction page =
            of(str_format(&run, "%s<link rel=canonical href=/c>", rows[i].page));

        assert_int_equal(page.nlinks, 1);
        assert_int_equal(page.link[0].is_in_body, rows[i].is_in_body);
    }
}

static void metas_are_named_by_name_property_or_http_equiv(void **state)
{
    struct extraction page = of(
        "<meta name=' Robots ' content=' noindex,\n nofollow '><meta property=og:Title "
        "content=x><meta http-equiv=refresh content=5><meta name=a>\n"
        "<meta content=b><meta charset=utf-8><meta name=n property=p content=''>");

    (void)state;
    assert_int_equal(page.nmetas, 4);
    assert_text(page.meta[0].name, "robots");
    assert_text(page.meta[0].content, "noindex, nofollow");
    assert_text(page.meta[1].name, "og:title");
    assert_true(page.meta[2].is_http_equiv);
    assert_text(page.meta[3].name, "n");
    assert_text(page.meta[3].content, "");
    assert_int_equal(page.meta[3].line, 3);
}

static void an_empty_alt_is_an_alt(void **state)
{
    struct extraction page = of("<img src=a><img src=b alt><img alt=' c\td '><img>");

    (void)state;
    assert_int_equal(page.nimages, 4);
    assert_false(page.image[0].has_alt);
    assert_true(page.image[1].has_alt);
    assert_text(page.image[1].alt, "");
    assert_text(page.image[2].alt, "c d");
    assert_text(page.image[2].src, "");
    assert_false(page.image[3].has_alt);
}

static void the_language_is_that_of_html_wherever_it_stands(void **state)
{
    (void)state;
    assert_text(of("<html lang=' en '>").lang, "en");
    assert_text(of("<script></script><html lang=de>").lang, "de");
    assert_text(of("<html><html lang=fr>").lang, "fr");
    assert_true(of("<html lang>").has_lang);
    assert_false(of("<html><body lang=de>").has_lang);
}

static void anchors_are_ids_and_names_of_a_once_and_sorted(void **state)
{
    struct extraction page =
        of("<b id=z><a name=b><i id=a><a name=b id=B><p name=no id=''>"
           "<svg><path id=p /></svg><main id=m>");
    static const char *const want[] = {"B", "a", "b", "m", "p", "z"};

    (void)state;
    assert_int_equal(page.nids, 6);
    for (size_t i = 0; i < page.nids; i++)
        assert_text(page.id[i], want[i]);
}

static void links_over_their_cap_are_left_out_and_said(void **state)
{
    struct buf many;
    struct extraction page;

    (void)state;
    buf_init(&many, &run, MIB);
    for (int i = 0; i < PAGE_LINKS_MAX; i++)
        buf_add_text(&many, "<a href=x>");
    page = of(many.at);
    assert_int_equal(page.nlinks, PAGE_LINKS_MAX);
    assert_false(page.links_cut);
    buf_add_text(&many, "<a href=y>");
    page = of(many.at);
    assert_int_equal(page.nlinks, PAGE_LINKS_MAX);
    assert_true(page.links_cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_element_gives_its_kind_of_link),
        cmocka_unit_test(the_first_base_rules_links_before_it_too),
        cmocka_unit_test(links_keep_what_was_written_and_how_it_resolved),
        cmocka_unit_test(candidates_of_srcset_are_split_as_the_standard_says),
        cmocka_unit_test(a_refresh_is_a_link_only_with_a_url),
        cmocka_unit_test(the_link_header_gives_links_against_the_pages_own_url),
        cmocka_unit_test(a_canonical_behind_what_begins_the_body_is_in_the_body),
        cmocka_unit_test(metas_are_named_by_name_property_or_http_equiv),
        cmocka_unit_test(an_empty_alt_is_an_alt),
        cmocka_unit_test(the_language_is_that_of_html_wherever_it_stands),
        cmocka_unit_test(anchors_are_ids_and_names_of_a_once_and_sorted),
        cmocka_unit_test(links_over_their_cap_are_left_out_and_said),
    };
    int failed = cmocka_run_group_tests_name("seocheck/links", tests, begin, end);

    xmlCleanupParser();
    return failed;
}
