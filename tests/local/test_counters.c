/* SPDX-License-Identifier: Apache-2.0 */
/* Counting on this machine: real page faults, and instructions where there is a PMU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pmdgain/counters.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGES 1000
/* Faults of the test's own code and stack while it counts. */
#define STRAY 16

static struct counter_selection *selected(const char *names)
{
        struct counter_selection *selection = NULL;
        struct status status = counter_selection_make(names, &selection);

        if (status_failed(&status))
                fail_msg("%s", status.what);
        return selection;
}

static struct counters *opened(const struct counter_selection *selection)
{
        struct counters *counters = NULL;

        assert_int_equal(counters_open(selection, &counters).code, STATUS_OK);
        return counters;
}

static size_t column(const struct counter_set *set, const char *name)
{
        size_t i = 0;

        while (strcmp(set->columns[i].name, name) != 0)
                i++;
        return i;
}

static uint64_t value_of(const struct counter_reading *reading, const char *set, const char *name)
{
        const struct count *value = &reading->values[column(counter_set_find(set), name)];

        assert_true(value->known);
        return value->value;
}

static char *fresh_pages(size_t pages, int flags)
{
        size_t page = (size_t)sysconf(_SC_PAGESIZE);
        char *memory = mmap(NULL, pages * page, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

        assert_true(memory != MAP_FAILED);
        madvise(memory, pages * page, MADV_NOHUGEPAGE);
        return memory;
}

/* A sanitizer would touch shadow pages of its own, which are faults too. */
__attribute__((no_sanitize("address"))) static void pages_touch(char *memory, size_t pages)
{
        size_t page = (size_t)sysconf(_SC_PAGESIZE);

        for (size_t i = 0; i < pages; i++)
                ((volatile char *)memory)[i * page] = 1;
}

static void pages_free(char *memory, size_t pages)
{
        munmap(memory, pages * (size_t)sysconf(_SC_PAGESIZE));
}

static void each_touched_page_is_a_fault(void **state)
{
        struct counter_selection *selection = selected("faults");
        struct counters *counters = opened(selection);
        struct counter_reading reading;
        char *memory = fresh_pages(2 * PAGES, 0);
        uint64_t faults;

        assert_string_equal(counters_reason(counters, 0), "");
        counters_start(counters);
        pages_touch(memory, PAGES);
        counters_stop(counters);
        pages_touch(memory, 2 * PAGES); /* not counted */
        counters_read(counters, &reading);
        faults = value_of(&reading, "faults", "page_faults");
        assert_in_range(faults, PAGES, PAGES + STRAY);
        assert_in_range(value_of(&reading, "faults", "minor_faults") +
                                value_of(&reading, "faults", "major_faults"),
                        PAGES, faults);
        assert_true(reading.enabled_ns.known && reading.enabled_ns.value > 0);
        assert_int_equal(reading.running_ns.value, reading.enabled_ns.value);
        assert_false(counter_reading_multiplexed(&reading));
        pages_free(memory, 2 * PAGES);
        counters_close(counters);
        counter_selection_free(selection);
}

/* Each start begins at 0, times too, and what happens between a stop and a start is not counted. */
static void start_forgets_what_was_before(void **state)
{
        struct counter_selection *selection = selected("faults");
        struct counters *counters = opened(selection), *around = opened(selection);
        struct counter_reading first, second, outer;
        char *memory = fresh_pages(3 * PAGES, 0);
        size_t page = (size_t)sysconf(_SC_PAGESIZE);

        counters_start(counters);
        pages_touch(memory, PAGES);
        counters_stop(counters);
        counters_read(counters, &first);
        pages_touch(memory + PAGES * page, PAGES);
        counters_start(around);
        counters_start(counters);
        pages_touch(memory + 2 * PAGES * page, PAGES / 2);
        counters_stop(counters);
        counters_stop(around);
        counters_read(counters, &second);
        counters_read(around, &outer);
        assert_in_range(value_of(&first, "faults", "page_faults"), PAGES, PAGES + STRAY);
        assert_in_range(value_of(&second, "faults", "page_faults"), PAGES / 2, PAGES / 2 + STRAY);
        /* The part is not longer than the whole; with the first run's time in it, it would be. */
        assert_in_range(second.enabled_ns.value, 1, outer.enabled_ns.value);
        assert_in_range(second.running_ns.value, 1, outer.running_ns.value);
        pages_free(memory, 3 * PAGES);
        counters_close(around);
        counters_close(counters);
        counter_selection_free(selection);
}

static void *touch_elsewhere(void *memory)
{
        pages_touch(memory, PAGES);
        return NULL;
}

static void other_threads_are_not_counted(void **state)
{
        struct counter_selection *selection = selected("faults");
        struct counters *counters = opened(selection);
        struct counter_reading reading;
        char *memory = fresh_pages(PAGES, 0);
        pthread_t thread;

        counters_start(counters);
        assert_int_equal(pthread_create(&thread, NULL, touch_elsewhere, memory), 0);
        pthread_join(thread, NULL);
        counters_stop(counters);
        counters_read(counters, &reading);
        assert_in_range(value_of(&reading, "faults", "page_faults"), 0, PAGES / 2);
        pages_free(memory, PAGES);
        counters_close(counters);
        counter_selection_free(selection);
}

/* What the set's help says: populated pages are no faults of the thread's accesses. */
static void populate_is_no_fault(void **state)
{
        struct counter_selection *selection = selected("faults");
        struct counters *counters = opened(selection);
        struct counter_reading reading;
        char *memory;

        counters_start(counters);
        memory = fresh_pages(PAGES, MAP_POPULATE);
        counters_stop(counters);
        counters_read(counters, &reading);
        assert_in_range(value_of(&reading, "faults", "page_faults"), 0, STRAY);
        pages_free(memory, PAGES);
        counters_close(counters);
        counter_selection_free(selection);
}

static void reason_or_event_for_every_column(void **state)
{
        struct counter_selection *selection = selected("all");
        struct counters *counters = opened(selection);

        for (size_t i = 0; i < counter_selection_sets(selection); i++) {
                const struct counter_set *set = counter_selection_set(selection, i);
                const char *reason = counter_selection_reason(selection, i);
                bool counted = false;

                for (size_t c = 0; set->columns[c].name; c++) {
                        const char *event = counter_selection_event(selection, i, c);
                        const char *missing = counter_selection_missing(selection, i, c);

                        printf("%s.%s: %s\n", set->name, set->columns[c].name,
                               event[0] ? event : missing);
                        assert_true(!event[0] != !missing[0]);
                        assert_true(!event[0] || strstr(event, "::"));
                        counted |= event[0] != '\0';
                }
                printf("%s: %s\n", set->name, reason[0] ? reason : "counted");
                assert_int_equal(counted, !reason[0]);
                assert_string_equal(counters_reason(counters, i), reason);
                /* Words enough to say what and why. */
                assert_true(!reason[0] || strlen(reason) > 30);
        }
        printf("note: %s\n", counter_selection_note(selection));
        if (access("/sys/bus/event_source/devices/cpu", F_OK) != 0 &&
            access("/sys/bus/event_source/devices/cpu_core", F_OK) != 0 &&
            counter_selection_reason(selection, 0)[0])
                assert_non_null(strstr(counter_selection_reason(selection, 0), "PMU"));
        counters_close(counters);
        counter_selection_free(selection);
}

/* A few instructions a turn, more without optimization or under a sanitizer. */
static void turns(uint64_t count)
{
        for (uint64_t i = 0; i < count; i++)
                __asm__ volatile("" : "+r"(i));
}

/* Two sets at once: each has its own group, and both see the same work. */
static void two_sets_count_together(void **state)
{
        struct counter_selection *selection = selected("basic,faults");
        struct counters *counters = opened(selection);
        struct counter_reading readings[2];
        char *memory = fresh_pages(PAGES, 0);
        bool pmu = !counter_selection_reason(selection, 0)[0];

        memset(readings, 0xff, sizeof(readings));
        counters_start(counters);
        turns(10000000);
        pages_touch(memory, PAGES);
        counters_stop(counters);
        counters_read(counters, readings);
        assert_in_range(value_of(&readings[1], "faults", "page_faults"), PAGES, PAGES + STRAY);
        if (pmu) {
                double per_turn = counter_reading_scaled(&readings[0], 1) / 1e7;

                printf("%.3f instructions a turn\n", per_turn);
                assert_true(value_of(&readings[0], "basic", "cycles") > 0);
                assert_true(per_turn > 1.0 && per_turn < 50.0);
        } else {
                assert_false(readings[0].enabled_ns.known);
                for (size_t i = 0; i < COUNTER_COLUMNS_MAX; i++)
                        assert_false(readings[0].values[i].known);
        }
        pages_free(memory, PAGES);
        counters_close(counters);
        counter_selection_free(selection);
}

static void twin_sets_see_the_same_faults(void **state)
{
        struct counter_selection *selection = selected("faults");
        struct counters *outer = opened(selection), *inner = opened(selection);
        struct counter_reading readings[2];
        char *memory = fresh_pages(2 * PAGES, 0);
        size_t page = (size_t)sysconf(_SC_PAGESIZE);

        counters_start(outer);
        pages_touch(memory, PAGES);
        counters_start(inner);
        pages_touch(memory + PAGES * page, PAGES);
        counters_stop(inner);
        counters_stop(outer);
        counters_read(outer, &readings[0]);
        counters_read(inner, &readings[1]);
        assert_in_range(value_of(&readings[0], "faults", "page_faults"), 2 * PAGES,
                        2 * PAGES + STRAY);
        assert_in_range(value_of(&readings[1], "faults", "page_faults"), PAGES, PAGES + STRAY);
        assert_true(readings[0].enabled_ns.value > readings[1].enabled_ns.value);
        pages_free(memory, 2 * PAGES);
        counters_close(outer);
        counters_close(inner);
        counter_selection_free(selection);
}

static void basic_or_skip(void)
{
        struct counter_selection *selection = selected("basic");
        bool counted = !counter_selection_reason(selection, 0)[0];

        if (!counted)
                printf("skipped: %s\n", counter_selection_reason(selection, 0));
        counter_selection_free(selection);
        if (!counted)
                skip();
}

/* The fewest instructions that basic counts while nothing is done. */
static uint64_t empty_instructions(const char *names, size_t index)
{
        struct counter_selection *selection = selected(names);
        struct counters *counters = opened(selection);
        uint64_t fewest = UINT64_MAX;

        for (int i = 0; i < 20; i++) {
                struct counter_reading readings[2];
                uint64_t each;

                counters_start(counters);
                counters_stop(counters);
                counters_read(counters, readings);
                each = value_of(&readings[index], "basic", "instructions");
                fewest = each < fewest ? each : fewest;
        }
        counters_close(counters);
        counter_selection_free(selection);
        return fewest;
}

static void first_set_does_not_count_the_switching_of_others(void **state)
{
        uint64_t first, last;

        basic_or_skip();
        first = empty_instructions("basic,faults", 0);
        last = empty_instructions("faults,basic", 1);
        printf("empty: %llu instructions as the first set, %llu as the last\n",
               (unsigned long long)first, (unsigned long long)last);
        assert_true(first < last);
}

#define CROWD 24

/* More groups than any PMU has counters for: they take turns, and the readings say so. */
static void crowded_pmu_is_flagged(void **state)
{
        struct counter_selection *selection;
        struct counters *crowd[CROWD];
        struct counter_reading reading;
        size_t flagged = 0, counted = 0;

        basic_or_skip();
        selection = selected("basic");
        for (size_t i = 0; i < CROWD; i++)
                crowd[i] = opened(selection);
        for (size_t i = 0; i < CROWD; i++)
                counters_start(crowd[i]);
        turns(200000000);
        for (size_t i = 0; i < CROWD; i++)
                counters_stop(crowd[i]);
        for (size_t i = 0; i < CROWD; i++) {
                counters_read(crowd[i], &reading);
                counters_close(crowd[i]);
                assert_in_range(reading.running_ns.value, 0, reading.enabled_ns.value);
                flagged += counter_reading_multiplexed(&reading);
                counted += reading.values[1].known;
                /* Without the PMU there is no count; a short turn on it is a bad estimate. */
                assert_int_equal(reading.values[1].known, reading.running_ns.value > 0);
                if (reading.running_ns.value > reading.enabled_ns.value / 10)
                        assert_true(counter_reading_scaled(&reading, 1) > 1e8);
        }
        printf("%zu groups: %zu counted, %zu took turns\n", (size_t)CROWD, counted, flagged);
        assert_true(counted > 0);
        assert_true(flagged > 0);
        counter_selection_free(selection);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(reason_or_event_for_every_column),
                cmocka_unit_test(each_touched_page_is_a_fault),
                cmocka_unit_test(start_forgets_what_was_before),
                cmocka_unit_test(other_threads_are_not_counted),
                cmocka_unit_test(populate_is_no_fault),
                cmocka_unit_test(two_sets_count_together),
                cmocka_unit_test(twin_sets_see_the_same_faults),
                cmocka_unit_test(first_set_does_not_count_the_switching_of_others),
                cmocka_unit_test(crowded_pmu_is_flagged),
        };
        struct counter_selection *selection = NULL;
        struct status status = counter_selection_make("faults", &selection);

        if (status_failed(&status) || counter_selection_reason(selection, 0)[0]) {
                printf("skipped: %s\n",
                       selection ? counter_selection_reason(selection, 0) : status.what);
                counter_selection_free(selection);
                return 77;
        }
        counter_selection_free(selection);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
