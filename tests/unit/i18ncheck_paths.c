/*
 * Tests of i18ncheck/pattern.c, collect_catalogs.c, collect_guess.c and
 * catalog_source.c: which files are catalogs, of which locale (i18ncheck.md 1 to 3).
 * Each test has a folder of its own below TMPDIR (or build/).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/i18ncheck_catalogs.h"

#include "shared/banned.h"

enum { MADE_MAX = 200, PATH_MAX_HERE = 256 };

static char before[512], root[512];
static char made[MADE_MAX][PATH_MAX_HERE]; // taken away again, last first
static size_t nmade;
static struct err err;

/* ---- a folder for each test ---- */

static void note(const char *path, size_t n)
{
    assert_true(nmade < MADE_MAX && n < PATH_MAX_HERE);
    (void)snprintf(made[nmade++], PATH_MAX_HERE, "%.*s", (int)n, path);
}

static void put(const char *path, const char *text)
{
    int fd;

    for (size_t i = 0; path[i] != '\0'; i++) {
        char folder[PATH_MAX_HERE];

        (void)snprintf(folder, sizeof folder, "%.*s", (int)i, path);
        if (path[i] == '/' && mkdir(folder, 0755) == 0)
            note(path, i);
    }
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    (void)close(fd);
    note(path, strlen(path));
}

static int begin_folder(void **state)
{
    const char *base = getenv("TMPDIR");

    (void)state;
    nmade = 0;
    if (!base)
        base = access("build", F_OK) == 0 ? "build" : ".";
    (void)snprintf(root, sizeof root, "%s/rounds-paths-XXXXXX", base);
    return !getcwd(before, sizeof before) || !mkdtemp(root) || chdir(root) < 0 ? -1 : 0;
}

static int end_folder(void **state)
{
    (void)state;
    while (nmade > 0)
        (void)remove(made[--nmade]);
    return chdir(before) < 0 || rmdir(root) < 0 ? -1 : 0;
}

#define IN_A_FOLDER(test) \
    cmocka_unit_test_setup_teardown(test, begin_folder, end_folder)

/* One line a path: locale, path, namespace in brackets. */
static const char *listed(const struct catalog_paths *paths)
{
    struct buf out;

    buf_init(&out, &run, MIB);
    buf_add_text(&out, "");
    for (size_t i = 0; i < paths->n; i++) {
        const struct catalog_path *path = &paths->item[i];

        buf_printf(&out, "%s %s", path->locale, path->path);
        if (path->ns.n > 0)
            buf_printf(&out, " [%.*s]", (int)path->ns.n, path->ns.at);
        buf_add_text(&out, "\n");
    }
    return out.at;
}

static const char *found(enum catalog_format format, const char *pattern)
{
    struct set_rules rules = rules_of(format);
    struct catalog_paths paths;

    if (!catalog_paths_find(".", pattern, &rules, &run, &paths, &err))
        fail_msg("%s", err.text);
    return listed(&paths);
}

static const char *refused(const char *pattern)
{
    struct set_rules rules = rules_of(CATALOG_JSON);
    struct catalog_paths paths;

    assert_false(catalog_paths_find(".", pattern, &rules, &run, &paths, &err));
    return err.text;
}

/* ---- by the configuration ---- */

static void a_pattern_finds_a_file_for_each_locale(void **state)
{
    (void)state;
    put("locales/en.json", "");
    put("locales/pt_BR.json", "");
    put("locales/qya.json", "");
    put("locales/notes.json", "");
    put("locales/de.json.bak", "");
    put("locales/.de.json", "");
    put("de.json", "");
    assert_string_equal(found(CATALOG_JSON, "locales/{locale}.json"),
                        "en locales/en.json\npt-BR locales/pt_BR.json\n"
                        "qya locales/qya.json\n");
    assert_string_equal(found(CATALOG_JSON, "./locales/{locale}.json"),
                        "en locales/en.json\npt-BR locales/pt_BR.json\n"
                        "qya locales/qya.json\n");
    assert_string_equal(found(CATALOG_JSON, "none/{locale}.json"), "");
}

