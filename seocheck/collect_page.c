/*
 * From an answer to struct page. What site.h lists is copied into the run's arena; the
 * rest of an extraction goes with the answer. Links become resources.
 */
#include <string.h>

#include "seocheck/collect_internal.h"
#include "seocheck/directives.h"
#include "seocheck/jsonld.h"

#include "shared/banned.h"

enum { BAD_LINK_BYTES_MAX = 4 * URL_BYTES_MAX + 1 }; // more is as much too long

/* One answer, read; all of it in collecting.work. */
struct reading {
    struct url base;
    struct extraction all;
    struct jsonld jsonld;
    uint64_t content, links;
};

bool is_html(struct str content_type)
{
    size_t n = 0;

    while (n < content_type.n && !strchr("; \t", content_type.at[n]))
        n++;
    content_type.n = n;
    return str_equal_ignoring_case(content_type, STR("text/html")) ||
           str_equal_ignoring_case(content_type, STR("application/xhtml+xml"));
}

const struct history_row *history_of(struct collecting *self, const struct url *url)
{
    const struct history *history = self->crawl->history;

    if (!history)
        return NULL;
    return history_find(history,
                        str_of(url_subject(url, &self->site->home, &self->work)));
}

/* ---- reading ---- */

static struct str kept(struct str text, struct arena *arena)
{
    if (text.n == 0)
        return (struct str){0};
    return (struct str){str_copy(arena, text.at, text.n), text.n};
}

/* As written it may be anything; where it can be read, its normal form is compared. */
static struct str canonical_text(const struct extraction *all)
{
    for (size_t i = 0; i < all->nlinks; i++) {
        const struct link *link = &all->link[i];

        if (link->kind == LINK_CANONICAL && !link->is_in_body)
            return link->result == URL_OK ? link->url.text : link->raw;
    }
    return (struct str){0};
}

static struct str robots_text(struct collecting *self, const struct reading *reading,
                              struct str header)
{
    struct page page = {.meta = reading->all.meta, .nmetas = reading->all.nmetas};
    struct resource resource = {.page = &page, .x_robots = header};

    return directives_joined(&resource, &self->settings->agents, &self->work);
}

static void extract(struct collecting *self, const struct url *base,
                    const struct fetch_reply *reply, struct extraction *all)
{
    const struct settings *settings = self->settings;
    const struct extract_plan plan = {
        .content_type = reply->content_type,
        .link_header = reply->link,
        .base = base,
        .rules = &settings->rules,
        .ignore_text = settings->ignore_text,
        .nignore_text = settings->nignore_text,
    };

    extract_html(reply->body, &plan, &self->work, all);
    if (all->is_too_costly && self->costly.n == 0)
        self->costly = kept(base->text, self->arena);
    for (size_t i = 0; i < all->nlinks; i++)
        all->link[i].is_own = all->link[i].result == URL_OK &&
                              settings_is_own(settings, &all->link[i].url);
}

static void read_answer(struct collecting *self, uint32_t index,
                        const struct fetch_reply *reply, struct reading *reading)
{
    struct extraction *all = &reading->all;

    *reading = (struct reading){.base = self->site->resource[index].url};
    extract(self, &reading->base, reply, all);
    if (all->nblocks > 0 && !self->rich)
        self->rich = rich_load(self->arena);
    jsonld_check(all->block, all->nblocks, self->rich, self->crawl->as_of, &self->work,
                 &reading->jsonld);
    reading->content = content_hash(all, canonical_text(all),
                                    robots_text(self, reading, reply->x_robots),
                                    reading->jsonld.canonical_text, &self->work);
    reading->links = links_hash(all, &self->work);
}

uint64_t page_hash(struct collecting *self, uint32_t index,
                   const struct fetch_reply *reply)
{
    struct reading reading;

    read_answer(self, index, reply, &reading);
    return reading.content;
}

bool page_simhash(struct collecting *self, const struct url *url,
                  const struct fetch_reply *reply, uint64_t *hash)
{
    struct extraction all;

    extract(self, url, reply, &all);
    return simhash(all.main_text, &self->work, hash);
}

/* ---- keeping ---- */

static const char *kept_text(const char *text, struct arena *arena)
{
    return text ? str_copy(arena, text, strlen(text)) : NULL;
}

