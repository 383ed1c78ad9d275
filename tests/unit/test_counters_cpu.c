/* SPDX-License-Identifier: Apache-2.0 */
/* CPUs: which they are, whose events they take, and what their PMU really has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "test_counters_fake.h"

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

static struct counter_cpu cpu_of(struct fake *fake)
{
        struct counter_backend backend = fake_backend(fake);

        return counter_cpu_read(&backend.root);
}

static void cpu_is_read_from_its_first_lines(void **state)
{
        struct fake *fake = *state;
        struct counter_cpu cpu = cpu_of(fake); /* no cpuinfo at all */

        assert_string_equal(cpu.vendor, "");
        fake_x86(fake, "GenuineIntel", 6, 207, "sse hypervisor");
        cpu = cpu_of(fake);
        assert_string_equal(cpu.vendor, "GenuineIntel");
        assert_int_equal(cpu.family, 6);
        assert_int_equal(cpu.model, 207);
        assert_true(cpu.guest);
        fake_x86(fake, "GenuineIntel", 6, 207, "hypervisor_not");
        assert_false(cpu_of(fake).guest);
        fake_write(fake, "proc/cpuinfo",
                   "processor\t: 0\nBogoMIPS\t: 2000.00\nFeatures\t: fp asimd\n"
                   "CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x3\n"
                   "CPU part\t: 0xd0c\nCPU revision\t: 1\n");
        cpu = cpu_of(fake);
        assert_string_equal(cpu.vendor, VENDOR_ARM);
        assert_int_equal(cpu.family, 8);
        assert_int_equal(cpu.model, 0xd0c);
}

static void cpus_that_libpfm4_does_not_know_count_like_others(void **state)
{
        static const struct {
                struct counter_cpu cpu;
                const char *pmu;
                bool like;
        } rows[] = {
                { { "GenuineIntel", 6, 0xcf }, "spr", true }, /* Emerald Rapids */
                { { "GenuineIntel", 6, 0xad }, "spr", true }, /* Granite Rapids */
                { { "GenuineIntel", 6, 0xae }, "spr", true },
                { { "GenuineIntel", 6, 0xcf }, "skx", false },
                { { "GenuineIntel", 6, 0xdd }, "spr", false }, /* Clearwater Forest */
                { { "GenuineIntel", 6, 0x97 }, "spr", false }, /* Alder Lake, hybrid */
                { { "AuthenticAMD", 6, 0xcf }, "spr", false },
                { { "AuthenticAMD", 0x19, 0x11 }, "amd64_fam19h_zen4", true }, /* Genoa */
                { { "AuthenticAMD", 0x19, 0xa0 }, "amd64_fam19h_zen4", true }, /* Bergamo */
                { { "AuthenticAMD", 0x19, 0x01 }, "amd64_fam19h_zen4", false }, /* Milan: Zen 3 */
                { { "AuthenticAMD", 0x19, 0x50 }, "amd64_fam19h_zen4", false },
                { { "AuthenticAMD", 0x1a, 0x02 }, "amd64_fam19h_zen4", true }, /* Turin: Zen 5 */
                { { "AuthenticAMD", 0x1a, 0x11 }, "amd64_fam19h_zen4", true },
                { { "AuthenticAMD", 0x1a, 0x44 }, "amd64_fam19h_zen4", true },
                { { "AuthenticAMD", 0x1a, 0x50 }, "amd64_fam19h_zen4", false }, /* Zen 6 */
                { { "AuthenticAMD", 0x1a, 0x80 }, "amd64_fam19h_zen4", false },
                { { VENDOR_ARM, 8, 0xd84 }, "arm_n1", true }, /* Neoverse V3 */
                { { VENDOR_ARM, 8, 0xd84 }, "arm_n2", false },
                { { "", 0, 0 }, "arm_n1", false },
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                if (counter_cpu_counts_like(&rows[i].cpu, rows[i].pmu) != rows[i].like)
                        fail_msg("%s %#x %#x and %s", rows[i].cpu.vendor, rows[i].cpu.family,
                                 rows[i].cpu.model, rows[i].pmu);
}

static void pmu_is_found_under_each_name(void **state)
{
        static const char *const names[] = { "cpu", "cpu_core", "armv8_pmuv3_0",
                                             "armv8_neoverse_n1", "armv9_cortex_a710" };
        struct fake *fake = *state;
        struct counter_backend backend = fake_backend(fake);

        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
                char path[128];

                assert_false(cpu_pmu_exists(&backend.root));
                snprintf(path, sizeof(path), "sys/bus/event_source/devices/%s/type", names[i]);
                fake_write(fake, path, "8\n");
                assert_true(cpu_pmu_exists(&backend.root));
                fake_remove(fake);
                mkdir(fake->dir, 0700);
        }
}

