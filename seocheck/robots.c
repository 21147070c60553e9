/* robots.txt: lines to groups of rules, and what they say of a URL. Fetches nothing. */
#include "seocheck/robots.h"

#include <string.h>

#include "shared/banned.h"

static bool is_white(char c) // as C's isspace in its own locale
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct str trimmed(struct str text)
{
    while (text.n > 0 && is_white(text.at[0])) {
        text.at++;
        text.n--;
    }
    while (text.n > 0 && is_white(text.at[text.n - 1]))
        text.n--;
    return text;
}

/* `text` up to the first `c`. */
static struct str before(struct str text, char c)
{
    const char *end = text.n > 0 ? memchr(text.at, c, text.n) : NULL;

    return (struct str){text.at, end ? (size_t)(end - text.at) : text.n};
}

static struct str from(struct str text, size_t offset)
{
    return (struct str){text.at + offset, text.n - offset};
}

/* ---- keys ---- */

enum key {
    KEY_USER_AGENT,
    KEY_ALLOW,
    KEY_DISALLOW,
    KEY_SITEMAP,
    KEY_KNOWN,
    KEY_UNKNOWN
};

/* Beginnings of keys, the right spelling of each first. */
static const struct spelling {
    const char *begins;
    enum key key;
} spellings[] = {
    {"user-agent", KEY_USER_AGENT}, {"useragent", KEY_USER_AGENT},
    {"user agent", KEY_USER_AGENT}, {"allow", KEY_ALLOW},
    {"disallow", KEY_DISALLOW},     {"dissallow", KEY_DISALLOW},
    {"dissalow", KEY_DISALLOW},     {"disalow", KEY_DISALLOW},
    {"diasllow", KEY_DISALLOW},     {"disallaw", KEY_DISALLOW},
    {"sitemap", KEY_SITEMAP},       {"site-map", KEY_SITEMAP},
};

static const char *const right_spellings[] = {
    [KEY_USER_AGENT] = "user-agent",
    [KEY_ALLOW] = "allow",
    [KEY_DISALLOW] = "disallow",
    [KEY_SITEMAP] = "sitemap",
};

#define CRAWL_DELAY "crawl-delay"

/* Keys that others than Google read. */
static const char *const known[] = {
    CRAWL_DELAY,  "host",    "clean-param",    "request-rate",
    "visit-time", "noindex", "content-signal",
};

static bool is_spelt(struct str text, const char *word)
{
    return str_equal_ignoring_case(text, str_of(word));
}

static enum key key_of(struct str text)
{
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        size_t n = strlen(spellings[i].begins);

        if (text.n >= n && is_spelt((struct str){text.at, n}, spellings[i].begins))
            return spellings[i].key;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (is_spelt(text, known[i]))
            return KEY_KNOWN;
    return KEY_UNKNOWN;
}

/* Key and value of a line without its comment. False: it has none. */
static bool split_line(struct str line, struct str *key, struct str *value)
{
    *key = before(line, ':');
    if (key->n == line.n) { // some forget the colon: exactly two words will do
        size_t i = 0;

        while (i < line.n && line.at[i] != ' ' && line.at[i] != '\t')
            i++;
        *key = (struct str){line.at, i};
        *value = trimmed(from(line, i));
        return value->n > 0 && before(*value, ' ').n == value->n &&
               before(*value, '\t').n == value->n;
    }
    *value = trimmed(from(line, key->n + 1));
    *key = trimmed(*key);
    return key->n > 0;
}

