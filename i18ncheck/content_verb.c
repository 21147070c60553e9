/* The verb content: pages that are missing, orphaned, stale or partial, by locale. */
#include <string.h>

#include "i18ncheck/adhoc.h"
#include "i18ncheck/content.h"
#include "i18ncheck/hits_text.h"
#include "i18ncheck/i18ncheck.h"
#include "shared/clock.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/sandbox.h"
#include "shared/state.h"
#include "shared/text.h"

#include "shared/banned.h"

/* ---- JSON ---- */

static json_t *text_to_json(const char *text, struct arena *arena)
{
    return json_string(text_safe(arena, text, strlen(text), PATH_BYTES_MAX));
}

static json_t *ids_to_json(const char *const *id, size_t n, struct arena *arena)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++)
        json_push(array, text_to_json(id[i], arena));
    return array;
}

static json_t *stale_to_json(const struct content_locale *locale, struct arena *arena)
{
    json_t *array;

    if (!locale->has_stale)
        return json_null();
    array = json_array();
    for (size_t i = 0; i < locale->nstale; i++) {
        const struct content_stale *stale = &locale->stale[i];
        json_t *object = json_object();

        json_put(object, "id", text_to_json(stale->id, arena));
        json_put(object, "since",
                 stale->has_since ? json_string(day_text(stale->since).text)
                                  : json_null());
        json_push(array, object);
    }
    return array;
}

static json_t *partial_to_json(const struct content_locale *locale, struct arena *arena)
{
    json_t *array = json_array();

    for (size_t i = 0; i < locale->npartial; i++) {
        json_t *object = json_object();

        json_put(object, "id", text_to_json(locale->partial[i].id, arena));
        json_put(object, "why", json_string(locale->partial[i].why));
        json_push(array, object);
    }
    return array;
}

static json_t *locale_to_json(const struct content_locale *locale, struct arena *arena)
{
    json_t *object = json_object();

    json_put(object, "pages", json_integer(locale->pages));
    json_put(object, "missing", ids_to_json(locale->missing, locale->nmissing, arena));
    json_put(object, "orphan", ids_to_json(locale->orphan, locale->norphan, arena));
    json_put(object, "stale", stale_to_json(locale, arena));
    json_put(object, "partial", partial_to_json(locale, arena));
    return object;
}

static bool format_json(const struct content *content,
                        const struct content_result *result, struct arena *arena,
                        struct buf *out, struct err *err)
{
    OWN(json) root = json_object();
    json_t *source = json_object(), *locales = json_object();
    struct str bytes;

    json_put(root, "source", source);
    json_put(source, "locale", json_string(content->rules->source));
    json_put(source, "pages", json_integer(result->pages));
    json_put(root, "dates", json_string(content->has_dates ? "git" : "none"));
    json_put(root, "locales", locales);
    for (size_t i = 0; i < result->n; i++)
        json_put(locales, result->locale[i].locale,
                 locale_to_json(&result->locale[i], arena));
    if (!state_json_format(root, arena, &bytes, err))
        return false;
    buf_add(out, bytes.at, bytes.n);
    return true;
}

/* ---- text ---- */

static void add_table(const struct content *content,
                      const struct content_result *result, struct buf *out)
{
    buf_printf(out, "source %s: %lld pages, %s\n", content->rules->source,
               (long long)result->pages,
               content->has_dates ? "dates from git" : "no dates (give --git-log)");
    buf_add_text(out, "locale  pages  missing  orphan  stale  partial\n");
    for (size_t i = 0; i < result->n; i++) {
        const struct content_locale *at = &result->locale[i];

        buf_printf(out, "%-6s %6lld %8zu %7zu ", at->locale, (long long)at->pages,
                   at->nmissing, at->norphan);
        if (at->has_stale)
            buf_printf(out, "%6zu", at->nstale);
        else
            buf_add_text(out, "     -");
        buf_printf(out, " %8zu\n", at->npartial);
    }
}

/* ---- the verb ---- */

static bool read_rules(const struct options *opt, struct arena *arena,
                       struct content_rules *rules, struct err *err)
{
    const char *source = cli_value(opt, FLAG_SOURCE);
    const char *ready = cli_value(opt, FLAG_READY_KEY);
    const char **subject = arena_new(arena, const char *, opt->nvalues);
    size_t n = 0;

    if (!source)
        return err_set(err, "name the source locale with --source");
    *rules = (struct content_rules){.name = "",
                                    .ready_key = ready ? ready : CONTENT_READY_KEY,
                                    .minor = git_minor_default};
    if (!locale_tag(str_of(source), arena, &rules->source))
        return err_set(err, "--source '%s' is no locale tag, such as en or pt-BR",
                       source);
    for (size_t i = 0; i < opt->nvalues; i++) {
        if (opt->values[i].flag != FLAG_IGNORE_SUBJECT)
            continue;
        if (opt->values[i].text[0] == '\0')
            return err_set(err,
                           "--ignore-subject is empty, and every subject has that");
        subject[n++] = opt->values[i].text;
    }
    if (n > 0)
        rules->minor = (struct git_minor){subject, n};
    rules->as_of =
        opt->has_as_of ? opt->as_of : clock_last_complete_day(clock_now_ms(), 0);
    return true;
}

static bool confine(const struct options *opt, struct arena *arena, struct err *err)
{
    const char **read = arena_new(arena, const char *, opt->nargs + 1);
    struct sandbox_plan plan = {.mode = opt->sandbox, .read = read};
    const char *git_log = cli_value(opt, FLAG_GIT_LOG);
    struct confinement confined;

    for (size_t i = 0; i < opt->nargs; i++)
        read[plan.nread++] = opt->args[i];
    if (git_log)
        read[plan.nread++] = git_log;
    return sandbox_enter(&plan, &confined, err);
}

static bool print(const struct options *opt, const struct content *content,
                  struct arena *arena, struct err *err)
{
    struct content_result result;
    struct hits hits = {0};
    struct buf out;

    content_measure(content, &result, &hits, arena);
    if (result.pages == 0)
        return err_set(err,
                       "no page of '%s' below '%s'; pages are %s/L/**.md or NAME.L.md",
                       content->rules->source, opt->args[0], opt->args[0]);
    buf_init(&out, arena, REPORT_BYTES_MAX);
    if (adhoc_is_json(opt)) {
        if (!format_json(content, &result, arena, &out, err))
            return false;
    } else {
        add_table(content, &result, &out);
        hits_sort(&hits);
        hits_add_text(&hits, arena, &out);
    }
    return report_print(&out, err);
}

static bool look(const struct options *opt, struct arena *arena, struct err *err)
{
    const char *git_log = cli_value(opt, FLAG_GIT_LOG);
    struct content content, *contents = &content;
    struct content_rules rules;

    return zone_enter("UTC", err) && read_rules(opt, arena, &rules, err) &&
           confine(opt, arena, err) &&
           content_guess(opt->args, opt->nargs, &rules, arena, &content, err) &&
           (!git_log || content_date(&contents, 1, git_log, arena, err)) &&
           print(opt, &content, arena, err);
}

int i18ncheck_content(const struct options *opt, struct err *err)
{
    struct arena arena;
    bool good;

    arena_init(&arena, ARENA_BYTES_MAX);
    good = look(opt, &arena, err);
    arena_release(&arena);
    return good ? VERDICT_OK : VERDICT_UNKNOWN;
}
