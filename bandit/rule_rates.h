/*
 * In how many percent of experiments the bare checklist (`rule` essay) promotes a
 * challenger that equals control. Measured by tests/sim/bandit_promotion.c, which
 * prints this list and fails when it is another.
 */
#ifndef BANDIT_RULE_RATES_H
#define BANDIT_RULE_RATES_H

enum {
    ESSAY_RATE_2_ARMS = 50,
    ESSAY_RATE_3_ARMS = 67,
    ESSAY_RATE_4_ARMS = 75,
};

#endif
