/* Streams git's log, record by record, and keeps the dates of the files asked for. */
#include "i18ncheck/git_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/file.h"
#include "shared/hash.h"
#include "shared/limits.h"
#include "shared/re.h"

#include "shared/banned.h"

enum { BLOCK_BYTES = 1 << 18, ITEM_BYTES_MAX = 8 << 20 };

#define LOG_BYTES_MAX ((uint64_t)2 << 30)
#define TIME_S_MAX    INT64_C(32503679999) /* the last second of 2999 */

static const char *const default_subjects[] = {"i18n-ignore", "lunaria-ignore", "typo"};
const struct git_minor git_minor_default = {default_subjects, 3};

/* What stands at the head of a record. */
struct commit {
    struct str hash, subject, body;
    int64_t time_s;
};

struct reader {
    const char *name;
    int fd;
    struct arena *arena;
    struct err *err;
    char *at; /* a block, or more where an item is longer */
    size_t from, end, capacity;
    bool at_end; /* of the file */
    uint64_t bytes, records;
    struct str prefix;

    struct git_file *file;
    struct str *path; /* of file[i], relative to git's root */
    size_t *slot;     /* 1 + index of the first file of a hash; 0: none */
    size_t *next;     /* of file[i] */
    size_t slots;     /* a power of two */
};

/* ---- bytes ---- */

static bool more(struct reader *self)
{
    ssize_t part;

    if (self->at_end)
        return true;
    if (self->from > 0) {
        memmove(self->at, self->at + self->from, self->end - self->from);
        self->end -= self->from;
        self->from = 0;
    }
    if (self->end == self->capacity) {
        if (self->capacity >= ITEM_BYTES_MAX)
            return err_set(self->err,
                           "cannot read '%s': record %llu has a text of over %d bytes",
                           self->name, (unsigned long long)self->records,
                           ITEM_BYTES_MAX);
        self->at = arena_grow(self->arena, self->at, self->end, 2 * self->capacity, 1);
        self->capacity *= 2;
    }
    do
        part = read(self->fd, self->at + self->end, self->capacity - self->end);
    while (part < 0 && errno == EINTR);
    if (part < 0)
        return err_system(self->err, "cannot read '%s'", self->name);
    self->at_end = part == 0;
    self->end += (size_t)part;
    self->bytes += (uint64_t)part;
    if (self->bytes > LOG_BYTES_MAX)
        return err_set(self->err, "cannot read '%s': over 2 GiB", self->name);
    return true;
}

/* Text up to `mark`, which is taken too. `*found` false: the file ends first. */
static bool take(struct reader *self, char mark, struct str *text, bool *found)
{
    size_t seen = 0;

    for (;;) {
        const char *start = self->at + self->from;
        const char *at = memchr(start + seen, mark, self->end - self->from - seen);

        *found = at != NULL;
        if (at || self->at_end) {
            *text =
                (struct str){start, at ? (size_t)(at - start) : self->end - self->from};
            self->from += text->n + (at != NULL);
            return true;
        }
        seen = self->end - self->from;
        if (!more(self))
            return false;
    }
}

/* The next byte, without taking it; -1 at the end. */
static bool peek(struct reader *self, int *byte)
{
    while (self->from == self->end && !self->at_end)
        if (!more(self))
            return false;
    *byte = self->from < self->end ? (unsigned char)self->at[self->from] : -1;
    return true;
}

static bool malformed(struct reader *self, const char *what)
{
    return err_set(self->err,
                   "cannot read '%s': record %llu, %s; write it as run-all.sh does",
                   self->name, (unsigned long long)self->records, what);
}

/* ---- the header ---- */

static bool is_hash(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!strchr("0123456789abcdef", text.at[i]) || text.at[i] == '\0')
            return false;
    return text.n == 40 || text.n == GIT_HASH_MAX; // SHA-1, SHA-256
}

