/* SPDX-License-Identifier: Apache-2.0 */
#include "permutation.h"

#include <pmdgain/random.h>

struct permutation permutation_make(uint64_t count, uint64_t seed)
{
        struct permutation order = { .count = count };
        struct random random = random_seeded(seed);
        unsigned bits = 0;

        while (UINT64_C(1) << bits < count)
                bits++;
        order.low_bits = bits / 2;
        order.low_mask = (UINT64_C(1) << order.low_bits) - 1;
        order.highs = (count + order.low_mask) >> order.low_bits;
        for (int round = 0; round < PERMUTATION_ROUNDS; round++)
                order.keys[round] = random_next(&random);
        return order;
}
