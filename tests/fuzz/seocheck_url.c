/*
 * URLs: the first line is the base, the rest the reference. The normal form is one: it
 * resolves to itself, with and without a base, and so does the spelling; it stays under
 * its cap; its parts lie in it; it is ASCII; what people are shown hides no more than
 * it should.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "seocheck/url.h"
#include "shared/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const stripped[] = {"utm_*", "sid"};
static const struct url_rules rules = {stripped, 2};

static bool is_inside(struct str part, struct str text)
{
    return part.at >= text.at && part.at + part.n <= text.at + text.n;
}

static void check_parts(const struct url *url)
{
    assert(url->text.n <= URL_BYTES_MAX && url->text.at[url->text.n] == '\0');
    assert(url->spelling.n == url->text.n);
    assert(url->host.n > 0 && is_inside(url->host, url->text));
    assert(url->path.n > 0 && url->path.at[0] == '/' &&
           is_inside(url->path, url->text));
    assert(url->has_query ? url->query.n > 0 && is_inside(url->query, url->text)
                          : url->path.at + url->path.n == url->text.at + url->text.n);
    for (size_t i = 0; i < url->text.n; i++)
        assert((uint8_t)url->text.at[i] > ' ' && (uint8_t)url->text.at[i] < 0x7f);
}

static void check_same(const struct url *a, const struct url *b)
{
    assert(str_equal(a->text, b->text) && a->key == b->key && a->port == b->port);
    assert(str_equal(a->host, b->host) && str_equal(a->path, b->path));
    assert(str_equal(a->query, b->query) && a->has_query == b->has_query);
    assert(a->is_https == b->is_https && a->has_userinfo == b->has_userinfo);
}

/* What it is near to changes nothing. */
static void check_absolute(const struct url *near, struct str reference,
                           struct arena *arena)
{
    struct url url, far;
    enum url_result result = url_resolve(NULL, reference, &rules, arena, &far);

    assert(url_resolve_absolute(near, reference, &rules, arena, &url) == result);
    if (result != URL_OK)
        return;
    check_same(&url, &far);
    assert(str_equal(url.spelling, far.spelling));
    assert(url.has_fragment == far.has_fragment);
}

static void check(const struct url *base, struct str reference, struct arena *arena,
                  struct url *url, bool *resolved)
{
    struct url again;

    (void)url_shown(reference, arena);
    check_absolute(base, reference, arena);
    *resolved = url_resolve(base, reference, &rules, arena, url) == URL_OK;
    if (!*resolved)
        return;
    check_parts(url);
    assert(url_resolve(NULL, url->text, &rules, arena, &again) == URL_OK);
    check_same(url, &again);
    assert(str_equal(again.spelling, url->text) && !again.has_fragment);
    assert(url_resolve(base, url->text, &rules, arena, &again) == URL_OK);
    check_same(url, &again);
    check_absolute(url, url->text, arena);
    assert(url_resolve(NULL, url->spelling, &rules, arena, &again) == URL_OK);
    check_same(url, &again);
    assert(str_equal(again.spelling, url->spelling));
    assert(url_resolve(url, STR("#x"), &rules, arena, &again) == URL_OK);
    check_same(url, &again);
    // "&sig=" is hidden in a path too
    if (!url->has_query && !url->has_userinfo && !strchr(url->text.at, '='))
        assert(strcmp(url_shown(url->text, arena), url->text.at) == 0);
    assert(url_same_origin(url, &again) && url_subject(url, url, arena)[0] == '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *newline = size > 0 ? memchr(data, '\n', size) : NULL;
    size_t n = newline ? (size_t)(newline - data) : 0;
    struct str base_text = {(const char *)data, n};
    struct str reference = {newline ? (const char *)newline + 1 : (const char *)data,
                            newline ? size - n - 1 : size};
    struct url base, url;
    struct arena arena;
    bool has_base, resolved;

    arena_init(&arena, ARENA_BYTES_MAX);
    check(NULL, base_text, &arena, &base, &has_base);
    check(has_base ? &base : NULL, reference, &arena, &url, &resolved);
    arena_release(&arena);
    return 0;
}
