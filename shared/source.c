/* Opens sources, walks their files, and keeps the books of each day. What a line means
 * is source_jsonl.c's and source_access_log.c's. */
#include "shared/source.h"

#include <assert.h>
#include <string.h>
#include <sys/stat.h>

#include "shared/json.h"
#include "shared/source_internal.h"

#include "shared/banned.h"

enum { PATTERNS_MAX = 64, REJECTED_MIN = 10 };

const char *reject_word(enum reject_reason reason)
{
    static const char *const words[REJECT_COUNT] = {
        [REJECT_MALFORMED] = "malformed", [REJECT_TOO_LONG] = "too long",
        [REJECT_TOO_DEEP] = "too deep",   [REJECT_NO_TIME] = "no time",
        [REJECT_NO_UNIT] = "no unit",     [REJECT_UTF8] = "utf-8",
    };

    return words[reason];
}

const char *day_status_word(enum day_status status)
{
    static const char *const words[] = {[DAY_OK] = "ok",
                                        [DAY_PARTIAL] = "partial",
                                        [DAY_ABSENT] = "absent",
                                        [DAY_STALE] = "stale"};

    return words[status];
}

int64_t source_rejected(const struct source_day *days, size_t n)
{
    int64_t rejected = 0;

    for (size_t d = 0; d < n; d++)
        for (int i = 0; i < REJECT_COUNT; i++)
            rejected += days[d].rejected[i];
    return rejected;
}

enum day_status source_day_status(const struct source_day *day, double max_rejected_pct,
                                  bool later)
{
    int64_t rejected = source_rejected(day, 1);
    int64_t lines = day->rows + day->bots + rejected;

    if (day->is_cut || (rejected >= REJECTED_MIN &&
                        (double)rejected * 100 > max_rejected_pct * (double)lines))
        return DAY_PARTIAL;
    if (day->rows > 0)
        return DAY_OK;
    return later ? DAY_ABSENT : DAY_STALE;
}

bool source_is_asked(const char *type)
{
    return engine_is_type(type);
}

int source_lag_h(const struct source *source)
{
    return source->lag_h;
}

uint32_t source_kinds(const struct source *source)
{
    return source->kinds;
}

uint32_t source_numbers(const struct source *source)
{
    return source->numbers;
}

const char *const *source_folders(const struct source *source, size_t *n)
{
    *n = source->nfolders;
    return source->folder;
}

bool source_streams(const struct source *source)
{
    return source->type != SOURCE_ENGINE;
}

const uint16_t *source_ports(const struct source *source, size_t *n)
{
    *n = source->opened.nports;
    return source->opened.ports;
}

const char *const *source_notes(const struct source *source, size_t *n)
{
    *n = 0;
    return source->engine && source->engine->notes
               ? source->engine->notes(source->opened.self, n)
               : NULL;
}

const struct source_day *source_days(const struct source *source, size_t *n)
{
    *n = source->bounds.n;
    return source->days;
}

const struct source_totals *source_totals(const struct source *source)
{
    return &source->totals;
}

/* ---- opening ---- */

static const char *const *endings_of(const struct source *source)
{
    static const char *const events[] = {".jsonl", ".ndjson", ".json", ".gz", NULL};
    static const char *const logs[] = {".log",  ".log.1", ".jsonl", ".ndjson",
                                       ".json", ".gz",    NULL};

    return source->type == SOURCE_JSONL ? events : logs;
}

static void add_folder(struct source *source, const char *folder, struct arena *arena)
{
    for (size_t i = 0; i < source->nfolders; i++)
        if (strcmp(source->folder[i], folder) == 0)
            return;
    source->folder = arena_room(arena, source->folder, source->nfolders,
                                &source->folders_capacity, sizeof *source->folder);
    source->folder[source->nfolders++] = folder;
}

static bool path_err(const struct source *source, struct err *err)
{
    struct err cause = *err;

    return err_set(err, "source '%s': %s; look at 'path' in '%s'", source->name,
                   cause.text, source->config->path);
}

