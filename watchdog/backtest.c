/* The verb `backtest`: what judging makes of a history file, from its first day on.
 * Judges with the code of a run; reads that file alone, opens no source, writes
 * nothing. */
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shared/file.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/stats.h"
#include "shared/text.h"
#include "watchdog/shown.h"

#include "shared/banned.h"

/* One cell on one day that was judged. */
struct scored {
    int32_t day;
    enum cell_status status;
    bool tested, is_hit;
    int64_t affected, exposed;
    int64_t expected_x10, ratio_x100, llr_x1000, cusum_x1000;
    double p_up;
};

struct scored_days {
    struct scored *item; /* ascending; a day that is not there is missing */
    size_t n, capacity;
};

struct backtest {
    struct shown shown; /* its settings alone */
    struct evidence evidence;
    struct data_days data;
    struct signal unknown; /* what a signal of another name is judged as */
    int32_t from, through;
    struct scored_days *scored; /* in the order of the cells; NULL: not asked for */
    struct arena run;
};

static bool read_history(const char *path, struct arena *run, struct str *rows,
                         struct err *err)
{
    struct str bytes, line;
    size_t bad;

    if (!file_read(AT_FDCWD, path, HISTORY_BYTES_MAX, false, run, &bytes, err))
        return false;
    if (!text_is_utf8(bytes.at, bytes.n, &bad))
        return err_set(err, "cannot read '%s:%zu': not UTF-8", path,
                       text_line(bytes.at, bad));
    if (!str_next_line(&bytes, &line) || !str_equal(line, STR(EVIDENCE_HEADER)))
        return err_set(err,
                       "cannot read '%s:1': the header is not day, signal, segment, "
                       "affected, exposed with tabs between",
                       path);
    *rows = bytes;
    return true;
}

/* A signal that nobody configured is a count that looks up. Its gate is tracking's,
 * which has the one that is nobody's own. */
static void bind_unknown(struct backtest *test)
{
    const struct settings *settings = &test->shown.settings;

    test->unknown = (struct signal){
        .name = "",
        .title = "",
        .model = MODEL_COUNT,
        .direction = DIRECTION_UP,
        .min_affected = signal_find(settings, TRACKING)->min_affected,
    };
    for (size_t i = 0; i < test->evidence.n; i++) {
        struct cell *cell = test->evidence.cell[i];

        if (settings->segment[cell->dimension] &&
            !signal_find(settings, cell->signal_name))
            cell->signal = &test->unknown;
    }
}

/* A child of a parent in trouble is not looked at: it may still stand as it began. */
static enum cell_status status_of(const struct judged *judged)
{
    const struct cell *cell = judged->cell;

    if (!judged->tail.tested && !cell->open)
        return CELL_LEARNING;
    return cell->status == CELL_LEARNING ? CELL_OK : cell->status;
}

static void note_day(void *context, const struct round *round)
{
    struct backtest *test = context;

    for (size_t i = 0; i < round->evidence->n; i++) {
        const struct judged *judged = round->evidence->cell[i]->today;
        struct scored_days *days = &test->scored[i];

        if (!judged)
            continue;
        days->item = arena_room(&test->run, days->item, days->n, &days->capacity,
                                sizeof *days->item);
        days->item[days->n++] = (struct scored){
            .day = round->day.day,
            .status = status_of(judged),
            .tested = judged->tail.tested,
            .is_hit = judged->is_hit,
            .affected = judged->today.affected,
            .exposed = judged->today.exposed,
            .expected_x10 = llround(judged->tail.expected * 10),
            .ratio_x100 = llround(judged->ratio * 100),
            .llr_x1000 = judged->tail.llr_x1000,
            .cusum_x1000 = judged->cell->cusum.sum_x1000,
            .p_up = judged->tail.p_up,
        };
    }
}

