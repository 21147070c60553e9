/* The file that `rounds-report html` writes, and what the process may touch for it. */
#include "shared/html_file.h"

#include <fcntl.h>
#include <string.h>

#include "shared/file.h"
#include "shared/sandbox.h"

#include "shared/banned.h"

/* Behind the second '=' of TOOL=EXIT=FILE; what is none of that is refused later. */
static const char *file_of(const char *argument)
{
    const char *at = strchr(argument, '=');

    at = at ? strchr(at + 1, '=') : NULL;
    return at ? at + 1 : argument;
}

static bool confine(const struct options *opt, const char *folder, const char *before,
                    struct arena *arena, struct err *err)
{
    enum { NAMED = 3 };

    const char **read = arena_new(arena, const char *, NAMED + opt->nargs);
    struct sandbox_plan plan = {.mode = opt->sandbox,
                                .write = &folder,
                                .nwrite = 1,
                                .read = read};
    struct confinement confined;

    read[plan.nread++] = opt->config_path;
    read[plan.nread++] =
        opt->state_path
            ? opt->state_path
            : file_join(arena, file_folder(arena, opt->config_path), "state");
    if (before)
        read[plan.nread++] = before;
    for (size_t i = 0; i < opt->nargs; i++)
        read[plan.nread++] = file_of(opt->args[i]);
    if (!sandbox_enter(&plan, &confined, err))
        return false;
    confined.write_as = "html";
    if (opt->verbose)
        cli_say(opt, "confined: %s", confinement_text(arena, &confined));
    return true;
}

bool html_file_enter(struct html_file *file, const struct options *opt,
                     const char *path, const char *before, struct arena *arena,
                     struct err *err)
{
    const char *folder = file_folder(arena, path);
    const char *slash = strrchr(path, '/');

    *file = (struct html_file){STATE_FOLDER_CLOSED, slash ? slash + 1 : path};
    if (file->name[0] == '\0')
        return err_set(err, "--html '%s' is a folder; name a file in it", path);
    file->folder.path = folder;
    file->folder.fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file->folder.fd < 0)
        return err_system(err, "cannot open '%s', the folder of --html", folder);
    return confine(opt, folder, before, arena, err);
}

bool html_file_save(const struct html_file *file, struct str bytes, struct err *err)
{
    return state_save(&file->folder, file->name, bytes, NULL, err);
}

void html_file_release(struct html_file *file)
{
    state_folder_release(&file->folder);
}
