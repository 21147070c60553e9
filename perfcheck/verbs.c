/* The verbs that only look at the state folder: show, accept. */
#include <string.h>

#include "perfcheck/field.h"
#include "perfcheck/round.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/text.h"

#include "shared/banned.h"

static bool show(const struct options *opt, struct shown *shown, struct arena *run,
                 int *status, struct err *err)
{
    struct report said = {.tool = "perfcheck", .has_through = true};
    struct extra members = {.history = &shown->known.history,
                            .settings = &shown->settings,
                            .findings = &said.findings};
    struct field field = {0};
    OWN(json) extra = NULL;
    struct buf out;

    if (!shown_load(opt, run, shown, err))
        return false;
    said.confined = shown->confined;
    said.through = members.through = shown->known.through;
    said.findings = shown->known.findings;
    extra = perfcheck_report_extra(&members, run);
    said.extra = extra;
    if ((opt->flags >> FLAG_CHARTS & 1) != 0) // before muting, which moves the findings
        perfcheck_charts(&shown->known, &shown->settings, run, &said);
    findings_mute(&said.findings, &shown->config, said.through, run, &said.muted);
    perfcheck_report(&shown->known.history, &shown->settings, run, &said);
    perfcheck_tables(shown->known.json, run, &said);
    field_view(&shown->settings, &shown->known.history, said.through, run, &field);
    field_report(&field, run, &said, extra);
    said.exit = *status = findings_exit_status(&said.findings, opt->fail_on);
    buf_init(&out, run, REPORT_BYTES_MAX);
    return report_render(&said, opt->format, &out, err) && report_print(&out, err);
}

int perfcheck_show(const struct options *opt, struct err *err)
{
    struct shown shown = {.folder = STATE_FOLDER_CLOSED};
    struct arena run;
    int status = VERDICT_UNKNOWN;

    arena_init(&run, ARENA_BYTES_MAX);
    if (!show(opt, &shown, &run, &status, err))
        status = VERDICT_UNKNOWN;
    shown_release(&shown);
    arena_release(&run);
    return status;
}

/* ---- accept ---- */

/* What can become the reference; the others are mended, muted or configured. */
static bool can_be_accepted(const char *id)
{
    static const char *const checks[] = {"regression-", "improvement-", "audit-",
                                         "bytes-", "rum-"};
    const char *check = strchr(id, '/');

    for (size_t i = 0; check && i < sizeof checks / sizeof *checks; i++)
        if (strncmp(check + 1, checks[i], strlen(checks[i])) == 0)
            return strncmp(check + 1, "audit-new/", strlen("audit-new/")) != 0;
    return false;
}

static bool unknown_id(const struct findings *findings, const char *id,
                       struct arena *run, struct err *err)
{
    const char **ids = arena_new(run, const char *, findings->n);
    const char *near;

    for (size_t i = 0; i < findings->n; i++)
        ids[i] = findings->item[i].id;
    near = str_nearest(id, ids, findings->n);
    return err_set(err, "no finding '%s' is open%s%s%s",
                   text_safe(run, id, strlen(id), OUTSIDE_TEXT_MAX),
                   near ? "; did you mean '" : "", near ? near : "", near ? "'" : "");
}

static bool accept(const struct options *opt, struct shown *shown, struct arena *run,
                   struct err *err)
{
    const struct findings *findings = &shown->known.findings;
    const char *id = opt->args[0];
    bool is_there = false;
    struct buf out;

    if (!shown_load(opt, run, shown, err))
        return false;
    for (size_t i = 0; i < findings->n; i++)
        is_there = is_there || strcmp(findings->item[i].id, id) == 0;
    if (!is_there)
        return unknown_id(findings, id, run, err);
    if (!can_be_accepted(id))
        return err_set(err,
                       "'%s' cannot become the reference; mend it, mute it, or change "
                       "its limit in the configuration",
                       id);
    buf_init(&out, run, REPORT_BYTES_MAX);
    buf_add_text(&out, "{\"id\": ");
    text_add_json(&out, id, strlen(id));
    buf_printf(&out, ", \"on\": \"%s\", \"why\": \"\", \"who\": \"\"}\n",
               day_text(shown->known.through).text);
    return report_print(&out, err);
}

int perfcheck_accept(const struct options *opt, struct err *err)
{
    struct shown shown = {.folder = STATE_FOLDER_CLOSED};
    struct arena run;
    bool ok;

    arena_init(&run, ARENA_BYTES_MAX);
    ok = accept(opt, &shown, &run, err);
    shown_release(&shown);
    arena_release(&run);
    return ok ? VERDICT_OK : VERDICT_UNKNOWN;
}
