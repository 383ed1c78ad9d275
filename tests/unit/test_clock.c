/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pmdgain/clock.h>
#include <time.h>

static struct timespec last_tick(void)
{
        struct timespec tick;

        clock_gettime(CLOCK_MONOTONIC_COARSE, &tick);
        return tick;
}

static void instructions_are_counted_from_a_tick_on(void **state)
{
        struct clock clock = clock_instructions();
        struct timespec before, after;

        assert_true(clock_now(&clock) > 0);
        for (unsigned i = 0; i < 3; i++) {
                before = last_tick();
                clock_settle(&clock);
                after = last_tick();
                assert_true(after.tv_sec != before.tv_sec || after.tv_nsec != before.tv_nsec);
        }
}

static void time_does_not_wait_for_ticks(void **state)
{
        struct clock clock = clock_monotonic();

        assert_null(clock.settle);
        clock_settle(&clock);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(instructions_are_counted_from_a_tick_on),
                cmocka_unit_test(time_does_not_wait_for_ticks),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
