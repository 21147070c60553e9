/* Questions of several judges about one URL. */
#include "seocheck/look.h"

#include "shared/banned.h"

struct str look_subject(const struct look *look, const struct resource *resource)
{
    return str_of(url_subject(&resource->url, &look->site->home, look->arena));
}

struct str look_shown(const struct look *look, uint32_t index)
{
    return str_of(url_shown(look->site->resource[index].url.text, look->arena));
}

const struct history_row *look_row(const struct look *look,
                                   const struct resource *resource)
{
    return look->row ? look->row[resource - look->site->resource]
                     : history_find(look->after, look_subject(look, resource));
}

bool look_is_indexable(const struct look *look, const struct resource *resource)
{
    return resource_is_indexable(look->site, resource, &look->settings->agents);
}

bool look_is_volatile(const struct look *look, const struct resource *resource)
{
    const struct history_row *row = look_row(look, resource);

    return (resource->page && resource->page->is_volatile) ||
           (row && (row->flags & FLAG_VOLATILE) != 0);
}

const char *look_fault(const struct look *look, uint32_t index)
{
    const struct resource *resource = &look->site->resource[index];

    switch (resource->url_class) {
    case CLASS_REDIRECT:
    case CLASS_GONE:
    case CLASS_CLIENT: return str_format(look->arena, "answers %d", resource->status);
    case CLASS_UNASKED:
    case CLASS_OK:
    case CLASS_SERVER: // what these are is not verified
    case CLASS_NETWORK:
    case CLASS_BLOCKED:
    case CLASS_REFUSED: break;
    }
    if (resource_is_refused(look->site, resource, &look->settings->agents))
        return "is refused by robots.txt";
    return NULL;
}
