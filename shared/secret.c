/*
 * Where secrets are: a mapping for each, with room for one of its forms and for a text
 * that holds it, in a list that whoever writes consults. The list is the process's, as
 * the environment it comes from is: a writer that had to be told of each would forget
 * one.
 */
#define _GNU_SOURCE // explicit_bzero, MADV_DONTDUMP, memmem

#include "shared/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/file.h"
#include "shared/limits.h"
#include "shared/text.h"

// Sorted by name it would not come last.
#include "shared/banned.h"

enum {
    ENV_NAME_MAX = 127,
    FORM_MAX = 3 * SECRET_BYTES_MAX, // percent-encoded, the longest
};

struct secret {
    struct secret *next;
    char env[ENV_NAME_MAX + 1]; // "" from elsewhere
    size_t n;
    char value[SECRET_BYTES_MAX + 2]; // one more than allowed, and the NUL
    char form[FORM_MAX];
    char text[SECRET_TEXT_MAX];
};

static struct secret *loaded;

static void forget(struct secret *secret)
{
    explicit_bzero(secret, sizeof *secret);
    (void)munmap(secret, sizeof *secret);
}

void secrets_wipe(void)
{
    while (loaded) {
        struct secret *secret = loaded;

        loaded = secret->next;
        forget(secret);
    }
}

/* "source 'events': " before what is there. Always false. */
static bool whose(const char *of, struct err *err)
{
    return of ? err_wrap(err, "%s", of) : false;
}

static struct secret *memory_open(struct err *err)
{
    struct secret *secret = mmap(NULL, sizeof *secret, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (secret == MAP_FAILED) {
        (void)err_system(err, "cannot make room for a secret");
        return NULL;
    }
    (void)mlock(secret, sizeof *secret); // a small RLIMIT_MEMLOCK is no reason to fail
    (void)madvise(secret, sizeof *secret, MADV_DONTDUMP);
    return secret;
}

static bool check_file(int fd, const char *path, struct err *err)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return err_system(err, "cannot read the secret in '%s'", path);
    if (!S_ISREG(st.st_mode))
        return err_set(err, "cannot use '%s' as a secret: it is no regular file", path);
    if (st.st_uid != geteuid())
        return err_set(err, "cannot use '%s' as a secret: it is another user's", path);
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return err_set(err,
                       "cannot use '%s' as a secret: others may read it; chmod 600 it",
                       path);
    if (st.st_size > (off_t)SECRET_BYTES_MAX)
        return err_set(err, "cannot use '%s' as a secret: it is over %zu bytes", path,
                       SECRET_BYTES_MAX);
    return true;
}

