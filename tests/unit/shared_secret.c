/*
 * Tests of shared/secret.c: where secrets may come from (hostile-input.md 6), in which
 * forms they are found, and that nothing that writes lets one through. Encodings:
 * RFC 3986 2.3, RFC 4648 4 and 5 (by Python's base64), RFC 8259 7.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/limits.h"
#include "shared/report.h"
#include "shared/secret.h"
#include "shared/state.h"

#include "shared/banned.h"

#define NAME "ROUNDS_TEST_SECRET"

static struct arena run;
static struct err err;
static char folder[sizeof "rounds-secret-XXXXXX"];

static int begin(void **state)
{
    (void)state;
    arena_init(&run, ARENA_BYTES_MAX);
    err.text[0] = '\0';
    memcpy(folder, "rounds-secret-XXXXXX", sizeof folder);
    return mkdtemp(folder) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    secrets_wipe();
    (void)unlink(str_format(&run, "%s/secret", folder));
    (void)rmdir(str_format(&run, "%s/secret", folder));
    (void)unlink(str_format(&run, "%s/linked", folder));
    arena_release(&run);
    return rmdir(folder);
}

static struct secret *load(const char *value)
{
    struct secret *secret;

    assert_int_equal(setenv(NAME, value, 1), 0);
    if (!secret_load(&secret, NULL, NAME, NULL, &err))
        fail_msg("%s", err.text);
    assert_non_null(secret);
    return secret;
}

/* In the folder, with that mode. */
static const char *file_of(const char *bytes, size_t n, mode_t mode)
{
    const char *path = str_format(&run, "%s/secret", folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    assert_int_equal(fchmod(fd, mode), 0);
    (void)close(fd);
    return path;
}

static bool is_in(struct secret *secret, const char *text)
{
    bool is = secret_is_in(secret, str_of(text));

    assert_int_equal(secret_leaks(str_of(text)), is);
    return is;
}

static void without_a_name_there_is_none(void **state)
{
    struct secret *secret = NULL;

    (void)state;
    assert_true(secret_load(&secret, NULL, NULL, "source 'events'", &err));
    assert_null(secret);
    assert_string_equal(secret_value(secret), "");
    assert_string_equal(secret_text(secret, "a", SECRET_AS_IS, "b"), "");
    assert_false(is_in(secret, ""));
}

static void a_variable_that_is_not_set_is_named(void **state)
{
    struct secret *secret;

    (void)state;
    (void)unsetenv("POSTHOG_KEY");
    assert_false(secret_load(&secret, NULL, "POSTHOG_KEY", "source 'events'", &err));
    // sources.md 12, word for word
    assert_string_equal(err.text,
                        "source 'events': environment variable 'POSTHOG_KEY' is not "
                        "set");
    assert_null(secret);
}

static void a_file_comes_before_the_environment(void **state)
{
    struct secret *secret;

    (void)state;
    (void)setenv(NAME, "from-the-environment", 1);
    assert_true(
        secret_load(&secret, file_of("from-the-file\n", 14, 0600), NAME, NULL, &err));
    assert_string_equal(secret_value(secret), "from-the-file");
    assert_string_equal(getenv(NAME), "from-the-environment");
}

static void one_newline_at_the_end_of_a_file_is_none_of_it(void **state)
{
    struct secret *secret;
    char *most = arena_new(&run, char, SECRET_BYTES_MAX + 1);

    (void)state;
    assert_true(secret_load(&secret, file_of("word", 4, 0400), NULL, NULL, &err));
    assert_string_equal(secret_value(secret), "word");
    assert_false(secret_load(&secret, file_of("two\n\n", 5, 0600), NULL, NULL, &err));
    assert_non_null(strstr(err.text, "one line of 1 to 4096 bytes"));
    memset(most, 'x', SECRET_BYTES_MAX + 1);
    assert_true(
        secret_load(&secret, file_of(most, SECRET_BYTES_MAX, 0600), NULL, NULL, &err));
    assert_int_equal(strlen(secret_value(secret)), SECRET_BYTES_MAX);
    assert_false(secret_load(&secret, file_of(most, SECRET_BYTES_MAX + 1, 0600), NULL,
                             NULL, &err));
    assert_non_null(strstr(err.text, "over 4096 bytes"));
}

static void a_file_that_others_may_read_is_refused_with_the_remedy(void **state)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0601};
    struct secret *secret;

    (void)state;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        assert_false(secret_load(&secret, file_of("word-for-all", 12, modes[i]), NULL,
                                 "source 'events'", &err));
        assert_non_null(strstr(err.text, "source 'events': cannot use '"));
        assert_non_null(strstr(err.text, "others may read it; chmod 600 it"));
        assert_null(strstr(err.text, "word-for-all"));
    }
}

