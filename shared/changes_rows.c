/* Changes as rows of a table: what people read in a report, whatever it is written in.
 */
#include <string.h>

#include "shared/changes_internal.h"

#include "shared/banned.h"

static const char *with_unit(const char *value, const char *unit, struct arena *arena)
{
    return value[0] == '\0' || unit[0] == '\0'
               ? value
               : str_format(arena, "%s %s", value, unit);
}

static struct change_row finding_row(const struct finding_change *change,
                                     struct arena *arena)
{
    const char *word = change_word(change->change);
    struct change_row row = {.kind = word,
                             .name = change->id,
                             .about = change->message,
                             .before =
                                 with_unit(change->value_before, change->unit, arena),
                             .now = with_unit(change->value_now, change->unit, arena)};

    switch (change->change) {
    case CHANGE_NEW:
        row.kind = str_format(arena, "%s %s", word, severity_word(change->now));
        break;
    case CHANGE_ESCALATED:
    case CHANGE_EASED:
        row.kind = str_format(arena, "%s to %s", word, severity_word(change->now));
        break;
    case CHANGE_CHANGED:
    case CHANGE_RESOLVED:
    case CHANGE_MUTED:
    case CHANGE_UNMUTED:
    case CHANGE_COUNT: break;
    }
    return row;
}

/* A key without its unit, as words: `p_best_bp` is "p best". */
static const char *key_words(struct str key, struct arena *arena)
{
    static const struct str units[] = {{"_bp", 3},    {"_ppm", 4}, {"_x100", 5},
                                       {"_x1000", 6}, {"_ms", 3},  {"_bytes", 6},
                                       {"_days", 5}};
    char *words;

    if (str_equal(key, STR("weights_bp")))
        return "weight";
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (str_ends(key, units[i])) {
            key.n -= units[i].n;
            break;
        }
    words = str_copy(arena, key.at, key.n);
    for (char *at = words; *at; at++)
        *at = *at == '_' ? ' ' : *at;
    return words;
}

/* "/experiments/cta/weights_bp/b": weight of cta, arm b. */
static bool experiment_row(const char *pointer, struct change_row *row,
                           struct arena *arena)
{
    struct str field[5];
    size_t n = str_split(str_of(pointer), '/', field, 5);

    if (n < 4 || n > 5 || !str_equal(field[1], STR("experiments")))
        return false;
    row->kind = key_words(field[3], arena);
    row->about = str_copy(arena, field[2].at, field[2].n);
    if (n == 5)
        row->about =
            str_format(arena, "%s, arm %.*s", row->about, (int)field[4].n, field[4].at);
    return true;
}

/* "/coverage/shop/de/translated": coverage of shop/de, translated. */
static bool coverage_row(const char *pointer, struct change_row *row,
                         struct arena *arena)
{
    static const char head[] = "/coverage/";
    const char *key = strrchr(pointer, '/');
    const char *set = pointer + strlen(head);

    if (strncmp(pointer, head, strlen(head)) != 0 || key < set)
        return false;
    row->kind = "coverage";
    row->about = str_format(arena, "%.*s, %s", (int)(key - set), set, key + 1);
    return true;
}

static struct change_row fact_row(const struct fact_change *change, struct arena *arena)
{
    struct change_row row = {.kind = "fact",
                             .name = change->tool,
                             .about = change->pointer,
                             .before = with_unit(change->from, change->unit, arena),
                             .now = with_unit(change->to, change->unit, arena)};

    if (strcmp(change->tool, "bandit") == 0)
        (void)experiment_row(change->pointer, &row, arena);
    else if (strcmp(change->tool, "i18ncheck") == 0)
        (void)coverage_row(change->pointer, &row, arena);
    return row;
}

size_t changes_rows(const struct changes *changes)
{
    return changes->nfindings + changes->nfacts;
}

struct change_row changes_row(const struct changes *changes, size_t i,
                              struct arena *arena)
{
    return i < changes->nfindings
               ? finding_row(&changes->finding[i], arena)
               : fact_row(&changes->fact[i - changes->nfindings], arena);
}
