/* Fuzzes the parsers of times: what they accept lies in the years 2000 to 2100, a day's
 * offset allowed. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/source_time.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int64_t first = INT64_C(946684800000), last = INT64_C(4133980800000);
    const int64_t day = 86400000;
    struct str text = {(const char *)data, size};
    int64_t ms;

    if (source_time_parse(text, &ms))
        assert(ms >= first - day && ms < last + day);
    if (source_time_parse_log(text, &ms))
        assert(ms >= first - day && ms < last + day);
    return 0;
}
