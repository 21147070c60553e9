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
    const char *word = changes_finding_words(change, arena);
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

/* Numbers that the bandit writes anew when a decision moves (docs/state.md): its table
 * has them, and thirty rows of them would hide the decision. */
static bool is_evidence(struct str key)
{
    static const char *const keys[] = {"before_bp",    "conversions",
                                       "e_value_x100", "evidence_through",
                                       "lift_bp",      "mean_x10000",
                                       "p_best_bp",    "rate_ppm",
                                       "srm_p",        "streak",
                                       "units",        "version"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (str_equal(key, str_of(keys[i])))
            return true;
    return false;
}

enum { FIELDS = 5 }; // "", "experiments", id, key, and an arm or a member

/* How many fields "/experiments/cta/weights_bp/b" has; 0: it is no such pointer. */
static size_t split_experiment(const char *pointer, struct str field[FIELDS])
{
    size_t n = str_split(str_of(pointer), '/', field, FIELDS);

    return n >= 4 && n <= FIELDS && str_equal(field[1], STR("experiments")) ? n : 0;
}

/* Weight of cta, arm b. */
static void experiment_row(const char *pointer, struct change_row *row,
                           struct arena *arena)
{
    struct str field[FIELDS];
    size_t n = split_experiment(pointer, field);

    if (n == 0)
        return;
    row->kind = key_words(field[3], arena);
    row->about = str_copy(arena, field[2].at, field[2].n);
    if (n == FIELDS)
        row->about = str_format(arena, "%s, %s%.*s", row->about,
                                str_equal(field[3], STR("promotion")) ? "" : "arm ",
                                (int)field[4].n, field[4].at);
}

/* "/coverage/shop/de/translated": coverage of shop/de, translated. */
static void coverage_row(const char *pointer, struct change_row *row,
                         struct arena *arena)
{
    static const char head[] = "/coverage/";
    const char *key = strrchr(pointer, '/');
    const char *set = pointer + strlen(head);

    if (strncmp(pointer, head, strlen(head)) != 0 || key < set)
        return;
    row->kind = "coverage";
    row->about = str_format(arena, "%.*s, %s", (int)(key - set), set, key + 1);
}

static struct change_row fact_row(const struct fact_change *change, struct arena *arena)
{
    struct change_row row = {.kind = "fact",
                             .name = change->tool,
                             .about = change->pointer,
                             .before = with_unit(change->from, change->unit, arena),
                             .now = with_unit(change->to, change->unit, arena)};

    if (strcmp(change->tool, "bandit") == 0)
        experiment_row(change->pointer, &row, arena);
    else if (strcmp(change->tool, "i18ncheck") == 0)
        coverage_row(change->pointer, &row, arena);
    return row;
}

static bool is_evidence_fact(const struct fact_change *change)
{
    struct str field[FIELDS];

    return strcmp(change->tool, "bandit") == 0 &&
           split_experiment(change->pointer, field) > 0 && is_evidence(field[3]);
}

struct change_rows changes_rows(const struct changes *changes, struct arena *arena)
{
    size_t most = changes->nfindings + changes->nfacts + 1, numbers = 0, n = 0;
    struct change_row *row = arena_new(arena, struct change_row, most);

    for (size_t i = 0; i < changes->nfindings; i++)
        row[n++] = finding_row(&changes->finding[i], arena);
    for (size_t i = 0; i < changes->nfacts; i++) {
        if (is_evidence_fact(&changes->fact[i]))
            numbers++;
        else
            row[n++] = fact_row(&changes->fact[i], arena);
    }
    if (numbers > 0)
        row[n++] =
            (struct change_row){.kind = "evidence",
                                .name = "bandit",
                                .about =
                                    str_format(arena, "%zu number%s behind the weights",
                                               numbers, numbers == 1 ? "" : "s"),
                                .before = "",
                                .now = ""};
    return (struct change_rows){row, n};
}
