/*
 * Which files are reports: those of folders, patterns and manifests. Reads manifests,
 * no report.
 */
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>

#include "perfcheck/lhr.h"
#include "shared/file.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/str.h"

#include "shared/banned.h"

enum { REPORTS_MAX = 20000 };

static const char *const endings[] = {".json", ".json.gz", NULL};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static bool is_there(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

/* ---- manifests ---- */

/* Where the report of an entry is: as it says, else beside the manifest. */
static char *entry_path(const char *folder, const char *said, struct arena *arena)
{
    char *path = file_join(arena, folder, said);

    return is_there(path) ? path : file_join(arena, folder, base_name(said));
}

/* False: no manifest, so the file stays one among the others. */
static bool manifest_load(const char *path, struct arena *arena, json_t **entries)
{
    struct str bytes;
    struct err ignored;

    if (!file_read(AT_FDCWD, path, 4 * MIB, true, arena, &bytes, &ignored) ||
        bytes.n == 0 || bytes.at[0] != '[' ||
        !lhr_load((struct span){bytes.at, bytes.n, SPAN_ARRAY}, entries, &ignored))
        return false;
    for (size_t i = 0; i < json_array_size(*entries); i++)
        if (!json_is_string(json_object_get(json_array_get(*entries, i), "jsonPath")))
            return false;
    return true;
}

/* Adds the reports of the manifest at `path`; `*is_manifest` false when it is none. */
static bool manifest_add(struct file_list *list, const char *path, bool *is_manifest,
                         struct arena *arena, struct err *err)
{
    const char *folder = file_folder(arena, path);
    OWN(json) entries = NULL;

    *is_manifest = manifest_load(path, arena, &entries);
    for (size_t i = 0; *is_manifest && i < json_array_size(entries); i++) {
        const char *said =
            json_string_value(json_object_get(json_array_get(entries, i), "jsonPath"));

        if (!file_list_add_path(list, entry_path(folder, said, arena), arena, err))
            return false;
    }
    return true;
}

/* ---- the list ---- */

/* What else Lighthouse CI and `fetch` leave in a folder. */
static bool is_no_report(const char *path)
{
    static const char *const names[] = {"assertion-results.json", "links.json",
                                        "crux-*.json"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (fnmatch(names[i], base_name(path), 0) == 0)
            return true;
    return false;
}

static bool add_file(struct file_list *list, char *path, struct arena *arena,
                     struct err *err)
{
    bool is_manifest = false;

    if (strcmp(base_name(path), "manifest.json") == 0 &&
        !manifest_add(list, path, &is_manifest, arena, err))
        return false;
    return is_manifest || file_list_add_path(list, path, arena, err);
}

/* What `pattern` names; `*is_there` stays as it is when that is nothing. */
static bool add_pattern(struct file_list *list, const char *path, bool may_miss,
                        bool *is_there_too, struct arena *arena, struct err *err)
{
    struct file_list found = {.most = REPORTS_MAX, .keeps_links = true};

    if (!file_list_add(&found, ".", path, endings, !may_miss, arena, err))
        return false;
    *is_there_too |= found.n > 0 || is_there(path);
    for (size_t i = 0; i < found.n; i++) {
        bool is_named = strcmp(found.path[i], path) == 0;

        if ((is_named || !is_no_report(found.path[i])) &&
            !add_file(list, found.path[i], arena, err))
            return false;
    }
    return true;
}

// NOLINTNEXTLINE(readability-function-size): what is asked for, and how
bool lhr_paths_list(const char *base, const char *const *patterns, size_t n,
                    bool may_miss, struct arena *arena, struct lhr_paths *paths,
                    struct err *err)
{
    struct file_list list = {.most = REPORTS_MAX, .keeps_links = true};
    bool is_any_there = false;

    for (size_t i = 0; i < n; i++)
        if (!add_pattern(&list, file_join(arena, base, patterns[i]), may_miss,
                         &is_any_there, arena, err))
            return false;
    if (!is_any_there)
        return err_set(err,
                       "cannot read '%s'%s: no such file or folder; look at 'inputs'",
                       n > 0 ? patterns[0] : "", n > 1 ? " and the other inputs" : "");
    file_list_finish(&list);
    *paths = (struct lhr_paths){
        .path = (const char **)list.path,
        .n = list.n,
        .folder = (const char **)list.folder,
        .nfolders = list.nfolders,
    };
    return true;
}
