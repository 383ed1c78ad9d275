/* SPDX-License-Identifier: Apache-2.0 */
/* From what the kernel counted to a reading: differences, columns, times, what is missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "counters/open.h"

/* Columns 0 and 3 of a set are counted. */
static const struct counter_group group = { .count = 2, .fds = { -1, -1 }, .columns = { 0, 3 } };

static void reading_is_the_difference_in_its_columns(void **state)
{
        const struct group_values base = { 2, 1000, 900, { 10, UINT64_MAX } };
        const struct group_values now = { 2, 5000, 4900, { 17, 4 } };
        struct counter_reading reading;

        reading_make(&group, &base, &now, &reading);
        assert_int_equal(reading.enabled_ns.value, 4000);
        assert_int_equal(reading.running_ns.value, 4000);
        assert_true(reading.values[0].known);
        assert_int_equal(reading.values[0].value, 7);
        assert_int_equal(reading.values[3].value, 5); /* counters wrap */
        assert_false(reading.values[1].known);
        assert_false(reading.values[2].known);
        assert_false(reading.values[4].known);
        assert_false(counter_reading_multiplexed(&reading));
        assert_true(counter_reading_scaled(&reading, 0) == 7.0);
        assert_true(isnan(counter_reading_scaled(&reading, 1)));
}

static void shared_pmu_is_flagged_and_scaled(void **state)
{
        const struct group_values base = { 2, 100, 100, { 0 } };
        const struct group_values now = { 2, 1100, 350, { 30, 0 } };
        struct counter_reading reading;

        reading_make(&group, &base, &now, &reading);
        assert_true(counter_reading_multiplexed(&reading));
        assert_int_equal(reading.values[0].value, 30); /* raw */
        assert_true(counter_reading_scaled(&reading, 0) == 120.0);
        assert_true(reading.values[3].known); /* a counted 0 is a 0 */
        assert_true(counter_reading_scaled(&reading, 3) == 0.0);
}

static void time_without_the_pmu_counted_nothing(void **state)
{
        const struct group_values base = { 2, 100, 100, { 5, 6 } };
        const struct group_values now = { 2, 1100, 100, { 5, 6 } };
        struct counter_reading reading;

        reading_make(&group, &base, &now, &reading);
        assert_true(counter_reading_multiplexed(&reading));
        assert_int_equal(reading.enabled_ns.value, 1000);
        assert_true(reading.running_ns.known);
        assert_int_equal(reading.running_ns.value, 0);
        assert_false(reading.values[0].known);
        assert_false(reading.values[3].known);
        assert_true(isnan(counter_reading_scaled(&reading, 0)));
}

static void missing_reading_is_neither_shared_nor_a_number(void **state)
{
        const struct counter_reading reading = { 0 };

        assert_false(counter_reading_multiplexed(&reading));
        assert_true(isnan(counter_reading_scaled(&reading, 0)));
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(reading_is_the_difference_in_its_columns),
                cmocka_unit_test(shared_pmu_is_flagged_and_scaled),
                cmocka_unit_test(time_without_the_pmu_counted_nothing),
                cmocka_unit_test(missing_reading_is_neither_shared_nor_a_number),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
