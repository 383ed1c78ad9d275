/* SPDX-License-Identifier: Apache-2.0 */
/* The default placement, apart from how it is asked for. */
#ifndef PMDGAIN_SYS_PLACEMENT_ORDER_H
#define PMDGAIN_SYS_PLACEMENT_ORDER_H

#include "sys/placement.h"

#include <hwloc.h>
#include <stdbool.h>

/*
 * Puts the CPUs of `usable` in the order in which threads take them: one hardware thread of each
 * core before the second of any, then cores near `node` (-1: none is nearer), then the faster kind
 * of core (hwloc_cpukinds), then hwloc's order.
 */
void placement_order(hwloc_topology_t topology, hwloc_const_bitmap_t usable, int node,
                     struct placement *placement);

/* Whether memory can be allocated on this node. */
bool placement_has_memory(hwloc_topology_t topology, int node);

/* The usable memory node nearest to `near_node`; where -1, the one nearest to `cpus`, or with
 * `cpus` NULL the one with most free memory. -1 when there is nothing to choose. */
int placement_nearest_memory(hwloc_topology_t topology, int near_node, hwloc_const_bitmap_t cpus);

#endif
