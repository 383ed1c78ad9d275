/* SPDX-License-Identifier: Apache-2.0 */
/* From the values of both sides to ratios, and from all of them to verdicts. */
#ifndef PMDGAIN_COMPARE_JUDGE_H
#define PMDGAIN_COMPARE_JUDGE_H

#include "compare/compare.h"
#include "stats/contrast.h"

/*
 * Fills ratio, interval, p, q and verdict of `count` cells, whose names and sides are there, from
 * their contrasts (of logarithms, the base from the new; NaN where a side has no value).
 */
struct status compare_judge(struct compare_cell *cells, const struct contrast *contrasts,
                            size_t count, double threshold);

/* Counts verdicts, regressions and changes. */
void compare_count(struct comparison *comparison);

#endif
