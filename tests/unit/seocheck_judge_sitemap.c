/* What one sitemap is told, by section 9 of the specification: each fault beside what
 * must not be called one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "seocheck/judge_sitemap.h"
#include "shared/limits.h"

#include "shared/banned.h"

static struct arena arena;
static struct settings settings;
static struct url own_url;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_BYTES_MAX);
    settings = (struct settings){.nhosts = 2};
    settings.host = arena_new(&arena, struct str, 2);
    settings.host[0] = STR("img.example");
    settings.host[1] = STR("b.example:8080");
    return url_resolve(NULL, STR("https://a.example/"), NULL, &arena, &settings.home) ==
                       URL_OK &&
                   url_resolve(NULL, STR("https://a.example/docs/sitemap.xml"), NULL,
                               &arena, &own_url) == URL_OK
               ? 0
               : -1;
}

static int end(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct sitemap urlset(const char *entries)
{
    struct sitemap sitemap = {0};
    struct sitemap_reader *reader = sitemap_begin(&arena, &sitemap);
    const char *text = str_format(
        &arena,
        "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n%s</urlset>",
        entries);

    (void)sitemap_add(reader, text, strlen(text));
    sitemap_end(reader);
    return sitemap;
}

/* A line each, in order, but for checks whose ids do not begin with `only`. */
static const char *judged(const struct sitemap_look *look,
                          const struct sitemap *sitemap, const char *only)
{
    struct hits hits = {0};
    struct buf out;

    judge_sitemap(look, sitemap, &hits);
    buf_init(&out, &arena, 1 << 20);
    buf_add_text(&out, "");
    for (size_t i = 0; i < hits.n; i++) {
        const char *id = check_row(hits.item[i].check)->id;

        if (str_starts(str_of(id), str_of(only)))
            buf_printf(&out, "%s%s\n", id, hit_message(&hits.item[i], &arena));
    }
    return out.at;
}

static const char *judged_file(const char *entries, const char *only)
{
    struct sitemap sitemap = urlset(entries);
    // 2026-11-20, in days since 1970 by date -d
    struct sitemap_look look = {.as_of = 20777, .arena = &arena};

    return judged(&look, &sitemap, only);
}

static const char *url_entry(const char *loc)
{
    return str_format(&arena, "<url><loc>%s</loc></url>\n", loc);
}

static void a_good_sitemap_has_no_finding(void **state)
{
    (void)state;
    assert_string_equal(
        judged_file("<url><loc>https://a.example/</loc><lastmod>2026-11-20</lastmod>"
                    "</url><url><loc>https://a.example/b?x=1&amp;y=2</loc>"
                    "<lastmod>2026-11-01T10:00:00Z</lastmod></url>",
                    ""),
        "");
}

