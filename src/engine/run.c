/* SPDX-License-Identifier: Apache-2.0 */
/* The blocks of a run. */
#include "engine/run.h"

#include "engine/accept.h"
#include "engine/neighbour.h"
#include "engine/order.h"

#include <stdlib.h>

const struct source *run_source(const struct run *run, const struct cell *cell)
{
        const struct engine_source *source = open_sources_find(&run->sources, cell);

        return source && !status_failed(&source->status) ? &source->source : NULL;
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
                TRY(run_refuse_cell(run, cell, &status));
        }
        run->wanted = ledger_wanted(run->ledger);
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
                TRY(run_visit(run, cell, block));
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

        while (run->wanted && (run->budget.blocks < run->past->blocks ||
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
        run->budget = budget_begin(&request->plan->settings, request->clock, request->spent_ns,
                                   run->past->blocks);
        return ledger_make(request->plan, &run->ledger);
}

static void run_free(struct run *run)
{
        open_sources_free(&run->sources);
        ledger_free(run->ledger);
        free(run->failures);
        free(run->order);
}

struct status engine_run(const struct engine_request *request, struct engine_result *ret_result)
{
        struct engine_result *result = calloc(1, sizeof(*result));
        static const struct past none;
        struct run run = {
                .request = request,
                .result = result,
                .past = request->past ? request->past : &none,
        };
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
