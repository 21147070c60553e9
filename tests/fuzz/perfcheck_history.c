/* The history of perfcheck: whatever is accepted formats, and the same again when that
 * is read; it can be shown and trimmed. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "perfcheck/round.h"
#include "shared/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct settings settings = {
    .metric = {"total-blocking-time", "cumulative-layout-shift"},
    .rules = {{50, .05, .75, 4, 20, 20, true}, {.02, .05, .75, 4, 17, 17, true}},
    .nmetrics = 2,
    .minimum = {{.category = "performance"},
                {.category = "accessibility"},
                {.category = "best-practices"},
                {.category = "seo"}},
    .bytes = {{"total", true, 10240, .05},
              {"script", true, 10240, .05},
              {"image", true, 10240, .05},
              {"stylesheet", true, 10240, .05},
              {"font", true, 10240, .05}},
};

static void use(struct history *history, struct arena *arena)
{
    int32_t through = day_from_civil(2026, 11, 20);
    struct page_views views = page_views(history, &settings, through, arena);
    size_t n;

    for (size_t i = 0; i < views.n; i++)
        (void)known_failing(history, views.item[i].form, views.item[i].page, arena, &n);
    history_trim(history, &settings, through, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    struct history read = {0}, again = {0};
    struct err err = {0};
    struct buf first, second;
    struct arena arena;
    struct str rows;

    arena_init(&arena, ARENA_BYTES_MAX);
    if (!history_parse(bytes, "f", &arena, &read, &err)) {
        assert(strncmp(err.text, "cannot read 'f:", 15) == 0);
        arena_release(&arena);
        return 0;
    }
    buf_init(&first, &arena, HISTORY_BYTES_MAX);
    buf_init(&second, &arena, HISTORY_BYTES_MAX);
    history_format(&read, &first);
    rows = buf_str(&first);
    rows.at += sizeof PERF_HISTORY_HEADER;
    rows.n -= sizeof PERF_HISTORY_HEADER;
    assert(history_parse(rows, "f", &arena, &again, &err));
    history_format(&again, &second);
    assert(str_equal(buf_str(&first), buf_str(&second)));
    use(&again, &arena);
    arena_release(&arena);
    return 0;
}
