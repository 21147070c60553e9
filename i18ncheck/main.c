/* rounds-i18ncheck: which translations, pages and keywords are missing, stale or
 * broken. */
#include <stdlib.h>

#include <libxml/xmlmemory.h>

#include "i18ncheck/i18ncheck.h"
#include "shared/memory.h"

#include "shared/banned.h"

static const struct cli_verb verbs[] = {
    {.name = "run",
     .run = i18ncheck_run,
     .help = "read catalogs, content and keywords, judge, write state",
     .reports = true},
    {.name = "show",
     .run = i18ncheck_show,
     .help = "the report again, from the state folder alone",
     .reports = true},
    {.name = "coverage",
     .run = i18ncheck_coverage,
     .args = "PATH...",
     .help = "how much of each locale is translated",
     .min_args = 1,
     .max_args = 1000},
    {.name = "lint",
     .run = i18ncheck_lint,
     .args = "PATH...",
     .help = "broken messages; exit 1 or 2 by the worst",
     .min_args = 1,
     .max_args = 1000},
    {.name = "usage",
     .run = i18ncheck_usage,
     .help = "which keys source code uses, and which it lacks"},
    {.name = "content",
     .run = i18ncheck_content,
     .args = "DIR...",
     .help = "pages missing, orphaned or stale by locale",
     .min_args = 1,
     .max_args = 1000},
    {.name = "keywords",
     .run = i18ncheck_keywords,
     .args = "FILE",
     .help = "which keywords no page covers",
     .min_args = 1,
     .max_args = 1},
};

static const struct cli_flag flags[] = {
    [FLAG_JSON] = {"--json", "coverage lint usage content keywords", "canonical JSON",
                   NULL},
    [FLAG_GIT_LOG] = {"--git-log", "run content",
                      "commits of the pages, from run-all.sh", "FILE"},
    [FLAG_SOURCE] = {"--source", "coverage lint content keywords", "the source locale",
                     "LOCALE"},
    [FLAG_FORMAT_HINT] = {"--format-hint", "coverage lint usage",
                          "format, or dialect of JSON", "F"},
    [FLAG_SYNTAX] = {"--syntax", "lint", "how placeholders are written", "S"},
    [FLAG_SRC] = {"--src", "usage", "a folder of source code; may be repeated", "DIR"},
    [FLAG_CATALOG] = {"--catalog", "usage", "the source locale's catalog", "FILE"},
    [FLAG_WRAPPER] = {"--wrapper", "usage", "a further function that takes keys",
                      "NAME"},
    [FLAG_READY_KEY] = {"--ready-key", "content", "front-matter key of finished pages",
                        "K"},
    [FLAG_IGNORE_SUBJECT] = {"--ignore-subject", "content",
                             "commits with this in their subject are minor", "S"},
    [FLAG_CONTENT] = {"--content", "keywords", "a folder of pages; may be repeated",
                      "DIR"},
    [FLAG_SITE_STATE] = {"--site-state", "keywords", "pages of a crawl as TSV", "FILE"},
    [FLAG_GSC] = {"--gsc", "keywords", "a Search Console export; may be repeated",
                  "FILE"},
    [FLAG_CHARTS] = {"--charts", "show", "with charts of the state, in --format json",
                     NULL},
};

static const struct cli cli = {
    .tool = "i18ncheck",
    .purpose =
        "say which translations, pages and keywords are missing, stale or broken",
    .verbs = verbs,
    .nverbs = sizeof verbs / sizeof *verbs,
    .timeout_s = 300,
    .flags = flags,
    .nflags = sizeof flags / sizeof *flags,
    .examples = "  rounds-i18ncheck -n\n"
                "  rounds-i18ncheck lint locales --source en --syntax i18next\n"
                "  rounds-i18ncheck coverage locales --source en\n",
};

int main(int argc, char **argv)
{
    process_begin();
    (void)xmlMemSetup(free, memory_new, memory_resize, memory_copy); // never fails
    return cli_main(&cli, argc, argv);
}
