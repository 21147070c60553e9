/* Composes the one error text of a run. Prints nothing. */
#include "shared/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "shared/banned.h"

bool err_set(struct err *err, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    // cppcheck-suppress ctuuninitvar // written here, never read
    (void)vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return false;
}

bool err_wrap(struct err *err, const char *format, ...)
{
    char context[sizeof err->text];
    char whole[2 * sizeof err->text + 2];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(context, sizeof context, format, args);
    va_end(args);
    (void)snprintf(whole, sizeof whole, "%s: %s", context, err->text);
    (void)snprintf(err->text, sizeof err->text, "%.*s", (int)sizeof err->text - 1,
                   whole);
    return false;
}

bool err_system(struct err *err, const char *format, ...)
{
    int cause = errno; // before anything below can change it
    char what[sizeof err->text];
    char reason[128];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (strerror_r(cause, reason, sizeof reason) != 0)
        (void)snprintf(reason, sizeof reason, "error %d", cause);
    (void)snprintf(err->text, sizeof err->text, "%.*s: %s", (int)sizeof err->text / 2,
                   what, reason);
    return false;
}
