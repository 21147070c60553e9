/* PostHog: one engine, two ways. Exports show rows, queries count. */
#include "shared/engines/posthog.h"

#include <string.h>

#include "shared/json.h"

#include "shared/banned.h"

struct posthog {
    struct tables tables; /* first: what the functions of tables get. Of mode query */
    struct hosted hosted;
    struct posthog_query query;
    struct exporter exporter; /* of mode export */
    bool is_query;
};

static void release(struct posthog *self)
{
    hosted_close(&self->hosted);
    if (!self->is_query)
        exporter_close(&self->exporter);
}

/* Keys of the other mode say something that is not done. */
static bool check_mode(const struct posthog *self, struct err *err)
{
    static const char *const of_export[] = {"fields", "include"};

    for (size_t i = 0; self->is_query && i < 2; i++)
        if (json_object_get(self->hosted.json, of_export[i]))
            return config_err(self->hosted.config,
                              hosted_key(&self->hosted, of_export[i]), err,
                              "'%s' is of mode export; leave it out", of_export[i]);
    return true;
}

static bool open_query(struct posthog *self, int64_t project, struct arena *arena,
                       struct engine_opened *opened, struct err *err)
{
    struct hosted *hosted = &self->hosted;

    self->query = (struct posthog_query){
        .hosted = hosted,
        .tables = &self->tables,
        .path = str_format(arena, "/api/projects/%lld/query/", (long long)project),
    };
    self->tables = (struct tables){.config = hosted->config,
                                   .name = hosted->name,
                                   .json = hosted->json,
                                   .ask = posthog_ask,
                                   .self = &self->query,
                                   .who = hosted->who};
    return posthog_table(&self->tables, arena, opened, err);
}

static bool open_mode(struct posthog *self, struct arena *arena,
                      struct engine_opened *opened, struct err *err)
{
    const json_t *json = self->hosted.json;
    int64_t project = json_int(json, "project", 0);

    if (!check_mode(self, err))
        return false;
    if (self->is_query)
        return open_query(self, project, arena, opened, err);
    opened->preset = "posthog";
    return exporter_open(&self->exporter, &self->hosted, project,
                         json_object_get(json, "include"),
                         json_text(json, "scratch", ""), err);
}

static bool posthog_open(const struct config *config, const char *name,
                         struct arena *arena, struct engine_opened *opened,
                         struct err *err)
{
    static const struct hosted_product products[2] = {{.lacks = "batch_export:write",
                                                       .lag_h = 3},
                                                      {.lacks = "query:read",
                                                       .lag_h = 3}};
    struct posthog *self = arena_new(arena, struct posthog, 1);
    const json_t *json =
        json_object_get(json_object_get(config->root, "sources"), name);

    self->is_query = strcmp(json_text(json, "mode", ""), "query") == 0;
    self->exporter.scratch = -1;
    self->hosted = (struct hosted){.config = config, .name = name, .arena = arena};
    if (!hosted_open(&self->hosted, &products[self->is_query], opened, err))
        return false;
    opened->self = self;
    if (open_mode(self, arena, opened, err))
        return true;
    release(self);
    return false;
}

static void posthog_close(void *of)
{
    release(of);
}

static bool start(void *of, const struct day_bounds *bounds, struct arena *arena,
                  struct source_day *days, struct source_totals *totals,
                  struct err *err)
{
    struct posthog *self = of;

    if (self->is_query)
        return tables_start(&self->tables, bounds, arena, days, totals, err);
    exporter_start(&self->exporter, bounds, clock_now_ms());
    return true;
}

static bool feed(void *of, struct arena *arena, struct engine_file *file,
                 struct err *err)
{
    struct posthog *self = of;

    return exporter_feed(&self->exporter, arena, file, err);
}

static const char *const *notes(const void *of, size_t *n)
{
    const struct posthog *self = of;

    return hosted_notes(&self->hosted, n);
}

const struct engine engine_posthog = {
    .type = "posthog",
    .open = posthog_open,
    .close = posthog_close,
    .can_count = tables_can_count,
    .check_arms = tables_check_arms,
    .start = start,
    .cells = tables_cells,
    .arms = tables_arms,
    .feed = feed,
    .notes = notes,
};