/* Up to one byte more than may be: check_value sees that it grew. */
static bool read_all(int fd, struct secret *secret)
{
    while (secret->n <= SECRET_BYTES_MAX) {
        ssize_t got =
            read(fd, secret->value + secret->n, SECRET_BYTES_MAX + 1 - secret->n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        secret->n += (size_t)got;
    }
    return true;
}

static bool read_file(struct secret *secret, const char *path, struct err *err)
{
    int fd = file_openat(AT_FDCWD, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
    bool good;

    if (fd < 0 && errno == ELOOP)
        return err_set(err, "cannot use '%s' as a secret: it is a symbolic link", path);
    if (fd < 0)
        return err_system(err, "cannot read the secret in '%s'", path);
    good = check_file(fd, path, err);
    if (good && !read_all(fd, secret))
        good = err_system(err, "cannot read the secret in '%s'", path);
    (void)close(fd);
    if (good && secret->n > 0 && secret->value[secret->n - 1] == '\n')
        secret->n--;
    return good;
}

/* What was loaded from that variable before, which is empty since. */
static const struct secret *known(const char *env)
{
    const struct secret *secret = loaded;

    while (secret && strcmp(secret->env, env) != 0)
        secret = secret->next;
    return secret;
}

static void set_value(struct secret *secret, struct str bytes)
{
    secret->n = bytes.n > SECRET_BYTES_MAX ? SECRET_BYTES_MAX + 1 : bytes.n;
    memcpy(secret->value, bytes.at, secret->n);
}

static bool read_environment(struct secret *secret, const char *env, struct err *err)
{
    char *value = getenv(env);
    const struct secret *before = value && !*value ? known(env) : NULL;

    if (!value)
        return err_set(err, "environment variable '%s' is not set", env);
    if (strlen(env) > ENV_NAME_MAX)
        return err_set(err, "the name of the variable '%.40s...' is too long", env);
    memcpy(secret->env, env, strlen(env) + 1);
    if (before)
        set_value(secret, (struct str){before->value, before->n});
    else
        set_value(secret, str_of(value));
    explicit_bzero(value, strlen(value));
    return true;
}

/* What could end a header line, or hide in one, is none. */
static bool check_value(const struct secret *secret, const char *from, struct err *err)
{
    bool is_plain = text_is_utf8(secret->value, secret->n, NULL);

    for (size_t i = 0; i < secret->n; i++) {
        unsigned char c = (unsigned char)secret->value[i];

        is_plain = is_plain && c >= ' ' && c != 0x7F;
    }
    if (is_plain && secret->n > 0 && secret->n <= SECRET_BYTES_MAX)
        return true;
    return err_set(err,
                   "cannot use '%s' as a secret: it has to be one line of 1 to %zu "
                   "bytes without control characters",
                   from, SECRET_BYTES_MAX);
}

static bool keep(struct secret *new, bool is_good, struct secret **secret,
                 const char *of, struct err *err)
{
    if (!is_good) {
        forget(new);
        return whose(of, err);
    }
    new->value[new->n] = '\0'; // over the newline that was dropped
    new->next = loaded;
    loaded = new;
    *secret = new;
    return true;
}

bool secret_load(struct secret **secret, const char *file, const char *env,
                 const char *of, struct err *err)
{
    struct secret *new;
    bool is_good;

    *secret = NULL;
    if (!file && !env)
        return true;
    new = memory_open(err);
    if (!new)
        return whose(of, err);
    is_good = (file ? read_file(new, file, err) : read_environment(new, env, err)) &&
              check_value(new, file ? file : env, err);
    return keep(new, is_good, secret, of, err);
}

bool secret_keep(struct secret **secret, struct str bytes, const char *of,
                 struct err *err)
{
    struct secret *new = memory_open(err);

    *secret = NULL;
    if (!new)
        return whose(of, err);
    set_value(new, bytes);
    return keep(new, check_value(new, "what was given", err), secret, of, err);
}

const char *secret_value(const struct secret *secret)
{
    return secret ? secret->value : "";
}

/* ---- its forms ---- */

/* Whole groups of three alone: the rest depends on the bytes around it. */
static size_t add_base64(struct str bytes, const char digits[64], char *out)
{
    size_t n = 0;

    for (size_t i = 0; i + 3 <= bytes.n; i += 3) {
        uint32_t group = (uint32_t)(unsigned char)bytes.at[i] << 16 |
                         (uint32_t)(unsigned char)bytes.at[i + 1] << 8 |
                         (uint32_t)(unsigned char)bytes.at[i + 2];

        for (int shift = 18; shift >= 0; shift -= 6)
            out[n++] = digits[group >> shift & 63];
    }
    return n;
}

/* As text_add_json, for what a token is made of. */
static size_t add_json(struct str bytes, char *out)
{
    size_t n = 0;

    for (size_t i = 0; i < bytes.n; i++) {
        if (bytes.at[i] == '"' || bytes.at[i] == '\\')
            out[n++] = '\\';
        out[n++] = bytes.at[i];
    }
    return n;
}

static struct str whole(const struct secret *secret)
{
    return (struct str){secret->value, secret->n};
}

const char *secret_text(struct secret *secret, const char *before,
                        enum secret_form form, const char *after)
{
    size_t n = strlen(before);
    size_t end = strlen(after);

    if (!secret)
        return "";
    if (n > SECRET_TEXT_MAX || end > SECRET_TEXT_MAX ||
        n + 3 * secret->n + end >= SECRET_TEXT_MAX)
        return NULL;
    memcpy(secret->text, before, n);
    switch (form) {
    case SECRET_AS_IS:
        memcpy(secret->text + n, secret->value, secret->n);
        n += secret->n;
        break;
    case SECRET_PERCENT: n += text_percent(whole(secret), secret->text + n); break;
    case SECRET_JSON: n += add_json(whole(secret), secret->text + n); break;
    }
    memcpy(secret->text + n, after, end + 1);
    return secret->text;
}

static bool has(struct str text, const char *part, size_t n)
{
    return n > 0 && text.n >= n && memmem(text.at, text.n, part, n) != NULL;
}

/* In base64 a text begins at one of three places of a group, and the first bytes share
 * theirs with what is before. */
static bool is_in_base64(struct secret *secret, struct str text)
{
    static const char digits[2][65] = {
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    };

    for (size_t i = 0; i < 6; i++) {
        const struct str part = {secret->value + i / 2, secret->n - i / 2};

        if (has(text, secret->form, add_base64(part, digits[i % 2], secret->form)))
            return true;
    }
    return false;
}

bool secret_is_in(struct secret *secret, struct str text)
{
    if (!secret || secret->n < SECRET_SOUGHT_MIN)
        return false;
    return has(text, secret->value, secret->n) ||
           has(text, secret->form, text_percent(whole(secret), secret->form)) ||
           has(text, secret->form, add_json(whole(secret), secret->form)) ||
           is_in_base64(secret, text);
}

bool secret_leaks(struct str text)
{
    struct secret *secret = loaded;

    while (secret && !secret_is_in(secret, text))
        secret = secret->next;
    return secret != NULL;
}
