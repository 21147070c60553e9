/*
 * The tool's verbs.
 */
#ifndef I18NCHECK_I18NCHECK_H
#define I18NCHECK_I18NCHECK_H

#include "shared/cli.h"
#include "shared/err.h"

#define I18NCHECK_JSON    "i18ncheck.json"
#define I18NCHECK_HISTORY "history/i18ncheck.tsv"

enum { I18NCHECK_SCHEMA = 1 };

int i18ncheck_run(const struct options *opt, struct err *err);
int i18ncheck_show(const struct options *opt, struct err *err);
int i18ncheck_coverage(const struct options *opt, struct err *err);
int i18ncheck_lint(const struct options *opt, struct err *err);
int i18ncheck_usage(const struct options *opt, struct err *err);
int i18ncheck_content(const struct options *opt, struct err *err);
int i18ncheck_keywords(const struct options *opt, struct err *err);

/* Options that not every verb takes: bits of struct options.flags. */
enum {
    FLAG_JSON,
    FLAG_GIT_LOG,
    FLAG_SOURCE,
    FLAG_FORMAT_HINT,
    FLAG_SYNTAX,
    FLAG_SRC,
    FLAG_CATALOG,
    FLAG_WRAPPER,
    FLAG_READY_KEY,
    FLAG_IGNORE_SUBJECT,
    FLAG_CONTENT,
    FLAG_SITE_STATE,
    FLAG_GSC,
    FLAG_CHARTS,
};

#endif
