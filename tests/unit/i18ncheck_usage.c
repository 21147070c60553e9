/* Which keys source code uses: every rule of i18ncheck.md 10, its oracle first. */
#include <string.h>

#include "i18ncheck/scan_block.h"
#include "i18ncheck/usage_internal.h"
#include "shared/json.h"
#include "tests/unit/i18ncheck_catalogs.h"

#include "shared/banned.h"

/* A set of one catalog and a file of code. */
struct given {
    const char *catalog; /* JSON, or what `format` is */
    enum catalog_format format;
    enum plural_style plural;
    const char *ns;
    bool has_no_separator; /* natural-language keys by configuration */
    const char *path;      /* of the code; NULL: a.js */
    const char *code;
    struct usage_rules rules;
};

static void add_key(struct buf *out, struct str key)
{
    buf_printf(out, " %.*s", (int)key.n, key.at);
}

/* "used ...; dynamic ...; unused ...; undefined key:line ...; prefix a...b:line ...;
 * opaque n", what is empty left out. */
static const char *summary(const struct usage *usage, const struct set *set)
{
    static const char *const words[USAGE_BUCKETS] = {"used", "dynamic", "literal",
                                                     "text", "word",    "unused"};
    struct buf out;

    buf_init(&out, &run, MIB);
    for (size_t bucket = 0; bucket < USAGE_BUCKETS; bucket++) {
        if (usage->count[bucket] > 0)
            buf_printf(&out, "%s", words[bucket]);
        for (size_t i = 0; i < set->view.n; i++)
            if (usage->bucket[i] == (enum usage_bucket)bucket)
                add_key(&out, set->view.counted[i]->key);
        buf_add_text(&out, usage->count[bucket] > 0 ? "; " : "");
    }
    for (size_t i = 0; i < usage->nundefined; i++)
        buf_printf(&out, "undefined %.*s:%u; ", (int)usage->undefined[i].key.n,
                   usage->undefined[i].key.at, usage->undefined[i].line);
    for (size_t i = 0; i < usage->nundefined_prefixes; i++) {
        const struct usage_fault *fault = &usage->undefined_prefix[i];

        buf_printf(&out, "prefix %.*s...%.*s:%u; ", (int)fault->key.n, fault->key.at,
                   (int)fault->suffix.n, fault->suffix.n > 0 ? fault->suffix.at : "",
                   fault->line);
    }
    if (usage->opaque > 0)
        buf_printf(&out, "opaque %d; ", (int)usage->opaque);
    if (out.n >= 2)
        out.at[out.n - 2] = '\0';
    return out.n > 0 ? out.at : "";
}

static const char *usage_of(const struct given *given)
{
    struct set set = {.base = ".", .rules = rules_of(given->format)};
    struct mentions mentions;
    struct scanner scanner;
    struct usage usage;
    struct err err = {0};

    if (given->plural != PLURAL_AUTO)
        set.rules.plural = given->plural;
    if (given->has_no_separator)
        set.rules.key_sep = (struct str){0};
    set.source = (struct catalog){.locale = "en"};
    catalog_parse(str_of(given->catalog), "en", str_of(given->ns), &set.rules, &run,
                  &set.source);
    assert_int_equal(set.source.nnotes, 0);
    catalog_group(&set.source, NULL, &set.rules, &run);
    set.view = (struct source_view){.catalog = &set.source, .rules = set.rules};
    source_view_count(&set.view, &run);
    scanner_init(&scanner, &given->rules, key_index_new(&set.source, &set.rules, &run),
                 &mentions, &run);
    if (!scanner_file(&scanner, given->path ? given->path : "a.js", str_of(given->code),
                      &err))
        fail_msg("%s", err.text);
    scanner_finish(&scanner);
    usage = usage_measure(&mentions, &given->rules, &set, &run);
    scanner_release(&scanner);
    return summary(&usage, &set);
}

#define ORACLE                                                      \
    "{\"a\":{\"one\":\"One\",\"two\":\"Two\"},\"b\":{\"x\":\"X\"}," \
    "\"c\":{\"y\":\"Y\"},\"d\":{\"z\":\"Z\"}}"
#define PAIR "{\"a\":{\"x\":\"X\",\"y\":\"Y\"}}"

static void expect(const char *catalog, const char *path, const char *code,
                   const char *want)
{
    assert_string_equal(
        usage_of(&(struct given){.catalog = catalog, .path = path, .code = code}),
        want);
}

