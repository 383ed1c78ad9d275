/* SPDX-License-Identifier: Apache-2.0 */
#include "report/summary_rows.h"

#include "report/summary_columns.h"
#include "stats/gain.h"
#include "stats/quantile.h"
#include "stats/ratio.h"

#include <errno.h>
#include <math.h>
#include <pmdgain/workload.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct status no_memory(void)
{
        return status_errno(ENOMEM, NULL, "cannot hold the summary");
}

/* Which of a trial's figures a median is taken of. */
typedef double (*figure)(const struct arm_trial *trial, const float *counters, size_t index);

static double pmd_fraction(const struct arm_trial *trial, const float *counters, size_t index)
{
        return trial->pmd_fraction;
}

static double zero_fraction(const struct arm_trial *trial, const float *counters, size_t index)
{
        return trial->zero_fraction;
}

static double minflt(const struct arm_trial *trial, const float *counters, size_t index)
{
        return trial->minflt;
}

static double page_table_bytes(const struct arm_trial *trial, const float *counters, size_t index)
{
        return trial->page_table_bytes;
}

static double counter_per_op(const struct arm_trial *trial, const float *counters, size_t index)
{
        return (double)counters[index] / trial->ops;
}

/* The median over the valid trials; `work` has room for all of them. */
static double median_of(const struct arm_data *data, figure of, size_t index, size_t counter_count,
                        double *work)
{
        size_t count = 0;

        for (size_t i = 0; i < data->trial_count; i++) {
                const struct arm_trial *trial = &data->trials[i];
                const float *counters =
                        counter_count ? data->counters + trial->index * counter_count : NULL;

                if (trial->status == STATUS_OK)
                        work[count++] = of(trial, counters, index);
        }
        return spread_of(work, count).median;
}

static void count_trials(const struct arm_data *data, struct summary_arm *arm)
{
        for (size_t i = 0; i < data->trial_count; i++) {
                const struct arm_trial *trial = &data->trials[i];

                arm->trials += trial->status == STATUS_OK;
                arm->skipped += trial->status == STATUS_SKIP;
                arm->invalid += trial->status != STATUS_OK && trial->status != STATUS_SKIP;
                arm->multiplexed |= trial->multiplexed && trial->status == STATUS_OK;
        }
}

static void set_value(const struct arm_data *data, const char *unit, struct summary_arm *arm,
                      double *work)
{
        double scale = columns_unit_scale(unit);
        struct spread spread;

        for (size_t i = 0; i < data->time_count; i++)
                work[i] = data->times[i].time * scale;
        spread = spread_of(work, data->time_count);
        arm->value = spread.median;
        arm->value_lo = spread.lo;
        arm->value_hi = spread.hi;
        if (strcmp(unit, unit_name(UNIT_GB_PER_S)) == 0) { /* bytes a ns are GB a s */
                arm->value = 1 / spread.median;
                arm->value_lo = 1 / spread.hi;
                arm->value_hi = 1 / spread.lo;
        }
}

static void set_key(const struct arm_key *key, struct summary_arm *arm)
{
        snprintf(arm->asked, sizeof(arm->asked), "%s", key->asked);
        snprintf(arm->lever, sizeof(arm->lever), "%s", key->lever);
        snprintf(arm->target, sizeof(arm->target), "%s", key->target);
        snprintf(arm->shift, sizeof(arm->shift), "%s", key->shift);
        arm_key_name(key, arm->name, sizeof(arm->name));
}

/* `data` may be NULL: the arm is not in the file. */
static struct status make_arm(const struct summary *summary, const struct arm_data *data,
                              const char *unit, struct summary_arm *arm)
{
        double per = strcmp(unit, unit_name(UNIT_NS_PER_OP)) == 0 ? 1 : (double)MIB;
        size_t counters = summary->counter_count;
        double *work;

        *arm = (struct summary_arm){ .value = NAN,
                                      .value_lo = NAN,
                                      .value_hi = NAN,
                                      .pmd_fraction = NAN,
                                      .zero_fraction = NAN,
                                      .minflt = NAN,
                                      .page_table_bytes = NAN };
        arm->counters = calloc(counters + 1, sizeof(*arm->counters));
        work = calloc(data ? data->trial_count + 1 : 1, sizeof(*work));
        if (!arm->counters || !work) {
                free(work);
                return no_memory();
        }
        for (size_t i = 0; i < counters; i++)
                arm->counters[i] = NAN;
        if (data) {
                set_key(&data->key, arm);
                snprintf(arm->proven, sizeof(arm->proven), "%s", data->proven);
                snprintf(arm->proof, sizeof(arm->proof), "%s", data->proof);
                snprintf(arm->reason, sizeof(arm->reason), "%s", data->reason);
                count_trials(data, arm);
                set_value(data, unit, arm, work);
                arm->pmd_fraction = median_of(data, pmd_fraction, 0, counters, work);
                arm->zero_fraction = median_of(data, zero_fraction, 0, counters, work);
                arm->minflt = median_of(data, minflt, 0, counters, work);
                arm->page_table_bytes = median_of(data, page_table_bytes, 0, counters, work);
                for (size_t i = 0; i < counters; i++)
                        arm->counters[i] = per * median_of(data, counter_per_op, i, counters, work);
        }
        free(work);
        return status_ok();
}

static enum verdict judge(const struct summary_row *row, bool mixed)
{
        unsigned invalid = row->pte.invalid + row->pmd.invalid;

