/* The conclusions as state/perfcheck.json has them, and what is loaded of before. */
#include <math.h>
#include <string.h>

#include "perfcheck/round.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/look.h"

#include "shared/banned.h"

/* ---- loading ---- */

/* {"ID": ["DAY", ...]} */
static bool read_accepted(struct arena *arena, struct known *known, struct err *err)
{
    const json_t *object = json_object_get(known->json, "accepted");
    size_t n, capacity = 0;
    const char **id;

    if (!object)
        return true;
    if (!json_is_object(object))
        return err_set(err, "/accepted: is not an object");
    id = json_keys(arena, object, &n);
    for (size_t i = 0; i < n; i++) {
        const json_t *days = json_object_get(object, id[i]);

        for (size_t d = 0; d < json_array_size(days); d++) {
            const char *on = json_string_value(json_array_get(days, d));
            int32_t day;

            if (!on || !day_parse(on, strlen(on), &day))
                return err_set(err, "/accepted/%s: is not a day", id[i]);
            known->accepted = arena_room(arena, known->accepted, known->naccepted,
                                         &capacity, sizeof *known->accepted);
            known->accepted[known->naccepted++] = (struct accepted){id[i], day};
        }
    }
    return true;
}

static bool read_document(struct arena *arena, struct known *known, struct err *err)
{
    if (!findings_from_state(known->json, arena, &known->through, &known->findings,
                             err) ||
        !read_accepted(arena, known, err))
        return false;
    return json_is_object(json_object_get(known->json, "pages")) ||
           err_set(err, "/pages: is not an object");
}

static bool load_history(const struct state_folder *folder, struct arena *arena,
                         struct known *known, struct err *err)
{
    struct str rows;

    if (!state_text_load(folder, PERFCHECK_HISTORY, PERF_HISTORY_HEADER, arena, &rows,
                         err))
        return false;
    if (!rows.at)
        return err_set(err,
                       "there is no '%s/" PERFCHECK_HISTORY "' beside " PERFCHECK_JSON
                       "; restore it with git, or remove the JSON to begin anew",
                       folder->path);
    return history_parse(rows, PERFCHECK_HISTORY, arena, &known->history, err);
}

/* A JSON that is not there is a first run: whatever lies in history/ is what an
 * interrupted one left. */
bool known_load(const struct state_folder *folder, struct arena *arena,
                struct known *known, struct err *err)
{
    *known = (struct known){0};
    if (!state_json_load(folder, PERFCHECK_JSON, "perfcheck", PERFCHECK_SCHEMA, arena,
                         &known->json, err))
        return false;
    if (!known->json)
        return true;
    if (!read_document(arena, known, err))
        return state_json_refuse(folder, PERFCHECK_JSON, arena, err);
    return load_history(folder, arena, known, err);
}

void known_release(struct known *known)
{
    json_decref(known->json);
    known->json = NULL;
}

/* ---- the verbs that only look ---- */

void shown_release(struct shown *shown)
{
    known_release(&shown->known);
    state_folder_release(&shown->folder);
    settings_release(&shown->settings);
    config_release(&shown->config);
}

bool shown_load(const struct options *opt, struct arena *arena, struct shown *shown,
                struct err *err)
{
    const char *state;

    *shown = (struct shown){.folder = STATE_FOLDER_CLOSED};
    return look_configure(opt, !opt->state_path, "{\"perfcheck\": {}}", arena,
                          &shown->config, err) &&
           settings_read(&shown->config, arena, &shown->settings, err) &&
           (state = look_at(opt, &shown->config, arena, &shown->folder,
                            &shown->confined, err)) &&
           known_load(&shown->folder, arena, &shown->known, err) &&
           look_found(shown->known.json, state, PERFCHECK_JSON, err);
}

/* ---- the document ---- */

static void put_day(json_t *object, const char *key, int32_t day)
{
    json_put(object, key, json_string(day_text(day).text));
}

