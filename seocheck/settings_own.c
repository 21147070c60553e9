/* Which URLs are the site's own. Apart from settings.c, so that what judges can ask it
 * and stay pure. */
#include "seocheck/settings.h"

#include "shared/banned.h"

static bool is_default_port(const struct url *url)
{
    return url->port == (url->is_https ? 443 : 80);
}

/* http and https are one host on their own ports. */
static bool is_same_place(const struct url *a, const struct url *b)
{
    return str_equal(a->host, b->host) &&
           (a->port == b->port || (is_default_port(a) && is_default_port(b)));
}

static bool is_host(const struct url *url, struct str host)
{
    size_t n = url->host.n;
    int64_t port;

    if (!str_starts(host, url->host))
        return false;
    if (host.n == n)
        return is_default_port(url);
    return host.at[n] == ':' && str_to_int64(host.at + n + 1, host.n - n - 1, &port) &&
           port == url->port;
}

bool settings_is_own(const struct settings *settings, const struct url *url)
{
    if (is_same_place(&settings->home, url))
        return true;
    for (size_t i = 0; i < settings->nhosts; i++)
        if (is_host(url, settings->host[i]))
            return true;
    return false;
}
