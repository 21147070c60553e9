/*
 * Reports from the bytes of a file: which of the forms it has (a bare result, wrapped,
 * a user flow, a recorded failure), and each result's own members.
 */
#include "perfcheck/lhr.h"

#include <assert.h>
#include <string.h>

#include "perfcheck/lhr_internal.h"
#include "shared/source_time.h"

#include "shared/banned.h"

/* ---- one result ---- */

/* A result as its members say it. */
struct result {
    struct str version, time, gather_mode;
    struct str displayed_url, final_url, requested_url;
    struct str error_code, error_message;
    struct str form_factor, emulated_form_factor, throttling_method;
    struct span throttling;
    struct estimate benchmark_index;
    struct str user_agent, axe;
    size_t nwarnings;
    struct parts parts;
};

static void count(struct reader *reader, const struct scan_member *member, void *into)
{
    size_t *n = into;

    (void)reader, (void)member;
    (*n)++;
}

static const struct field error_table[] = {
    {KEY("code"), FIELD_TEXT, .offset = offsetof(struct result, error_code)},
    {KEY("message"), FIELD_TEXT, .offset = offsetof(struct result, error_message)},
};
static const struct fields error_fields = FIELDS(error_table);

static const struct field settings_table[] = {
    {KEY("formFactor"), FIELD_TEXT, .offset = offsetof(struct result, form_factor)},
    {KEY("emulatedFormFactor"), FIELD_TEXT,
     .offset = offsetof(struct result, emulated_form_factor)},
    {KEY("throttlingMethod"), FIELD_TEXT,
     .offset = offsetof(struct result, throttling_method)},
    {KEY("throttling"), FIELD_OBJECT, .offset = offsetof(struct result, throttling)},
};
static const struct fields settings_fields = FIELDS(settings_table);

static const struct field credits_table[] = {
    {KEY("axe-core"), FIELD_TEXT, .offset = offsetof(struct result, axe)},
};
static const struct fields credits_fields = FIELDS(credits_table);

static const struct field environment_table[] = {
    {KEY("benchmarkIndex"), FIELD_NUMBER,
     .offset = offsetof(struct result, benchmark_index)},
    {KEY("hostUserAgent"), FIELD_TEXT, .offset = offsetof(struct result, user_agent)},
    {KEY("credits"), FIELD_INSIDE, .inside = &credits_fields},
};
static const struct fields environment_fields = FIELDS(environment_table);

static const struct field result_table[] = {
    {KEY("lighthouseVersion"), FIELD_TEXT, .offset = offsetof(struct result, version)},
    {KEY("fetchTime"), FIELD_TEXT, .offset = offsetof(struct result, time)},
    {KEY("gatherMode"), FIELD_TEXT, .offset = offsetof(struct result, gather_mode)},
    {KEY("finalDisplayedUrl"), FIELD_TEXT,
     .offset = offsetof(struct result, displayed_url)},
    {KEY("finalUrl"), FIELD_TEXT, .offset = offsetof(struct result, final_url)},
    {KEY("requestedUrl"), FIELD_TEXT, .offset = offsetof(struct result, requested_url)},
    {KEY("runtimeError"), FIELD_INSIDE, .inside = &error_fields},
    {KEY("runWarnings"), FIELD_EACH, .offset = offsetof(struct result, nwarnings),
     .type = SPAN_ARRAY, .each = count},
    {KEY("configSettings"), FIELD_INSIDE, .inside = &settings_fields},
    {KEY("environment"), FIELD_INSIDE, .inside = &environment_fields},
    {KEY("audits"), FIELD_EACH, .offset = offsetof(struct result, parts),
     .type = SPAN_OBJECT, .each = read_audit},
    {KEY("categories"), FIELD_EACH, .offset = offsetof(struct result, parts),
     .type = SPAN_OBJECT, .each = read_category},
};
static const struct fields result_fields = FIELDS(result_table);

/* ---- what the members mean ---- */

