/* Which changes are told, and the payloads. Outside text comes alive in none of them:
 * what a service would read as a mention, a link or markup is escaped. */
#include "shared/notify.h"

#include <string.h>

#include "shared/clock.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/state.h"
#include "shared/text.h"

#include "shared/banned.h"

static const char *const types[] = {"slack", "discord", "json"};

const char *webhook_word(enum webhook_type type)
{
    return types[type];
}

bool webhook_parse(const char *word, enum webhook_type *type)
{
    for (int i = WEBHOOK_SLACK; i <= WEBHOOK_JSON; i++) {
        if (strcmp(word, types[i]) == 0) {
            *type = (enum webhook_type)i;
            return true;
        }
    }
    return false;
}

/* ---- what is told ---- */

struct run_end run_end_of(const json_t *root)
{
    const json_t *tools = json_object_get(root, "tools");
    struct run_end end = {0};

    for (size_t t = 0; t < TOOL_COUNT; t++) {
        const json_t *status =
            json_object_get(json_object_get(tools, tool_names[t]), "status");

        end.tool[t].is_known =
            json_is_string(status) &&
            verdict_parse(json_string_value(status), &end.tool[t].status);
    }
    return end;
}

static bool is_unknown(const struct run_end *end, size_t t)
{
    return end->tool[t].is_known && end->tool[t].status == VERDICT_UNKNOWN;
}

/* The state of a tool that gave no verdict is its last one: the run says it is none. */
static void find_tools(struct notice *notice)
{
    for (size_t t = 0; t < TOOL_COUNT; t++) {
        bool was = is_unknown(&notice->before, t), is = is_unknown(&notice->now, t);
        struct tool_change *change = &notice->changes.tool[t];

        if (was)
            change->before = VERDICT_UNKNOWN;
        if (is)
            change->now = VERDICT_UNKNOWN;
        change->has_before = change->has_before || was;
        change->has_now = change->has_now || is;
        if (was != is && notice->now.tool[t].is_known)
            notice->tool[notice->ntools++] = t;
        if (change->has_now && change->now > notice->status)
            notice->status = change->now;
        if (notice->now.tool[t].is_known && notice->now.tool[t].status > notice->status)
            notice->status = notice->now.tool[t].status;
    }
}

static bool is_told(const struct finding_change *change, enum severity min)
{
    return (change->change == CHANGE_NEW || change->change == CHANGE_ESCALATED ||
            change->change == CHANGE_RESOLVED) &&
           change->now <= min; // of what is resolved, that before
}

bool notice_find(const struct changes *changes, const struct run_end *before,
                 const struct run_end *now, enum severity min, struct arena *arena,
                 struct notice *notice)
{
    *notice = (struct notice){.site = "",
                              .changes = *changes,
                              .before = *before,
                              .now = *now};
    find_tools(notice);
    notice->finding =
        arena_new(arena, const struct finding_change *, changes->nfindings + 1);
    for (size_t i = 0; i < changes->nfindings; i++) {
        if (!is_told(&changes->finding[i], min))
            continue;
        notice->finding[notice->nfindings++] = &changes->finding[i];
        notice->count[changes->finding[i].change]++;
    }
    return notice->nfindings + notice->ntools > 0;
}

/* ---- its lines ---- */

static size_t items(const struct notice *notice)
{
    return notice->ntools + notice->nfindings;
}

static bool newest(const struct notice *notice, int32_t *day)
{
    bool has_any = false;

    for (size_t t = 0; t < TOOL_COUNT; t++) {
        const struct tool_change *tool = &notice->changes.tool[t];

        if (tool->has_now && (!has_any || tool->through_now > *day)) {
            *day = tool->through_now;
            has_any = true;
        }
    }
    return has_any && *day > 0; // a tool that never had a verdict has no day
}

static const char *head(const struct notice *notice, struct arena *arena)
{
    static const enum change told[] = {CHANGE_NEW, CHANGE_ESCALATED, CHANGE_RESOLVED};

    const char *between = ": ";
    struct buf line;
    int32_t day = 0;

    buf_init(&line, arena, KIB * 4);
    buf_printf(&line, "ROUNDS %s", verdict_headline(notice->status));
    if (notice->site[0] != '\0')
        buf_printf(&line, " - %s", notice->site);
    if (newest(notice, &day))
        buf_printf(&line, " through %s", day_text(day).text);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        if (notice->count[told[i]] == 0)
            continue;
        buf_printf(&line, "%s%lld %s", between, (long long)notice->count[told[i]],
                   change_word(told[i]));
        between = ", ";
    }
    return line.at;
}

static const char *tool_line(const struct notice *notice, size_t t, struct arena *arena)
{
    const char *now = verdict_word(notice->now.tool[t].status);

    if (!notice->before.tool[t].is_known)
        return str_format(arena, "? %s: %s", tool_names[t], now);
    return str_format(arena, "? %s: %s, was %s", tool_names[t], now,
                      verdict_word(notice->before.tool[t].status));
}

static const char *finding_line(const struct finding_change *change,
                                struct arena *arena)
{
    const char *severity = severity_word(change->now);

