/* One object against the vocabulary: types, properties, domains, ranges, values,
 * ratings, and what has expired. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "seocheck/iso.h"
#include "seocheck/jsonld_page.h"
#include "seocheck/jsonld_value.h"
#include "seocheck/vocabulary.h"

#include "shared/banned.h"

enum { NAMES_BYTES_MAX = 4096 }; /* of types or classes, joined */

/* A property of an object. */
struct member {
    struct ld_page *page;
    const struct ld_node *node;
    const char *key; /* as written */
    int property;
    int64_t line; /* 0: nobody has asked yet */
};

static int64_t member_line(struct member *member)
{
    if (member->line == 0)
        member->line = ld_line(member->page, member->node, member->key);
    return member->line;
}

static void add(struct member *member, enum jsonld_check check, enum severity severity,
                const char *value, const char *limit)
{
    (void)ld_add(member->page,
                 (struct ld_found){.check = check,
                                   .severity = severity,
                                   .block = member->node->block,
                                   .line = member_line(member),
                                   .property = property_name(member->property),
                                   .value = value,
                                   .limit = limit});
}

static const char *join_classes(struct class_list list, const char *between,
                                struct arena *arena)
{
    struct buf out;

    buf_init(&out, arena, NAMES_BYTES_MAX);
    for (size_t i = 0; i < list.n; i++) {
        buf_add_text(&out, i > 0 ? between : "");
        buf_add_text(&out, class_name(list.item[i]));
    }
    return out.at;
}

static const char *join_types(const struct ld_types *types, struct arena *arena)
{
    return join_classes((struct class_list){types->class_index, types->n}, ", ", arena);
}

/* ---- types ---- */

static void unknown_name(struct ld_page *page, const struct ld_node *node,
                         struct ld_found found, struct str term, const char *near)
{
    const char *name = ld_copy(term, page->arena);

    found.block = node->block;
    found.severity = near ? SEVERITY_WARN : SEVERITY_INFO;
    found.value = near ? str_format(page->arena, "%s, known is %s", name, near) : name;
    (void)ld_add(page, found);
}

static void check_type(struct ld_page *page, const struct ld_node *node,
                       const json_t *type)
{
    struct ld_found found = {.check = JSONLD_TYPE, .property = "type"};
    bool is_foreign;
    struct str term;
    int class_index;

    if (!json_is_string(type) || ld_is_local(node->context, json_string_value(type)))
        return;
    term = ld_term(ld_text(type), &is_foreign);
    if (is_foreign)
        return;
    class_index = class_find(term);
    if (class_index != VOCABULARY_NONE && class_successor(class_index)[0] == '\0')
        return;
    found.line = ld_line(page, node, "@type");
    if (class_index == VOCABULARY_NONE) {
        unknown_name(page, node, found, term, class_near(term));
        return;
    }
    found.check = JSONLD_SUPERSEDED;
    found.severity = SEVERITY_INFO;
    found.block = node->block;
    found.value = class_name(class_index);
    found.limit = class_successor(class_index);
    (void)ld_add(page, found);
}

static void check_types(struct ld_page *page, const struct ld_node *node)
{
    const json_t *type = json_object_get(node->object, "@type"), *item;
    size_t i;

    check_type(page, node, type);
    json_array_foreach(type, i, item)
    {
        check_type(page, node, item);
    }
}

/* ---- values ---- */

static bool is_any_class(const struct ld_types *types, struct class_list list)
{
    for (size_t i = 0; i < types->n; i++)
        for (size_t j = 0; j < list.n; j++)
            if (class_is(types->class_index[i], list.item[j]))
                return true;
    return false;
}

static bool has_data_type(const struct ld_types *types)
{
    for (size_t i = 0; i < types->n; i++)
        if (class_is_data(types->class_index[i]))
            return true;
    return false;
}

