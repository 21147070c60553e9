/*
 * Tests of seocheck/url.c. Resolution is RFC 3986, 5.4; Punycode is RFC 3492, 7.1; the
 * lenient rules are the WHATWG URL standard's where the page of the tool names them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "seocheck/url.h"
#include "shared/limits.h"

#include "shared/banned.h"

static const char *const stripped[] = {"utm_*", "gclid", "sid"};
static const struct url_rules rules = {stripped, 3};

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

static struct url of(const char *text)
{
    struct url url = {0};

    if (url_resolve(NULL, str_of(text), NULL, &run, &url) != URL_OK)
        fail_msg("'%s' is not taken for a URL", text);
    return url;
}

static enum url_result resolve(const char *base, const char *reference, struct url *url)
{
    struct url from;

    if (base)
        from = of(base);
    return url_resolve(base ? &from : NULL, str_of(reference), &rules, &run, url);
}

static void is(const char *base, const char *reference, const char *expected)
{
    struct url url = {0};
    enum url_result result = resolve(base, reference, &url);

    if (result != URL_OK)
        fail_msg("'%s' gives %d", reference, (int)result);
    if (!str_equal(url.text, str_of(expected)))
        fail_msg("'%s' gives '%s', not '%s'", reference, url.text.at, expected);
}

static void is_not(const char *base, const char *reference, enum url_result expected)
{
    struct url url = {0};
    enum url_result result = resolve(base, reference, &url);

    if (result != expected)
        fail_msg("'%s' gives %d, not %d", reference, (int)result, (int)expected);
}

static void normal(const char *text, const char *expected)
{
    is(NULL, text, expected);
}

#define RFC "http://a/b/c/d;p?q"

static void the_normal_examples_of_rfc_3986_resolve(void **state)
{
    (void)state;
    is_not(RFC, "g:h", URL_OTHER_SCHEME);
    is(RFC, "g", "http://a/b/c/g");
    is(RFC, "./g", "http://a/b/c/g");
    is(RFC, "g/", "http://a/b/c/g/");
    is(RFC, "/g", "http://a/g");
    is(RFC, "//g", "http://g/"); // the empty path's normal form
    is(RFC, "?y", "http://a/b/c/d;p?y");
    is(RFC, "g?y", "http://a/b/c/g?y");
    is(RFC, "#s", "http://a/b/c/d;p?q");
    is(RFC, "g#s", "http://a/b/c/g");
    is(RFC, "g?y#s", "http://a/b/c/g?y");
    is(RFC, ";x", "http://a/b/c/;x");
    is(RFC, "g;x", "http://a/b/c/g;x");
    is(RFC, "g;x?y#s", "http://a/b/c/g;x?y");
    is(RFC, "", "http://a/b/c/d;p?q");
    is(RFC, ".", "http://a/b/c/");
    is(RFC, "./", "http://a/b/c/");
    is(RFC, "..", "http://a/b/");
    is(RFC, "../", "http://a/b/");
    is(RFC, "../g", "http://a/b/g");
    is(RFC, "../..", "http://a/");
    is(RFC, "../../", "http://a/");
    is(RFC, "../../g", "http://a/g");
}

static void the_abnormal_examples_of_rfc_3986_resolve(void **state)
{
    (void)state;
    is(RFC, "../../../g", "http://a/g");
    is(RFC, "../../../../g", "http://a/g");
    is(RFC, "/./g", "http://a/g");
    is(RFC, "/../g", "http://a/g");
    is(RFC, "g.", "http://a/b/c/g.");
    is(RFC, ".g", "http://a/b/c/.g");
    is(RFC, "g..", "http://a/b/c/g..");
    is(RFC, "..g", "http://a/b/c/..g");
    is(RFC, "./../g", "http://a/b/g");
    is(RFC, "./g/.", "http://a/b/c/g/");
    is(RFC, "g/./h", "http://a/b/c/g/h");
    is(RFC, "g/../h", "http://a/b/c/h");
    is(RFC, "g;x=1/./y", "http://a/b/c/g;x=1/y");
    is(RFC, "g;x=1/../y", "http://a/b/c/y");
    is(RFC, "g?y/./x", "http://a/b/c/g?y/./x");
    is(RFC, "g?y/../x", "http://a/b/c/g?y/../x");
    is(RFC, "g#s/./x", "http://a/b/c/g");
    is(RFC, "g#s/../x", "http://a/b/c/g");
    is(RFC, "http:g", "http://a/b/c/g"); // as 5.2.2 lets a parser that is not strict
}

static void the_examples_of_the_tools_page_resolve(void **state)
{
    (void)state;
    is("http://h/d/p?o", "#f", "http://h/d/p?o");
    is("http://h/d/p?o", "?q", "http://h/d/p?q");
    is("http://h/d/p?o", "a\\b", "http://h/d/a/b");
    normal("HTTP://EX.com:80/%7ea/../%e3", "http://ex.com/%E3");
}

static void white_space_around_and_inside_is_dropped(void **state)
{
    (void)state;
    is(RFC, " \n g \t\f", "http://a/b/c/g");
    is(RFC, "g\n\th\r/i", "http://a/b/c/gh/i");
    is(RFC, "g h", "http://a/b/c/g%20h");
    is_not(RFC, " java\nscript:void(0)", URL_OTHER_SCHEME);
    is(RFC, " \t ", "http://a/b/c/d;p?q");
}

static void backslashes_are_slashes_before_the_query(void **state)
{
    (void)state;
    is(RFC, "\\\\h\\x?a\\b", "http://h/x?a\\b");
    is(RFC, "\\x\\..\\y", "http://a/y");
}

static void other_schemes_are_no_links(void **state)
{
    (void)state;
    is_not(RFC, "mailto:joe@example.com", URL_OTHER_SCHEME);
    is_not(RFC, "data:,x", URL_OTHER_SCHEME);
    is_not(NULL, "file:///etc/passwd", URL_OTHER_SCHEME);
    is_not(RFC, "c:\\x", URL_OTHER_SCHEME);
    is(RFC, "./g:h", "http://a/b/c/g:h");
    is(RFC, "1g:h", "http://a/b/c/1g:h");
    is(RFC, ":h", "http://a/b/c/:h");
}

static void slashes_that_a_scheme_lacks_or_has_too_many_of_are_forgiven(void **state)
{
    (void)state;
    is(RFC, "http:/x", "http://a/x");
    is(RFC, "http:?x", "http://a/b/c/d;p?x");
    is(RFC, "https:x", "https://x/");
    is(RFC, "https:/x/y", "https://x/y");
    normal("http:x/y", "http://x/y");
    normal("http:////x/y", "http://x/y");
    is(RFC, "///x/y", "http://x/y");
}

static void without_a_base_only_an_absolute_url_resolves(void **state)
{
    (void)state;
    is_not(NULL, "", URL_INVALID);
    is_not(NULL, "/x", URL_INVALID);
    is_not(NULL, "//h/x", URL_INVALID);
    is_not(NULL, "x", URL_INVALID);
}

static void bytes_that_urls_do_not_have_are_escaped(void **state)
{
    (void)state;
    normal("http://h/\x01\x7f\"<>`{}|^[]", "http://h/%01%7F%22%3C%3E%60%7B%7D|^[]");
    normal("http://h/?\x01\x7f\"<>`{}|^[]", "http://h/?%01%7F%22%3C%3E`{}|^[]");
    normal("http://h/\xc3\xa9?\xc3\xa9", "http://h/%C3%A9?%C3%A9");
    normal("http://h/\xe9", "http://h/%E9");
}

static void escapes_have_one_form_and_unreserved_ones_none(void **state)
{
    (void)state;
    normal("http://h/%7e%41%2d%2E%5f%30?%7e=%61", "http://h/~A-._0?~=a");
    normal("http://h/%2f%3a%c3%a9?%26%3d", "http://h/%2F%3A%C3%A9?%26%3D");
}

static void bad_escapes_stay_and_never_become_good_ones(void **state)
{
    (void)state;
    normal("http://h/%?%", "http://h/%?%");
    normal("http://h/%zz%4%4g", "http://h/%zz%4%4g");
    normal("http://h/%%32e", "http://h/%%32e"); // not %2e
    normal("http://h/%2%65", "http://h/%2%65"); // nor here
    normal("http://h/%%7e", "http://h/%~");
}

static void dot_segments_go_escaped_or_not(void **state)
{
    (void)state;
    normal("http://h/a/%2e%2E/b/%2e/c", "http://h/b/c");
    normal("http://h/a/b/.%2e", "http://h/a/");
    normal("http://h/..", "http://h/");
    normal("http://h/a//../b", "http://h/a/b");
    normal("http://h//..//b", "http://h//b");
    normal("http://h/a/..b/...", "http://h/a/..b/...");
    is(RFC, "/.//x", "http://a//x");
}

static void ports_of_the_scheme_are_not_said(void **state)
{
    struct url url;

    (void)state;
    normal("http://h:80/", "http://h/");
    normal("https://h:443", "https://h/");
    normal("https://h:80/", "https://h:80/");
    normal("http://h:/", "http://h/");
    normal("http://h:0080/", "http://h/");
    normal("http://h:08080/x", "http://h:8080/x");
    normal("http://[::1]:8080", "http://[::1]:8080/");
    assert_int_equal(resolve(NULL, "https://h:80/", &url), URL_OK);
    assert_int_equal(url.port, 80);
    assert_int_equal(resolve(NULL, "https://h", &url), URL_OK);
    assert_int_equal(url.port, 443);
    is_not(NULL, "http://h:65536/", URL_INVALID);
    is_not(NULL, "http://h:0/", URL_INVALID);
    is_not(NULL, "http://h:8a/", URL_INVALID);
    is_not(NULL, "http://h:80:80/", URL_INVALID);
}

static void hosts_that_are_none_are_refused(void **state)
{
    (void)state;
    is_not(NULL, "http://", URL_INVALID);
    is_not(NULL, "http:///", URL_INVALID);
    is_not(NULL, "http://:80/", URL_INVALID);
    is_not(NULL, "http://u@/", URL_INVALID);
    is_not(NULL, "http://a b/", URL_INVALID);
    is_not(NULL, "http://a%20b/", URL_INVALID);
    is_not(NULL, "http://a%zz/", URL_INVALID);
    is_not(NULL, "http://a<b/", URL_INVALID);
    is_not(NULL, "http://\xff/", URL_INVALID);
    is_not(NULL, "http://[::1/", URL_INVALID);
    is_not(NULL, "http://[::g]/", URL_INVALID);
    is_not(NULL, "http://[::1]x/", URL_INVALID);
    is_not(NULL, "http://[fe80::1%25eth0]/", URL_INVALID);
    is_not(NULL, str_format(&run, "http://%0256d/", 0), URL_INVALID);
    assert_int_equal(url_resolve(NULL, (struct str){"http://a\0b/", 11}, NULL, &run,
                                 &(struct url){0}),
                     URL_INVALID);
}

static void hosts_are_lower_case_decoded_and_ipv6_short(void **state)
{
    (void)state;
    normal("http://%45xAMPLE.com./", "http://example.com./");
    normal("http://[2001:DB8:0:0::1]/", "http://[2001:db8::1]/"); // RFC 5952, 4
    normal("http://XN--BCHER-KVA.de/", "http://xn--bcher-kva.de/");
}

static void hosts_beyond_ascii_become_punycode(void **state)
{
    (void)state;
    // RFC 3492, 7.1: (A) (B) (D) (E) (L), each in lower case
    normal("http://\xd9\x84\xd9\x8a\xd9\x87\xd9\x85\xd8\xa7\xd8\xa8\xd8\xaa\xd9\x83\xd9"
           "\x84\xd9\x85\xd9\x88\xd8\xb4\xd8\xb9\xd8\xb1\xd8\xa8\xd9\x8a\xd8\x9f/",
           "http://xn--egbpdaj6bu4bxfgehfvwxn/");
    normal("http://他们为什么不说中文/", "http://xn--ihqwcrb4cv8a8dqg056pqjye/");
    normal("http://Pročprostěnemluvíčesky/",
           "http://xn--proprostnemluvesky-uyb24dma41a/");
    normal("http://למההםפשוטלאמדבריםעברית/",
           "http://xn--4dbcagdahymbxekheh6e0a7fei0b/");
    normal("http://3年B組金八先生/", "http://xn--3b-ww4c5e180e575a65lsy2b/");
    // one label of several, escaped, beyond the basic plane
    normal("http://www.b\xc3\xbc"
           "cher.example:81/",
           "http://www.xn--bcher-kva.example:81/");
    normal("http://b%C3%BCcher.example/", "http://xn--bcher-kva.example/");
    normal("http://\xf0\x9f\x98\x80/", "http://xn--e28h/"); // by Python's codec
}

static void letters_beyond_ascii_have_one_case(void **state)
{
    (void)state;
    // lower case by UnicodeData.txt, Punycode by Python's codec
    normal("http://B\xc3\x9c"
           "CHER.de/",
           "http://xn--bcher-kva.de/");
    normal("http://ÀÉÎ/", "http://xn--0casp/");
    normal("http://ΑΒΓΣ/", "http://xn--mxacd8d/");
    normal("http://ÿŸĲİ/", "http://xn--i-jhaa2s/");
    normal("http://TIẾNGVIỆT/", "http://xn--tingvit-5t4cyc/");
    normal("http://ПОЧЕМУжеонинеговорятпорусски/",
           "http://xn--b1abfaaepdrnnbgefbadotcwatmq2g4l/");
    normal("http://ẞ/", "http://xn--zca/");
    normal("http://ԱԲ/", "http://xn--y9ac/");
}

static void pairs_of_a_query_are_sorted_and_the_written_order_is_kept_beside(
    void **state)
{
    struct url url, again;

    (void)state;
    normal("http://h/?b=2&a=1&B=0", "http://h/?B=0&a=1&b=2");
    normal("http://h/?a=2&a=1", "http://h/?a=1&a=2");
    normal("http://h/?a=1&a", "http://h/?a&a=1");
    assert_int_equal(resolve(NULL, "http://h/?b&a&utm_x=1", &url), URL_OK);
    assert_string_equal(url.spelling.at, "http://h/?b&a");
    assert_string_equal(url.text.at, "http://h/?a&b");
    assert_true(str_equal(url.query, STR("a&b")));
    assert_int_equal(resolve(NULL, "http://h/?a&b", &again), URL_OK);
    assert_true(url.key == again.key);
    assert_int_equal(url_resolve(&url, STR("#f"), &rules, &run, &again), URL_OK);
    assert_string_equal(again.spelling.at, "http://h/?b&a");
    assert_string_equal(again.text.at, "http://h/?a&b");
}

static void stripped_parameters_and_empty_queries_go(void **state)
{
    (void)state;
    normal("http://h/?", "http://h/");
    normal("http://h/p?#f", "http://h/p");
    is(RFC, "?", "http://a/b/c/d;p");
    normal("http://h/?utm_source=x&a=1&gclid=&sid=4", "http://h/?a=1");
    normal("http://h/?utm_&sid", "http://h/");
    normal("http://h/?utm%5Fsource=x", "http://h/");
    normal("http://h/?sidx=1&xgclid=2&=sid&utm=1",
           "http://h/?=sid&sidx=1&utm=1&xgclid=2");
    normal("http://h/?a=sid&GCLID=1", "http://h/?GCLID=1&a=sid");
}

static void stripped_parameters_of_the_path_go_too(void **state)
{
    (void)state;
    normal("http://h/p;sid=1A2B", "http://h/p");
    normal("http://h/p;sid=1A2B?b&a", "http://h/p?a&b");
    normal("http://h/a;sid=1/b;v=2;sid=3;w", "http://h/a/b;v=2;w");
    normal("http://h/;sid=1", "http://h/");
    normal("http://h/a/..;sid=1/b", "http://h/b");
    normal("http://h/p;%73id=1", "http://h/p");
    normal("http://h/sid=1;side=2", "http://h/sid=1;side=2");
    normal("http://h/p;SID=1;;q", "http://h/p;SID=1;;q");
    is("http://h/d/p", "q;sid=1", "http://h/d/q");
}

static void a_fragment_is_kept_as_written(void **state)
{
    struct url url;

    (void)state;
    assert_int_equal(resolve(RFC, "g?y#\xc3\xa9%41 b\n#c?d", &url), URL_OK);
    assert_true(url.has_fragment);
    assert_true(str_equal(url.fragment, STR("\xc3\xa9%41 b#c?d")));
    assert_int_equal(resolve(RFC, "#", &url), URL_OK);
    assert_true(url.has_fragment && url.fragment.n == 0);
    assert_int_equal(resolve(RFC, "", &url), URL_OK);
    assert_false(url.has_fragment);
    assert_int_equal(resolve(RFC, "g", &url), URL_OK);
    assert_false(url.has_fragment);
}

static void the_parts_are_parts_of_the_text(void **state)
{
    struct url url;

    (void)state;
    assert_int_equal(resolve(NULL, "HTTPS://u:p@Ex.com:8443/a/b?d&c#f", &url), URL_OK);
    assert_string_equal(url.text.at, "https://u:p@ex.com:8443/a/b?c&d");
    assert_true(str_equal(url.host, STR("ex.com")));
    assert_true(str_equal(url.path, STR("/a/b")));
    assert_true(str_equal(url.query, STR("c&d")) && url.has_query);
    assert_true(url.is_https && url.has_userinfo && url.port == 8443);
    assert_int_equal(url_resolve(&url, STR("x"), NULL, &run, &url), URL_OK);
    assert_string_equal(url.text.at, "https://u:p@ex.com:8443/a/x");
    assert_true(str_equal(url.host, STR("ex.com")));
    assert_true(str_equal(url.path, STR("/a/x")));
    assert_true(!url.has_query && url.has_userinfo && url.port == 8443);
}

static void the_last_at_sign_ends_the_userinfo(void **state)
{
    (void)state;
    normal("http://a@b@c/", "http://a@b@c/");
    normal("http://@h/", "http://h/");
    normal("http://h/@x", "http://h/@x");
    normal("http://u\"@h/", "http://u%22@h/");
}

/* What is put in front makes it take the long way to the same place. */
static void the_short_path_gives_what_the_long_one_gives(void **state)
{
    static const char *const paths[] = {"/a/b",        "/",    "/a/",   "/a@b;c=1,d",
                                        "/a.b/c.",     "a",    "a/",    "a/b.c",
                                        "~u",          "a..b", "/a//b", "a=",
                                        "/!$&'()*+,;="};
    struct url base = of("http://u@h:8080/x/y/z?q&p#f");

    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct url quick, slow;
        const char *longer = paths[i][0] == '/' ? str_format(&run, "/.%s", paths[i])
                                                : str_format(&run, "./%s", paths[i]);

        assert_int_equal(url_resolve(&base, str_of(paths[i]), NULL, &run, &quick),
                         URL_OK);
        assert_int_equal(url_resolve(&base, str_of(longer), NULL, &run, &slow), URL_OK);
        assert_string_equal(quick.text.at, slow.text.at);
        assert_true(str_equal(quick.host, slow.host) && quick.key == slow.key);
        assert_true(str_equal(quick.path, slow.path) && quick.port == slow.port);
        assert_true(!quick.has_query && !slow.has_query);
        assert_true(quick.has_userinfo && slow.has_userinfo);
    }
}

