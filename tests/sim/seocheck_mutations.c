/* A clean site says nothing; spoiled in one place it says just that; repaired, no more.
 * Requests that fail now and then and pages that differ each time are no findings. */
#include "tests/sim/seocheck_world.h"
#include "tests/sim/sheet.h"

#include "shared/banned.h"

/* One thing wrong with a site. */
struct mutation {
    enum check_id check;
    struct change change[CHANGES];
    const char *subject; /* NULL: the victim; "@*": any that begins with it */
    const char *with;    /* other checks that it must raise too, or may */
    int rounds;          /* until it is found; 0: 1 */
    bool at_start;       /* the victim is the start page */
    struct change undo;  /* on top of the changes; without text: none of them is left */
};

#define PAGE(slot, text)      \
    {                         \
        {                     \
            slot, false, text \
        }                     \
    }
#define LD(text)     "<script type=\"application/ld+json\">" text "</script>\n"
#define THING(text)  LD("{\"@context\": \"https://schema.org\", " text "}")
#define ROBOTS(text) text "Sitemap: " HOME "/sitemap.xml\n"
#define ENTRY(text)  "<url><loc>$U</loc>" text "</url>\n"
#define LISTED(loc)                \
    ENTRY("<lastmod>$M</lastmod>") \
    "<url><loc>" loc "</loc><lastmod>$M</lastmod></url>\n"
#define ANSWERS "sitemap-status sitemap-redirect hreflang-target route-broken"

