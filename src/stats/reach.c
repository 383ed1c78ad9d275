/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/reach.h"

#include "stats/bootstrap.h"
#include "stats/estimate.h"
#include "stats/quantile.h"
#include "stats/reach_model.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define RESAMPLES 400
#define POINTS_MIN 6

/* A capacity below this many times the largest TLB is that TLB's. */
#define NEAR 1.25

/* What the model itself may be off by, as a share of the cost of a miss: docs/method.md. */
#define MODEL_ERROR 0.02

/* The rises first .. first + count - 1 that are one level. */
struct level_rises {
        size_t first, count;
};

/* Rises that begin near each other are one level; those far past the largest TLB are none. */
static size_t group_rises(const struct reach_model *model, const struct reach_rises *rises,
                          double largest, struct level_rises *levels)
{
        double begin = 0;
        size_t count = 0;

        for (size_t i = 0; i < rises->count && count <= REACH_LEVELS_MAX; i++) {
                double capacity = model->shapes[rises->shapes[i]].capacity;

                if (count && capacity < REACH_APART * begin) {
                        levels[count - 1].count++;
                        continue;
                }
                if (capacity > REACH_APART * largest || count == REACH_LEVELS_MAX)
                        break;
                begin = capacity;
                levels[count++] = (struct level_rises){ i, 1 };
        }
        return count;
}

/* What the resamples gave for each level: RESAMPLES values each. */
struct resampled {
        double *pages[REACH_LEVELS_MAX], *miss[REACH_LEVELS_MAX];
        double *memory;
};

static void resample(const struct reach_model *model, const struct reach_rises *rises,
                     const struct level_rises *levels, size_t level_count, struct random *random,
                     uint32_t *drawn, double *extra, struct resampled *results)
{
        for (size_t i = 0; i < RESAMPLES; i++) {
                struct reach_rises again = *rises;

                bootstrap_draw(random, drawn, model->curve->blocks);
                reach_curve_extra(model->curve, drawn, extra);
                reach_model_again(model, extra, random, &again);
                for (size_t k = 0; k < level_count; k++) {
                        double miss = 0;

                        for (size_t r = 0; r < levels[k].count; r++)
                                miss += again.cost[levels[k].first + r];
                        results->miss[k][i] = miss;
                        /* The true one may be anywhere up to the next capacities of the grid. */
                        results->pages[k][i] =
                                model->shapes[again.shapes[levels[k].first]].capacity *
                                exp2((2 * random_unit(random) - 1) / REACH_STEPS);
                }
        }
}

/* The median of the resamples and their interval. */
static struct interval summarise(double *values, size_t blocks, double *ret_median)
{
        *ret_median = quantile_of(values, RESAMPLES, 0.5);
        return bootstrap_interval(values, RESAMPLES, blocks, CONFIDENCE);
}

/* What PMD's own time rises by from a capacity to where most of the misses are there. */
static double pmd_rise(const struct reach_curve *curve, double capacity)
{
        size_t from = 0, to;

        while (from + 1 < curve->points && curve->pages[from + 1] <= capacity)
                from++;
        for (to = from; to + 1 < curve->points && curve->pages[to] < REACH_APART * capacity;)
                to++;
        return curve->pmd[to] - curve->pmd[from];
}

static void keep_levels(const struct reach_curve *curve, double largest, struct resampled *results,
                        size_t level_count, struct reach_fit *fit)
{
        for (size_t i = 0; i < level_count; i++) {
                struct reach_level level;
                struct interval pages = summarise(results->pages[i], fit->blocks, &level.pages);
                struct interval miss = summarise(results->miss[i], fit->blocks, &level.miss);

                level.pages_lo = pages.lo;
                level.pages_hi = pages.hi;
                level.miss_lo = miss.lo - MODEL_ERROR * level.miss;
                level.miss_hi = miss.hi + MODEL_ERROR * level.miss;
                if (level.pages_lo > NEAR * largest && pmd_rise(curve, level.pages) > level.miss)
                        break;         /* the caches, here and from here on */
                if (level.miss_lo > 0) /* else the blocks do not agree that there is one */
                        fit->levels[fit->count++] = level;
        }
}

static bool results_make(struct resampled *results)
{
        results->memory = calloc((size_t)2 * REACH_LEVELS_MAX * RESAMPLES, sizeof(double));
        for (size_t i = 0; results->memory && i < REACH_LEVELS_MAX; i++) {
                results->pages[i] = results->memory + 2 * i * RESAMPLES;
                results->miss[i] = results->pages[i] + RESAMPLES;
        }
        return results->memory != NULL;
}

static struct status fit_curve(const struct reach_model *model, double tlb_entries, uint64_t seed,
                               struct reach_fit *fit)
{
        const struct reach_curve *curve = model->curve;
        double largest = isnan(tlb_entries) ? REACH_TLB_ENTRIES_MAX : tlb_entries;
        struct random random = random_seeded(seed);
        struct level_rises levels[REACH_LEVELS_MAX];
        struct resampled results = { 0 };
        struct reach_rises rises;
        double *extra = calloc(curve->points, sizeof(*extra));
        uint32_t *drawn = calloc(curve->blocks, sizeof(*drawn));
        bool whole = extra && drawn && results_make(&results);

        if (whole) {
                size_t count;

                reach_curve_extra(curve, NULL, extra);
                reach_model_choose(model, extra, &rises);
                count = group_rises(model, &rises, largest, levels);
                if (count) {
                        resample(model, &rises, levels, count, &random, drawn, extra, &results);
                        keep_levels(curve, largest, &results, count, fit);
                }
        }
        free(extra);
        free(drawn);
        free(results.memory);
        return whole ? status_ok() : status_errno(ENOMEM, NULL, "cannot fit the reach curve");
}

struct status reach_fit_make(const struct reach_sweep *sweep, uint64_t seed,
                             struct reach_fit *ret_fit)
{
        struct reach_fit fit = { .blocks = sweep->blocks };
        struct reach_curve curve;
        struct reach_model model;
        struct status status;

        TRY(reach_curve_make(sweep, &curve));
        if (curve.points < POINTS_MIN) {
                reach_curve_free(&curve);
                *ret_fit = fit;
                return status_ok();
        }
        status = reach_model_make(&curve, &model);
        if (!status_failed(&status)) {
                status = fit_curve(&model, sweep->tlb_entries, seed, &fit);
                reach_model_free(&model);
        }
        reach_curve_free(&curve);
        if (!status_failed(&status))
                *ret_fit = fit;
        return status;
}
