/* SPDX-License-Identifier: Apache-2.0 */
/* Which CPUs run the threads and which memory node holds the bytes (hwloc, libnuma). */
#ifndef PMDGAIN_SYS_PLACEMENT_H
#define PMDGAIN_SYS_PLACEMENT_H

#include <pmdgain/status.h>
#include <stdint.h>

#define PLACEMENT_CPUS_MAX 1024

struct placement {
        unsigned count; /* usable CPUs, in the order in which threads take them */
        unsigned cpus[PLACEMENT_CPUS_MAX];
        int node;      /* memory node to allocate on; -1: leave it alone */
        char how[160]; /* one line that says what was chosen and why */
};

/*
 * `cpus` and `mem_node` are in numactl's own syntax ("0-3,8", "+0-1", "all"; "0"), or "" for the
 * default: one hardware thread of each core first, cores nearest to NUMA node `near_node` (-1: the
 * node with most free memory), memory on that node. CPUs outside the process's affinity mask, and
 * nodes it may not use, are STATUS_USAGE with the allowed ones named.
 */
struct status placement_make(const char *cpus, const char *mem_node, int near_node,
                             struct placement *ret_placement);

/* Binds the calling thread to the CPU of thread `index` (modulo count). */
struct status placement_pin(const struct placement *placement, unsigned index);

/* Makes the calling thread allocate on placement->node from now on; nothing when it is -1. */
struct status placement_bind_memory(const struct placement *placement);

#endif
