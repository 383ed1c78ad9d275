/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a run: what every one of them counts for. */
#include "engine/run.h"
#include "engine/trial.h"

#include <math.h>

static size_t *row_counter(struct engine_result *result, enum status_code code)
{
        switch (code) {
        case STATUS_OK:
                return &result->rows_ok;
        case STATUS_SKIP:
                return &result->rows_skip;
        case STATUS_INVALID:
                return &result->rows_invalid;
        case STATUS_USAGE:
        case STATUS_SYSTEM:
                break;
        }
        return &result->rows_failed;
}

static void worst_note(struct run *run, enum status_code code)
{
        if (code > run->worst)
                run->worst = code;
        run->measured = true;
}

static struct status row_note(struct run *run, const struct tally_row *row)
{
        ++*row_counter(run->result, row->status);
        worst_note(run, row->status);
        return ledger_add(run->ledger, row);
}

static struct status trial_note(struct run *run, const struct tally *trial)
{
        for (size_t i = 0; i < STATUS_CODES; i++)
                *row_counter(run->result, (enum status_code)i) += trial->rows[i];
        worst_note(run, tally_worst(trial));
        return ledger_add_trial(run->ledger, trial);
}

struct status run_take_row(void *context, const struct sample *sample)
{
        struct run *run = context;
        const struct engine_observer *observer = run->request->observer;
        struct tally_row row = {
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
        return observer->sample(observer->context, run->cell, run_source(run, run->cell), sample);
}

struct status run_refuse(struct run *run, const struct cell *cell, uint32_t block, uint32_t trial,
                         const struct status *status)
{
        struct sample sample = sample_failed(cell, block, status);

        sample.trial = trial;
        run->cell = cell;
        return run_take_row(run, &sample);
}

struct status run_replay(struct run *run, const struct cell *cell, uint32_t block,
                         uint32_t *ret_trials)
{
        const struct tally *trials;
        size_t count = past_find(run->past, cell->index, block, &trials);

        for (size_t i = 0; i < count; i++)
                TRY(trial_note(run, &trials[i]));
        *ret_trials = (uint32_t)count;
        return status_ok();
}

struct status run_refuse_cell(struct run *run, const struct cell *cell,
                              const struct status *status)
{
        const struct tally *trials;
        size_t count = past_find(run->past, cell->index, 0, &trials);

        if (count && tally_worst(trials) == status->code) {
                ledger_drop(run->ledger, cell->index);
                return trial_note(run, trials);
        }
        TRY(run_refuse(run, cell, count ? run->past->blocks : 0, 0, status));
        ledger_drop(run->ledger, cell->index);
        return status_ok();
}
