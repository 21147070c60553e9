/* The catalogue of checks, and a finding's sentence from its template. Pure. */
#include "seocheck/checks.h"

#include <inttypes.h>
#include <string.h>

#include "seocheck/url.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

// subject, five fields and the template, each character escaped at worst to ten bytes
enum { MESSAGE_BYTES_MAX = 1 << 16 };

static const struct check_row rows[CHECK_COUNT] = {
    [CHECK_SITE_DOWN] = {"site-down", "the start page does not answer",
                         "does not answer: {v}", SEVERITY_CRIT, 0},
    [CHECK_PAGE_ERROR] = {"page-error", "a page fails on the server", "answers {v}",
                          SEVERITY_CRIT, CHECK_CONFIRMED},
    [CHECK_CRAWL_TRUNCATED] = {"crawl-truncated", "the crawl ended before the site did",
                               "{v} after {n} URLs", SEVERITY_INFO, 0},
    [CHECK_CRAWL_TRAP] = {"crawl-trap", "URLs without end", "{v} after {n} URLs",
                          SEVERITY_WARN, 0},
    [CHECK_PAGE_TOO_BIG] = {"page-too-big", "a page is read only in part",
                            "over {l} bytes", SEVERITY_INFO, 0},
    [CHECK_URL_TOO_BIG] = {"url-too-big", "a URL is too long to be requested",
                           "over {l} bytes", SEVERITY_INFO, 0},
    [CHECK_NEEDS_JS] = {"needs-js", "a page shows nothing without JavaScript",
                        "is empty without JavaScript", SEVERITY_WARN, 0},
    [CHECK_LINK_BROKEN] = {"link-broken", "links lead to a page that is not there",
                           "used by {n} pages, answers {v}", SEVERITY_WARN, 0},
    [CHECK_RESOURCE_BROKEN] = {"resource-broken",
                               "an image, script or style is not there",
                               "used by {n} pages, answers {v}", SEVERITY_WARN, 0},
    [CHECK_LINK_EXTERNAL] = {"link-external", "links to another site fail",
                             "linked from {n} pages, fails: {v}", SEVERITY_WARN,
                             CHECK_CONFIRMED},
    [CHECK_LINK_BLOCKED] = {"link-blocked",
                            "another site does not let us check its link",
                            "not verifiable for {n} checks", SEVERITY_INFO, 0},
    [CHECK_LINK_FRAGMENT] = {"link-fragment",
                             "a link names an anchor that its target lacks",
                             "links to {t}, no such anchor", SEVERITY_INFO, 0},
    [CHECK_LINK_REDIRECT] = {"link-redirect",
                             "links lead to a page that moved for good",
                             "linked from {n} pages, now {t}", SEVERITY_INFO,
                             CHECK_OF_HEADERS},
    [CHECK_LINK_INSECURE] = {"link-insecure", "a link to an own page is http",
                             "links to {t}: {v}", SEVERITY_WARN, 0},
    [CHECK_LINK_PRIVATE] = {"link-private",
                            "a link leads to a private address or a file",
                            "links to {t}: {v}", SEVERITY_WARN, 0},
    [CHECK_LINK_INVALID] = {"link-invalid", "a link is no URL", "links to {t}: {v}",
                            SEVERITY_WARN, 0},
    [CHECK_REDIRECT_CHAIN] = {"redirect-chain", "a redirect leads to a redirect",
                              "redirects {n} times to {t}", SEVERITY_WARN,
                              CHECK_OF_HEADERS},
    [CHECK_REDIRECT_LOOP] = {"redirect-loop", "redirects without end",
                             "redirects {n} times to {t}", SEVERITY_WARN,
                             CHECK_OF_HEADERS},
    [CHECK_REDIRECT_DOWNGRADE] = {"redirect-downgrade", "a redirect from https to http",
                                  "redirects {n} times to {t}", SEVERITY_WARN,
                                  CHECK_OF_HEADERS},
    [CHECK_META_REFRESH] = {"meta-refresh", "a page redirects in its HTML",
                            "redirects by meta refresh to {t}", SEVERITY_INFO, 0},
    [CHECK_ROBOTS_UNREACHABLE] = {"robots-unreachable", "robots.txt cannot be read",
                                  "answers {v}, crawlers stay away", SEVERITY_CRIT, 0},
    [CHECK_ROBOTS_BLOCKS_SITE] = {"robots-blocks-site",
                                  "robots.txt refuses the start page",
                                  "keeps {v} off the start page: {n}", SEVERITY_CRIT,
                                  0},
    [CHECK_ROBOTS_BLOCKS_LISTED] = {"robots-blocks-listed",
                                    "robots.txt refuses a page that a sitemap lists",
                                    "refused to {v}, line {n}", SEVERITY_WARN, 0},
    [CHECK_ROBOTS_BLOCKS_NOINDEX] = {"robots-blocks-noindex",
                                     "robots.txt hides that a page says noindex",
                                     "refused to {v}, line {n}", SEVERITY_WARN, 0},
    [CHECK_ROBOTS_BLOCKS_RESOURCE] = {"robots-blocks-resource",
                                      "robots.txt refuses a script or style",
                                      "refused to {v}, line {n}", SEVERITY_INFO, 0},
    [CHECK_ROBOTS_SYNTAX] = {"robots-syntax",
                             "a line of robots.txt that crawlers may not understand",
                             "line {n}: {v}", SEVERITY_INFO, 0},
    [CHECK_ROBOTS_TOO_BIG] = {"robots-too-big", "robots.txt is read only in part",
                              "{v}", SEVERITY_WARN, 0},
    [CHECK_ROBOTS_HTML] = {"robots-html", "robots.txt is a page", "{v}", SEVERITY_WARN,
                           0},
    [CHECK_ROBOTS_SITEMAP] = {"robots-sitemap",
                              "robots.txt names a sitemap by no absolute URL", "{v}",
                              SEVERITY_WARN, 0},
    [CHECK_SITEMAP_ERROR] = {"sitemap-error", "a sitemap cannot be read", "{v}",
                             SEVERITY_CRIT, 0},
    [CHECK_SITEMAP_NONE] = {"sitemap-none", "there is no sitemap", "{v}", SEVERITY_INFO,
                            0},
    [CHECK_SITEMAP_INVALID] = {"sitemap-invalid", "a sitemap breaks its format",
                               "line {n}: {v}", SEVERITY_WARN, 0},
    [CHECK_SITEMAP_TOO_BIG] = {"sitemap-too-big",
                               "a sitemap is over the limits of its format",
                               "line {n}: {v}", SEVERITY_WARN, 0},
    [CHECK_SITEMAP_NESTED] = {"sitemap-nested", "a sitemap index names another index",
                              "line {n}: {v}", SEVERITY_WARN, 0},
    [CHECK_SITEMAP_LOC] = {"sitemap-loc", "an entry of a sitemap is no usable URL",
                           "line {n}: {v}", SEVERITY_WARN, 0},
    [CHECK_SITEMAP_HOST] = {"sitemap-host",
                            "a sitemap lists a URL of another host or of http",
                            "lists {t}: {v}", SEVERITY_WARN, 0},
    [CHECK_SITEMAP_PATH] = {"sitemap-path",
                            "a sitemap lists a URL above its own folder",
                            "lists {t}: {v}", SEVERITY_INFO, 0},
    [CHECK_SITEMAP_DUPLICATE] = {"sitemap-duplicate", "a sitemap lists a URL twice",
                                 "lists {t}: {v}", SEVERITY_INFO, 0},
    [CHECK_SITEMAP_STATUS] = {"sitemap-status", "a listed URL is not there",
                              "in a sitemap, answers {v}", SEVERITY_WARN, 0},
    [CHECK_SITEMAP_REDIRECT] = {"sitemap-redirect", "a listed URL redirects",
                                "in a sitemap, answers {v}", SEVERITY_WARN,
                                CHECK_OF_HEADERS},
    [CHECK_SITEMAP_NOINDEX] = {"sitemap-noindex", "a listed page says noindex",
                               "in a sitemap, {v}", SEVERITY_WARN, 0},
    [CHECK_SITEMAP_CANONICAL] = {"sitemap-canonical",
                                 "a listed page names another one as canonical",
                                 "in a sitemap, {v}", SEVERITY_WARN, 0},
    [CHECK_SITEMAP_HREFLANG] = {"sitemap-hreflang",
                                "sitemap and page name different alternates",
                                "in a sitemap, {v}", SEVERITY_INFO, 0},
    [CHECK_LASTMOD_INVALID] = {"lastmod-invalid", "a lastmod is no date",
                               "line {n}: lastmod {v}", SEVERITY_WARN, 0},
    [CHECK_LASTMOD_FUTURE] = {"lastmod-future", "a lastmod lies in the future",
                              "line {n}: lastmod {v}", SEVERITY_WARN, 0},
    [CHECK_LASTMOD_MISSING] = {"lastmod-missing", "entries without lastmod",
                               "{n} of {l} URLs: lastmod {v}", SEVERITY_INFO, 0},
    [CHECK_LASTMOD_UNIFORM] = {"lastmod-uniform",
                               "lastmod is the time of the build, not of a change",
                               "{n} of {l} URLs: lastmod {v}", SEVERITY_WARN, 0},
    [CHECK_LASTMOD_STALE] = {"lastmod-stale", "a page changed and its lastmod did not",
                             "changed after {v}, lastmod says {l}", SEVERITY_WARN, 0},
    [CHECK_LASTMOD_CHURN] = {"lastmod-churn", "lastmod moves and the page does not",
                             "lastmod moves without a change", SEVERITY_WARN, 0},
    [CHECK_SITEMAP_FROZEN] = {"sitemap-frozen", "new pages do not reach the sitemap",
                              "{n} pages are newer than its URLs", SEVERITY_WARN,
                              CHECK_OF_SETS},
    [CHECK_ROUTE_BROKEN] = {"route-broken", "a declared route is not there",
                            "is a route but {v}", SEVERITY_WARN, 0},
    [CHECK_ROUTE_NOT_LISTED] = {"route-not-listed", "a declared route is in no sitemap",
                                "is a route but {v}", SEVERITY_WARN, CHECK_OF_SETS},
    [CHECK_ROUTE_UNLINKED] = {"route-unlinked", "no link leads to a declared route",
                              "is a route but {v}", SEVERITY_WARN, CHECK_OF_SETS},
    [CHECK_ROUTE_PHANTOM] = {"route-phantom", "a listed URL is no declared route",
                             "is {v} but no route", SEVERITY_WARN, CHECK_OF_SETS},
    [CHECK_ROUTE_UNDECLARED] = {"route-undeclared",
                                "a linked page is no declared route",
                                "is {v} but no route", SEVERITY_INFO, CHECK_OF_SETS},
    [CHECK_ROUTE_EMPTY] = {"route-empty", "a dynamic route without any page",
                           "matches no URL", SEVERITY_WARN, CHECK_OF_SETS},
    [CHECK_SITEMAP_ORPHAN] = {"sitemap-orphan", "no link leads to a listed page",
                              "is {v}", SEVERITY_WARN, CHECK_OF_SETS},
    [CHECK_PAGE_NOT_LISTED] = {"page-not-listed", "an indexable page is in no sitemap",
                               "is {v}", SEVERITY_WARN, CHECK_OF_SETS},
    [CHECK_NOINDEX_NEW] = {"noindex-new", "a page lost its place in the index",
                           "was indexable, now noindex", SEVERITY_CRIT, 0},
    [CHECK_UNAVAILABLE_AFTER] = {"unavailable-after",
                                 "a page asked to leave the index by now",
                                 "robots directive {v}", SEVERITY_WARN, 0},
    [CHECK_ROBOTS_META] = {"robots-meta",
                           "a robots directive that Google does not know",
                           "robots directive {v}", SEVERITY_INFO, 0},
    [CHECK_TITLE_MISSING] = {"title-missing", "a page without title", "has no {p}",
                             SEVERITY_WARN, 0},
    [CHECK_DESCRIPTION_MISSING] = {"description-missing", "a page without description",
                                   "has no {p}", SEVERITY_INFO, 0},
    [CHECK_H1_MISSING] = {"h1-missing", "a page without h1", "has no {p}",
                          SEVERITY_INFO, 0},
    [CHECK_LANG_MISSING] = {"lang-missing", "a page does not say its language",
                            "has no {p}", SEVERITY_INFO, 0},
    [CHECK_TITLE_MULTIPLE] = {"title-multiple", "a page with several titles",
                              "has {n} {p}", SEVERITY_WARN, 0},
    [CHECK_H1_MULTIPLE] = {"h1-multiple", "a page with several h1", "has {n} {p}",
                           SEVERITY_INFO, 0},
    [CHECK_TITLE_DUPLICATE] = {"title-duplicate", "pages share a title",
                               "same {p} on {n} pages", SEVERITY_WARN, CHECK_OF_SETS},
    [CHECK_DESCRIPTION_DUPLICATE] = {"description-duplicate",
                                     "pages share a description",
                                     "same {p} on {n} pages", SEVERITY_INFO,
                                     CHECK_OF_SETS},
    [CHECK_H1_DUPLICATE] = {"h1-duplicate", "pages share an h1",
                            "same {p} on {n} pages", SEVERITY_INFO, CHECK_OF_SETS},
    [CHECK_TITLE_LENGTH] = {"title-length", "a title is too short or too long",
                            "{p} of {n} characters", SEVERITY_INFO, 0},
    [CHECK_DESCRIPTION_LENGTH] = {"description-length",
                                  "a description is too short or too long",
                                  "{p} of {n} characters", SEVERITY_INFO, 0},
    [CHECK_H1_LENGTH] = {"h1-length", "an h1 is too long", "{p} of {n} characters",
                         SEVERITY_INFO, 0},
    [CHECK_IMAGE_ALT] = {"image-alt", "images without alternative text",
                         "{n} images without alt", SEVERITY_INFO, 0},
    [CHECK_DEPTH] = {"depth", "a page is far from the start",
                     "is {n} clicks from the start", SEVERITY_INFO, 0},
    [CHECK_CANONICAL_MULTIPLE] = {"canonical-multiple",
                                  "a page names several canonicals", "canonicals {v}",
                                  SEVERITY_WARN, 0},
    [CHECK_CANONICAL_CONFLICT] = {"canonical-conflict",
                                  "header and page name different canonicals",
                                  "canonicals {v}", SEVERITY_WARN, CHECK_OF_HEADERS},
    [CHECK_CANONICAL_INVALID] = {"canonical-invalid", "a canonical is no usable URL",
                                 "canonical {v}", SEVERITY_WARN, 0},
    [CHECK_CANONICAL_RELATIVE] = {"canonical-relative", "a canonical without scheme",
                                  "canonical {v}", SEVERITY_INFO, 0},
    [CHECK_CANONICAL_PLACE] = {"canonical-place", "a canonical outside the head",
                               "canonical {v}", SEVERITY_WARN, 0},
    [CHECK_CANONICAL_TARGET] = {"canonical-target", "a canonical cannot be indexed",
                                "canonical {t} {v}", SEVERITY_WARN, 0},
    [CHECK_CANONICAL_CHAIN] = {"canonical-chain", "a canonical names another canonical",
                               "canonical {t} {v}", SEVERITY_WARN, 0},
    [CHECK_CANONICAL_HOST] = {"canonical-host", "a canonical is on another host",
                              "canonical {t} {v}", SEVERITY_INFO, 0},
    [CHECK_HREFLANG_CODE] = {"hreflang-code",
                             "an alternate of an unknown language or region",
                             "hreflang {v}: {t}", SEVERITY_WARN, 0},
    [CHECK_HREFLANG_CONFLICT] = {"hreflang-conflict", "one language, two alternates",
                                 "hreflang {v}: {t}", SEVERITY_WARN, 0},
    [CHECK_HREFLANG_RELATIVE] = {"hreflang-relative", "an alternate without scheme",
                                 "hreflang {v}: {t}", SEVERITY_WARN, 0},
    [CHECK_HREFLANG_SELF] = {"hreflang-self", "a page is not among its own alternates",
                             "alternate {t}: {v}", SEVERITY_WARN, 0},
    [CHECK_HREFLANG_RETURN] = {"hreflang-return",
                               "an alternate does not name the page in return",
                               "alternate {t}: {v}", SEVERITY_WARN, CHECK_OF_SETS},
    [CHECK_HREFLANG_TARGET] = {"hreflang-target", "an alternate cannot be indexed",
                               "alternate {t}: {v}", SEVERITY_WARN, 0},
    [CHECK_SOFT_404] = {"soft-404", "a page looks as if it were not there",
                        "looks like the not-found page", SEVERITY_WARN, 0},
    [CHECK_DUPLICATE_EXACT] = {"duplicate-exact", "pages with the same text",
                               "text as on {n} pages", SEVERITY_WARN, CHECK_OF_SETS},
    [CHECK_DUPLICATE_NEAR] = {"duplicate-near", "pages with nearly the same text",
                              "text as on {n} pages", SEVERITY_INFO, CHECK_OF_SETS},
    [CHECK_CONTENT_VOLATILE] = {"content-volatile",
                                "a page is another one at each request",
                                "differs between two fetches", SEVERITY_INFO, 0},
    [CHECK_MIXED_CONTENT] = {"mixed-content", "an https page loads http resources",
                             "loads {n} http resources", SEVERITY_WARN, 0},
    [CHECK_OG_MISSING] = {"og-missing", "Open Graph is not complete",
                          "Open Graph {p} {v}", SEVERITY_INFO, 0},
    [CHECK_OG_IMAGE] = {"og-image", "the Open Graph image is not there",
                        "Open Graph {p} {v}", SEVERITY_WARN, 0},
    [CHECK_JSONLD_SYNTAX] = {"jsonld-syntax", "structured data is no JSON",
                             "line {n}: {v}", SEVERITY_WARN, 0},
    [CHECK_JSONLD_DUPLICATE_KEY] = {"jsonld-duplicate-key",
                                    "structured data says a key twice", "line {n}: {v}",
                                    SEVERITY_WARN, 0},
    [CHECK_JSONLD_WRAPPER] = {"jsonld-wrapper", "structured data in a wrapper",
                              "block {n}: {v}", SEVERITY_INFO, 0},
    [CHECK_JSONLD_CONTEXT] = {"jsonld-context",
                              "structured data without schema.org context",
                              "block {n}: {v}", SEVERITY_INFO, 0},
    [CHECK_JSONLD_TYPE] = {"jsonld-type", "a type that schema.org does not know",
                           "unknown {p}: {v}", SEVERITY_WARN, 0},
    [CHECK_JSONLD_PROPERTY] = {"jsonld-property",
                               "a property that schema.org does not know",
                               "unknown {p}: {v}", SEVERITY_WARN, 0},
    [CHECK_JSONLD_DOMAIN] = {"jsonld-domain",
                             "a property on a type that does not have it",
                             "{p}: {v} not {l}", SEVERITY_WARN, 0},
    [CHECK_JSONLD_RANGE] = {"jsonld-range",
                            "a value of a type that the property does not take",
                            "{p}: {v} not {l}", SEVERITY_INFO, 0},
    [CHECK_JSONLD_SUPERSEDED] = {"jsonld-superseded",
                                 "a property or type that has a successor",
                                 "{p}: {v} not {l}", SEVERITY_INFO, 0},
    [CHECK_JSONLD_VALUE] = {"jsonld-value", "a value that breaks its format",
                            "{p}: {v} is not {l}", SEVERITY_WARN, 0},
    [CHECK_JSONLD_RATING] = {"jsonld-rating", "a rating outside its scale",
                             "{p}: {v} is not {l}", SEVERITY_WARN, 0},
    [CHECK_RICH_REQUIRED] = {"rich-required", "a rich result lacks what it requires",
                             "{p}: {v}", SEVERITY_WARN, 0},
    [CHECK_RICH_RECOMMENDED] = {"rich-recommended",
                                "a rich result lacks what is recommended", "{p}: {v}",
                                SEVERITY_INFO, 0},
    [CHECK_RICH_RETIRED] = {"rich-retired", "a rich result that is not shown any more",
                            "{p}: {v}", SEVERITY_INFO, 0},
    [CHECK_JOB_EXPIRED] = {"job-expired", "a job posting has expired", "ended {v}",
                           SEVERITY_WARN, 0},
    [CHECK_EVENT_EXPIRED] = {"event-expired",
                             "an event is over and still called scheduled", "ended {v}",
                             SEVERITY_INFO, 0},
    [CHECK_OFFER_EXPIRED] = {"offer-expired", "a price has expired", "ended {v}",
                             SEVERITY_WARN, 0},
    [CHECK_JSONLD_URL] = {"jsonld-url", "a URL of structured data cannot be used",
                          "{p} {t} {v}", SEVERITY_WARN, 0},
    [CHECK_JSONLD_CANONICAL] = {"jsonld-canonical",
                                "structured data and canonical name different URLs",
                                "{p} {v}, page: {l}", SEVERITY_INFO, 0},
    [CHECK_JSONLD_DATE] = {"jsonld-date",
                           "structured data and lastmod give different days",
                           "{p} {v}, page: {l}", SEVERITY_INFO, 0},
    [CHECK_JSONLD_HEADLINE] = {"jsonld-headline",
                               "structured data and h1 give different headlines",
                               "{p} {v}, page: {l}", SEVERITY_INFO, 0},
};

