#include "i18ncheck/catalog_internal.h"

bool format_properties_read(struct reading *self)
{
    return reading_fault(self, 0, "properties: not yet");
}
