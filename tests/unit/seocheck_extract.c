/*
 * What extraction reads of a page. Expected values follow the HTML standard's tokeniser
 * and parse5 (tests/seocheck_extract.t compares whole pages with that), or the tool's
 * own rules where the name of the test says so.
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

static struct extraction of_bytes(struct str body)
{
    struct extract_plan plan = {.base = &base};
    struct extraction extraction;

    extract_html(body, &plan, &run, &extraction);
    return extraction;
}

static struct extraction of(const char *body)
{
    return of_bytes(str_of(body));
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

/* ---- title ---- */

static void the_title_is_decoded_and_folded(void **state)
{
    struct extraction page =
        of("<head>\n<title>\n A &amp;\tB &lt;i&gt; &eacute;&#x20ac;"
           "\n</title><title>two</title>");

    (void)state;
    assert_true(page.has_title);
    assert_text(page.title, "A & B <i> \xc3\xa9\xe2\x82\xac");
    assert_int_equal(page.title_line, 2);
    assert_int_equal(page.ntitles, 2);
}

static void tags_in_a_title_are_text(void **state)
{
    struct extraction page = of("<title>a<b><a href=x></titles></title><a href=y>");

    (void)state;
    assert_text(page.title, "a<b><a href=x></titles>");
    assert_int_equal(page.nlinks, 1);
    assert_text(page.link[0].raw, "y");
}

static void a_title_in_what_is_no_markup_is_none(void **state)
{
    static const char *const pages[] = {
        "<!-- <title>no</title> --><title>yes</title>",
        "<!-- a -- b > <title>no</title> --!><title>yes</title>",
        "<script>'<title>no</title>'</script><title>yes</title>",
        "<script><!-- <script> '<title>no</title></script>' --></script><title>yes</title>",
        "<script><!-- <script></script><title>no</title> --></script><title>yes</title>",
        "<script><!-- <script> --></script><title>yes</title></script>",
        "<style><title>no</title></style><title>yes</title>",
        "<textarea><title>no</title></textarea><title>yes</title>",
        "<svg><title>no</title><g/><style>a</style></svg><title>yes</title>",
        "<template><title>no</title></template><title>yes</title>",
        "<a title='<title>no</title>'></a><title>yes</title>",
        "<?php <title?><title>yes</title>",
    };

    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct extraction page = of(pages[i]);

        assert_text(page.title, "yes");
        assert_int_equal(page.ntitles, 1);
    }
    assert_false(of("<svg><title>only</title></svg>").has_title);
    assert_false(of("<p>no title").has_title);
}

static void an_empty_or_unclosed_title_is_a_title(void **state)
{
    (void)state;
    assert_true(of("<title></title>").has_title);
    assert_text(of("<title></title>").title, "");
    assert_text(of("<title>open <a href=x>").title, "open <a href=x>");
    assert_int_equal(of("<title>open <a href=x>").nlinks, 0);
}

static void references_128_to_159_are_windows_1252(void **state)
{
    struct extraction page =
        of("<title>&#128;&#x92;&#159;&#129;</title><h1>&#8364; &#150;</h1>"
           "<img src=i alt='&#151;'>");

    (void)state;
    assert_text(page.title, "\xe2\x82\xac\xe2\x80\x99\xc5\xb8\xc2\x81");
    assert_text(page.h1[0], "\xe2\x82\xac \xe2\x80\x93");
    assert_text(page.image[0].alt, "\xe2\x80\x94");
}

