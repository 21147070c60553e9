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

/* An open p, unless something special is inside it. */
static void end_p(struct outline *outline)
{
    for (size_t i = outline->n; i > 0; i--) {
        const struct element *element = outline->open[i - 1];

        if (outline->steps++ > STEPS_MAX)
            return;
        if (strcmp(element->name, "p") == 0)
            pop_to(outline, i - 1);
        if (has(element, ELEMENT_SPECIAL))
            return;
    }
}

/* Plain inline elements are not kept: their end tags never reach a special one. */
void outline_start(struct outline *outline, const struct element *element)
{
    if (has(element, ELEMENT_NO_P))
        end_p(outline);
    if (has(element, ELEMENT_HEADING) && outline->n > 0 &&
        has(outline->open[outline->n - 1], ELEMENT_HEADING))
        pop_to(outline, outline->n - 1);
    if (has(element, ELEMENT_VOID) ||
        (!has(element, ELEMENT_SPECIAL) && element->region == REGION_NONE))
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

/* The end tag of an inline element reaches to the next special one; of a special one to
 * the cell or table around it; of a part of a table to its table. */
static bool is_end_of_search(const struct element *open, const struct element *ended)
{
    if (has(ended, ELEMENT_TABLE))
        return strcmp(open->name, "table") == 0;
    return has(open, has(ended, ELEMENT_SPECIAL) ? ELEMENT_BARRIER : ELEMENT_SPECIAL);
}

void outline_end(struct outline *outline, const struct element *element)
{
    if (strcmp(element->name, "p") == 0) {
        end_p(outline);
        return;
    }
    if (has(element, ELEMENT_VOID) ||
        (element->region != REGION_NONE && outline->inside[element->region] == 0 &&
         !has(element, ELEMENT_HEADING)))
        return;
    for (size_t i = outline->n; i > 0; i--) {
        if (outline->steps++ > STEPS_MAX)
            return;
        if (is_ended_by(outline->open[i - 1], element)) {
            pop_to(outline, i - 1);
            return;
        }
        if (is_end_of_search(outline->open[i - 1], element))
            return;
    }
}
