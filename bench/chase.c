/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dependent loads over one random cycle through all cache lines of the working set: the latency of
 * a load, with what translation adds to it. With c chains c loads are in flight; ops still are
 * loads, so ns/op falls. Threads share the cycle and start apart from each other.
 */
#include "walk.h"

#include <pmdgain/workload.h>

static const struct workload_op chase_ops[] = {
        { .name = "read",
          .summary = "dependent loads of random lines",
          .unit = UNIT_NS_PER_OP,
          .traits = OP_OWN_BYTES },
        { 0 },
};

static const struct option_row chase_options[] = {
        { .name = "chains",
          .type = OPTION_COUNT,
          .preset = "1",
          .min = 1,
          .max = WALK_CHAINS_MAX,
          .help = "independent chains of dependent loads in each thread" },
        { 0 },
};

static struct status chase_accept(const struct cell *cell)
{
        uint64_t chains = cell_option(cell, "chains").count;

        if (cell->bytes / LINE_BYTES < chains)
                return status_make(STATUS_USAGE, "give it more bytes or fewer chains",
                                   "chase needs a line of %d bytes for each of %u chains",
                                   LINE_BYTES, (unsigned)chains);
        return status_ok();
}

static struct status chase_prepare(struct trial *trial)
{
        struct ring ring = ring_make(trial->mapping->address, trial->cell->bytes, LINE_BYTES, false,
                                     trial->seed);

        return walk_prepare(trial, ring, (unsigned)cell_option(trial->cell, "chains").count);
}

const struct workload workload_chase = {
        .name = "chase",
        .summary = "latency of dependent loads over a random cycle of all lines",
        .ops = chase_ops,
        .options = chase_options,
        .accept = chase_accept,
        .prepare = chase_prepare,
        .run = walk_run,
        .check = walk_check,
        .finish = walk_finish,
        .quantum = walk_quantum,
};
