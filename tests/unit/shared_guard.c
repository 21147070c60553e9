/*
 * Tests of shared/guard.c. The ranges are those of IANA's special-purpose address
 * registries as the header lists them: first and last address of each, and the
 * neighbours outside. What numbers mean is inet_aton(3).
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "shared/guard.h"

#include "shared/banned.h"

static bool is_public(const char *text)
{
    struct sockaddr_storage address = {0};
    struct sockaddr_in ip4 = {.sin_family = AF_INET};
    struct sockaddr_in6 ip6 = {.sin6_family = AF_INET6};

    if (strchr(text, ':')) {
        if (inet_pton(AF_INET6, text, &ip6.sin6_addr) != 1)
            fail_msg("'%s' is no address", text);
        memcpy(&address, &ip6, sizeof ip6);
    } else {
        if (inet_pton(AF_INET, text, &ip4.sin_addr) != 1)
            fail_msg("'%s' is no address", text);
        memcpy(&address, &ip4, sizeof ip4);
    }
    return guard_is_public((const struct sockaddr *)&address);
}

static void expect(const char *const *texts, size_t n, bool expected)
{
    for (size_t i = 0; i < n; i++)
        if (is_public(texts[i]) != expected)
            fail_msg("%s is taken for %s", texts[i], expected ? "private" : "public");
}

#define EXPECT(texts, expected) \
    expect((texts), sizeof(texts) / sizeof *(texts), expected)

static void both_ends_of_each_refused_range_are_refused(void **state)
{
    static const char *const ends[] = {
        "0.0.0.0",         "0.255.255.255",   "10.0.0.0",    "10.255.255.255",
        "100.64.0.0",      "100.127.255.255", "127.0.0.0",   "127.255.255.255",
        "169.254.0.0",     "169.254.255.255", "172.16.0.0",  "172.31.255.255",
        "192.0.0.0",       "192.0.0.255",     "192.0.2.0",   "192.0.2.255",
        "192.168.0.0",     "192.168.255.255", "198.18.0.0",  "198.19.255.255",
        "198.51.100.0",    "198.51.100.255",  "203.0.113.0", "203.0.113.255",
        "224.0.0.0",       "239.255.255.255", "240.0.0.0",   "255.255.255.255",
        "169.254.169.254",
    };
    static const char *const ends6[] = {
        "::",         "::1",
        "fc00::",     "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "fe80::",     "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "ff00::",     "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
    };

    (void)state;
    EXPECT(ends, false);
    EXPECT(ends6, false);
}

static void the_neighbours_of_refused_ranges_are_public(void **state)
{
    static const char *const beside[] = {
        "1.0.0.0",      "9.255.255.255",   "11.0.0.0",    "100.63.255.255",
        "100.128.0.0",  "126.255.255.255", "128.0.0.0",   "169.253.255.255",
        "169.255.0.0",  "172.15.255.255",  "172.32.0.0",  "191.255.255.255",
        "192.0.1.0",    "192.0.1.255",     "192.0.3.0",   "192.167.255.255",
        "192.169.0.0",  "198.17.255.255",  "198.20.0.0",  "198.51.99.255",
        "198.51.101.0", "203.0.112.255",   "203.0.114.0", "223.255.255.255",
    };
    static const char *const beside6[] = {
        "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "fec0::",
        "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:db9::",
        "2606:4700::1111",
    };

    (void)state;
    EXPECT(beside, true);
    EXPECT(beside6, true);
}

static void ipv4_inside_ipv6_is_judged_as_ipv4(void **state)
{
    static const char *const refused[] = {
        "::ffff:127.0.0.1", "::ffff:10.1.2.3",        "64:ff9b::169.254.169.254",
        "2002:7f00:1::",    "2002:c0a8:101:5::1:2:3", "::ffff:0.0.0.0",
    };
    static const char *const let_through[] = {
        "::ffff:8.8.8.8",       "64:ff9b::8.8.8.8",
        "2002:808:808::7f00:1", // its IPv4 address is 8.8.8.8
        "::fffe:127.0.0.1",     // one bit beside the range
        "64:ff9b:1::127.0.0.1",
    };

    (void)state;
    EXPECT(refused, false);
    EXPECT(let_through, true);
}

static void another_family_is_refused(void **state)
{
    struct sockaddr_storage address = {.ss_family = AF_UNIX};

    (void)state;
    assert_false(guard_is_public((const struct sockaddr *)&address));
    address.ss_family = AF_UNSPEC;
    assert_false(guard_is_public((const struct sockaddr *)&address));
}

/* NULL: the host is no literal. */
static void means(const char *host, const char *expected)
{
    struct sockaddr_storage address;
    struct sockaddr_in ip4;
    struct sockaddr_in6 ip6;
    char text[INET6_ADDRSTRLEN] = "";

    if (!guard_literal(str_of(host), &address)) {
        if (expected)
            fail_msg("'%s' is taken for a name", host);
        return;
    }
    if (address.ss_family == AF_INET) {
        memcpy(&ip4, &address, sizeof ip4);
        (void)inet_ntop(AF_INET, &ip4.sin_addr, text, sizeof text);
    } else {
        memcpy(&ip6, &address, sizeof ip6);
        (void)inet_ntop(AF_INET6, &ip6.sin6_addr, text, sizeof text);
    }
    if (!expected)
        fail_msg("'%s' is taken for %s", host, text);
    assert_string_equal(text, expected);
}

