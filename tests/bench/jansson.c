/* The scanner's peer: every line into jansson's tree, and the ten fields from there. */
#include <stdio.h>

#include <jansson.h>

#include "shared/limits.h"
#include "shared/source_lines.h"

#include "shared/banned.h"

static const char *const outer[] = {"timestamp", "uuid", "distinct_id", "event"};
static const char *const inner[] = {"$session_id",  "$pathname", "$browser",
                                    "$device_type", "release",   "$lib_version"};

static long long bytes_of(const json_t *object, const char *const keys[], size_t n)
{
    long long bytes = 0;

    for (size_t i = 0; i < n; i++)
        bytes += (long long)json_string_length(json_object_get(object, keys[i]));
    return bytes;
}

static bool count(const char *path, struct arena *run, struct err *err)
{
    struct lines lines;
    struct str line;
    enum lines_result result;
    long long rows = 0, bytes = 0;

    lines_init(&lines, run);
    if (!lines_open(&lines, path, err))
        return false;
    while ((result = lines_next(&lines, &line, err)) == LINES_LINE) {
        json_t *event = json_loadb(line.at, line.n, JSON_REJECT_DUPLICATES, NULL);

        rows++;
        bytes += bytes_of(event, outer, sizeof outer / sizeof *outer);
        bytes += bytes_of(json_object_get(event, "properties"), inner,
                          sizeof inner / sizeof *inner);
        json_decref(event);
    }
    lines_release(&lines);
    printf("%lld lines, %lld bytes in ten fields\n", rows, bytes);
    return result == LINES_END;
}

int main(int argc, char **argv)
{
    struct err err = {.text = "usage: jansson FILE"};
    struct arena run;
    bool ok;

    arena_init(&run, 64 * MIB);
    ok = argc == 2 && count(argv[1], &run, &err);
    arena_release(&run);
    if (!ok)
        (void)fprintf(stderr, "jansson: %s\n", err.text);
    return ok ? 0 : 3;
}