/* The folder above the first part of a {day} pattern that changes. */
static bool add_pattern_folder(struct source *source, const char *pattern,
                               struct arena *arena, struct err *err)
{
    char *fixed = str_copy(arena, pattern, (size_t)(strchr(pattern, '{') - pattern));
    char *slash = strrchr(fixed, '/');
    char *folder;
    struct stat st;

    if (slash)
        slash[slash == fixed] = '\0'; // "/" stays
    folder =
        slash ? file_join(arena, source->config->folder, fixed)
              : str_copy(arena, source->config->folder, strlen(source->config->folder));
    if (stat(folder, &st) < 0) {
        (void)err_system(err, "cannot list '%s'", folder);
        return path_err(source, err);
    }
    add_folder(source, folder, arena);
    return true;
}

static bool braces_are_known(const char *pattern)
{
    for (const char *brace = pattern; (brace = strchr(brace, '{')) != NULL; brace++)
        if (strncmp(brace, "{day}", 5) != 0 && strncmp(brace, "{yyyymmdd}", 10) != 0 &&
            strncmp(brace, "{yyyymm}", 8) != 0)
            return false;
    return true;
}

static bool add_pattern(struct source *source, const char *pattern, struct arena *arena,
                        struct err *err)
{
    struct file_list list = {0};

    if (strcmp(pattern, "-") == 0) {
        source->has_stdin = true;
        return true;
    }
    if (!braces_are_known(pattern))
        return config_err(source->config,
                          str_format(arena, "/sources/%s/path", source->name), err,
                          "'%s': only {day}, {yyyymmdd} and {yyyymm} stand in braces",
                          pattern);
    source->pattern[source->npatterns++] = pattern;
    if (strchr(pattern, '{'))
        return add_pattern_folder(source, pattern, arena, err);
    if (!file_list_add(&list, source->config->folder, pattern, endings_of(source), true,
                       arena, err))
        return path_err(source, err);
    for (size_t i = 0; i < list.nfolders; i++)
        add_folder(source, list.folder[i], arena);
    return true;
}

static bool open_paths(struct source *source, const json_t *path, struct arena *arena,
                       struct err *err)
{
    const char *where = str_format(arena, "/sources/%s/path", source->name);
    size_t n = json_is_array(path) ? json_array_size(path) : 1;

    if (n == 0 || n > PATTERNS_MAX)
        return config_err(source->config, where, err, "%zu paths, 1 to %d are taken", n,
                          PATTERNS_MAX);
    source->pattern = arena_new(arena, const char *, n);
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_is_array(path) ? json_array_get(path, i) : path;

        if (!json_is_string(one))
            return config_err(source->config, where, err,
                              "a file, a folder, a pattern or '-' is wanted");
        if (!add_pattern(source, json_string_value(one), arena, err))
            return false;
    }
    return true;
}

static bool source_missing(const struct config *config, const json_t *sources,
                           const char *name, struct arena *arena, struct err *err)
{
    size_t n;
    const char **names = json_keys(arena, sources, &n);
    const char *near = str_nearest(name, names, n);

    return config_err(config, "/sources", err, "there is no source '%s'%s%s%s", name,
                      near ? "; did you mean '" : "", near ? near : "",
                      near ? "'?" : "");
}

static bool open_engine(struct source *source, const char *type, struct arena *arena,
                        struct err *err)
{
    struct engine_opened *opened = &source->opened;

    source->type = SOURCE_ENGINE;
    if (!engine_find(type, &source->engine, err))
        return err_wrap(err, "source '%s'", source->name);
    if (!source->engine->open(source->config, source->name, arena, opened, err))
        return false;
    for (size_t i = 0; i < opened->nfiles; i++)
        add_folder(source, opened->file[i], arena);
    if (opened->preset) {
        source->type = SOURCE_JSONL;
        return true;
    }
    source->lag_h = opened->lag_h;
    source->kinds = opened->kinds;
    source->numbers = opened->numbers;
    return true;
}

/* What an engine opened is closed with it. */
static void close_engine(struct source *source)
{
    if (source->engine && source->opened.self)
        source->engine->close(source->opened.self);
}

