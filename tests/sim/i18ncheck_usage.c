/* Generated code that uses its keys in every way: no live key is called unused, most
 * dead ones are, a key that was mistyped is undefined, and nothing else is. */
#include "i18ncheck/usage_internal.h"
#include "shared/limits.h"
#include "tests/sim/sheet.h"

#include "shared/banned.h"

enum { SETS = 40, KEYS = 60, TYPOS = 200, TYPOS_SHORT = 40, DEAD_FOUND_PERCENT = 80 };

/* How the code uses a key. */
enum way {
    WAY_CALL,
    WAY_WRAPPER,
    WAY_ATTRIBUTE,
    WAY_DYNAMIC,
    WAY_LITERAL,
    WAY_DEAD,
    WAYS
};

struct world {
    struct arena arena;
    uint64_t dice;
    enum way way[KEYS];
    char key[KEYS][64];
    const char *catalog, *code;
    size_t typo; /* the key that is mistyped once; KEYS: none */
};

/* SplitMix64, Steele, Lea and Flood (2014). */
static uint64_t roll(struct world *world, uint64_t faces)
{
    uint64_t z = world->dice += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (z ^ z >> 31) % faces;
}

static void name_keys(struct world *world)
{
    static const char *const areas[] = {"cart", "account", "product", "search",
                                        "footer"};
    static const char *const words[] = {"title", "lead",  "button",
                                        "hint",  "empty", "more"};

    for (size_t i = 0; i < KEYS; i++) {
        world->way[i] = (enum way)roll(world, WAYS);
        if (world->way[i] == WAY_DYNAMIC)
            (void)snprintf(world->key[i], sizeof world->key[i], "%s.step.%s%zu",
                           areas[i % 5], words[i % 6], i);
        else
            (void)snprintf(world->key[i], sizeof world->key[i], "%s.%s%zu",
                           areas[i % 5], words[i % 6], i);
    }
    // a dead key among those that a dynamic call may mean cannot be told
    for (size_t i = 0; i < KEYS; i++)
        if (world->way[i] == WAY_DEAD && roll(world, 10) == 0)
            (void)snprintf(world->key[i], sizeof world->key[i], "%s.step.old%zu",
                           areas[i % 5], i);
}

static void write_catalog(struct world *world)
{
    struct buf out;

    buf_init(&out, &world->arena, MIB);
    for (size_t i = 0; i < KEYS; i++)
        buf_printf(&out, "%s\"%s\":\"Text number %zu\"", i == 0 ? "{" : ",",
                   world->key[i], i);
    buf_add_text(&out, "}");
    world->catalog = out.at;
}

static void write_code(struct world *world)
{
    struct buf out;

    buf_init(&out, &world->arena, MIB);
    buf_add_text(&out, "export function View({step}) {\n");
    for (size_t i = 0; i < KEYS; i++) {
        const char *key = world->key[i];

        switch (world->way[i]) {
        case WAY_CALL: buf_printf(&out, "  i18n.t('%s');\n", key); break;
        case WAY_WRAPPER: buf_printf(&out, "  tr(\"%s\", {count});\n", key); break;
        case WAY_ATTRIBUTE:
            buf_printf(&out, "  <Trans i18nKey=\"%s\" />\n", key);
            break;
        case WAY_LITERAL: buf_printf(&out, "  menu.push({label: '%s'});\n", key); break;
        case WAY_DYNAMIC:
            buf_printf(&out, "  t(`%.*s${step}`);\n",
                       (int)(strstr(key, "step.") + 5 - key), key);
            break;
        case WAY_DEAD:
        case WAYS: break;
        }
        if (world->typo == i)
            buf_printf(&out, "  i18n.t('%sx');\n", key);
    }
    buf_add_text(&out, "}\n");
    world->code = out.at;
}

static struct usage look(struct world *world, struct set *set)
{
    static const char *const wrappers[] = {"tr"};
    static const struct usage_rules rules = {.wrapper = wrappers, .nwrappers = 1};
    struct mentions mentions;
    struct scanner scanner;
    struct usage usage;
    struct err err = {0};

