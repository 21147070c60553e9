/*
 * Finds ten fields in every line of a file by shared/scan.c and counts what it found.
 * The peers jansson.c and simdjson.cc print the same line when they found the same.
 */
#include <stdio.h>

#include "shared/limits.h"
#include "shared/scan.h"
#include "shared/source_lines.h"

#include "shared/banned.h"

static const char *const fields[] = {"/timestamp",
                                     "/uuid",
                                     "/distinct_id",
                                     "/event",
                                     "/properties/$session_id",
                                     "/properties/$pathname",
                                     "/properties/$browser",
                                     "/properties/$device_type",
                                     "/properties/release",
                                     "/properties/$lib_version"};

enum { FIELDS = sizeof fields / sizeof *fields };

static bool count(const char *path, struct arena *run, struct err *err)
{
    struct span found[FIELDS];
    struct lines lines;
    struct scan *scan;
    struct str line;
    enum lines_result result;
    long long rows = 0, bytes = 0, unsure = 0;

    if (!scan_compile(run, fields, FIELDS, &scan, err))
        return false;
    lines_init(&lines, run);
    if (!lines_open(&lines, path, err))
        return false;
    while ((result = lines_next(&lines, &line, err)) == LINES_LINE) {
        rows++;
        unsure += scan_line(scan, line.at, line.n, found) != SCAN_OK;
        for (int i = 0; i < FIELDS; i++)
            bytes += (long long)found[i].n;
    }
    lines_release(&lines);
    printf("%lld lines, %lld bytes in ten fields", rows, bytes);
    printf(unsure > 0 ? ", %lld left to jansson\n" : "\n", unsure);
    return result == LINES_END;
}

int main(int argc, char **argv)
{
    struct err err = {.text = "usage: scanner FILE"};
    struct arena run;
    bool ok;

    arena_init(&run, 64 * MIB);
    ok = argc == 2 && count(argv[1], &run, &err);
    arena_release(&run);
    if (!ok)
        (void)fprintf(stderr, "scanner: %s\n", err.text);
    return ok ? 0 : 3;
}
