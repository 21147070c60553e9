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

    err->of_machine = false;
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

/* What a path can be at fault for: not there, not allowed, not a file, too long. */
static bool is_of_machine(int cause)
{
    static const int of_paths[] = {0,     ENOENT, ENOTDIR, EACCES,       EPERM,
                                   ELOOP, EISDIR, ENXIO,   ENAMETOOLONG, ENODEV};

    for (size_t i = 0; i < sizeof of_paths / sizeof *of_paths; i++)
        if (cause == of_paths[i])
            return false;
    return true;
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
    err->of_machine = is_of_machine(cause);
    if (strerror_r(cause, reason, sizeof reason) != 0)
        (void)snprintf(reason, sizeof reason, "error %d", cause);
    (void)snprintf(err->text, sizeof err->text, "%.*s: %s", (int)sizeof err->text / 2,
                   what, reason);
    return false;
}
