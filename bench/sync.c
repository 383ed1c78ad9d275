/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making writes durable: `dirty` bytes are written every `stride` bytes (a "piece"), then synced.
 * An operation is one piece, so that the same pattern can be compared between msync(), fsync() and
 * flushing from user space, and a whole call is the value times bytes / stride.
 *
 * The kernel keeps one dirty bit for a PMD and writes back what that covers. By PTE it
 * writes back the pages; but on DAX what counts is the entry in the file's page cache tree, which
 * is a PMD's where the file was ever faulted by PMD: then pte:nohuge, pte:va and pte:offset write
 * back as much. Only a file that never could be mapped by PMD (pte:extent, pte:partition) is
 * written back by the page. After that all is write-protected, and the next store faults again: the
 * ops dirty_msync and dirty_fsync have those faults in them. Flushing by the line knows neither: no
 * fault, no page. It is durable only with MAP_SYNC, on DAX; on memory without storage it is timed
 * as well, for what the instructions cost.
 *
 * Each sample has a mapping that was made present by read faults, so that nothing but the pieces is
 * dirty; for the flush ops they have been written once before.
 */
#include "writeback.h"

#include <errno.h>
#include <pmdgain/random.h>
#include <pmdgain/workload.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum sync_op {
        SYNC_MSYNC,
        SYNC_FSYNC,
        SYNC_FLUSH,
        SYNC_DIRTY_MSYNC,
        SYNC_DIRTY_FSYNC,
        SYNC_DIRTY_FLUSH,
};

static const struct workload_op sync_ops[] = {
        [SYNC_MSYNC] = { .name = "msync",
                         .summary = "msync(MS_SYNC) of what was written",
                         .unit = UNIT_NS_PER_OP,
                         .phase = PHASE_DIRTY,
                         .traits = OP_WRITES | OP_ONE_THREAD },
        [SYNC_FSYNC] = { .name = "fsync",
                         .summary = "fsync() of what was written",
                         .unit = UNIT_NS_PER_OP,
                         .phase = PHASE_DIRTY,
                         .traits = OP_WRITES | OP_ONE_THREAD },
        [SYNC_FLUSH] = { .name = "flush",
                         .summary = "cache lines written back from user space (MAP_SYNC on DAX)",
                         .unit = UNIT_NS_PER_OP,
                         .phase = PHASE_DIRTY,
                         .traits = OP_WRITES | OP_ONE_THREAD },
        [SYNC_DIRTY_MSYNC] = { .name = "dirty_msync",
                               .summary = "the writes, with their faults, and msync(MS_SYNC)",
                               .unit = UNIT_NS_PER_OP,
                               .phase = PHASE_DIRTY,
                               .traits = OP_WRITES | OP_ONE_THREAD },
        [SYNC_DIRTY_FSYNC] = { .name = "dirty_fsync",
                               .summary = "the writes, with their faults, and fsync()",
                               .unit = UNIT_NS_PER_OP,
                               .phase = PHASE_DIRTY,
                               .traits = OP_WRITES | OP_ONE_THREAD },
        [SYNC_DIRTY_FLUSH] = { .name = "dirty_flush",
                               .summary = "the writes, each written back from user space",
                               .unit = UNIT_NS_PER_OP,
                               .phase = PHASE_DIRTY,
                               .traits = OP_WRITES | OP_ONE_THREAD },
        { 0 },
};

static const struct option_row sync_options[] = {
        { .name = "dirty",
          .column = "dirty_bytes",
          .type = OPTION_SIZE,
          .preset = "64",
          .min = WRITEBACK_LINE,
          .max = 4 * MIB,
          .help = "bytes written in each stride, a multiple of 64" },
        { .name = "stride",
          .column = "stride_bytes",
          .type = OPTION_SIZE,
          .preset = "page",
          .min = WRITEBACK_LINE,
          .max = 4 * MIB,
          .help = "from one piece to the next, a multiple of 64" },
        { 0 },
};

struct sync {
        enum sync_op op;
        size_t dirty, stride;
        uint64_t pieces;
        int byte; /* what is written */
        writeback_lines *lines;
};

static bool flushes(const struct cell *cell)
{
        size_t op = (size_t)(cell->op - sync_ops);

        return op == SYNC_FLUSH || op == SYNC_DIRTY_FLUSH;
}

static struct status sync_accept(const struct cell *cell)
{
        uint64_t dirty = cell_option(cell, "dirty").count;
        uint64_t stride = cell_option(cell, "stride").count;
        struct writeback_features features = writeback_features_find();

        if (dirty % WRITEBACK_LINE || stride % WRITEBACK_LINE)
                return status_make(STATUS_USAGE, "write multiples of 64",
                                   "dirty and stride are whole cache lines");
        if (dirty > stride)
                return status_make(STATUS_SKIP, "leave the combination out",
                                   "dirty is more than stride");
        if (flushes(cell) && !writeback_choose(&features))
                return status_make(STATUS_SKIP, "leave the flush ops out",
                                   "this CPU has no known way to write lines back");
        return status_ok();
}

static bool is_device(const struct mapping *mapping)
{
        struct stat about;

        return fstat(mapping->fd, &about) == 0 && S_ISCHR(about.st_mode);
}

static struct status sync_lay_out(struct trial *trial)
{
        struct mapping *mapping = trial->mapping;
        bool in_memory = trial->source->traits & SOURCE_IN_MEMORY;

