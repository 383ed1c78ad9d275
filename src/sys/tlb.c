/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/tlb.h"

#include <string.h>

const char *tlb_type_name(enum tlb_type type)
{
        static const char *const names[] = {
                [TLB_DATA] = "data",
                [TLB_INSTRUCTION] = "instruction",
                [TLB_UNIFIED] = "unified",
        };

        return names[type];
}

void tlb_append(struct tlb_table *tlbs, const struct tlb *tlb)
{
        if (tlb->entries && tlbs->count < TLB_ROWS_MAX)
                tlbs->rows[tlbs->count++] = *tlb;
}

void tlb_decode(const struct cpuid_table *cpuid, struct tlb_table *ret_tlbs)
{
        struct tlb_table tlbs = { 0 };
        struct cpuid_identity identity;

        if (cpuid_identify(cpuid, &identity)) {
                if (strcmp(identity.vendor, "GenuineIntel") == 0)
                        tlb_decode_intel(cpuid, &tlbs);
                else if (strcmp(identity.vendor, "AuthenticAMD") == 0 ||
                         strcmp(identity.vendor, "HygonGenuine") == 0)
                        tlb_decode_amd(cpuid, &tlbs);
        }
        *ret_tlbs = tlbs;
}

unsigned tlb_load_entries(const struct tlb_table *tlbs, unsigned level, uint64_t page_bytes)
{
        unsigned entries = 0;

        for (size_t i = 0; i < tlbs->count; i++) {
                const struct tlb *tlb = &tlbs->rows[i];

                if (tlb->level != level || tlb->type == TLB_INSTRUCTION ||
                    tlb->access == TLB_STORES)
                        continue;
                for (size_t page = 0; page < tlb->page_count; page++)
                        if (tlb->page_bytes[page] == page_bytes)
                                entries += tlb->entries;
        }
        return entries;
}
