/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/placement.h"

#include "sys/placement_order.h"
#include "sys/topology.h"

#include <ctype.h>
#include <errno.h>
#include <numa.h>
#include <numaif.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

/* libnuma prints its parsers' complaints through this weak function. They are told by the status
 * instead; nothing is printed. */
void numa_warn(int num, char *fmt, ...)
{
        (void)num;
        (void)fmt;
}

/* One number, or a range that does not go down. libnuma takes "4294967296" for 0 and "3-1" for 3;
 * that, hexadecimal numbers and blanks are refused before it sees them. */
static bool span_valid(const char **cursor)
{
        unsigned long numbers[2] = { 0, 0 };
        int count = 0;

        do {
                int digits = 0;

                for (; isdigit((unsigned char)**cursor); (*cursor)++, digits++)
                        if (digits < 7)
                                numbers[count] =
                                        numbers[count] * 10 + (unsigned long)(**cursor - '0');
                if (digits < 1 || digits > 6)
                        return false;
                count++;
        } while (count < 2 && **cursor == '-' && (*cursor)++);
        return count == 1 || numbers[0] <= numbers[1];
}

static bool list_valid(const char *text)
{
        if (*text == '!')
                text++;
        if (*text == '+')
                text++;
        if (strcmp(text, "all") == 0)
                return true;
        do {
                if (!span_valid(&text))
                        return false;
        } while (*text == ',' && text++);
        return !*text;
}

static void add_bits(hwloc_bitmap_t set, const struct bitmask *mask)
{
        for (unsigned long i = 0; i < mask->size; i++)
                if (numa_bitmask_isbitset(mask, (unsigned)i))
                        hwloc_bitmap_set(set, (unsigned)i);
}

/* libnuma's sense of a list: "+" counts within what the process may use, "!" negates. The second
 * parser of each pair knows what the machine has beyond that. */
static bool parse_list(const char *text, struct bitmask *(*within)(const char *),
                       struct bitmask *(*anywhere)(const char *), hwloc_bitmap_t set)
{
        struct bitmask *mask;

        if (numa_available() < 0) /* libnuma is of no use then */
                return isdigit((unsigned char)*text) && hwloc_bitmap_list_sscanf(set, text) == 0;
        mask = within(text);
        if (!mask)
                mask = anywhere(text);
        if (!mask)
                return false;
        add_bits(set, mask);
        numa_bitmask_free(mask);
        return true;
}

static struct status parse_cpus(const char *text, hwloc_const_bitmap_t usable, hwloc_bitmap_t set)
{
        char allowed[256], outside[256], todo[320];
        hwloc_bitmap_t rest;

        snprintf(todo, sizeof(todo), "write CPUs among %s, as 0-3,8 or +0-1 or all",
                 topology_set_text(usable, allowed, sizeof(allowed)));
        if (strcmp(text, "all") == 0) {
                hwloc_bitmap_copy(set, usable);
                return status_ok();
        }
        if (!list_valid(text))
                return status_make(STATUS_USAGE, todo, "'%s' is not a list of CPUs", text);
        if (!parse_list(text, numa_parse_cpustring, numa_parse_cpustring_all, set))
                return status_make(STATUS_USAGE, todo,
                                   "'%s' names CPUs that this machine does not have", text);
        rest = hwloc_bitmap_alloc();
        hwloc_bitmap_andnot(rest, set, usable);
        topology_set_text(rest, outside, sizeof(outside));
        hwloc_bitmap_free(rest);
        if (outside[0])
                return status_make(STATUS_USAGE, todo, "'%s': this process may not run on CPU %s",
                                   text, outside);
        if (hwloc_bitmap_iszero(set))
                return status_make(STATUS_USAGE, todo, "'%s' leaves no CPU", text);
        return status_ok();
}

/* numactl also takes the node of a device or file: "netdev:eth0", "file:/mnt/x", "block:sda". */
static bool node_text_valid(const char *text)
{
        return list_valid(text) || strchr(text, ':');
}

static struct status parse_node(hwloc_topology_t topology, const char *text, int *ret_node)
{
        char allowed[256], todo[320];
        hwloc_bitmap_t set = hwloc_bitmap_alloc();
        int count, node;
        bool parsed;

        snprintf(todo, sizeof(todo), "write one memory node among %s",
                 topology_set_text(hwloc_topology_get_topology_nodeset(topology), allowed,
                                   sizeof(allowed)));
        parsed = node_text_valid(text) &&
                 parse_list(text, numa_parse_nodestring, numa_parse_nodestring_all, set);
        count = parsed ? hwloc_bitmap_weight(set) : 0;
        node = hwloc_bitmap_first(set);
        hwloc_bitmap_free(set);
        if (count != 1)
                return status_make(STATUS_USAGE, todo, "'%s' is not one memory node%s", text,
                                   count > 1 ? " but several" : " of this machine");
        if (!placement_has_memory(topology, node))
                return status_make(STATUS_USAGE, todo, "this process may not use memory node %d",
                                   node);
        *ret_node = node;
        return status_ok();
}

