/* The stored answers of CrUX among the inputs. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "perfcheck/crux.h"
#include "shared/file.h"
#include "shared/text.h"

#include "shared/banned.h"

/* One answer has 25 weeks; the names are in order of time. */
enum { FILES_MAX = 1000, LISTED_MAX = 100000, PROBLEMS_MAX = 10 };

static const char file_names[] = "crux-*.json";

/* The folder that an input names or looks into; NULL: it names one file. */
static const char *folder_of(const char *path, struct arena *arena)
{
    struct stat st;

    if (stat(path, &st) == 0)
        return S_ISDIR(st.st_mode) ? path : NULL;
    return strpbrk(path, "*?[") ? file_folder(arena, path) : NULL;
}

static void add_problem(const char ***problem, size_t *n, const char *text)
{
    if (*n < PROBLEMS_MAX)
        (*problem)[(*n)++] = text;
}

// NOLINTNEXTLINE(readability-function-size): what to read, and two lists of results
static bool read_files(const struct file_list *list, struct arena *arena,
                       struct crux_points *points, const char ***problem,
                       size_t *nproblems, struct err *err)
{
    size_t first = list->n > FILES_MAX ? list->n - FILES_MAX : 0;

    if (first > 0)
        add_problem(problem, nproblems,
                    str_format(arena, "CrUX: the newest %d of %zu files are read",
                               FILES_MAX, list->n));
    for (size_t i = first; i < list->n; i++) {
        const char *slash = strrchr(list->path[i], '/');
        const char *name = slash ? slash + 1 : list->path[i];
        struct str bytes;

        if (file_read(AT_FDCWD, list->path[i], CRUX_BYTES_MAX, true, arena, &bytes,
                      err) &&
            crux_parse(bytes, name, arena, points, err))
            continue;
        if (err->of_machine)
            return false;
        add_problem(problem, nproblems,
                    text_safe(arena, err->text, strlen(err->text), sizeof err->text));
    }
    return true;
}

// NOLINTNEXTLINE(readability-function-size): what to read, and two lists of results
bool crux_collect(const struct config *config, const struct settings *settings,
                  struct arena *arena, struct crux_points *points,
                  const char ***problem, size_t *nproblems, struct err *err)
{
    struct file_list list = {.most = LISTED_MAX};

    *problem = arena_new(arena, const char *, PROBLEMS_MAX);
    *nproblems = 0;
    for (size_t i = 0; i < settings->ninputs; i++) {
        const char *folder =
            folder_of(file_join(arena, config->folder, settings->input[i]), arena);

        if (folder && !file_list_add(&list, ".", file_join(arena, folder, file_names),
                                     NULL, false, arena, err))
            return false;
    }
    file_list_finish(&list);
    if (!read_files(&list, arena, points, problem, nproblems, err))
        return false;
    return true;
}
