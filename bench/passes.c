/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a mapping, step by step: mmap, three passes over all bytes, each of them locked
 * around if asked for, munmap. These are the steps and combinations of the program that found the
 * first faults of PMD mappings of DAX files in 2015 (mmap.c of ndctl's tests, by T. Kani), which
 * timed its passes only. Each op times one of the steps; a trial does them all.
 *
 * A pass goes over every cache line: one word of it is loaded or stored. One that writes and reads
 * does the one after the other, as there; its bytes count once.
 *
 * A private mapping gets copies of what is written to it, and of what is populated or locked
 * while it may be written (mm/gup.c, populate_vma_page_range()). Copies are base pages in every
 * arm, so that is what must be proven then.
 */
#include "lock.h"
#include "passes_steps.h"

#include <errno.h>
#include <pmdgain/random.h>
#include <pmdgain/workload.h>
#include <stdlib.h>

static const char *const lock_words[] = { "none", "mlock", "mlockall", "late", NULL };
static const char *const access_words[] = { "both", "read", "write", NULL };
static const char *const prot_words[] = { "rw", "ro", NULL };
static const char *const yes_no_words[] = { "no", "yes", NULL };

static const struct option_row passes_options[] = {
        { .name = "lock",
          .type = OPTION_CHOICE,
          .preset = "none",
          .choices = lock_words,
          .help = "held during each pass; late: mlock from the second pass on" },
        { .name = "populate",
          .type = OPTION_CHOICE,
          .preset = "no",
          .choices = yes_no_words,
          .help = "mmap() with MAP_POPULATE" },
        { .name = "prot",
          .type = OPTION_CHOICE,
          .preset = "rw",
          .choices = prot_words,
          .help = "map readable and writable, or read-only" },
        { .name = "access",
          .type = OPTION_CHOICE,
          .preset = "both",
          .choices = access_words,
          .help = "what a pass does: write then read, or one of them" },
        { 0 },
};

enum passes_op { OP_MAP, OP_LOCK, OP_FIRST, OP_LATER, OP_UNMAP };

static const struct workload_op passes_ops[] = {
        [OP_MAP] = { .name = "map",
                     .summary = "mmap(), with MAP_POPULATE if asked for",
                     .unit = UNIT_NS_PER_MIB,
                     .phase = PHASE_OWN,
                     .traits = OP_ONE_THREAD },
        [OP_LOCK] = { .name = "lock",
                      .summary = "the first mlock() or mlockall()",
                      .unit = UNIT_NS_PER_MIB,
                      .phase = PHASE_OWN,
                      .traits = OP_ONE_THREAD },
        [OP_FIRST] = { .name = "first",
                       .summary = "the first pass",
                       .unit = UNIT_NS_PER_MIB,
                       .phase = PHASE_OWN,
                       .traits = OP_ONE_THREAD },
        [OP_LATER] = { .name = "later",
                       .summary = "the second pass; the third is done, and not timed",
                       .unit = UNIT_NS_PER_MIB,
                       .phase = PHASE_OWN,
                       .traits = OP_ONE_THREAD },
        [OP_UNMAP] = { .name = "unmap",
                       .summary = "munmap()",
                       .unit = UNIT_NS_PER_MIB,
                       .phase = PHASE_OWN,
                       .traits = OP_ONE_THREAD | OP_UNMAPS },
        { 0 },
};

static uint64_t choice(const struct cell *cell, const char *name)
{
        return cell_option(cell, name).count;
}

static struct status passes_accept(const struct cell *cell)
{
        if (choice(cell, "prot") == PROT_RO && choice(cell, "access") != ACCESS_READ)
                return status_make(STATUS_SKIP, "use access = read, or prot = rw",
                                   "a read-only mapping cannot be written");
        if (cell->op == &passes_ops[OP_LOCK] && choice(cell, "lock") == LOCK_NONE)
                return status_make(STATUS_SKIP, "use lock = mlock, mlockall or late",
                                   "with lock = none there is no lock to time");
        return status_ok();
}

static enum step timed_step(const struct cell *cell)
{
        switch ((enum passes_op)(cell->op - passes_ops)) {
        case OP_MAP:
                return STEP_MAP;
        case OP_LOCK:
                return choice(cell, "lock") == LOCK_LATE ? STEP_LOCK_2 : STEP_LOCK_1;
        case OP_FIRST:
                return STEP_PASS_1;
        case OP_LATER:
                return STEP_PASS_2;
        case OP_UNMAP:
                break;
        }
        return STEP_UNMAP;
}

/* mlockall() is about the whole process: what is no part of the mapping is faulted in beforehand,
 * so that the mapping's own faults and page tables can be told. */
static struct status process_settle(void)
{
        if (mlockall(MCL_CURRENT) != 0)
                return lock_failure("mlockall", SIZE_MAX, errno);
        munlockall();
        return status_ok();
}

/* What the kernel is to make of it in the end: see the head of this file. */
static void expect(struct mapping *mapping, const struct passes *passes)
{
        bool writes = passes->access != ACCESS_READ;
        bool early = passes->populate || passes->lock == LOCK_MLOCK ||
                     passes->lock == LOCK_MLOCKALL; /* faulted in before the first pass */

        if (!(mapping->prot & PROT_WRITE))
                return;
        if (!passes_private(mapping)) {
                mapping->faulted_twice = early && writes;
        } else if (writes || passes->populate || passes->lock != LOCK_NONE) {
                mapping->partly = true;
                mapping->fraction = 0;
                mapping->faulted_twice = !early && !writes && mapping->asked.grain == GRAIN_PTE;
        }
}

static struct status passes_lay_out(struct trial *trial)
{
        struct mapping *mapping = trial->mapping;
        const struct cell *cell = trial->cell;
        struct passes *passes = calloc(1, sizeof(*passes));

        if (!passes)
                return status_errno(ENOMEM, NULL, "cannot keep the state of passes");
        trial->state = passes;
        passes->timed = timed_step(cell);
        passes->lock = choice(cell, "lock");
        passes->access = choice(cell, "access");
        passes->populate = choice(cell, "populate");
        passes->word = random_mix(trial->own_seed ^ clock_now(trial->clock));
        if (choice(cell, "prot") == PROT_RO)
                mapping->prot = PROT_READ;
        expect(mapping, passes);
        if (passes->populate && mapping->advice == MADV_HUGEPAGE)
                return status_make(STATUS_SKIP, "use populate = no",
                                   "MAP_POPULATE faults before MADV_HUGEPAGE can be given");
        return passes->lock == LOCK_MLOCKALL ? process_settle() : status_ok();
}

static struct status steps_do(const struct trial *trial, enum step from, enum step to)
{
        for (enum step step = from; step < to; step++)
                TRY(passes_step(trial->mapping, trial->state, step));
        return status_ok();
}

static struct status passes_prepare(struct trial *trial)
{
        struct passes *passes = trial->state;

        if (passes->populate) {
                TRY(mapping_before_populate(trial->mapping));
                passes->held = true;
        }
        if (passes->access != ACCESS_READ && !passes_private(trial->mapping))
                *trial->source->content = 0;
        return steps_do(trial, STEP_MAP, passes->timed);
}

static void passes_run(struct trial *trial, struct worker *worker)
{
        struct passes *passes = trial->state;

        worker->ops = trial->mapping->bytes;
        worker->status = passes_step(trial->mapping, passes, passes->timed);
}

static struct status passes_complete(struct trial *trial)
{
        const struct passes *passes = trial->state;

        return steps_do(trial, passes->timed + 1, STEP_UNMAP);
}

/* Gives the addresses back at once, before anything else of the process is put there. */
static struct status passes_check(struct trial *trial)
{
        return trial->mapping->mapped ? status_ok() : mapping_detach(trial->mapping);
}

static void passes_finish(struct trial *trial)
{
        struct passes *passes = trial->state;
        struct status status = status_ok();

        if (passes && passes->held)
                status = mapping_after_populate(trial->mapping);
        if (passes)
                status = passes_unlock(trial->mapping, passes);
        (void)status; /* the trial's own outcome matters, and its process ends here */
        free(passes);
        trial->state = NULL;
}

static uint64_t passes_quantum(const struct trial *trial)
{
        return trial->mapping->bytes;
}

const struct workload workload_passes = {
        .name = "passes",
        .summary = "mmap, lock, three passes and munmap, each timed, in all their combinations",
        .ops = passes_ops,
        .options = passes_options,
        .accept = passes_accept,
        .lay_out = passes_lay_out,
        .prepare = passes_prepare,
        .run = passes_run,
        .complete = passes_complete,
        .check = passes_check,
        .finish = passes_finish,
        .quantum = passes_quantum,
};