static void what_is_no_regular_file_of_its_own_name_is_refused(void **state)
{
    const char *path = file_of("word-in-a-file", 14, 0600);
    const char *linked = str_format(&run, "%s/linked", folder);
    struct secret *secret;

    (void)state;
    assert_int_equal(symlink("secret", linked), 0);
    assert_false(secret_load(&secret, linked, NULL, NULL, &err));
    assert_non_null(strstr(err.text, "it is a symbolic link"));
    assert_int_equal(unlink(path), 0);
    assert_false(secret_load(&secret, path, NULL, NULL, &err));
    assert_non_null(strstr(err.text, "No such file"));
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_false(secret_load(&secret, path, NULL, NULL, &err)); // and does not wait
    assert_non_null(strstr(err.text, "it is no regular file"));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_false(secret_load(&secret, path, NULL, NULL, &err));
    assert_non_null(strstr(err.text, "it is no regular file"));
}

static void what_no_header_may_carry_is_no_secret(void **state)
{
    static const char *const bad[] = {"",       "two\nlines-of-it", "a\rreturn",
                                      "a\ttab", "a\x7F rubout",     "not\xFFutf-8"};
    struct secret *secret;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        (void)setenv(NAME, bad[i], 1);
        assert_false(secret_load(&secret, NULL, NAME, NULL, &err));
        assert_true(bad[i][0] == '\0' || !strstr(err.text, bad[i]));
        assert_non_null(strstr(err.text, NAME));
        assert_null(secret);
    }
    assert_false(
        secret_load(&secret, file_of("nul\0inside", 10, 0600), NULL, NULL, &err));
    assert_true(secret_keep(&secret, str_of("with blank and \xC3\xA4"), NULL, &err));
}

static void the_environment_keeps_no_copy_but_its_name_stays_good(void **state)
{
    struct secret *first = load("abcdefgh-ijkl");
    struct secret *second;

    (void)state;
    assert_string_equal(getenv(NAME), "");
    assert_true(secret_load(&second, NULL, NAME, NULL, &err));
    assert_string_equal(secret_value(second), "abcdefgh-ijkl");
    assert_string_equal(secret_value(first), "abcdefgh-ijkl");
    secrets_wipe();
    assert_false(secret_load(&second, NULL, NAME, NULL, &err));
    assert_false(secret_leaks(STR("abcdefgh-ijkl")));
}

static void a_secret_is_found_in_any_of_its_forms(void **state)
{
    struct secret *secret = load("foobar/foobar+");

    (void)state;
    assert_true(is_in(secret, "key=foobar/foobar+&x"));
    assert_true(is_in(secret, "foobar/foobar+"));
    assert_true(is_in(secret, "key=foobar%2Ffoobar%2B&x"));
    assert_true(is_in(secret, "x Zm9vYmFyL2Zvb2Jhcis= x"));
    assert_false(is_in(secret, "key=foobar/fooba&foobar"));
    assert_false(is_in(secret, ""));
}

/* Of "user:" and the secret, as Basic authorization has it, and of other beginnings. */
static void base64_hides_no_secret_wherever_it_begins(void **state)
{
    struct secret *secret = load("foobar/foobar+");

    (void)state;
    assert_true(is_in(secret, "dWZvb2Jhci9mb29iYXIr"));         // u
    assert_true(is_in(secret, "dXNmb29iYXIvZm9vYmFyKw=="));     // us
    assert_true(is_in(secret, "dXNlZm9vYmFyL2Zvb2Jhcis="));     // use
    assert_true(is_in(secret, "dXNlcjpmb29iYXIvZm9vYmFyKw==")); // user:
    secret = load("\xC3\xBF\xC3\xBF\xC3\xBE-token");
    assert_true(is_in(secret, "eMO_w7_Dvi10b2tlbj8="));
    assert_true(is_in(secret, "eMO/w7/Dvi10b2tlbj8="));
}

