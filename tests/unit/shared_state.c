/*
 * Tests of shared/state*.c in a folder of their own below TMPDIR (or build/). The
 * refusals are the corrupt list, the faults the table of docs/state.md; the canonical
 * look is the head of shared/state_format.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "shared/limits.h"
#include "shared/own.h"
#include "shared/state.h"

#include "shared/banned.h"

static struct arena run;
static char root[512];
static char before[512]; // the folder the program was started in
static struct state_folder folder;

static int begin(void **state)
{
    const char *base = getenv("TMPDIR");
    struct err err;

    (void)state;
    if (!base)
        base = access("build", F_OK) == 0 ? "build" : ".";
    (void)snprintf(root, sizeof root, "%s/rounds-state-XXXXXX", base);
    arena_init(&run, ARENA_BYTES_MAX);
    (void)unsetenv("ROUNDS_LOCK_FD");
    if (!getcwd(before, sizeof before) || !mkdtemp(root) || chdir(root) < 0)
        return -1;
    return state_folder_open(&folder, "state", true, &err) ? 0 : -1;
}

static int end(void **state)
{
    static const char *const made[] = {"state/w.json",  "state/.w.json.tmp",
                                       "state/.lock",   "state/history/w.tsv",
                                       "state/history", "state"};

    (void)state;
    state_folder_release(&folder);
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
        (void)remove(made[i]);
    arena_release(&run);
    return chdir(before) < 0 || rmdir(root) < 0 ? -1 : 0;
}

static void put(const char *path, struct str bytes)
{
    int fd;

    (void)remove(path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.at, bytes.n), bytes.n);
    assert_int_equal(close(fd), 0);
}

static bool has(const char *path, struct str bytes)
{
    char got[4096];
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, got, sizeof got);

    (void)close(fd);
    return n >= 0 && str_equal((struct str){got, (size_t)n}, bytes);
}

static bool is_absent(const char *path)
{
    struct stat st;

    return lstat(path, &st) < 0 && errno == ENOENT;
}

/* What a write or a replacement would change. */
static bool is_untouched(const char *path, const struct stat *was)
{
    struct stat now;

    return lstat(path, &now) == 0 && now.st_ino == was->st_ino &&
           now.st_size == was->st_size && now.st_mtim.tv_sec == was->st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == was->st_mtim.tv_nsec;
}

static bool load(json_t **json, struct err *err)
{
    *json = NULL;
    return state_json_load(&folder, "w.json", "watchdog", 2, &run, json, err);
}

static void refused_json(struct str bytes, const char *message)
{
    struct err err = {.text = ""};
    struct stat was;
    json_t *json;

    put("state/w.json", bytes);
    assert_int_equal(lstat("state/w.json", &was), 0);
    assert_false(load(&json, &err));
    assert_null(json);
    assert_string_equal(err.text, message);
    assert_true(is_untouched("state/w.json", &was));
    assert_true(has("state/w.json", bytes));
}

#define RESTORE "; restore it with 'git checkout -- state/w.json'"
#define HEAD    "{\n\"schema\": 2, \"tool\": \"watchdog\""

