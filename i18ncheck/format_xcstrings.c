#include "i18ncheck/catalog_internal.h"

bool format_xcstrings_read(struct reading *self)
{
    return reading_fault(self, 0, "xcstrings: not yet");
}
