/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/topology.h"

#include "sys/json_fields.h"

#include <errno.h>
#include <hwloc/distances.h>
#include <stdio.h>
#include <stdlib.h>

struct status topology_load(bool all, hwloc_topology_t *ret_topology)
{
        hwloc_topology_t topology;
        unsigned long flags = all ? HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED : 0;

        /* hwloc prints what it finds odd in firmware tables to stderr; this is its only way to be
         * told not to. A user's own setting stays. */
        setenv("HWLOC_HIDE_ERRORS", "2", 0);
        if (hwloc_topology_init(&topology) != 0)
                return status_errno(errno, NULL, "hwloc cannot start");
        hwloc_topology_set_icache_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_ALL);
        if (hwloc_topology_set_flags(topology, flags) != 0 || hwloc_topology_load(topology) != 0) {
                int error = errno;

                hwloc_topology_destroy(topology);
                return status_errno(error, "check that /sys and /proc are mounted",
                                    "hwloc cannot read this machine's topology");
        }
        *ret_topology = topology;
        return status_ok();
}

char *topology_set_text(hwloc_const_bitmap_t set, char *text, size_t size)
{
        text[0] = '\0';
        if (set)
                hwloc_bitmap_list_snprintf(text, size, set);
        return text;
}

/* The kernel's own matrix, or none. */
static struct hwloc_distances_s *latencies(hwloc_topology_t topology)
{
        struct hwloc_distances_s *distances = NULL;
        unsigned count = 1;

        if (hwloc_distances_get_by_type(
                    topology, HWLOC_OBJ_NUMANODE, &count, &distances,
                    HWLOC_DISTANCES_KIND_FROM_OS | HWLOC_DISTANCES_KIND_MEANS_LATENCY, 0) != 0 ||
            count == 0)
                return NULL;
        return distances;
}

unsigned topology_distance(hwloc_topology_t topology, unsigned from, unsigned to)
{
        struct hwloc_distances_s *distances = latencies(topology);
        unsigned distance = 0;

        if (!distances)
                return 0;
        for (unsigned i = 0; i < distances->nbobjs; i++)
                for (unsigned j = 0; j < distances->nbobjs; j++)
                        if (distances->objs[i]->os_index == from &&
                            distances->objs[j]->os_index == to)
                                distance = (unsigned)distances->values[i * distances->nbobjs + j];
        hwloc_distances_release(topology, distances);
        return distance;
}

struct cache {
        unsigned level;
        hwloc_obj_cache_type_t type;
        uint64_t bytes;
        unsigned line_bytes;
        int ways; /* -1: fully associative; 0: not known */
        int shared_cpus;
        unsigned instances;
};

static bool same_cache(const struct cache *a, const struct cache *b)
{
        return a->level == b->level && a->type == b->type && a->bytes == b->bytes &&
               a->line_bytes == b->line_bytes && a->ways == b->ways &&
               a->shared_cpus == b->shared_cpus;
}

static void describe_cache(struct json_object *caches, const struct cache *cache)
{
        static const char *const types[] = {
                [HWLOC_OBJ_CACHE_UNIFIED] = "unified",
                [HWLOC_OBJ_CACHE_DATA] = "data",
                [HWLOC_OBJ_CACHE_INSTRUCTION] = "instruction",
        };
        struct json_object *object = json_add_object(caches);

        json_set_number(object, "level", cache->level);
        json_set_text(object, "type", types[cache->type]);
        if (cache->bytes) /* some firmware tells which caches there are, and not their size */
                json_set_number(object, "bytes", cache->bytes);
        if (cache->line_bytes)
                json_set_number(object, "line_bytes", cache->line_bytes);
        if (cache->ways > 0)
                json_set_number(object, "ways", (unsigned)cache->ways);
        else if (cache->ways < 0 && cache->line_bytes && cache->bytes)
                json_set_number(object, "ways", cache->bytes / cache->line_bytes);
        json_set_number(object, "shared_cpus", (unsigned)cache->shared_cpus);
        json_set_number(object, "instances", cache->instances);
}

/* Caches that are alike (same level, type, geometry and sharing) become one row. */
static void describe_caches(hwloc_topology_t topology, struct json_object *caches)
{
        static const hwloc_obj_type_t order[] = {
                HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L1ICACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L2ICACHE,
                HWLOC_OBJ_L3CACHE, HWLOC_OBJ_L3ICACHE, HWLOC_OBJ_L4CACHE, HWLOC_OBJ_L5CACHE,
        };
        struct cache rows[32];
        size_t count = 0;

        for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
                for (hwloc_obj_t object = hwloc_get_next_obj_by_type(topology, order[i], NULL);
                     object; object = hwloc_get_next_obj_by_type(topology, order[i], object)) {
                        struct cache cache = {
                                .level = object->attr->cache.depth,
                                .type = object->attr->cache.type,
                                .bytes = object->attr->cache.size,
                                .line_bytes = object->attr->cache.linesize,
                                .ways = object->attr->cache.associativity,
                                .shared_cpus = hwloc_bitmap_weight(object->cpuset),
                                .instances = 1,
                        };
                        size_t row = 0;

                        while (row < count && !same_cache(&rows[row], &cache))
                                row++;
                        if (row < count)
                                rows[row].instances++;
                        else if (count < sizeof(rows) / sizeof(rows[0]))
                                rows[count++] = cache;
                }
        for (size_t row = 0; row < count; row++)
                describe_cache(caches, &rows[row]);
}

static void set_object_count(struct json_object *object, const char *key, hwloc_topology_t topology,
                             hwloc_obj_type_t type)
{
        int count = hwloc_get_nbobjs_by_type(topology, type);

        if (count > 0)
                json_set_number(object, key, (unsigned)count);
}

void topology_describe_cpu(hwloc_topology_t topology, struct json_object *cpu)
{
        set_object_count(cpu, "sockets", topology, HWLOC_OBJ_PACKAGE);
        set_object_count(cpu, "cores", topology, HWLOC_OBJ_CORE);
        set_object_count(cpu, "threads", topology, HWLOC_OBJ_PU);
        describe_caches(topology, json_set_array(cpu, "caches"));
}

static void describe_node(struct json_object *nodes, hwloc_obj_t node)
{
        struct json_object *object = json_add_object(nodes);
        const char *dax = hwloc_obj_get_info_by_name(node, "DAXType");
        char cpus[4096];

        json_set_number(object, "node", node->os_index);
        json_set_text(object, "cpus", topology_set_text(node->cpuset, cpus, sizeof(cpus)));
        json_set_number(object, "bytes", node->attr->numanode.local_memory);
        json_set_text_known(object, "kind", node->subtype ? node->subtype : dax);
}

void topology_describe_numa(hwloc_topology_t topology, struct json_object *numa)
{
        struct json_object *nodes = json_set_array(numa, "nodes");
        struct hwloc_distances_s *distances;
        struct json_object *rows;

        for (hwloc_obj_t node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, NULL);
             node; node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, node))
                describe_node(nodes, node);
        distances = latencies(topology); /* of one node there are none */
        if (!distances)
                return;
        rows = json_set_array(numa, "distances");
        for (unsigned i = 0; i < distances->nbobjs; i++) {
                struct json_object *row = json_add_array(rows);

                for (unsigned j = 0; j < distances->nbobjs; j++)
                        json_add_number(row, distances->values[i * distances->nbobjs + j]);
        }
        hwloc_distances_release(topology, distances);
}