static const struct mutation mutations[] = {
    {.check = CHECK_SITE_DOWN, .change = PAGE(SLOT_ANSWER, "500"), .at_start = true},
    {.check = CHECK_PAGE_ERROR, .change = PAGE(SLOT_ANSWER, "502"), .rounds = 2},
    {.check = CHECK_CRAWL_TRUNCATED,
     .change = PAGE(SLOT_MAX_PAGES, "40"),
     .subject = "@site"},
    {.check = CHECK_CRAWL_TRAP,
     .change = PAGE(SLOT_MORE, "<a href=\"/en/a/a/a/a/a\">a</a>"),
     .subject = "@site"},
    {.check = CHECK_PAGE_TOO_BIG, .change = PAGE(SLOT_MORE, "<!-- $B -->")},
    {.check = CHECK_URL_TOO_BIG,
     .change = PAGE(SLOT_MORE, "<a href=\"/$K\">k</a>"),
     .subject = "/kkk*"},
    {.check = CHECK_NEEDS_JS,
     .change = {{SLOT_BODY, false, "</head><body><main>"},
                {SLOT_TEXT, false, "<p>Wait</p>"},
                {SLOT_IMAGE, false, ""}}},
    {.check = CHECK_LINK_BROKEN,
     .change = PAGE(SLOT_MORE, "<a href=\"/x/gone\">x</a>"),
     .subject = "/x/gone"},
    {.check = CHECK_RESOURCE_BROKEN,
     .change = PAGE(SLOT_MORE, "<img src=\"/x/gone.png\" alt=x>"),
     .subject = "/x/gone.png"},
    {.check = CHECK_RESOURCE_BROKEN,
     .change = PAGE(SLOT_STYLE_ANSWER, "404"),
     .subject = "/style.css"},
    {.check = CHECK_LINK_EXTERNAL,
     .change = PAGE(SLOT_MORE, "<a href=\"https://other.example/x\">x</a>"),
     .subject = "https://other.example/x",
     .rounds = 2},
    {.check = CHECK_LINK_BLOCKED,
     .change = PAGE(SLOT_MORE, "<a href=\"https://other.example/wall\">x</a>"),
     .subject = "https://other.example/wall",
     .rounds = 5},
    {.check = CHECK_LINK_FRAGMENT,
     .change = PAGE(SLOT_MORE, "<a href=\"$p#nowhere\">x</a>")},
    {.check = CHECK_LINK_REDIRECT,
     .change = PAGE(SLOT_MORE, "<a href=\"/x/moved\">x</a>"),
     .subject = "/x/moved"},
    {.check = CHECK_LINK_INSECURE,
     .change = PAGE(SLOT_MORE, "<a href=\"http://shop.example/x/fine\">x</a>")},
    {.check = CHECK_LINK_PRIVATE,
     .change = PAGE(SLOT_MORE, "<a href=\"file:///C:/a.doc\">x</a>")},
    {.check = CHECK_LINK_INVALID,
     .change = PAGE(SLOT_MORE, "<a href=\"https://:x/\">x</a>")},
    {.check = CHECK_REDIRECT_CHAIN,
     .change = PAGE(SLOT_MORE, "<a href=\"/x/chain\">x</a>"),
     .subject = "/x/chain"},
    {.check = CHECK_REDIRECT_LOOP,
     .change = PAGE(SLOT_MORE, "<a href=\"/x/loop\">x</a>"),
     .subject = "/x/loop"},
    {.check = CHECK_REDIRECT_DOWNGRADE,
     .change = PAGE(SLOT_MORE, "<a href=\"/x/down\">x</a>"),
     .subject = "/x/down"},
    {.check = CHECK_META_REFRESH,
     .change = PAGE(SLOT_META, "<meta http-equiv=refresh content=\"5; url=$p\">\n")},
    {.check = CHECK_ROBOTS_UNREACHABLE,
     .change = PAGE(SLOT_ROBOTS_ANSWER, "503"),
     .subject = "/robots.txt"},
    {.check = CHECK_ROBOTS_BLOCKS_SITE,
     .change = PAGE(SLOT_ROBOTS, ROBOTS("User-agent: Googlebot\nDisallow: /$$\n")),
     .subject = "/robots.txt",
     .with = "robots-blocks-listed jsonld-url"},
    {.check = CHECK_ROBOTS_BLOCKS_LISTED,
     .change = PAGE(SLOT_ROBOTS, ROBOTS("User-agent: Googlebot\nDisallow: $P\n")),
     .with = "hreflang-target jsonld-url"},
    {.check = CHECK_ROBOTS_BLOCKS_NOINDEX,
     .change = {{SLOT_ROBOTS, false, ROBOTS("User-agent: Googlebot\nDisallow: $P\n")},
                {SLOT_META, false, "<meta name=robots content=noindex>\n"}},
     .with = "robots-blocks-listed noindex-new sitemap-noindex hreflang-target "
             "jsonld-url"},
    {.check = CHECK_ROBOTS_BLOCKS_RESOURCE,
     .change = PAGE(SLOT_ROBOTS, ROBOTS("User-agent: *\nDisallow: /style\n")),
     .subject = "/style.css"},
    {.check = CHECK_ROBOTS_SYNTAX,
     .change = PAGE(SLOT_ROBOTS, ROBOTS("User-agent: *\nDisalow: /p/\n")),
     .subject = "/robots.txt"},
    {.check = CHECK_ROBOTS_TOO_BIG,
     .change = PAGE(SLOT_ROBOTS, ROBOTS("User-agent: *\nDisallow: /p/\n") "$B"),
     .subject = "/robots.txt"},
    {.check = CHECK_ROBOTS_HTML,
     .change = PAGE(SLOT_ROBOTS, ROBOTS("<html>\nUser-agent: *\n")),
     .subject = "/robots.txt"},
    {.check = CHECK_ROBOTS_SITEMAP,
     .change = PAGE(SLOT_ROBOTS, ROBOTS("Sitemap: /sitemap.xml\n")),
     .subject = "/robots.txt"},
    {.check = CHECK_SITEMAP_ERROR,
     .change = PAGE(SLOT_SITEMAP_ANSWER, "404"),
     .subject = "/sitemap.xml"},
    {.check = CHECK_SITEMAP_ERROR,
     .change = PAGE(SLOT_SITEMAP_ANSWER, "500"),
     .subject = "/sitemap.xml",
     .rounds = 2},
    {.check = CHECK_SITEMAP_NONE,
     .change = {{SLOT_SITEMAP_ANSWER, false, "404"},
                {SLOT_ROBOTS, false, "User-agent: *\n"}},
     .subject = "@site"},
    {.check = CHECK_SITEMAP_INVALID,
     .change = PAGE(SLOT_SITEMAP_TAIL, "</urlse>\n"),
     .subject = "/sitemap.xml"},
    {.check = CHECK_SITEMAP_TOO_BIG,
     .change = PAGE(SLOT_SITEMAP_TAIL, "$X</urlset>\n"),
     .subject = "/sitemap.xml"},
    {.check = CHECK_SITEMAP_NESTED,
     .change = PAGE(SLOT_ROBOTS, ROBOTS("Sitemap: " HOME "/x/index.xml\n")),
     .subject = "/x/index.xml"},
    {.check = CHECK_SITEMAP_LOC,
     .change = PAGE(SLOT_ENTRY, LISTED("$P")),
     .subject = "/sitemap.xml"},
    {.check = CHECK_SITEMAP_LOC,
     .change = PAGE(SLOT_ENTRY, LISTED("$U#text")),
     .subject = "/sitemap.xml"},
    {.check = CHECK_SITEMAP_HOST,
     .change = PAGE(SLOT_ENTRY, LISTED("https://other.example/fine")),
     .subject = "/sitemap.xml"},
    {.check = CHECK_SITEMAP_PATH,
     .change = {{SLOT_ROBOTS, false, "User-agent: *\n"},
                {SLOT_SITEMAP_HEAD, false,
                 "<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">"
                 "<sitemap><loc>" HOME "/x/deep/sitemap.xml</loc></sitemap>"},
                {SLOT_ENTRY, true, ""},
                {SLOT_SITEMAP_TAIL, false, "</sitemapindex>\n"}},
     .subject = "/x/deep/sitemap.xml",
     .with = "page-not-listed route-not-listed"},
    {.check = CHECK_SITEMAP_DUPLICATE,
     .change = PAGE(SLOT_ENTRY, LISTED("$U")),
     .subject = "/sitemap.xml"},
    {.check = CHECK_SITEMAP_STATUS,
     .change = PAGE(SLOT_ANSWER, "404"),
     .with = ANSWERS},
    {.check = CHECK_SITEMAP_STATUS,
     .change = PAGE(SLOT_ENTRY, LISTED(HOME "/x/gone")),
     .subject = "/x/gone"},
    {.check = CHECK_SITEMAP_REDIRECT,
     .change = PAGE(SLOT_ANSWER, "301 " HOME "/"),
     .with = ANSWERS},
    {.check = CHECK_SITEMAP_NOINDEX,
     .change = PAGE(SLOT_META, "<meta name=robots content=noindex>\n"),
     .with = "noindex-new hreflang-target"},
    {.check = CHECK_SITEMAP_CANONICAL,
     .change = PAGE(SLOT_CANONICAL, "<link rel=canonical href=\"$u\">\n"),
     .with = "hreflang-target"},
    {.check = CHECK_SITEMAP_HREFLANG,
     .change =
         {{SLOT_ENTRY, false,
           ENTRY(
               "<lastmod>$M</lastmod><x:link xmlns:x=\"http://www.w3.org/1999/xhtml\" "
               "rel=\"alternate\" hreflang=\"fr\" href=\"$U\"/>")}}},
    {.check = CHECK_LASTMOD_INVALID,
     .change = PAGE(SLOT_ENTRY, ENTRY("<lastmod>2026-02-30</lastmod>")),
     .subject = "/sitemap.xml"},
    {.check = CHECK_LASTMOD_FUTURE,
     .change = PAGE(SLOT_ENTRY, ENTRY("<lastmod>2031-02-03</lastmod>")),
     .subject = "/sitemap.xml"},
    {.check = CHECK_LASTMOD_MISSING,
     .change = PAGE(SLOT_ENTRY, ENTRY("")),
     .subject = "/sitemap.xml"},
    {.check = CHECK_LASTMOD_UNIFORM,
     .change = {{SLOT_ENTRY, true, ENTRY("<lastmod>2026-11-12T03:00:07Z</lastmod>")}},
     .subject = "/sitemap.xml"},
    {.check = CHECK_LASTMOD_UNIFORM,
     .change = {{SLOT_ENTRY, true, ENTRY("<lastmod>$G</lastmod>")}},
     .subject = "/sitemap.xml"},
    {.check = CHECK_LASTMOD_STALE,
     .change = PAGE(SLOT_TEXT, "<p id=text>$W and more</p>"),
     .rounds = 2,
     .undo = {SLOT_ENTRY, false, ENTRY("<lastmod>$G</lastmod>")}},
    {.check = CHECK_LASTMOD_CHURN,
     .change = {{SLOT_ENTRY, true, ENTRY("<lastmod>$V</lastmod>")}},
     .subject = "@site",
     .rounds = 2,
     .undo = {SLOT_TEXT, true, "<p id=text>$W and more</p>"}},
    {.check = CHECK_SITEMAP_FROZEN,
     .change = PAGE(SLOT_MORE, "<a href=\"/x/new-1\">x</a>"),
     .subject = "/sitemap.xml",
     .with = "page-not-listed",
     .rounds = 8},
    {.check = CHECK_ROUTE_BROKEN,
     .change = PAGE(SLOT_ROUTE, "$P\n/x/gone\n"),
     .subject = "/x/gone"},
    {.check = CHECK_ROUTE_NOT_LISTED,
     .change = PAGE(SLOT_ENTRY, ""),
     .with = "page-not-listed"},
    {.check = CHECK_ROUTE_UNLINKED,
     .change = {{SLOT_START_LINK, false, ""}, {SLOT_HREFLANG, true, ""}},
     .with = "sitemap-orphan"},
    {.check = CHECK_ROUTE_PHANTOM, .change = PAGE(SLOT_ROUTE, "")},
    {.check = CHECK_ROUTE_UNDECLARED,
     .change = PAGE(SLOT_MORE, "<a href=\"/x/new-4\">x</a>"),
     .subject = "/x/new-4",
     .with = "page-not-listed"},
    {.check = CHECK_ROUTE_EMPTY,
     .change = PAGE(SLOT_ROUTE, "$P\n/blog/[slug]\n"),
     .subject = "/blog/[slug]"},
    {.check = CHECK_SITEMAP_ORPHAN,
     .change = {{SLOT_START_LINK, false, ""}, {SLOT_HREFLANG, true, ""}},
     .with = "route-unlinked"},
    {.check = CHECK_PAGE_NOT_LISTED,
     .change = PAGE(SLOT_MORE, "<a href=\"/x/new-4\">x</a>"),
     .subject = "/x/new-4"},
    {.check = CHECK_NOINDEX_NEW,
     .change = PAGE(SLOT_X_ROBOTS, "noindex"),
     .with = "sitemap-noindex hreflang-target"},
    {.check = CHECK_UNAVAILABLE_AFTER,
     .change = PAGE(SLOT_X_ROBOTS, "unavailable_after: 2026-11-01"),
     .with = "noindex-new sitemap-noindex hreflang-target"},
    {.check = CHECK_ROBOTS_META,
     .change = PAGE(SLOT_META, "<meta name=robots content=\"index, fast\">\n")},
    {.check = CHECK_TITLE_MISSING, .change = PAGE(SLOT_TITLE, "")},
    {.check = CHECK_DESCRIPTION_MISSING, .change = PAGE(SLOT_DESCRIPTION, "")},
    {.check = CHECK_H1_MISSING, .change = PAGE(SLOT_H1, "")},
    {.check = CHECK_LANG_MISSING,
     .change = PAGE(SLOT_HTML, "<!doctype html>\n<html>\n<head>\n")},
    {.check = CHECK_TITLE_MULTIPLE,
     .change = PAGE(SLOT_META, "<title>$H, one title more than it needs</title>\n")},
    {.check = CHECK_H1_MULTIPLE, .change = PAGE(SLOT_MORE, "<h1>Another one</h1>")},
    {.check = CHECK_TITLE_DUPLICATE,
     .change = PAGE(SLOT_TITLE, "<title>$h, forged by hand in small lots</title>\n"),
     .subject = "@*"},
    {.check = CHECK_DESCRIPTION_DUPLICATE,
     .change = PAGE(
         SLOT_DESCRIPTION,
         "<meta name=description content=\"Spades, rakes and shears forged by hand in "
         "small numbers; this page tells about number $n of them\">\n"),
     .subject = "@*"},
    {.check = CHECK_H1_DUPLICATE,
     .change = PAGE(SLOT_H1, "<h1>$h</h1>\n"),
     .subject = "@*"},
    {.check = CHECK_TITLE_LENGTH, .change = PAGE(SLOT_TITLE, "<title>$H</title>\n")},
    {.check = CHECK_DESCRIPTION_LENGTH,
     .change = PAGE(SLOT_DESCRIPTION, "<meta name=description content=\"$H\">\n")},
    {.check = CHECK_H1_LENGTH,
     .change = PAGE(SLOT_H1, "<h1>$H, $H, $H, $H, $H</h1>\n")},
    {.check = CHECK_IMAGE_ALT, .change = PAGE(SLOT_MORE, "<img src=\"/logo.png\">")},
    {.check = CHECK_DEPTH,
     .change = PAGE(SLOT_MORE, "<a href=\"/x/new-1\">x</a>"),
     .subject = "/x/new-3",
     .with = "page-not-listed"},
    {.check = CHECK_CANONICAL_MULTIPLE,
     .change =
         PAGE(SLOT_CANONICAL,
              "<link rel=canonical href=\"$U\"><link rel=canonical href=\"$u\">\n"),
     .with = "hreflang-target"},
    {.check = CHECK_CANONICAL_CONFLICT,
     .change = PAGE(SLOT_LINK, "<$u>; rel=\"canonical\""),
     .with = "hreflang-target"},
    {.check = CHECK_CANONICAL_INVALID,
     .change = PAGE(SLOT_CANONICAL, "<link rel=canonical href=\"https://:x/\">\n")},
    {.check = CHECK_CANONICAL_RELATIVE,
     .change = PAGE(SLOT_CANONICAL, "<link rel=canonical href=\"$P\">\n")},
    {.check = CHECK_CANONICAL_PLACE,
     .change = PAGE(SLOT_MORE, "<link rel=canonical href=\"$u\">\n")},
    {.check = CHECK_CANONICAL_TARGET,
     .change = PAGE(SLOT_CANONICAL, "<link rel=canonical href=\"" HOME "/x/gone\">\n"),
     .with = "sitemap-canonical hreflang-target"},
    {.check = CHECK_CANONICAL_CHAIN,
     .change = PAGE(SLOT_CANONICAL, "<link rel=canonical href=\"/x/variant\">\n"),
     .with = "sitemap-canonical hreflang-target"},
    {.check = CHECK_CANONICAL_HOST,
     .change = PAGE(SLOT_CANONICAL,
                    "<link rel=canonical href=\"https://other.example/fine\">\n"),
     .with = "sitemap-canonical hreflang-target"},
    {.check = CHECK_HREFLANG_CODE,
     .change = PAGE(SLOT_MORE, "<link rel=alternate hreflang=en-UK href=\"$U\">\n")},
    {.check = CHECK_HREFLANG_CONFLICT,
     .change = PAGE(SLOT_META, "<link rel=alternate hreflang=en href=\"" HOME "/\">\n"
                               "<link rel=alternate hreflang=fr href=\"$A\">\n"
                               "<link rel=alternate hreflang=fr href=\"$U\">\n"),
     .with = "hreflang-return"},
    {.check = CHECK_HREFLANG_RELATIVE,
     .change = PAGE(SLOT_META, "<link rel=alternate hreflang=fr href=\"$P\">\n")},
    {.check = CHECK_HREFLANG_SELF,
     .change = PAGE(SLOT_HREFLANG, "<link rel=alternate hreflang=fr href=\"$A\">\n")},
    {.check = CHECK_HREFLANG_RETURN,
     .change = PAGE(SLOT_META, "<link rel=alternate hreflang=fr href=\"$u\">\n")},
    {.check = CHECK_HREFLANG_TARGET,
     .change = PAGE(SLOT_META,
                    "<link rel=alternate hreflang=fr href=\"" HOME "/x/gone\">\n")},
    {.check = CHECK_SOFT_404, .change = PAGE(SLOT_PROBE, "yes")},
    {.check = CHECK_DUPLICATE_EXACT,
     .change = {{SLOT_H1, false, "<h1>$h</h1>\n"},
                {SLOT_TEXT, false, "<p id=text>$w</p>\n"}}},
    {.check = CHECK_DUPLICATE_NEAR,
     .change = {{SLOT_H1, false, "<h1>$h</h1>\n"},
                {SLOT_TEXT, false, "<p id=text>$w !</p>\n"}}},
    {.check = CHECK_CONTENT_VOLATILE, .change = PAGE(SLOT_TEXT, "<p>$W $R</p>\n")},
    {.check = CHECK_MIXED_CONTENT,
     .change = PAGE(SLOT_MORE, "<img src=\"http://shop.example/logo.png\" alt=x>")},
    {.check = CHECK_OG_MISSING,
     .change = PAGE(SLOT_OPEN_GRAPH, "<meta property=\"og:title\" content=x>\n")},
    {.check = CHECK_OG_IMAGE,
     .change = PAGE(SLOT_OPEN_GRAPH,
                    "<meta property=\"og:image\" content=\"/x/gone.png\">\n")},
    {.check = CHECK_JSONLD_SYNTAX, .change = PAGE(SLOT_META, LD("{\"a\": }"))},
    {.check = CHECK_JSONLD_DUPLICATE_KEY,
     .change = PAGE(SLOT_META,
                    THING("\"@type\": \"Thing\", \"name\": \"a\", \"name\": \"b\""))},
    {.check = CHECK_JSONLD_WRAPPER,
     .change = PAGE(SLOT_META, LD("<!-- {\"@context\": \"https://schema.org\"} -->"))},
    {.check = CHECK_JSONLD_CONTEXT,
     .change = PAGE(SLOT_META, LD("{\"@type\": \"Thing\"}"))},
    {.check = CHECK_JSONLD_TYPE,
     .change = PAGE(SLOT_META, THING("\"@type\": \"Thingg\""))},
    {.check = CHECK_JSONLD_PROPERTY,
     .change = PAGE(SLOT_META, THING("\"@type\": \"Thing\", \"nane\": \"a\""))},
    {.check = CHECK_JSONLD_DOMAIN,
     .change =
         PAGE(SLOT_META, THING("\"@type\": \"Person\", \"servesCuisine\": \"a\""))},
    {.check = CHECK_JSONLD_RANGE,
     .change = PAGE(SLOT_META,
                    THING("\"@type\": \"Person\", \"knows\": {\"@type\": \"Place\"}"))},
    {.check = CHECK_JSONLD_SUPERSEDED,
     .change =
         PAGE(SLOT_META, THING("\"@type\": \"Person\", \"colleagues\": {\"@type\": "
                               "\"Person\", \"name\": \"a\"}"))},
    {.check = CHECK_JSONLD_VALUE,
     .change = PAGE(SLOT_META,
                    THING("\"@type\": \"Person\", \"birthDate\": \"2026-02-30\""))},
    {.check = CHECK_JSONLD_RATING,
     .change =
         PAGE(SLOT_META, THING("\"@type\": \"Product\", \"name\": \"a\", "
                               "\"aggregateRating\": {\"@type\": \"AggregateRating\", "
                               "\"ratingValue\": 7, \"ratingCount\": 3}"))},
    {.check = CHECK_RICH_REQUIRED,
     .change = PAGE(SLOT_META, THING("\"@type\": \"BreadcrumbList\""))},
    {.check = CHECK_RICH_RECOMMENDED,
     .change = PAGE(SLOT_META, THING("\"@type\": \"Article\""))},
    {.check = CHECK_RICH_RETIRED,
     .change = PAGE(SLOT_META, THING("\"@type\": \"HowTo\", \"name\": \"a\""))},
    {.check = CHECK_JOB_EXPIRED,
     .change = PAGE(
         SLOT_META,
         THING("\"@type\": \"JobPosting\", \"title\": \"a\", \"description\": \"b\", "
               "\"datePosted\": \"2026-01-05\", \"validThrough\": \"2026-02-05\", "
               "\"hiringOrganization\": {\"@type\": \"Organization\", \"name\": "
               "\"c\"}, \"jobLocation\": {\"@type\": \"Place\", \"address\": "
               "{\"@type\": \"PostalAddress\", \"addressCountry\": \"AT\"}}"))},
    {.check = CHECK_EVENT_EXPIRED,
     .change = PAGE(
         SLOT_META,
         THING("\"@type\": \"Event\", \"name\": \"a\", \"startDate\": \"2026-02-05\", "
               "\"endDate\": \"2026-02-06\", \"eventStatus\": "
               "\"https://schema.org/EventScheduled\", \"location\": {\"@type\": "
               "\"Place\", \"name\": \"b\", \"address\": \"c\"}"))},
    {.check = CHECK_OFFER_EXPIRED,
     .change =
         PAGE(SLOT_META,
              THING("\"@type\": \"Product\", \"name\": \"a\", \"offers\": {\"@type\": "
                    "\"Offer\", \"price\": 5, \"priceCurrency\": \"EUR\", "
                    "\"priceValidUntil\": \"2026-02-05\"}"))},
    {.check = CHECK_JSONLD_URL,
     .change =
         PAGE(SLOT_META, THING("\"@type\": \"Thing\", \"url\": \"" HOME "/x/gone\""))},
    {.check = CHECK_JSONLD_CANONICAL,
     .change = PAGE(SLOT_JSONLD, THING("\"@type\": \"WebPage\", \"url\": \"$u\""))},
    {.check = CHECK_JSONLD_DATE,
     .change =
         PAGE(SLOT_JSONLD, THING("\"@type\": \"Article\", \"dateModified\": \"$G\""))},
    {.check = CHECK_JSONLD_HEADLINE,
     .change =
         PAGE(SLOT_JSONLD, THING("\"@type\": \"Article\", \"headline\": \"No\""))},
};

