/* robots.txt of the own hosts, and the sitemaps that the configuration, robots.txt or
 * custom names. */
#include "seocheck/collect_internal.h"

#include "shared/banned.h"

enum {
    DELAY_MAX_S = 10,
    SITEMAPS_MAX = 1000, // of one crawl; more is a sitemap unread
    ZONE_DAYS = 4000,    // around the day of the crawl, whose zone is asked
    DAYS_AHEAD = 30,
    BUSY = 429,
};

/* ---- robots.txt ---- */

static void add_robots(struct collecting *self, const struct url *url, size_t *capacity)
{
    struct site *site = self->site;
    struct site_robots robots = {.detail = ""};

    if (url_resolve(url, STR("/robots.txt"), NULL, self->arena, &robots.url) != URL_OK)
        return;
    for (size_t i = 0; i < site->nrobots; i++)
        if (str_equal(site->robots[i].url.text, robots.url.text))
            return;
    site->robots = arena_room(self->arena, site->robots, site->nrobots, capacity,
                              sizeof *site->robots);
    site->robots[site->nrobots++] = robots;
}

/* Those of the starts, then one for each further host, by the scheme of the site. */
static void list_robots(struct collecting *self)
{
    const struct settings *settings = self->settings;
    size_t capacity = 0;

    add_robots(self, &settings->home, &capacity);
    for (size_t i = 0; i < settings->nstarts; i++)
        add_robots(self, &settings->start[i], &capacity);
    for (size_t i = 0; i < settings->nhosts; i++) {
        const char *text = str_format(self->arena, "%s://%.*s/",
                                      settings->home.is_https ? "https" : "http",
                                      (int)settings->host[i].n, settings->host[i].at);
        struct url url;

        if (url_resolve(NULL, str_of(text), NULL, self->arena, &url) == URL_OK)
            add_robots(self, &url, &capacity);
    }
}

static void take_robots(void *context, size_t i, const struct fetch_reply *reply)
{
    struct collecting *self = context;
    struct site_robots *robots = &self->site->robots[i];
    struct str bytes = {0};

    robots->status = reply->status;
    robots->detail = reply->detail;
    robots->is_unreachable = reply->url_class == CLASS_SERVER ||
                             reply->url_class == CLASS_NETWORK ||
                             (reply->url_class == CLASS_BLOCKED &&
                              reply->status == BUSY); // search engines pass filters
    if (reply->url_class == CLASS_OK && reply->body.n > 0) {
        bytes.at = str_copy(self->arena, reply->body.at, reply->body.n);
        bytes.n = reply->body.n;
    }
    robots->size = bytes.n;
    robots_parse(bytes, self->arena, &robots->robots);
}

/* Politeness that robots.txt asks for, within limits. */
static void slow_down(const struct collecting *self)
{
    for (size_t i = 0; i < self->site->nrobots; i++) {
        const struct site_robots *robots = &self->site->robots[i];
        double delay_s = robots_delay(&robots->robots, CRAWL_AGENT);

        if (delay_s > 0)
            fetch_slow(self->crawl->fetcher, &robots->url,
                       delay_s < DELAY_MAX_S ? delay_s : DELAY_MAX_S);
    }
}

bool collect_robots(struct collecting *self, struct err *err)
{
    struct documents documents = {.most_bytes = ROBOTS_BYTES_MAX + 1,
                                  .take = take_robots,
                                  .context = self};

    list_robots(self);
    documents.n = self->site->nrobots;
    documents.item = arena_new(self->arena, struct document, documents.n);
    for (size_t i = 0; i < documents.n; i++)
        documents.item[i].url = self->site->robots[i].url;
    if (!documents_ask(self, &documents, err))
        return false;
    if (self->settings->obey_robots)
        slow_down(self);
    return true;
}

static bool is_default_port(const struct url *url)
{
    return url->port == (url->is_https ? 443 : 80);
}

/* That of its origin, else of the same host by the other scheme. */
static const struct site_robots *robots_of(const struct site *site,
                                           const struct url *url)
{
    for (size_t i = 0; i < site->nrobots; i++)
        if (url_same_origin(&site->robots[i].url, url))
            return &site->robots[i];
    for (size_t i = 0; i < site->nrobots; i++)
        if (str_equal(site->robots[i].url.host, url->host) && is_default_port(url) &&
            is_default_port(&site->robots[i].url))
            return &site->robots[i];
    return NULL;
}

bool robots_let_us(struct collecting *self, const struct url *url, bool is_start)
{
    const struct site_robots *robots = robots_of(self->site, url);

    if (!robots)
        return true;
    if (robots->is_unreachable)
        return is_start;
    if (!self->settings->obey_robots)
        return true;
    return robots_ask(&robots->robots, CRAWL_AGENT, url->text, &self->work).is_allowed;
}

/* ---- which sitemaps ---- */