static void arm_pmu_has_only_what_it_lists(void **state)
{
        static const char events[] = "sys/bus/event_source/devices/armv8_pmuv3_0/events";
        struct fake *fake = *state;
        struct counter_backend backend = fake_backend(fake);
        char path[128];

        assert_false(arm_pmu_implements(&backend.root, 0x11));
        snprintf(path, sizeof(path), "%s/cpu_cycles", events);
        fake_write(fake, path, "event=0x0011\n");
        snprintf(path, sizeof(path), "%s/l1d_tlb_refill", events);
        fake_write(fake, path, "event=0x0005\n");
        snprintf(path, sizeof(path), "%s/odd", events);
        fake_write(fake, path, "config=0x0034\n");
        assert_true(arm_pmu_implements(&backend.root, 0x11));
        assert_true(arm_pmu_implements(&backend.root, 0x05));
        assert_false(arm_pmu_implements(&backend.root, 0x34));
        assert_false(arm_pmu_implements(&backend.root, 0));
}

/* The set, and the text of each of its columns that is counted; ends with a NULL column. */
struct expected {
        const char *column, *event;
};

static void expect_events(struct fake *fake, const char *set, const struct expected *expected)
{
        struct counter_backend backend = fake_backend(fake);
        struct counter_selection *selection = NULL;
        size_t counted = 0, wanted = 0;

        assert_int_equal(counter_selection_make_on(set, &backend, &selection).code, STATUS_OK);
        for (; expected[wanted].column; wanted++) {
                int column = fake_column(selection, 0, expected[wanted].column);

                assert_true(column >= 0);
                assert_string_equal(counter_selection_event(selection, 0, (size_t)column),
                                    expected[wanted].event);
        }
        for (size_t i = 0; i < counter_set_columns(counter_selection_set(selection, 0)); i++) {
                bool is_counted = counter_selection_event(selection, 0, i)[0] != '\0';

                counted += is_counted;
                /* Counted, or there is a reason; never both, never neither. */
                assert_int_equal(is_counted,
                                 counter_selection_missing(selection, 0, i)[0] == '\0');
        }
        assert_int_equal(counted, wanted);
        assert_int_equal(wanted > 0, counter_selection_reason(selection, 0)[0] == '\0');
        counter_selection_free(selection);
}

