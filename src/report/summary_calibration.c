/* SPDX-License-Identifier: Apache-2.0 */
/* How often comparisons were right, from the samples of the workload `twin`. */
#include "report/summary_rows.h"
#include "stats/calibrate.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLICES_MIN 10  /* fewer comparisons say nothing of their share */
#define PRECISION 0.02 /* of comparisons that stop by it: the preset of a run */
#define PRECISE_PAIRS_MAX 400

/* Pairs of a comparison. */
static const size_t lengths[] = { 10, 20, 50, 100, 200, 400 };

#define LENGTHS (sizeof(lengths) / sizeof(lengths[0]))

/* Twins: groups that differ by their op only, and one arm of them. */
struct twins {
        const struct group *group; /* of op a */
        const struct arm_data *a, *b, *slower;
        double *times[3];          /* of a, b, slower, in the blocks that all three are in */
        size_t blocks;
        double truth;              /* of slower against a */
};

static struct status no_memory(void)
{
        return status_errno(ENOMEM, NULL, "cannot calibrate");
}

static const struct arm_data *find_twin(const struct groups *groups, const struct group *group,
                                        const struct arm_data *arm, const char *op)
{
        for (size_t i = 0; i < groups->count; i++) {
                const struct group *other = groups->list[i];
                bool same = strcmp(other->texts[GROUP_OP], op) == 0;

                for (size_t t = 0; same && t < GROUP_TEXTS + groups->option_count; t++)
                        same = t == GROUP_OP || strcmp(other->texts[t], group->texts[t]) == 0;
                if (same)
                        return group_like(other, &arm->key);
        }
        return NULL;
}

static bool move_to(const struct arm_data *arm, uint32_t block, size_t *at)
{
        while (*at < arm->time_count && arm->times[*at].block < block)
                ++*at;
        return *at < arm->time_count && arm->times[*at].block == block;
}

static struct status set_times(struct twins *twins)
{
        size_t b = 0, slower = 0;

        for (size_t i = 0; i < 3; i++) {
                twins->times[i] = calloc(twins->a->time_count + 1, sizeof(double));
                if (!twins->times[i])
                        return no_memory();
        }
        for (size_t a = 0; a < twins->a->time_count; a++) {
                uint32_t block = twins->a->times[a].block;

                if (!move_to(twins->b, block, &b) || !move_to(twins->slower, block, &slower))
                        continue;
                twins->times[0][twins->blocks] = twins->a->times[a].time;
                twins->times[1][twins->blocks] = twins->b->times[b].time;
                twins->times[2][twins->blocks++] = twins->slower->times[slower].time;
        }
        return status_ok();
}

static void set_names(const struct twins *twins, struct summary_calibration *row)
{
        const char *const *texts = twins->group->texts;

        snprintf(row->source, sizeof(row->source), "%s", texts[GROUP_SOURCE]);
        snprintf(row->target, sizeof(row->target), "%s", texts[GROUP_TARGET]);
        snprintf(row->arm, sizeof(row->arm), "%s:%s", twins->a->key.asked, twins->a->key.lever);
        row->bytes = strtoull(texts[GROUP_BYTES], NULL, 10);
        row->threads = (uint32_t)strtoul(texts[GROUP_THREADS], NULL, 10);
}

/* One row; none when there are too few comparisons of that kind. */
static struct status add_row(struct summary *summary, const struct twins *twins,
                             const struct calibrate_request *request, double pair_s)
{
        struct summary_calibration *grown, *row;
        struct calibrate_result result;

        TRY(calibrate(request, &result));
        if (result.comparisons < SLICES_MIN)
                return status_ok();
        grown = reallocarray(summary->calibrations, summary->calibration_count + 1,
                             sizeof(*grown));
        if (!grown)
                return no_memory();
        summary->calibrations = grown;
        row = &grown[summary->calibration_count++];
        *row = (struct summary_calibration){
                .order = request->way == CALIBRATE_NAIVE ? "naive" : "paired",
                .stop = request->way == CALIBRATE_PRECISE ? "precision" : "pairs",
                .truth = request->truth,
                .pairs = result.pairs,
                .seconds = result.pairs * pair_s,
                .comparisons = result.comparisons,
                .excluded = result.excluded,
                .rate = (double)result.excluded / (double)result.comparisons,
                .nominal = request->way == CALIBRATE_PRECISE && request->truth != 1 ?
                                   (double)NAN :
                                   calibrate_nominal(request),
                .held = result.held,
                .width = result.width,
        };
        share_interval(result.excluded, result.comparisons, &row->rate_lo, &row->rate_hi);
        set_names(twins, row);
        return status_ok();
}

/* Every way to compare `above` with a. */
static struct status add_rows(struct summary *summary, const struct twins *twins,
                              const double *above, double truth, double pair_s)
{
        struct calibrate_request request = {
                .above = above,
                .below = twins->times[0],
                .blocks = twins->blocks,
                .truth = truth,
                .precision = PRECISION,
        };

        for (size_t way = CALIBRATE_PAIRED; way <= CALIBRATE_NAIVE; way++) {
                request.way = (enum calibrate_way)way;
                request.pairs = PRECISE_PAIRS_MAX;
                if (way == CALIBRATE_PRECISE)
                        TRY(add_row(summary, twins, &request, pair_s));
                for (size_t i = 0; i < LENGTHS && way != CALIBRATE_PRECISE; i++) {
                        request.pairs = lengths[i];
                        TRY(add_row(summary, twins, &request, pair_s));
                }
        }
        return status_ok();
}

/* What `slower` does more, from its option. */
static double truth_of(const struct summary *summary, const struct group *group)
{
        for (size_t i = 0; i < summary->option_count; i++)
                if (strcmp(summary->option_names[i], "extra_percent") == 0)
                        return 1 + strtod(group->texts[GROUP_TEXTS + i], NULL) / 100;
        return NAN;
}

static struct status add_twins(struct summary *summary, const struct groups *groups,
                               const struct group *group, const struct arm_data *arm,
                               const struct machine_facts *facts)
{
        struct twins twins = {
                .group = group,
                .a = arm,
                .b = find_twin(groups, group, arm, "b"),
                .slower = find_twin(groups, group, arm, "slower"),
                .truth = truth_of(summary, group),
        };
        size_t cells = 0;
        struct status status;
        double pair_s;

        if (!twins.b || !twins.slower || isnan(twins.truth))
                return status_ok();
        for (size_t i = 0; i < groups->count; i++)
                cells += groups->list[i]->arm_count;
        pair_s = facts->block_s * 2 / (double)cells;
        status = set_times(&twins);
        if (!status_failed(&status))
                status = add_rows(summary, &twins, twins.times[1], 1, pair_s);
        if (!status_failed(&status))
                status = add_rows(summary, &twins, twins.times[2], twins.truth, pair_s);
        for (size_t i = 0; i < 3; i++)
                free(twins.times[i]);
        return status;
}

struct status summary_add_calibrations(struct summary *summary, const struct groups *groups,
                                       const struct machine_facts *facts)
{
        for (size_t i = 0; i < groups->count; i++) {
                const struct group *group = groups->list[i];

                if (strcmp(group->texts[GROUP_WORKLOAD], "twin") != 0 ||
                    strcmp(group->texts[GROUP_OP], "a") != 0)
                        continue;
                for (size_t k = 0; k < group->arm_count; k++)
                        TRY(add_twins(summary, groups, group, &group->arms[k], facts));
        }
        return status_ok();
}
