/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of candidates that several PMU models share, as libpfm4 4.13 names them.
 *
 * Events are checked against tools/perf/pmu-events of the Linux kernel, the manuals' own tables:
 * tests/unit/test_counters_events.c holds each encoding. CPUs that libpfm4 4.13 does not know use
 * another model's rows where these events are the same: src/counters/cpu.c.
 *
 * What a set may hold: 4 events on an Intel core with hyper-threading (the TLB and memory events
 * count only on counters 0-3 of Ice Lake and later, too) beside the fixed counters for cycles and
 * instructions; 6 on AMD, of which an NMI watchdog takes one; 6 on Arm Neoverse.
 */
#ifndef PMDGAIN_COUNTERS_ROWS_H
#define PMDGAIN_COUNTERS_ROWS_H

#include <pmdgain/counters.h>

#define VENDOR_INTEL "GenuineIntel"
#define VENDOR_AMD "AuthenticAMD"

/* clang-format off */

/* Skylake, Skylake-X, Cascade Lake, Ice Lake, Ice Lake-X, Sapphire Rapids. */
#define INTEL_SKYLAKE(event) { "skl", event }, { "skx", event }, { "clx", event }
#define INTEL_ICELAKE(event) { "icl", event }, { "icx", event }
#define INTEL_SAPPHIRE(event) { "spr", event }
#define INTEL_CORES(event) INTEL_SKYLAKE(event), INTEL_ICELAKE(event), INTEL_SAPPHIRE(event)

#define AMD_ZENS(event)                                                    \
        { "amd64_fam17h_zen1", event }, { "amd64_fam17h_zen2", event },    \
        { "amd64_fam19h_zen3", event }, { "amd64_fam19h_zen4", event }

/* arm_n1 is last: its rows serve other Armv8 cores too. */
#define ARM_NEOVERSES(event) \
        { "arm_n2", event }, { "arm_v1", event }, { "arm_v2", event }, { "arm_n1", event }

/* The kernel's own names. What they stand for is the kernel's choice for each vendor, so a row
 * is for a vendor whose choice is known (arch/x86/events/{intel,amd}/core.c). */
#define GENERIC(event) { "perf", event }
#define GENERIC_FOR(vendor, event) { "perf", event, vendor }

/* clang-format on */

#define CANDIDATES(...) ((const struct counter_candidate[]){ __VA_ARGS__, { 0 } })

#endif
