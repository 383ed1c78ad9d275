/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counters on a real PMU interface: run by test_arm_counters.sh in a guest with an emulated
 * Neoverse N1 whose clock counts instructions, so that counts can be foretold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sys/hugepages.h"

#include <math.h>
#include <pmdgain/counters.h>
#include <pmdgain/units.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define CYCLES 0 /* columns of the set `basic` */
#define INSTRUCTIONS 1
#define REPEATS 100
#define PART (2 * MIB) /* by PTE no more, or the timer ticks in each repeat */

struct counting {
        struct counter_selection *selection;
        struct counters *counters;
};

static struct counting counting_begin(const char *sets)
{
        struct counting counting = { 0 };
        struct status status = counter_selection_make(sets, &counting.selection);

        assert_string_equal(status.what, "");
        status = counters_open(counting.selection, &counting.counters);
        assert_string_equal(status.what, "");
        return counting;
}

static void counting_end(struct counting *counting)
{
        counters_close(counting->counters);
        counter_selection_free(counting->selection);
}

/* Two instructions each time around. */
static void loop(uint64_t times)
{
        __asm__ volatile("1: subs %0, %0, #1\n\tb.ne 1b" : "+r"(times) : : "cc");
}

static struct counter_reading loop_counted(struct counting *counting, uint64_t times)
{
        struct counter_reading reading;

        counters_start(counting->counters);
        loop(times);
        counters_stop(counting->counters);
        counters_read(counting->counters, &reading);
        assert_true(reading.values[CYCLES].known && reading.values[INSTRUCTIONS].known);
        assert_true(reading.enabled_ns.value > 0);
        return reading;
}

static uint64_t instructions(struct counting *counting, uint64_t times)
{
        struct counter_reading reading = loop_counted(counting, times);

        assert_false(counter_reading_multiplexed(&reading));
        return reading.values[INSTRUCTIONS].value;
}

/* Runs `check` in a child that may count user space only, as any user by the kernel's default. */
static void as_user(void (*check)(void))
{
        pid_t child = fork();
        int result;

        assert_true(child >= 0);
        if (child == 0) {
                if (setgid(65534) != 0 || setuid(65534) != 0)
                        _exit(99);
                check();
                _exit(0);
        }
        assert_int_equal(waitpid(child, &result, 0), child);
        assert_true(WIFEXITED(result));
        assert_int_equal(WEXITSTATUS(result), 0);
}

static void expect(bool holds, int code)
{
        if (!holds)
                _exit(code);
}

/* User space alone: what the loop executes, and a constant, to the instruction. */
static void user_loop(void)
{
        struct counting counting = counting_begin("basic");
        uint64_t first, second, none;

        expect(counter_selection_note(counting.selection)[0] != '\0', 1);
        expect(strstr(counter_selection_event(counting.selection, 0, INSTRUCTIONS), ":u") != NULL,
               2);
        loop_counted(&counting, 10);
        none = instructions(&counting, 1);
        first = instructions(&counting, 3000000);
        second = instructions(&counting, 3000000);
        printf("3,000,000 times around: %llu instructions, then %llu; once: %llu\n",
               (unsigned long long)first, (unsigned long long)second, (unsigned long long)none);
        expect(first == second, 3);
        expect(first - none == 2 * (3000000 - 1), 4);
        expect(none < 200, 5);
        counting_end(&counting);
}

static void a_known_loop_gives_its_count(void **state)
{
        as_user(user_loop);
}

static void groups_count_the_same_time(void **state)
{
        struct counting counting = counting_begin("basic");
        struct counter_reading reading = loop_counted(&counting, 1000000);
        double cycles = counter_reading_scaled(&reading, CYCLES);

        assert_string_equal(counter_selection_note(counting.selection), "");
        /* Each instruction is a cycle there. */
        assert_true(fabs(cycles / counter_reading_scaled(&reading, INSTRUCTIONS) - 1) < 0.001);
        assert_true((double)reading.values[INSTRUCTIONS].value >= 2000000);
        counting_end(&counting);
}

/* More groups than the PMU has counters: each runs for a part of the time, says so, and comes out
 * right when scaled. */
static void more_events_than_counters_are_multiplexed(void **state)
{
        enum { GROUPS = 8, TIMES = 200000000 };
        struct counting all[GROUPS];
        struct counter_reading readings[GROUPS];
        size_t multiplexed = 0, counted = 0;

        for (size_t i = 0; i < GROUPS; i++)
                all[i] = counting_begin("basic");
        for (size_t i = 0; i < GROUPS; i++)
                counters_start(all[i].counters);
        loop(TIMES);
        for (size_t i = 0; i < GROUPS; i++)
                counters_stop(all[i].counters);
        for (size_t i = 0; i < GROUPS; i++) {
                double scaled;

                counters_read(all[i].counters, &readings[i]);
                multiplexed += counter_reading_multiplexed(&readings[i]);
                scaled = counter_reading_scaled(&readings[i], INSTRUCTIONS);
                printf("group %zu: ran %llu of %llu ns, %.0f instructions scaled\n", i,
                       (unsigned long long)readings[i].running_ns.value,
                       (unsigned long long)readings[i].enabled_ns.value, scaled);
                if (!readings[i].values[INSTRUCTIONS].known) {
                        assert_true(isnan(scaled)); /* it never had the PMU: no count of 0 */
                        continue;
                }
                counted++;
                assert_true(fabs(scaled / (2. * TIMES) - 1) < 0.05);
        }
        assert_true(multiplexed == GROUPS && counted >= GROUPS / 2);
        for (size_t i = 0; i < GROUPS; i++)
                counting_end(&all[i]);
}

