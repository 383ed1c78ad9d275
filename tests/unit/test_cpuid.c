/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cpuid_rows.h"
#include "sys/tlb.h"

#include <pmdgain/units.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void a_cpu_is_identified(void **state)
{
        struct cpuid_identity identity;

        (void)state;
        assert_true(cpuid_identify(&cascade_lake, &identity));
        assert_string_equal(identity.vendor, "GenuineIntel");
        assert_string_equal(identity.brand, "Intel(R) Xeon(R) Platinum 8269C CPU @ 2.50GHz");
        assert_int_equal(identity.family, 6);
        assert_int_equal(identity.model, 0x55);
        assert_int_equal(identity.stepping, 6);
        assert_false(identity.hypervisor);
        assert_string_equal(identity.signature, "");
        assert_true(cpuid_identify(&turin_guest, &identity));
        assert_string_equal(identity.vendor, "AuthenticAMD");
        assert_int_equal(identity.family, 26); /* the guest's /proc/cpuinfo said so */
        assert_int_equal(identity.model, 2);
        assert_int_equal(identity.stepping, 1);
        assert_true(identity.hypervisor);
        assert_string_equal(identity.signature, "KVMKVMKVM");
        assert_true(cpuid_identify(&qemu_tcg, &identity));
        assert_string_equal(identity.signature, "TCGTCGTCGTCG");
        assert_string_equal(identity.brand, "QEMU TCG CPU version 2.5+");
}

static void an_empty_table_identifies_nothing(void **state)
{
        const struct cpuid_table empty = { 0 };
        struct cpuid_identity identity = { .family = 77 };
        struct tlb_table tlbs;

        (void)state;
        assert_false(cpuid_identify(&empty, &identity));
        assert_int_equal(identity.family, 77);
        tlb_decode(&empty, &tlbs);
        assert_int_equal(tlbs.count, 0);
}

/* Intel's Optimization Reference Manual, tables "Cache Parameters" and "TLB Parameters" of the
 * microarchitectures; AMD's Software Optimization Guides of families 17h, 19h and 1Ah. */
static void data_tlbs_hold_what_the_makers_say(void **state)
{
        static const struct {
                const struct cpuid_table *cpuid;
                unsigned first_4k, first_2m, first_1g, second_4k, second_2m, second_1g;
        } rows[] = {
                { &cascade_lake, 64, 32, 4, 1536, 1536, 16 },
                { &tiger_lake, 64, 32, 8, 2048, 1024, 1024 },
                { &skymont, 48, 48, 0, 4096, 4096, 8 },
                { &rome, 64, 64, 64, 2048, 2048, 0 },
                { &genoa, 72, 72, 72, 3072, 3072, 64 },
                { &granite_ridge, 96, 96, 96, 4096, 4096, 1024 },
                { &turin_guest, 96, 96, 0, 4096, 4096, 0 },
                { &qemu_tcg, 255, 255, 0, 512, 0, 0 },
        };

        (void)state;
        for (size_t i = 0; i < COUNT(rows); i++) {
                struct tlb_table tlbs;

                tlb_decode(rows[i].cpuid, &tlbs);
                assert_int_equal(tlb_load_entries(&tlbs, 1, 4 * KIB), rows[i].first_4k);
                assert_int_equal(tlb_load_entries(&tlbs, 1, 2 * MIB), rows[i].first_2m);
                assert_int_equal(tlb_load_entries(&tlbs, 1, GIB), rows[i].first_1g);
                assert_int_equal(tlb_load_entries(&tlbs, 2, 4 * KIB), rows[i].second_4k);
                assert_int_equal(tlb_load_entries(&tlbs, 2, 2 * MIB), rows[i].second_2m);
                assert_int_equal(tlb_load_entries(&tlbs, 2, GIB), rows[i].second_1g);
                assert_int_equal(tlb_load_entries(&tlbs, 3, 4 * KIB), 0);
        }
}

struct expected {
        unsigned level;
        enum tlb_type type;
        enum tlb_access access;
        uint64_t first_page;
        size_t pages;
        unsigned entries, ways;
};

static void assert_rows(const struct cpuid_table *cpuid, const struct expected *rows, size_t count)
{
        struct tlb_table tlbs;

        tlb_decode(cpuid, &tlbs);
        assert_int_equal(tlbs.count, count);
        for (size_t i = 0; i < count; i++) {
                const struct tlb *tlb = &tlbs.rows[i];

                assert_int_equal(tlb->level, rows[i].level);
                assert_int_equal(tlb->type, rows[i].type);
                assert_int_equal(tlb->access, rows[i].access);
                assert_int_equal(tlb->page_bytes[0], rows[i].first_page);
                assert_int_equal(tlb->page_count, rows[i].pages);
                assert_int_equal(tlb->entries, rows[i].entries);
                assert_int_equal(tlb->ways, rows[i].ways);
                assert_int_equal(tlb->shared, rows[i].pages > 1);
        }
}

static void descriptors_are_all_decoded(void **state)
{
        static const struct expected rows[] = {
                { 1, TLB_DATA, TLB_ANY, 2 * MIB, 2, 32, 4 },        /* 0x63 */
                { 1, TLB_DATA, TLB_ANY, GIB, 1, 4, 4 },             /* 0x63 too */
                { 1, TLB_DATA, TLB_ANY, 4 * KIB, 1, 64, 4 },        /* 0x03 */
                { 1, TLB_INSTRUCTION, TLB_ANY, 2 * MIB, 2, 8, 8 },  /* 0x76 */
                { 1, TLB_INSTRUCTION, TLB_ANY, 4 * KIB, 1, 64, 8 }, /* 0xb5 */
                { 2, TLB_UNIFIED, TLB_ANY, 4 * KIB, 2, 1536, 6 },   /* 0xc3 */
                { 2, TLB_UNIFIED, TLB_ANY, GIB, 1, 16, 4 },         /* 0xc3 too */
        };

        (void)state;
        assert_rows(&cascade_lake, rows, COUNT(rows));
}