static void namespaces_are_named_by_the_path(void **state)
{
    (void)state;
    put("l/en/shop.json", "");
    put("l/en/cart.json", "");
    put("l/de/cart.json", "");
    put("l/cart.de.json", "");
    put("l/x/cart.fr.json", "");
    assert_string_equal(found(CATALOG_JSON, "l/{locale}/{ns}.json"),
                        "de l/de/cart.json [cart]\nen l/en/cart.json [cart]\n"
                        "en l/en/shop.json [shop]\n");
    assert_string_equal(found(CATALOG_JSON, "l/{ns}.{locale}.json"),
                        "de l/cart.de.json [cart]\n");
    assert_string_equal(found(CATALOG_JSON, "{ns}/x/cart.{locale}.json"),
                        "fr l/x/cart.fr.json [l]\n");
}

static void stars_match_names_and_double_stars_folders(void **state)
{
    (void)state;
    put("de.yml", "");
    put("a/de.yml", "");
    put("a/b/de.yml", "");
    put("a/b/models.fr.yml", "");
    put("a/.b/de.yml", "");
    put("a/b/.hidden.fr.yml", "");
    assert_string_equal(found(CATALOG_RAILS, "**/{locale}.yml"),
                        "de a/b/de.yml\nde a/de.yml\nde de.yml\n");
    assert_string_equal(found(CATALOG_RAILS, "a/**/{locale}.yml"),
                        "de a/b/de.yml\nde a/de.yml\n");
    assert_string_equal(found(CATALOG_RAILS, "*/{locale}.yml"), "de a/de.yml\n");
    assert_string_equal(found(CATALOG_RAILS, "a/**/*.{locale}.yml"),
                        "fr a/b/models.fr.yml\n");
}

static void links_are_not_followed(void **state)
{
    (void)state;
    put("l/de.json", "");
    assert_int_equal(symlink("de.json", "l/fr.json"), 0);
    note("l/fr.json", 9);
    assert_int_equal(symlink("l", "m"), 0);
    note("m", 1);
    assert_string_equal(found(CATALOG_JSON, "l/{locale}.json"), "de l/de.json\n");
    assert_string_equal(found(CATALOG_JSON, "m/{locale}.json"), "");
    assert_string_equal(found(CATALOG_JSON, "**/{locale}.json"), "de l/de.json\n");
}

static void folders_are_no_catalogs(void **state)
{
    (void)state;
    put("l/de.json/fr.json", "");
    assert_string_equal(found(CATALOG_JSON, "l/{locale}.json"), "");
}

static void values_is_the_source_of_android(void **state)
{
    static const char all[] =
        "de res/values-de/strings.xml\nen res/values/strings.xml\n"
        "pt-BR res/values-pt-rBR/strings.xml\nsr-Latn res/values-b+sr+Latn/strings.xml\n";

    (void)state;
    put("res/values/strings.xml", "");
    put("res/values-de/strings.xml", "");
    put("res/values-pt-rBR/strings.xml", "");
    put("res/values-b+sr+Latn/strings.xml", "");
    put("res/values-en/strings.xml", ""); // the source is told by `values` already
    put("res/values-night/strings.xml", "");
    put("res/values-v21/strings.xml", "");
    put("res/values-car/strings.xml", "");
    put("res/values-de-land/strings.xml", "");
    put("res/drawable/strings.xml", "");
    assert_string_equal(found(CATALOG_ANDROID, "res/values-{locale}/strings.xml"), all);
    assert_string_equal(found(CATALOG_ANDROID, "res/values{locale}/strings.xml"), all);
    assert_string_equal(found(CATALOG_ANDROID, "res/{locale}/strings.xml"), all);
    assert_string_equal(found(CATALOG_ANDROID, "**/values-{locale}/strings.xml"), all);
}

static void the_base_file_of_properties_is_the_source(void **state)
{
    (void)state;
    put("m/messages.properties", "");
    put("m/messages_de.properties", "");
    put("m/messages_zh_CN.properties", "");
    put("m/messages_en.properties", "");
    put("m/my_app.properties", "");
    put("m/my_app_de.properties", "");
    put("m/log4j.properties", "");
    assert_string_equal(found(CATALOG_PROPERTIES, "m/messages_{locale}.properties"),
                        "de m/messages_de.properties\nen m/messages.properties\n"
                        "zh-CN m/messages_zh_CN.properties\n");
    assert_string_equal(
        found(CATALOG_PROPERTIES, "m/{ns}_{locale}.properties"),
        "de m/messages_de.properties [messages]\nde m/my_app_de.properties [my_app]\n"
        "en m/messages.properties [messages]\nen m/my_app.properties [my_app]\n"
        "zh-CN m/messages_zh_CN.properties [messages]\n");
    assert_string_equal(found(CATALOG_JSON, "m/messages_{locale}.properties"),
                        "de m/messages_de.properties\nen m/messages_en.properties\n"
                        "zh-CN m/messages_zh_CN.properties\n");
}