static void the_oracle_of_the_page(void **state)
{
    (void)state;
    expect(ORACLE, NULL, "t('b.x') t(`a.${n}`) k='c.y'; t('b.q')",
           "used b.x; dynamic a.one a.two; literal c.y; unused d.z; undefined b.q:1");
}

/* ---- calls ---- */

static void each_call_of_javascript_is_a_use(void **state)
{
    static const char *const codes[] = {
        "t('a.x')",
        "$t(\"a.x\")",
        "tc(`a.x`)",
        "te('a.x')",
        "i18n.t('a.x')",
        "i18next.t('a.x')",
        "translate('a.x')",
        "this.t('a.x')",
        "props.t('a.x')",
        "this.$t('a.x')",
        "{t( 'a.x' )}",
        ":title=\"$t('a.x')\"",
        "t(\n  'a.x',\n)",
        "<T i18nKey=\"a.x\">",
        "<T i18nKey={'a.x'}>",
        "<i18n keypath=\"a.x\">",
        "<i18n :keypath=\"'a.x'\">",
        "<p v-t=\"'a.x'\">",
        "<p v-t=\"{ path: 'a.x', args: n }\">",
        "<FormattedMessage\n defaultMessage=\"X\" id=\"a.x\" />",
        "<FormattedMessage id={'a.x'} />",
        "intl.formatMessage({ id: 'a.x' })",
        "intl.formatMessage({ defaultMessage: 'X', id: 'a.x' })",
    };

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        expect(PAIR, "a.vue", codes[i], "used a.x; unused a.y");
}

static void other_functions_are_no_calls(void **state)
{
    static const char *const codes[] = {"at('a.x')",  "x.t('a.x')", "$at('a.x')",
                                        "x$t('a.x')", "_t('a.x')",  "get('a.x')"};

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        expect(PAIR, NULL, codes[i], "literal a.x; unused a.y");
}

static void a_wrapper_is_a_call(void **state)
{
    static const char *const wrapper[] = {"my.tr", "say"};

    (void)state;
    assert_string_equal(usage_of(&(struct given){.catalog = PAIR,
                                                 .code = "say('a.x') my.tr('a.y')",
                                                 .rules = {.wrapper = wrapper,
                                                           .nwrappers = 2}}),
                        "used a.x a.y");
}

static void a_call_within_a_string_is_found(void **state)
{
    (void)state;
    expect(PAIR, NULL, "const s = `Don't ${t('a.x')} say \"${t('a.y')}\"`",
           "used a.x a.y");
}

static void escapes_are_decoded(void **state)
{
    (void)state;
    expect("{\"It's\":\"1\",\"caf\u00e9\":\"2\",\"tab\\there\":\"3\",\"q\\\"\":\"4\"}",
           NULL, "t('It\\'s') t('caf\\u00e9') t('tab\\there') t('q\\x22')",
           "used It's caf\u00e9 q\" tab\there");
    expect("{\"\U0001F600\":\"1\",\"\u00fc\":\"2\"}", NULL,
           "t('\\u{1F600}') x('\\u{fc}')", "used \U0001F600; literal \u00fc");
}

static void gettext_calls_are_uses(void **state)
{
    static const char *const po =
        "msgid \"A\"\nmsgstr \"\"\n\nmsgid \"B\"\nmsgstr \"\"\n";
    static const char *const codes[] = {
        "_('A')",          "gettext(\"A\")",    "_n('A', 'As', 2)",
        "__('A', 'shop')", "self.gettext('A')", "ngettext(\"A\", \"As\", n)",
        "_(u'A')",         "_(\"\"\"A\"\"\")",  "_('' 'A')"};

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        assert_string_equal(usage_of(&(struct given){.catalog = po,
                                                     .format = CATALOG_PO,
                                                     .path = "a.py",
                                                     .code = codes[i]}),
                            "used A; unused B");
    assert_string_equal(
        usage_of(&(struct given){.catalog = "msgctxt \"menu\"\nmsgid \"Open\"\n"
                                            "msgstr \"\"\n",
                                 .format = CATALOG_PO,
                                 .path = "a.c",
                                 .code = "pgettext(\"menu\", \"Open\")"}),
        "used menu\004Open");
}

