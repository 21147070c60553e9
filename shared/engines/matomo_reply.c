/* A reply of Matomo's VisitsSummary.get over days: an object by date. A day without a
 * visit is an empty list, for that is how PHP writes an empty map. */
#include "shared/engines/matomo.h"
#include "shared/own.h"
#include "shared/secret.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { SHOWN = 120 };

static const char *const known[] = {"nb_visits",
                                    "nb_uniq_visitors",
                                    "nb_users",
                                    "nb_actions",
                                    "nb_visits_converted",
                                    "bounce_count",
                                    "bounce_rate",
                                    "sum_visit_length",
                                    "max_actions",
                                    "nb_actions_per_visit",
                                    "avg_time_on_site",
                                    NULL};

/* {"result":"error","message":".."}: Matomo says so with status 200. */
static bool check_error(const json_t *root, struct arena *arena, struct err *err)
{
    const json_t *result = json_object_get(root, "result");
    const json_t *message = json_object_get(root, "message");
    struct str words = {json_string_value(message), json_string_length(message)};

    if (!result)
        return true;
    if (!json_is_string(message))
        return reply_drift(message, "a string", err, "/message");
    if (secret_leaks(words))
        return err_set(err, "an error inside of a 200 (its words hold a secret)");
    return err_set(err, "an error inside of a 200: %s",
                   text_safe(arena, words.at, words.n, SHOWN));
}

bool matomo_visits_parse(struct str body, struct arena *arena,
                         struct reply_notes *notes, struct matomo_visits *visits,
                         struct err *err)
{
    OWN(json) root = NULL;
    int64_t *read = arena_new(arena, int64_t, visits->n);

    if (!reply_load(body, REPLY_KEYS_MAX, &root, err) || !check_error(root, arena, err))
        return false;
    for (size_t i = 0; i < visits->n; i++) {
        struct day_text date = day_text(visits->first + (int32_t)i);
        const json_t *day = json_object_get(root, date.text);
        const char *pointer = str_format(arena, "/%s", date.text);

        if (json_is_array(day) && json_array_size(day) == 0)
            continue;
        if (!json_is_object(day))
            return reply_drift(day, "an object", err, "%s", pointer);
        if (!reply_count(day, "nb_visits", str_format(arena, "%s/nb_visits", pointer),
                         &read[i], err))
            return false;
        reply_note(notes, day, pointer, known);
    }
    for (size_t i = 0; i < visits->n; i++)
        visits->count[i] = read[i];
    return true;
}
