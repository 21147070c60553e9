/* The conclusions as state/i18ncheck.json has them, and what is loaded of before. */
#include <string.h>

#include "i18ncheck/round.h"
#include "shared/clock.h"
#include "shared/json.h"

#include "shared/banned.h"

json_t *state_document(const struct round *round)
{
    json_t *document = json_object();
    json_t *found = json_object();

    for (size_t i = 0; i < round->findings.n; i++) {
        struct finding finding = round->findings.item[i];

        finding.line = 0; // lines drift
        json_put(found, finding.id, finding_to_state(&finding));
    }
    if (round->content)
        json_put(document, "content", json_incref(round->content));
    json_put(document, "coverage", json_incref(round->coverage));
    json_put(document, "findings", found);
    if (round->keywords)
        json_put(document, "keywords", json_incref(round->keywords));
    json_put(document, "schema", json_integer(I18NCHECK_SCHEMA));
    json_put(document, "sets", json_incref(round->sets));
    json_put(document, "through", json_string(day_text(round->as_of).text));
    json_put(document, "tool", json_string("i18ncheck"));
    return document;
}

/* An object of objects of counts; `texts`: the one member that is text. */
static bool check_counts(const json_t *document, const char *key, const char *text,
                         struct err *err)
{
    json_t *rows = json_object_get(document, key), *row, *value;
    const char *name, *member;

    if (!json_is_object(rows))
        return err_set(err, "/%s: is not an object", key);
    json_object_foreach(rows, name, row)
    {
        if (!json_is_object(row))
            return err_set(err, "/%s/%.100s: is not an object", key, name);
        if (text && !json_is_string(json_object_get(row, text)))
            return err_set(err, "/%s/%.100s/%s: is not a text", key, name, text);
        json_object_foreach(row, member, value)
        {
            if (text && strcmp(member, text) == 0)
                continue;
            if (!json_is_integer(value) || json_integer_value(value) < 0)
                return err_set(err, "/%s/%.100s/%.40s: is not a count", key, name,
                               member);
        }
    }
    return true;
}

bool state_findings(const json_t *document, struct arena *arena, int32_t *through,
                    struct findings *findings, struct err *err)
{
    return findings_from_state(document, arena, through, findings, err) &&
           check_counts(document, "coverage", NULL, err) &&
           check_counts(document, "sets", "source", err) &&
           (!json_object_get(document, "content") ||
            check_counts(document, "content", NULL, err));
}

bool known_load(const struct state_folder *folder, struct arena *arena,
                struct known *known, struct err *err)
{
    struct str rows;

    if (!state_json_load(folder, I18NCHECK_JSON, "i18ncheck", I18NCHECK_SCHEMA, arena,
                         &known->json, err))
        return false;
    if (!known->json) // whatever lies beside it is what an interrupted first run left
        return true;
    if (!state_findings(known->json, arena, &known->through, &known->findings, err))
        return state_json_refuse(folder, I18NCHECK_JSON, arena, err);
    if (!state_text_load(folder, I18NCHECK_HISTORY, NULL, arena, &rows, err))
        return false;
    if (!rows.at) // it is written before the JSON, so it was there
        return err_set(err, "cannot go on without 'state/" I18NCHECK_HISTORY
                            "': restore it from git, or remove 'state/" I18NCHECK_JSON
                            "' to begin anew");
    return history_parse(rows, "state/" I18NCHECK_HISTORY, arena, &known->history, err);
}

void known_release(struct known *known)
{
    json_decref(known->json);
    known->json = NULL;
}
