/* In the place of engines/postgres.c where libpq is not installed. */
#include "shared/engines/postgres.h"

#include "shared/banned.h"

static bool postgres_open(const struct config *config, const char *name,
                          struct arena *arena, struct engine_opened *opened,
                          struct err *err)
{
    (void)config;
    (void)arena;
    (void)opened;
    return err_set(err,
                   "source '%s': postgres: built without libpq; install libpq-dev "
                   "and run make",
                   name);
}

const struct engine engine_postgres = {.type = "postgres", .open = postgres_open};
