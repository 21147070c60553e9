/* Loads and saves the watchdog's three files. Knows their order; what is in them is
 * known elsewhere. */
#include "watchdog/folder.h"

#include <string.h>

#include "shared/json.h"
#include "shared/own.h"

#include "shared/banned.h"

static bool load_evidence(const struct state_folder *folder, struct arena *run,
                          struct known *known, struct err *err)
{
    static const struct evidence_file file = {.name = "state/" WATCHDOG_EVIDENCE,
                                              .is_ours = true};
    struct checkpoint checkpoint = {&known->evidence, &known->data, 0};
    struct str rows, lines;

    if (!state_text_load(folder, WATCHDOG_EVIDENCE, EVIDENCE_HEADER, run, &rows, err))
        return false;
    if (!rows.at) // it is written before the JSON, so it was there
        return err_set(err, "cannot go on without 'state/" WATCHDOG_EVIDENCE
                            "': restore it from git, or remove 'state/" WATCHDOG_JSON
                            "' to begin anew");
    if (!evidence_parse(rows, &file, run, &known->evidence, err) ||
        !state_text_load(folder, WATCHDOG_CHECKPOINT, CHECKPOINT_HEADER, run, &lines,
                         err) ||
        !checkpoint_parse(lines, "state/" WATCHDOG_CHECKPOINT, run, &checkpoint, err))
        return false;
    known->checkpoint = checkpoint.day;
    return true;
}

bool known_load(const struct state_folder *folder, struct arena *run,
                struct known *known, struct err *err)
{
    OWN(json) json = NULL;
    struct findings findings = {0};

    *known = (struct known){0};
    if (!state_json_load(folder, WATCHDOG_JSON, "watchdog", WATCHDOG_SCHEMA, run, &json,
                         err))
        return false;
    if (!json) // whatever lies beside it is what an interrupted first run left
        return true;
    if (!watchdog_findings(json, run, &known->through, &findings, err))
        return state_json_refuse(folder, WATCHDOG_JSON, run, err);
    if (!load_evidence(folder, run, known, err))
        return false;
    if (known->checkpoint > known->through)
        return err_set(err, "cannot use 'state/" WATCHDOG_CHECKPOINT
                            "': it is newer than 'state/" WATCHDOG_JSON
                            "'; restore both from git");
    // without a checkpoint all final evidence is judged again
    known->kept =
        known->checkpoint > 0 ? known->checkpoint : known->through - FINAL_AFTER_DAYS;
    known->json = take(&json);
    return true;
}

void known_release(struct known *known)
{
    json_decref(known->json);
    known->json = NULL;
}

bool outcome_save(const struct state_folder *folder, const struct outcome *outcome,
                  struct err *err)
{
    return state_save(folder, WATCHDOG_EVIDENCE, buf_str(&outcome->evidence), NULL,
                      err) &&
           state_save(folder, WATCHDOG_JSON, outcome->json, NULL, err) &&
           (outcome->checkpoint.n == 0 ||
            state_save(folder, WATCHDOG_CHECKPOINT, buf_str(&outcome->checkpoint), NULL,
                       err));
}
