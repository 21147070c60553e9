/* Hits in order, and as lines. */
#include "i18ncheck/hits_text.h"

#include <stdlib.h>
#include <string.h>

#include "shared/finding.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

static int by_order(const void *left, const void *right)
{
    const struct hit *a = left, *b = right;
    enum severity sa = check_severity(a->check), sb = check_severity(b->check);
    int order;

    if (sa != sb)
        return sa < sb ? -1 : 1;
    if (a->check != b->check)
        return a->check < b->check ? -1 : 1;
    order = str_compare(a->key, b->key);
    if (order == 0)
        order = strcmp(a->message, b->message);
    if (order == 0)
        order = strcmp(a->locale, b->locale);
    if (order == 0)
        order = strcmp(a->file, b->file);
    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

void hits_sort(struct hits *hits)
{
    if (hits->n > 1)
        qsort(hits->item, hits->n, sizeof *hits->item, by_order);
}

/* Hits of whole files have no key, and each its own line. */
static bool same_line(const struct hit *a, const struct hit *b)
{
    return a->check == b->check && str_equal(a->key, b->key) &&
           strcmp(a->message, b->message) == 0 &&
           (a->key.n > 0 || strcmp(a->file, b->file) == 0);
}

void hits_add_text(const struct hits *hits, struct arena *arena, struct buf *out)
{
    for (size_t i = 0, end; i < hits->n; i = end) {
        const struct hit *hit = &hits->item[i];
        struct str key = key_shown(hit->key, arena);

        buf_printf(out, "%s %s", severity_word(check_severity(hit->check)),
                   check_word(hit->check));
        if (key.n > 0)
            buf_printf(out, " %s", text_safe(arena, key.at, key.n, KEY_CHARACTERS));
        for (end = i; end < hits->n && same_line(hit, &hits->item[end]); end++)
            buf_printf(out, "%s%s", end == i ? " " : ", ", hits->item[end].locale);
        buf_printf(out, ": %s", hit->message);
        if (hit->file[0] != '\0')
            buf_printf(out, ", %s",
                       text_safe(arena, hit->file, strlen(hit->file), PATH_BYTES_MAX));
        if (hit->line > 0)
            buf_printf(out, ":%zu", hit->line);
        buf_add_text(out, "\n");
    }
}
