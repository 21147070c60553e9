/* rounds-statediff: what changed between two state folders, by what it means. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "shared/changes.h"
#include "shared/cli.h"
#include "shared/confine.h"
#include "shared/file.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/state.h"

#include "shared/banned.h"

enum { FLAG_EXIT_CODE, FLAG_NAMES };

enum format { DIFF_TEXT, DIFF_JSON, DIFF_MARKDOWN, DIFF_HTML };

static const char *const formats[] = {"text", "json", "markdown", "html"};

/* The files beside the conclusions: evidence, weights, what people read. */
struct names {
    const char **item;
    size_t n, capacity;
};

static int by_name(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool is_conclusion(const char *name)
{
    for (size_t t = 0; t < TOOL_COUNT; t++)
        if (strncmp(name, tool_names[t], strlen(tool_names[t])) == 0 &&
            strcmp(name + strlen(tool_names[t]), ".json") == 0)
            return true;
    return false;
}

/* Adds the files of a folder and of the folders in it, hidden ones left out. */
static bool list_files(const char *folder, const char *prefix, struct names *names,
                       struct arena *arena, struct err *err)
{
    const char *where = prefix[0] ? file_join(arena, folder, prefix) : folder;
    DIR *opened = file_opendir(AT_FDCWD, where, 0);
    const struct dirent *entry;
    bool good = true;

    if (!opened)
        return err_system(err, "cannot list '%s'", where);
    while (good && (errno = 0, entry = readdir(opened))) {
        const char *path =
            str_format(arena, "%s%s%s", prefix, prefix[0] ? "/" : "", entry->d_name);
        struct stat about;

        if (entry->d_name[0] == '.' || is_conclusion(path))
            continue;
        if (fstatat(dirfd(opened), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) != 0)
            break;
        if (S_ISDIR(about.st_mode) && !prefix[0]) {
            good = list_files(folder, path, names, arena, err);
        } else if (S_ISREG(about.st_mode)) {
            names->item = arena_room(arena, names->item, names->n, &names->capacity,
                                     sizeof *names->item);
            names->item[names->n++] = path;
        }
    }
    if (good && errno != 0)
        good = err_system(err, "cannot list '%s'", where);
    (void)closedir(opened);
    return good;
}

static bool files_of(const char *folder, struct names *names, struct arena *arena,
                     struct err *err)
{
    if (!list_files(folder, "", names, arena, err))
        return false;
    if (names->n > 0)
        qsort(names->item, names->n, sizeof *names->item, by_name);
    return true;
}

static bool same_file(const char *name, const char *const folder[2], bool *same,
                      struct arena *arena, struct err *err)
{
    struct str bytes[2];

    for (size_t i = 0; i < 2; i++)
        if (!file_read(AT_FDCWD, file_join(arena, folder[i], name), HISTORY_BYTES_MAX,
                       true, arena, &bytes[i], err))
            return false;
    *same = str_equal(bytes[0], bytes[1]);
    return true;
}

static void push_file(json_t *files, const char *name, const char *change)
{
    json_t *object = json_object();

    json_put(object, "path", json_string(name));
    json_put(object, "change", json_string(change));
    json_push(files, object);
}

static bool compare_files(const char *const folder[2], struct arena *arena,
                          json_t *files, struct err *err)
{
    struct names left = {0}, right = {0};
    size_t b = 0, n = 0;

    if (!files_of(folder[0], &left, arena, err) ||
        !files_of(folder[1], &right, arena, err))
        return false;
    while (b < left.n || n < right.n) {
        int order = b == left.n    ? 1
                    : n == right.n ? -1
                                   : strcmp(left.item[b], right.item[n]);
        bool same = false;

        if (order == 0 && !same_file(left.item[b], folder, &same, arena, err))
            return false;
        if (order < 0)
            push_file(files, left.item[b], "removed");
        else if (!same)
            push_file(files, right.item[n], order == 0 ? "changed" : "added");
        b += order <= 0;
        n += order >= 0;
    }
    return true;
}

/* "HEAD,work tree" of --names; else the folders. */
static bool name_sides(const struct options *opt, struct arena *arena,
                       const char *name[2], struct err *err)
{
    const char *given = cli_value(opt, FLAG_NAMES);
    struct str field[2];

    name[0] = opt->args[0];
    name[1] = opt->args[1];
    if (!given)
        return true;
    if (!strchr(given, ','))
        return err_set(err, "--names is '%.80s', wanted two names with a comma between",
                       given);
    if (str_split(str_of(given), ',', field, 2) == 2) // a revision may have one too
        for (size_t i = 0; i < 2; i++)
            name[i] = str_copy(arena, field[i].at, field[i].n);
    return true;
}

static bool format_json(const struct options *opt, const struct changes *changes,
                        const char *const name[2], struct buf *out, struct err *err)
{
    OWN(json) root = changes_to_json(changes, name[0], name[1]);
    struct str bytes;

    if (!compare_files(opt->args, out->arena, json_object_get(root, "files"), err) ||
        !state_json_format(root, out->arena, &bytes, err))
        return false;
    buf_add(out, bytes.at, bytes.n);
    return true;
}

static bool print(const struct options *opt, const struct changes *changes,
                  const char *const name[2], struct arena *arena, struct err *err)
{
    struct buf out;

    buf_init(&out, arena, REPORT_BYTES_MAX);
    switch ((enum format)opt->format) {
    case DIFF_TEXT: changes_format_text(changes, name[0], name[1], &out); break;
    case DIFF_JSON:
        if (!format_json(opt, changes, name, &out, err))
            return false;
        break;
    case DIFF_MARKDOWN:
        changes_comment_markdown(changes, name[0], name[1], &out);
        break;
    case DIFF_HTML: changes_comment_html(changes, name[0], name[1], &out); break;
    }
    return report_print(&out, err);
}

static bool diff(const struct options *opt, struct states side[2], struct arena *arena,
                 int *status, struct err *err)
{
    const char *name[2];
    struct reach reach = {0};
    struct changes changes;

    if (!name_sides(opt, arena, name, err))
        return false;
    for (size_t i = 0; i < 2; i++)
        reach_read(&reach, opt->args[i]);
    if (!reach_confine(&reach, opt, arena, err))
        return false;
    for (size_t i = 0; i < 2; i++)
        if (!states_load(opt->args[i], name[i], i > 0 ? &side[0] : NULL, arena,
                         &side[i], err))
            return false;
    changes_find(&side[0], &side[1], NULL, arena, &changes);
    *status = (opt->flags >> FLAG_EXIT_CODE & 1) != 0 && !changes.is_quiet;
    return print(opt, &changes, name, arena, err);
}

static int statediff(const struct options *opt, struct err *err)
{
    struct states side[2] = {0};
    struct arena run;
    int status = VERDICT_UNKNOWN;

    arena_init(&run, ARENA_BYTES_MAX);
    if (!diff(opt, side, &run, &status, err))
        status = VERDICT_UNKNOWN;
    states_release(&side[0]);
    states_release(&side[1]);
    arena_release(&run);
    return status;
}

static const struct cli_verb verbs[] = {
    {.name = "diff",
     .run = statediff,
     .args = "DIR_A DIR_B",
     .help = "what changed from the state in DIR_A to that in DIR_B",
     .min_args = 2,
     .max_args = 2},
};

static const struct cli_flag flags[] = {
    [FLAG_EXIT_CODE] = {"--exit-code", "diff",
                        "exit 1 when anything but the day differs", NULL},
    [FLAG_NAMES] = {"--names", "diff", "what to call the two sides", "A,B"},
};

static const struct cli cli = {
    .tool = "statediff",
    .purpose = "say what changed between two state folders",
    .verbs = verbs,
    .nverbs = sizeof verbs / sizeof *verbs,
    .timeout_s = 60,
    .flags = flags,
    .nflags = sizeof flags / sizeof *flags,
    .formats = formats,
    .nformats = sizeof formats / sizeof *formats,
    .examples = "  rounds-statediff state.old state\n"
                "  rounds-statediff --format markdown --exit-code state.old state\n",
};

int main(int argc, char **argv)
{
    process_begin();
    return cli_main(&cli, argc, argv);
}
