/* SPDX-License-Identifier: Apache-2.0 */
/* The blocks of a run. */
#include "engine/accept.h"
#include "engine/budget.h"
#include "engine/disturb.h"
#include "engine/engine.h"
#include "engine/ledger.h"
#include "engine/neighbour.h"
#include "engine/open_sources.h"
#include "engine/order.h"
#include "engine/past.h"
#include "engine/supervise.h"
#include "engine/trial.h"

#include <pmdgain/workload.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A cell whose trial failed so often (died, hung, was refused) is not tried again. */
#define FAILURES_MAX 2

/* A killed process ends within a moment, unless the kernel has to give back much memory first, or
 * never: it is caught in the kernel. */
#define GRACE_NS UINT64_C(20000000000)

struct run {
        const struct engine_request *request;
        struct engine_result *result;
        struct open_sources sources;
        struct past past;      /* of the run that is continued */
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

static const struct source *opened(const struct run *run, const struct cell *cell)
{
        const struct engine_source *source = open_sources_find(&run->sources, cell);

        return source && !status_failed(&source->status) ? &source->source : NULL;
}

static void row_count(struct engine_result *result, enum status_code code)
{
        switch (code) {
        case STATUS_OK:
                result->rows_ok++;
                break;
        case STATUS_SKIP:
                result->rows_skip++;
                break;
        case STATUS_INVALID:
                result->rows_invalid++;
                break;
        case STATUS_USAGE:
        case STATUS_SYSTEM:
                result->rows_failed++;
                break;
        }
}

/* Every row of the run passes here, those of its earlier parts too. */
static struct status row_note(struct run *run, const struct ledger_row *row)
{
        row_count(run->result, row->status);
        if (row->status > run->worst)
                run->worst = row->status;
        run->measured = true;
        return ledger_add(run->ledger, row);
}

static struct status row_take(void *context, const struct sample *sample)
{
        struct run *run = context;
        const struct engine_observer *observer = run->request->observer;
        struct ledger_row row = {
                .cell = sample->cell,
                .block = sample->block,
                .trial = sample->trial,
                .status = sample->status,
                .time = NAN,
        };

        if (sample->status == STATUS_OK && sample->ops.value && sample->time_ns.value)
                row.time = (double)sample->time_ns.value / (double)sample->ops.value;
        if (sample->status == STATUS_OK && *sample->reason)
                warnings_add_once(&run->result->warnings, WARNING_REMARK, sample->reason);
        TRY(row_note(run, &row));
        disturb_sample(&run->disturb, sample);
        return observer->sample(observer->context, run->cell, opened(run, run->cell), sample);
}

static struct status row_refuse(struct run *run, const struct cell *cell, uint32_t block,
                                uint32_t trial, const struct status *status)
{
        struct sample sample = sample_failed(cell, block, status);

        sample.trial = trial;
        run->cell = cell;
        return row_take(run, &sample);
}

/* Feeds what the earlier parts of the run have of a cell in a block; returns its trials. */
static struct status past_replay(struct run *run, const struct cell *cell, uint32_t block,
                                 uint32_t *ret_trials)
{
        const struct ledger_row *rows;
        size_t count = past_find(&run->past, cell->index, block, &rows);
        uint32_t trials = 0;

        for (size_t i = 0; i < count; i++) {
                trials += !i || rows[i].trial != rows[i - 1].trial;
                TRY(row_note(run, &rows[i]));
        }
        *ret_trials = trials;
        return status_ok();
}

/* The row of a cell that cannot be: of the first block, or of the next one where a part of the
 * run that is continued could still measure it. */
static struct status cell_refuse(struct run *run, const struct cell *cell,
                                 const struct status *status)
{
        const struct ledger_row *rows;
        size_t count = past_find(&run->past, cell->index, 0, &rows);

        if (count && rows->status == status->code) {
                ledger_drop(run->ledger, cell->index);
                return row_note(run, rows);
        }
        TRY(row_refuse(run, cell, count ? run->past.blocks : 0, 0, status));
        ledger_drop(run->ledger, cell->index);
        return status_ok();
}

/* Cells that cannot be are not tried. */
static struct status cells_accept(struct run *run)
{
        const struct plan *plan = run->request->plan;

        for (size_t i = 0; i < plan->cell_count; i++) {
                const struct cell *cell = &plan->cells[i];
                struct status status = cell_accept(run->request, &run->sources, cell);

                if (!status_failed(&status))
                        continue;
                if (status.code == STATUS_USAGE)
                        return status;
                TRY(cell_refuse(run, cell, &status));
        }
        run->wanted = ledger_wanted(run->ledger);
        return status_ok();
}

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
                .source = opened(run, cell),
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
                .take = row_take,
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
        return row_refuse(run, cell, block, trial, &cause);
}

/* All trials of a cell in one block, until one is not ok; those that there are stay. */
static struct status cell_run(struct run *run, const struct cell *cell, uint32_t block)
{
        uint32_t trials = trials_of(cell, &run->request->plan->settings), first;

        run->cell = cell;
        run->worst = STATUS_OK;
        TRY(past_replay(run, cell, block, &first));
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

static struct status block_run(struct run *run, uint32_t block)
{
        const struct plan *plan = run->request->plan;

