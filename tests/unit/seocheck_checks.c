/*
 * The catalogue of checks against the table of the specification's section 9, copied
 * line by line: names in braces share a line, so do letters of severity.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "seocheck/checks.h"

#include "shared/banned.h"

/* clang-format off */
static const struct {
    const char *ids, *letters, *message;
} page[] = {
    {"site-down", "c", "does not answer: {v}"},
    {"page-error", "c", "answers {v}"},
    {"crawl-{truncated,trap}", "i,w", "{v} after {n} URLs"},
    {"{page,url}-too-big", "i", "over {l} bytes"},
    {"needs-js", "w", "is empty without JavaScript"},
    {"{link,resource}-broken", "w", "used by {n} pages, answers {v}"},
    {"link-external", "w", "linked from {n} pages, fails: {v}"},
    {"link-blocked", "i", "not verifiable for {n} checks"},
    {"link-fragment", "i", "links to {t}, no such anchor"},
    {"link-redirect", "i", "linked from {n} pages, now {t}"},
    {"link-{insecure,private,invalid}", "w", "links to {t}: {v}"},
    {"redirect-{chain,loop,downgrade}", "w", "redirects {n} times to {t}"},
    {"meta-refresh", "i", "redirects by meta refresh to {t}"},
    {"robots-unreachable", "c", "answers {v}, crawlers stay away"},
    {"robots-blocks-site", "c", "keeps {v} off the start page: {n}"},
    {"robots-blocks-{listed,noindex,resource}", "w,w,i", "refused to {v}, line {n}"},
    {"robots-syntax", "i", "line {n}: {v}"},
    {"robots-{too-big,html,sitemap}", "w", "{v}"},
    {"sitemap-{error,none}", "c,i", "{v}"},
    {"sitemap-{invalid,too-big,nested}", "w", "line {n}: {v}"},
    {"sitemap-loc", "w", "line {n}: {v}"},
    {"sitemap-{host,path,duplicate}", "w,i,i", "lists {t}: {v}"},
    {"sitemap-{status,redirect}", "w", "in a sitemap, answers {v}"},
    {"sitemap-{noindex,canonical,hreflang}", "w,w,i", "in a sitemap, {v}"},
    {"lastmod-{invalid,future}", "w", "line {n}: lastmod {v}"},
    {"lastmod-{missing,uniform}", "i,w", "{n} of {l} URLs: lastmod {v}"},
    {"lastmod-stale", "w", "changed after {v}, lastmod says {l}"},
    {"lastmod-churn", "w", "lastmod moves without a change"},
    {"sitemap-frozen", "w", "{n} pages are newer than its URLs"},
    {"route-{broken,not-listed,unlinked}", "w", "is a route but {v}"},
    {"route-{phantom,undeclared}", "w,i", "is {v} but no route"},
    {"route-empty", "w", "matches no URL"},
    {"sitemap-orphan, page-not-listed", "w", "is {v}"},
    {"noindex-new", "c", "was indexable, now noindex"},
    {"unavailable-after, robots-meta", "w,i", "robots directive {v}"},
    {"{title,description,h1,lang}-missing", "w,i,i,i", "has no {p}"},
    {"{title,h1}-multiple", "w,i", "has {n} {p}"},
    {"{title,description,h1}-duplicate", "w,i,i", "same {p} on {n} pages"},
    {"{title,description,h1}-length", "i", "{p} of {n} characters"},
    {"image-alt", "i", "{n} images without alt"},
    {"depth", "i", "is {n} clicks from the start"},
    {"canonical-{multiple,conflict}", "w", "canonicals {v}"},
    {"canonical-{invalid,relative,place}", "w,i,w", "canonical {v}"},
    {"canonical-{target,chain,host}", "w,w,i", "canonical {t} {v}"},
    {"hreflang-{code,conflict,relative}", "w", "hreflang {v}: {t}"},
    {"hreflang-{self,return,target}", "w", "alternate {t}: {v}"},
    {"soft-404", "w", "looks like the not-found page"},
    {"duplicate-{exact,near}", "w,i", "text as on {n} pages"},
    {"content-volatile", "i", "differs between two fetches"},
    {"mixed-content", "w", "loads {n} http resources"},
    {"og-{missing,image}", "i,w", "Open Graph {p} {v}"},
    {"jsonld-{syntax,duplicate-key}", "w", "line {n}: {v}"},
    {"jsonld-{wrapper,context}", "i", "block {n}: {v}"},
    {"jsonld-{type,property}", "w", "unknown {p}: {v}"},
    {"jsonld-{domain,range,superseded}", "w,i,i", "{p}: {v} not {l}"},
    {"jsonld-{value,rating}", "w", "{p}: {v} is not {l}"},
    {"rich-{required,recommended,retired}", "w,i,i", "{p}: {v}"},
    {"{job,event,offer}-expired", "w,i,w", "ended {v}"},
    {"jsonld-url", "w", "{p} {t} {v}"},
    {"jsonld-{canonical,date,headline}", "i", "{p} {v}, page: {l}"},
};

