/* A saved crawl from any bytes: refused with its place, or every answer is one that a
 * caller can take; said twice it is refused. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "seocheck/fetch_internal.h"
#include "shared/limits.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool check_answer(void *context, size_t index, const struct fetch_reply *reply,
                         struct err *err)
{
    size_t *answers = context;

    (void)index;
    (void)err;
    assert(reply->detail && reply->detail[0]);
    assert(reply->status == 0 || (reply->status >= 200 && reply->status <= 999));
    assert((reply->status != 0) ==
           (reply->url_class != CLASS_NETWORK && reply->url_class != CLASS_REFUSED));
    assert(reply->body.n == 0);
    ++*answers;
    return true;
}

static void ask(struct fetcher *fetcher, struct arena *arena)
{
    static const char *const asked[] = {"https://x.example/", "https://x.example/a"};
    struct fetch_request requests[4] = {0};
    struct url urls[2];
    size_t answers = 0;
    struct err err;

    for (size_t i = 0; i < 4; i++) {
        if (url_resolve(NULL, str_of(asked[i / 2]), NULL, arena, &urls[i / 2]) !=
            URL_OK)
            return;
        requests[i].url = &urls[i / 2];
        requests[i].kind = i % 2 == 0 ? FETCH_HEAD : FETCH_EXTERNAL;
    }
    assert(fetch_all(fetcher, requests, 4, check_answer, &answers, &err));
    assert(answers == 4);
}

static bool is_blank(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.at[i] == '\0' || !strchr(" \t\r\n", text.at[i]))
            return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct fetcher *fetcher = NULL;
    struct arena arena;
    struct err err = {0};
    struct buf twice;

    arena_init(&arena, ARENA_BYTES_MAX);
    if (fetch_jsonl_parse(text, "crawl.jsonl", &arena, &fetcher, &err)) {
        ask(fetcher, &arena);
        buf_init(&twice, &arena, SIZE_MAX);
        buf_add(&twice, text.at, text.n);
        buf_add_text(&twice, "\n");
        buf_add(&twice, text.at, text.n);
        assert(fetch_jsonl_parse(buf_str(&twice), "crawl.jsonl", &arena, &fetcher,
                                 &err) == is_blank(text));
        fetcher_close(fetcher);
    } else {
        assert(!fetcher);
        assert(strncmp(err.text, "crawl.jsonl:", strlen("crawl.jsonl:")) == 0);
    }
    arena_release(&arena);
    return 0;
}