static void rails_calls_are_uses(void **state)
{
    static const char *const codes[] = {"t('a.x')", "I18n.t('a.x')", "t 'a.x'",
                                        "translate(\"a.x\")", "t(:'a.x')"};

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        expect(PAIR, "app/a.rb", codes[i], "used a.x; unused a.y");
    expect("{\"x\":\"X\"}", "a.haml", "%p= t(:x)", "used x");
}

static void a_relative_key_of_rails_lies_below_its_path(void **state)
{
    static const char *const catalog =
        "{\"carts\":{\"show\":{\"x\":\"X\"},\"form\":{\"x\":\"Y\"}},"
        "\"admin\":{\"carts\":{\"edit\":{\"x\":\"Z\"}}},\"o\":{\"x\":\"O\"}}";

    (void)state;
    expect(catalog, "app/views/carts/show.html.erb", "<%= t('.x') %>",
           "used carts.show.x; unused admin.carts.edit.x carts.form.x o.x");
    expect(catalog, "app/views/carts/_form.html.erb", "<%= t('.x') %>",
           "used carts.form.x; unused admin.carts.edit.x carts.show.x o.x");
    expect(catalog, "app/controllers/admin/carts_controller.rb",
           "def edit\n  flash = t('.x')\nend\n",
           "used admin.carts.edit.x; unused carts.form.x carts.show.x o.x");
    expect(catalog, "app/views/carts/show.html.erb", "<%= t('.y') %>",
           "unused admin.carts.edit.x carts.form.x carts.show.x o.x; "
           "undefined carts.show.y:1");
    // a method that is no action, of whichever
    expect(catalog, "app/controllers/carts_controller.rb", "def load\n t('.x')\nend\n",
           "dynamic admin.carts.edit.x carts.form.x carts.show.x o.x");
    // a helper is called from anywhere
    expect(catalog, "app/helpers/x_helper.rb", "t('.x')",
           "dynamic admin.carts.edit.x carts.form.x carts.show.x o.x");
}

static void android_resources_are_uses(void **state)
{
    static const char *const xml =
        "<resources><string name=\"x\">X</string><string name=\"y\">Y</string>"
        "<string name=\"z.z\">Z</string>"
        "<plurals name=\"p\"><item quantity=\"other\">P</item></plurals>"
        "<string-array name=\"l\"><item>1</item><item>2</item></string-array>"
        "</resources>";

    (void)state;
    assert_string_equal(usage_of(
                            &(struct given){.catalog = xml,
                                            .format = CATALOG_ANDROID,
                                            .plural = PLURAL_ANDROID,
                                            .path = "A.kt",
                                            .code = "R.string.x R.plurals.p R.array.l\n"
                                                    "android.R.string.ok R.string.z_z "
                                                    "R.string.gone"}),
                        "used l.0 l.1 p x z.z; unused y; undefined gone:2");
    assert_string_equal(usage_of(&(struct given){.catalog = xml,
                                                 .format = CATALOG_ANDROID,
                                                 .plural = PLURAL_ANDROID,
                                                 .path = "res/layout/a.xml",
                                                 .code = "<T a=\"@string/x\" "
                                                         "b=\"@android:string/y\"/>"}),
                        "used x; word y; unused l.0 l.1 p z.z");
}

/* ---- what a literal resolves to ---- */

static void a_namespace_of_the_file_is_tried(void **state)
{
    struct given given = {.catalog = PAIR, .ns = "shop"};

    (void)state;
    given.code = "useTranslation('shop'); t('a.x')";
    assert_string_equal(usage_of(&given), "used shop:a.x; unused shop:a.y");
    given.code = "t('shop:a.x')";
    assert_string_equal(usage_of(&given), "used shop:a.x; unused shop:a.y");
    given.code = "useTranslation(['menu', 'shop']); t('a.x')";
    assert_string_equal(usage_of(&given), "used shop:a.x; unused shop:a.y");
    given.code = "useTranslation('shop', { keyPrefix: 'a' }); t('x')";
    assert_string_equal(usage_of(&given), "used shop:a.x; unused shop:a.y");
    // which namespace is the default one is not known
    given.code = "t('a.x')";
    assert_string_equal(usage_of(&given), "literal shop:a.x; unused shop:a.y");
}

