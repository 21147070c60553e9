/* Opens the sources of experiments, and settles what of their lines is looked at.
 * Reading them is collect_events.c's. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "bandit/inputs.h"
#include "shared/json.h"

#include "shared/banned.h"

enum { MEMORY_BYTES = 8 << 20 }; // of traces, before scratch

/* What is looked up of each line, while it is named. */
struct opening {
    const struct config *config;
    struct arena *arena;
    struct input *input;
    const char *where; /* the experiment in the configuration */
    struct err *err;
};

static bool want_property(const struct opening *opening, const char *name,
                          size_t *index)
{
    struct input *input = opening->input;
    const char *pointer = source_property_pointer(input->source, name, opening->arena);

    for (*index = 0; *index < input->npointers; ++*index)
        if (strcmp(input->pointer[*index], pointer) == 0)
            return true;
    if (input->npointers == SCAN_POINTERS_MAX)
        return config_err(opening->config, opening->where, opening->err,
                          "more than %d properties of source '%s'", SCAN_POINTERS_MAX,
                          input->name);
    input->pointer[input->npointers++] = pointer;
    return true;
}

static bool want_properties(const struct opening *opening, struct watched *watched)
{
    const struct experiment *experiment = watched->experiment;
    const struct reward *reward = &experiment->reward;
    const struct exposure *exposure = &watched->exposure;

    if (!want_property(opening, exposure->flag_property, &watched->flag))
        return false;
    for (size_t i = 0; i < exposure->narm_properties; i++)
        if (!want_property(opening, exposure->arm_property[i], &watched->arm[i]))
            return false;
    for (size_t i = 0; i < reward->nwhere; i++)
        if (!want_property(opening, reward->where[i].property, &watched->where[i]))
            return false;
    if (reward->property && !want_property(opening, reward->property, &watched->value))
        return false;
    return !experiment->version_property ||
           want_property(opening, experiment->version_property, &watched->version);
}

static void add_interest(const struct opening *opening, size_t watched,
                         const char *event, uint32_t what)
{
    struct input *input = opening->input;

    if (!event)
        return;
    for (size_t i = 0; i < input->ninterests; i++) {
        struct interest *interest = &input->interest[i];

        if (interest->watched == watched && str_equal(interest->event, str_of(event))) {
            interest->what |= (uint16_t)what;
            return;
        }
    }
    input->interest = arena_room(opening->arena, input->interest, input->ninterests,
                                 &input->capacity, sizeof *input->interest);
    input->interest[input->ninterests++] =
        (struct interest){str_of(event), (uint16_t)watched, (uint16_t)what};
}

static int interest_compare(const void *a, const void *b)
{
    const struct interest *x = a, *y = b;
    int order = str_compare(x->event, y->event);

    return order != 0 ? order : x->watched - y->watched;
}

/* A joined text is split at its last hyphen, so no arm may have one. */
static bool check_joined(const struct opening *opening, const struct watched *watched)
{
    const struct experiment *experiment = watched->experiment;

    for (size_t k = 0; watched->exposure.is_joined && k < experiment->narms; k++)
        if (strchr(experiment->arm[k].name, '-'))
            return config_err(opening->config, opening->where, opening->err,
                              "arm '%s' has a '-', at which '%s' is split; rename it",
                              experiment->arm[k].name, watched->exposure.flag_property);
    return true;
}

static bool watch(struct inputs *inputs, const struct experiment *experiment,
                  size_t input, const struct opening *opening)
{
    size_t index = inputs->nwatched++;
    struct watched *watched = &inputs->watched[index];
    const struct source *source = opening->input->source;
    enum reward_type type = experiment->reward.type;
    bool is_said;

    *watched = (struct watched){.experiment = experiment,
                                .input = input,
                                .exposure = experiment->exposure,
                                .wants_activity =
                                    type == REWARD_RETURN || type == REWARD_DURATION};
    if (source_streams(source) && !source_has_properties(source))
        return config_err(opening->config, opening->where, opening->err,
                          "the rows of source '%s' have no properties, so no flag and "
                          "no arm; name another source, or daily 'counts'",
                          opening->input->name);
    is_said = watched->exposure.event ||
              exposure_preset(source_preset(source), &watched->exposure);
    assert(is_said); // settings_read has looked
    if (!source_streams(source))
        return arms_check(opening->config, opening->where, watched,
                          opening->input->source, opening->arena, opening->err);
    if (!check_joined(opening, watched) || !want_properties(opening, watched))
        return false;
    add_interest(opening, index, watched->exposure.event, TRACE_EXPOSURE);
    add_interest(opening, index, experiment->reward.event, TRACE_REWARD);
    for (size_t g = 0; g < experiment->nguardrails; g++)
        add_interest(opening, index, experiment->guardrail[g].event,
                     (uint32_t)TRACE_GUARDRAIL << g);
    return true;
}

