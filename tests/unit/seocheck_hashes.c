/*
 * Hashes of pages. FNV-1a of "", "a" and "foobar" are Noll's published vectors, put
 * through MurmurHash3's finaliser by hand; simhash is held to a loop that follows its
 * definition word by word.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

static void the_hash_is_fnv_1a_and_a_finaliser(void **state)
{
    (void)state;
    assert_true(seo_hash("", 0) == UINT64_C(0xefd01f60ba992926));
    assert_true(seo_hash("a", 1) == UINT64_C(0x82a2a958a9bece5b));
    assert_true(seo_hash("foobar", 6) == UINT64_C(0x2c22194922d1672b));
}

/* ---- content and links ---- */

static uint64_t content_of(const struct extraction *page)
{
    return content_hash(page, STR("c"), STR("noindex"), STR("[]"), &run);
}

static struct link link_to(const char *url)
{
    return (struct link){.kind = LINK_A,
                         .url.text = str_of(url),
                         .is_main = true,
                         .is_own = true};
}

static void the_content_hash_is_over_its_parts_joined(void **state)
{
    struct meta metas[] = {{.name = STR("description"),
                            .content = STR("no"),
                            .is_http_equiv = true},
                           {.name = STR("description"), .content = STR("d")},
                           {.name = STR("description"), .content = STR("second")}};
    struct link links[] = {link_to("b"), link_to("no"), link_to("a"), link_to("no"),
                           link_to("no")};
    struct extraction page = {.title = STR("t"),
                              .main_text = STR("m"),
                              .meta = metas,
                              .nmetas = 3,
                              .link = links,
                              .nlinks = 5};
    const struct str joined = STR("t\x1f"
                                  "c\x1f"
                                  "d\x1fnoindex\x1fm\x1f"
                                  "a\x1f"
                                  "b\x1f[]");

    (void)state;
    links[1].is_own = false;
    links[3].is_main = false;
    links[4].result = URL_INVALID;
    assert_true(content_of(&page) == seo_hash(joined.at, joined.n));
    links[0] = link_to("a");
    links[2] = link_to("b");
    assert_true(content_of(&page) == seo_hash(joined.at, joined.n));
    page.title = STR("u");
    assert_false(content_of(&page) == seo_hash(joined.at, joined.n));
}

static void the_links_hash_is_over_each_url_once_in_order(void **state)
{
    struct link links[] = {link_to("b"), link_to("a"), link_to("b"), link_to("x")};
    struct extraction page = {.link = links, .nlinks = 4};

    (void)state;
    links[0].kind = LINK_IMAGE;
    links[3].result = URL_OTHER_SCHEME;
    assert_true(links_hash(&page, &run) == seo_hash("a\x1f"
                                                    "b",
                                                    3));
    page.nlinks = 0;
    assert_true(links_hash(&page, &run) == seo_hash("", 0));
}

/* ---- simhash ---- */

enum { WORDS_MAX = 1024, WORD_BYTES = 16 };

/* By the definition: split, lower, every shingle against every earlier one, each bit.
 */
