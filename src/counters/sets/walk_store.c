/* SPDX-License-Identifier: Apache-2.0 */
/* Intel's page-table walks of stores: a set of its own, since those of loads fill the counters. */
#include "counters/sets/rows.h"

static const struct counter_column columns[] = {
        { "store_walks_4k", "walks completed for stores to 4 KiB pages (Intel)",
          CANDIDATES(INTEL_CORES("DTLB_STORE_MISSES:WALK_COMPLETED_4K")) },
        { "store_walks_2m", "walks completed for stores to 2 MiB pages (Intel)",
          CANDIDATES(INTEL_CORES("DTLB_STORE_MISSES:WALK_COMPLETED_2M_4M")) },
        /* libpfm4 4.13 lacks the name for Ice Lake-X; icelakex/virtual-memory.json has the mask. */
        { "store_walks_1g", "walks completed for stores to 1 GiB pages (Intel)",
          CANDIDATES(INTEL_SKYLAKE("DTLB_STORE_MISSES:WALK_COMPLETED_1G"),
                     { "icx", "DTLB_STORE_MISSES:0x8" },
                     INTEL_SAPPHIRE("DTLB_STORE_MISSES:WALK_COMPLETED_1G")) },
        { "store_walk_active_cycles", "cycles with at least one walk for a store (Intel)",
          CANDIDATES(INTEL_CORES("DTLB_STORE_MISSES:WALK_ACTIVE")) },
        { 0 },
};

const struct counter_set counter_set_walk_store = {
        .name = "walk_store",
        .summary = "page-table walks of stores by page size (Intel; elsewhere see walk)",
        .columns = columns,
};
