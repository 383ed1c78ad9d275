/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking a ring: one or more chains of dependent loads a thread, p = *p. Each chain of each
 * thread starts at its own place, equally spaced on the cycle, and goes on in the next sample
 * where it stood at the end of the last. One operation is one load.
 */
#ifndef BENCH_WALK_H
#define BENCH_WALK_H

#include "ring.h"

#include <pmdgain/status.h>
#include <pmdgain/workload.h>
#include <stdint.h>

#define WALK_CHAINS_MAX 16
#define WALK_STEPS 16 /* of each chain between two loop branches */

/*
 * Settles the ring and makes the state of a trial; walk_finish() frees it. worker->state then
 * begins with the pointers at which that thread's chains stand, void *[chains].
 */
struct status walk_prepare(struct trial *trial, struct ring ring, unsigned chains);

/* worker->ops loads, rounded up to chains x WALK_STEPS. */
void walk_run(struct trial *trial, struct worker *worker);

/* The ring must be whole, and each chain stand where its number of steps leads to. */
struct status walk_check(struct trial *trial);

void walk_finish(struct trial *trial);

/* A whole pass of short rings, so that each sample loads every node equally often. */
uint64_t walk_quantum(const struct trial *trial);

#endif