/* clang-format on */

enum { PAGE_ROWS = sizeof page / sizeof *page, NAME_BYTES = 64 };

/* The `which`th name of a line: "{a,b}-c" gives a-c and b-c, "a, b" gives a and b. */
static bool name_of(const char *ids, size_t which, char name[NAME_BYTES])
{
    const char *open = strchr(ids, '{');
    const char *close = strchr(ids, '}');
    const char *at = open ? open + 1 : ids;
    int before = open ? (int)(open - ids) : 0;

    for (; which > 0; which--) {
        at += strcspn(at, ",}");
        if (*at != ',')
            return false;
        at += 1 + strspn(at + 1, " ");
    }
    (void)snprintf(name, NAME_BYTES, "%.*s%.*s%s", before, ids, (int)strcspn(at, ",}"),
                   at, close ? close + 1 : "");
    return true;
}

static enum severity severity_of(const char *letters, size_t which)
{
    char letter = letters[strlen(letters) > 1 ? 2 * which : 0];

    return letter == 'c'   ? SEVERITY_CRIT
           : letter == 'w' ? SEVERITY_WARN
                           : SEVERITY_INFO;
}

static void every_check_of_the_page_is_there_in_its_order(void **state)
{
    char name[NAME_BYTES];
    size_t known = 0;

    (void)state;
    for (size_t i = 0; i < PAGE_ROWS; i++)
        for (size_t which = 0; name_of(page[i].ids, which, name); which++) {
            const struct check_row *row = check_row((enum check_id)known);

            assert_true(known++ < CHECK_COUNT);
            assert_string_equal(row->id, name);
            assert_string_equal(row->message, page[i].message);
            assert_int_equal(row->severity, severity_of(page[i].letters, which));
        }
    assert_int_equal(known, CHECK_COUNT);
}

static void a_check_is_found_by_its_id_alone(void **state)
{
    enum check_id id = CHECK_COUNT;

    (void)state;
    for (int i = 0; i < CHECK_COUNT; i++) {
        assert_true(check_parse(check_row((enum check_id)i)->id, &id));
        assert_int_equal(id, i);
    }
    assert_false(check_parse("link-broke", &id));
    assert_false(check_parse("", &id));
}

static void templates_name_known_fields_and_titles_are_short(void **state)
{
    (void)state;
    for (int i = 0; i < CHECK_COUNT; i++) {
        const struct check_row *row = check_row((enum check_id)i);

        for (const char *at = strchr(row->message, '{'); at; at = strchr(at + 1, '{')) {
            assert_true(at[1] != '\0' && strchr("tvnlp", at[1]));
            assert_int_equal(at[2], '}');
        }
        assert_in_range(strlen(row->title), 10, 60);
    }
}

