/* SPDX-License-Identifier: Apache-2.0 */
/* The page tables of the calling process as the kernel walks them: ioctl PAGEMAP_SCAN. */
#ifndef PMDGAIN_SYS_PAGEMAP_H
#define PMDGAIN_SYS_PAGEMAP_H

#include <pmdgain/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pagemap_figures {
        uint64_t huge_bytes;    /* mapped by an entry above the PTE level */
        uint64_t present_bytes; /* mapped by any entry */
        uint64_t zero_bytes;    /* of those, the shared page of zeros, small or huge */
        bool zero_known;        /* false: there may be huge ones that this kernel does not tell */
};

/*
 * Scans [address, address + bytes). Linux 6.7 and later (include/uapi/linux/fs.h,
 * fs/proc/task_mmu.c, Documentation/admin-guide/mm/pagemap.rst); STATUS_SKIP before. Takes 3 ms
 * for 1 GiB by PTE. The huge page of zeros is told since 6.17. The walker splits an entry of the
 * PUD level: not for those.
 */
struct status pagemap_scan(const void *address, size_t bytes, struct pagemap_figures *ret_figures);

#endif
