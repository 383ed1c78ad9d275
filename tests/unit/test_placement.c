/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sys/placement_order.h"
#include "user_emulation.h"

#include <errno.h>
#include <fcntl.h>
#include <hwloc/cpukinds.h>
#include <hwloc/distances.h>
#include <numaif.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Made-up machines. */
static hwloc_topology_t synthetic(const char *description)
{
        hwloc_topology_t topology;

        assert_int_equal(hwloc_topology_init(&topology), 0);
        assert_int_equal(hwloc_topology_set_synthetic(topology, description), 0);
        assert_int_equal(hwloc_topology_load(topology), 0);
        return topology;
}

static void assert_order(hwloc_topology_t topology, const char *usable, int node,
                         const char *expected)
{
        struct placement placement = { 0 };
        hwloc_bitmap_t set = hwloc_bitmap_alloc();
        char order[256] = "";
        size_t used = 0;

        hwloc_bitmap_list_sscanf(set, usable);
        placement_order(topology, set, node, &placement);
        for (unsigned i = 0; i < placement.count; i++)
                used += (size_t)snprintf(order + used, sizeof(order) - used, "%s%u", i ? " " : "",
                                         placement.cpus[i]);
        hwloc_bitmap_free(set);
        assert_string_equal(order, expected);
}

static void one_thread_of_each_core_comes_first(void **state)
{
        hwloc_topology_t topology = synthetic("package:1 core:4 pu:2");

        (void)state;
        assert_order(topology, "0-7", -1, "0 2 4 6 1 3 5 7");
        assert_order(topology, "0-3,5", -1, "0 2 5 1 3"); /* 5 is the only one of its core */
        assert_order(topology, "1", -1, "1");
        hwloc_topology_destroy(topology);
}

static void near_cores_come_before_far_ones(void **state)
{
        hwloc_topology_t topology = synthetic("numa:2 core:2 pu:2");

        (void)state;
        assert_order(topology, "0-7", 0, "0 2 4 6 1 3 5 7");
        assert_order(topology, "0-7", 1, "4 6 0 2 5 7 1 3");
        assert_order(topology, "0-7", -1, "0 2 4 6 1 3 5 7");
        assert_order(topology, "0-3", 1, "0 2 1 3");
        hwloc_topology_destroy(topology);
}

static void add_distances(hwloc_topology_t topology, hwloc_uint64_t *values)
{
        hwloc_obj_t nodes[4];
        hwloc_distances_add_handle_t handle;

        for (unsigned i = 0; i < 4; i++)
                nodes[i] = hwloc_get_obj_by_type(topology, HWLOC_OBJ_NUMANODE, i);
        handle = hwloc_distances_add_create(
                topology, "NUMALatency",
                HWLOC_DISTANCES_KIND_FROM_OS | HWLOC_DISTANCES_KIND_MEANS_LATENCY, 0);
        assert_non_null(handle);
        assert_int_equal(hwloc_distances_add_values(topology, handle, 4, nodes, values, 0), 0);
        assert_int_equal(hwloc_distances_add_commit(topology, handle, 0), 0);
}

static void the_kernels_distances_decide(void **state)
{
        hwloc_uint64_t values[] = {
                10, 12, 32, 22, /* from node 0 */
                12, 10, 22, 32, /* 1 */
                32, 22, 10, 12, /* 2 */
                22, 32, 12, 10, /* 3 */
        };
        hwloc_topology_t topology = synthetic("numa:4 core:1 pu:1");
        hwloc_bitmap_t third;

        (void)state;
        add_distances(topology, values);
        assert_order(topology, "0-3", 0, "0 1 3 2");
        assert_order(topology, "0-3", 2, "2 3 1 0");
        assert_int_equal(placement_nearest_memory(topology, 2, NULL), 2);
        third = hwloc_bitmap_alloc();
        hwloc_bitmap_set(third, 3);
        assert_int_equal(placement_nearest_memory(topology, -1, third), 3);
        hwloc_bitmap_free(third);
        hwloc_topology_destroy(topology);
}

static void fast_cores_come_before_slow_ones(void **state)
{
        hwloc_topology_t topology = synthetic("package:1 core:4 pu:1");
        hwloc_bitmap_t slow = hwloc_bitmap_alloc(), fast = hwloc_bitmap_alloc();

        (void)state;
        hwloc_bitmap_set_range(slow, 0, 1);
        hwloc_bitmap_set_range(fast, 2, 3);
        assert_int_equal(hwloc_cpukinds_register(topology, slow, 0, 0, NULL, 0), 0);
        assert_int_equal(hwloc_cpukinds_register(topology, fast, 10, 0, NULL, 0), 0);
        assert_order(topology, "0-3", -1, "2 3 0 1");
        hwloc_bitmap_free(slow);
        hwloc_bitmap_free(fast);
        hwloc_topology_destroy(topology);
}

