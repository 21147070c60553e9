/* Runs from report files: which files hold reports, of which day, each run once. */
#include <stdlib.h>
#include <string.h>

#include "perfcheck/runs.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

/* One file on its way into runs. */
struct reading {
    const struct collect *collect;
    struct arena *arena;
    struct arena scratch; /* of the file in hand */
    struct runs *runs;
    const char *path;
    struct str bytes;
    int32_t day; /* that its fetchTime says; INT32_MAX: not known */
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Names without folder, so that where the folder is changes no byte. */
static void add_file(struct reading *reading, struct run_files *files, const char *why)
{
    const char *name = base_name(reading->path);

    files->item = arena_room(reading->arena, files->item, files->n, &files->capacity,
                             sizeof *files->item);
    files->item[files->n++] = (struct run_file){
        .name = text_safe(reading->arena, name, strlen(name), OUTSIDE_TEXT_MAX),
        .why = text_safe(reading->arena, why, strlen(why), OUTSIDE_TEXT_MAX),
        .day = reading->day};
}

/* What is behind "cannot read 'PATH': ". */
static const char *reason(const struct err *err)
{
    const char *at = strstr(err->text, "': ");

    return at ? at + strlen("': ") : err->text;
}

/* ---- the day of a file ---- */

/* False: not on a day that can be judged; it is counted. */
static bool is_wanted(struct reading *reading, int64_t ms, int32_t *day)
{
    const struct collect *collect = reading->collect;
    struct runs *runs = reading->runs;

    if (day_bounds_find(&collect->bounds, ms, day) && *day >= collect->oldest)
        return true;
    if (ms >= collect->bounds.at_ms[collect->bounds.n]) // after as_of
        return false;
    runs->old = arena_room(reading->arena, runs->old, runs->nold, &runs->old_capacity,
                           sizeof *runs->old);
    runs->old[runs->nold++] = ms;
    return false;
}

/* ---- reports ---- */

static bool add_run(struct reading *reading, const struct lhr *lhr)
{
    const struct collect *collect = reading->collect;
    struct runs *runs = reading->runs;
    const char *page;
    struct run run;
    int32_t day;

    if (!is_wanted(reading, lhr->time_ms, &day))
        return false;
    if (lhr->version[0] != '\0' && lhr->major < LHR_MAJOR_LEAST) {
        add_file(reading, &runs->unsupported, lhr->version);
        return false;
    }
    if (!lhr->is_navigation)
        return false;
    if (!page_key(lhr->page, collect->settings, &reading->scratch, &page)) {
        add_file(reading, &runs->corrupt, "its URL is longer than 2000 bytes");
        return false;
    }
    run = run_of(lhr, day, collect->settings, runs, reading->arena, &reading->scratch);
    run.page = texts_intern(&runs->names, str_of(page), reading->arena);
    run.file = str_copy(reading->arena, lhr->file, strlen(lhr->file));
    runs->run = arena_room(reading->arena, runs->run, runs->n, &runs->capacity,
                           sizeof *runs->run);
    runs->run[runs->n++] = run;
    return true;
}

static void read_reports(struct reading *reading)
{
    struct lhr_file file = {0};
    struct err err;
    size_t added = 0;

    arena_init(&reading->scratch, ARENA_BYTES_MAX);
    if (!lhr_parse(reading->bytes, reading->path, &reading->scratch, &file, &err)) {
        add_file(reading, &reading->runs->corrupt, reason(&err));
    } else if (file.n == 0) {
        add_file(reading, &reading->runs->foreign, "JSON, but no Lighthouse report");
    } else {
        for (size_t i = 0; i < file.n; i++) {
            added += add_run(reading, &file.report[i]);
            if (file.report[i].has_psi)
                crux_of_psi(&file.report[i], reading->arena, &reading->runs->points);
        }
        reading->runs->nskipped += added == 0;
        reading->runs->nread += added > 0;
    }
    lhr_file_release(&file);
    arena_release(&reading->scratch);
}

/* What could not be read before is looked at until it is good or gone. */
static bool is_always(const struct reading *reading)
{
    const struct collect *collect = reading->collect;
    const char *name = base_name(reading->path);

    return collect->nalways > 0 && bsearch(&name, collect->always, collect->nalways,
                                           sizeof name, str_pointer_compare);
}

static bool read_file(struct reading *reading, struct lhr_buffer *buffer,
                      struct err *err)
{
    bool is_regular = false;
    int64_t ms;

