/* SPDX-License-Identifier: Apache-2.0 */
/* What /proc/self/smaps says of a range of addresses. */
#ifndef PMDGAIN_SYS_SMAPS_H
#define PMDGAIN_SYS_SMAPS_H

#include <pmdgain/status.h>
#include <stdint.h>
#include <stdio.h>

struct smaps_figures {
        uint64_t mapped_bytes;  /* of the range, covered by areas that lie within it */
        uint64_t present_bytes; /* Rss, and huge pages of hugetlbfs, which Rss leaves out */
        uint64_t pmd_bytes;     /* mapped by PMD: anonymous, shmem, page cache and hugetlbfs */
};

/*
 * Sums up the areas in [start, end). An area that reaches beyond the range is left out, and so
 * mapped_bytes is less than the range: then the figures say nothing. Keys as in the kernel's
 * fs/proc/task_mmu.c (show_smap()); all of them are 0 for DAX. STATUS_SYSTEM for a text that is
 * none of smaps'.
 */
struct status smaps_parse(FILE *file, uint64_t start, uint64_t end,
                          struct smaps_figures *ret_figures);

/* The same of the calling process. */
struct status smaps_read(const void *address, size_t bytes, struct smaps_figures *ret_figures);

#endif
