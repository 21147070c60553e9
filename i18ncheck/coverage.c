/* The verb coverage: how much of each locale is translated. */
#include "i18ncheck/adhoc.h"
#include "i18ncheck/i18ncheck.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/state.h"

#include "shared/banned.h"

static int64_t percent_bp(const struct coverage *coverage)
{
    return coverage->keys > 0 ? 10000 * coverage->translated / coverage->keys : 10000;
}

static json_t *keys_to_json(const struct key_list *list, struct arena *arena)
{
    json_t *array = json_array();

    for (size_t i = 0; i < list->n; i++) {
        struct str key = key_shown(list->item[i], arena);

        json_push(array, json_stringn(key.at, key.n));
    }
    return array;
}

static json_t *row_to_json(const struct coverage *coverage, bool source_filled,
                           const struct key_lists *lists, struct arena *arena)
{
    json_t *object = json_object();

    json_put(object, "present", json_integer(coverage->present));
    json_put(object, "nonempty", json_integer(coverage->nonempty));
    json_put(object, "translated", json_integer(coverage->translated));
    json_put(object, "review", json_integer(coverage->review));
    json_put(object, "percent_bp", json_integer(percent_bp(coverage)));
    json_put(object, "source_filled", json_boolean(source_filled));
    json_put(object, "missing", keys_to_json(&lists->missing, arena));
    json_put(object, "empty", keys_to_json(&lists->empty, arena));
    json_put(object, "obsolete", keys_to_json(&lists->obsolete, arena));
    return object;
}

static void add_row(const struct set_locale *locale, const struct coverage *coverage,
                    struct buf *out)
{
    int64_t bp = percent_bp(coverage);

    buf_printf(out, "%-6s %5lld %8lld %9lld %11lld %6lld.%lld  %s\n", locale->tag,
               (long long)coverage->keys, (long long)coverage->present,
               (long long)coverage->nonempty, (long long)coverage->translated,
               (long long)(bp / 100), (long long)(bp % 100 / 10),
               locale->is_broken       ? "not read"
               : locale->source_filled ? "yes"
                                       : "no");
}

static bool measure(const struct set *set, size_t index, json_t *locales,
                    struct buf *out, struct err *err)
{
    const struct set_locale *locale = &set->locale[index];
    struct key_lists lists = {0};
    struct coverage coverage;
    struct catalog catalog;
    struct hits hits = {0};
    struct arena arena;

    arena_init(&arena, ARENA_BYTES_MAX);
    if (!set_locale_read(set, index, &arena, &catalog, err)) {
        arena_release(&arena);
        return false;
    }
    coverage =
        check_locale(&set->view,
                     &(struct locale_view){.catalog = &catalog,
                                           .vote = &set->vote,
                                           .source_filled = locale->source_filled},
                     &lists, &hits, &arena);
    if (locales)
        json_put(locales, locale->tag,
                 row_to_json(&coverage, locale->source_filled, &lists, &arena));
    else
        add_row(locale, &coverage, out);
    arena_release(&arena);
    return true;
}

static bool print(const struct options *opt, const struct set *set, struct arena *arena,
                  struct err *err)
{
    OWN(json) root = json_object();
    json_t *source = json_object(), *locales = json_object();
    bool is_json = adhoc_is_json(opt);
    struct str bytes;
    struct buf out;

    json_put(root, "source", source);
    json_put(root, "locales", locales);
    json_put(source, "locale", json_string(set->rules.source));
    json_put(source, "keys", json_integer((json_int_t)set->view.n));
    buf_init(&out, arena, REPORT_BYTES_MAX);
    if (!is_json)
        buf_printf(&out,
                   "source %s: %zu key%s\nlocale  keys  present  nonempty  translated  "
                   "percent  source_filled\n",
                   set->rules.source, set->view.n, set->view.n == 1 ? "" : "s");
    for (size_t i = 0; i < set->nlocales; i++)
        if (!measure(set, i, is_json ? locales : NULL, &out, err))
            return false;
    if (is_json) {
        if (!state_json_format(root, arena, &bytes, err))
            return false;
        buf_add(&out, bytes.at, bytes.n);
    }
    return report_print(&out, err);
}

int i18ncheck_coverage(const struct options *opt, struct err *err)
{
    struct hits hits = {0};
    struct arena arena;
    struct set set;
    bool good;

    arena_init(&arena, ARENA_BYTES_MAX);
    good = adhoc_open(opt, &hits, &arena, &set, err) && print(opt, &set, &arena, err);
    arena_release(&arena);
    return good ? VERDICT_OK : VERDICT_UNKNOWN;
}