static void two_thousand_and_forty_eight_bytes_fit_and_one_more_does_not(void **state)
{
    const char *origin = "http://h/";
    int room = URL_BYTES_MAX - (int)strlen(origin);
    const char *fits = str_format(&run, "%0*d", room, 0);
    struct url url;

    (void)state;
    assert_int_equal(resolve(origin, fits, &url), URL_OK);
    assert_int_equal(url.text.n, URL_BYTES_MAX);
    assert_int_equal(resolve(origin, str_format(&run, "./%s", fits), &url), URL_OK);
    is_not(origin, str_format(&run, "%s0", fits), URL_TOO_LONG);
    is_not(origin, str_format(&run, "./%s0", fits), URL_TOO_LONG);
    is(origin, str_format(&run, "%s/../x", fits), "http://h/x");
    is(origin, str_format(&run, "?a&sid=%s", fits), "http://h/?a");
    is_not(origin, str_format(&run, "x?%s", fits), URL_TOO_LONG);
    is_not(origin, str_format(&run, "%0100000d", 0), URL_TOO_LONG);
    is_not(origin, str_format(&run, "?a&sid=%05000d&sid=%05000d", 0, 0), URL_TOO_LONG);
    is_not(origin, str_format(&run, "data:%0100000d", 0), URL_OTHER_SCHEME);
}

