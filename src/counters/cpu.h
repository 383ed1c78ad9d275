/* SPDX-License-Identifier: Apache-2.0 */
/* Which CPU this is, and what its PMU can do, as far as libpfm4 does not say. */
#ifndef PMDGAIN_COUNTERS_CPU_H
#define PMDGAIN_COUNTERS_CPU_H

#include "sys/root.h"

#include <stdbool.h>
#include <stdint.h>

#define VENDOR_ARM "arm" /* any implementer of the architecture */

/* From /proc/cpuinfo. On Arm the family is the architecture (8), the model is the part. */
struct counter_cpu {
        char vendor[16]; /* "GenuineIntel", "AuthenticAMD", VENDOR_ARM; "" when not known */
        unsigned family, model;
        bool guest; /* under a hypervisor, by the CPU's own flag (x86) */
};

struct counter_cpu counter_cpu_read(const struct sys_root *root);

/* Are the events that our sets name for this PMU model the same on that CPU, which libpfm4 4.13
 * takes for unknown? */
bool counter_cpu_counts_like(const struct counter_cpu *cpu, const char *pmu);

/* Has the kernel a PMU for the CPU's own events? */
bool cpu_pmu_exists(const struct sys_root *root);

/*
 * Does the Arm PMU say that it implements the event of that number? One that it does not have
 * opens all the same and reads 0. PMCEID, and so sysfs, tells of the architecture's common events
 * only (0x0-0x3f, 0x4000-0x403f; Arm ARM, D13.12; kernel: armv8pmu_event_attr_is_visible()): for
 * all others the answer is no.
 */
bool arm_pmu_implements(const struct sys_root *root, uint64_t event);

#endif
