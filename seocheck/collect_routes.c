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

/* about.html is served as /about by many. */
static bool shorten(struct collecting *self, const struct url *url,
                    enum routes_source source, struct url *shorter)
{
    return source == ROUTES_STATIC && str_ends(url->path, STR(".html")) &&
           url_resolve(url, (struct str){url->path.at, url->path.n - strlen(".html")},
                       &self->settings->rules, self->arena, shorter) == URL_OK;
}

/* Links lead there, or a sitemap lists it. */
static bool is_used(const struct collecting *self, const struct url *url)
{
    uint32_t index = site_find(self->site, url);

    return index != NO_RESOURCE &&
           (self->site->resource[index].sets & (SET_CRAWL | SET_SITEMAP)) != 0;
}

/* Whether this site leaves out `.html`, by what its links and sitemaps do. */
static bool is_short_form(struct collecting *self, enum routes_source source)
{
    size_t nshort = 0, nlong = 0;

    for (size_t i = 0; i < self->routes.npaths; i++) {
        struct url url, shorter;

        if (resolve_route(self, source, self->routes.path[i].text, &url) != URL_OK ||
            !shorten(self, &url, source, &shorter))
            continue;
        nshort += is_used(self, &shorter);
        nlong += is_used(self, &url);
        collect_tidy(self);
    }
    return nshort > nlong;
}

/* The form that is used is the route; of what nothing leads to, that of the others. */
static uint32_t put_route(struct collecting *self, const struct url *url,
                          enum routes_source source, bool is_short)
{
    struct url shorter;

    if (shorten(self, url, source, &shorter) &&
        (is_used(self, &shorter) || (is_short && !is_used(self, url))))
        return collect_put(self, &shorter);
    return collect_put(self, url);
}

static bool put_routes(struct collecting *self, enum routes_source source,
                       struct err *err)
{
    const struct settings *settings = self->settings;
    bool is_short = is_short_form(self, source);

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
            index = put_route(self, &url, source, is_short);
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