static void parameters_are_all_decoded(void **state)
{
        static const struct expected rows[] = {
                { 1, TLB_INSTRUCTION, TLB_ANY, 4 * KIB, 1, 128, 8 },
                { 1, TLB_INSTRUCTION, TLB_ANY, 2 * MIB, 2, 16, 8 },
                { 1, TLB_DATA, TLB_STORES, 4 * KIB, 4, 16, 16 },
                { 1, TLB_DATA, TLB_LOADS, 4 * KIB, 1, 64, 4 },
                { 1, TLB_DATA, TLB_LOADS, 2 * MIB, 2, 32, 4 },
                { 1, TLB_DATA, TLB_LOADS, GIB, 1, 8, 8 },
                { 2, TLB_UNIFIED, TLB_ANY, 4 * KIB, 3, 1024, 8 },
                { 2, TLB_UNIFIED, TLB_ANY, 4 * KIB, 2, 1024, 8 },
        };

        (void)state;
        assert_rows(&tiger_lake, rows, COUNT(rows));
}

static void amd_leaves_are_all_decoded(void **state)
{
        static const struct expected rows[] = {
                { 1, TLB_DATA, TLB_ANY, 4 * KIB, 1, 72, 72 },
                { 1, TLB_INSTRUCTION, TLB_ANY, 4 * KIB, 1, 64, 64 },
                { 1, TLB_DATA, TLB_ANY, 2 * MIB, 1, 72, 72 },
                { 1, TLB_INSTRUCTION, TLB_ANY, 2 * MIB, 1, 64, 64 },
                { 1, TLB_DATA, TLB_ANY, GIB, 1, 72, 72 },
                { 1, TLB_INSTRUCTION, TLB_ANY, GIB, 1, 64, 64 },
                { 2, TLB_DATA, TLB_ANY, 4 * KIB, 1, 3072, 8 },
                { 2, TLB_INSTRUCTION, TLB_ANY, 4 * KIB, 1, 512, 4 },
                { 2, TLB_DATA, TLB_ANY, 2 * MIB, 1, 3072, 6 },
                { 2, TLB_INSTRUCTION, TLB_ANY, 2 * MIB, 1, 512, 2 },
                { 2, TLB_DATA, TLB_ANY, GIB, 1, 64, 64 },
        };

        (void)state;
        assert_rows(&genoa, rows, COUNT(rows));
}

/* Scaled figures say so where the flag was hidden, and only there. */
static void a_hidden_unit_is_noted(void **state)
{
        struct cpuid_table older = turin_guest;
        struct tlb_table tlbs;

        (void)state;
        tlb_decode(&turin_guest, &tlbs);
        for (size_t i = 0; i < tlbs.count; i++)
                assert_int_equal(tlbs.rows[i].note != NULL, tlbs.rows[i].level == 2);
        tlb_decode(&granite_ridge, &tlbs);
        for (size_t i = 0; i < tlbs.count; i++)
                assert_null(tlbs.rows[i].note);
        older.rows[1].eax = 0x00a10f11; /* the same leaves on a Zen 4 mean what they say */
        tlb_decode(&older, &tlbs);
        assert_int_equal(tlb_load_entries(&tlbs, 2, 4 * KIB), 128);
        older = turin_guest;
        older.rows[1].ecx &= ~(UINT32_C(1) << 31); /* hardware hides nothing */
        tlb_decode(&older, &tlbs);
        assert_int_equal(tlb_load_entries(&tlbs, 2, 4 * KIB), 128);
}

static void odd_registers_are_ignored(void **state)
{
        static const struct cpuid_table odd = {
                .count = 7,
                .rows = {
                        INTEL_ZERO(0x18),
                        { 1, 0, 0x000806f8, 0, 0, 0 },
                        { 2, 0, 0x03030301, 0x80030303, 0x00000000, 0xffffffff },
                        { 0x18, 0, 0xffffffff, 0x00080001, 0x00000010, 0x00000000 }, /* no type */
                        { 0x18, 1, 0, 0x00080001, 0x00000010, 0x0000003f }, /* reserved type */
                        { 0x18, 2, 0, 0x00080000, 0x00000010, 0x00000021 }, /* no pages */
                        { 0x18, 3, 0, 0x00080001, 0x20000001, 0x00000021 }, /* 2^32 + 8 entries */
                },
        };
        struct tlb_table tlbs;

        (void)state;
        tlb_decode(&odd, &tlbs); /* nothing usable in leaf 0x18: three descriptors of leaf 2 */
        assert_int_equal(tlbs.count, 3);
        assert_int_equal(tlb_load_entries(&tlbs, 1, 4 * KIB), 192);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_cpu_is_identified),
                cmocka_unit_test(an_empty_table_identifies_nothing),
                cmocka_unit_test(data_tlbs_hold_what_the_makers_say),
                cmocka_unit_test(descriptors_are_all_decoded),
                cmocka_unit_test(parameters_are_all_decoded),
                cmocka_unit_test(amd_leaves_are_all_decoded),
                cmocka_unit_test(a_hidden_unit_is_noted),
                cmocka_unit_test(odd_registers_are_ignored),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
