/* SPDX-License-Identifier: Apache-2.0 */
/* What each proof says of counts as kernels gave them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mapping/proof_method.h"
#include "sys/procself.h"

#include <math.h>
#include <pmdgain/source.h>
#include <pmdgain/units.h>
#include <string.h>

extern const struct proof_method proof_method_pagemap, proof_method_vmpte, proof_method_faults,
        proof_method_smaps, proof_method_tracepoints;

static struct mapping mapping_of(size_t bytes)
{
        return (struct mapping) { .bytes = bytes, .page_bytes = 4096, .pmd_bytes = 2 * MIB };
}

static void assert_says(struct proof_reading reading, double low, double high)
{
        if (!reading.speaks || reading.low < low || reading.high > high)
                print_message("%s %g to %g: %s\n", reading.speaks ? "says" : "is silent",
                              reading.low, reading.high, reading.note);
        assert_true(reading.speaks);
        assert_true(reading.low >= low && reading.high <= high);
        assert_true(reading.low <= reading.high);
}

/* As counted on Linux 6.1, 6.12 and 7.2 with 256 MiB of DAX. */
static void faults_count_pages_or_pmds(void **state)
{
        static const struct {
                uint64_t faults;
                bool speaks;
                double low, high;
        } rows[] = {
                { 129, true, 0.99, 1 },         /* by PMD */
                { 2 * 128 + 5, true, 0.99, 1 }, /* read, then written */
                { 65537, true, 0, 0.01 },       /* by PTE */
                { 65535, true, 0, 0.01 },       /* one was there before */
                { 64 + 64 * 512, true, 0.49, 0.51 },
                { 100, false, 0, 0 },       /* something was mapped around a fault */
                { 2 * 65536, false, 0, 0 }, /* read, then written, by PTE */
        };
        struct mapping mapping = mapping_of(256 * MIB);

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct proof_meter meter = { .faults = count_of(procself_faults().value -
                                                                rows[i].faults) };
                struct proof_reading reading = proof_method_faults.measure(&meter, &mapping);

                if (rows[i].speaks && rows[i].high == 0)
                        assert_true(reading.low <= 0);
                else if (rows[i].speaks)
                        assert_says(reading, rows[i].low, rows[i].high);
                else
                        assert_false(reading.speaks);
        }
        assert_false(proof_method_faults.applies(SOURCE_FAULT_AROUND | SOURCE_DAX_FAULTS));
        assert_false(proof_method_faults.applies(0));
        assert_true(proof_method_faults.applies(SOURCE_DAX_FAULTS));
}

static void tracepoints_tell_each_fault(void **state)
{
        static const struct {
                uint64_t pmds, ptes;
                bool speaks;
                double low, high;
        } rows[] = {
                { 128, 0, true, 1, 1 },     { 0, 65536, true, 0, 0 },
                { 128, 3, true, 0.99, 1 },  /* three of something else: the program itself */
                { 0, 65540, true, 0, 0 },   { 64, 64 * 512, true, 0.5, 0.5 },
                { 256, 0, true, 1, 1 },     /* read, then written */
                { 128, 65536, true, 0, 1 }, /* both: this leaves it open */
                { 127, 0, false, 0, 0 },    { 0, 65535, false, 0, 0 },
                { 0, 0, false, 0, 0 },
        };
        struct mapping mapping = mapping_of(256 * MIB);

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct proof_reading reading =
                        tracepoints_say(&mapping, rows[i].pmds, rows[i].ptes, 7);

                assert_int_equal(reading.speaks, rows[i].speaks);
                if (rows[i].speaks)
                        assert_true(fabs(reading.high - rows[i].high) < 1e-9 &&
                                    reading.low >= rows[i].low && reading.low <= rows[i].high);
                assert_non_null(strstr(reading.note, rows[i].speaks ? "7 PMD faults" : "fewer"));
        }
        assert_true(proof_method_tracepoints.applies(SOURCE_DAX_FAULTS | SOURCE_FS_DAX));
        assert_false(proof_method_tracepoints.applies(SOURCE_DAX_FAULTS)); /* devdax */
}

static void faults_for_a_read_and_a_write_count_twice(void **state)
{
        static const struct {
                uint64_t faults;
                bool speaks;
                double low, high;
        } rows[] = {
                { 2 * 128, true, 0.99, 1 },
                { 2 * 65536, true, 0, 0.01 },
                { 2 * (64 + 64 * 512), true, 0.49, 0.51 },
                { 100, false, 0, 0 },
                { 3 * 65536, false, 0, 0 },
        };
        struct mapping mapping = mapping_of(256 * MIB);

        mapping.faulted_twice = true;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct proof_meter meter = { .faults = count_of(procself_faults().value -
                                                                rows[i].faults) };
                struct proof_reading reading = proof_method_faults.measure(&meter, &mapping);

                assert_int_equal(reading.speaks, rows[i].speaks);
                if (reading.speaks)
                        assert_true(reading.high >= rows[i].low && reading.low <= rows[i].high &&
                                    reading.high - reading.low < 0.01);
        }
}

