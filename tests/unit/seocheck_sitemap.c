/*
 * Reading sitemaps: what of sitemaps.org's protocol, RSS 2.0 and Atom is taken, which
 * faults are told with which line, and that pieces do not matter. Gzip bodies are made
 * here by zlib.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "seocheck/sitemap.h"
#include "shared/limits.h"

#include "shared/banned.h"

#define URLSET "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"

/* The arena is the test's; `piece` 0 gives all at once. */
static struct sitemap read_in(struct arena *arena, struct str bytes, size_t piece)
{
    struct sitemap sitemap = {0};
    struct sitemap_reader *reader = sitemap_begin(arena, &sitemap);

    for (size_t i = 0; i < bytes.n;) {
        size_t n = piece > 0 && piece < bytes.n - i ? piece : bytes.n - i;

        sitemap_add(reader, bytes.at + i, n);
        i += n;
    }
    sitemap_end(reader);
    return sitemap;
}

static struct sitemap read_text(struct arena *arena, const char *text)
{
    return read_in(arena, str_of(text), 0);
}

static struct str gzipped(struct arena *arena, struct str bytes)
{
    z_stream gzip = {0};
    size_t room = compressBound((uLong)bytes.n) + 64;
    Bytef *to = arena_new(arena, Bytef, room);