static void a_template_takes_the_place_of_the_source(void **state)
{
    struct set_rules rules = rules_of(CATALOG_PO);
    struct catalog_paths paths;

    (void)state;
    put("po/de.po", "");
    put("po/en.po", "");
    put("pot/app.pot", "");
    rules.template = "pot/app.pot";
    assert_true(catalog_paths_find(".", "po/{locale}.po", &rules, &run, &paths, &err));
    assert_string_equal(listed(&paths), "de po/de.po\nen pot/app.pot\n");
    assert_int_equal(paths.nfolders, 2);
    assert_string_equal(paths.folder[0], "po");
    assert_string_equal(paths.folder[1], "pot");
}

static void confinement_gets_the_folder_without_wildcards(void **state)
{
    struct set_rules rules = rules_of(CATALOG_JSON);
    struct catalog_paths paths;

    (void)state;
    assert_true(catalog_paths_find("shop", "a/b/{locale}/{ns}.json", &rules, &run,
                                   &paths, &err));
    assert_int_equal(paths.nfolders, 1);
    assert_string_equal(paths.folder[0], "shop/a/b");
    assert_true(
        catalog_paths_find("shop", "{locale}.json", &rules, &run, &paths, &err));
    assert_string_equal(paths.folder[0], "shop");
}

static void an_xcstrings_file_is_a_catalog_of_each_locale_in_it(void **state)
{
    (void)state;
    put("App.xcstrings",
        "{\"sourceLanguage\":\"en\",\"strings\":{\"a\":{\"localizations\":{\"de\":{"
        "\"stringUnit\":{\"state\":\"translated\",\"value\":\"A\"}},\"pt-BR\":{}}},"
        "\"b\":{\"localizations\":{\"de\":{},\"en\":{}}},\"c\":{}}}");
    assert_string_equal(found(CATALOG_XCSTRINGS, "*.xcstrings"),
                        "de App.xcstrings\nen App.xcstrings\npt-BR App.xcstrings\n");
}

static void a_folder_that_may_not_be_read_is_an_error(void **state)
{
    (void)state;
    put("l/x/de.json", "");
    if (geteuid() == 0) { // root reads all; a name that is too long fails as well
        char *name = arena_new(&run, char, 301);

        memset(name, 'x', 300);
        assert_non_null(strstr(refused(str_format(&run, "l/%s/{locale}.json", name)),
                               "File name too long"));
        return;
    }
    assert_int_equal(chmod("l/x", 0), 0);
    assert_string_equal(refused("l/*/{locale}.json"),
                        "cannot list 'l/x': Permission denied");
    assert_int_equal(chmod("l/x", 0755), 0);
}

static void patterns_that_say_no_locale_are_refused(void **state)
{
    (void)state;
    assert_string_equal(refused("l/*.json"), "pattern 'l/*.json': {locale} is wanted");
    assert_string_equal(refused("{locale}/{locale}.json"),
                        "pattern '{locale}/{locale}.json': {locale} is there twice");
    assert_string_equal(refused("{ns}/{ns}.{locale}.json"),
                        "pattern '{ns}/{ns}.{locale}.json': {ns} is there twice");
    assert_string_equal(refused("{lang}.json"),
                        "pattern '{lang}.json': {locale} and {ns} are the words it may "
                        "hold in braces");
    assert_string_equal(refused("l//{locale}.json"),
                        "pattern 'l//{locale}.json': an empty part");
    assert_string_equal(refused("{locale}/**"),
                        "pattern '{locale}/**': a file name is wanted behind **");
}

/* ---- ad hoc ---- */

static struct set_rules guessed_rules;

static const char *guessed(const char *path, const char *hint)
{
    struct catalog_paths paths = {0};

    guessed_rules = rules_of(CATALOG_PO);
    if (!catalog_paths_guess(path, hint, &guessed_rules, &run, &paths, &err))
        fail_msg("%s", err.text);
    return listed(&paths);
}

