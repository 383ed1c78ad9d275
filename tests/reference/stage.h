/* SPDX-License-Identifier: Apache-2.0 */
/* A workload run by hand on the embedded default source, for comparison programs. */
#ifndef REFERENCE_STAGE_H
#define REFERENCE_STAGE_H

#include <pmdgain/source.h>
#include <pmdgain/workload.h>

#define STAGE_SKIPPED 77 /* exit status */

struct stage {
        struct source source;
        struct clock clock;
        uint64_t bytes; /* the working set */
        struct arm arm;
        struct mapping mapping; /* of the arm */
        /* The workload made ready by stage_prepare(): one thread. */
        struct cell cell;
        struct worker worker;
        struct trial trial;
};

/* Opens `shmem`. On failure prints why and exits: with STAGE_SKIPPED, or 1. */
void stage_open(struct stage *stage, uint64_t bytes);
void stage_close(struct stage *stage);

/* Lays the arm out; maps nothing. These print and exit with 1 on failure. */
void stage_lay_out(struct stage *stage, const char *arm);
void stage_attach(struct stage *stage);   /* mapping_attach() */
void stage_fault_in(struct stage *stage); /* and proves the arm's grain; skips if not to be had */
void stage_detach(struct stage *stage);

/* Option values are texts as in a plan, NULL for presets. False, having printed why, when the
 * workload does not accept the cell or cannot be prepared. Its finish() is the caller's to call. */
bool stage_prepare(struct stage *stage, const struct workload *workload, const char *op,
                   const char *const *options);
uint64_t stage_run(struct stage *stage, uint64_t ops); /* run() alone; ns of CPU time */

void stage_must(struct status status); /* prints and exits unless ok */

#endif
