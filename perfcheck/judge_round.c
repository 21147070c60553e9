/* All pages: those of the history and those of the runs, each with its own findings.
 * Pure. */
#include <string.h>

#include "perfcheck/judge.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { WORDS_MAX = 120 };

#define SCRATCH_BYTES_MAX ((size_t)1 << 30)

/* One page and form that is known or was measured. */
struct watched {
    const char *form, *key;
    const struct run *run;
    size_t nruns;
};

struct watch {
    struct watched *item;
    size_t n, capacity;
};

static int compare(const struct watched *a, const struct watched *b)
{
    int order = strcmp(a->form, b->form);

    return order != 0 ? order : strcmp(a->key, b->key);
}

static void add(struct watch *watch, struct watched watched, struct arena *arena)
{
    watch->item =
        arena_room(arena, watch->item, watch->n, &watch->capacity, sizeof *watch->item);
    watch->item[watch->n++] = watched;
}

/* The next page of the history from index `*at` on; false: no more. */
static bool next_known(const struct history *history, size_t *at,
                       struct watched *watched)
{
    while (*at < history->n && history_is_rum(history->item[*at].metric))
        (*at)++;
    if (*at == history->n)
        return false;
    *watched = (struct watched){.form = history->item[*at].form,
                                .key = history->item[*at].page};
    while (*at < history->n && strcmp(history->item[*at].form, watched->form) == 0 &&
           strcmp(history->item[*at].page, watched->key) == 0)
        (*at)++;
    return true;
}

static bool next_measured(const struct runs *runs, size_t *at, struct watched *watched)
{
    const struct run *run = runs->run + *at;

    if (*at == runs->n)
        return false;
    *watched = (struct watched){form_word(run->form), run->page, run, 0};
    while (*at < runs->n && runs->run[*at].form == run->form &&
           strcmp(runs->run[*at].page, run->page) == 0) {
        watched->nruns++;
        (*at)++;
    }
    return true;
}

/* Both lists are in order; so is what comes of them. */
static void list_pages(const struct judged *judged, struct watch *watch)
{
    struct watched known, measured;
    size_t h = 0, r = 0;
    bool has_known = next_known(judged->history, &h, &known);
    bool has_measured = next_measured(judged->runs, &r, &measured);

    while (has_known || has_measured) {
        int order = !has_known ? 1 : !has_measured ? -1 : compare(&known, &measured);

        add(watch, order < 0 ? known : measured, judged->arena);
        if (order <= 0)
            has_known = next_known(judged->history, &h, &known);
        if (order >= 0)
            has_measured = next_measured(judged->runs, &r, &measured);
    }
}

/* "/cart on mobile" */
static const char *words_of(const struct watched *watched, struct arena *arena)
{
    const char *host = strstr(watched->key, "://");
    const char *path = host ? strchr(host + 3, '/') : NULL;

    if (!path)
        path = watched->key;
    return str_format(arena, "%s on %s",
                      text_safe(arena, path, strlen(path), WORDS_MAX), watched->form);
}

/* "perfcheck/CHECK/FORM/PAGE" of this page. */
static bool is_of(const char *id, const struct watched *watched)
{
    const char *at = strchr(id, '/');
    size_t n = strlen(watched->form);

    at = at ? strchr(at + 1, '/') : NULL;
    return at && strncmp(at + 1, watched->form, n) == 0 && at[1 + n] == '/' &&
           strcmp(at + 2 + n, watched->key) == 0;
}

static void judge_watched(struct judged *judged, const struct watched *watched)
{
    struct arena scratch;
    struct page page = {.settings = judged->settings,
                        .runs = judged->runs,
                        .history = judged->history,
                        .arena = judged->arena,
                        .scratch = &scratch,
                        .accept_is_used = judged->accept_is_used,
                        .form = strcmp(watched->form, form_word(FORM_DESKTOP)) == 0
                                    ? FORM_DESKTOP
                                    : FORM_MOBILE,
                        .key = watched->key,
                        .words = words_of(watched, judged->arena),
                        .run = watched->run,
                        .nruns = watched->nruns};
    int32_t first;

    for (size_t i = judged->open.n; i-- > 0;)
        if (is_of(judged->open.item[i].id, watched)) {
            findings_add(&page.open, judged->arena, judged->open.item[i]);
            findings_drop(&judged->open, &judged->open.item[i]);
        }
    arena_init(&scratch, SCRATCH_BYTES_MAX);
    first = page_begin(&page, judged->has_through, judged->through, judged->as_of);
    judge_page(&page, first, judged->as_of);
    arena_release(&scratch);
    for (size_t i = 0; i < page.open.n; i++)
        findings_add(&judged->open, judged->arena, page.open.item[i]);
}

void judge_all(struct judged *judged)
{
    struct watch watch = {0};

    list_pages(judged, &watch);
    for (size_t i = 0; i < watch.n; i++)
        judge_watched(judged, &watch.item[i]);
    findings_expire(&judged->open, judged->as_of);
    judge_files(judged);
}
