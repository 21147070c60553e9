/* A JSON line into a row, by the compiled fields of its preset. Allocates nothing. */
#include <string.h>

#include "shared/hash.h"
#include "shared/source_internal.h"
#include "shared/source_time.h"
#include "shared/text.h"

#include "shared/banned.h"

enum {
    ERROR_KEY_BYTES = 120,
    KEY_ROOM = ERROR_KEY_BYTES + 8
}; // room for a last character

/* Where a URL's authority starts; 0 when the text is no URL. */
static size_t authority_of(struct str text)
{
    size_t i = 0;

    while (i < text.n && ((text.at[i] >= 'a' && text.at[i] <= 'z') ||
                          (text.at[i] >= 'A' && text.at[i] <= 'Z') ||
                          text.at[i] == '-' || text.at[i] == '+' || text.at[i] == '.'))
        i++;
    return i > 0 && text.n - i >= 3 && memcmp(text.at + i, "://", 3) == 0 ? i + 3 : 0;
}

static size_t authority_end(struct str text, size_t from)
{
    while (from < text.n && text.at[from] != '/' && text.at[from] != '?' &&
           text.at[from] != '#')
        from++;
    return from;
}

struct str source_path_of(struct str text)
{
    size_t from = authority_of(text), end;

    if (from == 0)
        return text;
    end = authority_end(text, from);
    return end < text.n && text.at[end] == '/'
               ? (struct str){text.at + end, text.n - end}
               : STR("/");
}

struct str source_host_of(struct str text)
{
    size_t from = authority_of(text), end = authority_end(text, from);
    struct str host = {text.at + from, end - from};

    if (text.n == 0)
        return text;
    for (size_t i = host.n; i > 0; i--) {
        if (host.at[i - 1] == '@') {
            host.at += i;
            host.n -= i;
            break;
        }
    }
    for (size_t i = host.n; i > 0 && host.at[i - 1] != ']'; i--) { // [::1]:80
        if (host.at[i - 1] == ':') {
            host.n = i - 1;
            break;
        }
    }
    return host;
}

struct str source_text_cut(struct source *source, enum row_text which, struct str text,
                           size_t most)
{
    const struct str dots = STR("...");
    char *room = source->cut[which];
    size_t n;

    if (text.n <= most)
        return text;
    n = text_cut(text.at, text.n, most);
    memcpy(room, text.at, n);
    memcpy(room + n, dots.at, dots.n);
    return (struct str){room, n + dots.n};
}

/* The first alternative that is there and not empty. */
static inline struct str field_text(struct source *source, enum field field)
{
    const struct alternatives *of = &source->fields.of[field];
    struct str text = STR("");

    for (size_t i = 0; i < of->n && text.n == 0; i++) {
        const struct span *value = &source->fields.value[of->slot[i]];

        if (value->type == SPAN_STRING) // most are
            text = (struct str){value->at, value->n};
        else if (value->type != SPAN_ABSENT)
            text = values_text(value, source->number[field]);
    }
    return text;
}

/* Likewise. A number is read from the line: its text would be made only to be read. */
static bool field_number(struct source *source, enum field field, double *number)
{
    const struct alternatives *of = &source->fields.of[field];

    for (size_t i = 0; i < of->n; i++) {
        const struct span *value = &source->fields.value[of->slot[i]];
        struct str text = STR("");

        if (value->type == SPAN_ABSENT)
            continue;
        if (value->type != SPAN_NUMBER)
            text = values_text(value, source->number[field]);
        else if (str_to_double(value->at, value->n, number))
            return true;
        if (text.n > 0)
            return str_to_double(text.at, text.n, number);
    }
    return false;
}