static void numbers_in_any_base_are_addresses(void **state)
{
    (void)state;
    means("127.0.0.1", "127.0.0.1");
    means("127.0.0.1.", "127.0.0.1");
    means("2130706433", "127.0.0.1");
    means("0x7f.1", "127.0.0.1");
    means("0X7F000001", "127.0.0.1");
    means("0177.0.0.1", "127.0.0.1");
    means("017700000001", "127.0.0.1");
    means("127.1", "127.0.0.1");
    means("127.0.257", "127.0.1.1");
    means("10.1.65535", "10.1.255.255");
    means("0", "0.0.0.0");
    means("0x", "0.0.0.0");
    means("00", "0.0.0.0");
    means("4294967295", "255.255.255.255");
}

static void numbers_that_are_no_addresses_are_names(void **state)
{
    (void)state;
    means("4294967296", NULL);
    means("18446744073709551616", NULL);
    means("256.0.0.1", NULL);
    means("1.2.3.256", NULL);
    means("1.2.65536", NULL);
    means("1.2.3.4.5", NULL);
    means("1..2", NULL);
    means("1.2..", NULL);
    means("08", NULL);
    means("0x7g", NULL);
    means("1a", NULL);
    means("-1", NULL);
    means("", NULL);
    means(".", NULL);
    means("example.com", NULL);
    means("localhost", NULL);
}

static void ipv6_needs_no_brackets_and_no_zone(void **state)
{
    (void)state;
    means("[::1]", "::1");
    means("::1", "::1");
    means("[::FFFF:127.0.0.1]", "::ffff:127.0.0.1");
    means("[]", NULL);
    means("[::1", NULL);
    means("[fe80::1%25eth0]", NULL);
    means("[v1.x]", NULL);
    assert_false(
        guard_literal((struct str){"::1\0", 4}, &(struct sockaddr_storage){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_of_each_refused_range_are_refused),
        cmocka_unit_test(the_neighbours_of_refused_ranges_are_public),
        cmocka_unit_test(ipv4_inside_ipv6_is_judged_as_ipv4),
        cmocka_unit_test(another_family_is_refused),
        cmocka_unit_test(numbers_in_any_base_are_addresses),
        cmocka_unit_test(numbers_that_are_no_addresses_are_names),
        cmocka_unit_test(ipv6_needs_no_brackets_and_no_zone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