    if (change->change == CHANGE_RESOLVED)
        return str_format(arena, "- %s %s: %s", severity, change->id,
                          changes_finding_words(change, arena));
    if (change->change == CHANGE_ESCALATED)
        return str_format(arena, "+ %s %s: was %s, %s", severity, change->id,
                          severity_word(change->before), change->message);
    return str_format(arena, "+ %s %s: %s", severity, change->id, change->message);
}

/* Tools first: what is not measured comes before what was. */
static const char *item_line(const struct notice *notice, size_t i, struct arena *arena)
{
    if (i < notice->ntools)
        return tool_line(notice, notice->tool[i], arena);
    return finding_line(notice->finding[i - notice->ntools], arena);
}

/* ---- as a service reads it ---- */

static void add_slack(struct buf *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        if (*c == '&')
            buf_add_text(out, "&amp;");
        else if (*c == '<') // <!channel>, <@U123>, <https://...>
            buf_add_text(out, "&lt;");
        else if (*c == '>')
            buf_add_text(out, "&gt;");
        else
            buf_add(out, c, 1);
    }
}

/* A backslash before what is no letter, digit or space shows that character. ':' ends
 * the scheme of a link and of an emoji's name, '@' and '#' begin mentions. */
static void add_discord(struct buf *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        if (strchr("\\`*_~|<>[]()#+-@:", *c))
            buf_add_text(out, "\\");
        buf_add(out, c, 1);
    }
}

static void add_line(struct buf *out, enum webhook_type type, const char *text,
                     struct arena *arena)
{
    const char *safe = text_safe(arena, text, strlen(text), NOTICE_LINE_MAX);

    if (out->n > 0)
        buf_add_text(out, "\n");
    if (type == WEBHOOK_SLACK)
        add_slack(out, safe);
    else
        add_discord(out, safe);
}

/* The link is the configuration's own, and meant to be one. */
static void add_link(struct buf *out, enum webhook_type type, const char *link)
{
    buf_add_text(out, "\n");
    if (type == WEBHOOK_SLACK)
        add_slack(out, link);
    else
        buf_add_text(out, link);
}

/* Characters as UTF-16 counts them: of more than three bytes, two. */
static size_t length(struct str text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        unsigned char byte = (unsigned char)text.at[i];

        n += (byte & 0xC0) != 0x80;
        n += byte >= 0xF0;
    }
    return n;
}

/* With the first `shown` items; what is left out is counted. */
static struct str compose(const struct notice *notice, enum webhook_type type,
                          size_t shown, const char *link, struct arena *arena)
{
    struct buf text;

    buf_init(&text, arena, MIB);
    add_line(&text, type, head(notice, arena), arena);
    for (size_t i = 0; i < shown; i++)
        add_line(&text, type, item_line(notice, i, arena), arena);
    if (shown < items(notice))
        add_line(&text, type, str_format(arena, "and %zu more", items(notice) - shown),
                 arena);
    if (link)
        add_link(&text, type, link);
    return buf_str(&text);
}

/* As many items as lines and characters allow; a link that leaves no room goes. */
static struct str fitted(const struct notice *notice, enum webhook_type type,
                         struct arena *arena)
{
    size_t most = type == WEBHOOK_SLACK ? NOTICE_SLACK_MAX : NOTICE_DISCORD_MAX;
    size_t room = NOTICE_LINES_MAX - 1 - (notice->link != NULL);
    size_t shown = items(notice) <= room ? items(notice) : room - 1;
    const char *link = notice->link;
    struct str text = compose(notice, type, shown, link, arena);

    while (length(text) > most && (shown > 0 || link)) {
        if (shown > 0)
            shown--;
        else
            link = NULL;
        text = compose(notice, type, shown, link, arena);
    }
    return text;
}

/* The whole diff, that the receiver chooses. */
static bool format_json(const struct notice *notice, struct arena *arena,
                        struct str *body, struct err *err)
{
    OWN(json) root = json_object();
    int32_t day = 0;

    json_put(root, "schema", json_integer(1));
    json_put(root, "site", json_string(notice->site));
    json_put(root, "status", json_string(verdict_word(notice->status)));
    json_put(root, "through",
             newest(notice, &day) ? json_string(day_text(day).text) : json_null());
    json_put(root, "link", notice->link ? json_string(notice->link) : json_null());
    json_put(root, "diff", changes_to_json(&notice->changes, "before", "now"));
    return state_json_format(root, arena, body, err) ||
           err_wrap(err, "cannot make the message");
}

bool notice_format(const struct notice *notice, enum webhook_type type,
                   struct arena *arena, struct str *body, struct err *err)
{
    struct str text;
    struct buf out;

    if (type == WEBHOOK_JSON)
        return format_json(notice, arena, body, err);
    text = fitted(notice, type, arena);
    buf_init(&out, arena, MIB);
    buf_add_text(&out, type == WEBHOOK_SLACK ? "{\"text\": " : "{\"content\": ");
    text_add_json(&out, text.at, text.n);
    buf_add_text(&out, type == WEBHOOK_SLACK
                           ? "}"
                           : ", \"allowed_mentions\": {\"parse\": []}}");
    *body = buf_str(&out);
    return true;
}
