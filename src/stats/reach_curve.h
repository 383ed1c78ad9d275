/* SPDX-License-Identifier: Apache-2.0 */
/* The curve of a reach sweep: what PTE costs more at each point, and how surely that is known. */
#ifndef PMDGAIN_STATS_REACH_CURVE_H
#define PMDGAIN_STATS_REACH_CURVE_H

#include "stats/reach.h"

/* PTE - PMD in one block; sorted by value at each point. */
struct reach_difference {
        double value;
        size_t block;
};

struct reach_curve {
        size_t points, blocks;
        double *pages;
        struct reach_difference *differences; /* at [point * blocks + rank] */
        size_t *known;       /* how many there are at each point */
        double *pmd;         /* median time by PMD at each point */
        double *weights;     /* 1 / variance of the extra of each point */
        double *values;      /* work: `blocks` of them */
        uint32_t *counts;    /* work: `blocks` of them */
};

/* Points and blocks with too little in them are left out. Free with reach_curve_free(). */
struct status reach_curve_make(const struct reach_sweep *sweep, struct reach_curve *ret_curve);
void reach_curve_free(struct reach_curve *curve);

/* The extra time of each point: the trimmed mean over the blocks, each taken as often as `drawn`
 * says; NULL: once. `extra` has room for `points`. */
void reach_curve_extra(const struct reach_curve *curve, const uint32_t *drawn, double *extra);

#endif
