/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every event string of every set is encoded against its PMU model, without that hardware, and
 * must give the encoding that the CPU's own documents have. Sources of the table:
 * - Intel, AMD: tools/perf/pmu-events/arch/x86/{skylake,skylakex,cascadelakex,icelake,icelakex,
 *   sapphirerapids,amdzen1,amdzen2,amdzen3,amdzen4}/ of the Linux kernel (config = event number |
 *   unit mask << 8 | counter mask << 24);
 * - Arm: include/linux/perf/arm_pmuv3.h, the architecture's common events;
 * - perf: include/uapi/linux/perf_event.h.
 * libpfm4 has the PMUs of one architecture a build, so rows of the others are checked by name here
 * and by encoding there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "counters/encode.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAW PERF_TYPE_RAW
#define LOADS "DTLB_LOAD_MISSES:"
#define STORES "DTLB_STORE_MISSES:"
#define ZENS "amd64_fam17h_zen1 amd64_fam17h_zen2 amd64_fam19h_zen3 amd64_fam19h_zen4"
#define SKYLAKES "skl skx clx"
#define ICELAKES "icl icx"
#define BEFORE_SPR SKYLAKES " " ICELAKES
#define INTELS BEFORE_SPR " spr"
#define ARMS "arm_n1 arm_n2 arm_v1 arm_v2"

static const struct {
        const char *pmus, *event;
        uint32_t type;
        uint64_t config;
} documented[] = {
        { INTELS, "MEM_INST_RETIRED:ALL_LOADS", RAW, 0x81d0 },
        { BEFORE_SPR, LOADS "WALK_COMPLETED", RAW, 0x0e08 },
        { BEFORE_SPR, LOADS "WALK_COMPLETED_4K", RAW, 0x0208 },
        { BEFORE_SPR, LOADS "WALK_COMPLETED_2M_4M", RAW, 0x0408 },
        { SKYLAKES, LOADS "WALK_COMPLETED_1G", RAW, 0x0808 },
        { "icx", LOADS "0x8", RAW, 0x0808 },
        { BEFORE_SPR, LOADS "STLB_HIT", RAW, 0x2008 },
        { BEFORE_SPR, LOADS "WALK_ACTIVE", RAW, 0x1001008 },
        { BEFORE_SPR, STORES "WALK_COMPLETED", RAW, 0x0e49 },
        { BEFORE_SPR, STORES "WALK_COMPLETED_4K", RAW, 0x0249 },
        { BEFORE_SPR, STORES "WALK_COMPLETED_2M_4M", RAW, 0x0449 },
        { SKYLAKES, STORES "WALK_COMPLETED_1G", RAW, 0x0849 },
        { "icx", STORES "0x8", RAW, 0x0849 },
        { BEFORE_SPR, STORES "WALK_ACTIVE", RAW, 0x1001049 },
        { "spr", LOADS "WALK_COMPLETED", RAW, 0x0e12 },
        { "spr", LOADS "WALK_COMPLETED_4K", RAW, 0x0212 },
        { "spr", LOADS "WALK_COMPLETED_2M_4M", RAW, 0x0412 },
        { "spr", LOADS "WALK_COMPLETED_1G", RAW, 0x0812 },
        { "spr", LOADS "STLB_HIT", RAW, 0x2012 },
        { "spr", LOADS "WALK_ACTIVE", RAW, 0x1001012 },
        { "spr", STORES "WALK_COMPLETED", RAW, 0x0e13 },
        { "spr", STORES "WALK_COMPLETED_4K", RAW, 0x0213 },
        { "spr", STORES "WALK_COMPLETED_2M_4M", RAW, 0x0413 },
        { "spr", STORES "WALK_COMPLETED_1G", RAW, 0x0813 },
        { "spr", STORES "WALK_ACTIVE", RAW, 0x1001013 },
        { SKYLAKES " spr", "LONGEST_LAT_CACHE:REFERENCE", RAW, 0x4f2e },
        { ICELAKES, "LONGEST_LAT_CACHE:REFERENCES", RAW, 0x4f2e },
        { INTELS, "LONGEST_LAT_CACHE:MISS", RAW, 0x412e },
        { ZENS, "LS_DISPATCH:LD_DISPATCH:STORE_DISPATCH:LD_ST_DISPATCH", RAW, 0x0729 },
        { ZENS,
          "L1_DTLB_MISS:TLB_RELOAD_4K_L2_MISS:TLB_RELOAD_COALESCED_PAGE_MISS:"
          "TLB_RELOAD_2M_L2_MISS:TLB_RELOAD_1G_L2_MISS",
          RAW, 0xf045 },
        { ZENS,
          "L1_DTLB_MISS:TLB_RELOAD_4K_L2_HIT:TLB_RELOAD_COALESCED_PAGE_HIT:"
          "TLB_RELOAD_2M_L2_HIT:TLB_RELOAD_1G_L2_HIT",
          RAW, 0x0f45 },
        { ZENS, "L1_DTLB_MISS:TLB_RELOAD_4K_L2_MISS:TLB_RELOAD_COALESCED_PAGE_MISS", RAW, 0x3045 },
        { ZENS, "L1_DTLB_MISS:TLB_RELOAD_2M_L2_MISS", RAW, 0x4045 },
        { ZENS, "L1_DTLB_MISS:TLB_RELOAD_1G_L2_MISS", RAW, 0x8045 },
        { "amd64_fam17h_zen2",
          "DATA_CACHE_REFILLS_FROM_SYSTEM:LS_MABRESP_LCL_DRAM:LS_MABRESP_RMT_DRAM", RAW, 0x4843 },
        { "amd64_fam19h_zen3", "DEMAND_DATA_CACHE_FILLS_FROM_SYSTEM:MEM_IO_LCL:MEM_IO_RMT", RAW,
          0x4843 },
        { "amd64_fam19h_zen4",
          "DEMAND_DATA_CACHE_FILLS_FROM_SYSTEM:DRAM_IO_NEAR:DRAM_IO_FAR:ALT_MEM_NEAR_FAR", RAW,
          0xc843 },
        { ARMS, "L1D_TLB", RAW, 0x25 },
        { ARMS, "L1D_TLB_REFILL", RAW, 0x05 },
        { ARMS, "DTLB_WALK", RAW, 0x34 },
        { ARMS, "LL_CACHE_RD", RAW, 0x36 },
        { ARMS, "LL_CACHE_MISS_RD", RAW, 0x37 },
        { "perf", "CYCLES", PERF_TYPE_HARDWARE, 0 },
        { "perf", "INSTRUCTIONS", PERF_TYPE_HARDWARE, 1 },
        { "perf", "CACHE-REFERENCES", PERF_TYPE_HARDWARE, 2 },
        { "perf", "CACHE-MISSES", PERF_TYPE_HARDWARE, 3 },
        { "perf", "PAGE-FAULTS", PERF_TYPE_SOFTWARE, 2 },
        { "perf", "MINOR-FAULTS", PERF_TYPE_SOFTWARE, 5 },
        { "perf", "MAJOR-FAULTS", PERF_TYPE_SOFTWARE, 6 },
        { "perf", "DTLB-LOADS", PERF_TYPE_HW_CACHE, 0x3 },
        { "perf", "DTLB-LOAD-MISSES", PERF_TYPE_HW_CACHE, 0x10003 },
        { "perf", "DTLB-STORE-MISSES", PERF_TYPE_HW_CACHE, 0x10103 },
};

