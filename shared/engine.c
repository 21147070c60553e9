/* The programs without engines: opening one makes the process the program beside this
 * one that has them. Programs with engines link shared/engines/table.c in its place. */
#include "shared/engine.h"

#include "shared/become.h"

#include "shared/banned.h"

bool engine_find(const char *type, const struct engine **engine, struct err *err)
{
    (void)type; // the schema knows the types
    (void)engine;
    return become_sibling("-engine", err);
}
