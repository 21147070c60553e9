/* Matomo: visits of the site, by VisitsSummary.get. One question tells of all days that
 * are wanted: one without a segment, and one for each set of event actions. Both are
 * Matomo's own visits. */
#include "shared/engines/matomo.h"

#include <assert.h>
#include <string.h>

#include "shared/engines/hosted.h"
#include "shared/engines/named.h"
#include "shared/json.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { FORM_BYTES_MAX = 16 * 1024 };

struct matomo {
    struct hosted hosted;
    struct named named;
    int64_t site;
    struct day_bounds bounds;
    struct source_day *days;
    int64_t *visits[NAMED_SETS_MAX]; /* of each set, by day */
};

/* ---- asking ---- */

static void add_percent(struct buf *form, struct str text, struct arena *arena)
{
    char *encoded = arena_new(arena, char, 3 * text.n + 1);

    buf_add(form, encoded, text_percent(text, encoded));
}

/* Of visits with an event of any of these actions; a comma is "or". */
static void add_segment(struct buf *form, const struct named_set *set,
                        struct arena *arena)
{
    buf_add_text(form, "&segment=");
    assert(set->n == 0 || set->name);
    for (size_t i = 0; i < set->n; i++) {
        buf_add_text(form, i > 0 ? ",eventAction==" : "eventAction==");
        add_percent(form, set->name[i], arena);
    }
}

/* The form up to the token, which goes into it in the secret's memory. */
static const char *form_text(const struct matomo *self, const struct named_set *set,
                             struct arena *arena)
{
    const struct day_bounds *bounds = &self->bounds;
    struct buf form;

    buf_init(&form, arena, FORM_BYTES_MAX);
    buf_printf(&form,
               "module=API&method=VisitsSummary.get&idSite=%lld&period=day&date=%s,"
               "%s&format=JSON&filter_limit=-1",
               (long long)self->site, day_text(bounds->first).text,
               day_text(bounds->first + (int32_t)bounds->n - 1).text);
    if (set->n > 0)
        add_segment(&form, set, arena);
    buf_add_text(&form, "&token_auth=");
    return form.overflowed ? NULL : form.at;
}

static bool refuse(const struct matomo *self, struct err *err)
{
    const struct day_bounds *bounds = &self->bounds;
    struct err why = *err;

    return err_set(err, "%s: %s; nothing of %s to %s is used", self->hosted.who,
                   why.text, day_text(bounds->first).text,
                   day_text(bounds->first + (int32_t)bounds->n - 1).text);
}

static bool ask(struct matomo *self, const struct named_set *set, struct arena *arena,
                struct matomo_visits *visits, struct err *err)
{
    static const char *const headers[] = {
        "Accept: application/json", "Content-Type: application/x-www-form-urlencoded",
        NULL};
    struct hosted *hosted = &self->hosted;
    const char *form = form_text(self, set, arena);
    struct api_request request = {
        .url = hosted_url(hosted, "/index.php"),
        .headers = headers,
        .post = form ? secret_text(hosted->token, form, SECRET_PERCENT, "") : NULL,
    };
    struct api_reply reply;

    if (!request.post)
        return err_set(err, "%s: the segment or the token is too long", hosted->who);
    if (!hosted_ask(hosted, request, &reply, err))
        return false;
    return matomo_visits_parse(reply.body, arena, &hosted->notes, visits, err) ||
           refuse(self, err);
}

/* ---- days ---- */

static bool start(void *of, const struct day_bounds *bounds, struct arena *arena,
                  struct source_day *days, struct source_totals *totals,
                  struct err *err)
{
    static const struct named_set all = {0};
    struct matomo *self = of;
    struct matomo_visits visits = {bounds->first, bounds->n,
                                   arena_new(arena, int64_t, bounds->n)};

    (void)totals;
    self->bounds = *bounds;
    self->days = days;
    if (!ask(self, &all, arena, &visits, err))
        return false;
    for (size_t i = 0; i < bounds->n; i++)
        days[i].rows = visits.count[i];
    for (size_t s = 0; s < self->named.nsets; s++) {
        visits.count = self->visits[s] = arena_new(arena, int64_t, bounds->n);
        if (!ask(self, &self->named.set[s], arena, &visits, err))
            return false;
    }
    return true;
}

static bool cells(void *of, size_t index, const struct cells_wanted *wanted,
                  struct arena *arena, struct day_cells *cells, struct err *err)
{
    struct matomo *self = of;
    int64_t *count = arena_new(arena, int64_t, NAMED_SETS_MAX);

    (void)err;
    for (size_t s = 0; s < self->named.nsets; s++)
        count[s] = self->visits[s][index];
    *cells = (struct day_cells){.day = self->bounds.first + (int32_t)index};
    named_cells(&self->named, wanted, self->days[index].rows, count, arena, cells);
    return true;
}

static bool can_count(void *of, const struct daycount_plan *plan, size_t index,
                      bool *can, struct err *err)
{
    struct matomo *self = of;

    return named_can_count(&self->named, plan, index, can, err);
}

static bool check_arms(void *of, const struct arms_wanted *wanted, struct err *err)
{
    const struct matomo *self = of;

    (void)wanted;
    return err_set(err,
                   "source '%s' is Matomo, which tells of no unit what it did; take "
                   "the experiment from rows, or from a file of counts",
                   self->hosted.name);
}

/* ---- the engine ---- */

static bool read_settings(struct matomo *self, struct err *err)
{
    // what a segment takes apart, or decodes, is in no name
    static const struct named_rules rules = {
        .all = "pageview",
        .others = "_$ .:/-",
    };
    struct hosted *hosted = &self->hosted;

    self->site = json_int(hosted->json, "site", 1);
    return hosted_check_zone(hosted, err) &&
           named_open(&self->named, &rules, hosted->config, hosted->name, hosted->arena,
                      err);
}

static bool matomo_open(const struct config *config, const char *name,
                        struct arena *arena, struct engine_opened *opened,
                        struct err *err)
{
    static const struct hosted_product product = {.lacks = "view", .lag_h = 6};
    struct matomo *self = arena_new(arena, struct matomo, 1);

    self->hosted = (struct hosted){.config = config, .name = name, .arena = arena};
    if (!hosted_open(&self->hosted, &product, opened, err))
        return false;
    if (!read_settings(self, err)) {
        hosted_close(&self->hosted);
        return false;
    }
    opened->self = self;
    opened->exposures = "generic"; // what check_arms refuses has its name
    opened->kinds = named_kinds(&self->named);
    return true;
}

static void matomo_close(void *of)
{
    struct matomo *self = of;

    hosted_close(&self->hosted);
}

static const char *const *notes(const void *of, size_t *n)
{
    const struct matomo *self = of;

    return hosted_notes(&self->hosted, n);
}

const struct engine engine_matomo = {
    .type = "matomo",
    .open = matomo_open,
    .close = matomo_close,
    .can_count = can_count,
    .check_arms = check_arms,
    .start = start,
    .cells = cells,
    .notes = notes,
};
