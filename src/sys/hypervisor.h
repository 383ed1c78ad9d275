/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling hardware, virtual machine and emulated CPU apart; machine_evidence() joins these.
 * Marks as in systemd's detect-virt and the kernel's arch/x86/kernel/cpu/hypervisor.c.
 */
#ifndef PMDGAIN_SYS_HYPERVISOR_H
#define PMDGAIN_SYS_HYPERVISOR_H

#include "sys/cpuid.h"
#include "sys/machine.h"
#include "sys/root.h"

/* By CPUID alone. `signature` gets at most `size` bytes; "" when no hypervisor shows. */
enum evidence hypervisor_by_cpuid(const struct cpuid_table *cpuid, char *signature, size_t size);

/* The same, and a hypervisor that hides its CPUID bit but not the name of its firmware (DMI). */
enum evidence hypervisor_join(const struct cpuid_table *cpuid, const struct sys_root *root,
                              char *signature, size_t size);

/*
 * By what firmware, device tree and PMU say, for the architectures without CPUID.
 * EVIDENCE_UNKNOWN with a signature: a machine that is made by software, and nothing tells whether
 * its CPU is too. EVIDENCE_UNKNOWN with "" when nothing could be read.
 */
enum evidence hypervisor_by_files(const struct sys_root *root, char *signature, size_t size);

/* Arm's model "max" is made of software only: implementer 0, part number 'Q'. */
bool hypervisor_is_qemu_cpu(const struct sys_root *root);

/* Of a machine of QEMU's that does not say it has KVM: EVIDENCE_UNKNOWN when it shows no PMU. */
enum evidence hypervisor_of_qemu(const struct sys_root *root);

#endif