/* "rounds-gitlog 1 HASH complete PREFIX"; PREFIX may hold blanks, or be nothing. */
static bool read_header(struct reader *self)
{
    struct str line, word[4];
    size_t at = 0;
    bool found;

    if (!take(self, '\n', &line, &found))
        return false;
    for (size_t i = 0; i < 4; i++) {
        const char *end = at < line.n ? memchr(line.at + at, ' ', line.n - at) : NULL;
        size_t n = end ? (size_t)(end - line.at) - at : line.n - at;

        if (!found || (!end && i < 3) || at > line.n)
            return err_set(self->err, "cannot read '%s': it is no log of run-all.sh",
                           self->name);
        word[i] = (struct str){line.at + at, n};
        at += n + (end != NULL);
    }
    if (!str_equal(word[0], STR("rounds-gitlog")))
        return err_set(self->err, "cannot read '%s': it is no log of run-all.sh",
                       self->name);
    if (!str_equal(word[1], STR("1")))
        return err_set(self->err,
                       "cannot read '%s': version '%.*s' is not 1; upgrade rounds",
                       self->name, (int)(word[1].n < 20 ? word[1].n : 20), word[1].at);
    if (str_equal(word[3], STR("shallow")))
        return err_set(self->err,
                       "cannot read '%s': the clone is shallow and its dates are not "
                       "those of the files; fetch the whole history",
                       self->name);
    if (!str_equal(word[3], STR("complete")) || !is_hash(word[2]))
        return err_set(self->err, "cannot read '%s': it is no log of run-all.sh",
                       self->name);
    self->prefix =
        (struct str){str_copy(self->arena, line.at + at, line.n - at), line.n - at};
    return true;
}

/* ---- the files asked for ---- */

/* PREFIX and path without "." and "..", which lead no higher than git's root. */
static struct str root_path(const struct reader *self, const char *path)
{
    const char *whole =
        str_format(self->arena, "%.*s%s", (int)self->prefix.n, self->prefix.at, path);
    size_t most = strlen(whole);
    char *to = arena_new(self->arena, char, most + 1);
    size_t n = 0;

    for (const char *part = whole; *part != '\0';) {
        size_t bytes = strcspn(part, "/");
        struct str name = {part, bytes};

        part += bytes + (part[bytes] == '/');
        if (bytes == 0 || str_equal(name, STR(".")))
            continue;
        if (str_equal(name, STR(".."))) {
            while (n > 0 && to[n - 1] != '/')
                n--;
            n -= n > 0;
            continue;
        }
        if (n > 0)
            to[n++] = '/';
        memcpy(to + n, name.at, bytes);
        n += bytes;
    }
    return (struct str){to, n};
}

static size_t slot_of(const struct reader *self, struct str name)
{
    return (size_t)hash_bytes(name.at, name.n) & (self->slots - 1);
}

static void index_files(struct reader *self, size_t n)
{
    self->slots = 16;
    while (self->slots < 2 * n)
        self->slots *= 2;
    self->slot = arena_new(self->arena, size_t, self->slots);
    self->next = arena_new(self->arena, size_t, n);
    self->path = arena_new(self->arena, struct str, n);
    for (size_t i = n; i > 0; i--) {
        size_t *slot;

        self->path[i - 1] = root_path(self, self->file[i - 1].path);
        slot = &self->slot[slot_of(self, self->path[i - 1])];
        self->next[i - 1] = *slot;
        *slot = i;
    }
}

/* ---- minor commits ---- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool contains(struct str text, struct str word)
{
    for (size_t i = 0; i + word.n <= text.n; i++) {
        size_t n = 0;

        while (n < word.n && lower(text.at[i + n]) == lower(word.at[n]))
            n++;
        if (n == word.n)
            return true;
    }
    return false;
}

/* The part of a glob at `*at` as a regular expression: ** crosses folders, * and ? do
 * not, {a,b} is a choice. */
static void add_glob(struct buf *out, struct str glob, size_t *at, size_t *braces)
{
    struct str rest = {glob.at + *at, glob.n - *at};
    char c = rest.at[0];

    *at += 1;
    if (str_starts(rest, STR("**/"))) {
        buf_add_text(out, "(?:.*/)?");
        *at += 2;
    } else if (str_starts(rest, STR("**"))) {
        buf_add_text(out, ".*");
        *at += 1;
    } else if (c == '*') {
        buf_add_text(out, "[^/]*");
    } else if (c == '?') {
        buf_add_text(out, "[^/]");
    } else if (c == '{') {
        buf_add_text(out, "(?:");
        ++*braces;
    } else if (*braces > 0 && (c == ',' || c == '}')) {
        buf_add_text(out, c == ',' ? "|" : ")");
        *braces -= c == '}';
    } else {
        if (strchr("\\^$.[]|()+{}", c) && c != '\0')
            buf_add_text(out, "\\");
        buf_add(out, &c, 1);
    }
}