static const char *copy(struct reader *reader, struct str text)
{
    return str_copy(reader->arena, text.n > 0 ? text.at : "", text.n);
}

/* The digits at the front of `text`, at most six; false when there are none. */
static bool take_number(struct str *text, int *number)
{
    size_t n = 0;

    *number = 0;
    if (text->n == 0) // `at` may be NULL then
        return false;
    for (; n < text->n && n < 6 && text->at[n] >= '0' && text->at[n] <= '9'; n++)
        *number = *number * 10 + (text->at[n] - '0');
    *text = (struct str){text->at + n, text->n - n};
    return n > 0;
}

/* "12.8.2", also with something behind it: "9.6.8-dev". */
static bool read_version(struct reader *reader, const struct result *result,
                         struct lhr *lhr)
{
    struct str rest = result->version;

    lhr->version = copy(reader, result->version);
    return (take_number(&rest, &lhr->major) && rest.n > 0 && *rest.at++ == '.' &&
            rest.n-- > 0 && take_number(&rest, &lhr->minor)) ||
           reader_wrong(reader, NULL, "'lighthouseVersion' is no version");
}

/* The number behind "Chrome/", 0 without one. */
static int chrome_major(struct str agent)
{
    const struct str name = STR("Chrome/");
    int major = 0;

    for (size_t i = 0; i + name.n < agent.n; i++)
        if (memcmp(agent.at + i, name.at, name.n) == 0) {
            struct str rest = {agent.at + i + name.n, agent.n - i - name.n};

            (void)take_number(&rest, &major);
            return major;
        }
    return 0;
}

/* "4.14" of "4.14.1". */
static const char *axe_minor(struct reader *reader, struct str axe)
{
    struct str rest = axe;
    int ignored;

    if (!take_number(&rest, &ignored) || rest.n == 0 || rest.at[0] != '.')
        return "";
    rest = (struct str){rest.at + 1, rest.n - 1};
    if (!take_number(&rest, &ignored))
        return "";
    return str_copy(reader->arena, axe.at, axe.n - rest.n);
}

// source_time_parse takes epochs too
static bool is_time(struct str text, int64_t *time_ms)
{
    return text.n > 10 && text.at[10] == 'T' && source_time_parse(text, time_ms);
}

static bool read_time(struct reader *reader, const char *name, struct str time,
                      struct lhr *lhr)
{
    lhr->time = copy(reader, time);
    return is_time(time, &lhr->time_ms) ||
           reader_wrong(reader, NULL, time.n == 0 ? "no '%s'" : "'%s' is no time",
                        name);
}

static enum form form_of(struct str word)
{
    return str_equal(word, STR("desktop")) ? FORM_DESKTOP : FORM_MOBILE;
}

static bool load_throttling(struct reader *reader, struct span span, struct lhr *lhr)
{
    struct err err;

    return span.type == SPAN_ABSENT || lhr_load(span, &lhr->throttling, &err) ||
           reader_wrong(reader, span.at, "'throttling': %s", err.text);
}

/* Where the page came to be; of one that did not load, whose place is Chrome's own
 * error page, what was asked for. */
static struct str page_of(const struct result *result)
{
    const struct str urls[] = {result->displayed_url, result->final_url};

    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        if (urls[i].n > 0 && !str_starts(urls[i], STR("chrome-error:")))
            return urls[i];
    return result->requested_url;
}

