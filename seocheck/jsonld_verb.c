/* The verb `jsonld`: the structured data of one page, or one document of it, block by
 * block, as JSON. Reads that file and nothing else. */
#include <string.h>

#include <libxml/parser.h>

#include "seocheck/extract.h"
#include "seocheck/jsonld.h"
#include "seocheck/seocheck.h"
#include "shared/clock.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/state.h"

#include "shared/banned.h"

#define JSONLD_BYTES_MAX (64 * MIB) /* of JSON; a page's findings are at most 1,000 */

/* A document of its own begins as JSON does; everything else is HTML. */
static bool is_document(struct str text)
{
    size_t i = str_starts(text, STR("\xEF\xBB\xBF")) ? 3 : 0;

    while (i < text.n && strchr(" \t\r\n", text.at[i]) && text.at[i] != '\0')
        i++;
    return i < text.n && (text.at[i] == '{' || text.at[i] == '[');
}

static void find_blocks(struct str text, struct arena *run, struct extraction *page)
{
    struct extract_plan plan = {0};
    struct url base;

    if (is_document(text)) {
        *page =
            (struct extraction){.block = arena_new(run, struct block, 1), .nblocks = 1};
        *page->block = (struct block){.text = text,
                                      .line = 1,
                                      .is_cut = text.n > PAGE_BLOCK_BYTES_MAX};
        return;
    }
    // no link is looked at, so where the page belongs is of no interest
    if (url_resolve(NULL, STR("http://localhost/"), NULL, run, &base) == URL_OK)
        plan.base = &base;
    extract_html(text, &plan, run, page);
}

/* ---- JSON ---- */

static json_t *words_to_json(const char *const *words, size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++)
        json_push(array, json_string(words[i]));
    return array;
}

static json_t *findings_to_json(const struct jsonld *jsonld, size_t block)
{
    json_t *array = json_array();

    for (size_t i = 0; i < jsonld->nfindings; i++) {
        const struct jsonld_finding *finding = &jsonld->finding[i];
        json_t *object;

        if (finding->block != block)
            continue;
        object = json_object();
        json_put(object, "check", json_string(jsonld_check_word(finding->check)));
        json_put(object, "severity", json_string(severity_word(finding->severity)));
        json_put(object, "line", json_integer(finding->line));
        json_put(object, "message", json_string(finding->message));
        json_push(array, object);
    }
    return array;
}

static json_t *to_json(const struct jsonld *jsonld)
{
    json_t *root = json_object(), *blocks = json_array();

    for (size_t i = 0; i < jsonld->nblocks; i++) {
        const struct jsonld_block *block = &jsonld->block[i];
        json_t *object = json_object();

        json_put(object, "index", json_integer((json_int_t)i));
        json_put(object, "line", json_integer(block->line));
        json_put(object, "types",
                 words_to_json((const char *const *)block->type, block->ntypes));
        json_put(object, "eligible",
                 words_to_json((const char *const *)block->eligible, block->neligible));
        json_put(object, "findings", findings_to_json(jsonld, i));
        json_push(blocks, object);
    }
    json_put(root, "blocks", blocks);
    return root;
}

/* ---- the verb ---- */

/* All of them are new: nothing is known of yesterday. */
static int exit_status(const struct jsonld *jsonld, enum fail_on fail_on,
                       struct arena *run)
{
    struct findings findings = {0};

    for (size_t i = 0; i < jsonld->nfindings; i++)
        findings_add(&findings, run,
                     (struct finding){.id = jsonld_check_word(jsonld->finding[i].check),
                                      .severity = jsonld->finding[i].severity,
                                      .status = STATUS_NEW});
    return findings_exit_status(&findings, fail_on);
}

static bool show_blocks(const struct options *opt, struct arena *run, int *status,
                        struct err *err)
{
    struct sandbox_plan plan = {.mode = opt->sandbox, .read = opt->args, .nread = 1};
    struct confinement confined;
    struct extraction page;
    struct jsonld jsonld;
    struct str text = {0};
    struct buf out;
    int32_t as_of;

    if (!zone_enter("UTC", err))
        return false;
    as_of = opt->has_as_of ? opt->as_of : clock_last_complete_day(clock_now_ms(), 0);
    xmlInitParser();
    if (!sandbox_enter(&plan, &confined, err) ||
        !page_read(opt->args[0], run, &text, err))
        return false;
    find_blocks(text, run, &page);
    jsonld_check(page.block, page.nblocks, rich_load(run), as_of, run, &jsonld);
    *status = exit_status(&jsonld, opt->fail_on, run);
    OWN(json) root = to_json(&jsonld);
    buf_init(&out, run, JSONLD_BYTES_MAX);
    state_json_add(root, 0, &out);
    buf_add_text(&out, "\n");
    if (out.overflowed)
        return err_set(err, "cannot print '%s': over %zu bytes", opt->args[0],
                       JSONLD_BYTES_MAX);
    return report_print(&out, err);
}

int seocheck_jsonld(const struct options *opt, struct err *err)
{
    struct arena run;
    int status = VERDICT_UNKNOWN;

    arena_init(&run, ARENA_BYTES_MAX);
    if (!show_blocks(opt, &run, &status, err))
        status = VERDICT_UNKNOWN;
    arena_release(&run);
    xmlCleanupParser();
    return status;
}
