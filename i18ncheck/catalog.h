/*
 * Message catalogs as read, whatever the format: messages sorted by key, a plural group
 * being one message (i18ncheck.md 1 to 3). Readers are format_<name>.c; groups are made
 * of flat keys in groups.c; which files make a set is collect_catalogs.c.
 */
#ifndef I18NCHECK_CATALOG_H
#define I18NCHECK_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "i18ncheck/locale.h"
#include "shared/arena.h"
#include "shared/err.h"
#include "shared/str.h"

enum catalog_format {
    CATALOG_JSON,
    CATALOG_RAILS,
    CATALOG_PO,
    CATALOG_ANDROID,
    CATALOG_ARB,
    CATALOG_XCSTRINGS,
    CATALOG_PROPERTIES,
    CATALOG_XLIFF,
    CATALOG_FORMATS,
};

/* How placeholders are written. */
enum syntax {
    SYNTAX_NONE,
    SYNTAX_ICU,
    SYNTAX_I18NEXT,
    SYNTAX_VUE,
    SYNTAX_RAILS,
    SYNTAX_PRINTF,
    SYNTAX_C_PRINTF, /* printf under c-format: a space flag counts */
    SYNTAX_OBJC,
    SYNTAX_PYTHON,
    SYNTAX_BRACE,
    SYNTAX_CSHARP,
    SYNTAX_JAVA,
    SYNTAX_LARAVEL,
    SYNTAX_PERCENT,
    SYNTAX_COUNT,
};

/* How plural forms are kept. */
enum plural_style {
    PLURAL_AUTO, /* of a set only: decided by the source */
    PLURAL_NONE,
    PLURAL_I18NEXT4,
    PLURAL_I18NEXT3,
    PLURAL_ICU,
    PLURAL_RAILS,
    PLURAL_ANDROID,
    PLURAL_PO,
    PLURAL_VUE,
};

const char *catalog_format_word(enum catalog_format format);
bool catalog_format_parse(struct str word, enum catalog_format *format);
/* What a format implies; none for JSON and PO. */
enum syntax catalog_format_syntax(enum catalog_format format);
const char *syntax_word(enum syntax syntax);
bool syntax_parse(struct str word, enum syntax *syntax);
bool plural_style_parse(struct str word, enum plural_style *style);

/* One text of a message. */
struct form {
    /* "" of a message without plurals; "one"; "0" of PO and i18next3, there "plural"
     * too. In a group of i18next "" is the bare key, the fallback of every form: it
     * compares with the source's "", not with its `other`. */
    struct str name;
    struct str text; /* decoded, UTF-8 */
};

struct message {
    struct str key;    /* whole: namespace, separator, path; PO: ctxt U+0004 id */
    struct form *form; /* in CLDR order, others by name */
    size_t nforms;
    bool is_group;   /* plural */
    bool is_ordinal; /* i18next _ordinal_ groups, selectordinal is inside a text */
    bool is_text;    /* else another type: compared by type only, not counted */
    bool is_review;  /* fuzzy, new, needs review */
    bool is_counted; /* not translatable="false", @string/x, shouldTranslate:false */
    char type; /* of a leaf that is no text: 'n' number 'b' boolean 'o' empty object
                  or array; 's' text, 'z' null (a blank text) */
    enum syntax syntax; /* of this entry (PO flags); else the set's */
    struct str
        source; /* the source text where the target file carries it (PO, XLIFF) */
    const struct str *declared; /* ARB: placeholder names */
    size_t ndeclared;
    uint32_t file; /* index in catalog.file */
    uint32_t line; /* 0: not known; see message_line */
};

enum catalog_problem {
    PROBLEM_SYNTAX, /* the file does not parse; its messages are not there */
    PROBLEM_DUPLICATE_KEY,
    PROBLEM_KEY_CLASH,
    PROBLEM_LOCALE_MISMATCH,
    PROBLEM_BOOL_KEY,
    PROBLEM_BOM,
    PROBLEM_MESSAGE, /* one message is over a limit: its message-syntax */
};

struct catalog_note {
    enum catalog_problem problem;
    struct str key; /* "" for a whole file */
    uint32_t file, line;
    const char *text; /* what is wrong, for the message */
};

struct catalog_file {
    const char *path; /* as found, relative to the configuration */
    struct str ns;    /* "" when none */
    struct str bytes; /* while the catalog is in memory */
    bool is_broken;   /* catalog-syntax */
};

/* One locale of a set. */
struct catalog {
    const char *locale;      /* canonical tag */
    struct message *message; /* sorted by key, each key once */
    size_t n, capacity;
    struct catalog_note *note;
    size_t nnotes, notes_capacity;
    struct catalog_file *file;
    size_t nfiles;
    bool is_absent;       /* configured, or known before, but no file */
    int po_nplurals;      /* of the header; 0: none said */
    struct str po_plural; /* the header's expression */
};