/* Those being asked, beside what the site says of them. */
struct listing {
    struct collecting *self;
    size_t capacity;
    size_t first;          /* of this batch */
    bool is_guessed;       /* nobody named them */
    bool *is_absent;       /* of the batch, where guessed */
    struct stream *stream; /* of the batch */
};

/* A sitemap that is read as it comes: of several that a host names, each as large as it
 * may be, no byte is held. */
struct stream {
    struct arena *arena;
    struct sitemap *sitemap;
    struct sitemap_reader *reader; /* NULL: nothing came */
    struct http_sink sink;
};

static void stream_end(struct stream *stream)
{
    if (stream->reader)
        sitemap_end(stream->reader);
    stream->reader = NULL;
}

/* What came of another try is void. */
static void stream_begin(void *context)
{
    struct stream *stream = context;

    stream_end(stream);
    *stream->sitemap = (struct sitemap){.fault_text = ""};
}

static void stream_take(void *context, const char *at, size_t n)
{
    struct stream *stream = context;

    if (!stream->reader)
        stream->reader = sitemap_begin(stream->arena, stream->sitemap);
    (void)sitemap_add(stream->reader, at, n);
}

static void add_sitemap(struct listing *listing, const struct url *url,
                        const char *source, bool is_in_robots)
{
    struct site *site = listing->self->site;

    for (size_t i = 0; i < site->nsitemaps; i++) {
        if (!str_equal(site->sitemap[i].url.text, url->text))
            continue;
        site->sitemap[i].is_in_robots |= is_in_robots;
        return;
    }
    if (site->nsitemaps == SITEMAPS_MAX) {
        site->sitemaps_unread = true;
        return;
    }
    site->sitemap = arena_room(listing->self->arena, site->sitemap, site->nsitemaps,
                               &listing->capacity, sizeof *site->sitemap);
    site->sitemap[site->nsitemaps++] = (struct site_sitemap){
        .url = *url, .source = source, .detail = "", .is_in_robots = is_in_robots};
}

static bool add_configured(struct listing *listing, struct err *err)
{
    struct collecting *self = listing->self;

    for (size_t i = 0; i < self->settings->nsitemaps; i++) {
        const char *text = self->settings->sitemap[i];
        struct url url;

        if (url_resolve(&self->settings->home, str_of(text), NULL, self->arena, &url) !=
            URL_OK)
            return err_set(err, "sitemap '%s' is no http or https URL",
                           url_shown(str_of(text), self->arena));
        add_sitemap(listing, &url, text, false);
    }
    return true;
}

/* `only_marks`: the configuration names them; robots.txt says which of them are public.
 */
static void add_from_robots(struct listing *listing, bool only_marks)
{
    struct collecting *self = listing->self;
    struct site *site = self->site;

    for (size_t i = 0; i < site->nrobots; i++)
        for (size_t j = 0; j < site->robots[i].robots.nsitemaps; j++) {
            struct url url;

            if (url_resolve(NULL, site->robots[i].robots.sitemap[j].url, NULL,
                            self->arena, &url) != URL_OK)
                continue;
            for (size_t k = 0; only_marks && k < site->nsitemaps; k++)
                site->sitemap[k].is_in_robots |=
                    str_equal(site->sitemap[k].url.text, url.text);
            if (!only_marks)
                add_sitemap(listing, &url, "robots.txt", true);
        }
}

/* Of the host, and of the folder that the site may be. */
static void add_usual(struct listing *listing)
{
    static const char *const names[] = {"/sitemap.xml", "/sitemap_index.xml",
                                        "sitemap.xml", "sitemap_index.xml"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct arena *arena = listing->self->arena;
        struct url url;

        if (url_resolve(&listing->self->settings->home, str_of(names[i]), NULL, arena,
                        &url) == URL_OK)
            add_sitemap(listing, &url, str_copy(arena, url.path.at, url.path.n), false);
    }
}

/* ---- reading them ---- */

/* Where nobody named a sitemap, a page in its place is none. */
static bool is_no_sitemap(const struct fetch_reply *reply)
{
    return reply->url_class == CLASS_GONE || reply->url_class == CLASS_CLIENT ||
           reply->url_class == CLASS_REDIRECT || reply->url_class == CLASS_UNASKED ||
           reply->url_class == CLASS_REFUSED ||
           (reply->url_class == CLASS_OK && is_html(reply->content_type));
}

static void take_sitemap(void *context, size_t i, const struct fetch_reply *reply)
{
    struct listing *listing = context;
    struct collecting *self = listing->self;
    struct site_sitemap *sitemap = &self->site->sitemap[listing->first + i];
    struct stream *stream = &listing->stream[i];

    sitemap->status = reply->status;
    sitemap->detail = reply->detail;
    sitemap->is_challenged = reply->url_class == CLASS_BLOCKED && reply->status != BUSY;
    listing->is_absent[i] = listing->is_guessed && is_no_sitemap(reply);
    if (reply->url_class == CLASS_OK && !listing->is_absent[i]) {
        if (!stream->reader) // a folder, a saved crawl, or empty
            stream_take(stream, reply->body.at, reply->body.n);
        stream_end(stream);
    } else {
        stream_begin(stream);
    }
}

