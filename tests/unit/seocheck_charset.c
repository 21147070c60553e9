/*
 * The order in which a page's encoding is decided. Bytes of the encodings are those of
 * the WHATWG's indexes; U+20AC is 0x80 in windows-1252 and nothing in ISO 8859-1.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "seocheck/extract.h"
#include "shared/limits.h"

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

// NOLINTNEXTLINE(readability-identifier-naming): named like those of cmocka
#define assert_decoded(body, type, want) \
    decoded_check(body, type, want, __FILE__, __LINE__)

static void decoded_check(struct str body, const char *type, const char *want,
                          const char *file, int line)
{
    struct str got = charset_decode(body, str_of(type), &run);

    if (str_equal(got, str_of(want)))
        return;
    print_error("'%.*s' is not '%s'\n", (int)got.n, got.n > 0 ? got.at : "", want);
    _fail(file, line);
}

static void a_byte_order_mark_beats_the_header(void **state)
{
    (void)state;
    assert_decoded(STR("\xef\xbb\xbf\xc3\xa9"), "text/html; charset=windows-1251",
                   "\xc3\xa9");
    assert_decoded(STR("\xff\xfe\xe9\0x\0"), "text/html; charset=utf-8", "\xc3\xa9x");
    assert_decoded(STR("\xfe\xff\0\xe9\0x"), "", "\xc3\xa9x");
    assert_decoded(STR("\xff\xfe\xe9\0x"), "", "\xc3\xa9\xef\xbf\xbd");
}

static void the_header_beats_meta(void **state)
{
    static const char *const types[] = {"text/html; charset=windows-1251",
                                        "text/html;Charset = \"Windows-1251\" ; x=y",
                                        "charset='windows-1251'"};

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        assert_decoded(STR("<meta charset=koi8-r>\xe9"), types[i],
                       "<meta charset=koi8-r>\xd0\xb9");
}

static void meta_beats_validity(void **state)
{
    (void)state;
    assert_decoded(STR("<meta charset=koi8-r>\xc3\xa9"), "text/html",
                   "<meta charset=koi8-r>\xd1\x86\xe2\x95\x98");
    assert_decoded(STR("<META content='text/html; charset=koi8-r' "
                       "HTTP-EQUIV=Content-Type>\xe9"),
                   "",
                   "<META content='text/html; charset=koi8-r' "
                   "HTTP-EQUIV=Content-Type>\xd0\x98");
}

static void a_meta_that_is_none_decides_nothing(void **state)
{
    static const char *const pages[] = {
        "<!-- <meta charset=koi8-r> -->",
        "<meta name=description content='charset=koi8-r'>",
        "<metal charset=koi8-r>",
        "<meta charset=no-such-thing>",
        "<meta http-equiv=content-type content='text/html'>",
    };

    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        const char *text = str_format(&run, "%s\xc3\xa9", pages[i]);

        assert_decoded(str_of(text), "", text);
    }
}

static void meta_is_looked_for_in_the_first_1024_bytes(void **state)
{
    enum { META = 21 };

    char text[2048];

    (void)state;
    for (int off = 0; off <= 1; off++) {
        size_t at = 1024 - META + (size_t)off;

        memset(text, ' ', sizeof text);
        memcpy(text + at, "<meta charset=koi8-r>", META);
        memcpy(text + at + META, "\xc3\xa9", 2);
        text[at + META + 2] = '\0';
        assert_true(str_ends(charset_decode(str_of(text), STR(""), &run),
                             off == 0 ? STR("\xd1\x86\xe2\x95\x98") : STR("\xc3\xa9")));
    }
}

static void valid_utf_8_beats_windows_1252(void **state)
{
    (void)state;
    assert_decoded(STR("\xc3\xa9\xe2\x82\xac"), "text/html", "\xc3\xa9\xe2\x82\xac");
    assert_decoded(STR("\x80\xe9\x81"), "text/html", "\xe2\x82\xac\xc3\xa9\xc2\x81");
    assert_decoded(STR(""), "", "");
}

static void latin_1_and_ascii_mean_windows_1252(void **state)
{
    (void)state;
    assert_decoded(STR("\x80"), "charset=ISO-8859-1", "\xe2\x82\xac");
    assert_decoded(STR("\xc3\xa9"), "charset=us-ascii", "\xc3\x83\xc2\xa9");
    assert_decoded(STR("\x80"), "charset=iso-8859-9", "\xe2\x82\xac");
}

static void unknown_labels_fall_through(void **state)
{
    (void)state;
    assert_decoded(STR("<meta charset=koi8-r>\xe9"), "charset=x-nothing",
                   "<meta charset=koi8-r>\xd0\x98");
    // iconv knows it, browsers do not: a page could hide its tags in it
    assert_decoded(STR("+ADw-"), "charset=utf-7", "+ADw-");
    assert_decoded(STR("\xe9"), "charset=koi8-r//TRANSLIT", "\xc3\xa9");
    // a meta that could be read is not in UTF-16
    assert_decoded(STR("<meta charset=utf-16>\xc3\xa9"), "",
                   "<meta charset=utf-16>\xc3\xa9");
}

static void encodings_of_several_bytes_are_read(void **state)
{
    (void)state;
    assert_decoded(STR("\x83\x65\x83\x58\x83\x67"), "charset=Shift_JIS",
                   "\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88");
    assert_decoded(STR("\xa5\xc6"), "charset=euc-jp", "\xe3\x83\x86");
    assert_decoded(STR("\xc4\xe3"), "charset=gb2312", "\xe4\xbd\xa0");
    assert_decoded(STR("\xb0\xa1"), "charset=euc-kr", "\xea\xb0\x80");
    assert_decoded(STR("\xa7\x41"), "charset=big5", "\xe4\xbd\xa0");
}

static void bad_input_becomes_the_replacement_character(void **state)
{
    (void)state;
    assert_decoded(STR("a\xff"
                       "b\xc3"),
                   "charset=utf-8",
                   "a\xef\xbf\xbd"
                   "b\xef\xbf\xbd");
    assert_decoded(STR("a\x83"), "charset=shift_jis", "a\xef\xbf\xbd");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_byte_order_mark_beats_the_header),
        cmocka_unit_test(the_header_beats_meta),
        cmocka_unit_test(meta_beats_validity),
        cmocka_unit_test(a_meta_that_is_none_decides_nothing),
        cmocka_unit_test(meta_is_looked_for_in_the_first_1024_bytes),
        cmocka_unit_test(valid_utf_8_beats_windows_1252),
        cmocka_unit_test(latin_1_and_ascii_mean_windows_1252),
        cmocka_unit_test(unknown_labels_fall_through),
        cmocka_unit_test(encodings_of_several_bytes_are_read),
        cmocka_unit_test(bad_input_becomes_the_replacement_character),
    };

    return cmocka_run_group_tests_name("seocheck/charset", tests, begin, end);
}