static void memory_put_to_use_as_ram_is_the_last_choice(void **state)
{
        hwloc_topology_t topology =
                synthetic("package:2 [numa(memory=1GB)] [numa(memory=9GB)] pu:2");
        hwloc_obj_t cxl = hwloc_get_numanode_obj_by_os_index(topology, 1);

        (void)state;
        assert_int_equal(cxl->attr->numanode.local_memory >> 30, 8);
        assert_int_equal(placement_nearest_memory(topology, -1, NULL), 1); /* most memory */
        for (unsigned i = 0; i < 4; i++)
                if (i % 2)
                        hwloc_obj_add_info(hwloc_get_numanode_obj_by_os_index(topology, i),
                                           "DAXType", "NVM");
        assert_int_equal(placement_nearest_memory(topology, -1, NULL), 0);
        assert_int_equal(placement_nearest_memory(topology, 2, NULL), 2);
        hwloc_topology_destroy(topology);
}

static void a_machine_with_one_node_leaves_memory_alone(void **state)
{
        hwloc_topology_t topology = synthetic("numa:1 core:2 pu:1");

        (void)state;
        assert_int_equal(placement_nearest_memory(topology, -1, NULL), -1);
        assert_int_equal(placement_nearest_memory(topology, 0, NULL), -1);
        assert_true(placement_has_memory(topology, 0));
        assert_false(placement_has_memory(topology, 1));
        assert_false(placement_has_memory(topology, -1));
        hwloc_topology_destroy(topology);
}

/* From here on, this machine. */
static int allowed_cpus(cpu_set_t *set)
{
        assert_int_equal(sched_getaffinity(0, sizeof(*set), set), 0);
        for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
                if (CPU_ISSET((size_t)cpu, set))
                        return cpu;
        return -1;
}

static void the_default_takes_every_cpu_once(void **state)
{
        struct placement placement;
        cpu_set_t set;

        (void)state;
        allowed_cpus(&set);
        assert_int_equal(placement_make("", "", -1, &placement).code, STATUS_OK);
        assert_int_equal(placement.count, CPU_COUNT(&set));
        for (unsigned i = 0; i < placement.count; i++) {
                assert_true(CPU_ISSET(placement.cpus[i], &set));
                CPU_CLR(placement.cpus[i], &set);
        }
        assert_string_not_equal(placement.how, "");
        assert_int_equal(placement_make("all", "", -1, &placement).code, STATUS_OK);
        allowed_cpus(&set);
        assert_int_equal(placement.count, CPU_COUNT(&set));
}

static void lists_are_numactls(void **state)
{
        struct placement placement;
        cpu_set_t set;
        int first = allowed_cpus(&set);
        char text[32];

        (void)state;
        if (user_emulation())
                skip();
        snprintf(text, sizeof(text), "%d-%d", first, first);
        assert_int_equal(placement_make(text, "", -1, &placement).code, STATUS_OK);
        assert_int_equal(placement.count, 1);
        assert_int_equal(placement.cpus[0], first);
        assert_int_equal(placement_make("+0", "", -1, &placement).code, STATUS_OK);
        assert_int_equal(placement.cpus[0], first); /* the first it may use, whatever its number */
        if (CPU_COUNT(&set) > 1) {
                snprintf(text, sizeof(text), "!%d", first);
                assert_int_equal(placement_make(text, "", -1, &placement).code, STATUS_OK);
                assert_int_equal(placement.count, CPU_COUNT(&set) - 1);
                for (unsigned i = 0; i < placement.count; i++)
                        assert_int_not_equal(placement.cpus[i], first);
        }
}

/* Runs it with standard error in a file, and returns what was written there. */
static size_t printed_by(const char *cpus, const char *node, struct status *ret_status)
{
        struct placement placement = { .count = 77 };
        FILE *file = tmpfile();
        int saved = dup(STDERR_FILENO);
        long length;

        dup2(fileno(file), STDERR_FILENO);
        *ret_status = placement_make(cpus, node, -1, &placement);
        dup2(saved, STDERR_FILENO);
        close(saved);
        fseek(file, 0, SEEK_END);
        length = ftell(file);
        fclose(file);
        if (ret_status->code != STATUS_OK)
                assert_int_equal(placement.count, 77); /* untouched on failure */
        return (size_t)length;
}

static void bad_lists_are_usage_and_nothing_is_printed(void **state)
{
        static const char *const bad[] = { "abc",    "0x1",   "3-1", "1-0",      "4294967296",
                                           "0-",     "0,,0",  "-1",  " 0",       "0 0",
                                           "999999", "+",     "!",   "0-999999", "+999",
                                           "!all",   "all,0", "1e0", "\xff\n",   "x:0" };
        struct status status;

        (void)state;
        for (size_t i = 0; i < COUNT(bad); i++) {
                assert_int_equal(printed_by(bad[i], "", &status), 0);
                assert_int_equal(status.code, STATUS_USAGE);
                assert_non_null(strstr(status.todo, "write CPUs among"));
                assert_int_equal(printed_by("", bad[i], &status), 0);
                assert_int_equal(status.code, STATUS_USAGE);
        }
}

