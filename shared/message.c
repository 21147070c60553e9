/* The commit message of a run. */
#include "shared/message.h"

#include <string.h>

#include "shared/clock.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

enum {
    SUBJECT_MAX = 72,
    BODY_LINES_MAX = 20,
    LINE_MAX_CHARACTERS = 200, // an id, two values and a limit, each capped in state
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whether `text` has an address of an issue or request up to its sign `i`, a '/'. */
static bool ends_forge_path(const char *text, size_t i)
{
    static const char *const parts[] = {"/issues", "/pull", "/merge_requests"};
    struct str before = {text, i};

    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++)
        if (str_ends(before, str_of(parts[p])))
            return true;
    return false;
}

/* Whether forges would act on what begins at `text[i]`: @name, #1, GH-1, /issues/1,
 * [skip ci], ***NO_CI***. A space behind that sign takes the meaning away. */
static bool is_command(const char *text, size_t i)
{
    char next = text[i + 1];

    switch (text[i]) {
    case '@':
    case '#':
    case '[': return next != '\0' && next != ' ';
    case '*': return next == '*';
    case '/': return is_digit(next) && ends_forge_path(text, i);
    case '-':
        return i >= 2 && (text[i - 2] == 'g' || text[i - 2] == 'G') &&
               (text[i - 1] == 'h' || text[i - 1] == 'H') && is_digit(next);
    default: return false;
    }
}

/* One line of outside text, at most `most` characters. */
static void add_line(struct buf *out, struct str line, size_t most)
{
    const char *safe = text_safe(out->arena, line.at, line.n, most);

    for (size_t i = 0; safe[i] != '\0'; i++) {
        buf_add(out, &safe[i], 1);
        if (is_command(safe, i))
            buf_add_text(out, " ");
    }
    buf_add_text(out, "\n");
}

/* New documents say something even where they have no facts yet, and so does a tool
 * that could not measure: nothing of it has moved, which is no calm. */
static bool is_quiet(const struct report *reports, size_t n,
                     const struct changes *changes)
{
    for (size_t i = 0; i < n; i++)
        if (reports[i].status == VERDICT_UNKNOWN)
            return false;
    for (size_t t = 0; t < TOOL_COUNT; t++)
        if (changes->tool[t].has_before != changes->tool[t].has_now)
            return false;
    return changes->is_quiet;
}

/* The verdict of all; where that is too long, without its last parts. */
static void add_subject(const struct report *reports, size_t n,
                        const struct changes *changes, struct buf *out)
{
    struct buf verdicts;
    struct str rest, line = {0};

    if (is_quiet(reports, n, changes)) {
        buf_add_text(out, "rounds: quiet\n");
        return;
    }
    buf_init(&verdicts, out->arena, REPORT_BYTES_MAX);
    reports_format_verdicts(reports, n, &verdicts);
    rest = buf_str(&verdicts);
    (void)str_next_line(&rest, &line);
    while (line.n > SUBJECT_MAX) {
        size_t cut = line.n - 1;

        while (cut > 0 && line.at[cut] != ',')
            cut--;
        if (cut == 0)
            break;
        line.n = cut;
    }
    add_line(out, line, line.n > SUBJECT_MAX ? SUBJECT_MAX - 3 : SUBJECT_MAX); // "..."
}

static void add_finding(struct buf *out, const struct finding_change *change)
{
    struct str since =
        str_of(str_format(out->arena, ", since %s", day_text(change->since).text));
    struct buf line;
    struct str said;

    buf_init(&line, out->arena, REPORT_BYTES_MAX);
    changes_add_finding(change, &line);
    said = buf_str(&line);
    if (change->change == CHANGE_NEW && str_ends(said, since))
        said.n -= since.n; // the trailer has the day
    add_line(out, said, LINE_MAX_CHARACTERS);
}

static void add_fact(struct buf *out, const struct fact_change *change)
{
    struct buf line;

    buf_init(&line, out->arena, REPORT_BYTES_MAX);
    changes_add_fact(change, &line);
    add_line(out, buf_str(&line), LINE_MAX_CHARACTERS);
}

static void add_body(const struct changes *changes, struct buf *out)
{
    size_t all = changes->nfindings + changes->nfacts, said = 0;

    for (; said < all && said < BODY_LINES_MAX; said++) {
        if (said < changes->nfindings)
            add_finding(out, &changes->finding[said]);
        else
            add_fact(out, &changes->fact[said - changes->nfindings]);
    }
    if (said < all)
        buf_printf(out, "and %zu more\n", all - said);
    if (all > 0)
        buf_add_text(out, "\n");
}

static void add_trailers(const struct report *reports, size_t n, struct buf *out)
{
    enum verdict worst = VERDICT_OK;
    bool has_through = false;
    int32_t through = 0;

    for (size_t i = 0; i < n; i++) {
        worst = reports[i].status > worst ? reports[i].status : worst;
        if (!reports[i].has_through)
            continue;
        if (!has_through || reports[i].through > through)
            through = reports[i].through;
        has_through = true;
    }
    buf_printf(out, "Rounds-Status: %s\n", verdict_word(worst));
    if (has_through)
        buf_printf(out, "Rounds-Through: %s\n", day_text(through).text);
    buf_add_text(out, "Rounds-Tools:");
    for (size_t i = 0; i < n; i++)
        buf_printf(out, " %s=%s", reports[i].tool, verdict_word(reports[i].status));
    buf_add_text(out, "\n");
}

void message_format(const struct report *reports, size_t n,
                    const struct changes *changes, struct buf *out)
{
    add_subject(reports, n, changes, out);
    buf_add_text(out, "\n");
    add_body(changes, out);
    add_trailers(reports, n, out);
}
