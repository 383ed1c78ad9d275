/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many values lie far from the others. They are only counted: all stay in the data, and the
 * estimate (stats/estimate.h) is one that they do not move.
 */
#ifndef PMDGAIN_STATS_OUTLIERS_H
#define PMDGAIN_STATS_OUTLIERS_H

#include <stddef.h>

/*
 * Values whose modified z-score is above 3.5: 0.6745 x distance from the median / median distance
 * (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993). Where more than half of the
 * values are equal, the mean distance stands in, by 1.2533 times, as they advise. Under normal
 * noise some 1 of 2,000 is one by chance. Below 5 values there are none.
 */
size_t outliers_count(const double *sorted, size_t count);

#endif