static void json_is_guessed_by_its_names(void **state)
{
    (void)state;
    put("l/en.json", "{}");
    put("l/de.json", "{}");
    put("l/package.json", "{}");
    assert_string_equal(guessed("l", NULL), "de l/de.json\nen l/en.json\n");
    assert_int_equal(guessed_rules.format, CATALOG_JSON);
    assert_int_equal(guessed_rules.plural, PLURAL_AUTO);
    assert_string_equal(guessed("l/de.json", "auto"), "de l/de.json\n");
    assert_string_equal(guessed("l/package.json", "json"), "");
    assert_int_equal(guessed_rules.plural, PLURAL_NONE);
}

static void folders_of_locales_give_namespaces_where_there_are_several(void **state)
{
    (void)state;
    put("l/en/common.json", "{}");
    put("l/de/common.json", "{}");
    put("l/qya/common.json", "{}");
    put("l/src/tool.json", "{}"); // a folder of code, and the tag of no known locale
    assert_string_equal(guessed("l", NULL), "de l/de/common.json\nen l/en/common.json\n"
                                            "qya l/qya/common.json\n");
    put("l/en/cart.json", "{}");
    assert_string_equal(
        guessed("l", NULL),
        "de l/de/common.json [common]\nen l/en/cart.json [cart]\n"
        "en l/en/common.json [common]\nqya l/qya/common.json [common]\n");
    assert_string_equal(guessed("l/de/common.json", NULL), "de l/de/common.json\n");
}

static void several_paths_make_one_list(void **state)
{
    struct set_rules rules = rules_of(CATALOG_PO);
    struct catalog_paths paths = {0};

    (void)state;
    put("l/en/common.json", "{}");
    put("l/en/cart.json", "{}");
    put("l/de/cart.json", "{}");
    assert_true(
        catalog_paths_guess("l/en/common.json", NULL, &rules, &run, &paths, &err));
    assert_string_equal(listed(&paths), "en l/en/common.json\n");
    assert_true(
        catalog_paths_guess("l/de/cart.json", NULL, &rules, &run, &paths, &err));
    assert_true(
        catalog_paths_guess("l/en/cart.json", NULL, &rules, &run, &paths, &err));
    assert_string_equal(listed(&paths),
                        "de l/de/cart.json [cart]\nen l/en/cart.json [cart]\n"
                        "en l/en/common.json [common]\n");
}

static void other_formats_are_guessed_by_their_names(void **state)
{
    (void)state;
    put("rb/devise.de.yml", "de:\n  a: b\n");
    put("rb/models/en.yaml", "en:\n  a: b\n");
    put("rb/compose.yml", "version: 3\nservices:\n  a: b\n");
    put("po/de.po", "");
    put("po/app.pot", "");
    put("django/de/LC_MESSAGES/django.po", "");
    put("res/values/strings.xml", "");
    put("res/values-de/strings.xml", "");
    put("arb/app_en.arb", "{}");
    put("arb/app_de.arb", "{}");
    put("java/m.properties", "");
    put("java/m_de.properties", "");
    put("x/messages.xlf", "<xliff version='1.2'><file source-language='en'/></xliff>");
    put("x/messages.de.xlf",
        "<xliff version='1.2'><file source-language='en' target-language='de'/></xliff>");
    put("x/two.xliff",
        "<xliff version='2.0' srcLang='en' trgLang='fr'><file id='f'/></xliff>");
    put("xc/L.xcstrings", "{\"strings\":{\"a\":{\"localizations\":{\"de\":{}}}}}");
    assert_string_equal(guessed("rb", NULL),
                        "de rb/devise.de.yml\nen rb/models/en.yaml\n");
    assert_int_equal(guessed_rules.syntax, SYNTAX_RAILS);
    assert_string_equal(guessed("po", NULL), "de po/de.po\nen po/app.pot\n");
    assert_string_equal(guessed("django", NULL),
                        "de django/de/LC_MESSAGES/django.po\n");
    assert_string_equal(guessed("res", NULL), "de res/values-de/strings.xml\n"
                                              "en res/values/strings.xml\n");
    assert_int_equal(guessed_rules.syntax, SYNTAX_PRINTF);
    assert_string_equal(guessed("arb", NULL), "de arb/app_de.arb\nen arb/app_en.arb\n");
    assert_string_equal(guessed("java", NULL),
                        "de java/m_de.properties\nen java/m.properties\n");
    assert_string_equal(guessed("x", NULL),
                        "de x/messages.de.xlf\nen x/messages.xlf\nfr x/two.xliff\n");
    assert_string_equal(guessed("xc", NULL), "de xc/L.xcstrings\nen xc/L.xcstrings\n");
    assert_string_equal(guessed("res/values-de/strings.xml", NULL),
                        "de res/values-de/strings.xml\n");
    assert_string_equal(guessed("rb/devise.de.yml", "rails"), "de rb/devise.de.yml\n");
}

