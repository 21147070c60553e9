/* Catalogs of the command line. */
#include "i18ncheck/adhoc.h"

#include <string.h>

#include "i18ncheck/i18ncheck.h"
#include "shared/sandbox.h"

#include "shared/banned.h"

bool adhoc_is_json(const struct options *opt)
{
    return opt->format == FORMAT_JSON || (opt->flags >> FLAG_JSON & 1) != 0;
}

static bool read_options(const struct options *opt, struct arena *arena,
                         struct set *set, struct err *err)
{
    const char *source = cli_value(opt, FLAG_SOURCE);
    const char *syntax = cli_value(opt, FLAG_SYNTAX);

    if (!source)
        return err_set(err, "name the source locale with --source");
    if (!locale_tag(str_of(source), arena, &set->rules.source))
        return err_set(err, "--source '%s' is no locale tag, such as en or pt-BR",
                       source);
    if (!syntax)
        return strcmp(opt->verb->name, "lint") != 0 ||
               err_set(err, "say how placeholders are written with --syntax: icu, "
                            "i18next, printf ...");
    if (!syntax_parse(str_of(syntax), &set->rules.syntax))
        return err_set(err,
                       "--syntax does not know '%s'; one of: icu i18next vue rails "
                       "printf objc python brace csharp java laravel percent none",
                       syntax);
    return true;
}

static bool confine(const struct options *opt, struct arena *arena,
                    const struct catalog_paths *paths, struct err *err)
{
    struct confinement confined;
    const char **read = arena_new(arena, const char *, paths->nfolders + opt->nargs);
    struct sandbox_plan plan = {.mode = opt->sandbox, .read = read};

    for (size_t i = 0; i < paths->nfolders; i++)
        read[plan.nread++] = paths->folder[i];
    for (size_t i = 0; i < opt->nargs; i++)
        read[plan.nread++] = opt->args[i];
    return sandbox_enter(&plan, &confined, err);
}

/* A syntax that was asked for replaces the format's own, but for entries with a flag.
 */
static bool find_paths(const struct options *opt, struct arena *arena, struct set *set,
                       struct err *err)
{
    const char *hint = cli_value(opt, FLAG_FORMAT_HINT);
    enum syntax asked = set->rules.syntax;

    for (size_t i = 0; i < opt->nargs; i++)
        if (!catalog_paths_guess(opt->args[i], hint, &set->rules, arena, &set->paths,
                                 err))
            return false;
    if (set->paths.n == 0)
        return err_set(err,
                       "no catalog in '%s'; see --format-hint for the names that "
                       "are known",
                       opt->args[0]);
    if (cli_value(opt, FLAG_SYNTAX))
        set->rules.syntax = asked;
    else
        set->guesses_syntax =
            set->rules.format == CATALOG_JSON && set->rules.syntax == SYNTAX_NONE;
    set->rules.tags = set->rules.syntax == SYNTAX_ICU;
    return true;
}

bool adhoc_open(const struct options *opt, struct hits *hits, struct arena *arena,
                struct set *set, struct err *err)
{
    *set = (struct set){.base = ".", .checks = check_rules_default()};
    return read_options(opt, arena, set, err) && find_paths(opt, arena, set, err) &&
           confine(opt, arena, &set->paths, err) &&
           set_open(set, NULL, hits, arena, err);
}