enum { MUTATIONS = sizeof mutations / sizeof *mutations };

/* What a site may do as often as it likes. */
static const struct calm {
    const char *what;
    struct change change[CHANGES];
} calms[] = {
    {"all pages change, and their lastmod with them",
     {{SLOT_TEXT, true, "<p id=text>$W and more</p>"},
      {SLOT_ENTRY, true, ENTRY("<lastmod>$G</lastmod>")}}},
    {"a page changes, and its lastmod with it",
     {{SLOT_TEXT, false, "<p id=text>$W and more</p>"},
      {SLOT_ENTRY, false, ENTRY("<lastmod>$G</lastmod>")}}},
    {"a page goes with all that leads to it",
     {{SLOT_START_LINK, false, ""},
      {SLOT_ENTRY, false, ""},
      {SLOT_ROUTE, false, ""},
      {SLOT_HREFLANG, true, ""}}},
};

struct outcome {
    int seeds, found, extra, closed;
};

/* ---- what was found ---- */

static const char *subject_of(const char *id)
{
    const char *slash = strchr(id + strlen("seocheck/"), '/');

    return slash ? slash + 1 : "";
}

static bool is_of(const char *id, const char *check)
{
    size_t n = strlen(check);

    return strncmp(id + strlen("seocheck/"), check, n) == 0 &&
           id[strlen("seocheck/") + n] == '/';
}

