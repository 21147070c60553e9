/*
 * The merge driver's three versions, parted by lines of `---`: base, ours, theirs. The
 * sides may change places; two equal sides merge to themselves, and where ours is as it
 * was theirs is taken; of two states or catch logs that are valid a valid one is made;
 * rows that are in order stay so. A catch log that is read is printed as it was.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "shared/catches.h"
#include "shared/finding.h"
#include "shared/json.h"
#include "shared/limits.h"
#include "shared/merge.h"
#include "shared/own.h"
#include "shared/state.h"
#include "shared/text.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BASE, OURS, THEIRS, SIDES, MOST_BYTES = 8192 };

static void must(bool claim)
{
    if (!claim)
        abort();
}

static void split(struct str rest, struct str side[SIDES])
{
    struct str line;
    size_t s = BASE;

    side[BASE] = side[OURS] = side[THEIRS] = (struct str){rest.at, 0};
    while (str_next_line(&rest, &line)) {
        if (s < THEIRS && str_equal(line, STR("---"))) {
            side[++s] = (struct str){rest.at, 0};
            continue;
        }
        side[s].n = (size_t)(line.at - side[s].at) + line.n + 1;
    }
}

/* ---- conclusions ---- */

static bool is_valid(const json_t *document, struct arena *arena)
{
    struct findings findings = {0};
    int32_t through;
    struct err err;

    return findings_from_state(document, arena, &through, &findings, &err);
}

static json_t *merged(const json_t *base, const json_t *a, const json_t *b)
{
    json_t *document = NULL;
    struct err err;

    return merge_documents(base, a, b, &document, &err) ? document : NULL;
}

static void check_bytes(const json_t *document, struct arena *arena)
{
    OWN(json) again = NULL;
    struct str bytes;
    struct err err;

    if (!state_json_format(document, arena, &bytes, &err))
        return; // too large
    must(json_load_strict(bytes, "fuzz", STATE_DEPTH_MAX, SIZE_MAX, &again, &err));
    must(json_equal(document, again) != 0);
}

static void check_documents(const struct str side[SIDES], struct arena *arena)
{
    OWN(json) base = NULL;
    OWN(json) a = NULL;
    OWN(json) b = NULL;
    struct err err;

    if ((side[BASE].n > 0 && !json_load_strict(side[BASE], "base", STATE_DEPTH_MAX,
                                               SIZE_MAX, &base, &err)) ||
        !json_load_strict(side[OURS], "a", STATE_DEPTH_MAX, SIZE_MAX, &a, &err) ||
        !json_load_strict(side[THEIRS], "b", STATE_DEPTH_MAX, SIZE_MAX, &b, &err) ||
        json_line_of_real(side[BASE]) > 0 || json_line_of_real(side[OURS]) > 0 ||
        json_line_of_real(side[THEIRS]) > 0)
        return; // the driver refuses these
    OWN(json) ab = merged(base, a, b);
    OWN(json) ba = merged(base, b, a);
    must(ab ? json_equal(ab, ba) != 0 : !ba);
    if (ab)
        check_bytes(ab, arena);
    if (!is_valid(a, arena))
        return;
    OWN(json) aa = merged(base, a, a);
    must(aa && json_equal(aa, a) != 0);
    if (!is_valid(b, arena))
        return;
    must(!ab || is_valid(ab, arena));
    OWN(json) taken = merged(a, a, b);
    // a side that went back keeps the other's day
    if (taken && json_equal(json_object_get(taken, "through"),
                            json_object_get(b, "through")) != 0)
        must(json_equal(taken, b) != 0);
}

/* ---- tables ---- */

static bool merge_tables(bool is_catches, struct str base, struct str a, struct str b,
                         struct buf *out, struct arena *arena)
{
    struct err err;

    buf_init(out, arena, MIB);
    return is_catches ? merge_catches(a, b, out, &err)
                      : merge_history(base, a, b, out, &err);
}

/* Rows by bytes, each once: of histories whose key is their first column. */
static bool is_sorted(struct str rows)
{
    struct str before = {NULL, 0}, line;

    (void)str_next_line(&rows, &line);
    while (str_next_line(&rows, &line)) {
        struct str key[2];

        (void)str_split(line, '\t', key, 2);
        if (before.at && str_compare(before, key[0]) >= 0)
            return false;
        before = key[0];
    }
    return true;
}

static void check_tables(bool is_catches, const struct str side[SIDES],
                         struct arena *arena)
{
    struct str base = side[BASE], a = side[OURS], b = side[THEIRS];
    struct buf ab, ba, aa;
    bool is_merged = merge_tables(is_catches, base, a, b, &ab, arena);

    must(merge_tables(is_catches, base, b, a, &ba, arena) == is_merged);
    if (is_merged) {
        must(str_equal(buf_str(&ab), buf_str(&ba)));
        must(ab.n <= a.n + b.n + 1); // a header of nothing
    }
    if (is_merged && !is_catches && is_sorted(a) && is_sorted(b))
        must(is_sorted(buf_str(&ab)));
    if (a.n > 0 && merge_tables(is_catches, base, a, a, &aa, arena))
        must(str_equal(buf_str(&aa), a));
}

/* What the tools read: a log that is printed as it was. */
static bool is_log(struct str bytes, struct arena *arena)
{
    struct str lines = bytes, header = STR("");
    struct catches catches;
    struct buf out;
    struct err err;

    if (!text_is_utf8(bytes.at, bytes.n, NULL) ||
        (bytes.n > 0 && memchr(bytes.at, '\0', bytes.n)) ||
        !str_next_line(&lines, &header) || !str_equal(header, STR(CATCHES_HEADER)) ||
        !catches_parse(lines, "fuzz", arena, &catches, &err))
        return false;
    buf_init(&out, arena, MIB);
    catches_format(&catches, &out);
    must(str_equal(buf_str(&out), bytes));
    return true;
}

static void check_logs(const struct str side[SIDES], struct arena *arena)
{
    struct buf merged;

    if (is_log(side[OURS], arena) && is_log(side[THEIRS], arena) &&
        merge_tables(true, side[BASE], side[OURS], side[THEIRS], &merged, arena))
        must(is_log(buf_str(&merged), arena));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size}, side[SIDES];
    struct arena arena;

    if (size == 0 || size > MOST_BYTES || data[size - 1] != '\n')
        return 0; // the driver refuses a side without its last newline
    arena_init(&arena, ARENA_BYTES_MAX);
    split(bytes, side);
    check_documents(side, &arena);
    check_tables(false, side, &arena);
    check_tables(true, side, &arena);
    check_logs(side, &arena);
    arena_release(&arena);
    return 0;
}
