/* Names and severities of the checks, and the list of hits. */
#include "i18ncheck/checks.h"

#include "shared/banned.h"

static const struct {
    const char *word;
    enum severity severity;
} checks[CHECK_COUNT] = {
    [CHECK_CATALOG_SYNTAX] = {"catalog-syntax", SEVERITY_CRIT},
    [CHECK_CATALOG_MISSING] = {"catalog-missing", SEVERITY_WARN},
    [CHECK_DUPLICATE_KEY] = {"duplicate-key", SEVERITY_WARN},
    [CHECK_KEY_CLASH] = {"key-clash", SEVERITY_WARN},
    [CHECK_LOCALE_MISMATCH] = {"locale-mismatch", SEVERITY_WARN},
    [CHECK_BOOL_KEY] = {"bool-key", SEVERITY_WARN},
    [CHECK_ENCODING] = {"encoding", SEVERITY_WARN},
    [CHECK_MESSAGE_SYNTAX] = {"message-syntax", SEVERITY_CRIT},
    [CHECK_INJECTION] = {"injection", SEVERITY_CRIT},
    [CHECK_PLACEHOLDER_EXTRA] = {"placeholder-extra", SEVERITY_WARN},
    [CHECK_PLACEHOLDER_TYPE] = {"placeholder-type", SEVERITY_WARN},
    [CHECK_PLURAL_MISSING] = {"plural-missing", SEVERITY_WARN},
    [CHECK_PLACEHOLDER_MISSING] = {"placeholder-missing", SEVERITY_WARN},
    [CHECK_MARKUP] = {"markup", SEVERITY_WARN},
    [CHECK_STALE] = {"stale", SEVERITY_INFO},
    [CHECK_SAME_AS_SOURCE] = {"same-as-source", SEVERITY_INFO},
    [CHECK_SOURCE_FILLED] = {"source-filled", SEVERITY_WARN},
    [CHECK_PLURAL_DEAD] = {"plural-dead", SEVERITY_INFO},
    [CHECK_PLURAL_SELECTOR] = {"plural-selector", SEVERITY_INFO},
    [CHECK_PLACEHOLDER_COUNT] = {"placeholder-count", SEVERITY_INFO},
    [CHECK_OBSOLETE] = {"obsolete", SEVERITY_INFO},
    [CHECK_REVIEW] = {"review", SEVERITY_INFO},
    [CHECK_BOM] = {"bom", SEVERITY_INFO},
    [CHECK_LOCALE_UNKNOWN] = {"locale-unknown", SEVERITY_INFO},
    [CHECK_STYLE] = {"style", SEVERITY_INFO},
    [CHECK_COVERAGE] = {"coverage", SEVERITY_WARN},
    [CHECK_UNDEFINED_KEY] = {"undefined-key", SEVERITY_WARN},
    [CHECK_UNDEFINED_PREFIX] = {"undefined-prefix", SEVERITY_INFO},
    [CHECK_UNUSED] = {"unused", SEVERITY_INFO},
    [CHECK_UNDETERMINABLE] = {"undeterminable", SEVERITY_INFO},
    [CHECK_CONTENT_MISSING] = {"content-missing", SEVERITY_INFO},
    [CHECK_CONTENT_ORPHAN] = {"content-orphan", SEVERITY_INFO},
    [CHECK_CONTENT_PARTIAL] = {"content-partial", SEVERITY_INFO},
    [CHECK_CONTENT_STALE] = {"content-stale", SEVERITY_INFO},
    [CHECK_FRONT_MATTER] = {"front-matter", SEVERITY_INFO},
    [CHECK_KEYWORD_NONE] = {"keyword-none", SEVERITY_INFO},
    [CHECK_KEYWORD_WEAK] = {"keyword-weak", SEVERITY_INFO},
    [CHECK_KEYWORD_GAP] = {"keyword-gap", SEVERITY_INFO},
    [CHECK_THIN] = {"thin", SEVERITY_INFO},
    [CHECK_QUERY_ORPHAN] = {"query-orphan", SEVERITY_INFO},
    [CHECK_CANNIBALISED] = {"cannibalised", SEVERITY_INFO},
    [CHECK_WRONG_LOCALE] = {"wrong-locale", SEVERITY_INFO},
};

const char *check_word(enum check_id check)
{
    return checks[check].word;
}

enum severity check_severity(enum check_id check)
{
    return checks[check].severity;
}

bool check_parse(struct str word, enum check_id *check)
{
    for (int c = 0; c < CHECK_COUNT; c++) {
        if (!str_equal(word, str_of(checks[c].word)))
            continue;
        *check = (enum check_id)c;
        return true;
    }
    return false;
}

struct check_rules check_rules_default(void)
{
    struct check_rules rules = {.is_off[CHECK_STYLE] = true};

    for (int c = 0; c < CHECK_COUNT; c++)
        rules.severity[c] = checks[c].severity;
    return rules;
}

void hits_add(struct hits *hits, struct arena *arena, struct hit hit)
{
    hits->item =
        arena_room(arena, hits->item, hits->n, &hits->capacity, sizeof *hits->item);
    hits->item[hits->n++] = hit;
}
