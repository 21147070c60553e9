/* rounds-statemerge %O %A %B %L %P: git's merge driver for state files. The result goes
 * to %A, exit 0; where the sides contradict each other %A stays as it is, exit 1. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/cli.h"
#include "shared/confine.h"
#include "shared/file.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/merge.h"
#include "shared/own.h"
#include "shared/state.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { BASE, OURS, THEIRS, SIDES };

static bool load(struct str side, const char *name, json_t **into, struct err *err)
{
    size_t real;

    if (!json_load_strict(side, name, STATE_DEPTH_MAX, STATE_KEYS_MAX, into, err))
        return false;
    real = json_line_of_real(side); // the writer takes none
    return real == 0 || err_set(err, "%s:%zu: a number that is no integer", name, real);
}

static bool merge_json(const struct str side[SIDES], struct arena *run,
                       struct str *merged, struct err *err)
{
    static const char *const names[SIDES] = {"base", "ours", "theirs"};
    OWN(json) document = NULL;
    OWN(json) base = NULL;
    OWN(json) ours = NULL;
    OWN(json) theirs = NULL;
    json_t **into[SIDES] = {&base, &ours, &theirs};

    for (size_t i = 0; i < SIDES; i++)
        if ((i != BASE || side[i].n > 0) && !load(side[i], names[i], into[i], err))
            return false;
    return merge_documents(base, ours, theirs, &document, err) &&
           state_json_format(document, run, merged, err);
}

static bool check_text(const struct str side[SIDES], struct err *err)
{
    for (size_t i = 0; i < SIDES; i++)
        if (!text_is_utf8(side[i].at, side[i].n, NULL) ||
            text_conflict_line(side[i].at, side[i].n) > 0 ||
            (side[i].n > 0 && side[i].at[side[i].n - 1] != '\n'))
            return err_set(err, "a side is cut, not UTF-8 or has conflict markers");
    return true;
}

static bool merge_table(const struct str side[SIDES], bool is_catches,
                        struct arena *run, struct str *merged, struct err *err)
{
    struct buf out;

    buf_init(&out, run, HISTORY_BYTES_MAX);
    if (!check_text(side, err) ||
        !(is_catches ? merge_catches(side[OURS], side[THEIRS], &out, err)
                     : merge_history(side[BASE], side[OURS], side[THEIRS], &out, err)))
        return false;
    *merged = buf_str(&out);
    return !out.overflowed || err_set(err, "the merged file is too large");
}

static bool merge(const char *path, const struct str side[SIDES], struct arena *run,
                  struct str *merged, struct err *err)
{
    const char *name = strrchr(path, '/');
    struct str of = str_of(path);

    name = name ? name + 1 : path;
    *merged = side[OURS];
    if (str_equal(side[OURS], side[THEIRS]) || strcmp(name, "REPORT.md") == 0 ||
        str_equal(side[THEIRS], side[BASE]))
        return true; // REPORT.md is made anew from the state
    *merged = side[THEIRS];
    if (str_equal(side[OURS], side[BASE]))
        return true;
    if (str_ends(of, str_of(".cells.tsv"))) // the watchdog's
        return check_text(side, err) &&
               merge_checkpoint(side[OURS], side[THEIRS], run, merged, err);
    if (str_ends(of, str_of(".tsv")))
        return merge_table(side, strcmp(name, "catches.tsv") == 0, run, merged, err);
    if (strstr(path, "weights/")) {
        *merged = side[OURS]; // so are they, from the merged state
        return true;
    }
    if (str_ends(of, str_of(".json")))
        return merge_json(side, run, merged, err);
    return err_set(err, "no state file of ours");
}

/* As a tool does it: %A is old or new. */
static bool replace(const char *path, struct str bytes, struct arena *run,
                    struct err *err)
{
    struct state_folder folder = STATE_FOLDER_CLOSED;
    const char *slash = strrchr(path, '/');
    bool good;

    folder.path = file_folder(run, path);
    folder.fd = file_openat(AT_FDCWD, folder.path, O_RDONLY | O_DIRECTORY, 0);
    if (folder.fd < 0)
        return err_system(err, "cannot open '%s'", folder.path);
    good = state_save(&folder, slash ? slash + 1 : path, bytes, NULL, err);
    state_folder_release(&folder);
    return good;
}

/* The three sides, and the folder that %A is replaced in. */
static bool confine(const struct options *opt, struct arena *run, struct err *err)
{
    struct reach reach = {.write_as = "%A"};

    for (size_t i = 0; i < SIDES; i++)
        reach_read(&reach, opt->args[i]);
    reach_write(&reach, file_folder(run, opt->args[OURS]));
    return reach_confine(&reach, opt, run, err);
}

static bool drive(const struct options *opt, struct arena *run, struct err *err)
{
    const char *path = opt->args[4];
    struct str side[SIDES], merged;

    for (size_t i = 0; i < SIDES; i++)
        if (!file_read(AT_FDCWD, opt->args[i], HISTORY_BYTES_MAX, true, run, &side[i],
                       err))
            return false;
    if (!merge(path, side, run, &merged, err))
        return err_wrap(err, "cannot merge '%s'", path);
    return replace(opt->args[OURS], merged, run, err);
}

static int statemerge(const struct options *opt, struct err *err)
{
    struct arena run;
    bool good, is_confined;

    arena_init(&run, ARENA_BYTES_MAX);
    is_confined = confine(opt, &run, err);
    good = is_confined && drive(opt, &run, err);
    arena_release(&run);
    if (good)
        return 0;
    if (!is_confined)
        return VERDICT_UNKNOWN;
    (void)fprintf(stderr,
                  "rounds-statemerge: %s; take the main branch's file and run again\n",
                  err->text);
    return 1;
}

static const struct cli_verb verbs[] = {
    {.name = "merge",
     .run = statemerge,
     .args = "BASE OURS THEIRS MARKER-SIZE PATH",
     .help = "merge three versions of a state file into OURS",
     .min_args = 5,
     .max_args = 5},
};

static const struct cli cli = {
    .tool = "statemerge",
    .purpose = "git's merge driver for state files: rounds-statemerge %O %A %B %L %P",
    .verbs = verbs,
    .nverbs = sizeof verbs / sizeof *verbs,
    .timeout_s = 60,
    .examples =
        "  git config merge.rounds-state.driver \\\n      'rounds-statemerge %O %A %B %L %P'\n",
};

int main(int argc, char **argv)
{
    process_begin();
    return cli_main(&cli, argc, argv);
}