static void hints_set_format_style_and_syntax(void **state)
{
    static const struct {
        const char *hint;
        enum catalog_format format;
        enum plural_style plural;
        enum syntax syntax;
    } cases[] = {
        {"json", CATALOG_JSON, PLURAL_NONE, SYNTAX_NONE},
        {"i18next4", CATALOG_JSON, PLURAL_I18NEXT4, SYNTAX_I18NEXT},
        {"i18next3", CATALOG_JSON, PLURAL_I18NEXT3, SYNTAX_I18NEXT},
        {"icu", CATALOG_JSON, PLURAL_ICU, SYNTAX_ICU},
        {"vue", CATALOG_JSON, PLURAL_VUE, SYNTAX_VUE},
        {"rails", CATALOG_RAILS, PLURAL_AUTO, SYNTAX_RAILS},
        {"po", CATALOG_PO, PLURAL_AUTO, SYNTAX_NONE},
    };
    struct catalog_paths paths = {0};

    (void)state;
    put("x", "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(guessed("x", cases[i].hint), "");
        assert_int_equal(guessed_rules.format, cases[i].format);
        assert_int_equal(guessed_rules.plural, cases[i].plural);
        assert_int_equal(guessed_rules.syntax, cases[i].syntax);
    }
    assert_false(catalog_paths_guess("x", "yaml", &guessed_rules, &run, &paths, &err));
    assert_string_equal(
        err.text, "'yaml' is no format; auto, json, i18next4, i18next3, icu, vue, "
                  "rails, po, android, arb, xcstrings, properties and xliff are");
    assert_false(catalog_paths_guess("y", NULL, &guessed_rules, &run, &paths, &err));
    assert_string_equal(err.text, "cannot read 'y': No such file or directory");
}

static void the_ending_of_a_file_says_its_format(void **state)
{
    struct set_rules rules = rules_of(CATALOG_JSON);

    (void)state;
    assert_true(catalog_rules_guess("x/messages.json", NULL, &rules, &err));
    assert_int_equal(rules.format, CATALOG_JSON);
    assert_true(catalog_rules_guess("app.pot", "auto", &rules, &err));
    assert_int_equal(rules.format, CATALOG_PO);
    assert_true(catalog_rules_guess("strings.xml", NULL, &rules, &err));
    assert_int_equal(rules.format, CATALOG_ANDROID);
    assert_int_equal(rules.syntax, SYNTAX_PRINTF);
    assert_true(catalog_rules_guess("x.txt", "i18next4", &rules, &err));
    assert_int_equal(rules.plural, PLURAL_I18NEXT4);
    assert_false(catalog_rules_guess("x.txt", NULL, &rules, &err));
    assert_string_equal(err.text, "cannot read 'x.txt': no catalog ends like this; say "
                                  "what it is with --format-hint");
}

/* ---- reading what was found ---- */

static void files_of_one_locale_are_one_catalog(void **state)
{
    struct set_rules rules = rules_of(CATALOG_JSON);
    struct catalog_paths paths;
    struct catalog catalog = {0};

    (void)state;
    put("l/de/a.json", "{\"x\": \"1\"}");
    put("l/de/b.json", "{\"x\": \"2\"");
    put("l/de/c.json", "\xEF\xBB\xBF{\"x\":\n\"3\"}");
    assert_true(
        catalog_paths_find(".", "l/{locale}/{ns}.json", &rules, &run, &paths, &err));
    assert_true(catalog_read(paths.item, paths.n, ".", &rules, &run, &catalog, &err));
    assert_string_equal(catalog.locale, "de");
    assert_string_equal(shown(&catalog), "a:x | 1\nc:x | 3\n");
    assert_string_equal(noted(&catalog), "syntax '' 1\nbom '' 1\n");
    assert_true(catalog.file[1].is_broken && !catalog.file[2].is_broken);
    assert_int_equal(catalog_find(&catalog, STR("c:x"))->file, 2);
}

