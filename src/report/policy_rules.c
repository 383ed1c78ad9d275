/* SPDX-License-Identifier: Apache-2.0 */
#include "report/policy_rules.h"

#include <string.h>

const char *const policy_questions[POLICY_DECISIONS] = {
        [POLICY_MEMMAP] = "A memmap: none, in RAM, or in pmem?",
        [POLICY_ALIGN] = "Align to the PMD size by default, or not?",
        [POLICY_POPULATE] = "Make a mapping present by which call?",
        [POLICY_KERNEL] = "Which kernel?",
};

const struct policy_subject policy_subjects[] = {
        { "populate", "map_populate madvise_read madvise_write mlock",
          "A call that makes a mapping present", false },
        { "populate", "touch_read touch_write", "Touching all of a mapping", false },
        { "populate", "munmap", "Unmapping", false },
        { "chase", "", "A chain of dependent loads", true },
        { "random", "", "Random access", true },
        { "stream", "", "Sequential access", true },
        { "reach", "", "A visit to one line of each page", true },
        { "mixed", "", "Access to a file only part of which can be mapped by PMD", true },
        { "gup", "", "Pinning pages of the mapping for I/O", false },
        { "sync", "", "Writing dirty bytes back", false },
        { "fork", "", "Forking with the mapping in place", false },
        { "protect", "", "Changing protection or place of a part", false },
        { "teardown", "", "Taking the mapping down", false },
        { "mkwrite", "", "The first write after a read", false },
        { "shared", "", "Mapping the same file from several processes", false },
        { "passes", "map lock", "Mapping and locking all of a file", false },
        { "passes", "first", "The first pass over a mapping", false },
        { "passes", "later", "A later pass over a mapping", true },
        { "passes", "unmap", "Unmapping after passes", false },
        { 0 },
};

bool policy_listed(const char *list, const char *word)
{
        size_t length = strlen(word);

        if (!*list)
                return true;
        for (const char *at = strstr(list, word); at; at = strstr(at + 1, word))
                if ((at == list || at[-1] == ' ') && (!at[length] || at[length] == ' '))
                        return length > 0;
        return false;
}

static bool same(const char *left, const char *right)
{
        return strcmp(left, right) == 0;
}

static bool is_page_cache(const struct policy_arm *arm)
{
        return same(arm->at->row->dax, "no") && same(arm->at->memmap, "none");
}

static bool has_no_struct_pages(const struct policy_arm *arm)
{
        return same(arm->at->memmap, "none") && !same(arm->at->row->dax, "no");
}

static bool by_lever(const struct policy_arm *over, const char *levers)
{
        return !over->pmd && policy_listed(levers, over->arm->lever) &&
               !same(over->at->memmap, "none");
}

static bool by_nohuge(const struct policy_arm *over, const struct policy_arm *under)
{
        return by_lever(over, "nohuge");
}

static bool by_address(const struct policy_arm *over, const struct policy_arm *under)
{
        return by_lever(over, "va offset");
}

static bool by_storage(const struct policy_arm *over, const struct policy_arm *under)
{
        return by_lever(over, "extent partition namespace");
}

static bool without_struct_pages(const struct policy_arm *over, const struct policy_arm *under)
{
        return has_no_struct_pages(over);
}

/* One kernel, and the same file system or device. */
static bool side_by_side(const struct policy_arm *over, const struct policy_arm *under)
{
        return over->at->kernel == under->at->kernel &&
               same(over->at->row->fs, under->at->row->fs) &&
               same(over->at->row->source, under->at->row->source);
}

static bool same_arm(const struct policy_arm *over, const struct policy_arm *under)
{
        return over->pmd == under->pmd && same(over->arm->lever, under->arm->lever);
}

/* Without a pair in one run: the misaligned file beside an aligned one, named most alike. */
static bool storage_apart(const struct policy_arm *over, const struct policy_arm *under)
{
        size_t length = strlen(under->at->cell);

        return !over->at->row->pairs && by_storage(over, under) && under->pmd &&
               side_by_side(over, under) && same(over->at->memmap, under->at->memmap) && length &&
               strncmp(under->at->cell, over->at->cell, length) == 0;
}

static bool pmem_against_ram(const struct policy_arm *over, const struct policy_arm *under)
{
        return same(over->at->memmap, "pmem") && same(under->at->memmap, "ram") &&
               same_arm(over, under) && side_by_side(over, under) &&
               same(over->at->variant, under->at->variant);
}

/* What one gets without a memmap, PMD where the kernel gave that, against PMD by DAX. */
static bool none_against_ram(const struct policy_arm *over, const struct policy_arm *under)
{
        return is_page_cache(over) && under->pmd && same(under->at->memmap, "ram") &&
               same(under->at->row->dax, "yes") && side_by_side(over, under) &&
               (over->pmd || !over->at->row->pmd.trials);
}