/* ---- patterns ---- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool is_escape(struct str text, size_t i)
{
    return text.at[i] == '%' && i + 2 < text.n && hex_value(text.at[i + 1]) >= 0 &&
           hex_value(text.at[i + 2]) >= 0;
}

static struct str escaped(struct str written, struct arena *arena)
{
    static const char digits[] = "0123456789ABCDEF";
    bool is_plain = true;
    char *out;
    size_t n = 0;

    for (size_t i = 0; i < written.n && is_plain; i++)
        is_plain = (written.at[i] & 0x80) == 0 && written.at[i] != '%';
    if (is_plain)
        return written;
    out = arena_new(arena, char, 3 * written.n);
    for (size_t i = 0; i < written.n; i++) {
        uint8_t byte = (uint8_t)written.at[i];
        bool was_escaped = is_escape(written, i);

        if (was_escaped) {
            byte = (uint8_t)(hex_value(written.at[i + 1]) * 16 +
                             hex_value(written.at[i + 2]));
            i += 2;
        }
        if (was_escaped || byte >= 0x80) {
            out[n++] = '%';
            out[n++] = digits[byte >> 4];
            out[n++] = digits[byte & 15];
        } else {
            out[n++] = (char)byte;
        }
    }
    return (struct str){out, n};
}

/* Offset of `piece` in `text` at `begin` or later; SIZE_MAX when it is not there. */
static size_t find(struct str text, size_t begin, struct str piece)
{
    while (piece.n <= text.n - begin) {
        const char *first;

        if (piece.n == 0)
            return begin;
        first = memchr(text.at + begin, piece.at[0], text.n - begin - piece.n + 1);
        if (!first)
            break;
        begin = (size_t)(first - text.at);
        if (memcmp(first, piece.at, piece.n) == 0)
            return begin;
        begin++;
    }
    return SIZE_MAX;
}

/* Each piece between stars is taken where it first occurs: a later place could only
 * leave less for the rest. */
static bool matches(struct str pattern, bool is_anchored, struct str path)
{
    struct str piece = before(pattern, '*');
    size_t begin = piece.n;

    if (!str_starts(path, piece))
        return false;
    if (piece.n == pattern.n)
        return !is_anchored || begin == path.n;
    while (piece.n < pattern.n) {
        pattern = from(pattern, piece.n + 1);
        piece = before(pattern, '*');
        if (is_anchored && piece.n == pattern.n)
            return piece.n <= path.n - begin && str_ends(path, piece);
        begin = find(path, begin, piece);
        if (begin == SIZE_MAX)
            return false;
        begin += piece.n;
    }
    return true;
}

bool robots_pattern_matches(struct str pattern, struct str path)
{
    bool is_anchored = pattern.n > 0 && pattern.at[pattern.n - 1] == '$';

    return matches((struct str){pattern.at, pattern.n - is_anchored}, is_anchored,
                   path);
}

/* ---- parsing ---- */

struct parser {
    struct arena *arena;
    struct robots *robots;
    int64_t line;
    size_t open;    /* the first of the user-agent lines whose rules are being read */
    double delay_s; /* theirs */
};

static void add_remark(struct parser *parser, enum robots_line what, struct str text)
{
    struct robots *robots = parser->robots;

    robots->remark = arena_room(parser->arena, robots->remark, robots->nremarks,
                                &robots->remarks_capacity, sizeof *robots->remark);
    robots->remark[robots->nremarks++] =
        (struct robots_remark){what, parser->line, text};
}

static void close_groups(struct parser *parser)
{
    struct robots *robots = parser->robots;

    for (size_t i = parser->open; i < robots->ngroups; i++) {
        robots->group[i].end = robots->nrules;
        robots->group[i].crawl_delay_s = parser->delay_s;
    }
    parser->open = robots->ngroups;
    parser->delay_s = 0;
}

static bool is_agent_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

static void add_agent(struct parser *parser, struct str name)
{
    struct robots *robots = parser->robots;
    size_t n = 0;

    if (parser->open < robots->ngroups &&
        robots->group[parser->open].first < robots->nrules)
        close_groups(parser);
    while (n < name.n && is_agent_byte(name.at[n]))
        n++;
    robots->group = arena_room(parser->arena, robots->group, robots->ngroups,
                               &robots->groups_capacity, sizeof *robots->group);
    robots->group[robots->ngroups++] = (struct robots_group){
        .name = name,
        .agent = {name.at, n},
        .is_global =
            name.n > 0 && name.at[0] == '*' && (name.n == 1 || is_white(name.at[1])),
        .first = robots->nrules,
    };
}

