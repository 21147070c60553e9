/* Evidence merged: groups of rows, in the order that both sides keep. */
#include <assert.h>
#include <string.h>

#include "shared/clock.h"
#include "shared/merge.h"

#include "shared/banned.h"

enum { COLUMNS_MAX = 64 };

/* Rows that stand together and share their key. */
struct group {
    struct str key, rows;
};

struct groups {
    struct group *item;
    size_t n, capacity;
    struct str header;
    struct str last_day; /* the largest; empty without a column `day` */
};

/* How many leading columns make a key; `*day`: which one the day is, from 1, 0: none.
 */
static size_t key_columns(struct str header, size_t *day)
{
    struct str column[COLUMNS_MAX];
    size_t n = str_split(header, '\t', column, COLUMNS_MAX);

    *day = 0;
    for (size_t i = 0; i < n && i < COLUMNS_MAX; i++) {
        if (!str_equal(column[i], str_of("day")))
            continue;
        *day = i + 1;
        return i + 1;
    }
    return 1;
}

static struct str key_of(struct str line, size_t columns)
{
    struct str key = {line.at, 0};

    for (size_t seen = 0; key.n < line.n; key.n++)
        if (line.at[key.n] == '\t' && ++seen == columns)
            break;
    return key;
}

static struct str day_of(struct str key)
{
    size_t start = key.n;

    while (start > 0 && key.at[start - 1] != '\t')
        start--;
    return (struct str){key.at + start, key.n - start};
}

static void read_groups(struct str bytes, struct arena *arena, struct groups *groups)
{
    struct str rest = bytes, line;
    size_t day, columns;

    *groups = (struct groups){0};
    if (!str_next_line(&rest, &groups->header))
        return;
    columns = key_columns(groups->header, &day);
    while (str_next_line(&rest, &line)) {
        struct str key = key_of(line, columns);

        if (groups->n > 0 && str_equal(groups->item[groups->n - 1].key, key)) {
            struct str *rows = &groups->item[groups->n - 1].rows;

            rows->n = (size_t)(line.at + line.n + 1 - rows->at);
            continue;
        }
        groups->item = arena_room(arena, groups->item, groups->n, &groups->capacity,
                                  sizeof *groups->item);
        groups->item[groups->n++] = (struct group){key, {line.at, line.n + 1}};
        if (day > 0 && str_compare(day_of(key), groups->last_day) > 0)
            groups->last_day = day_of(key);
    }
}

/* Both lists have one order: the key is looked for from where we are. */
static const struct group *find(const struct groups *groups, size_t from,
                                struct str key)
{
    for (size_t i = from; i < groups->n; i++)
        if (str_equal(groups->item[i].key, key))
            return &groups->item[i];
    return NULL;
}

static bool same(const struct group *x, const struct group *y)
{
    return x == y || (x && y && str_equal(x->rows, y->rows));
}

struct merging {
    struct groups base, a, b;
    int later; /* 1: a, 2: b, 0: neither */
    struct buf *out;
};

/* One key of the three. */
static bool add(const struct merging *merging, struct str key, const struct group *a,
                const struct group *b, struct err *err)
{
    const struct group *base = same(a, b) ? a : find(&merging->base, 0, key);
    const struct group *kept = a;

    if (!same(a, b) && same(a, base)) {
        kept = b;
    } else if (!same(a, b) && !same(b, base)) {
        if (merging->later == 0)
            return err_set(err, "'%.*s' differs on both sides of the same day",
                           (int)key.n, key.at);
        kept = merging->later == 1 ? a : b;
    }
    if (kept)
        buf_add(merging->out, kept->rows.at, kept->rows.n);
    return true;
}

static bool walk(const struct merging *merging, struct err *err)
{
    const struct groups *a = &merging->a, *b = &merging->b;
    size_t i = 0, j = 0;

    while (i < a->n || j < b->n) {
        const struct group *left = i < a->n ? &a->item[i] : NULL;
        const struct group *right = j < b->n ? &b->item[j] : NULL;
        bool take_left = left, take_right = right;

        if (left && right && !str_equal(left->key, right->key)) {
            bool left_comes = find(b, j, left->key) != NULL;
            bool right_comes = find(a, i, right->key) != NULL;

            // What the other side has later waits for it; unknown to both: by bytes.
            take_left = left_comes == right_comes
                            ? str_compare(left->key, right->key) < 0
                            : right_comes;
            take_right = !take_left;
        }
        assert(take_left ? left != NULL : right != NULL);
        if (!add(merging, take_left ? left->key : right->key, take_left ? left : NULL,
                 take_right ? right : NULL, err))
            return false;
        i += take_left;
        j += take_right;
    }
    return true;
}

