/*
 * What a previous run left, in. Corrupt is never absent: each fault is refused with the
 * file, the line and the remedy, and the file stays as it is. Reads only; the folder
 * and its lock are shared/state.c's.
 */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "shared/file.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/state.h"
#include "shared/text.h"

#include "shared/banned.h"

/* The file as a user would name it; `shown` goes into messages. */
struct source {
    const struct state_folder *folder;
    const char *name;
    const char *shown;
};

static struct source source_of(const struct state_folder *folder, const char *name,
                               struct arena *arena)
{
    return (struct source){folder, name, file_join(arena, folder->path, name)};
}

/* Adds the remedy to what is there. Always false. */
static bool restore(const struct source *source, struct err *err)
{
    struct err was = *err;

    return err_set(err, "%s; restore it with 'git checkout -- %s'", was.text,
                   source->shown);
}

static bool corrupt(const struct source *source, size_t line, const char *what,
                    struct err *err)
{
    (void)err_set(err, "%s:%zu: %s", source->shown, line, what);
    return restore(source, err);
}

static bool conflict_free(const struct source *source, struct str bytes,
                          struct err *err)
{
    size_t line = text_conflict_line(bytes.at, bytes.n);

    if (line == 0)
        return true;
    return err_set(
        err, "%s:%zu: conflict markers; take the main branch's file and run again",
        source->shown, line);
}

static bool source_read(const struct source *source, size_t most, struct arena *arena,
                        struct str *bytes, bool *absent, struct err *err)
{
    static const char history[] = "history/";
    bool is_history = strncmp(source->name, history, sizeof history - 1) == 0;
    const char *name = source->name + (is_history ? sizeof history - 1 : 0);
    int fd = is_history ? source->folder->history_fd : source->folder->fd;

    if (fd < 0) {
        *absent = true;
        return true;
    }
    return file_read_if_there(fd, name, most, true, arena, bytes, absent, err) ||
           err_wrap(err, "%s", source->shown);
}

static bool check_tool(const struct source *source, struct str bytes,
                       const json_t *json, const char *tool, struct arena *arena,
                       struct err *err)
{
    const char *found;

    if (!json_need_text(json, "tool", &found, err)) {
        (void)err_wrap(err, "%s:%zu", source->shown, json_line(bytes, "/tool"));
        return restore(source, err);
    }
    if (strcmp(found, tool) == 0)
        return true;
    return corrupt(source, json_line(bytes, "/tool"),
                   str_format(arena, "it is the state of '%s', not of '%s'",
                              text_safe(arena, found, strlen(found), OUTSIDE_TEXT_MAX),
                              tool),
                   err);
}

static bool check_schema(const struct source *source, struct str bytes,
                         const json_t *json, int schema, struct err *err)
{
    int64_t found;

    if (!json_need_int(json, "schema", &found, err)) {
        (void)err_wrap(err, "%s:%zu", source->shown, json_line(bytes, "/schema"));
        return restore(source, err);
    }
    if (found <= schema && found >= 1)
        return true;
    if (found < 1)
        return corrupt(source, json_line(bytes, "/schema"), "'/schema' is below 1",
                       err);
    return err_set(
        err, "%s:%zu: schema %lld is newer than this program (%d); upgrade rounds",
        source->shown, json_line(bytes, "/schema"), (long long)found, schema);
}

bool state_file_read(const struct state_folder *folder, const char *name,
                     struct arena *arena, struct state_file *file, struct err *err)
{
    struct source source = source_of(folder, name, arena);
    struct str bytes = {NULL, 0};
    bool absent;

    if (!source_read(&source, STATE_BYTES_MAX, arena, &bytes, &absent, err))
        return false;
    *file = (struct state_file){folder, name, !absent, bytes};
    return true;
}

bool state_file_parse(const struct state_file *file, const char *tool, int schema,
                      struct arena *arena, json_t **json, struct err *err)
{
    struct source source = source_of(file->folder, file->name, arena);
    struct str bytes = file->bytes;
    json_t *parsed = NULL;
    size_t real;

