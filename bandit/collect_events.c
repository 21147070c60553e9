/* Reads the sources and keeps what their events say of experiments. Counting it is
 * measure_counts.c's. */
#include <string.h>

#include "bandit/inputs.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { DAYS_READ = 400 }; // of an experiment without history

#define REJECTED_PCT_MAX 1.0 /* of a day's lines, and of its exposures */

enum { REJECTED_MIN = 10 }; // fewer are strays, whatever their share

#define VERSION_MAX ((int64_t)1 << 53) /* whole numbers of a double */

const char *skip_word(enum skip_reason reason)
{
    static const char *const words[SKIP_COUNT] = {
        [SKIP_NO_UNIT] = "no unit",     [SKIP_NO_EXPOSURE] = "no exposure",
        [SKIP_BAD_VALUE] = "bad value", [SKIP_BAD_ARM] = "bad arm",
        [SKIP_NO_RATING] = "no rating", [SKIP_DUPLICATE] = "duplicate",
    };

    return words[reason];
}

int32_t evidence_through(const struct experiment *experiment, int32_t as_of,
                         struct arena *arena)
{
    int64_t window_ms = (int64_t)experiment->window_hours * 3600000;
    int32_t days = experiment->window_hours / 24 + 2; // one more, as one may have 23 h
    struct day_bounds bounds;

    if (experiment->reward.type == REWARD_RETURN)
        return as_of - experiment->reward.within_days;
    bounds = day_bounds_new(arena, as_of - days, (size_t)days + 1);
    while (days > 0 && bounds.at_ms[days + 1] + window_ms > bounds.at_ms[bounds.n])
        days--;
    return bounds.first + days;
}

/* ---- one pass over the sources ---- */

/* An experiment on its way from events to counts. */
struct gathering {
    const struct watched *watched;
    struct collected *wanted;
    struct counting counting;
    int64_t exposed_from_ms, from_ms, to_ms; /* of exposures; of the rest; end */
    int64_t *exposures, *bad;                /* events by day of the bounds */
    const struct source_day *source_days;    /* from the bounds' first day on */
    int64_t future;                          /* rows after the bounds */
    char unknown[UNIT_BYTES_MAX]; /* an arm of the last day that is not configured */
    size_t nunknown;
};

struct pass {
    const struct inputs *inputs;
    struct gathering *gathering; /* one for each wanted */
    size_t n;
    struct counting *countings; /* what measure_counts goes by */
    struct gathering **of;      /* by watched; NULL: not wanted */
    struct day_bounds bounds;
    struct arena *arena;
};

static struct str text_of(const struct span *value)
{
    if (value->type == SPAN_STRING || value->type == SPAN_NUMBER)
        return (struct str){value->at, value->n};
    return STR("");
}

/* Digit strings are numbers, as in the fields of sources. */
static bool number_of(const struct span *value, double *number)
{
    struct str text = text_of(value);

    return text.n > 0 && str_to_double(text.at, text.n, number);
}

static bool where_holds(const struct where *where, const struct span *value)
{
    double number;

    switch (json_typeof(where->value)) {
    case JSON_STRING:
        return value->type == SPAN_STRING &&
               str_equal(text_of(value),
                         (struct str){json_string_value(where->value),
                                      json_string_length(where->value)});
    case JSON_INTEGER:
    case JSON_REAL:
        return number_of(value, &number) &&
               number == json_number_value(where->value); // as written, not reckoned
    case JSON_TRUE: return value->type == SPAN_TRUE;
    case JSON_FALSE: return value->type == SPAN_FALSE;
    case JSON_NULL:
    case JSON_OBJECT:
    case JSON_ARRAY: break;
    }
    return false;
}

static bool arm_named(const struct experiment *experiment, struct str name,
                      uint8_t *arm)
{
    *arm = ARM_UNKNOWN;
    for (size_t k = 0; k < experiment->narms; k++)
        if (str_equal(name, str_of(experiment->arm[k].name)))
            *arm = (uint8_t)k;
    return name.n > 0 && name.n <= UNIT_BYTES_MAX;
}

