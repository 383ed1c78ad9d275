/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a gain is known well enough to measure it no more.
 *
 * Who looks after every block and stops at the first narrow interval stops where the scatter
 * happens to look small, and then believes it: a 95 % interval holds the truth in 92 % only (the
 * fixed-width procedure of Chow and Robbins, Ann. Math. Stat. 36, 1965, is right for many values,
 * not for tens). So there are few looks, each at a quarter more pairs than the last, from
 * LOOKS_PAIRS_MIN on, and two in a row must find the interval narrow. It is judged by its width
 * alone, never by which side of 1 it is on. docs/method.md has the coverage that is left.
 */
#ifndef PMDGAIN_STATS_LOOKS_H
#define PMDGAIN_STATS_LOOKS_H

#include "stats/gain.h"

#include <stdbool.h>

#define LOOKS_PAIRS_MIN 8
#define LOOKS_GROWTH 1.25

struct looks {
        size_t next;  /* pairs at which to look; 0: LOOKS_PAIRS_MIN or `least` */
        bool narrow;  /* at the last look */
        bool settled; /* at the last two: from here on, for good */
};

/* Is there a look to be taken at this many pairs? `least` pairs are wanted in any case. */
bool looks_due(const struct looks *looks, size_t pairs, size_t least);

/* Takes it. */
void looks_take(struct looks *looks, const struct gain *gain, double precision);

/* Half the interval's width as a share of the gain, by its farther end; NaN without one. */
double gain_width(double gain, double lo, double hi);

#endif