/* Of the rows: what is looked up in them, and where they are. */
static bool open_rows(struct source *source, const json_t *json, struct arena *arena,
                      struct err *err)
{
    const char *preset = source->opened.preset ? source->opened.preset
                                               : json_text(json, "preset", "generic");

    source->agents = agents_new(arena);
    if (source->type == SOURCE_ACCESS_LOG
            ? !access_log_open(source, json, arena, err)
            : !source_fields_open(source, json, preset, arena, err))
        return false;
    if (!source->engine &&
        !open_paths(source, json_object_get(json, "path"), arena, err))
        return false;
    lines_init(&source->lines, arena);
    return true;
}

bool source_open(const struct config *config, const char *name, bool exclude_bots,
                 struct arena *arena, struct source **source, struct err *err)
{
    const json_t *sources = json_object_get(config->root, "sources");
    const json_t *json = json_object_get(sources, name);
    struct source *opened = arena_new(arena, struct source, 1);
    const char *type;

    if (!sources)
        return config_err(config, "", err, "there is no 'sources' to take '%s' from",
                          name);
    if (!json)
        return source_missing(config, sources, name, arena, err);
    opened->name = str_copy(arena, name, strlen(name));
    opened->config = config;
    opened->exclude_bots = exclude_bots;
    type = json_text(json, "type", "");
    if (engine_is_type(type)) {
        if (!open_engine(opened, type, arena, err))
            return false;
    } else if (strcmp(type, "access_log") == 0) {
        opened->type = SOURCE_ACCESS_LOG;
    } else if (strcmp(type, "jsonl") != 0) {
        return config_err(
            config, str_format(arena, "/sources/%s/type", name), err,
            "type '%s' is not read here; export to JSON Lines and use 'jsonl'", type);
    }
    if (opened->type != SOURCE_ENGINE && !open_rows(opened, json, arena, err)) {
        close_engine(opened);
        values_release(opened->fields.values);
        values_release(opened->log.caddy);
        return false;
    }
    *source = opened;
    return true;
}

void source_close(struct source *source)
{
    if (!source)
        return;
    close_engine(source);
    if (source->type == SOURCE_ENGINE)
        return;
    lines_release(&source->lines);
    values_release(source->fields.values);
    values_release(source->log.caddy);
}

bool source_has_properties(const struct source *source)
{
    return source->type == SOURCE_JSONL && source->fields.properties;
}

bool source_has_names(const struct source *source)
{
    return source->type != SOURCE_ACCESS_LOG;
}

bool source_want(struct source *source, const char *const *pointers, size_t n,
                 struct err *err)
{
    struct values *values = source->fields.values;

    if (n == 0 || !source_has_properties(source))
        return true;
    for (size_t i = 0; i < n; i++) {
        if (i == SCAN_POINTERS_MAX)
            return err_set(err, "more than %d different JSON pointers",
                           SCAN_POINTERS_MAX);
        if (!values_add(values, pointers[i], &source->wanted[i], err))
            return false;
    }
    return values_compile(values, err);
}

const struct span *source_wanted(const struct source *source, size_t index)
{
    static const struct span absent = {.type = SPAN_ABSENT};

    return source_has_properties(source)
               ? values_at(source->fields.values, source->wanted[index])
               : &absent;
}

const char *source_property_pointer(const struct source *source, const char *name,
                                    struct arena *arena)
{
    struct buf pointer;

    assert(source_has_properties(source));
    if (name[0] == '/')
        return name;
    buf_init(&pointer, arena, PATH_BYTES_MAX);
    buf_add_text(&pointer, source->fields.properties);
    for (; *name; name++) { // RFC 6901, section 3
        if (*name == '~')
            buf_add_text(&pointer, "~0");
        else if (*name == '/')
            buf_add_text(&pointer, "~1");
        else
            buf_add(&pointer, name, 1);
    }
    return pointer.at;
}

const char *source_preset(const struct source *source)
{
    if (source->type == SOURCE_ENGINE)
        return source->opened.exposures;
    return source_has_properties(source) ? source->fields.preset : "";
}

void source_want_units(struct source *source)
{
    source->wants_units = true;
}

/* ---- a run: its files ---- */

/* The pattern for one day; false when it names no day, so that its files may hold any.
 */
