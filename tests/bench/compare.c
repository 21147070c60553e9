/*
 * Runs commands in turn and prints a row of the table for each. The order is A B C A B
 * C, so that a machine that slows down slows all of them; the first round is not
 * counted. Processor time and memory are what the system says of the finished command
 * and all it started; memory is the largest single process.
 *
 *     compare ROUNDS INPUT AMOUNT UNIT {NAME COMMAND DID AIM}...
 *
 * The first command is ours; the others' ratio is theirs to ours in the same round. A
 * COMMAND is given to sh; an empty one is not installed. DID is given to sh with the
 * command's output, and its first line says what was done. AMOUNT UNIT of input is what
 * the rate is reckoned from. An AIM that names CPU has its ratio from processor time,
 * any other from wall time.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "shared/limits.h"
#include "shared/str.h"

#include "shared/banned.h"

enum { ROUNDS_MAX = 31, PEERS_MAX = 8, ARGUMENTS = 4, DID_BYTES = 160, FAILED = 3 };

struct cost {
    double wall_s, cpu_s, peak_mib;
    int exit; /* of the shell */
};

struct peer {
    const char *name, *command, *did, *aim;
    char output[32];
    struct cost cost[ROUNDS_MAX];
    int worst_exit;
};

struct bench {
    int rounds;
    const char *input, *unit;
    double amount;
    struct peer peer[PEERS_MAX];
    int n;
};

