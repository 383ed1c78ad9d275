/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/tlb.h"

#include <pmdgain/units.h>

#define L2_TLB_SIZE_X32 (UINT32_C(1) << 14) /* leaf 0x80000021, EAX: L2TlbSizeX32 */
#define FAMILY_ZEN5 0x1a

/* The associativity codes of leaf 0x80000006 and 0x80000019; 0 where a code says nothing. */
static unsigned ways_decode(uint32_t code, unsigned entries)
{
        static const unsigned ways[16] = { 0, 1, 2, 3, 4, 6, 8, 0, 16, 0, 32, 48, 64, 96, 128, 0 };

        return code == 15 ? entries : ways[code];
}

static void append(struct tlb_table *tlbs, unsigned level, enum tlb_type type, uint64_t page_bytes,
                   unsigned entries, unsigned ways, const char *note)
{
        tlb_append(tlbs, &(struct tlb){
                                 .level = level,
                                 .type = type,
                                 .page_bytes = { page_bytes },
                                 .page_count = 1,
                                 .entries = entries,
                                 .ways = ways,
                                 .note = note,
                         });
}

/* Leaf 0x80000005: sizes and ways are bytes, 0xff ways is fully associative. */
static void decode_first(struct tlb_table *tlbs, uint32_t value, uint64_t page_bytes)
{
        unsigned entries[2] = { value >> 16 & 0xff, value & 0xff };
        unsigned ways[2] = { value >> 24, value >> 8 & 0xff };

        for (int i = 0; i < 2; i++)
                append(tlbs, 1, i ? TLB_INSTRUCTION : TLB_DATA, page_bytes, entries[i],
                       ways[i] == 0xff ? entries[i] : ways[i], NULL);
}

/* Leaves 0x80000006 and 0x80000019: 12 bits of size and 4 of ways each. Without an upper half the
 * lower one is for data and instructions. */
static void decode_coded(struct tlb_table *tlbs, unsigned level, uint32_t value,
                         uint64_t page_bytes, unsigned scale, const char *note)
{
        unsigned data = (value >> 16 & 0xfff) * scale, other = (value & 0xfff) * scale;
        bool unified = level > 1 && !(value >> 16);

        append(tlbs, level, TLB_DATA, page_bytes, data, ways_decode(value >> 28, data), note);
        append(tlbs, level, unified ? TLB_UNIFIED : TLB_INSTRUCTION, page_bytes, other,
               ways_decode(value >> 12 & 0xf, other), note);
}

/*
 * From Zen 5 on, the sizes of the second level are in units of 32, and a flag says so. Hypervisors
 * that do not know the flag hide it but pass the sizes on; then a Zen 5 with 4096 entries seems to
 * have 128. No second level since family 0x10 had less than 512, so such a figure is scaled, and
 * noted.
 */
static unsigned second_level_scale(const struct cpuid_table *cpuid, const struct cpuid_row *second,
                                   const char **note)
{
        const struct cpuid_row *features = cpuid_find(cpuid, 0x80000021, 0);
        struct cpuid_identity identity;
        unsigned entries = second->ebx >> 16 & 0xfff;

        if (features && features->eax & L2_TLB_SIZE_X32)
                return 32;
        if (!cpuid_identify(cpuid, &identity) || identity.family < FAMILY_ZEN5 ||
            !identity.hypervisor || !entries || entries >= 512)
                return 1;
        *note = "read as units of 32: the hypervisor hides the flag (CPUID 80000021h EAX[14])";
        return 32;
}

void tlb_decode_amd(const struct cpuid_table *cpuid, struct tlb_table *tlbs)
{
        const struct cpuid_row *first = cpuid_find(cpuid, 0x80000005, 0);
        const struct cpuid_row *second = cpuid_find(cpuid, 0x80000006, 0);
        const struct cpuid_row *giant = cpuid_find(cpuid, 0x80000019, 0);
        const char *note = NULL;
        unsigned scale = second ? second_level_scale(cpuid, second, &note) : 1;

        if (first) {
                decode_first(tlbs, first->ebx, 4 * KIB);
                decode_first(tlbs, first->eax, 2 * MIB);
        }
        if (giant)
                decode_coded(tlbs, 1, giant->eax, GIB, 1, NULL);
        if (second) {
                decode_coded(tlbs, 2, second->ebx, 4 * KIB, scale, note);
                decode_coded(tlbs, 2, second->eax, 2 * MIB, scale, note);
        }
        if (giant)
                decode_coded(tlbs, 2, giant->ebx, GIB, scale, note);
}
