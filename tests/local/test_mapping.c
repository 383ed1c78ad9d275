/* SPDX-License-Identifier: Apache-2.0 */
/* Mappings of this machine's own memory, and what the proofs say of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "local_source.h"
#include "mapping/presence.h"
#include "sys/pagemap.h"
#include "sys/procself.h"

#include <math.h>
#include <sys/mman.h>

#define BYTES (96 * MIB) /* enough for VmPTE to speak */

static struct source anon;

static int anon_set_up(void **state)
{
        struct status status = local_open(&source_class_anon, BYTES, &anon);

        if (status_failed(&status)) {
                print_message("%s; %s\n", status.what, status.todo);
                return -1;
        }
        return 0;
}

static int anon_tear_down(void **state)
{
        source_close(&anon);
        return 0;
}

static void a_grain_is_proven_by_two_methods_where_there_are_two(void **state)
{
        static const char *const arms[] = { "pmd", "pte:nohuge" };

        for (size_t i = 0; i < 2; i++) {
                struct mapping mapping;

                local_map_proven(&anon, arms[i], BYTES, &mapping);
                assert_true(mapping.proof.pmd_fraction == (i == 0 ? 1 : 0));
                assert_non_null(strstr(mapping.proof.methods, "smaps"));
                assert_true(mapping.proof.minflt.known);
                assert_int_equal(proof_again(&mapping, anon.traits).code, STATUS_OK);
                assert_int_equal(mapping_detach(&mapping).code, STATUS_OK);
        }
}

/* Every third PMD's worth gets PTEs. */
static void a_mixed_mapping_is_invalid_and_its_fraction_known(void **state)
{
        size_t pmd = anon.pmd_bytes, chunks = BYTES / pmd, small = 0;
        struct proof_meter meter;
        struct mapping mapping;
        struct status status;

        local_lay_out(&anon, "pmd", BYTES, &mapping);
        assert_int_equal(mapping_attach(&mapping).code, STATUS_OK);
        for (size_t i = 0; i < chunks; i += 3, small++)
                assert_int_equal(madvise(mapping.address + i * pmd, pmd, MADV_NOHUGEPAGE), 0);
        proof_begin(&meter, anon.traits);
        assert_int_equal(mapping_fault_in(&mapping).code, STATUS_OK);
        status = proof_end(&meter, &mapping, anon.traits);
        assert_int_equal(status.code, STATUS_INVALID);
        assert_int_equal(mapping.proof.proven, GRAIN_MIXED);
        assert_true(fabs(mapping.proof.pmd_fraction - 1 + (double)small / (double)chunks) < 1e-9);
        mapping_detach(&mapping);
}

static void a_split_after_the_first_proof_is_found(void **state)
{
        struct mapping mapping;
        struct status status;

        local_map_proven(&anon, "pmd", BYTES, &mapping);
        assert_int_equal(mprotect(mapping.address, anon.page_bytes, PROT_READ), 0);
        assert_int_equal(mprotect(mapping.address, anon.page_bytes, mapping.prot), 0);
        status = proof_again(&mapping, anon.traits);
        assert_int_equal(status.code, STATUS_INVALID);
        assert_non_null(strstr(status.what, "mixed"));
        mapping_detach(&mapping);
}

static void a_mapping_that_is_not_present_proves_nothing(void **state)
{
        struct proof_meter meter;
        struct mapping mapping;
        struct status status;

        local_lay_out(&anon, "pmd", BYTES, &mapping);
        assert_int_equal(mapping_attach(&mapping).code, STATUS_OK);
        proof_begin(&meter, anon.traits);
        *mapping.address = 1; /* one PMD of many */
        status = proof_end(&meter, &mapping, anon.traits);
        assert_int_equal(status.code, STATUS_INVALID);
        assert_int_equal(mapping.proof.proven, GRAIN_UNKNOWN);
        assert_non_null(strstr(status.what, "present"));
        mapping_detach(&mapping);
}