static void every_corrupt_json_is_refused_with_its_line_and_remedy(void **state)
{
    static const struct {
        const char *bytes, *message;
    } cases[] = {
        {"", "state/w.json:1: the file is empty" RESTORE},
        {HEAD ",\n\"findings\": {", "state/w.json:3: the file ends too early" RESTORE},
        {HEAD "\n<<<<<<< HEAD\n}",
         "state/w.json:3: conflict markers; take the main branch's file and run again"},
        {HEAD "}\n=======\n",
         "state/w.json:3: conflict markers; take the main branch's file and run again"},
        {HEAD ",\n\"tool\": 1}", "state/w.json:3: duplicate key" RESTORE},
        {"{\"tool\": \"watchdog\",\n\"schema\": 3}",
         "state/w.json:2: schema 3 is newer than this program (2); upgrade rounds"},
        {"{\"schema\": 2,\n\"tool\": \"ban\\u001bdit\"}",
         "state/w.json:2: it is the state of 'ban\\u{1B}dit', not of 'watchdog'" RESTORE},
        {HEAD ",\n\"a\": \"\xC3\"}", "state/w.json:3: not UTF-8" RESTORE},
        {"\xEF\xBB\xBF" HEAD "}",
         "state/w.json:1: a byte-order mark; save the file without it" RESTORE},
        {HEAD "}\n{}", "state/w.json:3: more text after the object" RESTORE},
        {HEAD "}\nx", "state/w.json:3: more text after the object" RESTORE},
        {HEAD ",\n\"a\": NaN}",
         "state/w.json:3: not JSON at column 8: invalid token" RESTORE},
        {HEAD ",\n\"a\": 1e999}", "state/w.json:3: a number out of range" RESTORE},
        {HEAD ",\n\"a\": 9223372036854775808}",
         "state/w.json:3: a number out of range" RESTORE},
        {HEAD ",\n\"a\\u0000\": 1}", "state/w.json:3: NUL in a key" RESTORE},
        {HEAD ",\n\"a\": 0.5}", "state/w.json:3: a number that is no integer" RESTORE},
        {HEAD ",\n\"a\": 1e3}", "state/w.json:3: a number that is no integer" RESTORE},
        {"[]", "state/w.json:1: not a JSON object" RESTORE},
        {"{\n\"schema\": 1}",
         "state/w.json:1: '/tool' is missing, a text is wanted" RESTORE},
        {"{\"tool\": \"watchdog\",\n\"schema\": \"2\"}",
         "state/w.json:2: '/schema' is not an integer" RESTORE},
        {"{\"tool\": \"watchdog\",\n\"schema\": 0}",
         "state/w.json:2: '/schema' is below 1" RESTORE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refused_json(str_of(cases[i].bytes), cases[i].message);
    refused_json((struct str){"{\"a\0\": 1}", 9},
                 "state/w.json:1: not JSON at column 3: control character 0x0" RESTORE);
}

static void state_nested_3000_deep_is_refused(void **state)
{
    char *deep = arena_new(&run, char, 3001);

    (void)state;
    (void)snprintf(deep, 3001, "{\n\"a\":");
    memset(deep + 6, '[', 3000 - 6);
    refused_json((struct str){deep, 3000},
                 "state/w.json:2: nested deeper than 64" RESTORE);
}

static void state_over_its_cap_is_refused(void **state)
{
    struct err err;
    json_t *json;

    (void)state;
    put("state/w.json", STR("{}"));
    assert_int_equal(truncate("state/w.json", (off_t)STATE_BYTES_MAX + 1), 0);
    assert_false(load(&json, &err));
    assert_string_equal(err.text,
                        "state/w.json: cannot read 'w.json': 8388609 bytes, at most "
                        "8388608 are read");
}

static void a_symlink_fifo_or_folder_in_its_place_is_refused(void **state)
{
    struct err err;
    json_t *json;
    bool changed;

    (void)state;
    put("target", STR(HEAD "}"));
    (void)remove("state/w.json");
    assert_int_equal(symlink("../target", "state/w.json"), 0);
    assert_false(load(&json, &err));
    assert_string_equal(err.text,
                        "state/w.json: cannot read 'w.json': it is a symbolic link; "
                        "put the file there");
    assert_false(state_save(&folder, "w.json", STR("new"), &changed, &err));
    assert_true(has("target", STR(HEAD "}"))); // nothing outside the folder changes
    assert_int_equal(remove("target"), 0);

    assert_int_equal(remove("state/w.json"), 0);
    assert_int_equal(mkfifo("state/w.json", 0644), 0);
    assert_false(load(&json, &err));
    assert_string_equal(
        err.text, "state/w.json: cannot read 'w.json': it is a FIFO; put a file there");
    assert_false(state_save(&folder, "w.json", STR("new"), &changed, &err));

    assert_int_equal(remove("state/w.json"), 0);
    assert_int_equal(mkdir("state/w.json", 0755), 0);
    assert_false(load(&json, &err));
    assert_string_equal(
        err.text,
        "state/w.json: cannot read 'w.json': it is a folder; put a file there");
    assert_false(state_save(&folder, "w.json", STR("new"), &changed, &err));
    assert_int_equal(remove("state/w.json"), 0);
}

static void absent_state_is_no_error(void **state)
{
    struct err err;
    struct str bytes = STR("x");
    json_t *json;

    (void)state;
    (void)remove("state/w.json");
    assert_true(load(&json, &err));
    assert_null(json);
    assert_true(state_text_load(&folder, "history/w.tsv", "day", &run, &bytes, &err));
    assert_int_equal(bytes.n, 0);
}

static void an_older_schema_is_loaded_for_its_tool_to_migrate(void **state)
{
    struct err err;
    json_t *json;

    (void)state;
    put("state/w.json",
        STR("{\"schema\": 1, \"tool\": \"watchdog\", \"false\": [true, \"1.5 \\\"2e3\"]}"));
    assert_true(load(&json, &err));
    OWN(json) owned = json;
    assert_int_equal(json_integer_value(json_object_get(owned, "schema")), 1);
}

static void refused_text(struct str bytes, const char *message)
{
    struct err err = {.text = ""};
    struct str rest;
    struct stat was;

    put("state/history/w.tsv", bytes);
    assert_int_equal(lstat("state/history/w.tsv", &was), 0);
    assert_false(
        state_text_load(&folder, "history/w.tsv", "day\tn", &run, &rest, &err));
    assert_string_equal(err.text, message);
    assert_true(is_untouched("state/history/w.tsv", &was));
}

#define RESTORE_TSV "; restore it with 'git checkout -- state/history/w.tsv'"

static void every_corrupt_history_is_refused_with_its_line_and_remedy(void **state)
{
    char *line = arena_new(&run, char, 6 + HISTORY_LINE_BYTES_MAX + 2);

    (void)state;
    refused_text(STR(""), "state/history/w.tsv:1: the file is empty" RESTORE_TSV);
    refused_text(STR("day\tn\n=======\n"),
                 "state/history/w.tsv:2: conflict markers; take the "
                 "main branch's file and run again");
    refused_text((struct str){"day\tn\na\0\n", 9},
                 "state/history/w.tsv:2: a NUL byte" RESTORE_TSV);
    refused_text(STR("day\tn\na\n\xFF\n"),
                 "state/history/w.tsv:3: not UTF-8" RESTORE_TSV);
    refused_text(STR("day\tm\na\n"), "state/history/w.tsv:1: the first line is not the "
                                     "expected header" RESTORE_TSV);
    refused_text(STR("day\tn"),
                 "state/history/w.tsv:1: the first line is not the expected "
                 "header" RESTORE_TSV);
    refused_text(
        STR("\xEF\xBB\xBF"
            "day\tn\n"),
        "state/history/w.tsv:1: the first line is not the expected header" RESTORE_TSV);
    refused_text(STR("day\tn\na\nb"),
                 "state/history/w.tsv:3: the file ends too early" RESTORE_TSV);
    (void)snprintf(line, 7, "day\tn\n");
    memset(line + 6, 'a', HISTORY_LINE_BYTES_MAX + 1);
    line[6 + HISTORY_LINE_BYTES_MAX + 1] = '\n';
    refused_text((struct str){line, 6 + HISTORY_LINE_BYTES_MAX + 2},
                 "state/history/w.tsv:2: the line is too long" RESTORE_TSV);
}

static void history_is_what_follows_the_header(void **state)
{
    struct err err;
    struct str bytes;

    (void)state;
    put("state/history/w.tsv", STR("day\tn\n2026-03-02\t4\n"));
    assert_true(
        state_text_load(&folder, "history/w.tsv", "day\tn", &run, &bytes, &err));
    assert_true(str_equal(bytes, STR("2026-03-02\t4\n")));
    put("state/history/w.tsv", STR("day\tn\n"));
    assert_true(
        state_text_load(&folder, "history/w.tsv", "day\tn", &run, &bytes, &err));
    assert_int_equal(bytes.n, 0);
    assert_int_equal(remove("state/history/w.tsv"), 0);
}

static struct str format(const char *text)
{
    OWN(json) json = json_loads(text, 0, NULL);
    struct str bytes;
    struct err err;

    assert_non_null(json);
    assert_true(state_json_format(json, &run, &bytes, &err));
    return bytes;
}

static void canonical_json_has_one_fact_a_line(void **state)
{
    static const char want[] = "{\n"
                               "  \"A\": \"\\u202E\xC3\xA4\\u0007\\\"\",\n"
                               "  \"a\": -9223372036854775808,\n"
                               "  \"e\": {},\n"
                               "  \"f\": [],\n"
                               "  \"l\": [\"x\", 2, null, true],\n"
                               "  \"o\": [\n"
                               "    {\n"
                               "      \"k\": false\n"
                               "    },\n"
                               "    [1],\n"
                               "    3\n"
                               "  ]\n"
                               "}\n";

    (void)state;
    assert_string_equal(
        format(
            "{\"o\":[{\"k\":false},[1],3],\"l\":[\"x\",2,null,true],\"f\":[],\"e\":{},"
            "\"a\":-9223372036854775808,\"A\":\"\\u202e\\u00e4\\u0007\\\"\"}")
            .at,
        want);
    assert_string_equal(format(want).at, want);
    assert_string_equal(format("{}").at, "{}\n");
}

static void the_order_in_which_keys_were_set_does_not_show(void **state)
{
    (void)state;
    assert_string_equal(format("{\"b\": 1, \"a\": {\"d\": 1, \"c\": 2}}").at,
                        format("{\"a\": {\"c\": 2, \"d\": 1}, \"b\": 1}").at);
}

static void state_that_would_not_load_again_is_not_formatted(void **state)
{
    OWN(json) json = json_object();
    struct str bytes = STR("old");
    struct err err;
    char *large = arena_new(&run, char, STATE_BYTES_MAX);

    (void)state;
    assert_int_equal(json_object_set_new(json, "nul", json_stringn("a\0b", 3)), 0);
    assert_false(state_json_format(json, &run, &bytes, &err));
    assert_string_equal(err.text, "new state:2: NUL in a text");
    memset(large, 'a', STATE_BYTES_MAX - 1);
    assert_int_equal(json_object_set_new(json, "nul", json_string(large)), 0);
    assert_false(state_json_format(json, &run, &bytes, &err));
    assert_string_equal(err.text, "cannot write state: it would be over 8388608 bytes");
    assert_true(str_equal(bytes, STR("old")));
}

static void a_real_number_in_state_is_our_own_mistake(void **state)
{
    pid_t child = fork();
    int status = 0;

    (void)state;
    assert_true(child >= 0);
    if (child == 0) {
        json_t *json = json_object();
        struct str bytes;
        struct err err;

        (void)close(STDERR_FILENO);
        (void)signal(SIGABRT, SIG_DFL); // cmocka's handler would go on with the tests
        (void)json_object_set_new(json, "rate", json_real(0.5));
        _exit(state_json_format(json, &run, &bytes, &err));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void saving_replaces_the_file_and_leaves_nothing_beside_it(void **state)
{
    struct err err;
    struct stat was, now;
    bool changed = false;

    (void)state;
    put("state/w.json", STR("old\n"));
    assert_int_equal(stat("state/w.json", &was), 0);
    assert_true(state_save(&folder, "w.json", STR("new bytes\n"), &changed, &err));
    assert_true(changed);
    assert_true(has("state/w.json", STR("new bytes\n")));
    assert_int_equal(stat("state/w.json", &now), 0);
    assert_true(now.st_ino != was.st_ino); // renamed over, not written into
    assert_true(is_absent("state/.w.json.tmp"));
}

static void equal_bytes_are_not_written(void **state)
{
    struct err err;
    struct stat was;
    bool changed = true;

    (void)state;
    put("state/w.json", STR("same\n"));
    assert_int_equal(stat("state/w.json", &was), 0);
    assert_true(state_save(&folder, "w.json", STR("same\n"), &changed, &err));
    assert_false(changed);
    assert_true(is_untouched("state/w.json", &was));
    assert_true(
        state_save(&folder, "w.json", STR("samE\n"), NULL, &err)); // same length
    assert_true(has("state/w.json", STR("samE\n")));
}

static void history_is_saved_below_its_own_folder(void **state)
{
    struct err err;

    (void)state;
    assert_true(state_save(&folder, "history/w.tsv", STR("day\n"), NULL, &err));
    assert_true(has("state/history/w.tsv", STR("day\n")));
    assert_true(is_absent("state/history/.w.tsv.tmp"));
    assert_int_equal(remove("state/history/w.tsv"), 0);
}

static void a_temporary_file_left_by_a_killed_run_is_removed(void **state)
{
    struct err err;

    (void)state;
    put("state/w.json", STR("old\n"));
    put("state/.w.json.tmp", STR("half"));
    assert_true(state_save(&folder, "w.json", STR("new\n"), NULL, &err));
    assert_true(has("state/w.json", STR("new\n")));
    assert_true(is_absent("state/.w.json.tmp"));
}

static void a_symlink_as_temporary_file_is_not_written_through(void **state)
{
    struct err err;

    (void)state;
    put("victim", STR("untouched"));
    assert_int_equal(symlink("../victim", "state/.w.json.tmp"), 0);
    assert_true(state_save(&folder, "w.json", STR("through?\n"), NULL, &err));
    assert_true(has("victim", STR("untouched")));
    assert_int_equal(remove("victim"), 0);
}

static void a_full_device_leaves_the_old_file_and_no_other(void **state)
{
    struct rlimit was, small;
    struct err err;
    struct stat old;
    bool saved, changed = true;

    (void)state;
    (void)remove("state/w.json");
    put("state/w.json", STR("old\n"));
    assert_int_equal(stat("state/w.json", &old), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    small = (struct rlimit){4, was.rlim_max};
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    saved = state_save(&folder, "w.json", STR("five!\n"), &changed,
                       &err); // 4 bytes, then EFBIG
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    assert_false(saved);
    assert_true(changed); // outputs untouched
    assert_string_equal(err.text, "cannot write 'state/w.json': File too large");
    assert_true(is_untouched("state/w.json", &old));
    assert_true(is_absent("state/.w.json.tmp"));
    assert_true(
        state_save(&folder, "w.json", STR("five!\n"), NULL, &err)); // space again
}

static void a_folder_that_may_not_be_written_leaves_the_old_file(void **state)
{
    const uid_t nobody = 65534;
    bool is_root = geteuid() == 0, saved;
    struct err err;
    struct stat old;

    (void)state;
    put("state/w.json", STR("old\n"));
    assert_int_equal(stat("state/w.json", &old), 0);
    assert_int_equal(fchmod(folder.fd, 0555), 0);
    assert_int_equal(is_root ? seteuid(nobody) : 0, 0);
    saved = state_save(&folder, "w.json", STR("new\n"), NULL, &err);
    assert_int_equal(is_root ? seteuid(0) : 0, 0);
    assert_int_equal(fchmod(folder.fd, 0755), 0);
    assert_false(saved);
    assert_non_null(strstr(err.text, "Permission denied"));
    assert_true(is_untouched("state/w.json", &old));
}

static void a_name_too_long_for_its_temporary_file_is_refused(void **state)
{
    char name[252];
    struct err err;

    (void)state;
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0'; // 251 and 5 more are over NAME_MAX
    assert_false(state_save(&folder, name, STR("x"), NULL, &err));
    assert_non_null(strstr(err.text, "the name is too long"));
}

static void a_folder_is_made_only_when_asked(void **state)
{
    struct state_folder other;
    struct err err;
    json_t *json = NULL;

    (void)state;
    assert_true(state_folder_open(&other, "other", false, &err));
    assert_int_equal(other.fd, -1);
    assert_true(is_absent("other"));
    assert_true(state_json_load(&other, "w.json", "watchdog", 1, &run, &json, &err));
    assert_null(json);
    state_folder_release(&other);
    assert_true(state_folder_open(&other, "other", true, &err));
    assert_true(other.fd >= 0 && other.history_fd >= 0);
    state_folder_release(&other);
    assert_int_equal(other.fd, -1);
    assert_int_equal(remove("other/history"), 0);
    assert_true(state_folder_open(&other, "other", false, &err));
    assert_true(other.fd >= 0 && other.history_fd == -1);
    state_folder_release(&other);
    assert_int_equal(remove("other"), 0);
}

static void a_folder_may_be_added_below_another(void **state)
{
    struct state_folder other = STATE_FOLDER_CLOSED;
    struct err err;

    (void)state;
    assert_true(state_folder_open(&other, "other", true, &err));
    assert_true(state_folder_add(&other, ".cache/tool", false, &err));
    assert_int_equal(other.other_fd, -1);
    state_folder_release(&other);
    assert_true(state_folder_open(&other, "other", true, &err));
    assert_true(state_folder_add(&other, ".cache/tool", true, &err));
    assert_true(state_save(&other, ".cache/tool/a.tsv", STR("a\n"), NULL, &err));
    state_folder_release(&other);
    assert_int_equal(remove("other/.cache/tool/a.tsv"), 0);
    assert_int_equal(remove("other/.cache/tool"), 0);
    assert_int_equal(remove("other/.cache"), 0);
    assert_int_equal(symlink("..", "other/.cache"), 0);
    assert_true(state_folder_open(&other, "other", true, &err));
    assert_false(state_folder_add(&other, ".cache/tool", true, &err));
    assert_non_null(strstr(err.text, "cannot open state folder 'other/.cache/tool'"));
    state_folder_release(&other);
    assert_true(is_absent("tool"));
    assert_int_equal(remove("other/.cache"), 0);
    assert_int_equal(remove("other/history"), 0);
    assert_int_equal(remove("other"), 0);
}

static void a_file_where_the_folder_should_be_is_refused(void **state)
{
    struct state_folder other;
    struct err err;

    (void)state;
    put("other", STR(""));
    assert_false(state_folder_open(&other, "other", true, &err));
    assert_string_equal(err.text, "cannot open state folder 'other': Not a directory");
    assert_int_equal(other.fd, -1);
    assert_int_equal(remove("other"), 0);
}

/* Another run's descriptor of the lock. */
static int open_lock(void)
{
    int fd = open("state/.lock", O_RDWR | O_CREAT, 0644);

    assert_true(fd >= 0);
    return fd;
}

static void a_lock_that_another_run_holds_is_an_error(void **state)
{
    int other = open_lock();
    struct err err;

    (void)state;
    assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
    assert_false(state_folder_lock(&folder, 0, &err));
    assert_string_equal(err.text,
                        "cannot lock 'state/.lock' in 0 s: another run holds it; run "
                        "again when it has ended");
    assert_int_equal(folder.lock_fd, -1);
    (void)close(other);
    assert_true(state_folder_lock(&folder, 0, &err));
    assert_true(folder.lock_fd >= 0);
    (void)close(folder.lock_fd);
    folder.lock_fd = -1;
}

static void a_lock_is_waited_for(void **state)
{
    int ready[2];
    char byte;
    struct err err;
    pid_t child;

    (void)state;
    assert_int_equal(pipe(ready), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) { // another run that ends in 0.25 s
        const struct timespec quarter = {.tv_nsec = 250000000};

        _exit(flock(open_lock(), LOCK_EX) < 0 || write(ready[1], "x", 1) != 1 ||
              nanosleep(&quarter, NULL) < 0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_false(state_folder_lock(&folder, 0, &err));
    assert_true(state_folder_lock(&folder, 20, &err));
    assert_int_equal(waitpid(child, NULL, 0), child);
    (void)close(ready[0]);
    (void)close(ready[1]);
    (void)close(folder.lock_fd);
    folder.lock_fd = -1;
}

static void inherit(int fd)
{
    char text[16];

    (void)snprintf(text, sizeof text, "%d", fd);
    assert_int_equal(setenv("ROUNDS_LOCK_FD", text, 1), 0);
}

static void an_inherited_lock_is_used_and_never_released(void **state)
{
    int orchestrator = open_lock(), other = open_lock();
    struct state_folder tool;
    struct err err;

    (void)state;
    assert_int_equal(flock(orchestrator, LOCK_EX | LOCK_NB), 0);
    inherit(orchestrator);
    assert_true(state_folder_open(&tool, "state", true, &err));
    assert_true(state_folder_lock(&tool, 0, &err));
    assert_int_equal(tool.lock_fd, -1);
    assert_true((fcntl(orchestrator, F_GETFD) & FD_CLOEXEC) != 0);
    state_folder_release(&tool);
    assert_int_equal(flock(other, LOCK_EX | LOCK_NB),
                     -1); // the whole run still holds it
    assert_int_equal(unsetenv("ROUNDS_LOCK_FD"), 0);
    (void)close(orchestrator);
    (void)close(other);
}

static void a_descriptor_of_another_file_is_not_taken_for_the_lock(void **state)
{
    int lock = open_lock();
    int neighbour; // on the same device
    struct err err;

    (void)state;
    put("neighbour", STR(""));
    neighbour = open("neighbour", O_RDWR);
    assert_true(neighbour >= 0);
    inherit(neighbour);
    assert_true(state_folder_lock(&folder, 0, &err));
    assert_true(folder.lock_fd >= 0);
    assert_int_equal(flock(lock, LOCK_EX | LOCK_NB), -1);
    (void)close(folder.lock_fd);
    folder.lock_fd = -1;
    assert_int_equal(setenv("ROUNDS_LOCK_FD", "9x", 1), 0);
    assert_true(state_folder_lock(&folder, 0, &err));
    assert_true(folder.lock_fd >= 0);
    (void)close(folder.lock_fd);
    folder.lock_fd = -1;
    assert_int_equal(unsetenv("ROUNDS_LOCK_FD"), 0);
    (void)close(lock);
    (void)close(neighbour);
    assert_int_equal(remove("neighbour"), 0);
}

static void a_symlink_as_lock_is_refused(void **state)
{
    struct err err;

    (void)state;
    (void)remove("state/.lock");
    assert_int_equal(symlink("../victim", "state/.lock"), 0);
    assert_false(state_folder_lock(&folder, 0, &err));
    assert_true(is_absent("victim"));
    assert_int_equal(remove("state/.lock"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_corrupt_json_is_refused_with_its_line_and_remedy),
        cmocka_unit_test(state_nested_3000_deep_is_refused),
        cmocka_unit_test(state_over_its_cap_is_refused),
        cmocka_unit_test(a_symlink_fifo_or_folder_in_its_place_is_refused),
        cmocka_unit_test(absent_state_is_no_error),
        cmocka_unit_test(an_older_schema_is_loaded_for_its_tool_to_migrate),
        cmocka_unit_test(every_corrupt_history_is_refused_with_its_line_and_remedy),
        cmocka_unit_test(history_is_what_follows_the_header),
        cmocka_unit_test(canonical_json_has_one_fact_a_line),
        cmocka_unit_test(the_order_in_which_keys_were_set_does_not_show),
        cmocka_unit_test(state_that_would_not_load_again_is_not_formatted),
        cmocka_unit_test(a_real_number_in_state_is_our_own_mistake),
        cmocka_unit_test(saving_replaces_the_file_and_leaves_nothing_beside_it),
        cmocka_unit_test(equal_bytes_are_not_written),
        cmocka_unit_test(history_is_saved_below_its_own_folder),
        cmocka_unit_test(a_temporary_file_left_by_a_killed_run_is_removed),
        cmocka_unit_test(a_symlink_as_temporary_file_is_not_written_through),
        cmocka_unit_test(a_full_device_leaves_the_old_file_and_no_other),
        cmocka_unit_test(a_folder_that_may_not_be_written_leaves_the_old_file),
        cmocka_unit_test(a_name_too_long_for_its_temporary_file_is_refused),
        cmocka_unit_test(a_folder_is_made_only_when_asked),
        cmocka_unit_test(a_folder_may_be_added_below_another),
        cmocka_unit_test(a_file_where_the_folder_should_be_is_refused),
        cmocka_unit_test(a_lock_that_another_run_holds_is_an_error),
        cmocka_unit_test(a_lock_is_waited_for),
        cmocka_unit_test(an_inherited_lock_is_used_and_never_released),
        cmocka_unit_test(a_descriptor_of_another_file_is_not_taken_for_the_lock),
        cmocka_unit_test(a_symlink_as_lock_is_refused),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