static bool expand(const char *pattern, int32_t day, struct arena *arena,
                   char **expanded)
{
    struct day_text iso = day_text(day);
    struct buf buf;
    bool names_day = false;

    buf_init(&buf, arena, PATH_BYTES_MAX);
    while (*pattern) {
        if (strncmp(pattern, "{day}", 5) == 0) {
            buf_add_text(&buf, iso.text);
            names_day = true;
            pattern += 5;
        } else if (strncmp(pattern, "{yyyymmdd}", 10) == 0) {
            buf_printf(&buf, "%.4s%.2s%.2s", iso.text, iso.text + 5, iso.text + 8);
            names_day = true;
            pattern += 10;
        } else if (strncmp(pattern, "{yyyymm}", 8) == 0) {
            buf_printf(&buf, "%.4s%.2s", iso.text, iso.text + 5);
            pattern += 8;
        } else {
            buf_add(&buf, pattern++, 1);
        }
    }
    *expanded = buf.at;
    return names_day;
}

static bool list_pattern(struct source *source, const char *pattern, struct err *err)
{
    const char *before = NULL;
    size_t days = source->bounds.n;

    if (!strchr(pattern, '{'))
        return file_list_add(&source->files, source->config->folder, pattern,
                             endings_of(source), true, source->arena, err);
    for (size_t i = 0; i < days + 2; i++) { // one more on either side
        size_t known = source->files.n;
        char *path;
        bool names_day = expand(pattern, source->bounds.first - 1 + (int32_t)i,
                                source->arena, &path);

        if (before && strcmp(before, path) == 0)
            continue;
        before = path;
        if (!file_list_add(&source->files, source->config->folder, path,
                           endings_of(source), false, source->arena, err))
            return false;
        for (; names_day && known < source->files.n; known++) {
            size_t index = i == 0 ? 0 : i - 1;

            source->dated = arena_room(source->arena, source->dated, source->ndated,
                                       &source->dated_capacity, sizeof *source->dated);
            source->dated[source->ndated++] =
                (struct dated){source->files.path[known],
                               index < days ? index : days - 1};
        }
    }
    return true;
}

/* The path as the user wrote it: without the configuration's folder. */
static const char *path_shown(const struct source *source, const char *path)
{
    size_t n = strlen(source->config->folder);

    if (n > 0 && strncmp(path, source->config->folder, n) == 0 && path[n] == '/')
        return path + n + 1;
    return path;
}

bool source_start(struct source *source, const struct day_bounds *bounds,
                  struct arena *arena, struct err *err)
{
    if (source->has_stdin && source->stdin_is_used)
        return err_set(err, "source '%s': stdin can be read only once; give a file",
                       source->name);
    lines_close(&source->lines);
    lines_reset(&source->lines);
    source->arena = arena;
    source->bounds = *bounds;
    source->days = arena_new(arena, struct source_day, bounds->n);
    source->touched = arena_new(arena, size_t, bounds->n);
    for (size_t i = 0; i < bounds->n; i++)
        source->days[i].day = bounds->first + (int32_t)i;
    source->totals = (struct source_totals){0};
    memset(source->waiting, 0, sizeof source->waiting); // of a pass that was given up
    source->waiting_place = NULL;
    source->files = (struct file_list){0};
    source->dated = NULL;
    source->ndated = source->dated_capacity = 0;
    source->next = 0;
    source->reads = false;
    if (source->engine)
        return source->engine->start(source->opened.self, &source->bounds, arena,
                                     source->days, &source->totals, err);
    for (size_t i = 0; i < source->npatterns; i++)
        if (!list_pattern(source, source->pattern[i], err))
            return path_err(source, err);
    file_list_finish(&source->files);
    return true;
}

/* ---- a run: the books ---- */

static struct place place_of(const struct source *source, int64_t time_ms)
{
    const struct day_bounds *bounds = &source->bounds;
    const struct place *last = &source->place;
    struct place place = {.known = true};
    int32_t day;

