/*
 * Tests of seocheck/robots.c. What a file says is RFC 9309 (sections beside the cases)
 * with the extensions of google/robotstxt; seocheck_robots_google.c holds it to that
 * project's own cases.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "seocheck/robots.h"
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

static struct robots parsed(const char *text)
{
    struct robots robots;

    robots_parse(str_of(text), &run, &robots);
    return robots;
}

static struct robots_answer ask(const char *text, const char *agent, const char *url)
{
    struct robots robots = parsed(text);

    return robots_ask(&robots, str_of(agent), str_of(url), &run);
}

/* The line that decides; 0: no rule, negative: a disallow. */
static void decides(const char *text, const char *agent, const char *url,
                    int64_t expected)
{
    struct robots_answer answer = ask(text, agent, url);
    int64_t line = answer.is_allowed ? answer.line : -answer.line;

    if (line != expected)
        fail_msg("'%s' for %s by line %d, not %d of:\n%s", url, agent, (int)line,
                 (int)expected, text);
    assert_true(answer.is_allowed == (answer.line == 0 || answer.is_allow));
}

static void the_example_of_rfc_9309_is_obeyed(void **state)
{
    // 5.1, "Simple Example"
    static const char text[] = "User-Agent: *\n"
                               "Disallow: *.gif$\n"
                               "Disallow: /example/\n"
                               "Allow: /publications/\n"
                               "\n"
                               "User-Agent: foobot\n"
                               "Disallow:/\n"
                               "Allow:/example/page.html\n"
                               "Allow:/example/allowed.gif\n"
                               "\n"
                               "User-Agent: barbot\n"
                               "User-Agent: bazbot\n"
                               "Disallow: /example/page.html\n"
                               "\n"
                               "User-Agent: quxbot\n"
                               "\n"
                               "EOF\n";

    (void)state;
    decides(text, "otherbot", "http://h/x.gif", -2);
    decides(text, "otherbot", "http://h/x.gif?a", 0);
    decides(text, "otherbot", "http://h/example/", -3);
    decides(text, "otherbot", "http://h/publications/x.gif", 4);
    decides(text, "foobot", "http://h/publications/", -7);
    decides(text, "foobot", "http://h/example/page.html", 8);
    decides(text, "foobot", "http://h/example/allowed.gif", 9);
    decides(text, "barbot", "http://h/example/page.html", -13);
    decides(text, "bazbot", "http://h/example/page.html", -13);
    decides(text, "bazbot", "http://h/example/", 0);
    decides(text, "quxbot", "http://h/example/", 0);
}

static void the_longest_match_of_rfc_9309_wins(void **state)
{
    // 5.2
    static const char text[] = "User-Agent: foobot\n"
                               "Allow: /example/page/\n"
                               "Disallow: /example/page/disallowed.gif\n";

    (void)state;
    decides(text, "foobot", "/example/page/disallowed.gif", -3);
    decides(text, "foobot", "/example/page/", 2);
}

static void the_special_characters_of_rfc_9309_work(void **state)
{
    (void)state;
    // 2.2.3, and its table of escapes in 2.2.2
    decides("user-agent: a\nallow: /this/path/exactly$\ndisallow: /\n", "a",
            "/this/path/exactly", 2);
    decides("user-agent: a\nallow: /this/path/exactly$\ndisallow: /\n", "a",
            "/this/path/exactly/", -3);
    decides("user-agent: a\nallow: /this/*/exactly\ndisallow: /\n", "a",
            "/this/x/y/exactly", 2);
    decides("user-agent: a\ndisallow: /foo/bar?baz=quz\n", "a", "/foo/bar?baz=quz", -2);
    decides("user-agent: a\ndisallow: /foo/bar/\xe3\x83\x84\n", "a",
            "/foo/bar/%E3%83%84", -2);
    decides("user-agent: a\ndisallow: /foo/bar/%e3%83%84\n", "a", "/foo/bar/%E3%83%84",
            -2);
    decides("user-agent: a\ndisallow: /foo/bar/%62%61%7a\n", "a", "/foo/bar/baz", 0);
    decides("user-agent: a\ndisallow: /foo/bar/%62%61%7a\n", "a", "/foo/bar/%62%61%7A",
            -2);
    decides("user-agent: a\ndisallow: /foo#bar\n", "a", "/foox", -2);
}

