/* Which page a URL is of. Pure. */
#include <string.h>

#include "perfcheck/history.h"
#include "perfcheck/runs.h"

#include "shared/banned.h"

static void add_byte(struct buf *out, char c, bool is_lower)
{
    unsigned char byte = (unsigned char)c;

    if (byte <= ' ' || byte >= 0x7F || c == '\\') {
        buf_printf(out, "%%%02X", byte);
        return;
    }
    if (is_lower && c >= 'A' && c <= 'Z')
        c = (char)(c - 'A' + 'a');
    buf_add(out, &c, 1);
}

static void add(struct buf *out, struct str text, bool is_lower)
{
    for (size_t i = 0; i < text.n; i++)
        add_byte(out, text.at[i], is_lower);
}

/* Bytes before the first of `ends`. */
static struct str take_until(struct str *rest, const char *ends)
{
    struct str taken = {rest->at, 0};

    while (taken.n < rest->n && !strchr(ends, rest->at[taken.n]))
        taken.n++;
    rest->at += taken.n;
    rest->n -= taken.n;
    return taken;
}

static struct str without_user(struct str authority)
{
    for (size_t i = authority.n; i > 0; i--)
        if (authority.at[i - 1] == '@')
            return (struct str){authority.at + i, authority.n - i};
    return authority;
}

static struct str without_default_port(struct str authority, struct str scheme)
{
    struct str port = str_equal_ignoring_case(scheme, STR("https"))  ? STR(":443")
                      : str_equal_ignoring_case(scheme, STR("http")) ? STR(":80")
                                                                     : STR("");

    if (str_ends(authority, port))
        authority.n -= port.n;
    return authority;
}

static bool is_ignored(struct str name, const struct settings *settings)
{
    for (size_t i = 0; i < settings->nignore_params; i++)
        if (name_covers(settings->ignore_param[i], name))
            return true;
    return false;
}

static void add_query(struct buf *out, struct str query,
                      const struct settings *settings)
{
    char separator = '?';

    while (query.n > 0) {
        struct str parameter = take_until(&query, "&"), rest = parameter;

        if (!is_ignored(take_until(&rest, "="), settings)) {
            buf_add(out, &separator, 1);
            separator = '&';
            add(out, parameter, false);
        }
        query.at += query.n > 0; // the ampersand
        query.n -= query.n > 0;
    }
}

bool page_key(struct str url, const struct settings *settings, struct arena *arena,
              const char **key)
{
    struct str rest = url, scheme = take_until(&rest, ":/?#"), authority;
    struct buf out;

    buf_init(&out, arena, HISTORY_CELL_MAX);
    if (str_starts(rest, STR("://"))) {
        rest.at += 3;
        rest.n -= 3;
        authority = without_user(take_until(&rest, "/?#"));
        add(&out, scheme, true);
        buf_add_text(&out, "://");
        add(&out, without_default_port(authority, scheme), true);
    } else {
        add(&out, scheme, false);
    }
    add(&out, take_until(&rest, "?#"), false);
    if (rest.n > 0 && rest.at[0] == '?') {
        rest.at++;
        rest.n--;
        add_query(&out, take_until(&rest, "#"), settings);
    }
    *key = buf_str(&out).at;
    return out.n > 0 && !out.overflowed;
}