struct spread {
    double low, middle, high;
};

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* In a process of its own, because the peak is the largest of all children so far. */
static void run_apart(const struct peer *peer, int to)
{
    struct cost cost = {.exit = 127};
    struct timespec start, end;
    struct rusage usage;
    int status = 0;
    pid_t shell;

    (void)clock_gettime(CLOCK_MONOTONIC, &start);
    shell = fork();
    if (shell == 0) {
        int output = open(peer->output, O_WRONLY | O_CREAT | O_TRUNC, 0644);

        if (output >= 0 && dup2(output, STDOUT_FILENO) >= 0)
            (void)execl("/bin/sh", "sh", "-c", peer->command, (char *)NULL);
        _exit(127);
    }
    if (shell > 0 && waitpid(shell, &status, 0) == shell && WIFEXITED(status))
        cost.exit = WEXITSTATUS(status);
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    (void)getrusage(RUSAGE_CHILDREN, &usage);
    cost.wall_s = (double)(end.tv_sec - start.tv_sec) +
                  (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    cost.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    cost.peak_mib = (double)usage.ru_maxrss / 1024; // Linux counts it in KiB
    _exit(write(to, &cost, sizeof cost) == sizeof cost ? 0 : 1);
}

static struct cost run(const struct peer *peer)
{
    struct cost cost = {.exit = 127};
    int ends[2];
    pid_t child;

    if (pipe(ends) != 0)
        return cost;
    child = fork();
    if (child == 0)
        run_apart(peer, ends[1]);
    (void)close(ends[1]);
    if (read(ends[0], &cost, sizeof cost) != sizeof cost)
        cost = (struct cost){.exit = 127};
    (void)close(ends[0]);
    if (child > 0)
        (void)waitpid(child, NULL, 0);
    return cost;
}

static void measure(struct bench *bench)
{
    for (int round = -1; round < bench->rounds; round++) { // -1 warms up
        for (int i = 0; i < bench->n; i++) {
            struct peer *peer = &bench->peer[i];
            struct cost cost;

            if (peer->command[0] == '\0')
                continue;
            cost = run(peer);
            if (round >= 0)
                peer->cost[round] = cost;
            if (cost.exit > peer->worst_exit)
                peer->worst_exit = cost.exit;
        }
    }
}

static int double_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static struct spread spread_of(double *values, int n)
{
    qsort(values, (size_t)n, sizeof *values, double_compare);
    return (struct spread){values[0], (values[(n - 1) / 2] + values[n / 2]) / 2,
                           values[n - 1]};
}

/* What the command said it did: the first line of DID over its output. */
static void print_did(const struct peer *peer)
{
    char line[DID_BYTES];
    ssize_t got = -1;
    int ends[2];
    pid_t child;

    if (pipe(ends) != 0)
        return;
    child = fork();
    if (child == 0) {
        int output = open(peer->output, O_RDONLY);

        if (output >= 0 && dup2(output, STDIN_FILENO) >= 0 &&
            dup2(ends[1], STDOUT_FILENO) >= 0)
            (void)execl("/bin/sh", "sh", "-c", peer->did, (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    if (child > 0 && waitpid(child, NULL, 0) == child)
        got = read(ends[0], line, sizeof line);
    (void)close(ends[0]);
    if (got > 0)
        printf("%.*s",
               (int)strcspn(line, "\n") < (int)got ? (int)strcspn(line, "\n")
                                                   : (int)got,
               line);
}

static void print_peer(const struct bench *bench, int i)
{
    const struct peer *peer = &bench->peer[i];
    double wall[ROUNDS_MAX], cpu[ROUNDS_MAX], peak[ROUNDS_MAX], ratio[ROUNDS_MAX];
    bool by_cpu = strstr(peer->aim, "CPU");
    struct spread walls, ratios;

    printf("| %s | %s | ", i == 0 ? bench->input : "", peer->name);
    if (peer->command[0] == '\0' || peer->worst_exit >= FAILED) {
        printf("%s | | | | | %s | |\n", peer->command[0] ? "failed" : "not installed",
               peer->aim);
        return;
    }
    for (int r = 0; r < bench->rounds; r++) {
        wall[r] = peer->cost[r].wall_s;
        cpu[r] = peer->cost[r].cpu_s;
        peak[r] = peer->cost[r].peak_mib;
        ratio[r] = by_cpu ? cpu[r] / bench->peer[0].cost[r].cpu_s
                          : wall[r] / bench->peer[0].cost[r].wall_s;
    }
    walls = spread_of(wall, bench->rounds);
    ratios = spread_of(ratio, bench->rounds);
    printf("%.3f (%.3f-%.3f) | %.3f | %.1f | ", walls.middle, walls.low, walls.high,
           spread_of(cpu, bench->rounds).middle, spread_of(peak, bench->rounds).high);
    printf("%.2f %s/s | ", bench->amount / walls.middle, bench->unit);
    if (i > 0)
        printf("%.2f (%.2f-%.2f)", ratios.middle, ratios.low, ratios.high);
    printf(" | %s | ", peer->aim);
    (void)fflush(stdout);
    print_did(peer);
    printf(" |\n");
}

static bool parse(char **argument, int n, struct bench *bench)
{
    int64_t rounds;

    if (n < 4 + ARGUMENTS || (n - 4) % ARGUMENTS != 0 ||
        (n - 4) / ARGUMENTS > PEERS_MAX ||
        !str_to_int64(argument[0], strlen(argument[0]), &rounds) || rounds < 1 ||
        rounds > ROUNDS_MAX ||
        !str_to_double(argument[2], strlen(argument[2]), &bench->amount))
        return false;
    bench->rounds = (int)rounds;
    bench->input = argument[1];
    bench->unit = argument[3];
    for (int at = 4; at < n; at += ARGUMENTS) {
        struct peer *peer = &bench->peer[bench->n++];

        peer->name = argument[at];
        peer->command = argument[at + 1];
        peer->did = argument[at + 2];
        peer->aim = argument[at + 3];
        (void)snprintf(peer->output, sizeof peer->output, "output.%d", bench->n);
    }
    return true;
}

int main(int argc, char **argv)
{
    static struct bench bench;

    if (!parse(argv + 1, argc - 1, &bench)) {
        (void)fprintf(stderr, "usage: compare ROUNDS INPUT AMOUNT UNIT "
                              "{NAME COMMAND DID AIM}...\n");
        return 3;
    }
    measure(&bench);
    for (int i = 0; i < bench.n; i++)
        print_peer(&bench, i);
    return fflush(stdout) == 0 ? 0 : 3;
}