static bool in_one_run(const struct policy_arm *over, const struct policy_arm *under)
{
        return over->at->run == under->at->run && same_arm(over, under) &&
               side_by_side(over, under) && same(over->at->row->target, under->at->row->target) &&
               !same(over->at->memmap, "none");
}

static bool calls_by_pmd(const struct policy_arm *over, const struct policy_arm *under)
{
        return over->pmd && in_one_run(over, under);
}

static bool calls_by_nohuge(const struct policy_arm *over, const struct policy_arm *under)
{
        return by_lever(over, "nohuge") && in_one_run(over, under);
}

static bool calls_misaligned(const struct policy_arm *over, const struct policy_arm *under)
{
        return !over->pmd && !by_lever(over, "nohuge") && in_one_run(over, under);
}

static bool kernels_by_pmd(const struct policy_arm *over, const struct policy_arm *under)
{
        return over->pmd && same_arm(over, under) && !is_page_cache(over);
}

static bool kernels_by_pte(const struct policy_arm *over, const struct policy_arm *under)
{
        return !over->pmd && same_arm(over, under) && !is_page_cache(over);
}

#define CALLS(grain, function, over_name, under_name)                                           \
        {                                                                                       \
                POLICY_POPULATE, POLICY_GAIN, .across_ops = true, .takes = (function),          \
                                              .over_op = (over_name), .under_op = (under_name), \
                                              .about = (grain), .least = 1.05                   \
        }

const struct policy_rule policy_rules[] = {
        { POLICY_MEMMAP, POLICY_GAIN, .takes = none_against_ram, .least = 1.05,
          .over = "without a memmap (page cache, no DAX)", .under = "with DAX by PMD" },
        { POLICY_MEMMAP, POLICY_GAIN, .paired = true, .takes = without_struct_pages, .least = 1.02,
          .over = "by PTE on memory without struct pages (a PCI BAR)", .under = "by PMD there" },
        { POLICY_MEMMAP, POLICY_COST, .takes = pmem_against_ram, .least = 1.05,
          .over = "with the memmap in pmem", .under = "with it in RAM" },

        { POLICY_ALIGN, POLICY_GAIN, .paired = true, .takes = by_nohuge, .least = 1.02,
          .over = "by PTE on the same aligned bytes (nohuge)", .under = "by PMD" },
        { POLICY_ALIGN, POLICY_GAIN, .paired = true, .takes = by_address, .least = 1.02,
          .over = "with address or file offset off by a page", .under = "aligned, by PMD" },
        { POLICY_ALIGN, POLICY_GAIN, .paired = true, .takes = by_storage, .least = 1.02,
          .over = "with extents, partition or namespace off PMD boundaries", .under = "aligned, by PMD" },
        { POLICY_ALIGN, POLICY_GAIN, .takes = storage_apart, .least = 1.02,
          .over = "with extents, partition or namespace off PMD boundaries", .under = "aligned, by PMD" },

        CALLS(" by PMD", calls_by_pmd, "touch_read", "madvise_read"),
        CALLS(" by PMD", calls_by_pmd, "touch_write", "madvise_write"),
        CALLS(" by PMD", calls_by_pmd, "map_populate", "madvise_read"),
        CALLS(" by PMD", calls_by_pmd, "mlock", "madvise_read"),
        CALLS(" by PTE (nohuge)", calls_by_nohuge, "touch_read", "madvise_read"),
        CALLS(" by PTE (nohuge)", calls_by_nohuge, "touch_write", "madvise_write"),
        CALLS(" by PTE (nohuge)", calls_by_nohuge, "map_populate", "madvise_read"),
        CALLS(" by PTE (nohuge)", calls_by_nohuge, "mlock", "madvise_read"),
        CALLS(" by PTE (misaligned)", calls_misaligned, "touch_read", "madvise_read"),
        CALLS(" by PTE (misaligned)", calls_misaligned, "touch_write", "madvise_write"),
        CALLS(" by PTE (misaligned)", calls_misaligned, "map_populate", "madvise_read"),
        CALLS(" by PTE (misaligned)", calls_misaligned, "mlock", "madvise_read"),

        { POLICY_KERNEL, POLICY_GAIN, .across_kernels = true, .takes = kernels_by_pmd,
          .about = ", by PMD,", .least = 1.05 },
        { POLICY_KERNEL, POLICY_GAIN, .across_kernels = true, .takes = kernels_by_pte,
          .about = ", by PTE,", .least = 1.05 },
        { 0 },
};
