/*
 * The verb `explain`: why the scores of two reports differ, as JSON. Reads these two
 * files and nothing else.
 */
#include <math.h>
#include <string.h>

#include "perfcheck/explain.h"
#include "perfcheck/measure.h"
#include "perfcheck/perfcheck.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/report.h"
#include "shared/sandbox.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { EXPLAIN_BYTES_MAX = 64 << 20, TEXT_SHOWN = 2000 };

/* ---- small ---- */

json_t *explain_number(struct estimate number, int decimals)
{
    double scale = pow(10, decimals);
    double rounded = round(number.value * scale) / scale;

    if (!number.known || !isfinite(rounded))
        return json_null();
    if (rounded == floor(rounded) && fabs(rounded) < 1e15)
        return json_integer((json_int_t)rounded); // no -0
    return json_real(rounded);
}

json_t *explain_text(struct arena *arena, struct str text)
{
    return json_string(text_safe(arena, text.at, text.n, TEXT_SHOWN));
}

static json_t *text(struct arena *arena, const char *at)
{
    return explain_text(arena, str_of(at));
}

/* ---- who they are ---- */

static json_t *identity(const struct lhr *lhr, struct arena *arena)
{
    json_t *object = json_object();

    json_put(object, "file", text(arena, lhr->file));
    json_put(object, "url",
             json_string(text_safe(arena, lhr->page.at, lhr->page.n, TEXT_SHOWN)));
    json_put(object, "form", json_string(form_word(lhr->form)));
    json_put(object, "lighthouseVersion", text(arena, lhr->version));
    json_put(object, "fetchTime", text(arena, lhr->time));
    return object;
}

static void add_why(const struct pair *pair, json_t *why, const char *what,
                    const char *before, const char *after)
{
    if (strcmp(before, after) != 0)
        json_push(why, text(pair->arena,
                            str_format(pair->arena, "%s %s/%s", what, before, after)));
}

/* A value of the throttling that `method` makes use of, as text. */
static const char *throttled(const struct lhr *lhr, const char *key,
                             struct arena *arena)
{
    char number[STR_NUMBER_BYTES];
    const json_t *value = json_object_get(lhr->throttling, key);

    if (!json_is_number(value))
        return "-";
    (void)str_from_double(json_number_value(value), number);
    return str_copy(arena, number, strlen(number));
}

static void add_throttling(const struct pair *pair, json_t *why)
{
    static const char *const simulate[] = {"rttMs", "throughputKbps",
                                           "cpuSlowdownMultiplier", NULL};
    static const char *const devtools[] = {"requestLatencyMs", "downloadThroughputKbps",
                                           "uploadThroughputKbps",
                                           "cpuSlowdownMultiplier", NULL};
    const char *method = pair->after->throttling_method;
    const char *const *keys = strcmp(method, "simulate") == 0   ? simulate
                              : strcmp(method, "devtools") == 0 ? devtools
                                                                : simulate + 3;

    if (strcmp(pair->before->throttling_method, method) != 0) {
        add_why(pair, why, "throttling", pair->before->throttling_method, method);
        return;
    }
    for (; *keys; keys++)
        add_why(pair, why, *keys, throttled(pair->before, *keys, pair->arena),
                throttled(pair->after, *keys, pair->arena));
}

/* What makes two runs another measurement: the hard part of an epoch, and the page. */
static json_t *list_why(const struct pair *pair)
{
    const struct lhr *before = pair->before, *after = pair->after;
    struct arena *arena = pair->arena;
    json_t *why = json_array();

    if (!str_equal(before->page, after->page))
        json_push(why, json_string("another page"));
    add_why(pair, why, "form", form_word(before->form), form_word(after->form));
    if (before->major != after->major)
        add_why(pair, why, "lighthouse",
                str_format(arena, "%d.%d", before->major, before->minor),
                str_format(arena, "%d.%d", after->major, after->minor));
    add_throttling(pair, why);
    return why;
}

/* ---- categories ---- */

/* The audits that count, as they enter the score. */
static struct weighed *weigh(const struct lhr *lhr, const struct category *category,
                             struct arena *arena, size_t *n)
{
    struct weighed *weighed = arena_new(arena, struct weighed, category->nrefs);

    *n = 0;
    for (size_t i = 0; i < category->nrefs; i++) {
        const struct audit_ref *ref = &category->ref[i];
        double score, p10, median;

        if (ref->weight <= 0 || !ref->audit)
            continue;
        score = score_audit(lhr, ref->audit).value;
        weighed[(*n)++] = (struct weighed){
            .id = str_copy(arena, ref->id.at, ref->id.n),
            .weight = ref->weight,
            .score = score,
            .raw =
                ref->audit->value.known && score_curve(lhr, ref->audit, &p10, &median)
                    ? score_raw(p10, median, ref->audit->value.value)
                    : score,
            .value =
                score_is_metric(ref->id) ? ref->audit->value : (struct estimate){0},
        };
    }
    return weighed;
}

static json_t *term_to_json(const struct term *term, struct arena *arena)
{
    // a layout shift is a small number
    int decimals = strcmp(term->id, "cumulative-layout-shift") == 0 ? 4 : 2;
    json_t *object = json_object();

    json_put(object, "audit", text(arena, term->id));
    json_put(object, "kind", json_string(term->is_set ? "set" : "changed"));
    json_put(object, "weight",
             explain_number((struct estimate){true, term->weight}, 2));
    json_put(object, "before_value", explain_number(term->before_value, decimals));
    json_put(object, "after_value", explain_number(term->after_value, decimals));
    json_put(object, "before_score", explain_number(term->before_score, 2));
    json_put(object, "after_score", explain_number(term->after_score, 2));
    json_put(object, "points",
             explain_number((struct estimate){true, term->points}, 2));
    json_put(object, "raw_points",
             explain_number((struct estimate){true, term->raw_points}, 2));
    return object;
}

