/* SPDX-License-Identifier: Apache-2.0 */
/* The blocks of a run. */
#include "engine/accept.h"
#include "engine/budget.h"
#include "engine/engine.h"
#include "engine/open_sources.h"
#include "engine/order.h"
#include "engine/supervise.h"
#include "engine/trial.h"

#include <pmdgain/workload.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A cell whose trial failed so often (died, hung, was refused) is not tried again. */
#define FAILURES_MAX 2

/* A killed process ends within a moment, unless the kernel has to give back much memory first, or
 * never: it is caught in the kernel. */
#define GRACE_NS UINT64_C(20000000000)

/* What is known of a cell while the run goes on. */
struct cell_state {
        bool dropped; /* skipped, wrong, or failed too often */
        unsigned failures;
};

struct run {
        const struct engine_request *request;
        struct engine_result *result;
        struct open_sources sources;
        struct cell_state *states; /* by cell index */
        uint32_t *order;
        struct budget budget;
        size_t cells_done; /* visits, those passed over too */
        const struct cell *cell; /* the current one */
        enum status_code worst;  /* of the current trial */
};

static void warn(struct engine_result *result, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

static void warn(struct engine_result *result, const char *format, ...)
{
        va_list arguments;

        if (result->warning_count == ENGINE_WARNINGS_MAX)
                return;
        va_start(arguments, format);
        vsnprintf(result->warnings[result->warning_count++], ENGINE_WARNING_TEXT, format,
                  arguments);
        va_end(arguments);
}

static void warn_once(struct engine_result *result, const char *text)
{
        for (size_t i = 0; i < result->warning_count; i++)
                if (strncmp(result->warnings[i], text, ENGINE_WARNING_TEXT - 1) == 0)
                        return;
        warn(result, "%s", text);
}

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

/* Every row of the run passes here. */
static struct status row_take(void *context, const struct sample *sample)
{
        struct run *run = context;
        const struct engine_observer *observer = run->request->observer;

        row_count(run->result, sample->status);
        if (sample->status == STATUS_OK && *sample->reason)
                warn_once(run->result, sample->reason);
        if (sample->status > run->worst)
                run->worst = sample->status;
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

/* Cells that cannot be are rows of the first block, and are not tried. */
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
                run->states[i].dropped = true;
                TRY(row_refuse(run, cell, 0, 0, &status));
        }
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
        size_t planned = blocks * run->request->plan->cell_count;
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
        struct cell_state *state = &run->states[cell->index];
        char text[160];

        if (run->worst == STATUS_SKIP)
                state->dropped = true;
        if (run->worst < STATUS_USAGE || ++state->failures < FAILURES_MAX)
                return;
        state->dropped = true;
        warn(run->result, "%s failed %d times and was given up",
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

/* All trials of a cell in one block, until one is not ok. */
static struct status cell_run(struct run *run, const struct cell *cell, uint32_t block)
{
        uint32_t trials = trials_of(cell, &run->request->plan->settings);

        run->cell = cell;
        run->worst = STATUS_OK;
        progress_tell(run, block);
        for (uint32_t i = 0; i < trials && run->worst == STATUS_OK; i++) {
                TRY(trial_run(run, cell, block, i));
                if (run->result->interrupted)
                        break;
        }
        failures_note(run, cell);
        return status_ok();
}

static struct status block_run(struct run *run, uint32_t block)
{
        const struct plan *plan = run->request->plan;

        order_block(plan->cells, plan->cell_count, plan->settings.seed, block, run->order);
        for (size_t i = 0; i < plan->cell_count; i++, run->cells_done++) {
                const struct cell *cell = &plan->cells[run->order[i]];

                if (run->states[cell->index].dropped)
                        continue;
                TRY(cell_run(run, cell, block));
                run->result->out_of_time = budget_spent(&run->budget) && i + 1 < plan->cell_count;
                if (run->result->interrupted || run->result->out_of_time)
                        return status_ok();
        }
        return status_ok();
}

static bool any_cell_left(const struct run *run)
{
        for (size_t i = 0; i < run->request->plan->cell_count; i++)
                if (!run->states[i].dropped)
                        return true;
        return false;
}

static struct status blocks_run(struct run *run)
{
        struct engine_result *result = run->result;

        while (any_cell_left(run) && budget_allows_block(&run->budget)) {
                budget_block_begin(&run->budget);
                TRY(block_run(run, run->budget.blocks));
                if (result->interrupted || result->out_of_time)
                        break;
                budget_block_end(&run->budget);
        }
        return status_ok();
}

static void result_finish(struct run *run)
{
        const struct plan_settings *settings = &run->request->plan->settings;
        struct engine_result *result = run->result;

        result->blocks = run->budget.blocks;
        result->elapsed_ns = budget_elapsed(&run->budget);
        if (result->blocks < settings->min_blocks && !result->interrupted && any_cell_left(run))
                warn(result, "only %u of at least %u blocks fitted into the budget: intervals are "
                             "wide; raise --budget",
                     result->blocks, (unsigned)settings->min_blocks);
}

static struct status run_all(struct run *run)
{
        const struct engine_observer *observer = run->request->observer;

        TRY(open_sources_make(run->request, &run->sources));
        TRY(observer->sources(observer->context, run->sources.list, run->sources.count));
        TRY(cells_accept(run));
        return blocks_run(run);
}

struct status engine_run(const struct engine_request *request, struct engine_result *ret_result)
{
        size_t cells = request->plan->cell_count;
        struct engine_result *result = calloc(1, sizeof(*result));
        struct run run = {
                .request = request,
                .result = result,
                .states = calloc(cells, sizeof(*run.states)),
                .order = calloc(cells, sizeof(*run.order)),
                .budget = budget_begin(&request->plan->settings, request->clock),
        };
        struct status status;

        if (!result || !run.states || !run.order)
                status = status_make(STATUS_SYSTEM, NULL, "out of memory for %zu cells", cells);
        else
                status = run_all(&run);
        if (result) {
                result_finish(&run);
                *ret_result = *result; /* what there is, also when the run was cut short */
        }
        open_sources_free(&run.sources);
        free(run.states);
        free(run.order);
        free(result);
        return status;
}