/* The report of `result` under its name; false when something is wrong. */
static bool result_finish(struct reader *reader, const struct result *result,
                          const char *name, struct lhr *lhr)
{
    bool has_form = result->form_factor.n > 0;

    *lhr = (struct lhr){
        .file = name,
        .step_name = "",
        .final_url = result->final_url,
        .form = form_of(has_form ? result->form_factor : result->emulated_form_factor),
        .is_navigation = result->gather_mode.n == 0 ||
                         str_equal(result->gather_mode, STR("navigation")),
        .failure_code = "",
        .failure_message = copy(reader, result->error_message),
        .nwarnings = result->nwarnings,
        .throttling_method = copy(reader, result->throttling_method),
        .benchmark_index = result->benchmark_index,
        .chrome_major = chrome_major(result->user_agent),
        .axe = axe_minor(reader, result->axe),
    };
    lhr->page = page_of(result);
    // up to version 4 that was how a report said that nothing went wrong
    if (!str_equal(result->error_code, STR("NO_ERROR")))
        lhr->failure_code = copy(reader, result->error_code);
    if (lhr->page.n == 0)
        return reader_wrong(reader, NULL, "no 'finalUrl'");
    return read_version(reader, result, lhr) &&
           read_time(reader, "fetchTime", result->time, lhr) &&
           parts_bind(reader, &result->parts, lhr) &&
           load_throttling(reader, result->throttling, lhr);
}

/* ---- a file ---- */

struct step {
    struct result result;
    struct str name;
};

struct steps {
    struct step *step;
    size_t n, capacity;
};

struct failure {
    struct estimate is_one;
    struct str url, form_factor, time, code, message;
};

/* A file as the members of its object say it: which form it has is known only at its
 * end. */
struct document {
    struct result bare; /* first: its table is the document's too */
    struct result psi, wrapped;
    struct span loading;
    struct steps steps;
    struct failure failure;
};

static_assert(offsetof(struct document, bare) == 0, "result_fields fill it");

static const struct field step_table[] = {
    {KEY("lhr"), FIELD_INSIDE, .offset = offsetof(struct step, result),
     .inside = &result_fields},
    {KEY("name"), FIELD_TEXT, .offset = offsetof(struct step, name)},
};
static const struct fields step_fields = FIELDS(step_table);

static void read_step(struct reader *reader, const struct scan_member *member,
                      void *into)
{
    struct steps *steps = into;
    struct step *step;

    if (!reader_part(reader, member->value.at) || member->value.type != SPAN_OBJECT)
        return;
    steps->step = arena_room(reader->arena, steps->step, steps->n, &steps->capacity,
                             sizeof *steps->step);
    step = &steps->step[steps->n++];
    *step = (struct step){0};
    (void)scan_members_enter(&reader->walk);
    fields_read(reader, &step_fields, step);
}

static const struct field document_table[] = {
    {KEY("lighthouseResult"), FIELD_INSIDE, .offset = offsetof(struct document, psi),
     .inside = &result_fields},
    {KEY("loadingExperience"), FIELD_OBJECT,
     .offset = offsetof(struct document, loading)},
    {KEY("lhr"), FIELD_INSIDE, .offset = offsetof(struct document, wrapped),
     .inside = &result_fields},
    {KEY("steps"), FIELD_EACH, .offset = offsetof(struct document, steps),
     .type = SPAN_ARRAY, .each = read_step},
    {KEY("perfcheckError"), FIELD_NUMBER,
     .offset = offsetof(struct document, failure.is_one)},
    {KEY("url"), FIELD_TEXT, .offset = offsetof(struct document, failure.url)},
    {KEY("formFactor"), FIELD_TEXT,
     .offset = offsetof(struct document, failure.form_factor)},
    {KEY("time"), FIELD_TEXT, .offset = offsetof(struct document, failure.time)},
    {KEY("code"), FIELD_TEXT, .offset = offsetof(struct document, failure.code)},
    {KEY("message"), FIELD_TEXT, .offset = offsetof(struct document, failure.message)},
};
static const struct fields document_fields = {
    .field = document_table,
    .n = sizeof document_table / sizeof *document_table,
    .also = &result_fields,
};

static bool failure_finish(struct reader *reader, const struct failure *failure,
                           const char *name, struct lhr *lhr)
{
    *lhr = (struct lhr){
        .file = name,
        .step_name = "",
        .version = "",
        .page = failure->url,
        .form = form_of(failure->form_factor),
        .is_navigation = true,
        .failure_code = failure->code.n > 0 ? copy(reader, failure->code) : "UNKNOWN",
        .failure_message = copy(reader, failure->message),
        .throttling_method = "",
        .axe = "",
    };
    if (failure->url.n == 0)
        return reader_wrong(reader, NULL, "no 'url'");
    return read_time(reader, "time", failure->time, lhr);
}