static void a_prefix_of_the_file_is_tried(void **state)
{
    (void)state;
    expect(PAIR, NULL, "const t = useTranslations('a'); t('x')",
           "used a.x; unused a.y");
    expect(PAIR, NULL, "useTranslation(undefined, {keyPrefix: 'a'}); t('x')",
           "used a.x; unused a.y");
    expect(PAIR, NULL, "useTranslations('a'); t('z')",
           "unused a.x a.y; undefined a.z:1");
    // a prefix that is not known may be any
    expect(PAIR, NULL, "useTranslations(area); t('x'); t('z')",
           "dynamic a.x; unused a.y");
}

static void a_plural_is_used_by_its_stem_and_by_its_forms(void **state)
{
    struct given given = {.catalog =
                              "{\"n_one\":\"1\",\"n_other\":\"2\",\"arrow_one\":\"3\"}",
                          .plural = PLURAL_I18NEXT4};

    (void)state;
    given.code = "t('n', { count })";
    assert_string_equal(usage_of(&given), "used n; unused arrow_one");
    given.code = "t('n_other')";
    assert_string_equal(usage_of(&given), "used n; unused arrow_one");
}

static void contexts_are_used_where_there_may_be_one(void **state)
{
    static const char *const catalog =
        "{\"f\":\"1\",\"f_male\":\"2\",\"g_male\":\"3\",\"h\":\"4\"}";

    (void)state;
    expect(catalog, NULL, "t('g', o)", "used g_male; unused f f_male h");
    expect(catalog, NULL, "t('f', { context: c })", "used f f_male; unused g_male h");
    expect(catalog, NULL, "t('f', options)", "used f f_male; unused g_male h");
    expect(catalog, NULL, "t('f', { count: 1 })", "used f; unused f_male g_male h");
}

static void a_branch_is_undeterminable(void **state)
{
    (void)state;
    expect(PAIR, NULL, "t('a', { returnObjects: true })", "dynamic a.x a.y");
}

/* ---- comments, i18n-use, keep ---- */

static void a_call_in_a_comment_is_only_a_use(void **state)
{
    static const char *const codes[] = {"// t('a.x') t('a.q') t(`q.${n}`)",
                                        " * t('a.x') t('a.q')",
                                        "<!-- \n\n t('a.x') t('a.q') -->",
                                        "/* t('a.x') t('a.q') */"};

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        expect(PAIR, "a.vue", codes[i], "used a.x; unused a.y");
    expect(PAIR, "a.rb", "# t('a.x') t('a.q')", "used a.x; unused a.y");
    expect(PAIR, NULL, "'https://x'; t('a.q')", "unused a.x a.y; undefined a.q:1");
    expect(PAIR, NULL, "<!-- x --> /* y */ t('a.q')",
           "unused a.x a.y; undefined a.q:1");
    expect(PAIR, NULL, "// x\nt('a.q')", "unused a.x a.y; undefined a.q:2");
}

static void i18n_use_and_keep_are_uses(void **state)
{
    static const char *const keep[] = {"*.y"};

    (void)state;
    expect(ORACLE, NULL, "// i18n-use a.*\n/* i18n-use b.x*/",
           "used a.one a.two b.x; unused c.y d.z");
    assert_string_equal(usage_of(&(struct given){.catalog = PAIR,
                                                 .code = "",
                                                 .rules = {.keep = keep, .nkeep = 1}}),
                        "used a.y; unused a.x");
}

/* ---- undeterminable ---- */

static void dynamic_keys_match_prefix_and_suffix(void **state)
{
    static const char *const catalog =
        "{\"a\":{\"x\":{\"b\":\"1\",\"c\":\"2\"}},\"o\":\"3\"}";

    (void)state;
    expect(catalog, NULL, "t(`a.${x}.b`)", "dynamic a.x.b; unused a.x.c o");
    expect(catalog, NULL, "t('a.' + x + '.c')", "dynamic a.x.c; unused a.x.b o");
    expect(catalog, NULL, "t('a.' + f(x, '+'))", "dynamic a.x.b a.x.c; unused o");
    expect(catalog, NULL, "t('a.x' + '.b')", "used a.x.b; unused a.x.c o");
    expect(catalog, "a.rb", "t(\"a.#{x}.b\")", "dynamic a.x.b; unused a.x.c o");
    expect(catalog, "a.py", "_(f'a.{x}.b')", "dynamic a.x.b; unused a.x.c o");
    expect(catalog, "a.php", "__('a.' . $x . '.c')", "dynamic a.x.c; unused a.x.b o");
    expect(catalog, NULL, "i18nKey={`a.${`x.${y}`}`}", "dynamic a.x.b a.x.c; unused o");
}

