/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page-table walks by the size of the page they ended at: the hardware's own word for whether a
 * mapping was by PTE or by PMD. Intel's are of loads (walk_store.c has the stores); AMD's are of
 * loads and stores, by the TLB entry reloaded, where a coalesced entry is four adjacent base pages.
 */
#include "counters/sets/rows.h"

#define AMD_WALK_4K "L1_DTLB_MISS:TLB_RELOAD_4K_L2_MISS:TLB_RELOAD_COALESCED_PAGE_MISS"

static const struct counter_column columns[] = {
        { "load_walks_4k", "walks completed for loads from 4 KiB pages (Intel)",
          CANDIDATES(INTEL_CORES("DTLB_LOAD_MISSES:WALK_COMPLETED_4K")) },
        { "load_walks_2m", "walks completed for loads from 2 MiB pages (Intel)",
          CANDIDATES(INTEL_CORES("DTLB_LOAD_MISSES:WALK_COMPLETED_2M_4M")) },
        /* libpfm4 4.13 lacks the name for Ice Lake-X; icelakex/virtual-memory.json has the mask. */
        { "load_walks_1g", "walks completed for loads from 1 GiB pages (Intel)",
          CANDIDATES(INTEL_SKYLAKE("DTLB_LOAD_MISSES:WALK_COMPLETED_1G"),
                     { "icx", "DTLB_LOAD_MISSES:0x8" },
                     INTEL_SAPPHIRE("DTLB_LOAD_MISSES:WALK_COMPLETED_1G")) },
        { "load_walk_active_cycles", "cycles with at least one walk for a load (Intel)",
          CANDIDATES(INTEL_CORES("DTLB_LOAD_MISSES:WALK_ACTIVE")) },
        { "walks_4k", "walks for loads and stores to 4 KiB pages, coalesced ones too (AMD)",
          CANDIDATES(AMD_ZENS(AMD_WALK_4K)) },
        { "walks_2m", "walks for loads and stores to 2 MiB pages (AMD)",
          CANDIDATES(AMD_ZENS("L1_DTLB_MISS:TLB_RELOAD_2M_L2_MISS")) },
        { "walks_1g", "walks for loads and stores to 1 GiB pages (AMD)",
          CANDIDATES(AMD_ZENS("L1_DTLB_MISS:TLB_RELOAD_1G_L2_MISS")) },
        { 0 },
};

const struct counter_set counter_set_walk = {
        .name = "walk",
        .summary = "page-table walks by page size, and the cycles they took",
        .columns = columns,
};
