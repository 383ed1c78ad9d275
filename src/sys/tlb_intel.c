/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/tlb.h"

#include <pmdgain/units.h>

enum page_set {
        PAGES_4K = 1 << 0,
        PAGES_2M = 1 << 1,
        PAGES_4M = 1 << 2,
        PAGES_1G = 1 << 3,
};

/* Bit n of leaf 0x18's EBX, too. */
static const uint64_t page_sizes[] = { 4 * KIB, 2 * MIB, 4 * MIB, GIB };

#define FULL 0xff

struct descriptor {
        uint8_t code;
        uint8_t level;
        enum tlb_type type;
        uint8_t pages; /* enum page_set */
        uint8_t ways;  /* FULL; 0 when the manual does not say */
        uint16_t entries;
};

/* A descriptor with two structures has two rows. */
static const struct descriptor descriptors[] = {
        { 0x01, 1, TLB_INSTRUCTION, PAGES_4K, 4, 32 },
        { 0x02, 1, TLB_INSTRUCTION, PAGES_4M, FULL, 2 },
        { 0x03, 1, TLB_DATA, PAGES_4K, 4, 64 },
        { 0x04, 1, TLB_DATA, PAGES_4M, 4, 8 },
        { 0x05, 2, TLB_DATA, PAGES_4M, 4, 32 },
        { 0x0b, 1, TLB_INSTRUCTION, PAGES_4M, 4, 4 },
        { 0x4f, 1, TLB_INSTRUCTION, PAGES_4K, 0, 32 },
        { 0x50, 1, TLB_INSTRUCTION, PAGES_4K | PAGES_2M | PAGES_4M, 0, 64 },
        { 0x51, 1, TLB_INSTRUCTION, PAGES_4K | PAGES_2M | PAGES_4M, 0, 128 },
        { 0x52, 1, TLB_INSTRUCTION, PAGES_4K | PAGES_2M | PAGES_4M, 0, 256 },
        { 0x55, 1, TLB_INSTRUCTION, PAGES_2M | PAGES_4M, FULL, 7 },
        { 0x56, 1, TLB_DATA, PAGES_4M, 4, 16 },
        { 0x57, 1, TLB_DATA, PAGES_4K, 4, 16 },
        { 0x59, 1, TLB_DATA, PAGES_4K, FULL, 16 },
        { 0x5a, 1, TLB_DATA, PAGES_2M | PAGES_4M, 4, 32 },
        { 0x5b, 1, TLB_DATA, PAGES_4K | PAGES_4M, 0, 64 },
        { 0x5c, 1, TLB_DATA, PAGES_4K | PAGES_4M, 0, 128 },
        { 0x5d, 1, TLB_DATA, PAGES_4K | PAGES_4M, 0, 256 },
        { 0x61, 1, TLB_INSTRUCTION, PAGES_4K, FULL, 48 },
        { 0x63, 1, TLB_DATA, PAGES_2M | PAGES_4M, 4, 32 },
        { 0x63, 1, TLB_DATA, PAGES_1G, 4, 4 },
        { 0x64, 2, TLB_DATA, PAGES_4K, 4, 512 },
        { 0x6a, 1, TLB_DATA, PAGES_4K, 8, 64 },
        { 0x6b, 2, TLB_DATA, PAGES_4K, 8, 256 },
        { 0x6c, 2, TLB_DATA, PAGES_2M | PAGES_4M, 8, 128 },
        { 0x6d, 2, TLB_DATA, PAGES_1G, FULL, 16 },
        { 0x76, 1, TLB_INSTRUCTION, PAGES_2M | PAGES_4M, FULL, 8 },
        { 0xa0, 1, TLB_DATA, PAGES_4K, FULL, 32 },
        { 0xb0, 1, TLB_INSTRUCTION, PAGES_4K, 4, 128 },
        { 0xb1, 1, TLB_INSTRUCTION, PAGES_2M, 4, 8 },
        { 0xb2, 1, TLB_INSTRUCTION, PAGES_4K, 4, 64 },
        { 0xb3, 1, TLB_DATA, PAGES_4K, 4, 128 },
        { 0xb4, 2, TLB_DATA, PAGES_4K, 4, 256 },
        { 0xb5, 1, TLB_INSTRUCTION, PAGES_4K, 8, 64 },
        { 0xb6, 1, TLB_INSTRUCTION, PAGES_4K, 8, 128 },
        { 0xba, 2, TLB_DATA, PAGES_4K, 4, 64 },
        { 0xc0, 1, TLB_DATA, PAGES_4K | PAGES_4M, 4, 8 },
        { 0xc1, 2, TLB_UNIFIED, PAGES_4K | PAGES_2M, 8, 1024 },
        { 0xc2, 1, TLB_DATA, PAGES_4K | PAGES_2M, 4, 16 },
        { 0xc3, 2, TLB_UNIFIED, PAGES_4K | PAGES_2M, 6, 1536 },
        { 0xc3, 2, TLB_UNIFIED, PAGES_1G, 4, 16 },
        { 0xc4, 1, TLB_DATA, PAGES_2M | PAGES_4M, 4, 32 },
        { 0xca, 2, TLB_UNIFIED, PAGES_4K, 4, 512 },
};

