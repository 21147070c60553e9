/* Statistics that at least two tools need. */
#include "shared/stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/str.h"

#include "shared/banned.h"

char *stats_p_text(double p, struct arena *arena)
{
    char text[16];
    char *exponent;

    if (!(p > 0))
        return str_copy(arena, "0", 1);
    (void)snprintf(text, sizeof text, "%.0e",
                   p); // 3e-04: two digits of exponent at least
    exponent = strchr(text, 'e');
    if (!exponent)
        return str_copy(arena, text, strlen(text));
    *exponent = '\0';
    return str_format(arena, "%se%ld", text, strtol(exponent + 1, NULL, 10));
}
