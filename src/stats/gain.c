/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/gain.h"

#include "stats/estimate.h"
#include "stats/outliers.h"
#include "stats/quantile.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* By time within a block, so that the order of the rows does not change a rounding. */
static int compare(const void *left, const void *right)
{
        const struct trial_time *a = left, *b = right;

        if (a->block != b->block)
                return a->block < b->block ? -1 : 1;
        return (a->time > b->time) - (a->time < b->time);
}

static void sort_trials(struct trial_time *trials, size_t count)
{
        if (count > 1)
                qsort(trials, count, sizeof(*trials), compare);
}

/* The mean logarithm of the block at `*at`, which is moved behind it. */
static double take_block(const struct trial_time *trials, size_t count, size_t *at)
{
        size_t first = *at;
        double sum = 0;

        for (; *at < count && trials[*at].block == trials[first].block; ++*at)
                sum += log(trials[*at].time);
        return sum / (double)(*at - first);
}

double trial_time_of(const double *sorted, size_t count)
{
        return quantile_sorted(sorted, count, 0.25);
}

size_t gain_blocks(struct trial_time *times, size_t count, double *ret_values)
{
        size_t blocks = 0;

        sort_trials(times, count);
        for (size_t i = 0; i < count;)
                ret_values[blocks++] = take_block(times, count, &i);
        return blocks;
}

size_t gain_pairs(struct trial_time *pte, size_t pte_count, struct trial_time *pmd,
                  size_t pmd_count, double *ret_pairs)
{
        size_t pairs = 0;

        sort_trials(pte, pte_count);
        sort_trials(pmd, pmd_count);
        for (size_t i = 0, k = 0; i < pte_count && k < pmd_count;) {
                if (pte[i].block < pmd[k].block) {
                        i++;
                } else if (pte[i].block > pmd[k].block) {
                        k++;
                } else {
                        double above = take_block(pte, pte_count, &i);

                        ret_pairs[pairs++] = above - take_block(pmd, pmd_count, &k);
                }
        }
        return pairs;
}

struct status gain_make(struct trial_time *pte, size_t pte_count, struct trial_time *pmd,
                        size_t pmd_count, uint64_t seed, struct gain *ret_gain)
{
        size_t room = pte_count < pmd_count ? pte_count : pmd_count;
        double *pairs = malloc((room ? room : 1) * sizeof(*pairs));
        struct estimate estimate;
        struct status status;
        size_t outliers;

        if (!pairs)
                return status_errno(ENOMEM, NULL, "cannot pair the trials");
        status = estimate_make(pairs, gain_pairs(pte, pte_count, pmd, pmd_count, pairs), seed,
                               &estimate);
        outliers = status_failed(&status) ? 0 : outliers_count(pairs, estimate.count);
        free(pairs);
        if (status_failed(&status))
                return status;
        *ret_gain = (struct gain){
                .value = exp(estimate.value),
                .lo = exp(estimate.lo),
                .hi = exp(estimate.hi),
                .pairs = estimate.count,
                .outliers = outliers,
        };
        return status_ok();
}