/* The first day of the present epoch; `before` where history no longer reaches back. */
static void put_epoch(const struct history *history, const struct page_view *view,
                      const json_t *before, json_t *object)
{
    const struct history_series *series =
        history_find(history, view->form, view->page, "runs");
    const char *known = json_string_value(json_object_get(before, "epoch"));
    const char *since = json_string_value(json_object_get(before, "epoch_since"));
    bool reaches_back = false;
    int32_t first = 0;

    for (size_t i = series->numbers.n; i-- > 0 && !reaches_back;) {
        const struct row_of_day *row = &series->numbers.row[i];

        reaches_back = row->k > 0 && strcmp(row->epoch, view->epoch) != 0;
        if (row->k > 0 && !reaches_back)
            first = row->day;
    }
    json_put(object, "epoch", json_string(view->epoch));
    if (!reaches_back && known && since && strcmp(known, view->epoch) == 0)
        json_put(object, "epoch_since", json_string(since));
    else
        put_day(object, "epoch_since", first);
}

static json_t *names_json(const char *const *name, size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++)
        json_push(array, json_string(name[i]));
    return array;
}

static json_t *page_json(const struct judged *judged, const struct page_view *view,
                         const json_t *before)
{
    const struct settings *settings = judged->settings;
    json_t *object = json_object(), *bytes = json_object(), *scores = json_object();
    json_t *values = json_object(), *learning = json_array();
    size_t n;
    const char **known =
        known_failing(judged->history, view->form, view->page, judged->arena, &n);

    for (int i = 0; i < BYTE_TYPES; i++)
        if (view->bytes[i].known && settings->bytes[i].is_on)
            json_put(bytes, settings->bytes[i].type,
                     json_integer(llround(view->bytes[i].value)));
    for (int i = 0; i < MINIMA; i++)
        if (view->published_score[i].known)
            json_put(scores, settings->minimum[i].category,
                     json_integer(llround(view->published_score[i].value)));
    for (size_t i = 0; i < settings->nmetrics; i++) {
        const char *metric = settings->metric[i];

        if (view->published[i].known)
            json_put(values, scaled_name(metric, judged->arena),
                     json_integer(scaled_value(metric, view->published[i].value)));
        if (view->is_learning[i])
            json_push(learning, json_string(metric_short(metric)));
    }
    json_put(object, "bytes", bytes);
    put_epoch(judged->history, view, before, object);
    json_put(object, "known_failing", names_json(known, n));
    json_put(object, "learning", learning);
    json_put(object, "published", values);
    json_put(object, "score_x100", scores);
    return object;
}

/* A page without a valid run so far has nothing to publish. */
static json_t *pages_json(const struct judged *judged, const json_t *before)
{
    const json_t *old = json_object_get(before, "pages");
    json_t *pages = json_object();
    struct page_views views =
        page_views(judged->history, judged->settings, judged->as_of, judged->arena);

    for (size_t i = 0; i < views.n; i++) {
        const struct page_view *view = &views.item[i];
        const char *key = str_format(judged->arena, "%s/%s", view->form, view->page);

        if (view->epoch[0] != '\0')
            json_put(pages, key, page_json(judged, view, json_object_get(old, key)));
    }
    return pages;
}

static json_t *accepted_json(const struct judged *judged)
{
    json_t *object = json_object();

    for (size_t i = 0; i < judged->naccepted; i++) {
        const struct accepted *accepted = &judged->accepted[i];

        if (!json_object_get(object, accepted->id))
            json_put(object, accepted->id, json_array());
        json_push(json_object_get(object, accepted->id),
                  json_string(day_text(accepted->on).text));
    }
    return object;
}

json_t *state_document(const struct judged *judged, const struct findings *findings,
                       const json_t *before)
{
    json_t *document = json_object();
    json_t *found = json_object();

    for (size_t i = 0; i < findings->n && i < FINDINGS_MAX; i++)
        json_put(found, findings->item[i].id, finding_to_state(&findings->item[i]));
    if (judged->naccepted > 0)
        json_put(document, "accepted", accepted_json(judged));
    json_put(document, "findings", found);
    json_put(document, "pages", pages_json(judged, before));
    json_put(document, "schema", json_integer(PERFCHECK_SCHEMA));
    put_day(document, "through", judged->as_of);
    json_put(document, "tool", json_string("perfcheck"));
    return document;
}

void perfcheck_add_resolved(struct findings *findings, const struct findings *before,
                            const json_t *document, struct arena *arena)
{
    struct findings lasting = {0};

    for (size_t i = 0; i < before->n; i++)
        if (!finding_is_event(before->item[i].id))
            findings_add(&lasting, arena, before->item[i]);
    findings_add_resolved(findings, &lasting, document, arena);
}
