/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identical twins, to find out what the suite can tell apart on this machine: `a` and `b` are the
 * same walk over one random cycle as `chase` makes, and `slower` is that walk with `extra` percent
 * more loads than it counts. So b against a is truly 1, and slower against a truly 1 + extra / 100,
 * whatever the machine does: the delay is made of the very loads that are timed.
 */
#include "walk.h"

#include <pmdgain/workload.h>
#include <string.h>

static const struct workload_op twin_ops[] = {
        { .name = "a", .summary = "dependent loads, as chase", .unit = UNIT_NS_PER_OP },
        { .name = "b", .summary = "the same", .unit = UNIT_NS_PER_OP },
        { .name = "slower", .summary = "the same and `extra` more", .unit = UNIT_NS_PER_OP },
        { 0 },
};

static const struct option_row twin_options[] = {
        { .name = "extra",
          .column = "extra_percent",
          .type = OPTION_COUNT,
          .preset = "3",
          .min = 1,
          .max = 100,
          .help = "loads that `slower` makes and does not count, in percent" },
        { 0 },
};

static struct status twin_prepare(struct trial *trial)
{
        struct ring ring = ring_make(trial->mapping->address, trial->cell->bytes, LINE_BYTES, false,
                                     trial->seed);

        return walk_prepare(trial, ring, 1);
}

static uint64_t twin_extra(const struct trial *trial)
{
        if (strcmp(trial->cell->op->name, "slower") != 0)
                return 0;
        return cell_option(trial->cell, "extra").count;
}

/* Wanted are multiples of the quantum, so that walk_run() has nothing to round. */
static void twin_run(struct trial *trial, struct worker *worker)
{
        uint64_t counted = worker->ops;

        worker->ops += counted / 100 * twin_extra(trial);
        walk_run(trial, worker);
        worker->ops = counted;
}

static uint64_t twin_quantum(const struct trial *trial)
{
        return UINT64_C(100) * WALK_STEPS;
}

const struct workload workload_twin = {
        .name = "twin",
        .summary = "chase against itself, and against itself with a known delay: run --calibrate",
        .ops = twin_ops,
        .options = twin_options,
        .prepare = twin_prepare,
        .run = twin_run,
        .check = walk_check,
        .finish = walk_finish,
        .quantum = twin_quantum,
};