static uint64_t naive_simhash(const char *text)
{
    static char words[WORDS_MAX][WORD_BYTES];
    const char *shingles[WORDS_MAX];
    size_t nwords = 0, nshingles = 0, n = 0;
    uint64_t hash = 0;

    for (const char *at = text;; at++) {
        bool upper = *at >= 'A' && *at <= 'Z';

        if (upper || (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9') ||
            (*at & 0x80) != 0) {
            words[nwords][n++] = upper ? (char)(*at + 32) : *at;
        } else if (n > 0) {
            words[nwords++][n] = '\0';
            n = 0;
        }
        if (*at == '\0')
            break;
    }
    for (size_t i = 0; i + 2 < nwords; i++) {
        bool is_new = true;

        shingles[nshingles] =
            str_format(&run, "%s %s %s", words[i], words[i + 1], words[i + 2]);
        for (size_t j = 0; j < nshingles; j++)
            is_new = is_new && strcmp(shingles[j], shingles[nshingles]) != 0;
        nshingles += is_new;
    }
    for (int bit = 0; bit < 64; bit++) {
        int sum = 0;

        for (size_t i = 0; i < nshingles; i++)
            sum += (seo_hash(shingles[i], strlen(shingles[i])) >> bit & 1) ? 1 : -1;
        if (sum > 0)
            hash |= UINT64_C(1) << bit;
    }
    return hash;
}

static void simhash_is_the_naive_loops(void **state)
{
    static const char *const parts[] = {"Pears ", "apples, ", "\xc3\xa9t\xc3\xa9 ",
                                        "7-",     "the ",     "of\n",
                                        "X1 ",    "Plum. "};
    uint32_t random = 7;

    (void)state;
    for (int round = 0; round < 20; round++) {
        char text[8192] = "";
        uint64_t hash;

        for (int i = 0; i < 50 + 40 * round; i++) {
            random = random * 1664525 + 1013904223; // Numerical Recipes' generator
            memcpy(text + strlen(text), parts[random >> 29],
                   strlen(parts[random >> 29]) + 1);
        }
        assert_true(simhash(str_of(text), &run, &hash));
        assert_true(hash == naive_simhash(text));
    }
}

static void under_fifty_words_there_is_no_simhash(void **state)
{
    char text[256] = "";
    uint64_t hash = 1;

    (void)state;
    for (int i = 0; i < 49; i++)
        memcpy(text + strlen(text), "ab ", 4);
    assert_false(simhash(str_of(text), &run, &hash));
    assert_true(hash == 1);
    memcpy(text + strlen(text), "ab", 3);
    assert_true(simhash(str_of(text), &run, &hash));
    assert_true(hash == seo_hash("ab ab ab", 8)); // one distinct shingle
    assert_false(simhash(STR(""), &run, &hash));
}

static void words_past_the_first_262144_are_not_looked_at(void **state)
{
    enum { WORDS = 262144, MORE = 100, BYTES = 8 }; // "w123456 "
    struct buf text;
    uint64_t hash, longer, shorter;

    (void)state;
    buf_init(&text, &run, SIZE_MAX / 2);
    for (int i = 0; i < WORDS + MORE; i++)
        buf_printf(&text, "w%06d ", i);
    assert_true(simhash((struct str){text.at, (size_t)WORDS * BYTES}, &run, &hash));
    assert_true(simhash(buf_str(&text), &run, &longer));
    assert_true(
        simhash((struct str){text.at, (size_t)(WORDS - MORE) * BYTES}, &run, &shorter));
    assert_true(longer == hash && shorter != hash);
}

static void near_texts_have_near_simhashes(void **state)
{
    char text[8192] = "", other[8192];
    uint64_t a, b;

    (void)state;
    for (int i = 0; i < 600; i++)
        (void)snprintf(text + strlen(text), 16, "w%d ", i * 7919 % 1009);
    memcpy(other, text, sizeof text);
    other[3000] = 'q'; // one word of six hundred
    assert_true(simhash(str_of(text), &run, &a) && simhash(str_of(other), &run, &b));
    assert_true(a != 0 && __builtin_popcountll(a ^ b) <= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hash_is_fnv_1a_and_a_finaliser),
        cmocka_unit_test(the_content_hash_is_over_its_parts_joined),
        cmocka_unit_test(the_links_hash_is_over_each_url_once_in_order),
        cmocka_unit_test(simhash_is_the_naive_loops),
        cmocka_unit_test(under_fifty_words_there_is_no_simhash),
        cmocka_unit_test(words_past_the_first_262144_are_not_looked_at),
        cmocka_unit_test(near_texts_have_near_simhashes),
    };

    return cmocka_run_group_tests_name("seocheck/hashes", tests, begin, end);
}