const struct check_row *check_row(enum check_id id)
{
    return &rows[id];
}

bool check_parse(const char *word, enum check_id *id)
{
    for (int i = 0; i < CHECK_COUNT; i++)
        if (strcmp(word, rows[i].id) == 0) {
            *id = (enum check_id)i;
            return true;
        }
    return false;
}

void hits_add(struct hits *hits, struct arena *arena, struct hit hit)
{
    hits_add_as(hits, arena, rows[hit.check].severity, hit);
}

void hits_add_as(struct hits *hits, struct arena *arena, enum severity severity,
                 struct hit hit)
{
    hit.severity = severity;
    hits->item =
        arena_room(arena, hits->item, hits->n, &hits->capacity, sizeof *hits->item);
    hits->item[hits->n++] = hit;
}

static void add_text(struct buf *out, struct str text, size_t most)
{
    buf_add_text(out, text_safe(out->arena, text.at, text.n, most));
}

static void add_field(struct buf *out, const struct hit *hit, char field)
{
    switch (field) {
    case 't': add_text(out, hit->target, URL_BYTES_MAX); break;
    case 'v': add_text(out, str_of(hit->value), OUTSIDE_TEXT_MAX); break;
    case 'l': add_text(out, str_of(hit->limit), OUTSIDE_TEXT_MAX); break;
    case 'p': add_text(out, str_of(hit->property), OUTSIDE_TEXT_MAX); break;
    default: // n: the test of the table knows no other
        buf_printf(out, "%" PRId64, hit->n);
    }
}

