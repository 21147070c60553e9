/*
 * The main() of a fuzz target in a normal build: runs it over each file of its
 * committed corpus and prints TAP. A finding ends the program, which prove reports with
 * the last seed named.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/banned.h"

enum { REPLAY_PATH_BYTES = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int is_seed(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static void folder_name(char *folder, const char *program, int is_beside)
{
    const char *name = base_name(program);
    int n = is_beside ? (int)(name - program) : 0;

    // the program is build/<variant>/tests/fuzz/<name>
    (void)snprintf(folder, REPLAY_PATH_BYTES, "%.*s%stests/fuzz/%s.corpus", n, program,
                   is_beside ? "../../../../" : "", name);
}

// In a block of just its size, so that AddressSanitizer sees a read past the end.
static uint8_t *read_seed(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    long n;

    if (!file)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0 && (n = ftell(file)) >= 0 &&
        fseek(file, 0, SEEK_SET) == 0) {
        *size = (size_t)n;
        data = malloc(*size > 0 ? *size : 1);
        if (data && fread(data, 1, *size, file) != *size) {
            free(data);
            data = NULL;
        }
    }
    (void)fclose(file);
    return data;
}

static int replay(const char *folder, const char *name, int number)
{
    char path[REPLAY_PATH_BYTES + 256];
    size_t size = 0;
    uint8_t *data;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    data = read_seed(path, &size);
    if (!data) {
        printf("not ok %d - %s\n# cannot read: %s\n", number, name, strerror(errno));
        return 1;
    }
    printf("# %s\n", name);
    (void)fflush(stdout); // the last line seen when the target aborts
    (void)LLVMFuzzerTestOneInput(data, size);
    free(data);
    printf("ok %d - %s\n", number, name);
    return 0;
}

int main(int argc, char **argv)
{
    char folder[REPLAY_PATH_BYTES];
    struct dirent **seeds = NULL;
    int n = -1;
    int failed = 0;

    for (int beside = 0; argc > 0 && beside <= 1 && n < 0; beside++) {
        folder_name(folder, argv[0], beside);
        n = scandir(folder, &seeds, is_seed, alphasort);
    }
    if (n <= 0) {
        printf("Bail out! no seeds in tests/fuzz/%s.corpus\n",
               argc > 0 ? base_name(argv[0]) : "");
        free(seeds);
        return 1;
    }
    printf("1..%d\n", n);
    for (int i = 0; i < n; i++) {
        failed |= replay(folder, seeds[i]->d_name, i + 1);
        free(seeds[i]);
    }
    free(seeds);
    return failed;
}
