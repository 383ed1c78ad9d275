/* SPDX-License-Identifier: Apache-2.0 */
/* What may disturb a run, read from trees as kernels have them, and what is warned of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/disturb.h"
#include "tree.h"

#include <pmdgain/units.h>

/* /proc/stat and vmstat of a guest under Linux 6.1, shortened; cpufreq as acpi-cpufreq has it. */
static const char before[] =
        "proc\n"
        " stat = cpu  1578625 223610 249193 763245 1843 0 2027 8650 0 0\\n"
        "cpu0 802783 108985 131229 365351 551 0 127 4317 0 0\\n"
        "cpu1 775841 114625 117964 397893 1292 0 1899 4332 0 0\\n"
        "intr 10804487 0 0\\nctxt 25953949\n"
        " vmstat = nr_free_pages 4604928\\npswpin 7\\npswpout 11\\npgfault 1\n"
        " meminfo = MemTotal:       24682988 kB\\nMemFree: 18000000 kB\\n"
        "MemAvailable:   20594012 kB\\nSwapTotal: 0 kB\n"
        "sys/kernel/mm/transparent_hugepage\n"
        " enabled = always [madvise] never\n"
        " defrag = always defer defer+madvise [madvise] never\n"
        " shmem_enabled = always within_size advise [never] deny force\n"
        "sys/devices/system/cpu/cpu0/cpufreq\n scaling_cur_freq = 3400000\n"
        "sys/devices/system/cpu/cpu1/cpufreq\n scaling_cur_freq = 3000000\n";

static struct conditions read_tree(const char *text, unsigned cpu_count)
{
        static const unsigned cpus[] = { 1, 0 };
        char dir[TREE_DIR_MAX], sysfs[TREE_DIR_MAX + 8], proc[TREE_DIR_MAX + 8];
        struct conditions conditions;

        tree_unpack_text(text, dir);
        snprintf(sysfs, sizeof(sysfs), "%s/sys", dir);
        snprintf(proc, sizeof(proc), "%s/proc", dir);
        conditions = conditions_read(&(struct sys_root){ .sysfs = sysfs, .proc = proc }, cpus,
                                     cpu_count);
        tree_remove(dir);
        return conditions;
}

static void a_tree_is_read_for_the_cpus_asked_for(void **state)
{
        struct conditions one = read_tree(before, 1), both = read_tree(before, 2);

        assert_true(one.ticks.known && one.steal_ticks.known);
        assert_int_equal(one.steal_ticks.value, 4332); /* of cpu1, and not of "cpu" */
        assert_int_equal(one.ticks.value, 775841 + 114625 + 117964 + 397893 + 1292 + 1899 + 4332);
        assert_int_equal(both.steal_ticks.value, 4332 + 4317);
        assert_int_equal(one.mhz.value, 3000);
        assert_int_equal(both.mhz.value, 3200);
        assert_int_equal(one.swapped_pages.value, 18);
        assert_int_equal(one.total_bytes.value, 24682988 * KIB);
        assert_int_equal(one.available_bytes.value, 20594012 * KIB);
        assert_string_equal(one.thp, "enabled=madvise defrag=madvise shmem_enabled=never");
}

static void what_a_kernel_does_not_say_is_missing(void **state)
{
        struct conditions none = read_tree("proc\n stat = cpu  1 2 3 4\\ncpu1 1 2 3 4\n", 1);
        struct disturb disturb = { 0 };
        struct warnings warnings = { 0 };

        assert_false(none.ticks.known || none.steal_ticks.known || none.mhz.known);
        assert_false(none.swapped_pages.known || none.available_bytes.known);
        assert_string_equal(none.thp, "");
        disturb_look(&disturb, &none, (struct count){ 0 });
        disturb_look(&disturb, &none, (struct count){ 0 });
        disturb_judge(&disturb, &warnings);
        assert_int_equal(warnings.count, 0);
        disturb_judge(&(struct disturb){ 0 }, &warnings); /* never looked */
        assert_int_equal(warnings.count, 0);
}

/* The one warning that comes of two looks, or that there is none. */
static void expect(const struct conditions *first, const struct conditions *last,
                   uint64_t first_spin, uint64_t last_spin, int code, const char *words)
{
        struct disturb disturb = { 0 };
        struct warnings warnings = { 0 };

        disturb_look(&disturb, first, count_of(first_spin));
        disturb_look(&disturb, last, count_of(last_spin));
        disturb_look(&disturb, last, (struct count){ 0 });
        disturb_judge(&disturb, &warnings);
        if (code < 0) {
                assert_int_equal(warnings.count, 0);
                return;
        }
        assert_int_equal(warnings.count, 1);
        assert_int_equal(warnings.list[0].code, code);
        assert_non_null(strstr(warnings.list[0].text, words));
}

static void each_change_has_its_warning(void **state)
{
        struct conditions first = read_tree(before, 1), last = first;

        last.ticks.value += 1000;
        expect(&first, &last, 1000, 1049, -1, "");
        expect(&first, &last, 1000, 1060, WARNING_FREQUENCY, "6 % longer");
        expect(&first, &last, 1060, 1000, WARNING_FREQUENCY, "6 % longer");
        last.mhz.value = 2900; /* 3.4 % */
        expect(&first, &last, 1000, 1000, -1, "");
        last.mhz.value = 2800;
        expect(&first, &last, 1000, 1000, WARNING_FREQUENCY, "between 2800 and 3000 MHz");
        last.mhz = first.mhz;
        last.steal_ticks.value += 10;
        expect(&first, &last, 1000, 1000, -1, "");
        last.steal_ticks.value += 15;
        expect(&first, &last, 1000, 1000, WARNING_STEAL, "2.5 %");
        last.steal_ticks.value = first.steal_ticks.value - 5; /* hypervisors have counted back */
        expect(&first, &last, 1000, 1000, -1, "");
        last.steal_ticks = first.steal_ticks;
        last.swapped_pages.value++;
        expect(&first, &last, 1000, 1000, WARNING_SWAPPED, "1 pages");
        last.swapped_pages = first.swapped_pages;
        last.available_bytes.value = first.total_bytes.value / 21;
        expect(&first, &last, 1000, 1000, WARNING_LOW_MEMORY, "1.1 GiB");
        last.available_bytes.value = first.total_bytes.value / 19;
        expect(&first, &last, 1000, 1000, -1, "");
}

