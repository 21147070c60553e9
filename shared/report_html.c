/* The verb `html`: the page, from what `show --charts` printed and what changed. */
#include "shared/html_file.h"
#include "shared/limits.h"
#include "shared/render_html.h"
#include "shared/report_verbs.h"

#include "shared/banned.h"

static bool write_page(const struct options *opt, struct arena *run,
                       struct html_file *file, struct report *reports,
                       struct compared *compared, struct err *err)
{
    const char *path = cli_value(opt, FLAG_HTML);
    const char *before = cli_value(opt, FLAG_BEFORE);
    struct buf out = {.arena = run};

    if (!path)
        return err_set(err, "--html is missing; name the file to write");
    return html_file_enter(file, opt, path, run, err) &&
           report_files_read(opt->args, opt->nargs, run, reports, err) &&
           config_load(opt->config_path, run, &compared->config, err) &&
           compared_find(compared, before,
                         report_state_path(opt, &compared->config, run), run, err) &&
           render_html(reports, opt->nargs, &compared->facts, HTML_BYTES_MAX, &out,
                       err) &&
           html_file_save(file, buf_str(&out), err);
}

int report_html(const struct options *opt, struct err *err)
{
    struct report reports[REPORTS_MAX] = {0};
    struct compared compared = {.facts.site = ""};
    struct html_file file = {.folder = STATE_FOLDER_CLOSED};
    struct arena run;
    bool good;

    arena_init(&run, ARENA_BYTES_MAX);
    good = write_page(opt, &run, &file, reports, &compared, err);
    for (size_t i = 0; i < REPORTS_MAX; i++)
        report_release(&reports[i]);
    compared_release(&compared);
    html_file_release(&file);
    arena_release(&run);
    return good ? VERDICT_OK : VERDICT_UNKNOWN;
}
