/* Sets that are right say nothing; spoiled in one place they say just that, of that
 * message. What lint cannot see (usage, history, pages) is tried elsewhere. */
#include "tests/sim/i18ncheck_world.h"
#include "tests/sim/sheet.h"

#include "shared/banned.h"

/* Some are no hit but a list of keys, or nothing at all. */
enum outcome { OUTCOME_HIT, OUTCOME_MISSING, OUTCOME_EMPTY, OUTCOME_SILENT };

struct change {
    struct book *book;
    struct entry *entry; /* the victim */
    enum kind kind;
    struct dice *dice;
    struct arena *arena;
};

struct mutation {
    const char *name;
    bool (*apply)(const struct change *change); /* false: not of this format */
    enum outcome outcome;
    enum check_id check;
    enum shape shape; /* of the victim */
};

/* ---- what is done to a message ---- */

static const char *replaced(const char *text, const char *old, const char *new,
                            struct arena *arena)
{
    const char *at = strstr(text, old);

    return at ? str_format(arena, "%.*s%s%s", (int)(at - text), text, new,
                           at + strlen(old))
              : NULL;
}

static bool replace(const struct change *change, const char *old, const char *new)
{
    const char *text = replaced(change->entry->text[0], old, new, change->arena);

    if (text)
        change->entry->text[0] = text;
    return text != NULL;
}

static bool append(const struct change *change, const char *more)
{
    change->entry->text[0] =
        str_format(change->arena, "%s %s", change->entry->text[0], more);
    return true;
}

static bool drop_key(const struct change *change)
{
    struct book *book = change->book;
    size_t at = (size_t)(change->entry - book->entry);

    memmove(change->entry, change->entry + 1,
            (book->n - at - 1) * sizeof *change->entry);
    book->n--;
    return true;
}

static bool blank_key(const struct change *change)
{
    for (size_t f = 0; f < change->entry->nforms; f++)
        change->entry->text[f] = "";
    return !is_group(change->entry) || !is_icu(change->kind);
}

static bool rename_token(const struct change *change)
{
    return replace(change, token(change->kind, 1, change->arena),
                   token(change->kind, 9, change->arena));
}

static bool add_token(const struct change *change)
{
    return append(change, token(change->kind, 7, change->arena));
}

static bool drop_token(const struct change *change)
{
    return replace(change, token(change->kind, 1, change->arena), "");
}

static bool retype_token(const struct change *change)
{
    static const char *const types[KINDS + 1] = {
        "{{x1, number}}", "{x1, date}", "%<x1>d", "%1$d", "%1$d", "{x1, date}", ""};

    return replace(change, token(change->kind, 1, change->arena), types[change->kind]);
}

static bool repeat_token(const struct change *change)
{
    return append(change, token(change->kind, 1, change->arena));
}

static bool drop_form(const struct change *change, bool required)
{
    const struct plural_rule *rule = plural_rule_of(change->book->locale);
    struct entry *entry = change->entry;
    size_t victim = entry->nforms;

    for (size_t f = 0; f < entry->nforms; f++) {
        enum category category = CATEGORY_OTHER;
        bool is_needed = change->kind == KIND_PO ||
                         (category_parse(str_of(entry->name[f]), &category) &&
                          (rule->required >> category & 1) != 0);

        // without `other` an ICU message does not parse, which is another class; a
        // target without any form is not there
        if (is_needed == required && entry->nforms > 1 &&
            !(is_icu(change->kind) && category == CATEGORY_OTHER &&
              change->kind != KIND_PO) &&
            (required || category != CATEGORY_OTHER || change->kind == KIND_RAILS) &&
            (victim == entry->nforms || roll(change->dice, 2) == 0))
            victim = f;
    }
    if (victim == entry->nforms)
        return false;
    if (change->kind == KIND_PO) { // forms are numbered: the last goes
        entry->nforms--;
        return true;
    }
    for (size_t f = victim; f + 1 < entry->nforms; f++) {
        entry->name[f] = entry->name[f + 1];
        entry->text[f] = entry->text[f + 1];
    }
    entry->nforms--;
    return true;
}

static bool drop_required(const struct change *change)
{
    return drop_form(change, true);
}

static bool drop_optional(const struct change *change)
{
    return drop_form(change, false);
}

/* Where CLDR has it optional and the format wants it all the same. */
static bool drop_other(const struct change *change)
{
    const struct plural_rule *rule = plural_rule_of(change->book->locale);
    struct entry *entry = change->entry;

    if (change->kind != KIND_I18NEXT4 && change->kind != KIND_ANDROID)
        return false;
    if ((rule->required >> CATEGORY_OTHER & 1) != 0)
        return false;
    entry->nforms--; // it is the last
    return true;
}