static void a_check_over_sets_is_marked_as_one(void **state)
{
    static const char *const sets[] = {"sitemap-frozen",   "route-not-listed",
                                       "route-unlinked",   "route-phantom",
                                       "route-undeclared", "route-empty",
                                       "sitemap-orphan",   "page-not-listed",
                                       "title-duplicate",  "h1-duplicate",
                                       "hreflang-return",  "description-duplicate",
                                       "duplicate-exact",  "duplicate-near"};
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        enum check_id id = CHECK_COUNT;

        assert_true(check_parse(sets[i], &id));
        assert_true(check_row(id)->flags & CHECK_OF_SETS);
    }
    for (int i = 0; i < CHECK_COUNT; i++)
        n += (check_row((enum check_id)i)->flags & CHECK_OF_SETS) != 0;
    assert_int_equal(n, sizeof sets / sizeof *sets);
}

static void a_message_is_the_subject_and_the_filled_template(void **state)
{
    struct arena arena;
    struct hit broken = {.check = CHECK_LINK_BROKEN,
                         .subject = STR("/old"),
                         .value = "404",
                         .n = 3};
    struct hit stale = {.check = CHECK_LASTMOD_STALE,
                        .subject = STR("/pricing"),
                        .value = "2026-11-18",
                        .limit = "2026-09-30"};
    struct hit moved = {.check = CHECK_LINK_REDIRECT,
                        .subject = STR("/a"),
                        .target = STR("https://shop.example/b"),
                        .n = 2};
    struct hit title = {.check = CHECK_TITLE_MISSING,
                        .subject = STR("/c"),
                        .property = "title"};

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_string_equal(hit_message(&broken, &arena),
                        "/old used by 3 pages, answers 404");
    assert_string_equal(hit_message(&stale, &arena),
                        "/pricing changed after 2026-11-18, lastmod says 2026-09-30");
    assert_string_equal(hit_message(&moved, &arena),
                        "/a linked from 2 pages, now https://shop.example/b");
    assert_string_equal(hit_message(&title, &arena), "/c has no title");
    arena_release(&arena);
}

static void a_message_is_safe_to_print_and_no_template_itself(void **state)
{
    struct arena arena;
    char value[201];
    struct hit hit = {.check = CHECK_SITEMAP_NONE,
                      .subject = STR("/{v}\x1b"),
                      .value = value};
    const char *message;

    (void)state;
    arena_init(&arena, 1 << 20);
    memset(value, 'x', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    message = hit_message(&hit, &arena);
    assert_memory_equal(message, "/{v}\\u{1B} xxx", 14);
    assert_int_equal(strlen(message), 11 + 120 + 3); // cut, then "..."
    arena_release(&arena);
}

static void a_hit_has_the_severity_of_the_table_or_its_own(void **state)
{
    struct arena arena;
    struct hits hits = {0};

    (void)state;
    arena_init(&arena, 1 << 20);
    hits_add(&hits, &arena, (struct hit){.check = CHECK_DEPTH});
    hits_add_as(&hits, &arena, SEVERITY_INFO, (struct hit){.check = CHECK_SITE_DOWN});
    assert_int_equal(hits.n, 2);
    assert_int_equal(hits.item[0].severity, SEVERITY_INFO);
    assert_int_equal(hits.item[1].severity, SEVERITY_INFO);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_check_of_the_page_is_there_in_its_order),
        cmocka_unit_test(a_check_is_found_by_its_id_alone),
        cmocka_unit_test(templates_name_known_fields_and_titles_are_short),
        cmocka_unit_test(a_check_over_sets_is_marked_as_one),
        cmocka_unit_test(a_message_is_the_subject_and_the_filled_template),
        cmocka_unit_test(a_message_is_safe_to_print_and_no_template_itself),
        cmocka_unit_test(a_hit_has_the_severity_of_the_table_or_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