static void json_hides_no_secret(void **state)
{
    struct secret *secret = load("say \"\\o/\"");

    (void)state;
    assert_true(is_in(secret, "{\"a\": \"say \\\"\\\\o/\\\"\"}"));
    assert_string_equal(secret_text(secret, "{\"a\":\"", SECRET_JSON, "\"}"),
                        "{\"a\":\"say \\\"\\\\o/\\\"\"}");
}

static void a_short_secret_is_not_sought(void **state)
{
    (void)state;
    assert_false(is_in(load("1234567"), "1234567"));
    assert_true(is_in(load("12345678"), "12345678"));
}

static void any_that_is_loaded_is_sought(void **state)
{
    struct secret *kept;

    (void)state;
    (void)load("the-first-one");
    assert_true(secret_keep(&kept, STR("the-second-one"), "source 'events'", &err));
    assert_true(secret_leaks(STR("a the-first-one b")));
    assert_true(secret_leaks(STR("a the-second-one b")));
    assert_false(secret_is_in(kept, STR("a the-first-one b")));
    assert_false(secret_leaks(STR("a the-third-one b")));
}

static void texts_are_made_around_it(void **state)
{
    struct secret *secret = load("abc+defgh=");
    char *before = arena_new(&run, char, SECRET_TEXT_MAX);

    (void)state;
    assert_string_equal(secret_text(secret, "Authorization: Bearer ", SECRET_AS_IS, ""),
                        "Authorization: Bearer abc+defgh=");
    assert_string_equal(secret_text(secret, "https://a.example/?key=", SECRET_PERCENT,
                                    "&z"),
                        "https://a.example/?key=abc%2Bdefgh%3D&z");
    memset(before, 'x', SECRET_TEXT_MAX - 31); // 30 of it and the NUL fit
    assert_non_null(secret_text(secret, before, SECRET_PERCENT, ""));
    assert_null(secret_text(secret, before, SECRET_PERCENT, "."));
}

static void neither_state_nor_report_takes_a_text_with_it(void **state)
{
    struct state_folder state_folder = STATE_FOLDER_CLOSED;
    const struct str bytes = STR("{\n  \"a\": \"x the-secret-word y\"\n}\n");
    bool is_changed = false;
    struct stat st;
    struct buf out;

    (void)state;
    assert_true(state_folder_open(&state_folder, folder, false, &err));
    (void)load("the-secret-word");
    assert_false(state_save(&state_folder, "a.json", bytes, &is_changed, &err));
    assert_non_null(strstr(err.text, "a.json"));
    assert_null(strstr(err.text, "the-secret-word"));
    assert_int_equal(fstatat(state_folder.fd, "a.json", &st, 0), -1);
    buf_init(&out, &run, MIB);
    buf_add(&out, bytes.at, bytes.n);
    assert_false(report_print(&out, &err));
    assert_null(strstr(err.text, "the-secret-word"));
    secrets_wipe();
    assert_true(state_save(&state_folder, "a.json", bytes, &is_changed, &err));
    assert_int_equal(unlinkat(state_folder.fd, "a.json", 0), 0);
    state_folder_release(&state_folder);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(without_a_name_there_is_none),
        TEST(a_variable_that_is_not_set_is_named),
        TEST(a_file_comes_before_the_environment),
        TEST(one_newline_at_the_end_of_a_file_is_none_of_it),
        TEST(a_file_that_others_may_read_is_refused_with_the_remedy),
        TEST(what_is_no_regular_file_of_its_own_name_is_refused),
        TEST(what_no_header_may_carry_is_no_secret),
        TEST(the_environment_keeps_no_copy_but_its_name_stays_good),
        TEST(a_secret_is_found_in_any_of_its_forms),
        TEST(base64_hides_no_secret_wherever_it_begins),
        TEST(json_hides_no_secret),
        TEST(a_short_secret_is_not_sought),
        TEST(any_that_is_loaded_is_sought),
        TEST(texts_are_made_around_it),
        TEST(neither_state_nor_report_takes_a_text_with_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