static void allow_wins_a_tie_and_the_first_of_equals_is_named(void **state)
{
    (void)state;
    decides("user-agent: a\ndisallow: /x\nallow: /x\nallow: /x\n", "a", "/x", 3);
    decides("user-agent: a\ndisallow: /x\ndisallow: /*\n", "a", "/x", -2);
}

static void empty_rules_never_count(void **state)
{
    (void)state;
    decides("user-agent: a\ndisallow:\n", "a", "/x", 0);
    decides("user-agent: a\ndisallow:\nuser-agent: *\ndisallow: /\n", "a", "/x", 0);
    decides("user-agent: a\ndisallow: #x\nallow:\n", "a", "/", 0);
}

static void a_star_is_for_those_that_nobody_names(void **state)
{
    static const char text[] = "user-agent: *\ndisallow: /\n"
                               "user-agent: a-b_c/1.0 (x)\ndisallow: /x\n"
                               "user-agent: * x\nallow: /y\n"
                               "user-agent: *z\ndisallow: /y/longer\n";

    (void)state;
    decides(text, "A-B_C", "/y", 0);
    decides(text, "A-B_C", "/x", -4);
    decides(text, "a-b", "/x", -2);
    decides(text, "z", "/y", 6);
    decides(text, "z", "/y/longer", 6); // `*z` names nobody who has a name
    decides(text, "", "/y/longer", -8);
    decides(text, "", "/x", 0);
}

static void groups_of_one_agent_merge(void **state)
{
    static const char text[] = "user-agent: a\ndisallow: /x\n"
                               "user-agent: b\nallow: /\n"
                               "user-agent: a\nallow: /x/y\n";

    (void)state;
    decides(text, "a", "/x", -2);
    decides(text, "a", "/x/y", 6);
    decides(text, "b", "/x", 4);
}

static void only_rules_end_a_list_of_agents(void **state)
{
    (void)state;
    decides(
        "user-agent: a\nsitemap: http://h/s\n\nfoo: bar\nuser-agent: b\ndisallow: /\n",
        "a", "/", -6);
    decides("user-agent: a\ndisallow:\nuser-agent: b\ndisallow: /\n", "a", "/", 0);
}

static void the_group_is_the_line_that_named_it(void **state)
{
    struct robots_answer answer =
        ask("user-agent: b\nuser-agent: A 1\ndisallow: /caf\xc3\xa9 \n", "a",
            "/caf%C3%A9");

    (void)state;
    assert_true(str_equal(answer.group, STR("A 1")));
    assert_true(str_equal(answer.rule, STR("/caf\xc3\xa9")));
    answer = ask("user-agent: b\ndisallow: /\n", "a", "/");
    assert_true(answer.is_allowed && answer.group.n == 0 && answer.rule.n == 0);
}

static void an_index_page_stands_for_its_folder_in_an_allow(void **state)
{
    static const char text[] = "user-agent: a\nallow: /x/index.html\n"
                               "disallow: /x\ndisallow: /longer\n"
                               "allow: /longer/*/index.htm\n";

    (void)state;
    decides(text, "a", "/x/index.html", 2);
    decides(text, "a", "/x/", 2);
    decides(text, "a", "/x/y", -3);
    decides(text, "a", "/longer/y/", 5);
    decides(text, "a", "/longer/y", -4);
    decides("user-agent: a\ndisallow: /x/index.html\n", "a", "/x/", 0);
    decides("user-agent: a\nallow: /index.php\ndisallow: /\n", "a", "/", -3);
    // it weighs what "/x/$" does
    decides("user-agent: a\nallow: /x/index.htm\ndisallow: /x/*$\n", "a", "/x/", -3);
    decides("user-agent: a\nallow: /x/index.htm\ndisallow: /x/*\n", "a", "/x/", 2);
}

