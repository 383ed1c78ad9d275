/* SPDX-License-Identifier: Apache-2.0 */
/* The normal distribution and Student's t. */
#ifndef PMDGAIN_STATS_STUDENT_H
#define PMDGAIN_STATS_STUDENT_H

double normal_below(double z);      /* probability below z */
double normal_quantile(double p);   /* its inverse, 0 < p < 1 */

/*
 * The quantile of Student's t for p >= 0.5 and 3 or more degrees of freedom, to 4 digits, by the
 * expansion 26.7.5 of Abramowitz and Stegun, "Handbook of Mathematical Functions".
 */
double student_quantile(double p, double freedom);

/*
 * The probability that Student's t is farther from 0 than `t`, on either side, for any degrees of
 * freedom above 0, whole or not: the regularised incomplete beta function I_x(freedom / 2, 1 / 2)
 * at x = freedom / (freedom + t^2) (Abramowitz and Stegun 26.7.1), by its continued fraction
 * (26.5.8). To 10 digits up to some thousand degrees.
 */
double student_beyond(double t, double freedom);

/* The inverse: the t that is passed on either side with that probability, 0 < p <= 1. */
double student_bound(double p, double freedom);

#endif
