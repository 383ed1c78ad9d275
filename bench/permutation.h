/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A keyed permutation of 0 .. count - 1, evaluated on the fly in either direction: no table, so
 * a random order of 2^34 lines needs no more memory than one of 64.
 *
 * Method: an unbalanced Feistel network of six rounds (Luby, Rackoff: "How to construct
 * pseudorandom permutations from pseudorandom functions", SIAM J. Comput. 17(2), 1988) over
 * pairs (low, high) of Z_2^k x Z_b with 2^k * b >= count, made to fit `count` by cycle-walking
 * (Black, Rogaway: "Ciphers with arbitrary finite domains", CT-RSA 2002). With 2^k near the square
 * root of count and b = ceil(count / 2^k) the domain is larger than count by less than 2^k, so a
 * second walk is rare and nothing divides. Four rounds leave some strides twice as frequent as
 * chance does (tests/unit/test_permutation.c sees it); six do not. It is no cipher: it hides
 * nothing, it only has no order that a prefetcher could learn.
 */
#ifndef BENCH_PERMUTATION_H
#define BENCH_PERMUTATION_H

#include <stdint.h>

#define PERMUTATION_ROUNDS 6
#define PERMUTATION_LANES 8

struct permutation {
        uint64_t count;
        uint64_t keys[PERMUTATION_ROUNDS];
        uint64_t low_mask; /* 2^k - 1 */
        uint64_t highs;    /* b, at most 2^32 */
        unsigned low_bits; /* k */
};

/* `count` is 1 .. 2^62. Equal counts and seeds make equal permutations. */
struct permutation permutation_make(uint64_t count, uint64_t seed);

/* 32 bits that depend on all of `half` and `key`: two rounds of multiply and fold. */
static inline uint64_t permutation_hash(uint64_t half, uint64_t key)
{
        uint64_t word = (half ^ key) * UINT64_C(0xbf58476d1ce4e5b9);

        word = (word ^ (word >> 32)) * UINT64_C(0x94d049bb133111eb);
        return word >> 32;
}

/* A hash scaled to 0 .. highs - 1. */
static inline uint64_t permutation_high(const struct permutation *order, uint64_t low, int round)
{
        return (permutation_hash(low, order->keys[round]) * order->highs) >> 32;
}

/*
 * The network once, in place on `lanes` words below 2^k * b. One word waits for twelve multiplies
 * in a row; eight words in lockstep hide that and are more than twice as fast a word.
 */
static inline __attribute__((always_inline)) void
permutation_forward(const struct permutation *order, uint64_t *words, int lanes)
{
        uint64_t low[PERMUTATION_LANES], high[PERMUTATION_LANES];

        for (int i = 0; i < lanes; i++) {
                low[i] = words[i] & order->low_mask;
                high[i] = words[i] >> order->low_bits;
        }
        for (int round = 0; round < PERMUTATION_ROUNDS; round += 2) {
                for (int i = 0; i < lanes; i++)
                        low[i] = (low[i] + permutation_hash(high[i], order->keys[round])) &
                                 order->low_mask;
                for (int i = 0; i < lanes; i++) {
                        high[i] += permutation_high(order, low[i], round + 1);
                        high[i] -= high[i] >= order->highs ? order->highs : 0;
                }
        }
        for (int i = 0; i < lanes; i++)
                words[i] = high[i] << order->low_bits | low[i];
}

/* The inverse of permutation_forward(). */
static inline __attribute__((always_inline)) void
permutation_backward(const struct permutation *order, uint64_t *words, int lanes)
{
        uint64_t low[PERMUTATION_LANES], high[PERMUTATION_LANES];

        for (int i = 0; i < lanes; i++) {
                low[i] = words[i] & order->low_mask;
                high[i] = words[i] >> order->low_bits;
        }
        for (int round = PERMUTATION_ROUNDS - 2; round >= 0; round -= 2) {
                for (int i = 0; i < lanes; i++) {
                        uint64_t back = permutation_high(order, low[i], round + 1);

                        high[i] += high[i] < back ? order->highs - back : 0 - back;
                }
                for (int i = 0; i < lanes; i++)
                        low[i] = (low[i] - permutation_hash(high[i], order->keys[round])) &
                                 order->low_mask;
        }
        for (int i = 0; i < lanes; i++)
                words[i] = high[i] << order->low_bits | low[i];
}

/* The element at place `index`; both are below count. */
static inline uint64_t permutation_apply(const struct permutation *order, uint64_t index)
{
        do
                permutation_forward(order, &index, 1);
        while (index >= order->count);
        return index;
}

/* The inverse: the place at which `element` stands. */
static inline uint64_t permutation_invert(const struct permutation *order, uint64_t element)
{
        do
                permutation_backward(order, &element, 1);
        while (element >= order->count);
        return element;
}

/* The element after `element` on the one cycle through all elements by their places. */
static inline uint64_t permutation_next(const struct permutation *order, uint64_t element)
{
        uint64_t index = permutation_invert(order, element) + 1;

        return permutation_apply(order, index < order->count ? index : 0);
}

/* permutation_next() of PERMUTATION_LANES elements in a row, `first` and those after it. */
static inline void permutation_next_lanes(const struct permutation *order, uint64_t first,
                                          uint64_t *ret_nexts)
{
        uint64_t words[PERMUTATION_LANES];

        for (unsigned i = 0; i < PERMUTATION_LANES; i++)
                words[i] = first + i;
        permutation_backward(order, words, PERMUTATION_LANES);
        for (int i = 0; i < PERMUTATION_LANES; i++) {
                if (words[i] >= order->count)
                        words[i] = permutation_invert(order, words[i]);
                words[i] = words[i] + 1 < order->count ? words[i] + 1 : 0;
        }
        permutation_forward(order, words, PERMUTATION_LANES);
        for (int i = 0; i < PERMUTATION_LANES; i++)
                ret_nexts[i] =
                        words[i] < order->count ? words[i] : permutation_apply(order, words[i]);
}

#endif