static void a_loc_that_is_no_absolute_url_is_told_why(void **state)
{
    static const struct {
        const char *loc, *told;
    } rows[] = {
        {"", "no loc"},
        {"/about", "relative: /about"},
        {"a.example/", "relative: a.example/"},
        {"//a.example/", "relative: //a.example/"},
        {":", "relative: :"},
        {"a", "relative: a"},
        {"7a:b", "relative: 7a:b"},
        {"a+b/c:d", "relative: a+b/c:d"},
        {"x-1.y+z:b", "neither http nor https: x-1.y+z:b"},
        {"https://a.example/a\x7f", "control characters: https://a.example/a\\u{7F}"},
        {"ftp://a.example/", "neither http nor https: ftp://a.example/"},
        {"https://", "no URL: https://"},
        {"https://a.example/#top", "fragment: https://a.example/#top"},
        {"https://me:pw@a.example/", "userinfo: https://***@a.example/"},
        {"https://a.example/a&#9;b", "control characters: https://a.example/a\\u{09}b"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(judged_file(url_entry(rows[i].loc), "sitemap-"),
                            str_format(&arena, "sitemap-loc line 2: %s\n",
                                       rows[i].told));
}

static void a_loc_may_have_2047_bytes(void **state)
{
    char loc[2049];

    (void)state;
    memset(loc, 'x', sizeof loc);
    memcpy(loc, "https://a.example/", strlen("https://a.example/"));
    loc[2047] = '\0';
    assert_string_equal(judged_file(url_entry(loc), "sitemap-"), "");
    loc[2047] = 'x';
    loc[2048] = '\0';
    assert_non_null(strstr(judged_file(url_entry(loc), "sitemap-"),
                           "sitemap-loc line 2: 2048 bytes or more: https://a."));
}

static void of_many_urls_each_duplicate_is_told(void **state)
{
    enum { MANY = 5000 };
    struct buf entries;
    size_t told = 0;

    (void)state;
    buf_init(&entries, &arena, 64 << 20);
    for (int i = 0; i < MANY; i++)
        buf_add_text(&entries,
                     url_entry(str_format(&arena, "https://a.example/%d", i)));
    for (int i = 0; i < MANY; i += 500)
        buf_add_text(&entries,
                     url_entry(str_format(&arena, "https://a.example/%d", i)));
    for (const char *at = judged_file(buf_str(&entries).at, "sitemap-duplicate");
         (at = strstr(at, "sitemap-duplicate")); at++)
        told++;
    assert_int_equal(told, MANY / 500);
}

static void a_url_is_a_duplicate_in_any_spelling(void **state)
{
    (void)state;
    assert_string_equal(
        judged_file("<url><loc>https://a.example/%7ea</loc></url>\n"
                    "<url><loc>https://a.example/b</loc></url>\n"
                    "<url><loc>HTTPS://A.example:443/~a</loc></url>\n"
                    "<url><loc>https://a.example/~a/</loc></url>\n"
                    "<url><loc>https://a.example/~a</loc></url>\n",
                    "sitemap-"),
        "sitemap-duplicate lists HTTPS://A.example:443/~a: first in line 2\n"
        "sitemap-duplicate lists https://a.example/~a: first in line 2\n");
}

static void foreign_hosts_and_http_are_told_where_the_site_is_known(void **state)
{
    struct sitemap sitemap = urlset("<url><loc>https://a.example/1</loc></url>"
                                    "<url><loc>http://a.example/2</loc></url>"
                                    "<url><loc>https://a.example:8443/3</loc></url>"
                                    "<url><loc>https://img.example/4</loc></url>"
                                    "<url><loc>https://b.example/5</loc></url>"
                                    "<url><loc>https://b.example:8080/6</loc></url>");
    struct sitemap_look look = {.arena = &arena};

    (void)state;
    assert_string_equal(judged(&look, &sitemap, "sitemap-"), "");
    look.settings = &settings;
    assert_string_equal(judged(&look, &sitemap, "sitemap-"),
                        "sitemap-host lists http://a.example/2: http\n"
                        "sitemap-host lists https://a.example:8443/3: another host\n"
                        "sitemap-host lists https://b.example/5: another host\n");
    settings.home.is_https = false; // a site without https
    settings.home.port = 80;
    assert_null(strstr(judged(&look, &sitemap, "sitemap-"), ": http\n"));
}

static void a_sitemap_lists_its_own_folder_unless_robots_names_it(void **state)
{
    struct sitemap sitemap = urlset("<url><loc>https://a.example/docs/1</loc></url>"
                                    "<url><loc>https://a.example/docs</loc></url>"
                                    "<url><loc>https://img.example/</loc></url>");
    struct sitemap_look look = {.settings = &settings,
                                .url = &own_url,
                                .arena = &arena};

    (void)state;
    assert_string_equal(judged(&look, &sitemap, "sitemap-"),
                        "sitemap-path lists https://a.example/docs: outside /docs/\n");
    look.is_in_robots = true;
    assert_string_equal(judged(&look, &sitemap, "sitemap-"), "");
}

static void dates_are_judged_by_calendar_and_as_of(void **state)
{
    (void)state;
    assert_string_equal(
        judged_file("<url><loc>https://a.example/1</loc><lastmod>2026-02-30</lastmod>"
                    "</url>\n<url><loc>https://a.example/2</loc>"
                    "<lastmod>2026-11-22</lastmod></url>\n"
                    "<url><loc>https://a.example/3</loc>"
                    "<lastmod>2026-11-23</lastmod></url>\n"
                    "<url><loc>https://a.example/4</loc><lastmod>2027</lastmod></url>\n"
                    "<url><loc>https://a.example/5</loc></url>",
                    "lastmod-"),
        "lastmod-invalid line 2: lastmod 2026-02-30\n"
        "lastmod-future line 4: lastmod 2026-11-23\n"
        "lastmod-missing 1 of 5 URLs: lastmod missing\n");
}

/* `n` entries of the time, with ## counting from 00, then `others` an hour apart. */
static struct sitemap built(const char *time, int n, int others)
{
    const char *hash = strchr(time, '#');
    struct buf out;

    buf_init(&out, &arena, 1 << 20);
    for (int i = 0; i < n + others; i++) {
        buf_printf(&out, "<url><loc>https://a.example/%d</loc><lastmod>", i);
        if (i < n && !hash)
            buf_add_text(&out, time);
        else if (i < n)
            buf_printf(&out, "%.*s%02d%s", (int)(hash - time), time, i, hash + 2);
        else
            buf_printf(&out, "2026-10-01T%02d:00:00Z", i - n);
        buf_add_text(&out, "</lastmod></url>");
    }
    return urlset(out.at);
}

static const char *uniform(const struct sitemap *sitemap, const bool *is_kept)
{
    struct sitemap_look look = {.as_of = 20777, .is_kept = is_kept, .arena = &arena};

    return judged(&look, sitemap, "lastmod-");
}

static void nine_in_ten_times_of_a_minute_are_uniform(void **state)
{
    struct sitemap nine = built("2026-11-01T10:00:##Z", 9, 0);
    struct sitemap ten = built("2026-11-01T10:00:##Z", 10, 0);
    struct sitemap most = built("2026-11-01T10:00:##Z", 18, 2);
    struct sitemap fewer = built("2026-11-01T10:00:##Z", 17, 2);
    struct sitemap apart = built("2026-11-01T10:##:00Z", 20, 0);

    (void)state;
    assert_string_equal(uniform(&nine, NULL), "");
    assert_string_equal(
        uniform(&ten, NULL),
        "lastmod-uniform 10 of 10 URLs: lastmod 2026-11-01T10:00:00Z\n");
    assert_string_equal(
        uniform(&most, NULL),
        "lastmod-uniform 18 of 20 URLs: lastmod 2026-11-01T10:00:00Z\n");
    assert_string_equal(uniform(&fewer, NULL), "");
    assert_string_equal(uniform(&apart, NULL), "");
}

static void dates_of_one_day_are_uniform_only_where_pages_did_not_change(void **state)
{
    struct sitemap sitemap = built("2026-11-01", 20, 0);
    bool is_kept[20] = {false};

    (void)state;
    assert_string_equal(uniform(&sitemap, NULL), "");
    for (size_t i = 0; i < 9; i++)
        is_kept[2 * i] = true;
    assert_string_equal(uniform(&sitemap, is_kept), "");
    is_kept[1] = true;
    assert_string_equal(uniform(&sitemap, is_kept),
                        "lastmod-uniform 20 of 20 URLs: lastmod 2026-11-01\n");
}

static const char *fault(enum sitemap_fault what, const char *text)
{
    struct sitemap sitemap = {.kind = SITEMAP_URLSET,
                              .fault = what,
                              .fault_line = 7,
                              .fault_text = text};
    struct sitemap_look look = {.arena = &arena};

    return judged(&look, &sitemap, "");
}

static void faults_are_told_by_their_check(void **state)
{
    (void)state;
    assert_string_equal(fault(SITEMAP_BAD_XML, "a tag"),
                        "sitemap-invalid line 7: not well-formed XML: a tag\n");
    assert_string_equal(fault(SITEMAP_DOCTYPE, ""),
                        "sitemap-invalid line 7: a DOCTYPE is not accepted\n");
    assert_string_equal(fault(SITEMAP_TOO_MANY, ""),
                        "sitemap-too-big line 7: more than 50000 entries\n");
    assert_string_equal(fault(SITEMAP_TOO_BIG, ""),
                        "sitemap-too-big line 7: more than 52428800 bytes\n");
    assert_string_equal(fault(SITEMAP_BAD_GZIP, "it ends early"),
                        "sitemap-error bad gzip: it ends early\n");
}

static void an_index_is_not_asked_for_dates_of_pages(void **state)
{
    struct sitemap sitemap = built("2026-11-01T10:00:##Z", 10, 0);

    (void)state;
    sitemap.kind = SITEMAP_INDEX;
    sitemap.entry[0].lastmod.status = LASTMOD_NONE;
    assert_string_equal(uniform(&sitemap, NULL), "");
}

#define IN_AN_ARENA(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_AN_ARENA(a_good_sitemap_has_no_finding),
        IN_AN_ARENA(a_loc_that_is_no_absolute_url_is_told_why),
        IN_AN_ARENA(a_loc_may_have_2047_bytes),
        IN_AN_ARENA(of_many_urls_each_duplicate_is_told),
        IN_AN_ARENA(a_url_is_a_duplicate_in_any_spelling),
        IN_AN_ARENA(foreign_hosts_and_http_are_told_where_the_site_is_known),
        IN_AN_ARENA(a_sitemap_lists_its_own_folder_unless_robots_names_it),
        IN_AN_ARENA(dates_are_judged_by_calendar_and_as_of),
        IN_AN_ARENA(nine_in_ten_times_of_a_minute_are_uniform),
        IN_AN_ARENA(dates_of_one_day_are_uniform_only_where_pages_did_not_change),
        IN_AN_ARENA(faults_are_told_by_their_check),
        IN_AN_ARENA(an_index_is_not_asked_for_dates_of_pages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