static bool is_on(const char *id, const char *subject)
{
    size_t n;

    subject += *subject == '/';
    n = strlen(subject);
    if (n > 0 && subject[n - 1] == '*')
        return strncmp(subject_of(id), subject, n - 1) == 0;
    return strcmp(subject_of(id), subject) == 0;
}

static bool is_among(const char *id, const char *checks)
{
    while (checks && *checks != '\0') {
        size_t n = strcspn(checks, " ");

        if (strncmp(id + strlen("seocheck/"), checks, n) == 0 &&
            id[strlen("seocheck/") + n] == '/')
            return true;
        checks += n + (checks[n] == ' ');
    }
    return false;
}

static void say_findings(const struct sheet *sheet, const char *why,
                         const struct findings *findings)
{
    for (size_t i = 0; i < findings->n; i++)
        if (!sheet->is_full)
            sheet_say(sheet, "%s: %s %s (%s)", why,
                      severity_word(findings->item[i].severity), findings->item[i].id,
                      findings->item[i].message);
}

/* Of severity warn or crit, of no check of `but` or `with`. */
static int count_extra(const struct findings *findings, const char *but,
                       const char *with)
{
    int n = 0;

    for (size_t i = 0; i < findings->n; i++) {
        const struct finding *finding = &findings->item[i];

        n += finding->severity > SEVERITY_INFO && !(but && is_of(finding->id, but)) &&
             !is_among(finding->id, with);
    }
    return n;
}

