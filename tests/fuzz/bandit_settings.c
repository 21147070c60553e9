/* The first line is an assignment of --set, the rest a configuration. Both either are
 * refused with a message or give an experiment whose parts fit together. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "bandit/settings.h"
#include "shared/limits.h"
#include "shared/str.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What judging relies on. */
static void check_fit(const struct experiment *experiment)
{
    const struct allocation *allocation = &experiment->allocation;
    size_t active = 0;

    assert(experiment->narms >= 2 && experiment->narms <= ARMS_MAX);
    assert(!experiment->arm[0].is_killed);
    for (size_t i = 0; i < experiment->narms; i++) {
        active += !experiment->arm[i].is_killed;
        for (size_t j = 0; j < i; j++)
            assert(strcmp(experiment->arm[i].name, experiment->arm[j].name) != 0);
    }
    assert((size_t)allocation->floor_bp * active < 10000);
    assert(allocation->draws >= 1000 && allocation->ramp_bp >= 1);
    assert(allocation->confirm_p >= .5 && allocation->confirm_p <= 1);
    assert(experiment->prior_a > 0 && experiment->prior_b > 0);
    assert(experiment->halflife_days == 0 || experiment->halflife_days >= 1);
    assert(experiment->promotion.streak_days >= 5);
    assert(experiment->promotion.winner_sessions >= 20);
}

static void check_read(const struct experiment *experiment)
{
    const struct reward *reward = &experiment->reward;

    check_fit(experiment);
    assert(!experiment->source != !experiment->counts);
    assert(experiment->window_hours > 0 || experiment->counts);
    assert(experiment->formats & 1U << WEIGHTS_JSON);
    assert(experiment->deploy_minute >= -1 && experiment->deploy_minute < 1440);
    assert(experiment->nguardrails <= GUARDRAILS_MAX && reward->nwhere <= WHERE_MAX);
    assert(experiment->counts || reward->type != REWARD_RATING ||
           reward->min < reward->max);
    assert(experiment->counts || reward->event || reward->type == REWARD_RETURN ||
           reward->type == REWARD_DURATION);
}

static void set_one(struct str assignment, struct arena *arena)
{
    static const char *const names[] = {"control", "b"};
    struct experiment experiment;
    struct err err = {0};

    experiment_defaults("x", names, 2, &experiment);
    if (!experiment_set(&experiment, str_copy(arena, assignment.at, assignment.n),
                        &err))
        assert(strncmp(err.text, "--set ", strlen("--set ")) == 0);
    check_fit(&experiment);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size}, assignment = {0};
    struct config config = {0};
    struct settings settings = {0};
    struct arena arena;
    struct err err = {0};

    if (size > CONFIG_BYTES_MAX)
        return 0;
    arena_init(&arena, 256 * MIB);
    (void)str_next_line(&rest, &assignment);
    set_one(assignment, &arena);
    if (config_parse(rest, "rounds.json", &arena, &config, &err)) {
        if (settings_read(&config, &arena, &settings, &err))
            for (size_t i = 0; i < settings.n; i++)
                check_read(&settings.experiment[i]);
        else
            assert(strncmp(err.text, "rounds.json:", strlen("rounds.json:")) == 0);
    }
    config_release(&config);
    arena_release(&arena);
    return 0;
}
