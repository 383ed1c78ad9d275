/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/crew.h"
#include "fake_trial.h"

#include <pmdgain/clock.h>
#include <time.h>

extern const struct workload workload_null;

#define SETTLING_NS 1000000 /* far more than what is timed */

struct fake_clock {
        uint64_t now;
        unsigned settled;
};

static uint64_t fake_now(void *context)
{
        return ((struct fake_clock *)context)->now;
}

static void fake_spend(void *context, uint64_t ns)
{
        ((struct fake_clock *)context)->now += ns;
}

static void fake_settle(void *context)
{
        struct fake_clock *clock = context;

        clock->now += SETTLING_NS;
        clock->settled++;
}

static void each_timed_part_is_settled_before(void **state)
{
        struct fake_clock fake = { 0 };
        struct clock clock = { fake_now, fake_spend, fake_settle, &fake };
        struct placement placement = { .node = -1 };
        struct counter_selection *selection = NULL;
        struct fake_trial trial;
        struct crew *crew = NULL;
        struct crew_timing timing;

        fake_make(&trial, &workload_null, 0, 4096, 1);
        trial.trial.clock = &clock;
        assert_int_equal(fake_prepare(&trial).code, STATUS_OK);
        assert_int_equal(placement_make("", "", -1, &placement).code, STATUS_OK);
        assert_int_equal(counter_selection_make("", &selection).code, STATUS_OK);
        assert_int_equal(crew_start(1, &placement, selection, &crew).code, STATUS_OK);
        for (unsigned i = 1; i <= 3; i++) {
                assert_int_equal(crew_run(crew, &trial.trial, 10, &timing).code, STATUS_OK);
                assert_int_equal(fake.settled, i);
                assert_int_equal(timing.time_ns, 1000); /* 100 ns an operation */
        }
        crew_stop(crew);
        counter_selection_free(selection);
        fake_free(&trial);
}

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
                cmocka_unit_test(each_timed_part_is_settled_before),
                cmocka_unit_test(instructions_are_counted_from_a_tick_on),
                cmocka_unit_test(time_does_not_wait_for_ticks),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
