/* The pages and keywords of a round. */
#include <string.h>

#include "i18ncheck/round.h"
#include "shared/file.h"
#include "shared/json.h"
#include "shared/text.h"

#include "shared/banned.h"

/* All that is read of pages and keywords. */
struct page_run {
    struct round *round;
    struct content *content; /* of each of settings.content */
    struct content **contents;
    struct search search;
    struct keywords keywords;
};

/* ---- reading ---- */

static bool read_content(struct page_run *self, struct err *err)
{
    struct round *round = self->round;
    struct settings *settings = &round->settings;

    self->content = arena_new(round->run, struct content, settings->ncontents);
    self->contents = arena_new(round->run, struct content *, settings->ncontents);
    for (size_t i = 0; i < settings->ncontents; i++) {
        settings->content[i].as_of = round->as_of;
        self->contents[i] = &self->content[i];
        if (!content_collect(round->config.folder, &settings->content[i], round->run,
                             &self->content[i], err))
            return err_wrap(err, "content '%s'", settings->content[i].name);
    }
    if (round->git_log)
        return content_date(self->contents, settings->ncontents, round->git_log,
                            round->run, err);
    round_add_problem(round, "dates of pages are not measured without a git log; see "
                             "--git-log");
    return true;
}

static bool read_search(struct page_run *self, struct err *err)
{
    static const char *const endings[] = {".json", ".csv", NULL};
    struct round *round = self->round;
    struct file_list files = {0};

    for (size_t i = 0; i < round->settings.nsearches; i++)
        if (!file_list_add(&files, round->config.folder, round->settings.search[i],
                           endings, true, round->run, err))
            return false;
    file_list_finish(&files);
    for (size_t i = 0; i < files.n; i++)
        if (!search_load(files.path[i], round->run, &self->search, err))
            return false;
    search_finish(&self->search);
    for (size_t i = 0; i < round->settings.ncontents; i++)
        search_count_clicks(&self->search, &self->content[i]);
    return true;
}

/* ---- pages ---- */

/* Dates that could not be looked at leave what they said. */
static void keep_stale(struct round *round, const char *place, json_t *row)
{
    const json_t *before =
        json_object_get(json_object_get(round->known.json, "content"), place);
    json_t *stale = json_object_get(before, "stale");

    kept_add(&round->kept, round->run, (struct kept){place, true, CHECK_CONTENT_STALE});
    if (stale)
        json_put(row, "stale", json_incref(stale));
}

static void put_content(struct round *round, const struct content_rules *rules,
                        const struct content_locale *locale)
{
    const char *place = str_format(round->run, "%s/%s", rules->name, locale->locale);
    json_t *row = json_object();

    json_put(row, "missing", json_integer((json_int_t)locale->nmissing));
    json_put(row, "orphan", json_integer((json_int_t)locale->norphan));
    json_put(row, "pages", json_integer(locale->pages));
    json_put(row, "partial", json_integer((json_int_t)locale->npartial));
    if (locale->has_stale)
        json_put(row, "stale", json_integer((json_int_t)locale->nstale));
    else
        keep_stale(round, place, row);
    json_put(round->content, place, row);
}

/* A page that was reported stays reported, however often its source changes since. */
static bool open_since(const struct round *round, const char *place, struct str key,
                       int32_t *since)
{
    const char *id = judge_id(CHECK_CONTENT_STALE, place, key, round->run);

    for (size_t i = 0; i < round->known.findings.n; i++) {
        const struct finding *finding = &round->known.findings.item[i];

        if (strcmp(finding->id, id) != 0)
            continue;
        *since = finding->since;
        return true;
    }
    return false;
}

static void add_page_hit(struct round *round, const char *name,
                         const struct content_result *result, const struct hit *found)
{
    struct hit hit = *found;
    const char *place = str_format(round->run, "%s/%s", name, hit.locale);
    int32_t since;
    bool has_since = hit.check == CHECK_CONTENT_STALE &&
                     (open_since(round, place, hit.key, &since) ||
                      content_stale_since(result, hit.locale, hit.key, &since));

    if (hit.key.n == 0) // a finding for each file
        hit.key = str_of(hit.file);
    (void)round_add_hit(round, &hit, place, has_since ? &since : NULL);
}

