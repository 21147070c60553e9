/* Fuzzes CSV: records and the keyword list; the first byte says the separator. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "i18ncheck/csv.h"
#include "i18ncheck/keyword_internal.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str field[CSV_FIELDS_MAX], bytes;
    struct keywords keywords;
    struct arena arena;
    struct err err = {0};
    struct csv csv;
    size_t n, line = 0, total = 0;

    if (size < 1)
        return 0;
    bytes = (struct str){(const char *)data + 1, size - 1};
    arena_init(&arena, ARENA_BYTES_MAX);
    csv = (struct csv){.rest = bytes,
                       .separator = ",;\t"[data[0] % 3],
                       .has_comments = true,
                       .arena = &arena};
    while (csv_next(&csv, field, &n) == CSV_RECORD) {
        assert(n >= 1 && n <= CSV_FIELDS_MAX && csv.line > line);
        line = csv.line;
        for (size_t i = 0; i < n; i++)
            total += field[i].n;
    }
    assert(total <= size);
    if (!keywords_parse(bytes, "k.csv", "en", &arena, &keywords, &err))
        assert(strncmp(err.text, "k.csv", 5) == 0);
    else
        for (size_t i = 0; i < keywords.n && i < 20; i++) {
            struct needle needle;

            assert(keywords.item[i].text.n <= KEYWORD_BYTES_MAX);
            needle_init(&needle, keywords.item[i].text, false, &arena);
            assert(!needle.is_costly);
            assert(needle_is(&needle, keywords.item[i].text) ||
                   memchr(keywords.item[i].text.at, '\n', keywords.item[i].text.n));
            needle_release(&needle);
        }
    arena_release(&arena);
    return 0;
}
