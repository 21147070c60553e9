/* PO files: what holds of catalogs holds; and their bytes as a plural expression, which
 * selects a form that there is or none. */
#include "i18ncheck/po.h"
#include "tests/fuzz/i18ncheck_catalogs.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void select_forms(struct str expression, int nplurals)
{
    uint8_t index[PO_PLURAL_N];
    const char *why;

    if (!po_plural_select(expression, nplurals, index, &why)) {
        must(why != NULL, "refused without a reason");
        return;
    }
    for (size_t n = 0; n < PO_PLURAL_N; n++)
        must(index[n] < nplurals, "a form that is not there");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_both(data, size, CATALOG_PO);
    select_forms((struct str){(const char *)data, size}, 3);
    return 0;
}
