/* SPDX-License-Identifier: Apache-2.0 */
/* Filling memory-backed files when a source is opened. */
#ifndef PMDGAIN_SOURCE_POPULATE_H
#define PMDGAIN_SOURCE_POPULATE_H

#include <pmdgain/source.h>
#include <pmdgain/status.h>
#include <stdint.h>

/* A memfd of that size; `flags` are MFD_HUGETLB and its like. The caller closes it. */
struct status populate_memfd(unsigned flags, uint64_t bytes, int *ret_fd);

struct populate_way {
        int advice;    /* madvise() before the faults; 0 for none */
        bool collapse; /* fault by PTE, then MADV_COLLAPSE (Linux 6.1) */
};

/* Makes the first `bytes` of a file present by PMD and proves it. The window is used meanwhile.
 * STATUS_INVALID when the kernel mapped otherwise. */
struct status populate_by_pmd(const struct source *source, int fd, size_t bytes,
                              struct populate_way way);

/* The same by PTE, with MADV_NOHUGEPAGE. */
struct status populate_by_pte(const struct source *source, int fd, size_t bytes);

/* Whether MADV_NOHUGEPAGE gives PTEs over a huge page that the file has already, seen on its first
 * PMD's worth. True as well where there is no huge page. */
bool populate_nohuge_works(const struct source *source, int fd);

/*
 * Whether a page that a read fault mapped can be written without another fault, seen on the first
 * PMD's worth of a populated file: by PTE, faults are counted while every page is written (with
 * what it holds).
 */
bool populate_read_faults_suffice(const struct source *source, int fd);

#endif
