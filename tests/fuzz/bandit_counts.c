/* Daily counts from elsewhere: what is accepted is days of at least two arms with no
 * more conversions than sessions; the rest is refused with its line. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "bandit/evidence.h"
#include "shared/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct experiment configured = {
    .id = "cta",
    .arm = {{.name = "control"}, {.name = "b"}},
    .narms = 2,
    .reward = {.type = REWARD_CONVERSION},
    .guardrail = {{.name = "refund"}},
    .nguardrails = 1,
};

static void check_arm(const struct arm_at_once *now, const struct arm_mature *mature)
{
    assert(now->exposed >= 0 && now->tagged >= 0 && now->tagged <= now->exposed);
    assert(now->weight_x10000 >= -1 && now->weight_x10000 <= 100000000);
    assert(mature->units >= 0 && mature->units <= 1000000000);
    assert(mature->conversions >= 0 && mature->conversions <= mature->units);
    assert(mature->guardrail[0] >= -1 && mature->guardrail[0] <= mature->units);
}

static void check(struct str bytes, struct counts_file asked)
{
    struct counts_file file = asked;
    struct evidence evidence = {0};
    struct err err = {0};
    struct arena arena;

    arena_init(&arena, ARENA_BYTES_MAX);
    if (!counts_parse(bytes, &file, &arena, &evidence, &err)) {
        assert(strncmp(err.text, "cannot read 'f:", 15) == 0);
    } else {
        assert(evidence.n == 0 || file.narms >= 2);
        assert(evidence.n <= EVIDENCE_DAYS_MAX && evidence.narms == file.narms);
        for (size_t i = 0; i < evidence.n; i++) {
            assert(i == 0 || evidence.day[i - 1].day < evidence.day[i].day);
            for (size_t arm = 0; arm < evidence.narms; arm++)
                check_arm(&evidence.day[i].at_once[arm], &evidence.day[i].mature[arm]);
        }
    }
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};

    check(bytes, (struct counts_file){.name = "f"});
    check(bytes, (struct counts_file){.name = "f",
                                      .experiment = "cta",
                                      .configured = &configured});
    return 0;
}
