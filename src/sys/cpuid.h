/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPUID as data: read once on an x86 CPU, decoded anywhere, so that recorded values of other CPUs
 * can be decoded too. Layout of the leaves: Intel SDM volume 2A, CPUID; AMD APM volume 3,
 * appendix E.
 */
#ifndef PMDGAIN_SYS_CPUID_H
#define PMDGAIN_SYS_CPUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CPUID_ROWS_MAX 64

struct cpuid_row {
        uint32_t leaf, subleaf;
        uint32_t eax, ebx, ecx, edx;
};

struct cpuid_table {
        size_t count;
        struct cpuid_row rows[CPUID_ROWS_MAX];
};

/* The leaves this program decodes, of the CPU the caller runs on (hybrid CPUs have two kinds of
 * cores). False on other architectures. */
bool cpuid_read(struct cpuid_table *ret_table);

/* NULL when the CPU has no such leaf, or it was not recorded. */
const struct cpuid_row *cpuid_find(const struct cpuid_table *table, uint32_t leaf,
                                   uint32_t subleaf);

#define CPUID_TEXT_MAX 52

struct cpuid_identity {
        char vendor[16];                  /* "GenuineIntel", "AuthenticAMD" */
        char brand[CPUID_TEXT_MAX];       /* leaves 0x80000002 to 4; "" when absent */
        unsigned family, model, stepping; /* with the extended fields added */
        bool hypervisor;                  /* leaf 1, ECX[31]: reserved for hypervisors to set */
        char signature[16];               /* leaf 0x40000000: "KVMKVMKVM", "TCGTCGTCGTCG"; or "" */
};

/* False when the table has no leaf 0 or 1. */
bool cpuid_identify(const struct cpuid_table *table, struct cpuid_identity *ret_identity);

#endif