/* Those from `first` on. */
static bool read_sitemaps(struct listing *listing, struct err *err)
{
    struct collecting *self = listing->self;
    struct site *site = self->site;
    size_t n = site->nsitemaps - listing->first;
    size_t kept = listing->first;
    struct documents documents = {.item = arena_new(self->arena, struct document, n),
                                  .n = n,
                                  .most_bytes = SITEMAP_BYTES_MAX + 1,
                                  .take = take_sitemap,
                                  .context = listing};
    bool asked;

    listing->is_absent = arena_new(self->arena, bool, n);
    listing->stream = arena_new(self->arena, struct stream, n);
    for (size_t i = 0; i < n; i++) {
        struct stream *stream = &listing->stream[i];

        documents.item[i].url = site->sitemap[listing->first + i].url;
        stream->arena = self->arena;
        stream->sitemap = &site->sitemap[listing->first + i].sitemap;
        stream->sink = (struct http_sink){stream_begin, stream_take, stream};
        documents.item[i].sink = &stream->sink;
        stream_begin(stream);
    }
    asked = documents_ask(self, &documents, err);
    for (size_t i = 0; i < n; i++)
        stream_end(&listing->stream[i]);
    if (!asked)
        return false;
    for (size_t i = 0; i < n; i++) {
        const struct site_sitemap *sitemap = &site->sitemap[listing->first + i];

        if (listing->is_absent[i])
            continue;
        site->sitemaps_unread |= sitemap_is_unread(sitemap);
        site->sitemap[kept++] = *sitemap;
    }
    site->nsitemaps = kept;
    return true;
}

/* What the indexes name; an index among that is told of, not read. */
static bool read_members(struct listing *listing, struct err *err)
{
    struct collecting *self = listing->self;
    struct site *site = self->site;
    size_t n = site->nsitemaps;

    listing->first = n;
    listing->is_guessed = false;
    for (size_t i = 0; i < n; i++) {
        const struct site_sitemap index = site->sitemap[i]; // the list may move

        if (index.sitemap.kind != SITEMAP_INDEX)
            continue;
        for (size_t j = 0; j < index.sitemap.n; j++) {
            struct url url;

            if (url_resolve(NULL, index.sitemap.entry[j].loc, NULL, self->arena,
                            &url) == URL_OK)
                add_sitemap(listing, &url, index.url.text.at, index.is_in_robots);
        }
    }
    return read_sitemaps(listing, err);
}

/* ---- what they list ---- */

static void put_entries(struct collecting *self, struct site_sitemap *sitemap,
                        const struct day_bounds *days)
{
    struct sitemap *list = &sitemap->sitemap;

    sitemap->target = arena_new(self->arena, uint32_t, list->n);
    for (size_t i = 0; i < list->n; i++) {
        struct url url;

        lastmod_in_zone(&list->entry[i].lastmod, days);
        sitemap->target[i] = NO_RESOURCE;
        if (list->kind == SITEMAP_INDEX ||
            url_resolve_absolute(&sitemap->url, list->entry[i].loc,
                                 &self->settings->rules, &self->work, &url) != URL_OK ||
            !settings_is_own(self->settings, &url))
            continue;
        sitemap->target[i] = collect_put(self, &url);
        self->site->resource[sitemap->target[i]].sets |= SET_SITEMAP;
        collect_tidy(self);
    }
}

static bool list_sitemaps(struct listing *listing, struct err *err)
{
    const struct site *site = listing->self->site;

    if (!add_configured(listing, err))
        return false;
    add_from_robots(listing, site->nsitemaps > 0);
    listing->is_guessed = site->nsitemaps == 0;
    if (listing->is_guessed)
        add_usual(listing);
    return true;
}

static bool has_times(const struct site *site)
{
    for (size_t i = 0; i < site->nsitemaps; i++)
        for (size_t j = 0; j < site->sitemap[i].sitemap.n; j++)
            if (site->sitemap[i].sitemap.entry[j].lastmod.has_time)
                return true;
    return false;
}

bool collect_sitemaps(struct collecting *self, struct err *err)
{
    struct listing listing = {.self = self};
    struct site *site = self->site;
    struct day_bounds days = {0};

    if (site->robots[0].is_unreachable) { // then nothing but the starts is asked
        site->sitemaps_unread = true;
        return true;
    }
    if (!list_sitemaps(&listing, err) || !read_sitemaps(&listing, err) ||
        !read_members(&listing, err))
        return false;
    if (has_times(site)) // most name dates alone, or nothing
        days = day_bounds_new(self->arena, self->crawl->as_of + DAYS_AHEAD - ZONE_DAYS,
                              ZONE_DAYS);
    for (size_t i = 0; i < site->nsitemaps; i++)
        put_entries(self, &site->sitemap[i], &days);
    site->has_sitemaps = site->nsitemaps > 0;
    return true;
}
