/* Where the key is: one mapping, the key first, then room for a text that ends with it.
 */
#define _GNU_SOURCE // explicit_bzero, MADV_DONTDUMP, memmem

#include "perfcheck/fetch/secret.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "perfcheck/fetch/fetch.h"
#include "shared/limits.h"

// Sorted by name it would not come last.
#include "shared/banned.h"

enum {
    KEY_LEAST = 8, // a shorter one could not be told from other text
    TEXT_AT = SECRET_BYTES_MAX,
    MEMORY_BYTES = TEXT_AT + SECRET_TEXT_MAX,
};

_Static_assert(SECRET_KEY_MAX < SECRET_BYTES_MAX, "a key fits before the text");

static bool memory_open(struct secret *secret, struct err *err)
{
    void *memory = mmap(NULL, MEMORY_BYTES, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        return err_system(err, "cannot make room for a key");
    (void)mlock(memory, MEMORY_BYTES); // a small RLIMIT_MEMLOCK is no reason to fail
    (void)madvise(memory, MEMORY_BYTES, MADV_DONTDUMP);
    secret->memory = memory;
    return true;
}

void secret_release(struct secret *secret)
{
    if (!secret->memory)
        return;
    explicit_bzero(secret->memory, MEMORY_BYTES);
    (void)munmap(secret->memory, MEMORY_BYTES);
    *secret = (struct secret){0};
}

static bool check_file(int fd, const char *path, struct err *err)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return err_system(err, "cannot read '%s'", path);
    if (!S_ISREG(st.st_mode))
        return err_set(err, "cannot use '%s' as a key: it is no regular file", path);
    if (st.st_uid != geteuid())
        return err_set(err, "cannot use '%s' as a key: it is another user's", path);
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return err_set(err,
                       "cannot use '%s' as a key: others may read it; chmod 600 it",
                       path);
    if (st.st_size > SECRET_KEY_MAX + 1)
        return err_set(err, "cannot use '%s' as a key: it is over %d bytes", path,
                       SECRET_KEY_MAX);
    return true;
}

static bool read_file(struct secret *secret, const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    ssize_t got = 0;
    bool good;

    assert(secret->memory);
    if (fd < 0)
        return err_system(err, "cannot read the key in '%s'", path);
    good = check_file(fd, path, err);
    while (good && secret->n <= SECRET_KEY_MAX &&
           (got = read(fd, secret->memory + secret->n,
                       SECRET_KEY_MAX + 1 - secret->n)) > 0)
        secret->n += (size_t)got;
    if (got < 0)
        good = err_system(err, "cannot read the key in '%s'", path);
    (void)close(fd);
    if (good && secret->n > 0 && secret->memory[secret->n - 1] == '\n')
        secret->n--;
    return good;
}

static bool read_environment(struct secret *secret, const char *name, struct err *err)
{
    char *value = getenv(name);

    assert(secret->memory);
    if (!value)
        return err_set(err, "there is no key in the environment: set %s", name);
    secret->n = strlen(value);
    if (secret->n > SECRET_KEY_MAX)
        secret->n = SECRET_KEY_MAX + 1;
    memcpy(secret->memory, value, secret->n);
    explicit_bzero(value, strlen(value));
    return true;
}

static bool check_key(const struct secret *secret, const char *from, struct err *err)
{
    bool is_plain = true;

    for (size_t i = 0; i < secret->n; i++)
        is_plain = is_plain && secret->memory[i] > ' ' && secret->memory[i] <= '~';
    if (is_plain && secret->n >= KEY_LEAST && secret->n <= SECRET_KEY_MAX)
        return true;
    return err_set(err,
                   "cannot use the key of '%s': a key is one line of %d to %d visible "
                   "ASCII characters",
                   from, KEY_LEAST, SECRET_KEY_MAX);
}

bool secret_load(struct secret *secret, const char *file, const char *env,
                 struct err *err)
{
    struct secret loaded = {0};

    *secret = loaded;
    if (!file && !env)
        return true;
    if (!memory_open(&loaded, err))
        return false;
    if ((file ? read_file(&loaded, file, err) : read_environment(&loaded, env, err)) &&
        check_key(&loaded, file ? file : env, err)) {
        *secret = loaded;
        return true;
    }
    secret_release(&loaded);
    return false;
}

/* Without what depends on the bytes behind it: whole groups of three alone. */
static size_t base64(const char *key, size_t n, char *out)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t length = 0;

    for (size_t i = 0; i + 3 <= n; i += 3) {
        uint32_t group = (uint32_t)(unsigned char)key[i] << 16 |
                         (uint32_t)(unsigned char)key[i + 1] << 8 |
                         (uint32_t)(unsigned char)key[i + 2];

        for (int shift = 18; shift >= 0; shift -= 6)
            out[length++] = digits[group >> shift & 63];
    }
    return length;
}

const char *secret_append(struct secret *secret, const char *before)
{
    size_t n = strlen(before);
    char *text;

    if (secret->n == 0 || n + 3 * secret->n >= SECRET_TEXT_MAX)
        return before;
    text = secret->memory + TEXT_AT;
    memcpy(text, before, n);
    n += percent_encode((struct str){secret->memory, secret->n}, text + n);
    text[n] = '\0';
    return text;
}

static bool has(struct str text, const char *part, size_t n)
{
    return n > 0 && text.n >= n && memmem(text.at, text.n, part, n) != NULL;
}

bool secret_is_in(const struct secret *secret, struct str text)
{
    char encoded[3 * SECRET_KEY_MAX];
    bool is_in;

    if (secret->n == 0)
        return false;
    is_in = has(text, secret->memory, secret->n) ||
            has(text, encoded,
                percent_encode((struct str){secret->memory, secret->n}, encoded)) ||
            has(text, encoded, base64(secret->memory, secret->n, encoded));
    explicit_bzero(encoded, sizeof encoded);
    return is_in;
}