static bool drop_count(const struct change *change)
{
    struct entry *entry = change->entry;
    const char *said;

    if (change->kind == KIND_PO && tongue_of(change->book->locale)->nplurals == 6)
        return false; // its last form is not the only one for many
    said = replaced(entry->text[entry->nforms - 1], count_token(change->kind), "",
                    change->arena);
    if (said)
        entry->text[entry->nforms - 1] = said;
    return said != NULL;
}

static bool add_dead_form(const struct change *change)
{
    const struct plural_rule *rule = plural_rule_of(change->book->locale);
    unsigned known = rule->required | rule->optional;

    if (change->kind == KIND_PO || (known >> CATEGORY_TWO & 1) != 0)
        return false;
    add_form(change->entry, "two", change->entry->text[change->entry->nforms - 1]);
    return true;
}

static bool break_icu(const struct change *change)
{
    return is_icu(change->kind) && append(change, "{x1");
}

static bool open_tag(const struct change *change)
{
    return !is_icu(change->kind) && append(change, "<i>");
}

static bool open_tag_icu(const struct change *change)
{
    return is_icu(change->kind) && append(change, "<i>");
}

static bool drop_tag(const struct change *change)
{
    return replace(change, "<b>", "") && replace(change, "</b>", "");
}

static bool add_script(const struct change *change)
{
    return append(change, "<script>x</script>");
}

static bool add_mojibake(const struct change *change)
{
    return append(change, "Men\u00c3\u00bc");
}

static bool lose_character(const struct change *change)
{
    return append(change, "Men\ufffd");
}

static bool repeat_key(const struct change *change)
{
    struct book *book = change->book;

    if (is_group(change->entry))
        return false;
    book->entry[book->n++] = *change->entry;
    return true;
}

static bool add_unknown_key(const struct change *change)
{
    struct book *book = change->book;
    struct entry *entry = &book->entry[book->n++];

    *entry = *change->entry;
    entry->key = "unknown";
    *change->entry = book->entry[book->n - 1];
    change->entry->key =
        str_format(change->arena, "k%03d", (int)(change->entry - book->entry));
    return true;
}

/* Copies are made by the caller, who has the source. */
static bool copy_source(const struct change *change)
{
    (void)change;
    return true;
}

static const struct mutation mutations[] = {
    {"drop a key", drop_key, OUTCOME_MISSING, CHECK_COUNT, SHAPE_PLAIN},
    {"blank a key", blank_key, OUTCOME_EMPTY, CHECK_COUNT, SHAPE_TOKEN},
    {"rename a token", rename_token, OUTCOME_HIT, CHECK_PLACEHOLDER_EXTRA, SHAPE_TOKEN},
    {"add a token", add_token, OUTCOME_HIT, CHECK_PLACEHOLDER_EXTRA, SHAPE_PLAIN},
    {"drop a token", drop_token, OUTCOME_HIT, CHECK_PLACEHOLDER_MISSING,
     SHAPE_TWO_TOKENS},
    {"retype a token", retype_token, OUTCOME_HIT, CHECK_PLACEHOLDER_TYPE,
     SHAPE_TWO_TOKENS},
    {"repeat a token", repeat_token, OUTCOME_HIT, CHECK_PLACEHOLDER_COUNT,
     SHAPE_TWO_TOKENS},
    {"drop a required form", drop_required, OUTCOME_HIT, CHECK_PLURAL_MISSING,
     SHAPE_PLURAL},
    {"drop an optional form", drop_optional, OUTCOME_SILENT, CHECK_COUNT, SHAPE_PLURAL},
    {"drop `other` where the format wants it", drop_other, OUTCOME_HIT,
     CHECK_PLURAL_MISSING, SHAPE_PLURAL},
    {"drop the count of many", drop_count, OUTCOME_HIT, CHECK_PLACEHOLDER_MISSING,
     SHAPE_PLURAL},
    {"add a dead form", add_dead_form, OUTCOME_HIT, CHECK_PLURAL_DEAD, SHAPE_PLURAL},
    {"break ICU", break_icu, OUTCOME_HIT, CHECK_MESSAGE_SYNTAX, SHAPE_TOKEN},
    {"open a tag", open_tag, OUTCOME_HIT, CHECK_MARKUP, SHAPE_TAG},
    {"open a tag, ICU", open_tag_icu, OUTCOME_HIT, CHECK_MESSAGE_SYNTAX, SHAPE_TAG},
    {"drop a tag", drop_tag, OUTCOME_HIT, CHECK_MARKUP, SHAPE_TAG},
    {"`<script`", add_script, OUTCOME_HIT, CHECK_INJECTION, SHAPE_PLAIN},
    {"mojibake", add_mojibake, OUTCOME_HIT, CHECK_ENCODING, SHAPE_QUOTED},
    {"a lost character", lose_character, OUTCOME_HIT, CHECK_ENCODING, SHAPE_PLAIN},
    {"a key twice", repeat_key, OUTCOME_HIT, CHECK_DUPLICATE_KEY, SHAPE_TOKEN},
    {"copy the source", copy_source, OUTCOME_HIT, CHECK_SAME_AS_SOURCE, SHAPE_PLAIN},
    {"add an unknown key", add_unknown_key, OUTCOME_HIT, CHECK_OBSOLETE, SHAPE_PLAIN},
};

