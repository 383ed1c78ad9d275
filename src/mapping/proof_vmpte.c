/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Growth of VmPTE: by PTE, each PMD's worth of the mapping needs a table of its own; by PMD none.
 * The tables above those, and what else the process maps meanwhile, blur it: so it is no use for
 * a small mapping. Nor where a PMD keeps its table in reserve (anonymous memory:
 * mm/huge_memory.c, pgtable_trans_huge_deposit()), which looks like PTEs.
 */
#include "mapping/proof_method.h"
#include "sys/procself.h"

#include <math.h>
#include <pmdgain/source.h>

#define OTHER_TABLES 8 /* of unrelated mappings: a thread's stack, an arena of malloc */
#define TABLES_A_FAULT 4 /* that one fault can make: one of each level */
#define EDGE_TABLES 2  /* at the ends of an unaligned mapping, left by an earlier one in its place */
#define BLUR_MAX 0.4   /* of the fraction; a vaguer reading is not worth having */

static bool applies(unsigned traits)
{
        return !(traits & SOURCE_PMD_DEPOSITS);
}

/* Tables of all levels above PTE tables that a mapping can add: one for each started stretch, but
 * for those that its anchor needs too. */
static double upper_tables(const struct mapping *mapping)
{
        double entries = (double)mapping->page_bytes / 8, tables = 0;
        double stretch = (double)mapping->pmd_bytes * entries; /* what a table of PMDs spans */

        for (int level = 0; level < 3; level++) {
                if (mapping->anchor)
                        tables += floor((double)(uintptr_t)mapping->anchor / stretch) -
                                  floor((double)(uintptr_t)mapping->address / stretch);
                else
                        tables += 1 + (double)mapping->bytes / stretch;
                stretch *= entries;
        }
        return tables;
}

/* Each table elsewhere was made by a fault there, and one fault at least was the mapping's. */
static double other_tables(const struct mapping *mapping)
{
        const struct count *faults = &mapping->proof.minflt;

        if (!faults->known || !faults->value)
                return OTHER_TABLES;
        return fmin(OTHER_TABLES, TABLES_A_FAULT * (double)(faults->value - 1));
}

static struct proof_reading measure(const struct proof_meter *meter, const struct mapping *mapping)
{
        struct sys_root root = sys_root_real();
        struct count now = procself_page_tables(&root);
        double tables = (double)mapping->bytes / (double)mapping->pmd_bytes;
        double blur = (upper_tables(mapping) + other_tables(mapping)) / tables;
        double growth;

        if (!now.known || !meter->vmpte.known)
                return proof_silent("/proc/self/status has no VmPTE");
        if (blur > BLUR_MAX)
                return proof_silent("the mapping is too small");
        growth = (double)(int64_t)(now.value - meter->vmpte.value) / (double)mapping->page_bytes;
        return proof_says(1 - (growth + EDGE_TABLES) / tables, 1 - growth / tables + blur);
}

const struct proof_method proof_method_vmpte = {
        .name = "vmpte",
        .needs_meter = true,
        .lasts = true,
        .applies = applies,
        .measure = measure,
};