static void absolute(const char *near, const char *reference, const char *expected)
{
    struct url from = of(near), url = {0}, far = {0};
    enum url_result result =
        url_resolve_absolute(&from, str_of(reference), &rules, &run, &url);

    if (result != url_resolve_absolute(NULL, str_of(reference), &rules, &run, &far))
        fail_msg("'%s' gives %d near '%s' alone", reference, (int)result, near);
    if ((result == URL_OK) != (expected != NULL))
        fail_msg("'%s' gives %d", reference, (int)result);
    if (!expected)
        return;
    assert_true(str_equal(url.text, str_of(expected)));
    assert_true(str_equal(url.text, far.text) && str_equal(url.spelling, far.spelling));
    assert_true(str_equal(url.host, far.host) && str_equal(url.path, far.path));
    assert_true(str_equal(url.query, far.query));
    assert_true(url.key == far.key && url.port == far.port);
    assert_int_equal(url.has_query, far.has_query);
    assert_int_equal(url.has_fragment, far.has_fragment);
    assert_int_equal(url.is_https, far.is_https);
    assert_int_equal(url.has_userinfo, far.has_userinfo);
}

static void what_an_absolute_url_is_near_to_changes_nothing(void **state)
{
    (void)state;
    absolute("http://h/d/s.xml?x", " http://h/a/b.html\n", "http://h/a/b.html");
    absolute("http://h/d/s.xml", "http://h/", "http://h/");
    absolute("http://h/d/s.xml", "http://h", "http://h/");
    absolute("http://h/d/s.xml", "http://h?x", "http://h/?x");
    absolute("http://h/d/s.xml", "http://h/a?b&a&sid=1#f", "http://h/a?a&b");
    absolute("http://h/d/s.xml", "http://h/a#f", "http://h/a");
    absolute("http://h/d/s.xml", "http://h/%7ea/../b c", "http://h/b%20c");
    absolute("http://h/d/s.xml", "http://h//a", "http://h//a");
    absolute("http://h/d/s.xml", "http://h/a//b", "http://h/a//b");
    absolute("http://h/d/s.xml", "http://h2/a", "http://h2/a");
    absolute("http://h/d/s.xml", "http://h:8080/a", "http://h:8080/a");
    absolute("http://h:8080/d/s.xml", "http://h:8080/a", "http://h:8080/a");
    absolute("http://h:8080/d/s.xml", "http://h:80801/a", NULL);
    absolute("https://h/d/s.xml", "http://h/a", "http://h/a");
    absolute("http://u@h/d/s.xml", "http://u@h/a", "http://u@h/a");
    absolute("http://u@h/d/s.xml", "http://h/a", "http://h/a");
    absolute("http://h/d/s.xml", "http:a", "http://a/");
    absolute("http://h/d/s.xml", "/a", NULL);
    absolute("http://h/d/s.xml", "a", NULL);
    absolute("http://h/d/s.xml", "//h/a", NULL);
    absolute("http://h/d/s.xml", "", NULL);
}