/* Where no walker sees pages, touching them tells; what an op left out and one that did nothing. */
static void presence_is_told_without_struct_pages(void **state)
{
        struct proof_meter meter;
        struct mapping mapping;
        struct status status;

        local_lay_out(&anon, "pte:nohuge", BYTES, &mapping);
        assert_int_equal(mapping_attach(&mapping).code, STATUS_OK);
        proof_begin(&meter, anon.traits);
        status = proof_end(&meter, &mapping, SOURCE_NO_PAGES);
        assert_int_equal(status.code, STATUS_SKIP);
        assert_non_null(strstr(status.what, "not present"));
        assert_int_equal(presence_faults(&mapping).value, 0); /* it is now */
        assert_int_equal(presence_check(&mapping, count_of(BYTES / 4096)).code, STATUS_OK);
        assert_int_equal(madvise(mapping.address, 3 * anon.page_bytes, MADV_DONTNEED), 0);
        status = presence_check(&mapping, count_of(BYTES / 4096));
        assert_int_equal(status.code, STATUS_INVALID);
        assert_non_null(strstr(status.what, "3 fault(s) more"));
        mapping_detach(&mapping);
}

/* Anonymous memory that was only read, and a file that was never written. */
static void the_page_of_zeros_is_no_result(void **state)
{
        static const struct {
                unsigned traits;
                enum status_code code;
        } rows[] = {
                { SOURCE_FRESH_BYTES | SOURCE_PMD_DEPOSITS, STATUS_SKIP },
                { SOURCE_PMD_DEPOSITS, STATUS_INVALID },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct pagemap_figures figures;
                struct proof_meter meter;
                struct mapping mapping;
                struct status status;

                local_lay_out(&anon, "pte:nohuge", BYTES, &mapping);
                assert_int_equal(mapping_attach(&mapping).code, STATUS_OK);
                proof_begin(&meter, anon.traits);
                for (size_t at = 0; at < BYTES; at += anon.page_bytes)
                        assert_int_equal(((volatile char *)mapping.address)[at], 0);
                if (pagemap_scan(mapping.address, BYTES, &figures).code == STATUS_SKIP) {
                        mapping_detach(&mapping);
                        skip(); /* before Linux 6.7 nothing tells */
                }
                assert_int_equal(figures.zero_bytes, BYTES);
                status = proof_end(&meter, &mapping, rows[i].traits);
                assert_int_equal(status.code, rows[i].code);
                assert_non_null(strstr(status.what, "zeros"));
                mapping_detach(&mapping);
        }
}

static void detaching_gives_the_addresses_back(void **state)
{
        struct mapping mapping;
        unsigned char there;

        local_map_proven(&anon, "pmd", BYTES, &mapping);
        assert_int_equal(mapping_detach(&mapping).code, STATUS_OK);
        assert_false(mapping.mapped);
        /* Still reserved: mincore() fails with ENOMEM where nothing is mapped. */
        assert_int_equal(mincore(mapping.address, anon.page_bytes, &there), 0);
        assert_int_equal(there & 1, 0);
}

static void huge_pages_are_off_only_while_populating(void **state)
{
        struct mapping mapping;

        local_lay_out(&anon, "pmd", BYTES, &mapping);
        assert_int_not_equal(mapping_before_populate(&mapping).code, STATUS_SYSTEM);
        assert_false(procself_thp_disabled());
        local_lay_out(&anon, "pte:nohuge", BYTES, &mapping);
        assert_int_equal(mapping_before_populate(&mapping).code, STATUS_OK);
        assert_true(procself_thp_disabled());
        assert_int_equal(mapping_after_populate(&mapping).code, STATUS_OK);
        assert_false(procself_thp_disabled());
}

/* Populating comes before the advice: skipped, or by PMD, but never something else. */
static void map_populate_of_anonymous_memory_is_by_pmd_or_skipped(void **state)
{
        struct proof_meter meter;
        struct mapping mapping;
        struct status status;

        local_lay_out(&anon, "pmd", BYTES, &mapping);
        status = mapping_before_populate(&mapping);
        if (status.code == STATUS_SKIP) {
                assert_non_null(strstr(status.todo, "echo always"));
                return;
        }
        assert_int_equal(status.code, STATUS_OK);
        proof_begin(&meter, anon.traits);
        assert_ptr_equal(mapping_mmap(&mapping, MAP_POPULATE), mapping.address);
        assert_int_equal(proof_end(&meter, &mapping, anon.traits).code, STATUS_OK);
        mapping_detach(&mapping);
}

