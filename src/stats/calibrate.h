/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often comparisons are right, from a record of many blocks in which the truth is known: twins
 * (equal arms, truth 1) and an arm with a known delay (truth 1.03, say). The record is cut into
 * slices that share no block; each is one comparison, made just as a run makes it.
 */
#ifndef PMDGAIN_STATS_CALIBRATE_H
#define PMDGAIN_STATS_CALIBRATE_H

#include <pmdgain/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum calibrate_way {
        /* Both arms in each block, `pairs` blocks a comparison: stats/gain.h. */
        CALIBRATE_PAIRED,
        /* The same, until known to `precision` by stats/looks.h, or `pairs` at the most. */
        CALIBRATE_PRECISE,
        /* All of one arm, then all of the other: `pairs` trials of the first from as many blocks,
         * as many of the second from the blocks after them; the interval of Welch (Biometrika 34,
         * 1947) for the difference of the mean logarithms. What many benchmarks do. */
        CALIBRATE_NAIVE,
};

struct calibrate_request {
        enum calibrate_way way;
        const double *above, *below; /* time per op in each block; the gain is above / below */
        size_t blocks;
        double truth;     /* the gain that is to be found */
        size_t pairs;
        double precision; /* CALIBRATE_PRECISE */
};

struct calibrate_result {
        size_t comparisons;
        size_t excluded;  /* intervals that exclude 1: false alarms if the truth is 1, else finds */
        size_t held;      /* intervals that hold the truth */
        double pairs;     /* mean, of a comparison */
        double width;     /* median half width, as in gain_width(); NaN without comparisons */
};

struct status calibrate(const struct calibrate_request *request, struct calibrate_result *ret_result);

/*
 * What theory promises of `pairs` pairs: 5 % false alarms where the truth is 1; else the power of a
 * t interval over normal, independent pairs that scatter as these do (by the median distance).
 */
double calibrate_nominal(const struct calibrate_request *request);

/* Wilson's 95 % interval of a share (JASA 22, 1927), which is right near 0 and 1 too. */
void share_interval(size_t hits, size_t count, double *ret_lo, double *ret_hi);

#endif
