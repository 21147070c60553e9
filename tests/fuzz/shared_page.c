/* Fuzzes page normalisation: at most 200 bytes, and twice is once. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "shared/page.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char once[PAGE_BYTES_MAX + 1], twice[PAGE_BYTES_MAX + 1];
    size_t n = page_normalise((struct str){(const char *)data, size}, once);

    assert(n <= PAGE_BYTES_MAX && once[n] == '\0');
    assert(page_normalise((struct str){once, n}, twice) == n);
    assert(memcmp(once, twice, n) == 0);
    return 0;
}
