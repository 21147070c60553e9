/* The structured data of a page: runs the checks and gathers what they say. */
#include "seocheck/jsonld.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "seocheck/jsonld_page.h"
#include "seocheck/rich.h"
#include "seocheck/vocabulary.h"
#include "shared/limits.h"
#include "shared/text.h"

#include "shared/banned.h"

enum { MESSAGE_BYTES_MAX = 8192 };

/* {p} {v} {l} as in struct ld_found, {n} the line or the block. */
static const struct {
    const char *word, *message;
} checks[] = {
    [JSONLD_SYNTAX] = {"jsonld-syntax", "line {n}: {v}"},
    [JSONLD_DUPLICATE_KEY] = {"jsonld-duplicate-key", "line {n}: {v}"},
    [JSONLD_WRAPPER] = {"jsonld-wrapper", "block {n}: {v}"},
    [JSONLD_CONTEXT] = {"jsonld-context", "block {n}: {v}"},
    [JSONLD_TYPE] = {"jsonld-type", "unknown {p}: {v}"},
    [JSONLD_PROPERTY] = {"jsonld-property", "unknown {p}: {v}"},
    [JSONLD_DOMAIN] = {"jsonld-domain", "{p}: {v} not {l}"},
    [JSONLD_RANGE] = {"jsonld-range", "{p}: {v} not {l}"},
    [JSONLD_SUPERSEDED] = {"jsonld-superseded", "{p}: {v} not {l}"},
    [JSONLD_VALUE] = {"jsonld-value", "{p}: {v} is not {l}"},
    [JSONLD_RATING] = {"jsonld-rating", "{p}: {v} is not {l}"},
    [RICH_REQUIRED] = {"rich-required", "{p}: {v}"},
    [RICH_RECOMMENDED] = {"rich-recommended", "{p}: {v}"},
    [RICH_RETIRED] = {"rich-retired", "{p}: {v}"},
    [JOB_EXPIRED] = {"job-expired", "ended {v}"},
    [EVENT_EXPIRED] = {"event-expired", "ended {v}"},
    [OFFER_EXPIRED] = {"offer-expired", "ended {v}"},
};

const char *jsonld_check_word(enum jsonld_check check)
{
    return checks[check].word;
}

/* ---- findings ---- */

static bool names_block(enum jsonld_check check)
{
    return check == JSONLD_WRAPPER || check == JSONLD_CONTEXT;
}

static void add_field(struct buf *out, const struct ld_found *found, char field)
{
    const char *text = field == 'p'   ? found->property
                       : field == 'v' ? found->value
                                      : found->limit;
    // what a rich rule says is ours and may be longer
    size_t most = found->because ? MESSAGE_BYTES_MAX : OUTSIDE_TEXT_MAX;

    if (field == 'n')
        buf_printf(out, "%" PRId64,
                   names_block(found->check) ? (int64_t)found->block : found->line);
    else if (text)
        buf_add_text(out, text_safe(out->arena, text, strlen(text), most));
}

static const char *message_of(const struct ld_found *found, struct arena *arena)
{
    struct buf out;

    buf_init(&out, arena, MESSAGE_BYTES_MAX);
    for (const char *at = checks[found->check].message; *at != '\0';) {
        size_t plain = strcspn(at, "{");

        buf_add(&out, at, plain);
        at += plain;
        if (*at == '{') {
            add_field(&out, found, at[1]);
            at += sizeof "{n}" - 1;
        }
    }
    if (found->because)
        buf_printf(&out, "; %s", found->because);
    return out.at;
}

bool ld_is_full(const struct ld_page *page)
{
    return page->out->nfindings == LD_FINDINGS_MAX;
}

bool ld_add(struct ld_page *page, struct ld_found found)
{
    struct jsonld *out = page->out;

    if (ld_is_full(page))
        return false;
    if (out->nfindings == LD_FINDINGS_MAX - 1)
        found = (struct ld_found){
            .check = JSONLD_SYNTAX,
            .severity = SEVERITY_INFO,
            .block = found.block,
            .line = found.line,
            .value =
                str_format(page->arena, "over %d findings, the others are left out",
                           LD_FINDINGS_MAX - 1),
        };
    out->finding = arena_room(page->arena, out->finding, out->nfindings,
                              &out->findings_capacity, sizeof *out->finding);
    out->finding[out->nfindings++] = (struct jsonld_finding){
        .check = found.check,
        .severity = found.severity,
        .line = found.line,
        .block = found.block,
        .message = message_of(&found, page->arena),
        .property = found.property,
        .value = found.value,
        .limit = found.limit,
        .because = found.because,
    };
    return !ld_is_full(page);
}

static int compare_findings(const void *left, const void *right)
{
    const struct jsonld_finding *a = left, *b = right;

    if (a->block != b->block)
        return a->block < b->block ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    if (a->check != b->check)
        return a->check < b->check ? -1 : 1;
    return strcmp(a->message, b->message);
}

/* ---- what blocks are ---- */

/* Names in byte order, each once. */
static const char **unique(const char **names, size_t *n)
{
    size_t kept = 0;

    if (*n > 0) // qsort takes no NULL
        qsort(names, *n, sizeof *names, str_pointer_compare);
    for (size_t i = 0; i < *n; i++)
        if (kept == 0 || strcmp(names[kept - 1], names[i]) != 0)
            names[kept++] = names[i];
    *n = kept;
    return names;
}

