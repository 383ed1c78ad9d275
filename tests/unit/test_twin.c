/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_trial.h"

#include <pmdgain/units.h>

extern const struct workload workload_twin;

/* Where the chain stands after that many operations of that op; it must say it did just them. */
static void *stand_after(size_t op, uint64_t ops, unsigned extra)
{
        struct fake_trial fake;
        void *at;

        fake_make(&fake, &workload_twin, op, 8 * MIB, 1);
        fake.cell.options[0].count = extra;
        assert_int_equal(fake_prepare(&fake).code, STATUS_OK);
        assert_int_equal(ops % workload_twin.quantum(&fake.trial), 0);
        assert_int_equal(fake_run(&fake, 0, ops), ops);
        assert_int_equal(fake_check(&fake).code, STATUS_OK);
        at = *(void **)fake.trial.workers[0].state;
        at = (void *)((char *)at - (char *)fake.mapping.address);
        fake_free(&fake);
        return at;
}

static void twins_do_the_same(void **state)
{
        assert_ptr_equal(stand_after(0, 16000, 3), stand_after(1, 16000, 3));
        assert_ptr_equal(stand_after(0, 16000, 3), stand_after(0, 16000, 50));
}

/* 3 % more loads, to the load; and not one of them is counted. */
static void the_slower_one_makes_just_so_many_loads_more(void **state)
{
        assert_ptr_equal(stand_after(2, 160000, 3), stand_after(0, 164800, 3));
        assert_ptr_not_equal(stand_after(2, 160000, 3), stand_after(0, 160000, 3));
        assert_ptr_equal(stand_after(2, 160000, 100), stand_after(0, 320000, 3));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(twins_do_the_same),
                cmocka_unit_test(the_slower_one_makes_just_so_many_loads_more),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