/* The range of a role is looked at where the role itself is the object. */
static void check_object(struct member *member, const json_t *value)
{
    struct class_list ranges = property_ranges(member->property);
    struct ld_types room;
    const struct ld_types *types = ld_types_of(member->page, value, &room);

    if (types->n == 0 || types->has_strange || ranges.n == 0 ||
        ld_is_a(types, "Role") || is_any_class(types, ranges))
        return;
    add(member, JSONLD_RANGE, SEVERITY_INFO, join_types(types, member->page->arena),
        join_classes(ranges, " or ", member->page->arena));
}

enum fit { FITS, FITS_NOT, CANNOT_TELL };

static enum fit fit_if(bool fits)
{
    return fits ? FITS : FITS_NOT;
}

/* Whether a text is of a class. Of most classes any text is; a quantity or an amount as
 * text says nothing, and leaves it to the other ranges. */
static enum fit fit_text(struct str text, int class_index)
{
    const char *name = class_name(class_index);
    bool is_foreign;
    struct str term = ld_term(value_trim(text), &is_foreign);
    double number;

    if (strcmp(name, "Date") == 0) // with a time it names a day as well
        return fit_if(value_is_date(text) || value_is_date_time(text));
    if (strcmp(name, "DateTime") == 0)
        return fit_if(value_is_date_time(text));
    if (strcmp(name, "Time") == 0)
        return fit_if(value_is_time(text));
    if (strcmp(name, "Duration") == 0)
        return fit_if(value_is_duration(text));
    if (class_is(class_index, class_find(STR("Number"))))
        return fit_if(value_is_number(text, &number));
    if (strcmp(name, "Boolean") == 0)
        return fit_if(value_is_boolean(term));
    if (strcmp(name, "URL") == 0)
        return fit_if(value_is_url(text));
    if (class_is(class_index, class_find(STR("StructuredValue"))))
        return CANNOT_TELL;
    // a member of somebody else's list has their address
    return fit_if(!class_has_members(class_index) || is_foreign ||
                  class_has_member(class_index, term));
}