bool merge_history(struct str base, struct str a, struct str b, struct buf *merged,
                   struct err *err)
{
    struct merging merging = {.out = merged};
    int order;

    read_groups(base, merged->arena, &merging.base);
    read_groups(a, merged->arena, &merging.a);
    read_groups(b, merged->arena, &merging.b);
    if (!str_equal(merging.a.header, merging.b.header) ||
        (base.n > 0 && !str_equal(merging.a.header, merging.base.header)))
        return err_set(err, "the headers differ");
    order = str_compare(merging.a.last_day, merging.b.last_day);
    merging.later = order > 0 ? 1 : order < 0 ? 2 : 0;
    buf_add(merged, merging.a.header.at, merging.a.header.n);
    buf_add_text(merged, "\n");
    return walk(&merging, err);
}

bool merge_checkpoint(struct str a, struct str b, struct arena *arena,
                      struct str *merged, struct err *err)
{
    struct groups left, right;
    int order;

    read_groups(a, arena, &left);
    read_groups(b, arena, &right);
    if (!str_equal(left.header, right.header))
        return err_set(err, "the headers differ");
    order = str_compare(left.last_day, right.last_day);
    if (order == 0)
        return err_set(err, "it differs on both sides of the same day");
    *merged = order > 0 ? a : b;
    return true;
}

/* ---- the catch log ---- */

enum { CATCH_DAY, CATCH_TOOL, CATCH_FINDING, CATCH_VERDICT, CATCH_COLUMNS = 6 };

static bool read_catch(struct str line, struct str field[CATCH_COLUMNS])
{
    return str_split(line, '\t', field, CATCH_COLUMNS) == CATCH_COLUMNS;
}

static int catch_order(const struct str a[CATCH_COLUMNS],
                       const struct str b[CATCH_COLUMNS])
{
    int order = str_compare(a[CATCH_DAY], b[CATCH_DAY]);

    if (order == 0)
        order = str_compare(a[CATCH_FINDING], b[CATCH_FINDING]);
    return order != 0 ? order : str_compare(a[CATCH_TOOL], b[CATCH_TOOL]);
}

static bool choose_catch(struct str a, const struct str fa[CATCH_COLUMNS], struct str b,
                         const struct str fb[CATCH_COLUMNS], struct str *kept,
                         struct err *err)
{
    struct str open = str_of("?");

    *kept = a;
    if (str_equal(a, b) || str_equal(fb[CATCH_VERDICT], open)) {
        if (str_equal(fa[CATCH_VERDICT], open) && str_compare(b, a) > 0)
            *kept = b; // two open lines: the one with more said, whichever side
        return true;
    }
    *kept = b;
    if (str_equal(fa[CATCH_VERDICT], open))
        return true;
    *kept = str_compare(a, b) > 0 ? a : b;
    return str_equal(fa[CATCH_VERDICT], fb[CATCH_VERDICT]) ||
           err_set(err, "'%.*s' of %.*s has two verdicts", (int)fa[CATCH_FINDING].n,
                   fa[CATCH_FINDING].at, (int)fa[CATCH_DAY].n, fa[CATCH_DAY].at);
}

bool merge_catches(struct str a, struct str b, struct buf *merged, struct err *err)
{
    struct str left, right, fa[CATCH_COLUMNS], fb[CATCH_COLUMNS];
    bool has_left, has_right;

    if (!str_next_line(&a, &left) || !str_next_line(&b, &right) ||
        !str_equal(left, right))
        return err_set(err, "the headers differ");
    buf_add(merged, left.at, left.n);
    buf_add_text(merged, "\n");
    has_left = str_next_line(&a, &left);
    has_right = str_next_line(&b, &right);
    while (has_left || has_right) {
        struct str kept;
        int order;

        if ((has_left && !read_catch(left, fa)) ||
            (has_right && !read_catch(right, fb)))
            return err_set(err, "a line has not %d columns", CATCH_COLUMNS);
        order = !has_left ? 1 : !has_right ? -1 : catch_order(fa, fb);
        kept = order < 0 ? left : right;
        if (order == 0 && !choose_catch(left, fa, right, fb, &kept, err))
            return false;
        buf_add(merged, kept.at, kept.n);
        buf_add_text(merged, "\n");
        if (order <= 0)
            has_left = str_next_line(&a, &left);
        if (order >= 0)
            has_right = str_next_line(&b, &right);
    }
    return true;
}