/* ---- one mutation ---- */

static void choose(struct seo_world *world, const struct mutation *mutation)
{
    int n = world->npages - 1;

    world->victim = mutation->at_start ? 0 : 1 + (int)(draw(world) % (uint64_t)n);
    do
        world->other = 1 + (int)(draw(world) % (uint64_t)n);
    while (world->other == world->victim ||
           world->other == pair_of(world, world->victim));
}

static void try_mutation(struct seo_world *world, const struct mutation *mutation,
                         const struct known_day *base, const struct sheet *sheet,
                         struct outcome *outcome)
{
    struct known_day day[2];
    const struct known_day *before = base;
    const char *check = check_row(mutation->check)->id, *subject;
    int rounds = mutation->rounds > 0 ? mutation->rounds : 1, extra;
    struct change undone[CHANGES + 1];
    bool is_found = false, is_closed;
    int32_t as_of = DAY0 + 3;

    choose(world, mutation);
    world->change = mutation->change;
    world->nchanges = CHANGES;
    for (int i = 0; i < rounds; i++) {
        seo_world_day(world, as_of + i, before, &day[i % 2]);
        if (before != base)
            arena_release(&day[(i + 1) % 2].arena);
        before = &day[i % 2];
    }
    subject = mutation->subject
                  ? mutation->subject
                  : page_path(world, world->victim, &day[rounds % 2 == 0].arena);
    for (size_t i = 0; i < before->findings.n; i++)
        is_found |= is_of(before->findings.item[i].id, check) &&
                    is_on(before->findings.item[i].id, subject);
    extra = count_extra(&before->findings, check, mutation->with);
    if (!is_found || extra > 0)
        say_findings(sheet, check, &before->findings);
    memcpy(undone, mutation->change, sizeof mutation->change);
    undone[CHANGES] = mutation->undo;
    world->change = undone;
    world->nchanges = mutation->undo.text ? CHANGES + 1 : 0;
    seo_world_day(world, as_of + rounds, before, &day[rounds % 2]);
    is_closed = true;
    for (size_t i = 0; i < day[rounds % 2].findings.n; i++)
        is_closed &= !is_of(day[rounds % 2].findings.item[i].id, check);
    is_closed &= count_extra(&day[rounds % 2].findings, NULL,
                             mutation->undo.text ? mutation->with : NULL) == 0;
    if (!is_closed)
        say_findings(sheet, "undone", &day[rounds % 2].findings);
    arena_release(&day[0].arena);
    arena_release(&day[1].arena);
    world->nchanges = 0;
    outcome->seeds++;
    outcome->found += is_found;
    outcome->extra += extra;
    outcome->closed += is_closed;
}

