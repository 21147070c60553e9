/* Changes as lines, and as JSON. */
#include <string.h>

#include "shared/changes.h"
#include "shared/changes_internal.h"
#include "shared/clock.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

const char *changes_verdict(const struct tool_change *tool, bool is_now)
{
    static const char *const words[] = {"ok", "warning", "critical", "unknown"};

    if (!(is_now ? tool->has_now : tool->has_before))
        return "none";
    return words[is_now ? tool->now : tool->before];
}

bool changes_has_moved(const struct tool_change *tool)
{
    return tool->before != tool->now || tool->has_before != tool->has_now;
}

static void add_number(struct buf *out, const char *value, const char *unit)
{
    buf_printf(out, "%s%s%s", value, unit[0] != '\0' ? " " : "", unit);
}

const char *changes_finding_words(const struct finding_change *change,
                                  struct arena *arena)
{
    const char *word = change_word(change->change);

    return change->reason ? str_format(arena, "%s (%s)", word, change->reason) : word;
}

void changes_add_finding(const struct finding_change *change, struct buf *out)
{
    static const char signs[] = {'+', '+', '~', '~', '-', '~', '~'};

    buf_printf(out, "%c %s %s: ", signs[change->change], severity_word(change->now),
               change->id);
    switch (change->change) {
    case CHANGE_RESOLVED:
    case CHANGE_MUTED:
    case CHANGE_UNMUTED:
        buf_add_text(out, changes_finding_words(change, out->arena));
        return;
    case CHANGE_ESCALATED:
    case CHANGE_EASED:
        buf_printf(out, "%s from %s, ", change_word(change->change),
                   severity_word(change->before));
        break;
    case CHANGE_CHANGED:
    case CHANGE_NEW:
    case CHANGE_COUNT: break;
    }
    if (change->value_now[0] == '\0') {
        buf_add_text(out, change->message);
    } else if (change->change == CHANGE_CHANGED && change->value_before[0] != '\0') {
        add_number(out, change->value_before, change->unit);
        buf_add_text(out, " -> ");
        add_number(out, change->value_now, change->unit);
    } else {
        add_number(out, change->value_now, change->unit);
    }
    if (change->limit_now[0] != '\0') {
        buf_add_text(out, ", limit ");
        add_number(out, change->limit_now, change->unit);
    }
    buf_printf(out, ", since %s", day_text(change->since).text);
}

void changes_add_fact(const struct fact_change *change, struct buf *out)
{
    buf_printf(out, "~ %s %s: ", change->tool, change->pointer);
    if (change->from[0] == '\0')
        buf_add_text(out, "(none)");
    else
        add_number(out, change->from, change->unit);
    buf_add_text(out, " -> ");
    if (change->to[0] == '\0')
        buf_add_text(out, "(none)");
    else
        add_number(out, change->to, change->unit);
}

/* The newest day of either side; false: no state at all. */
static bool newest(const struct changes *changes, bool is_now, int32_t *day)
{
    bool has_any = false;

    for (size_t t = 0; t < TOOL_COUNT; t++) {
        const struct tool_change *tool = &changes->tool[t];
        int32_t of = is_now ? tool->through_now : tool->through_before;

        if (!(is_now ? tool->has_now : tool->has_before))
            continue;
        *day = !has_any || of > *day ? of : *day;
        has_any = true;
    }
    return has_any;
}

struct day_text changes_through(const struct changes *changes, bool is_now)
{
    int32_t day;

    return newest(changes, is_now, &day) ? day_text(day) : (struct day_text){"none"};
}

/* Whether a fact is of tool `t`, which had no state before: all of it is new then. */
static bool is_of_first_state(const struct changes *changes,
                              const struct fact_change *fact, size_t t)
{
    return !changes->tool[t].has_before && strcmp(fact->tool, tool_names[t]) == 0;
}

static bool is_counted(const struct changes *changes, const struct fact_change *fact)
{
    for (size_t t = 0; t < TOOL_COUNT; t++)
        if (is_of_first_state(changes, fact, t))
            return true;
    return false;
}

/* A first state is a line a tool, not a line a fact. */
static void add_first_states(const struct changes *changes, struct buf *out)
{
    for (size_t t = 0; t < TOOL_COUNT; t++) {
        size_t n = 0;

        for (size_t i = 0; i < changes->nfacts; i++)
            n += is_of_first_state(changes, &changes->fact[i], t) ? 1 : 0;
        if (n > 0)
            buf_printf(out, "~ %s: %zu %s, there was no state before\n", tool_names[t],
                       n, n == 1 ? "fact" : "facts");
    }
}

