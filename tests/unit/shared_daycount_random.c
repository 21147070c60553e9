/* Daily counts of random rows: against a slow program that follows the definitions word
 * by word, and against themselves in another order, twice over, and a day at a time. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/shared_daycount.h"

// Sorted by name it would not come last.
#include "shared/banned.h"

static void assert_same_cells(const struct day_cells *a, const struct day_cells *b,
                              size_t ndays)
{
    for (size_t i = 0; i < ndays; i++) {
        assert_int_equal(a[i].day, b[i].day);
        assert_int_equal(a[i].units, b[i].units);
        assert_memory_equal(a[i].kind_units, b[i].kind_units, sizeof a[i].kind_units);
        for (size_t d = 0; d < DIMENSION_COUNT; d++) {
            const struct day_dimension *x = &a[i].dimension[d];
            const struct day_dimension *y = &b[i].dimension[d];

            assert_int_equal(x->nvalues, y->nvalues);
            for (size_t v = 0; v < x->nvalues; v++)
                assert_true(str_equal(x->value[v], y->value[v]));
            for (size_t c = 0; c < x->nvalues * COUNTED; c++) {
                assert_int_equal(x->affected[c], y->affected[c]);
                assert_int_equal(x->exposed[c], y->exposed[c]);
            }
        }
    }
}

/* A small generator for tests: Vigna's splitmix64, any seed will do. */
static uint64_t random_next(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15U;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

static size_t below(uint64_t *seed, size_t n)
{
    return (size_t)(random_next(seed) % n);
}

static struct row row_random(uint64_t *seed)
{
    static const char *const pages[] = {"", "/", "/cart", "/a", "/pay", "/b"};
    static const char *const errors[] = {"", "", "TypeError", "RangeError"};
    static const char *const browsers[] = {"", "Firefox", "Chrome"};
    static const char *const releases[] = {"", "1", "2"};
    uint64_t unit = below(seed, 12);
    // half of them close together, so that there are patterns, and rows of one instant
    size_t minutes = below(seed, 2) == 0 ? 10 : (size_t)71 * 60;
    struct row row = row_of(unit, (int64_t)below(seed, minutes) * MINUTE,
                            (enum kind)below(seed, KIND_COUNT), pages[below(seed, 6)]);

    row.unit_is_user = unit < 6;
    row.kinds |= 1U << (below(seed, 2) == 0 ? KIND_PAGEVIEW
                                            : (enum kind)below(seed, KIND_COUNT));
    row.error = str_of(errors[below(seed, 4)]);
    row.browser = str_of(browsers[below(seed, 3)]);
    row.release = str_of(releases[below(seed, 3)]);
    row.referrer_host = str_of(own_hosts[below(seed, 2)]);
    if (below(seed, 2) == 0)
        row = row_with(row, NUMBER_LCP, (double)below(seed, 5000));
    if (below(seed, 2) == 0)
        row = row_with(row, NUMBER_STATUS, (double)(404 + 96 * below(seed, 2)));
    if (below(seed, 3) == 0)
        row.custom = 1 << DECIDED | 1 << EXCEPTION; // the second is not its to decide
    return row;
}

static void shuffle(struct row *rows, size_t n, uint64_t *seed)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = below(seed, i);
        struct row kept = rows[i - 1];

        rows[i - 1] = rows[j];
        rows[j] = kept;
    }
}

/* The slow program. It shares the definitions with the tested one and nothing else. */

struct slow_row {
    const struct row *row;
    size_t day;
    size_t unit; /* a name for the unit-day, the same for all its rows */
};

struct slow {
    const struct slow_row *row;
    size_t n;
    size_t day;
};

static bool slow_matches(const struct predicate *p, const struct row *row)
{
    bool own = false;

    for (size_t i = 0; i < 2; i++)
        own = own || str_equal(row->referrer_host, str_of(own_hosts[i]));
    if (p->given)
        return p == &predicates[DECIDED] && (row->custom >> DECIDED & 1) != 0;
    return (p->kinds == 0 || (p->kinds & row->kinds) != 0) &&
           (!p->has_number ||
            (row_has_number(row, p->which) && row->number[p->which] > p->above &&
             row->number[p->which] <= p->at_most)) &&
           (!p->own_referrer || own);
}

static bool slow_matches_any(uint64_t mask, const struct row *row)
{
    for (size_t i = 0; i < PREDICATES; i++) {
        if ((mask >> i & 1) != 0 && slow_matches(&predicates[i], row))
            return true;
    }
    return false;
}

/* Names the units: rows of one unit and day, those of a user only when no gap over 30
 * minutes lies between. The rows are in order of time. */