static void judge_history(struct backtest *test)
{
    struct round round = {.evidence = &test->evidence,
                          .data = &test->data,
                          .settings = &test->shown.settings,
                          .arena = &test->run};
    struct judge_hooks hooks = {.on_day = test->scored ? note_day : NULL,
                                .context = test};

    evidence_link(&test->evidence, &test->shown.settings);
    bind_unknown(test);
    (void)watchdog_judge(&round, 0, 0, test->through, &hooks);
}

static json_t *day_json(int32_t day)
{
    return day == 0 ? json_null() : json_string(day_text(day).text);
}

static json_t *number_json(bool is_known, int64_t number)
{
    return is_known ? json_integer(number) : json_null();
}

static json_t *scored_to_json(const struct scored *scored, struct arena *arena)
{
    bool is_there = scored->status != CELL_MISSING;
    bool tested = scored->tested;
    json_t *object = json_object();

    json_put(object, "day", day_json(scored->day));
    json_put(object, "status", json_string(cell_status_word(scored->status)));
    json_put(object, "affected", number_json(is_there, scored->affected));
    json_put(object, "exposed", number_json(is_there, scored->exposed));
    json_put(object, "expected_x10", number_json(tested, scored->expected_x10));
    json_put(object, "p_up",
             tested ? json_string(stats_p_text(scored->p_up, arena)) : json_null());
    json_put(object, "ratio_x100", number_json(tested, scored->ratio_x100));
    json_put(object, "llr_x1000", number_json(tested, scored->llr_x1000));
    json_put(object, "cusum_x1000", number_json(tested, scored->cusum_x1000));
    json_put(object, "bh", json_boolean(scored->is_hit));
    return object;
}

/* One cell after another: all of them at once would be a tree of many times the bytes.
 */
static bool print_cell(const struct backtest *test, size_t index, struct err *err)
{
    const struct cell *cell = test->evidence.cell[index];
    const struct scored_days *scored = &test->scored[index];
    OWN(json) object = json_object();
    json_t *days = json_array();
    struct arena arena;
    struct buf out;
    size_t at = 0;
    bool good;

    arena_init(&arena, ARENA_BYTES_MAX);
    for (int32_t day = test->from; day <= test->through; day++) {
        struct scored missing = {.day = day, .status = CELL_MISSING};
        bool is_there = at < scored->n && scored->item[at].day == day;

        json_push(days,
                  scored_to_json(is_there ? &scored->item[at] : &missing, &arena));
        at += is_there;
    }
    json_put(object, "signal", json_string(cell->signal_name));
    json_put(object, "segment", json_string(cell->segment));
    json_put(object, "days", days);
    buf_init(&out, &arena, HISTORY_BYTES_MAX);
    buf_add_text(&out, index == 0 ? "{\n  \"cells\": [\n    " : ",\n    ");
    state_json_add(object, 2, &out);
    good = report_print(&out, err);
    arena_release(&arena);
    return good;
}

struct listed {
    const char *id;
    const struct episode *episode;
};

static int listed_compare(const void *left, const void *right)
{
    const struct listed *a = left;
    const struct listed *b = right;

    if (a->episode->opened != b->episode->opened)
        return a->episode->opened < b->episode->opened ? -1 : 1;
    return strcmp(a->id, b->id);
}

static struct listed *list_episodes(struct backtest *test, size_t *n)
{
    struct listed *list;
    size_t most = 0;

    for (size_t i = 0; i < test->evidence.n; i++)
        most += test->evidence.cell[i]->npast + 1;
    list = arena_new(&test->run, struct listed, most);
    *n = 0;
    for (size_t i = 0; i < test->evidence.n; i++) {
        const struct cell *cell = test->evidence.cell[i];
        char *id =
            str_format(&test->run, "watchdog/%s/%s", cell->signal_name, cell->segment);

        for (size_t e = 0; e < cell->npast; e++)
            list[(*n)++] = (struct listed){id, cell->past[e]};
        if (cell->open)
            list[(*n)++] = (struct listed){id, cell->open};
    }
    if (*n > 1)
        qsort(list, *n, sizeof *list, listed_compare);
    return list;
}

