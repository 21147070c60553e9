/* What kinds of sitemaps and their faults are called. Pure. */
#include "seocheck/sitemap.h"

#include "shared/banned.h"

const char *sitemap_kind_word(enum sitemap_kind kind)
{
    static const char *const words[] = {
        [SITEMAP_UNKNOWN] = "unknown", [SITEMAP_URLSET] = "urlset",
        [SITEMAP_INDEX] = "index",     [SITEMAP_TEXT] = "text",
        [SITEMAP_RSS] = "rss",         [SITEMAP_ATOM] = "atom",
    };

    return words[kind];
}

const char *sitemap_fault_words(enum sitemap_fault fault)
{
    static const char *const words[] = {
        [SITEMAP_GOOD] = "nothing is wrong",
        [SITEMAP_BAD_XML] = "not well-formed XML",
        [SITEMAP_BAD_ROOT] = "the root is no urlset, sitemapindex, rss or feed",
        [SITEMAP_BAD_NAMESPACE] = "wrong namespace",
        [SITEMAP_DOCTYPE] = "a DOCTYPE is not accepted",
        [SITEMAP_NOT_UTF8] = "not UTF-8",
        [SITEMAP_BAD_GZIP] = "bad gzip",
        [SITEMAP_TOO_MANY] = "more than 50000 entries",
        [SITEMAP_TOO_BIG] = "more than 52428800 bytes",
    };

    return words[fault];
}
