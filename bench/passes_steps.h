/* SPDX-License-Identifier: Apache-2.0 */
/* What the workload `passes` does to a mapping, step by step. */
#ifndef PMDGAIN_BENCH_PASSES_STEPS_H
#define PMDGAIN_BENCH_PASSES_STEPS_H

#include <pmdgain/mapping.h>
#include <pmdgain/status.h>
#include <stdbool.h>
#include <stdint.h>

#define PASSES 3

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

struct passes {
        enum step timed;
        uint64_t lock, access, word; /* word: what is stored, plus the line's number */
        bool populate, wrote;
        bool held;         /* mapping_before_populate() awaits its end */
        bool locked;       /* passes_unlock() is due */
        uint64_t sums[PASSES]; /* of what was read */
};

/* A private mapping of a file: what is written to it is not written to the file. */
bool passes_private(const struct mapping *mapping);

struct status passes_step(struct mapping *mapping, struct passes *passes, enum step step);

/* Undoes what a lock step did, if it did. */
struct status passes_unlock(const struct mapping *mapping, struct passes *passes);

#endif