static void one_key_in_two_files_is_a_duplicate(void **state)
{
    struct set_rules rules = rules_of(CATALOG_RAILS);
    struct catalog_paths paths;
    struct catalog catalog = {0};

    (void)state;
    put("l/a.de.yml", "de:\n  x: '1'\n");
    put("l/b.de.yml", "de:\n  y: '1'\n  x: '2'\n");
    assert_true(
        catalog_paths_find(".", "l/*.{locale}.yml", &rules, &run, &paths, &err));
    assert_true(catalog_read(paths.item, paths.n, ".", &rules, &run, &catalog, &err));
    assert_string_equal(shown(&catalog), "x | 2\ny | 1\n");
    assert_string_equal(noted(&catalog), "duplicate 'x' 3\n");
    assert_string_equal(catalog.note[0].text, "the key is in two files");
}

static void too_large_a_file_is_a_broken_catalog(void **state)
{
    struct set_rules rules = rules_of(CATALOG_JSON);
    struct catalog_path path = {.path = "de.json", .locale = "de"};
    struct catalog catalog = {0};

    (void)state;
    put("de.json", "{}");
    assert_int_equal(truncate("de.json", (off_t)64 << 20), 0);
    assert_true(catalog_read(&path, 1, ".", &rules, &run, &catalog, &err));
    assert_string_equal(catalog.note[0].text, "something after the object");
    assert_int_equal(truncate("de.json", ((off_t)64 << 20) + 1), 0);
    assert_true(catalog_read(&path, 1, ".", &rules, &run, &catalog, &err));
    assert_string_equal(catalog.note[0].text, "larger than 64 MiB");
}

static void a_file_that_cannot_be_read_is_an_error(void **state)
{
    struct set_rules rules = rules_of(CATALOG_JSON);
    struct catalog_path path = {.path = "de.json", .locale = "de"};
    struct catalog catalog = {0};

    (void)state;
    assert_false(catalog_read(&path, 1, "l", &rules, &run, &catalog, &err));
    assert_string_equal(err.text, "cannot read 'l/de.json': there is no such file");
    put("x", "");
    assert_int_equal(symlink("x", "de.json"), 0);
    note("de.json", 7);
    assert_false(catalog_read(&path, 1, ".", &rules, &run, &catalog, &err));
    assert_string_equal(err.text,
                        "cannot read 'de.json': it is a symbolic link; put the file "
                        "there");
}

static void no_file_is_an_absent_catalog(void **state)
{
    struct set_rules rules = rules_of(CATALOG_JSON);
    struct catalog catalog = {.locale = "de"};

    (void)state;
    assert_true(catalog_read(NULL, 0, ".", &rules, &run, &catalog, &err));
    assert_true(catalog.is_absent);
    assert_int_equal(catalog.n, 0);
}

static struct catalog source_of(const char *pattern, const struct set_rules *rules)
{
    struct catalog_paths paths;
    struct catalog source = {0};

    assert_true(catalog_paths_find(".", pattern, rules, &run, &paths, &err));
    assert_true(catalog_read_source(&paths, ".", rules, &run, &source, &err));
    return source;
}

static void without_a_template_all_live_entries_are_the_source(void **state)
{
    struct set_rules rules = rules_of(CATALOG_PO);
    struct catalog source;

    (void)state;
    put("de.po",
        "msgid \"\"\nmsgstr \"Language: de\\n\"\n\nmsgid \"a\"\nmsgstr \"A\"\n\n"
        "#~ msgid \"old\"\n#~ msgstr \"alt\"\n\nmsgid \"n\"\nmsgstr \"N\"\n");
    put("fr.po", "#, c-format\nmsgid \"b\"\nmsgstr \"\"\n\nmsgid \"n\"\nmsgid_plural "
                 "\"ns\"\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n");
    put("pl.po", "broken");
    source = source_of("{locale}.po", &rules);
    assert_string_equal(shown(&source), "a | a\nb | b\nn | 0=n | 1=ns\n");
    assert_string_equal(noted(&source), "");
    assert_string_equal(source.locale, "en");
    assert_int_equal(catalog_find(&source, STR("b"))->syntax, SYNTAX_C_PRINTF);
    assert_int_equal(catalog_find(&source, STR("n"))->file, 1);
}

