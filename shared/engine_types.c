/* Which types of sources are engines, linked or not. */
#include <stddef.h>
#include <string.h>

#include "shared/engine.h"

#include "shared/banned.h"

bool engine_is_type(const char *type)
{
    static const char *const types[] = {"clickhouse", "ga4",     "matomo", "plausible",
                                        "postgres",   "posthog", "umami"};

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i], type) == 0)
            return true;
    return false;
}