static void references_without_a_semicolon_are_read_as_browsers_read_them(void **state)
{
    struct extraction page = of("<h1>&copy2 &ampx &notit; &hellip &nosuch; & &# &#x; "
                                "&#0;&#xd800;&#1114112;</h1>"
                                "<a href='?a&copy=1&amp&lt'>");

    (void)state;
    assert_text(page.h1[0], "\xc2\xa9"
                            "2 &x \xc2\xac"
                            "it; &hellip &nosuch; & &# &#x; "
                            "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    assert_text(page.link[0].raw, "?a&copy=1&<");
}

/* ---- elements that hide others ---- */

static void start_tags_are_ignored_in_what_is_text(void **state)
{
    struct extraction page =
        of("<textarea><a href=1></textarea><iframe src=f><a href=2></iframe>"
           "<noembed><a href=3></noembed><noframes><a href=4></noframes>"
           "<xmp><a href=5><!-- </xmp><template><a href=6><template></template>"
           "<a href=7></template><noscript><a href=8></noscript><a href=9>");

    (void)state;
    assert_int_equal(page.nlinks, 3);
    assert_int_equal(page.link[0].kind, LINK_IFRAME);
    assert_text(page.link[1].raw, "8");
    assert_text(page.link[2].raw, "9");
}

static void comments_end_where_browsers_end_them(void **state)
{
    static const char *const pages[] = {
        "<!--><a href=x>",
        "<!---><a href=x>",
        "<!-- <a href=n> --!><a href=x>",
        "<!-- -> -- > --><a href=x>",
        "<![CDATA[<a href=x>",
        "</ <a href=n><a href=x>",
        "<!x <a href=n><a href=x>",
        "<!----><a href=x><!--",
        "<%><a href=x>",
    };

    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct extraction page = of(pages[i]);

        if (i != 4) { // the section's `>` is the tag's
            assert_int_equal(page.nlinks, 1);
            assert_text(page.link[0].raw, "x");
        } else {
            assert_int_equal(page.nlinks, 0);
        }
    }
}

static void what_is_cut_off_is_read_as_far_as_it_goes(void **state)
{
    static const char *const ends[] = {"<a href=\"n",   "<a href=n",  "<a ",
                                       "<!-- ",         "</a",        "<",
                                       "<script>",      "<textarea>", "&#",
                                       "<svg><![CDATA["};

    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char text[128];
        struct extraction page;

        (void)snprintf(text, sizeof text, "<div><p><h1>t<ul><li><a href=x>y%s",
                       ends[i]);
        page = of(text);
        assert_int_equal(page.nlinks, 1);
        assert_text(page.link[0].raw, "x");
        assert_int_equal(page.nh1, 1);
    }
    assert_int_equal(of("").nlinks, 0);
}

static void nul_and_form_feed_are_spaces(void **state)
{
    struct extraction page =
        of_bytes(STR("<title>a\0b\fc</title><a\fhref=x\f>\0t\0</a><h1>\0</h1>"));

    (void)state;
    assert_text(page.title, "a b c");
    assert_text(page.link[0].raw, "x");
    assert_text(page.link[0].text, "t");
    assert_text(page.h1[0], "");
}

static void links_at_any_depth_are_read(void **state)
{
    struct extraction page;
    struct buf text;

    (void)state;
    buf_init(&text, &run, MIB);
    for (int i = 0; i < 10000; i++)
        buf_add_text(&text, "<div>");
    buf_add_text(&text, "<a href=deep>");
    page = of(text.at);
    assert_int_equal(page.nlinks, 1);
    assert_text(page.link[0].raw, "deep");
}

static void no_region_begins_deeper_than_65536(void **state)
{
    const char end[] = "<main>a</main>";
    struct extraction extraction;
    struct buf page;

    (void)state;
    buf_init(&page, &run, SIZE_MAX / 2);
    for (int i = 0; i < 65535; i++)
        buf_add(&page, "<div>", 5);
    buf_add(&page, end, sizeof end - 1);
    assert_true(of_bytes(buf_str(&page)).main_is_main);
    buf_cut(&page, page.n - (sizeof end - 1));
    buf_add(&page, "<div>", 5);
    buf_add(&page, end, sizeof end - 1);
    extraction = of_bytes(buf_str(&page));
    assert_false(extraction.main_is_main);
    assert_text(extraction.main_text, "a");
}

