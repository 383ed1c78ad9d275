/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of hugetlbfs pages, from the pool that the administrator set aside. It has PMDs only:
 * the PTE arm is a twin, a plain memfd of the same size, so the arms do not share their bytes.
 */
#include "source/layout.h"
#include "source/populate.h"
#include "sys/hugepages.h"
#include "sys/memavail.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>

static struct status pool_check(const struct source_request *request, size_t pmd)
{
        uint64_t needed = request->bytes / pmd, usable;
        struct hugepages_pool pool;
        struct status status = hugepages_pool_read(request->root, pmd, &pool);

        if (status_failed(&status))
                return status_make(STATUS_SKIP, "use a kernel with hugetlbfs",
                                   "this kernel has no hugetlb pages of %zu KiB", pmd / 1024);
        usable = pool.free > pool.reserved ? pool.free - pool.reserved : 0;
        if (usable >= needed)
                return status_ok();
        return status_make(
                STATUS_SKIP,
                hugepages_pool_todo(request->root, pmd, pool.total + needed - usable).text,
                "the pool of %zu KiB pages has %" PRIu64 " free, %" PRIu64 " are needed",
                pmd / 1024, usable, needed);
}

static struct status hugetlb_open(struct source *source, const struct source_request *request)
{
        unsigned shift = (unsigned)__builtin_ctzll(source->pmd_bytes);

        TRY(pool_check(request, source->pmd_bytes));
        TRY(memavail_check(request->root, source->bytes)); /* the twin's; the pool is apart */
        TRY(populate_memfd(MFD_HUGETLB | shift << MAP_HUGE_SHIFT, source->bytes, &source->fd));
        TRY(populate_by_pmd(source, source->fd, source->bytes, (struct populate_way) { 0 }));
        TRY(populate_memfd(0, source->bytes, &source->twin_fd));
        TRY(populate_by_pte(source, source->twin_fd, source->bytes));
        if (populate_read_faults_suffice(source, source->twin_fd))
                source->traits |= SOURCE_READ_FAULTS_SUFFICE;
        snprintf(source->fs, sizeof(source->fs), "hugetlbfs");
        snprintf(source->how, sizeof(source->how),
                 "hugetlb memfd from the free pool; its PTE arm is a memfd of base pages: other "
                 "bytes");
        return status_ok();
}

static struct status hugetlb_lay_out(const struct source *source,
                                     const struct layout_request *request,
                                     struct mapping *ret_mapping)
{
        switch (request->arm.lever) {
        case LEVER_ALIGNED:
                TRY(layout_file(source, source->fd, request, ret_mapping));
                ret_mapping->read_faults_suffice = false; /* that was seen of the twin */
                return status_ok();
        case LEVER_NOHUGE:
                return layout_file(source, source->twin_fd, request, ret_mapping);
        default:
                return layout_refusal(source, request->arm,
                                      "its PTE arm is a file of base pages; use pte:nohuge");
        }
}

const struct source_class source_class_hugetlb = {
        .name = "hugetlb",
        .summary = "hugetlb pages by PMD, and a file of base pages by PTE",
        .needs = "free pages in the hugetlb pool (vm.nr_hugepages)",
        .traits = SOURCE_FAULT_AROUND | SOURCE_IN_MEMORY,
        .open = hugetlb_open,
        .lay_out = hugetlb_lay_out,
};
