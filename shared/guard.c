/* Addresses that a crawler must not be led to, and host texts that are addresses in
 * disguise. Resolves nothing, connects nowhere. */
#include "shared/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "shared/banned.h"

struct prefix4 {
    uint8_t byte[4];
    int bits;
};

struct prefix6 {
    uint8_t byte[16];
    int bits;
};

static const struct prefix4 refused4[] = {
    {{0}, 8},         {{10}, 8},       {{100, 64}, 10},      {{127}, 8},
    {{169, 254}, 16}, {{172, 16}, 12}, {{192, 0, 0}, 24},    {{192, 0, 2}, 24},
    {{192, 168}, 16}, {{198, 18}, 15}, {{198, 51, 100}, 24}, {{203, 0, 113}, 24},
    {{224}, 3},
};

static const struct prefix6 refused6[] = {
    {{0}, 128},                                              // ::
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128}, // ::1
    {{0xfc}, 7},
    {{0xfe, 0x80}, 10},
    {{0xff}, 8},
    {{0x20, 0x01, 0x0d, 0xb8}, 32},
};

/* IPv6 that leads to the IPv4 address at byte `at`. */
static const struct carrier {
    struct prefix6 prefix;
    size_t at;
} carriers[] = {
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96}, 12},
    {{{0, 0x64, 0xff, 0x9b}, 96}, 12},
    {{{0x20, 0x02}, 16}, 2},
};

static bool starts_with(const uint8_t *address, const uint8_t *prefix, int bits)
{
    size_t whole = (size_t)bits / 8;
    int rest = bits % 8;

    return memcmp(address, prefix, whole) == 0 &&
           (rest == 0 || (address[whole] ^ prefix[whole]) >> (8 - rest) == 0);
}

static bool is_public4(const uint8_t *address)
{
    for (size_t i = 0; i < sizeof refused4 / sizeof *refused4; i++)
        if (starts_with(address, refused4[i].byte, refused4[i].bits))
            return false;
    return true;
}

static bool is_public6(const uint8_t *address)
{
    for (size_t i = 0; i < sizeof refused6 / sizeof *refused6; i++)
        if (starts_with(address, refused6[i].byte, refused6[i].bits))
            return false;
    for (size_t i = 0; i < sizeof carriers / sizeof *carriers; i++)
        if (starts_with(address, carriers[i].prefix.byte, carriers[i].prefix.bits))
            return is_public4(address + carriers[i].at);
    return true;
}

bool guard_is_public(const struct sockaddr *address)
{
    struct sockaddr_in ip4;
    struct sockaddr_in6 ip6;

    if (address->sa_family == AF_INET) {
        memcpy(&ip4, address, sizeof ip4);
        return is_public4((const uint8_t *)&ip4.sin_addr);
    }
    if (address->sa_family == AF_INET6) {
        memcpy(&ip6, address, sizeof ip6);
        return is_public6(ip6.sin6_addr.s6_addr);
    }
    return false;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 16;
}

/* C's notation, and a bare 0x is 0, as browsers have it. At most `most`. */
static bool parse_number(struct str text, uint64_t most, uint64_t *number)
{
    unsigned base = 10;
    uint64_t sum = 0;
    size_t i = 0;

    if (text.n >= 2 && text.at[0] == '0') {
        bool is_hex = text.at[1] == 'x' || text.at[1] == 'X';

        base = is_hex ? 16 : 8;
        i = is_hex ? 2 : 1;
    }
    for (; i < text.n; i++) {
        int digit = digit_value(text.at[i]);

        if (digit >= (int)base)
            return false;
        sum = sum * base + (unsigned)digit;
        if (sum > most)
            return false;
    }
    *number = sum;
    return text.n > 0;
}

static bool parse_ip4(struct str host, uint32_t *address)
{
    struct str part[5];
    uint32_t sum = 0;
    size_t n;

    if (host.n > 0 && host.at[host.n - 1] == '.')
        host.n--;
    n = str_split(host, '.', part, 5);
    if (n > 4)
        return false;
    for (size_t i = 0; i < n; i++) {
        bool is_last = i + 1 == n;
        uint64_t most = is_last ? UINT32_MAX >> (8 * i) : UINT8_MAX;
        uint64_t number;

        if (!parse_number(part[i], most, &number))
            return false;
        sum |= (uint32_t)(is_last ? number : number << (24 - 8 * i));
    }
    *address = sum;
    return true;
}

static bool parse_ip6(struct str host, struct in6_addr *address)
{
    char text[INET6_ADDRSTRLEN] = {0};

    if (host.n >= 2 && host.at[0] == '[' && host.at[host.n - 1] == ']')
        host = (struct str){host.at + 1, host.n - 2};
    if (host.n == 0 || host.n >= sizeof text || memchr(host.at, '\0', host.n))
        return false;
    memcpy(text, host.at, host.n);
    return inet_pton(AF_INET6, text, address) == 1;
}

bool guard_literal(struct str host, struct sockaddr_storage *address)
{
    struct sockaddr_in ip4 = {.sin_family = AF_INET};
    struct sockaddr_in6 ip6 = {.sin6_family = AF_INET6};
    uint32_t number;

    if (parse_ip4(host, &number)) {
        ip4.sin_addr.s_addr = htonl(number);
        *address = (struct sockaddr_storage){0};
        memcpy(address, &ip4, sizeof ip4);
        return true;
    }
    if (parse_ip6(host, &ip6.sin6_addr)) {
        *address = (struct sockaddr_storage){0};
        memcpy(address, &ip6, sizeof ip6);
        return true;
    }
    return false;
}
