/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small seeded random numbers: SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom
 * number generators", OOPSLA 2014). The state is one word and every seed is a good one.
 */
#ifndef PMDGAIN_RANDOM_H
#define PMDGAIN_RANDOM_H

#include <stdint.h>

struct random {
        uint64_t state;
};

/* The finalizer of SplitMix64: a bijection on 64-bit words that mixes every bit. */
static inline uint64_t random_mix(uint64_t word)
{
        word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
        return word ^ (word >> 31);
}

static inline struct random random_seeded(uint64_t seed)
{
        return (struct random){ .state = random_mix(seed + UINT64_C(0x9e3779b97f4a7c15)) };
}

static inline uint64_t random_next(struct random *random)
{
        random->state += UINT64_C(0x9e3779b97f4a7c15);
        return random_mix(random->state);
}

/* Uniform in [0, bound), bound > 0, by multiply-shift: the bias is below bound / 2^64. */
static inline uint64_t random_below(struct random *random, uint64_t bound)
{
        return (uint64_t)(((unsigned __int128)random_next(random) * bound) >> 64);
}

/* Uniform in [0, 1). */
static inline double random_unit(struct random *random)
{
        return (double)(random_next(random) >> 11) * 0x1.0p-53;
}

#endif
