/* The types of engines, a row each. */
#include <string.h>

#include "shared/engine.h"
#include "shared/engines/clickhouse.h"
#include "shared/engines/ga4.h"
#include "shared/engines/matomo.h"
#include "shared/engines/plausible.h"
#include "shared/engines/postgres.h"
#include "shared/engines/posthog.h"
#include "shared/engines/umami.h"

#include "shared/banned.h"

bool engine_find(const char *type, const struct engine **engine, struct err *err)
{
    static const struct engine *const engines[] = {
        &engine_clickhouse, &engine_ga4,     &engine_matomo, &engine_plausible,
        &engine_postgres,   &engine_posthog, &engine_umami,  NULL,
    };

    for (size_t i = 0; engines[i]; i++) {
        if (strcmp(engines[i]->type, type) == 0) {
            *engine = engines[i];
            return true;
        }
    }
    return err_set(err, "type '%s' has no engine here", type);
}
