/* The file of the cache and what is in a page of it: all comes back, and what is not
 * exactly what was written is nothing. */
#include "seocheck/cache_codec.h"
#include "tests/lib/skip.h"
#include "tests/unit/seocheck_server.h"

#include "shared/banned.h"

enum { DAY = 20000 };

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 256 * MIB);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* ---- the codec ---- */

static void numbers_of_all_sizes_come_back(void **state)
{
    static const int64_t signed_numbers[] = {0,         1,         -1,       63,
                                             64,        -64,       -65,      INT32_MAX,
                                             INT32_MIN, INT64_MAX, INT64_MIN};
    static const uint64_t numbers[] = {0,         127, 128, UINT32_MAX, UINT64_MAX - 1,
                                       UINT64_MAX};
    struct codec writing = {.arena = &arena}, reading = {.arena = &arena};
    struct buf out;

    (void)state;
    buf_init(&out, &arena, 1024);
    writing.out = &out;
    for (size_t i = 0; i < sizeof signed_numbers / sizeof *signed_numbers; i++) {
        int64_t number = signed_numbers[i];

        code_int64(&writing, &number);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        uint64_t number = numbers[i];

        code_number(&writing, &number);
        code_hash(&writing, &number);
    }
    reading.at = out.at;
    reading.left = out.n;
    for (size_t i = 0; i < sizeof signed_numbers / sizeof *signed_numbers; i++) {
        int64_t number = 99;

        code_int64(&reading, &number);
        assert_int_equal(number, signed_numbers[i]);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        uint64_t number = 99, hash = 99;

        code_number(&reading, &number);
        code_hash(&reading, &hash);
        assert_true(number == numbers[i] && hash == numbers[i]);
    }
    assert_false(reading.is_bad);
    assert_int_equal(reading.left, 0);
}

static void no_text_and_an_empty_text_are_two(void **state)
{
    const char *texts[] = {NULL, "", "x"};
    struct codec codec = {.arena = &arena};
    struct buf out;

    (void)state;
    buf_init(&out, &arena, 1024);
    codec.out = &out;
    for (size_t i = 0; i < 3; i++)
        code_string(&codec, &texts[i]);
    codec.out = NULL;
    codec.at = out.at;
    codec.left = out.n;
    for (size_t i = 0; i < 3; i++) {
        texts[i] = "other";
        code_string(&codec, &texts[i]);
    }
    assert_null(texts[0]);
    assert_string_equal(texts[1], "");
    assert_string_equal(texts[2], "x");
    assert_false(codec.is_bad);
}

static bool is_bad_number(const char *bytes, size_t n)
{
    struct codec codec = {.at = bytes, .left = n};
    uint64_t number;

    code_number(&codec, &number);
    return codec.is_bad;
}

