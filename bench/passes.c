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

#include <errno.h>
#include <pmdgain/random.h>
#include <pmdgain/workload.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PASSES 3
#define LINE_BYTES ((size_t)64)

/* All that a trial does, in this order. */
enum step {
        STEP_MAP,
        STEP_SETTLE, /* advice and process settings around STEP_MAP */
        STEP_LOCK_1,
        STEP_PASS_1,
        STEP_UNLOCK_1,
        STEP_LOCK_2,
        STEP_PASS_2,
        STEP_UNLOCK_2,
        STEP_LOCK_3,
        STEP_PASS_3,
        STEP_UNLOCK_3,
        STEP_VERIFY,
        STEP_UNMAP,
        STEP_COUNT,
};

enum { LOCK_NONE, LOCK_MLOCK, LOCK_MLOCKALL, LOCK_LATE };
enum { ACCESS_BOTH, ACCESS_READ, ACCESS_WRITE };
enum { PROT_RW, PROT_RO };

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

struct passes {
        enum step timed;
        uint64_t lock, access, word; /* word: what is stored, plus the line's number */
        bool populate, wrote;
        bool held;         /* mapping_before_populate() awaits its end */
        bool locked;       /* lock_off() is due */
        uint64_t sums[PASSES]; /* of what was read */
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

static bool is_private_file(const struct mapping *mapping)
{
        return mapping->fd >= 0 && (mapping->flags & MAP_TYPE) == MAP_PRIVATE;
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
        if (!is_private_file(mapping)) {
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

static struct status step_map(struct mapping *mapping, const struct passes *passes)
{
        if (mapping_mmap(mapping, passes->populate ? MAP_POPULATE : 0) == MAP_FAILED)
                return mapping_refusal(mapping, errno);
        mapping->mapped = true;
        return status_ok();
}

static struct status step_settle(const struct mapping *mapping, struct passes *passes)
{
        if (passes->held)
                TRY(mapping_after_populate(mapping));
        passes->held = false;
        return mapping_advise(mapping);
}

static bool locks(const struct passes *passes, enum step step)
{
        return passes->lock == LOCK_MLOCK || passes->lock == LOCK_MLOCKALL ||
               (passes->lock == LOCK_LATE && step >= STEP_LOCK_2);
}

static struct status lock_on(const struct mapping *mapping, struct passes *passes)
{
        bool all = passes->lock == LOCK_MLOCKALL;

        if ((all ? mlockall(MCL_CURRENT | MCL_FUTURE) : lock_pages(mapping)) != 0)
                return lock_failure(all ? "mlockall" : "mlock", mapping->bytes, errno);
        passes->locked = true;
        return status_ok();
}

static struct status lock_off(const struct mapping *mapping, struct passes *passes)
{
        bool all = passes->lock == LOCK_MLOCKALL, locked = passes->locked;

        passes->locked = false;
        if (locked && (all ? munlockall() : unlock_pages(mapping)) != 0)
                return status_errno(errno, NULL, "%s failed", all ? "munlockall" : "munlock");
        return status_ok();
}

/* A sanitizer's shadow of what is touched is memory too, and would count as page tables. */
#define UNSHADOWED __attribute__((no_sanitize("address")))

static uint64_t word_of(const struct passes *passes, size_t at)
{
        return passes->word + at / LINE_BYTES;
}

UNSHADOWED static void pass_write(const struct mapping *mapping, const struct passes *passes)
{
        for (size_t at = 0; at < mapping->bytes; at += LINE_BYTES)
                *(volatile uint64_t *)(void *)(mapping->address + at) = word_of(passes, at);
}

UNSHADOWED static uint64_t pass_read(const struct mapping *mapping)
{
        uint64_t sum = 0;

        for (size_t at = 0; at < mapping->bytes; at += LINE_BYTES)
                sum += *(volatile uint64_t *)(void *)(mapping->address + at);
        return sum;
}

static struct status step_pass(const struct mapping *mapping, struct passes *passes, unsigned pass)
{
        if (passes->access != ACCESS_READ) {
                pass_write(mapping, passes);
                passes->wrote = true;
        }
        if (passes->access != ACCESS_WRITE)
                passes->sums[pass] = pass_read(mapping);
        return status_ok();
}

static bool has_file(const struct mapping *mapping)
{
        struct stat about;

        return mapping->fd >= 0 && fstat(mapping->fd, &about) == 0 && S_ISREG(about.st_mode);
}

/* What was written is in the mapping, and in the file if and only if they share it. */
static struct status verify_page(const struct mapping *mapping, const struct passes *passes,
                                 size_t at, bool file)
{
        uint64_t mapped = *(volatile uint64_t *)(void *)(mapping->address + at), stored = 0;

        if (mapped != word_of(passes, at))
                return status_make(STATUS_INVALID, "see that nothing else writes to the target",
                                   "what was written %zu bytes in is not there", at);
        if (!file)
                return status_ok();
        if (pread(mapping->fd, &stored, sizeof(stored), mapping->offset + (off_t)at) !=
            (ssize_t)sizeof(stored))
                return status_errno(errno, NULL, "cannot read the file %zu bytes in", at);
        if ((stored == mapped) == is_private_file(mapping))
                return status_make(STATUS_INVALID, NULL,
                                   "what was written to the mapping %zu bytes in is %s the file",
                                   at, stored == mapped ? "in" : "not in");
        return status_ok();
}

static struct status step_verify(const struct mapping *mapping, const struct passes *passes)
{
        bool file = has_file(mapping);

        for (unsigned i = 1; i < PASSES; i++)
                if (passes->sums[i] != passes->sums[0])
                        return status_make(STATUS_INVALID,
                                           "see that nothing else writes to the target",
                                           "pass %u read other bytes than the first", i + 1);
        for (size_t at = 0; passes->wrote && at < mapping->bytes; at += mapping->page_bytes)
                TRY(verify_page(mapping, passes, at, file));
        return status_ok();
}

static struct status step_unmap(struct mapping *mapping)
{
        if (munmap(mapping->address, mapping->bytes) != 0)
                return status_errno(errno, NULL, "munmap of %zu bytes failed", mapping->bytes);
        mapping->mapped = false;
        return status_ok();
}

static struct status step_do(struct mapping *mapping, struct passes *passes, enum step step)
{
        switch (step) {
        case STEP_MAP:
                return step_map(mapping, passes);
        case STEP_SETTLE:
                return step_settle(mapping, passes);
        case STEP_LOCK_1:
        case STEP_LOCK_2:
        case STEP_LOCK_3:
                return locks(passes, step) ? lock_on(mapping, passes) : status_ok();
        case STEP_PASS_1:
        case STEP_PASS_2:
        case STEP_PASS_3:
                return step_pass(mapping, passes, (step - STEP_PASS_1) / 3);
        case STEP_UNLOCK_1:
        case STEP_UNLOCK_2:
        case STEP_UNLOCK_3:
                return lock_off(mapping, passes);
        case STEP_VERIFY:
                return step_verify(mapping, passes);
        case STEP_UNMAP:
                return step_unmap(mapping);
        case STEP_COUNT:
                break;
        }
        return status_ok();
}

static struct status steps_do(const struct trial *trial, enum step from, enum step to)
{
        for (enum step step = from; step < to; step++)
                TRY(step_do(trial->mapping, trial->state, step));
        return status_ok();
}

static struct status passes_prepare(struct trial *trial)
{
        struct passes *passes = trial->state;

        if (passes->populate) {
                TRY(mapping_before_populate(trial->mapping));
                passes->held = true;
        }
        if (passes->access != ACCESS_READ && !is_private_file(trial->mapping))
                *trial->source->content = 0;
        return steps_do(trial, STEP_MAP, passes->timed);
}

static void passes_run(struct trial *trial, struct worker *worker)
{
        struct passes *passes = trial->state;

        worker->ops = trial->mapping->bytes;
        worker->status = step_do(trial->mapping, passes, passes->timed);
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
                status = lock_off(trial->mapping, passes);
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