/* False: it is no text, index or boolean. */
static bool arm_of(const struct experiment *experiment, const struct span *value,
                   uint8_t *arm)
{
    int64_t index;

    switch (value->type) {
    case SPAN_STRING: return arm_named(experiment, text_of(value), arm);
    case SPAN_NUMBER:
        *arm = ARM_UNKNOWN;
        if (!str_to_int64(value->at, value->n, &index))
            return false;
        if (index >= 0 && index < (int64_t)experiment->narms)
            *arm = (uint8_t)index;
        return true;
    case SPAN_FALSE: *arm = 0; return true;
    case SPAN_TRUE: *arm = 1; return experiment->narms == 2;
    case SPAN_ABSENT:
    case SPAN_NULL:
    case SPAN_OBJECT:
    case SPAN_ARRAY: break;
    }
    return false;
}

static const struct span *property(const struct pass *pass,
                                   const struct watched *watched, size_t index)
{
    return source_wanted(pass->inputs->input[watched->input].source, index);
}

/* What names the arm, where it is not joined with the flag. */
static const struct span *arm_value(const struct pass *pass,
                                    const struct watched *watched)
{
    static const struct span none = {.type = SPAN_ABSENT};
    const struct span *value = &none;

    for (size_t i = 0; i < watched->exposure.narm_properties; i++) {
        value = property(pass, watched, watched->arm[i]);
        if (value->type != SPAN_ABSENT && value->type != SPAN_NULL)
            break;
    }
    return value;
}

/* Up to its last hyphen the text is the flag, what follows is the arm. */
static void split_joined(struct str text, struct str *flag, struct str *arm)
{
    size_t n = text.n;

    while (n > 0 && text.at[n - 1] != '-')
        n--;
    *flag = (struct str){text.at, n - (n > 0)};
    *arm = (struct str){text.at + n, text.n - n};
}

/* The arm of an exposure to this experiment. `*is_ours` false: it is another's. */
static bool exposed_arm(const struct pass *pass, const struct watched *watched,
                        bool *is_ours, uint8_t *arm)
{
    const struct experiment *experiment = watched->experiment;
    struct str flag = text_of(property(pass, watched, watched->flag)), name = STR("");

    if (watched->exposure.is_joined)
        split_joined(flag, &flag, &name);
    *is_ours = str_equal(flag, str_of(experiment->flag));
    if (!*is_ours)
        return true;
    if (watched->exposure.is_joined)
        return arm_named(experiment, name, arm);
    return arm_of(experiment, arm_value(pass, watched), arm);
}

/* Keeps the name of an arm that nobody configured: the first by its bytes, so that the
 * order of lines does not matter. */
static void note_unknown(const struct pass *pass, struct gathering *gathering)
{
    const struct watched *watched = gathering->watched;
    struct str flag, name;

    if (watched->exposure.is_joined)
        split_joined(text_of(property(pass, watched, watched->flag)), &flag, &name);
    else
        name = text_of(arm_value(pass, watched));
    if (gathering->nunknown > 0 &&
        str_compare((struct str){gathering->unknown, gathering->nunknown}, name) <= 0)
        return;
    memcpy(gathering->unknown, name.at, name.n);
    gathering->nunknown = name.n;
}

/* The version an exposure was served with; 0 when it does not say, or says nonsense. */
static double version_of(const struct pass *pass, const struct watched *watched,
                         bool *is_usable)
{
    struct str text = STR("");
    int64_t version;

    if (watched->experiment->version_property)
        text = text_of(property(pass, watched, watched->version));
    *is_usable = text.n <= UNIT_BYTES_MAX;
    if (!str_to_int64(text.at, text.n, &version) || version < 1 ||
        version > VERSION_MAX)
        return 0;
    return (double)version;
}

/* Key and unit of what the row says; false when it lacks one. */
static bool take_unit(const struct experiment *experiment, const struct row *row,
                      struct trace *trace)
{
    bool is_return = experiment->reward.type == REWARD_RETURN;

    trace->unit = experiment->is_per_user ? row->user : row->session;
    trace->key = is_return ? row->user : trace->unit;
    return trace->unit != 0 && trace->key != 0;
}