struct names {
    const char **item;
    size_t n, capacity;
};

static void add_name(struct names *names, const json_t *type, struct arena *arena)
{
    bool is_foreign;
    struct str term;

    if (!json_is_string(type))
        return;
    term = ld_term(ld_text(type), &is_foreign);
    names->item =
        arena_room(arena, names->item, names->n, &names->capacity, sizeof *names->item);
    names->item[names->n++] = text_safe(arena, term.at, term.n, OUTSIDE_TEXT_MAX);
}

static void list_types(struct ld_page *page)
{
    struct names *names = arena_new(page->scratch, struct names, page->nblocks);

    for (size_t i = 0; i < page->nnodes; i++) {
        const struct ld_node *node = &page->node[i];
        const json_t *type = json_object_get(node->object, "@type"), *item;
        size_t j;

        if (!node->is_checked)
            continue;
        add_name(&names[node->block], type, page->scratch);
        json_array_foreach(type, j, item)
        {
            add_name(&names[node->block], item, page->scratch);
        }
    }
    for (size_t i = 0; i < page->nblocks; i++) {
        struct jsonld_block *block = &page->out->block[i];
        const char **item = unique(names[i].item, &names[i].n);

        block->ntypes = names[i].n;
        block->type = arena_new(page->arena, const char *, names[i].n);
        for (size_t j = 0; j < names[i].n; j++)
            block->type[j] = str_copy(page->arena, item[j], strlen(item[j]));
    }
}

static void list_eligible(struct ld_page *page)
{
    for (size_t i = 0; i < page->nblocks; i++) {
        struct jsonld_block *block = &page->out->block[i];

        block->eligible = arena_new(page->arena, const char *, page->rich->n);
        for (size_t j = 0; j < page->rich->n; j++)
            if (page->block[i].met[j] == LD_RULE_MET)
                block->eligible[block->neligible++] = page->rich->rule[j].id;
        block->eligible = unique(block->eligible, &block->neligible);
    }
}

/* ---- the text that is hashed ---- */

static int add_bytes(const char *at, size_t n, void *context)
{
    buf_add(context, at, n);
    return 0;
}

/* Takes dateModified out of the trees, so it comes last. */
static struct str canonical_text(struct ld_page *page)
{
    static const char *const names[] = {"dateModified", "schema:dateModified",
                                        "https://schema.org/dateModified",
                                        "http://schema.org/dateModified"};
    size_t most = 0;
    struct buf out;

    for (size_t i = 0; i < page->nnodes; i++)
        for (size_t j = 0; j < sizeof names / sizeof *names; j++)
            (void)json_object_del(page->node[i].object, names[j]);
    for (size_t i = 0; i < page->nblocks; i++)
        most += 8 * page->block[i].text.n + 64; // escapes, numbers in full
    buf_init(&out, page->arena, most);
    for (size_t i = 0; i < page->nblocks; i++) {
        const struct ld_block *block = &page->block[i];
        size_t flags = JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY;

        if (!block->root)
            buf_add(&out, block->text.at, block->text.n);
        else if (json_dump_callback(block->root, add_bytes, &out, flags) != 0)
            (void)arena_alloc(page->arena, SIZE_MAX,
                              2); // it is out of memory, and says so
        buf_add_text(&out, "\n");
    }
    return buf_str(&out);
}

static void check(struct ld_page *page)
{
    ld_page_load(page);
    for (uint32_t i = 0; i < page->nnodes; i++)
        ld_check_node(page, &page->node[i]);
    for (uint32_t i = 0; i < page->nnodes; i++)
        rich_check_node(page, i);
    if (page->nrules > LD_RULES_MAX)
        (void)ld_add(page,
                     (struct ld_found){
                         .check = JSONLD_SYNTAX,
                         .severity = SEVERITY_INFO,
                         .line = page->block[0].line,
                         .value = "too many objects, not all are held against the "
                                  "rules of rich results",
                     });
    list_types(page);
    list_eligible(page);
    if (page->out->nfindings > 0)
        qsort(page->out->finding, page->out->nfindings, sizeof *page->out->finding,
              compare_findings);
    page->out->canonical_text = canonical_text(page);
}

void jsonld_check(const struct block *blocks, size_t n, const struct rich *rich,
                  int32_t as_of, struct arena *arena, struct jsonld *jsonld)
{
    struct arena scratch;
    struct ld_page page = {
        .rich = rich, .as_of = as_of, .nblocks = n, .arena = arena, .out = jsonld};

    *jsonld = (struct jsonld){.nblocks = n, .same_until = INT32_MAX};
    if (n == 0)
        return;
    arena_init(&scratch, ARENA_BYTES_MAX);
    page.scratch = &scratch;
    jsonld->block = arena_new(arena, struct jsonld_block, n);
    page.block = arena_new(&scratch, struct ld_block, n);
    for (size_t i = 0; i < n; i++) {
        jsonld->block[i].line = blocks[i].line;
        page.block[i] = (struct ld_block){
            .text = blocks[i].text,
            .line = blocks[i].line,
            .is_cut = blocks[i].is_cut,
            .met = arena_new(&scratch, uint8_t, rich->n),
        };
    }
    check(&page);
    ld_page_release(&page);
    arena_release(&scratch);
}
