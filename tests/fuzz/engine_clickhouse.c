/* The reader of ClickHouse's replies: whatever comes is refused or gives whole rows. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "shared/engines/clickhouse.h"
#include "shared/limits.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char *const names[] = {"v", "s0"};
    const struct sql_columns columns = {names, 2};
    struct sql_rows rows = {0};
    struct arena arena;
    struct err err = {.text = ""};

    arena_init(&arena, 256 * MIB);
    if (clickhouse_rows((struct str){(const char *)bytes, n}, &columns, &arena, &rows,
                        &err)) {
        assert(rows.ncolumns == 2);
        for (size_t i = 0; i < rows.nrows * 2; i++)
            assert(rows.cell[i].at &&
                   memchr(rows.cell[i].at, '\0', rows.cell[i].n + 1));
    } else {
        assert(err.text[0] != '\0');
    }
    arena_release(&arena);
    return 0;
}