enum { MUTATIONS = sizeof mutations / sizeof *mutations };

/* ---- a set ---- */

struct world {
    enum kind kind;
    struct set_rules rules;
    struct book source, book[LOCALES];
    struct catalog catalog;
    struct source_view view;
    struct vote vote;
    struct hits of_source;
};

static void read_locale(const struct world *world, const struct book *book,
                        struct catalog *catalog, struct arena *arena)
{
    *catalog = (struct catalog){.locale = book->locale};
    catalog_parse(file_of(world->kind, book, &world->source, arena), "file",
                  (struct str){0}, &world->rules, arena, catalog);
    catalog_group(catalog, &world->catalog, &world->rules, arena);
}

static void make_world(struct dice *dice, enum kind kind, size_t n, struct world *world,
                       struct arena *arena)
{
    *world = (struct world){.kind = kind, .rules = rules_of_kind(kind)};
    write_book(dice, kind, "en", n, &world->source, arena);
    world->catalog.locale = "en";
    catalog_parse(file_of(kind, &world->source, &world->source, arena), "file",
                  (struct str){0}, &world->rules, arena, &world->catalog);
    catalog_group(&world->catalog, NULL, &world->rules, arena);
    world->view = (struct source_view){.catalog = &world->catalog,
                                       .rules = world->rules,
                                       .checks = check_rules_default()};
    source_view_count(&world->view, arena);
    check_source(&world->view, &world->of_source, arena);
    world->vote = (struct vote){arena_new(arena, uint16_t, world->view.n),
                                arena_new(arena, uint16_t, world->view.n)};
    for (size_t l = 0; l < LOCALES; l++) {
        struct catalog target;

        write_book(dice, kind, tongues[l].locale, n, &world->book[l], arena);
        read_locale(world, &world->book[l], &target, arena);
        (void)check_vote(&world->view, &(struct locale_view){.catalog = &target},
                         &world->vote, arena);
    }
}

struct verdicts {
    struct hits hits;
    struct key_lists lists;
    struct coverage coverage;
};

static void judge(const struct world *world, const struct book *book,
                  struct verdicts *verdicts, struct arena *arena)
{
    struct catalog target;

    *verdicts = (struct verdicts){0};
    read_locale(world, book, &target, arena);
    verdicts->coverage =
        check_locale(&world->view,
                     &(struct locale_view){.catalog = &target, .vote = &world->vote},
                     &verdicts->lists, &verdicts->hits, arena);
}

/* ---- the clean sets ---- */

static int64_t clean(struct dice *dice, size_t sets, size_t n, int64_t *untranslated)
{
    int64_t hits = 0;

    for (size_t s = 0; s < sets; s++) {
        struct world world;
        struct arena arena;

        arena_init(&arena, ARENA_BYTES_MAX);
        make_world(dice, (enum kind)(s % KINDS), n, &world, &arena);
        hits += (int64_t)world.of_source.n;
        *untranslated += LOCALES * (int64_t)(world.view.n - n); // "@@locale" of JSON
        for (size_t l = 0; l < LOCALES; l++) {
            struct verdicts verdicts;

            judge(&world, &world.book[l], &verdicts, &arena);
            hits += (int64_t)verdicts.hits.n;
            *untranslated += (int64_t)n - verdicts.coverage.translated;
            for (size_t h = 0; h < verdicts.hits.n && h < 3; h++)
                printf("# %d %s %s: %s\n", (int)(s % KINDS), tongues[l].locale,
                       check_word(verdicts.hits.item[h].check),
                       verdicts.hits.item[h].message);
        }
        arena_release(&arena);
    }
    return hits;
}

/* ---- the spoiled ones ---- */

/* What one class was asked and what it answered. */
struct score {
    int tried, found, others;
};

static bool is_listed(const struct key_list *list, const char *key)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_starts(list->item[i], str_of(key)))
            return true;
    return false;
}

