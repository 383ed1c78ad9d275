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

#endif
