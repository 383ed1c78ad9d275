/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many tests at once: the false discovery rate, that is the share of false ones to be expected
 * among the findings (Benjamini and Hochberg, "Controlling the false discovery rate", J. R. Stat.
 * Soc. B 57, 1995). It holds for independent tests and for those that move together (Benjamini and
 * Yekutieli, Ann. Stat. 29, 2001), as cells of one run do.
 */
#ifndef PMDGAIN_STATS_DISCOVERY_H
#define PMDGAIN_STATS_DISCOVERY_H

#include <pmdgain/status.h>
#include <stddef.h>

/*
 * Puts in place of each p-value the smallest rate at which it is a finding: adjusted <= rate. NaN
 * stays NaN and does not count as a test. STATUS_SYSTEM when memory runs out.
 */
struct status discovery_adjust(double *p, size_t count);

#endif