static void a_template_found_ad_hoc_is_the_source_alone(void **state)
{
    struct set_rules rules = rules_of(CATALOG_JSON);
    struct catalog_paths paths = {0};
    struct catalog source = {0};

    (void)state;
    put("po/app.pot", "msgid \"a\"\nmsgstr \"\"\n");
    put("po/en.po", "msgid \"a\"\nmsgstr \"A\"\n\nmsgid \"b\"\nmsgstr \"B\"\n");
    put("po/de.po", "msgid \"c\"\nmsgstr \"C\"\n");
    assert_true(catalog_paths_guess("po", NULL, &rules, &run, &paths, &err));
    assert_true(catalog_read_source(&paths, ".", &rules, &run, &source, &err));
    assert_string_equal(shown(&source), "a | a\n");
}

static void ids_that_are_names_get_the_words_of_the_source_language(void **state)
{
    struct set_rules rules = rules_of(CATALOG_PO);
    struct catalog source;

    (void)state;
    put("de.po", "msgid \"cart.title\"\nmsgstr \"Warenkorb\"\n\nmsgid \"x\"\nmsgstr "
                 "\"X\"\n");
    put("en.po", "msgid \"cart.title\"\nmsgstr \"Cart\"\n");
    source = source_of("{locale}.po", &rules);
    assert_string_equal(shown(&source), "cart.title | Cart\nx | x\n");
}

static void targets_of_xliff_say_the_source(void **state)
{
    struct set_rules rules = rules_of(CATALOG_XLIFF);
    struct catalog source;

    (void)state;
    put("m.de.xlf",
        "<xliff version='1.2'><file target-language='de'><body><trans-unit id='a'>"
        "<source>One</source><target>Eins</target></trans-unit></body></file></xliff>");
    put("m.fr.xlf",
        "<xliff version='1.2'><file target-language='fr'><body><trans-unit id='b'>"
        "<source>Two</source></trans-unit></body></file></xliff>");
    source = source_of("m.{locale}.xlf", &rules);
    assert_string_equal(shown(&source), "a | One\nb | Two\n");
    put("m.xlf",
        "<xliff version='1.2'><file source-language='en'><body><trans-unit id='c'>"
        "<source>Three</source></trans-unit></body></file></xliff>");
    source = source_of("m.{locale}.xlf", &rules);
    assert_string_equal(shown(&source), "c | Three\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_pattern_finds_a_file_for_each_locale),
        IN_A_FOLDER(namespaces_are_named_by_the_path),
        IN_A_FOLDER(stars_match_names_and_double_stars_folders),
        IN_A_FOLDER(links_are_not_followed),
        IN_A_FOLDER(folders_are_no_catalogs),
        IN_A_FOLDER(values_is_the_source_of_android),
        IN_A_FOLDER(the_base_file_of_properties_is_the_source),
        IN_A_FOLDER(a_template_takes_the_place_of_the_source),
        IN_A_FOLDER(confinement_gets_the_folder_without_wildcards),
        IN_A_FOLDER(an_xcstrings_file_is_a_catalog_of_each_locale_in_it),
        IN_A_FOLDER(a_folder_that_may_not_be_read_is_an_error),
        IN_A_FOLDER(patterns_that_say_no_locale_are_refused),
        IN_A_FOLDER(json_is_guessed_by_its_names),
        IN_A_FOLDER(folders_of_locales_give_namespaces_where_there_are_several),
        IN_A_FOLDER(several_paths_make_one_list),
        IN_A_FOLDER(other_formats_are_guessed_by_their_names),
        IN_A_FOLDER(hints_set_format_style_and_syntax),
        cmocka_unit_test(the_ending_of_a_file_says_its_format),
        IN_A_FOLDER(files_of_one_locale_are_one_catalog),
        IN_A_FOLDER(one_key_in_two_files_is_a_duplicate),
        IN_A_FOLDER(too_large_a_file_is_a_broken_catalog),
        IN_A_FOLDER(a_file_that_cannot_be_read_is_an_error),
        IN_A_FOLDER(no_file_is_an_absent_catalog),
        IN_A_FOLDER(without_a_template_all_live_entries_are_the_source),
        IN_A_FOLDER(a_template_found_ad_hoc_is_the_source_alone),
        IN_A_FOLDER(ids_that_are_names_get_the_words_of_the_source_language),
        IN_A_FOLDER(targets_of_xliff_say_the_source),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