/* Changed and changed back is a change too. */
static void settings_that_changed_midway_are_noticed(void **state)
{
        struct conditions first = read_tree(before, 1), other = first;
        struct disturb disturb = { 0 };
        struct warnings warnings = { 0 };

        snprintf(other.thp, sizeof(other.thp), "enabled=always");
        disturb_look(&disturb, &first, (struct count){ 0 });
        disturb_look(&disturb, &other, (struct count){ 0 });
        disturb_look(&disturb, &first, (struct count){ 0 });
        disturb_judge(&disturb, &warnings);
        assert_int_equal(warnings.count, 1);
        assert_int_equal(warnings.list[0].code, WARNING_THP_CHANGED);
        assert_non_null(strstr(warnings.list[0].text, "to 'enabled=always'"));
}

/* The code of the one warning that 100 samples give, of which `odd` are like `sample`; -1: none. */
static int judged(const struct sample *sample, size_t odd)
{
        struct sample calm = *sample;
        struct disturb disturb = { 0 };
        struct warnings warnings = { 0 };

        calm.switches.value = calm.waited_ns.value = calm.migrations.value = 0;
        memset(calm.counters, 0, sizeof(calm.counters));
        for (size_t i = 0; i < 100; i++)
                disturb_sample(&disturb, i < odd ? sample : &calm);
        disturb_judge(&disturb, &warnings);
        assert_true(warnings.count <= 1);
        return warnings.count ? (int)warnings.list[0].code : -1;
}

static void samples_tell_of_their_cpu(void **state)
{
        struct sample waited = { .time_ns = count_of(1000), .waited_ns = count_of(500),
                                 .switches = count_of(1), .migrations = count_of(0) };
        struct sample switched = { .time_ns = count_of(1000), .switches = count_of(3) };
        struct sample moved = { .time_ns = count_of(1000), .migrations = count_of(1) };
        struct sample shared = { .counters = { { .enabled_ns = count_of(10),
                                                 .running_ns = count_of(9) } } };
        struct sample failed = waited;

        assert_int_equal(judged(&waited, 2), -1); /* 1 % of the time, not more */
        assert_int_equal(judged(&waited, 3), WARNING_CORE_SHARED);
        assert_int_equal(judged(&switched, 10), -1);
        assert_int_equal(judged(&switched, 11), WARNING_CORE_SHARED);
        assert_int_equal(judged(&moved, 1), WARNING_MIGRATED);
        assert_int_equal(judged(&shared, 1), WARNING_MULTIPLEXED);
        failed.status = STATUS_INVALID;
        assert_int_equal(judged(&failed, 100), -1);
}

static void a_thread_knows_what_it_waited_for(void **state)
{
        static const struct sys_root none = { .sysfs = "/none", .proc = "/none" };
        char dir[TREE_DIR_MAX];
        struct sys_root root = { .proc = dir };
        struct thread_conditions here;

        tree_unpack_text("thread-self\n schedstat = 188201 69784 3\n", dir);
        here = thread_conditions_read(&root);
        tree_remove(dir);
        assert_true(here.waited_ns.known && here.switches.known && here.cpu >= 0);
        assert_int_equal(here.waited_ns.value, 69784);
        assert_false(thread_conditions_read(&none).waited_ns.known);
}

static void the_spin_takes_as_long_as_its_steps(void **state)
{
        struct count spin = conditions_spin((unsigned)thread_conditions_read(
                                                    &(struct sys_root){ .proc = "/none" }).cpu);

        /* 100,000 steps of 3 to 5 cycles at 0.5 to 10 GHz, or under an emulator much longer. */
        assert_true(spin.known);
        assert_in_range(spin.value, 30000, 1000000000);
        assert_false(conditions_spin(1000000).known);
}

static void codes_have_names_and_texts_have_room(void **state)
{
        struct warnings warnings = { 0 };

        for (int i = 0; i < WARNING_CODES; i++) {
                assert_non_null(warning_code_name((enum warning_code)i));
                for (int k = 0; k < i; k++)
                        assert_string_not_equal(warning_code_name((enum warning_code)i),
                                                warning_code_name((enum warning_code)k));
        }
        for (int i = 0; i < WARNINGS_MAX + 3; i++)
                warnings_add(&warnings, WARNING_STEAL, "%d", i);
        assert_int_equal(warnings.count, WARNINGS_MAX);
        assert_string_equal(warnings.list[WARNINGS_MAX - 1].text, "31");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_tree_is_read_for_the_cpus_asked_for),
                cmocka_unit_test(what_a_kernel_does_not_say_is_missing),
                cmocka_unit_test(each_change_has_its_warning),
                cmocka_unit_test(settings_that_changed_midway_are_noticed),
                cmocka_unit_test(samples_tell_of_their_cpu),
                cmocka_unit_test(a_thread_knows_what_it_waited_for),
                cmocka_unit_test(the_spin_takes_as_long_as_its_steps),
                cmocka_unit_test(codes_have_names_and_texts_have_room),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
