/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does the access go to memory? Each vendor asks in its own way: Intel's event counts requests of
 * a core to the last-level cache, prefetches of its L1 and L2 among them; AMD's core PMU cannot
 * see the L3 and counts demand fills by where they came from; Arm counts reads.
 */
#include "counters/sets/rows.h"

static const struct counter_column columns[] = {
        { "llc_references", "requests to the last-level cache, L1/L2 prefetches too (Intel)",
          CANDIDATES(INTEL_SKYLAKE("LONGEST_LAT_CACHE:REFERENCE"),
                     INTEL_ICELAKE("LONGEST_LAT_CACHE:REFERENCES"),
                     INTEL_SAPPHIRE("LONGEST_LAT_CACHE:REFERENCE"),
                     GENERIC_FOR(VENDOR_INTEL, "CACHE-REFERENCES")) },
        { "llc_misses", "of these, the ones that missed (Intel)",
          CANDIDATES(INTEL_CORES("LONGEST_LAT_CACHE:MISS"),
                     GENERIC_FOR(VENDOR_INTEL, "CACHE-MISSES")) },
        { "llc_reads", "reads looked up in the last-level cache (Arm)",
          CANDIDATES(ARM_NEOVERSES("LL_CACHE_RD")) },
        { "llc_read_misses", "of these, the ones that missed (Arm)",
          CANDIDATES(ARM_NEOVERSES("LL_CACHE_MISS_RD")) },
        { "memory_fills", "demand fills of the L1 from memory or I/O, of any node (AMD)",
          CANDIDATES({ "amd64_fam17h_zen2",
                       "DATA_CACHE_REFILLS_FROM_SYSTEM:LS_MABRESP_LCL_DRAM:LS_MABRESP_RMT_DRAM" },
                     { "amd64_fam19h_zen3",
                       "DEMAND_DATA_CACHE_FILLS_FROM_SYSTEM:MEM_IO_LCL:MEM_IO_RMT" },
                     { "amd64_fam19h_zen4", "DEMAND_DATA_CACHE_FILLS_FROM_SYSTEM:DRAM_IO_NEAR:"
                                            "DRAM_IO_FAR:ALT_MEM_NEAR_FAR" }) },
        { 0 },
};

const struct counter_set counter_set_cache = {
        .name = "cache",
        .summary = "last-level cache misses, or fills from memory",
        .columns = columns,
};
