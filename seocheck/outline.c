/*
 * Which elements are open. Not the tree that a browser builds, but enough of its rules
 * that a forgotten or misplaced end tag of something inside a region of the page (its
 * main part, its navigation, a heading) neither ends the region nor keeps it open.
 */
#include <string.h>

#include "seocheck/extract_internal.h"

#include "shared/banned.h"

/* Searches of a hostile page could take the square of its size; past this many steps
 * end tags are looked for no more. */
enum { STEPS_MAX = 50000000 };

/* Browsers keep 512; what is deeper is counted nowhere. */
enum { DEPTH_MAX = 65536 };

static bool has(const struct element *element, unsigned flag)
{
    return (element->flags & flag) != 0;
}

static void pop_to(struct outline *outline, size_t n)
{
    while (outline->n > n) {
        enum region region = outline->open[--outline->n]->region;

        outline->inside[region]--;
        outline->ended[region]++;
    }
}

/* Plain inline elements are not kept: their end tags never reach a special one. */
void outline_start(struct outline *outline, const struct element *element)
{
    if (has(element, ELEMENT_HEADING) && outline->n > 0 &&
        has(outline->open[outline->n - 1], ELEMENT_HEADING))
        pop_to(outline, outline->n - 1);
    if (has(element, ELEMENT_VOID) ||
        (!has(element, ELEMENT_SPECIAL) && element->region == REGION_NONE))
        return;
    if (outline->n == DEPTH_MAX)
        return;
    outline->open = arena_room(outline->arena, outline->open, outline->n,
                               &outline->capacity, sizeof(const struct element *));
    outline->open[outline->n++] = element;
    outline->inside[element->region]++;
}

static bool is_ended_by(const struct element *open, const struct element *ended)
{
    return has(ended, ELEMENT_HEADING) ? has(open, ELEMENT_HEADING) : open == ended;
}

/* The end tag of an inline element, and of p, reaches to the next special one; of a
 * special one to the cell or table around it; of a part of a table to its table. */
static bool is_end_of_search(const struct element *open, const struct element *ended)
{
    bool is_short = !has(ended, ELEMENT_SPECIAL) || strcmp(ended->name, "p") == 0;

    if (has(ended, ELEMENT_TABLE))
        return strcmp(open->name, "table") == 0;
    return has(open, is_short ? ELEMENT_SPECIAL : ELEMENT_BARRIER);
}

void outline_end(struct outline *outline, const struct element *element)
{
    for (size_t i = outline->n; i > 0 && !has(element, ELEMENT_VOID); i--) {
        const struct element *open = outline->open[i - 1];

        if (outline->steps++ > STEPS_MAX)
            return;
        if (is_ended_by(open, element)) {
            pop_to(outline, i - 1);
            return;
        }
        if (is_end_of_search(open, element))
            return;
    }
}
