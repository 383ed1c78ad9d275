/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What it costs to make a mapping present, by each way there is, and to take it away. One sample
 * is one system call over the whole mapping, or one access to each of its base pages. Nothing
 * else is timed.
 */
#include "lock.h"
#include "slice.h"

#include <errno.h>
#include <pmdgain/random.h>
#include <pmdgain/workload.h>
#include <stdlib.h>

#ifndef MADV_POPULATE_READ /* Linux 5.14; older headers lack the names */
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

enum populate_op {
        POPULATE_MAP,
        POPULATE_MADVISE_READ,
        POPULATE_MADVISE_WRITE,
        POPULATE_TOUCH_READ,
        POPULATE_TOUCH_WRITE,
        POPULATE_MLOCK,
        POPULATE_MUNMAP,
};

static const struct workload_op populate_ops[] = {
        [POPULATE_MAP] = { .name = "map_populate",
                           .summary = "mmap(MAP_POPULATE): read faults on a shared mapping",
                           .unit = UNIT_NS_PER_MIB,
                           .phase = PHASE_FAULT,
                           .traits = OP_UNATTACHED | OP_ONE_THREAD },
        [POPULATE_MADVISE_READ] = { .name = "madvise_read",
                                    .summary = "madvise(MADV_POPULATE_READ)",
                                    .unit = UNIT_NS_PER_MIB,
                                    .phase = PHASE_FAULT,
                                    .traits = OP_ONE_THREAD },
        [POPULATE_MADVISE_WRITE] = { .name = "madvise_write",
                                     .summary = "madvise(MADV_POPULATE_WRITE)",
                                     .unit = UNIT_NS_PER_MIB,
                                     .phase = PHASE_FAULT,
                                     .traits = OP_ONE_THREAD },
        [POPULATE_TOUCH_READ] = { .name = "touch_read",
                                  .summary = "one load from each base page",
                                  .unit = UNIT_NS_PER_MIB,
                                  .phase = PHASE_FAULT },
        [POPULATE_TOUCH_WRITE] = { .name = "touch_write",
                                   .summary = "one store to each base page",
                                   .unit = UNIT_NS_PER_MIB,
                                   .phase = PHASE_FAULT,
                                   .traits = OP_WRITES },
        [POPULATE_MLOCK] = { .name = "mlock",
                             .summary = "mlock(): read faults on a shared mapping",
                             .unit = UNIT_NS_PER_MIB,
                             .phase = PHASE_FAULT,
                             .traits = OP_ONE_THREAD },
        [POPULATE_MUNMAP] = { .name = "munmap",
                              .summary = "munmap() of the present mapping",
                              .unit = UNIT_NS_PER_MIB,
                              .phase = PHASE_UNMAP,
                              .traits = OP_ONE_THREAD },
        { 0 },
};

struct populate {
        enum populate_op op;
        char byte;   /* what touch_write stores */
        bool held;   /* mapping_before_populate() awaits its end */
        bool locked; /* unlock_pages() is due */
};

static struct status possible(const struct trial *trial)
{
        const struct mapping *mapping = trial->mapping;
        const struct workload_op *op = trial->cell->op;
        enum populate_op number = (enum populate_op)(op - populate_ops);
        bool has_pages = !(trial->source->traits & SOURCE_NO_PAGES); /* else it faults nothing */

        if ((number == POPULATE_TOUCH_WRITE || number == POPULATE_MADVISE_WRITE) &&
            !(mapping->prot & PROT_WRITE))
                return status_make(STATUS_SKIP, "map it writable",
                                   "the mapping is read-only, so populate %s cannot run", op->name);
        if (number == POPULATE_MAP && mapping->advice == MADV_HUGEPAGE && has_pages)
                return status_make(STATUS_SKIP, "use another op of populate",
                                   "MAP_POPULATE faults before MADV_HUGEPAGE can be given");
        return op->phase == PHASE_FAULT ? mapping_faults_alone(mapping) : status_ok();
}

static struct status populate_prepare(struct trial *trial)
{
        const struct mapping *mapping = trial->mapping;
        uint64_t word = random_mix(trial->own_seed ^ clock_now(trial->clock));
        struct populate *populate;

        TRY(possible(trial));
        populate = calloc(1, sizeof(*populate));
        if (!populate)
                return status_errno(ENOMEM, NULL, "cannot keep the state of populate");
        populate->op = (enum populate_op)(trial->cell->op - populate_ops);
        populate->byte = (char)(1 + word % 127);
        trial->state = populate;
        if (populate->op == POPULATE_MAP) {
                TRY(mapping_before_populate(mapping));
                populate->held = true;
        }
        return status_ok();
}

static struct status madvise_failure(const struct mapping *mapping, const char *name, int error)
{
        if (error == EINVAL)
                return status_make(STATUS_SKIP,
                                   "use Linux 5.14 or newer, and a source with struct pages",
                                   "this kernel has no %s for this mapping", name);
        if (error == EFAULT)
                return status_make(STATUS_SYSTEM, "see that the target is as long as the mapping",
                                   "%s: a page of the mapping cannot be had (EFAULT)", name);
        return status_errno(error, NULL, "%s of %zu bytes failed", name, mapping->bytes);
}

