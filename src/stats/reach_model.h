/* SPDX-License-Identifier: Apache-2.0 */
/* Fitting rises to a reach curve by weighted least squares over a grid of their shapes. */
#ifndef PMDGAIN_STATS_REACH_MODEL_H
#define PMDGAIN_STATS_REACH_MODEL_H

#include "stats/reach_curve.h"

#include <pmdgain/random.h>

#define RISES_MAX 5
#define REACH_STEPS 12 /* capacities of the grid in an octave */

/* One shape a rise may have, and the share of misses it gives at each point. All vectors here are
 * divided by the noise of their points, so that plain products are weighted ones. */
struct reach_shape {
        double capacity;
        double *share;
        double square; /* share x share */
};

#define REACH_VECTORS (RISES_MAX + 4)

struct reach_model {
        const struct reach_curve *curve;
        struct reach_shape *shapes; /* by capacity, ascending */
        size_t shape_count;
        double *shares;
        double *scores;             /* work: for each shape */
        double *vectors;            /* work: REACH_VECTORS of points each */
};

/* The rises chosen so far. */
struct reach_rises {
        size_t count;
        size_t shapes[RISES_MAX];   /* by capacity, ascending */
        double cost[RISES_MAX];     /* ns */
        double error;               /* weighted sum of squares left */
};

struct status reach_model_make(const struct reach_curve *curve, struct reach_model *ret_model);
void reach_model_free(struct reach_model *model);

/* As many rises as there is evidence for. */
void reach_model_choose(const struct reach_model *model, const double *extra,
                        struct reach_rises *ret_rises);

/* As many rises as `rises` has, near to them, for another curve; among shapes that fit alike one
 * is taken at random. */
void reach_model_again(const struct reach_model *model, const double *extra,
                       struct random *random, struct reach_rises *rises);

#endif
