/* Fuzzes git's log, read from a pipe: no date of a file that it does not name. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "i18ncheck/git_log.h"
#include "shared/limits.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PIPE_BYTES = 60000 }; // what a pipe takes without a reader

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct git_file file[] = {{.path = "a.md", .minor = &git_minor_default},
                              {.path = "../b/c.md", .minor = &git_minor_default},
                              {.path = "nowhere", .minor = &git_minor_default}};
    struct arena arena;
    struct err err = {0};
    int ends[2];
    bool good;

    if (size > PIPE_BYTES || pipe(ends) != 0)
        return 0;
    good = write(ends[1], data, size) == (ssize_t)size;
    (void)close(ends[1]);
    assert(good);
    arena_init(&arena, ARENA_BYTES_MAX);
    good = git_log_read_fd(ends[0], "log", file, 3, &arena, &err);
    assert(good || err.text[0] != '\0');
    for (size_t i = 0; i < 3; i++) {
        assert(!file[i].is_known || file[i].time_s >= 0);
        assert(file[i].is_known == (file[i].commit[0] != '\0'));
    }
    arena_release(&arena);
    (void)close(ends[0]);
    return 0;
}