/* A glob that is no pattern, or too costly a one, matches nothing. */
static bool is_glob_match(struct str glob, struct str name, struct arena *arena)
{
    struct buf pattern;
    struct err ignored;
    struct re *re;
    size_t braces = 0;
    bool is_match;

    buf_init(&pattern, arena, PATTERN_BYTES_MAX);
    buf_add_text(&pattern, "(?s)");
    for (size_t i = 0; i < glob.n;)
        add_glob(&pattern, glob, &i, &braces);
    if (pattern.overflowed || memchr(pattern.at, '\0', pattern.n) ||
        !re_compile(pattern.at, true, &re, &ignored))
        return false;
    is_match = re_match(re, name) == RE_MATCH;
    re_free(re);
    return is_match;
}

static struct str trimmed(struct str text)
{
    while (text.n > 0 && (text.at[0] == ' ' || text.at[0] == '\t')) {
        text.at++;
        text.n--;
    }
    while (text.n > 0 && strchr(" \t\r", text.at[text.n - 1]) &&
           text.at[text.n - 1] != '\0')
        text.n--;
    return text;
}

/* Globs are relative to git's root, or to the folder of rounds.json. */
static bool is_listed(const struct reader *self, struct str globs, struct str name)
{
    struct str below = name;

    if (str_starts(name, self->prefix)) {
        below.at += self->prefix.n;
        below.n -= self->prefix.n;
    }
    while (globs.n > 0) {
        const char *end = memchr(globs.at, ';', globs.n);
        size_t n = end ? (size_t)(end - globs.at) : globs.n;
        struct str glob = trimmed((struct str){globs.at, n});

        globs.at += n + (end != NULL);
        globs.n -= n + (end != NULL);
        if (glob.n > 0 && (is_glob_match(glob, name, self->arena) ||
                           is_glob_match(glob, below, self->arena)))
            return true;
    }
    return false;
}

/* What a body says of a file by "@lunaria-...:GLOBS", to the line's end. */
struct directive {
    bool is_there, matches;
};

static struct directive directive(const struct reader *self, struct str body,
                                  struct str word, struct str name)
{
    struct directive said = {0};

    for (size_t i = 0; i + word.n <= body.n; i++) {
        struct str globs;
        const char *end;

        if (body.at[i] != '@' || memcmp(body.at + i, word.at, word.n) != 0)
            continue;
        globs = (struct str){body.at + i + word.n, body.n - i - word.n};
        end = globs.n > 0 ? memchr(globs.at, '\n', globs.n) : NULL;
        if (end)
            globs.n = (size_t)(end - globs.at);
        said.is_there = true;
        said.matches = said.matches || is_listed(self, globs, name);
    }
    return said;
}

static bool is_minor(const struct reader *self, const struct commit *commit,
                     const struct git_minor *minor, struct str name)
{
    struct directive track;

    for (size_t i = 0; i < minor->n; i++)
        if (contains(commit->subject, str_of(minor->subject[i])))
            return true;
    if (directive(self, commit->body, STR("@lunaria-ignore:"), name).matches)
        return true;
    track = directive(self, commit->body, STR("@lunaria-track:"), name);
    return track.is_there && !track.matches;
}

/* ---- records ---- */

static void date(const struct reader *self, const struct commit *commit,
                 struct git_file *file, struct str name)
{
    bool minor;

    if (file->is_known && !file->is_minor)
        return;
    minor = is_minor(self, commit, file->minor, name);
    if (minor && file->is_known)
        return; // the newest counts
    file->is_known = true;
    file->is_minor = minor;
    file->time_s = commit->time_s;
    memcpy(file->commit, commit->hash.at, commit->hash.n);
    file->commit[commit->hash.n] = '\0';
}

static void date_named(const struct reader *self, const struct commit *commit,
                       struct str name)
{
    for (size_t i = self->slot[slot_of(self, name)]; i > 0; i = self->next[i - 1])
        if (str_equal(self->path[i - 1], name))
            date(self, commit, &self->file[i - 1], name);
}

static bool cut_field(struct str *rest, struct str *field)
{
    const char *end = rest->n > 0 ? memchr(rest->at, '\x02', rest->n) : NULL;

    if (!end)
        return false;
    *field = (struct str){rest->at, (size_t)(end - rest->at)};
    rest->at += field->n + 1;
    rest->n -= field->n + 1;
    return true;
}

