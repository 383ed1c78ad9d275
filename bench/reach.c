/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLB reach without a PMU: dependent loads of one line in each of N base pages, in one random
 * cycle. Caches cost the same lines the same by PTE and by PMD, so what differs is translation:
 * the curve of the difference over N steps up where a TLB level is full. (The idea of sweeping a
 * strided set is Saavedra, Smith: "Measuring cache and TLB performance", IEEE Trans. Comput.
 * 44(10), 1995; the random cycle keeps prefetchers out of it.)
 *
 * `bytes` is N times the base page, so 16m is 4096 pages of 4 KiB by either grain.
 */
#include "walk.h"

#include <pmdgain/workload.h>
#include <unistd.h>

static const struct workload_op reach_ops[] = {
        { .name = "read",
          .summary = "dependent loads of one line a base page, in random order",
          .unit = UNIT_NS_PER_OP,
          .traits = OP_OWN_BYTES },
        { 0 },
};

static struct status reach_accept(const struct cell *cell)
{
        long page = sysconf(_SC_PAGESIZE);

        if (page > 0 && cell->bytes < (uint64_t)page)
                return status_make(STATUS_USAGE, "give it more bytes",
                                   "reach needs at least one base page of %ld bytes", page);
        return status_ok();
}

static struct status reach_prepare(struct trial *trial)
{
        struct ring ring = ring_make(trial->mapping->address, trial->cell->bytes,
                                     trial->mapping->page_bytes, true, trial->seed);

        return walk_prepare(trial, ring, 1);
}

const struct workload workload_reach = {
        .name = "reach",
        .summary = "TLB reach: one line in each of N base pages, in random order",
        .ops = reach_ops,
        .accept = reach_accept,
        .prepare = reach_prepare,
        .run = walk_run,
        .check = walk_check,
        .finish = walk_finish,
        .quantum = walk_quantum,
};
