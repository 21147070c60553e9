/* SipHash-2-4 against the vectors its authors publish, and what the suite relies on
 * beyond them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shared/hash.h"

#include "shared/banned.h"

static const uint8_t reference_key[16] = {0, 1, 2,  3,  4,  5,  6,  7,
                                          8, 9, 10, 11, 12, 13, 14, 15};

/* Hash of the bytes 0, 1, .. n - 1 under the key 0, 1, .. 15. Aumasson and Bernstein,
 * "SipHash: a fast short-input PRF" (2012), appendix A for n = 15; the others are
 * vectors_sip64 of their reference code. */
static const struct {
    size_t n;
    uint64_t hash;
} vectors[] = {
    {0, 0x726fdb47dd0e0e31},  {1, 0x74f839c593dc67fd},  {2, 0x0d6c8009d9a94f5a},
    {3, 0x85676696d7fb7e2d},  {4, 0xcf2794e0277187b7},  {5, 0x18765564cd99a68d},
    {6, 0xcbc9466e58fee3ce},  {7, 0xab0200f58b01d137},  {8, 0x93f5f5799a932462},
    {9, 0x9e0082df0ba9e4b0},  {10, 0x7a5dbbc594ddb9f3}, {11, 0xf4b32f46226bada7},
    {12, 0x751e8fbc860ee5fb}, {13, 0x14ea5627c0843d90}, {14, 0xf723ca908e7af2ee},
    {15, 0xa129ca6149be45e5}, {16, 0x3f2acc7f57c29bdb}, {63, 0x958a324ceb064572},
};

static void published_vectors_are_met(void **state)
{
    uint8_t bytes[64];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++)
        assert_int_equal(hash_with_key(bytes, vectors[i].n, reference_key),
                         vectors[i].hash);
}

static void bytes_above_127_are_not_sign_extended(void **state)
{
    static const uint8_t high[] = {0xff, 0x80, 0xc3};
    static const char same[] = "\xff\x80\xc3";

    (void)state;
    assert_int_equal(hash_bytes(high, 3), hash_bytes(same, 3));
    assert_int_not_equal(hash_bytes("\x80", 1), hash_bytes("\x80\xff", 2));
}

static void the_empty_text_may_be_a_null_pointer(void **state)
{
    (void)state;
    assert_int_equal(hash_bytes(NULL, 0), hash_bytes("", 0));
}

static void a_text_and_the_same_with_a_zero_byte_differ(void **state)
{
    (void)state;
    assert_int_not_equal(hash_bytes("a", 1), hash_bytes("a\0", 2));
}

static void mixing_knows_the_order(void **state)
{
    (void)state;
    assert_int_equal(hash_mix(1, 2), hash_mix(1, 2));
    assert_int_not_equal(hash_mix(1, 2), hash_mix(2, 1));
    assert_int_not_equal(hash_mix(1, 2), hash_mix(1, 3));
    assert_int_not_equal(hash_mix(0, 0), 0);
}

/* The definition: the hash of both words as 16 little-endian bytes. */
static void mixing_is_the_same_on_every_machine(void **state)
{
    (void)state;
    assert_int_equal(hash_mix(0x0807060504030201, 0x100f0e0d0c0b0a09),
                     hash_bytes("\x01\x02\x03\x04\x05\x06\x07\x08"
                                "\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10",
                                16));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors_are_met),
        cmocka_unit_test(bytes_above_127_are_not_sign_extended),
        cmocka_unit_test(the_empty_text_may_be_a_null_pointer),
        cmocka_unit_test(a_text_and_the_same_with_a_zero_byte_differ),
        cmocka_unit_test(mixing_knows_the_order),
        cmocka_unit_test(mixing_is_the_same_on_every_machine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