static struct estimate points(struct estimate score)
{
    return (struct estimate){score.known, 100 * score.value};
}

/* Without both scores there is nothing to explain. */
static void put_terms(const struct pair *pair, const struct category *before,
                      const struct category *after, json_t *object)
{
    struct estimate old = score_category(pair->before, before),
                    now = score_category(pair->after, after);
    struct estimate delta = {old.known && now.known, 100 * (now.value - old.value)};
    struct explanation explanation = {0};
    json_t *terms = json_array();
    size_t nbefore, nafter;

    if (delta.known) {
        struct weighed *x = weigh(pair->before, before, pair->arena, &nbefore);
        struct weighed *y = weigh(pair->after, after, pair->arena, &nafter);

        explanation =
            explain_scores(x, nbefore, old.value, y, nafter, now.value, pair->arena);
    }
    for (size_t i = 0; i < explanation.n; i++)
        json_push(terms, term_to_json(&explanation.term[i], pair->arena));
    json_put(object, "before", explain_number(points(old), 0));
    json_put(object, "after", explain_number(points(now), 0));
    json_put(object, "delta", explain_number(delta, 0));
    json_put(object, "residue",
             explain_number((struct estimate){delta.known, explanation.residue}, 2));
    json_put(object, "terms", terms);
}

/* Categories that both have, in the later report's order. */
static json_t *list_categories(const struct pair *pair)
{
    json_t *categories = json_object();

    for (size_t i = 0; i < pair->after->ncategories; i++) {
        const struct category *after = &pair->after->category[i];
        const char *id = str_copy(pair->arena, after->id.at, after->id.n);
        const struct category *before = lhr_category(pair->before, id);
        json_t *entry;

        if (!before)
            continue;
        entry = json_object();
        put_terms(pair, before, after, entry);
        json_put(categories, text_safe(pair->arena, id, strlen(id), TEXT_SHOWN), entry);
    }
    return categories;
}

/* ---- the verb ---- */

/* A file with the one report it should hold. */
struct input {
    struct lhr_buffer buffer;
    struct lhr_file file;
};

static bool input_read(struct input *input, const char *path, struct arena *arena,
                       struct err *err)
{
    const struct lhr *lhr;

    if (!lhr_read(&input->buffer, path, arena, &input->file, err))
        return false;
    if (input->file.n != 1)
        return err_set(err,
                       "cannot explain '%s': %zu Lighthouse reports, one is wanted",
                       path, input->file.n);
    lhr = input->file.report;
    if (lhr->failure_code[0] != '\0')
        return err_set(err, "cannot explain '%s': it records a run that failed: %s",
                       path,
                       text_safe(arena, lhr->failure_code, strlen(lhr->failure_code),
                                 OUTSIDE_TEXT_MAX));
    return lhr->major >= LHR_MAJOR_LEAST ||
           err_set(err,
                   "cannot explain '%s': it is of Lighthouse %d.%d, %d and later "
                   "are supported",
                   path, lhr->major, lhr->minor, LHR_MAJOR_LEAST);
}

static bool print(const struct pair *pair, struct err *err)
{
    OWN(json) root = json_object();
    json_t *why = list_why(pair), *audits = NULL, *bytes = NULL;
    struct buf out;
    size_t n;
    char *at;

    json_put(root, "before", identity(pair->before, pair->arena));
    json_put(root, "after", identity(pair->after, pair->arena));
    json_put(root, "comparable", json_boolean(json_array_size(why) == 0));
    json_put(root, "why", why);
    json_put(root, "categories", list_categories(pair));
    if (!explain_audits(pair, &audits, err)) {
        json_decref(audits);
        return false;
    }
    json_put(root, "audits", audits);
    if (!explain_bytes(pair, &bytes, err))
        return false;
    json_put(root, "bytes", bytes);
    n = json_dumpb(root, NULL, 0, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    at = arena_new(pair->arena, char, n);
    (void)json_dumpb(root, at, n, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    buf_init(&out, pair->arena, EXPLAIN_BYTES_MAX);
    buf_add(&out, at, n);
    buf_add_text(&out, "\n");
    if (out.overflowed)
        return err_set(err, "cannot print: over %d MiB", EXPLAIN_BYTES_MAX >> 20);
    return report_print(&out, err);
}

int perfcheck_explain(const struct options *opt, struct err *err)
{
    struct sandbox_plan plan = {.mode = opt->sandbox, .read = opt->args, .nread = 2};
    struct input before = {0}, after = {0};
    struct confinement confined;
    struct arena arena;
    bool ok;

    arena_init(&arena, ARENA_BYTES_MAX);
    ok = sandbox_enter(&plan, &confined, err) &&
         input_read(&before, opt->args[0], &arena, err) &&
         input_read(&after, opt->args[1], &arena, err) &&
         print(&(struct pair){before.file.report, after.file.report, &arena}, err);
    lhr_file_release(&before.file);
    lhr_file_release(&after.file);
    lhr_buffer_release(&before.buffer);
    lhr_buffer_release(&after.buffer);
    arena_release(&arena);
    return ok ? VERDICT_OK : VERDICT_UNKNOWN;
}
