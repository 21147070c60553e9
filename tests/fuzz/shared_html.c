/* Any run report as a page: drawn without a fault, within its size, and no text of it
 * becomes markup or moves the cursor. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shared/limits.h"
#include "shared/render_html.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_page(const struct buf *page, const struct report *report)
{
    if (page->n > MIB || strstr(page->at, "<script") || strstr(page->at, "<img"))
        abort();
    for (size_t i = 0; i < page->n; i++)
        if ((unsigned char)page->at[i] < ' ' && page->at[i] != '\n')
            abort();
    if (!strstr(page->at, report->ncharts > 0 ? "</svg>" : "</html>"))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct run_facts facts = {.site = "https://shop.example"};
    struct report report = {0};
    struct arena arena;
    struct err err;
    struct buf page = {.arena = &arena};

    arena_init(&arena, ARENA_BYTES_MAX);
    if (report_parse((struct str){(const char *)data, size}, "fuzz", &arena, &report,
                     &err)) {
        if (render_html(&report, 1, &facts, MIB, &page, &err))
            check_page(&page, &report);
        report_release(&report);
    }
    arena_release(&arena);
    return 0;
}
