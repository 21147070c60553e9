/*
 * Extraction against the least that its parser can cost: the same files through
 * libxml2's SAX parser with callbacks that do nothing. CPU time, interleaved, the
 * median of the rounds.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>

#include "seocheck/extract.h"
#include "shared/file.h"
#include "shared/limits.h"

#include "shared/banned.h"

enum { ROUNDS = 9 };

struct pages {
    struct str *body;
    size_t n;
    size_t bytes;
};

static void on_element(void *context, const xmlChar *name, const xmlChar **attributes)
{
    (void)context, (void)name, (void)attributes;
}

static void on_end(void *context, const xmlChar *name)
{
    (void)context, (void)name;
}

static void on_text(void *context, const xmlChar *at, int n)
{
    (void)context, (void)at, (void)n;
}

static void parse_bare(struct str body)
{
    htmlSAXHandler handler = {.startElement = on_element,
                              .endElement = on_end,
                              .characters = on_text,
                              .ignorableWhitespace = on_text,
                              .cdataBlock = on_text};
    htmlParserCtxt *parser = htmlCreateMemoryParserCtxt(body.at, (int)body.n);
    htmlSAXHandler *theirs;

    if (!parser)
        return;
    theirs = parser->sax;
    parser->sax = &handler;
    (void)htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
                                         HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                                         HTML_PARSE_IGNORE_ENC);
    (void)xmlSwitchEncoding(parser, XML_CHAR_ENCODING_UTF8);
    (void)htmlParseDocument(parser);
    parser->sax = theirs;
    htmlFreeParserCtxt(parser);
}

/* What libxml2 would say on stderr of pages that are not UTF-8. */
static void on_error(void *context, const char *format, ...)
{
    (void)context, (void)format;
}

static double cpu_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double bare_ms(const struct pages *pages)
{
    double from = cpu_ms();

    for (size_t i = 0; i < pages->n; i++)
        parse_bare(pages->body[i]);
    return cpu_ms() - from;
}

static double extract_ms(const struct pages *pages, const struct url *base,
                         size_t *links)
{
    double from = cpu_ms();

    *links = 0;
    for (size_t i = 0; i < pages->n; i++) {
        struct extract_plan plan = {.base = base};
        struct extraction extraction;
        struct arena page;

        arena_init(&page, ARENA_BYTES_MAX);
        extract_html(pages->body[i], &plan, &page, &extraction);
        *links += extraction.nlinks;
        arena_release(&page);
    }
    return cpu_ms() - from;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static bool measure(const struct pages *pages, struct arena *run)
{
    double bare[ROUNDS], extract[ROUNDS];
    struct url base;
    size_t links = 0;

    if (url_resolve(NULL, STR("https://shop.example/docs/"), NULL, run, &base) !=
        URL_OK)
        return false;
    (void)bare_ms(pages); // warm
    (void)extract_ms(pages, &base, &links);
    for (int i = 0; i < ROUNDS; i++) {
        bare[i] = bare_ms(pages);
        extract[i] = extract_ms(pages, &base, &links);
    }
    qsort(bare, ROUNDS, sizeof *bare, compare);
    qsort(extract, ROUNDS, sizeof *extract, compare);
    printf("%zu pages, %.1f MB, %zu links: bare SAX parse %.1f ms, extraction %.1f ms "
           "CPU, ratio %.2f (aim: at most 2)\n",
           pages->n, (double)pages->bytes / 1e6, links, bare[ROUNDS / 2],
           extract[ROUNDS / 2], extract[ROUNDS / 2] / bare[ROUNDS / 2]);
    return true;
}

int main(int argc, char **argv)
{
    struct err err = {.text = "usage: seocheck_extract FILE..."};
    struct pages pages = {0};
    struct arena run;
    bool ok = argc > 1;

    xmlSetGenericErrorFunc(NULL, on_error);
    arena_init(&run, ARENA_BYTES_MAX);
    pages.body = arena_new(&run, struct str, (size_t)argc);
    for (int i = 1; i < argc && ok; i++) {
        ok = file_read(AT_FDCWD, argv[i], HTML_BYTES_MAX, false, &run,
                       &pages.body[pages.n], &err);
        pages.bytes += pages.body[pages.n++].n;
    }
    ok = ok && measure(&pages, &run);
    arena_release(&run);
    xmlCleanupParser();
    if (!ok)
        (void)fprintf(stderr, "seocheck_extract: %s\n", err.text);
    return ok ? 0 : 3;
}