/* How a set is read. */
struct set_rules {
    enum catalog_format format;
    enum syntax syntax;
    enum plural_style plural;   /* PLURAL_AUTO until set_decide_plural */
    struct str key_sep, ns_sep; /* at NULL: false, natural-language keys */
    bool tags;
    const char *source;   /* canonical tag */
    const char *template; /* PO: path of the POT; NULL: none */
};

/* A file that the pattern of a set names. */
struct catalog_path {
    const char *path;
    const char *locale; /* canonical tag */
    struct str ns;
    struct str stem; /* ad hoc: the namespace, should it turn out to need one */
};

/* Files that `pattern` names below `base` ({locale}, {ns}, `*`, leading or inner `**` +
 * slash), sorted by locale, then namespace, then path; no symbolic links, no hidden
 * folders. Android's `values` and a format's base file are the source's. `folders`:
 * what confinement has to let the tool read. */
struct catalog_paths {
    struct catalog_path *item;
    size_t n, capacity;
    const char **folder;
    size_t nfolders;
};

MUST_USE bool catalog_paths_find(const char *base, const char *pattern,
                                 const struct set_rules *rules, struct arena *arena,
                                 struct catalog_paths *paths, struct err *err);
/* Ad hoc (verbs coverage, lint): adds the catalogs below a folder, or the file, by the
 * names that section 3 gives each format; call it for each PATH. `hint`: a word of
 * --format-hint; NULL or "auto": the format that most names fit, of the first PATH
 * with any. Sets the format, the syntax and the plural style that hint and format
 * imply; paths are relative to the working directory. */
MUST_USE bool catalog_paths_guess(const char *path, const char *hint,
                                  struct set_rules *rules, struct arena *arena,
                                  struct catalog_paths *paths, struct err *err);

/* What a hint says of a single file of any name, set as above; NULL or "auto": what its
 * ending says. */
MUST_USE bool catalog_rules_guess(const char *path, const char *hint,
                                  struct set_rules *rules, struct err *err);

/* Reads the `n` files of one locale. A file that does not parse is a note and the
 * others count; EACCES, EIO and the like are errors. Strings live in the arena. */
MUST_USE bool catalog_read(const struct catalog_path *paths, size_t n, const char *base,
                           const struct set_rules *rules, struct arena *arena,
                           struct catalog *catalog, struct err *err);
/* The source: its own files; of a PO set without a template, and of an XLIFF set
 * without files of the source's own, what any of all files (`paths`, of all locales)
 * has as its source text, less the broken ones. */
MUST_USE bool catalog_read_source(const struct catalog_paths *paths, const char *base,
                                  const struct set_rules *rules, struct arena *arena,
                                  struct catalog *catalog, struct err *err);
/* One file of bytes in memory, for tests and fuzzing; `catalog->locale` says
 * whose it is (NULL: the source's), the rest is set. */
void catalog_parse(struct str bytes, const char *name, struct str ns,
                   const struct set_rules *rules, struct arena *arena,
                   struct catalog *catalog);

/* For PLURAL_AUTO: what the source's keys say (section 3 --format-hint auto). */
enum plural_style catalog_plural_style(const struct catalog *source,
                                       const struct set_rules *rules);
/* For JSON without a syntax (the verb coverage): i18next or icu. */
enum syntax catalog_guess_syntax(const struct catalog *source);

/* Makes groups of flat keys, once, after reading; `source` is the grouped source
 * catalog (NULL when `catalog` is the source itself): a suffix is plural only if its
 * stem is in the source. A group's key is the stem: "cart.items" of cart.items_one,
 * "place_ordinal" of place_ordinal_few. PLURAL_AUTO makes none: decide first. */
void catalog_group(struct catalog *catalog, const struct catalog *source,
                   const struct set_rules *rules, struct arena *arena);

/* Binary search; NULL: none. */
const struct message *catalog_find(const struct catalog *catalog, struct str key);
/* Line of a message: what the reader knew, else found by looking through the file's
 * bytes for the key; 0: not known. */
size_t message_line(const struct catalog *catalog, const struct message *message);

/* The key as people read it: ctxt|id. */
struct str key_shown(struct str key, struct arena *arena);

/* White space is Unicode's. Empty once trimmed. */
bool text_is_blank(struct str text);
/* A form that is not blank. */
bool message_is_nonempty(const struct message *message);
/* The form of that name; NULL: none. */
const struct form *message_form(const struct message *message, const char *name);
/* The text that stands for the message: its only form, or `other`, or the last. */
struct str message_text(const struct message *message);

#endif
