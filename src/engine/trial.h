/* SPDX-License-Identifier: Apache-2.0 */
/* One trial: a fresh mapping, its proof and its samples, in a process of its own. */
#ifndef PMDGAIN_ENGINE_TRIAL_H
#define PMDGAIN_ENGINE_TRIAL_H

#include "plan/plan.h"
#include "sys/placement.h"

#include <pmdgain/cell.h>
#include <pmdgain/clock.h>
#include <pmdgain/counters.h>
#include <pmdgain/sample.h>
#include <pmdgain/source.h>

struct trial_setup {
        const struct cell *cell;
        const struct source *source;
        const struct placement *placement;
        const struct counter_selection *selection;
        const struct clock *clock;
        const struct plan_settings *settings;
        uint32_t block, trial;
};

/* Trials of an op in one block: one with several samples where they can share a mapping, else as
 * many with one sample each. */
uint32_t trials_of(const struct cell *cell, const struct plan_settings *settings);

/* Takes a finished sample; false when it could not, and the trial ends. */
struct trial_sink {
        void *context;
        bool (*take)(void *context, const struct sample *sample);
};

/* Gives at least one sample, good or with a reason. */
void trial_perform(const struct trial_setup *setup, const struct trial_sink *sink);

/* A row without numbers that says why. */
struct sample sample_failed(const struct cell *cell, uint32_t block,
                            const struct status *status);

#endif