static void slow_units(struct slow_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        rows[i].unit = i;
        for (size_t j = i; j-- > 0;) {
            if (rows[j].row->unit != rows[i].row->unit || rows[j].day != rows[i].day)
                continue;
            if (!rows[i].row->unit_is_user ||
                rows[i].row->time_ms - rows[j].row->time_ms <= 30 * MINUTE)
                rows[i].unit = rows[j].unit;
            break;
        }
    }
}

static struct str slow_value(const struct row *row, enum dimension dimension)
{
    switch (dimension) {
    case DIMENSION_SITE: return STR("site");
    case DIMENSION_PAGE: return row->page;
    case DIMENSION_BROWSER: return row->browser;
    case DIMENSION_DEVICE: return row->device;
    case DIMENSION_RELEASE: return row->release;
    case DIMENSION_ERROR: return row->error;
    case DIMENSION_COUNT: break;
    }
    return STR("");
}

/* Whether rows i < j < k of one unit are a pattern that counts in `value`. */
static bool slow_is_pattern(const struct row *const three[3], enum dimension dimension,
                            struct str value, const struct counted *what)
{
    bool back = str_equal(three[0]->page, three[2]->page) &&
                !str_equal(three[0]->page, three[1]->page);
    bool retry = str_equal(three[0]->page, three[1]->page) &&
                 str_equal(three[0]->page, three[2]->page);

    return (what->form == FORM_BACK ? back : retry) && three[0]->page.n > 0 &&
           three[1]->page.n > 0 &&
           three[2]->time_ms - three[0]->time_ms <= what->window_ms &&
           str_equal(value,
                     slow_value(three[dimension == DIMENSION_PAGE ? 1 : 2], dimension));
}

static bool slow_has_pattern(const struct slow *slow, size_t unit,
                             enum dimension dimension, struct str value,
                             const struct counted *what)
{
    const struct row *three[3];

    if (dimension == DIMENSION_ERROR)
        return false;
    for (size_t end = unit; end < slow->n; end++) {
        size_t found = 0;

        for (size_t i = end + 1; i-- > unit && found < 3;)
            if (slow->row[i].unit == unit &&
                slow_matches_any(what->exposed, slow->row[i].row))
                three[2 - found++] = slow->row[i].row;
        if (found == 3 && slow_is_pattern(three, dimension, value, what))
            return true;
    }
    return false;
}

/* Whether a unit-day has, among its rows with `value`, one of the masks of `what`, and
 * no row at all of `ended`. */
static bool slow_counts(const struct slow *slow, size_t unit, enum dimension dimension,
                        struct str value, const struct counted *what, bool affected)
{
    bool began = false;
    bool failed = false;
    bool ended = false;
    bool exposed = false;

    for (size_t i = unit; i < slow->n; i++) {
        const struct row *row = slow->row[i].row;

        if (slow->row[i].unit != unit)
            continue;
        ended = ended || slow_matches_any(what->ended, row);
        if (!str_equal(slow_value(row, dimension), value))
            continue;
        began = began || slow_matches_any(what->affected, row);
        failed = failed || slow_matches_any(what->failed, row);
        exposed = exposed || slow_matches_any(what->exposed, row);
    }
    if (!affected)
        return exposed;
    if (what->form != FORM_ROWS)
        began = slow_has_pattern(slow, unit, dimension, value, what);
    if (what->within && (!exposed || dimension == DIMENSION_ERROR))
        return false;
    return (began && !ended) || failed;
}

static int64_t slow_count(const struct slow *slow, enum dimension dimension,
                          struct str value, const struct counted *what, bool affected)
{
    int64_t units = 0;

    for (size_t u = 0; u < slow->n; u++)
        units += slow->row[u].unit == u && slow->row[u].day == slow->day &&
                 slow_counts(slow, u, dimension, value, what, affected);
    return units;
}

static int by_time(const void *a, const void *b)
{
    const struct slow_row *x = a;
    const struct slow_row *y = b;

    if (x->row->time_ms == y->row->time_ms)
        return (x->row->id > y->row->id) - (x->row->id < y->row->id);
    return x->row->time_ms > y->row->time_ms ? 1 : -1;
}