    if (!file->is_there) {
        *json = NULL;
        return true;
    }
    if (!conflict_free(&source, bytes, err))
        return false;
    if (!json_load_strict(bytes, source.shown, STATE_DEPTH_MAX, STATE_KEYS_MAX, &parsed,
                          err))
        return restore(&source, err);
    OWN(json) found = parsed;
    if (!check_tool(&source, bytes, found, tool, arena, err) ||
        !check_schema(&source, bytes, found, schema, err))
        return false;
    real = json_line_of_real(bytes); // ours are integers, and the writer takes no other
    if (real > 0)
        return corrupt(&source, real, "a number that is no integer", err);
    *json = take(&found);
    return true;
}

// NOLINTNEXTLINE(readability-function-size): the one call that reads and checks all
bool state_json_load(const struct state_folder *folder, const char *name,
                     const char *tool, int schema, struct arena *arena, json_t **json,
                     struct err *err)
{
    struct state_file file;

    return state_file_read(folder, name, arena, &file, err) &&
           state_file_parse(&file, tool, schema, arena, json, err);
}

/* The pointer that a sentence begins with. The ids of findings have slashes. */
static const char *pointer_of(const char *text, struct arena *arena)
{
    static const char findings[] = "/findings/";
    const char *end = strstr(text, ": ");
    size_t n = end ? (size_t)(end - text) : strlen(text);
    struct buf pointer;

    buf_init(&pointer, arena, 2 * n + 1);
    for (size_t i = 0; i < n; i++) {
        bool is_in_id = i >= sizeof findings - 1 &&
                        strncmp(text, findings, sizeof findings - 1) == 0;

        if (is_in_id && text[i] == '~')
            buf_add_text(&pointer, "~0");
        else if (is_in_id && text[i] == '/')
            buf_add_text(&pointer, "~1");
        else
            buf_add(&pointer, &text[i], 1);
    }
    return str_copy(arena, buf_str(&pointer).at, buf_str(&pointer).n);
}

bool state_json_refuse(const struct state_folder *folder, const char *name,
                       struct arena *arena, struct err *err)
{
    struct source source = source_of(folder, name, arena);
    struct err was = *err, ignored;
    bool absent = true;
    struct str bytes;
    size_t line = 1;

    if (was.text[0] == '/' &&
        source_read(&source, STATE_BYTES_MAX, arena, &bytes, &absent, &ignored) &&
        !absent)
        line = json_line(bytes, pointer_of(was.text, arena));
    return corrupt(&source, line, was.text, err);
}

static bool check_lines(const struct source *source, struct str bytes, struct err *err)
{
    size_t line = 1;

    for (size_t i = 0; i < bytes.n; line++) {
        const char *end = memchr(bytes.at + i, '\n', bytes.n - i);
        size_t n = end ? (size_t)(end - bytes.at) - i : bytes.n - i;

        if (n > HISTORY_LINE_BYTES_MAX)
            return corrupt(source, line, "the line is too long", err);
        if (!end)
            return corrupt(source, line, "the file ends too early", err);
        i += n + 1;
    }
    return true;
}

bool state_text_load(const struct state_folder *folder, const char *name,
                     const char *header, struct arena *arena, struct str *bytes,
                     struct err *err)
{
    struct source source = source_of(folder, name, arena);
    struct str all, first = str_of(header ? str_format(arena, "%s\n", header) : "");
    const char *nul;
    bool absent;
    size_t bad;

    if (!source_read(&source, HISTORY_BYTES_MAX, arena, &all, &absent, err))
        return false;
    if (absent) {
        *bytes = (struct str){NULL, 0};
        return true;
    }
    if (all.n == 0)
        return corrupt(&source, 1, "the file is empty", err);
    if (!conflict_free(&source, all, err))
        return false;
    nul = memchr(all.at, '\0', all.n);
    if (nul)
        return corrupt(&source, text_line(all.at, (size_t)(nul - all.at)), "a NUL byte",
                       err);
    if (!text_is_utf8(all.at, all.n, &bad))
        return corrupt(&source, text_line(all.at, bad), "not UTF-8", err);
    if (!str_starts(all, first))
        return corrupt(&source, 1, "the first line is not the expected header", err);
    if (!check_lines(&source, all, err))
        return false;
    *bytes = (struct str){all.at + first.n, all.n - first.n};
    return true;
}
