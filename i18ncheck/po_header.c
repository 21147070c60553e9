/* The header of PO files, and the flags of their entries. */
#include "i18ncheck/catalog_internal.h"
#include "i18ncheck/po.h"
#include "i18ncheck/utf8.h"

#include "shared/banned.h"

/* Value of "Name: value"; false: the line is another field. */
static bool field(struct str line, struct str name, struct str *value)
{
    if (line.n <= name.n || line.at[name.n] != ':' ||
        !str_equal_ignoring_case((struct str){line.at, name.n}, name))
        return false;
    *value = utf8_trim((struct str){line.at + name.n + 1, line.n - name.n - 1});
    return true;
}

/* What stands behind `name` up to a semicolon or the end; empty: not there. */
static struct str parameter(struct str value, struct str name)
{
    for (size_t i = 0; i + name.n <= value.n; i++) {
        struct str rest = {value.at + i, value.n - i};
        size_t n = name.n;

        // "plural=" is in "nplurals=" too, but for its last letters
        if (!str_equal_ignoring_case((struct str){rest.at, name.n}, name) ||
            (i > 0 && rest.at[-1] != ' ' && rest.at[-1] != ';' && rest.at[-1] != '\t'))
            continue;
        while (n < rest.n && rest.at[n] != ';')
            n++;
        return utf8_trim((struct str){rest.at + name.n, n - name.n});
    }
    return (struct str){0};
}

/* A template says CHARSET; ASCII is UTF-8 too. */
static bool is_utf8_name(struct str charset)
{
    static const char *const names[] = {"",        "utf-8",    "utf8",
                                        "charset", "us-ascii", "ascii"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal_ignoring_case(charset, str_of(names[i])))
            return true;
    return false;
}

static void read_plural_forms(struct catalog *catalog, struct str value)
{
    struct str number = parameter(value, STR("nplurals="));
    int64_t n;

    if (!str_to_int64(number.at, number.n, &n) || n < 1 || n > 255)
        return; // a template says INTEGER
    catalog->po_nplurals = (int)n;
    catalog->po_plural = parameter(value, STR("plural="));
}

bool po_header_read(struct reading *reading, struct str text, size_t line)
{
    struct str row, value;

    while (str_next_line(&text, &row)) {
        if (field(row, STR("Content-Type"), &value) &&
            !is_utf8_name(parameter(value, STR("charset="))))
            return reading_fault(reading, line, "its charset is not UTF-8");
        if (reading->is_source)
            continue;
        if (field(row, STR("Language"), &value) && value.n > 0)
            reading_check_header(reading, value, line);
        if (field(row, STR("Plural-Forms"), &value))
            read_plural_forms(reading->catalog, value);
    }
    return true;
}

bool po_flag_syntax(struct str flag, enum syntax *syntax)
{
    static const struct {
        const char *flag;
        enum syntax syntax;
    } flags[] = {
        {"c-format", SYNTAX_C_PRINTF},         {"python-format", SYNTAX_PYTHON},
        {"python-brace-format", SYNTAX_BRACE}, {"php-format", SYNTAX_PRINTF},
        {"javascript-format", SYNTAX_PRINTF},  {"objc-format", SYNTAX_OBJC},
        {"java-format", SYNTAX_JAVA},          {"csharp-format", SYNTAX_CSHARP},
        {"c++-format", SYNTAX_BRACE},          {"rust-format", SYNTAX_BRACE},
        {"perl-brace-format", SYNTAX_BRACE},   {"perl-format", SYNTAX_PRINTF},
        {"ruby-format", SYNTAX_RAILS},         {"lua-format", SYNTAX_PRINTF},
        {"elisp-format", SYNTAX_PRINTF},       {"awk-format", SYNTAX_PRINTF},
        {"tcl-format", SYNTAX_PRINTF},         {"object-pascal-format", SYNTAX_NONE},
        {"gcc-internal-format", SYNTAX_NONE},  {"no-c-format", SYNTAX_NONE},
        {"no-python-format", SYNTAX_NONE},     {"no-php-format", SYNTAX_NONE},
    };

    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (!str_equal(flag, str_of(flags[i].flag)))
            continue;
        *syntax = flags[i].syntax;
        return true;
    }
    return false;
}