static void random_rows_count_as_the_definitions_say(void **state)
{
    enum { N = 400 };
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row rows[N];
    struct slow_row slow[N];
    uint64_t seed = 1;
    size_t cells = 0;
    int64_t patterns[COUNTED] = {0};

    for (size_t i = 0; i < N; i++) {
        rows[i] = row_random(&seed);
        slow[i] = (struct slow_row){.row = &rows[i]};
        while (rows[i].time_ms >= at_ms[slow[i].day + 1])
            slow[i].day++;
    }
    qsort(slow, N, sizeof slow[0], by_time);
    slow_units(slow, N);
    count(f, &plan, rows, N);
    for (size_t day = 0; day < DAYS; day++) {
        const struct slow today = {slow, N, day};
        int64_t units = 0;

        for (size_t i = 0; i < N; i++)
            units += slow[i].unit == i && slow[i].day == day;
        assert_int_equal(f->days[day].units, units);
        for (size_t c = COUNT_BACK; c <= COUNT_RETRY; c++)
            patterns[c] += f->days[day].dimension[DIMENSION_SITE].affected[c];
        for (size_t d = 0; d < DIMENSION_COUNT; d++) {
            const struct day_dimension *out = &f->days[day].dimension[d];

            cells += out->nvalues * COUNTED;
            for (size_t c = 0; c < out->nvalues * COUNTED; c++) {
                const struct counted *what = &counted[c % COUNTED];
                struct str value = out->value[c / COUNTED];
                bool is_error = d == DIMENSION_ERROR;

                assert_int_equal(out->affected[c], slow_count(&today, (enum dimension)d,
                                                              value, what, true));
                assert_int_equal(
                    out->exposed[c],
                    slow_count(&today, is_error ? DIMENSION_SITE : (enum dimension)d,
                               is_error ? STR("site") : value, what, false));
            }
        }
    }
    assert_true(patterns[COUNT_BACK] > 1 && patterns[COUNT_RETRY] > 1);
    // per day: site, 5 pages, 2 errors, 2 browsers, 2 releases
    assert_int_equal(cells, 3 * (1 + 5 + 2 + 2 + 2) * COUNTED);
}

static void shuffled_and_repeated_rows_count_the_same(void **state)
{
    enum { N = 3000 };
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row *rows = arena_new(&f->arena, struct row, 2 * (size_t)N);
    uint64_t seed = 2;
    struct day_cells *before;

    for (size_t i = 0; i < N; i++) {
        rows[i] = row_random(&seed);
        // same unit, id and time, yet another row: only the rest can order them
        if (i > 0 && i % 10 == 0) {
            rows[i].unit = rows[i - 1].unit;
            rows[i].unit_is_user = rows[i - 1].unit_is_user;
            rows[i].id = rows[i - 1].id;
            rows[i].time_ms = rows[i - 1].time_ms;
            rows[i].kinds = rows[i - 1].kinds;
            rows[i].numbers = rows[i - 1].numbers = 0;
        }
    }
    count(f, &plan, rows, N);
    before = f->days;
    for (int round = 0; round < 5; round++) {
        shuffle(rows, N, &seed);
        count(f, &plan, rows, N);
        assert_same_cells(before, f->days, DAYS);
        for (size_t day = 0; day < DAYS; day++)
            assert_int_equal(before[day].duplicates, f->days[day].duplicates);
    }
    memcpy(rows + N, rows, N * sizeof *rows);
    shuffle(rows, 2 * (size_t)N, &seed);
    count(f, &plan, rows, 2 * (size_t)N);
    assert_same_cells(before, f->days, DAYS);
    assert_int_equal(f->days[0].duplicates + f->days[1].duplicates +
                         f->days[2].duplicates,
                     N + before[0].duplicates + before[1].duplicates +
                         before[2].duplicates);
}

static void a_day_counts_the_same_in_any_span(void **state)
{
    enum { N = 2000 };
    struct fixture *f = *state;
    struct daycount_plan plan = plan_new();
    struct row *rows = arena_new(&f->arena, struct row, N);
    uint64_t seed = 3;
    struct day_cells *whole;

    for (size_t i = 0; i < N; i++) {
        rows[i] = row_random(&seed);
        if (i % 5 == 4)
            rows[i].id = rows[i - 1].id; // also across midnight
    }
    count(f, &plan, rows, N);
    whole = f->days;
    for (size_t day = 0; day < DAYS; day++) {
        plan.bounds = (struct day_bounds){FIRST_DAY + (int32_t)day, 1, at_ms + day};
        daycount_start(f->counts, &plan);
        for (size_t i = 0; i < N; i++) {
            if (rows[i].time_ms >= at_ms[day] && rows[i].time_ms < at_ms[day + 1])
                add(f, &rows[i]);
        }
        finish(f);
        assert_same_cells(whole + day, f->days, 1);
        assert_int_equal(whole[day].duplicates, f->days[0].duplicates);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(random_rows_count_as_the_definitions_say),
        CASE(shuffled_and_repeated_rows_count_the_same),
        CASE(a_day_counts_the_same_in_any_span),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
