/*
 * One error of a run: what failed first, its subject in single quotes, then the remedy.
 * Lower case, no full stop. Only main prints it.
 *
 *     if (!file_read(folder, name, run, &bytes, err))
 *         return err_wrap(err, "reading events of '%s'", day);
 */
#ifndef SHARED_ERR_H
#define SHARED_ERR_H

#include <stdbool.h>

#define MUST_USE          __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

struct err {
    char text[512];    /* NUL-terminated; a longer message is cut */
    bool after_report; /* the run's report was printed before this went wrong */
    bool of_machine;   /* err_system's errno tells of this machine (EIO, EMFILE), not of
                          what is there: nothing to judge, though other files were read */
};

/* Sets the text. Always false, so that a failing function can `return err_set(...)`. */
bool err_set(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Puts context before what is there: "context: text". Always false. */
bool err_wrap(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Sets the text and adds what errno says: "text: No such file or directory". Always
 * false. */
bool err_system(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
