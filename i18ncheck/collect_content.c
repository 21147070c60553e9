/* Finds pages and reads them, one after another; dates them by git's log. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "i18ncheck/collect_internal.h"
#include "i18ncheck/content_internal.h"
#include "shared/clock.h"
#include "shared/limits.h"

#include "shared/banned.h"

#define PAGE_FILE_BYTES_MAX (8 * MIB)

/* What pages end in, where no pattern says it. */
static const char *const endings[] = {"md", "mdx", "markdown", "mdoc"};

enum { ENDINGS = sizeof endings / sizeof *endings };

/* ---- reading ---- */

static struct str copied(struct str text, struct arena *arena)
{
    return (struct str){str_copy(arena, text.n > 0 ? text.at : "", text.n), text.n};
}

/* Out of the memory of one page, which goes. */
static void keep(struct content_page *page, struct arena *arena)
{
    uint64_t *paragraph = arena_new(arena, uint64_t, page->nparagraphs);

    page->id = str_copy(arena, page->id, strlen(page->id));
    if (page->source_commit)
        page->source_commit =
            str_copy(arena, page->source_commit, strlen(page->source_commit));
    page->title = copied(page->title, arena);
    page->description = copied(page->description, arena);
    page->h1 = copied(page->h1, arena);
    page->headings = copied(page->headings, arena);
    page->body = copied(page->body, arena);
    if (page->nparagraphs > 0)
        memcpy(paragraph, page->paragraph, page->nparagraphs * sizeof *paragraph);
    page->paragraph = paragraph;
}

static void keep_hits(struct content *content, const struct hits *from,
                      struct arena *arena)
{
    for (size_t i = 0; i < from->n; i++) {
        struct hit hit = from->item[i];

        hit.message = str_copy(arena, hit.message, strlen(hit.message));
        hits_add(&content->hits, arena, hit);
    }
}

static bool read_page(const char *base, struct content *content,
                      struct content_page *page, struct arena *arena, struct err *err)
{
    struct content once = {.rules = content->rules};
    struct arena scratch;
    struct str bytes = {0};
    bool good;

    arena_init(&scratch, ARENA_BYTES_MAX);
    good = file_read(AT_FDCWD, file_join(&scratch, base, page->path),
                     PAGE_FILE_BYTES_MAX, false, &scratch, &bytes, err);
    if (good) {
        content_page_parse(bytes, &once, page, &scratch);
        keep(page, arena);
        keep_hits(content, &once.hits, arena);
    }
    arena_release(&scratch);
    return good;
}

/* ---- which files ---- */

/* Found by its name alone a locale has to be one that is known: "api" is a folder. */
static bool is_wanted(const struct content_rules *rules, const char *locale)
{
    if (!locale)
        return false;
    if (strcmp(locale, rules->source) == 0)
        return true;
    if (rules->nlocales == 0)
        return plural_rule_of(locale) != NULL;
    for (size_t i = 0; i < rules->nlocales; i++)
        if (strcmp(locale, rules->locales[i]) == 0)
            return true;
    return false;
}

/* Among those that one shape of names found before another is looked for. */
static bool is_read(const struct content *content, size_t from, size_t to,
                    const char *path)
{
    for (size_t i = from; i < to; i++)
        if (strcmp(content->page[i].path, path) == 0)
            return true;
    return false;
}

static int path_compare(const void *a, const void *b)
{
    const struct find *x = a, *y = b;

    return strcmp(x->path, y->path);
}

/* One pattern below `base`. `shown`: what paths begin with beyond that; `named`: ids
 * too. */
struct part {
    const char *base, *shown;
    const char *text;
    bool named;
    size_t read_from, read_to; /* pages that may be found again */
};

static bool collect(const struct part *part, struct arena *arena,
                    struct content *content, struct err *err)
{
    struct pattern pattern;
    struct finds finds = {0};

    if (!content_pattern_parse(part->text, &pattern, err) ||
        !collect_matches(part->base, &pattern, arena, &finds, err))
        return false;
    if (finds.n > 1)
        qsort(finds.item, finds.n, sizeof *finds.item, path_compare);
    for (size_t i = 0; i < finds.n; i++) {
        const struct find *find = &finds.item[i];
        struct content_page page = {.locale = find->locale};

        if (!is_wanted(content->rules, find->locale))
            continue;
        page.path = file_join(arena, part->shown, find->path);
        if (is_read(content, part->read_from, part->read_to, page.path))
            continue;
        page.id =
            content_path_id(&pattern, find->path, find->locale, arena, &page.slug);
        if (part->named)
            page.id = file_join(arena, part->shown, page.id);
        if (!read_page(part->shown[0] != '\0' ? "." : part->base, content, &page, arena,
                       err))
            return false;
        content->page = arena_room(arena, content->page, content->n, &content->capacity,
                                   sizeof page);
        content->page[content->n++] = page;
    }
    return true;
}

bool content_collect(const char *base, const struct content_rules *rules,
                     struct arena *arena, struct content *content, struct err *err)
{
    *content = (struct content){.rules = rules};
    if (!collect(&(struct part){.base = base, .shown = "", .text = rules->pattern},
                 arena, content, err))
        return false;
    content_finish(content, arena);
    return true;
}

static bool guess_folder(const char *folder, bool named, struct arena *arena,
                         struct content *content, struct err *err)
{
    static const char *const shapes[] = {"{locale}/**/*.", "**/*.{locale}."};
    struct part part = {.base = folder, .shown = folder, .named = named};

    part.read_from = content->n;
    part.read_to = content->n;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        for (size_t e = 0; e < ENDINGS; e++) {
            part.text = str_format(arena, "%s%s", shapes[s], endings[e]);
            if (!collect(&part, arena, content, err))
                return false;
        }
        part.read_to = content->n;
    }
    return true;
}

bool content_guess(const char *const *folder, size_t n,
                   const struct content_rules *rules, struct arena *arena,
                   struct content *content, struct err *err)
{
    *content = (struct content){.rules = rules};
    for (size_t i = 0; i < n; i++) {
        size_t bytes = strlen(folder[i]);

        while (bytes > 1 && folder[i][bytes - 1] == '/')
            bytes--;
        if (!guess_folder(str_copy(arena, folder[i], bytes), n > 1, arena, content,
                          err))
            return false;
    }
    content_finish(content, arena);
    return true;
}

/* ---- dates ---- */

bool content_date(struct content *const *contents, size_t n, const char *git_log,
                  struct arena *arena, struct err *err)
{
    struct git_file *file;
    size_t pages = 0, at = 0;

    for (size_t c = 0; c < n; c++)
        pages += contents[c]->n;
    file = arena_new(arena, struct git_file, pages);
    for (size_t c = 0; c < n; c++)
        for (size_t i = 0; i < contents[c]->n; i++)
            file[at++] = (struct git_file){.path = contents[c]->page[i].path,
                                           .minor = &contents[c]->rules->minor};
    if (!git_log_read(git_log, file, pages, arena, err))
        return false;
    at = 0;
    for (size_t c = 0; c < n; c++) {
        contents[c]->has_dates = true;
        for (size_t i = 0; i < contents[c]->n; i++) {
            struct content_page *page = &contents[c]->page[i];

            page->git = file[at++];
            page->day = page->git.is_known ? day_of_s(page->git.time_s) : 0;
        }
    }
    return true;
}
