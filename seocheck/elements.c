/*
 * The elements that extraction knows: what they say, what region of the page they are,
 * and how they open and close.
 */
#include <stdlib.h>
#include <string.h>

#include "seocheck/extract_internal.h"

#include "shared/banned.h"

enum {
    SPECIAL = ELEMENT_SPECIAL,
    VOID = ELEMENT_VOID,
    HEAD = ELEMENT_HEAD,
    BLOCK = ELEMENT_BLOCK,
    BARRIER = ELEMENT_BARRIER,
    TABLE = ELEMENT_TABLE,
    HEADING = ELEMENT_HEADING,
    RAW = ELEMENT_RAW,
    RAW_FOREIGN = ELEMENT_RAW_FOREIGN,
    GONE = ELEMENT_GONE,
    CLOSED = ELEMENT_CLOSED,
    ONCE = ELEMENT_ONCE,
    FOREIGN = ELEMENT_FOREIGN,
};

/* Sorted by name. Special as in the HTML standard, 13.2.4.2. */
// clang-format off
static const struct element elements[] = {
    {"a", TAG_A, REGION_NONE, 0},
    {"address", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"applet", TAG_OTHER, REGION_NONE, SPECIAL | BARRIER},
    {"area", TAG_AREA, REGION_NONE, SPECIAL | VOID},
    {"article", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"aside", TAG_OTHER, REGION_BESIDE, SPECIAL | BLOCK},
    {"audio", TAG_AUDIO, REGION_NONE, 0},
    {"base", TAG_BASE, REGION_NONE, SPECIAL | VOID | HEAD},
    {"basefont", TAG_OTHER, REGION_NONE, SPECIAL | VOID | HEAD},
    {"bgsound", TAG_OTHER, REGION_NONE, SPECIAL | VOID | HEAD},
    {"blockquote", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"body", TAG_OTHER, REGION_NONE, SPECIAL | VOID | BLOCK | CLOSED | ONCE},
    {"br", TAG_OTHER, REGION_NONE, SPECIAL | VOID | BLOCK},
    {"button", TAG_OTHER, REGION_NONE, SPECIAL},
    {"caption", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK | BARRIER | TABLE},
    {"center", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"col", TAG_OTHER, REGION_NONE, SPECIAL | VOID},
    {"colgroup", TAG_OTHER, REGION_NONE, SPECIAL},
    {"dd", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"details", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"dialog", TAG_OTHER, REGION_NONE, BLOCK},
    {"dir", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"div", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"dl", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"dt", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"embed", TAG_OTHER, REGION_NONE, SPECIAL | VOID},
    {"fieldset", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"figcaption", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"figure", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"footer", TAG_OTHER, REGION_BESIDE, SPECIAL | BLOCK},
    {"form", TAG_FORM, REGION_NONE, SPECIAL | BLOCK},
    {"frame", TAG_OTHER, REGION_NONE, SPECIAL | VOID},
    {"frameset", TAG_OTHER, REGION_NONE, SPECIAL},
    {"h1", TAG_OTHER, REGION_H1, SPECIAL | BLOCK | HEADING},
    {"h2", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK | HEADING},
    {"h3", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK | HEADING},
    {"h4", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK | HEADING},
    {"h5", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK | HEADING},
    {"h6", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK | HEADING},
    {"head", TAG_OTHER, REGION_NONE, SPECIAL | VOID | HEAD | GONE},
    {"header", TAG_OTHER, REGION_BESIDE, SPECIAL | BLOCK},
    {"hgroup", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"hr", TAG_OTHER, REGION_NONE, SPECIAL | VOID | BLOCK},
    {"html", TAG_HTML, REGION_NONE, SPECIAL | VOID | HEAD | CLOSED},
    {"iframe", TAG_IFRAME, REGION_NONE, SPECIAL | VOID | RAW},
    {"img", TAG_IMG, REGION_NONE, SPECIAL | VOID},
    {"input", TAG_OTHER, REGION_NONE, SPECIAL | VOID},
    {"keygen", TAG_OTHER, REGION_NONE, SPECIAL},
    {"legend", TAG_OTHER, REGION_NONE, BLOCK},
    {"li", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"link", TAG_LINK, REGION_NONE, SPECIAL | VOID | HEAD},
    {"listing", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"main", TAG_OTHER, REGION_MAIN, SPECIAL | BLOCK},
    {"marquee", TAG_OTHER, REGION_NONE, SPECIAL | BARRIER},
    {"math", TAG_OTHER, REGION_NONE, FOREIGN},
    {"menu", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"meta", TAG_META, REGION_NONE, SPECIAL | VOID | HEAD},
    {"nav", TAG_OTHER, REGION_BESIDE, SPECIAL | BLOCK},
    {"noembed", TAG_OTHER, REGION_NONE, SPECIAL | VOID | RAW},
    {"noframes", TAG_OTHER, REGION_NONE, SPECIAL | VOID | HEAD | RAW},
    {"noscript", TAG_OTHER, REGION_NOSCRIPT, SPECIAL | HEAD},
    {"object", TAG_OTHER, REGION_NONE, SPECIAL | BARRIER},
    {"ol", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"optgroup", TAG_OTHER, REGION_NONE, BLOCK},
    {"option", TAG_OTHER, REGION_NONE, BLOCK},
    {"p", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"param", TAG_OTHER, REGION_NONE, SPECIAL | VOID},
    {"plaintext", TAG_PLAINTEXT, REGION_NONE, SPECIAL | VOID | RAW | GONE},
    {"pre", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"script", TAG_SCRIPT, REGION_NONE, SPECIAL | VOID | HEAD | RAW | RAW_FOREIGN},
    {"search", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"section", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"select", TAG_OTHER, REGION_NONE, SPECIAL},
    {"source", TAG_SOURCE, REGION_NONE, SPECIAL | VOID},
    {"style", TAG_OTHER, REGION_NONE, SPECIAL | VOID | HEAD | RAW | RAW_FOREIGN | GONE},
    {"summary", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"svg", TAG_OTHER, REGION_NONE, FOREIGN},
    {"table", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK | BARRIER | TABLE},
    {"tbody", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK | TABLE},
    {"td", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK | BARRIER | TABLE},
    {"template", TAG_TEMPLATE, REGION_NONE, SPECIAL | VOID | HEAD | GONE},
    {"textarea", TAG_OTHER, REGION_NONE, SPECIAL | VOID | RAW},
    {"tfoot", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK | TABLE},
    {"th", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK | BARRIER | TABLE},
    {"thead", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK | TABLE},
    {"time", TAG_OTHER, REGION_TIME, 0},
    {"title", TAG_TITLE, REGION_NONE, SPECIAL | VOID | HEAD | RAW | GONE},
    {"tr", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK | TABLE},
    {"track", TAG_OTHER, REGION_NONE, SPECIAL | VOID},
    {"ul", TAG_OTHER, REGION_NONE, SPECIAL | BLOCK},
    {"video", TAG_VIDEO, REGION_NONE, 0},
    {"wbr", TAG_OTHER, REGION_NONE, SPECIAL | VOID},
    {"xmp", TAG_OTHER, REGION_NONE, SPECIAL | VOID | RAW},
};
// clang-format on

static const struct element plain = {.name = ""};

static int compare(const void *name, const void *element)
{
    return strcmp(name, ((const struct element *)element)->name);
}

const struct element *element_find(const char *name)
{
    const struct element *found =
        bsearch(name, elements, sizeof elements / sizeof *elements, sizeof *elements,
                compare);

    return found ? found : &plain;
}
