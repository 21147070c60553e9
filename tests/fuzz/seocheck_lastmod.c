/* Fuzzes dates of sitemaps and feeds: what is accepted lies in the years 1 to 9999, and
 * its day is at most one from that of UTC. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "seocheck/sitemap.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct lastmod *lastmod, struct str text)
{
    // of 0001-01-01 and of 10000-01-01, by date -u; an offset moves less than a day
    const int64_t first = INT64_C(-62135596800), last = INT64_C(253402300800);
    const int64_t day = 86400;

    assert(lastmod->text.n == text.n);
    assert((lastmod->status == LASTMOD_NONE) == (text.n == 0));
    if (lastmod->status != LASTMOD_GOOD)
        return;
    assert(lastmod->time_s >= first - day && lastmod->time_s < last + day);
    assert(lastmod->day * day <= lastmod->time_s &&
           lastmod->time_s < (lastmod->day + 1) * day);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct lastmod lastmod;

    lastmod_parse(text, &lastmod);
    check(&lastmod, text);
    lastmod_parse_rfc822(text, &lastmod);
    check(&lastmod, text);
    return 0;
}
