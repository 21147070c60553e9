/*
 * The seocheck section of the configuration, ready to use.
 */
#ifndef SEOCHECK_SETTINGS_H
#define SEOCHECK_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seocheck/checks.h"
#include "seocheck/site.h"
#include "seocheck/url.h"
#include "shared/arena.h"
#include "shared/config.h"
#include "shared/err.h"
#include "shared/re.h"

enum crawl_input { INPUT_LIVE, INPUT_FOLDER, INPUT_JSONL };

struct limits_of_text {
    int64_t least, most; /* code points */
};

struct settings {
    struct url home; /* `site`, or crawl.base of a folder */
    enum crawl_input input;
    const char *path; /* of the folder or the JSONL file; NULL live */
    struct url *start;
    size_t nstarts;
    struct str *host; /* further own hosts, host or host:port, lower case */
    size_t nhosts;
    int max_pages, max_depth;
    double rate;                    /* a second and host; 0 off */
    int connections;                /* a host */
    bool has_rate, has_connections; /* else loopback has others */
    struct re **exclude;            /* of path and query: never requested */
    size_t nexclude;
    struct url_rules rules;
    bool obey_robots;
    int refetch_days;
    uint64_t fingerprint; /* of `site` and the section: all that reading may hang on */
    uint16_t *port;       /* beside 80, 443 and those of `site` */
    size_t nports;
    bool allow_private;
    const char *ca_file; /* NULL: the system's */
    bool external_check;
    int external_days;
    const char **sitemap; /* URLs or paths; none: robots.txt, else the usual names */
    size_t nsitemaps;
    const char *route_source, *route_path; /* NULL: none */
    struct re **route_ignore;
    size_t nroute_ignore;
    struct site_agents agents;
    struct re **ignore_text;
    size_t nignore_text;

    struct {
        bool is_off, is_set;
        enum severity severity; /* when is_set */
    } check[CHECK_COUNT];
    struct limits_of_text title, description;
    int64_t h1_most, depth_most;
    int confirm_days, group_over;
};

/* Wrong combinations are exit 3 with file, line and pointer. */
MUST_USE bool settings_read(const struct config *config, struct arena *arena,
                            struct settings *settings, struct err *err);
void settings_release(struct settings *settings); /* the patterns */

/* The host and port are the site's or one of `crawl.hosts`; http and https alike on
 * their own ports. */
bool settings_is_own(const struct settings *settings, const struct url *url);

#endif
