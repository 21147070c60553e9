/* Fuzzes a line of an access log, combined or Caddy's: a row has a unit, a kind and
 * clean, short texts. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/source_internal.h"
#include "shared/text.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct str text)
{
    assert(text.n <= EVENT_VALUE_BYTES_MAX + 3);
    assert(text_is_utf8(text.at, text.n, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t at_ms[] = {INT64_C(946684800000), INT64_C(4133980800000)};
    static struct arena arena;
    static struct source source;
    struct line_result result;
    struct row row;
    struct err err;

    if (!source.agents) {
        json_t *defaults = json_object();
        bool ok;

        arena_init(&arena, ARENA_BYTES_MAX);
        source.bounds = (struct day_bounds){10957, 1, at_ms};
        source.agents = agents_new(&arena);
        ok = access_log_open(&source, defaults, &arena, &err);
        json_decref(defaults);
        if (!ok)
            return 0;
    }
    if (size == 0 || size > EVENT_LINE_BYTES_MAX)
        return 0;
    result = access_log_row(&source, (struct str){(const char *)data, size}, &row);
    if (result.verdict == LINE_ROW && row.kinds != 0) { // inside the bounds
        assert(result.has_time && row.id != 0);
        check(row.page);
        check(row.host);
        check(row.referrer_host);
    }
    values_release(source.log.caddy); // the leak checker sees what was not given back
    return 0;
}