/* Each step a report, "NAME#0", "NAME#1"; none when no step has one. */
static bool steps_finish(struct reader *reader, const struct steps *steps,
                         const char *name, struct lhr_file *file)
{
    size_t results = 0;

    for (size_t i = 0; i < steps->n; i++)
        results += steps->step[i].result.version.n > 0;
    if (results == 0)
        return true;
    file->report = arena_new(reader->arena, struct lhr, steps->n);
    for (size_t i = 0; i < steps->n; i++) {
        struct lhr *lhr = &file->report[i];

        file->n++;
        if (!result_finish(reader, &steps->step[i].result,
                           str_format(reader->arena, "%s#%zu", name, i), lhr))
            return false;
        lhr->step_name = copy(reader, steps->step[i].name);
    }
    return true;
}

/* The form is that of the first of them which is there. */
static bool document_finish(struct reader *reader, const struct document *document,
                            const char *name, struct lhr_file *file)
{
    const struct result *result = document->bare.version.n > 0  ? &document->bare
                                  : document->psi.version.n > 0 ? &document->psi
                                                                : &document->wrapped;
    bool is_failure = document->failure.is_one.value == 1;

    if (result->version.n == 0 && !is_failure)
        return steps_finish(reader, &document->steps, name, file);
    file->report = arena_new(reader->arena, struct lhr, 1);
    file->n = 1;
    name = str_copy(reader->arena, name, strlen(name));
    if (result->version.n == 0)
        return failure_finish(reader, &document->failure, name, file->report);
    if (!result_finish(reader, result, name, file->report))
        return false;
    file->report->has_psi = result == &document->psi;
    if (file->report->has_psi)
        file->report->loading = document->loading;
    return true;
}

static bool read_bytes(struct reader *reader, struct str bytes, const char *name,
                       struct lhr_file *file, struct err *err)
{
    struct document document = {0};

    scan_members(&reader->walk, bytes.at, bytes.n);
    if (reader->walk.type == SPAN_OBJECT)
        fields_read(reader, &document_fields, &document);
    else // an array is no report, but it may be cut
        fields_read(reader, NULL, NULL);
    if (!scan_members_end(&reader->walk, err))
        return false;
    (void)document_finish(reader, &document, name, file);
    // what is wrong in a file that is no report is nobody's business
    if (file->n == 0 || reader->wrong.text[0] == '\0')
        return true;
    return err_set(err, "%s", reader->wrong.text);
}

bool lhr_parse(struct str bytes, const char *name, struct arena *arena,
               struct lhr_file *file, struct err *err)
{
    struct reader reader = {.arena = arena};
    struct lhr_file read = {0};

    if (!read_bytes(&reader, bytes, name, &read, err)) {
        lhr_file_release(&read);
        return err_wrap(err, "cannot read '%s'", name);
    }
    *file = read;
    return true;
}

void lhr_file_release(struct lhr_file *file)
{
    for (size_t i = 0; i < file->n; i++)
        json_decref(file->report[i].throttling);
    *file = (struct lhr_file){0};
}

bool lhr_peek_time(struct str bytes, int64_t *time_ms)
{
    struct scan_members walk;
    struct scan_member member;

    scan_members(&walk, bytes.at, bytes.n);
    while (scan_members_next(&walk, &member)) {
        if (str_equal(member.key, STR("audits")))
            return false;
        if (str_equal(member.key, STR("fetchTime")))
            return member.value.type == SPAN_STRING &&
                   is_time((struct str){member.value.at, member.value.n}, time_ms);
    }
    return false;
}

bool lhr_is_valid(const struct lhr *lhr)
{
    const struct category *performance = lhr_category(lhr, "performance");

    return lhr->is_navigation && lhr->failure_code[0] == '\0' && performance &&
           performance->score.known;
}
