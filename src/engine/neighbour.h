/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A noisy neighbour on purpose: a process that copies memory as fast as it can for random
 * intervals and sleeps for others, so that one can see what noise does to a result.
 */
#ifndef PMDGAIN_ENGINE_NEIGHBOUR_H
#define PMDGAIN_ENGINE_NEIGHBOUR_H

#include <pmdgain/status.h>
#include <stdint.h>
#include <sys/types.h>

/* Both kinds of interval are exponential with this mean. */
#define NEIGHBOUR_MEAN_NS 1000000000

/* Starts it, on any CPU that this process may use; it ends with the thread that started it. */
struct status neighbour_start(uint64_t seed, pid_t *ret_process);
void neighbour_stop(pid_t process); /* 0 does nothing */

#endif
