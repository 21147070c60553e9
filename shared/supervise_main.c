/*
 * rounds-supervise: runs commands, each confined by limits and killable with all it
 * started. libc alone: what watches the others must not fail with them.
 *
 *     rounds-supervise lock FD SECONDS    flock an inherited descriptor: 0 held, 3 busy
 *     rounds-supervise run -j N PLAN      the jobs of a plan, N at a time: 0 when each
 *                                         ended by itself, 1 when one did not, 3 own
 * error
 *
 * PLAN has a job a line (shared/job.h). A limit of 0 is none. `record` is written when
 * the job is over: name exit signal timed_out leftover wall_ms cpu_ms maxrss_kib.
 *
 * Each job has a supervisor process, a subreaper: what the job leaves behind, setsid or
 * not, becomes its child and is found. The job dies with its supervisor; the supervisor
 * ends the job when its own parent dies; and we, a subreaper too, end what a supervisor
 * killed from outside left.
 */
#define _GNU_SOURCE

#include <assert.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "shared/job.h"
#include "shared/version.h"

#include "shared/banned.h"

enum {
    EXIT_ERROR = 3,
    ENV_MAX = 64,
    LOCK_FD = 9,
    LOCK_S_MAX = 86400,
    POLL_MS = 100,
    KILL_MS = 5000, /* how long the killing is repeated */
    PIDS_MAX = 8192,
};

static const char *const always[] = {"HOME", "ROUNDS_LOCK_FD", "SSL_CERT_FILE",
                                     "SSL_CERT_DIR"};

static int complain(const char *what, const char *which)
{
    (void)fprintf(stderr, "rounds-supervise: %s '%s'%s%s\n", what, which,
                  errno ? ": " : "", errno ? strerror(errno) : "");
    return EXIT_ERROR;
}

/* A command line that is none of ours. */
static int refuse(const char *what)
{
    (void)fprintf(stderr, "rounds-supervise: %s; see --help\n", what);
    return EXIT_ERROR;
}

static int refuse_number(const char *name, const char *given, long least, long most)
{
    (void)fprintf(stderr, "rounds-supervise: %s is '%s', allowed %ld to %ld\n", name,
                  given, least, most);
    return EXIT_ERROR;
}

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- lock ---- */

static int lock(const char *fd_text, const char *seconds_text)
{
    const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};
    long fd, seconds;
    int64_t until;

    if (!job_number(fd_text, INT_MAX, &fd))
        return refuse_number("FD", fd_text, 0, INT_MAX);
    if (!job_number(seconds_text, LOCK_S_MAX, &seconds))
        return refuse_number("SECONDS", seconds_text, 0, LOCK_S_MAX);
    until = now_ms() + seconds * 1000;
    while (flock((int)fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return complain("cannot lock descriptor", fd_text);
        if (now_ms() >= until) {
            errno = 0;
            return complain("another run holds the lock after seconds", seconds_text);
        }
        (void)nanosleep(&pause, NULL);
    }
    return 0;
}

/* ---- descendants ---- */

struct pids {
    pid_t item[PIDS_MAX];
    size_t n;
};

static void pids_add(struct pids *pids, long pid)
{
    if (pid > 0 && pids->n < PIDS_MAX)
        pids->item[pids->n++] = (pid_t)pid;
}

/* The beginning of a file of /proc, NUL-terminated. */
static bool read_some(const char *path, char *bytes, size_t most, size_t *got)
{
    FILE *file = fopen(path, "re");

    if (!file)
        return false;
    *got = fread(bytes, 1, most - 1, file);
    bytes[*got] = '\0';
    (void)fclose(file);
    return true;
}

/* Children of all threads of a process, by the kernel's own list. */
static bool add_children(pid_t pid, struct pids *pids)
{
    char path[64];
    DIR *tasks;
    const struct dirent *task;
    bool is_known = false;

    (void)snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
    tasks = opendir(path);
    if (!tasks)
        return false;
    while ((task = readdir(tasks))) {
        static char list[PIDS_MAX * 8];
        size_t got;

        if (!isdigit((unsigned char)task->d_name[0]))
            continue;
        (void)snprintf(path, sizeof path, "/proc/%ld/task/%.20s/children", (long)pid,
                       task->d_name);
        if (!read_some(path, list, sizeof list, &got))
            continue;
        is_known = true;
        for (char *at = list, *end; got > 0; at = end) {
            long child = strtol(at, &end, 10);

            if (end == at)
                break;
            pids_add(pids, child);
        }
    }
    (void)closedir(tasks);
    return is_known;
}

