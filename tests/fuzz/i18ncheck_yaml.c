/* YAML catalogs: whatever is aliased and merged, it ends, and what holds of catalogs
 * holds. */
#include "tests/fuzz/i18ncheck_catalogs.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_both(data, size, CATALOG_RAILS);
    return 0;
}