static void calls_without_static_text_move_nothing(void **state)
{
    (void)state;
    expect(PAIR, NULL, "t(x); t(`${x}`); t(x + 'y'); t(`a${x}`); t()",
           "unused a.x a.y; opaque 5");
}

static void a_prefix_of_three_bytes_is_static_text(void **state)
{
    (void)state;
    expect("{\"err1\":\"1\",\"other\":\"2\"}", NULL, "t(`err${n}`)",
           "dynamic err1; unused other");
    expect(PAIR, NULL, "t(`err${n}`)", "unused a.x a.y; prefix err...:1");
    expect(PAIR, NULL, "\nt(`b.${n}.c`)", "unused a.x a.y; prefix b.....c:2");
}

static void a_word_key_occurs_as_a_word(void **state)
{
    (void)state;
    expect("{\"brand\":\"B\",\"home\":\"H\"}", NULL, "x.brand = homes",
           "word brand; unused home");
}

static void a_sentence_occurs_with_other_white_space(void **state)
{
    static const char *const catalog =
        "{\"Your cart is empty\":\"1\",\"Hello {name}, welcome back\":\"2\","
        "\"Gone is the day\":\"3\"}";

    (void)state;
    expect(
        catalog, "a.vue",
        "<p>Your cart\n    is empty.</p> Hello <b>n</b>, welcome "
        "\tback day Gone is",
        "text Hello {name}, welcome back Your cart is empty; unused Gone is the day");
}

/* ---- undefined ---- */

static void a_bare_call_needs_a_known_branch_to_be_undefined(void **state)
{
    (void)state;
    expect(PAIR, NULL, "t('foo') t('b.x') t('a.q')", "unused a.x a.y; undefined a.q:1");
    expect(PAIR, NULL, "i18n.t('foo')", "unused a.x a.y; undefined foo:1");
    expect(PAIR, NULL, "i18nKey=\"foo\"", "unused a.x a.y; undefined foo:1");
}

static void a_bare_call_is_undefined_where_keys_are_sentences(void **state)
{
    (void)state;
    assert_string_equal(usage_of(&(struct given){.catalog = "{\"Save\":\"Save\"}",
                                                 .has_no_separator = true,
                                                 .code = "t('Sav') t('Save')"}),
                        "used Save; undefined Sav:1");
    assert_string_equal(usage_of(
                            &(struct given){.catalog = "msgid \"A\"\nmsgstr \"\"\n",
                                            .format = CATALOG_PO,
                                            .path = "a.py",
                                            .code = "_('B')"}),
                        "unused A; undefined B:1");
}

/* ---- families and limits ---- */

static void families_go_by_ending(void **state)
{
    (void)state;
    assert_int_equal(source_family(STR("a/b.tsx")), FAMILY_JS);
    assert_int_equal(source_family(STR("a.html.erb")), FAMILY_RUBY);
    assert_int_equal(source_family(STR("a.twig")), FAMILY_GETTEXT);
    assert_int_equal(source_family(STR("A.java")), FAMILY_ANDROID);
    assert_int_equal(source_family(STR("a.json")), FAMILIES);
    assert_int_equal(source_family(STR("js")), FAMILIES);
}

static void a_literal_has_at_most_2000_bytes(void **state)
{
    const char *code = str_format(&run, "t('a.x%2000s'); t('a.y')", "");

    (void)state;
    expect(PAIR, NULL, code, "used a.y; unused a.x; opaque 1");
}

/* ---- 64 bytes at a time ---- */

static void vectors_say_of_each_byte_what_the_plain_loop_says(void **state)
{
    char bytes[CODE_BLOCK_BYTES];

    (void)state;
    for (unsigned c = 0; c < 256; c++)
        for (size_t i = 0; i < sizeof bytes; i++) {
            struct code_block vector, plain;

            memset(bytes, c % 2 == 0 ? '{' : 'x', sizeof bytes);
            bytes[i] = (char)c;
            code_classify_vector(bytes, &vector);
            code_classify_plain(bytes, &plain);
            assert_int_equal(vector.words, plain.words);
            assert_int_equal(vector.marks, plain.marks);
        }
}

