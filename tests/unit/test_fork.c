/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_trial.h"

#include <pmdgain/units.h>
#include <signal.h>
#include <sys/resource.h>

#define BYTES (32 * MIB)

extern const struct workload workload_fork;

enum { FORK, FORK_TOUCH };

static uint64_t faults_of_children(void)
{
        struct rusage usage;

        getrusage(RUSAGE_CHILDREN, &usage);
        return (uint64_t)usage.ru_minflt;
}

static uint64_t run_counted(struct fake_trial *fake, uint64_t ops)
{
        uint64_t faults = faults_of_children();

        assert_int_equal(fake_prepare(fake).code, STATUS_OK);
        assert_int_equal(fake_run(fake, 0, ops), ops);
        return faults_of_children() - faults;
}

/* A child of op fork touches nothing; at most 64 KiB are mapped around each fault of the other. */
static void children_fault_what_they_touch(void **state)
{
        struct fake_trial fake;
        uint64_t bare, touching;

        fake_make(&fake, &workload_fork, FORK, BYTES, 1);
        bare = run_counted(&fake, 3);
        assert_int_equal(fake.workers[0].status.code, STATUS_OK);
        fake.cell.op = &workload_fork.ops[FORK_TOUCH];
        touching = run_counted(&fake, 3);
        assert_int_equal(fake.workers[0].status.code, STATUS_OK);
        assert_true(touching >= bare + 3 * (BYTES / (2 * MIB)));
        fake_free(&fake);
}

static void a_child_that_dies_is_a_failure(void **state)
{
        struct fake_trial fake;

        fake_make(&fake, &workload_fork, FORK_TOUCH, BYTES, 1);
        assert_int_equal(mprotect(fake.mapping.address, BYTES, PROT_NONE), 0);
        signal(SIGSEGV, SIG_DFL); /* of cmocka, or a sanitizer */
        run_counted(&fake, 1);
        assert_int_equal(fake.workers[0].status.code, STATUS_SYSTEM);
        assert_non_null(strstr(fake.workers[0].status.what, "killed"));
        fake_free(&fake);
}

static void children_of_kernels_that_ignore_nohuge_would_be_mapped_otherwise(void **state)
{
        struct fake_trial fake;

        fake_make(&fake, &workload_fork, FORK_TOUCH, BYTES, 1);
        fake.mapping.tables_first = true;
        assert_int_equal(fake_prepare(&fake).code, STATUS_SKIP);
        fake.cell.op = &workload_fork.ops[FORK];
        assert_int_equal(fake_prepare(&fake).code, STATUS_OK);
        fake_free(&fake);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(children_fault_what_they_touch),
                cmocka_unit_test(a_child_that_dies_is_a_failure),
                cmocka_unit_test(children_of_kernels_that_ignore_nohuge_would_be_mapped_otherwise),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