static int try_calm(struct seo_world *world, const struct calm *calm,
                    const struct known_day *base, const struct sheet *sheet)
{
    struct known_day day;
    int n;

    choose(world, &mutations[1]);
    world->change = calm->change;
    world->nchanges = CHANGES;
    seo_world_day(world, DAY0 + 3, base, &day);
    n = count_extra(&day.findings, NULL, NULL);
    if (n > 0)
        say_findings(sheet, calm->what, &day.findings);
    arena_release(&day.arena);
    world->nchanges = 0;
    return n;
}

static void try_seed(struct seo_world *world, uint64_t seed, const struct sheet *sheet,
                     struct outcome *outcomes, int *nclean)
{
    struct known_day none = {0}, base;
    struct arena home;

    arena_init(&home, ARENA_BYTES_MAX);
    seo_world_init(world, sheet->is_full ? 301 : 61, seed, &home);
    seo_world_day(world, DAY0, &none, &base);
    *nclean += count_extra(&base.findings, NULL, NULL);
    if (base.findings.n > 0)
        say_findings(sheet, "clean", &base.findings);
    for (size_t i = 0; i < sizeof calms / sizeof *calms; i++)
        *nclean += try_calm(world, &calms[i], &base, sheet);
    for (size_t i = 0; i < MUTATIONS; i++)
        try_mutation(world, &mutations[i], &base, sheet, &outcomes[i]);
    arena_release(&base.arena);
    arena_release(&home);
}

