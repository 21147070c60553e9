/* PostgreSQL: its engine. */
#ifndef SHARED_ENGINES_POSTGRES_H
#define SHARED_ENGINES_POSTGRES_H

#include "shared/engine.h"

extern const struct engine engine_postgres;

#endif
