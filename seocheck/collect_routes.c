/* Declared routes: static ones become resources. What dynamic ones declare is known
 * when all was asked: site_declare. */
#include <string.h>

#include "seocheck/collect_internal.h"

#include "shared/banned.h"

bool any_matches(struct re *const *pattern, size_t n, const struct url *url,
                 bool *matches, struct err *err)
{
    struct str text = url->path;

    if (url->has_query)
        text.n += 1 + url->query.n;
    *matches = false;
    for (size_t i = 0; i < n; i++)
        switch (re_match(pattern[i], text)) {
        case RE_MATCH: *matches = true; return true;
        case RE_NO_MATCH: break;
        case RE_BAD_TEXT: break; // normal forms are ASCII
        case RE_TOO_COSTLY:
            return err_set(err,
                           "a pattern is too costly for '%.200s'; write it without "
                           "nested repeats",
                           url->text.at);
        }
    return true;
}

/* A built folder's routes are below what its root stands for. */
static enum url_result resolve_route(struct collecting *self, enum routes_source source,
                                     struct str text, struct url *url)
{
    const struct settings *settings = self->settings;

    if (source == ROUTES_STATIC)
        text = str_of(str_format(&self->work, ".%.*s", (int)text.n, text.at));
    return url_resolve(&settings->home, text, &settings->rules, &self->work, url);
}

/* How files are linked that a server finds by more than one name. */
enum spelling {
    SPELLING_BARE,   /* about.html as /about */
    SPELLING_FOLDER, /* docs/index.html as /docs */
    SPELLING_INDEX,  /* docs/index.html as itself */
    SPELLINGS
};

static bool spell(struct collecting *self, const struct url *url,
                  enum routes_source source, enum spelling spelling, struct url *other)
{
    struct str path = url->path;
    bool is_folder = str_ends(path, STR("/"));

    if (source != ROUTES_STATIC)
        return false;
    switch (spelling) {
    case SPELLING_BARE:
        if (!str_ends(path, STR(".html")))
            return false;
        path.n -= strlen(".html");
        break;
    case SPELLING_FOLDER:
        if (!is_folder || path.n == 1)
            return false;
        path.n--;
        break;
    case SPELLING_INDEX:
        if (!is_folder)
            return false;
        path = str_of(str_format(&self->work, "%.*sindex.html", (int)path.n, path.at));
        break;
    case SPELLINGS: return false;
    }
    return url_resolve(url, path, &self->settings->rules, self->arena, other) == URL_OK;
}

/* Links lead there, or a sitemap lists it. */
static bool is_used(const struct collecting *self, const struct url *url)
{
    uint32_t index = site_find(self->site, url);

    return index != NO_RESOURCE &&
           (self->site->resource[index].sets & (SET_CRAWL | SET_SITEMAP)) != 0;
}

/* Whether this site spells its files so, by what its links and sitemaps do. */
static bool is_usual(struct collecting *self, enum routes_source source,
                     enum spelling spelling)
{
    size_t nothers = 0, nplain = 0;

    for (size_t i = 0; i < self->routes.npaths; i++) {
        struct url url, other;

        if (resolve_route(self, source, self->routes.path[i].text, &url) != URL_OK ||
            !spell(self, &url, source, spelling, &other))
            continue;
        nothers += is_used(self, &other);
        nplain += is_used(self, &url);
        collect_tidy(self);
    }
    return nothers > nplain;
}

/* The spelling that is used is the route; of what nothing leads to, that of the others.
 */
static uint32_t put_route(struct collecting *self, const struct url *url,
                          enum routes_source source, const bool *usual)
{
    bool is_plain = is_used(self, url);
    struct url other;

    for (int i = 0; i < SPELLINGS; i++)
        if (spell(self, url, source, (enum spelling)i, &other) &&
            is_used(self, &other) && (i == SPELLING_BARE || !is_plain))
            return collect_put(self, &other);
    for (int i = 0; i < SPELLINGS && !is_plain; i++)
        if (usual[i] && spell(self, url, source, (enum spelling)i, &other))
            return collect_put(self, &other);
    return collect_put(self, url);
}

static bool put_routes(struct collecting *self, enum routes_source source,
                       struct err *err)
{
    const struct settings *settings = self->settings;
    bool usual[SPELLINGS];

    for (int i = 0; i < SPELLINGS; i++)
        usual[i] = is_usual(self, source, (enum spelling)i);
    for (size_t i = 0; i < self->routes.npaths; i++) {
        struct url url;
        uint32_t index;
        bool is_ignored;

        if (resolve_route(self, source, self->routes.path[i].text, &url) != URL_OK)
            continue;
        if (!any_matches(settings->route_ignore, settings->nroute_ignore, &url,
                         &is_ignored, err))
            return false;
        if (!is_ignored) {
            index = put_route(self, &url, source, usual);
            self->site->resource[index].sets |= SET_ROUTE;
        }
        collect_tidy(self);
    }
    return true;
}

bool collect_routes(struct collecting *self, struct err *err)
{
    const struct settings *settings = self->settings;
    struct site *site = self->site;
    enum routes_source source;

    self->routes.arena = self->arena;
    if (!settings->route_source)
        return true;
    site->has_routes = true;
    if (!routes_source_parse(settings->route_source, &source))
        return err_set(err, "no route source '%s'", settings->route_source);
    if (!routes_collect(source, settings->route_path, self->arena, &self->routes,
                        err)) {
        routes_release(&self->routes);
        if (err->of_machine)
            return false;
        site->routes_unread = true;
        site->routes_why = str_copy(self->arena, err->text, strlen(err->text));
        return true;
    }
    return put_routes(self, source, err);
}
