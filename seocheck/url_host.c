/* Hosts in normal form. Resolves nothing. */
#include "seocheck/url_host.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "shared/text.h"

#include "shared/banned.h"

/* Simple lower-case mappings of UnicodeData.txt 14.0 for Latin, Greek, Cyrillic and
 * Armenian: the other scripts that have cases name no hosts. */
static const struct lower_range {
    uint16_t first, last;
    uint8_t step;
    int16_t delta;
} lower_ranges[] = {
    {0x00c0, 0x00d6, 1, 32},    {0x00d8, 0x00de, 1, 32},   {0x0100, 0x012e, 2, 1},
    {0x0130, 0x0130, 1, -199},  {0x0132, 0x0136, 2, 1},    {0x0139, 0x0147, 2, 1},
    {0x014a, 0x0176, 2, 1},     {0x0178, 0x0178, 1, -121}, {0x0179, 0x017d, 2, 1},
    {0x0181, 0x0181, 1, 210},   {0x0182, 0x0184, 2, 1},    {0x0186, 0x0186, 1, 206},
    {0x0187, 0x0187, 1, 1},     {0x0189, 0x018a, 1, 205},  {0x018b, 0x018b, 1, 1},
    {0x018e, 0x018e, 1, 79},    {0x018f, 0x018f, 1, 202},  {0x0190, 0x0190, 1, 203},
    {0x0191, 0x0191, 1, 1},     {0x0193, 0x0193, 1, 205},  {0x0194, 0x0194, 1, 207},
    {0x0196, 0x0196, 1, 211},   {0x0197, 0x0197, 1, 209},  {0x0198, 0x0198, 1, 1},
    {0x019c, 0x019c, 1, 211},   {0x019d, 0x019d, 1, 213},  {0x019f, 0x019f, 1, 214},
    {0x01a0, 0x01a4, 2, 1},     {0x01a6, 0x01a6, 1, 218},  {0x01a7, 0x01a7, 1, 1},
    {0x01a9, 0x01a9, 1, 218},   {0x01ac, 0x01ac, 1, 1},    {0x01ae, 0x01ae, 1, 218},
    {0x01af, 0x01af, 1, 1},     {0x01b1, 0x01b2, 1, 217},  {0x01b3, 0x01b5, 2, 1},
    {0x01b7, 0x01b7, 1, 219},   {0x01b8, 0x01b8, 1, 1},    {0x01bc, 0x01bc, 1, 1},
    {0x01c4, 0x01c4, 1, 2},     {0x01c5, 0x01c5, 1, 1},    {0x01c7, 0x01c7, 1, 2},
    {0x01c8, 0x01c8, 1, 1},     {0x01ca, 0x01ca, 1, 2},    {0x01cb, 0x01db, 2, 1},
    {0x01de, 0x01ee, 2, 1},     {0x01f1, 0x01f1, 1, 2},    {0x01f2, 0x01f4, 2, 1},
    {0x01f6, 0x01f6, 1, -97},   {0x01f7, 0x01f7, 1, -56},  {0x01f8, 0x021e, 2, 1},
    {0x0220, 0x0220, 1, -130},  {0x0222, 0x0232, 2, 1},    {0x023a, 0x023a, 1, 10795},
    {0x023b, 0x023b, 1, 1},     {0x023d, 0x023d, 1, -163}, {0x023e, 0x023e, 1, 10792},
    {0x0241, 0x0241, 1, 1},     {0x0243, 0x0243, 1, -195}, {0x0244, 0x0244, 1, 69},
    {0x0245, 0x0245, 1, 71},    {0x0246, 0x024e, 2, 1},    {0x0370, 0x0372, 2, 1},
    {0x0376, 0x0376, 1, 1},     {0x037f, 0x037f, 1, 116},  {0x0386, 0x0386, 1, 38},
    {0x0388, 0x038a, 1, 37},    {0x038c, 0x038c, 1, 64},   {0x038e, 0x038f, 1, 63},
    {0x0391, 0x03a1, 1, 32},    {0x03a3, 0x03ab, 1, 32},   {0x03cf, 0x03cf, 1, 8},
    {0x03d8, 0x03ee, 2, 1},     {0x03f4, 0x03f4, 1, -60},  {0x03f7, 0x03f7, 1, 1},
    {0x03f9, 0x03f9, 1, -7},    {0x03fa, 0x03fa, 1, 1},    {0x03fd, 0x03ff, 1, -130},
    {0x0400, 0x040f, 1, 80},    {0x0410, 0x042f, 1, 32},   {0x0460, 0x0480, 2, 1},
    {0x048a, 0x04be, 2, 1},     {0x04c0, 0x04c0, 1, 15},   {0x04c1, 0x04cd, 2, 1},
    {0x04d0, 0x052e, 2, 1},     {0x0531, 0x0556, 1, 48},   {0x1e00, 0x1e94, 2, 1},
    {0x1e9e, 0x1e9e, 1, -7615}, {0x1ea0, 0x1efe, 2, 1},
};