static void attributes_are_read_as_browsers_read_them(void **state)
{
    struct extraction page = of("<A @click=\"a>b\" HREF = 'x>y' href=second class=c>"
                                "<a/href=/s/><a title='>'href=t><a =x href=u"
                                ">\n<a\nhref='\nv\r\nw'\n><a href=&quot;q'\">");

    (void)state;
    assert_int_equal(page.nlinks, 6);
    assert_text(page.link[0].raw, "x>y");
    assert_text(page.link[1].raw, "/s/");
    assert_text(page.link[2].raw, "t");
    assert_text(page.link[3].raw, "u");
    assert_int_equal(page.link[3].line, 1);
    assert_text(page.link[4].url.text, "https://shop.example/d/vw");
    assert_int_equal(page.link[4].line, 2);
    assert_text(page.link[5].raw, "\"q'\"");
    assert_int_equal(page.link[5].line, 6);
}

/* ---- text ---- */

static void the_text_of_a_heading_is_folded(void **state)
{
    struct extraction page = of("<h1> A<!-- \n --><b>B</b><br>c\n d</h1>\n"
                                "<h1>unclosed<h2>x</h2><div><h1>y</div>z<h1></h3>");

    (void)state;
    assert_int_equal(page.nh1, 4);
    assert_text(page.h1[0], "AB c d");
    assert_text(page.h1[1], "unclosed");
    assert_text(page.h1[2], "y");
    assert_text(page.h1[3], "");
    assert_int_equal(page.h1_line, 1);
}

static void the_text_of_a_link_is_capped_by_characters(void **state)
{
    char text[1024] = "<a href=x> ";
    struct extraction page;

    (void)state;
    for (int i = 0; i < 200; i++)
        memcpy(text + strlen(text), "\xc3\xa9", 3);
    page = of(text);
    assert_int_equal(page.link[0].text.n, 240);
    page = of("<a href=x>one <i>two</i>\n</a> three <a href=y>four<a href=z>five");
    assert_text(page.link[0].text, "one two");
    assert_text(page.link[1].text, "four");
    assert_text(page.link[2].text, "five");
}

static void the_main_text_is_that_of_the_first_main(void **state)
{
    struct extraction page =
        of("<header>h <a href=1></header><p>before<main><header>in</header><a href=2>m"
           "</main> after<main>second</main>");

    (void)state;
    assert_true(page.main_is_main);
    assert_text(page.main_text, "in m");
    assert_int_equal(page.main_words, 2);
    assert_false(page.link[0].is_main);
    assert_true(page.link[1].is_main);
}

static void without_main_the_text_is_the_body_less_what_stands_beside_it(void **state)
{
    struct extraction page =
        of("<title>t</title><body><nav>n<a href=1></nav><header>h</header>a<p>b</p>c"
           "<a href=2>d</a><aside>s</aside><footer>f</footer><script>x</script>"
           "<style>y</style><noscript>z</noscript><template>w</template>");

    (void)state;
    assert_false(page.main_is_main);
    assert_text(page.main_text, "a b cd");
    assert_false(page.link[0].is_main);
    assert_true(page.link[1].is_main);
    assert_true(page.has_script);
    assert_false(of("<script type='application/ld+json'>{}</script>").has_script);
}

static void digits_inside_time_are_no_text(void **state)
{
    (void)state;
    assert_text(of("a 1 <time>12 days, 3 h</time> 4").main_text, "a 1 days, h 4");
}

static void forgotten_end_tags_do_not_move_the_main_text(void **state)
{
    (void)state;
    assert_text(of("<nav><div><p>n</nav>text").main_text, "text");
    assert_text(of("<div><nav>n</div>text").main_text, "text");
    assert_text(of("<div><nav><p><div>n</p></div>n</nav>text").main_text, "text");
    assert_text(of("<nav>n</div></p></b>n</nav>text").main_text, "text");
    assert_text(of("<main><table><td></div></main>text</table>").main_text, "text");
    assert_text(of("<main><table><tr><td>text</table></main>no").main_text, "text");
    assert_text(of("<nav><table><p></tr></nav>n</table></nav>text").main_text, "text");
    assert_text(of("<main><div>text</main>no").main_text, "text");
    assert_text(of("<aside><b>n</aside>text</b>").main_text, "text");
}

