/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "scratch_file.h"
#include "user_emulation.h"

#include <pmdgain/clock.h>
#include <pmdgain/units.h>

#define BYTES (4 * MIB)
#define PAGE ((size_t)sysconf(_SC_PAGESIZE))
#define PAGES (BYTES / PAGE)

extern const struct workload workload_mkwrite;

static struct clock wall;

static void make(struct fake_trial *fake, uint64_t stride)
{
        fake_make(fake, &workload_mkwrite, 0, BYTES, 1);
        fake->trial.clock = &wall;
        fake->cell.options[0].count = stride;
}

/* What one sample stored and how often it faulted. */
static uint64_t run_counted(struct fake_trial *fake, uint64_t *ret_ops)
{
        uint64_t faults;

        assert_int_equal(fake_prepare(fake).code, STATUS_OK);
        fake_run(fake, 0, 0); /* the code itself */
        faults = minor_faults();
        *ret_ops = fake_run(fake, 0, workload_mkwrite.quantum(&fake->trial));
        return minor_faults() - faults;
}

static void each_page_of_a_file_faults_once_more(void **state)
{
        const uint64_t strides[] = { 64, PAGE, 2 * PAGE, 2 * MIB };

        for (size_t i = 0; i < sizeof(strides) / sizeof(strides[0]) && scratch_here(); i++) {
                struct fake_trial fake;
                uint64_t ops = 0;

                make(&fake, strides[i]);
                scratch_map(&fake);
                scratch_read(&fake.mapping);
                assert_int_equal(run_counted(&fake, &ops),
                                 strides[i] < PAGE ? PAGES : BYTES / strides[i]);
                assert_int_equal(ops, BYTES / strides[i]);
                assert_int_equal(fake_check(&fake).code, STATUS_OK);
                close(fake.mapping.fd);
                fake_free(&fake);
        }
}

static void memory_without_storage_faults_no_more(void **state)
{
        struct fake_trial fake;
        uint64_t ops = 0;

        make(&fake, PAGE);
        assert_int_equal(run_counted(&fake, &ops), 0);
        assert_int_equal(ops, PAGES);
        assert_int_equal(fake_check(&fake).code, STATUS_OK);
        fake.mapping.address[5 * PAGE] ^= 1;
        assert_int_equal(fake_check(&fake).code, STATUS_INVALID);
        fake_free(&fake);
}

static void only_the_strides_are_written(void **state)
{
        struct fake_trial fake;
        uint64_t ops = 0;

        make(&fake, 8192);
        run_counted(&fake, &ops);
        for (size_t at = 0; at < BYTES; at++)
                assert_int_equal(fake.mapping.address[at] == (char)FAKE_FILL, at % 8192 != 0);
        fake.mapping.prot = PROT_READ;
        workload_mkwrite.finish(&fake.trial);
        assert_int_equal(fake_prepare(&fake).code, STATUS_SKIP);
        fake_free(&fake);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_page_of_a_file_faults_once_more),
                cmocka_unit_test(memory_without_storage_faults_no_more),
                cmocka_unit_test(only_the_strides_are_written),
        };

        wall = clock_monotonic();
        if (user_emulation_of_pages()) {
                print_message("pages that an emulator makes up do not fault\n");
                return 77;
        }
        return cmocka_run_group_tests(tests, NULL, NULL);
}