#define DOCUMENTED (sizeof(documented) / sizeof(documented[0]))

static bool word_in(const char *list, const char *word)
{
        char each[64];

        while (list_next(&list, each, sizeof(each)))
                if (strcmp(each, word) == 0)
                        return true;
        return false;
}

static size_t documented_find(const struct counter_candidate *candidate)
{
        size_t i = 0;

        while (i < DOCUMENTED && !(strcmp(documented[i].event, candidate->event) == 0 &&
                                   word_in(documented[i].pmus, candidate->pmu)))
                i++;
        return i;
}

/* Must this build of libpfm4 have the model? */
static bool pmu_is_here(const char *pmu)
{
        if (strcmp(pmu, "perf") == 0)
                return true;
#if defined(__x86_64__)
        return strncmp(pmu, "arm_", 4) != 0;
#elif defined(__aarch64__)
        return strncmp(pmu, "arm_", 4) == 0;
#else
        return false;
#endif
}

static void candidate_check(const struct counter_candidate *candidate, bool *used)
{
        size_t row = documented_find(candidate);
        struct perf_event_attr attr;
        struct status status;
        char text[EVENT_TEXT_MAX];

        if (row == DOCUMENTED)
                fail_msg("%s::%s is not in this test's table", candidate->pmu, candidate->event);
        used[row] = true;
        if (!pmu_is_here(candidate->pmu))
                return;
        if (!encode_pmu_known(candidate->pmu))
                fail_msg("libpfm4 has no PMU %s", candidate->pmu);
        status = encode_event(candidate, SCOPE_USER_KERNEL, text, &attr);
        if (status_failed(&status))
                fail_msg("%s", status.what);
        if (attr.type != documented[row].type || attr.config != documented[row].config)
                fail_msg("%s encodes as type %u, config %#llx; documented: type %u, config %#llx",
                         text, attr.type, (unsigned long long)attr.config, documented[row].type,
                         (unsigned long long)documented[row].config);
}

static void every_event_encodes_as_documented(void **state)
{
        bool used[DOCUMENTED] = { false };
        size_t candidates = 0;

        for (const struct counter_set *const *set = counter_sets(); *set; set++)
                for (const struct counter_column *c = (*set)->columns; c->name; c++)
                        for (const struct counter_candidate *e = c->candidates; e->event; e++) {
                                candidate_check(e, used);
                                candidates++;
                        }
        assert_true(candidates >= DOCUMENTED);
        for (size_t i = 0; i < DOCUMENTED; i++)
                if (!used[i])
                        fail_msg("no set uses %s any more", documented[i].event);
}