/* This PMU opens any event, and one that it does not have reads 0 with full running time. */
static void what_the_pmu_lacks_is_missing_and_not_zero(void **state)
{
        struct counting counting = counting_begin("dtlb,walk");
        struct counter_reading readings[2];

        counters_start(counting.counters);
        loop(1000);
        counters_stop(counting.counters);
        counters_read(counting.counters, readings);
        for (size_t set = 0; set < 2; set++) {
                const struct counter_set *about = counter_selection_set(counting.selection, set);

                for (size_t i = 0; i < counter_set_columns(about); i++) {
                        const char *why = counter_selection_missing(counting.selection, set, i);

                        printf("%s: %s\n", about->columns[i].name, why);
                        assert_false(readings[set].values[i].known);
                        assert_true(why[0] != '\0');
                }
                assert_true(counter_selection_reason(counting.selection, set)[0] != '\0');
        }
        for (size_t i = 0; i < counter_set_columns(counter_set_find("dtlb")); i++)
                if (strcmp(counter_set_find("dtlb")->columns[i].name, "dtlb_misses") == 0)
                        assert_non_null(strstr(counter_selection_missing(counting.selection, 0, i),
                                               "this PMU does not implement it"));
        counting_end(&counting);
}

static size_t pmd_bytes(void)
{
        const struct sys_root root = sys_root_real();

        return hugepages_pmd_bytes(&root);
}

/* Instructions to make memory present by one grain: one PMD, or the first `bytes` of it. */
static uint64_t populate_cost(struct counting *counting, int advice, size_t bytes)
{
        size_t pmd = pmd_bytes();
        char *region = mmap(NULL, 2 * pmd, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                            0);
        char *start;
        struct counter_reading reading;

        assert_true(region != MAP_FAILED);
        start = (char *)(((uintptr_t)region + pmd - 1) / pmd * pmd);
        assert_int_equal(madvise(start, pmd, advice), 0);
        counters_start(counting->counters);
        assert_int_equal(madvise(start, bytes, 23 /* MADV_POPULATE_WRITE */), 0);
        counters_stop(counting->counters);
        counters_read(counting->counters, &reading);
        munmap(region, 2 * pmd);
        assert_true(reading.values[INSTRUCTIONS].known);
        return reading.values[INSTRUCTIONS].value;
}

static int compare_counts(const void *left, const void *right)
{
        uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

        return (a > b) - (a < b);
}

/* The count that comes most often: a timer's interrupt, or a list of free pages that ran out, adds
 * to some. */
static uint64_t populate_usual(struct counting *counting, int advice, size_t bytes,
                               const char *name)
{
        uint64_t costs[REPEATS], usual = 0;
        size_t most = 0;

        populate_cost(counting, advice, bytes);
        for (size_t i = 0; i < REPEATS; i++)
                costs[i] = populate_cost(counting, advice, bytes);
        qsort(costs, REPEATS, sizeof(costs[0]), compare_counts);
        for (size_t i = 0, run = 0; i < REPEATS; i++) {
                run = i && costs[i] == costs[i - 1] ? run + 1 : 1;
                if (run > most) {
                        most = run;
                        usual = costs[i];
                }
        }
        printf("populate %zu MiB by %s: %llu instructions\n", (size_t)(bytes / MIB), name,
               (unsigned long long)usual);
        printf("  %zu of %d times; half at most %llu, all within [%llu, %llu]\n", most, REPEATS,
               (unsigned long long)costs[REPEATS / 2], (unsigned long long)costs[0],
               (unsigned long long)costs[REPEATS - 1]);
        assert_true(most >= REPEATS / 10);
        return usual;
}

/* test_arm_counters.sh compares these lines with another boot's. */
static void the_kernels_part_tells_the_grains_apart(void **state)
{
        struct counting counting = counting_begin("basic");
        uint64_t pmd = populate_usual(&counting, MADV_HUGEPAGE, pmd_bytes(), "PMD");
        uint64_t pte = populate_usual(&counting, MADV_NOHUGEPAGE, PART, "PTE");

        assert_true(pte * (pmd_bytes() / PART) > 2 * pmd);
        counting_end(&counting);
}

static void user_populate(void)
{
        struct counting counting = counting_begin("basic");
        uint64_t cost = populate_cost(&counting, MADV_NOHUGEPAGE, PART);

        printf("user space's part of a populate: %llu instructions\n", (unsigned long long)cost);
        expect(cost < 1000, 6);
        counting_end(&counting);
}

static void the_kernels_part_is_left_out_for_a_user(void **state)
{
        as_user(user_populate);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_known_loop_gives_its_count),
                cmocka_unit_test(groups_count_the_same_time),
                cmocka_unit_test(more_events_than_counters_are_multiplexed),
                cmocka_unit_test(what_the_pmu_lacks_is_missing_and_not_zero),
                cmocka_unit_test(the_kernels_part_tells_the_grains_apart),
                cmocka_unit_test(the_kernels_part_is_left_out_for_a_user),
        };

        setvbuf(stdout, NULL, _IOLBF, 0);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
