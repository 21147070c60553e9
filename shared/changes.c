/* The tools' names in the order of everything. */
#include "shared/changes.h"

#include "shared/banned.h"

const char *const tool_names[TOOL_COUNT] = {"watchdog", "bandit", "perfcheck",
                                            "seocheck", "i18ncheck"};
