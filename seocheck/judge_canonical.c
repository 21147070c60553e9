/* Which URL a page names for itself, and which for other languages. */
#include <stdlib.h>
#include <string.h>

#include "seocheck/hreflang.h"
#include "seocheck/look.h"
#include "shared/limits.h"

#include "shared/banned.h"

/* One page, and where its hits go. */
struct view {
    const struct look *look;
    struct hits *hits;
    const struct page *page;
    uint32_t index;
    struct str subject;
};

static void add(const struct view *view, struct hit hit)
{
    hit.subject = view->subject;
    hits_add(view->hits, view->look->arena, hit);
}

static const char *text_of(const struct view *view, uint32_t index)
{
    return look_shown(view->look, index).at;
}

/* ---- canonical ---- */

/* How a canonical is written, and where. False: it names nothing. */
static bool judge_form(const struct view *view, const struct canonical *canonical)
{
    struct arena *arena = view->look->arena;
    struct hit hit = {.line = canonical->line};
    const char *raw = url_shown(canonical->raw, arena);

    if (canonical->is_in_body) {
        hit.check = CHECK_CANONICAL_PLACE;
        hit.value = str_format(arena, "'%s' is outside the head", raw);
        add(view, hit);
        return false;
    }
    if (!canonical_is_usable(canonical)) {
        hit.check = CHECK_CANONICAL_INVALID;
        hit.value = canonical->raw.n > 0
                        ? str_format(arena, "'%s' is no usable URL", raw)
                        : "is empty";
        add(view, hit);
        return false;
    }
    if (canonical->is_relative) {
        hit.check = CHECK_CANONICAL_RELATIVE;
        hit.value = str_format(arena, "'%s' is relative", raw);
        add(view, hit);
    }
    return true;
}

/* What is wrong with the page that a canonical names. */
static void judge_target(const struct view *view, const struct canonical *canonical)
{
    const struct look *look = view->look;
    const struct resource *target = &look->site->resource[canonical->target];
    uint32_t next;
    struct hit hit = {
        .check = CHECK_CANONICAL_TARGET,
        .target = look_shown(look, canonical->target),
        .line = canonical->line,
    };

    if (canonical->target == view->index)
        return;
    if (!target->is_own) {
        hit.check = CHECK_CANONICAL_HOST;
        hit.value = "is on another host";
        add(view, hit);
        return;
    }
    hit.value = look_fault(look, canonical->target);
    // of a page that says so itself it says nothing new
    if (!hit.value && page_is_noindex(target, &look->settings->agents) &&
        !page_is_noindex(&look->site->resource[view->index], &look->settings->agents))
        hit.value = "says noindex";
    if (hit.value)
        add(view, hit);
    next = resource_canonical(look->site, canonical->target);
    if (next == canonical->target || next == NO_RESOURCE)
        return;
    hit.check = CHECK_CANONICAL_CHAIN;
    hit.value = str_format(look->arena, "names %s", text_of(view, next));
    add(view, hit);
}

static int compare_targets(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* Sorts; returns how many differ. */
static size_t unique(uint32_t *targets, size_t n)
{
    size_t kept = 0;

    if (n > 1)
        qsort(targets, n, sizeof *targets, compare_targets);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || targets[i] != targets[i - 1])
            targets[kept++] = targets[i];
    return kept;
}

static const char *joined(const struct view *view, const uint32_t *targets, size_t n)
{
    struct buf text;

    buf_init(&text, view->look->arena, SIZE_MAX / 2);
    for (size_t i = 0; i < n && text.n < OUTSIDE_TEXT_MAX; i++) // no more is shown
        buf_printf(&text, "%s%s", i > 0 ? ", " : "", text_of(view, targets[i]));
    return text.at;
}

/* Several values of elements or of headers; or an element and a header that differ. */
static void judge_several(const struct view *view)
{
    const struct page *page = view->page;
    uint32_t *of[2]; // elements, headers
    size_t n[2] = {0, 0};
    int64_t line = 0;

    for (size_t i = 0; i < 2; i++)
        of[i] = arena_new(view->look->arena, uint32_t, 2 * page->ncanonicals);
    for (size_t i = 0; i < page->ncanonicals; i++) {
        const struct canonical *canonical = &page->canonical[i];
        size_t which = canonical->is_from_header ? 1 : 0;

        if (canonical->is_in_body || !canonical_is_usable(canonical))
            continue;
        of[which][n[which]++] = canonical->target;
        line = line == 0 ? canonical->line : line;
    }
    for (size_t which = 0; which < 2; which++) {
        n[which] = unique(of[which], n[which]);
        if (n[which] > 1)
            add(view, (struct hit){.check = CHECK_CANONICAL_MULTIPLE,
                                   .value = joined(view, of[which], n[which]),
                                   .line = line});
    }
    if (n[0] != 1 || n[1] != 1 || of[0][0] == of[1][0])
        return;
    of[0][1] = of[1][0];
    add(view, (struct hit){.check = CHECK_CANONICAL_CONFLICT,
                           .value = joined(view, of[0], 2),
                           .line = line});
}

static void judge_canonicals(const struct view *view)
{
    const struct page *page = view->page;

    if (page->ncanonicals > 1)
        judge_several(view);
    for (size_t i = 0; i < page->ncanonicals; i++)
        if (judge_form(view, &page->canonical[i]))
            judge_target(view, &page->canonical[i]);
}

/* ---- hreflang ---- */

/* Where a page's alternates lead, sorted: that a page asks for the way back of each of
 * its alternates must not cost the square of their number. */
struct alternates {
    uint32_t *target;
    size_t n;
};

static struct alternates alternates_of(const struct page *page, struct arena *arena)
{
    struct alternates all = {0};

