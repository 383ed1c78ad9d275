/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bootstrap (Efron 1979): a statistic over resamples drawn with replacement, and from them an
 * interval by expanded percentiles (after Hesterberg, "What teachers should know about the
 * bootstrap", Am. Stat. 69, 2015): taken further out, by Student's t in place of the normal, since
 * plain ones are too narrow for few values. docs/method.md has the coverage.
 */
#ifndef PMDGAIN_STATS_BOOTSTRAP_H
#define PMDGAIN_STATS_BOOTSTRAP_H

#include <pmdgain/random.h>
#include <stddef.h>
#include <stdint.h>

#define BOOTSTRAP_RESAMPLES 4000
#define CONFIDENCE 0.95

struct interval {
        double lo, hi;
};

/* Draws `count` of `count` things with replacement: `drawn[i]` is how often thing i came. */
void bootstrap_draw(struct random *random, uint32_t *drawn, size_t count);

/* From the statistics of resamples of `count` values; changes their order. */
struct interval bootstrap_interval(double *statistics, size_t resamples, size_t count,
                                   double confidence);

#endif