static void calls_and_literals_are_found_wherever_they_stand(void **state)
{
    (void)state;
    for (size_t i = 0; i < 130; i++) {
        const char *space = memset(arena_new(&run, char, i + 1), ' ', i);
        const char *word = memset(arena_new(&run, char, i + 1), 'x', i);

        expect(PAIR, NULL, str_format(&run, "%st('a.x') \"a.y\"", space),
               "used a.x; literal a.y");
        expect(PAIR, NULL, str_format(&run, "%s.this.t('a.x')'a.y'", word),
               "literal a.x a.y");
        expect(PAIR, NULL, str_format(&run, "%s:this.t('a.x')`a.y`", word),
               "used a.x; literal a.y");
        expect(PAIR, NULL, str_format(&run, "%s<FormattedMessage id='a.x'", word),
               "used a.x; unused a.y");
        // the last bytes: a call of nothing, a literal without an end
        expect(PAIR, NULL, str_format(&run, "%s t(", word), "unused a.x a.y; opaque 1");
        expect(PAIR, NULL, str_format(&run, "%s t('a.x')'", word),
               "used a.x; unused a.y");
    }
}

static void what_a_match_holds_is_no_other_match(void **state)
{
    (void)state;
    expect(PAIR, NULL, "formatMessage({ d: t('a.y'), id: 'a.x' })",
           "used a.x; literal a.y");
    expect(PAIR, NULL, "this.formatMessage({ id: 'a.x' }); this.t('a.y')",
           "used a.x a.y");
}

static void a_wrapper_may_begin_with_a_mark(void **state)
{
    static const char *const wrapper[] = {".say", "$say", "_say"};
    const struct usage_rules rules = {.wrapper = wrapper, .nwrappers = 3};

    (void)state;
    assert_string_equal(usage_of(
                            &(struct given){.catalog = PAIR,
                                            .code = "\n .say('a.x'); this.$say('a.y')",
                                            .rules = rules}),
                        "used a.x a.y");
    assert_string_equal(usage_of(&(struct given){.catalog = PAIR,
                                                 .code = "(_say('a.x'), x_say('a.y'))",
                                                 .rules = rules}),
                        "used a.x; literal a.y");
}

static void globs_match_any_bytes(void **state)
{
    (void)state;
    assert_true(usage_glob(STR("a.*"), STR("a.")));
    assert_true(usage_glob(STR("*"), STR("")));
    assert_true(usage_glob(STR("a*c*d"), STR("abcbcd")));
    assert_false(usage_glob(STR("a*c"), STR("acb")));
    assert_false(usage_glob(STR("a?"), STR("ab")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_oracle_of_the_page),
        TEST(each_call_of_javascript_is_a_use),
        TEST(other_functions_are_no_calls),
        TEST(a_wrapper_is_a_call),
        TEST(a_call_within_a_string_is_found),
        TEST(escapes_are_decoded),
        TEST(gettext_calls_are_uses),
        TEST(rails_calls_are_uses),
        TEST(a_relative_key_of_rails_lies_below_its_path),
        TEST(android_resources_are_uses),
        TEST(a_namespace_of_the_file_is_tried),
        TEST(a_prefix_of_the_file_is_tried),
        TEST(a_plural_is_used_by_its_stem_and_by_its_forms),
        TEST(contexts_are_used_where_there_may_be_one),
        TEST(a_branch_is_undeterminable),
        TEST(a_call_in_a_comment_is_only_a_use),
        TEST(i18n_use_and_keep_are_uses),
        TEST(dynamic_keys_match_prefix_and_suffix),
        TEST(calls_without_static_text_move_nothing),
        TEST(a_prefix_of_three_bytes_is_static_text),
        TEST(a_word_key_occurs_as_a_word),
        TEST(a_sentence_occurs_with_other_white_space),
        TEST(a_bare_call_needs_a_known_branch_to_be_undefined),
        TEST(a_bare_call_is_undefined_where_keys_are_sentences),
        TEST(families_go_by_ending),
        TEST(a_literal_has_at_most_2000_bytes),
        TEST(vectors_say_of_each_byte_what_the_plain_loop_says),
        TEST(calls_and_literals_are_found_wherever_they_stand),
        TEST(what_a_match_holds_is_no_other_match),
        TEST(a_wrapper_may_begin_with_a_mark),
        TEST(globs_match_any_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