static json_t *episode_to_json(const struct listed *listed)
{
    const struct episode *episode = listed->episode;
    bool is_closed = episode->closed != 0;
    json_t *object = json_object();
    json_t *explained_by = json_array();

    for (size_t i = 0; i < episode->nexplained_by; i++)
        json_push(explained_by, json_string(episode->explained_by[i]));
    json_put(object, "id", json_string(listed->id));
    json_put(object, "signal", json_string(episode->signal));
    json_put(object, "segment", json_string(episode->segment));
    json_put(object, "opened", day_json(episode->opened));
    json_put(object, "change", day_json(episode->change));
    json_put(object, "closed", day_json(episode->closed));
    json_put(object, "reason", is_closed ? json_string(episode->reason) : json_null());
    json_put(object, "opened_by", json_string(episode->opened_by));
    json_put(object, "release",
             episode->nreleases > 0 ? json_string(episode->releases[0]) : json_null());
    json_put(object, "severity", json_string(episode->is_crit ? "crit" : "warn"));
    json_put(object, "explained_by", explained_by);
    return object;
}

/* "cells" is the first key of all: the others follow when the last cell is out. */
static bool print_rest(struct backtest *test, struct err *err)
{
    OWN(json) root = json_object();
    json_t *episodes = json_array();
    size_t n;
    const struct listed *list = list_episodes(test, &n);
    struct buf rest, out;

    for (size_t i = 0; i < n; i++)
        json_push(episodes, episode_to_json(&list[i]));
    json_put(root, "schema", json_integer(WATCHDOG_SCHEMA));
    json_put(root, "tool", json_string("watchdog"));
    json_put(root, "verb", json_string("backtest"));
    json_put(root, "from", day_json(test->from));
    json_put(root, "through", day_json(test->through));
    json_put(root, "episodes", episodes);
    buf_init(&rest, &test->run, HISTORY_BYTES_MAX);
    buf_init(&out, &test->run, HISTORY_BYTES_MAX);
    state_json_add(root, 0, &rest);
    if (test->scored)
        buf_add_text(&out, "\n  ],");
    buf_add_text(&out, rest.at + (test->scored ? strlen("{") : 0));
    buf_add_text(&out, "\n");
    return report_print(&out, err);
}

static bool backtest(const struct options *opt, struct backtest *test, struct err *err)
{
    const char *path = opt->args[0];
    struct evidence_file file = {.name = path, .settings = &test->shown.settings};
    struct sandbox_plan plan = {.mode = opt->sandbox, .read = &path, .nread = 1};
    struct confinement confined;
    struct str rows = {0};

    if (!shown_settings(opt, false, &test->run, &test->shown, err) ||
        !sandbox_enter(&plan, &confined, err) ||
        !read_history(path, &test->run, &rows, err) ||
        !evidence_parse(rows, &file, &test->run, &test->evidence, err))
        return false;
    if (!evidence_span(&test->evidence, &test->from, &test->through))
        return err_set(err, "nothing to judge: '%s' has no row", path);
    if ((opt->flags & UINT32_C(1) << FLAG_ALERTS_ONLY) == 0)
        test->scored = arena_new(&test->run, struct scored_days, test->evidence.n);
    judge_history(test);
    for (size_t i = 0; test->scored && i < test->evidence.n; i++)
        if (!print_cell(test, i, err))
            return false;
    return print_rest(test, err);
}

int watchdog_backtest(const struct options *opt, struct err *err)
{
    struct backtest test = {0};
    bool good;

    arena_init(&test.run, ARENA_BYTES_MAX);
    shown_init(&test.shown);
    good = backtest(opt, &test, err);
    shown_release(&test.shown);
    arena_release(&test.run);
    return good ? VERDICT_OK : VERDICT_UNKNOWN;
}