static void set_pages(struct tlb *tlb, unsigned pages)
{
        for (size_t i = 0; i < TLB_PAGES_MAX; i++)
                if (pages & 1u << i)
                        tlb->page_bytes[tlb->page_count++] = page_sizes[i];
        tlb->shared = tlb->page_count > 1;
}

static void decode_descriptor(struct tlb_table *tlbs, uint8_t code)
{
        for (size_t i = 0; i < sizeof(descriptors) / sizeof(descriptors[0]); i++) {
                const struct descriptor *row = &descriptors[i];
                struct tlb tlb = {
                        .level = row->level,
                        .type = row->type,
                        .entries = row->entries,
                        .ways = row->ways == FULL ? row->entries : row->ways,
                };

                if (row->code != code)
                        continue;
                set_pages(&tlb, row->pages);
                tlb_append(tlbs, &tlb);
        }
}

/* Four registers of four bytes. A register with its top bit set says nothing; the lowest byte of
 * EAX is no descriptor (the number of times to ask, 1 on every CPU since the Pentium Pro). */
static void decode_leaf_2(const struct cpuid_row *row, struct tlb_table *tlbs)
{
        const uint32_t registers[] = { row->eax & ~UINT32_C(0xff), row->ebx, row->ecx, row->edx };

        for (size_t i = 0; i < 4; i++) {
                if (registers[i] >> 31)
                        continue;
                for (unsigned shift = 0; shift < 32; shift += 8)
                        decode_descriptor(tlbs, registers[i] >> shift & 0xff);
        }
}

static void decode_parameters(const struct cpuid_row *row, struct tlb_table *tlbs)
{
        unsigned ways = row->ebx >> 16, kind = row->edx & 0x1f;
        struct tlb tlb = {
                .level = row->edx >> 5 & 7,
                .ways = ways,
        };

        /* A hypervisor may say anything. */
        if (!(row->ebx & 0xf) || __builtin_mul_overflow(ways, row->ecx, &tlb.entries))
                return;

        switch (kind) {
        case 1:
                tlb.type = TLB_DATA;
                break;
        case 2:
                tlb.type = TLB_INSTRUCTION;
                break;
        case 3:
                tlb.type = TLB_UNIFIED;
                break;
        case 4:
        case 5:
                tlb.type = TLB_DATA;
                tlb.access = kind == 4 ? TLB_LOADS : TLB_STORES;
                break;
        default:
                return; /* 0: no structure at this subleaf; the rest is reserved */
        }
        set_pages(&tlb, row->ebx & 0xf);
        tlb_append(tlbs, &tlb);
}

void tlb_decode_intel(const struct cpuid_table *cpuid, struct tlb_table *tlbs)
{
        const struct cpuid_row *old = cpuid_find(cpuid, 2, 0), *first = cpuid_find(cpuid, 0x18, 0);

        if (first)
                for (uint32_t i = 0; i <= first->eax && i < TLB_ROWS_MAX; i++) {
                        const struct cpuid_row *row = cpuid_find(cpuid, 0x18, i);

                        if (row)
                                decode_parameters(row, tlbs);
                }
        if (!tlbs->count && old)
                decode_leaf_2(old, tlbs);
}