    if (last->known && last->side == 0 && time_ms >= bounds->at_ms[last->index] &&
        time_ms < bounds->at_ms[last->index + 1])
        return *last; // nearly always the day of the line before
    if (day_bounds_find(bounds, time_ms, &day))
        place.index = (size_t)(day - bounds->first);
    else
        place.side = time_ms < bounds->at_ms[0] ? -1 : 1;
    return place;
}

static void count_rejected(struct source *source, const struct place *place,
                           enum reject_reason reason, int64_t n)
{
    if (place->side < 0)
        source->totals.late += n;
    else if (place->side > 0)
        source->totals.future += n;
    else
        source->days[place->index].rejected[reason] += n;
}

static void count_waiting(struct source *source, const struct place *place)
{
    for (int i = 0; i < REJECT_COUNT; i++) {
        count_rejected(source, place, (enum reject_reason)i, source->waiting[i]);
        source->waiting[i] = 0;
    }
    if (place->side == 0 && !source->days[place->index].place)
        source->days[place->index].place = source->waiting_place;
    source->waiting_place = NULL;
}

static void keep_place(struct source *source, enum reject_reason reason)
{
    struct source_totals *totals = &source->totals;
    bool is_among_first =
        totals->nplaces < sizeof totals->place / sizeof *totals->place;
    struct source_day *day = source->place.known && source->place.side == 0
                                 ? &source->days[source->place.index]
                                 : NULL;
    const char **of_day = day                   ? &day->place
                          : source->place.known ? NULL
                                                : &source->waiting_place;
    const char *text;

    if (!is_among_first && (!of_day || *of_day))
        return;
    text = str_format(source->arena, "%s:%lld: %s", source->shown,
                      (long long)source->lines.number, reject_word(reason));
    if (is_among_first)
        totals->place[totals->nplaces++] = text;
    if (of_day && !*of_day)
        *of_day = text;
}

static void reject(struct source *source, enum reject_reason reason)
{
    keep_place(source, reason);
    if (source->place.known)
        count_rejected(source, &source->place, reason, 1);
    else
        source->waiting[reason]++;
}

/* Counts a line; true when its row is to be delivered. */
static bool count_line(struct source *source, const struct line_result *result,
                       const struct row *row)
{
    struct source_day *day;

    if (result->verdict == LINE_SKIPPED)
        return false;
    if (result->has_time) {
        bool first = !source->place.known;

        source->place = place_of(source, row->time_ms);
        if (first)
            count_waiting(source, &source->place);
        if (source->place.side == 0)
            source->touched[source->place.index] = source->next;
    }
    if (result->verdict == LINE_REJECTED) {
        reject(source, result->reason);
        return false;
    }
    if (source->place.side != 0) {
        if (source->place.side < 0)
            source->totals.late++;
        else
            source->totals.future++;
        return false;
    }
    day = &source->days[source->place.index];
    if (result->verdict == LINE_BOT) {
        day->bots++;
        return false;
    }
    day->rows++;
    if (row->time_ms > day->newest_ms)
        day->newest_ms = row->time_ms;
    return true;
}

/* The day of the file's name when the pattern has one. */
static const struct dated *dated_of(const struct source *source)
{
    const char *path =
        source->next <= source->files.n ? source->files.path[source->next - 1] : NULL;

    for (size_t i = 0; path && i < source->ndated; i++)
        if (strcmp(source->dated[i].path, path) == 0)
            return &source->dated[i];
    return NULL;
}

/* A cut file makes the days partial that its lines fell on. Without a line it may have
 * held any day, or the day of its name and those beside it. */
static void mark_cut(struct source *source)
{
    const struct dated *dated = dated_of(source);

    for (size_t i = 0; i < source->bounds.n; i++) {
        bool may_hold = !dated || (i + 1 >= dated->index && i <= dated->index + 1);

        if (source->place.known ? source->touched[i] != source->next : !may_hold)
            continue;
        source->days[i].is_cut = true;
        if (!source->days[i].cut)
            source->days[i].cut = source->shown;
    }
}

static void finish_file(struct source *source)
{
    const struct dated *dated = dated_of(source);
    struct place last = {.known = true, .index = source->bounds.n - 1};

    if (dated)
        last.index = dated->index;
    count_waiting(source, &last); // no time could be read in all of the file
    if (source->lines.is_cut)
        mark_cut(source);
    lines_close(&source->lines);
    source->totals.bytes = (int64_t)source->lines.bytes;
    source->reads = false;
}

