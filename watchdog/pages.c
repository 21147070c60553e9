/* Names of pages as a run gives them: the user's rules, then the built-in ones; and the
 * verb that shows them. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "shared/limits.h"
#include "shared/text.h"
#include "watchdog/shown.h"

#include "shared/banned.h"

enum { LINE_BYTES = 64 * 1024 };

size_t settings_name_page(const struct settings *settings, struct str path,
                          struct arena *arena, int64_t *too_costly,
                          char out[PAGE_BYTES_MAX + 1])
{
    enum re_result result = RE_NO_MATCH;

    for (size_t i = 0; i < settings->npage_rules && result != RE_MATCH; i++) {
        const struct page_rule *rule = &settings->page_rules[i];

        result = re_replace(rule->match, path, rule->as, arena, &path);
        *too_costly += result == RE_TOO_COSTLY;
    }
    return page_normalise(path, out);
}

/* Lines that come in blocks; what is left of the last one is kept. */
struct filter {
    const struct settings *settings;
    char *held; /* room for a line and a block */
    size_t n;
    int64_t lines, too_costly;
};

static bool add_line(struct filter *filter, struct str line, struct buf *out,
                     struct err *err)
{
    char page[PAGE_BYTES_MAX + 1];
    size_t n;

    filter->lines++;
    if (line.n > 0 && line.at[line.n - 1] == '\r')
        line.n--;
    if (!text_is_utf8(line.at, line.n, NULL))
        return err_set(err, "cannot read 'stdin:%lld': not UTF-8",
                       (long long)filter->lines);
    n = settings_name_page(filter->settings, line, out->arena, &filter->too_costly,
                           page);
    buf_add_text(out, text_safe(out->arena, page, n, PAGE_BYTES_MAX));
    buf_add_text(out, "\n");
    return true;
}

/* The whole lines that are held; at the end the last one too. */
static bool print_held(struct filter *filter, bool at_end, struct err *err)
{
    struct str held = {filter->held, filter->n};
    struct arena arena; // for a block alone, so that any number of them fits
    struct str line;
    struct buf out;
    bool good = true;

    arena_init(&arena, ARENA_BYTES_MAX);
    buf_init(&out, &arena, REPORT_BYTES_MAX);
    while (good && (at_end || (held.n > 0 && memchr(held.at, '\n', held.n))) &&
           str_next_line(&held, &line))
        good = add_line(filter, line, &out, err);
    if (good && held.n > LINE_BYTES)
        good = err_set(err, "cannot read 'stdin:%lld': the line is over %d bytes",
                       (long long)filter->lines + 1, LINE_BYTES);
    good = good && (out.n == 0 || report_print(&out, err));
    if (held.n > 0)
        memmove(filter->held, held.at, held.n);
    filter->n = held.n;
    arena_release(&arena);
    return good;
}

static bool filter_pages(struct filter *filter, struct err *err)
{
    ssize_t got;

    do {
        do
            got = read(STDIN_FILENO, filter->held + filter->n, LINE_BYTES);
        while (got < 0 && errno == EINTR);
        if (got < 0)
            return err_system(err, "cannot read 'stdin'");
        filter->n += (size_t)got;
        if (!print_held(filter, got == 0, err))
            return false;
    } while (got > 0);
    return true;
}

int watchdog_normalise(const struct options *opt, struct err *err)
{
    struct sandbox_plan plan = {.mode = opt->sandbox};
    struct filter filter = {0};
    struct confinement confined;
    struct shown shown;
    struct arena run;
    bool good;

    arena_init(&run, ARENA_BYTES_MAX);
    shown_init(&shown);
    filter.settings = &shown.settings;
    filter.held = arena_new(&run, char, (size_t)2 * LINE_BYTES);
    good = shown_settings(opt, false, &run, &shown, err) &&
           sandbox_enter(&plan, &confined, err) && filter_pages(&filter, err);
    if (good && filter.too_costly > 0)
        cli_say(opt,
                "a pattern of the configuration was too costly for %lld pages, which "
                "it did not match; simplify it",
                (long long)filter.too_costly);
    shown_release(&shown);
    arena_release(&run);
    return good ? VERDICT_OK : VERDICT_UNKNOWN;
}
