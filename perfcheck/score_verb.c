/*
 * The verb `score`: metric and category scores of reports recomputed, a line of JSON a
 * report. Says where they are not the report's own.
 */
#include <string.h>

#include "perfcheck/lhr.h"
#include "perfcheck/measure.h"
#include "perfcheck/perfcheck.h"
#include "shared/limits.h"
#include "shared/report.h"
#include "shared/sandbox.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { OUT_BYTES = 64 * 1024 };

struct scoring {
    const struct options *opt;
    struct lhr_buffer buffer;
    struct arena report; /* of one file */
    struct buf out;
    size_t scored, unread, different;
};

/* ---- a line ---- */

static void add_number(struct buf *out, struct estimate number)
{
    char text[STR_NUMBER_BYTES];

    if (number.known)
        buf_add(out, text, str_from_double(number.value, text));
    else
        buf_add_text(out, "null");
}

static void add_key(struct buf *out, struct str key, bool is_first)
{
    if (!is_first)
        buf_add_text(out, ",");
    text_add_json(out, key.at, key.n);
    buf_add_text(out, ":");
}

static void add_text(struct buf *out, const char *key, const char *text)
{
    buf_printf(out, "\"%s\":", key);
    text_add_json(out, text, strlen(text));
    buf_add_text(out, ",");
}

static void compare(struct scoring *run, const struct lhr *lhr, struct str id,
                    struct estimate ours, struct estimate its)
{
    char text[2][STR_NUMBER_BYTES] = {"null", "null"};

    if (ours.known == its.known && ours.value == its.value)
        return;
    run->different++;
    if (ours.known)
        (void)str_from_double(ours.value, text[0]);
    if (its.known)
        (void)str_from_double(its.value, text[1]);
    cli_say(run->opt, "'%s': %s is %s, the report says %s", lhr->file,
            text_safe(&run->report, id.at, id.n, OUTSIDE_TEXT_MAX), text[0], text[1]);
}

static void add_metrics(struct scoring *run, const struct lhr *lhr)
{
    bool is_first = true;

    for (size_t i = 0; i < lhr->naudits; i++) {
        const struct audit *audit = &lhr->audit[i];
        struct estimate score = score_audit(lhr, audit);

        if (!score_is_metric(audit->id))
            continue;
        add_key(&run->out, audit->id, is_first);
        is_first = false;
        if (!audit->value.known || !score.known) {
            buf_add_text(&run->out, "null");
            continue;
        }
        buf_add_text(&run->out, "{\"value\":");
        add_number(&run->out, audit->value);
        buf_add_text(&run->out, ",\"score\":");
        add_number(&run->out, score);
        buf_add_text(&run->out, "}");
        compare(run, lhr, audit->id, score, audit->score);
    }
}

static void add_categories(struct scoring *run, const struct lhr *lhr)
{
    for (size_t i = 0; i < lhr->ncategories; i++) {
        const struct category *category = &lhr->category[i];
        struct estimate score = score_category(lhr, category);

        add_key(&run->out, category->id, i == 0);
        add_number(&run->out, score);
        compare(run, lhr, category->id, score, category->score);
    }
}

static void add_line(struct scoring *run, const struct lhr *lhr)
{
    buf_add_text(&run->out, "{");
    add_text(&run->out, "file", lhr->file);
    add_text(&run->out, "lighthouseVersion", lhr->version);
    buf_add_text(&run->out, "\"metrics\":{");
    add_metrics(run, lhr);
    buf_add_text(&run->out, "},\"categories\":{");
    add_categories(run, lhr);
    buf_add_text(&run->out, "}}\n");
}

/* ---- a file ---- */

static void score(struct scoring *run, const struct lhr *lhr)
{
    if (lhr->version[0] == '\0') {
        run->unread++;
        cli_say(run->opt, "'%s' records a run that failed: %s", lhr->file,
                text_safe(&run->report, lhr->failure_code, strlen(lhr->failure_code),
                          OUTSIDE_TEXT_MAX));
    } else if (lhr->major < LHR_MAJOR_LEAST) {
        run->unread++;
        cli_say(run->opt, "'%s' is of Lighthouse %d.%d, %d and later are supported",
                lhr->file, lhr->major, lhr->minor, LHR_MAJOR_LEAST);
    } else {
        run->scored++;
        add_line(run, lhr);
    }
}

/* What is wrong with one file is said, and the others are scored. */
static bool score_file(struct scoring *run, const char *path, struct err *err)
{
    struct lhr_file file = {0};
    struct err why;

    arena_reset(&run->report);
    if (!lhr_read(&run->buffer, path, &run->report, &file, &why)) {
        run->unread++;
        cli_say(run->opt, "%s", why.text);
    } else if (file.n == 0) {
        cli_say(run->opt, "'%s' is JSON, but no Lighthouse report", path);
    }
    for (size_t i = 0; i < file.n; i++)
        score(run, &file.report[i]);
    lhr_file_release(&file);
    if (run->out.n < OUT_BYTES)
        return true;
    if (!report_print(&run->out, err))
        return false;
    run->out.n = 0;
    return true;
}

static bool score_all(struct scoring *run, struct arena *arena, struct err *err)
{
    const struct options *opt = run->opt;
    struct sandbox_plan plan = {.mode = opt->sandbox};
    struct confinement confined;
    struct lhr_paths paths;

    buf_init(&run->out, arena, REPORT_BYTES_MAX);
    if (!lhr_paths_list(".", opt->args, opt->nargs, false, arena, &paths, err))
        return false;
    plan.read = paths.folder;
    plan.nread = paths.nfolders;
    if (!sandbox_enter(&plan, &confined, err))
        return false;
    for (size_t i = 0; i < paths.n; i++)
        if (!score_file(run, paths.path[i], err))
            return false;
    if (run->out.overflowed)
        return err_set(err, "cannot print: over %zu bytes", REPORT_BYTES_MAX);
    return run->out.n == 0 || report_print(&run->out, err);
}

int perfcheck_score(const struct options *opt, struct err *err)
{
    struct scoring run = {.opt = opt};
    int status = VERDICT_UNKNOWN;
    struct arena arena;

    arena_init(&arena, ARENA_BYTES_MAX);
    arena_init(&run.report, ARENA_BYTES_MAX);
    if (score_all(&run, &arena, err)) {
        if (run.scored == 0 && run.unread == 0)
            (void)err_set(err, "no Lighthouse report in '%s'", opt->args[0]);
        else if (run.unread == 0)
            status = run.different > 0 ? VERDICT_WARN : VERDICT_OK;
    }
    lhr_buffer_release(&run.buffer);
    arena_release(&run.report);
    arena_release(&arena);
    return status;
}