static bool has_range(int property, const char *name)
{
    struct class_list ranges = property_ranges(property);

    for (size_t i = 0; i < ranges.n; i++)
        if (strcmp(class_name(ranges.item[i]), name) == 0)
            return true;
    return false;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Codes: what a text must be beyond its range; NULL when nothing is wrong. */
static const char *wrong_code(int property, struct str text)
{
    struct str name = str_of(property_name(property));

    text = value_trim(text);
    if ((str_ends(name, STR("Currency")) || str_equal(name, STR("currency"))) &&
        !iso_currency(text))
        return "an ISO 4217 code";
    if (text.n == 2 && is_letter(text.at[0]) && is_letter(text.at[1]) &&
        has_range(property, "Country") && !iso_country(text))
        return "an ISO 3166-1 code";
    return NULL;
}

static bool fits_range(struct class_list ranges, struct str text)
{
    bool fits = true;

    for (size_t i = 0; i < ranges.n; i++) {
        enum fit fit = fit_text(text, ranges.item[i]);

        if (fit == FITS)
            return true;
        fits = fits && fit == CANNOT_TELL;
    }
    return fits;
}

/* Objects that stand for the page itself: their `url` is its canonical one. */
static bool is_page(const struct ld_node *node)
{
    static const char *const names[] = {"WebPage", "Article", "Product",
                                        "Event",   "Recipe",  "JobPosting"};

    for (size_t i = 0; node->is_root && i < sizeof names / sizeof *names; i++)
        if (ld_is_a(node->types, names[i]))
            return true;
    return false;
}

static void note_url(struct member *member, struct str text)
{
    struct jsonld *out = member->page->out;
    const char *name = property_name(member->property);

    if (!str_starts(text, STR("http://")) && !str_starts(text, STR("https://")) &&
        !str_starts(text, STR("/")))
        return;
    if (out->nurls == PAGE_LINKS_MAX || !has_range(member->property, "URL"))
        return;
    out->url = arena_room(member->page->arena, out->url, out->nurls,
                          &out->urls_capacity, sizeof *out->url);
    out->url[out->nurls++] = (struct jsonld_url){
        .property = name,
        .value = {str_copy(member->page->arena, text.at, text.n), text.n},
        .line = member_line(member),
        .is_page = strcmp(name, "url") == 0 && is_page(member->node),
    };
}

static void check_text(struct member *member, struct str text)
{
    struct class_list ranges = property_ranges(member->property);
    const char *limit = wrong_code(member->property, text);

    note_url(member, value_trim(text));
    if (!limit && !fits_range(ranges, text))
        limit = join_classes(ranges, " or ", member->page->arena);
    if (limit)
        add(member, JSONLD_VALUE, SEVERITY_WARN,
            text.n > 0 ? ld_copy(text, member->page->arena) : "(empty)", limit);
}

/* Recursion ends with the nesting of the block. */
static void check_value(struct member *member, const json_t *value)
{
    static const char *const wrappers[] = {"@value", "@list", "@set"};
    const json_t *inner = NULL;
    size_t i;

    json_array_foreach(value, i, inner)
    {
        check_value(member, inner);
    }

    if (json_is_string(value))
        check_text(member, ld_text(value));
    if (!json_is_object(value))
        return;
    inner = NULL;
    for (i = 0; i < sizeof wrappers / sizeof *wrappers && !inner; i++)
        inner = json_object_get(value, wrappers[i]);
    if (inner)
        check_value(member, inner);
    else
        check_object(member, value);
}

/* ---- properties ---- */

static void check_domain(struct member *member)
{
    const struct ld_types *types = member->node->types;
    struct class_list domains = property_domains(member->property);

    if (types->n == 0 || types->has_strange || domains.n == 0 || has_data_type(types) ||
        ld_is_a(types, "Role") || is_any_class(types, domains))
        return;
    add(member, JSONLD_DOMAIN, SEVERITY_WARN, join_types(types, member->page->arena),
        join_classes(domains, " or ", member->page->arena));
}

static void check_member(struct ld_page *page, const struct ld_node *node,
                         const char *key, const json_t *value)
{
    struct member member = {.page = page, .node = node, .key = key};
    bool is_foreign;
    struct str term = ld_term(str_of(key), &is_foreign);

    if (key[0] == '@' || is_foreign || str_ends(term, STR("-input")) ||
        str_ends(term, STR("-output")) || ld_is_local(node->context, key))
        return;
    member.property = property_find(term);
    if (member.property == VOCABULARY_NONE) {
        unknown_name(page, node,
                     (struct ld_found){.check = JSONLD_PROPERTY,
                                       .property = "property",
                                       .line = ld_line(page, node, key)},
                     term, property_near(term));
        return;
    }
    if (property_successor(member.property)[0] != '\0')
        (void)ld_add(page,
                     (struct ld_found){.check = JSONLD_SUPERSEDED,
                                       .severity = SEVERITY_INFO,
                                       .block = node->block,
                                       .line = member_line(&member),
                                       .property = "property",
                                       .value = property_name(member.property),
                                       .limit = property_successor(member.property)});
    check_domain(&member);
    check_value(&member, value);
}

/* ---- ratings ---- */

static bool number_of(const json_t *value, double *number)
{
    if (json_is_number(value)) {
        *number = json_number_value(value);
        return true;
    }
    return json_is_string(value) && value_is_number(ld_text(value), number);
}

/* An end of the scale; a text that is no number (A to F) cannot be judged. */
static bool scale_end(const struct ld_page *page, const struct ld_node *node,
                      const char *property, double otherwise, double *end)
{
    const json_t *value = ld_property(page, node->leader, property);

    *end = otherwise;
    return !value || number_of(value, end);
}

static void check_rating(struct ld_page *page, const struct ld_node *node)
{
    const json_t *rated = ld_member(node->object, "ratingValue");
    char value_text[STR_NUMBER_BYTES], worst_text[STR_NUMBER_BYTES];
    char best_text[STR_NUMBER_BYTES];
    double value, worst, best;

    if (!rated || !ld_is_a(node->types, "Rating") || !number_of(rated, &value) ||
        !scale_end(page, node, "worstRating", 1, &worst) ||
        !scale_end(page, node, "bestRating", 5, &best) ||
        (value >= worst && value <= best))
        return;
    (void)str_from_double(value, value_text);
    (void)str_from_double(worst, worst_text);
    (void)str_from_double(best, best_text);
    (void)ld_add(page,
                 (struct ld_found){
                     .check = JSONLD_RATING,
                     .severity = SEVERITY_WARN,
                     .block = node->block,
                     .line = ld_line(page, node, "ratingValue"),
                     .property = "ratingValue",
                     .value = str_copy(page->arena, value_text, strlen(value_text)),
                     .limit = str_format(page->arena, "from %s to %s", worst_text,
                                         best_text),
                 });
}

/* ---- what has ended ---- */

static bool is_still_scheduled(const struct ld_page *page, const struct ld_node *node)
{
    const json_t *status = ld_property(page, node->leader, "eventStatus");
    bool is_foreign;

    if (json_is_object(status))
        status = json_object_get(status, "@id");
    return !json_is_string(status) ||
           str_equal(ld_term(ld_text(status), &is_foreign), STR("EventScheduled"));
}

static void check_end(struct ld_page *page, const struct ld_node *node,
                      const char *property, enum jsonld_check check,
                      enum severity severity)
{
    const json_t *value = ld_member(node->object, property);
    struct jsonld *out = page->out;
    int32_t day;

    if (!json_is_string(value) || !value_day(ld_text(value), &day))
        return;
    if (day >= page->as_of) {
        out->same_until = day < out->same_until ? day : out->same_until;
        return;
    }
    (void)ld_add(page, (struct ld_found){
                           .check = check,
                           .severity = severity,
                           .block = node->block,
                           .line = ld_line(page, node, property),
                           .property = property,
                           .value = str_copy(page->arena, ld_text(value).at,
                                             ld_text(value).n),
                       });
}

static void check_ends(struct ld_page *page, const struct ld_node *node)
{
    if (ld_is_a(node->types, "JobPosting"))
        check_end(page, node, "validThrough", JOB_EXPIRED, SEVERITY_WARN);
    if (ld_is_a(node->types, "Offer"))
        check_end(page, node, "priceValidUntil", OFFER_EXPIRED, SEVERITY_WARN);
    // the events inside of others are history: a broadcast, a publication
    if (node->is_root && ld_is_a(node->types, "Event") &&
        is_still_scheduled(page, node))
        check_end(page, node, "endDate", EVENT_EXPIRED, SEVERITY_INFO);
}

/* What the page says of itself. */
static void note_page(struct ld_page *page, const struct ld_node *node)
{
    const json_t *headline = ld_member(node->object, "headline");
    const json_t *modified = ld_member(node->object, "dateModified");

    if (!node->is_root || !ld_is_a(node->types, "CreativeWork"))
        return;
    if (!page->out->headline && json_is_string(headline))
        page->out->headline =
            str_copy(page->arena, ld_text(headline).at, ld_text(headline).n);
    if (!page->out->date_modified && json_is_string(modified))
        page->out->date_modified =
            str_copy(page->arena, ld_text(modified).at, ld_text(modified).n);
}

void ld_check_node(struct ld_page *page, const struct ld_node *node)
{
    const char *key;
    json_t *value;

    if (!node->is_checked)
        return;
    check_types(page, node);
    json_object_foreach(node->object, key, value)
    {
        if (ld_is_full(page))
            return;
        check_member(page, node, key, value);
    }
    check_rating(page, node);
    check_ends(page, node);
    note_page(page, node);
}
