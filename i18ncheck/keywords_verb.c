/* The verb keywords: which keywords no page covers, and what Search Console adds. */
#include <string.h>

#include "i18ncheck/adhoc.h"
#include "i18ncheck/hits_text.h"
#include "i18ncheck/i18ncheck.h"
#include "i18ncheck/keywords.h"
#include "shared/clock.h"
#include "shared/json.h"
#include "shared/own.h"
#include "shared/sandbox.h"
#include "shared/state.h"
#include "shared/text.h"

#include "shared/banned.h"

/* What the command line names, and what was made of it. */
struct job {
    struct keyword_rules rules;
    struct keywords keywords;
    struct content_rules content_rules;
    struct content content;
    struct keyword_pages pages;
    struct search search;
    struct keyword_result result;
    const char *folder[CLI_VALUES_MAX];
    size_t nfolders;
};

/* ---- JSON ---- */

static json_t *str_to_json(struct str text, struct arena *arena)
{
    return json_string(text_safe(arena, text.at, text.n, KEYWORD_FILE_BYTES_MAX));
}

static json_t *text_to_json(const char *text, struct arena *arena)
{
    return str_to_json(str_of(text), arena);
}

static json_t *url_to_json(struct str url, struct arena *arena)
{
    return text_to_json(text_url(arena, url.at, url.n), arena);
}

static json_t *covers_to_json(const struct keyword_result *result, struct arena *arena)
{
    json_t *array = json_array();

    for (size_t i = 0; i < result->n; i++) {
        const struct keyword_cover *cover = &result->cover[i];
        json_t *object = json_object(), *pages = json_array();

        json_put(object, "keyword", str_to_json(cover->keyword->text, arena));
        json_put(object, "locale", json_string(cover->keyword->locale));
        json_put(object, "coverage",
                 json_string(keyword_coverage_word(cover->coverage)));
        json_put(object, "pages", pages);
        for (size_t p = 0; p < cover->n; p++)
            json_push(pages, text_to_json(cover->page[p]->id, arena));
        json_push(array, object);
    }
    return array;
}

static json_t *gaps_to_json(const struct keyword_result *result, struct arena *arena)
{
    json_t *array = json_array();

    for (size_t i = 0; i < result->ngaps; i++) {
        const struct keyword_gap *gap = &result->gap[i];
        json_t *object = json_object();

        json_put(object, "keyword", str_to_json(gap->keyword->text, arena));
        json_put(object, "from", json_string(gap->from));
        json_put(object, "to", json_string(gap->to));
        json_put(object, "id", text_to_json(gap->id, arena));
        json_push(array, object);
    }
    return array;
}

static json_t *orphans_to_json(const struct queries *queries, struct arena *arena)
{
    json_t *array = json_array();

    for (size_t i = 0; i < queries->n; i++) {
        json_t *object = json_object();

        json_put(object, "query", str_to_json(queries->item[i].text, arena));
        json_put(object, "impressions", json_integer(queries->item[i].impressions));
        json_push(array, object);
    }
    return array;
}

static json_t *cannibals_to_json(const struct queries *queries, struct arena *arena)
{
    json_t *array = json_array();

    for (size_t i = 0; i < queries->n; i++) {
        const struct query *query = &queries->item[i];
        json_t *object = json_object(), *pages = json_array();

        json_put(object, "query", str_to_json(query->text, arena));
        json_put(object, "locale", json_string(query->locale));
        json_put(object, "pages", pages);
        for (size_t p = 0; p < query->n; p++) {
            json_t *page = json_object();

            json_put(page, "url", url_to_json(query->page[p].url, arena));
            json_put(page, "impressions", json_integer(query->page[p].impressions));
            json_push(pages, page);
        }
        json_push(array, object);
    }
    return array;
}

static json_t *wrong_to_json(const struct queries *queries, struct arena *arena)
{
    json_t *array = json_array();

    for (size_t i = 0; i < queries->n; i++) {
        const struct query *query = &queries->item[i];
        json_t *object = json_object();

        json_put(object, "query", str_to_json(query->text, arena));
        json_put(object, "locale", json_string(query->locale));
        json_put(object, "url", url_to_json(query->page[0].url, arena));
        json_push(array, object);
    }
    return array;
}