static uint32_t lower(uint32_t point)
{
    if (point < 0x80)
        return point >= 'A' && point <= 'Z' ? point - 'A' + 'a' : point;
    for (size_t i = 0; i < sizeof lower_ranges / sizeof *lower_ranges; i++) {
        const struct lower_range *range = &lower_ranges[i];

        if (point < range->first)
            break;
        if (point <= range->last && (point - range->first) % range->step == 0)
            return (uint32_t)((int32_t)point + range->delta);
    }
    return point;
}

/* RFC 3492, section 5. */
enum {
    PUNY_BASE = 36,
    PUNY_TMIN = 1,
    PUNY_TMAX = 26,
    PUNY_SKEW = 38,
    PUNY_DAMP = 700,
    PUNY_BIAS = 72,
    PUNY_FIRST = 0x80,
};

struct host {
    char *at; /* of URL_HOST_BYTES_MAX bytes */
    size_t n;
    bool overflowed;
};

static void put(struct host *host, uint32_t byte)
{
    if (host->n < URL_HOST_BYTES_MAX)
        host->at[host->n++] = (char)byte;
    else
        host->overflowed = true;
}

static void put_digit(struct host *host, uint32_t digit)
{
    put(host, digit < 26 ? 'a' + digit : '0' + digit - 26);
}

/* Section 6.1. */
static uint32_t adapted(uint32_t delta, uint32_t points, bool is_first)
{
    uint32_t k = 0;

    delta = is_first ? delta / PUNY_DAMP : delta / 2;
    delta += delta / points;
    for (; delta > (PUNY_BASE - PUNY_TMIN) * PUNY_TMAX / 2; k += PUNY_BASE)
        delta /= PUNY_BASE - PUNY_TMIN;
    return k + (PUNY_BASE - PUNY_TMIN + 1) * delta / (delta + PUNY_SKEW);
}

/* One generalised variable-length integer, section 6.3's inner loop. */
static void put_integer(struct host *host, uint32_t value, uint32_t bias)
{
    for (uint32_t k = PUNY_BASE;; k += PUNY_BASE) {
        uint32_t t = k <= bias               ? PUNY_TMIN
                     : k >= bias + PUNY_TMAX ? PUNY_TMAX
                                             : k - bias;

        if (value < t) {
            put_digit(host, value);
            return;
        }
        put_digit(host, t + (value - t) % (PUNY_BASE - t));
        value = (value - t) / (PUNY_BASE - t);
    }
}

/* The smallest code point of the label that is at least `from`. */
static uint32_t next_point(const uint32_t *label, size_t n, uint32_t from)
{
    uint32_t next = UINT32_MAX;

    for (size_t i = 0; i < n; i++)
        if (label[i] >= from && label[i] < next)
            next = label[i];
    return next;
}