static void lines_end_in_three_ways(void **state)
{
    (void)state;
    decides("user-agent: a\rdisallow: /\r", "a", "/", -2);
    decides("user-agent: a\r\ndisallow: /", "a", "/", -2);
    decides("\n\r\n\r\rUser-agent: a\n\r\n\ndisallow: /", "a", "/", -8);
    decides("user-agent: a\vdisallow: /\n", "a", "/", 0);
}

static void a_nul_ends_what_is_read_of_its_line(void **state)
{
    struct robots robots;

    (void)state;
    robots_parse(STR("user-agent: a\ndisallow: /x\0y\nallow: /z\n"), &run, &robots);
    assert_int_equal(robots.nrules, 2);
    assert_true(str_equal(robots.rule[0].pattern, STR("/x")));
}

static void a_byte_order_mark_or_a_part_of_it_is_skipped_at_the_start(void **state)
{
    (void)state;
    decides("\xef\xbb\xbfuser-agent: a\ndisallow: /\n", "a", "/", -2);
    decides("\xef\xbbuser-agent: a\ndisallow: /\n", "a", "/", -2);
    decides("\xbfuser-agent: a\ndisallow: /\n", "a", "/", 0);
    decides("\n\xef\xbb\xbfuser-agent: a\ndisallow: /\n", "a", "/", 0);
}

static void a_forgotten_colon_is_forgiven_between_two_words(void **state)
{
    (void)state;
    decides("user-agent a\ndisallow /\n", "a", "/", -2);
    decides("user-agent \t a\ndisallow\t/ #c d\n", "a", "/", -2);
    decides("user-agent: a\ndisallow / /x\n", "a", "/", 0);
    decides("user agent: a\ndisallow : /\n", "a", "/", -2);
}

static void keys_are_read_by_their_beginning_and_misspelt(void **state)
{
    static const char *const agents[] = {"USER-AGENT", "useragent", "User Agent",
                                         "user-agents"};
    static const char *const rules[] = {"disallow", "DisAllow",  "dissallow",
                                        "dissalow", "disalow",   "diasllow",
                                        "disallaw", "disallowed"};

    (void)state;
    for (size_t i = 0; i < sizeof agents / sizeof *agents; i++)
        decides(str_format(&run, "%s: a\ndisallow: /\n", agents[i]), "a", "/", -2);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        decides(str_format(&run, "user-agent: a\n%s: /\n", rules[i]), "a", "/", -2);
    decides("user-agent: a\ndislalow: /\n", "a", "/", 0);
    decides("user_agent: a\ndisallow: /\n", "a", "/", 0);
    assert_int_equal(parsed("site-map: http://h/s\nsitemap:x\n").nsitemaps, 2);
}

static void a_line_is_read_up_to_16663_bytes(void **state)
{
    const char *line = str_format(&run, "disallow: /%016651d", 0); // 16662 bytes
    struct robots robots = parsed(str_format(&run, "user-agent: a\n%s/x\n", line));

    (void)state;
    assert_int_equal(strlen(line), ROBOTS_LINE_BYTES_MAX - 1);
    assert_int_equal(robots.nremarks, 1);
    assert_int_equal(robots.remark[0].what, ROBOTS_LINE_CUT);
    assert_int_equal(robots.remark[0].line, 2);
    assert_true(str_ends(robots.rule[0].pattern, STR("0/")));
    robots = parsed(str_format(&run, "user-agent: a\n%s/\n", line));
    assert_int_equal(robots.nremarks, 0);
    assert_true(str_ends(robots.rule[0].pattern, STR("0/")));
}

static void what_follows_half_a_million_bytes_is_not_read(void **state)
{
    size_t n = ROBOTS_BYTES_MAX;
    char *text = arena_new(&run, char, n + 100);
    struct str rules = STR("user-agent: a\ndisallow: /");
    struct robots robots;

    (void)state;
    memset(text, '\n', n + 100);
    memcpy(text + n - rules.n, rules.at, rules.n);
    text[n] = 'x'; // would make the last rule another one
    robots_parse((struct str){text, n + 100}, &run, &robots);
    assert_true(robots.is_too_big && robots.nrules == 1);
    assert_true(str_equal(robots.rule[0].pattern, STR("/")));
    robots_parse((struct str){text, n}, &run, &robots);
    assert_true(!robots.is_too_big && robots.nrules == 1);
}