static bool parse_head(struct reader *self, struct str head, struct commit *commit)
{
    struct str rest = {head.at + 1, head.n - 1}, time;

    if (!cut_field(&rest, &commit->hash) || !is_hash(commit->hash))
        return malformed(self, "no hash is there");
    if (!cut_field(&rest, &time) || !str_to_int64(time.at, time.n, &commit->time_s) ||
        commit->time_s < 0 || commit->time_s > TIME_S_MAX)
        return malformed(self, "no time is there");
    if (!cut_field(&rest, &commit->subject))
        return malformed(self, "no subject is there");
    if (rest.n == 0 || rest.at[rest.n - 1] != '\x03')
        return malformed(self, "its head does not end");
    commit->body = (struct str){rest.at, rest.n - 1};
    return true;
}

/* The head moves when more is read: what is needed of it is copied, once, into room
 * that serves all records. */
struct kept {
    char *at;
    size_t capacity;
};

static struct str keep(struct reader *self, struct kept *kept, struct str head)
{
    if (!kept->at || kept->capacity < head.n) {
        kept->capacity = 2 * head.n;
        kept->at = arena_new(self->arena, char, kept->capacity);
    }
    memcpy(kept->at, head.at, head.n);
    return (struct str){kept->at, head.n};
}

/* A head begins so; a name that does is not in this world. */
static bool is_head(struct str text)
{
    const char *end =
        text.n > 0 && text.at[0] == '\x01' ? memchr(text.at, '\x02', text.n) : NULL;

    return end && is_hash((struct str){text.at + 1, (size_t)(end - text.at) - 1});
}

/* Names, each ended by NUL. Behind the last one of a commit some versions of git write
 * a NUL more, others the next record's head at once: `*head` is that head; at NULL, it
 * is still to come. */
static bool read_names(struct reader *self, const struct commit *commit,
                       struct str *head)
{
    bool found;

    self->from++; // the newline
    for (bool is_first = true;; is_first = false) {
        struct str name;

        if (!take(self, '\0', &name, &found))
            return false;
        if (name.n == 0 && is_first)
            return malformed(self, "a name is empty");
        if (name.n == 0)
            return true; // a NUL more, or the file's end
        if (!found)
            return malformed(self, "it is cut off");
        if (is_head(name)) {
            *head = name;
            return !is_first || malformed(self, "a name is missing");
        }
        date_named(self, commit, name);
    }
}

/* One record, whose head was read where `head` is not empty; it is set to the next
 * one's where that was read. */
static bool read_record(struct reader *self, struct kept *kept, struct str *head)
{
    struct commit commit = {0};
    bool found = true;
    int byte;

    self->records++;
    if (!head->at && !take(self, '\0', head, &found))
        return false;
    if (!is_head(*head))
        return malformed(self, "it does not begin as one");
    if (!found)
        return malformed(self, "it is cut off");
    if (!parse_head(self, keep(self, kept, *head), &commit) || !peek(self, &byte))
        return false;
    *head = (struct str){0};
    return byte != '\n' || read_names(self, &commit, head);
}

bool git_log_read_fd(int fd, const char *name, struct git_file *file, size_t n,
                     struct arena *arena, struct err *err)
{
    struct reader self = {.name = name,
                          .fd = fd,
                          .arena = arena,
                          .err = err,
                          .file = file,
                          .capacity = BLOCK_BYTES};
    struct kept kept = {0};
    struct str head = {0};
    int byte = -1;

    self.at = arena_new(arena, char, self.capacity);
    if (!read_header(&self))
        return false;
    index_files(&self, n);
    for (;;) {
        if (!head.at && !peek(&self, &byte)) // a head would move
            return false;
        if (!head.at && byte == -1)
            return true;
        if (!read_record(&self, &kept, &head))
            return false;
    }
}

bool git_log_read(const char *path, struct git_file *file, size_t n,
                  struct arena *arena, struct err *err)
{
    size_t size;
    int fd;
    bool ok;

    if (!file_open(AT_FDCWD, path, false, &fd, &size, err))
        return false;
    if (fd < 0)
        return err_set(err, "cannot read '%s': there is no such file", path);
    ok = git_log_read_fd(fd, path, file, n, arena, err);
    (void)close(fd);
    return ok;
}