/* The same by the parent that each process names, where the kernel keeps no list. */
static void add_children_by_stat(pid_t pid, struct pids *pids)
{
    DIR *proc = opendir("/proc");
    const struct dirent *entry;

    if (!proc)
        return;
    while ((entry = readdir(proc))) {
        char path[64], line[512];
        const char *after;
        size_t got;

        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        (void)snprintf(path, sizeof path, "/proc/%.20s/stat", entry->d_name);
        if (!read_some(path, line, sizeof line, &got))
            continue;
        after = strrchr(line, ')'); // a name may hold anything, also brackets
        if (after && strlen(after) > 4 && strtol(after + 4, NULL, 10) == pid)
            pids_add(pids, strtol(entry->d_name, NULL, 10));
    }
    (void)closedir(proc);
}

static void descendants(struct pids *pids)
{
    pid_t self = getpid();
    bool is_listed;

    pids->n = 0;
    is_listed = add_children(self, pids);
    if (!is_listed)
        add_children_by_stat(self, pids);
    for (size_t i = 0; i < pids->n; i++) {
        if (is_listed)
            (void)add_children(pids->item[i], pids);
        else
            add_children_by_stat(pids->item[i], pids);
    }
}

static void signal_all(const struct pids *pids, int signal_number)
{
    for (size_t i = 0; i < pids->n; i++)
        (void)kill(pids->item[i], signal_number);
}

/* ---- the job's own process ---- */

static void set_limit(int resource, long value)
{
    const struct rlimit limit = {(rlim_t)value, (rlim_t)value};

    (void)setrlimit((__rlimit_resource_t)resource, &limit);
}

static void limit_job(const struct job *job)
{
    set_limit(RLIMIT_CORE, 0);
    if (job->as_mib > 0)
        set_limit(RLIMIT_AS, job->as_mib << 20);
    if (job->fsize_mib > 0)
        set_limit(RLIMIT_FSIZE, job->fsize_mib << 20);
    if (job->nofile > 0)
        set_limit(RLIMIT_NOFILE, job->nofile);
    set_limit(RLIMIT_CPU, job->timeout_s);
}

static bool redirect(const char *path, int flags, int onto)
{
    int fd = open(path, flags | O_NOCTTY, 0600);

    if (fd < 0 || (fd != onto && dup2(fd, onto) < 0))
        return false;
    if (fd != onto)
        (void)close(fd);
    return true;
}

static void close_others(void)
{
    if (syscall(SYS_close_range, 3U, (unsigned)LOCK_FD - 1, 0U) == 0 &&
        syscall(SYS_close_range, (unsigned)LOCK_FD + 1, ~0U, 0U) == 0)
        return;
    for (int fd = 3; fd < 65536; fd++)
        if (fd != LOCK_FD)
            (void)close(fd);
}

static void add_env(char **env, size_t *n, const char *name)
{
    const char *value = getenv(name);
    size_t bytes;

    if (!value || *n >= ENV_MAX)
        return;
    bytes = strlen(name) + strlen(value) + 2;
    env[*n] = malloc(bytes);
    if (env[*n])
        (void)snprintf(env[(*n)++], bytes, "%s=%s", name, value);
}

/* An environment from nothing. */
static void make_env(const struct job *job, char **env)
{
    static char path[] = "PATH=/usr/bin:/bin", locale[] = "LC_ALL=C.UTF-8",
                zone[] = "TZ=UTC";
    size_t n = 0;

    assert(job->env);
    env[n++] = path;
    env[n++] = locale;
    env[n++] = zone;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        add_env(env, &n, always[i]);
    for (char *name = job->env; *name && strcmp(name, "-") != 0;) {
        size_t length = strcspn(name, ",");
        bool is_last = name[length] == '\0';

        name[length] = '\0';
        add_env(env, &n, name);
        name += length + !is_last;
    }
    env[n] = NULL;
}

_Noreturn static void become(const struct job *job, pid_t supervisor)
{
    static char *env[ENV_MAX + 1];
    sigset_t none;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != supervisor)
        _exit(126);
    (void)setpgid(0, 0);
    for (int number = 1; number < NSIG; number++)
        if (number != SIGKILL && number != SIGSTOP)
            (void)signal(number, SIG_DFL);
    (void)signal(SIGXFSZ, SIG_IGN);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    make_env(job, env);
    if (!redirect("/dev/null", O_RDONLY, 0) ||
        !redirect(job->out, O_WRONLY | O_CREAT | O_TRUNC, 1) ||
        !redirect(job->err, O_WRONLY | O_CREAT | O_TRUNC, 2))
        _exit(126);
    close_others();
    (void)umask(022);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    limit_job(job);
    (void)execve(job->argv[0], job->argv, env);
    (void)complain("cannot run", job->argv[0]);
    _exit(127);
}

