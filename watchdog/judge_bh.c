/* Which p-values of a day are small, given how many were looked at. Pure. */
#include <stdlib.h>

#include "watchdog/judge.h"

#include "shared/banned.h"

double judge_p(const struct judged *judged)
{
    return judged->cell->signal->direction == DIRECTION_DOWN ? judged->tail.p_low
                                                             : judged->tail.p_up;
}

static int by_p(const void *left, const void *right)
{
    const struct judged *a = *(struct judged *const *)left;
    const struct judged *b = *(struct judged *const *)right;
    double pa = judge_p(a);
    double pb = judge_p(b);

    if (pa < pb || pa > pb)
        return pa < pb ? -1 : 1;
    return a < b ? -1 : a > b; // both lie in one array, in the evidence's order
}

void judge_bh(struct judged **items, size_t n, double q)
{
    size_t hits = 0;

    if (n > 1)
        qsort(items, n, sizeof(struct judged *), by_p);
    for (size_t i = 0; i < n; i++) {
        items[i]->rank = i + 1;
        items[i]->family = n;
        if (judge_p(items[i]) <= q * (double)(i + 1) / (double)n)
            hits = i + 1;
    }
    for (size_t i = 0; i < n; i++)
        items[i]->is_hit = i < hits;
}
