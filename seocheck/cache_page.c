/* A struct page as bytes, and back: all that site.h lists but is_volatile, for no page
 * of two answers is kept. */
#include "seocheck/cache_codec.h"
#include "seocheck/jsonld.h"

#include "shared/banned.h"

/* Bits of the first byte of an edge, above its kind. */
enum {
    EDGE_KIND = 0x0f,
    EDGE_NOFOLLOW = 0x10,
    EDGE_MAIN = 0x20,
    EDGE_INSECURE = 0x40,
    EDGE_FRAGMENT = 0x80,
};

/* What each takes at least: a byte for each thing in it. */
enum {
    EDGE_BYTES = 3,
    ALTERNATE_BYTES = 5,
    CANONICAL_BYTES = 7,
    BAD_LINK_BYTES = 2,
    FINDING_BYTES = 9,
    URL_BYTES = 4,
    BLOCK_BYTES = 3,
    META_BYTES = 4,
    TEXT_BYTES = 1,
};

_Static_assert((int)LINK_META_REFRESH <= EDGE_KIND, "kinds of links need more bits");

static int code_enum(struct codec *codec, int value, int last)
{
    uint64_t number = (uint64_t)value;

    code_number(codec, &number);
    if (number <= (uint64_t)last)
        return (int)number;
    codec->is_bad = true;
    return 0;
}

static void code_result(struct codec *codec, enum url_result *result, uint32_t *target)
{
    *result = (enum url_result)code_enum(codec, (int)*result, URL_TOO_LONG);
    code_target(codec, target);
    if (!codec->out && (*result == URL_OK) != (*target != NO_RESOURCE))
        codec->is_bad = true;
}

/* ---- links ---- */

static unsigned bits_of(const struct edge *edge)
{
    return edge->kind | (edge->is_nofollow ? EDGE_NOFOLLOW : 0U) |
           (edge->is_main ? EDGE_MAIN : 0U) | (edge->is_insecure ? EDGE_INSECURE : 0U) |
           (edge->fragment > 0 ? EDGE_FRAGMENT : 0U);
}

/* `capacity` is that of page->fragment. */
static void code_fragment(struct codec *codec, struct page *page, struct edge *edge,
                          size_t *capacity)
{
    if (!codec->out) {
        page->fragment = arena_room(codec->arena, page->fragment, page->nfragments,
                                    capacity, sizeof *page->fragment);
        edge->fragment = (uint32_t)++page->nfragments;
    }
    code_text(codec, &page->fragment[edge->fragment - 1]);
}

/* `line` is that of the edge before: most are on the next one. What is being made is
 * not looked at: memory that is read before it is written is mapped twice, and edges
 * are most of what there is. */
static void code_edge(struct codec *codec, struct page *page, struct edge *edge,
                      uint32_t line, size_t *capacity)
{
    uint64_t bits = codec->out ? bits_of(edge) : 0;
    int64_t down = codec->out ? (int64_t)edge->line - line : 0;

    code_number(codec, &bits);
    code_int64(codec, &down);
    code_target(codec, &edge->target);
    if ((bits & EDGE_FRAGMENT) != 0)
        code_fragment(codec, page, edge, capacity);
    if (codec->out)
        return;
    edge->kind = (uint8_t)(bits & EDGE_KIND);
    edge->is_nofollow = (bits & EDGE_NOFOLLOW) != 0;
    edge->is_main = (bits & EDGE_MAIN) != 0;
    edge->is_insecure = (bits & EDGE_INSECURE) != 0;
    edge->line = (uint32_t)((uint64_t)down + line);
    if (bits > UINT8_MAX || edge->kind > LINK_META_REFRESH ||
        edge->target == NO_RESOURCE)
        codec->is_bad = true;
}

static void code_links(struct codec *codec, struct page *page)
{
    uint32_t line = 0;
    size_t capacity = 0;

    code_size(codec, &page->nlinks);
    code_bool(codec, &page->links_cut);
    page->edge =
        code_items(codec, page->edge, &page->nedges, sizeof *page->edge, EDGE_BYTES);
    for (size_t i = 0; i < page->nedges; i++) {
        code_edge(codec, page, &page->edge[i], line, &capacity);
        line = page->edge[i].line;
    }
    page->alternate = code_items(codec, page->alternate, &page->nalternates,
                                 sizeof *page->alternate, ALTERNATE_BYTES);
    for (size_t i = 0; i < page->nalternates; i++) {
        struct alternate *alternate = &page->alternate[i];

        code_text(codec, &alternate->code);
        code_result(codec, &alternate->result, &alternate->target);
        code_int64(codec, &alternate->line);
        code_bool(codec, &alternate->is_relative);
    }
    page->canonical = code_items(codec, page->canonical, &page->ncanonicals,
                                 sizeof *page->canonical, CANONICAL_BYTES);
    for (size_t i = 0; i < page->ncanonicals; i++) {
        struct canonical *canonical = &page->canonical[i];

        code_result(codec, &canonical->result, &canonical->target);
        code_text(codec, &canonical->raw);
        code_int64(codec, &canonical->line);
        code_bool(codec, &canonical->is_relative);
        code_bool(codec, &canonical->is_in_body);
        code_bool(codec, &canonical->is_from_header);
    }
}

