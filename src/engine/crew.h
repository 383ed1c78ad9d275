/* SPDX-License-Identifier: Apache-2.0 */
/* The threads of a trial: pinned, started together, timed from the first start to the last end. */
#ifndef PMDGAIN_ENGINE_CREW_H
#define PMDGAIN_ENGINE_CREW_H

#include "sys/placement.h"

#include <pmdgain/counters.h>
#include <pmdgain/status.h>
#include <pmdgain/workload.h>
#include <stddef.h>

struct crew;

/* What one call of crew_run() took, summed over the threads. */
struct crew_timing {
        uint64_t time_ns;
        uint64_t ops;
        uint64_t minflt; /* of the process, while the threads ran */
        struct count switches, waited_ns, migrations; /* as in struct sample */
        struct counter_reading counters[COUNTER_SETS_MAX];
};

/* Pins the calling thread too: alone, it is the crew. Free with crew_stop(). */
struct status crew_start(unsigned threads, const struct placement *placement,
                         const struct counter_selection *selection, struct crew **ret_crew);
void crew_stop(struct crew *crew);

/* What the selection can count and a thread could not open (no descriptor left, say), as
 * "SET not counted: REASON"; "" when all is counted. Returns `text`. */
char *crew_uncounted(const struct crew *crew, char *text, size_t text_size);

/* Lets every worker run `ops` operations. The status is the first one a worker set. */
struct status crew_run(struct crew *crew, struct trial *trial, uint64_t ops,
                       struct crew_timing *ret_timing);

#endif