/* The same of what an engine feeds. */
static bool next_fed(struct source *source, bool *end, struct err *err)
{
    struct engine_file file;

    if (!source->engine->feed(source->opened.self, source->arena, &file, err))
        return false;
    *end = file.fd < 0;
    if (*end)
        return true;
    source->next++;
    source->shown = file.shown;
    source->place = (struct place){.known = false};
    if (!lines_take(&source->lines, file.fd, err))
        return err_wrap(err, "source '%s': '%s'", source->name, source->shown);
    source->totals.files++;
    source->reads = true;
    return true;
}

/* Opens the next file, stdin last; `*end` when there is none. */
static bool next_file(struct source *source, bool *end, struct err *err)
{
    const char *path = NULL;

    if (source->engine)
        return next_fed(source, end, err);
    while (source->next < source->files.n && !path) {
        path = source->files.path[source->next++];
        if (str_ends(str_of(path), STR("manifest.json")))
            path = NULL;
    }
    if (!path && source->has_stdin && !source->stdin_is_used) {
        source->stdin_is_used = true;
        source->next = source->files.n + 1;
    } else if (!path) {
        *end = true;
        return true;
    }
    source->shown = path ? path_shown(source, path) : "-";
    source->place = (struct place){.known = false};
    if (!lines_open(&source->lines, path, err))
        return err_wrap(err, "source '%s': '%s'", source->name, source->shown);
    source->totals.files++;
    source->reads = true;
    return true;
}

/* Takes one line of the open file; `*delivered` when it became a row. */
static bool take_line(struct source *source, struct row *row, bool *delivered,
                      struct err *err)
{
    struct line_result result;
    struct str line;

    enum lines_result taken = lines_next(&source->lines, &line, err);

    *delivered = false;
    if (source->type == SOURCE_JSONL && source->lines.first == '[')
        return err_set(err,
                       "source '%s': '%s' is not JSON Lines; convert with jq -c '.[]'",
                       source->name, source->shown);
    switch (taken) {
    case LINES_FAILED:
        return err_wrap(err, "source '%s': '%s'", source->name, source->shown);
    case LINES_END:
        if (source->engine && source->lines.is_cut) // it was whole when it came
            return err_set(err,
                           "source '%s': '%s' ends inside row %lld; nothing of it is "
                           "used",
                           source->name, source->shown,
                           (long long)source->lines.number + 1);
        finish_file(source);
        return true;
    case LINES_TOO_LONG: reject(source, REJECT_TOO_LONG); return true;
    case LINES_LINE: break;
    }
    result = source->type == SOURCE_JSONL ? jsonl_row(source, line, row)
                                          : access_log_row(source, line, row);
    *delivered = count_line(source, &result, row);
    return true;
}

bool source_next(struct source *source, struct row *row, bool *end, struct err *err)
{
    bool delivered = false;

    assert(source_streams(source));
    *end = false;
    while (!delivered && !*end) {
        if (source->reads ? !take_line(source, row, &delivered, err)
                          : !next_file(source, end, err))
            return false;
    }
    return true;
}

/* ---- a run: days that come added up ---- */

bool source_can_count(struct source *source, const struct daycount_plan *plan,
                      size_t index, bool *can, struct err *err)
{
    return source->engine->can_count(source->opened.self, plan, index, can, err);
}

bool source_check_arms(struct source *source, const struct arms_wanted *wanted,
                       struct err *err)
{
    return source->engine->check_arms(source->opened.self, wanted, err);
}

bool source_cells(struct source *source, size_t index,
                  const struct cells_wanted *wanted, struct arena *arena,
                  struct day_cells *cells, struct err *err)
{
    return source->engine->cells(source->opened.self, index, wanted, arena, cells, err);
}

bool source_arms(struct source *source, size_t index, const struct arms_wanted *wanted,
                 struct arena *arena, struct day_arms *arms, struct err *err)
{
    return source->engine->arms(source->opened.self, index, wanted, arena, arms, err);
}