/* Checks that nothing here raises. */
static int count_missing(void)
{
    bool is_raised[CHECK_COUNT] = {false};
    int missing = CHECK_COUNT;

    for (size_t i = 0; i < MUTATIONS; i++) {
        missing -= !is_raised[mutations[i].check];
        is_raised[mutations[i].check] = true;
    }
    return missing;
}

static void simulate_mutations(struct seo_world *world, struct sheet *sheet)
{
    uint64_t seeds = sheet->is_full ? 20 : 1;
    static struct outcome outcomes[MUTATIONS];
    int nclean = 0, bad = 0;
    char what[96];

    for (uint64_t seed = 1; seed <= seeds; seed++)
        try_seed(world, seed, sheet, outcomes, &nclean);
    sheet_say(sheet, "| check | seeds | found | extra | closed |");
    sheet_say(sheet, "|---|---|---|---|---|");
    for (size_t i = 0; i < MUTATIONS; i++) {
        const struct outcome *outcome = &outcomes[i];

        sheet_say(sheet, "| %s | %d | %d | %d | %d |",
                  check_row(mutations[i].check)->id, outcome->seeds, outcome->found,
                  outcome->extra, outcome->closed);
        bad += outcome->found != outcome->seeds || outcome->extra != 0 ||
               outcome->closed != outcome->seeds;
    }
    sheet_gap(sheet);
    sheet_limit(sheet, nclean == 0,
                "a clean site, and one that changes as it should, has no warning");
    (void)
        snprintf(what, sizeof what,
                 "each mutation gives its finding alone, until undone: %d of %d do not",
                 bad, (int)MUTATIONS);
    sheet_limit(sheet, bad == 0, what);
    sheet_limit(sheet, count_missing() == 0, "each check has a mutation");
}

