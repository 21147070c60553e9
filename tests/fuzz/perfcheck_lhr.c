/*
 * Reports from any bytes. What is read is within its bounds; scores are from 0 to 1;
 * the same report is read wrapped, and refused cut.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "perfcheck/lhr.h"
#include "perfcheck/measure.h"
#include "shared/limits.h"
#include "shared/own.h"
#include "shared/scan_members.h"
#include "shared/text.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void must_be_score(struct estimate score)
{
    must(!score.known || (score.value >= 0 && score.value <= 1), "score");
}

static void look_at_items(const struct audit *audit, struct arena *arena)
{
    OWN(json) items = NULL;
    struct err err;

    if (audit->items.type == SPAN_ABSENT || !lhr_load(audit->items, &items, &err))
        return;
    must(json_is_array(items), "items");
    for (size_t i = 0; i < json_array_size(items) && i < 20; i++) {
        const json_t *item = json_array_get(items, i);
        const char *text = item_text(item, arena);

        must(item_key(item, arena)[0] != '\0', "an empty key");
        must(text_is_utf8(text, strlen(text), NULL), "text");
    }
}

static void look_at(const struct lhr *lhr, struct str bytes, struct arena *arena)
{
    must(lhr->page.n > 0 && text_is_utf8(lhr->page.at, lhr->page.n, NULL), "page");
    must(lhr->version[0] == '\0' || lhr->major >= 0, "version");
    for (size_t i = 0; i < lhr->naudits; i++) {
        const struct audit *audit = &lhr->audit[i];

        must(audit->whole.at >= bytes.at &&
                 audit->whole.at + audit->whole.n <= bytes.at + bytes.n,
             "an audit outside the file");
        must(!audit->value.known || audit->value.value >= 0, "value");
        must_be_score(score_audit(lhr, audit));
        must(lhr_audit(lhr, str_copy(arena, audit->id.at, audit->id.n)) == audit ||
                 memchr(audit->id.at, '\0', audit->id.n),
             "an audit is not found");
        look_at_items(audit, arena);
    }
    for (size_t i = 0; i < lhr->ncategories; i++)
        must_be_score(score_category(lhr, &lhr->category[i]));
}

/* {"lhr":X} and {"steps":[{"lhr":X}]} hold what X holds. */
static void wrap(struct str bytes, const struct lhr *lhr, const char *before,
                 const char *after, struct arena *arena)
{
    struct lhr_file file = {0};
    struct err err;
    struct buf out;

    buf_init(&out, arena, 64 * MIB);
    buf_add_text(&out, before);
    buf_add(&out, bytes.at, bytes.n);
    buf_add_text(&out, after);
    if (!lhr_parse(buf_str(&out), "wrapped", arena, &file, &err)) {
        must(strstr(err.text, "deeper") != NULL, "a wrapped report is refused");
        return;
    }
    must(file.n == 1 && file.report->naudits == lhr->naudits &&
             file.report->ncategories == lhr->ncategories &&
             str_equal(file.report->page, lhr->page) &&
             file.report->time_ms == lhr->time_ms,
         "a wrapped report is another");
    lhr_file_release(&file);
}

/* The file's own object is the report. */
static bool is_bare(struct str bytes)
{
    struct scan_members walk;
    struct scan_member member;
    bool is_found = false;

    scan_members(&walk, bytes.at, bytes.n);
    while (scan_members_next(&walk, &member))
        is_found |= str_equal(member.key, STR("lighthouseVersion")) &&
                    member.value.type == SPAN_STRING && member.value.n > 0;
    return is_found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    struct lhr_file file = {0};
    struct arena arena;
    struct err err = {0};

    arena_init(&arena, ARENA_BYTES_MAX);
    if (!lhr_parse(bytes, "fuzz", &arena, &file, &err)) {
        must(strncmp(err.text, "cannot read 'fuzz': ", 20) == 0, "message");
        must(file.n == 0 && !file.report, "output of a refusal");
    }
    for (size_t i = 0; i < file.n; i++)
        look_at(&file.report[i], bytes, &arena);
    if (file.n == 1 && is_bare(bytes)) {
        wrap(bytes, file.report, "{\"lhr\":", "}", &arena);
        wrap(bytes, file.report, "{\"steps\":[{\"lhr\":", "}]}", &arena);
    }
    lhr_file_release(&file);
    arena_release(&arena);
    return 0;
}
