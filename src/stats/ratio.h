/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ratio of two times that were not measured in the same blocks: of another run, another
 * kernel, another file. Nothing cancels as it does in a gain (stats/gain.h), so the interval is
 * made of those of both sides as for a difference of independent estimates: the distances to their
 * bounds, squared and added (MOVER: Zou and Donner, "Construction of confidence limits about effect
 * measures", Stat. Med. 27, 2008).
 */
#ifndef PMDGAIN_STATS_RATIO_H
#define PMDGAIN_STATS_RATIO_H

#include "stats/estimate.h"
#include "stats/gain.h"

/* A side: the logarithms of its times, one value a block, the mean over the trials of the block,
 * which are not independent. */
struct ratio_side {
        double *values;
        size_t count;
        uint64_t seed;
};

/* Sorts `times` by block. Free with ratio_side_free(). */
struct status ratio_side_make(struct trial_time *times, size_t count, uint64_t seed,
                              struct ratio_side *ret_side);
void ratio_side_free(struct ratio_side *side);

/* Where they lie. It resamples, so ask only for what is compared. */
struct status ratio_side_estimate(const struct ratio_side *side, struct estimate *ret_estimate);

/* e to the difference. Bounds are NaN where a side has none; `pairs` is the smaller number of
 * blocks. */
struct gain ratio_of(const struct estimate *over, const struct estimate *under);

#endif