/* ---- bad luck ---- */

/* Days in a row; returns how many findings of `checks` there were on any of them after
 * the first, each as often as it was seen. */
static int count_on_days(struct seo_world *world, int64_t url_days, const char *checks,
                         int64_t *done, const struct sheet *sheet)
{
    struct known_day day[2] = {{.through = 0}};
    int n = 0;

    *done = 0;
    for (int i = 1; *done < url_days; i++) {
        struct known_day *before = &day[(i + 1) % 2], *after = &day[i % 2];

        seo_world_day(world, DAY0 + i, before, after);
        if (i > 1)
            arena_release(&before->arena);
        *done += after->nurls;
        for (size_t j = 0; i > 1 && j < after->findings.n; j++)
            if (is_among(after->findings.item[j].id, checks)) {
                n++;
                sheet_say(sheet, "day %d: %s", i, after->findings.item[j].message);
            }
        if (*done >= url_days)
            arena_release(&after->arena);
    }
    return n;
}

static void simulate_luck(struct seo_world *world, struct sheet *sheet,
                          enum failing failing, const char *what)
{
    struct arena home;
    char text[160];
    int64_t done;
    int n;

    arena_init(&home, ARENA_BYTES_MAX);
    seo_world_init(world, sheet->is_full ? 301 : 61, 7, &home);
    world->failing = failing;
    world->p = 0.05;
    n = count_on_days(world, sheet->is_full ? 100000 : 5000,
                      "page-error link-external link-broken", &done, sheet);
    (void)snprintf(text, sizeof text,
                   "%s: no network finding on %lld URL-days, %lld failed: %d", what,
                   (long long)done, (long long)world->nfailed, n);
    sheet_say(sheet, "%s.", text);
    sheet_limit(sheet, n == 0, text);
    arena_release(&home);
}

static void simulate_volatile(struct seo_world *world, struct sheet *sheet)
{
    struct arena home;
    int64_t done;
    int n;

    arena_init(&home, ARENA_BYTES_MAX);
    seo_world_init(world, sheet->is_full ? 301 : 61, 8, &home);
    world->volatile_percent = 5;
    n = count_on_days(world, sheet->is_full ? 20000 : 1000,
                      "lastmod-stale lastmod-churn lastmod-uniform sitemap-frozen",
                      &done, sheet);
    sheet_say(sheet, "5 %% volatile pages: %d freshness findings on %lld URL-days.", n,
              (long long)done);
    sheet_limit(sheet, n == 0, "volatile pages give no freshness finding");
    arena_release(&home);
}

int main(void)
{
    static struct seo_world world;
    const char *folder = getenv("TMPDIR");
    struct sheet sheet;
    struct err err = {0};
    int fd;

    sheet_begin(&sheet);
    if (!zone_enter("UTC", &err))
        die(err.text);
    (void)snprintf(world.routes, sizeof world.routes, "%s/seocheck-sim-XXXXXX",
                   folder ? folder : "/tmp");
    fd = mkstemp(world.routes);
    if (fd < 0 || close(fd) != 0)
        die("no temporary file");
    simulate_mutations(&world, &sheet);
    simulate_luck(&world, &sheet, FAIL_TRIES, "each try fails with p = 0.05");
    simulate_luck(&world, &sheet, FAIL_ANSWERS,
                  "all tries of a day fail with p = 0.05, not two days in a row");
    simulate_volatile(&world, &sheet);
    (void)unlink(world.routes);
    return sheet_end(&sheet);
}