static bool judge_content(struct page_run *self, const struct content *content,
                          struct err *err)
{
    struct round *round = self->round;
    const struct content_rules *rules = content->rules;
    struct content_result result = {0};
    struct hits hits = {0};

    content_measure(content, &result, &hits, round->run);
    if (result.pages == 0)
        return err_set(err,
                       "content '%s': no page of the source locale '%s'; check "
                       "the pattern and the source",
                       rules->name, rules->source);
    for (size_t i = 0; i < result.n; i++)
        put_content(round, rules, &result.locale[i]);
    for (size_t i = 0; i < content->hits.n; i++)
        add_page_hit(round, rules->name, &result, &content->hits.item[i]);
    for (size_t i = 0; i < hits.n; i++)
        add_page_hit(round, rules->name, &result, &hits.item[i]);
    return true;
}

/* ---- keywords ---- */

static bool is_measured(const struct keyword_result *result, enum check_id check)
{
    for (size_t i = 0; i < result->nnot_measured; i++)
        if (strcmp(result->not_measured[i], check_word(check)) == 0)
            return false;
    return true;
}

static void put_keywords(struct round *round, const struct keyword_result *result)
{
    static const struct {
        const char *key;
        enum check_id check;
    } row[] = {{"cannibalised", CHECK_CANNIBALISED},
               {"gap", CHECK_KEYWORD_GAP},
               {"none", CHECK_KEYWORD_NONE},
               {"orphan", CHECK_QUERY_ORPHAN},
               {"thin", CHECK_THIN},
               {"weak", CHECK_KEYWORD_WEAK},
               {"wrong_locale", CHECK_WRONG_LOCALE}};

    round->keywords = json_object();
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        if (is_measured(result, row[i].check))
            json_put(round->keywords, row[i].key,
                     json_integer(round->count[row[i].check]));
        else
            kept_add(&round->kept, round->run,
                     (struct kept){"keywords", true, row[i].check});
    }
    for (size_t i = 0; i < result->nnot_measured; i++)
        round_add_problem(round, str_format(round->run, "not measured: %s",
                                            result->not_measured[i]));
}

static bool judge_keywords(struct page_run *self, struct err *err)
{
    struct round *round = self->round;
    const struct settings *settings = &round->settings;
    struct keyword_result result = {0};
    struct keyword_pages pages = {0};
    struct hits hits = {0};

    if (!keywords_load(settings->keyword_file, settings->keyword.source, round->run,
                       &self->keywords, err))
        return false;
    for (size_t i = 0; i < settings->ncontents; i++)
        keyword_pages_add(&pages, &self->content[i], round->run);
    keywords_measure(&settings->keyword, &self->keywords, &pages, &self->search,
                     &result, &hits, round->run);
    for (size_t i = 0; i < hits.n; i++) {
        struct hit hit = hits.item[i];

        if (hit.check == CHECK_CANNIBALISED || hit.check == CHECK_WRONG_LOCALE)
            hit.file = text_url(round->run, hit.file, strlen(hit.file));
        (void)round_add_hit(round, &hit,
                            str_format(round->run, "keywords/%s", hit.locale), NULL);
    }
    put_keywords(round, &result);
    return true;
}

bool round_judge_pages(struct round *round, struct err *err)
{
    struct page_run self = {.round = round};
    const struct settings *settings = &round->settings;

    if (settings->ncontents == 0)
        return true;
    round->content = json_object();
    if (!read_content(&self, err) || !read_search(&self, err))
        return false;
    for (size_t i = 0; i < settings->ncontents; i++)
        if (!judge_content(&self, &self.content[i], err))
            return false;
    return !settings->has_keywords || judge_keywords(&self, err);
}
