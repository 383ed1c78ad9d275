/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first write after a read fault. Where the kernel keeps track of what is dirty (a file with
 * storage behind it) the first store to each page, or to each PMD, faults once more. On memory
 * without storage a read fault leaves the page writable: then the CPU sets a dirty bit, and nothing
 * faults. `run_minflt` tells which it was.
 */
#include <errno.h>
#include <pmdgain/random.h>
#include <pmdgain/workload.h>
#include <stdlib.h>

static const struct workload_op mkwrite_ops[] = {
        { .name = "write",
          .summary = "one store every `stride` bytes, each page having been read only",
          .unit = UNIT_NS_PER_OP,
          .phase = PHASE_DIRTY,
          .traits = OP_WRITES | OP_ONE_THREAD },
        { 0 },
};

static const struct option_row mkwrite_options[] = {
        { .name = "stride",
          .column = "stride_bytes",
          .type = OPTION_SIZE,
          .preset = "page",
          .min = 64,
          .max = 4 * MIB,
          .help = "bytes from one store to the next" },
        { 0 },
};

struct mkwrite {
        size_t stride;
        char byte; /* what is stored */
};

static struct status mkwrite_prepare(struct trial *trial)
{
        const struct mapping *mapping = trial->mapping;
        struct mkwrite *mkwrite;

        if (!(mapping->prot & PROT_WRITE))
                return status_make(STATUS_SKIP, "map it writable", "the mapping is read-only");
        mkwrite = malloc(sizeof(*mkwrite));
        if (!mkwrite)
                return status_errno(ENOMEM, NULL, "cannot keep the state of mkwrite");
        mkwrite->stride = cell_option(trial->cell, "stride").count;
        mkwrite->byte = (char)(1 + random_mix(trial->own_seed ^ clock_now(trial->clock)) % 127);
        trial->state = mkwrite;
        /* Which pages were read on the way to the mapping depends on the arm; caches must not. */
        for (size_t at = 0; at < mapping->bytes; at += mkwrite->stride)
                (void)*(const volatile char *)(mapping->address + at);
        return status_ok();
}

static void mkwrite_run(struct trial *trial, struct worker *worker)
{
        const struct mkwrite *mkwrite = trial->state;
        volatile char *address = trial->mapping->address;

        for (uint64_t i = 0; i < worker->ops; i++)
                address[i * mkwrite->stride] = mkwrite->byte;
}

static struct status mkwrite_check(struct trial *trial)
{
        const struct mkwrite *mkwrite = trial->state;
        const struct mapping *mapping = trial->mapping;

        for (size_t at = 0; at < mapping->bytes; at += mkwrite->stride)
                if (mapping->address[at] != mkwrite->byte)
                        return status_make(STATUS_INVALID,
                                           "see that nothing else writes to the target",
                                           "the store %zu bytes in is not there", at);
        return status_ok();
}

static void mkwrite_finish(struct trial *trial)
{
        free(trial->state);
        trial->state = NULL;
}

static uint64_t mkwrite_quantum(const struct trial *trial)
{
        size_t stride = cell_option(trial->cell, "stride").count;

        return (trial->mapping->bytes + stride - 1) / stride;
}

const struct workload workload_mkwrite = {
        .name = "mkwrite",
        .summary = "the first write to pages that were only read (dirtying)",
        .ops = mkwrite_ops,
        .options = mkwrite_options,
        .prepare = mkwrite_prepare,
        .run = mkwrite_run,
        .check = mkwrite_check,
        .finish = mkwrite_finish,
        .quantum = mkwrite_quantum,
};