static bool format_json(const struct keyword_result *result, struct arena *arena,
                        struct buf *out, struct err *err)
{
    OWN(json) root = json_object();
    json_t *missing = json_array();
    struct str bytes;

    json_put(root, "keywords", covers_to_json(result, arena));
    json_put(root, "gaps", gaps_to_json(result, arena));
    json_put(root, "orphan_queries", orphans_to_json(&result->orphans, arena));
    json_put(root, "cannibalised", cannibals_to_json(&result->cannibalised, arena));
    json_put(root, "wrong_locale", wrong_to_json(&result->wrong_locale, arena));
    json_put(root, "not_measured", missing);
    for (size_t i = 0; i < result->nnot_measured; i++)
        json_push(missing, text_to_json(result->not_measured[i], arena));
    if (!state_json_format(root, arena, &bytes, err))
        return false;
    buf_add(out, bytes.at, bytes.n);
    return true;
}

/* ---- text ---- */

static void add_text(const struct job *job, struct arena *arena, struct buf *out)
{
    const struct keyword_result *result = &job->result;
    size_t count[KEYWORD_STRONG + 1] = {0};

    for (size_t i = 0; i < result->n; i++)
        count[result->cover[i].coverage]++;
    buf_printf(out, "%zu keywords, %zu pages: %zu strong, %zu weak, %zu none\n",
               result->n, job->pages.n, count[KEYWORD_STRONG], count[KEYWORD_WEAK],
               count[KEYWORD_NONE]);
    for (size_t i = 0; i < result->n; i++) {
        const struct keyword_cover *cover = &result->cover[i];
        struct str text = cover->keyword->text;

        buf_printf(out, "%-6s %s %s", keyword_coverage_word(cover->coverage),
                   cover->keyword->locale,
                   text_safe(arena, text.at, text.n, KEY_CHARACTERS));
        for (size_t p = 0; p < cover->n; p++)
            buf_printf(out, "%s%s", p == 0 ? ": " : ", ",
                       text_safe(arena, cover->page[p]->id, strlen(cover->page[p]->id),
                                 KEY_CHARACTERS));
        buf_add_text(out, "\n");
    }
}

static void add_not_measured(const struct keyword_result *result, struct arena *arena,
                             struct buf *out)
{
    for (size_t i = 0; i < result->nnot_measured; i++) {
        const char *what = result->not_measured[i];

        buf_printf(out, "%s%s", i == 0 ? "not measured: " : ", ",
                   text_safe(arena, what, strlen(what), KEY_CHARACTERS));
    }
    if (result->nnot_measured > 0)
        buf_add_text(out, "\n");
}

/* Of what the lines above say already only the gaps are hits to print. */
static struct hits other_hits(const struct hits *hits, struct arena *arena)
{
    struct hits others = {0};

    for (size_t i = 0; i < hits->n; i++) {
        struct hit hit = hits->item[i];

        if (hit.check == CHECK_KEYWORD_NONE || hit.check == CHECK_KEYWORD_WEAK)
            continue;
        if (hit.check == CHECK_CANNIBALISED || hit.check == CHECK_WRONG_LOCALE)
            hit.file = text_url(arena, hit.file, strlen(hit.file));
        hits_add(&others, arena, hit);
    }
    hits_sort(&others);
    return others;
}

/* ---- the verb ---- */

static bool read_options(const struct options *opt, struct arena *arena,
                         struct job *job, struct err *err)
{
    const char *source = cli_value(opt, FLAG_SOURCE);

