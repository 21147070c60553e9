/* Answers of PageSpeed Insights: each is one of the four kinds with a text fit to
 * print, a failure of it can be read again as one, and field data of a good one are
 * points that can be judged. */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "perfcheck/crux.h"
#include "perfcheck/fetch/fetch.h"
#include "shared/limits.h"
#include "shared/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_failure(const struct answer *answer, struct arena *arena)
{
    struct lhr_file file = {0};
    struct err err = {0};
    struct str text = failure_text("https://a.example/", FORM_MOBILE,
                                   INT64_C(1795169472034), answer, arena);

    assert(text_is_utf8(text.at, text.n, NULL));
    assert(lhr_parse(text, "f", arena, &file, &err));
    assert(file.n == 1 && file.report[0].failure_code[0] != '\0');
    lhr_file_release(&file);
}

static void check_report(struct str bytes, struct arena *arena)
{
    struct crux_points points = {0};
    struct lhr_file file = {0};
    struct err err = {0};

    assert(lhr_parse(bytes, "f", arena, &file, &err));
    assert(file.n == 1);
    crux_of_psi(&file.report[0], arena, &points);
    for (size_t i = 0; i < points.n; i++)
        assert(isfinite(points.item[i].p75) && points.item[i].p75 >= 0 &&
               points.item[i].vital < VITALS && points.item[i].where);
    lhr_file_release(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    struct http_reply reply = {.outcome = HTTP_ANSWERED,
                               .status = 200,
                               .body = bytes,
                               .reason = ""};
    struct answer answer;
    struct arena arena;

    arena_init(&arena, ARENA_BYTES_MAX);
    answer = answer_of_psi(&reply, &arena);
    assert(answer.kind != ANSWER_NONE);
    if (answer.kind == ANSWER_GOOD)
        check_report(bytes, &arena);
    else
        assert(text_is_utf8(answer.text, strlen(answer.text), NULL));
    if (answer.kind == ANSWER_FAILURE)
        check_failure(&answer, &arena);
    arena_release(&arena);
    return 0;
}