static void code_bad_links(struct codec *codec, struct page *page)
{
    page->bad_link = code_items(codec, page->bad_link, &page->nbad,
                                sizeof *page->bad_link, BAD_LINK_BYTES);
    if (!codec->out)
        page->bad_line = arena_new(codec->arena, int64_t, page->nbad);
    for (size_t i = 0; i < page->nbad; i++) {
        code_text(codec, &page->bad_link[i]);
        code_int64(codec, &page->bad_line[i]);
    }
}

/* ---- structured data ---- */

static const char **code_strings(struct codec *codec, const char **text, size_t *n)
{
    text = code_items(codec, text, n, sizeof *text, TEXT_BYTES);
    for (size_t i = 0; i < *n; i++) {
        code_string(codec, &text[i]);
        if (!text[i])
            codec->is_bad = true;
    }
    return text;
}

static void code_finding(struct codec *codec, struct jsonld_finding *finding)
{
    finding->check =
        (enum jsonld_check)code_enum(codec, (int)finding->check, JSONLD_CHECKS - 1);
    finding->severity =
        (enum severity)code_enum(codec, (int)finding->severity, SEVERITY_INFO);
    code_int64(codec, &finding->line);
    code_size(codec, &finding->block);
    code_string(codec, &finding->message);
    code_string(codec, &finding->property);
    code_string(codec, &finding->value);
    code_string(codec, &finding->limit);
    code_string(codec, &finding->because);
}

/* Its canonical text has been hashed; nobody else reads it. */
static void code_jsonld(struct codec *codec, struct jsonld *jsonld)
{
    jsonld->finding = code_items(codec, jsonld->finding, &jsonld->nfindings,
                                 sizeof *jsonld->finding, FINDING_BYTES);
    for (size_t i = 0; i < jsonld->nfindings; i++)
        code_finding(codec, &jsonld->finding[i]);
    jsonld->url =
        code_items(codec, jsonld->url, &jsonld->nurls, sizeof *jsonld->url, URL_BYTES);
    for (size_t i = 0; i < jsonld->nurls; i++) {
        code_string(codec, &jsonld->url[i].property);
        code_text(codec, &jsonld->url[i].value);
        code_int64(codec, &jsonld->url[i].line);
        code_bool(codec, &jsonld->url[i].is_page);
    }
    jsonld->block = code_items(codec, jsonld->block, &jsonld->nblocks,
                               sizeof *jsonld->block, BLOCK_BYTES);
    for (size_t i = 0; i < jsonld->nblocks; i++) {
        struct jsonld_block *block = &jsonld->block[i];

        code_int64(codec, &block->line);
        block->type = code_strings(codec, block->type, &block->ntypes);
        block->eligible = code_strings(codec, block->eligible, &block->neligible);
    }
    code_string(codec, &jsonld->headline);
    code_string(codec, &jsonld->date_modified);
    code_int32(codec, &jsonld->same_until);
}

/* ---- the page ---- */

static void code_words(struct codec *codec, struct page *page)
{
    code_text(codec, &page->title);
    code_text(codec, &page->description);
    code_text(codec, &page->h1);
    code_text(codec, &page->lang);
    code_bool(codec, &page->has_title);
    code_bool(codec, &page->has_lang);
    code_bool(codec, &page->has_description);
    code_int64(codec, &page->title_line);
    code_int64(codec, &page->ntitles);
    code_int64(codec, &page->nh1);
    code_int64(codec, &page->words);
    code_int64(codec, &page->main_length);
    code_bool(codec, &page->has_script);
    code_int64(codec, &page->images_without_alt);
    code_int64(codec, &page->image_line);
}

static void code_metas(struct codec *codec, struct page *page)
{
    page->meta =
        code_items(codec, page->meta, &page->nmetas, sizeof *page->meta, META_BYTES);
    for (size_t i = 0; i < page->nmetas; i++) {
        code_text(codec, &page->meta[i].name);
        code_text(codec, &page->meta[i].content);
        code_int64(codec, &page->meta[i].line);
        code_bool(codec, &page->meta[i].is_http_equiv);
    }
}

static struct str *code_texts(struct codec *codec, struct str *text, size_t *n)
{
    text = code_items(codec, text, n, sizeof *text, TEXT_BYTES);
    for (size_t i = 0; i < *n; i++)
        code_text(codec, &text[i]);
    return text;
}

void code_page(struct codec *codec, struct page *page)
{
    code_hash(codec, &page->content);
    code_hash(codec, &page->links);
    code_hash(codec, &page->text);
    code_hash(codec, &page->simhash);
    code_bool(codec, &page->has_simhash);
    code_words(codec, page);
    code_metas(codec, page);
    code_links(codec, page);
    code_bad_links(codec, page);
    page->id = code_texts(codec, page->id, &page->nids);
    page->spelling = code_texts(codec, page->spelling, &page->nspellings);
    code_jsonld(codec, &page->jsonld);
}
