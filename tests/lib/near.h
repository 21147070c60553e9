/*
 * assert_near for cmocka: doubles within absolute + relative * |want|, printed with all
 * their digits. cmocka's own assert_float_equal compares as float. NaN is near nothing.
 */
#ifndef TESTS_LIB_NEAR_H
#define TESTS_LIB_NEAR_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

// NOLINTNEXTLINE(readability-identifier-naming): named like those of cmocka
#define assert_near(got, want, relative, absolute) \
    near_check((got), (want), (relative), (absolute), __FILE__, __LINE__)

static inline void near_check(double got, double want, double relative, double absolute,
                              const char *file, int line)
{
    if (fabs(got - want) <= absolute + relative * fabs(want))
        return;
    print_error("%.17g is not near %.17g (relative %g, absolute %g)\n", got, want,
                relative, absolute);
    _fail(file, line);
}

#endif
