/*
 * What a simulation prints. SIM=full in the environment prints Markdown; else it is
 * TAP, with the tables as comments and a smaller run.
 */
#ifndef TESTS_SIM_SHEET_H
#define TESTS_SIM_SHEET_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/err.h"

/* A bound in the short run may be missed by chance this often. */
#define CHANCE 1e-3

struct sheet {
    bool is_full;
    int tests, failed;
};

static inline void sheet_begin(struct sheet *sheet)
{
    const char *sim = getenv("SIM");

    *sheet = (struct sheet){.is_full = sim && strcmp(sim, "full") == 0};
}

/* A line of a table or of text. */
PRINTF_LIKE(2, 3)

static inline void sheet_say(const struct sheet *sheet, const char *format, ...)
{
    va_list args;

    if (!sheet->is_full)
        (void)fputs("# ", stdout);
    va_start(args, format);
    (void)vprintf(format, args);
    va_end(args);
    (void)putchar('\n');
}

static inline void sheet_gap(const struct sheet *sheet)
{
    (void)puts(sheet->is_full ? "" : "#");
}

static inline void sheet_limit(struct sheet *sheet, bool holds, const char *what)
{
    sheet->tests++;
    sheet->failed += !holds;
    if (sheet->is_full && !holds)
        printf("\n**Missed:** %s.\n\n", what);
    if (!sheet->is_full)
        printf("%s %d - %s\n", holds ? "ok" : "not ok", sheet->tests, what);
    (void)fflush(stdout);
}

static inline int sheet_end(const struct sheet *sheet)
{
    if (!sheet->is_full)
        printf("1..%d\n", sheet->tests);
    return sheet->failed > 0;
}

#endif