static void html_is_seen(void **state)
{
    (void)state;
    assert_true(parsed("<!doctype html>").is_html);
    assert_true(parsed("\xef\xbb\xbf \n<html>").is_html);
    assert_false(parsed("user-agent: *\n<html>").is_html);
    assert_false(parsed("").is_html);
}

static void lines_to_look_at_are_remarked(void **state)
{
    static const struct {
        enum robots_line what;
        int64_t line;
        const char *text;
    } expected[] = {
        {ROBOTS_LINE_NO_GROUP, 1, "Disallow"}, {ROBOTS_LINE_MISSPELT, 2, "useragent"},
        {ROBOTS_LINE_NO_COLON, 3, "allow /x"}, {ROBOTS_LINE_UNKNOWN, 4, "noarchive"},
        {ROBOTS_LINE_MISSPELT, 5, "disalow"},  {ROBOTS_LINE_NO_COLON, 6, "all of it"},
        {ROBOTS_LINE_UNKNOWN, 8, ": /"},
    };
    struct robots robots = parsed("Disallow: /\n"
                                  "useragent: *\n"
                                  "allow /x # why\n"
                                  "noarchive: /x\n"
                                  "disalow: /y\n"
                                  "all of it\n"
                                  "# a comment: of no interest\n"
                                  ": /\n"
                                  "Crawl-Delay: 1\nHost: h\nclean-param: a\n"
                                  "Request-rate: 1/5\nvisit-time: 1\nnoindex: /\n"
                                  "Content-Signal: search=yes\n"
                                  " \t\n"
                                  "SITEMAP: https://h/s.xml\n");

    (void)state;
    assert_int_equal(robots.nremarks, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < robots.nremarks; i++) {
        assert_int_equal(robots.remark[i].what, expected[i].what);
        assert_int_equal(robots.remark[i].line, expected[i].line);
        assert_true(str_equal(robots.remark[i].text, str_of(expected[i].text)));
    }
    assert_int_equal(robots.nsitemaps, 1);
    assert_int_equal(robots.sitemap[0].line, 17);
    assert_true(str_equal(robots.sitemap[0].url, STR("https://h/s.xml")));
}

static double delay(const char *text, const char *agent)
{
    struct robots robots = parsed(text);

    return robots_delay(&robots, str_of(agent));
}

static void the_longest_crawl_delay_of_the_agents_groups_counts(void **state)
{
    static const char text[] = "crawl-delay: 99\n"
                               "user-agent: *\ndisallow: /x\ncrawl-delay: 7\n"
                               "user-agent: a\ncrawl-delay: 2.5\ndisallow:\n"
                               "user-agent: b\ndisallow:\ncrawl-delay: soon\n"
                               "crawl-delay: -3\n"
                               "user-agent: a\ndisallow:\ncrawl-delay: 1\n";

    (void)state;
    assert_true(delay(text, "a") == 2.5);
    assert_true(delay(text, "b") == 0);
    assert_true(delay(text, "c") == 7);
    assert_true(delay("", "c") == 0);
}

static void agents_are_letters_dashes_and_underscores(void **state)
{
    (void)state;
    assert_true(robots_agent_is_valid("Foo_Bar-Bot"));
    assert_false(robots_agent_is_valid(""));
    assert_false(robots_agent_is_valid("*"));
    assert_false(robots_agent_is_valid("bot2"));
    assert_false(robots_agent_is_valid("Foo Bar"));
    assert_false(robots_agent_is_valid("foo\xc3\xa9"));
}

static void path(const char *url, const char *expected)
{
    struct str got = robots_path(str_of(url), &run);

    if (!str_equal(got, str_of(expected)))
        fail_msg("'%s' has path '%.*s', not '%s'", url, (int)got.n, got.at, expected);
}