static bool input_find(struct inputs *inputs, const char *name,
                       const struct opening *opening, size_t *index)
{
    for (*index = 0; *index < inputs->ninputs; ++*index)
        if (strcmp(inputs->input[*index].name, name) == 0)
            return true;
    if (!source_open(opening->config, name, true, opening->arena,
                     &inputs->input[*index].source, opening->err))
        return false;
    source_want_units(inputs->input[*index].source);
    inputs->input[*index].name = name;
    inputs->ninputs++;
    return true;
}

static bool open_experiments(struct inputs *inputs, const struct settings *settings,
                             struct opening *opening)
{
    struct err cause;

    for (size_t i = 0; i < settings->n; i++) {
        const struct experiment *experiment = &settings->experiment[i];
        size_t input;

        if (!experiment->source)
            continue;
        opening->where =
            str_format(opening->arena, "/bandit/experiments/%s", experiment->id);
        if (!input_find(inputs, experiment->source, opening, &input))
            return false;
        opening->input = &inputs->input[input];
        if (!watch(inputs, experiment, input, opening))
            return false;
    }
    for (size_t i = 0; i < inputs->ninputs; i++) {
        struct input *input = &inputs->input[i];

        if (!source_want(input->source, input->pointer, input->npointers, &cause))
            return config_err(opening->config, "/bandit", opening->err,
                              "properties of source '%s': %s", input->name, cause.text);
        if (input->ninterests > 1)
            qsort(input->interest, input->ninterests, sizeof *input->interest,
                  interest_compare);
    }
    return true;
}

/* What confinement has to allow. */
static void list_needs(struct inputs *inputs, struct arena *arena)
{
    size_t most = 0, n;

    for (size_t i = 0; i < inputs->ninputs; i++) {
        (void)source_folders(inputs->input[i].source, &n);
        most += n;
    }
    inputs->folder = arena_new(arena, const char *, most);
    for (size_t i = 0; i < inputs->ninputs; i++) {
        const char *const *folder = source_folders(inputs->input[i].source, &n);

        for (size_t f = 0; f < n; f++)
            inputs->folder[inputs->nfolders++] = folder[f];
    }
    for (size_t i = 0; i < inputs->ninputs; i++) {
        const struct source *source = inputs->input[i].source;
        const uint16_t *port = source_ports(source, &n);

        inputs->needs_network =
            inputs->needs_network || n > 0 || !source_streams(source);
        for (size_t p = 0; p < n && inputs->nports < SANDBOX_PORTS_MAX; p++)
            inputs->port[inputs->nports++] = port[p];
    }
}

bool inputs_open(const struct config *config, const struct settings *settings,
                 struct arena *arena, struct inputs **inputs, struct err *err)
{
    const json_t *section = json_object_get(config->root, "bandit");
    const char *scratch = json_text(section, "scratch", "");
    struct inputs *opened = arena_new(arena, struct inputs, 1);
    struct opening opening = {.config = config, .arena = arena, .err = err};

    opened->input = arena_new(arena, struct input, settings->n);
    opened->watched = arena_new(arena, struct watched, settings->n);
    if (!open_experiments(opened, settings, &opening) ||
        (opened->nwatched > 0 &&
         !spill_open(scratch, sizeof(struct trace), MEMORY_BYTES, arena, &opened->spill,
                     err))) {
        inputs_close(opened);
        return false;
    }
    list_needs(opened, arena);
    *inputs = opened;
    return true;
}

void inputs_close(struct inputs *inputs)
{
    if (!inputs)
        return;
    for (size_t i = 0; i < inputs->ninputs; i++)
        source_close(inputs->input[i].source);
    inputs->ninputs = 0;
    spill_close(inputs->spill);
}

int inputs_lag_h(const struct inputs *inputs)
{
    int most = 0;

    for (size_t i = 0; i < inputs->ninputs; i++) {
        int lag_h = source_lag_h(inputs->input[i].source);

        most = lag_h > most ? lag_h : most;
    }
    return most;
}

const uint16_t *inputs_ports(const struct inputs *inputs, bool *needs_network,
                             size_t *n)
{
    *needs_network = inputs->needs_network;
    *n = inputs->nports;
    return inputs->port;
}

const char *const *inputs_folders(const struct inputs *inputs, size_t *n)
{
    *n = inputs->nfolders;
    return inputs->folder;
}