static void place_listed(hwloc_const_bitmap_t set, struct placement *placement)
{
        int cpu;

        for (cpu = hwloc_bitmap_first(set); cpu >= 0 && placement->count < PLACEMENT_CPUS_MAX;
             cpu = hwloc_bitmap_next(set, cpu))
                placement->cpus[placement->count++] = (unsigned)cpu;
}

static void tell(hwloc_topology_t topology, const char *cpus, const char *mem_node, int anchor,
                 hwloc_const_bitmap_t set, struct placement *placement)
{
        bool one_node = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_NUMANODE) < 2;
        char list[40], near[36] = "", memory[40] = "where the kernel puts it";

        topology_set_text(set, list, sizeof(list));
        if (!cpus[0] && anchor >= 0 && !one_node)
                snprintf(near, sizeof(near), ", nearest to node %d first", anchor);
        if (placement->node >= 0)
                snprintf(memory, sizeof(memory), "on node %d%s", placement->node,
                         mem_node[0] ? ", as asked" : "");
        else if (one_node)
                snprintf(memory, sizeof(memory), "on the only node");
        snprintf(placement->how, sizeof(placement->how), "CPUs %s%s%s; memory %s", list,
                 cpus[0] ? ", as asked" : ", one thread a core first", near, memory);
}

static struct status place(hwloc_topology_t topology, const char *cpus, const char *mem_node,
                           int near_node, hwloc_bitmap_t usable, hwloc_bitmap_t set,
                           struct placement *placement)
{
        int anchor;

        if (cpus[0])
                TRY(parse_cpus(cpus, usable, set));
        if (mem_node[0])
                TRY(parse_node(topology, mem_node, &placement->node));
        else
                placement->node =
                        placement_nearest_memory(topology, near_node, cpus[0] ? set : NULL);
        anchor = near_node >= 0 ? near_node : placement->node;
        if (cpus[0])
                place_listed(set, placement);
        else
                placement_order(topology, usable, anchor, placement);
        if (!placement->count)
                return status_make(STATUS_SYSTEM, "look at taskset -p and the cpuset cgroup",
                                   "this process has no CPU it may run on");
        tell(topology, cpus, mem_node, anchor, cpus[0] ? set : usable, placement);
        return status_ok();
}

struct status placement_make(const char *cpus, const char *mem_node, int near_node,
                             struct placement *ret_placement)
{
        struct placement placement = { .node = -1 };
        hwloc_bitmap_t usable, set;
        hwloc_topology_t topology;
        struct status status;

        TRY(topology_load(false, &topology));
        usable = hwloc_bitmap_dup(hwloc_topology_get_topology_cpuset(topology));
        set = hwloc_bitmap_alloc();
        if (hwloc_topology_is_thissystem(topology)) {
                if (hwloc_get_cpubind(topology, set, HWLOC_CPUBIND_THREAD) == 0)
                        hwloc_bitmap_and(usable, usable, set);
                hwloc_bitmap_zero(set);
        }
        status = place(topology, cpus, mem_node, near_node, usable, set, &placement);
        hwloc_bitmap_free(set);
        hwloc_bitmap_free(usable);
        hwloc_topology_destroy(topology);
        if (!status_failed(&status))
                *ret_placement = placement;
        return status;
}

struct status placement_pin(const struct placement *placement, unsigned index)
{
        unsigned cpu = placement->cpus[index % placement->count];
        size_t size = CPU_ALLOC_SIZE(cpu + 1);
        cpu_set_t *set = CPU_ALLOC(cpu + 1);
        int error;

        if (!set)
                return status_errno(ENOMEM, NULL, "cannot bind a thread to CPU %u", cpu);
        CPU_ZERO_S(size, set);
        CPU_SET_S(cpu, size, set);
        error = sched_setaffinity(0, size, set) ? errno : 0;
        CPU_FREE(set);
        if (error)
                return status_errno(error, "is the CPU online, and in this process's cpuset?",
                                    "cannot bind a thread to CPU %u", cpu);
        return status_ok();
}

struct status placement_bind_memory(const struct placement *placement)
{
        unsigned long mask[16] = { 0 };
        const unsigned bits = 8 * sizeof(mask[0]);
        unsigned node = (unsigned)placement->node;

        if (placement->node < 0)
                return status_ok();
        if (node >= bits * sizeof(mask) / sizeof(mask[0]))
                return status_make(STATUS_SYSTEM, NULL, "memory node %u is out of range", node);
        mask[node / bits] = 1ul << node % bits;
        if (set_mempolicy(MPOL_BIND, mask, 8 * sizeof(mask)) != 0)
                return status_errno(errno,
                                    "allow set_mempolicy (seccomp, CAP_SYS_NICE in "
                                    "containers) or leave out --mem-node",
                                    "cannot allocate on memory node %u", node);
        return status_ok();
}
