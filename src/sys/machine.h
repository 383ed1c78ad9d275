/* SPDX-License-Identifier: Apache-2.0 */
/* What this machine is: everything `pmdgain probe` shows and machine.json holds. */
#ifndef PMDGAIN_SYS_MACHINE_H
#define PMDGAIN_SYS_MACHINE_H

#include "sys/root.h"

#include <json-c/json.h>
#include <pmdgain/status.h>

/* The kind of evidence a time measured here is. */
enum evidence {
        EVIDENCE_UNKNOWN,  /* this architecture does not say */
        EVIDENCE_HARDWARE, /* no hypervisor */
        EVIDENCE_VIRTUAL,  /* under a hypervisor, on the hardware's own instructions */
        EVIDENCE_EMULATED, /* a CPU made of software: its latencies mean nothing */
};

const char *evidence_name(enum evidence evidence); /* "" when unknown */

/* From CPUID on x86; from the device tree and DMI elsewhere. `hypervisor` gets its signature
 * ("KVMKVMKVM", "TCGTCGTCGTCG"), "" when there is none. */
enum evidence machine_evidence(const struct sys_root *root, char *hypervisor, size_t size);

/*
 * The whole description; keys in docs/csv.md. What cannot be found out is left out, never
 * guessed. The caller owns the object (json_object_put).
 */
struct status machine_describe(const struct sys_root *root, struct json_object **ret_machine);

#endif
