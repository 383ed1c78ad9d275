/* SPDX-License-Identifier: Apache-2.0 */
/* The sections of machine.json, one function each; they fill the object they are given. */
#ifndef PMDGAIN_SYS_MACHINE_PARTS_H
#define PMDGAIN_SYS_MACHINE_PARTS_H

#include "sys/root.h"
#include "sys/topology.h"

#include <json-c/json.h>

void machine_kernel(const struct sys_root *root, struct json_object *kernel);

/* `topology` may be NULL: counts and caches are left out then. */
void machine_cpu(const struct sys_root *root, hwloc_topology_t topology, struct json_object *cpu);

void machine_memory(const struct sys_root *root, struct json_object *memory);
void machine_thp(const struct sys_root *root, struct json_object *thp);
void machine_hugetlb(const struct sys_root *root, struct json_object *hugetlb);
void machine_limits(const struct sys_root *root, struct json_object *limits);

/* "name", "for" (what needs it), "works", and else "reason" and "todo". */
void machine_privileges(const struct sys_root *root, struct json_object *privileges);

/* Tried in a child: sysctls and security modules have many ways to forbid them. */
bool machine_user_namespaces_work(void);

/* Tries each proof on a mapping of its own, and says what would enable those that do not work. */
void machine_proofs(const struct sys_root *root, struct json_object *proofs);

void machine_pmu(const struct sys_root *root, struct json_object *pmu);

/* "regions", "namespaces", "devices": libndctl and libdaxctl, which read the real /sys only. */
void machine_dax_devices(const struct sys_root *root, struct json_object *dax);

/* DAX mounts, and mounts of devices that could do DAX. */
void machine_dax_mounts(const struct sys_root *root, struct json_object *mounts);

#endif