static void ignored_text_is_removed(void **state)
{
    struct err err;
    struct re *re;
    struct extract_plan plan = {.base = &base, .ignore_text = &re, .nignore_text = 1};
    struct extraction page;

    (void)state;
    assert_true(re_compile("\\d+ visitors|x*", false, &re, &err));
    extract_html(STR("a 12 visitors \xc3\xa9 xx 7 visitors b 5"), &plan, &run, &page);
    assert_text(page.main_text, "a \xc3\xa9 b 5");
    re_free(re);
}

/* ---- structured data ---- */

static void blocks_are_undecoded_and_found_by_their_type(void **state)
{
    struct extraction page = of(
        "<script type='Application/LD+JSON ; charset=utf-8'>{\"a\":\"&amp;<b>\"}\n"
        "</script>\n<script type=\"application/ld&#43;json\"></script>"
        "<script type=application/json>{}</script><script type=text/javascript>"
        "</script><textarea><script type=application/ld+json>{}</script></textarea>");

    (void)state;
    assert_int_equal(page.nblocks, 2);
    assert_text(page.block[0].text, "{\"a\":\"&amp;<b>\"}\n");
    assert_int_equal(page.block[0].line, 1);
    assert_string_equal(page.block[1].text.at, "");
    assert_int_equal(page.block[1].line, 3);
    assert_false(page.block[0].is_cut);
}

static void long_blocks_are_cut_and_many_are_left_out(void **state)
{
    struct extraction page;
    struct buf text;

    (void)state;
    buf_init(&text, &run, 2 * MIB);
    buf_add_text(&text, "<script type=application/ld+json>");
    for (int i = 0; i <= PAGE_BLOCK_BYTES_MAX / 8; i++)
        buf_add_text(&text, "12345678");
    page = of(text.at);
    assert_true(page.block[0].is_cut);
    assert_true(page.block[0].text.n <= PAGE_BLOCK_BYTES_MAX);
    buf_init(&text, &run, MIB);
    for (int i = 0; i <= PAGE_BLOCKS_MAX; i++)
        buf_add_text(&text, "<script type=application/ld+json>1</script>");
    page = of(text.at);
    assert_int_equal(page.nblocks, PAGE_BLOCKS_MAX);
    assert_text(page.block[PAGE_BLOCKS_MAX - 1].text, "1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_title_is_decoded_and_folded),
        cmocka_unit_test(tags_in_a_title_are_text),
        cmocka_unit_test(a_title_in_what_is_no_markup_is_none),
        cmocka_unit_test(an_empty_or_unclosed_title_is_a_title),
        cmocka_unit_test(references_128_to_159_are_windows_1252),
        cmocka_unit_test(references_without_a_semicolon_are_read_as_browsers_read_them),
        cmocka_unit_test(start_tags_are_ignored_in_what_is_text),
        cmocka_unit_test(comments_end_where_browsers_end_them),
        cmocka_unit_test(what_is_cut_off_is_read_as_far_as_it_goes),
        cmocka_unit_test(nul_and_form_feed_are_spaces),
        cmocka_unit_test(links_at_any_depth_are_read),
        cmocka_unit_test(no_region_begins_deeper_than_65536),
        cmocka_unit_test(attributes_are_read_as_browsers_read_them),
        cmocka_unit_test(the_text_of_a_heading_is_folded),
        cmocka_unit_test(the_text_of_a_link_is_capped_by_characters),
        cmocka_unit_test(the_main_text_is_that_of_the_first_main),
        cmocka_unit_test(without_main_the_text_is_the_body_less_what_stands_beside_it),
        cmocka_unit_test(digits_inside_time_are_no_text),
        cmocka_unit_test(forgotten_end_tags_do_not_move_the_main_text),
        cmocka_unit_test(ignored_text_is_removed),
        cmocka_unit_test(blocks_are_undecoded_and_found_by_their_type),
        cmocka_unit_test(long_blocks_are_cut_and_many_are_left_out),
    };
    int failed = cmocka_run_group_tests_name("seocheck/extract", tests, begin, end);

    xmlCleanupParser();
    return failed;
}
