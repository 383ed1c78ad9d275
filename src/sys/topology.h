/* SPDX-License-Identifier: Apache-2.0 */
/* The machine's cores, caches and memory nodes by hwloc. */
#ifndef PMDGAIN_SYS_TOPOLOGY_H
#define PMDGAIN_SYS_TOPOLOGY_H

#include <hwloc.h>
#include <json-c/json.h>
#include <pmdgain/status.h>
#include <stdbool.h>

/*
 * `all`: with what this process may not use (a cpuset, a cgroup), to describe the machine; without,
 * to place threads. The caller destroys it (hwloc_topology_destroy). hwloc's own variables work
 * (HWLOC_XMLFILE, HWLOC_SYNTHETIC).
 */
struct status topology_load(bool all, hwloc_topology_t *ret_topology);

/* Distance between two memory nodes by their OS numbers as the firmware gives it (ACPI SLIT: 10 is
 * local); 0 when not known. */
unsigned topology_distance(hwloc_topology_t topology, unsigned from, unsigned to);

/* "sockets", "cores", "threads" and "caches" of the key "cpu" of machine.json. */
void topology_describe_cpu(hwloc_topology_t topology, struct json_object *cpu);

/* "nodes" and "distances" of the key "numa". */
void topology_describe_numa(hwloc_topology_t topology, struct json_object *numa);

/* A set as Linux writes it, "0-3,8". Cut to `size`. Returns `text`. */
char *topology_set_text(hwloc_const_bitmap_t set, char *text, size_t size);

#endif
