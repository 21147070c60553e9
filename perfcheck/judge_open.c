/* Findings that are open: told once, in the words of the day they opened. Pure. */
#include <string.h>

#include "perfcheck/judge.h"

#include "shared/banned.h"

void findings_drop(struct findings *open, const struct finding *finding)
{
    if (finding)
        open->item[finding - open->item] = open->item[--open->n];
}

const char *page_finding_id(const struct page *page, const char *check)
{
    return str_format(page->arena, "perfcheck/%s/%s/%s", check, form_word(page->form),
                      page->key);
}

/* Takes `part` and the slash behind it off the front. */
static bool take(const char **id, const char *part, char end)
{
    size_t n = strlen(part);

    if (strncmp(*id, part, n) != 0 || (*id)[n] != end)
        return false;
    *id += n + (end != '\0');
    return true;
}

struct finding *page_open(const struct page *page, const char *check)
{
    for (size_t i = 0; i < page->open.n; i++) {
        const char *rest = page->open.item[i].id;

        if (take(&rest, "perfcheck", '/') && take(&rest, check, '/') &&
            take(&rest, form_word(page->form), '/') && take(&rest, page->key, '\0'))
            return &page->open.item[i];
    }
    return NULL;
}

/* False: the configuration leaves it out. */
static bool set_up(const struct page *page, const char *check, struct finding *finding)
{
    finding->id = page_finding_id(page, check);
    finding->status = STATUS_OPEN;
    if (finding->since == 0)
        finding->since = page->day;
    finding->url = page->key;
    return settings_severity(page->settings, check, &finding->severity);
}

static void put(struct page *page, const char *check, struct finding finding)
{
    const struct finding *is_there = page_open(page, check);

    if (is_there)
        finding.since = is_there->since;
    findings_drop(&page->open, is_there);
    findings_add(&page->open, page->arena, finding);
}

void page_find(struct page *page, const char *check, struct finding finding)
{
    const struct finding *is_there = page_open(page, check);

    if (!set_up(page, check, &finding))
        findings_drop(&page->open, is_there);
    else if (!is_there || is_there->severity != finding.severity)
        put(page, check, finding);
}

void page_tell(struct page *page, const char *check, struct finding finding)
{
    if (set_up(page, check, &finding))
        put(page, check, finding);
    else
        page_close(page, check);
}

void page_close(struct page *page, const char *check)
{
    findings_drop(&page->open, page_open(page, check));
}

void page_event(struct page *page, const char *check, const char *message)
{
    page_close(page, check);
    page_find(page, check,
              (struct finding){.severity = SEVERITY_INFO, .message = message});
}

void page_news(struct page *page, const char *sentence)
{
    page->news =
        page->news ? str_format(page->arena, "%s; %s", page->news, sentence) : sentence;
}

/* A late report of one page is told like them; late reports of a day are told as long
 * as they are there. */
bool finding_is_event(const char *id)
{
    static const char *const events[] = {"audit-new",   "duplicate-run", "epoch",
                                         "late-report", "mixed-epoch",   "page-gone"};
    const char *check = strchr(id, '/'), *end = check ? strchr(check + 1, '/') : NULL;

    for (size_t i = 0; end && i < sizeof events / sizeof *events; i++)
        if (str_equal((struct str){check + 1, (size_t)(end - check - 1)},
                      str_of(events[i])))
            return strchr(end + 1, '/') != NULL;
    return false;
}

void findings_expire(struct findings *open, int32_t day)
{
    for (size_t i = open->n; i-- > 0;)
        if (finding_is_event(open->item[i].id) &&
            day - open->item[i].since >= EVENT_DAYS)
            open->item[i] = open->item[--open->n];
}
