/* Tests that a machine cannot run: cmocka's own skip() is a failure in TAP. */
#ifndef TESTS_LIB_SKIP_H
#define TESTS_LIB_SKIP_H

/* The test ends well, and says what it lacked. */
#define SKIP_UNLESS(condition)                                \
    do {                                                      \
        if (!(condition)) {                                   \
            print_message("# SKIP without " #condition "\n"); \
            return;                                           \
        }                                                     \
    } while (0)

#endif
