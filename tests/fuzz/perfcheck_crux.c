#define _GNU_SOURCE // memmem
/* Stored answers of CrUX: whatever is accepted gives points that can be judged, and
 * the same once it is kept with its question, as fetch keeps it. */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "perfcheck/crux.h"
#include "perfcheck/fetch/fetch.h"
#include "shared/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    struct http_reply reply = {.outcome = HTTP_ANSWERED,
                               .status = 200,
                               .body = bytes,
                               .reason = ""};
    const struct settings settings = {0};
    struct crux_points points = {0}, again = {0};
    struct findings findings = {0};
    struct err err = {0};
    struct arena arena;

    arena_init(&arena, ARENA_BYTES_MAX);
    if (!crux_parse(bytes, "f", &arena, &points, &err)) {
        assert(points.n == 0 && err.text[0] != '\0');
        assert(answer_of_crux(&reply, &arena).kind != ANSWER_GOOD);
        arena_release(&arena);
        return 0;
    }
    for (size_t i = 0; i < points.n; i++)
        assert(isfinite(points.item[i].p75) && points.item[i].p75 >= 0 &&
               points.item[i].vital < VITALS);
    crux_judge(&settings, &points, 40000, &arena, &findings);
    // of an answer that was kept itself, the question would be the outer one's
    if (crux_parse(crux_text("{}", bytes, &arena), "g", &arena, &again, &err) &&
        !memmem(data, size, "\"reply\"", 7))
        assert(again.n == points.n);
    arena_release(&arena);
    return 0;
}
