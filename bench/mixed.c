/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What partial alignment is worth: in the arm pmd only `aligned` percent of the chunks (a PMD each)
 * are mapped by PMD, spread evenly, the others by PTE; the proof must find just that part. The arm
 * pte has none of them. Two ways to keep a chunk from a PMD:
 *
 *   nohuge   MADV_NOHUGEPAGE for it: the same bytes in every arm
 *   extent   a file of the trial's own, beside the target, whose other chunks lie a block off in
 *            their extents, as a fragmented file's do
 */
#include "mixed_file.h"
#include "walk.h"

#include <errno.h>
#include <pmdgain/units.h>
#include <pmdgain/workload.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ /* Linux 5.14; older headers lack the name */
#define MADV_POPULATE_READ 22
#endif

enum { MIXED_READ, MIXED_POPULATE };
enum { BY_NOHUGE, BY_EXTENT };

static const char *const by_words[] = { "nohuge", "extent", NULL };

static const struct workload_op mixed_ops[] = {
        [MIXED_READ] = { .name = "read",
                         .summary = "dependent loads of random lines",
                         .unit = UNIT_NS_PER_OP },
        [MIXED_POPULATE] = { .name = "populate",
                             .summary = "madvise(MADV_POPULATE_READ)",
                             .unit = UNIT_NS_PER_MIB,
                             .phase = PHASE_FAULT,
                             .traits = OP_ONE_THREAD },
        { 0 },
};

static const struct option_row mixed_options[] = {
        { .name = "aligned",
          .column = "aligned_percent",
          .type = OPTION_COUNT,
          .preset = "50",
          .max = 100,
          .help = "PMD-sized chunks that a PMD can map, in percent" },
        { .name = "by",
          .type = OPTION_CHOICE,
          .preset = "nohuge",
          .choices = by_words,
          .help = "what keeps the others from it" },
        { 0 },
};

/* The file is the trial's process's own, and goes with it. */
static struct status own_file(struct trial *trial)
{
        struct mapping *mapping = trial->mapping;
        int fd;

        if (mapping->asked.grain == GRAIN_PTE && mapping->asked.lever != LEVER_NOHUGE)
                return status_make(STATUS_SKIP, "use pte:nohuge",
                                   "by = extent has the arms pmd and pte:nohuge");
        TRY(mixed_file_make(trial, &fd));
        mapping->fd = fd;
        mapping->offset = 0;
        *trial->source->content = 0;
        return status_ok();
}

static struct status mixed_lay_out(struct trial *trial)
{
        struct mapping *mapping = trial->mapping;
        size_t chunks = mapping->bytes / mapping->pmd_bytes;
        uint64_t percent = cell_option(trial->cell, "aligned").count;
        bool by_extent = cell_option(trial->cell, "by").count == BY_EXTENT;
        size_t chosen = (size_t)((double)(chunks * percent) / 100 + 0.5);

        if (trial->source->align > trial->source->page_bytes)
                return status_make(STATUS_SKIP, "use a file",
                                   "the device maps no base pages, so no part of it can be by PTE");
        if (mapping->asked.grain == GRAIN_PMD) {
                mapping->partly = true;
                mapping->fraction = (double)chosen / (double)chunks;
                mapping->nohuge_rest = !by_extent;
                mapping->tables_first = !by_extent &&
                                        trial->source->traits & SOURCE_NOHUGE_IGNORED;
        }
        return by_extent ? own_file(trial) : status_ok();
}

static struct status mixed_prepare(struct trial *trial)
{
        const struct mapping *mapping = trial->mapping;

        if (trial->cell->op == &mixed_ops[MIXED_POPULATE])
                return mapping_faults_alone(mapping);
        return walk_prepare(trial,
                            ring_make(mapping->address, trial->cell->bytes, LINE_BYTES, false,
                                      trial->seed),
                            1);
}

static void mixed_run(struct trial *trial, struct worker *worker)
{
        const struct mapping *mapping = trial->mapping;

        if (trial->cell->op != &mixed_ops[MIXED_POPULATE]) {
                walk_run(trial, worker);
                return;
        }
        worker->ops = mapping->bytes;
        if (madvise(mapping->address, mapping->bytes, MADV_POPULATE_READ) != 0)
                worker->status = status_errno(errno, "use Linux 5.14 or newer",
                                              "MADV_POPULATE_READ of %zu bytes failed",
                                              mapping->bytes);
}

static struct status mixed_check(struct trial *trial)
{
        return trial->cell->op == &mixed_ops[MIXED_POPULATE] ? status_ok() : walk_check(trial);
}

static uint64_t mixed_quantum(const struct trial *trial)
{
        return trial->cell->op == &mixed_ops[MIXED_POPULATE] ? trial->mapping->bytes
                                                             : walk_quantum(trial);
}

const struct workload workload_mixed = {
        .name = "mixed",
        .summary = "latency and populate where only a part of the chunks is mapped by PMD",
        .ops = mixed_ops,
        .options = mixed_options,
        .lay_out = mixed_lay_out,
        .prepare = mixed_prepare,
        .run = mixed_run,
        .check = mixed_check,
        .finish = walk_finish,
        .quantum = mixed_quantum,
};
