/* SPDX-License-Identifier: Apache-2.0 */
/* What a run holds while it goes on: shared by run.c (its blocks), run_visit.c (a cell in one of
 * them) and run_rows.c (what comes of it). */
#ifndef PMDGAIN_ENGINE_RUN_H
#define PMDGAIN_ENGINE_RUN_H

#include "engine/budget.h"
#include "engine/disturb.h"
#include "engine/engine.h"
#include "engine/ledger.h"
#include "engine/open_sources.h"
#include "engine/past.h"

struct run {
        const struct engine_request *request;
        struct engine_result *result;
        struct open_sources sources;
        const struct past *past; /* of the run that is continued */
        struct ledger *ledger;
        struct disturb disturb;
        unsigned *failures;    /* by cell index */
        uint32_t *order;
        struct budget budget;
        size_t wanted;         /* cells of a block */
        size_t cells_done;     /* visits */
        size_t cells_before;   /* up to this block */
        bool measured;         /* some row is there already */
        const struct cell *cell; /* the current one */
        enum status_code worst;  /* of the current trial */
};

/* What a cell lives in; NULL when it could not be had. */
const struct source *run_source(const struct run *run, const struct cell *cell);

/* Takes a row of the current cell: counts it, and hands it on. `context` is the run. */
struct status run_take_row(void *context, const struct sample *sample);

/* The row of a trial that gave none of its own. */
struct status run_refuse(struct run *run, const struct cell *cell, uint32_t block, uint32_t trial,
                         const struct status *status);

/* The row of a cell that cannot be: of the first block, or of the next one where a part of the
 * run that is continued could still measure it. The cell is not tried again. */
struct status run_refuse_cell(struct run *run, const struct cell *cell,
                              const struct status *status);

/* Counts what the earlier parts of the run have of a cell in a block: so many trials. */
struct status run_replay(struct run *run, const struct cell *cell, uint32_t block,
                         uint32_t *ret_trials);

/* All trials of a cell in one block, until one is not ok; those that there are stay. */
struct status run_visit(struct run *run, const struct cell *cell, uint32_t block);

#endif
