/* SPDX-License-Identifier: Apache-2.0 */
/* Which sets are selected, what of them can be counted, and what is said about the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "test_counters_fake.h"

static struct counter_selection *selected(struct fake *fake, const char *names)
{
        struct counter_backend backend = fake_backend(fake);
        struct counter_selection *selection = NULL;
        struct status status = counter_selection_make_on(names, &backend, &selection);

        if (status_failed(&status))
                fail_msg("%s", status.what);
        return selection;
}

static void has(const char *text, const char *part)
{
        if (!strstr(text, part))
                fail_msg("'%s' does not say '%s'", text, part);
}

static int setup(void **state)
{
        struct fake *fake = malloc(sizeof(*fake));

        fake_make(fake);
        *state = fake;
        return 0;
}

static int teardown(void **state)
{
        fake_remove(*state);
        free(*state);
        return 0;
}

static void names_select_sets(void **state)
{
        struct counter_selection *selection;
        size_t all = 0;

        while (counter_sets()[all])
                all++;
        selection = selected(*state, "");
        assert_int_equal(counter_selection_sets(selection), 0);
        counter_selection_free(selection);
        selection = selected(*state, " faults, basic faults");
        assert_int_equal(counter_selection_sets(selection), 2);
        assert_string_equal(counter_selection_set(selection, 0)->name, "faults");
        assert_string_equal(counter_selection_set(selection, 1)->name, "basic");
        counter_selection_free(selection);
        selection = selected(*state, "cache,all");
        assert_int_equal(counter_selection_sets(selection), all);
        assert_string_equal(counter_selection_set(selection, 0)->name, "cache");
        counter_selection_free(selection);
        assert_int_equal(counter_selection_sets(NULL), 0);
}

static void unknown_set_is_refused_with_the_list(void **state)
{
        struct counter_backend backend = fake_backend(*state);
        struct counter_selection *selection = (void *)&backend;
        struct status status = counter_selection_make_on("basic,dltb", &backend, &selection);

        assert_int_equal(status.code, STATUS_USAGE);
        has(status.what, "'dltb'");
        for (const struct counter_set *const *set = counter_sets(); *set; set++)
                has(status.todo, (*set)->name);
        assert_ptr_equal(selection, &backend);
}

static void guest_without_pmu_says_so_and_counts_faults(void **state)
{
        struct fake *fake = *state;
        struct counter_selection *selection;
        int column;

        fake_x86(fake, "AuthenticAMD", 26, 2, "sse hypervisor lahf_lm");
        fake->pmu_error = ENOENT;
        selection = selected(fake, "basic,dtlb,faults");
        has(counter_selection_reason(selection, 0), fake->sysfs);
        has(counter_selection_reason(selection, 0), "no CPU PMU");
        has(counter_selection_reason(selection, 0), "pmu=on");
        /* The first column is Intel's; what the AMD columns ran into is what counts. */
        has(counter_selection_reason(selection, 1), "no CPU PMU");
        assert_string_equal(counter_selection_event(selection, 0, 0), "");
        has(counter_selection_missing(selection, 0, 0), "no CPU PMU");
        assert_string_equal(counter_selection_reason(selection, 2), "");
        column = fake_column(selection, 2, "page_faults");
        assert_string_equal(counter_selection_event(selection, 2, (size_t)column),
                            "perf::PAGE-FAULTS:u:k");
        assert_string_equal(counter_selection_missing(selection, 2, (size_t)column), "");
        assert_string_equal(counter_selection_note(selection), "");
        counter_selection_free(selection);

        fake_x86(fake, "AuthenticAMD", 26, 2, "sse lahf_lm");
        selection = selected(fake, "basic");
        has(counter_selection_reason(selection, 0), "no CPU PMU");
        assert_null(strstr(counter_selection_reason(selection, 0), "hypervisor"));
        counter_selection_free(selection);
}

static void pmu_without_the_event_is_told_from_no_pmu(void **state)
{
        struct fake *fake = *state;
        struct counter_selection *selection;

        fake_write(fake, "sys/bus/event_source/devices/cpu/type", "4\n");
        fake->lacks = 1; /* instructions */
        selection = selected(fake, "basic");
        assert_string_equal(counter_selection_reason(selection, 0), "");
        assert_string_equal(counter_selection_event(selection, 0, 0), "perf::CYCLES:u:k");
        assert_string_equal(counter_selection_event(selection, 0, 1), "");
        has(counter_selection_missing(selection, 0, 1), "perf::INSTRUCTIONS");
        has(counter_selection_missing(selection, 0, 1), "does not have it");
        counter_selection_free(selection);
}

static void paranoid_kernel_leaves_user_space(void **state)
{
        struct fake *fake = *state;
        struct counter_selection *selection;

        fake_write(fake, "proc/sys/kernel/perf_event_paranoid", "2\n");
        fake->kernel_error = EACCES;
        selection = selected(fake, "faults");
        assert_string_equal(counter_selection_reason(selection, 0), "");
        assert_string_equal(counter_selection_event(selection, 0, 0), "perf::PAGE-FAULTS:u");
        assert_int_equal(fake->last.exclude_kernel, 1);
        has(counter_selection_note(selection), "perf_event_paranoid is 2");
        has(counter_selection_note(selection), "sysctl kernel.perf_event_paranoid=1");
        counter_selection_free(selection);
}

