/* The file that `rounds-report html` writes, and what the process may touch for it. */
#include "shared/html_file.h"

#include <fcntl.h>
#include <string.h>

#include "shared/file.h"
#include "shared/report_verbs.h"

#include "shared/banned.h"

bool html_file_enter(struct html_file *file, const struct options *opt,
                     const char *path, struct arena *arena, struct err *err)
{
    struct reach reach = report_reach(opt, arena);
    const char *folder = file_folder(arena, path);
    const char *slash = strrchr(path, '/');

    *file = (struct html_file){STATE_FOLDER_CLOSED, slash ? slash + 1 : path};
    if (file->name[0] == '\0')
        return err_set(err, "--html '%s' is a folder; name a file in it", path);
    file->folder.path = folder;
    file->folder.fd = file_openat(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY, 0);
    if (file->folder.fd < 0)
        return err_system(err, "cannot open '%s', the folder of --html", folder);
    reach_write(&reach, folder);
    reach.write_as = "html";
    return reach_confine(&reach, opt, arena, err);
}

bool html_file_save(const struct html_file *file, struct str bytes, struct err *err)
{
    return state_save(&file->folder, file->name, bytes, NULL, err);
}

void html_file_release(struct html_file *file)
{
    state_folder_release(&file->folder);
}