        if (!flushes(trial->cell)) {
                if (is_device(mapping))
                        return status_make(STATUS_SKIP, "use the flush ops",
                                           "a devdax has no msync and no fsync");
                if (in_memory)
                        return status_make(STATUS_SKIP, "use a source of type file",
                                           "the bytes are in memory: nothing is to be synced");
        } else if (trial->source->dax == 1) {
                mapping->flags |= MAP_SHARED_VALIDATE | MAP_SYNC;
        } else if (!in_memory) {
                return status_make(STATUS_SKIP, "use msync or fsync, or a file system with DAX",
                                   "flushed lines are durable on DAX alone");
        }
        return status_ok();
}

static char *piece_of(const struct trial *trial, uint64_t piece)
{
        const struct sync *sync = trial->state;

        return trial->mapping->address + piece * sync->stride;
}

static void pieces_write(const struct trial *trial, int byte)
{
        const struct sync *sync = trial->state;

        for (uint64_t i = 0; i < sync->pieces; i++)
                memset(piece_of(trial, i), byte, sync->dirty);
}

static struct status failure(const char *call, int error)
{
        if (error == EINVAL)
                return status_make(STATUS_SKIP, "use the flush ops",
                                   "%s: EINVAL: the source has none", call);
        return status_errno(error, NULL, "%s failed", call);
}

static struct status msync_all(const struct mapping *mapping)
{
        if (msync(mapping->address, mapping->bytes, MS_SYNC) != 0)
                return failure("msync", errno);
        return status_ok();
}

static struct status fsync_all(const struct mapping *mapping)
{
        if (fsync(mapping->fd) != 0)
                return failure("fsync", errno);
        return status_ok();
}

static struct status sync_prepare(struct trial *trial)
{
        const struct mapping *mapping = trial->mapping;
        struct writeback_features features = writeback_features_find();
        struct sync *sync;

        if (!(mapping->prot & PROT_WRITE))
                return status_make(STATUS_SKIP, "map it writable", "the mapping is read-only");
        sync = calloc(1, sizeof(*sync));
        if (!sync)
                return status_errno(ENOMEM, NULL, "cannot keep the state of sync");
        trial->state = sync;
        sync->op = (enum sync_op)(trial->cell->op - sync_ops);
        sync->dirty = cell_option(trial->cell, "dirty").count;
        sync->stride = cell_option(trial->cell, "stride").count;
        sync->pieces = mapping->bytes / sync->stride;
        sync->byte = (int)(1 + random_mix(trial->own_seed ^ clock_now(trial->clock)) % 127);
        sync->lines = writeback_choose(&features);
        if (!sync->pieces)
                return status_make(STATUS_SKIP, "use more bytes, or a smaller stride",
                                   "the mapping is smaller than one stride");
        if (!flushes(trial->cell))
                TRY(fsync_all(mapping)); /* of what others left */
        else
                pieces_write(trial, 0);
        if (sync->op <= SYNC_FLUSH)
                pieces_write(trial, sync->byte);
        return status_ok();
}

static void flush_written(const struct trial *trial)
{
        const struct sync *sync = trial->state;

        for (uint64_t i = 0; i < sync->pieces; i++)
                sync->lines(piece_of(trial, i), sync->dirty);
        writeback_wait();
}

static void write_and_flush(const struct trial *trial)
{
        const struct sync *sync = trial->state;

        for (uint64_t i = 0; i < sync->pieces; i++) {
                memset(piece_of(trial, i), sync->byte, sync->dirty);
                sync->lines(piece_of(trial, i), sync->dirty);
        }
        writeback_wait();
}

static void sync_run(struct trial *trial, struct worker *worker)
{
        const struct sync *sync = trial->state;

        switch (sync->op) {
        case SYNC_DIRTY_MSYNC:
                pieces_write(trial, sync->byte);
                worker->status = msync_all(trial->mapping);
                break;
        case SYNC_MSYNC:
                worker->status = msync_all(trial->mapping);
                break;
        case SYNC_DIRTY_FSYNC:
                pieces_write(trial, sync->byte);
                worker->status = fsync_all(trial->mapping);
                break;
        case SYNC_FSYNC:
                worker->status = fsync_all(trial->mapping);
                break;
        case SYNC_FLUSH:
                flush_written(trial);
                break;
        case SYNC_DIRTY_FLUSH:
                write_and_flush(trial);
                break;
        }
}

/* The file holds each piece, the mapping too. */
static struct status sync_check(struct trial *trial)
{
        const struct sync *sync = trial->state;
        const struct mapping *mapping = trial->mapping;

        for (uint64_t i = 0; i < sync->pieces; i++) {
                off_t offset = mapping->offset + (off_t)(i * sync->stride + sync->dirty - 1);
                const char *last = piece_of(trial, i) + sync->dirty - 1;
                char byte = *last;

                if (!(trial->source->traits & SOURCE_IN_MEMORY) && !is_device(mapping) &&
                    pread(mapping->fd, &byte, 1, offset) != 1)
                        return status_errno(errno, NULL, "cannot read the file");
                if (byte != sync->byte || *last != sync->byte)
                        return status_make(
                                STATUS_INVALID, "see that nothing else writes to the target",
                                "the piece at %lld is not what was written", (long long)offset);
        }
        return status_ok();
}

static void sync_finish(struct trial *trial)
{
        free(trial->state);
        trial->state = NULL;
}

static uint64_t sync_quantum(const struct trial *trial)
{
        const struct sync *sync = trial->state;

        return sync->pieces;
}

const struct workload workload_sync = {
        .name = "sync",
        .summary = "msync, fsync or cache-line flushes after writes here and there",
        .ops = sync_ops,
        .options = sync_options,
        .accept = sync_accept,
        .lay_out = sync_lay_out,
        .prepare = sync_prepare,
        .run = sync_run,
        .check = sync_check,
        .finish = sync_finish,
        .quantum = sync_quantum,
};
