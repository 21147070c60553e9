/*
 * Any run report, in every format: no control, line separator or mark of direction
 * stands raw in what is printed, whatever the file holds; and the report that is read
 * from what was printed is printed the same.
 */
#include <stdint.h>

#include "shared/limits.h"
#include "shared/render.h"
#include "shared/report.h"
#include "tests/fuzz/shared_quiet.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_formats(const struct report *report, struct arena *arena)
{
    static const struct run_facts facts = {.site = "https://shop.example"};
    struct err err;
    struct buf out;

    for (int f = 0; f < REPORT_FORMATS; f++) {
        buf_init(&out, arena, 4 * REPORT_BYTES_MAX);
        if (!report_render(report, (enum report_format)f, &out, &err))
            continue; // too large
        must_be_quiet(out.at, out.n, true);
        buf_init(&out, arena, 4 * REPORT_BYTES_MAX);
        if (reports_render(report, 1, (enum report_format)f, &facts, &out, &err))
            must_be_quiet(out.at, out.n, true);
    }
    buf_init(&out, arena, 4 * REPORT_BYTES_MAX);
    render_summary(report, 1, &facts, &out);
    must_be_quiet(out.at, out.n, true);
}

static void check_again(const struct report *report, struct arena *arena)
{
    struct report read;
    struct buf once, twice;
    struct err err;

    buf_init(&once, arena, REPORT_BYTES_MAX);
    buf_init(&twice, arena, REPORT_BYTES_MAX);
    if (!report_format_json(report, &once, &err))
        return;
    must(report_parse(buf_str(&once), "fuzz", arena, &read, &err));
    must(report_format_json(&read, &twice, &err));
    must(str_equal(buf_str(&once), buf_str(&twice)));
    report_release(&read);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct report report = {0};
    struct arena arena;
    struct err err;

    arena_init(&arena, ARENA_BYTES_MAX);
    if (report_parse((struct str){(const char *)data, size}, "fuzz", &arena, &report,
                     &err)) {
        check_formats(&report, &arena);
        check_again(&report, &arena);
        report_release(&report);
    }
    arena_release(&arena);
    return 0;
}