static void numbers_that_nobody_writes_are_bad(void **state)
{
    (void)state;
    assert_true(is_bad_number("", 0));
    assert_true(is_bad_number("\x80", 1));
    assert_true(is_bad_number("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10));
    assert_true(is_bad_number("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x01", 11));
    assert_false(is_bad_number("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10));
}

static void a_number_of_items_asks_for_no_more_than_there_can_be(void **state)
{
    struct codec codec = {.at = "\x05....", .left = 5, .arena = &arena};
    size_t n = 0;

    (void)state;
    (void)code_items(&codec, NULL, &n, 1 << 20, 1);
    assert_true(codec.is_bad);
    assert_int_equal(n, 0);
}

/* ---- a page ---- */

static struct edge edges[] = {
    {.target = 1, .line = 7, .kind = LINK_A, .is_nofollow = true, .fragment = 1},
    {.target = 0, .line = 3, .kind = LINK_META_REFRESH, .is_main = true},
    {.target = 2,
     .line = UINT32_MAX,
     .kind = LINK_IMAGE,
     .is_insecure = true,
     .fragment = 2},
};
static struct str fragments[] = {{"top", 3}, {"x", 1}};
static struct alternate alternates[] = {
    {.code = {"de", 2}, .result = URL_OK, .target = 1, .line = 4},
    {.code = {"en", 2},
     .result = URL_INVALID,
     .target = NO_RESOURCE,
     .line = 5,
     .is_relative = true},
};
static struct canonical canonicals[] = {
    {.result = URL_OK,
     .target = 2,
     .raw = {"/c", 2},
     .line = 8,
     .is_relative = true,
     .is_in_body = true},
    {.result = URL_TOO_LONG,
     .target = NO_RESOURCE,
     .raw = {"x", 1},
     .line = 9,
     .is_from_header = true},
};
static struct meta metas[] = {{.name = {"robots", 6},
                               .content = {"noindex", 7},
                               .line = 2,
                               .is_http_equiv = true}};
static struct str bad_links[] = {{"http://[", 8}}, ids[] = {{"a", 1}, {"b", 1}};
static struct str spellings[] = {{"https://ex.com/?b&a", 19}};
static int64_t bad_lines[] = {11};
static struct jsonld_finding findings[] = {{.check = OFFER_EXPIRED,
                                            .severity = SEVERITY_INFO,
                                            .line = 12,
                                            .block = 1,
                                            .message = "m",
                                            .property = "p",
                                            .value = "v",
                                            .limit = "l",
                                            .because = "b"},
                                           {.check = JSONLD_SYNTAX,
                                            .severity = SEVERITY_CRIT}};
static struct jsonld_url urls[] = {
    {.property = "url", .value = {"/u", 2}, .line = 13, .is_page = true}};
static const char *types[] = {"Article", "Thing"}, *eligible[] = {"article"};
static struct jsonld_block blocks[] = {
    {.line = 14, .type = types, .ntypes = 2, .eligible = eligible, .neligible = 1},
    {.line = 15}};

static struct page full_page(void)
{
    return (struct page){
        .title = STR("title"),
        .description = STR("description"),
        .h1 = STR("h1"),
        .lang = STR("lang"),
        .has_title = true,
        .has_description = true,
        .has_lang = true,
        .title_line = 21,
        .ntitles = 22,
        .nh1 = 23,
        .words = 24,
        .main_length = 25,
        .nlinks = 26,
        .has_script = true,
        .links_cut = true,
        .edge = edges,
        .nedges = 3,
        .fragment = fragments,
        .nfragments = 2,
        .alternate = alternates,
        .nalternates = 2,
        .canonical = canonicals,
        .ncanonicals = 2,
        .meta = metas,
        .nmetas = 1,
        .bad_link = bad_links,
        .bad_line = bad_lines,
        .nbad = 1,
        .id = ids,
        .nids = 2,
        .images_without_alt = 27,
        .image_line = 28,
        .jsonld = {.finding = findings,
                   .nfindings = 2,
                   .url = urls,
                   .nurls = 1,
                   .block = blocks,
                   .nblocks = 2,
                   .headline = "headline",
                   .date_modified = "",
                   .same_until = -1},
        .content = UINT64_MAX,
        .links = 32,
        .text = 33,
        .simhash = 34,
        .has_simhash = true,
        .spelling = spellings,
        .nspellings = 1,
    };
}

static struct page through_bytes(struct page page)
{
    static const uint32_t rows[] = {2, 1, 0}; // other numbers than the resources have
    struct codec codec = {.arena = &arena, .row = rows, .nrows = 3};
    struct page read = {0};
    struct buf out;

    buf_init(&out, &arena, 65536);
    codec.out = &out;
    code_page(&codec, &page);
    codec.out = NULL;
    codec.at = out.at;
    codec.left = out.n;
    code_page(&codec, &read);
    assert_false(codec.is_bad);
    assert_int_equal(codec.left, 0);
    return read;
}

static void assert_same_links(const struct page *a, const struct page *b)
{
    assert_int_equal(a->nedges, b->nedges);
    for (size_t i = 0; i < a->nedges; i++) {
        assert_int_equal(a->edge[i].target, 2 - b->edge[i].target);
        assert_int_equal(a->edge[i].line, b->edge[i].line);
        assert_int_equal(a->edge[i].kind, b->edge[i].kind);
        assert_int_equal(a->edge[i].is_nofollow, b->edge[i].is_nofollow);
        assert_int_equal(a->edge[i].is_main, b->edge[i].is_main);
        assert_int_equal(a->edge[i].is_insecure, b->edge[i].is_insecure);
        assert_int_equal(a->edge[i].fragment, b->edge[i].fragment);
    }
    assert_int_equal(a->nfragments, b->nfragments);
    for (size_t i = 0; i < a->nfragments; i++)
        assert_true(str_equal(a->fragment[i], b->fragment[i]));
    assert_int_equal(a->nalternates, b->nalternates);
    for (size_t i = 0; i < a->nalternates; i++) {
        assert_true(str_equal(a->alternate[i].code, b->alternate[i].code));
        assert_int_equal(a->alternate[i].result, b->alternate[i].result);
        assert_int_equal(a->alternate[i].target, i == 0 ? 1 : NO_RESOURCE);
        assert_int_equal(a->alternate[i].line, b->alternate[i].line);
        assert_int_equal(a->alternate[i].is_relative, b->alternate[i].is_relative);
    }
    assert_int_equal(a->ncanonicals, b->ncanonicals);
    for (size_t i = 0; i < a->ncanonicals; i++) {
        assert_int_equal(a->canonical[i].result, b->canonical[i].result);
        assert_int_equal(a->canonical[i].target, i == 0 ? 0 : NO_RESOURCE);
        assert_true(str_equal(a->canonical[i].raw, b->canonical[i].raw));
        assert_int_equal(a->canonical[i].line, b->canonical[i].line);
        assert_int_equal(a->canonical[i].is_relative, b->canonical[i].is_relative);
        assert_int_equal(a->canonical[i].is_in_body, b->canonical[i].is_in_body);
        assert_int_equal(a->canonical[i].is_from_header,
                         b->canonical[i].is_from_header);
    }
}

static void assert_same_string(const char *a, const char *b)
{
    if (!a || !b)
        assert_ptr_equal(a, b);
    else
        assert_string_equal(a, b);
}

static void assert_same_jsonld(const struct jsonld *a, const struct jsonld *b)
{
    assert_int_equal(a->nfindings, b->nfindings);
    for (size_t i = 0; i < a->nfindings; i++) {
        assert_int_equal(a->finding[i].check, b->finding[i].check);
        assert_int_equal(a->finding[i].severity, b->finding[i].severity);
        assert_int_equal(a->finding[i].line, b->finding[i].line);
        assert_int_equal(a->finding[i].block, b->finding[i].block);
        assert_same_string(a->finding[i].message, b->finding[i].message);
        assert_same_string(a->finding[i].property, b->finding[i].property);
        assert_same_string(a->finding[i].value, b->finding[i].value);
        assert_same_string(a->finding[i].limit, b->finding[i].limit);
        assert_same_string(a->finding[i].because, b->finding[i].because);
    }
    assert_int_equal(a->nurls, b->nurls);
    assert_string_equal(a->url[0].property, b->url[0].property);
    assert_true(str_equal(a->url[0].value, b->url[0].value));
    assert_int_equal(a->url[0].line, b->url[0].line);
    assert_int_equal(a->url[0].is_page, b->url[0].is_page);
    assert_int_equal(a->nblocks, b->nblocks);
    for (size_t i = 0; i < a->nblocks; i++) {
        assert_int_equal(a->block[i].line, b->block[i].line);
        assert_int_equal(a->block[i].ntypes, b->block[i].ntypes);
        for (size_t j = 0; j < a->block[i].ntypes; j++)
            assert_string_equal(a->block[i].type[j], b->block[i].type[j]);
        assert_int_equal(a->block[i].neligible, b->block[i].neligible);
        for (size_t j = 0; j < a->block[i].neligible; j++)
            assert_string_equal(a->block[i].eligible[j], b->block[i].eligible[j]);
    }
    assert_same_string(a->headline, b->headline);
    assert_same_string(a->date_modified, b->date_modified);
    assert_int_equal(a->same_until, b->same_until);
}

static void assert_same_texts(const struct str *a, const struct str *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_true(str_equal(a[i], b[i]));
}

static void every_member_of_a_page_comes_back(void **state)
{
    struct page b = full_page(), a = through_bytes(b);
    const struct str words_a[] = {a.title, a.description, a.h1, a.lang};
    const struct str words_b[] = {b.title, b.description, b.h1, b.lang};

    (void)state;
    assert_same_texts(words_a, words_b, 4);
    assert_true(a.has_title && a.has_description && a.has_lang && a.has_script &&
                a.links_cut && a.has_simhash);
    assert_int_equal(a.title_line, 21);
    assert_int_equal(a.ntitles, 22);
    assert_int_equal(a.nh1, 23);
    assert_int_equal(a.words, 24);
    assert_int_equal(a.main_length, 25);
    assert_int_equal(a.nlinks, 26);
    assert_int_equal(a.images_without_alt, 27);
    assert_int_equal(a.image_line, 28);
    assert_true(a.content == UINT64_MAX && a.links == 32 && a.text == 33 &&
                a.simhash == 34);
    assert_same_links(&a, &b);
    assert_int_equal(a.nmetas, 1);
    assert_true(str_equal(a.meta[0].name, b.meta[0].name));
    assert_true(str_equal(a.meta[0].content, b.meta[0].content));
    assert_int_equal(a.meta[0].line, 2);
    assert_true(a.meta[0].is_http_equiv);
    assert_int_equal(a.nbad, 1);
    assert_same_texts(a.bad_link, b.bad_link, 1);
    assert_int_equal(a.bad_line[0], 11);
    assert_int_equal(a.nids, 2);
    assert_same_texts(a.id, b.id, 2);
    assert_int_equal(a.nspellings, 1);
    assert_same_texts(a.spelling, b.spelling, 1);
    assert_same_jsonld(&a.jsonld, &b.jsonld);
    assert_false(a.is_volatile);
}

/* A new member of these has to be written by cache_page.c, compared above, and then
 * counted here. */
static void no_member_of_a_page_is_new(void **state)
{
    (void)state;
    SKIP_UNLESS(sizeof(void *) == 8);
    assert_int_equal(sizeof(struct page), 424);
    assert_int_equal(sizeof(struct edge), 16);
    assert_int_equal(sizeof(struct alternate), 40);
    assert_int_equal(sizeof(struct canonical), 40);
    assert_int_equal(sizeof(struct meta), 48);
    assert_int_equal(sizeof(struct jsonld), 104);
    assert_int_equal(sizeof(struct jsonld_finding), 64);
    assert_int_equal(sizeof(struct jsonld_url), 40);
    assert_int_equal(sizeof(struct jsonld_block), 40);
}

/* ---- the file ---- */

static struct served small_site[] = {
    {.url = HOME "/", .body = "<a href=/a#x>a</a><a href=/b>b</a>", .etag = "\"1\""},
    {.url = HOME "/a", .body = "<title>A</title>", .modified = "yesterday"},
};

static struct cache parsed(struct str bytes, uint64_t key)
{
    struct cache cache;

    cache_parse(bytes, key, &arena, &cache);
    return cache;
}

static void what_was_written_is_read(void **state)
{
    const struct cache_entry *entry;
    struct visits visits;
    struct cache cache;
    struct page page;

    (void)state;
    visits_begin(&visits, TABLE(small_site));
    visit(&visits, DAY);
    cache = parsed(visits.file, CACHE_KEY);
    assert_int_equal(cache.n, 2);
    assert_int_equal(cache.nurls, 3);
    assert_null(cache_find(&cache, STR(HOME "/b")));
    assert_null(cache_find(&cache, STR(HOME "/c")));
    entry = cache_find(&cache, STR(HOME "/a"));
    assert_true(str_equal(entry->validators.last_modified, STR("yesterday")));
    assert_true(str_equal(entry->content_type, STR("text/html")));
    assert_int_equal(entry->validators.fetched, DAY);
    assert_true(entry->is_page);
    assert_true(cache_page(&cache, entry, &arena, &page));
    assert_true(str_equal(page.title, STR("A")));
    visits_end(&visits);
}

static void any_other_byte_is_no_cache(void **state)
{
    struct visits visits;
    char *bytes;

    (void)state;
    visits_begin(&visits, TABLE(small_site));
    visit(&visits, DAY);
    bytes = str_copy(&arena, visits.file.at, visits.file.n);
    for (size_t i = 0; i < visits.file.n; i++) {
        bytes[i] ^= (char)(1 << i % 8);
        assert_int_equal(parsed((struct str){bytes, visits.file.n}, CACHE_KEY).n, 0);
        bytes[i] ^= (char)(1 << i % 8);
    }
    for (size_t n = 0; n < visits.file.n; n++)
        assert_int_equal(parsed((struct str){bytes, n}, CACHE_KEY).n, 0);
    assert_int_equal(parsed((struct str){bytes, visits.file.n + 1}, CACHE_KEY).n, 0);
    assert_int_equal(parsed(visits.file, CACHE_KEY + 1).n, 0);
    assert_int_equal(parsed((struct str){bytes, visits.file.n}, CACHE_KEY).n, 2);
    visits_end(&visits);
}

static void what_has_no_room_is_left_out(void **state)
{
    struct visits visits;
    struct cache cache;
    struct buf out;

    (void)state;
    visits_begin(&visits, TABLE(small_site));
    visit(&visits, DAY);
    buf_init(&out, &arena, visits.file.n - 1);
    cache_format(&visits.bench.site, CACHE_KEY, &out);
    assert_false(out.overflowed);
    cache = parsed(buf_str(&out), CACHE_KEY);
    assert_int_equal(cache.n, 1);
    assert_non_null(cache_find(&cache, STR(HOME "/")));
    buf_init(&out, &arena, 40);
    cache_format(&visits.bench.site, CACHE_KEY, &out);
    assert_true(out.overflowed);
    visits_end(&visits);
}

static void a_cache_that_is_still_right_is_known_as_the_same(void **state)
{
    struct served table[] = {small_site[0], small_site[1]};
    struct visits visits;
    struct str before;

    (void)state;
    table[1].etag = "\"2\"";
    visits_begin(&visits, TABLE(table));
    visit(&visits, DAY);
    before = visits.file;
    visit(&visits, DAY);
    assert_true(str_equal(before, visits.file));
    assert_true(visits.is_same);
    table[1].etag = "\"3\"";
    visit(&visits, DAY);
    assert_false(visits.is_same);
    visit(&visits, DAY);
    assert_true(visits.is_same);
    table[0].body = "<p>no link any more";
    table[0].etag = "\"4\"";
    visit(&visits, DAY);
    assert_false(visits.is_same);
    visits_end(&visits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_all_sizes_come_back),
        cmocka_unit_test(no_text_and_an_empty_text_are_two),
        cmocka_unit_test(numbers_that_nobody_writes_are_bad),
        cmocka_unit_test(a_number_of_items_asks_for_no_more_than_there_can_be),
        cmocka_unit_test(every_member_of_a_page_comes_back),
        cmocka_unit_test(no_member_of_a_page_is_new),
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(any_other_byte_is_no_cache),
        cmocka_unit_test(what_has_no_room_is_left_out),
        cmocka_unit_test(a_cache_that_is_still_right_is_known_as_the_same),
    };

    return cmocka_run_group_tests_name("seocheck cache", tests, set_up, tear_down);
}
