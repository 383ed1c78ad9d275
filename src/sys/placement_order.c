/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/placement_order.h"

#include "sys/topology.h"

#include <hwloc/cpukinds.h>
#include <limits.h>
#include <numa.h>
#include <stdlib.h>

#define LOCAL_DISTANCE 10 /* ACPI 6.5, 5.2.17 */
#define REMOTE_DISTANCE 20
#define SPECIAL_DISTANCE 1000 /* more than any in a SLIT */

struct candidate {
        unsigned cpu;
        unsigned rank; /* which hardware thread of its core, of the usable ones */
        unsigned distance;
        int slowness;      /* 0 is the fastest kind of core */
        unsigned position; /* hwloc's order */
};

static int compare(const void *left, const void *right)
{
        const struct candidate *a = left, *b = right;

        if (a->rank != b->rank)
                return a->rank < b->rank ? -1 : 1;
        if (a->distance != b->distance)
                return a->distance < b->distance ? -1 : 1;
        if (a->slowness != b->slowness)
                return a->slowness < b->slowness ? -1 : 1;
        return a->position < b->position ? -1 : a->position > b->position;
}

static unsigned node_distance(hwloc_topology_t topology, unsigned from, unsigned to)
{
        unsigned distance = from == to ? LOCAL_DISTANCE : topology_distance(topology, from, to);

        return distance ? distance : REMOTE_DISTANCE;
}

/* A CPU may be local to several nodes: DRAM and HBM of one package. */
static unsigned cpu_distance(hwloc_topology_t topology, hwloc_obj_t pu, int node)
{
        unsigned nearest = UINT_MAX;
        int local;

        if (node < 0)
                return 0;
        for (local = hwloc_bitmap_first(pu->nodeset); local >= 0;
             local = hwloc_bitmap_next(pu->nodeset, local)) {
                unsigned distance = node_distance(topology, (unsigned)local, (unsigned)node);

                if (distance < nearest)
                        nearest = distance;
        }
        return nearest;
}

static int cpu_slowness(hwloc_topology_t topology, hwloc_obj_t pu)
{
        int kinds = hwloc_cpukinds_get_nr(topology, 0);
        int kind = hwloc_cpukinds_get_by_cpuset(topology, pu->cpuset, 0);

        return kind >= 0 ? kinds - 1 - kind : 0; /* hwloc's first kind is the slowest */
}

/* How many usable hardware threads of the same core come before this one. */
static unsigned thread_rank(hwloc_topology_t topology, hwloc_obj_t pu, hwloc_const_bitmap_t usable)
{
        hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_CORE, pu);
        hwloc_obj_t other = NULL;
        unsigned rank = 0;

        if (!core)
                return 0;
        while ((other = hwloc_get_next_obj_inside_cpuset_by_type(topology, core->cpuset,
                                                                 HWLOC_OBJ_PU, other)) &&
               other != pu)
                rank += hwloc_bitmap_isset(usable, other->os_index) ? 1u : 0u;
        return rank;
}

void placement_order(hwloc_topology_t topology, hwloc_const_bitmap_t usable, int node,
                     struct placement *placement)
{
        struct candidate candidates[PLACEMENT_CPUS_MAX];
        unsigned count = 0;

        for (hwloc_obj_t pu = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PU, NULL);
             pu && count < PLACEMENT_CPUS_MAX;
             pu = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PU, pu)) {
                if (!hwloc_bitmap_isset(usable, pu->os_index))
                        continue;
                candidates[count] = (struct candidate){
                        .cpu = pu->os_index,
                        .rank = thread_rank(topology, pu, usable),
                        .distance = cpu_distance(topology, pu, node),
                        .slowness = cpu_slowness(topology, pu),
                        .position = pu->logical_index,
                };
                count++;
        }
        qsort(candidates, count, sizeof(candidates[0]), compare);
        for (unsigned i = 0; i < count; i++)
                placement->cpus[i] = candidates[i].cpu;
        placement->count = count;
}

static hwloc_obj_t node_object(hwloc_topology_t topology, int node)
{
        return node < 0 ? NULL : hwloc_get_numanode_obj_by_os_index(topology, (unsigned)node);
}

bool placement_has_memory(hwloc_topology_t topology, int node)
{
        hwloc_obj_t object = node_object(topology, node);

        return object && object->attr->numanode.local_memory > 0;
}

static uint64_t free_memory(hwloc_topology_t topology, hwloc_obj_t node)
{
        long long available = 0;

        if (hwloc_topology_is_thissystem(topology) && numa_available() >= 0 &&
            numa_node_size64((int)node->os_index, &available) > 0 && available > 0)
                return (uint64_t)available;
        return node->attr->numanode.local_memory;
}

/* HBM, or pmem and CXL memory put to use as RAM: not taken where ordinary memory will do. */
static bool special_memory(hwloc_obj_t node)
{
        return node->subtype || hwloc_obj_get_info_by_name(node, "DAXType");
}

static unsigned memory_distance(hwloc_topology_t topology, hwloc_obj_t node, int near_node,
                                hwloc_const_bitmap_t cpus)
{
        unsigned distance = 0;

        if (near_node >= 0)
                distance = node_distance(topology, (unsigned)near_node, node->os_index);
        else if (cpus)
                distance = hwloc_bitmap_intersects(node->cpuset, cpus) ? LOCAL_DISTANCE
                                                                       : REMOTE_DISTANCE;
        return special_memory(node) ? distance + SPECIAL_DISTANCE : distance;
}

int placement_nearest_memory(hwloc_topology_t topology, int near_node, hwloc_const_bitmap_t cpus)
{
        unsigned best_distance = UINT_MAX, choices = 0;
        uint64_t best_free = 0;
        int best = -1;

        for (hwloc_obj_t node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, NULL);
             node; node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, node)) {
                unsigned distance = memory_distance(topology, node, near_node, cpus);
                uint64_t available = free_memory(topology, node);

                if (!placement_has_memory(topology, (int)node->os_index))
                        continue;
                choices++;
                if (distance < best_distance ||
                    (distance == best_distance && available > best_free)) {
                        best = (int)node->os_index;
                        best_distance = distance;
                        best_free = available;
                }
        }
        return choices > 1 ? best : -1;
}