static bool keep(struct pass *pass, const struct trace *trace, struct err *err)
{
    bool full;
    struct trace *to = spill_add(pass->inputs->spill, trace->key, &full, err);

    if (to)
        *to = *trace;
    return to != NULL;
}

static bool take_exposure(struct pass *pass, struct gathering *gathering,
                          const struct row *row, struct trace trace, struct err *err)
{
    const struct watched *watched = gathering->watched;
    struct counting *counting = &gathering->counting;
    bool has_arm, has_tag, is_ours;
    bool has_unit = take_unit(watched->experiment, row, &trace);
    int32_t day;

    if (row->time_ms < gathering->exposed_from_ms)
        return true;
    has_arm = exposed_arm(pass, watched, &is_ours, &trace.arm);
    if (!is_ours || !day_bounds_find(&pass->bounds, row->time_ms, &day))
        return true;
    trace.value = version_of(pass, watched, &has_tag);
    gathering->exposures[day - pass->bounds.first]++;
    if (has_unit && has_arm && trace.arm == ARM_UNKNOWN && day == counting->to)
        note_unknown(pass, gathering);
    if (has_unit && has_arm && has_tag)
        return keep(pass, &trace, err);
    gathering->bad[day - pass->bounds.first]++;
    counting->skipped[has_unit ? SKIP_BAD_ARM : SKIP_NO_UNIT]++;
    return true;
}

/* The reward an event is; false when it is none. */
static bool take_reward(struct pass *pass, struct gathering *gathering,
                        struct trace *trace)
{
    const struct watched *watched = gathering->watched;
    const struct reward *reward = &watched->experiment->reward;

    for (size_t i = 0; i < reward->nwhere; i++)
        if (!where_holds(&reward->where[i], property(pass, watched, watched->where[i])))
            return false;
    if (!reward->property)
        return true;
    if (number_of(property(pass, watched, watched->value), &trace->value) &&
        trace->value >= -TRACE_VALUE_MAX && trace->value <= TRACE_VALUE_MAX &&
        (reward->type != REWARD_RATING ||
         (trace->value >= reward->min && trace->value <= reward->max)))
        return true;
    gathering->counting.skipped[SKIP_BAD_VALUE]++;
    return false;
}

/* What one event says of one experiment beside activity. */
static bool take_event(struct pass *pass, struct gathering *gathering,
                       const struct row *row, uint32_t what, struct err *err)
{
    struct trace trace = {
        .id = row->id,
        .time_ms = row->time_ms,
        .experiment = (uint16_t)(gathering - pass->gathering),
    };
    bool has_unit;

    if (row->time_ms >= gathering->to_ms)
        return true;
    trace.what = TRACE_EXPOSURE;
    if ((what & TRACE_EXPOSURE) != 0 &&
        !take_exposure(pass, gathering, row, trace, err))
        return false;
    what &= ~(uint32_t)TRACE_EXPOSURE;
    if ((what & TRACE_REWARD) != 0 && !take_reward(pass, gathering, &trace))
        what &= ~(uint32_t)TRACE_REWARD;
    if (what == 0 || row->time_ms < gathering->from_ms)
        return true;
    trace.what = (uint16_t)what;
    has_unit = take_unit(gathering->watched->experiment, row, &trace);
    if (has_unit)
        return keep(pass, &trace, err);
    gathering->counting.skipped[SKIP_NO_EXPOSURE] += (what & TRACE_REWARD) != 0;
    return true;
}