static void keys_differ_where_texts_do(void **state)
{
    (void)state;
    assert_true(of("http://h/A").key != of("http://h/a").key);
    assert_true(of("http://h/a").key != of("https://h/a").key);
    assert_true(of("HTTP://H:80/a#f").key == of("http://h/a").key);
}

static void an_origin_is_scheme_host_and_port(void **state)
{
    struct url site = of("https://h/");
    struct url same = of("https://u@H:443/x?y");
    struct url scheme = of("http://h/");
    struct url port = of("https://h:8443/");
    struct url host = of("https://g/");

    (void)state;
    assert_true(url_same_origin(&site, &same));
    assert_false(url_same_origin(&site, &scheme));
    assert_false(url_same_origin(&site, &port));
    assert_false(url_same_origin(&site, &host));
}

static void shown(const char *text, const char *expected)
{
    assert_string_equal(url_shown(str_of(text), &run), expected);
}

static void secrets_are_not_shown(void **state)
{
    (void)state;
    shown("https://u:p@h/x", "https://***@h/x");
    shown("https://u@v@h/x", "https://***@h/x");
    shown("//u@h", "//***@h");
    shown("http:u:p@h/", "http:***@h/");
    shown("http:\\\\u:p@h\\x@y", "http:\\\\***@h\\x@y");
    shown("https://h/@x?a=b@c", "https://h/@x?a=b@c");
    shown("mailto:u@h", "mailto:u@h");
    shown("/p?token=abc&x=1", "/p?token=***&x=1");
    shown("/p?x=1&KEY=abc#key=z&sig=", "/p?x=1&KEY=***#key=***&sig=***");
    shown("http://h?auth=a=b;password=c", "http://h?auth=***;password=***");
    shown("/key=1?monkey=2&keys=3&x=key=4", "/key=1?monkey=2&keys=3&x=key=4");
    shown("?token", "?token");
    shown("", "");
}