static void take_numbers(struct source *source, struct row *row)
{
    for (int i = 0; i < NUMBER_COUNT; i++)
        if (field_number(source, (enum field)(FIELD_STATUS + i), &row->number[i]))
            row->numbers |= 1U << i;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

/* Length of the quoted text that starts at `at`, 0 when it is none: the apostrophe of
 * "can't" opens nothing. */
static size_t quoted(struct str text, size_t at)
{
    char quote = text.at[at];

    if ((quote != '\'' && quote != '"' && quote != '`') ||
        (at > 0 && is_word(text.at[at - 1])))
        return 0;
    for (size_t i = at + 1; i < text.n; i++)
        if (text.at[i] == quote && (i + 1 == text.n || !is_word(text.at[i + 1])))
            return i + 1 - at;
    return 0;
}

static size_t digits(struct str text, size_t at)
{
    size_t end = at;

    while (end < text.n && text.at[end] >= '0' && text.at[end] <= '9')
        end++;
    return end - at;
}

/* Adds a message with quoted texts and runs of digits as '#', so that one bug has one
 * key. */
static size_t add_message(char *out, size_t n, struct str text)
{
    if (text.n > EVENT_VALUE_BYTES_MAX) // quoted() looks ahead
        text.n = EVENT_VALUE_BYTES_MAX;
    for (size_t i = 0; i < text.n && n < KEY_ROOM;) {
        size_t skip = quoted(text, i);

        if (skip == 0)
            skip = digits(text, i);
        out[n++] = skip > 0 ? '#' : text.at[i];
        i += skip > 0 ? skip : 1;
    }
    return n;
}

/* A fingerprint as it is; else type and message, or a message alone. A text without a
 * space is taken for a fingerprint where the preset does not know. */
static struct str error_key(struct source *source)
{
    struct str given = field_text(source, FIELD_ERROR);
    struct str type = field_text(source, FIELD_ERROR_TYPE);
    struct str message = field_text(source, FIELD_ERROR_MESSAGE);
    char *room = source->cut[TEXT_ERROR];
    size_t n = 0;

    if (given.n > 0 && (source->fields.error_is_key || !memchr(given.at, ' ', given.n)))
        return (struct str){given.at, text_cut(given.at, given.n, ERROR_KEY_BYTES)};
    if (given.n > 0) {
        n = add_message(room, n, given);
    } else if (type.n > 0 || message.n > 0) {
        n = add_message(room, n, type);
        if (n > 0 && message.n > 0)
            n = add_message(room, n, STR(": "));
        n = add_message(room, n, message);
    }
    return (struct str){room, text_cut(room, n, ERROR_KEY_BYTES)};
}

/* The session, or with `unit_is_user` the user; false when there is neither. */
static bool take_unit(struct source *source, struct row *row, struct str user)
{
    const struct fields *fields = &source->fields;
    struct str session = field_text(source, FIELD_SESSION);
    bool owned = fields->of[FIELD_SESSION_OWNER].n > 0;
    struct str owner = field_text(source, FIELD_SESSION_OWNER);

    if (session.n == 0 || (owned && owner.n == 0) ||
        (fields->session_minus_is_none && str_equal(session, STR("-1")))) {
        row->unit_is_user = true;
        row->unit = hash_bytes(user.at, user.n);
        return user.n > 0;
    }
    row->unit = hash_bytes(session.at, session.n);
    if (owned)
        row->unit = hash_mix(hash_bytes(owner.at, owner.n), row->unit);
    if (session.n <= UNIT_BYTES_MAX && owner.n <= UNIT_BYTES_MAX)
        row->session = source->wants_units ? row->unit : 0;
    return true;
}

static uint64_t event_id(struct source *source, const struct row *row, struct str event,
                         struct str user)
{
    struct str id = field_text(source, FIELD_ID);
    uint64_t hash = hash_bytes(id.at, id.n), same;

    if (id.n > 0 && !source->fields.id_needs_event)
        return hash;
    same = id.n > 0 ? hash_bytes(user.at, user.n) : row->unit;
    same =
        hash_mix(hash_mix(same, hash_bytes(event.at, event.n)), (uint64_t)row->time_ms);
    return id.n > 0 ? hash_mix(same, hash) : same;
}

static struct str value_text(struct source *source, enum field field,
                             enum row_text which)
{
    return source_text_cut(source, which, field_text(source, field),
                           EVENT_VALUE_BYTES_MAX);
}

static void take_texts(struct source *source, struct row *row,
                       const struct agent *agent)
{
    const struct fields *fields = &source->fields;

    row->page = source_text_cut(source, TEXT_PAGE,
                                source_path_of(field_text(source, FIELD_PAGE)),
                                EVENT_VALUE_BYTES_MAX);
    row->host = source_text_cut(source, TEXT_HOST,
                                source_host_of(field_text(source, FIELD_HOST)),
                                EVENT_VALUE_BYTES_MAX);
    row->referrer_host =
        source_text_cut(source, TEXT_REFERRER,
                        source_host_of(field_text(source, FIELD_REFERRER_HOST)),
                        EVENT_VALUE_BYTES_MAX);
    row->browser = value_text(source, FIELD_BROWSER, TEXT_BROWSER);
    row->device = value_text(source, FIELD_DEVICE, TEXT_DEVICE);
    row->release = value_text(source, FIELD_RELEASE, TEXT_RELEASE);
    row->error = error_key(source);
    if (fields->names_from_agent && fields->of[FIELD_BROWSER].n == 0)
        row->browser = agent->browser;
    if (fields->names_from_agent && fields->of[FIELD_DEVICE].n == 0)
        row->device = agent->device;
}

struct line_result jsonl_row(struct source *source, struct str line, struct row *row)
{
    struct values *values = source->fields.values;
    struct agent agent = {.is_bot = false};
    struct line_result result = {.verdict = LINE_ROW};
    struct str event, user, text;
    enum reject_reason reason;
    enum kind kind;

    *row = (struct row){0};
    if (!values_read(values, line, &reason))
        return line_rejected(reason, false);
    result.has_time = source_time_parse(field_text(source, FIELD_TIME), &row->time_ms);
    if (!result.has_time)
        return line_rejected(REJECT_NO_TIME, false);
    text = field_text(source, FIELD_AGENT);
    if (text.n > 0)
        agent = agents_find(source->agents, text, hash_bytes(text.at, text.n));
    if (agent.is_bot && source->exclude_bots) {
        result.verdict = LINE_BOT;
        return result;
    }
    user = field_text(source, FIELD_USER);
    if (!take_unit(source, row, user))
        return line_rejected(REJECT_NO_UNIT, true);
    if (source->wants_units && user.n > 0 && user.n <= UNIT_BYTES_MAX)
        row->user = hash_bytes(user.at, user.n);
    event = field_text(source, FIELD_EVENT);
    row->id = event_id(source, row, event, user);
    row->kinds = source_fields_kinds(&source->fields, event);
    text = field_text(source, FIELD_KIND);
    if (text.n > 0 && kind_parse(text, &kind))
        row->kinds |= 1U << kind;
    row->event = source_text_cut(source, TEXT_EVENT, event, EVENT_NAME_BYTES_MAX);
    take_texts(source, row, &agent);
    take_numbers(source, row);
    return result;
}
