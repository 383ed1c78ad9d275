/* SPDX-License-Identifier: Apache-2.0 */
/* Seeded noise of the kinds that pairs of a benchmark have, for tests of the statistics. */
#ifndef PMDGAIN_TESTS_STATS_NOISE_H
#define PMDGAIN_TESTS_STATS_NOISE_H

#include <math.h>
#include <pmdgain/random.h>

enum noise {
        NOISE_NORMAL,       /* the logarithm of the ratio is normal, 3 % */
        NOISE_LOGNORMAL,    /* each time has its own skewed delay, the ratio of two */
        NOISE_SKEWED,       /* the logarithm itself is skewed */
        NOISE_CONTAMINATED, /* normal, and 1 pair in 10 scatters ten times as much */
        NOISE_ONE_SIDED,    /* normal, and 1 pair in 10 is far off to the same side */
        NOISE_LAPLACE,      /* heavy tails */
        NOISE_ROUNDED,      /* normal, rounded so that many pairs are equal */
        NOISE_KINDS,
};

static inline double noise_normal(struct random *random)
{
        double radius = sqrt(-2 * log(1 - random_unit(random)));

        return radius * cos(6.283185307179586 * random_unit(random));
}

/* The noise of one pair, as a logarithm. */
static inline double noise_draw(enum noise kind, struct random *random)
{
        double z = noise_normal(random), far = random_unit(random) < 0.1;

        switch (kind) {
        case NOISE_LOGNORMAL:
                return log1p(0.03 * exp(z)) - log1p(0.03 * exp(noise_normal(random)));
        case NOISE_SKEWED:
                return 0.03 * exp(0.7 * z);
        case NOISE_CONTAMINATED:
                return far > 0 ? 0.3 * z : 0.03 * z;
        case NOISE_ONE_SIDED:
                return 0.03 * z + far * 0.3 * fabs(noise_normal(random));
        case NOISE_LAPLACE:
                return 0.03 * copysign(-log(1 - random_unit(random)), z);
        case NOISE_ROUNDED:
                return 0.01 * round(2 * z);
        case NOISE_NORMAL:
        case NOISE_KINDS:
                break;
        }
        return 0.03 * z;
}

#endif