static void a_subject_is_the_path_on_the_site_and_the_url_elsewhere(void **state)
{
    struct url site = of("https://h/");
    struct url own = of("https://h/a?b=1&token=2");
    struct url other = of("http://u@h/a");

    (void)state;
    assert_string_equal(url_subject(&own, &site, &run), "/a?b=1&token=***");
    assert_string_equal(url_subject(&other, &site, &run), "http://***@h/a");
    assert_string_equal(url_subject(&site, &site, &run), "/");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_normal_examples_of_rfc_3986_resolve),
        cmocka_unit_test(the_abnormal_examples_of_rfc_3986_resolve),
        cmocka_unit_test(the_examples_of_the_tools_page_resolve),
        cmocka_unit_test(white_space_around_and_inside_is_dropped),
        cmocka_unit_test(backslashes_are_slashes_before_the_query),
        cmocka_unit_test(other_schemes_are_no_links),
        cmocka_unit_test(slashes_that_a_scheme_lacks_or_has_too_many_of_are_forgiven),
        cmocka_unit_test(without_a_base_only_an_absolute_url_resolves),
        cmocka_unit_test(bytes_that_urls_do_not_have_are_escaped),
        cmocka_unit_test(escapes_have_one_form_and_unreserved_ones_none),
        cmocka_unit_test(bad_escapes_stay_and_never_become_good_ones),
        cmocka_unit_test(dot_segments_go_escaped_or_not),
        cmocka_unit_test(ports_of_the_scheme_are_not_said),
        cmocka_unit_test(hosts_that_are_none_are_refused),
        cmocka_unit_test(hosts_are_lower_case_decoded_and_ipv6_short),
        cmocka_unit_test(hosts_beyond_ascii_become_punycode),
        cmocka_unit_test(letters_beyond_ascii_have_one_case),
        cmocka_unit_test(
            pairs_of_a_query_are_sorted_and_the_written_order_is_kept_beside),
        cmocka_unit_test(stripped_parameters_and_empty_queries_go),
        cmocka_unit_test(stripped_parameters_of_the_path_go_too),
        cmocka_unit_test(a_fragment_is_kept_as_written),
        cmocka_unit_test(the_parts_are_parts_of_the_text),
        cmocka_unit_test(the_last_at_sign_ends_the_userinfo),
        cmocka_unit_test(the_short_path_gives_what_the_long_one_gives),
        cmocka_unit_test(two_thousand_and_forty_eight_bytes_fit_and_one_more_does_not),
        cmocka_unit_test(what_an_absolute_url_is_near_to_changes_nothing),
        cmocka_unit_test(keys_differ_where_texts_do),
        cmocka_unit_test(an_origin_is_scheme_host_and_port),
        cmocka_unit_test(secrets_are_not_shown),
        cmocka_unit_test(a_subject_is_the_path_on_the_site_and_the_url_elsewhere),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
