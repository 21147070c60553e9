/* Formats, syntaxes and plural styles by name. */
#include "i18ncheck/catalog.h"

#include "shared/banned.h"

static const char *const format_words[CATALOG_FORMATS] = {
    [CATALOG_JSON] = "json",
    [CATALOG_RAILS] = "rails",
    [CATALOG_PO] = "po",
    [CATALOG_ANDROID] = "android",
    [CATALOG_ARB] = "arb",
    [CATALOG_XCSTRINGS] = "xcstrings",
    [CATALOG_PROPERTIES] = "properties",
    [CATALOG_XLIFF] = "xliff",
};

static const char *const syntax_words[SYNTAX_COUNT] = {
    [SYNTAX_NONE] = "none",         [SYNTAX_ICU] = "icu",
    [SYNTAX_I18NEXT] = "i18next",   [SYNTAX_VUE] = "vue",
    [SYNTAX_RAILS] = "rails",       [SYNTAX_PRINTF] = "printf",
    [SYNTAX_C_PRINTF] = "c-printf", [SYNTAX_OBJC] = "objc",
    [SYNTAX_PYTHON] = "python",     [SYNTAX_BRACE] = "brace",
    [SYNTAX_CSHARP] = "csharp",     [SYNTAX_JAVA] = "java",
    [SYNTAX_LARAVEL] = "laravel",   [SYNTAX_PERCENT] = "percent",
};

static const char *const style_words[] = {
    [PLURAL_AUTO] = "auto",         [PLURAL_NONE] = "none",
    [PLURAL_I18NEXT4] = "i18next4", [PLURAL_I18NEXT3] = "i18next3",
    [PLURAL_ICU] = "icu",           [PLURAL_RAILS] = "rails",
    [PLURAL_ANDROID] = "android",   [PLURAL_PO] = "po",
    [PLURAL_VUE] = "vue",
};

/* Index of the word; `n`: none. */
static size_t find(struct str word, const char *const *words, size_t n)
{
    size_t i = 0;

    while (i < n && !str_equal(word, str_of(words[i])))
        i++;
    return i;
}

const char *catalog_format_word(enum catalog_format format)
{
    return format_words[format];
}

bool catalog_format_parse(struct str word, enum catalog_format *format)
{
    size_t i = find(word, format_words, CATALOG_FORMATS);

    if (i < CATALOG_FORMATS)
        *format = (enum catalog_format)i;
    return i < CATALOG_FORMATS;
}

const char *syntax_word(enum syntax syntax)
{
    return syntax_words[syntax];
}

/* c-printf is what a PO entry's flag means, not a word of the configuration. */
bool syntax_parse(struct str word, enum syntax *syntax)
{
    size_t i = find(word, syntax_words, SYNTAX_COUNT);

    if (i == SYNTAX_COUNT || i == SYNTAX_C_PRINTF)
        return false;
    *syntax = (enum syntax)i;
    return true;
}

bool plural_style_parse(struct str word, enum plural_style *style)
{
    size_t n = sizeof style_words / sizeof *style_words;
    size_t i = find(word, style_words, n);

    if (i < n)
        *style = (enum plural_style)i;
    return i < n;
}

enum syntax catalog_format_syntax(enum catalog_format format)
{
    switch (format) {
    case CATALOG_RAILS: return SYNTAX_RAILS;
    case CATALOG_ANDROID: return SYNTAX_PRINTF;
    case CATALOG_ARB: return SYNTAX_ICU;
    case CATALOG_XCSTRINGS: return SYNTAX_OBJC;
    case CATALOG_PROPERTIES: return SYNTAX_JAVA;
    case CATALOG_JSON:
    case CATALOG_PO:
    case CATALOG_XLIFF:
    case CATALOG_FORMATS: break;
    }
    return SYNTAX_NONE;
}