/* ---- its supervisor ---- */

struct watch {
    pid_t child;
    bool is_over; /* the child was reaped */
    int status;
    bool is_asked; /* we were told to stop */
};

static void reap(struct watch *watch)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid != watch->child)
            continue;
        watch->is_over = true;
        watch->status = status;
    }
}

/* Waits for a child's end or a signal to us, at most until `until`. */
static void wait_until(struct watch *watch, const sigset_t *signals, int64_t until)
{
    int64_t left = until - now_ms();
    struct timespec most;
    int number;

    if (left < 0)
        left = 0;
    most = (struct timespec){.tv_sec = left / 1000,
                             .tv_nsec = (long)(left % 1000) * 1000000};
    number = sigtimedwait(signals, NULL, &most);
    if (number == SIGTERM || number == SIGINT || number == SIGHUP)
        watch->is_asked = true;
    reap(watch);
}

/* Ends whatever is left below us; false: something would not die. */
static bool kill_all(struct watch *watch, const sigset_t *signals)
{
    static struct pids pids;
    int64_t until = now_ms() + KILL_MS;

    for (;;) {
        reap(watch);
        descendants(&pids);
        if (pids.n == 0)
            return true;
        if (now_ms() >= until)
            return false;
        signal_all(&pids, SIGKILL);
        wait_until(watch, signals, now_ms() + 10);
    }
}

static bool write_record(const struct job *job, const struct watch *watch,
                         bool is_timed_out, const char *leftover, int64_t wall_ms)
{
    struct rusage used;
    int64_t cpu_ms;
    FILE *file = fopen(job->record, "we");
    int said;

    if (!file)
        return false;
    (void)getrusage(RUSAGE_CHILDREN, &used);
    cpu_ms = (int64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
             (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
    said =
        fprintf(file, "%s\t%d\t%d\t%d\t%s\t%lld\t%lld\t%ld\n", job->name,
                WIFEXITED(watch->status) ? WEXITSTATUS(watch->status) : -1,
                WIFSIGNALED(watch->status) ? WTERMSIG(watch->status) : 0, is_timed_out,
                leftover, (long long)wall_ms, (long long)cpu_ms, used.ru_maxrss);
    return (fclose(file) == 0) & (said > 0);
}

/* The supervisor's exit: 0 the job ended by itself, 1 not, 3 our own error. */
static int supervise(const struct job *job, const sigset_t *signals)
{
    static struct pids pids;
    struct watch watch = {0};
    int64_t began = now_ms();
    int64_t until = began + job->timeout_s * 1000;
    pid_t self = getpid();
    bool is_timed_out, is_dead;
    char leftover[32];
    size_t left;

    watch.child = fork();
    if (watch.child < 0)
        return complain("cannot fork for", job->name);
    if (watch.child == 0)
        become(job, self);
    (void)setpgid(watch.child, watch.child);
    while (!watch.is_over && !watch.is_asked && now_ms() < until)
        wait_until(&watch, signals, until);
    is_timed_out = !watch.is_over && !watch.is_asked;
    if (!watch.is_over) {
        descendants(&pids);
        (void)kill(-watch.child, SIGTERM);
        signal_all(&pids, SIGTERM);
        for (until = now_ms() + job->grace_s * 1000;
             !watch.is_over && now_ms() < until;)
            wait_until(&watch, signals, until);
        (void)kill(-watch.child, SIGKILL); // all there is without procfs
    }
    descendants(&pids);
    left = pids.n;
    is_dead = kill_all(&watch, signals);
    (void)snprintf(leftover, sizeof leftover, is_dead ? "%zu" : "unkillable", left);
    if (!write_record(job, &watch, is_timed_out, leftover, now_ms() - began))
        return complain("cannot write", job->record);
    return is_timed_out || watch.is_asked || !WIFEXITED(watch.status);
}

/* ---- the plan ---- */

static int read_plan(const char *path, struct job *jobs, size_t *n)
{
    static char text[PLAN_BYTES_MAX];
    FILE *file = fopen(path, "re");
    const char *bad;
    size_t got;

    if (!file)
        return complain("cannot read", path);
    got = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    errno = 0;
    if (got == sizeof text - 1)
        return complain("over 1 MiB:", path);
    if (!jobs_parse(text, got, jobs, n, &bad))
        return complain(bad ? "not a job of name, 5 numbers, 3 files, env, command:"
                            : "NUL or no final newline in",
                        bad ? bad : path);
    return 0;
}

/* ---- all jobs ---- */

struct crew {
    pid_t pid[JOBS_MAX]; /* supervisors at work */
    size_t n;
    int worst;
};

static int start(const struct job *job, const sigset_t *signals, struct crew *crew)
{
    pid_t parent = getpid();
    pid_t pid = fork();

    if (pid < 0)
        return complain("cannot fork for", job->name);
    if (pid > 0) {
        crew->pid[crew->n++] = pid;
        return 0;
    }
    // Told, not killed, when we die: it has a job to end.
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (getppid() != parent)
        _exit(1);
    _exit(supervise(job, signals));
}

static void collect(struct crew *crew)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (size_t c = 0; c < crew->n; c++) {
            int got = WIFEXITED(status) ? WEXITSTATUS(status) : 1;

            if (crew->pid[c] != pid)
                continue;
            crew->pid[c] = crew->pid[--crew->n];
            if (got > crew->worst)
                crew->worst = got;
            break;
        }
    }
}

