/* Tests of page normalisation: the rules of docs/sources.md, a case each, and that
 * twice is once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shared/page.h"

#include "shared/banned.h"

static struct str normal(const char *path)
{
    static char out[PAGE_BYTES_MAX + 1];

    return (struct str){out, page_normalise(str_of(path), out)};
}

#define ASSERT_PAGE(path, want) assert_string_equal(normal(path).at, want)

static void query_and_fragment_are_cut(void **state)
{
    (void)state;
    ASSERT_PAGE("/a?b=/c", "/a");
    ASSERT_PAGE("/a#b?c", "/a");
    ASSERT_PAGE("/?a", "/");
    ASSERT_PAGE("", "");
    ASSERT_PAGE("?a=b", "");
}

static void slashes_are_squeezed_and_a_final_one_cut(void **state)
{
    (void)state;
    ASSERT_PAGE("//a///b//", "/a/b");
    ASSERT_PAGE("/", "/");
    ASSERT_PAGE("///", "/");
    ASSERT_PAGE("a/b/", "a/b");
    ASSERT_PAGE("(bad request)", "(bad request)");
}

static void ids_become_one_name(void **state)
{
    (void)state;
    ASSERT_PAGE("/order/17", "/order/:id");
    ASSERT_PAGE("/order/17a", "/order/17a");
    ASSERT_PAGE("/u/123e4567-e89b-12d3-a456-426614174000", "/u/:id");
    ASSERT_PAGE("/u/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "/u/:id");
    ASSERT_PAGE("/x/deadbee1", "/x/:id");
    ASSERT_PAGE("/x/deadbee", "/x/deadbee");   // 7
    ASSERT_PAGE("/x/deadbeef", "/x/deadbeef"); // no digit
    ASSERT_PAGE("/x/DEADBEE1", "/x/:id");
    ASSERT_PAGE("/x/abcdefghijklmnopqr12", "/x/:id");                  // 20, 2 digits
    ASSERT_PAGE("/x/abcdefghijklmnopqrs1", "/x/abcdefghijklmnopqrs1"); // 1 digit
    ASSERT_PAGE("/x/abcdefghijklmnopq12", "/x/abcdefghijklmnopq12");   // 19
    ASSERT_PAGE("/x/kim@shop.example/a", "/x/:id/a");
    ASSERT_PAGE(
        "/x/\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4zz12",
        "/x/\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4zz12");
}

static void ninth_segment_and_what_follows_are_dots(void **state)
{
    (void)state;
    ASSERT_PAGE("/a/b/c/d/e/f/g/h", "/a/b/c/d/e/f/g/h");
    ASSERT_PAGE("/a/b/c/d/e/f/g/h/i/j", "/a/b/c/d/e/f/g/h/...");
    ASSERT_PAGE("/a/b/c/d/e/f/g/h/...", "/a/b/c/d/e/f/g/h/...");
}

static void long_paths_are_cut_at_a_character(void **state)
{
    char path[500] = "/";

    (void)state;
    memset(path + 1, 'x', 300);
    assert_int_equal(normal(path).n, 200);
    path[199] = '\xC3';
    path[200] = '\xA4';
    assert_int_equal(normal(path).n, 199);
    assert_int_equal(normal(path).at[198], 'x');
}

static void cut_that_makes_an_id_takes_the_segment_away(void **state)
{
    char path[500] = "/";

    (void)state;
    memset(path + 1, 'x', 190);
    memcpy(path + 191, "/12345678z", 11); // 200 bytes end behind the 8
    assert_int_equal(normal(path).n, 191);
}

static void twice_is_once(void **state)
{
    static const char alphabet[] = "/ab1.?@-\xC3\xA4\xFF";
    uint32_t seed = 1;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char path[300], once[PAGE_BYTES_MAX + 1], twice[PAGE_BYTES_MAX + 1];
        size_t n, m;

        for (n = 0; n < sizeof path; n++) {
            seed = seed * 1664525 + 1013904223; // Numerical Recipes' generator
            path[n] = alphabet[(seed >> 16) % (i % 2 ? 5 : sizeof alphabet - 1)];
            if ((seed >> 24) % 8 < 7 && n > 0)
                path[n] = path[n] == '/' ? 'b' : path[n];
        }
        n = page_normalise((struct str){path, sizeof path - (seed >> 20) % 200}, once);
        m = page_normalise((struct str){once, n}, twice);
        assert_true(n <= PAGE_BYTES_MAX);
        assert_int_equal(n, m);
        assert_memory_equal(once, twice, n);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(query_and_fragment_are_cut),
        cmocka_unit_test(slashes_are_squeezed_and_a_final_one_cut),
        cmocka_unit_test(ids_become_one_name),
        cmocka_unit_test(ninth_segment_and_what_follows_are_dots),
        cmocka_unit_test(long_paths_are_cut_at_a_character),
        cmocka_unit_test(cut_that_makes_an_id_takes_the_segment_away),
        cmocka_unit_test(twice_is_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
