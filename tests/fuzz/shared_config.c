/* A configuration either is refused with a message that names the file, or is complete:
 * printed and parsed again it is the same, and what was pulled out of it is valid. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "shared/clock.h"
#include "shared/config.h"
#include "shared/limits.h"

#include "shared/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(const struct config *config, struct arena *arena)
{
    char *text = json_dumps(config->root, JSON_COMPACT);
    struct config again = {0};
    struct err err = {0};

    assert(text);
    if (!config_parse(str_of(text), "rounds.json", arena, &again, &err))
        abort();
    assert(json_equal(config->root, again.root));
    assert(again.nmutes == config->nmutes && again.has_as_of == config->has_as_of);
    config_release(&again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = {(const char *)data, size};
    struct config config = {0};
    struct arena arena;
    struct err err = {0};

    if (size > CONFIG_BYTES_MAX)
        return 0;
    arena_init(&arena, 256 * MIB);
    if (config_parse(bytes, "rounds.json", &arena, &config, &err)) {
        assert(config.timezone[0]);
        assert(!config.has_as_of || day_text(config.as_of).text[0] >= '1');
        check_again(&config, &arena);
        config_release(&config);
    } else {
        assert(strncmp(err.text, "rounds.json:", strlen("rounds.json:")) == 0);
        assert(!config.root);
    }
    arena_release(&arena);
    return 0;
}