/* Arm with pages of 64 KiB: a PMD is 512 MiB, a table of PTEs takes a page. */
static void both_know_other_sizes_of_pages(void **state)
{
        const struct mapping mapping = { .bytes = 16 * GIB,
                                         .page_bytes = 64 * KIB,
                                         .pmd_bytes = 512 * MIB };
        const struct sys_root root = sys_root_real();
        uint64_t faults = procself_faults().value, tables = procself_page_tables(&root).value;
        struct proof_meter by_pmd = { .faults = count_of(faults - 33), .vmpte = count_of(tables) };
        struct proof_meter by_pte = { .faults = count_of(faults - 262145),
                                      .vmpte = count_of(tables - 32 * 64 * KIB) };

        assert_says(proof_method_faults.measure(&by_pmd, &mapping), 0.99, 1);
        assert_says(proof_method_vmpte.measure(&by_pmd, &mapping), 0.9, 1);
        assert_true(proof_method_faults.measure(&by_pte, &mapping).low <= 0);
        assert_true(proof_method_faults.measure(&by_pte, &mapping).high <= 0.01);
        assert_true(proof_method_vmpte.measure(&by_pte, &mapping).low <= 0);
        assert_true(proof_method_vmpte.measure(&by_pte, &mapping).high <= 0.4);
}

static void page_tables_tell_of_ptes_in_a_mapping_large_enough(void **state)
{
        static const struct {
                size_t bytes;
                uint64_t growth;
                bool speaks;
                double low, high;
        } rows[] = {
                { 256 * MIB, 0, true, 0.98, 1 },
                { 256 * MIB, 12 * KIB, true, 0.95, 1 }, /* tables of the upper levels */
                { 256 * MIB, 512 * KIB, true, 0, 0.1 },
                { 256 * MIB, 504 * KIB, true, 0, 0 }, /* the tables at both ends were there */
                { 256 * MIB, 524 * KIB, true, 0, 0.1 },
                { 256 * MIB, 264 * KIB, true, 0.45, 0.6 },
                { GIB, 2056 * KIB, true, 0, 0.03 },
                { 32 * MIB, 64 * KIB, false, 0, 0 }, /* lost in what else the process maps */
        };
        const struct sys_root root = sys_root_real();

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct mapping mapping = mapping_of(rows[i].bytes);
                struct proof_meter meter = { .vmpte = count_of(procself_page_tables(&root).value -
                                                               rows[i].growth) };
                struct proof_reading reading = proof_method_vmpte.measure(&meter, &mapping);

                if (rows[i].speaks && rows[i].high == 0)
                        assert_true(reading.low <= 0);
                else if (rows[i].speaks)
                        assert_says(reading, rows[i].low, rows[i].high);
                else
                        assert_false(reading.speaks);
        }
        assert_false(proof_method_vmpte.applies(SOURCE_PMD_DEPOSITS));
}

/* One fault, and upper tables that were there: eight tables are enough to tell. */
static void an_anchored_mapping_of_few_faults_may_be_small(void **state)
{
        const struct sys_root root = sys_root_real();
        struct mapping mapping = mapping_of(16 * MIB);
        struct proof_meter meter = { .vmpte = count_of(procself_page_tables(&root).value -
                                                       32 * KIB) };
        struct proof_reading reading;

        mapping.address = (char *)(uintptr_t)GIB;
        mapping.anchor = mapping.address + mapping.bytes;
        mapping.proof.minflt = count_of(1);
        reading = proof_method_vmpte.measure(&meter, &mapping);
        assert_true(reading.speaks);
        assert_true(reading.low <= 0 && reading.high <= 0);
        mapping.proof.minflt = count_of(4096); /* any of them may have made tables elsewhere */
        assert_false(proof_method_vmpte.measure(&meter, &mapping).speaks);
        mapping.proof.minflt = count_of(1);
        mapping.anchor = NULL;
        assert_true(proof_method_vmpte.measure(&meter, &mapping).high > 0.3);
}

static void methods_keep_to_what_they_can_see(void **state)
{
        assert_false(proof_method_pagemap.applies(SOURCE_NO_PAGES));
        assert_true(proof_method_pagemap.applies(SOURCE_DAX_FAULTS));
        assert_false(proof_method_smaps.applies(SOURCE_NO_PAGES));
        assert_false(proof_method_smaps.applies(SOURCE_DAX_FAULTS));
        assert_true(proof_method_smaps.applies(SOURCE_FAULT_AROUND));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(faults_count_pages_or_pmds),
                cmocka_unit_test(tracepoints_tell_each_fault),
                cmocka_unit_test(faults_for_a_read_and_a_write_count_twice),
                cmocka_unit_test(both_know_other_sizes_of_pages),
                cmocka_unit_test(page_tables_tell_of_ptes_in_a_mapping_large_enough),
                cmocka_unit_test(an_anchored_mapping_of_few_faults_may_be_small),
                cmocka_unit_test(methods_keep_to_what_they_can_see),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
