/* SPDX-License-Identifier: Apache-2.0 */
/* A visit to a cell: its trials in one block. */
#include "engine/run.h"
#include "engine/supervise.h"
#include "engine/trial.h"

/* A cell whose trial failed so often (died, hung, was refused) is not tried again. */
#define FAILURES_MAX 2

/* A killed process ends within a moment, unless the kernel has to give back much memory first, or
 * never: it is caught in the kernel. */
#define GRACE_NS UINT64_C(20000000000)

/* What the child does. */
static void child_perform(void *context, const struct trial_sink *sink)
{
        trial_perform(context, sink);
}

static void progress_tell(struct run *run, uint32_t block)
{
        const struct engine_observer *observer = run->request->observer;
        uint32_t blocks = budget_blocks_expected(&run->budget);
        size_t planned = run->cells_before +
                         (blocks > block ? blocks - block : 1) * run->wanted;
        uint64_t elapsed = budget_elapsed(&run->budget);
        struct engine_progress progress = {
                .cell = run->cell,
                .done = run->cells_done,
                .planned = planned > run->cells_done ? planned : run->cells_done + 1,
                .block = block,
                .elapsed_ns = elapsed,
        };

        if (run->cells_done)
                progress.left_ns = (uint64_t)((double)elapsed / (double)run->cells_done *
                                              (double)(progress.planned - run->cells_done));
        if (observer->progress)
                observer->progress(observer->context, &progress);
}

/* A failure is no reason to lose the run, but to try it every time is a waste of its time. */
static void failures_note(struct run *run, const struct cell *cell)
{
        char text[160];

        if (run->worst == STATUS_SKIP)
                ledger_drop(run->ledger, cell->index);
        if (run->worst < STATUS_USAGE || ++run->failures[cell->index] < FAILURES_MAX)
                return;
        ledger_drop(run->ledger, cell->index);
        warnings_add(&run->result->warnings, WARNING_GIVEN_UP, "%s failed %d times and was given up",
                     cell_describe(cell, text, sizeof(text)), FAILURES_MAX);
}

static struct status trial_run(struct run *run, const struct cell *cell, uint32_t block,
                               uint32_t trial)
{
        const struct engine_request *request = run->request;
        struct trial_setup setup = {
                .cell = cell,
                .source = run_source(run, cell),
                .placement = request->placement,
                .selection = request->selection,
                .clock = request->clock,
                .settings = &request->plan->settings,
                .block = block,
                .trial = trial,
        };
        struct supervise_request child = {
                .perform = child_perform,
                .context = &setup,
                .limit_ns = request->plan->settings.trial_limit_ns,
                .grace_ns = GRACE_NS,
                .interrupt_fd = request->interrupt_fd,
                .take = run_take_row,
                .take_context = run,
        };
        enum supervise_end end = SUPERVISE_DONE;
        struct status cause = status_ok();

        TRY(supervise(&child, &end, &cause));
        if (end == SUPERVISE_INTERRUPTED)
                run->result->interrupted = true;
        if (end != SUPERVISE_DIED)
                return status_ok();
        if (setup.source->content)
                *setup.source->content = 0; /* whatever it was writing is half done */
        return run_refuse(run, cell, block, trial, &cause);
}

struct status run_visit(struct run *run, const struct cell *cell, uint32_t block)
{
        uint32_t trials = trials_of(cell, &run->request->plan->settings), first;

        run->cell = cell;
        run->worst = STATUS_OK;
        TRY(run_replay(run, cell, block, &first));
        if (first < trials && run->worst == STATUS_OK) {
                run->result->out_of_time = run->measured && budget_spent(&run->budget);
                if (run->result->out_of_time)
                        return status_ok();
                progress_tell(run, block);
        }
        for (uint32_t i = first; i < trials && run->worst == STATUS_OK; i++) {
                TRY(trial_run(run, cell, block, i));
                if (run->result->interrupted)
                        break;
        }
        failures_note(run, cell);
        run->cells_done++;
        return status_ok();
}

