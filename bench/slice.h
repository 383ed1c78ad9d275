/* SPDX-License-Identifier: Apache-2.0 */
/* The part of a mapping that one of several threads touches. */
#ifndef BENCH_SLICE_H
#define BENCH_SLICE_H

#include <pmdgain/workload.h>
#include <stddef.h>

/*
 * The pages of one thread. Its bounds are multiples of the PMD size where there are enough of
 * them, so that no two threads fault the same PMD or the same page table.
 */
static inline void slice_of(const struct trial *trial, unsigned index, char **ret_begin,
                            char **ret_end)
{
        const struct mapping *mapping = trial->mapping;
        size_t unit = mapping->bytes / mapping->pmd_bytes >= trial->threads ? mapping->pmd_bytes :
                                                                              mapping->page_bytes;
        size_t units = mapping->bytes / unit;

        *ret_begin = mapping->address + index * units / trial->threads * unit;
        *ret_end = mapping->address + (index + 1) * units / trial->threads * unit;
}

#endif