    assert_int_equal(deflateInit2(&gzip, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    gzip.next_in = (Bytef *)arena_grow(arena, bytes.at, bytes.n, bytes.n + 1, 1);
    gzip.avail_in = (uInt)bytes.n;
    gzip.next_out = to;
    gzip.avail_out = (uInt)room;
    assert_int_equal(deflate(&gzip, Z_FINISH), Z_STREAM_END);
    room -= gzip.avail_out;
    (void)deflateEnd(&gzip);
    return (struct str){(char *)to, room};
}

static struct str joined(struct arena *arena, struct str a, struct str b)
{
    char *to = arena_grow(arena, a.at, a.n, a.n + b.n, 1);

    memcpy(to + a.n, b.at, b.n);
    return (struct str){to, a.n + b.n};
}

static void assert_str(struct str text, const char *expected)
{
    assert_int_equal(text.n, strlen(expected));
    assert_memory_equal(text.at, expected, text.n);
}

static int begin(void **state)
{
    static struct arena arena;

    arena_init(&arena, ARENA_BYTES_MAX);
    *state = &arena;
    return 0;
}

static int end(void **state)
{
    arena_release(*state);
    return 0;
}

/* ---- what is read ---- */

static void a_urlset_gives_its_urls_with_lines_and_dates(void **state)
{
    struct sitemap sitemap = read_text(
        *state,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" URLSET
        "<url>\n<loc>\n https://a.example/?x=1&amp;y=&#50; </loc>\n"
        "<lastmod> 2026-11-20 </lastmod></url>\n"
        "<url><lastmod>yesterday</lastmod><loc><![CDATA[https://a.example/<b>]]>"
        "</loc></url>\n<url><priority>1</priority></url></urlset>\n");

    assert_int_equal(sitemap.fault, SITEMAP_GOOD);
    assert_int_equal(sitemap.kind, SITEMAP_URLSET);
    assert_int_equal(sitemap.n, 3);
    assert_str(sitemap.entry[0].loc, "https://a.example/?x=1&y=2");
    assert_int_equal(sitemap.entry[0].line, 4);
    assert_int_equal(sitemap.entry[0].lastmod.status, LASTMOD_GOOD);
    assert_str(sitemap.entry[0].lastmod.text, "2026-11-20");
    assert_str(sitemap.entry[1].loc, "https://a.example/<b>");
    assert_int_equal(sitemap.entry[1].line, 7);
    assert_int_equal(sitemap.entry[1].lastmod.status, LASTMOD_BAD);
    assert_int_equal(sitemap.entry[2].loc.n, 0);
    assert_int_equal(sitemap.entry[2].lastmod.status, LASTMOD_NONE);
}

static void images_videos_and_news_are_not_read(void **state)
{
    struct sitemap sitemap =
        read_text(*state,
                  "<s:urlset xmlns:s=\"http://www.sitemaps.org/schemas/sitemap/0.9\" "
                  "xmlns:i=\"http://www.google.com/schemas/sitemap-image/1.1\"><s:url>"
                  "<i:loc>https://a.example/wrong</i:loc>"
                  "<i:image><i:loc>https://a.example/i.png</i:loc></i:image>"
                  "<s:loc>https://a.example/<!-- no -->a<i:b>c</i:b></s:loc>"
                  "<s:loc>https://a.example/second</s:loc>"
                  "<i:lastmod>2026-01-01</i:lastmod></s:url></s:urlset>");

    assert_int_equal(sitemap.fault, SITEMAP_GOOD);
    assert_int_equal(sitemap.n, 1);
    assert_str(sitemap.entry[0].loc, "https://a.example/a");
    assert_int_equal(sitemap.entry[0].lastmod.status, LASTMOD_NONE);
}

static const char with_alternates[] =
    "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" "
    "xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">"
    "<url><loc>https://a.example/</loc>"
    "<xhtml:link rel=\"alternate\" hreflang=\"de\" href=\"https://a.example/?l=de&amp;m=1\"/>"
    "<xhtml:link rel=\"alternate\" hreflang=\"fr\" href=\"https://a.example/&amp;#38;\"/>"
    "<xhtml:link rel=\"canonical\" href=\"https://a.example/x\"/></url>"
    "<url><loc>https://a.example/b</loc></url></urlset>";

static void alternates_are_kept_with_their_references_decoded(void **state)
{
    struct sitemap sitemap = read_text(*state, with_alternates);

    assert_int_equal(sitemap.fault, SITEMAP_GOOD);
    assert_int_equal(sitemap.entry[0].nalternates, 2);
    assert_str(sitemap.entry[0].alternate[0].code, "de");
    assert_str(sitemap.entry[0].alternate[0].href, "https://a.example/?l=de&m=1");
    assert_str(sitemap.entry[0].alternate[1].href, "https://a.example/&#38;");
    assert_int_equal(sitemap.entry[1].nalternates, 0);
}

static void alternates_can_be_left_out(void **state)
{
    struct sitemap sitemap = {.without_alternates = true};
    struct sitemap_reader *reader = sitemap_begin(*state, &sitemap);

    sitemap_add(reader, with_alternates, sizeof with_alternates - 1);
    sitemap_end(reader);
    assert_int_equal(sitemap.n, 2);
    assert_int_equal(sitemap.entry[0].nalternates, 0);
}

/* Entries as they are taken, one a line. */
struct taken {
    struct buf text;
};

static void take(void *context, const struct sitemap_entry *entry)
{
    struct taken *taken = context;

    buf_printf(&taken->text, "%lld %.*s %.*s %zu\n", (long long)entry->line,
               (int)entry->loc.n, entry->loc.n > 0 ? entry->loc.at : "",
               (int)entry->lastmod.text.n,
               entry->lastmod.text.n > 0 ? entry->lastmod.text.at : "",
               entry->nalternates);
}

static void entries_can_be_handed_on(void **state)
{
    struct taken taken = {0}, kept = {0};
    struct sitemap sitemap = {.take = take, .context = &taken};
    struct buf text;
    struct sitemap all;
    struct arena arena;
    struct sitemap_reader *reader;

    arena_init(&arena, ARENA_BYTES_MAX);
    buf_init(&taken.text, *state, 16 * MIB);
    buf_init(&kept.text, *state, 16 * MIB);
    buf_init(&text, *state, 16 * MIB);
    buf_add_text(&text, "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" "
                        "xmlns:x=\"http://www.w3.org/1999/xhtml\">\n");
    for (int i = 0; i < 5000; i++)
        buf_printf(&text,
                   "<url><loc>https://a.example/%d/%0900d</loc><lastmod>2026-11-%02d"
                   "</lastmod><x:link rel=\"alternate\" hreflang=\"de\" "
                   "href=\"/de/%d\"/></url>\n",
                   i, i, 1 + i % 30, i);
    buf_add_text(&text, "</urlset>");
    reader = sitemap_begin(&arena, &sitemap);
    sitemap_add(reader, text.at, text.n);
    sitemap_end(reader);
    all = read_in(*state, buf_str(&text), 0);
    for (size_t i = 0; i < all.n; i++)
        take(&kept, &all.entry[i]);
    assert_int_equal(sitemap.n, 5000);
    assert_null(sitemap.entry);
    assert_true(str_equal(buf_str(&taken.text), buf_str(&kept.text)));
    assert_in_range(arena.total, 0, MIB); // of 5 MB
    arena_release(&arena);
}

static void an_index_names_sitemaps(void **state)
{
    struct sitemap sitemap =
        read_text(*state,
                  "<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">"
                  "<sitemap><loc>https://a.example/1.xml</loc>"
                  "<lastmod>2026-11-20T10:00:00Z</lastmod></sitemap></sitemapindex>");

    assert_int_equal(sitemap.kind, SITEMAP_INDEX);
    assert_int_equal(sitemap.fault, SITEMAP_GOOD);
    assert_int_equal(sitemap.n, 1);
    assert_true(sitemap.entry[0].lastmod.has_time);
}

static void feeds_are_sitemaps_too(void **state)
{
    struct sitemap rss =
        read_text(*state,
                  "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\">\n"
                  "<channel><title>T</title><link>https://a.example/</link>\n"
                  "<item><title>no link</title></item>\n"
                  "<item><atom:link href=\"https://wrong.example/\"/>"
                  "<link>https://a.example/1</link>"
                  "<pubDate>Sat, 07 Sep 2002 09:42:31 GMT</pubDate></item>"
                  "</channel></rss>");
    struct sitemap atom = read_text(
        *state,
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><link href=\"https://a/\"/>"
        "<entry><link rel=\"edit\" href=\"https://a.example/e\"/>"
        "<link href=\"https://a.example/1?a=1&amp;b=2\"/>"
        "<link rel=\"alternate\" href=\"https://a.example/2\"/>"
        "<updated>2003-12-13T18:30:02Z</updated></entry></feed>");

    assert_int_equal(rss.kind, SITEMAP_RSS);
    assert_int_equal(rss.fault, SITEMAP_GOOD);
    assert_int_equal(rss.n, 1);
    assert_str(rss.entry[0].loc, "https://a.example/1");
    assert_int_equal(rss.entry[0].line, 4);
    assert_int_equal(rss.entry[0].lastmod.time_s, 1031391751); // date -u -d
    assert_int_equal(atom.kind, SITEMAP_ATOM);
    assert_int_equal(atom.fault, SITEMAP_GOOD);
    assert_int_equal(atom.n, 1);
    assert_str(atom.entry[0].loc, "https://a.example/1?a=1&b=2");
    assert_int_equal(atom.entry[0].lastmod.time_s, 1071340202); // date -u -d
}

static void text_is_one_url_a_line(void **state)
{
    struct sitemap sitemap =
        read_text(*state,
                  "\xef\xbb\xbf\r\n https://a.example/1 \r\nhttps://a.example/2\r"
                  "\n\rhttps://a.example/\xc3\xa4");

    assert_int_equal(sitemap.kind, SITEMAP_TEXT);
    assert_int_equal(sitemap.fault, SITEMAP_GOOD);
    assert_int_equal(sitemap.n, 3);
    assert_str(sitemap.entry[0].loc, "https://a.example/1");
    assert_int_equal(sitemap.entry[0].line, 2);
    assert_int_equal(sitemap.entry[1].line, 3);
    assert_int_equal(sitemap.entry[2].line, 5);
}

static void white_space_before_the_root_keeps_lines(void **state)
{
    struct sitemap sitemap =
        read_text(*state, "\xef\xbb\xbf\n\n" URLSET
                          "<url><loc>https://a.example/</loc></url></urlset>");
    struct sitemap declared =
        read_text(*state, "\n<?xml version=\"1.0\"?>\n" URLSET "</urlset>");

    assert_int_equal(sitemap.fault, SITEMAP_GOOD);
    assert_int_equal(sitemap.n, 1);
    assert_int_equal(sitemap.entry[0].line, 4);
    assert_int_equal(declared.fault, SITEMAP_BAD_XML);
    assert_int_equal(declared.fault_line, 2);
}

/* ---- faults ---- */

static void faults_are_told_with_their_line(void **state)
{
    static const struct {
        const char *text;
        enum sitemap_fault fault;
        int64_t line;
        size_t n; // entries kept
    } rows[] = {
        {"", SITEMAP_BAD_XML, 1, 0},
        {" \n", SITEMAP_BAD_XML, 2, 0},
        {URLSET "<url><loc>https://a.example/</loc></url>\n<url></urlset>",
         SITEMAP_BAD_XML, 3, 1},
        {URLSET "<url><loc>https://a.example/</loc></url>", SITEMAP_BAD_XML, 2, 1},
        {URLSET "<url>\n<loc>https://a.example/?a&b</loc></url></urlset>",
         SITEMAP_BAD_XML, 3, 0},
        {URLSET "<url>\n<loc>https://a.example/&nbsp;</loc></url></urlset>",
         SITEMAP_BAD_XML, 3, 0},
        {URLSET "\n<url><loc>https://a.example/\x01</loc></url></urlset>",
         SITEMAP_BAD_XML, 3, 0},
        {"<?xml version=\"1.0\"?>\n<html><body/></html>", SITEMAP_BAD_ROOT, 2, 0},
        {"<urlset><url><loc>https://a.example/</loc></url></urlset>",
         SITEMAP_BAD_NAMESPACE, 1, 1},
        {"<urlset xmlns=\"https://www.sitemaps.org/schemas/sitemap/0.9\"><url><loc>"
         "https://a.example/</loc></url></urlset>",
         SITEMAP_BAD_NAMESPACE, 1, 1},
        {URLSET "<url><image:loc>https://a.example/i</image:loc></url></urlset>",
         SITEMAP_BAD_NAMESPACE, 2, 1},
        {"<!DOCTYPE html>\n<html></html>", SITEMAP_DOCTYPE, 1, 0},
        {"\n<!DOCTYPE urlset [<!ENTITY a \"aaaa\">]>" URLSET
         "<url><loc>https://a.example/&a;</loc></url></urlset>",
         SITEMAP_DOCTYPE, 2, 0},
        {URLSET "<url><loc>https://a.example/</loc></url>\n<url><loc>\xe4</loc></url>"
                "</urlset>",
         SITEMAP_NOT_UTF8, 3, 1},
        {"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" URLSET
         "<url><loc>https://a.example/\xe4</loc></url></urlset>",
         SITEMAP_NOT_UTF8, 1, 1},
        {"<?xml version=\"1.0\" encoding=\"x-nothing\"?>" URLSET "</urlset>",
         SITEMAP_NOT_UTF8, 1, 0},
        {"\xff\xfe<", SITEMAP_NOT_UTF8, 1, 0},
        {"https://a.example/1\nhttps://a.example/\xe4\n", SITEMAP_NOT_UTF8, 2, 1},
        {"\x1f\x8b\x08", SITEMAP_BAD_GZIP, 1, 0},
        {"\x1f\x8bnothing of the kind", SITEMAP_BAD_GZIP, 1, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sitemap sitemap = read_text(*state, rows[i].text);

        if (sitemap.fault != rows[i].fault || sitemap.fault_line != rows[i].line ||
            sitemap.n != rows[i].n)
            fail_msg("row %zu: fault %d '%s', line %d, %zu entries", i,
                     (int)sitemap.fault, sitemap.fault_text, (int)sitemap.fault_line,
                     sitemap.n);
    }
}

static void a_declared_encoding_is_still_read(void **state)
{
    struct sitemap sitemap =
        read_text(*state, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" URLSET
                          "<url><loc>https://a.example/\xe4</loc></url></urlset>");

    assert_str(sitemap.entry[0].loc, "https://a.example/\xc3\xa4");
}

static void the_50001st_entry_is_one_too_many(void **state)
{
    struct buf text;
    struct sitemap sitemap;

    buf_init(&text, *state, SIZE_MAX / 4);
    for (int i = 1; i <= 50000; i++)
        buf_printf(&text, "https://a.example/%d\n", i);
    sitemap = read_in(*state, buf_str(&text), 0);
    assert_int_equal(sitemap.fault, SITEMAP_GOOD);
    assert_int_equal(sitemap.n, 50000);
    buf_add_text(&text, "\nhttps://a.example/last");
    sitemap = read_in(*state, buf_str(&text), 0);
    assert_int_equal(sitemap.fault, SITEMAP_TOO_MANY);
    assert_int_equal(sitemap.fault_line, 50002);
    assert_int_equal(sitemap.n, 50000);
}

static void a_byte_over_the_limit_is_too_big(void **state)
{
    static const char head[] = URLSET "<url><loc>https://a.example/</loc></url>";
    static const char tail[] = "\n</urlset>";
    size_t n = SITEMAP_BYTES_MAX;
    char *bytes = arena_new(*state, char, n + 1);
    struct sitemap sitemap;

    memset(bytes, ' ', n + 1);
    memcpy(bytes, head, sizeof head - 1);
    memcpy(bytes + n - (sizeof tail - 1), tail, sizeof tail - 1);
    sitemap = read_in(*state, (struct str){bytes, n}, 0);
    assert_int_equal(sitemap.fault, SITEMAP_GOOD);
    assert_int_equal(sitemap.n, 1);
    sitemap = read_in(*state, (struct str){bytes, n + 1}, 0);
    assert_int_equal(sitemap.fault, SITEMAP_TOO_BIG);
    assert_int_equal(sitemap.fault_line, 3);
    assert_int_equal(sitemap.n, 1);
}

static void a_loc_too_long_keeps_2048_bytes(void **state)
{
    struct arena *arena = *state;
    char *longest = arena_new(arena, char, 3001);
    struct sitemap xml, text;

    memset(longest, 'x', 3000);
    memset(longest + 100, ' ', 2800); // white space alone does not make it short
    xml = read_text(arena, str_format(arena, URLSET "<url><loc>%s</loc></url></urlset>",
                                      longest));
    text = read_text(arena, longest);
    assert_int_equal(xml.entry[0].loc.n, SITEMAP_LOC_BYTES_MAX);
    assert_int_equal(text.entry[0].loc.n, SITEMAP_LOC_BYTES_MAX);
    assert_int_equal(text.fault, SITEMAP_GOOD);
}

/* ---- gzip ---- */

static void gzip_is_known_by_its_bytes(void **state)
{
    struct arena *arena = *state;
    struct str a =
        gzipped(arena, STR(URLSET "<url><loc>https://a.example/1</loc></url>"));
    struct str b =
        gzipped(arena, STR("<url><loc>https://a.example/2</loc></url></urlset>"));
    struct str both = joined(arena, a, b);
    struct str zeros = {"\0\0\0", 3};
    struct sitemap sitemap = read_in(arena, both, 0);

    assert_int_equal(sitemap.fault, SITEMAP_GOOD);
    assert_int_equal(sitemap.n, 2);
    sitemap = read_in(arena, joined(arena, both, zeros), 0);
    assert_int_equal(sitemap.fault, SITEMAP_GOOD);
    sitemap = read_in(arena, joined(arena, joined(arena, both, zeros), STR("x")), 0);
    assert_int_equal(sitemap.fault, SITEMAP_BAD_GZIP);
    assert_int_equal(sitemap.n, 2);
    // nor is a member behind zeros one of its own
    sitemap = read_in(arena, joined(arena, joined(arena, both, zeros), a), 0);
    assert_int_equal(sitemap.fault, SITEMAP_BAD_GZIP);
    assert_string_equal(sitemap.fault_text, "bytes after its end");
    sitemap = read_in(arena, joined(arena, both, STR("x")), 0);
    assert_int_equal(sitemap.fault, SITEMAP_BAD_GZIP);
}

static void a_gzip_that_ends_early_keeps_what_came_before(void **state)
{
    struct arena *arena = *state;
    struct str a =
        gzipped(arena, STR(URLSET "<url><loc>https://a.example/1</loc></url>"));
    struct str b =
        gzipped(arena, STR("<url><loc>https://a.example/2</loc></url></urlset>"));
    struct sitemap sitemap;

    b.n -= 4;
    sitemap = read_in(arena, joined(arena, a, b), 0);
    assert_int_equal(sitemap.fault, SITEMAP_BAD_GZIP);
    assert_string_equal(sitemap.fault_text, "it ends early");
    assert_int_equal(sitemap.n, 2);
}

static void a_gzip_bomb_is_no_sitemap(void **state)
{
    struct arena *arena = *state;
    size_t n = 4 * MIB;
    char *bytes = arena_new(arena, char, n);
    struct str bomb;
    struct sitemap sitemap;

    memset(bytes, ' ', n);
    memcpy(bytes, URLSET, sizeof URLSET - 1);
    bomb = gzipped(arena, (struct str){bytes, n});
    assert_true(n / bomb.n > GZIP_RATIO_MAX);
    sitemap = read_in(arena, bomb, 0);
    assert_int_equal(sitemap.fault, SITEMAP_BAD_GZIP);
    assert_string_equal(sitemap.fault_text,
                        "it unpacks to more than 200 times its size");
    // the same ratio below 1 MiB is only a small file
    sitemap = read_in(arena, gzipped(arena, (struct str){bytes, MIB}), 0);
    assert_string_not_equal(sitemap.fault_text,
                            "it unpacks to more than 200 times its size");
}

/* ---- pieces ---- */

static void assert_same(const struct sitemap *a, const struct sitemap *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->fault, b->fault);
    assert_int_equal(a->fault_line, b->fault_line);
    assert_string_equal(a->fault_text, b->fault_text);
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        assert_true(str_equal(a->entry[i].loc, b->entry[i].loc));
        assert_int_equal(a->entry[i].line, b->entry[i].line);
        assert_true(str_equal(a->entry[i].lastmod.text, b->entry[i].lastmod.text));
        assert_int_equal(a->entry[i].nalternates, b->entry[i].nalternates);
        for (size_t j = 0; j < a->entry[i].nalternates; j++)
            assert_true(str_equal(a->entry[i].alternate[j].href,
                                  b->entry[i].alternate[j].href));
    }
}

/* Every construct there is, three-byte characters all over. */
static const char everything[] =
    "<url><!-- \xe2\x82\xac --><loc>https://a.example/\xe2\x82\xac?a&amp;b&#x20AC;</loc>\r\n"
    "<lastmod>2026-11-20T10:00:00+01:00</lastmod><?pi \xe2\x82\xac?>"
    "<x:link rel='alternate' hreflang=\"de\" href=\"https://a.example/\xe2\x82\xac&amp;\"/>"
    "<loc2><![CDATA[ \xe2\x82\xac ]] > ]]></loc2></url>"
    "<url><loc><![CDATA[https://a.example/\xe2\x82\xac&]]></loc></url>\n";

/* `pad` spaces, then the constructs until 80,000 bytes are full. */
static struct str padded(struct arena *arena, size_t pad, const char *last)
{
    struct buf text;