static void keep_words(struct page *page, const struct extraction *all,
                       struct arena *arena)
{
    page->title = kept(all->title, arena);
    page->has_title = all->has_title;
    page->title_line = all->title_line;
    page->ntitles = all->ntitles;
    page->h1 = all->nh1 > 0 ? kept(all->h1[0], arena) : (struct str){0};
    page->nh1 = (int64_t)all->nh1;
    page->lang = kept(all->lang, arena);
    page->has_lang = all->has_lang;
    page->words = all->main_words;
    for (size_t i = 0; i < all->main_text.n; i++) // of UTF-8 the leading bytes
        page->main_length += ((unsigned char)all->main_text.at[i] & 0xc0) != 0x80;
    page->has_script = all->has_script;
    page->nlinks = all->nlinks;
    page->links_cut = all->links_cut;
    page->nids = all->nids;
    page->id = arena_new(arena, struct str, all->nids);
    for (size_t i = 0; i < all->nids; i++)
        page->id[i] = kept(all->id[i], arena);
    for (size_t i = 0; i < all->nimages; i++) {
        if (all->image[i].has_alt)
            continue;
        if (page->images_without_alt++ == 0)
            page->image_line = all->image[i].line;
    }
}

static bool is_judged(const struct meta *meta, const struct site_agents *agents)
{
    if (meta->is_http_equiv)
        return str_equal_ignoring_case(meta->name, STR("refresh"));
    if (str_equal(meta->name, STR("robots")) || str_starts(meta->name, STR("og:")))
        return true;
    for (size_t i = 0; i < agents->n; i++)
        if (str_equal_ignoring_case(meta->name, str_of(agents->agent[i])))
            return true;
    return false;
}

static void keep_metas(struct page *page, const struct extraction *all,
                       const struct site_agents *agents, struct arena *arena)
{
    size_t n = 0;

    for (size_t i = 0; i < all->nmetas; i++) {
        const struct meta *meta = &all->meta[i];

        n += is_judged(meta, agents);
        if (page->has_description || meta->is_http_equiv ||
            !str_equal(meta->name, STR("description")))
            continue;
        page->has_description = true;
        page->description = kept(meta->content, arena);
    }
    page->meta = arena_new(arena, struct meta, n);
    for (size_t i = 0; i < all->nmetas; i++) {
        struct meta *meta = &page->meta[page->nmetas];

        if (!is_judged(&all->meta[i], agents))
            continue;
        *meta = all->meta[i];
        meta->name = kept(meta->name, arena);
        meta->content = kept(meta->content, arena);
        page->nmetas++;
    }
}

static const char **kept_texts(const char *const *text, size_t n, struct arena *arena)
{
    const char **copy = arena_new(arena, const char *, n);

    for (size_t i = 0; i < n; i++)
        copy[i] = kept_text(text[i], arena);
    return copy;
}

/* Its canonical text has been hashed; nobody else reads it. */
static void keep_jsonld(struct jsonld *to, const struct jsonld *from,
                        struct arena *arena)
{
    *to = (struct jsonld){.nfindings = from->nfindings,
                          .nurls = from->nurls,
                          .nblocks = from->nblocks,
                          .same_until = from->same_until,
                          .headline = kept_text(from->headline, arena),
                          .date_modified = kept_text(from->date_modified, arena)};
    to->finding = arena_new(arena, struct jsonld_finding, from->nfindings);
    to->url = arena_new(arena, struct jsonld_url, from->nurls);
    to->block = arena_new(arena, struct jsonld_block, from->nblocks);
    for (size_t i = 0; i < from->nfindings; i++) {
        struct jsonld_finding *finding = &to->finding[i];

        *finding = from->finding[i];
        finding->message = kept_text(finding->message, arena);
        finding->property = kept_text(finding->property, arena);
        finding->value = kept_text(finding->value, arena);
        finding->limit = kept_text(finding->limit, arena);
        finding->because = kept_text(finding->because, arena);
    }
    for (size_t i = 0; i < from->nurls; i++) {
        to->url[i] = from->url[i];
        to->url[i].property = kept_text(from->url[i].property, arena);
        to->url[i].value = kept(from->url[i].value, arena);
    }
    for (size_t i = 0; i < from->nblocks; i++) {
        struct jsonld_block *block = &to->block[i];

        *block = from->block[i];
        block->type = kept_texts(block->type, block->ntypes, arena);
        block->eligible = kept_texts(block->eligible, block->neligible, arena);
    }
}

/* ---- links ---- */