        if (row->pairs && row->pmd.pmd_fraction <= 0)
                return VERDICT_NO_PMD;
        if (row->pairs && row->gain_lo > 1)
                return VERDICT_PMD_FASTER;
        if (row->pairs && row->gain_hi < 1)
                return VERDICT_PTE_FASTER;
        if (row->pairs)
                return VERDICT_UNRESOLVED;
        if (mixed)
                return VERDICT_MIXED;
        if (invalid)
                return VERDICT_INVALID;
        return (row->pte.trials + row->pmd.trials) ? VERDICT_UNPAIRED : VERDICT_SKIPPED;
}

/* The same for the same cell, whatever else is in the file (FNV-1a, Fowler, Noll and Vo). */
static uint64_t hash_bytes(uint64_t hash, const char *bytes, size_t count)
{
        for (size_t i = 0; i < count; i++)
                hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
        return hash;
}

/* Texts that earlier versions had no column for count only where they say something. */
static uint64_t seed_of(const struct group *group, size_t texts, const struct arm_key *key)
{
        uint64_t hash = UINT64_C(0xcbf29ce484222325);

        for (size_t i = 0; i < texts; i++)
                if ((i != GROUP_MAP && i != GROUP_STATE) || *group->texts[i])
                        hash = hash_bytes(hash, group->texts[i], strlen(group->texts[i]) + 1);
        hash = hash_bytes(hash, key->lever, strlen(key->lever));
        hash = hash_bytes(hash, key->shift, strlen(key->shift));
        return hash_bytes(hash, key->target, strlen(key->target));
}

static struct status set_texts(const struct summary *summary, const struct group *group,
                               struct summary_row *row)
{
        const struct {
                enum group_text text;
                char *to;
                size_t size;
        } fields[] = {
                { GROUP_WORKLOAD, row->workload, sizeof(row->workload) },
                { GROUP_OP, row->op, sizeof(row->op) },
                { GROUP_UNIT, row->unit, sizeof(row->unit) },
                { GROUP_SOURCE, row->source, sizeof(row->source) },
                { GROUP_TARGET, row->target, sizeof(row->target) },
                { GROUP_FS, row->fs, sizeof(row->fs) },
                { GROUP_MEMMAP, row->memmap, sizeof(row->memmap) },
                { GROUP_DAX, row->dax, sizeof(row->dax) },
                { GROUP_MAP, row->map, sizeof(row->map) },
                { GROUP_STATE, row->state, sizeof(row->state) },
        };

        for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
                snprintf(fields[i].to, fields[i].size, "%s", group->texts[fields[i].text]);
        row->bytes = strtoull(group->texts[GROUP_BYTES], NULL, 10);
        row->threads = (uint32_t)strtoul(group->texts[GROUP_THREADS], NULL, 10);
        row->options = calloc(summary->option_count + 1, sizeof(char *));
        if (!row->options)
                return no_memory();
        for (size_t i = 0; i < summary->option_count; i++) {
                row->options[i] = strdup(group->texts[GROUP_TEXTS + i]);
                if (!row->options[i])
                        return no_memory();
        }
        return status_ok();
}

/* For ratios with arms of other rows and other runs. */
static struct status make_log_time(const struct summary *summary, const struct group *group,
                                   const struct arm_data *data, struct summary_arm *arm)
{
        if (!data)
                return status_ok();
        return ratio_side_make(data->times, data->time_count,
                               seed_of(group, GROUP_TEXTS + summary->option_count, &data->key),
                               &arm->log_time);
}

/* Fills a zeroed row that the summary owns already. */
static struct status make_row(struct summary *summary, const struct group *group,
                              const struct arm_data *pte, const struct arm_data *pmd,
                              struct summary_row *row)
{
        const char *unit = group->texts[GROUP_UNIT];
        struct gain gain = { NAN, NAN, NAN, 0, 0 };

        TRY(set_texts(summary, group, row));
        TRY(make_arm(summary, pte, unit, &row->pte));
        TRY(make_arm(summary, pmd, unit, &row->pmd));
        TRY(make_log_time(summary, group, pte, &row->pte));
        TRY(make_log_time(summary, group, pmd, &row->pmd));
        if (pte && pmd)
                TRY(gain_make(pte->times, pte->time_count, pmd->times, pmd->time_count,
                              seed_of(group, GROUP_TEXTS + summary->option_count, &pte->key),
                              &gain));
        row->gain = gain.value;
        row->gain_lo = gain.lo;
        row->gain_hi = gain.hi;
        row->pairs = (unsigned)gain.pairs;
        row->outliers = (unsigned)gain.outliers;
        row->verdict = judge(row, pte && pte->key.side == GRAIN_MIXED && pte->time_count);
        return status_ok();
}

static struct status add_row(void *context, const struct group *group, const struct arm_data *pte,
                             const struct arm_data *pmd)
{
        struct summary *summary = context;

        return make_row(summary, group, pte, pmd, &summary->rows[summary->row_count++]);
}

struct status summary_add_rows(struct summary *summary, const struct groups *groups)
{
        size_t room = 1;

        for (size_t i = 0; i < groups->count; i++)
                room += groups->list[i]->arm_count;
        summary->rows = calloc(room, sizeof(*summary->rows));
        if (!summary->rows)
                return no_memory();
        return groups_each_pair(groups, add_row, summary);
}
