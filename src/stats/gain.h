/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gain: PTE time per operation over PMD time per operation, paired inside blocks.
 *
 * What slows a machine down for a while slows both arms of a block down, so only their ratio
 * inside a block is used. A block in which both arms have trials gives one pair, however many
 * trials it holds, since trials of one block are not independent: the mean of the logarithms of
 * its PTE times less that of its PMD times. The gain is e to the estimate (stats/estimate.h) of
 * the pairs, and so is its interval.
 */
#ifndef PMDGAIN_STATS_GAIN_H
#define PMDGAIN_STATS_GAIN_H

#include <pmdgain/status.h>
#include <stddef.h>
#include <stdint.h>

/* The result of one trial. */
struct trial_time {
        uint32_t block;
        double time; /* per operation, any unit, above 0 */
};

/*
 * The time of a trial from its samples, ascending: their lower quartile. What disturbs a sample
 * (another process on the CPU or on the memory bus, an interrupt) nearly always adds to it, so the
 * quicker samples say most of what is measured; the quickest of all may be a freak. docs/method.md
 * has the scatter of the alternatives. NaN without samples.
 */
double trial_time_of(const double *sorted, size_t count);

struct gain {
        double value, lo, hi; /* NaN when missing */
        size_t pairs;
        size_t outliers; /* of the pairs (stats/outliers.h): kept, and counted here */
};

/* One value a block: the mean of the logarithms of its times. `ret_values` has room for `count`.
 * Sorts the array by block. Returns how many blocks there are. */
size_t gain_blocks(struct trial_time *times, size_t count, double *ret_values);

/*
 * The pairs as logarithms, in the order of the blocks; `ret_pairs` has room for the smaller of
 * the counts. Sorts both arrays by block. Returns how many.
 */
size_t gain_pairs(struct trial_time *pte, size_t pte_count, struct trial_time *pmd,
                  size_t pmd_count, double *ret_pairs);

/* Sorts both arrays by block. Equal arguments give equal results. */
struct status gain_make(struct trial_time *pte, size_t pte_count, struct trial_time *pmd,
                        size_t pmd_count, uint64_t seed, struct gain *ret_gain);

#endif