/* What a link of this kind is asked for, once its target is known. */
static unsigned wanted(enum link_kind kind, bool is_own, bool is_nofollow)
{
    if (kind == LINK_FORM)
        return 0; // never requested
    if (!is_own)
        return MARK_FOREIGN;
    switch (kind) {
    case LINK_A: return is_nofollow ? 0 : MARK_GET;
    case LINK_CANONICAL:
    case LINK_NEXT:
    case LINK_PREV:
    case LINK_IFRAME:
    case LINK_META_REFRESH:
    case LINK_ALTERNATE: return MARK_GET;
    case LINK_STYLESHEET:
    case LINK_ICON:
    case LINK_IMAGE:
    case LINK_SCRIPT:
    case LINK_MEDIA: return MARK_HEAD;
    case LINK_FORM: break;
    }
    return 0;
}

static bool has_scheme(struct str raw)
{
    while (raw.n > 0 && (unsigned char)*raw.at <= ' ') {
        raw.at++;
        raw.n--;
    }
    return (raw.n >= 5 &&
            str_equal_ignoring_case((struct str){raw.at, 5}, STR("http:"))) ||
           (raw.n >= 6 &&
            str_equal_ignoring_case((struct str){raw.at, 6}, STR("https:")));
}

static bool is_hreflang(const struct link *link)
{
    return link->kind == LINK_ALTERNATE && link->code.n > 0;
}

/* No URL, one that is too long, or a file of the author's machine. */
static bool is_bad(const struct link *link)
{
    return link->result == URL_INVALID || link->result == URL_TOO_LONG ||
           (link->result == URL_OTHER_SCHEME && link->raw.n >= 5 &&
            str_equal_ignoring_case((struct str){link->raw.at, 5}, STR("file:")));
}

/* The cache has URLs in normal form, and what is requested is a spelling: where there
 * are pairs to sort, it may be another text. */
static bool has_spelling(const struct collecting *self, const struct link *link)
{
    return self->crawl->cache && link->result == URL_OK && link->url.query.n > 0 &&
           memchr(link->url.query.at, '&', link->url.query.n);
}

static void make_room(struct collecting *self, struct page *page,
                      const struct extraction *all)
{
    struct arena *arena = self->arena;
    size_t edges = 0, alternates = 0, canonicals = 0, bad = 0, spelled = 0;
    size_t fragments = 0;

    for (size_t i = 0; i < all->nlinks; i++) {
        const struct link *link = &all->link[i];

        spelled += has_spelling(self, link);
        fragments += link->result == URL_OK && link->url.fragment.n > 0;
        if (link->kind == LINK_CANONICAL)
            canonicals++;
        else if (is_hreflang(link))
            alternates++;
        else if (link->result == URL_OK)
            edges++;
        else
            bad += is_bad(link);
    }
    page->edge = arena_new(arena, struct edge, edges);
    page->fragment = arena_new(arena, struct str, fragments);
    page->alternate = arena_new(arena, struct alternate, alternates);
    page->canonical = arena_new(arena, struct canonical, canonicals);
    page->bad_link = arena_new(arena, struct str, bad);
    page->bad_line = arena_new(arena, int64_t, bad);
    page->spelling = arena_new(arena, struct str, spelled);
}

static void keep_edge(struct collecting *self, struct page *page,
                      const struct link *link, uint32_t target, bool is_secure)
{
    uint32_t fragment = 0;

    if (link->url.fragment.n > 0) {
        page->fragment[page->nfragments++] = kept(link->url.fragment, self->arena);
        fragment = (uint32_t)page->nfragments;
    }
    page->edge[page->nedges++] = (struct edge){
        .target = target,
        .line = (uint32_t)link->line,
        .kind = (uint8_t)link->kind,
        .is_nofollow = link->is_nofollow,
        .is_main = link->is_main,
        .is_insecure = is_secure && !link->url.is_https,
        .fragment = fragment,
    };
}

static void keep_spelling(struct collecting *self, struct page *page,
                          struct str spelling, uint32_t target)
{
    struct str known = self->site->resource[target].url.spelling;

    page->spelling[page->nspellings++] =
        str_equal(spelling, known) ? known : kept(spelling, self->arena);
}

