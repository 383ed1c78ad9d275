/* SPDX-License-Identifier: Apache-2.0 */
/* Page sizes and the pools of huge pages. Sizes are read, never assumed. */
#ifndef PMDGAIN_SYS_HUGEPAGES_H
#define PMDGAIN_SYS_HUGEPAGES_H

#include "sys/root.h"

#include <pmdgain/privilege.h>
#include <pmdgain/status.h>
#include <stddef.h>
#include <stdint.h>

/* The base page size: 4 KiB on x86. */
size_t hugepages_page_bytes(void);

/*
 * What one PMD maps: /sys/kernel/mm/transparent_hugepage/hpage_pmd_size. Without transparent huge
 * pages, a page of 8-byte entries, each one mapping a page (x86-64, arm64, riscv64). The file is
 * trusted also where no page size of this process makes such a PMD: an emulator of programs
 * (qemu-user -p) makes up page sizes, but what a PMD maps is the kernel's. The default size of
 * hugetlbfs is not asked: it may be 1 GiB.
 */
size_t hugepages_pmd_bytes(const struct sys_root *root);

/* hugetlbfs' pool of one page size, in pages. */
struct hugepages_pool {
        uint64_t total;    /* nr_hugepages */
        uint64_t free;     /* free_hugepages */
        uint64_t reserved; /* resv_hugepages: free, but promised to existing mappings */
};

/* STATUS_SKIP when the kernel has no pages of that size. */
struct status hugepages_pool_read(const struct sys_root *root, size_t bytes,
                                  struct hugepages_pool *ret_pool);

/* How the pool gets `count` pages in all. */
struct privilege_todo hugepages_pool_todo(const struct sys_root *root, size_t bytes,
                                          uint64_t count);

#endif