/* States may be anybody's: a line is made fit to print. */
static void add_line(const struct buf *line, struct buf *out)
{
    buf_add_text(out, text_safe(out->arena, line->at, line->n, SIZE_MAX));
    buf_add_text(out, "\n");
}

void changes_format_text(const struct changes *changes, const char *from,
                         const char *to, struct buf *out)
{
    struct buf line;

    buf_printf(out, "state diff %s -> %s, through %s -> %s\n", from, to,
               changes_through(changes, false).text,
               changes_through(changes, true).text);
    for (size_t t = 0; t < TOOL_COUNT; t++) {
        const struct tool_change *tool = &changes->tool[t];

        if (!changes_has_moved(tool))
            continue;
        for (const char *at = tool_names[t]; *at; at++) {
            char upper = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;

            buf_add(out, &upper, 1);
        }
        buf_printf(out, " %s -> %s\n", changes_verdict(tool, false),
                   changes_verdict(tool, true));
    }
    for (size_t i = 0; i < changes->nfindings; i++) {
        buf_init(&line, out->arena, REPORT_BYTES_MAX);
        changes_add_finding(&changes->finding[i], &line);
        add_line(&line, out);
    }
    for (size_t i = 0; i < changes->nfacts; i++) {
        if (is_counted(changes, &changes->fact[i]))
            continue;
        buf_init(&line, out->arena, REPORT_BYTES_MAX);
        changes_add_fact(&changes->fact[i], &line);
        add_line(&line, out);
    }
    add_first_states(changes, out);
}

/* ---- JSON ---- */

static json_t *side_to_json(const struct changes *changes, bool is_now,
                            const char *name)
{
    json_t *object = json_object();
    int32_t day;

    json_put(object, "name", json_string(name));
    json_put(object, "through",
             newest(changes, is_now, &day) ? json_string(day_text(day).text)
                                           : json_null());
    return object;
}

static json_t *finding_to_json(const struct finding_change *change)
{
    json_t *object = json_object();

    json_put(object, "id", json_string(change->id));
    json_put(object, "change", json_string(change_word(change->change)));
    json_put(object, "severity_from",
             change->had ? json_string(severity_word(change->before)) : json_null());
    json_put(object, "severity_to",
             change->has ? json_string(severity_word(change->now)) : json_null());
    json_put(object, "value_from",
             change->had ? json_string(change->value_before) : json_null());
    json_put(object, "value_to",
             change->has ? json_string(change->value_now) : json_null());
    json_put(object, "unit", json_string(change->unit));
    json_put(object, "message", json_string(change->message));
    json_put(object, "since", json_string(day_text(change->since).text));
    return object;
}

static json_t *fact_to_json(const struct fact_change *change)
{
    json_t *object = json_object();

    json_put(object, "tool", json_string(change->tool));
    json_put(object, "pointer", json_string(change->pointer));
    json_put(object, "from", json_string(change->from));
    json_put(object, "to", json_string(change->to));
    json_put(object, "unit", json_string(change->unit));
    return object;
}

static json_t *tools_to_json(const struct changes *changes)
{
    json_t *all = json_object();

    for (size_t t = 0; t < TOOL_COUNT; t++) {
        const struct tool_change *tool = &changes->tool[t];
        json_t *verdicts;

        if (!tool->has_before && !tool->has_now)
            continue;
        verdicts = json_object();
        json_put(verdicts, "from",
                 tool->has_before ? json_string(verdict_word(tool->before))
                                  : json_null());
        json_put(verdicts, "to",
                 tool->has_now ? json_string(verdict_word(tool->now)) : json_null());
        json_put(all, tool_names[t], verdicts);
    }
    return all;
}

json_t *changes_to_json(const struct changes *changes, const char *from, const char *to)
{
    json_t *root = json_object();
    json_t *findings = json_array(), *facts = json_array(), *counts = json_object();

    for (size_t i = 0; i < changes->nfindings; i++)
        json_push(findings, finding_to_json(&changes->finding[i]));
    for (size_t i = 0; i < changes->nfacts; i++)
        json_push(facts, fact_to_json(&changes->fact[i]));
    for (int c = 0; c < CHANGE_COUNT; c++)
        json_put(counts, change_word((enum change)c), json_integer(changes->count[c]));
    json_put(counts, "facts", json_integer((json_int_t)changes->nfacts));
    json_put(root, "schema", json_integer(1));
    json_put(root, "from", side_to_json(changes, false, from));
    json_put(root, "to", side_to_json(changes, true, to));
    json_put(root, "tools", tools_to_json(changes));
    json_put(root, "findings", findings);
    json_put(root, "facts", facts);
    json_put(root, "files", json_array());
    json_put(root, "counts", counts);
    return root;
}
