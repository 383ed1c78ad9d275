/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data TLB misses. Intel counts loads and stores apart; AMD and Arm count both in one event. The
 * two are different columns, so that a number never changes its meaning with the CPU.
 *
 * A miss is one of every level, which walks the page table; an STLB hit is a miss of the first
 * level that the second level served.
 */
#include "counters/sets/rows.h"

#define AMD_WALKS                                                            \
        "L1_DTLB_MISS:TLB_RELOAD_4K_L2_MISS:TLB_RELOAD_COALESCED_PAGE_MISS:" \
        "TLB_RELOAD_2M_L2_MISS:TLB_RELOAD_1G_L2_MISS"
#define AMD_STLB_HITS                                                      \
        "L1_DTLB_MISS:TLB_RELOAD_4K_L2_HIT:TLB_RELOAD_COALESCED_PAGE_HIT:" \
        "TLB_RELOAD_2M_L2_HIT:TLB_RELOAD_1G_L2_HIT"
#define AMD_ACCESSES "LS_DISPATCH:LD_DISPATCH:STORE_DISPATCH:LD_ST_DISPATCH"

static const struct counter_column columns[] = {
        { "dtlb_loads", "loads retired (Intel)",
          CANDIDATES(INTEL_CORES("MEM_INST_RETIRED:ALL_LOADS"),
                     GENERIC_FOR(VENDOR_INTEL, "DTLB-LOADS")) },
        { "dtlb_load_misses", "loads that missed every TLB level and walked (Intel)",
          CANDIDATES(INTEL_CORES("DTLB_LOAD_MISSES:WALK_COMPLETED"),
                     GENERIC_FOR(VENDOR_INTEL, "DTLB-LOAD-MISSES")) },
        { "stlb_load_hits", "loads that missed the first level and hit the second (Intel)",
          CANDIDATES(INTEL_CORES("DTLB_LOAD_MISSES:STLB_HIT")) },
        { "dtlb_store_misses", "stores that missed every TLB level and walked (Intel)",
          CANDIDATES(INTEL_CORES("DTLB_STORE_MISSES:WALK_COMPLETED"),
                     GENERIC_FOR(VENDOR_INTEL, "DTLB-STORE-MISSES")) },
        { "dtlb_accesses", "loads and stores, dispatched (AMD) or looked up in the TLB (Arm)",
          CANDIDATES(AMD_ZENS(AMD_ACCESSES), ARM_NEOVERSES("L1D_TLB")) },
        { "dtlb_misses", "loads and stores that missed every TLB level and walked (AMD, Arm)",
          CANDIDATES(AMD_ZENS(AMD_WALKS), GENERIC_FOR(VENDOR_AMD, "DTLB-LOAD-MISSES"),
                     ARM_NEOVERSES("DTLB_WALK")) },
        { "stlb_hits", "loads and stores that missed the first level and hit the second (AMD)",
          CANDIDATES(AMD_ZENS(AMD_STLB_HITS)) },
        { "dtlb_l1_misses", "loads and stores that missed the first level (Arm)",
          CANDIDATES(ARM_NEOVERSES("L1D_TLB_REFILL")) },
        { 0 },
};

const struct counter_set counter_set_dtlb = {
        .name = "dtlb",
        .summary = "data TLB accesses, misses and second-level hits",
        .columns = columns,
};
