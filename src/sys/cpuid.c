/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/cpuid.h"

#include <stdio.h>
#include <string.h>

#define HYPERVISOR_BIT (UINT32_C(1) << 31)

const struct cpuid_row *cpuid_find(const struct cpuid_table *table, uint32_t leaf, uint32_t subleaf)
{
        for (size_t i = 0; i < table->count; i++)
                if (table->rows[i].leaf == leaf && table->rows[i].subleaf == subleaf)
                        return &table->rows[i];
        return NULL;
}

/* Register bytes as text: without the NULs and blanks around it. */
static void registers_text(const uint32_t *registers, size_t count, char *text, size_t text_size)
{
        char bytes[CPUID_TEXT_MAX] = "";
        const char *start = bytes;
        size_t length;

        memcpy(bytes, registers, count * sizeof(*registers));
        while (*start == ' ')
                start++;
        length = strlen(start);
        while (length && start[length - 1] == ' ')
                length--;
        snprintf(text, text_size, "%.*s", (int)length, start);
}

static void brand_text(const struct cpuid_table *table, char *text, size_t text_size)
{
        uint32_t registers[12];

        for (uint32_t i = 0; i < 3; i++) {
                const struct cpuid_row *row = cpuid_find(table, 0x80000002 + i, 0);

                if (!row) {
                        text[0] = '\0';
                        return;
                }
                registers[4 * i] = row->eax;
                registers[4 * i + 1] = row->ebx;
                registers[4 * i + 2] = row->ecx;
                registers[4 * i + 3] = row->edx;
        }
        registers_text(registers, 12, text, text_size);
}

bool cpuid_identify(const struct cpuid_table *table, struct cpuid_identity *ret_identity)
{
        const struct cpuid_row *zero = cpuid_find(table, 0, 0), *one = cpuid_find(table, 1, 0);
        const struct cpuid_row *signature = cpuid_find(table, 0x40000000, 0);
        struct cpuid_identity identity = { 0 };

        if (!zero || !one)
                return false;
        registers_text((const uint32_t[]){ zero->ebx, zero->edx, zero->ecx }, 3, identity.vendor,
                       sizeof(identity.vendor));
        brand_text(table, identity.brand, sizeof(identity.brand));
        identity.family = one->eax >> 8 & 0xf;
        identity.model = one->eax >> 4 & 0xf;
        identity.stepping = one->eax & 0xf;
        if (identity.family == 6 || identity.family == 15)
                identity.model += (one->eax >> 16 & 0xf) << 4;
        if (identity.family == 15)
                identity.family += one->eax >> 20 & 0xff;
        identity.hypervisor = one->ecx & HYPERVISOR_BIT;
        if (identity.hypervisor && signature)
                registers_text(
                        (const uint32_t[]){ signature->ebx, signature->ecx, signature->edx }, 3,
                        identity.signature, sizeof(identity.signature));
        *ret_identity = identity;
        return true;
}

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

static void read_row(struct cpuid_table *table, uint32_t leaf, uint32_t subleaf)
{
        struct cpuid_row row = { .leaf = leaf, .subleaf = subleaf };

        if (table->count == CPUID_ROWS_MAX)
                return;
        __cpuid_count(leaf, subleaf, row.eax, row.ebx, row.ecx, row.edx);
        table->rows[table->count++] = row;
}

bool cpuid_read(struct cpuid_table *ret_table)
{
        static const uint32_t basic[] = { 1, 2 };
        static const uint32_t extended[] = { 0x80000002, 0x80000003, 0x80000004, 0x80000005,
                                             0x80000006, 0x80000019, 0x80000021 };
        struct cpuid_table table = { 0 };
        const struct cpuid_row *row;
        uint32_t last;

        read_row(&table, 0, 0);
        last = table.rows[0].eax;
        for (size_t i = 0; i < sizeof(basic) / sizeof(basic[0]); i++)
                if (basic[i] <= last)
                        read_row(&table, basic[i], 0);
        if (last >= 0x18) {
                read_row(&table, 0x18, 0);
                last = table.rows[table.count - 1].eax;
                for (uint32_t i = 1; i <= last && i < CPUID_ROWS_MAX / 2; i++)
                        read_row(&table, 0x18, i);
        }
        row = cpuid_find(&table, 1, 0);
        if (row && row->ecx & HYPERVISOR_BIT)
                read_row(&table, 0x40000000, 0);
        read_row(&table, 0x80000000, 0);
        last = table.rows[table.count - 1].eax;
        for (size_t i = 0; i < sizeof(extended) / sizeof(extended[0]); i++)
                if (last >= 0x80000000 && extended[i] <= last)
                        read_row(&table, extended[i], 0);
        *ret_table = table;
        return true;
}
#else
bool cpuid_read(struct cpuid_table *ret_table)
{
        (void)ret_table;
        return false;
}
#endif