    *set = (struct set){.base = ".",
                        .rules = {.format = CATALOG_JSON,
                                  .syntax = SYNTAX_I18NEXT,
                                  .plural = PLURAL_NONE,
                                  .key_sep = str_of("."),
                                  .ns_sep = str_of(":"),
                                  .source = "en"}};
    set->source = (struct catalog){.locale = "en"};
    catalog_parse(str_of(world->catalog), "en", str_of(""), &set->rules, &world->arena,
                  &set->source);
    catalog_group(&set->source, NULL, &set->rules, &world->arena);
    set->view = (struct source_view){.catalog = &set->source, .rules = set->rules};
    source_view_count(&set->view, &world->arena);
    scanner_init(&scanner, &rules,
                 key_index_new(&set->source, &set->rules, &world->arena), &mentions,
                 &world->arena);
    if (!scanner_file(&scanner, "view.tsx", str_of(world->code), &err)) {
        (void)fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    scanner_finish(&scanner);
    usage = usage_measure(&mentions, &rules, set, &world->arena);
    scanner_release(&scanner);
    return usage;
}

static enum way way_of(const struct world *world, struct str key)
{
    for (size_t i = 0; i < KEYS; i++)
        if (str_equal(key, str_of(world->key[i])))
            return world->way[i];
    return WAYS;
}

struct counts {
    size_t sets, live, live_unused, dead, dead_unused, undefined;
    size_t typos, typos_found, typos_extra;
};

static void world_make(struct world *world, uint64_t seed)
{
    *world = (struct world){.dice = seed, .typo = KEYS};
    arena_init(&world->arena, ARENA_BYTES_MAX);
    name_keys(world);
    write_catalog(world);
}

static void judge_set(uint64_t seed, struct counts *counts)
{
    struct world world;
    struct usage usage;
    struct set set;

    world_make(&world, seed);
    write_code(&world);
    usage = look(&world, &set);
    for (size_t k = 0; k < set.view.n; k++) {
        bool is_dead = way_of(&world, set.view.counted[k]->key) == WAY_DEAD;
        bool is_unused = usage.bucket[k] == USAGE_UNUSED;

        counts->dead += is_dead;
        counts->live += !is_dead;
        counts->dead_unused += is_dead && is_unused;
        counts->live_unused += !is_dead && is_unused;
    }
    counts->sets++;
    counts->undefined += usage.nundefined + usage.nundefined_prefixes;
    arena_release(&world.arena);
}

static void judge_typo(uint64_t seed, struct counts *counts)
{
    struct world world;
    struct usage usage;
    struct set set;
    const char *want;

    world_make(&world, seed);
    world.typo = (size_t)roll(&world, KEYS);
    write_code(&world);
    want = str_format(&world.arena, "%sx", world.key[world.typo]);
    usage = look(&world, &set);
    counts->typos++;
    for (size_t i = 0; i < usage.nundefined; i++) {
        bool is_it = str_equal(usage.undefined[i].key, str_of(want));

        counts->typos_found += is_it;
        counts->typos_extra += !is_it;
    }
    counts->typos_extra += usage.nundefined_prefixes;
    arena_release(&world.arena);
}

int main(void)
{
    struct counts counts = {0};
    struct sheet sheet;
    size_t typos;

    sheet_begin(&sheet);
    typos = sheet.is_full ? TYPOS : TYPOS_SHORT;
    for (uint64_t seed = 1; seed <= SETS; seed++)
        judge_set(seed, &counts);
    for (uint64_t seed = 1; seed <= typos; seed++)
        judge_typo(1000 + seed, &counts);
    sheet_say(&sheet, "| generated code | seen | of |");
    sheet_say(&sheet, "|---|---|---|");
    sheet_say(&sheet, "| live keys called unused | %zu | %zu |", counts.live_unused,
              counts.live);
    sheet_say(&sheet, "| dead keys called unused | %zu | %zu |", counts.dead_unused,
              counts.dead);
    sheet_say(&sheet, "| undefined keys in %zu clean sets | %zu | 0 |", counts.sets,
              counts.undefined);
    sheet_say(&sheet, "| mistyped keys found | %zu | %zu |", counts.typos_found,
              counts.typos);
    sheet_say(&sheet, "| other keys undefined beside them | %zu | 0 |",
              counts.typos_extra);
    sheet_gap(&sheet);
    sheet_limit(&sheet, counts.live > 1000 && counts.live_unused == 0,
                "no live key is called unused");
    sheet_limit(&sheet,
                100 * counts.dead_unused >= DEAD_FOUND_PERCENT * counts.dead &&
                    counts.dead > 100,
                "four of five dead keys are");
    sheet_limit(&sheet, counts.undefined == 0, "clean code has no undefined key");
    sheet_limit(&sheet, counts.typos_found == counts.typos && counts.typos_extra == 0,
                "a mistyped key is undefined, and nothing beside it");
    return sheet_end(&sheet);
}
