/* User agents by substrings. What a client says of itself is taken at its word. */
#include "shared/agent.h"

#include <string.h>

#include "shared/hash.h"

#include "shared/banned.h"

enum { REMEMBERED = 4096, BOTS_MAX = 512, LOOKED_AT_BYTES = 1024 };

/* shared/bots.txt, built into the program by ld. */
extern const char bots_start[] __asm__("_binary_shared_bots_txt_start");
extern const char bots_end[] __asm__("_binary_shared_bots_txt_end");

struct remembered {
    uint64_t hash;
    bool known;
    struct agent agent;
};

struct agents {
    struct str bot[BOTS_MAX]; /* lower case */
    size_t nbots;
    struct remembered remembered[REMEMBERED];
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

struct agents *agents_new(struct arena *arena)
{
    struct agents *agents = arena_new(arena, struct agents, 1);
    // cppcheck-suppress comparePointers; they are the two ends of one text
    struct str rest = {bots_start, (size_t)(bots_end - bots_start)};
    struct str line;

    while (agents->nbots < BOTS_MAX && str_next_line(&rest, &line)) {
        char *copy;

        if (line.n == 0 || line.at[0] == '#')
            continue;
        copy = str_copy(arena, line.at, line.n);
        for (size_t i = 0; i < line.n; i++)
            copy[i] = lower(copy[i]);
        agents->bot[agents->nbots++] = (struct str){copy, line.n};
    }
    return agents;
}

static bool contains(struct str text, struct str part)
{
    const char *at = text.at, *end = text.at + text.n;

    while ((size_t)(end - at) >= part.n &&
           (at = memchr(at, part.at[0], (size_t)(end - at) - part.n + 1)) != NULL) {
        if (memcmp(at, part.at, part.n) == 0)
            return true;
        at++;
    }
    return false;
}

static struct str browser_of(struct str text)
{
    static const struct {
        const char *part, *name;
    } browsers[] = {
        {"edg", "Edge"},
        {"opr", "Opera"},
        {"samsungbrowser", "Samsung Internet"},
        {"firefox", "Firefox"},
        {"fxios", "Firefox"},
        {"chrome", "Chrome"},
        {"crios", "Chrome"},
        {"safari", "Safari"},
    };

    for (size_t i = 0; i < sizeof browsers / sizeof *browsers; i++)
        if (contains(text, str_of(browsers[i].part)))
            return str_of(browsers[i].name);
    return STR("Other");
}

static struct str device_of(struct str text)
{
    if (contains(text, STR("tablet")) ||
        contains(text, STR("ipad"))) // an iPad says Mobile too
        return STR("Tablet");
    return contains(text, STR("mobile")) ? STR("Mobile") : STR("Desktop");
}

static struct agent classify(const struct agents *agents, struct str text)
{
    char small[LOOKED_AT_BYTES];
    struct str looked = {small, text.n < sizeof small ? text.n : sizeof small};
    struct agent agent = {.is_bot = false};

    for (size_t i = 0; i < looked.n; i++)
        small[i] = lower(text.at[i]);
    agent.browser = browser_of(looked);
    agent.device = device_of(looked);
    for (size_t i = 0; i < agents->nbots && !agent.is_bot; i++)
        agent.is_bot = contains(looked, agents->bot[i]);
    return agent;
}

struct agent agents_find(struct agents *agents, struct str text, uint64_t hash)
{
    struct remembered *place = &agents->remembered[hash % REMEMBERED];

    if (!place->known || place->hash != hash)
        *place = (struct remembered){hash, true, classify(agents, text)};
    return place->agent;
}
