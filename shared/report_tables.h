/*
 * Tables and charts of a run report as JSON, and back; report.c's and report_parse.c's.
 */
#ifndef SHARED_REPORT_TABLES_H
#define SHARED_REPORT_TABLES_H

#include <jansson.h>

#include "shared/report.h"

/* The caller owns the results. */
json_t *tables_to_json(const struct report *report);
json_t *charts_to_json(const struct report *report);

/* A text of a report that is read, made fit to print (the file may be anybody's): no
 * format has to see to that again. "" where there is none. */
const char *report_text(const json_t *value, struct arena *arena);

/* Members `tables` and `charts`, where they are; what does not fit is left out: the
 * report was made by one of ours. */
void tables_parse(const json_t *root, struct arena *arena, struct report *report);
void charts_parse(const json_t *root, struct arena *arena, struct report *report);

#endif