static int memfd_of(size_t bytes)
{
        int fd = memfd_create("test", MFD_CLOEXEC);

        assert_true(fd >= 0);
        assert_int_equal(ftruncate(fd, (off_t)bytes), 0);
        return fd;
}

static struct mapping file_mapping(int fd, size_t bytes)
{
        struct mapping mapping;

        local_lay_out(&anon, "pte:nohuge", bytes, &mapping);
        mapping.fd = fd;
        mapping.flags = MAP_SHARED;
        return mapping;
}

static void a_file_that_is_too_short_is_an_error_and_no_signal(void **state)
{
        int fd = memfd_of(anon.pmd_bytes);
        struct mapping mapping = file_mapping(fd, 2 * anon.pmd_bytes);
        struct status status;

        assert_int_equal(mapping_attach(&mapping).code, STATUS_OK);
        status = mapping_fault_in(&mapping);
        assert_int_equal(status.code, STATUS_SYSTEM);
        assert_non_null(strstr(status.what, "SIGBUS"));
        mapping_detach(&mapping);
        close(fd);
}

static void a_refused_mmap_is_an_error(void **state)
{
        struct mapping mapping = file_mapping(9999, anon.pmd_bytes);

        assert_int_equal(mapping_attach(&mapping).code, STATUS_SYSTEM);
        assert_false(mapping.mapped);
}

/* After a fault-in, writing takes no fault, and what was written before is still there. */
static void faulting_in_makes_pages_writable_and_keeps_them(void **state)
{
        size_t bytes = 8 * anon.pmd_bytes;
        int fd = memfd_of(bytes);

        for (int round = 0; round < 2; round++) {
                struct mapping mapping = file_mapping(fd, bytes);
                uint64_t before;

                mapping.read_faults_suffice = round > 0; /* the file is full of pages by then */
                assert_int_equal(mapping_attach(&mapping).code, STATUS_OK);
                assert_int_equal(mapping_fault_in(&mapping).code, STATUS_OK);
                for (size_t at = 0; at < bytes; at += anon.page_bytes)
                        assert_int_equal(mapping.address[at],
                                         round ? (char)(at / anon.page_bytes) : 0);
                before = procself_minflt().value;
                for (size_t at = 0; at < bytes; at += anon.page_bytes)
                        mapping.address[at] = (char)(at / anon.page_bytes);
                assert_true(procself_minflt().value - before < 64);
                mapping_detach(&mapping);
        }
        close(fd);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_grain_is_proven_by_two_methods_where_there_are_two),
                cmocka_unit_test(a_mixed_mapping_is_invalid_and_its_fraction_known),
                cmocka_unit_test(a_split_after_the_first_proof_is_found),
                cmocka_unit_test(a_mapping_that_is_not_present_proves_nothing),
                cmocka_unit_test(presence_is_told_without_struct_pages),
                cmocka_unit_test(the_page_of_zeros_is_no_result),
                cmocka_unit_test(detaching_gives_the_addresses_back),
                cmocka_unit_test(huge_pages_are_off_only_while_populating),
                cmocka_unit_test(map_populate_of_anonymous_memory_is_by_pmd_or_skipped),
                cmocka_unit_test(a_file_that_is_too_short_is_an_error_and_no_signal),
                cmocka_unit_test(a_refused_mmap_is_an_error),
                cmocka_unit_test(faulting_in_makes_pages_writable_and_keeps_them),
        };
        struct source probe;
        struct status status = local_open(&source_class_anon, MIB, &probe);

        if (status.code == STATUS_SKIP) {
                printf("skipped: %s; %s\n", status.what, status.todo);
                return 77;
        }
        if (!status_failed(&status))
                source_close(&probe);
        return cmocka_run_group_tests(tests, anon_set_up, anon_tear_down);
}