/* In a child, since libnuma looks at the affinity once, at its start. */
static int only_on(int cpu, const char *asked)
{
        struct placement placement;
        struct status status;
        char allowed[32];
        cpu_set_t set;

        CPU_ZERO(&set);
        CPU_SET((size_t)cpu, &set);
        if (sched_setaffinity(0, sizeof(set), &set) != 0)
                return 1;
        snprintf(allowed, sizeof(allowed), "among %d,", cpu);
        status = placement_make(asked, "", -1, &placement);
        if (status.code != STATUS_USAGE || !strstr(status.what, asked) ||
            !strstr(status.todo, allowed))
                return 2;
        status = placement_make("all", "", -1, &placement);
        if (status.code != STATUS_OK || placement.count != 1 || (int)placement.cpus[0] != cpu)
                return 3;
        status = placement_make("", "", -1, &placement);
        return status.code != STATUS_OK || placement.count != 1 ? 4 : 0;
}

static void cpus_outside_the_affinity_are_refused_by_name(void **state)
{
        int first, other, result;
        char asked[16];
        cpu_set_t set;
        pid_t pid;

        (void)state;
        first = allowed_cpus(&set);
        if (CPU_COUNT(&set) < 2)
                skip();
        for (other = first + 1; !CPU_ISSET((size_t)other, &set); other++)
                ;
        snprintf(asked, sizeof(asked), "%d", first);
        pid = fork();
        if (pid == 0)
                _exit(only_on(other, asked));
        assert_int_equal(waitpid(pid, &result, 0), pid);
        assert_true(WIFEXITED(result));
        assert_int_equal(WEXITSTATUS(result), 0);
}

static void a_thread_is_pinned_where_it_was_placed(void **state)
{
        struct placement placement;
        cpu_set_t before, after;

        (void)state;
        allowed_cpus(&before);
        assert_int_equal(placement_make("", "", -1, &placement).code, STATUS_OK);
        for (unsigned i = 0; i < placement.count + 1; i++) {
                assert_int_equal(placement_pin(&placement, i).code, STATUS_OK);
                allowed_cpus(&after);
                assert_int_equal(CPU_COUNT(&after), 1);
                assert_true(CPU_ISSET(placement.cpus[i % placement.count], &after));
                assert_int_equal(sched_getcpu(), placement.cpus[i % placement.count]);
        }
        placement.cpus[0] = placement.cpus[placement.count - 1];
        placement.cpus[1] = 1000000;
        placement.count = 1;
        assert_int_equal(placement_pin(&placement, 1).code, STATUS_OK);
        assert_int_equal(sched_getcpu(), placement.cpus[0]);
        placement.cpus[0] = 1000000;
        assert_int_equal(placement_pin(&placement, 0).code, STATUS_SYSTEM);
        assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
}

static void memory_is_bound_to_one_node(void **state)
{
        struct placement placement = { .count = 1, .node = -1 };
        unsigned long mask[16] = { 0 };
        int mode = -1;

        (void)state;
        assert_int_equal(placement_bind_memory(&placement).code, STATUS_OK);
        if (get_mempolicy(&mode, NULL, 0, NULL, 0) != 0)
                skip(); /* no NUMA, or a container that forbids it */
        assert_int_equal(mode, MPOL_DEFAULT);
        placement.node = 0;
        if (placement_bind_memory(&placement).code == STATUS_SYSTEM)
                skip(); /* there need not be a node 0 */
        assert_int_equal(get_mempolicy(&mode, mask, 8 * sizeof(mask), NULL, 0), 0);
        assert_int_equal(mode, MPOL_BIND);
        assert_int_equal(mask[0], 1);
        assert_int_equal(set_mempolicy(MPOL_DEFAULT, NULL, 0), 0);
        placement.node = 100000;
        assert_int_equal(placement_bind_memory(&placement).code, STATUS_SYSTEM);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(one_thread_of_each_core_comes_first),
                cmocka_unit_test(near_cores_come_before_far_ones),
                cmocka_unit_test(the_kernels_distances_decide),
                cmocka_unit_test(fast_cores_come_before_slow_ones),
                cmocka_unit_test(memory_put_to_use_as_ram_is_the_last_choice),
                cmocka_unit_test(a_machine_with_one_node_leaves_memory_alone),
                cmocka_unit_test(the_default_takes_every_cpu_once),
                cmocka_unit_test(lists_are_numactls),
                cmocka_unit_test(bad_lists_are_usage_and_nothing_is_printed),
                cmocka_unit_test(cpus_outside_the_affinity_are_refused_by_name),
                cmocka_unit_test(a_thread_is_pinned_where_it_was_placed),
                cmocka_unit_test(memory_is_bound_to_one_node),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