static size_t interest_first(const struct input *input, struct str event)
{
    size_t low = 0, high = input->ninterests;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (str_compare(input->interest[middle].event, event) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool take_row(struct pass *pass, size_t input_index, const struct row *row,
                     struct err *err)
{
    const struct input *input = &pass->inputs->input[input_index];

    for (size_t i = interest_first(input, row->event);
         i < input->ninterests && str_equal(input->interest[i].event, row->event);
         i++) {
        struct gathering *gathering = pass->of[input->interest[i].watched];

        if (gathering &&
            !take_event(pass, gathering, row, input->interest[i].what, err))
            return false;
    }
    for (size_t i = 0; i < pass->n; i++) {
        struct gathering *gathering = &pass->gathering[i];

        if (gathering->watched && gathering->watched->wants_activity &&
            gathering->watched->input == input_index &&
            !take_event(pass, gathering, row, TRACE_ACTIVITY, err))
            return false;
    }
    return true;
}

static bool set_trouble(const struct pass *pass, const char **trouble,
                        const struct err *err)
{
    if (err->of_machine)
        return false;
    *trouble = str_copy(pass->arena, err->text, strlen(err->text));
    return true;
}

/* False when scratch or this machine fails. That a source cannot be read otherwise goes
 * to `*trouble`. */
static bool read_source(struct pass *pass, size_t input, const char **trouble,
                        struct err *err)
{
    struct source *source = pass->inputs->input[input].source;
    struct row row;
    bool end = false;

    if (!source_start(source, &pass->bounds, pass->arena, err))
        return set_trouble(pass, trouble, err);
    for (;;) {
        if (!source_next(source, &row, &end, err))
            return set_trouble(pass, trouble, err);
        if (end)
            return true;
        if (!take_row(pass, input, &row, err))
            return false;
    }
}

/* Of a source without rows. What cannot be read goes to `*trouble`. */
static void ask_source(struct pass *pass, size_t input, const char **trouble)
{
    struct source *source = pass->inputs->input[input].source;
    struct err cause;
    bool ok = source_start(source, &pass->bounds, pass->arena, &cause);

    for (size_t g = 0; g < pass->n && ok; g++) {
        struct gathering *gathering = &pass->gathering[g];
        struct arms_pass arms = {&gathering->counting, gathering->exposed_from_ms,
                                 gathering->to_ms, gathering->exposures,
                                 gathering->bad};

        if (gathering->watched && gathering->watched->input == input)
            ok = arms_read(source, gathering->watched, &arms, pass->arena, &cause);
    }
    if (!ok)
        *trouble = str_copy(pass->arena, cause.text, strlen(cause.text));
}

/* ---- before and after ---- */

static const struct watched *watched_find(const struct inputs *inputs,
                                          const struct experiment *experiment)
{
    for (size_t i = 0; i < inputs->nwatched; i++)
        if (strcmp(inputs->watched[i].experiment->id, experiment->id) == 0)
            return &inputs->watched[i];
    return NULL;
}

static int32_t first_counted(const struct collected *wanted)
{
    int32_t start = wanted->experiment->start, oldest = wanted->to - (DAYS_READ - 1);

    if (wanted->from != 0)
        return wanted->from;
    return start > oldest && start <= wanted->to ? start : oldest;
}

/* The days to read for all that is wanted, sources at once. */
static struct day_bounds bounds_of(const struct collected *wanted, size_t n,
                                   struct arena *arena)
{
    int32_t last = wanted[0].to, first = last;

    for (size_t i = 0; i < n; i++) {
        int32_t from =
            first_counted(&wanted[i]) - counting_lookback(wanted[i].experiment);

        first = from < first ? from : first;
        last = wanted[i].to > last ? wanted[i].to : last;
    }
    return day_bounds_new(arena, first, (size_t)(last - first) + 1);
}

static int64_t day_start(const struct day_bounds *bounds, int32_t day)
{
    return bounds->at_ms[day - bounds->first];
}

static void gathering_begin(struct pass *pass, struct collected *wanted,
                            struct gathering *gathering)
{
    const struct experiment *experiment = wanted->experiment;
    const struct day_bounds *bounds = &pass->bounds;
    struct arena *arena = pass->arena;
    int32_t from = first_counted(wanted), to = wanted->to;
    int32_t through = evidence_through(experiment, to, arena);
    int32_t exposed_from = from - counting_lookback(experiment);
    size_t days = (size_t)(to - from) + 1;
    int64_t *deploy_ms = NULL;

    if (experiment->start > exposed_from)
        exposed_from = experiment->start <= to ? experiment->start : to + 1;
    gathering->wanted = wanted;
    gathering->from_ms = day_start(bounds, from);
    gathering->to_ms = day_start(bounds, to + 1);
    gathering->exposed_from_ms = day_start(bounds, exposed_from);
    gathering->exposures = arena_new(arena, int64_t, bounds->n);
    gathering->bad = arena_new(arena, int64_t, bounds->n);
    gathering->counting = (struct counting){
        .experiment = experiment,
        .bounds = *bounds,
        .from = from,
        .to = to,
        .day = arena_new(arena, struct arms_day, days),
        .arena = arena,
    };
    if (experiment->reward.type == REWARD_RETURN)
        gathering->counting.seen = arena_new(arena, struct seen_sessions, bounds->n);
    if (experiment->deploy_minute >= 0)
        deploy_ms = arena_new(arena, int64_t, days);
    for (size_t i = 0; i < days; i++) {
        struct arms_day *day = &gathering->counting.day[i];

        day->day = from + (int32_t)i;
        day->is_mature = day->day <= through;
        if (deploy_ms)
            deploy_ms[i] =
                day_minute_ms(day_start(bounds, day->day), experiment->deploy_minute);
    }
    gathering->counting.deploy_ms = deploy_ms;
}

/* Why a day is not to be gone by; NULL when it is. `later`: rows of a later day came.
 */
static const char *day_trouble(const struct gathering *gathering, size_t index,
                               bool later, struct arena *arena)
{
    const struct source_day *day = &gathering->source_days[index];
    const char *source = gathering->counting.experiment->source;
    const char *date = str_format(arena, "%s", day_text(day->day).text);
    long long bad = gathering->bad[index], all = gathering->exposures[index];

    switch (source_day_status(day, REJECTED_PCT_MAX, later)) {
    case DAY_ABSENT:
        return str_format(arena, "source '%s' has no event of %s", source, date);
    case DAY_STALE:
        return str_format(arena, "source '%s' is stale: no event of %s or later",
                          source, date);
    case DAY_PARTIAL:
        return str_format(
            arena, "source '%s' is partial on %s: %s (%lld read, %lld rejected%s%s)",
            source, date,
            day->cut      ? str_format(arena, "'%s' ends early", day->cut)
            : day->is_cut ? "it changed while it was read"
                          : "too many lines are broken",
            (long long)day->rows, (long long)source_rejected(day, 1),
            day->place ? ", first at " : "", day->place ? day->place : "");
    case DAY_OK: break;
    }
    if (bad >= REJECTED_MIN && (double)bad * 100 > REJECTED_PCT_MAX * (double)all)
        return str_format(arena,
                          "source '%s' is partial on %s: %lld of %lld exposures lack "
                          "unit or arm",
                          source, date, bad, all);
    return NULL;
}

static bool has_exposure(const struct arms_day *day, size_t narms)
{
    int64_t units = day->multi + day->unknown;

    for (size_t k = 0; k < narms; k++)
        units += day->exposed[k];
    return units > 0;
}

/* Hands over what was counted; without a first day asked for, from the first day with
 * an exposure on. */
static void gathering_end(struct gathering *gathering, struct arena *arena)
{
    struct counting *counting = &gathering->counting;
    struct collected *wanted = gathering->wanted;
    bool later = gathering->future > 0;

    memcpy(wanted->skipped, counting->skipped, sizeof wanted->skipped);
    wanted->dropped = counting->dropped;
    wanted->day = counting->day;
    wanted->ndays = (size_t)(counting->to - counting->from) + 1;
    while (wanted->from == 0 && wanted->ndays > 1 &&
           !has_exposure(wanted->day, counting->experiment->narms)) {
        wanted->day++;
        wanted->ndays--;
    }
    wanted->from = wanted->day->day;
    for (size_t i = counting->bounds.n; i-- > 0;) {
        int32_t day = counting->bounds.first + (int32_t)i;

        if (day >= wanted->from && day <= wanted->to)
            wanted->day[day - wanted->from].trouble =
                day_trouble(gathering, i, later, arena);
        later = later || gathering->source_days[i].rows > 0;
    }
}

static void say_rejected(const struct input *input, struct arena *arena,
                         struct problems *problems)
{
    const struct source_totals *totals = source_totals(input->source);
    size_t n;
    const struct source_day *days = source_days(input->source, &n);
    int64_t rejected = source_rejected(days, n);
    struct buf text;

    if (rejected == 0)
        return;
    buf_init(&text, arena, 4096);
    buf_printf(&text, "source '%s': %lld line%s rejected", input->name,
               (long long)rejected, rejected == 1 ? "" : "s");
    for (size_t i = 0; i < totals->nplaces; i++)
        buf_printf(&text, "%s%s", i == 0 ? ", first at " : ", ", totals->place[i]);
    problems->said[problems->n++] = text.at;
}

static void say_unknown(const struct gathering *gathering, struct arena *arena,
                        struct problems *problems)
{
    enum { SHOWN_BYTES = 64 };

    if (gathering->nunknown == 0)
        return;
    problems->said[problems->n++] =
        str_format(arena,
                   "experiment '%s': exposures of arm '%s', which is not configured",
                   gathering->wanted->experiment->id,
                   text_safe(arena, gathering->unknown, gathering->nunknown,
                             SHOWN_BYTES));
}

/* Reads what the wanted experiments are on. A source without a wanted one is left
 * alone. */
static bool read_all(struct pass *pass, struct problems *problems, struct err *err)
{
    for (size_t i = 0; i < pass->inputs->ninputs; i++) {
        const struct input *input = &pass->inputs->input[i];
        const char *trouble = NULL;
        bool is_wanted = false;

        for (size_t g = 0; g < pass->n; g++)
            is_wanted = is_wanted || (pass->gathering[g].watched &&
                                      pass->gathering[g].watched->input == i);
        if (!is_wanted)
            continue;
        if (!source_streams(input->source))
            ask_source(pass, i, &trouble);
        else if (!read_source(pass, i, &trouble, err))
            return false;
        for (size_t g = 0; g < pass->n; g++) {
            struct gathering *gathering = &pass->gathering[g];
            size_t n;

            if (!gathering->watched || gathering->watched->input != i)
                continue;
            gathering->wanted->trouble = trouble;
            gathering->source_days = source_days(input->source, &n);
            gathering->future = source_totals(input->source)->future;
            if (!trouble)
                say_unknown(gathering, pass->arena, problems);
        }
        if (!trouble)
            say_rejected(input, pass->arena, problems);
    }
    return true;
}

static void take_partition(void *context, void *traces, size_t n)
{
    measure_counts(context, traces, n);
}

/* Counts what was kept. */
static bool count_all(struct pass *pass, struct err *err)
{
    pass->countings = arena_new(pass->arena, struct counting, pass->n);
    for (size_t i = 0; i < pass->n; i++)
        pass->countings[i] = pass->gathering[i].counting;
    spill_settle(pass->inputs->spill);
    if (!spill_each(pass->inputs->spill, take_partition, pass->countings, err))
        return false;
    for (size_t i = 0; i < pass->n; i++) {
        struct gathering *gathering = &pass->gathering[i];

        if (!gathering->watched || gathering->wanted->trouble)
            continue;
        gathering->counting = pass->countings[i];
        if (gathering->counting.is_over)
            return err_set(
                err,
                "experiment '%s': the values of a day add up beyond 64 bits; "
                "take a larger unit of them",
                gathering->wanted->experiment->id);
        gathering_end(gathering, pass->arena);
    }
    return true;
}

bool inputs_collect(struct inputs *inputs, struct collected *wanted, size_t n,
                    struct arena *arena, struct problems *problems, struct err *err)
{
    struct pass pass = {.inputs = inputs, .n = n, .arena = arena};

    *problems =
        (struct problems){arena_new(arena, const char *, inputs->ninputs + n), 0};
    if (n == 0 || !inputs->spill)
        return true;
    pass.gathering = arena_new(arena, struct gathering, n);
    pass.of = arena_new(arena, struct gathering *, inputs->nwatched);
    pass.bounds = bounds_of(wanted, n, arena);
    for (size_t i = 0; i < n; i++) {
        const struct watched *watched = watched_find(inputs, wanted[i].experiment);

        if (!watched)
            continue; // its counts come from a file
        pass.gathering[i].watched = watched;
        pass.of[watched - inputs->watched] = &pass.gathering[i];
        gathering_begin(&pass, &wanted[i], &pass.gathering[i]);
    }
    spill_start(inputs->spill);
    return read_all(&pass, problems, err) && count_all(&pass, err);
}
