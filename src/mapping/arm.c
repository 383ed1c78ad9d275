/* SPDX-License-Identifier: Apache-2.0 */
#include <pmdgain/mapping.h>
#include <stdio.h>
#include <string.h>

static const char *const grain_names[] = {
        [GRAIN_UNKNOWN] = "", [GRAIN_PTE] = "pte",     [GRAIN_PMD] = "pmd",
        [GRAIN_PUD] = "pud",  [GRAIN_MIXED] = "mixed",
        [GRAIN_AUTO] = "auto",
};

static const char *const lever_names[] = {
        [LEVER_ALIGNED] = "aligned",     [LEVER_NOHUGE] = "nohuge",
        [LEVER_VA] = "va",               [LEVER_OFFSET] = "offset",
        [LEVER_EXTENT] = "extent",       [LEVER_PARTITION] = "partition",
        [LEVER_NAMESPACE] = "namespace",
};

#define LEVER_COUNT (sizeof(lever_names) / sizeof(lever_names[0]))

const char *grain_name(enum grain grain)
{
        return grain_names[grain];
}

const char *lever_name(enum lever lever)
{
        return lever_names[lever];
}

const char *memmap_name(enum memmap memmap)
{
        static const char *const names[] = {
                [MEMMAP_UNKNOWN] = "",
                [MEMMAP_NONE] = "none",
                [MEMMAP_RAM] = "ram",
                [MEMMAP_PMEM] = "pmem",
        };

        return names[memmap];
}

struct status arm_parse(const char *text, struct arm *ret_arm)
{
        if (strcmp(text, "pmd") == 0) {
                *ret_arm = (struct arm){ GRAIN_PMD, LEVER_ALIGNED };
                return status_ok();
        }
        if (strcmp(text, "auto") == 0) {
                *ret_arm = (struct arm){ GRAIN_AUTO, LEVER_ALIGNED };
                return status_ok();
        }
        for (size_t lever = LEVER_ALIGNED + 1; lever < LEVER_COUNT; lever++) {
                if (strncmp(text, "pte:", 4) == 0 && strcmp(text + 4, lever_names[lever]) == 0) {
                        *ret_arm = (struct arm){ GRAIN_PTE, (enum lever)lever };
                        return status_ok();
                }
        }
        return status_make(STATUS_USAGE,
                           "write one of pmd, pte:nohuge, pte:va, pte:offset, pte:extent, "
                           "pte:partition, pte:namespace, auto",
                           "'%s' is not an arm", text);
}

char *arm_format(struct arm arm, char *text, size_t text_size)
{
        if (arm.lever == LEVER_ALIGNED)
                snprintf(text, text_size, "%s", grain_name(arm.grain));
        else
                snprintf(text, text_size, "%s:%s", grain_name(arm.grain), lever_name(arm.lever));
        return text;
}