static void refusals_name_their_cause(void **state)
{
        static const struct {
                int error;
                const char *says;
        } rows[] = {
                { EACCES, "as root: sysctl kernel.perf_event_paranoid=1," },
                { EACCES, "perf_event_paranoid is 3" },
                { EPERM, "seccomp" },
                { ENOSYS, "CONFIG_PERF_EVENTS" },
                { EMFILE, "ulimit -n" },
                { ENFILE, "ulimit -n" },
        };
        struct fake *fake = *state;

        fake_write(fake, "proc/sys/kernel/perf_event_paranoid", "3\n");
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                struct counter_selection *selection;

                fake->user_error = rows[i].error;
                selection = selected(fake, "basic,faults");
                for (size_t set = 0; set < 2; set++) {
                        has(counter_selection_reason(selection, set), rows[i].says);
                        assert_string_equal(counter_selection_event(selection, set, 0), "");
                        has(counter_selection_missing(selection, set, 0), rows[i].says);
                }
                counter_selection_free(selection);
        }
        assert_int_equal(fake->opened, 0);
}

static void busy_pmu_and_odd_errors_name_the_event(void **state)
{
        struct fake *fake = *state;
        struct counter_selection *selection;

        fake_write(fake, "sys/bus/event_source/devices/cpu_core/type", "4\n");
        fake->pmu_error = EBUSY;
        selection = selected(fake, "basic");
        has(counter_selection_reason(selection, 0), "perf::CYCLES:u:k");
        has(counter_selection_reason(selection, 0), "another tool");
        counter_selection_free(selection);
        fake->pmu_error = EINVAL;
        selection = selected(fake, "basic");
        has(counter_selection_reason(selection, 0), strerror(EINVAL));
        counter_selection_free(selection);
}

#if defined(__x86_64__)
/* A core with hyper-threading and a taken counter: what does not fit goes, from the last on. */
static void events_without_a_counter_are_left_out(void **state)
{
        struct fake *fake = *state;
        struct counter_selection *selection;

        fake_x86(fake, "GenuineIntel", 6, 85, "");
        fake_write(fake, "sys/bus/event_source/devices/cpu/type", "4\n");
        fake->present = "skx";
        selection = selected(fake, "walk");
        for (size_t i = 0; i < 4; i++)
                assert_string_equal(counter_selection_missing(selection, 0, i), "");
        counter_selection_free(selection);

        fake->group_max = 3;
        selection = selected(fake, "walk");
        assert_string_equal(counter_selection_reason(selection, 0), "");
        assert_string_equal(counter_selection_event(selection, 0, 2),
                            "skx::DTLB_LOAD_MISSES:WALK_COMPLETED_1G:u:k");
        assert_string_equal(counter_selection_event(selection, 0, 3), "");
        has(counter_selection_missing(selection, 0, 3), "WALK_ACTIVE");
        has(counter_selection_missing(selection, 0, 3), "no counter left");
        assert_null(strstr(counter_selection_missing(selection, 0, 3), "watchdog"));
        counter_selection_free(selection);

        fake->group_max = 0;
        fake->runs_max = 2;
        fake_write(fake, "proc/sys/kernel/nmi_watchdog", "1\n");
        selection = selected(fake, "walk");
        assert_string_equal(counter_selection_reason(selection, 0), "");
        assert_string_not_equal(counter_selection_event(selection, 0, 1), "");
        has(counter_selection_missing(selection, 0, 2), "sysctl kernel.nmi_watchdog=0");
        has(counter_selection_missing(selection, 0, 3), "no counter left");
        counter_selection_free(selection);
}
#endif

static void set_that_cannot_be_opened_later_says_why(void **state)
{
        struct fake *fake = *state;
        struct counter_backend backend = fake_backend(fake);
        struct counter_selection *selection = selected(fake, "faults,basic");
        struct counter_reading readings[COUNTER_SETS_MAX];
        struct counters *counters = NULL;
        struct status status;

        assert_string_equal(counter_selection_reason(selection, 1), "");
        fake->opens_left = 5; /* three faults, cycles, and no more */
        status = counters_open_on(selection, &backend, &counters);
        assert_int_equal(status.code, STATUS_OK);
        assert_string_equal(counters_reason(counters, 0), "");
        has(counters_reason(counters, 1), "ulimit -n");
        memset(readings, 0xff, sizeof(readings));
        counters_start(counters);
        counters_stop(counters);
        counters_read(counters, readings);
        for (size_t set = 0; set < 2; set++) {
                assert_false(readings[set].enabled_ns.known);
                for (size_t i = 0; i < COUNTER_COLUMNS_MAX; i++)
                        assert_false(readings[set].values[i].known);
        }
        counters_close(counters);
        counter_selection_free(selection);
}

static void nothing_selected_is_nothing_open(void **state)
{
        struct counter_selection *selection = selected(*state, "");
        struct counters *counters = (void *)selection;

        assert_int_equal(counters_open(selection, &counters).code, STATUS_OK);
        assert_null(counters);
        assert_int_equal(counters_open(NULL, &counters).code, STATUS_OK);
        counters_start(counters);
        counters_stop(counters);
        counters_read(counters, NULL);
        counters_close(counters);
        counter_selection_free(selection);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
        static const struct CMUnitTest tests[] = {
                TEST(names_select_sets),
                TEST(unknown_set_is_refused_with_the_list),
                TEST(guest_without_pmu_says_so_and_counts_faults),
                TEST(pmu_without_the_event_is_told_from_no_pmu),
                TEST(paranoid_kernel_leaves_user_space),
                TEST(refusals_name_their_cause),
                TEST(busy_pmu_and_odd_errors_name_the_event),
#if defined(__x86_64__)
                TEST(events_without_a_counter_are_left_out),
#endif
                TEST(set_that_cannot_be_opened_later_says_why),
                TEST(nothing_selected_is_nothing_open),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