/* Section 6.3. No overflow: 255 points below 0x110000 keep delta under 2^29. */
static void put_punycode(struct host *host, const uint32_t *label, size_t n)
{
    uint32_t basic = 0;
    uint32_t bias = PUNY_BIAS;
    uint32_t delta = 0;
    uint32_t done;
    uint32_t point = PUNY_FIRST;

    for (size_t i = 0; i < n; i++)
        if (label[i] < PUNY_FIRST) {
            put(host, label[i]);
            basic++;
        }
    if (basic > 0)
        put(host, '-');
    for (done = basic; done < n; delta++, point++) {
        uint32_t next = next_point(label, n, point);

        delta += (next - point) * (done + 1);
        point = next;
        for (size_t i = 0; i < n; i++) {
            if (label[i] < point)
                delta++;
            if (label[i] != point)
                continue;
            put_integer(host, delta, bias);
            bias = adapted(delta, done + 1, done == basic);
            delta = 0;
            done++;
        }
    }
}

static void put_label(struct host *host, const uint32_t *label, size_t n)
{
    bool is_ascii = next_point(label, n, PUNY_FIRST) == UINT32_MAX;

    if (!is_ascii) {
        for (const char *c = "xn--"; *c != '\0'; c++)
            put(host, (uint8_t)*c);
        put_punycode(host, label, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        put(host, label[i]);
}

/* Of well-formed UTF-8. */
static uint32_t next_character(struct str text, size_t *i)
{
    uint8_t lead = (uint8_t)text.at[(*i)++];
    size_t more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    uint32_t point = more == 0 ? lead : lead & (0x3fU >> more);

    for (; more > 0; more--)
        point = point << 6 | ((uint8_t)text.at[(*i)++] & 0x3fU);
    return point;
}

/* RFC 3986's reg-name without escapes, and what Punycode takes care of. */
static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (uint8_t)c >= 0x80 || (c != '\0' && strchr("-._~!$&'()*+,;=", c));
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* False when the name has too many bytes or one that no name has. */
static bool decode(struct str text, char *out, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];

        if (c == '%') {
            if (i + 2 >= text.n || hex_value(text.at[i + 1]) < 0 ||
                hex_value(text.at[i + 2]) < 0)
                return false;
            c = (char)(hex_value(text.at[i + 1]) * 16 + hex_value(text.at[i + 2]));
            i += 2;
        }
        if (!is_name_byte(c) || *n == URL_HOST_BYTES_MAX)
            return false;
        out[(*n)++] = c;
    }
    return true;
}

static size_t put_name(struct str text, struct host *host)
{
    char bytes[URL_HOST_BYTES_MAX] = {0};
    uint32_t label[URL_HOST_BYTES_MAX];
    struct str decoded = {.at = bytes};
    size_t n = 0;

    if (!decode(text, bytes, &decoded.n) || !text_is_utf8(bytes, decoded.n, NULL))
        return 0;
    for (size_t i = 0; i < decoded.n;) {
        uint32_t point = lower(next_character(decoded, &i));

        if (point == '.') {
            put_label(host, label, n);
            put(host, '.');
            n = 0;
        } else {
            label[n++] = point;
        }
    }
    put_label(host, label, n);
    return host->overflowed ? 0 : host->n;
}

static size_t ip6(struct str text, char out[URL_HOST_BYTES_MAX])
{
    char inside[INET6_ADDRSTRLEN] = {0};
    struct in6_addr address;
    size_t n;

    if (text.n < 2 || text.at[text.n - 1] != ']' || text.n - 2 >= sizeof inside ||
        memchr(text.at, '\0', text.n))
        return 0;
    memcpy(inside, text.at + 1, text.n - 2);
    if (inet_pton(AF_INET6, inside, &address) != 1 ||
        !inet_ntop(AF_INET6, &address, inside, sizeof inside))
        return 0;
    n = strlen(inside);
    out[0] = '[';
    memcpy(out + 1, inside, n);
    out[n + 1] = ']';
    return n + 2;
}

size_t url_host(struct str text, char out[URL_HOST_BYTES_MAX])
{
    struct host host = {.at = out};

    if (text.n == 0)
        return 0;
    return text.at[0] == '[' ? ip6(text, out) : put_name(text, &host);
}