    for (size_t i = 0; i < opt->nvalues; i++)
        if (opt->values[i].flag == FLAG_CONTENT)
            job->folder[job->nfolders++] = opt->values[i].text;
    if ((job->nfolders > 0) == (cli_value(opt, FLAG_SITE_STATE) != NULL))
        return err_set(err, "say where pages are: --content DIR, or --site-state FILE");
    job->rules = (struct keyword_rules){.min_impressions = KEYWORD_MIN_IMPRESSIONS};
    if (!locale_tag(str_of(source ? source : "en"), arena, &job->rules.source))
        return err_set(err, "--source '%s' is no locale tag, such as en or pt-BR",
                       source);
    job->content_rules =
        (struct content_rules){.name = "",
                               .source = job->rules.source,
                               .ready_key = CONTENT_READY_KEY,
                               .minor = git_minor_default,
                               .as_of =
                                   opt->has_as_of
                                       ? opt->as_of
                                       : clock_last_complete_day(clock_now_ms(), 0),
                               .keeps_text = true};
    return true;
}

static bool confine(const struct options *opt, struct arena *arena, struct err *err)
{
    const char **read = arena_new(arena, const char *, opt->nvalues + 1);
    struct sandbox_plan plan = {.mode = opt->sandbox, .read = read};
    struct confinement confined;

    read[plan.nread++] = opt->args[0];
    for (size_t i = 0; i < opt->nvalues; i++)
        if (opt->values[i].flag == FLAG_CONTENT || opt->values[i].flag == FLAG_GSC ||
            opt->values[i].flag == FLAG_SITE_STATE)
            read[plan.nread++] = opt->values[i].text;
    return sandbox_enter(&plan, &confined, err);
}

static bool read_pages(const struct options *opt, struct arena *arena, struct job *job,
                       struct err *err)
{
    const char *crawl = cli_value(opt, FLAG_SITE_STATE);

    if (crawl)
        return keyword_pages_load(crawl, &job->keywords, job->rules.source, arena,
                                  &job->pages, err);
    if (!content_guess(job->folder, job->nfolders, &job->content_rules, arena,
                       &job->content, err))
        return false;
    keyword_pages_add(&job->pages, &job->content, arena);
    return true;
}

static bool read_search(const struct options *opt, struct arena *arena, struct job *job,
                        struct err *err)
{
    for (size_t i = 0; i < opt->nvalues; i++)
        if (opt->values[i].flag == FLAG_GSC &&
            !search_load(opt->values[i].text, arena, &job->search, err))
            return false;
    search_finish(&job->search);
    return true;
}

static bool print(const struct options *opt, struct job *job, struct arena *arena,
                  struct err *err)
{
    struct hits hits = {0}, others;
    struct buf out;

    if (job->keywords.n == 0)
        return err_set(err, "no keyword in '%s'", opt->args[0]);
    if (job->pages.n == 0)
        return err_set(err, "no page in '%s'",
                       job->nfolders > 0 ? job->folder[0]
                                         : cli_value(opt, FLAG_SITE_STATE));
    keywords_measure(&job->rules, &job->keywords, &job->pages, &job->search,
                     &job->result, &hits, arena);
    buf_init(&out, arena, REPORT_BYTES_MAX);
    if (adhoc_is_json(opt)) {
        if (!format_json(&job->result, arena, &out, err))
            return false;
    } else {
        add_text(job, arena, &out);
        others = other_hits(&hits, arena);
        hits_add_text(&others, arena, &out);
        add_not_measured(&job->result, arena, &out);
    }
    return report_print(&out, err);
}

static bool look(const struct options *opt, struct arena *arena, struct err *err)
{
    struct job *job = arena_new(arena, struct job, 1);

    return zone_enter("UTC", err) && read_options(opt, arena, job, err) &&
           confine(opt, arena, err) &&
           keywords_load(opt->args[0], job->rules.source, arena, &job->keywords, err) &&
           read_pages(opt, arena, job, err) && read_search(opt, arena, job, err) &&
           print(opt, job, arena, err);
}

int i18ncheck_keywords(const struct options *opt, struct err *err)
{
    struct arena arena;
    bool good;

    arena_init(&arena, ARENA_BYTES_MAX);
    good = look(opt, &arena, err);
    arena_release(&arena);
    return good ? VERDICT_OK : VERDICT_UNKNOWN;
}
