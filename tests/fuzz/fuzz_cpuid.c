/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libFuzzer: any registers as what CPUID gives, which a hypervisor may make up: 18 bytes a row, one
 * for the leaf, one for the subleaf, and the registers. Structures that it tells of have entries
 * and pages, and names are text.
 */
#include "sys/cpuid.h"
#include "sys/tlb.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ROW_BYTES 18

static void require(bool holds)
{
        if (!holds)
                abort();
}

static struct cpuid_row read_row(const uint8_t *data)
{
        static const uint32_t leaves[] = {
                0x0,        0x1,        0x2,        0x18,       0x40000000, 0x80000000, 0x80000002,
                0x80000003, 0x80000004, 0x80000005, 0x80000006, 0x80000019, 0x80000021,
        };
        struct cpuid_row row = { .leaf = leaves[data[0] % (sizeof(leaves) / sizeof(leaves[0]))],
                                 .subleaf = data[1] };

        memcpy(&row.eax, data + 2, sizeof(row.eax));
        memcpy(&row.ebx, data + 6, sizeof(row.ebx));
        memcpy(&row.ecx, data + 10, sizeof(row.ecx));
        memcpy(&row.edx, data + 14, sizeof(row.edx));
        return row;
}

static void check_structure(const struct tlb *tlb, bool intel)
{
        require(tlb->entries > 0 && tlb->level < 8 && tlb_type_name(tlb->type));
        require(tlb->page_count > 0 && tlb->page_count <= TLB_PAGES_MAX);
        for (size_t i = 0; i < tlb->page_count; i++)
                require(tlb->page_bytes[i] >= 4096);
        if (intel && tlb->ways)
                require(tlb->entries >= tlb->ways && tlb->entries % tlb->ways == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cpuid_identity identity = { 0 };
        struct cpuid_table table = { 0 };
        struct tlb_table tlbs;

        for (; size >= ROW_BYTES && table.count < CPUID_ROWS_MAX; size -= ROW_BYTES) {
                table.rows[table.count++] = read_row(data);
                data += ROW_BYTES;
        }
        if (cpuid_identify(&table, &identity)) {
                require(memchr(identity.vendor, '\0', sizeof(identity.vendor)) != NULL);
                require(memchr(identity.brand, '\0', sizeof(identity.brand)) != NULL);
                require(!*identity.signature || identity.hypervisor);
        }
        tlb_decode(&table, &tlbs);
        require(tlbs.count <= TLB_ROWS_MAX && (!tlbs.count || *identity.vendor));
        for (size_t i = 0; i < tlbs.count; i++)
                check_structure(&tlbs.rows[i], strcmp(identity.vendor, "GenuineIntel") == 0);
        for (unsigned level = 0; level < 8; level++)
                tlb_load_entries(&tlbs, level, 4096);
        return 0;
}
