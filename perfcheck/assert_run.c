/* What a plan wants of one report, read from its bytes: types as loose as JavaScript
 * sees them, nothing refused but what is not JSON. */
#include <string.h>

#include "perfcheck/assert.h"
#include "shared/own.h"
#include "shared/scan_members.h"
#include "shared/text.h"

#include "shared/banned.h"

/* One audit being read. */
struct reader {
    struct scan_members walk;
    struct arena *arena;
    struct assert_audit *audit;
    bool has_rows;
    size_t row_capacity;
    struct err fault; /* of a text; "" none */
};

static struct reading read_number(struct span value)
{
    struct reading reading = {READING_OTHER, 0};

    if (value.type == SPAN_NUMBER && str_to_double(value.at, value.n, &reading.value))
        reading.type = READING_NUMBER;
    return reading;
}

/* A text decoded, in the arena; empty when it is none. */
static struct str decode(struct reader *r, struct span value)
{
    json_t *string = NULL;
    struct str text = {value.at, value.n};
    bool is_plain;

    if (value.type != SPAN_STRING)
        return (struct str){0};
    is_plain = !memchr(value.at, '\\', value.n);
    if (is_plain && text_is_utf8(value.at, value.n, NULL))
        return (struct str){str_copy(r->arena, text.at, text.n), text.n};
    if (is_plain || !lhr_load(value, &string, &r->fault)) {
        if (is_plain)
            (void)err_set(&r->fault, "a text is not UTF-8");
        return (struct str){0};
    }
    text = str_of(json_string_value(string));
    text.at = str_copy(r->arena, text.at, text.n);
    json_decref(string);
    return text;
}

/* ---- rows ---- */

static void read_cell(struct reader *r, const struct scan_member *cell,
                      struct assert_row *row)
{
    const struct {
        struct str key;
        struct reading *number;
    } numbers[] = {
        {STR("size"), &row->size},
        {STR("transferSize"), &row->transfer_size},
        {STR("requestCount"), &row->request_count},
        {STR("sizeOverBudget"), &row->size_over},
        {STR("duration"), &row->duration},
        {STR("startTime"), &row->start_time},
    };

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (str_equal(cell->key, numbers[i].key))
            *numbers[i].number = read_number(cell->value);
    if (str_equal(cell->key, STR("resourceType")))
        row->resource_type = decode(r, cell->value);
    else if (str_equal(cell->key, STR("countOverBudget")))
        row->count_over = decode(r, cell->value);
    else if (str_equal(cell->key, STR("name"))) {
        row->has_name = cell->value.type == SPAN_STRING;
        row->name = decode(r, cell->value);
    }
}

static void read_row(struct reader *r)
{
    struct assert_audit *audit = r->audit;
    struct assert_row row = {0};
    struct scan_member cell;

    while (scan_members_next(&r->walk, &cell))
        read_cell(r, &cell, &row);
    audit->row = arena_room(r->arena, audit->row, audit->nrows, &r->row_capacity,
                            sizeof *audit->row);
    audit->row[audit->nrows++] = row;
}

static void read_items(struct reader *r)
{
    struct scan_member item;

    r->audit->has_items = true;
    r->audit->nitems = 0;
    while (scan_members_next(&r->walk, &item)) {
        r->audit->nitems++;
        if (r->has_rows && item.value.type == SPAN_OBJECT &&
            scan_members_enter(&r->walk))
            read_row(r);
    }
}

/* ---- the audit ---- */

static enum audit_mode read_mode(struct span value)
{
    struct str word = {value.at, value.n};

    if (value.type == SPAN_STRING && str_equal(word, STR("notApplicable")))
        return MODE_NOT_APPLICABLE;
    if (value.type == SPAN_STRING && str_equal(word, STR("informative")))
        return MODE_INFORMATIVE;
    return MODE_OTHER;
}

/* Texts are nearly always those of the run before. */
static const char *share_text(struct reader *r, struct span value, struct str before,
                              const char *decoded, struct str *literal)
{
    struct str at = {value.at, value.n};

    if (value.type != SPAN_STRING)
        return "";
    if (decoded && str_equal(at, before)) {
        *literal = before;
        return decoded;
    }
    *literal = (struct str){str_copy(r->arena, at.at, at.n), at.n};
    at = decode(r, value);
    return at.at ? at.at : "";
}

static void read_details(struct reader *r)
{
    struct scan_member member;

    while (scan_members_next(&r->walk, &member))
        if (str_equal(member.key, STR("items")) && member.value.type == SPAN_ARRAY &&
            scan_members_enter(&r->walk))
            read_items(r);
}

static void read_member(struct reader *r, const struct scan_member *member,
                        const struct assert_audit *before)
{
    struct assert_audit *audit = r->audit;

    if (str_equal(member->key, STR("score")))
        audit->score = read_number(member->value);
    else if (str_equal(member->key, STR("numericValue")))
        audit->value = read_number(member->value);
    else if (str_equal(member->key, STR("scoreDisplayMode")))
        audit->mode = read_mode(member->value);
    else if (str_equal(member->key, STR("title")))
        audit->title = share_text(r, member->value,
                                  before ? before->title_literal : (struct str){0},
                                  before ? before->title : NULL, &audit->title_literal);
    else if (str_equal(member->key, STR("description")))
        audit->description =
            share_text(r, member->value,
                       before ? before->description_literal : (struct str){0},
                       before ? before->description : NULL,
                       &audit->description_literal);
    else if (str_equal(member->key, STR("details")) &&
             member->value.type == SPAN_OBJECT && scan_members_enter(&r->walk))
        read_details(r);
}

bool assert_audit_read(struct span whole, bool has_rows,
                       const struct assert_audit *before, struct arena *arena,
                       struct assert_audit *audit, struct err *err)
{
    struct reader r = {.arena = arena, .audit = audit, .has_rows = has_rows};
    struct scan_member member;

    *audit = (struct assert_audit){.is_there = true, .title = "", .description = ""};
    if (before && !before->is_there)
        before = NULL;
    scan_members(&r.walk, whole.at, whole.n);
    while (scan_members_next(&r.walk, &member))
        read_member(&r, &member, before);
    if (r.fault.text[0])
        return err_set(err, "%s", r.fault.text);
    return scan_members_end(&r.walk, err);
}

static struct assert_audit read_category(const struct category *category)
{
    struct assert_audit audit = {.title = "", .description = ""};

    if (!category)
        return audit;
    audit.is_there = true;
    if (category->score.known)
        audit.score = (struct reading){READING_NUMBER, category->score.value};
    return audit;
}

bool assert_run_read(const struct lhr *lhr, const struct assert_plan *plan,
                     const struct assert_run *before, struct arena *arena,
                     struct assert_run *run, struct err *err)
{
    *run = (struct assert_run){
        .has_url = lhr->final_url.n > 0,
        .url = {str_copy(arena, lhr->final_url.at, lhr->final_url.n), lhr->final_url.n},
        .audit = arena_new(arena, struct assert_audit, plan->nwanted),
    };
    for (size_t i = 0; i < plan->nwanted; i++) {
        const struct assert_wanted *wanted = &plan->wanted[i];
        const struct audit *audit;

        if (wanted->is_category) {
            run->audit[i] = read_category(lhr_category(lhr, wanted->id));
            continue;
        }
        audit = lhr_audit(lhr, wanted->id);
        if (audit && !assert_audit_read(audit->whole, wanted->has_rows,
                                        before ? &before->audit[i] : NULL, arena,
                                        &run->audit[i], err))
            return err_wrap(err, "%s: audit '%s'", lhr->file, wanted->id);
    }
    return true;
}