/* Hits of another class or of another message are `others`. */
static void rate(const struct mutation *mutation, const char *key,
                 const struct verdicts *verdicts, struct score *score)
{
    bool found = mutation->outcome == OUTCOME_SILENT;
    size_t missing = verdicts->lists.missing.n, empty = verdicts->lists.empty.n;

    for (size_t h = 0; h < verdicts->hits.n; h++) {
        const struct hit *hit = &verdicts->hits.item[h];
        const char *at = mutation->check == CHECK_OBSOLETE ? "unknown" : key;
        bool is_it = mutation->outcome == OUTCOME_HIT &&
                     hit->check == mutation->check && str_starts(hit->key, str_of(at));

        found |= is_it;
        if (!is_it && score->others++ < 3)
            printf("# %s, %s: %s %.*s: %s\n", mutation->name, hit->locale,
                   check_word(hit->check), (int)hit->key.n, hit->key.at, hit->message);
    }
    if (mutation->outcome == OUTCOME_MISSING &&
        is_listed(&verdicts->lists.missing, key)) {
        found = true;
        missing--;
    }
    if (mutation->outcome == OUTCOME_EMPTY && is_listed(&verdicts->lists.empty, key)) {
        found = true;
        empty--;
    }
    score->tried++;
    score->found += found;
    score->others += (int)(missing + empty);
}

static void spoil(const struct world *world, const struct mutation *mutation,
                  struct dice *dice, struct score *score)
{
    const struct book *clean = &world->book[roll(dice, LOCALES)];
    size_t at = roll(dice, clean->n / SHAPES) * SHAPES + mutation->shape;
    struct verdicts verdicts;
    struct change change;
    struct arena arena;
    const char *key;

    arena_init(&arena, ARENA_BYTES_MAX);
    change = (struct change){.book = arena_new(&arena, struct book, 1),
                             .kind = world->kind,
                             .dice = dice,
                             .arena = &arena};
    *change.book = *clean;
    change.entry = &change.book->entry[at];
    key = change.entry->key;
    if (mutation->apply(&change)) {
        if (mutation->apply == copy_source)
            change.entry->text[0] = world->source.entry[at].text[0];
        judge(world, change.book, &verdicts, &arena);
        rate(mutation, key, &verdicts, score);
    }
    arena_release(&arena);
}

/* Until each class was tried `times` times, or its format has no such thing. */
static void spoil_all(struct dice *dice, int times, size_t n,
                      struct score score[MUTATIONS])
{
    struct world *world[KINDS];
    struct arena arena;

    arena_init(&arena, ARENA_BYTES_MAX);
    for (int k = 0; k < KINDS; k++) {
        world[k] = arena_new(&arena, struct world, 1);
        make_world(dice, (enum kind)k, n, world[k], &arena);
    }
    for (size_t m = 0; m < MUTATIONS; m++)
        for (int t = 0; t < 40 * times && score[m].tried < times; t++)
            spoil(world[t % KINDS], &mutations[m], dice, &score[m]);
    arena_release(&arena);
}

int main(void)
{
    struct score score[MUTATIONS] = {{0}};
    struct dice dice = {20261121};
    int64_t hits, untranslated = 0;
    struct sheet sheet;
    size_t sets, n;
    int times;

    sheet_begin(&sheet);
    sets = sheet.is_full ? 40 : KINDS;
    n = sheet.is_full ? MESSAGES_MAX : 9 * SHAPES;
    times = sheet.is_full ? 200 : 24;
    hits = clean(&dice, sets, n, &untranslated);
    sheet_say(&sheet,
              "%zu clean sets of %d locales and %zu messages in 6 formats: %lld "
              "hits, %lld messages not translated",
              sets, LOCALES, n, (long long)hits, (long long)untranslated);
    sheet_limit(&sheet, hits == 0 && untranslated == 0, "clean sets say nothing");
    spoil_all(&dice, times, n, score);
    sheet_gap(&sheet);
    sheet_say(&sheet, "| mutation | said as | tried | found | other hits |");
    sheet_say(&sheet, "|---|---|---|---|---|");
    for (size_t m = 0; m < MUTATIONS; m++) {
        static const char *const outcomes[] = {"", "missing", "empty", "nothing"};
        const struct mutation *mutation = &mutations[m];

        sheet_say(&sheet, "| %s | %s | %d | %d | %d |", mutation->name,
                  mutation->outcome == OUTCOME_HIT ? check_word(mutation->check)
                                                   : outcomes[mutation->outcome],
                  score[m].tried, score[m].found, score[m].others);
    }
    for (size_t m = 0; m < MUTATIONS; m++)
        sheet_limit(&sheet,
                    score[m].tried == times && score[m].found == times &&
                        score[m].others == 0,
                    mutations[m].name);
    return sheet_end(&sheet);
}
