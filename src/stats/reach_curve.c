/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/reach_curve.h"

#include "stats/estimate.h"
#include "stats/quantile.h"
#include "stats/trimmed.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* No difference is known better than to this share of the time it is a difference of. */
#define NOISE_FLOOR 0.002

static int compare(const void *left, const void *right)
{
        const struct reach_difference *a = left, *b = right;

        return (a->value > b->value) - (a->value < b->value);
}

/* Puts the differences known in all blocks at the curve's next point; returns how many. */
static size_t add_differences(struct reach_curve *curve, const double *pte, const double *pmd)
{
        struct reach_difference *differences = curve->differences + curve->points * curve->blocks;
        size_t count = 0;

        for (size_t i = 0; i < curve->blocks; i++)
                if (!isnan(pte[i] - pmd[i]))
                        differences[count++] = (struct reach_difference){ pte[i] - pmd[i], i };
        if (count > 1)
                qsort(differences, count, sizeof(*differences), compare);
        for (size_t i = 0; i < count; i++)
                curve->values[i] = differences[i].value;
        return count;
}

void reach_curve_extra(const struct reach_curve *curve, const uint32_t *drawn, double *extra)
{
        for (size_t i = 0; i < curve->points; i++) {
                const struct reach_difference *at = curve->differences + i * curve->blocks;

                for (size_t k = 0; k < curve->known[i]; k++) {
                        curve->values[k] = at[k].value;
                        curve->counts[k] = drawn ? drawn[at[k].block] : 1;
                }
                extra[i] = trimmed_mean_drawn(curve->values, curve->counts, curve->known[i]);
                if (isnan(extra[i])) /* not one of the blocks drawn has this point */
                        extra[i] = trimmed_mean_sorted(curve->values, curve->known[i]);
        }
}

/* A variance from few blocks is itself a guess: takes the median of three neighbours. */
static void smooth(const double *variances, size_t count, const double *floors, double *weights)
{
        for (size_t i = 0; i < count; i++) {
                double near[3] = { variances[i ? i - 1 : i], variances[i],
                                   variances[i + 1 < count ? i + 1 : i] };

                sort_values(near, 3);
                weights[i] = 1 / (fmax(near[1], 0) + floors[i] * floors[i]);
        }
}

static bool fill(const struct reach_sweep *sweep, struct reach_curve *curve)
{
        double *variances = calloc(2 * sweep->points + 1, sizeof(*variances));
        double *floors = variances + sweep->points;

        if (!variances)
                return false;
        for (size_t i = 0; i < sweep->points; i++) {
                const double *pte = sweep->pte + i * sweep->blocks;
                size_t at = curve->points;
                size_t count = add_differences(curve, pte, sweep->pmd + i * sweep->blocks);

                if (count < ESTIMATE_VALUES_MIN)
                        continue;
                variances[at] = trimmed_mean_variance(curve->values, count);
                memcpy(curve->values, pte, sweep->blocks * sizeof(*pte));
                floors[at] = NOISE_FLOOR * spread_of(curve->values, sweep->blocks).median;
                memcpy(curve->values, sweep->pmd + i * sweep->blocks, sweep->blocks * sizeof(*pte));
                curve->pmd[at] = spread_of(curve->values, sweep->blocks).median;
                curve->known[at] = count;
                curve->pages[at] = sweep->pages[i];
                curve->points++;
        }
        smooth(variances, curve->points, floors, curve->weights);
        free(variances);
        return true;
}

struct status reach_curve_make(const struct reach_sweep *sweep, struct reach_curve *ret_curve)
{
        struct reach_curve curve = { .blocks = sweep->blocks };

        curve.pages = calloc(sweep->points + 1, sizeof(double));
        curve.weights = calloc(sweep->points + 1, sizeof(double));
        curve.pmd = calloc(sweep->points + 1, sizeof(double));
        curve.known = calloc(sweep->points + 1, sizeof(size_t));
        curve.differences = calloc(sweep->points * sweep->blocks + 1, sizeof(*curve.differences));
        curve.values = calloc(sweep->blocks + 1, sizeof(double));
        curve.counts = calloc(sweep->blocks + 1, sizeof(uint32_t));
        if (!curve.pages || !curve.weights || !curve.pmd || !curve.known || !curve.differences ||
            !curve.values || !curve.counts || !fill(sweep, &curve)) {
                reach_curve_free(&curve);
                return status_errno(ENOMEM, NULL, "cannot fit the reach curve");
        }
        *ret_curve = curve;
        return status_ok();
}

void reach_curve_free(struct reach_curve *curve)
{
        free(curve->pages);
        free(curve->weights);
        free(curve->differences);
        free(curve->pmd);
        free(curve->known);
        free(curve->values);
        free(curve->counts);
        *curve = (struct reach_curve){ 0 };
}