static void keep_link(struct collecting *self, struct page *page,
                      const struct link *link, bool is_secure)
{
    bool is_good = link->result == URL_OK;
    uint32_t target = is_good ? collect_put(self, &link->url) : NO_RESOURCE;

    if (has_spelling(self, link))
        keep_spelling(self, page, link->url.spelling, target);

    if (link->kind == LINK_CANONICAL) {
        page->canonical[page->ncanonicals++] = (struct canonical){
            .result = link->result,
            .target = target,
            .raw = kept(link->raw, self->arena),
            .line = link->line,
            .is_relative = !has_scheme(link->raw),
            .is_in_body = link->is_in_body,
            .is_from_header = link->is_from_header,
        };
    } else if (is_hreflang(link)) {
        page->alternate[page->nalternates++] = (struct alternate){
            .code = kept(link->code, self->arena),
            .result = link->result,
            .target = target,
            .line = link->line,
            .is_relative = !has_scheme(link->raw),
        };
    } else if (is_good) {
        keep_edge(self, page, link, target, is_secure);
    } else if (is_bad(link)) {
        struct str raw = link->raw;

        raw.n = raw.n < BAD_LINK_BYTES_MAX ? raw.n : BAD_LINK_BYTES_MAX;
        page->bad_link[page->nbad] = kept(raw, self->arena);
        page->bad_line[page->nbad++] = link->line;
    }
}

/* ---- what is asked for a page ---- */

static void mark(struct collecting *self, uint32_t target, enum link_kind kind,
                 bool is_nofollow, unsigned foreign)
{
    bool is_own = (self->mark[target] & MARK_OWN) != 0;
    unsigned marks = wanted(kind, is_own, is_nofollow);

    marks_set(self, target, (marks & MARK_FOREIGN) != 0 ? marks | foreign : marks);
}

/* URLs that are no links of the page, but are looked at: og:image, values of ld+json.
 */
static void put_mentioned(struct collecting *self, const struct url *base,
                          struct str text, unsigned foreign)
{
    struct url url;
    uint32_t target;

    if (text.n == 0 ||
        url_resolve(base, text, &self->settings->rules, &self->work, &url) != URL_OK)
        return;
    target = collect_put(self, &url);
    marks_set(self, target,
              self->site->resource[target].is_own ? MARK_HEAD : MARK_FOREIGN | foreign);
}

static void put_others(struct collecting *self, const struct url *base,
                       const struct page *page, unsigned foreign)
{
    for (size_t i = 0; i < page->nmetas; i++) {
        const struct meta *meta = &page->meta[i];

        if (!meta->is_http_equiv && (str_equal(meta->name, STR("og:image")) ||
                                     str_equal(meta->name, STR("og:image:url"))))
            put_mentioned(self, base, meta->content, foreign);
    }
    for (size_t i = 0; i < page->jsonld.nurls; i++)
        put_mentioned(self, base, page->jsonld.url[i].value, foreign);
}

void page_mark(struct collecting *self, uint32_t index, const struct page *page)
{
    struct url base = self->site->resource[index].url; // putting moves resources
    const struct history_row *row = history_of(self, &base);
    unsigned foreign = row && row->links == page->links ? 0 : MARK_CHANGED;

    for (size_t i = 0; i < page->nedges; i++)
        mark(self, page->edge[i].target, (enum link_kind)page->edge[i].kind,
             page->edge[i].is_nofollow, foreign);
    for (size_t i = 0; i < page->nalternates; i++)
        if (page->alternate[i].result == URL_OK)
            mark(self, page->alternate[i].target, LINK_ALTERNATE, false, foreign);
    for (size_t i = 0; i < page->ncanonicals; i++)
        if (page->canonical[i].result == URL_OK)
            mark(self, page->canonical[i].target, LINK_CANONICAL, false, foreign);
    put_others(self, &base, page, foreign);
}

uint64_t page_collect(struct collecting *self, uint32_t index,
                      const struct fetch_reply *reply)
{
    struct page *page = arena_new(self->arena, struct page, 1);
    struct reading reading;

    read_answer(self, index, reply, &reading);
    keep_words(page, &reading.all, self->arena);
    keep_metas(page, &reading.all, &self->settings->agents, self->arena);
    keep_jsonld(&page->jsonld, &reading.jsonld, self->arena);
    make_room(self, page, &reading.all);
    for (size_t i = 0; i < reading.all.nlinks; i++)
        keep_link(self, page, &reading.all.link[i], reading.base.is_https);
    page->content = reading.content;
    page->links = reading.links;
    page->text = seo_hash(reading.all.main_text.at, reading.all.main_text.n);
    page->has_simhash = simhash(reading.all.main_text, &self->work, &page->simhash);
    page_mark(self, index, page);
    self->site->resource[index].page = page;
    return page->content;
}
