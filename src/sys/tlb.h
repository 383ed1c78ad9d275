/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLB geometry as CPUID tells it. Intel: leaf 0x18 (deterministic address translation parameters)
 * where leaf 2 refers to it or has nothing, else the one-byte descriptors of leaf 2 (SDM volume
 * 2A, table "Encoding of CPUID Leaf 2 Descriptors"). AMD and Hygon: leaves 0x80000005,
 * 0x80000006, 0x80000019 (APM volume 3, appendix E.4).
 *
 * It is what the CPU says, not what it does: AMD CPUs since Zen coalesce neighbouring base pages
 * into one entry, so a mapping may reach further; and under a hypervisor an entry covers no more
 * than the smaller of the guest's and the host's page.
 */
#ifndef PMDGAIN_SYS_TLB_H
#define PMDGAIN_SYS_TLB_H

#include "sys/cpuid.h"

#define TLB_ROWS_MAX 32
#define TLB_PAGES_MAX 4

enum tlb_type {
        TLB_DATA,
        TLB_INSTRUCTION,
        TLB_UNIFIED,
};

enum tlb_access {
        TLB_ANY,
        TLB_LOADS, /* for loads only */
        TLB_STORES,
};

/* One translation structure. */
struct tlb {
        unsigned level; /* 1 is the smallest */
        enum tlb_type type;
        enum tlb_access access;
        uint64_t page_bytes[TLB_PAGES_MAX]; /* the sizes it can hold */
        size_t page_count;
        unsigned entries;
        unsigned ways;    /* equal to `entries` when fully associative; 0 when not told */
        bool shared;      /* one set of entries holds pages of all these sizes */
        const char *note; /* why the figure is not what the register says; or NULL */
};

struct tlb_table {
        size_t count;
        struct tlb rows[TLB_ROWS_MAX];
};

const char *tlb_type_name(enum tlb_type type); /* "data", "instruction", "unified" */

/* Empty for CPUs that do not tell. */
void tlb_decode(const struct cpuid_table *cpuid, struct tlb_table *ret_tlbs);

/* Entries of one level that a load of a page of this size may use: data and unified structures,
 * added up where there are several. 0 when there is none. */
unsigned tlb_load_entries(const struct tlb_table *tlbs, unsigned level, uint64_t page_bytes);

/* One vendor each; they append. */
void tlb_decode_intel(const struct cpuid_table *cpuid, struct tlb_table *tlbs);
void tlb_decode_amd(const struct cpuid_table *cpuid, struct tlb_table *tlbs);
void tlb_append(struct tlb_table *tlbs, const struct tlb *tlb);

#endif