    reading->day = INT32_MAX;
    if (!lhr_buffer_read(buffer, reading->path, &is_regular, err)) {
        if (err->of_machine)
            return false;
        add_file(reading, &reading->runs->corrupt, reason(err));
        return true;
    }
    if (!is_regular) {
        add_file(reading, &reading->runs->foreign, "not a regular file");
        return true;
    }
    reading->bytes = (struct str){buffer->at, buffer->n};
    if (lhr_peek_time(reading->bytes, &ms)) {
        (void)day_bounds_find(&reading->collect->bounds, ms, &reading->day);
        if (!is_always(reading) && !is_wanted(reading, ms, &reading->day)) {
            reading->runs->nskipped++;
            return true;
        }
    }
    read_reports(reading);
    return true;
}

/* ---- each run once ---- */

static int run_compare(const void *left, const void *right)
{
    const struct run *a = left, *b = right;
    int order = strcmp(form_word(a->form), form_word(b->form));

    if (order == 0)
        order = strcmp(a->page, b->page);
    if (order == 0)
        order = (a->time_ms > b->time_ms) - (a->time_ms < b->time_ms);
    return order != 0 ? order : strcmp(a->file, b->file);
}

static bool is_same_run(const struct run *a, const struct run *b)
{
    return a->form == b->form && strcmp(a->page, b->page) == 0 &&
           a->time_ms == b->time_ms;
}

/* The first path counts. Pages come out in order, their number too. */
static size_t sort_runs(struct runs *runs, struct arena *arena)
{
    size_t kept = 0, pages = 0;
    bool is_told = false;

    if (runs->n > 1)
        qsort(runs->run, runs->n, sizeof *runs->run, run_compare);
    runs->duplicate = arena_new(arena, const struct run *, runs->n);
    for (size_t i = 0; i < runs->n; i++) {
        struct run *last = kept > 0 ? &runs->run[kept - 1] : NULL;

        if (last && is_same_run(last, &runs->run[i])) {
            if (last->digest != runs->run[i].digest && !is_told)
                runs->duplicate[runs->nduplicates++] = last;
            is_told = is_told || last->digest != runs->run[i].digest;
            continue;
        }
        is_told = false;
        pages += !last || last->form != runs->run[i].form ||
                 strcmp(last->page, runs->run[i].page) != 0;
        runs->run[kept++] = runs->run[i];
    }
    runs->n = kept;
    return pages;
}

static int kind_compare(const void *left, const void *right)
{
    const struct audit_kind *a = left, *b = right;

    return strcmp(a->id, b->id);
}

/* By id, so that the order of files does not matter. */
static void sort_kinds(struct runs *runs, struct arena *arena)
{
    struct audit_kind *as_met =
        arena_grow(arena, runs->kind, runs->nkinds, runs->nkinds, sizeof *runs->kind);
    uint16_t *now = arena_new(arena, uint16_t, runs->nkinds);

    if (runs->nkinds > 1)
        qsort(runs->kind, runs->nkinds, sizeof *runs->kind, kind_compare);
    for (size_t i = 0; i < runs->nkinds; i++) {
        const struct audit_kind *at = bsearch(&as_met[i], runs->kind, runs->nkinds,
                                              sizeof *runs->kind, kind_compare);

        now[i] = (uint16_t)(at - runs->kind);
    }
    for (size_t r = 0; r < runs->n; r++)
        for (size_t i = 0; i < runs->run[r].naudits; i++)
            runs->run[r].audit[i].kind = now[runs->run[r].audit[i].kind];
}

static int file_compare(const void *left, const void *right)
{
    const struct run_file *a = left, *b = right;
    int order = strcmp(a->name, b->name);

    return order != 0 ? order : strcmp(a->why, b->why);
}

/* Of files with one name the first reason is told. */
static void sort_files(struct run_files *files)
{
    size_t kept = 0;

    if (files->n > 1)
        qsort(files->item, files->n, sizeof *files->item, file_compare);
    for (size_t i = 0; i < files->n; i++)
        if (kept == 0 || strcmp(files->item[kept - 1].name, files->item[i].name) != 0)
            files->item[kept++] = files->item[i];
    files->n = kept;
}

static int time_compare(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

    return a < b ? -1 : a > b;
}

static void sort_old(struct runs *runs)
{
    size_t kept = 0;

    if (runs->nold > 1)
        qsort(runs->old, runs->nold, sizeof *runs->old, time_compare);
    for (size_t i = 0; i < runs->nold; i++)
        if (kept == 0 || runs->old[kept - 1] != runs->old[i])
            runs->old[kept++] = runs->old[i];
    runs->nold = kept;
}

bool collect_runs(const struct collect *collect, struct arena *arena, struct runs *runs,
                  struct err *err)
{
    struct lhr_buffer buffer = {0};
    struct reading reading = {.collect = collect, .arena = arena, .runs = runs};
    bool ok = true;

    *runs = (struct runs){0};
    for (size_t i = 0; i < collect->paths->n && ok; i++) {
        reading.path = collect->paths->path[i];
        ok = read_file(&reading, &buffer, err);
    }
    lhr_buffer_release(&buffer);
    if (!ok)
        return false;
    sort_files(&runs->corrupt);
    sort_files(&runs->foreign);
    sort_files(&runs->unsupported);
    sort_old(runs);
    sort_kinds(runs, arena);
    if (sort_runs(runs, arena) > RUN_PAGES_MAX)
        return err_set(err,
                       "reports of more than %d pages in %d forms; name fewer in "
                       "'inputs', or drop parameters by 'ignore_params'",
                       RUN_PAGES_MAX / FORM_COUNT, FORM_COUNT);
    return true;
}
