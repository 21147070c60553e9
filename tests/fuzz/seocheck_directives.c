/*
 * Robots directives: the first line is the judged agent, the others are X-Robots-Tag
 * headers. Each directive is a trimmed piece of one of them; what several headers say
 * is what each says on its own.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "seocheck/directives.h"
#include "shared/limits.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\f';
}

static bool next(struct directives *all, const struct str *headers,
                 struct directive *one)
{
    if (!directives_next(all, one))
        return false;
    assert(one->text.n > 0 && one->line == 0);
    assert(!is_space(one->text.at[0]) && !is_space(one->text.at[one->text.n - 1]));
    assert(one->text.at >= headers->at &&
           one->text.at + one->text.n <= headers->at + headers->n);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size};
    struct str name = {0}, header;
    struct resource resource = {0}, single = {0};
    struct directives whole = {.resource = &resource};
    struct directive one, other;
    struct site_agents agents = {.n = 1};
    const char *agent;
    struct arena arena;

    arena_init(&arena, ARENA_BYTES_MAX);
    (void)str_next_line(&rest, &name);
    agent = str_copy(&arena, name.at, name.n);
    agents.agent = &agent;
    resource.x_robots = rest;
    whole.agents = &agents;
    for (struct str headers = rest; str_next_line(&headers, &header);) {
        struct directives alone = {.resource = &single, .agents = &agents};

        single.x_robots = header;
        while (next(&alone, &header, &one)) {
            assert(next(&whole, &rest, &other));
            assert(other.text.at == one.text.at && other.text.n == one.text.n);
            assert(other.kind == one.kind && other.day == one.day);
        }
    }
    assert(!next(&whole, &rest, &other));
    (void)directives_joined(&resource, &agents, &arena);
    arena_release(&arena);
    return 0;
}
