/* rounds-seocheck: what a crawler sees of the site, and what of it is wrong. */
#include <stdlib.h>

#include <libxml/xmlmemory.h>

#include "seocheck/seocheck.h"
#include "shared/memory.h"

#include "shared/banned.h"

static const struct cli_verb verbs[] = {
    {.name = "run",
     .run = seocheck_run,
     .help = "crawl, judge up to --as-of, write state",
     .reports = true},
    {.name = "show",
     .run = seocheck_show,
     .help = "the report again, from the state folder alone",
     .reports = true},
    {.name = "crawl",
     .run = seocheck_crawl,
     .args = "URL|FOLDER",
     .help = "crawl once, print all findings; no configuration, state",
     .min_args = 1,
     .max_args = 1},
    {.name = "robots",
     .run = seocheck_robots,
     .args = "FILE",
     .help = "whether --agent may fetch --url; exit 1 when not",
     .min_args = 1,
     .max_args = 1},
    {.name = "sitemap",
     .run = seocheck_sitemap,
     .args = "FILE|URL",
     .help = "what is wrong with a sitemap",
     .min_args = 1,
     .max_args = 1},
    {.name = "jsonld",
     .run = seocheck_jsonld,
     .args = "FILE|-",
     .help = "structured data of a page, block by block, as JSON",
     .min_args = 1,
     .max_args = 1},
    {.name = "extract",
     .run = seocheck_extract,
     .args = "FILE|-",
     .help = "what a crawler reads of a page, as JSON",
     .min_args = 1,
     .max_args = 1},
};

static const struct cli_flag flags[] = {
    [FLAG_JSON] = {"--json", "crawl robots sitemap jsonld extract", "as --format json",
                   NULL},
    [FLAG_BASE] = {"--base", "crawl extract", "where the page or folder belongs",
                   "URL"},
    [FLAG_MAX_PAGES] = {"--max-pages", "crawl", "own URLs fetched (2000)", "N"},
    [FLAG_RATE] = {"--rate", "crawl", "requests a second and host (10)", "R"},
    [FLAG_PAGES] = {"--pages", "run crawl",
                    "write a table of the indexable pages there", "FILE"},
    [FLAG_AGENT] = {"--agent", "robots", "product token of the crawler", "A"},
    [FLAG_URL] = {"--url", "robots", "what it asks for", "U"},
    [FLAG_CHARTS] = {"--charts", "show", "with charts of the history, in --format json",
                     NULL},
};

static const struct cli cli = {
    .tool = "seocheck",
    .purpose = "crawl the site and say what is broken, hidden, stale or contradictory",
    .verbs = verbs,
    .nverbs = sizeof verbs / sizeof *verbs,
    .timeout_s = 3600,
    .flags = flags,
    .nflags = sizeof flags / sizeof *flags,
    .examples = "  rounds-seocheck -n\n"
                "  rounds-seocheck crawl dist --base https://shop.example/\n"
                "  rounds-seocheck robots robots.txt --agent Googlebot --url /search\n",
};

int main(int argc, char **argv)
{
    process_begin();
    (void)xmlMemSetup(free, memory_new, memory_resize, memory_copy); // never fails
    return cli_main(&cli, argc, argv);
}