/* A sanitizer's shadow of what is touched is memory too, and would count as page tables. */
#define UNSHADOWED __attribute__((no_sanitize("address")))

UNSHADOWED static void touch_read(const struct trial *trial, struct worker *worker)
{
        size_t step = trial->mapping->page_bytes;
        char *begin, *end;

        slice_of(trial, worker->index, &begin, &end);
        for (const volatile char *at = begin; at < end; at += step)
                (void)*at;
        worker->ops = (uint64_t)(end - begin);
}

UNSHADOWED static void touch_write(const struct trial *trial, struct worker *worker)
{
        const struct populate *populate = trial->state;
        size_t step = trial->mapping->page_bytes;
        char byte = populate->byte;
        char *begin, *end;

        slice_of(trial, worker->index, &begin, &end);
        for (volatile char *at = begin; at < end; at += step)
                *at = byte;
        worker->ops = (uint64_t)(end - begin);
}

static void populate_run(struct trial *trial, struct worker *worker)
{
        struct populate *populate = trial->state;
        struct mapping *mapping = trial->mapping;

        worker->ops = mapping->bytes;
        switch (populate->op) {
        case POPULATE_MAP:
                if (mapping_mmap(mapping, MAP_POPULATE) == MAP_FAILED)
                        worker->status = mapping_refusal(mapping, errno);
                else
                        mapping->mapped = true;
                break;
        case POPULATE_MADVISE_READ:
                if (madvise(mapping->address, mapping->bytes, MADV_POPULATE_READ) != 0)
                        worker->status = madvise_failure(mapping, "MADV_POPULATE_READ", errno);
                break;
        case POPULATE_MADVISE_WRITE:
                if (madvise(mapping->address, mapping->bytes, MADV_POPULATE_WRITE) != 0)
                        worker->status = madvise_failure(mapping, "MADV_POPULATE_WRITE", errno);
                break;
        case POPULATE_TOUCH_READ:
                touch_read(trial, worker);
                break;
        case POPULATE_TOUCH_WRITE:
                touch_write(trial, worker);
                break;
        case POPULATE_MLOCK:
                if (lock_pages(mapping) != 0)
                        worker->status = lock_failure("mlock", mapping->bytes, errno);
                else
                        populate->locked = true;
                break;
        case POPULATE_MUNMAP:
                if (munmap(mapping->address, mapping->bytes) != 0)
                        worker->status = status_errno(errno, NULL, "munmap of %zu bytes failed",
                                                      mapping->bytes);
                else
                        mapping->mapped = false;
                break;
        }
}

static struct status check_touched(const struct trial *trial)
{
        const struct populate *populate = trial->state;
        const struct mapping *mapping = trial->mapping;

        for (size_t at = 0; at < mapping->bytes; at += mapping->page_bytes)
                if (mapping->address[at] != populate->byte)
                        return status_make(STATUS_INVALID,
                                           "see that nothing else writes to the target",
                                           "touch_write did not write the page %zu bytes in", at);
        return status_ok();
}

/* Reserves the addresses again at once, before anything else of the process is put there. */
static struct status check_unmapped(struct mapping *mapping)
{
        unsigned char present;
        bool gone = mincore(mapping->address, mapping->page_bytes, &present) != 0 &&
                    errno == ENOMEM;

        TRY(mapping_detach(mapping));
        return gone ? status_ok() :
                      status_make(STATUS_INVALID, NULL, "munmap left something mapped");
}

static void release(const struct trial *trial)
{
        struct populate *populate = trial->state;
        const struct mapping *mapping = trial->mapping;

        if (populate->held)
                mapping_after_populate(mapping);
        if (populate->locked)
                unlock_pages(mapping);
        populate->held = populate->locked = false;
}

static struct status populate_check(struct trial *trial)
{
        const struct populate *populate = trial->state;

        release(trial);
        switch (populate->op) {
        case POPULATE_TOUCH_WRITE:
                return check_touched(trial);
        case POPULATE_MUNMAP:
                return check_unmapped(trial->mapping);
        default: /* the proof of the mapping says that it is present */
                return status_ok();
        }
}

static void populate_finish(struct trial *trial)
{
        if (trial->state)
                release(trial);
        free(trial->state);
        trial->state = NULL;
}

static uint64_t populate_quantum(const struct trial *trial)
{
        return trial->mapping->bytes / trial->threads;
}

const struct workload workload_populate = {
        .name = "populate",
        .summary = "making a mapping present by each method, and unmapping it",
        .ops = populate_ops,
        .prepare = populate_prepare,
        .run = populate_run,
        .check = populate_check,
        .finish = populate_finish,
        .quantum = populate_quantum,
};