/* " pages ..." after a one is " page"; returns how many bytes that took. */
static size_t add_singular(struct buf *out, const char *at)
{
    size_t n = *at == ' ' ? 1 + strcspn(at + 1, " ,:") : 0;

    if (n < 3 || at[n - 1] != 's')
        return 0;
    buf_add(out, at, n - 1);
    return n;
}

/* Nobody links to a start page: the crawl goes there by itself. */
static const char *message_of(const struct hit *hit)
{
    if (hit->check == CHECK_LINK_BROKEN && hit->n == 0)
        return "is where the crawl starts, answers {v}";
    return rows[hit->check].message;
}

const char *hit_message(const struct hit *hit, struct arena *arena)
{
    struct buf out;

    buf_init(&out, arena, MESSAGE_BYTES_MAX);
    add_text(&out, hit->subject, URL_BYTES_MAX);
    buf_add_text(&out, " ");
    for (const char *at = message_of(hit); *at != '\0';) {
        size_t plain = strcspn(at, "{");

        buf_add(&out, at, plain);
        at += plain;
        if (*at == '{') {
            add_field(&out, hit, at[1]);
            at += sizeof "{n}" - 1;
            if (at[-2] == 'n' && hit->n == 1)
                at += add_singular(&out, at);
        }
    }
    return out.at;
}