/* Ends with the signal that ended us, once all jobs are ended. */
static void stop(struct crew *crew, const sigset_t *signals, int number)
{
    const struct timespec pause = {.tv_nsec = 10000000};
    sigset_t one;

    for (size_t c = 0; c < crew->n; c++)
        (void)kill(crew->pid[c], SIGTERM);
    while (crew->n > 0) {
        (void)nanosleep(&pause, NULL);
        collect(crew);
    }
    (void)kill_all(&(struct watch){0}, signals);
    (void)signal(number, SIG_DFL);
    (void)sigemptyset(&one);
    (void)sigaddset(&one, number);
    (void)raise(number);
    (void)sigprocmask(SIG_UNBLOCK, &one, NULL);
}

/* At most `most` at a time. */
static int run(size_t most, const char *plan)
{
    static struct job jobs[JOBS_MAX];
    struct crew crew = {.n = 0};
    size_t n = 0, next = 0;
    sigset_t signals;
    int status = read_plan(plan, jobs, &n);

    if (status != 0)
        return status;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGCHLD);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &signals, NULL);
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    while (next < n || crew.n > 0) {
        const struct timespec second = {.tv_sec = 1};
        int number;

        while (next < n && crew.n < most)
            if (start(&jobs[next++], &signals, &crew) != 0)
                crew.worst = EXIT_ERROR;
        number = sigtimedwait(&signals, NULL, &second);
        if (number == SIGTERM || number == SIGINT || number == SIGHUP)
            stop(&crew, &signals, number);
        collect(&crew);
    }
    // A supervisor that was killed from outside left its job to us.
    (void)kill_all(&(struct watch){0}, &signals);
    return crew.worst;
}

/* ---- the command line ---- */

static int help(void)
{
    (void)fputs("usage: rounds-supervise lock FD SECONDS\n"
                "       rounds-supervise run -j N PLAN\n"
                "run the jobs of a plan, N at a time, each with its limits\n"
                "\n"
                "  -j N        at most N jobs at a time\n"
                "  --version   print the version\n"
                "  -h, --help  print this\n"
                "\nexamples:\n"
                "  rounds-report plan --work work watchdog=rounds-watchdog >plan\n"
                "  rounds-supervise run -j 2 plan\n",
                stdout);
    return 0;
}

static int run_verb(int argc, char **argv)
{
    long jobs;

    if (argc != 5 || strcmp(argv[2], "-j") != 0)
        return refuse("'run' needs -j N PLAN");
    if (!job_number(argv[3], JOBS_MAX, &jobs) || jobs == 0)
        return refuse_number("-j", argv[3], 1, JOBS_MAX);
    return run((size_t)jobs, argv[4]);
}

static int lock_verb(int argc, char **argv)
{
    return argc == 4 ? lock(argv[2], argv[3]) : refuse("'lock' needs FD SECONDS");
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    int printed;

    if (strcmp(word, "lock") == 0)
        return lock_verb(argc, argv);
    if (strcmp(word, "run") == 0)
        return run_verb(argc, argv);
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return help();
    if (strcmp(word, "--version") == 0) {
        printed = printf("rounds-supervise " ROUNDS_VERSION "\n");
        return printed > 0 && fflush(stdout) == 0 ? 0 : EXIT_ERROR;
    }
    if (argc == 1)
        return refuse("run or lock is wanted");
    (void)fprintf(stderr, "rounds-supervise: unknown %s '%s'; see --help\n",
                  word[0] == '-' ? "option" : "verb", word);
    return EXIT_ERROR;
}