#if defined(__x86_64__)
static void x86_cpus_get_their_events(void **state)
{
        static const struct expected genuine[] = {
                { "load_walks_4k", "skx::DTLB_LOAD_MISSES:WALK_COMPLETED_4K:u:k" },
                { "load_walks_2m", "skx::DTLB_LOAD_MISSES:WALK_COMPLETED_2M_4M:u:k" },
                { "load_walks_1g", "skx::DTLB_LOAD_MISSES:WALK_COMPLETED_1G:u:k" },
                { "load_walk_active_cycles", "skx::DTLB_LOAD_MISSES:WALK_ACTIVE:u:k" },
                { 0 },
        };
        static const struct expected like_spr[] = {
                { "dtlb_loads", "spr::MEM_INST_RETIRED:ALL_LOADS:u:k" },
                { "dtlb_load_misses", "spr::DTLB_LOAD_MISSES:WALK_COMPLETED:u:k" },
                { "stlb_load_hits", "spr::DTLB_LOAD_MISSES:STLB_HIT:u:k" },
                { "dtlb_store_misses", "spr::DTLB_STORE_MISSES:WALK_COMPLETED:u:k" },
                { 0 },
        };
        static const struct expected like_zen4[] = {
                { "walks_4k", "amd64_fam19h_zen4::L1_DTLB_MISS:TLB_RELOAD_4K_L2_MISS:"
                              "TLB_RELOAD_COALESCED_PAGE_MISS:u:k" },
                { "walks_2m", "amd64_fam19h_zen4::L1_DTLB_MISS:TLB_RELOAD_2M_L2_MISS:u:k" },
                { "walks_1g", "amd64_fam19h_zen4::L1_DTLB_MISS:TLB_RELOAD_1G_L2_MISS:u:k" },
                { 0 },
        };
        static const struct expected generic_intel[] = {
                { "dtlb_loads", "perf::DTLB-LOADS:u:k" },
                { "dtlb_load_misses", "perf::DTLB-LOAD-MISSES:u:k" },
                { "dtlb_store_misses", "perf::DTLB-STORE-MISSES:u:k" },
                { 0 },
        };
        static const struct expected generic_amd[] = {
                { "dtlb_misses", "perf::DTLB-LOAD-MISSES:u:k" },
                { 0 },
        };
        static const struct expected nothing[] = { { 0 } };
        struct fake *fake = *state;

        fake_write(fake, "sys/bus/event_source/devices/cpu/type", "4\n");
        fake_x86(fake, "GenuineIntel", 6, 85, "");
        fake->present = "skx";
        expect_events(fake, "walk", genuine);
        fake->present = NULL;
        fake_x86(fake, "GenuineIntel", 6, 0xad, "");
        expect_events(fake, "dtlb", like_spr);
        fake_x86(fake, "GenuineIntel", 6, 0x97, "");
        expect_events(fake, "dtlb", generic_intel);
        expect_events(fake, "walk", nothing);
        fake_x86(fake, "AuthenticAMD", 0x1a, 0x02, "");
        expect_events(fake, "walk", like_zen4);
        expect_events(fake, "walk_store", nothing);
        fake_x86(fake, "AuthenticAMD", 0x1a, 0x50, "");
        expect_events(fake, "dtlb", generic_amd);
        expect_events(fake, "cache", nothing);
        fake_x86(fake, "SomeoneElse", 1, 1, "");
        expect_events(fake, "dtlb", nothing);
}
#endif

#if defined(__aarch64__)
/* Opens and would read 0: only what the events folder lists is counted. */
static void arm_cpus_get_what_they_implement(void **state)
{
        static const char device[] = "sys/bus/event_source/devices/armv8_pmuv3_0";
        static const struct expected two[] = {
                { "dtlb_accesses", "arm_n1::L1D_TLB:u:k" },
                { "dtlb_misses", "arm_n1::DTLB_WALK:u:k" },
                { 0 },
        };
        static const struct expected nothing[] = { { 0 } };
        struct fake *fake = *state;
        char path[128];

        fake_write(fake, "proc/cpuinfo", "CPU implementer\t: 0x41\nCPU architecture: 8\n"
                                         "CPU part\t: 0xd0c\n");
        snprintf(path, sizeof(path), "%s/events/l1d_tlb", device);
        fake_write(fake, path, "event=0x0025\n");
        snprintf(path, sizeof(path), "%s/events/dtlb_walk", device);
        fake_write(fake, path, "event=0x0034\n");
        fake->present = "arm_n1";
        expect_events(fake, "dtlb", two);
        expect_events(fake, "cache", nothing);
}
#endif

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
        static const struct CMUnitTest tests[] = {
                TEST(cpu_is_read_from_its_first_lines),
                TEST(cpus_that_libpfm4_does_not_know_count_like_others),
                TEST(pmu_is_found_under_each_name),
                TEST(arm_pmu_has_only_what_it_lists),
#if defined(__x86_64__)
                TEST(x86_cpus_get_their_events),
#endif
#if defined(__aarch64__)
                TEST(arm_cpus_get_what_they_implement),
#endif
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
