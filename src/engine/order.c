/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/order.h"

#include <pmdgain/random.h>

/* Fisher and Yates, in the form of Durstenfeld (CACM 7, 1964), algorithm 235. */
static void shuffle(uint32_t *list, size_t count, struct random *random)
{
        for (size_t left = count; left > 1; left--) {
                size_t pick = (size_t)random_below(random, left);
                uint32_t swap = list[left - 1];

                list[left - 1] = list[pick];
                list[pick] = swap;
        }
}

static size_t group_length(const struct cell *cells, size_t cell_count, size_t first)
{
        size_t length = 1;

        while (first + length < cell_count && cells[first + length].group == cells[first].group)
                length++;
        return length;
}

void order_block(const struct cell *cells, size_t cell_count, uint64_t seed, uint32_t block,
                 uint32_t *ret_order)
{
        struct random random = random_seeded(seed ^ random_mix(block + UINT64_C(0x6f72646572)));
        size_t groups = 0, filled = 0;

        /* First the groups, by their first cell; they are spread out from the end backwards. */
        for (size_t i = 0; i < cell_count; i += group_length(cells, cell_count, i))
                ret_order[groups++] = (uint32_t)i;
        shuffle(ret_order, groups, &random);
        filled = cell_count;
        while (groups > 0) {
                uint32_t first = ret_order[--groups];
                size_t length = group_length(cells, cell_count, first);

                filled -= length;
                for (size_t i = 0; i < length; i++)
                        ret_order[filled + i] = first + (uint32_t)i;
                shuffle(&ret_order[filled], length, &random);
        }
}