    if (page->nalternates == 0)
        return all;
    all.target = arena_new(arena, uint32_t, page->nalternates);
    for (size_t i = 0; i < page->nalternates; i++)
        if (page->alternate[i].result == URL_OK && page->alternate[i].code.n > 0)
            all.target[all.n++] = page->alternate[i].target;
    all.n = unique(all.target, all.n);
    return all;
}

static bool leads_to(const struct alternates *all, uint32_t target)
{
    return all->n > 0 && bsearch(&target, all->target, all->n, sizeof *all->target,
                                 compare_targets) != NULL;
}

static void add_alternate(const struct view *view, enum check_id check,
                          const struct alternate *alternate, const char *value)
{
    add(view, (struct hit){
                  .check = check,
                  .target = alternate->result == URL_OK
                                ? look_shown(view->look, alternate->target)
                                : STR("no URL"),
                  .value = value,
                  .line = alternate->line,
              });
}

static int compare_folded(struct str a, struct str b)
{
    for (size_t i = 0; i < a.n && i < b.n; i++) {
        int x = a.at[i] >= 'A' && a.at[i] <= 'Z' ? a.at[i] + 32 : a.at[i];
        int y = b.at[i] >= 'A' && b.at[i] <= 'Z' ? b.at[i] + 32 : b.at[i];

        if (x != y)
            return x < y ? -1 : 1;
    }
    return (a.n > b.n) - (a.n < b.n);
}

/* A code, and which alternate has it. */
struct coded {
    struct str code;
    size_t which;
};

/* By code, then as they are written. */
static int compare_codes(const void *a, const void *b)
{
    const struct coded *x = a, *y = b;
    int order = compare_folded(x->code, y->code);

    return order != 0 ? order : (x->which > y->which) - (x->which < y->which);
}

static void judge_codes(const struct view *view)
{
    const struct page *page = view->page;
    struct arena *arena = view->look->arena;
    struct coded *by_code = arena_new(arena, struct coded, page->nalternates);
    size_t n = 0;

    for (size_t i = 0; i < page->nalternates; i++) {
        const struct alternate *alternate = &page->alternate[i];
        const char *code = str_copy(arena, alternate->code.at, alternate->code.n);

        if (alternate->code.n == 0)
            continue; // a feed, a print version
        if (!hreflang_is_known(alternate->code))
            add_alternate(view, CHECK_HREFLANG_CODE, alternate, code);
        if (alternate->is_relative)
            add_alternate(view, CHECK_HREFLANG_RELATIVE, alternate, code);
        if (alternate->result == URL_OK)
            by_code[n++] = (struct coded){alternate->code, i};
    }
    if (n > 1)
        qsort(by_code, n, sizeof *by_code, compare_codes);
    for (size_t i = 1; i < n; i++) {
        const struct alternate *before = &page->alternate[by_code[i - 1].which];
        const struct alternate *here = &page->alternate[by_code[i].which];

        if (compare_folded(before->code, here->code) == 0 &&
            before->target != here->target)
            add_alternate(view, CHECK_HREFLANG_CONFLICT, here,
                          str_copy(arena, here->code.at, here->code.n));
    }
}

/* Why an own alternate is none; NULL: it is one, or that is not known. */
static const char *alternate_fault(const struct look *look, uint32_t index)
{
    const struct resource *target = &look->site->resource[index];
    const char *fault = look_fault(look, index);

    if (fault || !target->is_page)
        return fault;
    if (page_is_noindex(target, &look->settings->agents))
        return "says noindex";
    return look_is_indexable(look, target) ? NULL : "names another canonical";
}

/* Only for pages that can be indexed: a variant with parameters repeats the alternates
 * of its canonical and is not among them. */
static void judge_alternates(const struct view *view, const struct alternates *all)
{
    const struct look *look = view->look;
    const struct page *page = view->page;
    const struct alternates *own = &all[view->index];

    if (own->n > 0 && !leads_to(own, view->index))
        add(view, (struct hit){.check = CHECK_HREFLANG_SELF,
                               .target = look_shown(look, view->index),
                               .value = "itself missing",
                               .line = page->alternate[0].line});
    for (size_t i = 0; i < page->nalternates; i++) {
        const struct alternate *alternate = &page->alternate[i];
        const struct resource *target;
        const char *fault;

        if (alternate->code.n == 0 || alternate->result != URL_OK)
            continue;
        target = &look->site->resource[alternate->target];
        if (!target->is_own)
            continue;
        fault = alternate_fault(look, alternate->target);
        if (fault)
            add_alternate(view, CHECK_HREFLANG_TARGET, alternate, fault);
        else if (target->is_page && !leads_to(&all[alternate->target], view->index))
            add_alternate(view, CHECK_HREFLANG_RETURN, alternate, "no way back");
    }
}

void judge_canonical(const struct look *look, struct hits *hits)
{
    const struct site *site = look->site;
    struct alternates *all = arena_new(look->arena, struct alternates, site->n);

    for (size_t i = 0; i < site->n; i++)
        if (site->resource[i].is_page)
            all[i] = alternates_of(site->resource[i].page, look->arena);
    for (size_t i = 0; i < site->n; i++) {
        const struct resource *resource = &site->resource[i];
        struct view view = {.look = look, .hits = hits, .page = resource->page};

        if (!resource->is_page ||
            (view.page->ncanonicals == 0 && view.page->nalternates == 0))
            continue;
        view.index = (uint32_t)i;
        view.subject = look_subject(look, resource);
        judge_canonicals(&view);
        judge_codes(&view);
        if (look_is_indexable(look, resource))
            judge_alternates(&view, all);
    }
}
