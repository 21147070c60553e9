/*
 * The tool's verbs and steps: collect runs from report files, measure, judge pages
 * (engine 1: audits, bytes, minimum scores) and series (engine 2: timing), keep, say.
 */
#ifndef PERFCHECK_PERFCHECK_H
#define PERFCHECK_PERFCHECK_H

#include "shared/cli.h"
#include "shared/err.h"

#define PERFCHECK_JSON    "perfcheck.json"
#define PERFCHECK_HISTORY "history/perfcheck.tsv"

enum { PERFCHECK_SCHEMA = 1 };

int perfcheck_run(const struct options *opt, struct err *err);
int perfcheck_show(const struct options *opt, struct err *err);
int perfcheck_score(const struct options *opt, struct err *err);
int perfcheck_explain(const struct options *opt, struct err *err);
int perfcheck_assert(const struct options *opt, struct err *err);
int perfcheck_accept(const struct options *opt, struct err *err);
int perfcheck_fetch(const struct options *opt, struct err *err);

/* The words of main, for the program that `fetch` becomes. */
void become_fetch_keep(char **argv);

enum { FETCH_TIMEOUT_S = 7200 };

/* Options that not every verb takes: bits of struct options.flags. */
enum { FLAG_PSI, FLAG_CRUX, FLAG_LHCI_COMPAT, FLAG_BUDGETS, FLAG_CHARTS };

#endif
