/* Pages in order, and found again. Pure. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "i18ncheck/content_internal.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

static int pair_compare(const char *id_a, const char *locale_a, const char *id_b,
                        const char *locale_b)
{
    int order = strcmp(id_a, id_b);

    return order != 0 ? order : strcmp(locale_a, locale_b);
}

static int page_compare(const void *a, const void *b)
{
    const struct content_page *x = a, *y = b;
    int order = pair_compare(x->id, x->locale, y->id, y->locale);

    return order != 0 ? order : strcmp(x->path, y->path);
}

static void add_locale(struct content *content, const char *locale)
{
    if (strcmp(locale, content->rules->source) == 0)
        return;
    for (size_t i = 0; i < content->nlocales; i++)
        if (strcmp(content->locale[i], locale) == 0)
            return;
    content->locale[content->nlocales++] = locale;
}

/* Those of the configuration, else those that there are pages of. */
static void list_locales(struct content *content, struct arena *arena)
{
    const struct content_rules *rules = content->rules;

    content->locale = arena_new(arena, const char *, content->n + rules->nlocales);
    content->nlocales = 0;
    for (size_t i = 0; i < rules->nlocales; i++)
        add_locale(content, rules->locales[i]);
    for (size_t i = 0; rules->nlocales == 0 && i < content->n; i++)
        add_locale(content, content->page[i].locale);
    if (content->nlocales > 1)
        qsort(content->locale, content->nlocales, sizeof *content->locale,
              str_pointer_compare);
}

void content_finish(struct content *content, struct arena *arena)
{
    struct content_page *item = content->page;
    size_t kept = 0;

    assert(item || content->n == 0);
    if (content->n > 1)
        qsort(item, content->n, sizeof *item, page_compare);
    for (size_t i = 0; i < content->n; i++) {
        const struct content_page *page = &item[i], *first = NULL;

        if (kept > 0)
            first = &item[kept - 1];
        if (!first || pair_compare(first->id, first->locale, page->id, page->locale)) {
            item[kept++] = item[i];
            continue;
        }
        hits_add(&content->hits, arena,
                 (struct hit){.check = CHECK_FRONT_MATTER,
                              .locale = page->locale,
                              .file = page->path,
                              .message = str_format(
                                  arena, "the id of this page is that of '%s' too",
                                  text_safe(arena, first->path, strlen(first->path),
                                            PATH_BYTES_MAX))});
    }
    content->n = kept;
    list_locales(content, arena);
}

struct content_page *content_find(const struct content *content, const char *id,
                                  const char *locale)
{
    size_t low = 0, high = content->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct content_page *page = &content->page[middle];
        int order = pair_compare(page->id, page->locale, id, locale);

        if (order == 0)
            return page;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