    buf_init(&text, arena, SIZE_MAX / 4);
    buf_add_text(&text, "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" "
                        "xmlns:x=\"http://www.w3.org/1999/xhtml\">");
    buf_printf(&text, "%*s", (int)pad, "");
    while (text.n < 80000 + pad)
        buf_add_text(&text, everything);
    buf_add_text(&text, last);
    return buf_str(&text);
}

static void pieces_of_any_size_give_the_same(void **state)
{
    static const size_t pieces[] = {1, 2, 3, 7, 299, 4096, 32767, 32768, 32769};
    struct arena *arena = *state;
    struct str xml = padded(arena, 0, "</urlset>");
    struct str bad = padded(arena, 0, "<url>\xe4</urlset>");
    struct str packed = gzipped(arena, padded(arena, 0, "<url></urlset>"));
    struct str cases[] = {xml, bad, packed, {packed.at, packed.n - 9}, {xml.at, 70001}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sitemap whole = read_in(arena, cases[i], 0);

        assert_true(whole.n > 200);
        for (size_t j = 0; j < sizeof pieces / sizeof *pieces; j++) {
            struct sitemap parts = read_in(arena, cases[i], pieces[j]);

            assert_same(&whole, &parts);
        }
    }
}

/* Inside, the bytes go on in blocks: wherever those end, all entries are alike. */
static void no_construct_is_lost_where_a_block_ends(void **state)
{
    size_t length = strlen(everything);

    for (size_t pad = 0; pad < length; pad++) {
        struct arena arena;
        struct sitemap sitemap;

        arena_init(&arena, ARENA_BYTES_MAX);
        sitemap = read_in(&arena, padded(&arena, pad, "</urlset>"), 0);
        if (sitemap.fault != SITEMAP_GOOD)
            fail_msg("pad %zu: line %d: %s", pad, (int)sitemap.fault_line,
                     sitemap.fault_text);
        assert_int_equal(sitemap.n, 2 * ((80000 - 104 + length - 1) / length));
        for (size_t i = 0; i < sitemap.n; i += 2) {
            const struct sitemap_entry *entry = &sitemap.entry[i];

            assert_str(entry[0].loc, "https://a.example/\xe2\x82\xac?a&b\xe2\x82\xac");
            assert_int_equal(entry[0].line, i + 1);
            assert_str(entry[0].lastmod.text, "2026-11-20T10:00:00+01:00");
            assert_int_equal(entry[0].nalternates, 1);
            assert_str(entry[0].alternate[0].href, "https://a.example/\xe2\x82\xac&");
            assert_str(entry[1].loc, "https://a.example/\xe2\x82\xac&");
        }
        arena_release(&arena);
    }
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_urlset_gives_its_urls_with_lines_and_dates),
        cmocka_unit_test(images_videos_and_news_are_not_read),
        cmocka_unit_test(alternates_are_kept_with_their_references_decoded),
        cmocka_unit_test(alternates_can_be_left_out),
        cmocka_unit_test(entries_can_be_handed_on),
        cmocka_unit_test(an_index_names_sitemaps),
        cmocka_unit_test(feeds_are_sitemaps_too),
        cmocka_unit_test(text_is_one_url_a_line),
        cmocka_unit_test(white_space_before_the_root_keeps_lines),
        cmocka_unit_test(faults_are_told_with_their_line),
        cmocka_unit_test(a_declared_encoding_is_still_read),
        cmocka_unit_test(the_50001st_entry_is_one_too_many),
        cmocka_unit_test(a_byte_over_the_limit_is_too_big),
        cmocka_unit_test(a_loc_too_long_keeps_2048_bytes),
        cmocka_unit_test(gzip_is_known_by_its_bytes),
        cmocka_unit_test(a_gzip_that_ends_early_keeps_what_came_before),
        cmocka_unit_test(a_gzip_bomb_is_no_sitemap),
        cmocka_unit_test(pieces_of_any_size_give_the_same),
        cmocka_unit_test(no_construct_is_lost_where_a_block_ends),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
