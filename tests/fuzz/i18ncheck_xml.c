/* XML catalogs, as Android's and as XLIFF: what holds of catalogs holds. */
#include <libxml/parser.h>

#include "tests/fuzz/i18ncheck_catalogs.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    xmlInitParser();
    read_both(data, size, CATALOG_ANDROID);
    read_both(data, size, CATALOG_XLIFF);
    return 0;
}
