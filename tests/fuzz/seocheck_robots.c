/*
 * robots.txt: the first line is the agent, the second the URL, the rest the file. An
 * answer names a rule of the file or none; a path begins with a slash; how lines end
 * does not matter; a second reading says the same.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "seocheck/robots.h"
#include "shared/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str take_line(struct str *rest)
{
    struct str line = {rest->at, 0};

    (void)str_next_line(rest, &line);
    return line;
}

static void check(const struct robots *robots, const struct robots_answer *answer)
{
    bool found = answer->line == 0;

    assert(answer->is_allowed == (answer->line == 0 || answer->is_allow));
    for (size_t i = 0; i < robots->nrules; i++) {
        const struct robots_rule *rule = &robots->rule[i];

        assert(i == 0 || robots->rule[i - 1].line < rule->line);
        assert(rule->pattern.n <= 3 * rule->written.n);
        found = found ||
                (rule->line == answer->line && str_equal(rule->written, answer->rule));
    }
    assert(found);
    for (size_t i = 0; i < robots->ngroups; i++)
        assert(robots->group[i].first <= robots->group[i].end &&
               robots->group[i].end <= robots->nrules);
}

/* Every LF, CRLF and CR as CRLF, which may pass the cap on a file's bytes. */
static struct str with_crlf(struct str text, struct arena *arena)
{
    char *out = arena_new(arena, char, 2 * text.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];

        if (c == '\n' && i > 0 && text.at[i - 1] == '\r')
            continue;
        if (c == '\n' || c == '\r') {
            out[n++] = '\r';
            out[n++] = '\n';
        } else {
            out[n++] = c;
        }
    }
    return (struct str){out, n};
}

static void same(const struct robots_answer *a, const struct robots_answer *b)
{
    assert(a->is_allowed == b->is_allowed && a->line == b->line);
    assert(str_equal(a->rule, b->rule) && str_equal(a->group, b->group));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size};
    struct str agent = take_line(&rest);
    struct str url = take_line(&rest);
    struct robots robots, again;
    struct robots_answer first, second;
    struct arena arena;

    if (url.n > 2048)
        return 0;
    arena_init(&arena, ARENA_BYTES_MAX);
    assert(robots_path(url, &arena).at[0] == '/');
    robots_parse(rest, &arena, &robots);
    first = robots_ask(&robots, agent, url, &arena);
    check(&robots, &first);
    assert(robots_delay(&robots, agent) >= 0);
    rest = with_crlf(rest, &arena);
    if (rest.n <= ROBOTS_BYTES_MAX) {
        robots_parse(rest, &arena, &again);
        second = robots_ask(&again, agent, url, &arena);
        same(&first, &second);
        assert(again.nremarks == robots.nremarks);
        assert(again.nsitemaps == robots.nsitemaps);
    }
    arena_release(&arena);
    return 0;
}