static void add_rule(struct parser *parser, struct str written, bool is_allow)
{
    struct robots *robots = parser->robots;

    robots->rule = arena_room(parser->arena, robots->rule, robots->nrules,
                              &robots->rules_capacity, sizeof *robots->rule);
    robots->rule[robots->nrules++] = (struct robots_rule){
        .written = written,
        .pattern = escaped(written, parser->arena),
        .line = parser->line,
        .is_allow = is_allow,
    };
}

static void add_sitemap(struct parser *parser, struct str url)
{
    struct robots *robots = parser->robots;

    robots->sitemap = arena_room(parser->arena, robots->sitemap, robots->nsitemaps,
                                 &robots->sitemaps_capacity, sizeof *robots->sitemap);
    robots->sitemap[robots->nsitemaps++] = (struct robots_sitemap){url, parser->line};
}

static void take_delay(struct parser *parser, struct str value)
{
    double delay_s;

    if (str_to_double(value.at, value.n, &delay_s) && delay_s > parser->delay_s)
        parser->delay_s = delay_s;
}

static void read_pair(struct parser *parser, struct str key, struct str value)
{
    enum key meant = key_of(key);

    if (meant == KEY_UNKNOWN)
        add_remark(parser, ROBOTS_LINE_UNKNOWN, key);
    else if (meant != KEY_KNOWN && !is_spelt(key, right_spellings[meant]))
        add_remark(parser, ROBOTS_LINE_MISSPELT, key);
    switch (meant) {
    case KEY_USER_AGENT: add_agent(parser, value); break;
    case KEY_ALLOW:
    case KEY_DISALLOW:
        if (parser->robots->ngroups > 0)
            add_rule(parser, value, meant == KEY_ALLOW);
        else
            add_remark(parser, ROBOTS_LINE_NO_GROUP, key);
        break;
    case KEY_SITEMAP: add_sitemap(parser, value); break;
    case KEY_KNOWN:
        if (is_spelt(key, CRAWL_DELAY) && parser->robots->ngroups > 0)
            take_delay(parser, value);
        break;
    case KEY_UNKNOWN: break;
    }
}

static void read_line(struct parser *parser, struct str line)
{
    struct str key, value;

    if (line.n > ROBOTS_LINE_BYTES_MAX) {
        line.n = ROBOTS_LINE_BYTES_MAX;
        add_remark(parser, ROBOTS_LINE_CUT, line);
    }
    line = trimmed(before(before(line, '\0'), '#')); // Google's lines are C strings
    if (line.n == 0)
        return;
    if (before(line, ':').n == line.n)
        add_remark(parser, ROBOTS_LINE_NO_COLON, line);
    if (split_line(line, &key, &value))
        read_pair(parser, key, value);
    else if (before(line, ':').n == 0)
        add_remark(parser, ROBOTS_LINE_UNKNOWN, line);
}

/* Takes a line off the front: LF, CRLF and CR end one. What follows the last end is a
 * line too, empty or not, but nothing can stand on an empty one. */
static struct str next_line(struct str *rest)
{
    size_t n = 0;
    struct str line;

    while (n < rest->n && rest->at[n] != '\n' && rest->at[n] != '\r')
        n++;
    line = (struct str){rest->at, n};
    if (n + 1 < rest->n && rest->at[n] == '\r' && rest->at[n + 1] == '\n')
        n++;
    *rest = from(*rest, n < rest->n ? n + 1 : n);
    return line;
}

static struct str without_mark(struct str bytes)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t n = 0;

    while (n < bytes.n && n < sizeof mark - 1 && bytes.at[n] == mark[n])
        n++;
    return n > 0 ? from(bytes, n) : bytes;
}

void robots_parse(struct str bytes, struct arena *arena, struct robots *robots)
{
    struct parser parser = {.arena = arena, .robots = robots};
    struct str start;

    *robots = (struct robots){.is_too_big = bytes.n > ROBOTS_BYTES_MAX};
    if (robots->is_too_big)
        bytes.n = ROBOTS_BYTES_MAX;
    bytes = without_mark(bytes);
    start = trimmed(bytes);
    robots->is_html = start.n > 0 && start.at[0] == '<';
    while (bytes.n > 0) {
        struct str line = next_line(&bytes);

        parser.line++;
        read_line(&parser, line);
    }
    close_groups(&parser);
}