static void the_path_of_a_url_is_what_google_takes(void **state)
{
    (void)state;
    path("http://h", "/");
    path("http://h#/a", "/");
    path("http://h/a?b#c?d", "/a?b");
    path("http://h?a", "/?a");
    path("http://h;a/b", "/;a/b");
    path("h/a", "/a");
    path("//h/a", "/a");
    path("///a", "/a");
    path("a:b/c", "/c");
    path("/a?u=http://h/b", "/a?u=http://h/b");
    path("?u=http://h/b", "/?u=http://h/b");
    path("a;http://h/b", "/;http://h/b");
    path("://a/b", "/b");
    path("#/a", "/");
}

/* All places a prefix of the pattern can reach, one byte after the other: the plain way
 * that google/robotstxt documents. */
static bool matches_slowly(struct str pattern, struct str path)
{
    bool reached[32] = {true};

    for (size_t i = 0; i < pattern.n; i++) {
        bool next[32] = {false};

        if (pattern.at[i] == '$' && i + 1 == pattern.n)
            return reached[path.n];
        for (size_t j = 0; j <= path.n; j++) {
            if (pattern.at[i] == '*')
                next[j] = reached[j] || (j > 0 && next[j - 1]);
            else if (j > 0)
                next[j] = reached[j - 1] && path.at[j - 1] == pattern.at[i];
        }
        memcpy(reached, next, sizeof reached);
    }
    for (size_t j = 0; j <= path.n; j++)
        if (reached[j])
            return true;
    return false;
}

static void patterns_match_as_by_trying_every_place(void **state)
{
    uint64_t seed = 88172645463325252U; // xorshift64
    int matched = 0;

    (void)state;
    for (int i = 0; i < 200000; i++) {
        char pattern[10], text[14] = "/";
        struct str p = {pattern, 0}, t = {text, 1};

        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        p.n = seed % 9;
        t.n = 1 + (seed >> 8) % 12;
        for (size_t j = 0; j < p.n; j++)
            pattern[j] = "/ab*$a*b"[seed >> (12 + 3 * j) & 7];
        for (size_t j = 1; j < t.n; j++)
            text[j] = "/ab$"[seed >> (38 + 2 * j) & 3];
        if (robots_pattern_matches(p, t) != matches_slowly(p, t))
            fail_msg("'%.*s' on '%.*s'", (int)p.n, p.at, (int)t.n, t.at);
        matched += matches_slowly(p, t);
    }
    assert_in_range(matched, 20000, 180000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_rfc_9309_is_obeyed),
        cmocka_unit_test(the_longest_match_of_rfc_9309_wins),
        cmocka_unit_test(the_special_characters_of_rfc_9309_work),
        cmocka_unit_test(allow_wins_a_tie_and_the_first_of_equals_is_named),
        cmocka_unit_test(empty_rules_never_count),
        cmocka_unit_test(a_star_is_for_those_that_nobody_names),
        cmocka_unit_test(groups_of_one_agent_merge),
        cmocka_unit_test(only_rules_end_a_list_of_agents),
        cmocka_unit_test(the_group_is_the_line_that_named_it),
        cmocka_unit_test(an_index_page_stands_for_its_folder_in_an_allow),
        cmocka_unit_test(lines_end_in_three_ways),
        cmocka_unit_test(a_nul_ends_what_is_read_of_its_line),
        cmocka_unit_test(a_byte_order_mark_or_a_part_of_it_is_skipped_at_the_start),
        cmocka_unit_test(a_forgotten_colon_is_forgiven_between_two_words),
        cmocka_unit_test(keys_are_read_by_their_beginning_and_misspelt),
        cmocka_unit_test(a_line_is_read_up_to_16663_bytes),
        cmocka_unit_test(what_follows_half_a_million_bytes_is_not_read),
        cmocka_unit_test(html_is_seen),
        cmocka_unit_test(lines_to_look_at_are_remarked),
        cmocka_unit_test(the_longest_crawl_delay_of_the_agents_groups_counts),
        cmocka_unit_test(agents_are_letters_dashes_and_underscores),
        cmocka_unit_test(the_path_of_a_url_is_what_google_takes),
        cmocka_unit_test(patterns_match_as_by_trying_every_place),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