static void scope_is_in_the_text_and_in_the_attributes(void **state)
{
        static const struct counter_candidate faults = { "perf", "PAGE-FAULTS" };
        struct perf_event_attr attr;
        char text[EVENT_TEXT_MAX];
        struct status status;

        status = encode_event(&faults, SCOPE_USER_KERNEL, text, &attr);
        assert_false(status_failed(&status));
        assert_string_equal(text, "perf::PAGE-FAULTS:u:k");
        assert_int_equal(attr.exclude_kernel, 0);
        assert_int_equal(attr.exclude_user, 0);
        assert_int_equal(attr.disabled, 1);
        status = encode_event(&faults, SCOPE_USER, text, &attr);
        assert_false(status_failed(&status));
        assert_string_equal(text, "perf::PAGE-FAULTS:u");
        assert_int_equal(attr.exclude_kernel, 1);
        assert_int_equal(attr.exclude_user, 0);
}

static void typo_is_refused_and_leaves_results_alone(void **state)
{
        static const struct counter_candidate wrong[] = {
                { "perf", "PAGE-FALTS" },
                { "parf", "PAGE-FAULTS" },
#if defined(__x86_64__)
                { "skx", "DTLB_LOAD_MISSES:WALK_COMPLETED_4KB" },
#endif
        };

        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
                struct perf_event_attr attr = { .config = 77 };
                char text[EVENT_TEXT_MAX] = "untouched";
                struct status status = encode_event(&wrong[i], SCOPE_USER, text, &attr);

                assert_int_equal(status.code, STATUS_USAGE);
                assert_non_null(strstr(status.what, wrong[i].event));
                assert_string_equal(text, "untouched");
                assert_int_equal(attr.config, 77);
        }
        assert_false(encode_pmu_known("parf"));
        assert_false(encode_pmu_present("parf"));
}

static bool column_serves(const struct counter_column *column, const char *pmu)
{
        for (const struct counter_candidate *e = column->candidates; e->event; e++)
                if (strcmp(e->pmu, pmu) == 0)
                        return true;
        return false;
}

/* See sets/rows.h; "perf" rows are fallbacks for one vendor each, or on fixed counters. */
static void sets_fit_the_counters_of_each_pmu(void **state)
{
        static const char all[] = INTELS " " ZENS " " ARMS;
        const char *cursor = all;
        char pmu[64];

        while (list_next(&cursor, pmu, sizeof(pmu)))
                for (const struct counter_set *const *set = counter_sets(); *set; set++) {
                        size_t events = 0;

                        for (const struct counter_column *c = (*set)->columns; c->name; c++)
                                events += column_serves(c, pmu);
                        if (events > 4)
                                fail_msg("set %s has %zu events on %s", (*set)->name, events, pmu);
                }
}

static void name_check(const char *name)
{
        assert_in_range(strlen(name), 1, 40);
        for (const char *c = name; *c; c++)
                if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '_')
                        fail_msg("'%s' is no name for a CSV column", name);
}

static void names_are_columns_and_unique(void **state)
{
        const char *seen[COUNTER_SETS_MAX * COUNTER_COLUMNS_MAX];
        size_t sets = 0, count = 0;

        for (const struct counter_set *const *set = counter_sets(); *set; set++) {
                assert_true(++sets <= COUNTER_SETS_MAX);
                assert_in_range(counter_set_columns(*set), 1, COUNTER_COLUMNS_MAX);
                assert_ptr_equal(counter_set_find((*set)->name), *set);
                assert_true((*set)->summary[0] != '\0');
                name_check((*set)->name);
                for (const struct counter_column *c = (*set)->columns; c->name; c++) {
                        name_check(c->name);
                        assert_true(c->help[0] != '\0');
                        for (size_t i = 0; i < count; i++)
                                assert_string_not_equal(seen[i], c->name);
                        seen[count++] = c->name;
                }
        }
        assert_true(sets >= 5);
        assert_null(counter_set_find("nosuchset"));
        assert_null(counter_set_find("all"));
}

static int library_ready(void **state)
{
        struct status status;

        unsetenv("LIBPFM_ENCODE_INACTIVE");
        status = encode_ready();
        /* The variable is for libpfm4 alone, not for the children of this process. */
        return status_failed(&status) || getenv("LIBPFM_ENCODE_INACTIVE") ? -1 : 0;
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_event_encodes_as_documented),
                cmocka_unit_test(scope_is_in_the_text_and_in_the_attributes),
                cmocka_unit_test(typo_is_refused_and_leaves_results_alone),
                cmocka_unit_test(sets_fit_the_counters_of_each_pmu),
                cmocka_unit_test(names_are_columns_and_unique),
        };

        return cmocka_run_group_tests(tests, library_ready, NULL);
}