/* ---- asking ---- */

static size_t path_begin(struct str url, size_t i)
{
    while (i < url.n && url.at[i] != '/' && url.at[i] != '?' && url.at[i] != ';')
        i++;
    return i;
}

struct str robots_path(struct str url, struct arena *arena)
{
    size_t begin = str_starts(url, STR("//")) ? 2 : 0;
    size_t i = path_begin(url, begin);
    struct str path = before(url, '#');
    char *copy;

    if (i > begin && str_starts(from(url, i - 1), STR("://")))
        i = path_begin(url, i + 2);
    if (i >= path.n)
        return STR("/");
    path = from(path, i);
    if (path.at[0] == '/')
        return path;
    copy = arena_new(arena, char, path.n + 1);
    copy[0] = '/';
    memcpy(copy + 1, path.at, path.n);
    return (struct str){copy, path.n + 1};
}

/* How much a rule weighs for a path; 0 when it does not match. */
static size_t weight(const struct robots_rule *rule, struct str path)
{
    struct str pattern = rule->pattern;
    size_t slash = pattern.n;

    if (robots_pattern_matches(pattern, path))
        return pattern.n;
    if (!rule->is_allow)
        return 0;
    while (slash > 0 && pattern.at[slash - 1] != '/')
        slash--;
    if (slash == 0 || !str_starts(from(pattern, slash), STR("index.htm")))
        return 0;
    return matches((struct str){pattern.at, slash}, true, path) ? slash + 1 : 0;
}

static bool is_named(const struct robots_group *group, struct str agent)
{
    return !group->is_global && str_equal_ignoring_case(group->agent, agent);
}

/* Global groups hold for those that no group names. */
static bool holds_global(const struct robots *robots, struct str agent)
{
    for (size_t i = 0; i < robots->ngroups; i++)
        if (is_named(&robots->group[i], agent))
            return false;
    return true;
}

static bool holds(const struct robots_group *group, struct str agent, bool global)
{
    return global ? group->is_global : is_named(group, agent);
}

struct best {
    size_t weight;
    const struct robots_rule *rule;
    const struct robots_group *group;
};

struct robots_answer robots_ask(const struct robots *robots, struct str agent,
                                struct str url, struct arena *arena)
{
    struct str path = robots_path(url, arena);
    bool global = holds_global(robots, agent);
    struct best allow = {0};
    struct best disallow = {0};
    struct best wins;

    for (size_t i = 0; i < robots->ngroups; i++) {
        const struct robots_group *group = &robots->group[i];

        if (!holds(group, agent, global))
            continue;
        for (size_t j = group->first; j < group->end; j++) {
            const struct robots_rule *rule = &robots->rule[j];
            struct best *best = rule->is_allow ? &allow : &disallow;
            size_t n = weight(rule, path);

            if (n > best->weight)
                *best = (struct best){n, rule, group};
        }
    }
    wins = allow.weight >= disallow.weight ? allow : disallow;
    if (!wins.rule)
        return (struct robots_answer){.is_allowed = true};
    return (struct robots_answer){
        .is_allowed = wins.rule->is_allow,
        .line = wins.rule->line,
        .rule = wins.rule->written,
        .is_allow = wins.rule->is_allow,
        .group = wins.group->name,
    };
}

double robots_delay(const struct robots *robots, struct str agent)
{
    bool global = holds_global(robots, agent);
    double delay_s = 0;

    for (size_t i = 0; i < robots->ngroups; i++)
        if (holds(&robots->group[i], agent, global) &&
            robots->group[i].crawl_delay_s > delay_s)
            delay_s = robots->group[i].crawl_delay_s;
    return delay_s;
}

bool robots_agent_is_valid(const char *agent)
{
    size_t n = 0;

    while (is_agent_byte(agent[n]))
        n++;
    return n > 0 && agent[n] == '\0';
}
