/*
 * Why a category's score moved: the points that each audit gained or cost (perfcheck.md
 * 8). They sum to the change before rounding, also when an audit became applicable.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "perfcheck/measure.h"

#include "shared/banned.h"

static int by_id(const void *a, const void *b)
{
    const struct weighed *const *x = a, *const *y = b;

    return strcmp((*x)->id, (*y)->id);
}

/* One of the two lists, by id. */
struct side {
    const struct weighed **audit;
    size_t n;
    double weights; /* in that order, so that the file's order changes no digit */
};

static struct side side_of(const struct weighed *audit, size_t n, struct arena *arena)
{
    struct side side = {arena_new(arena, const struct weighed *, n), n, 0};

    for (size_t i = 0; i < n; i++)
        side.audit[i] = &audit[i];
    if (n > 0)
        qsort(side.audit, n, sizeof(const struct weighed *), by_id);
    for (size_t i = 0; i < n; i++)
        side.weights += side.audit[i]->weight;
    return side;
}

/* Of 100 points, those that an audit of this weight and score brings. */
static double share(const struct weighed *audit, double score, double weights)
{
    return audit && weights > 0 ? 100 * audit->weight * score / weights : 0;
}

/* `before` or `after` is NULL where the audit has no weight. */
static struct term term_of(const struct weighed *before, double weights_before,
                           const struct weighed *after, double weights_after)
{
    const struct weighed *either = after ? after : before;
    struct term term;

    assert(either);
    term = (struct term){
        .id = either->id,
        .is_set = !before || !after || before->weight != after->weight,
        .weight = either->weight,
        .points = share(after, after ? after->score : 0, weights_after) -
                  share(before, before ? before->score : 0, weights_before),
        .raw_points = share(after, after ? after->raw : 0, weights_after) -
                      share(before, before ? before->raw : 0, weights_before),
    };

    if (before) {
        term.before_value = before->value;
        term.before_score = (struct estimate){true, before->score};
    }
    if (after) {
        term.after_value = after->value;
        term.after_score = (struct estimate){true, after->score};
    }
    return term;
}

static int by_points(const void *a, const void *b)
{
    const struct term *x = a, *y = b;

    if (fabs(x->points) != fabs(y->points))
        return fabs(x->points) > fabs(y->points) ? -1 : 1;
    return strcmp(x->id, y->id);
}

// NOLINTNEXTLINE(readability-function-size): two sides of three
struct explanation explain_scores(const struct weighed *before, size_t nbefore,
                                  double score_before, const struct weighed *after,
                                  size_t nafter, double score_after,
                                  struct arena *arena)
{
    struct side old = side_of(before, nbefore, arena),
                new = side_of(after, nafter, arena);
    struct explanation explanation = {arena_new(arena, struct term, nbefore + nafter),
                                      0, 0};
    double sum = 0;

    for (size_t i = 0, j = 0; i < old.n || j < new.n;) {
        int order = i == old.n   ? 1
                    : j == new.n ? -1
                                 : strcmp(old.audit[i]->id, new.audit[j]->id);
        struct term term = term_of(order <= 0 ? old.audit[i] : NULL, old.weights,
                                   order >= 0 ? new.audit[j] : NULL, new.weights);

        i += order <= 0;
        j += order >= 0;
        sum += term.points;
        if (term.points != 0)
            explanation.term[explanation.n++] = term;
    }
    if (explanation.n > 0)
        qsort(explanation.term, explanation.n, sizeof *explanation.term, by_points);
    explanation.residue = 100 * (score_after - score_before) - sum;
    return explanation;
}