        run->cells_before = run->cells_done;
        order_block(plan->cells, plan->cell_count, plan->settings.seed, block, run->order);
        for (size_t i = 0; i < plan->cell_count; i++) {
                const struct cell *cell = &plan->cells[run->order[i]];

                if (!ledger_wants(run->ledger, cell->index))
                        continue;
                TRY(cell_run(run, cell, block));
                if (run->result->interrupted || run->result->out_of_time)
                        return status_ok();
        }
        return status_ok();
}

/* After a whole block: what is known well enough is left out from here on. */
static struct status block_judge(struct run *run)
{
        const struct engine_observer *observer = run->request->observer;
        size_t wanted;

        budget_block_end(&run->budget);
        disturb_watch(&run->disturb, run->request, false);
        TRY(ledger_judge(run->ledger));
        wanted = ledger_wanted(run->ledger);
        budget_shrink(&run->budget, run->wanted, wanted);
        run->wanted = wanted;
        return observer->block ? observer->block(observer->context) : status_ok();
}

/* Blocks that an earlier part of the run began are gone through again: decisions are the same. */
static struct status blocks_run(struct run *run)
{
        struct engine_result *result = run->result;

        while (run->wanted && (run->budget.blocks < run->past.blocks ||
                               budget_allows_block(&run->budget))) {
                budget_block_begin(&run->budget);
                TRY(block_run(run, run->budget.blocks));
                if (result->interrupted || result->out_of_time)
                        break;
                TRY(block_judge(run));
        }
        return status_ok();
}

static void imprecise_warn(struct run *run)
{
        struct ledger_count count = ledger_count(run->ledger);
        size_t open = count.comparisons - count.settled - count.impossible;
        double precision = run->request->plan->settings.precision;

        if (precision > 0 && open)
                warnings_add(&run->result->warnings, WARNING_IMPRECISE,
                             "%zu of %zu comparisons were not known to within %g %% at the end: "
                             "raise --budget, or --precision",
                             open, count.comparisons - count.impossible, 100 * precision);
}

/* Sizes that do not fit are rows already. */
static void sizes_warn(struct run *run)
{
        for (size_t i = 0; i < run->sources.count; i++) {
                const struct status *too_large = &run->sources.list[i].too_large;

                if (status_failed(too_large))
                        warnings_add(&run->result->warnings, WARNING_LOW_MEMORY,
                                     "sizes were left out, since they do not fit: %.200s",
                                     too_large->what);
        }
}

static void result_finish(struct run *run)
{
        const struct plan_settings *settings = &run->request->plan->settings;
        struct engine_result *result = run->result;

        result->blocks = run->budget.blocks;
        result->elapsed_ns = budget_elapsed(&run->budget);
        disturb_watch(&run->disturb, run->request, true);
        disturb_judge(&run->disturb, &result->warnings);
        sizes_warn(run);
        if (result->interrupted || !run->wanted)
                return;
        if (result->blocks < settings->min_blocks)
                warnings_add(&result->warnings, WARNING_FEW_BLOCKS,
                             "only %u of at least %u blocks fitted into the budget: intervals are "
                             "wide; raise --budget",
                             result->blocks, (unsigned)settings->min_blocks);
        imprecise_warn(run);
}

static struct status blocks_beside_neighbour(struct run *run)
{
        struct status status;
        pid_t neighbour;

        TRY(neighbour_start(run->request->plan->settings.seed, &neighbour));
        warnings_add(&run->result->warnings, WARNING_NEIGHBOUR,
                     "a neighbour took memory bandwidth at random intervals, as was asked for: "
                     "times are no result");
        status = blocks_run(run);
        neighbour_stop(neighbour);
        return status;
}

static struct status run_all(struct run *run)
{
        const struct engine_observer *observer = run->request->observer;

        TRY(open_sources_make(run->request, &run->sources));
        TRY(observer->sources(observer->context, run->sources.list, run->sources.count));
        TRY(cells_accept(run));
        disturb_watch(&run->disturb, run->request, true);
        if (!run->request->plan->settings.neighbour)
                return blocks_run(run);
        return blocks_beside_neighbour(run);
}

static struct status run_make(const struct engine_request *request, struct run *run)
{
        size_t cells = request->plan->cell_count;

        run->failures = calloc(cells, sizeof(*run->failures));
        run->order = calloc(cells, sizeof(*run->order));
        if (!run->failures || !run->order)
                return status_make(STATUS_SYSTEM, NULL, "out of memory for %zu cells", cells);
        TRY(past_make(request->past, request->past_count, &run->past));
        run->budget = budget_begin(&request->plan->settings, request->clock, request->spent_ns,
                                   run->past.blocks);
        return ledger_make(request->plan, &run->ledger);
}

static void run_free(struct run *run)
{
        open_sources_free(&run->sources);
        ledger_free(run->ledger);
        past_free(&run->past);
        free(run->failures);
        free(run->order);
}

struct status engine_run(const struct engine_request *request, struct engine_result *ret_result)
{
        struct engine_result *result = calloc(1, sizeof(*result));
        struct run run = { .request = request, .result = result };
        struct status status;

        if (!result)
                return status_make(STATUS_SYSTEM, NULL, "out of memory for the run");
        status = run_make(request, &run);
        if (!status_failed(&status)) {
                status = run_all(&run);
                result_finish(&run);
                *ret_result = *result; /* what there is, also when the run was cut short */
        }
        run_free(&run);
        free(result);
        return status;
}
