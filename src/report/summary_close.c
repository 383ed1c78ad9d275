/* SPDX-License-Identifier: Apache-2.0 */
/* The end of reading: samples become trials, and trials become times. */
#include "report/summary_groups.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static int compare_places(uint32_t block_a, uint32_t trial_a, uint32_t block_b, uint32_t trial_b)
{
        if (block_a != block_b)
                return block_a < block_b ? -1 : 1;
        return (trial_a > trial_b) - (trial_a < trial_b);
}

static int compare_samples(const void *left, const void *right)
{
        const struct arm_sample *a = left, *b = right;
        int order = compare_places(a->block, a->trial, b->block, b->trial);

        return order ? order : (a->time > b->time) - (a->time < b->time);
}

static int compare_trials(const void *left, const void *right)
{
        const struct arm_trial *a = left, *b = right;
        int order = compare_places(a->block, a->trial, b->block, b->trial);

        return order ? order : (a->index > b->index) - (a->index < b->index);
}

static double first_known(double value, double other)
{
        return isnan(value) ? other : value;
}

/* Rows of one trial need not stand together in the file: joins what they made. */
static void join_trials(struct arm_data *arm, size_t counter_count)
{
        size_t kept = 0;

        for (size_t i = 0; i < arm->trial_count; i++) {
                struct arm_trial *to = kept ? &arm->trials[kept - 1] : NULL;
                const struct arm_trial *from = &arm->trials[i];

                if (!to || compare_places(to->block, to->trial, from->block, from->trial) != 0) {
                        arm->trials[kept++] = *from;
                        continue;
                }
                if (to->status == STATUS_OK)
                        to->status = from->status;
                to->multiplexed |= from->multiplexed;
                to->ops += from->ops;
                to->pmd_fraction = first_known(to->pmd_fraction, from->pmd_fraction);
                to->zero_fraction = first_known(to->zero_fraction, from->zero_fraction);
                to->minflt = first_known(to->minflt, from->minflt);
                to->page_table_bytes = first_known(to->page_table_bytes, from->page_table_bytes);
                for (size_t c = 0; c < counter_count; c++)
                        arm->counters[to->index * counter_count + c] +=
                                arm->counters[from->index * counter_count + c];
        }
        arm->trial_count = kept;
}

static struct status no_memory(void)
{
        return status_errno(ENOMEM, NULL, "cannot hold the trials");
}

struct status arm_settle(struct arm_data *arm, size_t first)
{
        double *values;
        size_t at = 0;

        if (!arm->sample_count)
                return status_ok();
        values = calloc(arm->sample_count, sizeof(*values));
        if (!values)
                return no_memory();
        qsort(arm->samples, arm->sample_count, sizeof(*arm->samples), compare_samples);
        for (size_t i = 0; i < arm->sample_count; i++)
                values[i] = arm->samples[i].time; /* by trial, ascending within it */
        for (size_t i = first; i < arm->trial_count; i++) {
                struct arm_trial *trial = &arm->trials[i];
                size_t begin = at;

                while (at < arm->sample_count &&
                       compare_places(arm->samples[at].block, arm->samples[at].trial, trial->block,
                                      trial->trial) == 0)
                        at++;
                trial->time = trial_time_of(values + begin, at - begin);
        }
        arm->sample_count = 0;
        free(values);
        return status_ok();
}

static struct status fill_times(struct arm_data *arm)
{
        arm->times = calloc(arm->trial_count ? arm->trial_count : 1, sizeof(*arm->times));
        if (!arm->times)
                return no_memory();
        for (size_t i = 0; i < arm->trial_count; i++) {
                const struct arm_trial *trial = &arm->trials[i];

                if (trial->status == STATUS_OK && !isnan(trial->time))
                        arm->times[arm->time_count++] = (struct trial_time){
                                .block = trial->block,
                                .time = trial->time,
                        };
        }
        return status_ok();
}

/* Do rows of one trial stand apart? Its parts are neighbours, once sorted. */
static bool has_parts(const struct arm_data *arm)
{
        const struct arm_trial *trials = arm->trials;

        for (size_t i = 1; i < arm->trial_count; i++)
                if (compare_places(trials[i - 1].block, trials[i - 1].trial, trials[i].block,
                                   trials[i].trial) == 0)
                        return true;
        return false;
}

static struct status close_arm(const struct groups *groups, struct arm_data *arm, bool *ret_apart)
{
        if (arm->trial_count && !groups->apart)
                TRY(arm_settle(arm, arm->trial_count - 1));
        if (arm->trial_count)
                qsort(arm->trials, arm->trial_count, sizeof(*arm->trials), compare_trials);
        if (!groups->apart && has_parts(arm)) {
                *ret_apart = true;
                return status_ok();
        }
        if (groups->apart) {
                join_trials(arm, groups->counter_count);
                TRY(arm_settle(arm, 0));
        }
        return fill_times(arm);
}

struct status groups_close(struct groups *groups, bool *ret_apart)
{
        bool apart = false;

        for (size_t i = 0; i < groups->count && !apart; i++) {
                struct group *group = groups->list[i];

                for (size_t k = 0; k < group->arm_count && !apart; k++)
                        TRY(close_arm(groups, &group->arms[k], &apart));
        }
        *ret_apart = apart;
        return status_ok();
}
